"""What passed between services, filer and other bodies before a decision: routing, items, opinions, hearings."""

from collections.abc import Iterator

from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES
from domain.events import (
    MissingItemsRequested,
    MissingItemsSupplied,
    ObservationsReceived,
    OpinionGiven,
    OpinionRequested,
    PriorHearingOpened,
    RequestRouted,
    RequestTransferred,
    RoutingLeftToHand,
)
from domain.findings import CRITERION_TITLES
from domain.sentences import sentence
from domain.sentences.routing import competent, decides, received
from domain.sheets.page import (
    NOTHING,
    Block,
    Heading,
    Mark,
    Pairs,
    Paragraph,
    Sheet,
    Table,
    Told,
    documents_table,
    exhibits,
    facts_table,
    on,
    yes_or_no,
)
from domain.taken import LedgerFact, day_of


def available(facts: tuple[LedgerFact, ...]) -> Iterator[Sheet]:
    """One for the routing, and for each request for items, opinion and hearing."""
    routed = [fact for fact in facts if isinstance(fact.event, RequestRouted | RequestTransferred | RoutingLeftToHand)]
    if routed:
        yield Sheet(name="routing", label="Désignation du préfet compétent et orientation", dated=day_of(routed[-1]))
    for fact in facts:
        match fact.event:
            case MissingItemsRequested(request=id, requested_on=day):
                yield Sheet(name=f"items/{id}", label=f"Demande de pièces {id} et réponses du demandeur", dated=day)
            case OpinionRequested(opinion=id, body=body, requested_on=day):
                yield Sheet(name=f"opinion/{id}", label=f"Avis {id} demandé : {body}", dated=day)
            case PriorHearingOpened(hearing=id, opened_on=day):
                yield Sheet(name=f"hearing/{id}", label=f"Procédure contradictoire {id}", dated=day)
            case _:
                pass


def routing(told: Told) -> Iterator[Block]:
    """Which prefect is competent, who decides and who examines, by which text on which facts."""
    for fact in told.facts:
        match fact.event:
            case RequestRouted() as event:
                yield Heading(f"Orientation du {on(day_of(fact))}")
                yield Paragraph(
                    competent(event.competent_prefect, event.rule, event.rule_since, event.ground, None)
                    + " "
                    + decides(
                        event.competent_prefect,
                        event.deciding_prefect,
                        event.platform,
                        "" if event.by_hand else event.table_version,
                        confirmed=event.confirmed,
                    )
                )
                yield Paragraph(received(event.first_received_on, event.received_on))
                yield from _facts(event.facts)
                if not event.confirmed:
                    yield Mark("La ligne de la table d'orientation n'est confirmée par aucune source.")
            case RequestTransferred() | RoutingLeftToHand() as event:
                yield Heading(f"Orientation du {on(day_of(fact))}")
                yield Paragraph(sentence(event))
                yield from _facts(event.facts)
            case _:
                pass


def _facts(used: dict[str, str]) -> Iterator[Block]:
    if used:
        yield facts_table(used)


def items(told: Told, id: str) -> Iterator[Block]:
    """What was asked for, by which text, until when, and what came."""
    asked = next(
        fact.event for fact in told.facts if isinstance(fact.event, MissingItemsRequested) and fact.event.request == id
    )
    yield Pairs(
        (
            ("Demandées le", on(asked.requested_on)),
            ("À fournir au plus tard le", on(asked.due_on)),
            (
                "Effet sur le délai",
                "le délai est suspendu (CRPA L114-5)"
                if asked.suspends
                else "le délai ne court que lorsque le dossier est complet (CRPA L114-5)",
            ),
            ("Message au demandeur", asked.message or NOTHING),
        )
    )
    yield Heading("Pièces demandées")
    rows = tuple((item.label, item.required_by) for item in asked.items)
    yield Table(columns=("Pièce", "Texte qui l'exige"), widths=(7, 5), rows=rows)
    replies = [
        fact.event for fact in told.facts if isinstance(fact.event, MissingItemsSupplied) and fact.event.request == id
    ]
    for reply in replies:
        yield Heading(f"Réponse du {on(reply.supplied_on)}")
        yield Pairs((("Dossier complet", yes_or_no(reply.complete)), ("Message joint", reply.message or NOTHING)))
        if reply.documents:
            yield documents_table(reply.documents)
    if not replies:
        yield Mark("Aucune réponse n'est enregistrée.")


def opinion(told: Told, id: str) -> Iterator[Block]:
    """What was asked of which body, and what it answered."""
    asked = next(
        fact.event for fact in told.facts if isinstance(fact.event, OpinionRequested) and fact.event.opinion == id
    )
    about = CRITERION_TITLES[asked.criterion] if asked.criterion else "aucune condition en particulier"
    yield Pairs(
        (
            ("Organisme consulté", asked.body),
            ("Question posée", asked.question),
            ("Condition concernée", about),
            ("Demandé le", on(asked.requested_on)),
            ("Attendu pour le", on(asked.due_on)),
        )
    )
    given = [fact.event for fact in told.facts if isinstance(fact.event, OpinionGiven) and fact.event.opinion == id]
    for answer in given:
        yield Heading(f"Avis rendu le {on(answer.given_on)}")
        yield Pairs(
            (
                ("Sens", "défavorable" if answer.adverse else "non défavorable"),
                ("Constat", answer.finding),
                ("Pièces", exhibits(told.case, answer.exhibits)),
            )
        )
    if not given:
        yield Mark("Aucun avis n'a été enregistré en réponse.")


def hearing(told: Told, id: str) -> Iterator[Block]:
    """What was intended and why, and what the parties observed."""
    opened = next(
        fact.event for fact in told.facts if isinstance(fact.event, PriorHearingOpened) and fact.event.hearing == id
    )
    yield Pairs(
        (
            ("Décision visée", opened.decision),
            ("Mesure envisagée", DECISION_TITLES[opened.intended]),
            ("Fondement", opened.legal_basis),
            ("Motifs communiqués", opened.grounds),
            ("Ouverte le", on(opened.opened_on)),
            ("Observations jusqu'au", on(opened.observations_until)),
            ("Droits rappelés aux parties", opened.rights or NOTHING),
        )
    )
    observed = [
        fact.event for fact in told.facts if isinstance(fact.event, ObservationsReceived) and fact.event.hearing == id
    ]
    for each in observed:
        yield Heading(f"Observations de {ADDRESSEE_TITLES[each.addressee]}, reçues le {on(each.received_on)}")
        yield Pairs(
            (
                ("Forme", "orales" if each.oral else "écrites"),
                ("Demande à être entendu", yes_or_no(each.asks_to_be_heard)),
                ("Assisté ou représenté", yes_or_no(each.assisted)),
            )
        )
        yield Paragraph(each.text)
    if not observed:
        yield Mark("Aucune observation n'a été reçue.")
