"""The one table of rights: for every operation, how far each quality reaches; for every quality, what it may read."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from domain.envelope import Role
from domain.findings import Criterion

COLUMNS: Final = (
    Role.EMPLOYER,
    Role.MANDATARY,
    Role.WORKER,
    Role.AGENT,
    Role.SIGNATORY,
    Role.MANAGER,
    Role.PREFECTURE,
    Role.LEGAL,
    Role.AUDITOR,
    Role.ADMIN,
    Role.PARTNER,
    Role.SYSTEM,
)
"""The qualities in the order in which a line of the table names their reach."""

FILERS: Final = frozenset({Role.EMPLOYER, Role.MANDATARY, Role.WORKER})
"""Qualities that nobody grants: they come from a request, or from an access to a case."""


class Territory(StrEnum):
    """What bounds a quality that is granted."""

    PLATFORM = "platform"
    """Cases that the platforms named by the right hold."""
    DEPARTMENT = "department"
    """Cases for which the prefect of a department named by the right is competent or decides: the one who pleads."""
    COUNTRY = "country"
    RECIPIENT = "recipient"
    """Messages addressed to the body that the right names."""


TERRITORIES: Final[Mapping[Role, Territory]] = {
    Role.AGENT: Territory.PLATFORM,
    Role.SIGNATORY: Territory.PLATFORM,
    Role.MANAGER: Territory.PLATFORM,
    Role.PREFECTURE: Territory.DEPARTMENT,
    Role.LEGAL: Territory.DEPARTMENT,
    Role.AUDITOR: Territory.COUNTRY,
    Role.ADMIN: Territory.COUNTRY,
    Role.PARTNER: Territory.RECIPIENT,
}
"""Every quality that is granted, with what bounds it."""


class Reach(IntEnum):
    """How far an operation is open to a quality; each reach holds those before it."""

    NOTHING = 0
    FILED = 1
    """Cases that the caller filed."""
    RELATED = 2
    """Those, cases that the caller was given access to, and cases with a message addressed to them."""
    TERRITORY = 3
    """Those, and the cases of the territory of a right in force."""
    EVERYWHERE = 4
    """Every case, by a right in force."""
    OPEN = 5
    """No case is at stake: a right in force is enough, and none is needed by those who hold theirs from a request."""


LETTERS: Final = {
    ".": Reach.NOTHING,
    "f": Reach.FILED,
    "r": Reach.RELATED,
    "t": Reach.TERRITORY,
    "e": Reach.EVERYWHERE,
    "+": Reach.OPEN,
}
"""How the table writes each reach."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One operation: who may ask for it, how far."""

    operation: str
    """A command by its address (`sign`, `admin/rights`), anything else by its name in the OpenAPI document."""
    reaches: Mapping[Role, Reach]
    is_public: bool = False
    needs_right: bool = True
    """False for what everybody who is signed in may ask, also while nobody has given them any right."""
    is_hidden: bool = False
    """Those who may not ask for it are not told that it exists."""
    refusal: str = ""
    """What those who file are told, where it says more than that their quality does not allow it."""

    def reach(self, role: Role) -> Reach:
        """How far a quality reaches; nothing, unless the line says so."""
        return self.reaches.get(role, Reach.NOTHING)

    @property
    def by(self) -> frozenset[Role]:
        """The qualities to which the operation is open at all."""
        return frozenset(role for role, reach in self.reaches.items() if reach is not Reach.NOTHING)


def line(operation: str, reaches: str, *, refusal: str = "", is_hidden: bool = False) -> Line:
    """A line of the table: one letter for each of `COLUMNS`, spaces at will."""
    letters = reaches.replace(" ", "")
    if len(letters) != len(COLUMNS):
        raise ValueError(f"{operation} says {len(letters)} reaches for {len(COLUMNS)} qualities")
    told = {role: LETTERS[letter] for role, letter in zip(COLUMNS, letters, strict=True)}
    return Line(operation=operation, reaches=told, refusal=refusal, is_hidden=is_hidden)


def public(operation: str) -> Line:
    """A line of the table for what anybody may ask, signed in or not."""
    return Line(operation=operation, reaches=dict.fromkeys(COLUMNS, Reach.OPEN), is_public=True)


def signed_in(operation: str) -> Line:
    """A line of the table for what concerns whoever is signed in, and no case."""
    reaches: dict[Role, Reach] = {role: Reach.OPEN for role in COLUMNS if role is not Role.SYSTEM}
    return Line(operation=operation, reaches=reaches, needs_right=False)


_BUNDLES: Final = "Les dossiers de défense sont réservés aux services qui défendent l'État."
_REGISTERS: Final = "Les registres sont réservés aux services."
_ALL: Final = (
    # Anybody: nothing of a case or of a person, but for the public check, which asks for what only the holder knows.
    public("Start"),
    public("Live"),
    public("Ready"),
    public("GET /metrics"),
    public("GET /schema"),
    public("GET /schema/openapi.json"),
    public("GET /schema/oauth2-redirect.html"),
    public("GET /schema/{path}"),
    public("GET /schema/swagger"),
    public("GET /schema/swagger/{name}"),
    public("LocalSignIn"),
    public("IdentityProviders"),
    public("BeginSignIn"),
    public("CompleteSignIn"),
    public("SignOutByProvider"),
    public("CheckPermit"),
    public("PermitPage"),
    public("Law"),
    public("ReferenceTable"),
    public("ProblemCodes"),
    public("ProblemCode"),
    public("LogCheckpoint"),
    public("LogKeys"),
    public("LogConsistency"),
    public("Verifier"),
    # Oneself, for whoever is signed in, also while nobody has given them any right.
    signed_in("Me"),
    signed_in("ChooseRole"),
    signed_in("SignOut"),
    # Reading one case:               emp, man, wor | age, sig, mgr | pre, leg | aud, adm | par | sys
    line("Case", "rrr ttt tt ee . ."),
    line("CaseClocks", "rrr ttt tt ee . ."),
    line("CaseDocuments", "rrr ttt tt ee . ."),
    line("DocumentContent", "rrr ttt tt e. . ."),
    line("DocumentText", "rrr ttt tt e. . ."),
    line("DocumentThumbnail", "rrr ttt tt e. . ."),
    line("CaseChecklist", "rrr ttt tt ee . ."),
    line("CaseHistory", "rrr ttt tt ee . ."),
    line("CaseRouting", "rrr ttt tt ee . ."),
    line("CaseConditions", "... ttt tt ee . ."),
    line("CaseNotes", "... ttt tt e. . ."),
    line("DecisionSheet", "... ttt tt ee . .", is_hidden=True),
    line("DecisionSheetPdf", "... ttt tt ee . .", is_hidden=True),
    line("CaseSheets", "... ttt tt ee . .", is_hidden=True),
    line("CaseSheet", "... ttt tt ee . .", is_hidden=True),
    # What is judged of the form rests on every assessment: not for who may not read one of them.
    line("DecisionValidity", "... ttt .t e. . .", is_hidden=True),
    line("ProposalValidity", "... ttt .t e. . .", is_hidden=True),
    line(
        "CaseProof",
        "... ttt .t e. . .",
        refusal="Les preuves montrent tous les faits d'un dossier : elles sont réservées aux services.",
    ),
    # Lists, sums and the feed: rows of the cases within reach.
    line("Cases", "rrr ttt tt ee . ."),
    line("Events", "rrr ttt tt ee . ."),
    line("Queues", "... ttt tt ee . .", refusal="Les files d'attente sont réservées aux services."),
    line("Dashboard", "... ttt tt ee . .", refusal="Les tableaux de bord sont réservés aux services."),
    line("DecisionRegister", "... ttt tt ee . .", refusal=_REGISTERS),
    line("MessageRegister", "... ttt tt ee r .", refusal=_REGISTERS),
    line("DecisionTraceability", "... ..t tt ee . .", refusal=_REGISTERS),
    line("AccessLog", "... ..t tt ee . ."),
    # Filing; the procedure then says which of these may file it.
    line("FileRequest", "+++ ... +. .. . ."),
    # Files on their way, before it is said to which case; a deposit reaches as far as the act that it stands for.
    line("CreateUpload", "+++ +.. ++ .. . ."),
    line("UploadState", "+++ +.. ++ .. . ."),
    line("AppendToUpload", "+++ +.. ++ .. . ."),
    line("EndUpload", "+++ +.. ++ .. . ."),
    line("UploadDocument", "rrr t.. tt .. . ."),
    line("DeliverDocument", "rrr t.. tt .. . ."),
    # Acts of whoever filed, and of the agent who records what came on paper.
    line("abandon", "fff ... f. .. . ."),
    line("amend", "fff ... f. .. . ."),
    line("supply-missing-items", "fff t.. f. .. . ."),
    line("replace-document", "fff t.. f. .. . ."),
    # Acts of the parties, whether they filed or were given access.
    line("add-document", "rrr t.. tt .. . ."),
    line("record-consent", "rrr t.. f. .. . ."),
    line("acknowledge-reading", "rrr t.. f. .. . ."),
    line("receive-observations", "rrr t.. .. .. . ."),
    line("request-reasons", "rrr t.. .t .. . ."),
    line("lodge-appeal", "rrr t.. .t .. . ."),
    # Routing and holding.
    line("route", "... ..t .. .. . ."),
    line("transfer", "... ..t .. .. . ."),
    line("assign", "... ..t .. .. . ."),
    line("claim", "... t.. .. .. . ."),
    line("release", "... t.t .. .. . ."),
    line("give-access", "... t.t .t .. . ."),
    line("end-access", "... t.t .t .. . ."),
    # Examination.
    line("add-note", "... ttt .t .. . ."),
    line("refuse-document", "... t.. .. .. . ."),
    line("request-missing-items", "... t.. .. .. . ."),
    line("request-opinion", "... t.. .. .. . ."),
    line("record-opinion", "... t.. .. .. . ."),
    line("assess", "... t.. .. .. . ."),
    line("override-finding", "... t.. .. .. . ."),
    line("propose", "... t.. .. .. . ."),
    line("open-prior-hearing", "... t.t .. .. . ."),
    line("record-missing-medical-certificate", "... t.t .. .. . ."),
    # Decision and notification.
    line("return-proposal", "... .t. .. .. . ."),
    line("sign", "... .t. .. .. . ."),
    line("withdraw-permit", "... .t. .. .. . ."),
    line("repeal-permit", "... .t. .. .. . ."),
    line("make-available", "... ttt .. .. . e"),
    line("communicate-reasons", "... tt. .. .. . ."),
    line("record-silence", "... ..t .. .. . e"),
    line("record-appeal-silence", "... ..t .. .. . e"),
    line("record-deemed-notification", "... ..t .. .. . e"),
    # Files: looked at by smoe alone, since what it finds is what everybody goes by.
    line("examine-document", "... ... .. .. . e"),
    line("scan-document", "... ... .. .. . e"),
    # Letters: written by smoe; whoever filed or was given access reads those that are theirs, once they are told.
    line("issue-letter", "... ... .. .. . e"),
    line("CaseLetters", "rrr ttt tt ee . ."),
    line("LetterContent", "rrr ttt tt e. . ."),
    line("LetterData", "... ttt tt e. . ."),
    line("ProposalLetter", "... ttt .t e. . .", is_hidden=True),
    # Messages to the partners.
    line("notify-ofii", "... t.t .. .. . e"),
    line("notify-tax-authority", "... t.t .. .. . e"),
    line("acknowledge-message", "... t.t .. .. r e"),
    line("record-failed-message", "... t.t .. .. r e"),
    # Appeals and litigation.
    line("acknowledge-appeal", "... t.t .. .. . ."),
    line("decide-appeal", "... ..t .t .. . ."),
    line("open-litigation", "... ..t tt .. . ."),
    line("serve-claim", "... ..t tt .. . ."),
    line("set-defence-period", "... ..t tt .. . ."),
    line("receive-formal-notice", "... ..t tt .. . ."),
    line("close-investigation", "... ..t tt .. . ."),
    line("set-hearing", "... ..t tt .. . ."),
    line("confirm-main-claim", "... ..t tt .. . ."),
    line("transfer-proceedings", "... ..t tt .. . ."),
    line("file-defence", "... ... tt .. . ."),
    line("substitute-ground", "... ... tt .. . ."),
    line("substitute-legal-basis", "... ... tt .. . ."),
    line("order-suspension", "... ... tt .. . ."),
    line("record-judgment", "... ... tt .. . ."),
    # Defence bundles: the legal side's own, which filers receive from the court alone.
    line("prepare-bundle", "... ... tt .. . e", refusal=_BUNDLES),
    line("arrange-bundle", "... ... tt .. . .", refusal=_BUNDLES),
    line("order-bundle", "... ... tt .. . e", refusal=_BUNDLES),
    line("cancel-bundle", "... ... tt .. . .", refusal=_BUNDLES),
    line("record-bundle", "... ... .. .. . e", refusal=_BUNDLES),
    line("end-build", "... ... .. .. . e", refusal=_BUNDLES),
    line("CaseBundles", "... ... tt e. . .", refusal=_BUNDLES),
    line("CaseBundle", "... ... tt e. . .", refusal=_BUNDLES),
    line("BundleContent", "... ... tt e. . .", refusal=_BUNDLES),
    line("BundleBrief", "... ... tt e. . .", refusal=_BUNDLES),
    # Keeping and erasing.
    line("place-legal-hold", "... ... .t .e . ."),
    # Not by administrators: whoever orders an erasure never lifted the hold that stood in its way.
    line("lift-legal-hold", "... ... .t .. . ."),
    line("erase-person", "... ... .. .e . ."),
    line("OrderErasures", "... ... .. .e . ."),
    line("Erasures", "... ... .. ++ . ."),
    # Whole and in clear: for the service that produced it, and whoever sees to its defence to the end.
    line("CaseArchive", "... ..t .t .. . .", is_hidden=True),
    line("RetentionProposals", "... ... tt ee . ."),
    # The deciding prefecture answers whoever asks for their data or says that they are wrong (CESEDA R142-24, by
    # analogy).
    line("PersonExport", "... ... tt .. . ."),
    line("rectify-person", "... t.t tt .. . ."),
    # Administration.
    line("Administration", "... ..+ .+ ++ . ."),
    line("Reasons", "... +++ ++ ++ . .", refusal="La bibliothèque de motifs est réservée aux services."),
    line("ReferenceTables", "... +++ ++ ++ . ."),
    line("RoutingDryRun", "... ... .. .+ . ."),
    line("admin/agents", "... ... .. .+ . ."),
    line("admin/rights", "... ... .. .+ . ."),
    line("admin/rights/revoke", "... ... .. .+ . ."),
    line("admin/delegations", "... ... .. .+ . ."),
    line("admin/delegations/end", "... ... .. .+ . ."),
    line("admin/routing", "... ... .. .+ . ."),
    line("admin/reference", "... ... .. .+ . ."),
    line("admin/reasons", "... ... .+ .+ . ."),
)

TABLE: Final[Mapping[str, Line]] = {each.operation: each for each in _ALL}
"""Every operation there is; what has no line here cannot be registered."""

if len(TABLE) != len(_ALL):
    raise ValueError("an operation has two lines")


class FieldClass(StrEnum):
    """Parts of a case that not everybody who may know of it may read."""

    PERSONAL = "personal"
    """Fields marked personal where they are declared, and the names of those who file."""
    RECORD = "record"
    """What was found of convictions, sanctions and offences of the employer (GDPR art. 10)."""
    NOTE = "note"
    """Internal notes."""


RECORD_CRITERIA: Final = frozenset({Criterion.EMPLOYER_RECORD, Criterion.EMPLOYER_OFFENCES, Criterion.RENEWAL_EMPLOYER})
"""Conditions whose finding tells of convictions; on renewal one condition holds them with others."""

_P, _R, _N = FieldClass.PERSONAL, FieldClass.RECORD, FieldClass.NOTE
VISIBLE: Final[Mapping[Role, frozenset[FieldClass]]] = {
    Role.EMPLOYER: frozenset({_P}),
    Role.MANDATARY: frozenset({_P}),
    Role.WORKER: frozenset({_P}),
    Role.AGENT: frozenset({_P, _R, _N}),
    Role.SIGNATORY: frozenset({_P, _R, _N}),
    Role.MANAGER: frozenset({_P, _R, _N}),
    Role.PREFECTURE: frozenset({_P, _N}),
    Role.LEGAL: frozenset({_P, _R, _N}),
    Role.AUDITOR: frozenset({_P, _R, _N}),
    Role.ADMIN: frozenset(),
    Role.PARTNER: frozenset(),
    Role.SYSTEM: frozenset({_P, _R, _N}),
}
"""What each quality may read of the cases within its reach."""


def visible(role: Role, *, has_filed: bool = False) -> frozenset[FieldClass]:
    """The classes that a quality may read; whoever filed reads no note on their own request."""
    classes = VISIBLE.get(role, frozenset())
    return classes - {FieldClass.NOTE} if has_filed else classes


class FourEyes(msgspec.Struct, frozen=True, kw_only=True):
    """An act that one person does not do alone."""

    act: str
    rule: str
    code: str
    """What it is refused with; empty where the table alone sees to it."""


FOUR_EYES: Final = (
    FourEyes(
        act="Signing a decision, also on a gracious appeal and after a court's order",
        rule="not by who assessed a condition in the examination under way (an override is one), nor by who proposed "
        "the decision, unless the delegation says so (`own_assessments`); an examination that is opened anew, or a "
        "request that is amended, begins with nobody's assessment",
        code="signs_own_assessment",
    ),
    FourEyes(
        act="Answering a gracious appeal",
        rule="the author of the decision may: that is whom the law makes it go to; the rule above holds all the same",
        code="",
    ),
    FourEyes(
        act="Examining or signing a request",
        rule="by no agent, manager or signatory who filed it or was given access to it, in whatever quality",
        code="own_request_not_examined",
    ),
    FourEyes(
        act="Granting a right",
        rule="by an administrator, never to the identity that grants it",
        code="own_right_not_granted",
    ),
    FourEyes(
        act="Revoking the right to administer",
        rule="never by the identity that holds it; and somebody keeps it without end (`last_administrator`), so that "
        "two who take it from each other for a later day, or at once, do not leave nobody to grant",
        code="own_right_kept",
    ),
    FourEyes(
        act="Recording a delegation of signature",
        rule="never for the identity that records it",
        code="own_delegation_not_granted",
    ),
    FourEyes(
        act="Giving access to a case",
        rule="never to the identity that gives it, nor to an agent, whose rights are granted",
        code="own_access_not_given",
    ),
    FourEyes(
        act="Erasing a person whom a hold protected",
        rule="the hold is lifted by a legal officer, the erasure ordered by an administrator: two qualities, and "
        "nobody grants themselves the second",
        code="",
    ),
    FourEyes(
        act="Withdrawing or repealing a permit",
        rule="the prior hearing is opened by an agent or a manager, the act signed by a signatory; that these are two "
        "persons is not enforced where one person holds both rights",
        code="",
    ),
)
"""What one person does not do alone, and how far that is enforced."""
