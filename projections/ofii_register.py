"""The register of what was sent to OFII and to the tax authority, and whether it arrived."""

from datetime import date
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Literal

from domain.events import NotificationAcknowledged, NotificationFailed, OfiiNotified, TaxAuthorityNotified
from projections.access import AccessFilter, all_of, equals, related
from projections.read_model import Aids, ReadModel, ScopedRow, Told

OFII = "OFII"
TAX_AUTHORITY = "DGFiP"
PAGE_MAX = 500


class MessageRow(ScopedRow, frozen=True, kw_only=True):
    """A message, with what it said and what became of it."""

    message: str
    recipient: str
    decision: str
    number: str
    """Of the case."""
    sent_on: date
    fields: dict[str, Any]
    """What the recipient was told."""
    acknowledged_on: date | None = None
    reference: str | None = None
    """The recipient's own, with its acknowledgement."""
    failed_on: date | None = None
    cause: str | None = None


def rows(told: Told, aids: Aids) -> list[MessageRow]:
    """The messages of the case, oldest first."""
    sent: dict[str, MessageRow] = {}
    for fact in told.facts:
        match fact.event:
            case OfiiNotified() as event:
                sent[event.message] = _sent(told, OFII, event)
            case TaxAuthorityNotified() as event:
                sent[event.message] = _sent(told, TAX_AUTHORITY, event)
            case NotificationAcknowledged(message=message, acknowledged_on=on, reference=reference) if message in sent:
                sent[message] = msgspec.structs.replace(sent[message], acknowledged_on=on, reference=reference)
            case NotificationFailed(message=message, failed_on=on, cause=cause) if message in sent:
                sent[message] = msgspec.structs.replace(sent[message], failed_on=on, cause=cause)
            case _:
                pass
    return list(sent.values())


def _sent(told: Told, recipient: str, event: OfiiNotified | TaxAuthorityNotified) -> MessageRow:
    case, routing = told.case, told.case.routing
    fields = msgspec.to_builtins(event)
    return MessageRow(
        case_id=case.id,
        platform=routing.platform if routing else None,
        competent_department=routing.competent_department if routing else None,
        deciding_department=routing.deciding_department if routing else None,
        filed_by=case.filed_by,
        related=related(case),
        recipients=(recipient,),
        message=event.message,
        recipient=recipient,
        decision=event.decision,
        number=case.number,
        sent_on=event.sent_on,
        fields={name: value for name, value in fields.items() if name not in {"message", "decision", "sent_on"}},
    )


MODEL = ReadModel(table="ofii_register", row=MessageRow, rows=rows, version=2)


def messages(
    connection: Connection[Any],
    access: AccessFilter,
    *,
    recipient: str | None = None,
    sent_from: date | None = None,
    sent_until: date | None = None,
    unanswered: bool = False,
    limit: int = 100,
) -> list[MessageRow]:
    """Messages, newest first; `unanswered` keeps those that nobody has acknowledged."""
    conditions: list[Composed] = [access.condition()]
    if recipient is not None:
        conditions.append(equals("recipient", recipient))
    if sent_from is not None:
        conditions.append(SQL("sent_on >= {}").format(Literal(sent_from)))
    if sent_until is not None:
        conditions.append(SQL("sent_on <= {}").format(Literal(sent_until)))
    if unanswered:
        conditions.append(SQL("acknowledged_on IS NULL").format())
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            SQL("SELECT * FROM read.ofii_register WHERE {} ORDER BY sent_on DESC, case_id, message LIMIT {}").format(
                all_of(conditions), Literal(max(1, min(limit, PAGE_MAX)))
            )
        )
        return [msgspec.convert(row, MessageRow) for row in cursor]
