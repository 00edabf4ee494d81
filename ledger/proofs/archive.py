"""Archives in the ZIP format written in one way only, so that no byte of them can change unnoticed."""

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final

from ledger.facts import LedgerError

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_UTF8: Final = 0x800
_DAY: Final = 0x21
"""1 January 1980, the first day that the format knows."""
BYTES_MAX: Final = 0xFFFF_FFFF
FILES_MAX: Final = 0xFFFF


class ArchiveTooLarge(LedgerError):
    """More than the format holds in the form that is written here."""


def write_archive(target: BinaryIO, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files one after the other, uncompressed, all of one date. Raises ArchiveTooLarge."""
    at = 0
    central: list[bytes] = []
    for name, content in files:
        encoded = name.encode()
        about = (_VERSION, _UTF8, 0, 0, _DAY, zlib.crc32(content), len(content), len(content), len(encoded), 0)
        if at + len(content) > BYTES_MAX or len(central) == FILES_MAX:
            raise ArchiveTooLarge("a proof of more than 4 GiB: ask for fewer cases at once")
        target.write(_LOCAL.pack(b"PK\3\4", *about) + encoded)
        target.write(content)
        central.append(_CENTRAL.pack(b"PK\1\2", _VERSION, *about, 0, 0, 0, 0, at) + encoded)
        at += _LOCAL.size + len(encoded) + len(content)
    listed = b"".join(central)
    target.write(listed)
    target.write(_END.pack(b"PK\5\6", 0, 0, len(central), len(central), len(listed), at, 0))
