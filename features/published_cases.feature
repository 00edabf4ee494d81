Feature: Published cases, replayed
  Decisions of courts on permits to work, with their dates, grounds, paths and courts. What the decision does not report is
  invented and said so; what was not read of an outcome is not invented: the case then ends with proceedings pending.

  # C-01: CAA Toulouse, 18 novembre 2025, n° 24TL02355. The days of the request and of the refusal are not reported.

  Scenario: C-01: a conviction that nothing proves is no ground of refusal, as the court found (CT R5221-20 2° b), CRPA L211-5)
    Given the request of c-01 is filed on 2022-01-10
    And every condition is assessed, but employer_record is not met because "L'entreprise aurait été condamnée après un accident."
    And the day is 2022-03-01
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "employer_record",
       "fact": "L'entreprise aurait été condamnée pénalement après l'accident de novembre 2020."}]}
      """
    Then it is refused with 409 "ground_needs_evidence" naming "24TL02355"

  Scenario: C-01: the tribunal rejects, the court annuls judgment and refusal for an error of fact (CJA R811-1, CT R5221-20 2° b))
    Given the request of c-01 is filed on 2022-01-10
    And on 2022-03-01 the request is refused on employer_record because "Manquements graves à la sécurité après l'accident de novembre 2020, condamnation pénale.", on the opinion of the labour inspection
    And what decision D1 says is noted
    And on 2022-04-20 the employer lodges an annulment before Nîmes, n° 2201234
    And on 2024-07-04 L1 ends as rejected: "Les manquements graves sont regardés comme établis."
    And on 2024-09-04 the employer lodges an appeal before Toulouse, n° 24TL02355
    And the day is 2025-11-18
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "annulled", "judged_on": "2025-11-18", "notified_on": "2025-11-18",
       "flaws": ["error_of_fact"], "summary": "Faits non établis : aucune condamnation n'a été prononcée."}
      """
    Then the fact JudgmentRecorded has:
      | path              | value         |
      | outcome           | annulled      |
      | judgment_annulled | yes           |
      | flaws             | error_of_fact |
    And the fact RequestRefused has:
      | path                            | value             |
      | decision.reasons.0.rule.article | CT R5221-20 2° b) |
      | decision.reasons.0.rule.since   | 2021-05-01        |
      | decision.competent_prefect      | préfet du Gard    |
      | decision.deciding_prefect       | préfet du Puy-de-Dôme |
    And the litigation L1 has:
      | path  | value                         |
      | court | tribunal administratif de Nîmes |
    And the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L2    |
    And the case has:
      | path       | value |
      | stage.kind | court |
      | stage.ref  | L2    |
    And decision D1 says word for word what it said

  # C-03: CAA Lyon, 21 mars 2024, n° 23LY01864. The day of the request and the grounds of the withdrawal are not reported.

  Scenario: C-03: withdrawn on the fifty-third day, inside the window, but nobody was heard (CRPA L242-1, L121-1, L122-1)
    Given the request of c-03 is filed on 2021-06-14
    And the day is 2021-07-12
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    And the day is 2021-09-03
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "L'autorisation a été accordée par erreur : l'offre n'avait pas été publiée trois semaines.",
       "reasons": [{"criterion": "labour_market", "fact": "L'offre n'avait pas été publiée pendant trois semaines."}]}
      """
    Then it is refused with 409 "prior_hearing_missing" naming "CRPA L121-1, L122-1"
    And the decision D1 has:
      | path | value      |
      | on   | 2021-07-12 |
      | live | yes        |

  Scenario: C-03: after a hearing the withdrawal is possible; the tribunal rejects, the appeal is pending (CRPA L242-1, L122-1, CJA R811-1)
    Given the request of c-03 is filed on 2021-06-14
    And the day is 2021-07-12
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    And the day is 2021-08-16
    And agent-63 has given "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "illegality",
       "grounds": "L'offre n'avait pas été publiée pendant trois semaines."}
      """
    And the day is 2021-09-03
    And signatory-63 has given "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Les observations reçues ne remettent pas en cause l'absence de publication de l'offre.",
       "reasons": [{"criterion": "labour_market", "fact": "L'offre n'avait pas été publiée pendant trois semaines."}]}
      """
    And on 2021-10-29 the worker lodges an annulment before Lyon, n° 2108922
    And on 2023-05-09 L1 ends as rejected: "La requête est rejetée."
    When on 2023-05-31 the worker lodges an appeal before Lyon, n° 23LY01864
    Then the fact PermitWithdrawn has:
      | path               | value      |
      | decision.signed_on | 2021-09-03 |
      | hearing            | H1         |
    And the fact LitigationOpened has:
      | path            | value                               |
      | court           | cour administrative d'appel de Lyon |
      | lodged_on       | 2023-05-31                          |
      | main_litigation | L1                                  |
      | represented_by  | ministre chargé de l'immigration    |
    And the litigation L2 has:
      | path    | value |
      | outcome | none  |
    And the decision D2 has:
      | path | value |
      | live | yes   |

  Scenario Outline: C-03: the window to withdraw what was granted on 12 July 2021 closes on 12 November: on <day> (CRPA L242-1)
    Given the request of c-03 is filed on 2021-06-14
    And the day is 2021-07-12
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    And the day is 2021-08-16
    And agent-63 has given "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "illegality",
       "grounds": "L'offre n'avait pas été publiée pendant trois semaines."}
      """
    And the day is <day>
    When signatory-63 gives "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Les observations reçues ne remettent pas en cause l'absence de publication de l'offre.",
       "reasons": [{"criterion": "labour_market", "fact": "L'offre n'avait pas été publiée pendant trois semaines."}]}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                   |
      | 2021-11-12 | 200    | events.0.type | PermitWithdrawn        |
      | 2021-11-13 | 409    | code          | withdrawal_window_over |

  # C-05: CE, 2 février 2026, n° 506904. The day of the request, the number of the claim and the second order are not reported.

  Scenario: C-05: suspended, to be examined again within five days, refused again, suspended again; the minister goes to cassation (CJA L521-1, CJA L911-2, CT R5221-20 5°)
    Given the request of c-05 is filed on 2025-01-06 with:
      | pointer              | value                                                                                                                              |
      | /request/job/posting | {"body": "France Travail", "published_from": "2024-11-15", "published_until": "2024-12-20", "applications": 2, "fitting_candidates": 0} |
    And on 2025-02-24 the request is refused on job_fits_qualifications because "L'emploi de conductrice de ligne est sans rapport avec un master de biologie."
    And on 2025-04-22 the worker lodges an annulment before Rennes, n° 2502781
    And on 2025-07-01 the worker lodges a suspension before Rennes, n° 2502782
    And the day is 2025-07-17
    When legal-69 gives "order-suspension" with:
      """
      {"litigation": "L2", "ordered_on": "2025-07-17", "notified_on": "2025-07-17",
       "injunction": {"kind": "reexamine", "delay_days": 5}, "summary": "Urgence et doute sérieux sur l'adéquation retenue."}
      """
    Then the fact RequestRefused has:
      | path                            | value                     |
      | decision.reasons.0.rule.article | CT R5221-20 5°            |
      | decision.reasons.0.rule.since   | 2024-09-01                |
      | decision.deciding_prefect       | préfet des Côtes-d'Armor  |
    And the first fact LitigationOpened has:
      | path            | value                            |
      | court           | tribunal administratif de Rennes |
      | competent_court | tribunal administratif de Rennes |
      | represented_by  | préfet des Côtes-d'Armor         |
    And the clock INJUNCTION of L2 has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2025-07-17 |
      | expires_on | 2025-07-22 |
      | length     | 5 jours    |
    And the decision D1 has:
      | path         | value |
      | suspended_by | L2    |

  Scenario: C-05: the second refusal takes the place of the first and is suspended in its turn; the cassation is pending (CJA L521-1, CJA R811-10)
    Given the request of c-05 is filed on 2025-01-06 with:
      | pointer              | value                                                                                                                              |
      | /request/job/posting | {"body": "France Travail", "published_from": "2024-11-15", "published_until": "2024-12-20", "applications": 2, "fitting_candidates": 0} |
    And on 2025-02-24 the request is refused on job_fits_qualifications because "L'emploi de conductrice de ligne est sans rapport avec un master de biologie."
    And on 2025-04-22 the worker lodges an annulment before Rennes, n° 2502781
    And on 2025-07-01 the worker lodges a suspension before Rennes, n° 2502782
    And the day is 2025-07-17
    And legal-69 has given "order-suspension" with:
      """
      {"litigation": "L2", "ordered_on": "2025-07-17", "notified_on": "2025-07-17",
       "injunction": {"kind": "reexamine", "delay_days": 5}, "summary": "Urgence et doute sérieux sur l'adéquation retenue."}
      """
    And on 2025-07-25 the request is refused on job_fits_qualifications because "L'emploi reste sans rapport avec le diplôme de biologie."
    And on 2025-07-29 the worker lodges an annulment before Rennes, n° 2505001
    And on 2025-07-29 the worker lodges a suspension before Rennes, n° 2505002
    And on 2025-08-04 the State lodges a cassation before Conseil d'État, n° 506904
    And the day is 2025-08-20
    When legal-69 gives "order-suspension" with:
      """
      {"litigation": "L4", "ordered_on": "2025-08-20", "notified_on": "2025-08-20", "summary": "Même doute sérieux."}
      """
    Then the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | D2    |
    And the decision D2 has:
      | path         | value |
      | live         | yes   |
      | suspended_by | L4    |
      | stage.ref    | L2    |
    And the litigation L5 has:
      | path            | value           |
      | court           | Conseil d'État  |
      | main_litigation | L2              |
      | by_state        | yes             |
      | outcome         | none            |

  # C-07: CE, 3 février 2016, n° 386416. The number before the tribunal and the court, and what the CE ordered, are not reported.

  Scenario: C-07: in 2013 elements are weighed, none decides alone (CT R5221-20 2°, version of 2008)
    Given the request of c-07 is filed on 2013-07-15
    And every condition is assessed, but job_fits_qualifications is not met because "L'emploi est inférieur aux diplômes détenus."
    And the day is 2013-09-25
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "job_fits_qualifications",
       "fact": "L'emploi d'assistante commerciale est inférieur aux diplômes détenus."}]}
      """
    Then it is refused with 409 "discretion_needs_reasons"

  Scenario: C-07: the experience of a side job counts: the condition says so beside the refusal (CE, 3 février 2016, n° 386416)
    Given the request of c-07 is filed on 2013-07-15
    When agent-63 assesses job_fits_qualifications as met because "L'expérience acquise pendant les études répond à l'emploi."
    Then the condition job_fits_qualifications has:
      | path                                  | value          |
      | met                                   | met            |
      | rule.article                          | CT R5221-20 2° |
      | rule.since                            | 2008-05-01     |
      | computed.facts.expérience déclarée    | oui            |

  Scenario: C-07: annulled, the State's appeal rejected, cassation of the State pending (CJA R811-10, CJA R821-1, CT R5221-20 2°)
    Given the request of c-07 is filed on 2013-07-15
    And on 2013-09-25 the request is refused on job_fits_qualifications because "L'emploi est inférieur aux diplômes ; l'expérience n'est qu'un emploi d'étudiante."
    And on 2013-11-04 the worker lodges an annulment before Montreuil, n° 1311001
    And on 2014-02-13 L1 ends as annulled: "L'expérience acquise comme étudiante ne pouvait être écartée."
    And on 2014-04-10 the State lodges an appeal before Versailles, n° 14VE01001
    And on 2014-09-25 L2 ends as rejected: "Le recours du ministre est rejeté."
    When on 2014-12-12 the State lodges a cassation before Conseil d'État, n° 386416
    Then the fact LitigationOpened has:
      | path            | value                                                                   |
      | represented_by  | ministre chargé de l'immigration                                        |
      | main_litigation | L2                                                                      |
      | @sentence       | …contre la décision de justice rendue dans l'instance L2, le 12 décembre 2014…      |
    And the decision D1 has:
      | path     | value |
      | live     | no    |
      | ended_by | L1    |
    And the litigation L3 has:
      | path    | value |
      | outcome | none  |

  # C-08: CE, 27 septembre 2018, n° 419217. What became of the suspension afterwards was not read: it is left pending.

  Scenario: C-08: the urgent judge of Paris holds himself incompetent; his order is annulled (CE, 27 septembre 2018, n° 419217; CJA R312-10, CJA L821-2)
    Given the request of c-08 is filed on 2017-11-06
    And on 2018-01-08 the request is refused on labour_market because "De nombreux demandeurs d'emploi recherchent ce métier dans la région."
    And on 2018-02-20 the worker lodges an annulment before Paris, n° 1803684
    And on 2018-02-20 the worker lodges a suspension before Paris, n° 1803685
    And on 2018-03-09 L2 ends as incompetent: "Le litige relèverait d'un autre tribunal."
    And on 2018-03-23 the worker lodges a cassation before Conseil d'État, n° 419217
    And the day is 2018-09-27
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L3", "outcome": "remitted", "judged_on": "2018-09-27", "notified_on": "2018-09-27",
       "flaws": ["error_of_law"], "summary": "Ordonnance annulée : le tribunal du lieu de travail est compétent ; suite non lue."}
      """
    Then the first fact LitigationOpened has:
      | path            | value                           |
      | court           | tribunal administratif de Paris |
      | competent_court | tribunal administratif de Paris |
    And the litigation L2 has:
      | path    | value                           |
      | court   | tribunal administratif de Paris |
      | outcome | none                            |
    And the decision D1 has:
      | path | value |
      | live | yes   |

  # C-09: CAA Douai, 7 février 2013, n° 12DA00267. The ground is not reported; the outcome on appeal was not read.

  Scenario: C-09: one refusal for sixteen posted workers, annulled; the minister's appeal is pending (CJA R811-10, CT R5221-20 5°)
    Given the request of c-09 is filed on 2011-05-02
    And on 2011-07-07 the request is refused on comparable_terms because "Les conditions d'emploi des salariés détachés ne sont pas comparables."
    And on 2011-08-29 the employer lodges an annulment before Amiens, n° 1102123
    And on 2011-12-13 L1 ends as annulled: "La décision de refus est annulée."
    When on 2012-02-16 the State lodges an appeal before Douai, n° 12DA00267
    Then the case has:
      | path                                          | value                       |
      | request.particulars.workers_in_same_request   | 16                          |
      | routing.competent_prefect                     | préfet de l'Oise            |
      | litigation.0.court                            | tribunal administratif d'Amiens |
      | litigation.1.court                            | cour administrative d'appel de Douai |
      | litigation.1.outcome                          | none                        |
      | stage.ref                                     | L1                          |
    And the fact RequestRefused has:
      | path                            | value          |
      | decision.reasons.0.rule.article | CT R5221-20 5° |
      | decision.reasons.0.rule.since   | 2008-05-01     |

  # C-12: TA Limoges, référé, 24 février (2022 or 2023: the year was not read; 2022 stands for it).

  Scenario: C-12: a file is not closed of its own, without a request whose delay has expired (CRPA L114-5)
    Given the request of c-12 is filed on 2022-01-03
    And the day is 2022-01-20
    When agent-63 gives "propose" with:
      """
      {"kind": "closure", "explanation": "Dossier clos automatiquement par la plateforme en ligne."}
      """
    Then it is refused with 409 "closure_needs_expired_delay" naming "aucune demande de pièces n'est restée sans réponse"

  Scenario: C-12: the closure is suspended; the tribunal of the place of work is competent (CJA L521-1, CJA R312-10)
    Given the request of c-12 is filed on 2022-01-03
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "job_offer_publication_proof"}], "delay_days": 15}
      """
    And the day is 2022-01-20
    And agent-63 has given "propose" with:
      """
      {"kind": "closure", "explanation": "La preuve de publication demandée n'est pas parvenue."}
      """
    And the proposal is signed by signatory-63
    And on 2022-02-10 the employer lodges an annulment before Limoges, n° 2200201
    And on 2022-02-10 the employer lodges a suspension before Limoges, n° 2200202
    And the day is 2022-02-24
    When legal-69 gives "order-suspension" with:
      """
      {"litigation": "L2", "ordered_on": "2022-02-24", "notified_on": "2022-02-24", "summary": "Doute sérieux sur la clôture."}
      """
    Then the fact LitigationOpened has:
      | path            | value                             |
      | court           | tribunal administratif de Limoges |
      | competent_court | tribunal administratif de Limoges |
      | represented_by  | préfet de l'Indre                 |
    And the decision D1 has:
      | path         | value   |
      | kind         | closure |
      | suspended_by | L2      |

  # C-13: CAA Nancy, 28 janvier 2025, n° 23NC01315. A refusal of the permit to work stands for that of the residence permit.

  Scenario: C-13: the labour market is not opposable, a permit is still needed (CT R5221-21, CT R5221-20 5°)
    Given the request of c-13 is filed on 2022-03-01 with:
      | pointer                        | value   |
      | /request/job/pay_monthly_gross | 3000.00 |
    When agent-63 assesses labour_market
    Then the condition labour_market has:
      | path | value          |
      | met  | not_opposable  |
    And the case has:
      | path   | value             |
      | status | under_examination |

  Scenario: C-13: the judgment is annulled for failure to rule, then the request is rejected: the refusal stands (CJA R811-1)
    Given the request of c-13 is filed on 2022-03-01 with:
      | pointer                        | value   |
      | /request/job/pay_monthly_gross | 3000.00 |
    And on 2022-04-11 the request is refused on employer_obligations because "Aucune autorisation couvrant ce contrat n'avait été obtenue par l'employeur.", on the opinion of the labour inspection
    And what decision D1 says is noted
    And on 2022-06-01 the worker lodges an annulment before Nancy, n° 2201501
    And on 2023-03-02 L1 ends as rejected: "La requête est rejetée."
    And on 2023-04-27 the worker lodges an appeal before Nancy, n° 23NC01315
    And the day is 2025-01-28
    When legal-69 gives "record-judgment" with:
      """
      {"litigation": "L2", "outcome": "rejected", "judgment_annulled": true, "judged_on": "2025-01-28",
       "notified_on": "2025-01-28", "summary": "Omission à statuer sur des conclusions ; évoquées, elles sont rejetées."}
      """
    Then the fact JudgmentRecorded has:
      | path      | value                                                                                        |
      | @sentence | …annulation de la décision de justice attaquée et, sur la demande elle-même, rejet de la requête.…     |
    And the decision D1 has:
      | path     | value |
      | live     | yes   |
      | ended_by | none  |
    And decision D1 says word for word what it said

  # C-22: CAA Toulouse, 19 juillet 2022, n° 20TL01163. The days of the request, of the gracious appeal and of the claim are not reported.

  Scenario: C-22: the gracious appeal is rejected, the tribunal rejects, the case moves from Marseille to Toulouse (CRPA L411-2, CJA R351-3, CT R5221-20 1°)
    Given the request of c-22 is filed on 2018-06-04
    And on 2018-07-30 the request is refused on labour_market because "Sept candidats se sont présentés pour ce métier, sans difficulté de recrutement."
    And the day is 2018-08-20
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "arguments": "Aucun candidat ne répondait au profil."}
      """
    And on 2018-10-05 the request is refused on labour_market because "Le métier reste sans difficulté de recrutement à la date du recours."
    And on 2018-12-03 the employer lodges an annulment before Montpellier, n° 1805940
    And on 2019-12-31 L1 ends as rejected: "La requête est rejetée."
    And on 2020-03-11 the employer lodges an appeal before Marseille, n° 20MA01163
    And the day is 2022-04-11
    When legal-69 gives "transfer-proceedings" with:
      """
      {"litigation": "L2", "court": "Toulouse", "court_number": "20TL01163", "transferred_on": "2022-04-11"}
      """
    Then the fact ProceedingsTransferred has:
      | path       | value                                    |
      | from_court | cour administrative d'appel de Marseille |
      | court      | cour administrative d'appel de Toulouse  |
    And the first fact LitigationOpened has:
      | path            | value                                 |
      | against         | D1                                    |
      | competent_court | tribunal administratif de Montpellier |
      | represented_by  | préfet de l'Hérault                   |
    And the appeal A1 has:
      | path     | value      |
      | outcome  | rejected   |
      | ended_on | 2018-10-05 |
    And the decision D2 has:
      | path           | value |
      | rejects_appeal | A1    |
    And the decision D1 has:
      | path                            | value          |
      | live                            | yes            |
      | signed.reasons.0.rule.article   | CT R5221-20 1° |
      | signed.reasons.0.rule.since     | 2016-11-01     |
    And the litigation L2 has:
      | path            | value     |
      | court_number    | 20TL01163 |
      | earlier_numbers | 20MA01163 |
      | outcome         | none      |

  Scenario: C-22: the claim had been lodged in time, two months after the rejection of the gracious appeal (CRPA L411-2, CJA R421-1)
    Given the request of c-22 is filed on 2018-06-04
    And on 2018-07-30 the request is refused on labour_market because "Sept candidats se sont présentés pour ce métier, sans difficulté de recrutement."
    And the day is 2018-08-20
    And employer-acme has given "lodge-appeal" with:
      """
      {"kind": "gracious", "arguments": "Aucun candidat ne répondait au profil."}
      """
    And on 2018-10-05 the request is refused on labour_market because "Le métier reste sans difficulté de recrutement à la date du recours."
    When the day is 2018-11-05
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2018-10-05 |
      | expires_on | 2018-12-06 |
