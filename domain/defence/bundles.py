"""What several acts on a bundle look at: layout, build under way, files, and what of them is joined as it is."""

from typing import Final

from domain.case import Build, Bundle, Case
from domain.defence.naming import EXTENSIONS, file_name
from domain.papers import ChosenExhibit, FileFault, ScanVerdict, SourceKind
from domain.refusals import Refused

HARMFUL: Final = frozenset({FileFault.MACROS, FileFault.EXPANDS_TOO_MUCH})
"""Faults with which a file is described, and kept for whoever asks, but not handed to a court."""


def must_be_laid_out_as(bundle: Bundle, arrangement: int) -> None:
    """Refuse what was decided on another layout: facts about bundles make no `If-Match` stale."""
    if bundle.arrangement != arrangement:
        raise Refused(
            "bundle_rearranged",
            f"Les pièces du dossier de défense {bundle.id} ont été ordonnées à nouveau (disposition "
            f"{bundle.arrangement}, non {arrangement}) : relisez-les avant d'agir.",
        )


def must_hold_its_files(case: Case) -> None:
    """Refuse a bundle of what was erased: the files of the case are gone, and no others may be made of it."""
    if case.erased:
        raise Refused("person_already_erased", "Des données de ce dossier sont effacées, et ses fichiers avec elles.")


def must_be_under_way(bundle: Bundle, number: int | None = None) -> Build:
    """The build that is being made; refused when there is none, or when it is another one."""
    build = bundle.build_under_way
    if build is None or number not in (None, build.number):
        raise Refused("build_not_under_way", f"Aucune constitution du dossier {bundle.id} n'est en cours.")
    return build


def included(exhibits: tuple[ChosenExhibit, ...]) -> tuple[ChosenExhibit, ...]:
    """The exhibits that are numbered, in their order."""
    return tuple(each for each in exhibits if each.included)


def joined_type(case: Case, exhibit: ChosenExhibit) -> str | None:
    """The type of the file that is joined as it is; None for what is joined as a PDF made of it.

    As it is goes one document without any redaction, of a type that is joined, which no scanner has called infected
    and which does no harm to whoever opens it.
    """
    (source, *more) = exhibit.sources
    if more or source.redactions or source.kind is not SourceKind.DOCUMENT:
        return None
    held = case.documents.get(source.ref)
    ref = next((each for each in held.versions if each.version == source.version), None) if held else None
    if held is None or ref is None or held.verdicts.get(source.version) is ScanVerdict.INFECTED:
        return None
    report = held.reports.get(source.version)
    if report is not None and not HARMFUL.isdisjoint(report.faults):
        return None
    found = report.media_type if report else ref.media_type
    return found if found in EXTENSIONS else None


def named(case: Case, exhibits: tuple[ChosenExhibit, ...]) -> tuple[str, ...]:
    """The names of the files of the exhibits included, numbered from 1."""
    return tuple(
        file_name(number, each.label, EXTENSIONS.get(joined_type(case, each) or "", ".pdf"))
        for number, each in enumerate(included(exhibits), 1)
    )
