"""A part of a stream as it was loaded: its events at once, everything around them only when it is asked for."""

from collections.abc import Sequence
from typing import Generic

from ledger.codec import Codec
from ledger.facts import FIRST_HASH, E, Recorded, StoredFact


class Tail(Generic[E]):
    """The facts that follow a version of a stream, verified; immutable, so that threads may share it.

    Raises LedgerAltered when a row is not the one written or does not continue the one before, StoredEventInvalid when
    it cannot be read.
    """

    __slots__ = ("_codec", "_facts", "_stored", "after", "events", "head", "version")

    def __init__(
        self, codec: Codec[E], stored: Sequence[StoredFact], after: int = 0, previous: bytes = FIRST_HASH
    ) -> None:
        self._codec = codec
        self._stored = stored
        self._facts: tuple[Recorded[E], ...] | None = None
        self.after = after
        self.events: tuple[E, ...] = tuple(codec.decode_events(stored, after, previous))
        self.version = after + len(stored)
        self.head = stored[-1].hash if stored else previous

    @property
    def facts(self) -> tuple[Recorded[E], ...]:
        """The facts with everything around them, decoded at the first use; raises StoredEventInvalid."""
        if self._facts is None:
            self._facts = tuple(self._codec.decode_facts(self._stored))
        return self._facts
