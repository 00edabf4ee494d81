"""Facts to rows: each touched case is folded once for all models; what cannot be told is set aside, with the reason."""

import traceback
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
import structlog

from domain.case import Case
from domain.events import CaseEvent, PersonErased
from domain.fold import replay
from domain.reference import Reference
from domain.registers import NO_CASES
from ledger.desk import Desk
from ledger.facts import FIRST_HASH, LedgerAltered, LedgerUnavailable, Recorded
from ledger.logs import without_values
from ledger.store import Ledger
from ledger.streams import Fault
from projections.copying import copy_text
from projections.read_model import CASE_EVENTS, Aids, ReadModel, Row, Told

FACTS_KEPT_MAX: Final = 60_000
"""Facts of recently told cases kept in memory, some two kilobytes each."""
ERROR_LENGTH_MAX: Final = 2_000

log = structlog.get_logger()

CaseKey = tuple[str, UUID]
"""A model's table and a case."""


class Parking(msgspec.Struct, frozen=True, kw_only=True):
    """A case that a model cannot tell, with the fact where it stopped, as far as that is known."""

    model: str
    case_id: UUID
    position: int
    error: str
    event_type: str | None = None
    stream_version: int | None = None


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written into one model's table: whose earlier rows go, and the new ones as COPY reads them."""

    model: str
    stale: list[UUID]
    text: bytes


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What some facts make of the read models."""

    rows: dict[str, dict[UUID, list[Row]]]
    """By model, by case."""
    whole: frozenset[UUID]
    """Cases whose rows are made anew, also where they would only grow."""
    parkings: list[Parking]
    reached: dict[UUID, Recorded[CaseEvent]]
    """The newest fact of each case."""

    def portions(self, models: Iterable[ReadModel[Any]]) -> list[Portion]:
        """One portion for each model; a case whose rows no table can hold is parked."""
        return [self._portion(model) for model in models]

    def apart(self, model: ReadModel[Any]) -> Iterator[tuple[UUID, Portion]]:
        """One portion for each case, for when the database refuses a row without saying whose."""
        for case_id, rows in self.rows[model.table].items():
            yield case_id, self._made(model, {case_id: rows})

    def anew(self, model: ReadModel[Any], case_id: UUID) -> list[Portion]:
        """What takes the place of all rows of one case; nothing when the case is parked."""
        rows = self.rows[model.table].get(case_id, [])
        try:
            text = copy_text(model, rows)
        except ValueError as error:
            self.park(model, case_id, error)
        return [] if self.parkings else [Portion(model=model.table, stale=[case_id], text=text)]

    def park(self, model: ReadModel[Any], case_id: UUID, error: Exception) -> None:
        """Set a case aside whose rows the database refuses."""
        fact = self.reached[case_id]
        log.error("case parked", case=str(case_id), model=model.table, error=told_error(error))
        self.parkings.append(
            Parking(
                model=model.table,
                case_id=case_id,
                position=position_of(fact),
                error=told_error(error),
                event_type=fact.type,
                stream_version=fact.version,
            )
        )

    def _portion(self, model: ReadModel[Any]) -> Portion:
        rows = self.rows[model.table]
        try:
            return self._made(model, rows)
        except ValueError:
            for case_id, of_case in list(rows.items()):
                try:
                    copy_text(model, of_case)
                except ValueError as error:
                    self.park(model, case_id, error)
                    del rows[case_id]
        return self._made(model, rows)

    def _made(self, model: ReadModel[Any], rows: dict[UUID, list[Row]]) -> Portion:
        stale = [case_id for case_id in rows if not model.grows or case_id in self.whole]
        return Portion(
            model=model.table,
            stale=stale,
            text=copy_text(model, [row for of_case in rows.values() for row in of_case]),
        )


class Teller:
    """Tells cases to read models; keeps the cases told last, so that going on with one costs only what is new."""

    def __init__(self, ledger: Ledger[Any], reference: Reference, check_key: bytes) -> None:
        self.ledger = ledger
        self.desk = Desk(ledger, reference)
        self.check_key = check_key
        self._kept: OrderedDict[UUID, tuple[Case, tuple[Recorded[CaseEvent], ...]]] = OrderedDict()
        self._facts_kept = 0

    def tell(
        self,
        models: Sequence[ReadModel[Any]],
        facts: Iterable[Recorded[CaseEvent]],
        faults: Sequence[Fault],
        parked: Collection[CaseKey] = frozenset(),
        *,
        whole: bool = False,
    ) -> Telling:
        """The rows that new facts make; with `whole`, the facts are all that their cases have.

        Whoever read the facts has asked the desk for the administration since. Raises LedgerUnavailable: an outage is
        no fault of a case.
        """
        parkings = [_parking_of(model, fault) for fault in faults if fault.stream not in NO_CASES for model in models]
        aside = set(parked) | {(each.model, each.case_id) for each in parkings}
        told: list[tuple[Told, Aids]] = []
        for stream, new in _by_case(facts).items():
            wanted = [model for model in models if (model.table, stream) not in aside]
            if not wanted:
                continue
            try:
                each = self.told_whole(stream, new) if whole else self._told(stream, new)
                told.append((each, self.aids(each)))
            except Exception as error:
                # Whatever is wrong with one case parks that case, visibly, and no other.
                self._raise_if_outage(error)
                log.exception("case parked", case=str(stream))
                parkings += [_parked_at(model, new[0], error) for model in wanted]
        return Telling(
            rows={model.table: self._rows(model, told, aside, parkings) for model in models},
            whole=frozenset(each.stream for each, _ in told if each.is_whole),
            parkings=parkings,
            reached={each.stream: each.facts[-1] for each, _ in told},
        )

    def told_whole(self, stream: UUID, facts: tuple[Recorded[CaseEvent], ...]) -> Told:
        """A case of which all facts are at hand; nothing of it is kept.

        Raises LedgerAltered when one is missing or does not continue the one before it, ValueError when there is none.
        """
        _must_continue(stream, facts)
        if not facts:
            raise ValueError(f"case {stream} has no facts")
        return Told(facts=facts, new=facts)

    def aids(self, told: Told) -> Aids:
        """The tables in force on the day of the newest fact, as they had been published before it.

        So rows made anew, whenever that is, are the rows that were made first.
        """
        reference = self.desk.tables.on(told.last_day, position=position_of(told.facts[-1]))
        return Aids(reference=reference, check_key=self.check_key)

    def forget(self, stream: UUID | None = None) -> None:
        """Keep a case, or any case, no longer."""
        if stream is None:
            self._kept.clear()
            self._facts_kept = 0
            return
        earlier = self._kept.pop(stream, None)
        if earlier is not None:
            self._facts_kept -= len(earlier[1])

    def culprit(self, told: Told, model: ReadModel[Any]) -> Recorded[CaseEvent]:
        """The first fact after which the model cannot tell the case."""
        for count in range(1, len(told.facts)):
            try:
                before = self.told_whole(told.stream, told.facts[:count])
                list(model.rows(before, self.aids(before)))
            except Exception:
                return told.facts[count - 1]
        return told.facts[-1]

    def _told(self, stream: UUID, new: tuple[Recorded[CaseEvent], ...]) -> Told:
        """The case as it was after its new facts; its stream is read again only where the beginning is not at hand."""
        erasing = any(type(fact.event) is PersonErased for fact in new)
        if erasing:
            # What was read before may hold what nobody may read any more.
            self.forget(stream)
        known = self._kept.get(stream)
        if known is not None and known[0].version == new[-1].version:
            case, facts = known
        else:
            case, facts = self._going_on(stream, new, known, anew=erasing)
            self._keep(stream, case, facts)
        return Told(case=case, facts=facts, new=facts if erasing else new)

    def _going_on(
        self,
        stream: UUID,
        new: tuple[Recorded[CaseEvent], ...],
        known: tuple[Case, tuple[Recorded[CaseEvent], ...]] | None,
        *,
        anew: bool,
    ) -> tuple[Case, tuple[Recorded[CaseEvent], ...]]:
        before, facts, more = None, new, new
        if known is not None and known[0].version == new[0].version - 1:
            before, facts = known[0], (*known[1], *new)
            _must_continue(stream, new, known[1][-1])
        elif new[0].version != 1 or anew:
            last = position_of(new[-1])
            # Not what was written since: growing tables would get it twice.
            facts = more = tuple(fact for fact in self.ledger.load(stream) if position_of(fact) <= last)
        else:
            _must_continue(stream, new)
        case = replay((fact.event for fact in more), stream, before)
        if case is None:
            raise ValueError(f"case {stream} has no facts")
        return case, facts

    def _keep(self, stream: UUID, case: Case, facts: tuple[Recorded[CaseEvent], ...]) -> None:
        self.forget(stream)
        self._kept[stream] = (case, facts)
        self._facts_kept += len(facts)
        while self._facts_kept > FACTS_KEPT_MAX and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._facts_kept -= len(dropped)

    def _rows(
        self,
        model: ReadModel[Any],
        cases: Iterable[tuple[Told, Aids]],
        aside: Collection[CaseKey],
        parkings: list[Parking],
    ) -> dict[UUID, list[Row]]:
        """The rows of each case; one that the model cannot tell is parked."""
        rows: dict[UUID, list[Row]] = {}
        for told, aids in cases:
            if (model.table, told.stream) in aside:
                continue
            try:
                rows[told.stream] = list(model.rows(told, aids))
            except Exception as error:
                log.exception("case parked", case=str(told.stream), model=model.table)
                parkings.append(_parked_at(model, self.culprit(told, model), error))
        return rows

    def _raise_if_outage(self, error: Exception) -> None:
        if isinstance(error, psycopg.OperationalError | LedgerUnavailable):
            raise error
        # Answers, or raises what the outage is.
        self.ledger.last_position()


def _must_continue(
    stream: UUID, facts: Iterable[Recorded[CaseEvent]], after: Recorded[CaseEvent] | None = None
) -> None:
    """Raise LedgerAltered where a fact is missing, or does not continue the one before it."""
    version, previous = (after.version, after.hash) if after else (0, FIRST_HASH)
    for fact in facts:
        version += 1
        if fact.version != version or fact.previous_hash != previous:
            raise LedgerAltered(stream, version, "this fact is missing, or does not continue the one before it")
        previous = fact.hash


def position_of(fact: Recorded[Any]) -> int:
    """Where a fact read from the ledger stands in it."""
    if fact.position is None:
        raise ValueError("a fact read from the ledger has a position")
    return fact.position


def told_error(error: Exception) -> str:
    """The error and its places in the code, without the values that frames, or a refused row, hold."""
    places = "".join(traceback.format_tb(error.__traceback__)[-4:])
    said = (error.diag.message_primary or "") if isinstance(error, psycopg.DatabaseError) else str(error)
    return f"{type(error).__name__}: {without_values(said)}\n{places}"[:ERROR_LENGTH_MAX].replace("\0", "")


def _by_case(facts: Iterable[Recorded[Any]]) -> dict[UUID, tuple[Recorded[CaseEvent], ...]]:
    """The facts that belong to cases, each case's in their order."""
    news: dict[UUID, list[Recorded[CaseEvent]]] = {}
    for fact in facts:
        if type(fact.event) in CASE_EVENTS:
            news.setdefault(fact.stream, []).append(fact)
    return {stream: tuple(new) for stream, new in news.items()}


def _parking_of(model: ReadModel[Any], fault: Fault) -> Parking:
    return Parking(
        model=model.table,
        case_id=fault.stream,
        position=fault.position,
        error=told_error(fault.error),
        event_type=fault.type,
        stream_version=fault.version,
    )


def _parked_at(model: ReadModel[Any], fact: Recorded[CaseEvent], error: Exception) -> Parking:
    return Parking(
        model=model.table,
        case_id=fact.stream,
        position=position_of(fact),
        error=told_error(error),
        event_type=fact.type,
        stream_version=fact.version,
    )
