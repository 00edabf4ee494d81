"""The machinery of a life: the virtual clock, the agenda, and acts given through the domain's own commands."""

import heapq
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import msgspec

from cli.simulation import mix
from cli.simulation.clock import DAY, by_day, by_night, in_office, working_days_later
from cli.simulation.companies import Employer, invented_employers
from cli.simulation.staff import Staff, staff
from domain.administration import Administration
from domain.case import PARIS, Case, Status
from domain.clocks import silence_due
from domain.command import case_commands
from domain.commands.file_request import FileRequest, file_request
from domain.context import Context
from domain.demonstration import IDENTITIES, SYSTEM
from domain.envelope import Actor, Role
from domain.events import CaseEvent
from domain.fold import evolve
from domain.procedures import Procedure
from domain.reference import Reference
from domain.refusals import Refused
from ledger.facts import Draft

ACME: Final = IDENTITIES["employer-acme"].actor
ACME_SIRET: Final = "90200029800015"
"""That of the examples in the description of the API."""


class StoryRefused(Exception):
    """The law refused a step of the story: the story is wrong, and this says which and when."""

    def __init__(self, seed: str, command: str, moment: datetime, procedure: Procedure, refused: Refused) -> None:
        day = moment.astimezone(PARIS).date()
        super().__init__(f"case {seed}, {procedure}, {day}: {command} refused, {refused}")
        self.refused = refused


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What all lives share."""

    seed: str
    until: date
    """Horizon: the first day that is not lived."""
    reference: Reference
    administration: Administration
    staff: Staff
    employers: dict[tuple[str, str], tuple[Employer, ...]]
    acme: Employer
    filing_days: dict[Procedure, mix.Choice[date]]

    @property
    def horizon(self) -> datetime:
        """The instant at which every life is cut."""
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=PARIS)


def world_of(seed: int, until: date, reference: Reference, administration: Administration) -> World:
    """Everything that depends on seed and horizon but on no single case."""
    employers = invented_employers(f"{seed}")
    model = employers["software", "69"][0]
    company = msgspec.structs.replace(model.company, siret=ACME_SIRET, name=ACME.service, email="rh@acme.example")
    return World(
        seed=f"{seed}",
        until=until,
        reference=reference,
        administration=administration,
        staff=staff(reference),
        employers=employers,
        acme=msgspec.structs.replace(model, actor=ACME, company=company),
        filing_days=mix.filing_days(until),
    )


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What is settled about a case before it is lived: enough to put all cases in the order of their filing."""

    index: int
    procedure: Procedure
    filed_at: datetime
    to_be_refused: bool
    remedy: float
    """Place between 0 and 1 of a case that is to be refused, among all of them: whether it is appealed or pleaded."""


def openings_of(world: World, count: int) -> list[Opening]:
    """The first so many cases, whatever their number: the mix is shared out evenly among them."""
    random = Random(f"{world.seed}/openings")
    start, remedy = random.random(), random.random()
    starts = {procedure: (random.random(), random.random()) for procedure in Procedure}
    ranks: Counter[Procedure] = Counter()
    openings, refused = [], 0
    for index in range(count):
        procedure = mix.PROCEDURE.at(mix.even(start, index, mix.STEP_ALONE))
        rank, (start_day, start_refusal) = ranks[procedure], starts[procedure]
        ranks[procedure] += 1
        day = world.filing_days[procedure].at(mix.even(start_day, rank, mix.STEPS_TOGETHER[0]))
        to_be_refused = mix.even(start_refusal, rank, mix.STEPS_TOGETHER[1]) < mix.REFUSALS[procedure]
        refused += to_be_refused
        openings.append(
            Opening(
                index=index,
                procedure=procedure,
                filed_at=by_day(day, Random(f"{world.seed}/{index}/opening")),
                to_be_refused=to_be_refused,
                remedy=mix.even(remedy, refused, mix.STEP_ALONE),
            )
        )
    return openings


class Life(ABC):
    """One case while it is lived."""

    def __init__(self, world: World, opening: Opening) -> None:
        self.world = world
        self.opening = opening
        self.index = opening.index
        self.procedure = opening.procedure
        self.calendar = world.reference.calendar
        self.random = Random(f"{world.seed}/{opening.index}")
        self.now = opening.filed_at
        self.stream = _identifier(opening.filed_at, self.random)
        self.drafts: list[Draft[CaseEvent]] = []
        self.agenda: list[tuple[datetime, int, Callable[[], None], str | None]] = []
        self.planned = 0
        self.cause: str | None = None
        self.command = self.stream
        self.known: Case | None = None

    # The clock and the agenda

    @property
    def case(self) -> Case:
        """The case as it stands."""
        assert self.known is not None, "a life begins with its filing"
        return self.known

    @property
    def today(self) -> date:
        """The day in Paris."""
        return self.now.date()

    def chance(self, share: float) -> bool:
        """True so often."""
        return self.random.random() < share

    def at(self, moment: datetime, step: Callable[[], None]) -> None:
        """Put a step in the agenda, never before now; what is caused by the newest fact says so."""
        self.planned += 1
        cause = f"{self.stream}/{self.case.version}" if self.known else None
        # Through UTC: an hour that the change to summer time skips does not exist, and would come out of order.
        existing = moment.astimezone(UTC).astimezone(PARIS)
        heapq.heappush(self.agenda, (max(existing, self.now), self.planned, step, cause))

    def in_days(self, days: int, step: Callable[[], None]) -> None:
        """At any hour, so many days from today."""
        self.at(by_day(self.today + days * DAY, self.random), step)

    def in_working_days(self, days: int, step: Callable[[], None]) -> None:
        """In office hours, so many working days from today."""
        self.at(in_office(working_days_later(self.today, days, self.calendar), self.random, self.calendar), step)

    def at_night(self, day: date, step: Callable[[], None]) -> None:
        """In the round of automatic acts of a day."""
        self.at(by_night(day, self.random), step)

    def in_minutes(self, shortest: int, longest: int, step: Callable[[], None]) -> None:
        """A moment later."""
        self.at(self.now + timedelta(microseconds=self.random.randint(shortest, longest) * 60_000_000 + 7), step)

    def delay(self, mean: float, longest: int) -> int:
        """Working days of waiting: mostly short, sometimes long."""
        return min(1 + int(self.random.expovariate(1 / mean)), longest)

    def live(self) -> list[Draft[CaseEvent]]:
        """Take one step after the other until the horizon; what silence does comes in its day."""
        self.at(self.now, self.file)
        last = self.world.horizon - timedelta(seconds=1)
        while True:
            due = min(self.agenda[0][0] if self.agenda else last, last)
            if self.keep_silence(due):
                continue
            if not self.agenda or self.agenda[0][0] > last:
                return self.drafts
            moment, _, step, self.cause = heapq.heappop(self.agenda)
            self.now = max(moment, self.now)
            step()

    def keep_silence(self, until: datetime) -> bool:
        """Record the silence that has become a decision before an instant, the night after its last day."""
        case = self.known
        if case is None or case.decisions or case.status is Status.ABANDONED or until.date() < case.filed_on + 15 * DAY:
            return False
        due = silence_due(case, until.date(), self.world.reference)
        if due is None or due.expires_on is None:
            return False
        moment = max(by_night(due.expires_on + DAY, self.random), self.now)
        if moment > until:
            return False
        self.now, self.cause = moment, None
        self.act("record-silence", SYSTEM)
        self.after_silence()
        return True

    @abstractmethod
    def file(self) -> None:
        """The first step; the story says what is filed."""

    @abstractmethod
    def after_silence(self) -> None:
        """What people do once silence has decided; the story says."""

    # Acting

    def act(self, name: str, actor: Actor, **body: Any) -> None:
        """Give a command, as its body reads over the wire, and let the case evolve."""
        command = case_commands()[name]
        if actor.role not in command.by:
            raise self.refused(name, Refused("role_not_entitled", f"La qualité {actor.role} ne le permet pas."))
        given = _body(command.body, body)
        try:
            events = command.decide(self.case, given, self.context(actor, self.identifier()))
        except Refused as refused:
            raise self.refused(name, refused) from refused
        self.record(events, actor)

    def open(self, actor: Actor, **body: Any) -> None:
        """File the request: the case takes the identifier of its stream, as through the API."""
        given = _body(FileRequest, body)
        try:
            events = file_request(given, self.context(actor, self.stream))
        except Refused as refused:
            raise self.refused("file", refused) from refused
        self.record(events, actor)

    def context(self, actor: Actor, command: UUID) -> Context:
        """The surroundings of a command now."""
        self.command = command
        return Context(
            now=self.now,
            actor=actor,
            reference=self.world.reference,
            administration=self.world.administration,
            id=command,
        )

    def identifier(self) -> UUID:
        """An identifier that the seed alone decides."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def record(self, events: tuple[CaseEvent, ...], actor: Actor) -> None:
        """Keep what was decided, one microsecond apart, and fold it."""
        for event in events:
            self.now += timedelta(microseconds=1)
            self.drafts.append(
                Draft(
                    stream=self.stream,
                    event=event,
                    actor=actor,
                    recorded_at=self.now.astimezone(UTC),
                    command=self.command,
                    correlation=self.stream,
                    causation=self.cause,
                    salt=self.random.randbytes(16),
                )
            )
            self.known = evolve(self.known, event, self.stream)

    def refused(self, name: str, refused: Refused) -> StoryRefused:
        """The refusal with the place of the story where it happened."""
        return StoryRefused(f"{self.world.seed}/{self.index}", name, self.now, self.procedure, refused)

    @property
    def platform(self) -> str:
        """The platform that holds the case."""
        assert self.case.routing is not None, "only a routed case has a platform"
        return self.case.routing.platform

    def member(self, role: Role) -> Actor:
        """Somebody of the platform."""
        team = self.world.staff.platforms[self.platform]
        return self.random.choice(
            {Role.AGENT: team.agents, Role.SIGNATORY: team.signatories, Role.MANAGER: team.managers}[role]
        )

    @property
    def holder(self) -> Actor:
        """The agent who holds the case."""
        team = self.world.staff.platforms[self.platform]
        return next(agent for agent in team.agents if agent.identity == self.case.assignee)

    @property
    def legal(self) -> Actor:
        """Who pleads for the competent prefect."""
        assert self.case.routing is not None, "only a decided case is pleaded"
        return self.world.staff.legal[self.case.routing.competent_department]

    @property
    def worker(self) -> Actor:
        """The worker as somebody who acts."""
        worker = self.case.request.worker
        return Actor(
            identity=f"sim:worker-{worker.person.hex[:12]}",
            person=worker.person,
            name=f"{worker.given_names} {worker.family_name}",
            role=Role.WORKER,
            quality="Travailleur",
            service="",
        )


def _body(kind: type[Any], values: dict[str, Any]) -> Any:
    """A body as the wire would bring it: encoded and read again with all its limits."""
    return msgspec.json.decode(msgspec.json.encode(values), type=kind)


def _identifier(moment: datetime, random: Random) -> UUID:
    """A version 7 identifier: ordered by the hour of filing, the rest drawn from the seed."""
    milliseconds = int(moment.timestamp() * 1000)
    number = milliseconds << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    return UUID(int=number)
