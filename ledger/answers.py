"""First answers to commands, sealed with the keys of all persons they may name, so that they are erased with them."""

import hashlib
import hmac
import os
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.facts import Answer, CommandKey, fingerprint_of
from ledger.sealing import NONCE_BYTES, PersonKey

FORM: Final = b"\x02"
"""Form 1, still read, held the answer with its positions in place."""
PLACEHOLDER_MIN: Final = 4 * 10**18
PLACEHOLDER_BYTES: Final = 7


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An answer made before its facts have positions: numbers drawn at random stand where the positions will."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    placeholder: int = 0
    """Stands for the position of the first fact, the number after it for that of the second, and so on."""
    facts: int = 0

    def placed(self, positions: Sequence[int]) -> Answer:
        """The answer, with the positions that the facts were given."""
        body, headers = self.body, self.headers
        for stands, position in zip(range(self.placeholder, self.placeholder + self.facts), positions, strict=True):
            drawn, given = str(stands), str(position)
            body = body.replace(drawn.encode(), given.encode())
            headers = tuple((name, value.replace(drawn, given)) for name, value in headers)
        return Answer(status=self.status, headers=headers, body=body)


_decoder = msgspec.msgpack.Decoder(Draft)


def draw_placeholder() -> int:
    """Nineteen digits that no text happens to hold: one chance in seventy thousand million million."""
    return PLACEHOLDER_MIN + int.from_bytes(os.urandom(PLACEHOLDER_BYTES))


def draft_of(answer: Answer, placeholder: int, facts: int) -> Draft:
    """What an answer made of facts with such positions is kept as."""
    return Draft(status=answer.status, headers=answer.headers, body=answer.body, placeholder=placeholder, facts=facts)


def close_answer(draft: Draft, key: CommandKey, persons: Collection[PersonKey]) -> bytes:
    """Seal an answer: form, number of keys (2 bytes), their ids, nonce, ciphertext; any key destroyed erases it."""
    ordered = sorted(persons, key=lambda person: person.key_id)
    head = FORM + len(ordered).to_bytes(2, "big") + b"".join(person.key_id.bytes for person in ordered)
    nonce = os.urandom(NONCE_BYTES)
    closed = _cipher(ordered).encrypt(nonce, msgspec.msgpack.encode(draft), head + _bound(key))
    return head + nonce + closed


def key_ids_of(box: bytes) -> list[UUID]:
    """Which keys open an answer."""
    count = int.from_bytes(box[1:3], "big")
    return [UUID(bytes=box[3 + 16 * n : 19 + 16 * n]) for n in range(count)]


def open_answer(
    box: bytes, key: CommandKey, first_position: int, keys: Mapping[UUID, PersonKey | None]
) -> Answer | None:
    """Open an answer; None if one of its keys is no more. Facts of one command stand one after the other."""
    ids = key_ids_of(box)
    present = [held for held in (keys.get(key_id) for key_id in ids) if held is not None]
    if len(present) != len(ids):
        return None
    end = 3 + 16 * len(ids)
    nonce, closed = box[end : end + NONCE_BYTES], box[end + NONCE_BYTES :]
    draft = _decoder.decode(_cipher(present).decrypt(nonce, closed, box[:end] + _bound(key)))
    return draft.placed(range(first_position, first_position + draft.facts))


def _cipher(ordered: Sequence[PersonKey]) -> AESGCM:
    if len(ordered) != 1:
        return _made_of(ordered)
    # Most answers name nobody but who acts: kept with the key, it goes with it.
    (person,) = ordered
    if person.answers is None:
        person.answers = _made_of(ordered)
    return person.answers


def _made_of(ordered: Sequence[PersonKey]) -> AESGCM:
    joined = hashlib.sha256(b"".join(person.raw for person in ordered)).digest()
    return AESGCM(hmac.digest(joined, b"smoe-answer-1", "sha256"))


def _bound(key: CommandKey) -> bytes:
    return fingerprint_of(key.actor, key.key, key.fingerprint)
