"""The state of a case is a fold of its facts, whatever they are: it never refuses, and it can be taken up anywhere."""

from typing import Any, Final, get_args
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.events import CaseEvent, RequestFiled
from domain.fold import evolve, replay
from domain.sentences import articles, sentence
from tests.properties.strategies import bodies_of
from tests.properties.walks import Walk
from tests.unit.given import CASE, filing

FIXED = settings(
    derandomize=True, deadline=None, max_examples=80, suppress_health_check=list(HealthCheck), database=None
)
LATER: Final = tuple(kind for kind in get_args(CaseEvent) if kind is not RequestFiled)


def decoded(kind: type, tree: Any) -> Any:
    """The fact that this JSON says, or None when it says none."""
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError:
        return None


FACTS = st.lists(
    st.sampled_from(LATER).flatmap(lambda kind: bodies_of(kind).map(lambda tree: decoded(kind, tree))), max_size=8
).map(lambda facts: [fact for fact in facts if fact is not None])
"""Facts in any order, about parts that the case may not have: none could be recorded by a command."""


@FIXED
@given(facts=FACTS)
def test_no_fact_is_ever_refused(facts: list[CaseEvent]) -> None:
    """A stored fact is read back by every later program, whatever guards it has gained since."""
    case: Case | None = None
    history = [*filing(), *facts]
    for version, fact in enumerate(history, 1):
        case = evolve(case, fact, CASE)
        assert case.version == version
    assert case == replay(history, CASE)


@FIXED
@given(facts=FACTS)
def test_a_fact_reads_back_as_it_was_written(facts: list[CaseEvent]) -> None:
    """What JSON gives back is the fact, and it can be told."""
    for fact in facts:
        assert msgspec.json.decode(msgspec.json.encode(fact), type=type(fact)) == fact
        assert sentence(fact).strip()
        assert all(isinstance(cited, str) for cited in articles(fact))


@FIXED
@given(seed=st.integers(20_000, 20_040), share=st.floats(0, 1))
def test_a_history_may_be_taken_up_anywhere(seed: int, share: float) -> None:
    """The state after the first facts, then the others: the same as all at once."""
    walk = Walk(seed)
    for _ in walk.steps(20):
        pass
    cut = 1 + int(share * (len(walk.facts) - 1))
    halfway = replay(walk.facts[:cut], walk.stream)
    assert replay(walk.facts[cut:], walk.stream, halfway) == walk.case
    assert replay((), UUID(int=1)) is None
