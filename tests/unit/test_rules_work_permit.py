"""CT R5221-20, R5221-20-1 and R5221-21 as rules: each boundary, and what is unknown never becomes a no."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.assessment import findings_of
from domain.findings import Criterion, Met
from domain.law import all_rules
from domain.procedures import Procedure
from domain.provisions import Nature
from domain.request import (
    CAPACITY_TITLES,
    CONTRACT_TITLES,
    TITLE_TITLES,
    Capacity,
    ChangeOfStatus,
    Contract,
    Diploma,
    LegalRegime,
    OtherUndertaking,
    Request,
    TitleKind,
)
from domain.rules.pay import smic_for_hours
from tests.unit.given import (
    REFERENCE,
    TODAY,
    a_company,
    a_host_family,
    a_job,
    a_worker_in_france,
    an_address,
    an_offer,
)
from tests.unit.given_conditions import IN_2025, a_case, an_opinion, found, law

REPLACE = msgspec.structs.replace


def unlisted_job(**changes: Any) -> Any:
    return a_job(**{"title": "Archiviste", "rome": "K1601", "fap": None, **changes})


# --- the labour market -----------------------------------------------------------------------------------------------


def test_a_listed_occupation_passes_the_labour_market_and_names_the_list() -> None:
    finding = found(a_case(), Criterion.LABOUR_MARKET)
    assert finding.met is Met.MET
    assert finding.facts["liste"] == "ARR-2025-05-21"
    assert "S1Z40" in finding.because


@pytest.mark.parametrize("regime", [LegalRegime.ALGERIAN, LegalRegime.TUNISIAN])
def test_bilateral_agreements_keep_out_of_the_lists(regime: LegalRegime) -> None:
    finding = found(a_case(legal_regime=regime), Criterion.LABOUR_MARKET)
    assert finding.met is Met.NOT_ESTABLISHED
    assert "314397" in finding.because


def test_bilateral_agreements_still_know_the_published_offer() -> None:
    case = a_case(legal_regime=LegalRegime.ALGERIAN, job=a_job(posting=an_offer()))
    assert found(case, Criterion.LABOUR_MARKET).met is Met.MET


def test_neither_list_nor_offer_is_not_established() -> None:
    finding = found(a_case(job=unlisted_job()), Criterion.LABOUR_MARKET)
    assert finding.met is Met.NOT_ESTABLISHED
    assert len(finding.missing) == 2


@pytest.mark.parametrize(
    ("days", "met"), [(1, Met.NOT_MET), (20, Met.NOT_MET), (21, Met.MET), (22, Met.MET), (60, Met.MET)]
)
def test_the_offer_stays_published_three_weeks(days: int, met: Met) -> None:
    start = date(2026, 8, 3)
    offer = an_offer(published_from=start, published_until=start + timedelta(days=days - 1))
    finding = found(a_case(job=unlisted_job(posting=offer)), Criterion.LABOUR_MARKET)
    assert (finding.met, finding.facts["jours de publication"]) == (met, str(days))


@pytest.mark.parametrize(("candidates", "met"), [(0, Met.MET), (1, Met.NOT_MET), (7, Met.NOT_MET)])
def test_a_fitting_candidate_is_an_obstacle(candidates: int, met: Met) -> None:
    offer = an_offer(applications=9, fitting_candidates=candidates)
    assert found(a_case(job=unlisted_job(posting=offer)), Criterion.LABOUR_MARKET).met is met


@pytest.mark.parametrize(
    ("published_from", "met"),
    [
        (date(2026, 5, 1), Met.NOT_ESTABLISHED),
        (date(2026, 5, 2), Met.MET),
        (date(2026, 5, 3), Met.MET),
    ],
)
def test_an_offer_older_than_six_months_is_no_proof_but_no_refusal_either(published_from: date, met: Met) -> None:
    offer = an_offer(published_from=published_from, published_until=published_from + timedelta(days=20))
    finding = found(a_case(job=unlisted_job(posting=offer), filed_on=date(2026, 11, 2)), Criterion.LABOUR_MARKET)
    assert finding.met is met


def test_an_unknown_publisher_is_to_be_checked() -> None:
    offer = an_offer(body="Petites annonces du Rhône")
    finding = found(a_case(job=unlisted_job(posting=offer)), Criterion.LABOUR_MARKET)
    assert finding.met is Met.NOT_ESTABLISHED


def test_an_offer_still_published_counts_up_to_the_day_of_the_decision() -> None:
    offer = an_offer(published_from=TODAY - timedelta(days=19), published_until=TODAY + timedelta(days=30))
    assert found(a_case(job=unlisted_job(posting=offer)), Criterion.LABOUR_MARKET).met is Met.NOT_MET


def graduate(**changes: Any) -> dict[str, Any]:
    diploma = Diploma(title="Master archives", level=7, obtained_on=date(2025, 1, 15), in_france=True)
    status: dict[str, Any] = {
        "studies_finished_in_france": True,
        "diplomas": (REPLACE(diploma, **changes.pop("diploma", {})),),
        "job_related_to_studies": changes.pop("related", True),
    }
    return {
        "particulars": ChangeOfStatus(**status),
        "worker": changes.pop("worker", a_worker_in_france()),
        "job": unlisted_job(pay_monthly_gross=changes.pop("pay", "2702.71")),
        "filed_on": IN_2025,
    }


@pytest.mark.parametrize(
    ("pay", "escapes"), [("2702.69", False), ("2702.70", False), ("2702.71", True), ("4000", True)]
)
def test_a_recent_graduate_must_be_paid_above_one_and_a_half_smic(pay: str, escapes: bool) -> None:
    assert REFERENCE.pay_threshold(IN_2025, "69") == Decimal("2702.700")
    finding = found(a_case(Procedure.CHANGE_OF_STATUS, **graduate(pay=pay)), Criterion.LABOUR_MARKET, IN_2025)
    assert finding.met is (Met.NOT_OPPOSABLE if escapes else Met.NOT_ESTABLISHED)


@pytest.mark.parametrize(
    ("changes", "escapes"),
    [
        ({}, True),
        ({"related": False}, False),
        ({"related": None}, False),
        ({"diploma": {"level": 6}}, False),
        ({"diploma": {"level": 6, "title": "Licence professionnelle archives"}}, True),
        ({"diploma": {"in_france": False}}, False),
        ({"diploma": {"obtained_on": date(2024, 6, 2)}}, True),
        ({"diploma": {"obtained_on": date(2024, 6, 1)}}, False),
        ({"worker": a_worker_in_france(TitleKind.EMPLOYEE)}, False),
        ({"worker": a_worker_in_france(TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION)}, True),
    ],
)
def test_who_escapes_the_labour_market(changes: dict[str, Any], escapes: bool) -> None:
    finding = found(a_case(Procedure.CHANGE_OF_STATUS, **graduate(**changes)), Criterion.LABOUR_MARKET, IN_2025)
    assert (finding.met is Met.NOT_OPPOSABLE) is escapes


def test_a_training_contract_of_a_minor_in_care_escapes_too() -> None:
    worker = a_worker_in_france(TitleKind.CHILD_WELFARE)
    job = unlisted_job(contract=Contract.APPRENTICESHIP)
    case = a_case(Procedure.CHANGE_OF_STATUS, worker=worker, job=job)
    finding = found(case, Criterion.LABOUR_MARKET)
    assert finding.met is Met.NOT_OPPOSABLE
    assert finding.facts == {
        "contrat": "contrat d'apprentissage",
        "titre": "titre délivré à un jeune confié à l'aide sociale à l'enfance",
    }


@pytest.mark.parametrize(
    ("values", "titles"), [(Contract, CONTRACT_TITLES), (TitleKind, TITLE_TITLES), (Capacity, CAPACITY_TITLES)]
)
def test_every_code_that_findings_tell_has_its_french_name(values: Iterable[str], titles: dict[str, str]) -> None:
    assert set(titles) == set(values)
    assert not set(titles.values()) & {str(value) for value in values}


# --- the employer ----------------------------------------------------------------------------------------------------


def test_without_a_certificate_social_obligations_are_not_established() -> None:
    finding = found(a_case(), Criterion.EMPLOYER_OBLIGATIONS)
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.missing == ("attestation de paiement des cotisations sociales de moins de 6 mois",)


def test_a_certificate_carries_the_finding_as_an_exhibit() -> None:
    finding = found(a_case(documents=["passport", "contributions_certificate"]), Criterion.EMPLOYER_OBLIGATIONS)
    assert finding.met is Met.MET
    assert [exhibit.document for exhibit in finding.exhibits] == ["P2"]
    assert finding.unconfirmed


def test_a_refused_certificate_is_none() -> None:
    case = a_case(documents=["contributions_certificate"])
    refused = {"P1": REPLACE(case.documents["P1"], refused={1: "illisible"})}
    assert found(REPLACE(case, documents=refused), Criterion.EMPLOYER_OBLIGATIONS).met is Met.NOT_ESTABLISHED


def test_another_undertaking_needs_its_own_proof() -> None:
    host = OtherUndertaking(capacity=Capacity.HOST, siret="90200011600019", name="Hôte Services", seat=an_address())
    case = a_case(documents=["contributions_certificate"], undertakings=(host,))
    finding = found(case, Criterion.EMPLOYER_OBLIGATIONS)
    assert finding.met is Met.NOT_ESTABLISHED
    assert "Hôte Services (entreprise d'accueil)" in finding.because
    assert finding.facts == {"porte sur": "Acme Robotique (employeur), Hôte Services (entreprise d'accueil)"}


@pytest.mark.parametrize(
    ("criterion", "adverse", "met"),
    [
        (Criterion.EMPLOYER_OBLIGATIONS, True, Met.NOT_MET),
        (Criterion.EMPLOYER_OBLIGATIONS, False, Met.MET),
        (Criterion.EMPLOYER_RECORD, True, Met.NOT_MET),
        (Criterion.EMPLOYER_RECORD, False, Met.MET),
        (Criterion.EMPLOYER_OFFENCES, True, Met.NOT_MET),
        (Criterion.EMPLOYER_OFFENCES, False, Met.MET),
        (Criterion.PROPORTIONATE_PROJECT, True, Met.NOT_MET),
        (Criterion.REGULATED_ACTIVITY, True, Met.NOT_MET),
    ],
)
def test_the_body_that_was_asked_decides(criterion: Criterion, adverse: bool, met: Met) -> None:
    finding = found(a_case(opinions=(an_opinion(criterion, adverse),)), criterion)
    assert finding.met is met
    assert "URSSAF" in finding.because


def test_any_adverse_body_outweighs_the_others_but_its_newest_answer_counts() -> None:
    earlier, later = TODAY - timedelta(days=9), TODAY - timedelta(days=1)
    record = Criterion.EMPLOYER_RECORD
    labour = an_opinion(record, True, "inspection du travail", earlier)
    other = an_opinion(record, False, "URSSAF", later)
    assert found(a_case(opinions=(labour, other)), record).met is Met.NOT_MET
    lifted = an_opinion(record, False, "inspection du travail", later)
    assert found(a_case(opinions=(labour, other, lifted)), record).met is Met.MET


def test_an_opinion_asked_and_not_given_says_nothing() -> None:
    asked = REPLACE(an_opinion(Criterion.EMPLOYER_RECORD, True), given_on=None, adverse=None)
    assert found(a_case(opinions=(asked,)), Criterion.EMPLOYER_RECORD).met is Met.NOT_ESTABLISHED


# --- pay -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pay", "hours", "agreed", "met"),
    [
        ("1801.79", 35.0, None, Met.NOT_MET),
        ("1801.80", 35.0, None, Met.MET),
        ("1801.81", 35.0, None, Met.MET),
        ("1029.59", 20.0, None, Met.NOT_MET),
        ("1029.60", 20.0, None, Met.MET),
        ("2007.71", 39.0, None, Met.NOT_MET),
        ("2007.72", 39.0, None, Met.MET),
        ("1949.99", 35.0, "1950.00", Met.NOT_MET),
        ("1950.00", 35.0, "1950.00", Met.MET),
        ("1801.79", 35.0, "1500.00", Met.NOT_MET),
        ("1801.80", 35.0, "1500.00", Met.MET),
    ],
)
def test_pay_is_compared_to_the_cent(pay: str, hours: float, agreed: str | None, met: Met) -> None:
    job = a_job(pay_monthly_gross=pay, hours_weekly=hours, agreement_minimum_monthly=agreed)
    assert found(a_case(job=job), Criterion.PAY, IN_2025).met is met


def test_the_smic_of_part_time_is_rounded_half_up() -> None:
    smic = REFERENCE.smic_monthly(IN_2025, "69")
    assert smic is not None
    assert smic_for_hours(smic, 35.0) == Decimal("1801.80")
    assert smic_for_hours(smic, 17.5) == Decimal("900.90")
    assert smic_for_hours(smic, 10.1) == Decimal("519.95")


def test_pay_in_mayotte_is_never_judged_on_the_national_smic() -> None:
    job = a_job(workplace=an_address("97600", "Mamoudzou"), pay_monthly_gross="1000.00")
    finding = found(a_case(job=job), Criterion.PAY)
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.missing == ("montant du SMIC applicable au lieu de travail",)


def test_an_agreement_that_nobody_stated_is_said() -> None:
    finding = found(a_case(job=a_job(agreement_minimum_monthly=None)), Criterion.PAY, IN_2025)
    assert finding.met is Met.MET
    assert any("IDCC 1486" in doubt for doubt in finding.unconfirmed)


# --- the other conditions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regulated", "documents", "met"),
    [
        (False, [], Met.NOT_APPLICABLE),
        (True, [], Met.NOT_ESTABLISHED),
        (True, ["regulated_profession_proof"], Met.MET),
    ],
)
def test_regulated_activities_are_proved(regulated: bool, documents: list[str], met: Met) -> None:
    case = a_case(job=a_job(regulated_profession=regulated), documents=documents)
    assert found(case, Criterion.REGULATED_ACTIVITY).met is met


@pytest.mark.parametrize(
    ("kind", "finished", "applies"),
    [
        (TitleKind.STUDENT, True, True),
        (TitleKind.STUDENT, False, False),
        (TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, False, True),
        (TitleKind.EMPLOYEE, True, False),
    ],
)
def test_qualifications_bind_only_two_kinds_of_holders(kind: TitleKind, finished: bool, applies: bool) -> None:
    status = ChangeOfStatus(studies_finished_in_france=finished)
    case = a_case(Procedure.CHANGE_OF_STATUS, particulars=status, worker=a_worker_in_france(kind))
    finding = found(case, Criterion.JOB_FITS_QUALIFICATIONS)
    assert finding.met is (Met.NOT_ESTABLISHED if applies else Met.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("related", "experience", "met"),
    [
        (True, "", Met.MET),
        (False, "", Met.NOT_MET),
        (False, "Deux ans de vente comme emploi d'étudiant.", Met.NOT_ESTABLISHED),
        (None, "", Met.NOT_ESTABLISHED),
    ],
)
def test_experience_may_make_up_for_diplomas(related: bool | None, experience: str, met: Met) -> None:
    diploma = Diploma(title="Master lettres", level=7, obtained_on=date(2026, 7, 1), in_france=True)
    status = ChangeOfStatus(
        studies_finished_in_france=True, diplomas=(diploma,), experience=experience, job_related_to_studies=related
    )
    case = a_case(Procedure.CHANGE_OF_STATUS, particulars=status)
    assert found(case, Criterion.JOB_FITS_QUALIFICATIONS).met is met


@pytest.mark.parametrize(
    ("turnover", "headcount", "met"),
    [
        ("28800.00", 1, Met.MET),
        ("28799.99", 1, Met.NOT_ESTABLISHED),
        (None, 1, Met.NOT_ESTABLISHED),
        ("28800.00", None, Met.NOT_ESTABLISHED),
        ("0", 0, Met.NOT_ESTABLISHED),
    ],
)
def test_figures_alone_never_make_a_project_disproportionate(
    turnover: str | None, headcount: int | None, met: Met
) -> None:
    case = a_case(employer=a_company(turnover_yearly=turnover, headcount=headcount))
    assert found(case, Criterion.PROPORTIONATE_PROJECT).met is met


def test_a_private_employer_has_no_activity_to_compare_with() -> None:
    assert found(a_case(employer=a_host_family()), Criterion.PROPORTIONATE_PROJECT).met is Met.NOT_APPLICABLE


# --- all of them -----------------------------------------------------------------------------------------------------


NINE = (
    Criterion.LABOUR_MARKET,
    Criterion.EMPLOYER_OBLIGATIONS,
    Criterion.EMPLOYER_RECORD,
    Criterion.EMPLOYER_OFFENCES,
    Criterion.REGULATED_ACTIVITY,
    Criterion.PAY,
    Criterion.JOB_FITS_QUALIFICATIONS,
    Criterion.HOUSING,
    Criterion.PROPORTIONATE_PROJECT,
)


def test_a_first_request_meets_nine_conditions_in_the_order_of_the_code() -> None:
    assert tuple(findings_of(a_case(), law())) == NINE


@pytest.mark.parametrize("procedure", list(Procedure))
def test_every_procedure_has_conditions_and_every_answer_explains_itself(procedure: Procedure) -> None:
    case = a_case(procedure)
    worker = case.request.worker
    findings = findings_of(case, law())
    assert findings
    for rule, finding in findings.values():
        assert rule.provision.text
        assert rule.id.article
        assert finding.because.endswith((".", "»"))
        assert worker.family_name not in finding.because
        assert (finding.met is Met.NOT_ESTABLISHED) is bool(finding.missing)
        assert all(isinstance(value, str) for value in finding.facts.values())


@pytest.mark.parametrize("criterion", list(Criterion))
def test_every_condition_has_a_rule(criterion: Criterion) -> None:
    assert [rule for rule in all_rules() if rule.id.criterion is criterion]


def test_discretion_is_where_the_text_says_may() -> None:
    assert {rule.id.criterion for rule in all_rules() if rule.nature is Nature.DISCRETION} == {
        Criterion.EMPLOYER_OFFENCES,
        Criterion.PROPORTIONATE_PROJECT,
        Criterion.RENEWAL_TERMS,
        Criterion.RENEWAL_EMPLOYER,
        Criterion.RENEWAL_BREACH,
        Criterion.RENEWAL_UNEMPLOYMENT,
        Criterion.ADMISSION_EMPLOYMENT,
        Criterion.ADMISSION_COMMUNITY,
        Criterion.ADMISSION_TRAINING,
        Criterion.ADMISSION_SHORTAGE,
    }


def test_a_request_without_a_job_is_never_refused_on_it() -> None:
    case = a_case()
    bare: Request = REPLACE(case.request, job=None)
    for criterion in (Criterion.LABOUR_MARKET, Criterion.PAY, Criterion.REGULATED_ACTIVITY):
        assert found(REPLACE(case, request=bare), criterion).met is Met.NOT_ESTABLISHED
