"""smoe has written a letter that the case calls for."""

from datetime import date
from typing import Annotated

import msgspec

from domain.acts import Addressee
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import LetterIssued
from domain.letters.due import Call, called_for, is_written
from domain.papers import LetterKind, Sha256
from domain.refusals import Refused


class IssueLetter(Command, frozen=True, kw_only=True):
    """Issue a letter: what it is, and what it was made of."""

    kind: LetterKind
    about: Annotated[str, msgspec.Meta(max_length=20)] = ""
    addressee: Addressee | None = None
    dated: date
    on_version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    template: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,60}/[0-9]{1,4}$(?!\n)")]
    data_sha256: Sha256
    sha256: Sha256
    bytes: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
    certificate_sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""


@command(
    "issue-letter",
    IssueLetter,
    title="Émettre une lettre",
    fresh=False,
    example={
        "kind": "receipt",
        "dated": "2026-11-02",
        "on_version": 2,
        "template": "receipt/1",
        "data_sha256": "5a" * 32,
        "sha256": "a5" * 32,
        "bytes": 34512,
    },
)
def issue_letter(case: Case, command: IssueLetter, context: Context) -> tuple[LetterIssued, ...]:
    """Each letter that the case calls for is issued once, and none that it does not call for."""
    call = Call(kind=command.kind, about=command.about, addressee=command.addressee, dated=command.dated)
    if is_written(case, call):
        raise Refused("letter_already_issued")
    if call not in called_for(case) or command.on_version > case.version:
        raise Refused("letter_not_due")
    return (
        LetterIssued(
            letter=f"L{len(case.letters) + 1}",
            kind=command.kind,
            about=command.about,
            addressee=command.addressee,
            on_version=command.on_version,
            template=command.template,
            data_sha256=command.data_sha256,
            sha256=command.sha256,
            bytes=command.bytes,
            certificate_sha256=command.certificate_sha256,
            dated=command.dated,
            issued_on=context.today,
        ),
    )
