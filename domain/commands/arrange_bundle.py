"""A legal officer arranges the exhibits of a bundle by hand."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.case import Bundle, Case
from domain.command import Command, command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.defence.bundles import must_be_laid_out_as
from domain.defence.exhibits import hash_of, identity
from domain.defence.naming import is_legible
from domain.defence.recipe import ADDED, recipes
from domain.events import BundleArranged
from domain.papers import ChosenExhibit, ExhibitSource, Redaction, SourceKind, Zone
from domain.refusals import Fault, Refused

REACH: Final = 1.000001
"""How far a zone may reach: sums of fractions are not exact."""


class ArrangedSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file within an exhibit, by its identifier in the case."""

    kind: SourceKind
    ref: Annotated[str, Meta(min_length=1, max_length=80)]
    version: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    """Of a document; left out: its newest. Of a sheet, the version of the case that it tells; left out: today's."""
    redactions: Annotated[tuple[Redaction, ...], Meta(max_length=2_000)] = ()


class ArrangedExhibit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exhibit as it is wanted; its number is its place among those included."""

    slot: Annotated[str, Meta(min_length=1, max_length=80)] = ADDED
    label: Annotated[str, Meta(min_length=1, max_length=300)]
    sources: Annotated[tuple[ArrangedSource, ...], Meta(min_length=1, max_length=300)]
    included: bool = True
    why_excluded: Annotated[str, Meta(max_length=500)] = ""


class ArrangeBundle(Command, frozen=True, kw_only=True):
    """All the exhibits of a bundle in their order, and the arrangement that this one was made from."""

    bundle: Annotated[str, Meta(min_length=2, max_length=20)]
    arrangement: Annotated[int, Meta(ge=1, le=1_000_000)]
    exhibits: Annotated[tuple[ArrangedExhibit, ...], Meta(min_length=1, max_length=1_000)]


@command(
    "arrange-bundle",
    ArrangeBundle,
    title="Ordonner les pièces d'un dossier de défense",
    fresh=False,
    example={
        "bundle": "B1",
        "arrangement": 1,
        "exhibits": [
            {"label": "Demande d'autorisation de travail", "sources": [{"kind": "sheet", "ref": "request"}]},
            {
                "label": "Passeport du salarié",
                "sources": [
                    {
                        "kind": "document",
                        "ref": "P1",
                        "version": 1,
                        "redactions": [{"page": 1, "why": "Numéro de passeport sans lien avec le litige."}],
                    }
                ],
            },
        ],
    },
)
def arrange_bundle(case: Case, command: ArrangeBundle, context: Context) -> tuple[BundleArranged, ...]:
    """Only what the case holds can be shown; two who arrange at once do not undo each other unawares."""
    bundle = case.bundle(command.bundle)
    must_be_laid_out_as(bundle, command.arrangement)
    must_have_no_fault(_faults(case, bundle, command.exhibits))
    exhibits = tuple(_chosen(case, each) for each in command.exhibits)
    if exhibits == bundle.exhibits:
        raise Refused("nothing_changed", "Les pièces sont déjà ainsi ordonnées.")
    return (BundleArranged(bundle=bundle.id, exhibits=exhibits, arranged_on=context.today),)


def _chosen(case: Case, arranged: ArrangedExhibit) -> ChosenExhibit:
    sources = tuple(_source(case, each) for each in arranged.sources)
    return ChosenExhibit(
        slot=arranged.slot,
        label=" ".join(arranged.label.split()),
        sources=tuple(msgspec.structs.replace(each, sha256=hash_of(case, each) or "") for each in sources),
        included=arranged.included,
        why_excluded=arranged.why_excluded,
    )


def _source(case: Case, arranged: ArrangedSource) -> ExhibitSource:
    version = arranged.version
    if version is None:
        document = case.documents.get(arranged.ref) if arranged.kind is SourceKind.DOCUMENT else None
        newest = document.current.version if document else 1
        version = case.version if arranged.kind is SourceKind.SHEET else newest
    return ExhibitSource(kind=arranged.kind, ref=arranged.ref, version=version, redactions=arranged.redactions)


def _faults(case: Case, bundle: Bundle, exhibits: tuple[ArrangedExhibit, ...]) -> Iterator[Fault]:
    recipe = recipes().get(bundle.recipe)
    slots = {ADDED, *(each.slot for each in bundle.exhibits), *(each.key for each in (recipe.slots if recipe else ()))}
    times = Counter(identity(_source(case, source)) for each in exhibits if each.included for source in each.sources)
    for number, exhibit in enumerate(exhibits):
        place = f"/exhibits/{number}"
        if exhibit.slot not in slots:
            yield Fault.plain(f"{place}/slot", "slot_unknown")
        if not is_legible(exhibit.label):
            yield Fault.plain(f"{place}/label", "label_illegible")
        if not exhibit.included and not exhibit.why_excluded.strip():
            yield Fault.plain(f"{place}/why_excluded", "exclusion_needs_reason")
        for index, arranged in enumerate(exhibit.sources):
            source = _source(case, arranged)
            if hash_of(case, source) is None:
                yield _unknown(f"{place}/sources/{index}/ref", arranged)
            elif exhibit.included and times[identity(source)] > 1:
                yield _repeated(f"{place}/sources/{index}/ref", arranged)
            for which, redaction in enumerate(arranged.redactions):
                yield from _of_redaction(case, source, redaction, f"{place}/sources/{index}/redactions/{which}")


def _unknown(pointer: str, source: ArrangedSource) -> Fault:
    version = f", version {source.version}" if source.version is not None else ""
    message = f"Le dossier ne contient pas « {source.ref} »{version}."
    return Fault(pointer=pointer, code="source_unknown", message=message)


def _repeated(pointer: str, source: ArrangedSource) -> Fault:
    message = f"« {source.ref} » figure déjà dans une autre pièce jointe."
    return Fault(pointer=pointer, code="source_repeated", message=message)


def _of_redaction(case: Case, source: ExhibitSource, redaction: Redaction, pointer: str) -> Iterator[Fault]:
    held = case.documents.get(source.ref) if source.kind is SourceKind.DOCUMENT else None
    report = held.reports.get(source.version) if held else None
    pages = report.pages if report else None
    if pages is not None and redaction.page > pages:
        message = f"« {source.ref} » n'a que {pages} page{'s' * (pages > 1)}."
        yield Fault(pointer=f"{pointer}/page", code="page_unknown", message=message)
    for index, zone in enumerate(redaction.zones):
        if not _is_within(zone):
            yield Fault.plain(f"{pointer}/zones/{index}", "zone_outside_page")


def _is_within(zone: Zone) -> bool:
    return zone.left + zone.width <= REACH and zone.top + zone.height <= REACH
