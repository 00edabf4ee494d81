"""The state of a case that decisions need, and how each fact changes it; nothing here refuses or reads a clock."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar, assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain.acts import (
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
    StageKind,
)
from domain.envelope import Role
from domain.events import (
    AcknowledgementIssued,
    AgreementStamped,
    AgreementStampRefused,
    AppealAcknowledged,
    AppealDecided,
    AppealImplicitlyRejected,
    AppealLodged,
    AppealReopened,
    CaseAssigned,
    CaseClaimed,
    CaseClosed,
    CaseEvent,
    CaseReleased,
    ClaimServed,
    CriterionAssessed,
    DecisionDeemedNotified,
    DecisionFirstRead,
    DecisionMadeAvailable,
    DecisionProposed,
    DefenceFiled,
    DefencePeriodSet,
    DocumentReceived,
    DocumentRefused,
    DocumentReplaced,
    ElectronicNotificationAccepted,
    FindingOverridden,
    FormalNoticeReceived,
    GroundSubstituted,
    HearingSet,
    ImplicitDecisionArisen,
    InvestigationClosed,
    JudgmentRecorded,
    LegalBasisSubstituted,
    LegalHoldLifted,
    LegalHoldPlaced,
    LitigationOpened,
    MainClaimConfirmed,
    MedicalCertificateMissing,
    MissingItemsRequested,
    MissingItemsSupplied,
    NoteAdded,
    NotificationAcknowledged,
    NotificationFailed,
    ObservationsReceived,
    OfiiNotified,
    OpinionGiven,
    OpinionIssued,
    OpinionRequested,
    PermitRepealed,
    PermitWithdrawn,
    PersonErased,
    PriorHearingOpened,
    ProceedingsTransferred,
    ProposalReturned,
    ReasonsCommunicated,
    ReasonsRequested,
    ReexaminationOrdered,
    RegistrationReceiptIssued,
    RequestAbandoned,
    RequestAmended,
    RequestFiled,
    RequestGranted,
    RequestRefused,
    RequestRouted,
    RequestTransferred,
    RoutingLeftToHand,
    SuspensionOrdered,
    TaxAuthorityNotified,
)
from domain.findings import Assessment, Criterion
from domain.procedures import PROCEDURES, Procedure, ProcedureFacts
from domain.refusals import Refused
from domain.request import DocumentRef, Request
from domain.rulings import chain_of, fate_of, first_of

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


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the state of a case."""


class Document(State, frozen=True, kw_only=True):
    """A document with all its versions, the newest last."""

    id: str
    versions: tuple[DocumentRef, ...]
    refused: dict[int, str] = {}
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


class Case(State, frozen=True, kw_only=True):
    """A case as decisions need to know it."""

    id: UUID
    version: int = 0
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
    holds: frozenset[str] = frozenset()
    holds_placed: int = 0
    erased: frozenset[UUID] = frozenset()
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


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Identified)


def _named(items: tuple[Item, ...], wanted: str, code: str, noun: str) -> Item:
    found = next((item for item in items if item.id == wanted), None)
    if found is None:
        raise Refused(code, f"{noun} « {wanted} » n'existe pas dans ce dossier.")
    return found


def _changed(items: tuple[Item, ...], wanted: str, change: Callable[[Item], Item]) -> tuple[Item, ...]:
    return tuple(change(item) if item.id == wanted else item for item in items)


replace = msgspec.structs.replace


def _with_documents(case: Case, documents: Iterable[DocumentRef], on: date) -> dict[str, Document]:
    held = dict(case.documents)
    for ref in documents:
        earlier = held.get(ref.id)
        held[ref.id] = (
            Document(id=ref.id, versions=(ref,), received_on=on)
            if earlier is None
            else replace(earlier, versions=(*earlier.versions, ref), received_on=on)
        )
    return held


def _at_work(case: Case) -> Status:
    """The status of a case that is to be examined, whether or not somebody holds it, or knows where it goes."""
    if case.routing is None:
        return Status.TO_ROUTE
    return Status.UNDER_EXAMINATION if case.assignee else Status.TO_CLAIM


def _decided(case: Case, decision: Decision) -> Case:
    """Add a decision; what stood before it no longer does, but stays whole."""
    earlier = tuple(replace(d, live=False, ended_by=decision.id) if d.live else d for d in case.decisions)
    taken = replace(decision, examined=case.examined)
    return replace(case, decisions=(*earlier, taken), proposal=None, status=Status.DECIDED, stage=Stage())


def _express(signed: SignedDecision, permit: Permit | None = None) -> Decision:
    return Decision(
        id=signed.decision,
        kind=signed.kind,
        on=signed.signed_on,
        stage=signed.stage,
        signed=signed,
        permit=permit,
        remedies=signed.remedies,
    )


def _reopened(case: Case, stage: Stage) -> Case:
    """A new examination begins on the law and facts of its own date; earlier decisions stay whole."""
    return replace(
        case,
        stage=stage,
        status=_at_work(case),
        findings={},
        assessors=frozenset(),
        examined={},
        proposal=None,
        # The court's re-examination starts anew; an appeal against a closure is judged on the request that led to it.
        missing_items=_lapsed(case.missing_items) if stage.kind is StageKind.COURT else case.missing_items,
    )


def _lapsed(asked: tuple[MissingItems, ...]) -> tuple[MissingItems, ...]:
    return tuple(request if request.complete else replace(request, lapsed=True) for request in asked)


def _notified(case: Case, decision: str, addressee: Addressee, how: Callable[[Notified | None], Notified]) -> Case:
    return replace(
        case,
        decisions=_changed(
            case.decisions,
            decision,
            lambda d: replace(d, notified={**d.notified, addressee: how(d.notified.get(addressee))}),
        ),
    )


def _annulled(case: Case, decision: str, judgment: str, on: date) -> Case:
    """An annulled act never existed: what it ended lives again, or the request is pending, on the law of today; an
    appeal against it that nobody has answered has lost its object."""
    attacked = next((d for d in case.decisions if d.id == decision), None)
    appeals = {appeal.id for appeal in case.appeals if appeal.against == decision}
    # What has been decided since stands: only an act still in force gives back what it took away.
    revives = attacked is not None and attacked.live and attacked.kind in {DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}
    decisions = tuple(
        replace(d, live=False, ended_by=d.ended_by or judgment)
        if d.id == decision or d.rejects_appeal in appeals
        else replace(d, live=True, ended_by=None)
        if revives and d.ended_by == decision
        else d
        for d in case.decisions
    )
    answered_by_court = tuple(
        replace(a, ended_on=on, without_object=True) if a.id in appeals and a.ended_on is None else a
        for a in case.appeals
    )
    annulled = replace(case, decisions=decisions, appeals=answered_by_court)
    if annulled.current_decision is not None:
        on_appeal = case.stage.kind is StageKind.APPEAL and case.stage.ref in appeals
        return _back_to_decision(annulled) if on_appeal else annulled
    return _reopened(annulled, Stage(kind=StageKind.COURT, ref=judgment))


def _judged(case: Case, event: JudgmentRecorded) -> Case:
    """A court ruled: what changes is what its ruling, with those above and below it, now makes of the claim."""
    ruling = next((p for p in case.litigation if p.id == event.litigation), None)
    if ruling is None:
        return case
    judged = _court(
        case,
        ruling.id,
        lambda p: replace(
            p,
            outcome=event.outcome,
            judged_on=event.judged_on,
            judgment_notified_on=event.notified_on,
            injunction=event.injunction,
            judgment_annulled=event.judgment_annulled,
            no_serious_doubt=event.no_serious_doubt,
        ),
    )
    if event.outcome is JudgmentOutcome.REMITTED and ruling.main_litigation is not None:
        judged = _court(judged, ruling.main_litigation, _to_be_ruled_again)
    first = first_of(case.litigation, ruling)
    return _followed(judged, first.id, fate_of(case.litigation, first), event)


def _to_be_ruled_again(proceedings: Litigation) -> Litigation:
    """Sent back: the claim is pending again before the court below, whose first ruling the history keeps."""
    return replace(
        proceedings,
        outcome=None,
        judged_on=None,
        judgment_notified_on=None,
        injunction=None,
        judgment_annulled=False,
        no_serious_doubt=False,
        hearing_on=None,
        investigation_closes_on=None,
    )


def _followed(case: Case, claim: str, before: JudgmentOutcome | None, event: JudgmentRecorded) -> Case:
    """What the decision becomes when the fate of the claim against it changes."""
    first = case.proceedings(claim)
    after = fate_of(case.litigation, first)
    if first.action is CourtAction.ANNULMENT and after is not None:
        # A suspension lasts until the claim for annulment is judged, whatever the judgment (CJA L521-1).
        case = _suspensions_over(case, {p.id for p in case.litigation if p.main_litigation == claim})
    if before is after:
        return case
    if after is JudgmentOutcome.ANNULLED:
        return _annulled(case, first.against, event.litigation, event.judged_on)
    match before:
        case JudgmentOutcome.ANNULLED:
            return _revived(case, first)
        case JudgmentOutcome.SUSPENDED:
            return _suspensions_over(case, chain_of(case.litigation, first))
        case JudgmentOutcome.PARTLY_ANNULLED if first.reopened_appeal is not None:
            return _rejected_after_all(case, first.reopened_appeal, chain_of(case.litigation, first), event.judged_on)
        case _:
            return case


def _suspensions_over(case: Case, orders: Iterable[str]) -> Case:
    """Orders of the urgent judge have no effect any more, nor has the re-examination that they alone imposed."""
    over = set(orders)
    if all(d.suspended_by not in over for d in case.decisions):
        return case
    decisions = tuple(replace(d, suspended_by=None) if d.suspended_by in over else d for d in case.decisions)
    return _without_object(replace(case, decisions=decisions), over)


def _without_object(case: Case, rulings: Iterable[str]) -> Case:
    """End a re-examination ordered by rulings that have lost their effect, when a decision stands without it."""
    if case.stage.kind is not StageKind.COURT or case.stage.ref not in set(rulings) or case.current_decision is None:
        return case
    if case.status is Status.ABANDONED:
        return replace(case, stage=Stage())
    return _back_to_decision(replace(case, missing_items=_lapsed(case.missing_items)))


def _revived(case: Case, claim: Litigation) -> Case:
    """An annulment is itself annulled: the decision stands again, unless another was taken since, which stays.

    What the annulment had given back (the permit that a withdrawal ended) is taken away again.
    """
    rulings = chain_of(case.litigation, claim)
    order = [d.id for d in case.decisions]
    attacked = next((d for d in case.decisions if d.id == claim.against), None)
    standing = case.current_decision
    if attacked is None or attacked.live or attacked.ended_by not in rulings:
        return _without_object(case, rulings)
    taken_since = standing is not None and order.index(standing.id) > order.index(attacked.id)
    if standing is not None and taken_since:
        successor = standing.id
        decisions = _changed(case.decisions, attacked.id, lambda d: replace(d, ended_by=successor))
        return _without_object(replace(case, decisions=decisions), rulings)
    decisions = tuple(
        replace(d, live=True, ended_by=None)
        if not d.live and d.ended_by in rulings
        else replace(d, live=False, ended_by=attacked.id)
        if standing is not None and d.id == standing.id
        else d
        for d in case.decisions
    )
    return _without_object(replace(case, decisions=decisions), rulings)


def _appeal_reopened(case: Case, event: AppealReopened) -> Case:
    """The gracious appeal is pending again, on the law and facts of its own date; the first decision stands."""
    reopened = replace(
        case,
        appeals=_changed(
            case.appeals,
            event.appeal,
            lambda a: replace(
                a,
                outcome=None,
                ended_on=None,
                implicitly=False,
                answer_notified_on=None,
                implicit_rejection_on=event.implicit_rejection_on,
            ),
        ),
        decisions=tuple(
            replace(d, live=False, ended_by=d.ended_by or event.litigation) if d.rejects_appeal == event.appeal else d
            for d in case.decisions
        ),
    )
    reopened = _court(reopened, event.litigation, lambda p: replace(p, reopened_appeal=event.appeal))
    return _reopened(reopened, Stage(kind=StageKind.APPEAL, ref=event.appeal, due_on=event.due_on))


def _rejected_after_all(case: Case, appeal: str, rulings: frozenset[str], on: date) -> Case:
    """The rejection of a gracious appeal stands again, unless that appeal was answered anew in the meantime."""
    held = next((a for a in case.appeals if a.id == appeal), None)
    if held is None or held.ended_on is not None:
        return case
    express = any(d.rejects_appeal == appeal for d in case.decisions)
    restored = replace(
        case,
        appeals=_changed(
            case.appeals,
            appeal,
            lambda a: replace(a, outcome=AppealOutcome.REJECTED, ended_on=on, implicitly=not express),
        ),
        decisions=tuple(
            replace(d, live=True, ended_by=None) if d.rejects_appeal == appeal and d.ended_by in rulings else d
            for d in case.decisions
        ),
    )
    return _back_to_decision(restored) if case.stage.ref == appeal else restored


def _observed(hearing: Hearing, event: ObservationsReceived) -> Hearing:
    """A party has written or was heard, perhaps asks to be heard, perhaps assisted."""
    party = event.addressee
    return replace(
        hearing,
        observations=(*hearing.observations, party),
        ask_to_be_heard=(*hearing.ask_to_be_heard, party) if event.asks_to_be_heard else hearing.ask_to_be_heard,
        heard=(*hearing.heard, party) if event.oral else hearing.heard,
        assisted=(*hearing.assisted, party) if event.assisted else hearing.assisted,
    )


def _court(case: Case, litigation: str, change: Callable[[Litigation], Litigation]) -> Case:
    return replace(case, litigation=_changed(case.litigation, litigation, change))


def evolve(case: Case | None, event: CaseEvent, stream: UUID) -> Case:
    """The case after one more fact; the first fact of a stream is its filing."""
    if isinstance(event, RequestFiled):
        opened = Case(
            id=stream,
            version=1,
            number=event.number,
            request=event.request,
            filed_by=event.filed_by,
            filed_as=event.filed_as,
            filed_on=event.filed_on,
        )
        return replace(opened, documents=_with_documents(opened, event.documents, event.filed_on))
    assert case is not None, "the ledger holds no stream that does not begin with its filing"
    return replace(_after(case, event), version=case.version + 1)


def _after(case: Case, event: CaseEvent) -> Case:
    match event:
        case RequestFiled() | NoteAdded():
            return case
        case RegistrationReceiptIssued(issued_on=on):
            return replace(case, registered_on=on)
        case AcknowledgementIssued():
            return replace(case, acknowledgement=event)
        case RequestAmended(request=request):
            # What was assessed on the earlier facts says nothing of the new ones.
            return replace(case, request=request, findings={}, assessors=frozenset(), examined={})
        case RequestAbandoned(abandoned_on=on):
            return replace(case, status=Status.ABANDONED, abandoned_on=on, proposal=None)
        case DocumentReceived(document=document, received_on=on) | DocumentReplaced(document=document, replaced_on=on):
            return replace(case, documents=_with_documents(case, (document,), on))
        case DocumentRefused(document=document_id, version=version, reason=reason):
            held = case.documents.get(document_id)
            if held is None:
                return case
            refused = replace(held, refused={**held.refused, version: reason})
            return replace(case, documents={**case.documents, document_id: refused})
        case RequestRouted():
            return replace(
                case,
                status=Status.TO_CLAIM if case.status in {Status.FILED, Status.TO_ROUTE} else case.status,
                routing=Routing(
                    competent_department=event.competent_department,
                    competent_prefect=event.competent_prefect,
                    deciding_department=event.deciding_department,
                    deciding_prefect=event.deciding_prefect,
                    platform=event.platform,
                    first_received_on=event.first_received_on,
                    received_on=event.received_on,
                ),
            )
        case RequestTransferred():
            first = case.routing.first_received_on if case.routing else case.filed_on
            return replace(
                case,
                status=Status.TO_CLAIM,
                assignee=None,
                assignee_name="",
                routing=Routing(
                    competent_department=event.competent_department,
                    competent_prefect=event.competent_prefect,
                    deciding_department=event.deciding_department,
                    deciding_prefect=event.deciding_prefect,
                    platform=event.platform,
                    first_received_on=first,
                    received_on=event.received_on or event.transferred_on,
                ),
            )
        case RoutingLeftToHand():
            return replace(case, status=Status.TO_ROUTE)
        case CaseClaimed(agent=agent, agent_name=name) | CaseAssigned(agent=agent, agent_name=name):
            status: Status = Status.UNDER_EXAMINATION if case.status is Status.TO_CLAIM else case.status
            return replace(case, assignee=agent, assignee_name=name, status=status)
        case CaseReleased():
            status = Status.TO_CLAIM if case.status is Status.UNDER_EXAMINATION else case.status
            return replace(case, assignee=None, assignee_name="", status=status)
        case MissingItemsRequested():
            asked = MissingItems(
                id=event.request,
                items=event.items,
                requested_on=event.requested_on,
                due_on=event.due_on,
                suspends=event.suspends,
            )
            earlier = _lapsed(case.missing_items)
            return replace(case, missing_items=(*earlier, asked), status=Status.AWAITING_ITEMS)
        case MissingItemsSupplied():
            return replace(
                case,
                documents=_with_documents(case, event.documents, event.supplied_on),
                missing_items=_changed(
                    case.missing_items,
                    event.request,
                    lambda m: replace(
                        m, supplied_on=event.supplied_on if event.complete else m.supplied_on, complete=event.complete
                    ),
                ),
                # Items that come late re-open nothing: what was proposed or decided meanwhile stands.
                status=_at_work(case) if event.complete and case.status is Status.AWAITING_ITEMS else case.status,
            )
        case OpinionRequested():
            opinion = Opinion(
                id=event.opinion,
                body=event.body,
                criterion=event.criterion,
                requested_on=event.requested_on,
                due_on=event.due_on,
            )
            return replace(case, opinions=(*case.opinions, opinion))
        case OpinionGiven():
            return replace(
                case,
                opinions=_changed(
                    case.opinions,
                    event.opinion,
                    lambda o: replace(o, given_on=event.given_on, adverse=event.adverse, finding=event.finding),
                ),
            )
        case CriterionAssessed(assessment=assessment, assessed_by=agent, assessed_on=on):
            return replace(
                case,
                findings={**case.findings, assessment.rule.criterion: assessment},
                assessors=case.assessors | {agent},
                examined={**case.examined, assessment.rule.criterion: Examination(agent=agent, on=on)},
            )
        case FindingOverridden():
            overridden = Assessment(
                rule=event.rule,
                computed=event.computed,
                met=event.met,
                because=event.reason,
                exhibits=event.exhibits,
                overridden=True,
            )
            return replace(
                case,
                findings={**case.findings, event.criterion: overridden},
                assessors=case.assessors | {event.overridden_by},
                examined={
                    **case.examined,
                    event.criterion: Examination(agent=event.overridden_by, on=event.overridden_on),
                },
            )
        case DecisionProposed():
            return replace(case, proposal=Proposal(event=event), status=Status.TO_SIGN)
        case ProposalReturned():
            return replace(case, proposal=None, status=_at_work(case))
        case RequestGranted(decision=signed, permit=permit):
            return _decided(case, _express(signed, permit))
        case (
            RequestRefused(decision=signed)
            | AgreementStamped(decision=signed)
            | AgreementStampRefused(decision=signed)
            | OpinionIssued(decision=signed)
        ):
            return _decided(case, _express(signed))
        case CaseClosed(decision=signed):
            closed = replace(_express(signed), missing_items=event.missing_items)
            return replace(_decided(case, closed), status=Status.CLOSED)
        case ImplicitDecisionArisen():
            implicit = Decision(
                id=event.decision,
                kind=event.kind,
                on=event.arisen_on,
                stage=case.stage,
                signed=None,
                permit=event.permit,
                explanation=event.explanation,
                remedies=case.acknowledgement.remedies if case.acknowledgement else None,
            )
            decided = _decided(case, implicit)
            if event.kind is DecisionKind.IMPLICIT_GRANT:
                return decided
            # An implicit rejection leaves the administration free to decide expressly: the work goes on.
            return replace(decided, status=case.status, proposal=case.proposal, stage=case.stage)
        case DecisionMadeAvailable(decision=decision, addressee=addressee, available_on=on, channel=channel):
            return _notified(case, decision, addressee, lambda _: Notified(available_on=on, channel=channel))
        case DecisionFirstRead(decision=decision, addressee=addressee, read_at=read_at, received_on=received):
            day = received or read_at.astimezone(PARIS).date()
            return _notified(
                case,
                decision,
                addressee,
                lambda n: replace(n or Notified(available_on=day), read_on=day),
            )
        case DecisionDeemedNotified(decision=decision, addressee=addressee, notified_on=on):
            return _notified(case, decision, addressee, lambda n: replace(n or Notified(available_on=on), deemed_on=on))
        case PriorHearingOpened():
            hearing = Hearing(
                id=event.hearing,
                decision=event.decision,
                intended=event.intended,
                legal_basis=event.legal_basis,
                opened_on=event.opened_on,
                observations_until=event.observations_until,
            )
            return replace(case, hearings=(*case.hearings, hearing))
        case ObservationsReceived(hearing=hearing_id):
            return replace(
                case, hearings=_changed(case.hearings, hearing_id, lambda hearing: _observed(hearing, event))
            )
        case ElectronicNotificationAccepted(addressee=addressee, accepted_on=on):
            return replace(case, consents={addressee: on, **case.consents})
        case PermitWithdrawn(decision=signed, hearing=used) | PermitRepealed(decision=signed, hearing=used):
            ended = _decided(case, replace(_express(signed), hearing=used))
            if used is None:
                return ended
            return replace(ended, hearings=_changed(ended.hearings, used, lambda h: replace(h, used=True)))
        case MedicalCertificateMissing(noted_on=on):
            return replace(case, medical_certificate_missing_on=on)
        case AppealLodged():
            appeal = Appeal(
                id=event.appeal,
                kind=event.kind,
                against=event.against,
                lodged_by=event.lodged_by,
                received_on=event.received_on,
                in_time=event.in_time,
                implicit_rejection_on=event.implicit_rejection_on,
            )
            attached = _with_documents(case, event.documents, event.received_on)
            lodged = replace(case, appeals=(*case.appeals, appeal), documents=attached)
            if event.kind is AppealKind.HIERARCHICAL:
                return lodged
            return _reopened(lodged, Stage(kind=StageKind.APPEAL, ref=event.appeal))
        case AppealAcknowledged(appeal=appeal_id, acknowledged_on=on):
            return replace(case, appeals=_changed(case.appeals, appeal_id, lambda a: replace(a, acknowledged_on=on)))
        case AppealDecided(appeal=appeal_id, outcome=outcome, decision=rejection, decided_on=on):
            rejected = (
                (replace(_express(rejection), rejects_appeal=appeal_id, examined=case.examined),) if rejection else ()
            )
            ended = replace(
                case,
                decisions=(*case.decisions, *rejected),
                appeals=_changed(
                    case.appeals,
                    appeal_id,
                    lambda a: replace(a, outcome=outcome, ended_on=on, answer_notified_on=event.notified_on),
                ),
            )
            if outcome is AppealOutcome.REJECTED and case.stage.ref == appeal_id:
                return _back_to_decision(ended)
            return ended
        case AppealImplicitlyRejected(appeal=appeal_id, arisen_on=on):
            ended = replace(
                case,
                appeals=_changed(
                    case.appeals,
                    appeal_id,
                    lambda a: replace(a, outcome=AppealOutcome.REJECTED, ended_on=on, implicitly=True),
                ),
            )
            return _back_to_decision(ended) if case.stage.ref == appeal_id else ended
        case ReasonsRequested(decision=decision, requested_on=on):
            return replace(
                case,
                decisions=_changed(case.decisions, decision, lambda d: replace(d, reasons_requested_on=on)),
            )
        case ReasonsCommunicated(decision=decision, communicated_on=on):
            return replace(
                case,
                decisions=_changed(case.decisions, decision, lambda d: replace(d, reasons_communicated_on=on)),
            )
        case LitigationOpened():
            proceedings = Litigation(
                id=event.litigation,
                action=event.action,
                court=event.court,
                court_number=event.court_number,
                against=event.against,
                lodged_on=event.lodged_on,
                pleas=event.pleas,
                main_litigation=event.main_litigation,
                by_state=event.lodged_by is None,
            )
            return replace(case, litigation=(*case.litigation, proceedings))
        case ClaimServed(litigation=ref, served_on=on):
            return _court(case, ref, lambda p: replace(p, served_on=on))
        case DefencePeriodSet(litigation=ref, due_on=on):
            return _court(case, ref, lambda p: replace(p, defence_due_on=on))
        case FormalNoticeReceived(litigation=ref, received_on=on, due_on=due):
            return _court(case, ref, lambda p: replace(p, formal_notice_on=on, formal_notice_due_on=due))
        case DefenceFiled(litigation=ref, filed_on=on):
            return _court(case, ref, lambda p: replace(p, defence_filed_on=on))
        case GroundSubstituted(litigation=ref):
            return _court(case, ref, lambda p: replace(p, substituted=(*p.substituted, event)))
        case InvestigationClosed(litigation=ref, closes_on=on):
            return _court(case, ref, lambda p: replace(p, investigation_closes_on=on))
        case HearingSet(litigation=ref, hearing_on=on, investigation_closes_on=closes):
            return _court(
                case,
                ref,
                lambda p: replace(
                    p, hearing_on=on, investigation_closes_on=min(p.investigation_closes_on or closes, closes)
                ),
            )
        case LegalBasisSubstituted(litigation=ref):
            return _court(case, ref, lambda p: replace(p, substituted_bases=(*p.substituted_bases, event)))
        case ProceedingsTransferred(litigation=ref, court=court, court_number=number, from_number=earlier):
            return _court(
                case,
                ref,
                lambda p: replace(p, court=court, court_number=number, earlier_numbers=(*p.earlier_numbers, earlier)),
            )
        case MainClaimConfirmed(litigation=ref, confirmed_on=on):
            return _court(case, ref, lambda p: replace(p, confirmed_on=on))
        case JudgmentRecorded():
            return _judged(case, event)
        case AppealReopened():
            return _appeal_reopened(case, event)
        case SuspensionOrdered(litigation=ref, decision=decision):
            suspended = replace(
                case,
                decisions=_changed(case.decisions, decision, lambda d: replace(d, suspended_by=ref)),
            )
            return _court(
                suspended,
                ref,
                lambda p: replace(
                    p,
                    outcome=JudgmentOutcome.SUSPENDED,
                    judged_on=event.ordered_on,
                    judgment_notified_on=event.notified_on,
                    injunction=event.injunction,
                ),
            )
        case ReexaminationOrdered(litigation=ref, due_on=on):
            return _reopened(case, Stage(kind=StageKind.COURT, ref=ref, due_on=on))
        case OfiiNotified(message=message, decision=decision, sent_on=on):
            return _sent(case, message, "OFII", decision, on)
        case TaxAuthorityNotified(message=message, decision=decision, sent_on=on):
            return _sent(case, message, "DGFiP", decision, on)
        case NotificationAcknowledged(message=message, acknowledged_on=on):
            return replace(case, messages=_changed(case.messages, message, lambda m: replace(m, acknowledged_on=on)))
        case NotificationFailed(message=message, failed_on=on):
            return replace(case, messages=_changed(case.messages, message, lambda m: replace(m, failed_on=on)))
        case LegalHoldPlaced(hold=hold):
            return replace(case, holds=case.holds | {hold}, holds_placed=case.holds_placed + 1)
        case LegalHoldLifted(hold=hold):
            return replace(case, holds=case.holds - {hold})
        case PersonErased(person=person):
            return replace(case, erased=case.erased | {person})
        case _:
            assert_never(event)


def _back_to_decision(case: Case) -> Case:
    """The appeal is over without a new decision: the first one stands."""
    closed = case.current_decision is not None and case.current_decision.kind is DecisionKind.CLOSURE
    return replace(case, stage=Stage(), proposal=None, status=Status.CLOSED if closed else Status.DECIDED)


def _sent(case: Case, message: str, recipient: str, decision: str, on: date) -> Case:
    sent = Message(id=message, recipient=recipient, decision=decision, sent_on=on)
    return replace(case, messages=(*case.messages, sent))


def replay(events: Iterable[CaseEvent], stream: UUID, start: Case | None = None) -> Case | None:
    """The case after these facts, from nothing or from an earlier state; None when there are none."""
    case = start
    for event in events:
        case = evolve(case, event, stream)
    return case
