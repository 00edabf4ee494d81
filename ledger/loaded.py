"""A stream as it was loaded: its events at once, everything that surrounds them only when it is asked for."""

from collections.abc import Sequence
from typing import Generic

from ledger.codec import Codec
from ledger.facts import FIRST_HASH, E, Recorded, StoredFact


class Loaded(Generic[E]):
    """Facts of one stream from the first on, verified; immutable, so that threads may share it."""

    __slots__ = ("_codec", "_facts", "_stored", "events")

    def __init__(self, codec: Codec[E], stored: tuple[StoredFact, ...], events: tuple[E, ...]) -> None:
        self._codec = codec
        self._stored = stored
        self._facts: tuple[Recorded[E], ...] | None = None
        self.events = events

    @property
    def version(self) -> int:
        """Of the newest fact; 0 in a new stream."""
        return len(self._stored)

    @property
    def head(self) -> bytes:
        """The hash that the next fact continues."""
        return self._stored[-1].hash if self._stored else FIRST_HASH

    @property
    def facts(self) -> tuple[Recorded[E], ...]:
        """The facts with everything around them, decoded at the first use; raises StoredEventInvalid."""
        if self._facts is None:
            self._facts = tuple(self._codec.decode_facts(self._stored))
        return self._facts

    def and_then(self, more: Sequence[StoredFact]) -> "Loaded[E]":
        """With the facts that follow; raises LedgerAltered, StoredEventInvalid."""
        if not more:
            return self
        events = self._codec.decode_events(more, self.version, self.head)
        return Loaded(self._codec, (*self._stored, *more), (*self.events, *events))
