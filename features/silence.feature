Feature: Silence on a request
  What silence means is a property of the procedure (CRPA L231-1, L231-5; décret n° 2014-1292). The decision bears its
  legal date, at midnight, and can be recorded from the next day on.

  Scenario Outline: Silence on an ordinary request rejects it after two months: on <day> (décret n° 2014-1292)
    Given an introduction_permanent request filed by employer-acme
    And the day is <day>
    When manager-63 gives "record-silence"
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: filed on 2 November 2026; the last day counts to its end
      | day        | status | path          | told                   |
      | 2027-01-01 | 409    | code          | silence_not_due        |
      | 2027-01-02 | 409    | code          | silence_not_due        |
      | 2027-01-03 | 200    | events.0.type | ImplicitDecisionArisen |

  Scenario: An implicit refusal bears its legal date, however late it is recorded (CRPA L231-5)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-02-20
    When manager-63 gives "record-silence"
    Then the last fact is ImplicitDecisionArisen
    And the fact ImplicitDecisionArisen has:
      | path        | value            |
      | decision    | D1               |
      | kind        | implicit_refusal |
      | rule        | AT_ORDINARY      |
      | arisen_on   | 2027-01-02       |
      | @legal_date | 2027-01-02       |
      | permit      | none             |
      | articles    | …CRPA L231-5…    |
    And the decision D1 has:
      | path              | value                          |
      | on                | 2027-01-02                     |
      | signed            | none                           |
      | remedies.tribunal | tribunal administratif de Lyon |
    And the clock T1 has:
      | path       | value      |
      | state      | ended      |
      | expires_on | 2027-01-02 |

  Scenario Outline: Two months from <filed> end on <arisen>
    Given today is <filed>
    And an introduction_permanent request filed by employer-acme
    And the day is 2027-06-01
    When manager-63 gives "record-silence"
    Then the fact ImplicitDecisionArisen has:
      | path      | value    |
      | arisen_on | <arisen> |

    Examples: the same day of the month, or its last day; a Sunday or a holiday moves nothing
      | filed      | arisen     |
      | 2026-11-14 | 2027-01-14 |
      | 2026-12-28 | 2027-02-28 |
      | 2026-12-31 | 2027-02-28 |
      | 2026-11-01 | 2027-01-01 |

  Scenario Outline: Silence on a <procedure> request after <length>: <kind> on <arisen> (<article>)
    Given a <procedure> request filed by employer-acme
    And the day is <next>
    When manager-63 gives "record-silence"
    Then the last fact is ImplicitDecisionArisen
    And the fact ImplicitDecisionArisen has:
      | path      | value       |
      | kind      | <kind>      |
      | rule      | <rule>      |
      | arisen_on | <arisen>    |
      | articles  | …<article>… |

    Examples: recorded on the first possible day
      | procedure            | length     | next       | arisen     | kind             | rule                 | article         |
      | asylum_seeker        | two months | 2027-01-03 | 2027-01-02 | implicit_grant   | AT_ASYLUM_SEEKER     | CESEDA L554-3   |
      | internship_agreement | 30 days    | 2026-12-03 | 2026-12-02 | implicit_refusal | INTERNSHIP           | CESEDA R426-20  |
      | internship_amendment | 15 days    | 2026-11-18 | 2026-11-17 | implicit_grant   | INTERNSHIP_AMENDMENT | CESEDA R426-21  |
      | au_pair              | 90 days    | 2027-02-01 | 2027-01-31 | implicit_refusal | RESIDENCE_PERMIT_90  | CESEDA R432-2   |

  Scenario Outline: The day before, silence on a <procedure> request has decided nothing
    Given a <procedure> request filed by employer-acme
    And the day is <day>
    When manager-63 gives "record-silence"
    Then it is refused with 409 "silence_not_due" naming "<told>"

    Examples: the last day itself
      | procedure            | day        | told             |
      | asylum_seeker        | 2027-01-02 | 2 janvier 2027   |
      | internship_agreement | 2026-12-02 | 2 décembre 2026  |
      | internship_amendment | 2026-11-17 | 17 novembre 2026 |
      | au_pair              | 2027-01-31 | 31 janvier 2027  |

  Scenario: A European programme halves the silence on an internship (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme with /request/particulars/eu_or_intergovernmental_programme = true
    And the day is 2026-11-18
    When manager-63 gives "record-silence"
    Then the fact ImplicitDecisionArisen has:
      | path      | value                |
      | rule      | INTERNSHIP_PROGRAMME |
      | kind      | implicit_refusal     |
      | arisen_on | 2026-11-17           |

  Scenario: Silence grants an asylum seeker a permit (CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2027-01-10
    When manager-63 gives "record-silence"
    Then the fact ImplicitDecisionArisen has:
      | path               | value      |
      | kind               | implicit_grant |
      | permit.number      | …AT-2027-… |
      | permit.valid_from  | 2027-01-02 |
      | permit.valid_until | 2027-05-31 |
    And the case has:
      | path   | value   |
      | status | decided |

  Scenario: What silence has granted is not refused afterwards (CRPA L242-1)
    Given an asylum_seeker request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    And the day is 2027-01-03
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "fact": "La grille applicable fixe 2 650 euros."}]}
      """
    Then it is refused with 409 "granted_by_silence" naming "2 janvier 2027"

  Scenario: Nothing gives a meaning to silence on an opinion of viability
    Given a viability_opinion request filed by mandatary-durand
    And the day is 2027-11-02
    When manager-63 gives "record-silence"
    Then it is refused with 409 "silence_not_due" naming "aucun texte n'attache d'effet au silence"
    And the clock T5 has:
      | path            | value                         |
      | state           | not_running                   |
      | expires_on      | none                          |
      | why_not_running | …aucun texte n'attache d'effet… |

  Scenario: Items asked for suspend the delay until they come (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-10
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2026-11-20
    And employer-acme has given "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:contributions_certificate]}
      """
    Then the clock T1 has:
      | path                | value      |
      | state               | running    |
      | suspensions.count   | 1          |
      | suspensions.0.since | 2026-11-10 |
      | suspensions.0.until | 2026-11-20 |
      | expires_on          | 2027-01-12 |

  Scenario Outline: With ten days of suspension, silence rejects on 12 January: on <day> (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-10
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2026-11-20
    And employer-acme has given "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:contributions_certificate]}
      """
    And the day is <day>
    When manager-63 gives "record-silence"
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                   |
      | 2027-01-12 | 409    | code          | silence_not_due        |
      | 2027-01-13 | 200    | events.0.type | ImplicitDecisionArisen |

  Scenario: Unanswered, a request for items suspends the delay until it is due, and no longer (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-10
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2027-02-02
    When manager-63 gives "record-silence"
    Then the fact ImplicitDecisionArisen has:
      | path      | value      |
      | arisen_on | 2027-02-01 |

  Scenario: A delay that grants starts when the last item has come (CRPA L114-5)
    Given an asylum_seeker request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-20
    And employer-acme has given "add-document" with:
      """
      {"document": $document:contributions_certificate}
      """
    Then the clock T2 has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-20 |
      | expires_on | 2027-01-20 |

  Scenario: An express decision ends the delay
    Given a request refused on pay
    And the day is 2027-01-03
    When manager-63 gives "record-silence"
    Then it is refused with 409 "silence_not_due" naming "décision prise le 2 novembre 2026 (D1)"
    And the clock T1 has:
      | path  | value |
      | state | ended |
      | ref   | D1    |

  Scenario: Silence decides once
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When manager-63 gives "record-silence"
    Then it is refused with 409 "silence_not_due"

  Scenario: An implicit refusal leaves the administration free to grant (CRPA L231-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is RequestGranted
    And the decision D2 has:
      | path | value |
      | kind | grant |
      | live | yes   |
    And the decision D1 has:
      | path     | value            |
      | kind     | implicit_refusal |
      | live     | no               |
      | ended_by | D2               |
