"""The table of rights as data: whole, well-formed, rendered."""

import pytest

from domain.command import administration_commands, case_commands, command
from domain.envelope import Role
from domain.refusals import CODES
from domain.rights import (
    COLUMNS,
    FILERS,
    FOUR_EYES,
    TABLE,
    TERRITORIES,
    VISIBLE,
    FieldClass,
    Line,
    Reach,
    line,
    visible,
)
from tools.access_page import access_page
from tools.docs import ACCESS_PAGE


def test_the_page_on_access_is_the_one_that_the_table_gives() -> None:
    assert ACCESS_PAGE.read_text(encoding="utf-8") == access_page(), "run make docs"
    assert all(f"`{operation}`" in access_page() for operation in TABLE)


def test_every_quality_has_a_column_and_its_classes() -> None:
    assert set(COLUMNS) == set(Role) == set(VISIBLE)
    assert set(TERRITORIES) == set(Role) - FILERS - {Role.SYSTEM}


def test_a_command_without_a_line_cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        command("never-heard-of", object, title="Rien", example={})  # type: ignore[type-var]


def test_every_command_is_open_to_those_whom_its_line_names() -> None:
    for name, each in case_commands().items():
        assert each.by == TABLE[name].by
    for name, each in administration_commands().items():
        assert each.by == TABLE[f"admin/{name}"].by


def test_a_quality_that_a_line_does_not_name_reaches_nothing() -> None:
    told = Line(operation="x", reaches={Role.AGENT: Reach.TERRITORY})
    assert told.reach(Role.ADMIN) is Reach.NOTHING
    assert told.by == {Role.AGENT}


@pytest.mark.parametrize("reaches", ["rrr", "rrr ttt tt ee . . .", "xxx ttt tt ee . ."])
def test_a_line_says_one_reach_for_each_quality(reaches: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        line("x", reaches)


def test_filers_have_no_territory_and_services_no_cases_of_their_own() -> None:
    for each in TABLE.values():
        if not each.is_public:
            assert {each.reach(role) for role in FILERS} <= {Reach.NOTHING, Reach.FILED, Reach.RELATED, Reach.OPEN}
            assert {each.reach(role) for role in (Role.AGENT, Role.MANAGER)} <= {
                Reach.NOTHING,
                Reach.TERRITORY,
                Reach.OPEN,
            }


def test_whoever_filed_reads_no_note() -> None:
    assert FieldClass.NOTE in visible(Role.PREFECTURE)
    assert visible(Role.PREFECTURE, has_filed=True) == {FieldClass.PERSONAL}
    assert visible(Role.ADMIN) == visible(Role.PARTNER) == frozenset()


def test_what_four_eyes_are_refused_with_is_public() -> None:
    assert {each.code for each in FOUR_EYES if each.code} <= set(CODES)
    assert not TABLE["lift-legal-hold"].by & TABLE["erase-person"].by, "two qualities"
