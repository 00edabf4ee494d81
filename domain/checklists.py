"""For a case on a day: each item that a text lists, whether it is required, by which text, and what was produced."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.acknowledgement import called_for, checklist_of
from domain.case import Case, Document
from domain.french import in_french
from domain.intake import stopping
from domain.papers import FileFault, ScanVerdict
from domain.procedures import PROCEDURES
from domain.provisions import Chapter, provision
from domain.reference import ChecklistItem, Holder, Mark, Reference
from domain.request import Company, PrivateEmployer, Request


class Requirement(StrEnum):
    """Whether an item is required in a case; the value is the public name."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"
    """The text was not read, or only the examination can tell: nothing may be demanded on that ground alone."""


class SlotState(StrEnum):
    """Where an item stands; the value is the public name."""

    PRODUCED = "produced"
    REFUSED = "refused"
    """What was produced was set aside, and nothing took its place."""
    TO_OBTAIN = "to_obtain"
    """Not produced, and held by an administration, from which it is had."""
    MISSING = "missing"
    """Required, and not produced."""
    NOT_EXPECTED = "not_expected"
    """Not produced, and nobody may ask for it."""


class Produced(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a document that was produced for an item."""

    document: str
    version: int
    title: str
    received_on: date | None = None
    """Of the newest version."""
    refused_because: str | None = None
    """Why it was set aside; None while it stands."""
    faults: tuple[FileFault, ...] = ()
    is_unusable: bool = False
    """By what was found of its file: nobody can open it, or nobody should. An agent decides what follows."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist."""

    item: str
    label: str
    requirement: Requirement
    why: str
    """Why it is required, is not, or why nobody knows; a sentence."""
    text: str
    """The text that lists it; empty for what no text lists."""
    source: str
    """Where that text was read."""
    mark: Mark
    condition: str
    """When it is called for, as the text says it."""
    condition_holds: bool | None
    """In this case; None where the request does not say."""
    state: SlotState
    documents: tuple[Produced, ...] = ()
    """Every version of every document produced for it, the newest first."""
    asked_by: tuple[str, ...] = ()
    """Requests for items that ask for it and still run."""
    held_by: Holder | None = None
    """The administration from which it is had."""
    advice: str = ""
    """What the filer reads of it where there is more to say."""


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """All lines of a case on a day."""

    on: date
    use_case: str | None
    """None where no text lists any document for the procedure."""
    label: str
    version: str | None
    """Of the order on documents, in force that day."""
    slots: tuple[Slot, ...]
    others: tuple[Produced, ...]
    """What was produced and answers to no line."""
    missing: int
    """Lines that are required and neither produced nor held elsewhere."""


NO_LIST: Final = (
    "Aucun texte lu ne fixe la liste des pièces de cette procédure : rien n'est réclamé sans que soit nommé le texte "
    "qui l'exige (CRPA L114-5)."
)


@provision(Chapter.FILING, "CRPA L114-5", "CRPA L114-8")
def checklist(case: Case, on: date, reference: Reference) -> Checklist:
    """Only what a text is known to require, on a condition that certainly holds, is required; what an administration
    holds is had from there, and the filer is told so."""
    items = checklist_of(case.request, on, reference)
    use_case = PROCEDURES[case.request.procedure].use_case
    holders = {each.item: each for each in reference.held_elsewhere(on) if _concerns(each, case.request)}
    slots = [_slot(case, item, holders.get(item.key), on, reference) for item in items]
    listed = {item.key for item in items}
    if items:
        slots += [_held(case, each) for each in holders.values() if each.item not in _ever_listed(reference)]
    return Checklist(
        on=on,
        use_case=use_case,
        label=reference.use_cases[use_case].label if use_case else NO_LIST,
        version=items[0].version if items else None,
        slots=tuple(slots),
        others=tuple(
            version
            for held in case.documents.values()
            if held.current.item not in listed
            for version in _versions(held)
        ),
        missing=sum(slot.state is SlotState.MISSING for slot in slots),
    )


def _slot(case: Case, item: ChecklistItem, holder: Holder | None, on: date, reference: Reference) -> Slot:
    holds = called_for(item, case.request, case.filed_as, on, reference)
    condition = reference.conditions[item.condition].label
    requirement, why = _requirement(item, condition, holds)
    held = [each for each in case.documents.values() if each.current.item == item.key]
    return Slot(
        item=item.key,
        label=item.label,
        requirement=requirement,
        why=why,
        text=text_of(item, reference),
        source=item.source,
        mark=item.mark,
        condition=condition,
        condition_holds=holds,
        state=_state(held, requirement, holder),
        documents=tuple(version for document in held for version in _versions(document)),
        asked_by=tuple(
            asked.id
            for asked in case.missing_items
            if not (asked.complete or asked.lapsed) and any(each.item == item.key for each in asked.items)
        ),
        held_by=holder,
        advice=_advice(requirement, holder),
    )


def _requirement(item: ChecklistItem, condition: str, holds: bool | None) -> tuple[Requirement, str]:
    match item.required, holds:
        case "unknown", _:
            return Requirement.UNKNOWN, (
                "Le texte qui l'exigerait n'a pas été lu : cette pièce ne peut être réclamée (CRPA L114-5)."
            )
        case "no", _:
            return Requirement.NOT_REQUIRED, "Le texte en vigueur ce jour-là ne l'exige pas."
        case _, False:
            return Requirement.NOT_REQUIRED, f"Elle n'est exigée que si la condition est remplie : {condition}."
        case _, None:
            return Requirement.UNKNOWN, f"La demande ne dit pas si la condition est remplie : {condition}."
        case _:
            return Requirement.REQUIRED, f"Elle est exigée : {condition}."


def _state(held: list[Document], requirement: Requirement, holder: Holder | None) -> SlotState:
    if any(each.current.version not in each.refused for each in held):
        return SlotState.PRODUCED
    if held:
        return SlotState.REFUSED
    if requirement is not Requirement.REQUIRED:
        return SlotState.NOT_EXPECTED
    return SlotState.MISSING if holder is None else SlotState.TO_OBTAIN


def _held(case: Case, holder: Holder) -> Slot:
    """What no list asks for, and an administration tells."""
    return Slot(
        item=holder.item,
        label=holder.label,
        requirement=Requirement.NOT_REQUIRED,
        why="Aucun texte lu ne demande de pièce : l'administration se procure elle-même cette information.",
        text="",
        source=holder.source,
        mark=holder.mark,
        condition="",
        condition_holds=None,
        state=SlotState.NOT_EXPECTED,
        held_by=holder,
        advice=f"Rien n'est à fournir : {holder.holder} ({holder.article}).",
    )


def _advice(requirement: Requirement, holder: Holder | None) -> str:
    if holder is None or requirement is Requirement.NOT_REQUIRED:
        return ""
    told = f"Cette information est détenue par un service public : {holder.holder} ({holder.article})."
    if holder.mark is Mark.CONFIRMED:
        return f"{told} L'administration la lui demande elle-même : la pièce n'est pas à fournir."
    return (
        f"{told} L'administration doit la lui demander si elle y a accès, ce qui n'est pas confirmé pour cette "
        "procédure ; la fournir évite d'attendre."
    )


def text_of(item: ChecklistItem, reference: Reference) -> str:
    """The text that lists an item, by its article and its version."""
    if item.condition == "third_party_files":
        return "CT R5221-1 II"
    version = next(each for each in reference.document_versions if each.id == item.version)
    return f"CT R5221-12 ; arrêté du 1er avril 2021, version en vigueur depuis le {in_french(version.effective_from)}"


def _versions(held: Document) -> list[Produced]:
    """The versions of a document, the newest first."""
    found = []
    for version in reversed(held.versions):
        report = held.reports.get(version.version)
        faults = report.faults if report else ()
        is_infected = held.verdicts.get(version.version) is ScanVerdict.INFECTED
        found.append(
            Produced(
                document=held.id,
                version=version.version,
                title=version.title,
                received_on=held.received_on if version is held.current else None,
                refused_because=held.refused.get(version.version),
                faults=faults,
                is_unusable=is_infected or bool(stopping(faults)),
            )
        )
    return found


def _concerns(holder: Holder, request: Request) -> bool:
    match holder.concerns:
        case "company":
            return isinstance(request.employer, Company)
        case "private_employer":
            return isinstance(request.employer, PrivateEmployer)
        case _:
            return True


def _ever_listed(reference: Reference) -> frozenset[str]:
    return frozenset(item.key for items in reference.checklists.values() for item in items)
