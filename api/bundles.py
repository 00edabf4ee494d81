"""Defence bundles: their exhibits as they are laid out, how far a build has come, what was built."""

import zipfile
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response import Stream
from psycopg.rows import tuple_row

from api.access import Caller
from api.answers import READ_RESPONSES, problem
from api.document_views import must_not_be_erased
from api.problems import Problematic
from api.reading import Readers
from api.recording import note_cases
from documents.bundle.building import BRIEF, DOCX
from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.case import Build, Bundle, Case
from domain.defence.bundles import included, named
from domain.defence.recipe import recipes
from domain.events import BundleOrdered
from domain.papers import BuildOutcome, ChosenExhibit, FileFault, ScanVerdict, SourceKind
from ledger.desk import Desk
from ledger.histories import CaseHistory, CaseUnknown

ZIP: Final = "application/zip"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"
WITHHELD: Final = (
    "Ce dossier de défense peut contenir ce qui ne vous est pas accessible : les antécédents de l'employeur, selon "
    "votre qualité, ou les notes internes, si vous avez déposé la demande."
)
FILE_RESPONSES: Final = {
    409: problem("Rien n'est encore constitué."),
    410: problem("Les données du dossier sont effacées, et ses fichiers avec elles."),
    500: problem("Le fichier conservé manque, ou il a été altéré."),
}
_PROGRESS: Final = "SELECT version, step, done, total, failures FROM documents.builds WHERE case_id = %s"


class Format(StrEnum):
    """How a brief is wanted."""

    DOCX = "docx"
    PDF = "pdf"


class BuildState(StrEnum):
    """Where a build stands."""

    WAITING = "waiting"
    BUILDING = "building"
    BUILT = "built"
    CANCELLED = "cancelled"
    FAILED = "failed"


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an exhibit, as it is known today."""

    kind: SourceKind
    ref: str
    version: int
    sha256: str
    redacted_pages: tuple[int, ...]
    faults: tuple[FileFault, ...]
    """What its examination found wrong with it."""
    is_infected: bool
    is_behind: bool
    """Whether a sheet tells the case as it was before something was recorded since."""


class ExhibitView(msgspec.Struct, frozen=True, kw_only=True):
    """An exhibit as it is laid out."""

    number: int | None
    """None for what is left out."""
    slot: str
    heading: str
    label: str
    name: str
    """Of its file in the archive; empty for what is left out."""
    included: bool
    why_excluded: str
    caution: str
    """What is to be looked at before the other party reads it (CJA R611-1)."""
    sources: tuple[SourceView, ...]


class BuildView(msgspec.Struct, frozen=True, kw_only=True):
    """A build that was ordered."""

    number: int
    on_version: int
    state: BuildState
    exhibits: int
    step: str
    """What is being done, in French; empty but while it is being built."""
    done: int
    total: int
    failures: int
    """How often it was tried in vain."""
    sha256: str
    bytes: int


class BundleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle of a case, in short."""

    bundle: str
    decision: str
    litigation: str | None
    recipe: str
    title: str
    arrangement: int
    exhibits: int
    """Those that are included."""
    builds: tuple[BuildView, ...]


class BundleList(msgspec.Struct, frozen=True, kw_only=True):
    """The bundles of a case."""

    case: UUID
    version: int
    bundles: tuple[BundleLine, ...]


class BundleView(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle, with all its exhibits."""

    case: UUID
    version: int
    bundle: str
    decision: str
    litigation: str | None
    recipe: str
    title: str
    arrangement: int
    """To be named by whoever arranges or orders it."""
    exhibits: tuple[ExhibitView, ...]
    builds: tuple[BuildView, ...]


class _Progress(msgspec.Struct, frozen=True):
    version: int
    step: str
    done: int
    total: int
    failures: int


@get(
    "",
    sync_to_thread=True,
    operation_id="CaseBundles",
    summary="Les dossiers de défense d'un dossier",
    responses=READ_RESPONSES,
)
def case_bundles(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
) -> BundleList:
    """Each bundle with its builds, the oldest first."""
    history = _history(desk, caller, case_id)
    progress = _progress(readers, history)
    return BundleList(
        case=case_id,
        version=history.case.version,
        bundles=tuple(
            BundleLine(
                bundle=each.id,
                decision=each.decision,
                litigation=each.litigation,
                recipe=each.recipe,
                title=_title(each),
                arrangement=each.arrangement,
                exhibits=len(included(each.exhibits)),
                builds=_builds(each, progress),
            )
            for each in history.case.bundles
        ),
    )


@get(
    "/{bundle:str}",
    sync_to_thread=True,
    operation_id="CaseBundle",
    summary="Un dossier de défense : ses pièces numérotées et nommées, ses constitutions",
    responses=READ_RESPONSES,
)
def case_bundle(
    case_id: FromPath[UUID],
    bundle: FromPath[str],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
) -> BundleView:
    """The exhibits in their order, with the numbers and names that a build would give them today."""
    history = _history(desk, caller, case_id)
    held = _held(history.case, bundle)
    return BundleView(
        case=case_id,
        version=history.case.version,
        bundle=held.id,
        decision=held.decision,
        litigation=held.litigation,
        recipe=held.recipe,
        title=_title(held),
        arrangement=held.arrangement,
        exhibits=tuple(_exhibits(history.case, held)),
        builds=_builds(held, _progress(readers, history)),
    )


Number = Annotated[int | None, QueryParameter(description="Numéro de la constitution ; la dernière sinon.", ge=1)]


@get(
    "/{bundle:str}/content",
    sync_to_thread=True,
    operation_id="BundleContent",
    summary="L'archive d'un dossier de défense constitué",
    responses={
        **READ_RESPONSES,
        200: ResponseSpec(
            data_container=bytes,
            media_type=ZIP,
            description="Mémoire, pièces, inventaire, dossier réuni, preuve et empreintes.",
            generate_examples=False,
        ),
        **FILE_RESPONSES,
    },
)
def bundle_content(
    case_id: FromPath[UUID],
    bundle: FromPath[str],
    desk: NamedDependency[Desk],
    files: NamedDependency[Files],
    caller: NamedDependency[Caller],
    build: Number = None,
) -> Stream:
    """The bytes that the fact of its building names, and nothing before that fact."""
    history = _history(desk, caller, case_id)
    made = _built(caller, history, bundle, build)
    note_cases([case_id])
    name = f"{history.case.number}-{bundle}-{made.number}.zip"
    parts = _parts(files, case_id, made.sha256)
    return Stream(
        parts,
        media_type=ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(made.bytes),
            "Cache-Control": "no-store",
        },
    )


@get(
    "/{bundle:str}/brief",
    sync_to_thread=True,
    operation_id="BundleBrief",
    summary="Le mémoire d'un dossier de défense constitué, à modifier ou à lire",
    responses={
        **READ_RESPONSES,
        200: ResponseSpec(
            data_container=bytes,
            media_type=PDF,
            description="Le mémoire, en PDF ou en .docx.",
            generate_examples=False,
        ),
        **FILE_RESPONSES,
    },
)
def bundle_brief(
    case_id: FromPath[UUID],
    bundle: FromPath[str],
    desk: NamedDependency[Desk],
    files: NamedDependency[Files],
    caller: NamedDependency[Caller],
    build: Number = None,
    format: Annotated[Format | None, QueryParameter(description="docx ou pdf ; sinon l'en-tête Accept le dit.")] = None,
    accept: Annotated[str, HeaderParameter(name="Accept", max_length=1_000)] = "",
) -> Response[bytes]:
    """The brief within the archive: .docx where it is asked for, PDF otherwise."""
    history = _history(desk, caller, case_id)
    made = _built(caller, history, bundle, build)
    wanted = format or (Format.DOCX if WORD in accept else Format.PDF)
    note_cases([case_id])
    try:
        with files.fetched(case_id, made.sha256) as archive, zipfile.ZipFile(archive) as opened:
            content = opened.read(DOCX if wanted is Format.DOCX else BRIEF)
    except FileErased as gone:
        raise Problematic("files_erased") from gone
    except (FileUnknown, FileAltered) as lost:
        raise Problematic("file_lost") from lost
    name = f"memoire-{history.case.number}-{bundle}-{made.number}.{wanted}"
    return Response(
        content,
        media_type=WORD if wanted is Format.DOCX else PDF,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _history(desk: Desk, caller: Caller, case_id: UUID) -> CaseHistory:
    history = desk.history(case_id)
    caller.must_know(history.case)
    return history


def _held(case: Case, bundle: str) -> Bundle:
    found = next((each for each in case.bundles if each.id == bundle), None)
    if found is None:
        raise CaseUnknown
    return found


def _built(caller: Caller, history: CaseHistory, bundle: str, number: int | None) -> Build:
    """A build with its archive; refused to whoever does not read all that it tells."""
    held = _held(history.case, bundle)
    found = [each for each in held.builds if each.sha256 and number in (None, each.number)]
    if not found:
        raise Problematic("bundle_not_built")
    if _hides(caller, history, found[-1]):
        raise Problematic("forbidden", WITHHELD)
    must_not_be_erased(history.case)
    return found[-1]


def _hides(caller: Caller, history: CaseHistory, build: Build) -> bool:
    """Whether anything of what a build tells is hidden from somebody, or masked."""
    told = tuple(fact for fact in history.facts if fact.version <= build.on_version)
    seen = tuple(fact for fact in caller.seen(history).facts if fact.version <= build.on_version)
    return told != seen


def _parts(files: Files, case_id: UUID, sha256: str) -> Iterator[bytes]:
    """The parts of a file; that it is there is found out before anything is answered."""
    parts = files.chunks(case_id, sha256)
    try:
        first = next(parts, b"")
    except FileErased as gone:
        raise Problematic("files_erased") from gone
    except (FileUnknown, FileAltered) as lost:
        raise Problematic("file_lost") from lost

    def rest() -> Iterator[bytes]:
        yield first
        yield from parts

    return rest()


def _title(bundle: Bundle) -> str:
    recipe = recipes().get(bundle.recipe)
    return recipe.title if recipe else bundle.recipe


def _exhibits(case: Case, bundle: Bundle) -> Iterator[ExhibitView]:
    recipe = recipes().get(bundle.recipe)
    numbers = iter(enumerate(named(case, bundle.exhibits), 1))
    for each in bundle.exhibits:
        number, name = next(numbers) if each.included else (None, "")
        yield ExhibitView(
            number=number,
            slot=each.slot,
            heading=recipe.heading(each.slot) if recipe else "",
            label=each.label,
            name=name,
            included=each.included,
            why_excluded=each.why_excluded,
            caution=recipe.caution(each.slot) if recipe else "",
            sources=tuple(_sources(case, each)),
        )


def _sources(case: Case, exhibit: ChosenExhibit) -> Iterator[SourceView]:
    for each in exhibit.sources:
        held = case.documents.get(each.ref) if each.kind is SourceKind.DOCUMENT else None
        report = held.reports.get(each.version) if held else None
        yield SourceView(
            kind=each.kind,
            ref=each.ref,
            version=each.version,
            sha256=each.sha256,
            redacted_pages=tuple(sorted({redaction.page for redaction in each.redactions})),
            faults=report.faults if report else (),
            is_infected=held is not None and held.verdicts.get(each.version) is ScanVerdict.INFECTED,
            is_behind=each.kind is SourceKind.SHEET and each.version < case.settled,
        )


def _progress(readers: Readers, history: CaseHistory) -> Mapping[tuple[str, int], _Progress]:
    """How far each build of a case has come, by bundle and number."""
    if not any(each.builds for each in history.case.bundles):
        return {}
    with readers.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = {row[0]: _Progress(*row) for row in cursor.execute(_PROGRESS, (history.case.id,)).fetchall()}
    return {
        (fact.event.bundle, fact.event.build): rows[fact.version]
        for fact in history.facts
        if isinstance(fact.event, BundleOrdered) and fact.version in rows
    }


def _builds(bundle: Bundle, progress: Mapping[tuple[str, int], _Progress]) -> tuple[BuildView, ...]:
    return tuple(_build(bundle, each, progress.get((bundle.id, each.number))) for each in bundle.builds)


def _build(bundle: Bundle, build: Build, progress: _Progress | None) -> BuildView:
    under_way = build.is_under_way and progress is not None
    return BuildView(
        number=build.number,
        on_version=build.on_version,
        state=_state(build, progress),
        exhibits=len(included(build.exhibits)),
        step=progress.step if progress and under_way else "",
        done=progress.done if progress else 0,
        total=progress.total if progress else 0,
        failures=progress.failures if progress else 0,
        sha256=build.sha256,
        bytes=build.bytes,
    )


def _state(build: Build, progress: _Progress | None) -> BuildState:
    if build.sha256:
        return BuildState.BUILT
    if build.outcome is not None:
        return BuildState.CANCELLED if build.outcome is BuildOutcome.CANCELLED else BuildState.FAILED
    return BuildState.BUILDING if progress is not None and progress.total else BuildState.WAITING


def router() -> Router:
    """Routes under /api/cases/{case_id}/bundles."""
    return Router(
        "/api/cases/{case_id:uuid}/bundles",
        route_handlers=[case_bundles, case_bundle, bundle_content, bundle_brief],
        tags=["Dossiers de défense"],
    )
