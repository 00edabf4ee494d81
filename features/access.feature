Feature: Who is given access to a case, and what each quality reads of it

  The decision is notified to the foreigner as well as to the employer who filed (CT R5221-17), who may contest it (CRPA
  L411-2). What is known of convictions is read by those who need it (GDPR article 10).

  Scenario: The foreigner is given access, reads the refusal and contests it (CT R5221-17, CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    When worker-diallo reads the case
    Then it is refused with 404 "not_found"
    When agent-63 gives "give-access" with:
      """
      {"identity": "local:worker-diallo", "quality": "worker", "basis": "Passeport présenté au guichet."}
      """
    Then the fact CaseAccessGiven has:
      | path      | value                                                                                              |
      | identity  | local:worker-diallo                                                                                |
      | @sentence | Accès au dossier donné le 2 novembre 2026 (qualité : étranger) : passeport présenté au guichet. |
    When worker-diallo gives "acknowledge-reading" with:
      """
      {"decision": "D1"}
      """
    Then the fact DecisionFirstRead has:
      | path      | value  |
      | addressee | worker |
    When worker-diallo gives "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "La rémunération a été relevée."}
      """
    Then the fact AppealLodged has:
      | path      | value  |
      | lodged_by | worker |

  Scenario: An addressee does not dispose of the request that somebody else filed
    Given an introduction_permanent request filed by employer-acme
    And agent-63 has given "give-access" with:
      """
      {"identity": "local:worker-diallo", "quality": "worker", "basis": "Passeport présenté au guichet."}
      """
    When worker-diallo gives "abandon" with:
      """
      {"reason": "Je renonce à cet emploi."}
      """
    Then it is refused with 403 "forbidden"

  Scenario Outline: <who> is given no access
    Given an introduction_permanent request filed by employer-acme
    When agent-63 gives "give-access" with:
      """
      {"identity": "local:<who>", "quality": "worker", "basis": "Passeport présenté au guichet."}
      """
    Then it is refused with 409 "<code>"

    Examples: the agent, a colleague, whoever filed
      | who           | code                   |
      | agent-63      | own_access_not_given   |
      | agent-63-bis  | access_of_the_services |
      | employer-acme | access_already_given   |

  Scenario: The prefecture does not read what was found of convictions (GDPR article 10)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but employer_record is not met because "Condamnation pour travail dissimulé."
    Then the case read by legal-69 has:
      | path           | value |
      | findings.count | 9     |
    And the case read by prefecture-69 has:
      | path           | value |
      | findings.count | 7     |
