"""What proven facts hold that an auditor asks about: documents by their hashes, fields that were erased, dates."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from verifier.facts import Fact

RECORDED_AT: Final = re.compile(rb'\{"schema":[0-9]{1,9},"recorded_at":"([0-9T:.Z-]{20,27})"')
BOX: Final = re.compile(rb'"sealed":"([A-Za-z0-9+/]{24})')
DOCUMENT: Final = frozenset({"id", "version", "sha256", "title"})


class Document(NamedTuple):
    """A document as a fact names it."""

    stream: str
    fact: int
    """Version of the fact."""
    id: str
    version: int
    title: str
    sha256: str


class Erased(NamedTuple):
    """Fields that nobody can read any more, their key being destroyed."""

    stream: str
    fact: int
    path: str
    fields: tuple[str, ...]
    destroyed_at: str
    person: str


class Erasure(NamedTuple):
    """The erasure of a person as a fact records it."""

    stream: str
    fact: int
    person: str
    on: str


def recorded_at(fact: Fact) -> str:
    """When a fact was recorded, as it says."""
    found = RECORDED_AT.match(fact.state)
    return found[1].decode() if found else ""


def documents_of(facts: Iterable[Fact]) -> list[Document]:
    """Every document that facts name, each version once, by the first fact that names it."""
    found: dict[tuple[str, str, int, str], Document] = {}
    for fact in facts:
        # Exhibits name a document and its hash, without what the document is.
        if b'"media_type":"' not in fact.state:
            continue
        held: list[dict[str, Any]] = []
        json.loads(fact.state, object_hook=held.append)
        for each in held:
            if each.keys() >= DOCUMENT:
                document = Document(
                    fact.stream, fact.version, str(each["id"]), each["version"], str(each["title"]), each["sha256"]
                )
                found.setdefault((fact.stream, document.id, document.version, document.sha256), document)
    return list(found.values())


def erased_in(facts: Iterable[Fact], destroyed: Mapping[str, str]) -> list[Erased]:
    """The fields of facts that were sealed with a key that is destroyed, by the identifiers of these keys."""
    found: list[Erased] = []
    if not destroyed:
        return found
    for fact in facts:
        if not any(_key_of(box.decode()) in destroyed for box in BOX.findall(fact.state)):
            continue
        for path, each in _objects(json.loads(fact.state), "$"):
            key = _key_of(str(each.get("sealed", ""))[:24])
            if key in destroyed:
                fields = tuple(map(str, each.get("sealed_fields", ())))
                found.append(
                    Erased(fact.stream, fact.version, path, fields, destroyed[key], str(each.get("person", "")))
                )
    return found


def erasures_in(facts: Iterable[Fact]) -> list[Erasure]:
    """The erasures that facts record."""
    return [
        Erasure(fact.stream, fact.version, str(payload["person"]), str(payload["erased_on"]))
        for fact in facts
        if fact.topic == "PersonErased"
        for payload in [json.loads(fact.state)["payload"]]
    ]


def _objects(tree: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(tree, dict):
        yield path, tree
        for name, each in tree.items():
            yield from _objects(each, f"{path}.{name}")
    elif isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from _objects(each, f"{path}[{number}]")


def _key_of(begin: str) -> str:
    """The key that a box names, of the first 24 characters of its base64; nothing for what is no box."""
    try:
        return base64.b64decode(begin, validate=True)[1:17].hex()
    except ValueError:
        return ""
