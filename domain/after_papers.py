"""How facts about files, letters and bundles change a case, and which of them nobody decides upon."""

from typing import Any, Final, assert_never

import msgspec

from domain.case import Build, Bundle, Document, FileReport, Letter
from domain.events import (
    BundleArranged,
    BundleBuildEnded,
    BundleBuilt,
    BundleOrdered,
    BundlePrepared,
    CaseEvent,
    DocumentExamined,
    DocumentScanned,
    LetterIssued,
)
from domain.papers import ScanVerdict
from domain.steps import changed

replace = msgspec.structs.replace

CLERICAL: Final = frozenset(
    {DocumentExamined, LetterIssued, BundlePrepared, BundleArranged, BundleOrdered, BundleBuilt, BundleBuildEnded}
)
"""Facts upon which nobody decides: they change neither the request nor what may be done with it, and whoever read the
case before one of them acts on the case as it is. An infected file is no such fact; one found clean is."""


def is_clerical(event: CaseEvent) -> bool:
    """Whether nobody decides upon a fact."""
    if isinstance(event, DocumentScanned):
        return event.verdict is ScanVerdict.CLEAN
    return type(event) in CLERICAL


def looked_at(documents: dict[str, Document], event: DocumentExamined | DocumentScanned) -> dict[str, Document]:
    """The documents after one of them was examined, or scanned; what names none of them changes nothing."""
    held = documents.get(event.document)
    if held is None:
        return documents
    if isinstance(event, DocumentScanned):
        seen = replace(held, verdicts={**held.verdicts, event.version: event.verdict})
    else:
        report = FileReport(bytes=event.bytes, media_type=event.media_type, pages=event.pages, faults=event.faults)
        seen = replace(held, reports={**held.reports, event.version: report})
    return {**documents, event.document: seen}


def letter_of(event: LetterIssued) -> Letter:
    """The letter that was issued."""
    return Letter(
        id=event.letter,
        kind=event.kind,
        about=event.about,
        addressee=event.addressee,
        on_version=event.on_version,
        template=event.template,
        data_sha256=event.data_sha256,
        sha256=event.sha256,
        bytes=event.bytes,
        dated=event.dated,
    )


def bundles_after(
    bundles: tuple[Bundle, ...], event: BundlePrepared | BundleArranged | BundleOrdered | BundleBuilt | BundleBuildEnded
) -> tuple[Bundle, ...]:
    """The bundles after something happened to one of them."""
    if isinstance(event, BundlePrepared):
        prepared = Bundle(
            id=event.bundle,
            decision=event.decision,
            litigation=event.litigation,
            recipe=event.recipe,
            exhibits=event.exhibits,
        )
        return (*bundles, prepared)
    return changed(bundles, event.bundle, lambda held: _bundle_after(held, event))


def _bundle_after(held: Bundle, event: BundleArranged | BundleOrdered | BundleBuilt | BundleBuildEnded) -> Bundle:
    match event:
        case BundleArranged(exhibits=exhibits):
            return replace(held, exhibits=exhibits, arrangement=held.arrangement + 1)
        case BundleOrdered(build=number, on_version=on_version):
            ordered = Build(number=number, on_version=on_version, exhibits=held.exhibits)
            return replace(held, builds=(*held.builds, ordered))
        case BundleBuilt(build=number, sha256=sha256, bytes=size):
            return replace(held, builds=_build(held.builds, number, sha256=sha256, bytes=size))
        case BundleBuildEnded(build=number, outcome=outcome):
            return replace(held, builds=_build(held.builds, number, outcome=outcome))
        case _:
            assert_never(event)


def _build(builds: tuple[Build, ...], number: int, **values: Any) -> tuple[Build, ...]:
    return tuple(replace(build, **values) if build.number == number else build for build in builds)
