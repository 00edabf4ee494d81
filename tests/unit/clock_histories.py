"""How a line of `clock_examples.toml` becomes a case: its facts, folded one after the other as the ledger does."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from domain.acknowledgement import silence_rule_of
from domain.acts import Addressee, AppealKind, AppealOutcome, DecisionKind, RequestedItem, SignedDecision, StageKind
from domain.case import PARIS, Case
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.record_appeal_silence import RecordAppealSilence, record_appeal_silence
from domain.commands.record_deemed_notification import RecordDeemedNotification, record_deemed_notification
from domain.commands.record_silence import RecordSilence, record_silence
from domain.commands.request_reasons import RequestReasons, request_reasons
from domain.envelope import Role
from domain.events import (
    AcknowledgementIssued,
    AppealDecided,
    CaseEvent,
    DecisionFirstRead,
    DecisionMadeAvailable,
    DocumentReceived,
    DocumentRefused,
    MedicalCertificateMissing,
    MissingItemsRequested,
    MissingItemsSupplied,
    OpinionGiven,
    OpinionRequested,
    PermitWithdrawn,
    PriorHearingOpened,
    ReasonsCommunicated,
    RegistrationReceiptIssued,
    RequestAbandoned,
    RequestFiled,
    RequestGranted,
    RequestRefused,
    RequestRouted,
    RequestTransferred,
)
from domain.procedures import PROCEDURES, Procedure
from domain.request import AsylumSeeker, DocumentRef, InternshipAgreement, Request, TitleKind
from tests.unit.given import (
    REFERENCE,
    a_company,
    a_context,
    a_request,
    a_worker,
    a_worker_in_france,
    an_address,
    case_after,
    filing,
)
from tests.unit.given_decided import granted, refused

ORDER = "arrêté du 1er avril 2021"
FACT = "Un texte de plus de vingt caractères, pour que chaque fait soit dit."
REPLACE = msgspec.structs.replace
LYON = "69002"


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated example: what happened, the day asked, and what the limit is then."""

    id: str
    article: str
    what: str
    clock: str
    on: date
    state: str
    starts: date | None = None
    expires: date | None = None
    suspended: int | None = None
    """Days of suspension in all."""
    says: str | None = None
    """A part of the sentence, of the length or of a doubt."""
    ref: str | None = None
    whose: Addressee | None = None
    procedure: Procedure = Procedure.INTRODUCTION_PERMANENT
    filed: date
    receipt: bool = True
    routed: date | None = None
    never_routed: bool = False
    acknowledged: date | None = None
    never_acknowledged: bool = False
    acknowledgement_complete: bool = True
    announced: tuple[str, ...] = ()
    """Items that the acknowledgement calls missing."""
    department: str = "69"
    seat: str = LYON
    workplace: str = LYON
    worker: str = "abroad"
    """`abroad`, or the department where the worker lives."""
    programme: bool = False
    events: tuple[tuple[Any, ...], ...] = ()


def case_of(example: Example) -> Case:
    """The case after all facts of an example."""
    case = case_after(_opening(example))
    for name, *rest in example.events:
        case = case_after(EVENTS[name](case, *rest), case)
    return case


def _request_of(example: Example) -> Request:
    request = a_request(example.procedure)
    if example.worker != "abroad":
        kind = TitleKind.ASYLUM_ATTESTATION if isinstance(request.particulars, AsylumSeeker) else TitleKind.STUDENT
        request = REPLACE(request, worker=a_worker_in_france(kind, residence_department=example.worker))
    elif example.procedure is Procedure.INTRODUCTION_PERMANENT:
        request = REPLACE(request, worker=a_worker())
    if (example.seat, example.workplace) != (LYON, LYON) and request.job is not None:
        request = REPLACE(
            request,
            employer=a_company(seat=an_address(example.seat, "Siège")),
            job=REPLACE(request.job, workplace=an_address(example.workplace, "Lieu")),
        )
    if isinstance(request.particulars, InternshipAgreement):
        agreement = REPLACE(request.particulars, eu_or_intergovernmental_programme=example.programme)
        request = REPLACE(request, particulars=agreement)
    return request


def _opening(example: Example) -> Sequence[CaseEvent]:
    """Filing, receipt, routing and acknowledgement, made by the command and set on the days wanted."""
    made = filing(example.procedure)
    (first,) = [e for e in made if isinstance(e, RequestFiled)]
    facts: list[CaseEvent] = [REPLACE(first, request=_request_of(example), filed_on=example.filed)]
    if example.receipt:
        facts.append(RegistrationReceiptIssued(number=first.number, issued_on=example.filed))
    if example.never_routed:
        return facts
    received = example.routed or example.filed
    facts.append(
        RequestRouted(
            rule="CT R5221-15",
            table_version="exemple",
            facts={},
            competent_department=example.department,
            competent_prefect=REFERENCE.prefect_title(example.department),
            deciding_department="63",
            deciding_prefect=REFERENCE.prefect_title("63"),
            platform="Clermont-Ferrand",
            first_received_on=example.filed,
            received_on=received,
        )
    )
    if example.never_acknowledged:
        return facts
    issued = example.acknowledged or received
    (notice,) = [e for e in filing() if isinstance(e, AcknowledgementIssued)]
    use_case = PROCEDURES[example.procedure].use_case
    listed = REFERENCE.checklist(use_case, issued) if use_case else ()
    facts.append(
        REPLACE(
            notice,
            issued_on=issued,
            received_on=example.filed,
            complete=example.acknowledgement_complete,
            missing_items=tuple(item.label for item in listed if item.key in example.announced),
        )
    )
    return facts


def _asked(case: Case, on: date, due: date, by: str = ORDER) -> tuple[CaseEvent, ...]:
    rule = silence_rule_of(case.request, REFERENCE)
    return (
        MissingItemsRequested(
            request=f"M{len(case.missing_items) + 1}",
            items=(RequestedItem(item="other", label="Extrait Kbis", required_by=by),),
            requested_on=on,
            due_on=due,
            suspends=case.stage.kind is StageKind.FIRST and rule.on_missing_items == "suspend",
        ),
    )


def _supplied(case: Case, on: date, *, complete: bool = True) -> tuple[CaseEvent, ...]:
    newest = case.missing_items[-1].id
    return (MissingItemsSupplied(request=newest, documents=(), complete=complete, supplied_on=on),)


def _document(case: Case, on: date, item: str) -> tuple[CaseEvent, ...]:
    ref = DocumentRef(id=f"P{len(case.documents) + 1}", version=1, item=item, title=item, sha256="cd" * 32)
    return (DocumentReceived(document=ref, received_on=on),)


def _transferred(case: Case, on: date, department: str) -> tuple[CaseEvent, ...]:
    prefect = REFERENCE.prefect_title(department)
    return (
        RequestTransferred(
            reason=FACT,
            from_platform="Clermont-Ferrand",
            competent_department=department,
            competent_prefect=prefect,
            deciding_department=department,
            deciding_prefect=prefect,
            platform="Avignon",
            transferred_on=on,
        ),
    )


def _signed(case: Case, of: Case, on: date, **changes: Any) -> SignedDecision:
    signed = of.decisions[-1].signed
    assert signed is not None
    return REPLACE(signed, **{"decision": f"D{len(case.decisions) + 1}", "signed_on": on, **changes})


def _refused(case: Case, on: date, *, notice: bool = True) -> tuple[CaseEvent, ...]:
    signed = _signed(case, refused(), on)
    assert signed.remedies is not None
    return (RequestRefused(decision=REPLACE(signed, remedies=REPLACE(signed.remedies, complete=notice))),)


def _granted(case: Case, on: date, hired: date | None = None) -> tuple[CaseEvent, ...]:
    of = granted()
    permit = of.decisions[-1].permit
    assert permit is not None
    return (RequestGranted(decision=_signed(case, of, on), permit=REPLACE(permit, valid_from=hired or on)),)


def _silence(case: Case, on: date) -> tuple[CaseEvent, ...]:
    return record_silence(case, RecordSilence(), a_context(Role.SYSTEM, today=on))


def _available(case: Case, on: date, channel: str = "teleservice") -> tuple[CaseEvent, ...]:
    newest = case.decisions[-1].id
    return tuple(
        DecisionMadeAvailable(decision=newest, addressee=whom, available_on=on, channel=channel)
        for whom in case.addressees
    )


def _read(case: Case, on: date, whom: str | None = None) -> tuple[CaseEvent, ...]:
    read_at = datetime(on.year, on.month, on.day, 9, tzinfo=PARIS)
    those = (Addressee(whom),) if whom else case.addressees
    newest = case.decisions[-1].id
    return tuple(DecisionFirstRead(decision=newest, addressee=each, read_at=read_at) for each in those)


def _deemed(case: Case, on: date) -> tuple[CaseEvent, ...]:
    context = a_context(Role.SYSTEM, today=on)
    newest = case.decisions[-1].id
    bodies = [RecordDeemedNotification(decision=newest, addressee=each) for each in case.addressees]
    return tuple(event for body in bodies for event in record_deemed_notification(case, body, context))


def _appeal(kind: AppealKind) -> Callable[..., tuple[CaseEvent, ...]]:
    def lodge(case: Case, received: date, posted: date | None = None) -> tuple[CaseEvent, ...]:
        body = LodgeAppeal(
            kind=kind,
            against="D1",
            lodged_by=Addressee.EMPLOYER,
            received_on=received,
            posted_on=posted,
            arguments=FACT,
        )
        return lodge_appeal(case, body, a_context(Role.AGENT, today=received))

    return lodge


def _appeal_silence(case: Case, on: date, appeal: str) -> tuple[CaseEvent, ...]:
    return record_appeal_silence(case, RecordAppealSilence(appeal=appeal), a_context(Role.SYSTEM, today=on))


def _appeal_rejected(case: Case, on: date, appeal: str) -> tuple[CaseEvent, ...]:
    signed = _signed(case, refused(), on)
    return (AppealDecided(appeal=appeal, outcome=AppealOutcome.REJECTED, decision=signed, decided_on=on),)


def _minister_rejected(case: Case, on: date, appeal: str, notified: date | None = None) -> tuple[CaseEvent, ...]:
    rejected = AppealOutcome.REJECTED
    return (AppealDecided(appeal=appeal, outcome=rejected, by_minister=True, decided_on=on, notified_on=notified),)


def _reasons_asked(case: Case, on: date) -> tuple[CaseEvent, ...]:
    body = RequestReasons(decision="D1", asked_by=Addressee.EMPLOYER)
    return request_reasons(case, body, a_context(Role.AGENT, today=on))


def _withdrawn(case: Case, on: date) -> tuple[CaseEvent, ...]:
    signed = _signed(case, granted(), on, kind=DecisionKind.WITHDRAWAL)
    return (PermitWithdrawn(decision=signed, withdraws="D1", legal_basis="CRPA L242-1", hearing=None),)


def _hearing(case: Case, on: date, until: date) -> tuple[CaseEvent, ...]:
    return (
        PriorHearingOpened(
            hearing=f"H{len(case.hearings) + 1}",
            decision="D1",
            intended=DecisionKind.WITHDRAWAL,
            grounds=FACT,
            legal_basis="CRPA L242-1",
            opened_on=on,
            observations_until=until,
        ),
    )


EVENTS: dict[str, Callable[..., tuple[CaseEvent, ...]]] = {
    "abandoned": lambda case, on: (RequestAbandoned(reason=FACT, abandoned_on=on),),
    "appeal_rejected": _appeal_rejected,
    "appeal_silence": _appeal_silence,
    "asked": _asked,
    "available": _available,
    "certificate_missing": lambda case, on: (
        MedicalCertificateMissing(decision="D1", noted_on=on, three_months_ended_on=on),
    ),
    "deemed": _deemed,
    "document": _document,
    "document_refused": lambda case, on: (
        DocumentRefused(document=f"P{len(case.documents)}", version=1, reason=FACT, refused_on=on),
    ),
    "gracious": _appeal(AppealKind.GRACIOUS),
    "granted": _granted,
    "hearing": _hearing,
    "hierarchical": _appeal(AppealKind.HIERARCHICAL),
    "minister_rejected": _minister_rejected,
    "opinion": lambda case, on, due: (
        OpinionRequested(opinion="O1", body="URSSAF", question=FACT, requested_on=on, due_on=due),
    ),
    "opinion_given": lambda case, on: (OpinionGiven(opinion="O1", adverse=False, finding=FACT, given_on=on),),
    "partial": lambda case, on: _supplied(case, on, complete=False),
    "read": _read,
    "reasons_asked": _reasons_asked,
    "reasons_given": lambda case, on: (ReasonsCommunicated(decision="D1", reasons=(), communicated_on=on),),
    "refused": _refused,
    "refused_without_remedies": lambda case, on: _refused(case, on, notice=False),
    "silence": _silence,
    "supplied": _supplied,
    "transferred": _transferred,
    "withdrawn": _withdrawn,
}
"""What can happen in an example, by the word that its line uses."""
