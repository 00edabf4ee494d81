"""What an assessment says: which condition, by which text, met or not, on which facts and exhibits."""

from datetime import date
from enum import StrEnum

import msgspec


class Criterion(StrEnum):
    """A condition that a text sets; the value is the public and stored name."""

    LABOUR_MARKET = "labour_market"
    """CT R5221-20 1°: shortage list, or offer published without a fitting candidate; before 2021, the situation of
    employment in the occupation and the zone."""
    EMPLOYER_LABOUR_LAW = "employer_labour_law"
    """CT R5221-20 3° before April 2021: labour and social-protection law respected."""
    EMPLOYER_OBLIGATIONS = "employer_obligations"
    """CT R5221-20 2° a: social obligations met."""
    EMPLOYER_RECORD = "employer_record"
    """CT R5221-20 2° b: no conviction, sanction or serious breach in the fields named."""
    EMPLOYER_SANCTIONS = "employer_sanctions"
    """CT R5221-20 2° c, from 2021 to August 2024: no administrative sanction of those named."""
    EMPLOYER_OFFENCES = "employer_offences"
    """CT R5221-20 2°, last sentence: offences against the person or forgery; discretion."""
    REGULATED_ACTIVITY = "regulated_activity"
    """CT R5221-20 3°: regulated conditions of the activity."""
    COMPARABLE_TERMS = "comparable_terms"
    """CT R5221-20 5° before April 2021: employment and pay comparable with those of other employees."""
    PAY = "pay"
    """CT R5221-20 4°: pay in line with the SMIC or the collective agreement; 6° before April 2021."""
    JOB_FITS_QUALIFICATIONS = "job_fits_qualifications"
    """CT R5221-20 5°: job fits diplomas and experience; 2° before April 2021, for every worker."""
    HOUSING = "housing"
    """CT R5221-20 6°: decent housing of a seasonal worker; 7° before April 2021, of a worker lodged by the employer."""
    PROPORTIONATE_PROJECT = "proportionate_project"
    """CT R5221-20-1: project not manifestly disproportionate; discretion."""
    SEASONAL_LENGTH = "seasonal_length"
    """CT R5221-23: six months a year in all."""
    RENEWAL_TERMS = "renewal_terms"
    """CT R5221-34 1°: terms of the earlier permit respected."""
    RENEWAL_EMPLOYER = "renewal_employer"
    """CT R5221-34 2°: R5221-20 2°, 3°, 4°, 6° still respected by the employer."""
    RENEWAL_BREACH = "renewal_breach"
    """CT R5221-36: contract not broken within twelve months of hiring, unless involuntarily."""
    RENEWAL_UNEMPLOYMENT = "renewal_unemployment"
    """CT R5221-33: involuntary unemployment, prolonged one year, then read in view of the rights to benefits."""
    STUDENT_COURSE = "student_course"
    """CT R5221-3 II: work in connection with the studies."""
    STUDENT_CONTRACT = "student_contract"
    """CT R5221-7: training contracts open to a student."""
    ALGERIAN_STUDENT_HOURS = "algerian_student_hours"
    """Agreement of 27 December 1968: half of the yearly working time of the branch."""
    ASYLUM_DELAY = "asylum_delay"
    """CESEDA L554-1: OFPRA has not decided within six months."""
    INTERNSHIP_PROJECT = "internship_project"
    """CESEDA R426-20: reality of the internship project."""
    INTERNSHIP_AGREEMENT_CONFORMS = "internship_agreement_conforms"
    """CESEDA R426-19, R426-20: agreement in line with the model."""
    INTERNSHIP_LENGTH = "internship_length"
    """CESEDA R426-18: length of the internship, by its case."""
    INTERNSHIP_HOST = "internship_host"
    """CESEDA R426-20: host respects labour and social-protection law."""
    AU_PAIR_CONDITIONS = "au_pair_conditions"
    """CESEDA L426-22: age, nationality and kinship of the family, tasks, language."""
    AU_PAIR_STAY = "au_pair_stay"
    """CESEDA R426-15: two years in all."""
    ECONOMIC_VIABILITY = "economic_viability"
    """CESEDA L421-5, R421-9: the activity is viable."""
    SUFFICIENT_MEANS = "sufficient_means"
    """CESEDA L421-5: sufficient means."""
    ADMISSION_EMPLOYMENT = "admission_employment"
    """CESEDA L435-1 ff.: reality and conditions of the employment."""
    ADMISSION_COMMUNITY = "admission_community"
    """CESEDA L435-2: three years of activity in a community of solidarity."""
    ADMISSION_TRAINING = "admission_training"
    """CESEDA L435-3: a young person once in care, in training for six months."""
    ADMISSION_SHORTAGE = "admission_shortage"
    """CESEDA L435-4: twelve months of work in a shortage occupation."""


CRITERION_TITLES: dict[Criterion, str] = {
    Criterion.LABOUR_MARKET: "situation de l'emploi",
    Criterion.EMPLOYER_LABOUR_LAW: "respect du droit du travail et de la protection sociale",
    Criterion.EMPLOYER_OBLIGATIONS: "obligations sociales de l'employeur",
    Criterion.EMPLOYER_RECORD: "condamnations, sanctions et manquements graves de l'employeur",
    Criterion.EMPLOYER_SANCTIONS: "sanctions administratives de l'employeur",
    Criterion.EMPLOYER_OFFENCES: "atteintes aux personnes et faux commis par l'employeur",
    Criterion.REGULATED_ACTIVITY: "conditions réglementaires de l'activité",
    Criterion.COMPARABLE_TERMS: "conditions d'emploi et de rémunération comparables",
    Criterion.PAY: "rémunération",
    Criterion.JOB_FITS_QUALIFICATIONS: "adéquation de l'emploi aux diplômes et à l'expérience",
    Criterion.HOUSING: "logement du travailleur",
    Criterion.PROPORTIONATE_PROJECT: "proportion du projet de recrutement avec l'activité",
    Criterion.SEASONAL_LENGTH: "durée annuelle du travail saisonnier",
    Criterion.RENEWAL_TERMS: "respect des termes de l'autorisation précédente",
    Criterion.RENEWAL_EMPLOYER: "respect de ses obligations par l'employeur depuis l'autorisation",
    Criterion.RENEWAL_BREACH: "rupture du contrat dans les douze mois de l'embauche",
    Criterion.RENEWAL_UNEMPLOYMENT: "privation involontaire d'emploi et droits à indemnisation",
    Criterion.STUDENT_COURSE: "lien du travail avec le cursus",
    Criterion.STUDENT_CONTRACT: "contrat de formation ouvert à l'étudiant",
    Criterion.ALGERIAN_STUDENT_HOURS: "durée du travail de l'étudiant algérien",
    Criterion.ASYLUM_DELAY: "délai de six mois sans décision de l'OFPRA",
    Criterion.INTERNSHIP_PROJECT: "réalité du projet de stage",
    Criterion.INTERNSHIP_AGREEMENT_CONFORMS: "conformité de la convention de stage",
    Criterion.INTERNSHIP_LENGTH: "durée du stage",
    Criterion.INTERNSHIP_HOST: "respect de la législation par l'organisme d'accueil",
    Criterion.AU_PAIR_CONDITIONS: "conditions du séjour au pair",
    Criterion.AU_PAIR_STAY: "durée totale du séjour au pair",
    Criterion.ECONOMIC_VIABILITY: "viabilité économique de l'activité",
    Criterion.SUFFICIENT_MEANS: "moyens d'existence suffisants",
    Criterion.ADMISSION_EMPLOYMENT: "réalité et conditions de l'emploi",
    Criterion.ADMISSION_COMMUNITY: "activité au sein d'un organisme d'accueil communautaire",
    Criterion.ADMISSION_TRAINING: "formation du jeune confié à l'aide sociale à l'enfance",
    Criterion.ADMISSION_SHORTAGE: "emploi dans un métier en tension",
}
"""How French names each condition."""


class Met(StrEnum):
    """What a rule, or an agent, finds about a condition."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_OPPOSABLE = "not_opposable"
    NOT_APPLICABLE = "not_applicable"
    NOT_ESTABLISHED = "not_established"


MET_TITLES: dict[Met, str] = {
    Met.MET: "remplie",
    Met.NOT_MET: "non remplie",
    Met.NOT_OPPOSABLE: "non opposable",
    Met.NOT_APPLICABLE: "sans objet",
    Met.NOT_ESTABLISHED: "non établie",
}
"""How French says of a condition what was found."""


class RuleId(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One rule: a condition, by one article, in the version in force since a date."""

    criterion: Criterion
    article: str
    since: date


class Exhibit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A document that carries a finding: identifier, version and hash as they were."""

    document: str
    version: int
    sha256: str


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The answer of one rule on one case, explained in French."""

    met: Met
    because: str
    facts: dict[str, str] = {}
    """The facts that carry the answer, each as `name: value`; never a person's name."""
    exhibits: tuple[Exhibit, ...] = ()
    missing: tuple[str, ...] = ()
    """What would have to be known, in French, when the answer is `not_established`."""
    unconfirmed: tuple[str, ...] = ()
    """Reference data used that nobody has confirmed, in French."""

    @classmethod
    def of(cls, holds: bool, *, because: str, facts: dict[str, str] | None = None) -> "Finding":
        """Met or not met, by a comparison that could be made."""
        return cls(met=Met.MET if holds else Met.NOT_MET, because=because, facts=facts or {})


class Assessment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A condition as it stands assessed in a case."""

    rule: RuleId
    computed: Finding
    """What the rule answered."""
    met: Met
    """What the agent found: the same, or the answer where the rule had none, or an override."""
    because: str
    exhibits: tuple[Exhibit, ...] = ()
    overridden: bool = False

    @property
    def blocks_grant(self) -> bool:
        """Whether the condition, as assessed, is not met."""
        return self.met is Met.NOT_MET


class ReasonGiven(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A ground of a decision: the condition, its text and version, and the facts (CRPA L211-5)."""

    rule: RuleId
    fact: str
    exhibits: tuple[Exhibit, ...] = ()
    reason_id: str | None = None
    """Paragraph of the reasons library that was used."""
    reason_version: int | None = None
    text: str = ""
    """The paragraph in that version, filled with the law and the facts of the case."""
