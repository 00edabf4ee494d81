"""A time limit as it stands on a day, and the words and small steps that all of them share."""

from datetime import date
from enum import StrEnum

import msgspec

from domain.acts import ADDRESSEE_TITLES, Addressee
from domain.case import Decision
from domain.french import length_in_words as length_in_words
from domain.refusals import Refused

replace = msgspec.structs.replace

EFFECTS = {
    "reject": "le silence vaut rejet",
    "grant": "le silence vaut acceptation",
    "none": "le silence est sans effet",
}
CALENDAR_NOTE = "délai franc et report au jour ouvrable : règle générale, lue dans les commentaires seulement"


class ClockState(StrEnum):
    """Where a time limit stands on a day."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    """Over, and nothing has been recorded that ends it."""
    ENDED = "ended"
    """What it waited for has happened, or it has lost its object."""
    NOT_RUNNING = "not_running"


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """Days that do not count, from the first to the day before `until`; open when `until` is None."""

    since: date
    until: date | None


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit of a case as it stands on a day."""

    id: str
    """Which limit: stable, the same in every case."""
    ref: str = ""
    """What it is about within the case: D1, A1, L1, M1…"""
    addressee: Addressee | None = None
    name: str
    state: ClockState
    starts_on: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    length: str = ""
    expires_on: date | None = None
    """The last day; while a suspension is open, the latest it can be."""
    effect: str
    articles: tuple[str, ...]
    sentence: str
    facts: dict[str, str] = {}
    """What it was counted from, by what French calls it."""
    why_not_running: str | None = None
    for_administration: bool = False
    """Whether the administration must act before it expires."""
    unconfirmed: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether days count."""
        return self.state is ClockState.RUNNING


def state_on(today: date, expires_on: date, *, ended: bool = False) -> ClockState:
    """Where a limit stands that expires at the end of a day, unless what it waited for has happened."""
    if ended:
        return ClockState.ENDED
    return ClockState.RUNNING if today <= expires_on else ClockState.EXPIRED


def no_longer_stands(decision: Decision) -> str:
    """The sentence to add about a decision that another act has ended; nothing while it stands."""
    return "" if decision.live else f" La décision {decision.id} ne produit plus d'effet ({decision.ended_by})."


def of_whom(addressee: Addressee) -> str:
    """« de l'employeur », « de l'étranger », « de la préfecture »."""
    return f"de {ADDRESSEE_TITLES[addressee]}"


def not_counted(clock: Clock, refused: Refused) -> Clock:
    """The same limit, not running because no text that fixes its length is held."""
    why = refused.message
    return stopped(clock, f"{why[:1].lower()}{why[1:].removesuffix('.')}")


def stopped(clock: Clock, why: str) -> Clock:
    """The same limit, not running, and why."""
    return replace(
        clock, state=ClockState.NOT_RUNNING, why_not_running=why, sentence=f"{clock.name} : ne court pas, {why}."
    )
