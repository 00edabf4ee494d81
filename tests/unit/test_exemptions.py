"""Who escapes CT R5221-20: as of right, or on the labour market alone; each limit on either side, word for word."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.assessment import findings_of
from domain.case import Case
from domain.findings import Criterion, Exhibit, Finding, Met
from domain.procedures import Procedure
from domain.provisions import Chapter, all_provisions
from domain.request import (
    TITLE_TITLES,
    ChangeOfStatus,
    Contract,
    Diploma,
    LegalRegime,
    Renewal,
    ResidenceTitle,
    TitleKind,
)
from domain.rules.exemptions import diploma_opens_the_exception
from tests.unit.given import HASH, a_job, a_worker, a_worker_in_france, an_address, an_offer
from tests.unit.given_conditions import a_case, an_opinion, found, law

IN_2018 = date(2018, 5, 14)
IN_2022 = date(2022, 3, 14)
IN_2026 = date(2026, 3, 2)
"""One and a half times the SMIC is 2734.545 euros."""
ARCHIVIST: dict[str, Any] = {"title": "Archiviste", "rome": "K1601", "fap": None}
END = date(2028, 8, 31)


def training(
    kind: TitleKind | None = TitleKind.STUDENT,
    contract: Contract = Contract.APPRENTICESHIP,
    end: date | None = END,
    valid_until: date | None = None,
    **changes: Any,
) -> Case:
    worker = (
        a_worker_in_france(residence_title=ResidenceTitle(kind=kind, valid_until=valid_until)) if kind else a_worker()
    )
    job = a_job(**ARCHIVIST, contract=contract, end=end, pay_monthly_gross="900.00")
    return a_case(Procedure.CHANGE_OF_STATUS, worker=worker, job=job, **changes)


NOT_READ = ("CT L5221-5 : version antérieure au 28 janvier 2024 non lue",)


@pytest.mark.parametrize(
    ("day", "doubts"),
    [(IN_2018, NOT_READ), (IN_2022, NOT_READ), (date(2024, 1, 27), NOT_READ), (date(2024, 1, 28), ()), (IN_2026, ())],
)
@pytest.mark.parametrize(
    ("contract", "told"),
    [
        (Contract.APPRENTICESHIP, "ontrat d'apprentissage"),
        (Contract.PROFESSIONALISATION, "ontrat de professionnalisation"),
    ],
)
def test_a_fixed_term_training_contract_gives_the_permit_of_right(
    contract: Contract, told: str, day: date, doubts: tuple[str, ...]
) -> None:
    for _, finding in findings_of(training(contract=contract), law(day)).values():
        assert finding == Finding(
            met=Met.NOT_OPPOSABLE,
            because=f"C{told} d'un étranger admis au séjour : l'autorisation est de droit et cette condition ne peut "
            "lui être opposée (CT L5221-5).",
            facts={"contrat": f"c{told}", "titre": TITLE_TITLES[TitleKind.STUDENT]},
            unconfirmed=doubts,
        )


@pytest.mark.parametrize(
    ("case", "of_right"),
    [
        (training(), True),
        (training(end=None), False),
        (training(contract=Contract.FIXED_TERM), False),
        (training(None), False),
        (training(TitleKind.ASYLUM_ATTESTATION), False),
        (training(TitleKind.OTHER), True),
        (training(valid_until=IN_2026), True),
        (training(valid_until=date(2026, 3, 1)), False),
        (training(TitleKind.CHILD_WELFARE), True),
        (training(TitleKind.CHILD_WELFARE, end=None), True),
        (training(TitleKind.CHILD_WELFARE, valid_until=date(2026, 3, 1)), False),
        (training(TitleKind.CHILD_WELFARE, contract=Contract.PERMANENT), False),
    ],
)
def test_who_has_the_permit_of_right(case: Case, of_right: bool) -> None:
    assert (found(case, Criterion.EMPLOYER_RECORD, IN_2026).met is Met.NOT_OPPOSABLE) is of_right


def test_an_adverse_opinion_cannot_be_opposed_to_a_permit_of_right() -> None:
    for criterion in (Criterion.EMPLOYER_RECORD, Criterion.PROPORTIONATE_PROJECT, Criterion.JOB_FITS_QUALIFICATIONS):
        case = training(opinions=(an_opinion(criterion, True, given_on=IN_2026),))
        assert found(case, criterion, IN_2026).met is Met.NOT_OPPOSABLE


@pytest.mark.parametrize("end", [END, None])
@pytest.mark.parametrize(
    ("day", "article", "who", "doubts"),
    [
        (IN_2018, "CT L5221-5", "d'un étranger admis au séjour", NOT_READ),
        (date(2021, 4, 30), "CT L5221-5", "d'un étranger admis au séjour", NOT_READ),
        (
            date(2021, 5, 1),
            "CT R5221-22",
            "d'un jeune confié à l'aide sociale à l'enfance",
            ("conformité du contrat au cursus suivi à vérifier",),
        ),
    ],
)
def test_a_youth_in_care_has_the_permit_of_right_whatever_the_term(
    day: date, article: str, who: str, doubts: tuple[str, ...], end: date | None
) -> None:
    assert found(training(TitleKind.CHILD_WELFARE, end=end), Criterion.PAY, day) == Finding(
        met=Met.NOT_OPPOSABLE,
        because=f"Contrat d'apprentissage {who} : l'autorisation est de droit et cette condition ne peut lui être "
        f"opposée ({article}).",
        facts={"contrat": "contrat d'apprentissage", "titre": TITLE_TITLES[TitleKind.CHILD_WELFARE]},
        unconfirmed=doubts,
    )


def test_a_renewal_alike_is_told_before_the_permit_of_right() -> None:
    particulars = Renewal(earlier_permit="AT-1", earlier_expires_on=IN_2026)
    case = training(particulars=particulars)
    assert found(case, Criterion.PAY, IN_2026).met is Met.NOT_APPLICABLE


def test_without_a_job_nothing_is_given_of_right() -> None:
    for kind in (TitleKind.STUDENT, TitleKind.CHILD_WELFARE):
        case = a_case(Procedure.CHANGE_OF_STATUS, worker=a_worker_in_france(kind), job=None)
        assert found(case, Criterion.PAY, IN_2026).met is Met.NOT_ESTABLISHED


# The labour market


MASTER = Diploma(title="Master archives", level=7, obtained_on=date(2025, 9, 1), in_france=True)


def seeker(
    kind: TitleKind,
    *,
    pay: str = "2734.55",
    related: bool | None = True,
    day: date = IN_2026,
    filed_on: date | None = None,
    documents: tuple[str, ...] = (),
    particulars: Any = None,
    diplomas: tuple[Diploma, ...] = (MASTER,),
    **job: Any,
) -> Finding:
    status = ChangeOfStatus(studies_finished_in_france=True, diplomas=diplomas, job_related_to_studies=related)
    case = a_case(
        Procedure.CHANGE_OF_STATUS,
        particulars=particulars or status,
        worker=a_worker_in_france(kind),
        job=a_job(**{**ARCHIVIST, "pay_monthly_gross": pay, **job}),
        filed_on=filed_on or day,
        documents=documents,
    )
    return found(case, Criterion.LABOUR_MARKET, day)


PAID = (
    "rémunération de 2\u202f734,55\u00a0€ supérieure au seuil de 2\u202f734,54\u00a0€ (CT D5221-21-1)",
    {"rémunération": "2734.55", "seuil": "2734.545"},
)
GRADUATE = "étudiant diplômé le 1er septembre 2025 (niveau 7)"
HOLDER = "titulaire d'une carte « recherche d'emploi ou création d'entreprise »"
EACH_KIND = pytest.mark.parametrize(
    ("kind", "article", "who"),
    [
        (TitleKind.STUDENT, "CT R5221-21 3°, CESEDA L421-4", GRADUATE),
        (TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, "CT R5221-21 2°, CESEDA L422-11", HOLDER),
    ],
    ids=["student", "job_search"],
)


@EACH_KIND
def test_the_market_is_not_opposed_and_the_finding_says_why(kind: TitleKind, article: str, who: str) -> None:
    documents = ("passport", "diploma_and_experience", "residence_permit_copy")
    assert seeker(kind, documents=documents) == Finding(
        met=Met.NOT_OPPOSABLE,
        because=f"Situation de l'emploi non opposable ({article}) : {who}, emploi en rapport avec la formation, "
        f"{PAID[0]}.",
        facts=PAID[1],
        exhibits=(
            Exhibit(document="P2", version=1, sha256=HASH),
            Exhibit(document="P3", version=1, sha256=HASH),
        ),
    )


@EACH_KIND
def test_a_link_with_the_studies_that_is_not_told_is_not_established(kind: TitleKind, article: str, who: str) -> None:
    expected = Finding(
        met=Met.NOT_ESTABLISHED,
        because=f"Situation de l'emploi non opposable ({article}) si l'emploi est en rapport avec la formation : "
        f"{who}, {PAID[0]}.",
        facts=PAID[1],
        missing=("rapport de l'emploi avec la formation suivie",),
    )
    assert seeker(kind, related=None) == expected
    assert seeker(kind, related=None, posting=an_offer(fitting_candidates=1)) == expected
    good = an_offer(published_from=date(2026, 1, 5), published_until=date(2026, 2, 1))
    assert seeker(kind, related=None, posting=good).met is Met.MET
    assert seeker(kind, related=None, rome="G1602", fap="S1Z40").met is Met.MET


@EACH_KIND
@pytest.mark.parametrize(
    "changes",
    [
        {"pay": "2734.54"},
        {"related": False},
        {"related": None, "pay": "2734.54"},
        {"workplace": an_address("99999", "Ailleurs")},
        {"particulars": Renewal(earlier_permit="AT-1", earlier_expires_on=IN_2026, same_job=False)},
    ],
)
def test_otherwise_the_market_is_opposed(kind: TitleKind, article: str, who: str, changes: dict[str, Any]) -> None:
    finding = seeker(kind, **changes)
    assert finding.because.startswith("Aucune publication de l'offre n'est déclarée")


def test_pay_at_the_threshold_is_not_above_it() -> None:
    at, above = {"pay": "2400.00"}, {"pay": "2400.01"}
    # On 1 March 2022 the monthly SMIC was 1603.12 euros: one and a half times it is 2404.68.
    assert seeker(TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, day=IN_2022, **at).met is Met.NOT_ESTABLISHED
    assert seeker(TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, day=IN_2022, **above).met is Met.NOT_ESTABLISHED
    assert seeker(TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, day=IN_2022, pay="2404.68").met is Met.NOT_ESTABLISHED
    assert seeker(TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, day=IN_2022, pay="2404.69").met is Met.NOT_OPPOSABLE


def test_a_doubtful_minimum_is_said() -> None:
    finding = seeker(TitleKind.STUDENT, pay="3200.00", day=date(2026, 6, 2))
    assert finding.met is Met.NOT_OPPOSABLE
    assert finding.unconfirmed[0].startswith("SMIC au 1er juin 2026 : ")


@pytest.mark.parametrize("kind", [each for each in TitleKind if each is not TitleKind.CHILD_WELFARE])
def test_only_two_titles_open_these_exceptions(kind: TitleKind) -> None:
    opened = kind in {TitleKind.STUDENT, TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION}
    assert (seeker(kind).met is Met.NOT_OPPOSABLE) is opened


def test_the_job_search_card_needs_no_diploma_and_the_student_one_that_opens() -> None:
    assert seeker(TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, diplomas=()).met is Met.NOT_OPPOSABLE
    assert seeker(TitleKind.STUDENT, diplomas=()).met is Met.NOT_ESTABLISHED
    old = msgspec.structs.replace(MASTER, obtained_on=date(2020, 1, 1))
    assert seeker(TitleKind.STUDENT, diplomas=(old,)).met is Met.NOT_ESTABLISHED
    assert seeker(TitleKind.STUDENT, diplomas=(old, MASTER)).met is Met.NOT_OPPOSABLE


def test_somebody_without_a_title_escapes_nothing() -> None:
    job = a_job(**ARCHIVIST, pay_monthly_gross="9000.00")
    finding = found(a_case(job=job), Criterion.LABOUR_MARKET, IN_2026)
    assert finding.because.startswith("Aucune publication de l'offre n'est déclarée")


@pytest.mark.parametrize(
    ("changes", "opens"),
    [
        ({}, True),
        ({"level": 8}, True),
        ({"level": 6}, False),
        ({"level": 6, "title": "LICENCE professionnelle archives"}, True),
        ({"in_france": False}, False),
        ({"obtained_on": date(2025, 3, 2)}, True),
        ({"obtained_on": date(2025, 3, 1)}, False),
        ({"obtained_on": date(2026, 3, 2)}, True),
        ({"obtained_on": date(2026, 3, 3)}, False),
    ],
)
def test_which_diplomas_open_the_exception(changes: dict[str, Any], opens: bool) -> None:
    assert diploma_opens_the_exception(msgspec.structs.replace(MASTER, **changes), IN_2026) is opens


@pytest.mark.parametrize(
    ("day", "met"), [(date(2021, 4, 30), Met.NOT_ESTABLISHED), (date(2021, 5, 1), Met.NOT_OPPOSABLE)]
)
def test_the_exceptions_of_the_market_are_held_since_may_2021(day: date, met: Met) -> None:
    recent = msgspec.structs.replace(MASTER, obtained_on=date(2020, 9, 1))
    assert seeker(TitleKind.STUDENT, day=day, diplomas=(recent,)).met is met
    youth = seeker(TitleKind.CHILD_WELFARE, day=day, posting=an_offer(fitting_candidates=1))
    assert (youth.met is Met.NOT_MET) is (day < date(2021, 5, 1))


def test_a_youth_in_care_may_escape_the_market_with_any_contract() -> None:
    expected = Finding(
        met=Met.NOT_ESTABLISHED,
        because="La situation de l'emploi n'est pas opposable au jeune confié à l'aide sociale à l'enfance entre seize "
        "et dix-huit ans qui remplit les conditions de CESEDA L435-3 (CT R5221-21 4°, R5221-22).",
        facts={"contrat": "contrat à durée indéterminée", "titre": TITLE_TITLES[TitleKind.CHILD_WELFARE]},
        missing=("âge au placement à l'aide sociale à l'enfance", "conditions de CESEDA L435-3"),
    )
    assert seeker(TitleKind.CHILD_WELFARE) == expected
    assert seeker(TitleKind.CHILD_WELFARE, posting=an_offer(fitting_candidates=1)) == expected
    assert seeker(TitleKind.CHILD_WELFARE, rome="G1602", fap="S1Z40").met is Met.MET


# The lists


def listed(day: date = IN_2026, **changes: Any) -> Finding:
    return found(a_case(**changes), Criterion.LABOUR_MARKET, day)


@pytest.mark.parametrize(
    ("day", "list_id"),
    [(date(2025, 5, 23), "ARR-2025-05-21"), (IN_2026, "ARR-2025-05-21")],
)
def test_a_listed_occupation_names_its_list(day: date, list_id: str) -> None:
    finding = listed(day)
    assert finding.met is Met.MET
    assert finding.because == (
        "L'emploi figure parmi les métiers en tension : Cuisiniers (S1Z40) figure sur la liste ARR-2025-05-21 pour "
        "Auvergne-Rhône-Alpes."
    )
    assert finding.facts == {"famille": "S1Z40", "région": "84", "liste": list_id, "lieu": "69"}
    assert finding.unconfirmed == (
        "liste ARR-2025-05-21 : inscription de la famille S1Z40 à relire au Journal officiel",
    )


def test_a_line_that_was_read_leaves_no_doubt() -> None:
    farm = a_job(title="Maraîcher", rome="A1414", fap="A1Z40")
    confirmed = listed(date(2024, 9, 2), job=farm)
    assert (confirmed.met, confirmed.unconfirmed) == (Met.MET, ())
    assert confirmed.facts["liste"] == "ARR-2024-03-01"


@pytest.mark.parametrize(
    ("regime", "met"),
    [
        (LegalRegime.CODE, Met.MET),
        (LegalRegime.OTHER_AGREEMENT, Met.MET),
        (LegalRegime.ALGERIAN, Met.NOT_ESTABLISHED),
        (LegalRegime.TUNISIAN, Met.NOT_ESTABLISHED),
    ],
)
def test_two_agreements_keep_out_of_the_lists(regime: LegalRegime, met: Met) -> None:
    assert listed(legal_regime=regime).met is met


def test_an_unknown_place_is_on_no_list() -> None:
    assert listed(job=a_job(workplace=an_address("99999", "Ailleurs"))).met is Met.NOT_ESTABLISHED


def test_every_exemption_is_declared_with_its_dates() -> None:
    held = {
        (p.name, p.articles[0], p.since, p.until, p.mark) for p in all_provisions() if p.chapter is Chapter.EXEMPTIONS
    }
    may = date(2021, 5, 1)
    assert {
        ("training_contract_is_permitted", "CT L5221-5", date(2008, 5, 1), date(2024, 1, 27), "unconfirmed"),
        ("training_contract_is_permitted", "CT L5221-5", date(2024, 1, 28), None, "confirmed"),
        ("youth_in_care_is_permitted", "CT R5221-22", may, None, "confirmed"),
        ("youth_in_care_may_escape_the_market", "CT R5221-21 4°", may, None, "confirmed"),
        ("job_search_card_escapes_the_market", "CT R5221-21 2°", may, None, "confirmed"),
        ("recent_graduate_escapes_the_market", "CT R5221-21 3°", may, None, "confirmed"),
        ("job_in_shortage", "CT R5221-21 1°", may, None, "confirmed"),
        ("pay_threshold", "CT D5221-21-1", may, None, "confirmed"),
        ("diploma_opens_the_exception", "CESEDA D421-6", may, None, "confirmed"),
        ("market_not_opposable", "CESEDA L414-13", may, None, "confirmed"),
        ("renewed_alike", "CT R5221-35", date(2008, 5, 1), None, "confirmed"),
        ("bilateral_regime_ignores_the_lists", "CE, 23 octobre 2009, n° 314397", date(2009, 10, 23), None, "confirmed"),
    } <= held


def test_what_stands_in_no_code_says_where_it_was_read() -> None:
    read = {p.name: (p.chapter, p.since, p.source) for p in all_provisions()}
    assert read["bilateral_regime_ignores_the_lists"] == (
        Chapter.EXEMPTIONS,
        date(2009, 10, 23),
        "http://www.conseil-etat.fr/fr/arianeweb/CE/analyse/2009-10-23/314397",
    )
    assert read["proof_is_recent_enough"] == (
        Chapter.FILING,
        date(2025, 1, 12),
        "https://ma-veille-juridique.com/arrete-du-3-janvier-2025-modifiant-larrete-du-1er-avril-2021-fixant-la-liste-"
        "des-pieces-a-fournir-a-lappui-dune-demande-dautorisation-de-travail/ ; CAA Paris, 4 juillet 2025, "
        "n° 24PA02335",
    )
