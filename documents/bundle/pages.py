"""An exhibit as pages: its files as they are, or a sheet in the place of what cannot be shown."""

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pikepdf

from documents.bundle.apart import Broken, done_apart
from documents.bundle.cleaning import Unshowable, clean, opened
from documents.bundle.holding import Held
from documents.bundle.images import pages_of_image
from documents.bundle.merging import Part, Series, join_series
from documents.bundle.numbered import Numbered, Shown, SourceFile
from documents.bundle.redacting import redacted
from documents.typesetting import legible, typeset
from domain.papers import FileFault, Redaction

SECONDS: Final = 90.0
SECONDS_A_MEGABYTE: Final = 1.0
TEXT_BYTES_MAX: Final = 2_000_000
_COLUMNS: Final = 88
_LINES: Final = 40
_HEAD_BYTES: Final = 1024
_KINDS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"PK\x03\x04", "application/zip"),
)
_OFFICE: Final = frozenset({"application/rtf", "application/x-ole-storage", "application/x-office"})
_ALIKE: Final = {"image/jpg": "image/jpeg", "application/x-pdf": "application/pdf"}

WHY: Final = {
    FileFault.EMPTY: "Le fichier reçu est vide.",
    FileFault.TRUNCATED: "Le fichier reçu est incomplet : ce qui en reste ne peut pas être affiché.",
    FileFault.UNREADABLE: "Le contenu du fichier est endommagé et n'a pas pu être ouvert.",
    FileFault.ENCRYPTED: "Le fichier est chiffré : il faudrait un mot de passe que l'administration n'a pas.",
    FileFault.EXPANDS_TOO_MUCH: "Le fichier devient démesuré quand on l'ouvre : il bloquerait le poste qui le lit.",
    FileFault.MACROS: "Le fichier contient des macros, c'est-à-dire un programme qui s'exécute à l'ouverture.",
    FileFault.NO_PAGE: "Le fichier s'ouvre, mais ne contient aucune page.",
    FileFault.TYPE_NOT_ACCEPTED: "Le format du fichier ne permet pas d'en tirer des pages.",
    FileFault.TOO_MANY_PAGES: "Le fichier compte trop de pages pour être reproduit dans un dossier.",
    FileFault.EXAMINATION_FAILED: "La lecture du fichier n'a pas abouti dans les limites de temps et de mémoire.",
}
_OFFICE_WHY: Final = "Le fichier provient d'un logiciel de bureautique : sa mise en pages dépend du poste qui l'ouvre."
_OF_OFFICE: Final = (
    FileFault.ENCRYPTED,
    FileFault.EXPANDS_TOO_MUCH,
    FileFault.TRUNCATED,
    FileFault.UNREADABLE,
    FileFault.MACROS,
)
"""What intake finds of such files, which are not opened here; the first is told."""
_NOTES: Final = {
    FileFault.TRUNCATED: "Le fichier était abîmé ; les pages reproduites sont celles qui ont pu être retrouvées.",
    FileFault.ACTIVE_CONTENT: "Les scripts, les actions et les fichiers joints qu'il contenait ne sont pas reproduits.",
}
_JOINED: Final = "Le fichier d'origine est joint tel quel, sous le nom « {name} »."
_HELD: Final = "L'administration conserve le fichier d'origine, inchangé ; l'empreinte ci-dessus l'identifie."


class ShowFile(msgspec.Struct, kw_only=True):
    """What is asked of the process apart: the pages of one file."""

    path: str
    out: str
    own_by: str
    label: str
    redactions: tuple[Redaction, ...]
    ours: bool


class FileShown(msgspec.Struct, kw_only=True):
    """What it answers: pages, or the fault that keeps them from being shown."""

    pages: int = 0
    kind: str = ""
    faults: tuple[FileFault, ...] = ()
    unshowable: FileFault | None = None


def shown(exhibit: Numbered, files: Sequence[SourceFile], folder: Path) -> Shown:
    """The pages of an exhibit, as a PDF in a folder; never raises for what is wrong with a file."""
    out = folder / f"{exhibit.number:05d}.pdf"
    if len(files) == 1:
        one = _file_shown(exhibit, files[0], out, str(exhibit.number), alone=True)
        return msgspec.structs.replace(one, archival=one.archival and one.pages > 0)
    parts, each_shown = [], []
    with contextlib.ExitStack() as gone:
        for index, file in enumerate(files):
            path = folder / f"{exhibit.number:05d}-{index:03d}.pdf"
            gone.callback(path.unlink, missing_ok=True)
            one = _file_shown(exhibit, file, path, f"{exhibit.number}.{index + 1}", alone=False)
            heading = folder / f"{exhibit.number:05d}-{index:03d}-0.pdf"
            gone.callback(heading.unlink, missing_ok=True)
            _sheet(
                "bundle/separator.typ",
                heading,
                f"{exhibit.number}.{index + 1}.0",
                number=exhibit.number,
                label=legible(exhibit.label),
                rank=index + 1,
                total=len(files),
                title=legible(file.title),
            )
            parts += [Part(path=str(heading), bookmark=file.title), Part(path=str(path), bookmark="")]
            each_shown.append(one)
        joined = done_apart(
            join_series,
            Series(parts=parts, out=str(out), title=exhibit.label),
            seconds=SECONDS + sum(file.path.stat().st_size for file in files) / 1e6 * SECONDS_A_MEGABYTE,
        )
    found = {fault for one in each_shown for fault in one.faults}
    return Shown(
        path=out,
        pages=joined.pages,
        faults=tuple(fault for fault in FileFault if fault in found),
        told=tuple(
            f"{file.title} : {sentence}" for file, one in zip(files, each_shown, strict=True) for sentence in one.told
        ),
        replaced=sum(one.replaced for one in each_shown),
        archival=all(one.archival for one in each_shown),
    )


def _file_shown(exhibit: Numbered, file: SourceFile, out: Path, own_by: str, *, alone: bool) -> Shown:
    reported = set(file.report.faults) if file.report else set()
    label = exhibit.label if alone else file.title
    answer = _asked(file, out, own_by, label, reported)
    if answer.unshowable is FileFault.UNREADABLE and FileFault.TRUNCATED in reported:
        # A court reads the reason that its sender was told.
        answer.unshowable = FileFault.TRUNCATED
    faults = reported | set(answer.faults) | ({answer.unshowable} if answer.unshowable else set())
    declared = _ALIKE.get(file.media_type, file.media_type)
    if answer.kind and answer.kind not in (declared, "application/x-office") and declared in _SHOWABLE:
        faults.add(FileFault.MISLABELLED)
    ordered = tuple(fault for fault in FileFault if fault in faults)
    if answer.unshowable is None and answer.kind not in _OFFICE:
        told = tuple(_NOTES[fault] for fault in ordered if fault in _NOTES)
        archival = file.ours or (answer.kind not in ("application/pdf",) and FileFault.ACTIVE_CONTENT not in faults)
        return Shown(path=out, pages=answer.pages, faults=ordered, told=told, archival=archival)
    why = _why(answer, reported)
    pages = _placeholder(exhibit, file, out, own_by, why, alone=alone)
    return Shown(path=out, pages=pages, faults=ordered, told=(why,), replaced=1, archival=True)


def _why(answer: FileShown, reported: Collection[FileFault]) -> str:
    if answer.kind not in _OFFICE:
        return WHY[answer.unshowable or FileFault.UNREADABLE]
    return next((WHY[fault] for fault in _OF_OFFICE if fault in reported), _OFFICE_WHY)


def _asked(file: SourceFile, out: Path, own_by: str, label: str, reported: set[FileFault]) -> FileShown:
    if FileFault.EXAMINATION_FAILED in reported:
        return FileShown(unshowable=FileFault.EXAMINATION_FAILED)
    job = ShowFile(
        path=str(file.path), out=str(out), own_by=own_by, label=label, redactions=file.redactions, ours=file.ours
    )
    seconds = SECONDS + file.path.stat().st_size / 1e6 * SECONDS_A_MEGABYTE
    try:
        answer: FileShown = done_apart(show_file, job, seconds=seconds)
    except Broken:
        out.unlink(missing_ok=True)
        return FileShown(unshowable=FileFault.EXAMINATION_FAILED)
    return answer


def show_file(job: ShowFile) -> FileShown:
    """The pages of one file, in the process apart."""
    path, out = Path(job.path), Path(job.out)
    kind = _kind(path)
    if kind in _OFFICE:
        return FileShown(kind=kind)
    try:
        with Held(out) as held, _pages(path, kind, job, held) as pdf:
            trusted = job.ours or kind != "application/pdf"
            done = clean(pdf, out, job.own_by, job.label, trusted=trusted, held=held)
    except Unshowable as error:
        return FileShown(kind=kind, unshowable=error.fault)
    only_image = {FileFault.IMAGE_ONLY} if kind.startswith("image/") else set()
    return FileShown(kind=kind, pages=done.pages, faults=tuple(f for f in done.faults if f not in only_image))


def _pages(path: Path, kind: str, job: ShowFile, held: Held) -> pikepdf.Pdf:
    """The pages of a file before they are cleaned, what is hidden of them hidden. Raises Unshowable."""
    if kind == "application/pdf":
        pdf = opened(path, held)
        if not job.redactions:
            return pdf
        # What pages go into another file is copied at once, images and all.
        held.take(pdf, only_images=True)
        return redacted(pdf, path, job.redactions)
    if kind.startswith("image/"):
        pdf = pages_of_image(path)
    elif kind == "text/plain":
        pdf = pikepdf.open(io.BytesIO(_typeset_text(path, job.label)))
    else:
        raise Unshowable(FileFault.TYPE_NOT_ACCEPTED if path.stat().st_size else FileFault.EMPTY)
    if not job.redactions:
        return pdf
    between = Path(f"{job.out}.between")
    try:
        pdf.save(between, deterministic_id=True)
        return redacted(pdf, between, job.redactions)
    finally:
        between.unlink(missing_ok=True)


_SHOWABLE: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "image/tiff", "image/webp", "text/plain"})


def _kind(path: Path) -> str:
    """What a file is, by its bytes; empty for what is not known here."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"%PDF-" in head:
        return "application/pdf"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    kind = next((kind for magic, kind in _KINDS if head.startswith(magic)), "")
    if kind == "application/zip" and _is_office(path):
        return "application/x-office"
    if not kind and head and path.stat().st_size <= TEXT_BYTES_MAX and _text(path.read_bytes()) is not None:
        return "text/plain"
    return kind


def _is_office(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:1_000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return "[Content_Types].xml" in names or "META-INF/manifest.xml" in names


def _text(content: bytes) -> str | None:
    """Plain text in UTF-8, else in the code page of Windows; None for what is neither."""
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            decoded = content.decode(encoding)
            plain = decoded.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\t", "    ")
            return plain if all(each == "\n" or each.isprintable() or each == "\xa0" for each in plain) else None
    return None


def _typeset_text(path: Path, title: str) -> bytes:
    lines: list[str] = []
    for line in legible(_text(path.read_bytes()) or "").split("\n"):
        kept = line.rstrip().replace(" ", "\xa0")
        lines += [kept[at : at + _COLUMNS] for at in range(0, len(kept), _COLUMNS)] or [""]
    blocks = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    return typeset("bundle/text.typ", msgspec.json.encode({"title": legible(title), "blocks": blocks}))


def _placeholder(exhibit: Numbered, file: SourceFile, out: Path, own_by: str, why: str, *, alone: bool) -> int:
    with file.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    joined = alone and file.is_joined and not file.redactions
    return _sheet(
        "bundle/placeholder.typ",
        out,
        own_by,
        number=exhibit.number,
        label=legible(exhibit.label),
        title="" if alone else legible(file.title),
        file_name=legible(file.file_name),
        size=_size(file.path.stat().st_size),
        sha256=digest,
        sentences=[why],
        original=_JOINED.format(name=exhibit.name) if joined else _HELD,
    )


def _size(count: int) -> str:
    """A size as it is read, to the byte."""
    return f"{count:,}".replace(",", "\u202f") + ("\xa0octet" if count < 2 else "\xa0octets")


def _sheet(template: str, out: Path, own_by: str, **data: object) -> int:
    """Pages of our own from a template, laid out for merging; how many."""
    pages = typeset(template, msgspec.json.encode(data))
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        return clean(pdf, out, own_by, str(data["label"]), trusted=True).pages
