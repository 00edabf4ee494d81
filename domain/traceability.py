"""How a decision was taken, as an auditor reads it: by whom, on which delegation, texts and exhibits, told to whom."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

import msgspec

from domain.acts import Addressee, DecisionKind, StageKind
from domain.events import DecisionDeemedNotified, DecisionFirstRead, DecisionMadeAvailable
from domain.findings import CRITERION_TITLES, Assessment, Criterion, Exhibit, Met, RuleId
from domain.gaps import Gap, delegation_used, exhibits_used, flaw_of_exhibit, gaps_of, tables_in_force, told_to
from domain.law import all_rules
from domain.law_in_french import LAW_IN_FRENCH
from domain.taken import Fact, Taken


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with the quality in which they acted."""

    identity: str
    name: str
    quality: str
    service: str


class DelegationTraced(msgspec.Struct, frozen=True, kw_only=True):
    """The delegation that a decision cites, as it is recorded."""

    number: str
    publication: str
    """As the decision cites it."""
    published_on: date
    """As the decision cites it."""
    recorded: bool
    """Whether it is recorded in the signatory's name."""
    starts_on: date | None
    ends_on: date | None
    departments: tuple[str, ...]
    acts: tuple[str, ...]
    covers: bool
    """Whether it was in force and published that day, for this act and this place."""


class ConditionTraced(msgspec.Struct, frozen=True, kw_only=True):
    """A condition as the decision holds it assessed."""

    rule: RuleId
    title: str
    text: str | None
    """The text in that version, restated; null when this program does not hold it."""
    computed: Met
    met: Met
    because: str
    overridden: bool
    assessed_by: str | None
    assessed_version: int | None
    """Of the fact that assessed it, in the history of the case."""


class ExhibitTraced(msgspec.Struct, frozen=True, kw_only=True):
    """A document that carries the decision, in the version and with the hash that it names."""

    document: str
    version: int
    sha256: str
    title: str | None
    """Null when the case did not hold it."""
    conditions: tuple[Criterion, ...]
    held: bool
    """Whether the case held this very document when the decision was taken, and had not set it aside."""


class TableTraced(msgspec.Struct, frozen=True, kw_only=True):
    """A reference table that the decision used."""

    table: str
    version: str | None
    in_force: str | None
    """Null when only the version of smoe that recorded the decision could tell."""


class NotificationTraced(msgspec.Struct, frozen=True, kw_only=True):
    """How an addressee came to know the decision."""

    addressee: Addressee
    available_on: date | None
    channel: str | None
    notified_on: date | None
    how: Literal["read", "received", "deemed"] | None
    """Read in the teleservice, received by registered letter, or deemed notified after fifteen days."""
    versions: tuple[int, ...]
    """Of the facts that tell it."""


class DecisionTraced(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, how it was taken, and what cannot be traced of it."""

    decision: str
    kind: DecisionKind
    implicit: bool
    on: date
    stage: StageKind
    version: int
    """Of the fact that took it."""
    recorded_at: datetime
    recorded_by: Who
    signatory: Who | None
    """Null for what silence made."""
    delegation: DelegationTraced | None
    explanation: str
    conditions: tuple[ConditionTraced, ...]
    exhibits: tuple[ExhibitTraced, ...]
    tables: tuple[TableTraced, ...]
    notifications: tuple[NotificationTraced, ...]
    gaps: tuple[Gap, ...]


def traced(taken: Taken) -> DecisionTraced:
    """A decision with everything that carries it, and one line for each gap."""
    then, signed, fact = taken.then, taken.signed, taken.fact
    by = signed.signatory if signed else None
    return DecisionTraced(
        decision=then.id,
        kind=then.kind,
        implicit=then.is_implicit,
        on=then.on,
        stage=then.stage.kind,
        version=fact.version,
        recorded_at=fact.recorded_at,
        recorded_by=Who(
            identity=fact.actor.identity,
            name=fact.actor.name,
            quality=fact.actor.quality,
            service=fact.actor.service,
        ),
        signatory=Who(identity=by.identity, name=by.name, quality=by.quality, service=by.service) if by else None,
        delegation=_delegation(taken) if signed else None,
        explanation=signed.explanation if signed else then.explanation,
        conditions=tuple(_condition(taken, each) for each in signed.assessments) if signed else (),
        exhibits=tuple(_exhibits(taken)) if signed else (),
        tables=tuple(_tables(taken)) if signed else (),
        notifications=tuple(_notification(taken, each) for each in taken.after.addressees)
        if then.kind is not DecisionKind.IMPLICIT_REFUSAL
        else (),
        gaps=gaps_of(taken),
    )


def _delegation(taken: Taken) -> DelegationTraced:
    assert taken.signed is not None, "silence signs nothing"
    said = taken.signed.signatory
    held, lacks = delegation_used(taken)
    return DelegationTraced(
        number=said.delegation,
        publication=said.delegation_publication,
        published_on=said.delegation_published_on,
        recorded=held is not None,
        starts_on=held.starts_on if held else None,
        ends_on=held.ends_on if held else None,
        departments=held.departments if held else (),
        acts=tuple(act.value for act in held.acts) if held else (),
        covers=held is not None and taken.before.routing is not None and not lacks,
    )


def _condition(taken: Taken, stated: Assessment) -> ConditionTraced:
    text = next((LAW_IN_FRENCH[rule.provision.name] for rule in all_rules() if rule.id == stated.rule), None)
    at = taken.assessed_by.get(stated.rule.criterion)
    return ConditionTraced(
        rule=stated.rule,
        title=CRITERION_TITLES[stated.rule.criterion],
        text=text,
        computed=stated.computed.met,
        met=stated.met,
        because=stated.because,
        overridden=stated.overridden,
        assessed_by=at.actor.identity if at else None,
        assessed_version=at.version if at else None,
    )


def _exhibits(taken: Taken) -> Iterator[ExhibitTraced]:
    for exhibit, criteria in exhibits_used(taken).items():
        yield ExhibitTraced(
            document=exhibit.document,
            version=exhibit.version,
            sha256=exhibit.sha256,
            title=_title(taken, exhibit),
            conditions=tuple(criteria),
            held=flaw_of_exhibit(taken, exhibit) is None,
        )


def _title(taken: Taken, exhibit: Exhibit) -> str | None:
    document = taken.before.documents.get(exhibit.document)
    versions = document.versions if document else ()
    return next((each.title for each in versions if each.version == exhibit.version), None)


def _tables(taken: Taken) -> Iterator[TableTraced]:
    assert taken.signed is not None, "silence signs nothing"
    used, in_force = taken.signed.reference_versions, tables_in_force(taken)
    for table in sorted({*used, *in_force}):
        yield TableTraced(table=table, version=used.get(table), in_force=in_force.get(table))


def _notification(taken: Taken, addressee: Addressee) -> NotificationTraced:
    known, told = taken.decision.notified.get(addressee), told_to(taken, addressee)
    available = any(isinstance(fact.event, DecisionMadeAvailable) for fact in told)
    return NotificationTraced(
        addressee=addressee,
        available_on=known.available_on if known and available else None,
        channel=known.channel if known and available else None,
        notified_on=known.notified_on if known else None,
        how=_how(told),
        versions=tuple(fact.version for fact in told),
    )


def _how(told: tuple[Fact, ...]) -> Literal["read", "received", "deemed"] | None:
    if any(isinstance(fact.event, DecisionDeemedNotified) for fact in told):
        return "deemed"
    read = next((fact.event for fact in told if isinstance(fact.event, DecisionFirstRead)), None)
    if read is None:
        return None
    return "received" if read.received_on else "read"
