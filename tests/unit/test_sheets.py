"""Sheets: what the history alone tells, all of it, in French, dated by facts, and nothing that came later."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from domain.acts import PleaKind
from domain.clocks import ClockState
from domain.countries import country_in_french
from domain.envelope import ERASED, WITHHELD, Role
from domain.events import DecisionMadeAvailable, NoteAdded, RequestFiled, RequestRefused
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import Request
from domain.rights import RECORD_CRITERIA
from domain.sheets import SETTERS, Sheet, page_of, sheets_available
from domain.sheets.decision import ROLE_TITLES, STATES
from domain.sheets.disputes import PLEA_TITLES
from domain.sheets.labels import LABELS, VALUES, WITHOUT_LABEL, sections
from domain.sheets.page import Mark, Page, fact_in_french
from domain.sheets.reference import UNITS
from tests.unit.given import CASE, REFERENCE, TODAY, a_request, a_worker, an_attached
from tests.unit.given_facts import (
    AGENT,
    EMPLOYER,
    Lived,
    Step,
    a_grant,
    a_refusal,
    a_silence,
    an_overridden_grant,
    before_proposal,
    each_fact,
)
from tests.unit.given_sheets import NOTE, Around, Stored, a_disputed_refusal, said, stored

replace = msgspec.structs.replace
AROUND = Around()
RAW = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b(?:None|True|False)\b|\b\d{4}-\d{2}-\d{2}\b(?![+-])|[A-Z]\w+\.[A-Z_]+\b")
"""Names of the code, values of enumerations, days as machines write them."""

NAMES = re.compile(r"contributions_certificate|ARR-[-0-9]+|2021-04-01|https?://\S+|\S+\.yaml|\(2026-07-23\)")
"""What documents, lists, versions of tables and sources are called."""


def items_asked() -> list[Step]:
    """A request whose missing item was asked for, and came."""
    lived = Lived(CASE, TODAY, documents=(an_attached("passport", "Passeport"),)).act("claim", AGENT)
    items = {"items": [{"item": "contributions_certificate"}], "delay_days": 30, "message": "À actualiser."}
    lived.act("request-missing-items", AGENT, **items)
    document = {"item": "contributions_certificate", "title": "Attestation", "sha256": "cd" * 32, "bytes": 9}
    lived.act("supply-missing-items", EMPLOYER, request="M1", documents=[document])
    return lived.steps


def hearing_held() -> list[Step]:
    """A grant that is about to be withdrawn, and what the employer observed."""
    lived = Lived(CASE, TODAY)
    lived.steps = a_grant()
    opened = {
        "decision": "D1",
        "intended": "withdrawal",
        "legal_basis": "fraud",
        "grounds": "Pièces falsifiées, constatées.",
    }
    lived.act("open-prior-hearing", AGENT, **opened)
    return lived.act("receive-observations", EMPLOYER, hearing="H1", text="Nous contestons.").steps


LIVES = {
    "disputed": a_disputed_refusal,
    "granted": an_overridden_grant,
    "silence": a_silence,
    "items": items_asked,
    "hearing": hearing_held,
}


def pages(facts: tuple[Stored, ...], **options: Any) -> Iterator[tuple[Sheet, Page]]:
    for sheet in sheets_available(facts):
        yield sheet, page_of(sheet.name, facts, len(facts), AROUND, **options)


def text_of(name: str, steps: list[Step], **options: Any) -> str:
    facts = stored(steps)
    return said(page_of(name, facts, len(facts), AROUND, **options))


# Whole, and in French


def parts_of(kind: Any) -> Iterator[type]:
    """Every Struct and enumeration that a request is made of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for name, hint in get_type_hints(kind, include_extras=False).items():
            if name not in WITHOUT_LABEL:
                yield from parts_of(hint)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield kind
    for each in get_args(kind):
        yield from parts_of(each)


PARTS = set(parts_of(Request))


def test_every_field_of_a_request_has_a_label() -> None:
    structs = {each for each in PARTS if issubclass(each, msgspec.Struct)}
    lacking = {
        f"{each.__name__}.{name}"
        for each in structs
        if each.__name__ != "Address"
        for name in each.__struct_fields__
        if name not in WITHOUT_LABEL and name not in LABELS.get(each, {})
    }
    assert lacking == set()
    assert {each for each in LABELS if each not in structs} == set()


def test_every_value_chosen_in_a_list_has_its_french() -> None:
    enums = {each for each in PARTS if issubclass(each, Enum)}
    assert enums == set(VALUES)
    assert {each: set(each) - set(VALUES[each]) for each in enums if set(each) - set(VALUES[each])} == {}
    assert set(PLEA_TITLES) == set(PleaKind)
    assert set(STATES) == set(ClockState)
    assert set(ROLE_TITLES) == set(Role)
    assert {row.unit for rows in REFERENCE.thresholds.values() for row in rows} <= set(UNITS)


@pytest.mark.parametrize("procedure", list(Procedure))
def test_the_form_says_all_that_was_asked_whatever_the_procedure(procedure: Procedure) -> None:
    asked = a_request(procedure)
    told = "\n".join(text for _, fields in sections(asked) for pair in fields for text in pair)
    assert RAW.findall(told) == []
    for text in _typed(asked):
        assert text in told, f"{text!r} is not in the form"


def _typed(part: Any) -> Iterator[str]:
    """The texts that a filer typed: names, streets, projects; not codes, amounts or choices."""
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, msgspec.Struct):
            yield from _typed(value)
        elif isinstance(value, tuple):
            for each in value:
                yield from _typed(each)
        elif type(value) is str and " " in value:
            yield value


@pytest.mark.parametrize("life", LIVES)
def test_no_sheet_speaks_like_a_machine(life: str) -> None:
    facts = stored(LIVES[life]())
    for sheet, page in pages(facts):
        assert RAW.findall(NAMES.sub("", said(page))) == [], sheet.name
        assert page.blocks, sheet.name
        assert page.dated == sheet.dated
        assert page.title == sheet.label


def test_every_kind_of_sheet_is_tried_here() -> None:
    names = {sheet.name.partition("/")[0] for life in LIVES.values() for sheet in sheets_available(stored(life()))}
    assert names | {"later"} == set(SETTERS)


def test_the_sheets_of_a_refusal_and_what_they_are_called() -> None:
    told = {sheet.name: sheet for sheet in sheets_available(stored(a_disputed_refusal()))}
    assert list(told) == [
        "request", "acknowledgement", "routing", "opinion/O1", "decision/D1", "decision-internal/D1", "assessment/D1",
        "delegation/D1", "reference/D1", "notification/D1/employer", "notification/D1/worker", "appeal/A1",
        "litigation/L1", "history",
    ]  # fmt: skip
    assert (
        told["notification/D1/worker"].label
        == "Preuve de notification à l'étranger : refus d'autorisation de travail D1"
    )
    assert told["litigation/L1"].dated.isoformat() == "2026-12-01"
    assert told["request"].dated == told["decision/D1"].dated == TODAY


# Faithful


def test_the_request_tells_what_an_amendment_changed() -> None:
    told = text_of("request", a_disputed_refusal())
    assert "Emploi proposé – Heures par semaine\n35\n30,5" in told
    assert "Erreur de saisie." in told


def test_the_assessment_names_text_finding_facts_exhibits_and_author() -> None:
    facts = stored(an_overridden_grant())
    page = page_of("assessment/D1", facts, len(facts), AROUND)
    told = said(page)
    assert "CT R5221-20 4°, version du 1er septembre 2024" in told
    assert "1\u202f867,02" in told
    assert "non remplie\nremplie (calcul écarté)" in told
    assert "Inès Morel, Instructrice" in told
    marks = [block.text for block in page.blocks if isinstance(block, Mark)]
    assert any("SMIC" in mark and "À confirmer" in mark for mark in marks)
    assert any("calcul a été écarté" in mark for mark in marks)


def test_the_data_are_those_of_the_day_with_their_marks() -> None:
    told = text_of("reference/D1", a_refusal())
    assert "1\u202f867,02\u00a0€" in told
    assert "arrêté du 22 mai 2026" in told
    assert "à confirmer" in told


def test_lines_of_another_version_of_a_table_are_not_given() -> None:
    def other(event: Any) -> Any:
        used = {**event.decision.reference_versions, "smic": "2020-01-01+sha256:0000000000000000"}
        return replace(event, decision=replace(event.decision, reference_versions=used))

    told = text_of("reference/D1", each_fact(RequestRefused, other)(a_refusal()))
    assert "2020-01-01+sha256:0000000000000000" in told
    assert "n'est pas celle que ce programme contient" in told
    assert "1\u202f867,02" not in told


def test_a_delegation_that_does_not_cover_the_act_is_told() -> None:
    def of(number: str) -> Any:
        def cited(event: Any) -> Any:
            who = replace(event.decision.signatory, delegation=number)
            return replace(event, decision=replace(event.decision, signatory=who))

        return each_fact(RequestRefused, cited)(a_refusal())

    assert "couvrait les refus" in text_of("delegation/D1", a_refusal())
    assert "a pris fin le 1er octobre 2026" in text_of("delegation/D1", of("2026-063-fini"))
    assert "Aucune délégation de ce numéro" in text_of("delegation/D1", of("2026-063-rien"))


def test_a_notification_is_proved_for_each_addressee() -> None:
    told = text_of("notification/D1/employer", a_refusal())
    assert "est notifiée à l'employeur le 2 novembre 2026" in told
    only_available = list(a_refusal())
    last = max(i for i, (_, event, _) in enumerate(only_available) if isinstance(event, DecisionMadeAvailable))
    assert "Aucune notification" in text_of("notification/D1/employer", only_available[: last + 1])


def test_notes_are_in_the_internal_version_alone() -> None:
    facts = stored(a_disputed_refusal())
    for sheet, page in pages(facts):
        assert (NOTE in said(page)) is (sheet.name == "decision-internal/D1"), sheet.name
    assert "Note interne" not in text_of("decision/D1", a_disputed_refusal())


def test_what_may_not_be_read_of_the_employers_record_is_nowhere() -> None:
    steps = [
        step
        for step in a_refusal()
        if getattr(getattr(step[1], "assessment", None), "rule", None) is None
        or step[1].assessment.rule.criterion not in RECORD_CRITERIA  # type: ignore[union-attr]
    ]
    hidden = "atteintes aux personnes et faux"
    facts = stored(steps)
    shown = dict(pages(facts, withheld=RECORD_CRITERIA))
    assert all(hidden not in said(page).lower().replace(algorithm(page), "") for page in shown.values())
    assert hidden in said(page_of("decision/D1", facts, len(facts), AROUND)).lower()


def algorithm(page: Page) -> str:
    """The notice of CRPA L311-3-1, which lists the rules that were applied to everybody."""
    return next(
        (text.lower() for text in said(page).split("\n") if text.startswith("Cette décision a été préparée")), ""
    )


# Nothing that came later


def test_nothing_later_changes_a_sheet_of_a_decision() -> None:
    steps = a_disputed_refusal()
    facts = stored(steps)
    signed = next(fact.version for fact in facts if type(fact.event).__name__ == "RequestRefused")
    for name in ("decision/D1", "assessment/D1", "reference/D1", "delegation/D1"):
        then = page_of(name, facts[:signed], signed, AROUND)
        now = page_of(name, facts, len(facts), AROUND)
        assert replace(now, on_version=signed) == then, name


def test_an_earlier_fact_changes_it() -> None:
    plain = text_of("decision-internal/D1", a_refusal())
    noted = before_proposal(NoteAdded(person=CASE, text="Avant."))(a_refusal())
    assert text_of("decision-internal/D1", noted) != plain


def test_a_version_bounds_what_is_told() -> None:
    facts = stored(a_disputed_refusal())
    with pytest.raises(Refused) as caught:
        page_of("appeal/A1", facts, 20, AROUND)
    assert caught.value.code == "sheet_unknown"
    assert page_of("history", facts, 20, AROUND) == page_of("history", facts[:20], 20, AROUND)


@pytest.mark.parametrize(
    "name", ["", "request/", "decision/D2", "decision", "../request", "notification/D1/prefecture"]
)
def test_what_the_facts_do_not_allow_is_unknown(name: str) -> None:
    facts = stored(a_refusal())
    with pytest.raises(Refused):
        page_of(name, facts, len(facts), AROUND)


# Erased and withheld


@pytest.mark.parametrize("stand_in", [ERASED, WITHHELD])
def test_what_is_erased_or_withheld_reads_so_also_where_nothing_is_left(stand_in: str) -> None:
    def erased(event: RequestFiled) -> RequestFiled:
        worker = replace(
            a_worker(), family_name=stand_in, given_names=stand_in, birth_date=None, passport_number=None, email=None
        )
        return replace(event, request=replace(event.request, worker=worker))

    told = text_of("request", each_fact(RequestFiled, erased)(a_refusal()))
    for label in ("Nom", "Date de naissance", "Numéro de passeport", "Courriel"):
        assert f"{label}\n{stand_in}" in told
    assert "Département de résidence\nnon indiqué" in told


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02", "2 mars 2026"), ("2026-13-02", "2026-13-02"), ("1500.00", "1\u202f500,00"), ("35.0", "35"),
        ("69", "69"), ("AT-2026", "AT-2026"), ("30.5", "30,5"),
    ],
)  # fmt: skip
def test_facts_read_as_french(value: str, expected: str) -> None:
    assert fact_in_french(value) == expected


@pytest.mark.parametrize(("code", "name"), [("MA", "Maroc"), ("XK", "Kosovo"), ("CI", "Côte d'Ivoire"), ("QQ", "QQ")])
def test_countries_are_named_in_french(code: str, name: str) -> None:
    assert country_in_french(code) == name
