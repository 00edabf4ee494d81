"""Random lives of a case: days pass and people act, mostly sensibly, sometimes not; the same for the same seed."""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.acknowledgement import checklist_of
from domain.acts import (
    AccessQuality,
    Addressee,
    AppealKind,
    CourtAction,
    DecisionKind,
    JudgmentOutcome,
    PleaKind,
    StageKind,
)
from domain.administration import Administration
from domain.case import PARIS, Case, Status
from domain.command import CaseCommand, case_commands
from domain.commands.file_request import FileRequest, file_request
from domain.commands.record_judgment import OUTCOMES
from domain.context import Context
from domain.court import APPEAL_COURTS
from domain.decisions import KINDS
from domain.demonstration import IDENTITIES
from domain.envelope import Actor, Role
from domain.events import CaseEvent, DelegationGranted, ReasonPublished
from domain.findings import Criterion, Met
from domain.fold import replay
from domain.law import Law, rule_in_force, rules_in_force
from domain.letters.due import called_for
from domain.papers import FileFault, LetterKind, ScanVerdict
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import AttachedDocument, Job, PrivateEmployer
from domain.rulings import HIGHER
from tests.unit.given import (
    REFERENCE,
    TODAY,
    WORKER,
    a_delegation,
    a_mandate,
    a_request,
    an_actor,
    an_administration,
    filer_of,
)

FIRST_DAY: Final = date(1, 1, 1)
LAST_DAY: Final = date(9999, 12, 31)
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
HASH: Final = "5a" * 32
REASON: Final = "Une explication assez longue pour que chacun comprenne pourquoi cet acte a été pris ce jour-là."
FILINGS: Final = sorted((Path(__file__).parents[2] / "examples" / "filings").glob("*.json"))
PROCEDURES: Final = tuple(Procedure)

LIBRARY: Final = ReasonPublished(
    reason="pay-smic",
    version=1,
    criterion=Criterion.PAY,
    title="Rémunération inférieure au SMIC",
    text="La rémunération est inférieure au SMIC.",
    effective_from=date(2021, 4, 1),
)
ELSEWHERE: Final = tuple(
    DelegationGranted(delegation=a_delegation("local:signatory-63", platform=platform, number=f"2026-{number}"))
    for number, platform in enumerate(("Béthune", "Corrèze (Tulle)"), 1)
)
ADMINISTRATIONS: Final[tuple[Administration, ...]] = (
    an_administration(more=[LIBRARY, *ELSEWHERE]),
    an_administration(more=[LIBRARY]),
    an_administration(
        more=[DelegationGranted(delegation=a_delegation("local:signatory-63", number="2026-9", own_assessments=True))]
    ),
    an_administration(routing_table=False),
    an_administration(delegations=False),
)
"""The demonstration's, most often; without routing table or delegations now and then."""

Body = dict[str, Any]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One command given to the case, and what came of it."""

    context: Context
    command: str
    body: Any
    before: Case
    after: Case
    events: tuple[CaseEvent, ...] = ()
    refused: Refused | None = None

    @property
    def today(self) -> date:
        """The day of the command."""
        return self.context.today


class Walk:
    """One case, its virtual day, and the commands that people think of giving."""

    def __init__(self, seed: int, procedure: Procedure | None = None, day: date | None = None) -> None:
        """Without a procedure and a day, any filing that is accepted; with them that one, unless it is refused."""
        self.seed = seed
        self.wanted = (procedure, day) if procedure and day else None
        self.filing_refused: list[Refused] = []
        self.chance = random.Random(seed)
        self.stream = UUID(int=self.chance.getrandbits(128), version=4)
        self.administration = self.chance.choice(ADMINISTRATIONS) if self.often(0.3) else ADMINISTRATIONS[0]
        self.severe = self.often(0.45)
        self.planned: list[tuple[str, Body | None]] = []
        self.commands = 0
        self.today, self.filer, self.facts = self._filed()
        case = replay(self.facts, self.stream)
        assert case is not None, "a filing opens a case"
        self.case: Case = case

    # Chance

    def often(self, share: float) -> bool:
        """Whether something happens that happens this often."""
        return self.chance.random() < share

    def one_of(self, choices: Any) -> Any:
        """Any of these."""
        return self.chance.choice(list(choices))

    def past(self) -> str:
        """The day of a past fact: mostly today or just before, now and then impossible."""
        if self.often(0.06):
            return self.impossible_day()
        back = 0 if self.often(0.7) else self.chance.randrange(0, 40)
        return (self.today - timedelta(days=back)).isoformat()

    def future(self) -> str:
        """A day that is to come: mostly within three months, now and then impossible."""
        if self.often(0.08):
            return self.impossible_day()
        return (self.today + timedelta(days=self.chance.randrange(1, 90))).isoformat()

    def impossible_day(self) -> str:
        """The ends of the calendar, and days a century away."""
        near = (self.today - timedelta(days=36_500), self.today + timedelta(days=36_500))
        return str(self.one_of((FIRST_DAY, LAST_DAY, LAST_DAY - timedelta(days=2), date(9999, 11, 1), *near)))

    def maybe(self, name: str, value: Callable[[], Any], share: float = 0.3) -> Body:
        """A field that may be left out."""
        return {name: value()} if self.often(share) else {}

    def identifier(self, prefix: str, known: Any) -> str:
        """An identifier of the case, the newest most often; now and then one that it does not have."""
        ids = list(known)
        if not ids or self.often(0.05):
            return f"{prefix}{self.chance.randrange(0, 9)}"
        return str(ids[-1] if self.often(0.75) else self.one_of(ids))

    def attached(self, item: str | None = None) -> Body:
        """A document; its bytes repeat now and then."""
        return {
            "item": item or self.one_of(self._items() or ["other"]),
            "title": "Pièce",
            "sha256": f"{self.chance.randrange(0, 40):064x}",
            "bytes": self.chance.randrange(0, 1_000_000),
        }

    def _items(self) -> list[str]:
        return [item.key for item in checklist_of(self.case.request, self.today, REFERENCE)]

    def exhibits(self) -> Body:
        """Exhibits among the documents of the case, now and then one that it does not have."""
        if self.often(0.7):
            return {}
        return {"exhibits": [self.identifier("P", self.case.documents)]}

    # People

    def actor_of(self, command: CaseCommand) -> Actor:
        """Somebody who may give this command; the holder of the case when an agent gives it."""
        roles = sorted(command.by)
        if Role.AGENT in command.by and self.often(0.5):
            return self._agent()
        role = self.one_of(roles)
        if role is Role.AGENT:
            return self._agent()
        if role is Role.SIGNATORY:
            return self._of_platform("signatory-84", "signatory-63", "signatory-63-bis")
        if role is Role.WORKER:
            return WORKER
        return an_actor(role)

    def _agent(self) -> Actor:
        if self.case.assignee is not None and self.often(0.93):
            return an_actor(Role.AGENT, self.case.assignee)
        return self._of_platform("agent-84", "agent-63", "agent-63-bis")

    def _of_platform(self, avignon: str, *clermont: str) -> Actor:
        at_avignon = self.case.routing is not None and self.case.routing.platform == "Avignon"
        if self.often(0.04):
            at_avignon = not at_avignon
        return IDENTITIES[avignon if at_avignon else self.one_of(clermont)].actor

    def context(self, actor: Actor) -> Context:
        """The surroundings of the next command; each has an identifier of its own."""
        self.commands += 1
        hour = datetime(self.today.year, self.today.month, self.today.day, 10, tzinfo=PARIS)
        return Context(
            now=hour + timedelta(seconds=self.commands % 3600),
            actor=actor,
            reference=REFERENCE,
            administration=self.administration,
            id=UUID(int=self.stream.int ^ self.commands),
        )

    # The beginning

    def _filed(self) -> tuple[date, Actor, list[CaseEvent]]:
        while True:
            body, today, role = self._filing()
            if self.often(0.3):
                body = self._with_a_strange_day(body)
            actor = WORKER if role is Role.WORKER else an_actor(role)
            context = Context(
                now=datetime(today.year, today.month, today.day, 9, tzinfo=PARIS),
                actor=actor,
                reference=REFERENCE,
                administration=self.administration,
                id=self.stream,
            )
            try:
                return today, actor, list(file_request(body, context))
            except Refused as refused:
                self.filing_refused.append(refused)
                self.wanted = None

    def _with_a_strange_day(self, body: FileRequest) -> FileRequest:
        """The same filing with one of its days far away; most are refused, the others must do no harm."""
        tree = msgspec.to_builtins(body)
        days = list(_days_of(tree))
        if not days:
            return body
        part, key = self.one_of(days)
        part[key] = str(self.one_of((FIRST_DAY, LAST_DAY, date(1900, 1, 1), date(2036, 2, 29), date(2024, 2, 29))))
        return msgspec.convert(tree, FileRequest)

    def _filing(self) -> tuple[FileRequest, date, Role]:
        if self.wanted is not None:
            procedure, day = self.wanted
            return _moved(FileRequest(request=a_request(procedure)), day - TODAY), day, filer_of(procedure)
        if self.often(0.35):
            body = msgspec.convert(json.loads(self.one_of(FILINGS).read_text()), FileRequest)
            day = date(2024, 9, 1) + timedelta(days=self.chance.randrange(0, 2600))
            if self.often(0.1):
                day = date(2021, 4, 1) + timedelta(days=self.chance.randrange(0, 1200))
            role = filer_of(body.request.procedure)
            return body, day, Role.MANDATARY if body.request.mandate else role
        request = a_request(self.one_of(PROCEDURES))
        role = filer_of(request.procedure)
        if role is Role.EMPLOYER and self.often(0.15):
            role, request = Role.MANDATARY, msgspec.structs.replace(request, mandate=a_mandate())
        if self.severe and isinstance(request.job, Job) and self.often(0.5):
            job = msgspec.structs.replace(request.job, pay_monthly_gross="1500.00", agreement_minimum_monthly=None)
            request = msgspec.structs.replace(request, job=job)
        items = ("passport", "job_offer_copy", "contributions_certificate", "mandate", "other")
        documents = tuple(
            AttachedDocument(item=item, title=item, sha256=f"{number:064x}", bytes=10)
            for number, item in enumerate(items)
            if self.often(0.5)
        )
        return FileRequest(request=request, documents=documents), TODAY, role

    # The steps

    def steps(self, count: int) -> Iterator[Step]:
        """Give that many commands, one after another."""
        for _ in range(count):
            yield self.step()

    def step(self) -> Step:
        """Let days pass, unless people are at work, then give one command."""
        if not self.planned:
            self._let_days_pass()
        name, prepared = self._next()
        command = case_commands()[name]
        actor = self.actor_of(command)
        body = msgspec.convert(BODIES[name](self) if prepared is None else prepared, command.body)
        return self.give(command, body, actor)

    def give(self, command: CaseCommand, body: Any, actor: Actor) -> Step:
        """Give one command; any exception but a refusal is left to whoever walks."""
        before, context = self.case, self.context(actor)
        try:
            events = command.decide(before, body, context)
        except Refused as refused:
            return Step(context=context, command=command.name, body=body, before=before, after=before, refused=refused)
        after = replay(events, self.stream, before)
        assert after is not None, "a case does not vanish"
        self.case = after
        self.facts.extend(events)
        if command.name == "request-reasons" and self.often(0.6):
            self.planned.append(("communicate-reasons", None))
        if command.name == "open-litigation" and body.action is CourtAction.SUSPENSION and self.often(0.4):
            self.planned.extend((("record-judgment", _no_serious_doubt(self)), ("confirm-main-claim", None)))
        return Step(context=context, command=command.name, body=body, before=before, after=after, events=events)

    def _let_days_pass(self) -> None:
        if self.often(0.4):
            return
        days = self.chance.randrange(0, 16) if self.often(0.65) else self.chance.randrange(16, 71)
        self.today += timedelta(days=days)

    def _next(self) -> tuple[str, Body | None]:
        if self.planned:
            return self.planned.pop(0)
        if self.often(0.2):
            return self.one_of(sorted(case_commands())), None
        menu = list(self._menu())
        name: str = self.chance.choices([n for n, _ in menu], [w for _, w in menu])[0]
        if name == "examine":
            self.plan_examination()
            return self.planned.pop(0) if self.planned else ("propose", None)
        return name, None

    def plan_examination(self) -> None:
        """Assess each condition that is not, then propose."""
        law = Law(today=self.today, reference=REFERENCE)
        for rule in rules_in_force(self.case.procedure, self.today):
            computed = rule.find(self.case, law).met
            wanted = Met.NOT_MET if self.severe and self.often(0.3) else Met.MET
            body: Body = {"criterion": rule.id.criterion.value}
            if computed is Met.NOT_ESTABLISHED:
                self.planned.append(("assess", {**body, "met": wanted.value, "because": REASON}))
            elif self.often(0.1) and wanted is not computed:
                self.planned.append(("override-finding", {**body, "met": wanted.value, "reason": REASON}))
            elif computed is Met.NOT_MET and not self.severe:
                self.planned.append(("override-finding", {**body, "met": "met", "reason": REASON}))
            else:
                self.planned.append(("assess", body))
        self.planned.append(("propose", None))

    def _menu(self) -> Iterator[tuple[str, float]]:
        """What people may sensibly do now, with how often they do."""
        case = self.case
        yield from (("add-note", 0.1), ("add-document", 0.3), ("replace-document", 0.2 if case.documents else 0))
        yield from (("place-legal-hold", 0.05), ("lift-legal-hold", 0.3 if case.holds else 0))
        yield from (("give-access", 0.1), ("end-access", 0.2 if case.accesses else 0))
        yield from (("record-silence", 0.6), ("erase-person", 0.1), ("abandon", 0.07), ("rectify-person", 0.1))
        match case.status:
            case Status.FILED | Status.TO_ROUTE:
                yield from (("route", 4), ("amend", 1))
            case Status.TO_CLAIM:
                yield from (("claim", 5), ("assign", 1), ("transfer", 0.2), ("route", 0.2), ("amend", 0.5))
            case Status.UNDER_EXAMINATION:
                yield from self._examination()
            case Status.AWAITING_ITEMS:
                yield from (("supply-missing-items", 2), ("propose", 2), ("record-opinion", 0.2), ("amend", 0.3))
                yield ("claim", 0 if case.assignee else 1)
            case Status.TO_SIGN:
                yield from (("sign", 8), ("return-proposal", 0.5))
            case Status.ABANDONED:
                yield ("erase-person", 2)
        if case.decisions:
            yield from self._after_decision()
        if case.litigation:
            yield from self._in_court()

    def _examination(self) -> Iterator[tuple[str, float]]:
        case = self.case
        yield from (("examine", 5), ("request-missing-items", 1.5), ("request-opinion", 0.4), ("amend", 0.3))
        yield ("record-opinion", 2 if any(o.given_on is None for o in case.opinions) else 0)
        yield ("refuse-document", 0.4 if case.documents else 0)
        yield from (("release", 0.15), ("transfer", 0.1), ("override-finding", 0.3))

    def _after_decision(self) -> Iterator[tuple[str, float]]:
        case = self.case
        latest = case.decisions[-1]
        yield ("record-consent", 0.2)
        yield from (("make-available", 2.5 if len(latest.notified) < len(case.addressees) else 0.1),)
        waiting = any(n.notified_on is None for n in latest.notified.values())
        yield from (("acknowledge-reading", 1.2 if waiting else 0.1), ("record-deemed-notification", int(waiting)))
        current = case.current_decision
        if current is None:
            return
        if current.kind.is_favourable and current.permit is not None:
            yield from (("notify-ofii", 1), ("notify-tax-authority", 0.7), ("open-prior-hearing", 1.5))
            yield from (("record-missing-medical-certificate", 0.6), ("receive-observations", 0.4))
            opened = any(not h.used for h in case.hearings)
            yield from (("withdraw-permit", 1.5 if opened else 0.1), ("repeal-permit", 1.5 if opened else 0.1))
        if case.messages:
            yield from (("acknowledge-message", 0.5), ("record-failed-message", 0.4))
        if not current.kind.is_favourable and case.stage.kind is StageKind.FIRST:
            yield from (("lodge-appeal", 2), ("open-litigation", 2))
        if current.kind is DecisionKind.IMPLICIT_REFUSAL:
            yield ("request-reasons", 1.5)
            yield ("communicate-reasons", 3 if current.reasons_requested_on else 0)
        pending = [a for a in case.appeals if a.ended_on is None]
        if pending:
            yield from (("acknowledge-appeal", 0.5), ("record-appeal-silence", 0.5))
            yield ("decide-appeal", 2 if any(a.kind is AppealKind.HIERARCHICAL for a in pending) else 0)

    def _in_court(self) -> Iterator[tuple[str, float]]:
        pending = [p for p in self.case.litigation if p.outcome is None]
        if not pending:
            yield ("open-litigation", 0.5)
            return
        served = any(p.served_on is not None for p in pending)
        yield from (("serve-claim", 0.2 if served else 3), ("open-litigation", 0.7))
        if served:
            yield from (("set-defence-period", 0.5), ("receive-formal-notice", 0.4), ("file-defence", 0.8))
            yield from (("substitute-ground", 0.5),)
        yield from (("close-investigation", 0.3), ("set-hearing", 0.5))
        urgent = any(p.action is CourtAction.SUSPENSION for p in pending)
        yield ("record-judgment", 2.5 if urgent else 1)
        yield from (("transfer-proceedings", 0.2), ("substitute-legal-basis", 0.3))
        yield from (("prepare-bundle", 0.3), ("arrange-bundle", 0.5 if self.case.bundles else 0))
        yield ("order-bundle", 0.5 if self.case.bundles else 0)
        if any(each.build_under_way for each in self.case.bundles):
            yield from (("record-bundle", 1), ("cancel-bundle", 0.3), ("end-build", 0.2))
        refused = any(p.no_serious_doubt for p in self.case.litigation)
        yield ("confirm-main-claim", 2 if refused else 0.05)
        yield ("order-suspension", 1.5 if urgent else 0.1)

    # What bodies need of the case

    def decision(self) -> str:
        """A decision of the case."""
        return self.identifier("D", (d.id for d in self.case.decisions))

    def litigation(self) -> str:
        """Proceedings of the case, those under way most often."""
        pending = [p.id for p in self.case.litigation if p.outcome is None]
        return self.identifier("L", pending if pending and self.often(0.9) else [p.id for p in self.case.litigation])

    def addressee(self) -> str:
        """An addressee of the case, or any."""
        return str(self.one_of(self.case.addressees if self.often(0.93) else Addressee))

    def pleas(self) -> Body:
        """Grounds pleaded."""
        return self.maybe("pleas", lambda: [self.one_of(PleaKind).value], 0.4)

    def criterion(self) -> str:
        """A condition of the procedure, now and then another."""
        rules = rules_in_force(self.case.procedure, self.today)
        known = [rule.id.criterion for rule in rules] if rules and self.often(0.93) else list(Criterion)
        return str(self.one_of(known))

    def ground(self, criterion: str | None = None) -> Body:
        """A ground, a condition that is not met when there is one."""
        unmet = [c for c, held in self.case.findings.items() if held.blocks_grant]
        chosen = criterion or (self.one_of(unmet).value if unmet and self.often(0.9) else self.criterion())
        fact = REASON if self.often(0.95) else "court"
        library = self.maybe("reason_id", lambda: self.one_of(("pay-smic", "inconnu")), 0.1)
        return {"criterion": chosen, "fact": fact, **self.exhibits(), **library}

    def kind(self) -> str:
        """The decision that the assessments lead to; now and then another."""
        if self.often(0.06):
            return str(self.one_of(DecisionKind))
        asked = self.case.open_missing_items
        if asked is not None and asked.due_on < self.today and self.often(0.7):
            return DecisionKind.CLOSURE.value
        favourable, unfavourable = KINDS[self.case.facts_of_procedure.outcome]
        unmet = any(held.blocks_grant for held in self.case.findings.values())
        return str((unfavourable if unmet else favourable).value)

    def proposal(self) -> Body:
        """A decision with what it needs."""
        kind = self.kind()
        favourable = DecisionKind(kind).is_favourable or kind == DecisionKind.CLOSURE
        reasons = [] if favourable and self.often(0.97) else [self.ground()]
        return {"kind": kind, "reasons": reasons, "explanation": REASON if self.often(0.9) else ""}


def _moved(body: FileRequest, by: timedelta) -> FileRequest:
    """The same filing, all of whose days have moved."""
    tree = msgspec.to_builtins(body)
    for part, key in _days_of(tree):
        part[key] = str(date.fromisoformat(part[key]) + by)
    return msgspec.convert(tree, FileRequest)


def _days_of(tree: Any) -> Iterator[tuple[Body, str]]:
    """Where a body holds days."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, str) and DAY.fullmatch(value):
            yield tree, key
        elif isinstance(value, dict):
            yield from _days_of(value)
        elif isinstance(value, list):
            for each in value:
                yield from _days_of(each)


def _assess(walk: Walk) -> Body:
    return {
        "criterion": walk.criterion(),
        **walk.maybe("met", lambda: walk.one_of(Met).value, 0.6),
        **walk.maybe("because", lambda: REASON, 0.6),
        **walk.exhibits(),
    }


def _override(walk: Walk) -> Body:
    criterion = walk.criterion()
    rule = rule_in_force(Criterion(criterion), walk.case.procedure, walk.today)
    computed = rule.find(walk.case, Law(today=walk.today, reference=REFERENCE)).met if rule else None
    met = Met.MET if computed is Met.NOT_MET else walk.one_of(Met)
    return {"criterion": criterion, "met": met.value, "reason": REASON, **walk.exhibits()}


def _amend(walk: Walk) -> Body:
    request = walk.case.request
    if request.job is not None:
        pay = f"{walk.chance.randrange(1400, 4000)}.00"
        job = msgspec.structs.replace(request.job, pay_monthly_gross=pay)
        if walk.often(0.3):
            shift = timedelta(days=walk.chance.randrange(0, 200))
            end = job.end + shift if job.end is not None else None
            job = msgspec.structs.replace(job, start=job.start + shift, end=end)
        if walk.often(0.06):
            job = msgspec.structs.replace(job, end=date.fromisoformat(walk.impossible_day()))
        if walk.often(0.03):
            job = msgspec.structs.replace(job, start=date.fromisoformat(walk.impossible_day()))
        request = msgspec.structs.replace(request, job=job)
    else:
        worker = msgspec.structs.replace(request.worker, passport_number=f"X{walk.chance.randrange(10_000)}")
        request = msgspec.structs.replace(request, worker=worker)
    return {"request": msgspec.to_builtins(request), "reason": REASON}


def _ask_items(walk: Walk) -> Body:
    listed = [i.key for i in checklist_of(walk.case.request, walk.today, REFERENCE) if i.may_be_demanded]
    if listed and walk.often(0.9):
        held = {d.current.item for d in walk.case.documents.values()}
        lacking = [key for key in listed if key not in held] or listed
        items = [{"item": key} for key in walk.chance.sample(lacking, min(len(lacking), walk.chance.randrange(1, 3)))]
    else:
        items = [{"item": "other", "label": "Une pièce", "required_by": "CESEDA R426-20"}]
    return {"items": items, "delay_days": walk.chance.choice((1, 15, 15, 30, 60)), "message": ""}


def _supply(walk: Walk) -> Body:
    asked = walk.case.open_missing_items
    items = [item.item for item in asked.items] if asked else ["other"]
    if walk.often(0.3):
        items = items[1:]
    body: Body = {
        "request": walk.identifier("M", (m.id for m in walk.case.missing_items)),
        "documents": [walk.attached(item) for item in items],
    }
    return {**body, **walk.maybe("complete", lambda: True, 0.1)}


def _route(walk: Walk) -> Body:
    return {
        "platform": walk.chance.choices(("Clermont-Ferrand", "Avignon", "Béthune", "Atlantide"), (8, 3, 1, 1))[0],
        **walk.maybe("competent_department", lambda: walk.one_of(("69", "84", "59", "976", "2A", "99"))),
        **walk.maybe("deciding_department", lambda: walk.one_of(("63", "84", "00")), 0.1),
        "reason": REASON,
    }


def _lodge(walk: Walk) -> Body:
    return {
        "kind": AppealKind.GRACIOUS.value if walk.often(0.65) else AppealKind.HIERARCHICAL.value,
        **walk.maybe("against", walk.decision, 0.4),
        "lodged_by": walk.addressee(),
        **walk.maybe("received_on", walk.past),
        **walk.maybe("posted_on", walk.past, 0.2),
        "arguments": REASON,
        **walk.pleas(),
        "documents": [walk.attached()] if walk.often(0.3) else [],
    }


def _decide_appeal(walk: Walk) -> Body:
    hierarchical = [a.id for a in walk.case.appeals if a.kind is AppealKind.HIERARCHICAL]
    return {
        "appeal": walk.identifier("A", hierarchical or [a.id for a in walk.case.appeals]),
        "outcome": walk.one_of(("upheld", "rejected")),
        **walk.maybe("decided_on", walk.past),
        **walk.maybe("reexamine_by", walk.future),
        "summary": REASON,
    }


def _appeal(walk: Walk) -> Body:
    return {"appeal": walk.identifier("A", (a.id for a in walk.case.appeals))}


def _open_litigation(walk: Walk) -> Body:
    weights = (6, 3, 1, 1, 3, 2)
    action = walk.chance.choices(list(CourtAction), weights)[0]
    number = f"{walk.chance.randrange(2_000_000, 2_999_999)}"
    court = "Lyon"
    if action is CourtAction.APPEAL:
        number = f"26{APPEAL_COURTS['Lyon']}{walk.chance.randrange(10_000, 99_999)}"
    elif action is CourtAction.CASSATION:
        court, number = "Conseil d'État", f"{walk.chance.randrange(100_000, 999_999)}"
    if walk.often(0.03):
        court = "Atlantide"
    state = action in HIGHER and walk.often(0.5)
    return {
        "action": action.value,
        "court": court,
        "court_number": number,
        **walk.maybe("against", walk.decision),
        **({"by_state": True} if state else {"lodged_by": walk.addressee()}),
        **walk.maybe("lodged_on", walk.past),
        **walk.pleas(),
        **walk.maybe("main_litigation", walk.litigation, 0.1),
    }


def _serve(walk: Walk) -> Body:
    available = walk.past()
    return {
        "litigation": walk.litigation(),
        "made_available_on": available,
        **walk.maybe("read_on", lambda: walk.one_of((available, walk.today.isoformat())), 0.8),
    }


def _judgment(walk: Walk) -> Body:
    litigation = walk.litigation()
    action = next((p.action for p in walk.case.litigation if p.id == litigation), CourtAction.ANNULMENT)
    outcomes = sorted(OUTCOMES[action]) if walk.often(0.95) else list(JudgmentOutcome)
    outcome = JudgmentOutcome.ANNULLED if JudgmentOutcome.ANNULLED in outcomes and walk.often(0.3) else None
    if action is CourtAction.SUSPENSION and walk.often(0.5):
        outcome = JudgmentOutcome.REJECTED
    return {
        "litigation": litigation,
        "outcome": outcome or walk.one_of(outcomes),
        "judged_on": walk.past(),
        "notified_on": walk.past() if walk.often(0.1) else walk.today.isoformat(),
        **walk.maybe("injunction", lambda: _injunction(walk), 0.03 if action is CourtAction.SUSPENSION else 0.3),
        "summary": REASON,
        **walk.maybe("flaws", lambda: [walk.one_of(PleaKind).value]),
        **walk.maybe("judgment_annulled", lambda: action in HIGHER, 0.4),
        **walk.maybe("no_serious_doubt", lambda: True, 0.6 if action is CourtAction.SUSPENSION else 0.02),
        **walk.maybe("costs_euros", lambda: 1200, 0.1),
    }


def _partial_judgment(walk: Walk) -> Body:
    """A judgment; that of a claim beside which an appeal was rejected may annul that rejection alone."""
    body = _judgment(walk)
    against = next((p.against for p in walk.case.litigation if p.id == body["litigation"]), "")
    rejected = [
        a.id
        for a in walk.case.appeals
        if a.against == against and a.outcome is not None and a.kind is AppealKind.GRACIOUS
    ]
    if not rejected or walk.often(0.3):
        return body
    return {**body, "outcome": "partly_annulled", "annuls_rejection_of": rejected[-1], "no_serious_doubt": False}


def _transfer_proceedings(walk: Walk) -> Body:
    ref = walk.litigation()
    action = next((p.action for p in walk.case.litigation if p.id == ref), CourtAction.ANNULMENT)
    number = f"{walk.chance.randrange(2_000_000, 2_999_999)}"
    court = walk.one_of(("Grenoble", "Lyon", "Dijon"))
    if action is CourtAction.APPEAL:
        court, number = "Toulouse", f"26{APPEAL_COURTS['Toulouse']}{walk.chance.randrange(10_000, 99_999)}"
    return {
        "litigation": ref,
        "court": court,
        "court_number": number,
        **walk.maybe("transferred_on", walk.past),
    }


def _no_serious_doubt(walk: Walk) -> Body:
    """The suspension asked last is refused on the day."""
    today = walk.today.isoformat()
    return {
        "litigation": walk.case.litigation[-1].id,
        "outcome": "rejected",
        "judged_on": today,
        "notified_on": today,
        "summary": REASON,
        "no_serious_doubt": True,
    }


def _confirm(walk: Walk) -> Body:
    mains = [p.main_litigation for p in walk.case.litigation if p.no_serious_doubt and p.main_litigation]
    claim = walk.identifier("L", mains) if mains else walk.litigation()
    return {"litigation": claim, **walk.maybe("confirmed_on", walk.past)}


def _substitute_basis(walk: Walk) -> Body:
    body = _substitute(walk)
    articles = ("CT R5221-20 4°", "CT R5221-34 2°", "CT R5221-20-1", "CT R5221-99")
    return {
        "litigation": body["litigation"],
        "replaces": body["replaces"],
        "article": walk.one_of(articles),
        "explanation": REASON,
    }


def _injunction(walk: Walk) -> Body:
    kind = walk.one_of(("issue", "reexamine"))
    return {"kind": kind, "delay_days": walk.chance.choice((1, 8, 15, 60, 730)), "penalty_daily_euros": 0}


def _suspension(walk: Walk) -> Body:
    suspensions = [
        p.id
        for p in walk.case.litigation
        if p.outcome is None and p.action in {CourtAction.SUSPENSION, CourtAction.LIBERTY}
    ]
    return {
        "litigation": walk.identifier("L", suspensions or [p.id for p in walk.case.litigation]),
        "ordered_on": walk.past() if walk.often(0.1) else walk.today.isoformat(),
        "notified_on": walk.past() if walk.often(0.1) else walk.today.isoformat(),
        **walk.maybe("injunction", lambda: _injunction(walk), 0.6),
        "summary": REASON,
    }


def _substitute(walk: Walk) -> Body:
    reasons = [r for d in walk.case.decisions if d.signed for r in d.signed.reasons]
    replaced = walk.one_of(reasons).rule.criterion.value if reasons and walk.often(0.95) else walk.criterion()
    return {"litigation": walk.litigation(), "replaces": replaced, "reason": walk.ground(walk.criterion())}


def _hearing(walk: Walk) -> Body:
    noted = walk.case.medical_certificate_missing_on is not None
    ways = [
        ("withdrawal", "illegality"),
        ("withdrawal", "fraud"),
        ("repeal", "fraud"),
        ("repeal", "condition_no_longer_met"),
        ("repeal", "illegality"),
        *([("withdrawal", "medical_certificate_missing")] * (3 if noted else 1)),
        ("repeal", "medical_certificate_missing"),
    ]
    intended, basis = walk.one_of(ways)
    return {
        "decision": walk.decision(),
        "intended": intended,
        "legal_basis": basis,
        "grounds": REASON,
        **walk.maybe("observations_until", walk.future),
    }


def _end_permit(walk: Walk) -> Body:
    return {"decision": walk.decision(), "explanation": REASON, "reasons": [walk.ground()]}


def _sign(walk: Walk) -> Body:
    proposal = walk.case.proposal
    if proposal is None or walk.often(0.1):
        return walk.proposal()
    return {"kind": proposal.event.kind.value, "explanation": walk.one_of(("", REASON))}


def _erase(walk: Walk) -> Body:
    employer = walk.case.request.employer
    persons = [walk.case.request.worker.person]
    if isinstance(employer, PrivateEmployer):
        persons.append(employer.person)
    return {
        "person": str(walk.one_of(persons) if walk.often(0.9) else UUID(int=7)),
        "reason": REASON,
        "archival_visa": "AD63 2031-118",
    }


def _rectify(walk: Walk) -> Body:
    return {
        "person": str(walk.case.request.worker.person if walk.often(0.9) else UUID(int=7)),
        "family_name": walk.one_of(["Ben Ali", "Benali", "Martin"]),
        **walk.maybe("birth_date", lambda: "1998-03-15", 0.3),
        **walk.maybe("street", lambda: "1 rue Neuve", 0.1),
        "reason": REASON,
    }


def _replace(walk: Walk) -> Body:
    return {
        "document": walk.identifier("P", walk.case.documents),
        "title": "Nouvelle version",
        "sha256": f"{walk.chance.randrange(0, 40):064x}",
        "reason": REASON,
    }


def _refuse_document(walk: Walk) -> Body:
    document = walk.identifier("P", walk.case.documents)
    held = walk.case.documents.get(document)
    return {
        "document": document,
        "version": held.current.version if held and walk.often(0.95) else walk.chance.randrange(1, 4),
        "reason": REASON,
    }


def _looked_at(walk: Walk) -> Body:
    """Mostly a version that is there, by its hash."""
    document = walk.identifier("P", walk.case.documents)
    held = walk.case.documents.get(document)
    version = held.current.version if held and walk.often(0.95) else walk.chance.randrange(1, 4)
    announced = next((each.sha256 for each in held.versions if each.version == version), "0" * 64) if held else "0" * 64
    return {"document": document, "version": version, "sha256": announced if walk.often(0.95) else "5a" * 32}


def _examine(walk: Walk) -> Body:
    return {
        **_looked_at(walk),
        "bytes": walk.chance.randrange(0, 1_000_000),
        "media_type": walk.one_of(("application/pdf", "image/jpeg", "application/octet-stream")),
        **walk.maybe("pages", lambda: walk.chance.randrange(0, 900)),
        "faults": sorted({walk.one_of(FileFault).value for _ in range(walk.chance.randrange(0, 3))}),
        "examiner": "smoe-intake 1",
    }


def _scan(walk: Walk) -> Body:
    verdict = walk.one_of(ScanVerdict).value
    return {**_looked_at(walk), "verdict": verdict, "signature": "", "engine": "ClamAV 1.4.3"}


def _record_opinion(walk: Walk) -> Body:
    return {
        "opinion": walk.identifier("O", (o.id for o in walk.case.opinions)),
        "adverse": walk.often(0.5),
        "finding": "Aucun constat.",
        **walk.maybe("documents", lambda: [walk.identifier("P", walk.case.documents)], 0.2),
        **walk.maybe("given_on", walk.past),
    }


def _request_opinion(walk: Walk) -> Body:
    return {
        "body": walk.one_of(("inspection du travail", "URSSAF", "casier judiciaire national")),
        "question": REASON,
        **walk.maybe("criterion", walk.criterion, 0.7),
        **walk.maybe("due_on", walk.future),
    }


def _issue(walk: Walk) -> Body:
    """A letter that the case calls for, written or not; now and then one that nothing calls for."""
    calls = called_for(walk.case)
    if calls and walk.often(0.9):
        call = msgspec.to_builtins(walk.one_of(calls))
    else:
        call = {
            "kind": walk.one_of(LetterKind).value,
            "about": walk.decision(),
            "addressee": walk.addressee(),
            "dated": walk.past(),
        }
    files = {"data_sha256": HASH, "sha256": HASH, "bytes": 34_512}
    return {**call, "on_version": walk.case.version, "template": "receipt/1", **files}


def _message(walk: Walk) -> str:
    return walk.identifier("N", (m.id for m in walk.case.messages))


def _bundle(walk: Walk) -> Body:
    """A bundle of the case as it is laid out; now and then as it was."""
    bundle = walk.identifier("B", (each.id for each in walk.case.bundles))
    laid_out = next((each.arrangement for each in walk.case.bundles if each.id == bundle), 1)
    return {"bundle": bundle, "arrangement": laid_out if walk.often(0.95) else laid_out + 1}


def _arranged(walk: Walk) -> Body:
    """The exhibits as they lie, shuffled, some left out, some renamed, a page hidden, a document added."""
    asked = _bundle(walk)
    held = next((each for each in walk.case.bundles if each.id == asked["bundle"]), None)
    exhibits: list[Body] = []
    for chosen in held.exhibits if held else ():
        exhibit = msgspec.to_builtins(chosen)
        for source in exhibit["sources"]:
            del source["sha256"]
            if walk.often(0.1):
                source["redactions"] = [{"page": walk.chance.randrange(1, 4), "why": REASON}]
        if walk.often(0.2):
            exhibit |= {"included": not chosen.included, "why_excluded": REASON if walk.often(0.9) else ""}
        if walk.often(0.1):
            exhibit["label"] = walk.one_of(("Pièce nouvelle", "…", "合同", "../CON.pdf", "\u0007"))
        exhibits.append(exhibit)
    walk.chance.shuffle(exhibits)
    if not exhibits or walk.often(0.3):
        source = {"kind": "document", "ref": walk.identifier("P", walk.case.documents)}
        exhibits.append({"label": "Pièce ajoutée", "sources": [source]})
    return {**asked, "exhibits": exhibits}


BODIES: Final[dict[str, Callable[[Walk], Body]]] = {
    "abandon": lambda walk: {"reason": REASON},
    "acknowledge-appeal": _appeal,
    "acknowledge-message": lambda walk: {
        "message": _message(walk),
        "reference": "R-1",
        **walk.maybe("acknowledged_on", walk.past),
    },
    "acknowledge-reading": lambda walk: {
        "decision": walk.decision(),
        **walk.maybe("addressee", walk.addressee, 0.6),
    },
    "add-document": lambda walk: {"document": walk.attached(), **walk.maybe("received_on", walk.past)},
    "add-note": lambda walk: {"text": REASON},
    "amend": _amend,
    "assess": _assess,
    "assign": lambda walk: {"agent": walk.one_of(("local:agent-63", "local:agent-63-bis", "local:agent-84"))},
    "claim": lambda walk: {},
    "close-investigation": lambda walk: {
        "litigation": walk.litigation(),
        **walk.maybe("ordered_on", walk.past, 0.2),
        "closes_on": walk.future(),
        **walk.maybe("immediate", lambda: True, 0.2),
    },
    "communicate-reasons": lambda walk: {"decision": walk.decision(), "reasons": [walk.ground()]},
    "decide-appeal": _decide_appeal,
    "end-access": lambda walk: {"identity": walk.identifier("local:", sorted(walk.case.accesses)), "reason": REASON},
    "erase-person": _erase,
    "examine-document": _examine,
    "rectify-person": _rectify,
    "prepare-bundle": lambda walk: {
        "decision": walk.decision(),
        **walk.maybe("litigation", walk.litigation, 0.7),
        **walk.maybe("recipe", lambda: walk.one_of(("excess_of_power", "suspension", "execution", "rien")), 0.2),
    },
    "arrange-bundle": _arranged,
    "order-bundle": _bundle,
    "cancel-bundle": lambda walk: {"bundle": _bundle(walk)["bundle"]},
    "record-bundle": lambda walk: {
        "bundle": _bundle(walk)["bundle"],
        "build": walk.chance.randrange(1, 3),
        "sha256": "cd" * 32,
        "bytes": 1_000,
        "exhibits": 1,
        "pages": 1,
    },
    "end-build": lambda walk: {"bundle": _bundle(walk)["bundle"], "build": walk.chance.randrange(1, 3), "why": REASON},
    "file-defence": lambda walk: {
        "litigation": walk.litigation(),
        **walk.maybe("filed_on", walk.past, 0.2),
        **walk.exhibits(),
    },
    "give-access": lambda walk: {
        "identity": walk.one_of(("local:worker-diallo", "local:counsel-roux", "local:agent-63")),
        "quality": walk.one_of(AccessQuality).value,
        "basis": REASON,
    },
    "issue-letter": _issue,
    "lift-legal-hold": lambda walk: {"hold": walk.identifier("G", sorted(walk.case.holds)), "reason": REASON},
    "lodge-appeal": _lodge,
    "make-available": lambda walk: {
        "decision": walk.decision(),
        **walk.maybe("addressees", lambda: [walk.addressee()]),
        **walk.maybe("channel", lambda: "post", 0.15),
    },
    "notify-ofii": lambda walk: walk.maybe("decision", walk.decision),
    "notify-tax-authority": lambda walk: walk.maybe("decision", walk.decision),
    "open-litigation": _open_litigation,
    "open-prior-hearing": _hearing,
    "transfer-proceedings": _transfer_proceedings,
    "confirm-main-claim": _confirm,
    "substitute-legal-basis": _substitute_basis,
    "order-suspension": _suspension,
    "override-finding": _override,
    "place-legal-hold": lambda walk: {"reason": REASON},
    "propose": Walk.proposal,
    "receive-formal-notice": lambda walk: {
        "litigation": walk.litigation(),
        **walk.maybe("received_on", walk.past, 0.2),
        "due_on": walk.future(),
    },
    "receive-observations": lambda walk: {
        "hearing": walk.identifier("H", (h.id for h in walk.case.hearings)),
        "text": REASON,
        **walk.maybe("addressee", walk.addressee, 0.6),
    },
    "record-appeal-silence": _appeal,
    "record-consent": lambda walk: {"addressee": walk.addressee()},
    "record-deemed-notification": lambda walk: {"decision": walk.decision(), "addressee": walk.addressee()},
    "record-failed-message": lambda walk: {"message": _message(walk), "cause": REASON},
    "record-judgment": _partial_judgment,
    "record-missing-medical-certificate": lambda walk: {"decision": walk.decision()},
    "record-opinion": _record_opinion,
    "record-silence": lambda walk: {},
    "refuse-document": _refuse_document,
    "release": lambda walk: {},
    "repeal-permit": lambda walk: {**_end_permit(walk), **walk.maybe("effective_on", walk.future)},
    "replace-document": _replace,
    "request-missing-items": _ask_items,
    "request-opinion": _request_opinion,
    "request-reasons": lambda walk: {
        **walk.maybe("decision", walk.decision),
        "asked_by": walk.addressee(),
        **walk.maybe("requested_on", walk.past, 0.2),
    },
    "return-proposal": lambda walk: {"reason": REASON},
    "route": lambda walk: {**_route(walk), **walk.maybe("received_on", walk.past, 0.2)},
    "scan-document": _scan,
    "serve-claim": _serve,
    "set-defence-period": lambda walk: {
        "litigation": walk.litigation(),
        **walk.maybe("set_on", walk.past, 0.2),
        "due_on": walk.future(),
    },
    "set-hearing": lambda walk: {
        "litigation": walk.litigation(),
        **walk.maybe("announced_on", walk.past, 0.2),
        "hearing_on": walk.future(),
    },
    "sign": _sign,
    "substitute-ground": _substitute,
    "supply-missing-items": _supply,
    "transfer": _route,
    "withdraw-permit": _end_permit,
}
"""How people fill in each command."""
