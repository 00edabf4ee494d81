"""What a notice says: remedies with their time limits and court, and that an algorithm prepared the decision."""

from collections.abc import Iterable

from domain.acts import Remedies
from domain.findings import CRITERION_TITLES, RuleId
from domain.french import folded
from domain.procedures import Procedure
from domain.reference import Reference, Tribunal
from domain.request import (
    Address,
    Company,
    ExceptionalAdmission,
    PrivateEmployer,
    Request,
    ViabilityOpinion,
)

AIRPORT_WORDS = ("aeroport", "aerogare", "terminal", "zone aeroportuaire")
AIRPORTS = {"Melun": (("orly",), {"91", "94"}), "Montreuil": (("roissy", "charles de gaulle"), {"77", "93", "95"})}
"""Airports that lie in several departments and belong whole to one court (CJA R221-3)."""


def department_of_work(request: Request, reference: Reference) -> str | None:
    """The department of the place of work or of the establishment at the origin of a dispute (CJA R312-10)."""
    match request:
        case Request(job=job) if job is not None:
            return reference.department_of_postcode(job.workplace.postcode)
        case Request(particulars=ViabilityOpinion(activity_department=department)):
            return department
        case Request(particulars=ExceptionalAdmission(prefecture_department=department)):
            return department
        case Request(employer=Company(seat=seat)):
            return reference.department_of_postcode(seat.postcode)
        case Request(employer=PrivateEmployer(postcode=postcode)):
            return reference.department_of_postcode(postcode)
    return None


def competent_tribunal(request: Request, reference: Reference) -> Tribunal | None:
    """The court of the place of work (CJA R312-10), an airport belonging whole to one court (R221-3); None if unknown.

    Only an address that says it is on the airport counts as such: a commune beside it belongs to its own department.
    """
    department = department_of_work(request, reference)
    airport = _airport_court(request.job.workplace, department) if request.job is not None else None
    if airport is not None:
        return reference.tribunals.get(airport)
    return reference.tribunal_of(department) if department else None


def _airport_court(workplace: Address, department: str | None) -> str | None:
    place = folded(f"{workplace.street} {workplace.town}")
    if not any(word in place for word in AIRPORT_WORDS):
        return None
    return next(
        (
            court
            for court, (names, departments) in AIRPORTS.items()
            if department in departments and any(name in place for name in names)
        ),
        None,
    )


def remedies(request: Request, author: str, reference: Reference, *, gracious: bool = True) -> Remedies:
    """Remedies, limits and court against a decision; incomplete, hence without effect, when the court is unknown.

    `gracious=False` is for the rejection of an appeal: the court alone remains (CRPA L411-2, CJA R421-5).
    """
    tribunal = competent_tribunal(request, reference)
    place = "du lieu de travail" if request.job is not None else "dans le ressort duquel naît le litige"
    court = f"le {tribunal.title}, tribunal {place}" if tribunal else f"le tribunal administratif {place}"
    paths = [f"un recours contentieux devant {court} (CJA R312-10, R421-1), au besoin par www.telerecours.fr"]
    if gracious:
        minister = reference.authority("MINISTER_IMMIGRATION").label
        article = "CT R5221-19, CRPA L411-2" if request.procedure not in _NOT_LABOUR_CODE else "CRPA L411-2"
        paths = [
            f"un recours gracieux adressé au {author} (CRPA L411-2)",
            f"un recours hiérarchique adressé au {minister} ({article})",
            *paths,
        ]
    listed = " ; d'".join(paths)
    sentences = [f"Dans les deux mois de sa notification, cette décision peut faire l'objet d'{listed}."]
    if gracious:
        sentences.append(
            "Un recours administratif formé dans ce délai interrompt le délai de recours contentieux ; le silence "
            "gardé deux mois sur ce recours vaut rejet et ouvre à nouveau deux mois pour saisir le tribunal "
            "(CRPA L411-2, L411-7)."
        )
    sentences.append(
        "Le délai de recours contentieux est augmenté d'un mois pour les personnes qui demeurent outre-mer et de deux "
        "mois pour celles qui demeurent à l'étranger, dans les conditions de l'article R421-7 du CJA."
    )
    return Remedies(
        text=" ".join(sentences),
        tribunal=tribunal.title if tribunal else None,
        complete=tribunal is not None,
    )


_NOT_LABOUR_CODE = frozenset(
    {Procedure.AU_PAIR, Procedure.INTERNSHIP_AGREEMENT, Procedure.INTERNSHIP_AMENDMENT, Procedure.VIABILITY_OPINION}
)


def algorithmic_notice(rules: Iterable[RuleId]) -> str:
    """The notice of CRPA L311-3-1 and R311-3-1-1: purpose, rules applied, right to have them, and how."""
    applied = " ; ".join(f"{CRITERION_TITLES[r.criterion]} ({r.article})" for r in rules)
    if not applied:
        return ""
    return (
        "Cette décision a été préparée à l'aide d'un traitement algorithmique, dont la finalité est d'examiner si les "
        f"conditions fixées par les textes sont remplies : {applied}. Un agent a apprécié chacune d'elles et le "
        "signataire a décidé. Vous pouvez obtenir, sur demande adressée au service qui a instruit le dossier, "
        "communication des règles de ce traitement et des principales caractéristiques de sa mise en œuvre ; à défaut "
        "de réponse dans le mois, la Commission d'accès aux documents administratifs peut être saisie "
        "(CRPA L311-3-1, R311-3-1-1)."
    )
