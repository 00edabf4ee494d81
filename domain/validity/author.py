"""The author of an act: competent by a published delegation (F3), named (F4), and signing or dispensed from it (F5)."""

from datetime import date
from typing import NamedTuple

from domain.acts import DecisionKind, DelegatedAct, Delegation
from domain.case import Case, Routing
from domain.context import Context
from domain.french import in_french
from domain.validity.requirement import Act, Verdict, flaw, held, not_applicable, pending, requirement

ACTS: dict[DecisionKind, DelegatedAct] = {
    DecisionKind.GRANT: DelegatedAct.GRANT,
    DecisionKind.REFUSAL: DelegatedAct.REFUSAL,
    DecisionKind.STAMP: DelegatedAct.STAMP,
    DecisionKind.STAMP_REFUSAL: DelegatedAct.STAMP,
    DecisionKind.OPINION_FAVOURABLE: DelegatedAct.OPINION,
    DecisionKind.OPINION_UNFAVOURABLE: DelegatedAct.OPINION,
    DecisionKind.CLOSURE: DelegatedAct.CLOSURE,
    DecisionKind.WITHDRAWAL: DelegatedAct.WITHDRAWAL,
    DecisionKind.REPEAL: DelegatedAct.WITHDRAWAL,
}

ACT_TITLES: dict[DelegatedAct, str] = {
    DelegatedAct.GRANT: "les autorisations accordées",
    DelegatedAct.REFUSAL: "les refus",
    DelegatedAct.CLOSURE: "les clôtures",
    DelegatedAct.STAMP: "les visas de conventions",
    DelegatedAct.OPINION: "les avis",
    DelegatedAct.WITHDRAWAL: "les retraits et abrogations",
    DelegatedAct.APPEAL: "les réponses aux recours",
    DelegatedAct.DEFENCE: "les mémoires en défense",
}

BORN_OF_SILENCE = "Une décision née du silence n'a pas de signataire."


@requirement(
    "F3",
    "Compétence de l'auteur de l'acte",
    "CE, avis, 5 juillet 2013, n° 365886",
    "CT R5221-17",
    since=date(2013, 7, 5),
    source="Conseil d'État, avis, 5 juillet 2013, n° 365886 ; CT R5221-17 pour la compétence du préfet",
    mark="unconfirmed",
    note="avis non lu ; la règle lui est antérieure ; CT R5221-17 lu dans sa version du 1er avril 2021",
)
def the_author_holds_a_published_delegation(case: Case, act: Act, context: Context) -> Verdict:
    """Whoever signs for the prefect holds, on the day of the signature, a delegation in force, published by then, that
    covers this kind of act and this department."""
    if act.is_implicit:
        return not_applicable(BORN_OF_SILENCE)
    if act.author_lacks is not None:
        return flaw(act.author_lacks.code, act.author_lacks.message)
    if act.signatory is None:
        return pending("La délégation sera vérifiée au jour de la signature, pour celui qui signera.")
    number, who = act.signatory.delegation, act.signatory.identity
    routing = case.routing
    found = next(
        (d for d in context.administration.delegations if d.number == number and d.identity == who),
        None,
    )
    if found is None or routing is None:
        return flaw("no_delegation_in_force", f"La délégation n° {number} n'est pas enregistrée.")
    lacks = lacks_of(found, act.delegated, routing, act.on)
    if lacks:
        return flaw("no_delegation_in_force", lacking(found, lacks))
    return held(
        f"La délégation n° {number}, publiée le {in_french(act.signatory.delegation_published_on)} "
        f"({act.signatory.delegation_publication}), est en vigueur et couvre {ACT_TITLES[act.delegated]}."
    )


class Lack(NamedTuple):
    """One thing that keeps a delegation from covering an act."""

    code: str
    words: str
    """What follows « La délégation n° … »."""


def lacks_of(delegation: Delegation, act: DelegatedAct, routing: Routing, on: date) -> list[Lack]:
    """Everything that keeps a delegation from covering an act on a day."""
    lacks = []
    if on < delegation.starts_on:
        lacks.append(Lack("delegation_not_in_force", f"ne prend effet que le {in_french(delegation.starts_on)}"))
    if delegation.ends_on is not None and delegation.ends_on < on:
        lacks.append(Lack("delegation_not_in_force", f"a pris fin le {in_french(delegation.ends_on)}"))
    if delegation.published_on is None:
        lacks.append(Lack("delegation_not_published", "n'est pas publiée"))
    elif on < delegation.published_on:
        lacks.append(Lack("delegation_not_published", f"n'est publiée que le {in_french(delegation.published_on)}"))
    if act not in delegation.acts:
        lacks.append(Lack("delegation_act_not_covered", f"ne couvre pas {ACT_TITLES[act]}"))
    if delegation.platform != routing.platform:
        where = f"ne vaut que pour la plateforme « {delegation.platform} »"
        lacks.append(Lack("delegation_place_not_covered", where))
    elif not {"*", routing.competent_department} & set(delegation.departments):
        where = f"ne couvre pas le département {routing.competent_department}"
        lacks.append(Lack("delegation_place_not_covered", where))
    return lacks


def lacking(delegation: Delegation, lacks: list[Lack]) -> str:
    """The sentence that says what a delegation lacks."""
    return f"La délégation n° {delegation.number} {' ; '.join(lack.words for lack in lacks)}."


@requirement("F4", "Prénom, nom, qualité et service de l'auteur", "CRPA L212-1", "CRPA L212-2 1°")
def the_author_is_named(case: Case, act: Act, context: Context) -> Verdict:
    """A decision bears the first name, the name and the quality of its author, and the service where the signature is
    dispensed with."""
    if act.is_implicit:
        return not_applicable(BORN_OF_SILENCE)
    if act.signatory is None:
        return pending("L'auteur sera nommé à la signature.")
    who = act.signatory
    lacks = [
        what
        for what, stated in (
            ("le prénom et le nom", len(who.name.split()) > 1),
            ("la qualité", bool(who.quality.strip())),
            ("le service", bool(who.service.strip())),
        )
        if not stated
    ]
    if lacks:
        return flaw("author_not_named", f"L'acte n'indique pas {', '.join(lacks)} de son auteur (CRPA L212-1).")
    return held(f"L'auteur est {who.name}, {who.quality} ({who.service}).")


@requirement("F5", "Signature, ou dispense de signature", "CRPA L212-3", "CRPA L212-2 1°")
def the_act_is_signed_or_dispensed(case: Case, act: Act, context: Context) -> Verdict:
    """An act bears a signature that identifies its author and binds to it, unless it is notified through the
    teleservice with the author's names, quality and service."""
    if act.is_implicit:
        return not_applicable(BORN_OF_SILENCE)
    channels = {act.notified[each].channel for each in act.addressees if each in act.notified}
    if "post" in channels:
        return flaw(
            "signature_not_established",
            f"{NO_CERTIFICATE}, et la décision a été notifiée par voie postale : la signature manuscrite qu'elle doit "
            "porter n'est pas enregistrée (CRPA L212-1).",
        )
    if set(act.addressees) <= set(act.notified) and act.addressees:
        return held(f"{NO_CERTIFICATE} ; notifiée par le téléservice, la décision en est dispensée (CRPA L212-2 1°).")
    return pending(f"{NO_CERTIFICATE} ; la décision en est dispensée si le téléservice la notifie (CRPA L212-2 1°).")


NO_CERTIFICATE = (
    "L'empreinte de l'acte est scellée dans l'historique, sans signature électronique certifiée au sens de CRPA L212-3"
)
"""What is stored, and what is not: the ledger binds the text to who signed in, no certificate signs it."""
