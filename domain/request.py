"""What a request says: the parties, the job, and the facts proper to each procedure."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from domain.envelope import UNASSIGNED, PersonalChoice, PersonalDate, PersonalText
from domain.procedures import Procedure

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
DepartmentCode = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{2}|2A|2B|97[0-9])$(?!\n)")]
Euros = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$(?!\n)")]
"""An amount in euros, written exactly: "2100.50". `euros()` gives its value."""
SignedEuros = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,2})?$(?!\n)")]


def euros(amount: str) -> Decimal:
    """The value of an amount in euros as it is written in a request."""
    return Decimal(amount)


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False, gc=False):
    """A part of a fact."""


class Address(Value, frozen=True, kw_only=True):
    """Where an undertaking or a workplace is; not personal."""

    street: Line
    postcode: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}$(?!\n)")]
    town: Name


class Company(Value, frozen=True, kw_only=True, tag_field="kind", tag="company"):
    """An employer that is a company, association or public body, by the establishment that employs."""

    siret: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{14}$(?!\n)")]
    name: Name
    seat: Address
    """Seat of the employing establishment: it designates the competent prefect (CT R5221-15)."""
    idcc: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$(?!\n)")] | None = None
    headcount: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    turnover_yearly: Euros | None = None
    email: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    maritime_employer: bool = False
    """One of the employers of CESEDA R431-22 al. 2 to 4, whose requests Bouches-du-Rhône decides (CT R5221-15-1)."""


class PrivateEmployer(Value, frozen=True, kw_only=True, tag_field="kind", tag="private_employer"):
    """A private individual who employs at home, or a host family."""

    person: UUID = UNASSIGNED
    """Set by smoe at filing."""
    family_name: PersonalText
    given_names: PersonalText
    street: PersonalText
    postcode: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}$(?!\n)")]
    town: Name
    email: PersonalChoice = None


class Worker(Value, frozen=True, kw_only=True):
    """The foreigner whom the request concerns."""

    person: UUID = UNASSIGNED
    """Set by smoe at filing."""
    family_name: PersonalText
    given_names: PersonalText
    birth_date: PersonalDate
    nationality: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    """ISO 3166-1 alpha-2."""
    passport_number: PersonalChoice = None
    foreigner_number: PersonalChoice = None
    """AGDREF number, when the person already has one."""
    email: PersonalChoice = None
    residence_title: "ResidenceTitle | None" = None
    """None for a worker who lives outside France."""
    residence_department: DepartmentCode | None = None


class TitleKind(StrEnum):
    """Titles of CT R5221-3 and neighbours that change which conditions apply."""

    EMPLOYEE = "employee"
    TEMPORARY_WORKER = "temporary_worker"
    SEASONAL = "seasonal"
    STUDENT = "student"
    JOB_SEARCH_OR_BUSINESS_CREATION = "job_search_or_business_creation"
    LONG_TERM_EU_RESIDENT = "long_term_eu_resident"
    ASYLUM_ATTESTATION = "asylum_attestation"
    RENEWAL_RECEIPT = "renewal_receipt"
    CHILD_WELFARE = "child_welfare"
    TALENT = "talent"
    ICT = "ict"
    OTHER = "other"


TITLE_TITLES: dict[TitleKind, str] = {
    TitleKind.EMPLOYEE: "carte « salarié »",
    TitleKind.TEMPORARY_WORKER: "carte « travailleur temporaire »",
    TitleKind.SEASONAL: "carte « travailleur saisonnier »",
    TitleKind.STUDENT: "carte « étudiant »",
    TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION: "carte « recherche d'emploi ou création d'entreprise »",
    TitleKind.LONG_TERM_EU_RESIDENT: "carte « résident de longue durée-UE »",
    TitleKind.ASYLUM_ATTESTATION: "attestation de demande d'asile",
    TitleKind.RENEWAL_RECEIPT: "récépissé de demande de renouvellement",
    TitleKind.CHILD_WELFARE: "titre délivré à un jeune confié à l'aide sociale à l'enfance",
    TitleKind.TALENT: "carte « talent »",
    TitleKind.ICT: "carte « salarié détaché ICT »",
    TitleKind.OTHER: "autre titre de séjour",
}
"""How French names each title."""


class ResidenceTitle(Value, frozen=True, kw_only=True):
    """The title under which the worker already stays in France."""

    kind: TitleKind
    valid_until: date | None = None


class Contract(StrEnum):
    """The kind of contract offered."""

    PERMANENT = "permanent"
    FIXED_TERM = "fixed_term"
    SEASONAL = "seasonal"
    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"
    POSTING = "posting"


CONTRACT_TITLES: dict[Contract, str] = {
    Contract.PERMANENT: "contrat à durée indéterminée",
    Contract.FIXED_TERM: "contrat à durée déterminée",
    Contract.SEASONAL: "contrat saisonnier",
    Contract.APPRENTICESHIP: "contrat d'apprentissage",
    Contract.PROFESSIONALISATION: "contrat de professionnalisation",
    Contract.POSTING: "détachement",
}
"""How French names each contract."""


class Posting(Value, frozen=True, kw_only=True):
    """Publication of the offer with bodies of the public employment service (CT R5221-20 1° b)."""

    body: Name
    """France Travail, Apec, Cap emploi…"""
    reference: Line | None = None
    published_from: date
    published_until: date
    applications: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    fitting_candidates: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


class Job(Value, frozen=True, kw_only=True):
    """The job offered; pay is gross, in euros per month, for the hours stated."""

    title: Name
    rome: Annotated[str, msgspec.Meta(pattern=r"^[A-N][0-9]{4}$(?!\n)")]
    fap: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][0-9][A-Z][0-9]{2}$(?!\n)")] | None = None
    contract: Contract
    start: date
    end: date | None = None
    hours_weekly: Annotated[float, msgspec.Meta(gt=0, le=60)]
    pay_monthly_gross: Euros
    agreement_minimum_monthly: Euros | None = None
    """Minimum of the collective agreement for the grade, as the employer states it; no pay grid is loaded."""
    workplace: Address
    qualification: Line | None = None
    regulated_profession: bool = False
    posting: Posting | None = None
    housing_address: Address | None = None


class Mandate(Value, frozen=True, kw_only=True):
    """The written mandate under which a third party files (CT R5221-1 II)."""

    mandatary: Name
    siret: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{14}$(?!\n)")] | None = None
    signed_on: date
    document: str | None = None


class OtherUndertaking(Value, frozen=True, kw_only=True):
    """A principal, user or host undertaking on whom conditions also bear since 1 September 2024."""

    capacity: "Capacity"
    siret: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{14}$(?!\n)")]
    name: Name
    seat: Address


class Capacity(StrEnum):
    """In which capacity another undertaking takes part."""

    PRINCIPAL = "principal"
    USER = "user"
    HOST = "host"


CAPACITY_TITLES: dict[Capacity, str] = {
    Capacity.PRINCIPAL: "donneur d'ordre",
    Capacity.USER: "entreprise utilisatrice",
    Capacity.HOST: "entreprise d'accueil",
}
"""How French names the capacity of another undertaking."""


class DocumentRef(Value, frozen=True, kw_only=True):
    """A document as received: its slot in the checklist, its bytes by hash; versions are never overwritten."""

    id: str
    version: int
    item: str
    """Stable key of the checklist item, or `other`."""
    title: Line
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    bytes: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    media_type: str = "application/pdf"


class AttachedDocument(Value, frozen=True, kw_only=True):
    """A document as announced by a filer; smoe gives it its identifier and version."""

    item: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    title: Name
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    bytes: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    media_type: Annotated[str, msgspec.Meta(max_length=100)] = "application/pdf"


class Introduction(Value, frozen=True, kw_only=True, tag_field="procedure", tag="introduction_permanent"):
    """P1: a worker recruited outside France on a permanent contract."""


class FixedTermIntroduction(Value, frozen=True, kw_only=True, tag_field="procedure", tag="introduction_fixed_term"):
    """P2: a worker recruited outside France on a fixed-term contract."""


class Diploma(Value, frozen=True, kw_only=True):
    """A diploma the worker holds."""

    title: Name
    level: Annotated[int, msgspec.Meta(ge=1, le=8)]
    """Level of the French framework of certifications; 7 is a Master."""
    obtained_on: date
    in_france: bool
    field: Line = ""


class ChangeOfStatus(Value, frozen=True, kw_only=True, tag_field="procedure", tag="change_of_status"):
    """P3: a worker who already lives in France under another title."""

    studies_finished_in_france: bool = False
    diplomas: tuple[Diploma, ...] = ()
    experience: Annotated[str, msgspec.Meta(max_length=5_000)] = ""
    """Experience gained in France or abroad, side jobs of a student included."""
    job_related_to_studies: bool | None = None


class Renewal(Value, frozen=True, kw_only=True, tag_field="procedure", tag="renewal"):
    """P4: renewal of a permit, asked in the second month before it expires (CT R5221-32)."""

    earlier_permit: Line
    """Number of the permit to renew."""
    earlier_expires_on: date
    first_renewal: bool = True
    same_job: bool = True
    same_zone: bool = True
    involuntarily_unemployed: bool = False
    contract_broken_on: date | None = None
    earlier_hired_on: date | None = None
    unemployment_benefit_until: date | None = None
    """Last day of the rights to unemployment benefit, in view of which a later renewal is decided (CT R5221-33)."""


class Seasonal(Value, frozen=True, kw_only=True, tag_field="procedure", tag="seasonal"):
    """P5: seasonal work, six months a year in all, housing proved for the whole stay."""

    months_already_worked: Annotated[int, msgspec.Meta(ge=0, le=12)] = 0
    """Months of seasonal work in the same twelve months, before this contract."""
    housing_statement: bool = False
    """A sworn statement of decent housing with its exact address is joined."""
    residence_abroad_kept: bool = True


class StudentAboveQuota(Value, frozen=True, kw_only=True, tag_field="procedure", tag="student_above_quota"):
    """P6: a student who will work more than the yearly quota."""

    institution: Name
    course: Name
    enrolled_until: date
    hours_yearly: Annotated[int, msgspec.Meta(ge=1, le=2_500)]
    related_to_studies: bool
    in_first_year_of_stay: bool | None = None
    """Whether the student is still in the first year of stay: it closes most training contracts (CT R5221-7)."""
    master_level_course: bool | None = None
    branch_hours_yearly: Annotated[int, msgspec.Meta(ge=1, le=2_500)] | None = None
    """Yearly working time of the branch, of which an Algerian student may work half."""


class AsylumSeeker(Value, frozen=True, kw_only=True, tag_field="procedure", tag="asylum_seeker"):
    """P7: an asylum seeker whose request OFPRA has not decided within six months."""

    ofpra_introduced_on: date
    ofpra_decided_on: date | None = None
    delay_imputable_to_applicant: bool = False
    attestation_valid_until: date


class AdmissionBasis(StrEnum):
    """The article on which an exceptional admission to stay is sought."""

    L435_1 = "L435-1"
    L435_2 = "L435-2"
    L435_3 = "L435-3"
    L435_4 = "L435-4"


class ExceptionalAdmission(Value, frozen=True, kw_only=True, tag_field="procedure", tag="exceptional_admission"):
    """P8: the prefecture of residence asks the platform about the employment of a person it may admit to stay."""

    basis: AdmissionBasis
    prefecture_department: DepartmentCode
    months_worked_last_24: Annotated[int, msgspec.Meta(ge=0, le=24)] | None = None
    years_of_residence: Annotated[float, msgspec.Meta(ge=0, le=90)] | None = None
    criminal_record_b2_clear: bool | None = None
    months_worked_not_counted: Annotated[int, msgspec.Meta(ge=0, le=24)] = 0
    """Months of these, worked as a seasonal worker, a student or an asylum seeker (CESEDA L435-4 al. 2)."""
    years_of_residence_not_counted: Annotated[float, msgspec.Meta(ge=0, le=90)] = 0.0
    """Years of these, spent under the same documents of stay."""
    community_years: Annotated[float, msgspec.Meta(ge=0, le=90)] | None = None
    """Years of uninterrupted activity in a community of solidarity (CESEDA L435-2)."""
    community_activity_is_real: bool | None = None
    entrusted_to_care_on: date | None = None
    """Day on which a minor was entrusted to child welfare or to a trustworthy person (CESEDA L435-3)."""
    training_since: date | None = None
    training_is_followed_seriously: bool | None = None


class PostingMission(Value, frozen=True, kw_only=True, tag_field="procedure", tag="posting"):
    """P9: a worker posted by an undertaking established abroad, other than within a group (ICT)."""

    foreign_employer: Name
    foreign_employer_country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    legal_basis: "PostingBasis"
    sipsi_declaration: Line | None = None
    workers_in_same_request: Annotated[int, msgspec.Meta(ge=1, le=500)] = 1


class PostingBasis(StrEnum):
    """The articles of the labour code under which a worker may be posted."""

    SERVICE = "L1262-1"
    TEMPORARY_WORK = "L1262-2"
    LABOUR_LOAN = "L8241-2"


class AuPair(Value, frozen=True, kw_only=True, tag_field="procedure", tag="au_pair"):
    """P10: a stay with a host family, under an agreement."""

    agreement_start: date
    agreement_end: date
    hours_weekly: Annotated[int, msgspec.Meta(ge=1, le=60)]
    kinship: bool = False
    knows_french_or_secondary_education: bool = True
    """Basic French, secondary education, or professional qualifications: any of them is enough."""
    earlier_stay_months: Annotated[int, msgspec.Meta(ge=0, le=24)] = 0
    family_of_same_nationality: bool = False


class InternshipCase(StrEnum):
    """The three cases of internship of CESEDA R426-16, the first in two kinds: they differ by their length."""

    VOCATIONAL = "vocational"
    """1°, in a vocational training of the country of residence."""
    CURRICULUM = "curriculum"
    """1°, in a school or university course, or a European or intergovernmental programme."""
    COMPANY = "company"
    """2°, the employee of an undertaking established abroad."""
    HOSPITAL = "hospital"
    """3°, in a public or non-profit hospital."""


class InternshipAgreement(Value, frozen=True, kw_only=True, tag_field="procedure", tag="internship_agreement"):
    """P11: an internship agreement to be stamped by the prefect."""

    internship: InternshipCase
    start: date
    end: date
    eu_or_intergovernmental_programme: bool = False
    sending_institution: Name
    tutor: Line = ""
    project: Text
    allowance_monthly: Euros | None = None
    earlier_hospital_months: Annotated[int, msgspec.Meta(ge=0, le=240)] = 0
    """Months of earlier hospital agreements, which all count (CESEDA R426-18)."""


class InternshipAmendment(Value, frozen=True, kw_only=True, tag_field="procedure", tag="internship_amendment"):
    """P11b: an amendment that extends a stamped internship agreement."""

    internship: InternshipCase
    agreement_number: Line
    agreement_start: date
    agreement_end: date
    new_end: date
    reason: Text
    earlier_extensions: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    earlier_hospital_months: Annotated[int, msgspec.Meta(ge=0, le=240)] = 0
    """Months of earlier hospital agreements, which all count (CESEDA R426-18)."""


class ViabilityOpinion(Value, frozen=True, kw_only=True, tag_field="procedure", tag="viability_opinion"):
    """P12: a foreigner asks for an opinion on the economic viability of an activity before filing for a card."""

    activity: Name
    activity_department: DepartmentCode
    legal_form: Line = ""
    capital: Euros | None = None
    turnover_forecast: Euros
    result_forecast: SignedEuros
    """Forecast yearly result before tax, in euros; may be negative."""
    monthly_income_forecast: Euros
    business_plan: bool = False
    regulated_profession: bool = False


class LimitedPermit(Value, frozen=True, kw_only=True, tag_field="procedure", tag="limited_permit"):
    """P14: a permit limited to an activity, an employer or a zone."""

    limited_to: Text
    zone: Line = ""


Particulars = (
    Introduction
    | FixedTermIntroduction
    | ChangeOfStatus
    | Renewal
    | Seasonal
    | StudentAboveQuota
    | AsylumSeeker
    | ExceptionalAdmission
    | PostingMission
    | AuPair
    | InternshipAgreement
    | InternshipAmendment
    | ViabilityOpinion
    | LimitedPermit
)
"""The facts proper to one procedure; the tag `procedure` says which."""


class LegalRegime(StrEnum):
    """Which body of rules governs the worker's stay."""

    CODE = "code"
    ALGERIAN = "algerian_agreement_1968"
    TUNISIAN = "tunisian_agreement_1988"
    OTHER_AGREEMENT = "other_bilateral_agreement"


class Request(Value, frozen=True, kw_only=True):
    """A request as filed, or as it stands after amendments."""

    particulars: Particulars
    worker: Worker
    employer: Company | PrivateEmployer | None = None
    job: Job | None = None
    mandate: Mandate | None = None
    undertakings: tuple[OtherUndertaking, ...] = ()
    legal_regime: LegalRegime = LegalRegime.CODE

    @property
    def procedure(self) -> Procedure:
        """The procedure that the particulars belong to."""
        return Procedure(str(self.particulars.__struct_config__.tag))
