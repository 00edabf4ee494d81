Feature: The common steps
  Where the other chapters begin: a case under examination, a refusal, a grant.

  Scenario: A request refused on pay
    Given today is 2026-11-05
    And a request refused on pay
    When the day is 2026-11-06
    Then the case has:
      | path                                  | value      |
      | status                                | decided    |
      | decisions.-1.kind                     | refusal    |
      | decisions.-1.on                       | 2026-11-05 |
      | decisions.-1.signed.reasons.0.rule.article | CT R5221-20 4° |
    And the decision D1 has:
      | path                                | value           |
      | signed.signatory.name               | Hélène Vasseur  |
      | signed.deciding_prefect             | préfet du Puy-de-Dôme |

  Scenario Outline: A <procedure> request granted
    Given a <procedure> request granted
    And decision D1 is made available
    And the day is 2026-11-10
    And decision D1 is read by the employer
    And decision D1 is read by the worker
    Then the decision D1 has:
      | path                        | value      |
      | kind                        | grant      |
      | signed.deciding_prefect     | <prefect>  |
      | notified.employer.read_on   | 2026-11-10 |
      | notified.worker.read_on     | 2026-11-10 |

    Examples:
      | procedure              | prefect               |
      | introduction_permanent | préfet du Puy-de-Dôme |
      | seasonal               | préfet de Vaucluse    |

  Scenario: A grant proposed and signed step by step
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is RequestGranted
    And the fact RequestGranted has:
      | path                      | value          |
      | decision.signatory.name   | Hélène Vasseur |
      | permit.valid_from         | 2027-03-01     |

  Scenario: An administration of its own
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    Then the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
