"""What somebody may see of a case: one selection of its facts, masked where they may not read, for every answer."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import msgspec

from domain.accesses import acts_for
from domain.acts import Addressee, SignedDecision
from domain.case import Case, Letter, Status
from domain.commands.request_opinion import Body
from domain.envelope import ERASED, Actor, Role
from domain.envelope import WITHHELD as WITHHELD
from domain.events import (
    AppealLodged,
    CaseAccessEnded,
    CaseAccessGiven,
    CriterionAssessed,
    DecisionMadeAvailable,
    DecisionProposed,
    FindingOverridden,
    LetterIssued,
    LitigationOpened,
    NoteAdded,
    OpinionGiven,
    OpinionRequested,
    PriorHearingOpened,
    ProposalReturned,
    SuspensionOrdered,
)
from domain.findings import CRITERION_TITLES, Assessment, Criterion, ReasonGiven
from domain.letters.due import Due
from domain.rights import FILERS, RECORD_CRITERIA, FieldClass, visible
from domain.traceability import DecisionTraced
from ledger.facts import Recorded
from ledger.histories import AnyEvent, CaseHistory, Facts, folded
from ledger.personal_fields import Planner, StructPlan
from projections.cases import CaseRow
from projections.decisions import DecisionRow

INTERNAL_EVENTS: Final = frozenset(
    {
        "NoteAdded",
        "CaseClaimed",
        "CaseReleased",
        "CaseAssigned",
        "OpinionRequested",
        "OpinionGiven",
        "CriterionAssessed",
        "FindingOverridden",
        "DecisionProposed",
        "ProposalReturned",
        "GroundSubstituted",
        "LegalBasisSubstituted",
        "OfiiNotified",
        "TaxAuthorityNotified",
        "NotificationAcknowledged",
        "NotificationFailed",
        "CaseAccessGiven",
        "CaseAccessEnded",
        "LegalHoldPlaced",
        "LegalHoldLifted",
        "BundlePrepared",
        "BundleArranged",
        "BundleOrdered",
        "BundleBuilt",
        "BundleBuildEnded",
    }
)
"""Facts of the services among themselves: those who filed the request do not read them here."""

STATUS_SEEN: Final[dict[Status, Status]] = {
    Status.TO_CLAIM: Status.UNDER_EXAMINATION,
    Status.TO_SIGN: Status.UNDER_EXAMINATION,
}
"""Who holds a case, and whether a decision is ready, is the services' own: for filers it is being examined."""

EVERY_CLASS: Final = frozenset(FieldClass)
T = TypeVar("T")


def classes_of(actor: Actor, case: Case) -> frozenset[FieldClass]:
    """The classes of fields that somebody may read of a case."""
    return visible(actor.role, has_filed=case.filed_by == actor.identity)


def seen_by(actor: Actor, history: CaseHistory) -> CaseHistory:
    """The history as somebody may know it, folded again from the facts that they may see, as they may read them.

    Hidden from filers are what the services do among themselves, every signed decision until it is made available to
    them, whatever the act that signed it recorded with it (the answer to an appeal), and what names it afterwards.
    Hidden or masked for all are the fields of a class that their quality does not read. The version stays that of the
    case, because commands are given on it.
    """
    case = history.case
    classes = classes_of(actor, case)
    if actor.role not in FILERS and classes == EVERY_CLASS:
        return history
    facts = _made_known(actor, history) if actor.role in FILERS else history.facts
    facts = _legible(facts, classes)
    # The filing is never hidden.
    known = folded([fact.event for fact in facts], case.id)
    status = STATUS_SEEN.get(known.status, known.status) if actor.role in FILERS else known.status
    return CaseHistory.of(msgspec.structs.replace(known, version=case.version, status=status), facts)


# What the administration has made known


def _made_known(actor: Actor, history: CaseHistory) -> Facts:
    withheld = _decisions_withheld(actor, history)
    acts = {fact.command for fact in history.facts if _signed(fact.event) in withheld}
    known = tuple(
        fact
        for fact in history.facts
        if (fact.type not in INTERNAL_EVENTS or _is_own_access(fact.event, actor))
        and fact.command not in acts
        and _named(fact.event) not in withheld
    )
    # A letter is known to whom it is written, once what it tells is.
    versions, own = {fact.version for fact in known}, _own_addressee(actor, history.case)
    return tuple(
        fact
        for fact in known
        if not isinstance(fact.event, LetterIssued)
        or (fact.event.on_version in versions and fact.event.addressee in {None, own})
    )


def own_letters(actor: Actor, history: CaseHistory, due: Iterable[Due]) -> tuple[Due, ...]:
    """Of the letters that are still to be written, those that somebody may know of: all, but for those who file."""
    if actor.role not in FILERS:
        return tuple(due)
    versions = {fact.version for fact in seen_by(actor, history).facts}
    own = _own_addressee(actor, history.case)
    return tuple(each for each in due if each.on_version in versions and each.addressee in {None, own})


def letter_is_withheld(actor: Actor, case: Case, letter: Letter) -> bool:
    """Whether a letter tells grounds of the employer's record to who may not read them before they are notified."""
    if FieldClass.RECORD in classes_of(actor, case):
        return False
    told = next((each for each in case.decisions if letter.about in {each.id, each.rejects_appeal}), None)
    tells = told is not None and told.signed is not None and any(map(_of_record, told.signed.reasons))
    return tells and told is not None and not told.notified


def _is_own_access(event: AnyEvent, actor: Actor) -> bool:
    return isinstance(event, CaseAccessGiven | CaseAccessEnded) and event.identity == actor.identity


def _decisions_withheld(actor: Actor, history: CaseHistory) -> frozenset[str]:
    own = _own_addressee(actor, history.case)
    signed = {_signed(fact.event) for fact in history.facts}
    told = {_told(fact.event, own) for fact in history.facts}
    return frozenset(decision for decision in signed - told if decision is not None)


def _own_addressee(actor: Actor, case: Case) -> Addressee:
    """The addressee that a filer is: the same that their commands act for."""
    own = acts_for(case, actor)
    if own is not None:
        return own
    return Addressee.WORKER if actor.role is Role.WORKER else case.addressees[0]


def _signed(event: AnyEvent) -> str | None:
    """The decision that a fact signs."""
    signed = getattr(event, "decision", None)
    return signed.decision if isinstance(signed, SignedDecision) else None


def _named(event: AnyEvent) -> str | None:
    """The decision that a fact is about."""
    named = getattr(event, "decision", None)
    return named if isinstance(named, str) else None


def _told(event: AnyEvent, addressee: Addressee) -> str | None:
    """The decision that a fact makes known: made available to them, or at issue between them and the services."""
    match event:
        case DecisionMadeAvailable(decision=decision, addressee=to) if to is addressee:
            return decision
        case PriorHearingOpened(decision=decision) | SuspensionOrdered(decision=decision):
            return decision
        case AppealLodged(against=decision) | LitigationOpened(against=decision):
            return decision
        case _:
            return None


# What somebody's quality may read


def _legible(facts: Facts, classes: frozenset[FieldClass]) -> Facts:
    """The facts with what is of another class left out or masked."""
    hidden: list[Callable[[Recorded[AnyEvent]], Recorded[AnyEvent] | None]] = []
    if FieldClass.NOTE not in classes:
        hidden.append(_without_note)
    if FieldClass.RECORD not in classes:
        notified = frozenset(decision for fact in facts if (decision := _notified(fact.event)) is not None)
        asked = frozenset(asks for fact in facts if (asks := _asked_of_record(fact.event)) is not None)
        facts = tuple(f for f in facts if not (isinstance(f.event, OpinionGiven) and f.event.opinion in asked))
        returned = _returned_for_record(facts)
        hidden.append(lambda fact: _without_record(fact, notified, returned))
    if FieldClass.PERSONAL not in classes:
        hidden.append(_without_personal)
    legible: list[Recorded[AnyEvent]] = []
    for fact in facts:
        shown: Recorded[AnyEvent] | None = fact
        for hide in hidden:
            shown = hide(shown) if shown is not None else None
        if shown is not None:
            legible.append(shown)
    return tuple(legible)


def _without_note(fact: Recorded[AnyEvent]) -> Recorded[AnyEvent] | None:
    return None if isinstance(fact.event, NoteAdded) else fact


def _notified(event: AnyEvent) -> str | None:
    """The decision that a fact made available to somebody: its grounds are known outside from then on."""
    return event.decision if isinstance(event, DecisionMadeAvailable) else None


def _asked_of_record(event: AnyEvent) -> str | None:
    """The opinion on the employer's record that a fact asks for, of whoever keeps records whatever it is asked for."""
    match event:
        case OpinionRequested(opinion=opinion, criterion=criterion, body=body):
            return opinion if criterion in RECORD_CRITERIA or body == Body.CRIMINAL_RECORD else None
        case _:
            return None


def _returned_for_record(facts: Facts) -> frozenset[int]:
    """Versions of the returns of a proposal that rests on the employer's record: why is told of it."""
    returned: set[int] = set()
    tells = False
    for fact in facts:
        match fact.event:
            case DecisionProposed(reasons=reasons):
                tells = any(map(_of_record, reasons))
            case ProposalReturned() if tells:
                returned.add(fact.version)
    return frozenset(returned)


def _without_record(
    fact: Recorded[AnyEvent], notified: frozenset[str], returned: frozenset[int]
) -> Recorded[AnyEvent] | None:
    """The fact without what it tells of the employer's record; a decision that was notified keeps its grounds."""
    event = fact.event
    match event:
        case CriterionAssessed(assessment=assessment) if assessment.rule.criterion in RECORD_CRITERIA:
            return None
        case FindingOverridden(criterion=criterion) if criterion in RECORD_CRITERIA:
            return None
        case OpinionRequested() if _asked_of_record(event) is not None:
            return None
        case ProposalReturned() if fact.version in returned:
            return _with(fact, msgspec.structs.replace(event, reason=WITHHELD))
        case DecisionProposed(reasons=reasons) if any(map(_of_record, reasons)):
            return _with(fact, msgspec.structs.replace(event, reasons=_others(reasons), explanation=WITHHELD))
    signed = getattr(event, "decision", None)
    if isinstance(signed, SignedDecision):
        return _with(fact, msgspec.structs.replace(event, decision=_signed_without_record(signed, notified)))
    return fact


def _signed_without_record(signed: SignedDecision, notified: frozenset[str]) -> SignedDecision:
    assessments = tuple(each for each in signed.assessments if not _of_record(each))
    known = msgspec.structs.replace(signed, assessments=assessments)
    if signed.decision in notified or not any(map(_of_record, signed.reasons)):
        return known
    return msgspec.structs.replace(known, reasons=_others(signed.reasons), explanation=WITHHELD)


def _of_record(part: Assessment | ReasonGiven) -> bool:
    return part.rule.criterion in RECORD_CRITERIA


def _others(reasons: tuple[ReasonGiven, ...]) -> tuple[ReasonGiven, ...]:
    return tuple(each for each in reasons if not _of_record(each))


def _without_personal(fact: Recorded[AnyEvent]) -> Recorded[AnyEvent]:
    """The fact with every field that is marked personal masked, and the name of whoever filed or answered."""
    shown = _with(fact, masked(fact.event))
    if fact.actor.role in FILERS:
        shown = msgspec.structs.replace(shown, actor=msgspec.structs.replace(fact.actor, name=WITHHELD))
    return shown


def masked(value: T) -> T:
    """A value with the fields that are marked personal, wherever they stand in it, reading as withheld."""
    kind: Any = type(value)
    plan = _plan_of(kind)
    if plan is None:
        return value

    def blank(part: dict[str, Any], struct: StructPlan, _path: str) -> None:
        for name, text in struct.blanks.items():
            if part.get(name) is not None:
                part[name] = WITHHELD if text == ERASED else text

    tree = msgspec.json.decode(msgspec.json.encode(value))
    plan.walk(tree, "$", blank, outer_first=True)
    return cast(T, msgspec.convert(tree, kind))


@lru_cache(1_024)
def _plan_of(kind: Any) -> StructPlan | None:
    return Planner().plan(kind)


def _with(fact: Recorded[AnyEvent], event: Any) -> Recorded[AnyEvent]:
    return fact if event is fact.event else msgspec.structs.replace(fact, event=cast(AnyEvent, event))


def traced_for(actor: Actor, case: Case, traced: DecisionTraced) -> DecisionTraced:
    """How a decision was taken, less what it tells of the employer's record to who may not read it."""
    if FieldClass.RECORD in classes_of(actor, case):
        return traced
    notified = any(told.available_on is not None for told in traced.notifications)
    decision = next((each for each in case.decisions if each.id == traced.decision), None)
    signed = decision.signed if decision else None
    tells = signed is not None and not notified and any(map(_of_record, signed.reasons))
    return msgspec.structs.replace(
        traced,
        conditions=tuple(each for each in traced.conditions if each.rule.criterion not in RECORD_CRITERIA),
        exhibits=tuple(each for each in traced.exhibits if not RECORD_CRITERIA.issuperset(each.conditions)),
        gaps=tuple(gap for gap in traced.gaps if not any(f"« {title} »" in gap.sentence for title in _RECORD_TITLES)),
        explanation=WITHHELD if tells else traced.explanation,
    )


_RECORD_TITLES: Final = tuple(CRITERION_TITLES[criterion] for criterion in sorted(RECORD_CRITERIA))
"""As gaps name these conditions."""


def conditions_withheld(actor: Actor, case: Case) -> frozenset[Criterion]:
    """The conditions that somebody may not read of a case, neither as computed nor as assessed."""
    return frozenset() if FieldClass.RECORD in classes_of(actor, case) else RECORD_CRITERIA


def grounds_withheld(actor: Actor, row: DecisionRow) -> DecisionRow:
    """A line of the register without the grounds of the employer's record, until the decision is notified."""
    notified = any((row.employer_notified_on, row.worker_notified_on, row.prefecture_notified_on))
    of_record = {each.value for each in RECORD_CRITERIA}
    if FieldClass.RECORD in visible(actor.role) or notified or of_record.isdisjoint(row.grounds):
        return row
    return msgspec.structs.replace(
        row, grounds=tuple(each for each in row.grounds if each not in of_record), articles=()
    )


def names_withheld(actor: Actor, row: CaseRow) -> CaseRow:
    """A line of a list without the names of persons, for who may not read them."""
    if FieldClass.PERSONAL in visible(actor.role):
        return row
    employer = WITHHELD if row.employer_is_person else row.employer_name
    return msgspec.structs.replace(row, worker_name=WITHHELD, employer_name=employer)
