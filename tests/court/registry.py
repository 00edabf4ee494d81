"""What a court's registry would refuse of a bundle, read from the rules alone: no code of the builder is used here.

Rules: CJA R412-2 (inventory: exhaustive, continuous rising order, explicit labels), R611-8-5 (one file per exhibit,
whose title begins with its number and tells what it is; series may share one), the court application's own limits on
names (80 characters, no accent, no special character, no inner dot), R414-5.
"""

import csv
import ctypes
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree

import pypdfium2
import pypdfium2.raw as pdfium

NAME_CHARACTERS_MAX: Final = 80
EXTENSIONS: Final = frozenset(
    (
        *("pdf", "doc", "docx", "odt", "rtf", "txt", "xls", "xlsx", "ods", "ppt", "pptx", "odp"),
        *("jpg", "jpeg", "png", "tif", "tiff", "gif", "webp", "heic", "eml", "msg", "zip", "bin"),
    )
)
_NAME: Final = re.compile(r"([1-9][0-9]*|0+[1-9][0-9]*)[ _-]+([A-Za-z0-9][A-Za-z0-9 _-]*)\.([a-z0-9]+)")
_STAMP: Final = re.compile(r"Pi[eè]ce\s+n[°o]\s*(\d+)\s+[–-]\s+page\s+(\d+)\s*/\s*(\d+)")
_CITED: Final = re.compile(r"[Pp]i[eè]ces?\s+n[°o]s?\s*(\d+)((?:\s*(?:,|et|à|-|–)\s*(?:n[°o]\s*)?\d+)*)")
_BOOKMARK: Final = re.compile(r"PJ\s*0*(\d+)[_ ](.*\S)")
REQUIRED: Final = (
    "memoire/memoire.docx",
    "memoire/memoire.pdf",
    "inventaire.pdf",
    "inventaire.csv",
    "dossier.pdf",
    "preuve/annexe.json",
    "preuve/annexe.pdf",
    "preuve/preuve.zip",
    "empreintes.txt",
)


class Line(NamedTuple):
    """A line of the inventory."""

    number: int
    label: str
    file: str
    pages: int


class Bookmark(NamedTuple):
    """A bookmark of the merged file."""

    level: int
    title: str
    page: int | None
    """From 0."""


def objections(path: Path) -> list[str]:
    """Everything that a registry would object to, in the order in which it would see it; nothing for a good bundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            if (broken := archive.testzip()) is not None:
                return [f"archive: {broken} is damaged"]
            return list(_objections(archive))
    except zipfile.BadZipFile as error:
        return [f"archive: {error}"]


def _objections(archive: zipfile.ZipFile) -> Iterator[str]:
    names = [each.filename for each in archive.infolist()]
    yield from _of_archive(names)
    missing = [name for name in REQUIRED if name not in names]
    yield from (f"archive: {name} is missing" for name in missing)
    if missing:
        return
    yield from _of_manifest(archive, names)
    pieces = [PurePosixPath(name).name for name in names if name.startswith("pieces/")]
    yield from _of_names(pieces)
    lines, wrong = _inventory(archive.read("inventaire.csv"))
    yield from wrong
    yield from _of_inventory(lines, pieces)
    yield from _of_printed_inventory(lines, archive.read("inventaire.pdf"))
    yield from _of_merged(lines, archive.read("dossier.pdf"))
    yield from _of_brief(lines, archive.read("memoire/memoire.docx"), archive.read("memoire/memoire.pdf"))
    yield from _of_proof(archive.read("preuve/annexe.json"), archive.read("preuve/preuve.zip"))


def _of_archive(names: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            yield f"archive: {name} stands there twice"
        seen.add(name.casefold())
        parts = PurePosixPath(name).parts
        if name.startswith("/") or "\\" in name or ".." in parts or not name.isascii():
            yield f"archive: {name!r} is no safe name"
    if names != sorted(names):
        yield "archive: its entries are in no order"


def _of_manifest(archive: zipfile.ZipFile, names: list[str]) -> Iterator[str]:
    told: dict[str, str] = {}
    for line in archive.read("empreintes.txt").decode().splitlines():
        digest, _, name = line.partition("  ")
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or not name:
            yield f"manifest: {line!r} is no line of sha256sum"
        elif name in told:
            yield f"manifest: {name} is told twice"
        told[name] = digest
    for name in names:
        if name == "empreintes.txt":
            continue
        if name not in told:
            yield f"manifest: {name} is not told"
        elif hashlib.sha256(archive.read(name)).hexdigest() != told[name]:
            yield f"manifest: {name} is another file"
    yield from (f"manifest: {name} is not there" for name in told.keys() - set(names))


def _of_names(pieces: list[str]) -> Iterator[str]:
    numbers: list[int] = []
    stems: set[str] = set()
    for name in pieces:
        if len(name) > NAME_CHARACTERS_MAX:
            yield f"name: {name} has {len(name)} characters"
        if not name.isascii():
            yield f"name: {name} is not ASCII"
        if name.count(".") != 1:
            yield f"name: {name} has an inner dot, or no extension"
        match = _NAME.fullmatch(name)
        if match is None:
            yield f"name: {name!r} does not begin with a number, has a special character, or tells nothing"
            continue
        number, said, extension = match.groups()
        numbers.append(int(number))
        if not re.search(r"[A-Za-z]{2}", said):
            yield f"name: {name} does not tell what it is"
        if extension not in EXTENSIONS:
            yield f"name: {name} is of a type that the court does not take"
        if name != name.strip() or said != said.strip(" _-"):
            yield f"name: {name!r} begins or ends with a blank"
        stem = name.rpartition(".")[0].casefold()
        if stem in stems:
            yield f"name: {name} is taken for another file"
        stems.add(stem)
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        yield f"name: numbers are not 1 to {len(pieces)} without a gap"


def _inventory(content: bytes) -> tuple[list[Line], list[str]]:
    """The lines of the inventory that can be read, and what is wrong with the others."""
    lines, wrong = [], []
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    for row in rows:
        try:
            lines.append(Line(int(row["numéro"]), (row["intitulé"] or "").strip(), row["fichier"], int(row["pages"])))
        except (KeyError, TypeError, ValueError) as error:
            wrong.append(f"inventory: a line cannot be read: {error!r}")
    return lines, wrong


def _of_inventory(lines: list[Line], pieces: list[str]) -> Iterator[str]:
    if [line.number for line in lines] != list(range(1, len(lines) + 1)):
        yield "inventory: numbers do not rise one by one from 1"
    files = [line.file for line in lines]
    yield from (f"inventory: {file} is not joined" for file in files if PurePosixPath(file).name not in pieces)
    known = {PurePosixPath(file).name for file in files}
    yield from (f"inventory: {piece} is not in it" for piece in pieces if piece not in known)
    if len(set(files)) < len(files):
        yield "inventory: one file stands for two exhibits"
    for line in lines:
        if len(re.findall(r"\w", line.label)) < 3:
            yield f"inventory: exhibit {line.number} has no explicit label"
        match = re.match(r"\d+", PurePosixPath(line.file).name)
        if match is None or int(match.group()) != line.number:
            yield f"inventory: {line.file} is not named by its number {line.number}"
        if line.pages < 1:
            yield f"inventory: exhibit {line.number} has no page"


def _of_printed_inventory(lines: list[Line], content: bytes) -> Iterator[str]:
    text = _squeezed("".join(_texts(content)))
    place = 0
    for line in lines:
        found = _place_after(_parts(line.label), text, place)
        if found is None:
            yield f"inventory: its printed form does not tell exhibit {line.number} in its place"
        else:
            place = found


def _of_merged(lines: list[Line], content: bytes) -> Iterator[str]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        yield f"merged: {error}"
        return
    texts = [page.get_textpage().get_text_range() for page in document]
    stamps = [_STAMP.findall(text) for text in texts]
    first: dict[int, int] = {}
    counted: dict[int, list[tuple[int, int]]] = {}
    for index, found in enumerate(stamps):
        # What the exhibit itself says may look like a stamp: ours is the one that goes on from the page before.
        for number, page, total in ((int(a), int(b), int(c)) for a, b, c in found):
            run = counted.setdefault(number, [])
            if page == len(run) + 1:
                if page == 1:
                    first[number] = index
                run.append((index, total))
                break
    for line in lines:
        run = counted.get(line.number, [])
        if len(run) != line.pages or any(total != line.pages for _, total in run):
            yield f"merged: exhibit {line.number} has {len(run)} stamped pages of {line.pages}"
        elif [index for index, _ in run] != list(range(run[0][0], run[0][0] + len(run))):
            yield f"merged: pages of exhibit {line.number} do not follow each other"
    strange = counted.keys() - {line.number for line in lines}
    yield from (f"merged: exhibit {number} is in no inventory" for number in sorted(strange))
    begun = [first[line.number] for line in lines if line.number in first]
    if begun != sorted(begun):
        yield "merged: exhibits do not stand in the order of the inventory"
    opening = sum(line.pages for line in lines)
    if lines and len(texts) - opening < 2:
        yield "merged: there is no cover or no table of contents"
    yield from _of_bookmarks(lines, document, first)
    yield from _of_contents(lines, document, first, texts)
    if pdfium.FPDFCatalog_IsTagged(document.raw) != 1:
        yield "merged: it is not tagged"
    yield from (f"merged: page {index + 1} has no text" for index, text in enumerate(texts) if not text.strip())


def _of_bookmarks(lines: list[Line], document: pypdfium2.PdfDocument, first: dict[int, int]) -> Iterator[str]:
    told: list[int] = []
    for bookmark in _bookmarks(document):
        if bookmark.page is None:
            yield f"bookmarks: « {bookmark.title} » leads nowhere"
            continue
        match = _BOOKMARK.fullmatch(bookmark.title)
        if match is None:
            continue
        number = int(match.group(1))
        told.append(number)
        if bookmark.page != first.get(number):
            yield f"bookmarks: « {bookmark.title} » does not lead to the first page of the exhibit"
    if told != [line.number for line in lines]:
        yield f"bookmarks: they tell {len(told)} exhibits, not the {len(lines)} of the inventory in their order"
    depths = {each.level for each in _bookmarks(document) if _BOOKMARK.fullmatch(each.title)}
    if len(depths) > 1:
        yield "bookmarks: exhibits stand at several depths"


def _bookmarks(document: pypdfium2.PdfDocument) -> list[Bookmark]:
    found = []
    for item in document.get_toc():
        destination = item.get_dest()
        found.append(Bookmark(item.level, item.get_title(), destination.get_index() if destination else None))
    return found


def _of_contents(
    lines: list[Line], document: pypdfium2.PdfDocument, first: dict[int, int], texts: list[str]
) -> Iterator[str]:
    """Each line of the table of contents is a link to the first page of its exhibit, and tells that page."""
    opening = min(first.values(), default=len(texts))
    targets = [target for index in range(opening) for target in _links(document, index)]
    for line in lines:
        if line.number in first and first[line.number] not in targets:
            yield f"contents: no line leads to the first page of exhibit {line.number}"
    wanted = [first[line.number] for line in lines if line.number in first]
    strangers = set(targets) - set(wanted)
    if strangers - set(range(opening)):
        yield f"contents: a line leads into an exhibit, or past it: pages {sorted(strangers)}"
    said = _squeezed("".join(texts[:opening]))
    yield from (
        f"contents: exhibit {line.number} is not told"
        for line in lines
        if _place_after(_parts(line.label), said, 0) is None
    )


def _links(document: pypdfium2.PdfDocument, index: int) -> Iterator[int]:
    page = document[index]
    place, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page.raw, ctypes.byref(place), ctypes.byref(link)):
        destination = pdfium.FPDFLink_GetDest(document.raw, link)
        if not destination:
            action = pdfium.FPDFLink_GetAction(link)
            destination = pdfium.FPDFAction_GetDest(document.raw, action) if action else None
        if destination:
            yield pdfium.FPDFDest_GetDestPageIndex(document.raw, destination)


def _of_brief(lines: list[Line], word: bytes, printed: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(word)) as archive:
            tree = ElementTree.fromstring(archive.read("word/document.xml"))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError) as error:
        yield f"brief: the word processor cannot open it: {error}"
        return
    written = " ".join("".join(paragraph.itertext()) for paragraph in tree.iter() if paragraph.tag.endswith("}p"))
    read = "\n".join(_texts(printed))
    known = {line.number for line in lines}
    for name, text in (("docx", written), ("pdf", read)):
        for number in sorted(_cited(text) - known):
            yield f"brief: its {name} cites exhibit {number}, which is not joined"
        if re.search(r"\{\{|\{%|\}\}", text):
            yield f"brief: its {name} shows marks of its template"
        if not re.search(r"PAR CES MOTIFS", text, re.I):
            yield f"brief: its {name} has no conclusions"
        squeezed = _squeezed(text)
        for line in lines:
            if _place_after(_parts(line.label), squeezed, 0) is None:
                yield f"brief: its {name} does not list exhibit {line.number}"


def _cited(text: str) -> set[int]:
    found: set[int] = set()
    for match in _CITED.finditer(text):
        found.update(map(int, re.findall(r"\d+", match.group())))
    return found


def _of_proof(annex: bytes, proof: bytes) -> Iterator[str]:
    try:
        told: Any = json.loads(annex)
    except ValueError:
        yield "proof: the annex is no JSON"
        return
    if not isinstance(told, dict) or not told:
        yield "proof: the annex tells nothing"
    if not zipfile.is_zipfile(io.BytesIO(proof)):
        yield "proof: what verifies it cannot be opened"


def _texts(content: bytes) -> Iterator[str]:
    for page in pypdfium2.PdfDocument(content):
        yield page.get_textpage().get_text_range()


def _squeezed(text: str) -> str:
    """Letters and digits alone: lines are broken, and hyphens come and go, where pages are narrow."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _parts(label: str) -> list[str]:
    """What of a label is Latin, and printed as it is: other scripts are printed in letters that a judge reads."""
    return [_squeezed(each) for each in re.findall(r"[0-9A-Za-z\u00c0-\u024f]{3,}", label)]


def _place_after(parts: list[str], text: str, place: int) -> int | None:
    """Where these parts end, one after the other, from a place on; None where one of them is not there."""
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            return None
        place = found + len(part)
    return place
