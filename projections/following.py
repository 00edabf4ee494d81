"""One batch after the other: the next facts of the models that are furthest behind, read once, told, and written."""

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final

import structlog
from psycopg import Connection

from ledger.streams import read_on, touched_streams
from ledger.telemetry import traced
from projections.read_model import ReadModel
from projections.telling import Teller
from projections.workers import Crew
from projections.writing import LIVE, REFUSALS, Move, Moved, Reached, parked_cases, positions, write, write_apart

BATCH: Final = 500
CATCH_UP_BATCH: Final = 4_000
CREW_BATCH: Final = 10_000
CREW_FACTS_MIN: Final = 2_000
"""Below, sharing a batch out costs more than it saves."""
TRIES_MAX: Final = 20
"""How often a batch is made anew because a position was moved, or a table swapped, meanwhile."""

log = structlog.get_logger()


class Follower:
    """Brings the tables of one schema forward, with the positions that stand beside them."""

    def __init__(
        self,
        teller: Teller,
        models: Sequence[ReadModel[Any]],
        schema: str = LIVE,
        *,
        batch: int = BATCH,
        catch_up_batch: int = CATCH_UP_BATCH,
        starts: bool = True,
        crew: Crew | None = None,
    ) -> None:
        self.teller = teller
        self.models = {model.table: model for model in models}
        self.schema = schema
        self.batch = batch
        self.catch_up_batch = catch_up_batch
        self.starts = starts
        """Whether a model without a position is told from the first fact on, or left to who builds it."""
        self.crew = crew
        self._was_full = False

    def step(self, connection: Connection[Any], until: int | None = None) -> int:
        """Tell the models that are furthest behind one batch; the number of facts, 0 when all have seen all.

        With `until`, no fact after that position. Raises Moved when somebody else keeps moving the positions.
        """
        for _ in range(TRIES_MAX):
            try:
                return self._step(connection, until)
            except Moved:
                log.info("a batch is made anew", schema=self.schema)
        raise Moved

    def reached(self, connection: Connection[Any]) -> dict[str, Reached]:
        """Where the tables that this code can feed are; those of another version are left alone."""
        kept = positions(connection, self.schema)
        return {
            name: kept[name]
            for name, model in self.models.items()
            if name in kept and kept[name].version == model.version
        }

    def _step(self, connection: Connection[Any], until: int | None) -> int:
        known = positions(connection, self.schema)
        at = {
            name: known[name].position if name in known else 0
            for name, model in self.models.items()
            if (known[name].version == model.version if name in known else self.starts)
        }
        if not at:
            return 0
        after = min(at.values())
        bounds = [position for position in at.values() if position > after] + ([] if until is None else [until])
        move = Move(models=[self.models[name] for name in at if at[name] == after], reached=known, to=after)
        bound = min(bounds, default=None)
        if self.crew is not None and self._was_full:
            told = self._share_out(connection, self.crew, move, bound)
            if told:
                return told
        return self._tell(connection, move, bound)

    @traced("tell read models")
    def _tell(self, connection: Connection[Any], move: Move, bound: int | None) -> int:
        """One batch told in this process."""
        models, after = move.models, move.to
        parked = parked_cases(connection, self.schema)
        limit = self.catch_up_batch if self._was_full else self.batch
        facts, faults = read_on(self.teller.ledger, after, limit)
        self._was_full = len(facts) + len(faults) >= min(limit, self.batch)
        if bound is not None:
            facts = [fact for fact in facts if (fact.position or 0) <= bound]
            faults = [fault for fault in faults if fault.position <= bound]
        if not facts and not faults:
            return 0
        last = max([fact.position or 0 for fact in facts] + [fault.position for fault in faults])
        self.teller.desk.administration()
        telling = self.teller.tell(models, facts, faults, parked)
        move = Move(models=models, reached=move.reached, to=last)
        code = self.teller.ledger.code_version
        portions = telling.portions(models)
        try:
            write(connection, self.schema, move, portions, telling.parkings, code)
        except REFUSALS:
            # The database refuses a row without saying whose: try each case by itself.
            write_apart(connection, self.schema, move, telling, code)
        return len(facts) + len(faults)

    def _share_out(self, connection: Connection[Any], crew: Crew, move: Move, bound: int | None) -> int:
        """One large batch told by other processes; 0 where it is not worth it, or must be told case by case."""
        parked = parked_cases(connection, self.schema)
        touched = touched_streams(self.teller.ledger, move.to, CREW_BATCH)
        if bound is not None:
            touched = [each for each in touched if each[1] <= bound]
        if len(touched) < CREW_FACTS_MIN:
            return 0
        last = touched[-1][1]
        streams = {stream for stream, _ in touched}
        try:
            portions, parkings = crew.tell(move.models, streams, move.to, last, parked)
            move = Move(models=move.models, reached=move.reached, to=last)
            write(connection, self.schema, move, portions, parkings, self.teller.ledger.code_version)
        except REFUSALS as error:
            log.info("a batch is told case by case", error=str(error))
            return 0
        except BrokenProcessPool:
            log.warning("a process that tells cases has ended: this batch is told without it, the next by another")
            return 0
        return len(touched)
