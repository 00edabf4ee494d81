"""What texts ask or attach without making it a ground of refusal, word for word and to the day."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.notices import Notice, notices_of
from domain.procedures import Procedure
from domain.request import AdmissionBasis, InternshipCase, TitleKind
from tests.unit.given import TODAY, a_request, a_worker_in_france
from tests.unit.given_conditions import a_case, law
from tests.unit.test_rules_of_procedures import of

P = Procedure


def said(case: Any, article: str, today: date = TODAY) -> list[str]:
    return [notice.says for notice in notices_of(case, law(today)) if notice.article == article]


@pytest.mark.parametrize(
    ("filed_on", "written", "rest"),
    [
        (date(2026, 10, 19), "19 octobre", ", avant le deuxième mois précédant l'expiration (W) ; NO."),
        (date(2026, 10, 20), "20 octobre", ", au cours du deuxième mois précédant l'expiration (W)."),
        (date(2026, 11, 20), "20 novembre", ", au cours du deuxième mois précédant l'expiration (W)."),
        (date(2026, 11, 21), "21 novembre", ", après le deuxième mois précédant l'expiration (W) ; NO."),
    ],
)
def test_a_renewal_is_asked_in_the_second_month(filed_on: date, written: str, rest: str) -> None:
    case = a_case(P.RENEWAL, filed_on=filed_on)
    told = rest.replace("W", "du 20 octobre 2026 au 20 novembre 2026")
    told = told.replace("NO", "le texte n'en fait pas un motif de refus")
    assert said(case, "CT R5221-32") == [f"Demande déposée le {written} 2026{told}"]


def test_the_window_of_a_renewal_is_that_of_april_2021() -> None:
    assert said(a_case(P.RENEWAL), "CT R5221-32", date(2021, 3, 31)) == []
    assert len(said(a_case(P.RENEWAL), "CT R5221-32", date(2021, 4, 1))) == 1


@pytest.mark.parametrize(
    ("programme", "filed_on", "says"),
    [
        (
            False,
            date(2027, 1, 1),
            "Convention reçue le 1er janvier 2027, dans le délai qui s'achevait le 1er janvier 2027.",
        ),
        (
            False,
            date(2027, 1, 2),
            "Convention reçue le 2 janvier 2027, après le 1er janvier 2027, dernier jour utile ; le texte n'en fait "
            "pas un motif de refus.",
        ),
        (
            True,
            date(2027, 2, 1),
            "Convention reçue le 1er février 2027, dans le délai qui s'achevait le 1er février 2027.",
        ),
        (
            True,
            date(2027, 2, 2),
            "Convention reçue le 2 février 2027, après le 1er février 2027, dernier jour utile ; le texte n'en fait "
            "pas un motif de refus.",
        ),
    ],
)
def test_an_agreement_is_received_before_the_internship(programme: bool, filed_on: date, says: str) -> None:
    case = of(P.INTERNSHIP_AGREEMENT, {"eu_or_intergovernmental_programme": programme}, filed_on=filed_on)
    assert said(case, "CESEDA R426-20") == [says]


@pytest.mark.parametrize(
    ("filed_on", "says"),
    [
        (
            date(2026, 12, 16),
            "Avenant reçu le 16 décembre 2026, dans le délai qui s'achevait le 16 décembre 2026.",
        ),
        (
            date(2026, 12, 17),
            "Avenant reçu le 17 décembre 2026, après le 16 décembre 2026, dernier jour utile ; le texte n'en fait "
            "pas un motif de refus.",
        ),
    ],
)
def test_an_amendment_is_received_fifteen_days_before_the_end(filed_on: date, says: str) -> None:
    case = of(P.INTERNSHIP_AMENDMENT, {"internship": InternshipCase.HOSPITAL}, filed_on=filed_on)
    assert said(case, "CESEDA R426-21") == [says]


@pytest.mark.parametrize(
    ("end", "card"), [(date(2027, 6, 30), True), (date(2027, 6, 29), False), (date(2027, 8, 31), True)]
)
def test_a_season_of_three_months_gives_the_card(end: date, card: bool) -> None:
    job = msgspec.structs.replace(a_request(P.SEASONAL).job, end=end)
    wanted = "Contrat d'au moins 3 mois : l'autorisation prend la forme de la carte « travailleur saisonnier »."
    assert said(a_case(P.SEASONAL, job=job), "CT R5221-24") == ([wanted] if card else [])


def test_a_season_without_an_end_or_a_job_gives_no_card() -> None:
    job = msgspec.structs.replace(a_request(P.SEASONAL).job, end=None)
    assert said(a_case(P.SEASONAL, job=job), "CT R5221-24") == []
    assert said(a_case(P.SEASONAL, job=None), "CT R5221-24") == []


@pytest.mark.parametrize(("kept", "told"), [(True, "s'engage"), (False, "ne s'engage pas")])
def test_a_seasonal_worker_keeps_a_residence_abroad(kept: bool, told: str) -> None:
    assert said(of(P.SEASONAL, {"residence_abroad_kept": kept}), "CESEDA L421-34") == [
        f"L'étranger {told} à maintenir sa résidence habituelle hors de France : c'est une condition de la carte "
        "« travailleur saisonnier », non de l'autorisation de travail."
    ]
    assert said(a_case(P.SEASONAL), "CESEDA L421-34", date(2021, 4, 30)) == []
    assert len(said(a_case(P.SEASONAL), "CESEDA L421-34", date(2021, 5, 1))) == 1


def test_every_permit_holds_for_its_contract() -> None:
    wanted = [
        "L'autorisation ne vaut que pour le contrat présenté : tout nouveau contrat de travail appelle une nouvelle "
        "demande."
    ]
    assert said(a_case(), "CT R5221-1") == wanted
    assert said(a_case(), "CT R5221-1", date(2024, 9, 1)) == wanted
    assert said(a_case(), "CT R5221-1", date(2024, 8, 31)) == []
    assert said(a_case(P.AU_PAIR), "CT R5221-1") == []


@pytest.mark.parametrize("years", [None, 10.0, 10.5])
def test_the_commission_is_told_beyond_ten_years(years: float | None) -> None:
    case = of(P.EXCEPTIONAL_ADMISSION, {"years_of_residence": years, "basis": AdmissionBasis.L435_1})
    wanted = (
        "Résidence de plus de 10 ans : avant un refus, le préfet saisit la commission du titre de séjour (CESEDA "
        "L435-1, alinéa 2)."
    )
    assert said(case, "CESEDA L435-1") == ([wanted] if years == 10.5 else [])
    assert said(case, "CESEDA L435-1", date(2021, 4, 30)) == []
    assert len(said(case, "CESEDA L435-1", date(2021, 5, 1))) == (years == 10.5)


def test_the_entrepreneur_is_told_what_comes_next() -> None:
    abroad = a_case(P.VIABILITY_OPINION)
    assert notices_of(abroad, law()) == (
        Notice(
            article="CESEDA R421-9",
            says="L'avis est demandé avant le dépôt de la demande de carte « entrepreneur/profession libérale ».",
        ),
        Notice(
            article="CESEDA R421-8",
            says="La demande de carte se présente ensuite à l'autorité consulaire du pays de résidence.",
        ),
        Notice(
            article="CESEDA R421-10",
            says="La sécurité, la salubrité, la tranquillité publiques et l'interdiction d'exercer sont vérifiées avec "
            "la demande de carte : elles n'entrent pas dans l'avis.",
        ),
    )
    resident = a_case(P.VIABILITY_OPINION, worker=a_worker_in_france(TitleKind.STUDENT))
    assert said(resident, "CESEDA R421-8") == [
        "La demande de carte se présente ensuite au préfet du département de résidence."
    ]


@pytest.mark.parametrize(
    ("procedure", "articles"),
    [
        (P.INTRODUCTION_PERMANENT, ["CT R5221-1"]),
        (P.RENEWAL, ["CT R5221-32", "CT R5221-1"]),
        (P.SEASONAL, ["CT R5221-24", "CT R5221-25", "CESEDA L421-34", "CT R5221-1"]),
        (P.INTERNSHIP_AGREEMENT, ["CESEDA R426-20", "CESEDA R426-22"]),
        (P.INTERNSHIP_AMENDMENT, ["CESEDA R426-21", "CESEDA R426-22"]),
        (P.VIABILITY_OPINION, ["CESEDA R421-9", "CESEDA R421-8", "CESEDA R421-10"]),
        (P.EXCEPTIONAL_ADMISSION, []),
        (P.AU_PAIR, []),
    ],
)
def test_what_each_procedure_is_told(procedure: Procedure, articles: list[str]) -> None:
    assert [notice.article for notice in notices_of(a_case(procedure), law())] == articles


def test_agreements_are_shown_at_controls_and_seasonal_contracts_stamped() -> None:
    assert said(a_case(P.INTERNSHIP_AGREEMENT), "CESEDA R426-22") == [
        "La convention, son avenant et la preuve du visa sont présentés à toute demande des agents de contrôle."
    ]
    assert said(a_case(P.SEASONAL), "CT R5221-25") == [
        "Le contrat est visé par le préfet avant l'entrée en France, lors du renouvellement et pour chaque nouveau "
        "contrat."
    ]
