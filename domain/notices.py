"""What texts ask of a filer or attach to a permit without making it a ground of refusal: said, never opposed."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from domain.case import Case
from domain.days import DAY, add_months, last_day_of
from domain.french import in_french
from domain.law import Law
from domain.numbers import count_set_by_text
from domain.procedures import PROCEDURES, OutcomeKind
from domain.provisions import Chapter, applies, concerns, provision
from domain.request import (
    ExceptionalAdmission,
    InternshipAgreement,
    InternshipAmendment,
    Renewal,
    Seasonal,
    ViabilityOpinion,
)
from domain.rules.admission import commission_before_a_refusal

DAY_NOT_READ = "versions de 2008 à 2016, jour exact non lu"
NO_GROUND = "le texte n'en fait pas un motif de refus"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence for who examines a case, and the article that it comes from."""

    article: str
    says: str


def notices_of(case: Case, law: Law) -> tuple[Notice, ...]:
    """Everything to be known about a case that no condition says, by the texts in force today."""
    said = (notice for read in _READINGS if applies(read, law.today) for notice in read(case, law))
    return (*said, *_commission(case, law))


def notices_on_terms(case: Case, law: Law) -> tuple[Notice, ...]:
    """Those of them that say what a permit or a stamp is subject to: its holders are told them with it."""
    return tuple(notice for read in _READINGS if concerns(read, Chapter.TERMS, law.today) for notice in read(case, law))


@provision(Chapter.FILING, "CT R5221-32", since=date(2021, 4, 1))
def the_renewal_is_asked_in_the_second_month(case: Case, law: Law) -> Iterator[Notice]:
    """The renewal is asked in the course of the second month before the permit expires, which no text makes a ground of
    refusal."""
    renewal = case.request.particulars
    if not isinstance(renewal, Renewal):
        return
    expiry = renewal.earlier_expires_on
    first = add_months(expiry, -count_set_by_text(law, "RENEWAL_FILING_MONTHS_BEFORE_EXPIRY_MAX"))
    last = add_months(expiry, -count_set_by_text(law, "RENEWAL_FILING_MONTHS_BEFORE_EXPIRY_MIN"))
    window = f"du {in_french(first)} au {in_french(last)}"
    filed = f"Demande déposée le {in_french(case.filed_on)}"
    if first <= case.filed_on <= last:
        says = f"{filed}, au cours du deuxième mois précédant l'expiration ({window})."
    else:
        when = "avant" if case.filed_on < first else "après"
        says = f"{filed}, {when} le deuxième mois précédant l'expiration ({window}) ; {NO_GROUND}."
    yield Notice(article="CT R5221-32", says=says)


@provision(Chapter.FILING, "CESEDA R426-20", since=date(2021, 5, 1))
def the_agreement_is_received_before_the_internship(case: Case, law: Law) -> Iterator[Notice]:
    """The internship agreement reaches the prefect two months before the internship begins, one month for a European or
    intergovernmental programme, and a late one may be refused on the three grounds of the text only."""
    agreement = case.request.particulars
    if not isinstance(agreement, InternshipAgreement):
        return
    programme = agreement.eu_or_intergovernmental_programme
    id = "INTERNSHIP_PROGRAMME_FILING_MONTHS_MIN" if programme else "INTERNSHIP_FILING_MONTHS_MIN"
    latest = add_months(agreement.start, -count_set_by_text(law, id))
    yield _received(case.filed_on, "Convention", latest, "CESEDA R426-20")


@provision(Chapter.FILING, "CESEDA R426-21", since=date(2021, 5, 1))
def the_amendment_is_received_before_the_end(case: Case, law: Law) -> Iterator[Notice]:
    """The amendment that extends an internship reaches the prefect fifteen days before its first end, and the text
    attaches no effect to lateness."""
    amendment = case.request.particulars
    if not isinstance(amendment, InternshipAmendment):
        return
    days = count_set_by_text(law, "INTERNSHIP_AMENDMENT_FILING_DAYS_MIN")
    yield _received(case.filed_on, "Avenant", amendment.agreement_end - days * DAY, "CESEDA R426-21")


def _received(filed_on: date, what: str, latest: date, article: str) -> Notice:
    gender = "reçue" if what == "Convention" else "reçu"
    told = f"{what} {gender} le {in_french(filed_on)}"
    if filed_on <= latest:
        return Notice(article=article, says=f"{told}, dans le délai qui s'achevait le {in_french(latest)}.")
    return Notice(article=article, says=f"{told}, après le {in_french(latest)}, dernier jour utile ; {NO_GROUND}.")


@provision(Chapter.TERMS, "CT R5221-24", since=date(2016, 11, 1), note=DAY_NOT_READ)
def a_long_season_is_permitted_by_the_card(case: Case, law: Law) -> Iterator[Notice]:
    """A seasonal contract of three months or more gives the permit in the form of the seasonal card."""
    job = case.request.job
    if not isinstance(case.request.particulars, Seasonal) or job is None or job.end is None:
        return
    months = count_set_by_text(law, "SEASONAL_CARD_CONTRACT_MONTHS_MIN")
    if job.end >= last_day_of(job.start, months):
        yield Notice(
            article="CT R5221-24",
            says=f"Contrat d'au moins {months} mois : l'autorisation prend la forme de la carte « travailleur "
            "saisonnier ».",
        )


@provision(Chapter.TERMS, "CT R5221-25", since=date(2016, 11, 1), note=DAY_NOT_READ)
def the_seasonal_contract_is_stamped(case: Case, law: Law) -> Iterator[Notice]:
    """The prefect stamps the seasonal contract before the worker enters France, at each renewal and for each new
    contract."""
    if isinstance(case.request.particulars, Seasonal):
        yield Notice(
            article="CT R5221-25",
            says="Le contrat est visé par le préfet avant l'entrée en France, lors du renouvellement et pour chaque "
            "nouveau contrat.",
        )


@provision(Chapter.TERMS, "CESEDA L421-34", since=date(2021, 5, 1))
def the_seasonal_worker_keeps_a_residence_abroad(case: Case, law: Law) -> Iterator[Notice]:
    """The seasonal card, which the permit precedes, goes to a worker who undertakes to keep a usual residence outside
    France, a condition of the card and not of the permit."""
    season = case.request.particulars
    if not isinstance(season, Seasonal):
        return
    kept = "s'engage" if season.residence_abroad_kept else "ne s'engage pas"
    yield Notice(
        article="CESEDA L421-34",
        says=f"L'étranger {kept} à maintenir sa résidence habituelle hors de France : c'est une condition de la carte "
        "« travailleur saisonnier », non de l'autorisation de travail.",
    )


@provision(Chapter.TERMS, "CT R5221-1", since=date(2024, 9, 1))
def every_new_contract_needs_a_new_request(case: Case, law: Law) -> Iterator[Notice]:
    """The permit holds for the contract on which it was asked, and every new contract needs a new request."""
    if PROCEDURES[case.procedure].outcome is OutcomeKind.PERMIT:
        yield Notice(
            article="CT R5221-1",
            says="L'autorisation ne vaut que pour le contrat présenté : tout nouveau contrat de travail appelle une "
            "nouvelle demande.",
        )


@provision(Chapter.TERMS, "CESEDA R426-22", since=date(2021, 5, 1))
def the_stamped_agreement_is_shown_at_controls(case: Case, law: Law) -> Iterator[Notice]:
    """The agreement, its amendment and the proof of the stamp are shown to inspectors who ask for them."""
    if isinstance(case.request.particulars, InternshipAgreement | InternshipAmendment):
        yield Notice(
            article="CESEDA R426-22",
            says="La convention, son avenant et la preuve du visa sont présentés à toute demande des agents de "
            "contrôle.",
        )


@provision(Chapter.FILING, "CESEDA R421-9", since=date(2021, 5, 1))
def the_opinion_is_asked_before_the_card(case: Case, law: Law) -> Iterator[Notice]:
    """The foreigner asks the foreign-labour service for the opinion on viability before filing for the card."""
    if isinstance(case.request.particulars, ViabilityOpinion):
        yield Notice(
            article="CESEDA R421-9",
            says="L'avis est demandé avant le dépôt de la demande de carte « entrepreneur/profession libérale ».",
        )


@provision(Chapter.FILING, "CESEDA R421-8", since=date(2021, 5, 1))
def the_card_is_asked_elsewhere(case: Case, law: Law) -> Iterator[Notice]:
    """The entrepreneur's card is asked of the consulate by who lives abroad, of the prefect of residence by who holds a
    title that does not allow the activity."""
    if isinstance(case.request.particulars, ViabilityOpinion):
        resident = case.request.worker.residence_title is not None
        where = "au préfet du département de résidence" if resident else "à l'autorité consulaire du pays de résidence"
        yield Notice(article="CESEDA R421-8", says=f"La demande de carte se présente ensuite {where}.")


@provision(Chapter.TERMS, "CESEDA R421-10", since=date(2021, 5, 1))
def public_order_is_checked_with_the_card(case: Case, law: Law) -> Iterator[Notice]:
    """When the card is asked or renewed, the prefect checks that the activity is compatible with public safety, health
    and peace and that no conviction forbids a trade."""
    if isinstance(case.request.particulars, ViabilityOpinion):
        yield Notice(
            article="CESEDA R421-10",
            says="La sécurité, la salubrité, la tranquillité publiques et l'interdiction d'exercer sont vérifiées avec "
            "la demande de carte : elles n'entrent pas dans l'avis.",
        )


def _commission(case: Case, law: Law) -> Iterator[Notice]:
    admission = case.request.particulars
    if isinstance(admission, ExceptionalAdmission) and applies(commission_before_a_refusal, law.today):
        says = commission_before_a_refusal(admission, law)
        if says:
            yield Notice(article="CESEDA L435-1", says=says)


_READINGS: tuple[Callable[[Case, Law], Iterator[Notice]], ...] = (
    the_renewal_is_asked_in_the_second_month,
    the_agreement_is_received_before_the_internship,
    the_amendment_is_received_before_the_end,
    a_long_season_is_permitted_by_the_card,
    the_seasonal_contract_is_stamped,
    the_seasonal_worker_keeps_a_residence_abroad,
    every_new_contract_needs_a_new_request,
    the_stamped_agreement_is_shown_at_controls,
    the_opinion_is_asked_before_the_card,
    the_card_is_asked_elsewhere,
    public_order_is_checked_with_the_card,
)
