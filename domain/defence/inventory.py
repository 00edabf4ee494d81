"""The inventory of exhibits: continuous rising numbers, explicit labels, and what each file is (CJA R412-2, "
"R611-8-5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.case import Case
from domain.defence.passages import Part
from domain.defence.words import lower
from domain.french import in_french
from domain.papers import ChosenExhibit, ExhibitSource, SourceKind


class SeriesRow(Part, frozen=True, kw_only=True):
    """One file within a homogeneous series, at its place in it (CJA R611-8-5 al. 5)."""

    place: int
    label: str
    dated: date | None
    sha256: str


class Row(Part, frozen=True, kw_only=True):
    """One exhibit."""

    number: int
    label: str
    name: str
    """Of its file; empty while none is made."""
    pages: int | None
    """None while its pages are not made."""
    dated: date | None
    sha256: str
    """Of the only file it comes from; empty for a series, whose rows say it, and for what is made with the bundle."""
    series: tuple[SeriesRow, ...] = ()
    redacted: bool = False
    """Whether something is hidden of it (CJA R611-1)."""


class Inventory(Part, frozen=True, kw_only=True):
    """Every exhibit of a bundle, in the order of its number."""

    title: str
    reference: str
    """The court and the number of the proceedings; the number of the case where no court is seized."""
    rows: tuple[Row, ...]

    @property
    def pages(self) -> int | None:
        """Of all exhibits together; None while those of any are not made."""
        counts = [row.pages for row in self.rows]
        return None if None in counts else sum(count for count in counts if count is not None)


def inventory_of(
    case: Case,
    litigation: str | None,
    exhibits: Sequence[ChosenExhibit],
    *,
    pages: Mapping[int, int] | None = None,
    names: Mapping[int, str] | None = None,
) -> Inventory:
    """The inventory of the exhibits that are included, numbered from 1 in their order.

    `pages` and `names` tell, by number, what the bundle made of each; without them the inventory leaves it out.
    """
    included = (each for each in exhibits if each.included)
    rows = tuple(
        _row(case, number, each, (pages or {}).get(number), (names or {}).get(number, ""))
        for number, each in enumerate(included, 1)
    )
    return Inventory(title="Inventaire détaillé des pièces", reference=_reference(case, litigation), rows=rows)


def _reference(case: Case, litigation: str | None) -> str:
    held = next((each for each in case.litigation if each.id == litigation), None)
    if held is None:
        return f"Dossier n° {case.number}"
    court = held.court[:1].upper() + held.court[1:]
    return f"{court}, instance n° {held.court_number}"


def _row(case: Case, number: int, exhibit: ChosenExhibit, pages: int | None, name: str) -> Row:
    files = tuple(_series(case, exhibit.sources))
    alone = len(files) == 1
    return Row(
        number=number,
        label=exhibit.label,
        name=name,
        pages=pages,
        dated=files[0].dated if alone else None,
        sha256=files[0].sha256 if alone else "",
        series=() if alone else files,
        redacted=any(source.redactions for source in exhibit.sources),
    )


def _series(case: Case, sources: Sequence[ExhibitSource]) -> Iterator[SeriesRow]:
    for place, source in enumerate(sources, 1):
        label, dated = _told(case, source)
        yield SeriesRow(place=place, label=label, dated=dated, sha256=source.sha256)


def _told(case: Case, source: ExhibitSource) -> tuple[str, date | None]:
    """What a source is called within its series, and its date where the case knows it."""
    match source.kind:
        case SourceKind.DOCUMENT:
            held = case.documents.get(source.ref)
            title = next((v.title for v in held.versions if v.version == source.version), "") if held else ""
            newest = held is not None and held.current.version == source.version
            return title or source.ref, held.received_on if held and newest else None
        case SourceKind.LETTER:
            issued = next((each for each in case.letters if each.id == source.ref), None)
            return (f"lettre du {in_french(issued.dated)}" if issued else source.ref), issued.dated if issued else None
        case SourceKind.SHEET:
            return f"fiche {lower(source.ref)}", None
