Feature: Routing a request
  The competent prefect is that of the seat of the employing establishment (CT R5221-15). The platforms decide by
  delegation; seasonal work goes to Avignon whatever the department. What no source confirms is routed and marked so;
  what no source names is left to hand, never guessed.

  Scenario Outline: A request from <postcode> <town> goes to <platform>
    When employer-acme files an introduction_permanent request with:
      | pointer                         | value      |
      | /request/employer/seat/postcode | <postcode> |
      | /request/employer/seat/town     | <town>     |
    Then the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And the fact RequestRouted has:
      | path                          | value           |
      | rule                          | CT R5221-15     |
      | table_version                 | 2021-04-01      |
      | facts.code postal du siège    | <postcode>      |
      | facts.SIRET de l'établissement | 90200029800015 |
      | competent_department          | <department>    |
      | competent_prefect             | <competent>     |
      | deciding_prefect              | <deciding>      |
      | platform                      | <platform>      |
      | confirmed                     | <confirmed>     |
      | by_hand                       | no              |
      | first_received_on             | 2026-11-02      |
      | received_on                   | 2026-11-02      |

    Examples: lines that a source confirms
      | postcode | town             | department | competent             | platform         | deciding              | confirmed |
      | 69002    | Lyon             | 69         | préfet du Rhône       | Clermont-Ferrand | préfet du Puy-de-Dôme | yes       |
      | 63000    | Clermont-Ferrand | 63         | préfet du Puy-de-Dôme | Clermont-Ferrand | préfet du Puy-de-Dôme | yes       |
      | 38000    | Grenoble         | 38         | préfet de l'Isère     | Clermont-Ferrand | préfet du Puy-de-Dôme | yes       |
      | 59000    | Lille            | 59         | préfet du Nord        | Béthune          | préfet du Pas-de-Calais | yes     |
      | 62000    | Arras            | 62         | préfet du Pas-de-Calais | Béthune        | préfet du Pas-de-Calais | yes     |

    Examples: lines that nobody has confirmed
      | postcode | town             | department | competent             | platform         | deciding              | confirmed |
      | 19000    | Tulle            | 19         | préfet de la Corrèze  | Corrèze (Tulle)  | préfet de la Corrèze  | no        |
      | 33000    | Bordeaux         | 33         | préfet de la Gironde  | Corrèze (Tulle)  | préfet de la Corrèze  | no        |
      | 13001    | Marseille        | 13         | préfet des Bouches-du-Rhône | Clermont-Ferrand | préfet du Puy-de-Dôme | no  |
      | 20000    | Ajaccio          | 2A         | préfet de la Corse-du-Sud | Clermont-Ferrand | préfet du Puy-de-Dôme | no    |

  Scenario: The place of work does not route, the seat of the establishment does (CT R5221-15)
    When employer-acme files an introduction_permanent request with:
      | pointer                         | value |
      | /request/job/workplace/postcode | 59000 |
      | /request/job/workplace/town     | Lille |
    Then the fact RequestRouted has:
      | path                 | value            |
      | competent_department | 69               |
      | platform             | Clermont-Ferrand |
    And the fact AcknowledgementIssued has:
      | path              | value    |
      | remedies.tribunal | …Lille…  |

  Scenario Outline: Seasonal work from <postcode> goes to Avignon
    When employer-acme files a seasonal request with:
      | pointer                         | value      |
      | /request/employer/seat/postcode | <postcode> |
    Then the fact RequestRouted has:
      | path                         | value              |
      | competent_department         | <department>       |
      | platform                     | Avignon            |
      | deciding_department          | 84                 |
      | deciding_prefect             | préfet de Vaucluse |
      | facts.emploi saisonnier      | oui                |
    And the case has:
      | path   | value    |
      | status | to_claim |

    Examples: departments of every platform, and one that no other line names
      | postcode | department |
      | 84300    | 84         |
      | 69002    | 69         |
      | 59000    | 59         |
      | 33000    | 33         |
      | 31000    | 31         |

  Scenario Outline: No source names a platform for <postcode>: the case is left to hand
    When employer-acme files an introduction_permanent request with:
      | pointer                         | value      |
      | /request/employer/seat/postcode | <postcode> |
    Then the facts recorded are RequestFiled, RegistrationReceiptIssued, RoutingLeftToHand
    And the fact RoutingLeftToHand has:
      | path                 | value                               |
      | rule                 | CT R5221-15                         |
      | competent_department | <department>                        |
      | why                  | …aucune plateforme pour le département <department>… |
      | first_received_on    | 2026-11-02                          |
    And the case has:
      | path            | value    |
      | status          | to_route |
      | routing         | none     |
      | acknowledgement | none     |

    Examples:
      | postcode | department |
      | 31000    | 31         |
      | 21000    | 21         |
      | 75011    | 75         |
      | 92000    | 92         |

  Scenario: A case left to hand cannot be claimed
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    When agent-63 gives "claim"
    Then it is refused with 404 "not_found"

  Scenario: A manager routes what was left to hand; the acknowledgement follows, and silence runs from the filing
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    And the day is 2026-11-12
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "reason": "Accord écrit de la préfecture de la Haute-Garonne."}
      """
    Then the last facts are RequestRouted, AcknowledgementIssued
    And the fact RequestRouted has:
      | path                 | value                      |
      | by_hand              | yes                        |
      | competent_prefect    | préfet de la Haute-Garonne |
      | deciding_prefect     | préfet du Puy-de-Dôme      |
      | facts.motif          | Accord écrit de la préfecture de la Haute-Garonne. |
      | first_received_on    | 2026-11-02                 |
      | received_on          | 2026-11-12                 |
      | @actor_name          | Sophie Lambert             |
    And the fact AcknowledgementIssued has:
      | path                 | value      |
      | issued_on            | 2026-11-12 |
      | received_on          | 2026-11-02 |
      | implicit_decision_on | 2027-01-02 |
    And the clock T1 has:
      | path       | value      |
      | starts_on  | 2026-11-02 |
      | expires_on | 2027-01-02 |

  Scenario: Silence that would accept runs from receipt by the competent administration (CRPA L114-3)
    Given an asylum_seeker request filed by employer-acme with /request/employer/seat/postcode = 31000
    And the day is 2026-11-12
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "reason": "Accord écrit de la préfecture de la Haute-Garonne."}
      """
    Then the last facts are RequestRouted, AcknowledgementIssued
    And the clock T2 has:
      | path       | value      |
      | starts_on  | 2026-11-12 |
      | expires_on | 2027-01-12 |

  Scenario Outline: A routing by hand is refused: <code>
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    When manager-63 gives "route" with:
      """
      {"platform": "<platform>", "received_on": "<received>", "reason": "Accord écrit de la préfecture."}
      """
    Then it is refused with 422 "<code>"
    And nothing more is recorded

    Examples:
      | platform         | received   | code               |
      | Toulouse         | 2026-11-02 | platform_unknown   |
      | Clermont-Ferrand | 2026-11-01 | content_impossible |
      | Clermont-Ferrand | 2026-11-03 | content_impossible |

  Scenario: An agent does not route
    Given an introduction_permanent request filed by employer-acme
    When agent-63 gives "route" with:
      """
      {"platform": "Béthune", "reason": "Ce dossier me semble relever du Nord."}
      """
    Then it is refused with 403 "forbidden"

  Scenario: Routing where the case already is changes nothing
    Given an introduction_permanent request filed by employer-acme
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "reason": "Le dossier est bien ici, je confirme."}
      """
    Then it is refused with 409 "routing_unchanged" naming "Clermont-Ferrand"

  Scenario: A transfer keeps both dates of receipt (CRPA L114-2, L114-3)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And the day is 2026-11-20
    When manager-63 gives "transfer" with:
      """
      {"platform": "Béthune", "competent_department": "59", "reason": "Le siège de l'établissement employeur est dans le Nord."}
      """
    Then the last fact is RequestTransferred
    And the fact RequestTransferred has:
      | path              | value                   |
      | from_platform     | Clermont-Ferrand        |
      | platform          | Béthune                 |
      | competent_prefect | préfet du Nord          |
      | deciding_prefect  | préfet du Pas-de-Calais |
      | transferred_on    | 2026-11-20              |
    And the case has:
      | path                      | value      |
      | status                    | to_claim   |
      | assignee                  | none       |
      | routing.first_received_on | 2026-11-02 |
      | routing.received_on       | 2026-11-20 |
    And the clock T1 has:
      | path       | value      |
      | starts_on  | 2026-11-02 |
      | expires_on | 2027-01-02 |

  Scenario: A transfer restarts silence that would accept (CRPA L114-3)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2026-11-20
    When manager-63 gives "transfer" with:
      """
      {"platform": "Béthune", "competent_department": "59", "reason": "Le siège de l'établissement employeur est dans le Nord."}
      """
    Then the last fact is RequestTransferred
    And the clock T2 has:
      | path       | value      |
      | starts_on  | 2026-11-20 |
      | expires_on | 2027-01-20 |

  Scenario: After a transfer the first platform no longer knows the case
    Given an introduction_permanent request filed by employer-acme
    And manager-63 has given "transfer" with:
      """
      {"platform": "Avignon", "reason": "Le contrat est en réalité saisonnier."}
      """
    When agent-63 gives "claim"
    Then it is refused with 404 "not_found"

  Scenario: The prefecture of residence asks about the employment of a person it may admit to stay
    When prefecture-69 files an exceptional_admission request with:
      | pointer                         | value |
      | /request/employer/seat/postcode | 75011 |
      | /request/employer/seat/town     | Paris |
    Then the fact RequestRouted has:
      | path                          | value                                       |
      | rule                          | …la préfecture de résidence saisit la plateforme… |
      | facts.préfecture de résidence | 69                                          |
      | competent_prefect             | préfet du Rhône                             |
      | platform                      | Clermont-Ferrand                            |
    And the case has:
      | path     | value                 |
      | status   | to_claim              |

  Scenario Outline: <procedure> is routed by <fact>
    When <who> files a <procedure> request with <pointer> = <value>
    Then the fact RequestRouted has:
      | path                 | value        |
      | rule                 | …<rule>…     |
      | facts.<fact>         | <value>      |
      | competent_department | <department> |
      | platform             | Béthune      |

    Examples: another text than CT R5221-15 designates the prefect
      | procedure            | who              | pointer                                  | value | fact                                 | rule             | department |
      | viability_opinion    | mandatary-durand | /request/particulars/activity_department | 59    | département de l'activité            | CESEDA R421-9    | 59         |
      | au_pair              | employer-acme    | /request/employer/postcode               | 59000 | code postal du domicile de l'employeur | CESEDA R426-14 | 59         |
      | internship_agreement | employer-acme    | /request/employer/seat/postcode          | 62000 | code postal du siège                 | R426-20          | 62         |

  Scenario: A routing table published later changes the next requests, not those already routed
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    When admin gives the administration "routing" with:
      """
      {"version": "2026-11", "effective_from": "2026-11-02", "source": "Convention du 30 octobre 2026",
       "lines": [{"department": "31", "seasonal": false, "platform": "Clermont-Ferrand", "deciding_department": "63",
                  "confirmed": true, "source": "Convention du 30 octobre 2026"}]}
      """
    Then the answer is 201
    And the case has:
      | path   | value    |
      | status | to_route |
    When employer-acme files an introduction_permanent request with /request/employer/seat/postcode = 31000
    Then the fact RequestRouted has:
      | path             | value                 |
      | table_version    | 2026-11               |
      | platform         | Clermont-Ferrand      |
      | deciding_prefect | préfet du Puy-de-Dôme |
      | confirmed        | yes                   |
    When employer-acme files an introduction_permanent request
    Then the fact RoutingLeftToHand has:
      | path                 | value   |
      | table_version        | 2026-11 |
      | competent_department | 69      |

  Scenario: A routing table takes effect on its day, not before
    Given an administration of its own
    And admin has given the administration "routing" with:
      """
      {"version": "2026-12", "effective_from": "2026-12-01", "source": "Convention du 30 octobre 2026",
       "lines": [{"department": "69", "seasonal": false, "platform": "Béthune", "deciding_department": "62",
                  "confirmed": true, "source": "Convention du 30 octobre 2026"}]}
      """
    And the day is 2026-11-30
    When employer-acme files an introduction_permanent request
    Then the fact RequestRouted has:
      | path          | value            |
      | table_version | 2021-04-01       |
      | platform      | Clermont-Ferrand |
    When the day is 2026-12-01
    And employer-acme files an introduction_permanent request
    Then the fact RequestRouted has:
      | path          | value   |
      | table_version | 2026-12 |
      | platform      | Béthune |
