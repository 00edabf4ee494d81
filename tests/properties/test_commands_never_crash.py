"""Whatever body decodes, on whatever case: a command records facts or refuses, and nothing else ever happens."""

from functools import cache
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.administration import Administration
from domain.administration import replay as replay_administration
from domain.clocks import clocks
from domain.command import administration_commands, case_commands
from domain.commands.file_request import FileRequest, file_request
from domain.envelope import Role
from domain.fold import replay
from domain.refusals import CODES, Refused
from domain.sentences import sentence
from tests.properties.strategies import bodies_of
from tests.properties.walks import BODIES, Walk
from tests.unit.given import ADMINISTRATION, REFERENCE, a_context

LIVES: Final = 24
STOPS: Final = 5
FIXED = settings(
    derandomize=True, deadline=None, max_examples=25, suppress_health_check=list(HealthCheck), database=None
)


@cache
def moments() -> tuple[Walk, ...]:
    """Lives stopped here and there."""
    walks = []
    for seed in range(LIVES):
        for stop in range(STOPS):
            walk = Walk(10_000 + seed)
            for _ in walk.steps(1 + 14 * stop):
                pass
            walks.append(walk)
    return tuple(walks)


def _must_refuse_well(refused: Refused) -> None:
    assert refused.code in CODES
    assert refused.message.strip()
    assert all(fault.code in CODES and fault.pointer.startswith("/") for fault in refused.faults)


@pytest.mark.parametrize("name", sorted(case_commands()))
def test_a_command_on_a_case_records_or_refuses(name: str) -> None:
    """Any body, by anybody who may give the command, at any moment of a life."""
    command = case_commands()[name]

    @FIXED
    @given(
        moment=st.integers(0, LIVES * STOPS - 1),
        tree=bodies_of(command.body),
        sensible=st.sampled_from((False, True, True)),
        chance=st.integers(0, 50),
    )
    def holds(moment: int, tree: dict[str, Any], sensible: bool, chance: int) -> None:
        walk = moments()[moment]
        walk.chance.seed(chance)
        if sensible:
            strange = walk.chance.sample(sorted(tree), min(1, len(tree)))
            tree = {**BODIES[name](walk), **{field: tree[field] for field in strange}}
        try:
            body = msgspec.convert(tree, command.body)
        except msgspec.ValidationError:
            return
        actor = walk.actor_of(command)
        try:
            events = command.decide(walk.case, body, walk.context(actor))
        except Refused as refused:
            _must_refuse_well(refused)
            return
        after = replay(events, walk.stream, walk.case)
        assert after is not None
        clocks(after, walk.today, REFERENCE)
        assert all(sentence(event) for event in events)

    holds()


@FIXED
@given(tree=bodies_of(FileRequest), role=st.sampled_from(sorted(Role)))
def test_a_filing_opens_a_case_or_is_refused(tree: dict[str, Any], role: Role) -> None:
    """Any filing by anybody."""
    try:
        body = msgspec.convert(tree, FileRequest)
    except msgspec.ValidationError:
        return
    try:
        events = file_request(body, a_context(role))
    except Refused as refused:
        _must_refuse_well(refused)
        return
    assert events


@pytest.mark.parametrize("name", sorted(administration_commands()))
def test_a_command_on_the_administration_records_or_refuses(name: str) -> None:
    """Any body, on the administration of the demonstration or on an empty one."""
    command = administration_commands()[name]

    @FIXED
    @given(tree=bodies_of(command.body), empty=st.booleans())
    def holds(tree: dict[str, Any], empty: bool) -> None:
        try:
            body = msgspec.convert(tree, command.body)
        except msgspec.ValidationError:
            return
        state = Administration() if empty else ADMINISTRATION
        try:
            events = command.decide(state, body, a_context(Role.ADMIN))
        except Refused as refused:
            _must_refuse_well(refused)
            return
        assert replay_administration(events, state).version == state.version + len(events)

    holds()
