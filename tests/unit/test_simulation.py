"""The simulation's stories: lawful to the last step, the same for the same seed, in the stated mix."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from random import Random

import msgspec
import pytest
from stdnum.fr import siret

from cli import simulate
from cli.simulate import drafts_in_order, parts_of
from cli.simulation import mix, wording
from cli.simulation.clock import by_night, in_office, working_days_later
from cli.simulation.companies import FARM, HOME_CARE, SIREN_PREFIX, TRADES, invented_employers
from cli.simulation.life import Opening, World, openings_of, world_of
from cli.simulation.people import FRANCE, NAMES
from cli.simulation.requests import NATIONALITIES
from cli.simulation.staff import facts_lacking
from cli.simulation.story import history_of
from domain.acts import Addressee, DecisionKind
from domain.administration import Administration
from domain.administration import replay as replay_administration
from domain.case import PARIS, Case, Status
from domain.findings import Criterion
from domain.fold import replay
from domain.law import all_rules
from domain.procedures import Procedure
from domain.reference.load import load_reference
from domain.request import Company

UNTIL = date(2026, 11, 22)
REFERENCE = load_reference()
ADMINISTRATION = replay_administration(facts_lacking(Administration(), REFERENCE))
FINGERPRINT = """
import sys
from tests.unit.test_simulation import a_world, fingerprint
sys.stdout.write(fingerprint(a_world(9), 25))
"""


def a_world(seed: int, until: date = UNTIL) -> World:
    return world_of(seed, until, REFERENCE, ADMINISTRATION)


def lived(world: World, opening: Opening) -> Case:
    drafts = history_of(world, opening)
    case = replay((draft.event for draft in drafts), drafts[0].stream)
    assert case is not None
    assert case.version == len(drafts)
    return case


def fingerprint(world: World, cases: int) -> str:
    digest = hashlib.sha256()
    for draft in drafts_in_order(world, *parts_of(world, cases)):
        digest.update(type(draft.event).__name__.encode())
        digest.update(msgspec.json.encode(draft, order="deterministic"))
    return digest.hexdigest()


@pytest.fixture(scope="module")
def many() -> list[Case]:
    world = a_world(1)
    return [lived(world, opening) for opening in openings_of(world, 2_000)]


def test_no_story_is_refused_for_five_hundred_seeds():
    for seed in range(500):
        world = a_world_of_few(seed)
        lived(world, openings_of(world, 1 + seed % 9)[-1])


def a_world_of_few(seed: int) -> World:
    """Worlds share what does not depend on the seed: to draw a thousand employers five hundred times is no test."""
    return msgspec.structs.replace(SHARED, seed=str(seed))


SHARED = a_world(0)


def test_the_same_seed_gives_the_same_histories():
    assert fingerprint(a_world(3), 40) == fingerprint(a_world(3), 40)


def test_another_process_with_another_hash_seed_gives_the_same_histories():
    told = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == fingerprint(a_world(9), 25)


@pytest.mark.parametrize(("seed", "until"), [(4, UNTIL), (3, date(2026, 11, 23))])
def test_another_seed_or_horizon_gives_other_histories(seed, until):
    assert fingerprint(a_world(seed, until), 40) != fingerprint(a_world(3), 40)


def test_facts_come_in_the_order_of_their_instants_and_none_beyond_the_horizon():
    drafts = list(drafts_in_order(a_world(5), *parts_of(a_world(5), 200)))
    moments = [draft.recorded_at for draft in drafts]
    assert moments == sorted(moments)
    assert moments[0].astimezone(PARIS).date() >= mix.first_day(UNTIL)
    assert moments[-1] < datetime(2026, 11, 22, tzinfo=PARIS)
    seen: dict[object, datetime] = {}
    for draft in drafts:
        assert draft.stream not in seen or seen[draft.stream] < draft.recorded_at
        seen[draft.stream] = draft.recorded_at


def test_a_caused_fact_names_an_earlier_fact_of_its_case():
    for opening in openings_of(SHARED, 60):
        drafts = history_of(SHARED, opening)
        for version, draft in enumerate(drafts, 1):
            if draft.causation is not None:
                stream, _, cause = draft.causation.partition("/")
                assert stream == str(draft.stream)
                assert int(cause) < version


def test_procedures_come_as_often_as_stated(many):
    found = Counter(case.procedure for case in many)
    for procedure, share in mix.SHARES.items():
        expected = share / 100
        assert found[procedure] / len(many) == pytest.approx(expected, abs=0.6 * (expected / 10) ** 0.5)


def test_refusals_come_as_often_as_stated(many):
    decided = [case.decisions[0] for case in many if case.decisions and not case.decisions[0].is_implicit]
    merits = [d for d in decided if d.kind is not DecisionKind.CLOSURE]
    refused = [d for d in merits if not d.kind.is_favourable]
    assert len(refused) / len(merits) == pytest.approx(0.155, abs=0.03)


@pytest.mark.parametrize(
    ("procedure", "tolerance"),
    [
        (Procedure.CHANGE_OF_STATUS, 0.05),
        (Procedure.RENEWAL, 0.05),
        (Procedure.SEASONAL, 0.06),
        (Procedure.INTRODUCTION_PERMANENT, 0.1),
    ],
)
def test_each_procedure_is_refused_as_often_as_stated(many, procedure, tolerance):
    first = [case.decisions[0].kind for case in many if case.procedure is procedure and case.decisions]
    merits = [kind for kind in first if kind in {DecisionKind.GRANT, DecisionKind.REFUSAL}]
    assert merits.count(DecisionKind.REFUSAL) / len(merits) == pytest.approx(mix.REFUSALS[procedure], abs=tolerance)


def test_fewer_cases_begin_the_same_way():
    assert openings_of(SHARED, 500)[:40] == openings_of(SHARED, 40)


def test_even_a_small_demonstration_keeps_the_mix():
    for seed in range(20):
        openings = openings_of(a_world_of_few(seed), 300)
        refused = [each for each in openings if each.to_be_refused]
        found = Counter(each.procedure for each in openings)
        assert len(refused) / 300 == pytest.approx(0.165, abs=0.035)
        assert sum(each.remedy < mix.APPEAL for each in refused) / len(refused) == pytest.approx(mix.APPEAL, abs=0.04)
        assert found[Procedure.CHANGE_OF_STATUS] == pytest.approx(102, abs=3)


def test_missing_items_are_asked_for_in_about_a_quarter_of_cases(many):
    assert 0.22 < sum(bool(case.missing_items) for case in many) / len(many) < 0.32


def test_a_fifth_of_refusals_are_appealed_and_few_go_to_court(many):
    refused = [case for case in many if any(d.kind is DecisionKind.REFUSAL for d in case.decisions)]
    assert 0.12 < sum(bool(case.appeals) for case in refused) / len(refused) < 0.28
    assert 0.01 < sum(bool(case.litigation) for case in refused) / len(refused) < 0.09


def test_seasons_are_those_of_the_mix(many):
    seasonal = Counter(case.filed_on.month for case in many if case.procedure is Procedure.SEASONAL)
    students = Counter(case.filed_on.month for case in many if case.procedure is Procedure.CHANGE_OF_STATUS)
    assert sum(seasonal[month] for month in (2, 3, 4)) > 0.42 * seasonal.total()
    assert students[9] > 1.5 * students.total() / 12


def test_silence_decides_a_few_cases_and_grants_some_to_asylum_seekers(many):
    kinds = Counter(decision.kind for case in many for decision in case.decisions)
    assert 0.005 < kinds[DecisionKind.IMPLICIT_REFUSAL] / len(many) < 0.05
    assert kinds[DecisionKind.IMPLICIT_GRANT] > 0


def test_every_queue_has_work_at_the_horizon(many):
    assert {case.status for case in many} == set(Status) - {Status.FILED}


def test_open_cases_are_recent(many):
    waiting = [case for case in many if case.status in {Status.TO_CLAIM, Status.TO_SIGN} and not case.decisions]
    assert waiting
    assert all((UNTIL - case.filed_on).days < 150 for case in waiting)


def test_demonstration_identities_have_cases_of_their_own(many):
    filers = Counter(case.filed_by for case in many)
    assert filers["local:employer-acme"] >= 5
    assert filers["local:mandatary-durand"] >= 20
    holders = {case.assignee for case in many}
    assert {"local:agent-63", "local:agent-84"} <= holders


def test_grants_that_ofii_must_know_were_told_once(many):
    granted = [case for case in many if case.current_decision and case.current_decision.permit and not case.appeals]
    told = [case for case in granted if any(m.recipient == "OFII" and m.failed_on is None for m in case.messages)]
    assert len(told) / len(granted) > 0.8
    for case in told:
        arrived = [m for m in case.messages if m.recipient == "OFII" and m.failed_on is None]
        assert len({m.decision for m in arrived}) == len(arrived)


def test_both_ways_of_notification_occur(many):
    known = [n for case in many for d in case.decisions for n in d.notified.values()]
    assert any(n.read_on for n in known)
    assert any(n.deemed_on for n in known)
    assert any(n.channel == "post" for n in known)
    assert {a for case in many for d in case.decisions for a in d.notified} == set(Addressee)


def test_cases_left_to_hand_are_those_without_a_platform(many):
    unknown = {"34", "75", "92", "93"}
    for case in many:
        if case.status is Status.TO_ROUTE:
            assert isinstance(case.request.employer, Company)
            assert case.request.employer.seat.postcode[:2] in unknown


def test_employers_recur_with_valid_invented_numbers():
    employers = [each for pool in invented_employers("1").values() for each in pool]
    assert all(siret.is_valid(each.company.siret) for each in employers)
    assert all(each.company.siret.startswith(SIREN_PREFIX) for each in employers)
    assert invented_employers("1") == invented_employers("1")


@pytest.mark.parametrize("trade", [*TRADES, FARM], ids=lambda trade: trade.key)
def test_posts_have_codes_that_exist_and_belong_together(trade):
    assert REFERENCE.idcc(trade.idcc) is not None
    for post in trade.posts:
        assert post.fap in {row.fap_code for row in REFERENCE.rome_families[post.rome]}
        assert post.usual > post.minimum > 0


def test_the_home_carer_has_codes_that_belong_together():
    assert HOME_CARE.fap in {row.fap_code for row in REFERENCE.rome_families[HOME_CARE.rome]}


def test_every_nationality_has_names():
    assert {code for codes in NATIONALITIES.values() for code in codes.split()} <= set(NAMES)
    assert FRANCE not in NAMES.values()


def test_every_condition_has_its_sentences():
    known = {rule.id.criterion for rule in all_rules()}
    assert known <= set(wording.MET)
    assert known <= set(wording.NOT_MET)
    assert set(Criterion) >= set(wording.MET)


def test_refusals_of_each_procedure_rest_on_conditions_of_that_procedure():
    for procedure, grounds in mix.GROUNDS.items():
        known = {rule.id.criterion for rule in all_rules() if procedure in rule.procedures}
        assert set(grounds) <= known, procedure


def test_offices_are_closed_at_night_on_sundays_and_on_holidays():
    random = Random(1)
    for day in (date(2026, 7, 14), date(2026, 11, 1), date(2026, 11, 22)):
        moment = in_office(day, random, REFERENCE.calendar)
        assert moment.date() > day
        assert 8 <= moment.hour <= 17
        assert by_night(day, random).hour < 2


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 10), 1, date(2026, 11, 12)),
    ],
)
def test_working_days_skip_weekends_and_holidays(day, count, reached):
    assert working_days_later(day, count, REFERENCE.calendar) == reached


def test_no_filing_comes_before_the_law_that_the_rules_hold():
    assert mix.first_day(date(2025, 3, 1)) == mix.LAW_SINCE
    with pytest.raises(ValueError, match="horizon"):
        mix.filing_days(mix.LAW_SINCE)


def test_recorded_instants_are_in_universal_time():
    drafts = history_of(SHARED, openings_of(SHARED, 1)[0])
    assert all(draft.recorded_at.tzinfo is UTC for draft in drafts)


def test_many_cases_are_written_in_parts_of_whole_histories(monkeypatch):
    monkeypatch.setattr(simulate, "PART_CASES", 7)
    parts = parts_of(SHARED, 20)
    assert [len(part) for part in parts] == [7, 7, 6]
    whole = [opening for part in parts for opening in part]
    assert whole == sorted(openings_of(SHARED, 20), key=lambda each: (each.filed_at, each.index))
    streams = [{draft.stream for draft in drafts_in_order(SHARED, part)} for part in parts]
    assert sum(map(len, streams)) == len(set().union(*streams)) == 20
