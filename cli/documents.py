"""`smoe documents`: whether every file that a fact names is kept as it came, and what is kept that no fact names."""

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import click

from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.case import Case
from domain.reference.load import load_reference
from domain.registers import NO_CASES
from ledger.desk import Desk, open_ledger
from ledger.facts import LedgerAltered, StoredEventInvalid
from ledger.histories import AnyEvent, CaseUnknown
from ledger.logs import silence_logs
from ledger.secrets import with_secrets
from ledger.settings import Settings
from ledger.store import Ledger
from reactions.uploads import named_in


class Fault(StrEnum):
    """What is wrong with a file."""

    MISSING = "manque"
    ALTERED = "altéré"
    UNREADABLE = "clé perdue ou détruite"
    IN_EXCESS = "aucun fait ne le nomme"
    OF_NO_CASE = "aucun dossier de ce numéro"
    LEFT = "reste d'un effacement"


GRAVE: Final = frozenset({Fault.MISSING, Fault.ALTERED, Fault.UNREADABLE, Fault.LEFT})


class Found(NamedTuple):
    """A file that is not as it should be."""

    case_id: UUID
    sha256: str
    what: str
    """Which document or letter, where a fact says so."""
    fault: Fault


def check(settings: Settings) -> int:
    """Read every file that facts name, and say what is missing, altered, left or in excess; 1 where one is lost."""
    silence_logs()
    settings = with_secrets(settings)
    ledger = open_ledger(settings, pool_size=2)
    try:
        files, desk = Files(settings.files_url, ledger.keys), Desk(ledger, load_reference())
        kept: dict[UUID, set[str]] = defaultdict(set)
        for each in files.listed():
            kept[each.case_id].add(each.sha256)
        checked, grave = 0, 0
        for case_id in _cases(ledger, kept):
            for found in _checked(desk, files, case_id, kept.get(case_id, set())):
                if found is None:
                    checked += 1
                    continue
                grave += found.fault in GRAVE
                click.echo(f"{found.case_id}  {found.sha256}  {found.fault.value}{found.what and f' : {found.what}'}")
        click.echo(f"{checked} fichiers lus en entier et conformes, {grave} défauts.")
    finally:
        ledger.close()
    return 1 if grave else 0


def _cases(ledger: Ledger[AnyEvent], kept: dict[UUID, set[str]]) -> list[UUID]:
    with ledger.recorder.datastore.get_connection() as connection:
        rows = connection.execute("SELECT DISTINCT originator_id AS id FROM ledger.events").fetchall()
    return sorted(({row["id"] for row in rows} | kept.keys()) - NO_CASES)


def _checked(desk: Desk, files: Files, case_id: UUID, kept: set[str]) -> Iterator[Found | None]:
    """Each file of a case with its fault, None for one that is as it came."""
    try:
        case = desk.history(case_id).case
        named = named_in(desk, case_id)
    except CaseUnknown:
        yield from (Found(case_id, each, "", Fault.OF_NO_CASE) for each in sorted(kept))
        return
    except (LedgerAltered, StoredEventInvalid) as broken:
        click.echo(f"{case_id}  l'historique ne peut pas être lu : {broken}", err=True)
        return
    if case.erased:
        yield from (Found(case_id, each, "", Fault.LEFT) for each in sorted(kept))
        return
    held = dict(_held(case))
    for sha256, what in sorted(held.items()):
        fault = _fault(files, case_id, sha256)
        yield Found(case_id, sha256, what, fault) if fault else None
    yield from (Found(case_id, each, "", Fault.IN_EXCESS) for each in sorted(kept - named))


def _held(case: Case) -> Iterator[tuple[str, str]]:
    """The files that facts say are here; a document that was only announced is not."""
    for document in case.documents.values():
        for ref in document.versions:
            if ref.version in document.reports:
                yield ref.sha256, f"pièce {document.id} version {ref.version}"
    for letter in case.letters:
        yield letter.sha256, f"lettre {letter.id}"
    for bundle in case.bundles:
        for build in bundle.builds:
            if build.sha256:
                yield build.sha256, f"dossier de défense {bundle.id}, construction {build.number}"


def _fault(files: Files, case_id: UUID, sha256: str) -> Fault | None:
    try:
        for _ in files.chunks(case_id, sha256):
            continue
    except FileUnknown:
        return Fault.MISSING
    except FileErased:
        return Fault.UNREADABLE
    except FileAltered:
        return Fault.ALTERED
    return None
