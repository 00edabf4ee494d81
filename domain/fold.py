"""How each fact changes the case; nothing here refuses, reads a clock or asks the rules."""

from collections.abc import Iterable
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import msgspec

from domain.acts import (
    AppealKind,
    AppealOutcome,
    DecisionKind,
    JudgmentOutcome,
    Permit,
    SignedDecision,
    Stage,
    StageKind,
)
from domain.after_papers import bundles_after, is_clerical, letter_of, looked_at
from domain.after_rulings import after_judgment, appeal_reopened
from domain.case import (
    PARIS,
    Appeal,
    Arrival,
    Case,
    Decision,
    Document,
    Examination,
    Hearing,
    Litigation,
    Message,
    MissingItems,
    Notified,
    Opinion,
    Proposal,
    Routing,
    Status,
)
from domain.envelope import ERASED
from domain.events import (
    AcknowledgementIssued,
    AgreementStamped,
    AgreementStampRefused,
    AppealAcknowledged,
    AppealDecided,
    AppealImplicitlyRejected,
    AppealLodged,
    AppealReopened,
    BundleArranged,
    BundleBuildEnded,
    BundleBuilt,
    BundleOrdered,
    BundlePrepared,
    CaseAccessEnded,
    CaseAccessGiven,
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
    DocumentExamined,
    DocumentReceived,
    DocumentRefused,
    DocumentReplaced,
    DocumentScanned,
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
    LetterIssued,
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
    PersonRectified,
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
from domain.findings import Assessment
from domain.request import DocumentRef, PrivateEmployer, Request, Worker
from domain.steps import at_work, back_to_decision, changed, in_court, lapsed, reopened, updated

replace = msgspec.structs.replace


def _with_documents(
    case: Case, documents: Iterable[DocumentRef], on: date, *, came_with: str = ""
) -> dict[str, Document]:
    held = dict(case.documents)
    arrival = Arrival(on=on, came_with=came_with)
    for ref in documents:
        earlier = held.get(ref.id)
        held[ref.id] = (
            Document(id=ref.id, versions=(ref,), arrivals=(arrival,), received_on=on)
            if earlier is None
            else replace(
                earlier, versions=(*earlier.versions, ref), arrivals=(*earlier.arrivals, arrival), received_on=on
            )
        )
    return held


def _decided(case: Case, decision: Decision) -> Case:
    """Add a decision; what stood before it no longer does, but stays whole."""
    earlier = tuple(replace(d, live=False, ended_by=decision.id) if d.live else d for d in case.decisions)
    taken = replace(decision, examined=case.examined, documents_held=_held(case))
    return replace(case, decisions=(*earlier, taken), proposal=None, status=Status.DECIDED, stage=Stage())


def _held(case: Case) -> dict[str, int]:
    return {document.id: len(document.versions) for document in case.documents.values()}


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


def _rejection(case: Case, signed: SignedDecision, appeal: str) -> Decision:
    """The decision that rejects an appeal, beside the one appealed against."""
    express = _express(signed)
    return replace(express, rejects_appeal=appeal, examined=case.examined, documents_held=_held(case))


def _made_available(case: Case, event: DecisionMadeAvailable) -> Case:
    made = Notified(available_on=event.available_on, channel=event.channel)

    def told(decision: Decision) -> Decision:
        return replace(decision, notified={**decision.notified, event.addressee: made})

    return replace(case, decisions=changed(case.decisions, event.decision, told))


def _notified(case: Case, event: DecisionFirstRead | DecisionDeemedNotified, on: date, **values: date) -> Case:
    """An addressee knows a decision; without a trace of its having been made available, it was on that day."""

    def told(decision: Decision) -> Decision:
        known = decision.notified.get(event.addressee) or Notified(available_on=on)
        return replace(decision, notified={**decision.notified, event.addressee: replace(known, **values)})

    return replace(case, decisions=changed(case.decisions, event.decision, told))


def _supplied(case: Case, event: MissingItemsSupplied) -> tuple[MissingItems, ...]:
    if not event.complete:
        return updated(case.missing_items, event.request, complete=False)
    return updated(case.missing_items, event.request, complete=True, supplied_on=event.supplied_on)


def _heard_again(case: Case, person: UUID) -> Case:
    """Who speaks after their erasure does so under a new key, and can be erased again."""
    return replace(case, erased=case.erased - {person})


def _observed(case: Case, event: ObservationsReceived) -> Case:
    """A party has written or was heard, perhaps asks to be heard, perhaps assisted."""
    return replace(
        case, hearings=changed(case.hearings, event.hearing, lambda hearing: _with_observations(hearing, event))
    )


def _with_observations(hearing: Hearing, event: ObservationsReceived) -> Hearing:
    party = event.addressee
    return replace(
        hearing,
        observations=(*hearing.observations, party),
        ask_to_be_heard=(*hearing.ask_to_be_heard, party) if event.asks_to_be_heard else hearing.ask_to_be_heard,
        heard=(*hearing.heard, party) if event.oral else hearing.heard,
        assisted=(*hearing.assisted, party) if event.assisted else hearing.assisted,
    )


def _went_on(
    case: Case, event: GroundSubstituted | HearingSet | LegalBasisSubstituted | ProceedingsTransferred
) -> Case:
    """Proceedings change from where they stood."""
    return replace(
        case, litigation=changed(case.litigation, event.litigation, lambda held: _proceedings_after(held, event))
    )


def _proceedings_after(
    held: Litigation, event: GroundSubstituted | HearingSet | LegalBasisSubstituted | ProceedingsTransferred
) -> Litigation:
    match event:
        case GroundSubstituted():
            return replace(held, substituted=(*held.substituted, event))
        case HearingSet(hearing_on=on, investigation_closes_on=closes):
            earliest = min(held.investigation_closes_on or closes, closes)
            return replace(held, hearing_on=on, investigation_closes_on=earliest)
        case LegalBasisSubstituted():
            return replace(held, substituted_bases=(*held.substituted_bases, event))
        case ProceedingsTransferred(court=court, court_number=number, from_number=earlier):
            numbers = (*held.earlier_numbers, earlier)
            return replace(held, court=court, court_number=number, earlier_numbers=numbers)
        case _:
            assert_never(event)


def evolve(case: Case | None, event: CaseEvent, stream: UUID) -> Case:
    """The case after one more fact; the first fact of a stream is its filing."""
    if case is None:
        assert isinstance(event, RequestFiled), "the ledger holds no stream that does not begin with its filing"
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
    version = case.version + 1
    return replace(_after(case, event), version=version, settled=case.settled if is_clerical(event) else version)


def _after(case: Case, event: CaseEvent) -> Case:
    match event:
        # More than half of all facts: first, since the arms are tried in their order.
        case CriterionAssessed(assessment=assessment, assessed_by=agent, assessed_on=on):
            return replace(
                case,
                findings={**case.findings, assessment.rule.criterion: assessment},
                assessors=case.assessors | {agent},
                examined={**case.examined, assessment.rule.criterion: Examination(agent=agent, on=on)},
            )
        case DecisionMadeAvailable():
            return _made_available(case, event)
        case DecisionFirstRead(read_at=read_at, received_on=received):
            day = received or read_at.astimezone(PARIS).date()
            return _notified(case, event, day, read_on=day)
        case DecisionDeemedNotified(notified_on=on):
            return _notified(case, event, on, deemed_on=on)
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
            earlier = lapsed(case.missing_items)
            return replace(case, missing_items=(*earlier, asked), status=Status.AWAITING_ITEMS)
        case MissingItemsSupplied():
            return replace(
                case,
                documents=_with_documents(case, event.documents, event.supplied_on, came_with=event.request),
                missing_items=_supplied(case, event),
                # Items that come late re-open nothing: what was proposed or decided meanwhile stands.
                status=at_work(case) if event.complete and case.status is Status.AWAITING_ITEMS else case.status,
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
                opinions=updated(
                    case.opinions,
                    event.opinion,
                    given_on=event.given_on,
                    adverse=event.adverse,
                    finding=event.finding,
                    exhibits=event.exhibits,
                ),
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
            return replace(case, proposal=None, status=at_work(case))
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
        case ObservationsReceived():
            return _observed(_heard_again(case, event.person), event)
        case ElectronicNotificationAccepted(addressee=addressee, accepted_on=on):
            return replace(case, consents={addressee: on, **case.consents})
        case PermitWithdrawn(decision=signed, hearing=used) | PermitRepealed(decision=signed, hearing=used):
            ended = _decided(case, replace(_express(signed), hearing=used))
            if used is None:
                return ended
            return replace(ended, hearings=updated(ended.hearings, used, used=True))
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
            attached = _with_documents(case, event.documents, event.received_on, came_with=event.appeal)
            heard = _heard_again(case, event.person)
            lodged = replace(heard, appeals=(*case.appeals, appeal), documents=attached)
            if event.kind is AppealKind.HIERARCHICAL:
                return lodged
            return reopened(lodged, Stage(kind=StageKind.APPEAL, ref=event.appeal))
        case AppealAcknowledged(appeal=appeal_id, acknowledged_on=on):
            return replace(case, appeals=updated(case.appeals, appeal_id, acknowledged_on=on))
        case AppealDecided(appeal=appeal_id, outcome=outcome, decision=rejection, decided_on=on):
            rejected = (_rejection(case, rejection, appeal_id),) if rejection else ()
            ended = replace(
                case,
                decisions=(*case.decisions, *rejected),
                appeals=updated(
                    case.appeals, appeal_id, outcome=outcome, ended_on=on, answer_notified_on=event.notified_on
                ),
            )
            if outcome is AppealOutcome.REJECTED and case.stage.ref == appeal_id:
                return back_to_decision(ended)
            return ended
        case AppealImplicitlyRejected(appeal=appeal_id, arisen_on=on):
            ended = replace(
                case,
                appeals=updated(case.appeals, appeal_id, outcome=AppealOutcome.REJECTED, ended_on=on, implicitly=True),
            )
            return back_to_decision(ended) if case.stage.ref == appeal_id else ended
        case ReasonsRequested(decision=decision, requested_on=on):
            return replace(
                case,
                decisions=updated(case.decisions, decision, reasons_requested_on=on),
            )
        case ReasonsCommunicated(decision=decision, communicated_on=on):
            return replace(
                case,
                decisions=updated(case.decisions, decision, reasons_communicated_on=on),
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
            return in_court(case, ref, served_on=on)
        case DefencePeriodSet(litigation=ref, due_on=on):
            return in_court(case, ref, defence_due_on=on)
        case FormalNoticeReceived(litigation=ref, received_on=on, due_on=due):
            return in_court(case, ref, formal_notice_on=on, formal_notice_due_on=due)
        case DefenceFiled(litigation=ref, filed_on=on):
            return in_court(case, ref, defence_filed_on=on)
        case GroundSubstituted() | HearingSet() | LegalBasisSubstituted() | ProceedingsTransferred():
            return _went_on(case, event)
        case InvestigationClosed(litigation=ref, closes_on=on):
            return in_court(case, ref, investigation_closes_on=on)
        case MainClaimConfirmed(litigation=ref, confirmed_on=on):
            return in_court(case, ref, confirmed_on=on)
        case JudgmentRecorded():
            return after_judgment(case, event)
        case AppealReopened():
            return appeal_reopened(case, event)
        case SuspensionOrdered(litigation=ref, decision=decision):
            suspended = replace(
                case,
                decisions=updated(case.decisions, decision, suspended_by=ref),
            )
            return in_court(
                suspended,
                ref,
                outcome=JudgmentOutcome.SUSPENDED,
                judged_on=event.ordered_on,
                judgment_notified_on=event.notified_on,
                injunction=event.injunction,
            )
        case ReexaminationOrdered(litigation=ref, due_on=on):
            return reopened(case, Stage(kind=StageKind.COURT, ref=ref, due_on=on))
        case OfiiNotified(message=message, decision=decision, sent_on=on):
            return _sent(case, message, "OFII", decision, on)
        case TaxAuthorityNotified(message=message, decision=decision, sent_on=on):
            return _sent(case, message, "DGFiP", decision, on)
        case NotificationAcknowledged(message=message, acknowledged_on=on):
            return replace(case, messages=updated(case.messages, message, acknowledged_on=on))
        case NotificationFailed(message=message, failed_on=on):
            return replace(case, messages=updated(case.messages, message, failed_on=on))
        case CaseAccessGiven(identity=identity, quality=quality):
            return replace(case, accesses={**case.accesses, identity: quality})
        case CaseAccessEnded(identity=identity):
            return replace(case, accesses={who: held for who, held in case.accesses.items() if who != identity})
        case LegalHoldPlaced(hold=hold):
            return replace(case, holds=case.holds | {hold}, holds_placed=case.holds_placed + 1)
        case LegalHoldLifted(hold=hold):
            return replace(case, holds=case.holds - {hold})
        case PersonErased(person=person):
            return replace(case, erased=case.erased | {person})
        case PersonRectified():
            return replace(case, request=_rectified(case.request, event))
        case DocumentExamined() | DocumentScanned():
            return replace(case, documents=looked_at(case.documents, event))
        case LetterIssued():
            return replace(case, letters=(*case.letters, letter_of(event)))
        case BundlePrepared() | BundleArranged() | BundleOrdered() | BundleBuilt() | BundleBuildEnded():
            return replace(case, bundles=bundles_after(case.bundles, event))
        case _:
            assert_never(event)


def _rectified(request: Request, event: PersonRectified) -> Request:
    """The request as corrected; what an erased person was corrected to reads as erased."""
    employer = request.employer
    if isinstance(employer, PrivateEmployer) and employer.person == event.person:
        return replace(request, employer=replace(employer, **_corrections(employer, event)))
    if request.worker.person == event.person:
        return replace(request, worker=replace(request.worker, **_corrections(request.worker, event)))
    return request


def _corrections(held: Worker | PrivateEmployer, event: PersonRectified) -> dict[str, Any]:
    known = (set(held.__struct_fields__) & set(event.__struct_fields__)) - {"person"}
    corrected = {name: getattr(event, name) for name in event.changed if name in known}
    named = {"family_name", "given_names", "street"}
    return {name: ERASED if value is None and name in named else value for name, value in corrected.items()}


def _sent(case: Case, message: str, recipient: str, decision: str, on: date) -> Case:
    sent = Message(id=message, recipient=recipient, decision=decision, sent_on=on)
    return replace(case, messages=(*case.messages, sent))


def replay(events: Iterable[CaseEvent], stream: UUID, start: Case | None = None) -> Case | None:
    """The case after these facts, from nothing or from an earlier state; None when there are none."""
    case, facts, clerical = start, 0, 0
    for event in events:
        if case is None:
            case = evolve(None, event, stream)
        else:
            case = _after(case, event)
            facts += 1
            clerical = clerical + 1 if is_clerical(event) else 0
    if case is None or not facts:
        return case
    # Counted once for all: that makes a case of its own.
    version = case.version + facts
    return replace(case, version=version, settled=case.settled if clerical == facts else version - clerical)
