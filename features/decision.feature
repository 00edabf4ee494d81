Feature: Deciding
  An agent proposes, a signatory decides. A refusal needs an unmet condition that the text allows as a ground, with its
  facts (CRPA L211-2, L211-5; CT R5221-20). A signature needs a delegation in force and published (CRPA L212-1).
  A closure needs an expired delay (CRPA L114-5).

  Scenario: Nothing is proposed before every condition is assessed (CT R5221-20)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "assess" with:
      """
      {"criterion": "labour_market"}
      """
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "conditions_not_assessed" naming "rémunération (CT R5221-20 4°)"

  Scenario: A condition that is not met forbids the grant (CT R5221-20 4°)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "Le salaire proposé, 1 700 euros, est inférieur au SMIC."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "mandatory_condition_not_met" naming "rémunération (CT R5221-20 4°)"
    And there is no fact DecisionProposed

  Scenario: A discretion does not forbid the grant (CT R5221-20-1)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but proportionate_project is not met because "Quarante recrutements pour deux salariés en poste."
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is DecisionProposed
    And the fact DecisionProposed has:
      | path              | value        |
      | kind              | grant        |
      | stage.kind        | first        |
      | proposed_by       | local:agent-63 |
      | proposed_on       | 2026-11-02   |
      | permit.valid_from | 2027-03-01   |
    And the case has:
      | path   | value   |
      | status | to_sign |

  Scenario: A refusal brings at least one ground (CRPA L211-2)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal"}
      """
    Then it is refused with 409 "reasons_missing" naming "CRPA L211-2"

  Scenario Outline: <criterion> is no ground for this refusal: the grounds of the text are limitative (CT R5221-20)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "<criterion>", "fact": "Un fait assez long pour être un motif."}]}
      """
    Then it is refused with 409 "ground_not_allowed" naming "<title>"

    Examples: conditions met, and a condition of another procedure
      | criterion       | title                      |
      | labour_market   | situation de l'emploi      |
      | employer_record | condamnations              |
      | student_course  | lien du travail            |

  Scenario Outline: A ground states its facts: <length> characters (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    When agent-63 proposes a refusal on pay in <length> characters
    Then the answer is <status>
    And the answer has:
      | path   | value |
      | <path> | <told> |

    Examples: twenty characters at least
      | length | status | path          | told              |
      | 19     | 422    | code          | reason_needs_fact |
      | 20     | 200    | events.0.type | DecisionProposed  |

  Scenario Outline: A discretion used against the request is explained in <length> characters (CT R5221-20-1)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but proportionate_project is not met because "Quarante recrutements pour deux salariés en poste."
    When agent-63 proposes a refusal on proportionate_project explained in <length> characters
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: forty characters at least
      | length | status | path          | told                     |
      | 0      | 409    | code          | discretion_needs_reasons |
      | 39     | 409    | code          | discretion_needs_reasons |
      | 40     | 200    | events.0.type | DecisionProposed         |

  Scenario: A grant carries no ground of refusal
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant", "reasons": [{"criterion": "pay", "fact": "La rémunération dépasse le minimum de la convention."}]}
      """
    Then it is refused with 422 "reasons_only_against"

  Scenario Outline: A ground rests on exhibits of the case: <document> does not carry it
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And agent-63 has given "refuse-document" with:
      """
      {"document": "P2", "version": 1, "reason": "L'attestation est illisible à partir de la deuxième page."}
      """
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "fact": "La grille applicable fixe 2 650 euros.",
       "exhibits": ["<document>"]}]}
      """
    Then it is refused with <status> "<code>" naming "<document>"

    Examples: unknown, and set aside
      | document | status | code             |
      | P9       | 422    | document_unknown |
      | P2       | 409    | exhibit_refused  |

  Scenario: A ground keeps the version and the hash of its exhibit
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "La grille applicable fixe un minimum de 2 650 euros."
    When agent-63 gives "propose" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "fact": "La grille applicable fixe 2 650 euros.",
       "exhibits": ["P1"]}]}
      """
    Then the fact DecisionProposed has:
      | path                          | value                                                            |
      | reasons.0.rule.article        | CT R5221-20 4°                                                   |
      | reasons.0.rule.since          | 2024-09-01                                                       |
      | reasons.0.exhibits.0.document | P1                                                               |
      | reasons.0.exhibits.0.version  | 1                                                                |
      | reasons.0.exhibits.0.sha256   | cbc471ca60092bbe6c631f02bc57399b2da3d1ae491a55a1aa960a4b2e0ac7e8 |

  Scenario Outline: A <procedure> request does not end in « <kind> »
    Given <article> <procedure> request filed by <filer>
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "<kind>"}
      """
    Then it is refused with 409 "decision_kind_impossible" naming "<possible>"

    Examples:
      | article | procedure              | filer            | kind               | possible                             |
      | an      | introduction_permanent | employer-acme    | stamp              | refus d'autorisation de travail      |
      | an      | introduction_permanent | employer-acme    | opinion_favourable | autorisation de travail accordée     |
      | an      | introduction_permanent | employer-acme    | implicit_grant     | autorisation de travail accordée     |
      | an      | internship_agreement   | employer-acme    | grant              | visa de la convention                |
      | a       | viability_opinion      | mandatary-durand | refusal            | avis défavorable                     |

  Scenario: Only the agent who holds the case proposes
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When agent-63-bis gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "case_held_by_another" naming "Inès Morel"

  Scenario: The agent does not sign
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When agent-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 403 "forbidden"

  Scenario: A proposal sent back reopens the examination and keeps what was assessed
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 gives "return-proposal" with:
      """
      {"reason": "Le contrat signé manque au dossier."}
      """
    Then the last fact is ProposalReturned
    And the fact ProposalReturned has:
      | path        | value                               |
      | reason      | Le contrat signé manque au dossier. |
      | returned_on | 2026-11-02                          |
      | @actor_name | Hélène Vasseur                      |
    And the case has:
      | path           | value             |
      | status         | under_examination |
      | proposal       | none              |
      | findings.count | 9                 |

  Scenario: Nothing is signed that was not proposed
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "status_forbids" naming "À signer"

  Scenario: A signatory may write the ground anew; the proposal keeps its own (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "Le salaire proposé, 1 700 euros, est inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire proposé, 1 700 euros, est inférieur au SMIC."
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal", "reasons": [{"criterion": "pay", "exhibits": ["P1"],
       "fact": "Le salaire de 1 700 euros bruts est inférieur au SMIC mensuel de 1 867,02 euros."}]}
      """
    Then the fact RequestRefused has:
      | path                                   | value                                                                             |
      | decision.reasons.count                 | 1                                                                                 |
      | decision.reasons.0.fact                | Le salaire de 1 700 euros bruts est inférieur au SMIC mensuel de 1 867,02 euros.  |
      | decision.reasons.0.exhibits.0.document | P1                                                                                |
    And the fact DecisionProposed has:
      | path           | value                                                   |
      | reasons.0.fact | Le salaire proposé, 1 700 euros, est inférieur au SMIC. |

  Scenario: A signatory who decides the contrary brings grounds of their own (CRPA L211-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but proportionate_project is not met because "Quarante recrutements pour deux salariés en poste."
    And a grant is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal"}
      """
    Then it is refused with 409 "proposal_differs" naming "énoncez vos motifs"

  Scenario: A signatory decides the contrary, with grounds and an explanation (CT R5221-20-1)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but proportionate_project is not met because "Quarante recrutements pour deux salariés en poste."
    And a grant is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "refusal",
       "reasons": [{"criterion": "proportionate_project", "fact": "Quarante postes demandés pour deux salariés en activité."}],
       "explanation": "L'entreprise ne justifie d'aucun marché nouveau qui appellerait de tels recrutements."}
      """
    Then the last fact is RequestRefused
    And the fact RequestRefused has:
      | path                            | value                                                    |
      | decision.reasons.0.fact         | Quarante postes demandés pour deux salariés en activité. |
      | decision.reasons.0.rule.article | CT R5221-20-1                                            |
      | decision.explanation            | …aucun marché nouveau…                                   |
      | @actor_name                     | Hélène Vasseur                                           |
    And the fact DecisionProposed has:
      | path | value |
      | kind | grant |
    And the case has:
      | path               | value   |
      | status             | decided |
      | decisions.0.permit | none    |

  Scenario: A signatory grants where the refusal of a discretion was proposed
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but proportionate_project is not met because "Quarante recrutements pour deux salariés en poste."
    And agent-63 has given "propose" with:
      """
      {"kind": "refusal",
       "reasons": [{"criterion": "proportionate_project", "fact": "Quarante postes demandés pour deux salariés en activité."}],
       "explanation": "L'entreprise ne justifie d'aucun marché nouveau qui appellerait de tels recrutements."}
      """
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then the last fact is RequestGranted
    And the fact RequestGranted has:
      | path                   | value |
      | decision.reasons       | []    |
      | decision.explanation   | ""    |
      | permit.rome            | G1602 |

  Scenario: No signatory grants against a condition that is not met (CT R5221-20 4°)
    Given an introduction_permanent request filed by employer-acme with /request/job/pay_monthly_gross = 1700.00
    And the case is under examination by agent-63
    And every condition is assessed, but pay is not met because "Le salaire proposé, 1 700 euros, est inférieur au SMIC."
    And a refusal is proposed on pay because "Le salaire proposé, 1 700 euros, est inférieur au SMIC."
    When signatory-63 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "mandatory_condition_not_met" naming "CT R5221-20 4°"

  Scenario Outline: Signatory-63-bis may not sign: the delegation <why> (CRPA L212-1, L221-2)
    Given an administration of its own
    And the only delegation of signatory-63-bis has <member> = <value>
    And an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63-bis gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "no_delegation_in_force" naming "La délégation n° 2026-063-009 <why>."

    Examples: on 2 November 2026, for a grant of the prefect of the Rhône
      | member       | value                  | why                                        |
      | starts_on    | 2026-11-03             | ne prend effet que le 3 novembre 2026      |
      | ends_on      | 2026-11-01             | a pris fin le 1er novembre 2026            |
      | published_on | null                   | n'est pas publiée                          |
      | acts         | ["refusal", "closure"] | ne couvre pas les autorisations accordées  |
      | departments  | ["63", "38"]           | ne couvre pas le département 69            |
      | platform     | Avignon                | ne vaut que pour la plateforme « Avignon » |

  Scenario Outline: Signatory-63-bis signs under a delegation whose <member> is <value>
    Given an administration of its own
    And the only delegation of signatory-63-bis has <member> = <value>
    And an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63-bis gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then the fact RequestGranted has:
      | path                                        | value                 |
      | decision.signatory.name                     | Marc Tissier          |
      | decision.signatory.delegation               | 2026-063-009          |
      | decision.signatory.delegation_published_on  | <published>           |
      | decision.signatory.delegation_publication   | RAA n° 63-2026-118    |

    Examples: first day, last day, published the same day, one department, one act
      | member       | value      | published  |
      | starts_on    | 2026-11-02 | 2026-10-20 |
      | ends_on      | 2026-11-02 | 2026-10-20 |
      | published_on | 2026-11-02 | 2026-11-02 |
      | departments  | ["69"]     | 2026-10-20 |
      | acts         | ["grant"]  | 2026-10-20 |

  Scenario: A right on a platform is no delegation of signature (CRPA L212-1)
    Given an administration of its own
    And signatory-84 has received the right to sign for Clermont-Ferrand
    And an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-84 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "no_delegation_in_force" naming "ne vaut que pour la plateforme « Avignon »"

  Scenario: A signatory of another platform does not know the case
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-84 gives "sign" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 404 "not_found"

  Scenario: A refusal names its authors, its text and its facts (CRPA L211-5, L212-1, L212-2)
    Given a request refused on pay
    Then the decision D1 has:
      | path                                     | value                                    |
      | kind                                     | refusal                                  |
      | on                                       | 2026-11-02                               |
      | signed.competent_prefect                 | préfet du Rhône                          |
      | signed.deciding_prefect                  | préfet du Puy-de-Dôme                    |
      | signed.signatory.name                    | Hélène Vasseur                           |
      | signed.signatory.quality                 | Cheffe de la plateforme                  |
      | signed.signatory.service                 | Plateforme de main-d'œuvre étrangère de Clermont-Ferrand |
      | signed.signatory.delegation              | 2021-063-001                             |
      | signed.signatory.delegation_published_on | 2011-01-01 |
      | signed.signatory.delegation_publication  | …2021-063-001…                           |
      | signed.reasons.count                     | 1                                        |
      | signed.reasons.0.rule.criterion          | pay                                      |
      | signed.reasons.0.rule.article            | CT R5221-20 4°                           |
      | signed.reasons.0.rule.since              | 2024-09-01                               |
      | signed.reasons.0.fact                    | …1 700 euros bruts par mois…             |
      | signed.assessments.count                 | 9                                        |
      | live                                     | yes                                      |

  Scenario: A refusal tells of every remedy, its limits and its court (CJA R421-5, CT R5221-19, CRPA L411-2)
    Given a request refused on pay
    Then the decision D1 has:
      | path             | value                                                                            |
      | remedies.complete  | yes                                                                            |
      | remedies.tribunal  | tribunal administratif de Lyon                                                 |
      | remedies.text      | …Dans les deux mois de sa notification…                                        |
    And the fact RequestRefused has:
      | path                   | value                                                                      |
      | decision.remedies.text | …recours gracieux adressé au préfet du Puy-de-Dôme, agissant par délégation du préfet du Rhône… |
    And the fact RequestRefused has:
      | path                   | value                                                                      |
      | decision.remedies.text | …recours hiérarchique adressé au ministre…                                 |
    And the fact RequestRefused has:
      | path                   | value                                                                      |
      | decision.remedies.text | …augmenté d'un mois pour les personnes qui demeurent outre-mer et de deux mois pour celles qui demeurent à l'étranger… |

  Scenario: A decision says that an algorithm prepared it, by which rules (CRPA L311-3-1, R311-3-1-1)
    Given a request refused on pay
    Then the decision D1 has:
      | path                      | value                                      |
      | signed.algorithmic_notice | …à l'aide d'un traitement algorithmique…   |
    And the fact RequestRefused has:
      | path                        | value                                    |
      | decision.algorithmic_notice | …rémunération (CT R5221-20 4°)…          |
    And the fact RequestRefused has:
      | path                        | value                                    |
      | decision.algorithmic_notice | …(CRPA L311-3-1, R311-3-1-1).…           |

  Scenario: A decision stores the versions of the tables that it was taken on
    Given a request refused on pay
    Then the decision D1 has:
      | path                                            | value          |
      | signed.reference_versions.smic                  | …2026-07-23…   |
      | signed.reference_versions.tribunals             | …2026-04-03…   |
      | signed.reference_versions.shortage_occupations  | …2025-05-22…   |
      | signed.assessments.0.rule.since                 | 2024-09-01     |

  Scenario Outline: The court is that of the place of work, not of the seat in Lyon: <town> (CJA R312-10, R221-3)
    Given an introduction_permanent request filed by employer-acme with:
      | pointer                | value                                                                                                                             |
      | /request/job/workplace | {"street": "<street>", "postcode": "<postcode>", "town": "<town>"}                                                                |
      | /request/job/posting   | {"body": "France Travail", "published_from": "2026-09-01", "published_until": "2026-09-30", "applications": 2, "fitting_candidates": 0} |
    And the case is under examination by agent-63
    And every condition is assessed, but employer_record is not met because "Trois sanctions administratives en matière de santé au travail."
    And a refusal is proposed on employer_record because "Trois sanctions administratives en matière de santé au travail."
    And the proposal is signed by signatory-63
    Then the decision D1 has:
      | path              | value   |
      | remedies.tribunal | <court> |
      | remedies.complete | yes     |

    Examples: a department, and an airport, which belongs whole to one court
      | street                       | postcode | town                 | court                                     |
      | 1 rue des Alpes              | 38000    | Grenoble             | tribunal administratif de Grenoble        |
      | 5 place de Jaude             | 63000    | Clermont-Ferrand     | tribunal administratif de Clermont-Ferrand |
      | 2 quai du Port               | 13002    | Marseille            | tribunal administratif de Marseille       |
      | Aéroport Paris-Orly, zone sud | 94390   | Orly                 | tribunal administratif de Melun           |
      | Aéroport Charles-de-Gaulle   | 95700    | Roissy-en-France     | tribunal administratif de Montreuil       |
      | 3 rue du Commerce            | 97600    | Mamoudzou            | tribunal administratif de Mayotte         |

  Scenario: Two signatories decide the contrary at once: the second learns what intervened
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but proportionate_project is not met because "Quarante recrutements pour deux salariés en poste."
    And a grant is proposed
    And signatory-63 has given "sign" with:
      """
      {"kind": "grant"}
      """
    When signatory-63-bis gives "sign" on the version before with:
      """
      {"kind": "refusal",
       "reasons": [{"criterion": "proportionate_project", "fact": "Quarante postes demandés pour deux salariés en activité."}],
       "explanation": "L'entreprise ne justifie d'aucun marché nouveau qui appellerait de tels recrutements."}
      """
    Then it is refused with 412 "stale"
    And the answer has:
      | path               | value                                     |
      | intervened.count   | 1                                         |
      | intervened.0.type  | RequestGranted                            |
      | intervened.0.actor | Hélène Vasseur, Cheffe de la plateforme   |
    And there is no fact RequestRefused

  Scenario: Nobody signs without naming the version they read
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    When signatory-63 gives "sign" naming no version with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 428 "if_match_missing"

  Scenario: What is decided is not decided again
    Given a request refused on pay
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then it is refused with 409 "status_forbids" naming "Décidé"

  Scenario: A permit bears a number, its dates, its employer and where it is valid (CT L5221-7)
    Given an introduction_permanent request granted
    Then the decision D1 has:
      | path                  | value                  |
      | kind                  | grant                  |
      | permit.number         | …AT-2026-…             |
      | permit.valid_from     | 2027-03-01             |
      | permit.valid_until    | none                   |
      | permit.employer_siret | 90200029800015         |
      | permit.rome           | G1602                  |
      | permit.job_title      | Cuisinier              |
      | permit.limited_to     | ""                     |
      | permit.zone           | France métropolitaine  |
    And the number of the permit is that of the proposal

  Scenario Outline: A permit for <town> is valid in <zone> (CT L5221-7, CT L5523-2)
    Given an introduction_fixed_term request filed by employer-acme with:
      | pointer                | value                                                                                                                             |
      | /request/job/workplace | {"street": "3 rue du Commerce", "postcode": "<postcode>", "town": "<town>"}                                                       |
      | /request/job/posting   | {"body": "France Travail", "published_from": "2026-09-01", "published_until": "2026-09-30", "applications": 2, "fitting_candidates": 0} |
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    Then the decision D1 has:
      | path               | value      |
      | permit.zone        | <zone>     |
      | permit.valid_from  | 2027-03-01 |
      | permit.valid_until | 2027-11-30 |

    Examples:
      | postcode | town        | zone                  |
      | 69003    | Lyon        | France métropolitaine |
      | 97600    | Mamoudzou   | Mayotte               |
      | 97400    | Saint-Denis | La Réunion            |

  Scenario Outline: A permit signed on <day> never looks back: valid from <from>
    Given an introduction_fixed_term request filed by employer-acme with /request/job/start = 2026-12-01
    And the case is under examination by agent-63
    And the day is <day>
    And every condition is assessed as met
    And a grant is proposed
    And the proposal is signed by signatory-63
    Then the decision D1 has:
      | path              | value  |
      | permit.valid_from | <from> |

    Examples: the eve of the contract, its first day, the day after
      | day        | from       |
      | 2026-11-30 | 2026-12-01 |
      | 2026-12-01 | 2026-12-01 |
      | 2026-12-02 | 2026-12-02 |

  Scenario Outline: On <day>, a contract that ends on 31 December 2026 can still be permitted or not
    Given an introduction_fixed_term request filed by employer-acme with:
      | pointer            | value      |
      | /request/job/start | 2026-11-10 |
      | /request/job/end   | 2026-12-31 |
    And the case is under examination by agent-63
    And the day is <day>
    And every condition is assessed as met
    When agent-63 gives "propose" with:
      """
      {"kind": "grant"}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: its last day, and the day after
      | day        | status | path          | told                  |
      | 2026-12-31 | 200    | events.0.type | DecisionProposed      |
      | 2027-01-01 | 409    | code          | contract_already_over |

  Scenario Outline: A file is closed once the delay to complete it is over: <day> (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is <day>
    When agent-63 gives "propose" with:
      """
      {"kind": "closure", "explanation": "L'attestation demandée n'est pas parvenue."}
      """
    Then the answer is <status>
    And the answer has:
      | path   | value  |
      | <path> | <told> |

    Examples: asked on 2 November 2026, due on 2 December
      | day        | status | path          | told                        |
      | 2026-12-02 | 409    | code          | closure_needs_expired_delay |
      | 2026-12-03 | 200    | events.0.type | DecisionProposed            |

  Scenario: A file that lacks nothing is not closed (CRPA L114-5)
    Given an introduction_permanent request filed by employer-acme
    And the case is under examination by agent-63
    When agent-63 gives "propose" with:
      """
      {"kind": "closure", "explanation": "Le dossier paraît incomplet."}
      """
    Then it is refused with 409 "closure_needs_expired_delay" naming "aucune demande de pièces n'est restée sans réponse"

  Scenario: A closure names what is missing and how to contest it (CRPA L114-5, L211-2)
    Given an introduction_permanent request filed by employer-acme with /documents/1 = absent
    And the case is under examination by agent-63
    And agent-63 has given "request-missing-items" with:
      """
      {"items": [{"item": "contributions_certificate"}], "delay_days": 30}
      """
    And the day is 2026-12-03
    And agent-63 has given "propose" with:
      """
      {"kind": "closure", "explanation": "L'attestation demandée n'est pas parvenue."}
      """
    When signatory-63 gives "sign" with:
      """
      {"kind": "closure"}
      """
    Then the last fact is CaseClosed
    And the fact CaseClosed has:
      | path                       | value                                      |
      | request                    | M1                                         |
      | missing_items.count        | 1                                          |
      | missing_items.0            | …cotisations sociales…                     |
      | decision.explanation       | L'attestation demandée n'est pas parvenue. |
      | decision.remedies.tribunal | tribunal administratif de Lyon             |
      | decision.algorithmic_notice | ""                                        |
    And the case has:
      | path   | value  |
      | status | closed |

  Scenario: An internship agreement is stamped (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed as met
    And a stamp is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "stamp"}
      """
    Then the last fact is AgreementStamped
    And the fact AgreementStamped has:
      | path              | value      |
      | number            | …CV-2026-… |
      | decision.kind     | stamp      |
      | decision.decision | D1         |
    And the decision D1 has:
      | path   | value |
      | permit | none  |

  Scenario: A stamp is refused on a ground of the text, with remedies (CESEDA R426-20)
    Given an internship_agreement request filed by employer-acme
    And the case is under examination by agent-63
    And every condition is assessed, but internship_host is not met because "L'inspection du travail a relevé trois infractions en 2026."
    And a stamp_refusal is proposed on internship_host because "L'inspection du travail a relevé trois infractions en 2026."
    When signatory-63 gives "sign" with:
      """
      {"kind": "stamp_refusal"}
      """
    Then the last fact is AgreementStampRefused
    And the fact AgreementStampRefused has:
      | path                            | value                          |
      | decision.reasons.0.rule.article | CESEDA R426-20                 |
      | decision.remedies.tribunal      | tribunal administratif de Lyon |

  Scenario Outline: A <procedure> request ends in an opinion, which is no decision and offers no remedy (CESEDA R421-9)
    Given <article> <procedure> request filed by <filer>
    And the case is under examination by agent-63
    And every condition is assessed as met
    And an opinion_favourable is proposed
    When signatory-63 gives "sign" with:
      """
      {"kind": "opinion_favourable"}
      """
    Then the last fact is OpinionIssued
    And the fact OpinionIssued has:
      | path                     | value              |
      | decision.kind            | opinion_favourable |
      | decision.remedies        | none               |
      | decision.signatory.name  | Hélène Vasseur     |
    And the decision D1 has:
      | path   | value |
      | permit | none  |

    Examples:
      | article | procedure             | filer            |
      | a       | viability_opinion     | mandatary-durand |
      | an      | exceptional_admission | prefecture-69    |
