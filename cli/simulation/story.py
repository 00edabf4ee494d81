"""The story of one case: people act when their day comes, never beyond the law, from the filing to the courts.

Each step is an entry of the agenda. A step that finds the case elsewhere than it expected does nothing: somebody, or
silence, was faster. What is refused is a fault of the story and stops everything.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import msgspec

from cli.simulation import mix, wording
from cli.simulation.clock import DAY, in_office, is_open, working_days_later
from cli.simulation.companies import BUILDING, CATERING, FARM, TRADES, identity_of
from cli.simulation.life import Life, Opening, World
from cli.simulation.requests import (
    UNLISTED,
    Wanted,
    attached,
    cured,
    invented_request,
    items_demandable,
    items_due,
)
from cli.simulation.staff import BETHUNE, TULLE
from domain.acts import Addressee, AppealKind, CourtAction, DecisionKind, StageKind
from domain.assessment import findings_of
from domain.case import Decision, Status
from domain.demonstration import AVIGNON, CLERMONT, IDENTITIES, SYSTEM
from domain.envelope import UNASSIGNED, Actor, Role
from domain.events import CaseEvent
from domain.findings import Criterion, Met
from domain.law import Law, rules_in_force
from domain.messages import GRANTS, is_seasonal, lasts_longer_than, why_untaxed
from domain.numbers import number_of
from domain.procedures import PROCEDURES, OutcomeKind, Procedure
from domain.remedies import competent_tribunal
from ledger.facts import Draft

DURAND: Final = IDENTITIES["mandatary-durand"].actor

OPEN: Final = frozenset({Status.TO_CLAIM, Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS})
HEARD: Final[dict[Criterion, tuple[str, str, str]]] = {
    Criterion.EMPLOYER_RECORD: wording.ASKED_RECORD,
    Criterion.EMPLOYER_OBLIGATIONS: wording.ASKED_OBLIGATIONS,
    Criterion.PROPORTIONATE_PROJECT: wording.ASKED_PROJECT,
    Criterion.INTERNSHIP_HOST: wording.ASKED_HOST,
}
"""Conditions on which another body is asked: whom, what, and the adverse answer."""

UNFAVOURABLE: Final = {
    OutcomeKind.PERMIT: DecisionKind.REFUSAL,
    OutcomeKind.STAMP: DecisionKind.STAMP_REFUSAL,
    OutcomeKind.OPINION: DecisionKind.OPINION_UNFAVOURABLE,
}
FAVOURABLE: Final = {
    OutcomeKind.PERMIT: DecisionKind.GRANT,
    OutcomeKind.STAMP: DecisionKind.STAMP,
    OutcomeKind.OPINION: DecisionKind.OPINION_FAVOURABLE,
}


def history_of(world: World, opening: Opening) -> list[Draft[CaseEvent]]:
    """The facts of one case from its filing to the horizon, in order. Raises StoryRefused."""
    return Story(world, opening).live()


class Story(Life):
    """What the people of a case do, and when."""

    def __init__(self, world: World, opening: Opening) -> None:
        super().__init__(world, opening)
        self.flaw: Criterion | None = None
        """The condition that the request does not meet, if any."""
        self.filer = SYSTEM
        self.upheld = False
        """Whether the present re-examination ends well for the filer."""

    # Filing and routing

    def file(self) -> None:
        """The request arrives with its documents; what the filer forgot is asked for later."""
        wanted, self.filer = self.wanted()
        self.flaw = wanted.flaw
        request = invented_request(wanted, self.random)
        reference = self.world.reference
        due = items_due(request, self.filer.role, self.today, reference)
        demandable = items_demandable(request, self.filer.role, self.today, reference)
        forgotten = set()
        if wanted.flaw is Criterion.HOUSING:
            forgotten = {"housing_statement"}
        elif demandable and self.chance(mix.MISSING_ITEMS) and not self.chance(mix.UNUSABLE_ITEM):
            forgotten = set(self.random.sample(demandable, min(len(demandable), self.random.choice((1, 1, 1, 2)))))
        documents = tuple(attached(item, self.random) for item in due if item not in forgotten)
        if self.procedure is Procedure.VIABILITY_OPINION:
            self.filer = msgspec.structs.replace(
                self.filer,
                person=self.context(self.filer, self.stream).new_id("worker"),
                name=f"{request.worker.given_names} {request.worker.family_name}",
            )
        self.open(self.filer, request=request, documents=documents)
        if self.chance(mix.ABANDONED):
            self.in_days(self.random.randint(3, 40), self.abandon)
        if self.case.status is Status.TO_ROUTE:
            self.in_working_days(self.delay(6, 30), self.route_by_hand)
        else:
            self.await_claim()

    def wanted(self) -> tuple[Wanted, Actor]:
        """Who files what, with which flaw if it is to be refused."""
        procedure = self.procedure
        farming = procedure is Procedure.SEASONAL
        department = (mix.FARMING_DEPARTMENT if farming else mix.DEPARTMENT).draw(self.random)
        trade = FARM if farming else self.random.choice(TRADES)
        if farming and self.today.month in mix.RESORT_MONTHS:
            department, trade = mix.RESORT_DEPARTMENT.draw(self.random), CATERING
        if procedure is Procedure.POSTING:
            trade = BUILDING
        employer = self.random.choice(self.world.employers[trade.key, department])
        by_employer = Role.EMPLOYER in PROCEDURES[procedure].filers
        if by_employer and not farming and department == "69" and self.chance(mix.ACME):
            employer = self.world.acme
        flaw = mix.GROUND[procedure].draw(self.random) if self.opening.to_be_refused else None
        filer, mandatary = employer.actor, None
        if procedure is Procedure.EXCEPTIONAL_ADMISSION:
            filer = self.world.staff.prefectures[department]
        elif procedure is Procedure.VIABILITY_OPINION:
            filer = Actor(
                identity=f"sim:applicant-{self.index}",
                person=UNASSIGNED,
                name="",
                role=Role.WORKER,
                quality="Porteur de projet",
                service="",
            )
        elif employer is not self.world.acme and self.chance(mix.MANDATARY):
            filer = DURAND if self.chance(mix.DURAND_AMONG_MANDATARIES) else _mandatary(self.random.randint(1, 6))
            mandatary = filer.service
        wanted = Wanted(procedure=procedure, today=self.today, employer=employer, flaw=flaw, mandatary=mandatary)
        return wanted, filer

    def route_by_hand(self) -> None:
        """A manager takes what no table could route."""
        if self.case.status is not Status.TO_ROUTE:
            return
        platform = self.random.choice((CLERMONT, BETHUNE, TULLE))
        (manager, *_) = self.world.staff.platforms[platform].managers
        self.act("route", manager, platform=platform, reason=wording.ROUTED_BY_HAND)
        self.await_claim()

    def transfer(self) -> None:
        """Another platform takes the case over."""
        if self.case.status is not Status.TO_CLAIM:
            return
        elsewhere = self.random.choice([name for name in (CLERMONT, BETHUNE, TULLE) if name != self.platform])
        self.act("transfer", self.member(Role.MANAGER), platform=elsewhere, reason=wording.TRANSFERRED)
        self.in_working_days(self.delay(6, 15), self.claim)

    def abandon(self) -> None:
        """The filer gives up while nothing is decided."""
        if self.case.decisions or self.case.status is Status.ABANDONED:
            return
        self.act("abandon", self.filer, reason=self.random.choice(wording.ABANDONED))

    # Examination

    def await_claim(self) -> None:
        """An agent takes the case within weeks, or it is forgotten and silence decides."""
        asylum = self.procedure is Procedure.ASYLUM_SEEKER
        if self.chance(mix.FORGOTTEN_ASYLUM if asylum else mix.FORGOTTEN):
            self.in_working_days(self.random.randint(50, 75), self.claim)
            return
        if self.platform != AVIGNON and self.chance(mix.TRANSFERRED):
            self.in_working_days(self.delay(3, 8), self.transfer)
            return
        short = self.procedure in {Procedure.INTERNSHIP_AGREEMENT, Procedure.INTERNSHIP_AMENDMENT}
        self.in_working_days(self.delay(2, 5) if short else self.delay(7, 20), self.claim)

    def claim(self) -> None:
        """An agent takes the case, or a manager gives it to one."""
        if self.case.status is not Status.TO_CLAIM or self.case.assignee is not None:
            return
        agent = self.member(Role.AGENT)
        if self.chance(mix.ASSIGNED):
            self.act("assign", self.member(Role.MANAGER), agent=agent.identity, reason=wording.ASSIGNED)
        else:
            self.act("claim", agent)
        if self.chance(mix.RELEASED):
            self.in_working_days(self.random.randint(1, 5), self.release)
        else:
            self.at_work(1.5, 6, self.look)

    def at_work(self, mean: float, longest: int, step: Callable[[], None]) -> None:
        """Some working days later, or within the hour when the office is open."""
        days = self.delay(mean, longest) - 1
        if days == 0 and is_open(self.now + timedelta(hours=1), self.calendar):
            self.in_minutes(4, 50, step)
        else:
            self.in_working_days(max(days, 1), step)

    def release(self) -> None:
        """The agent puts the case back, and another takes it."""
        if self.case.status is not Status.UNDER_EXAMINATION:
            return
        self.act("release", self.holder, reason=wording.RELEASED)
        self.in_working_days(self.random.randint(1, 6), self.claim)

    def look(self) -> None:
        """The first reading: is the file complete, must another body be heard?"""
        if self.case.status is not Status.UNDER_EXAMINATION:
            return
        if self.chance(mix.NOTE):
            self.act("add-note", self.holder, text=self.random.choice(wording.NOTES))
        lacking = self.lacking()
        if lacking:
            self.ask_for(lacking)
        else:
            self.hear()

    def lacking(self) -> tuple[str, ...]:
        """What may be demanded and is not there; sometimes a document that came is first found unusable."""
        if self.case.missing_items or self.case.stage.kind is not StageKind.FIRST or self.flaw is Criterion.HOUSING:
            return ()
        held = {document.current.item: document for document in self.case.documents.values()}
        demandable = items_demandable(self.case.request, self.case.filed_as, self.today, self.world.reference)
        lacking = tuple(item for item in demandable if item not in held)
        if not lacking and demandable and self.chance(mix.MISSING_ITEMS * mix.UNUSABLE_ITEM):
            item = self.random.choice(demandable)
            self.act(
                "refuse-document", self.holder, document=held[item].id, version=1, reason=wording.UNUSABLE_DOCUMENT
            )
            return (item,)
        return lacking

    def ask_for(self, items: tuple[str, ...]) -> None:
        """Ask for what a text requires, and wait."""
        unlisted = UNLISTED.get(self.procedure)
        asked = [
            {"item": item, "label": wording.UNLISTED_LABELS[item], "required_by": unlisted[1]}
            if unlisted and unlisted[0] == item
            else {"item": item}
            for item in items
        ]
        self.act("request-missing-items", self.holder, items=asked, delay_days=30, message=wording.MISSING_ITEMS)
        chosen = self.random.random()
        if chosen < mix.NEVER_SUPPLIED:
            self.in_working_days(24 + self.random.randint(1, 12), self.close)
        elif chosen < mix.NEVER_SUPPLIED + mix.SUPPLIED_LATE:
            self.in_days(self.random.randint(31, 36), lambda: self.supply(items))
        elif len(items) > 1 and self.chance(0.3):
            self.in_days(self.random.randint(2, 10), lambda: self.supply(items[:1]))
            self.in_days(self.random.randint(11, 28), lambda: self.supply(items[1:]))
        else:
            self.in_days(self.random.randint(2, 28), lambda: self.supply(items))

    def supply(self, items: tuple[str, ...]) -> None:
        """The filer sends what was asked for; once it is all there the agent goes on."""
        asked = self.case.open_missing_items
        if asked is None or self.case.status not in {Status.AWAITING_ITEMS, Status.UNDER_EXAMINATION}:
            return
        documents = [attached(item, self.random) for item in items]
        self.act("supply-missing-items", self.filer, request=asked.id, documents=documents)
        if self.case.open_missing_items is None:
            self.in_working_days(self.delay(3, 10), self.hear)

    def close(self) -> None:
        """Nothing came within the delay: the agent proposes to close the case."""
        asked = self.case.open_missing_items
        if asked is None or self.case.status is not Status.AWAITING_ITEMS or self.case.proposal is not None:
            return
        if asked.due_on >= self.today:
            self.in_working_days(3, self.close)
            return
        self.act("propose", self.holder, kind=DecisionKind.CLOSURE, explanation=wording.CLOSED)
        self.in_working_days(self.delay(2, 6), self.sign)

    def hear(self) -> None:
        """Another body is asked where its answer decides, and now and then besides."""
        if self.case.status is not Status.UNDER_EXAMINATION:
            return
        adverse = self.flaw in HEARD
        criteria = {rule.id.criterion for rule in rules_in_force(self.procedure, self.today)}
        about = self.flaw if adverse else Criterion.EMPLOYER_RECORD
        if about is None or about not in criteria or not (adverse or self.chance(mix.OPINION_ASKED)):
            self.at_work(3, 10, self.assess)
            return
        body, question, answer = HEARD[about]
        self.act(
            "request-opinion",
            self.holder,
            body=body,
            question=question,
            criterion=about,
            due_on=self.today + 21 * DAY,
        )
        opinion = self.case.opinions[-1].id
        finding = answer if adverse else wording.NOTHING_KNOWN
        self.in_working_days(self.random.randint(3, 12), lambda: self.heard(opinion, adverse, finding))

    def heard(self, opinion: str, adverse: bool, finding: str) -> None:
        """The answer arrives."""
        if self.case.status not in {Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS} or self.case.assignee is None:
            return
        self.act("record-opinion", self.holder, opinion=opinion, adverse=adverse, finding=finding)
        self.at_work(2, 6, self.assess)

    def assess(self) -> None:
        """Every condition in turn; the rule answers where it can, the agent where it cannot."""
        if self.case.status is not Status.UNDER_EXAMINATION or self.case.open_missing_items is not None:
            return
        law = Law(today=self.today, reference=self.world.reference)
        for criterion, (rule, computed) in findings_of(self.case, law).items():
            held = self.case.findings.get(criterion)
            if held is not None and held.rule == rule.id and held.computed.met is computed.met:
                continue
            self.now += timedelta(seconds=self.random.randint(40, 400))
            if computed.met is not Met.NOT_ESTABLISHED:
                self.act("assess", self.holder, criterion=criterion)
                continue
            met = Met.NOT_MET if criterion is self.flaw else Met.MET
            texts = wording.NOT_MET if met is Met.NOT_MET else wording.MET
            self.act("assess", self.holder, criterion=criterion, met=met, because=texts[criterion])
        self.at_work(1.2, 3, self.propose)

    def propose(self) -> None:
        """What the assessment leads to is proposed; a contract that would be over is first given new dates."""
        if self.case.status is not Status.UNDER_EXAMINATION or not self.case.findings:
            return
        if not self.up_to_date():
            self.assess()
            return
        reasons = self.grounds()
        outcome = self.case.facts_of_procedure.outcome
        if reasons:
            self.act(
                "propose",
                self.holder,
                kind=UNFAVOURABLE[outcome],
                reasons=reasons,
                explanation=wording.WEIGHED,
            )
        elif outcome is OutcomeKind.PERMIT and self.over_soon():
            self.put_right(None)
            self.at_work(1, 2, self.assess)
            return
        else:
            self.act("propose", self.holder, kind=FAVOURABLE[outcome])
        self.in_working_days(self.delay(2, 7) - 1, self.sign)

    def up_to_date(self) -> bool:
        """Whether the conditions as assessed are still what the law of today answers."""
        law = Law(today=self.today, reference=self.world.reference)
        return all(
            (held := self.case.findings.get(criterion)) is not None
            and held.rule == rule.id
            and held.computed.met is computed.met
            for criterion, (rule, computed) in findings_of(self.case, law).items()
        )

    def grounds(self) -> list[dict[str, Any]]:
        """The conditions that forbid a grant, or that the administration chooses to oppose, with their facts."""
        rules = {r.id.criterion: r for r in rules_in_force(self.procedure, self.today)}
        blocking = [
            (criterion, held)
            for criterion, held in self.case.findings.items()
            if held.blocks_grant
            and criterion in rules
            and (not rules[criterion].leaves_free_to_grant or criterion is self.flaw)
        ]
        return [
            {
                "criterion": criterion,
                "fact": held.because,
                "exhibits": [exhibit.document for exhibit in held.exhibits],
            }
            for criterion, held in blocking
        ]

    def over_soon(self) -> bool:
        """Whether a permit would hardly be of use: its contract ends within weeks."""
        job = self.case.request.job
        until = getattr(self.case.request.particulars, "enrolled_until", None)
        ends = [day for day in (job.end if job else None, until) if day is not None]
        return any((day - self.today).days < 21 for day in ends)

    def put_right(self, flaw: Criterion | None) -> None:
        """The filer amends the request: new dates, and what was wrong put right."""
        if self.case.status not in {Status.TO_CLAIM, Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS}:
            return
        after = cured(self.case.request, flaw, self.today, self.case.filed_on)
        if after is not None:
            self.act("amend", self.filer, request=after, reason=wording.AMENDED)

    # Decision and notification

    def sign(self) -> None:
        """A signatory signs, or sends back what is not ready."""
        proposal = self.case.proposal
        if self.case.status is not Status.TO_SIGN or proposal is None:
            return
        signatory = self.member(Role.SIGNATORY)
        kind = proposal.event.kind
        merits = kind is not DecisionKind.CLOSURE
        if merits and (not self.up_to_date() or self.chance(mix.RETURNED)):
            self.act("return-proposal", signatory, reason=wording.RETURNED)
            self.in_working_days(self.random.randint(1, 3), self.again)
            return
        before = len(self.case.decisions)
        self.act("sign", signatory, kind=kind)
        decision = self.case.decisions[before]
        self.in_minutes(1, 6, lambda: self.make_available(decision.id))
        self.after_decision(decision)

    def again(self) -> None:
        """The agent takes up what was sent back."""
        if self.case.status is Status.UNDER_EXAMINATION:
            self.assess()

    def make_available(self, decision: str) -> None:
        """Each addressee is told; most read within days, the others are deemed to have been notified."""
        by_post = self.chance(mix.BY_POST)
        channel = "post" if by_post else "teleservice"
        self.act("make-available", SYSTEM, decision=decision, channel=channel)
        for addressee in self.case.addressees:
            if by_post:
                self.in_working_days(self.random.randint(2, 8), partial(self.returned_slip, decision, addressee))
            elif self.chance(mix.READ):
                self.in_days(int(self.random.expovariate(0.35)) % 15 + 1, partial(self.read, decision, addressee))
            else:
                self.at_night(self.today + 16 * DAY, partial(self.deem_notified, decision, addressee))

    def read(self, decision: str, addressee: Addressee) -> None:
        """An addressee opens the decision."""
        filer = addressee is Addressee.EMPLOYER or self.filer.role in {Role.PREFECTURE, Role.WORKER}
        self.act("acknowledge-reading", self.filer if filer else self.worker, decision=decision)

    def returned_slip(self, decision: str, addressee: Addressee) -> None:
        """The postal receipt comes back and an agent records it."""
        self.act("acknowledge-reading", self.member(Role.AGENT), decision=decision, addressee=addressee)

    def deem_notified(self, decision: str, addressee: Addressee) -> None:
        """Fifteen days unread."""
        self.act("record-deemed-notification", SYSTEM, decision=decision, addressee=addressee)

    def notified(self, decision: Decision, addressee: Addressee) -> bool:
        """Whether an addressee knows the decision today; of silence, one learns by oneself."""
        held = self.case.decision(decision.id).notified.get(addressee)
        return decision.is_implicit or (held is not None and held.notified_on is not None)

    # What follows a decision

    def after_decision(self, decision: Decision) -> None:
        """Messages after a grant; appeals and courts after what is unfavourable."""
        if decision.rejects_appeal is not None:
            self.maybe_court(decision.rejects_appeal)
        elif decision.kind in GRANTS:
            self.after_grant(decision)
        elif decision.kind in {DecisionKind.REFUSAL, DecisionKind.STAMP_REFUSAL}:
            first = decision.stage.kind is StageKind.FIRST
            if first and self.opening.remedy < mix.APPEAL:
                self.in_days(self.random.randint(17, 56), lambda: self.appeal(decision))
            elif first and self.opening.remedy < mix.APPEAL + mix.COURT:
                self.in_days(self.random.randint(25, 58), lambda: self.sue(decision.id))
        elif decision.kind is DecisionKind.CLOSURE and self.chance(mix.CLOSURE_APPEAL):
            self.in_days(self.random.randint(17, 50), lambda: self.appeal(decision))

    def after_grant(self, decision: Decision) -> None:
        """OFII and the tax authority are told the next night; a few permits do not last."""
        job = self.case.request.job
        if job is not None:
            length = number_of(self.world.reference, "OFII_CONTRACT_MONTHS", decision.on)
            if is_seasonal(self.case, job) or lasts_longer_than(job, length):
                self.at_night(self.today + DAY, lambda: self.tell("notify-ofii", decision.id))
            if why_untaxed(self.case, decision, job, length, self.world.reference) is None:
                self.at_night(self.today + DAY, lambda: self.tell("notify-tax-authority", decision.id))
        if decision.permit is None:
            return
        if self.chance(mix.WITHDRAWN):
            self.in_working_days(self.random.randint(15, 50), lambda: self.end_permit(decision.id, "withdrawal"))
        elif self.chance(mix.REPEALED):
            self.in_working_days(self.random.randint(60, 160), lambda: self.end_permit(decision.id, "repeal"))
        elif self.chance(mix.NO_CERTIFICATE):
            self.in_working_days(self.random.randint(68, 90), lambda: self.note_certificate(decision.id))

    def tell(self, command: str, decision: str) -> None:
        """A message goes out, is acknowledged, or fails and goes out again."""
        if not self.case.decision(decision).live:
            return
        self.act(command, SYSTEM, decision=decision)
        message = self.case.messages[-1].id
        if self.chance(mix.MESSAGE_FAILED):
            self.in_minutes(30, 200, lambda: self.fail(message, command, decision))
        else:
            self.in_minutes(20, 2_000, lambda: self.acknowledge(message))

    def fail(self, message: str, command: str, decision: str) -> None:
        """Nobody answered at the other end."""
        self.act("record-failed-message", SYSTEM, message=message, cause=wording.MESSAGE_FAILED)
        self.at_night(self.today + DAY, lambda: self.tell(command, decision))

    def acknowledge(self, message: str) -> None:
        """The recipient's own reference comes back."""
        recipient = next(m.recipient for m in self.case.messages if m.id == message)
        reference = f"{recipient.upper()}-{self.today.year}-{self.random.randrange(10**6):06d}"
        self.act("acknowledge-message", SYSTEM, message=message, reference=reference)

    def end_permit(self, decision: str, intended: str) -> None:
        """The parties are invited to observe before the permit is ended."""
        if self.case.status is not Status.DECIDED or not self.case.decision(decision).live:
            return
        basis = "fraud" if intended == "withdrawal" else "condition_no_longer_met"
        self.act(
            "open-prior-hearing",
            self.member(Role.AGENT),
            decision=decision,
            intended=intended,
            legal_basis=basis,
            grounds=wording.ENDING[basis],
        )
        hearing = self.case.hearings[-1].id
        if self.chance(0.6):
            self.in_days(self.random.randint(4, 13), lambda: self.observe(hearing))
        self.in_working_days(self.random.randint(14, 22), lambda: self.sign_end(decision, intended, basis))

    def observe(self, hearing: str) -> None:
        """The filer answers."""
        self.act("receive-observations", self.filer, hearing=hearing, text=wording.OBSERVATIONS)

    def sign_end(self, decision: str, intended: str, basis: str) -> None:
        """The signatory ends the permit once the time to observe is over."""
        if self.case.hearings[-1].observations_until >= self.today:
            self.in_working_days(2, lambda: self.sign_end(decision, intended, basis))
            return
        before = len(self.case.decisions)
        reasons = [] if basis == "fraud" else [{"criterion": Criterion.PAY, "fact": wording.PAY_SINCE_LOWERED}]
        command = "withdraw-permit" if intended == "withdrawal" else "repeal-permit"
        explanation = wording.ENDED[basis]
        self.act(command, self.member(Role.SIGNATORY), decision=decision, explanation=explanation, reasons=reasons)
        ended = self.case.decisions[before].id
        self.in_minutes(1, 6, lambda: self.make_available(ended))

    def note_certificate(self, decision: str) -> None:
        """No medical certificate came within three months."""
        if self.case.status is Status.DECIDED and self.case.decision(decision).live:
            self.act("record-missing-medical-certificate", self.member(Role.AGENT), decision=decision)

    # Silence

    def after_silence(self) -> None:
        """A grant is made known and told; of a refusal, reasons may be asked while the examination goes on."""
        decision = self.case.decisions[-1]
        if decision.kind is DecisionKind.IMPLICIT_GRANT:
            self.in_minutes(1, 5, lambda: self.make_available(decision.id))
            self.after_grant(decision)
        elif self.flaw is not None and self.chance(mix.REASONS_ASKED):
            self.in_days(self.random.randint(5, 40), lambda: self.ask_reasons(decision.id))

    def ask_reasons(self, decision: str) -> None:
        """Why the silence? Asked while the refusal still stands."""
        if self.case.decision(decision).live and self.case.status in OPEN:
            self.act("request-reasons", self.filer, decision=decision)
            self.in_working_days(self.random.randint(4, 15), lambda: self.give_reasons(decision))

    def give_reasons(self, decision: str) -> None:
        """The agent gives them within the month, if no express decision has come since."""
        if self.flaw is None or not self.case.decision(decision).live:
            return
        reasons = [{"criterion": self.flaw, "fact": wording.NOT_MET[self.flaw]}]
        self.act("communicate-reasons", self.member(Role.AGENT), decision=decision, reasons=reasons)

    # Appeals

    def appeal(self, decision: Decision) -> None:
        """The filer contests the decision, once it is notified."""
        if self.filer.role is Role.PREFECTURE:
            return
        by = self.case.addressees[0]
        standing = self.case.current_decision
        settled = self.case.status in {Status.DECIDED, Status.CLOSED}
        if standing is None or standing.id != decision.id or not settled or not self.notified(decision, by):
            return
        hierarchical = decision.kind is DecisionKind.REFUSAL and self.chance(mix.APPEAL_HIERARCHICAL)
        outcome = mix.APPEAL_OUTCOME.draw(self.random)
        self.act(
            "lodge-appeal",
            self.filer,
            kind=AppealKind.HIERARCHICAL if hierarchical else AppealKind.GRACIOUS,
            against=decision.id,
            arguments=wording.APPEAL,
            pleas=["error_of_fact"] if outcome == "upheld" else ["appreciation"],
        )
        lodged = self.case.appeals[-1].id
        self.in_working_days(self.random.randint(1, 6), lambda: self.acknowledge_appeal(lodged))
        self.at_night(self.case.appeals[-1].implicit_rejection_on + DAY, lambda: self.appeal_silence(lodged))
        if outcome == "silent":
            return
        self.upheld = outcome == "upheld"
        if hierarchical:
            self.in_working_days(self.random.randint(15, 36), lambda: self.minister(lodged))
        else:
            self.in_working_days(self.random.randint(8, 24), self.reexamine)

    def acknowledge_appeal(self, appeal: str) -> None:
        """The service acknowledges the appeal."""
        if self.case.appeal(appeal).ended_on is None:
            self.act("acknowledge-appeal", self.member(Role.MANAGER), appeal=appeal)

    def appeal_silence(self, appeal: str) -> None:
        """Two months without an answer."""
        if self.case.appeal(appeal).ended_on is None:
            self.act("record-appeal-silence", SYSTEM, appeal=appeal)
            self.maybe_court(appeal)

    def minister(self, appeal: str) -> None:
        """The minister answers a hierarchical appeal."""
        if self.case.appeal(appeal).ended_on is not None:
            return
        outcome = "upheld" if self.upheld else "rejected"
        self.act(
            "decide-appeal",
            self.member(Role.MANAGER),
            appeal=appeal,
            outcome=outcome,
            summary=wording.MINISTER[outcome],
        )
        if self.upheld:
            self.in_working_days(self.random.randint(3, 12), self.reexamine)
        else:
            self.maybe_court(appeal)

    def reexamine(self) -> None:
        """The request is examined again on the law and facts of the day; new facts come first where there are any."""
        if self.case.status not in {Status.TO_CLAIM, Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS}:
            return
        if self.case.assignee is None:
            self.act("claim", self.member(Role.AGENT))
        asked = self.case.open_missing_items
        if asked is not None:
            documents = [attached(item.item, self.random) for item in asked.items]
            self.act("supply-missing-items", self.filer, request=asked.id, documents=documents)
        if not self.upheld and self.flaw is not None:
            self.at_work(2, 5, self.assess)
            return
        flaw, self.flaw = self.flaw, None
        self.put_right(flaw)
        if flaw in HEARD:
            body, question, _ = HEARD[flaw]
            self.act("request-opinion", self.holder, body=body, question=question, criterion=flaw)
            opinion = self.case.opinions[-1].id
            self.in_working_days(self.random.randint(2, 6), lambda: self.heard(opinion, False, wording.PUT_RIGHT_SINCE))
        else:
            self.at_work(2, 5, self.assess)

    # Courts

    def maybe_court(self, appeal: str) -> None:
        """A rejected appeal sometimes goes on before the court."""
        against = self.case.appeal(appeal).against
        if self.case.decision(against).kind is not DecisionKind.CLOSURE and self.chance(mix.COURT):
            self.in_days(self.random.randint(20, 55), lambda: self.sue(against))

    def sue(self, decision: str) -> None:
        """A party goes to the court of the place of work; sometimes it asks for a suspension too."""
        attacked = self.case.decision(decision)
        by = self.case.addressees[0]
        tribunal = competent_tribunal(self.case.request, self.world.reference)
        if not attacked.live or not self.notified(attacked, by) or tribunal is None or self.case.litigation:
            return
        if self.case.status is not Status.DECIDED:
            return
        self.open_action(CourtAction.ANNULMENT, tribunal.name, decision, by)
        main = self.case.litigation[-1].id
        if self.chance(mix.SUSPENSION_ASKED):
            self.open_action(CourtAction.SUSPENSION, tribunal.name, decision, by)
            urgent = self.case.litigation[-1].id
            self.in_working_days(self.random.randint(1, 2), lambda: self.serve(urgent))
            self.in_working_days(self.random.randint(12, 20), lambda: self.rule_urgently(urgent, decision))
        self.in_working_days(self.random.randint(8, 30), lambda: self.serve(main))

    def open_action(self, action: CourtAction, court: str, against: str, by: Addressee) -> None:
        """The court's application announces an action."""
        self.act(
            "open-litigation",
            self.legal,
            action=action,
            court=court,
            court_number=f"{self.today.year % 100:02d}{self.random.randrange(1, 20_000):05d}",
            against=against,
            lodged_by=by,
            lodged_on=self.today,
            pleas=["incompetence", "error_of_law", "appreciation"],
        )

    def pending(self, litigation: str) -> bool:
        """Whether the court has still to rule."""
        return self.case.proceedings(litigation).outcome is None

    def serve(self, litigation: str) -> None:
        """The claim reaches the prefecture, with the time it has to answer."""
        if not self.pending(litigation):
            return
        day = self.today.isoformat()
        self.act("serve-claim", self.legal, litigation=litigation, made_available_on=day, read_on=day)
        urgent = self.case.proceedings(litigation).action is CourtAction.SUSPENSION
        days = 8 if urgent else 60
        self.act("set-defence-period", self.legal, litigation=litigation, due_on=self.today + days * DAY)
        if urgent:
            self.in_working_days(self.random.randint(2, 4), lambda: self.defend(litigation))
            return
        if self.chance(mix.FORMAL_NOTICE):
            self.in_working_days(48, lambda: self.formal_notice(litigation))
            self.in_working_days(self.random.randint(52, 66), lambda: self.defend(litigation))
        else:
            self.in_working_days(self.random.randint(18, 40), lambda: self.defend(litigation))
        self.in_working_days(self.random.randint(90, 200), lambda: self.announce_hearing(litigation))

    def formal_notice(self, litigation: str) -> None:
        """The court loses patience."""
        if self.pending(litigation) and self.case.proceedings(litigation).defence_filed_on is None:
            due = self.today + 30 * DAY
            self.act("receive-formal-notice", self.legal, litigation=litigation, due_on=due)

    def defend(self, litigation: str) -> None:
        """The prefecture files its brief with the exhibits of the case."""
        if self.pending(litigation):
            usable = [d.id for d in self.case.documents.values() if d.current.version not in d.refused]
            self.act("file-defence", self.legal, litigation=litigation, exhibits=usable, summary=wording.DEFENCE)

    def announce_hearing(self, litigation: str) -> None:
        """The hearing is set some weeks ahead."""
        if not self.pending(litigation):
            return
        day = working_days_later(self.today, self.random.randint(15, 30), self.calendar)
        self.act("set-hearing", self.legal, litigation=litigation, hearing_on=day)
        judged = working_days_later(day, self.random.randint(10, 15), self.calendar)
        self.at(in_office(judged, self.random, self.calendar), lambda: self.judge(litigation))

    def judge(self, litigation: str) -> None:
        """The court rules; an annulment brings the request back with a delay."""
        if not self.pending(litigation):
            return
        proceedings = self.case.proceedings(litigation)
        outcome = mix.COURT_OUTCOME.draw(self.random)
        if not self.case.decision(proceedings.against).live:
            outcome = "no_need_to_rule"
        annulled = outcome == "annulled"
        self.act(
            "record-judgment",
            self.legal,
            litigation=litigation,
            outcome=outcome,
            judged_on=self.today,
            notified_on=self.today,
            injunction={"kind": "reexamine", "delay_days": 60} if annulled else None,
            costs_euros=1_200 if annulled else 0,
            summary=wording.JUDGED[outcome],
            flaws=["appreciation"] if annulled else [],
        )
        if annulled:
            self.upheld = self.chance(0.7)
            self.in_working_days(self.random.randint(5, 20), self.reexamine)

    def rule_urgently(self, litigation: str, decision: str) -> None:
        """The urgent judge suspends the decision or not."""
        if not self.pending(litigation) or not self.case.decision(decision).live:
            return
        day = self.today
        if not self.chance(mix.SUSPENSION_GRANTED):
            self.act(
                "record-judgment",
                self.legal,
                litigation=litigation,
                outcome="rejected",
                judged_on=day,
                notified_on=day,
                summary=wording.NOT_SUSPENDED,
            )
            return
        self.act(
            "order-suspension",
            self.legal,
            litigation=litigation,
            ordered_on=day,
            notified_on=day,
            injunction={"kind": "reexamine", "delay_days": 30},
            summary=wording.SUSPENDED,
        )
        self.upheld = self.chance(0.6)
        self.in_working_days(self.random.randint(3, 12), self.reexamine)


def _mandatary(number: int) -> Actor:
    return Actor(
        identity=f"sim:mandatary-{number}",
        person=identity_of(f"mandatary-{number}"),
        name=f"Mandataire {number}",
        role=Role.MANDATARY,
        quality="Mandataire",
        service=("Cabinet Orvalle", "Cabinet Merlette", "Mobilité Conseil", "Étude Vignolle", "Passerelle RH",
                 "Cabinet Longchêne")[number - 1],
        on_behalf_of="employeurs mandants",
    )  # fmt: skip
