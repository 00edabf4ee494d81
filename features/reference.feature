Feature: Reference tables, published by version
  What a text fixes by figures and lists (SMIC, thresholds, shortage occupations, holidays, silence) is a dated table. An
  administrator publishes its next version whole; it applies from its first day, and each decision says which one it read.

  Scenario: A new SMIC applies from its first day, and each assessment says which table it read (CT R5221-20 4°)
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme with:
      | pointer                               | value   |
      | /request/job/pay_monthly_gross        | 1900.00 |
      | /request/job/agreement_minimum_monthly | absent  |
    And the case is under examination by agent-63
    And admin has published the table smic as "2026-12" from 2026-12-01 with the line:
      """
      2026-12-01,13.00,1971.67,national,arrêté du 20 novembre 2026,confirmed,
      """
    And the day is 2026-11-30
    When agent-63 gives "assess" with:
      """
      {"criterion": "pay"}
      """
    Then the condition pay has:
      | path                | value                 |
      | met                 | met                   |
      | because             | …867,02…             |
    And the fact CriterionAssessed has:
      | path                    | value                 |
      | reference_versions.smic | …2026-07-23+sha256:…  |
    When the day is 2026-12-01
    And agent-63 gives "assess" with:
      """
      {"criterion": "pay"}
      """
    Then the condition pay has:
      | path    | value     |
      | met     | not_met   |
      | because | …971,67… |
    And the fact CriterionAssessed has:
      | path                       | value              |
      | reference_versions.smic    | …2026-12+sha256:…  |
      | reference_versions.silence | …2026-04-03+…      |
    And the first fact CriterionAssessed has:
      | path                    | value                |
      | reference_versions.smic | …2026-07-23+sha256:… |

  Scenario: Of two published versions each applies to its days, and a case read at an earlier instant is read by it
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    And admin has published the table silence as "2026-11" from 2026-11-10 with "months = 2" now "months = 3"
    And admin has published the table silence as "2026-12" from 2026-12-10 with "months = 2" now "months = 4"
    Then the clock T1 has:
      | path       | value      |
      | expires_on | 2027-01-02 |
    When the day is 2026-11-10
    Then the clock T1 has:
      | path       | value      |
      | expires_on | 2027-02-02 |
      | articles   | …CRPA L231-5… |
    When the day is 2026-12-10
    Then the clock T1 has:
      | path       | value      |
      | expires_on | 2027-03-02 |
    And read as on <2026-11-09> the clock T1 expires on 2027-01-02
    And read as on <2026-11-10> the clock T1 expires on 2027-02-02

  Scenario: What was published afterwards is not read back into what was known (CT R5221-20 4°)
    Given an administration of its own
    And an introduction_permanent request filed by employer-acme
    And the day is 2026-11-20
    And admin has published the table silence as "2026-11" from 2026-11-10 with "months = 2" now "months = 3"
    Then the clock T1 has:
      | path       | value      |
      | expires_on | 2027-02-02 |
    And read as known at <2026-11-19T12:00:00+00:00> the clock T1 expires on 2027-01-02
    And read as known at <2026-11-20T20:00:00+00:00> the clock T1 expires on 2027-02-02

  Scenario: A threshold published by an administrator moves the limit that it sets (CJA R421-1)
    Given an administration of its own
    And a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And admin has published the table thresholds as "2026-11" from 2026-11-10 with the LITIGATION_MONTHS_MAX of "2" now "3"
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | expires_on | 2027-01-04 |
    When the day is 2026-11-10
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | expires_on | 2027-02-03 |

  Scenario Outline: A table that cannot be read is refused with its line: <what>
    Given an administration of its own
    When admin publishes the table <table> as "2026-12" from 2026-12-01 with "<old>" now "<new>"
    Then it is refused with 422 "table_malformed" naming "<told>"
    And the fault at /content is "table_malformed"
    And the table <table> of 2026-12-01 is the one shipped

    Examples:
      | what                          | table      | old              | new              | told                                                   |
      | an impossible date            | smic       | 2018-01-01       | 2018-13-01       | Ligne 5 : « effective_from » ne peut valoir            |
      | a month that is not 35 hours  | smic       | 1498.47          | 2498.47          | Ligne 5 : le montant mensuel ne correspond pas         |
      | a column of another table     | smic       | ,mark,           | ,marque,         | colonne inconnue « marque »                            |
      | a TOML that is none           | silence    | months = 2       | months =         | Ligne 7 : écriture TOML incorrecte                     |
      | half a week                   | thresholds | value = "3"      | value = "3.5"    | « value » doit être un nombre entier                   |
      | a threshold that rules need   | thresholds | PAY_SMIC_MULTIPLE | PAY             | n'y figurent plus : « PAY_SMIC_MULTIPLE »              |
      | a limit begun too late        | thresholds | effective_from = 2016-07-13 | effective_from = 2026-12-01 | « REASONABLE_PERIOD_MONTHS » n'a aucune valeur avant le 1er décembre 2026 |
      | a figure ended too soon       | thresholds | effective_to = 2026-12-31 | effective_to = 2026-11-30 | n'a aucune valeur à compter du 1er décembre 2026 |
      | an unknown department         | platforms  | 02,non_seasonal  | 20,non_seasonal  | Ligne 3 : « 20 » n'est dans aucune table               |
      | an unknown court              | departments | ,Lyon,          | ,Lugdunum,       | Ligne 2 : « Lugdunum » n'est dans aucune table         |
      | a family that lists name      | fap_labels | B6Z70            | B6Z75            | La table « Métiers en tension par région », ligne 2    |

  Scenario: Versions of a table grow, and a table is one of those held
    Given an administration of its own
    And admin has published the table silence as "2026-12" from 2026-12-01 with "months = 2" now "months = 3"
    When admin publishes the table silence as "2026-12" from 2026-12-02 with "months = 2" now "months = 4"
    Then it is refused with 409 "version_known"
    When admin publishes the table silence as "2026-11" from 2026-12-02 with "months = 2" now "months = 4"
    Then it is refused with 409 "version_out_of_order"
    When admin publishes the table silence as "2026-13" from 2026-11-30 with "months = 2" now "months = 4"
    Then it is refused with 409 "version_out_of_order" naming "en vigueur le 1er décembre 2026"
    When admin gives the administration "reference" with:
      """
      {"table": "baremes", "version": "1", "effective_from": "2026-12-01", "source": "Décret", "content": "a"}
      """
    Then it is refused with 409 "table_unknown" naming "« baremes »"

  Scenario Outline: Only the administrator publishes tables, not <who>
    Given an administration of its own
    When <who> publishes the table silence as "2026-12" from 2026-12-01 with "months = 2" now "months = 3"
    Then it is refused with <status> "<code>"
    And the table silence of 2026-12-01 is the one shipped

    Examples:
      | who           | status | code      |
      | manager-63    | 403    | forbidden |
      | auditor       | 403    | forbidden |
      | employer-acme | 403    | forbidden |
      | nobody        | 401    | not_signed_in |

  Scenario: The services read which tables hold, how sure they are and who published them
    Given an administration of its own
    And admin has published the table smic as "2026-12" from 2026-12-01 with the line:
      """
      2026-12-01,13.00,1971.67,national,arrêté du 20 novembre 2026,confirmed,
      """
    When agent-63 reads the tables on 2026-12-01
    Then the table smic has:
      | path           | value             |
      | title          | SMIC horaire et mensuel |
      | version        | …2026-12+sha256:… |
      | rows           | 27                |
      | confirmed      | 22                |
      | unconfirmed    | 5                 |
      | effective_from | 2026-12-01        |
      | checked_until  | 2026-12-01        |
      | published      | yes               |
      | published_on   | 2026-11-02        |
      | source         | …arrêté…          |
    And the table tribunals has:
      | path           | value        |
      | version        | …2026-04-03+… |
      | published      | no           |
      | published_by   | none         |
      | effective_from | none         |
      | unconfirmed    | 0            |
    When auditor reads the tables on 2026-11-30
    Then the table smic has:
      | path      | value |
      | rows      | 26    |
      | published | no    |
    When employer-acme reads the tables on 2026-11-30
    Then it is refused with 403 "forbidden"

  Scenario: Anyone reads the rows of a table, each with its source and its mark (CT L3422-2, CT L3134-13)
    When nobody reads the table holidays on 2027-01-01
    Then the answer has:
      | path         | value  |
      | on           | 2027-01-01 |
      | table.rows   | 18     |
      | rows.count   | 18     |
    And the row ABOLITION_MARTINIQUE has:
      | path        | value       |
      | article     | CT L3422-2  |
      | territories | 972         |
      | month       | 5           |
      | day         | 22          |
      | mark        | confirmed   |
    And the row GOOD_FRIDAY has:
      | path        | value        |
      | article     | CT L3134-13  |
      | easter_days | -2           |
      | mark        | unconfirmed  |
      | note        | …temple protestant ou une église mixte… |
    When nobody reads the table baremes
    Then it is refused with 404 "not_found"
    When nobody reads the table smic on 2026-13-41
    Then it is refused with 400 "malformed"

  Scenario: The law of a day says which tables it reads
    Given an administration of its own
    And admin has published the table silence as "2026-12" from 2026-12-01 with "months = 2" now "months = 3"
    When nobody reads the law on 2026-12-01
    Then the answer has:
      | path         | value |
      | tables.count | 16    |
    And the table silence has:
      | path          | value             |
      | version       | …2026-12+sha256:… |
      | published     | yes               |
    And nobody is named by the tables
    When nobody reads the law on 2026-11-30
    Then the table silence has:
      | path          | value        |
      | published     | no           |
      | unconfirmed   | 1            |

  Scenario: A case in a department published since is where the tables of the day say (CT R5221-15)
    Given an administration of its own
    And admin has published the table departments as "2026-11" from 2026-11-02 with the line:
      """
      975,Saint-Pierre-et-Miquelon,de Saint-Pierre-et-Miquelon,75,Nouvelle-Aquitaine,true,false,Bordeaux,loi de la fiction,confirmed
      """
    And a seasonal request filed by employer-acme with /request/employer/seat/postcode = 97500
    When auditor asks why the case is here
    Then the answer has:
      | path                      | value                              |
      | steps.0.kind              | routed                             |
      | steps.0.platform          | Avignon                            |
      | steps.0.competent_prefect | préfet de Saint-Pierre-et-Miquelon |
      | elsewhere_today           | none                               |

  Scenario: The prefect of a case left to hand keeps the name it had, though its department is in no table any more (CT R5221-16)
    Given an administration of its own
    And admin has published the table departments as "2026-11" from 2026-11-02 with the line:
      """
      975,Saint-Pierre-et-Miquelon,de Saint-Pierre-et-Miquelon,75,Nouvelle-Aquitaine,true,false,Bordeaux,loi de la fiction,confirmed
      """
    And an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 97500
    And admin has published the table departments as "2026-12" from 2026-12-01 with "de l'Ain" now "du département de l'Ain"
    And the day is 2026-12-01
    When auditor asks why the case is here
    Then the answer has:
      | path                         | value                              |
      | steps.0.kind                 | left_to_hand                       |
      | steps.0.competent_department | 975                                |
      | steps.0.competent_prefect    | préfet de Saint-Pierre-et-Miquelon |
      | elsewhere_today.rule         | CT R5221-16                        |

  Scenario: A routing table is tried on the departments of its first day
    Given an administration of its own
    And admin has published the table departments as "2026-11" from 2026-11-02 with the line:
      """
      975,Saint-Pierre-et-Miquelon,de Saint-Pierre-et-Miquelon,75,Nouvelle-Aquitaine,true,false,Bordeaux,loi de la fiction,confirmed
      """
    And an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 97500
    And admin has published the table departments as "2026-12" from 2026-12-01 with "de l'Ain" now "du département de l'Ain"
    When admin tries the table in force, effective from 2026-11-30, changed:
      | department | seasonal | platform | deciding_department |
      | 975        | no       | Béthune  | 62                  |
    Then the answer has:
      | path                         | value      |
      | judged_on                    | 2026-11-30 |
      | total                        | 1          |
      | moves.0.department           | 975        |
      | moves.0.origin               | none       |
      | moves.0.destination.platform | Béthune    |
      | lines_changed.count          | 1          |
      | lines_changed.0.department   | 975        |
      | lines_changed.0.before       | none       |
    When admin tries the table in force, effective from 2026-12-01, changed:
      | department | seasonal | platform | deciding_department |
      | 69         | no       | Béthune  | 62                  |
    Then the answer has:
      | path                       | value |
      | lines_changed.count        | 1     |
      | lines_changed.0.department | 69    |

  Scenario Outline: A limit carried over Good Friday in Alsace-Moselle says that not every commune keeps it (CT L3134-13)
    Given today is 2026-11-25
    And an introduction_permanent request filed by employer-acme with /request/employer/seat/postcode = 31000
    And manager-63 has given "route" with:
      """
      {"platform": "Clermont-Ferrand", "competent_department": "<department>", "deciding_department": "63",
       "reason": "Accord écrit des préfectures, table à compléter."}
      """
    And the day is 2027-01-26
    And manager-63 has given "record-silence"
    Then the clock T12 of D1 for the employer has:
      | path          | value     |
      | expires_on    | <expires> |
      | unconfirmed.-1 | <doubt>  |

    Examples: two clear months after the refusal born on 25 January end on Friday 26 March 2027
      | department | expires    | doubt |
      | 67         | 2027-03-30 | …Vendredi saint (CT L3134-13). Férié dans les seules communes… |
      | 63         | 2027-03-26 | …report au jour ouvrable… |

  Scenario: A holiday published by an administrator carries limits over (CT L3133-1)
    Given an administration of its own
    And a request refused on pay
    And decision D1 is made available
    And decision D1 is read by the employer
    And admin has published the table holidays as "2026-11" from 2026-11-10 with the line:
      """
      TRUCE,Jour de la trêve,*,1,4,,,,CT L3133-1,loi de la fiction,confirmed,
      """
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | expires_on | 2027-01-04 |
    When the day is 2026-11-10
    Then the clock T12 of D1 for the employer has:
      | path       | value      |
      | expires_on | 2027-01-05 |
