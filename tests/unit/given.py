"""What tests start from: contexts, requests valid for each procedure, and cases filed through the real command."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from domain.acts import Delegation
from domain.administration import Administration
from domain.administration import replay as replay_administration
from domain.case import PARIS, Case
from domain.commands.claim_case import ClaimCase, claim_case
from domain.commands.file_request import FileRequest, file_request
from domain.context import Context, Vouched
from domain.demonstration import IDENTITIES, SYSTEM, administration_facts
from domain.envelope import UNASSIGNED, Actor, Role
from domain.events import AdministrationEvent, CaseEvent, DelegationGranted, RoutingTablePublished
from domain.fold import replay
from domain.procedures import PROCEDURES, Procedure
from domain.reference.load import load_reference
from domain.request import (
    Address,
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

TODAY = date(2026, 11, 2)
REFERENCE = load_reference()
CASE = UUID("0192f0c1-0000-7000-8000-000000000001")
"""The stream of the case under test."""
COMMAND = UUID("0192f0c1-0000-7000-8000-00000000c0de")
HASH = "ab" * 32

WORKER = Actor(
    identity="local:worker",
    person=uuid5(UNASSIGNED, "worker"),
    name="Amara Keita",
    role=Role.WORKER,
    quality="Demandeur",
    service="",
)
"""A foreigner who files for an opinion; the demonstration has no identity for one."""

ACTORS: dict[Role, Actor] = {
    Role.PARTNER: msgspec.structs.replace(SYSTEM, identity="local:partner", role=Role.PARTNER),
    **{known.actor.role: known.actor for known in reversed(IDENTITIES.values())},
    Role.WORKER: WORKER,
    Role.SYSTEM: SYSTEM,
}
"""The first demonstration person of each role: agent-63, signatory-63, prefecture-69…"""


def an_actor(role: Role = Role.AGENT, identity: str | None = None) -> Actor:
    """The demonstration person of a role, or another identity: of the demonstration when it is one, else invented."""
    default = ACTORS[role]
    if identity is None:
        return default
    known = IDENTITIES.get(identity.removeprefix("local:"))
    if known is not None and known.actor.role is role:
        return known.actor
    return msgspec.structs.replace(
        default, identity=identity, person=uuid5(UNASSIGNED, identity), name=identity.removeprefix("local:")
    )


def a_delegation(identity: str = "local:signatory-63", **changes: Any) -> Delegation:
    """A delegation of the demonstration that covers everything and was published long before, or a changed one."""
    known = next(d for d in administration_facts(REFERENCE) if isinstance(d, DelegationGranted))
    base = msgspec.structs.replace(known.delegation, identity=identity, id=uuid5(UNASSIGNED, f"delegation {identity}"))
    return msgspec.structs.replace(base, **changes)


def a_routing_table(**changes: Any) -> RoutingTablePublished:
    """The demonstration's routing table, which also holds the contacts of Clermont-Ferrand and Avignon."""
    known = next(e for e in administration_facts(REFERENCE) if isinstance(e, RoutingTablePublished))
    return msgspec.structs.replace(known, **changes)


def an_administration(
    *, routing_table: bool = True, delegations: bool = True, more: Iterable[AdministrationEvent] = ()
) -> Administration:
    """The demonstration's delegations, agents and routing table, without some of them if told so."""
    left_out = (() if routing_table else (RoutingTablePublished,)) + (() if delegations else (DelegationGranted,))
    facts = [fact for fact in administration_facts(REFERENCE) if not isinstance(fact, left_out)]
    return replay_administration([*facts, *more])


ADMINISTRATION = an_administration()


def a_context(
    role: Role = Role.AGENT,
    identity: str | None = None,
    today: date = TODAY,
    now: datetime | None = None,
    administration: Administration | None = None,
    id: UUID | None = None,
    vouched: Vouched | None = None,
) -> Context:
    """The surroundings of a command, at ten in the morning in Paris unless the hour is given."""
    return Context(
        now=now or datetime(today.year, today.month, today.day, 10, tzinfo=PARIS),
        actor=an_actor(role, identity),
        reference=REFERENCE,
        administration=administration or ADMINISTRATION,
        id=id or COMMAND,
        vouched=vouched,
    )


def an_address(postcode: str = "69002", town: str = "Lyon") -> Address:
    """A workplace or a seat."""
    return Address(street="12 rue de la République", postcode=postcode, town=town)


def a_company(**changes: Any) -> Company:
    """Acme Robotique, seated in the Rhône."""
    company = Company(
        siret="90200029800015",
        name="Acme Robotique",
        seat=an_address(),
        idcc="1486",
        headcount=48,
        turnover_yearly="6200000.00",
        email="rh@example.org",
    )
    return msgspec.structs.replace(company, **changes)


def a_host_family(**changes: Any) -> PrivateEmployer:
    """A private person who employs or hosts at home, in the Rhône."""
    family = PrivateEmployer(
        family_name="Lambert", given_names="Julie", street="4 rue des Tilleuls", postcode="69100", town="Villeurbanne"
    )
    return msgspec.structs.replace(family, **changes)


def a_worker(**changes: Any) -> Worker:
    """A worker who lives in Morocco."""
    worker = Worker(
        family_name="Benali",
        given_names="Youssef",
        birth_date=date(1998, 3, 14),
        nationality="MA",
        passport_number="MA1234567",
    )
    return msgspec.structs.replace(worker, **changes)


def a_worker_in_france(kind: TitleKind = TitleKind.STUDENT, **changes: Any) -> Worker:
    """The same worker, living in the Rhône under a title."""
    resident: dict[str, Any] = {
        "residence_title": ResidenceTitle(kind=kind, valid_until=date(2027, 9, 30)),
        "residence_department": "69",
        "foreigner_number": "6903012345",
    }
    return a_worker(**{**resident, **changes})


def a_job(**changes: Any) -> Job:
    """A cook on a permanent contract in Lyon: a shortage occupation, well paid."""
    job = Job(
        title="Cuisinier",
        rome="G1602",
        fap="S1Z40",
        contract=Contract.PERMANENT,
        start=date(2027, 3, 1),
        hours_weekly=35.0,
        pay_monthly_gross="2400.00",
        agreement_minimum_monthly="1950.00",
        workplace=an_address(),
        qualification="CAP cuisine",
    )
    return msgspec.structs.replace(job, **changes)


def an_offer(**changes: Any) -> Posting:
    """An offer published three weeks within the six months before filing, without a fitting candidate."""
    offer = Posting(
        body="France Travail",
        reference="189XKTR",
        published_from=date(2026, 9, 1),
        published_until=date(2026, 9, 28),
        applications=4,
        fitting_candidates=0,
        explanation="Aucun candidat ne possède l'expérience demandée.",
    )
    return msgspec.structs.replace(offer, **changes)


_FIXED_TERM: dict[str, Any] = {"contract": Contract.FIXED_TERM, "end": date(2027, 11, 30)}


def _parts(procedure: Procedure) -> dict[str, Any]:
    match procedure:
        case Procedure.INTRODUCTION_PERMANENT:
            return {"particulars": Introduction()}
        case Procedure.INTRODUCTION_FIXED_TERM:
            return {"particulars": FixedTermIntroduction(), "job": a_job(**_FIXED_TERM)}
        case Procedure.CHANGE_OF_STATUS:
            diploma = Diploma(
                title="Master informatique", level=7, obtained_on=date(2026, 7, 3), in_france=True, field="Informatique"
            )
            return {
                "particulars": ChangeOfStatus(
                    studies_finished_in_france=True, diplomas=(diploma,), job_related_to_studies=True
                ),
                "worker": a_worker_in_france(),
                "job": a_job(title="Ingénieur logiciel", rome="M1805", fap="M2Z90", pay_monthly_gross="3200.00"),
            }
        case Procedure.RENEWAL:
            return {
                "particulars": Renewal(earlier_permit="AT-2025-000123", earlier_expires_on=date(2026, 12, 20)),
                "worker": a_worker_in_france(TitleKind.TEMPORARY_WORKER),
                "job": a_job(**_FIXED_TERM, start=date(2026, 12, 21)),
            }
        case Procedure.SEASONAL:
            return {
                "particulars": Seasonal(housing_statement=True),
                "job": a_job(
                    title="Ouvrier arboricole",
                    rome="A1405",
                    fap=None,
                    contract=Contract.SEASONAL,
                    start=date(2027, 4, 1),
                    end=date(2027, 8, 31),
                    workplace=an_address("84300", "Cavaillon"),
                    housing_address=an_address("84300", "Cavaillon"),
                ),
                "employer": a_company(name="Vergers du Luberon", seat=an_address("84300", "Cavaillon")),
            }
        case Procedure.STUDENT_ABOVE_QUOTA:
            return {
                "particulars": StudentAboveQuota(
                    institution="Université Lyon 1",
                    course="Master informatique",
                    enrolled_until=date(2027, 9, 30),
                    hours_yearly=1200,
                    related_to_studies=True,
                ),
                "worker": a_worker_in_france(),
                "job": a_job(**{**_FIXED_TERM, "end": date(2027, 8, 31)}, hours_weekly=28.0),
            }
        case Procedure.ASYLUM_SEEKER:
            return {
                "particulars": AsylumSeeker(
                    ofpra_introduced_on=date(2026, 3, 10), attestation_valid_until=date(2027, 3, 9)
                ),
                "worker": a_worker_in_france(TitleKind.ASYLUM_ATTESTATION, nationality="AF"),
                "job": a_job(contract=Contract.FIXED_TERM, start=date(2026, 12, 1), end=date(2027, 5, 31)),
            }
        case Procedure.EXCEPTIONAL_ADMISSION:
            return {
                "particulars": ExceptionalAdmission(
                    basis=AdmissionBasis.L435_1, prefecture_department="69", years_of_residence=6.5
                ),
                "worker": a_worker(residence_department="69", nationality="ML"),
            }
        case Procedure.POSTING:
            return {
                "particulars": PostingMission(
                    foreign_employer="Construction Prishtina",
                    foreign_employer_country="XK",
                    legal_basis=PostingBasis.SERVICE,
                    sipsi_declaration="SIPSI-2026-0001",
                ),
                "worker": a_worker(nationality="XK"),
                "job": a_job(
                    title="Maçon",
                    rome="F1703",
                    fap="B2Z40",
                    contract=Contract.POSTING,
                    end=date(2027, 8, 31),
                ),
            }
        case Procedure.AU_PAIR:
            return {
                "particulars": AuPair(
                    agreement_start=date(2027, 2, 1), agreement_end=date(2028, 1, 31), hours_weekly=25
                ),
                "worker": a_worker(birth_date=date(2005, 5, 5), nationality="BR"),
                "employer": a_host_family(),
                "job": None,
            }
        case Procedure.INTERNSHIP_AGREEMENT:
            return {
                "particulars": InternshipAgreement(
                    internship=InternshipCase.COMPANY,
                    start=date(2027, 3, 1),
                    end=date(2027, 8, 31),
                    sending_institution="Université de Rabat",
                    tutor="Mme Morel",
                    project="Conception d'un bras articulé, en appui du bureau d'études.",
                    allowance_monthly="700.00",
                ),
                "job": None,
            }
        case Procedure.INTERNSHIP_AMENDMENT:
            return {
                "particulars": InternshipAmendment(
                    internship=InternshipCase.COMPANY,
                    agreement_number="CS-2026-0042",
                    agreement_start=date(2026, 7, 1),
                    agreement_end=date(2026, 12, 31),
                    new_end=date(2027, 3, 31),
                    reason="Le projet demande trois mois de plus.",
                ),
                "job": None,
            }
        case Procedure.VIABILITY_OPINION:
            return {
                "particulars": ViabilityOpinion(
                    activity="Atelier de réparation de vélos",
                    activity_department="69",
                    legal_form="SASU",
                    capital="15000.00",
                    turnover_forecast="90000.00",
                    result_forecast="24000.00",
                    monthly_income_forecast="2000.00",
                    business_plan=True,
                ),
                "employer": None,
                "job": None,
            }
        case Procedure.LIMITED_PERMIT:
            return {
                "particulars": LimitedPermit(limited_to="Traduction lors d'un festival", zone="Rhône"),
                "job": a_job(**_FIXED_TERM),
                "worker": a_worker_in_france(TitleKind.OTHER),
            }


def a_request(procedure: Procedure = Procedure.INTRODUCTION_PERMANENT, **changes: Any) -> Request:
    """A request that can be filed on 2 November 2026; `changes` replace its fields."""
    parts: dict[str, Any] = {"worker": a_worker(), "employer": a_company(), "job": a_job()}
    return Request(**{**parts, **_parts(procedure), **changes})


def a_mandate(**changes: Any) -> Mandate:
    """The mandate of Cabinet Durand."""
    mandate = Mandate(mandatary="Cabinet Durand", siret="90200011600019", signed_on=date(2026, 10, 1))
    return msgspec.structs.replace(mandate, **changes)


def an_attached(item: str, title: str = "") -> AttachedDocument:
    """A document announced at filing."""
    return AttachedDocument(item=item, title=title or item, sha256=HASH, bytes=120_000)


def filer_of(procedure: Procedure) -> Role:
    """Who ordinarily files such a request."""
    filers = PROCEDURES[procedure].filers
    return next(role for role in (Role.EMPLOYER, Role.WORKER, Role.PREFECTURE) if role in filers)


def filing(
    procedure: Procedure = Procedure.INTRODUCTION_PERMANENT,
    *,
    today: date = TODAY,
    role: Role | None = None,
    request: Request | None = None,
    documents: tuple[AttachedDocument, ...] = (),
    administration: Administration | None = None,
) -> tuple[CaseEvent, ...]:
    """The facts of a filing, through the command itself."""
    body = FileRequest(request=request or a_request(procedure), documents=documents)
    context = a_context(role or filer_of(body.request.procedure), today=today, administration=administration, id=CASE)
    return file_request(body, context)


def case_after(events: Iterable[CaseEvent], start: Case | None = None) -> Case:
    """The case after these facts; with `start`, facts added to that case."""
    case = replay(events, CASE, start)
    assert case is not None, "a case begins with its filing"
    return case


def filed(
    procedure: Procedure = Procedure.INTRODUCTION_PERMANENT,
    *,
    today: date = TODAY,
    role: Role | None = None,
    request: Request | None = None,
    documents: tuple[AttachedDocument, ...] = (),
    administration: Administration | None = None,
) -> Case:
    """A case as it stands once filed and routed."""
    return case_after(
        filing(
            procedure,
            today=today,
            role=role,
            request=request,
            documents=documents,
            administration=administration,
        )
    )


def claimed(case: Case | None = None, **filing_of: Any) -> Case:
    """A case that the demonstration agent holds; filed first when none is given."""
    held = case or filed(**filing_of)
    return case_after(claim_case(held, ClaimCase(), a_context(Role.AGENT)), held)
