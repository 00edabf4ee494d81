"""Histories of cases for the tests of read models: short, varied, written straight to a ledger."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from domain.acts import (
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    Permit,
    RequestedItem,
    Signatory,
    SignedDecision,
    Stage,
    StageKind,
)
from domain.administration import ADMINISTRATION_STREAM
from domain.demonstration import IDENTITIES, SYSTEM, administration_facts
from domain.envelope import Actor, Role
from domain.events import (
    EVENT_TYPES,
    AppealDecided,
    AppealLodged,
    CaseClaimed,
    CaseEvent,
    DecisionDeemedNotified,
    DecisionMadeAvailable,
    DecisionProposed,
    ImplicitDecisionArisen,
    LitigationOpened,
    MissingItemsRequested,
    MissingItemsSupplied,
    NotificationAcknowledged,
    OfiiNotified,
    PersonErased,
    RequestAbandoned,
    RequestFiled,
    RequestGranted,
    RequestRefused,
    RequestRouted,
    RoutingLeftToHand,
)
from domain.findings import Criterion, ReasonGiven, RuleId
from domain.procedures import Procedure
from domain.reference.load import load_reference
from domain.request import Request
from ledger.facts import FIRST_HASH, Draft, Recorded
from ledger.histories import AnyEvent
from ledger.store import Ledger
from tests.unit.given import a_company, a_request, a_worker

MASTER_KEY: Final = bytes(range(32))
CHECK_KEY: Final = b"k" * 32
AGENT: Final = IDENTITIES["agent-63"].actor
EMPLOYER: Final = IDENTITIES["employer-acme"].actor
SIGNATORY: Final = IDENTITIES["signatory-63"].actor

PLACES: Final = (
    ("69", "préfet du Rhône", "63", "préfet du Puy-de-Dôme", "Clermont-Ferrand"),
    ("63", "préfet du Puy-de-Dôme", "63", "préfet du Puy-de-Dôme", "Clermont-Ferrand"),
    ("84", "préfet de Vaucluse", "84", "préfet de Vaucluse", "Avignon"),
)
PROCEDURES: Final = (
    Procedure.INTRODUCTION_PERMANENT,
    Procedure.INTRODUCTION_FIXED_TERM,
    Procedure.CHANGE_OF_STATUS,
    Procedure.SEASONAL,
)

Step = tuple[Actor, CaseEvent, date]


def open_ledger(url: str, **options: Any) -> Ledger[AnyEvent]:
    """The ledger of all events, as the application opens it."""
    return Ledger(url, event_types=EVENT_TYPES, master_key=MASTER_KEY, code_version="test", **options)


def at(day: date, second: int = 0) -> datetime:
    """An hour of a day on which nothing depends."""
    return datetime.combine(day, time(9), UTC) + timedelta(seconds=second)


def write(ledger: Ledger[AnyEvent], stream: UUID, steps: Iterable[Step]) -> int:
    """Add facts to a case, wherever it stands; the position of the last."""
    position = 0
    for actor, event, day in steps:
        version, head = ledger.head(stream)
        facts = ledger.append(
            stream,
            [event],
            expected_version=version,
            previous_hash=head,
            actor=actor,
            command=UUID(int=stream.int ^ (version + 1)),
            recorded_at=at(day, version),
        )
        position = facts[-1].position or 0
    return position


def erase(ledger: Ledger[AnyEvent], stream: UUID, person: UUID, on: date) -> None:
    """Record in a case that one of its persons is erased, and destroy their key."""
    erased = PersonErased(person=person, reason="Demande.", erased_on=on)
    write(ledger, stream, [(AGENT, erased, on)])
    ledger.keys.destroy(person, stream, ledger.head(stream)[0])


def record_administration(ledger: Ledger[AnyEvent]) -> tuple[Recorded[AnyEvent], ...]:
    """The demonstration's tables, agents, rights and delegations, in a ledger that has none."""
    return ledger.append(
        ADMINISTRATION_STREAM,
        administration_facts(load_reference()),
        expected_version=0,
        previous_hash=FIRST_HASH,
        actor=SYSTEM,
        command=uuid4(),
    )


def drafts(stream: UUID, steps: Iterable[Step]) -> list[Draft[AnyEvent]]:
    """The same, for writing in bulk."""
    return [
        Draft(
            stream=stream,
            event=event,
            actor=actor,
            recorded_at=at(day, number),
            command=UUID(int=stream.int ^ number),
            correlation=stream,
        )
        for number, (actor, event, day) in enumerate(steps, 1)
    ]


def persons_of(stream: UUID) -> tuple[UUID, UUID]:
    """Worker and employer of a case."""
    return UUID(int=stream.int ^ (1 << 100)), UUID(int=stream.int ^ (2 << 100))


def a_filing(
    stream: UUID,
    number: str,
    filed_on: date,
    procedure: Procedure = PROCEDURES[0],
    filer: Actor = EMPLOYER,
    **request: Any,
) -> Step:
    """The filing of a request, with the persons that smoe gives it."""
    asked: Request = a_request(procedure, **{"worker": a_worker(person=persons_of(stream)[0]), **request})
    event = RequestFiled(
        number=number, request=asked, filed_by=filer.identity, filed_as=Role.EMPLOYER, filed_on=filed_on
    )
    return filer, event, filed_on


def a_routing(on: date, place: tuple[str, str, str, str, str] = PLACES[0]) -> Step:
    """The routing of a request."""
    department, prefect, deciding, deciding_prefect, platform = place
    event = RequestRouted(
        rule="CT R5221-15",
        table_version="2026-1",
        facts={},
        competent_department=department,
        competent_prefect=prefect,
        deciding_department=deciding,
        deciding_prefect=deciding_prefect,
        platform=platform,
        first_received_on=on,
        received_on=on,
    )
    return SYSTEM, event, on


def a_signed(kind: DecisionKind, on: date, decision: str = "D1", stage: Stage | None = None) -> SignedDecision:
    """A decision signed at Clermont-Ferrand."""
    ground = ReasonGiven(
        rule=RuleId(criterion=Criterion.PAY, article="CT R5221-20 4°", since=date(2024, 9, 1)), fact="1 500 euros"
    )
    return SignedDecision(
        decision=decision,
        kind=kind,
        stage=stage or Stage(),
        signed_on=on,
        signatory=Signatory(
            identity=SIGNATORY.identity,
            name=SIGNATORY.name,
            quality=SIGNATORY.quality,
            service=SIGNATORY.service,
            delegation="2026-17",
            delegation_published_on=date(2026, 1, 5),
            delegation_publication="RAA n° 3",
        ),
        competent_prefect="préfet du Rhône",
        deciding_prefect="préfet du Puy-de-Dôme",
        assessments=(),
        reasons=() if kind.is_favourable else (ground,),
    )


def a_permit(number: str, start: date) -> Permit:
    """A permit of a year."""
    return Permit(
        number=number,
        valid_from=start,
        valid_until=start + timedelta(days=364),
        employer_siret="90200029800015",
        rome="G1602",
        job_title="Cuisinier",
    )


def a_grant(on: date, number: str, decision: str = "D1", stage: Stage | None = None) -> Step:
    """A grant, with its permit."""
    signed = a_signed(DecisionKind.GRANT, on, decision, stage)
    return SIGNATORY, RequestGranted(decision=signed, permit=a_permit(number, on)), on


def a_refusal(on: date) -> Step:
    """A refusal."""
    return SIGNATORY, RequestRefused(decision=a_signed(DecisionKind.REFUSAL, on)), on


def a_case(stream: UUID, number: int, chance: random.Random) -> list[Step]:
    """A case that goes as far as chance leads it, on days that follow each other."""
    day = date(2025, 1, 1) + timedelta(days=chance.randrange(400))
    place = chance.choice(PLACES)
    filer = chance.choice((EMPLOYER, IDENTITIES["mandatary-durand"].actor))
    company = a_company(name=chance.choice(("Acme Robotique", "Boulangerie Éclair", "Vergers du Luberon")))
    steps = [a_filing(stream, f"AT-{number:06}", day, chance.choice(PROCEDURES), filer, employer=company)]
    if chance.random() < 0.05:
        left = RoutingLeftToHand(
            rule="CT R5221-15",
            table_version="1",
            facts={},
            competent_department=None,
            why="inconnu",
            first_received_on=day,
        )
        return [*steps, (SYSTEM, left, day)]
    steps.append(a_routing(day, place))
    if chance.random() < 0.1:
        return steps
    steps.append((AGENT, CaseClaimed(agent=AGENT.identity, agent_name=AGENT.name), day))
    if chance.random() < 0.3:
        item = RequestedItem(item="contract", label="le contrat", required_by="arrêté du 1er avril 2021")
        due = day + timedelta(days=20)
        asked = MissingItemsRequested(request="M1", items=(item,), requested_on=day, due_on=due, suspends=True)
        steps.append((AGENT, asked, day))
        if chance.random() < 0.3:
            return steps
        day += timedelta(days=10)
        supplied = MissingItemsSupplied(request="M1", documents=(), complete=True, supplied_on=day)
        steps.append((filer, supplied, day))
    day += timedelta(days=chance.randrange(5, 70))
    return steps + _ending(f"AT-P-{number:06}", day, filer, chance)


def _ending(permit: str, day: date, filer: Actor, chance: random.Random) -> list[Step]:
    how = chance.random()
    if how < 0.1:
        return [(filer, RequestAbandoned(reason="Le poste est pourvu", abandoned_on=day), day)]
    if how < 0.2:
        silence = ImplicitDecisionArisen(
            decision="D1",
            kind=DecisionKind.IMPLICIT_REFUSAL,
            rule="AT_ORDINARY",
            articles="CRPA L231-5",
            explanation="Deux mois de silence.",
            arisen_on=day,
        )
        return [(SYSTEM, silence, day + timedelta(days=1))]
    kind = DecisionKind.GRANT if how < 0.6 else DecisionKind.REFUSAL
    proposed = DecisionProposed(kind=kind, stage=Stage(), proposed_by=AGENT.identity, proposed_on=day)
    steps: list[Step] = [(AGENT, proposed, day)]
    if chance.random() < 0.2:
        return steps
    steps.append(a_grant(day, permit) if kind is DecisionKind.GRANT else a_refusal(day))
    for addressee in Addressee:
        available = DecisionMadeAvailable(decision="D1", addressee=addressee, available_on=day, channel="teleservice")
        steps.append((SYSTEM, available, day))
    later = day + timedelta(days=16)
    notified = DecisionDeemedNotified(decision="D1", addressee=Addressee.EMPLOYER, notified_on=day)
    steps.append((SYSTEM, notified, later))
    if kind is DecisionKind.GRANT:
        return steps + _told_to_ofii(later)
    return steps + _contested(later, permit, chance)


def _told_to_ofii(day: date) -> list[Step]:
    sent = OfiiNotified(
        message="N1",
        decision="D1",
        ground="contrat de plus de trois mois",
        sent_on=day,
        siret="90200029800015",
        rome="G1602",
        contract="permanent",
        start=day,
        end=None,
        duration_months=None,
        pay_monthly_gross="2400.00",
        seasonal=False,
    )
    answered = NotificationAcknowledged(message="N1", recipient="OFII", reference="R-1", acknowledged_on=day)
    return [(SYSTEM, sent, day), (SYSTEM, answered, day)]


def _contested(day: date, permit: str, chance: random.Random) -> list[Step]:
    how = chance.random()
    if how < 0.4:
        return []
    if how < 0.6:
        opened = LitigationOpened(
            litigation="L1",
            action=CourtAction.ANNULMENT,
            court="tribunal administratif de Lyon",
            court_number="2601234",
            against="D1",
            lodged_by=Addressee.EMPLOYER,
            lodged_on=day,
            competent_court=None,
            represented_by="le préfet du Rhône",
        )
        return [(IDENTITIES["legal-69"].actor, opened, day)]
    lodged = AppealLodged(
        appeal="A1",
        kind=AppealKind.GRACIOUS,
        against="D1",
        lodged_by=Addressee.EMPLOYER,
        received_on=day,
        in_time=True,
        person=EMPLOYER.person,
        arguments="Le salaire est celui de la convention.",
        implicit_rejection_on=day + timedelta(days=61),
    )
    steps: list[Step] = [(EMPLOYER, lodged, day)]
    if how < 0.8:
        return steps
    later = day + timedelta(days=30)
    upheld = AppealDecided(appeal="A1", outcome=AppealOutcome.UPHELD, decided_on=later)
    return [
        *steps,
        a_grant(later, permit, "D2", Stage(kind=StageKind.APPEAL, ref="A1")),
        (SIGNATORY, upheld, later),
    ]


def many_cases(count: int, seed: int) -> dict[UUID, list[Step]]:
    """Cases by stream, the same for the same seed."""
    chance = random.Random(seed)
    cases: dict[UUID, list[Step]] = {}
    for number in range(1, count + 1):
        stream = UUID(int=chance.getrandbits(128), version=4)
        cases[stream] = a_case(stream, number, chance)
    return cases
