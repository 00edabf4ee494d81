"""What tests of sheets start from: lives of cases as a ledger would hold them, and what surrounds them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import msgspec

from domain.administration import Administration
from domain.envelope import Actor, Role, performer
from domain.events import CaseEvent
from domain.findings import Met
from domain.law import Law, rules_in_force
from domain.reference import Reference
from domain.sheets.page import Heading, Mark, Page, Pairs, Paragraph, Table
from tests.unit.given import CASE, REFERENCE, TODAY, an_actor
from tests.unit.given_decided import CHECKED, FACT, underpaid_request
from tests.unit.given_facts import ADMINISTRATION, AGENT, EMPLOYER, SIGNATORY, Lived, Step

LEGAL = an_actor(Role.LEGAL)
NOTE = "Le conseil de l'employeur a téléphoné."


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as a ledger holds it."""

    stream: UUID
    version: int
    position: int
    event: CaseEvent
    actor: Actor
    recorded_at: datetime
    hash: bytes


def stored(steps: Sequence[Step], stream: UUID = CASE) -> tuple[Stored, ...]:
    """The facts of these steps, in the order and at the hours that a ledger would give them."""
    return tuple(
        Stored(
            stream=stream,
            version=version,
            position=100 + version,
            event=event,
            actor=performer(event, actor),
            recorded_at=datetime.combine(day, time(9), UTC) + timedelta(seconds=version),
            hash=bytes([version % 256]) * 32,
        )
        for version, (actor, event, day) in enumerate(steps, 1)
    )


class _Tables:
    def on(self, day: date, *, as_of: datetime | None = None, position: int | None = None) -> Reference:
        return REFERENCE


class Around:
    """An administration and tables that nothing changed since the beginning."""

    tables = _Tables()

    def known(self, *, as_of: datetime | None = None, before: int | None = None) -> Administration:
        return ADMINISTRATION


def a_disputed_refusal() -> list[Step]:
    """A refusal with everything that a case can hold before and after it."""
    lived = Lived(CASE, TODAY, request=underpaid_request())
    lived.act("amend", EMPLOYER, request=msgspec.structs.replace(
        underpaid_request(), job=msgspec.structs.replace(underpaid_request().job, hours_weekly=30.5)
    ), reason="Erreur de saisie.")  # fmt: skip
    lived.act("claim", AGENT)
    lived.act("request-opinion", AGENT, body="inspection du travail", question="Des constats ont-ils été faits ?")
    lived.act("record-opinion", AGENT, opinion="O1", adverse=False, finding="Aucun constat depuis 2024.")
    lived.act("add-note", AGENT, text=NOTE)
    for criterion in assessed(lived):
        lived.act("assess", AGENT, **criterion)
    reasons = [{"criterion": "pay", "fact": FACT, "exhibits": ["P2"]}]
    lived.act("propose", AGENT, kind="refusal", reasons=reasons)
    lived.act("sign", SIGNATORY, kind="refusal")
    lived.told()
    lived.today = date(2026, 11, 20)
    appeal = {"kind": "gracious", "against": "D1", "arguments": "La paie a été relevée.", "lodged_by": "employer"}
    lived.act("lodge-appeal", EMPLOYER, **appeal)
    lived.act("acknowledge-appeal", AGENT, appeal="A1")
    lived.today = date(2026, 12, 1)
    claim = {"action": "annulment", "court": "Lyon", "court_number": "2612345", "lodged_by": "worker"}
    lived.act("open-litigation", LEGAL, against="D1", pleas=["reasons", "error_of_fact"], **claim)
    return lived.steps


def assessed(lived: Lived) -> Iterator[dict[str, object]]:
    """What an agent answers to each condition: as computed, or met where nothing was."""
    for rule in rules_in_force(lived.case.procedure, lived.today):
        computed = rule.find(lived.case, Law(today=lived.today, reference=REFERENCE)).met
        met = Met.MET if computed is Met.NOT_ESTABLISHED else computed
        yield {"criterion": rule.id.criterion, "met": met, "because": CHECKED, "exhibits": ["P1"]}


def said(page: Page) -> str:
    """Everything that a page says, one text a line."""
    return "\n".join((page.title, page.subject, *_texts(page)))


def _texts(page: Page) -> Iterator[str]:
    for block in page.blocks:
        match block:
            case Heading(text=text) | Paragraph(text=text) | Mark(text=text):
                yield text
            case Pairs(rows=rows):
                yield from (text for row in rows for text in row)
            case Table(columns=columns, rows=rows):
                yield from (*columns, *(text for row in rows for text in row))
