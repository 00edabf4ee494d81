Feature: Assessing the conditions
  Each condition of the text is assessed by itself, by the article in its version of the day of the assessment, on facts and
  documents that are recorded. Where the file gives the answer, the rule computes it; where it does not, the agent answers
  and says why. An agent who sets a computed answer aside gives the reason, and the computation stays beside it.

  Scenario: The nine conditions of an introduction, each with its article
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    Then the conditions are:
      | criterion               | met            | article                            |
      | labour_market           | met            | CT R5221-20 1°                     |
      | employer_obligations    | met            | CT R5221-20 2° a)                  |
      | employer_record         | met            | CT R5221-20 2° b)                  |
      | employer_offences       | met            | CT R5221-20 2°, dernier alinéa     |
      | regulated_activity      | not_applicable | CT R5221-20 3°                     |
      | pay                     | met            | CT R5221-20 4°                     |
      | job_fits_qualifications | not_applicable | CT R5221-20 5°                     |
      | housing                 | not_applicable | CT R5221-20 6°                     |
      | proportionate_project   | met            | CT R5221-20-1                      |

  Scenario: An assessment stores the version of the text, the tables, the facts and who assessed
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the fact CriterionAssessed has:
      | path                                       | value           |
      | assessment.rule.criterion                  | pay             |
      | assessment.rule.article                    | CT R5221-20 4°  |
      | assessment.rule.since                      | 2024-09-01      |
      | assessment.computed.met                    | met             |
      | assessment.met                             | met             |
      | assessment.overridden                      | no              |
      | assessment.computed.facts.rémunération     | 2400.00         |
      | assessment.computed.facts.minimum retenu   | 1950.00         |
      | assessment.computed.facts.SMIC pour ces heures | 1867.02     |
      | assessed_by                                | local:agent-63  |
      | assessed_on                                | 2026-11-02      |
      | stage.kind                                 | first           |
      | reference_versions.smic                    | …sha256:…       |

  Scenario: Before assessing, the agent reads what each rule finds, and what it lacks
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And agent-63 has given "assess" with:
      """
      {"criterion": "labour_market"}
      """
    When agent-63 reads the conditions
    Then the answer has:
      | path                             | value                          |
      | today                            | 2026-11-02                     |
      | conditions.count                 | 9                              |
      | conditions.0.rule.article        | CT R5221-20 1°                 |
      | conditions.0.computed.met        | met                            |
      | conditions.0.assessment.met      | met                            |
      | conditions.3.rule.criterion      | employer_offences              |
      | conditions.3.nature              | discretion                     |
      | conditions.3.computed.met        | not_established                |
      | conditions.5.rule.article        | CT R5221-20 4°                 |
      | conditions.5.title               | rémunération                   |
      | conditions.5.nature              | obligation                     |
      | conditions.5.computed.met        | not_met                        |
      | conditions.5.assessment          | none                           |

  Scenario Outline: <who> does not read the workbench of conditions
    Given an introduction_permanent request filed by employer-acme
    When <who> reads the conditions
    Then it is refused with <status> "<code>"

    Examples:
      | who           | status | code      |
      | employer-acme | 403    | forbidden |
      | agent-84      | 404    | not_found |

  # --- 4° pay ---------------------------------------------------------------------------------------------------------

  Scenario Outline: Pay of <pay> euros for <hours> hours is <met> (CT R5221-20 4°)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                                | value  |
      | /request/job/agreement_minimum_monthly | absent |
      | /request/job/hours_weekly              | <hours> |
      | /request/job/pay_monthly_gross         | <pay>  |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the condition pay has:
      | path                          | value   |
      | met                           | <met>   |
      | computed.facts.minimum retenu | <floor> |

    Examples: to the cent, by the SMIC of June 2026, for the hours of the contract
      | hours | pay     | floor   | met     |
      | 35    | 1867.01 | 1867.02 | not_met |
      | 35    | 1867.02 | 1867.02 | met     |
      | 35    | 1867.03 | 1867.02 | met     |
      | 28    | 1493.60 | 1493.61 | not_met |
      | 28    | 1493.61 | 1493.61 | met     |
      | 39    | 2080.38 | 2080.39 | not_met |
      | 39    | 2080.39 | 2080.39 | met     |
      | 35    | 900     | 1867.02 | not_met |

  Scenario Outline: On <day> the SMIC is <smic>: <pay> euros is <met>
    Given today is <filed>
    And an introduction_permanent request filed by employer-acme with:
      | pointer                                | value  |
      | /request/job/agreement_minimum_monthly | absent |
      | /request/job/pay_monthly_gross         | <pay>  |
    And the case is under examination by agent-63
    And the day is <day>
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the condition pay has:
      | path                                  | value  |
      | met                                   | <met>  |
      | computed.facts.SMIC pour ces heures   | <smic> |

    Examples: the law of the day of the assessment, not of the filing
      | filed      | day        | smic    | pay     | met     |
      | 2024-10-20 | 2024-10-31 | 1766.92 | 1766.92 | met     |
      | 2024-10-20 | 2024-11-01 | 1801.80 | 1766.92 | not_met |
      | 2024-10-20 | 2024-11-01 | 1801.80 | 1801.80 | met     |
      | 2025-12-20 | 2025-12-31 | 1801.80 | 1801.80 | met     |
      | 2025-12-20 | 2026-01-01 | 1823.03 | 1823.02 | not_met |
      | 2026-05-20 | 2026-05-31 | 1823.03 | 1823.03 | met     |
      | 2026-05-20 | 2026-06-01 | 1867.02 | 1823.03 | not_met |

  Scenario Outline: The minimum of the collective agreement is <minimum>: <pay> euros is <met>
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                                | value     |
      | /request/job/agreement_minimum_monthly | <minimum> |
      | /request/job/pay_monthly_gross         | <pay>     |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the condition pay has:
      | path                          | value     |
      | met                           | <met>     |
      | computed.facts.minimum retenu | <floor>   |
      | because                       | …<which>… |

    Examples: the higher of both minimums
      | minimum | pay     | floor   | which                | met     |
      | 1950.00 | 1949.99 | 1950.00 | minimum conventionnel | not_met |
      | 1950.00 | 1950.00 | 1950.00 | minimum conventionnel | met     |
      | 1800.00 | 1867.01 | 1867.02 | SMIC                 | not_met |
      | 1800.00 | 1867.02 | 1867.02 | SMIC                 | met     |

  Scenario Outline: At a workplace in Mayotte <pay> euros is <met>
    Given today is 2026-03-02
    And an introduction_permanent request filed by employer-acme with:
      | pointer                                | value     |
      | /request/job/agreement_minimum_monthly | absent    |
      | /request/job/workplace/postcode        | 97600     |
      | /request/job/workplace/town            | Mamoudzou |
      | /request/job/pay_monthly_gross         | <pay>     |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the condition pay has:
      | path                                | value   |
      | met                                 | <met>   |
      | computed.facts.SMIC pour ces heures | 1415.05 |

    Examples:
      | pay     | met     |
      | 1415.04 | not_met |
      | 1415.05 | met     |

  Scenario: Where the SMIC of the day is not known, the rule does not answer
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                                | value     |
      | /request/job/workplace/postcode        | 97600     |
      | /request/job/workplace/town            | Mamoudzou |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then it is refused with 422 "finding_needs_reason" naming "Mamoudzou (97600) n'est pas connu à cette date"
    And there is a condition pay that is not assessed

  # --- 1° labour market -----------------------------------------------------------------------------------------------

  Scenario: A shortage occupation in its region (CT R5221-20 1° a)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                    | value                          |
      | met                     | met                            |
      | computed.facts.famille  | S1Z40                          |
      | computed.facts.région   | 84                             |
      | computed.facts.liste    | ARR-2025-05-21                 |
      | computed.unconfirmed.0  | …à relire au Journal officiel… |

  Scenario: The lists of shortage occupations do not serve Algerian nationals (CE, 23 octobre 2009, n° 314397)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                     | value                    |
      | /request/worker/nationality | DZ                       |
      | /request/legal_regime       | algerian_agreement_1968  |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then it is refused with 422 "finding_needs_reason" naming "n° 314397"

  Scenario Outline: An offer published from <from> to <until> stayed <days> days: <met> (CT R5221-20 1° b)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer              | value |
      | /request/job/rome    | M1805 |
      | /request/job/fap     | M2Z90 |
      | /request/job/posting | {"body": "France Travail", "published_from": "<from>", "published_until": "<until>", "applications": 4, "fitting_candidates": <fitting>} |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                                         | value     |
      | met                                          | <met>     |
      | computed.facts.jours de publication          | <days>    |
      | computed.facts.candidats convenant au poste  | <fitting> |

    Examples: three weeks, both days counted, and no fitting candidate
      | from       | until      | fitting | days | met     |
      | 2026-10-01 | 2026-10-20 | 0       | 20   | not_met |
      | 2026-10-01 | 2026-10-21 | 0       | 21   | met     |
      | 2026-10-01 | 2026-10-22 | 0       | 22   | met     |
      | 2026-10-01 | 2026-10-22 | 1       | 22   | not_met |

    Examples: an offer still published counts up to the day of the assessment
      | from       | until      | fitting | days | met     |
      | 2026-10-14 | 2026-11-30 | 0       | 20   | not_met |
      | 2026-10-13 | 2026-11-30 | 0       | 21   | met     |

    Examples: three weeks in the six months before the filing
      | from       | until      | fitting | days | met     |
      | 2026-05-02 | 2026-05-22 | 0       | 21   | met     |
      | 2026-04-20 | 2026-05-22 | 0       | 33   | met     |

  Scenario Outline: An offer that proves nothing by itself is for the agent to weigh: <why>
    Given an introduction_permanent request filed by employer-acme with:
      | pointer              | value |
      | /request/job/rome    | M1805 |
      | /request/job/fap     | M2Z90 |
      | /request/job/posting | {"body": "<body>", "published_from": "<from>", "published_until": "<until>", "applications": 4, "fitting_candidates": 0} |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then it is refused with 422 "finding_needs_reason" naming "<why>"
    When agent-63 assesses labour_market as not_met because "L'offre produite est trop ancienne ou sans organisme public."
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path         | value           |
      | computed.met | not_established |
      | met          | not_met         |
      | because      | L'offre produite est trop ancienne ou sans organisme public. |
      | overridden   | no              |

    Examples: a day short of three weeks in the six months, and a body outside the public employment service
      | body           | from       | until      | why                       |
      | France Travail | 2026-05-01 | 2026-05-21 | après le 2 mai 2026       |
      | Petites Annonces | 2026-09-01 | 2026-09-28 | organisme connu         |

  Scenario Outline: A student with a master paid <pay> euros, graduated on <graduated>: <met> (CT R5221-21 3°)
    Given a change_of_status request filed by employer-acme with:
      | pointer                                    | value       |
      | /request/job/pay_monthly_gross             | <pay>       |
      | /request/particulars/diplomas/0/obtained_on | <graduated> |
      | /request/particulars/diplomas/0/level      | <level>     |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples: paid above one and a half times the SMIC (2 800.53 euros), graduated within the year before the filing
      | pay     | graduated  | level | status | met            |
      | 2800.54 | 2026-07-03 | 7     | 200    | not_opposable  |
      | 2800.53 | 2026-07-03 | 7     | 422    | not assessed   |
      | 3200.00 | 2025-11-02 | 7     | 200    | not_opposable  |
      | 3200.00 | 2025-11-01 | 7     | 422    | not assessed   |
      | 3200.00 | 2026-07-03 | 6     | 422    | not assessed   |
      | 3200.00 | 2026-07-03 | 8     | 200    | not_opposable  |

  Scenario Outline: The holder of a job-search card in a job <related> to the studies (CT R5221-21 2°)
    Given a change_of_status request filed by employer-acme with:
      | pointer                                    | value                            |
      | /request/worker/residence_title/kind       | job_search_or_business_creation  |
      | /request/particulars/job_related_to_studies | <answer>                        |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples:
      | related   | answer | status | met           |
      | related   | true   | 200    | not_opposable |
      | unrelated | false  | 422    | not assessed  |

  Scenario: The labour market is not opposed to an apprentice who stays in France (CT L5221-5)
    Given a change_of_status request filed by employer-acme with:
      | pointer                         | value          |
      | /request/job/contract           | apprenticeship |
      | /request/job/end                | 2028-08-31     |
      | /request/job/pay_monthly_gross  | 1900.00        |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path    | value         |
      | met     | not_opposable |
      | because | …CT L5221-5…  |

  # --- 2° the employer ------------------------------------------------------------------------------------------------

  Scenario: The certificate of contributions is there; its date is left to the agent (CT R5221-20 2° a)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses employer_obligations
    Then the last fact is CriterionAssessed
    And the condition employer_obligations has:
      | path                   | value                   |
      | met                    | met                     |
      | rule.article           | CT R5221-20 2° a)       |
      | exhibits.0.document    | P2                      |
      | exhibits.0.version     | 1                       |
      | computed.unconfirmed.0 | …moins de 6 mois…       |

  Scenario: Without the certificate nothing is established, and the agent answers with a reason
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    When agent-63 assesses employer_obligations
    Then it is refused with 422 "finding_needs_reason" naming "n'est pas au dossier"
    When agent-63 assesses employer_obligations as met because "Attestation vérifiée"
    Then the last fact is CriterionAssessed
    And the condition employer_obligations has:
      | path               | value                |
      | computed.met       | not_established      |
      | computed.missing.0 | …moins de 6 mois…  |
      | met                | met                  |
      | because            | Attestation vérifiée |

  Scenario Outline: The agent's reason is <length> characters long
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    When agent-63 assesses employer_obligations as <met> because "<reason>"
    Then the answer is <status>

    Examples: twenty at least, and an answer that is one
      | met             | reason                | length     | status |
      | met             | Attestation vérifié   | nineteen   | 422    |
      | met             | Attestation vérifiée  | twenty     | 200    |
      | not_established | Attestation introuvable au dossier | thirty-four | 422 |

  Scenario: A certificate that was put aside proves nothing
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "refuse-document" with:
      """
      {"document": "P2", "version": 1, "reason": "L'attestation date de plus de six mois."}
      """
    When agent-63 assesses employer_obligations
    Then it is refused with 422 "finding_needs_reason" naming "n'est pas au dossier"

  Scenario: The condition bears on the host undertaking too, since 1 September 2024
    Given an introduction_permanent request filed by employer-acme with:
      | pointer               | value |
      | /request/undertakings | [{"capacity": "host", "siret": "90200029800015", "name": "Hôte SA", "seat": {"street": "1 rue A", "postcode": "69003", "town": "Lyon"}}] |
    And the case is under examination by agent-63
    When agent-63 assesses employer_obligations
    Then it is refused with 422 "finding_needs_reason" naming "Hôte SA"

  Scenario Outline: <body> answers on <criterion>: <met> (<article>)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "<body>", "criterion": "<criterion>", "question": "Que savez-vous de cet établissement ?"}
      """
    And agent-63 has given "record-opinion" with:
      """
      {"opinion": "O1", "adverse": <adverse>, "finding": "Réponse du service interrogé."}
      """
    When agent-63 assesses <criterion>
    Then the last fact is CriterionAssessed
    And the condition <criterion> has:
      | path                     | value     |
      | met                      | <met>     |
      | rule.article             | <article> |
      | computed.facts.avis      | O1        |
      | computed.facts.organisme | <body>    |

    Examples:
      | criterion             | body                        | adverse | met     | article                        |
      | employer_obligations  | URSSAF                      | true    | not_met | CT R5221-20 2° a)              |
      | employer_obligations  | URSSAF                      | false   | met     | CT R5221-20 2° a)              |
      | employer_record       | inspection du travail       | true    | not_met | CT R5221-20 2° b)              |
      | employer_record       | inspection du travail       | false   | met     | CT R5221-20 2° b)              |
      | employer_offences     | casier judiciaire national  | true    | not_met | CT R5221-20 2°, dernier alinéa |
      | employer_offences     | casier judiciaire national  | false   | met     | CT R5221-20 2°, dernier alinéa |
      | regulated_activity    | ordre professionnel         | true    | not_met | CT R5221-20 3°                 |
      | proportionate_project | DREETS                      | true    | not_met | CT R5221-20-1                  |

  Scenario Outline: Nobody was asked about <criterion>: not established
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses <criterion>
    Then it is refused with 422 "finding_needs_reason" naming "Aucun organisme n'a été interrogé"
    And there is a condition <criterion> that is not assessed

    Examples:
      | criterion         |
      | employer_record   |
      | employer_offences |

  Scenario: One adverse answer outweighs a favourable one
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "inspection du travail", "criterion": "employer_record", "question": "Que savez-vous de cet établissement ?"}
      """
    And agent-63 has given "record-opinion" with:
      """
      {"opinion": "O1", "adverse": true, "finding": "Procès-verbal pour travail dissimulé."}
      """
    And agent-63 has given "request-opinion" with:
      """
      {"body": "URSSAF", "criterion": "employer_record", "question": "Que savez-vous de cet établissement ?"}
      """
    And agent-63 has given "record-opinion" with:
      """
      {"opinion": "O2", "adverse": false, "finding": "Rien à signaler."}
      """
    When agent-63 assesses employer_record
    Then the last fact is CriterionAssessed
    And the condition employer_record has:
      | path                | value   |
      | met                 | not_met |
      | computed.facts.avis | O1      |

  # --- 3° regulated activity ------------------------------------------------------------------------------------------

  Scenario Outline: A regulated activity with <proof>: <met> (CT R5221-20 3°)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                            | value       |
      | /request/job/regulated_profession  | <regulated> |
      | /documents/-                       | <document>  |
    And the case is under examination by agent-63
    When agent-63 assesses regulated_activity
    Then the answer is <status>
    And there is a condition regulated_activity that is <met>

    Examples:
      | regulated | proof              | document                            | status | met            |
      | false     | nothing to prove   | $document:other                     | 200    | not_applicable |
      | true      | no proof           | $document:other                     | 422    | not assessed   |
      | true      | the proof produced | $document:regulated_profession_proof | 200   | met            |

  # --- 5° qualifications ----------------------------------------------------------------------------------------------

  Scenario Outline: A student's job that is <answer> related to the studies, experience <experience>: <met> (CT R5221-20 5°)
    Given a change_of_status request filed by employer-acme with:
      | pointer                                     | value        |
      | /request/particulars/job_related_to_studies | <answer>     |
      | /request/particulars/experience             | <experience> |
    And the case is under examination by agent-63
    When agent-63 assesses job_fits_qualifications
    Then the answer is <status>
    And there is a condition job_fits_qualifications that is <met>

    Examples: experience counts too, side jobs of a student included (CE 3 February 2016 n° 386416)
      | answer | experience              | status | met          |
      | true   | ""                      | 200    | met          |
      | false  | ""                      | 200    | not_met      |
      | false  | Deux ans de cuisine     | 422    | not assessed |
      | null   | ""                      | 422    | not assessed |

  Scenario Outline: The fit is asked only of students who finished in France and of job seekers: <kind> is <met>
    Given a change_of_status request filed by employer-acme with:
      | pointer                                           | value      |
      | /request/worker/residence_title/kind              | <kind>     |
      | /request/particulars/studies_finished_in_france   | <finished> |
    And the case is under examination by agent-63
    When agent-63 assesses job_fits_qualifications
    Then the last fact is CriterionAssessed
    And the condition job_fits_qualifications has:
      | path | value |
      | met  | <met> |

    Examples:
      | kind                            | finished | met            |
      | student                         | true     | met            |
      | student                         | false    | not_applicable |
      | job_search_or_business_creation | false    | met            |
      | employee                        | true     | not_applicable |

  # --- 6° housing -----------------------------------------------------------------------------------------------------

  Scenario: A seasonal worker is housed: a sworn statement and an exact address (CT R5221-20 6°)
    Given a seasonal request filed by employer-acme
    And the case is under examination by agent-84
    When agent-84 assesses housing
    Then the last fact is CriterionAssessed
    And the condition housing has:
      | path                                     | value             |
      | met                                      | met               |
      | rule.article                             | CT R5221-20 6°    |
      | computed.facts.déclaration sur l'honneur | oui               |
      | computed.facts.logement                  | 84300 Cavaillon   |
      | exhibits.0.document                      | P3                |

  Scenario Outline: Without <what> decent housing is not established
    Given a seasonal request filed by employer-acme with:
      | pointer                                | value       |
      | /documents/2                           | absent      |
      | /request/particulars/housing_statement | false       |
      | /request/job/housing_address           | <address>   |
    And the case is under examination by agent-84
    When agent-84 assesses housing
    Then it is refused with 422 "finding_needs_reason" naming "n'est pas justifié"

    Examples:
      | what                | address |
      | a statement         | {"street": "Chemin des Vergers", "postcode": "84300", "town": "Cavaillon"} |
      | statement, address  | null    |

  # --- R5221-20-1 proportion ------------------------------------------------------------------------------------------

  Scenario Outline: Wages of 28 800 euros a year, turnover <turnover>, headcount <headcount>: <met> (CT R5221-20-1)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                            | value       |
      | /request/employer/turnover_yearly  | <turnover>  |
      | /request/employer/headcount        | <headcount> |
    And the case is under examination by agent-63
    When agent-63 assesses proportionate_project
    Then the answer is <status>
    And there is a condition proportionate_project that is <met>

    Examples: the text sets no ratio, so figures alone never make it disproportionate
      | turnover   | headcount | status | met          |
      | 6200000.00 | 48        | 200    | met          |
      | 28800.00   | 1         | 200    | met          |
      | 28799.99   | 1         | 422    | not assessed |
      | 28800.00   | null      | 422    | not assessed |

  # --- contradiction and override -------------------------------------------------------------------------------------

  Scenario: An answer that contradicts the computation is refused
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    When agent-63 assesses pay as met because "La rémunération paraît suffisante au vu du poste."
    Then it is refused with 409 "finding_contradicts_computation" naming "minimum conventionnel"
    And there is a condition pay that is not assessed

  Scenario: A computed finding is set aside with a reason; both stay
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "override-finding" with:
      """
      {"criterion": "pay", "met": "not_met", "exhibits": ["P1"],
       "reason": "La grille applicable au poste est celle de l'échelon supérieur, dont le minimum est de 2 650 euros."}
      """
    Then the last fact is FindingOverridden
    And the fact FindingOverridden has:
      | path                | value          |
      | criterion           | pay            |
      | rule.article        | CT R5221-20 4° |
      | rule.since          | 2024-09-01     |
      | computed.met        | met            |
      | met                 | not_met        |
      | reason              | …échelon supérieur… |
      | exhibits.0.document | P1             |
      | overridden_by       | local:agent-63 |
      | overridden_on       | 2026-11-02     |
    And the condition pay has:
      | path         | value   |
      | computed.met | met     |
      | met          | not_met |
      | overridden   | yes     |

  Scenario Outline: An override that is refused: <code>
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "override-finding" with:
      """
      {"criterion": "<criterion>", "met": "<met>", "reason": "<reason>"}
      """
    Then it is refused with <status> "<code>"
    And there is a condition <criterion> that is not assessed

    Examples: nineteen characters, the same answer, no computed answer, no condition of this procedure
      | criterion       | met     | reason                             | status | code                    |
      | pay             | not_met | Grille de l'échelon                | 422    | finding_needs_reason    |
      | pay             | met     | La grille est bien respectée ici.  | 409    | finding_unchanged       |
      | pay             | not_established | La grille est inconnue de nous. | 409 | finding_unchanged       |
      | employer_record | met     | Rien n'est connu contre l'employeur. | 409  | finding_not_established |
      | seasonal_length | not_met | Le contrat dure plus de six mois.  | 409    | criterion_unknown_here  |

  Scenario: A later assessment replaces the earlier one, which stays in the history
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "override-finding" with:
      """
      {"criterion": "pay", "met": "not_met", "reason": "La grille de l'échelon supérieur s'applique à ce poste."}
      """
    When agent-63 assesses pay
    Then the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued, CaseClaimed, FindingOverridden, CriterionAssessed
    And the condition pay has:
      | path       | value |
      | met        | met   |
      | overridden | no    |
    And the fact FindingOverridden has:
      | path | value   |
      | met  | not_met |

  # --- who, when, on which exhibits -----------------------------------------------------------------------------------

  Scenario Outline: <who> does not assess: <code>
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When <who> assesses pay
    Then it is refused with <status> "<code>"

    Examples:
      | who           | status | code                 |
      | agent-63-bis  | 409    | case_held_by_another |
      | signatory-63  | 403    | forbidden            |
      | employer-acme | 403    | forbidden            |
      | agent-84      | 404    | not_found            |

  Scenario: A case that nobody holds is not assessed
    Given an introduction_permanent request filed by employer-acme
    When agent-63 assesses pay
    Then it is refused with 409 "status_forbids" naming "En cours d'instruction"

  Scenario Outline: While items are awaited nothing is assessed; on <day> the answer is <status>
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is <day>
    When agent-63 assesses pay
    Then the answer is <status>
    And there is a condition pay that is <met>

    Examples: until the last day of the delay, 2 December (CRPA L114-5)
      | day        | status | met          |
      | 2026-12-01 | 409    | not assessed |
      | 2026-12-02 | 409    | not assessed |
      | 2026-12-03 | 200    | met          |

  Scenario: An assessment names its exhibits by version and hash
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "assess" with:
      """
      {"criterion": "employer_record", "met": "met", "because": "Extrait vérifié auprès de l'inspection.", "exhibits": ["P1"]}
      """
    Then the last fact is CriterionAssessed
    And the condition employer_record has:
      | path                | value                                                            |
      | exhibits.count      | 1                                                                |
      | exhibits.0.document | P1                                                               |
      | exhibits.0.version  | 1                                                                |
      | exhibits.0.sha256   | cbc471ca60092bbe6c631f02bc57399b2da3d1ae491a55a1aa960a4b2e0ac7e8 |

  Scenario: An exhibit that is not in the case is refused
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "assess" with:
      """
      {"criterion": "employer_record", "met": "met", "because": "Extrait vérifié auprès de l'inspection.", "exhibits": ["P9"]}
      """
    Then it is refused with 422 "document_unknown" naming "P9"

  Scenario Outline: The text of 1 September 2024 is not applied before it: on <day> it is that of <since>
    Given today is 2024-08-20
    And an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And the day is <day>
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the condition pay has:
      | path       | value   |
      | met        | met     |
      | rule.since | <since> |

    Examples:
      | day        | since      |
      | 2024-08-31 | 2021-05-01 |
      | 2024-09-01 | 2024-09-01 |

  Scenario: An assessment made under an earlier SMIC supports no decision today
    Given today is 2026-05-20
    And an introduction_permanent request filed by employer-acme with:
      | pointer                                | value   |
      | /request/job/agreement_minimum_monthly | absent  |
      | /request/job/pay_monthly_gross         | 1823.03 |
    And the case is under examination by agent-63
    And the day is 2026-05-31
    And every condition is assessed as met
    And the day is 2026-06-01
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "assessment_out_of_date" naming "rémunération (CT R5221-20 4°)"

  # --- conditions of other procedures ---------------------------------------------------------------------------------

  Scenario Outline: Seasonal work from 1 April to <end>, after <before> months: <met> (CT R5221-23)
    Given a seasonal request filed by employer-acme with:
      | pointer                                   | value    |
      | /request/job/end                          | <end>    |
      | /request/particulars/months_already_worked | <before> |
    And the case is under examination by agent-84
    When agent-84 assesses seasonal_length
    Then the last fact is CriterionAssessed
    And the condition seasonal_length has:
      | path         | value       |
      | met          | <met>       |
      | rule.article | CT R5221-23 |

    Examples: six months in any twelve, the first day counted
      | end        | before | met     |
      | 2027-09-30 | 0      | met     |
      | 2027-10-01 | 0      | not_met |
      | 2027-05-31 | 4      | met     |
      | 2027-06-01 | 4      | not_met |
      | 2027-04-02 | 6      | not_met |

  Scenario Outline: A student works beyond the quota, related to the studies: <related>, enrolled until <enrolled>: <met> (CT R5221-3 II, R5221-26)
    Given a student_above_quota request filed by employer-acme with:
      | pointer                                  | value      |
      | /request/particulars/related_to_studies  | <related>  |
      | /request/particulars/enrolled_until      | <enrolled> |
    And the case is under examination by agent-63
    And the day is 2026-11-20
    When agent-63 assesses student_course
    Then the last fact is CriterionAssessed
    And the condition student_course has:
      | path         | value                      |
      | met          | <met>                      |
      | rule.article | CT R5221-3 II, R5221-26    |

    Examples:
      | related | enrolled   | met     |
      | true    | 2027-09-30 | met     |
      | false   | 2027-09-30 | not_met |
      | true    | 2026-11-20 | met     |
      | true    | 2026-11-19 | not_met |

  Scenario Outline: An asylum claim introduced on <introduced> is <met> on 2 November 2026 (CESEDA L554-1)
    Given an asylum_seeker request filed by employer-acme with:
      | pointer                                            | value        |
      | /request/particulars/ofpra_introduced_on           | <introduced> |
      | /request/particulars/delay_imputable_to_applicant  | <imputable>  |
    And the case is under examination by agent-63
    When agent-63 assesses asylum_delay
    Then the last fact is CriterionAssessed
    And the condition asylum_delay has:
      | path         | value         |
      | met          | <met>         |
      | rule.article | CESEDA L554-1 |

    Examples: six months without a decision, for reasons that are not the applicant's
      | introduced | imputable | met     |
      | 2026-05-01 | false     | met     |
      | 2026-05-02 | false     | not_met |
      | 2026-05-01 | true      | not_met |

  Scenario Outline: A renewal, same job: <same>: the pay is <pay> and the employer <employer> (CT R5221-34 2°, R5221-35)
    Given a renewal request filed by employer-acme with:
      | pointer                        | value   |
      | /request/particulars/same_job  | <same>  |
      | /request/job/pay_monthly_gross | 1700.00 |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    And agent-63 assesses renewal_employer
    Then the last fact is CriterionAssessed
    And the conditions are:
      | criterion        | met        | article         |
      | pay              | <pay>      | CT R5221-20 4°  |
      | renewal_employer | <employer> | CT R5221-34 2°  |

    Examples: R5221-20 is opposed to a first renewal only when the job or the zone changes
      | same  | pay            | employer |
      | true  | not_applicable | not_met  |
      | false | not_met        | not_met  |

  Scenario: An internship: the project is described, the host is for the agent to check (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    Then the conditions are:
      | criterion                     | met | article                  |
      | internship_project            | met | CESEDA R426-20           |
      | internship_agreement_conforms | met | CESEDA R426-19           |
      | internship_length             | met | CESEDA R426-18           |
      | internship_host               | met | CESEDA R426-20           |
    And the condition internship_host has:
      | path         | value           |
      | computed.met | not_established |

  Scenario Outline: A project with a result of <result> and an income of <income> (CESEDA L421-5, R421-9)
    Given a viability_opinion request filed by mandatary-durand with:
      | pointer                                      | value    |
      | /request/particulars/result_forecast         | <result> |
      | /request/particulars/monthly_income_forecast | <income> |
    And the case is under examination by agent-63
    When agent-63 assesses economic_viability
    And agent-63 assesses sufficient_means
    Then the last fact is CriterionAssessed
    And the conditions are:
      | criterion          | met      | article                 |
      | economic_viability | <viable> | CESEDA L421-5, R421-9   |
      | sufficient_means   | <means>  | CESEDA L421-5           |

    Examples: a positive result, and the full-time SMIC of the day
      | result  | income  | viable  | means   |
      | 0.01    | 1867.02 | met     | met     |
      | 0.00    | 1867.01 | not_met | not_met |
      | -500.00 | 1867.03 | not_met | met     |
