"""Faults of content that several commands look for; all are gathered before anything is refused."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.administration import Administration
from domain.case import Case, Document
from domain.days import add_months
from domain.french import in_french
from domain.reference import Reference
from domain.refusals import Fault, Refused
from domain.request import AttachedDocument, DocumentRef

MONTHS_AHEAD_MAX = 60
"""How long before its first day a version may be published: texts are known a year or two ahead at most."""


def must_have_no_fault(faults: Iterable[Fault]) -> None:
    """Refuse with every fault at once; pass when there is none."""
    found = tuple(faults)
    if found:
        raise Refused("content_impossible", " ".join(fault.message for fault in found), faults=found)


def must_have_happened(pointer: str, day: date, today: date, *, since: date | None = None) -> tuple[Fault, ...]:
    """The fault of a past fact dated in the future, or before what it follows."""
    if day > today:
        return (_impossible(pointer, f"La date du {in_french(day)} est postérieure à ce jour."),)
    if since is not None and day < since:
        return (_impossible(pointer, f"La date du {in_french(day)} précède le {in_french(since)}."),)
    return ()


def must_follow(pointer: str, day: date, earlier: date) -> tuple[Fault, ...]:
    """The fault of a day that does not come after the one it follows."""
    if day > earlier:
        return ()
    return (_impossible(pointer, f"La date du {in_french(day)} ne suit pas le {in_french(earlier)}."),)


def must_take_effect_soon(pointer: str, day: date, today: date) -> tuple[Fault, ...]:
    """The fault of a version that waits for years: none could be published before its day, and it cannot be undone."""
    latest = add_months(today, MONTHS_AHEAD_MAX)
    if day <= latest:
        return ()
    told = f"La date d'effet du {in_french(day)} est trop lointaine : {in_french(latest)} au plus."
    return (_impossible(pointer, told),)


def _impossible(pointer: str, message: str) -> Fault:
    return Fault(pointer=pointer, code="date_impossible", message=message)


def announced(case: Case, documents: tuple[AttachedDocument, ...]) -> tuple[DocumentRef, ...]:
    """Documents that come with an act, with the next identifiers of the case."""
    return tuple(
        DocumentRef(
            id=f"P{number}",
            version=1,
            item=document.item,
            title=document.title,
            sha256=document.sha256,
            bytes=document.bytes,
            media_type=document.media_type,
        )
        for number, document in enumerate(documents, len(case.documents) + 1)
    )


def version_looked_at(case: Case, document: str, version: int, sha256: str) -> Document:
    """The document whose version was looked at; refused unless these were the bytes announced for it."""
    held = case.document(document)
    announced_as = next((each.sha256 for each in held.versions if each.version == version), None)
    if announced_as is None:
        raise Refused("document_version_unknown")
    if announced_as != sha256:
        raise Refused(
            "document_version_unknown",
            f"Le fichier examiné n'est pas celui qui a été annoncé pour la version {version} de la pièce {document}.",
        )
    return held


def departments_must_exist(
    reference: Reference, codes: Iterable[str], pointer: str, *, wildcard: bool = True
) -> Iterator[Fault]:
    """The fault of each code that is no department; `*` stands for all of them where that is allowed."""
    for index, code in enumerate(codes):
        if reference.department(code) is None and not (wildcard and code == "*"):
            yield Fault(
                pointer=f"{pointer}/{index}",
                code="department_unknown",
                message=f"Le département « {code} » n'existe pas.",
            )


def platforms_must_exist(
    reference: Reference, state: Administration, platforms: Iterable[str], pointer: str
) -> Iterator[Fault]:
    """The fault of each platform that neither the reference tables nor a published routing table names."""
    known = {row.platform for row in reference.platforms.values()}
    known |= {line.platform for table in state.routing_tables for line in table.lines}
    for index, platform in enumerate(platforms):
        if platform not in known:
            yield Fault(
                pointer=pointer if pointer == "/platform" else f"{pointer}/{index}",
                code="platform_unknown",
                message=f"La plateforme « {platform} » n'est pas connue.",
            )
