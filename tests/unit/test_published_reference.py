"""Tables that an administrator publishes: what is refused, which version a day gets, which one a decision stores."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from domain.administration import ADMINISTRATION_STREAM, Administration, evolve
from domain.clocks import silence_due
from domain.commands.assess_criterion import AssessCriterion, assess_criterion
from domain.commands.publish_reference import PublishReference, publish_reference
from domain.context import Context
from domain.envelope import SYSTEM
from domain.events import AdministrationEvent, ReferencePublished
from domain.findings import Criterion
from domain.reference import Reference
from domain.reference.load import MalformedReference, read_table
from domain.reference.published import comes_after, reference_in_force, version_of
from domain.refusals import Refused
from ledger.facts import Recorded
from ledger.tables import Tables
from tests.unit.given import REFERENCE, TODAY, a_context, a_job, a_request, an_offer, claimed

replace = msgspec.structs.replace
NOTHING = Administration()
PUBLISHED = Path(__file__).parent.parent / "published"
SMIC = REFERENCE.texts["smic.csv"]
STEP = "2026-12-01,13.00,1971.67,national,arrêté du 20 novembre 2026,confirmed,\n"
RAISED = SMIC + STEP
RAISED_MORE = SMIC + STEP.replace("13.00,1971.67", "13.01,1973.18")


def a_publication(table: str = "smic", content: str = RAISED, **changes: Any) -> PublishReference:
    """The SMIC with one more step, from the first of December, unless changed."""
    body = PublishReference(
        table=table, version="2026-12", effective_from=date(2026, 12, 1), source="Arrêté", content=content
    )
    return replace(body, **changes)


def published(*bodies: PublishReference, state: Administration = NOTHING) -> Administration:
    """The administration after these publications."""
    for body in bodies:
        for event in publish_reference(state, body, a_context()):
            state = evolve(state, event)
    return state


def refusal_of(body: PublishReference, state: Administration = NOTHING) -> Refused:
    """What the publication is refused for."""
    with pytest.raises(Refused) as raised:
        publish_reference(state, body, a_context())
    return raised.value


def in_force(state: Administration, on: str) -> Reference:
    """The tables of a day."""
    return reference_in_force(REFERENCE, state.references, date.fromisoformat(on))


def test_a_version_keeps_its_content_and_counts_its_rows_itself() -> None:
    (event,) = publish_reference(NOTHING, a_publication(), a_context())
    assert event.content == RAISED
    assert (event.rows, event.confirmed_rows) == (27, 22)
    assert len(event.sha256) == 64
    assert event.sha256 != publish_reference(NOTHING, a_publication(content=SMIC), a_context())[0].sha256


@pytest.mark.parametrize(
    ("on", "hourly", "version"),
    [("2026-11-30", "12.31", "2026-07-23+sha256:"), ("2026-12-01", "13.00", "2026-12+sha256:")],
)
def test_a_published_table_replaces_the_shipped_one_from_its_day(on: str, hourly: str, version: str) -> None:
    tables = in_force(published(a_publication()), on)
    row = tables.smic_monthly(date.fromisoformat(on), "63")
    assert row is not None
    assert str(row.hourly) == hourly
    assert tables.versions["smic"].startswith(version)
    assert tables.versions["silence"] == REFERENCE.versions["silence"]


def test_the_last_version_in_effect_applies_and_earlier_ones_apply_to_their_days() -> None:
    second = RAISED + "2027-01-01,14.00,2123.33,national,décret,confirmed,\n"
    state = published(
        a_publication(), a_publication(version="2027-01", effective_from=date(2027, 1, 1), content=second)
    )
    for on, version in (("2026-11-30", "2026-07-23"), ("2026-12-31", "2026-12"), ("2027-01-01", "2027-01")):
        assert in_force(state, on).versions["smic"].startswith(f"{version}+")


def test_of_two_versions_of_one_day_the_last_published_applies() -> None:
    state = published(a_publication(), a_publication(version="2026-13", content=RAISED_MORE))
    row = in_force(state, "2026-12-01").smic_monthly(date(2026, 12, 1), "63")
    assert row is not None
    assert str(row.hourly) == "13.01"


def test_a_hash_without_content_changes_nothing() -> None:
    old = ReferencePublished(
        table="smic",
        version="2026-07-23",
        sha256="0" * 64,
        rows=22,
        confirmed_rows=20,
        effective_from=date(2026, 1, 1),
        source="Arrêtés",
    )
    state = evolve(NOTHING, old)
    assert in_force(state, "2026-12-01") is REFERENCE
    assert refusal_of(a_publication(version="2026-07-23"), state).code == "version_known"


def test_a_published_table_says_until_when_its_sources_were_read() -> None:
    unsaid = in_force(published(a_publication()), "2026-12-02").smic_monthly(date(2026, 12, 2), "63")
    body = a_publication(effective_from=TODAY, checked_until=TODAY)
    said = in_force(published(body), TODAY.isoformat()).tables["smic"]
    assert unsaid is not None
    assert (unsaid.mark, unsaid.note) == ("unconfirmed", "aucune hausse recherchée après le 1er décembre 2026")
    assert (said.checked_until, said.effective_from) == (TODAY, TODAY)
    early = replace(body, checked_until=date(2027, 12, 31))
    assert [fault.pointer for fault in refusal_of(early).faults] == ["/checked_until"]


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("smic", "2018-01-01,9.88", "2018-13-01,9.88", "Ligne 5 : « effective_from » ne peut valoir « 2018-13-01 »."),
        ("smic", "1498.47", "2498.47", "Ligne 5 : le montant mensuel ne correspond pas au montant horaire"),
        ("smic", ",mark,", ",marque,", "Ligne 1 : colonne inconnue « marque » ; colonne absente « mark »."),
        ("smic", "1498.47,national,", "1498.47,", "Ligne 5 : 6 cellule(s) au lieu de 7."),
        ("smic", "mayotte,", "national,", "déjà dans la table"),
        ("silence", "months = 2", "months = 2\ndays = 3", "Ligne 3 : une durée, en mois ou en jours"),
        ("silence", "months = 2", "months = ", "Ligne 7 : écriture TOML incorrecte."),
        ("silence", 'label = "Demande d\'autorisation de travail"\n', "", "Ligne 3 : « label » manque."),
        ("silence", "months = 2", "months = 2\nannees = 1", "« annees » n'est pas une colonne de cette table"),
        ("silence", "[[rule]]", "[[regle]]", "entrée inconnue « regle »"),
        ("thresholds", 'value = "1.5"', 'value = "-1"', "« value » doit être un nombre de 0 à 100000"),
        ("thresholds", 'value = "3"', 'value = "3.5"', "« value » doit être un nombre entier (weeks)"),
        ("thresholds", 'unit = "weeks"', 'unit = "days"', "« OFFER_PUBLICATION_WEEKS » se compte en « weeks »"),
        ("thresholds", 'id = "PAY_SMIC_MULTIPLE"', 'id = "PAY"', "n'y figurent plus : « PAY_SMIC_MULTIPLE »"),
        ("platforms", "\n01,", "\n99,", "Ligne 2 : « 99 » n'est dans aucune table."),
        ("shortage_occupations", ",B6Z70,", ",B6Z00,", "Ligne 2 : « B6Z00 » n'est dans aucune table."),
        ("shortage_occupations", "ARR-2021-04-01,", "ARR-2020-04-01,", "« ARR-2020-04-01 » n'est dans aucune table."),
        ("departments", ",Lyon,", ",Lugdunum,", "Ligne 2 : « Lugdunum » n'est dans aucune table."),
        (
            "tribunals",
            "\nAmiens,",
            "\nSamarobriva,",
            "La table « Départements, régions et tribunaux », ligne 3,",
        ),
        ("fap_labels", "B6Z70", "B6Z75", "La table « Métiers en tension par région », ligne 2, en dépend"),
        ("shortage_lists", '"ARR-2021-04-01"', '"ARR-2021"', "« ARR-2021-04-01 » n'est dans aucune table"),
        ("holidays", "\nEASTER_MONDAY", "\nNEW_YEAR", "déjà dans la table"),
        ("holidays", ",1,1,,", ",1,1,1,", "un mois et un jour, ou un nombre de jours après Pâques"),
        ("documents", 'id = "U3"', 'id = "U2"', "n'y figurent plus : « U3 »"),
        ("silence", "months = 2", "months = 2\nle-délai.x = 1", "écriture TOML incorrecte"),
        ("silence", "months = 2", "months = 2\nle-delai = 1", "« le-delai » n'est pas une colonne de cette table"),
        ("silence", "months = 2", f"months = 2\na{'.a' * 101} = 1", "plus de 100 points sur une ligne"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_line(table: str, old: str, new: str, told: str) -> None:
    text = REFERENCE.texts[REFERENCE.tables[table].file]
    if (table, old) == ("smic", "mayotte,"):
        text = text.replace("2015-01-01,7.26,,mayotte", "2015-01-01,7.26,,national")
    assert old in text
    refusal = refusal_of(a_publication(table, text.replace(old, new, 1) if old != "mayotte," else text))
    assert refusal.code == "table_malformed"
    assert [fault.pointer for fault in refusal.faults] == ["/content"]
    assert told in refusal.message


@pytest.mark.parametrize("content", [" ", "x", SMIC.splitlines()[0], "a = " + "[" * 5000, "a = " + "9" * 5000, '"'])
@pytest.mark.parametrize("table", sorted(REFERENCE.tables))
def test_any_text_is_read_or_refused(table: str, content: str) -> None:
    assert refusal_of(a_publication(table, content)).code == "table_malformed"


PERIOD = REFERENCE.texts["thresholds.toml"].split('id = "ACKNOWLEDGEMENT_WORKING_DAYS_MAX"')[1].split("[[")[0]
NAMED = '[[threshold]]\nid = "ACKNOWLEDGEMENT_WORKING_DAYS_MAX"'


@pytest.mark.parametrize(
    ("dates", "held"),
    [
        (("",), True),
        (("effective_from = 2026-12-01",), False),
        (("effective_to = 2026-12-01",), False),
        (("effective_to = 9999-12-31",), True),
        (("effective_from = 0001-01-01",), True),
        (("effective_to = 2026-11-30", "effective_from = 2026-12-01"), True),
        (("effective_to = 2026-11-30", "effective_from = 2026-12-02"), False),
    ],
)
def test_a_figure_that_limits_are_counted_with_is_held_at_any_date(dates: tuple[str, ...], held: bool) -> None:
    """Cases filed on a day without it could no longer be read."""
    rows = [f"{NAMED}{PERIOD}{line}\n\n" for line in dates]
    text = REFERENCE.texts["thresholds.toml"].replace(f"{NAMED}{PERIOD}", "".join(rows))
    assert text.count(NAMED) == len(dates)
    body = a_publication("thresholds", text)
    if held:
        assert len(published(body).references) == 1
    else:
        refusal = refusal_of(body)
        assert "« ACKNOWLEDGEMENT_WORKING_DAYS_MAX » n'a aucune valeur " in refusal.message


def test_a_key_of_very_many_parts_is_refused_before_it_is_read() -> None:
    """Reading one takes a time that grows with the square of its parts: minutes, during which nobody is answered."""
    assert "plus de 100 points" in refusal_of(a_publication("silence", f"a{'.a' * 700_000} = 1")).message


def test_a_refusal_does_not_quote_the_whole_file() -> None:
    assert len(refusal_of(a_publication(content="colonne," * 100_000)).message) < 2_000


@pytest.mark.parametrize(("day", "accepted"), [("2031-11-02", True), ("2031-11-03", False), ("9999-12-31", False)])
def test_a_version_does_not_wait_for_years(day: str, accepted: bool) -> None:
    """Nothing could follow it before its day, so that one slip of the pen would close the table for ever."""
    body = a_publication(effective_from=date.fromisoformat(day))
    if accepted:
        assert published(body).references[-1].effective_from == body.effective_from
    else:
        refused = refusal_of(body)
        assert [(f.pointer, f.code) for f in refused.faults] == [("/effective_from", "date_impossible")]
        assert refused.message.endswith("est trop lointaine : 2 novembre 2031 au plus.")


@pytest.mark.parametrize("table", sorted(REFERENCE.tables))
def test_every_shipped_table_may_be_published_as_it_is(table: str) -> None:
    text = REFERENCE.texts[REFERENCE.tables[table].file]
    (event,) = publish_reference(NOTHING, a_publication(table, text), a_context())
    assert event.rows == sum(hasattr(row, "mark") for row in REFERENCE.rows[table]) >= event.confirmed_rows
    assert in_force(evolve(NOTHING, event), "2026-12-01").rows == REFERENCE.rows


def test_two_values_of_one_text_never_hold_on_one_day() -> None:
    text = REFERENCE.texts["taxes.toml"].replace("effective_to = 2021-04-30", "effective_to = 2021-05-01")
    assert "« EMPLOYER_TAX_RATE » a déjà une valeur à ces dates" in refusal_of(a_publication("taxes", text)).message


def test_a_version_follows_those_published() -> None:
    state = published(a_publication())
    assert refusal_of(a_publication(), state).code == "version_known"
    assert refusal_of(a_publication(version="2026-9"), state).code == "version_out_of_order"
    earlier = a_publication(version="2027-01", effective_from=date(2026, 11, 30))
    assert refusal_of(earlier, state).code == "version_out_of_order"
    assert refusal_of(a_publication("barème")).code == "table_unknown"
    assert len(published(a_publication(version="2026-13"), state=state).references) == 2


@pytest.mark.parametrize(
    ("version", "earlier", "after"),
    [
        ("2026-12", "2026-9", True), ("2026-9", "2026-12", False), ("2026-12", "2026-12", False),
        ("12", "9", True), ("juin", "mai", True), ("mai", "mai", False), ("2026-12-bis", "2026-12", True),
    ],
)  # fmt: skip
def test_versions_grow(version: str, earlier: str, after: bool) -> None:
    assert comes_after(version, earlier) is after


def test_a_table_must_agree_with_those_that_take_effect_later() -> None:
    lists = REFERENCE.texts["shortage_lists.toml"]
    new_list = lists + lists[lists.index("[[list]]") : lists.index("[[list]]", 200)].replace("2021-04-01", "2027-01-01")
    new_list = new_list.replace("effective_from = 2021-04-03\neffective_to = 2025-05-22", "effective_from = 2027-01-01")
    listed = REFERENCE.texts["shortage_occupations.csv"] + (
        "ARR-2027-01-01,2027-01-01,,11,Île-de-France,B6Z70,Géomètres,F1107,arrêté,confirmed,\n"
    )
    state = published(a_publication("shortage_lists", new_list, effective_from=date(2027, 1, 1)))
    too_early = a_publication("shortage_occupations", listed)
    assert "« ARR-2027-01-01 » n'est dans aucune table" in refusal_of(too_early, state).message
    state = published(replace(too_early, effective_from=date(2027, 1, 1)), state=state)
    without = a_publication("fap_labels", REFERENCE.texts["fap_labels.csv"].replace("B6Z70", "B6Z75", 1))
    assert refusal_of(without, state).code == "table_malformed"


def test_a_table_published_before_a_release_gets_the_rows_that_the_release_needs() -> None:
    """A newer smoe asks for a threshold that the table published before does not have."""
    before = REFERENCE.texts["thresholds.toml"]
    short = before[: before.index("[[threshold]]", before.index("OFFER_PUBLICATION_WEEKS"))].replace('"1.5"', '"1.6"')
    (event,) = publish_reference(NOTHING, a_publication("thresholds", before), a_context())
    tables = reference_in_force(REFERENCE, [replace(event, content=short)], TODAY.replace(year=2027))
    pay, litigation = tables.threshold("PAY_SMIC_MULTIPLE", TODAY), tables.threshold("LITIGATION_MONTHS_MAX", TODAY)
    assert pay is not None
    assert litigation is not None
    assert (str(pay.value), litigation.value) == ("1.6", 2)


# --- what decisions and clocks get ------------------------------------------------------------------------------------


def context_on(state: Administration, on: str) -> Context:
    """The surroundings of a command on a day, as the desk makes them."""
    now = datetime.fromisoformat(f"{on}T09:00:00+01:00")
    return replace(a_context(), now=now, administration=state, reference=in_force(state, on))


@pytest.mark.parametrize(("on", "version"), [("2026-11-30", "2026-07-23+"), ("2026-12-01", "2026-12+")])
def test_an_assessment_stores_the_version_that_it_used(on: str, version: str) -> None:
    context = context_on(published(a_publication()), on)
    (event,) = assess_criterion(claimed(), AssessCriterion(criterion=Criterion.PAY), context)
    assert event.reference_versions["smic"].startswith(version)
    assert event.reference_versions["smic"] == context.reference.versions["smic"]


def test_a_published_rule_of_silence_changes_the_clock() -> None:
    text = REFERENCE.texts["silence.toml"].replace("months = 2", "months = 3", 1)
    state = published(a_publication("silence", text))
    case = claimed()
    before, after = (silence_due(case, date(2027, 12, 1), in_force(state, on)) for on in ("2026-11-30", "2026-12-01"))
    assert before is not None
    assert after is not None
    assert before.expires_on is not None
    assert after.expires_on is not None
    assert (after.expires_on - before.expires_on).days >= 28


# --- who remembers ----------------------------------------------------------------------------------------------------


def facts_of(state: Administration) -> tuple[Recorded[AdministrationEvent], ...]:
    """The publications as the ledger gives them, one a day from 2 November 2026."""
    return tuple(
        Recorded(
            stream=ADMINISTRATION_STREAM,
            version=number,
            position=number * 10,
            event=event,
            actor=SYSTEM,
            recorded_at=datetime(2026, 11, 1 + number, 8, tzinfo=UTC),
            legal_date=None,
            correlation=ADMINISTRATION_STREAM,
            causation=None,
            command=uuid4(),
            command_key=None,
            code_version="0",
            previous_hash=b"",
            salt=b"",
            hash=b"",
        )
        for number, event in enumerate(state.references, 1)
    )


def test_the_tables_of_a_day_are_made_once_and_read_as_published_by_then() -> None:
    second = a_publication(version="2026-13", content=RAISED_MORE)
    tables = Tables(REFERENCE).and_then(facts_of(published(a_publication(), second)))
    on = date(2026, 12, 1)
    assert tables.on(on) is tables.on(date(2027, 5, 1))
    assert tables.on(date(2026, 11, 30)) is REFERENCE
    for asked, version in (
        ({"as_of": datetime(2026, 11, 2, 7, tzinfo=UTC)}, "2026-07-23"),
        ({"as_of": datetime(2026, 11, 2, 8, tzinfo=UTC)}, "2026-12"),
        ({"as_of": datetime(2026, 11, 3, 8, tzinfo=UTC)}, "2026-13"),
        ({"position": 9}, "2026-07-23"),
        ({"position": 19}, "2026-12"),
        ({"position": 20}, "2026-13"),
    ):
        assert tables.on(on, **asked).versions["smic"].startswith(f"{version}+")  # type: ignore[arg-type]


def test_the_tables_of_a_day_are_told_with_the_publications_that_made_them() -> None:
    later = a_publication(version="2027-01", effective_from=date(2027, 1, 1), content=RAISED_MORE)
    tables = Tables(REFERENCE).and_then(facts_of(published(a_publication(), later)))
    for on, version, position in ((date(2026, 12, 31), "2026-12", 10), (date(2027, 1, 1), "2027-01", 20)):
        held = tables.in_force(on)
        assert {name: fact.position for name, fact in held.publications.items()} == {"smic": position}
        assert held.publications["smic"].event.version == version
        assert held.reference is tables.on(on)
    assert tables.in_force(date(2026, 11, 30)).publications == {}


def test_a_text_is_parsed_once() -> None:
    assert read_table("smic.csv", RAISED) is read_table("smic.csv", RAISED[:-1] + "\n")
    with pytest.raises(MalformedReference):
        read_table("smic.csv", "")


@pytest.mark.parametrize("path", sorted(PUBLISHED.iterdir()), ids=lambda path: path.name)
def test_a_content_once_published_is_still_read(path: Path) -> None:
    """What an administrator may have published with an earlier release: files are added here, never edited."""
    (table,) = (info.name for info in REFERENCE.tables.values() if info.file == path.name)
    event = ReferencePublished(
        table=table,
        version="2026-12",
        sha256="",
        rows=1,
        confirmed_rows=1,
        effective_from=TODAY,
        source="Arrêté",
        content=path.read_text(encoding="utf-8"),
    )
    assert reference_in_force(REFERENCE, [event], TODAY).versions[table] == version_of(event)


def test_a_finding_says_which_figure_nobody_confirmed() -> None:
    text = REFERENCE.texts["thresholds.toml"]
    before, start, after = text.partition('id = "OFFER_PUBLICATION_WEEKS"')
    doubtful = before + start + after.replace('mark = "confirmed"', 'mark = "unconfirmed"', 1)
    state = published(a_publication("thresholds", doubtful))
    secretary = a_job(title="Secrétaire", fap="Q2Z90", rome="M1607", posting=an_offer())
    case = claimed(request=a_request(job=secretary))
    command = AssessCriterion(criterion=Criterion.LABOUR_MARKET)
    for on, doubts in (("2026-11-30", 0), ("2026-12-01", 1)):
        (event,) = assess_criterion(case, command, context_on(state, on))
        told = [each for each in event.assessment.computed.unconfirmed if "Durée de publication de l'offre" in each]
        assert len(told) == doubts, event.assessment.computed
