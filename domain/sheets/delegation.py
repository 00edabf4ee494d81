"""By which delegation a decision was signed: who, for which acts, since when, published where."""

from collections.abc import Iterator

from domain.acts import Delegation, SignedDecision
from domain.case import Case, Decision
from domain.sentences.words import lower
from domain.sheets.page import NOTHING, Block, Heading, Mark, Pairs, Paragraph, on, yes_or_no
from domain.taken import Before, LedgerFact
from domain.validity.acts import act_recorded
from domain.validity.author import ACT_TITLES, lacking, lacks_of


def delegation(case: Case, taken: Decision, signed: SignedDecision, held: Before[LedgerFact]) -> Iterator[Block]:
    """What the decision says of its author, and the delegation as it was recorded when it was signed."""
    who = signed.signatory
    yield Heading("Auteur de la décision, tel qu'elle le nomme")
    yield Pairs(
        (
            ("Signataire", who.name),
            ("Qualité", who.quality),
            ("Service", who.service),
            ("Pour le", signed.deciding_prefect),
            ("Préfet compétent", signed.competent_prefect),
            ("Signée le", on(signed.signed_on)),
            ("Délégation citée", f"n° {who.delegation}"),
            ("Publication citée", f"{who.delegation_publication}, {on(who.delegation_published_on)}"),
        )
    )
    if signed.competent_prefect != signed.deciding_prefect:
        yield Paragraph(
            f"La demande relève du {signed.competent_prefect} ; le {signed.deciding_prefect} décide par délégation de"
            " gestion."
        )
    recorded = _recorded(held, signed)
    yield Heading("Délégation enregistrée à la date de la signature")
    if recorded is None:
        yield Mark("Aucune délégation de ce numéro n'était enregistrée au nom du signataire.")
        return
    yield Pairs(_said(recorded))
    if case.routing is None:
        yield Mark("Le dossier n'était orienté vers aucune plateforme.")
        return
    act = act_recorded(case, taken).delegated
    lacks = lacks_of(recorded, act, case.routing, signed.signed_on)
    if lacks:
        yield Mark(lacking(recorded, lacks))
    else:
        yield Paragraph(f"Elle était en vigueur, publiée, et couvrait {ACT_TITLES[act]} de ce département.")


def _recorded(held: Before[LedgerFact], signed: SignedDecision) -> Delegation | None:
    who = signed.signatory
    named = [
        each
        for each in held.administration.delegations
        if each.number == who.delegation and each.identity == who.identity
    ]
    return named[-1] if named else None


def _said(recorded: Delegation) -> tuple[tuple[str, str], ...]:
    everywhere = "tous ceux de la plateforme"
    return (
        ("Numéro", recorded.number),
        ("Délégataire", f"{recorded.name}, {lower(recorded.quality)}"),
        ("Service", recorded.service),
        ("Plateforme", recorded.platform),
        ("Départements", everywhere if "*" in recorded.departments else ", ".join(recorded.departments)),
        ("Actes délégués", ", ".join(ACT_TITLES[each] for each in recorded.acts)),
        ("Signe ce qu'il a lui-même apprécié", yes_or_no(recorded.own_assessments)),
        ("Prend effet le", on(recorded.starts_on)),
        ("Prend fin le", on(recorded.ends_on)),
        ("Publiée le", on(recorded.published_on)),
        ("Publication", recorded.publication or NOTHING),
    )
