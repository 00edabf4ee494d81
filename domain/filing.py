"""What must be known and what cannot be in a request at filing; whether it is lawful is for the examination."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec
import pycountry
from stdnum.fr import siret as siret_numbers

from domain.context import Context
from domain.days import add_months, last_day_of
from domain.envelope import Role
from domain.french import in_french, length_in_words
from domain.nationalities import FRENCH, works_without_a_permit
from domain.procedures import Procedure
from domain.provisions import NOT_READ_BEFORE_APRIL_2021, NOT_READ_BEFORE_SEPTEMBER_2024, Chapter, provision
from domain.reference import MAYOTTE, Reference
from domain.refusals import Fault, Refused
from domain.request import (
    Address,
    AdmissionBasis,
    AsylumSeeker,
    AuPair,
    ChangeOfStatus,
    Company,
    Contract,
    ExceptionalAdmission,
    InternshipAgreement,
    InternshipAmendment,
    InternshipCase,
    Job,
    LegalRegime,
    PostingMission,
    PrivateEmployer,
    Renewal,
    Request,
    Seasonal,
    StudentAboveQuota,
    TitleKind,
    ViabilityOpinion,
    euros,
)

AGE_MAX = 100
YEARS_AHEAD_MAX = 10
TEXT_LENGTH_MAX = 200

SIREN_DIGITS = 9

KOSOVO = "XK"
"""Not in ISO 3166 but the code that European administrations use."""

WITHOUT_JOB = frozenset(
    {
        Procedure.AU_PAIR,
        Procedure.INTERNSHIP_AGREEMENT,
        Procedure.INTERNSHIP_AMENDMENT,
        Procedure.VIABILITY_OPINION,
    }
)
"""Their particulars hold the dates that a job holds elsewhere."""

COMPANIES_ONLY = frozenset(
    {Procedure.SEASONAL, Procedure.POSTING, Procedure.INTERNSHIP_AGREEMENT, Procedure.INTERNSHIP_AMENDMENT}
)

ALREADY_AT_WORK = frozenset({Procedure.RENEWAL, Procedure.EXCEPTIONAL_ADMISSION})
"""The contract may already run when these are filed."""

CONTRACTS: dict[Procedure, frozenset[Contract]] = {
    Procedure.INTRODUCTION_PERMANENT: frozenset({Contract.PERMANENT}),
    Procedure.INTRODUCTION_FIXED_TERM: frozenset(
        {Contract.FIXED_TERM, Contract.APPRENTICESHIP, Contract.PROFESSIONALISATION}
    ),
    Procedure.CHANGE_OF_STATUS: frozenset(Contract) - {Contract.SEASONAL, Contract.POSTING},
    Procedure.RENEWAL: frozenset(Contract),
    Procedure.SEASONAL: frozenset({Contract.SEASONAL}),
    Procedure.STUDENT_ABOVE_QUOTA: frozenset(Contract) - {Contract.POSTING},
    Procedure.ASYLUM_SEEKER: frozenset(Contract) - {Contract.POSTING},
    Procedure.EXCEPTIONAL_ADMISSION: frozenset(Contract) - {Contract.POSTING},
    Procedure.POSTING: frozenset({Contract.POSTING}),
    Procedure.LIMITED_PERMIT: frozenset(Contract) - {Contract.SEASONAL, Contract.POSTING},
}

WITH_AN_END = frozenset({Contract.FIXED_TERM, Contract.SEASONAL, Contract.POSTING})

TITLES: dict[Procedure, frozenset[TitleKind]] = {
    Procedure.CHANGE_OF_STATUS: frozenset(TitleKind) - {TitleKind.ASYLUM_ATTESTATION},
    Procedure.RENEWAL: frozenset(TitleKind) - {TitleKind.ASYLUM_ATTESTATION},
    Procedure.STUDENT_ABOVE_QUOTA: frozenset({TitleKind.STUDENT}),
    Procedure.ASYLUM_SEEKER: frozenset({TitleKind.ASYLUM_ATTESTATION}),
}
"""Procedures for persons who already stay in France, and the titles that open them (CT R5221-3, R5221-14)."""

INTRODUCTIONS = frozenset({Procedure.INTRODUCTION_PERMANENT, Procedure.INTRODUCTION_FIXED_TERM})

AT = "/request"
"""Where the request stands in the body of every command that carries one."""


class _Filing(msgspec.Struct, frozen=True, kw_only=True):
    request: Request
    filed_as: Role
    today: date
    filed_on: date
    reference: Reference


def faults_of(
    request: Request, filed_as: Role, today: date, reference: Reference, *, filed_on: date | None = None
) -> tuple[Fault, ...]:
    """Everything missing or impossible in a request, with RFC 6901 pointers into a body whose key is `request`.

    `filed_on` is given for a request amended later: what was in the future at filing may since have begun.
    """
    filing = _Filing(request=request, filed_as=filed_as, today=today, filed_on=filed_on or today, reference=reference)
    return tuple(fault for check in _CHECKS for fault in check(filing))


def must_be_their_own(request: Request, context: Context) -> None:
    """Refuse a request for another undertaking than the one that an employer has signed in for (CT R5221-1)."""
    vouched, employer = context.vouched, request.employer
    if vouched is None or context.actor.role is not Role.EMPLOYER or employer is None:
        return
    if isinstance(employer, Company):
        # Establishments of one undertaking share the SIREN, the first nine digits.
        is_theirs = vouched.siret is not None and employer.siret[:SIREN_DIGITS] == vouched.siret[:SIREN_DIGITS]
    else:
        is_theirs = vouched.siret is None
    if not is_theirs:
        raise Refused(
            "employer_of_another", "L'employeur de la demande n'est pas celui au nom duquel vous êtes connecté."
        )


def _fault(path: str, code: str, message: str) -> Fault:
    return Fault(pointer=f"{AT}{path}", code=code, message=message)


def _missing(path: str, what: str) -> Fault:
    return _fault(path, "fact_missing", f"Il manque : {what}.")


@provision(
    Chapter.FILING,
    "CT R5221-1",
    since=date(2008, 5, 1),
    until=date(2024, 8, 31),
    mark="unconfirmed",
    note=NOT_READ_BEFORE_SEPTEMBER_2024,
)
@provision(Chapter.FILING, "CT R5221-1", since=date(2024, 9, 1))
def _the_employer_files(filing: _Filing) -> Iterator[Fault]:
    """The employer asks for the permit of a worker, or the French principal, user or host undertaking of a posting."""
    request, procedure = filing.request, filing.request.procedure
    particulars = request.particulars
    alone = procedure is Procedure.VIABILITY_OPINION
    optional = isinstance(particulars, ExceptionalAdmission) and particulars.basis is AdmissionBasis.L435_4
    if alone and request.employer is not None:
        yield _fault(
            "/employer",
            "part_not_applicable",
            "Le porteur d'un projet demande l'avis lui-même : il n'a pas d'employeur.",
        )
    if request.employer is None and not alone and not optional:
        yield _missing("/employer", "l'employeur, l'accueillant ou l'entreprise d'accueil")
    if isinstance(request.employer, PrivateEmployer) and procedure in COMPANIES_ONLY:
        yield _fault("/employer/kind", "employer_kind_impossible", "Un particulier ne peut pas déposer cette demande.")
    if isinstance(request.employer, Company) and procedure is Procedure.AU_PAIR:
        yield _fault("/employer/kind", "employer_kind_impossible", "Un jeune au pair est accueilli par une famille.")
    if request.job is None and procedure not in WITHOUT_JOB:
        yield _missing("/job", "l'emploi proposé")
    if request.job is not None and procedure in WITHOUT_JOB:
        yield _fault("/job", "part_not_applicable", "Cette procédure ne porte pas sur un contrat de travail.")


def _employer(filing: _Filing) -> Iterator[Fault]:
    employer = filing.request.employer
    if isinstance(employer, Company):
        yield from _siret("/employer/siret", employer.siret)
        yield from _address(filing, "/employer/seat", employer.seat)
    elif isinstance(employer, PrivateEmployer):
        yield from _short_text("/employer/family_name", employer.family_name, "le nom de l'employeur")
        yield from _short_text("/employer/street", employer.street, "l'adresse de l'employeur")
        yield from _not_too_long("/employer/given_names", employer.given_names)
        yield from _not_too_long("/employer/email", employer.email)
        yield from _postcode(filing, "/employer/postcode", employer.postcode)
    for number, undertaking in enumerate(filing.request.undertakings):
        yield from _siret(f"/undertakings/{number}/siret", undertaking.siret)
        yield from _address(filing, f"/undertakings/{number}/seat", undertaking.seat)


def _siret(path: str, number: str) -> Iterator[Fault]:
    if not siret_numbers.is_valid(number):
        yield _fault(path, "siret_invalid", f"Le SIRET {number} n'existe pas : sa clé de contrôle est fausse.")


def _address(filing: _Filing, path: str, address: Address) -> Iterator[Fault]:
    yield from _postcode(filing, f"{path}/postcode", address.postcode)


def _postcode(filing: _Filing, path: str, postcode: str) -> Iterator[Fault]:
    if filing.reference.department_of_postcode(postcode) is None:
        yield _fault(path, "department_unknown", f"Le code postal {postcode} ne désigne aucun département couvert.")


def _department(filing: _Filing, path: str, code: str | None) -> Iterator[Fault]:
    if code is not None and filing.reference.department(code) is None:
        yield _fault(path, "department_unknown", f"Le département {code} n'existe pas.")


def _short_text(path: str, text: str, what: str) -> Iterator[Fault]:
    if not text.strip():
        yield _missing(path, what)
    yield from _not_too_long(path, text)


def _not_too_long(path: str, text: str | None) -> Iterator[Fault]:
    if text is not None and len(text) > TEXT_LENGTH_MAX:
        yield _fault(path, "text_too_long", f"Ce texte dépasse {TEXT_LENGTH_MAX} caractères.")


def _worker(filing: _Filing) -> Iterator[Fault]:
    worker = filing.request.worker
    yield from _short_text("/worker/family_name", worker.family_name, "le nom de l'étranger")
    for field in ("given_names", "passport_number", "foreigner_number", "email"):
        yield from _not_too_long(f"/worker/{field}", getattr(worker, field))
    yield from _department(filing, "/worker/residence_department", worker.residence_department)
    if worker.nationality != KOSOVO and pycountry.countries.get(alpha_2=worker.nationality) is None:
        yield _fault(
            "/worker/nationality", "nationality_unknown", f"Le code de nationalité {worker.nationality} n'existe pas."
        )
    yield from _the_nationality_needs_a_permit(filing)
    yield from _age(filing)


@provision(
    Chapter.FILING,
    "CT R5221-2",
    since=date(2008, 5, 1),
    until=date(2025, 6, 15),
    mark="unconfirmed",
    note="rédactions antérieures au 16 juin 2025 non lues",
)
@provision(
    Chapter.FILING,
    "CT R5221-2",
    since=date(2025, 6, 16),
    note="une version du 26 avril 2026, signalée par un registre tiers, n'a pas été lue",
)
def _the_nationality_needs_a_permit(filing: _Filing) -> Iterator[Fault]:
    """Nationals of the Union, of the European Economic Area and of Switzerland work in France without a permit."""
    if works_without_a_permit(filing.request.worker.nationality, filing.filed_on):
        yield _fault(
            "/worker/nationality",
            "nationality_exempt",
            "Cette personne n'a besoin ni d'autorisation de travail ni de titre pour exercer en France (CT R5221-2).",
        )


def _age(filing: _Filing) -> Iterator[Fault]:
    born = filing.request.worker.birth_date
    if born is None:
        yield _missing("/worker/birth_date", "la date de naissance de l'étranger")
        return
    youngest = _youngest(filing)
    begins = _begins(filing.request) or filing.today
    if born > filing.today:
        yield _fault("/worker/birth_date", "date_impossible", "La date de naissance est postérieure à ce jour.")
    elif youngest is not None and add_months(born, 12 * youngest) > begins:
        yield _fault(
            "/worker/birth_date", "age_impossible", f"L'étranger n'aura pas {youngest} ans au début de l'emploi."
        )
    elif add_months(born, 12 * AGE_MAX) <= filing.today:
        yield _fault("/worker/birth_date", "age_impossible", f"L'étranger aurait {AGE_MAX} ans ou plus.")


def _youngest(filing: _Filing) -> int | None:
    """The age of admission to work, in years, which apprenticeship lowers."""
    job = filing.request.job
    apprentice = job is not None and job.contract is Contract.APPRENTICESHIP
    row = filing.reference.threshold("APPRENTICE_AGE_MIN" if apprentice else "WORKER_AGE_MIN", filing.today)
    return int(row.value) if row else None


def _begins(request: Request) -> date | None:
    if request.job is not None:
        return request.job.start
    match request.particulars:
        case AuPair(agreement_start=start) | InternshipAmendment(agreement_start=start):
            return start
        case InternshipAgreement(start=start):
            return start
    return None


@provision(
    Chapter.FILING,
    "CT R5221-14",
    since=date(2008, 5, 1),
    until=date(2021, 3, 31),
    mark="unconfirmed",
    note=NOT_READ_BEFORE_APRIL_2021,
)
@provision(
    Chapter.FILING,
    "CT R5221-3",
    since=date(2008, 5, 1),
    until=date(2021, 4, 30),
    mark="unconfirmed",
    note="rédactions antérieures au 1er mai 2021 non lues",
)
@provision(Chapter.FILING, "CT R5221-14", since=date(2021, 4, 1))
@provision(Chapter.FILING, "CT R5221-3", since=date(2021, 5, 1))
def _the_title_opens_the_procedure(filing: _Filing) -> Iterator[Fault]:
    """A permit is asked for a person who lives outside France, or who resides there under a title worked with a permit
    or one whose holder must obtain a permit to work."""
    procedure, title = filing.request.procedure, filing.request.worker.residence_title
    admitted = TITLES.get(procedure)
    if title is None:
        if admitted is not None:
            yield _missing("/worker/residence_title", "le titre ou document de séjour de l'étranger")
        return
    path = "/worker/residence_title/kind"
    exempt = tuple(_the_title_is_itself_a_permit(title.kind))
    if exempt:
        yield from exempt
    elif admitted is not None and title.kind not in admitted:
        yield _fault(path, "title_unsuitable", _why_unsuitable(procedure, title.kind))
    elif procedure in INTRODUCTIONS and title.kind is not TitleKind.SEASONAL:
        yield _fault(
            path,
            "worker_already_resident",
            "L'introduction vise un salarié recruté hors de France : déposez une demande de changement de statut.",
        )


@provision(
    Chapter.FILING,
    "CESEDA L421-7",
    "CESEDA L421-26",
    since=date(2021, 5, 1),
    mark="unconfirmed",
    note="que la carte ICT dispense d'autorisation n'a été lu que dans la doctrine",
)
def _the_title_is_itself_a_permit(kind: TitleKind) -> Iterator[Fault]:
    """The holder of a talent card or of a card of an employee posted within a group works without a permit."""
    path = "/worker/residence_title/kind"
    if kind is TitleKind.TALENT:
        yield _fault(
            path,
            "talent_needs_no_permit",
            "La carte « talent » vaut autorisation de travail pour l'activité qui l'a justifiée : aucune demande n'est "
            "à déposer ici ; tout changement se demande à la préfecture de résidence (CESEDA L421-7 et suivants).",
        )
    elif kind is TitleKind.ICT:
        yield _fault(
            path,
            "ict_needs_no_permit",
            "La carte « salarié détaché ICT » vaut autorisation de travail : aucune demande n'est à déposer ici ; "
            "adressez-vous à la préfecture de résidence (CESEDA L421-26 et suivants).",
        )


def _why_unsuitable(procedure: Procedure, kind: TitleKind) -> str:
    if procedure is Procedure.STUDENT_ABOVE_QUOTA:
        return "Cette procédure est réservée au titulaire d'un titre d'étudiant (CT R5221-3 II)."
    if kind is TitleKind.ASYLUM_ATTESTATION:
        return "Pour un demandeur d'asile, déposez une demande « Demandeur d'asile » (CESEDA L554-1)."
    return "Cette procédure est réservée au titulaire d'une attestation de demande d'asile (CESEDA L554-1)."


def _regime(filing: _Filing) -> Iterator[Fault]:
    bound = {LegalRegime.ALGERIAN: "DZ", LegalRegime.TUNISIAN: "TN"}.get(filing.request.legal_regime)
    if bound is not None and filing.request.worker.nationality != bound:
        yield _fault(
            "/legal_regime", "regime_unsuitable", "Cet accord ne vise que les ressortissants de l'État qui l'a signé."
        )


def _job(filing: _Filing) -> Iterator[Fault]:
    job = filing.request.job
    if job is None:
        return
    yield from _job_dates(filing, job)
    yield from _occupation(filing, job)
    yield from _address(filing, "/job/workplace", job.workplace)
    if job.housing_address is not None:
        yield from _address(filing, "/job/housing_address", job.housing_address)
    if euros(job.pay_monthly_gross) <= 0:
        yield _fault("/job/pay_monthly_gross", "amount_impossible", "La rémunération doit être supérieure à zéro.")
    if job.posting is not None:
        offer = job.posting
        yield from _past(filing, "/job/posting/published_from", offer.published_from)
        yield from _ordered("/job/posting/published_until", offer.published_from, offer.published_until)
        if offer.fitting_candidates > offer.applications:
            yield _fault(
                "/job/posting/fitting_candidates",
                "amount_impossible",
                "Il ne peut y avoir plus de candidats adaptés que de candidatures.",
            )


def _job_dates(filing: _Filing, job: Job) -> Iterator[Fault]:
    procedure = filing.request.procedure
    admitted = CONTRACTS.get(procedure, frozenset(Contract))
    if job.contract not in admitted:
        yield Fault.plain(f"{AT}/job/contract", "contract_unsuitable")
    if procedure not in ALREADY_AT_WORK:
        yield from _future(filing, "/job/start", job.start)
    yield from _not_too_far(filing, "/job/start", job.start)
    if job.contract is Contract.PERMANENT and job.end is not None:
        yield Fault.plain(f"{AT}/job/end", "end_impossible")
    elif job.contract in WITH_AN_END and job.end is None:
        yield _missing("/job/end", "la date de fin du contrat ou de la mission")
    elif job.end is not None:
        yield from _ordered("/job/end", job.start, job.end)
        yield from _not_too_far(filing, "/job/end", job.end)


def _occupation(filing: _Filing, job: Job) -> Iterator[Fault]:
    if not filing.reference.rome_is_possible(job.rome):
        yield _fault("/job/rome", "rome_unknown", f"Le code ROME {job.rome} n'existe pas.")
    if job.fap is not None and filing.reference.fap_label(job.fap) is None:
        yield _fault("/job/fap", "fap_unknown", f"La famille professionnelle {job.fap} n'existe pas.")


def _past(filing: _Filing, path: str, day: date | None) -> Iterator[Fault]:
    if day is not None and day > filing.today:
        yield _fault(path, "date_impossible", f"Le {in_french(day)} est postérieur à ce jour.")


def _future(filing: _Filing, path: str, day: date) -> Iterator[Fault]:
    if day < filing.filed_on:
        yield _fault(path, "start_in_past", f"Le {in_french(day)} précède le dépôt de la demande.")


def _not_too_far(filing: _Filing, path: str, day: date) -> Iterator[Fault]:
    if day > add_months(filing.today, 12 * YEARS_AHEAD_MAX):
        yield _fault(path, "date_impossible", f"Le {in_french(day)} est à plus de {YEARS_AHEAD_MAX} ans.")


def _ordered(path: str, first: date | None, last: date | None) -> Iterator[Fault]:
    if first is not None and last is not None and last < first:
        yield _fault(path, "dates_disordered", f"Le {in_french(last)} précède le {in_french(first)}.")


@provision(
    Chapter.FILING,
    "CT R5221-1 II",
    since=date(2008, 5, 1),
    until=date(2024, 8, 31),
    mark="unconfirmed",
    note=NOT_READ_BEFORE_SEPTEMBER_2024,
)
@provision(Chapter.FILING, "CT R5221-1 II", since=date(2024, 9, 1))
def _a_third_party_holds_a_mandate(filing: _Filing) -> Iterator[Fault]:
    """Whoever files for the person entitled holds a written mandate."""
    mandate = filing.request.mandate
    if mandate is None:
        if filing.filed_as is Role.MANDATARY:
            yield _missing("/mandate", "le mandat écrit de la personne pour qui la demande est déposée (CT R5221-1 II)")
        return
    yield from _past(filing, "/mandate/signed_on", mandate.signed_on)
    if mandate.siret is not None:
        yield from _siret("/mandate/siret", mandate.siret)


def _particulars(filing: _Filing) -> Iterator[Fault]:
    match filing.request.particulars:
        case ChangeOfStatus(diplomas=diplomas):
            for number, diploma in enumerate(diplomas):
                yield from _past(filing, f"/particulars/diplomas/{number}/obtained_on", diploma.obtained_on)
        case Renewal() as renewal:
            yield from _renewal(filing, renewal)
        case Seasonal(housing_statement=True):
            if filing.request.job is not None and filing.request.job.housing_address is None:
                yield _missing("/job/housing_address", "l'adresse exacte du logement déclaré (CT R5221-20 6°)")
        case StudentAboveQuota() as student:
            yield from _within_the_quota_no_permit_is_asked(filing, student)
        case AsylumSeeker() as seeker:
            yield from _past(filing, "/particulars/ofpra_introduced_on", seeker.ofpra_introduced_on)
            yield from _past(filing, "/particulars/ofpra_decided_on", seeker.ofpra_decided_on)
            yield from _ordered("/particulars/ofpra_decided_on", seeker.ofpra_introduced_on, seeker.ofpra_decided_on)
            yield from _ordered(
                "/particulars/attestation_valid_until", seeker.ofpra_introduced_on, seeker.attestation_valid_until
            )
        case ExceptionalAdmission() as admission:
            yield from _admission(filing, admission)
        case PostingMission(foreign_employer_country=country):
            yield from _foreign_employer(country)
        case AuPair() as stay:
            yield from _the_au_pair_agreement_lasts_a_year(filing, stay)
        case InternshipAgreement(start=start, end=end):
            yield from _future(filing, "/particulars/start", start)
            yield from _not_too_far(filing, "/particulars/start", start)
            yield from _ordered("/particulars/end", start, end)
        case InternshipAmendment() as amendment:
            yield from _amendment(filing, amendment)
        case ViabilityOpinion(activity_department=department):
            yield from _department(filing, "/particulars/activity_department", department)


def _renewal(filing: _Filing, renewal: Renewal) -> Iterator[Fault]:
    if not renewal.earlier_permit.strip():
        yield _missing("/particulars/earlier_permit", "le numéro de l'autorisation à renouveler")
    yield from _not_too_far(filing, "/particulars/earlier_expires_on", renewal.earlier_expires_on)
    yield from _past(filing, "/particulars/earlier_hired_on", renewal.earlier_hired_on)
    yield from _past(filing, "/particulars/contract_broken_on", renewal.contract_broken_on)
    yield from _ordered("/particulars/contract_broken_on", renewal.earlier_hired_on, renewal.contract_broken_on)


@provision(Chapter.FILING, "CT R5221-26", since=date(2021, 4, 1))
def _within_the_quota_no_permit_is_asked(filing: _Filing, student: StudentAboveQuota) -> Iterator[Fault]:
    """Up to 964 hours a year a student works without a permit, as an accessory to the studies."""
    if student.enrolled_until < filing.filed_on:
        yield _fault(
            "/particulars/enrolled_until",
            "enrolment_ended",
            f"L'inscription a pris fin le {in_french(student.enrolled_until)} : demandez un changement de statut.",
        )
    quota = filing.reference.threshold("STUDENT_HOURS_ANNUAL_MAX", filing.today)
    algerian = filing.request.worker.nationality == "DZ"
    if quota is not None and not algerian and student.hours_yearly <= quota.value:
        yield _fault(
            "/particulars/hours_yearly",
            "below_student_quota",
            f"Jusqu'à {quota.value} heures par an, l'étudiant travaille sans autorisation (CT R5221-26). "
            f"{declaration_of_a_student(filing.reference, filing.today)}",
        )


@provision(Chapter.FILING, "CT R5221-27", since=date(2021, 4, 1))
def declaration_of_a_student(reference: Reference, on: date) -> str:
    """The employer declares the hiring of a student by name two working days at least before it takes effect."""
    days = reference.threshold("STUDENT_DECLARATION_WORKING_DAYS", on)
    when = f", au moins {days.value} jours ouvrables avant l'embauche" if days else ""
    return f"Une déclaration nominative suffit{when} (CT R5221-27)."


def _admission(filing: _Filing, admission: ExceptionalAdmission) -> Iterator[Fault]:
    yield from _department(filing, "/particulars/prefecture_department", admission.prefecture_department)
    yield from _not_in_mayotte(admission)
    yield from _the_basis_still_stands(filing, admission)
    if admission.months_worked_not_counted > (admission.months_worked_last_24 or 0):
        yield _fault(
            "/particulars/months_worked_not_counted",
            "amount_impossible",
            "Les mois écartés ne peuvent dépasser les mois travaillés.",
        )
    if admission.years_of_residence_not_counted > (admission.years_of_residence or 0):
        yield _fault(
            "/particulars/years_of_residence_not_counted",
            "amount_impossible",
            "Les années écartées ne peuvent dépasser les années de résidence.",
        )
    yield from _past(filing, "/particulars/entrusted_to_care_on", admission.entrusted_to_care_on)
    yield from _past(filing, "/particulars/training_since", admission.training_since)


@provision(Chapter.FILING, "CESEDA L441-7", since=date(2021, 5, 1))
def _not_in_mayotte(admission: ExceptionalAdmission) -> Iterator[Fault]:
    """The chapter on exceptional admission to stay does not apply in Mayotte (15°)."""
    if admission.prefecture_department == MAYOTTE:
        yield _fault(
            "/particulars/prefecture_department",
            "legal_basis_not_applicable",
            "Les articles L435-1 à L435-4 du CESEDA ne s'appliquent pas à Mayotte (CESEDA L441-7 15°).",
        )


@provision(
    Chapter.FILING,
    "CESEDA L435-4",
    since=date(2024, 1, 28),
    mark="unconfirmed",
    note="fin au 31 décembre 2026 lue dans la doctrine seule ; une prolongation serait une nouvelle ligne de la table",
)
def _the_basis_still_stands(filing: _Filing, admission: ExceptionalAdmission) -> Iterator[Fault]:
    """Admission by a shortage occupation may be asked between the dates that the table of thresholds holds."""
    if (
        admission.basis is AdmissionBasis.L435_4
        and filing.reference.threshold("AES_SHORTAGE_MONTHS_WORKED_MIN", filing.filed_on) is None
    ):
        yield _fault(
            "/particulars/basis",
            "legal_basis_not_applicable",
            "L'article L435-4 du CESEDA n'est pas applicable à cette date, selon les données de référence "
            "(échéance non confirmée par un texte lu).",
        )


def _foreign_employer(country: str) -> Iterator[Fault]:
    path = "/particulars/foreign_employer_country"
    if country != KOSOVO and pycountry.countries.get(alpha_2=country) is None:
        yield _fault(path, "country_unknown", f"Le code de pays {country} n'existe pas.")
    elif country in FRENCH:
        yield Fault.plain(f"{AT}{path}", "foreign_employer_in_france")


@provision(Chapter.FILING, "CESEDA L426-22", since=date(2021, 5, 1))
def _the_au_pair_agreement_lasts_a_year(filing: _Filing, stay: AuPair) -> Iterator[Fault]:
    """The card of a young person au pair, and so the agreement with the family, lasts one year."""
    months = filing.reference.threshold("AU_PAIR_AGREEMENT_MONTHS_MAX", filing.today)
    yield from _future(filing, "/particulars/agreement_start", stay.agreement_start)
    too_far = tuple(_not_too_far(filing, "/particulars/agreement_start", stay.agreement_start))
    yield from too_far
    yield from _ordered("/particulars/agreement_end", stay.agreement_start, stay.agreement_end)
    if too_far or months is None:
        return
    if stay.agreement_end > last_day_of(stay.agreement_start, int(months.value)):
        yield _fault(
            "/particulars/agreement_end",
            "agreement_too_long",
            f"La convention d'un jeune au pair couvre {length_in_words(months=int(months.value))} au plus "
            "(CESEDA L426-22).",
        )


@provision(Chapter.FILING, "CESEDA R426-21", since=date(2021, 5, 1))
def _only_two_cases_are_extended(internship: InternshipCase) -> Iterator[Fault]:
    """Only the internship of an employee from abroad and one in a hospital may be extended by an amendment."""
    if internship in {InternshipCase.VOCATIONAL, InternshipCase.CURRICULUM}:
        yield _fault(
            "/particulars/internship",
            "amendment_excluded",
            "Le stage en entreprise d'une formation du pays de résidence ne peut pas être prolongé par avenant (CESEDA "
            "R426-21).",
        )


def _amendment(filing: _Filing, amendment: InternshipAmendment) -> Iterator[Fault]:
    yield from _only_two_cases_are_extended(amendment.internship)
    yield from _ordered("/particulars/agreement_end", amendment.agreement_start, amendment.agreement_end)
    if amendment.new_end <= amendment.agreement_end:
        yield _fault(
            "/particulars/new_end", "dates_disordered", "La nouvelle fin doit suivre la fin de la convention en cours."
        )
    yield from _not_too_far(filing, "/particulars/new_end", amendment.new_end)
    if amendment.agreement_end < filing.filed_on:
        yield _fault(
            "/particulars/agreement_end",
            "agreement_ended",
            f"La convention a pris fin le {in_french(amendment.agreement_end)} : elle ne peut plus être prolongée.",
        )


_CHECKS: tuple[Callable[[_Filing], Iterator[Fault]], ...] = (
    _the_employer_files,
    _employer,
    _worker,
    _the_title_opens_the_procedure,
    _regime,
    _job,
    _a_third_party_holds_a_mandate,
    _particulars,
)
