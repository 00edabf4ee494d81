"""Very many steps of random lives: `python -m tests.properties.long_run --steps 500000 --seed 1`.

Its ways to go on are those of the state machine, drawn by `random` instead of hypothesis, which is much faster;
a fault is told with the seed of the life, which `live(Tally(), seed)` lives again.
"""

import argparse
import random
import time
from datetime import timedelta
from multiprocessing import get_context
from typing import Final, get_args

from domain.command import case_commands
from domain.envelope import Role
from domain.events import CaseEvent
from domain.procedures import Procedure
from domain.refusals import CODES
from tests.properties.lives import Life, Tally
from tests.properties.test_case_machine import AROUND_CHANGES, FIRST_FILING, LAST_FILING

STEPS_OF_A_LIFE: Final = 120
DISPUTES: Final = (
    "lodge-appeal",
    *sorted(name for name, command in case_commands().items() if Role.LEGAL in command.by),
)
"""An appeal and proceedings that cross each other are rare, and undo each other's work."""


def live(tally: Tally, seed: int) -> None:
    """One life, from its seed."""
    chance = random.Random(seed)
    day = FIRST_FILING + timedelta(days=chance.randrange((LAST_FILING - FIRST_FILING).days))
    if chance.random() < 0.3:
        day = chance.choice(AROUND_CHANGES)
    before = tally.steps
    try:
        life = Life(tally, chance.getrandbits(32), chance.choice(list(Procedure)), day)
        while tally.steps - before < STEPS_OF_A_LIFE:
            _go_on(life, chance)
        life.end()
    except Exception as error:
        error.add_note(f"life of seed {seed}")
        raise


def _go_on(life: Life, chance: random.Random) -> None:
    seed = chance.getrandbits(32)
    match chance.choices(("sensibly", "any", "dispute", "days", "examine", "due"), (12, 4, 3, 1, 1, 1))[0]:
        case "sensibly":
            life.act_sensibly(seed)
        case "any":
            life.give(chance.choice(sorted(case_commands())), seed)
        case "dispute":
            life.give(chance.choice(DISPUTES), seed)
        case "days":
            life.let_days_pass(chance.randrange(0, 400))
        case "examine":
            life.examine(seed)
        case _:
            life.record_what_is_due()


def run(share: tuple[int, int, int]) -> Tally:
    """Every so many-th seed, until so many steps are made."""
    steps, first, stride = share
    tally, seed = Tally(), first
    while tally.steps < steps:
        live(tally, seed)
        seed += stride
    return tally


def main() -> None:
    """Run on several processes and say what was reached, and what never was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    started, whole = time.monotonic(), Tally()
    with get_context("spawn").Pool(asked.jobs) as pool:
        shares = [(-(-asked.steps // asked.jobs), asked.seed + job, asked.jobs) for job in range(asked.jobs)]
        for tally in pool.imap_unordered(run, shares):
            whole.add(tally)
    print(f"{whole.steps} steps, {whole.lives} lives, {time.monotonic() - started:.0f} s")
    for title, counted in (("refusals", whole.refusals), ("facts", whole.facts)):
        print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counted.most_common()))
    print("codes never reached: " + (", ".join(sorted(set(CODES) - set(whole.refusals))) or "none"))
    never = {kind.__name__ for kind in get_args(CaseEvent)} - set(whole.facts)
    print("facts never reached: " + (", ".join(sorted(never)) or "none"))


if __name__ == "__main__":
    main()
