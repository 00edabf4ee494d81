"""When silence rejects an administrative appeal (T11)."""

from collections.abc import Iterator
from datetime import date

from domain.acts import AppealKind
from domain.appeals import addressed_to, judged_on_the_law_of, length_of_silence, rejection_must_be_reasoned
from domain.case import Case
from domain.clocks.clock import EFFECTS, Clock, state_on
from domain.french import in_french
from domain.provisions import Chapter, provision
from domain.reference import Reference


@provision(Chapter.CLOCKS, "CRPA L411-7", "CRPA L231-4 2°", "CJA R421-2")
def silence_on_appeals(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """T11: two months' silence from its receipt rejects an administrative appeal."""
    rule = reference.silence_rule("ADMIN_APPEAL")
    for appeal in case.appeals:
        length = length_of_silence(appeal, reference)
        counted = f" ; délai de {length}" if length else ""
        which = "gracieux" if appeal.kind is AppealKind.GRACIOUS else "hiérarchique"
        expires = appeal.implicit_rejection_on
        whom = addressed_to(appeal.kind, case, reference)
        attacked = case.decision(appeal.against)
        told = f"Recours {which} {appeal.id} adressé au {whom}, reçu le {in_french(appeal.received_on)}"
        if appeal.ended_on:
            last = f" Ce recours a pris fin le {in_french(appeal.ended_on)}."
        else:
            law = judged_on_the_law_of(attacked)
            why = " ; un rejet exprès devra être motivé (CRPA L411-5)" if rejection_must_be_reasoned(attacked) else ""
            last = f" {law[:1].upper()}{law[1:]}{why}."
        yield Clock(
            id="T11",
            ref=appeal.id,
            addressee=appeal.lodged_by,
            name=f"Silence sur le recours {which}",
            state=state_on(today, expires, ended=appeal.ended_on is not None),
            starts_on=appeal.received_on,
            length=length,
            expires_on=expires,
            effect=EFFECTS[rule.effect],
            articles=rule.articles,
            sentence=f"{told}{counted} : {EFFECTS[rule.effect]} le {in_french(expires)} à minuit.{last}",
            facts={f"réception du recours {appeal.id}": in_french(appeal.received_on)},
            for_administration=appeal.kind is AppealKind.GRACIOUS,
        )
