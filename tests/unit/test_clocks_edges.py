"""What the table of examples cannot say of time limits: what is not there, and what is not doubted."""

from datetime import date

import msgspec
import pytest

from domain.acts import Addressee, AppealKind, AppealOutcome, CourtAction, DecisionKind, RequestedItem
from domain.appeals import addressed_to, counts_on, judged_on_the_law_of, rejection_must_be_reasoned
from domain.case import Case, Hearing, Litigation, Opinion
from domain.clocks import ClockState, clocks, next_deadline
from domain.clocks.clock import CALENDAR_NOTE, Suspension, length_in_words, stopped
from domain.clocks.limits_to_appeal import appeal_limits
from domain.clocks.silence_on_request import READ_BY, required_by_a_text
from domain.events import AppealDecided
from domain.procedures import PROCEDURES
from domain.provisions import Chapter, all_provisions
from tests.unit.clock_histories import Example, case_of
from tests.unit.given import REFERENCE, case_after
from tests.unit.test_clock_examples import EXAMPLES
from tests.unit.test_clocks import an_appeal, asked, asylum, one

BY_ID = {example.id: example for example in EXAMPLES}


def history(*events: tuple[object, ...], filed: date = date(2025, 1, 15)) -> Case:
    """The case after these facts."""
    return case_of(Example(id="", article="", what="", clock="", on=filed, state="", filed=filed, events=tuple(events)))


def ids(case: Case, on: date) -> set[str]:
    """Which limits a case has."""
    return {clock.id for clock in clocks(case, on, REFERENCE)}


def test_every_silence_rule_of_a_procedure_is_read_by_a_function() -> None:
    wanted = {facts.silence for facts in PROCEDURES.values()} | {"INTERNSHIP_PROGRAMME"}
    assert set(READ_BY) == wanted
    declared = {provision.name for provision in all_provisions() if provision.chapter is Chapter.CLOCKS}
    assert {read.__name__ for read in READ_BY.values()} <= declared


def test_a_rule_that_nobody_confirmed_is_doubted_though_it_has_no_note() -> None:
    case = case_of(BY_ID["T5-11"])
    bare = msgspec.structs.replace(REFERENCE.silence_rule("VIABILITY_OPINION"), note=None)
    clock = READ_BY["VIABILITY_OPINION"](case, date(2025, 2, 1), bare, REFERENCE)
    assert clock.unconfirmed == ("effet du silence non confirmé",)


def test_the_ninety_days_of_an_au_pair_are_doubted_beside_what_the_rule_leaves_unsure() -> None:
    case = case_of(BY_ID["T5-06"])
    rule = REFERENCE.silence_rule("RESIDENCE_PERMIT_90")
    deduced = "délai lu pour la carte « jeune au pair » ; qu'il vaille pour le visa de la convention est une déduction"
    unsure = msgspec.structs.replace(rule, mark="unconfirmed", note="article non relu")
    for read, doubts in ((rule, (deduced,)), (unsure, ("article non relu", deduced))):
        clock = READ_BY["RESIDENCE_PERMIT_90"](case, date(2025, 1, 16), read, REFERENCE)
        assert clock.unconfirmed == doubts


def test_what_no_text_says_is_no_provision() -> None:
    assert "use_for_a_visa" not in {provision.name for provision in all_provisions()}


@pytest.mark.parametrize(
    ("required_by", "text"),
    [
        ("CT R5221-12 ; arrêté du 1er avril 2021", True),
        ("CESEDA R426-19", True),
        ("CESEDA R*432-1", True),
        ("article L. 5221-5", True),
        ("Décret n° 2014-1292", True),
        ("accord franco-algérien du 27 décembre 1968", True),
        ("usage du service", False),
        ("pratique locale depuis 2019", False),
        ("note de service n° 12", False),
        ("décodage du formulaire", False),
        ("", False),
    ],
)
def test_only_a_text_requires_an_item(required_by: str, text: bool) -> None:
    item = RequestedItem(item="other", label="Extrait Kbis", required_by=required_by)
    request = msgspec.structs.replace(asked(date(2025, 2, 1), date(2025, 3, 3)), items=(item,))
    assert required_by_a_text(request) is text


def test_one_item_that_a_text_requires_is_enough() -> None:
    request = asked(date(2025, 2, 1), date(2025, 3, 3))
    usage = RequestedItem(item="photo", label="Photographie", required_by="usage")
    assert required_by_a_text(msgspec.structs.replace(request, items=(usage, *request.items)))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        ({"months": 1}, "un mois"),
        ({"months": 2}, "deux mois"),
        ({"months": 3}, "trois mois"),
        ({"months": 4}, "quatre mois"),
        ({"months": 12}, "un an"),
        ({"months": 6}, "6 mois"),
        ({"days": 0}, "0 jour"),
        ({"days": 1}, "1 jour"),
        ({"days": 2}, "2 jours"),
        ({"days": 30}, "30 jours"),
    ],
)
def test_lengths_as_sentences_tell_them(length: dict[str, int], words: str) -> None:
    assert length_in_words(**length) == words


def test_several_items_are_told_in_the_plural() -> None:
    case = history(("asked", date(2025, 2, 1), date(2025, 3, 3)))
    (request,) = case.missing_items
    two = msgspec.structs.replace(request, items=(*request.items, *request.items))
    clock = one(msgspec.structs.replace(case, missing_items=(two,)), date(2025, 2, 2), "MISSING_ITEMS")
    told = "2 pièces demandées le 1er février 2025, à produire au plus tard le 3 mars 2025."
    assert clock.sentence == told


@pytest.mark.parametrize(
    ("refused_on", "doubts"),
    [(date(2025, 5, 16), 1), (date(2025, 5, 17), 2)],
)
def test_an_express_refusal_is_doubted_only_once_the_silence_could_no_longer_be_attacked(
    refused_on: date, doubts: int
) -> None:
    case = history(("silence", date(2025, 3, 16)), ("refused", refused_on), ("read", refused_on))
    limits = [c for c in clocks(case, refused_on, REFERENCE) if (c.id, c.ref) == ("T12", "D2")]
    employer = next(c for c in limits if c.addressee is Addressee.EMPLOYER)
    assert len(employer.unconfirmed) == doubts


def test_an_express_refusal_that_replaces_an_express_one_is_not_doubted() -> None:
    first, second = date(2025, 3, 1), date(2025, 8, 1)
    case = history(("refused", first), ("read", first), ("refused", second), ("read", second))
    limits = [c for c in clocks(case, second, REFERENCE) if (c.id, c.ref) == ("T12", "D2")]
    assert [len(limit.unconfirmed) for limit in limits] == [1, 1]


def test_the_limit_to_sue_says_that_the_court_is_seized_of_this_decision() -> None:
    day = date(2025, 3, 3)
    case = history(("refused", day), ("read", day))

    def told(**changes: object) -> str:
        proceedings = Litigation(
            **{
                "id": "L1",
                "action": CourtAction.ANNULMENT,
                "court": "tribunal administratif de Lyon",
                "court_number": "2500123",
                "against": "D1",
                "lodged_on": date(2025, 4, 1),
                **changes,
            }
        )
        sued = msgspec.structs.replace(case, litigation=(proceedings,))
        return one(sued, date(2025, 4, 2), "T12", Addressee.EMPLOYER).sentence

    base = "Décision D1 notifiée le 3 mars 2025 ; délai franc de deux mois, jusqu'au 5 mai 2025 inclus."
    assert told() == f"{base} Le tribunal a été saisi le 1er avril 2025 (L1)."
    assert told(action=CourtAction.SUSPENSION) == base
    assert told(against="D2") == base


def test_a_favourable_opinion_is_neither_withdrawn_nor_checked() -> None:
    case = history(("granted", date(2025, 2, 3)))
    (grant,) = case.decisions
    opinion = msgspec.structs.replace(grant, kind=DecisionKind.OPINION_FAVOURABLE, permit=None)
    assert {"T9", "MEDICAL_CERTIFICATE", "T14", "T16"} & ids(
        msgspec.structs.replace(case, decisions=(opinion,)), date(2025, 2, 4)
    ) == set()


def test_a_refusal_leaves_nothing_to_withdraw_or_to_use() -> None:
    case = history(("refused", date(2025, 2, 3)))
    assert {"T9", "MEDICAL_CERTIFICATE", "T14", "T16"} & ids(case, date(2025, 2, 4)) == set()


def test_a_worker_abroad_asks_for_a_visa_and_a_resident_has_the_title_checked() -> None:
    abroad, resident = case_of(BY_ID["T16-01"]), case_of(BY_ID["T14-01"])
    assert ids(abroad, date(2025, 2, 1)) & {"T14", "T16"} == {"T16"}
    assert ids(resident, date(2027, 2, 1)) & {"T14", "T16"} == {"T14"}


def test_a_grant_that_was_withdrawn_is_not_used_any_more() -> None:
    case = history(("granted", date(2025, 2, 3)), ("withdrawn", date(2025, 3, 3)))
    assert "T16" not in ids(case, date(2025, 3, 4))
    withdrawn = one(case, date(2025, 3, 4), "MEDICAL_CERTIFICATE")
    assert withdrawn.state is ClockState.ENDED
    assert withdrawn.sentence.endswith("La décision D1 ne produit plus d'effet (D2).")


def test_no_certificate_was_due_before_the_text_that_asks_for_it() -> None:
    before = history(("granted", date(2024, 1, 27)), filed=date(2023, 12, 1))
    since = history(("granted", date(2024, 1, 28)), filed=date(2023, 12, 1))
    assert "MEDICAL_CERTIFICATE" not in ids(before, date(2024, 2, 1))
    assert "MEDICAL_CERTIFICATE" in ids(since, date(2024, 2, 1))


def test_an_appeal_upheld_reopens_the_limit_against_what_still_stands() -> None:
    case = history(("refused", date(2025, 3, 3)), ("read", date(2025, 3, 3)), ("hierarchical", date(2025, 4, 1)))
    upheld = AppealDecided(
        appeal="A1", outcome=AppealOutcome.UPHELD, by_minister=True, decided_on=date(2025, 5, 12), summary="Accueilli."
    )
    clock = one(case_after((upheld,), case), date(2025, 5, 13), "T12", Addressee.EMPLOYER)
    assert clock.sentence == (
        "Recours A1 accueilli, délai rouvert le 12 mai 2025 (CRPA L411-2) ; délai franc de deux mois, jusqu'au "
        "15 juillet 2025 inclus."
    )


def test_a_letter_is_not_deemed_notified() -> None:
    case = history(("refused", date(2025, 2, 3)), ("available", date(2025, 2, 4), "post"))
    assert "DEEMED_NOTIFICATION" not in ids(case, date(2025, 3, 4))


def test_the_law_of_an_answer_depends_on_what_is_attacked() -> None:
    (grant,) = history(("granted", date(2025, 2, 3))).decisions
    (refusal,) = history(("refused", date(2025, 2, 3))).decisions
    assert (
        judged_on_the_law_of(grant) == "il y sera répondu selon le droit et les faits du 3 février 2025 (CRPA L411-4)"
    )
    assert judged_on_the_law_of(refusal) == (
        "il y sera répondu selon le droit et les faits du jour de la réponse (CRPA L411-4)"
    )


def test_only_the_rejection_of_an_appeal_against_a_silent_refusal_must_be_reasoned() -> None:
    (silent,) = history(("silence", date(2025, 3, 16))).decisions
    (granted_by_silence,) = case_of(BY_ID["T2-19"]).decisions
    (refusal,) = history(("refused", date(2025, 2, 3))).decisions
    assert rejection_must_be_reasoned(silent)
    assert not rejection_must_be_reasoned(granted_by_silence)
    assert not rejection_must_be_reasoned(refusal)


def test_before_it_is_routed_an_appeal_goes_to_the_prefect() -> None:
    case = history()
    assert addressed_to(AppealKind.GRACIOUS, case, REFERENCE) == "préfet du Puy-de-Dôme"
    assert addressed_to(AppealKind.HIERARCHICAL, case, REFERENCE) == "ministre chargé de l'immigration"
    assert addressed_to(AppealKind.GRACIOUS, msgspec.structs.replace(case, routing=None), REFERENCE) == "préfet"


@pytest.mark.parametrize(("posted", "counts"), [(None, date(2025, 3, 19)), (date(2025, 3, 14), date(2025, 3, 14))])
def test_the_postmark_counts_when_there_is_one(posted: date | None, counts: date) -> None:
    assert counts_on(date(2025, 3, 19), posted) == counts


def test_a_complete_notice_leaves_no_reasonable_period() -> None:
    case = history(("refused", date(2025, 2, 3)), ("read", date(2025, 2, 4)))
    assert "T13" not in ids(case, date(2025, 2, 5))
    unread = history(("refused_without_remedies", date(2025, 2, 3)), ("available", date(2025, 2, 4)))
    assert "T13" not in ids(unread, date(2025, 2, 5))


GOOD_FRIDAY = "report au-delà d'un jour férié à vérifier : Vendredi saint (CT L3134-13)."


@pytest.mark.parametrize(
    ("read_on", "expires", "doubtful"),
    [
        # The limit ends on 18 April 2025, a Good Friday, or on the Saturday after it, or a month after.
        (date(2025, 2, 17), date(2025, 4, 22), True),
        (date(2025, 2, 18), date(2025, 4, 22), False),
        (date(2025, 2, 16), date(2025, 4, 17), False),
        (date(2025, 3, 3), date(2025, 5, 5), False),
    ],
)
def test_only_a_limit_carried_over_a_holiday_of_some_communes_is_doubted(
    read_on: date, expires: date, doubtful: bool
) -> None:
    events = (("refused", read_on), ("read", read_on))
    example = Example(
        id="",
        article="",
        what="",
        clock="",
        on=read_on,
        state="",
        filed=date(2025, 1, 15),
        department="67",
        events=events,
    )
    limit = one(case_of(example), read_on, "T12", Addressee.EMPLOYER)
    assert limit.expires_on == expires
    assert limit.unconfirmed[0] == CALENDAR_NOTE
    assert [doubt.startswith(GOOD_FRIDAY) for doubt in limit.unconfirmed[1:]] == [True] * doubtful


def test_a_suspension_still_open_has_no_end_and_those_before_keep_theirs() -> None:
    case = history(
        ("asked", date(2025, 2, 1), date(2025, 3, 3)),
        ("supplied", date(2025, 2, 11)),
        ("asked", date(2025, 3, 1), date(2025, 3, 31)),
    )
    clock = one(case, date(2025, 3, 2), "T1")
    assert clock.state is ClockState.SUSPENDED
    assert clock.suspensions == (
        Suspension(since=date(2025, 2, 1), until=date(2025, 2, 11)),
        Suspension(since=date(2025, 3, 1), until=None),
    )
    assert one(case, date(2025, 3, 31), "T1").suspensions[-1].until == date(2025, 3, 31)
    alone = one(history(("asked", date(2025, 2, 1), date(2025, 3, 3))), date(2025, 2, 2), "T1")
    assert alone.suspensions == (Suspension(since=date(2025, 2, 1), until=None),)


def test_a_suspended_limit_binds_the_administration_as_a_running_one() -> None:
    """Asked for on the last day: once the items are due, no day is left to decide."""
    case = history(("asked", date(2025, 3, 15), date(2025, 4, 14)))
    first = next_deadline(case, date(2025, 3, 20), REFERENCE)
    assert first is not None
    assert (first.id, first.state, first.expires_on) == ("T1", ClockState.SUSPENDED, date(2025, 4, 14))


def test_of_two_limits_due_on_a_day_the_first_is_told() -> None:
    case = history(("asked", date(2025, 2, 1), date(2025, 3, 3)))
    (request,) = case.missing_items
    again = msgspec.structs.replace(request, id="M2")
    first = next_deadline(msgspec.structs.replace(case, missing_items=(request, again)), date(2025, 2, 2), REFERENCE)
    assert first is not None
    assert (first.id, first.ref) == ("MISSING_ITEMS", "M1")


@pytest.mark.parametrize(
    ("today", "used", "state", "awaited"),
    [
        (date(2025, 6, 16), False, ClockState.RUNNING, True),
        (date(2025, 6, 16), True, ClockState.ENDED, False),
        (date(2025, 6, 17), False, ClockState.EXPIRED, False),
        (date(2025, 6, 17), True, ClockState.ENDED, False),
    ],
)
def test_observations_are_waited_for_until_their_day_unless_the_decision_was_taken(
    today: date, used: bool, state: ClockState, awaited: bool
) -> None:
    hearing = Hearing(
        id="H1",
        decision="D1",
        intended=DecisionKind.WITHDRAWAL,
        legal_basis="CRPA L242-1",
        opened_on=date(2025, 6, 1),
        observations_until=date(2025, 6, 16),
        used=used,
    )
    clock = one(msgspec.structs.replace(history(), hearings=(hearing,)), today, "T15")
    assert (clock.state, clock.for_administration) == (state, awaited)


def test_a_medical_certificate_names_the_decision_it_is_counted_from() -> None:
    day = date(2025, 3, 3)
    clock = one(history(("granted", day)), day, "MEDICAL_CERTIFICATE")
    assert clock.starts_on == day
    assert clock.facts == {"décision D1": "3 mars 2025"}
    assert clock.length == "trois mois"
    assert clock.effect == "sans certificat, l'autorisation peut être retirée"
    assert not clock.for_administration


def test_an_opinion_asked_without_a_day_is_not_waited_for() -> None:
    def opinion(id: str, due_on: date | None) -> Opinion:
        return Opinion(id=id, body="URSSAF", criterion=None, requested_on=date(2025, 2, 3), due_on=due_on)

    case = msgspec.structs.replace(history(), opinions=(opinion("O1", None), opinion("O2", date(2025, 2, 20))))
    clock = one(case, date(2025, 2, 20), "OPINION")
    assert (clock.ref, clock.length, clock.starts_on) == ("O2", "17 jours", date(2025, 2, 3))
    assert clock.effect == "l'instruction peut se poursuivre sans l'avis"
    assert clock.facts == {"demande d'avis": "3 février 2025"}


def test_what_does_not_run_says_so_in_its_state() -> None:
    day = date(2025, 3, 3)
    limit = one(history(("refused", day)), day, "T12", Addressee.EMPLOYER)
    assert limit.state is ClockState.NOT_RUNNING
    waiting = history(("refused", day), ("read", day), ("gracious", date(2025, 3, 10)))
    held = one(waiting, date(2025, 3, 11), "T12", Addressee.EMPLOYER)
    assert (held.state, held.starts_on) == (ClockState.NOT_RUNNING, day)


def test_reasons_awaited_hold_a_limit_that_keeps_its_start() -> None:
    case = history(("silence", date(2025, 3, 16)), ("reasons_asked", date(2025, 3, 20)))
    limit = one(case, date(2025, 3, 21), "T12", Addressee.EMPLOYER)
    assert (limit.state, limit.starts_on) == (ClockState.NOT_RUNNING, date(2025, 3, 15))


def test_reasons_given_on_the_day_the_limit_starts_from_do_not_tell_another_start() -> None:
    case = history(("silence", date(2025, 3, 16)), ("reasons_asked", date(2025, 3, 20)))
    (decision,) = case.decisions
    given = msgspec.structs.replace(decision, reasons_communicated_on=decision.on)
    told = one(msgspec.structs.replace(case, decisions=(given,)), date(2025, 3, 21), "T12", Addressee.EMPLOYER)
    assert told.sentence.startswith("Décision implicite D1 née le 15 mars 2025 ; délai franc")


@pytest.mark.parametrize(
    ("answered_on", "start"),
    [
        (date(2025, 9, 11), date(2025, 9, 15)),
        (date(2025, 9, 12), date(2025, 5, 10)),
    ],
)
def test_a_limit_lengthened_by_distance_reopens_as_long_after_an_appeal(answered_on: date, start: date) -> None:
    """The worker lives abroad: an express answer counts within four months of the silence, not two."""
    day = date(2025, 3, 3)
    appeal = an_appeal(
        date(2025, 3, 10),
        lodged_by=Addressee.WORKER,
        implicit_rejection_on=date(2025, 5, 10),
        implicitly=True,
        outcome=AppealOutcome.REJECTED,
        ended_on=answered_on,
        answer_notified_on=date(2025, 9, 15),
    )
    case = msgspec.structs.replace(history(("refused", day), ("read", day)), appeals=(appeal,))
    assert one(case, date(2025, 9, 16), "T12", Addressee.WORKER).starts_on == start


@pytest.mark.parametrize(("given", "at_once"), [(date(2025, 1, 15), ", à l'instant du dépôt"), (date(2025, 1, 16), "")])
def test_a_receipt_says_whether_it_came_at_once(given: date, at_once: str) -> None:
    case = msgspec.structs.replace(history(), registered_on=given)
    told = f"accusé d'enregistrement envoyé le {given.day} janvier 2025{at_once}."
    assert one(case, given, "T6").sentence == f"Demande enregistrée le 15 janvier 2025 ; {told}"


def test_a_receipt_owed_for_a_request_given_up_has_lost_its_object() -> None:
    bare = msgspec.structs.replace(history(), registered_on=None, acknowledgement=None)
    owed = one(bare, date(2025, 1, 15), "T6")
    told = "Demande déposée le 15 janvier 2025 ; accusé d'enregistrement à envoyer au plus tard le 16 janvier 2025"
    assert (owed.sentence, owed.state, owed.for_administration) == (f"{told}.", ClockState.RUNNING, True)
    assert owed.starts_on == date(2025, 1, 15)
    assert owed.facts == {"dépôt": "15 janvier 2025"}
    given_up = one(msgspec.structs.replace(bare, abandoned_on=date(2025, 1, 15)), date(2025, 1, 15), "T6")
    assert given_up.sentence == f"{told}, désormais sans objet."
    assert (given_up.state, given_up.for_administration) == (ClockState.ENDED, False)


def test_silence_leaves_an_acknowledgement_owed_and_an_express_decision_does_not() -> None:
    silent = msgspec.structs.replace(history(("silence", date(2025, 3, 16))), acknowledgement=None)
    assert one(silent, date(2025, 3, 16), "T7").for_administration
    decided = msgspec.structs.replace(history(("refused", date(2025, 3, 3))), acknowledgement=None)
    assert not one(decided, date(2025, 3, 16), "T7").for_administration


def test_a_limit_that_is_stopped_does_not_run_any_more() -> None:
    running = one(history(), date(2025, 1, 20), "T1")
    assert running.state is ClockState.RUNNING
    told = stopped(running, "rien à attendre")
    assert (told.state, told.why_not_running) == (ClockState.NOT_RUNNING, "rien à attendre")
    assert told.sentence == f"{running.name} : ne court pas, rien à attendre."


def test_an_appeal_upheld_on_the_day_of_notification_reopens_nothing_later() -> None:
    day = date(2025, 3, 3)
    appeal = an_appeal(day, outcome=AppealOutcome.UPHELD, ended_on=day)
    case = msgspec.structs.replace(history(("refused", day), ("read", day)), appeals=(appeal,))
    limit = one(case, day, "T12", Addressee.EMPLOYER)
    assert limit.sentence.startswith("Décision D1 notifiée le 3 mars 2025 ; délai franc")


def test_items_supplied_in_part_are_waited_for_until_they_are_due() -> None:
    case = history(("asked", date(2025, 2, 1), date(2025, 3, 3)))
    (request,) = case.missing_items
    partly = msgspec.structs.replace(request, supplied_on=date(2025, 2, 11), complete=False)
    clock = one(msgspec.structs.replace(case, missing_items=(partly,)), date(2025, 4, 1), "T1")
    assert [span.until for span in clock.suspensions] == [date(2025, 3, 3)]


def test_silence_that_grants_waits_for_every_request_whatever_their_order() -> None:
    first = asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 2, 11), suspends=False)
    second = asked(date(2026, 2, 20), date(2026, 3, 20), date(2026, 3, 2), id="M2", suspends=False)
    day = date(2026, 4, 2)
    assert one(asylum(missing_items=(second, first)), day, "T2").starts_on == date(2026, 3, 2)
    partly = msgspec.structs.replace(second, complete=False)
    waiting = one(asylum(missing_items=(first, partly)), day, "T2")
    assert (
        waiting.why_not_running == "les pièces demandées le 20 février 2026 ne sont pas toutes arrivées (CRPA L114-5)"
    )


@pytest.mark.parametrize(
    ("kind", "limited"),
    [
        (DecisionKind.REFUSAL, True),
        (DecisionKind.STAMP_REFUSAL, True),
        (DecisionKind.IMPLICIT_REFUSAL, True),
        (DecisionKind.CLOSURE, True),
        (DecisionKind.WITHDRAWAL, True),
        (DecisionKind.REPEAL, True),
        (DecisionKind.GRANT, False),
    ],
)
def test_only_what_refuses_or_takes_back_is_to_be_contested(kind: DecisionKind, limited: bool) -> None:
    day = date(2025, 3, 3)
    case = history(("refused", day), ("read", day))
    (decision,) = case.decisions
    decided = msgspec.structs.replace(case, decisions=(msgspec.structs.replace(decision, kind=kind),))
    found = {clock.id for clock in appeal_limits(decided, day, REFERENCE)}
    assert ({"T10", "T12"} <= found) is limited
