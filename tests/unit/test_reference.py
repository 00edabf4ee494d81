"""The reference tables: boundaries of every dated figure, what is unknown stays unknown, a bad line is named."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain.reference
from domain.reference import (
    Mark,
    Reference,
    Shortage,
)
from domain.reference.load import MalformedReference, load_reference, read_reference

REFERENCE = load_reference()
CALENDAR = REFERENCE.calendar
DATA = Path(domain.reference.__file__).parent
DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)
DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2040, 12, 31))
DEPARTMENTS = st.sampled_from(sorted(REFERENCE.departments))

NATIONAL = [
    ("2015-01-01", "9.61", "1457.52"),
    ("2016-01-01", "9.67", "1466.62"),
    ("2017-01-01", "9.76", "1480.27"),
    ("2018-01-01", "9.88", "1498.47"),
    ("2019-01-01", "10.03", "1521.22"),
    ("2020-01-01", "10.15", "1539.42"),
    ("2021-01-01", "10.25", "1554.58"),
    ("2021-10-01", "10.48", "1589.47"),
    ("2022-01-01", "10.57", "1603.12"),
    ("2022-05-01", "10.85", "1645.58"),
    ("2022-08-01", "11.07", "1678.95"),
    ("2023-01-01", "11.27", "1709.28"),
    ("2023-05-01", "11.52", "1747.20"),
    ("2024-01-01", "11.65", "1766.92"),
    ("2024-11-01", "11.88", "1801.80"),
    ("2026-01-01", "12.02", "1823.03"),
    ("2026-06-01", "12.31", "1867.02"),
]


def monthly(on: date, department: str) -> Decimal | None:
    row = REFERENCE.smic_monthly(on, department)
    return row.amount if row else None


@pytest.mark.parametrize(("index", "step"), list(enumerate(NATIONAL)))
def test_each_national_smic_starts_on_its_day(index: int, step: tuple[str, str, str]) -> None:
    day = date.fromisoformat(step[0])
    for department in ("63", "2A", "974"):
        row = REFERENCE.smic_monthly(day, department)
        assert row is not None
        assert (row.amount, row.hourly, row.effective_from) == (Decimal(step[2]), Decimal(step[1]), day)
        before = Decimal(NATIONAL[index - 1][2]) if index else None
        assert monthly(day - DAY, department) == before


@pytest.mark.parametrize("day", ["2021-12-31", "2022-07-31", "2023-12-31", "2025-12-31", "2026-05-31"])
def test_mayotte_keeps_its_hourly_figure_until_the_national_one_moves(day: str) -> None:
    row = REFERENCE.smic_monthly(date.fromisoformat(day), "976")
    national = REFERENCE.smic_monthly(date.fromisoformat(day), "63")
    assert row is not None
    assert national is not None
    assert row.territory == "mayotte"
    assert row.hourly < national.hourly


@pytest.mark.parametrize(
    "day",
    [
        "2017-01-01", "2018-01-01", "2019-01-01", "2020-01-01", "2021-01-01", "2021-09-30", "2022-08-01",
        "2022-12-31", "2024-01-01", "2024-10-31", "2026-06-01", "2026-11-22",
    ],
)  # fmt: skip
def test_mayotte_hole_gives_none(day: str) -> None:
    assert REFERENCE.smic_monthly(date.fromisoformat(day), "976") is None


def test_mayotte_boundaries_and_missing_months() -> None:
    assert monthly(date(2022, 5, 1), "976") == Decimal("1242.15")
    assert monthly(date(2022, 4, 30), "976") is None
    assert monthly(date(2023, 5, 1), "976") == Decimal("1319.50")
    assert monthly(date(2023, 4, 30), "976") == Decimal("1290.68")
    assert monthly(date(2024, 11, 1), "976") == Decimal("1361.97")
    assert monthly(date(2026, 1, 1), "976") == Decimal("1415.05")
    assert monthly(date(2015, 6, 1), "976") is None


@given(DAYS)
def test_mayotte_never_borrows_the_national_figure(day: date) -> None:
    row, national = REFERENCE.smic_monthly(day, "976"), REFERENCE.smic_monthly(day, "75")
    assert row is None or (national is not None and row.territory == "mayotte" and row.amount < national.amount)


def test_smic_after_the_last_reading_is_marked_unconfirmed() -> None:
    row = REFERENCE.smic_monthly(date(2026, 7, 24), "63")
    assert row is not None
    assert row.mark is Mark.UNCONFIRMED
    assert "23 juillet 2026" in (row.note or "")
    before = REFERENCE.smic_monthly(date(2026, 5, 31), "63")
    assert before is not None
    assert before.mark is Mark.CONFIRMED
    assert before.note is None
    assert REFERENCE.smic_monthly(TODAY, "99") is None


def test_pay_threshold_is_one_and_a_half_smic_since_may_2021() -> None:
    assert REFERENCE.pay_threshold(date(2026, 1, 1), "69") == Decimal("2734.545")
    assert REFERENCE.pay_threshold(date(2021, 4, 30), "69") is None
    assert REFERENCE.pay_threshold(date(2026, 6, 1), "976") is None


ROUTES = [
    ("22 29 35 56 14 27 50 61 76 02 59 60 62 80 08 10 51 52 54 55 57 67 68 88", "Béthune", "62", "A", Mark.CONFIRMED),
    ("01 03 07 15 26 38 42 43 63 69 73 74 83", "Clermont-Ferrand", "63", "A", Mark.CONFIRMED),
    ("04 05 06 13 84 30 48", "Clermont-Ferrand", "63", "B", Mark.UNCONFIRMED),
    ("2A 2B", "Clermont-Ferrand", "63", "U", Mark.UNCONFIRMED),
    ("976", "Corrèze (Tulle)", "19", "A", Mark.CONFIRMED),
    ("971 972 973 974", "Corrèze (Tulle)", "19", "U", Mark.UNCONFIRMED),
    ("16 17 19 23 24 33 40 47 64 79 86 87", "Corrèze (Tulle)", "19", "U", Mark.UNCONFIRMED),
]
UNKNOWN = [
    "09",
    "11",
    "12",
    "31",
    "32",
    "34",
    "46",
    "65",
    "66",
    "81",
    "82",
    "18",
    "28",
    "36",
    "37",
    "41",
    "45",
    "44",
    "49",
    "53",
    "72",
    "85",
    "21",
    "25",
    "39",
    "58",
    "70",
    "71",
    "89",
    "90",
    "75",
    "77",
    "78",
    "91",
    "92",
    "93",
    "94",
    "95",
]


@pytest.mark.parametrize(("departments", "platform", "prefect", "confidence", "mark"), ROUTES)
def test_each_known_department_goes_to_its_platform(
    departments: str, platform: str, prefect: str, confidence: str, mark: Mark
) -> None:
    for department in departments.split():
        row = REFERENCE.platform_for(department, False, TODAY)
        assert row is not None, department
        assert (row.platform, row.platform_prefect_department) == (platform, prefect)
        assert (row.confidence, row.mark) == (confidence, mark)
        assert row.source


def test_routes_and_unknown_departments_are_all_the_departments() -> None:
    routed = [code for departments, *_ in ROUTES for code in departments.split()]
    assert sorted(routed + UNKNOWN) == sorted(REFERENCE.departments)


@pytest.mark.parametrize("department", [*UNKNOWN, "99", ""])
def test_a_department_without_known_platform_is_left_to_hand(department: str) -> None:
    assert REFERENCE.platform_for(department, False, TODAY) is None


@given(DEPARTMENTS)
def test_seasonal_goes_to_avignon_from_everywhere(department: str) -> None:
    row = REFERENCE.platform_for(department, True, date(2021, 4, 6))
    assert row is not None
    assert (row.platform, row.platform_prefect_department, row.mark) == ("Avignon", "84", Mark.CONFIRMED)
    assert REFERENCE.platform_for(department, True, date(2021, 4, 5)) is None


def test_no_platform_before_the_transfer() -> None:
    assert REFERENCE.platform_for("63", False, date(2021, 3, 31)) is None
    assert REFERENCE.platform_for("63", False, date(2021, 4, 1)) is not None
    assert REFERENCE.platform_for("35", False, date(2021, 4, 5)) is None
    assert REFERENCE.platform_for("33", False, date(2021, 3, 31)) is None


def test_every_department_has_a_court() -> None:
    assert len(REFERENCE.departments) == 101
    assert len(REFERENCE.tribunals) == 36
    reached = {REFERENCE.tribunal_of(code) for code in REFERENCE.departments}
    assert reached == set(REFERENCE.tribunals.values())
    assert REFERENCE.tribunal_of("99") is None


@pytest.mark.parametrize(
    ("department", "title"),
    [
        ("45", "tribunal administratif d'Orléans"),
        ("84", "tribunal administratif de Nîmes"),
        ("83", "tribunal administratif de Toulon"),
        ("36", "tribunal administratif de Limoges"),
        ("2B", "tribunal administratif de Bastia"),
        ("94", "tribunal administratif de Melun"),
        ("974", "tribunal administratif de La Réunion"),
    ],
)
def test_court_of_a_department(department: str, title: str) -> None:
    row = REFERENCE.tribunal_of(department)
    assert row is not None
    assert row.title == title


@pytest.mark.parametrize(
    ("department", "title"),
    [
        ("63", "préfet du Puy-de-Dôme"),
        ("42", "préfet de la Loire"),
        ("01", "préfet de l'Ain"),
        ("92", "préfet des Hauts-de-Seine"),
        ("75", "préfet de Paris"),
        ("974", "préfet de La Réunion"),
        ("84", "préfet de Vaucluse"),
        ("28", "préfet d'Eure-et-Loir"),
        ("976", "préfet de Mayotte"),
    ],
)
def test_prefect_title(department: str, title: str) -> None:
    assert REFERENCE.prefect_title(department) == title


def test_every_prefect_title_elides_before_a_vowel_and_only_there() -> None:
    for row in REFERENCE.departments.values():
        article = row.prefect_of.removesuffix(row.name)
        assert article in {"de ", "d'", "du ", "de la ", "de l'", "des "}, row.code
        assert article.endswith("'") == (
            (row.name[0] in "AEIOUYÎÉ" and row.name != "Yvelines") or row.name == "Hérault"
        ) or (article == "des "), row.code


@pytest.mark.parametrize(
    ("postcode", "department"),
    [
        ("63000", "63"), ("01000", "01"), ("20000", "2A"), ("20167", "2A"), ("20200", "2B"), ("20600", "2B"),
        ("97110", "971"), ("97200", "972"), ("97300", "973"), ("97400", "974"), ("97600", "976"), ("97133", None),
        ("97150", None), ("97500", None), ("98000", None), ("99999", None), ("20300", None), ("6300", None),
        ("2A000", None), ("00000", None), ("", None), ("٦٣٠٠٠", None),
    ],
)  # fmt: skip
def test_department_of_postcode(postcode: str, department: str | None) -> None:
    assert REFERENCE.department_of_postcode(postcode) == department


@given(st.text(max_size=6))
def test_any_postcode_gives_a_known_department_or_none(postcode: str) -> None:
    code = REFERENCE.department_of_postcode(postcode)
    assert code is None or code in REFERENCE.departments


def test_region_of_a_department() -> None:
    assert REFERENCE.region_of("63") == "84"
    assert REFERENCE.region_of("99") is None
    assert REFERENCE.department("99") is None


def test_a_listed_family_is_listed_from_its_day() -> None:
    answer = REFERENCE.shortage("A0Z41", None, "84", date(2024, 3, 3))
    assert (answer.status, answer.list_id, answer.mark) == (Shortage.LISTED, "ARR-2024-03-01", Mark.CONFIRMED)
    assert answer.row is not None
    assert answer.source == answer.row.source
    assert REFERENCE.shortage("A0Z41", None, "84", date(2024, 3, 2)).status is Shortage.NOT_ESTABLISHED
    assert REFERENCE.shortage("A0Z41", None, "84", date(2025, 5, 22)).list_id == "ARR-2024-03-01"
    assert REFERENCE.shortage("A0Z41", None, "84", date(2025, 5, 23)).list_id != "ARR-2024-03-01"


def test_a_direct_rome_code_gives_its_family_but_unconfirmed() -> None:
    assert REFERENCE.fap_of_rome("A1403") == "A0Z41"
    answer = REFERENCE.shortage(None, "A1403", "84", date(2024, 6, 1))
    assert (answer.status, answer.fap, answer.mark) == (Shortage.LISTED, "A0Z41", Mark.UNCONFIRMED)


def test_a_rome_code_by_qualification_is_never_resolved() -> None:
    ambiguous = {
        code for code, rows in REFERENCE.rome_families.items() if any(row.assignment != "direct" for row in rows)
    }
    assert "A1416" in ambiguous
    for code in ambiguous:
        assert REFERENCE.fap_of_rome(code) is None
        for region in ("11", "84"):
            assert REFERENCE.shortage(None, code, region, TODAY).status is Shortage.NOT_ESTABLISHED
    assert REFERENCE.shortage("A0Z40", "A1416", "84", date(2024, 6, 1)).status is Shortage.LISTED


def test_a_family_that_contradicts_its_rome_code_is_not_established() -> None:
    answer = REFERENCE.shortage("A0Z41", "A1416", "84", date(2024, 6, 1))
    assert answer.status is Shortage.NOT_ESTABLISHED
    assert "A1416" in answer.because


@given(st.sampled_from(sorted(REFERENCE.fap_labels)), st.sampled_from(["01", "11", "76", "84", "00"]), DAYS)
def test_an_absent_row_is_never_a_no(fap: str, region: str, day: date) -> None:
    assert REFERENCE.shortage(fap, None, region, day).status is not Shortage.NOT_LISTED_KNOWN


def test_a_complete_list_alone_says_no(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "shortage_lists.toml"
    head, last = file.read_text().rsplit("complete_regions = []", 1)
    file.write_text(f'{head}complete_regions = ["84"]{last}')
    reference = read_reference(tmp_path)
    assert reference.shortage("A0Z00", None, "84", TODAY).status is Shortage.NOT_LISTED_KNOWN
    assert reference.shortage("A0Z00", None, "11", TODAY).status is Shortage.NOT_ESTABLISHED
    assert reference.shortage("A0Z00", None, "84", date(2025, 5, 22)).status is Shortage.NOT_ESTABLISHED
    assert reference.versions["shortage_lists"] != REFERENCE.versions["shortage_lists"]
    assert reference.versions["smic"] == REFERENCE.versions["smic"]


def test_codes_and_labels() -> None:
    assert REFERENCE.rome_label("A1416") == "Polyculture, élevage"
    assert REFERENCE.rome_label("Z9999") is None
    assert REFERENCE.fap_label("A0Z41") == "Éleveurs salariés"
    agreement = REFERENCE.idcc("16")
    assert agreement is not None
    assert agreement.idcc == "0016"
    assert REFERENCE.idcc("9999") is None


@pytest.mark.parametrize(
    ("rule", "months", "days", "effect", "start", "missing"),
    [
        ("AT_ORDINARY", 2, None, "reject", "first_authority", "suspend"),
        ("AT_ASYLUM_SEEKER", 2, None, "grant", "competent_authority", "start_when_complete"),
        ("INTERNSHIP", None, 30, "reject", "first_authority", "suspend"),
        ("INTERNSHIP_PROGRAMME", None, 15, "reject", "first_authority", "suspend"),
        ("INTERNSHIP_AMENDMENT", None, 15, "grant", "competent_authority", "start_when_complete"),
        ("RESIDENCE_PERMIT", 4, None, "reject", "first_authority", "suspend"),
        ("RESIDENCE_PERMIT_90", None, 90, "reject", "first_authority", "suspend"),
        ("ADMIN_APPEAL", 2, None, "reject", "first_authority", "none"),
        ("VIABILITY_OPINION", None, None, "none", "none", "none"),
    ],
)
def test_silence_rules(rule: str, months: int | None, days: int | None, effect: str, start: str, missing: str) -> None:
    row = REFERENCE.silence_rule(rule)
    assert (row.months, row.days, row.effect) == (months, days, effect)
    assert (row.clock_start, row.on_missing_items) == (start, missing)
    assert row.articles
    assert row.source


def test_an_unknown_silence_rule_is_an_error() -> None:
    with pytest.raises(KeyError):
        REFERENCE.silence_rule("NOTHING")


def required(use_case: str, on: date) -> dict[str, str]:
    return {item.key: item.required for item in REFERENCE.checklist(use_case, on)}


def test_checklist_changes_on_12_january_2025() -> None:
    before, after = required("U1", date(2025, 1, 11)), required("U1", date(2025, 1, 12))
    assert (before["job_offer_copy"], after["job_offer_copy"]) == ("no", "yes")
    assert (before["contributions_certificate"], after["contributions_certificate"]) == ("no", "yes")
    assert (before["income_tax_notice"], after["income_tax_notice"]) == ("unknown", "yes")
    assert before["passport"] == after["passport"] == "yes"
    assert required("U5", TODAY)["signed_contract"] == "yes"
    assert REFERENCE.checklist("U1", date(2021, 4, 5)) == ()


def test_an_item_not_read_founds_no_demand() -> None:
    for use_case in REFERENCE.use_cases:
        for on in (date(2024, 1, 1), TODAY):
            items = REFERENCE.checklist(use_case, on)
            assert len({item.key for item in items}) == len(items) > 0
            for item in items:
                assert item.may_be_demanded == (item.required == "yes")
                assert item.condition in REFERENCE.conditions
                assert item.required != "unknown" or item.mark is Mark.UNCONFIRMED
    assert not [i for i in REFERENCE.checklist("U4", TODAY) if i.may_be_demanded and i.key != "mandate"]


@pytest.mark.parametrize(
    ("day", "department", "working"),
    [
        ("2025-04-18", "67", False), ("2025-04-18", "68", False), ("2025-04-18", "57", False),
        ("2025-04-18", "54", True), ("2025-12-26", "57", False), ("2025-12-26", "67", False),
        ("2025-12-26", "75", True), ("2024-12-20", "974", False), ("2024-12-20", "971", True),
        ("2024-12-20", "75", True), ("2025-05-27", "971", False), ("2025-05-22", "972", False),
        ("2025-06-10", "973", False), ("2026-04-27", "976", False), ("2026-04-27", "974", True),
        ("2025-07-21", "971", True), ("2025-04-18", "971", True), ("2025-07-14", "2A", False),
        ("2025-07-12", "63", False), ("2025-07-13", "63", False), ("2025-07-15", "63", True),
    ],
)  # fmt: skip
def test_working_days_by_territory(day: str, department: str, working: bool) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day), department) is working


def test_time_limits_are_carried_over_and_counted() -> None:
    assert CALENDAR.next_working_day(date(2025, 4, 18), "67") == date(2025, 4, 22)
    assert CALENDAR.next_working_day(date(2025, 4, 18), "63") == date(2025, 4, 18)
    assert CALENDAR.next_working_day(date(2025, 7, 12), "63", saturdays=True) == date(2025, 7, 12)
    assert CALENDAR.add_working_days(date(2025, 7, 10), 2, "63") == date(2025, 7, 15)
    assert len(CALENDAR.public_holidays(2025, "75")) == 11
    assert len(CALENDAR.public_holidays(2025, "971")) == 12


@given(DAYS, DEPARTMENTS)
def test_next_working_day_is_the_first_one(day: date, department: str) -> None:
    found = CALENDAR.next_working_day(day, department)
    assert CALENDAR.is_working_day(found, department)
    assert found >= day
    assert not any(CALENDAR.is_working_day(day + DAY * n, department) for n in range((found - day).days))


def test_every_table_has_a_version_and_every_row_a_source() -> None:
    assert set(REFERENCE.versions) == {row.name for row in REFERENCE.tables.values()}
    assert {file.name for file in DATA.iterdir() if file.suffix in {".csv", ".toml"}} == {
        row.file for row in REFERENCE.tables.values()
    } | {"tables.toml"}
    assert all("+sha256:" in version for version in REFERENCE.versions.values())
    assert load_reference() is REFERENCE


@pytest.mark.parametrize(
    ("file", "line", "old", "new"),
    [
        ("smic.csv", 5, "2018-01-01", "2018-13-01"),
        ("smic.csv", 5, "1498.47", "beaucoup"),
        ("smic.csv", 5, ",confirmed,", ",sure,"),
        ("smic.csv", 5, "national,", "national"),
        ("smic.csv", 1, "territory", "place"),
        ("smic.csv", 5, "1498.47", "2498.47"),
        ("taxes.toml", 3, 'value = "0.55"', 'value = "NaN"'),
        ("holidays.csv", 2, ",1,1,", ",2,30,"),
        ("holidays.csv", 13, "57|67|68", "57|67|98"),
        ("departments.csv", 3, "Amiens", "Ailleurs"),
        ("departments.csv", 3, "false,false", "no,false"),
        ("departments.csv", 3, "02,", "01,"),
        ("platforms.csv", 2, "01,", "1,"),
        ("fap_rome.csv", 2, "A1416", "1416"),
        ("silence.toml", 3, "months = 2", "months = 2\ndays = 3"),
        ("silence.toml", 3, 'effect = "reject"', 'effect = "refuse"'),
        ("thresholds.toml", 3, 'value = "1.5"', 'value = "un et demi"'),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, file: str, line: int, old: str, new: str) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    lines = (tmp_path / file).read_text().splitlines(keepends=True)
    at = next(index for index in range(line - 1, len(lines)) if old in lines[index])
    assert file.endswith(".toml") or at == line - 1
    lines[at] = lines[at].replace(old, new, 1)
    (tmp_path / file).write_text("".join(lines))
    with pytest.raises(MalformedReference, match=rf"^{file}:{line}: ") as raised:
        read_reference(tmp_path)
    assert (raised.value.file, raised.value.line) == (file, line)


def test_a_broken_toml_names_its_line(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "silence.toml").read_text().replace("months = 2", "months = ", 1)
    (tmp_path / "silence.toml").write_text(text)
    with pytest.raises(MalformedReference, match=r"^silence\.toml:7: "):
        read_reference(tmp_path)


def test_the_reference_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        REFERENCE.versions = {}  # type: ignore[misc]
    assert isinstance(REFERENCE, Reference)
    with pytest.raises(TypeError):
        REFERENCE.departments["99"] = REFERENCE.departments["63"]  # type: ignore[index]
