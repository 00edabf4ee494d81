"""Each rule of a procedure, word for word: the answer, the facts that carry it, what is missing, what is in doubt."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import all_rules, rule_in_force
from domain.numbers import count_set_by_text, set_by_text
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import (
    AdmissionBasis,
    Capacity,
    Contract,
    ExceptionalAdmission,
    InternshipCase,
    LegalRegime,
    OtherUndertaking,
    Renewal,
    ResidenceTitle,
    Seasonal,
    TitleKind,
)
from domain.rules import admission, asylum, au_pair, internship, renewal, seasonal, student, viability
from tests.unit.given import REFERENCE, TODAY, a_job, a_request, a_worker, a_worker_in_france, an_address
from tests.unit.given_conditions import a_case, an_opinion, found, law

REPLACE = msgspec.structs.replace
P = Procedure
C = Criterion
CASE_WITHOUT = a_case()
"""An introduction: no particulars of any other procedure."""


def of(procedure: Procedure, changes: dict[str, Any] | None = None, **rest: Any) -> Any:
    """A case of this procedure with some particulars changed."""
    return a_case(procedure, particulars=REPLACE(a_request(procedure).particulars, **(changes or {})), **rest)


def says(finding: Finding, met: Met, because: str, facts: dict[str, str], missing: tuple[str, ...] = ()) -> None:
    assert (finding.met, finding.because, finding.facts, finding.missing) == (met, because, facts, missing)


@pytest.mark.parametrize(
    ("read", "because"),
    [
        (renewal.the_terms_of_the_permit_were_kept, "La demande n'est pas un renouvellement."),
        (renewal.the_contract_was_not_broken_within_a_year, "La demande n'est pas un renouvellement."),
        (renewal.involuntary_unemployment_is_taken_into_account, "La demande n'est pas un renouvellement."),
        (renewal.the_employer_kept_to_the_law_and_the_pay, "La demande n'est pas un renouvellement."),
        (renewal.the_employer_alone_still_meets_the_conditions, "La demande n'est pas un renouvellement."),
        (renewal.the_employer_still_meets_the_conditions, "La demande n'est pas un renouvellement."),
        (
            student.the_work_is_connected_with_the_studies,
            "La demande ne concerne pas un étudiant au-delà de la quotité annuelle.",
        ),
        (
            student.the_training_contract_is_open_to_the_student,
            "La demande ne concerne pas un étudiant au-delà de la quotité annuelle.",
        ),
        (
            student.an_algerian_student_works_half_time_at_most,
            "La demande ne concerne pas un étudiant au-delà de la quotité annuelle.",
        ),
        (asylum.ofpra_has_not_decided_within_six_months, "La demande ne concerne pas un demandeur d'asile."),
        (internship.the_internship_project_is_real, "La demande ne porte pas sur un stage."),
        (internship.the_agreement_conforms, "La demande ne porte pas sur un stage."),
        (internship.the_internship_keeps_to_its_length, "La demande ne porte pas sur un stage."),
        (internship.the_host_respects_labour_law, "La demande ne porte pas sur un stage."),
        (au_pair.the_au_pair_conditions_are_met, "La demande ne concerne pas un jeune au pair."),
        (au_pair.the_au_pair_stays_two_years_at_most, "La demande ne concerne pas un jeune au pair."),
        (viability.the_activity_is_viable, "La demande ne porte pas sur une activité non salariée."),
        (viability.the_means_are_sufficient, "La demande ne porte pas sur une activité non salariée."),
        (
            admission.the_employment_is_real_and_lawfully_paid,
            "La demande ne porte pas sur une admission exceptionnelle au séjour.",
        ),
        (
            admission.the_person_was_active_three_years_in_a_community,
            "L'admission n'est pas demandée sur le fondement de l'article L435-2 du CESEDA.",
        ),
        (
            admission.the_young_person_has_trained_six_months,
            "L'admission n'est pas demandée sur le fondement de l'article L435-3 du CESEDA.",
        ),
        (
            admission.the_person_works_in_a_shortage_occupation,
            "L'admission n'est pas demandée sur le fondement de l'article L435-4 du CESEDA.",
        ),
    ],
)
def test_a_rule_of_another_procedure_does_not_apply(read: Any, because: str) -> None:
    says(read(CASE_WITHOUT, law()), Met.NOT_APPLICABLE, because, {})


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_number_that_no_held_text_sets_is_refused_rather_than_guessed() -> None:
    assert count_set_by_text(law(), "RENEWAL_BREACH_MONTHS_MAX") == 12
    assert str(set_by_text(law(), "STUDENT_ALGERIAN_SHARE_MAX")) == "0.5"
    with pytest.raises(Refused) as refused:
        set_by_text(law(date(2021, 4, 30)), "AU_PAIR_AGE_MIN")
    assert refused.value.code == "law_not_held"
    assert refused.value.message == (
        "Aucun texte enregistré ne fixe ce nombre à la date du 30 avril 2021 : Âge du jeune au pair, au moins."
    )
    assert count_set_by_text(law(date(2021, 5, 1)), "AU_PAIR_AGE_MIN") == 18


# --- renewal ---------------------------------------------------------------------------------------------------------


AN_EMPLOYEE = a_worker_in_france(residence_title=ResidenceTitle(kind=TitleKind.EMPLOYEE))


def a_renewal(**changes: Any) -> Any:
    return of(P.RENEWAL, changes)


RENEWED = {"autorisation": "AT-2025-000123", "même emploi": "oui", "même zone": "oui"}


@pytest.mark.parametrize("day", [date(2008, 5, 1), date(2021, 4, 1), TODAY])
def test_the_terms_of_the_permit(day: date) -> None:
    says(
        found(a_renewal(), C.RENEWAL_TERMS, day),
        Met.MET,
        "Renouvellement de l'autorisation AT-2025-000123 pour le même emploi, dans la même zone.",
        RENEWED,
    )
    for change, fact in (({"same_job": False}, "même emploi"), ({"same_zone": False}, "même zone")):
        says(
            found(a_renewal(**change), C.RENEWAL_TERMS, day),
            Met.NOT_ESTABLISHED,
            "L'emploi ou la zone change : rien ne dit si l'étranger s'est écarté de l'autorisation ou demande "
            "seulement à en changer.",
            {**RENEWED, fact: "non"},
            ("emploi et lieu réellement occupés sous l'autorisation à renouveler",),
        )


def test_an_adverse_opinion_on_the_terms_decides() -> None:
    case = a_case(P.RENEWAL, opinions=(an_opinion(C.RENEWAL_TERMS, True),))
    assert found(case, C.RENEWAL_TERMS).met is Met.NOT_MET
    case = a_case(P.RENEWAL, opinions=(an_opinion(C.RENEWAL_TERMS, False),))
    assert found(case, C.RENEWAL_TERMS).because.startswith("Renouvellement de l'autorisation")


@pytest.mark.parametrize(
    ("changes", "met", "because", "facts", "missing"),
    [
        (
            {"first_renewal": False, "contract_broken_on": date(2026, 3, 1), "earlier_hired_on": date(2026, 1, 1)},
            Met.NOT_APPLICABLE,
            "La rupture du contrat n'est opposable qu'au premier renouvellement.",
            {},
            (),
        ),
        ({}, Met.MET, "La demande ne fait état d'aucune rupture du contrat.", {"rupture": "aucune"}, ()),
        (
            {
                "contract_broken_on": date(2026, 3, 1),
                "earlier_hired_on": date(2026, 1, 1),
                "involuntarily_unemployed": True,
            },
            Met.MET,
            "Contrat rompu le 1er mars 2026, l'étranger étant involontairement privé d'emploi : la rupture ne peut lui "
            "être opposée.",
            {"rupture": "2026-03-01", "embauche": "2026-01-01"},
            (),
        ),
        (
            {"contract_broken_on": date(2026, 3, 1)},
            Met.NOT_ESTABLISHED,
            "Contrat rompu le 1er mars 2026, date d'embauche inconnue.",
            {"rupture": "2026-03-01", "embauche": "inconnue"},
            ("date d'embauche",),
        ),
        (
            {"contract_broken_on": date(2026, 3, 1), "earlier_hired_on": date(2025, 3, 1)},
            Met.NOT_MET,
            "Contrat rompu le 1er mars 2026, dans les 12 mois suivant l'embauche du 1er mars 2025.",
            {"rupture": "2026-03-01", "embauche": "2025-03-01"},
            (),
        ),
        (
            {"contract_broken_on": date(2026, 3, 2), "earlier_hired_on": date(2025, 3, 1)},
            Met.MET,
            "Contrat rompu le 2 mars 2026, plus de 12 mois après l'embauche du 1er mars 2025.",
            {"rupture": "2026-03-02", "embauche": "2025-03-01"},
            (),
        ),
    ],
)
def test_a_contract_broken_within_a_year(
    changes: dict[str, Any], met: Met, because: str, facts: dict[str, str], missing: tuple[str, ...]
) -> None:
    says(found(a_renewal(**changes), C.RENEWAL_BREACH), met, because, facts, missing)


@pytest.mark.parametrize(
    ("changes", "met", "because", "facts", "missing"),
    [
        ({}, Met.NOT_APPLICABLE, "L'étranger n'est pas involontairement privé d'emploi.", {}, ()),
        (
            {"involuntarily_unemployed": True},
            Met.MET,
            "Premier renouvellement, l'étranger étant involontairement privé d'emploi : l'autorisation est prolongée "
            "de 12 mois.",
            {"premier renouvellement": "oui", "prolongation": "12 mois"},
            (),
        ),
        (
            {"involuntarily_unemployed": True, "first_renewal": False},
            Met.NOT_ESTABLISHED,
            "Après une première prolongation, la demande s'apprécie au vu des droits à l'allocation de chômage, qui ne "
            "sont pas connus.",
            {"premier renouvellement": "non"},
            ("date de fin des droits à l'allocation de chômage",),
        ),
        (
            {"involuntarily_unemployed": True, "first_renewal": False, "unemployment_benefit_until": TODAY},
            Met.MET,
            "Droits à l'allocation de chômage ouverts jusqu'au 2 novembre 2026.",
            {"premier renouvellement": "non", "fin des droits": "2026-11-02"},
            (),
        ),
        (
            {
                "involuntarily_unemployed": True,
                "first_renewal": False,
                "unemployment_benefit_until": date(2026, 11, 1),
            },
            Met.NOT_MET,
            "Droits à l'allocation de chômage épuisés depuis le 1er novembre 2026.",
            {"premier renouvellement": "non", "fin des droits": "2026-11-01"},
            (),
        ),
    ],
)
def test_involuntary_unemployment(
    changes: dict[str, Any], met: Met, because: str, facts: dict[str, str], missing: tuple[str, ...]
) -> None:
    says(found(of(P.RENEWAL, changes, worker=AN_EMPLOYEE), C.RENEWAL_UNEMPLOYMENT), met, because, facts, missing)


@pytest.mark.parametrize(
    ("kind", "met"),
    [
        (TitleKind.EMPLOYEE, Met.MET),
        (TitleKind.RENEWAL_RECEIPT, Met.MET),
        (TitleKind.TEMPORARY_WORKER, Met.NOT_APPLICABLE),
    ],
)
def test_only_the_title_of_an_employee_is_prolonged(kind: TitleKind, met: Met) -> None:
    worker = a_worker_in_france(residence_title=ResidenceTitle(kind=kind))
    case = of(P.RENEWAL, {"involuntarily_unemployed": True}, worker=worker)
    finding = found(case, C.RENEWAL_UNEMPLOYMENT)
    assert finding.met is met
    if met is Met.NOT_APPLICABLE:
        assert finding.because == (
            "La prolongation pour privation involontaire d'emploi ne vise que le titre « salarié »."
        )


CLEAN = (an_opinion(C.EMPLOYER_RECORD, False, "inspection du travail"), an_opinion(C.EMPLOYER_OBLIGATIONS, False))
USER = OtherUndertaking(capacity=Capacity.USER, siret="90200011600019", name="Chantiers du Rhône", seat=an_address())


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        (date(2024, 9, 1), ["2° a)", "2° b)", "4°"]),
        (date(2024, 8, 31), ["2° a)", "2° b)", "4°"]),
        (date(2021, 4, 1), ["2° a)", "2° b)", "4°"]),
        (date(2021, 3, 31), ["législation du travail et sociale", "rémunération"]),
    ],
)
def test_the_employer_of_a_renewal_holds_by_every_number_of_the_text(day: date, numbers: list[str]) -> None:
    finding = found(a_case(P.RENEWAL, opinions=CLEAN), C.RENEWAL_EMPLOYER, day)
    assert finding.met is Met.MET
    parts = finding.because.split(" : ")
    assert [number for number in numbers if f"{number} : " not in finding.because] == []
    assert parts[0] == numbers[0]
    assert {name.rsplit(" ", 1)[0].split(" avis")[0].split(" ")[0] for name in finding.facts} <= {
        number.split(" ")[0] for number in numbers
    }
    assert finding.unconfirmed[-1].startswith("minimum conventionnel")


@pytest.mark.parametrize("day", [date(2021, 3, 31), date(2021, 4, 1), date(2024, 9, 1)])
def test_low_pay_alone_is_told_with_its_number(day: date) -> None:
    case = a_case(P.RENEWAL, opinions=CLEAN, job=a_job(pay_monthly_gross="1000.00"))
    finding = found(case, C.RENEWAL_EMPLOYER, day)
    number = "rémunération" if day < date(2021, 4, 1) else "4°"
    assert finding.met is Met.NOT_MET
    assert finding.because.startswith(f"{number} : Rémunération de 1\u202f000,00\u00a0€ brut par mois")
    assert " : ".join(finding.because.split(" : ")[:1]) == number
    assert finding.facts[f"{number} rémunération"] == "1000.00"
    assert finding.missing == ()


@pytest.mark.parametrize("day", [date(2021, 3, 31), date(2021, 4, 1), date(2024, 9, 1)])
def test_what_nobody_checked_is_not_established_number_by_number(day: date) -> None:
    case = a_case(P.RENEWAL, documents=["contributions_certificate"], job=a_job(regulated_profession=True))
    finding = found(case, C.RENEWAL_EMPLOYER, day)
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.missing == (
        "résultat de la vérification auprès de l'inspection du travail",
        "justificatif du respect des conditions d'exercice de la profession réglementée",
    )
    third = "activité réglementée" if day < date(2021, 4, 1) else "3°"
    assert f" {third} : L'activité « Cuisinier »" in finding.because


def test_undertakings_beside_the_employer_count_since_september_2024_only() -> None:
    case = a_case(
        P.RENEWAL,
        documents=["contributions_certificate"],
        opinions=CLEAN[:1],
        undertakings=(USER,),
    )
    assert found(case, C.RENEWAL_EMPLOYER, date(2024, 8, 31)).met is Met.MET
    after = found(case, C.RENEWAL_EMPLOYER, date(2024, 9, 1))
    assert after.met is Met.NOT_ESTABLISHED
    assert after.missing == ("obligations sociales de Chantiers du Rhône (entreprise utilisatrice)",)
    assert [exhibit.document for exhibit in after.exhibits] == ["P1"]


@pytest.mark.parametrize("day", [date(2021, 3, 31), date(2021, 4, 1), date(2024, 9, 1)])
def test_an_adverse_opinion_on_the_employer_decides(day: date) -> None:
    case = a_case(P.RENEWAL, opinions=(*CLEAN, an_opinion(C.RENEWAL_EMPLOYER, True)))
    finding = found(case, C.RENEWAL_EMPLOYER, day)
    assert finding.met is Met.NOT_MET
    assert finding.because.startswith("avis : Avis défavorable rendu par URSSAF le 2 novembre 2026")


@pytest.mark.parametrize(
    ("criterion", "day", "mark", "since", "until"),
    [
        (C.RENEWAL_TERMS, date(2021, 3, 31), "unconfirmed", date(2008, 5, 1), date(2021, 3, 31)),
        (C.RENEWAL_TERMS, date(2024, 8, 31), "unconfirmed", date(2021, 4, 1), date(2024, 8, 31)),
        (C.RENEWAL_TERMS, date(2024, 9, 1), "confirmed", date(2024, 9, 1), None),
        (C.RENEWAL_EMPLOYER, date(2021, 3, 31), "unconfirmed", date(2008, 5, 1), date(2021, 3, 31)),
        (C.RENEWAL_EMPLOYER, date(2024, 8, 31), "unconfirmed", date(2021, 4, 1), date(2024, 8, 31)),
        (C.RENEWAL_EMPLOYER, date(2024, 9, 1), "confirmed", date(2024, 9, 1), None),
        (C.RENEWAL_BREACH, date(2008, 5, 1), "confirmed", date(2008, 5, 1), None),
        (C.RENEWAL_UNEMPLOYMENT, date(2021, 4, 1), "confirmed", date(2021, 4, 1), None),
    ],
)
def test_the_versions_of_a_renewal(criterion: Criterion, day: date, mark: str, since: date, until: date | None) -> None:
    rule = rule_in_force(criterion, P.RENEWAL, day)
    assert rule is not None
    assert (rule.provision.mark, rule.id.since, rule.provision.until, rule.leaves_free_to_grant) == (
        mark,
        since,
        until,
        True,
    )


def test_before_its_code_no_rule_of_a_renewal_applies() -> None:
    days = {rule.id.criterion: rule.id.since for rule in reversed(all_rules()) if P.RENEWAL in rule.procedures}
    assert days[C.RENEWAL_BREACH] == date(2008, 5, 1)
    assert rule_in_force(C.RENEWAL_BREACH, P.RENEWAL, date(2008, 4, 30)) is None
    assert rule_in_force(C.RENEWAL_UNEMPLOYMENT, P.RENEWAL, date(2021, 3, 31)) is None


# --- seasonal work ---------------------------------------------------------------------------------------------------


def a_season(start: date, end: date | None, worked: int = 0) -> Any:
    job = REPLACE(a_request(P.SEASONAL).job, start=start, end=end)
    return a_case(P.SEASONAL, job=job, particulars=Seasonal(months_already_worked=worked))


@pytest.mark.parametrize(
    ("end", "worked", "met", "until"),
    [
        (date(2027, 9, 30), 0, Met.MET, "le contrat peut courir jusqu'au 30 septembre 2027"),
        (date(2027, 10, 1), 0, Met.NOT_MET, "le contrat peut courir jusqu'au 30 septembre 2027"),
        (date(2027, 4, 30), 5, Met.MET, "le contrat peut courir jusqu'au 30 avril 2027"),
        (date(2027, 5, 1), 5, Met.NOT_MET, "le contrat peut courir jusqu'au 30 avril 2027"),
        (date(2027, 4, 1), 6, Met.NOT_MET, "aucun mois ne reste"),
    ],
)
def test_the_length_of_a_season_word_for_word(end: date, worked: int, met: Met, until: str) -> None:
    finding = found(a_season(date(2027, 4, 1), end, worked), C.SEASONAL_LENGTH)
    ends = {date(2027, 9, 30): "30 septembre", date(2027, 10, 1): "1er octobre", date(2027, 4, 1): "1er avril"}
    told = ends.get(end) or {date(2027, 4, 30): "30 avril", date(2027, 5, 1): "1er mai"}[end]
    says(
        finding,
        met,
        f"Contrat du 1er avril 2027 au {told} 2027, après {worked} mois saisonniers dans les douze mois : sur 6 mois "
        f"par an, {until}.",
        {"du": "2027-04-01", "au": end.isoformat(), "mois déjà travaillés": str(worked), "maximum": "6 mois"},
    )


@pytest.mark.parametrize("case", [a_season(date(2027, 4, 1), None), a_case(P.SEASONAL, job=None), CASE_WITHOUT])
def test_a_season_without_dates_is_not_established(case: Any) -> None:
    says(
        seasonal.seasonal_work_stays_within_six_months(case, law()),
        Met.NOT_ESTABLISHED,
        "La durée du contrat saisonnier n'est pas connue.",
        {},
        ("dates du contrat saisonnier",),
    )


# --- students --------------------------------------------------------------------------------------------------------


STUDENT = {
    "heures par an": "1200",
    "quotité": "964",
    "cursus": "Master informatique",
    "inscrit jusqu'au": "2027-09-30",
    "en lien avec les études": "oui",
}
BEYOND = "au-delà de 964, dans un emploi"
ENROLLED = "« Master informatique » (Université Lyon 1), inscription jusqu'au 30 septembre 2027."


@pytest.mark.parametrize(
    ("changes", "met", "because", "facts"),
    [
        ({}, Met.MET, f"1200 heures par an, {BEYOND} en lien avec {ENROLLED}", {}),
        (
            {"hours_yearly": 965},
            Met.MET,
            f"965 heures par an, {BEYOND} en lien avec {ENROLLED}",
            {"heures par an": "965"},
        ),
        (
            {"related_to_studies": False},
            Met.NOT_MET,
            f"1200 heures par an, {BEYOND} sans lien avec {ENROLLED}",
            {"en lien avec les études": "non"},
        ),
        (
            {"enrolled_until": date(2026, 11, 1)},
            Met.NOT_MET,
            "L'inscription en « Master informatique » a pris fin le 1er novembre 2026.",
            {"inscrit jusqu'au": "2026-11-01"},
        ),
    ],
)
def test_a_student_beyond_the_quota(changes: dict[str, Any], met: Met, because: str, facts: dict[str, str]) -> None:
    case = of(P.STUDENT_ABOVE_QUOTA, changes, documents=["enrolment_certificate"])
    finding = found(case, C.STUDENT_COURSE)
    says(finding, met, because, {**STUDENT, **facts})
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


def test_enrolment_runs_to_its_last_day() -> None:
    assert found(of(P.STUDENT_ABOVE_QUOTA, {"enrolled_until": TODAY}), C.STUDENT_COURSE).met is Met.MET


def test_within_the_quota_a_declaration_is_enough() -> None:
    says(
        found(of(P.STUDENT_ABOVE_QUOTA, {"hours_yearly": 964}), C.STUDENT_COURSE),
        Met.NOT_APPLICABLE,
        "964 heures par an, dans la limite de 964 : une déclaration préalable suffit.",
        {},
    )


def test_the_agreement_with_algeria_stands_alone() -> None:
    case = a_case(P.STUDENT_ABOVE_QUOTA, legal_regime=LegalRegime.ALGERIAN)
    says(
        found(case, C.STUDENT_COURSE),
        Met.NOT_APPLICABLE,
        "L'accord franco-algérien règle seul le travail de l'étudiant algérien.",
        {},
    )


@pytest.mark.parametrize(
    ("hours", "branch", "met", "because", "told", "missing"),
    [
        (
            800,
            None,
            Met.NOT_ESTABLISHED,
            "L'accord franco-algérien plafonne le travail à la moitié de la durée annuelle de la branche, qui n'est "
            "pas connue.",
            "non indiquée",
            ("durée annuelle du travail dans la branche",),
        ),
        (
            800,
            1600,
            Met.MET,
            "800 heures par an, dans la limite de la moitié de la durée annuelle de la branche (1600 heures).",
            "1600",
            (),
        ),
        (
            801,
            1600,
            Met.NOT_MET,
            "801 heures par an, au-delà de la moitié de la durée annuelle de la branche (1600 heures).",
            "1600",
            (),
        ),
    ],
)
def test_an_algerian_student(
    hours: int, branch: int | None, met: Met, because: str, told: str, missing: tuple[str, ...]
) -> None:
    case = of(
        P.STUDENT_ABOVE_QUOTA,
        {"hours_yearly": hours, "branch_hours_yearly": branch},
        legal_regime=LegalRegime.ALGERIAN,
    )
    finding = found(case, C.ALGERIAN_STUDENT_HOURS)
    says(finding, met, because, {"heures par an": str(hours), "durée annuelle de la branche": told}, missing)
    share = (
        "Travail d'un étudiant algérien, en part de la durée annuelle de la branche (accord franco-algérien du "
        "27 décembre 1968) : chiffre non confirmé"
    )
    unread = "accord franco-algérien connu par la pratique de 2021 seule"
    assert finding.unconfirmed == (unread if branch is None else share,)


def test_another_student_does_not_fall_under_the_agreement_with_algeria() -> None:
    says(
        found(a_case(P.STUDENT_ABOVE_QUOTA), C.ALGERIAN_STUDENT_HOURS),
        Met.NOT_APPLICABLE,
        "L'étudiant ne relève pas de l'accord franco-algérien.",
        {},
    )


APPRENTICE = "contrat d'apprentissage"
TRAINEE = "contrat de professionnalisation"


@pytest.mark.parametrize(
    ("contract", "first_year", "master", "met", "because", "missing"),
    [
        (
            Contract.APPRENTICESHIP,
            True,
            True,
            Met.MET,
            f"Un cursus de niveau master ouvre le {APPRENTICE} dès la première année de séjour.",
            (),
        ),
        (
            Contract.APPRENTICESHIP,
            None,
            False,
            Met.NOT_ESTABLISHED,
            f"Rien ne dit si l'étudiant a achevé une première année de séjour, qui ouvre le {APPRENTICE}.",
            ("durée du séjour sous le titre d'étudiant",),
        ),
        (
            Contract.APPRENTICESHIP,
            False,
            None,
            Met.MET,
            f"Une première année de séjour achevée ouvre le {APPRENTICE}.",
            (),
        ),
        (
            Contract.APPRENTICESHIP,
            True,
            None,
            Met.NOT_ESTABLISHED,
            f"Pendant la première année de séjour, seul un cursus de niveau master ouvre le {APPRENTICE} ; le niveau "
            "du cursus n'est pas connu.",
            ("niveau du cursus suivi",),
        ),
        (
            Contract.APPRENTICESHIP,
            True,
            False,
            Met.NOT_MET,
            f"Le {APPRENTICE} n'est pas ouvert à l'étudiant pendant sa première année de séjour.",
            (),
        ),
        (
            Contract.PROFESSIONALISATION,
            True,
            True,
            Met.NOT_MET,
            f"Le {TRAINEE} n'est pas ouvert à l'étudiant pendant sa première année de séjour.",
            (),
        ),
        (
            Contract.PROFESSIONALISATION,
            True,
            None,
            Met.NOT_MET,
            f"Le {TRAINEE} n'est pas ouvert à l'étudiant pendant sa première année de séjour.",
            (),
        ),
        (
            Contract.PROFESSIONALISATION,
            False,
            None,
            Met.MET,
            f"Une première année de séjour achevée ouvre le {TRAINEE}.",
            (),
        ),
    ],
)
def test_training_contracts_of_students(
    contract: Contract, first_year: bool | None, master: bool | None, met: Met, because: str, missing: tuple[str, ...]
) -> None:
    case = of(
        P.STUDENT_ABOVE_QUOTA,
        {"in_first_year_of_stay": first_year, "master_level_course": master},
        job=a_job(contract=contract),
        documents=["enrolment_certificate"],
    )
    finding = found(case, C.STUDENT_CONTRACT)
    told = {None: "non indiqué", True: "oui", False: "non"}
    facts = {
        "contrat": APPRENTICE if contract is Contract.APPRENTICESHIP else TRAINEE,
        "première année de séjour": told[first_year],
        "cursus de niveau master": told[master],
    }
    says(finding, met, because, facts, missing)
    assert bool(finding.exhibits) is (met is not Met.NOT_ESTABLISHED)


def test_other_contracts_are_no_training() -> None:
    says(
        found(a_case(P.STUDENT_ABOVE_QUOTA), C.STUDENT_CONTRACT),
        Met.NOT_APPLICABLE,
        "Le contrat proposé (contrat à durée déterminée) n'est pas un contrat de formation.",
        {},
    )
    without = student.the_training_contract_is_open_to_the_student(a_case(P.STUDENT_ABOVE_QUOTA, job=None), law())
    assert without.met is Met.NOT_APPLICABLE


# --- asylum ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("introduced", "changes", "met", "told", "end", "decided", "imputable"),
    [
        (
            date(2026, 5, 1),
            {},
            Met.MET,
            "aucune décision au 1er novembre 2026, terme des six mois",
            "2026-11-01",
            "aucune",
            "non",
        ),
        (
            date(2026, 5, 2),
            {},
            Met.NOT_MET,
            "les six mois ne s'achèvent que le 2 novembre 2026",
            "2026-11-02",
            "aucune",
            "non",
        ),
        (
            date(2026, 5, 1),
            {"delay_imputable_to_applicant": True},
            Met.NOT_MET,
            "le retard est imputable au demandeur",
            "2026-11-01",
            "aucune",
            "oui",
        ),
        (
            date(2026, 3, 1),
            {"ofpra_decided_on": date(2026, 9, 1)},
            Met.NOT_MET,
            "décision rendue le 1er septembre 2026, avant la fin des six mois",
            "2026-09-01",
            "2026-09-01",
            "non",
        ),
        (
            date(2026, 3, 1),
            {"ofpra_decided_on": date(2026, 9, 2)},
            Met.MET,
            "aucune décision au 1er septembre 2026, terme des six mois",
            "2026-09-01",
            "2026-09-02",
            "non",
        ),
    ],
)
def test_ofpra_has_six_months_word_for_word(
    introduced: date, changes: dict[str, Any], met: Met, told: str, end: str, decided: str, imputable: str
) -> None:
    case = of(P.ASYLUM_SEEKER, {"ofpra_introduced_on": introduced, **changes}, documents=["asylum_attestation"])
    finding = found(case, C.ASYLUM_DELAY)
    months = {3: "mars", 5: "mai"}
    day = "1er" if introduced.day == 1 else str(introduced.day)
    says(
        finding,
        met,
        f"Demande introduite à l'OFPRA le {day} {months[introduced.month]} 2026 : {told}.",
        {
            "introduction à l'OFPRA": introduced.isoformat(),
            "fin des six mois": end,
            "décision de l'OFPRA": decided,
            "retard imputable au demandeur": imputable,
            "attestation valable jusqu'au": "2027-03-09",
        },
    )
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


# --- internships -----------------------------------------------------------------------------------------------------

NAMES = {
    InternshipCase.VOCATIONAL: "tage de formation professionnelle (1°)",
    InternshipCase.CURRICULUM: "tage d'un cursus ou d'un programme de coopération (1°)",
    InternshipCase.COMPANY: "tage du salarié d'une entreprise étrangère (2°)",
    InternshipCase.HOSPITAL: "tage dans un établissement de santé (3°)",
}


def doubted_when(too_long: bool) -> tuple[str, ...]:
    """What is doubted of a length: only that one too long is a ground of refusal."""
    deduced = (
        "CESEDA R426-20 n'énumère que trois motifs de refus : que la durée excessive en fonde un autre est une "
        "déduction"
    )
    return (deduced,) if too_long else ()


@pytest.mark.parametrize(
    ("kind", "earlier", "months", "latest", "said"),
    [
        (InternshipCase.VOCATIONAL, 0, 6, date(2027, 8, 31), "31 août 2027"),
        (InternshipCase.COMPANY, 0, 12, date(2028, 2, 29), "29 février 2028"),
        (InternshipCase.COMPANY, 24, 12, date(2028, 2, 29), "29 février 2028"),
        (InternshipCase.HOSPITAL, 0, 6, date(2027, 8, 31), "31 août 2027"),
        (InternshipCase.HOSPITAL, 18, 6, date(2027, 8, 31), "31 août 2027"),
        (InternshipCase.HOSPITAL, 19, 5, date(2027, 7, 31), "31 juillet 2027"),
        (InternshipCase.HOSPITAL, 23, 1, date(2027, 3, 31), "31 mars 2027"),
    ],
)
@pytest.mark.parametrize("over", [0, 1])
def test_a_first_agreement_keeps_to_its_length(
    kind: InternshipCase, earlier: int, months: int, latest: date, said: str, over: int
) -> None:
    end = date.fromordinal(latest.toordinal() + over)
    case = of(
        P.INTERNSHIP_AGREEMENT,
        {"internship": kind, "start": date(2027, 3, 1), "end": end, "earlier_hospital_months": earlier},
        documents=["internship_agreement"],
    )
    finding = found(case, C.INTERNSHIP_LENGTH)
    last = in_french(end)
    says(
        finding,
        Met.NOT_MET if over else Met.MET,
        f"S{NAMES[kind]} du 1er mars 2027 au {last}, pour une durée d'au plus {months} mois (jusqu'au {said}).",
        {"cas": f"s{NAMES[kind]}", "du": "2027-03-01", "au": end.isoformat(), "au plus tard": latest.isoformat()},
    )
    assert finding.unconfirmed == doubted_when(bool(over))
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


@pytest.mark.parametrize("earlier", [24, 30])
def test_no_month_remains_after_twenty_four_in_hospitals(earlier: int) -> None:
    case = of(
        P.INTERNSHIP_AGREEMENT,
        {
            "internship": InternshipCase.HOSPITAL,
            "start": date(2027, 3, 1),
            "end": date(2027, 3, 1),
            "earlier_hospital_months": earlier,
        },
    )
    assert found(case, C.INTERNSHIP_LENGTH).met is Met.NOT_MET


def test_an_internship_of_a_curriculum_has_no_longest_length() -> None:
    case = of(P.INTERNSHIP_AGREEMENT, {"internship": InternshipCase.CURRICULUM})
    says(
        found(case, C.INTERNSHIP_LENGTH),
        Met.NOT_APPLICABLE,
        "Stage d'un cursus ou d'un programme de coopération (1°) : le texte ne fixe aucune durée maximale.",
        {},
    )


def extended(kind: InternshipCase, new_end: date, **changes: Any) -> Any:
    return of(
        P.INTERNSHIP_AMENDMENT,
        {"internship": kind, "new_end": new_end, **changes},
        documents=["internship_agreement"],
    )


@pytest.mark.parametrize(
    ("kind", "changes", "months", "latest", "said"),
    [
        (InternshipCase.COMPANY, {}, 18, date(2027, 12, 31), "31 décembre 2027"),
        (InternshipCase.COMPANY, {"earlier_hospital_months": 24}, 18, date(2027, 12, 31), "31 décembre 2027"),
        (InternshipCase.HOSPITAL, {}, 12, date(2027, 6, 30), "30 juin 2027"),
        (InternshipCase.HOSPITAL, {"agreement_end": date(2027, 1, 1)}, 12, date(2027, 6, 30), "30 juin 2027"),
        (InternshipCase.HOSPITAL, {"agreement_end": date(2027, 2, 1)}, 12, date(2027, 6, 30), "30 juin 2027"),
        (InternshipCase.HOSPITAL, {"agreement_end": date(2026, 9, 1)}, 12, date(2027, 3, 1), "1er mars 2027"),
        (InternshipCase.HOSPITAL, {"earlier_hospital_months": 12}, 12, date(2027, 6, 30), "30 juin 2027"),
        (InternshipCase.HOSPITAL, {"earlier_hospital_months": 14}, 10, date(2027, 4, 30), "30 avril 2027"),
        (InternshipCase.HOSPITAL, {"earlier_hospital_months": 24}, 0, date(2026, 6, 30), "30 juin 2026"),
        (InternshipCase.HOSPITAL, {"earlier_hospital_months": 30}, 0, date(2026, 6, 30), "30 juin 2026"),
    ],
)
@pytest.mark.parametrize("over", [0, 1])
def test_an_extension_keeps_to_its_length(
    kind: InternshipCase, changes: dict[str, Any], months: int, latest: date, said: str, over: int
) -> None:
    new_end = date.fromordinal(latest.toordinal() + over)
    case = extended(kind, new_end, **changes)
    finding = found(case, C.INTERNSHIP_LENGTH)
    assert finding.met is (Met.NOT_MET if over else Met.MET)
    told = said if not over else in_french(new_end)
    assert finding.because.startswith(f"S{NAMES[kind]} commencé le 1er juillet 2026, prolongé jusqu'au {told} ; ")
    assert finding.because.endswith(f" ; la prolongation peut aller jusqu'au {said} ({months} mois en tout au plus).")
    assert finding.facts == {
        "cas": f"s{NAMES[kind]}",
        "convention": "CS-2026-0042",
        "du": "2026-07-01",
        "fin actuelle": changes.get("agreement_end", date(2026, 12, 31)).isoformat(),
        "nouvelle fin": new_end.isoformat(),
        "au plus tard": latest.isoformat(),
    }
    assert finding.unconfirmed == doubted_when(bool(over))
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


@pytest.mark.parametrize("earlier", [1, 2])
def test_a_company_internship_is_extended_once(earlier: int) -> None:
    finding = found(
        extended(InternshipCase.COMPANY, date(2027, 3, 31), earlier_extensions=earlier), C.INTERNSHIP_LENGTH
    )
    says(
        finding,
        Met.NOT_MET,
        "Stage du salarié d'une entreprise étrangère (2°) : ce stage a déjà été prolongé une fois.",
        {
            "cas": "stage du salarié d'une entreprise étrangère (2°)",
            "convention": "CS-2026-0042",
            "du": "2026-07-01",
            "fin actuelle": "2026-12-31",
            "nouvelle fin": "2027-03-31",
        },
    )
    assert finding.unconfirmed == doubted_when(True)
    again = extended(InternshipCase.HOSPITAL, date(2027, 3, 31), earlier_extensions=earlier)
    assert found(again, C.INTERNSHIP_LENGTH).met is Met.MET


@pytest.mark.parametrize("kind", [InternshipCase.VOCATIONAL, InternshipCase.CURRICULUM])
def test_the_first_case_is_never_extended(kind: InternshipCase) -> None:
    finding = found(extended(kind, date(2027, 1, 31)), C.INTERNSHIP_LENGTH)
    assert finding.met is Met.NOT_MET
    assert finding.because == f"S{NAMES[kind]} : ce cas ne peut être prolongé (CESEDA R426-21)."
    assert finding.facts["nouvelle fin"] == "2027-01-31"
    assert finding.unconfirmed == doubted_when(True)


READ_ON_THE_PAPER = (
    "La conformité de la convention se lit sur la pièce : parties, clauses obligatoires, absence de contrat de travail."
)
CLAUSES = "clauses de la convention de stage, à lire sur la pièce"


@pytest.mark.parametrize(
    ("kind", "allowance", "paid", "missing"),
    [
        (InternshipCase.VOCATIONAL, "700.00", "700.00 € par mois", (CLAUSES,)),
        (InternshipCase.VOCATIONAL, None, "non indiquée", (CLAUSES, "gratification du stagiaire")),
        (InternshipCase.CURRICULUM, None, "non indiquée", (CLAUSES, "gratification du stagiaire")),
        (InternshipCase.COMPANY, None, "non indiquée", (CLAUSES,)),
        (InternshipCase.HOSPITAL, None, "non indiquée", (CLAUSES,)),
    ],
)
def test_the_clauses_are_read_on_the_agreement(
    kind: InternshipCase, allowance: str | None, paid: str, missing: tuple[str, ...]
) -> None:
    case = of(P.INTERNSHIP_AGREEMENT, {"internship": kind, "allowance_monthly": allowance})
    finding = found(case, C.INTERNSHIP_AGREEMENT_CONFORMS)
    facts = {"cas": f"s{NAMES[kind]}", "gratification": paid}
    says(finding, Met.NOT_ESTABLISHED, READ_ON_THE_PAPER, facts, missing)


def test_an_amendment_keeps_the_clauses_of_the_agreement() -> None:
    finding = found(extended(InternshipCase.COMPANY, date(2027, 3, 31)), C.INTERNSHIP_AGREEMENT_CONFORMS)
    says(
        finding,
        Met.MET,
        "L'avenant prolonge la convention CS-2026-0042, déjà visée ; il n'en change pas les autres clauses.",
        {"convention": "CS-2026-0042"},
    )
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


@pytest.mark.parametrize("criterion", [C.INTERNSHIP_PROJECT, C.INTERNSHIP_AGREEMENT_CONFORMS, C.INTERNSHIP_HOST])
@pytest.mark.parametrize(("adverse", "met"), [(True, Met.NOT_MET), (False, Met.MET)])
def test_a_body_that_was_asked_about_an_internship_decides(criterion: Criterion, adverse: bool, met: Met) -> None:
    case = a_case(P.INTERNSHIP_AGREEMENT, opinions=(an_opinion(criterion, adverse),))
    finding = found(case, criterion)
    assert finding.met is met
    assert finding.facts["organisme"] == "URSSAF"


def test_the_project_of_an_internship() -> None:
    shown = a_case(P.INTERNSHIP_AGREEMENT, documents=["internship_agreement"])
    finding = found(shown, C.INTERNSHIP_PROJECT)
    says(
        finding,
        Met.MET,
        "La convention décrit le projet, désigne un tuteur et l'établissement d'envoi (Université de Rabat).",
        {"établissement d'envoi": "Université de Rabat", "tuteur désigné": "oui"},
    )
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]
    says(
        found(of(P.INTERNSHIP_AGREEMENT, {"tutor": ""}), C.INTERNSHIP_PROJECT),
        Met.NOT_ESTABLISHED,
        "Le projet est décrit, mais aucun tuteur n'est désigné (envoi par Université de Rabat).",
        {},
        ("nom et fonction du tuteur",),
    )
    amended = found(extended(InternshipCase.COMPANY, date(2027, 3, 31)), C.INTERNSHIP_PROJECT)
    says(
        amended,
        Met.MET,
        "L'avenant à la convention CS-2026-0042 motive la prolongation.",
        {"convention": "CS-2026-0042"},
    )
    assert [exhibit.document for exhibit in amended.exhibits] == ["P1"]


@pytest.mark.parametrize("procedure", [P.INTERNSHIP_AGREEMENT, P.INTERNSHIP_AMENDMENT])
def test_nobody_was_asked_about_the_host(procedure: Procedure) -> None:
    says(
        found(a_case(procedure), C.INTERNSHIP_HOST),
        Met.NOT_ESTABLISHED,
        "Aucun organisme n'a été interrogé sur le respect du droit du travail et de la protection sociale par "
        "l'organisme d'accueil.",
        {},
        ("résultat de la vérification auprès de l'inspection du travail et de l'organisme de recouvrement",),
    )


# --- au pair ---------------------------------------------------------------------------------------------------------

AU_PAIR = {
    "âge au début": "21",
    "famille de la même nationalité": "non",
    "parenté": "non",
    "heures par semaine": "25",
    "français, études ou qualification": "oui",
}
SUITABLE = "ans au 1er février 2027, 25 heures par semaine, dans une famille d'une autre nationalité et sans parenté."


@pytest.mark.parametrize(
    ("birth", "changes", "met", "because", "facts"),
    [
        (date(2005, 5, 5), {}, Met.MET, f"21 {SUITABLE}", {}),
        (date(2009, 2, 1), {}, Met.MET, f"18 {SUITABLE}", {"âge au début": "18"}),
        (date(1996, 2, 2), {}, Met.MET, f"30 {SUITABLE}", {"âge au début": "30"}),
        (
            date(2009, 2, 2),
            {},
            Met.NOT_MET,
            "Conditions non remplies : 17 ans au début du séjour, hors de 18 à 30 ans.",
            {"âge au début": "17"},
        ),
        (
            date(1996, 2, 1),
            {},
            Met.NOT_MET,
            "Conditions non remplies : 31 ans au début du séjour, hors de 18 à 30 ans.",
            {"âge au début": "31"},
        ),
        (
            date(2005, 5, 5),
            {"hours_weekly": 26},
            Met.NOT_MET,
            "Conditions non remplies : 26 heures par semaine, plus de 25.",
            {"heures par semaine": "26"},
        ),
        (
            date(2005, 5, 5),
            {"kinship": True, "family_of_same_nationality": True, "knows_french_or_secondary_education": False},
            Met.NOT_MET,
            "Conditions non remplies : famille d'accueil de la même nationalité, lien de parenté avec la famille "
            "d'accueil et ni connaissance du français, ni études secondaires, ni qualification professionnelle.",
            {
                "famille de la même nationalité": "oui",
                "parenté": "oui",
                "français, études ou qualification": "non",
            },
        ),
    ],
)
def test_the_conditions_of_an_au_pair(
    birth: date, changes: dict[str, Any], met: Met, because: str, facts: dict[str, str]
) -> None:
    case = of(P.AU_PAIR, changes, worker=a_worker(birth_date=birth))
    says(found(case, C.AU_PAIR_CONDITIONS), met, because, {**AU_PAIR, **facts})


def test_an_au_pair_without_a_birth_date() -> None:
    says(
        found(a_case(P.AU_PAIR, worker=a_worker(birth_date=None)), C.AU_PAIR_CONDITIONS),
        Met.NOT_ESTABLISHED,
        "La date de naissance n'est pas connue.",
        {},
        ("date de naissance",),
    )


@pytest.mark.parametrize(("earlier", "met"), [(0, Met.MET), (12, Met.MET), (13, Met.NOT_MET)])
def test_an_au_pair_stays_two_years_in_all(earlier: int, met: Met) -> None:
    says(
        found(of(P.AU_PAIR, {"earlier_stay_months": earlier}), C.AU_PAIR_STAY),
        met,
        f"{12 + earlier} mois de séjour au pair en tout, pour 24 au plus.",
        {"séjours antérieurs": f"{earlier} mois", "mois en tout": str(12 + earlier)},
    )


# --- viability -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "met", "written"),
    [("0.01", Met.MET, "0,01"), ("0.00", Met.NOT_MET, "0,00"), ("-500.00", Met.NOT_MET, "-500,00")],
)
def test_an_activity_is_viable_by_its_result(result: str, met: Met, written: str) -> None:
    case = of(P.VIABILITY_OPINION, {"result_forecast": result}, documents=["business_plan"])
    finding = found(case, C.ECONOMIC_VIABILITY)
    says(
        finding,
        met,
        "Activité « Atelier de réparation de vélos » : chiffre d'affaires prévu de 90\u202f000,00\u00a0€, résultat "
        f"annuel prévu de {written}\u00a0€ avant impôt.",
        {
            "activité": "Atelier de réparation de vélos",
            "chiffre d'affaires prévu": "90000.00",
            "résultat prévu": result,
        },
    )
    assert finding.unconfirmed == ("viabilité mesurée au résultat prévu : lecture usuelle du texte, à confirmer",)
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


@pytest.mark.parametrize(
    ("plan", "documents", "met"),
    [
        (False, [], Met.NOT_ESTABLISHED),
        (True, [], Met.MET),
        (False, ["business_plan"], Met.MET),
    ],
)
def test_viability_rests_on_a_plan_in_the_file(plan: bool, documents: list[str], met: Met) -> None:
    case = of(P.VIABILITY_OPINION, {"business_plan": plan}, documents=documents)
    finding = found(case, C.ECONOMIC_VIABILITY)
    assert finding.met is met
    if met is Met.NOT_ESTABLISHED:
        assert finding.because == (
            "Aucun plan d'affaires ne soutient les prévisions de l'activité « Atelier de réparation de vélos »."
        )
        assert finding.missing == ("plan d'affaires",)
        assert finding.facts["résultat prévu"] == "24000.00"


def test_an_adverse_opinion_on_viability_decides() -> None:
    case = a_case(P.VIABILITY_OPINION, opinions=(an_opinion(C.ECONOMIC_VIABILITY, True),))
    assert found(case, C.ECONOMIC_VIABILITY).met is Met.NOT_MET
    case = a_case(P.VIABILITY_OPINION, opinions=(an_opinion(C.ECONOMIC_VIABILITY, False),))
    assert found(case, C.ECONOMIC_VIABILITY).because.startswith("Activité « ")


@pytest.mark.parametrize(
    ("income", "met", "relation", "written"),
    [
        ("1801.79", Met.NOT_MET, "inférieur", "1\u202f801,79"),
        ("1801.80", Met.MET, "au moins égal", "1\u202f801,80"),
    ],
)
def test_means_reach_the_full_time_smic(income: str, met: Met, relation: str, written: str) -> None:
    case = of(P.VIABILITY_OPINION, {"monthly_income_forecast": income}, documents=["business_plan"])
    finding = found(case, C.SUFFICIENT_MEANS, date(2025, 6, 2))
    says(
        finding,
        met,
        f"Revenu mensuel prévu de {written}\u00a0€, {relation} au SMIC à temps plein de 1\u202f801,80\u00a0€.",
        {"revenu mensuel prévu": income, "SMIC mensuel": "1801.80"},
    )
    assert finding.unconfirmed == ("seuil du SMIC à temps plein : lecture usuelle du texte, à confirmer",)
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]
    assert len(found(case, C.SUFFICIENT_MEANS).unconfirmed) == 2


def test_means_where_the_smic_is_not_known() -> None:
    says(
        found(of(P.VIABILITY_OPINION, {"activity_department": "999"}), C.SUFFICIENT_MEANS),
        Met.NOT_ESTABLISHED,
        "Le SMIC applicable dans le département 999 n'est pas connu à cette date.",
        {"revenu mensuel prévu": "2000.00"},
        ("montant du SMIC applicable au lieu de l'activité",),
    )


# --- exceptional admission -------------------------------------------------------------------------------------------


def admitted(basis: AdmissionBasis, *, today: date = TODAY, **changes: Any) -> Any:
    rest = {name: changes.pop(name) for name in ("worker", "job", "documents", "opinions") if name in changes}
    particulars = ExceptionalAdmission(basis=basis, prefecture_department="69", **changes)
    return a_case(P.EXCEPTIONAL_ADMISSION, particulars=particulars, **rest)


COMMISSION = (
    " Résidence de plus de 10 ans : avant un refus, le préfet saisit la commission du titre de séjour (CESEDA L435-1, "
    "alinéa 2)."
)


@pytest.mark.parametrize(
    ("basis", "years", "commission"),
    [
        (AdmissionBasis.L435_1, None, ""),
        (AdmissionBasis.L435_1, 10.0, ""),
        (AdmissionBasis.L435_1, 10.1, COMMISSION),
        (AdmissionBasis.L435_2, 10.1, ""),
        (AdmissionBasis.L435_3, 10.1, ""),
        (AdmissionBasis.L435_4, 10.1, ""),
    ],
)
def test_the_employment_of_an_admission(basis: AdmissionBasis, years: float | None, commission: str) -> None:
    case = admitted(basis, years_of_residence=years, documents=["pay_slips"])
    finding = found(case, C.ADMISSION_EMPLOYMENT)
    assert finding.met is Met.MET
    assert finding.because == (
        "Emploi « Cuisinier » décrit au dossier. Rémunération de 2\u202f400,00\u00a0€ brut par mois pour 35 heures par "
        "semaine, égale ou supérieure au minimum de 1\u202f950,00\u00a0€ (minimum conventionnel)." + commission
    )
    assert finding.facts["emploi"] == "Cuisinier"
    assert finding.facts["fondement"] == f"CESEDA {basis.value}"
    assert finding.facts["minimum retenu"] == "1950.00"
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]
    assert finding.unconfirmed


def test_employment_that_is_not_lawful_or_not_real() -> None:
    low = admitted(AdmissionBasis.L435_1, job=a_job(pay_monthly_gross="900.00"))
    assert found(low, C.ADMISSION_EMPLOYMENT).met is Met.NOT_MET
    unreal = admitted(AdmissionBasis.L435_1, opinions=(an_opinion(C.ADMISSION_EMPLOYMENT, True),))
    assert found(unreal, C.ADMISSION_EMPLOYMENT).because.startswith("Avis défavorable rendu par URSSAF")
    real = admitted(AdmissionBasis.L435_1, opinions=(an_opinion(C.ADMISSION_EMPLOYMENT, False),))
    assert found(real, C.ADMISSION_EMPLOYMENT).because.startswith("Emploi « Cuisinier »")
    nothing = admitted(AdmissionBasis.L435_1, job=None)
    assert found(nothing, C.ADMISSION_EMPLOYMENT).because == "La demande ne décrit pas l'emploi."


@pytest.mark.parametrize(
    ("years", "real", "met", "because", "told", "missing"),
    [
        (
            2.9,
            True,
            Met.NOT_MET,
            "Activité ininterrompue de 2,9 ans dans l'organisme d'accueil, pour 3 ans exigés.",
            ("2,9", "oui"),
            (),
        ),
        (
            3.0,
            True,
            Met.MET,
            "Activité réelle et sérieuse de 3 ans dans l'organisme d'accueil ; les perspectives d'intégration sont "
            "appréciées par le préfet.",
            ("3", "oui"),
            (),
        ),
        (
            3.0,
            False,
            Met.NOT_MET,
            "L'activité dans l'organisme d'accueil n'est ni réelle ni sérieuse.",
            ("3", "non"),
            (),
        ),
        (
            None,
            False,
            Met.NOT_MET,
            "L'activité dans l'organisme d'accueil n'est ni réelle ni sérieuse.",
            ("non indiqué", "non"),
            (),
        ),
        (
            None,
            None,
            Met.NOT_ESTABLISHED,
            "L'activité dans l'organisme d'accueil n'est pas établie.",
            ("non indiqué", "non indiqué"),
            ("durée de l'activité dans l'organisme d'accueil", "caractère réel et sérieux de l'activité"),
        ),
        (
            4.0,
            None,
            Met.NOT_ESTABLISHED,
            "L'activité dans l'organisme d'accueil n'est pas établie.",
            ("4", "non indiqué"),
            ("caractère réel et sérieux de l'activité",),
        ),
        (
            None,
            True,
            Met.NOT_ESTABLISHED,
            "L'activité dans l'organisme d'accueil n'est pas établie.",
            ("non indiqué", "oui"),
            ("durée de l'activité dans l'organisme d'accueil",),
        ),
    ],
)
def test_three_years_in_a_community(
    years: float | None,
    real: bool | None,
    met: Met,
    because: str,
    told: tuple[str, str],
    missing: tuple[str, ...],
) -> None:
    case = admitted(AdmissionBasis.L435_2, community_years=years, community_activity_is_real=real)
    facts = {"années d'activité": told[0], "activité réelle et sérieuse": told[1]}
    says(found(case, C.ADMISSION_COMMUNITY), met, because, facts, missing)


BORN = date(2008, 6, 15)
TRAINED = {
    "entrusted_to_care_on": date(2024, 6, 15),
    "training_since": date(2026, 5, 2),
    "training_is_followed_seriously": True,
}
FOLLOWED = (
    "18 ans, formation qualifiante suivie depuis le 2 mai 2026 ; les liens avec la famille et l'avis de la structure "
    "d'accueil sont appréciés par le préfet."
)


@pytest.mark.parametrize(
    ("born", "changes", "met", "because"),
    [
        (BORN, {}, Met.MET, FOLLOWED),
        (date(2008, 11, 2), {"entrusted_to_care_on": date(2025, 1, 2)}, Met.MET, FOLLOWED),
        (date(2007, 11, 3), {"entrusted_to_care_on": date(2025, 1, 2)}, Met.MET, FOLLOWED),
        (
            date(2008, 11, 3),
            {"entrusted_to_care_on": date(2025, 1, 2)},
            Met.NOT_MET,
            "L'étranger a 17 ans et n'est pas dans l'année qui suit ses 18 ans.",
        ),
        (
            date(2007, 11, 2),
            {"entrusted_to_care_on": date(2025, 1, 2)},
            Met.NOT_MET,
            "L'étranger a 19 ans et n'est pas dans l'année qui suit ses 18 ans.",
        ),
        (
            BORN,
            {"entrusted_to_care_on": date(2024, 6, 14)},
            Met.NOT_MET,
            "L'étranger a été confié à 15 ans, et non entre 16 et 18 ans.",
        ),
        (BORN, {"entrusted_to_care_on": date(2026, 6, 14)}, Met.MET, FOLLOWED),
        (
            BORN,
            {"entrusted_to_care_on": date(2026, 6, 15)},
            Met.NOT_MET,
            "L'étranger a été confié à 18 ans, et non entre 16 et 18 ans.",
        ),
        (
            BORN,
            {"training_since": date(2026, 5, 3)},
            Met.NOT_MET,
            "La formation, commencée le 3 mai 2026, n'est pas suivie depuis 6 mois.",
        ),
        (
            BORN,
            {"training_is_followed_seriously": False},
            Met.NOT_MET,
            "La formation n'est pas suivie de manière réelle et sérieuse.",
        ),
    ],
)
def test_a_young_person_once_in_care(born: date, changes: dict[str, Any], met: Met, because: str) -> None:
    case = admitted(
        AdmissionBasis.L435_3,
        worker=a_worker(birth_date=born),
        documents=["enrolment_certificate"],
        **{**TRAINED, **changes},
    )
    finding = found(case, C.ADMISSION_TRAINING)
    assert (finding.met, finding.because, finding.missing) == (met, because, ())
    assert bool(finding.exhibits) is (met is Met.MET)
    told = {**TRAINED, **changes}
    assert finding.facts == {
        "âge": str(au_pair.age_on(born, TODAY)),
        "confié le": told["entrusted_to_care_on"].isoformat(),
        "formation depuis": told["training_since"].isoformat(),
        "suivi réel et sérieux": "oui" if told["training_is_followed_seriously"] else "non",
    }


@pytest.mark.parametrize(
    ("unknown", "missing"),
    [
        (["entrusted_to_care_on"], ["date à laquelle l'étranger a été confié à l'aide sociale à l'enfance"]),
        (["training_since"], ["date de début de la formation"]),
        (["training_is_followed_seriously"], ["caractère réel et sérieux du suivi de la formation"]),
        (
            ["entrusted_to_care_on", "training_since", "training_is_followed_seriously"],
            [
                "date à laquelle l'étranger a été confié à l'aide sociale à l'enfance",
                "date de début de la formation",
                "caractère réel et sérieux du suivi de la formation",
            ],
        ),
    ],
)
def test_what_is_not_known_of_a_young_person(unknown: list[str], missing: list[str]) -> None:
    known = {name: value for name, value in TRAINED.items() if name not in unknown}
    case = admitted(AdmissionBasis.L435_3, worker=a_worker(birth_date=BORN), **known)
    finding = found(case, C.ADMISSION_TRAINING)
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.because == "La situation du jeune majeur n'est pas établie."
    assert finding.missing == tuple(missing)
    assert list(finding.facts.values()).count("non indiqué") == len(unknown)


def test_a_young_person_without_a_birth_date() -> None:
    case = admitted(AdmissionBasis.L435_3, worker=a_worker(birth_date=None))
    says(
        found(case, C.ADMISSION_TRAINING),
        Met.NOT_ESTABLISHED,
        "La date de naissance n'est pas connue.",
        {"confié le": "non indiqué", "formation depuis": "non indiqué", "suivi réel et sérieux": "non indiqué"},
        ("date de naissance",),
    )


TENSE = {"months_worked_last_24": 12, "years_of_residence": 3.0, "criminal_record_b2_clear": True}
WORKED = {
    "mois travaillés sur vingt-quatre": "12",
    "années de résidence": "3",
    "bulletin n° 2 vierge": "oui",
    "ROME": "G1602",
    "région": "84",
}
NO_REGION = {name: value for name, value in WORKED.items() if name != "région"}


@pytest.mark.parametrize(
    ("changes", "because", "facts"),
    [
        (
            {"months_worked_last_24": 11},
            "Mois travaillés et comptés sur les vingt-quatre derniers : 11, pour 12 exigés.",
            {"mois travaillés sur vingt-quatre": "11"},
        ),
        (
            {"months_worked_last_24": 14, "months_worked_not_counted": 3},
            "Mois travaillés et comptés sur les vingt-quatre derniers : 11, pour 12 exigés.",
            {"mois travaillés sur vingt-quatre": "11"},
        ),
        (
            {"years_of_residence": 2.9},
            "Résidence ininterrompue de 2,9 ans, pour 3 ans exigés.",
            {"années de résidence": "2,9"},
        ),
        (
            {"years_of_residence": 3.4, "years_of_residence_not_counted": 0.5},
            "Résidence ininterrompue de 2,9 ans, pour 3 ans exigés.",
            {"années de résidence": "2,9"},
        ),
        (
            {"years_of_residence": 1.9},
            "Résidence ininterrompue de 1,9 an, pour 3 ans exigés.",
            {"années de résidence": "1,9"},
        ),
        (
            {"years_of_residence": 2.0},
            "Résidence ininterrompue de 2 ans, pour 3 ans exigés.",
            {"années de résidence": "2"},
        ),
        (
            {"criminal_record_b2_clear": False},
            "Une condamnation, une incapacité ou une déchéance figure au bulletin n° 2 du casier judiciaire.",
            {"bulletin n° 2 vierge": "non"},
        ),
    ],
)
def test_obstacles_to_admission_in_a_shortage_occupation(
    changes: dict[str, Any], because: str, facts: dict[str, str]
) -> None:
    case = admitted(AdmissionBasis.L435_4, **{**TENSE, **changes})
    says(found(case, C.ADMISSION_SHORTAGE), Met.NOT_MET, because, {**NO_REGION, **facts})


@pytest.mark.parametrize("today", [date(2025, 6, 2), TODAY, date(2026, 12, 31)])
@pytest.mark.parametrize(
    "changes",
    [{}, {"months_worked_last_24": 14, "months_worked_not_counted": 2},
     {"years_of_residence": 3.4, "years_of_residence_not_counted": 0.4}],
)  # fmt: skip
def test_admission_in_a_shortage_occupation(today: date, changes: dict[str, Any]) -> None:
    case = admitted(AdmissionBasis.L435_4, documents=["pay_slips"], **{**TENSE, **changes})
    finding = found(case, C.ADMISSION_SHORTAGE, today)
    assert finding.met is Met.MET
    assert finding.because.startswith("Métier en tension : ")
    assert finding.because.endswith(" ; durées de travail et de résidence suffisantes, bulletin n° 2 vierge.")
    assert "S1Z40" in finding.because
    assert finding.facts == WORKED
    first, second = finding.unconfirmed
    assert first.startswith(
        "Mois travaillés sur les vingt-quatre derniers dans un métier en tension (CESEDA L435-4) : "
    )
    assert second.startswith("Résidence ininterrompue")
    assert all("fin au 31 décembre 2026 lue dans la doctrine seule" in doubt for doubt in finding.unconfirmed)
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


def test_the_contract_signed_shows_the_employment_of_an_admission() -> None:
    finding = found(admitted(AdmissionBasis.L435_1, documents=["signed_contract"]), C.ADMISSION_EMPLOYMENT)
    assert [exhibit.document for exhibit in finding.exhibits] == ["P1"]


@pytest.mark.parametrize("unknown", ["AES_SHORTAGE_MONTHS_WORKED_MIN", "AES_SHORTAGE_RESIDENCE_YEARS_MIN"])
def test_one_figure_that_is_not_held_is_enough_to_hold_back_the_basis(unknown: str) -> None:
    reference = REPLACE(REFERENCE, thresholds={**REFERENCE.thresholds, unknown: ()})
    finding = admission.the_person_works_in_a_shortage_occupation(
        admitted(AdmissionBasis.L435_4, **TENSE), REPLACE(law(), reference=reference)
    )
    assert finding.because == "L'article L435-4 n'est pas connu comme étant en vigueur à cette date."


def test_an_occupation_off_a_complete_list_is_no_shortage_and_off_another_is_open() -> None:
    job = a_job(title="Archiviste", rome="K1601", fap=None)
    case = admitted(AdmissionBasis.L435_4, job=job, **TENSE)
    read = admission.the_person_works_in_a_shortage_occupation
    (family,) = {row.fap_code for row in REFERENCE.rome_families["K1601"]}
    facts = {**WORKED, "ROME": "K1601"}
    complete = {
        id: REPLACE(each, complete_regions=frozenset({*each.complete_regions, "84"}))
        for id, each in REFERENCE.shortage_lists.items()
    }
    says(
        read(case, REPLACE(law(), reference=REPLACE(REFERENCE, shortage_lists=complete))),
        Met.NOT_MET,
        f"Métier hors liste : la famille {family} ne figure sur aucune liste complète de la région 84.",
        facts,
    )
    says(
        read(case, law()),
        Met.NOT_ESTABLISHED,
        "Conditions non toutes établies : la liste de la région n'est pas connue en entier.",
        facts,
        ("inscription du métier sur la liste",),
    )


def test_after_its_last_day_the_basis_is_not_held() -> None:
    case = admitted(AdmissionBasis.L435_4, **TENSE)
    says(
        found(case, C.ADMISSION_SHORTAGE, date(2027, 1, 1)),
        Met.NOT_ESTABLISHED,
        "L'article L435-4 n'est pas connu comme étant en vigueur à cette date.",
        {},
        ("version de l'article L435-4 du CESEDA",),
    )
    assert rule_in_force(C.ADMISSION_SHORTAGE, P.EXCEPTIONAL_ADMISSION, date(2024, 1, 27)) is None
    assert rule_in_force(C.ADMISSION_SHORTAGE, P.EXCEPTIONAL_ADMISSION, date(2024, 1, 28)) is not None


@pytest.mark.parametrize(
    ("unknown", "missing"),
    [
        ("months_worked_last_24", "bulletins de salaire des vingt-quatre derniers mois"),
        ("years_of_residence", "justificatifs de résidence"),
        ("criminal_record_b2_clear", "bulletin n° 2 du casier judiciaire"),
    ],
)
def test_what_is_not_known_of_admission_in_a_shortage_occupation(unknown: str, missing: str) -> None:
    known = {name: value for name, value in TENSE.items() if name != unknown}
    finding = found(admitted(AdmissionBasis.L435_4, **known), C.ADMISSION_SHORTAGE)
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.because.startswith("Conditions non toutes établies : ")
    assert finding.missing == (missing,)
    assert list(finding.facts.values()).count("non indiqué") == 1


def test_the_occupation_held_must_be_listed() -> None:
    nowhere = admitted(AdmissionBasis.L435_4, job=a_job(workplace=an_address("97133", "Gustavia")), **TENSE)
    says(
        found(nowhere, C.ADMISSION_SHORTAGE),
        Met.NOT_ESTABLISHED,
        "La région du lieu de travail est inconnue.",
        {**WORKED, "région": "inconnue"},
        ("région du lieu de travail",),
    )
    other = a_job(title="Archiviste", rome="K1601", fap=None)
    finding = found(admitted(AdmissionBasis.L435_4, job=other, **TENSE), C.ADMISSION_SHORTAGE)
    region = REFERENCE.shortage(None, "K1601", "84", TODAY)
    assert finding.facts["ROME"] == "K1601"
    if finding.met is Met.NOT_MET:
        assert finding.because == f"Métier hors liste : {region.because}."
    else:
        assert finding.missing == ("inscription du métier sur la liste",)
    nothing = admitted(AdmissionBasis.L435_4, job=None, **TENSE)
    assert found(nothing, C.ADMISSION_SHORTAGE).because == "La demande ne décrit pas l'emploi."


def test_each_basis_is_read_by_its_own_rule() -> None:
    own = {
        AdmissionBasis.L435_2: C.ADMISSION_COMMUNITY,
        AdmissionBasis.L435_3: C.ADMISSION_TRAINING,
        AdmissionBasis.L435_4: C.ADMISSION_SHORTAGE,
    }
    for basis in AdmissionBasis:
        for mine, criterion in own.items():
            applies = found(admitted(basis), criterion).met is not Met.NOT_APPLICABLE
            assert applies is (mine is basis)


def test_the_particulars_of_a_renewal_have_defaults() -> None:
    bare = Renewal(earlier_permit="AT-1", earlier_expires_on=TODAY)
    assert (bare.first_renewal, bare.unemployment_benefit_until) == (True, None)
