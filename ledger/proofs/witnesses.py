"""Witnesses of the Merkle log (https://c2sp.org/tlog-witness): they sign that it only grows, whoever asks."""

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import structlog
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.proofs.notes import COSIGNATURE, NoteInvalid, Verifier, cosignature
from ledger.proofs.posting import Reply, Unanswered, post
from ledger.proofs.tree import Tree

CONFLICT: Final = 409
SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,17})\n")

_NEWEST: Final = "SELECT number, size, note FROM ledger.checkpoints ORDER BY number DESC LIMIT 1"
_IS_SEEN: Final = "SELECT 1 FROM ledger.cosignatures WHERE checkpoint = %s AND witness = %s"
# The newest has the greatest size: found at the end of the key, however many there are.
_SEEN: Final = (
    "SELECT size FROM ledger.cosignatures JOIN ledger.checkpoints ON number = checkpoint"
    " WHERE witness = %s ORDER BY checkpoint DESC LIMIT 1"
)
_STORE: Final = (
    "INSERT INTO ledger.cosignatures (checkpoint, witness, line) VALUES (%s, %s, %s)"
    " ON CONFLICT (checkpoint, witness) DO NOTHING"
)

log = structlog.get_logger()


class Witness(NamedTuple):
    """Where a witness is asked, and the key of his cosignatures."""

    url: str
    verifier: Verifier

    @classmethod
    def of(cls, text: str) -> "Witness":
        """Read `url=verifier-key`. Raises NoteInvalid."""
        url, _, key = text.partition("=")
        verifier = Verifier.of(key)
        if verifier.kind != COSIGNATURE:
            raise NoteInvalid("this is no key of a witness")
        return cls(url.rstrip("/"), verifier)

    def run_once(self, connection: Connection[Any]) -> int:
        """Have him sign the newest checkpoint, unless he did; how many he signed.

        He knows the newest that he signed only: those before it are covered by it. Raises NoteInvalid, NotInTree,
        Unanswered.
        """
        with connection.cursor(row_factory=tuple_row) as cursor:
            newest = cursor.execute(_NEWEST).fetchone()
            if newest is None or cursor.execute(_IS_SEEN, (newest[0], self.verifier.name)).fetchone():
                return 0
            number, size, note = newest
            (old,) = cursor.execute(_SEEN, (self.verifier.name,)).fetchone() or (0,)
            reply = self._asked(connection, old, size, note)
            if reply.status == CONFLICT and (told := SIZE.fullmatch(reply.body)):
                # He knows better: what he signed and we did not store, or what another asked him for.
                reply = self._asked(connection, int(told[1]), size, note)
            line = self._line(reply, note)
            cursor.execute(_STORE, (number, self.verifier.name, line))
        log.info("a checkpoint is cosigned", checkpoint=number, witness=self.verifier.name)
        return 1

    def _asked(self, connection: Connection[Any], old: int, size: int, note: str) -> Reply:
        if old > size:
            raise Unanswered("the witness has seen this log longer than it is")
        body = request(old, Tree(connection).consistency(old, size) if old else [], note)
        return post(f"{self.url}/add-checkpoint", body, "text/plain; charset=utf-8")

    def _line(self, reply: Reply, note: str) -> str:
        if reply.status == CONFLICT:
            raise Unanswered("the witness has seen another tree of this log than there is")
        if reply.status != 200:
            raise Unanswered(f"the witness answered {reply.status}")
        try:
            return cosignature(note.rpartition("\n\n")[0] + "\n", reply.body.decode(), self.verifier)
        except UnicodeDecodeError:
            raise NoteInvalid("the answer of the witness is no text") from None


def request(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of `add-checkpoint`: the size that the witness knows, how the log goes on from it, and the note."""
    lines = (f"old {old}", *(b64encode(each).decode() for each in proof), "", note)
    return "\n".join(lines).encode()
