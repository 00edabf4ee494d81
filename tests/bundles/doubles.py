"""Makers that stand in for the PDF engine, the brief and the sheets: quick, the same bytes for the same input."""

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from documents.bundle.building import Listed, Makers, Order, Stop, Written
from documents.bundle.merging import Stopped
from documents.bundle.numbered import Merged, Numbered, Shown, SourceFile, Title
from domain.events import CaseEvent
from domain.papers import FileFault
from ledger.facts import StoredFact
from ledger.proofs.notary import StoredCheckpoint
from ledger.proofs.proof import Pinned

BROKEN = b"%PDF-broken"


def shown(exhibit: Numbered, sources: Sequence[SourceFile], folder: Path) -> Shown:
    """One page for each source, a sheet for what begins like a broken file."""
    lines = [f"{exhibit.number} {exhibit.label} {exhibit.section} {exhibit.name}"]
    faults: list[FileFault] = []
    for source in sources:
        content = source.path.read_bytes()
        lines.append(f"{source.title} {source.media_type} {hashlib.sha256(content).hexdigest()}")
        if content.startswith(BROKEN):
            faults.append(FileFault.UNREADABLE)
    path = folder / f"{exhibit.number}.pdf"
    path.write_text("\n".join(lines))
    return Shown(
        path=path, pages=len(sources), faults=tuple(faults), told=("Illisible.",) * len(faults), replaced=len(faults)
    )


def merge(
    title: Title,
    pages: Sequence[tuple[Numbered, Shown]],
    out: Path,
    progress: Callable[[int, int], None],
    stop: Stop,
) -> Merged:
    first, at = {}, 2
    parts = [repr(title).encode()]
    for exhibit, each in pages:
        if stop():
            raise Stopped
        first[exhibit.number] = at
        at += each.pages
        parts.append(each.path.read_bytes())
    out.write_bytes(b"\n".join(parts))
    return Merged(pages=at - 1, first_page_of=first)


def makers_for(order: Order, *, slow_seconds: float = 0, called: list[str] | None = None) -> Makers:
    """The doubles for one order; `called` is told each sheet and exhibit that is made."""

    def sheet(name: str, version: int) -> bytes:
        return f"{name} at {version}".encode()

    def show(exhibit: Numbered, sources: Sequence[SourceFile], folder: Path) -> Shown:
        if called is not None:
            called.append(exhibit.name)
        time.sleep(slow_seconds)
        return shown(exhibit, sources, folder)

    def brief(listed: Sequence[Listed]) -> Written:
        time.sleep(slow_seconds)
        told = repr(listed).encode()
        return Written(docx=b"docx" + told, pdf=b"pdf" + told)

    def inventory(listed: Sequence[Listed]) -> bytes:
        return repr([msgspec.to_builtins(each) for each in listed]).encode()

    def proof(target: BinaryIO) -> Pinned:
        target.write(b"preuve")
        facts = (*order.facts, order.order)
        leaves = tuple((_stored(fact), number) for number, fact in enumerate(facts))
        point = StoredCheckpoint(1, len(leaves), 1, order.order.recorded_at, "asked", "note\n")
        return Pinned(point, leaves)

    return Makers(
        sheet=sheet, shown=show, merge=merge, brief=brief, inventory=inventory, proof=proof, sentence=sentence
    )


def sentence(event: CaseEvent) -> str:
    return f"« {type(event).__name__} »."


def _stored(fact: Any) -> StoredFact:
    return StoredFact(fact.stream, fact.version, fact.type, b"", fact.hash, fact.position or 0)
