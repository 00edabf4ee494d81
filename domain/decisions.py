"""What proposing and signing share: kinds possible, grounds allowed, conditions assessed, who signs, what is said."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

import msgspec

from domain.accesses import acts_for
from domain.acknowledgement import silence_rule_of
from domain.acts import (
    DECISION_TITLES,
    Addressee,
    DecisionKind,
    DelegatedAct,
    Delegation,
    Signatory,
    SignedDecision,
    StageKind,
)
from domain.case import Case, Decision, MissingItems, Routing, Status
from domain.clocks import silence_due
from domain.clocks.silence_on_request import required_by_a_text
from domain.context import Context
from domain.envelope import Role
from domain.findings import CRITERION_TITLES, Assessment, Criterion, Exhibit, Met, ReasonGiven, RuleId
from domain.french import in_french
from domain.law import Law, Rule, rules_in_force
from domain.procedures import OutcomeKind
from domain.provisions import Chapter, provision
from domain.reasons_library import (
    FACTS_OF_THE_GROUND,
    FREE_MAX,
    NAME_LENGTH_MAX,
    composed,
    paragraph_in_force,
)
from domain.refusals import Refused
from domain.remedies import algorithmic_notice, remedies
from domain.validity.author import ACTS as ACTS
from domain.validity.author import lacking, lacks_of
from domain.validity.legal_basis import bases_of
from domain.validity.requirement import Act, refuse_flaw
from domain.validity.statement_of_reasons import FACT_LENGTH_MIN as FACT_LENGTH_MIN
from domain.validity.statement_of_reasons import WEIGHING_LENGTH_MIN as WEIGHING_LENGTH_MIN
from domain.validity.statement_of_reasons import (
    fact_wanted,
    not_a_ground,
    reasons_are_given_in_law_and_in_fact,
    states_fact,
)

FILERS = frozenset({Role.EMPLOYER, Role.MANDATARY, Role.PREFECTURE})
"""Roles that act for the one who filed."""

DocumentId = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
DocumentIds = Annotated[tuple[DocumentId, ...], msgspec.Meta(max_length=50)]

ReasonValueName = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH_MAX)]
ReasonValue = Annotated[str, msgspec.Meta(max_length=1_000)]

KINDS: dict[OutcomeKind, tuple[DecisionKind, DecisionKind]] = {
    OutcomeKind.PERMIT: (DecisionKind.GRANT, DecisionKind.REFUSAL),
    OutcomeKind.STAMP: (DecisionKind.STAMP, DecisionKind.STAMP_REFUSAL),
    OutcomeKind.OPINION: (DecisionKind.OPINION_FAVOURABLE, DecisionKind.OPINION_UNFAVOURABLE),
}
"""The favourable and the unfavourable decision of each kind of outcome."""


class ReasonDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ground as an agent or a signatory writes it; its text and version are added by the deciding function."""

    criterion: Criterion
    fact: Annotated[str, msgspec.Meta(max_length=5_000)]
    exhibits: DocumentIds = ()
    reason_id: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    """Paragraph of the library that states the law; without one, the fact stands alone."""
    values: Annotated[dict[ReasonValueName, ReasonValue], msgspec.Meta(max_length=FREE_MAX)] = {}
    """What the agent writes in the free placeholders of the paragraph."""


ReasonDrafts = Annotated[tuple[ReasonDraft, ...], msgspec.Meta(max_length=30)]


def law_of_today(context: Context) -> Law:
    """The law of the day of the decision, whatever the day of the request."""
    return Law(today=context.today, reference=context.reference)


def routing_of(case: Case) -> Routing:
    """Which prefects answer for the case; refused while nobody knows."""
    if case.routing is None:
        raise Refused("case_not_routed", "Le dossier n'est orienté vers aucune plateforme : aucun préfet n'en répond.")
    return case.routing


def not_asked_here(criterion: Criterion) -> Refused:
    """The refusal to assess what no text in force today asks of this procedure."""
    return Refused(
        "criterion_unknown_here",
        f"« {CRITERION_TITLES[criterion]} » n'est pas une condition de cette procédure à ce jour.",
    )


def must_be_examinable(case: Case, today: date) -> None:
    """Refuse unless the case is under examination, or awaits items past the delay given (CRPA L114-5)."""
    asked = case.open_missing_items
    if case.status is Status.AWAITING_ITEMS and asked is not None and asked.due_on < today:
        return
    case.must_be(Status.UNDER_EXAMINATION)


def exhibits_of(case: Case, ids: Iterable[str]) -> tuple[Exhibit, ...]:
    """The documents named, in the version held today, with their hashes; none that is unknown or was refused."""
    found = []
    for id in dict.fromkeys(ids):
        held = case.document(id)
        current = held.current
        if current.version in held.refused:
            raise Refused("exhibit_refused", f"La pièce « {id} » a été écartée : {held.refused[current.version]}")
        found.append(Exhibit(document=id, version=current.version, sha256=current.sha256))
    return tuple(found)


def attacked_decision(case: Case) -> Decision | None:
    """The decision that the appeal under examination is against."""
    if case.stage.kind is not StageKind.APPEAL or case.stage.ref is None:
        return None
    return case.decision(case.appeal(case.stage.ref).against)


def kinds_possible(case: Case) -> tuple[DecisionKind, ...]:
    """What may be decided on this procedure at this stage; no appeal turns a decision on the merits into a closure."""
    attacked = attacked_decision(case)
    kinds = KINDS[case.facts_of_procedure.outcome]
    return kinds if attacked and attacked.kind is not DecisionKind.CLOSURE else (*kinds, DecisionKind.CLOSURE)


def must_be_possible(case: Case, kind: DecisionKind) -> None:
    """Refuse a kind of decision that the procedure does not know."""
    possible = kinds_possible(case)
    if kind not in possible:
        titles = ", ".join(f"« {DECISION_TITLES[k]} »" for k in possible)
        raise Refused(
            "decision_kind_impossible",
            f"« {DECISION_TITLES[kind]} » n'est pas possible ici ; la procédure mène à : {titles}.",
        )


def must_be_undecided(case: Case) -> None:
    """Refuse a second express decision on the same request while nothing has re-opened it."""
    standing = case.current_decision
    if case.stage.kind is StageKind.FIRST and standing is not None and not standing.is_implicit:
        raise Refused(
            "already_decided",
            f"La décision {standing.id} du {in_french(standing.on)} ({DECISION_TITLES[standing.kind]}) est en vigueur.",
        )


def must_not_be_granted_by_silence(case: Case, context: Context) -> None:
    """Refuse to decide what silence has granted already: only a withdrawal could undo it."""
    due = silence_due(case, context.today, context.reference)
    if due is not None and due.expires_on and silence_rule_of(case.request, context.reference).effect == "grant":
        raise Refused(
            "granted_by_silence",
            f"Le silence vaut acceptation depuis le {in_french(due.expires_on)} : cette décision est à constater.",
        )


def conditions_assessed(case: Case, context: Context) -> tuple[Assessment, ...]:
    """Every condition in force today as assessed, in the order of the code; refused while one is not, or no longer."""
    rules = rules_in_force(case.procedure, context.today)
    if not rules:
        raise Refused(
            "law_not_held",
            f"Les textes applicables à cette procédure le {in_french(context.today)} ne sont pas disponibles ici : la "
            "décision ne peut y être préparée.",
        )
    lacking = [rule for rule in rules if not _assessed(case, rule)]
    if lacking:
        raise Refused("conditions_not_assessed", f"Conditions restant à apprécier : {_titles(lacking)}.")
    law = law_of_today(context)
    changed = [r for r in rules if r.find(case, law).met is not case.findings[r.id.criterion].computed.met]
    if changed:
        raise Refused(
            "assessment_out_of_date",
            f"Les faits ou les chiffres en vigueur ont changé depuis l'appréciation : {_titles(changed)}.",
        )
    return tuple(case.findings[rule.id.criterion] for rule in rules)


def _assessed(case: Case, rule: Rule) -> bool:
    held = case.findings.get(rule.id.criterion)
    return held is not None and held.rule == rule.id and held.met is not Met.NOT_ESTABLISHED


def _titles(rules: Iterable[Rule]) -> str:
    return " ; ".join(f"{CRITERION_TITLES[r.id.criterion]} ({r.id.article})" for r in rules)


def reasons_given(case: Case, drafts: Iterable[ReasonDraft], context: Context) -> tuple[ReasonGiven, ...]:
    """Grounds with the text, version and exhibits they rest on; each must be a condition assessed as not met."""
    return tuple(_reason(case, draft, context) for draft in drafts)


def _reason(case: Case, draft: ReasonDraft, context: Context) -> ReasonGiven:
    held = case.findings.get(draft.criterion)
    if held is None:
        raise Refused("ground_not_allowed", not_a_ground(draft.criterion))
    must_state_fact(draft)
    return reason_given(case, draft, held.rule, held.computed.facts, context)


def reason_given(
    case: Case, draft: ReasonDraft, rule: RuleId, facts: Mapping[str, str], context: Context
) -> ReasonGiven:
    """A ground on one version of its text, with its exhibits and its paragraph of the library filled."""
    paragraph = None
    text = ""
    if draft.reason_id is not None:
        paragraph = paragraph_in_force(context.administration, draft.reason_id, draft.criterion, context.today)
        text = composed(
            paragraph.text,
            case.request,
            rule,
            {**facts, FACTS_OF_THE_GROUND: draft.fact.strip()},
            draft.values,
            context.reference,
            context.today,
        )
    return ReasonGiven(
        rule=rule,
        fact=draft.fact.strip(),
        exhibits=exhibits_of(case, draft.exhibits),
        reason_id=draft.reason_id,
        reason_version=paragraph.version if paragraph else None,
        text=text,
    )


def must_state_fact(draft: ReasonDraft) -> None:
    """Refuse a ground without its facts (CRPA L211-5)."""
    if not states_fact(draft.fact):
        raise Refused("reason_needs_fact", fact_wanted(draft.criterion))


def must_be_lawful(
    case: Case, kind: DecisionKind, reasons: tuple[ReasonGiven, ...], explanation: str, context: Context
) -> tuple[Assessment, ...]:
    """Refuse a decision that the law of today forbids; answers the assessments it rests on."""
    must_be_possible(case, kind)
    must_be_undecided(case)
    must_not_be_granted_by_silence(case, context)
    if kind is DecisionKind.CLOSURE:
        expired_request(case, context.today)
        must_lack_something_indispensable(case, context.today)
        return ()
    assessments = conditions_assessed(case, context)
    if kind.is_favourable:
        _must_be_earned(case, reasons, context)
    else:
        draft = Act(
            kind=kind,
            on=context.today,
            delegated=ACTS[kind],
            reasons=reasons,
            explanation=explanation,
            assessments=assessments,
        )
        refuse_flaw(reasons_are_given_in_law_and_in_fact(case, draft, context))
    return assessments


def _must_be_earned(case: Case, reasons: tuple[ReasonGiven, ...], context: Context) -> None:
    rules = rules_in_force(case.procedure, context.today)
    unmet = [r for r in rules if not r.leaves_free_to_grant and case.findings[r.id.criterion].blocks_grant]
    if unmet:
        raise Refused(
            "mandatory_condition_not_met",
            f"Une condition impérative n'est pas remplie : {_titles(unmet)}. La demande ne peut être accueillie.",
        )
    if reasons:
        raise Refused("reasons_only_against")


@provision(Chapter.VALIDITY, "CRPA L114-5")
def expired_request(case: Case, today: date) -> MissingItems:
    """A case is closed as incomplete only once the delay given to send items that a text requires has run out without a
    complete answer."""
    asked = case.open_missing_items
    if asked is None or asked.due_on >= today:
        why = (
            f"le délai de la demande {asked.id} court jusqu'au {in_french(asked.due_on)} inclus"
            if asked
            else "aucune demande de pièces n'est restée sans réponse"
        )
        raise Refused("closure_needs_expired_delay", f"Le dossier ne peut être clos : {why}.")
    if not required_by_a_text(asked):
        raise Refused(
            "closure_needs_indispensable_item",
            f"La demande de pièces {asked.id} ne repose sur aucun texte : le défaut de ces pièces ne permet pas de "
            "clore le dossier (CRPA L114-5).",
        )
    return asked


@provision(Chapter.VALIDITY, "CRPA L114-5-1")
def must_lack_something_indispensable(case: Case, today: date) -> None:
    """The lack of an item that is not indispensable to decide does not stop the examination, so a case whose every
    condition could be assessed is decided rather than closed."""
    rules = rules_in_force(case.procedure, today)
    if rules and all(_assessed(case, rule) for rule in rules):
        raise Refused(
            "closure_needs_indispensable_item",
            "Toutes les conditions ont pu être appréciées : les pièces manquantes ne sont pas indispensables, et la "
            "demande doit être tranchée (CRPA L114-5-1).",
        )


def items_still_missing(case: Case, asked: MissingItems) -> tuple[str, ...]:
    """The labels of the items that never arrived, or of all of them when what arrived did not complete the file."""
    held = {d.current.item for d in case.documents.values() if d.current.version not in d.refused}
    lacking = tuple(item.label for item in asked.items if item.item not in held)
    return lacking or tuple(item.label for item in asked.items)


def delegation_of(case: Case, act: DelegatedAct, context: Context) -> Delegation:
    """The newest delegation that lets the actor sign this act today; the refusal says precisely what is lacking."""
    theirs = [d for d in context.administration.delegations if d.identity == context.actor.identity]
    if not theirs:
        raise Refused("no_delegation_in_force", "Aucune délégation de signature n'est enregistrée à votre nom.")
    routing = routing_of(case)
    judged = [(lacks_of(d, act, routing, context.today), d) for d in reversed(theirs)]
    lacks, best = min(judged, key=lambda pair: len(pair[0]))
    if lacks:
        raise Refused("no_delegation_in_force", lacking(best, lacks))
    return next((d for lack, d in judged if not lack and d.own_assessments), best)


def must_not_sign_own_assessment(case: Case, delegation: Delegation) -> None:
    """Refuse the signature of someone who assessed the case or proposed it, unless the delegation says otherwise."""
    if delegation.own_assessments:
        return
    if case.proposal is not None and case.proposal.event.proposed_by == delegation.identity:
        raise Refused(
            "signs_own_assessment",
            "Vous avez proposé cette décision : elle doit être signée par une autre personne.",
        )
    if delegation.identity in case.assessors:
        raise Refused(
            "signs_own_assessment",
            "Vous avez apprécié une condition de ce dossier : la décision doit être signée par une autre personne.",
        )


def author_of(routing: Routing) -> str:
    """The author of the act in words: the deciding prefect, by delegation of the competent one where they differ."""
    if routing.deciding_prefect == routing.competent_prefect:
        return routing.deciding_prefect
    return f"{routing.deciding_prefect}, agissant par délégation du {routing.competent_prefect}"


def signatory_of(delegation: Delegation) -> Signatory:
    """Whoever holds a delegation, as the act names them."""
    assert delegation.published_on is not None, "a delegation that is not published lets nobody sign"
    return Signatory(
        identity=delegation.identity,
        name=delegation.name,
        quality=delegation.quality,
        service=delegation.service,
        delegation=delegation.number,
        delegation_published_on=delegation.published_on,
        delegation_publication=delegation.publication,
    )


def signed_decision(
    case: Case,
    context: Context,
    delegation: Delegation,
    *,
    kind: DecisionKind,
    assessments: tuple[Assessment, ...] = (),
    reasons: tuple[ReasonGiven, ...] = (),
    explanation: str = "",
    prior_hearing: str = "",
) -> SignedDecision:
    """A whole express decision: author, both prefects, grounds, versions of the tables, remedies, notices."""
    return decision_by(
        case,
        context,
        signatory_of(delegation),
        kind=kind,
        assessments=assessments,
        reasons=reasons,
        explanation=explanation,
        prior_hearing=prior_hearing,
    )


def decision_by(
    case: Case,
    context: Context,
    signatory: Signatory,
    *,
    kind: DecisionKind,
    assessments: tuple[Assessment, ...],
    reasons: tuple[ReasonGiven, ...],
    explanation: str,
    prior_hearing: str = "",
) -> SignedDecision:
    """The decision that this person would sign today."""
    routing = routing_of(case)
    rejects_appeal = (attacked := attacked_decision(case)) is not None and not answers_anew(kind, attacked)
    return SignedDecision(
        decision=f"D{len(case.decisions) + 1}",
        kind=kind,
        stage=case.stage,
        signed_on=context.today,
        signatory=signatory,
        competent_prefect=routing.competent_prefect,
        deciding_prefect=routing.deciding_prefect,
        assessments=assessments,
        reasons=reasons,
        explanation=explanation,
        reference_versions=dict(context.reference.versions),
        remedies=remedies(case.request, author_of(routing), context.reference, gracious=not rejects_appeal)
        if kind.can_be_appealed
        else None,
        algorithmic_notice=algorithmic_notice(a.rule for a in assessments),
        legal_bases=bases_of(case.request, context.today),
        prior_hearing=prior_hearing,
    )


def answers_anew(kind: DecisionKind, attacked: Decision) -> bool:
    """Whether a decision taken on appeal takes the place of the one attacked, rather than rejecting the appeal."""
    return kind.is_favourable or (attacked.kind is DecisionKind.CLOSURE and kind is not DecisionKind.CLOSURE)


def addressee_of(case: Case, named: Addressee | None, context: Context) -> Addressee:
    """The addressee an act concerns: who filed and the foreigner act for themselves, a service names one of them."""
    role = context.actor.role
    own = Addressee.WORKER if role is Role.WORKER else case.addressees[0] if role in FILERS else None
    own = acts_for(case, context.actor) or own
    chosen = named or own
    if chosen is None:
        raise Refused("addressee_missing", "Indiquez le destinataire : l'employeur, l'étranger ou la préfecture.")
    if chosen not in case.addressees or (own is not None and chosen is not own):
        raise Refused("not_an_addressee")
    return chosen
