"""What the fields of a request are called in French, and how their values are written."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import msgspec

from domain.countries import country_in_french
from domain.envelope import ERASED, PERSONAL, WITHHELD
from domain.french import euros_in_french, in_french
from domain.procedures import PROCEDURES
from domain.request import (
    CAPACITY_TITLES,
    CONTRACT_TITLES,
    TITLE_TITLES,
    Address,
    AdmissionBasis,
    AsylumSeeker,
    AuPair,
    Capacity,
    ChangeOfStatus,
    Company,
    Contract,
    Diploma,
    ExceptionalAdmission,
    FixedTermIntroduction,
    InternshipAgreement,
    InternshipAmendment,
    InternshipCase,
    Introduction,
    Job,
    LegalRegime,
    LimitedPermit,
    Mandate,
    OtherUndertaking,
    Posting,
    PostingBasis,
    PostingMission,
    PrivateEmployer,
    Renewal,
    Request,
    ResidenceTitle,
    Seasonal,
    StudentAboveQuota,
    TitleKind,
    ViabilityOpinion,
    Worker,
)
from domain.sheets.page import UNSAID, as_title, yes_or_no

AGREEMENT_FROM: Final = "Début de la convention"
AGREEMENT_TO: Final = "Fin de la convention"
ALLOWANCE: Final = "Gratification mensuelle"
CASE_OF_INTERNSHIP: Final = "Cas de stage (CESEDA R426-16)"
HOSPITAL_MONTHS: Final = "Mois de conventions hospitalières antérieures"
REGULATED: Final = "Profession réglementée"

LABELS: Final[Mapping[type, Mapping[str, str]]] = {
    Request: {
        "particulars": "Renseignements propres à la procédure",
        "worker": "Salarié étranger",
        "employer": "Employeur",
        "job": "Emploi proposé",
        "mandate": "Mandat",
        "undertakings": "Autres entreprises concernées",
        "legal_regime": "Régime juridique du séjour",
    },
    Company: {
        "siret": "SIRET de l'établissement",
        "name": "Dénomination",
        "seat": "Siège de l'établissement employeur",
        "idcc": "Convention collective (IDCC)",
        "headcount": "Effectif",
        "turnover_yearly": "Chiffre d'affaires annuel",
        "email": "Courriel",
        "maritime_employer": "Employeur maritime (CESEDA R431-22)",
    },
    PrivateEmployer: {
        "family_name": "Nom",
        "given_names": "Prénoms",
        "street": "Rue",
        "postcode": "Code postal",
        "town": "Commune",
        "email": "Courriel",
    },
    Worker: {
        "family_name": "Nom",
        "given_names": "Prénoms",
        "birth_date": "Date de naissance",
        "nationality": "Nationalité (État)",
        "passport_number": "Numéro de passeport",
        "foreigner_number": "Numéro étranger (AGDREF)",
        "email": "Courriel",
        "residence_title": "Titre de séjour",
        "residence_department": "Département de résidence",
    },
    ResidenceTitle: {"kind": "Nature du titre", "valid_until": "Valable jusqu'au"},
    Posting: {
        "body": "Organisme de publication",
        "reference": "Référence de l'offre",
        "published_from": "Publiée à compter du",
        "published_until": "Publiée jusqu'au",
        "applications": "Candidatures reçues",
        "fitting_candidates": "Candidats convenant au poste",
        "explanation": "Explications de l'employeur",
    },
    Job: {
        "title": "Intitulé de l'emploi",
        "rome": "Code ROME",
        "fap": "Famille professionnelle (FAP)",
        "contract": "Contrat",
        "start": "Date d'embauche",
        "end": "Fin du contrat",
        "hours_weekly": "Heures par semaine",
        "pay_monthly_gross": "Rémunération mensuelle brute",
        "agreement_minimum_monthly": "Minimum conventionnel mensuel déclaré",
        "workplace": "Lieu de travail",
        "qualification": "Qualification",
        "regulated_profession": REGULATED,
        "posting": "Publication de l'offre",
        "housing_address": "Adresse du logement",
    },
    Mandate: {
        "mandatary": "Mandataire",
        "siret": "SIRET du mandataire",
        "signed_on": "Mandat signé le",
        "document": "Pièce qui porte le mandat",
    },
    OtherUndertaking: {
        "capacity": "À quel titre",
        "siret": "SIRET",
        "name": "Dénomination",
        "seat": "Siège",
    },
    Diploma: {
        "title": "Diplôme",
        "level": "Niveau (cadre national des certifications)",
        "obtained_on": "Obtenu le",
        "in_france": "Obtenu en France",
        "field": "Spécialité",
    },
    Introduction: {},
    FixedTermIntroduction: {},
    ChangeOfStatus: {
        "studies_finished_in_france": "Études achevées en France",
        "diplomas": "Diplômes",
        "experience": "Expérience",
        "job_related_to_studies": "Emploi en relation avec les études",
    },
    Renewal: {
        "earlier_permit": "Autorisation à renouveler",
        "earlier_expires_on": "Expirant le",
        "first_renewal": "Premier renouvellement",
        "same_job": "Même emploi",
        "same_zone": "Même zone géographique",
        "involuntarily_unemployed": "Privation involontaire d'emploi",
        "contract_broken_on": "Contrat rompu le",
        "earlier_hired_on": "Embauche précédente le",
        "unemployment_benefit_until": "Droits à l'assurance chômage jusqu'au",
    },
    Seasonal: {
        "months_already_worked": "Mois de travail saisonnier déjà accomplis",
        "housing_statement": "Attestation de logement décent jointe",
        "residence_abroad_kept": "Résidence habituelle maintenue hors de France",
    },
    StudentAboveQuota: {
        "institution": "Établissement",
        "course": "Formation suivie",
        "enrolled_until": "Inscription jusqu'au",
        "hours_yearly": "Heures de travail par an",
        "related_to_studies": "Travail en lien avec le cursus",
        "in_first_year_of_stay": "Première année de séjour",
        "master_level_course": "Formation de niveau master",
        "branch_hours_yearly": "Durée annuelle du travail de la branche (heures)",
    },
    AsylumSeeker: {
        "ofpra_introduced_on": "Demande d'asile introduite à l'OFPRA le",
        "ofpra_decided_on": "Décision de l'OFPRA le",
        "delay_imputable_to_applicant": "Retard imputable au demandeur",
        "attestation_valid_until": "Attestation valable jusqu'au",
    },
    ExceptionalAdmission: {
        "basis": "Fondement de l'admission",
        "prefecture_department": "Département de la préfecture",
        "months_worked_last_24": "Mois travaillés sur les vingt-quatre derniers",
        "years_of_residence": "Années de résidence",
        "criminal_record_b2_clear": "Bulletin n° 2 du casier judiciaire vierge",
        "months_worked_not_counted": "Dont mois non comptés",
        "years_of_residence_not_counted": "Dont années non comptées",
        "community_years": "Années d'activité dans un organisme d'accueil communautaire",
        "community_activity_is_real": "Activité réelle et sérieuse",
        "entrusted_to_care_on": "Confié à l'aide sociale à l'enfance le",
        "training_since": "En formation depuis le",
        "training_is_followed_seriously": "Formation suivie avec sérieux",
    },
    PostingMission: {
        "foreign_employer": "Employeur établi à l'étranger",
        "foreign_employer_country": "Pays de cet employeur",
        "legal_basis": "Fondement du détachement",
        "sipsi_declaration": "Déclaration préalable (SIPSI)",
        "workers_in_same_request": "Salariés de la même demande",
    },
    AuPair: {
        "agreement_start": AGREEMENT_FROM,
        "agreement_end": AGREEMENT_TO,
        "hours_weekly": "Heures d'aide par semaine",
        "kinship": "Lien de parenté avec la famille",
        "knows_french_or_secondary_education": "Connaissance du français, études secondaires ou qualifications",
        "earlier_stay_months": "Mois de séjour antérieurs au même titre",
        "family_of_same_nationality": "Famille de même nationalité",
    },
    InternshipAgreement: {
        "internship": CASE_OF_INTERNSHIP,
        "start": "Début du stage",
        "end": "Fin du stage",
        "eu_or_intergovernmental_programme": "Programme européen ou intergouvernemental",
        "sending_institution": "Établissement d'envoi",
        "tutor": "Tuteur",
        "project": "Projet de stage",
        "allowance_monthly": ALLOWANCE,
        "earlier_hospital_months": HOSPITAL_MONTHS,
    },
    InternshipAmendment: {
        "internship": CASE_OF_INTERNSHIP,
        "agreement_number": "Convention prolongée",
        "agreement_start": AGREEMENT_FROM,
        "agreement_end": AGREEMENT_TO,
        "new_end": "Nouvelle fin du stage",
        "reason": "Motif de la prolongation",
        "earlier_extensions": "Prolongations antérieures",
        "earlier_hospital_months": HOSPITAL_MONTHS,
    },
    ViabilityOpinion: {
        "activity": "Activité envisagée",
        "activity_department": "Département de l'activité",
        "legal_form": "Forme juridique",
        "capital": "Capital",
        "turnover_forecast": "Chiffre d'affaires prévu",
        "result_forecast": "Résultat annuel prévu avant impôt",
        "monthly_income_forecast": "Revenu mensuel prévu",
        "business_plan": "Plan d'affaires joint",
        "regulated_profession": REGULATED,
    },
    LimitedPermit: {"limited_to": "Limitée à", "zone": "Zone"},
}
"""Every field of a request; the identifiers of persons are smoe's own and are left out."""

WITHOUT_LABEL: Final = frozenset({"person"})
AMOUNTS: Final = frozenset(
    {
        "turnover_yearly",
        "pay_monthly_gross",
        "agreement_minimum_monthly",
        "allowance_monthly",
        "capital",
        "turnover_forecast",
        "result_forecast",
        "monthly_income_forecast",
    }
)
COUNTRIES: Final = frozenset({"nationality", "foreign_employer_country"})

VALUES: Final[Mapping[type[Enum], Mapping[Any, str]]] = {
    TitleKind: TITLE_TITLES,
    Contract: CONTRACT_TITLES,
    Capacity: CAPACITY_TITLES,
    AdmissionBasis: {each: f"CESEDA {each.value}" for each in AdmissionBasis},
    PostingBasis: {each: f"CT {each.value}" for each in PostingBasis},
    InternshipCase: {
        InternshipCase.VOCATIONAL: "1°, formation professionnelle du pays de résidence",
        InternshipCase.CURRICULUM: "1°, cursus scolaire ou universitaire, ou programme de coopération",
        InternshipCase.COMPANY: "2°, salarié d'une entreprise établie à l'étranger",
        InternshipCase.HOSPITAL: "3°, établissement public ou privé de santé",
    },
    LegalRegime: {
        LegalRegime.CODE: "CESEDA",
        LegalRegime.ALGERIAN: "accord franco-algérien du 27 décembre 1968",
        LegalRegime.TUNISIAN: "accord franco-tunisien du 17 mars 1988",
        LegalRegime.OTHER_AGREEMENT: "autre accord bilatéral",
    },
}
"""How French writes each value that is chosen in a list."""


def fields(part: msgspec.Struct) -> Iterator[tuple[str, str]]:
    """Label and value of every field of a part of a request, its own parts opened under their label."""
    stand_in = _stand_in(part)
    personal = _personal(type(part))
    for name in part.__struct_fields__:
        if name in WITHOUT_LABEL:
            continue
        label, value = LABELS[type(part)][name], getattr(part, name)
        if value is None and stand_in is not None and name in personal:
            yield label, stand_in
        elif isinstance(value, Address):
            yield label, address(value)
        elif isinstance(value, msgspec.Struct):
            yield from ((f"{label} – {inner}", text) for inner, text in fields(value))
        elif isinstance(value, tuple):
            yield from _several(label, value)
        else:
            yield label, written(name, value)


def _several(label: str, parts: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    if not parts:
        yield label, "aucun"
    for number, each in enumerate(parts, 1):
        yield from ((f"{label} ({number}) – {inner}", text) for inner, text in fields(each))


def written(name: str, value: Any) -> str:
    """A value as a French reader expects it."""
    match value:
        case None | "":
            return UNSAID
        case bool():
            return yes_or_no(value)
        case date():
            return in_french(value)
        case Enum():
            return VALUES[type(value)][value]
        case int() | float():
            return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
        case str() if name in AMOUNTS:
            return euros_in_french(Decimal(value))
        case str() if name in COUNTRIES:
            return country_in_french(value)
        case _:
            return str(value)


def address(place: Address) -> str:
    """« 12 rue de la République, 69002 Lyon »."""
    return ", ".join(filter(None, (place.street, f"{place.postcode} {place.town}")))


def sections(request: Request) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """A request part by part, each with its title and its fields."""
    for name in ("worker", "employer", "job", "mandate", "particulars"):
        part = getattr(request, name)
        if part is not None and (told := tuple(fields(part))):
            yield LABELS[Request][name], told
    for each in request.undertakings:
        yield as_title(CAPACITY_TITLES[each.capacity]), tuple(fields(each))
    regime = (LABELS[Request]["legal_regime"], VALUES[LegalRegime][request.legal_regime])
    yield "Droit applicable", (regime, ("Procédure", PROCEDURES[request.procedure].title))


def _stand_in(part: msgspec.Struct) -> str | None:
    """What the personal texts of a part read as when they were erased or are withheld: those left empty read so too."""
    told = {getattr(part, name) for name in _personal(type(part))}
    return next((each for each in (ERASED, WITHHELD) if each in told), None)


@cache
def _personal(kind: type[msgspec.Struct]) -> frozenset[str]:
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(
        name
        for name, hint in hints.items()
        if any(isinstance(each, msgspec.Meta) and (each.extra or {}).get(PERSONAL) for each in get_args(hint))
    )
