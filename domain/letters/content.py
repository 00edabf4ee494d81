"""What each letter says, as data: its form is a template's, its template and the version of it are the data's tag."""

from datetime import date
from typing import Annotated, Any, Final, get_args

import msgspec

from domain.acts import AppealKind, DecisionKind
from domain.refusals import Refused

Said = Annotated[str, msgspec.Meta(pattern=r"\S")]
"""A mention that the law wants: it may not be blank."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of what a letter says."""


class Service(Part, frozen=True, kw_only=True):
    """Who writes: the prefect in whose name, and the service in charge with where it is reached."""

    prefect: str
    """« préfet du Puy-de-Dôme »; empty while no prefect is known to answer for the case."""
    name: Said
    address: str = ""
    phone: str = ""
    email: str = ""


class Author(Part, frozen=True, kw_only=True):
    """Who writes, as they must be named (CRPA L111-2, L212-1)."""

    name: Said
    quality: Said
    service: Said


class Signature(Author, frozen=True, kw_only=True):
    """The author of a decision, with the delegation that lets them sign and where it was published."""

    delegation: Said
    publication: Said
    published_on: date
    competent_prefect: Said
    deciding_prefect: Said
    certified: bool = False
    """Whether a certificate signs the letter (CRPA L212-3)."""


class About(Part, frozen=True, kw_only=True):
    """The request that a letter is about."""

    procedure: Said
    filed_on: date
    worker: Said
    worker_born_on: date | None = None
    employer: str = ""
    employer_siret: str = ""
    job: str = ""
    contract: str = ""
    workplace: str = ""


class Letter(Part, frozen=True, kw_only=True, tag_field="template"):
    """What every letter bears."""

    service: Service
    to: Annotated[tuple[Said, ...], msgspec.Meta(min_length=1)]
    """Lines of the window of the envelope."""
    number: Said
    """Of the case."""
    place: str = ""
    dated: date
    about: About
    mark: str = ""
    """The State's block mark as an SVG document, for a deployment that is entitled to it."""


class ReceiptLetter(Letter, frozen=True, kw_only=True, tag="receipt/1"):
    """The instant receipt of an electronic filing (CRPA R112-11-2)."""

    registered_on: date


class AcknowledgementLetter(Letter, frozen=True, kw_only=True, tag="acknowledgement/1"):
    """The acknowledgement of receipt of a request (CRPA R112-5, R112-11-1)."""

    received_on: date
    silence: Annotated[str, msgspec.Meta(pattern=r"^(reject|grant|none)$(?!\n)")]
    silence_length: str = ""
    """« deux mois »; empty when silence has no effect."""
    silence_texts: tuple[str, ...] = ()
    """Where that is written, a line for each code."""
    implicit_decision_on: date | None = None
    """None when silence has no effect, or cannot begin for want of an item."""
    missing_items: tuple[Said, ...] = ()
    remedies: str = ""
    complete: bool
    """Whether it states everything the text wants: otherwise limits do not run (CRPA L112-12)."""


class ItemWanted(Part, frozen=True, kw_only=True):
    """An item asked for, and the text that requires it."""

    label: Said
    required_by: Said


class MissingItemsLetter(Letter, frozen=True, kw_only=True, tag="missing_items/1"):
    """A request for missing items (CRPA L114-5)."""

    request: Said
    items: Annotated[tuple[ItemWanted, ...], msgspec.Meta(min_length=1)]
    due_on: date
    suspends: bool
    """Whether the clock of silence is suspended; else it starts only when the file is complete."""
    message: str = ""
    author: Author


class ExhibitShown(Part, frozen=True, kw_only=True):
    """A document of the case on which a ground rests."""

    document: Said
    version: int
    title: Said


class Ground(Part, frozen=True, kw_only=True):
    """A ground in law and in fact (CRPA L211-5)."""

    title: Said
    article: Said
    since: date
    """Day from which this version of the article applies."""
    law: Said
    fact: Said
    paragraph: str = ""
    """Of the reasons library, filled with the law and the facts of the case: it then stands for the bare facts."""
    exhibits: tuple[ExhibitShown, ...] = ()


class Decided(Letter, frozen=True, kw_only=True):
    """What every signed decision bears."""

    decision: Said
    visas: Annotated[tuple[Said, ...], msgspec.Meta(min_length=1)]
    """What it was taken in view of, each after « Vu »."""
    signature: Signature
    remedies: str = ""
    """Empty only for an opinion, which nobody appeals against."""
    algorithmic_notice: str = ""
    on_appeal: bool = False


class PermitTerms(Part, frozen=True, kw_only=True):
    """What a permit allows, and when; both days are included."""

    number: Said
    valid_from: date
    valid_until: date | None
    job: Said
    rome: str = ""
    zone: Said
    limited_to: str = ""


class Duty(Part, frozen=True, kw_only=True):
    """What a text asks of the holders of a permit."""

    article: Said
    says: Said


class GrantLetter(Decided, frozen=True, kw_only=True, tag="grant/1"):
    """A permit is granted (CT R5221-17)."""

    remedies: Said
    permit: PermitTerms
    duties: tuple[Duty, ...] = ()
    ofii: bool
    """Whether the grant is sent to OFII (CT R5221-18)."""
    untaxed_because: str = ""
    """Why the employer tax is not due; empty when it is (CESEDA L436-10)."""
    tax_authority: str = ""
    """Where it is declared; empty when it is not due."""
    certificate_by: date | None = None
    """Until when the foreigner obtains the medical certificate (CT L5221-5); None for who already resides in France."""


class RefusalLetter(Decided, frozen=True, kw_only=True, tag="refusal/1"):
    """A permit, or the stamp of an agreement, is refused (CRPA L211-2, L211-5)."""

    remedies: Said
    refuses: DecisionKind
    grounds: Annotated[tuple[Ground, ...], msgspec.Meta(min_length=1)]
    explanation: str = ""
    """Why a discretion was used against the request."""
    legal_bases: tuple[Said, ...] = ()


class StampLetter(Decided, frozen=True, kw_only=True, tag="stamp/1"):
    """An agreement is stamped (CESEDA R426-20, R426-21)."""

    remedies: Said
    stamp: Said
    duties: tuple[Duty, ...] = ()


class OpinionLetter(Decided, frozen=True, kw_only=True, tag="opinion/1"):
    """An opinion is given, which prepares another's decision (CESEDA R421-9, L435-1)."""

    favourable: bool
    grounds: tuple[Ground, ...] = ()
    explanation: str = ""


class ClosureLetter(Decided, frozen=True, kw_only=True, tag="closure/1"):
    """A case is closed because items that a text requires never came (CRPA L114-5)."""

    remedies: Said
    requested_on: date
    due_on: date
    missing_items: Annotated[tuple[Said, ...], msgspec.Meta(min_length=1)]
    required_by: tuple[Said, ...] = ()
    explanation: str = ""


class EndOfGrantLetter(Decided, frozen=True, kw_only=True, tag="end_of_grant/1"):
    """A permit is withdrawn, or repealed for the future (CRPA L241-2, L242-1, L242-2)."""

    remedies: Said
    kind: DecisionKind
    ended: Said
    ended_on: date
    """Day of the decision that it ends."""
    permit: str = ""
    legal_basis: Said
    grounds: tuple[Ground, ...] = ()
    explanation: Said
    prior_hearing: Said
    effective_on: date | None = None
    """First day without the permit, when it is repealed."""


class PermitCheck(Part, frozen=True, kw_only=True):
    """How whoever is shown the permit checks it."""

    address: Said
    """What the QR code leads to."""
    code: Said


class FirstPermitLetter(Letter, frozen=True, kw_only=True, tag="permit/1"):
    """The permit itself, to be shown; the nationality stands there by its code."""

    permit: PermitTerms
    decision: Said
    decided_on: date
    nationality: str = ""
    pay_monthly_gross: str = ""
    hours_weekly: str = ""
    signature: Signature | None
    """None when silence granted it."""
    check: PermitCheck


class PermitLetter(FirstPermitLetter, frozen=True, kw_only=True, tag="permit/2"):
    """The same, with the State that the holder is a national of by its French name."""

    nationality_title: Said


class PriorHearingLetter(Letter, frozen=True, kw_only=True, tag="prior_hearing/1"):
    """The parties are invited to observe before a permit ends (CRPA L121-1, L122-1)."""

    hearing: Said
    intended: DecisionKind
    decision: Said
    decided_on: date
    permit: str = ""
    legal_basis: Said
    grounds: Said
    observations_until: date
    rights: Said
    author: Author


class AppealAcknowledgementLetter(Letter, frozen=True, kw_only=True, tag="appeal_acknowledgement/1"):
    """An administrative appeal is acknowledged (CRPA L112-3, R112-5)."""

    appeal: Said
    kind: AppealKind
    to_whom: Said
    received_on: date
    attacked: Said
    attacked_title: Said
    attacked_on: date
    implicit_rejection_on: date
    tribunal: str = ""
    author: Author


class AppealDecisionLetter(Decided, frozen=True, kw_only=True, tag="appeal_decision/1"):
    """A gracious appeal is decided (CRPA L411-4)."""

    remedies: Said
    appeal: Said
    received_on: date
    attacked: Said
    attacked_title: Said
    attacked_on: date
    outcome: Annotated[str, msgspec.Meta(pattern=r"^(rejected|partly|upheld)$(?!\n)")]
    replaced_by: str = ""
    replaced_by_title: str = ""
    grounds: tuple[Ground, ...] = ()
    explanation: str = ""


class ReasonsLetter(Letter, frozen=True, kw_only=True, tag="reasons/1"):
    """The reasons of an implicit decision are communicated (CRPA L232-4)."""

    decision: Said
    arisen_on: date
    asked_on: date
    grounds: Annotated[tuple[Ground, ...], msgspec.Meta(min_length=1)]
    tribunal: str = ""
    author: Author


LetterData = (
    ReceiptLetter
    | AcknowledgementLetter
    | MissingItemsLetter
    | GrantLetter
    | RefusalLetter
    | StampLetter
    | OpinionLetter
    | ClosureLetter
    | EndOfGrantLetter
    | FirstPermitLetter
    | PermitLetter
    | PriorHearingLetter
    | AppealAcknowledgementLetter
    | AppealDecisionLetter
    | ReasonsLetter
)
"""The data of every letter, in every version of its template that was ever issued."""


def template_of(kind: type[Letter]) -> str:
    """Name and version of the template that sets this data: `refusal/1`."""
    return str(kind.__struct_config__.tag)


DATA: Final[dict[str, Any]] = {template_of(kind): kind for kind in get_args(LetterData)}
"""The type of the data of each template, by name and version."""


def written(letter: Letter) -> bytes:
    """The data of a letter as it is kept and hashed: JSON, its keys always in the same order."""
    return msgspec.json.encode(letter, order="deterministic")


def read(template: str, data: bytes) -> LetterData:
    """The data of a letter, checked against what its template must say; refused when a mention is lacking."""
    kind = DATA.get(template)
    if kind is None:
        raise Refused("letter_lacks_mention", f"Aucun modèle de lettre ne se nomme « {template} ».")
    try:
        found: LetterData = msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as lack:
        raise Refused("letter_lacks_mention", f"La lettre « {template} » ne peut être écrite : {lack}.") from lack
    return found
