"""The master keys that a process holds: the present one wraps, all of them unwrap."""

import hashlib
import os
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.sealing import NONCE_BYTES

KEY_BYTES: Final = 32


class MasterKeyUnknown(Exception):
    """A key was wrapped by a master key that this process does not hold, or was altered."""


def master_id_of(master_key: bytes) -> str:
    """Name a master key without revealing it, as each key that it wraps does."""
    return hashlib.sha256(b"smoe-master-1" + master_key).hexdigest()[:16]


class MasterKeys:
    """Wraps with the present master key, unwraps with any that is held; the others are held while a rotation lasts."""

    def __init__(self, current: bytes, others: Iterable[bytes] = ()) -> None:
        held = (current, *others)
        if any(len(key) != KEY_BYTES for key in held):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._ciphers = {master_id_of(key): AESGCM(key) for key in held}
        self.current = master_id_of(current)

    @property
    def held(self) -> list[str]:
        """The names of all, the present one first."""
        return list(self._ciphers)

    def wrap(self, raw: bytes, about: bytes) -> bytes:
        """Close a key with the present master key, bound to what it is about."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[self.current].encrypt(nonce, raw, about + self.current.encode())

    def unwrap(self, master_id: str, wrapped: bytes, about: bytes) -> bytes:
        """Open a key. Raises MasterKeyUnknown."""
        cipher = self._ciphers.get(master_id)
        if cipher is None:
            raise MasterKeyUnknown(f"is wrapped by master key {master_id}, not held here")
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about + master_id.encode())
        except (InvalidTag, ValueError):
            # Cut so short that not even its nonce is whole is a ValueError.
            raise MasterKeyUnknown("was altered") from None
