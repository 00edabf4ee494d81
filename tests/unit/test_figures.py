"""Figures that texts set: what a publication may not take away, and what is said where none is held."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.acts import Addressee, AppealKind, AppealOutcome, CourtAction, JudgmentOutcome
from domain.administration import Administration
from domain.after_grant import an_unlawful_grant_ends_within_four_months
from domain.appeals import appeal_silence_ends
from domain.case import Case
from domain.clocks import Clock, ClockState, clocks
from domain.clocks.clock import CALENDAR_NOTE
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.notify_ofii import NotifyOfii, notify_ofii
from domain.commands.publish_reference import PublishReference, publish_reference
from domain.commands.record_appeal_silence import RecordAppealSilence, record_appeal_silence
from domain.commands.record_deemed_notification import RecordDeemedNotification, record_deemed_notification
from domain.commands.record_first_reading import RecordFirstReading, record_first_reading
from domain.commands.record_judgment import RecordJudgment, record_judgment
from domain.commands.record_missing_medical_certificate import (
    RecordMissingMedicalCertificate,
    record_missing_medical_certificate,
)
from domain.context import Context
from domain.envelope import Role
from domain.events import AppealReopened
from domain.french import in_french
from domain.limits import limit_to_read, limit_to_withdraw
from domain.messages import ofii_is_due
from domain.numbers import doubts_of, number_of, row_of
from domain.reference import Mark, Reference
from domain.refusals import Refused
from tests.unit.clock_histories import Example, case_of
from tests.unit.given import REFERENCE, a_context, case_after
from tests.unit.given_decided import available, granted, refused
from tests.unit.given_disputed import notified
from tests.unit.test_clock_examples import EXAMPLES
from tests.unit.test_clocks import a_case, an_appeal, expressly_refused, proceedings

replace = msgspec.structs.replace
FIGURES = REFERENCE.texts["thresholds.toml"]
TO_SUE = 'article = "CJA R421-1"\n'
FROM_DECEMBER = f"{TO_SUE}effective_from = 2026-12-01\n"
ENTRY = FIGURES[FIGURES.index('[[threshold]]\nid = "LITIGATION_MONTHS_MAX"') :].split("\n\n", 1)[0]
LINE = FIGURES[: FIGURES.index(ENTRY)].count("\n") + 1


def dated(*spans: tuple[str | None, str | None]) -> str:
    """The table, with the length of the limit to sue over these days only."""
    rows = []
    for since, until in spans:
        dates = f"effective_from = {since}\n" if since else ""
        dates += f"effective_to = {until}\n" if until else ""
        rows.append(ENTRY.replace(TO_SUE, f"{TO_SUE}{dates}"))
    return FIGURES.replace(ENTRY, "\n\n".join(rows))


def publication(content: str, table: str = "thresholds") -> PublishReference:
    return PublishReference(
        table=table, version="2026-12", effective_from=date(2026, 12, 1), source="Décret", content=content
    )


def reading(tables: Reference, today: date, role: Role) -> Context:
    """The surroundings of a command that reads these tables."""
    return replace(a_context(role=role, today=today), reference=tables)


def without(*ids: str) -> Reference:
    """The tables where no row of these figures is in force yet."""
    later = {
        id: (replace(REFERENCE.thresholds[id][0], effective_from=date(2900, 1, 1), effective_to=None),) for id in ids
    }
    return replace(REFERENCE, thresholds={**REFERENCE.thresholds, **later})


@pytest.mark.parametrize(
    ("spans", "line", "days"),
    [
        ([("2026-12-01", None)], LINE, "avant le 1er décembre 2026"),
        ([(None, "2026-12-31")], LINE, "à compter du 1er janvier 2027"),
        ([(None, "2026-11-29"), ("2026-12-01", None)], LINE + 11, "à compter du 30 novembre 2026"),
        ([("2026-12-01", None), (None, "2026-11-29")], LINE, "à compter du 30 novembre 2026"),
    ],
)
def test_a_publication_leaves_no_day_without_a_figure_that_rules_read(
    spans: list[tuple[str | None, str | None]], line: int, days: str
) -> None:
    with pytest.raises(Refused) as raised:
        publish_reference(Administration(), publication(dated(*spans)), a_context())
    assert raised.value.code == "table_malformed"
    assert f"Ligne {line} : « LITIGATION_MONTHS_MAX » n'a aucune valeur {days}, alors que" in raised.value.message


@pytest.mark.parametrize(
    "spans",
    [
        [(None, None)],
        [(None, "2026-11-30"), ("2026-12-01", None)],
        [("2026-12-01", "9999-12-31"), (None, "2026-11-30")],
    ],
)
def test_a_figure_may_change_from_one_day_to_the_next(spans: list[tuple[str | None, str | None]]) -> None:
    (event,) = publish_reference(Administration(), publication(dated(*spans)), a_context())
    assert event.rows == len(REFERENCE.rows["thresholds"]) + len(spans) - 1


def test_a_figure_is_owed_only_on_the_days_that_the_shipped_table_covers() -> None:
    ended = FIGURES.replace("effective_from = 2024-01-28\neffective_to = 2026-12-31", "effective_from = 2024-01-28")
    (event,) = publish_reference(Administration(), publication(ended), a_context())
    assert event.rows == len(REFERENCE.rows["thresholds"])
    shorter = FIGURES.replace("effective_to = 2026-12-31", "effective_to = 2026-12-30")
    with pytest.raises(Refused, match="à compter du 31 décembre 2026"):
        publish_reference(Administration(), publication(shorter), a_context())


def test_two_values_at_once_without_end_are_refused_and_not_counted() -> None:
    with pytest.raises(Refused, match="a déjà une valeur à ces dates"):
        publish_reference(Administration(), publication(dated((None, None), ("2026-12-01", None))), a_context())


def test_a_figure_that_is_not_held_is_refused_by_name_and_day() -> None:
    tables = without("LITIGATION_MONTHS_MAX")
    for read in (row_of, number_of):
        with pytest.raises(Refused) as raised:
            read(tables, "LITIGATION_MONTHS_MAX", date(2026, 12, 1))
        assert raised.value.code == "law_not_held"
        assert raised.value.message == (
            "Aucun texte enregistré ne fixe ce nombre à la date du 1er décembre 2026 : Recours contentieux."
        )
    assert number_of(REFERENCE, "LITIGATION_MONTHS_MAX", date(2026, 12, 1)) == 2


def test_only_what_nobody_confirmed_is_doubtful() -> None:
    on = date(2026, 12, 1)
    sure, unsure = (row_of(REFERENCE, id, on) for id in ("COURT_APPEAL_MONTHS", "COURT_CASSATION_MONTHS"))
    assert doubts_of(sure, unsure) == ("Délai du pourvoi en cassation (CJA R821-1) : article non relu",)


COUNTED_BY = {
    "T6": "REGISTRATION_RECEIPT_WORKING_DAYS_MAX",
    "T7": "ACKNOWLEDGEMENT_WORKING_DAYS_MAX",
    "T8": "REASONS_MONTHS_MAX",
    "T9": "WITHDRAWAL_MONTHS_MAX",
    "T10": "ADMIN_APPEAL_MONTHS_MAX",
    "T12": "LITIGATION_MONTHS_MAX",
    "T14": "EMPLOYER_CHECK_WORKING_DAYS",
    "DEEMED_NOTIFICATION": "ELECTRONIC_NOTIFICATION_DAYS_UNREAD",
}
"""Time limits that a figure of the table counts, and which."""
REASONS = ("REASONS_MONTHS_MAX",)
SUBJECTS = [example for example in EXAMPLES if example.clock in COUNTED_BY]


def answers(example: Example, tables: Reference) -> list[Clock]:
    return [clock for clock in clocks(case_of(example), example.on, tables) if clock.id == example.clock]


@pytest.mark.parametrize("example", SUBJECTS, ids=lambda example: example.id)
def test_a_limit_whose_figure_is_not_held_says_so_and_runs_no_more(example: Example) -> None:
    figure = COUNTED_BY[example.clock]
    found = answers(example, without(figure))
    assert len(found) == len(answers(example, REFERENCE))
    for clock in found:
        assert clock.state in {ClockState.NOT_RUNNING, ClockState.ENDED}
        assert clock.expires_on is None
        assert clock.why_not_running
        assert f"{clock.name} : ne court pas, " in clock.sentence
    held = [clock for clock in answers(example, REFERENCE) if clock.state is not ClockState.NOT_RUNNING]
    told = [clock for clock in found if REFERENCE.thresholds[figure][0].label in (clock.why_not_running or "")]
    assert len(told) >= len(held)


def test_a_limit_tells_word_for_word_why_it_is_not_counted() -> None:
    (clock,) = [c for c in clocks(granted(), date(2026, 11, 20), without("WITHDRAWAL_MONTHS_MAX")) if c.id == "T9"]
    why = "aucun texte enregistré ne fixe ce nombre à la date du 2 novembre 2026 : "
    assert clock.why_not_running == f"{why}{REFERENCE.thresholds['WITHDRAWAL_MONTHS_MAX'][0].label}"
    assert clock.sentence == f"{clock.name} : ne court pas, {clock.why_not_running}."


@pytest.mark.parametrize(
    ("id", "figure", "length"),
    [
        ("T7", "ACKNOWLEDGEMENT_WORKING_DAYS_MAX", "10 jours ouvrés"),
        ("T14_STUDENT", "STUDENT_DECLARATION_WORKING_DAYS", "deux jours ouvrables avant l'embauche"),
    ],
)
def test_a_limit_whose_figure_is_not_held_has_no_length(id: str, figure: str, length: str) -> None:
    example = next(each for each in EXAMPLES if each.clock == id)
    for tables, told in ((REFERENCE, length), (without(figure), "")):
        found = [clock.length for clock in clocks(case_of(example), example.on, tables) if clock.id == id]
        assert found == [told]


@pytest.mark.parametrize(("id", "unheld"), [("T8-06", ()), ("T8-06", REASONS), ("T8-07", REASONS)])
def test_the_limit_to_sue_waits_for_reasons_though_no_text_says_how_long(id: str, unheld: tuple[str, ...]) -> None:
    example = next(each for each in EXAMPLES if each.id == id)
    waiting = [clock.why_not_running for clock in answers(example, without(*unheld)) if clock.starts_on]
    assert set(waiting) == {"les motifs demandés le 31 mars 2025 sont attendus (CRPA L232-4)"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_no_limit_raises_where_no_figure_is_held(example: Example) -> None:
    empty = without(*REFERENCE.thresholds)
    kept = {clock.id for clock in clocks(case_of(example), example.on, empty)}
    gone = {clock.id for clock in clocks(case_of(example), example.on, REFERENCE)} - kept
    assert gone <= {"MEDICAL_CERTIFICATE", "T13"}


NOTIFIED = date(2027, 1, 25)


def ruled(action: CourtAction = CourtAction.ANNULMENT, **changes: Any) -> Case:
    """A case whose claim a court has ruled upon."""
    ruling = proceedings(
        action=action, judged_on=NOTIFIED, judgment_notified_on=NOTIFIED, outcome=JudgmentOutcome.ANNULLED, **changes
    )
    return a_case(litigation=(ruling,), decisions=(expressly_refused(),))


def remedy(case: Case, today: date, tables: Reference = REFERENCE) -> Clock:
    return next(clock for clock in clocks(case, today, tables) if clock.id == "JUDGMENT_APPEAL")


@pytest.mark.parametrize(
    ("action", "figure"),
    [
        (CourtAction.ANNULMENT, "COURT_APPEAL_MONTHS"),
        (CourtAction.APPEAL, "COURT_CASSATION_MONTHS"),
        (CourtAction.SUSPENSION, "COURT_URGENT_REMEDY_DAYS"),
    ],
)
def test_a_remedy_whose_length_is_not_held_says_so(action: CourtAction, figure: str) -> None:
    clock = remedy(ruled(action), NOTIFIED, without(figure))
    assert (clock.state, clock.expires_on) == (ClockState.NOT_RUNNING, None)
    assert not clock.for_administration
    what = REFERENCE.thresholds[figure][0].label
    assert clock.why_not_running == f"aucun texte enregistré ne fixe ce nombre à la date du 25 janvier 2027 : {what}"


def courts_own_limits() -> tuple[tuple[Case, str, str], ...]:
    """A case with each limit of a court that a figure counts, that limit and that figure."""
    liberty = a_case(litigation=(proceedings(action=CourtAction.LIBERTY),), decisions=(expressly_refused(),))
    refused = proceedings(
        id="L2",
        action=CourtAction.SUSPENSION,
        main_litigation="L1",
        outcome=JudgmentOutcome.REJECTED,
        no_serious_doubt=True,
        judged_on=NOTIFIED,
        judgment_notified_on=NOTIFIED,
    )
    main = a_case(litigation=(proceedings(), refused), decisions=(expressly_refused(),))
    return (
        (liberty, "LIBERTY_RULING", "COURT_LIBERTY_HOURS"),
        (main, "CONFIRMATION", "COURT_CONFIRMATION_MONTHS"),
    )


def test_the_courts_own_limits_say_that_their_length_is_not_held() -> None:
    for case, id, figure in courts_own_limits():
        (held,) = [clock for clock in clocks(case, NOTIFIED, REFERENCE) if clock.id == id]
        (clock,) = [clock for clock in clocks(case, NOTIFIED, without(figure)) if clock.id == id]
        assert held.expires_on is not None
        assert (clock.state, clock.expires_on) == (ClockState.NOT_RUNNING, None)
        assert clock.starts_on == held.starts_on
        assert REFERENCE.thresholds[figure][0].label in (clock.why_not_running or "")


def test_nothing_is_owed_to_ofii_while_the_length_that_it_turns_on_is_not_held() -> None:
    case = granted()
    assert ofii_is_due(case, REFERENCE)
    assert not ofii_is_due(case, without("OFII_CONTRACT_MONTHS"))


def silent_for(**length: int) -> Reference:
    """The tables where silence on an appeal lasts as long as that."""
    rule = replace(REFERENCE.silence["ADMIN_APPEAL"], **{"months": None, "days": None, **length})
    return replace(REFERENCE, silence={**REFERENCE.silence, "ADMIN_APPEAL": rule})


LENGTHS = [
    ({"months": 2}, date(2027, 2, 10), "deux mois"),
    ({"months": 3}, date(2027, 3, 10), "trois mois"),
    ({"days": 45}, date(2027, 1, 24), "45 jours"),
]


def test_a_judgment_opens_the_silence_that_the_table_says() -> None:
    command = RecordJudgment(
        litigation="L1",
        outcome=JudgmentOutcome.PARTLY_ANNULLED,
        judged_on=date(2027, 6, 1),
        notified_on=date(2027, 6, 2),
        summary="Le rejet du recours est annulé.",
        annuls_rejection_of="A1",
    )
    appeal = an_appeal(date(2026, 12, 1), ended_on=date(2027, 1, 5), outcome=AppealOutcome.REJECTED)
    case = a_case(litigation=(proceedings(),), decisions=(expressly_refused(),), appeals=(appeal,))
    for length, ends in (({"months": 2}, date(2027, 8, 2)), ({"days": 45}, date(2027, 7, 17))):
        context = reading(silent_for(**length), date(2027, 6, 10), Role.LEGAL)
        _, reopened = record_judgment(case, command, context)
        assert isinstance(reopened, AppealReopened)
        assert reopened.implicit_rejection_on == ends


@pytest.mark.parametrize(("length", "ends", "words"), LENGTHS)
def test_silence_on_an_appeal_lasts_what_the_table_says(length: dict[str, int], ends: date, words: str) -> None:
    tables = silent_for(**length)
    lodged_on = date(2026, 12, 10)
    assert appeal_silence_ends(tables, lodged_on) == ends
    body = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="Le salaire a été porté au niveau du SMIC.")
    on = reading(tables, lodged_on, Role.EMPLOYER)
    case = case_after(lodge_appeal(notified(), body, on), notified())
    assert case.appeal("A1").implicit_rejection_on == ends
    later = reading(tables, ends + timedelta(days=1), Role.SYSTEM)
    (event,) = record_appeal_silence(case, RecordAppealSilence(appeal="A1"), later)
    assert f"le silence gardé pendant {words} vaut rejet" in event.explanation
    (clock,) = [clock for clock in clocks(case, lodged_on, tables) if clock.id == "T11"]
    assert (clock.length, clock.expires_on) == (words, ends)
    assert f"reçu le 10 décembre 2026 ; délai de {words} : le silence" in clock.sentence


def test_no_length_is_told_that_the_end_of_the_silence_does_not_follow_from() -> None:
    lodged = a_case(decisions=(expressly_refused(),), appeals=(an_appeal(date(2026, 12, 10)),))
    tables = silent_for(months=3)
    later = reading(tables, date(2027, 2, 11), Role.SYSTEM)
    (event,) = record_appeal_silence(lodged, RecordAppealSilence(appeal="A1"), later)
    assert event.arisen_on == date(2027, 2, 10)
    assert "le silence gardé sur ce recours vaut rejet le 10 février 2027" in event.explanation
    (clock,) = [clock for clock in clocks(lodged, date(2027, 1, 1), tables) if clock.id == "T11"]
    assert clock.length == ""
    assert "reçu le 10 décembre 2026 : le silence vaut rejet" in clock.sentence


def changing(id: str, on: date, value: str) -> Reference:
    """The tables where a text sets another figure from the day after that one."""
    (row,) = REFERENCE.thresholds[id]
    rows = (
        replace(row, effective_to=on),
        replace(row, value=Decimal(value), effective_from=on + timedelta(days=1), effective_to=None),
    )
    return replace(REFERENCE, thresholds={**REFERENCE.thresholds, id: rows})


def ends_by_the_clock(case: Case, today: date, tables: Reference, id: str) -> date:
    """The last day that every such limit of the case shows."""
    (ends_on,) = {clock.expires_on for clock in clocks(case, today, tables) if clock.id == id} - {None}
    return ends_on


GRANTED_ON = date(2026, 11, 2)


@pytest.mark.parametrize(("changed_on", "ends"), [(GRANTED_ON, (2027, 3, 2)), (date(2026, 11, 1), (2027, 5, 2))])
def test_a_grant_is_withdrawn_by_the_text_of_its_own_day(changed_on: date, ends: tuple[int, int, int]) -> None:
    tables, case, last = changing("WITHDRAWAL_MONTHS_MAX", changed_on, "6"), granted(), date(*ends)
    assert ends_by_the_clock(case, last, tables, "T9") == last
    grant = case.decision("D1")
    an_unlawful_grant_ends_within_four_months(case, grant, reading(tables, last, Role.AGENT))
    late = reading(tables, last + timedelta(days=1), Role.AGENT)
    with pytest.raises(Refused) as raised:
        an_unlawful_grant_ends_within_four_months(case, grant, late)
    length = limit_to_withdraw(grant, tables).length
    assert f"Le délai de {length} pour revenir" in raised.value.message
    assert f"expiré depuis le {in_french(last)} (CRPA L242-1) ; seule la fraude, la perte" in raised.value.message


@pytest.mark.parametrize(("changed_on", "ends"), [(GRANTED_ON, (2027, 2, 2)), (date(2026, 11, 1), (2027, 4, 2))])
def test_a_certificate_is_awaited_by_the_text_of_the_day_of_the_grant(
    changed_on: date, ends: tuple[int, int, int]
) -> None:
    tables, case, last = changing("MEDICAL_CERTIFICATE_MONTHS_MAX", changed_on, "5"), granted(), date(*ends)
    assert ends_by_the_clock(case, last, tables, "MEDICAL_CERTIFICATE") == last
    body = RecordMissingMedicalCertificate(decision="D1")
    with pytest.raises(Refused) as raised:
        record_missing_medical_certificate(case, body, reading(tables, last, Role.AGENT))
    assert raised.value.code == "three_months_not_over"
    (event,) = record_missing_medical_certificate(case, body, reading(tables, last + timedelta(days=1), Role.AGENT))
    assert event.three_months_ended_on == last


def test_no_missing_certificate_is_noted_where_no_text_asked_for_one() -> None:
    body = RecordMissingMedicalCertificate(decision="D1")
    tables = without("MEDICAL_CERTIFICATE_MONTHS_MAX")
    with pytest.raises(Refused) as raised:
        record_missing_medical_certificate(granted(), body, reading(tables, date(2027, 6, 1), Role.AGENT))
    assert raised.value.code == "law_not_held"


@pytest.mark.parametrize(("changed_on", "ends"), [(GRANTED_ON, (2026, 11, 17)), (date(2026, 11, 1), (2026, 12, 2))])
def test_a_decision_is_deemed_notified_by_the_text_of_the_day_it_was_available(
    changed_on: date, ends: tuple[int, int, int]
) -> None:
    tables = changing("ELECTRONIC_NOTIFICATION_DAYS_UNREAD", changed_on, "30")
    case, last = available(refused()), date(*ends)
    assert ends_by_the_clock(case, last, tables, "DEEMED_NOTIFICATION") == last
    deemed = RecordDeemedNotification(decision="D1", addressee=Addressee.EMPLOYER)
    read = RecordFirstReading(decision="D1")
    with pytest.raises(Refused) as raised:
        record_deemed_notification(case, deemed, reading(tables, last, Role.SYSTEM))
    words = limit_to_read(case.decision("D1").notified[Addressee.EMPLOYER], tables).length
    assert raised.value.message == (
        f"Le délai de {words} pour consulter la décision court jusqu'au {in_french(last)} inclus."
    )
    assert len(record_first_reading(case, read, reading(tables, last, Role.EMPLOYER))) == 1
    after = last + timedelta(days=1)
    assert len(record_deemed_notification(case, deemed, reading(tables, after, Role.SYSTEM))) == 1
    assert len(record_first_reading(case, read, reading(tables, after, Role.EMPLOYER))) == 2


@pytest.mark.parametrize(("changed_on", "ends"), [(GRANTED_ON, (2027, 1, 4)), (date(2026, 11, 1), (2027, 3, 3))])
def test_an_appeal_is_timed_by_the_text_of_the_day_of_the_decision(
    changed_on: date, ends: tuple[int, int, int]
) -> None:
    tables, case, last = changing("ADMIN_APPEAL_MONTHS_MAX", changed_on, "4"), notified(), date(*ends)
    limits = [clock for clock in clocks(case, last, tables) if clock.id == "T10"]
    assert [clock.expires_on for clock in limits if clock.addressee is Addressee.EMPLOYER] == [last]
    body = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="Le salaire a été porté au niveau du SMIC.")
    for day, in_time in ((last, True), (last + timedelta(days=1), False)):
        (event,) = lodge_appeal(case, body, reading(tables, day, Role.EMPLOYER))
        assert event.in_time is in_time


@pytest.mark.parametrize(("changed_on", "ends"), [(NOTIFIED, (2027, 3, 26)), (date(2027, 1, 24), (2027, 4, 26))])
def test_a_judgment_is_contested_by_the_text_of_the_day_of_its_notification(
    changed_on: date, ends: tuple[int, int, int]
) -> None:
    tables, last = changing("COURT_APPEAL_MONTHS", changed_on, "3"), date(*ends)
    for today in (NOTIFIED, last, date(2028, 1, 1)):
        assert remedy(ruled(), today, tables).expires_on == last


def test_a_remedy_carried_over_a_holiday_of_some_communes_says_so() -> None:
    case = ruled()
    assert case.routing is not None
    strasbourg = replace(case, routing=replace(case.routing, competent_department="67"))
    assert remedy(case, NOTIFIED).unconfirmed == (CALENDAR_NOTE,)
    note, doubt = remedy(strasbourg, NOTIFIED).unconfirmed
    assert note == CALENDAR_NOTE
    assert "Vendredi saint (CT L3134-13)" in doubt
    assert remedy(strasbourg, NOTIFIED).expires_on == date(2027, 3, 30)


def test_a_limit_says_which_figure_nobody_confirmed() -> None:
    told = remedy(ruled(CourtAction.SUSPENSION), NOTIFIED)
    assert told.length == "15 jours"
    assert told.unconfirmed == (
        CALENDAR_NOTE,
        "Délai pour contester une ordonnance de référé devant le Conseil d'État (CJA L523-1) : article non relu",
    )


@pytest.mark.parametrize("example", SUBJECTS, ids=lambda example: example.id)
def test_every_limit_that_is_counted_says_when_its_figure_is_not_confirmed(example: Example) -> None:
    (row,) = REFERENCE.thresholds[COUNTED_BY[example.clock]]
    unread = replace(row, mark=Mark.UNCONFIRMED, note="Article non relu.")
    tables = replace(REFERENCE, thresholds={**REFERENCE.thresholds, row.id: (unread,)})
    counted = [clock for clock in answers(example, tables) if clock.expires_on is not None]
    assert all(f"{row.label} ({row.article}) : article non relu" in clock.unconfirmed for clock in counted)
    assert not any("non relu" in doubt for clock in answers(example, REFERENCE) for doubt in clock.unconfirmed)


def unread(figure: str) -> tuple[Reference, str]:
    """The tables where nobody read the article of a figure, and the doubt that this leaves."""
    (row,) = REFERENCE.thresholds[figure]
    unsure = replace(row, mark=Mark.UNCONFIRMED, note="Article non relu.")
    tables = replace(REFERENCE, thresholds={**REFERENCE.thresholds, figure: (unsure,)})
    return tables, f"{row.label} ({row.article}) : article non relu"


def test_a_certificate_and_the_courts_own_limits_say_when_their_figure_is_not_confirmed() -> None:
    certificate = (granted(), "MEDICAL_CERTIFICATE", "MEDICAL_CERTIFICATE_MONTHS_MAX")
    for case, id, figure in (certificate, *courts_own_limits()):
        tables, doubt = unread(figure)
        for held, doubted in ((REFERENCE, False), (tables, True)):
            (clock,) = [each for each in clocks(case, NOTIFIED, held) if each.id == id]
            assert (doubt in clock.unconfirmed) is doubted


def test_some_of_those_limits_are_counted() -> None:
    counted = {example.clock for example in SUBJECTS if any(c.expires_on for c in answers(example, REFERENCE))}
    assert counted == set(COUNTED_BY)


def test_observations_of_which_no_figure_is_held_still_have_their_last_day() -> None:
    example = next(example for example in EXAMPLES if example.clock == "T15")
    (held,), (clock,) = (answers(example, tables) for tables in (REFERENCE, without("PRIOR_HEARING_DAYS_MIN")))
    assert held.unconfirmed
    assert (clock.unconfirmed, clock.expires_on) == ((), held.expires_on)


@pytest.mark.parametrize(
    ("clock", "value", "words"),
    [
        ("T6", "3", "immédiat ou, en cas d'impossibilité, trois jours ouvrés"),
        ("T6", "1", "immédiat ou, en cas d'impossibilité, un jour ouvré"),
        ("T7", "10", "10 jours ouvrés"),
        ("T8", "2", "deux mois"),
        ("T14", "3", "trois jours ouvrables avant l'embauche"),
        ("T14", "5", "5 jours ouvrables avant l'embauche"),
        ("DEEMED_NOTIFICATION", "20", "20 jours"),
    ],
)
def test_the_words_follow_the_figure(clock: str, value: str, words: str) -> None:
    (row,) = REFERENCE.thresholds[COUNTED_BY[clock]]
    changed = (replace(row, value=Decimal(value)),)
    tables = replace(REFERENCE, thresholds={**REFERENCE.thresholds, row.id: changed})
    found = [each for example in SUBJECTS if example.clock == clock for each in answers(example, tables)]
    assert {each.length for each in found} == {words}
    if clock == "T14":
        told = words.removesuffix(" avant l'embauche")
        assert all(f"faute de réponse dans un délai de {told}, cette obligation" in each.sentence for each in found)


def test_the_contract_sent_to_ofii_is_told_by_the_figure() -> None:
    changed = (replace(REFERENCE.thresholds["OFII_CONTRACT_MONTHS"][0], value=Decimal("4")),)
    tables = replace(REFERENCE, thresholds={**REFERENCE.thresholds, "OFII_CONTRACT_MONTHS": changed})
    (event,) = notify_ofii(granted(), NotifyOfii(decision="D1"), reading(tables, date(2026, 11, 20), Role.SYSTEM))
    assert event.ground == "contrat de plus de quatre mois (CT R5221-18)"


def test_the_month_to_maintain_a_claim_carried_over_such_a_holiday_says_so() -> None:
    refusal = proceedings(
        id="L2",
        action=CourtAction.SUSPENSION,
        main_litigation="L1",
        outcome=JudgmentOutcome.REJECTED,
        no_serious_doubt=True,
        judged_on=date(2027, 2, 25),
        judgment_notified_on=date(2027, 2, 25),
    )
    case = a_case(litigation=(proceedings(), refusal), decisions=(expressly_refused(),))
    assert case.routing is not None
    strasbourg = replace(case, routing=replace(case.routing, competent_department="67"))
    (clock,) = [each for each in clocks(strasbourg, date(2027, 3, 1), REFERENCE) if each.id == "CONFIRMATION"]
    assert clock.expires_on == date(2027, 3, 30)
    assert [doubt for doubt in clock.unconfirmed if "Vendredi saint (CT L3134-13)" in doubt]
