"""Checklists by use case and version of the order: what is required, by which text, and where each item stands."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.acts import RequestedItem
from domain.case import Case
from domain.checklists import NO_LIST, Checklist, Requirement, Slot, SlotState, checklist
from domain.envelope import Role
from domain.events import (
    CaseEvent,
    DocumentExamined,
    DocumentReceived,
    DocumentRefused,
    DocumentReplaced,
    DocumentScanned,
    MissingItemsRequested,
)
from domain.papers import FileFault, ScanVerdict
from domain.procedures import PROCEDURES, Procedure
from domain.reference import Mark
from domain.request import DocumentRef, PostingBasis, PostingMission, Seasonal, TitleKind
from tests.unit.given import (
    REFERENCE,
    TODAY,
    a_company,
    a_host_family,
    a_job,
    a_mandate,
    a_request,
    a_worker_in_france,
    an_attached,
    an_offer,
    case_after,
    filed,
)

BEFORE, SINCE = date(2025, 1, 11), date(2025, 1, 12)
"""The last day of the first version of the order, and the first of the second."""
OPPOSABLE = a_job(posting=an_offer())


def of(case: Case, on: date = TODAY) -> Checklist:
    return checklist(case, on, REFERENCE)


def slots(case: Case, on: date = TODAY) -> dict[str, Slot]:
    return {slot.item: slot for slot in of(case, on).slots}


def told(case: Case, on: date = TODAY) -> dict[str, str]:
    """The items of the order that the case calls for, or not, or nobody knows, by a letter each."""
    letters = {Requirement.REQUIRED: "R", Requirement.NOT_REQUIRED: "n", Requirement.UNKNOWN: "?"}
    return {slot.item: letters[slot.requirement] for slot in of(case, on).slots if slot.text}


def with_facts(case: Case, *facts: CaseEvent) -> Case:
    return case_after(facts, case)


# By use case and version

EXAMPLES: list[tuple[str, Any, date, dict[str, str]]] = [
    (
        "U1, an offer was published, first version",
        a_request(job=OPPOSABLE),
        BEFORE,
        {
            "passport": "R",
            "job_offer_copy": "n",
            "job_offer_publication_proof": "R",
            "job_offer_outcome_statement": "R",
            "regulated_profession_proof": "?",
            "income_tax_notice": "?",
            "contributions_certificate": "n",
            "diploma_and_experience": "?",
            "mandate": "n",
            "translation": "?",
        },
    ),
    (
        "U1, an offer was published, second version",
        a_request(job=OPPOSABLE),
        SINCE,
        {
            "passport": "R",
            "job_offer_copy": "R",
            "job_offer_publication_proof": "R",
            "job_offer_outcome_statement": "R",
            "regulated_profession_proof": "n",
            "income_tax_notice": "n",
            "contributions_certificate": "R",
            "diploma_and_experience": "?",
            "mandate": "n",
            "translation": "?",
        },
    ),
    (
        "U1, a regulated profession, a private employer, a mandatary",
        a_request(
            job=a_job(posting=an_offer(), regulated_profession=True), employer=a_host_family(), mandate=a_mandate()
        ),
        SINCE,
        {
            "passport": "R",
            "job_offer_copy": "R",
            "job_offer_publication_proof": "R",
            "job_offer_outcome_statement": "R",
            "regulated_profession_proof": "R",
            "income_tax_notice": "R",
            "contributions_certificate": "R",
            "diploma_and_experience": "?",
            "mandate": "R",
            "translation": "?",
        },
    ),
    (
        "U5, second version, with a statement on housing",
        a_request(Procedure.SEASONAL),
        SINCE,
        {
            "passport": "?",
            "housing_statement": "R",
            "employer_identity": "R",
            "signed_contract": "R",
            "contributions_certificate": "R",
        },
    ),
    (
        "U5, first version",
        a_request(Procedure.SEASONAL),
        BEFORE,
        {"housing_statement": "n", "employer_identity": "n", "signed_contract": "n", "contributions_certificate": "n"},
    ),
    ("U6, second version", a_request(Procedure.STUDENT_ABOVE_QUOTA), SINCE, {"enrolment_certificate": "R"}),
    ("U6, first version", a_request(Procedure.STUDENT_ABOVE_QUOTA), BEFORE, {"enrolment_certificate": "?"}),
    ("U7", a_request(Procedure.ASYLUM_SEEKER), SINCE, {"asylum_attestation": "?"}),
]


@pytest.mark.parametrize(("request_", "on", "expected"), [each[1:] for each in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_items_are_required_by_the_text_of_the_day_on_its_condition(
    request_: Any, on: date, expected: dict[str, str]
) -> None:
    role = Role.MANDATARY if request_.mandate is not None else None
    found = told(filed(request=request_, role=role), on)
    assert {item: found[item] for item in expected} == expected


@pytest.mark.parametrize("procedure", Procedure)
@pytest.mark.parametrize("on", [date(2021, 4, 5), BEFORE, SINCE, TODAY])
def test_nothing_is_required_that_no_text_is_known_to_require(procedure: Procedure, on: date) -> None:
    case = filed(procedure)
    use_case = PROCEDURES[procedure].use_case
    listed = {item.key: item for item in REFERENCE.checklist(use_case, on)} if use_case else {}
    found = of(case, on)
    assert {slot.item for slot in found.slots if slot.text} == set(listed)
    for slot in found.slots:
        if slot.requirement is Requirement.REQUIRED:
            assert listed[slot.item].may_be_demanded
            assert slot.condition_holds is True
            assert slot.text.startswith(("CT R5221-12", "CT R5221-1 II"))
        if slot.item in listed and listed[slot.item].required == "unknown":
            assert slot.requirement is Requirement.UNKNOWN
            assert slot.mark is Mark.UNCONFIRMED
        assert slot.why.endswith(".")
        assert slot.source


def test_a_procedure_without_a_list_says_so() -> None:
    found = of(filed(Procedure.EXCEPTIONAL_ADMISSION))
    assert (found.use_case, found.version, found.slots, found.label) == (None, None, (), NO_LIST)


def test_whether_the_market_is_opposable_may_be_unknown() -> None:
    """A student's title: only the examination can tell (CT R5221-21)."""
    case = filed(request=a_request(Procedure.CHANGE_OF_STATUS, worker=a_worker_in_france(TitleKind.STUDENT)))
    slot = slots(case, SINCE)["job_offer_copy"]
    assert (slot.requirement, slot.condition_holds, slot.state) == (Requirement.UNKNOWN, None, SlotState.NOT_EXPECTED)


def test_a_seasonal_request_without_a_statement_on_housing_asks_for_no_identity() -> None:
    request = a_request(Procedure.SEASONAL)
    assert isinstance(request.particulars, Seasonal)
    without = msgspec.structs.replace(
        request, particulars=msgspec.structs.replace(request.particulars, housing_statement=False)
    )
    case = filed(request=request)
    bare = case_after([], msgspec.structs.replace(case, request=without))
    assert told(case, SINCE)["employer_identity"] == "R"
    assert told(bare, SINCE)["employer_identity"] == "n"


def test_the_posting_and_the_loan_of_labour_are_told_apart() -> None:
    request = a_request(Procedure.POSTING)
    particulars = request.particulars
    assert isinstance(particulars, PostingMission)
    case = filed(request=request)
    assert told(case, BEFORE)["posting_items"] == "?"
    loan = msgspec.structs.replace(particulars, legal_basis=PostingBasis.LABOUR_LOAN)
    lent = msgspec.structs.replace(case, request=msgspec.structs.replace(request, particulars=loan))
    assert slots(lent, SINCE)["labour_loan_items"].condition_holds is True
    assert told(lent, BEFORE)["labour_loan_items"] == "n"


# What was produced


def a_version(document: str, item: str, version: int = 1) -> DocumentRef:
    return DocumentRef(
        id=document, version=version, item=item, title=f"{item} {version}", sha256=f"{version:064x}", bytes=10
    )


def received(document: str, item: str) -> DocumentReceived:
    return DocumentReceived(document=a_version(document, item), received_on=TODAY)


def test_an_item_goes_from_missing_to_produced_to_refused_to_produced_again() -> None:
    case = filed()
    assert slots(case)["passport"].state is SlotState.MISSING
    case = with_facts(case, received("P1", "passport"))
    assert slots(case)["passport"].state is SlotState.PRODUCED
    case = with_facts(case, DocumentRefused(document="P1", version=1, reason="Illisible.", refused_on=TODAY))
    slot = slots(case)["passport"]
    assert slot.state is SlotState.REFUSED
    assert [(each.version, each.refused_because) for each in slot.documents] == [(1, "Illisible.")]
    newer = DocumentReplaced(
        document=a_version("P1", "passport", 2), replaces_version=1, reason="Lisible.", replaced_on=TODAY
    )
    slot = slots(with_facts(case, newer))["passport"]
    assert slot.state is SlotState.PRODUCED
    assert [(each.version, each.refused_because) for each in slot.documents] == [(2, None), (1, "Illisible.")]


def test_one_document_that_stands_is_enough() -> None:
    refused = DocumentRefused(document="P1", version=1, reason="Illisible.", refused_on=TODAY)
    case = with_facts(filed(), received("P1", "passport"), refused, received("P2", "passport"))
    assert slots(case)["passport"].state is SlotState.PRODUCED
    assert of(case).missing == of(filed()).missing - 1


def test_what_answers_to_no_line_is_told_apart() -> None:
    case = with_facts(filed(), received("P1", "other"), received("P2", "income_tax_notice_of_a_friend"))
    assert [each.document for each in of(case).others] == ["P1", "P2"]


def test_a_file_that_nobody_can_open_is_told_and_left_to_the_agent() -> None:
    looked = DocumentExamined(
        document="P1",
        version=1,
        sha256=f"{1:064x}",
        bytes=10,
        media_type="application/pdf",
        faults=(FileFault.ENCRYPTED,),
        examiner="smoe-intake 1",
        examined_on=TODAY,
    )
    case = with_facts(filed(), received("P1", "passport"), looked)
    (version,) = slots(case)["passport"].documents
    assert version.is_unusable
    assert version.faults == (FileFault.ENCRYPTED,)
    assert slots(case)["passport"].state is SlotState.PRODUCED


@pytest.mark.parametrize(("verdict", "is_unusable"), [(ScanVerdict.INFECTED, True), (ScanVerdict.CLEAN, False)])
def test_an_infected_file_is_unusable(verdict: ScanVerdict, is_unusable: bool) -> None:
    scanned = DocumentScanned(
        document="P1", version=1, sha256=f"{1:064x}", verdict=verdict, engine="ClamAV", scanned_on=TODAY
    )
    (version,) = slots(with_facts(filed(), received("P1", "passport"), scanned))["passport"].documents
    assert version.is_unusable is is_unusable


def test_a_request_for_items_is_told_at_the_line_that_it_asks_for() -> None:
    asked = MissingItemsRequested(
        request="M1",
        items=(RequestedItem(item="passport", label="Passeport", required_by="arrêté"),),
        requested_on=TODAY,
        due_on=date(2026, 12, 2),
        suspends=True,
    )
    found = slots(with_facts(filed(), asked))
    assert found["passport"].asked_by == ("M1",)
    assert found["contributions_certificate"].asked_by == ()


# What another administration holds


def test_what_an_administration_holds_is_had_from_there() -> None:
    found = of(filed(), SINCE)
    slot = {each.item: each for each in found.slots}["contributions_certificate"]
    assert slot.held_by is not None
    assert slot.held_by.holder.startswith("Urssaf")
    assert slot.state is SlotState.TO_OBTAIN
    assert "L114-8" in slot.advice
    assert "n'est pas confirmé" in slot.advice, "the list of exchanges was not read"
    assert found.missing == sum(each.state is SlotState.MISSING for each in found.slots)
    assert "contributions_certificate" not in {e.item for e in found.slots if e.state is SlotState.MISSING}


def test_what_was_produced_all_the_same_counts() -> None:
    case = filed(documents=(an_attached("contributions_certificate"),))
    assert slots(case)["contributions_certificate"].state is SlotState.PRODUCED


def test_holders_are_those_of_the_kind_of_employer_and_of_the_day() -> None:
    company = filed(request=a_request(employer=a_company()))
    family = filed(request=a_request(employer=a_host_family()))
    assert slots(company)["company_registration"].advice.startswith("Rien n'est à fournir : Insee")
    assert slots(company)["company_registration"].state is SlotState.NOT_EXPECTED
    assert "company_registration" not in slots(family)
    assert slots(family)["contributions_certificate"].held_by is None
    notice = slots(family)["income_tax_notice"]
    assert notice.held_by is not None
    assert notice.state is SlotState.TO_OBTAIN
    assert slots(company)["income_tax_notice"].held_by is None
    assert REFERENCE.held_elsewhere(date(2019, 1, 20)) != REFERENCE.held_elsewhere(date(2019, 1, 21))


def test_no_advice_where_the_item_is_not_required() -> None:
    assert slots(filed(), BEFORE)["contributions_certificate"].advice == ""


def test_a_confirmed_exchange_would_spare_the_filer() -> None:
    sure = tuple(msgspec.structs.replace(each, mark=Mark.CONFIRMED) for each in REFERENCE.holders)
    confirmed = msgspec.structs.replace(REFERENCE, holders=sure)
    found = {slot.item: slot for slot in checklist(filed(), SINCE, confirmed).slots}
    assert found["contributions_certificate"].advice.endswith("la pièce n'est pas à fournir.")
