"""A PDF of strangers made one of ours: repaired, settled, without what acts, fills, plays or hides files; tagged."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, Object, ObjectSet, Stream, String, settings

from documents.bundle import geometry
from documents.bundle.holding import Held
from documents.bundle.joining import save_laid
from documents.bundle.numbered import PAGES_MAX
from documents.bundle.tagging import Marks, tag
from domain.papers import FileFault

FLATE_BYTES_MAX: Final = 1 << 29
"""Of one stream, decoded: a scan of A0 in colours at 300 dpi fits."""
_KEPT_OF_PAGES: Final = frozenset(
    (
        "/Type",
        "/Parent",
        "/Resources",
        "/MediaBox",
        "/CropBox",
        "/Rotate",
        "/Contents",
        "/Group",
        "/Annots",
        "/UserUnit",
        "/StructParents",
        "/Tabs",
    )
)
_KEPT_ANNOTATIONS: Final = frozenset(
    (
        "/Link",
        "/Text",
        "/FreeText",
        "/Line",
        "/Square",
        "/Circle",
        "/Polygon",
        "/PolyLine",
        "/Highlight",
        "/Underline",
        "/Squiggly",
        "/StrikeOut",
        "/Stamp",
        "/Caret",
        "/Ink",
        "/Redact",
        "/Watermark",
    )
)
"""Those that show something without playing, launching or holding a file."""
_DROPPED_OF_ANNOTATIONS: Final = (
    "/AA",
    "/P",
    "/Popup",
    "/Parent",
    "/IRT",
    "/AF",
    "/FS",
    "/PA",
    "/Sound",
    "/Movie",
    "/T",
)
_ACTING: Final = frozenset(
    (
        "/JavaScript",
        "/Launch",
        "/GoToR",
        "/GoToE",
        "/SubmitForm",
        "/ImportData",
        "/ResetForm",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/SetOCGState",
        "/Hide",
        "/Named",
        "/Trans",
        "/GoTo3DView",
    )
)
_HIDDEN: Final = 2 | 32
"""Flags of an annotation: hidden, not to be seen on a screen."""
_STATES: Final = re.compile(rb"(?<![^\s\x00])[qQ](?![^\s\x00])")
_WORDS: Final = re.compile(
    rb"%[^\r\n]*|\((?:[^\\()]|\\.)*\)|\bBI\b.*?\sID\s.*?\sEI\b|<[0-9a-fA-F\s]*>"
    rb"|(?<![^\s\x00\[\]<>()/])([qQ])(?![^\s\x00\[\]<>()/])",
    re.DOTALL,
)


class Unshowable(Exception):
    """The pages of a file cannot be shown, for a fault that has a name."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault)
        self.fault = fault


class Cleaned(NamedTuple):
    """What a file was found to be."""

    pages: int
    faults: tuple[FileFault, ...]


def opened(path: Path, held: Held) -> pikepdf.Pdf:
    """A PDF as it can be opened without a password, repaired where that is possible. Raises Unshowable."""
    settings.set_qpdf_limits(flate_max_memory=FLATE_BYTES_MAX, run_length_max_memory=FLATE_BYTES_MAX)
    try:
        pdf = held.opened(path)
    except pikepdf.PasswordError:
        raise Unshowable(FileFault.ENCRYPTED) from None
    except pikepdf.PdfError:
        raise Unshowable(FileFault.UNREADABLE if path.stat().st_size else FileFault.EMPTY) from None
    try:
        pages = len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError, TypeError, ValueError):
        raise Unshowable(FileFault.UNREADABLE) from None
    if not pages:
        raise Unshowable(FileFault.NO_PAGE)
    if pages > PAGES_MAX:
        raise Unshowable(FileFault.TOO_MANY_PAGES)
    return pdf


def clean(pdf: pikepdf.Pdf, out: Path, own_by: str, label: str, *, trusted: bool, held: Held | None = None) -> Cleaned:
    """Write what an open PDF shows as a file laid out for merging; the PDF is altered in memory, its file never.

    What is held of it is copied from where it lies. Trusted, the balance of its contents is not looked at: it is ours.
    """
    faults = {FileFault.TRUNCATED} if pdf.get_warnings() else set()
    active = _Active()
    marks = _settled(pdf, active, trusted=trusted)
    layers = _layers(pdf)
    root = pdf.Root
    active.saw(_acts_at_the_root(root))
    language = root.get(Name.Lang)
    tagged = tag(pdf, own_by, label, marks)
    pages = [page.obj for page in pdf.pages]
    node = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(pages), Count=len(pages)))
    for page in pages:
        page.Parent = node
    kept = {
        "/Type": Name.Catalog,
        "/Pages": node,
        "/Lang": String(str(language)) if isinstance(language, String) and len(str(language)) >= 2 else String("fr"),
        "/MarkInfo": root.MarkInfo,
        "/StructTreeRoot": root.StructTreeRoot,
        "/ViewerPreferences": Dictionary(DisplayDocTitle=True),
    }
    pdf.trailer.Root = pdf.make_indirect(Dictionary(kept | ({"/OCProperties": layers} if layers is not None else {})))
    pdf.trailer.Info = pdf.make_indirect(Dictionary(Title=String(label)))
    if active.found:
        faults.add(FileFault.ACTIVE_CONTENT)
    if tagged.without_text == len(pages):
        faults.add(FileFault.IMAGE_ONLY)
    if held is not None:
        held.take(pdf)
    save_laid(pdf, out, held)
    return Cleaned(len(pages), tuple(fault for fault in FileFault if fault in faults))


class _Active:
    """Whether anything was left out that would have acted."""

    def __init__(self) -> None:
        self.found = False

    def saw(self, something: bool) -> None:
        self.found = self.found or something


def _settled(pdf: pikepdf.Pdf, active: _Active, *, trusted: bool) -> Marks:
    """Settle every page and what lies on it."""
    named, pages = _Destinations(pdf), ObjectSet(page.obj for page in pdf.pages)
    fills = isinstance(pdf.Root.get(Name.AcroForm), Dictionary)
    odd: set[int] = set()
    uneven: dict[int, tuple[int, int]] = {}
    before: dict[int, list[Object]] = {}
    laid_aside: dict[int, list[Object]] = {}
    for index, page in enumerate(pdf.pages):
        obj = page.obj
        if not geometry.settle(obj):
            odd.add(index)
        for key in [key for key in dict(obj) if key not in _KEPT_OF_PAGES]:
            active.saw(key == "/AA")
            del obj[key]
        if not isinstance(obj.get(Name.Resources), Dictionary):
            obj.Resources = Dictionary()
        if not trusted and Name.StructParents in obj and (found := _unevenness(obj)) != (0, 0):
            uneven[index] = found
        kept, filled = _annotations(pdf, obj, named, pages, active)
        if index in odd:
            kept = []
        laid_aside[index] = kept
        if fills and filled:
            before[index] = _streams(obj)
            obj.Annots = Array(filled)
        elif Name.Annots in obj:
            del obj[Name.Annots]
    burned = _burned(pdf, before) if before else {}
    for index, kept in laid_aside.items():
        obj = pdf.pages[index].obj
        if kept:
            obj.Annots, obj.Tabs = Array(kept), Name.S
        elif Name.Annots in obj:
            del obj[Name.Annots]
    return Marks(frozenset(odd), uneven, burned)


def _burned(pdf: pikepdf.Pdf, before: dict[int, list[Object]]) -> dict[int, tuple[list[Object], Object]]:
    """Make what is filled into forms part of the pages: what was written stays, no field goes on."""
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")
    burned: dict[int, tuple[list[Object], Object]] = {}
    for index, streams in before.items():
        after = _streams(pdf.pages[index].obj)
        if len(after) > len(streams):
            added = after[-1].read_bytes()
            burned[index] = (streams, pdf.make_stream(added.lstrip().removeprefix(b"Q")))
    return burned


def _streams(page: Object) -> list[Object]:
    contents: Any = page.get(Name.Contents)
    each = contents if isinstance(contents, Array) else [contents]
    return [one for one in each if isinstance(one, Stream)]


def _annotations(
    pdf: pikepdf.Pdf, page: Object, named: "_Destinations", pages: ObjectSet, active: _Active
) -> tuple[list[Object], list[Object]]:
    """What stays on a page as it is, and the fields to be made part of it."""
    kept: list[Object] = []
    filled: list[Object] = []
    listed: Any = page.get(Name.Annots)
    for each in listed if isinstance(listed, Array) else ():
        if not isinstance(each, Dictionary):
            continue
        kind, flags = str(each.get(Name.Subtype)), each.get(Name.F)
        acts = _acts(each)
        active.saw(acts or kind in ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"))
        if isinstance(flags, int) and flags & _HIDDEN:
            continue
        if kind == "/Widget":
            filled.append(each)
        elif kind in _KEPT_ANNOTATIONS:
            annotation = each if each.is_indirect else pdf.make_indirect(each)
            if _aimed(annotation, named, pages):
                kept.append(annotation)
    return kept, filled


def _acts(annotation: Object) -> bool:
    action = annotation.get(Name.A)
    return Name.AA in annotation or (isinstance(action, Dictionary) and str(action.get(Name.S)) in _ACTING)


def _aimed(annotation: Object, named: "_Destinations", pages: ObjectSet) -> bool:
    """Leave an annotation only what shows; a link must lead to a page of the file or to an address."""
    for key in _DROPPED_OF_ANNOTATIONS:
        if key in annotation:
            del annotation[key]
    action, target = annotation.get(Name.A), annotation.get(Name.Dest)
    if Name.A in annotation:
        del annotation[Name.A]
    if Name.Dest in annotation:
        del annotation[Name.Dest]
    if annotation.get(Name.Subtype) != Name.Link:
        return True
    if isinstance(action, Dictionary) and action.get(Name.S) == Name.URI and isinstance(action.get("/URI"), String):
        annotation.A = Dictionary(S=Name.URI, URI=action["/URI"])
        return True
    if isinstance(action, Dictionary) and action.get(Name.S) == Name.GoTo:
        target = action.get(Name.D)
    place = named.explicit(target)
    if place is None or place[0] not in pages:
        return False
    annotation.Dest = place
    return True


class _Destinations:
    """Where names lead within a file, looked up once they are asked for."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._known: dict[str, Any] | None = None

    def explicit(self, target: Any) -> Object | None:
        """A page and how it is shown, in an array of its own, whatever way a file says it."""
        if isinstance(target, Name | String):
            target = self._names().get(str(target).removeprefix("/"))
        if isinstance(target, Dictionary):
            target = target.get(Name.D)
        if not isinstance(target, Array) or not len(target) or not isinstance(target[0], Dictionary):
            return None
        plain = [each for each in list(target)[1:6] if not isinstance(each, Dictionary | Array | Stream)]
        return Array([target[0], *plain]) if plain else None

    def _names(self) -> dict[str, Any]:
        if self._known is None:
            self._known = {}
            old, tree = self._pdf.Root.get("/Dests"), self._pdf.Root.get(Name.Names)
            if isinstance(old, Dictionary):
                self._known |= {key.removeprefix("/"): value for key, value in old.items()}
            if isinstance(tree, Dictionary) and isinstance(tree.get("/Dests"), Dictionary):
                self._known |= dict(NameTree(tree["/Dests"]).items())
        return self._known


def _acts_at_the_root(root: Object) -> bool:
    names, opening = root.get(Name.Names), root.get("/OpenAction")
    named = isinstance(names, Dictionary) and ("/JavaScript" in names or "/EmbeddedFiles" in names)
    opens = isinstance(opening, Dictionary) and str(opening.get(Name.S)) in _ACTING
    return named or opens or "/AA" in root or "/AF" in root or "/Collection" in root


def _layers(pdf: pikepdf.Pdf) -> Object | None:
    """Layers as they are shown at first: those that are off stay off, and nothing that is left can switch them."""
    found = pdf.Root.get("/OCProperties")
    groups = found.get("/OCGs") if isinstance(found, Dictionary) else None
    if not isinstance(groups, Array):
        return None
    known = [each for each in groups if isinstance(each, Dictionary) and each.is_indirect]
    default: Any = found.get(Name.D) if isinstance(found, Dictionary) else None
    shown = default if isinstance(default, Dictionary) else Dictionary()
    off = ObjectSet(_groups(shown.get("/OFF")))
    if shown.get("/BaseState") == Name.OFF:
        on = ObjectSet(_groups(shown.get("/ON")))
        off = ObjectSet(each for each in known if each not in on)
    for each in known:
        for key in [key for key in dict(each) if key not in ("/Type", "/Name", "/Intent")]:
            del each[key]
    return Dictionary(
        OCGs=Array(known), D=Dictionary(Name=String("Calques"), OFF=Array([each for each in known if each in off]))
    )


def _groups(value: Any) -> Iterator[Object]:
    for each in value if isinstance(value, Array) else ():
        if isinstance(each, Dictionary):
            yield each


def _unevenness(page: Object) -> tuple[int, int]:
    """How many states the contents of a page restore that they had not kept, and keep without restoring."""
    try:
        content = b"\n".join(each.read_bytes() for each in _streams(page))
    except (pikepdf.PdfError, MemoryError):
        return 0, 0
    states = _STATES.findall(content)
    if 2 * states.count(b"q") == len(states):
        return 0, 0
    depth = lowest = 0
    for found in _WORDS.finditer(content):
        if found[1]:
            depth += 1 if found[1] == b"q" else -1
            lowest = min(lowest, depth)
    return -lowest, depth - lowest
