"""The state of a case that decisions need, and what it refuses of itself; nothing here reads a clock."""

from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain.acts import (
    AccessQuality,
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    Injunction,
    JudgmentOutcome,
    Permit,
    PleaKind,
    Remedies,
    RequestedItem,
    SignedDecision,
    Stage,
)
from domain.envelope import Role
from domain.events import (
    AcknowledgementIssued,
    DecisionProposed,
    GroundSubstituted,
    LegalBasisSubstituted,
)
from domain.findings import Assessment, Criterion, Exhibit
from domain.papers import BuildOutcome, ChosenExhibit, FileFault, LetterKind, ScanVerdict
from domain.procedures import PROCEDURES, Procedure, ProcedureFacts
from domain.refusals import Refused
from domain.request import DocumentRef, Request

PARIS = ZoneInfo("Europe/Paris")


class Status(StrEnum):
    """Where a case stands; the value is the public name."""

    FILED = "filed"
    TO_ROUTE = "to_route"
    TO_CLAIM = "to_claim"
    UNDER_EXAMINATION = "under_examination"
    AWAITING_ITEMS = "awaiting_items"
    TO_SIGN = "to_sign"
    DECIDED = "decided"
    CLOSED = "closed"
    ABANDONED = "abandoned"


OPEN = frozenset(Status) - {Status.DECIDED, Status.CLOSED, Status.ABANDONED}
"""Where a case stands that is still at work."""


class State(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A part of the state of a case."""


class FileReport(State, frozen=True, kw_only=True):
    """What the bytes of a version of a document were found to be."""

    bytes: int
    media_type: str
    pages: int | None
    faults: tuple[FileFault, ...]


class Arrival(State, frozen=True, kw_only=True):
    """How a version of a document came into the case."""

    on: date
    came_with: str = ""
    """What it answers or supports: M1, A1; empty for what was filed or added by itself."""


class Document(State, frozen=True, kw_only=True):
    """A document with all its versions, the newest last."""

    id: str
    versions: tuple[DocumentRef, ...]
    arrivals: tuple[Arrival, ...] = ()
    """Of each version, in the same order."""
    refused: dict[int, str] = {}
    reports: dict[int, FileReport] = {}
    """By version, once its bytes are here and were looked at."""
    verdicts: dict[int, ScanVerdict] = {}
    """By version, what a virus scanner said last."""
    received_on: date | None = None
    """The day the newest version arrived."""

    @property
    def current(self) -> DocumentRef:
        """The newest version."""
        return self.versions[-1]


class Routing(State, frozen=True, kw_only=True):
    """Who is competent, who decides, and since when each administration holds the request."""

    competent_department: str
    competent_prefect: str
    deciding_department: str
    deciding_prefect: str
    platform: str
    first_received_on: date
    received_on: date


class MissingItems(State, frozen=True, kw_only=True):
    """A request for missing items and what became of it."""

    id: str
    items: tuple[RequestedItem, ...]
    requested_on: date
    due_on: date
    suspends: bool
    supplied_on: date | None = None
    complete: bool = False
    lapsed: bool = False
    """Whether another request, or another examination, has taken its place."""


class Opinion(State, frozen=True, kw_only=True):
    """An opinion asked of another body."""

    id: str
    body: str
    criterion: Criterion | None
    requested_on: date
    due_on: date | None
    given_on: date | None = None
    adverse: bool | None = None
    finding: str = ""
    exhibits: tuple[Exhibit, ...] = ()
    """The documents that carry it."""


class Examination(State, frozen=True, kw_only=True):
    """Which agent assessed a condition, and when."""

    agent: str
    on: date


class Proposal(State, frozen=True, kw_only=True):
    """A decision proposed for signature."""

    event: DecisionProposed


class Notified(State, frozen=True, kw_only=True):
    """How one addressee came to know a decision."""

    available_on: date
    read_on: date | None = None
    deemed_on: date | None = None
    channel: str = "teleservice"

    @property
    def notified_on(self) -> date | None:
        """The day from which limits run for this addressee, when it is proved; a later reading moves nothing."""
        return self.deemed_on or self.read_on


class Decision(State, frozen=True, kw_only=True):
    """A decision of the case, express or implicit, whole, with what happened to it since."""

    id: str
    kind: DecisionKind
    on: date
    stage: Stage
    signed: SignedDecision | None
    permit: Permit | None = None
    explanation: str = ""
    remedies: Remedies | None = None
    notified: dict[Addressee, Notified] = {}
    live: bool = True
    ended_by: str | None = None
    """The decision, judgment or withdrawal that ended it."""
    suspended_by: str | None = None
    rejects_appeal: str | None = None
    """The appeal that this decision rejects: the decision appealed against stands beside it."""
    reasons_requested_on: date | None = None
    reasons_communicated_on: date | None = None
    examined: dict[Criterion, Examination] = {}
    """Who had assessed each condition when it was taken."""
    documents_held: dict[str, int] = {}
    """How many versions of each document were there when it was taken."""
    hearing: str | None = None
    """The prior hearing that a withdrawal or repeal rests on."""
    missing_items: tuple[str, ...] = ()
    """What a closure says has stayed missing."""

    @property
    def is_implicit(self) -> bool:
        """Whether silence made it."""
        return self.signed is None


class Appeal(State, frozen=True, kw_only=True):
    """An administrative appeal."""

    id: str
    kind: AppealKind
    against: str
    lodged_by: Addressee
    received_on: date
    in_time: bool | None
    implicit_rejection_on: date
    acknowledged_on: date | None = None
    outcome: AppealOutcome | None = None
    ended_on: date | None = None
    implicitly: bool = False
    answer_notified_on: date | None = None
    """When the minister's answer reached the author of the appeal."""
    without_object: bool = False
    """Whether a court annulled the decision before the appeal against it was answered."""


class Litigation(State, frozen=True, kw_only=True):
    """Proceedings before a court."""

    id: str
    action: CourtAction
    court: str
    court_number: str
    against: str
    lodged_on: date
    pleas: tuple[PleaKind, ...] = ()
    main_litigation: str | None = None
    served_on: date | None = None
    defence_due_on: date | None = None
    formal_notice_on: date | None = None
    formal_notice_due_on: date | None = None
    defence_filed_on: date | None = None
    investigation_closes_on: date | None = None
    hearing_on: date | None = None
    judged_on: date | None = None
    judgment_notified_on: date | None = None
    outcome: JudgmentOutcome | None = None
    injunction: Injunction | None = None
    substituted: tuple[GroundSubstituted, ...] = ()
    substituted_bases: tuple[LegalBasisSubstituted, ...] = ()
    by_state: bool = False
    """Whether the State contests what was judged."""
    earlier_numbers: tuple[str, ...] = ()
    """Numbers under which the courts that passed it on knew it."""
    judgment_annulled: bool = False
    no_serious_doubt: bool = False
    confirmed_on: date | None = None
    """When the applicant maintained the claim after a suspension was refused (CJA R612-5-2)."""
    reopened_appeal: str | None = None
    """The gracious appeal whose rejection alone it annulled."""


class Hearing(State, frozen=True, kw_only=True):
    """A prior hearing before a withdrawal or repeal."""

    id: str
    decision: str
    intended: DecisionKind
    legal_basis: str
    opened_on: date
    observations_until: date
    observations: tuple[Addressee, ...] = ()
    ask_to_be_heard: tuple[Addressee, ...] = ()
    heard: tuple[Addressee, ...] = ()
    """Parties that presented oral observations."""
    assisted: tuple[Addressee, ...] = ()
    used: bool = False


class Message(State, frozen=True, kw_only=True):
    """A message to OFII or to the tax authority."""

    id: str
    recipient: str
    decision: str
    sent_on: date
    acknowledged_on: date | None = None
    failed_on: date | None = None


class Letter(State, frozen=True, kw_only=True):
    """A letter that was issued."""

    id: str
    kind: LetterKind
    about: str
    addressee: Addressee | None
    on_version: int
    template: str
    data_sha256: str
    sha256: str
    bytes: int
    dated: date


class Build(State, frozen=True, kw_only=True):
    """One order to build a bundle and what became of it."""

    number: int
    on_version: int
    """The version of the case that it tells."""
    exhibits: tuple[ChosenExhibit, ...]
    """As they were arranged when it was ordered."""
    sha256: str = ""
    """Of the archive, once it is built."""
    bytes: int = 0
    outcome: BuildOutcome | None = None
    """How it ended without an archive."""

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being built."""
        return not self.sha256 and self.outcome is None


class Bundle(State, frozen=True, kw_only=True):
    """A defence bundle: its exhibits as last arranged, and its builds, the newest last."""

    id: str
    decision: str
    litigation: str | None
    recipe: str
    exhibits: tuple[ChosenExhibit, ...]
    arrangement: int = 1
    """How often its exhibits were laid out: whoever arranges them says which layout they had before them."""
    builds: tuple[Build, ...] = ()

    @property
    def build_under_way(self) -> Build | None:
        """The build that waits or is being made; there is one at most."""
        return next((build for build in self.builds if build.is_under_way), None)

    def build(self, number: int) -> Build | None:
        """The build of that number."""
        return next((build for build in self.builds if build.number == number), None)


class Case(State, frozen=True, kw_only=True):
    """A case as decisions need to know it."""

    id: UUID
    version: int = 0
    settled: int = 1
    """The version of the newest fact that anybody decides upon: those after it are clerical, and make nobody stale."""
    number: str = ""
    request: Request
    filed_by: str
    filed_as: Role
    filed_on: date
    status: Status = Status.FILED
    stage: Stage = Stage()
    routing: Routing | None = None
    registered_on: date | None = None
    """The day the receipt of the electronic filing left (CRPA R112-11-2)."""
    acknowledgement: AcknowledgementIssued | None = None
    assignee: str | None = None
    assignee_name: str = ""
    documents: dict[str, Document] = {}
    missing_items: tuple[MissingItems, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    findings: dict[Criterion, Assessment] = {}
    assessors: frozenset[str] = frozenset()
    """Identities that assessed a condition in the present stage."""
    examined: dict[Criterion, Examination] = {}
    """Who assessed each condition in the present stage, and when."""
    consents: dict[Addressee, date] = {}
    """Since when each addressee accepts electronic notification."""
    proposal: Proposal | None = None
    decisions: tuple[Decision, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    medical_certificate_missing_on: date | None = None
    appeals: tuple[Appeal, ...] = ()
    litigation: tuple[Litigation, ...] = ()
    messages: tuple[Message, ...] = ()
    letters: tuple[Letter, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    holds: frozenset[str] = frozenset()
    holds_placed: int = 0
    erased: frozenset[UUID] = frozenset()
    accesses: dict[str, AccessQuality] = {}
    """In which quality each identity that did not file has access, as long as it has."""
    abandoned_on: date | None = None

    @property
    def procedure(self) -> Procedure:
        """The procedure asked for."""
        return self.request.procedure

    @property
    def facts_of_procedure(self) -> ProcedureFacts:
        """What distinguishes the procedure, as data."""
        return PROCEDURES[self.request.procedure]

    @property
    def is_seasonal(self) -> bool:
        """Whether the request is for seasonal work."""
        return self.procedure is Procedure.SEASONAL

    @property
    def addressees(self) -> tuple[Addressee, ...]:
        """Whom a decision is notified to: the filer and the foreigner (CT R5221-17), or the prefecture that asked."""
        return (Addressee.PREFECTURE,) if self.filed_as is Role.PREFECTURE else self.parties

    @property
    def parties(self) -> tuple[Addressee, ...]:
        """Who may contest: the employer that filed and the foreigner, never an administration that asked an opinion."""
        if self.filed_as in {Role.WORKER, Role.PREFECTURE} or self.request.employer is None:
            return (Addressee.WORKER,)
        return (Addressee.EMPLOYER, Addressee.WORKER)

    @property
    def current_decision(self) -> Decision | None:
        """The newest decision on the request that still stands; the rejection of an appeal leaves the first one."""
        return next((d for d in reversed(self.decisions) if d.live and d.rejects_appeal is None), None)

    @property
    def open_missing_items(self) -> MissingItems | None:
        """The request for items still unanswered in the present examination."""
        return next((m for m in reversed(self.missing_items) if not m.complete and not m.lapsed), None)

    @property
    def open_appeal(self) -> Appeal | None:
        """The gracious appeal under examination."""
        return next(
            (a for a in reversed(self.appeals) if a.ended_on is None and a.kind is AppealKind.GRACIOUS),
            None,
        )

    def decision(self, decision: str) -> Decision:
        """The decision of that identifier; refused when there is none."""
        return _named(self.decisions, decision, "decision_unknown", "La décision")

    def appeal(self, appeal: str) -> Appeal:
        """The appeal of that identifier; refused when there is none."""
        return _named(self.appeals, appeal, "appeal_unknown", "Le recours")

    def proceedings(self, litigation: str) -> Litigation:
        """The proceedings of that identifier; refused when there are none."""
        return _named(self.litigation, litigation, "litigation_unknown", "L'instance")

    def hearing(self, hearing: str) -> Hearing:
        """The prior hearing of that identifier; refused when there is none."""
        return _named(self.hearings, hearing, "hearing_unknown", "La procédure contradictoire")

    def document(self, document: str) -> Document:
        """The document of that identifier; refused when there is none."""
        return _named(tuple(self.documents.values()), document, "document_unknown", "La pièce")

    def items_request(self, request: str) -> MissingItems:
        """The request for items of that identifier; refused when there is none."""
        return _named(self.missing_items, request, "items_request_unknown", "La demande de pièces")

    def letter(self, letter: str) -> Letter:
        """The letter of that identifier; refused when there is none."""
        return _named(self.letters, letter, "letter_unknown", "La lettre")

    def bundle(self, bundle: str) -> Bundle:
        """The bundle of that identifier; refused when there is none."""
        return _named(self.bundles, bundle, "bundle_unknown", "Le dossier de défense")

    def message(self, message: str) -> Message:
        """The message of that identifier to OFII or to the tax authority; refused when there is none."""
        return _named(self.messages, message, "message_unknown", "Le message")

    def notified_to(self, decision: Decision, addressee: Addressee) -> Notified:
        """How an addressee came to know a decision; refused while it has not been made available to them."""
        known = decision.notified.get(addressee)
        if known is None:
            raise Refused(
                "not_made_available", f"La décision {decision.id} n'a pas été mise à disposition de ce destinataire."
            )
        return known

    def must_be(self, *statuses: Status) -> None:
        """Refuse unless the case stands in one of these statuses."""
        if self.status not in statuses:
            wanted = ", ".join(f"« {STATUS_TITLES[s]} »" for s in statuses)
            raise Refused(
                "status_forbids",
                f"Le dossier est « {STATUS_TITLES[self.status]} » ; cet acte exige : {wanted}.",
            )

    def must_take_documents(self) -> None:
        """Refuse once the case is over and nothing can still be added to it."""
        if self.status in {Status.ABANDONED, Status.CLOSED}:
            raise Refused("status_forbids", "Le dossier est terminé : aucune pièce ne peut plus y être versée.")

    def must_be_held(self) -> str:
        """The identity of the agent who holds the case; refused when nobody does."""
        if self.assignee is None:
            raise Refused("case_not_claimed")
        return self.assignee

    def must_be_held_by(self, identity: str) -> None:
        """Refuse unless this agent holds the case."""
        if self.must_be_held() != identity:
            raise Refused("case_held_by_another", f"Le dossier est pris en charge par {self.assignee_name}.")


STATUS_TITLES: dict[Status, str] = {
    Status.FILED: "Déposé",
    Status.TO_ROUTE: "À orienter",
    Status.TO_CLAIM: "À prendre en charge",
    Status.UNDER_EXAMINATION: "En cours d'instruction",
    Status.AWAITING_ITEMS: "En attente de pièces",
    Status.TO_SIGN: "À signer",
    Status.DECIDED: "Décidé",
    Status.CLOSED: "Clos",
    Status.ABANDONED: "Abandonné",
}


class Identified(Protocol):
    """A part of a case that has an identifier within it."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=Identified)


def _named(items: tuple[Item, ...], wanted: str, code: str, noun: str) -> Item:
    found = next((item for item in items if item.id == wanted), None)
    if found is None:
        raise Refused(code, f"{noun} « {wanted} » n'existe pas dans ce dossier.")
    return found
