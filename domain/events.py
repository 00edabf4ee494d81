"""Every fact that can happen to a case, to the administration or to a register beside them, and the unions of these."""

from datetime import date, datetime
from typing import Annotated, Final, get_args
from uuid import UUID

import msgspec

from domain.acts import (
    AccessQuality,
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    Delegation,
    Injunction,
    JudgmentOutcome,
    Permit,
    PleaKind,
    Remedies,
    RequestedItem,
    RoutingLine,
    ServiceContact,
    SignedDecision,
    Stage,
)
from domain.envelope import Event, PersonalChoice, PersonalDate, PersonalText, Role
from domain.findings import Assessment, Criterion, Exhibit, Finding, Met, ReasonGiven, RuleId
from domain.papers import BuildOutcome, ChosenExhibit, FileFault, LetterKind, ScanVerdict, Sha256
from domain.request import DocumentRef, Request

# --- filing -----------------------------------------------------------------------------------------------------------


class RequestFiled(Event, frozen=True, kw_only=True):
    """A request was filed through the teleservice (CT R5221-15)."""

    number: str
    """Public number of the case, written on every letter."""
    request: Request
    filed_by: str
    """Identity of the filer: it gives them their right to the case."""
    filed_as: Role
    filed_on: date
    documents: tuple[DocumentRef, ...] = ()
    earlier_case: UUID | None = None


class RegistrationReceiptIssued(Event, frozen=True, kw_only=True):
    """The instant receipt of an electronic filing (CRPA R112-11-2)."""

    number: str
    issued_on: date

    @property
    def is_automatic(self) -> bool:
        """smoe delivers it at once."""
        return True


class AcknowledgementIssued(Event, frozen=True, kw_only=True):
    """The acknowledgement of receipt, with what silence will mean and the remedies (CRPA R112-11-1)."""

    issued_on: date
    received_on: date
    contact: ServiceContact
    silence_rule: str
    silence_effect: str
    """`reject`, `grant` or `none`."""
    implicit_decision_on: date | None
    missing_items: tuple[str, ...] = ()
    remedies: Remedies | None = None
    complete: bool
    """False when a required field is unknown: time limits are then not opposable (CRPA L112-12)."""

    @property
    def is_automatic(self) -> bool:
        """smoe delivers it as soon as the case is routed."""
        return True


class RequestAmended(Event, frozen=True, kw_only=True):
    """The filer changed the request; the earlier facts stay in the history."""

    request: Request
    changes: tuple[str, ...]
    """JSON pointers of what changed."""
    reason: str
    amended_on: date


class RequestAbandoned(Event, frozen=True, kw_only=True):
    """The filer gave the request up (désistement)."""

    reason: str
    abandoned_on: date


class DocumentReceived(Event, frozen=True, kw_only=True):
    """A document arrived."""

    document: DocumentRef
    received_on: date


class DocumentRefused(Event, frozen=True, kw_only=True):
    """A document was found unusable, with the reason the filer is told."""

    document: str
    version: int
    reason: str
    refused_on: date


class DocumentReplaced(Event, frozen=True, kw_only=True):
    """A new version of a document arrived; the earlier one stays."""

    document: DocumentRef
    replaces_version: int
    reason: str
    replaced_on: date


# --- routing ----------------------------------------------------------------------------------------------------------


class RequestRouted(Event, frozen=True, kw_only=True):
    """The case has a competent prefect, a deciding prefect and a platform, by which rule on which facts."""

    rule: str
    """The text that routes: « CT R5221-15 »."""
    table_version: str
    facts: dict[str, str]
    competent_department: str
    competent_prefect: str
    deciding_department: str
    deciding_prefect: str
    platform: str
    first_received_on: date
    """Receipt by the first administration seized: silence that rejects runs from here (CRPA L114-3)."""
    received_on: date
    """Receipt by the competent administration: silence that accepts runs from here (CRPA L114-3)."""
    confirmed: bool = True
    """False when the routing table's line is not confirmed by a source."""
    by_hand: bool = False
    rule_since: date | None = None
    """Day from which this version of the text applies."""
    ground: str = ""
    """Why this department, in a French clause."""

    @property
    def is_automatic(self) -> bool:
        """The table routes, unless somebody did."""
        return not self.by_hand


class RequestTransferred(Event, frozen=True, kw_only=True):
    """The case was sent to another platform or prefect; both receipt dates are kept (CRPA L114-3)."""

    reason: str
    from_platform: str
    competent_department: str
    competent_prefect: str
    deciding_department: str
    deciding_prefect: str
    platform: str
    transferred_on: date
    received_on: date | None = None
    """Receipt by the competent administration; the day of the transfer in facts that do not say it."""
    rule: str = ""
    """The text that designates the competent prefect on the day of the transfer."""
    rule_since: date | None = None
    table_version: str = ""
    facts: dict[str, str] = {}
    ground: str = ""


class RoutingLeftToHand(Event, frozen=True, kw_only=True):
    """No platform is known for the department: somebody must route the case."""

    rule: str
    table_version: str
    facts: dict[str, str]
    competent_department: str | None
    why: str
    first_received_on: date
    rule_since: date | None = None
    ground: str = ""

    @property
    def is_automatic(self) -> bool:
        """The table had no answer."""
        return True


# --- examination ------------------------------------------------------------------------------------------------------


class CaseClaimed(Event, frozen=True, kw_only=True):
    """An agent took the case."""

    agent: str
    agent_name: str


class CaseReleased(Event, frozen=True, kw_only=True):
    """The case went back to the queue."""

    agent: str
    reason: str = ""


class CaseAssigned(Event, frozen=True, kw_only=True):
    """A manager gave the case to an agent."""

    agent: str
    agent_name: str
    reason: str = ""


class MissingItemsRequested(Event, frozen=True, kw_only=True):
    """Items required by a text were asked for, with a delay; the clock of silence is suspended (CRPA L114-5)."""

    request: str
    """Identifier within the case: M1, M2…"""
    items: tuple[RequestedItem, ...]
    requested_on: date
    due_on: date
    suspends: bool
    """Whether the clock is suspended (rejection) or starts only when complete (acceptance)."""
    message: str = ""


class MissingItemsSupplied(Event, frozen=True, kw_only=True):
    """What was asked for arrived; the suspension ends, early or not (CRPA L114-5)."""

    request: str
    documents: tuple[DocumentRef, ...]
    complete: bool
    supplied_on: date
    message: str = ""


class OpinionRequested(Event, frozen=True, kw_only=True):
    """Another body was asked for its opinion (CT L5221-7)."""

    opinion: str
    body: str
    question: str
    criterion: Criterion | None = None
    requested_on: date
    due_on: date | None = None


class OpinionGiven(Event, frozen=True, kw_only=True):
    """A body gave its opinion; for a criminal record only the finding is kept (GDPR article 10)."""

    opinion: str
    adverse: bool
    finding: str
    exhibits: tuple[Exhibit, ...] = ()
    given_on: date


class NoteAdded(Event, frozen=True, kw_only=True):
    """An internal note."""

    person: UUID
    text: PersonalText


# --- assessment -------------------------------------------------------------------------------------------------------


class CriterionAssessed(Event, frozen=True, kw_only=True):
    """A condition of the text was assessed: by which article, in which version, on which facts and exhibits."""

    assessment: Assessment
    assessed_by: str
    assessed_on: date
    stage: Stage
    reference_versions: dict[str, str] = {}


class FindingOverridden(Event, frozen=True, kw_only=True):
    """An agent set a computed finding aside, with a reason."""

    criterion: Criterion
    rule: RuleId
    computed: Finding
    met: Met
    reason: str
    exhibits: tuple[Exhibit, ...] = ()
    overridden_by: str
    overridden_on: date


# --- decision ---------------------------------------------------------------------------------------------------------


class DecisionProposed(Event, frozen=True, kw_only=True):
    """An agent proposed a decision for signature."""

    kind: DecisionKind
    stage: Stage
    reasons: tuple[ReasonGiven, ...] = ()
    explanation: str = ""
    """For a discretionary refusal, why the discretion is used; for a closure, which items stayed missing."""
    permit: Permit | None = None
    proposed_by: str
    proposed_on: date


class ProposalReturned(Event, frozen=True, kw_only=True):
    """The signatory sent the proposal back to the agent."""

    reason: str
    returned_on: date


class RequestGranted(Event, frozen=True, kw_only=True):
    """A permit was granted (CT R5221-17)."""

    decision: SignedDecision
    permit: Permit


class RequestRefused(Event, frozen=True, kw_only=True):
    """The request was refused, with reasons in law and in fact (CRPA L211-2, L211-5)."""

    decision: SignedDecision


class AgreementStamped(Event, frozen=True, kw_only=True):
    """An agreement was stamped (CESEDA R426-20, R426-21)."""

    decision: SignedDecision
    number: str


class AgreementStampRefused(Event, frozen=True, kw_only=True):
    """The stamp was refused (CESEDA R426-20)."""

    decision: SignedDecision


class OpinionIssued(Event, frozen=True, kw_only=True):
    """An opinion was given to the applicant or to the prefecture; it is not a decision (CESEDA R421-9)."""

    decision: SignedDecision


class ImplicitDecisionArisen(Event, frozen=True, kw_only=True):
    """Silence became a decision, on its legal date, whatever the day it was recorded."""

    decision: str
    kind: DecisionKind
    rule: str
    articles: str
    explanation: str
    arisen_on: date
    permit: Permit | None = None

    @property
    def takes_effect_on(self) -> date | None:
        """The day silence became a decision."""
        return self.arisen_on


class CaseClosed(Event, frozen=True, kw_only=True):
    """The case was closed as incomplete: reasoned, notified and open to appeal."""

    decision: SignedDecision
    missing_items: tuple[str, ...]
    request: str
    """The request for items whose delay expired."""


# --- notification -----------------------------------------------------------------------------------------------------


class DecisionMadeAvailable(Event, frozen=True, kw_only=True):
    """The decision was made available to an addressee (CT R5221-17, CRPA L112-15)."""

    decision: str
    addressee: Addressee
    available_on: date
    channel: str
    """`teleservice` or `post`."""


class DecisionFirstRead(Event, frozen=True, kw_only=True):
    """An addressee read the decision, or received it by post, for the first time: it is notified (CRPA R112-20)."""

    decision: str
    addressee: Addressee
    read_at: datetime
    received_on: date | None = None
    """Day on the slip of a registered letter, which notifies whatever the day it was recorded."""

    @property
    def takes_effect_on(self) -> date | None:
        """The day on the slip; None for a reading, which takes effect at once."""
        return self.received_on


class DecisionDeemedNotified(Event, frozen=True, kw_only=True):
    """Unread for fifteen days: notified on the day it was made available (CRPA R112-20)."""

    decision: str
    addressee: Addressee
    notified_on: date
    article: str = "CRPA R112-20"

    @property
    def takes_effect_on(self) -> date | None:
        """The day the decision had been made available."""
        return self.notified_on


# --- after the grant --------------------------------------------------------------------------------------------------


class ElectronicNotificationAccepted(Event, frozen=True, kw_only=True):
    """An addressee agreed to be notified electronically in the place of a registered letter (CRPA R112-17)."""

    addressee: Addressee
    accepted_on: date


class PriorHearingOpened(Event, frozen=True, kw_only=True):
    """The parties were told of an intended withdrawal or repeal and may observe (CRPA L121-1, L122-1)."""

    hearing: str
    decision: str
    intended: DecisionKind
    grounds: str
    legal_basis: str
    opened_on: date
    observations_until: date
    rights: str = ""
    """What the parties are told that they may do: write, be heard, be assisted, have the file (CRPA L122-1, L122-2)."""


class ObservationsReceived(Event, frozen=True, kw_only=True):
    """A party's observations arrived."""

    hearing: str
    addressee: Addressee
    person: UUID
    text: PersonalText
    received_on: date
    oral: bool = False
    """Whether the party was heard, rather than wrote."""
    asks_to_be_heard: bool = False
    assisted: bool = False
    """Whether counsel assisted the party, or a mandatary of its choice represented it."""


class PermitWithdrawn(Event, frozen=True, kw_only=True):
    """A grant was withdrawn, for the past and the future (CRPA L242-1, L241-2)."""

    decision: SignedDecision
    withdraws: str
    legal_basis: str
    hearing: str | None


class PermitRepealed(Event, frozen=True, kw_only=True):
    """A grant was repealed for the future (CRPA L242-1, L242-2)."""

    decision: SignedDecision
    repeals: str
    legal_basis: str
    hearing: str | None
    effective_on: date

    @property
    def takes_effect_on(self) -> date | None:
        """The day the permit stops."""
        return self.effective_on


class MedicalCertificateMissing(Event, frozen=True, kw_only=True):
    """No medical certificate three months after the permit: it may be withdrawn (CT L5221-5)."""

    decision: str
    noted_on: date
    three_months_ended_on: date


# --- appeals ----------------------------------------------------------------------------------------------------------


class AppealLodged(Event, frozen=True, kw_only=True):
    """An administrative appeal was received (CRPA L411-2)."""

    appeal: str
    kind: AppealKind
    against: str
    lodged_by: Addressee
    received_on: date
    posted_on: date | None = None
    """Day of the postmark of a letter: it is what counts for the limit (CRPA L112-1)."""
    in_time: bool | None
    """None when the limit does not run: remedies or proof of notification are missing."""
    person: UUID
    arguments: PersonalText
    pleas: tuple[PleaKind, ...] = ()
    documents: tuple[DocumentRef, ...] = ()
    implicit_rejection_on: date


class AppealAcknowledged(Event, frozen=True, kw_only=True):
    """The appeal was acknowledged, with what silence means (CRPA L112-3, R112-5)."""

    appeal: str
    acknowledged_on: date
    implicit_rejection_on: date
    contact: ServiceContact


class AppealDecided(Event, frozen=True, kw_only=True):
    """An administrative appeal was decided on the law and facts of its own date (CRPA L411-4)."""

    appeal: str
    outcome: AppealOutcome
    decision: SignedDecision | None = None
    """The signed rejection; None when a new decision of the case answers, or the minister decided."""
    by_minister: bool = False
    decided_on: date
    summary: str = ""
    notified_on: date | None = None
    """When the minister's answer reached the author of the appeal; None while no proof of it is held."""


class AppealImplicitlyRejected(Event, frozen=True, kw_only=True):
    """Two months' silence rejected the appeal (CRPA L411-7)."""

    appeal: str
    arisen_on: date
    explanation: str

    @property
    def takes_effect_on(self) -> date | None:
        """The day silence became a rejection."""
        return self.arisen_on


class ReasonsRequested(Event, frozen=True, kw_only=True):
    """The reasons of an implicit decision were asked for (CRPA L232-4)."""

    decision: str
    requested_on: date
    due_on: date


class ReasonsCommunicated(Event, frozen=True, kw_only=True):
    """The reasons of an implicit decision were given within the month (CRPA L232-4)."""

    decision: str
    reasons: tuple[ReasonGiven, ...]
    communicated_on: date


# --- litigation -------------------------------------------------------------------------------------------------------


class LitigationOpened(Event, frozen=True, kw_only=True):
    """A court was seized (CJA R421-1, R312-10)."""

    litigation: str
    action: CourtAction
    court: str
    court_number: str
    against: str
    lodged_by: Addressee | None
    """None when the State contests what was judged: `represented_by` then names who appeals for it."""
    lodged_on: date
    competent_court: str | None
    """The court of the place of work by the tables; None when unknown."""
    represented_by: str
    """Who defends the State: the prefect (CJA R431-10) or the minister (CJA R811-10)."""
    pleas: tuple[PleaKind, ...] = ()
    main_litigation: str | None = None


class ClaimServed(Event, frozen=True, kw_only=True):
    """The claim reached the administration through Télérecours (CJA R611-8-6)."""

    litigation: str
    made_available_on: date
    served_on: date

    @property
    def takes_effect_on(self) -> date | None:
        """First reading, or two working days after it was made available."""
        return self.served_on


class DefencePeriodSet(Event, frozen=True, kw_only=True):
    """The rapporteur set a period for the defence (CJA R611-10, R611-17)."""

    litigation: str
    set_on: date
    due_on: date


class FormalNoticeReceived(Event, frozen=True, kw_only=True):
    """Formal notice to file: without an answer the facts are deemed admitted (CJA R612-3, R612-6)."""

    litigation: str
    received_on: date
    due_on: date


class DefenceFiled(Event, frozen=True, kw_only=True):
    """A defence brief was filed, with its exhibits."""

    litigation: str
    filed_on: date
    exhibits: tuple[Exhibit, ...] = ()
    summary: str = ""
    late: bool = False


class GroundSubstituted(Event, frozen=True, kw_only=True):
    """The defence asked the judge to substitute a ground; the first decision keeps its own."""

    litigation: str
    replaces: Criterion
    reason: ReasonGiven
    asked_on: date


class InvestigationClosed(Event, frozen=True, kw_only=True):
    """The written investigation was closed by order (CJA R613-1)."""

    litigation: str
    closes_on: date


class HearingSet(Event, frozen=True, kw_only=True):
    """The hearing was announced (CJA R711-2); without an order, briefs close three clear days before (R613-2)."""

    litigation: str
    announced_on: date
    hearing_on: date
    investigation_closes_on: date


class JudgmentRecorded(Event, frozen=True, kw_only=True):
    """A court ruled.

    `outcome` is what becomes of the claim against the decision, unless a higher court leaves the ruling below standing:
    it is then what becomes of the appeal.
    """

    litigation: str
    outcome: JudgmentOutcome
    judged_on: date
    notified_on: date
    injunction: Injunction | None = None
    costs_euros: int = 0
    summary: str
    flaws: tuple[PleaKind, ...] = ()
    judgment_annulled: bool = False
    """Whether a higher court annulled the ruling that was contested before it."""
    annuls_rejection_of: str | None = None
    """The gracious appeal whose rejection alone is annulled: the first decision stands."""
    no_serious_doubt: bool = False
    """The urgent judge rejected for want of a serious doubt: the main claim must be confirmed (CJA R612-5-2)."""


class ProceedingsTransferred(Event, frozen=True, kw_only=True):
    """The claim goes on before another court of the same level, under another number (CJA R351-3)."""

    litigation: str
    from_court: str
    from_number: str
    court: str
    court_number: str
    transferred_on: date

    @property
    def takes_effect_on(self) -> date | None:
        """The day of the order that transfers."""
        return self.transferred_on


class MainClaimConfirmed(Event, frozen=True, kw_only=True):
    """The applicant maintained the claim for annulment after a suspension was refused (CJA R612-5-2)."""

    litigation: str
    suspension: str
    confirmed_on: date


class LegalBasisSubstituted(Event, frozen=True, kw_only=True):
    """The defence asked the judge to put another text in the place of one of the decision's; that one keeps its own."""

    litigation: str
    replaces: RuleId
    basis: RuleId
    explanation: str
    asked_on: date


class AppealReopened(Event, frozen=True, kw_only=True):
    """A court annulled the rejection of a gracious appeal and nothing else: that appeal is to be answered again."""

    appeal: str
    litigation: str
    reopened_on: date
    implicit_rejection_on: date
    due_on: date | None = None
    """Day fixed by the court's injunction."""


class SuspensionOrdered(Event, frozen=True, kw_only=True):
    """The urgent-applications judge suspended the decision (CJA L521-1)."""

    litigation: str
    decision: str
    ordered_on: date
    notified_on: date
    injunction: Injunction | None = None
    summary: str


class ReexaminationOrdered(Event, frozen=True, kw_only=True):
    """A court's injunction re-opens the case, with its own clock (CJA L911-1, L911-2)."""

    litigation: str
    decision: str
    ordered_on: date
    due_on: date
    kind: str


# --- OFII and the tax authority ---------------------------------------------------------------------------------------


class OfiiNotified(Event, frozen=True, kw_only=True):
    """The grant was sent to OFII: contract over three months, or seasonal (CT R5221-18)."""

    message: str
    decision: str
    ground: str
    sent_on: date
    siret: str | None
    rome: str
    contract: str
    start: date
    end: date | None
    duration_months: int | None
    pay_monthly_gross: str
    seasonal: bool
    tax_debtor_siret: str | None = None
    """Who owes the employer tax, which OFII collected until the end of 2022."""
    indicative_amount_euros: str | None = None
    """For information only, and only on grants before 2023."""


class TaxAuthorityNotified(Event, frozen=True, kw_only=True):
    """The hire was signalled to DGFiP, which collects the employer tax since 1 January 2023 (CESEDA L436-10)."""

    message: str
    decision: str
    sent_on: date
    siret: str | None
    duration_months: int | None
    pay_monthly_gross: str
    seasonal: bool
    start: date | None = None
    end: date | None = None
    indicative_amount_euros: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)?$(?!\n)")] | None = None
    """For information only: the tax is never computed as binding here."""
    regime: str = ""
    """Why the hire is taxed apart, when it is."""


class NotificationAcknowledged(Event, frozen=True, kw_only=True):
    """The recipient acknowledged a message."""

    message: str
    recipient: str
    reference: str
    acknowledged_on: date


class NotificationFailed(Event, frozen=True, kw_only=True):
    """A message could not be delivered."""

    message: str
    recipient: str
    cause: str
    failed_on: date


# --- access -----------------------------------------------------------------------------------------------------------


class CaseAccessGiven(Event, frozen=True, kw_only=True):
    """An addressee who did not file, or their counsel, was given access to the case."""

    identity: str
    """At the identity provider."""
    quality: AccessQuality
    basis: str
    """What showed that they are who they say: a title of identity, a mandate, a letter."""
    given_on: date


class CaseAccessEnded(Event, frozen=True, kw_only=True):
    """An access to the case ended."""

    identity: str
    reason: str
    ended_on: date


# --- holds and erasure ------------------------------------------------------------------------------------------------


class LegalHoldPlaced(Event, frozen=True, kw_only=True):
    """The case must be kept, whatever its retention period."""

    hold: str
    reason: str
    placed_on: date


class LegalHoldLifted(Event, frozen=True, kw_only=True):
    """A hold ended."""

    hold: str
    reason: str
    lifted_on: date


class PersonErased(Event, frozen=True, kw_only=True):
    """The key of a person was destroyed: their sealed fields can no longer be read."""

    person: UUID
    reason: str
    erased_on: date
    archival_visa: str = ""
    """Reference of the visa of the departmental archives; empty in facts of before it was asked for."""


class PersonRectified(Event, frozen=True, kw_only=True):
    """What the case says of a person was corrected at their request (GDPR article 16); earlier facts stay."""

    person: UUID
    changed: tuple[str, ...]
    """Names of the fields that follow and were corrected; the others say nothing."""
    family_name: PersonalChoice = None
    given_names: PersonalChoice = None
    birth_date: PersonalDate = None
    nationality: str | None = None
    passport_number: PersonalChoice = None
    foreigner_number: PersonalChoice = None
    email: PersonalChoice = None
    street: PersonalChoice = None
    reason: PersonalText
    exhibits: tuple[Exhibit, ...] = ()
    rectified_on: date


# --- files, letters and bundles ---------------------------------------------------------------------------------------


class DocumentExamined(Event, frozen=True, kw_only=True):
    """The bytes of a version of a document have arrived and were looked at: what they are, what is wrong with them."""

    document: str
    version: int
    sha256: Sha256
    bytes: int
    media_type: str
    """As the bytes say, whatever was declared."""
    pages: int | None = None
    """None for what has no pages, or where they cannot be counted."""
    faults: tuple[FileFault, ...] = ()
    examiner: str
    """Program and version that looked."""
    examined_on: date

    @property
    def is_automatic(self) -> bool:
        return True


class DocumentScanned(Event, frozen=True, kw_only=True):
    """A virus scanner has judged the bytes of a version of a document."""

    document: str
    version: int
    sha256: Sha256
    verdict: ScanVerdict
    signature: str = ""
    """What was found, by the scanner's name for it."""
    engine: str
    """Scanner and version of its signatures, as it says them itself."""
    scanned_on: date

    @property
    def is_automatic(self) -> bool:
        return True


class LetterIssued(Event, frozen=True, kw_only=True):
    """A letter was written: which template on which data gave which bytes."""

    letter: str
    """L1, L2… within the case."""
    kind: LetterKind
    about: str
    """What it is about within the case: D1, A1, M1, H1; empty for the request itself."""
    addressee: Addressee | None = None
    on_version: int
    """The version of the case whose facts it tells."""
    template: str
    """Name and version: `refusal/1`."""
    data_sha256: Sha256
    """Of the data it was made of, kept beside it."""
    sha256: Sha256
    """Of the PDF."""
    bytes: int
    certificate_sha256: str = ""
    """Of the certificate that signed it (PAdES); empty where none did."""
    dated: date
    """The date that it bears."""
    issued_on: date

    @property
    def is_automatic(self) -> bool:
        return True


class BundlePrepared(Event, frozen=True, kw_only=True):
    """Exhibits were proposed for the defence of a decision, by a recipe."""

    bundle: str
    """B1, B2… within the case."""
    decision: str
    litigation: str | None
    recipe: str
    """Name and version: `excess_of_power/1`."""
    exhibits: tuple[ChosenExhibit, ...]
    prepared_on: date


class BundleArranged(Event, frozen=True, kw_only=True):
    """The exhibits of a bundle were arranged by hand; this is all of them, in their order."""

    bundle: str
    exhibits: tuple[ChosenExhibit, ...]
    arranged_on: date


class BundleOrdered(Event, frozen=True, kw_only=True):
    """A bundle is to be built as it is arranged, on the case as it was then."""

    bundle: str
    build: int
    """1, 2… within the bundle."""
    on_version: int
    """The version of the case that it tells."""
    ordered_on: date


class BundleBuilt(Event, frozen=True, kw_only=True):
    """A bundle was built whole."""

    bundle: str
    build: int
    sha256: Sha256
    """Of the archive."""
    bytes: int
    exhibits: int
    pages: int
    """Of the merged file."""
    faulty: tuple[int, ...] = ()
    """Numbers of exhibits that are there, but could not be shown in the merged file."""
    built_on: date

    @property
    def is_automatic(self) -> bool:
        return True


class BundleBuildEnded(Event, frozen=True, kw_only=True):
    """The building of a bundle ended without one."""

    bundle: str
    build: int
    outcome: BuildOutcome
    why: str
    ended_on: date


# --- administration ---------------------------------------------------------------------------------------------------


class DelegationGranted(Event, frozen=True, kw_only=True):
    """A delegation of signature was granted and published."""

    delegation: Delegation


class DelegationEnded(Event, frozen=True, kw_only=True):
    """A delegation of signature ended."""

    delegation: UUID
    number: str
    ends_on: date
    reason: str


class AgentAppointed(Event, frozen=True, kw_only=True):
    """An agent was appointed to a service."""

    identity: str
    name: str
    quality: str
    service: str
    platform: str | None
    appointed_on: date


class RightsGranted(Event, frozen=True, kw_only=True):
    """A right was given, with its territory."""

    identity: str
    role: Role
    platforms: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    recipient: str = ""
    """The body whose messages a partner reads; empty for every other role."""
    starts_on: date


class RightsRevoked(Event, frozen=True, kw_only=True):
    """A right was taken."""

    identity: str
    role: Role
    reason: str
    ends_on: date


class RoutingTablePublished(Event, frozen=True, kw_only=True):
    """A version of the routing table took effect."""

    version: str
    effective_from: date
    lines: tuple[RoutingLine, ...]
    contacts: dict[str, ServiceContact] = {}
    source: str


class ReasonPublished(Event, frozen=True, kw_only=True):
    """A paragraph of the reasons library took effect."""

    reason: str
    version: int
    criterion: Criterion
    title: str
    text: str
    effective_from: date


class ReferencePublished(Event, frozen=True, kw_only=True):
    """A version of a reference table took effect."""

    table: str
    version: str
    sha256: str
    rows: int
    confirmed_rows: int
    effective_from: date
    source: str
    content: str = ""
    """The data file, word for word; empty for the versions of which only the hash was recorded: they change nothing."""
    checked_until: date | None = None
    """The newest day to which the sources of the table were read; its first day where nobody said."""


# --- registers --------------------------------------------------------------------------------------------------------


class AccessesSealed(Event, frozen=True, kw_only=True):
    """Entries of the access log were counted and sealed: from here on none can change, go or come unnoticed."""

    first: int
    """Number after the last one sealed before."""
    last: int
    count: int
    """Entries among these numbers; an insertion that failed leaves a number without one."""
    absent: tuple[tuple[int, int], ...]
    """Numbers without an entry, as ranges with both their ends."""
    root: str
    """Of the Merkle tree of the entries (RFC 9162), in the order of numbers; hexadecimal."""
    marks: str
    """The first four bytes of each leaf's hash, in hexadecimal: no proof, but they tell which entry has changed."""
    sealed_on: date

    @property
    def is_automatic(self) -> bool:
        return True


class AccessesPurged(Event, frozen=True, kw_only=True):
    """Sealed entries of the access log have come to the end of their period, and go; recorded before the first does."""

    first: int
    """Number after the last one purged before."""
    last: int
    """Where a seal ends: ranges go whole."""
    count: int
    """Entries that the seals of these numbers count."""
    until: datetime
    """Each is older."""
    rule: str
    """The line of the table of thresholds that says how long they are kept."""
    months: int
    faulty: tuple[int, ...] = ()
    """Seals, by their version, that their entries agreed with no more; nobody can find that out later."""
    purged_on: date

    @property
    def is_automatic(self) -> bool:
        return True


CaseEvent = (
    RequestFiled
    | RegistrationReceiptIssued
    | AcknowledgementIssued
    | RequestAmended
    | RequestAbandoned
    | DocumentReceived
    | DocumentRefused
    | DocumentReplaced
    | RequestRouted
    | RequestTransferred
    | RoutingLeftToHand
    | CaseClaimed
    | CaseReleased
    | CaseAssigned
    | MissingItemsRequested
    | MissingItemsSupplied
    | OpinionRequested
    | OpinionGiven
    | NoteAdded
    | CriterionAssessed
    | FindingOverridden
    | DecisionProposed
    | ProposalReturned
    | RequestGranted
    | RequestRefused
    | AgreementStamped
    | AgreementStampRefused
    | OpinionIssued
    | ImplicitDecisionArisen
    | CaseClosed
    | DecisionMadeAvailable
    | DecisionFirstRead
    | DecisionDeemedNotified
    | ElectronicNotificationAccepted
    | PriorHearingOpened
    | ObservationsReceived
    | PermitWithdrawn
    | PermitRepealed
    | MedicalCertificateMissing
    | AppealLodged
    | AppealAcknowledged
    | AppealDecided
    | AppealImplicitlyRejected
    | ReasonsRequested
    | ReasonsCommunicated
    | LitigationOpened
    | ClaimServed
    | DefencePeriodSet
    | FormalNoticeReceived
    | DefenceFiled
    | GroundSubstituted
    | LegalBasisSubstituted
    | InvestigationClosed
    | HearingSet
    | JudgmentRecorded
    | ProceedingsTransferred
    | MainClaimConfirmed
    | AppealReopened
    | SuspensionOrdered
    | ReexaminationOrdered
    | OfiiNotified
    | TaxAuthorityNotified
    | NotificationAcknowledged
    | NotificationFailed
    | CaseAccessGiven
    | CaseAccessEnded
    | LegalHoldPlaced
    | LegalHoldLifted
    | PersonErased
    | PersonRectified
    | DocumentExamined
    | DocumentScanned
    | LetterIssued
    | BundlePrepared
    | BundleArranged
    | BundleOrdered
    | BundleBuilt
    | BundleBuildEnded
)
"""Everything that can happen to a case."""

AdministrationEvent = (
    DelegationGranted
    | DelegationEnded
    | AgentAppointed
    | RightsGranted
    | RightsRevoked
    | RoutingTablePublished
    | ReasonPublished
    | ReferencePublished
)
"""Everything that can happen to delegations, agents, rights and published tables."""

RegisterEvent = AccessesSealed | AccessesPurged
"""Everything that can happen to registers kept beside the ledger; it concerns no case, and decides nothing."""

EVENT_TYPES: Final = (*get_args(CaseEvent), *get_args(AdministrationEvent), *get_args(RegisterEvent))
"""Every type of fact that can be stored."""
