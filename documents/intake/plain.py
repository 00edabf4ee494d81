"""The rules by which texts are diagnosed: plain ones, RTF, mails, and bytes of which nothing is known."""

import re
from typing import BinaryIO, Final

from documents.intake.examining import Found
from domain.intake import EML, RTF, TEXT, UNKNOWN
from domain.papers import FileFault

TEXT_BYTES_MAX: Final = 64 << 20
"""A longer text is no piece of a file."""
_CONTROL: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAIL: Final = re.compile(
    rb"^(received|return-path|from|message-id|mime-version|delivered-to): .", re.IGNORECASE | re.MULTILINE
)
_MAIL_HEADERS_MIN: Final = 3
_RTF_OBJECT: Final = re.compile(rb"\\objdata|\\objocx|\\objemb|\\\*\\template\b", re.IGNORECASE)


def found(content: BinaryIO) -> Found:
    """Whether the bytes are a text."""
    data = content.read(TEXT_BYTES_MAX + 1)
    if len(data) > TEXT_BYTES_MAX:
        return Found(media_type=UNKNOWN)
    if decoded(data) is None:
        return Found(media_type=UNKNOWN)
    headers, _, _ = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    if len({each.lower() for each in _MAIL.findall(headers)}) >= _MAIL_HEADERS_MIN:
        return Found(media_type=EML)
    return Found(media_type=TEXT)


def decoded(data: bytes) -> str | None:
    """A text in an encoding that is in use in France; None for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    if len(data.translate(None, _CONTROL)) != len(data):
        return None
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def found_in_rtf(content: BinaryIO) -> Found:
    """Whether an RTF is whole, and what it carries."""
    data = content.read(TEXT_BYTES_MAX * 4)
    faults = set()
    if not data.rstrip(b"\x00 \t\r\n").endswith(b"}"):
        faults.add(FileFault.TRUNCATED)
    if _RTF_OBJECT.search(data):
        faults.add(FileFault.ACTIVE_CONTENT)
    return Found(media_type=RTF, faults=tuple(faults))
