"""Parts of the facts that acts of the administration, appeals and courts share."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from domain.findings import Assessment, ReasonGiven


class DecisionKind(StrEnum):
    """What a decision does; the value is the public and stored name."""

    GRANT = "grant"
    REFUSAL = "refusal"
    STAMP = "stamp"
    STAMP_REFUSAL = "stamp_refusal"
    OPINION_FAVOURABLE = "opinion_favourable"
    OPINION_UNFAVOURABLE = "opinion_unfavourable"
    IMPLICIT_REFUSAL = "implicit_refusal"
    IMPLICIT_GRANT = "implicit_grant"
    CLOSURE = "closure"
    WITHDRAWAL = "withdrawal"
    REPEAL = "repeal"

    @property
    def is_favourable(self) -> bool:
        """Whether the decision gives what was asked."""
        return self in {
            DecisionKind.GRANT,
            DecisionKind.STAMP,
            DecisionKind.OPINION_FAVOURABLE,
            DecisionKind.IMPLICIT_GRANT,
        }

    @property
    def can_be_appealed(self) -> bool:
        """An opinion is a preparatory act: it cannot be appealed by itself."""
        return self not in {DecisionKind.OPINION_FAVOURABLE, DecisionKind.OPINION_UNFAVOURABLE}


DECISION_TITLES: dict[DecisionKind, str] = {
    DecisionKind.GRANT: "autorisation de travail accordée",
    DecisionKind.REFUSAL: "refus d'autorisation de travail",
    DecisionKind.STAMP: "visa de la convention",
    DecisionKind.STAMP_REFUSAL: "refus de visa de la convention",
    DecisionKind.OPINION_FAVOURABLE: "avis favorable",
    DecisionKind.OPINION_UNFAVOURABLE: "avis défavorable",
    DecisionKind.IMPLICIT_REFUSAL: "rejet implicite",
    DecisionKind.IMPLICIT_GRANT: "acceptation implicite",
    DecisionKind.CLOSURE: "clôture du dossier incomplet",
    DecisionKind.WITHDRAWAL: "retrait",
    DecisionKind.REPEAL: "abrogation",
}
"""How French names each kind of decision."""


class Addressee(StrEnum):
    """Whom a decision is notified to: the filer and the foreigner (CT R5221-17), or the prefecture that asked."""

    EMPLOYER = "employer"
    WORKER = "worker"
    PREFECTURE = "prefecture"


ADDRESSEE_TITLES: dict[Addressee, str] = {
    Addressee.EMPLOYER: "l'employeur",
    Addressee.WORKER: "l'étranger",
    Addressee.PREFECTURE: "la préfecture",
}
"""How French names each addressee, with an article that stands alike after « à », « de » and « par »."""


class AccessQuality(StrEnum):
    """In which quality somebody who did not file is given access to a case."""

    EMPLOYER = "employer"
    WORKER = "worker"
    EMPLOYER_COUNSEL = "employer_counsel"
    WORKER_COUNSEL = "worker_counsel"

    @property
    def addressee(self) -> Addressee:
        """The addressee that they are, or that they act for."""
        return Addressee.EMPLOYER if self.value.startswith("employer") else Addressee.WORKER


ACCESS_QUALITY_TITLES: dict[AccessQuality, str] = {
    AccessQuality.EMPLOYER: "employeur",
    AccessQuality.WORKER: "étranger",
    AccessQuality.EMPLOYER_COUNSEL: "conseil de l'employeur",
    AccessQuality.WORKER_COUNSEL: "conseil de l'étranger",
}
"""How French names each quality, without an article."""


class StageKind(StrEnum):
    """Why the case is being examined: the first time, on appeal, or because a court ordered it."""

    FIRST = "first"
    APPEAL = "appeal"
    COURT = "court"


class Stage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The examination under way; `ref` names the appeal, judgment or order that opened it."""

    kind: StageKind = StageKind.FIRST
    ref: str | None = None
    due_on: date | None = None
    """Day fixed by a court's injunction."""


class Signatory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The author of an act as it must be named (CRPA L212-1, L212-2 1°); a public capacity, not sealed."""

    identity: str
    name: str
    quality: str
    service: str
    delegation: str
    """Number of the delegation of signature."""
    delegation_published_on: date
    delegation_publication: str
    """Reference of the official gazette of acts (recueil des actes administratifs)."""


class Remedies(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Remedies and time limits as the notice states them (CJA R421-5); text and court."""

    text: str
    tribunal: str | None
    """None when the court could not be determined: the limits then do not run."""
    complete: bool


class SignedDecision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything an express decision says; the same parts whatever its kind."""

    decision: str
    """Identifier within the case: D1, D2…"""
    kind: DecisionKind
    stage: Stage
    signed_on: date
    signatory: Signatory
    competent_prefect: str
    deciding_prefect: str
    assessments: tuple[Assessment, ...]
    """Every condition as assessed, with the version of its text."""
    reasons: tuple[ReasonGiven, ...] = ()
    explanation: str = ""
    """Why a discretion was used, which items stayed missing, what justifies a withdrawal."""
    reference_versions: dict[str, str] = {}
    remedies: Remedies | None = None
    algorithmic_notice: str = ""
    """The notice of CRPA L311-3-1: an algorithm prepared the decision, which rules it applied."""
    legal_bases: tuple[str, ...] = ()
    """Texts on the situation of a student, an asylum seeker or a minor in care that the decision cites."""
    prior_hearing: str = ""
    """What came of the hearing before a withdrawal or repeal, or why there was none (CRPA L121-1, L121-2)."""


class Permit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A permit as delivered; dates inclusive."""

    number: str
    valid_from: date
    valid_until: date | None
    """None for a permanent contract."""
    employer_siret: str | None
    rome: str
    job_title: str
    limited_to: str = ""
    zone: str = "France métropolitaine"


class AppealKind(StrEnum):
    """To whom an administrative appeal is made."""

    GRACIOUS = "gracious"
    HIERARCHICAL = "hierarchical"


class AppealOutcome(StrEnum):
    """How an administrative appeal ends."""

    REJECTED = "rejected"
    UPHELD = "upheld"


class PleaKind(StrEnum):
    """Grounds pleaded against a decision (moyens)."""

    INCOMPETENCE = "incompetence"
    FORM = "form"
    REASONS = "reasons"
    PROCEDURE = "procedure"
    ERROR_OF_LAW = "error_of_law"
    ERROR_OF_FACT = "error_of_fact"
    CLASSIFICATION = "classification"
    APPRECIATION = "appreciation"
    MISUSE_OF_POWER = "misuse_of_power"
    ECHR_8 = "echr_8"


class CourtAction(StrEnum):
    """Kinds of court proceedings."""

    ANNULMENT = "annulment"
    SUSPENSION = "suspension"
    LIBERTY = "liberty"
    USEFUL_MEASURES = "useful_measures"
    APPEAL = "appeal"
    CASSATION = "cassation"


class JudgmentOutcome(StrEnum):
    """Outcomes of proceedings."""

    ANNULLED = "annulled"
    PARTLY_ANNULLED = "partly_annulled"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    INADMISSIBLE = "inadmissible"
    NO_NEED_TO_RULE = "no_need_to_rule"
    WITHDRAWN = "withdrawn"
    INCOMPETENT = "incompetent"
    """The court holds that another one is competent."""
    REMITTED = "remitted"
    """A higher court annulled the ruling and sent the claim back below."""


class InjunctionKind(StrEnum):
    """What a court orders the administration to do (CJA L911-1, L911-2)."""

    ISSUE = "issue"
    REEXAMINE = "reexamine"


class Injunction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order of the court, its delay in days from notification, and a penalty in euros per day."""

    kind: InjunctionKind
    delay_days: int
    penalty_daily_euros: int = 0


class RequestedItem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An item asked for under CRPA L114-5, with the text that requires it."""

    item: str
    label: str
    required_by: str


class LetterRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A letter by template and version, so that the same data give the same text again."""

    template: str
    template_version: int


class ServiceContact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where the service in charge can be reached (CRPA R112-11-1)."""

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""

    @property
    def complete(self) -> bool:
        """Whether every field that the acknowledgement must state is known."""
        return bool(self.address and self.phone and self.email)


class DelegatedAct(StrEnum):
    """Kinds of act that a delegation of signature may cover."""

    GRANT = "grant"
    REFUSAL = "refusal"
    CLOSURE = "closure"
    STAMP = "stamp"
    OPINION = "opinion"
    WITHDRAWAL = "withdrawal"
    APPEAL = "appeal"
    DEFENCE = "defence"


class Delegation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A delegation of signature: who may sign which acts, for which prefect, from when, published when."""

    id: UUID
    number: str
    identity: str
    name: str
    quality: str
    service: str
    platform: str
    departments: tuple[str, ...]
    """Departments whose prefect's competence is delegated; `*` for all of the platform's."""
    acts: tuple[DelegatedAct, ...]
    own_assessments: bool = False
    """Whether the signatory may sign what they assessed themselves."""
    starts_on: date
    ends_on: date | None = None
    published_on: date | None = None
    publication: str = ""


class RoutingLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of a routing table: the requests of a department, seasonal or not, go to a platform."""

    department: str
    """`*` for all departments."""
    seasonal: bool
    platform: str
    deciding_department: str
    """Department of the prefect who decides by delegation of management."""
    confirmed: bool
    source: str
    effective_from: date | None = None
