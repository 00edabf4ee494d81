"""A case before a court with files in a ledger of its own, whose bundle is ordered, and the worker that builds it."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
import psycopg

from benchmarks.exhibits import PAGES_EACH
from benchmarks.harness import Database, Server
from benchmarks.watched import Watched
from documents.bundle import building
from documents.bundle.makers import makers_of
from documents.storage import Files
from domain.case import Case
from domain.command import case_commands
from domain.envelope import SYSTEM, Role
from domain.events import BundleBuilt, BundleOrdered, DocumentExamined, DocumentReceived
from domain.papers import SourceKind
from domain.reference.load import load_reference
from domain.request import DocumentRef
from ledger.desk import Desk, open_ledger
from ledger.histories import case_facts
from ledger.settings import Settings
from reactions.bundles import Bundles
from tests.histories import record_administration, write
from tests.unit.given import TODAY, an_actor
from tests.unit.given_facts import a_refusal

STREAM: Final = UUID(int=7)
LEGAL: Final = an_actor(Role.LEGAL)
# What the worker tells about a build is overwritten as it goes on: every line of it is wanted here, with its moment.
_NOTE: Final = """
CREATE TABLE documents.noted (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    version bigint, step text, done integer, total integer, ended boolean
);
CREATE FUNCTION documents.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO documents.noted (version, step, done, total, ended)
    VALUES (NEW.version, NEW.step, NEW.done, NEW.total, NEW.ended);
    RETURN NULL;
END $$;
CREATE TRIGGER noted AFTER INSERT OR UPDATE ON documents.builds FOR EACH ROW EXECUTE FUNCTION documents.note();
"""
_NOTED: Final = (
    "SELECT extract(epoch FROM at)::float8, step, done, total FROM documents.noted WHERE version = %s ORDER BY at"
)
STEPS: Final = {
    building.SHOWING: "show_seconds",
    building.MERGING: "merge_seconds",
    building.WRITING: "write_seconds",
    building.PROVING: "prove_seconds",
    building.PACKING: "pack_seconds",
}


class Job(NamedTuple):
    """What a worker needs to build the bundle, and where it is told."""

    database: Database
    environment: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """As the worker reads them."""
        return Settings.from_environment(self.environment)


def held(server: Server, folder: Path, paths: Sequence[Path]) -> Job:
    """A refusal before a tribunal, every file of a folder among its documents, sealed in a store."""
    database = server.database("bundle")
    job = Job(
        database,
        {
            "SMOE_DATA_DIR": str(folder),
            "SMOE_DOCUMENTS_URL": f"file://{folder}/files",
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
        },
    )
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(_NOTE)
    with _desk(job.settings) as desk:
        record_administration(desk.ledger)
        write(desk.ledger, STREAM, a_refusal(STREAM))
        case = desk.history(STREAM).case
        files = Files(job.settings.files_url, desk.ledger.keys)
        for number, path in enumerate(paths, len(case.documents) + 1):
            with path.open("rb") as content:
                kept = files.put(STREAM, case.request.worker.person, content)
            ref = DocumentRef(
                id=f"P{number}", version=1, item="other", title=path.stem, sha256=kept.sha256, bytes=kept.bytes
            )
            write(desk.ledger, STREAM, _arrived(ref))
        _act(desk, "open-litigation", action="annulment", court="Lyon", court_number="2612345", lodged_by="employer")
        case = _act(desk, "prepare-bundle", decision="D1", litigation="L1")
        exhibits = list(_chosen(case, {f"P{len(case.documents) - index}" for index in range(len(paths))}))
        _act(desk, "arrange-bundle", bundle="B1", arrangement=1, exhibits=exhibits)
    return job


def _arrived(ref: DocumentRef) -> Iterator[Any]:
    yield an_actor(Role.EMPLOYER), DocumentReceived(document=ref, received_on=TODAY), TODAY
    examined = DocumentExamined(
        document=ref.id,
        version=ref.version,
        sha256=ref.sha256,
        bytes=ref.bytes,
        media_type=ref.media_type,
        pages=PAGES_EACH,
        examiner="benchmarks",
        examined_on=TODAY,
    )
    yield SYSTEM, examined, TODAY


def _chosen(case: Case, documents: set[str]) -> Iterator[dict[str, Any]]:
    """All that is proposed, in its order: the sheets, and every document whose file is there."""
    for each in map(msgspec.to_builtins, case.bundle("B1").exhibits):
        sources = [{key: value for key, value in source.items() if key != "sha256"} for source in each["sources"]]
        if all(source["kind"] != SourceKind.DOCUMENT or source["ref"] in documents for source in sources):
            yield {**each, "sources": sources, "included": True}


def built(job: Job, own_pages: int, worker: Callable[[Mapping[str, str]], Watched]) -> Watched:
    """Order the bundle once more and have a worker, a process of its own, build it; what each step took is told.

    Raises RuntimeError when it is not whole, or a file is not shown.
    """
    with _desk(job.settings) as desk:
        case = desk.history(STREAM).case
        _act(desk, "order-bundle", bundle="B1", arrangement=case.bundle("B1").arrangement)
    run = worker(job.environment)
    with _desk(job.settings) as desk:
        facts = case_facts(desk.history(STREAM))
        build = facts[-1].event
        if not isinstance(build, BundleBuilt) or build.faulty or build.pages < own_pages:
            raise RuntimeError(f"the bundle is not what it should be: {build}")
        ordered = max(fact.version for fact in facts if isinstance(fact.event, BundleOrdered))
        Files(job.settings.files_url, desk.ledger.keys).remove(STREAM, build.sha256)
    told = {"file_mb": build.bytes / 1e6, "exhibits": build.exhibits, "pages": build.pages}
    return run._replace(told={**run.told, **_steps(job, ordered), **told})


def _steps(job: Job, ordered: int) -> dict[str, float]:
    """Seconds from when the order was taken up, by step; the last are those of sealing, keeping and recording."""
    with psycopg.connect(job.database.owner_url) as connection:
        noted = connection.execute(_NOTED, (ordered,)).fetchall()
    taken = dict.fromkeys(("start_seconds", *STEPS.values(), "keep_seconds"), 0.0)
    for (began, step, done, total), (ended, *_) in pairwise(noted):
        packed = step == building.PACKING and done == total
        name = "keep_seconds" if packed else STEPS.get(step.partition(" : ")[0], "start_seconds")
        taken[name] += ended - began
    return taken


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    ledger = open_ledger(settings, pool_size=2)
    try:
        yield Desk(ledger, load_reference())
    finally:
        ledger.close()


def _act(desk: Desk, name: str, **body: Any) -> Case:
    command = case_commands()[name]
    given = msgspec.json.decode(msgspec.json.encode(body), type=command.body)
    desk.execute(STREAM, command, given, desk.context(LEGAL, uuid4()))
    return desk.history(STREAM).case


def work() -> dict[str, float]:
    """Build what is ordered, as the worker does whose settings the environment holds."""
    settings = Settings.from_environment(os.environ)
    with _desk(settings) as desk, psycopg.connect(settings.database_url, autocommit=True) as connection:
        began = time.perf_counter()
        count = Bundles(desk, settings, makers_of).run_once(connection)
        return {"built": count, "job_seconds": time.perf_counter() - began}
