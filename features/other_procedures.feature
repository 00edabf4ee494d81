Feature: Seasons, students, asylum seekers, internships, au pairs and entrepreneurs
  Each procedure has conditions of its own, by the article that sets them; what a text asks of the filer or attaches to the
  permit without making it a ground of refusal is told beside the conditions, and opposed to nobody.

  # --- seasons --------------------------------------------------------------------------------------------------------

  Scenario Outline: Seasonal work from 1 April 2019 to <end>, read in the version of 2016 (CT R5221-23)
    Given today is 2018-05-14
    And a seasonal request filed by employer-acme with:
      | pointer            | value      |
      | /request/job/start | 2019-04-01 |
      | /request/job/end   | <end>      |
    And manager-63 has given "route" with:
      """
      {"platform": "Clermont-Ferrand", "reason": "Service compétent avant le transfert aux préfectures."}
      """
    And the case is under examination by agent-63
    When agent-63 assesses seasonal_length
    Then the last fact is CriterionAssessed
    And the condition seasonal_length has:
      | path       | value      |
      | met        | <met>      |
      | rule.since | 2016-11-01 |

    Examples: six months in any twelve, the first day counted
      | end        | met     |
      | 2019-09-30 | met     |
      | 2019-10-01 | not_met |

  Scenario Outline: The permit of a season from 1 April ends on the last day that <before> months worked leave (CT R5221-23)
    Given a seasonal request filed by employer-acme with:
      | pointer                                    | value    |
      | /request/job/end                           | <end>    |
      | /request/particulars/months_already_worked | <before> |
    And the case is under examination by agent-84
    And every condition is assessed as met
    When agent-84 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path               | value      |
      | permit.valid_from  | 2027-04-01 |
      | permit.valid_until | <last>     |

    Examples: the longest contracts that the condition allows
      | before | end        | last       |
      | 0      | 2027-09-30 | 2027-09-30 |
      | 1      | 2027-08-31 | 2027-08-31 |

  Scenario Outline: A season until <end> gives the permit in the form of the card: <card> (CT R5221-24)
    Given a seasonal request filed by employer-acme with /request/job/end = <end>
    And the case is under examination by agent-84
    When agent-84 reads the conditions
    Then <card>

    Examples: three months from 1 April
      | end        | card |
      | 2027-06-30 | the notice on CT R5221-24 says "Contrat d'au moins 3 mois : l'autorisation prend la forme de la carte « travailleur saisonnier »." |
      | 2027-06-29 | there is no notice on CT R5221-24 |

  Scenario: The seasonal contract is stamped before the worker enters, at renewal and for each new contract (CT R5221-25)
    Given a seasonal request filed by employer-acme
    And the case is under examination by agent-84
    When agent-84 reads the conditions
    Then the notice on CT R5221-25 says "Le contrat est visé par le préfet avant l'entrée en France, lors du renouvellement et pour chaque nouveau contrat."

  Scenario Outline: A seasonal worker who <told> to keep a residence abroad: a condition of the card, not of the permit (CESEDA L421-34)
    Given a seasonal request filed by employer-acme with /request/particulars/residence_abroad_kept = <kept>
    And the case is under examination by agent-84
    When agent-84 reads the conditions
    Then the notice on CESEDA L421-34 says "L'étranger <told> à maintenir sa résidence habituelle hors de France : c'est une condition de la carte « travailleur saisonnier », non de l'autorisation de travail."

    Examples:
      | kept  | told            |
      | true  | s'engage        |
      | false | ne s'engage pas |

  # --- students -------------------------------------------------------------------------------------------------------

  Scenario Outline: A <contract> contract, first year of stay: <first>, Master course: <master>: <met> (CT R5221-7)
    Given a student_above_quota request filed by employer-acme with:
      | pointer                                     | value      |
      | /request/job/contract                       | <contract> |
      | /request/particulars/in_first_year_of_stay  | <first>    |
      | /request/particulars/master_level_course    | <master>   |
    And the case is under examination by agent-63
    When agent-63 assesses student_contract
    Then the last fact is CriterionAssessed
    And the condition student_contract has:
      | path         | value      |
      | met          | <met>      |
      | rule.article | CT R5221-7 |
      | rule.since   | 2021-05-01 |

    Examples: after a first year of stay, or at once in a Master course for an apprenticeship
      | contract             | first | master | met            |
      | apprenticeship       | true  | true   | met            |
      | apprenticeship       | true  | false  | not_met        |
      | apprenticeship       | false | false  | met            |
      | professionalisation  | true  | true   | not_met        |
      | professionalisation  | false | null   | met            |
      | fixed_term           | true  | false  | not_applicable |

  Scenario Outline: A training contract when <what> is not known: the agent answers (CT R5221-7)
    Given a student_above_quota request filed by employer-acme with:
      | pointer                                    | value          |
      | /request/job/contract                      | apprenticeship |
      | /request/particulars/in_first_year_of_stay | <first>        |
    And the case is under examination by agent-63
    When agent-63 assesses student_contract
    Then it is refused with 422 "finding_needs_reason" naming "<told>"

    Examples:
      | what                   | first | told                                            |
      | the length of the stay | null  | Rien ne dit si l'étudiant                       |
      | the level of the course | true | seul un cursus de niveau master                 |

  Scenario: A training contract closed to the student forbids a grant (CT R5221-7)
    Given a student_above_quota request filed by employer-acme with:
      | pointer                                    | value               |
      | /request/job/contract                      | professionalisation |
      | /request/particulars/in_first_year_of_stay | true                |
    And the case is under examination by agent-63
    And every condition is assessed, but student_contract is not met because "Première année de séjour, contrat de professionnalisation."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "mandatory_condition_not_met" naming "contrat de formation ouvert à l'étudiant"

  Scenario Outline: An Algerian student, <hours> hours in a branch of <branch>: <met> (Accord franco-algérien du 27 décembre 1968, titre III)
    Given a student_above_quota request filed by employer-acme with:
      | pointer                                  | value                    |
      | /request/worker/nationality              | DZ                       |
      | /request/legal_regime                    | algerian_agreement_1968  |
      | /request/particulars/hours_yearly        | <hours>                  |
      | /request/particulars/branch_hours_yearly | <branch>                 |
    And the case is under examination by agent-63
    When agent-63 assesses algerian_student_hours
    And agent-63 assesses student_course
    Then the last fact is CriterionAssessed
    And the condition algerian_student_hours has:
      | path                   | value                                                     |
      | met                    | <met>                                                     |
      | rule.article           | Accord franco-algérien du 27 décembre 1968, titre III     |
      | computed.unconfirmed.0 | …accord franco-algérien du 27 décembre 1968…              |
    And there is a condition student_course that is not_applicable

    Examples: half of the yearly working time, from the first hour
      | hours | branch | met     |
      | 800   | 1600   | met     |
      | 801   | 1600   | not_met |
      | 1     | 1600   | met     |

  Scenario: Half of an unknown yearly time is not computed (Accord franco-algérien du 27 décembre 1968, titre III)
    Given a student_above_quota request filed by employer-acme with:
      | pointer                     | value                   |
      | /request/worker/nationality | DZ                      |
      | /request/legal_regime       | algerian_agreement_1968 |
    And the case is under examination by agent-63
    When agent-63 assesses algerian_student_hours
    Then it is refused with 422 "finding_needs_reason" naming "qui n'est pas connue"

  Scenario: The permit of a student says its hours and its course, and ends with the enrolment (CT R5221-3 II)
    Given a student_above_quota request filed by employer-acme with /request/particulars/enrolled_until = 2027-06-30
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path               | value                                                          |
      | permit.limited_to  | 1200 heures par an, en lien avec le cursus : Master informatique |
      | permit.valid_until | 2027-06-30                                                     |

  # --- asylum seekers -------------------------------------------------------------------------------------------------

  Scenario Outline: OFPRA decided on <decided> a claim of 1 March 2026: <met> (CESEDA L554-1)
    Given an asylum_seeker request filed by employer-acme with:
      | pointer                                  | value      |
      | /request/particulars/ofpra_introduced_on | 2026-03-01 |
      | /request/particulars/ofpra_decided_on    | <decided>  |
    And the case is under examination by agent-63
    When agent-63 assesses asylum_delay
    Then the last fact is CriterionAssessed
    And the condition asylum_delay has:
      | path                            | value      |
      | met                             | <met>      |
      | computed.facts.fin des six mois | 2026-09-01 |

    Examples:
      | decided    | met     |
      | 2026-09-01 | not_met |
      | 2026-09-02 | met     |

  Scenario: An asylum seeker falls under the ordinary conditions, and works while the right to remain lasts (CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path              | value |
      | permit.limited_to | pendant la durée du droit au maintien sur le territoire français (CESEDA L554-3) |
    And there is a condition labour_market that is met
    And there is a condition pay that is met

  Scenario: Low pay is opposed to an asylum seeker as to anybody (CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme with:
      | pointer                                | value  |
      | /request/job/pay_monthly_gross         | 900.00 |
      | /request/job/agreement_minimum_monthly | absent |
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "Rémunération de 900 euros, inférieure au SMIC de 1 867,02 euros."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "mandatory_condition_not_met" naming "rémunération"

  # --- internships ----------------------------------------------------------------------------------------------------

  Scenario Outline: A <kind> internship from 1 March 2027 to <end>: <met> (CESEDA R426-18)
    Given an internship_agreement request filed by employer-acme with:
      | pointer                                        | value     |
      | /request/particulars/internship                | <kind>    |
      | /request/particulars/end                       | <end>     |
      | /request/particulars/earlier_hospital_months   | <earlier> |
    And the case is under examination by agent-63
    When agent-63 assesses internship_length
    Then the last fact is CriterionAssessed
    And the condition internship_length has:
      | path         | value          |
      | met          | <met>          |
      | rule.article | CESEDA R426-18 |
      | rule.since   | 2021-05-01     |

    Examples: six months for vocational training and hospitals, twelve for an employee from abroad
      | kind       | end        | earlier | met            |
      | vocational | 2027-08-31 | 0       | met            |
      | vocational | 2027-09-01 | 0       | not_met        |
      | curriculum | 2028-12-31 | 0       | not_applicable |
      | company    | 2028-02-29 | 0       | met            |
      | company    | 2028-03-01 | 0       | not_met        |
      | hospital   | 2027-08-31 | 18      | met            |
      | hospital   | 2027-09-01 | 0       | not_met        |
      | hospital   | 2027-08-31 | 19      | not_met        |
      | hospital   | 2027-03-01 | 24      | not_met        |

  Scenario Outline: A <kind> internship of July 2026, extended to <end> after <before> extensions: <met> (CESEDA R426-18)
    Given an internship_amendment request filed by employer-acme with:
      | pointer                                      | value     |
      | /request/particulars/internship              | <kind>    |
      | /request/particulars/new_end                 | <end>     |
      | /request/particulars/earlier_extensions      | <before>  |
      | /request/particulars/earlier_hospital_months | <earlier> |
    And the case is under examination by agent-63
    When agent-63 assesses internship_length
    Then the last fact is CriterionAssessed
    And there is a condition internship_length that is <met>

    Examples: once and eighteen months in all, or six months more and twenty-four in all agreements
      | kind     | end        | before | earlier | met     |
      | company  | 2027-12-31 | 0      | 0       | met     |
      | company  | 2028-01-01 | 0      | 0       | not_met |
      | company  | 2027-03-31 | 1      | 0       | not_met |
      | hospital | 2027-06-30 | 0      | 0       | met     |
      | hospital | 2027-07-01 | 0      | 0       | not_met |
      | hospital | 2027-04-30 | 0      | 14      | met     |
      | hospital | 2027-05-01 | 0      | 14      | not_met |

  Scenario: The clauses of an agreement are read on the paper, by the agent (CESEDA R426-19)
    Given an internship_agreement request filed by employer-acme with:
      | pointer                                | value      |
      | /request/particulars/internship        | curriculum |
      | /request/particulars/allowance_monthly | absent     |
    And the case is under examination by agent-63
    When agent-63 assesses internship_agreement_conforms as not_met because "La convention ne prévoit aucune gratification."
    Then the last fact is CriterionAssessed
    And the condition internship_agreement_conforms has:
      | path                         | value                                                |
      | met                          | not_met                                              |
      | rule.article                 | CESEDA R426-19                                       |
      | computed.met                 | not_established                                      |
      | computed.missing.1           | gratification du stagiaire                           |
      | computed.facts.gratification | non indiquée                                         |

  Scenario: A stamp is refused on one of the three grounds (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but internship_host is not met because "Procès-verbal pour travail dissimulé du 4 mai 2026."
    When agent-63 gives "propose" with:
      """
      {"kind": "stamp_refusal", "reasons": [{"criterion": "internship_host", "fact": "Procès-verbal pour travail dissimulé du 4 mai 2026.", "exhibits": ["P1"]}]}
      """
    Then the last fact is DecisionProposed

  Scenario Outline: A stamp is not refused on <criterion>, a ground of other texts (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "stamp_refusal", "reasons": [{"criterion": "<criterion>", "fact": "Un fait assez long pour être un motif."}]}
      """
    Then it is refused with 409 "ground_not_allowed"

    Examples:
      | criterion             |
      | pay                   |
      | labour_market         |
      | proportionate_project |

  Scenario Outline: The project of an internship: <tutor> is the tutor (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme with /request/particulars/tutor = <tutor>
    And the case is under examination by agent-63
    When agent-63 assesses internship_project
    Then <outcome>

    Examples:
      | tutor     | outcome                                                                                  |
      | Mme Morel | there is a condition internship_project that is met                                       |
      | ""        | it is refused with 422 "finding_needs_reason" naming "aucun tuteur n'est désigné"          |

  Scenario Outline: An agreement received on <day>, programme: <programme>, for an internship of 1 March 2027 (CESEDA R426-20)
    Given today is <day>
    And an internship_agreement request filed by employer-acme with /request/particulars/eu_or_intergovernmental_programme = <programme>
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CESEDA R426-20 says "<says>"

    Examples: two months before, one for a European or intergovernmental programme
      | day        | programme | says |
      | 2027-01-01 | false     | Convention reçue le 1er janvier 2027, dans le délai qui s'achevait le 1er janvier 2027. |
      | 2027-01-02 | false     | Convention reçue le 2 janvier 2027, après le 1er janvier 2027, dernier jour utile ; le texte n'en fait pas un motif de refus. |
      | 2027-02-01 | true      | Convention reçue le 1er février 2027, dans le délai qui s'achevait le 1er février 2027. |
      | 2027-02-02 | true      | Convention reçue le 2 février 2027, après le 1er février 2027, dernier jour utile ; le texte n'en fait pas un motif de refus. |

  Scenario Outline: An amendment received on <day> for an end on 31 December 2026 (CESEDA R426-21)
    Given today is <day>
    And an internship_amendment request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CESEDA R426-21 says "<says>"

    Examples: fifteen days before the end
      | day        | says |
      | 2026-12-16 | Avenant reçu le 16 décembre 2026, dans le délai qui s'achevait le 16 décembre 2026. |
      | 2026-12-17 | Avenant reçu le 17 décembre 2026, après le 16 décembre 2026, dernier jour utile ; le texte n'en fait pas un motif de refus. |

  Scenario: The stamped agreement is shown at controls (CESEDA R426-22)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CESEDA R426-22 says "La convention, son avenant et la preuve du visa sont présentés à toute demande des agents de contrôle."

  # --- au pairs -------------------------------------------------------------------------------------------------------

  Scenario Outline: An au pair, <pointer> = <value>: <met> (CESEDA L426-22)
    Given an au_pair request filed by employer-acme with <pointer> = <value>
    And the case is under examination by agent-63
    When agent-63 assesses au_pair_conditions
    Then the last fact is CriterionAssessed
    And the condition au_pair_conditions has:
      | path         | value          |
      | met          | <met>          |
      | rule.article | CESEDA L426-22 |

    Examples: 18 to 30 on 1 February 2027, another nationality, no kin, 25 hours, some French or schooling
      | pointer                                                  | value      | met     |
      | /request/worker/birth_date                               | 2009-02-01 | met     |
      | /request/worker/birth_date                               | 2009-02-02 | not_met |
      | /request/worker/birth_date                               | 1996-02-02 | met     |
      | /request/worker/birth_date                               | 1996-02-01 | not_met |
      | /request/particulars/hours_weekly                        | 25         | met     |
      | /request/particulars/hours_weekly                        | 26         | not_met |
      | /request/particulars/kinship                             | true       | not_met |
      | /request/particulars/family_of_same_nationality          | true       | not_met |
      | /request/particulars/knows_french_or_secondary_education | false      | not_met |

  Scenario Outline: An au pair who has stayed <earlier> months already: <met> (CESEDA R426-15)
    Given an au_pair request filed by employer-acme with /request/particulars/earlier_stay_months = <earlier>
    And the case is under examination by agent-63
    When agent-63 assesses au_pair_stay
    Then the last fact is CriterionAssessed
    And the condition au_pair_stay has:
      | path         | value          |
      | met          | <met>          |
      | rule.article | CESEDA R426-15 |

    Examples: two years in all
      | earlier | met     |
      | 0       | met     |
      | 12      | met     |
      | 13      | not_met |

  # --- entrepreneurs --------------------------------------------------------------------------------------------------

  Scenario: A plan is wanted before the viability of an activity is found (CESEDA L421-5, R421-9)
    Given a viability_opinion request filed by mandatary-durand with /request/particulars/business_plan = false
    And the case is under examination by agent-63
    When agent-63 assesses economic_viability
    Then it is refused with 422 "finding_needs_reason" naming "Aucun plan d'affaires"

  Scenario: The opinion is asked before the card (CESEDA R421-9)
    Given a viability_opinion request filed by mandatary-durand
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CESEDA R421-9 says "L'avis est demandé avant le dépôt de la demande de carte « entrepreneur/profession libérale »."

  Scenario Outline: An entrepreneur who lives <where> asks for the card elsewhere (CESEDA R421-8)
    Given a viability_opinion request filed by mandatary-durand with /request/worker/residence_title = <title>
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CESEDA R421-8 says "La demande de carte se présente ensuite <told>."

    Examples:
      | where     | title                                                  | told                                                |
      | in France | {"kind": "student", "valid_until": "2027-09-30"}       | au préfet du département de résidence               |
      | abroad    | absent                                                 | à l'autorité consulaire du pays de résidence        |

  Scenario: Public order is checked with the card, not in the opinion (CESEDA R421-10)
    Given a viability_opinion request filed by mandatary-durand
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CESEDA R421-10 says "La sécurité, la salubrité, la tranquillité publiques et l'interdiction d'exercer sont vérifiées avec la demande de carte : elles n'entrent pas dans l'avis."

  # --- before the text ------------------------------------------------------------------------------------------------

  Scenario Outline: On 15 April 2021 no text that smoe holds governs an <procedure> request: it is not decided here (CESEDA R426-20)
    Given today is 2021-04-15
    And an <procedure> request filed by employer-acme with <pointer> = <value>
    And manager-63 has given "route" with:
      """
      {"platform": "Clermont-Ferrand", "competent_department": "69", "reason": "Aucun texte tenu ne désigne le préfet à cette date."}
      """
    And the case is under examination by agent-63
    When agent-63 gives "propose" with:
      """
      {"kind": "stamp"}
      """
    Then it is refused with 409 "law_not_held" naming "15 avril 2021"

    Examples: the code in its new numbering applies from 1 May 2021
      | procedure            | pointer                           | value |
      | internship_agreement | /request/particulars/tutor        | M. Lu |
      | au_pair              | /request/particulars/hours_weekly | 20    |
