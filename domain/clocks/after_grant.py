"""What a grant leaves open: its withdrawal (T9), the medical certificate, observations before it is ended (T15)."""

from collections.abc import Iterator
from datetime import date

import msgspec

from domain.case import Case, Decision
from domain.clocks.clock import Clock, ClockState, length_in_words, no_longer_stands, not_counted, state_on
from domain.french import in_french
from domain.limits import limit_for_certificate, limit_to_withdraw
from domain.numbers import doubts_of
from domain.provisions import Chapter, provision
from domain.reference import Reference
from domain.refusals import Refused

replace = msgspec.structs.replace

NO_FIGURE = "le code ne fixe aucun nombre de jours : quinze relèvent de la pratique"


def grants(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """What each favourable decision of the case leaves open."""
    for decision in case.decisions:
        if decision.kind.is_favourable and decision.kind.can_be_appealed:
            yield withdrawal(decision, today, reference)
            yield from medical_certificate(case, decision, today, reference)


@provision(Chapter.CLOCKS, "CRPA L242-1", "CRPA L241-2", "CRPA L242-2")
def withdrawal(decision: Decision, today: date, reference: Reference) -> Clock:
    """T9: a decision that creates rights and is unlawful is withdrawn or repealed within four months of its date, and
    later for fraud or when a condition is no longer met."""
    clock = Clock(
        id="T9",
        ref=decision.id,
        name="Retrait ou abrogation d'une décision illégale",
        state=ClockState.NOT_RUNNING,
        starts_on=decision.on,
        effect="la décision ne peut plus être retirée ni abrogée que par exception",
        articles=("CRPA L242-1", "CRPA L241-2", "CRPA L242-2"),
        sentence="",
    )
    try:
        limit = limit_to_withdraw(decision, reference)
    except Refused as refused:
        return not_counted(clock, refused)
    until = limit.ends_on
    return replace(
        clock,
        state=state_on(today, until, ended=not decision.live),
        length=limit.length,
        expires_on=until,
        unconfirmed=doubts_of(limit.row),
        sentence=f"Décision {decision.id} du {in_french(decision.on)}, créatrice de droits : si elle est illégale, "
        f"elle peut être retirée ou abrogée jusqu'au {in_french(until)} ; ensuite, en cas de fraude ou si une "
        f"condition cesse d'être remplie.{no_longer_stands(decision)}",
        facts={f"décision {decision.id}": in_french(decision.on)},
    )


@provision(Chapter.CLOCKS, "CT L5221-5", since=date(2024, 1, 28))
def medical_certificate(case: Case, decision: Decision, today: date, reference: Reference) -> Iterator[Clock]:
    """A permit may be withdrawn when the foreigner has not obtained a medical certificate within three months of it."""
    if decision.permit is None or reference.threshold("MEDICAL_CERTIFICATE_MONTHS_MAX", decision.on) is None:
        return
    limit = limit_for_certificate(decision, reference)
    end = limit.ends_on
    noted = case.medical_certificate_missing_on
    yield Clock(
        id="MEDICAL_CERTIFICATE",
        ref=decision.id,
        name="Certificat médical de l'étranger",
        state=state_on(today, end, ended=noted is not None or not decision.live),
        starts_on=decision.on,
        length=limit.length,
        expires_on=end,
        unconfirmed=doubts_of(limit.row),
        effect="sans certificat, l'autorisation peut être retirée",
        articles=("CT L5221-5",),
        sentence=f"Autorisation délivrée le {in_french(decision.on)} : le certificat médical est à obtenir au plus "
        f"tard le {in_french(end)}.{no_longer_stands(decision)}",
        facts={f"décision {decision.id}": in_french(decision.on)},
    )


@provision(
    Chapter.CLOCKS,
    "CRPA L122-1",
    "CRPA L121-1",
    mark="unconfirmed",
    note=NO_FIGURE,
)
def hearings(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """T15: those concerned have time enough to observe before a grant is withdrawn or repealed."""
    for hearing in case.hearings:
        row = reference.threshold("PRIOR_HEARING_DAYS_MIN", hearing.opened_on)
        yield Clock(
            id="T15",
            ref=hearing.id,
            name="Observations avant retrait ou abrogation",
            state=state_on(today, hearing.observations_until, ended=hearing.used),
            starts_on=hearing.opened_on,
            length=length_in_words(days=(hearing.observations_until - hearing.opened_on).days),
            expires_on=hearing.observations_until,
            effect="la décision envisagée peut être prise",
            articles=("CRPA L121-1", "CRPA L122-1"),
            sentence=f"Procédure contradictoire ouverte le {in_french(hearing.opened_on)} ; observations attendues "
            f"jusqu'au {in_french(hearing.observations_until)}.",
            facts={"ouverture de la procédure contradictoire": in_french(hearing.opened_on)},
            for_administration=not hearing.used and today <= hearing.observations_until,
            unconfirmed=doubts_of(row) if row else (),
        )
