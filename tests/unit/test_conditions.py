"""CT R5221-20 in all its versions: what each function answers, word for word, on either side of each of its limits."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.assessment import findings_of
from domain.findings import Criterion, Exhibit, Finding, Met
from domain.law import Law, all_rules, rules_in_force
from domain.procedures import Procedure
from domain.provisions import Nature, all_provisions
from domain.reading import WORK_PERMITS, WORK_PERMITS_AND_RENEWAL
from domain.reference import Mark
from domain.request import (
    Capacity,
    ChangeOfStatus,
    Contract,
    Diploma,
    LegalRegime,
    OtherUndertaking,
    PostingMission,
    Renewal,
    Seasonal,
    StudentAboveQuota,
    TitleKind,
)
from domain.rules.pay import pay_reached_the_monthly_minimum
from domain.versions import (
    NOT_READ_BEFORE_2016,
    NOT_READ_IN_APRIL_2021,
    READ_BEFORE_2016,
    READ_BEFORE_2021,
    READ_IN_2021,
)
from tests.unit.given import (
    HASH,
    REFERENCE,
    TODAY,
    a_company,
    a_host_family,
    a_job,
    a_worker_in_france,
    an_address,
    an_offer,
)
from tests.unit.given_conditions import a_case, an_opinion, found, law

IN_2018 = date(2018, 5, 14)
"""Elements; the SMIC is 1498.47 euros."""
AGE = (
    "Ancienneté maximale de l'attestation de paiement des cotisations (arrêté du 1er avril 2021, version du "
    "3 janvier 2025) : tiré de commentaires concordants, pas du texte"
)
IN_2022 = date(2022, 3, 14)
"""Conditions of 2021; the SMIC is 1603.12 euros, 10.57 an hour."""
IN_2026 = date(2026, 3, 2)
"""Conditions of 2024; the SMIC is 1823.03 euros, confirmed."""

ELEMENTS = {
    Criterion.LABOUR_MARKET: "CT R5221-20 1°",
    Criterion.JOB_FITS_QUALIFICATIONS: "CT R5221-20 2°",
    Criterion.EMPLOYER_LABOUR_LAW: "CT R5221-20 3°",
    Criterion.REGULATED_ACTIVITY: "CT R5221-20 4°",
    Criterion.COMPARABLE_TERMS: "CT R5221-20 5°",
    Criterion.PAY: "CT R5221-20 6°",
    Criterion.HOUSING: "CT R5221-20 7°",
}
OF_2021 = {
    Criterion.LABOUR_MARKET: "CT R5221-20 1°",
    Criterion.EMPLOYER_OBLIGATIONS: "CT R5221-20 2° a)",
    Criterion.EMPLOYER_RECORD: "CT R5221-20 2° b)",
    Criterion.EMPLOYER_SANCTIONS: "CT R5221-20 2° c)",
    Criterion.REGULATED_ACTIVITY: "CT R5221-20 3°",
    Criterion.PAY: "CT R5221-20 4°",
    Criterion.JOB_FITS_QUALIFICATIONS: "CT R5221-20 5°",
}
OF_2024 = {
    Criterion.LABOUR_MARKET: "CT R5221-20 1°",
    Criterion.EMPLOYER_OBLIGATIONS: "CT R5221-20 2° a)",
    Criterion.EMPLOYER_RECORD: "CT R5221-20 2° b)",
    Criterion.EMPLOYER_OFFENCES: "CT R5221-20 2°, dernier alinéa",
    Criterion.REGULATED_ACTIVITY: "CT R5221-20 3°",
    Criterion.PAY: "CT R5221-20 4°",
    Criterion.JOB_FITS_QUALIFICATIONS: "CT R5221-20 5°",
    Criterion.HOUSING: "CT R5221-20 6°",
    Criterion.PROPORTIONATE_PROJECT: "CT R5221-20-1",
}


def undertaking(capacity: Capacity, name: str) -> OtherUndertaking:
    return OtherUndertaking(capacity=capacity, siret="90200011600019", name=name, seat=an_address())


BESIDE = (
    undertaking(Capacity.PRINCIPAL, "Donneur SA"),
    undertaking(Capacity.USER, "Usage SA"),
    undertaking(Capacity.HOST, "Hôte SA"),
)
ALONE = "Acme Robotique (employeur)"
USER_AND_HOST = "Acme Robotique (employeur), Usage SA (entreprise utilisatrice), Hôte SA (entreprise d'accueil)"
ALL = (
    "Acme Robotique (employeur), Donneur SA (donneur d'ordre), Usage SA (entreprise utilisatrice), "
    "Hôte SA (entreprise d'accueil)"
)


def exhibit(document: str = "P1") -> Exhibit:
    return Exhibit(document=document, version=1, sha256=HASH)


# which version applies


@pytest.mark.parametrize(
    ("day", "since", "until", "articles"),
    [
        (date(2008, 4, 30), None, None, {}),
        (date(2008, 5, 1), date(2008, 5, 1), date(2016, 10, 31), ELEMENTS),
        (date(2016, 10, 31), date(2008, 5, 1), date(2016, 10, 31), ELEMENTS),
        (date(2016, 11, 1), date(2016, 11, 1), date(2021, 3, 31), ELEMENTS),
        (date(2021, 3, 31), date(2016, 11, 1), date(2021, 3, 31), ELEMENTS),
        (date(2021, 4, 1), date(2021, 4, 1), date(2021, 4, 30), OF_2021),
        (date(2021, 4, 30), date(2021, 4, 1), date(2021, 4, 30), OF_2021),
        (date(2021, 5, 1), date(2021, 5, 1), date(2024, 8, 31), OF_2021),
        (date(2024, 8, 31), date(2021, 5, 1), date(2024, 8, 31), OF_2021),
        (date(2024, 9, 1), date(2024, 9, 1), None, OF_2024),
    ],
)
def test_the_text_of_the_day_applies(
    day: date, since: date | None, until: date | None, articles: dict[Criterion, str]
) -> None:
    rules = rules_in_force(Procedure.INTRODUCTION_PERMANENT, day)
    assert {rule.id.criterion: rule.id.article for rule in rules} == articles
    assert {rule.id.since for rule in rules} <= {since}
    assert {rule.provision.until for rule in rules} <= {until}


def of_r5221_20() -> list[Any]:
    return [p for p in all_provisions() if p.criterion is not None and p.articles[0].startswith("CT R5221-20")]


def test_elements_are_weighed_and_conditions_oblige_but_where_the_text_says_may() -> None:
    for each in of_r5221_20():
        may = each.criterion in {"employer_offences", "proportionate_project"}
        weighed = each.since < date(2021, 4, 1)
        assert each.nature is (Nature.ELEMENT if weighed else Nature.DISCRETION if may else Nature.OBLIGATION)


def test_what_nobody_read_says_so_and_where_the_rest_was_read() -> None:
    read = {date(2008, 5, 1): READ_BEFORE_2016, date(2016, 11, 1): READ_BEFORE_2021}
    read |= {date(2021, 4, 1): READ_IN_2021, date(2021, 5, 1): READ_IN_2021}
    for each in of_r5221_20():
        known = each.since in {date(2016, 11, 1), date(2021, 5, 1), date(2024, 9, 1)}
        known = known and (each.name != "the_job_fitted_the_qualifications")
        assert each.mark == ("confirmed" if known else "unconfirmed"), each.name
        assert each.source == read.get(each.since, each.source)
        assert "LEGITEXT000006072050" in each.source or each.since in read
        assert (NOT_READ_BEFORE_2016 in each.note) is (each.since == date(2008, 5, 1))
        assert (NOT_READ_IN_APRIL_2021 in each.note) is (each.since == date(2021, 4, 1))


def test_the_notes_of_a_version_are_joined() -> None:
    notes = {(p.name, p.since): p.note for p in of_r5221_20()}
    assert notes["labour_law_was_respected", date(2016, 11, 1)] == "l'utilisateur n'est lu que dans la version de 2016"
    earlier = notes["labour_law_was_respected", date(2008, 5, 1)]
    assert earlier == f"{NOT_READ_BEFORE_2016} ; l'utilisateur n'est lu que dans la version de 2016"
    assert notes["the_employer_was_not_sanctioned", date(2021, 4, 1)] == NOT_READ_IN_APRIL_2021
    assert notes["the_employer_was_not_sanctioned", date(2021, 5, 1)] == ""


def test_every_version_binds_first_requests_and_renewals_but_proportion_first_requests_only() -> None:
    for rule in all_rules():
        if rule.id.article == "CT R5221-20-1":
            assert rule.procedures == frozenset(WORK_PERMITS)
        elif rule.id.article.startswith("CT R5221-20 "):
            assert rule.procedures == frozenset(WORK_PERMITS_AND_RENEWAL)


@pytest.mark.parametrize("day", [date(2013, 9, 25), IN_2018, date(2021, 4, 20), IN_2022, IN_2026])
@pytest.mark.parametrize("first", [True, False])
def test_a_renewal_for_the_same_job_and_zone_is_opposed_no_version(day: date, first: bool) -> None:
    particulars = Renewal(earlier_permit="AT-1", earlier_expires_on=day, first_renewal=first)
    case = a_case(Procedure.RENEWAL, particulars=particulars)
    which = "même emploi et même zone" if first else "ce n'est pas le premier renouvellement"
    for rule, finding in findings_of(case, law(day)).values():
        if rule.id.article.startswith("CT R5221-20 ") and rule.id.criterion is not Criterion.JOB_FITS_QUALIFICATIONS:
            because = f"Renouvellement : {which} ; les conditions de CT R5221-20 ne sont pas opposables (CT R5221-35)."
            assert finding == Finding(met=Met.NOT_APPLICABLE, because=because)


@pytest.mark.parametrize(("job", "zone"), [(False, True), (True, False), (False, False)])
@pytest.mark.parametrize("first", [True, False])
def test_the_first_renewal_for_another_job_or_zone_is_judged_anew(first: bool, job: bool, zone: bool) -> None:
    particulars = Renewal(
        earlier_permit="AT-1", earlier_expires_on=IN_2026, first_renewal=first, same_job=job, same_zone=zone
    )
    case = a_case(Procedure.RENEWAL, particulars=particulars)
    assert found(case, Criterion.PAY, IN_2026).met is (Met.MET if first else Met.NOT_APPLICABLE)


UNKNOWN_JOB = Finding(
    met=Met.NOT_ESTABLISHED,
    because="La demande ne décrit pas l'emploi.",
    missing=("description de l'emploi proposé",),
)


@pytest.mark.parametrize(
    ("criterion", "day"),
    [
        (Criterion.LABOUR_MARKET, IN_2018),
        (Criterion.LABOUR_MARKET, IN_2022),
        (Criterion.LABOUR_MARKET, IN_2026),
        (Criterion.COMPARABLE_TERMS, IN_2018),
        (Criterion.PAY, IN_2018),
        (Criterion.PAY, IN_2022),
        (Criterion.PAY, IN_2026),
        (Criterion.PROPORTIONATE_PROJECT, IN_2026),
    ],
)
def test_without_a_job_nothing_is_read_on_it(criterion: Criterion, day: date) -> None:
    assert found(a_case(job=None), criterion, day) == UNKNOWN_JOB


# 1° the labour market


ARCHIVIST: dict[str, Any] = {"title": "Archiviste", "rome": "K1601", "fap": None}
PROOFS = ("job_offer_publication_proof", "job_offer_copy", "job_offer_outcome_statement")


def offer_facts(days: str | None = "28", **changes: str) -> dict[str, str]:
    facts = {
        "organisme": "France Travail",
        "publiée du": "2026-01-05",
        "au": "2026-02-01",
        "candidatures reçues": "4",
        "candidats convenant au poste": "0",
        **changes,
    }
    return {**facts, "jours de publication": days} if days else facts


def offered(day: date = IN_2026, *, filed_on: date | None = None, documents: Any = (), **changes: Any) -> Finding:
    offer = an_offer(**{"published_from": date(2026, 1, 5), "published_until": date(2026, 2, 1), **changes})
    job = a_job(**ARCHIVIST, posting=offer)
    return found(a_case(filed_on=filed_on or day, documents=documents, job=job), Criterion.LABOUR_MARKET, day)


FROM_TO = "Offre publiée auprès de France Travail du 5 janvier 2026 au 1er février 2026, soit 28 jours"


@pytest.mark.parametrize(
    ("applications", "received"),
    [(0, "aucune candidature reçue"), (1, "1 candidature reçue"), (2, "2 candidatures reçues")],
)
def test_an_offer_that_found_nobody_is_told(applications: int, received: str) -> None:
    assert offered(applications=applications, documents=("passport", *PROOFS)) == Finding(
        met=Met.MET,
        because=f"{FROM_TO} : {received}, aucun candidat ne convenait.",
        facts=offer_facts(**{"candidatures reçues": str(applications)}),
        exhibits=(exhibit("P2"), exhibit("P3"), exhibit("P4")),
    )


@pytest.mark.parametrize(("number", "told"), [(1, "1 candidat convenait"), (2, "2 candidats convenaient")])
def test_a_fitting_candidate_is_told(number: int, told: str) -> None:
    assert offered(fitting_candidates=number, documents=PROOFS) == Finding(
        met=Met.NOT_MET,
        because=f"{FROM_TO} : {told} au poste.",
        facts=offer_facts(**{"candidats convenant au poste": str(number)}),
        exhibits=(exhibit("P1"), exhibit("P2"), exhibit("P3")),
    )


@pytest.mark.parametrize(
    ("until", "day", "days", "told"),
    [
        (date(2026, 1, 5), IN_2026, 1, "1 jour"),
        (date(2026, 1, 6), IN_2026, 2, "2 jours"),
        (date(2026, 1, 24), IN_2026, 20, "20 jours"),
        (date(2026, 2, 1), date(2026, 1, 24), 20, "20 jours"),
        (date(2026, 2, 1), date(2026, 1, 4), 0, "0 jour"),
    ],
)
def test_a_publication_too_short_by_the_day_of_the_decision_is_told(
    until: date, day: date, days: int, told: str
) -> None:
    finding = offered(day, published_until=until, documents=PROOFS)
    assert finding.met is Met.NOT_MET
    assert finding.because.endswith(f", soit {told}, moins que les 21 jours exigés.")
    assert finding.facts["jours de publication"] == str(days)
    assert finding.exhibits == (exhibit("P1"), exhibit("P2"), exhibit("P3"))


@pytest.mark.parametrize(("day", "met"), [(date(2026, 1, 24), Met.NOT_MET), (date(2026, 1, 25), Met.MET)])
def test_an_offer_still_published_counts_its_days_so_far(day: date, met: Met) -> None:
    assert offered(day).met is met


def test_the_length_of_april_2021_is_not_held() -> None:
    finding = offered(date(2021, 4, 30), published_from=date(2021, 3, 1), published_until=date(2021, 4, 12))
    assert finding == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Offre publiée auprès de France Travail du 1er mars 2021 au 12 avril 2021, soit 43 jours.",
        facts=offer_facts("43", **{"publiée du": "2021-03-01", "au": "2021-04-12"}),
        missing=("durée légale de publication à cette date",),
    )
    assert offered(date(2021, 5, 1), published_from=date(2021, 4, 10), published_until=date(2021, 5, 1)).met is Met.MET


@pytest.mark.parametrize(
    ("filed_on", "met"),
    [
        (date(2026, 7, 5), Met.MET),
        (date(2026, 7, 11), Met.MET),
        (date(2026, 7, 12), Met.MET),
        (date(2026, 7, 13), Met.NOT_ESTABLISHED),
    ],
)
def test_three_weeks_fall_within_six_months_before_the_filing(filed_on: date, met: Met) -> None:
    assert offered(filed_on).met is met


def test_an_offer_too_old_proves_nothing_and_founds_no_refusal() -> None:
    assert offered(date(2026, 7, 13), documents=PROOFS) == Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"{FROM_TO} ; les trois semaines ne tombent pas toutes après le 13 janvier 2026.",
        facts=offer_facts(),
        exhibits=(exhibit("P1"), exhibit("P2"), exhibit("P3")),
        missing=("publication pendant trois semaines dans les six mois précédant le dépôt",),
    )


@pytest.mark.parametrize(("filed_on", "met"), [(date(2025, 1, 11), Met.MET), (date(2025, 1, 12), Met.NOT_ESTABLISHED)])
def test_the_age_of_an_offer_matters_for_requests_filed_since_january_2025(filed_on: date, met: Met) -> None:
    offer = {"published_from": date(2024, 7, 1), "published_until": date(2024, 7, 21)}
    assert offered(date(2025, 2, 3), filed_on=filed_on, **offer).met is met


def test_a_running_offer_is_measured_up_to_the_decision_within_the_six_months() -> None:
    running = {"published_from": date(2026, 2, 9), "published_until": date(2026, 12, 1)}
    assert offered(date(2026, 3, 1), filed_on=date(2026, 2, 10), **running).met is Met.MET


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("France Travail Lyon", True),
        ("PÔLE EMPLOI", True),
        ("Pole emploi", True),
        ("Apec", True),
        ("Cap emploi 69", True),
        ("Mission locale de Lyon", True),
        ("Petites annonces", False),
    ],
)
def test_the_body_belongs_to_the_public_employment_service(body: str, known: bool) -> None:
    finding = offered(body=body)
    assert finding.met is (Met.MET if known else Met.NOT_ESTABLISHED)
    if not known:
        assert finding.because.endswith(" ; Petites annonces n'est pas un organisme connu.")
        assert finding.missing == ("concours de l'organisme au service public de l'emploi",)


@pytest.mark.parametrize(
    ("changes", "why", "place"),
    [
        ({"legal_regime": LegalRegime.TUNISIAN}, "le régime bilatéral écarte la liste des métiers en tension (CE, 23 "
         "octobre 2009, n° 314397)", "69"),
        ({"job": a_job(**ARCHIVIST, workplace=an_address("99999", "Ailleurs"))}, "la région du lieu de travail (99999 "
         "Ailleurs) n'est pas connue", "None"),
        ({}, "la liste de la région n'est pas connue en entier", "69"),
    ],
)  # fmt: skip
def test_neither_list_nor_offer_says_why(changes: dict[str, Any], why: str, place: str) -> None:
    case = a_case(**{"job": a_job(rome="K1601", fap=None), **changes})
    assert found(case, Criterion.LABOUR_MARKET, IN_2026) == Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"Aucune publication de l'offre n'est déclarée, et {why}.",
        facts={"ROME": "K1601", "lieu": place},
        missing=(
            "publication de l'offre pendant trois semaines auprès du service public de l'emploi",
            "inscription du métier sur la liste de la région",
        ),
    )


FIGURES = "offres et demandes d'emploi dans la profession et dans la zone géographique"
PLACE = {"ROME": "K1601", "lieu": "69002 Lyon"}


def test_in_2018_neither_search_nor_figures_are_told() -> None:
    assert found(a_case(job=a_job(**ARCHIVIST)), Criterion.LABOUR_MARKET, IN_2018) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Aucune recherche de candidat n'est déclarée, et la situation de l'emploi dans la profession et la "
        "zone n'est pas au dossier.",
        facts=PLACE,
        missing=("recherches accomplies auprès du service public de l'emploi", FIGURES),
    )


SEARCHED = "Offre publiée auprès de France Travail du 5 janvier 2026 au 1er février 2026"


def test_in_2018_a_search_without_a_candidate_leaves_the_figures_open() -> None:
    assert offered(IN_2018, documents=PROOFS) == Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"{SEARCHED} sans candidat convenant ; la situation de l'emploi dans la profession et la zone n'est "
        "pas au dossier.",
        facts={**PLACE, **offer_facts(None)},
        exhibits=(exhibit("P1"), exhibit("P2"), exhibit("P3")),
        missing=(FIGURES,),
    )


def test_in_2018_a_fitting_candidate_weighs_against_the_request() -> None:
    assert offered(IN_2018, documents=PROOFS, fitting_candidates=1) == Finding(
        met=Met.NOT_MET,
        because=f"{SEARCHED} : 1 candidat convenait au poste.",
        facts={**PLACE, **offer_facts(None, **{"candidats convenant au poste": "1"})},
        exhibits=(exhibit("P1"), exhibit("P2"), exhibit("P3")),
    )


# what a body that was asked answers


@pytest.mark.parametrize("adverse", [True, False])
@pytest.mark.parametrize(
    ("criterion", "day", "who"),
    [
        (Criterion.LABOUR_MARKET, IN_2018, None),
        (Criterion.COMPARABLE_TERMS, IN_2018, None),
        (Criterion.EMPLOYER_LABOUR_LAW, IN_2018, USER_AND_HOST),
        (Criterion.REGULATED_ACTIVITY, IN_2018, f"{USER_AND_HOST}, travailleur"),
        (Criterion.EMPLOYER_OBLIGATIONS, IN_2022, ALONE),
        (Criterion.EMPLOYER_RECORD, IN_2022, ALONE),
        (Criterion.EMPLOYER_SANCTIONS, IN_2022, ALONE),
        (Criterion.REGULATED_ACTIVITY, IN_2022, f"{USER_AND_HOST}, travailleur"),
        (Criterion.EMPLOYER_OBLIGATIONS, IN_2026, ALL),
        (Criterion.EMPLOYER_RECORD, IN_2026, ALL),
        (Criterion.EMPLOYER_OFFENCES, IN_2026, ALL),
        (Criterion.REGULATED_ACTIVITY, IN_2026, f"{ALL}, travailleur"),
    ],
)
def test_the_body_asked_decides_and_the_finding_says_whom_it_bears_on(
    criterion: Criterion, day: date, who: str | None, adverse: bool
) -> None:
    said = an_opinion(criterion, adverse, given_on=date(2018, 5, 2))
    finding = found(a_case(opinions=(said,), undertakings=BESIDE), criterion, day)
    sense = "défavorable" if adverse else "non défavorable"
    facts = {"avis": said.id, "organisme": "URSSAF", "rendu le": "2018-05-02"}
    assert finding == Finding(
        met=Met.NOT_MET if adverse else Met.MET,
        because=f"Avis {sense} rendu par URSSAF le 2 mai 2018 : « Constat du service. »",
        facts={**facts, "porte sur": who} if who else facts,
    )


@pytest.mark.parametrize(
    ("criterion", "day", "who", "about", "missing"),
    [
        (
            Criterion.EMPLOYER_LABOUR_LAW,
            IN_2018,
            USER_AND_HOST,
            "le respect de la législation relative au travail et à la protection sociale",
            "constats de l'inspection du travail et des organismes de protection sociale",
        ),
        (
            Criterion.EMPLOYER_RECORD,
            IN_2022,
            ALONE,
            "les condamnations pénales et manquements graves en matière de travail illégal, de santé et de sécurité",
            "résultat de la vérification auprès de l'inspection du travail",
        ),
        (
            Criterion.EMPLOYER_SANCTIONS,
            IN_2022,
            ALONE,
            "les sanctions administratives des articles L1264-3 et L8272-2 à L8272-4 du code du travail",
            "résultat de la vérification des sanctions administratives",
        ),
        (
            Criterion.EMPLOYER_RECORD,
            IN_2026,
            ALL,
            "les condamnations, sanctions ou manquements graves",
            "résultat de la vérification auprès de l'inspection du travail",
        ),
        (
            Criterion.EMPLOYER_OFFENCES,
            IN_2026,
            ALL,
            "des atteintes à la personne ou des faux",
            "résultat de la vérification des condamnations et sanctions (code pénal, livre II titre II, et 441-1)",
        ),
    ],
)
def test_while_nobody_was_asked_the_agent_checks(
    criterion: Criterion, day: date, who: str, about: str, missing: str
) -> None:
    assert found(a_case(undertakings=BESIDE), criterion, day) == Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"Aucun organisme n'a été interrogé sur {about} ; cette vérification relève de l'agent et porte sur : "
        f"{who}.",
        facts={"porte sur": who},
        missing=(missing,),
    )


@pytest.mark.parametrize(
    ("employer", "told"),
    [
        (a_company(), "Acme Robotique (employeur)"),
        (a_host_family(), "employeur particulier"),
        (None, "employeur non indiqué"),
    ],
)
def test_a_private_employer_is_never_named(employer: Any, told: str) -> None:
    finding = found(a_case(employer=employer), Criterion.EMPLOYER_RECORD, IN_2026)
    assert finding.facts == {"porte sur": told}


# 2° a) the certificate


@pytest.mark.parametrize(
    ("day", "undertakings", "who", "which", "doubts"),
    [
        (IN_2022, (), ALONE, "obligations déclaratives sociales", ()),
        (IN_2022, BESIDE, ALONE, "obligations déclaratives sociales", ()),
        (
            IN_2026,
            (),
            ALONE,
            "obligations sociales",
            ("date à lire sur la pièce : attestation de moins de 6 mois", AGE),
        ),
        (date(2025, 1, 11), (), ALONE, "obligations sociales", ()),
    ],
)
def test_a_certificate_meets_the_obligations(
    day: date, undertakings: Any, who: str, which: str, doubts: tuple[str, ...]
) -> None:
    case = a_case(documents=["contributions_certificate"], undertakings=undertakings)
    assert found(case, Criterion.EMPLOYER_OBLIGATIONS, day) == Finding(
        met=Met.MET,
        because="L'attestation de paiement des cotisations sociales est au dossier et aucun organisme n'a signalé de "
        f"manquement aux {which}.",
        facts={"porte sur": who},
        exhibits=(exhibit(),),
        unconfirmed=doubts,
    )


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (IN_2022, ""),
        (date(2025, 1, 11), ""),
        (date(2025, 1, 12), " de moins de 6 mois"),
    ],
)
def test_without_a_certificate_the_obligations_are_not_established(day: date, age: str) -> None:
    assert found(a_case(documents=["passport"]), Criterion.EMPLOYER_OBLIGATIONS, day) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="L'attestation de paiement des cotisations sociales n'est pas au dossier.",
        facts={"porte sur": ALONE},
        missing=(f"attestation de paiement des cotisations sociales{age}",),
        unconfirmed=(AGE,) if age else (),
    )


def test_since_2024_every_undertaking_needs_its_own_proof() -> None:
    case = a_case(documents=["contributions_certificate"], undertakings=BESIDE)
    others = "Donneur SA (donneur d'ordre), Usage SA (entreprise utilisatrice), Hôte SA (entreprise d'accueil)"
    assert found(case, Criterion.EMPLOYER_OBLIGATIONS, IN_2026) == Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"Une attestation de paiement des cotisations est au dossier ; la condition porte aussi sur {others}.",
        facts={"porte sur": ALL},
        exhibits=(exhibit(),),
        missing=(f"obligations sociales de {others}",),
    )


# 3° regulated activities


@pytest.mark.parametrize(
    ("day", "who"), [(IN_2018, USER_AND_HOST), (IN_2022, USER_AND_HOST), (IN_2026, ALL)], ids=["2018", "2022", "2026"]
)
def test_a_regulated_activity_is_proved_and_bears_on_the_worker_too(day: date, who: str) -> None:
    regulated = a_job(regulated_profession=True)
    facts = {"emploi": "Cuisinier", "activité réglementée": "oui", "porte sur": f"{who}, travailleur"}
    proved = a_case(job=regulated, documents=["regulated_profession_proof"], undertakings=BESIDE)
    assert found(proved, Criterion.REGULATED_ACTIVITY, day) == Finding(
        met=Met.MET,
        because="Le justificatif du droit d'exercer l'activité réglementée « Cuisinier » est au dossier.",
        facts=facts,
        exhibits=(exhibit(),),
    )
    assert found(a_case(job=regulated, undertakings=BESIDE), Criterion.REGULATED_ACTIVITY, day) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="L'activité « Cuisinier » est déclarée réglementée et rien au dossier ne montre le droit de l'exercer.",
        facts=facts,
        missing=("justificatif du respect des conditions d'exercice de la profession réglementée",),
    )
    assert found(a_case(undertakings=BESIDE), Criterion.REGULATED_ACTIVITY, day) == Finding(
        met=Met.NOT_APPLICABLE,
        because="La demande déclare que l'activité « Cuisinier » n'est pas réglementée.",
    )
    nothing = found(a_case(job=None), Criterion.REGULATED_ACTIVITY, day)
    assert nothing == msgspec.structs.replace(UNKNOWN_JOB, facts={"porte sur": f"{ALONE}, travailleur"})


# pay


def paid(day: date, pay: str, criterion: Criterion = Criterion.PAY, **job: Any) -> Finding:
    case = a_case(documents=["signed_contract"], job=a_job(**{"pay_monthly_gross": pay, **job}))
    return found(case, criterion, day)


@pytest.mark.parametrize(
    ("pay", "told", "met", "relation"),
    [
        ("1498.46", "1\u202f498,46", Met.NOT_MET, "inférieure"),
        ("1498.47", "1\u202f498,47", Met.MET, "égale ou supérieure"),
        ("1498.48", "1\u202f498,48", Met.MET, "égale ou supérieure"),
    ],
)
@pytest.mark.parametrize(("hours", "weekly"), [(17.5, "17,5 heures"), (35.0, "35 heures"), (39.0, "39 heures")])
def test_in_2018_the_whole_monthly_minimum_is_wanted(
    pay: str, told: str, met: Met, relation: str, hours: float, weekly: str
) -> None:
    assert paid(IN_2018, pay, hours_weekly=hours) == Finding(
        met=met,
        because=f"Rémunération de {told}\u00a0€ brut par mois pour {weekly} par semaine, {relation} à la rémunération "
        "mensuelle minimale de 1\u202f498,47\u00a0€, due même à temps partiel.",
        facts={
            "rémunération": pay,
            "heures par semaine": str(hours),
            "rémunération mensuelle minimale": "1498.47",
        },
        exhibits=(exhibit(),),
    )


@pytest.mark.parametrize(
    ("day", "workplace"),
    [
        (date(2013, 9, 25), an_address()),
        (IN_2018, an_address("97600", "Mamoudzou")),
        (IN_2018, an_address("99999", "Ailleurs")),
        (date(2022, 9, 1), an_address("97600", "Mamoudzou")),
        (IN_2026, an_address("99999", "Ailleurs")),
    ],
)
def test_a_minimum_that_is_not_known_is_never_guessed(day: date, workplace: Any) -> None:
    assert paid(day, "900.00", workplace=workplace) == Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"Le SMIC en vigueur à {workplace.town} ({workplace.postcode}) n'est pas connu à cette date.",
        facts={"rémunération": "900.00"},
        missing=("montant du SMIC applicable au lieu de travail",),
    )


def test_a_doubtful_minimum_is_said_in_every_version() -> None:
    mayotte = an_address("97600", "Mamoudzou")
    assert paid(date(2023, 1, 2), "2400.00", workplace=mayotte).unconfirmed[0].startswith("SMIC au 1er janvier 2023 : ")
    assert paid(TODAY, "2400.00").unconfirmed[0].startswith("SMIC au 1er juin 2026 : ")


def test_in_2018_a_doubtful_minimum_would_be_said() -> None:
    lines = {
        where: tuple(msgspec.structs.replace(line, mark=Mark.UNCONFIRMED, note="à relire") for line in held)
        for where, held in REFERENCE.smic.items()
    }
    in_2018 = Law(today=IN_2018, reference=msgspec.structs.replace(REFERENCE, smic=lines))
    finding = pay_reached_the_monthly_minimum(a_case(), in_2018)
    assert finding.met is Met.MET
    assert finding.unconfirmed == ("SMIC au 1er janvier 2018 : à relire",)


@pytest.mark.parametrize(
    ("pay", "agreed", "met", "relation", "floor", "source"),
    [
        ("1603.11", None, Met.NOT_MET, "inférieure", "1603.12", "SMIC"),
        ("1603.12", None, Met.MET, "égale ou supérieure", "1603.12", "SMIC"),
        ("1603.12", "1603.12", Met.MET, "égale ou supérieure", "1603.12", "SMIC"),
        ("1603.12", "1603.13", Met.NOT_MET, "inférieure", "1603.13", "minimum conventionnel"),
        ("1603.13", "1603.13", Met.MET, "égale ou supérieure", "1603.13", "minimum conventionnel"),
        ("1603.11", "1500.00", Met.NOT_MET, "inférieure", "1603.12", "SMIC"),
    ],
)
def test_in_2022_pay_is_compared_with_the_higher_minimum(
    pay: str, agreed: str | None, met: Met, relation: str, floor: str, source: str
) -> None:
    def told(amount: str) -> str:
        return f"1\u202f{amount[1:].replace('.', ',')}\u00a0€"

    if agreed:
        doubts = ("minimum conventionnel déclaré par l'employeur, grille non vérifiée",)
    else:
        doubts = ("minimum de la convention IDCC 1486 non indiqué : seul le SMIC a été comparé",)
    assert paid(IN_2022, pay, agreement_minimum_monthly=agreed) == Finding(
        met=met,
        because=f"Rémunération de {told(pay)} brut par mois pour 35 heures par semaine, {relation} au minimum de "
        f"{told(floor)} ({source}).",
        facts={
            "rémunération": pay,
            "heures par semaine": "35.0",
            "SMIC pour ces heures": "1603.12",
            "minimum conventionnel": agreed or "non indiqué",
            "minimum retenu": floor,
        },
        exhibits=(exhibit(),),
        unconfirmed=doubts,
    )


@pytest.mark.parametrize("day", [IN_2022, IN_2026])
@pytest.mark.parametrize(
    ("hours", "doubts"),
    [(35.0, 0), (35.5, 1), (34.5, 0)],
)
def test_overtime_is_said_not_to_be_counted(day: date, hours: float, doubts: int) -> None:
    case = a_case(job=a_job(hours_weekly=hours, agreement_minimum_monthly=None), employer=a_host_family())
    told = ("majorations pour heures supplémentaires non comptées dans le minimum",)[:doubts]
    assert found(case, Criterion.PAY, day).unconfirmed == told


def test_a_company_without_an_agreement_leaves_no_doubt_on_it() -> None:
    case = a_case(job=a_job(agreement_minimum_monthly=None), employer=a_company(idcc=None))
    assert found(case, Criterion.PAY, IN_2026).unconfirmed == ()


@pytest.mark.parametrize("contract", [Contract.APPRENTICESHIP, Contract.PROFESSIONALISATION])
def test_a_training_contract_has_a_minimum_of_its_own(contract: Contract) -> None:
    finding = paid(IN_2026, "900.00", contract=contract)
    assert finding == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Rémunération de 900,00\u00a0€ brut par mois pour 35 heures par semaine, inférieure au minimum de "
        "1\u202f950,00\u00a0€ (minimum conventionnel) ; le minimum d'un contrat en alternance est une part du SMIC ou "
        "du minimum conventionnel.",
        facts={
            "rémunération": "900.00",
            "heures par semaine": "35.0",
            "SMIC pour ces heures": "1823.03",
            "minimum conventionnel": "1950.00",
            "minimum retenu": "1950.00",
        },
        missing=("minimum applicable au contrat en alternance, selon l'âge et l'année de formation",),
    )
    assert paid(IN_2026, "1950.00", contract=contract).met is Met.MET
    assert paid(IN_2026, "900.00", contract=Contract.FIXED_TERM).met is Met.NOT_MET


def comparable(pay: str, agreed: str | None) -> Finding:
    return paid(IN_2018, pay, Criterion.COMPARABLE_TERMS, agreement_minimum_monthly=agreed)


def test_in_2018_pay_below_the_branch_is_not_comparable() -> None:
    assert comparable("1949.99", "1950.00") == Finding(
        met=Met.NOT_MET,
        because="Rémunération de 1\u202f949,99\u00a0€ brut par mois pour 35 heures par semaine, inférieure au minimum "
        "conventionnel de 1\u202f950,00\u00a0€ : les conditions offertes ne sont pas comparables à celles de la "
        "branche.",
        facts={"rémunération": "1949.99", "minimum conventionnel": "1950.00"},
        exhibits=(exhibit(),),
    )


@pytest.mark.parametrize(("agreed", "told"), [("1950.00", "1950.00"), ("1949.99", "1949.99"), (None, "non indiqué")])
def test_in_2018_what_others_earn_is_not_in_the_file(agreed: str | None, told: str) -> None:
    assert comparable("1950.00", agreed) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Rémunération de 1\u202f950,00\u00a0€ brut par mois pour 35 heures par semaine ; la rémunération des "
        "salariés occupant un emploi de même nature n'est pas au dossier.",
        facts={"rémunération": "1950.00", "minimum conventionnel": told},
        missing=("rémunération des salariés occupant un emploi de même nature dans l'entreprise ou dans la branche",),
    )


# qualifications


MASTER = Diploma(title="Master lettres", level=7, obtained_on=date(2017, 7, 1), in_france=True)
LICENCE = Diploma(title="Licence lettres", level=6, obtained_on=date(2015, 7, 1), in_france=True)
EACH_TEXT = pytest.mark.parametrize("day", [IN_2018, IN_2022, IN_2026], ids=["2018", "2022", "2026"])


def qualified(day: date, kind: TitleKind = TitleKind.STUDENT, *, opinions: Any = (), **status: Any) -> Finding:
    particulars = ChangeOfStatus(**{"studies_finished_in_france": True, "diplomas": (MASTER,), **status})
    case = a_case(
        Procedure.CHANGE_OF_STATUS,
        particulars=particulars,
        worker=a_worker_in_france(kind),
        documents=["diploma_and_experience"],
        opinions=opinions,
    )
    return found(case, Criterion.JOB_FITS_QUALIFICATIONS, day)


def fit_facts(diplomas: str, experience: str = "non") -> dict[str, str]:
    return {"emploi": "Ingénieur logiciel", "diplômes": diplomas, "expérience déclarée": experience}


@EACH_TEXT
def test_a_job_related_to_the_studies_fits(day: date) -> None:
    assert qualified(day, job_related_to_studies=True, diplomas=(MASTER, LICENCE)) == Finding(
        met=Met.MET,
        because="Emploi « Ingénieur logiciel », diplômes : Master lettres (niveau 7) ; Licence lettres (niveau 6) ; "
        "l'emploi est en rapport avec les études.",
        facts=fit_facts("Master lettres (niveau 7) ; Licence lettres (niveau 6)"),
        exhibits=(exhibit(),),
    )


@EACH_TEXT
def test_an_unrelated_job_without_experience_does_not_fit(day: date) -> None:
    assert qualified(day, job_related_to_studies=False) == Finding(
        met=Met.NOT_MET,
        because="Emploi « Ingénieur logiciel », diplômes : Master lettres (niveau 7) ; l'emploi est sans rapport avec "
        "les études et aucune expérience n'est déclarée.",
        facts=fit_facts("Master lettres (niveau 7)"),
        exhibits=(exhibit(),),
    )


WEIGHED = "appréciation de l'emploi au regard des diplômes et de l'expérience"


@EACH_TEXT
@pytest.mark.parametrize("related", [False, None])
def test_experience_is_weighed_side_jobs_included(day: date, related: bool | None) -> None:
    assert qualified(day, job_related_to_studies=related, experience="Deux ans de vente.") == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Emploi « Ingénieur logiciel », diplômes : Master lettres (niveau 7) ; l'adéquation reste à apprécier, "
        "expérience comprise.",
        facts=fit_facts("Master lettres (niveau 7)", "oui"),
        exhibits=(exhibit(),),
        missing=(WEIGHED,),
    )


@EACH_TEXT
@pytest.mark.parametrize("related", [True, False])
def test_without_a_diploma_told_nothing_is_concluded(day: date, related: bool) -> None:
    finding = qualified(day, job_related_to_studies=related, diplomas=())
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.facts == fit_facts("aucun déclaré")
    assert finding.missing == ("diplômes obtenus en France et à l'étranger", WEIGHED)


@EACH_TEXT
def test_an_adverse_opinion_on_the_fit_decides_and_a_favourable_one_leaves_the_facts(day: date) -> None:
    criterion = Criterion.JOB_FITS_QUALIFICATIONS
    against, for_it = an_opinion(criterion, True, given_on=day), an_opinion(criterion, False, given_on=day)
    assert qualified(day, job_related_to_studies=True, opinions=(against,)).met is Met.NOT_MET
    assert qualified(day, job_related_to_studies=True, opinions=(against,)).facts["avis"] == against.id
    assert qualified(day, job_related_to_studies=False, opinions=(for_it,)).facts == fit_facts(
        "Master lettres (niveau 7)"
    )


def test_in_2018_the_fit_is_weighed_for_every_worker() -> None:
    assert found(a_case(), Criterion.JOB_FITS_QUALIFICATIONS, IN_2018) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Emploi « Cuisinier », diplômes : aucun déclaré ; l'adéquation reste à apprécier, expérience comprise.",
        facts={"emploi": "Cuisinier", "diplômes": "aucun déclaré", "expérience déclarée": "non"},
        missing=("diplômes obtenus en France et à l'étranger", WEIGHED),
    )
    assert found(a_case(job=None), Criterion.JOB_FITS_QUALIFICATIONS, IN_2018).facts["emploi"] == "non décrit"


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("kind", list(TitleKind))
def test_in_2022_the_fit_concerns_holders_of_student_cards_finished_or_not(kind: TitleKind, finished: bool) -> None:
    finding = qualified(IN_2022, kind, job_related_to_studies=True, studies_finished_in_france=finished)
    if kind is TitleKind.STUDENT:
        assert finding.met is Met.MET
    else:
        because = "La condition ne vise que le titulaire d'une carte « étudiant » ou « étudiant-mobilité »."
        assert finding == Finding(met=Met.NOT_APPLICABLE, because=because)


def test_in_2022_a_student_above_the_quota_is_concerned_to_the_letter() -> None:
    student = StudentAboveQuota(
        institution="Lyon 1", course="Master", enrolled_until=IN_2022, hours_yearly=1200, related_to_studies=True
    )
    case = a_case(Procedure.STUDENT_ABOVE_QUOTA, particulars=student)
    assert found(case, Criterion.JOB_FITS_QUALIFICATIONS, IN_2022).met is Met.NOT_ESTABLISHED
    assert found(case, Criterion.JOB_FITS_QUALIFICATIONS, IN_2026).met is Met.NOT_APPLICABLE


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("kind", list(TitleKind))
def test_since_2024_the_fit_concerns_graduates_and_holders_of_the_job_search_card(
    kind: TitleKind, finished: bool
) -> None:
    finding = qualified(IN_2026, kind, job_related_to_studies=True, studies_finished_in_france=finished)
    graduate = kind is TitleKind.STUDENT and finished
    if graduate or kind is TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION:
        assert finding.met is Met.MET
    else:
        assert finding == Finding(
            met=Met.NOT_APPLICABLE,
            because="La condition ne vise que l'étudiant ayant achevé son cursus en France et le titulaire d'une carte "
            "« recherche d'emploi ou création d'entreprise ».",
        )


@pytest.mark.parametrize("kind", [TitleKind.STUDENT, TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION])
def test_since_2024_the_fit_is_read_on_changes_of_status_only(kind: TitleKind) -> None:
    case = a_case(worker=a_worker_in_france(kind))
    assert found(case, Criterion.JOB_FITS_QUALIFICATIONS, IN_2026).met is Met.NOT_APPLICABLE


# housing


CAVAILLON = an_address("84300", "Cavaillon")


def lodged(day: date, *, stated: bool, address: Any = CAVAILLON, documents: Any = (), opinions: Any = ()) -> Finding:
    case = a_case(
        Procedure.SEASONAL,
        particulars=Seasonal(housing_statement=stated),
        job=a_job(housing_address=address),
        documents=documents,
        opinions=opinions,
    )
    return found(case, Criterion.HOUSING, day)


def housing_facts(stated: str, where: str = "84300 Cavaillon") -> dict[str, str]:
    return {"déclaration sur l'honneur": stated, "logement": where}


@pytest.mark.parametrize(
    ("stated", "documents", "shown"), [(True, (), ()), (False, ("housing_statement",), (exhibit(),))]
)
def test_since_2024_a_season_is_housed_by_statement_and_address(stated: bool, documents: Any, shown: Any) -> None:
    assert lodged(IN_2026, stated=stated, documents=documents) == Finding(
        met=Met.MET,
        because="Logement déclaré décent sur l'honneur, à Cavaillon (84300), pour la durée du séjour.",
        facts=housing_facts("oui"),
        exhibits=shown,
    )


STATEMENT, ADDRESS = "déclaration sur l'honneur relative au logement", "adresse exacte du logement"


@pytest.mark.parametrize(
    ("stated", "address", "facts", "missing"),
    [
        (True, None, housing_facts("oui", "non indiqué"), (ADDRESS,)),
        (False, CAVAILLON, housing_facts("non"), (STATEMENT,)),
        (False, None, housing_facts("non", "non indiqué"), (STATEMENT, ADDRESS)),
    ],
)
def test_since_2024_housing_that_is_not_proved_is_not_established(
    stated: bool, address: Any, facts: dict[str, str], missing: tuple[str, ...]
) -> None:
    assert lodged(IN_2026, stated=stated, address=address) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Le logement décent pour toute la durée du séjour n'est pas justifié.",
        facts=facts,
        missing=missing,
    )


def test_since_2024_only_an_adverse_opinion_on_housing_decides() -> None:
    against = an_opinion(Criterion.HOUSING, True, given_on=IN_2026)
    for_it = an_opinion(Criterion.HOUSING, False, given_on=IN_2026)
    assert lodged(IN_2026, stated=True, opinions=(against,)).met is Met.NOT_MET
    assert lodged(IN_2026, stated=False, opinions=(for_it,)).met is Met.NOT_ESTABLISHED


def test_since_2024_only_seasons_need_housing() -> None:
    because = "La condition de logement ne vise que l'emploi saisonnier."
    assert found(a_case(), Criterion.HOUSING, IN_2026) == Finding(met=Met.NOT_APPLICABLE, because=because)


@pytest.mark.parametrize(
    ("stated", "documents", "shown"), [(True, (), ()), (False, ("housing_statement",), (exhibit(),))]
)
def test_in_2018_lodging_by_the_employer_is_weighed(stated: bool, documents: Any, shown: Any) -> None:
    assert lodged(IN_2018, stated=stated, documents=documents) == Finding(
        met=Met.MET,
        because="Logement fourni à Cavaillon (84300), déclaré conforme sur l'honneur.",
        facts=housing_facts("oui"),
        exhibits=shown,
    )


@pytest.mark.parametrize("procedure", [Procedure.SEASONAL, Procedure.INTRODUCTION_PERMANENT])
def test_in_2018_lodging_without_arrangements_is_not_established(procedure: Procedure) -> None:
    changes = {"particulars": Seasonal()} if procedure is Procedure.SEASONAL else {}
    case = a_case(procedure, job=a_job(housing_address=CAVAILLON), **changes)
    assert found(case, Criterion.HOUSING, IN_2018) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="Logement fourni à Cavaillon (84300) ; les dispositions prises pour l'assurer dans des conditions "
        "normales ne sont pas au dossier.",
        facts=housing_facts("non"),
        missing=("dispositions prises pour le logement du travailleur",),
    )


@pytest.mark.parametrize("adverse", [True, False])
def test_in_2018_an_opinion_on_lodging_decides(adverse: bool) -> None:
    said = an_opinion(Criterion.HOUSING, adverse, given_on=IN_2018)
    assert lodged(IN_2018, stated=not adverse, opinions=(said,)).facts["avis"] == said.id


def test_in_2018_lodging_concerns_workers_abroad_whom_the_employer_lodges() -> None:
    resident = a_case(worker=a_worker_in_france(), job=a_job(housing_address=CAVAILLON))
    assert found(resident, Criterion.HOUSING, IN_2018) == Finding(
        met=Met.NOT_APPLICABLE,
        because="L'étranger réside déjà en France : le logement n'est pas un élément d'appréciation.",
    )
    because = "La demande n'indique pas que l'employeur pourvoit au logement."
    assert found(a_case(), Criterion.HOUSING, IN_2018) == Finding(met=Met.NOT_APPLICABLE, because=because)
    assert found(a_case(job=None), Criterion.HOUSING, IN_2018) == Finding(met=Met.NOT_APPLICABLE, because=because)


# proportion


def proportion(turnover: str | None, headcount: int | None, workers: int = 1) -> Finding:
    posting = PostingMission(
        foreign_employer="Prishtina",
        foreign_employer_country="XK",
        legal_basis=a_case(Procedure.POSTING).request.particulars.legal_basis,  # type: ignore[union-attr]
        workers_in_same_request=workers,
    )
    employer = a_company(turnover_yearly=turnover, headcount=headcount)
    case = a_case(Procedure.POSTING, particulars=posting, employer=employer, job=a_job())
    return found(case, Criterion.PROPORTIONATE_PROJECT, IN_2026)


def proportion_facts(turnover: str, wages: str, headcount: str, workers: str) -> dict[str, str]:
    return {
        "effectif": headcount,
        "chiffre d'affaires annuel": turnover,
        "rémunération annuelle": wages,
        "salariés demandés": workers,
    }


@pytest.mark.parametrize(
    ("turnover", "headcount", "workers", "wages", "told"),
    [
        ("28800.00", 1, 1, "28800.00", "28\u202f800,00"),
        ("28800.00", 0, 1, "28800.00", "28\u202f800,00"),
        ("57600.00", 2, 2, "57600.00", "57\u202f600,00"),
    ],
)
def test_a_project_in_proportion(turnover: str, headcount: int, workers: int, wages: str, told: str) -> None:
    assert proportion(turnover, headcount, workers) == Finding(
        met=Met.MET,
        because=f"Rémunération annuelle de {told}\u00a0€ pour un chiffre d'affaires de {told}\u00a0€ et un effectif de "
        f"{headcount} : rien de manifestement disproportionné.",
        facts=proportion_facts(turnover, wages, str(headcount), str(workers)),
    )


@pytest.mark.parametrize(
    ("turnover", "headcount", "workers"),
    [("28799.99", 1, 1), ("57600.00", 1, 2), ("90000.00", 0, 2)],
)
def test_figures_out_of_proportion_call_for_the_agent(turnover: str, headcount: int, workers: int) -> None:
    finding = proportion(turnover, headcount, workers)
    assert finding.met is Met.NOT_ESTABLISHED
    assert finding.because.endswith(
        f"et un effectif de {headcount} : le texte ne fixe aucun rapport, ces chiffres appellent l'appréciation de "
        "l'agent."
    )
    assert finding.facts == proportion_facts(turnover, f"{28800 * workers}.00", str(headcount), str(workers))
    assert finding.missing == ("explications de l'employeur sur son activité et ses moyens",)


HEADCOUNT, TURNOVER = "effectif de l'entreprise", "chiffre d'affaires annuel"


@pytest.mark.parametrize(
    ("turnover", "headcount", "missing"),
    [(None, 1, (TURNOVER,)), ("28800.00", None, (HEADCOUNT,)), (None, None, (HEADCOUNT, TURNOVER))],
)
def test_figures_that_lack_are_named(turnover: str | None, headcount: int | None, missing: tuple[str, ...]) -> None:
    assert proportion(turnover, headcount) == Finding(
        met=Met.NOT_ESTABLISHED,
        because="La proportion du recrutement ne peut être appréciée sans l'effectif et le chiffre d'affaires.",
        missing=missing,
    )


def test_a_private_employer_has_nothing_to_be_compared_with() -> None:
    assert found(a_case(employer=a_host_family()), Criterion.PROPORTIONATE_PROJECT, IN_2026) == Finding(
        met=Met.NOT_APPLICABLE,
        because="L'employeur est un particulier : il n'a pas d'activité économique à laquelle comparer.",
    )


def test_an_adverse_opinion_on_proportion_decides_and_a_favourable_one_leaves_the_figures() -> None:
    against = an_opinion(Criterion.PROPORTIONATE_PROJECT, True, given_on=IN_2026)
    for_it = an_opinion(Criterion.PROPORTIONATE_PROJECT, False, given_on=IN_2026)
    poor = a_company(turnover_yearly="1.00")
    assert found(a_case(opinions=(against,)), Criterion.PROPORTIONATE_PROJECT, IN_2026).met is Met.NOT_MET
    case = a_case(opinions=(for_it,), employer=poor)
    assert found(case, Criterion.PROPORTIONATE_PROJECT, IN_2026).met is Met.NOT_ESTABLISHED
