"""Sending the file of a document in: a new one, a new version, what was asked for, or what was announced."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response, post, put
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Reference, RequestBody, Schema
from litestar.params import FromPath

from api.access import Caller, caller_of, must_be_signed_in
from api.answers import WRITE_RESPONSES, answer_of, problem, respond
from api.commands import UNCOMPRESSED, IdempotencyKey, IfMatch, carry_out, first_answer, key_of, version_of
from api.document_views import FileView, file_view, must_not_be_erased
from api.form import FILE_TYPES, JSON, media_type_of, must_be_legible, must_read_as_written
from api.multipart import FILE_FIELD, MULTIPART, Arrival, arriving, keep_pieces, plain_name, read_form, read_small
from api.problems import Problematic
from api.recording import OperationWithPurpose
from documents.erased import forget_if_erased
from documents.intake import examined, stopping, told
from documents.storage import FileErased, Files
from documents.uploads import Uploads, UploadUnknown
from domain.arrivals import DELIVER, Arrived, Delivery, announced_version, recorded, with_file
from domain.case import Case, Document
from domain.command import CaseCommand, Command, case_commands
from domain.envelope import Actor
from domain.papers import FileFault
from domain.refusals import Fault
from domain.request import DocumentRef, Name
from domain.rights import TABLE
from ledger.desk import Desk, Done
from ledger.facts import Answer

log = structlog.get_logger()


class Deposit(Command, frozen=True, kw_only=True):
    """What comes with a file: a document that it makes, a version that it replaces, or what was asked for.

    `document` names the one that it replaces, `request` the request for items that it answers; neither, a new document.
    """

    upload: UUID | None = None
    """The upload that holds the file, in JSON; in a form the file is there."""
    item: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | None = None
    """What it is among what is required; `other` unless it is said."""
    title: Name | None = None
    """What it is called; its name, unless it is said."""
    received_on: date | None = None
    """When it came on paper."""
    document: Annotated[str, msgspec.Meta(min_length=1, max_length=20)] | None = None
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)] | None = None
    """Why it replaces the other."""
    request: Annotated[str, msgspec.Meta(min_length=2, max_length=20)] | None = None
    complete: bool = False
    message: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


class DeliveredUpload(Command, frozen=True, kw_only=True):
    """The upload that holds the file of an announced document."""

    upload: UUID


class RecordedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the arrival of the file recorded."""

    type: str
    version: int
    position: int


class FileAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: under which document it is kept, and what must be known of it."""

    case: UUID
    version: int
    """Of the case."""
    position: int | None
    """To be named as `at_least` by a read that must see this; None where nothing new was recorded."""
    document: str
    document_version: int
    sha256: str
    file: FileView
    events: tuple[RecordedFact, ...]


# What a route of files takes

Properties: TypeAlias = dict[str, Reference | Schema]


@dataclass
class TakesFile(OperationWithPurpose):
    """An operation of the document whose body is a form with a file, or names an upload."""

    def __post_init__(self) -> None:
        super().__post_init__()
        form, by_upload = self.forms()
        self.request_body = RequestBody(
            required=True,
            content={MULTIPART: OpenAPIMediaType(schema=form), JSON: OpenAPIMediaType(schema=by_upload)},
        )

    def forms(self) -> tuple[Schema, Schema]:
        """The form, and what stands for it in JSON."""
        texts: Properties = {name: Schema(type=OpenAPIType.STRING) for name in _FIELDS}
        texts["complete"] = Schema(type=OpenAPIType.BOOLEAN)
        upload: Properties = {"upload": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID)}
        example = {"upload": "01a20345-0000-7000-8000-000000000000", "item": "passport", "title": "Passeport"}
        return (
            Schema(type=OpenAPIType.OBJECT, properties={FILE_FIELD: _BINARY, **texts}, required=[FILE_FIELD]),
            Schema(
                type=OpenAPIType.OBJECT,
                properties=upload | texts,
                required=["upload"],
                additional_properties=False,
                examples=[example],
            ),
        )


@dataclass
class DeliversFile(TakesFile):
    """The same, where everything else was said before."""

    def forms(self) -> tuple[Schema, Schema]:
        """The form, and what stands for it in JSON."""
        upload: Properties = {"upload": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID)}
        return (
            Schema(type=OpenAPIType.OBJECT, properties={FILE_FIELD: _BINARY}, required=[FILE_FIELD]),
            Schema(
                type=OpenAPIType.OBJECT,
                properties=upload,
                required=["upload"],
                additional_properties=False,
                examples=[{"upload": "01a20345-0000-7000-8000-000000000000"}],
            ),
        )


_BINARY: Final = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
_FIELDS: Final = ("item", "title", "received_on", "document", "reason", "request", "complete", "message")
FILE_RESPONSES: Final = {
    **WRITE_RESPONSES,
    408: problem("Le fichier a mis trop de temps à arriver."),
    410: problem("Les données de cette personne ont été effacées, ou la réponse à cette clé l'a été avec elles."),
}


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A file that has come in with what was said of it, or the upload that holds it."""

    fields: dict[str, Any]
    arrival: Arrival
    upload: UUID | None = None

    @property
    def sent(self) -> bytes:
        """What a repetition sends again, whatever stands around it: of an upload its name, which is all there was."""
        arrival = self.arrival
        told = (arrival.name, arrival.media_type, arrival.sha256) if self.upload is None else str(self.upload)
        return msgspec.json.encode((self.fields, told), order="deterministic")


async def _received(
    request: Request[Actor, None, Any], arrival: Arrival, body: type[Deposit] | type[DeliveredUpload]
) -> Received:
    """Read what was sent: a form into its place, or the name of an upload. Raises Problematic."""
    if media_type_of(request) == MULTIPART:
        form = await read_form(request, arrival)
        if form.file is None:
            raise Problematic("malformed", f"Le fichier manque : il est attendu dans la partie « {FILE_FIELD} ».")
        must_read_as_written(form.fields)
        return Received(fields=dict(form.fields), arrival=form.file)
    raw = await read_small(request)
    try:
        said: Deposit | DeliveredUpload = msgspec.json.decode(raw, type=body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValidationException(str(error)) from error
    must_be_legible(said, raw)
    if said.upload is None:
        raise Problematic("malformed", "Le membre « upload » nomme l'envoi qui contient le fichier.")
    fields = {name: value for name, value in msgspec.to_builtins(said).items() if value is not None}
    del fields["upload"]
    return Received(fields=fields, arrival=arrival, upload=said.upload)


def _take_over(uploads: Uploads, received: Received, sender: str) -> None:
    """Bring an upload that is whole to its place. Raises Problematic."""
    upload, arrival = received.upload, received.arrival
    if upload is None:
        return
    try:
        found = uploads.find(upload, sender)
        if not found.is_whole:
            raise Problematic("upload_not_whole", f"{found.offset} octets sur {found.length} sont arrivés.")
        arrival.name = plain_name(found.described.name)
        arrival.media_type = found.described.media_type
        keep_pieces(uploads.chunks(upload), arrival)
    except UploadUnknown:
        raise Problematic("not_found", "Cet envoi n'existe pas, ou n'existe plus.") from None
    if found.described.sha256 not in ("", arrival.sha256):
        raise Problematic("checksum_mismatch", f"L'empreinte de ce qui est arrivé est {arrival.sha256}.")


# Sending one in


@post(
    "/{case_id:uuid}/documents",
    before_request=must_be_signed_in,
    opt={FILE_TYPES: frozenset({MULTIPART, JSON}), UNCOMPRESSED: True},
    operation_class=TakesFile,
    status_code=201,
    operation_id="UploadDocument",
    summary="Verser une pièce avec son fichier",
    responses={
        **FILE_RESPONSES,
        201: ResponseSpec(data_container=FileAnswer, description="Pièce versée.", generate_examples=False),
        460: problem("L'empreinte du fichier n'est pas celle qui a été annoncée."),
    },
)
async def upload_document(
    case_id: FromPath[UUID],
    request: Request[Actor, None, Any],
    desk: NamedDependency[Desk],
    files: NamedDependency[Files],
    uploads: NamedDependency[Uploads],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """A new document, a new version of one, or what was asked for, with its file; what is wrong with it is told.

    Asynchronous while the file comes in, which may take minutes; all else is done in a thread.
    """
    caller = await asyncio.to_thread(_caller_who_may, request, desk, "UploadDocument", case_id)
    with arriving() as place:
        received = await _received(request, place, Deposit)
        try:
            deposit = msgspec.convert(received.fields, Deposit, strict=False)
        except msgspec.ValidationError as error:
            raise ValidationException(str(error)) from error
        return await asyncio.to_thread(
            _deposit, request, desk, files, uploads, caller, case_id, received, deposit, if_match, idempotency_key
        )


def _caller_who_may(request: Request[Actor, None, Any], desk: Desk, operation: str, case_id: UUID) -> Caller:
    """Who sends a file, refused before it comes in where they may not."""
    caller = caller_of(request.user, desk, TABLE[operation], case_id)
    if caller.case is None:
        raise Problematic("not_found")
    caller.must_know(caller.case.case)
    must_not_be_erased(caller.case.case)
    return caller


def _deposit(
    request: Request[Actor, None, Any],
    desk: Desk,
    files: Files,
    uploads: Uploads,
    caller: Caller,
    case_id: UUID,
    received: Received,
    deposit: Deposit,
    if_match: str | None,
    idempotency_key: str | None,
) -> Response[Any]:
    """Examine, keep, record: in this order, so that no fact ever names a file that is not there."""
    arrival = received.arrival
    # An upload makes one document, however often its sender says so, and under whatever key of theirs.
    own_key = f"upload {received.upload}" if received.upload else None
    key = key_of(own_key or idempotency_key, caller, request, received.sent, if_match)
    repeated = first_answer(desk, key)
    if repeated is not None:
        return repeated
    _take_over(uploads, received, caller.actor.identity)
    file = _looked_at(arrival)
    command, data = _act_of(deposit, arrival, file)
    # The act that it stands for may not reach as far as the deposit of files does.
    caller = caller_of(request.user, desk, TABLE[command.name], case_id)
    _keep(files, desk, caller, case_id, arrival)

    def render(done: Done) -> Answer:
        return _answer(done, 201, caller.actor, recorded(fact.event for fact in done.facts)[-1])

    answer = carry_out(
        desk,
        request,
        caller,
        case_id,
        with_file(command, file),
        data,
        key=key,
        expected=version_of(if_match),
        render=render,
        also=must_not_be_erased,
    )
    _is_attached(uploads, received, caller)
    return answer


def _looked_at(arrival: Arrival) -> Arrived:
    """What the file is. Raises Problematic for one that nobody could use, which is then neither recorded nor kept."""
    report = examined(arrival.path, arrival.media_type, arrival.name)
    stops = stopping(report.faults)
    if stops:
        faults = tuple(
            Fault(pointer=f"/{FILE_FIELD}", code=fault.value, message=told(fault, report.media_type)) for fault in stops
        )
        raise Problematic("file_unusable", " ".join(fault.message for fault in faults), faults=faults)
    return _as_arrived(arrival, report.media_type, report.pages, report.faults, report.examiner)


def _as_arrived(
    arrival: Arrival, media_type: str, pages: int | None, faults: tuple[FileFault, ...], examiner: str
) -> Arrived:
    return Arrived(
        sha256=arrival.sha256,
        bytes=arrival.bytes,
        media_type=media_type,
        pages=pages,
        faults=faults,
        examiner=examiner,
    )


def _act_of(deposit: Deposit, arrival: Arrival, file: Arrived) -> tuple[CaseCommand, Command]:
    """The act that a deposit stands for, with the hash, size and type that were found. Raises Problematic."""
    title = deposit.title or arrival.name or "Pièce sans titre"
    found = {"title": title, "sha256": file.sha256, "bytes": file.bytes, "media_type": file.media_type}
    attached = {"item": deposit.item or "other", **found}
    given: set[str] = {
        name
        for name in ("item", "received_on", "document", "reason", "request", "complete", "message")
        if getattr(deposit, name)
    }
    if deposit.document is not None:
        name, takes = "replace-document", {"document", "reason"}
        body: dict[str, Any] = {"document": deposit.document, "reason": deposit.reason, **found}
    elif deposit.request is not None:
        name, takes = "supply-missing-items", {"request", "item", "complete", "message"}
        body = {
            "request": deposit.request,
            "documents": [attached],
            "complete": deposit.complete,
            "message": deposit.message,
        }
    else:
        name, takes = "add-document", {"item", "received_on"}
        body = {"document": attached, "received_on": deposit.received_on}
    misplaced = sorted(given - takes)
    if misplaced:
        raise Problematic(
            "malformed",
            faults=tuple(
                Fault(pointer=f"/{each}", code="malformed", message="Ce champ n'a pas lieu d'être avec les autres.")
                for each in misplaced
            ),
        )
    command = case_commands()[name]
    try:
        data: Command = msgspec.convert(body, command.body)
    except msgspec.ValidationError as error:
        raise ValidationException(str(error)) from error
    return command, data


def _keep(files: Files, desk: Desk, caller: Caller, case_id: UUID, arrival: Arrival) -> None:
    """Keep the bytes under the key of the case's person, unless somebody is erased. Raises CaseUnknown, Problematic."""
    case = (caller.case or desk.history(case_id)).case
    caller.must_know(case)
    try:
        with arrival.path.open("rb") as content:
            files.put(case_id, case.request.worker.person, content)
    except FileErased:
        raise Problematic("files_erased") from None
    # Whoever erases after this finds the file among the others, and removes it with them.
    if forget_if_erased(desk, files, case_id):
        raise Problematic("files_erased")


def _is_attached(uploads: Uploads, received: Received, caller: Caller) -> None:
    """Forget the upload whose file a fact now names; one that is gone already is no fault."""
    if received.upload is not None:
        try:
            uploads.end(received.upload, caller.actor.identity)
        except UploadUnknown:
            return


def _answer(done: Done, status: int, actor: Actor, ref: DocumentRef) -> Answer:
    plain = answer_of(done, status, actor)
    assert done.case is not None, "a document belongs to a case"
    place = f"/api/cases/{done.case.id}/documents/{ref.id}/versions/{ref.version}/content"
    body = FileAnswer(
        case=done.case.id,
        version=done.version,
        position=done.position,
        document=ref.id,
        document_version=ref.version,
        sha256=ref.sha256,
        file=file_view(done.case, done.case.document(ref.id), ref),
        events=tuple(
            RecordedFact(type=fact.type, version=fact.version, position=fact.position or 0) for fact in done.facts
        ),
    )
    headers = (*(each for each in plain.headers if each[0] != "Location"), ("Location", place))
    return Answer(status=status, headers=headers, body=msgspec.json.encode(body))


# Delivering an announced one


@put(
    "/{case_id:uuid}/documents/{document:str}/versions/{version:int}/content",
    before_request=must_be_signed_in,
    opt={FILE_TYPES: frozenset({MULTIPART, JSON}), UNCOMPRESSED: True},
    operation_class=DeliversFile,
    status_code=200,
    operation_id="DeliverDocument",
    summary="Remettre le fichier d'une pièce annoncée",
    responses={
        **FILE_RESPONSES,
        200: ResponseSpec(data_container=FileAnswer, description="Fichier remis.", generate_examples=False),
        460: problem("L'empreinte du fichier n'est pas celle que l'envoi disait."),
    },
)
async def deliver_document(
    case_id: FromPath[UUID],
    document: FromPath[str],
    version: FromPath[int],
    request: Request[Actor, None, Any],
    desk: NamedDependency[Desk],
    files: NamedDependency[Files],
    uploads: NamedDependency[Uploads],
) -> Response[Any]:
    """The bytes of a document that was announced with its hash: those bytes and no others, whatever is wrong with them.

    Once it is there, the same file again changes nothing and is answered alike.
    """
    caller = await asyncio.to_thread(_caller_who_may, request, desk, "DeliverDocument", case_id)
    with arriving() as place:
        received = await _received(request, place, DeliveredUpload)
        if received.fields:
            raise Problematic("malformed", "La pièce est déjà décrite : le fichier seul est attendu.")
        return await asyncio.to_thread(
            _deliver, request, desk, files, uploads, caller, case_id, document, version, received
        )


def _deliver(
    request: Request[Actor, None, Any],
    desk: Desk,
    files: Files,
    uploads: Uploads,
    caller: Caller,
    case_id: UUID,
    document: str,
    version: int,
    received: Received,
) -> Response[Any]:
    caller = caller_of(request.user, desk, TABLE["DeliverDocument"], case_id)
    assert caller.case is not None, "it was there when the file began to come in, and cases do not go"
    _take_over(uploads, received, caller.actor.identity)
    case, arrival = caller.case.case, received.arrival
    must_not_be_erased(case)
    ref = announced_version(caller.seen(caller.case).case, document, version)
    held = case.document(document)
    if version in held.reports and ref.sha256 == arrival.sha256 and files.has(case_id, ref.sha256):
        _is_attached(uploads, received, caller)
        return respond(_held_already(case, held, ref))
    if ref.sha256 == arrival.sha256:
        _keep(files, desk, caller, case_id, arrival)
    if version in held.reports and ref.sha256 == arrival.sha256:
        # It was lost, and is there again: what was found of it is in the history.
        return respond(_held_already(case, held, ref))
    report = examined(arrival.path, arrival.media_type, arrival.name)
    file = _as_arrived(arrival, report.media_type, report.pages, report.faults, report.examiner)

    def render(done: Done) -> Answer:
        return _answer(done, 200, caller.actor, ref)

    answer = carry_out(
        desk,
        request,
        caller,
        case_id,
        DELIVER,
        Delivery(document=document, version=version, file=file),
        key=None,
        expected=None,
        render=render,
        also=must_not_be_erased,
    )
    _is_attached(uploads, received, caller)
    return answer


def _held_already(case: Case, held: Document, ref: DocumentRef) -> Answer:
    body = FileAnswer(
        case=case.id,
        version=case.version,
        position=None,
        document=ref.id,
        document_version=ref.version,
        sha256=ref.sha256,
        file=file_view(case, held, ref),
        events=(),
    )
    return Answer(status=200, headers=(("ETag", f'"{case.version}"'),), body=msgspec.json.encode(body))
