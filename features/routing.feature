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

  Scenario Outline: Seasonal work from <postcode> goes to Avignon (note SMOE, saisonniers)
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

  Scenario: The prefecture of residence asks about the employment of a person it may admit to stay (note SMOE)
    When prefecture-69 files an exceptional_admission request with:
      | pointer                         | value |
      | /request/employer/seat/postcode | 75011 |
      | /request/employer/seat/town     | Paris |
    Then the fact RequestRouted has:
      | path                          | value                                       |
      | rule                          | note SMOE                                   |
      | ground                        | l'étranger dont l'admission au séjour est envisagée réside dans le département du Rhône, dont la préfecture saisit la plateforme |
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

  Scenario: Of two tables of one day, the last published is in force
    Given an administration of its own
    And admin has given the administration "routing" with:
      """
      {"version": "2026-11", "effective_from": "2026-11-02", "source": "Convention du 30 octobre 2026",
       "lines": [{"department": "69", "seasonal": false, "platform": "Béthune", "deciding_department": "62",
                  "confirmed": true, "source": "Convention du 30 octobre 2026"}]}
      """
    And admin has given the administration "routing" with:
      """
      {"version": "2026-11 rectifiée", "effective_from": "2026-11-02", "source": "Rectificatif",
       "lines": [{"department": "69", "seasonal": false, "platform": "Lyon", "deciding_department": "69",
                  "confirmed": true, "source": "Rectificatif du 2 novembre 2026"}]}
      """
    When employer-acme files an introduction_permanent request
    Then the fact RequestRouted has:
      | path             | value             |
      | table_version    | 2026-11 rectifiée |
      | platform         | Lyon              |
      | deciding_prefect | préfet du Rhône   |

  # The text in force on the day of routing

  Scenario Outline: On <day>, a student who lives in Isère and is hired in Lyon is for the prefect of <department> (CT R5221-15)
    Given today is <day>
    When employer-acme files a student_above_quota request with /request/worker/residence_department = "38"
    Then the fact <fact> has:
      | path                 | value        |
      | rule                 | CT R5221-15  |
      | rule_since           | <since>      |
      | ground               | <ground>     |
      | competent_department | <department> |

    Examples: the residence until March 2021, the seat of the establishment since; no platform exists before
      | day        | fact              | since      | department | ground                                                               |
      | 2021-03-31 | RoutingLeftToHand | 2008-05-01 | 38         | le travailleur réside dans le département de l'Isère                 |
      | 2021-04-01 | RequestRouted     | 2021-04-01 | 69         | l'établissement employeur a son siège dans le département du Rhône |

  Scenario Outline: On <day>, a worker who lives abroad is for the prefect of <department> by <rule>
    Given today is <day>
    When employer-acme files an introduction_permanent request
    Then the fact <fact> has:
      | path                       | value        |
      | rule                       | <rule>       |
      | rule_since                 | <since>      |
      | ground                     | …<ground>…   |
      | facts.code postal du siège | 69002        |
      | competent_department       | <department> |

    Examples: the establishment of attachment, then the seat of the establishment
      | day        | fact              | rule        | since      | department | ground                                     |
      | 2021-03-31 | RoutingLeftToHand | CT R5221-16 | 2008-05-01 | 69         | l'établissement auquel il sera rattaché a son siège |
      | 2021-04-01 | RequestRouted     | CT R5221-15 | 2021-04-01 | 69         | l'établissement employeur a son siège      |

  Scenario: Before April 2021 a residence in France that the request does not say is not guessed (CT R5221-15)
    Given today is 2021-03-31
    When employer-acme files a student_above_quota request with /request/worker/residence_department = absent
    Then the fact RoutingLeftToHand has:
      | path                                     | value       |
      | rule                                     | CT R5221-15 |
      | competent_department                     | none        |
      | facts.département de résidence du travailleur | non indiqué |
      | why                                      | Aucun fait de la demande ne désigne un département connu. |

  Scenario: Who routes such a request says which prefect is competent
    Given today is 2021-03-31
    And a student_above_quota request filed by employer-acme with /request/worker/residence_department = absent
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "reason": "Adresse relevée sur le titre de séjour produit."}
      """
    Then it is refused with 422 "department_unknown"
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "competent_department": "38", "reason": "Adresse relevée sur le titre de séjour produit."}
      """
    Then the fact RequestRouted has:
      | path                 | value              |
      | rule                 | CT R5221-15        |
      | rule_since           | 2008-05-01         |
      | competent_prefect    | préfet de l'Isère  |
      | by_hand              | yes                |

  Scenario Outline: On <day>, a maritime employer of Lyon is for the prefect of <department> by <rule>
    Given today is <day>
    When employer-acme files an introduction_permanent request with /request/employer/maritime_employer = true
    Then the fact RequestRouted has:
      | path                 | value        |
      | rule                 | <rule>       |
      | rule_since           | <since>      |
      | competent_department | <department> |
      | competent_prefect    | <prefect>    |
      | platform             | Clermont-Ferrand |
      | confirmed            | <confirmed>  |

    Examples: CT R5221-15-1 derogates from CT R5221-15 since 1 May 2021
      | day        | rule          | since      | department | prefect                     | confirmed |
      | 2021-04-30 | CT R5221-15   | 2021-04-01 | 69         | préfet du Rhône             | yes       |
      | 2021-05-01 | CT R5221-15-1 | 2021-05-01 | 13         | préfet des Bouches-du-Rhône | no        |

  Scenario Outline: A maritime employer's <procedure> goes to <platform> for the prefect of <department> (CT R5221-15-1)
    When employer-acme files a <procedure> request with /request/employer/maritime_employer = true
    Then the fact RequestRouted has:
      | path                 | value        |
      | rule                 | <rule>       |
      | competent_department | <department> |
      | platform             | <platform>   |

    Examples: titles of R5221-3
      | procedure              | rule          | department | platform         |
      | introduction_fixed_term | CT R5221-15-1 | 13        | Clermont-Ferrand |
      | change_of_status       | CT R5221-15-1 | 13         | Clermont-Ferrand |
      | seasonal               | CT R5221-15-1 | 13         | Avignon          |
      | asylum_seeker          | CT R5221-15-1 | 13         | Clermont-Ferrand |
      | posting                | CT R5221-15-1 | 13         | Clermont-Ferrand |

    Examples: what opens no such title is not concerned
      | procedure            | rule                             | department | platform         |
      | limited_permit       | CT R5221-15                      | 69         | Clermont-Ferrand |
      | internship_agreement | CESEDA R426-20 ; CESEDA R426-21  | 69         | Clermont-Ferrand |

  Scenario Outline: A worker posted by an employer abroad is for the prefect of the <capacity> undertaking (CT R5221-16)
    When employer-acme files a posting request with:
      | pointer               | value |
      | /request/undertakings | [{"capacity": "<capacity>", "siret": "90200029800015", "name": "Chantiers du Nord", "seat": {"street": "1 quai", "postcode": "59000", "town": "Lille"}}] |
    Then the fact RequestRouted has:
      | path                                        | value       |
      | rule                                        | CT R5221-16 |
      | rule_since                                  | 2008-05-01  |
      | facts.employeur établi à l'étranger         | XK          |
      | facts.code postal de l'entreprise d'accueil | 59000       |
      | competent_prefect                           | préfet du Nord |
      | platform                                    | Béthune     |

    Examples:
      | capacity  |
      | host      |
      | user      |
      | principal |

  Scenario: A posted worker whom no other undertaking receives is for the prefect of the one that files (CT R5221-16)
    When employer-acme files a posting request
    Then the fact RequestRouted has:
      | path                                        | value       |
      | rule                                        | CT R5221-16 |
      | facts.code postal de l'entreprise d'accueil | 69002       |
      | competent_department                        | 69          |

  Scenario Outline: On <day>, an opinion on viability is <outcome> (CESEDA R421-9)
    Given today is <day>
    When mandatary-durand files a viability_opinion request with /request/mandate/signed_on = 2021-04-01
    Then the fact <fact> has:
      | path          | value        |
      | rule          | <rule>       |
      | table_version | 2021-04-01   |

    Examples: the text held applies from 1 May 2021; nothing is invented for before
      | day        | outcome      | fact              | rule          |
      | 2021-04-30 | left to hand | RoutingLeftToHand | ""            |
      | 2021-05-01 | routed       | RequestRouted     | CESEDA R421-9 |

  Scenario: A prefect other than the text designates is kept with what the text says (CT R5221-15)
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "competent_department": "63", "reason": "Accord écrit des deux préfectures."}
      """
    Then the fact RequestRouted has:
      | path                                   | value                 |
      | rule                                   | CT R5221-15           |
      | competent_prefect                      | préfet du Puy-de-Dôme |
      | facts.département désigné par le texte | 31                    |
      | ground                                 | ""                    |

  # Both dates of receipt (CRPA L114-3)

  Scenario: Silence that accepts an amendment runs from receipt by the competent administration (CRPA L114-3)
    Given an internship_amendment request filed by employer-acme with /request/employer/seat/postcode = 31000
    And the day is 2026-11-12
    When manager-63 gives "route" with:
      """
      {"platform": "Clermont-Ferrand", "received_on": "2026-11-10", "reason": "Accord écrit de la préfecture de la Haute-Garonne."}
      """
    Then the case has:
      | path                      | value      |
      | routing.first_received_on | 2026-11-02 |
      | routing.received_on       | 2026-11-10 |
    And the clock T4 has:
      | path       | value      |
      | starts_on  | 2026-11-10 |
      | expires_on | 2026-11-25 |

  Scenario: A transfer to another prefect restarts the silence that accepts an amendment (CRPA L114-3)
    Given an internship_amendment request filed by employer-acme
    And the day is 2026-11-09
    When manager-63 gives "transfer" with:
      """
      {"platform": "Béthune", "competent_department": "59", "reason": "L'organisme d'accueil a déménagé à Lille."}
      """
    Then the fact RequestTransferred has:
      | path                                   | value                           |
      | received_on                            | 2026-11-09                      |
      | rule                                   | CESEDA R426-20 ; CESEDA R426-21 |
      | table_version                          | 2021-04-01                      |
      | facts.département désigné par le texte | 69                              |
    And the clock T4 has:
      | path       | value      |
      | starts_on  | 2026-11-09 |
      | expires_on | 2026-11-24 |

  Scenario Outline: A transfer within the services of one prefect restarts nothing: <clock> (CRPA L114-3)
    Given an <procedure> request filed by employer-acme
    And the day is 2026-11-09
    When manager-63 gives "transfer" with:
      """
      {"platform": "Béthune", "reason": "La plateforme de Béthune prête son concours."}
      """
    Then the fact RequestTransferred has:
      | path              | value                   |
      | competent_prefect | préfet du Rhône         |
      | deciding_prefect  | préfet du Pas-de-Calais |
      | transferred_on    | 2026-11-09              |
      | received_on       | 2026-11-02              |
    And the clock <clock> has:
      | path       | value      |
      | starts_on  | 2026-11-02 |
      | expires_on | <expires>  |

    Examples: the competent prefect has held the request since it was filed
      | procedure              | clock | expires    |
      | asylum_seeker          | T2    | 2027-01-02 |
      | internship_amendment   | T4    | 2026-11-17 |
      | introduction_permanent | T1    | 2027-01-02 |

  Scenario Outline: Correcting a routing <how> (CRPA L114-3)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2026-11-09
    When manager-63 gives "route" with:
      """
      {"platform": "Béthune", "competent_department": "<department>", "reason": "Erreur de la table, corrigée à la main."}
      """
    Then the fact RequestRouted has:
      | path              | value      |
      | first_received_on | 2026-11-02 |
      | received_on       | <received> |
    And the clock T2 has:
      | path      | value      |
      | starts_on | <received> |

    Examples:
      | how                                   | department | received   |
      | keeps the receipt by the same prefect | 69         | 2026-11-02 |
      | dates the receipt by another prefect  | 59         | 2026-11-09 |

  # Why this case is here

  Scenario: An agent asks why a case is here (CT R5221-15)
    Given an introduction_permanent request filed by employer-acme
    When agent-63 asks why the case is here
    Then the answer is 200
    And the answer has:
      | path                                   | value                 |
      | sentence                               | …Le préfet du Rhône est compétent : l'établissement employeur a son siège dans le département du Rhône (CT R5221-15, version du 1er avril 2021). Le préfet du Puy-de-Dôme décide par délégation de gestion et la plateforme de Clermont-Ferrand instruit, selon la table d'orientation 2021-04-01.… |
      | steps.count                            | 1                     |
      | steps.0.kind                           | routed                |
      | steps.0.actor_name                     | smoe                  |
      | steps.0.rule                           | CT R5221-15           |
      | steps.0.text.since                     | 2021-04-01            |
      | steps.0.text.mark                      | confirmed             |
      | steps.0.text.text                      | …l'établissement employeur a son siège…         |
      | steps.0.table_version                  | 2021-04-01            |
      | steps.0.facts.code postal du siège     | 69002                 |
      | steps.0.competent_prefect              | préfet du Rhône       |
      | steps.0.deciding_prefect               | préfet du Puy-de-Dôme |
      | steps.0.platform                       | Clermont-Ferrand      |
      | steps.0.first_received_on              | 2026-11-02            |
      | steps.0.received_on                    | 2026-11-02            |
      | steps.0.confirmed                      | yes                   |
      | steps.0.sentence                       | …Dossier orienté vers la plateforme de Clermont-Ferrand… |
      | elsewhere_today                        | none                  |

  Scenario: A line that no source confirms says so where the case is explained (CT R5221-15)
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 13001
    When auditor asks why the case is here
    Then the answer has:
      | path              | value |
      | steps.0.confirmed | no    |
      | sentence          | …Cette ligne de la table n'est pas confirmée.… |

  Scenario: A text that nobody has read whole says so where the case is explained (CESEDA R426-14)
    Given an au_pair request filed by employer-acme
    When agent-63 asks why the case is here
    Then the answer has:
      | path              | value       |
      | steps.0.text.mark | unconfirmed |
      | sentence          | …Le préfet du Rhône est compétent : la famille d'accueil demeure dans le département du Rhône (CESEDA R426-14, version du 1er mai 2021). À confirmer : le texte lu ne désigne pas le préfet de la famille d'accueil… |

  Scenario: A seasonal case says why it is in Avignon (CT R5221-15)
    Given a seasonal request filed by employer-acme with /request/employer/seat/postcode = 59000
    When agent-84 asks why the case is here
    Then the answer has:
      | path                      | value                 |
      | sentence                  | …L'emploi étant saisonnier, une plateforme nationale instruit, quel que soit le département. Le préfet de Vaucluse décide par délégation de gestion et la plateforme d'Avignon instruit… |
      | steps.0.competent_prefect | préfet du Nord        |
      | steps.0.rule              | CT R5221-15           |

  Scenario: A prefect who decides for itself is named once (CT R5221-15)
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 63000
    When agent-63 asks why the case is here
    Then the answer has:
      | path     | value |
      | sentence | …Il décide lui-même et la plateforme de Clermont-Ferrand instruit… |

  Scenario: The filer reads the same reasons, without what a routing of today would say
    Given an introduction_permanent request filed by employer-acme
    When employer-acme asks why the case is here
    Then the answer is 200
    And the answer has:
      | path            | value       |
      | steps.count     | 1           |
      | steps.0.rule    | CT R5221-15 |
      | elsewhere_today | none        |

  Scenario Outline: <who> may not know that the case exists, nor why it is anywhere
    Given an introduction_permanent request filed by employer-acme
    When <who> asks why the case is here
    Then it is refused with <status> "<code>"

    Examples: the agent of another platform, another filer, and nobody
      | who              | status | code          |
      | agent-84         | 404    | not_found     |
      | mandatary-durand | 404    | not_found     |
      | nobody           | 401    | not_signed_in |

  Scenario: Every step is told, with who took it, why, and both receipts (CRPA L114-3)
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    And the day is 2026-11-05
    And manager-63 has given "route" with:
      """
      {"platform": "Clermont-Ferrand", "reason": "Accord écrit de la préfecture de la Haute-Garonne."}
      """
    And the day is 2026-11-09
    And manager-63 has given "transfer" with:
      """
      {"platform": "Béthune", "competent_department": "59", "reason": "Le siège est en réalité à Lille."}
      """
    When auditor asks why the case is here
    Then the answer has:
      | path                      | value                      |
      | steps.count               | 3                          |
      | steps.0.kind              | left_to_hand               |
      | steps.0.competent_prefect | préfet de la Haute-Garonne |
      | steps.0.platform          | none                       |
      | steps.0.received_on       | none                       |
      | steps.0.confirmed         | none                       |
      | steps.0.why               | …aucune plateforme pour le département 31… |
      | steps.1.kind              | routed_by_hand             |
      | steps.1.actor_name        | Sophie Lambert             |
      | steps.1.reason            | Accord écrit de la préfecture de la Haute-Garonne. |
      | steps.1.why               | …instruit, sur décision motivée d'un responsable… |
      | steps.1.first_received_on | 2026-11-02                 |
      | steps.1.received_on       | 2026-11-05                 |
      | steps.2.kind              | transferred                |
      | steps.2.from_platform     | Clermont-Ferrand           |
      | steps.2.platform          | Béthune                    |
      | steps.2.reason            | Le siège est en réalité à Lille. |
      | steps.2.first_received_on | 2026-11-02                 |
      | steps.2.received_on       | 2026-11-09                 |
      | steps.2.why               | …alors que le texte (CT R5221-15, version du 1er avril 2021) désigne le département 31… |
      | sentence                  | …reçue le 2 novembre 2026 par la première administration saisie et le 9 novembre 2026 par l'administration compétente… |
      | elsewhere_today.platform  | none                       |
      | elsewhere_today.sentence  | …la demande serait orientée autrement… |

  Scenario: A table published since is told, and the case stays where it is until it is transferred
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    And admin has given the administration "routing" with:
      """
      {"version": "2026-11", "effective_from": "2026-11-03", "source": "Convention du 30 octobre 2026",
       "lines": [{"department": "69", "seasonal": false, "platform": "Béthune", "deciding_department": "62",
                  "confirmed": true, "source": "Convention du 30 octobre 2026"}]}
      """
    When agent-63 asks why the case is here
    Then the answer has:
      | path            | value |
      | elsewhere_today | none  |
    When the day is 2026-11-03
    And agent-63 asks why the case is here
    Then the answer has:
      | path                             | value                   |
      | steps.0.platform                 | Clermont-Ferrand        |
      | elsewhere_today.platform         | Béthune                 |
      | elsewhere_today.table_version    | 2026-11                 |
      | elsewhere_today.deciding_prefect | préfet du Pas-de-Calais |
      | elsewhere_today.sentence         | …Le dossier reste où il est… |

  Scenario: An amended request that is not routed yet is read with its present facts (CT R5221-15)
    Given an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    And employer-acme has moved its seat to 38000
    When manager-63 asks why the case is here
    Then the answer has:
      | path                              | value             |
      | steps.0.kind                      | left_to_hand      |
      | steps.0.competent_department      | 31                |
      | elsewhere_today.platform          | Clermont-Ferrand  |
      | elsewhere_today.competent_prefect | préfet de l'Isère |

  Scenario Outline: An amendment that would designate another prefect is refused (CT <article>)
    Given an introduction_permanent request filed by employer-acme
    When employer-acme asks to amend its request with <pointer> = <value>
    Then it is refused with 409 "amendment_changes_competence" naming "préfet du Rhône"

    Examples:
      | article    | pointer                             | value |
      | R5221-15   | /request/employer/seat/postcode     | 59000 |
      | R5221-15-1 | /request/employer/maritime_employer | true  |

  Scenario: An amendment that leaves the prefect competent is recorded (CT R5221-15)
    Given an introduction_permanent request filed by employer-acme
    When employer-acme asks to amend its request with /request/employer/seat/postcode = 69003
    Then the last fact is RequestAmended
    When agent-63 asks why the case is here
    Then the answer has:
      | path            | value |
      | steps.count     | 1     |
      | elsewhere_today | none  |

  # A table tried before it is published

  Scenario: A dry run names the open cases that a table would send elsewhere, and records nothing
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 63000
    And an introduction_permanent request filed by employer-acme
    When admin tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | no       | Béthune  | 62                  |
    Then the answer is 200
    And the case is the only one named
    And the answer has:
      | path                                         | value            |
      | judged_on                                    | 2026-11-15       |
      | filed_since                                  | 2025-11-02       |
      | total                                        | 1                |
      | more                                         | no               |
      | stale                                        | no               |
      | moves.0.department                           | 69               |
      | moves.0.seasonal                             | no               |
      | moves.0.origin.platform                      | Clermont-Ferrand |
      | moves.0.origin.deciding_department           | 63               |
      | moves.0.destination.platform                 | Béthune          |
      | moves.0.destination.deciding_department      | 62               |
      | movements.count                              | 1                |
      | movements.0.still_open                       | 1                |
      | movements.0.decided                          | 0                |
      | lines_changed.count                          | 1                |
      | lines_changed.0.department                   | 69               |
      | lines_changed.0.before.platform              | Clermont-Ferrand |
      | lines_changed.0.after.platform               | Béthune          |
      | seasonal_departments_without_platform        | []               |
      | sentence                                     | …les dossiers déjà orientés restent où ils sont… |
    And no table is published
    When the day is 2026-11-16
    And employer-acme files an introduction_permanent request
    Then the fact RequestRouted has:
      | path          | value            |
      | table_version | 2021-04-01       |
      | platform      | Clermont-Ferrand |

  Scenario: Decided cases are counted, not named
    Given an administration of its own
    And a request refused on pay
    When admin tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | no       | Béthune  | 62                  |
    Then the answer has:
      | path                   | value |
      | moves                  | []    |
      | total                  | 0     |
      | movements.0.still_open | 0     |
      | movements.0.decided    | 1     |

  Scenario Outline: A case filed on <day> is <looked_at> at on 2 November 2026
    Given an administration of its own
    And today is <day>
    And an introduction_permanent request filed by employer-acme
    And the day is 2026-11-02
    When admin tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | no       | Béthune  | 62                  |
    Then the answer has:
      | path  | value   |
      | total | <total> |

    Examples: twelve months
      | day        | looked_at  | total |
      | 2025-11-01 | not looked | 0     |
      | 2025-11-02 | looked     | 1     |

  Scenario: A case left to hand that the table would route is named, without an origin
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    When admin tries the table in force, effective from 2026-11-02, changed:
      | department | seasonal | platform         | deciding_department |
      | 31         | no       | Clermont-Ferrand | 63                  |
    Then the case is the only one named
    And the answer has:
      | path                           | value            |
      | total                          | 1                |
      | left_to_hand                   | 1                |
      | moves.0.origin                 | none             |
      | moves.0.department             | 31               |
      | moves.0.destination.platform   | Clermont-Ferrand |
      | movements.0.origin             | none             |
      | movements.0.still_open         | 1                |
      | lines_changed.0.before         | none             |

  Scenario: A department that the table forgets is told, with its cases
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    When admin tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | no       | none     | none                |
    Then the case is the only one named
    And the answer has:
      | path                          | value      |
      | moves.0.destination           | none       |
      | movements.0.destination       | none       |
      | departments_without_platform  | …31, 32, 34… |
      | lines_changed.0.after         | none       |
    And the departments without platform hold 69

  Scenario: Seasonal and ordinary requests of one department have lines of their own
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    And a seasonal request filed by employer-acme with /request/employer/seat/postcode = 69002
    When admin tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | yes      | Lyon     | 69                  |
    Then the case is the only one named
    And the answer has:
      | path                         | value   |
      | moves.0.seasonal             | yes     |
      | moves.0.origin.platform      | Avignon |
      | moves.0.destination.platform | Lyon    |
      | lines_changed.count          | 1       |

  Scenario: A case that a manager placed is not moved by a table that leaves its line alone
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    And manager-63 has given "transfer" with:
      """
      {"platform": "Béthune", "reason": "La plateforme de Béthune prête son concours."}
      """
    When admin tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 38         | no       | Béthune  | 62                  |
    Then the answer has:
      | path                       | value |
      | total                      | 0     |
      | lines_changed.0.department | 38    |

  Scenario Outline: A dry run is for whoever may publish: not for <who>
    Given an administration of its own
    When <who> tries the table in force, effective from 2026-11-15, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | no       | Béthune  | 62                  |
    Then it is refused with <status> "<code>"

    Examples:
      | who           | status | code          |
      | manager-63    | 403    | forbidden     |
      | auditor       | 403    | forbidden     |
      | agent-63      | 403    | forbidden     |
      | employer-acme | 403    | forbidden     |
      | nobody        | 401    | not_signed_in |

  Scenario: A table that could not be published cannot be tried
    Given an administration of its own
    When admin tries the routing table:
      """
      {"version": "2021-04-01", "effective_from": "2026-11-02", "source": "Essai",
       "lines": [{"department": "69", "seasonal": false, "platform": "Béthune", "deciding_department": "62",
                  "confirmed": true, "source": "Essai"}]}
      """
    Then it is refused with 409 "version_known"
    When admin tries the routing table:
      """
      {"version": "2026-11", "effective_from": "2026-11-02", "source": "Essai",
       "lines": [{"department": "69", "seasonal": false, "platform": "Béthune", "deciding_department": "62",
                  "confirmed": true, "source": "Essai"},
                 {"department": "69", "seasonal": false, "platform": "Lyon", "deciding_department": "69",
                  "confirmed": true, "source": "Essai"}]}
      """
    Then it is refused with 422 "content_impossible"
    And the fault at /lines/1 is "line_repeated"
    And no table is published
