"""How a requirement of form is written down: one function that judges an act, its articles, its public number."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from domain.acts import Addressee, DecisionKind, DelegatedAct, Remedies, Signatory
from domain.case import Case, Examination, Hearing, Notified
from domain.context import Context
from domain.findings import Assessment, Criterion, ReasonGiven
from domain.provisions import Chapter, Provision, register
from domain.refusals import Refused


class State(StrEnum):
    """Whether an act meets a requirement; the value is the public name."""

    HELD = "held"
    FLAW = "flaw"
    PENDING = "pending"
    """It can only be judged after the signature."""
    NOT_APPLICABLE = "not_applicable"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one requirement says of an act, in a French sentence; a flaw bears the code that it is refused with."""

    state: State
    sentence: str
    code: str = ""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as its validity is judged: recorded, or about to be signed."""

    kind: DecisionKind
    on: date
    delegated: DelegatedAct
    """What a delegation must cover for this signature."""
    signatory: Signatory | None = None
    """None for a decision born of silence, and for a draft read by somebody who does not sign."""
    author_lacks: Refused | None = None
    """Why whoever is about to sign may not."""
    reasons: tuple[ReasonGiven, ...] = ()
    explanation: str = ""
    assessments: tuple[Assessment, ...] = ()
    examined: Mapping[Criterion, Examination] = {}
    missing_items: tuple[str, ...] = ()
    """What a closure says has stayed missing."""
    legal_bases: tuple[str, ...] = ()
    remedies: Remedies | None = None
    algorithmic_notice: str = ""
    prior_hearing: str = ""
    """What the act says of the hearing that came before it."""
    hearing: Hearing | None = None
    addressees: tuple[Addressee, ...] = ()
    notified: Mapping[Addressee, Notified] = {}
    consents: Mapping[Addressee, date] = {}
    """Since when each addressee accepts electronic notification."""

    @property
    def is_implicit(self) -> bool:
        """Whether silence made it: nobody wrote or signed it."""
        return self.kind in {DecisionKind.IMPLICIT_GRANT, DecisionKind.IMPLICIT_REFUSAL}

    @property
    def ends_a_grant(self) -> bool:
        """Whether it takes away what an earlier decision gave."""
        return self.kind in {DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}


Judge = Callable[[Case, Act, Context], Verdict]


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement of form: number in the checklist, French title, text, and the function that judges."""

    id: str
    title: str
    provision: Provision
    judge: Judge


_REQUIREMENTS: list[Requirement] = []


def requirement(
    id: str,
    title: str,
    *articles: str,
    since: date | None = None,
    until: date | None = None,
    source: str | None = None,
    mark: str = "confirmed",
    note: str = "",
) -> Callable[[Judge], Judge]:
    """Declare a function as the reading of these articles on the validity of an act."""

    def declare(judge: Judge) -> Judge:
        read = register(
            judge, Chapter.VALIDITY, articles, since=since, until=until, source=source, mark=mark, note=note
        )
        _REQUIREMENTS.append(Requirement(id=id, title=title, provision=read, judge=judge))
        return judge

    return declare


def declared() -> tuple[Requirement, ...]:
    """Every requirement declared so far, in the order of the checklist."""
    return tuple(sorted(_REQUIREMENTS, key=lambda each: int(each.id[1:])))


def held(sentence: str) -> Verdict:
    """The requirement is met."""
    return Verdict(state=State.HELD, sentence=sentence)


def flaw(code: str, sentence: str) -> Verdict:
    """The requirement is broken."""
    return Verdict(state=State.FLAW, sentence=sentence, code=code)


def pending(sentence: str) -> Verdict:
    """The requirement will be judged later."""
    return Verdict(state=State.PENDING, sentence=sentence)


def not_applicable(sentence: str) -> Verdict:
    """The requirement does not concern this act."""
    return Verdict(state=State.NOT_APPLICABLE, sentence=sentence)


def refuse_flaw(verdict: Verdict) -> None:
    """Refuse what a requirement finds broken; pass otherwise."""
    if verdict.state is State.FLAW:
        raise Refused(verdict.code, verdict.sentence)
