"""Tags: the structure of a source kept where it is sound, one made where it has none, so that every page is tagged.

After `tag`, a file has one `Part` at the root, a parent tree that is one flat list with keys from 0, identifiers and
classes of its exhibit's own, and no other holder of keys: what `merging` needs to join trees by adding numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, ObjectSet, Stream, String

from documents.bundle.geometry import Box, fitted, visible

ELEMENTS_MAX: Final = 1_000_000
_DEPTH_MAX: Final = 200
# fmt: off
_STANDARD: Final = frozenset((
    "/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/TOC", "/TOCI", "/Index",
    "/NonStruct", "/Private", "/P", "/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/L", "/LI", "/Lbl", "/LBody",
    "/Table", "/TR", "/TH", "/TD", "/THead", "/TBody", "/TFoot", "/Span", "/Quote", "/Note", "/Reference",
    "/BibEntry", "/Code", "/Link", "/Annot", "/Ruby", "/RB", "/RT", "/RP", "/Warichu", "/WT", "/WP", "/Figure",
    "/Formula", "/Form",
))
# fmt: on
"""ISO 32000-1, 14.8.4."""
_OURS: Final = {"/Title": "/P", "/Strong": "/Span", "/Em": "/Span", "/Terms": "/Part", "/Datetime": "/Span"}
"""Roles that typst names beyond the standard; they mean the same in every file."""


class Unsound(Exception):
    """A structure cannot be followed: it turns in circles, or has no end."""


class Marks(NamedTuple):
    """What must be known of pages, counted from 0, to tag them."""

    odd: frozenset[int] = frozenset()
    """To be fitted on A4 as they are read."""
    uneven: Mapping[int, tuple[int, int]] = {}
    """States that the contents take away though nothing had kept them, and that they keep and never restore."""
    burned: Mapping[int, tuple[Sequence[Object], Object]] = {}
    """The contents of a page before what was filled into its forms became part of them, and what did."""


class Tagged(NamedTuple):
    """What was done to a file."""

    kept: int
    """Pages whose own structure was kept."""
    without_text: int
    """Pages on which nothing can be read but by eye."""


def tag(pdf: pikepdf.Pdf, own_by: str, label: str, marks: Marks) -> Tagged:
    """Tag every page of a file, in place; `own_by` is what makes its identifiers and classes its exhibit's own."""
    structure = _Structure(pdf, own_by)
    kids, kept, without_text = structure.kept(marks.odd), 0, 0
    part = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Part, T=String(label)))
    for kid in kids:
        kid.P = part
    wrapped = _Wrapped(pdf)
    entries: list[Object] = []
    for index, page in enumerate(pdf.pages):
        obj = page.obj
        if index not in marks.odd and (own := structure.parents_of(obj)) is not None:
            kept += 1
            if index in marks.burned:
                written = Dictionary(Type=Name.StructElem, S=Name.P, P=part, Pg=obj, K=len(own))
                kids.append(pdf.make_indirect(written))
                own.append(kids[-1])
            wrapped.enclose(obj, marks.uneven.get(index, (0, 0)), marks.burned.get(index), len(own) - 1)
            entries.append(pdf.make_indirect(own))
        else:
            readable = _has_font(obj.get(Name.Resources), ObjectSet())
            without_text += not readable
            element = _element_of(pdf, part, obj, label, index, readable=readable)
            wrapped.wrap(page, "/P" if readable else "/Figure", fit=index in marks.odd)
            kids.append(element)
            entries.append(pdf.make_indirect(Array([element])))
        obj.StructParents = len(entries) - 1
    for holder, key, entry in structure.holders(pdf):
        if entry is None:
            del holder[key]
        else:
            holder[key] = len(entries)
            entries.append(entry if entry.is_indirect else pdf.make_indirect(entry))
    part.K = Array(kids)
    _root(pdf, part, entries, structure)
    return Tagged(kept, without_text)


def _root(pdf: pikepdf.Pdf, part: Object, entries: list[Object], structure: "_Structure") -> None:
    nums: list[Any] = []
    for index, entry in enumerate(entries):
        nums += [index, entry]
    root = pdf.make_indirect(
        Dictionary(
            Type=Name.StructTreeRoot,
            K=Array([part]),
            ParentTree=pdf.make_indirect(Dictionary(Nums=Array(nums))),
            ParentTreeNextKey=len(entries),
        )
    )
    part.P = root
    if structure.roles:
        root.RoleMap = Dictionary({key: Name(value) for key, value in sorted(structure.roles.items())})
    if structure.classes:
        root.ClassMap = Dictionary(dict(sorted(structure.classes.items())))
    if structure.ids:
        named: list[Any] = []
        for key in sorted(structure.ids):
            named += [String(key), structure.ids[key]]
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(named)))
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


class _Structure:
    """The structure that a file came with, as far as it is sound."""

    def __init__(self, pdf: pikepdf.Pdf, own_by: str) -> None:
        self._pdf, self._own_by = pdf, own_by
        self._forget()

    def _forget(self) -> None:
        self.ids: dict[bytes, Object] = {}
        self.roles: dict[str, str] = {}
        self.classes: dict[str, Object] = {}
        self._parents: dict[int, Object] = {}
        self._named: dict[str, str] = {}
        self._reached = ObjectSet()

    def kept(self, odd: frozenset[int]) -> list[Object]:
        """The elements at the top, all below them looked at; none where the structure is not sound."""
        root = self._pdf.Root.get(Name.StructTreeRoot)
        if not isinstance(root, Dictionary):
            return []
        try:
            self._parents = _numbers(root.get(Name.ParentTree))
            return self._walked(root, odd)
        except (Unsound, TypeError, ValueError, AttributeError, KeyError):
            self._forget()
            return []

    def parents_of(self, page: Object) -> Object | None:
        """The elements of the marked content of a page, where the page has its place in the structure."""
        key = page.get(Name.StructParents)
        found = self._parents.get(key) if isinstance(key, int) else None
        if not isinstance(found, Array):
            return None
        return Array([each if self._is_known(each) else None for each in found])

    def holders(self, pdf: pikepdf.Pdf) -> Iterator[tuple[Object, str, Object | None]]:
        """Forms and annotations that hold a key of the parent tree, and what it leads to now."""
        seen = ObjectSet()
        for page in pdf.pages:
            for form in _forms(page.obj.get(Name.Resources), seen):
                yield from self._held(form)
            for annotation in page.obj.get(Name.Annots, ()):
                yield from self._held(annotation)
                for form in _appearances(annotation):
                    if seen.add(form):
                        yield from self._held(form)
                        for inner in _forms(form.get(Name.Resources), seen):
                            yield from self._held(inner)

    def _held(self, holder: Object) -> Iterator[tuple[Object, str, Object | None]]:
        for key in ("/StructParent", "/StructParents"):
            if key in holder:
                at = holder[key]
                entry = self._parents.get(at) if isinstance(at, int) else None
                if isinstance(entry, Array):
                    cleaned = Array([each if self._is_known(each) else None for each in entry])
                    yield holder, key, cleaned if key == "/StructParents" else None
                else:
                    yield holder, key, entry if key == "/StructParent" and self._is_known(entry) else None

    def _is_known(self, element: object) -> bool:
        return isinstance(element, Dictionary) and element.is_indirect and element in self._reached

    def _walked(self, root: Object, odd: frozenset[int]) -> list[Object]:
        """Look at every element once; make what it names its exhibit's own. Raises Unsound."""
        roles, classes = root.get(Name.RoleMap), root.get(Name.ClassMap)
        pages = ObjectSet(page.obj for index, page in enumerate(self._pdf.pages) if index not in odd)
        annotations = ObjectSet(each for page in self._pdf.pages for each in page.obj.get(Name.Annots, ()))
        tops = [
            self._at_hand(kid) for kid in _listed(root.get(Name.K)) if isinstance(kid, Dictionary) and Name.S in kid
        ]
        stack, count = [(kid, 0) for kid in tops], 0
        while stack:
            element, depth = stack.pop()
            count += 1
            if count > ELEMENTS_MAX or depth > _DEPTH_MAX:
                raise Unsound("no end")
            if not self._reached.add(element):
                raise Unsound("a circle")
            self._own(element, roles, classes)
            page = element.get(Name.Pg)
            if page is not None and page not in pages:
                del element[Name.Pg]
            kept: list[Any] = []
            for kid in _listed(element.get(Name.K)):
                if isinstance(kid, int):
                    kept.append(kid)
                elif not isinstance(kid, Dictionary):
                    continue
                elif Name.S in kid and kid.get(Name.Type) not in (Name.MCR, Name.OBJR):
                    kept.append(self._at_hand(kid))
                    kept[-1].P = element
                    stack.append((kept[-1], depth + 1))
                elif self._holds(kid, pages, annotations):
                    kept.append(kid)
            element.K = Array(kept)
        return tops

    def _at_hand(self, element: Object) -> Object:
        return element if element.is_indirect else self._pdf.make_indirect(element)

    @staticmethod
    def _holds(content: Object, pages: ObjectSet, annotations: ObjectSet) -> bool:
        """Whether marked content or an annotation, as an element refers to it, is still there."""
        page = content.get(Name.Pg)
        if page is not None and page not in pages:
            return False
        if content.get(Name.Type) == Name.OBJR:
            return content.get(Name.Obj) in annotations
        return isinstance(content.get(Name.MCID), int)

    def _own(self, element: Object, roles: Any, classes: Any) -> None:
        role = element.get(Name.S)
        if not isinstance(role, Name):
            raise Unsound("an element without a role")
        if str(role) not in _STANDARD:
            element.S = Name(self._role(str(role), roles))
        keys = element.keys()
        if "/ID" in keys:
            identity = f"{self._own_by}-".encode() + bytes(element.ID)
            element.ID = String(identity)
            self.ids[identity] = element
        if "/A" in keys:
            for attributes in _listed(element.A):
                if isinstance(attributes, Dictionary) and Name.Headers in attributes:
                    attributes.Headers = Array(
                        [String(f"{self._own_by}-".encode() + bytes(each)) for each in attributes.Headers]
                    )
        if "/C" in keys:
            self._classify(element, classes)
        for key in ("/AF", "/NS", "/Ref", "/R"):
            if key in keys:
                del element[key]

    def _role(self, role: str, roles: Any) -> str:
        """The name under which a role that is not standard goes on; what it means is in the map of roles."""
        if role in self._named:
            return self._named[role]
        meant, looked = role, {role}
        while meant not in _STANDARD and isinstance(roles, Dictionary) and isinstance(roles.get(meant), Name):
            meant = str(roles[meant])
            if meant in looked:
                break
            looked.add(meant)
        meant = meant if meant in _STANDARD else "/NonStruct"
        own = role if _OURS.get(role) == meant else f"{role}-{self._own_by}"
        self._named[role], self.roles[own] = own, meant
        return own

    def _classify(self, element: Object, classes: Any) -> None:
        kept = []
        for each in _listed(element.C):
            if isinstance(each, Name) and isinstance(classes, Dictionary) and str(each) in classes:
                own = f"{each}-{self._own_by}"
                self.classes[own] = classes[str(each)]
                kept.append(Name(own))
        if kept:
            element.C = Array(kept)
        else:
            del element[Name.C]


class _Wrapped:
    """The contents of pages, put into forms or between brackets, with the few streams that all of them share."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._forms: dict[tuple[Any, ...], Object] = {}
        self._shared: dict[bytes, Object] = {}

    def shared(self, content: bytes) -> Object:
        """A stream of so much content, the same for all who ask."""
        if content not in self._shared:
            self._shared[content] = self._pdf.make_stream(content)
        return self._shared[content]

    def wrap(self, page: pikepdf.Page, role: str, *, fit: bool) -> None:
        """Make the contents of a page one piece of marked content, whatever they do to the state they leave."""
        box = visible(page.obj)
        matrix = b""
        if fit:
            box, matrix = fitted(page.obj)
            page.obj.MediaBox = page.obj.CropBox = Array(box)
            page.obj.Rotate = 0
        form = self._form(page)
        page.obj.Resources = Dictionary(XObject=Dictionary(Fm=form))
        page.obj.Contents = self.shared(role.encode() + b" <</MCID 0>> BDC\nq %b/Fm Do Q\nEMC\n" % matrix)

    def enclose(
        self, page: Object, uneven: tuple[int, int], burned: tuple[Sequence[Object], Object] | None, marked: int
    ) -> None:
        """Leave a tagged page's contents as they are, between what keeps and restores the state they leave."""
        contents = _listed(page.get(Name.Contents)) if burned is None else burned[0]
        before, after = self.shared(b"q\n" * (1 + uneven[0])), self.shared(b"\nQ" * (1 + uneven[1]) + b"\n")
        streams = [before, *(each for each in contents if isinstance(each, Stream)), after]
        if burned is not None:
            opening, closing = self.shared(b"/P <</MCID %d>> BDC q\n" % marked), self.shared(b"\nQ EMC\n")
            streams += [opening, burned[1], closing]
        page.Contents = Array(streams)
        page.Resources = Dictionary(dict(page.Resources))

    def _form(self, page: pikepdf.Page) -> Object:
        contents: Any = page.obj.get(Name.Contents)
        resources = page.obj.Resources
        if not isinstance(contents, Stream):
            return self._pdf.make_indirect(page.as_form_xobject(handle_transformations=False))
        box = page.obj.MediaBox
        key = (contents.objgen, resources.objgen if resources.is_indirect else resources.unparse(), box.unparse())
        if key not in self._forms:
            if any(contents.objgen == known[0] for known in self._forms) or Name.Subtype in contents:
                contents = page.as_form_xobject(handle_transformations=False)
            else:
                contents.Type, contents.Subtype = Name.XObject, Name.Form
                contents.BBox, contents.Resources = Array(list(box)), resources
            self._forms[key] = contents
        return self._forms[key]


def _element_of(pdf: pikepdf.Pdf, part: Object, page: Object, label: str, index: int, *, readable: bool) -> Object:
    """A paragraph of what can be read, for a reader of text not to be told less; else a figure, told by its label."""
    element = Dictionary(Type=Name.StructElem, S=Name.P if readable else Name.Figure, P=part, Pg=page, K=0)
    if not readable:
        element.Alt = String(f"{label}, page {index + 1}")
        box: Box = visible(page)
        element.A = Dictionary(O=Name.Layout, BBox=Array(list(box)), Placement=Name.Block)
    return pdf.make_indirect(element)


def _numbers(tree: Any) -> dict[int, Object]:
    """A number tree as a mapping. Raises Unsound."""
    found: dict[int, Object] = {}
    seen, stack = ObjectSet(), [tree]
    while stack:
        node = stack.pop()
        if not isinstance(node, Dictionary):
            continue
        if node.is_indirect and not seen.add(node):
            raise Unsound("a circle")
        nums = _listed(node.get(Name.Nums))
        for key, value in zip(nums[::2], nums[1::2], strict=False):
            if isinstance(key, int):
                found[key] = value
        stack += _listed(node.get(Name.Kids))
        if len(found) > ELEMENTS_MAX:
            raise Unsound("no end")
    return found


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def _forms(resources: Any, seen: ObjectSet) -> Iterator[Object]:
    """The forms that resources lead to, each once."""
    stack = [resources]
    while stack:
        each = stack.pop()
        named = each.get(Name.XObject) if isinstance(each, Dictionary) else None
        if not isinstance(named, Dictionary):
            continue
        for one in named.values():
            if isinstance(one, Stream) and seen.add(one):
                yield one
                stack.append(one.get(Name.Resources))


def _appearances(annotation: Object) -> Iterator[Object]:
    faces = annotation.get(Name.AP)
    if isinstance(faces, Dictionary):
        for face in faces.values():
            if isinstance(face, Stream):
                yield face
            elif isinstance(face, Dictionary):
                yield from (each for each in face.values() if isinstance(each, Stream))


def _has_font(resources: Any, seen: ObjectSet) -> bool:
    """Whether anything can be written with what a page has at hand."""
    if not isinstance(resources, Dictionary):
        return False
    fonts = resources.get(Name.Font)
    if isinstance(fonts, Dictionary) and len(fonts) > 0:
        return True
    return any(_has_own_font(form) for form in _forms(resources, seen))


def _has_own_font(form: Object) -> bool:
    resources = form.get(Name.Resources)
    fonts = resources.get(Name.Font) if isinstance(resources, Dictionary) else None
    return isinstance(fonts, Dictionary) and len(fonts) > 0
