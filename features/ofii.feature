Feature: OFII and the tax authority
  OFII receives each grant for a contract of more than three months and each seasonal grant, once (CT R5221-18). Since
  1 January 2023 DGFiP collects the employer tax (CESEDA L436-10): it is told of the hires that are taxable.

  Scenario Outline: A contract from 1 March 2027 to <end> is sent to OFII or not (CT R5221-18)
    Given an introduction_fixed_term request filed by employer-acme with /request/job/end = <end>
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "notify-ofii" with:
      """
      {"decision": "D1"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: more than three months, days included
      | end        | status | path          | told         |
      | 2027-03-31 | 409    | code          | ofii_not_due |
      | 2027-05-30 | 409    | code          | ofii_not_due |
      | 2027-05-31 | 409    | code          | ofii_not_due |
      | 2027-06-01 | 200    | events.0.type | OfiiNotified |
      | 2027-11-30 | 200    | events.0.type | OfiiNotified |

  Scenario: A grant awaits its message to OFII in a queue until it is sent (CT R5221-18)
    Given an introduction_fixed_term request granted
    Then the queue to_notify_ofii read by agent-63 holds the case
    When agent-63 gives "notify-ofii"
    Then the queue to_notify_ofii read by agent-63 does not hold the case

  Scenario: OFII is told of the contract, and of no person (CT R5221-18)
    Given an introduction_fixed_term request granted
    And the day is 2026-11-03
    When agent-63 gives "notify-ofii"
    Then the last fact is OfiiNotified
    And the fact OfiiNotified has:
      | path              | value                                        |
      | message           | N1                                           |
      | decision          | D1                                           |
      | ground            | contrat de plus de trois mois (CT R5221-18)  |
      | sent_on           | 2026-11-03                                   |
      | siret             | 90200029800015                               |
      | rome              | G1602                                        |
      | contract          | fixed_term                                   |
      | start             | 2027-03-01                                   |
      | end               | 2027-11-30                                   |
      | duration_months   | 9                                            |
      | pay_monthly_gross | 2400.00                                      |
      | seasonal          | no                                           |
    And the message N1 has:
      | path            | value |
      | recipient       | OFII  |
      | acknowledged_on | none  |
    And what OFII is told names neither Benali nor MA1234567

  Scenario: A permanent contract has no end and is always sent
    Given an introduction_permanent request granted
    When agent-63 gives "notify-ofii"
    Then the fact OfiiNotified has:
      | path            | value     |
      | contract        | permanent |
      | end             | none      |
      | duration_months | none      |

  Scenario Outline: A seasonal grant is sent whatever its length: to <end> (CT R5221-18)
    Given a seasonal request filed by employer-acme with /request/job/end = <end>
    And the case is under examination by agent-84
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-84
    When agent-84 gives "notify-ofii"
    Then the fact OfiiNotified has:
      | path            | value                            |
      | ground          | contrat saisonnier (CT R5221-18) |
      | seasonal        | yes                              |
      | duration_months | <months>                         |

    Examples: from 1 April 2027; a month begun counts
      | end        | months |
      | 2027-04-30 | 1      |
      | 2027-05-01 | 2      |
      | 2027-08-31 | 5      |

  Scenario Outline: A refusal is sent neither to OFII nor to DGFiP: <command>
    Given a request refused on pay
    When agent-63 gives "<command>"
    Then it is refused with 409 "decision_is_no_grant"

    Examples:
      | command              |
      | notify-ofii          |
      | notify-tax-authority |

  Scenario: A stamped agreement permits no job: OFII is not told
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a stamp is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "notify-ofii"
    Then it is refused with 409 "decision_is_no_grant"

  Scenario: Nothing is sent before the decision
    Given an introduction_permanent request filed by employer-acme
    When agent-63 gives "notify-ofii"
    Then it is refused with 409 "decision_is_no_grant"

  Scenario: A withdrawn grant is sent to nobody any more
    Given an introduction_permanent request granted
    And the day is 2026-12-01
    And agent-63 has given "open-prior-hearing" with:
      """
      {"decision": "D1", "intended": "withdrawal", "legal_basis": "fraud",
       "grounds": "Le contrat joint porte une signature que l'employeur conteste."}
      """
    And the day is 2026-12-17
    And signatory-63 has given "withdraw-permit" with:
      """
      {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur désigné dit ne l'avoir jamais signé."}
      """
    When agent-63 gives "notify-ofii" with:
      """
      {"decision": "D1"}
      """
    Then it is refused with 409 "decision_is_no_grant"

  Scenario: OFII receives a grant once
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    And the day is 2026-11-10
    When manager-63 gives "notify-ofii" with:
      """
      {"decision": "D1"}
      """
    Then it is refused with 409 "already_notified" naming "2 novembre 2026"

  Scenario: OFII and DGFiP each receive their own message
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    When agent-63 gives "notify-tax-authority"
    Then the last fact is TaxAuthorityNotified
    And the message N2 has:
      | path      | value |
      | recipient | DGFiP |
      | decision  | D1    |

  Scenario: What silence granted is sent too (CESEDA L554-3)
    Given an asylum_seeker request filed by employer-acme
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    When agent-63 gives "notify-ofii"
    Then the fact OfiiNotified has:
      | path     | value |
      | decision | D1    |

  Scenario: The recipient acknowledges, with its own reference
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    And the day is 2026-11-05
    When agent-63 gives "acknowledge-message" with:
      """
      {"message": "N1", "reference": "OFII-2026-118204", "acknowledged_on": "2026-11-04"}
      """
    Then the last fact is NotificationAcknowledged
    And the fact NotificationAcknowledged has:
      | path            | value            |
      | recipient       | OFII             |
      | reference       | OFII-2026-118204 |
      | acknowledged_on | 2026-11-04       |
    And the message N1 has:
      | path            | value      |
      | acknowledged_on | 2026-11-04 |

  Scenario Outline: A message acknowledged on 3 November is not <what> afterwards
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    And the day is 2026-11-03
    And agent-63 has given "acknowledge-message" with:
      """
      {"message": "N1", "reference": "OFII-2026-118204"}
      """
    When agent-63 gives "<command>" with:
      """
      {"message": "N1", <more>}
      """
    Then it is refused with 409 "message_already_acknowledged" naming "3 novembre 2026"

    Examples:
      | what         | command               | more                           |
      | acknowledged | acknowledge-message   | "reference": "OFII-2026-118205" |
      | lost         | record-failed-message | "cause": "Aucune réponse."     |

  Scenario: A message that failed is sent again, as another message
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    And agent-63 has given "record-failed-message" with:
      """
      {"message": "N1", "cause": "Le service destinataire n'a pas répondu après huit essais."}
      """
    And the day is 2026-11-09
    When agent-63 gives "notify-ofii"
    Then the last fact is OfiiNotified
    And the fact OfiiNotified has:
      | path    | value      |
      | message | N2         |
      | sent_on | 2026-11-09 |
    And the message N1 has:
      | path      | value      |
      | failed_on | 2026-11-02 |

  Scenario: The register lists every message of the case, and what became of it
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    And agent-63 has given "record-failed-message" with:
      """
      {"message": "N1", "cause": "Le service destinataire n'a pas répondu."}
      """
    And the day is 2026-11-09
    And agent-63 has given "notify-ofii"
    And agent-63 has given "notify-tax-authority"
    And the day is 2026-11-10
    And agent-63 has given "acknowledge-message" with:
      """
      {"message": "N2", "reference": "OFII-2026-118204"}
      """
    Then the register of messages read by agent-63 lists for this case:
      | message | recipient | sent_on    | acknowledged_on | reference        | failed_on  | cause                                    | fields.pay_monthly_gross |
      | N1      | OFII      | 2026-11-02 | none            | none             | 2026-11-02 | Le service destinataire n'a pas répondu. | 2400.00                  |
      | N2      | OFII      | 2026-11-09 | 2026-11-10      | OFII-2026-118204 | none       | none                                     | 2400.00                  |
      | N3      | DGFiP     | 2026-11-09 | none            | none             | none       | none                                     | 2400.00                  |

  Scenario: Another platform does not read the message, and no filer reads the register
    Given an introduction_permanent request granted
    And agent-63 has given "notify-ofii"
    Then the register of messages read by agent-84 lists nothing for this case
    And the register of messages is closed to employer-acme

  Scenario Outline: DGFiP is told of grants since 2023: granted on <day> (CESEDA L436-10)
    Given today is <day>
    And an introduction_permanent request granted
    When agent-63 gives "notify-tax-authority"
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples:
      | day        | status | path          | told                 |
      | 2022-12-31 | 409    | code          | tax_not_due          |
      | 2023-01-01 | 200    | events.0.type | TaxAuthorityNotified |

  Scenario Outline: A <procedure> grant is no first admission as an employee: no tax (CESEDA L436-10)
    Given a <procedure> request granted
    When agent-63 gives "notify-tax-authority"
    Then it is refused with 409 "tax_not_due" naming "CESEDA L436-10"

    Examples:
      | procedure           |
      | renewal             |
      | student_above_quota |
      | asylum_seeker       |

  Scenario: A private employer owes no tax (CESEDA L436-10, al. 9)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                         | value                                                                                                                                                    |
      | /request/employer               | {"kind": "private_employer", "family_name": "Lambert", "given_names": "Julie", "street": "4 rue des Tilleuls", "postcode": "69100", "town": "Villeurbanne"} |
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "notify-tax-authority"
    Then it is refused with 409 "tax_not_due" naming "particulier employeur"

  Scenario Outline: The likely tax on <pay> euros from 1 March 2027 to <end> is <amount> euros (CESEDA L436-10)
    Given an introduction_fixed_term request filed by employer-acme with:
      | pointer                                | value  |
      | /request/job/pay_monthly_gross         | <pay>  |
      | /request/job/agreement_minimum_monthly | absent |
      | /request/job/end                       | <end>  |
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "notify-tax-authority"
    Then the fact TaxAuthorityNotified has:
      | path                     | value          |
      | siret                    | 90200029800015 |
      | pay_monthly_gross        | <pay>          |
      | indicative_amount_euros  | <amount>       |

    Examples: SMIC 1 867.02; a year or more: 55 % of the pay, capped at two and a half SMIC
      | pay     | end        | amount  |
      | 1867.02 | 2027-11-30 | 74      |
      | 1867.03 | 2027-11-30 | 210     |
      | 2800.53 | 2027-11-30 | 210     |
      | 2800.54 | 2027-11-30 | 300     |
      | 2400.00 | 2028-02-28 | 210     |
      | 2400.00 | 2028-02-29 | 1320.00 |
      | 4667.55 | 2028-02-29 | 2567.15 |
      | 6000.00 | 2028-02-29 | 2567.15 |

  Scenario: A contract of three months is not taxed (CESEDA L436-10)
    Given an introduction_fixed_term request filed by employer-acme with /request/job/end = 2027-05-31
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "notify-tax-authority"
    Then it is refused with 409 "tax_not_due" naming "3 mois au plus"

  Scenario: A seasonal hire is taxed fifty euros a month begun (CESEDA L436-10)
    Given a seasonal request granted
    When agent-84 gives "notify-tax-authority"
    Then the fact TaxAuthorityNotified has:
      | path                    | value |
      | seasonal                | yes   |
      | duration_months         | 5     |
      | indicative_amount_euros | 250   |

  Scenario Outline: Until the end of 2022 the message to OFII carries the elements of the tax: granted on <day> (CESEDA L436-10, CESEDA D436-2)
    Given today is <day>
    And an introduction_permanent request granted
    When agent-63 gives "notify-ofii"
    Then the fact OfiiNotified has:
      | path                    | value    |
      | tax_debtor_siret        | <debtor> |
      | indicative_amount_euros | <amount> |

    Examples: since 2023 DGFiP is told, and OFII no more
      | day        | debtor         | amount  |
      | 2022-12-31 | 90200029800015 | 1320.00 |
      | 2023-01-01 | none           | none    |

  Scenario: The amount told never binds (CESEDA L436-10, al. 4)
    Given an introduction_permanent request granted
    When agent-63 gives "notify-tax-authority"
    Then the fact TaxAuthorityNotified has:
      | path                    | value                                                |
      | indicative_amount_euros | 1320.00                                              |
      | @sentence               | …montant indicatif et sans valeur de liquidation :…  |

  Scenario: A young professional is taxed apart, whatever the pay (CESEDA D436-1)
    Given an introduction_fixed_term request granted
    When agent-63 gives "notify-tax-authority" with:
      """
      {"decision": "D1", "regime": "young_professional"}
      """
    Then the fact TaxAuthorityNotified has:
      | path                    | value              |
      | indicative_amount_euros | 72                 |
      | regime                  | young_professional |

  Scenario Outline: An exempt hire is not signalled: <regime> (CESEDA L436-10, al. 8-9)
    Given an introduction_fixed_term request granted
    When agent-63 gives "notify-tax-authority" with:
      """
      {"decision": "D1", "regime": "<regime>"}
      """
    Then it is refused with 409 "tax_not_due" naming "<told>"

    Examples:
      | regime             | told                  |
      | language_assistant | CESEDA L436-10, al. 8 |
      | public_research    | CESEDA L436-10, al. 9 |

  Scenario: The host of a posted worker owes the tax, not who posts (CESEDA L436-10)
    Given a posting request filed by employer-acme with:
      | pointer               | value                                                                                     |
      | /request/undertakings | [{"capacity": "host", "siret": "90200185800015", "name": "Chantiers du Confluent", "seat": {"street": "2 quai Perrache", "postcode": "69002", "town": "Lyon"}}] |
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    When agent-63 gives "notify-tax-authority"
    Then the fact TaxAuthorityNotified has:
      | path  | value          |
      | siret | 90200185800015 |
