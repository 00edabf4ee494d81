Feature: Renewing a permit
  A renewal is refused on few grounds: the foreigner departed from the permit (CT R5221-34 1°), the employer no longer
  meets what it must (2°), the contract was broken within a year (CT R5221-36), the rights to unemployment benefit are
  exhausted (CT R5221-33). Each of them is a faculty. That it was asked late (CT R5221-32) is none.

  Scenario: Every condition of a renewal, each with its article
    Given a renewal request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses renewal_terms
    And agent-63 assesses renewal_breach
    And agent-63 assesses renewal_unemployment
    And agent-63 assesses renewal_employer as met because "Vérifié auprès de l'inspection du travail et de l'Urssaf."
    Then the last fact is CriterionAssessed
    And the conditions are:
      | criterion            | met            | article        |
      | renewal_terms        | met            | CT R5221-34 1° |
      | renewal_breach       | met            | CT R5221-36    |
      | renewal_unemployment | not_applicable | CT R5221-33    |
      | renewal_employer     | met            | CT R5221-34 2° |

  Scenario Outline: The terms of the permit, read on <day> in the version of <since> (CT R5221-34 1°)
    Given on <day> agent-63 examines a renewal request
    When agent-63 assesses renewal_terms
    Then the last fact is CriterionAssessed
    And the condition renewal_terms has:
      | path         | value          |
      | met          | met            |
      | rule.article | CT R5221-34 1° |
      | rule.since   | <since>        |

    Examples:
      | day        | since      |
      | 2018-05-14 | 2008-05-01 |
      | 2021-03-31 | 2008-05-01 |
      | 2021-04-01 | 2021-04-01 |
      | 2024-08-30 | 2021-04-01 |
      | 2024-09-02 | 2024-09-01 |

  Scenario Outline: When <what> changes, only an agent can say whether the foreigner departed from the permit (CT R5221-34 1°)
    Given a renewal request filed by employer-acme with <pointer> = false
    And the case is under examination by agent-63
    When agent-63 assesses renewal_terms
    Then it is refused with 422 "finding_needs_reason"

    Examples:
      | what     | pointer                         |
      | the job  | /request/particulars/same_job   |
      | the zone | /request/particulars/same_zone  |

  Scenario: The agent finds that the foreigner departed from the permit (CT R5221-34 1°)
    Given a renewal request filed by employer-acme with /request/particulars/same_job = false
    And the case is under examination by agent-63
    When agent-63 assesses renewal_terms as not_met because "Occupé comme serveur depuis janvier, au lieu de cuisinier."
    Then the last fact is CriterionAssessed
    And the condition renewal_terms has:
      | path                        | value           |
      | met                         | not_met         |
      | computed.met                | not_established |
      | computed.facts.même emploi  | non             |
      | computed.missing.0          | emploi et lieu réellement occupés sous l'autorisation à renouveler |

  Scenario: A departure from the permit allows a refusal, whose reasons must weigh (CT R5221-34 1°)
    Given a renewal request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but renewal_terms is not met because "Occupé comme serveur depuis janvier, au lieu de cuisinier."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "renewal_terms", "fact": "Occupé comme serveur depuis janvier."}]}
      """
    Then it is refused with 409 "discretion_needs_reasons"

  Scenario: The same departure does not forbid the renewal (CT R5221-34 1°)
    Given a renewal request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but renewal_terms is not met because "Occupé comme serveur depuis janvier, au lieu de cuisinier."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed

  Scenario Outline: A contract broken on <broken> after a hiring of 10 October 2025, involuntarily: <involuntary>: <met> (CT R5221-36)
    Given a renewal request filed by employer-acme with:
      | pointer                                       | value         |
      | /request/particulars/earlier_hired_on         | 2025-10-10    |
      | /request/particulars/contract_broken_on       | <broken>      |
      | /request/particulars/involuntarily_unemployed | <involuntary> |
      | /request/particulars/first_renewal            | <first>       |
    And the case is under examination by agent-63
    When agent-63 assesses renewal_breach
    Then the last fact is CriterionAssessed
    And the condition renewal_breach has:
      | path         | value       |
      | met          | <met>       |
      | rule.article | CT R5221-36 |
      | rule.since   | 2008-05-01  |

    Examples: within twelve months of hiring, at the first renewal
      | broken     | involuntary | first | met            |
      | 2026-10-10 | false       | true  | not_met        |
      | 2026-10-11 | false       | true  | met            |
      | 2026-10-10 | true        | true  | met            |
      | 2026-10-10 | false       | false | not_applicable |

  Scenario: A contract broken when nobody knows the day of hiring (CT R5221-36)
    Given a renewal request filed by employer-acme with /request/particulars/contract_broken_on = 2026-10-10
    And the case is under examination by agent-63
    When agent-63 assesses renewal_breach
    Then it is refused with 422 "finding_needs_reason" naming "date d'embauche inconnue"

  Scenario: A broken contract was read in the same way in 2018 (CT R5221-36)
    Given on 2018-05-14 agent-63 examines a renewal request with:
      | pointer                                 | value      |
      | /request/particulars/earlier_hired_on   | 2017-06-01 |
      | /request/particulars/contract_broken_on | 2018-04-30 |
    When agent-63 assesses renewal_breach
    Then the last fact is CriterionAssessed
    And the condition renewal_breach has:
      | path     | value |
      | met      | not_met |
      | because  | Contrat rompu le 30 avril 2018, dans les 12 mois suivant l'embauche du 1er juin 2017. |

  Scenario: The first renewal of an unemployed employee is prolonged one year (CT R5221-33)
    Given a renewal request filed by employer-acme with:
      | pointer                                       | value    |
      | /request/particulars/involuntarily_unemployed | true     |
      | /request/worker/residence_title/kind          | employee |
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path               | value      |
      | permit.valid_from  | 2026-12-21 |
      | permit.valid_until | 2027-12-20 |
    And the condition renewal_unemployment has:
      | path         | value       |
      | met          | met         |
      | rule.article | CT R5221-33 |

  Scenario Outline: Only the employee's title is prolonged for involuntary unemployment: <title> (CT R5221-33)
    Given a renewal request filed by employer-acme with:
      | pointer                                       | value   |
      | /request/particulars/involuntarily_unemployed | true    |
      | /request/worker/residence_title/kind          | <title> |
    And the case is under examination by agent-63
    When agent-63 assesses renewal_unemployment
    Then the last fact is CriterionAssessed
    And there is a condition renewal_unemployment that is <met>

    Examples:
      | title            | met            |
      | employee         | met            |
      | renewal_receipt  | met            |
      | temporary_worker | not_applicable |

  Scenario Outline: A later renewal is decided in view of the rights to benefit, open until <until>: <met> (CT R5221-33)
    Given a renewal request filed by employer-acme with:
      | pointer                                         | value    |
      | /request/particulars/involuntarily_unemployed   | true     |
      | /request/particulars/first_renewal              | false    |
      | /request/particulars/unemployment_benefit_until | <until>  |
      | /request/worker/residence_title/kind            | employee |
    And the case is under examination by agent-63
    When agent-63 assesses renewal_unemployment
    Then the last fact is CriterionAssessed
    And the condition renewal_unemployment has:
      | path                          | value   |
      | met                           | <met>   |
      | computed.facts.fin des droits | <until> |

    Examples:
      | until      | met     |
      | 2026-11-02 | met     |
      | 2026-11-01 | not_met |

  Scenario: A later renewal whose rights to benefit nobody knows (CT R5221-33)
    Given a renewal request filed by employer-acme with:
      | pointer                                       | value    |
      | /request/particulars/involuntarily_unemployed | true     |
      | /request/particulars/first_renewal            | false    |
      | /request/worker/residence_title/kind          | employee |
    And the case is under examination by agent-63
    When agent-63 assesses renewal_unemployment
    Then it is refused with 422 "finding_needs_reason"

  Scenario: The permit of a later renewal ends with the rights to benefit (CT R5221-33)
    Given a renewal request filed by employer-acme with:
      | pointer                                         | value      |
      | /request/particulars/involuntarily_unemployed   | true       |
      | /request/particulars/first_renewal              | false      |
      | /request/particulars/unemployment_benefit_until | 2027-06-30 |
      | /request/worker/residence_title/kind            | employee   |
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path               | value      |
      | permit.valid_from  | 2026-12-21 |
      | permit.valid_until | 2027-06-30 |

  Scenario: The renewal is granted within the contract still to run (CT R5221-32)
    Given a renewal request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path               | value      |
      | permit.valid_from  | 2026-12-21 |
      | permit.valid_until | 2027-11-30 |

  Scenario Outline: A renewal filed on <day> of a permit that expires on 20 December 2026: it is told, and opposed to nobody (CT R5221-32)
    Given today is <day>
    And a renewal request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CT R5221-32 says "<says>"

    Examples: in the course of the second month before expiry
      | day        | says                                                                                                                                                                     |
      | 2026-10-19 | Demande déposée le 19 octobre 2026, avant le deuxième mois précédant l'expiration (du 20 octobre 2026 au 20 novembre 2026) ; le texte n'en fait pas un motif de refus.   |
      | 2026-10-20 | Demande déposée le 20 octobre 2026, au cours du deuxième mois précédant l'expiration (du 20 octobre 2026 au 20 novembre 2026).                                          |
      | 2026-11-20 | Demande déposée le 20 novembre 2026, au cours du deuxième mois précédant l'expiration (du 20 octobre 2026 au 20 novembre 2026).                                         |
      | 2026-11-21 | Demande déposée le 21 novembre 2026, après le deuxième mois précédant l'expiration (du 20 octobre 2026 au 20 novembre 2026) ; le texte n'en fait pas un motif de refus. |

  Scenario: Lateness is no condition that could be assessed (CT R5221-32)
    Given today is 2026-12-18
    And a renewal request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed

  Scenario Outline: R5221-20 is opposed to a renewal, first: <first>, same job: <job>, same zone: <zone>: pay is <pay> (CT R5221-35)
    Given a renewal request filed by employer-acme with:
      | pointer                            | value   |
      | /request/particulars/first_renewal | <first> |
      | /request/particulars/same_job      | <job>   |
      | /request/particulars/same_zone     | <zone>  |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And there is a condition pay that is <pay>

    Examples:
      | first | job   | zone  | pay            |
      | true  | true  | true  | not_applicable |
      | true  | false | true  | met            |
      | true  | true  | false | met            |
      | false | false | false | not_applicable |

  Scenario Outline: The employer's pay at a renewal of <day>, in the version of <since> (CT R5221-34 2°)
    Given on <day> agent-63 examines a renewal request with:
      | pointer                                | value  |
      | /request/job/pay_monthly_gross         | 900.00 |
      | /request/job/agreement_minimum_monthly | absent |
    When agent-63 assesses renewal_employer
    Then the last fact is CriterionAssessed
    And the condition renewal_employer has:
      | path         | value          |
      | met          | not_met        |
      | because      | <told>         |
      | rule.article | CT R5221-34 2° |
      | rule.since   | <since>        |

    Examples:
      | day        | since      | told                                  |
      | 2018-05-14 | 2008-05-01 | …rémunération : Rémunération de 900…  |
      | 2021-03-31 | 2008-05-01 | …rémunération : Rémunération de 900…  |
      | 2021-04-01 | 2021-04-01 | …4° : Rémunération de 900…            |
      | 2024-08-30 | 2021-04-01 | …4° : Rémunération de 900…            |
      | 2024-09-02 | 2024-09-01 | …4° : Rémunération de 900…            |

  Scenario Outline: A user undertaking beside the employer on <day>: <told> (CT R5221-34 2°)
    Given on <day> agent-63 examines a renewal request with:
      | pointer                 | value                                                                                                                                                                   |
      | /request/undertakings   | [{"capacity": "user", "siret": "90200011600019", "name": "Chantiers du Rhône", "seat": {"street": "1 quai Rambaud", "postcode": "69002", "town": "Lyon"}}] |
    When agent-63 assesses renewal_employer
    Then it is refused with 422 "finding_needs_reason" naming "<told>"

    Examples: the text bears on it since 1 September 2024
      | day        | told                                                          |
      | 2024-08-30 | (2° b) : Aucun organisme                                      |
      | 2024-09-02 | la condition porte aussi sur Chantiers du Rhône               |
