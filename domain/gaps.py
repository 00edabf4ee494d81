"""What is missing, or does not agree, between a decision and the record of how it was taken: one line for each gap."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

from domain.acknowledgement import silence_rule_of
from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES, Addressee, DecisionKind, Delegation, SignedDecision
from domain.case import Notified
from domain.clocks import ClockState, silence
from domain.decisions import KINDS, author_of, expired_request, must_lack_something_indispensable
from domain.envelope import Role
from domain.events import (
    CriterionAssessed,
    DecisionDeemedNotified,
    DecisionFirstRead,
    DecisionMadeAvailable,
    FindingOverridden,
    ImplicitDecisionArisen,
)
from domain.findings import CRITERION_TITLES, MET_TITLES, Assessment, Criterion, Exhibit, Met
from domain.french import in_french, list_in_french
from domain.law import Law, Rule, rules_in_force
from domain.limits import limit_to_read
from domain.refusals import CODES, Refused
from domain.taken import Fact, Taken, day_of
from domain.validity import validity_of
from domain.validity.acts import act_recorded
from domain.validity.author import Lack, lacks_of
from domain.validity.requirement import State
from domain.validity.statement_of_reasons import FACT_LENGTH_MIN

OWN: Final[dict[str, str]] = {
    "recorded_by_another": "Celui qui a enregistré la décision n'est pas celui qui pouvait la prendre.",
    "signatory_without_right": "Le signataire n'avait aucun droit de signer en vigueur.",
    "signed_on_another_day": "La date de la décision n'est pas le jour où elle a été enregistrée.",
    "prefects_differ": "Les préfets que la décision nomme ne sont pas ceux de l'orientation du dossier.",
    "case_without_platform": "La décision a été prise sur un dossier qui n'était orienté vers aucune plateforme.",
    "delegation_not_recorded": "La délégation que la décision cite n'est pas enregistrée au nom du signataire.",
    "delegation_recorded_later": "La délégation n'a été enregistrée qu'après la décision.",
    "delegation_not_in_force": "La délégation n'était pas en vigueur le jour de la décision.",
    "delegation_not_published": "La délégation n'était pas publiée le jour de la décision.",
    "delegation_act_not_covered": "La délégation ne couvre pas ce genre d'acte.",
    "delegation_place_not_covered": "La délégation ne couvre pas ce département ou cette plateforme.",
    "delegation_misquoted": "La décision cite la délégation autrement qu'elle n'est enregistrée.",
    "signed_own_examination": "Le signataire a lui-même apprécié ou proposé, sans que sa délégation le permette.",
    "no_proposal": "Aucune proposition n'a précédé la signature.",
    "proposed_without_right": "Celui qui a proposé n'avait aucun droit d'instruire en vigueur.",
    "condition_not_assessed": "Une condition du texte en vigueur n'a pas été appréciée.",
    "condition_of_another_text": "Une condition a été appréciée sur une autre version du texte.",
    "condition_not_established": "Une condition est restée sans réponse.",
    "condition_not_asked": "Une condition que le texte en vigueur n'exige pas a été appréciée.",
    "assessment_repeated": "La décision porte plusieurs appréciations d'une même condition.",
    "assessed_without_right": "Celui qui a apprécié une condition n'avait aucun droit d'instruire en vigueur.",
    "finding_differs": "Le calcul que la décision porte n'est pas celui que donnent le dossier et le texte.",
    "assessment_not_recorded": "La décision porte une appréciation que l'historique ne contient pas.",
    "assessment_by_another": "L'appréciation est attribuée à un autre que celui qui l'a enregistrée.",
    "assessed_after_decision": "Une condition est datée comme appréciée après la décision.",
    "assessment_without_reason": "Une condition a été appréciée sans motif là où le calcul ne répondait pas.",
    "override_without_reason": "Un résultat calculé a été écarté sans motif.",
    "finding_set_aside_silently": "L'appréciation contredit le calcul sans l'avoir écarté.",
    "decided_against_assessment": "La demande a été accueillie alors qu'une condition impérative n'était pas remplie.",
    "exhibit_unknown": "Une pièce citée, ou sa version, n'était pas au dossier.",
    "exhibit_altered": "L'empreinte d'une pièce citée n'est pas celle de la pièce reçue.",
    "exhibit_set_aside": "Une pièce citée avait été écartée.",
    "paragraph_unknown": "Un motif cite un paragraphe de la bibliothèque qui n'était pas publié.",
    "remedies_missing": "La décision peut être contestée et n'indique ni voies ni délais de recours.",
    "tables_not_stated": "La décision ne dit pas quelles versions des tables elle a utilisées.",
    "table_not_in_force": "Une table utilisée n'est pas celle qui était en vigueur.",
    "never_made_available": "La décision n'a pas été mise à disposition d'un destinataire.",
    "notification_not_proved": "Rien ne prouve la notification à un destinataire, alors que le délai est passé.",
    "notified_without_availability": "Une notification est constatée sans mise à disposition.",
    "available_before_decision": "La mise à disposition est datée d'avant la décision.",
    "read_after_its_record": "Une lecture est datée d'après le jour où elle a été enregistrée.",
    "read_before_availability": "Une lecture est datée d'avant la mise à disposition.",
    "deemed_without_ground": "Une notification est réputée faite sans que ses conditions soient réunies.",
    "acknowledgement_missing": "Le silence a décidé sans qu'un accusé de réception ait indiqué les recours.",
    "silence_had_not_decided": "Une décision implicite a été constatée alors que le délai ne l'avait pas fait naître.",
    "silence_date_differs": "La date de la décision implicite n'est pas celle du délai.",
    "silence_effect_differs": "Le sens de la décision implicite n'est pas celui que le texte attache au silence.",
}  # fmt: skip
"""The gaps that this judgement alone finds, each with its French sentence."""

OF_FORM: Final = (
    "reasons_missing",
    "ground_not_allowed",
    "reason_needs_fact",
    "reason_placeholder_unresolved",
    "ground_needs_evidence",
    "discretion_needs_reasons",
    "author_not_named",
    "remedies_incomplete",
    "algorithmic_notice_missing",
    "prior_hearing_not_mentioned",
    "prior_hearing_missing",
    "legal_basis_missing",
    "closure_needs_expired_delay",
    "closure_needs_indispensable_item",
    "law_not_held",
)
"""Gaps that a signature is refused with: they can only be in what was not recorded through the commands."""

GAPS: Final[dict[str, str]] = {**OWN, **{code: CODES[code].title for code in OF_FORM}}
"""Every code that a line may bear, with its French sentence."""

FORM_JUDGED: Final = frozenset({"F1", "F4", "F6", "F10", "F11", "F12"})
"""Requirements of form that a line tells. The author's delegation (F3) and the examination (F2) are judged here in
more detail; what notification demands of the form (F5, F7 to F9) is told by the validity of the decision."""

GRACE: Final = timedelta(days=1)
"""What time alone makes is recorded during the night after: until the end of that day nothing is missing."""
SLIP_DAYS_MAX: Final = 30
"""Days after which a letter whose slip nobody recorded is told; no text sets them."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an auditor cannot trace, and where it stands."""

    code: str
    """Stable: a key of `GAPS`."""
    title: str
    sentence: str
    """With the facts of the case."""
    version: int
    """Of the fact, in the history of the case."""


def gaps_of(taken: Taken) -> tuple[Gap, ...]:
    """Every gap of a decision, in the order in which it was prepared, taken and notified."""
    judges = (_silence, _form, _notification) if taken.signed is None else SIGNED_JUDGES
    return tuple(dict.fromkeys(gap for judge in judges for gap in judge(taken)))


Judge = Callable[[Taken], Iterator[Gap]]


def _gap(taken: Taken, code: str, sentence: str, at: Fact | None = None) -> Gap:
    return Gap(code=code, title=GAPS[code], sentence=sentence, version=(at or taken.fact).version)


# Who signed


def _author(taken: Taken) -> Iterator[Gap]:
    signed, fact, routing = _signed(taken), taken.fact, taken.before.routing
    who = signed.signatory
    if fact.actor.identity != who.identity:
        yield _gap(
            taken,
            "recorded_by_another",
            f"La décision {signed.decision}, signée de {who.name}, a été enregistrée par {fact.actor.name} "
            f"({fact.actor.quality}).",
        )
    if not taken.around.administration_then.has_right(who.identity, Role.SIGNATORY, taken.day):
        yield _gap(
            taken,
            "signatory_without_right",
            f"Aucun droit de signer n'était en vigueur le {in_french(taken.day)} pour {who.name}.",
        )
    if signed.signed_on != taken.day:
        yield _gap(
            taken,
            "signed_on_another_day",
            f"La décision porte la date du {in_french(signed.signed_on)} ; elle a été enregistrée le "
            f"{in_french(taken.day)}.",
        )
    if routing is None:
        yield _gap(
            taken, "case_without_platform", "Aucun préfet ne répondait du dossier lorsque la décision a été prise."
        )
    elif (routing.competent_prefect, routing.deciding_prefect) != (signed.competent_prefect, signed.deciding_prefect):
        yield _gap(
            taken,
            "prefects_differ",
            f"La décision nomme le {signed.deciding_prefect} et le {signed.competent_prefect} ; le dossier relevait du "
            f"{author_of(routing)}.",
        )


def _delegation(taken: Taken) -> Iterator[Gap]:
    signed, routing = _signed(taken), taken.before.routing
    held, lacks = delegation_used(taken)
    number = signed.signatory.delegation
    if held is None:
        yield _gap(
            taken,
            "delegation_not_recorded",
            f"Aucune délégation n° {number} n'est enregistrée au nom de {signed.signatory.name}.",
        )
        return
    if all(each.id != held.id for each in taken.around.administration_then.delegations):
        yield _gap(
            taken,
            "delegation_recorded_later",
            f"La délégation n° {number} n'était pas encore enregistrée lorsque la décision l'a été.",
        )
    for lack in lacks if routing else ():
        yield _gap(taken, lack.code, f"La délégation n° {number} {lack.words}.")
    differing = _misquoted(signed, held)
    if differing:
        yield _gap(
            taken,
            "delegation_misquoted",
            f"La décision ne reprend pas la délégation n° {number} telle qu'elle est enregistrée : "
            f"{list_in_french(differing)}.",
        )
    yield from _own_examination(taken, held)


def delegation_used(taken: Taken) -> tuple[Delegation | None, list[Lack]]:
    """The delegation that the decision cites, as recorded today, and what kept it from covering the act."""
    signed, routing = _signed(taken), taken.before.routing
    named = [
        each
        for each in taken.around.administration.delegations
        if each.number == signed.signatory.delegation and each.identity == signed.signatory.identity
    ]
    if not named:
        return None, []
    if routing is None:
        return named[-1], []
    wanted = act_recorded(taken.after, taken.then).delegated
    judged = [(lacks_of(each, wanted, routing, signed.signed_on), each) for each in reversed(named)]
    lacks, best = min(judged, key=lambda pair: len(pair[0]))
    return best, lacks


def _misquoted(signed: SignedDecision, held: Delegation) -> list[str]:
    said = signed.signatory
    pairs = (
        ("le nom", said.name, held.name),
        ("la qualité", said.quality, held.quality),
        ("le service", said.service, held.service),
        ("le jour de publication", said.delegation_published_on, held.published_on or said.delegation_published_on),
        ("le recueil", said.delegation_publication, held.publication),
    )
    return [what for what, stated, recorded in pairs if stated != recorded]


def _own_examination(taken: Taken, held: Delegation) -> Iterator[Gap]:
    proposal, identity = taken.before.proposal, held.identity
    did = [
        what
        for what, done in (
            ("apprécié une condition", identity in taken.before.assessors),
            ("proposé la décision", proposal is not None and proposal.event.proposed_by == identity),
        )
        if done
    ]
    if did and not held.own_assessments:
        yield _gap(
            taken,
            "signed_own_examination",
            f"{held.name} a {list_in_french(did)} et signé, ce que la délégation n° {held.number} ne permet pas.",
        )


def _proposal(taken: Taken) -> Iterator[Gap]:
    signed = _signed(taken)
    if signed.kind not in {DecisionKind.WITHDRAWAL, DecisionKind.REPEAL} and taken.before.proposal is None:
        yield _gap(taken, "no_proposal", f"La décision {signed.decision} a été signée sans qu'un agent l'ait proposée.")
    if taken.before.proposal is not None:
        proposed = taken.before.proposal.event
        if not _may_examine(taken, proposed.proposed_by, proposed.proposed_on):
            yield _gap(
                taken,
                "proposed_without_right",
                _without_right(proposed.proposed_by, proposed.proposed_on, "proposé la décision"),
            )
    if signed.kind is DecisionKind.CLOSURE:
        try:
            expired_request(taken.before, signed.signed_on)
            must_lack_something_indispensable(taken.before, signed.signed_on)
        except Refused as refused:
            yield _gap(taken, refused.code, refused.message)


def _without_right(who: str, on: date, did: str) -> str:
    return f"Aucun droit d'instruire n'était en vigueur le {in_french(on)} pour {who}, qui a {did}."


def _may_examine(taken: Taken, identity: str, on: date) -> bool:
    return taken.around.administration_then.has_right(identity, Role.AGENT, on)


# The conditions


def _conditions(taken: Taken) -> Iterator[Gap]:
    signed = _signed(taken)
    if signed.kind not in {kind for pair in KINDS.values() for kind in pair}:
        return
    rules = rules_in_force(taken.before.procedure, signed.signed_on)
    if not rules:
        yield _gap(
            taken,
            "law_not_held",
            f"Pour cette procédure, aucun texte en vigueur le {in_french(signed.signed_on)} n'est disponible ici.",
        )
        return
    stated = {each.rule.criterion: each for each in signed.assessments}
    for criterion, count in Counter(each.rule.criterion for each in signed.assessments).items():
        if count > 1:
            sentence = f"« {CRITERION_TITLES[criterion]} » est appréciée {count} fois dans la décision."
            yield _gap(taken, "assessment_repeated", sentence)
    for rule in rules:
        yield from _condition(taken, rule, stated.get(rule.id.criterion))
        yield from _finding(taken, rule, stated.get(rule.id.criterion))
    asked = {rule.id.criterion for rule in rules}
    for criterion, assessment in stated.items():
        if criterion not in asked:
            yield _gap(
                taken,
                "condition_not_asked",
                f"« {CRITERION_TITLES[criterion]} » n'est pas une condition de cette procédure à cette date.",
                _place(taken, assessment),
            )
        yield from _assessment(taken, assessment)


def _condition(taken: Taken, rule: Rule, assessment: Assessment | None) -> Iterator[Gap]:
    title = CRITERION_TITLES[rule.id.criterion]
    if assessment is None:
        yield _gap(
            taken, "condition_not_assessed", f"« {title} » ({rule.id.article}) n'a pas été appréciée pour la décision."
        )
        return
    used, at = assessment.rule, _place(taken, assessment)
    if used != rule.id:
        yield _gap(
            taken,
            "condition_of_another_text",
            f"« {title} » a été appréciée sur {used.article} en vigueur depuis le {in_french(used.since)}, et non sur "
            f"{rule.id.article} en vigueur depuis le {in_french(rule.id.since)}.",
            at,
        )
    if assessment.met is Met.NOT_ESTABLISHED:
        yield _gap(taken, "condition_not_established", f"« {title} » n'a pas reçu de réponse.", at)
    signed = _signed(taken)
    if signed.kind.is_favourable and assessment.blocks_grant and not rule.leaves_free_to_grant:
        yield _gap(
            taken,
            "decided_against_assessment",
            f"« {title} » ({rule.id.article}) était appréciée comme non remplie.",
            at,
        )


def _finding(taken: Taken, rule: Rule, assessment: Assessment | None) -> Iterator[Gap]:
    """Whether the finding is the one that the rule gives on that day; another version of smoe may have computed it."""
    if assessment is None or assessment.rule != rule.id or not taken.around.same_program:
        return
    law = Law(today=_signed(taken).signed_on, reference=taken.around.reference)
    found, stated = rule.find(taken.before, law).met, assessment.computed.met
    if found is not stated:
        yield _gap(
            taken,
            "finding_differs",
            f"Sur « {CRITERION_TITLES[rule.id.criterion]} », la décision porte « {MET_TITLES[stated]} » comme résultat "
            f"du calcul ; le dossier donne « {MET_TITLES[found]} ».",
            _place(taken, assessment),
        )


def _place(taken: Taken, assessment: Assessment) -> Fact:
    return taken.assessed_by.get(assessment.rule.criterion, taken.fact)


def _assessment(taken: Taken, stated: Assessment) -> Iterator[Gap]:
    """Whether what the decision says of a condition is what somebody found, with a reason where one is owed."""
    criterion = stated.rule.criterion
    title = CRITERION_TITLES[criterion]
    if taken.before.findings.get(criterion) != stated:
        yield _gap(
            taken,
            "assessment_not_recorded",
            f"L'appréciation de « {title} » que porte la décision n'est pas au dossier.",
        )
        return
    at = taken.assessed_by[criterion]
    agent, on = _assessor(at)
    if agent != at.actor.identity:
        yield _gap(
            taken,
            "assessment_by_another",
            f"L'appréciation de « {title} » est attribuée à {agent} et a été enregistrée par {at.actor.identity}.",
            at,
        )
    if not _may_examine(taken, at.actor.identity, day_of(at)):
        yield _gap(
            taken,
            "assessed_without_right",
            _without_right(at.actor.name, day_of(at), f"apprécié « {title} »"),
            at,
        )
    if on > _signed(taken).signed_on:
        yield _gap(taken, "assessed_after_decision", f"« {title} » est appréciée au {in_french(on)}.", at)
    reasoned = len(stated.because.strip()) >= FACT_LENGTH_MIN
    computed = stated.computed.met
    if stated.overridden and not reasoned:
        yield _gap(
            taken, "override_without_reason", f"Le résultat calculé sur « {title} » a été écarté sans motif.", at
        )
    elif not stated.overridden and computed is Met.NOT_ESTABLISHED and not reasoned:
        yield _gap(taken, "assessment_without_reason", f"« {title} » a été appréciée par l'agent sans motif.", at)
    elif not stated.overridden and computed not in (Met.NOT_ESTABLISHED, stated.met):
        yield _gap(
            taken,
            "finding_set_aside_silently",
            f"Sur « {title} », le calcul répond « {MET_TITLES[computed]} » et l'appréciation "
            f"« {MET_TITLES[stated.met]} ».",
            at,
        )


def _assessor(fact: Fact) -> tuple[str, date]:
    match fact.event:
        case CriterionAssessed(assessed_by=agent, assessed_on=on):
            return agent, on
        case FindingOverridden(overridden_by=agent, overridden_on=on):
            return agent, on
        case _:
            raise AssertionError("only these two facts assess a condition")


# The evidence


def exhibits_used(taken: Taken) -> dict[Exhibit, list[Criterion]]:
    """Every exhibit that an assessment or a ground of the decision names, with the conditions it carries."""
    signed = _signed(taken)
    found: dict[Exhibit, list[Criterion]] = {}
    for assessment in signed.assessments:
        for exhibit in (*assessment.exhibits, *assessment.computed.exhibits):
            found.setdefault(exhibit, []).append(assessment.rule.criterion)
    for reason in signed.reasons:
        for exhibit in reason.exhibits:
            found.setdefault(exhibit, []).append(reason.rule.criterion)
    return {exhibit: list(dict.fromkeys(criteria)) for exhibit, criteria in found.items()}


def _evidence(taken: Taken) -> Iterator[Gap]:
    for exhibit, criteria in exhibits_used(taken).items():
        named = (
            f"La pièce {exhibit.document}, version {exhibit.version}, citée sur « {CRITERION_TITLES[criteria[0]]} »,"
        )
        flaw = flaw_of_exhibit(taken, exhibit)
        if flaw is not None:
            yield _gap(taken, flaw[0], f"{named} {flaw[1]}", taken.assessed_by.get(criteria[0]))


def flaw_of_exhibit(taken: Taken, exhibit: Exhibit) -> tuple[str, str] | None:
    """What an exhibit lacks, as a code and the end of a sentence; None when the case held it whole."""
    document = taken.before.documents.get(exhibit.document)
    held = next((each for each in document.versions if each.version == exhibit.version), None) if document else None
    if document is None or held is None:
        return "exhibit_unknown", "n'était pas au dossier lorsque la décision a été prise."
    if held.sha256 != exhibit.sha256:
        return "exhibit_altered", "n'a pas l'empreinte de la pièce reçue."
    if held.version in document.refused:
        return "exhibit_set_aside", f"avait été écartée : {document.refused[held.version]}"
    return None


# The form, the paragraphs, the tables


def _form(taken: Taken) -> Iterator[Gap]:
    """What the requirements of form find broken; a ground is not told of twice when its condition is a gap already."""
    act = act_recorded(taken.after, taken.then)
    told = tuple(_conditions(taken)) if taken.signed else ()
    if taken.signed is not None and act.kind.can_be_appealed and act.remedies is None:
        yield _gap(
            taken,
            "remedies_missing",
            f"La décision {taken.then.id} n'indique ni voies ni délais de recours (CJA R421-5).",
        )
    for requirement, verdict in validity_of(taken.after, act, taken.context):
        if requirement.id not in FORM_JUDGED or verdict.state is not State.FLAW:
            continue
        if verdict.code == "remedies_incomplete" and act.remedies is None:
            if taken.signed is None:
                yield _gap(taken, "acknowledgement_missing", verdict.sentence)
        elif verdict.code != "ground_not_allowed" or not told:
            yield _gap(taken, verdict.code, verdict.sentence)
    known = {(each.reason, each.version) for each in taken.around.administration_then.reasons}
    for reason in act.reasons:
        if reason.reason_id is not None and (reason.reason_id, reason.reason_version) not in known:
            yield _gap(
                taken,
                "paragraph_unknown",
                f"Le paragraphe « {reason.reason_id} », version {reason.reason_version}, n'était pas publié.",
            )


def _tables(taken: Taken) -> Iterator[Gap]:
    used = _signed(taken).reference_versions
    if not used:
        yield _gap(taken, "tables_not_stated", "La décision ne porte aucune version de table.")
        return
    for table, version in tables_in_force(taken).items():
        if used.get(table) != version:
            yield _gap(
                taken,
                "table_not_in_force",
                f"La table « {table} » en vigueur était la version {version} ; la décision porte "
                f"{used.get(table) or 'aucune version'}.",
            )


def tables_in_force(taken: Taken) -> dict[str, str]:
    """The versions of the tables in force when the decision was recorded, as far as this program can tell.

    What was published stands in the ledger; which tables came with another version of smoe, only that version knows.
    """
    reference = taken.around.reference
    shipped = reference.shipped.versions if reference.shipped else reference.versions
    return {
        table: version
        for table, version in reference.versions.items()
        if taken.around.same_program or version != shipped.get(table)
    }


# Silence


def _silence(taken: Taken) -> Iterator[Gap]:
    """Whether silence had decided, when, and what, on the facts and by the law known when it was recorded."""
    event = taken.fact.event
    assert isinstance(event, ImplicitDecisionArisen), "only silence decides without a signature"
    reference = taken.around.reference
    clock = silence(taken.before, taken.day, reference)
    rule = silence_rule_of(taken.before.request, reference)
    if taken.fact.actor.role not in {Role.SYSTEM, Role.MANAGER}:
        who = taken.fact.actor
        yield _gap(
            taken, "recorded_by_another", f"La décision implicite a été constatée par {who.name} ({who.quality})."
        )
    if clock.state is not ClockState.EXPIRED:
        yield _gap(
            taken,
            "silence_had_not_decided",
            f"Le {in_french(taken.day)}, le silence n'avait rien décidé. {clock.sentence}",
        )
    elif clock.expires_on is not None and clock.expires_on != event.arisen_on:
        yield _gap(
            taken,
            "silence_date_differs",
            f"La décision implicite est datée du {in_french(event.arisen_on)} ; le délai l'a fait naître le "
            f"{in_french(clock.expires_on)}.",
        )
    effect = {"grant": DecisionKind.IMPLICIT_GRANT, "reject": DecisionKind.IMPLICIT_REFUSAL}.get(rule.effect)
    if event.kind is not effect or event.rule != rule.id:
        expected = DECISION_TITLES[effect] if effect else "aucune décision"
        yield _gap(
            taken,
            "silence_effect_differs",
            f"« {DECISION_TITLES[event.kind]} » a été constaté selon la règle {event.rule} ; le texte attache au "
            f"silence : {expected} (règle {rule.id}).",
        )


# The notification


def _notification(taken: Taken) -> Iterator[Gap]:
    """Whether each addressee was told, and how it is known; a refusal born of silence is told to nobody."""
    if taken.then.kind is DecisionKind.IMPLICIT_REFUSAL:
        return
    for addressee in taken.after.addressees:
        known = taken.decision.notified.get(addressee)
        if known is None:
            if taken.around.today > taken.day:
                yield _gap(
                    taken,
                    "never_made_available",
                    f"La décision {taken.then.id} n'a pas été mise à la disposition de {ADDRESSEE_TITLES[addressee]}.",
                )
            continue
        yield from _proof(taken, addressee, known)


def _proof(taken: Taken, addressee: Addressee, known: Notified) -> Iterator[Gap]:
    told = told_to(taken, addressee)
    whom = f"à l'égard de {ADDRESSEE_TITLES[addressee]}"
    available = next((fact for fact in told if isinstance(fact.event, DecisionMadeAvailable)), None)
    if available is None:
        yield _gap(
            taken,
            "notified_without_availability",
            f"La notification de {taken.then.id} {whom} est constatée sans mise à disposition.",
            told[0],
        )
        return
    if known.available_on < taken.then.on:
        yield _gap(
            taken,
            "available_before_decision",
            f"La mise à disposition {whom} est datée du {in_french(known.available_on)}, la décision "
            f"{taken.then.id} du {in_french(taken.then.on)}.",
            available,
        )
    last_day = _last_day_to_prove(taken, known)
    if known.notified_on is None and last_day is not None and last_day + GRACE < taken.around.today:
        yield _gap(
            taken,
            "notification_not_proved",
            f"Mise à disposition le {in_french(known.available_on)}, la décision {taken.then.id} n'est ni lue, ni "
            f"réputée notifiée {whom}.",
            available,
        )
    for fact in told:
        yield from _one_proof(taken, fact, known, whom)


def _one_proof(taken: Taken, fact: Fact, known: Notified, whom: str) -> Iterator[Gap]:
    match fact.event:
        case DecisionFirstRead() if known.read_on is not None and known.read_on < known.available_on:
            yield _gap(
                taken,
                "read_before_availability",
                f"La lecture {whom} est datée du {in_french(known.read_on)}, avant la mise à disposition du "
                f"{in_french(known.available_on)}.",
                fact,
            )
        case DecisionFirstRead() if known.read_on is not None and known.read_on > day_of(fact):
            yield _gap(
                taken,
                "read_after_its_record",
                f"La lecture {whom}, enregistrée le {in_french(day_of(fact))}, est datée du "
                f"{in_french(known.read_on)}.",
                fact,
            )
        case DecisionDeemedNotified(notified_on=on):
            last_day = _last_day_to_prove(taken, known)
            early = last_day is not None and day_of(fact) <= last_day
            by = "sur le téléservice" if known.channel == "teleservice" else "par courrier"
            if on != known.available_on or early or known.channel != "teleservice":
                yield _gap(
                    taken,
                    "deemed_without_ground",
                    f"La notification {whom} est réputée faite le {in_french(on)} : mise à disposition le "
                    f"{in_french(known.available_on)} {by}, constatée le {in_french(day_of(fact))}.",
                    fact,
                )
        case _:
            pass


def told_to(taken: Taken, addressee: Addressee) -> tuple[Fact, ...]:
    """The facts by which an addressee came to know the decision, oldest first."""
    return tuple(
        fact
        for fact in taken.facts[taken.fact.version :]
        if isinstance(fact.event, DecisionMadeAvailable | DecisionFirstRead | DecisionDeemedNotified)
        and fact.event.decision == taken.then.id
        and fact.event.addressee is addressee
    )


def _last_day_to_prove(taken: Taken, known: Notified) -> date | None:
    """Until when an addressee may be waited for; None when no text held here fixes it."""
    if known.channel != "teleservice":
        return known.available_on + timedelta(days=SLIP_DAYS_MAX)
    try:
        return limit_to_read(known, taken.around.reference_today).ends_on
    except Refused:
        return None


def _signed(taken: Taken) -> SignedDecision:
    assert taken.signed is not None, "silence signs nothing"
    return taken.signed


SIGNED_JUDGES: Final[tuple[Judge, ...]] = (
    _author,
    _delegation,
    _proposal,
    _conditions,
    _evidence,
    _form,
    _tables,
    _notification,
)
