"""The archive of a proof: a ZIP file written in one way only, so that a byte that differs anywhere is seen."""

import struct
import zlib
from typing import Final

from verifier.faults import Fault

LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")
ABOUT: Final = (20, 0x800, 0, 0, 0x21)


def read_archive(data: bytes) -> tuple[dict[str, bytes], list[Fault]]:
    """The files of an archive by name, in their order, and what is not written as it must be."""
    files: dict[str, bytes] = {}
    central, at = [], 0
    faults: list[Fault] = []
    while data[at : at + 4] == b"PK\3\4" and at + LOCAL.size <= len(data):
        _, *about, crc, size, again, length, extra = LOCAL.unpack_from(data, at)
        begin = at + LOCAL.size + length
        encoded, content = data[at + LOCAL.size : begin], data[begin : begin + size]
        name = encoded.decode("utf-8", "replace")
        where = f"archive, fichier « {name} »"
        if (tuple(about), size, extra) != (ABOUT, again, 0) or name in files:
            faults.append(Fault(where, f"son en-tête, à l'octet {at}, n'est pas celui qui a été écrit", "en-tête"))
        if len(content) != size:
            faults.append(Fault(where, "l'archive est tronquée", "contenu"))
            return {**files, name: content}, faults
        if zlib.crc32(content) != crc:
            faults.append(Fault(where, "son contenu a changé depuis l'écriture de l'archive", "contenu"))
        files[name] = content
        packed = CENTRAL.pack(b"PK\1\2", 20, *ABOUT, crc, size, size, length, 0, 0, 0, 0, 0, at)
        central.append(packed + encoded)
        at = begin + size
    listed = b"".join(central)
    end = END.pack(b"PK\5\6", 0, 0, len(central), len(central), len(listed), at, 0)
    if data[at:] != listed + end:
        where = f"archive, après le fichier « {list(files)[-1]} »" if files else "archive"
        reason = f"la suite, à partir de l'octet {at}, n'est pas celle qui a été écrite, ou elle est tronquée"
        faults.append(Fault(where, reason, "table des fichiers"))
    return files, faults
