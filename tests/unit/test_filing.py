"""Filing: what is recorded, who may file, and what is refused with its pointer."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.acknowledgement import items_not_produced
from domain.case import Case, Status
from domain.changes import pointers_changed
from domain.commands.abandon_request import AbandonRequest, abandon_request
from domain.commands.amend_request import AmendRequest, amend_request
from domain.commands.file_request import FileRequest, file_request, public_number
from domain.context import Vouched
from domain.days import add_delay, add_months
from domain.envelope import UNASSIGNED, Role
from domain.events import (
    AcknowledgementIssued,
    RegistrationReceiptIssued,
    RequestAbandoned,
    RequestFiled,
    RequestRouted,
    RoutingLeftToHand,
)
from domain.filing import faults_of
from domain.nationalities import FREE_TO_WORK, works_without_a_permit
from domain.procedures import PROCEDURES, Procedure
from domain.reference import Mark
from domain.refusals import CODES, Refused
from domain.request import (
    AdmissionBasis,
    Contract,
    InternshipCase,
    LegalRegime,
    OtherUndertaking,
    Request,
    ResidenceTitle,
    TitleKind,
)
from domain.request import Capacity as PartOf
from tests.unit.given import (
    CASE,
    REFERENCE,
    TODAY,
    a_company,
    a_context,
    a_host_family,
    a_job,
    a_mandate,
    a_request,
    a_worker,
    a_worker_in_france,
    an_address,
    an_administration,
    an_attached,
    an_offer,
    case_after,
    filed,
    filer_of,
    filing,
)

P = Procedure


def faults(request: Request, role: Role | None = None, today: date = TODAY) -> set[tuple[str, str]]:
    found = faults_of(request, role or filer_of(request.procedure), today, REFERENCE)
    assert all(fault.code in CODES and fault.message.endswith(".") for fault in found)
    return {(fault.pointer.removeprefix("/request"), fault.code) for fault in found}


def but(procedure: Procedure, **changes: Any) -> Request:
    """A valid request with some facts of its particulars changed."""
    request = a_request(procedure)
    return msgspec.structs.replace(request, particulars=msgspec.structs.replace(request.particulars, **changes))


def job_but(procedure: Procedure, **changes: Any) -> Request:
    request = a_request(procedure)
    assert request.job is not None
    return msgspec.structs.replace(request, job=msgspec.structs.replace(request.job, **changes))


def titled(procedure: Procedure, kind: TitleKind) -> Request:
    return a_request(procedure, worker=a_worker_in_france(kind))


@pytest.mark.parametrize("procedure", P)
def test_every_procedure_can_be_filed(procedure: Procedure) -> None:
    events = filing(procedure)
    assert [type(event) for event in events] == [
        RequestFiled,
        RegistrationReceiptIssued,
        RequestRouted,
        AcknowledgementIssued,
    ]
    case = case_after(events)
    assert case.status is Status.TO_CLAIM
    assert case.procedure is procedure
    assert case.filed_as is filer_of(procedure)
    acknowledgement = case.acknowledgement
    assert acknowledgement is not None
    assert acknowledgement.silence_rule == PROCEDURES[procedure].silence
    assert acknowledgement.complete


@pytest.mark.parametrize("procedure", P)
def test_only_the_entitled_may_file(procedure: Procedure) -> None:
    entitled = PROCEDURES[procedure].filers
    for role in set(Role) - entitled:
        with pytest.raises(Refused, match="role_not_entitled"):
            file_request(FileRequest(request=a_request(procedure)), a_context(role))


def test_persons_are_set_by_smoe_whatever_the_body_says() -> None:
    mine = a_context(Role.EMPLOYER, id=CASE)
    request = a_request(P.AU_PAIR, worker=a_worker(person=CASE), employer=a_host_family(person=CASE))
    event = file_request(FileRequest(request=request), mine)[0]
    assert isinstance(event, RequestFiled)
    persons = (event.request.worker.person, event.request.employer.person)  # type: ignore[union-attr]
    assert persons == (mine.new_id("worker"), mine.new_id("employer"))
    assert UNASSIGNED not in persons


def test_documents_are_numbered_in_order() -> None:
    case = filed(documents=(an_attached("passport"), an_attached("other")))
    assert [(held.id, held.current.version, held.current.item) for held in case.documents.values()] == [
        ("P1", 1, "passport"),
        ("P2", 1, "other"),
    ]


def test_the_public_number_is_readable_and_derives_from_the_identifier() -> None:
    assert public_number(2026, UNASSIGNED) == "2026-0000-0000-0000"
    assert public_number(2026, CASE) == "2026-0000-0000-0001"
    assert filed().number == public_number(2026, CASE)


def test_every_fault_is_told_at_once() -> None:
    request = a_request(employer=a_company(siret="90200029800016"), job=a_job(rome="A9099", start=date(2020, 1, 1)))
    with pytest.raises(Refused) as refusal:
        file_request(FileRequest(request=request), a_context(Role.EMPLOYER))
    assert refusal.value.code == "content_impossible"
    assert {(f.pointer, f.code) for f in refusal.value.faults} == {
        ("/request/employer/siret", "siret_invalid"),
        ("/request/job/rome", "rome_unknown"),
        ("/request/job/start", "start_in_past"),
    }


ORDINARY = [p for p in P if p not in {P.VIABILITY_OPINION, P.AU_PAIR}]


@pytest.mark.parametrize("procedure", P)
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"nationality": "ZZ"}, ("/worker/nationality", "nationality_unknown")),
        ({"nationality": "PT"}, ("/worker/nationality", "nationality_exempt")),
        ({"nationality": "CH"}, ("/worker/nationality", "nationality_exempt")),
        ({"nationality": "RE"}, ("/worker/nationality", "nationality_exempt")),
        ({"family_name": "  "}, ("/worker/family_name", "fact_missing")),
        ({"given_names": "x" * 201}, ("/worker/given_names", "text_too_long")),
        ({"birth_date": None}, ("/worker/birth_date", "fact_missing")),
        ({"birth_date": date(2026, 11, 3)}, ("/worker/birth_date", "date_impossible")),
        ({"birth_date": date(1926, 11, 2)}, ("/worker/birth_date", "age_impossible")),
        ({"residence_department": "99"}, ("/worker/residence_department", "department_unknown")),
    ],
)
def test_the_worker_must_be_possible(procedure: Procedure, changes: dict[str, Any], fault: tuple[str, str]) -> None:
    request = a_request(procedure)
    worker = msgspec.structs.replace(request.worker, **changes)
    assert faults(msgspec.structs.replace(request, worker=worker)) == {fault}


@pytest.mark.parametrize("nationality", ["XK", "GB", "DZ", "US"])
def test_other_nationals_may_be_filed_for(nationality: str) -> None:
    assert faults(a_request(worker=a_worker(nationality=nationality))) == set()


@pytest.mark.parametrize(
    ("contract", "born", "refused"),
    [
        (Contract.FIXED_TERM, date(2011, 3, 1), False),
        (Contract.FIXED_TERM, date(2011, 3, 2), True),
        (Contract.APPRENTICESHIP, date(2012, 3, 1), False),
        (Contract.APPRENTICESHIP, date(2012, 3, 2), True),
    ],
)
def test_age_at_the_start_of_the_job(contract: Contract, born: date, refused: bool) -> None:
    request = job_but(P.INTRODUCTION_FIXED_TERM, contract=contract)
    request = msgspec.structs.replace(request, worker=a_worker(birth_date=born))
    assert faults(request) == ({("/worker/birth_date", "age_impossible")} if refused else set())


@pytest.mark.parametrize("procedure", ORDINARY)
def test_an_employer_is_required_and_must_exist(procedure: Procedure) -> None:
    assert faults(a_request(procedure, employer=None)) == {("/employer", "fact_missing")}
    wrong = a_company(siret="12345678901234", seat=an_address("99999"))
    assert faults(a_request(procedure, employer=wrong)) == {
        ("/employer/siret", "siret_invalid"),
        ("/employer/seat/postcode", "department_unknown"),
    }


@pytest.mark.parametrize("procedure", [p for p in P if a_request(p).job is not None])
def test_a_job_is_required_where_there_is_a_contract(procedure: Procedure) -> None:
    assert ("/job", "fact_missing") in faults(a_request(procedure, job=None))
    assert faults(job_but(procedure, rome="M9999", pay_monthly_gross="0")) == {
        ("/job/rome", "rome_unknown"),
        ("/job/pay_monthly_gross", "amount_impossible"),
    }


@pytest.mark.parametrize("procedure", [p for p in P if a_request(p).job is None])
def test_a_job_is_refused_where_there_is_none(procedure: Procedure) -> None:
    assert ("/job", "part_not_applicable") in faults(a_request(procedure, job=a_job()))


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (job_but(P.INTRODUCTION_PERMANENT, end=date(2028, 1, 1)), ("/job/end", "end_impossible")),
        (job_but(P.INTRODUCTION_FIXED_TERM, end=None), ("/job/end", "fact_missing")),
        (job_but(P.INTRODUCTION_FIXED_TERM, end=date(2027, 2, 28)), ("/job/end", "dates_disordered")),
        (job_but(P.SEASONAL, end=None), ("/job/end", "fact_missing")),
        (job_but(P.POSTING, end=None), ("/job/end", "fact_missing")),
        (job_but(P.INTRODUCTION_PERMANENT, contract=Contract.FIXED_TERM, end=date(2028, 1, 1)),
         ("/job/contract", "contract_unsuitable")),
        (job_but(P.SEASONAL, contract=Contract.FIXED_TERM), ("/job/contract", "contract_unsuitable")),
        (job_but(P.POSTING, contract=Contract.FIXED_TERM), ("/job/contract", "contract_unsuitable")),
        (job_but(P.INTRODUCTION_PERMANENT, start=date(2026, 11, 1)), ("/job/start", "start_in_past")),
        (job_but(P.INTRODUCTION_PERMANENT, start=date(2036, 11, 3)), ("/job/start", "date_impossible")),
        (job_but(P.INTRODUCTION_PERMANENT, fap="Z9Z99"), ("/job/fap", "fap_unknown")),
        (job_but(P.INTRODUCTION_PERMANENT, workplace=an_address("97150")),
         ("/job/workplace/postcode", "department_unknown")),
        (job_but(P.INTRODUCTION_PERMANENT, posting=an_offer(published_from=date(2026, 11, 3),
                                                            published_until=date(2026, 11, 30))),
         ("/job/posting/published_from", "date_impossible")),
        (job_but(P.INTRODUCTION_PERMANENT, posting=an_offer(published_until=date(2026, 8, 31))),
         ("/job/posting/published_until", "dates_disordered")),
        (job_but(P.INTRODUCTION_PERMANENT, posting=an_offer(fitting_candidates=5)),
         ("/job/posting/fitting_candidates", "amount_impossible")),
        (a_request(undertakings=(OtherUndertaking(capacity=PartOf.PRINCIPAL, siret="90200029800016", name="X",
                                                  seat=an_address()),)),
         ("/undertakings/0/siret", "siret_invalid")),
        (a_request(legal_regime=LegalRegime.ALGERIAN), ("/legal_regime", "regime_unsuitable")),
        (a_request(P.SEASONAL, employer=a_host_family()), ("/employer/kind", "employer_kind_impossible")),
        (a_request(P.POSTING, employer=a_host_family()), ("/employer/kind", "employer_kind_impossible")),
        (a_request(P.INTERNSHIP_AGREEMENT, employer=a_host_family()), ("/employer/kind", "employer_kind_impossible")),
        (a_request(P.AU_PAIR, employer=a_company()), ("/employer/kind", "employer_kind_impossible")),
        (a_request(P.AU_PAIR, employer=a_host_family(postcode="00000")), ("/employer/postcode", "department_unknown")),
        (a_request(P.VIABILITY_OPINION, employer=a_company()), ("/employer", "part_not_applicable")),
        (job_but(P.SEASONAL, housing_address=None), ("/job/housing_address", "fact_missing")),
        (but(P.RENEWAL, earlier_permit=" "), ("/particulars/earlier_permit", "fact_missing")),
        (but(P.RENEWAL, earlier_expires_on=date(2040, 1, 1)), ("/particulars/earlier_expires_on", "date_impossible")),
        (but(P.RENEWAL, earlier_hired_on=date(2026, 5, 1), contract_broken_on=date(2026, 4, 1)),
         ("/particulars/contract_broken_on", "dates_disordered")),
        (but(P.STUDENT_ABOVE_QUOTA, hours_yearly=964), ("/particulars/hours_yearly", "below_student_quota")),
        (but(P.STUDENT_ABOVE_QUOTA, enrolled_until=date(2026, 11, 1)),
         ("/particulars/enrolled_until", "enrolment_ended")),
        (but(P.ASYLUM_SEEKER, ofpra_introduced_on=date(2026, 11, 3)),
         ("/particulars/ofpra_introduced_on", "date_impossible")),
        (but(P.ASYLUM_SEEKER, ofpra_decided_on=date(2026, 3, 9)),
         ("/particulars/ofpra_decided_on", "dates_disordered")),
        (but(P.EXCEPTIONAL_ADMISSION, prefecture_department="99"),
         ("/particulars/prefecture_department", "department_unknown")),
        (but(P.EXCEPTIONAL_ADMISSION, prefecture_department="976"),
         ("/particulars/prefecture_department", "legal_basis_not_applicable")),
        (but(P.POSTING, foreign_employer_country="FR"),
         ("/particulars/foreign_employer_country", "foreign_employer_in_france")),
        (but(P.POSTING, foreign_employer_country="ZZ"), ("/particulars/foreign_employer_country", "country_unknown")),
        (but(P.AU_PAIR, agreement_start=date(2026, 11, 1), agreement_end=date(2027, 1, 31)),
         ("/particulars/agreement_start", "start_in_past")),
        (but(P.AU_PAIR, agreement_end=date(2028, 2, 1)), ("/particulars/agreement_end", "agreement_too_long")),
        (but(P.AU_PAIR, agreement_end=date(2027, 1, 31)), ("/particulars/agreement_end", "dates_disordered")),
        (but(P.INTERNSHIP_AGREEMENT, start=date(2026, 11, 1)), ("/particulars/start", "start_in_past")),
        (but(P.INTERNSHIP_AGREEMENT, end=date(2027, 2, 28)), ("/particulars/end", "dates_disordered")),
        (but(P.INTERNSHIP_AMENDMENT, internship=InternshipCase.VOCATIONAL),
         ("/particulars/internship", "amendment_excluded")),
        (but(P.INTERNSHIP_AMENDMENT, new_end=date(2026, 12, 31)), ("/particulars/new_end", "dates_disordered")),
        (but(P.INTERNSHIP_AMENDMENT, agreement_end=date(2026, 11, 1)),
         ("/particulars/agreement_end", "agreement_ended")),
        (but(P.VIABILITY_OPINION, activity_department="20"),
         ("/particulars/activity_department", "department_unknown")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_stands(request_: Request, fault: tuple[str, str]) -> None:
    assert faults(request_) == {fault}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (titled(P.CHANGE_OF_STATUS, TitleKind.TALENT), "talent_needs_no_permit"),
        (titled(P.RENEWAL, TitleKind.ICT), "ict_needs_no_permit"),
        (titled(P.INTRODUCTION_PERMANENT, TitleKind.TALENT), "talent_needs_no_permit"),
        (titled(P.INTRODUCTION_PERMANENT, TitleKind.STUDENT), "worker_already_resident"),
        (titled(P.STUDENT_ABOVE_QUOTA, TitleKind.EMPLOYEE), "title_unsuitable"),
        (titled(P.ASYLUM_SEEKER, TitleKind.STUDENT), "title_unsuitable"),
        (titled(P.CHANGE_OF_STATUS, TitleKind.ASYLUM_ATTESTATION), "title_unsuitable"),
    ],
)
def test_the_title_decides_the_procedure(request_: Request, code: str) -> None:
    assert faults(request_) == {("/worker/residence_title/kind", code)}


@pytest.mark.parametrize("procedure", [P.CHANGE_OF_STATUS, P.RENEWAL, P.STUDENT_ABOVE_QUOTA, P.ASYLUM_SEEKER])
def test_a_person_in_france_has_a_title(procedure: Procedure) -> None:
    assert faults(a_request(procedure, worker=a_worker())) == {("/worker/residence_title", "fact_missing")}


def test_a_seasonal_worker_may_be_introduced_again() -> None:
    worker = a_worker(residence_title=ResidenceTitle(kind=TitleKind.SEASONAL))
    assert faults(a_request(worker=worker)) == set()


def test_an_algerian_student_needs_a_permit_from_the_first_hour() -> None:
    request = but(P.STUDENT_ABOVE_QUOTA, hours_yearly=300)
    algerian = msgspec.structs.replace(request, worker=a_worker_in_france(nationality="DZ"))
    assert faults(algerian) == set()


@pytest.mark.parametrize(("today", "refused"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_the_shortage_admission_ends_with_its_reference_data(today: date, refused: bool) -> None:
    request = but(P.EXCEPTIONAL_ADMISSION, basis=AdmissionBasis.L435_4)
    alone = msgspec.structs.replace(request, employer=None)
    expected = {("/particulars/basis", "legal_basis_not_applicable")} if refused else set()
    assert faults(alone, today=today) == expected


@pytest.mark.parametrize("procedure", [p for p in P if Role.MANDATARY in PROCEDURES[p].filers])
def test_a_mandatary_needs_a_mandate(procedure: Procedure) -> None:
    assert faults(a_request(procedure), Role.MANDATARY) == {("/mandate", "fact_missing")}
    wrong = a_mandate(signed_on=date(2026, 11, 3), siret="90200011600018")
    assert faults(a_request(procedure, mandate=wrong), Role.MANDATARY) == {
        ("/mandate/signed_on", "date_impossible"),
        ("/mandate/siret", "siret_invalid"),
    }
    assert faults(a_request(procedure, mandate=a_mandate()), Role.MANDATARY) == set()


def test_an_unknown_collective_agreement_is_accepted() -> None:
    assert faults(a_request(employer=a_company(idcc="9999"))) == set()


def test_la_poste_has_its_own_key() -> None:
    assert faults(a_request(employer=a_company(siret="35600000000048"))) == set()
    assert faults(a_request(employer=a_company(siret="35600000009075"))) == set()


# --- acknowledgement --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("procedure", "filed_on", "effect", "arises"),
    [
        (P.INTRODUCTION_PERMANENT, date(2026, 11, 2), "reject", date(2027, 1, 2)),
        (P.INTRODUCTION_PERMANENT, date(2026, 12, 31), "reject", date(2027, 2, 28)),
        (P.ASYLUM_SEEKER, date(2026, 11, 2), "grant", date(2027, 1, 2)),
        (P.INTERNSHIP_AGREEMENT, date(2026, 11, 2), "reject", date(2026, 12, 2)),
        (P.INTERNSHIP_AMENDMENT, date(2026, 11, 2), "grant", date(2026, 11, 17)),
        (P.EXCEPTIONAL_ADMISSION, date(2026, 11, 2), "reject", date(2027, 3, 2)),
        (P.AU_PAIR, date(2026, 11, 2), "reject", date(2027, 1, 31)),
        (P.VIABILITY_OPINION, date(2026, 11, 2), "none", None),
    ],
)
def test_what_silence_will_mean(procedure: Procedure, filed_on: date, effect: str, arises: date | None) -> None:
    case = filed(procedure, today=filed_on, documents=(an_attached("contributions_certificate"),))
    told = case.acknowledgement
    assert told is not None
    assert (told.silence_effect, told.implicit_decision_on) == (effect, arises)
    assert (told.remedies is not None) is (effect == "reject")


def test_silence_that_accepts_waits_for_a_complete_request() -> None:
    told = filed(P.ASYLUM_SEEKER).acknowledgement
    assert told is not None
    assert told.missing_items == ("Attestation de paiement des cotisations sociales de moins de six mois",)
    assert told.implicit_decision_on is None


def test_a_programme_halves_the_delay_of_an_internship() -> None:
    case = filed(request=but(P.INTERNSHIP_AGREEMENT, eu_or_intergovernmental_programme=True))
    assert case.acknowledgement is not None
    assert case.acknowledgement.silence_rule == "INTERNSHIP_PROGRAMME"
    assert case.acknowledgement.implicit_decision_on == date(2026, 11, 17)


def test_remedies_name_the_court_of_the_place_of_work_not_of_the_seat() -> None:
    case = filed(request=a_request(job=a_job(workplace=an_address("75011", "Paris"))))
    assert case.acknowledgement is not None
    assert case.acknowledgement.remedies is not None
    assert case.acknowledgement.remedies.tribunal == "tribunal administratif de Paris"
    assert "2 janvier 2027" in case.acknowledgement.remedies.text


def test_an_acknowledgement_without_contact_is_not_complete() -> None:
    told = filed(administration=an_administration(routing_table=False)).acknowledgement
    assert told is not None
    assert told.contact.phone == ""
    assert told.complete is False


def _missing(request: Request, role: Role = Role.EMPLOYER, *produced: str) -> set[str]:
    return {item.key for item in items_not_produced(request, role, frozenset(produced), TODAY, REFERENCE)}


def test_missing_items_are_those_a_text_requires_for_certain() -> None:
    assert _missing(a_request()) == {"passport", "contributions_certificate"}
    assert _missing(a_request(), Role.EMPLOYER, "passport") == {"contributions_certificate"}
    assert _missing(a_request(), Role.MANDATARY, "passport") == {"contributions_certificate", "mandate"}
    assert "income_tax_notice" in _missing(a_request(employer=a_host_family()))
    assert "job_offer_copy" in _missing(job_but(P.INTRODUCTION_PERMANENT, posting=an_offer()))
    assert "regulated_profession_proof" in _missing(job_but(P.INTRODUCTION_PERMANENT, regulated_profession=True))


def test_what_was_not_read_in_a_text_is_never_asked_for() -> None:
    assert _missing(a_request(P.POSTING)) == set()
    assert "residence_permit_copy" not in _missing(a_request(P.CHANGE_OF_STATUS))


# --- amendment and abandonment ----------------------------------------------------------------------------------------


def test_an_employer_amends_into_another_s_request_in_no_quality() -> None:
    case = filed(P.INTRODUCTION_PERMANENT)
    another = AmendRequest(
        request=a_request(employer=a_company(siret="73282932000074")), reason="C'est une autre entreprise."
    )
    own = Vouched(siret="90200029800015")
    with pytest.raises(Refused, match="employer_of_another"):
        amend_request(case, another, a_context(Role.EMPLOYER, vouched=own))
    as_mandatary = a_context(Role.MANDATARY, case.filed_by)
    with pytest.raises(Refused, match="role_not_entitled"):
        amend_request(case, another, as_mandatary)


def _amend(case: Case, request: Request, today: date = TODAY) -> Any:
    body = AmendRequest(request=request, reason="Correction demandée par la plateforme.")
    return amend_request(case, body, a_context(Role.EMPLOYER, today=today))


def test_an_amendment_says_what_changed_and_keeps_persons() -> None:
    case = filed()
    (event,) = _amend(case, job_but(P.INTRODUCTION_PERMANENT, pay_monthly_gross="2500.00"))
    assert event.changes == ("/request/job/pay_monthly_gross",)
    assert event.request.worker.person == case.request.worker.person
    assert case_after([event], case).request.job.pay_monthly_gross == "2500.00"  # type: ignore[union-attr]


def test_what_was_assessed_on_earlier_facts_is_to_be_assessed_again() -> None:
    case = msgspec.structs.replace(filed(), assessors=frozenset({"local:agent-63"}))
    amended = case_after(_amend(case, job_but(P.INTRODUCTION_PERMANENT, pay_monthly_gross="2500.00")), case)
    assert (amended.findings, amended.assessors) == ({}, frozenset())


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (a_request(), "nothing_changed"),
        (a_request(P.INTRODUCTION_FIXED_TERM), "procedure_cannot_change"),
        (a_request(worker=a_worker(family_name="Autre", birth_date=date(1990, 1, 1))), "worker_cannot_change"),
        (a_request(worker=a_worker(given_names="Karim", birth_date=date(1990, 1, 1))), "worker_cannot_change"),
        (a_request(worker=a_worker(given_names="Karim", nationality="DZ")), "worker_cannot_change"),
        (a_request(worker=a_worker(family_name="Autre", given_names="Karim")), "worker_cannot_change"),
        (a_request(employer=a_company(seat=an_address("59000", "Lille"))), "amendment_changes_competence"),
        (a_request(job=a_job(rome="A0000")), "content_impossible"),
    ],
)
def test_an_amendment_is_refused(request_: Request, code: str) -> None:
    with pytest.raises(Refused, match=code):
        _amend(filed(), request_)


@pytest.mark.parametrize(
    "corrected",
    [
        {"family_name": "Ben Ali"},
        {"given_names": "Yousef"},
        {"birth_date": date(1998, 3, 15)},
        {"nationality": "DZ"},
        {"family_name": "BENALI", "given_names": "Yoùssef", "birth_date": date(1998, 4, 13)},
    ],
    ids=str,
)
def test_a_slip_of_the_pen_about_the_same_person_is_corrected(corrected: dict[str, Any]) -> None:
    (event,) = _amend(filed(), a_request(worker=a_worker(**corrected)))
    assert event.changes


def test_a_start_reached_since_the_filing_does_not_bar_an_amendment() -> None:
    (event,) = _amend(filed(), a_request(job=a_job(pay_monthly_gross="2500.00")), today=date(2027, 3, 2))
    assert event.amended_on == date(2027, 3, 2)


def test_a_request_may_be_given_up_until_it_is_decided() -> None:
    (event,) = abandon_request(filed(), AbandonRequest(reason="Le candidat renonce."), a_context(Role.EMPLOYER))
    assert event == RequestAbandoned(reason="Le candidat renonce.", abandoned_on=TODAY)
    case = case_after([event], filed())
    assert case.status is Status.ABANDONED
    with pytest.raises(Refused, match="status_forbids"):
        abandon_request(case, AbandonRequest(reason="Encore."), a_context(Role.EMPLOYER))


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 2), 2, date(2027, 1, 2)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 2, 28), 12, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_keep_the_day_or_take_the_last(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected
    assert add_delay(day, months=months) == expected


def test_days_are_counted_from_the_day_after() -> None:
    assert add_delay(date(2026, 2, 14), days=15) == date(2026, 3, 1)


def test_pointers_of_what_changed() -> None:
    assert pointers_changed({"a": 1, "b": [1, 2]}, {"a": 2, "b": [1, 3]}, "") == ("/a", "/b/1")
    assert pointers_changed({"b": [1]}, {"b": [1, 2]}, "") == ("/b",)


def test_left_to_hand_is_receipted_but_not_acknowledged() -> None:
    events = filing(request=a_request(employer=a_company(seat=an_address("75001", "Paris"))))
    assert [type(event) for event in events] == [RequestFiled, RegistrationReceiptIssued, RoutingLeftToHand]


@pytest.mark.parametrize(
    ("nationality", "on", "free"),
    [
        ("HR", date(2013, 6, 30), False),
        ("HR", date(2013, 7, 1), True),
        ("HR", date(2026, 11, 2), True),
        ("GB", date(2008, 4, 30), False),
        ("GB", date(2008, 5, 1), True),
        ("GB", date(2020, 1, 31), True),
        ("GB", date(2020, 12, 31), True),
        ("GB", date(2021, 1, 1), False),
        ("DE", date(2008, 5, 1), True),
        ("NC", date(2008, 5, 1), True),
        ("MA", date(2026, 11, 2), False),
    ],
)
def test_who_works_without_a_permit_changes_with_the_union(nationality: str, on: date, free: bool) -> None:
    assert works_without_a_permit(nationality, on) is free


def test_what_was_not_read_of_nationalities_says_so() -> None:
    assert all(row.source.startswith("CT R5221-2") for row in FREE_TO_WORK)
    assert all(row.note for row in FREE_TO_WORK if row.mark is Mark.UNCONFIRMED)
    assert {code for row in FREE_TO_WORK if row.mark is Mark.UNCONFIRMED for code in row.nationalities} == {"HR", "GB"}
