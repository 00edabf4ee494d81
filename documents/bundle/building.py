"""A bundle built from the history as it was when it was ordered: one order gives the same bytes, on any machine."""

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from documents.bundle.annex import Annexed, annex_json, annex_pdf
from documents.bundle.archive import write_archive
from documents.bundle.merging import Stopped
from documents.bundle.numbered import Merged, Numbered, Shown, SourceFile, Title
from documents.bundle.workbench import Step, Workbench
from documents.storage import FileAltered, Files, FileUnknown
from documents.typesetting import forget
from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES
from domain.case import Build, Bundle, Case
from domain.defence.bundles import included, joined_type, named
from domain.defence.exhibits import LETTER_TITLES
from domain.defence.recipe import ADDED_HEADING, recipes
from domain.events import BundleOrdered, CaseEvent, LitigationOpened
from domain.french import in_french
from domain.papers import ChosenExhibit, ExhibitSource, FileFault, ScanVerdict, SourceKind
from domain.request import Company
from ledger.facts import Recorded
from ledger.histories import folded
from ledger.proofs.proof import Pinned

Facts: TypeAlias = Sequence[Recorded[CaseEvent]]
Tell: TypeAlias = Callable[[str, int, int], None]
Stop: TypeAlias = Callable[[], bool]

DOCX: Final = "memoire/memoire.docx"
BRIEF: Final = "memoire/memoire.pdf"
MERGED: Final = "dossier.pdf"
INVENTORY: Final = "inventaire.pdf"
LIST: Final = "inventaire.csv"
ANNEX: Final = "preuve/annexe.json"
ANNEX_PAGES: Final = "preuve/annexe.pdf"
PROOF: Final = "preuve/preuve.zip"
HASHES: Final = "empreintes.txt"
READ_ME: Final = "LISEZMOI.txt"
EXHIBITS: Final = "pieces/"
PAGES: Final = "pages.pdf"

SHOWING: Final = "Mise en page des pièces"
MERGING: Final = "Réunion des pièces"
WRITING: Final = "Mémoire et inventaire"
PROVING: Final = "Annexe de preuve"
PACKING: Final = "Archive"
_AT_ONCE: Final = 2
"""Exhibits under way: one is shown in a process apart, which leaves this one to fetch and hash others."""
PAGES_TOLD: Final = 50
"""Of how many pages one is told."""
_FORMULA: Final = ("=", "+", "-", "@", "\t")
"""What makes a spreadsheet compute a cell instead of showing it."""


TOLD: Final = """\
Dossier de défense
==================

À produire par l'application de la juridiction, une fois relus :
  memoire/          le mémoire, à modifier (.docx) ou à lire (.pdf)
  pieces/           une pièce par fichier, dont le nom commence par son numéro d'ordre (CJA R611-8-5)
  inventaire.pdf    l'inventaire détaillé (CJA R412-2) ; inventaire.csv est le même, pour un tableur
  dossier.pdf       le tout réuni, pour la lecture

À conserver par le service, et à ne produire qu'à la demande du juge :
  preuve/           l'annexe dit les faits, leur place au journal et leur empreinte. preuve.zip contient tous les faits
                    tels qu'ils sont enregistrés, ceux du service compris : ce qui est produit est communiqué à l'autre
                    partie (CJA R611-1).
  empreintes.txt    SHA-256 de chaque fichier, à vérifier par « sha256sum -c empreintes.txt »
"""
"""What is filed, and what is not."""


class BuildImpossible(Exception):
    """No try would build it; says why in a French sentence."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A build that was ordered, with the history up to the order."""

    facts: tuple[Recorded[CaseEvent], ...]
    """Up to the version that the bundle tells."""
    order: Recorded[CaseEvent]
    """The fact of the order itself."""
    case: Case
    """As these facts leave it."""
    bundle: Bundle
    build: Build

    @property
    def stream(self) -> UUID:
        """The case."""
        return self.order.stream

    @property
    def person(self) -> UUID:
        """Under whose key the files of the case are sealed."""
        return self.case.request.worker.person


def order_of(facts: Facts, version: int) -> Order:
    """The order that a fact of a case gives; `facts` may go on after it."""
    order = facts[version - 1]
    event = order.event
    assert isinstance(event, BundleOrdered), "the fact orders a bundle"
    known = tuple(facts[: event.on_version])
    case = folded([fact.event for fact in known], order.stream)
    bundle = case.bundle(event.bundle)
    # Between what it tells and the order nothing has touched the layout: the order was decided on it.
    return Order(
        facts=known,
        order=order,
        case=case,
        bundle=bundle,
        build=Build(number=event.build, on_version=event.on_version, exhibits=bundle.exhibits),
    )


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the inventory: an exhibit with its file and its pages."""

    exhibit: Numbered
    pages: int
    first_page: int
    """Of the merged file."""
    sha256: str
    bytes: int
    """Of the file that is joined."""
    faults: tuple[FileFault, ...] = ()
    told: tuple[str, ...] = ()
    """What a reader must know of it, in French."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it is joined, to be edited and to be read."""

    docx: bytes
    pdf: bytes


class Makers(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of a bundle are made by, bound to the history and the surroundings of one order."""

    sheet: Callable[[str, int], bytes]
    """A printed sheet, by its name and the version of the case that it tells."""
    shown: Callable[[Numbered, Sequence[SourceFile], Path], Shown]
    merge: Callable[[Title, Sequence[tuple[Numbered, Shown]], Path, Callable[[int, int], None], Stop], Merged]
    brief: Callable[[Sequence[Listed]], Written]
    inventory: Callable[[Sequence[Listed]], bytes]
    proof: Callable[[BinaryIO], Pinned]
    sentence: Callable[[CaseEvent], str]


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that was built."""

    path: Path
    sha256: str
    bytes: int
    exhibits: int
    pages: int
    faulty: tuple[int, ...]


class _Shown(msgspec.Struct, kw_only=True):
    """What the making of an exhibit told, without the place where it was done."""

    joined: str
    """Name of the file that is joined."""
    missing: bool
    """Whether a file of it was not to be had, or not to be joined."""
    pages: int
    faults: tuple[FileFault, ...]
    told: tuple[str, ...]
    replaced: int
    archival: bool

    @property
    def is_faulty(self) -> bool:
        return self.missing or self.replaced > 0

    def at(self, place: Path) -> Shown:
        return Shown(
            path=place / PAGES,
            pages=self.pages,
            faults=self.faults,
            told=self.told,
            replaced=self.replaced,
            archival=self.archival,
        )


class _Told(msgspec.Struct):
    pass


class _Pages(msgspec.Struct):
    merged: Merged


def built(order: Order, makers: Makers, files: Files, bench: Workbench, *, tell: Tell, stop: Stop) -> Built:
    """Build a bundle on a workbench, going on from the steps that are there.

    Raises Stopped, FileErased, and what the makers raise.

    A file that cannot be shown or found never ends it: its diagnosis takes its place.
    """
    numbered = numbered_of(order)
    total = len(numbered) + 4
    shown = _all_shown(order, makers, files, bench, numbered, lambda done: _tell(tell, stop, SHOWING, done, total))
    forget()
    _tell(tell, stop, MERGING, len(numbered), total)
    pages = [(exhibit, step.told.at(step.folder)) for exhibit, step in zip(numbered, shown, strict=True)]

    def told(page: int, pages: int) -> None:
        if page % PAGES_TOLD == 0:
            tell(f"{MERGING} : page {page} sur {pages}", len(numbered), total)

    merging = bench.step("dossier", partial(_merge, order, makers, pages, told, stop), _Pages)
    merged = merging.told.merged
    _tell(tell, stop, WRITING, len(numbered) + 1, total)
    listed = [_listed(exhibit, step, merged) for exhibit, step in zip(numbered, shown, strict=True)]
    writing = bench.step("memoire", partial(_write, makers, listed), _Told)
    forget()
    _tell(tell, stop, PROVING, len(numbered) + 2, total)
    proving = bench.step("preuve", lambda place: _prove(order, makers, place), _Told)
    forget()
    _tell(tell, stop, PACKING, len(numbered) + 3, total)
    entries = [
        _Entry.of(DOCX, writing, "memoire.docx"),
        _Entry.of(BRIEF, writing, "memoire.pdf"),
        _Entry.of(INVENTORY, writing, "inventaire.pdf"),
        _Entry.of(LIST, writing, "inventaire.csv"),
        _Entry.of(MERGED, merging, "dossier.pdf"),
        _Entry.of(ANNEX, proving, "annexe.json"),
        _Entry.of(ANNEX_PAGES, proving, "annexe.pdf"),
        _Entry.of(PROOF, proving, "preuve.zip"),
        *(
            _Entry.of(f"{EXHIBITS}{exhibit.name}", step, step.told.joined)
            for exhibit, step in zip(numbered, shown, strict=True)
        ),
    ]
    packing = bench.step("archive", lambda place: _pack(entries, place), _Told)
    archive = packing.folder / "archive.zip"
    _tell(tell, stop, PACKING, total, total)
    return Built(
        path=archive,
        sha256=packing.sha256[archive.name],
        bytes=archive.stat().st_size,
        exhibits=len(numbered),
        pages=merged.pages,
        faulty=tuple(exhibit.number for exhibit, step in zip(numbered, shown, strict=True) if step.told.is_faulty),
    )


class _Entry(NamedTuple):
    """A file of the archive."""

    name: str
    path: Path
    sha256: str

    @classmethod
    def of(cls, name: str, step: Step[Any], file: str) -> "_Entry":
        """What a step has made, under its name in the archive; hashed once, when the step ended."""
        return cls(name, step.folder / file, step.sha256[file])


def _tell(tell: Tell, stop: Stop, step: str, done: int, total: int) -> None:
    if stop():
        raise Stopped
    tell(step, done, total)


def numbered_of(order: Order) -> tuple[Numbered, ...]:
    """The exhibits as the inventory numbers and names them."""
    exhibits = included(order.build.exhibits)
    recipe = recipes().get(order.bundle.recipe)
    names = named(order.case, order.build.exhibits)
    return tuple(
        Numbered(number, each.label, recipe.heading(each.slot) if recipe else ADDED_HEADING, name)
        for number, (each, name) in enumerate(zip(exhibits, names, strict=True), 1)
    )


# Exhibits


def _all_shown(
    order: Order,
    makers: Makers,
    files: Files,
    bench: Workbench,
    numbered: Sequence[Numbered],
    told: Callable[[int], None],
) -> list[Step[_Shown]]:
    """Every exhibit as a step; while one is shown the next is fetched, and the one before is hashed."""
    one_at_a_time = Lock()

    def step(chosen: ChosenExhibit, exhibit: Numbered) -> Step[_Shown]:
        show = partial(_show, order, makers, files, chosen, exhibit, one_at_a_time)
        return bench.step(f"piece-{exhibit.number}", show, _Shown)

    shown: list[Step[_Shown]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way = [pool.submit(step, *each) for each in zip(included(order.build.exhibits), numbered, strict=True)]
        try:
            for each in under_way:
                told(len(shown))
                shown.append(each.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return shown


def _show(
    order: Order,
    makers: Makers,
    files: Files,
    chosen: ChosenExhibit,
    exhibit: Numbered,
    one_at_a_time: Lock,
    place: Path,
) -> _Shown:
    sources: list[SourceFile] = []
    lacking: list[str] = []
    is_joined = joined_type(order.case, chosen) is not None
    for index, source in enumerate(chosen.sources, 1):
        found = _source(order, makers, files, source, place / f"source-{index}")
        if found.lacking:
            lacking.append(found.lacking if len(chosen.sources) == 1 else f"{found.file.title} : {found.lacking}")
        sources.append(msgspec.structs.replace(found.file, is_joined=is_joined))
    with one_at_a_time:
        shown = makers.shown(exhibit, sources, place)
    joined = PAGES
    if is_joined and not lacking:
        joined = f"original{Path(exhibit.name).suffix}"
        sources[0].path.replace(place / joined)
    shown.path.replace(place / PAGES)
    for each in sources:
        each.path.unlink(missing_ok=True)
    return _Shown(
        joined=joined,
        missing=bool(lacking),
        pages=shown.pages,
        faults=shown.faults,
        told=(*lacking, *shown.told),
        replaced=shown.replaced,
        archival=shown.archival,
    )


class _Source(msgspec.Struct):
    file: SourceFile
    lacking: str = ""
    """Why it is not to be had, or not to be joined; empty where it is."""


def _source(order: Order, makers: Makers, files: Files, source: ExhibitSource, path: Path) -> _Source:
    """A source as a file at hand; where there is none to be had, a page that says why."""
    title = _title(order.case, source)
    if source.kind is SourceKind.SHEET:
        path.write_bytes(makers.sheet(source.ref, min(source.version, order.build.on_version)))
        return _Source(_pdf(path, title, source))
    if source.kind is SourceKind.LETTER:
        reason = _fetched(order, files, source, path)
        return _Source(_pdf(path, title, source)) if reason is None else _notice(path, title, source, reason)
    held = order.case.documents[source.ref]
    if held.verdicts.get(source.version) is ScanVerdict.INFECTED:
        return _notice(path, title, source, "L'antivirus y a trouvé un programme malveillant : il n'est pas joint.")
    reason = _fetched(order, files, source, path)
    if reason is not None:
        return _notice(path, title, source, reason)
    ref = next(each for each in held.versions if each.version == source.version)
    report = held.reports.get(source.version)
    return _Source(
        SourceFile(path=path, media_type=ref.media_type, title=title, redactions=source.redactions, report=report)
    )


def _fetched(order: Order, files: Files, source: ExhibitSource, path: Path) -> str | None:
    """Fetch a file of the case; why it cannot be had, if so."""
    try:
        with path.open("wb") as target:
            for part in files.chunks(order.stream, source.sha256):
                target.write(part)
    except FileUnknown:
        return "Son contenu n'a pas été versé au dossier : seule son empreinte y figure."
    except FileAltered:
        return "Ce qui en est conservé n'est plus ce qui avait été versé : il n'est pas joint."
    return None


def _pdf(path: Path, title: str, source: ExhibitSource) -> SourceFile:
    return SourceFile(path=path, media_type="application/pdf", title=title, redactions=source.redactions, ours=True)


def _notice(path: Path, title: str, source: ExhibitSource, reason: str) -> _Source:
    lines = (f"{title}", "", f"Pièce {source.ref}, version {source.version}.", f"SHA-256 : {source.sha256}", "", reason)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _Source(SourceFile(path=path, media_type="text/plain", title=title), lacking=reason)


def _title(case: Case, source: ExhibitSource) -> str:
    match source.kind:
        case SourceKind.DOCUMENT:
            held = case.documents[source.ref]
            ref = next(each for each in held.versions if each.version == source.version)
            return f"{ref.title} ({source.ref}, version {source.version})"
        case SourceKind.LETTER:
            letter = case.letter(source.ref)
            to = f", à {ADDRESSEE_TITLES[letter.addressee]}" if letter.addressee else ""
            return f"{LETTER_TITLES[letter.kind]} du {in_french(letter.dated)}{to}"
        case SourceKind.SHEET:
            return f"Fiche {source.ref}"


# The merged file, the texts, the proof


def _merge(
    order: Order,
    makers: Makers,
    pages: Sequence[tuple[Numbered, Shown]],
    told: Callable[[int, int], None],
    stop: Stop,
    place: Path,
) -> _Pages:
    return _Pages(makers.merge(title_of(order), pages, place / "dossier.pdf", told, stop))


def title_of(order: Order) -> Title:
    """What the cover says: the court, the claim, the parties, the decision; no date but those of the facts."""
    case, decision = order.case, order.case.decision(order.bundle.decision)
    lines: list[tuple[str, str]] = []
    court = ""
    if order.bundle.litigation is not None:
        held = case.proceedings(order.bundle.litigation)
        court = held.court
        lines.append(("Requête", f"n° {held.court_number}"))
        lines.append(("Requérant", _claimant(order)))
    lines.append(("Décision en cause", f"{DECISION_TITLES[decision.kind]} du {in_french(decision.on)} ({decision.id})"))
    if case.routing is not None:
        lines.append(("Autorité", case.routing.deciding_prefect))
    lines.append(("Dossier", f"n° {case.number}"))
    return Title(
        heading="Dossier de défense",
        court=court,
        lines=tuple(lines),
        dated=in_french(order.order.event.ordered_on) if isinstance(order.order.event, BundleOrdered) else "",
    )


def _claimant(order: Order) -> str:
    opened = next(
        fact.event
        for fact in order.facts
        if isinstance(fact.event, LitigationOpened) and fact.event.litigation == order.bundle.litigation
    )
    employer = order.case.request.employer
    if opened.lodged_by is None:
        return opened.represented_by
    if opened.lodged_by == "employer" and isinstance(employer, Company):
        return employer.name
    worker = order.case.request.worker
    return f"{worker.given_names} {worker.family_name}" if opened.lodged_by == "worker" else "l'employeur"


def _listed(exhibit: Numbered, step: Step[_Shown], merged: Merged) -> Listed:
    made = step.told
    return Listed(
        exhibit=exhibit,
        pages=made.pages,
        first_page=merged.first_page_of[exhibit.number],
        sha256=step.sha256[made.joined],
        bytes=(step.folder / made.joined).stat().st_size,
        faults=made.faults,
        told=made.told,
    )


def _write(makers: Makers, listed: Sequence[Listed], place: Path) -> _Told:
    brief = makers.brief(listed)
    (place / "memoire.docx").write_bytes(brief.docx)
    (place / "memoire.pdf").write_bytes(brief.pdf)
    (place / "inventaire.pdf").write_bytes(makers.inventory(listed))
    (place / "inventaire.csv").write_bytes(inventory_csv(listed))
    return _Told()


def inventory_csv(listed: Sequence[Listed]) -> bytes:
    """The inventory as a spreadsheet opens it in French: semicolons, and a mark that it is UTF-8."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(("numéro", "rubrique", "intitulé", "fichier", "pages", "page du dossier", "SHA-256", "observations"))
    for each in listed:
        exhibit = each.exhibit
        told = " ".join(each.told)
        cells: tuple[Any, ...] = (exhibit.section, exhibit.label, exhibit.name)
        lines.writerow((exhibit.number, *map(_cell, cells), each.pages, each.first_page, each.sha256, _cell(told)))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _prove(order: Order, makers: Makers, place: Path) -> _Told:
    with (place / "preuve.zip").open("wb") as target:
        pinned = makers.proof(target)
    annexed = Annexed(
        case=order.case,
        facts=(*order.facts, order.order),
        exhibits=included(order.build.exhibits),
        pinned=pinned,
        sentence=makers.sentence,
    )
    (place / "annexe.json").write_bytes(annex_json(annexed))
    (place / "annexe.pdf").write_bytes(annex_pdf(annexed))
    return _Told()


def _pack(entries: Sequence[_Entry], place: Path) -> _Told:
    told = TOLD.encode()
    digests = [(READ_ME, hashlib.sha256(told).hexdigest()), *((each.name, each.sha256) for each in entries)]
    hashes = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests))
    files = [(each.name, each.path) for each in entries]
    write_archive(place / "archive.zip", [*files, (READ_ME, told), (HASHES, hashes.encode())])
    return _Told()
