Feature: Examining a request
  One agent of the platform holds a case at a time. Items that a text requires may be asked for, with a delay that suspends
  the silence that rejects (CRPA L114-5); other bodies may be asked for their opinion (CT L5221-7), which suspends nothing.

  Scenario: An agent takes a case of their platform
    Given an introduction_permanent request filed by employer-acme
    When agent-63 gives "claim"
    Then the last fact is CaseClaimed
    And the fact CaseClaimed has:
      | path          | value          |
      | agent         | local:agent-63 |
      | agent_name    | Inès Morel     |
      | @quality      | Instructrice   |
      | @on_behalf_of | préfet du Puy-de-Dôme |
    And the case has:
      | path          | value             |
      | status        | under_examination |
      | assignee      | local:agent-63    |
      | assignee_name | Inès Morel        |

  Scenario: A second claim names the holder
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63-bis gives "claim"
    Then it is refused with 409 "case_already_claimed" naming "Inès Morel"
    And the case has:
      | path     | value          |
      | assignee | local:agent-63 |

  Scenario: The holder claims once
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "claim"
    Then it is refused with 409 "case_already_claimed" naming "Inès Morel"

  Scenario Outline: <who> gives the case back to the queue
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When <who> gives "release" with:
      """
      {"reason": "Absence de longue durée."}
      """
    Then the last fact is CaseReleased
    And the fact CaseReleased has:
      | path        | value                    |
      | agent       | local:agent-63           |
      | reason      | Absence de longue durée. |
      | @actor_name | <name>                   |
    And the case has:
      | path     | value    |
      | status   | to_claim |
      | assignee | none     |

    Examples: the agent who holds it, or the manager for them
      | who        | name           |
      | agent-63   | Inès Morel     |
      | manager-63 | Sophie Lambert |

  Scenario: Another agent does not release what a colleague holds
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63-bis gives "release"
    Then it is refused with 409 "case_held_by_another" naming "Inès Morel"

  Scenario: Nobody holds it, nobody releases it
    Given an introduction_permanent request filed by employer-acme
    When manager-63 gives "release"
    Then it is refused with 409 "status_forbids" naming "À prendre en charge"

  Scenario: A manager gives a case to another agent
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When manager-63 gives "assign" with:
      """
      {"agent": "local:agent-63-bis", "reason": "Répartition de la file de novembre."}
      """
    Then the last fact is CaseAssigned
    And the fact CaseAssigned has:
      | path       | value                               |
      | agent      | local:agent-63-bis                  |
      | agent_name | Karim Aubry                         |
      | reason     | Répartition de la file de novembre. |
    And the case has:
      | path     | value              |
      | status   | under_examination  |
      | assignee | local:agent-63-bis |

  Scenario Outline: A case is not given to <agent>: <code>
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When manager-63 gives "assign" with:
      """
      {"agent": "<agent>"}
      """
    Then it is refused with <status> "<code>" naming "<named>"

    Examples:
      | agent          | status | code                      | named          |
      | local:agent-63 | 409    | agent_already_holds_case  | Inès Morel     |
      | local:agent-84 | 409    | agent_of_another_platform | Louis Garnier  |
      | local:nobody   | 422    | agent_unknown             | local:nobody   |

  Scenario: A command decided on an older version is refused and told what intervened
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "assess" on version 4 with:
      """
      {"criterion": "pay"}
      """
    Then it is refused with 412 "stale"
    And the answer has:
      | path                 | value                    |
      | version              | 5                        |
      | intervened.count     | 1                        |
      | intervened.0.type    | CaseClaimed              |
      | intervened.0.version | 5                        |
      | intervened.0.actor   | Inès Morel, Instructrice |

  Scenario: A command that depends on what was read names its version
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "assess" naming no version with:
      """
      {"criterion": "pay"}
      """
    Then it is refused with 428 "if_match_missing"

  Scenario: A claim depends on nothing that was read
    Given an introduction_permanent request filed by employer-acme
    When agent-63 gives "claim" naming no version
    Then the last fact is CaseClaimed

  Scenario: A request for missing items suspends the silence that rejects (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-10
    And the case is under examination by agent-63
    When agent-63 gives "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30,
       "message": "L'attestation doit dater de moins de six mois."}
      """
    Then the last fact is MissingItemsRequested
    And the fact MissingItemsRequested has:
      | path                | value                     |
      | request             | M1                        |
      | items.count         | 1                         |
      | items.0.item        | contributions_certificate |
      | items.0.label       | Attestation de paiement des cotisations sociales de moins de six mois |
      | items.0.required_by | …arrêté du 1er avril 2021… |
      | requested_on        | 2026-11-10                |
      | due_on              | 2026-12-10                |
      | suspends            | yes                       |
      | message             | L'attestation doit dater de moins de six mois. |
    And the case has:
      | path   | value          |
      | status | awaiting_items |
    And the clock T1 has:
      | path                | value      |
      | state               | suspended  |
      | starts_on           | 2026-11-02 |
      | suspensions.count   | 1          |
      | suspensions.0.since | 2026-11-10 |
      | suspensions.0.until | none       |
      | expires_on          | 2027-02-01 |
      | sentence            | …suspendu du 10 novembre 2026 au 10 décembre 2026 (30 jours, CRPA L114-5)… |
    And the clock MISSING_ITEMS of M1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2026-12-10 |
      | length     | 30 jours   |

  Scenario Outline: Items supplied on <supplied> after a delay of thirty days: <days> days suspended
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-10
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    When the day is <supplied>
    And employer-acme gives "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:contributions_certificate]}
      """
    Then the last fact is MissingItemsSupplied
    And the fact MissingItemsSupplied has:
      | path             | value      |
      | request          | M1         |
      | complete         | yes        |
      | supplied_on      | <supplied> |
      | documents.0.id   | P2         |
    And the case has:
      | path   | value             |
      | status | under_examination |
    And the clock T1 has:
      | path              | value        |
      | state             | running      |
      | suspensions.count | <suspended>  |
      | expires_on        | <expires>    |
    And the clock MISSING_ITEMS of M1 has:
      | path  | value |
      | state | ended |

    Examples: early supply ends the suspension, late supply does not lengthen it
      | supplied   | days | suspended | expires    |
      | 2026-11-10 | no   | 0         | 2027-01-02 |
      | 2026-11-11 | 1    | 1         | 2027-01-03 |
      | 2026-11-25 | 15   | 1         | 2027-01-17 |
      | 2026-12-09 | 29   | 1         | 2027-01-31 |
      | 2026-12-10 | 30   | 1         | 2027-02-01 |
      | 2026-12-11 | 30   | 1         | 2027-02-01 |
      | 2026-12-31 | 30   | 1         | 2027-02-01 |

  Scenario Outline: Nothing is supplied: on <day> the silence is <state>
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the day is 2026-11-10
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    When the day is <day>
    Then the clock T1 has:
      | path                | value      |
      | state               | <state>    |
      | suspensions.0.since | 2026-11-10 |
      | suspensions.0.until | <until>    |
      | expires_on          | 2027-02-01 |
    And the clock MISSING_ITEMS of M1 has:
      | path  | value     |
      | state | <delay>   |

    Examples: the suspension ends with the delay; the silence is a decision the day after it expires
      | day        | state     | until      | delay   |
      | 2026-12-09 | suspended | none       | running |
      | 2026-12-10 | running   | 2026-12-10 | running |
      | 2026-12-11 | running   | 2026-12-10 | expired |
      | 2027-02-01 | running   | 2026-12-10 | expired |
      | 2027-02-02 | expired   | 2026-12-10 | expired |

  Scenario: A partial answer leaves the request and its delay running
    Given an introduction_permanent request filed by employer-acme with:
      | pointer      | value  |
      | /documents/1 | absent |
      | /documents/0 | absent |
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}, {"item": "passport"}], "delay_days": 20}
      """
    And the day is 2026-11-09
    When employer-acme gives "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:passport]}
      """
    Then the last fact is MissingItemsSupplied
    And the fact MissingItemsSupplied has:
      | path           | value    |
      | complete       | no       |
      | documents.0.id | P1       |
    And the items request M1 has:
      | path        | value |
      | complete    | no    |
      | supplied_on | none  |
    And the clock T1 has:
      | path  | value     |
      | state | suspended |
    When the day is 2026-11-12
    And employer-acme gives "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:contributions_certificate]}
      """
    Then the last fact is MissingItemsSupplied
    And the items request M1 has:
      | path        | value      |
      | complete    | yes        |
      | supplied_on | 2026-11-12 |
    And the clock T1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2027-01-12 |

  Scenario: Two requests for items suspend twice
    Given an introduction_permanent request filed by employer-acme with:
      | pointer      | value  |
      | /documents/1 | absent |
      | /documents/0 | absent |
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "passport"}], "delay_days": 20}
      """
    And the day is 2026-11-12
    And employer-acme has given "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:passport]}
      """
    And the day is 2026-12-01
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 15}
      """
    When the day is 2027-01-04
    Then the clock T1 has:
      | path                | value      |
      | state               | running    |
      | suspensions.count   | 2          |
      | suspensions.0.since | 2026-11-02 |
      | suspensions.0.until | 2026-11-12 |
      | suspensions.1.since | 2026-12-01 |
      | suspensions.1.until | 2026-12-16 |
      | expires_on          | 2027-01-27 |

  Scenario Outline: An item that may not be asked for: <code> (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "request-missing-items" with:
      """
      {"items": [{"item": "<item>"}], "delay_days": 30}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /items/0/item is "<code>"

    Examples: no text requires it, its condition does not hold, its text was not read, or it is there
      | item                       | code                  |
      | bank_statement             | item_not_required     |
      | regulated_profession_proof | item_not_required     |
      | income_tax_notice          | item_not_required     |
      | diploma_and_experience     | item_not_required     |
      | contributions_certificate  | item_already_produced |

  Scenario Outline: A delay of <days> days is malformed
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    When agent-63 gives "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": <days>}
      """
    Then the answer is <status>

    Examples:
      | days | status |
      | 0    | 400    |
      | 1    | 200    |
      | 90   | 200    |
      | 91   | 400    |

  Scenario: One request for items at a time
    Given an introduction_permanent request filed by employer-acme with:
      | pointer      | value  |
      | /documents/1 | absent |
      | /documents/0 | absent |
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "passport"}], "delay_days": 20}
      """
    When agent-63 gives "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 20}
      """
    Then it is refused with 409 "items_already_requested" naming "22 novembre 2026"

  Scenario: Only the agent in charge asks for items
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    When agent-63-bis gives "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 20}
      """
    Then it is refused with 409 "case_held_by_another" naming "Inès Morel"

  Scenario: A procedure without a list of documents wants the text cited
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "request-missing-items" with:
      """
      {"items": [{"item": "insurance", "label": "Attestation de responsabilité civile"}], "delay_days": 10}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /items/0/required_by is "text_citation_missing"
    When agent-63 gives "request-missing-items" with:
      """
      {"items": [{"item": "insurance", "label": "Attestation de responsabilité civile", "required_by": "CESEDA R426-19"}],
       "delay_days": 10}
      """
    Then the last fact is MissingItemsRequested
    And the fact MissingItemsRequested has:
      | path                | value          |
      | items.0.required_by | CESEDA R426-19 |
      | due_on              | 2026-11-12     |

  Scenario: Silence that would accept starts only when the request is complete (CRPA L114-5)
    Given an asylum_seeker request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "refuse-document" with:
      """
      {"document": "P2", "version": 1, "reason": "L'attestation date de plus de six mois."}
      """
    And the day is 2026-11-10
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    Then the fact MissingItemsRequested has:
      | path     | value |
      | suspends | no    |
    And the clock T2 has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | …pièces demandées le 10 novembre 2026 ne sont pas toutes arrivées… |
    When the day is 2026-11-25
    And employer-acme gives "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:contributions_certificate]}
      """
    Then the last fact is MissingItemsSupplied
    And the clock T2 has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-25 |
      | expires_on | 2027-01-25 |

  Scenario: An agent may find that what was supplied suffices (CRPA L114-5-1)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    When agent-63 gives "supply-missing-items" with:
      """
      {"request": "M1", "complete": true, "message": "L'Urssaf a répondu directement à la plateforme."}
      """
    Then the last fact is MissingItemsSupplied
    And the fact MissingItemsSupplied has:
      | path            | value |
      | complete        | yes   |
      | documents.count | 0     |
      | message         | L'Urssaf a répondu directement à la plateforme. |

  Scenario Outline: A supply that is refused: <code>
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    When employer-acme gives "supply-missing-items" with:
      """
      {"request": "<request>", "complete": <complete>, "documents": [<documents>]}
      """
    Then it is refused with <status> "<code>"

    Examples:
      | request | complete | documents          | status | code                  |
      | M2      | false    | $document:passport | 409    | items_request_unknown |
      | M1      | false    |                    | 409    | nothing_supplied      |
      | M1      | true     | $document:passport | 403    | role_not_entitled     |

  Scenario: A document is put aside, and the filer is told why
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "refuse-document" with:
      """
      {"document": "P1", "version": 1, "reason": "La page de validité du passeport est illisible."}
      """
    Then the last fact is DocumentRefused
    And the fact DocumentRefused has:
      | path       | value                                           |
      | document   | P1                                              |
      | version    | 1                                               |
      | reason     | La page de validité du passeport est illisible. |
      | refused_on | 2026-11-02                                      |
    And the case read by employer-acme has:
      | path                  | value                                           |
      | documents.0.refused.1 | La page de validité du passeport est illisible. |
    When agent-63 gives "refuse-document" with:
      """
      {"document": "P1", "version": 1, "reason": "La page de validité du passeport est illisible."}
      """
    Then it is refused with 409 "document_already_refused"

  Scenario: The labour inspection is asked and answers; the condition rests on its opinion (CT L5221-7)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "request-opinion" with:
      """
      {"body": "inspection du travail", "criterion": "employer_record", "due_on": "2026-11-30",
       "question": "L'établissement a-t-il fait l'objet de constats en santé et sécurité au travail ?"}
      """
    Then the last fact is OpinionRequested
    And the fact OpinionRequested has:
      | path         | value                 |
      | opinion      | O1                    |
      | body         | inspection du travail |
      | criterion    | employer_record       |
      | requested_on | 2026-11-02            |
      | due_on       | 2026-11-30            |
    And the clock OPINION of O1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2026-11-30 |
    And the clock T1 has:
      | path       | value      |
      | state      | running    |
      | expires_on | 2027-01-02 |
    When the day is 2026-11-16
    And agent-63 gives "record-opinion" with:
      """
      {"opinion": "O1", "adverse": true, "finding": "Deux procès-verbaux pour travail dissimulé en 2025."}
      """
    Then the last fact is OpinionGiven
    And the opinion O1 has:
      | path     | value      |
      | given_on | 2026-11-16 |
      | adverse  | yes        |
      | finding  | Deux procès-verbaux pour travail dissimulé en 2025. |
    When agent-63 gives "assess" with:
      """
      {"criterion": "employer_record"}
      """
    Then the last fact is CriterionAssessed
    And the condition employer_record has:
      | path           | value               |
      | met            | not_met             |
      | rule.article   | CT R5221-20 2° b)   |
      | because        | …Avis défavorable rendu par inspection du travail le 16 novembre 2026… |

  Scenario Outline: An opinion is recorded in its order and its time: <code>
    Given an introduction_permanent request filed by employer-acme
    And the day is 2026-11-10
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "URSSAF", "criterion": "employer_obligations", "question": "L'employeur est-il à jour de ses cotisations ?"}
      """
    When agent-63 gives "record-opinion" with:
      """
      {"opinion": "<opinion>", "adverse": false, "finding": "À jour.", "given_on": "<given>"}
      """
    Then it is refused with <status> "<code>"

    Examples:
      | opinion | given      | status | code               |
      | O2      | 2026-11-10 | 409    | opinion_unknown    |
      | O1      | 2026-11-09 | 422    | content_impossible |
      | O1      | 2026-11-11 | 422    | content_impossible |

  Scenario: The same body is not asked twice at once
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "URSSAF", "question": "L'employeur est-il à jour de ses cotisations ?"}
      """
    When agent-63 gives "request-opinion" with:
      """
      {"body": "URSSAF", "question": "L'employeur a-t-il des dettes sociales ?"}
      """
    Then it is refused with 409 "opinion_pending" naming "O1"

  Scenario: Of an employer's record only the finding is kept (GDPR article 10)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "casier judiciaire national", "criterion": "employer_record", "question": "Le bulletin n° 2 porte-t-il une condamnation ?"}
      """
    When agent-63 gives "record-opinion" with:
      """
      {"opinion": "O1", "adverse": false, "finding": "Néant.", "documents": ["P1"]}
      """
    Then it is refused with 422 "record_kept_as_finding_only"

  Scenario: What prepares the decision is hidden from the filer
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "URSSAF", "question": "L'employeur est-il à jour de ses cotisations ?", "due_on": "2026-11-30"}
      """
    When agent-63 gives "add-note" naming no version with:
      """
      {"text": "Rappeler M. Benali au sujet de son adresse."}
      """
    Then the last fact is NoteAdded
    And the facts read by agent-63 are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued, CaseClaimed, OpinionRequested, NoteAdded
    And the facts read by employer-acme are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And the case read by employer-acme has:
      | path           | value |
      | assignee       | none  |
      | assignee_name  | ""    |
      | opinions.count | 0     |
    And nothing that employer-acme reads holds "Rappeler M. Benali"
    And nothing that employer-acme reads holds "URSSAF"
    And nothing that employer-acme reads holds "Inès Morel"
    And no history holds "Rappeler M. Benali"

  Scenario: A signed decision is not read from the history before it is made available (CT R5221-17)
    Given a request refused on pay
    Then the facts read by employer-acme are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And nothing that employer-acme reads holds "1 867,02"
    And the case read by employer-acme has:
      | path            | value |
      | decisions.count | 0     |
    When agent-63 gives "make-available" with:
      """
      {"decision": "D1"}
      """
    Then the last facts are DecisionMadeAvailable, DecisionMadeAvailable
    And the facts read by employer-acme are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued, RequestRefused, DecisionMadeAvailable, DecisionMadeAvailable
    And the case read by employer-acme has:
      | path                            | value   |
      | decisions.count                 | 1       |
      | decisions.0.kind                | refusal |
      | decisions.0.signed.reasons.0.rule.criterion | pay |

  Scenario: A filer writes no note
    Given an introduction_permanent request filed by employer-acme
    When employer-acme gives "add-note" naming no version with:
      """
      {"text": "Merci de traiter ce dossier."}
      """
    Then it is refused with 403 "forbidden"

  Scenario Outline: <who> may not know that the case exists
    Given an introduction_permanent request filed by employer-acme
    When <who> reads the <part>
    Then it is refused with 404 "not_found"

    Examples: another platform, another filer
      | who              | part      |
      | agent-84         | case      |
      | agent-84         | history   |
      | agent-84         | clocks    |
      | agent-84         | documents |
      | signatory-84     | case      |
      | mandatary-durand | case      |
      | mandatary-durand | history   |

  Scenario: Another platform's agent who acts gets the same answer
    Given an introduction_permanent request filed by employer-acme
    When agent-84 gives "claim"
    Then it is refused with 404 "not_found"

  Scenario Outline: <who> reads the case of the department
    Given an introduction_permanent request filed by employer-acme
    When <who> reads the case
    Then the answer is <status>

    Examples: the prefecture and the legal officer of the Rhône, the auditor; not who is not signed in
      | who           | status |
      | prefecture-69 | 200    |
      | legal-69      | 200    |
      | auditor       | 200    |
      | nobody        | 401    |

  Scenario: The prefecture of the Rhône does not know a case of the Isère
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 38000
    When prefecture-69 reads the case
    Then it is refused with 404 "not_found"

  Scenario: An auditor reads and does not act
    Given an introduction_permanent request filed by employer-acme
    When auditor gives "claim"
    Then it is refused with 403 "forbidden"
