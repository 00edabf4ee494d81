"""The merged file of a bundle: cover, table of contents, bookmarks, stamped pages, tags."""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec
import pikepdf
from pikepdf import Dictionary, Name, Object

from documents.bundle import stamping
from documents.bundle.apart import Stopped, done_apart
from documents.bundle.cleaning import clean
from documents.bundle.joining import Joined, Laid, Renumbered, dictionary, name, renumbering, save_laid, text
from documents.bundle.numbered import Merged, Numbered, Shown, Title
from documents.typesetting import legible, typeset

__all__ = ["Part", "Series", "Stopped", "join_series", "merge"]

SECONDS: Final = 120.0
SECONDS_A_PAGE: Final = 0.2
MEMORY_BYTES: Final = 4 << 30
_ADDRESS: Final = "https://piece.invalid/"
"""What lines of the table of contents lead to until the pages are known."""
_LINE: Final = re.compile(rb"/A << /S /URI /URI \(https://piece\.invalid/(\d+)\) >>")
_TOLD: Final = re.compile(rb"/Contents \(https://piece\.invalid/(\d+)\)")
_CHANCES: Final = 5
_FONT: Final = "/SmoeStamp"
_KEYED: Final = re.compile(rb"(\d+) (\d+) 0 R")


class _Leaf(msgspec.Struct, kw_only=True):
    """An exhibit, as the process apart is told of it."""

    path: str
    number: int
    label: str
    section: str
    bookmark: str
    pages: int


class _Merge(msgspec.Struct, kw_only=True):
    title: Title
    leaves: list[_Leaf]
    out: str
    folder: str
    archival: bool


class Part(msgspec.Struct, kw_only=True):
    """One file of a series, or what stands before it."""

    path: str
    bookmark: str
    """Empty for none."""


class Series(msgspec.Struct, kw_only=True):
    """Files to be one exhibit."""

    parts: list[Part]
    out: str
    title: str


class Joint(msgspec.Struct, kw_only=True):
    """A series as one file."""

    pages: int


def merge(
    title: Title,
    shown: Sequence[tuple[Numbered, Shown]],
    out: Path,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Merged:
    """Write the merged file, whole or not at all: the same pages give the same bytes.

    `progress` is told pages done of all; `stop` is asked several times a second. Raises Stopped; Broken for a fault of
    ours. The file says that it is PDF/A-2a and PDF/UA-1 only when smoe has made every page of it: what a file of others
    says of itself is not looked into here, and not repeated.
    """
    pages = sum(each.pages for _, each in shown)
    with tempfile.TemporaryDirectory(prefix=".merge-", dir=out.parent) as folder:
        whole = Path(folder) / "merged.pdf"
        job = _Merge(
            title=title,
            leaves=[
                _Leaf(
                    path=str(each.path),
                    number=exhibit.number,
                    label=exhibit.label,
                    section=exhibit.section,
                    bookmark=exhibit.bookmark,
                    pages=each.pages,
                )
                for exhibit, each in shown
            ],
            out=str(whole),
            folder=folder,
            archival=all(each.archival for _, each in shown),
        )
        merged: Merged = done_apart(
            merge_apart,
            job,
            seconds=SECONDS + pages * SECONDS_A_PAGE,
            memory_bytes=MEMORY_BYTES,
            progress=progress,
            stop=stop,
        )
        whole.replace(out)
    return merged


def merge_apart(job: _Merge, tell: Callable[[int, int], None]) -> Merged:
    """Write the merged file, in the process apart."""
    contents = _contents(job, Path(job.folder) / "contents.pdf")
    total = contents.pages + sum(leaf.pages for leaf in job.leaves)
    with Joined(Path(job.out), packed=True) as joined:
        volume = _Volume(joined)
        first = {leaf.number: joined.number() for leaf in job.leaves}
        volume.add(Path(job.folder) / "contents.pdf", joined.number(), aimed=_aimed(first, contents.first_page_of))
        done = contents.pages
        for leaf in job.leaves:
            volume.add(Path(leaf.path), first[leaf.number], stamped=_stamped(leaf, done))
            if len(volume.pages) - done != leaf.pages:
                raise ValueError(f"{leaf.path} has {len(volume.pages) - done} pages, not {leaf.pages}")
            done += leaf.pages
            tell(done, total)
        outlines = _outlines(joined, job.leaves, first)
        named = {f"piece-{leaf.number}": b"[ %d 0 R /Fit ]" % first[leaf.number] for leaf in job.leaves}
        digest = volume.finish(job.title.heading, outlines=outlines, named=named, archival=job.archival)
    return Merged(pages=total, first_page_of=contents.first_page_of, archival=job.archival, sha256=digest)


def join_series(job: Series) -> Joint:
    """Write the files of a series as one, bookmarked, in the process apart."""
    with Joined(Path(job.out), packed=False) as joined:
        volume = _Volume(joined)
        marks: list[tuple[str, int]] = []
        for part in job.parts:
            first = joined.number()
            volume.add(Path(part.path), first)
            if part.bookmark:
                marks.append((part.bookmark, first))
        outlines = _outline_items(joined, [(title, page, []) for title, page in marks])
        volume.finish(job.title, outlines=outlines, element="/Part")
        return Joint(pages=len(volume.pages))


class _Contents(msgspec.Struct):
    pages: int
    first_page_of: dict[int, int]


def _contents(job: _Merge, path: Path) -> _Contents:
    """Set the cover and the table of contents as often as it takes for its page numbers to be right."""
    before = 2
    for _ in range(_CHANCES):
        first_page_of, at = {}, before + 1
        for leaf in job.leaves:
            first_page_of[leaf.number] = at
            at += leaf.pages
        made = typeset("bundle/contents.typ", _contents_data(job, first_page_of))
        with pikepdf.open(io.BytesIO(made)) as pdf:
            if len(pdf.pages) == before:
                clean(pdf, path, "0", legible(job.title.heading), trusted=True)
                return _Contents(before, first_page_of)
            before = len(pdf.pages)
    raise ValueError("the table of contents does not settle")


def _contents_data(job: _Merge, first_page_of: Mapping[int, int]) -> bytes:
    sections: list[dict[str, Any]] = []
    for leaf in job.leaves:
        if not sections or sections[-1]["heading"] != legible(leaf.section):
            sections.append({"heading": legible(leaf.section), "rows": []})
        row = {
            "number": leaf.number,
            "label": legible(leaf.label),
            "page": first_page_of[leaf.number],
            "address": f"{_ADDRESS}{leaf.number}",
        }
        sections[-1]["rows"].append(row)
    pages = sum(leaf.pages for leaf in job.leaves)
    return msgspec.json.encode(
        {
            "heading": legible(job.title.heading),
            "court": legible(job.title.court),
            "lines": [[legible(one), legible(other)] for one, other in job.title.lines],
            "dated": legible(job.title.dated),
            "summary": _counted(len(job.leaves), "pièce") + ", " + _counted(pages, "page"),
            "sections": sections,
        }
    )


def _counted(count: int, what: str) -> str:
    return f"{count}\xa0{what}{'s' if count > 1 else ''}"


def _aimed(first: Mapping[int, int], page_of: Mapping[int, int]) -> Callable[[bytes], bytes]:
    """What makes the lines of the table of contents lead to their pages."""

    def swapped(body: bytes) -> bytes:
        if b"piece.invalid" not in body:
            return body
        body = _LINE.sub(lambda found: b"/Dest [ %d 0 R /Fit ]" % first[int(found[1])], body)
        return _TOLD.sub(lambda found: b"/Contents " + text(_where(int(found[1]), page_of)), body)

    return swapped


def _where(number: int, page_of: Mapping[int, int]) -> str:
    return f"Pièce n°\xa0{number}, page\xa0{page_of[number]}"


def _stamped(leaf: _Leaf, before: int) -> Callable[[int], str]:
    return lambda index: f"Pièce n° {leaf.number} – page {index + 1}/{leaf.pages} · {before + index + 1}"


class _Volume:
    """A file in the making, page after page, with what only the whole has: the tree of its structure, its layers."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        self.pages: list[int] = []
        self._node, self._root, self._document = joined.number(), joined.number(), joined.number()
        self._parts: list[int] = []
        self._entries: list[int] = []
        self._ids: list[tuple[bytes, int]] = []
        self._roles: dict[str, bytes] = {}
        self._classes: dict[str, bytes] = {}
        self._layers: list[int] = []
        self._off: list[int] = []
        self._ours: dict[str, int] = {}

    def add(
        self,
        path: Path,
        first_page: int,
        *,
        stamped: Callable[[int], str] | None = None,
        aimed: Callable[[bytes], bytes] | None = None,
    ) -> None:
        """Add the pages of a file laid out by `clean`, the first under a number that others know already."""
        with path.open("rb", buffering=1 << 18) as file, pikepdf.open(path) as pdf:
            laid, structure = Laid(file), pdf.Root.StructTreeRoot
            pages = [page.obj for page in pdf.pages]
            without = _of_the_whole(pdf) | {page.objgen[0] for page in pages}
            numbers = [0] * laid.size
            for place in laid.objects:
                if place.number not in without:
                    numbers[place.number] = self._joined.number()
            for index, page in enumerate(pages):
                numbers[page.objgen[0]] = self._joined.number() if index else first_page
            numbers[structure.objgen[0]] = self._document
            renumbered = renumbering(numbers, len(self._entries))
            self._take_structure(structure, numbers, renumbered)
            self._take_layers(pdf.Root.get("/OCProperties"), numbers)
            both: Renumbered = renumbered if aimed is None else lambda body: aimed(renumbered(body))
            laid.copy_to(self._joined, numbers, both, without)
            keys_from = len(self._entries) - len(_keyed(structure))
            for index, page in enumerate(pages):
                words = stamped(index) if stamped is not None else ""
                self._add_page(numbers[page.objgen[0]], page, renumbered, keys_from, words)

    def _add_page(self, number: int, page: Object, renumbered: Renumbered, keys_from: int, words: str) -> None:
        contents, resources, key = page.Contents, page.Resources, int(page.StructParents)
        listed = contents.unparse(resolved=True) if isinstance(contents, pikepdf.Array) else _reference(contents)
        streams = renumbered(listed.strip(b"[ ]"))
        if words:
            resource = _FONT
            fonts = resources.get(Name.Font)
            held = dict(fonts) if isinstance(fonts, Dictionary) else {}
            while resource in held:
                resource += "x"
            drawn = self._joined.add_stream(b"", stamping.stamp(page, words, resource))
            streams += b" %d 0 R" % drawn
            others = Dictionary({key: value for key, value in dict(resources).items() if key != "/Font"})
            written = renumbered(Dictionary(held).unparse(resolved=True)).removesuffix(b">>")
            written = b"%b%b %d 0 R >>" % (written, resource.encode(), self._our("/Font"))
            drawn_with = renumbered(others.unparse(resolved=True)).removesuffix(b">>") + b"/Font %b >>" % written
        else:
            drawn_with = renumbered(_reference(resources))
        for gone in ("/Parent", "/Contents", "/Resources", "/StructParents"):
            if gone in page:
                del page[gone]
        body = renumbered(page.unparse(resolved=True)).removesuffix(b">>")
        body += b"/Contents [ %b ] /Parent %d 0 R /Resources %b /StructParents %d >>" % (
            streams,
            self._node,
            drawn_with,
            key + keys_from,
        )
        self._joined.write(number, body)
        self.pages.append(number)

    def _take_structure(self, structure: Object, numbers: Sequence[int], renumbered: Renumbered) -> None:
        self._parts += [numbers[part.objgen[0]] for part in list(structure.K)]
        self._entries += [numbers[entry] for entry in _keyed(structure)]
        tree = structure.get("/IDTree")
        if isinstance(tree, Dictionary):
            names = list(tree.Names)
            self._ids += [
                (bytes(key), numbers[element.objgen[0]]) for key, element in zip(names[::2], names[1::2], strict=True)
            ]
        for kept, found in ((self._roles, structure.get("/RoleMap")), (self._classes, structure.get("/ClassMap"))):
            for key, value in dict(found).items() if isinstance(found, Dictionary) else ():
                body = renumbered(_reference(value))
                if kept.setdefault(key, body) != body:
                    raise ValueError(f"{key} means two things")

    def _take_layers(self, layers: Any, numbers: Sequence[int]) -> None:
        if isinstance(layers, Dictionary):
            self._layers += [numbers[each.objgen[0]] for each in list(layers.OCGs)]
            self._off += [numbers[each.objgen[0]] for each in list(layers.D.OFF)]

    def _our(self, key: str) -> int:
        """The font of stamps, the meaning of colours: once in a file, and only where they are needed."""
        if not self._ours:
            with io.BytesIO(_ours()) as file, pikepdf.open(io.BytesIO(_ours())) as pdf:
                laid = Laid(file)
                without = {pdf.Root.objgen[0], pdf.Root.Pages.objgen[0], pdf.trailer.Info.objgen[0]}
                numbers = [0] * laid.size
                for place in laid.objects:
                    if place.number not in without:
                        numbers[place.number] = self._joined.number()
                self._ours = {each: numbers[pdf.Root[each].objgen[0]] for each in ("/Font", "/Intent")}
                laid.copy_to(self._joined, numbers, renumbering(numbers, 0), without)
        return self._ours[key]

    def finish(
        self,
        title: str,
        *,
        outlines: int = 0,
        named: Mapping[str, bytes] | None = None,
        archival: bool = False,
        element: str = "/Document",
    ) -> str:
        """Write what holds the pages together; the SHA-256 of the file."""
        joined = self._joined
        joined.write(
            self._node,
            b"<< /Type /Pages /Count %d /Kids [ %b ] >>" % (len(self.pages), _references(self.pages)),
        )
        self._write_structure(element)
        catalog = {
            "/Type": b"/Catalog",
            "/Pages": b"%d 0 R" % self._node,
            "/Lang": b"(fr)",
            "/MarkInfo": b"<< /Marked true >>",
            "/StructTreeRoot": b"%d 0 R" % self._root,
            "/ViewerPreferences": b"<< /DisplayDocTitle true >>",
        }
        if outlines:
            catalog |= {"/Outlines": b"%d 0 R" % outlines, "/PageMode": b"/UseOutlines"}
        if named is not None:
            listed = b" ".join(text(key) + b" " + named[key] for key in sorted(named))
            tree = joined.add(b"<< /Names [ %b ] >>" % listed)
            catalog |= {"/Names": b"<< /Dests %d 0 R >>" % tree, "/PageLabels": b"<< /Nums [ 0 << /S /D >> ] >>"}
            metadata = joined.add_stream(b"/Type /Metadata /Subtype /XML", _metadata(title, archival), compressed=False)
            catalog |= {"/Metadata": b"%d 0 R" % metadata, "/OutputIntents": b"[ %d 0 R ]" % self._our("/Intent")}
        if self._layers:
            catalog["/OCProperties"] = b"<< /OCGs [ %b ] /D << /Name (Calques) /OFF [ %b ] >> >>" % (
                _references(self._layers),
                _references(self._off),
            )
        return joined.finish(joined.add(dictionary(catalog)), joined.add(dictionary({"/Title": text(title)})))

    def _write_structure(self, element: str) -> None:
        joined = self._joined
        joined.write(
            self._document,
            b"<< /Type /StructElem /S %b /P %d 0 R /K [ %b ] >>"
            % (name(element), self._root, _references(self._parts)),
        )
        nums = b" ".join(b"%d %d 0 R" % (key, entry) for key, entry in enumerate(self._entries))
        root = {
            "/Type": b"/StructTreeRoot",
            "/K": b"[ %d 0 R ]" % self._document,
            "/ParentTree": b"%d 0 R" % joined.add(b"<< /Nums [ %b ] >>" % nums),
            "/ParentTreeNextKey": b"%d" % len(self._entries),
        }
        if self._roles:
            root["/RoleMap"] = dictionary(dict(sorted(self._roles.items())))
        if self._classes:
            root["/ClassMap"] = dictionary(dict(sorted(self._classes.items())))
        if self._ids:
            listed = b" ".join(
                pikepdf.String(key).unparse() + b" %d 0 R" % element_number for key, element_number in sorted(self._ids)
            )
            root["/IDTree"] = b"%d 0 R" % joined.add(b"<< /Names [ %b ] >>" % listed)
        joined.write(self._root, dictionary(root))


@cache
def _ours() -> bytes:
    """The font of stamps and the meaning of colours, in a file laid out for joining."""
    with pikepdf.open(io.BytesIO(stamping.font().file)) as made, tempfile.TemporaryDirectory() as folder:
        pdf = pikepdf.new()
        pdf.Root["/Font"] = pdf.copy_foreign(stamping.font_in(made))
        intent = made.Root.OutputIntents[0]
        pdf.Root["/Intent"] = pdf.copy_foreign(intent if intent.is_indirect else made.make_indirect(intent))
        pdf.trailer.Info = pdf.make_indirect(Dictionary())
        save_laid(pdf, Path(folder) / "ours.pdf")
        return (Path(folder) / "ours.pdf").read_bytes()


def _of_the_whole(pdf: pikepdf.Pdf) -> set[int]:
    """The objects of a file that its pages do not need: those that the merged file has its own of."""
    root, structure = pdf.Root, pdf.Root.StructTreeRoot
    found = {root.objgen[0], root.Pages.objgen[0], structure.objgen[0], structure.ParentTree.objgen[0]}
    found |= {each.objgen[0] for each in (structure.get("/IDTree"), pdf.trailer.get("/Info")) if each is not None}
    item = root.get(Name.Outlines)
    while isinstance(item, Dictionary):
        found.add(item.objgen[0])
        item = item.get(Name.First) or item.get(Name.Next)
    return found


def _keyed(structure: Object) -> list[int]:
    """The entries of a flat parent tree with keys from 0, by their numbers."""
    found = _KEYED.findall(structure.ParentTree.Nums.unparse(resolved=True))
    if [int(key) for key, _ in found] != list(range(len(found))):
        raise ValueError("a parent tree that is not ours")
    return [int(entry) for _, entry in found]


def _outlines(joined: Joined, leaves: Sequence[_Leaf], first: Mapping[int, int]) -> int:
    """Bookmarks as the inventory lists exhibits: its sections, under each its exhibits, nothing else."""
    items: list[tuple[str, int, list[tuple[str, int]]]] = []
    for leaf in leaves:
        mark = (leaf.bookmark, first[leaf.number])
        if not leaf.section:
            items.append((*mark, []))
        elif items and items[-1][0] == leaf.section and items[-1][2]:
            items[-1][2].append(mark)
        else:
            items.append((leaf.section, first[leaf.number], [mark]))
    return _outline_items(joined, items)


def _outline_items(joined: Joined, items: Sequence[tuple[str, int, Sequence[tuple[str, int]]]]) -> int:
    """Write bookmarks, all of them open, and answer the number of their root; 0 for none."""
    if not items:
        return 0
    root = joined.number()
    numbers = [joined.number() for _ in items]
    for (title, page, below), number, chain in zip(items, numbers, _chained(numbers), strict=True):
        entries = {"/Title": text(title), "/Parent": b"%d 0 R" % root, "/Dest": b"[ %d 0 R /Fit ]" % page} | chain
        if below:
            inner = [joined.number() for _ in below]
            entries |= {"/First": b"%d 0 R" % inner[0], "/Last": b"%d 0 R" % inner[-1], "/Count": b"%d" % len(inner)}
            for (inner_title, inner_page), own, inner_chain in zip(below, inner, _chained(inner), strict=True):
                leaf = {
                    "/Title": text(inner_title),
                    "/Parent": b"%d 0 R" % number,
                    "/Dest": b"[ %d 0 R /Fit ]" % inner_page,
                }
                joined.write(own, dictionary(leaf | inner_chain))
        joined.write(number, dictionary(entries))
    count = len(items) + sum(len(below) for _, _, below in items)
    joined.write(root, b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (numbers[0], numbers[-1], count))
    return root


def _chained(numbers: Sequence[int]) -> Iterable[dict[str, bytes]]:
    for index in range(len(numbers)):
        before = {"/Prev": b"%d 0 R" % numbers[index - 1]} if index else {}
        after = {"/Next": b"%d 0 R" % numbers[index + 1]} if index + 1 < len(numbers) else {}
        yield before | after


def _reference(value: Any) -> bytes:
    """An object as another refers to it."""
    body: bytes = value.unparse()
    return body


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _metadata(title: str, archival: bool) -> bytes:
    """What the file says of itself, in XMP: no date, since it is the same whenever it is made."""
    claims = (
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>"
        "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        "<pdfaSchema:schema>PDF/UA Identification schema</pdfaSchema:schema>"
        "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType='Resource'>"
        "<pdfaProperty:category>internal</pdfaProperty:category>"
        "<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>"
        "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
        "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
    )
    return (
        "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''"
        " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'"
        " xmlns:pdfuaid='http://www.aiim.org/pdfua/ns/id/'"
        " xmlns:pdfaExtension='http://www.aiim.org/pdfa/ns/extension/'"
        " xmlns:pdfaSchema='http://www.aiim.org/pdfa/ns/schema#'"
        " xmlns:pdfaProperty='http://www.aiim.org/pdfa/ns/property#'>"
        f"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>{escape(title)}</rdf:li></rdf:Alt></dc:title>"
        "<dc:language><rdf:Bag><rdf:li>fr</rdf:li></rdf:Bag></dc:language><dc:format>application/pdf</dc:format>"
        f"{claims if archival else ''}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='r'?>"
    ).encode()
