"""Bundles: prepared by a recipe, arranged by hand within the rules, ordered, built once."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.acts import CourtAction
from domain.case import Case
from domain.commands.arrange_bundle import ArrangeBundle, ArrangedExhibit, ArrangedSource, arrange_bundle
from domain.commands.cancel_bundle import CancelBundle, cancel_bundle
from domain.commands.end_build import EndBuild, end_build
from domain.commands.order_bundle import OrderBundle, order_bundle
from domain.commands.prepare_bundle import PrepareBundle, prepare_bundle
from domain.commands.record_bundle import RecordBundle, record_bundle
from domain.defence.bundles import included, named
from domain.envelope import Role
from domain.events import DocumentExamined, DocumentScanned
from domain.papers import BuildOutcome, Redaction, ScanVerdict, SourceKind, Zone
from tests.unit.given import a_context, case_after
from tests.unit.given_decided import only
from tests.unit.given_disputed import after, in_court, notified, refusal_of
from tests.unit.test_exhibits import refused_after_much

DAY = date(2027, 1, 4)
LEGAL = a_context(Role.LEGAL, today=DAY)


def prepared(case: Case | None = None) -> Case:
    """A bundle prepared for the proceedings under way."""
    body = PrepareBundle(decision="D1", litigation="L1")
    return after(case or refused_after_much(), prepare_bundle, body, today=DAY)


def of(ref: str, label: str = "Une pièce", kind: SourceKind = SourceKind.DOCUMENT, **more: Any) -> ArrangedExhibit:
    source = ArrangedSource(kind=kind, ref=ref, **more)
    return ArrangedExhibit(label=label, sources=(source,))


def arranging(*exhibits: ArrangedExhibit, arrangement: int = 1) -> ArrangeBundle:
    return ArrangeBundle(bundle="B1", arrangement=arrangement, exhibits=exhibits)


def ordered(case: Case | None = None) -> Case:
    return after(case or prepared(), order_bundle, OrderBundle(bundle="B1", arrangement=1), today=DAY)


# Preparing


def test_a_bundle_is_prepared_by_the_recipe_that_fits() -> None:
    case = refused_after_much()
    event = only(prepare_bundle(case, PrepareBundle(decision="D1", litigation="L1"), LEGAL))
    assert (event.bundle, event.recipe, event.prepared_on) == ("B1", "excess_of_power/1", DAY)
    assert len(event.exhibits) > 15
    assert only(prepare_bundle(prepared(), PrepareBundle(decision="D1"), LEGAL)).bundle == "B2"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "D9"}, "decision_unknown"),
        ({"decision": "D1", "litigation": "L9"}, "litigation_unknown"),
        ({"decision": "D1", "litigation": "L1", "recipe": "nothing"}, "recipe_unknown"),
        ({"decision": "D1", "litigation": "L1", "recipe": "suspension"}, "recipe_unsuitable"),
        ({"decision": "D1", "litigation": "L1", "recipe": "execution"}, "recipe_unsuitable"),
        ({"decision": "D1", "recipe": "suspension"}, "recipe_unsuitable"),
    ],
)
def test_what_does_not_fit_is_refused(body: dict[str, Any], code: str) -> None:
    assert refusal_of(prepare_bundle, refused_after_much(), PrepareBundle(**body), LEGAL).code == code


def test_each_kind_of_proceedings_finds_its_recipe() -> None:
    case = in_court(in_court(notified()), action=CourtAction.SUSPENSION, court_number="2612346")
    event = only(prepare_bundle(case, PrepareBundle(decision="D1", litigation="L2"), LEGAL))
    assert event.recipe == "suspension/1"


# Arranging


def test_the_list_is_laid_out_as_it_is_given() -> None:
    case = prepared()
    hidden = Redaction(page=1, why="Tiers.", zones=(Zone(left=0.1, top=0.1, width=0.9, height=0.2),))
    grouped = ArrangedExhibit(
        slot="documents",
        label="  Passeports \u00a0 du salarié ",
        sources=tuple(ArrangedSource(kind=SourceKind.DOCUMENT, ref="P1", version=n) for n in (1, 2)),
    )
    left_out = ArrangedExhibit(
        label="Kbis",
        sources=(ArrangedSource(kind=SourceKind.DOCUMENT, ref="P3"),),
        included=False,
        why_excluded="Périmé.",
    )
    body = arranging(of("P6", redactions=(hidden,)), grouped, of("request", kind=SourceKind.SHEET), left_out)
    event = only(arrange_bundle(case, body, LEGAL))
    first, second, third, fourth = event.exhibits
    assert first.sources[0].sha256 == case.document("P6").current.sha256
    assert first.sources[0].redactions == (hidden,)
    assert second.label == "Passeports du salarié"
    assert [each.version for each in second.sources] == [1, 2]
    assert (third.sources[0].sha256, third.sources[0].version) == ("", case.version)
    assert not fourth.included
    arranged = case_after((event,), case)
    assert arranged.bundle("B1").arrangement == 2
    assert named(arranged, event.exhibits) == ("1_Une-piece.pdf", "2_Passeports-du-salarie.pdf", "3_Une-piece.pdf")


@pytest.mark.parametrize(
    ("exhibits", "pointer", "code"),
    [
        ((of("P99"),), "/exhibits/0/sources/0/ref", "source_unknown"),
        ((of("P1", version=7),), "/exhibits/0/sources/0/ref", "source_unknown"),
        ((of("L99", kind=SourceKind.LETTER),), "/exhibits/0/sources/0/ref", "source_unknown"),
        ((of("opinion/O2", kind=SourceKind.SHEET),), "/exhibits/0/sources/0/ref", "source_unknown"),
        ((of("request", kind=SourceKind.SHEET, version=9_999),), "/exhibits/0/sources/0/ref", "source_unknown"),
        ((of("P1"), of("P1")), "/exhibits/1/sources/0/ref", "source_repeated"),
        ((of("P1", label="…"),), "/exhibits/0/label", "label_illegible"),
        ((of("P1", label="a\u0000b"),), "/exhibits/0/label", "label_illegible"),
        ((msgspec.structs.replace(of("P1"), slot="elsewhere"),), "/exhibits/0/slot", "slot_unknown"),
        ((msgspec.structs.replace(of("P1"), included=False),), "/exhibits/0/why_excluded", "exclusion_needs_reason"),
        (
            (of("P6", redactions=(Redaction(page=3, why="x"),)),),
            "/exhibits/0/sources/0/redactions/0/page",
            "page_unknown",
        ),
        (
            (
                of(
                    "P1",
                    redactions=(Redaction(page=1, why="x", zones=(Zone(left=0.6, top=0, width=0.5, height=0.1),)),),
                ),
            ),
            "/exhibits/0/sources/0/redactions/0/zones/0",
            "zone_outside_page",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_where_it_stands(
    exhibits: tuple[ArrangedExhibit, ...], pointer: str, code: str
) -> None:
    case = prepared()
    examined = DocumentExamined(
        document="P6",
        version=1,
        sha256="0" * 64,
        bytes=9,
        media_type="application/pdf",
        pages=2,
        examiner="x",
        examined_on=DAY,
    )
    refused = refusal_of(arrange_bundle, case_after((examined,), case), arranging(*exhibits), LEGAL)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.faults}


def test_two_who_arrange_at_once_do_not_undo_each_other() -> None:
    """No `If-Match` guards these facts: the layout that was read does."""
    case = prepared()
    first = case_after(arrange_bundle(case, arranging(of("P1")), LEGAL), case)
    assert refusal_of(arrange_bundle, first, arranging(of("P2")), LEGAL).code == "bundle_rearranged"
    assert refusal_of(order_bundle, first, OrderBundle(bundle="B1", arrangement=1), LEGAL).code == "bundle_rearranged"
    second = case_after(arrange_bundle(first, arranging(of("P2"), arrangement=2), LEGAL), first)
    assert second.bundle("B1").arrangement == 3
    assert refusal_of(arrange_bundle, second, arranging(of("P2"), arrangement=3), LEGAL).code == "nothing_changed"


def test_facts_about_bundles_make_nobody_stale() -> None:
    case = refused_after_much()
    assert prepared(case).settled == case.settled < prepared(case).version


# Building


def test_an_order_freezes_the_case_and_the_layout() -> None:
    case = prepared()
    held = ordered(case)
    build = held.bundle("B1").build_under_way
    assert build is not None
    assert (build.number, build.on_version, build.exhibits) == (1, case.version, case.bundle("B1").exhibits)
    rearranged = after(held, arrange_bundle, arranging(of("P1")), today=DAY)
    assert rearranged.bundle("B1").build_under_way == build
    assert (
        refusal_of(order_bundle, rearranged, OrderBundle(bundle="B1", arrangement=2), LEGAL).code == "build_under_way"
    )


def test_a_bundle_may_rest_upon_what_the_other_party_has_joined() -> None:
    case = prepared()
    nothing = msgspec.structs.replace(of("P1"), included=False, why_excluded="Aucune pièce utile.")
    empty = after(case, arrange_bundle, arranging(nothing), today=DAY)
    order = OrderBundle(bundle="B1", arrangement=2)
    build = after(empty, order_bundle, order, today=DAY).bundle("B1").build_under_way
    assert build is not None
    assert included(build.exhibits) == ()


BUILT = RecordBundle(bundle="B1", build=1, sha256="cd" * 32, bytes=9, exhibits=3, pages=7, faulty=(2,))


def test_a_build_is_recorded_once() -> None:
    held = ordered()
    built = case_after(record_bundle(held, BUILT, a_context(Role.SYSTEM)), held)
    build = built.bundle("B1").build(1)
    assert build is not None
    assert (build.sha256, build.is_under_way) == ("cd" * 32, False)
    for decide, body in ((record_bundle, BUILT), (end_build, EndBuild(bundle="B1", build=1, why="Trop tard."))):
        assert refusal_of(decide, built, body, a_context(Role.SYSTEM)).code == "build_not_under_way"


def test_a_build_that_was_cancelled_is_not_recorded_and_another_may_be_ordered() -> None:
    held = ordered()
    event = only(cancel_bundle(held, CancelBundle(bundle="B1"), LEGAL))
    assert event.outcome is BuildOutcome.CANCELLED
    cancelled = case_after((event,), held)
    assert refusal_of(record_bundle, cancelled, BUILT, a_context(Role.SYSTEM)).code == "build_not_under_way"
    again = ordered(cancelled)
    assert refusal_of(record_bundle, again, BUILT, a_context(Role.SYSTEM)).code == "build_not_under_way", "the first"
    assert again.bundle("B1").build_under_way is not None
    assert refusal_of(cancel_bundle, prepared(), CancelBundle(bundle="B1"), LEGAL).code == "build_not_under_way"


def test_a_build_that_fails_is_given_up() -> None:
    event = only(end_build(ordered(), EndBuild(bundle="B1", build=1, why="Fichier perdu."), a_context(Role.SYSTEM)))
    assert (event.outcome, event.why) == (BuildOutcome.FAILED, "Fichier perdu.")


# Names


def test_the_type_that_the_bytes_have_names_the_file_and_what_is_infected_is_not_joined() -> None:
    case = prepared()
    seen = DocumentExamined(
        document="P1", version=1, sha256="0" * 64, bytes=9, media_type="image/png", examiner="x", examined_on=DAY
    )
    infected = DocumentScanned(
        document="P6", version=1, sha256="0" * 64, verdict=ScanVerdict.INFECTED, engine="x", scanned_on=DAY
    )
    held = case_after((seen, msgspec.structs.replace(seen, document="P6"), infected), case)
    hidden = (Redaction(page=1, why="Tiers."),)
    exhibits = only(
        arrange_bundle(
            held,
            arranging(of("P1", version=1), of("P6"), of("P2", version=3), of("P7", redactions=hidden)),
            LEGAL,
        )
    ).exhibits
    assert named(held, exhibits)[0] == "1_Une-piece.png"
    assert [each.rpartition(".")[2] for each in named(held, exhibits)[1:]] == ["pdf", "pdf", "pdf"]
