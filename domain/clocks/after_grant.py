"""What a grant leaves open: its withdrawal (T9), the medical certificate, observations before it is ended (T15)."""

from collections.abc import Iterator
from datetime import date

from domain.appeals import months
from domain.case import Case
from domain.clocks.clock import Clock, length_in_words, state_on
from domain.days import add_months
from domain.french import in_french
from domain.reference import Reference


def grants(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """A grant creates rights: it is withdrawn within four months; a medical certificate follows within three."""
    for decision in case.decisions:
        if not decision.kind.is_favourable or not decision.kind.can_be_appealed:
            continue
        until = add_months(decision.on, months(reference, "WITHDRAWAL_MONTHS_MAX", decision.on))
        yield Clock(
            id="T9",
            ref=decision.id,
            name="Retrait ou abrogation d'une décision illégale",
            state=state_on(today, until, ended=not decision.live),
            starts_on=decision.on,
            length=length_in_words(months=4),
            expires_on=until,
            effect="la décision n'est plus retirée ni abrogée que par exception",
            articles=("CRPA L242-1", "CRPA L241-2", "CRPA L242-2"),
            sentence=f"Décision {decision.id} du {in_french(decision.on)}, créatrice de droits : si elle est illégale, "
            f"elle peut être retirée ou abrogée jusqu'au {in_french(until)} ; ensuite, en cas de fraude ou si une "
            "condition cesse d'être remplie.",
        )
        medical = reference.threshold("MEDICAL_CERTIFICATE_MONTHS_MAX", decision.on)
        if decision.permit is None or medical is None:
            continue
        end = add_months(decision.on, int(medical.value))
        noted = case.medical_certificate_missing_on
        yield Clock(
            id="MEDICAL_CERTIFICATE",
            ref=decision.id,
            name="Certificat médical de l'étranger",
            state=state_on(today, end, ended=noted is not None or not decision.live),
            starts_on=decision.on,
            length=length_in_words(months=int(medical.value)),
            expires_on=end,
            effect="sans certificat, l'autorisation peut être retirée",
            articles=("CT L5221-5",),
            sentence=f"Autorisation délivrée le {in_french(decision.on)} : le certificat médical est à obtenir au plus "
            f"tard le {in_french(end)}.",
        )


def hearings(case: Case, today: date) -> Iterator[Clock]:
    """The time left to observe before a withdrawal or repeal; the code gives no figure (CRPA L122-1)."""
    for hearing in case.hearings:
        yield Clock(
            id="T15",
            ref=hearing.id,
            name="Observations avant retrait ou abrogation",
            state=state_on(today, hearing.observations_until, ended=hearing.used),
            starts_on=hearing.opened_on,
            length=f"{(hearing.observations_until - hearing.opened_on).days} jours",
            expires_on=hearing.observations_until,
            effect="la décision envisagée peut être prise",
            articles=("CRPA L121-1", "CRPA L122-1"),
            sentence=f"Procédure contradictoire ouverte le {in_french(hearing.opened_on)} ; observations attendues "
            f"jusqu'au {in_french(hearing.observations_until)}.",
            for_administration=not hearing.used and today <= hearing.observations_until,
            unconfirmed=("le code ne fixe aucun nombre de jours : quinze relèvent de la pratique",),
        )
