"""Thirty ways to break a good bundle by hand, each of which a registry would object to."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import pikepdf

Entries: TypeAlias = dict[str, bytes]
Breaking: TypeAlias = Callable[[Entries], None]


def broken(good: Path, out: Path, breaking: Breaking, *, honest: bool = True) -> Path:
    """A bundle with one thing broken; `honest` writes the manifest anew, so that it alone does not give it away."""
    with zipfile.ZipFile(good) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    breaking(entries)
    if honest and "empreintes.txt" in entries:
        told = sorted(entries.items())
        lines = [
            f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in told if name != "empreintes.txt"
        ]
        entries["empreintes.txt"] = "".join(lines).encode()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(entries):
            archive.writestr(name, entries[name])
    return out


def _piece(entries: Entries, number: int) -> str:
    return next(name for name in entries if re.match(rf"pieces/0*{number}[ _-]", name))


def _renamed(number: int, rename: Callable[[str], str], *, listed: bool = True) -> Breaking:
    """Rename the file of an exhibit, in the inventory too."""

    def change(entries: Entries) -> None:
        old = _piece(entries, number)
        name = old.removeprefix("pieces/")
        new = rename(name)
        entries[f"pieces/{new}"] = entries.pop(old)
        if listed:
            _edit_rows(entries, lambda row: {**row, "fichier": row["fichier"].replace(name, new)})

    return change


def _rows(entries: Entries) -> tuple[list[str], list[dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(entries["inventaire.csv"].decode("utf-8-sig")), delimiter=";")
    return list(reader.fieldnames or ()), list(reader)


def _write_rows(entries: Entries, names: list[str], rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    entries["inventaire.csv"] = b"\xef\xbb\xbf" + text.getvalue().encode()


def _edit_rows(entries: Entries, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    names, rows = _rows(entries)
    _write_rows(entries, names, [change(row) for row in rows])


def _listed(change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Breaking:
    def edit(entries: Entries) -> None:
        names, rows = _rows(entries)
        _write_rows(entries, names, change(rows))

    return edit


def _pdf(name: str, change: Callable[[pikepdf.Pdf], None]) -> Breaking:
    def edit(entries: Entries) -> None:
        with pikepdf.open(io.BytesIO(entries[name])) as document:
            change(document)
            out = io.BytesIO()
            document.save(out)
        entries[name] = out.getvalue()

    return edit


def _without_bookmark(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        holder = next(each for each in (outline.root, *(item.children for item in outline.root)) if _leads(each))
        del holder[-1]


def _leads(items: list[pikepdf.OutlineItem]) -> bool:
    return any(item.title.startswith("PJ") for item in items)


def _astray(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        holder = next(each for each in (outline.root, *(item.children for item in outline.root)) if _leads(each))
        item = next(each for each in holder if each.title.startswith("PJ"))
        item.destination = None
        item.action = None
        item.destination = pikepdf.make_page_destination(document, 0)


def _links(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [
        annotation
        for page in document.pages
        for annotation in page.obj.get("/Annots", ())
        if annotation.get("/Subtype") == "/Link"
    ]


def _contents_astray(document: pikepdf.Pdf) -> None:
    link = _links(document)[0]
    for key in ("/A", "/Dest"):
        if key in link:
            del link[key]
    link["/Dest"] = pikepdf.Array([document.pages[-1].obj, pikepdf.Name.Fit])


def _without_link(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        if "/Annots" in page.obj:
            del page.obj["/Annots"]


def _without_pages(count: int) -> Callable[[pikepdf.Pdf], None]:
    def cut(document: pikepdf.Pdf) -> None:
        del document.pages[-count:]

    return cut


def _untagged(document: pikepdf.Pdf) -> None:
    for key in ("/StructTreeRoot", "/MarkInfo"):
        if key in document.Root:
            del document.Root[key]


def _swapped(document: pikepdf.Pdf) -> None:
    last = document.pages[-1]
    del document.pages[-1]
    document.pages.insert(2, last)


def _word(change: Callable[[str], str]) -> Breaking:
    def edit(entries: Entries) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(entries["memoire/memoire.docx"])) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == "word/document.xml":
                    content = change(content.decode()).encode()
                new.writestr(name, content)
        entries["memoire/memoire.docx"] = out.getvalue()

    return edit


def _drop(name: str) -> Breaking:
    def edit(entries: Entries) -> None:
        del entries[name]

    return edit


def _swap_files(entries: Entries) -> None:
    one, two = _piece(entries, 1), _piece(entries, 2)
    entries[one], entries[two] = entries[two], entries[one]


def _also(number: int, rename: Callable[[str], str]) -> Breaking:
    def edit(entries: Entries) -> None:
        old = _piece(entries, number)
        entries["pieces/" + rename(old.removeprefix("pieces/"))] = entries[old]

    return edit


def _lose_piece(entries: Entries) -> None:
    del entries[_piece(entries, 2)]


def _altered(entries: Entries) -> None:
    entries[_piece(entries, 1)] += b"\n"


def _too_long(name: str) -> str:
    stem, _, extension = name.partition(".")
    return f"{stem:x<{80 - len(extension)}}.{extension}"


def _first(**values: str) -> Breaking:
    """Change the first line of the inventory."""
    return _listed(lambda rows: [{**rows[0], **values}, *rows[1:]])


def _one_more(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**rows[0], "pages": str(int(rows[0]["pages"]) + 1)}, *rows[1:]]


def _last_renumbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [*rows[:-1], {**rows[-1], "numéro": str(len(rows) + 1)}]


def _added(words: str) -> Breaking:
    """Add a paragraph to the brief."""
    return _word(lambda text: text.replace("</w:body>", f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body>"))


BREAKINGS: Final[dict[str, tuple[Breaking, bool, str]]] = {
    "a name without its number": (_renamed(2, lambda n: re.sub(r"^\d+[ _-]+", "", n)), True, "name:"),
    "a number at the end": (_renamed(2, lambda n: re.sub(r"^(\d+)[ _-]+(.*)\.", r"\2-\1.", n)), True, "name:"),
    "an accent": (_renamed(2, lambda n: n.replace(".", "é.", 1)), True, "name:"),
    "a special character": (_renamed(2, lambda n: n.replace(".", "&.", 1)), True, "name:"),
    "an inner dot": (_renamed(2, lambda n: n.replace(".", ".v2.", 1)), True, "name:"),
    "no extension": (_renamed(2, lambda n: n.partition(".")[0]), True, "name:"),
    "81 characters": (_renamed(2, _too_long), True, "name:"),
    "a name that tells nothing": (_renamed(2, lambda n: re.sub(r"^(\d+)[^.]*", r"\1_1", n)), True, "name:"),
    "a type the court does not take": (_renamed(2, lambda n: n.partition(".")[0] + ".exe"), True, "name:"),
    "a gap in the numbers": (_renamed(2, lambda n: re.sub(r"^\d+", "99", n)), True, "name:"),
    "an exhibit in two files": (_also(2, lambda n: n.replace(".", "_suite.", 1)), True, "name:"),
    "names that differ by case alone": (_also(2, str.swapcase), True, "name:"),
    "a file outside the inventory": (_also(1, lambda n: re.sub(r"^\d+", "98", n)), True, "name:"),
    "a lost exhibit": (_lose_piece, True, "name:"),
    "an altered exhibit": (_altered, False, "manifest:"),
    "two exhibits swapped": (_swap_files, False, "manifest:"),
    "an inventory that lacks one": (_listed(lambda rows: rows[:-1]), True, "inventory:"),
    "an inventory in another order": (_listed(lambda rows: [rows[1], rows[0], *rows[2:]]), True, "inventory:"),
    "an inventory with a gap": (_listed(_last_renumbered), True, "inventory:"),
    "an empty label": (_first(intitulé=" "), True, "inventory:"),
    "a label that the pages do not tell": (_first(intitulé="Rapport imaginaire de contrôle"), True, "inventory:"),
    "pages miscounted": (_listed(_one_more), True, "merged:"),
    "no printed inventory": (_drop("inventaire.pdf"), True, "archive:"),
    "no brief to edit": (_drop("memoire/memoire.docx"), True, "archive:"),
    "no manifest": (_drop("empreintes.txt"), True, "archive:"),
    "the last page cut off": (_pdf("dossier.pdf", _without_pages(1)), True, "merged:"),
    "a page in another place": (_pdf("dossier.pdf", _swapped), True, "merged:"),
    "a bookmark lost": (_pdf("dossier.pdf", _without_bookmark), True, "bookmarks:"),
    "a bookmark astray": (_pdf("dossier.pdf", _astray), True, "bookmarks:"),
    "a line of contents astray": (_pdf("dossier.pdf", _contents_astray), True, "contents:"),
    "contents that lead nowhere": (_pdf("dossier.pdf", _without_link), True, "contents:"),
    "no tags": (_pdf("dossier.pdf", _untagged), True, "merged:"),
    "a brief that cites what is not joined": (_added("Voir pièce n° 999."), True, "brief:"),
    "a brief with marks of its template": (_added("{{ juge }}"), True, "brief:"),
    "a proof that does not open": (lambda entries: entries.update({"preuve/preuve.zip": b"PK"}), True, "proof:"),
}
"""By what is wrong: how to break it, whether the manifest is then written anew, and what a registry objects of."""
