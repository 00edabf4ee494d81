Feature: Exceptional admission to stay
  The prefecture of residence decides and asks the platform about the employment. Each basis has conditions of its own
  (CESEDA L435-1 à L435-4); all leave the prefect a faculty, and an unfavourable opinion weighs its reasons.

  Scenario Outline: Admission on <basis>: which conditions concern it
    Given an exceptional_admission request filed by prefecture-69 with /request/particulars/basis = <basis>
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then the answer has:
      | path                        | value        |
      | conditions.count            | 4            |
      | conditions.0.rule.criterion | admission_employment |
      | conditions.1.computed.met   | <community>  |
      | conditions.2.computed.met   | <training>   |
      | conditions.3.computed.met   | <shortage>   |
      | conditions.1.nature         | discretion   |
      | conditions.2.nature         | discretion   |
      | conditions.3.nature         | discretion   |

    Examples:
      | basis  | community       | training       | shortage        |
      | L435-1 | not_applicable  | not_applicable | not_applicable  |
      | L435-2 | not_established | not_applicable | not_applicable  |
      | L435-3 | not_applicable  | not_met        | not_applicable  |
      | L435-4 | not_applicable  | not_applicable | not_established |

  Scenario Outline: After <years> years of residence the commission is heard before a refusal: <told> (CESEDA L435-1)
    Given an exceptional_admission request filed by prefecture-69 with /request/particulars/years_of_residence = <years>
    And the case is under examination by agent-63
    When agent-63 reads the conditions
    Then <told>

    Examples: beyond ten years
      | years | told                             |
      | 10    | there is no notice on CESEDA L435-1 |
      | 10.5  | the notice on CESEDA L435-1 says "Résidence de plus de 10 ans : avant un refus, le préfet saisit la commission du titre de séjour (CESEDA L435-1, alinéa 2)." |

  Scenario: The finding on the employment recalls the commission (CESEDA L435-1)
    Given an exceptional_admission request filed by prefecture-69 with /request/particulars/years_of_residence = 12
    And the case is under examination by agent-63
    When agent-63 assesses admission_employment
    Then the last fact is CriterionAssessed
    And the condition admission_employment has:
      | path                      | value                                          |
      | met                       | met                                            |
      | rule.article              | CESEDA L435-1 à L435-4                         |
      | because                   | …le préfet saisit la commission du titre de séjour… |
      | computed.facts.fondement  | CESEDA L435-1                                  |

  Scenario: Employment paid under the minimum (CESEDA L435-1 à L435-4)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                | value  |
      | /request/job/pay_monthly_gross         | 900.00 |
      | /request/job/agreement_minimum_monthly | absent |
    And the case is under examination by agent-63
    When agent-63 assesses admission_employment
    Then the last fact is CriterionAssessed
    And there is a condition admission_employment that is not_met

  Scenario Outline: <years> years in a community, real and serious: <real>: <met> (CESEDA L435-2)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                         | value   |
      | /request/particulars/basis                      | L435-2  |
      | /request/particulars/community_years            | <years> |
      | /request/particulars/community_activity_is_real | <real>  |
    And the case is under examination by agent-63
    When agent-63 assesses admission_community
    Then the last fact is CriterionAssessed
    And the condition admission_community has:
      | path         | value         |
      | met          | <met>         |
      | rule.article | CESEDA L435-2 |

    Examples: three years
      | years | real  | met     |
      | 2.9   | true  | not_met |
      | 3     | true  | met     |
      | 3     | false | not_met |

  Scenario: The activity in a community that nobody attests (CESEDA L435-2)
    Given an exceptional_admission request filed by prefecture-69 with /request/particulars/basis = L435-2
    And the case is under examination by agent-63
    When agent-63 assesses admission_community
    Then it is refused with 422 "finding_needs_reason"

  Scenario Outline: Born on <born>, in care since <care>, in training since <since>: <met> (CESEDA L435-3)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                            | value     |
      | /request/particulars/basis                         | L435-3    |
      | /request/worker/birth_date                         | <born>    |
      | /request/particulars/entrusted_to_care_on          | <care>    |
      | /request/particulars/training_since                | <since>   |
      | /request/particulars/training_is_followed_seriously | <serious> |
    And the case is under examination by agent-63
    When agent-63 assesses admission_training
    Then the last fact is CriterionAssessed
    And the condition admission_training has:
      | path         | value         |
      | met          | <met>         |
      | rule.article | CESEDA L435-3 |

    Examples: in the year of eighteen, in care from sixteen, six months of training
      | born       | care       | since      | serious | met     |
      | 2008-11-02 | 2025-01-02 | 2026-05-02 | true    | met     |
      | 2008-11-03 | 2025-01-02 | 2026-05-02 | true    | not_met |
      | 2007-11-03 | 2025-01-02 | 2026-05-02 | true    | met     |
      | 2007-11-02 | 2025-01-02 | 2026-05-02 | true    | not_met |
      | 2008-06-15 | 2024-06-15 | 2026-05-02 | true    | met     |
      | 2008-06-15 | 2024-06-14 | 2026-05-02 | true    | not_met |
      | 2008-06-15 | 2024-06-15 | 2026-05-03 | true    | not_met |
      | 2008-06-15 | 2024-06-15 | 2026-05-02 | false   | not_met |

  Scenario Outline: <months> months of work less <months_out>, <years> years of residence less <years_out>, record clear: <clear>: <met> (CESEDA L435-4)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                             | value        |
      | /request/particulars/basis                          | L435-4       |
      | /request/particulars/months_worked_last_24          | <months>     |
      | /request/particulars/months_worked_not_counted      | <months_out> |
      | /request/particulars/years_of_residence             | <years>      |
      | /request/particulars/years_of_residence_not_counted | <years_out>  |
      | /request/particulars/criminal_record_b2_clear       | <clear>      |
    And the case is under examination by agent-63
    When agent-63 assesses admission_shortage
    Then the last fact is CriterionAssessed
    And the condition admission_shortage has:
      | path         | value         |
      | met          | <met>         |
      | rule.article | CESEDA L435-4 |
      | rule.since   | 2024-01-28    |

    Examples: twelve months of twenty-four, three years; season, study and asylum do not count
      | months | months_out | years | years_out | clear | met     |
      | 12     | 0          | 3     | 0         | true  | met     |
      | 11     | 0          | 3     | 0         | true  | not_met |
      | 14     | 2          | 3     | 0         | true  | met     |
      | 14     | 3          | 3     | 0         | true  | not_met |
      | 12     | 0          | 2.9   | 0         | true  | not_met |
      | 12     | 0          | 3.4   | 0.4       | true  | met     |
      | 12     | 0          | 3.4   | 0.5       | true  | not_met |
      | 12     | 0          | 3     | 0         | false | not_met |

  Scenario Outline: Admission in a shortage occupation, <what> not known: the agent answers (CESEDA L435-4)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                       | value    |
      | /request/particulars/basis                    | L435-4   |
      | /request/particulars/months_worked_last_24    | <months> |
      | /request/particulars/criminal_record_b2_clear | <clear>  |
    And the case is under examination by agent-63
    When agent-63 assesses admission_shortage
    Then it is refused with 422 "finding_needs_reason"

    Examples:
      | what       | months | clear |
      | the months | null   | true  |
      | the record | 12     | null  |

  Scenario Outline: A request on L435-4 filed on <day>: <status> (CESEDA L435-4)
    Given today is <day>
    When prefecture-69 files an exceptional_admission request with /request/particulars/basis = L435-4
    Then the answer is <status>

    Examples: from 28 January 2024 to 31 December 2026, an end that only commentators tell
      | day        | status |
      | 2024-01-27 | 422    |
      | 2024-01-28 | 201    |
      | 2026-12-31 | 201    |
      | 2027-01-01 | 422    |

  Scenario: After 31 December 2026 the rule has no answer for a request filed before (CESEDA L435-4)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                       | value  |
      | /request/particulars/basis                    | L435-4 |
      | /request/particulars/months_worked_last_24    | 12     |
      | /request/particulars/criminal_record_b2_clear | true   |
    And the case is under examination by agent-63
    And the day is 2027-01-01
    When agent-63 assesses admission_shortage
    Then it is refused with 422 "finding_needs_reason" naming "n'est pas connu comme étant en vigueur"

  Scenario: The chapter on exceptional admission does not apply in Mayotte (CESEDA L441-7)
    When prefecture-69 files an exceptional_admission request with /request/particulars/prefecture_department = 976
    Then it is refused with 422 "content_impossible"
    And the faults are:
      | pointer                                    | code                       | message         |
      | /request/particulars/prefecture_department | legal_basis_not_applicable | CESEDA L441-7 15° |

  Scenario: An unfavourable opinion weighs its reasons, as the prefect has a faculty (CESEDA L435-4)
    Given an exceptional_admission request filed by prefecture-69 with:
      | pointer                                       | value  |
      | /request/particulars/basis                    | L435-4 |
      | /request/particulars/months_worked_last_24    | 11     |
    And the case is under examination by agent-63
    And every condition is assessed, but admission_shortage is not met because "Onze mois travaillés, d'après les bulletins de salaire."
    When agent-63 gives "propose" with:
      """
      {"kind": "opinion_unfavourable",
       "reasons": [{"criterion": "admission_shortage", "fact": "Onze mois travaillés, d'après les bulletins."}]}
      """
    Then it is refused with 409 "discretion_needs_reasons"

  Scenario Outline: More is left out than was <what>: the fault is at <pointer> (CESEDA L435-4)
    When prefecture-69 files an exceptional_admission request with:
      | pointer                                    | value   |
      | /request/particulars/months_worked_last_24 | 12      |
      | <pointer>                                  | <value> |
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "amount_impossible"

    Examples:
      | what    | pointer                                             | value |
      | worked  | /request/particulars/months_worked_not_counted      | 13    |
      | resided | /request/particulars/years_of_residence_not_counted | 6.6   |
