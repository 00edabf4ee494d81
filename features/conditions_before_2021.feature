Feature: The elements weighed before April 2021
  Until 31 March 2021 the prefect took seven elements into account (CT R5221-20 in its version of 1 November 2016). None
  decided by itself: an unmet element leaves the grant open, and a refusal weighs it with the others. Before 1 November 2016
  the same elements are held as far as known, marked unconfirmed.

  Scenario: The seven elements of an introduction in 2018, each with its article
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    And every condition is assessed as met
    Then the conditions are:
      | criterion               | met            | article        |
      | labour_market           | met            | CT R5221-20 1° |
      | job_fits_qualifications | met            | CT R5221-20 2° |
      | employer_labour_law     | met            | CT R5221-20 3° |
      | regulated_activity      | not_applicable | CT R5221-20 4° |
      | comparable_terms        | met            | CT R5221-20 5° |
      | pay                     | met            | CT R5221-20 6° |
      | housing                 | not_applicable | CT R5221-20 7° |

  Scenario Outline: Assessed on <day>, the text is that of <since> (CT R5221-20 6°)
    Given on <day> agent-63 examines an introduction_permanent request
    When agent-63 assesses employer_labour_law as met because "Aucun constat de l'inspection du travail."
    Then the last fact is CriterionAssessed
    And the condition employer_labour_law has:
      | path          | value           |
      | rule.article  | CT R5221-20 3°  |
      | rule.since    | <since>         |
      | computed.met  | not_established |
      | computed.facts.porte sur | Acme Robotique (employeur) |

    Examples: as far as known before 1 November 2016
      | day        | since      |
      | 2013-09-25 | 2008-05-01 |
      | 2016-10-31 | 2008-05-01 |
      | 2016-11-01 | 2016-11-01 |
      | 2021-03-31 | 2016-11-01 |

  # --- 1° employment situation --------------------------------------------------------------------------------------------

  Scenario: No table tells the situation of employment of 2018: the labour_market is for the agent to weigh (CT R5221-20 1°)
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    When agent-63 assesses labour_market
    Then it is refused with 422 "finding_needs_reason" naming "Aucune recherche de candidat n'est déclarée"
    When agent-63 assesses labour_market as not_met because "Douze offres pour cent demandes de cuisinier dans le Rhône en avril 2018."
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                  | value                |
      | met                   | not_met              |
      | computed.met          | not_established      |
      | computed.facts.lieu   | 69002 Lyon           |
      | computed.missing.0    | …recherches…         |
      | computed.missing.1    | …zone géographique…  |

  Scenario Outline: The employer's search of 2018 met <fitting> fitting candidates: the answer is <status>
    Given on 2018-05-14 agent-63 examines an introduction_permanent request with:
      | pointer              | value |
      | /request/job/posting | {"body": "Pôle emploi", "published_from": "2018-04-02", "published_until": "2018-04-08", "applications": 4, "fitting_candidates": <fitting>} |
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples: the text set no length of publication, and figures of the zone are lacking
      | fitting | status | met          |
      | 0       | 422    | not assessed |
      | 1       | 200    | not_met      |

  Scenario: The service asked about the situation of employment answers
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    And agent-63 has given "request-opinion" with:
      """
      {"body": "DREETS", "criterion": "labour_market", "question": "Offres et demandes de cuisinier dans le Rhône ?"}
      """
    And agent-63 has given "record-opinion" with:
      """
      {"opinion": "O1", "adverse": true, "finding": "Douze offres pour cent demandes."}
      """
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path    | value                              |
      | met     | not_met                            |
      | because | …Douze offres pour cent demandes…  |

  # --- 2° qualifications ---------------------------------------------------------------------------------------------------

  Scenario: Qualifications are weighed for every worker, not for students alone (CT R5221-20 2°)
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    When agent-63 assesses job_fits_qualifications
    Then it is refused with 422 "finding_needs_reason" naming "expérience comprise"

  Scenario Outline: A student's job <related> to the studies, experience "<experience>" (CE, 3 février 2016, n° 386416)
    Given on 2018-05-14 agent-63 examines a change_of_status request with:
      | pointer                                     | value        |
      | /request/particulars/diplomas/0/obtained_on | 2017-07-03   |
      | /request/particulars/job_related_to_studies | <answer>     |
      | /request/particulars/experience             | <experience> |
    When agent-63 assesses job_fits_qualifications
    Then the answer is <status>
    And there is a condition job_fits_qualifications that is <met>

    Examples: what a student learnt in a side job may not be left out
      | related   | answer | experience                         | status | met          |
      | related   | true   | ""                                 | 200    | met          |
      | unrelated | false  | ""                                 | 200    | not_met      |
      | unrelated | false  | Vendeur pendant deux ans d'études. | 422    | not assessed |

  # --- 3° and 4° undertakings ------------------------------------------------------------------------------------------------

  Scenario: Labour law is that of the employer, the user and the host, not of the principal (CT R5221-20 3°)
    Given on 2018-05-14 agent-63 examines an introduction_permanent request with:
      | pointer               | value |
      | /request/undertakings | [{"capacity": "principal", "siret": "90200029800015", "name": "Donneur SA", "seat": {"street": "1 rue A", "postcode": "69003", "town": "Lyon"}}, {"capacity": "user", "siret": "90200029800015", "name": "Usage SA", "seat": {"street": "1 rue A", "postcode": "69003", "town": "Lyon"}}] |
    When agent-63 assesses employer_labour_law as not_met because "Trois procès-verbaux pour heures non payées en 2017."
    Then the last fact is CriterionAssessed
    And the condition employer_labour_law has:
      | path                     | value                                                        |
      | computed.facts.porte sur | Acme Robotique (employeur), Usage SA (entreprise utilisatrice) |
      | met                      | not_met                                                      |

  Scenario: A regulated_activity without proof of the right to exercise it (CT R5221-20 4°)
    Given on 2018-05-14 agent-63 examines an introduction_permanent request with:
      | pointer                           | value |
      | /request/job/regulated_profession | true  |
    When agent-63 assesses regulated_activity
    Then it is refused with 422 "finding_needs_reason" naming "rien au dossier ne montre le droit"

  # --- 5° and 6° terms and pay ------------------------------------------------------------------------------------------------

  Scenario Outline: Paid <pay> euros where the agreement sets 1950.00: comparable_terms is <met> (CT R5221-20 5°)
    Given on 2018-05-14 agent-63 examines an introduction_permanent request with:
      | pointer                        | value |
      | /request/job/pay_monthly_gross | <pay> |
    When agent-63 assesses comparable_terms
    Then the answer is <status>
    And there is a condition comparable_terms that is <met>

    Examples: below the branch's minimum the terms are not those of the branch; above it, others' pay must be known
      | pay     | status | met          |
      | 1949.99 | 200    | not_met      |
      | 1950.00 | 422    | not assessed |

  Scenario Outline: In 2018 a part-time pay of <pay> euros is <met>: the whole monthly minimum is wanted (CT R5221-20 6°)
    Given on 2018-05-14 agent-63 examines an introduction_permanent request with:
      | pointer                        | value   |
      | /request/job/hours_weekly      | <hours> |
      | /request/job/pay_monthly_gross | <pay>   |
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And the condition pay has:
      | path                                           | value   |
      | met                                            | <met>   |
      | computed.facts.rémunération mensuelle minimale | 1498.47 |
      | rule.article                                   | CT R5221-20 6° |

    Examples: whatever the hours, and whatever the agreement says
      | hours | pay     | met     |
      | 35    | 1498.46 | not_met |
      | 35    | 1498.47 | met     |
      | 17.5  | 1498.46 | not_met |
      | 17.5  | 1498.47 | met     |
      | 39    | 1498.47 | met     |

  Scenario: The SMIC of 2013 is not held: the rule does not answer
    Given on 2013-09-25 agent-63 examines an introduction_permanent request
    When agent-63 assesses pay
    Then it is refused with 422 "finding_needs_reason" naming "n'est pas connu à cette date"

  # --- 7° housing ------------------------------------------------------------------------------------------------------------

  Scenario Outline: A worker who lives <where>, lodged: <lodged>, stated: <stated>: housing is <met> (CT R5221-20 7°)
    Given on 2018-05-14 agent-63 examines a <procedure> request with:
      | pointer                                  | value       |
      | /request/job/housing_address             | <address>   |
      | /documents/0/item                        | <document>  |
      | <diploma>                                | <day>       |
    When agent-63 assesses housing
    Then the answer is <status>
    And there is a condition housing that is <met>

    Examples: abroad and lodged by the employer, or not concerned
      | where     | lodged | stated | procedure              | address | document          | diploma           | day        | status | met            |
      | abroad    | yes    | yes    | introduction_permanent | {"street": "1 rue A", "postcode": "69003", "town": "Lyon"} | housing_statement | /request/job/start | 2018-09-03 | 200 | met |
      | abroad    | yes    | no     | introduction_permanent | {"street": "1 rue A", "postcode": "69003", "town": "Lyon"} | passport | /request/job/start | 2018-09-03 | 422 | not assessed |
      | abroad    | no     | yes    | introduction_permanent | null    | housing_statement | /request/job/start | 2018-09-03 | 200    | not_applicable |
      | in France | yes    | yes    | change_of_status       | {"street": "1 rue A", "postcode": "69003", "town": "Lyon"} | housing_statement | /request/particulars/diplomas/0/obtained_on | 2017-07-03 | 200 | not_applicable |

  # --- what elements do --------------------------------------------------------------------------------------------------------

  Scenario: A condition of a later text is none in 2018
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    When agent-63 assesses proportionate_project as not_met because "Recrutement sans rapport avec l'activité déclarée."
    Then it is refused with 409 "criterion_unknown_here"

  Scenario: An unmet element leaves the grant open
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    And every condition is assessed, but comparable_terms is not met because "Les autres cuisiniers gagnent 2 600 euros par mois."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path | value |
      | kind | grant |

  Scenario Outline: A refusal on an element of <length> characters of weighing: <status>
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    And every condition is assessed, but pay is not met because "La rémunération n'atteint pas le minimum mensuel de 2018."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "explanation": "<explanation>",
       "reasons": [{"criterion": "pay", "fact": "La rémunération n'atteint pas le minimum mensuel de 2018."}]}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: no element decides by itself, so that they are weighed together in forty characters at least
      | length | explanation                              | status | path          | told                     |
      | 0      |                                          | 409    | code          | discretion_needs_reasons |
      | 39     | Pesé avec les six autres, il l'emporte. | 409    | code          | discretion_needs_reasons |
      | 40     | Pesé avec les six autres, il l'emporte.. | 200   | events.0.type | DecisionProposed         |

  Scenario: The refusal of 2018 says how the elements were weighed, by the text of its day
    Given on 2018-05-14 agent-63 examines an introduction_permanent request
    And every condition is assessed, but labour_market is not met because "Douze offres pour cent demandes de cuisinier dans le Rhône."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "labour_market", "fact": "Douze offres pour cent demandes."}]}
      """
    Then it is refused with 409 "discretion_needs_reasons" naming "appréciés ensemble"

  # --- who escaped -------------------------------------------------------------------------------------------------------------

  Scenario: Renewed for the same job and zone, none of the elements is opposed (CT R5221-35)
    Given on 2018-05-14 agent-63 examines a renewal request with:
      | pointer                                 | value      |
      | /request/particulars/earlier_expires_on | 2018-07-10 |
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path         | value             |
      | met          | not_applicable    |
      | rule.since   | 2016-11-01        |
      | because      | …CT R5221-35…     |
