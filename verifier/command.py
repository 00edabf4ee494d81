"""The command line of the verifier."""

import argparse
import base64
import binascii
import gc
import hashlib
import io
import os
import re
import sys
from collections.abc import Sequence
from typing import Final

from verifier.checking import Asked, Findings, verify
from verifier.faults import Invalid
from verifier.notes import Key, checkpoint_of, key_of
from verifier.time_stamps import TimeStampInvalid, must_be_certificates
from verifier.told import details_of, json_of, sentence_of

USAGE_STATUS: Final = 2
SPACES: Final = "\u00a0\u202f"
"""What French puts before its colons and Python calls unprintable."""
PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
USAGE: Final = """Vérifie hors ligne une preuve de dossiers smoe.

Code de retour : 0 prouvé ; 1 altéré ou invalide ; 2 mauvais usage ; 3 cohérent, avec réserve."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="verify_smoe.py", description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("preuve", help="archive reçue du service (.zip)")
    parser.add_argument("--cle", action="append", default=[], help="clé publique du journal, reçue par une autre voie")
    parser.add_argument("--point", action="append", default=[], help="fichier d'un point de contrôle gardé")
    parser.add_argument("--temoin", action="append", default=[], help="clé publique d'un témoin")
    parser.add_argument("--racine", action="append", default=[], help="certificats racines d'horodatage (PEM ou DER)")
    parser.add_argument("--pieces", help="dossier de pièces à comparer à leurs empreintes")
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that has no accents shows something else in their place, and the answer none the less.
            stream.reconfigure(errors="replace")
    given = parser.parse_args(arguments)
    # Nothing here refers to itself: there is no garbage to look for among a million facts.
    gc.disable()
    try:
        data = _read(given.preuve)
        asked = Asked(
            keys=tuple(_key(text, 1) for text in given.cle),
            kept=tuple(map(_kept, given.point)),
            witnesses=tuple(_key(text, 4) for text in given.temoin),
            roots=tuple(root for path in given.racine for root in _certificates(_read(path))),
        )
        found = verify(data, asked)
        if given.pieces:
            _compare(given.pieces, found)
    except OSError as error:
        print(f"{parser.prog} : « {error.filename} » ne peut pas être lu ({error.strerror})", file=sys.stderr)
        return USAGE_STATUS
    except Invalid as error:
        print(f"{parser.prog} : {error}", file=sys.stderr)
        return USAGE_STATUS
    told = json_of(found) if given.json else "\n".join(map(_legible, (sentence_of(found), *details_of(found))))
    try:
        print(told, flush=True)
    except BrokenPipeError:
        # Whoever reads has read enough; the status says the rest, and nothing is left to be written at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return found.status


def _legible(line: str) -> str:
    """A line without what a terminal would obey: an archive could have it show another verdict."""
    return "".join(each if each.isprintable() or each in SPACES else "?" for each in line)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _key(text: str, kind: int) -> Key:
    """A key of the kind that is asked for. Raises Invalid."""
    key = key_of(text)
    if key.kind != kind:
        raise Invalid(
            "« --cle » attend une clé du journal, « --temoin » celle d'un témoin : en voici une de l'autre sorte"
        )
    return key


def _kept(path: str) -> tuple[str, bytes]:
    """A checkpoint that was kept, by its file's name. Raises Invalid."""
    name, raw = os.path.basename(path), _read(path)
    try:
        checkpoint_of(name, raw)
    except Invalid as error:
        raise Invalid(f"« {name} » n'est pas un point de contrôle tel que le service les donne : {error}") from None
    return name, raw


def _certificates(raw: bytes) -> list[bytes]:
    """The certificates of a file, in DER. Raises Invalid."""
    try:
        found = [base64.b64decode(b"".join(each.split()), validate=True) for each in PEM.findall(raw)]
    except binascii.Error:
        raise Invalid("un certificat racine est illisible") from None
    roots = found or [raw]
    try:
        must_be_certificates(roots)
    except TimeStampInvalid as error:
        raise Invalid(str(error)) from None
    return roots


def _compare(folder: str, found: Findings) -> None:
    """Say of each document whether its file is among those of a folder; a file that no fact names is said too."""
    hashes = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            hashes[hashlib.sha256(_read(path)).hexdigest()] = name
    for document in found.documents:
        held = hashes.get(document.sha256)
        told = f"Pièce {document.id} version {document.version}"
        if held is None:
            found.reserves.append(f"{told} : aucun fichier du dossier donné n'a son empreinte")
        else:
            found.held.append(f"{told} : le fichier « {held} » est bien celui qui fut reçu.")
    named = {document.sha256 for document in found.documents}
    for digest, name in hashes.items():
        if digest not in named:
            found.reserves.append(f"le fichier « {name} » n'est pas une pièce de ces faits, ou il a changé")
