"""A request is filed through the teleservice: receipt, routing and acknowledgement follow at once."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec

from domain.acknowledgement import acknowledge
from domain.command import Command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.envelope import Role
from domain.events import (
    AcknowledgementIssued,
    RegistrationReceiptIssued,
    RequestFiled,
    RequestRouted,
    RoutingLeftToHand,
)
from domain.filing import faults_of, must_be_their_own
from domain.procedures import PROCEDURES
from domain.refusals import Refused
from domain.request import AttachedDocument, DocumentRef, PrivateEmployer, Request
from domain.routing import LeftToHand, route

TITLE = "Déposer une demande"

DOCUMENTS_MAX = 40

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without the letters that read like digits: the number is also dictated over the telephone."""


class FileRequest(Command, frozen=True, kw_only=True):
    """A request and the documents that come with it."""

    request: Request
    documents: Annotated[tuple[AttachedDocument, ...], msgspec.Meta(max_length=DOCUMENTS_MAX)] = ()
    earlier_case: UUID | None = None
    """The case that this request continues, for a renewal."""


FILERS: frozenset[Role] = frozenset(role for facts in PROCEDURES.values() for role in facts.filers)
"""Every quality that may file something; the procedure then says who may file it."""

EXAMPLE: dict[str, Any] = {
    "request": {
        "particulars": {"procedure": "introduction_permanent"},
        "worker": {
            "family_name": "Benali",
            "given_names": "Youssef",
            "birth_date": "1998-03-14",
            "nationality": "MA",
            "passport_number": "MA1234567",
        },
        "employer": {
            "kind": "company",
            "siret": "90200029800015",
            "name": "Acme Robotique",
            "seat": {"street": "12 rue de la République", "postcode": "69002", "town": "Lyon"},
            "idcc": "1486",
            "headcount": 48,
            "turnover_yearly": "6200000.00",
            "email": "rh@example.org",
        },
        "job": {
            "title": "Cuisinier du restaurant d'entreprise",
            "rome": "G1602",
            "fap": "S1Z40",
            "contract": "permanent",
            "start": "2032-03-01",
            "hours_weekly": 35,
            "pay_monthly_gross": "2400.00",
            "agreement_minimum_monthly": "1950.00",
            "workplace": {"street": "12 rue de la République", "postcode": "69002", "town": "Lyon"},
            "qualification": "CAP cuisine",
        },
    },
    "documents": [
        {
            "item": "passport",
            "title": "Passeport, pages d'état civil et de validité",
            "sha256": "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
            "bytes": 184320,
            "media_type": "application/pdf",
        }
    ],
}


Filed: TypeAlias = RequestFiled | RegistrationReceiptIssued | RequestRouted | RoutingLeftToHand | AcknowledgementIssued


def file_request(command: FileRequest, context: Context) -> tuple[Filed, ...]:
    """Open a case; refuses a quality that may not file this procedure, then every fault of content at once."""
    request, role = command.request, context.actor.role
    facts = PROCEDURES[request.procedure]
    if role not in facts.filers:
        raise Refused("role_not_entitled", f"Votre qualité ne permet pas de déposer cette demande : « {facts.title} ».")
    must_be_their_own(request, context)
    must_have_no_fault(faults_of(request, role, context.today, context.reference))
    filed = _with_persons(request, context)
    number = public_number(context.today.year, context.id)
    return (
        RequestFiled(
            number=number,
            request=filed,
            filed_by=context.actor.identity,
            filed_as=role,
            filed_on=context.today,
            documents=_numbered(command.documents),
            earlier_case=command.earlier_case,
        ),
        RegistrationReceiptIssued(number=number, issued_on=context.today),
        *_routed(filed, command, context),
    )


def _with_persons(request: Request, context: Context) -> Request:
    """Each person gets the identity under which their fields are sealed, whatever the body said."""
    worker = msgspec.structs.replace(request.worker, person=context.new_id("worker"))
    employer = request.employer
    if isinstance(employer, PrivateEmployer):
        employer = msgspec.structs.replace(employer, person=context.new_id("employer"))
    return msgspec.structs.replace(request, worker=worker, employer=employer)


def _numbered(documents: tuple[AttachedDocument, ...]) -> tuple[DocumentRef, ...]:
    return tuple(
        DocumentRef(
            id=f"P{number}",
            version=1,
            item=document.item,
            title=document.title,
            sha256=document.sha256,
            bytes=document.bytes,
            media_type=document.media_type,
        )
        for number, document in enumerate(documents, 1)
    )


def _routed(request: Request, command: FileRequest, context: Context) -> tuple[Filed, ...]:
    where = route(request, context.administration, context.reference, context.today)
    if isinstance(where, LeftToHand):
        return (
            RoutingLeftToHand(
                rule=where.competence.rule,
                rule_since=where.competence.rule_since,
                ground=where.competence.ground,
                table_version=where.table_version,
                facts=where.competence.facts,
                competent_department=where.competence.department,
                why=where.why,
                first_received_on=context.today,
            ),
        )
    return (
        RequestRouted(
            rule=where.competence.rule,
            rule_since=where.competence.rule_since,
            ground=where.competence.ground,
            table_version=where.table_version,
            facts=where.competence.facts,
            competent_department=where.competent_department,
            competent_prefect=where.competent_prefect,
            deciding_department=where.deciding_department,
            deciding_prefect=where.deciding_prefect,
            platform=where.platform,
            first_received_on=context.today,
            received_on=context.today,
            confirmed=where.confirmed,
        ),
        acknowledge(
            request,
            context.actor.role,
            frozenset(document.item for document in command.documents),
            first_received_on=context.today,
            received_on=context.today,
            platform=where.platform,
            competent_prefect=where.competent_prefect,
            context=context,
        ),
    )


def public_number(year: int, case: UUID) -> str:
    """The number written on letters: the year, then the last sixty bits of the identifier in twelve symbols."""
    bits = case.int & ((1 << 60) - 1)
    symbols = "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(55, -1, -5))
    return "-".join((str(year), symbols[:4], symbols[4:8], symbols[8:]))
