"""What a recipe proposes: all that the case holds, as what it was when the decision was taken, and nothing else."""

from datetime import date
from typing import Any

import pytest

from domain.acts import Addressee, AppealKind, CourtAction, DecisionKind
from domain.case import Case
from domain.defence.exhibits import proposed, sheet_names
from domain.defence.recipe import Recipe, newest
from domain.events import (
    AppealLodged,
    DocumentReceived,
    DocumentRefused,
    DocumentReplaced,
    DocumentScanned,
    LetterIssued,
    MissingItemsRequested,
    MissingItemsSupplied,
    OpinionGiven,
    OpinionRequested,
)
from domain.findings import Criterion, Exhibit
from domain.papers import ChosenExhibit, LetterKind, ScanVerdict
from domain.request import DocumentRef
from tests.properties.walks import Walk
from tests.unit.given import TODAY, an_attached, case_after, claimed
from tests.unit.given_decided import UNDERPAID, assessed, signed, underpaid_request
from tests.unit.given_decided import proposed as decision_proposed
from tests.unit.given_disputed import in_court, notified

LATER = date(2026, 12, 10)


def recipe(name: str = "excess_of_power") -> Recipe:
    found = newest(name)
    assert found is not None
    return found


def a_ref(id: str, version: int = 1, title: str = "Pièce", **more: Any) -> DocumentRef:
    return DocumentRef(
        id=id, version=version, item="other", title=title, sha256=f"{int(id[1:]):032x}{version:032x}", **more
    )


def a_letter(letter: str, kind: LetterKind, about: str = "", addressee: Addressee | None = None) -> LetterIssued:
    return LetterIssued(
        letter=letter,
        kind=kind,
        about=about,
        addressee=addressee,
        on_version=9,
        template="x/1",
        data_sha256="0" * 64,
        sha256=f"{int(letter[1:]):064x}",
        bytes=10,
        dated=TODAY,
        issued_on=TODAY,
    )


def refused_after_much() -> Case:
    """A refusal with documents of every provenance, before it and after it, before the tribunal."""
    held = claimed(request=underpaid_request(), documents=(an_attached("passport", "Passeport"), an_attached("other")))
    asked = MissingItemsRequested(request="M1", items=(), requested_on=TODAY, due_on=LATER, suspends=True)
    before = (
        a_letter("L1", LetterKind.RECEIPT),
        DocumentReplaced(document=a_ref("P2", 2), replaces_version=1, reason="Illisible.", replaced_on=TODAY),
        DocumentReplaced(document=a_ref("P2", 3), replaces_version=2, reason="Illisible.", replaced_on=TODAY),
        DocumentReceived(document=a_ref("P3", title="Kbis"), received_on=TODAY),
        DocumentRefused(document="P3", version=1, reason="Périmé.", refused_on=TODAY),
        asked,
        MissingItemsSupplied(request="M1", documents=(a_ref("P4"),), complete=True, supplied_on=TODAY),
        OpinionRequested(opinion="O1", body="URSSAF", question="?", requested_on=TODAY),
        OpinionRequested(
            opinion="O2", body="URSSAF", question="?", criterion=Criterion.EMPLOYER_RECORD, requested_on=TODAY
        ),
        OpinionRequested(opinion="O3", body="casier judiciaire national", question="?", requested_on=TODAY),
        DocumentReceived(document=a_ref("P5", title="Rapport"), received_on=TODAY),
        *(
            OpinionGiven(opinion=opinion, adverse=True, finding="Vu.", exhibits=exhibits, given_on=TODAY)
            for opinion, exhibits in (
                ("O1", (Exhibit(document="P5", version=1, sha256="0" * 64),)),
                ("O2", ()),
                ("O3", ()),
            )
        ),
    )
    decided = signed(
        decision_proposed(assessed(case_after(before, held)), kind=DecisionKind.REFUSAL, reasons=(UNDERPAID,))
    )
    after = (
        DocumentReplaced(document=a_ref("P1", 2), replaces_version=1, reason="Nouveau.", replaced_on=LATER),
        DocumentReceived(document=a_ref("P6", title="Tardive"), received_on=LATER),
        DocumentScanned(
            document="P4", version=1, sha256="0" * 64, verdict=ScanVerdict.INFECTED, engine="x", scanned_on=LATER
        ),
        AppealLodged(
            appeal="A1",
            kind=AppealKind.HIERARCHICAL,
            against="D1",
            lodged_by=Addressee.EMPLOYER,
            received_on=LATER,
            in_time=True,
            person=held.request.worker.person,
            arguments="Non.",
            documents=(a_ref("P7", title="Nouvelle offre"),),
            implicit_rejection_on=date(2027, 2, 28),
        ),
    )
    letters = (
        a_letter("L2", LetterKind.MISSING_ITEMS, "M1"),
        a_letter("L3", LetterKind.DECISION, "D1", Addressee.EMPLOYER),
        a_letter("L4", LetterKind.DECISION, "D1", Addressee.WORKER),
    )
    return in_court(case_after((*after, *letters), notified(decided)), today=LATER)


def shown(exhibits: tuple[ChosenExhibit, ...]) -> list[tuple[str, str]]:
    """Each exhibit by its slot and its sources."""
    return [
        (
            each.slot,
            " ".join(
                f"{source.ref}.{source.version}" if source.kind == "document" else source.ref for source in each.sources
            ),
        )
        for each in exhibits
    ]


def test_the_history_is_laid_out_in_the_order_of_the_recipe() -> None:
    case = refused_after_much()
    exhibits = proposed(recipe(), case, case.decision("D1"))
    assert shown(exhibits) == [
        ("request", "request"),
        ("request", "L1"),
        ("request", "acknowledgement"),
        ("documents", "P1.1"),
        ("documents", "P2.3"),
        ("documents", "P2.1 P2.2"),
        ("documents", "P3.1"),
        ("exchanges", "L2"),
        ("exchanges", "P4.1"),
        ("opinions", "opinion/O1"),
        ("opinions", "P5.1"),
        ("labour_market", "reference/D1"),
        ("assessment", "assessment/D1"),
        ("decision", "L3"),
        ("decision", "L4"),
        ("decision", "notification/D1/employer"),
        ("decision", "notification/D1/worker"),
        ("delegation", "delegation/D1"),
        ("appeals", "appeal/A1"),
        ("appeals", "P7.1"),
        ("later", "P1.2"),
        ("later", "P6.1"),
    ]
    labels = {source.ref + str(source.version): each.label for each in exhibits for source in each.sources}
    assert (
        labels["P11"] == "« Passeport » (pièce P1, version 1, reçue le 2 novembre 2026), remplacée depuis la décision"
    )
    assert labels["P31"] == "« Kbis » (pièce P3, reçue le 2 novembre 2026), écartée"
    assert labels["P22"].endswith("versions remplacées avant la décision : 1, 2")
    assert labels["L31"] == "Décision du 2 novembre 2026 (D1), à l'employeur"
    left_out = {each.sources[0].ref: each.why_excluded for each in exhibits if not each.included}
    assert set(left_out) == {"P4", "opinion/O1", "P5", "P1", "P6"}
    assert "antivirus" in left_out["P4"]
    assert "R611-1" in left_out["P5"]


def test_what_was_found_of_convictions_is_never_an_exhibit() -> None:
    case = refused_after_much()
    assert {name for name in sheet_names(case) if name.startswith("opinion")} == {"opinion/O1"}


@pytest.mark.parametrize("name", ["excess_of_power", "suspension", "higher_court"])
def test_nothing_that_a_case_holds_is_lost_and_nothing_is_there_twice(name: str) -> None:
    """Over many lives, for each decision: every version of every document and nothing that the case does not hold."""
    tried = 0
    for seed in range(60):
        walk = Walk(30_000 + seed)
        for _ in walk.steps(60):
            pass
        for decision in walk.case.decisions:
            exhibits = proposed(recipe(name), walk.case, decision)
            found = [(s.ref, s.version, s.sha256) for each in exhibits for s in each.sources if s.kind == "document"]
            held = [(ref.id, ref.version, ref.sha256) for d in walk.case.documents.values() for ref in d.versions]
            assert sorted(found) == sorted(held)
            sheets = [s.ref for each in exhibits for s in each.sources if s.kind == "sheet"]
            assert len(set(sheets)) == len(sheets)
            assert set(sheets) <= sheet_names(walk.case)
            assert all(each.included or each.why_excluded for each in exhibits)
            tried += 1
    assert tried > 40


def test_a_decision_on_appeal_has_the_documents_of_the_appeal_before_it() -> None:
    case = refused_after_much()
    exhibits = proposed(recipe("execution"), case, case.decision("D1"))
    assert shown(exhibits)[0][0] == "decision"
    assert CourtAction.ANNULMENT in recipe("execution").actions
