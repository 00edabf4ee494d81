Feature: The law that smoe applies, for anyone to read
  Whoever is concerned may ask by which rules a decision is prepared (CRPA R311-3-1-2): each provision in force on a day,
  with its article, its dates, where it was read and whether anybody confirmed it.

  Scenario: Anyone reads the conditions of today
    When nobody reads the law
    Then the answer is 200
    And the answer has:
      | path | value      |
      | on   | 2026-11-02 |
    And the law holds pay_reaches_the_legal_minimum with:
      | path      | value          |
      | chapter   | conditions     |
      | articles  | CT R5221-20 4° |
      | since     | 2024-09-01     |
      | until     | none           |
      | nature    | obligation     |
      | criterion | pay            |
      | mark      | confirmed      |
      | source    | …LEGITEXT000006072050… |

  Scenario: A day that is no day is refused
    When nobody reads the law on 2026-13-41
    Then it is refused with 400 "malformed"

  Scenario: T16 is no law: the list of provisions does not hold it
    When nobody reads the law
    Then the answer is 200
    And the law holds no use_for_a_visa
    And the law holds withdrawal with:
      | path     | value                                 |
      | chapter  | clocks                                |
      | articles | CRPA L242-1, CRPA L241-2, CRPA L242-2 |
