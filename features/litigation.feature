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
    Then it is refused with 409 "defence_already_filed" naming "16 novembre 2026"

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

  Scenario: When the president reduces the notice for urgency, briefs come until the hearing (CJA R613-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-02-01
    When legal-69 gives "set-hearing" with:
      """
      {"litigation": "L1", "hearing_on": "2027-02-04", "urgent": true}
      """
    Then the fact HearingSet has:
      | path                    | value      |
      | hearing_on              | 2027-02-04 |
      | investigation_closes_on | 2027-02-04 |

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
    Then it is refused with 409 "litigation_ended" naming "4 mai 2027"

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

  # Who sues, who defends

  Scenario: The prefect defends before the tribunal (CJA R431-10), whose territory is that of the work (CE, 27 septembre 2018, n° 419217)
    Given a request refused on pay
    When legal-69 gives "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123", "lodged_by": "worker"}
      """
    Then the fact LitigationOpened has:
      | path            | value                                                     |
      | competent_court | tribunal administratif de Lyon                            |
      | represented_by  | préfet du Rhône                                           |
      | @sentence       | …l'État est représenté par le préfet du Rhône.…           |

  Scenario: In matters of stay the prefect appears on appeal as well (CJA R811-10-1)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but internship_project is not met because "Le programme ne correspond à aucune formation."
    And a stamp_refusal is proposed on internship_project because "Le programme ne correspond à aucune formation."
    And the proposal is signed by signatory-63
    And the claim 2600123 is served on 2026-11-16
    And the tribunal rejects L1 on 2027-05-10
    When legal-69 gives "open-litigation" with:
      """
      {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "lodged_by": "employer"}
      """
    Then the fact LitigationOpened has:
      | path           | value           |
      | represented_by | préfet du Rhône |

  Scenario: The minister contests an annulment: by itself that changes nothing (CJA R811-10, CJA R811-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the day is 2027-06-20
    When legal-69 gives "open-litigation" with:
      """
      {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "by_state": true}
      """
    Then the last fact is LitigationOpened
    And the fact LitigationOpened has:
      | path            | value                               |
      | lodged_by       | none                                |
      | represented_by  | ministre chargé de l'immigration    |
      | main_litigation | L1                                  |
      | against         | D1                                  |
      | @sentence       | Cour administrative d'appel de Lyon saisie par le ministre chargé de l'immigration d'un appel contre la décision de justice rendue dans l'instance L1, le 20 juin 2027 (instance L2, n° 27LY01234). |
    And the litigation L2 has:
      | path     | value |
      | by_state | yes   |
    And the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L1    |
    And the case has:
      | path       | value             |
      | status     | under_examination |
      | stage.ref  | L1                |

  Scenario Outline: Whoever was given all it asked for contests nothing: <who>, after the tribunal <ruled> (CJA R811-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal <ruled> L1 on 2027-05-10
    When legal-69 gives "open-litigation" with:
      """
      {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", <who>}
      """
    Then it is refused with 409 "<code>" naming "L1"

    Examples:
      | ruled   | who                     | code                         |
      | rejects | "by_state": true        | judgment_favourable_to_state |
      | annuls  | "lodged_by": "employer" | judgment_favourable_to_party |

  Scenario Outline: One party sues, and before the tribunal the State only defends: <told> (CJA R431-10)
    Given a request refused on pay
    When legal-69 gives "open-litigation" with:
      """
      {"action": "annulment", "court": "Lyon", "court_number": "2600123"<told>}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "<code>"

    Examples:
      | told                                        | pointer    | code                           |
      |                                             | /lodged_by | appellant_missing              |
      | , "lodged_by": "employer", "by_state": true | /lodged_by | appellant_missing              |
      | , "by_state": true                          | /by_state  | state_defends_at_first_instance |

  # What appeal and cassation make of the decision

  Scenario: The judgment is annulled on appeal: the refusal stands again, and nothing is left to re-examine (CJA R811-1)
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the State appeals against L1 on 2027-06-20
    And the day is 2028-02-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judgment_annulled": true, "judged_on": "2028-02-08",
       "notified_on": "2028-02-10", "summary": "Le salaire est inférieur au SMIC."}
      """
    Then the last fact is JudgmentRecorded
    And the fact JudgmentRecorded has:
      | path              | value |
      | judgment_annulled | yes   |
      | @sentence         | …annulation de la décision de justice attaquée et, sur la demande elle-même, rejet de la requête.… |
    And the decision D1 has:
      | path     | value |
      | live     | yes   |
      | ended_by | none  |
    And the case has:
      | path       | value   |
      | status     | decided |
      | stage.kind | first   |
    And there is no clock INJUNCTION
    And decision D1 says word for word what it said

  Scenario: A decision taken since stays: the refusal revived never stands beside it (CJA R811-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the day is 2027-05-20
    And every condition is assessed, but pay is not met because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire reste de 1 700 euros, inférieur au SMIC."
    And the proposal is signed by signatory-63
    And the State appeals against L1 on 2027-06-20
    And the day is 2028-02-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judgment_annulled": true, "judged_on": "2028-02-08",
       "notified_on": "2028-02-10", "summary": "Le salaire est inférieur au SMIC."}
      """
    Then the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | D2    |
    And the decision D2 has:
      | path | value |
      | live | yes   |

  Scenario: The State's appeal is rejected: the refusal stays annulled (CJA R811-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the State appeals against L1 on 2027-06-20
    And the day is 2028-02-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judged_on": "2028-02-08", "notified_on": "2028-02-10",
       "costs_euros": 1500, "summary": "Le ministre n'est pas fondé à se plaindre du jugement."}
      """
    Then the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L1    |
    And the case has:
      | path       | value             |
      | status     | under_examination |
      | stage.ref  | L1                |
    And the clock JUDGMENT_APPEAL of L2 has:
      | path       | value                             |
      | name       | Pourvoi devant le Conseil d'État  |
      | expires_on | 2028-04-11                        |
      | articles   | CJA R821-1                        |

  Scenario: What the party obtains on appeal annuls the judgment and the refusal (CJA R811-1, CJA L911-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal rejects L1 on 2027-05-10
    And the day is 2027-06-20
    And legal-69 has given "open-litigation" with:
      """
      {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "lodged_by": "employer"}
      """
    And the day is 2028-02-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "annulled", "judged_on": "2028-02-08", "notified_on": "2028-02-10",
       "injunction": {"kind": "reexamine", "delay_days": 60}, "flaws": ["error_of_fact"], "summary": "Faits non établis."}
      """
    Then the last facts are JudgmentRecorded, ReexaminationOrdered
    And the fact JudgmentRecorded has:
      | path              | value |
      | judgment_annulled | yes   |
    And the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L2    |

  Scenario: In cassation the claim is sent back: it is pending again on appeal, and the tribunal's annulment counts (CJA L821-2, CJA R821-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the State appeals against L1 on 2027-06-20
    And the day is 2028-02-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judgment_annulled": true, "judged_on": "2028-02-08",
       "notified_on": "2028-02-10", "summary": "Le salaire est inférieur au SMIC."}
      """
    And legal-69 has given "open-litigation" with:
      """
      {"action": "cassation", "court": "Conseil d'État", "court_number": "498765", "lodged_by": "worker"}
      """
    And the day is 2029-01-15
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L3", "outcome": "remitted", "judged_on": "2029-01-12", "notified_on": "2029-01-15",
       "flaws": ["error_of_law"], "summary": "L'arrêt est annulé ; l'affaire est renvoyée à la cour."}
      """
    Then the fact JudgmentRecorded has:
      | path      | value                                                                    |
      | outcome   | remitted                                                                 |
      | @sentence | …annulation de la décision de justice attaquée, l'affaire étant renvoyée.…           |
    And the litigation L2 has:
      | path      | value |
      | outcome   | none  |
      | judged_on | none  |
    And the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L3    |
    And the case has:
      | path       | value             |
      | status     | under_examination |
      | stage.kind | court             |

  Scenario: The court to which the claim was sent back rules again (CJA L821-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal rejects L1 on 2027-05-10
    And the day is 2027-06-20
    And legal-69 has given "open-litigation" with:
      """
      {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "lodged_by": "employer"}
      """
    And the day is 2028-02-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "remitted", "judged_on": "2028-02-08", "notified_on": "2028-02-10",
       "summary": "Le jugement est irrégulier ; l'affaire est renvoyée au tribunal."}
      """
    And the day is 2028-11-06
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "annulled", "judged_on": "2028-11-03", "notified_on": "2028-11-06",
       "summary": "Erreur de fait."}
      """
    Then the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L1    |

  Scenario: The Conseil d'État may settle the claim itself (CJA L821-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the State appeals against L1 on 2027-06-20
    And the day is 2028-02-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judged_on": "2028-02-08", "notified_on": "2028-02-10",
       "summary": "Le ministre n'est pas fondé à se plaindre du jugement."}
      """
    And legal-69 has given "open-litigation" with:
      """
      {"action": "cassation", "court": "Conseil d'État", "court_number": "498765", "by_state": true}
      """
    And the day is 2029-01-15
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L3", "outcome": "rejected", "judgment_annulled": true, "judged_on": "2029-01-12",
       "notified_on": "2029-01-15", "summary": "L'arrêt et le jugement sont annulés ; la demande est rejetée."}
      """
    Then the decision D1 has:
      | path | value |
      | live | yes   |
    And the case has:
      | path   | value   |
      | status | decided |

  Scenario Outline: A ruling that cannot be: <fault> (CJA L821-2, CJA L761-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal annuls L1 on 2027-05-10
    And the State appeals against L1 on 2027-06-20
    And the day is 2028-02-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "judged_on": "2028-02-08", "notified_on": "2028-02-10", "summary": "Arrêt.", <told>}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "<code>"

    Examples: on the State's appeal "annulled" speaks of the claim, and the State that wins pays nothing
      | fault                   | told                                                                    | pointer            | code                         |
      | annulled, but what      | "outcome": "annulled"                                                   | /judgment_annulled | judgment_annulled_impossible |
      | costs on the winner     | "outcome": "rejected", "judgment_annulled": true, "costs_euros": 1200   | /costs_euros       | costs_impossible             |
      | doubt about an appeal   | "outcome": "rejected", "no_serious_doubt": true                         | /no_serious_doubt  | suspension_not_refused       |
      | a rejection not appealed | "outcome": "partly_annulled", "judgment_annulled": true, "annuls_rejection_of": "A1" | /annuls_rejection_of | rejection_not_annulled |

  Scenario Outline: The State pays costs when it loses: claim <outcome>, <status> (CJA L761-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "<outcome>", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "costs_euros": 1200, "summary": "Jugement."}
      """
    Then the answer is <status>

    Examples:
      | outcome        | status |
      | annulled       | 200    |
      | no_need_to_rule | 200   |
      | rejected       | 422    |
      | inadmissible   | 422    |
      | incompetent    | 422    |

  Scenario: Only a higher court annuls what was judged (CJA L821-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "rejected", "judged_on": "2027-05-04", "notified_on": "2027-05-10",
       "judgment_annulled": true, "summary": "Jugement."}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /judgment_annulled is "judgment_annulled_impossible"

  # Which court

  Scenario: Proceedings go on before the court that is competent, under its number (CJA R351-3)
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Paris", "court_number": "2600123", "lodged_by": "employer"}
      """
    And the day is 2026-11-20
    When legal-69 gives "transfer-proceedings" with:
      """
      {"litigation": "L1", "court": "Lyon", "court_number": "2600777", "transferred_on": "2026-11-18"}
      """
    Then the last fact is ProceedingsTransferred
    And the fact ProceedingsTransferred has:
      | path        | value                           |
      | from_court  | tribunal administratif de Paris |
      | from_number | 2600123                         |
      | @legal_date | 2026-11-18                      |
      | @articles   | CJA R351-3                      |
      | @sentence   | Instance L1 (n° 2600123) transférée le 18 novembre 2026 par le tribunal administratif de Paris : elle se poursuit devant le tribunal administratif de Lyon, n° 2600777. |
    And the litigation L1 has:
      | path            | value                          |
      | court           | tribunal administratif de Lyon |
      | court_number    | 2600777                        |
      | earlier_numbers | 2600123                        |
      | lodged_on       | 2026-11-02                     |
      | outcome         | none                           |

  Scenario Outline: A transfer that cannot be: to <court>, n° <number> (CJA R351-3)
    Given a request refused on pay
    And legal-69 has given "open-litigation" with:
      """
      {"action": "annulment", "court": "Paris", "court_number": "2600123", "lodged_by": "employer"}
      """
    When legal-69 gives "transfer-proceedings" with:
      """
      {"litigation": "L1", "court": "<court>", "court_number": "<number>"}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "<code>"

    Examples:
      | court       | number    | pointer       | code                   |
      | Paris       | 2600777   | /court        | court_same             |
      | Saint-Flour | 2600777   | /court        | court_unknown          |
      | Lyon        | 26LY00777 | /court_number | court_number_malformed |

  Scenario: A court that holds itself incompetent leaves the decision as it is (CJA R312-10)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2026-12-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "incompetent", "judged_on": "2026-12-09", "notified_on": "2026-12-10",
       "summary": "Le litige relève d'une autre juridiction."}
      """
    Then the fact JudgmentRecorded has:
      | path      | value                                        |
      | @sentence | …la juridiction se déclare incompétente.…    |
    And the decision D1 has:
      | path | value |
      | live | yes   |

  # The timetable

  Scenario Outline: The formal notice expires on 1 March 2027: on <day> the facts are admitted or not (CJA R612-6)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-02-01
    And legal-69 has given "receive-formal-notice" with:
      """
      {"litigation": "L1", "due_on": "2027-03-01"}
      """
    And the day is <day>
    Then the clock FORMAL_NOTICE of L1 has:
      | path     | value                  |
      | state    | <state>                |
      | articles | CJA R612-3, CJA R612-6 |
      | sentence | …<told>…               |

    Examples: the last day, and the day after
      | day        | state   | told                                              |
      | 2027-03-01 | running | devant le tribunal administratif de Lyon.         |
      | 2027-03-02 | expired | l'État est réputé avoir acquiescé aux faits exposés. |

  Scenario Outline: Filed on <day>, after a closure of 11 February, a brief is not communicated: late <late> (CJA R613-3)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-01-20
    And legal-69 has given "close-investigation" with:
      """
      {"litigation": "L1", "closes_on": "2027-02-11"}
      """
    And the day is <day>
    When legal-69 gives "file-defence" with:
      """
      {"litigation": "L1", "summary": "Au fond."}
      """
    Then the fact DefenceFiled has:
      | path | value  |
      | late | <late> |

    Examples:
      | day        | late |
      | 2027-02-11 | no   |
      | 2027-02-12 | yes  |

  Scenario Outline: The closure and the hearing are counted down: on <day> (CJA R613-2, CJA R711-2)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-01-20
    And legal-69 has given "set-hearing" with:
      """
      {"litigation": "L1", "hearing_on": "2027-02-15"}
      """
    And the day is <day>
    Then the clock INVESTIGATION_CLOSING of L1 has:
      | path     | value     |
      | sentence | <closing> |
    And the clock HEARING of L1 has:
      | path     | value     |
      | sentence | <hearing> |

    Examples:
      | day        | closing                                            | hearing                                     |
      | 2027-01-26 | …devant le tribunal administratif de Lyon.…       | …devant le tribunal administratif de Lyon.… |
      | 2027-01-27 | …Il reste 15 jours pour produire un mémoire.…     | …devant le tribunal administratif de Lyon.… |
      | 2027-02-10 | …Il reste 1 jour pour produire un mémoire.…       | …Il reste 5 jours avant l'audience.…        |
      | 2027-02-11 | …C'est le dernier jour pour produire un mémoire.… | …Il reste 4 jours avant l'audience.…        |

  # Urgent applications

  Scenario: A suspension needs a claim for annulment of its own, whose copy is attached (CJA R522-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the tribunal rejects L1 on 2027-05-10
    When legal-69 gives "open-litigation" with:
      """
      {"action": "suspension", "court": "Lyon", "court_number": "2700200", "lodged_by": "employer"}
      """
    Then it is refused with 409 "main_action_missing" naming "D1"

  Scenario: Before the urgent judge, briefs come until the hearing (CJA R522-8)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    When legal-69 gives "set-hearing" with:
      """
      {"litigation": "L2", "hearing_on": "2026-11-20"}
      """
    Then the fact HearingSet has:
      | path                    | value      |
      | investigation_closes_on | 2026-11-20 |

  Scenario Outline: A suspension refused is followed by a month to maintain the claim: on <day> (CJA R612-5-2)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the suspension L2 is refused on 2026-12-01 for want of serious doubt
    And the day is <day>
    Then the clock CONFIRMATION of L1 has:
      | path       | value        |
      | state      | <state>      |
      | starts_on  | 2026-12-01   |
      | expires_on | 2027-01-04   |
      | articles   | CJA R612-5-2 |
      | sentence   | …<told>…     |

    Examples: a clear month would end on Saturday 2 January
      | day        | state   | told                                                     |
      | 2027-01-04 | running | a jusqu'au 4 janvier 2027 inclus pour maintenir sa requête |
      | 2027-01-05 | expired | le requérant est réputé s'être désisté                   |

  Scenario: The applicant maintains the claim (CJA R612-5-2)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the suspension L2 is refused on 2026-12-01 for want of serious doubt
    And the day is 2026-12-20
    When legal-69 gives "confirm-main-claim" with:
      """
      {"litigation": "L1", "confirmed_on": "2026-12-18"}
      """
    Then the last fact is MainClaimConfirmed
    And the fact MainClaimConfirmed has:
      | path         | value      |
      | suspension   | L2         |
      | confirmed_on | 2026-12-18 |
    And the clock CONFIRMATION of L1 has:
      | path     | value                                           |
      | state    | ended                                           |
      | sentence | …la requête a été maintenue le 18 décembre 2026.… |

  Scenario: A claim is maintained once (CJA R612-5-2)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the suspension L2 is refused on 2026-12-01 for want of serious doubt
    And legal-69 has given "confirm-main-claim" with:
      """
      {"litigation": "L1"}
      """
    When legal-69 gives "confirm-main-claim" with:
      """
      {"litigation": "L1"}
      """
    Then it is refused with 409 "claim_already_confirmed" naming "1er décembre 2026"

  Scenario: A suspension refused for want of urgency calls for no confirmation (CJA R612-5-2)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the day is 2026-12-01
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judged_on": "2026-12-01", "notified_on": "2026-12-01",
       "summary": "La condition d'urgence n'est pas remplie."}
      """
    When legal-69 gives "confirm-main-claim" with:
      """
      {"litigation": "L1"}
      """
    Then it is refused with 409 "confirmation_not_due" naming "2600123"

  Scenario: Cassation against the order dispenses with the confirmation (CJA R612-5-2, CJA L523-1)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the suspension L2 is refused on 2026-12-01 for want of serious doubt
    When legal-69 gives "open-litigation" with:
      """
      {"action": "cassation", "court": "Conseil d'État", "court_number": "498765", "lodged_by": "employer"}
      """
    Then there is no clock CONFIRMATION
    And the clock JUDGMENT_APPEAL of L2 has:
      | path       | value                            |
      | name       | Pourvoi devant le Conseil d'État |
      | length     | 15 jours                         |
      | expires_on | 2026-12-17                       |
      | articles   | CJA L523-1, CJA R523-1           |

  Scenario: The Conseil d'État annuls the order and suspends the refusal itself (CJA L821-2, CJA L521-1)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the suspension L2 is refused on 2026-12-01 for want of serious doubt
    And legal-69 has given "open-litigation" with:
      """
      {"action": "cassation", "court": "Conseil d'État", "court_number": "498765", "lodged_by": "employer"}
      """
    And the day is 2027-02-03
    When legal-69 gives "order-suspension" with:
      """
      {"litigation": "L3", "ordered_on": "2027-02-02", "notified_on": "2027-02-03", "summary": "Doute sérieux."}
      """
    Then the decision D1 has:
      | path         | value |
      | suspended_by | L3    |

  Scenario: The order that suspended is annulled: the refusal has its effects again (CJA L821-2)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the day is 2026-12-01
    And legal-69 has given "order-suspension" with:
      """
      {"litigation": "L2", "ordered_on": "2026-12-01", "notified_on": "2026-12-01",
       "injunction": {"kind": "reexamine", "delay_days": 60}, "summary": "Doute sérieux."}
      """
    And legal-69 has given "open-litigation" with:
      """
      {"action": "cassation", "court": "Conseil d'État", "court_number": "498765", "by_state": true}
      """
    And the day is 2027-01-12
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L3", "outcome": "rejected", "judgment_annulled": true, "judged_on": "2027-01-11",
       "notified_on": "2027-01-12", "summary": "L'ordonnance est annulée ; la demande de suspension est rejetée."}
      """
    Then the decision D1 has:
      | path         | value |
      | suspended_by | none  |
      | live         | yes   |
    And the case has:
      | path       | value   |
      | status     | decided |
      | stage.kind | first   |

  Scenario: A suspension lasts until the claim for annulment is judged (CJA L521-1)
    Given a request refused on pay
    And a suspension 2600200 is asked on 2026-11-16
    And the day is 2026-12-01
    And legal-69 has given "order-suspension" with:
      """
      {"litigation": "L2", "ordered_on": "2026-12-01", "notified_on": "2026-12-01", "summary": "Doute sérieux."}
      """
    And the tribunal rejects L1 on 2027-05-10
    Then the decision D1 has:
      | path         | value |
      | suspended_by | none  |
      | live         | yes   |

  Scenario: The judge of liberties rules within forty-eight hours (CJA L521-2)
    Given a request refused on pay
    When legal-69 gives "open-litigation" with:
      """
      {"action": "liberty", "court": "Lyon", "court_number": "2600300", "lodged_by": "worker"}
      """
    Then the clock LIBERTY_RULING of L1 has:
      | path       | value      |
      | state      | running    |
      | length     | 48 heures  |
      | expires_on | 2026-11-04 |

  Scenario: Useful measures are asked before any decision (CJA L521-3)
    Given an introduction_permanent request filed by employer-acme
    When legal-69 gives "open-litigation" with:
      """
      {"action": "useful_measures", "court": "Lyon", "court_number": "2600400", "lodged_by": "employer"}
      """
    Then the fact LitigationOpened has:
      | path    | value |
      | against | ""    |

  # Injunctions

  Scenario Outline: A penalty of 100 euros a day, the decision being due on 9 June 2027: on <day> (CJA L911-3, CJA L911-4)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    And legal-69 has given "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "annulled", "judged_on": "2027-05-10", "notified_on": "2027-05-10",
       "injunction": {"kind": "reexamine", "delay_days": 30, "penalty_daily_euros": 100}, "summary": "Erreur de droit."}
      """
    And the day is <day>
    Then the clock INJUNCTION of L1 has:
      | path     | value                              |
      | state    | <state>                            |
      | name     | Réexamen ordonné par le juge       |
      | articles | CJA L911-2, CJA L911-4, CJA L911-3 |
      | sentence | …<told>…                           |

    Examples: the last day, the day after, and a month later
      | day        | state   | told                             |
      | 2027-06-09 | running | par jour de retard (CJA L911-3). |
      | 2027-06-10 | expired | Au 10 juin 2027, l'astreinte atteint 100,00 |
      | 2027-07-09 | expired | l'astreinte atteint 3 000,00     |

  Scenario: The court orders to issue, not to examine again (CJA L911-1)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    And the day is 2027-05-10
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "annulled", "judged_on": "2027-05-10", "notified_on": "2027-05-10",
       "injunction": {"kind": "issue", "delay_days": 15}, "summary": "L'autorisation est de droit."}
      """
    Then the clock INJUNCTION of L1 has:
      | path       | value                                                                     |
      | name       | Délivrance ordonnée par le juge                                           |
      | expires_on | 2027-05-25                                                                |
      | sentence   | Autorisation à délivrer au plus tard le 25 mai 2027, sur injonction du juge (L1). |
      | articles   | CJA L911-1, CJA L911-4                                                    |

  Scenario Outline: Only the rejection of the gracious appeal is annulled: that appeal is to be answered again <injunction> (CJA L911-2)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "arguments": "La rémunération a été relevée."}
      """
    And the day is 2027-01-03
    And manager-63 has given "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    And the claim 2700123 is served on 2027-01-11
    And the day is 2027-09-06
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L1", "outcome": "partly_annulled", "annuls_rejection_of": "A1", "judged_on": "2027-09-02",
       "notified_on": "2027-09-06", "summary": "Le rejet du recours gracieux n'est pas motivé."<injunction>}
      """
    Then the last facts are JudgmentRecorded, AppealReopened
    And the fact AppealReopened has:
      | path                  | value      |
      | appeal                | A1         |
      | implicit_rejection_on | 2027-11-06 |
      | due_on                | <due>      |
    And the decision D1 has:
      | path | value |
      | live | yes   |
    And the appeal A1 has:
      | path    | value |
      | outcome | none  |
    And the case has:
      | path         | value             |
      | status       | under_examination |
      | stage.kind   | appeal            |
      | stage.ref    | A1                |
      | stage.due_on | <due>             |

    Examples:
      | injunction                                               | due        |
      |                                                          | none       |
      | , "injunction": {"kind": "reexamine", "delay_days": 30}  | 2027-10-06 |

  # The defence

  Scenario: A ground put in the place of another is judged on the day of the decision (CE, 6 février 2004, n° 240560)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "substitute-ground" with:
      """
      {"litigation": "L1", "replaces": "pay", "reason": {"criterion": "proportionate_project",
       "fact": "Dix embauches pour une entreprise de deux salariés."}}
      """
    Then the fact GroundSubstituted has:
      | path              | value           |
      | reason.rule.since | 2024-09-01      |
      | reason.rule.article | CT R5221-20-1 |

  Scenario: Another text is put in the place of the decision's; the decision keeps its own (CE, 3 décembre 2003, n° 240267)
    Given a request refused on pay
    And what decision D1 says is noted
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "substitute-legal-basis" with:
      """
      {"litigation": "L1", "replaces": "pay", "article": "CT R5221-20-1",
       "explanation": "La même appréciation, assortie des mêmes garanties, fonde le refus sur ce texte."}
      """
    Then the last fact is LegalBasisSubstituted
    And the fact LegalBasisSubstituted has:
      | path             | value          |
      | replaces.article | CT R5221-20 4° |
      | basis.article    | CT R5221-20-1  |
      | basis.since      | 2024-09-01     |
    And decision D1 says word for word what it said

  Scenario Outline: « <article> » cannot take the place of CT R5221-20 4° (CE, 3 décembre 2003, n° 240267)
    Given a request refused on pay
    And the claim 2600123 is served on 2026-11-16
    When legal-69 gives "substitute-legal-basis" with:
      """
      {"litigation": "L1", "replaces": "pay", "article": "<article>",
       "explanation": "La même appréciation, assortie des mêmes garanties, fonde le refus sur ce texte."}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /article is "basis_unsuitable"

    Examples: the same text, one that is no condition, and those of a renewal and of an au pair
      | article          |
      | CT R5221-20 4°   |
      | CT R5221-99      |
      | CT R5221-34 2°   |
      | CESEDA L426-22   |
