"""The proof annex: which facts a bundle rests on, where each stands in the log, under which signed checkpoint."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from typing import Any, Final

import msgspec

from documents.typesetting import legible, typeset
from domain import events
from domain.case import PARIS, Case
from domain.events import CaseEvent, LetterIssued
from domain.papers import ChosenExhibit, SourceKind
from domain.request import DocumentRef
from ledger.facts import Recorded
from ledger.proofs.proof import Pinned

TEMPLATE: Final = "bundle/annex.typ"
FORMAT: Final = "smoe-annexe-1"
WITHHELD: Final = "Fait du service, qui n'est pas communiqué."
"""What a fact reads as that the other party has no part in (CJA R611-1): its place and hash alone are told."""
COMMUNICATED: Final[frozenset[type]] = frozenset(
    {
        events.RequestFiled,
        events.RegistrationReceiptIssued,
        events.AcknowledgementIssued,
        events.RequestAmended,
        events.RequestAbandoned,
        events.DocumentReceived,
        events.DocumentRefused,
        events.DocumentReplaced,
        events.RequestRouted,
        events.RequestTransferred,
        events.MissingItemsRequested,
        events.MissingItemsSupplied,
        events.RequestGranted,
        events.RequestRefused,
        events.AgreementStamped,
        events.AgreementStampRefused,
        events.OpinionIssued,
        events.ImplicitDecisionArisen,
        events.CaseClosed,
        events.DecisionMadeAvailable,
        events.DecisionFirstRead,
        events.DecisionDeemedNotified,
        events.ElectronicNotificationAccepted,
        events.PriorHearingOpened,
        events.ObservationsReceived,
        events.PermitWithdrawn,
        events.PermitRepealed,
        events.AppealLodged,
        events.AppealAcknowledged,
        events.AppealDecided,
        events.AppealImplicitlyRejected,
        events.AppealReopened,
        events.ReasonsRequested,
        events.ReasonsCommunicated,
        events.LitigationOpened,
        events.ClaimServed,
        events.DefencePeriodSet,
        events.DefenceFiled,
        events.InvestigationClosed,
        events.HearingSet,
        events.JudgmentRecorded,
        events.SuspensionOrdered,
        events.ReexaminationOrdered,
        events.ProceedingsTransferred,
        events.MainClaimConfirmed,
        events.LetterIssued,
    }
)
"""What happened between the administration, the parties and the courts; all else is the services' own."""


class Annexed(msgspec.Struct, frozen=True, kw_only=True):
    """What an annex tells of."""

    case: Case
    facts: Sequence[Recorded[CaseEvent]]
    """All of the case up to the order of the bundle, which is the last."""
    exhibits: Sequence[ChosenExhibit]
    """Those included, in their order."""
    pinned: Pinned
    sentence: Callable[[CaseEvent], str]


class _Line(msgspec.Struct, frozen=True):
    version: int
    type: str
    enonce: str
    enregistre_le: str
    position: int
    feuille: int
    empreinte: str
    pieces: tuple[int, ...]


def annex_json(annexed: Annexed) -> bytes:
    """The annex for programs: members sorted, one fact after the other."""
    point = annexed.pinned.checkpoint
    told: dict[str, Any] = {
        "format": FORMAT,
        "dossier": str(annexed.case.id),
        "numero": annexed.case.number,
        "point_de_controle": {
            "numero": point.number,
            "taille": point.size,
            "position": point.position,
            "note": point.note,
        },
        "faits": list(_lines(annexed)),
    }
    return msgspec.json.format(msgspec.json.encode(told, order="sorted"), indent=1) + b"\n"


def annex_pdf(annexed: Annexed) -> bytes:
    """The annex for readers."""
    point = annexed.pinned.checkpoint
    made_at = annexed.facts[-1].recorded_at.astimezone(PARIS)
    data = {
        "number": legible(annexed.case.number),
        "case": str(annexed.case.id),
        "date": [made_at.year, made_at.month, made_at.day],
        "point": {"number": point.number, "size": point.size, "note": legible(point.note).split("\n")},
        "facts": [
            [
                str(line.version),
                legible(line.enonce),
                line.enregistre_le,
                str(line.position),
                str(line.feuille),
                line.empreinte,
                ", ".join(map(str, line.pieces)) or "–",
            ]
            for line in _lines(annexed)
        ],
    }
    return typeset(TEMPLATE, msgspec.json.encode(data))


def _lines(annexed: Annexed) -> Iterator[_Line]:
    numbers = _numbers(annexed)
    for fact, (stored, leaf) in zip(annexed.facts, annexed.pinned.leaves, strict=True):
        if stored.hash != fact.hash:
            raise ValueError(f"fact {fact.version} is not the one that the proof holds")
        is_told = type(fact.event) in COMMUNICATED
        yield _Line(
            version=fact.version,
            type=fact.type if is_told else "",
            enonce=annexed.sentence(fact.event) if is_told else WITHHELD,
            enregistre_le=f"{fact.recorded_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            position=stored.position,
            feuille=leaf,
            empreinte=stored.hash.hex(),
            pieces=tuple(sorted({number for key in _brought(fact.event) for number in numbers.get(key, ())})),
        )


def _numbers(annexed: Annexed) -> dict[tuple[SourceKind, str, int], list[int]]:
    """The exhibits that show each document and letter."""
    found: dict[tuple[SourceKind, str, int], list[int]] = {}
    for number, exhibit in enumerate(annexed.exhibits, 1):
        for source in exhibit.sources:
            found.setdefault((source.kind, source.ref, source.version), []).append(number)
    return found


def _brought(event: CaseEvent) -> Iterator[tuple[SourceKind, str, int]]:
    """The documents that came with a fact, or the letter that it issued."""
    if isinstance(event, LetterIssued):
        yield SourceKind.LETTER, event.letter, 1
    alone = getattr(event, "document", None)
    for ref in (alone, *getattr(event, "documents", ())):
        if isinstance(ref, DocumentRef):
            yield SourceKind.DOCUMENT, ref.id, ref.version
