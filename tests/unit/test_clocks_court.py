"""The time limits of a court, each with all that it tells: its days, its sentence, its articles, its doubts."""

from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest

from domain.acts import CourtAction, Injunction, InjunctionKind, JudgmentOutcome, StageKind
from domain.case import Case, Litigation, Stage
from domain.clocks.clock import CALENDAR_NOTE, Clock, ClockState
from domain.clocks.court import injunction, litigation
from tests.unit.given import REFERENCE
from tests.unit.given_decided import appealed
from tests.unit.given_disputed import in_court

IN_COURT = "dans l'instance n° 2612345 devant le tribunal administratif de Lyon."


@cache
def base() -> Case:
    """A refusal attacked before the tribunal of Lyon on 2026-12-01 under number 2612345."""
    return in_court()


def a_case(*litigations: Litigation) -> Case:
    return msgspec.structs.replace(base(), litigation=litigations)


def proceedings(**changes: Any) -> Litigation:
    return msgspec.structs.replace(base().litigation[0], **changes)


def told(case: Case, today: date) -> list[Clock]:
    return list(litigation(case, today, REFERENCE))


def a_step(**fields: Any) -> Clock:
    """A limit of the investigation, which the administration must meet."""
    return Clock(**{"ref": "L1", "for_administration": True, "state": ClockState.RUNNING, **fields})


def test_a_claim_just_lodged_has_no_limit_yet() -> None:
    assert told(a_case(proceedings()), date(2026, 12, 2)) == []


DUE = date(2027, 2, 15)
DEFENCE = a_step(
    id="DEFENCE",
    name="Mémoire en défense",
    starts_on=date(2026, 12, 3),
    expires_on=DUE,
    effect="l'instruction peut se poursuivre sans la défense",
    articles=("CJA R611-10",),
    sentence=f"Mémoire en défense : le 15 février 2027, {IN_COURT}",
)


@pytest.mark.parametrize(
    ("today", "changes", "state"),
    [
        (date(2027, 2, 14), {}, ClockState.RUNNING),
        (DUE, {}, ClockState.RUNNING),
        (date(2027, 2, 16), {}, ClockState.EXPIRED),
        (DUE, {"defence_filed_on": date(2027, 2, 1)}, ClockState.ENDED),
        (DUE, {"outcome": JudgmentOutcome.REJECTED}, ClockState.ENDED),
    ],
)
def test_the_defence_is_due_until_filed_or_judged(today: date, changes: dict[str, Any], state: ClockState) -> None:
    case = a_case(proceedings(served_on=date(2026, 12, 3), defence_due_on=DUE, **changes))
    assert told(case, today) == [msgspec.structs.replace(DEFENCE, state=state)]


NOTICE = a_step(
    id="FORMAL_NOTICE",
    name="Mise en demeure de produire",
    starts_on=date(2027, 1, 15),
    expires_on=DUE,
    effect="les faits sont réputés admis (CJA R612-6)",
    articles=("CJA R612-3", "CJA R612-6"),
    sentence=f"Mise en demeure de produire : le 15 février 2027, {IN_COURT}",
)
ADMITTED = " Aucun mémoire n'a été produit dans ce délai : l'État est réputé avoir acquiescé aux faits exposés."


@pytest.mark.parametrize(
    ("today", "changes", "state", "warning"),
    [
        (DUE, {}, ClockState.RUNNING, ""),
        (date(2027, 2, 16), {}, ClockState.EXPIRED, ADMITTED),
        (date(2027, 2, 16), {"defence_filed_on": date(2027, 2, 1)}, ClockState.ENDED, ""),
    ],
)
def test_a_formal_notice_left_unanswered_admits_the_facts(
    today: date, changes: dict[str, Any], state: ClockState, warning: str
) -> None:
    case = a_case(proceedings(formal_notice_on=date(2027, 1, 15), formal_notice_due_on=DUE, **changes))
    assert told(case, today) == [
        msgspec.structs.replace(NOTICE, state=state, sentence=NOTICE.sentence + warning),
    ]


CLOSING = a_step(
    id="INVESTIGATION_CLOSING",
    name="Clôture de l'instruction",
    expires_on=DUE,
    effect="les mémoires produits ensuite ne sont pas communiqués (CJA R613-3)",
    articles=("CJA R613-1", "CJA R613-2"),
    sentence=f"Clôture de l'instruction : le 15 février 2027, {IN_COURT}",
)
HEARING = a_step(
    id="HEARING",
    name="Audience",
    expires_on=DUE,
    effect="l'affaire est mise en délibéré",
    articles=("CJA R711-2",),
    sentence=f"Audience : le 15 février 2027, {IN_COURT}",
)


@pytest.mark.parametrize(
    ("today", "filed_on", "added"),
    [
        (date(2027, 1, 30), None, ""),
        (date(2027, 1, 31), None, " Il reste 15 jours pour produire un mémoire."),
        (date(2027, 2, 13), date(2027, 1, 10), " Il reste 2 jours pour produire un nouveau mémoire."),
        (date(2027, 2, 14), None, " Il reste 1 jour pour produire un mémoire."),
        (DUE, None, " C'est le dernier jour pour produire un mémoire."),
    ],
)
def test_the_days_before_the_closure_are_counted_down(today: date, filed_on: date | None, added: str) -> None:
    case = a_case(proceedings(investigation_closes_on=DUE, defence_filed_on=filed_on))
    assert told(case, today) == [msgspec.structs.replace(CLOSING, sentence=CLOSING.sentence + added)]


@pytest.mark.parametrize(
    ("today", "added"),
    [
        (date(2027, 1, 30), ""),
        (date(2027, 1, 31), " Il reste 15 jours avant l'audience."),
        (DUE, " C'est le dernier jour avant l'audience."),
    ],
)
def test_the_days_before_the_hearing_are_counted_down(today: date, added: str) -> None:
    case = a_case(proceedings(hearing_on=DUE))
    assert told(case, today) == [msgspec.structs.replace(HEARING, sentence=HEARING.sentence + added)]


def test_a_closure_and_a_hearing_are_over_the_day_after() -> None:
    case = a_case(proceedings(investigation_closes_on=DUE, hearing_on=DUE))
    ended = [msgspec.structs.replace(each, state=ClockState.ENDED) for each in (CLOSING, HEARING)]
    assert told(case, date(2027, 2, 16)) == ended


LIBERTY = Clock(
    id="LIBERTY_RULING",
    ref="L1",
    name="Ordonnance du juge du référé-liberté",
    state=ClockState.RUNNING,
    starts_on=date(2026, 12, 1),
    length="48 heures",
    expires_on=date(2026, 12, 3),
    effect="le juge statue à bref délai, après une procédure écrite ou orale (CJA L522-1)",
    articles=("CJA L521-2",),
    sentence="Ordonnance du juge du référé-liberté : le 3 décembre 2026, " + IN_COURT,
)


@pytest.mark.parametrize(
    ("today", "outcome", "state"),
    [
        (date(2026, 12, 3), None, ClockState.RUNNING),
        (date(2026, 12, 4), None, ClockState.EXPIRED),
        (date(2026, 12, 3), JudgmentOutcome.REJECTED, ClockState.ENDED),
    ],
)
def test_the_judge_of_liberties_rules_in_48_hours(
    today: date, outcome: JudgmentOutcome | None, state: ClockState
) -> None:
    case = a_case(proceedings(action=CourtAction.LIBERTY, outcome=outcome))
    assert told(case, today) == [msgspec.structs.replace(LIBERTY, state=state)]


def refused_suspension(**changes: Any) -> Litigation:
    """The suspension that L2 asked for beside L1, refused for want of serious doubt."""
    fields = {
        "id": "L2",
        "action": CourtAction.SUSPENSION,
        "main_litigation": "L1",
        "outcome": JudgmentOutcome.REJECTED,
        "no_serious_doubt": True,
        "judged_on": date(2026, 12, 15),
        "judgment_notified_on": date(2026, 12, 17),
    }
    return proceedings(**{**fields, **changes})


CONFIRMATION = Clock(
    id="CONFIRMATION",
    ref="L1",
    name="Maintien de la requête en annulation",
    state=ClockState.RUNNING,
    starts_on=date(2026, 12, 17),
    length="un mois",
    expires_on=date(2027, 1, 18),
    effect="le requérant est réputé s'être désisté",
    articles=("CJA R612-5-2",),
    sentence="",
    unconfirmed=(CALENDAR_NOTE,),
)
REFUSED_ON = "Suspension refusée faute de doute sérieux, ordonnance notifiée le 17 décembre 2026 (L2) ; "


@pytest.mark.parametrize(
    ("today", "confirmed_on", "state", "sentence"),
    [
        (
            date(2027, 1, 18),
            None,
            ClockState.RUNNING,
            "le requérant a jusqu'au 18 janvier 2027 inclus pour maintenir sa requête.",
        ),
        (
            date(2027, 1, 19),
            None,
            ClockState.EXPIRED,
            "faute d'avoir maintenu sa requête au plus tard le 18 janvier 2027, le requérant est réputé s'être "
            "désisté, ce dont il revient à la juridiction de donner acte.",
        ),
        (date(2027, 1, 19), date(2027, 1, 4), ClockState.ENDED, "la requête a été maintenue le 4 janvier 2027."),
    ],
)
def test_a_suspension_refused_leaves_a_month_to_maintain_the_claim(
    today: date, confirmed_on: date | None, state: ClockState, sentence: str
) -> None:
    case = a_case(proceedings(confirmed_on=confirmed_on), refused_suspension())
    first, against_order = told(case, today)
    assert first == msgspec.structs.replace(CONFIRMATION, state=state, sentence=REFUSED_ON + sentence)
    assert against_order.ref == "L2"


def test_nothing_is_to_maintain_before_the_order_is_notified() -> None:
    assert told(a_case(proceedings(), refused_suspension(judgment_notified_on=None)), date(2027, 1, 4)) == []


def a_remedy(action: CourtAction) -> Clock:
    """What may be lodged against a ruling notified on 2027-06-03."""
    months = {"length": "deux mois", "expires_on": date(2027, 8, 4), "unconfirmed": (CALENDAR_NOTE,)}
    unread = "Délai du pourvoi en cassation (CJA R821-1) : article non relu"
    days = {
        "length": "15 jours",
        "expires_on": date(2027, 6, 21),
        "unconfirmed": (
            CALENDAR_NOTE,
            "Délai pour contester une ordonnance de référé devant le Conseil d'État (CJA L523-1) : article non relu",
        ),
    }
    urgent = ("CJA L523-1", "CJA R523-1")
    name, articles, fields = {
        CourtAction.ANNULMENT: (
            "Appel devant la cour administrative d'appel",
            ("CJA R811-1", "CJA R811-2"),
            months,
        ),
        CourtAction.APPEAL: (
            "Pourvoi devant le Conseil d'État",
            ("CJA R821-1",),
            {**months, "unconfirmed": (CALENDAR_NOTE, unread)},
        ),
        CourtAction.SUSPENSION: ("Pourvoi devant le Conseil d'État", urgent, days),
        CourtAction.USEFUL_MEASURES: ("Pourvoi devant le Conseil d'État", urgent, days),
        CourtAction.LIBERTY: ("Appel devant le Conseil d'État", ("CJA L523-1",), days),
    }[action]
    until = {"deux mois": "4 août 2027", "15 jours": "21 juin 2027"}[str(fields["length"])]
    return Clock(
        **{
            "id": "JUDGMENT_APPEAL",
            "ref": "L1",
            "name": name,
            "state": ClockState.RUNNING,
            "starts_on": date(2027, 6, 3),
            "effect": "la décision de justice devient définitive",
            "articles": articles,
            "sentence": f"Décision de justice notifiée le 3 juin 2027 (L1) ; {name[0].lower()}{name[1:]} ouvert "
            f"{fields['length']}, jusqu'au {until} inclus.",
            **fields,
        }
    )


def ruled(action: CourtAction = CourtAction.ANNULMENT, **changes: Any) -> Litigation:
    fields = {"outcome": JudgmentOutcome.REJECTED, "judged_on": date(2027, 6, 1)}
    return proceedings(**{"action": action, "judgment_notified_on": date(2027, 6, 3), **fields, **changes})


@pytest.mark.parametrize(
    "action",
    [
        CourtAction.ANNULMENT,
        CourtAction.APPEAL,
        CourtAction.SUSPENSION,
        CourtAction.USEFUL_MEASURES,
        CourtAction.LIBERTY,
    ],
)
def test_what_may_be_lodged_against_a_ruling(action: CourtAction) -> None:
    expected = a_remedy(action)
    last = expected.expires_on
    assert last is not None
    case = a_case(ruled(action))
    after = msgspec.structs.replace(expected, state=ClockState.EXPIRED)
    assert told(case, last)[-1] == expected
    assert told(case, date.fromordinal(last.toordinal() + 1))[-1] == after


def test_nothing_stands_above_the_council_of_state_nor_against_what_is_not_notified() -> None:
    today = date(2027, 6, 10)
    assert told(a_case(ruled(CourtAction.CASSATION)), today) == []
    assert told(a_case(ruled(judgment_notified_on=None)), today) == []
    assert told(a_case(ruled(outcome=None)), today) == []


def test_a_state_that_lost_must_decide_in_time_whether_to_appeal() -> None:
    case = a_case(ruled(outcome=JudgmentOutcome.ANNULLED))
    expected = msgspec.structs.replace(a_remedy(CourtAction.ANNULMENT), for_administration=True)
    over = msgspec.structs.replace(expected, for_administration=False, state=ClockState.EXPIRED)
    assert told(case, date(2027, 8, 4)) == [expected]
    assert told(case, date(2027, 8, 5)) == [over]


@pytest.mark.parametrize(
    ("lodged_on", "action", "state"),
    [
        (date(2027, 6, 3), CourtAction.APPEAL, ClockState.ENDED),
        (date(2027, 6, 2), CourtAction.APPEAL, ClockState.RUNNING),
        (date(2027, 7, 1), CourtAction.CASSATION, ClockState.ENDED),
        (date(2027, 7, 1), CourtAction.LIBERTY, ClockState.RUNNING),
    ],
)
def test_only_a_higher_court_seized_since_ends_the_limit(
    lodged_on: date, action: CourtAction, state: ClockState
) -> None:
    further = proceedings(id="L2", action=action, lodged_on=lodged_on, court_number="27LY00001")
    first = told(a_case(ruled(), further), date(2027, 7, 2))[0]
    assert first == msgspec.structs.replace(a_remedy(CourtAction.ANNULMENT), state=state)


ORDERED_DUE = date(2027, 7, 3)
SILENCE_NOT_READ = "silence pendant le délai du juge : qu'il ne fasse naître aucune décision n'est pas lu"


def reopened(ruling: Litigation | None, stage: Stage, **changes: Any) -> Case:
    return msgspec.structs.replace(base(), litigation=(ruling,) if ruling else (), stage=stage, **changes)


def annulled(kind: InjunctionKind = InjunctionKind.REEXAMINE, penalty: int = 0, **changes: Any) -> Litigation:
    ordered = Injunction(kind=kind, delay_days=30, penalty_daily_euros=penalty)
    return ruled(**{"outcome": JudgmentOutcome.ANNULLED, "injunction": ordered, **changes})


REEXAMINE = Clock(
    id="INJUNCTION",
    ref="L1",
    name="Réexamen ordonné par le juge",
    state=ClockState.RUNNING,
    starts_on=date(2027, 6, 3),
    length="30 jours",
    expires_on=ORDERED_DUE,
    effect="le juge peut assurer l'exécution, au besoin sous astreinte",
    articles=("CJA L911-2", "CJA L911-4"),
    sentence="Nouvelle décision à prendre au plus tard le 3 juillet 2027, sur injonction du juge (L1).",
    for_administration=True,
    unconfirmed=(SILENCE_NOT_READ,),
)
ISSUE = msgspec.structs.replace(
    REEXAMINE,
    name="Délivrance ordonnée par le juge",
    articles=("CJA L911-1", "CJA L911-4"),
    sentence="Autorisation à délivrer au plus tard le 3 juillet 2027, sur injonction du juge (L1).",
)
OVER = " Le délai est expiré : une partie peut demander au juge d'assurer l'exécution de sa décision (CJA L911-4)."
PENALTY = " Astreinte : 100,00\u00a0€ par jour de retard (CJA L911-3)."
REACHED = " Au 6 juillet 2027, l'astreinte atteint 300,00\u00a0€, avant liquidation par le juge."


def at_court(due_on: date | None = ORDERED_DUE, ref: str | None = "L1") -> Stage:
    return Stage(kind=StageKind.COURT, ref=ref, due_on=due_on)


@pytest.mark.parametrize(
    ("today", "kind", "penalty", "state", "added"),
    [
        (ORDERED_DUE, InjunctionKind.REEXAMINE, 0, ClockState.RUNNING, ""),
        (date(2027, 7, 4), InjunctionKind.REEXAMINE, 0, ClockState.EXPIRED, OVER),
        (ORDERED_DUE, InjunctionKind.ISSUE, 100, ClockState.RUNNING, PENALTY),
        (date(2027, 7, 6), InjunctionKind.ISSUE, 100, ClockState.EXPIRED, PENALTY + OVER + REACHED),
    ],
)
@pytest.mark.parametrize("due_on", [ORDERED_DUE, None])
def test_what_the_judge_ordered_is_due_on_the_day_of_the_stage_or_counted_from_notification(
    due_on: date | None, today: date, kind: InjunctionKind, penalty: int, state: ClockState, added: str
) -> None:
    expected = ISSUE if kind is InjunctionKind.ISSUE else REEXAMINE
    articles = (*expected.articles, "CJA L911-3") if penalty else expected.articles
    changed = msgspec.structs.replace(expected, state=state, sentence=expected.sentence + added, articles=articles)
    assert list(injunction(reopened(annulled(kind, penalty), at_court(due_on)), today)) == [changed]


BLANK = Clock(
    id="INJUNCTION",
    ref="L1",
    name="Réexamen après annulation",
    state=ClockState.NOT_RUNNING,
    starts_on=date(2027, 6, 3),
    effect="le juge peut assurer l'exécution, au besoin sous astreinte",
    articles=("CJA L911-1", "CJA L911-2", "CJA L911-4"),
    sentence="Réexamen après annulation : ne court pas, le juge n'a fixé aucun délai ; la demande est à nouveau "
    "pendante.",
    why_not_running="le juge n'a fixé aucun délai ; la demande est à nouveau pendante",
    for_administration=True,
    unconfirmed=("effet du silence après annulation : aucun texte lu",),
)


def test_an_annulment_without_delay_is_pending_again() -> None:
    today = date(2027, 6, 10)
    without = annulled(injunction=None)
    assert list(injunction(reopened(without, at_court(None)), today)) == [BLANK]
    not_notified = annulled(judgment_notified_on=None)
    assert list(injunction(reopened(not_notified, at_court(None)), today)) == [
        msgspec.structs.replace(BLANK, starts_on=None)
    ]
    unknown = msgspec.structs.replace(BLANK, ref="", starts_on=None)
    assert list(injunction(reopened(without, at_court(None, ref=None)), today)) == [unknown]


def test_without_a_court_nothing_is_ordered() -> None:
    assert list(injunction(reopened(None, Stage()), date(2027, 6, 10))) == []
    assert list(injunction(reopened(None, Stage(due_on=ORDERED_DUE)), date(2027, 6, 10))) == []


MINISTER = Clock(
    id="INJUNCTION",
    ref="A1",
    name="Réexamen demandé par le ministre",
    state=ClockState.RUNNING,
    expires_on=ORDERED_DUE,
    effect="la décision du ministre reste à exécuter",
    articles=("CT R5221-19",),
    sentence="Nouvelle décision à prendre au plus tard le 3 juillet 2027, à la demande du ministre (A1).",
    for_administration=True,
    unconfirmed=("délai de réexamen : aucun texte n'en fixe",),
)


@pytest.mark.parametrize(
    ("today", "state"), [(ORDERED_DUE, ClockState.RUNNING), (date(2027, 7, 4), ClockState.EXPIRED)]
)
def test_what_the_minister_asks_again_has_his_day(today: date, state: ClockState) -> None:
    appeals = appealed(base(), today=date(2026, 12, 2)).appeals
    case = reopened(None, at_court(ref="A1"), appeals=appeals)
    assert list(injunction(case, today)) == [msgspec.structs.replace(MINISTER, state=state)]
    of_court = reopened(annulled(), at_court(), appeals=appeals)
    assert [each.name for each in injunction(of_court, ORDERED_DUE)] == ["Réexamen ordonné par le juge"]


def test_an_appeal_reopened_by_a_ruling_is_due_when_the_ruling_says() -> None:
    stage = Stage(kind=StageKind.APPEAL, ref="A1", due_on=ORDERED_DUE)
    by_ruling = reopened(annulled(reopened_appeal="A1"), stage)
    assert list(injunction(by_ruling, ORDERED_DUE)) == [REEXAMINE]
    without = msgspec.structs.replace(
        REEXAMINE,
        ref="A1",
        starts_on=None,
        length="",
        sentence="Nouvelle décision à prendre au plus tard le 3 juillet 2027, sur injonction du juge (A1).",
    )
    assert list(injunction(reopened(annulled(), stage), ORDERED_DUE)) == [without]
    undated = Stage(kind=StageKind.APPEAL, ref="A1")
    assert list(injunction(reopened(annulled(reopened_appeal="A1"), undated), ORDERED_DUE)) == []
