"""A closed case as a bag: its documents and letters as they are kept, its sheets, its facts, and what proves them."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec
from anyascii import anyascii

from documents.export.bag import Bag
from documents.export.seda import Agencies, Kept, Subject, described_retention, manifest
from documents.sheets import sheet_pdf, sheets_available
from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.case import PARIS, Case
from domain.events import CaseEvent
from domain.procedures import PROCEDURES
from domain.retention import Retention
from domain.sentences import articles, sentence
from domain.taken import Records, day_of
from ledger.facts import Recorded

PART_BYTES: Final = 1 << 20
PDF: Final = "application/pdf"
EXTENSIONS: Final = {
    PDF: "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/plain": "txt",
    "application/msword": "doc",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
TITLE_MAX: Final = 60
NOT_ASCII: Final = re.compile(r"[^A-Za-z0-9]+")

DOCUMENTS: Final = "Pièces du dossier"
LETTERS: Final = "Lettres et décisions"
SHEETS: Final = "Fiches tirées de l'historique"
FACTS: Final = "Historique"
PROOF: Final = "Preuve d'intégrité"
ABOUT: Final = "Description du versement"

PRESENT: Final = "présent"
NEVER_HERE: Final = "jamais déposé"
ERASED: Final = "effacé"
ALTERED: Final = "altéré : le fichier conservé n'est plus celui qui a été reçu"

PROGRAM: Final = "verify_smoe.py"
READ_ME: Final = """\
Dossier de main-d'œuvre étrangère versé aux archives
====================================================

Ce dossier est un paquet BagIt 1.0 (RFC 8493) : « manifest-sha256.txt » et « manifest-sha512.txt » donnent l'empreinte
de chaque fichier ; tout outil BagIt les vérifie.

  content/pieces/      les pièces, telles qu'elles ont été reçues, toutes versions
  content/lettres/     les lettres et décisions, telles qu'elles ont été envoyées
  content/fiches/      ce que l'historique seul raconte, en PDF/A
  content/faits/       tous les faits du dossier, un par ligne, en JSON et en français
  content/preuve/      la preuve que l'historique est entier, et le programme qui la vérifie sans réseau :
                       python3 -I {program} preuve.zip
  content/inventaire.csv   chaque pièce et chaque lettre, présente ou non, et pourquoi
  manifest.xml         le bordereau SEDA 2.1, si le service a renseigné ses identifiants
"""


class Surrounded(NamedTuple):
    """A case to hand over, with what its files are made from."""

    case: Case
    facts: Sequence[Recorded[CaseEvent]]
    files: Files
    records: Records
    proof: Callable[[BinaryIO], None]
    """Writes the archive that proves the facts."""
    verifier: str
    """The program that checks it."""


class Listed(NamedTuple):
    """A file that the case names, whether or not it can be handed over."""

    name: str
    title: str
    sha256: str
    state: str


def write_transfer(
    target: BinaryIO, given: Surrounded, kept_for: Retention | None, agencies: Agencies, made_at: datetime
) -> None:
    """Write the whole bag into a seekable file, one file of the case in memory at a time.

    What cannot be handed over is said in the inventory, and stops nothing. The same facts, files and instant give the
    same bytes, but for the proof, which the log signs anew.
    """
    case = given.case
    bag = Bag(target, f"smoe-{case.number}")
    kept: list[Kept] = []

    def add(group: str, name: str, title: str, media_type: str, dated: date | None, parts: Iterator[bytes]) -> None:
        kept.append(Kept(group, title, media_type, dated, bag.add(f"content/{name}", parts)))

    listed = [*_files(given, add)]
    for sheet in sheets_available(given.facts):
        content = sheet_pdf(sheet.name, given.facts, case.version, given.records)
        add(SHEETS, f"fiches/{sheet.name.replace('/', '-')}.pdf", sheet.label, PDF, sheet.dated, iter((content,)))
    last = day_of(given.facts[-1])
    add(FACTS, "faits/faits.jsonl", "Faits du dossier", "application/x-ndjson", last, _told(given.facts))
    with tempfile.TemporaryFile() as file:
        given.proof(file)
        file.seek(0)
        add(PROOF, "preuve/preuve.zip", "Preuve des faits", "application/zip", None, _parts(file))
    program = iter((given.verifier.encode(),))
    add(PROOF, f"preuve/{PROGRAM}", "Programme de vérification", "text/x-python", None, program)
    add(ABOUT, "inventaire.csv", "Inventaire des pièces et des lettres", "text/csv", None, iter((_inventory(listed),)))
    add(
        ABOUT,
        "LISEZMOI.txt",
        "Notice de ce versement",
        "text/plain",
        None,
        iter((READ_ME.format(program=PROGRAM).encode(),)),
    )
    if agencies.are_known:
        bag.add("manifest.xml", iter((manifest(_subject(given), kept, agencies, kept_for, made_at),)))
    bag.close(_described(given, kept_for, made_at))


Add = Callable[[str, str, str, str, date | None, Iterator[bytes]], None]


def _files(given: Surrounded, add: Add) -> Iterator[Listed]:
    """Hand over every version of every document, and every letter, that can be read; tell what becomes of each."""
    case = given.case
    for document in case.documents.values():
        for ref in document.versions:
            report = document.reports.get(ref.version)
            media_type = report.media_type if report else ref.media_type
            name = f"pieces/{ref.id}-v{ref.version}{_slug(ref.title)}.{EXTENSIONS.get(media_type, 'bin')}"
            title = f"{ref.title} (pièce {ref.id}, version {ref.version})"
            put = partial(add, DOCUMENTS, name, title, media_type, None)
            yield Listed(name, title, ref.sha256, _hand_over(given, ref.sha256, put))
    for letter in case.letters:
        name = f"lettres/{letter.id}-{letter.kind.value.replace('_', '-')}.pdf"
        title = f"Lettre {letter.id}"
        put = partial(add, LETTERS, name, title, PDF, letter.dated)
        yield Listed(name, title, letter.sha256, _hand_over(given, letter.sha256, put))


def _hand_over(given: Surrounded, sha256: str, put: Callable[[Iterator[bytes]], None]) -> str:
    """Put a kept file into the bag, once it is known to be whole; what it is where it cannot be."""
    if given.case.erased:
        # Also while its files are still to be removed.
        return ERASED
    try:
        with given.files.fetched(given.case.id, sha256) as path, path.open("rb") as file:
            put(_parts(file))
    except FileUnknown:
        return NEVER_HERE
    except FileErased:
        return ERASED
    except FileAltered:
        return ALTERED
    return PRESENT


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(PART_BYTES):
        yield part


def _slug(title: str) -> str:
    """A title as it may stand in a name of a file, or nothing."""
    plain = NOT_ASCII.sub("-", anyascii(title.replace("°", ""))).strip("-")[:TITLE_MAX].strip("-")
    return f"-{plain}" if plain else ""


def _told(facts: Sequence[Recorded[CaseEvent]]) -> Iterator[bytes]:
    """Each fact on a line: who, when, what in French, on which texts, and all that it holds."""
    for fact in facts:
        yield msgspec.json.encode(_fact(fact), order="deterministic") + b"\n"


def _fact(fact: Recorded[CaseEvent]) -> dict[str, Any]:
    return {
        "version": fact.version,
        "type": fact.type,
        "enregistre_le": fact.recorded_at,
        "date_legale": fact.legal_date,
        "auteur": {"nom": fact.actor.name, "qualite": fact.actor.quality, "service": fact.actor.service},
        "phrase": sentence(fact.event),
        "textes": articles(fact.event),
        "fait": fact.event,
        "empreinte": fact.hash.hex(),
    }


def _inventory(listed: Sequence[Listed]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(("fichier", "intitulé", "empreinte SHA-256 à la réception", "état"))
    lines.writerows((_harmless(each.name), _harmless(each.title), each.sha256, each.state) for each in listed)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _subject(given: Surrounded) -> Subject:
    case = given.case
    return Subject(
        identifier=f"{case.id}-{case.version}",
        number=case.number,
        title=f"Dossier n° {case.number} : {PROCEDURES[case.procedure].title}",
        opened_on=case.filed_on,
        ended_on=day_of(given.facts[-1]),
    )


def _described(given: Surrounded, kept_for: Retention | None, made_at: datetime) -> list[tuple[str, str]]:
    case = given.case
    platform = case.routing.platform if case.routing else ""
    return [
        *([("Source-Organization", f"Plateforme de main-d'œuvre étrangère, {platform}")] if platform else []),
        ("External-Identifier", case.number),
        ("External-Description", PROCEDURES[case.procedure].title),
        ("Bagging-Date", made_at.astimezone(PARIS).date().isoformat()),
        ("Internal-Sender-Identifier", f"{case.id}, version {case.version}"),
        ("Internal-Sender-Description", described_retention(kept_for)),
    ]
