Feature: The reasons library
  Paragraphs of the library state the law of a ground and take in the facts of the case (CRPA L211-5). Each is published in
  versions; the one in force on the day is used, and a decision keeps its text. What nobody has filled is never signed.

  Scenario: The library of the demonstration holds a paragraph for each condition
    When agent-63 reads the reasons library
    Then every condition has a paragraph
    And the paragraph "remuneration-insuffisante" has:
      | path            | value                                                    |
      | version         | 1                                                        |
      | criterion       | pay                                                      |
      | criterion_title | rémunération                                             |
      | placeholders    | loi:article, loi:version, fait:rémunération, fait:minimum retenu, fait:constatés |
      | free            | []                                                       |

  Scenario: The library is read for one condition, with what the agent has to fill
    When signatory-63 reads the reasons library for regulated_activity
    Then the paragraph "activite-reglementee" has:
      | path | value       |
      | free | titre exigé |
    And there is no paragraph "remuneration-insuffisante"

  Scenario: The library belongs to the services
    When employer-acme reads the reasons library
    Then it is refused with 403 "forbidden"

  Scenario: A paragraph states the article, its version and the facts of the finding (CRPA L211-5, CT R5221-20)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La rémunération est inférieure au minimum."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "remuneration-insuffisante",
       "fact": "Le contrat joint stipule 1 700 euros bruts pour 35 heures."}]}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path                     | value                                                       |
      | reasons.0.reason_id      | remuneration-insuffisante                                   |
      | reasons.0.reason_version | 1                                                           |
      | reasons.0.fact           | Le contrat joint stipule 1 700 euros bruts pour 35 heures.  |
      | reasons.0.text           | …l'article R. 5221-20 4° du code du travail, dans sa rédaction en vigueur depuis le 1er septembre 2024,… |
    And the fact DecisionProposed has:
      | path           | value                                                |
      | reasons.0.text | …700,00… |
    And the fact DecisionProposed has:
      | path           | value                          |
      | reasons.0.text | …950,00… |

  Scenario: The decision keeps the text of its ground word for word (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La rémunération est inférieure au minimum."
    And agent-63 has given "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "classification-erronee",
       "values": {"coefficient": "240"}, "fact": "La fiche de poste décrit un chef de partie encadrant deux commis."}]}
      """
    And the proposal is signed by signatory-63
    Then the decision D1 has:
      | path                  | value                                        |
      | signed.reasons.0.text | …relève du coefficient 240 de cette convention… |

  Scenario Outline: A placeholder that nobody fills blocks the proposal: <values> (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La rémunération est inférieure au minimum."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "classification-erronee", "values": <values>,
       "fact": "La fiche de poste décrit un chef de partie encadrant deux commis."}]}
      """
    Then it is refused with 409 "reason_placeholder_unresolved" naming "« coefficient »"
    And there is no fact DecisionProposed

    Examples: not given, blank, given for another, left as a placeholder
      | values                             |
      | {}                                 |
      | {"coefficient": "  "}              |
      | {"Coefficient": "240"}             |
      | {"coefficient": "{à compléter}"}   |

  Scenario: An unfilled placeholder blocks the signature too (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La rémunération est inférieure au minimum."
    And a refusal is proposed on pay because "Le contrat joint stipule 1 700 euros bruts."
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "classification-erronee",
       "fact": "La fiche de poste décrit un chef de partie encadrant deux commis."}]}
      """
    Then it is refused with 409 "reason_placeholder_unresolved" naming "« coefficient »"

  Scenario Outline: <reason> is no paragraph for a ground on pay
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La rémunération est inférieure au minimum."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "<reason>",
       "fact": "Le contrat joint stipule 1 700 euros bruts."}]}
      """
    Then it is refused with 422 "<code>" naming "<reason>"

    Examples: unknown, and on another condition
      | reason           | code                        |
      | inconnu          | reason_unknown              |
      | offre-non-publiee | reason_of_another_criterion |

  Scenario Outline: What nothing could fill is not published: <text>
    Given an administration of its own
    When legal-69 gives the administration "reasons" with:
      """
      {"reason": "essai", "criterion": "pay", "title": "Essai", "text": "<text>", "effective_from": "2026-11-02"}
      """
    Then it is refused with 422 "<code>"

    Examples: a closed vocabulary for the law and the case, and braces in pairs
      | text                                | code                       |
      | Selon {loi:alinéa}, le minimum.     | reason_placeholder_unknown |
      | Pour {dossier:nom}, le minimum.     | reason_placeholder_unknown |
      | Le seuil de {seuil:SMIC_MENSUEL}.   | reason_placeholder_unknown |
      | Le {texte:article} du code.         | reason_placeholder_unknown |
      | Le minimum est {fait:}.             | reason_placeholder_unknown |
      | Le minimum est {montant.            | reason_malformed           |
      | Le minimum est montant}.            | reason_malformed           |
      | Le minimum est {{montant}}.         | reason_malformed           |
      | Le minimum est {}.                  | reason_malformed           |

  Scenario Outline: A paragraph may name <text>
    Given an administration of its own
    When legal-69 gives the administration "reasons" with:
      """
      {"reason": "essai", "criterion": "pay", "title": "Essai", "text": "<text>", "effective_from": "2026-11-02"}
      """
    Then the answer is 201

    Examples: each origin once
      | text                                       |
      | Selon {loi:article} du {loi:version}.      |
      | L'emploi de {dossier:emploi}.              |
      | Pendant {seuil:OFFER_PUBLICATION_WEEKS} semaines. |
      | Soit {fait:SMIC pour ces heures}.          |
      | Soit {montant constaté par l'agent}.       |

  Scenario: The version in force on the day is used, and the earlier one can still be read
    Given an administration of its own
    And legal-69 has given the administration "reasons" with:
      """
      {"reason": "salaire", "criterion": "pay", "title": "Salaire", "text": "Première rédaction ({loi:article}).",
       "effective_from": "2026-11-02"}
      """
    And legal-69 has given the administration "reasons" with:
      """
      {"reason": "salaire", "criterion": "pay", "title": "Salaire", "text": "Seconde rédaction ({loi:article}).",
       "effective_from": "2026-11-10"}
      """
    And an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La rémunération est inférieure au minimum."
    And the day is 2026-11-09
    And agent-63 has given "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "salaire",
       "fact": "Le contrat joint stipule 1 700 euros bruts."}]}
      """
    And the day is 2026-11-10
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "reason_id": "salaire",
       "fact": "Le contrat joint stipule 1 700 euros bruts."}]}
      """
    Then the fact DecisionProposed has:
      | path                     | value                                 |
      | reasons.0.reason_version | 1                                     |
      | reasons.0.text           | Première rédaction (R. 5221-20 4° du code du travail). |
    And the fact RequestRefused has:
      | path                              | value                               |
      | decision.reasons.0.reason_version | 2                                   |
      | decision.reasons.0.text           | Seconde rédaction (R. 5221-20 4° du code du travail). |

  Scenario Outline: On <day> the library holds the <text> version
    Given an administration of its own
    And legal-69 has given the administration "reasons" with:
      """
      {"reason": "salaire", "criterion": "pay", "title": "Salaire", "text": "Première.", "effective_from": "2026-11-02"}
      """
    And legal-69 has given the administration "reasons" with:
      """
      {"reason": "salaire", "criterion": "pay", "title": "Salaire", "text": "Seconde.", "effective_from": "2026-11-10"}
      """
    When legal-69 reads the reasons library for pay on <day>
    Then the paragraph "salaire" has:
      | path | value  |
      | text | <text> |

    Examples: the day before, and the day
      | day        | text      |
      | 2026-11-09 | Première. |
      | 2026-11-10 | Seconde.  |

  Scenario: Before its first day a paragraph is not in the library
    Given an administration of its own
    And legal-69 has given the administration "reasons" with:
      """
      {"reason": "salaire", "criterion": "pay", "title": "Salaire", "text": "Première.", "effective_from": "2026-11-10"}
      """
    When legal-69 reads the reasons library
    Then there is no paragraph "salaire"

  Scenario: The reasons of an implicit refusal use the library too (CRPA L232-4)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And the day is 2027-01-03
    And manager-63 has given "record-silence"
    And employer-acme has given "request-reasons" with:
      """
      {"decision": "D1"}
      """
    When agent-63 gives "communicate-reasons" with:
      """
      {"decision": "D1", "reasons": [{"criterion": "pay", "reason_id": "remuneration-insuffisante",
       "fact": "Le contrat joint stipule 1 700 euros bruts."}]}
      """
    Then the fact ReasonsCommunicated has:
      | path           | value                                                |
      | reasons.0.text | …700,00… |
