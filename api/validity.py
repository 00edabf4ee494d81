"""The formal validity of a decision, requirement by requirement, and of a proposal before it is signed."""

from datetime import date
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES, problem
from domain.acts import DecisionKind
from domain.case import Case
from domain.context import Context
from domain.preview import act_proposed, refusal_of_signature
from domain.refusals import CODES, Refused
from domain.validity import validity_of
from domain.validity.acts import act_recorded
from domain.validity.requirement import Act, State
from ledger.desk import Desk
from ledger.histories import CaseUnknown
from ledger.identifiers import new_id


class RequirementMet(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement of form, whether the act meets it, and why."""

    id: str
    """F1 to F12."""
    title: str
    state: State
    sentence: str
    articles: tuple[str, ...]
    code: str | None
    """What a signature is refused with while the flaw lasts."""


class DecisionValidity(msgspec.Struct, frozen=True, kw_only=True):
    """The formal validity of a decision as known today."""

    case: UUID
    version: int
    decision: str
    kind: DecisionKind
    on: date
    requirements: tuple[RequirementMet, ...]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What a signature would be refused with."""

    code: str
    title: str
    detail: str


class ProposalValidity(msgspec.Struct, frozen=True, kw_only=True):
    """The formal validity of what is proposed, if it were signed today by the caller."""

    case: UUID
    version: int
    kind: DecisionKind
    on: date
    requirements: tuple[RequirementMet, ...]
    refusal: Refusal | None


def _judged(case: Case, act: Act, context: Context) -> tuple[RequirementMet, ...]:
    return tuple(
        RequirementMet(
            id=each.id,
            title=each.title,
            state=verdict.state,
            sentence=verdict.sentence,
            articles=each.provision.articles,
            code=verdict.code or None,
        )
        for each, verdict in validity_of(case, act, context)
    )


def _of_services(desk: Desk, caller: Caller, case_id: UUID) -> Case:
    """The case, for the services that know of it; unknown to all others, who are not told that this exists."""
    case = desk.history(case_id).case
    caller.must_know(case)
    return case


@get(
    "/decisions/{decision:str}/validity",
    sync_to_thread=True,
    operation_id="DecisionValidity",
    summary="La validité formelle d'une décision",
    responses=READ_RESPONSES,
)
def decision_validity(
    case_id: FromPath[UUID], decision: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> DecisionValidity:
    """Each requirement of form with its state, its sentence and its articles; what can only be judged later says so."""
    case = _of_services(desk, caller, case_id)
    found = next((each for each in case.decisions if each.id == decision), None)
    if found is None:
        raise CaseUnknown
    context = desk.context(caller.actor, new_id())
    return DecisionValidity(
        case=case_id,
        version=case.version,
        decision=found.id,
        kind=found.kind,
        on=found.on,
        requirements=_judged(case, act_recorded(case, found), context),
    )


@get(
    "/validity",
    sync_to_thread=True,
    operation_id="ProposalValidity",
    summary="Ce que rencontrerait la signature de la proposition",
    responses={**READ_RESPONSES, 409: problem("Aucune décision n'est proposée.")},
)
def proposal_validity(
    case_id: FromPath[UUID], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> ProposalValidity:
    """The same requirements on the proposal, and the first refusal that a signature would meet today."""
    case = _of_services(desk, caller, case_id)
    context = desk.context(caller.actor, new_id())
    act = act_proposed(case, context)
    refusal = refusal_of_signature(case, context)
    return ProposalValidity(
        case=case_id,
        version=case.version,
        kind=act.kind,
        on=act.on,
        requirements=_judged(case, act, context),
        refusal=_told(refusal) if refusal else None,
    )


def _told(refusal: Refused) -> Refusal:
    return Refusal(code=refusal.code, title=CODES[refusal.code].title, detail=refusal.message)


def router() -> Router:
    """Routes under /api/cases/{case_id}."""
    return Router("/api/cases/{case_id:uuid}", route_handlers=[decision_validity, proposal_validity], tags=["Validité"])
