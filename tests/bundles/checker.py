"""An independent check of a bundle, by the court's rules and docs/bundle.md: it shares no code with what builds."""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise

REQUIRED = {
    "memoire/memoire.docx",
    "memoire/memoire.pdf",
    "inventaire.pdf",
    "inventaire.csv",
    "dossier.pdf",
    "preuve/annexe.json",
    "preuve/annexe.pdf",
    "preuve/preuve.zip",
    "empreintes.txt",
    "LISEZMOI.txt",
}
COLUMNS = ["numéro", "rubrique", "intitulé", "fichier", "pages", "page du dossier", "SHA-256", "observations"]
EXTENSIONS = {"pdf", "jpg", "png", "tif", "txt", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods"}
RESERVED = {"con", "prn", "aux", "nul"} | {f"{word}{n}" for word in ("com", "lpt") for n in "0123456789"}
NAME_LENGTH_MAX = 80


def faults_of(archive: bytes) -> list[str]:
    """Everything that is wrong with a bundle; nothing when it may be filed."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = [each.filename for each in opened.infolist()]
            moments = {each.date_time for each in opened.infolist()}
            held = {name: opened.read(name) for name in names}
    except (zipfile.BadZipFile, EOFError) as error:
        return [f"no archive: {error}"]
    faults = []
    if len({name.casefold() for name in names}) != len(names):
        faults.append("a name is there twice")
    if len(moments) > 1:
        faults.append("entries bear different moments")
    if names != sorted(names):
        faults.append("entries are not in the order of their names")
    if any(not content for name, content in held.items() if name in REQUIRED):
        faults.append("a part is empty")
    exhibits = {name.removeprefix("pieces/"): held[name] for name in names if name.startswith("pieces/")}
    others = {name for name in names if not name.startswith("pieces/")}
    faults += [f"{name} is lacking" for name in sorted(REQUIRED - others)]
    faults += [f"{name} has no place in it" for name in sorted(others - REQUIRED)]
    if faults and REQUIRED - others:
        return faults
    faults += _of_names(exhibits)
    faults += _of_inventory(held["inventaire.csv"], exhibits)
    faults += _of_hashes(held)
    faults += _of_annex(held["preuve/annexe.json"], len(exhibits))
    return faults


def _of_names(exhibits: dict[str, bytes]) -> Iterator[str]:
    numbers = []
    for name in exhibits:
        found = re.match(r"([1-9][0-9]*)_", name)
        if found is None:
            yield f"{name} does not begin with an order number"
            continue
        numbers.append(int(found[1]))
        stem, dot, extension = name.rpartition(".")
        if len(name) > NAME_LENGTH_MAX:
            yield f"{name} is too long"
        if not dot or extension not in EXTENSIONS:
            yield f"{name} has no extension that a court takes"
        if re.search(r"[^A-Za-z0-9_-]", stem):
            yield f"{name} has a special character"
        if not re.search(r"[A-Za-z0-9]", stem[found.end() :]):
            yield f"{name} does not describe what it holds"
        if stem.casefold() in RESERVED or stem[-1:] in {"-", "_", "."}:
            yield f"{name} is no name on some systems"
    if sorted(numbers) != list(range(1, len(exhibits) + 1)):
        yield "exhibits are not numbered from 1 in continuous rising order"


def _of_inventory(content: bytes, exhibits: dict[str, bytes]) -> Iterator[str]:
    try:
        text = content.decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    except (UnicodeDecodeError, csv.Error) as error:
        yield f"the inventory cannot be read: {error}"
        return
    if not text.startswith(";".join(COLUMNS)):
        yield "the inventory has other columns"
        return
    if [line["numéro"] for line in lines] != [str(number) for number in range(1, len(exhibits) + 1)]:
        yield "the inventory is not numbered from 1 in continuous rising order, or does not list each exhibit"
    if {line["fichier"] for line in lines} != set(exhibits):
        yield "the inventory and the files differ"
    reached = 1
    for line in lines:
        if not line["intitulé"].strip():
            yield f"exhibit {line['numéro']} has no label"
        if any(str(line[name]).startswith(("=", "+", "@", "\t", "-")) for name in ("intitulé", "observations")):
            yield f"exhibit {line['numéro']} would be computed by a spreadsheet"
        if not line["fichier"].startswith(f"{line['numéro']}_"):
            yield f"exhibit {line['numéro']} has the file of another"
        if hashlib.sha256(exhibits.get(line["fichier"], b"")).hexdigest() != line["SHA-256"]:
            yield f"exhibit {line['numéro']} is not the file that the inventory says"
        if not re.fullmatch("[1-9][0-9]*", line["pages"]) or not re.fullmatch("[1-9][0-9]*", line["page du dossier"]):
            yield f"exhibit {line['numéro']} has no pages"
            continue
        if int(line["page du dossier"]) <= reached:
            yield f"exhibit {line['numéro']} does not follow the one before"
        reached = int(line["page du dossier"]) + int(line["pages"]) - 1


def _of_hashes(held: dict[str, bytes]) -> Iterator[str]:
    lines = held["empreintes.txt"].decode("utf-8", "replace").splitlines(keepends=True)
    expected = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(held.items())
        if name != "empreintes.txt"
    ]
    if sorted(lines) != sorted(expected):
        yield "the hashes are not those of the files"
    elif lines != expected:
        yield "the hashes are not in order"


def _of_annex(content: bytes, exhibits: int) -> Iterator[str]:
    try:
        told = json.loads(content)
        facts, point = told["faits"], told["point_de_controle"]
        if [fact["version"] for fact in facts] != list(range(1, len(facts) + 1)):
            yield "the annex leaves facts out"
        places = [(fact["position"], fact["feuille"]) for fact in facts]
        if any(later[1] <= earlier[1] for earlier, later in pairwise(places)):
            yield "leaves do not rise"
        if any(not re.fullmatch("[0-9a-f]{64}", fact["empreinte"]) or not fact["enonce"] for fact in facts):
            yield "a fact has no hash, or says nothing"
        if facts[-1]["feuille"] >= point["taille"] or not point["note"]:
            yield "the checkpoint does not cover the facts"
        if any(not 1 <= number <= exhibits for fact in facts for number in fact["pieces"]):
            yield "the annex names an exhibit that is not there"
    except (ValueError, KeyError, TypeError, IndexError) as error:
        yield f"the annex cannot be read: {error!r}"
