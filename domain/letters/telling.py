"""A letter being written: the facts that it tells, the case that they make, and what was published by then."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from domain.acts import Addressee, ServiceContact, SignedDecision
from domain.case import Case, Routing
from domain.envelope import ERASED, Actor, Role
from domain.events import CaseEvent
from domain.findings import CRITERION_TITLES, Exhibit, ReasonGiven
from domain.fold import replay
from domain.law import all_rules
from domain.law_in_french import LAW_IN_FRENCH
from domain.letters.articles import article_in_full
from domain.letters.content import About, Author, ExhibitShown, Ground, Part, PermitCheck, Service, Signature
from domain.papers import LetterKind
from domain.procedures import PROCEDURES
from domain.refusals import Refused
from domain.remedies import competent_tribunal
from domain.request import CONTRACT_TITLES, Company, ExceptionalAdmission, PrivateEmployer, Request, ViabilityOpinion
from domain.taken import Fact, Surroundings

TELESERVICE: Final = "Téléservice des autorisations de travail"
"""Who writes while the case is not routed: the receipt leaves before anybody is known to be in charge."""


class Due(Protocol):
    """A letter to write: of which kind, about what, to whom, on which version of the case, with which date."""

    @property
    def kind(self) -> LetterKind: ...

    @property
    def about(self) -> str: ...

    @property
    def addressee(self) -> Addressee | None: ...

    @property
    def on_version(self) -> int: ...

    @property
    def dated(self) -> date: ...


class Printing(Part, frozen=True, kw_only=True):
    """What a deployment adds: the block mark it is entitled to, a certificate, how a permit is checked."""

    mark: str = ""
    certified: bool = False
    check: PermitCheck | None = None


F = TypeVar("F", bound=CaseEvent)


class Telling:
    """What every letter is written from."""

    def __init__(self, facts: Sequence[Fact], due: Due, around: Surroundings, printing: Printing) -> None:
        self.facts = tuple(fact for fact in facts if fact.version <= due.on_version)
        case = replay((fact.event for fact in self.facts), UUID(int=0))
        if case is None:
            raise lacking("le dépôt de la demande")
        self.case: Case = case
        self.due = due
        self.around = around
        self.printing = printing

    def fact(self, kind: type[F], told: Callable[[F], bool] = lambda _: True) -> F:
        """The newest fact of a type that the letter tells."""
        return self.recorded(kind, told)[0]

    def recorded(self, kind: type[F], told: Callable[[F], bool] = lambda _: True) -> tuple[F, Actor]:
        """The same, with who did it."""
        for fact in reversed(self.facts):
            if isinstance(fact.event, kind) and told(fact.event):
                return fact.event, fact.actor
        raise lacking(f"le fait qu'elle annonce ({self.due.about or PROCEDURES[self.case.procedure].title})")

    @property
    def routing(self) -> Routing:
        """Which prefects answer for the case; refused while nobody knows."""
        if self.case.routing is None:
            raise lacking("le préfet dont elle émane")
        return self.case.routing

    def contact(self) -> ServiceContact:
        """Where the service in charge was reached, as published by then."""
        return self.around.administration_then.contact(self.routing.platform, self.due.dated)

    def base(self, contact: ServiceContact | None = None) -> dict[str, Any]:
        """What every letter bears; refused while nobody knows which prefect answers for the case."""
        return self._head(self.routing, contact or self.contact())

    def base_before_routing(self) -> dict[str, Any]:
        """What a letter bears that leaves before anybody is known to be in charge."""
        return self._head(None, ServiceContact(name=TELESERVICE))

    def _head(self, routing: Routing | None, reached: ServiceContact) -> dict[str, Any]:
        return {
            "service": Service(
                prefect=routing.deciding_prefect if routing else "",
                name=reached.name,
                address=reached.address,
                phone=reached.phone,
                email=reached.email,
            ),
            "to": _window(self.case, self.due.addressee or self.case.addressees[0], self.around),
            "number": self.case.number,
            "place": _town(routing.platform) if routing else "",
            "dated": self.due.dated,
            "about": _about(self.case),
            "mark": self.printing.mark,
        }

    def tribunal(self) -> str:
        """The court of the place of work; empty when it is not known."""
        found = competent_tribunal(self.case.request, self.around.reference)
        return found.title if found else ""

    def grounds(self, reasons: Sequence[ReasonGiven], signed: SignedDecision | None = None) -> tuple[Ground, ...]:
        """Grounds in law and in fact, with the exhibits of the ground or, failing that, of the assessment."""
        carried = {each.rule: each.exhibits for each in signed.assessments} if signed else {}
        return tuple(self._ground(each, each.exhibits or carried.get(each.rule, ())) for each in reasons)

    def _ground(self, reason: ReasonGiven, exhibits: Sequence[Exhibit]) -> Ground:
        return Ground(
            title=CRITERION_TITLES[reason.rule.criterion],
            article=article_in_full(reason.rule.article),
            since=reason.rule.since,
            law=next((LAW_IN_FRENCH[r.provision.name] for r in all_rules() if r.id == reason.rule), reason.text),
            fact=reason.fact,
            paragraph=reason.text,
            exhibits=tuple(self._exhibit(each) for each in exhibits),
        )

    def _exhibit(self, exhibit: Exhibit) -> ExhibitShown:
        held = self.case.documents.get(exhibit.document)
        versions = held.versions if held else ()
        title = next((each.title for each in versions if each.version == exhibit.version), "") or exhibit.document
        return ExhibitShown(document=exhibit.document, version=exhibit.version, title=title)

    def signature(self, signed: SignedDecision) -> Signature:
        """The author of a decision, as it names them."""
        who = signed.signatory
        return Signature(
            name=who.name,
            quality=who.quality,
            service=who.service,
            delegation=who.delegation,
            publication=who.delegation_publication,
            published_on=who.delegation_published_on,
            competent_prefect=signed.competent_prefect,
            deciding_prefect=signed.deciding_prefect,
            certified=self.printing.certified,
        )


def lacking(what: str) -> Refused:
    """The refusal to write a letter without something that it must say."""
    return Refused("letter_lacks_mention", f"La lettre ne peut être écrite sans {what}.")


def author(actor: Actor) -> Author:
    """Whoever did what the letter tells, as they must be named to whom it is addressed (CRPA L111-2)."""
    return Author(name=actor.name, quality=actor.quality, service=actor.service)


def _town(platform: str) -> str:
    """« Tulle » of « Corrèze (Tulle) »: the platforms are named after where they sit."""
    return platform.partition("(")[2].rstrip(")") or platform


def worker_named(request: Request) -> str:
    """First names then name, in capitals as the administration writes it; once when both are erased."""
    worker = request.worker
    if worker.family_name == ERASED:
        return ERASED
    return f"{worker.given_names} {worker.family_name.upper()}"


def employer_named(request: Request) -> str:
    """Who employs or hosts; empty when nobody does."""
    match request.employer:
        case Company(name=name):
            return name
        case PrivateEmployer(family_name=name, given_names=given):
            return ERASED if name == ERASED else f"{given} {name.upper()}"
        case None:
            return ""


def _window(case: Case, to: Addressee, around: Surroundings) -> tuple[str, ...]:
    match to:
        case Addressee.WORKER:
            return (worker_named(case.request),)
        case Addressee.EMPLOYER:
            return _employer_window(case)
        case Addressee.PREFECTURE:
            department = _asking_department(case.request)
            return (around.reference.prefect_title(department),) if department else ("Préfecture",)


def _employer_window(case: Case) -> tuple[str, ...]:
    where: tuple[str, ...]
    match case.request.employer:
        case Company(seat=seat):
            where = (seat.street, f"{seat.postcode} {seat.town}")
        case PrivateEmployer(street=street, postcode=postcode, town=town):
            where = (street, f"{postcode} {town}")
        case None:
            where = ()
    mandate = case.request.mandate
    through = (f"représenté par {mandate.mandatary}",) if mandate and case.filed_as is Role.MANDATARY else ()
    return tuple(filter(str.strip, (employer_named(case.request), *through, *where)))


def _asking_department(request: Request) -> str | None:
    match request.particulars:
        case ExceptionalAdmission(prefecture_department=department):
            return department
        case _:
            return None


def _about(case: Case) -> About:
    request, job = case.request, case.request.job
    return About(
        procedure=PROCEDURES[request.procedure].title,
        filed_on=case.filed_on,
        worker=worker_named(request),
        worker_born_on=request.worker.birth_date,
        employer=employer_named(request),
        employer_siret=request.employer.siret if isinstance(request.employer, Company) else "",
        job=job.title if job else _activity(request),
        contract=CONTRACT_TITLES[job.contract] if job else "",
        workplace=f"{job.workplace.postcode} {job.workplace.town}" if job else "",
    )


def _activity(request: Request) -> str:
    return request.particulars.activity if isinstance(request.particulars, ViabilityOpinion) else ""
