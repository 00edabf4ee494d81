Feature: What an auditor traces of a decision
  Who decided what, on which text and exhibits, by which delegation, told to whom; one line for each thing that is
  missing; and what the decider had before them, which nothing later changes.

  # The report

  Scenario: A regular refusal is traced from its text to its readers, without a gap (CRPA L211-5, L212-1)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And decision D1 is read by the worker
    When auditor reads the traceability of the decisions
    Then decision D1 of the case has no gap
    And decision D1 of the case is traced with:
      | path                        | value                           |
      | kind                        | refusal                         |
      | on                          | 2026-11-02                      |
      | recorded_by.identity        | local:signatory-63              |
      | signatory.quality           | Cheffe de la plateforme         |
      | delegation.number           | 2021-063-001                    |
      | delegation.covers           | yes                             |
      | conditions.0.rule.criterion | labour_market                   |
      | conditions.0.rule.since     | 2024-09-01                      |
      | conditions.0.text           | …liste des métiers en tension…  |
      | conditions.0.assessed_by    | local:agent-63                  |
      | notifications.0.addressee   | employer                        |
      | notifications.0.how         | read                            |
      | notifications.1.addressee   | worker                          |
      | notifications.1.notified_on | 2026-11-02                      |

  Scenario: An exhibit is traced to the version and the hash that the case held (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but employer_record is not met because "Trois sanctions administratives en 2026."
    And a refusal is proposed on employer_record because "Trois sanctions administratives en matière de santé au travail."
    And the proposal is signed by signatory-63
    When auditor reads the traceability of the decisions
    Then decision D1 of the case is traced with:
      | path                   | value                                                            |
      | exhibits.count         | 2                                                                |
      | exhibits.1.document    | P3                                                               |
      | exhibits.1.version     | 1                                                                |
      | exhibits.1.sha256      | cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd |
      | exhibits.1.held        | yes                                                              |
      | exhibits.1.conditions  | employer_record                                                  |

  Scenario Outline: On <day>, a decision that nobody was told of <what> (CT R5221-17)
    Given a request refused on pay
    And the day is <day>
    When auditor reads the traceability of the decisions
    Then decision D1 of the case has the gaps <gaps>

    Examples: the day of the signature is left to tell it
      | day        | what     | gaps                                       |
      | 2026-11-02 | may wait | none                                       |
      | 2026-11-03 | is a gap | never_made_available, never_made_available |

  Scenario Outline: On <day>, a decision left unread <what> (CRPA R112-20)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is <day>
    When auditor reads the traceability of the decisions
    Then decision D1 of the case has the gaps <gaps>

    Examples: fifteen days, and the night in which it is recorded
      | day        | what                                | gaps                    |
      | 2026-11-18 | is waited for                       | none                    |
      | 2026-11-19 | should have been recorded as deemed | notification_not_proved |

  Scenario: A delegation that is ended for the past leaves the signature without one (CE, avis, 5 juillet 2013, n° 365886)
    Given an administration of its own
    And a request refused on pay
    And decision D1 is made available
    And the delegation of signatory-63 has been ended on 2026-10-31
    When auditor reads the traceability of the decisions with a gap
    Then decision D1 of the case has the gaps delegation_not_in_force
    And the gap delegation_not_in_force of D1 says "La délégation n° 2021-063-001 a pris fin le 31 octobre 2026."

  Scenario: Silence on a case that no acknowledgement was sent for is a gap (CRPA R112-11-1)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                 | value                                                                   |
      | /request/employer/seat  | {"street": "2 rue de Metz", "postcode": "31000", "town": "Toulouse"}    |
      | /request/job/workplace  | {"street": "2 rue de Metz", "postcode": "31000", "town": "Toulouse"}    |
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When auditor reads the traceability of the decisions with a gap
    Then decision D1 of the case has the gaps acknowledgement_missing

  Scenario: A refusal born of silence on the day of its clock has no gap (CRPA L231-5)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When legal-69 reads the traceability of the decisions
    Then decision D1 of the case has no gap

  Scenario Outline: <who> does not read the traceability of decisions
    When <who> reads the traceability of the decisions
    Then the answer is <status>

    Examples: who decides or files is not who audits
      | who           | status |
      | agent-63      | 403    |
      | signatory-63  | 403    |
      | employer-acme | 403    |
      | nobody        | 401    |

  # Samples

  Scenario: The same seed draws the same decisions as of the same position, whatever is decided afterwards
    Given a request refused on pay
    And auditor has drawn 3 decisions by the seed "controle-2026"
    And a request refused on pay
    When auditor draws 3 decisions by the seed "controle-2026" as of the same position
    Then the decisions drawn are the same, in the order of their ranks

  # What the decider had

  Scenario: The sheet of a decision holds what came before it and nothing else (CRPA L212-1)
    Given a request refused on pay
    When auditor reads the sheet of decision D1
    Then the answer has:
      | path                              | value              |
      | held.case.status                  | to_sign            |
      | held.case.decisions               | []                 |
      | held.case.documents.0.id          | P1                 |
      | held.case.proposal.kind           | refusal            |
      | held.delegations.0.number         | 2021-063-001       |
      | held.today                        | 2026-11-02         |
      | taken.type                        | RequestRefused     |
      | taken.recorded_by.identity        | local:signatory-63 |
      | taken.decision.signed.decision    | D1                 |

  Scenario: What happens afterwards changes nothing of the sheet
    Given a request refused on pay
    And auditor has read the sheet of decision D1
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-11-20
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "La rémunération sera portée au minimum de la convention."}
      """
    When auditor reads the sheet of decision D1
    Then it is the same sheet, byte for byte

  Scenario Outline: <who> is not told that there is a sheet
    Given a request refused on pay
    And decision D1 is made available
    When <who> reads the sheet of decision D1
    Then the answer is <status>

    Examples:
      | who           | status |
      | employer-acme | 404    |
      | agent-84      | 404    |
      | nobody        | 401    |

  # As of

  Scenario: A letter received before the day it was recorded is in effect earlier than it is known (CRPA R112-20)
    Given a request refused on pay
    And decision D1 is made available by post
    And the day is 2026-11-10
    And agent-63 has given "acknowledge-reading" with:
      """
      {"decision": "D1", "addressee": "worker", "received_on": "2026-11-05"}
      """
    When auditor reads the case as of 2026-11-06T12:00:00+01:00
    Then the answer has:
      | path                                | value                     |
      | as_of                               | 2026-11-06T12:00:00+01:00 |
      | legal_as_of                         | none                      |
      | differs.in_effect_recorded_later    | 1                         |
      | differs.recorded_not_in_effect      | 0                         |
      | decisions.0.notified.worker.read_on | none                      |
