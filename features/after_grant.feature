Feature: After the grant
  A grant creates rights. Unlawful, it is withdrawn or repealed within four months (CRPA L242-1); obtained by fraud, at
  any time (CRPA L241-2); a condition lost repeals it (CRPA L242-2); no medical certificate after three months, it may be
  withdrawn (CT L5221-5). The parties are heard first (CRPA L121-1, L122-1).

  Scenario: The parties are told, and have at least fifteen days (CRPA L122-1)
    Given an introduction_permanent request granted
    And the day is 2026-12-01
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "illegality",
       "grounds": "Le salaire réellement prévu au contrat signé est inférieur au SMIC."}
      """
    Then the last fact is PriorHearingOpened
    And the fact PriorHearingOpened has:
      | path               | value       |
      | hearing            | H1          |
      | decision           | D1          |
      | intended           | withdrawal  |
      | legal_basis        | CRPA L242-1 |
      | observations_until | 2026-12-16  |
    And the clock T15 of H1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2026-12-16 |
    And the decision D1 has:
      | path | value |
      | live | yes   |

  Scenario Outline: A hearing opened on 1 December until <until>
    Given an introduction_permanent request granted
    And the day is 2026-12-01
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "fraud", "observations_until": "<until>",
       "grounds": "Le contrat joint porte une signature que l'employeur conteste."}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: fifteen days at least
      | until      | status | path          | told                          |
      | 2026-12-15 | 422    | code          | observations_period_too_short |
      | 2026-12-16 | 200    | events.0.type | PriorHearingOpened            |

  Scenario: No permit is withdrawn without a hearing (CRPA L121-1)
    Given an introduction_permanent request granted
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then it is refused with 409 "prior_hearing_missing" naming "CRPA L121-1, L122-1"

  Scenario Outline: Observations may be made until 16 December inclusive: withdrawal on <day> (CRPA L122-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And the day is <day>
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                        |
      | 2026-12-16 | 409    | code          | observations_period_running |
      | 2026-12-17 | 200    | events.0.type | PermitWithdrawn             |

  Scenario: Once both parties have observed, nothing more is waited for
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And employer-acme has given "receive-observations" with:
      """
      {"hearing": "H1", "text": "La signature est bien celle de notre directrice."}
      """
    And agent-63 has given "receive-observations" with:
      """
      {"hearing": "H1", "addressee": "worker", "text": "J'ai signé ce contrat à Lyon."}
      """
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then the last fact is PermitWithdrawn
    And the hearing H1 has:
      | path         | value            |
      | observations | employer, worker |
      | used         | yes              |

  Scenario: The observations of one party do not close the period of the other
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And employer-acme has given "receive-observations" with:
      """
      {"hearing": "H1", "text": "La signature est bien celle de notre directrice."}
      """
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then it is refused with 409 "observations_period_running" naming "16 décembre 2026"

  Scenario Outline: An unlawful grant of 2 November may be withdrawn within four months: <day> (CRPA L242-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of illegality was opened on 2027-02-01
    And the day is <day>
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat signé prévoit un salaire inférieur au SMIC, ce que les observations confirment.",
       "reasons": [{"criterion": "pay", "fact": "Le contrat signé prévoit 1 700 euros bruts par mois."}]}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                   |
      | 2027-03-02 | 200    | events.0.type | PermitWithdrawn        |
      | 2027-03-03 | 409    | code          | withdrawal_window_over |

  Scenario: After four months no hearing is opened on illegality (CRPA L242-1)
    Given an introduction_permanent request granted
    And the day is 2027-03-03
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "illegality",
       "grounds": "Le salaire réellement prévu au contrat signé est inférieur au SMIC."}
      """
    Then it is refused with 409 "withdrawal_window_over" naming "2 mars 2027"
    And the clock T9 of D1 has:
      | path       | value      |
      | state      | expired    |
      | expires_on | 2027-03-02 |

  Scenario: A withdrawal names its grounds, its signatory and its remedies (CRPA L211-2 4°, L242-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of illegality was opened on 2026-12-01
    And the day is 2026-12-17
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat signé prévoit un salaire inférieur au SMIC, ce que les observations confirment.",
       "reasons": [{"criterion": "pay", "fact": "Le contrat signé prévoit 1 700 euros bruts par mois."}]}
      """
    Then the last fact is PermitWithdrawn
    And the fact PermitWithdrawn has:
      | path                            | value                                                |
      | withdraws                       | D1                                                   |
      | legal_basis                     | CRPA L242-1                                          |
      | hearing                         | H1                                                   |
      | decision.decision               | D2                                                   |
      | decision.kind                   | withdrawal                                           |
      | decision.reasons.0.rule.article | CT R5221-20 4°                                       |
      | decision.reasons.0.fact         | Le contrat signé prévoit 1 700 euros bruts par mois. |
      | decision.signatory.name         | Hélène Vasseur                                       |
      | decision.remedies.tribunal      | tribunal administratif de Lyon                       |
    And the decision D1 has:
      | path          | value      |
      | kind          | grant      |
      | live          | no         |
      | ended_by      | D2         |
      | permit.number | …AT-2026-… |

  Scenario: A withdrawal for illegality names the condition that was not met
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of illegality was opened on 2026-12-01
    And the day is 2026-12-17
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat signé prévoit un salaire inférieur au SMIC, ce que les observations confirment."}
      """
    Then it is refused with 409 "reasons_missing"

  Scenario: Fraud is withdrawn at any time (CRPA L241-2)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2029-05-02
    And the day is 2029-05-18
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then the fact PermitWithdrawn has:
      | path               | value       |
      | legal_basis        | CRPA L241-2 |
      | decision.signed_on | 2029-05-18  |

  Scenario Outline: « <basis> » does not allow <intended>
    Given an introduction_permanent request granted
    And the day is 2026-12-01
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "<intended>", "legal_basis": "<basis>",
       "grounds": "La rémunération versée depuis l'embauche est inférieure au SMIC."}
      """
    Then it is refused with 409 "basis_forbids_act" naming "<article>"

    Examples: a condition lost ends a permit for the future only
      | basis                       | intended   | article       |
      | condition_no_longer_met     | withdrawal | CRPA L242-2 1° |
      | medical_certificate_missing | repeal     | CT L5221-5    |

  Scenario: A condition lost repeals the permit from a day to come (CRPA L242-2 1°)
    Given an introduction_permanent request granted
    And a hearing for repeal on the ground of condition_no_longer_met was opened on 2027-09-01
    And the day is 2027-09-17
    When signatory-63 gives "repeal-permit" with:
      """
      {"decision": "D1", "effective_on": "2027-10-01",
       "explanation": "La rémunération versée depuis mars est inférieure au SMIC malgré deux rappels de l'inspection.",
       "reasons": [{"criterion": "pay", "fact": "Bulletins de mars à août : 1 500 euros bruts par mois."}]}
      """
    Then the last fact is PermitRepealed
    And the fact PermitRepealed has:
      | path          | value          |
      | repeals       | D1             |
      | legal_basis   | CRPA L242-2 1° |
      | effective_on  | 2027-10-01     |
      | decision.kind | repeal         |
      | @legal_date   | 2027-10-01     |

  Scenario: A repeal does not look back
    Given an introduction_permanent request granted
    And a hearing for repeal on the ground of condition_no_longer_met was opened on 2027-09-01
    And the day is 2027-09-17
    When signatory-63 gives "repeal-permit" with:
      """
      {"decision": "D1", "effective_on": "2027-09-16",
       "explanation": "La rémunération versée depuis mars est inférieure au SMIC malgré deux rappels de l'inspection.",
       "reasons": [{"criterion": "pay", "fact": "Bulletins de mars à août : 1 500 euros bruts par mois."}]}
      """
    Then it is refused with 422 "repeal_not_retroactive"

  Scenario Outline: Three months without a medical certificate: noted on <day> (CT L5221-5)
    Given an introduction_permanent request granted
    And the day is <day>
    When agent-63 gives "record-missing-medical-certificate" with:
      """
      {"decision": "D1"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: granted on 2 November 2026
      | day        | status | path          | told                      |
      | 2027-02-02 | 409    | code          | three_months_not_over     |
      | 2027-02-03 | 200    | events.0.type | MedicalCertificateMissing |

  Scenario: A missing certificate is noted before a withdrawal rests on it (CT L5221-5)
    Given an introduction_permanent request granted
    And the day is 2027-02-03
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "medical_certificate_missing",
       "grounds": "Aucun certificat médical n'a été produit."}
      """
    Then it is refused with 409 "certificate_not_noted_missing" naming "CT L5221-5"

  Scenario: A permit is withdrawn for want of a medical certificate (CT L5221-5)
    Given an introduction_permanent request granted
    And the day is 2027-02-03
    And agent-63 has given "record-missing-medical-certificate" with:
      """
      {"decision": "D1"}
      """
    And a hearing for withdrawal on the ground of medical_certificate_missing was opened on 2027-03-10
    And the day is 2027-03-26
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Aucun certificat médical n'a été produit, malgré une relance du 5 mars 2027."}
      """
    Then the fact PermitWithdrawn has:
      | path        | value      |
      | legal_basis | CT L5221-5 |
    And the fact MedicalCertificateMissing has:
      | path                  | value      |
      | noted_on              | 2027-02-03 |
      | three_months_ended_on | 2027-02-02 |

  Scenario: A refusal is not withdrawn as a grant
    Given a request refused on pay
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "fraud",
       "grounds": "Le contrat joint porte une signature que l'employeur conteste."}
      """
    Then it is refused with 409 "decision_is_no_grant"

  Scenario Outline: Anybody may check the permit: on <day> it is « <state> »
    Given an introduction_fixed_term request granted
    And the day is <day>
    When anybody checks the permit with the birth date 1998-03-14
    Then the answer is 200
    And the answer has:
      | path           | value          |
      | state          | <state>        |
      | valid_from     | 2027-03-01     |
      | valid_until    | 2027-11-30     |
      | employer_siret | 90200029800015 |

    Examples: from 1 March to 30 November 2027
      | day        | state         |
      | 2027-02-28 | not_yet_valid |
      | 2027-03-01 | valid         |
      | 2027-11-30 | valid         |
      | 2027-12-01 | expired       |

  Scenario: The check asks for the holder's own date of birth, and names nobody
    Given an introduction_permanent request granted
    When anybody checks the permit with the birth date 1998-03-15
    Then the answer is 404
    And the answer has:
      | path | value     |
      | code | not_found |

  Scenario: A withdrawn permit is worth nothing, from its first day
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2027-04-01
    And the day is 2027-04-17
    And signatory-63 has given "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    When anybody checks the permit with the birth date 1998-03-14
    Then the answer has:
      | path  | value     |
      | state | withdrawn |

  Scenario Outline: Repealed from 1 October, a permit is « <state> » on <day>
    Given an introduction_permanent request granted
    And a hearing for repeal on the ground of condition_no_longer_met was opened on 2027-09-01
    And the day is 2027-09-17
    And signatory-63 has given "repeal-permit" with:
      """
      {"decision": "D1", "effective_on": "2027-10-01",
       "explanation": "La rémunération versée depuis mars est inférieure au SMIC malgré deux rappels de l'inspection.",
       "reasons": [{"criterion": "pay", "fact": "Bulletins de mars à août : 1 500 euros bruts par mois."}]}
      """
    And the day is <day>
    When anybody checks the permit with the birth date 1998-03-14
    Then the answer has:
      | path  | value   |
      | state | <state> |

    Examples: its last day, and the first without it
      | day        | state    |
      | 2027-09-30 | valid    |
      | 2027-10-01 | repealed |
