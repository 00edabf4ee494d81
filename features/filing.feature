Feature: Filing a request
  A request for a work permit is filed through the teleservice (CT R5221-15). The filer gets a receipt at once
  (CRPA R112-11-2), the request is routed, and an acknowledgement says what silence will mean (CRPA R112-11-1).

  Scenario: A complete request is received, routed and acknowledged at once
    When employer-acme files an introduction_permanent request
    Then the answer is 201
    And the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And the fact RequestFiled has:
      | path                          | value               |
      | filed_by                      | local:employer-acme |
      | filed_as                      | employer            |
      | filed_on                      | 2026-11-02          |
      | request.procedure             | introduction_permanent |
      | request.job.pay_monthly_gross | 2400.00             |
      | @actor_name                   | Camille Renard      |
    And the fact AcknowledgementIssued has:
      | path                 | value       |
      | issued_on            | 2026-11-02  |
      | received_on          | 2026-11-02  |
      | silence_rule         | AT_ORDINARY |
      | silence_effect       | reject      |
      | implicit_decision_on | 2027-01-02  |
      | missing_items        | []          |
      | complete             | yes         |
    And the case has:
      | path           | value    |
      | status         | to_claim |
      | documents.count | 2       |
