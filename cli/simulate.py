"""`smoe simulate`: invented case histories, whole and lawful, written in bulk in the order of their days."""

import heapq
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import chain
from random import Random
from typing import Final
from uuid import UUID

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.embedded import ServerError
from cli.simulation.life import Opening, World, openings_of, world_of
from cli.simulation.mix import first_day
from cli.simulation.staff import facts_lacking
from cli.simulation.story import history_of
from domain.administration import ADMINISTRATION_STREAM, Administration
from domain.administration import replay as replay_administration
from domain.case import PARIS
from domain.demonstration import IDENTITIES
from domain.envelope import Actor
from domain.events import AdministrationEvent, CaseEvent
from domain.reference import Reference
from domain.reference.load import load_reference
from ledger.desk import open_ledger
from ledger.facts import Draft, VersionConflict
from ledger.histories import AnyEvent
from ledger.settings import Settings
from ledger.store import Ledger

PART_CASES: Final = 30_000
"""Some 650,000 facts: a transaction holds a million, and whole histories are written or none."""
KILOBYTES: Final = 1024 if sys.platform == "darwin" else 1
"""What macOS counts in bytes, Linux counts in kilobytes."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulation did, as it tells it at its end."""

    cases: int
    events: int
    seconds: float
    peak_megabytes: float

    @property
    def events_per_second(self) -> float:
        """Events written in a second, stories and database together."""
        return self.events / self.seconds


def simulate(settings: Settings, *, cases: int, seed: int, until: date | None = None) -> Told:
    """Write so many histories that end at a horizon, the present day in Paris unless another is given.

    The same seed and the same horizon give the same facts, identifiers, hours and salts included; the keys that seal
    personal fields and their nonces are drawn anew, so that stored bytes and hashes differ. Raises ServerError when
    the ledger holds these cases already, StoryRefused when the law refuses a story.
    """
    until = until or datetime.now(PARIS).date()
    ledger = open_ledger(settings)
    click.echo(f"Simulation de {cases} dossiers, graine {seed}, jusqu'au {until:%d/%m/%Y} exclu (--until {until}).")
    try:
        told = _write(ledger, cases, seed, until)
    except VersionConflict:
        raise ServerError(
            f"Les dossiers de la graine {seed} jusqu'au {until:%d/%m/%Y} sont déjà dans la base : changez de graine."
        ) from None
    finally:
        ledger.close()
    click.echo(
        f"{told.cases} dossiers, {told.events} événements en {told.seconds:.1f} s : {told.events_per_second:.0f} "
        f"événements par seconde, {told.peak_megabytes:.0f} Mo de mémoire au plus."
    )
    return told


def _write(ledger: Ledger[AnyEvent], cases: int, seed: int, until: date) -> Told:
    began = time.monotonic()
    reference = load_reference()
    opening, administration = administration_to_write(ledger, reference, seed, until)
    world = world_of(seed, until, reference, administration)
    with _progress() as progress:
        task = progress.add_task("Dossiers", total=cases)

        events = 0
        for part in parts_of(world, cases):
            drafts = drafts_in_order(world, part, lambda: progress.advance(task))
            written, _ = ledger.append_bulk(chain(opening if not events else (), drafts))
            events += written
    return Told(
        cases=cases,
        events=events,
        seconds=time.monotonic() - began,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES / 1024,
    )


def _progress() -> Progress:
    """A bar where somebody watches; nothing in a log."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        disable=not sys.stdout.isatty(),
        transient=True,
    )


def parts_of(world: World, cases: int) -> list[list[Opening]]:
    """The cases in the order of their filing, in parts of which one transaction holds all facts."""
    openings = sorted(openings_of(world, cases), key=lambda each: (each.filed_at, each.index))
    return [openings[start : start + PART_CASES] for start in range(0, cases, PART_CASES)]


def drafts_in_order(
    world: World, openings: Iterable[Opening], lived: Callable[[], None] = lambda: None
) -> Iterator[Draft[CaseEvent]]:
    """The facts of all cases in the order of their instants; only cases under way are in memory.

    `openings` are in the order of their filing; `lived` is called for each case that has been lived.
    """
    waiting: list[tuple[datetime, int, list[Draft[CaseEvent]]]] = []
    for opening in openings:
        filed_at = opening.filed_at.astimezone(UTC)
        while waiting and waiting[0][0] < filed_at:
            yield _first(waiting)
        drafts = history_of(world, opening)
        drafts.reverse()
        heapq.heappush(waiting, (drafts[-1].recorded_at, opening.index, drafts))
        lived()
    while waiting:
        yield _first(waiting)


def _first(waiting: list[tuple[datetime, int, list[Draft[CaseEvent]]]]) -> Draft[CaseEvent]:
    _, index, drafts = waiting[0]
    draft = drafts.pop()
    if drafts:
        heapq.heapreplace(waiting, (drafts[-1].recorded_at, index, drafts))
    else:
        heapq.heappop(waiting)
    return draft


def administration_to_write(
    ledger: Ledger[AnyEvent], reference: Reference, seed: int, until: date
) -> tuple[tuple[Draft[AnyEvent], ...], Administration]:
    """The administration's first facts, to open the bulk of an empty ledger, and the administration in force.

    What an existing administration lacks is appended at once, with today's date of recording.
    """
    recorded = ledger.load(ADMINISTRATION_STREAM)
    held = replay_administration(_of_administration(fact.event) for fact in recorded)
    lacking = facts_lacking(held, reference)
    administration = replay_administration(lacking, held)
    actor = IDENTITIES["admin"].actor
    random = Random(f"{seed}/administration")
    if recorded and lacking:
        ledger.append(
            ADMINISTRATION_STREAM,
            lacking,
            expected_version=len(recorded),
            previous_hash=recorded[-1].hash,
            actor=actor,
            command=UUID(int=random.getrandbits(128), version=4),
        )
    if recorded:
        return (), administration
    return tuple(_first_facts(lacking, actor, random, until)), administration


def _first_facts(
    facts: tuple[AdministrationEvent, ...], actor: Actor, random: Random, until: date
) -> Iterator[Draft[AnyEvent]]:
    day = first_day(until)
    moment = datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)
    command = UUID(int=random.getrandbits(128), version=4)
    for fact in facts:
        yield Draft(
            stream=ADMINISTRATION_STREAM,
            event=fact,
            actor=actor,
            recorded_at=moment,
            command=command,
            correlation=ADMINISTRATION_STREAM,
            salt=random.randbytes(16),
        )


def _of_administration(event: AnyEvent) -> AdministrationEvent:
    assert isinstance(event, AdministrationEvent)
    return event
