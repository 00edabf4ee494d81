"""What was known at an instant, or in effect on a day: how it is asked for, and what an answer says of it."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar.params import QueryParameter

from api.access import Caller
from api.form import must_be_within_memory
from api.problems import Problematic
from domain.taken import last_instant_of
from ledger.desk import Desk, day_in_paris
from ledger.facts import Recorded
from ledger.histories import AnyEvent, CaseHistory, Facts

AsOf = Annotated[
    datetime | None,
    QueryParameter(name="as_of", description="Tel qu'enregistré à cet instant (RFC 3339, avec fuseau)."),
]
LegalAsOf = Annotated[
    date | None,
    QueryParameter(name="legal_as_of", description="Seulement les faits qui ont pris effet au plus tard ce jour."),
]


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """How far what was recorded by then and what was in effect by then are not the same facts.

    An instant stands for its day in Paris where only the instant is asked for, a day for its end where only the day is.
    """

    recorded_not_in_effect: int
    """Facts recorded by then that took effect only later."""
    in_effect_recorded_later: int
    """Facts in effect by then that were recorded only later."""


class AsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that says for which instant and which day it was made; null where it is the present state."""

    as_of: datetime | None = None
    """The answer rests on what was recorded by this instant."""
    legal_as_of: date | None = None
    """The answer rests on what was in effect by this day."""
    differs: Differences | None = None
    """Null when neither is asked for."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A case as somebody may read it, at the instants that they asked for."""

    history: CaseHistory
    as_of: datetime | None
    legal_as_of: date | None
    differs: Differences | None

    @property
    def asked(self) -> dict[str, Any]:
        """What an answer says of itself: the members of `AsAsked`."""
        return {"as_of": self.as_of, "legal_as_of": self.legal_as_of, "differs": self.differs}

    def today(self, desk: Desk) -> date:
        """The day that the answer is made for."""
        return self.legal_as_of or day_in_paris(self.as_of or desk.ledger.clock())


def known_case(caller: Caller, case: CaseHistory, as_of: datetime | None, legal_as_of: date | None) -> Known:
    """The case as the caller may read it, at the instants asked for: what may not be seen is not in it.

    Raises CaseUnknown, Problematic.
    """
    must_be_possible(as_of, legal_as_of)
    caller.must_know(case.case)
    if as_of is None and legal_as_of is None:
        return Known(history=caller.seen(case), as_of=None, legal_as_of=None, differs=None)
    then = caller.seen(case.as_known(as_of=as_of, legal_as_of=legal_as_of))
    differs = differences(caller.seen(case).facts, as_of, legal_as_of)
    return Known(history=then, as_of=as_of, legal_as_of=legal_as_of, differs=differs)


def must_be_possible(as_of: datetime | None, legal_as_of: date | None = None) -> None:
    """Refuse an instant without a time zone, and one at which nothing can have been known."""
    if as_of is not None and as_of.tzinfo is None:
        raise Problematic("malformed", "as_of doit porter un fuseau horaire : 2026-11-22T10:00:00+01:00.")
    must_be_within_memory("as_of", as_of)
    must_be_within_memory("legal_as_of", legal_as_of)


def differences(facts: Facts, as_of: datetime | None, legal_as_of: date | None) -> Differences | None:
    """What was recorded and not in effect, or in effect and not recorded; None when nothing is asked for."""
    if as_of is not None:
        instant = as_of
    elif legal_as_of is not None:
        instant = last_instant_of(legal_as_of)
    else:
        return None
    day = legal_as_of or day_in_paris(instant)
    recorded = [(fact.recorded_at <= instant, effective_on(fact) <= day) for fact in facts]
    return Differences(
        recorded_not_in_effect=recorded.count((True, False)), in_effect_recorded_later=recorded.count((False, True))
    )


def effective_on(fact: Recorded[AnyEvent]) -> date:
    """The legal date of a fact, or the day it was recorded."""
    return fact.legal_date or day_in_paris(fact.recorded_at)
