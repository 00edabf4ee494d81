Feature: The formal validity of decisions
  Twelve requirements, F1 to F12, are judged on every decision. What can be judged before the signature forbids it while
  it is broken; what comes after it, the notification, is told as it stands. Nothing is claimed that is not recorded.

  # F1

  Scenario: A refusal gives its reasons in law and in fact (CRPA L211-5)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F1 holds on "CRPA L211-5" saying "Un motif est énoncé"

  Scenario: A decision that grants needs no reasons (CRPA L211-2)
    Given an introduction_permanent request granted
    When auditor reads the validity of decision D1
    Then F1 does not apply on "CRPA L211-2" saying "n'a pas à être motivée"
    And no requirement is a flaw

  Scenario: A refusal born of silence has neither reasons nor signatory (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When auditor reads the validity of decision D1
    Then F1 does not apply on "CRPA L211-5" saying "à qui les demande (CRPA L232-4)"
    And F2 does not apply on "principe de l'examen particulier" saying "Le silence n'est pas un examen"
    And F3 does not apply on "CT R5221-17" saying "n'a pas de signataire"
    And F4 does not apply on "CRPA L212-1" saying "n'a pas de signataire"
    And F5 does not apply on "CRPA L212-3" saying "n'a pas de signataire"
    And F6 holds on "CRPA R112-11-1" saying "devant le tribunal administratif de Lyon"
    And F7 does not apply on "CT R5221-17" saying "il résulte de l'accusé de réception"
    And F10 does not apply on "CRPA L311-3-1" saying "Aucun traitement algorithmique"

  Scenario Outline: What another body establishes is proved, or is no ground: <criterion> (CRPA L211-5; CAA Toulouse, 24TL02355)
    Given <procedure> request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but <criterion> is not met because "L'entreprise aurait été condamnée après un accident."
    When agent-63 gives "propose" with:
      """
      {"kind": "<kind>", "explanation": "L'accident de 2020 a révélé un défaut de formation et des engins non vérifiés.",
       "reasons": [{"criterion": "<criterion>", "fact": "Une condamnation pénale aurait suivi l'accident de novembre 2020."}]}
      """
    Then it is refused with 409 "ground_needs_evidence" naming "CAA Toulouse, 18 novembre 2025, n° 24TL02355"

    Examples: a conviction that did not exist founded the refusal that the court annulled
      | procedure                 | criterion         | kind          |
      | an introduction_permanent | employer_record   | refusal       |
      | an introduction_permanent | employer_offences | refusal       |
      | an internship_agreement   | internship_host   | stamp_refusal |

  Scenario: An exhibit proves the ground (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but employer_record is not met because "Trois sanctions administratives en 2026."
    And a refusal is proposed on employer_record because "Trois sanctions administratives en matière de santé au travail."
    And the proposal is signed by signatory-63
    When auditor reads the validity of decision D1
    Then F1 holds on "CRPA L211-5" saying "Un motif est énoncé"
    And the decision D1 has:
      | path                                 | value |
      | signed.reasons.0.exhibits.0.document | P3    |

  Scenario Outline: The opinion of the body proves the ground only if it is adverse: <adverse> (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-opinion" with:
      """
      {"body": "inspection du travail", "criterion": "employer_record", "question": "Des sanctions ont-elles été prononcées ?"}
      """
    And agent-63 has given "record-opinion" with:
      """
      {"opinion": "O1", "adverse": <adverse>, "finding": "Constats de l'année 2026."}
      """
    And every condition is assessed, but employer_record is not met because "Trois sanctions administratives en 2026."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "employer_record", "fact": "Trois sanctions administratives en 2026."}]}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | adverse | status | path          | told                  |
      | true    | 200    | events.0.type | DecisionProposed      |
      | false   | 409    | code          | ground_needs_evidence |

  # F2

  Scenario: Each condition was assessed by an agent (principe de l'examen particulier)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F2 holds on "principe de l'examen particulier" saying "conditions ont été appréciées par un agent identifié, en dernier lieu le 2 novembre 2026"

  Scenario: A decision keeps its own examination when an appeal opens another (principe de l'examen particulier)
    Given a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "against": "D1", "arguments": "La rémunération sera portée au minimum de la convention."}
      """
    When auditor reads the validity of decision D1
    Then F2 holds on "principe de l'examen particulier" saying "en dernier lieu le 2 novembre 2026"

  # F3

  Scenario: The signatory holds a published delegation (CE, avis, 5 juillet 2013, n° 365886)
    Given a request refused on pay
    When legal-69 reads the validity of decision D1
    Then F3 holds on "CE, avis, 5 juillet 2013, n° 365886" saying "La délégation n° 2021-063-001, publiée le 1er janvier 2011"

  Scenario Outline: Before signing, the signatory is told that the delegation <why> (CE, avis, 5 juillet 2013, n° 365886)
    Given an administration of its own
    And the only delegation of signatory-63 has <member> = <value>
    And an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 reads the validity of the proposal
    Then F3 is a flaw on "CT R5221-17" saying "<why>"
    And the flaw of F3 is refused as "no_delegation_in_force"
    And the answer has:
      | path         | value                  |
      | refusal.code | no_delegation_in_force |

    Examples: on 2 November 2026
      | member       | value       | why                                       |
      | starts_on    | 2026-11-03  | ne prend effet que le 3 novembre 2026     |
      | ends_on      | 2026-11-01  | a pris fin le 1er novembre 2026           |
      | published_on | null        | n'est pas publiée                         |
      | acts         | ["refusal"] | ne couvre pas les autorisations accordées |
      | departments  | ["42"]      | ne couvre pas le département 69           |

  Scenario Outline: A delegation whose <member> is <value> still covers the second of November (CE, avis, 5 juillet 2013, n° 365886)
    Given an administration of its own
    And the only delegation of signatory-63 has <member> = <value>
    And an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 reads the validity of the proposal
    Then F3 holds on "CE, avis, 5 juillet 2013, n° 365886" saying "La délégation n° 2026-063-009"
    And the answer has:
      | path    | value |
      | refusal | none  |

    Examples: first and last day
      | member       | value      |
      | starts_on    | 2026-11-02 |
      | ends_on      | 2026-11-02 |
      | published_on | 2026-11-02 |

  Scenario: A delegation that ends later does not undo what was signed under it (CE, avis, 5 juillet 2013, n° 365886)
    Given an administration of its own
    And the only delegation of signatory-63 has ends_on = 2026-11-02
    And an introduction_permanent request granted
    And the day is 2026-12-01
    When auditor reads the validity of decision D1
    Then F3 holds on "CE, avis, 5 juillet 2013, n° 365886" saying "est en vigueur et couvre les autorisations accordées"

  Scenario: Whoever does not sign is told that the delegation will be verified (CE, avis, 5 juillet 2013, n° 365886)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When agent-63 reads the validity of the proposal
    Then F3 is pending on "CE, avis, 5 juillet 2013, n° 365886" saying "sera vérifiée au jour de la signature"
    And F4 is pending on "CRPA L212-1" saying "sera nommé à la signature"

  # F4, F5

  Scenario: The author is named with quality and service (CRPA L212-1, L212-2)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F4 holds on "CRPA L212-1" saying "Hélène Vasseur, Cheffe de la plateforme (Plateforme de main-d'œuvre étrangère de Clermont-Ferrand)"

  Scenario: No certificate signs the act, and nobody says that one does (CRPA L212-3)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F5 is pending on "CRPA L212-3" saying "sans signature électronique certifiée au sens de CRPA L212-3"

  Scenario: The signature is dispensed with when the teleservice notifies (CRPA L212-2 1°; CRPA L212-3)
    Given a request refused on pay
    And decision D1 is made available
    When auditor reads the validity of decision D1
    Then F5 holds on "CRPA L212-2 1°" saying "notifiée par le téléservice, la décision en est dispensée"

  Scenario: Nothing dispenses a decision sent by post from its signature (CRPA L212-3)
    Given a request refused on pay
    And decision D1 is made available by post
    When auditor reads the validity of decision D1
    Then F5 is a flaw on "CRPA L212-3" saying "la signature manuscrite qu'elle doit porter n'est pas enregistrée"
    And the flaw of F5 is refused as "signature_not_established"
    And F9 does not apply on "CRPA R112-17" saying "par voie postale"

  # F6

  Scenario: The notice names the remedies, their limits and the court (CJA R421-5)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F6 holds on "CJA R421-5" saying "devant le tribunal administratif de Lyon"

  Scenario: An opinion is not contested by itself (CJA R421-5)
    Given a viability_opinion request filed by mandatary-durand
    And the case is under examination by agent-63
    And every condition is assessed as met
    And an opinion_favourable is proposed
    When agent-63 reads the validity of the proposal
    Then F6 does not apply on "CJA R421-5" saying "Un avis prépare une décision"

  # F7, F8, F9

  Scenario: The employer and the foreigner are both notified, and the decision binds each from then (CT R5221-17, CRPA L221-8)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-04
    And decision D1 is read by the employer
    When auditor reads the validity of decision D1
    Then F7 is pending on "CT R5221-17" saying "La notification reste à prouver à l'égard de l'étranger"
    And F8 is pending on "CRPA L221-8" saying "n'est opposable qu'à l'employeur depuis le 4 novembre 2026"

  Scenario: Both have read: the decision binds both, each from their own day (CT R5221-17, CRPA L221-8)
    Given a request refused on pay
    And decision D1 is made available
    And the day is 2026-11-04
    And decision D1 is read by the employer
    And the day is 2026-11-06
    And decision D1 is read by the worker
    When auditor reads the validity of decision D1
    Then F7 holds on "CT R5221-17" saying "La décision est notifiée à l'employeur et à l'étranger."
    And F8 holds on "CRPA L221-8" saying "à l'employeur depuis le 4 novembre 2026 ; à l'étranger depuis le 6 novembre 2026"

  Scenario: Before any notification the decision binds nobody (CRPA L221-8)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F7 is pending on "CT R5221-17" saying "de l'employeur et de l'étranger"
    And F8 is pending on "CRPA L221-8" saying "n'est encore opposable à personne"
    And F9 is pending on "CRPA R112-17" saying "n'a pas encore été mise à disposition"

  Scenario: Without an agreement on record, electronic notification is a flaw (CRPA R112-17)
    Given a request refused on pay
    And employer-acme has given "record-consent"
    And decision D1 is made available
    When auditor reads the validity of decision D1
    Then F9 is a flaw on "CRPA R112-17" saying "L'accord de l'étranger à la notification électronique n'est pas enregistré"
    And the flaw of F9 is refused as "consent_not_recorded"

  Scenario: Both agreed before the decision was made available (CRPA R112-17)
    Given a request refused on pay
    And employer-acme has given "record-consent"
    And agent-63 has given "record-consent" with:
      """
      {"addressee": "worker"}
      """
    And decision D1 is made available
    When auditor reads the validity of decision D1
    Then F9 holds on "CRPA L112-15" saying "L'accord de l'employeur et de l'étranger"
    And the fact ElectronicNotificationAccepted has:
      | path        | value        |
      | addressee   | worker       |
      | accepted_on | 2026-11-02   |
      | @articles   | CRPA R112-17 |
      | @sentence   | Accord de l'étranger à la notification électronique des décisions. |

  Scenario: An agreement that comes after the notification mends nothing (CRPA R112-17)
    Given a request refused on pay
    And agent-63 has given "record-consent" with:
      """
      {"addressee": "worker"}
      """
    And decision D1 is made available
    And the day is 2026-11-03
    And employer-acme has given "record-consent"
    When auditor reads the validity of decision D1
    Then F9 is a flaw on "CRPA R112-17" saying "L'accord de l'employeur"

  Scenario: An agreement is recorded once (CRPA R112-17)
    Given a request refused on pay
    And employer-acme has given "record-consent"
    When employer-acme gives "record-consent"
    Then it is refused with 409 "consent_already_recorded" naming "depuis le 2 novembre 2026"

  Scenario: Nobody agrees for another (CRPA R112-17)
    Given a request refused on pay
    When employer-acme gives "record-consent" with:
      """
      {"addressee": "worker"}
      """
    Then the answer has:
      | path | value            |
      | code | not_an_addressee |

  # F10

  Scenario: A decision prepared with the engine says so, with every rule applied (CRPA L311-3-1, R311-3-1-1)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F10 holds on "CRPA R311-3-1-1" saying "sa finalité et les règles appliquées"

  # F11

  Scenario: A decision on a request needs no prior hearing (CRPA L121-1)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F11 does not apply on "CRPA L121-1" saying "La décision statue sur une demande"

  Scenario: A withdrawal says what came of the hearing (CRPA L121-1, L122-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And employer-acme has given "receive-observations" with:
      """
      {"hearing": "H1", "text": "La signature est bien celle de notre directrice.", "assisted": true}
      """
    And the day is 2026-12-17
    And signatory-63 has given "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    When auditor reads the validity of decision D2
    Then F11 holds on "CRPA L122-1" saying "invitées le 1er décembre 2026 à présenter leurs observations jusqu'au 16 décembre 2026 ; l'employeur a présenté des observations ; l'étranger n'a pas présenté d'observations."
    And F1 holds on "CRPA L211-2" saying "Les faits et les considérations de droit"
    And F10 does not apply on "CRPA L311-3-1" saying "Aucun traitement algorithmique"

  Scenario: The parties are told that they may write, be heard, be assisted and have the file (CRPA L122-2)
    Given an introduction_permanent request granted
    When agent-63 gives "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "fraud",
       "grounds": "Le contrat joint porte une signature que l'employeur conteste."}
      """
    Then the fact PriorHearingOpened has:
      | path   | value                                                                 |
      | rights | …vous faire assister par un conseil ou représenter par un mandataire… |
    And the fact PriorHearingOpened has:
      | path   | value                                                      |
      | rights | …demander communication de votre dossier (CRPA L122-2).… |

  Scenario: Nothing is signed while a party that asked to be heard has not been (CRPA L122-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And employer-acme has given "receive-observations" with:
      """
      {"hearing": "H1", "text": "Nous demandons à être entendus.", "asks_to_be_heard": true}
      """
    And the day is 2026-12-17
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then it is refused with 409 "oral_observations_pending" naming "L'employeur a demandé à présenter des observations orales"

  Scenario: A party that was heard no longer waits (CRPA L122-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And employer-acme has given "receive-observations" with:
      """
      {"hearing": "H1", "text": "Nous demandons à être entendus.", "asks_to_be_heard": true}
      """
    And agent-63 has given "receive-observations" with:
      """
      {"hearing": "H1", "addressee": "employer", "text": "La directrice confirme sa signature.", "oral": true, "assisted": true}
      """
    And the day is 2026-12-17
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    Then the last fact is PermitWithdrawn
    And the fact PermitWithdrawn has:
      | path                   | value                       |
      | decision.prior_hearing | …l'employeur a été entendu… |
    And the fact ObservationsReceived has:
      | path      | value                                                                                              |
      | oral      | yes                                                                                                |
      | @sentence | Observations orales de l'employeur, assisté ou représenté, reçues le 1er décembre 2026 (procédure H1). |

  Scenario Outline: An abusive request to be heard is set aside in <length> characters (CRPA L122-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    And employer-acme has given "receive-observations" with:
      """
      {"hearing": "H1", "text": "Nous demandons encore à être entendus.", "asks_to_be_heard": true}
      """
    And the day is 2026-12-17
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé.",
       "unheard_because": "<why>"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: forty at least
      | length | why                                      | status | path          | told                      |
      | 39     | Cinquième demande d'audition en un mois | 409    | code          | oral_observations_pending |
      | 40     | Cinquième demande d'audition en un mois. | 200    | events.0.type | PermitWithdrawn           |

  Scenario: The service records what is said, not the party (CRPA L122-1)
    Given an introduction_permanent request granted
    And a hearing for withdrawal on the ground of fraud was opened on 2026-12-01
    When employer-acme gives "receive-observations" with:
      """
      {"hearing": "H1", "text": "Nous avons été entendus.", "oral": true}
      """
    Then it is refused with 403 "oral_recorded_by_service"

  Scenario Outline: <exception> dispenses with the hearing, and the act says so (CRPA L121-2)
    Given an introduction_permanent request granted
    And signatory-63 has given "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé.",
       "without_hearing": {"exception": "<exception>", "legal_basis": "fraud",
        "because": "L'autorisation sert à l'entrée, prévue demain, de douze personnes sans contrat."}}
      """
    When auditor reads the validity of decision D2
    Then F11 holds on "CRPA L121-2" saying "<told>"
    And the fact PermitWithdrawn has:
      | path        | value       |
      | hearing     | none        |
      | legal_basis | CRPA L241-2 |

    Examples:
      | exception    | told                                          |
      | urgency      | en cas d'urgence ou de circonstances          |
      | public_order | de nature à compromettre l'ordre public       |

  Scenario Outline: The circumstances that dispense with a hearing are told in <length> characters (CRPA L121-2)
    Given an introduction_permanent request granted
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé.",
       "without_hearing": {"exception": "urgency", "legal_basis": "fraud", "because": "<because>"}}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: forty at least
      | length | because                                  | status | path          | told                    |
      | 39     | Leur entrée en France est prévue demain | 422    | code          | exception_needs_reasons |
      | 40     | Leur entrée en France est prévue demain. | 200    | events.0.type | PermitWithdrawn         |

  Scenario: Urgency does not reopen the four months (CRPA L242-1, L121-2)
    Given an introduction_permanent request granted
    And the day is 2027-03-03
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat signé prévoit un salaire inférieur au SMIC depuis l'embauche.",
       "reasons": [{"criterion": "pay", "fact": "Le contrat signé prévoit 1 700 euros bruts par mois."}],
       "without_hearing": {"exception": "urgency", "legal_basis": "illegality",
        "because": "Le salarié doit entrer en France demain avec ce contrat."}}
      """
    Then it is refused with 409 "withdrawal_window_over" naming "2 mars 2027"

  Scenario: A grant born of silence creates rights too: no withdrawal without a hearing (CRPA L121-1, L242-1; CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "L'OFPRA avait statué avant le terme du délai de six mois, ce que la demande taisait."}
      """
    Then it is refused with 409 "prior_hearing_missing" naming "D1"

  Scenario Outline: A grant born of silence on 2 January is withdrawn within four months of that day: <day> (CRPA L242-1)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And a hearing for withdrawal on the ground of illegality was opened on 2027-02-01
    And the day is <day>
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "L'OFPRA avait statué avant le terme du délai de six mois, ce que la demande taisait.",
       "reasons": [{"criterion": "asylum_delay", "fact": "L'OFPRA a rejeté la demande le 1er juin 2026."}]}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                   |
      | 2027-05-02 | 200    | events.0.type | PermitWithdrawn        |
      | 2027-05-03 | 409    | code          | withdrawal_window_over |

  # F12

  Scenario Outline: A refusal on a <procedure> request cites <articles> (CT R5221-3 II, CESEDA L554-1)
    Given a <procedure> request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but <criterion> is not met because "La pièce produite établit le contraire."
    And a refusal is proposed on <criterion> because "La pièce produite établit que la condition n'est pas remplie."
    And the proposal is signed by signatory-63
    When auditor reads the validity of decision D1
    Then F12 holds on "<article>" saying "<articles>"
    And the decision D1 has:
      | path               | value      |
      | signed.legal_bases | <articles> |

    Examples:
      | procedure           | criterion      | article       | articles                     |
      | student_above_quota | student_course | CT R5221-3 II | CT R5221-3 II                |
      | asylum_seeker       | asylum_delay   | CESEDA L554-1 | CT R5221-3 II, CESEDA L554-1 |

  Scenario: No special basis is asked of an ordinary refusal (CT R5221-3 II)
    Given a request refused on pay
    When auditor reads the validity of decision D1
    Then F12 does not apply on "CT R5221-3 II" saying "Aucun fondement particulier"

  # Closure

  Scenario: A case whose every condition could be assessed is decided, not closed (CRPA L114-5-1)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And every condition is assessed as met
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2026-12-03
    When agent-63 gives "propose" with:
      """
      {"kind": "closure", "explanation": "L'attestation demandée n'est pas parvenue."}
      """
    Then it is refused with 409 "closure_needs_indispensable_item" naming "CRPA L114-5-1"

  Scenario Outline: No case is closed for items that <what> asks for: <answer> (CRPA L114-5)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "photo", "label": "Programme des locaux", "required_by": "<by>"}], "delay_days": 10}
      """
    And the day is 2026-11-16
    When agent-63 gives "propose" with:
      """
      {"kind": "closure", "explanation": "La pièce demandée n'est pas parvenue."}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value    |
      | <path> | <answer> |

    Examples: a closure supposes items that a text requires
      | what          | by               | status | path          | answer                           |
      | practice only | usage du service | 409    | code          | closure_needs_indispensable_item |
      | a text        | CESEDA R426-19   | 200    | events.0.type | DecisionProposed                 |

  Scenario: A closure is reasoned by the items that a text requires, signed and open to appeal (CRPA L114-5, L211-2)
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
    When auditor reads the validity of decision D1
    Then F1 holds on "CRPA L211-2" saying "La clôture indique les pièces restées manquantes : Attestation"
    And F2 does not apply on "principe de l'examen particulier" saying "ne repose pas sur l'appréciation des conditions"
    And F3 holds on "CE, avis, 5 juillet 2013, n° 365886" saying "couvre les clôtures"
    And F6 holds on "CJA R421-5" saying "devant le tribunal administratif de Lyon"

  # Who reads

  Scenario: A proposal without a flaw may be signed as it is
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 reads the validity of the proposal
    Then no requirement is a flaw
    And the answer has:
      | path    | value      |
      | kind    | grant      |
      | on      | 2026-11-02 |
      | refusal | none       |

  Scenario: What silence has granted since the proposal is told before the signature (CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the day is 2027-01-03
    When signatory-63 reads the validity of the proposal
    Then the answer has:
      | path           | value                                                  |
      | refusal.code   | granted_by_silence                                     |
      | refusal.title  | Une décision implicite d'acceptation est déjà née.        |
      | refusal.detail | …Le silence vaut acceptation depuis le 2 janvier 2027… |

  Scenario: Nothing is previewed while nothing is proposed
    Given an introduction_permanent request filed by employer-acme
    When agent-63 reads the validity of the proposal
    Then it is refused with 409 "status_forbids" naming "« À signer »"

  Scenario Outline: <who> is not told that the validity of a decision is judged
    Given a request refused on pay
    And decision D1 is made available
    When <who> reads the validity of decision D1
    Then the answer is <status>

    Examples: those who file, another platform, and nobody
      | who           | status |
      | employer-acme | 404    |
      | agent-84      | 404    |
      | nobody        | 401    |

  Scenario: A decision that the case does not hold is not found
    Given a request refused on pay
    When auditor reads the validity of decision D7
    Then it is refused with 404 "not_found"
