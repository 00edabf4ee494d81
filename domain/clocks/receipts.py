"""What the administration owes as soon as a request arrives: a receipt (T6), then an acknowledgement (T7)."""

from collections.abc import Iterator
from datetime import date

import msgspec

from domain.appeals import department_of
from domain.case import Case
from domain.clocks.clock import Clock, ClockState, state_on, stopped
from domain.french import in_french, working_days_in_words
from domain.numbers import doubts_of, not_held
from domain.provisions import Chapter, provision
from domain.reference import Reference

replace = msgspec.structs.replace


LATE = "effet d'un accusé tardif : le texte ne vise que l'absence ou l'omission"
NO_OBJECT = ", désormais sans objet"
"""What is said of a receipt that nobody waits for any more."""


def receipts(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """The receipt of an electronic filing, then its acknowledgement."""
    yield registration_receipt(case, today, reference)
    yield acknowledgement(case, today, reference)


@provision(Chapter.CLOCKS, "CRPA R112-11-2 al. 1")
def registration_receipt(case: Case, today: date, reference: Reference) -> Clock:
    """T6: an electronic filing is answered at once by a receipt, or within one working day when that cannot be done."""
    given = case.registered_on
    over = given is not None or case.acknowledgement is not None or _without_object(case)
    clock = Clock(
        id="T6",
        name="Accusé d'enregistrement de la demande",
        state=ClockState.NOT_RUNNING,
        starts_on=case.filed_on,
        effect="aucun effet sur le délai de décision",
        articles=("CRPA R112-11-2 al. 1",),
        sentence="",
        for_administration=not over,
    )
    row = reference.threshold("REGISTRATION_RECEIPT_WORKING_DAYS_MAX", case.filed_on)
    if row is None:
        return stopped(clock, not_held(reference, "REGISTRATION_RECEIPT_WORKING_DAYS_MAX", case.filed_on))
    due = reference.calendar.add_working_days(case.filed_on, int(row.value), department_of(case))
    filed = in_french(case.filed_on)
    if given is not None:
        at_once = ", à l'instant du dépôt" if given == case.filed_on else ""
        told = f"Demande enregistrée le {filed} ; accusé d'enregistrement envoyé le {in_french(given)}{at_once}."
    elif case.acknowledgement is not None:
        stands = f"l'accusé de réception envoyé le {in_french(case.acknowledgement.issued_on)} en tient lieu"
        told = f"Demande déposée le {filed} ; {stands}."
    else:
        idle = NO_OBJECT if _without_object(case) else ""
        told = f"Demande déposée le {filed} ; accusé d'enregistrement à envoyer au plus tard le {in_french(due)}{idle}."
    return replace(
        clock,
        state=state_on(today, due, ended=over),
        length=f"immédiat ou, en cas d'impossibilité, {working_days_in_words(int(row.value), 'ouvré')}",
        expires_on=due,
        unconfirmed=doubts_of(row),
        sentence=told,
        facts={"dépôt": filed, **({"accusé d'enregistrement": in_french(given)} if given else {})},
    )


@provision(Chapter.CLOCKS, "CRPA R112-11-2 al. 2", "CRPA R112-11-1", "CRPA L112-12")
def acknowledgement(case: Case, today: date, reference: Reference) -> Clock:
    """T7: the acknowledgement leaves within ten working days of the day the competent administration was seized, and
    limits to appeal cannot be held against whom it did not reach whole."""
    notice = case.acknowledgement
    row = reference.threshold("ACKNOWLEDGEMENT_WORKING_DAYS_MAX", case.filed_on)
    clock = Clock(
        id="T7",
        name="Accusé de réception de la demande",
        state=ClockState.NOT_RUNNING,
        length=working_days_in_words(int(row.value), "ouvré") if row else "",
        effect="sans accusé de réception complet, les délais de recours ne sont pas opposables (CRPA L112-12)",
        articles=("CRPA R112-11-2 al. 2", "CRPA R112-11-1", "CRPA L112-12"),
        sentence="",
        for_administration=notice is None and not _without_object(case),
    )
    if case.routing is None:
        return stopped(clock, "la demande n'est pas encore parvenue à l'administration compétente (CRPA R112-11-2)")
    if row is None:
        return stopped(clock, not_held(reference, "ACKNOWLEDGEMENT_WORKING_DAYS_MAX", case.filed_on))
    start = case.routing.received_on
    due = reference.calendar.add_working_days(start, int(row.value), department_of(case))
    told = f"Demande parvenue le {in_french(start)} à l'administration compétente"
    facts = {"réception par l'administration compétente": in_french(start)}
    if notice is None:
        idle = NO_OBJECT if _without_object(case) else ""
        told += f" ; accusé de réception à envoyer au plus tard le {in_french(due)}{idle}."
    else:
        facts["accusé de réception"] = in_french(notice.issued_on)
        told += f" ; accusé de réception envoyé le {in_french(notice.issued_on)}"
        told += f", après le terme du {in_french(due)}" if notice.issued_on > due else ""
        told += "" if notice.complete else " sans toutes les mentions exigées : les délais ne sont pas opposables"
        told += "."
    late = notice is not None and notice.issued_on > due
    return replace(
        clock,
        state=state_on(today, due, ended=notice is not None or _without_object(case)),
        starts_on=start,
        expires_on=due,
        sentence=told,
        facts=facts,
        unconfirmed=(*doubts_of(row), *((LATE,) if late else ())),
    )


def _without_object(case: Case) -> bool:
    """Nothing is left to acknowledge once the request has been decided expressly, or given up."""
    return case.abandoned_on is not None or any(not decision.is_implicit for decision in case.decisions)
