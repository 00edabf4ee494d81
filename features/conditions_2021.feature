Feature: The conditions from April 2021 to August 2024
  From 1 May 2021 the permit is granted when every condition of CT R5221-20 is met: an unmet one forbids the grant and
  founds the refusal. What applied in April 2021 was not read: the same text is held for that month, unconfirmed. Until
  31 August 2024 the conditions of 2° bear on the employer alone; housing, other offences and proportion are no conditions.

  Scenario: The seven conditions of an introduction in 2022, each with its article
    Given on 2022-03-14 agent-63 examines an introduction_permanent request
    And every condition is assessed as met
    Then the conditions are:
      | criterion               | met            | article           |
      | labour_market           | met            | CT R5221-20 1°    |
      | employer_obligations    | met            | CT R5221-20 2° a) |
      | employer_record         | met            | CT R5221-20 2° b) |
      | employer_sanctions      | met            | CT R5221-20 2° c) |
      | regulated_activity      | not_applicable | CT R5221-20 3°    |
      | pay                     | met            | CT R5221-20 4°    |
      | job_fits_qualifications | not_applicable | CT R5221-20 5°    |

  Scenario Outline: The same request decided on <day> stores the texts of <since>
    Given on 2021-03-15 agent-63 examines an introduction_permanent request
    And the day is <day>
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    Then the decision D1 has:
      | path                                   | value         |
      | on                                     | <day>         |
      | signed.assessments.count               | <number>      |
      | signed.assessments.0.rule.criterion    | labour_market |
      | signed.assessments.0.rule.since        | <since>       |
      | signed.assessments.1.rule.criterion    | <second>      |
      | signed.assessments.1.rule.since        | <since>       |
      | signed.assessments.-1.rule.criterion   | <last>        |
      | signed.assessments.-1.rule.article     | <article>     |
      | signed.assessments.-1.rule.since       | <since>       |

    Examples: across 1 April 2021, 1 May 2021 and 1 September 2024
      | day        | since      | number | second               | last                    | article        |
      | 2021-03-31 | 2016-11-01 | 7      | employer_labour_law  | housing                 | CT R5221-20 7° |
      | 2021-04-01 | 2021-04-01 | 7      | employer_obligations | job_fits_qualifications | CT R5221-20 5° |
      | 2021-04-30 | 2021-04-01 | 7      | employer_obligations | job_fits_qualifications | CT R5221-20 5° |
      | 2021-05-01 | 2021-05-01 | 7      | employer_obligations | job_fits_qualifications | CT R5221-20 5° |
      | 2024-08-31 | 2021-05-01 | 7      | employer_obligations | job_fits_qualifications | CT R5221-20 5° |
      | 2024-09-01 | 2024-09-01 | 9      | employer_obligations | proportionate_project   | CT R5221-20-1  |

  Scenario Outline: Assessed on 2021-04-30 under the text held for April, <criterion> must be assessed again in May
    Given on 2021-04-20 agent-63 examines an introduction_permanent request
    And the day is 2021-04-30
    And every condition is assessed as met
    And the day is 2021-05-01
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "conditions_not_assessed" naming "<article>"

    Examples: each by its article of R5221-20
      | criterion               | article           |
      | labour_market           | CT R5221-20 1°    |
      | employer_obligations    | CT R5221-20 2° a) |
      | employer_record         | CT R5221-20 2° b) |
      | employer_sanctions      | CT R5221-20 2° c) |
      | regulated_activity      | CT R5221-20 3°    |
      | pay                     | CT R5221-20 4°    |
      | job_fits_qualifications | CT R5221-20 5°    |

  # --- 1° labour market -------------------------------------------------------------------------------------------------

  Scenario Outline: In 2022 an offer published to <until> makes labour_market <met> (CT R5221-20 1°)
    Given on 2022-03-14 agent-63 examines an introduction_permanent request with:
      | pointer              | value |
      | /request/job/rome    | M1805 |
      | /request/job/fap     | M2Z90 |
      | /request/job/posting | {"body": "Pôle emploi", "published_from": "2022-02-01", "published_until": "<until>", "applications": 4, "fitting_candidates": <fitting>} |
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                                | value      |
      | met                                 | <met>      |
      | rule.since                          | 2021-05-01 |
      | computed.facts.jours de publication | <days>     |

    Examples: three weeks, both days counted, and no fitting candidate
      | until      | fitting | days | met     |
      | 2022-02-20 | 0       | 20   | not_met |
      | 2022-02-21 | 0       | 21   | met     |
      | 2022-02-22 | 0       | 22   | met     |
      | 2022-02-22 | 1       | 22   | not_met |

  Scenario: The age of an offer is no condition of 2022: the list of documents sets it since January 2025 (CT R5221-12)
    Given on 2022-03-14 agent-63 examines an introduction_permanent request with:
      | pointer              | value |
      | /request/job/rome    | M1805 |
      | /request/job/fap     | M2Z90 |
      | /request/job/posting | {"body": "Pôle emploi", "published_from": "2021-01-04", "published_until": "2021-02-01", "applications": 4, "fitting_candidates": 0} |
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And there is a condition labour_market that is met

  Scenario: The length of publication that applied in April 2021 is not held
    Given on 2021-04-20 agent-63 examines an introduction_permanent request with:
      | pointer              | value |
      | /request/job/rome    | M1805 |
      | /request/job/fap     | M2Z90 |
      | /request/job/posting | {"body": "Pôle emploi", "published_from": "2021-03-01", "published_until": "2021-04-12", "applications": 4, "fitting_candidates": 0} |
    When agent-63 assesses labour_market
    Then it is refused with 422 "finding_needs_reason" naming "soit 43 jours"

  # --- 2° the employer ----------------------------------------------------------------------------------------------------

  Scenario Outline: On <day> <criterion> bears on <whom> (<article>)
    Given on 2024-08-20 agent-63 examines an introduction_permanent request with:
      | pointer               | value |
      | /request/undertakings | [{"capacity": "host", "siret": "90200029800015", "name": "Hôte SA", "seat": {"street": "1 rue A", "postcode": "69003", "town": "Lyon"}}] |
    And the day is <day>
    When agent-63 assesses <criterion> as met because "Vérifié auprès des organismes le jour même."
    Then the last fact is CriterionAssessed
    And the condition <criterion> has:
      | path                     | value      |
      | rule.article             | <article>  |
      | computed.met             | <computed> |
      | computed.facts.porte sur | <whom>     |

    Examples: the employer alone, then the undertakings beside it
      | day        | criterion            | article           | computed        | whom                                                     |
      | 2024-08-31 | employer_obligations | CT R5221-20 2° a) | met             | Acme Robotique (employeur)                               |
      | 2024-09-01 | employer_obligations | CT R5221-20 2° a) | not_established | Acme Robotique (employeur), Hôte SA (entreprise d'accueil) |
      | 2024-08-31 | employer_record      | CT R5221-20 2° b) | not_established | Acme Robotique (employeur)                               |
      | 2024-09-01 | employer_record      | CT R5221-20 2° b) | not_established | Acme Robotique (employeur), Hôte SA (entreprise d'accueil) |
      | 2024-08-31 | employer_sanctions   | CT R5221-20 2° c) | not_established | Acme Robotique (employeur)                               |

  Scenario Outline: The labour inspection answers on <criterion> in 2022: <met> (<article>)
    Given on 2022-03-14 agent-63 examines an introduction_permanent request
    And agent-63 has given "request-opinion" with:
      """
      {"body": "inspection du travail", "criterion": "<criterion>", "question": "Que savez-vous de cet établissement ?"}
      """
    And agent-63 has given "record-opinion" with:
      """
      {"opinion": "O1", "adverse": <adverse>, "finding": "Constat du 2 février 2022."}
      """
    When agent-63 assesses <criterion>
    Then the last fact is CriterionAssessed
    And the condition <criterion> has:
      | path                     | value                      |
      | met                      | <met>                      |
      | rule.article             | <article>                  |
      | because                  | …Constat du 2 février 2022… |
      | computed.facts.porte sur | Acme Robotique (employeur) |

    Examples:
      | criterion            | article           | adverse | met     |
      | employer_obligations | CT R5221-20 2° a) | true    | not_met |
      | employer_record      | CT R5221-20 2° b) | true    | not_met |
      | employer_record      | CT R5221-20 2° b) | false   | met     |
      | employer_sanctions   | CT R5221-20 2° c) | true    | not_met |
      | employer_sanctions   | CT R5221-20 2° c) | false   | met     |

  Scenario: Nobody having been asked, the sanctions named by the text are for the agent to check (CT R5221-20 2° c))
    Given on 2022-03-14 agent-63 examines an introduction_permanent request
    When agent-63 assesses employer_sanctions
    Then it is refused with 422 "finding_needs_reason" naming "L1264-3 et L8272-2 à L8272-4"

  Scenario: No age of the certificate is asked in 2022
    Given on 2022-03-14 agent-63 examines an introduction_permanent request
    When agent-63 assesses employer_obligations
    Then the last fact is CriterionAssessed
    And the condition employer_obligations has:
      | path                       | value                        |
      | met                        | met                          |
      | because                    | …obligations déclaratives sociales… |
      | computed.unconfirmed.count | 0                            |

  # --- 3° to 5° ---------------------------------------------------------------------------------------------------------------

  Scenario Outline: On <day> a regulated_activity bears on <whom> (CT R5221-20 3°)
    Given on 2024-08-20 agent-63 examines an introduction_permanent request with:
      | pointer                           | value |
      | /request/job/regulated_profession | true  |
      | /request/undertakings             | [{"capacity": "principal", "siret": "90200029800015", "name": "Donneur SA", "seat": {"street": "1 rue A", "postcode": "69003", "town": "Lyon"}}] |
    And the day is <day>
    When agent-63 assesses regulated_activity as met because "Autorisation d'exercer vérifiée auprès de l'ordre."
    Then the last fact is CriterionAssessed
    And the condition regulated_activity has:
      | path                     | value      |
      | rule.since               | <since>    |
      | computed.facts.porte sur | <whom>     |

    Examples: the principal since 1 September 2024 only
      | day        | since      | whom                                                            |
      | 2024-08-31 | 2021-05-01 | Acme Robotique (employeur), travailleur                         |
      | 2024-09-01 | 2024-09-01 | Acme Robotique (employeur), Donneur SA (donneur d'ordre), travailleur |

  Scenario Outline: In 2022 <pay> euros for <hours> hours is <met>: part-time pay is pro rata (CT R5221-20 4°)
    Given on 2022-03-14 agent-63 examines an introduction_permanent request with:
      | pointer                                | value   |
      | /request/job/agreement_minimum_monthly | absent  |
      | /request/job/hours_weekly              | <hours> |
      | /request/job/pay_monthly_gross         | <pay>   |
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And there is a condition pay that is <met>

    Examples: the SMIC of January 2022
      | hours | pay     | met     |
      | 35    | 1603.11 | not_met |
      | 35    | 1603.12 | met     |
      | 17.5  | 801.55  | not_met |
      | 17.5  | 801.56  | met     |

  Scenario Outline: On <day> the job of a student whose course is finished: <finished> is <met> (CT R5221-20 5°)
    Given on 2024-08-20 agent-63 examines a change_of_status request with:
      | pointer                                           | value      |
      | /request/worker/residence_title/kind              | <title>    |
      | /request/particulars/studies_finished_in_france   | <finished> |
      | /request/particulars/diplomas/0/obtained_on       | 2024-07-03 |
    And the day is <day>
    When agent-63 assesses job_fits_qualifications
    Then the last fact is CriterionAssessed
    And there is a condition job_fits_qualifications that is <met>

    Examples: every holder of a student card, then those who have finished and holders of the job-search card
      | day        | title                           | finished | met            |
      | 2024-08-31 | student                         | true     | met            |
      | 2024-08-31 | student                         | false    | met            |
      | 2024-08-31 | job_search_or_business_creation | true     | not_applicable |
      | 2024-09-01 | student                         | true     | met            |
      | 2024-09-01 | student                         | false    | not_applicable |
      | 2024-09-01 | job_search_or_business_creation | false    | met            |

  # --- what conditions do --------------------------------------------------------------------------------------------------

  Scenario Outline: <criterion> is no condition before 1 September 2024 (<article>)
    Given on 2024-08-31 agent-63 examines an introduction_permanent request
    When agent-63 assesses <criterion> as not_met because "Condition que le texte ne connaît pas encore."
    Then it is refused with 409 "criterion_unknown_here"

    Examples:
      | criterion             | article                        |
      | employer_offences     | CT R5221-20 2°, dernier alinéa |
      | housing               | CT R5221-20 6°                 |
      | proportionate_project | CT R5221-20-1                  |
      | employer_labour_law   | CT R5221-20 3° until 2021      |
      | comparable_terms      | CT R5221-20 5° until 2021      |

  Scenario: An unmet condition forbids the grant
    Given on 2022-03-14 agent-63 examines an introduction_permanent request
    And every condition is assessed, but employer_sanctions is not met because "Fermeture administrative du 2 février 2022."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "mandatory_condition_not_met" naming "CT R5221-20 2° c)"

  Scenario: An unmet condition founds a refusal without more
    Given on 2022-03-14 agent-63 examines an introduction_permanent request
    And every condition is assessed, but employer_sanctions is not met because "Fermeture administrative du 2 février 2022."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "employer_sanctions", "fact": "Fermeture administrative du 2 février 2022."}]}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path                   | value             |
      | reasons.0.rule.article | CT R5221-20 2° c) |
      | reasons.0.rule.since   | 2021-05-01        |
