Feature: Every time limit of a case, and why it runs or does not
  Each limit says its start, its length, what suspends it, its last day and its effect, with the articles it was read in.
  What nobody confirmed is marked so, and a limit that does not run says why.

  Scenario: T1: silence on a request for a work permit, from the first administration seized (CRPA L231-5)
    Given an introduction_permanent request filed by employer-acme
    Then the clock T1 has:
      | path              | value                                                                                             |
      | state             | running                                                                                           |
      | starts_on         | 2026-11-02                                                                                        |
      | length            | deux mois                                                                                         |
      | expires_on        | 2027-01-02                                                                                        |
      | effect            | le silence vaut rejet                                                                             |
      | for_administration | yes                                                                                              |
      | unconfirmed       | []                                                                                                |
      | facts.réception par la première administration saisie | 2 novembre 2026                                               |
      | sentence          | Demande reçue le 2 novembre 2026 ; délai de deux mois : le silence vaut rejet le 2 janvier 2027 à minuit. |

  Scenario Outline: T1: silence from <filed> is not carried to a working day: it rejects on <expires> (CRPA L231-5)
    Given today is <filed>
    And an introduction_permanent request filed by employer-acme
    Then the clock T1 has:
      | path       | value     |
      | starts_on  | <filed>   |
      | expires_on | <expires> |

    Examples: ends of months, a Saturday, New Year's Day
      | filed      | expires    |
      | 2026-11-30 | 2027-01-30 |
      | 2026-12-29 | 2027-02-28 |
      | 2026-12-31 | 2027-02-28 |
      | 2026-11-01 | 2027-01-01 |

  Scenario: A transfer leaves the start of a delay that rejects where it was (CRPA L114-3, CRPA L231-5)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2026-11-20
    And manager-63 has given "transfer" with:
      """
      {"platform": "Avignon", "reason": "Le siège de l'établissement est dans le Vaucluse.", "competent_department": "84"}
      """
    Then the clock T1 has:
      | path       | value      |
      | starts_on  | 2026-11-02 |
      | expires_on | 2027-01-02 |

  Scenario: T2: silence on an asylum seeker's request grants (CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    Then the clock T2 has:
      | path       | value                       |
      | state      | running                     |
      | starts_on  | 2026-11-02                  |
      | expires_on | 2027-01-02                  |
      | effect     | le silence vaut acceptation |
      | sentence   | …parvenue le 2 novembre 2026 à l'administration compétente… |

  Scenario: T2: the delay does not run while an item is awaited (CRPA L114-5, CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme with /documents/1 = absent
    Then the clock T2 has:
      | path            | value       |
      | state           | not_running |
      | expires_on      | none        |
      | why_not_running | les pièces manquantes signalées par l'accusé de réception sont attendues (CRPA L114-5) |

  Scenario: T2: the delay starts when the request is complete, no earlier (CRPA L114-5, CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme with /documents/1 = absent
    And the day is 2026-12-31
    And employer-acme has given "add-document" with:
      """
      {"document": $document:contributions_certificate}
      """
    Then the clock T2 has:
      | path                    | value            |
      | starts_on               | 2026-12-31       |
      | expires_on              | 2027-02-28       |
      | facts.demande complète  | 31 décembre 2026 |
      | sentence                | Demande complète le 31 décembre 2026 (CRPA L114-5) ; délai de deux mois : le silence vaut acceptation le 28 février 2027 à minuit. |

  Scenario: T2: a transfer starts the delay that grants anew (CRPA L114-3, CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2026-11-20
    And manager-63 has given "transfer" with:
      """
      {"platform": "Avignon", "reason": "Le siège de l'établissement est dans le Vaucluse.", "competent_department": "84"}
      """
    Then the clock T2 has:
      | path       | value      |
      | starts_on  | 2026-11-20 |
      | expires_on | 2027-01-20 |

  Scenario Outline: T3: silence on an internship agreement, <length> (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme with /request/particulars/eu_or_intergovernmental_programme = <programme>
    Then the clock T3 has:
      | path       | value                 |
      | length     | <length>              |
      | expires_on | <expires>             |
      | effect     | le silence vaut rejet |

    Examples:
      | programme | length   | expires    |
      | false     | 30 jours | 2026-12-02 |
      | true      | 15 jours | 2026-11-17 |

  Scenario: T3: items that a text requires suspend the thirty days (CRPA L114-5, CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And the day is 2026-11-12
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "training_plan", "label": "Programme du stage", "required_by": "CESEDA R426-19"}],
       "delay_days": 20}
      """
    Then the clock T3 has:
      | path                | value      |
      | state               | suspended  |
      | suspensions.0.since | 2026-11-12 |
      | suspensions.0.until | none       |
      | expires_on          | 2026-12-22 |
      | sentence            | …au plus tard le 22 décembre 2026… |

  Scenario: Items that only practice asks for suspend nothing (CRPA L114-5, CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And the day is 2026-11-12
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "photo", "label": "Photographie des locaux", "required_by": "usage du service"}],
       "delay_days": 20}
      """
    Then the clock T3 has:
      | path              | value      |
      | state             | running    |
      | suspensions.count | 0          |
      | expires_on        | 2026-12-02 |
    And the clock MISSING_ITEMS of M1 has:
      | path     | value                                                                       |
      | sentence | …que ne fonde aucun texte, laisse courir le délai de décision… |

  Scenario: T4: silence on an amendment accepts it (CESEDA R426-21)
    Given an internship_amendment request filed by employer-acme
    Then the clock T4 has:
      | path       | value                       |
      | length     | 15 jours                    |
      | expires_on | 2026-11-17                  |
      | effect     | le silence vaut acceptation |

  Scenario: T4: items asked for put off the start of the delay (CRPA L114-5, CESEDA R426-21)
    Given an internship_amendment request filed by employer-acme
    And the case is under examination by agent-63
    And the day is 2026-11-10
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "amendment", "label": "Avenant signé", "required_by": "CESEDA R426-21"}], "delay_days": 20}
      """
    Then the clock T4 has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | …les pièces demandées le 10 novembre 2026 ne sont pas toutes arrivées… |

  Scenario: T5: four months on the residence permit behind an opinion (CESEDA R*432-1)
    Given an exceptional_admission request filed by prefecture-69
    Then the clock T5 has:
      | path        | value                 |
      | length      | quatre mois           |
      | expires_on  | 2027-03-02            |
      | effect      | le silence vaut rejet |
      | articles    | …CESEDA R432-2…       |
      | unconfirmed | …le jour du dépôt en préfecture n'étant pas connu… |

  Scenario: T5: ninety days for an au pair (CESEDA R432-2, CESEDA R426-14)
    Given an au_pair request filed by employer-acme
    Then the clock T5 has:
      | path       | value                 |
      | length     | 90 jours              |
      | expires_on | 2027-01-31            |
      | effect     | le silence vaut rejet |

  Scenario: T5: an opinion on viability is under no delay that we read (CESEDA R421-9)
    Given a viability_opinion request filed by mandatary-durand
    Then the clock T5 has:
      | path               | value                    |
      | state              | not_running              |
      | length             | aucun                    |
      | effect             | le silence est sans effet |
      | for_administration | no                       |
      | unconfirmed        | …Aucun délai n'est prévu par les articles lus…      |

  Scenario: T6: the receipt of an electronic filing leaves at once (CRPA R112-11-2 al. 1)
    Given an introduction_permanent request filed by employer-acme
    Then the clock T6 has:
      | path               | value      |
      | state              | ended      |
      | starts_on          | 2026-11-02 |
      | expires_on         | 2026-11-03 |
      | for_administration | no         |
      | sentence           | Demande enregistrée le 2 novembre 2026 ; accusé d'enregistrement envoyé le 2 novembre 2026, à l'instant du dépôt. |

  Scenario: T7: the acknowledgement leaves within ten working days of the competent administration (CRPA R112-11-2 al. 2)
    Given an introduction_permanent request filed by employer-acme
    Then the clock T7 has:
      | path               | value      |
      | state              | ended      |
      | starts_on          | 2026-11-02 |
      | expires_on         | 2026-11-17 |
      | for_administration | no         |
      | effect             | …les délais de recours ne sont pas opposables (CRPA L112-12)… |
      | sentence           | …accusé de réception envoyé le 2 novembre 2026… |

  Scenario: T7: nothing is due before the competent administration holds the request (CRPA R112-11-2 al. 2)
    Given today is 2018-05-14
    And an introduction_permanent request filed by employer-acme with:
      | pointer            | value      |
      | /request/job/start | 2018-10-01 |
    Then the clock T7 has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | la demande n'est pas encore parvenue à l'administration compétente (CRPA R112-11-2) |

  Scenario: The acknowledgement says everything it must (CRPA R112-11-1, CRPA R112-5)
    Given an introduction_permanent request filed by employer-acme
    Then the fact AcknowledgementIssued has:
      | path                 | value                                             |
      | received_on          | 2026-11-02                                        |
      | contact.phone        | 04 65 71 00 63                                    |
      | silence_effect       | reject                                            |
      | implicit_decision_on | 2027-01-02                                        |
      | remedies.tribunal    | tribunal administratif de Lyon                    |
      | remedies.text        | …le silence gardé jusqu'au 2 janvier 2027 vaudra… |
      | complete             | yes                                               |

  Scenario: The acknowledgement names what is missing, and dates no acceptance meanwhile (CRPA R112-11-4)
    Given an asylum_seeker request filed by employer-acme with /documents/1 = absent
    Then the fact AcknowledgementIssued has:
      | path                 | value |
      | silence_effect       | grant |
      | missing_items.count  | 1     |
      | implicit_decision_on | none  |

  Scenario: Items asked for are due on a day, after which the request is judged as it is (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    Then the clock MISSING_ITEMS of M1 has:
      | path       | value      |
      | state      | running    |
      | length     | 30 jours   |
      | expires_on | 2026-12-02 |
      | sentence   | 1 pièce demandée le 2 novembre 2026, à produire au plus tard le 2 décembre 2026. |

  Scenario: A partial answer leaves the delay suspended (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer      | value  |
      | /documents/1 | absent |
      | /documents/0 | absent |
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}, {"item": "passport"}], "delay_days": 30}
      """
    And the day is 2026-11-10
    And employer-acme has given "supply-missing-items" with:
      """
      {"request": "M1", "documents": [$document:passport]}
      """
    Then the clock T1 has:
      | path       | value      |
      | state      | suspended  |
      | expires_on | 2027-02-01 |

  Scenario: An opinion is expected and suspends nothing (CT L5221-7)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "URSSAF", "question": "L'employeur est-il à jour de ses cotisations ?", "due_on": "2026-11-17"}
      """
    Then the clock OPINION of O1 has:
      | path               | value      |
      | state              | running    |
      | expires_on         | 2026-11-17 |
      | for_administration | no         |
      | sentence           | …il ne suspend pas le délai de décision… |
    And the clock T1 has:
      | path              | value      |
      | suspensions.count | 0          |
      | expires_on        | 2027-01-02 |

  Scenario: A decision left unread is notified as of the day it was made available (CRPA R112-20)
    Given a request refused on pay
    And decision D1 is made available
    Then the clock DEEMED_NOTIFICATION of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-02 |
      | length     | 15 jours   |
      | expires_on | 2026-11-17 |
      | effect     | la décision est réputée notifiée au jour de sa mise à disposition |
      | unconfirmed.0 | …aucun accord à la notification électronique n'est enregistré… |

  Scenario: T8: the reasons of an implicit refusal are due within the month (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And the day is 2027-01-31
    And employer-acme has given "request-reasons" with:
      """
      {"decision": "D1"}
      """
    Then the clock T8 of D1 has:
      | path               | value      |
      | state              | running    |
      | starts_on          | 2027-01-31 |
      | length             | un mois    |
      | expires_on         | 2027-02-28 |
      | for_administration | yes        |
      | effect             | sans motifs communiqués, la décision implicite est illégale |

  Scenario: T8: without reasons after a month the limit to sue does not run at all (CRPA L232-4, CJA R421-1)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And the day is 2027-01-31
    And employer-acme has given "request-reasons" with:
      """
      {"decision": "D1"}
      """
    And the day is 2027-03-01
    Then the clock T8 of D1 has:
      | path  | value   |
      | state | expired |
    And the clock T12 of D1 for the employer has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | les motifs demandés le 31 janvier 2027 n'ont pas été communiqués dans le délai d'un mois, ce qui rend la décision illégale (CRPA L232-4) |

  Scenario: T9: a grant may be withdrawn for four months (CRPA L242-1)
    Given an introduction_permanent request granted
    Then the clock T9 of D1 has:
      | path       | value       |
      | state      | running     |
      | starts_on  | 2026-11-02  |
      | length     | quatre mois |
      | expires_on | 2027-03-02  |
      | articles   | CRPA L242-1, CRPA L241-2, CRPA L242-2 |

  Scenario: A medical certificate is due within three months of a permit (CT L5221-5)
    Given an introduction_permanent request granted
    Then the clock MEDICAL_CERTIFICATE of D1 has:
      | path       | value      |
      | length     | trois mois |
      | expires_on | 2027-02-02 |
      | effect     | sans certificat, l'autorisation peut être retirée |

  Scenario: T10: an administrative appeal is lodged within the limit to sue (CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    Then the clock T10 of D1 for the employer has:
      | path        | value      |
      | state       | running    |
      | starts_on   | 2026-11-05 |
      | expires_on  | 2027-01-06 |
      | sentence    | Décision D1 notifiée le 5 novembre 2026 ; délai franc de deux mois, jusqu'au 6 janvier 2027 inclus. |
      | unconfirmed | …délai franc et report au jour ouvrable… |

  Scenario: T11: silence on a gracious appeal, judged on the law and facts of the day of the answer (CRPA L411-7, CRPA L411-4)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-31
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "Le salaire sera relevé à 2 400 euros bruts par mois."}
      """
    Then the clock T11 of A1 has:
      | path               | value      |
      | state              | running    |
      | starts_on          | 2026-12-31 |
      | expires_on         | 2027-02-28 |
      | for_administration | yes        |
      | sentence           | …Il y sera répondu selon le droit et les faits du jour de la réponse (CRPA L411-4).… |

  Scenario: T11: a hierarchical appeal goes to the minister (CRPA L411-7, CT R5221-19)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And the day is 2026-12-01
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Le métier figure sur la liste régionale."}
      """
    Then the clock T11 of A1 has:
      | path               | value                                            |
      | expires_on         | 2027-02-01                                       |
      | for_administration | no                                               |
      | sentence           | …Recours hiérarchique A1 adressé au ministre… |

  Scenario: T11: the rejection of an appeal against a silence must be reasoned (CRPA L411-5)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Personne ne nous a répondu."}
      """
    Then the clock T11 of A1 has:
      | path     | value                                              |
      | sentence | …un rejet exprès devra être motivé (CRPA L411-5)… |

  Scenario: T11: the rejection of an appeal against a reasoned refusal needs no reasons of its own (CRPA L411-5)
    Given a request refused on pay
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Le métier figure sur la liste régionale."}
      """
    Then the clock T11 of A1 has:
      | path     | value                                                                |
      | sentence | …jour de la réponse (CRPA L411-4).… |

  Scenario: T12: the court is seized within two months of the notification (CJA R421-1)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | length     | deux mois  |
      | expires_on | 2027-01-06 |
      | articles   | CJA R421-1, CJA R421-2, CJA R421-5, CJA R421-7 |
    And the clock T12 of D1 for the worker has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | …n'a pas encore été consultée par l'étranger… |

  Scenario: T12: an appeal lodged in time interrupts the limit, a second one of the same kind does not (CRPA L411-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Le métier figure sur la liste régionale."}
      """
    And the day is 2027-01-06
    And manager-63 has given "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Nous insistons : le métier est en tension."}
      """
    Then the appeal A2 has:
      | path    | value |
      | in_time | yes   |
    And the clock T12 of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2027-01-05 |
      | expires_on | 2027-03-08 |

  Scenario Outline: T12: an express rejection notified after the silence, decided on <decided> (CJA R421-2)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "arguments": "Le métier figure sur la liste régionale."}
      """
    And the day is 2027-01-06
    And manager-63 has given "record-appeal-silence" with:
      """
      {"appeal": "A1"}
      """
    And the day is 2027-03-20
    And manager-63 has given "decide-appeal" with:
      """
      {"appeal": "A1", "outcome": "rejected", "decided_on": "<decided>", "notified_on": "2027-03-15",
       "summary": "Le ministre confirme le refus."}
      """
    Then the clock T12 of D1 for the employer has:
      | path       | value     |
      | starts_on  | <start>   |
      | expires_on | <expires> |

    Examples: rejected by silence on 5 January; the limit so reopened ends on 8 March, the 6th being a Saturday; Whit Monday
      | decided    | start      | expires    |
      | 2027-03-08 | 2027-03-15 | 2027-05-18 |
      | 2027-03-09 | 2027-01-05 | 2027-03-08 |

  Scenario: T12: a worker abroad has two months more (CJA R421-7)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the worker
    Then the clock T12 of D1 for the worker has:
      | path       | value                                                                             |
      | length     | deux mois, augmenté de deux mois pour un destinataire demeurant à l'étranger (CJA R421-7) |
      | expires_on | 2027-03-08                                                                        |

  Scenario: T12: limits do not run against an implicit refusal before the acknowledgement says it all (CJA R421-5)
    Given a request refused on pay
    Then the clock T12 of D1 for the employer has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | la décision D1 n'a pas été notifiée à l'employeur (CJA R421-1) |

  Scenario: The postmark of a letter is what counts for the limit (CRPA L112-1)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-05
    And decision D1 is read by the employer
    And the day is 2027-01-11
    When agent-63 gives "lodge-appeal" with:
      """
      {"kind": "hierarchical", "against": "D1", "lodged_by": "employer", "posted_on": "2027-01-06",
       "received_on": "2027-01-11", "arguments": "Le métier figure sur la liste régionale."}
      """
    Then the fact AppealLodged has:
      | path                  | value      |
      | in_time               | yes        |
      | posted_on             | 2027-01-06 |
      | implicit_rejection_on | 2027-03-11 |

  Scenario: T13: the reasonable period needs a decision that is known (CE Ass. 13 juillet 2016 n° 387763)
    Given a request refused on pay
    Then the clock T12 of D1 for the worker has:
      | path  | value       |
      | state | not_running |
    And there is no clock T13

  Scenario: T14: the employer has the title of a worker living in France checked before hiring (CT R5221-41)
    Given a change_of_status request granted
    Then the clock T14 of D1 for the employer has:
      | path               | value      |
      | state              | running    |
      | expires_on         | 2027-02-26 |
      | for_administration | no         |
      | articles           | CT R5221-41, CT R5221-42 |
      | effect             | le silence du préfet vaut accomplissement de l'obligation de vérification |

  Scenario: T14: a student beyond the yearly hours needs a permit, no declaration (CT R5221-27)
    Given a student_above_quota request filed by employer-acme
    Then the clock T14_STUDENT for the employer has:
      | path            | value       |
      | state           | not_running |
      | why_not_running | …soumis à autorisation (CT R5221-3 II)… |

  Scenario: T15: time to observe before a withdrawal; no text gives a number of days (CRPA L122-1)
    Given an introduction_permanent request granted
    And agent-63 has given "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "fraud",
       "grounds": "L'autorisation a été délivrée sur la foi d'une attestation inexacte."}
      """
    Then the clock T15 of H1 has:
      | path               | value      |
      | state              | running    |
      | length             | 15 jours   |
      | expires_on         | 2026-11-17 |
      | for_administration | yes        |
      | unconfirmed        | Délai laissé pour présenter des observations (CRPA L122-1) : le code ne donne aucun chiffre : quinze jours relèvent de la pratique ; date d'effet non lue |

  Scenario: T16: how long a grant may serve for a visa is in no text that we read, and nothing runs
    Given an introduction_permanent request granted
    Then the clock T16 of D1 for the worker has:
      | path               | value          |
      | state              | not_running    |
      | expires_on         | none           |
      | articles           | aucun texte lu |
      | for_administration | no             |
      | why_not_running    | aucun texte lu ne fixe de terme à l'usage d'une autorisation accordée |
      | unconfirmed        | …aucun texte lu ne le confirme… |
