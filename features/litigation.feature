Feature: Litigation
  The tribunal of the place of work is competent (CJA R312-10). The claim is served at its first reading, or two working
  days after it was made available (CJA R611-8-6). A judgment that annuls reopens the request; an injunction carries its
  own delay (CJA L911-1, L911-2). Whatever the court says, the first decision stays whole in the history.

  Background:
    Given today is 2026-11-02

  Scenario: The tribunal of the place of work is seized, and the prefect defends (CJA R312-10, R431-10)
    Given a request refused on pay
    And the day is 2026-12-10
    When legal-69 gives "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "against": "D1", "lodged_by": "employer",
       "lodged_on": "2026-12-07", "pleas": ["incompetence", "error_of_law"]}
      """
    Then the last fact is LitigationOpened
    And the fact LitigationOpened has:
      | path            | value                          |
      | litigation      | L1                             |
      | court           | tribunal administratif de Lyon |
      | competent_court | tribunal administratif de Lyon |
      | represented_by  | préfet du Rhône                |
      | against         | D1                             |
      | lodged_on       | 2026-12-07                     |
      | pleas           | incompetence, error_of_law     |
    And the case has:
      | path   | value   |
      | status | decided |
    And the decision D1 has:
      | path | value |
      | live | yes   |

  Scenario Outline: Work in <town>, seat in Lyon: <court> is competent, whichever court was seized (CJA R312-10)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                | value                                                                  |
      | /request/job/workplace | {"street": "<street>", "postcode": "<postcode>", "town": "<town>"}     |
      | /request/job/posting   | {"body": "France Travail", "published_from": "2026-09-01", "published_until": "2026-09-30", "applications": 2, "fitting_candidates": 0} |
    And the case is under examination by agent-63
    And every condition is assessed, but employer_record is not met because "Trois sanctions administratives en matière de santé au travail."
    And a refusal is proposed on employer_record because "Trois sanctions administratives en matière de santé au travail."
    And the proposal is signed by signatory-63
    When legal-69 gives "open-litigation" with:
      """
      {"action": "annulment", "court": "tribunal administratif de Lyon", "court_number": "2600124", "lodged_by": "worker"}
      """
    Then the fact LitigationOpened has:
      | path            | value                          |
      | court           | tribunal administratif de Lyon |
      | competent_court | <court>                        |
      | represented_by  | préfet du Rhône                |

    Examples:
      | street                     | postcode | town             | court                               |
      | 2 quai du Port             | 13002    | Marseille        | tribunal administratif de Marseille |
      | 1 rue des Alpes            | 38000    | Grenoble         | tribunal administratif de Grenoble  |
      | Aéroport Charles-de-Gaulle | 95700    | Roissy-en-France | tribunal administratif de Montreuil |
      | 12 rue de la République    | 69002    | Lyon             | tribunal administratif de Lyon      |

  Scenario Outline: « <court> », n° <number>: the fault is told at <pointer>
    Given a request refused on pay
    When legal-69 gives "open-litigation" with:
      """
      {"action": "<action>", "court": "<court>", "court_number": "<number>", "lodged_by": "employer"}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "<code>"

    Examples: a tribunal's number has seven digits, and Saint-Flour has no tribunal
      | action    | court       | number    | pointer       | code                   |
      | annulment | Lyon        | 260123    | /court_number | court_number_malformed |
      | annulment | Lyon        | 26LY00123 | /court_number | court_number_malformed |
      | annulment | Saint-Flour | 2600123   | /court        | court_unknown          |

  Scenario: The same number is recorded once
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "employer"}
      """
    When legal-69 gives "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "worker"}
      """
    Then it is refused with 409 "court_number_known" naming "L1"

  Scenario: The tribunal once seized is named beside the limit to sue
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-10
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "employer"}
      """
    Then the clock T12 of D1 for the employer has:
      | path       | value                                              |
      | expires_on | 2027-01-04                                         |
      | sentence   | …Le tribunal a été saisi le 10 décembre 2026 (L1).… |

  Scenario: A suspension is asked beside a claim for annulment, never alone (CJA L521-1, R522-1)
    Given a request refused on pay
    When legal-69 gives "open-litigation" with:
      """
      {"action": "suspension", "court": "Lyon", "court_number": "2600200", "lodged_by": "employer"}
      """
    Then it is refused with 409 "main_action_missing" naming "D1"

  Scenario: With its main claim, a suspension is recorded (CJA L521-1)
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "employer"}
      """
    When legal-69 gives "open-litigation" with:
      """
      {"action": "suspension", "court": "Lyon", "court_number": "2600200", "lodged_by": "employer"}
      """
    Then the fact LitigationOpened has:
      | path            | value      |
      | litigation      | L2         |
      | action          | suspension |
      | main_litigation | L1         |

  Scenario: An opinion is not attacked by itself
    Given a viability_opinion request filed by mandatary-durand
    And the case is under examination by agent-63
    And every condition is assessed as met
    And an opinion_favourable is proposed
    And the proposal is signed by signatory-63
    When legal-69 gives "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "worker"}
      """
    Then it is refused with 409 "opinion_not_appealable"

  Scenario Outline: Made available on <available>, read on <read>, a claim is served on <served> (CJA R611-8-6)
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "employer"}
      """
    And the day is 2027-04-15
    When legal-69 gives "serve-claim" with:
      """
      {"litigation": "L1", "made_available_on": "<available>", "read_on": <read>}
      """
    Then the last fact is ClaimServed
    And the fact ClaimServed has:
      | path              | value       |
      | made_available_on | <available> |
      | served_on         | <served>    |
      | @legal_date       | <served>    |

    Examples: first reading, or two working days later: a plain week, a weekend, 11 November, Christmas, Easter Monday
      | available  | read         | served     |
      | 2026-11-03 | "2026-11-04" | 2026-11-04 |
      | 2026-11-03 | null         | 2026-11-05 |
      | 2026-11-03 | "2026-11-09" | 2026-11-05 |
      | 2026-11-06 | null         | 2026-11-10 |
      | 2026-11-09 | null         | 2026-11-12 |
      | 2026-12-23 | null         | 2026-12-28 |
      | 2027-03-26 | null         | 2027-03-31 |

  Scenario Outline: Unread, a claim of Wednesday 23 December is served on Monday 28: recorded on <day> (CJA R611-8-6)
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "employer"}
      """
    And the day is <day>
    When legal-69 gives "serve-claim" with:
      """
      {"litigation": "L1", "made_available_on": "2026-12-23"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                 |
      | 2026-12-27 | 409    | code          | claim_not_yet_served |
      | 2026-12-28 | 200    | events.0.type | ClaimServed          |

  Scenario Outline: Before the claim is served nothing is due: <command>
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "employer"}
      """
    When legal-69 gives "<command>" with:
      """
      {"litigation": "L1"<more>}
      """
    Then it is refused with 409 "claim_not_served" naming "2600123"

    Examples:
      | command               | more                     |
      | set-defence-period    | , "due_on": "2027-01-04" |
      | receive-formal-notice | , "due_on": "2027-01-04" |
      | file-defence          | , "summary": "Au fond."  |

  Scenario: The rapporteur sets a period for the defence (CJA R611-10)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "set-defence-period" with:
      """
      {"litigation": "L1", "due_on": "2027-01-18"}
      """
    Then the last fact is DefencePeriodSet
    And the fact DefencePeriodSet has:
      | path   | value      |
      | set_on | 2026-11-16 |
      | due_on | 2027-01-18 |
    And the clock DEFENCE of L1 has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-16 |
      | expires_on | 2027-01-18 |
      | articles   | CJA R611-10 |

  Scenario: A formal notice warns that silence admits the facts (CJA R612-3, R612-6)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-02-01
    When legal-69 gives "receive-formal-notice" with:
      """
      {"litigation": "L1", "due_on": "2027-03-01"}
      """
    Then the fact FormalNoticeReceived has:
      | path        | value      |
      | received_on | 2027-02-01 |
      | due_on      | 2027-03-01 |
    And the clock FORMAL_NOTICE of L1 has:
      | path       | value                                        |
      | state      | running                                      |
      | expires_on | 2027-03-01                                   |
      | effect     | …les faits sont réputés admis (CJA R612-6)…  |

  Scenario: No formal notice is needed once the defence is filed (CJA R612-3)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And legal-69 has given "file-defence" with:
      """
      {"litigation": "L1", "summary": "Rejet au fond."}
      """
    When legal-69 gives "receive-formal-notice" with:
      """
      {"litigation": "L1", "due_on": "2027-03-01"}
      """
    Then it is refused with 409 "defence_already_filed" naming "16/11/2026"

  Scenario Outline: A defence due on 18 January and filed on <day> is late: <late> (CJA R612-3, R613-3)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And legal-69 has given "set-defence-period" with:
      """
      {"litigation": "L1", "due_on": "2027-01-18"}
      """
    And the day is <day>
    When legal-69 gives "file-defence" with:
      """
      {"litigation": "L1", "exhibits": ["P2", "P1"], "summary": "Le salaire est inférieur au SMIC (CT R5221-20 4°)."}
      """
    Then the last fact is DefenceFiled
    And the fact DefenceFiled has:
      | path                | value  |
      | filed_on            | <day>  |
      | late                | <late> |
      | exhibits.0.document | P2     |
      | exhibits.1.document | P1     |
    And the clock DEFENCE of L1 has:
      | path  | value |
      | state | ended |

    Examples: the last day, and the day after
      | day        | late |
      | 2027-01-18 | no   |
      | 2027-01-19 | yes  |

  Scenario Outline: A hearing announced on 1 February 2027 may be held on <hearing> (CJA R711-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-02-01
    When legal-69 gives "set-hearing" with:
      """
      {"litigation": "L1", "hearing_on": "<hearing>", "urgent": <urgent>}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: seven days' notice, two when the president says it is urgent
      | hearing    | urgent | status | path          | told                     |
      | 2027-02-07 | false  | 409    | code          | hearing_notice_too_short |
      | 2027-02-08 | false  | 200    | events.0.type | HearingSet               |
      | 2027-02-02 | true   | 409    | code          | hearing_notice_too_short |
      | 2027-02-03 | true   | 200    | events.0.type | HearingSet               |

  Scenario: Briefs close three clear days before the hearing (CJA R613-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-02-01
    When legal-69 gives "set-hearing" with:
      """
      {"litigation": "L1", "hearing_on": "2027-02-15"}
      """
    Then the fact HearingSet has:
      | path                    | value      |
      | announced_on            | 2027-02-01 |
      | hearing_on              | 2027-02-15 |
      | investigation_closes_on | 2027-02-11 |
    And the clock INVESTIGATION_CLOSING of L1 has:
      | path       | value      |
      | expires_on | 2027-02-11 |
    And the clock HEARING of L1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2027-02-15 |

  Scenario Outline: An order of 1 February closes the investigation on <closes> (CJA R613-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-02-01
    When legal-69 gives "close-investigation" with:
      """
      {"litigation": "L1", "closes_on": "<closes>", "immediate": <immediate>}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: fifteen days, unless the parties were warned of an immediate closure (CJA R611-11-1)
      | closes     | immediate | status | path          | told                     |
      | 2027-02-15 | false     | 409    | code          | closure_notice_too_short |
      | 2027-02-16 | false     | 200    | events.0.type | InvestigationClosed      |
      | 2027-02-01 | true      | 200    | events.0.type | InvestigationClosed      |

  Scenario: A refusal annulled never existed: the request is pending again (CJA L911-1)
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "annulled", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "costs_euros": 1200, "summary": "Annulation pour erreur de fait.", "flaws": ["error_of_fact"]}
      """
    Then the last fact is JudgmentRecorded
    And the fact JudgmentRecorded has:
      | path        | value         |
      | outcome     | annulled      |
      | judged_on   | 2027-05-04    |
      | notified_on | 2027-05-10    |
      | injunction  | none          |
      | costs_euros | 1200          |
      | flaws       | error_of_fact |
    And the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L1    |
    And the case has:
      | path           | value             |
      | status         | under_examination |
      | stage.kind     | court             |
      | stage.ref      | L1                |
      | stage.due_on   | none              |
      | findings.count | 0                 |
    And the clock INJUNCTION of L1 has:
      | path            | value                                  |
      | state           | not_running                            |
      | why_not_running | …le juge n'a fixé aucun délai…         |
    And decision D1 says word for word what it said

  Scenario: An injunction carries its own delay, from the notification of the judgment (CJA L911-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "annulled", "judged_on": "2027-05-04", "notified_on": "2027-05-07",
       "injunction": {"kind": "reexamine", "delay_days": 30, "penalty_daily_euros": 100},
       "summary": "Annulation pour erreur de droit."}
      """
    Then the last facts are JudgmentRecorded, ReexaminationOrdered
    And the fact ReexaminationOrdered has:
      | path       | value      |
      | litigation | L1         |
      | decision   | D1         |
      | ordered_on | 2027-05-04 |
      | due_on     | 2027-06-06 |
      | kind       | reexamine  |
    And the fact JudgmentRecorded has:
      | path                           | value |
      | injunction.penalty_daily_euros | 100   |
    And the clock INJUNCTION of L1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2027-06-06 |
      | length     | 30 jours   |

  Scenario: The re-examination judges on the law and facts of its day and leaves the first refusal whole
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "annulled", "judged_on": "2027-05-04", "notified_on": "2027-05-07",
       "injunction": {"kind": "reexamine", "delay_days": 30}, "summary": "Annulation pour erreur de droit."}
      """
    And the day is 2027-05-20
    And every condition is assessed, but pay is not met because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal"}
      """
    Then the last fact is RequestRefused
    And the fact RequestRefused has:
      | path                    | value                                               |
      | decision.decision       | D2                                                  |
      | decision.stage.kind     | court                                               |
      | decision.stage.ref      | L1                                                  |
      | decision.stage.due_on   | 2027-06-06                                          |
      | decision.signed_on      | 2027-05-20                                          |
      | decision.reasons.0.fact | Le salaire reste de 1 700 euros, inférieur au SMIC. |
    And the decision D1 has:
      | path     | value |
      | ended_by | L1    |
    And the case has:
      | path       | value   |
      | status     | decided |
      | stage.kind | first   |
    And decision D1 says word for word what it said

  Scenario: A claim rejected leaves the decision as it was
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "rejected", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "summary": "La requête est rejetée."}
      """
    Then the last fact is JudgmentRecorded
    And the case has:
      | path       | value   |
      | status     | decided |
      | stage.kind | first   |
    And the decision D1 has:
      | path     | value |
      | live     | yes   |
      | ended_by | none  |
    And decision D1 says word for word what it said

  Scenario: No injunction without an annulment (CJA L911-1, L911-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "rejected", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "injunction": {"kind": "reexamine", "delay_days": 30}, "summary": "La requête est rejetée."}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /injunction is "injunction_impossible"

  Scenario: A court rules once
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "rejected", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "summary": "La requête est rejetée."}
      """
    When legal-69 gives "set-hearing" with:
      """
      {"litigation": "L1", "hearing_on": "2027-06-15"}
      """
    Then it is refused with 409 "litigation_ended" naming "04/05/2027"

  Scenario: On appeal the minister defends, within two months of the judgment (CJA R811-2, R811-10)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "rejected", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "summary": "La requête est rejetée."}
      """
    And the day is 2027-06-20
    When legal-69 gives "open-litigation" with:
      """
      {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "lodged_by": "employer"}
      """
    Then the fact LitigationOpened has:
      | path            | value                                  |
      | court           | cour administrative d'appel de Lyon    |
      | represented_by  | ministre chargé de l'immigration       |
      | main_litigation | L1                                     |
      | against         | D1                                     |
    And the clock JUDGMENT_APPEAL of L1 has:
      | path       | value      |
      | state      | ended      |
      | starts_on  | 2027-05-10 |
      | expires_on | 2027-07-12 |

  Scenario: A suspension takes the effects of the decision away, which still stands (CJA L521-1)
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    And legal-69 has given "open-litigation" with:
      """
      {"action": "suspension", "court": "Lyon", "court_number": "2600200", "lodged_by": "employer"}
      """
    And the day is 2026-12-02
    When legal-69 gives "order-suspension" with:
      """
      {"litigation": "L2", "ordered_on": "2026-11-30", "notified_on": "2026-12-01",
       "injunction": {"kind": "reexamine", "delay_days": 15}, "summary": "Urgence et doute sérieux sur la légalité."}
      """
    Then the last facts are SuspensionOrdered, ReexaminationOrdered
    And the fact ReexaminationOrdered has:
      | path   | value      |
      | due_on | 2026-12-16 |
    And the decision D1 has:
      | path         | value |
      | suspended_by | L2    |
      | live         | yes   |
    And the litigation L2 has:
      | path    | value     |
      | outcome | suspended |
    And the litigation L1 has:
      | path    | value |
      | outcome | none  |
    And the case has:
      | path   | value             |
      | status | under_examination |
    And decision D1 says word for word what it said

  Scenario: A claim for annulment is not answered by a suspension
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "order-suspension" with:
      """
      {"litigation": "L1", "ordered_on": "2026-11-16", "notified_on": "2026-11-16", "summary": "Suspension."}
      """
    Then it is refused with 409 "not_a_suspension_action" naming "L1"

  Scenario: The defence asks for another ground; the decision keeps its own (CE, 6 February 2004, n° 240560)
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "substitute-ground" with:
      """
      {"litigation": "L1", "replaces": "pay", "reason": {"criterion": "employer_record",
       "fact": "Trois sanctions administratives en matière de santé au travail."}}
      """
    Then the last fact is GroundSubstituted
    And the fact GroundSubstituted has:
      | path                | value                                                           |
      | replaces            | pay                                                             |
      | reason.rule.article | CT R5221-20 2° b)                                               |
      | reason.fact         | Trois sanctions administratives en matière de santé au travail. |
      | asked_on            | 2026-11-16                                                      |
    And the decision D1 has:
      | path                            | value          |
      | signed.reasons.count            | 1              |
      | signed.reasons.0.rule.criterion | pay            |
    And decision D1 says word for word what it said

  Scenario: Only a ground of the decision can be given up
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "substitute-ground" with:
      """
      {"litigation": "L1", "replaces": "labour_market", "reason": {"criterion": "employer_record",
       "fact": "Trois sanctions administratives en matière de santé au travail."}}
      """
    Then it is refused with 409 "ground_not_in_decision" naming "situation de l'emploi"

  Scenario: The ground put in its place is another one
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "substitute-ground" with:
      """
      {"litigation": "L1", "replaces": "pay", "reason": {"criterion": "pay",
       "fact": "La rémunération est aussi inférieure au minimum de la convention."}}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /reason/criterion is "ground_same"

  Scenario: The applicant does not read the substitution that the defence prepares
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And legal-69 has given "substitute-ground" with:
      """
      {"litigation": "L1", "replaces": "pay", "reason": {"criterion": "employer_record",
       "fact": "Trois sanctions administratives en matière de santé au travail."}}
      """
    Then the history read by employer-acme tells of LitigationOpened and not of GroundSubstituted
