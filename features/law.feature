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
      | text      | …salaire minimum de croissance… |

  Scenario: A day that is no day is refused
    When nobody reads the law on 2026-13-41
    Then it is refused with 400 "malformed"

  Scenario: Anyone looks up what a code of refusal means (RFC 9457)
    When nobody opens /problems/law_not_held
    Then the answer is 200
    And the answer has:
      | path   | value        |
      | code   | law_not_held |
      | status | 409          |
      | title  | …ne sont pas disponibles ici… |

  Scenario: A code that does not exist is not found
    When nobody opens /problems/because_i_say_so
    Then it is refused with 404 "not_found"

  Scenario Outline: Anyone reads which text was in force on <day>, and whether somebody read it
    When nobody reads the law on <day>
    Then the law holds the_employment_situation_favoured_the_hire with:
      | path      | value          |
      | articles  | CT R5221-20 1° |
      | since     | <since>        |
      | until     | <until>        |
      | nature    | element        |
      | mark      | <mark>         |
      | source    | <source>       |

    Examples:
      | day        | since      | until      | mark        | source                  |
      | 2011-07-07 | 2008-05-01 | 2016-10-31 | unconfirmed | …décret n° 2007-801…    |
      | 2018-05-14 | 2016-11-01 | 2021-03-31 | confirmed   | …LEGIARTI000033333020…  |
      | 2021-03-31 | 2016-11-01 | 2021-03-31 | confirmed   | …LEGIARTI000033333020…  |

  Scenario Outline: The text of May 2021 is held for April too, and says that nobody read that month's (CT R5221-20)
    When nobody reads the law on <day>
    Then the law holds the_employer_was_not_sanctioned with:
      | path      | value             |
      | articles  | CT R5221-20 2° c) |
      | since     | <since>           |
      | until     | <until>           |
      | nature    | obligation        |
      | mark      | <mark>            |
      | note      | <note>            |
    And the law holds no labour_law_was_respected

    Examples:
      | day        | since      | until      | mark        | note                          |
      | 2021-04-01 | 2021-04-01 | 2021-04-30 | unconfirmed | …avril 2021 n'a pas été lu…   |
      | 2021-04-30 | 2021-04-01 | 2021-04-30 | unconfirmed | …avril 2021 n'a pas été lu…   |
      | 2021-05-01 | 2021-05-01 | 2024-08-31 | confirmed   | ""                            |
      | 2024-08-31 | 2021-05-01 | 2024-08-31 | confirmed   | ""                            |

  Scenario: The sanctions of 2° c) are no condition of their own since 1 September 2024
    When nobody reads the law on 2024-09-01
    Then the law holds no the_employer_was_not_sanctioned
    And the law holds the_employer_has_a_clean_record with:
      | path     | value             |
      | articles | CT R5221-20 2° b) |
      | since    | 2024-09-01        |

  Scenario: T16 is no law: the list of provisions does not hold it
    When nobody reads the law
    Then the answer is 200
    And the law holds no use_for_a_visa
    And the law holds withdrawal with:
      | path     | value                                 |
      | chapter  | clocks                                |
      | articles | CRPA L242-1, CRPA L241-2, CRPA L242-2 |
