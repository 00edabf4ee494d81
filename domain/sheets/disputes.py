"""Appeals and proceedings against a decision, and what became of it."""

from collections.abc import Iterator
from typing import Final

from domain.acts import ADDRESSEE_TITLES, AppealKind, PleaKind, SignedDecision
from domain.events import (
    AppealDecided,
    AppealImplicitlyRejected,
    AppealLodged,
    AppealReopened,
    CaseEvent,
    JudgmentRecorded,
    LitigationOpened,
    ReexaminationOrdered,
    SuspensionOrdered,
)
from domain.french import with_article
from domain.sentences import articles, sentence
from domain.sentences.words import ACTIONS, APPEALS
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
    as_title,
    documents_table,
    on,
)
from domain.taken import LedgerFact, day_of, decision_taken

PLEA_TITLES: Final[dict[PleaKind, str]] = {
    PleaKind.INCOMPETENCE: "incompétence de l'auteur de l'acte",
    PleaKind.FORM: "vice de forme",
    PleaKind.REASONS: "défaut ou insuffisance de motivation",
    PleaKind.PROCEDURE: "vice de procédure",
    PleaKind.ERROR_OF_LAW: "erreur de droit",
    PleaKind.ERROR_OF_FACT: "erreur de fait",
    PleaKind.CLASSIFICATION: "erreur de qualification juridique des faits",
    PleaKind.APPRECIATION: "erreur manifeste d'appréciation",
    PleaKind.MISUSE_OF_POWER: "détournement de pouvoir ou de procédure",
    PleaKind.ECHR_8: "atteinte à la vie privée et familiale (CEDH, article 8)",
}
"""How French names each plea."""

IN_TIME: Final = {True: "oui", False: "non", None: "le délai ne court pas"}


def available(facts: tuple[LedgerFact, ...]) -> Iterator[Sheet]:
    """One for each appeal and for each proceedings."""
    for fact in facts:
        match fact.event:
            case AppealLodged(appeal=id, kind=kind, against=against, received_on=day):
                label = f"{APPEALS[kind]} {id} contre la décision {against}, et sa suite"
                yield Sheet(name=f"appeal/{id}", label=label, dated=day)
            case LitigationOpened(litigation=id, court=court, court_number=number, lodged_on=day):
                label = f"Instance {id} devant {with_article(court)} (n° {number})"
                yield Sheet(name=f"litigation/{id}", label=label, dated=day)
            case _:
                pass


def appeal(told: Told, id: str) -> Iterator[Block]:
    """The appeal as it was lodged, and every fact that answers it."""
    lodged = next(fact.event for fact in told.facts if isinstance(fact.event, AppealLodged) and fact.event.appeal == id)
    yield Pairs(
        (
            ("Nature", APPEALS[lodged.kind]),
            ("Autorité saisie", "le ministre" if lodged.kind is AppealKind.HIERARCHICAL else "l'auteur de la décision"),
            ("Contre la décision", lodged.against),
            ("Formé par", ADDRESSEE_TITLES[lodged.lodged_by]),
            ("Posté le", on(lodged.posted_on)),
            ("Reçu le", on(lodged.received_on)),
            ("Dans le délai", IN_TIME[lodged.in_time]),
            ("Rejet implicite en l'absence de réponse", on(lodged.implicit_rejection_on)),
            ("Moyens relevés", pleas(lodged.pleas)),
        )
    )
    yield Heading("Arguments")
    yield Paragraph(lodged.arguments)
    if lodged.documents:
        yield Heading("Pièces produites à l'appui du recours")
        yield documents_table(lodged.documents)
    yield from followed(told.facts, id)


def litigation(told: Told, id: str) -> Iterator[Block]:
    """The proceedings as they were opened, and every fact that belongs to them."""
    opened = next(
        fact.event for fact in told.facts if isinstance(fact.event, LitigationOpened) and fact.event.litigation == id
    )
    yield Pairs(
        (
            ("Juridiction", opened.court),
            ("Numéro", opened.court_number),
            ("Nature", as_title(ACTIONS[opened.action].removeprefix("un "))),
            ("Décision attaquée", opened.against),
            ("Formée par", ADDRESSEE_TITLES[opened.lodged_by] if opened.lodged_by else opened.represented_by),
            ("Introduite le", on(opened.lodged_on)),
            ("Juridiction du lieu de travail", opened.competent_court or "non établie"),
            ("L'État est représenté par", opened.represented_by),
            ("Instance principale", opened.main_litigation or NOTHING),
            ("Moyens relevés", pleas(opened.pleas)),
        )
    )
    yield from followed(told.facts, id)


def pleas(kinds: tuple[PleaKind, ...]) -> str:
    """The pleas in their order, or a dash."""
    return " ; ".join(PLEA_TITLES[each] for each in kinds) or NOTHING


def followed(facts: tuple[LedgerFact, ...], id: str) -> Iterator[Block]:
    """Every fact that names an appeal or proceedings, as the case file tells it."""
    yield Heading("Faits enregistrés")
    yield lines(tuple(fact for fact in facts if id in _disputes_named(fact.event)))


NAMING: Final = ("appeal", "litigation", "main_litigation", "suspension", "annuls_rejection_of")


def _disputes_named(event: CaseEvent) -> set[str]:
    signed = getattr(event, "decision", None)
    answers = signed.stage.ref if isinstance(signed, SignedDecision) else None
    return {each for each in (answers, *(getattr(event, name, None) for name in NAMING)) if each is not None}


def later(told: Told, id: str, taking: LedgerFact) -> Iterator[Block]:
    """The decisions that came after one, on whatever ground, and what courts and appeals made of it."""
    came = tuple(fact for fact in told.facts if fact.version > taking.version and _tells_later(fact.event, id))
    if came:
        yield lines(came)
    else:
        yield Mark(f"Aucune décision postérieure à la décision {id} n'est enregistrée.")
    now = told.case.decision(id)
    state = "en vigueur" if now.live else f"sans effet ({now.ended_by})"
    suspended = now.suspended_by or "non"
    yield Heading("État de la décision")
    yield Pairs(((f"Décision {id}", state), ("Suspendue par le juge", suspended)))


LATER: Final = (
    AppealDecided,
    AppealImplicitlyRejected,
    AppealReopened,
    JudgmentRecorded,
    SuspensionOrdered,
    ReexaminationOrdered,
)


def _tells_later(event: CaseEvent, id: str) -> bool:
    return decision_taken(event) not in {None, id} or isinstance(event, LATER)


def lines(facts: tuple[LedgerFact, ...]) -> Table:
    """Facts as a case file tells them: number, day of record, sentence with its articles, author."""
    return Table(
        columns=("N°", "Enregistré le", "Fait", "Auteur"),
        widths=(1, 3, 11, 4),
        rows=tuple(
            (
                str(fact.version),
                on(day_of(fact)),
                " ".join(filter(None, (sentence(fact.event), cited(articles(fact.event))))),
                ", ".join(dict.fromkeys(filter(None, (fact.actor.name, fact.actor.quality, fact.actor.service)))),
            )
            for fact in facts
        ),
    )


def cited(texts: tuple[str, ...]) -> str:
    """« (CT R5221-17, CRPA L112-15) », or nothing."""
    return f"({', '.join(texts)})" if texts else ""
