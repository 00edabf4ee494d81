"""Which prefect a text designates, and on which facts: one function for each article in one version."""

from collections.abc import Callable
from datetime import date

import msgspec

from domain.procedures import Procedure
from domain.provisions import NOT_READ_BEFORE_APRIL_2021, Chapter, Provision, all_provisions, register
from domain.reference import Reference
from domain.request import (
    Capacity,
    Company,
    ExceptionalAdmission,
    OtherUndertaking,
    PostingMission,
    PrivateEmployer,
    Request,
    ViabilityOpinion,
)

NOTE = "https://auvergne-rhone-alpes.dreets.gouv.fr/Transfert-des-services-de-main-d-oeuvre-etrangere-SMOE-des-Direccte-vers-les"
"""The note by which the services of foreign labour passed to the prefectures on 1 April 2021."""

DESIGNATED = "département désigné par le texte"
"""The fact of a routing by hand that keeps what the text says, where a manager names another prefect."""

HOSTS = frozenset({Procedure.AU_PAIR, Procedure.INTERNSHIP_AGREEMENT, Procedure.INTERNSHIP_AMENDMENT})
NOT_WORK_PERMITS = HOSTS | {Procedure.VIABILITY_OPINION}
"""Requests for something else than a work permit: the articles of the labour code designate nobody for them."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The place that a text looks at, on which facts of the request."""

    department: str | None
    """None when the text applies and the request does not say the place: nothing is guessed."""
    facts: dict[str, str]
    ground: str = ""
    """Why this department, in a French clause."""


class Competence(msgspec.Struct, frozen=True, kw_only=True):
    """Which department's prefect a text designates, on which facts."""

    rule: str
    """The text that designates; empty when none that is held does."""
    rule_since: date | None
    department: str | None
    facts: dict[str, str]
    ground: str


Reading = Callable[[Request, Reference], Place | None]


class _Text(msgspec.Struct, frozen=True, kw_only=True):
    provision: Provision
    read: Reading


_TEXTS: list[_Text] = []
"""In the order they are written below, which is the order they are asked in: what derogates before what it leaves."""


def designates(
    *articles: str,
    since: date | None = None,
    until: date | None = None,
    source: str | None = None,
    mark: str = "confirmed",
    note: str = "",
) -> Callable[[Reading], Reading]:
    """Declare a function as the reading of a text on competence; it answers None when the text is not about it."""

    def declare(read: Reading) -> Reading:
        text = register(
            read, Chapter.COMPETENCE, articles, since=since, until=until, source=source, mark=mark, note=note
        )
        _TEXTS.append(_Text(provision=text, read=read))
        return read

    return declare


def competence_of(request: Request, reference: Reference, on: date) -> Competence:
    """The prefect whom the law of that day designates, by the first text in force that is about the request."""
    for text in _TEXTS:
        if text.provision.in_force(on):
            place = text.read(request, reference)
            if place is not None:
                return Competence(
                    rule=" ; ".join(text.provision.articles),
                    rule_since=text.provision.since,
                    department=place.department,
                    facts=place.facts,
                    ground=place.ground,
                )
    return Competence(rule="", rule_since=None, department=None, facts={}, ground="")


def provision_of(rule: str, on: date) -> Provision | None:
    """The text that a routing names, in its version of that day; routings of before the list name it in longer words.

    « CT R5221-15-1 » holds « CT R5221-15 » too: the longest citation is the one meant.
    """
    named = [
        each
        for each in all_provisions()
        if each.chapter is Chapter.COMPETENCE and each.articles[0] in rule and each.in_force(on)
    ]
    return max(named, key=lambda each: len(each.articles[0]), default=None)


@designates(
    "note SMOE",
    since=date(2021, 4, 1),
    source=NOTE,
    note="la note du 12 juillet 2021 laisse l'admission exceptionnelle aux préfectures (GISTI-6752)",
)
def prefecture_of_residence_asks_the_platform(request: Request, reference: Reference) -> Place | None:
    """The file of an exceptional admission to stay stays with the prefecture of residence, which asks the platform."""
    if not isinstance(request.particulars, ExceptionalAdmission):
        return None
    department = request.particulars.prefecture_department
    return _place(
        reference,
        department,
        {"préfecture de résidence": department},
        "l'étranger dont l'admission au séjour est envisagée réside {}, dont la préfecture saisit la plateforme",
    )


@designates("CESEDA R421-9")
def department_of_the_activity(request: Request, reference: Reference) -> Place | None:
    """The opinion on viability is given by the service competent for the department where the activity will be."""
    if not isinstance(request.particulars, ViabilityOpinion):
        return None
    department = request.particulars.activity_department
    return _place(
        reference, department, {"département de l'activité": department}, "l'activité projetée sera exercée {}"
    )


@designates(
    "CESEDA R426-14",
    mark="unconfirmed",
    note="le texte lu ne désigne pas le préfet de la famille d'accueil : ce département est retenu faute d'autre",
)
def home_of_the_host_family(request: Request, reference: Reference) -> Place | None:
    """The agreement of an au pair is examined in the department where the host family lives."""
    if request.procedure is not Procedure.AU_PAIR:
        return None
    home = "la famille d'accueil demeure {}"
    return _of_employer(request, reference, seat=home, home=home)


@designates(
    "CESEDA R426-20",
    "CESEDA R426-21",
    mark="unconfirmed",
    note="le texte lu dit « le préfet » sans dire lequel : le département de l'organisme d'accueil est retenu",
)
def seat_of_the_internship_host(request: Request, reference: Reference) -> Place | None:
    """An internship agreement, or its amendment, is sent to the prefect of the department of the host."""
    if request.procedure not in HOSTS:
        return None
    return _of_employer(
        request,
        reference,
        seat="l'organisme d'accueil du stagiaire a son siège {}",
        home="l'accueillant du stagiaire demeure {}",
    )


@designates("CT R5221-15-1", since=date(2021, 5, 1))
def maritime_employers_go_to_bouches_du_rhone(request: Request, reference: Reference) -> Place | None:
    """The prefect of Bouches-du-Rhône decides for the employers of CESEDA R431-22, for the titles of R5221-3."""
    employer = request.employer
    if request.procedure in NOT_WORK_PERMITS or not isinstance(employer, Company) or not employer.maritime_employer:
        return None
    # A permit limited to an activity opens no title of R5221-3, and what derogates is read strictly.
    if request.procedure is Procedure.LIMITED_PERMIT:
        return None
    facts = {"SIRET de l'établissement": employer.siret, "employeur du CESEDA R431-22, alinéas 2 à 4": "oui"}
    return Place(
        department="13",
        facts=facts,
        ground="l'employeur est de ceux que nomme le CESEDA R431-22, alinéas 2 à 4, où que soit son siège",
    )


@designates(
    "CT R5221-15",
    since=date(2008, 5, 1),
    until=date(2021, 3, 31),
    mark="unconfirmed",
    note=NOT_READ_BEFORE_APRIL_2021,
)
def residence_of_the_foreigner(request: Request, reference: Reference) -> Place | None:
    """The prefect of the department where the foreigner lives decides for those who already live in France."""
    if request.procedure in NOT_WORK_PERMITS or not _lives_in_france(request):
        return None
    particulars = request.particulars
    filing = particulars.prefecture_department if isinstance(particulars, ExceptionalAdmission) else None
    department = request.worker.residence_department or filing
    facts = {"département de résidence du travailleur": department or "non indiqué"}
    return _place(reference, department, facts, "le travailleur réside {}")


@designates("CT R5221-15", since=date(2021, 4, 1))
def seat_of_the_employing_establishment(request: Request, reference: Reference) -> Place | None:
    """The prefect decides where the employing establishment has its seat, or where the private employer lives."""
    if request.procedure in NOT_WORK_PERMITS or isinstance(request.particulars, PostingMission):
        return None
    place = _of_employer(
        request,
        reference,
        seat="l'établissement employeur a son siège {}",
        home="l'employeur particulier demeure {}",
    )
    return place if place and place.department else None


@designates("CT R5221-16")
def attachment_host_or_place_of_work(request: Request, reference: Reference) -> Place | None:
    """A worker abroad follows the establishment of attachment, an employer abroad the host, others the workplace."""
    if request.procedure in NOT_WORK_PERMITS:
        return None
    if isinstance(request.particulars, PostingMission):
        return _of_host(request, request.particulars, reference)
    attached = _of_employer(
        request,
        reference,
        seat="le travailleur réside à l'étranger et l'établissement auquel il sera rattaché a son siège {}",
        home="le travailleur réside à l'étranger et l'employeur particulier demeure {}",
    )
    if not _lives_in_france(request) and attached and attached.department:
        return attached
    if request.job is None:
        return None
    # For an itinerant worker it is the first place of work, which is the one that the request states.
    postcode = request.job.workplace.postcode
    return _place(
        reference,
        reference.department_of_postcode(postcode),
        {"code postal du lieu d'emploi": postcode},
        "le lieu d'emploi, ou le premier d'entre eux, est situé {}",
    )


def _lives_in_france(request: Request) -> bool:
    return (
        request.worker.residence_title is not None
        or request.worker.residence_department is not None
        or isinstance(request.particulars, ExceptionalAdmission)
    )


def _of_employer(request: Request, reference: Reference, *, seat: str, home: str) -> Place | None:
    match request.employer:
        case Company(seat=address, siret=siret):
            facts = {"SIRET de l'établissement": siret, "code postal du siège": address.postcode}
            return _place(reference, reference.department_of_postcode(address.postcode), facts, seat)
        case PrivateEmployer(postcode=postcode):
            facts = {"code postal du domicile de l'employeur": postcode}
            return _place(reference, reference.department_of_postcode(postcode), facts, home)
        case None:
            return None


def _of_host(request: Request, mission: PostingMission, reference: Reference) -> Place | None:
    """The French undertaking that receives the posted worker: the host or principal named, else the one that files."""
    order = (Capacity.HOST, Capacity.USER, Capacity.PRINCIPAL)
    named: list[OtherUndertaking] = sorted(request.undertakings, key=lambda each: order.index(each.capacity))
    host = named[0] if named else request.employer
    if not isinstance(host, OtherUndertaking | Company):
        return None
    facts = {
        "employeur établi à l'étranger": mission.foreign_employer_country,
        "SIRET de l'entreprise d'accueil": host.siret,
        "code postal de l'entreprise d'accueil": host.seat.postcode,
    }
    return _place(
        reference,
        reference.department_of_postcode(host.seat.postcode),
        facts,
        "l'employeur est établi à l'étranger et l'entreprise qui accueille le travailleur a son siège {}",
    )


def _place(reference: Reference, department: str | None, facts: dict[str, str], ground: str) -> Place:
    """A place with its French clause, in which the department is named; none for a department that does not exist."""
    row = reference.department(department) if department else None
    if row is None:
        return Place(department=None, facts=facts)
    return Place(department=row.code, facts=facts, ground=ground.format(f"dans le département {row.prefect_of}"))
