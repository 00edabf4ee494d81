"""The papers of a case: files that come in, letters that go out, the archive that goes to the court."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from smoe_client import FILES, Failed, Smoe, say


def announced(item: str, title: str, name: str) -> dict[str, Any]:
    """A document as a filer announces it, by the hash of a file of `files/`; the file itself follows."""
    content = (FILES / name).read_bytes()
    return {"item": item, "title": title, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def deliver(smoe: Smoe, who: str, case: str) -> None:
    """Hand in the file of each document that is only announced, and say what was found of it."""
    known = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in FILES.iterdir()}
    for document in smoe.read(who, f"/api/cases/{case}/documents")["documents"]:
        for version, file in zip(document["versions"], document["files"], strict=True):
            if file["held"]:
                continue
            place = f"/api/cases/{case}/documents/{document['id']}/versions/{version['version']}/content"
            answer = smoe.checked(smoe.send(who, "PUT", place, known[version["sha256"]]), 200)
            smoe.note(answer)
            say(who, f"remet le fichier de « {version['title']} » : {diagnosis(answer['file'])}")


def diagnosis(file: Any) -> str:
    """What the examination of a file found, as the filer is told."""
    pages = f"{file['pages']} page{'s' if file['pages'] > 1 else ''}, " if file["pages"] else ""
    return pages + (" ".join(fault["message"] for fault in file["faults"]) or "rien à signaler")


def supply(smoe: Smoe, who: str, case: str, request: str, item: str, title: str, name: str) -> None:
    """Send what was asked for: first a file that was cut on its way, refused with its reason, then whole."""
    path, file = f"/api/cases/{case}/documents", FILES / name
    fields = {"request": request, "item": item, "title": title}
    refused = smoe.checked(smoe.send(who, "POST", path, file.read_bytes()[:9_000], **fields), 422)
    say("smoe", f"refuse un fichier inutilisable : {' '.join(each['message'] for each in refused['faults'])}")
    answer = smoe.checked(smoe.send(who, "POST", path, file, **fields), 201)
    smoe.note(answer)
    say(who, f"verse « {title} » : {diagnosis(answer['file'])}")


def read_letter(smoe: Smoe, who: str, case: str, kind: str, about: str) -> dict[str, Any]:
    """Wait for a letter that smoe writes by itself, and read its pages; they are those that the history names."""

    def issued() -> Any:
        lines = smoe.read(who, f"/api/cases/{case}/letters")["items"]
        return next((each for each in lines if (each["kind"], each["about"]) == (kind, about) and each["letter"]), None)

    line: dict[str, Any] = smoe.until(f"la lettre « {kind} »", issued)
    pages = smoe.fetch(who, line["content"])
    if hashlib.sha256(pages).hexdigest() != line["sha256"] or not pages.startswith(b"%PDF"):
        raise Failed(f"la lettre {line['letter']} n'est pas celle que l'historique désigne")
    say(who, f"lit la lettre « {line['title']} » (PDF, {len(pages)} octets)")
    return line


def bundle(smoe: Smoe, who: str, case: str, decision: str, litigation: str, out: Path) -> None:
    """Have the defence bundle proposed, built by the worker, and written to a folder."""
    smoe.act(who, case, "prepare-bundle", {"decision": decision, "litigation": litigation})
    held = smoe.read(who, f"/api/cases/{case}/bundles")["bundles"][-1]
    say(who, f"reçoit une proposition de {held['exhibits']} pièces, selon la recette « {held['title']} »")
    smoe.act(who, case, "order-bundle", {"bundle": held["bundle"], "arrangement": held["arrangement"]})
    place = f"/api/cases/{case}/bundles/{held['bundle']}"

    def ended() -> Any:
        build = smoe.read(who, place)["builds"][-1]
        return build if build["state"] in {"built", "failed"} else None

    build = smoe.until("le dossier de défense", ended)
    if build["state"] != "built":
        raise Failed("le dossier de défense n'a pas pu être constitué")
    archive = smoe.fetch(who, f"{place}/content")
    if hashlib.sha256(archive).hexdigest() != build["sha256"]:
        raise Failed("l'archive n'est pas celle que l'historique désigne")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        exhibits = [name for name in opened.namelist() if name.startswith("pieces/")]
    written = out / "dossier-de-defense.zip"
    written.write_bytes(archive)
    say("smoe", f"constitue le dossier de défense : {len(exhibits)} pièces numérotées, mémoire, inventaire, preuve")
    say(who, f"l'enregistre sous {written}")
