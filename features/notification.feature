Feature: Notification
  A decision is notified to the filer and to the foreigner, each apart (CT R5221-17): at the first reading, or, unread
  for fifteen days, on the day it was made available (CRPA R112-20). Limits run for each from that day (CJA R421-1).

  Scenario: Each addressee receives the decision apart (CT R5221-17)
    Given a request refused on pay
    And the day is 2026-11-05
    When agent-63 gives "make-available" with:
      """
      {"decision": "D1"}
      """
    Then the last facts are DecisionMadeAvailable, DecisionMadeAvailable
    And the first fact DecisionMadeAvailable has:
      | path         | value       |
      | decision     | D1          |
      | addressee    | employer    |
      | available_on | 2026-11-05  |
      | channel      | teleservice |
    And the fact DecisionMadeAvailable has:
      | path         | value       |
      | addressee    | worker      |
      | available_on | 2026-11-05  |

  Scenario: The worker may be notified later than the employer
    Given a request refused on pay
    And agent-63 has given "make-available" with:
      """
      {"decision": "D1", "addressees": ["employer"]}
      """
    And the day is 2026-11-09
    When agent-63 gives "make-available" with:
      """
      {"decision": "D1"}
      """
    Then the last fact is DecisionMadeAvailable
    And the decision D1 has:
      | path                           | value      |
      | notified.employer.available_on | 2026-11-02 |
      | notified.worker.available_on   | 2026-11-09 |

  Scenario: A decision is made available once to each
    Given a request refused on pay
    And decision D1 is made available
    When agent-63 gives "make-available" with:
      """
      {"decision": "D1", "addressees": ["worker"]}
      """
    Then it is refused with 409 "already_made_available" naming "D1"

  Scenario Outline: An opinion on an exceptional admission goes to the prefecture that asked, not to the <addressee>
    Given an exceptional_admission request filed by prefecture-69
    And the case is under examination by agent-63
    And every condition is assessed as met
    And an opinion_favourable is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "make-available" with:
      """
      {"decision": "D1", "addressees": ["<addressee>"]}
      """
    Then it is refused with 409 "not_an_addressee"

    Examples: the employer has no part in it, and the foreigner hears from the prefecture
      | addressee |
      | employer  |
      | worker    |

  Scenario: The prefecture that asked reads the opinion
    Given an exceptional_admission request filed by prefecture-69
    And the case is under examination by agent-63
    And every condition is assessed as met
    And an opinion_favourable is proposed
    And the proposal is signed by signatory-63
    And decision D1 is made available
    And the day is 2026-11-05
    When prefecture-69 gives "acknowledge-reading" with:
      """
      {"decision": "D1"}
      """
    Then the fact DecisionFirstRead has:
      | path      | value      |
      | addressee | prefecture |
    And the decision D1 has:
      | path                        | value      |
      | notified.prefecture.read_on | 2026-11-05 |

  Scenario: What silence refused is not notified: the acknowledgement announced it (CRPA R112-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When agent-63 gives "make-available" with:
      """
      {"decision": "D1"}
      """
    Then it is refused with 409 "implicit_not_notified" naming "accusé de réception"

  Scenario: The filer sees the decision only once it is made available
    Given a request refused on pay
    Then the case read by employer-acme has:
      | path            | value |
      | decisions.count | 0     |

  Scenario: The first reading notifies (CRPA R112-20)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    When employer-acme gives "acknowledge-reading" with:
      """
      {"decision": "D1"}
      """
    Then the last fact is DecisionFirstRead
    And the fact DecisionFirstRead has:
      | path      | value          |
      | decision  | D1             |
      | addressee | employer       |
      | read_at   | …2026-11-05T…  |
    And the decision D1 has:
      | path                       | value      |
      | notified.employer.read_on  | 2026-11-05 |
      | notified.employer.deemed_on | none      |
      | notified.worker.read_on    | none       |

  Scenario: A letter notifies on the day of its slip, whatever the day it is recorded (CT R5221-17)
    Given a request refused on pay
    And agent-63 has given "make-available" with:
      """
      {"decision": "D1", "channel": "post"}
      """
    And the day is 2026-11-12
    When agent-63 gives "acknowledge-reading" with:
      """
      {"decision": "D1", "addressee": "worker", "received_on": "2026-11-05"}
      """
    Then the fact DecisionFirstRead has:
      | path        | value      |
      | received_on | 2026-11-05 |
    And the decision D1 has:
      | path                    | value      |
      | notified.worker.read_on | 2026-11-05 |

  Scenario Outline: No letter is received before it leaves, nor in the future: <day>
    Given a request refused on pay
    And agent-63 has given "make-available" with:
      """
      {"decision": "D1", "channel": "post"}
      """
    And the day is 2026-11-12
    When agent-63 gives "acknowledge-reading" with:
      """
      {"decision": "D1", "addressee": "worker", "received_on": "<day>"}
      """
    Then it is refused with 422 "content_impossible"

    Examples: made available on 2 November, recorded on 12 November
      | day        |
      | 2026-11-01 |
      | 2026-11-13 |

  Scenario: A decision is first read once
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-11-09
    When employer-acme gives "acknowledge-reading" with:
      """
      {"decision": "D1"}
      """
    Then it is refused with 409 "already_read" naming "2 novembre 2026"

  Scenario: What was not made available cannot be read
    Given a request refused on pay
    When agent-63 gives "acknowledge-reading" with:
      """
      {"decision": "D1", "addressee": "employer"}
      """
    Then it is refused with 409 "not_made_available"

  Scenario: Who filed is not told that a decision waits to be made available
    Given a request refused on pay
    When employer-acme gives "acknowledge-reading" with:
      """
      {"decision": "D1"}
      """
    Then it is refused with 409 "decision_unknown"

  Scenario: The employer does not read for the worker
    Given a request refused on pay
    And decision D1 is made available
    When employer-acme gives "acknowledge-reading" with:
      """
      {"decision": "D1", "addressee": "worker"}
      """
    Then it is refused with 409 "not_an_addressee"

  Scenario Outline: Unread for fifteen days, a decision is deemed notified: recorded on <day> (CRPA R112-20)
    Given a request refused on pay
    And the day is 2026-11-05
    And decision D1 is made available
    And the day is <day>
    When manager-63 gives "record-deemed-notification" with:
      """
      {"decision": "D1", "addressee": "worker"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: made available on 5 November; the fifteenth day counts to its end
      | day        | status | path          | told                   |
      | 2026-11-19 | 409    | code          | fifteen_days_not_over  |
      | 2026-11-20 | 409    | code          | fifteen_days_not_over  |
      | 2026-11-21 | 200    | events.0.type | DecisionDeemedNotified |

  Scenario: Deemed notified, it is so on the day of availability, not on the fifteenth (CRPA R112-20)
    Given a request refused on pay
    And the day is 2026-11-05
    And decision D1 is made available
    And the day is 2026-11-25
    When manager-63 gives "record-deemed-notification" with:
      """
      {"decision": "D1", "addressee": "worker"}
      """
    Then the fact DecisionDeemedNotified has:
      | path        | value        |
      | addressee   | worker       |
      | notified_on | 2026-11-05   |
      | article     | CRPA R112-20 |
      | @legal_date | 2026-11-05   |
    And the decision D1 has:
      | path                        | value      |
      | notified.worker.deemed_on   | 2026-11-05 |
      | notified.worker.read_on     | none       |
      | notified.employer.deemed_on | none       |

  Scenario Outline: Read on <day>, a decision made available on 5 November was notified on <notified> (CRPA R112-20)
    Given a request refused on pay
    And the day is 2026-11-05
    And decision D1 is made available
    And the day is <day>
    When employer-acme gives "acknowledge-reading" with:
      """
      {"decision": "D1"}
      """
    Then the last facts are <facts>
    And the clock T12 of D1 for the employer has:
      | path      | value      |
      | starts_on | <notified> |

    Examples: read within the fifteen days, and after them
      | day        | facts                                     | notified   |
      | 2026-11-20 | DecisionFirstRead                         | 2026-11-20 |
      | 2026-11-21 | DecisionDeemedNotified, DecisionFirstRead | 2026-11-05 |

  Scenario: A letter is never deemed notified (CRPA R112-20)
    Given a request refused on pay
    And decision D1 is made available by post
    And the day is 2026-12-20
    When manager-63 gives "record-deemed-notification" with:
      """
      {"decision": "D1", "addressee": "worker"}
      """
    Then it is refused with 409 "deemed_only_electronic"

  Scenario: Limits do not run before the decision is notified (CJA R421-1)
    Given a request refused on pay
    Then the clock T12 of D1 for the employer has:
      | path            | value                                         |
      | state           | not_running                                   |
      | expires_on      | none                                          |
      | why_not_running | …n'a pas été notifiée à l'employeur (CJA R421-1)… |
    And the clock T10 of D1 for the worker has:
      | path            | value                              |
      | state           | not_running                        |
      | why_not_running | …n'a pas été notifiée à l'étranger… |

  Scenario: Available and unread, a decision starts no limit yet
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-10
    Then the clock T10 of D1 for the employer has:
      | path            | value                                      |
      | state           | not_running                                |
      | why_not_running | …n'a pas encore été consultée par l'employeur… |
    And the clock DEEMED_NOTIFICATION of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2026-11-17 |

  Scenario: Two months for the employer, four for the worker who lives abroad (CJA R421-1, R421-7; CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And decision D1 is read by the worker
    Then the clock T10 of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-05 |
      | expires_on | 2027-01-06 |
      | length     | deux mois  |
    And the clock T12 of D1 for the employer has:
      | path       | value      |
      | expires_on | 2027-01-06 |
    And the clock T12 of D1 for the worker has:
      | path       | value                            |
      | starts_on  | 2026-11-05                       |
      | expires_on | 2027-03-08                       |
      | length     | …augmenté de deux mois pour un destinataire demeurant à l'étranger (CJA R421-7)… |

  Scenario Outline: Read on <read>, a decision is open to appeal until <last> inclusive: a clear limit (CJA R421-1)
    Given a request refused on pay
    And the day is <read>
    And decision D1 is made available
    And decision D1 is read by the employer
    Then the clock T12 of D1 for the employer has:
      | path       | value  |
      | starts_on  | <read> |
      | expires_on | <last> |

    Examples: it would end on a Wednesday, a Saturday, a Sunday, a Monday, on Easter Monday
      | read       | last       |
      | 2026-11-05 | 2027-01-06 |
      | 2026-11-08 | 2027-01-11 |
      | 2026-11-09 | 2027-01-11 |
      | 2026-11-10 | 2027-01-11 |
      | 2027-01-28 | 2027-03-30 |

  Scenario Outline: Across the sea a month is added: <who> (CJA R421-7)
    Given a <procedure> request filed by employer-acme with:
      | pointer                | value                                                                                                                             |
      | /request/job/workplace | {"street": "3 rue du Commerce", "postcode": "<postcode>", "town": "<town>"}                                                       |
    And the case is under examination by agent-63
    And every condition is assessed, but employer_record is not met because "Trois sanctions administratives en matière de santé au travail."
    And a refusal is proposed on employer_record because "Trois sanctions administratives en matière de santé au travail."
    And the proposal is signed by signatory-63
    And decision D1 is made available
    And decision D1 is read by the employer
    And decision D1 is read by the worker
    Then the clock T12 of D1 for the <who> has:
      | path       | value  |
      | starts_on  | 2026-11-02 |
      | expires_on | <last> |

    Examples: seat and residence in the Rhône, work in the Rhône or in La Réunion
      | procedure              | postcode | town        | who      | last       |
      | change_of_status       | 69003    | Lyon        | employer | 2027-01-04 |
      | change_of_status       | 69003    | Lyon        | worker   | 2027-01-04 |
      | change_of_status       | 97400    | Saint-Denis | employer | 2027-02-03 |
      | change_of_status       | 97400    | Saint-Denis | worker   | 2027-02-03 |

  Scenario: Without a complete acknowledgement an implicit refusal starts no limit (CRPA L112-12, CJA R421-5)
    Given an administration of its own
    And the routing table in force names nobody to reach
    And an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    Then the fact AcknowledgementIssued has:
      | path          | value |
      | complete      | no    |
      | contact.phone | ""    |
    And the clock T12 of D1 for the employer has:
      | path            | value                                     |
      | state           | not_running                               |
      | expires_on      | none                                      |
      | why_not_running | …l'accusé de réception manque ou n'indique pas tout ce que le texte exige… |

  Scenario: With a complete acknowledgement the limit runs from the birth of the refusal (CJA R421-2)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-10
    And manager-63 has given "record-silence"
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2027-01-02 |
      | expires_on | 2027-03-03 |

  Scenario: That the limit of an implicit refusal runs against the foreigner, whom nothing was sent, is doubtful (CRPA L112-12)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-10
    And manager-63 has given "record-silence"
    Then the clock T12 of D1 for the worker has:
      | path          | value      |
      | starts_on     | 2027-01-02 |
      | unconfirmed.1 | …l'accusé de réception n'est adressé qu'à l'auteur de la demande… |

  Scenario: A favourable decision starts no limit for those it satisfies
    Given an introduction_permanent request granted
    And decision D1 is made available
    And decision D1 is read by the employer
    Then there is no clock T10
    And there is no clock T12
