"""Invented requests: lawful ones, and ones whose stated condition is not met, as a refusal needs."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import msgspec

from cli.simulation.companies import HOME_CARE, Employer, Post, invented_address, invented_household
from cli.simulation.people import Person, invented_person
from domain.acknowledgement import called_for, checklist_of
from domain.days import add_months
from domain.envelope import Role
from domain.findings import Criterion
from domain.procedures import Procedure
from domain.reference import Reference
from domain.request import (
    AdmissionBasis,
    AsylumSeeker,
    AttachedDocument,
    AuPair,
    ChangeOfStatus,
    Company,
    Contract,
    Diploma,
    ExceptionalAdmission,
    FixedTermIntroduction,
    InternshipAgreement,
    InternshipAmendment,
    InternshipCase,
    Introduction,
    Job,
    LegalRegime,
    LimitedPermit,
    Mandate,
    Posting,
    PostingBasis,
    PostingMission,
    PrivateEmployer,
    Renewal,
    Request,
    ResidenceTitle,
    Seasonal,
    StudentAboveQuota,
    TitleKind,
    ViabilityOpinion,
    Worker,
)

DAY: Final = timedelta(days=1)
replace = msgspec.structs.replace

NATIONALITIES: Final[dict[Procedure, str]] = {
    Procedure.SEASONAL: "MA MA MA MA MA MA TN TN TN UA SN",
    Procedure.CHANGE_OF_STATUS: "MA MA DZ TN TN SN CI CM GN ML CN IN IN LB BR VN CO MG GA RU PE",
    Procedure.STUDENT_ABOVE_QUOTA: "MA MA TN SN CI CM CN IN LB BR VN MG GA",
    Procedure.ASYLUM_SEEKER: "AF AF GN CD BD SD ER SO GE UA TR",
    Procedure.EXCEPTIONAL_ADMISSION: "ML ML SN CI DZ MA TN CM CD LK BD PK HT EG",
    Procedure.POSTING: "TR RS XK MD IN BR UA MA",
    Procedure.AU_PAIR: "BR CO US CA PE MG UA GE",
    Procedure.INTERNSHIP_AGREEMENT: "MA TN SN MG BR IN CM VN",
    Procedure.INTERNSHIP_AMENDMENT: "MA TN SN MG BR IN CM VN",
    Procedure.VIABILITY_OPINION: "US CA BR CN IN LB TN MA",
}
ANYWHERE: Final = "MA MA TN TN DZ SN CI CM TR IN BD BR MG ML LB PK VN AL RS AM GE PH CD NP"
_NATIONALITIES: Final = {p: tuple(NATIONALITIES.get(p, ANYWHERE).split()) for p in Procedure}

AGES: Final = {
    Procedure.AU_PAIR: (19, 29),
    Procedure.STUDENT_ABOVE_QUOTA: (19, 29),
    Procedure.CHANGE_OF_STATUS: (22, 38),
}
ADULTS: Final = (21, 52)

TITLES: Final[dict[str, str]] = {
    "passport": "Passeport, pages d'état civil et de validité",
    "job_offer_copy": "Offre d'emploi déposée",
    "job_offer_publication_proof": "Preuve de publication de l'offre",
    "job_offer_outcome_statement": "Attestation de l'employeur sur les candidatures reçues",
    "regulated_profession_proof": "Autorisation d'exercice de la profession",
    "income_tax_notice": "Avis d'imposition de l'employeur",
    "contributions_certificate": "Attestation de paiement des cotisations sociales",
    "diploma_and_experience": "Diplômes, curriculum vitæ et bulletins de salaire",
    "mandate": "Mandat écrit",
    "residence_permit_copy": "Copie du titre de séjour",
    "housing_statement": "Déclaration sur l'honneur relative au logement",
    "employer_identity": "Pièce d'identité de l'employeur",
    "signed_contract": "Contrat de travail signé",
    "enrolment_certificate": "Certificat de scolarité",
    "asylum_attestation": "Attestation de demande d'asile",
    "internship_agreement": "Convention de stage",
    "host_agreement": "Convention avec la famille d'accueil",
    "business_plan": "Plan d'affaires",
    "pay_slips": "Bulletins de salaire",
}
"""How filers name the documents they join; other items of the lists were never read and are not joined."""

UNLISTED: Final[dict[Procedure, tuple[str, str]]] = {
    Procedure.INTERNSHIP_AGREEMENT: ("internship_agreement", "CESEDA R426-18, R426-19"),
    Procedure.INTERNSHIP_AMENDMENT: ("internship_agreement", "CESEDA R426-21"),
    Procedure.AU_PAIR: ("host_agreement", "CESEDA L426-22"),
    Procedure.VIABILITY_OPINION: ("business_plan", "CESEDA R421-9"),
    Procedure.EXCEPTIONAL_ADMISSION: ("signed_contract", "CESEDA L435-1"),
}
"""The document of the procedures for which no order lists any, with the text that calls for it."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a request is to be: whose, when, and which condition it does not meet, if any."""

    procedure: Procedure
    today: date
    employer: Employer
    flaw: Criterion | None
    mandatary: str | None = None


def invented_request(wanted: Wanted, random: Random) -> Request:
    """A request that can be filed that day; without a flaw, every condition can be met."""
    procedure = wanted.procedure
    person = invented_person(
        random.choice(_NATIONALITIES[procedure]), wanted.today, AGES.get(procedure, ADULTS), random
    )
    parts = _PARTS[procedure](wanted, person, random)
    regime = LegalRegime.CODE
    if person.nationality == "DZ":
        regime = LegalRegime.ALGERIAN
    elif person.nationality == "TN" and procedure is not Procedure.SEASONAL:
        regime = LegalRegime.TUNISIAN
    mandate = None
    if wanted.mandatary is not None:
        mandate = Mandate(mandatary=wanted.mandatary, signed_on=wanted.today - timedelta(days=random.randint(1, 40)))
    whole: dict[str, Any] = {"employer": wanted.employer.company, "legal_regime": regime, "mandate": mandate, **parts}
    return Request(**whole)


# --- parts ------------------------------------------------------------------------------------------------------------


def _abroad(person: Person) -> Worker:
    return Worker(
        family_name=person.family_name,
        given_names=person.given_names,
        birth_date=person.birth_date,
        nationality=person.nationality,
        passport_number=person.passport_number,
        email=person.email,
    )


def _resident(person: Person, kind: TitleKind, wanted: Wanted, random: Random, *, days: tuple[int, int]) -> Worker:
    until = wanted.today + timedelta(days=random.randint(*days))
    return replace(
        _abroad(person),
        foreigner_number=person.foreigner_number,
        residence_title=ResidenceTitle(kind=kind, valid_until=until),
        residence_department=wanted.employer.department,
    )


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _job(
    wanted: Wanted,
    post: Post,
    contract: Contract,
    random: Random,
    *,
    lead: tuple[int, int] = (75, 150),
    length: tuple[int, int] = (240, 365),
    hours: float = 35.0,
) -> Job:
    """A job that starts some days after the filing, paid as usual, or under its minimum when pay is the flaw."""
    start = wanted.today + timedelta(days=random.randint(*lead))
    end = None if contract is Contract.PERMANENT else start + timedelta(days=random.randint(*length))
    share = Decimal(str(hours)) / 35
    pay = post.usual * Decimal(str(round(random.uniform(1.0, 1.15), 3)))
    if wanted.flaw in {Criterion.PAY, Criterion.ADMISSION_EMPLOYMENT}:
        pay = post.minimum * Decimal(str(round(random.uniform(0.82, 0.95), 3)))
    workplace = wanted.employer.company.seat
    return Job(
        title=post.title,
        rome=post.rome,
        fap=post.fap,
        contract=contract,
        start=start,
        end=end,
        hours_weekly=hours,
        pay_monthly_gross=_money(pay * share),
        agreement_minimum_monthly=_money(post.minimum * share),
        workplace=workplace,
        qualification=post.qualification,
        regulated_profession=post.regulated,
        posting=_posting(wanted, random),
    )


def _posting(wanted: Wanted, random: Random) -> Posting | None:
    """An offer that found nobody; with the labour market as the flaw, one too short or that found somebody."""
    weak = wanted.flaw is Criterion.LABOUR_MARKET
    if not weak and random.random() < 0.12:
        return None
    days = random.randint(22, 45)
    last = wanted.today - timedelta(days=random.randint(3, 60))
    applications = random.randint(0, 9)
    fitting = 0
    if weak and random.random() < 0.6:
        days = random.randint(6, 17)
    elif weak:
        applications += 1
        fitting = random.randint(1, applications)
    return Posting(
        body="France Travail",
        reference=f"{random.randrange(100, 200)}{''.join(random.choices('BCDFGHJKLMNPQRSTVWXZ', k=4))}",
        published_from=last - timedelta(days=days),
        published_until=last,
        applications=applications,
        fitting_candidates=fitting,
        explanation="" if fitting else "Aucune candidature ne répondait à l'expérience demandée.",
    )


def _post_of(wanted: Wanted, random: Random) -> Post:
    return random.choice(wanted.employer.trade.posts)


def _employer(wanted: Wanted) -> Company:
    """The company, unless its size is what the project is out of proportion with."""
    if wanted.flaw is Criterion.PROPORTIONATE_PROJECT:
        return replace(wanted.employer.company, headcount=1, turnover_yearly="18500.00")
    return wanted.employer.company


def _introduction(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    household = random.random() < 0.04 and wanted.flaw in {None, Criterion.PAY} and wanted.mandatary is None
    post = HOME_CARE if household else _post_of(wanted, random)
    return {
        "particulars": Introduction(),
        "worker": _abroad(person),
        "employer": invented_household(wanted.employer.department, random) if household else _employer(wanted),
        "job": _job(wanted, post, Contract.PERMANENT, random),
    }


def _fixed_term(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    return {
        "particulars": FixedTermIntroduction(),
        "worker": _abroad(person),
        "employer": _employer(wanted),
        "job": _job(wanted, _post_of(wanted, random), Contract.FIXED_TERM, random),
    }


def _change(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    """Mostly graduates of the year; otherwise holders of another title."""
    post = _post_of(wanted, random)
    fits = wanted.flaw is not Criterion.JOB_FITS_QUALIFICATIONS
    graduate = not fits or random.random() < 0.62
    contract = Contract.PERMANENT if random.random() < 0.75 else Contract.FIXED_TERM
    job = _job(wanted, post, contract, random, lead=(60, 120))
    if not graduate:
        kind = random.choice((TitleKind.TEMPORARY_WORKER, TitleKind.SEASONAL, TitleKind.OTHER))
        return {
            "particulars": ChangeOfStatus(experience=f"Trois ans comme {post.title.lower()}."),
            "worker": _resident(person, kind, wanted, random, days=(30, 400)),
            "employer": _employer(wanted),
            "job": job,
        }
    level = post.level if fits and post.level >= 5 else random.choice((6, 7))
    diploma = Diploma(
        title={5: "BTS", 6: "Licence professionnelle", 7: "Master"}[level],
        level=level,
        obtained_on=wanted.today - timedelta(days=random.randint(20, 300)),
        in_france=True,
        field=post.field if fits and post.field else random.choice(("Gestion", "Histoire", "Chimie", "Commerce")),
    )
    searching = random.random() < 0.35
    kind = TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION if searching else TitleKind.STUDENT
    return {
        "particulars": ChangeOfStatus(
            studies_finished_in_france=True, diplomas=(diploma,), job_related_to_studies=fits
        ),
        "worker": _resident(person, kind, wanted, random, days=(30, 330)),
        "employer": _employer(wanted),
        "job": job,
    }


def _renewal(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    """Asked in the second month before the permit expires."""
    expires = wanted.today + timedelta(days=random.randint(33, 58))
    post = _post_of(wanted, random)
    permanent = random.random() < 0.4
    job = _job(wanted, post, Contract.PERMANENT if permanent else Contract.FIXED_TERM, random)
    start = expires + DAY
    job = replace(job, start=start, end=None if permanent else start + timedelta(days=random.randint(200, 365)))
    if wanted.flaw is Criterion.RENEWAL_EMPLOYER:
        job = replace(job, pay_monthly_gross=_money(post.minimum * Decimal("0.91")))
    hired = expires - timedelta(days=360)
    broken = wanted.flaw is Criterion.RENEWAL_BREACH
    return {
        "particulars": Renewal(
            earlier_permit=f"AT-{hired.year}-{random.randrange(10**6):06d}",
            earlier_expires_on=expires,
            first_renewal=broken or random.random() < 0.7,
            contract_broken_on=wanted.today - timedelta(days=random.randint(20, 90)) if broken else None,
            earlier_hired_on=hired if broken else None,
        ),
        "worker": _resident(
            person,
            TitleKind.EMPLOYEE if permanent else TitleKind.TEMPORARY_WORKER,
            wanted,
            random,
            days=(33, 58),
        ),
        "job": job,
    }


def _seasonal(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    long = wanted.flaw is Criterion.SEASONAL_LENGTH
    housed = wanted.flaw is not Criterion.HOUSING
    job = _job(
        wanted,
        _post_of(wanted, random),
        Contract.SEASONAL,
        random,
        lead=(80, 130),
        length=(120, 170),
    )
    address = invented_address(wanted.employer.department, random) if housed else None
    return {
        "particulars": Seasonal(months_already_worked=random.randint(3, 5) if long else 0, housing_statement=housed),
        "worker": _abroad(person),
        "job": replace(job, workplace=wanted.employer.company.seat, housing_address=address),
    }


def _student(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    hours = random.choice((24.0, 28.0, 30.0))
    enrolled = _end_of_studies(wanted.today)
    job = _job(wanted, _post_of(wanted, random), Contract.FIXED_TERM, random, lead=(40, 90), hours=hours)
    related = wanted.flaw is not Criterion.STUDENT_COURSE
    return {
        "particulars": StudentAboveQuota(
            institution=random.choice(("Université de Haute-Vallée", "École supérieure du Parc", "Institut Montrevel")),
            course=random.choice(("Master informatique", "Licence de gestion", "Master hôtellerie")),
            enrolled_until=enrolled,
            hours_yearly=random.randint(1_000, 1_500),
            related_to_studies=related,
        ),
        "worker": _resident(person, TitleKind.STUDENT, wanted, random, days=(120, 330)),
        "job": replace(job, end=min(job.end or enrolled, enrolled)),
    }


def _end_of_studies(today: date) -> date:
    """The end of a university year far enough away for a decision to be of use."""
    end = date(today.year, 9, 30)
    return end if (end - today).days > 200 else date(today.year + 1, 9, 30)


def _asylum(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    """Introduced more than six months before, unless that delay is the flaw."""
    late = wanted.flaw is Criterion.ASYLUM_DELAY
    introduced = wanted.today - timedelta(days=random.randint(10, 60) if late else random.randint(200, 420))
    return {
        "particulars": AsylumSeeker(
            ofpra_introduced_on=introduced,
            attestation_valid_until=wanted.today + timedelta(days=random.randint(90, 300)),
        ),
        "worker": _resident(person, TitleKind.ASYLUM_ATTESTATION, wanted, random, days=(90, 300)),
        "employer": _employer(wanted),
        "job": _job(wanted, _post_of(wanted, random), Contract.FIXED_TERM, random, lead=(40, 90), length=(200, 364)),
    }


def _admission(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    return {
        "particulars": ExceptionalAdmission(
            basis=AdmissionBasis.L435_1,
            prefecture_department=wanted.employer.department,
            years_of_residence=round(random.uniform(3.0, 12.0), 1),
        ),
        "worker": replace(
            _abroad(person),
            residence_department=wanted.employer.department,
            foreigner_number=person.foreigner_number,
        ),
        "job": _job(wanted, _post_of(wanted, random), Contract.PERMANENT, random, lead=(30, 90)),
    }


def _posted(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    post = _post_of(wanted, random)
    return {
        "particulars": PostingMission(
            foreign_employer=f"{random.choice(('Gradnja', 'Yapi', 'Construct', 'Constructora'))} {person.family_name}",
            foreign_employer_country=person.nationality,
            legal_basis=PostingBasis.SERVICE,
            sipsi_declaration=f"SIPSI-{wanted.today.year}-{random.randrange(10**6):06d}",
            workers_in_same_request=random.randint(1, 4),
        ),
        "worker": _abroad(person),
        "job": _job(wanted, post, Contract.POSTING, random, lead=(75, 120), length=(150, 330)),
    }


def _au_pair(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    start = wanted.today + timedelta(days=random.randint(75, 140))
    unfit = wanted.flaw is Criterion.AU_PAIR_CONDITIONS
    return {
        "particulars": AuPair(
            agreement_start=start,
            agreement_end=start + timedelta(days=random.randint(250, 350)),
            hours_weekly=random.randint(30, 38) if unfit else random.randint(20, 25),
        ),
        "worker": _abroad(person),
        "employer": invented_household(wanted.employer.department, random),
        "job": None,
    }


def _internship(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    start = wanted.today + timedelta(days=random.randint(70, 120))
    programme = random.random() < 0.15
    long = wanted.flaw is Criterion.INTERNSHIP_LENGTH
    case = random.choice((InternshipCase.COMPANY, InternshipCase.COMPANY, InternshipCase.VOCATIONAL))
    months = {InternshipCase.COMPANY: 12, InternshipCase.VOCATIONAL: 6}[case]
    end = add_months(start, months + random.randint(1, 3)) if long else start + timedelta(days=random.randint(60, 175))
    return {
        "particulars": InternshipAgreement(
            internship=case,
            start=start,
            end=end,
            eu_or_intergovernmental_programme=programme,
            sending_institution=random.choice(
                ("École des métiers du Littoral", "Institut polytechnique des Oasis", "Université des Plateaux")
            ),
            tutor="Responsable d'atelier",
            project="Découverte du métier, participation aux travaux de l'équipe et mémoire de fin d'études.",
            allowance_monthly="680.00",
        ),
        "worker": _abroad(person),
        "job": None,
    }


def _amendment(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    """Asked some weeks before the agreement ends; eighteen months in all in an undertaking."""
    end = wanted.today + timedelta(days=random.randint(40, 70))
    start = end - timedelta(days=random.randint(180, 300))
    long = wanted.flaw is Criterion.INTERNSHIP_LENGTH
    new_end = add_months(start, 20) if long else end + timedelta(days=random.randint(60, 120))
    return {
        "particulars": InternshipAmendment(
            internship=InternshipCase.COMPANY,
            agreement_number=f"CV-{start.year}-{random.randrange(10**4):04d}",
            agreement_start=start,
            agreement_end=end,
            new_end=new_end,
            reason="Les travaux engagés demandent quelques mois de plus.",
        ),
        "worker": replace(_abroad(person), residence_department=wanted.employer.department),
        "job": None,
    }


def _viability(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    turnover = random.randint(40, 160) * 1_000
    loses = wanted.flaw is Criterion.ECONOMIC_VIABILITY
    poor = wanted.flaw is Criterion.SUFFICIENT_MEANS
    return {
        "particulars": ViabilityOpinion(
            activity=random.choice(
                ("Atelier de réparation de vélos", "Traduction et interprétation", "Boulangerie de quartier",
                 "Studio de photographie", "Conseil en logiciels")
            ),
            activity_department=wanted.employer.department,
            legal_form=random.choice(("SASU", "Entreprise individuelle", "EURL")),
            capital=f"{random.randint(2, 20) * 1_000}.00",
            turnover_forecast=f"{turnover}.00",
            result_forecast=f"{-turnover // 10 if loses else turnover // 4}.00",
            monthly_income_forecast=f"{random.randint(900, 1_400) if poor else random.randint(2_000, 3_200)}.00",
            business_plan=True,
        ),
        "worker": replace(_abroad(person), residence_department=wanted.employer.department),
        "employer": None,
        "job": None,
    }  # fmt: skip


def _limited(wanted: Wanted, person: Person, random: Random) -> dict[str, Any]:
    job = _job(wanted, _post_of(wanted, random), Contract.FIXED_TERM, random)
    return {
        "particulars": LimitedPermit(limited_to=f"Emploi de {job.title.lower()} auprès du seul employeur demandeur"),
        "worker": _resident(person, TitleKind.OTHER, wanted, random, days=(60, 300)),
        "employer": _employer(wanted),
        "job": job,
    }


_PARTS: Final[dict[Procedure, Callable[[Wanted, Person, Random], dict[str, Any]]]] = {
    Procedure.INTRODUCTION_PERMANENT: _introduction,
    Procedure.INTRODUCTION_FIXED_TERM: _fixed_term,
    Procedure.CHANGE_OF_STATUS: _change,
    Procedure.RENEWAL: _renewal,
    Procedure.SEASONAL: _seasonal,
    Procedure.STUDENT_ABOVE_QUOTA: _student,
    Procedure.ASYLUM_SEEKER: _asylum,
    Procedure.EXCEPTIONAL_ADMISSION: _admission,
    Procedure.POSTING: _posted,
    Procedure.AU_PAIR: _au_pair,
    Procedure.INTERNSHIP_AGREEMENT: _internship,
    Procedure.INTERNSHIP_AMENDMENT: _amendment,
    Procedure.VIABILITY_OPINION: _viability,
    Procedure.LIMITED_PERMIT: _limited,
}


# --- documents --------------------------------------------------------------------------------------------------------


def attached(item: str, random: Random) -> AttachedDocument:
    """A document as a filer announces it."""
    return AttachedDocument(
        item=item,
        title=TITLES[item],
        sha256=random.randbytes(32).hex(),
        bytes=random.randint(40_000, 2_400_000),
    )


def items_due(request: Request, filed_as: Role, on: date, reference: Reference) -> tuple[str, ...]:
    """The items that a careful filer joins: those that the lists call for, or perhaps do."""
    listed = checklist_of(request, on, reference)
    if not listed:
        unlisted = UNLISTED.get(request.procedure)
        return (unlisted[0],) if unlisted else ()
    return tuple(
        item.key
        for item in listed
        if item.key in TITLES and called_for(item, request, filed_as, on, reference) is not False
    )


def items_demandable(request: Request, filed_as: Role, on: date, reference: Reference) -> tuple[str, ...]:
    """The items that an agent could ask for if they were not there."""
    listed = checklist_of(request, on, reference)
    if not listed:
        return items_due(request, filed_as, on, reference)
    return tuple(
        item.key
        for item in listed
        if item.key in TITLES
        and item.may_be_demanded
        and called_for(item, request, filed_as, on, reference) is True
        and item.key != "mandate"
    )


# --- new facts --------------------------------------------------------------------------------------------------------


def cured(request: Request, flaw: Criterion | None, today: date, filed_on: date) -> Request | None:
    """The request with what was wrong put right, and with dates still to come; None when nothing need change."""
    changes: dict[str, Any] = {}
    job, particulars = request.job, request.particulars
    if job is not None:
        job = _cured_job(job, flaw, today, filed_on, seasonal=isinstance(particulars, Seasonal))
        changes["job"] = job
    match particulars:
        case ChangeOfStatus() if flaw is Criterion.JOB_FITS_QUALIFICATIONS:
            told = "Deux ans d'emploi étudiant dans le même métier, attestés par des bulletins de salaire."
            changes["particulars"] = replace(particulars, experience=told)
        case Renewal() if flaw is Criterion.RENEWAL_BREACH:
            changes["particulars"] = replace(particulars, involuntarily_unemployed=True)
        case Seasonal() if flaw is Criterion.HOUSING:
            changes["particulars"] = replace(particulars, housing_statement=True)
            changes["job"] = replace(job, housing_address=job.workplace) if job else None
        case Seasonal() if flaw is Criterion.SEASONAL_LENGTH:
            changes["particulars"] = replace(particulars, months_already_worked=0)
        case StudentAboveQuota():
            related = particulars.related_to_studies or flaw is Criterion.STUDENT_COURSE
            enrolled = particulars.enrolled_until
            if (enrolled - today).days < 60:
                enrolled = _end_of_studies(today)
            changes["particulars"] = replace(particulars, related_to_studies=related, enrolled_until=enrolled)
            if job is not None and job.end is not None:
                changes["job"] = replace(job, end=enrolled)
        case AuPair() if flaw is Criterion.AU_PAIR_CONDITIONS:
            changes["particulars"] = replace(particulars, hours_weekly=25)
        case InternshipAgreement(start=start) if flaw is Criterion.INTERNSHIP_LENGTH:
            changes["particulars"] = replace(particulars, end=add_months(start, 5))
        case InternshipAmendment(agreement_end=end) if flaw is Criterion.INTERNSHIP_LENGTH:
            changes["particulars"] = replace(particulars, new_end=end + timedelta(days=90))
    after = replace(request, **changes)
    if flaw is Criterion.PROPORTIONATE_PROJECT and isinstance(after.employer, Company):
        after = replace(after, employer=replace(after.employer, headcount=6, turnover_yearly="540000.00"))
    return after if after != request else None


def _cured_job(job: Job, flaw: Criterion | None, today: date, filed_on: date, *, seasonal: bool) -> Job:
    minimum = Decimal(job.agreement_minimum_monthly or "1900")
    if flaw in {Criterion.PAY, Criterion.ADMISSION_EMPLOYMENT, Criterion.RENEWAL_EMPLOYER}:
        job = replace(job, pay_monthly_gross=_money(minimum * Decimal("1.08")))
    if flaw is Criterion.LABOUR_MARKET and job.posting is not None:
        offer = replace(
            job.posting,
            published_from=max(today - timedelta(days=34), add_months(filed_on, -5)),
            published_until=today - timedelta(days=3),
            fitting_candidates=0,
            explanation="Offre publiée de nouveau : aucun candidat ne convenait.",
        )
        job = replace(job, posting=offer)
    if job.end is not None and (job.end - today).days < 60:
        start = today + timedelta(days=30)
        job = replace(job, start=start, end=start + (timedelta(days=150) if seasonal else timedelta(days=300)))
    return job


def is_household(request: Request) -> bool:
    """Whether a private individual employs or hosts."""
    return isinstance(request.employer, PrivateEmployer)
