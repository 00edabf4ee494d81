"""Exhibits proposed from a case by a recipe, in its order: all that the history holds, each as what it was."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES, Addressee, AppealKind
from domain.case import Appeal, Case, Decision, Document, Letter, Opinion
from domain.commands.request_opinion import Body
from domain.defence.recipe import Documents, Letters, Recipe, Sheets, Slot, Take
from domain.french import in_french
from domain.papers import ChosenExhibit, ExhibitSource, LetterKind, ScanVerdict, SourceKind
from domain.rights import RECORD_CRITERIA

LABEL_LENGTH_MAX: Final = 300
INFECTED: Final = "Fichier signalé par l'antivirus : il n'est jamais joint, une feuille le dit à sa place."
LETTER_TITLES: Final = {
    LetterKind.RECEIPT: "Accusé d'enregistrement",
    LetterKind.ACKNOWLEDGEMENT: "Accusé de réception",
    LetterKind.MISSING_ITEMS: "Demande de pièces",
    LetterKind.DECISION: "Décision",
    LetterKind.PERMIT: "Autorisation de travail",
    LetterKind.PRIOR_HEARING: "Lettre préalable",
    LetterKind.APPEAL_ACKNOWLEDGEMENT: "Accusé du recours",
    LetterKind.APPEAL_DECISION: "Réponse au recours",
    LetterKind.REASONS: "Motifs",
}
"""How an inventory names each kind of letter."""
APPEAL_TITLES: Final = {AppealKind.GRACIOUS: "Recours gracieux", AppealKind.HIERARCHICAL: "Recours hiérarchique"}


class About(NamedTuple):
    """One thing of the case that an exhibit may be about, as labels tell it."""

    ref: str
    title: str
    date: str
    addressees: tuple[Addressee, ...] = ()


class Attacked(NamedTuple):
    """The case and the decision defended."""

    case: Case
    decision: Decision

    def about(self, place: str) -> Iterator[About]:
        """Everything that a place of a recipe (`decision`, `items`, `appeal`…) stands for."""
        case = self.case
        match place:
            case "decision":
                yield _decision(self.decision)
            case "other":
                yield from (_decision(each) for each in case.decisions if each.id != self.decision.id)
            case "items":
                yield from (About(each.id, "", in_french(each.requested_on)) for each in case.missing_items)
            case "opinion":
                yield from (
                    About(each.id, each.body, in_french(each.given_on))
                    for each in opinions_given(case)
                    if each.given_on
                )
            case "appeal":
                yield from (_appeal(each) for each in case.appeals)
            case "hearing":
                yield from (
                    About(each.id, "", in_french(each.opened_on))
                    for each in case.hearings
                    if each.id == self.decision.hearing
                )

    def came_later(self, document: Document, index: int) -> bool:
        """Whether a version of a document was not there yet when the decision was taken."""
        return index >= self.decision.documents_held.get(document.id, 0)


def _decision(decision: Decision) -> About:
    return About(decision.id, DECISION_TITLES[decision.kind], in_french(decision.on), tuple(decision.notified))


def _appeal(appeal: Appeal) -> About:
    return About(appeal.id, APPEAL_TITLES[appeal.kind], in_french(appeal.received_on))


def opinions_given(case: Case) -> tuple[Opinion, ...]:
    """The opinions that may be shown: never what was found of convictions (GDPR article 10)."""
    return tuple(
        each
        for each in case.opinions
        if each.given_on is not None and each.criterion not in RECORD_CRITERIA and each.body != Body.CRIMINAL_RECORD
    )


class Found(NamedTuple):
    """What a line of a recipe found: sources of one exhibit, what the inventory says of it, why it is left out."""

    sources: tuple[ExhibitSource, ...]
    label: str
    withheld: str


def proposed(recipe: Recipe, case: Case, decision: Decision) -> tuple[ChosenExhibit, ...]:
    """The exhibits of a recipe, as the case holds them; nothing that it does not hold, and nothing twice."""
    attacked = Attacked(case, decision)
    chosen: list[ChosenExhibit] = []
    taken: set[tuple[SourceKind, str, int]] = set()
    for slot in recipe.slots:
        for take in slot.takes:
            for found in _found(take, attacked):
                sources = tuple(each for each in found.sources if identity(each) not in taken)
                if sources:
                    taken |= set(map(identity, sources))
                    chosen.append(_chosen(slot, sources, found))
    return tuple(chosen)


def identity(source: ExhibitSource) -> tuple[SourceKind, str, int]:
    """What makes two sources the same; a sheet is one whatever version of the case it tells."""
    return source.kind, source.ref, 0 if source.kind is SourceKind.SHEET else source.version


def _chosen(slot: Slot, sources: tuple[ExhibitSource, ...], found: Found) -> ChosenExhibit:
    return ChosenExhibit(
        slot=slot.key,
        label=found.label[:LABEL_LENGTH_MAX],
        sources=sources,
        included=not found.withheld,
        why_excluded=found.withheld,
    )


def _found(take: Take, attacked: Attacked) -> Iterator[Found]:
    match take:
        case Documents():
            for document in attacked.case.documents.values():
                yield from _versions(take, document, attacked)
        case Letters():
            yield from _letters(take, attacked)
        case Sheets():
            yield from _sheets(take, attacked)


def _versions(take: Documents, document: Document, attacked: Attacked) -> Iterator[Found]:
    """The newest of the versions of a document that a line takes, then those that it replaced, as one exhibit."""
    taken = [index for index in range(len(document.versions)) if _is_of(take, document, index, attacked)]
    if not taken:
        return
    *replaced, newest = taken
    for index in (newest, *(replaced if len(replaced) == 1 else ())):
        yield _of_document(take.label, take, document, (index,), attacked)
    if len(replaced) > 1:
        yield _of_document(take.replaced_label, take, document, tuple(replaced), attacked)


def _is_of(take: Documents, document: Document, index: int, attacked: Attacked) -> bool:
    came_with = document.arrivals[index].came_with if index < len(document.arrivals) else ""
    carries = any(
        each.document == document.id for opinion in opinions_given(attacked.case) for each in opinion.exhibits
    )
    how = "appeal" if came_with.startswith("A") else "items" if came_with else "opinion" if carries else "nothing"
    return how == take.came_with and take.later in (None, attacked.came_later(document, index))


def _of_document(
    label: str, take: Documents, document: Document, indexes: tuple[int, ...], attacked: Attacked
) -> Found:
    refs = [document.versions[index] for index in indexes]
    last = indexes[-1]
    version = refs[-1].version
    day = document.arrivals[last].on if last < len(document.arrivals) else document.received_on
    state = ""
    if version in document.refused:
        state = ", écartée"
    elif last + 1 < len(document.versions):
        since = attacked.came_later(document, last + 1) and not attacked.came_later(document, last)
        state = ", remplacée depuis la décision" if since else ", remplacée"
    told = label.format(
        title=refs[-1].title,
        document=document.id,
        ref=document.id,
        version=f", version {version}" if len(document.versions) > 1 else "",
        versions=", ".join(str(each.version) for each in refs),
        date=in_french(day) if day else "",
        state=state,
        decision=attacked.decision.id,
    )
    infected = any(document.verdicts.get(ref.version) is ScanVerdict.INFECTED for ref in refs)
    sources = tuple(
        ExhibitSource(kind=SourceKind.DOCUMENT, ref=document.id, version=ref.version, sha256=ref.sha256) for ref in refs
    )
    return Found(sources, told, INFECTED if infected else take.withheld)


def _letters(take: Letters, attacked: Attacked) -> Iterator[Found]:
    wanted = [about.ref for about in attacked.about(take.about.strip("{}"))] if take.about else [""]
    for ref in wanted:
        for letter in attacked.case.letters:
            if letter.kind in take.kinds and letter.about == ref:
                yield _of_letter(take, letter, attacked)


def _of_letter(take: Letters, letter: Letter, attacked: Attacked) -> Found:
    told = take.label.format(
        kind=LETTER_TITLES[letter.kind],
        ref=letter.about or letter.id,
        date=in_french(letter.dated),
        addressee=f", à {ADDRESSEE_TITLES[letter.addressee]}" if letter.addressee else "",
        decision=attacked.decision.id,
    )
    source = ExhibitSource(kind=SourceKind.LETTER, ref=letter.id, version=1, sha256=letter.sha256)
    return Found((source,), told, take.withheld)


def _sheets(take: Sheets, attacked: Attacked) -> Iterator[Found]:
    head, _, place = take.name.partition("/")
    place, _, to = place.partition("/")
    if not place:
        about = About("", "", in_french(attacked.case.filed_on))
        if not _is_told_by_letter(take, about, attacked):
            yield _of_sheet(take, head, about, None, attacked)
        return
    for about in attacked.about(place.strip("{}")):
        if _is_told_by_letter(take, about, attacked):
            continue
        name = f"{head}/{about.ref}"
        if to:
            for addressee in about.addressees:
                yield _of_sheet(take, f"{name}/{addressee}", about, addressee, attacked)
        else:
            yield _of_sheet(take, name, about, None, attacked)


def _is_told_by_letter(take: Sheets, about: About, attacked: Attacked) -> bool:
    return any(letter.kind in take.unless and letter.about == about.ref for letter in attacked.case.letters)


def _of_sheet(take: Sheets, name: str, about: About, addressee: Addressee | None, attacked: Attacked) -> Found:
    told = take.label.format(
        ref=about.ref,
        title=about.title,
        kind=about.title,
        date=about.date,
        addressee=ADDRESSEE_TITLES[addressee] if addressee else "",
        decision=attacked.decision.id,
    )
    known = name in sheet_names(attacked.case)
    source = ExhibitSource(kind=SourceKind.SHEET, ref=name, version=attacked.case.version)
    return Found((source,) if known else (), told, take.withheld)


def sheet_names(case: Case) -> frozenset[str]:
    """The sheets that the history of a case can be printed as, and that a court may be shown."""
    return frozenset(_sheet_names(case))


def _sheet_names(case: Case) -> Iterator[str]:
    yield "request"
    if case.acknowledgement is not None:
        yield "acknowledgement"
    if case.routing is not None:
        yield "routing"
    yield from (f"items/{each.id}" for each in case.missing_items)
    yield from (f"opinion/{each.id}" for each in opinions_given(case))
    yield from (f"hearing/{each.id}" for each in case.hearings)
    yield from (f"appeal/{each.id}" for each in case.appeals)
    yield from (f"litigation/{each.id}" for each in case.litigation)
    for decision in case.decisions:
        yield from (f"{what}/{decision.id}" for what in ("decision", "assessment", "reference"))
        if decision.signed is not None:
            yield f"delegation/{decision.id}"
        yield from (f"notification/{decision.id}/{addressee}" for addressee in decision.notified)


def hash_of(case: Case, source: ExhibitSource) -> str | None:
    """The hash of the file that a source names, empty for a sheet; None when the case holds no such thing."""
    match source.kind:
        case SourceKind.DOCUMENT:
            held = case.documents.get(source.ref)
            versions = held.versions if held else ()
            return next((each.sha256 for each in versions if each.version == source.version), None)
        case SourceKind.LETTER:
            return next((each.sha256 for each in case.letters if each.id == source.ref and source.version == 1), None)
        case SourceKind.SHEET:
            is_told = source.ref in sheet_names(case) and source.version <= case.version
            return "" if is_told else None
