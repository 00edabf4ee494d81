"""The rules by which texts are diagnosed: plain ones, RTF, mails, and bytes of which nothing is known."""

import re
from typing import BinaryIO, Final

from documents.intake.examining import Found
from domain.intake import EML, RTF, TEXT, UNKNOWN
from domain.papers import FileFault

TEXT_BYTES_MAX: Final = 64 << 20
"""A longer text is no piece of a file."""
RTF_BYTES_MAX: Final = 4 * TEXT_BYTES_MAX
"""With the images that it holds as digits."""
_CONTROL: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAIL: Final = re.compile(
    rb"^(received|return-path|from|message-id|mime-version|delivered-to): .", re.IGNORECASE | re.MULTILINE
)
_MAIL_HEADERS_MIN: Final = 3
_RTF_TOKEN: Final = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
_RTF_UNSAID: Final = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"datastore", b"generator")
)
_RTF_ENDS: Final = frozenset((b"par", b"line", b"row", b"page", b"sect"))
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
    data = content.read(RTF_BYTES_MAX)
    faults = set()
    if _is_open(data):
        faults.add(FileFault.TRUNCATED)
    if _RTF_OBJECT.search(data):
        faults.add(FileFault.ACTIVE_CONTENT)
    return Found(media_type=RTF, faults=tuple(faults))


def _is_open(data: bytes) -> bool:
    """Whether a group of an RTF was not closed."""
    if not data.rstrip(b"\x00 \t\r\n").endswith(b"}"):
        return True
    # Bytes that are no text may look like braces.
    plain = data.replace(b"\\\\", b"").replace(b"\\{", b"").replace(b"\\}", b"")
    return b"\\bin" not in plain and plain.count(b"{") > plain.count(b"}")


def text_of_rtf(data: bytes) -> str:
    """The words of an RTF: groups that describe how they look, or hold images, are left out."""
    said: list[str] = []
    unsaid, outer = False, list[bool]()
    skipped = 0
    for token in _RTF_TOKEN.finditer(data):
        word, number, code, sign, brace, words = token.groups()
        if brace == b"{":
            outer.append(unsaid)
        elif brace == b"}":
            unsaid = outer.pop() if outer else False
        elif sign == b"*" or (word in _RTF_UNSAID):
            unsaid = True
        elif unsaid:
            continue
        elif word == b"u" and number:
            said.append(chr(int(number) % 0x10000))
            # What stands there for readers that know no Unicode follows, one sign of it.
            skipped = 1
        elif word in _RTF_ENDS or word == b"tab":
            said.append("\t" if word == b"tab" else "\n")
        elif code or words or (sign and sign in b"\\{}~"):
            text = bytes.fromhex(code.decode()).decode("cp1252", "replace") if code else ""
            text = text or (words.decode("cp1252", "replace") if words else sign.decode().replace("~", "\u00a0"))
            said.append(text[skipped:])
            skipped = 0
    return "".join(said)
