Feature: Who files for whom, and for which permit
  The texts say who asks for a permit, for whom, and who needs none; a filing that they exclude is refused at once, with
  its article, and no appeal clock starts on it.

  Scenario Outline: A <procedure> request without an employer is refused (CT R5221-1)
    Given today is <day>
    When employer-acme files a <procedure> request with /request/employer = absent
    Then it is refused with 422 "content_impossible"
    And the fault at /request/employer is "fact_missing"

    Examples: in the version of 1 September 2024 and before
      | procedure              | day        |
      | introduction_permanent | 2024-08-31 |
      | introduction_permanent | 2026-11-02 |
      | posting                | 2026-11-02 |

  Scenario: A worker does not ask for the permit of another's contract (CT R5221-1)
    When prefecture-69 files an introduction_permanent request
    Then it is refused with 403 "forbidden"

  Scenario: The permit holds for its contract: a new contract needs a new request (CT R5221-1)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the notice on CT R5221-1 says "L'autorisation ne vaut que pour le contrat présenté : tout nouveau contrat de travail appelle une nouvelle demande."

  Scenario Outline: A national of <country> works without a permit on <day> (CT R5221-2)
    Given today is <day>
    When employer-acme files an introduction_permanent request with /request/worker/nationality = <country>
    Then it is refused with 422 "content_impossible"
    And the fault at /request/worker/nationality is "nationality_exempt"

    Examples: Union, European Economic Area, Switzerland
      | country | day        |
      | DE      | 2026-11-02 |
      | NO      | 2026-11-02 |
      | CH      | 2026-11-02 |
      | PL      | 2022-05-03 |

  Scenario Outline: A student's title opens a <procedure> request: <status> (CT R5221-3)
    When employer-acme files a <procedure> request with /request/worker/residence_title = {"kind": "student", "valid_until": "2027-09-30"}
    Then the answer is <status>

    Examples:
      | procedure           | status |
      | student_above_quota | 201    |
      | change_of_status    | 201    |
      | asylum_seeker       | 422    |

  Scenario Outline: The beneficiary of a <procedure> request lives <where> (CT R5221-14)
    When employer-acme files a <procedure> request with /request/worker/residence_title = <title>
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "<code>"

    Examples: outside France, or in France under a title of CT R5221-3
      | procedure              | where     | title                                                    | pointer                              | code                    |
      | introduction_permanent | in France | {"kind": "employee", "valid_until": "2027-09-30"}        | /request/worker/residence_title/kind | worker_already_resident |
      | change_of_status       | nowhere   | absent                                                   | /request/worker/residence_title      | fact_missing            |
      | renewal                | nowhere   | absent                                                   | /request/worker/residence_title      | fact_missing            |

  Scenario Outline: The <kind> card is itself a permit (CESEDA L421-7)
    When employer-acme files a change_of_status request with /request/worker/residence_title/kind = <kind>
    Then it is refused with 422 "content_impossible"
    And the fault at /request/worker/residence_title/kind is "<code>"

    Examples:
      | kind   | code                   |
      | talent | talent_needs_no_permit |
      | ict    | ict_needs_no_permit    |

  Scenario Outline: A third party holds <mandate> mandate (CT R5221-1 II)
    When mandatary-durand files an introduction_permanent request with /request/mandate = <value>
    Then the answer is <status>

    Examples:
      | mandate | value                                                                                         | status |
      | no      | null                                                                                          | 422    |
      | a       | {"mandatary": "Cabinet Durand", "siret": "90200011600019", "signed_on": "2026-10-01"}         | 201    |

  Scenario Outline: A student who works <hours> hours needs <what> (CT R5221-26)
    When employer-acme files a student_above_quota request with /request/particulars/hours_yearly = <hours>
    Then the answer is <status>

    Examples: 964 hours a year
      | hours | what          | status |
      | 964   | no permit     | 422    |
      | 965   | a permit      | 201    |

  Scenario: Within the quota the hiring is declared by name, two working days before (CT R5221-27)
    When employer-acme files a student_above_quota request with /request/particulars/hours_yearly = 964
    Then it is refused with 422 "content_impossible"
    And the faults are:
      | pointer                             | code                | message                                                                                  |
      | /request/particulars/hours_yearly   | below_student_quota | Une déclaration nominative suffit, au moins 2 jours ouvrables avant l'embauche (CT R5221-27). |

  Scenario Outline: An au pair agreement from 1 February 2027 to <end>: <status> (CESEDA L426-22)
    When employer-acme files an au_pair request with /request/particulars/agreement_end = <end>
    Then the answer is <status>

    Examples: one year at most
      | end        | status |
      | 2028-01-31 | 201    |
      | 2028-02-01 | 422    |

  Scenario Outline: A <kind> internship is extended by an amendment: <status> (CESEDA R426-21)
    When employer-acme files an internship_amendment request with /request/particulars/internship = <kind>
    Then the answer is <status>

    Examples: the first case is not extended
      | kind       | status |
      | vocational | 422    |
      | curriculum | 422    |
      | company    | 201    |
      | hospital   | 201    |

  Scenario Outline: A limited permit for work in <place> is valid in <zone> (CT L5221-7)
    Given a limited_permit request filed by employer-acme with:
      | pointer                         | value      |
      | /request/job/workplace/postcode | <postcode> |
      | /request/particulars/zone       | <asked>    |
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path              | value                            |
      | permit.zone       | <zone>                           |
      | permit.limited_to | Traduction lors d'un festival    |

    Examples: the zone asked for, or the part of the territory where the work is
      | place    | postcode | asked | zone                  |
      | Lyon     | 69002    | ""    | France métropolitaine |
      | Lyon     | 69002    | Rhône | Rhône                 |
      | Réunion  | 97400    | ""    | La Réunion            |

  Scenario Outline: Begun at <age> years, <contract> work is <status> (CT R5221-1)
    When employer-acme files an introduction_fixed_term request with:
      | pointer                    | value      |
      | /request/job/contract      | <contract> |
      | /request/worker/birth_date | <birth>    |
    Then the answer is <status>

    Examples: sixteen, or fifteen for an apprentice, on 1 March 2027; that threshold is unconfirmed
      | age | contract       | birth      | status |
      | 16  | fixed_term     | 2011-03-01 | 201    |
      | 15  | fixed_term     | 2011-03-02 | 422    |
      | 15  | apprenticeship | 2012-03-01 | 201    |
      | 14  | apprenticeship | 2012-03-02 | 422    |
