"""The export of a closed case for the archives service, written to a file of this machine and sent from there."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from api.access import Caller
from api.answers import READ_RESPONSES, problem
from api.commands import UNCOMPRESSED
from api.problems import Problematic
from api.proofs import must_read_every_fact
from documents.export.seda import Agencies
from documents.export.transfer import Surrounded, write_transfer
from documents.storage import Files
from domain.archives import must_be_over
from ledger.desk import Desk, day_in_paris
from ledger.histories import case_facts
from ledger.proofs.notary import Notary, NothingToProve
from ledger.proofs.proof import write_proof
from verifier.one_file import stand_alone

ZIP: Final = "application/zip"
PART_BYTES: Final = 1 << 18


@get(
    "/archive",
    sync_to_thread=True,
    opt={UNCOMPRESSED: True},
    operation_id="CaseArchive",
    summary="Le dossier clos, pour les archives",
    responses={
        **READ_RESPONSES,
        409: problem("Le dossier peut encore changer : il ne se verse pas aux archives."),
        200: ResponseSpec(
            data_container=bytes,
            media_type=ZIP,
            description="Un paquet BagIt 1.0, avec son bordereau SEDA 2.1 si le service a ses identifiants.",
            generate_examples=False,
        ),
    },
)
def case_archive(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    files: NamedDependency[Files],
    notary: NamedDependency[Notary],
    agencies: NamedDependency[Agencies],
    caller: NamedDependency[Caller],
) -> Stream:
    """Documents, letters, sheets, facts and proof of a case to which nothing happens any more, whole and in clear."""
    history = desk.history(case_id)
    caller.must_know(history.case)
    must_read_every_fact(caller, history)
    seen = caller.seen(history)
    now: datetime = desk.ledger.clock()
    today, decided = day_in_paris(now), desk.decided()
    kept_for = must_be_over(seen.case, today, decided.tables.on(today))
    given = Surrounded(
        case=seen.case,
        facts=case_facts(seen),
        files=files,
        records=decided,
        proof=lambda target: write_proof(target, desk.ledger, notary, [case_id]),
        verifier=stand_alone(),
    )
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        try:
            write_transfer(file, given, kept_for, agencies, now)
        except NothingToProve as error:
            raise Problematic("not_ready", "L'archive attend l'inscription des derniers faits.") from error
        size = file.tell()
        opened.pop_all()
    name = f"archive-{history.case.number}.zip"
    return Stream(
        _sent(file),
        media_type=ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
            "Cache-Control": "no-store",
        },
    )


def _sent(file: BinaryIO) -> Iterator[bytes]:
    """The file from its beginning; it is gone once it was sent, or given up."""
    with file:
        file.seek(0)
        while part := file.read(PART_BYTES):
            yield part


def router() -> Router:
    """The route under /api/cases/{case_id}."""
    return Router("/api/cases/{case_id:uuid}", route_handlers=[case_archive], tags=["Fiches et archives"])
