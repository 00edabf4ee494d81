Feature: Administrative appeals
  Within the limit to sue, an appeal goes to the author of the decision or to the minister (CRPA L411-2, CT R5221-19).
  It interrupts the limit to sue; two months' silence rejects it (CRPA L411-7). It is judged on the law and the facts of
  its own day; the first decision stays whole in the history.

  Background:
    Given today is 2026-11-02

  Scenario: A gracious appeal reopens the examination (CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    When employer-acme gives "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois.",
       "pleas": ["error_of_fact"], "documents": [$document:signed_contract]}
      """
    Then the last fact is AppealLodged
    And the fact AppealLodged has:
      | path                  | value         |
      | appeal                | A1            |
      | kind                  | gracious      |
      | against               | D1            |
      | lodged_by             | employer      |
      | received_on           | 2026-12-01    |
      | in_time               | yes           |
      | pleas                 | error_of_fact |
      | documents.0.id        | P3            |
      | implicit_rejection_on | 2027-02-01    |
    And the case has:
      | path           | value             |
      | status         | under_examination |
      | stage.kind     | appeal            |
      | stage.ref      | A1                |
      | findings.count | 0                 |
    And the decision D1 has:
      | path | value |
      | live | yes   |
    And the clock T11 of A1 has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-12-01 |
      | expires_on | 2027-02-01 |
      | articles   | …CRPA L411-7… |

  Scenario Outline: Posted on <posted>, received on <received>: in time is « <in_time> » (CRPA L411-2, L112-1)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And the day is 2027-01-20
    When agent-63 gives "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "lodged_by": "employer", "received_on": "<received>", "posted_on": <posted>,
       "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    Then the fact AppealLodged has:
      | path        | value      |
      | received_on | <received> |
      | in_time     | <in_time>  |
    And the case has:
      | path       | value  |
      | stage.kind | appeal |

    Examples: notified on 5 November 2026; the last day is 6 January 2027, and the postmark counts
      | posted       | received   | in_time |
      | null         | 2027-01-06 | yes     |
      | null         | 2027-01-07 | no      |
      | "2027-01-06" | 2027-01-09 | yes     |
      | "2027-01-07" | 2027-01-09 | no      |

  Scenario: Nobody is late before the decision is notified (CJA R421-5)
    Given a request refused on pay
    And the day is 2027-06-01
    When employer-acme gives "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    Then the fact AppealLodged has:
      | path    | value |
      | in_time | none  |

  Scenario: A late appeal does not reopen the limit to sue (CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And the day is 2027-01-07
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | state      | expired    |
      | expires_on | 2027-01-06 |

  Scenario Outline: An appeal received on <received> does not exist: <why>
    Given a request refused on pay
    And the day is 2026-12-01
    When agent-63 gives "lodge-appeal" with:
      """
      {"kind": "gracious", "lodged_by": "employer", "received_on": "<received>", "arguments": "Le salaire est relevé."}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /received_on is "date_impossible"

    Examples: decided on 2 November, recorded on 1 December
      | received   | why                      |
      | 2026-11-01 | it precedes the decision |
      | 2026-12-02 | it is in the future      |

  Scenario: The appeal is acknowledged, with the day on which silence will reject it (CRPA L112-3, L112-6)
    Given a request refused on pay
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    And the day is 2026-12-04
    When agent-63 gives "acknowledge-appeal" with:
      """
      {"appeal": "A1"}
      """
    Then the last fact is AppealAcknowledged
    And the fact AppealAcknowledged has:
      | path                  | value          |
      | acknowledged_on       | 2026-12-04     |
      | implicit_rejection_on | 2027-02-01     |
      | contact.phone         | 04 65 71 00 63 |

  Scenario: An appeal is acknowledged once
    Given a request refused on pay
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    And agent-63 has given "acknowledge-appeal" with:
      """
      {"appeal": "A1"}
      """
    When agent-63 gives "acknowledge-appeal" with:
      """
      {"appeal": "A1"}
      """
    Then it is refused with 409 "appeal_already_acknowledged" naming "1er décembre 2026"

  Scenario Outline: Two months' silence rejects an appeal received on <received>: recorded on <day> (CRPA L411-7)
    Given a request refused on pay
    And the day is <received>
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    And the day is <day>
    When manager-63 gives "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: the last day counts to its end
      | received   | day        | status | path          | told                     |
      | 2026-12-01 | 2027-02-01 | 409    | code          | silence_not_elapsed      |
      | 2026-12-01 | 2027-02-02 | 200    | events.0.type | AppealImplicitlyRejected |
      | 2026-12-31 | 2027-02-28 | 409    | code          | silence_not_elapsed      |
      | 2026-12-31 | 2027-03-01 | 200    | events.0.type | AppealImplicitlyRejected |

  Scenario: An appeal rejected by silence leaves the decision and opens the limit to sue anew (CRPA L411-2)
    Given a request refused on pay
    And what decision D1 says is noted
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    And the day is 2027-02-20
    When manager-63 gives "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    Then the fact AppealImplicitlyRejected has:
      | path        | value      |
      | arisen_on   | 2027-02-01 |
      | @legal_date | 2027-02-01 |
    And the appeal A1 has:
      | path       | value      |
      | outcome    | rejected   |
      | implicitly | yes        |
      | ended_on   | 2027-02-01 |
    And the case has:
      | path            | value   |
      | status          | decided |
      | stage.kind      | first   |
      | decisions.count | 1       |
    And the clock T12 of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2027-02-01 |
      | expires_on | 2027-04-02 |
    And decision D1 says word for word what it said

  Scenario: While the appeal is examined the limit to sue does not run (CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    Then the clock T12 of D1 for the employer has:
      | path            | value                                              |
      | state           | not_running                                        |
      | why_not_running | …interrompu par le recours A1 reçu le 1er décembre 2026… |

  Scenario: Two months after availability, the worker who did not appeal keeps a limit of their own
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And decision D1 is read by the worker
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    Then the clock T12 of D1 for the worker has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-05 |
      | expires_on | 2027-03-08 |

  Scenario: A rejected appeal keeps the first decision whole and offers the court alone (CRPA L411-2, CJA R421-5)
    Given a request refused on pay
    And what decision D1 says is noted
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire est conforme à nos usages."}
      """
    And the day is 2026-12-15
    And every condition is assessed, but pay is not met because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal"}
      """
    Then the last fact is AppealDecided
    And the fact AppealDecided has:
      | path                         | value                                             |
      | appeal                       | A1                                                |
      | outcome                      | rejected                                          |
      | by_minister                  | no                                                |
      | decided_on                   | 2026-12-15                                        |
      | decision.decision            | D2                                                |
      | decision.stage.ref           | A1                                                |
      | decision.reasons.0.fact      | Le salaire reste de 1 700 euros, inférieur au SMIC. |
      | decision.remedies.tribunal   | tribunal administratif de Lyon                    |
      | summary                      | …la décision D1 est maintenue…                    |
    And the decision D1 has:
      | path     | value |
      | live     | yes   |
      | ended_by | none  |
    And the decision D2 has:
      | path           | value |
      | rejects_appeal | A1    |
    And the remedies of D2 do not name a gracious appeal
    And decision D1 says word for word what it said
    And the case has:
      | path   | value   |
      | status | decided |

  Scenario: The limit to sue opens anew when the rejection is notified (CRPA L411-2, CJA R421-5)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire est conforme à nos usages."}
      """
    And every condition is assessed, but pay is not met because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And the proposal is signed by signatory-63
    And decision D2 is made available
    And the day is 2026-12-15
    And decision D2 is read by the employer
    Then the clock T12 of D1 for the employer has:
      | path       | value                                             |
      | starts_on  | 2026-12-15                                        |
      | expires_on | 2027-02-16                                        |
      | sentence   | …Recours A1 rejeté, délai rouvert le 15 décembre 2026… |

  Scenario: A rejection that nobody was told of opens no limit (CJA R421-5)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire est conforme à nos usages."}
      """
    And every condition is assessed, but pay is not met because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And the proposal is signed by signatory-63
    Then the clock T12 of D1 for the employer has:
      | path            | value                                        |
      | state           | not_running                                  |
      | why_not_running | …la notification de ce rejet n'est pas prouvée… |

  Scenario: Upheld on new facts, the appeal ends in a grant, and the first decision stays whole (CRPA L411-4)
    Given a request refused on pay
    And what decision D1 says is noted
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    And employer-acme has amended the request with /request/job/pay_monthly_gross = 2400.00
    And the day is 2026-12-15
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then the last facts are RequestGranted, AppealDecided
    And the fact AppealDecided has:
      | path       | value                                        |
      | outcome    | upheld                                       |
      | decision   | none                                         |
      | decided_on | 2026-12-15                                   |
      | summary    | La décision D2 remplace la décision D1.      |
    And the decision D2 has:
      | path              | value      |
      | kind              | grant      |
      | live              | yes        |
      | stage.kind        | appeal     |
      | permit.valid_from | 2027-03-01 |
    And the decision D1 has:
      | path                  | value    |
      | kind                  | refusal  |
      | live                  | no       |
      | ended_by              | D2       |
      | signed.reasons.0.fact | …1 700 euros bruts par mois… |
    And decision D1 says word for word what it said

  Scenario: Refused under the law of August 2024, decided anew under that of September (CRPA L411-4)
    Given today is 2024-08-20
    And an introduction_permanent request filed by employer-acme with:
      | pointer                                | value      |
      | /request/job/start                     | 2024-12-02 |
      | /request/job/pay_monthly_gross         | 1700.00    |
      | /request/job/agreement_minimum_monthly | absent     |
    And the case is under examination by agent-63
    And the day is 2024-08-30
    And every condition is assessed, but pay is not met because "La rémunération de 1 700 euros est inférieure au SMIC."
    And a refusal is proposed on pay because "La rémunération de 1 700 euros est inférieure au SMIC."
    And the proposal is signed by signatory-63
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2024-09-10
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire est porté à 2 400 euros bruts par mois."}
      """
    And employer-acme has amended the request with /request/job/pay_monthly_gross = 2400.00
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then the last facts are RequestGranted, AppealDecided
    And the decision D1 has:
      | path                              | value          |
      | kind                              | refusal        |
      | signed.reasons.0.rule.article     | CT R5221-20 4° |
      | signed.reasons.0.rule.since       | 2021-05-01     |
      | live                              | no             |
      | ended_by                          | D2             |
    And the decision D2 has:
      | path                              | value      |
      | kind                              | grant      |
      | on                                | 2024-09-10 |
      | stage.ref                         | A1         |
      | signed.assessments.0.rule.since   | 2024-09-01 |
    And the condition pay has:
      | path       | value      |
      | met        | met        |
      | rule.since | 2024-09-01 |

  Scenario: A hierarchical appeal goes to the minister and leaves the file at rest (CT R5221-19)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    When employer-acme gives "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "L'emploi figure sur la liste des métiers en tension."}
      """
    Then the fact AppealLodged has:
      | path                  | value        |
      | kind                  | hierarchical |
      | implicit_rejection_on | 2027-02-01   |
    And the case has:
      | path       | value   |
      | status     | decided |
      | stage.kind | first   |

  Scenario: The minister annuls: the request is examined again within the delay fixed (CT R5221-19)
    Given a request refused on pay
    And what decision D1 says is noted
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "L'emploi figure sur la liste des métiers en tension."}
      """
    And the day is 2027-01-15
    When manager-63 gives "decide-appeal" with:
      """
      {"appeal": "A1", "outcome": "upheld", "decided_on": "2027-01-12", "reexamine_by": "2027-02-01",
       "summary": "Le ministre retient que la prime annuelle entrait dans la rémunération."}
      """
    Then the last facts are AppealDecided, ReexaminationOrdered
    And the fact AppealDecided has:
      | path        | value      |
      | by_minister | yes        |
      | outcome     | upheld     |
      | decided_on  | 2027-01-12 |
    And the fact ReexaminationOrdered has:
      | path     | value      |
      | decision | D1         |
      | due_on   | 2027-02-01 |
      | kind     | minister   |
    And the case has:
      | path         | value             |
      | status       | under_examination |
      | stage.due_on | 2027-02-01        |
    And decision D1 says word for word what it said

  Scenario: The service does not answer a gracious appeal in the minister's name
    Given a request refused on pay
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    When manager-63 gives "decide-appeal" with:
      """
      {"appeal": "A1", "outcome": "rejected", "summary": "Le recours est rejeté."}
      """
    Then it is refused with 409 "appeal_not_hierarchical" naming "A1"

  Scenario: Of both appeals the last rejection counts for the limit to sue (CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    And the day is 2026-12-15
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "L'emploi figure sur la liste des métiers en tension."}
      """
    And the day is 2027-02-16
    And manager-63 has given "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    And manager-63 has given "record-appeal-silence" with:
      """
      {"appeal": "A2"}
      """
    Then the clock T12 of D1 for the employer has:
      | path       | value                                       |
      | starts_on  | 2027-02-15                                  |
      | expires_on | 2027-04-16                                  |
      | sentence   | …Recours A2 rejeté, délai rouvert le 15 février 2027… |

  Scenario: The same appeal is not made twice at once
    Given a request refused on pay
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "L'emploi figure sur la liste des métiers en tension."}
      """
    When employer-acme gives "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Nous insistons."}
      """
    Then it is refused with 409 "appeal_under_way" naming "recours hiérarchique"

  Scenario: A grant is not appealed by those it satisfies
    Given an introduction_permanent request granted
    And decision D1 is made available
    When employer-acme gives "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Nous voudrions une durée plus longue."}
      """
    Then it is refused with 409 "decision_favourable" naming "D1"

  Scenario: There is nothing to appeal against before a decision
    Given an introduction_permanent request filed by employer-acme
    When employer-acme gives "lodge-appeal" with:
      """
      {"kind": "gracious", "arguments": "Nous attendons depuis un mois."}
      """
    Then it is refused with 409 "decision_missing"

  Scenario: An opinion is a preparatory act: it is not appealed by itself
    Given a viability_opinion request filed by mandatary-durand
    And the case is under examination by agent-63
    And every condition is assessed, but economic_viability is not met because "Le marché local ne porte pas un second atelier."
    And an opinion_unfavourable is proposed on economic_viability because "Le marché local ne porte pas un second atelier."
    And the proposal is signed by signatory-63
    And decision D1 is made available
    When mandatary-durand gives "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le plan d'affaires a été mal lu."}
      """
    Then it is refused with 409 "opinion_not_appealable" naming "acte préparatoire"

  Scenario: A closure is appealed, and a refusal on the merits takes its place
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2026-12-03
    And agent-63 has given "propose" with:
      """
      {"kind": "closure", "explanation": "L'attestation demandée n'est pas parvenue."}
      """
    And the proposal is signed by signatory-63
    And the day is 2026-12-10
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "L'attestation est jointe au recours.",
       "documents": [$document:contributions_certificate]}
      """
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    And a refusal is proposed on pay because "La grille applicable fixe un minimum de 2 650 euros."
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal"}
      """
    Then the last facts are RequestRefused, AppealDecided
    And the fact AppealDecided has:
      | path    | value  |
      | outcome | upheld |
    And the decision D1 has:
      | path     | value   |
      | kind     | closure |
      | live     | no      |
      | ended_by | D2      |
    And the decision D2 has:
      | path                  | value                          |
      | kind                  | refusal                        |
      | live                  | yes                            |
      | remedies.tribunal     | tribunal administratif de Lyon |
    And the case has:
      | path   | value   |
      | status | decided |

  Scenario: A closure that an appeal did not undo stays a closure
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2026-12-03
    And agent-63 has given "propose" with:
      """
      {"kind": "closure", "explanation": "L'attestation demandée n'est pas parvenue."}
      """
    And the proposal is signed by signatory-63
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Nous n'avons pas vu la demande de pièces."}
      """
    And the day is 2027-02-04
    When manager-63 gives "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    Then the last fact is AppealImplicitlyRejected
    And the case has:
      | path   | value  |
      | status | closed |
    And the decision D1 has:
      | path | value |
      | live | yes   |

  Scenario: The reasons of a silence are asked for and due within the month (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And the day is 2027-01-20
    When employer-acme gives "request-reasons" with:
      """
      {"decision": "D1"}
      """
    Then the last fact is ReasonsRequested
    And the fact ReasonsRequested has:
      | path         | value      |
      | decision     | D1         |
      | requested_on | 2027-01-20 |
      | due_on       | 2027-02-20 |
    And the clock T8 of D1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2027-02-20 |
    And the clock T12 of D1 for the employer has:
      | path            | value                                            |
      | state           | not_running                                      |
      | why_not_running | …les motifs demandés le 20 janvier 2027 sont attendus… |

  Scenario Outline: Reasons may be asked for within the limit to sue: <day> (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And the day is <day>
    When employer-acme gives "request-reasons" with:
      """
      {"decision": "D1"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: a refusal born on 2 January can be sued against until 3 March
      | day        | status | path          | told                       |
      | 2027-03-03 | 200    | events.0.type | ReasonsRequested           |
      | 2027-03-04 | 409    | code          | reasons_requested_too_late |

  Scenario Outline: Reasons given on <day> (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And the day is 2027-01-20
    And employer-acme has given "request-reasons" with:
      """
      {"decision": "D1"}
      """
    And the day is <day>
    When agent-63 gives "communicate-reasons" with:
      """
      {"decision": "D1", "reasons": [{"criterion": "pay", "fact": "Le salaire de 1 700 euros est inférieur au SMIC."}]}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: asked for on 20 January; the day of the same number counts to its end
      | day        | status | path          | told                |
      | 2027-02-20 | 200    | events.0.type | ReasonsCommunicated |
      | 2027-02-21 | 409    | code          | reasons_too_late    |

  Scenario: Reasons once given start the limit to sue again (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And the day is 2027-01-20
    And employer-acme has given "request-reasons" with:
      """
      {"decision": "D1"}
      """
    And the day is 2027-02-10
    When agent-63 gives "communicate-reasons" with:
      """
      {"decision": "D1", "reasons": [{"criterion": "pay", "fact": "Le salaire de 1 700 euros est inférieur au SMIC."}]}
      """
    Then the fact ReasonsCommunicated has:
      | path                    | value                                            |
      | reasons.0.rule.article  | CT R5221-20 4°                                   |
      | reasons.0.fact          | Le salaire de 1 700 euros est inférieur au SMIC. |
      | communicated_on         | 2027-02-10                                       |
    And the clock T12 of D1 for the employer has:
      | path       | value      |
      | starts_on  | 2027-02-10 |
      | expires_on | 2027-04-12 |
    And the clock T8 of D1 has:
      | path  | value |
      | state | ended |

  Scenario: The reasons of an express refusal stand in it
    Given a request refused on pay
    And decision D1 is made available
    When employer-acme gives "request-reasons" with:
      """
      {"decision": "D1"}
      """
    Then it is refused with 409 "decision_not_implicit"
