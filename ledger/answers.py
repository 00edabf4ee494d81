"""First answers to commands, sealed with the keys of all persons they may name, so that they are erased with them."""

import hashlib
import hmac
import os
from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.facts import Answer, CommandKey, fingerprint_of
from ledger.sealing import NONCE_BYTES, PersonKey

FORM: Final = b"\x01"
_decoder = msgspec.msgpack.Decoder(Answer)


def close_answer(answer: Answer, key: CommandKey, persons: Collection[PersonKey]) -> bytes:
    """Seal an answer: form, number of keys (2 bytes), their ids, nonce, ciphertext; any key destroyed erases it."""
    ordered = sorted(persons, key=lambda person: person.key_id)
    head = FORM + len(ordered).to_bytes(2, "big") + b"".join(person.key_id.bytes for person in ordered)
    nonce = os.urandom(NONCE_BYTES)
    closed = _cipher(ordered).encrypt(nonce, msgspec.msgpack.encode(answer), head + _bound(key))
    return head + nonce + closed


def key_ids_of(box: bytes) -> list[UUID]:
    """Which keys open an answer."""
    count = int.from_bytes(box[1:3], "big")
    return [UUID(bytes=box[3 + 16 * n : 19 + 16 * n]) for n in range(count)]


def open_answer(box: bytes, key: CommandKey, keys: Mapping[UUID, PersonKey | None]) -> Answer | None:
    """Open an answer; None if one of its keys is no more."""
    ids = key_ids_of(box)
    present = [held for held in (keys.get(key_id) for key_id in ids) if held is not None]
    if len(present) != len(ids):
        return None
    end = 3 + 16 * len(ids)
    nonce, closed = box[end : end + NONCE_BYTES], box[end + NONCE_BYTES :]
    return _decoder.decode(_cipher(present).decrypt(nonce, closed, box[:end] + _bound(key)))


def _cipher(ordered: Collection[PersonKey]) -> AESGCM:
    joined = hashlib.sha256(b"".join(person.raw for person in ordered)).digest()
    return AESGCM(hmac.digest(joined, b"smoe-answer-1", "sha256"))


def _bound(key: CommandKey) -> bytes:
    return fingerprint_of(key.actor, key.key, key.fingerprint)
