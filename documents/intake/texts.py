"""What was made of files, kept sealed beside them: their text, for search, and a picture of their first page."""

from typing import Final
from uuid import UUID

from documents.intake.examining import Derived
from documents.storage import Files

TEXT: Final = "text"
THUMBNAIL: Final = "thumbnail"


def keep(files: Files, case_id: UUID, person: UUID, sha256: str, made: Derived) -> None:
    """Keep what was made of a file, under the key of the person whom the case concerns. Raises FileErased."""
    files.keep_derived(case_id, person, sha256, TEXT, made.text.encode())
    if made.thumbnail is not None:
        files.keep_derived(case_id, person, sha256, THUMBNAIL, made.thumbnail)


def text_of(files: Files, case_id: UUID, sha256: str) -> str:
    """The text of a file, pages parted by form feeds; empty where none can be read.

    Raises FileUnknown while it was not made, FileErased, FileAltered.
    """
    return files.derived(case_id, sha256, TEXT).decode()


def thumbnail_of(files: Files, case_id: UUID, sha256: str) -> bytes:
    """The first page of a file as a JPEG. Raises FileUnknown where there is none, FileErased, FileAltered."""
    return files.derived(case_id, sha256, THUMBNAIL)
