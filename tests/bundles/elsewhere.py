"""Prints the hash of everything that is printed of a case, made anew from what a ledger and a store of files hold."""

import hashlib
import os
import sys
import zipfile
from pathlib import Path
from uuid import UUID

import msgspec

from documents.bundle.makers import makers_of
from documents.bundle.workbench import sha256_of
from documents.letters import rendered
from documents.sheets import sheet_pdf
from documents.stationery import Stationery
from documents.storage import Files
from domain.events import BundleOrdered, LetterIssued
from domain.letters.due import Due
from domain.reference.load import load_reference
from domain.sheets import sheets_available
from ledger.desk import Desk, open_ledger
from ledger.histories import case_facts
from ledger.settings import Settings
from reactions.bundles import Ordered, kept
from reactions.letters import around


def hashes(stream: UUID, settings: Settings) -> dict[str, str]:
    """By name: letters twice, of their kept data and of the facts; sheets; each entry of a bundle, and the archive."""
    ledger = open_ledger(settings)
    desk = Desk(ledger, load_reference())
    files = Files(settings.files_url, ledger.keys)
    facts, decided, stationery = case_facts(desk.history(stream)), desk.decided(), Stationery.of(settings)
    found: dict[str, str] = {}
    for fact in facts:
        if isinstance(event := fact.event, LetterIssued):
            due = Due(
                kind=event.kind,
                about=event.about,
                addressee=event.addressee,
                dated=event.dated,
                on_version=event.on_version,
            )
            told = facts[: event.on_version]
            composed = stationery.composed(told, due, around(decided, told[-1]))
            found[f"{event.letter} data"] = hashlib.sha256(composed.data).hexdigest()
            found[f"{event.letter} pages"] = hashlib.sha256(stationery.rendered(composed)).hexdigest()
            again = rendered(event.template, files.read(stream, event.data_sha256))
            found[f"{event.letter} kept"] = hashlib.sha256(again).hexdigest()
    for sheet in sheets_available(facts):
        found[f"sheet {sheet.name}"] = hashlib.sha256(sheet_pdf(sheet.name, facts, len(facts), decided)).hexdigest()
    ordered = max(fact.version for fact in facts if isinstance(fact.event, BundleOrdered))
    made = kept(desk, settings, makers_of, Ordered(stream, ordered), lambda *_: None)
    found["archive"] = made.sha256
    (archive,) = (settings.data_dir / "builds").glob("*/archive/archive.zip")
    assert sha256_of(archive) == made.sha256
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            found[f"archive/{name}"] = hashlib.sha256(opened.read(name)).hexdigest()
    ledger.close()
    return found


if __name__ == "__main__":
    surroundings = (sys.version.split()[0], os.getcwd(), str(Path.home()), os.umask(0o077))
    print(*surroundings, file=sys.stderr)
    told = hashes(UUID(sys.argv[1]), Settings.from_environment(os.environ))
    sys.stdout.buffer.write(msgspec.json.encode(told))
