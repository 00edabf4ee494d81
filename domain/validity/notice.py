"""What the notice owes: remedies (F6), each addressee (F7), effect from then (F8), electronic only if agreed (F9)."""

from datetime import date

from domain.acts import ADDRESSEE_TITLES, Addressee, DecisionKind
from domain.case import Case
from domain.context import Context
from domain.french import in_french, list_in_french
from domain.validity.requirement import Act, Verdict, flaw, held, not_applicable, pending, requirement

NOT_NOTIFIED = "Un rejet né du silence n'est pas notifié : il résulte de l'accusé de réception."
"""Why an implicit refusal is told to nobody."""


@requirement(
    "F6",
    "Voies et délais de recours",
    "CJA R421-5",
    "CRPA R112-5",
    "CRPA R112-11-1",
    note="CJA R421-5 n'exige pas à la lettre que le tribunal soit nommé : l'exiger de la notification est une prudence",
)
def remedies_and_limits_are_stated(case: Case, act: Act, context: Context) -> Verdict:
    """Time limits bind only if the notice, or the acknowledgement of what silence decides, names the remedies, their
    limits and the court."""
    if not act.kind.can_be_appealed:
        return not_applicable("Un avis prépare une décision et ne se conteste pas par lui-même.")
    if act.kind.is_favourable and act.remedies is None:
        return not_applicable("Une décision née du silence qui accueille la demande n'indique pas de recours.")
    notice = "L'accusé de réception" if act.is_implicit else "La décision"
    if act.remedies is None:
        return flaw(
            "remedies_incomplete",
            f"{notice} n'indique pas les voies et délais de recours : ces délais ne seraient pas opposables "
            "(CJA R421-5).",
        )
    if not act.remedies.complete or act.remedies.tribunal is None:
        return flaw(
            "remedies_incomplete",
            f"{notice} ne nomme pas le tribunal compétent : l'indication des voies de recours serait incomplète et "
            "les délais pourraient n'être pas opposables (CJA R421-5).",
        )
    return held(f"Les voies et délais de recours sont indiqués, devant le {act.remedies.tribunal}.")


@requirement("F7", "Notification à chaque destinataire", "CT R5221-17", since=date(2021, 4, 1))
def each_addressee_is_notified(case: Case, act: Act, context: Context) -> Verdict:
    """The decision is notified to the employer, or mandatary, who filed the request and to the foreigner."""
    if act.kind is DecisionKind.IMPLICIT_REFUSAL:
        return not_applicable(NOT_NOTIFIED)
    lacking = [each for each in act.addressees if notified_on(act, each) is None]
    if lacking:
        return pending(f"La notification reste à prouver à l'égard {_of(lacking)}.")
    return held(f"La décision est notifiée à {_named(act.addressees)}.")


@requirement("F8", "Opposabilité", "CRPA L221-8")
def it_binds_from_its_notification(case: Case, act: Act, context: Context) -> Verdict:
    """An individual decision binds whom it concerns from the day it was notified to them."""
    if act.kind is DecisionKind.IMPLICIT_REFUSAL:
        return not_applicable(NOT_NOTIFIED)
    days = [(each, on) for each in act.addressees if (on := notified_on(act, each)) is not None]
    if not days:
        return pending("La décision n'est encore opposable à personne.")
    told = " ; ".join(f"à {ADDRESSEE_TITLES[each]} depuis le {in_french(on)}" for each, on in days)
    return (
        held(f"La décision est opposable {told}.")
        if len(days) == len(act.addressees)
        else pending(f"La décision n'est opposable qu'{told}.")
    )


@requirement("F9", "Accord à la notification électronique", "CRPA R112-17", "CRPA L112-15", "CRPA R112-20")
def electronic_notification_was_agreed_to(case: Case, act: Act, context: Context) -> Verdict:
    """Electronic notification in the place of a registered letter supposes the prior express agreement of whom it is
    made to."""
    electronic = [each for each in act.addressees if each in act.notified and act.notified[each].channel != "post"]
    if act.kind is DecisionKind.IMPLICIT_REFUSAL:
        return not_applicable(NOT_NOTIFIED)
    if not act.notified:
        return pending("La décision n'a pas encore été mise à disposition.")
    if not electronic:
        return not_applicable("La décision a été notifiée par voie postale.")
    lacking = [
        each for each in electronic if (agreed := act.consents.get(each)) is None or agreed > _available(act, each)
    ]
    if lacking:
        return flaw(
            "consent_not_recorded",
            f"L'accord {_of(lacking)} à la notification électronique n'est pas enregistré avant la mise à disposition "
            "(CRPA R112-17).",
        )
    return held(f"L'accord {_of(electronic)} à la notification électronique est enregistré.")


def notified_on(act: Act, addressee: Addressee) -> date | None:
    """The day from which the act is proved known to an addressee."""
    known = act.notified.get(addressee)
    return known.notified_on if known else None


def _available(act: Act, addressee: Addressee) -> date:
    return act.notified[addressee].available_on


def _named(addressees: tuple[Addressee, ...] | list[Addressee]) -> str:
    return list_in_french([ADDRESSEE_TITLES[each] for each in addressees]).replace(" et ", " et à ")


def _of(addressees: list[Addressee]) -> str:
    return list_in_french([f"de {ADDRESSEE_TITLES[each]}" for each in addressees])
