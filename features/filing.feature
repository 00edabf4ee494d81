Feature: Filing a request
  A request is filed through the teleservice (CT R5221-15). The filer gets a receipt at once (CRPA R112-11-2), the request
  is routed, and an acknowledgement says what silence will mean (CRPA R112-11-1). What is missing or impossible is refused
  with its place, before anything is recorded.

  Scenario: A complete request is received, routed and acknowledged at once
    When employer-acme files an introduction_permanent request
    Then the answer is 201
    And the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And the fact RequestFiled has:
      | path                          | value                  |
      | filed_by                      | local:employer-acme    |
      | filed_as                      | employer               |
      | filed_on                      | 2026-11-02             |
      | request.procedure             | introduction_permanent |
      | request.job.pay_monthly_gross | 2400.00                |
      | documents.count               | 2                      |
      | documents.0.id                | P1                     |
      | documents.1.item              | contributions_certificate |
      | @actor_name                   | Camille Renard         |
    And the fact RegistrationReceiptIssued has:
      | path      | value      |
      | number    | …2026-…    |
      | issued_on | 2026-11-02 |
    And the fact AcknowledgementIssued has:
      | path                 | value                |
      | issued_on            | 2026-11-02           |
      | received_on          | 2026-11-02           |
      | silence_effect       | reject               |
      | implicit_decision_on | 2027-01-02           |
      | missing_items        | []                   |
      | contact.phone        | 04 65 71 00 63       |
      | remedies.tribunal    | …Lyon…               |
      | complete             | yes                  |
    And the case read by employer-acme has:
      | path                       | value             |
      | status                     | under_examination |
      | request.worker.family_name | Benali            |
      | assignee                   | none              |

  Scenario Outline: <procedure>: silence is governed by <rule>
    When <filer> files a <procedure> request
    Then the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And the fact RequestFiled has:
      | path              | value       |
      | request.procedure | <procedure> |
    And the fact AcknowledgementIssued has:
      | path                 | value    |
      | silence_rule         | <rule>   |
      | silence_effect       | <effect> |
      | implicit_decision_on | <arises> |
    And the case has:
      | path             | value      |
      | status           | to_claim   |
      | routing.platform | <platform> |

    Examples:
      | procedure              | filer            | rule                 | effect | arises     | platform         |
      | introduction_permanent | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |
      | introduction_fixed_term | employer-acme   | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |
      | change_of_status       | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |
      | renewal                | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |
      | seasonal               | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Avignon          |
      | student_above_quota    | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |
      | asylum_seeker          | employer-acme    | AT_ASYLUM_SEEKER     | grant  | 2027-01-02 | Clermont-Ferrand |
      | exceptional_admission  | prefecture-69    | RESIDENCE_PERMIT     | reject | 2027-03-02 | Clermont-Ferrand |
      | posting                | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |
      | au_pair                | employer-acme    | RESIDENCE_PERMIT_90  | reject | 2027-01-31 | Clermont-Ferrand |
      | internship_agreement   | employer-acme    | INTERNSHIP           | reject | 2026-12-02 | Clermont-Ferrand |
      | internship_amendment   | employer-acme    | INTERNSHIP_AMENDMENT | grant  | 2026-11-17 | Clermont-Ferrand |
      | viability_opinion      | mandatary-durand | VIABILITY_OPINION    | none   | none       | Clermont-Ferrand |
      | limited_permit         | employer-acme    | AT_ORDINARY          | reject | 2027-01-02 | Clermont-Ferrand |

  Scenario Outline: <procedure>: <code> at <pointer>
    When <filer> files a <procedure> request with <change> = <value>
    Then it is refused with 422 "content_impossible"
    And the fault at <pointer> is "<code>"

    Examples: one fact of each procedure that is missing or cannot be
      | procedure              | filer            | change                                          | value      | pointer                                         | code                        |
      | introduction_permanent | employer-acme    | /request/job/end                                | 2028-02-29 | /request/job/end                                | end_impossible              |
      | introduction_fixed_term | employer-acme   | /request/job/end                                | absent     | /request/job/end                                | fact_missing                |
      | change_of_status       | employer-acme    | /request/worker/residence_title                 | absent     | /request/worker/residence_title                 | fact_missing                |
      | renewal                | employer-acme    | /request/particulars/earlier_permit             | ""         | /request/particulars/earlier_permit             | fact_missing                |
      | seasonal               | employer-acme    | /request/job/housing_address                    | absent     | /request/job/housing_address                    | fact_missing                |
      | student_above_quota    | employer-acme    | /request/particulars/enrolled_until             | 2026-11-01 | /request/particulars/enrolled_until             | enrolment_ended             |
      | asylum_seeker          | employer-acme    | /request/particulars/ofpra_introduced_on        | 2026-11-03 | /request/particulars/ofpra_introduced_on        | date_impossible             |
      | exceptional_admission  | prefecture-69    | /request/particulars/prefecture_department      | 976        | /request/particulars/prefecture_department      | legal_basis_not_applicable  |
      | posting                | employer-acme    | /request/particulars/foreign_employer_country   | FR         | /request/particulars/foreign_employer_country   | foreign_employer_in_france  |
      | au_pair                | employer-acme    | /request/particulars/agreement_end              | 2028-02-01 | /request/particulars/agreement_end              | agreement_too_long          |
      | internship_agreement   | employer-acme    | /request/particulars/end                        | 2027-02-28 | /request/particulars/end                        | dates_disordered            |
      | internship_amendment   | employer-acme    | /request/particulars/internship                 | vocational | /request/particulars/internship                 | amendment_excluded          |
      | viability_opinion      | mandatary-durand | /request/particulars/activity_department        | 20         | /request/particulars/activity_department        | department_unknown          |
      | limited_permit         | employer-acme    | /request/job                                    | absent     | /request/job                                    | fact_missing                |

    Examples: facts that all procedures share
      | procedure              | filer         | change                                | value          | pointer                               | code                    |
      | introduction_permanent | employer-acme | /request/job/rome                     | G9999          | /request/job/rome                     | rome_unknown            |
      | introduction_permanent | employer-acme | /request/job/fap                      | Z9Z99          | /request/job/fap                      | fap_unknown             |
      | introduction_permanent | employer-acme | /request/job/pay_monthly_gross        | 0.00           | /request/job/pay_monthly_gross        | amount_impossible       |
      | introduction_permanent | employer-acme | /request/employer                     | absent         | /request/employer                     | fact_missing            |
      | introduction_permanent | employer-acme | /request/employer/seat/postcode       | 00100          | /request/employer/seat/postcode       | department_unknown      |
      | introduction_permanent | employer-acme | /request/worker/birth_date            | null           | /request/worker/birth_date            | fact_missing            |
      | introduction_permanent | employer-acme | /request/job/contract                 | apprenticeship | /request/job/contract                 | contract_unsuitable     |
      | change_of_status       | employer-acme | /request/worker/residence_title/kind  | talent         | /request/worker/residence_title/kind  | talent_needs_no_permit  |
      | change_of_status       | employer-acme | /request/worker/residence_title/kind  | ict            | /request/worker/residence_title/kind  | ict_needs_no_permit     |
      | change_of_status       | employer-acme | /request/worker/residence_title/kind  | asylum_attestation | /request/worker/residence_title/kind | title_unsuitable      |
      | student_above_quota    | employer-acme | /request/worker/residence_title/kind  | employee       | /request/worker/residence_title/kind  | title_unsuitable        |

  Scenario Outline: The key of SIRET <siret> is checked
    When employer-acme files an introduction_permanent request with /request/employer/siret = <siret>
    Then it is refused with 422 "content_impossible" naming "<siret>"
    And the fault at /request/employer/siret is "siret_invalid"

    Examples: one digit changed at a time
      | siret          |
      | 90200029800016 |
      | 90200029800025 |
      | 91200029800015 |

  Scenario: A SIRET of thirteen digits is malformed, not merely wrong
    When employer-acme files an introduction_permanent request with /request/employer/siret = 9020002980001
    Then it is refused with 400 "malformed"
    And the fault at /request/employer/siret is "malformed"

  Scenario Outline: A worker of nationality <nationality>: <code> (CT R5221-2)
    When employer-acme files an introduction_permanent request with /request/worker/nationality = <nationality>
    Then it is refused with 422 "content_impossible"
    And the fault at /request/worker/nationality is "<code>"

    Examples: France, the Union, the European Economic Area, Switzerland, and codes that are nobody's
      | nationality | code                |
      | FR          | nationality_exempt  |
      | NC          | nationality_exempt  |
      | DE          | nationality_exempt  |
      | HR          | nationality_exempt  |
      | NO          | nationality_exempt  |
      | CH          | nationality_exempt  |
      | ZZ          | nationality_unknown |
      | UK          | nationality_unknown |

  Scenario Outline: Filed on <day>, the request of a British worker meets <outcome> (CT R5221-2)
    Given today is <day>
    When employer-acme files an introduction_permanent request with /request/worker/nationality = GB
    Then <outcome>

    Examples: the last day of the transition, and the next
      | day        | outcome |
      | 2020-12-31 | the fault at /request/worker/nationality is "nationality_exempt" |
      | 2021-01-01 | the facts recorded are RequestFiled, RegistrationReceiptIssued, RoutingLeftToHand |

  Scenario Outline: A worker of nationality <nationality> needs a permit
    When employer-acme files an introduction_permanent request with /request/worker/nationality = <nationality>
    Then the fact RequestFiled has:
      | path                | value         |
      | request.nationality | <nationality> |

    Examples: neighbours of the exempt ones, and Kosovo, which ISO 3166 does not name
      | nationality |
      | GB          |
      | TR          |
      | DZ          |
      | XK          |

  Scenario Outline: The contract may not start before the filing: <start> is refused as <code>
    When employer-acme files an introduction_permanent request with /request/job/start = <start>
    Then it is refused with 422 "content_impossible"
    And the fault at /request/job/start is "<code>"

    Examples: the eve of the filing, and ten years and a day ahead
      | start      | code            |
      | 2026-11-01 | start_in_past   |
      | 2036-11-03 | date_impossible |

  Scenario Outline: A contract that starts on <start> can be asked for on 2 November 2026
    When employer-acme files an introduction_permanent request with /request/job/start = <start>
    Then the fact RequestFiled has:
      | path              | value   |
      | request.job.start | <start> |

    Examples: the day of the filing, and ten years ahead to the day
      | start      |
      | 2026-11-02 |
      | 2036-11-02 |

  Scenario Outline: A worker born on <birth> is <age> when the contract starts, on 1 March 2027
    When employer-acme files an introduction_permanent request with /request/worker/birth_date = <birth>
    Then the answer is <status>

    Examples: sixteen to the day, a day short of it, and ninety-nine
      | birth      | age                    | status |
      | 2011-03-01 | sixteen                | 201    |
      | 2011-03-02 | fifteen                | 422    |
      | 1926-11-03 | one hundred            | 201    |
      | 1926-11-02 | one hundred at filing  | 422    |
      | 2026-11-03 | not born at the filing | 422    |

  Scenario Outline: A student who works <hours> hours a year (CT R5221-26)
    When employer-acme files a student_above_quota request with /request/particulars/hours_yearly = <hours>
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: up to 964 hours a declaration is enough
      | hours | status | path          | told                |
      | 963   | 422    | faults.0.code | below_student_quota |
      | 964   | 422    | faults.0.code | below_student_quota |
      | 965   | 201    | events.0.type | RequestFiled        |

  Scenario: All faults are told at once
    When employer-acme files an introduction_permanent request with:
      | pointer                              | value                                |
      | /request/employer/siret              | 90200029800016                       |
      | /request/worker/nationality          | DE                                   |
      | /request/worker/birth_date           | null                                 |
      | /request/job/start                   | 2026-10-30                           |
      | /request/job/end                     | 2026-10-01                           |
      | /request/job/rome                    | G9999                                |
    Then it is refused with 422 "content_impossible"
    And the faults are:
      | pointer                     | code               | message         |
      | /request/employer/siret     | siret_invalid      | 90200029800016  |
      | /request/worker/nationality | nationality_exempt | R5221-2         |
      | /request/worker/birth_date  | fact_missing       | naissance       |
      | /request/job/start          | start_in_past      | 30 octobre 2026 |
      | /request/job/end            | end_impossible     | indéterminée    |
      | /request/job/rome           | rome_unknown       | G9999           |

  Scenario: Published offers are checked too
    When employer-acme files an introduction_permanent request with:
      | pointer              | value |
      | /request/job/posting | {"body": "France Travail", "published_from": "2026-10-20", "published_until": "2026-10-01", "applications": 2, "fitting_candidates": 3} |
    Then it is refused with 422 "content_impossible"
    And the faults are:
      | pointer                                | code              |
      | /request/job/posting/published_until    | dates_disordered  |
      | /request/job/posting/fitting_candidates | amount_impossible |

  Scenario: A worker who already lives in France is no introduction
    When employer-acme files an introduction_permanent request with:
      | pointer                         | value                                             |
      | /request/worker/residence_title | {"kind": "student", "valid_until": "2027-09-30"}  |
    Then it is refused with 422 "content_impossible" naming "changement de statut"
    And the fault at /request/worker/residence_title/kind is "worker_already_resident"

  Scenario: The acknowledgement lists an item that the order of 1 April 2021 requires and that was not joined
    When employer-acme files an introduction_permanent request with /documents/1 = absent
    Then the fact AcknowledgementIssued has:
      | path                 | value                    |
      | missing_items.count  | 1                        |
      | missing_items.0      | …cotisations sociales…   |
      | implicit_decision_on | 2027-01-02               |
    And the clock T1 has:
      | path       | value      |
      | state      | running    |
      | starts_on  | 2026-11-02 |
      | expires_on | 2027-01-02 |

  Scenario: Silence that would accept waits for the missing item (CRPA L114-5)
    When employer-acme files an asylum_seeker request with /documents/1 = absent
    Then the fact AcknowledgementIssued has:
      | path                 | value                  |
      | silence_effect       | grant                  |
      | missing_items.0      | …cotisations sociales… |
      | implicit_decision_on | none                   |
    And the clock T2 has:
      | path            | value            |
      | state           | not_running      |
      | why_not_running | …pièces manquantes signalées par l'accusé de réception… |

  Scenario: A mandatary needs a written mandate (CT R5221-1 II)
    When mandatary-durand files an introduction_permanent request
    Then it is refused with 422 "content_impossible" naming "mandat écrit"
    And the fault at /request/mandate is "fact_missing"

  Scenario: A mandatary files for an employer under a mandate
    When mandatary-durand files an introduction_permanent request with:
      | pointer          | value                                                                                   |
      | /request/mandate | {"mandatary": "Cabinet Durand", "siret": "90200011600019", "signed_on": "2026-11-02"}   |
    Then the fact RequestFiled has:
      | path     | value                  |
      | filed_by | local:mandatary-durand |
      | filed_as | mandatary              |
    And the fact AcknowledgementIssued has:
      | path            | value           |
      | missing_items.0 | …Mandat écrit…  |
    And the case has:
      | path                        | value          |
      | request.mandate.mandatary   | Cabinet Durand |

  Scenario: A mandate signed tomorrow is none
    When mandatary-durand files an introduction_permanent request with:
      | pointer          | value                                                      |
      | /request/mandate | {"mandatary": "Cabinet Durand", "signed_on": "2026-11-03"} |
    Then it is refused with 422 "content_impossible"
    And the fault at /request/mandate/signed_on is "date_impossible"

  Scenario Outline: <who> may not file a <procedure> request
    When <who> files a <procedure> request
    Then it is refused with 403 "forbidden"

    Examples:
      | who           | procedure              |
      | employer-acme | exceptional_admission  |
      | employer-acme | viability_opinion      |
      | prefecture-69 | introduction_permanent |
      | agent-63      | introduction_permanent |
      | auditor       | seasonal               |

  Scenario: Nobody files without signing in
    When nobody files an introduction_permanent request
    Then it is refused with 401 "not_signed_in"

  Scenario: A member that no request knows is refused, not dropped
    When employer-acme files an introduction_permanent request with /urgent = true
    Then it is refused with 400 "malformed"
    And the faults are:
      | pointer | code      | message |
      | /urgent | malformed | urgent  |

  Scenario Outline: A member that every form has is missing: the answer points at <pointer>
    When employer-acme files an introduction_permanent request with <pointer> = absent
    Then it is refused with 400 "malformed"
    And the fault at <pointer> is "malformed"

    Examples:
      | pointer                                |
      | /request                               |
      | /request/worker/birth_date             |
      | /request/job/workplace/postcode        |
      | /request/particulars/procedure         |

  Scenario: The same key gets the first answer, byte for byte, and one case
    When employer-acme files an introduction_permanent request under the key "first"
    And the day is 2026-11-09
    And employer-acme files an introduction_permanent request under the key "first"
    Then the answer repeats the first one byte for byte
    And the facts recorded are RequestFiled, RegistrationReceiptIssued, RequestRouted, AcknowledgementIssued
    And the fact RequestFiled has:
      | path     | value      |
      | filed_on | 2026-11-02 |

  Scenario: A key that came with another request is refused
    When employer-acme files an introduction_permanent request under the key "first"
    And employer-acme files a seasonal request under the key "first"
    Then it is refused with 422 "key_reused"
    And nothing more is recorded

  Scenario: The same key of somebody else is another key
    When employer-acme files an introduction_permanent request under the key "first"
    And mandatary-durand files a viability_opinion request under the key "first"
    Then the answer is 201
    And the answers name different cases

  Scenario: The filer corrects the pay; the first figure stays in the history
    Given an introduction_permanent request filed by employer-acme
    When employer-acme amends the request because "La rémunération est relevée." with:
      | pointer                        | value   |
      | /request/job/pay_monthly_gross | 2550.00 |
    Then the last fact is RequestAmended
    And the fact RequestAmended has:
      | path                          | value                          |
      | changes                       | /request/job/pay_monthly_gross |
      | request.job.pay_monthly_gross | 2550.00                        |
      | reason                        | La rémunération est relevée.   |
    And the fact RequestFiled has:
      | path                          | value   |
      | request.job.pay_monthly_gross | 2400.00 |
    And the case has:
      | path                          | value   |
      | request.job.pay_monthly_gross | 2550.00 |

  Scenario: An amendment forgets what was assessed on the earlier facts
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "assess" with:
      """
      {"criterion": "pay"}
      """
    When employer-acme amends the request because "La rémunération est relevée." with:
      | pointer                        | value   |
      | /request/job/pay_monthly_gross | 2550.00 |
    Then the last fact is RequestAmended
    And the case has:
      | path           | value |
      | findings.count | 0     |

  Scenario Outline: An amendment may not make another request of it: <code> (CT R5221-1)
    Given an introduction_permanent request filed by employer-acme
    When employer-acme amends the request because "Les faits ont changé depuis." with:
      | pointer   | value   |
      | <pointer> | <value> |
    Then it is refused with <status> "<code>"
    And nothing more is recorded

    Examples:
      | pointer                         | value                                              | status | code                         |
      | /request/employer/seat/postcode | 75011                                              | 409    | amendment_changes_competence |
      | /request/job/pay_monthly_gross  | 2400.00                                            | 409    | nothing_changed              |
      | /request/particulars            | {"procedure": "limited_permit", "limited_to": "x"} | 409    | procedure_cannot_change      |
      | /request/job/start              | 2026-11-01                                         | 422    | content_impossible           |

  Scenario: An amendment may not name the brother of the foreigner (CT R5221-1)
    Given an introduction_permanent request filed by employer-acme
    When employer-acme amends the request because "Les faits ont changé depuis." with:
      | pointer                     | value      |
      | /request/worker/given_names | Karim      |
      | /request/worker/birth_date  | 1990-01-01 |
    Then it is refused with 409 "worker_cannot_change"

  Scenario: The filer gives the request up
    Given an introduction_permanent request filed by employer-acme
    And the day is 2026-11-20
    When employer-acme gives "abandon" with:
      """
      {"reason": "Le candidat a renoncé au poste."}
      """
    Then the last fact is RequestAbandoned
    And the fact RequestAbandoned has:
      | path         | value                           |
      | reason       | Le candidat a renoncé au poste. |
      | abandoned_on | 2026-11-20                      |
    And the case has:
      | path   | value     |
      | status | abandoned |
    And the clock T1 has:
      | path  | value |
      | state | ended |

  Scenario: A request that was given up is not taken up again
    Given an introduction_permanent request filed by employer-acme
    And employer-acme has given "abandon" with:
      """
      {"reason": "Le candidat a renoncé au poste."}
      """
    When agent-63 gives "claim"
    Then it is refused with 409 "status_forbids" naming "Abandonné"

  Scenario: A document is replaced: both versions stay
    Given an introduction_permanent request filed by employer-acme
    When employer-acme gives "replace-document" with:
      """
      {"document": "P1", "title": "Passeport, pages lisibles", "reason": "La première copie était illisible.",
       "sha256": "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02", "bytes": 201334}
      """
    Then the last fact is DocumentReplaced
    And the document P1 has:
      | path             | value                     |
      | versions.count   | 2                         |
      | versions.0.title | Pièce passport            |
      | versions.1.title | Passeport, pages lisibles |
      | versions.1.item  | passport                  |

  Scenario: A document added later gets the next number
    Given an introduction_permanent request filed by employer-acme
    When employer-acme gives "add-document" naming no version with:
      """
      {"document": $document:signed_contract}
      """
    Then the last fact is DocumentReceived
    And the fact DocumentReceived has:
      | path          | value           |
      | document.id   | P3              |
      | document.item | signed_contract |
      | received_on   | 2026-11-02      |
