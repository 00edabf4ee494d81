"""Delegations, agents, rights and published tables: what is recorded, and what is refused."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from api.access import sees
from domain.acts import DelegatedAct, RoutingLine, ServiceContact
from domain.administration import ADMINISTRATION_STREAM, Administration, evolve, replay
from domain.case import Routing
from domain.command import administration_commands, case_commands
from domain.commands.appoint_agent import AppointAgent, appoint_agent
from domain.commands.end_delegation import EndDelegation, end_delegation
from domain.commands.give_access import GiveAccess
from domain.commands.grant_delegation import GrantDelegation, grant_delegation
from domain.commands.grant_rights import GrantRights, grant_rights
from domain.commands.publish_reason import PublishReason, publish_reason
from domain.commands.publish_reference import PublishReference
from domain.commands.publish_routing_table import PublishRoutingTable, publish_routing_table
from domain.commands.revoke_rights import RevokeRights, revoke_rights
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from domain.events import RightsGranted, RightsRevoked
from domain.findings import Criterion
from domain.validity.author import lacks_of
from tests.unit.given import TODAY, a_context
from tests.unit.given_disputed import refusal_of

NOTHING = Administration()
AGENT_ACTOR = IDENTITIES["agent-63"].actor
ADMIN = a_context(Role.ADMIN)
DELEGATION = GrantDelegation(
    number="2026-041",
    identity="local:signatory-63",
    name="Hélène Roche",
    quality="Cheffe de la plateforme",
    service="Plateforme de Clermont-Ferrand",
    platform="Clermont-Ferrand",
    departments=("63", "69"),
    acts=(DelegatedAct.REFUSAL,),
    starts_on=TODAY,
    published_on=TODAY,
    publication="RAA n° 63-2026-118",
)
AGENT = AppointAgent(
    identity="local:agent-63",
    name="Inès Morel",
    quality="Instructrice",
    service="Plateforme de Clermont-Ferrand",
    platform="Clermont-Ferrand",
    appointed_on=TODAY,
)
RIGHT = GrantRights(identity="local:agent-63", role=Role.AGENT, platforms=("Clermont-Ferrand",), starts_on=TODAY)
LINE = RoutingLine(
    department="69",
    seasonal=False,
    platform="Clermont-Ferrand",
    deciding_department="63",
    confirmed=True,
    source="Convention de délégation de gestion",
)
TABLE = PublishRoutingTable(
    version="2026-11",
    effective_from=date(2026, 11, 15),
    lines=(LINE,),
    contacts={"Clermont-Ferrand": ServiceContact(name="Plateforme de Clermont-Ferrand")},
    source="Arrêtés",
)
REASON = PublishReason(
    reason="offre-trop-courte",
    criterion=Criterion.LABOUR_MARKET,
    title="Offre trop courte",
    text="L'offre a été publiée moins de trois semaines.",
    effective_from=TODAY,
)
REFERENCE = PublishReference(**administration_commands()["reference"].example | {"effective_from": TODAY})


def then(state: Administration, decide: Any, *bodies: Any) -> Administration:
    """The administration after commands of the administrator."""
    for body in bodies:
        for event in decide(state, body, ADMIN):
            state = evolve(state, event)
    return state


def test_the_stream_of_the_administration_never_changes() -> None:
    assert UUID("1547b323-1ac6-5585-80f4-602204064b18") == ADMINISTRATION_STREAM
    assert {c.decide.__name__ for c in administration_commands().values()} == {
        "grant_delegation",
        "end_delegation",
        "appoint_agent",
        "grant_rights",
        "revoke_rights",
        "publish_routing_table",
        "publish_reason",
        "publish_reference",
    }


def lets_sign(state: Administration, act: DelegatedAct, department: str, on: date = TODAY) -> bool:
    """Whether some delegation recorded lacks nothing for an act at Clermont-Ferrand."""
    routing = Routing(
        competent_department=department,
        competent_prefect="préfet compétent",
        deciding_department="63",
        deciding_prefect="préfet du Puy-de-Dôme",
        platform="Clermont-Ferrand",
        first_received_on=TODAY,
        received_on=TODAY,
    )
    return any(not lacks_of(delegation, act, routing, on) for delegation in state.delegations)


def test_a_published_delegation_lets_sign_what_it_covers() -> None:
    state = then(NOTHING, grant_delegation, DELEGATION)
    assert lets_sign(state, DelegatedAct.REFUSAL, "69")
    assert not lets_sign(state, DelegatedAct.GRANT, "69")
    assert not lets_sign(state, DelegatedAct.REFUSAL, "75")
    again = refusal_of(grant_delegation, state, DELEGATION, ADMIN)
    assert again.code == "delegation_number_known"


def test_an_unpublished_delegation_lets_nobody_sign_until_it_is_granted_again_as_published() -> None:
    unpublished = msgspec.structs.replace(DELEGATION, published_on=None, publication="")
    state = then(NOTHING, grant_delegation, unpublished)
    assert not lets_sign(state, DelegatedAct.REFUSAL, "69")
    published = then(state, grant_delegation, DELEGATION)
    assert lets_sign(published, DelegatedAct.REFUSAL, "69")


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"ends_on": date(2026, 11, 1)}, [("/ends_on", "dates_disordered")]),
        ({"published_on": date(2026, 11, 3)}, [("/published_on", "date_impossible")]),
        ({"publication": ""}, [("/publication", "publication_missing")]),
        ({"departments": ("63", "99")}, [("/departments/1", "department_unknown")]),
        (
            {"departments": ("00",), "ends_on": date(2026, 1, 1)},
            [("/departments/0", "department_unknown"), ("/ends_on", "dates_disordered")],
        ),
    ],
)
def test_delegations_that_cannot_be(changes: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    refusal = refusal_of(grant_delegation, NOTHING, msgspec.structs.replace(DELEGATION, **changes), ADMIN)
    assert refusal.code == "content_impossible"
    assert [(fault.pointer, fault.code) for fault in refusal.faults] == faults


def test_a_delegation_ends_on_its_last_day() -> None:
    state = then(NOTHING, grant_delegation, msgspec.structs.replace(DELEGATION, departments=("*",)))
    end = EndDelegation(delegation=state.delegations[0].id, ends_on=date(2026, 12, 31), reason="Mutation.")
    ended = then(state, end_delegation, end)
    for day, covered in ((date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        assert lets_sign(ended, DelegatedAct.REFUSAL, "63", day) is covered
    assert refusal_of(end_delegation, ended, end, ADMIN).code == "delegation_already_ended"
    assert refusal_of(end_delegation, NOTHING, end, ADMIN).code == "delegation_unknown"
    early = msgspec.structs.replace(end, ends_on=date(2026, 11, 1))
    assert [f.code for f in refusal_of(end_delegation, state, early, ADMIN).faults] == ["dates_disordered"]


def test_an_agent_is_appointed_then_given_a_right_then_loses_it() -> None:
    state = then(then(NOTHING, appoint_agent, AGENT), grant_rights, RIGHT)
    assert state.has_right("local:agent-63", Role.AGENT, TODAY)
    revoke = RevokeRights(identity="local:agent-63", role=Role.AGENT, reason="Mutation.", ends_on=date(2026, 12, 1))
    revoked = then(state, revoke_rights, revoke)
    assert revoked.has_right("local:agent-63", Role.AGENT, date(2026, 11, 30))
    assert not revoked.has_right("local:agent-63", Role.AGENT, date(2026, 12, 1))
    assert refusal_of(revoke_rights, revoked, revoke, ADMIN).code == "right_unknown"
    assert refusal_of(appoint_agent, state, AGENT, ADMIN).code == "agent_already_appointed"
    own = RevokeRights(identity=ADMIN.actor.identity, role=Role.ADMIN, reason="Départ.", ends_on=TODAY)
    assert refusal_of(revoke_rights, state, own, ADMIN).code == "own_right_kept"


@pytest.mark.parametrize("seen_as", [" {}", "{} ", "{}\n", "{}\u200b", "{}\u00a0", "\u00ad{}", "{}\t"])
def test_nothing_is_given_to_an_identity_that_reads_like_another(seen_as: str) -> None:
    administered = (AppointAgent, GrantRights, GrantDelegation)
    for body, example in (
        *((c.body, c.example) for c in administration_commands().values() if c.body in administered),
        (GiveAccess, case_commands()["give-access"].example),
    ):
        assert msgspec.convert(example, body)
        with pytest.raises(msgspec.ValidationError, match="identity"):
            msgspec.convert(example | {"identity": seen_as.format(example["identity"])}, body)


def test_two_administrators_do_not_take_each_other_s_right_and_leave_nobody() -> None:
    first, second = ADMIN, a_context(Role.ADMIN, "local:another-admin")
    right = RightsGranted(identity="", role=Role.ADMIN, starts_on=TODAY)
    held = [msgspec.structs.replace(right, identity=each.actor.identity) for each in (first, second)]
    later = date(2026, 12, 1)
    of_second = RevokeRights(identity="local:another-admin", role=Role.ADMIN, reason="Départ.", ends_on=later)
    of_first = msgspec.structs.replace(of_second, identity=first.actor.identity)
    state = then(replay(held), revoke_rights, of_second)
    assert state.has_right("local:another-admin", Role.ADMIN, TODAY), "who still administers until then"
    for day in (TODAY, later, date(2027, 1, 1)):
        taken = msgspec.structs.replace(of_first, ends_on=day)
        assert refusal_of(revoke_rights, state, taken, second).code == "last_administrator", day
    third = msgspec.structs.replace(right, identity="local:third")
    assert revoke_rights(evolve(state, third), of_first, second)


def granted(starts_on: str, *platforms: str) -> RightsGranted:
    return RightsGranted(
        identity="local:agent-63", role=Role.AGENT, platforms=platforms, starts_on=date.fromisoformat(starts_on)
    )


def revoked(ends_on: str) -> RightsRevoked:
    return RightsRevoked(
        identity="local:agent-63", role=Role.AGENT, reason="Mutation.", ends_on=date.fromisoformat(ends_on)
    )


@pytest.mark.parametrize(
    ("facts", "in_force"),
    [
        ([granted("2026-11-02", "A")], {"2026-11-01": "", "2026-11-02": "A", "2030-01-01": "A"}),
        (
            [granted("2026-11-02", "A"), granted("2026-12-01", "B")],
            {"2026-11-02": "A", "2026-11-30": "A", "2026-12-01": "AB"},
        ),
        ([granted("2026-11-02", "A", "B"), granted("2026-11-02", "C")], {"2026-11-02": "ABC"}),
        (
            [granted("2026-11-02", "A"), revoked("2026-12-01")],
            {"2026-11-30": "A", "2026-12-01": ""},
        ),
        (
            [granted("2026-11-02", "A"), granted("2026-11-10", "B"), revoked("2026-12-01")],
            {"2026-11-30": "AB", "2026-12-01": ""},
        ),
        ([granted("2026-11-02", "A"), revoked("2026-11-02")], {"2026-11-02": ""}),
        (
            [granted("2026-11-02", "A"), revoked("2026-12-01"), granted("2026-12-01", "B")],
            {"2026-11-30": "A", "2026-12-01": "B"},
        ),
        (
            [granted("2026-11-02", "A"), granted("2026-12-01", "B"), revoked("2026-12-01")],
            {"2026-11-30": "A", "2026-12-01": "B"},
        ),
        (
            [granted("2026-11-02", "A"), granted("2027-01-01", "B"), revoked("2026-12-01")],
            {"2026-12-01": "", "2026-12-31": "", "2027-01-01": "B"},
        ),
        (
            [granted("2026-11-02", "A"), revoked("2026-12-01"), granted("2026-11-20", "A")],
            {"2026-12-01": "A", "2027-01-01": "A"},
        ),
        (
            [granted("2026-11-02", "A"), revoked("2026-12-01"), revoked("2026-11-20")],
            {"2026-11-19": "A", "2026-11-20": ""},
        ),
    ],
)
def test_rights_of_a_day_add_up_until_they_are_taken(
    facts: list[RightsGranted | RightsRevoked], in_force: dict[str, str]
) -> None:
    state = replay(facts)
    for day, platforms in in_force.items():
        on = date.fromisoformat(day)
        held = state.rights_in_force("local:agent-63", Role.AGENT, on)
        assert "".join(sorted(each for right in held for each in right.platforms)) == platforms, day
        assert state.has_right("local:agent-63", Role.AGENT, on) is bool(platforms)
        assert sees(AGENT_ACTOR, state, on).platforms == frozenset(platforms), day
        assert not state.has_right("local:agent-63", Role.SIGNATORY, on)
        assert not state.has_right("local:agent-84", Role.AGENT, on)


def test_an_agent_belongs_to_a_known_platform() -> None:
    stranger = msgspec.structs.replace(AGENT, platform="Vichy")
    refusal = refusal_of(appoint_agent, NOTHING, stranger, ADMIN)
    assert [(f.pointer, f.code) for f in refusal.faults] == [("/platform", "platform_unknown")]
    nowhere = msgspec.structs.replace(AGENT, platform=None)
    assert appoint_agent(NOTHING, nowhere, ADMIN)[0].platform is None


@pytest.mark.parametrize(
    ("changes", "code", "faults"),
    [
        ({"role": Role.EMPLOYER}, "role_not_granted", []),
        ({"role": Role.SYSTEM}, "role_not_granted", []),
        ({"identity": "local:nobody"}, "agent_not_appointed", []),
        ({"platforms": ()}, "content_impossible", [("/platforms", "territory_missing")]),
        ({"role": Role.LEGAL, "platforms": ()}, "content_impossible", [("/departments", "territory_missing")]),
        ({"platforms": ("Vichy",)}, "content_impossible", [("/platforms/0", "platform_unknown")]),
        ({"departments": ("2C",)}, "content_impossible", [("/departments/0", "department_unknown")]),
    ],
)
def test_rights_that_cannot_be(changes: dict[str, Any], code: str, faults: list[tuple[str, str]]) -> None:
    state = then(NOTHING, appoint_agent, AGENT)
    refusal = refusal_of(grant_rights, state, msgspec.structs.replace(RIGHT, **changes), ADMIN)
    assert refusal.code == code
    assert [(fault.pointer, fault.code) for fault in refusal.faults] == faults


def test_nobody_gives_themselves_a_right_or_a_delegation() -> None:
    own = msgspec.structs.replace(AGENT, identity=ADMIN.actor.identity)
    state = then(NOTHING, appoint_agent, own)
    right = msgspec.structs.replace(RIGHT, identity=ADMIN.actor.identity)
    assert refusal_of(grant_rights, state, right, ADMIN).code == "own_right_not_granted"
    delegation = msgspec.structs.replace(DELEGATION, identity=ADMIN.actor.identity)
    assert refusal_of(grant_delegation, state, delegation, ADMIN).code == "own_delegation_not_granted"
    other = a_context(Role.ADMIN, "local:another-admin")
    assert grant_rights(state, right, other)
    assert grant_delegation(state, delegation, other)


@pytest.mark.parametrize(("recipient", "allowed"), [("OFII", True), ("DGFiP", True), ("", False), ("URSSAF", False)])
def test_the_right_of_a_partner_names_the_body_whose_messages_it_reads(recipient: str, allowed: bool) -> None:
    state = then(NOTHING, appoint_agent, AGENT)
    right = GrantRights(identity="local:agent-63", role=Role.PARTNER, recipient=recipient, starts_on=TODAY)
    if not allowed:
        refusal = refusal_of(grant_rights, state, right, ADMIN)
        assert [(f.pointer, f.code) for f in refusal.faults] == [("/recipient", "recipient_missing")]
        return
    granted = then(state, grant_rights, right)
    partner = msgspec.structs.replace(AGENT_ACTOR, role=Role.PARTNER)
    assert sees(partner, granted, TODAY).recipients == {recipient}
    assert sees(partner, granted, date(2026, 11, 1)).recipients == frozenset()
    other = then(state, grant_rights, msgspec.structs.replace(RIGHT, recipient="OFII"))
    assert other.rights[0].recipient == "", "no other quality has one"


def test_a_routing_table_takes_effect_on_its_day_and_is_never_changed() -> None:
    state = then(NOTHING, publish_routing_table, TABLE)
    assert state.routing_table(date(2026, 11, 14)) is None
    in_force = state.routing_table(date(2026, 11, 15))
    assert in_force is not None
    assert in_force.version == "2026-11"
    assert refusal_of(publish_routing_table, state, TABLE, ADMIN).code == "version_known"


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ((LINE, LINE), [("/lines/1", "line_repeated")]),
        ((msgspec.structs.replace(LINE, department="99"),), [("/lines/0", "department_unknown")]),
        ((msgspec.structs.replace(LINE, deciding_department="*"),), [("/lines/0", "department_unknown")]),
        (
            (msgspec.structs.replace(LINE, platform="Béthune"),),
            [("/contacts/Clermont-Ferrand", "platform_unknown")],
        ),
    ],
)
def test_routing_tables_that_cannot_be(lines: tuple[RoutingLine, ...], faults: list[tuple[str, str]]) -> None:
    refusal = refusal_of(publish_routing_table, NOTHING, msgspec.structs.replace(TABLE, lines=lines), ADMIN)
    assert [(fault.pointer, fault.code) for fault in refusal.faults] == faults


def test_the_versions_of_a_paragraph_follow_each_other() -> None:
    state = then(NOTHING, publish_reason, REASON, REASON)
    assert [r.version for r in state.reasons] == [1, 2]
    other = msgspec.structs.replace(REASON, criterion=Criterion.PAY)
    assert refusal_of(publish_reason, state, other, ADMIN).code == "reason_changes_criterion"
    earlier = msgspec.structs.replace(REASON, effective_from=date(2026, 1, 1))
    assert refusal_of(publish_reason, state, earlier, ADMIN).code == "version_out_of_order"
