Feature: Who escapes the conditions
  Some permits are given as of right, which leaves no condition of CT R5221-20 to oppose; to some workers only the situation
  of the labour market is not opposed (CT R5221-21).

  # --- as of right ------------------------------------------------------------------------------------------------------

  Scenario Outline: A <contract> ending <end> for the holder of a <title> title: pay is <met> (CT L5221-5)
    Given a change_of_status request filed by employer-acme with:
      | pointer                                    | value      |
      | /request/worker/residence_title/kind       | <title>    |
      | /request/job/contract                      | <contract> |
      | /request/job/end                           | <end>      |
      | /request/job/pay_monthly_gross             | 900.00     |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the answer is <status>
    And there is a condition pay that is <met>

    Examples: fixed-term training contracts; a pay below the SMIC is then no obstacle
      | contract            | end        | title              | status | met           |
      | apprenticeship      | 2028-08-31 | student            | 200    | not_opposable |
      | professionalisation | 2028-08-31 | student            | 200    | not_opposable |
      | apprenticeship      | null       | student            | 422    | not assessed  |
      | fixed_term          | 2028-08-31 | student            | 200    | not_met       |
      | apprenticeship      | null       | child_welfare      | 200    | not_opposable |

  Scenario: An asylum seeker is let to remain, which is less than allowed to stay: no permit as of right (CT L5221-5)
    Given an asylum_seeker request filed by employer-acme with:
      | pointer                        | value          |
      | /request/job/contract          | apprenticeship |
      | /request/job/pay_monthly_gross | 900.00         |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then it is refused with 422 "finding_needs_reason" naming "minimum d'un contrat en alternance"

  Scenario: As of right, no condition of R5221-20 nor of R5221-20-1 is left (CT L5221-5)
    Given a change_of_status request filed by employer-acme with:
      | pointer               | value          |
      | /request/job/contract | apprenticeship |
      | /request/job/end      | 2028-08-31     |
    And the case is under examination by agent-63
    And every condition is assessed as met
    Then the conditions are:
      | criterion               | met           |
      | labour_market           | not_opposable |
      | employer_obligations    | not_opposable |
      | employer_record         | not_opposable |
      | employer_offences       | not_opposable |
      | regulated_activity      | not_opposable |
      | pay                     | not_opposable |
      | job_fits_qualifications | not_opposable |
      | housing                 | not_opposable |
      | proportionate_project   | not_opposable |

  Scenario Outline: The title ends on <valid_until>: on 2 November 2026 the apprentice is <stay>
    Given a change_of_status request filed by employer-acme with:
      | pointer                                     | value          |
      | /request/worker/residence_title/valid_until | <valid_until>  |
      | /request/job/contract                       | apprenticeship |
      | /request/job/end                            | 2028-08-31     |
    And the case is under examination by agent-63
    When agent-63 assesses employer_record
    Then the answer is <status>
    And there is a condition employer_record that is <met>

    Examples: the right belongs to a foreigner allowed to stay (CT L5221-5)
      | valid_until | stay                | status | met           |
      | 2026-11-02  | still allowed       | 200    | not_opposable |
      | 2026-11-01  | allowed no more     | 422    | not assessed  |

  Scenario Outline: On <day> the version of CT L5221-5 is <mark>
    Given on <filed> agent-63 examines a change_of_status request with:
      | pointer                                     | value          |
      | /request/particulars/diplomas/0/obtained_on | <graduated>    |
      | /request/job/contract                       | apprenticeship |
      | /request/job/end                            | 2025-08-31     |
    And the day is <day>
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                       | value         |
      | met                        | not_opposable |
      | because                    | …CT L5221-5…  |
      | computed.unconfirmed.count | <doubts>      |

    Examples: nobody read the text from before 28 January 2024, and how far « de droit » reaches is a deduction in each
      | filed      | graduated  | day        | mark        | doubts |
      | 2018-05-14 | 2017-07-03 | 2018-05-14 | unconfirmed | 2      |
      | 2024-01-15 | 2023-07-03 | 2024-01-27 | unconfirmed | 2      |
      | 2024-01-15 | 2023-07-03 | 2024-01-28 | confirmed   | 1      |

  Scenario: A youth in the care of child welfare has the permit as of right for an apprenticeship (CT R5221-22)
    Given a change_of_status request filed by employer-acme with:
      | pointer                              | value          |
      | /request/worker/residence_title/kind | child_welfare  |
      | /request/job/contract                | apprenticeship |
    And the case is under examination by agent-63
    When agent-63 assesses employer_record
    Then the last fact is CriterionAssessed
    And the condition employer_record has:
      | path                   | value                                                    |
      | met                    | not_opposable                                            |
      | because                | …de droit et cette condition ne peut lui être opposée (CT R5221-22)… |
      | computed.facts.contrat | contrat d'apprentissage                                  |
      | computed.unconfirmed.0 | …« de droit » écarte toutes les conditions…              |
      | computed.unconfirmed.1 | …cursus suivi…                                           |

  # --- market not opposed -------------------------------------------------------------------------------------------------

  Scenario Outline: A youth in care with a permanent contract: an offer that met <fitting> fitting candidates (CT R5221-21 4°)
    Given a change_of_status request filed by employer-acme with:
      | pointer                              | value         |
      | /request/worker/residence_title/kind | child_welfare |
      | /request/job/posting                 | {"body": "France Travail", "published_from": "2026-09-01", "published_until": "2026-09-28", "applications": 4, "fitting_candidates": <fitting>} |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples: the exemption may hold, so that a bad offer decides nothing (CESEDA L435-3)
      | fitting | status | met          |
      | 0       | 200    | met          |
      | 1       | 422    | not assessed |

  Scenario: The labour market is opposed unless the code says otherwise (CESEDA L414-13)
    Given a change_of_status request filed by employer-acme with:
      | pointer                              | value    |
      | /request/worker/residence_title/kind | employee |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then it is refused with 422 "finding_needs_reason" naming "Aucune publication de l'offre"

  Scenario: The listed occupation passes without an offer, and names its list (CT R5221-21 1°, CESEDA L421-4)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                 | value          |
      | met                  | met            |
      | computed.facts.liste | ARR-2025-05-21 |

  Scenario Outline: Paid <pay> euros, the holder of a job-search card is <met> (CT R5221-21 2°, CESEDA L422-11)
    Given a change_of_status request filed by employer-acme with:
      | pointer                              | value                           |
      | /request/worker/residence_title/kind | job_search_or_business_creation |
      | /request/job/pay_monthly_gross       | <pay>                           |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples: above one and a half times the minimum monthly pay (CT D5221-21-1)
      | pay     | status | met           |
      | 2800.52 | 422    | not assessed  |
      | 2800.53 | 422    | not assessed  |
      | 2800.54 | 200    | not_opposable |

  Scenario: Why the market is not opposed to a graduate (CT R5221-21 3°, CT D5221-21-1)
    Given a change_of_status request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the last fact is CriterionAssessed
    And the condition labour_market has:
      | path                 | value                                     |
      | met                  | not_opposable                             |
      | because              | …(CT R5221-21 3°, CESEDA L421-4) : étudiant diplômé le 3 juillet 2026 (niveau 7), emploi en rapport avec la formation… |
      | computed.facts.seuil | 2800.530                                  |

  Scenario Outline: A graduate whose job's link with the studies is not told, after an offer that met <fitting> candidates
    Given a change_of_status request filed by employer-acme with:
      | pointer                                     | value |
      | /request/particulars/job_related_to_studies | null  |
      | /request/job/posting                        | {"body": "France Travail", "published_from": "2026-09-01", "published_until": "2026-09-28", "applications": 4, "fitting_candidates": <fitting>} |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples: what is not known is no refusal (CT R5221-21 3°)
      | fitting | status | met          |
      | 0       | 200    | met          |
      | 2       | 422    | not assessed |

  Scenario Outline: The diploma « <title> » of level <level>, in France: <france>, is one that opens the exception or not (CESEDA D421-6)
    Given a change_of_status request filed by employer-acme with:
      | pointer                                    | value    |
      | /request/particulars/diplomas/0/title      | <title>  |
      | /request/particulars/diplomas/0/level      | <level>  |
      | /request/particulars/diplomas/0/in_france  | <france> |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>

    Examples:
      | title                        | level | france | status |
      | Master informatique          | 7     | true   | 200    |
      | Licence informatique         | 6     | true   | 422    |
      | Licence professionnelle web  | 6     | true   | 200    |
      | Master informatique          | 7     | false  | 422    |

  Scenario Outline: On <day> the exceptions of R5221-21 are <state>
    Given on 2021-04-20 agent-63 examines a change_of_status request with:
      | pointer                                     | value      |
      | /request/particulars/diplomas/0/obtained_on | 2020-07-03 |
    And the day is <day>
    When agent-63 assesses labour_market
    Then the answer is <status>

    Examples: since 1 May 2021 (CT R5221-21 3°)
      | day        | state        | status |
      | 2021-04-30 | not held yet | 422    |
      | 2021-05-01 | in force     | 200    |

  # --- lists and offers ------------------------------------------------------------------------------------------------------

  Scenario Outline: The lists serve a national under the regime <regime>: labour_market is <met> (CE, 23 octobre 2009, n° 314397)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                     | value         |
      | /request/worker/nationality | <nationality> |
      | /request/legal_regime       | <regime>      |
    And the case is under examination by agent-63
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples:
      | nationality | regime                    | status | met          |
      | MA          | code                      | 200    | met          |
      | DZ          | algerian_agreement_1968   | 422    | not assessed |
      | TN          | tunisian_agreement_1988   | 422    | not assessed |
      | SN          | other_bilateral_agreement | 200    | met          |

  Scenario Outline: Filed on <filed>, three weeks published until 21 July 2024 <prove> the search (CT R5221-12)
    Given on <filed> agent-63 examines an introduction_permanent request with:
      | pointer              | value |
      | /request/job/rome    | M1805 |
      | /request/job/fap     | M2Z90 |
      | /request/job/posting | {"body": "France Travail", "published_from": "2024-07-01", "published_until": "2024-07-21", "applications": 4, "fitting_candidates": 0} |
    When agent-63 assesses labour_market
    Then the answer is <status>
    And there is a condition labour_market that is <met>

    Examples: within six months before the filing since 12 January 2025, a matter of proof only
      | filed      | prove         | status | met          |
      | 2025-01-11 | prove         | 200    | met          |
      | 2025-01-12 | do not prove  | 422    | not assessed |

  Scenario Outline: A renewal, the first: <first>, same job: <job>, same zone: <zone>, is <met> (CT R5221-35)
    Given a renewal request filed by employer-acme with:
      | pointer                            | value   |
      | /request/particulars/first_renewal | <first> |
      | /request/particulars/same_job      | <job>   |
      | /request/particulars/same_zone     | <zone>  |
    And the case is under examination by agent-63
    When agent-63 assesses pay
    Then the last fact is CriterionAssessed
    And there is a condition pay that is <met>

    Examples: R5221-20 is opposed at the first renewal for another job or another zone
      | first | job   | zone  | met            |
      | true  | true  | true  | not_applicable |
      | true  | false | true  | met            |
      | true  | true  | false | met            |
      | false | false | false | not_applicable |
