"""Lives of a case over all procedures, commands and days: what must hold after every step, whatever people do."""

from datetime import date, timedelta
from functools import cache
from typing import Final, get_args

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from domain.command import case_commands
from domain.events import CaseEvent
from domain.procedures import Procedure
from domain.refusals import CODES
from tests.properties.lives import Life, Tally, commands_nobody_fills_in

STEPS_MIN: Final = 20_000
WALKS: Final = 200
STEPS_OF_A_WALK: Final = 70
FIRST_FILING: Final = date(2011, 1, 1)
LAST_FILING: Final = date(2033, 12, 31)
CHANGES_OF_LAW: Final = (date(2016, 11, 1), date(2021, 4, 1), date(2021, 5, 1), date(2024, 9, 1))
AROUND_CHANGES: Final = tuple(day + timedelta(days=shift) for day in CHANGES_OF_LAW for shift in (-90, -1, 0, 30))
FIXED: Final = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=280,
    stateful_step_count=60,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
DAYS: Final = st.dates(FIRST_FILING, LAST_FILING) | st.sampled_from(AROUND_CHANGES) | st.just(date(2026, 11, 2))
SEEDS: Final = st.integers(0, 2**32 - 1)


class CaseMachine(RuleBasedStateMachine):
    """A case that anybody may do anything to; steps draw their own seed, so that shrinking drops steps."""

    tally = Tally()

    @initialize(procedure=st.sampled_from(Procedure), day=DAYS, seed=SEEDS)
    def file(self, procedure: Procedure, day: date, seed: int) -> None:
        """Somebody files, on a day whose law is held or not."""
        self.life = Life(self.tally, seed, procedure, day)

    @rule(days=st.integers(0, 400))
    def days_pass(self, days: int) -> None:
        """Time goes by."""
        self.life.let_days_pass(days)

    @rule(name=st.sampled_from(sorted(case_commands())), seed=SEEDS)
    def give_any_command(self, name: str, seed: int) -> None:
        """Whatever the moment."""
        self.life.give(name, seed)

    @rule(seed=SEEDS)
    def act_sensibly(self, seed: int) -> None:
        """What the moment calls for."""
        self.life.act_sensibly(seed)

    @rule(seed=SEEDS)
    def go_on_sensibly(self, seed: int) -> None:
        """The same, so that sensible acts prevail and cases go far."""
        for each in range(3):
            self.life.act_sensibly(seed + each)

    @rule(seed=SEEDS)
    def examine_propose_and_sign(self, seed: int) -> None:
        """The whole of an examination."""
        self.life.examine(seed)

    @rule()
    def record_what_is_due(self) -> None:
        """What silence has made."""
        self.life.record_what_is_due()

    def teardown(self) -> None:
        """At its end the life is told anew, whole."""
        if hasattr(self, "life"):
            self.life.end()


@cache
def lived() -> Tally:
    """Run the machine, once: the same lives every time."""
    CaseMachine.tally = Tally()
    run_state_machine_as_test(CaseMachine, settings=FIXED)
    for seed in range(WALKS):
        # Acts that are rare need people who go on by themselves: a refused stamp, reasons asked for in time.
        life = Life(CaseMachine.tally, seed)
        life.go_on(STEPS_OF_A_WALK)
        life.end()
    return CaseMachine.tally


def test_every_command_can_be_given() -> None:
    """A command that nobody fills in would never be tried."""
    assert not commands_nobody_fills_in(), "say in tests/properties/walks.py, BODIES, how people fill these in"


def test_what_must_hold_holds_after_every_step() -> None:
    """Counted, since a machine that stops early proves little."""
    assert lived().steps >= STEPS_MIN


def test_the_lives_reach_every_type_of_fact() -> None:
    """Were a fact never reached, nothing would have been said about what follows it."""
    assert not {kind.__name__ for kind in get_args(CaseEvent)} - set(lived().facts)


def test_the_lives_give_every_command_and_are_refused_by_public_codes() -> None:
    """Every command has been tried; no refusal carries a code of its own."""
    assert not set(case_commands()) - set(lived().commands)
    assert not set(lived().refusals) - set(CODES)
