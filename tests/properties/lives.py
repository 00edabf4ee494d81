"""One life of a case under watch: ways for it to go on, each step of which is checked and counted."""

from collections import Counter
from datetime import date, timedelta

import msgspec

from domain.case import Case
from domain.clocks import appeal_silence_due, clocks, silence_due
from domain.command import case_commands
from domain.commands.record_appeal_silence import RecordAppealSilence
from domain.commands.record_silence import RecordSilence
from domain.demonstration import SYSTEM
from domain.fold import replay
from domain.procedures import Procedure
from domain.refusals import Refused
from tests.properties.invariants import Telling, check_explained, check_refusal, check_sentences, check_step
from tests.properties.walks import BODIES, Step, Walk
from tests.unit.given import REFERENCE


class Tally(msgspec.Struct, kw_only=True):
    """What lives have been through."""

    lives: int = 0
    steps: int = 0
    refusals: Counter[str] = msgspec.field(default_factory=Counter)
    facts: Counter[str] = msgspec.field(default_factory=Counter)
    commands: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Sum up."""
        self.lives += other.lives
        self.steps += other.steps
        for name in ("refusals", "facts", "commands"):
            getattr(self, name).update(getattr(other, name))


class Life:
    """A case from its filing on; every way to go on takes a seed of its own, so that any of them may be left out."""

    def __init__(self, tally: Tally, seed: int, procedure: Procedure | None = None, day: date | None = None) -> None:
        self.tally = tally
        tally.lives += 1
        self.walk = Walk(seed, procedure, day)
        self.checked: tuple[Case, date] | None = None
        for refused in self.walk.filing_refused:
            tally.refusals.update(_codes(refused))
            check_refusal(refused)
        facts = tuple(self.walk.facts)
        tally.facts.update(type(event).__name__ for event in facts)
        check_sentences(facts)
        self._check_explained()
        self.told = Telling(self.walk.stream)
        self.told.hear(self.walk.case, facts, self.walk.today)

    def let_days_pass(self, days: int) -> None:
        """Nobody does anything for so long; what is awaited is still said."""
        self.walk.today += timedelta(days=days)
        self._check_explained()

    def give(self, name: str, seed: int) -> None:
        """Any command, sensible or not."""
        self.walk.chance.seed(seed)
        self.walk.planned = [(name, None)]
        self._walk_on()

    def go_on(self, steps: int) -> None:
        """As the chance of this life has it, days and all."""
        for _ in range(steps):
            self._walk_on()

    def act_sensibly(self, seed: int) -> None:
        """What somebody would do now."""
        self.walk.chance.seed(seed)
        self.walk.planned = []
        self._walk_on()
        self._finish_plans()

    def examine(self, seed: int) -> None:
        """Assess every condition, then propose, then sign."""
        self.walk.chance.seed(seed)
        self.walk.planned = []
        self.walk.plan_examination()
        self.walk.planned.append(("sign", None))
        self._finish_plans()

    def record_what_is_due(self) -> None:
        """Silence whose time has come is recorded, as the worker does."""
        due = appeal_silence_due(self.walk.case, self.walk.today, REFERENCE)
        if due is not None:
            body = RecordAppealSilence(appeal=due.ref)
            self._done(self.walk.give(case_commands()["record-appeal-silence"], body, SYSTEM))
        if silence_due(self.walk.case, self.walk.today, REFERENCE) is not None:
            self._done(self.walk.give(case_commands()["record-silence"], RecordSilence(), SYSTEM))

    def end(self) -> None:
        """The whole life, told at once, is the one that was lived."""
        assert replay(self.walk.facts, self.walk.stream) == self.walk.case
        self.told.check_whole()

    def _check_explained(self) -> None:
        check_explained(self.walk.case, clocks(self.walk.case, self.walk.today, REFERENCE))

    def _finish_plans(self) -> None:
        while self.walk.planned:
            self._walk_on()

    def _walk_on(self) -> None:
        self._done(self.walk.step())

    def _done(self, step: Step) -> None:
        self.tally.steps += 1
        self.tally.commands[step.command] += 1
        if step.refused is not None:
            self.tally.refusals.update(_codes(step.refused))
        moment = (step.after, step.today)
        same = self.checked is not None and moment[0] is self.checked[0] and moment[1] == self.checked[1]
        check_step(step, same_moment=same)
        self.checked = moment
        if step.events:
            self.tally.facts.update(type(event).__name__ for event in step.events)
            check_sentences(step.events)
            self.told.hear(step.after, step.events, step.today)


def _codes(refused: Refused) -> list[str]:
    return [refused.code, *(fault.code for fault in refused.faults)]


def commands_nobody_fills_in() -> set[str]:
    """Commands that the walk does not know how to give."""
    return set(case_commands()) - set(BODIES)
