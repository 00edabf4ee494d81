"""The statement of facts and procedure: dated sentences in the order of time, each with the facts it tells and the
exhibits that prove it; and which facts it leaves out, and why."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from domain import events
from domain.acts import ADDRESSEE_TITLES, AppealKind, AppealOutcome, SignedDecision, StageKind
from domain.case import PARIS
from domain.commands.request_opinion import Body
from domain.defence.passages import Passage
from domain.defence.record import Record, day, document, letter, sheet
from domain.defence.words import (
    ACTIONS,
    NATURES,
    article,
    capital,
    counted,
    employer_name,
    ended,
    for_whom,
    lower,
    of_the_article,
    party_name,
    the_article,
    the_court,
    to_the_court,
    without_stop,
    worker_name,
)
from domain.envelope import Role
from domain.events import CaseEvent
from domain.findings import CRITERION_TITLES, Met, ReasonGiven
from domain.french import in_french, list_in_french
from domain.papers import LetterKind
from domain.procedures import PROCEDURES
from domain.request import DocumentRef
from domain.rights import RECORD_CRITERIA
from domain.taken import Fact, day_of


class Told(NamedTuple):
    """One fact as the statement tells it."""

    on: date
    text: str
    wanted: tuple[str, ...] = ()
    """What would prove it."""
    of_court: bool = False
    """Whether it is an act of the proceedings, which the court holds."""


Telling = Callable[[Record, Fact, Any], Told | None]
"""How a fact is told; None for one that is told elsewhere, or that has nothing to do with the decision attacked."""


def statement(record: Record) -> tuple[Passage, ...]:
    """Every fact that the statement tells, in the order of time."""
    told: list[tuple[date, int, Passage]] = []
    for facts, each in (*_one_by_one(record), *_documents(record), *_assessment(record)):
        passage = (
            record.of_court(each.text, facts, on=each.on)
            if each.of_court
            else record.tells(each.text, facts, each.wanted, on=each.on)
        )
        told.append((each.on, facts[0].version, passage))
    return tuple(passage for _, _, passage in sorted(told, key=lambda each: each[:2]))


def _one_by_one(record: Record) -> Iterator[tuple[Sequence[Fact], Told]]:
    for fact in record.facts:
        telling = TELLINGS.get(type(fact.event))
        told = telling(record, fact, fact.event) if telling else None
        if told is not None:
            yield (fact,), told


# What is told together


def _documents(record: Record) -> Iterator[tuple[Sequence[Fact], Told]]:
    """Documents that came on one day, in one sentence."""
    received = [fact for fact in record.facts if isinstance(fact.event, events.DocumentReceived)]

    def came_on(fact: Fact) -> date:
        assert isinstance(fact.event, events.DocumentReceived), "documents alone are grouped"
        return fact.event.received_on

    for on, group in groupby(sorted(received, key=lambda fact: (came_on(fact), fact.version)), key=came_on):
        facts = tuple(group)
        documents = [fact.event.document for fact in facts if isinstance(fact.event, events.DocumentReceived)]
        text = f"{day(on)}, {_joined(documents)} au dossier."
        yield facts, Told(on, text, tuple(document(each.id, each.version) for each in documents))


def _joined(documents: Sequence[DocumentRef]) -> str:
    titles = list_in_french([f"« {each.title} »" for each in documents])
    if len(documents) == 1:
        return f"la pièce {titles} a été versée"
    return f"{len(documents)} pièces ont été versées, à savoir {titles},"


def _assessment(record: Record) -> Iterator[tuple[Sequence[Fact], Told]]:
    """How the conditions were assessed before the decision attacked; those before others are of no use here."""
    signed = record.taken.signed
    facts = tuple(sorted(record.taken.assessed_by.values(), key=lambda fact: fact.version))
    if signed is None or not facts or not signed.assessments:
        return
    stated = {each.rule.criterion for each in signed.assessments}
    facts = tuple(fact for fact in facts if _criterionof_the_article(fact) in stated)
    if not facts:
        return
    unmet = [each for each in signed.assessments if each.met is Met.NOT_MET]
    on = max(day_of(fact) for fact in facts)
    count = len(facts)
    whole = (
        "la condition posée par les textes a été appréciée"
        if count == 1
        else (f"les {count} conditions posées par les textes ont été appréciées une à une")
    )
    names = list_in_french([f"« {CRITERION_TITLES[each.rule.criterion]} »" for each in unmet])
    found = {
        0: "aucune n'a été regardée comme non remplie",
        1: f"la condition {names} n'était pas remplie",
    }.get(len(unmet), f"les conditions {names} n'étaient pas remplies")
    text = f"Au terme de l'instruction, achevée le {in_french(on)}, {whole} : il en est résulté que {found}."
    yield facts, Told(on, text, (sheet("assessment", record.decision.id), sheet("decision", record.decision.id)))


def _criterionof_the_article(fact: Fact) -> object:
    match fact.event:
        case events.CriterionAssessed(assessment=assessment):
            return assessment.rule.criterion
        case events.FindingOverridden(criterion=criterion):
            return criterion
        case _:
            return None


# The request


def _filed(record: Record, fact: Fact, event: events.RequestFiled) -> Told:
    request = event.request
    by = {
        Role.PREFECTURE: "la préfecture",
        Role.WORKER: worker_name(record.case),
    }.get(event.filed_as, employer_name(record.case) or worker_name(record.case))
    through = f", par son mandataire {request.mandate.mandatary}," if request.mandate else ""
    job = f", pour un emploi de « {request.job.title} »" if request.job else ""
    attached = f" Elle était accompagnée de {counted(len(event.documents), 'une pièce', 'pièces')}."
    text = (
        f"{day(event.filed_on)}, {by}{through} a déposé, au bénéfice {for_whom(worker_name(record.case))}{job}, une "
        f"demande enregistrée sous le n° {event.number} (« {PROCEDURES[request.procedure].title} »)."
    )
    wanted = (sheet("request"), *(document(each.id, each.version) for each in event.documents))
    return Told(event.filed_on, text + (attached if event.documents else ""), wanted)


def _registered(record: Record, fact: Fact, event: events.RegistrationReceiptIssued) -> Told:
    text = f"{day(event.issued_on)}, l'accusé d'enregistrement électronique de cette demande a été délivré."
    return Told(event.issued_on, text, (letter(LetterKind.RECEIPT), sheet("request")))


_SILENCE: Final = {
    "reject": "le silence gardé vaudrait rejet",
    "grant": "le silence gardé vaudrait acceptation",
}


def _acknowledged(record: Record, fact: Fact, event: events.AcknowledgementIssued) -> Told:
    silence = _SILENCE.get(event.silence_effect, "le silence gardé ne ferait naître aucune décision")
    until = f" à compter du {in_french(event.implicit_decision_on)}" if event.implicit_decision_on else ""
    text = (
        f"{day(event.issued_on)}, il a été accusé réception de la demande, reçue le {in_french(event.received_on)}, "
        f"en indiquant que {silence}{until}."
    )
    return Told(event.issued_on, text, (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")))


def _amended(record: Record, fact: Fact, event: events.RequestAmended) -> Told:
    text = (
        f"{day(event.amended_on)}, la demande a été modifiée par son auteur, au motif suivant : {ended(event.reason)}"
    )
    return Told(event.amended_on, text, (sheet("request"),))


def _abandoned(record: Record, fact: Fact, event: events.RequestAbandoned) -> Told:
    text = f"{day(event.abandoned_on)}, l'auteur de la demande s'en est désisté."
    return Told(event.abandoned_on, text, (sheet("request"),))


def _set_aside(record: Record, fact: Fact, event: events.DocumentRefused) -> Told:
    text = (
        f"{day(event.refused_on)}, la pièce {_title(record, event.document, event.version)} a été écartée, son auteur "
        f"étant informé du motif suivant : {ended(event.reason)}"
    )
    return Told(event.refused_on, text, (document(event.document, event.version),))


def _replaced(record: Record, fact: Fact, event: events.DocumentReplaced) -> Told:
    text = f"{day(event.replaced_on)}, une nouvelle version de la pièce « {event.document.title} » a été reçue."
    return Told(event.replaced_on, text, (document(event.document.id, event.document.version),))


def _title(record: Record, ref: str, version: int) -> str:
    held = record.case.documents.get(ref)
    titles = (each.title for each in held.versions if each.version == version) if held else iter(())
    return f"« {next(titles, ref)} »"


def _routed(record: Record, fact: Fact, event: events.RequestRouted) -> Told:
    on = day_of(fact)
    deciding = (
        f", le {event.deciding_prefect} étant chargé de statuer"
        if event.deciding_prefect != event.competent_prefect
        else ""
    )
    text = (
        f"{day(on)}, en application {of_the_article(event.rule)}, la demande a été attribuée à la plateforme de "
        f"main-d'œuvre étrangère « {event.platform} », le {event.competent_prefect} étant compétent{deciding}."
    )
    return Told(on, text, (sheet("request"), sheet("delegation", record.decision.id)))


def _transferred(record: Record, fact: Fact, event: events.RequestTransferred) -> Told:
    text = (
        f"{day(event.transferred_on)}, le dossier a été transmis à la plateforme « {event.platform} », le "
        f"{event.competent_prefect} étant compétent."
    )
    return Told(event.transferred_on, text, (sheet("request"),))


# The examination


def exchange(request: str) -> tuple[str, ...]:
    """What proves a request for missing items and its answer."""
    return (letter(LetterKind.MISSING_ITEMS, request), sheet("items", request))


def _items_asked(record: Record, fact: Fact, event: events.MissingItemsRequested) -> Told:
    items = list_in_french([f"« {each.label} »" for each in event.items])
    texts = list_in_french(list(dict.fromkeys(the_article(each.required_by) for each in event.items)))
    text = (
        f"{day(event.requested_on)}, il a été demandé de compléter le dossier au plus tard le "
        f"{in_french(event.due_on)}, par la production de {items}, exigée par {texts}."
    )
    return Told(event.requested_on, text, exchange(event.request))


def _items_supplied(record: Record, fact: Fact, event: events.MissingItemsSupplied) -> Told:
    state = "complet" if event.complete else "incomplet"
    came = counted(len(event.documents), "une pièce a été reçue", "pièces ont été reçues")
    what = capital(came) if event.documents else "Il a été répondu, sans pièce,"
    text = (
        f"{day(event.supplied_on)}, {lower(what)} en réponse à cette demande ; le dossier a été regardé comme {state}."
    )
    wanted = (*(document(each.id, each.version) for each in event.documents), *exchange(event.request))
    return Told(event.supplied_on, text, wanted)


def _is_of_record(record: Record, opinion: str) -> bool:
    """Whether an opinion tells of the employer's record: the other party may be the worker, who is not told of it."""
    for fact in record.of(events.OpinionRequested, opinion=opinion):
        asked = fact.event
        assert isinstance(asked, events.OpinionRequested), "selected by type"
        return asked.criterion in RECORD_CRITERIA or asked.body == Body.CRIMINAL_RECORD
    return True


def record_is_a_ground(record: Record) -> bool:
    """Whether the decision attacked rests on the employer's record, and so has told its addressees of it."""
    signed = record.taken.signed
    return signed is not None and any(each.rule.criterion in RECORD_CRITERIA for each in signed.reasons)


def _opinion_asked(record: Record, fact: Fact, event: events.OpinionRequested) -> Told | None:
    if _is_of_record(record, event.opinion) and not record_is_a_ground(record):
        return None
    text = f"{day(event.requested_on)}, l'avis de l'organisme suivant a été demandé : {event.body}."
    return Told(event.requested_on, text, opinion_shown(event.opinion))


def opinion_shown(opinion: str) -> tuple[str, ...]:
    """What proves an opinion."""
    return (sheet("opinion", opinion),)


def _opinion_given(record: Record, fact: Fact, event: events.OpinionGiven) -> Told | None:
    if _is_of_record(record, event.opinion) and not record_is_a_ground(record):
        return None
    asked = record.must_have(events.OpinionRequested, opinion=event.opinion).event
    assert isinstance(asked, events.OpinionRequested), "selected by type"
    sense = "défavorable" if event.adverse else "qui n'est pas défavorable"
    text = f"{day(event.given_on)}, cet organisme ({asked.body}) a rendu un avis {sense}."
    wanted = (*(document(each.document, each.version) for each in event.exhibits), *opinion_shown(event.opinion))
    return Told(event.given_on, text, wanted)


# Decisions


def _decided(record: Record, fact: Fact, event: Any) -> Told:
    signed: SignedDecision = event.decision
    text = (
        f"Par une décision du {in_french(signed.signed_on)}, signée pour le {signed.deciding_prefect} par "
        f"{signed.signatory.name}, {lower(signed.signatory.quality)}{_stage(signed)}, "
        f"{_what(event)}{_grounds(signed.reasons)}."
    )
    if signed.decision == record.decision.id:
        text += " C'est la décision attaquée." if record.proceedings else " C'est la décision en cause."
    wanted: tuple[str, ...] = (letter(LetterKind.DECISION, signed.decision), sheet("decision", signed.decision))
    if signed.decision != record.decision.id:
        wanted = (*wanted, sheet("later", record.decision.id))
    return Told(signed.signed_on, text, wanted)


def _stage(signed: SignedDecision) -> str:
    return {
        StageKind.FIRST: "",
        StageKind.APPEAL: ", prise sur recours",
        StageKind.COURT: ", prise après réexamen",
    }[signed.stage.kind]


def _what(event: CaseEvent) -> str:
    match event:
        case events.RequestGranted(permit=permit):
            return f"l'autorisation de travail n° {permit.number} a été accordée"
        case events.RequestRefused():
            return "l'autorisation de travail sollicitée a été refusée"
        case events.AgreementStamped(number=number):
            return f"la convention a été visée sous le n° {number}"
        case events.AgreementStampRefused():
            return "le visa de la convention a été refusé"
        case events.OpinionIssued(decision=signed):
            return f"un avis {'favorable' if signed.kind.is_favourable else 'défavorable'} a été rendu"
        case events.CaseClosed(missing_items=missing):
            return (
                f"la demande a été close, les pièces suivantes étant restées manquantes : {list_in_french([*missing])}"
            )
        case events.PermitWithdrawn(withdraws=ended_one, legal_basis=basis):
            return f"la décision {ended_one} a été retirée sur le fondement {of_the_article(basis)}"
        case events.PermitRepealed(repeals=ended_one, legal_basis=basis, effective_on=on):
            since = in_french(on)
            return f"la décision {ended_one} a été abrogée à compter du {since} en application {of_the_article(basis)}"
        case _:
            return "il a été statué sur la demande"


def _grounds(reasons: Iterable[ReasonGiven]) -> str:
    listed = list(
        dict.fromkeys(f"« {CRITERION_TITLES[r.rule.criterion]} » ({article(r.rule.article)})" for r in reasons)
    )
    if not listed:
        return ""
    noun = "au motif" if len(listed) == 1 else "aux motifs"
    return f", {noun} {list_in_french(listed)}"


def _silent(record: Record, fact: Fact, event: events.ImplicitDecisionArisen) -> Told:
    attacked = event.decision == record.decision.id
    which = " C'est la décision attaquée." if attacked and record.proceedings else ""
    text = f"{day(event.arisen_on)}, du silence gardé sur la demande est née {NATURES[event.kind]}.{which}"
    return Told(event.arisen_on, text, (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")))


def notification(decision: str, addressee: str) -> tuple[str, ...]:
    """What proves that a decision was notified to an addressee."""
    return (sheet("notification", decision, addressee), sheet("notification", decision))


def _available(record: Record, fact: Fact, event: events.DecisionMadeAvailable) -> Told:
    how = "adressée par courrier" if event.channel == "post" else "mise à disposition sur le téléservice"
    text = (
        f"{day(event.available_on)}, {_decision_named(record, event.decision)} a été {how} à l'intention de "
        f"{ADDRESSEE_TITLES[event.addressee]}."
    )
    return Told(event.available_on, text, notification(event.decision, event.addressee.value))


def _read(record: Record, fact: Fact, event: events.DecisionFirstRead) -> Told:
    on = event.received_on or event.read_at.astimezone(PARIS).date()
    named, whom = _decision_named(record, event.decision), ADDRESSEE_TITLES[event.addressee]
    how = (
        f"{named} a été reçue par {whom}, ainsi qu'en atteste l'avis de réception du pli"
        if event.received_on
        else f"{named} a été consultée par {whom} sur le téléservice"
    )
    return Told(on, f"{day(on)}, {how}.", notification(event.decision, event.addressee.value))


def _deemed(record: Record, fact: Fact, event: events.DecisionDeemedNotified) -> Told:
    text = (
        f"Faute d'avoir été consultée dans les quinze jours, {_decision_named(record, event.decision)} est réputée "
        f"notifiée à {ADDRESSEE_TITLES[event.addressee]} le {in_french(event.notified_on)}, en application "
        f"{of_the_article(event.article)}."
    )
    return Told(event.notified_on, text, notification(event.decision, event.addressee.value))


def _decision_named(record: Record, decision: str) -> str:
    if decision == record.decision.id and record.proceedings is not None:
        return "la décision attaquée"
    on = next((each.on for each in record.case.decisions if each.id == decision), None)
    return f"la décision du {in_french(on)}" if on else f"la décision {decision}"


def _consented(record: Record, fact: Fact, event: events.ElectronicNotificationAccepted) -> Told:
    text = (
        f"{day(event.accepted_on)}, {ADDRESSEE_TITLES[event.addressee]} a accepté que les décisions lui soient "
        "notifiées par voie électronique."
    )
    wanted = notification(record.decision.id, event.addressee.value)
    return Told(event.accepted_on, text, wanted)


# After a grant


def hearing_shown(hearing: str) -> tuple[str, ...]:
    """What proves a prior hearing."""
    return (letter(LetterKind.PRIOR_HEARING, hearing), sheet("hearing", hearing))


def _hearing(record: Record, fact: Fact, event: events.PriorHearingOpened) -> Told:
    text = (
        f"{day(event.opened_on)}, les parties ont été informées du projet portant sur {NATURES[event.intended]} et "
        f"invitées à présenter leurs observations jusqu'au {in_french(event.observations_until)}."
    )
    return Told(event.opened_on, text, hearing_shown(event.hearing))


def _observed(record: Record, fact: Fact, event: events.ObservationsReceived) -> Told:
    manner = "orales" if event.oral else "écrites"
    text = f"{day(event.received_on)}, {ADDRESSEE_TITLES[event.addressee]} a présenté des observations {manner}."
    return Told(event.received_on, text, hearing_shown(event.hearing))


def _certificate(record: Record, fact: Fact, event: events.MedicalCertificateMissing) -> Told:
    text = (
        f"{day(event.noted_on)}, il a été constaté qu'aucun certificat médical n'avait été obtenu dans les trois "
        f"mois, échus le {in_french(event.three_months_ended_on)}."
    )
    return Told(event.noted_on, text, (sheet("decision", event.decision),))


# Administrative appeals

APPEALS: Final = {AppealKind.GRACIOUS: "recours gracieux", AppealKind.HIERARCHICAL: "recours hiérarchique"}


def appeal_shown(appeal: str) -> tuple[str, ...]:
    """What proves an administrative appeal and what became of it."""
    return (
        letter(LetterKind.APPEAL_ACKNOWLEDGEMENT, appeal),
        letter(LetterKind.APPEAL_DECISION, appeal),
        sheet("appeal", appeal),
    )


def _lodged(record: Record, fact: Fact, event: events.AppealLodged) -> Told:
    sent = f", posté le {in_french(event.posted_on)} et" if event.posted_on else ""
    text = (
        f"{day(event.received_on)}, l'administration a reçu un {APPEALS[event.kind]}{sent} formé par "
        f"{ADDRESSEE_TITLES[event.lodged_by]} contre {_decision_named(record, event.against)}."
    )
    wanted = (*(document(each.id, each.version) for each in event.documents), *appeal_shown(event.appeal))
    return Told(event.received_on, text, wanted)


def _appeal_acknowledged(record: Record, fact: Fact, event: events.AppealAcknowledged) -> Told:
    text = (
        f"{day(event.acknowledged_on)}, il a été accusé réception de ce recours, le silence devant valoir rejet le "
        f"{in_french(event.implicit_rejection_on)}."
    )
    return Told(event.acknowledged_on, text, appeal_shown(event.appeal))


def _appeal_decided(record: Record, fact: Fact, event: events.AppealDecided) -> Told:
    outcome = "accueilli" if event.outcome is AppealOutcome.UPHELD else "rejeté"
    who = " par le ministre" if event.by_minister else ""
    text = f"{day(event.decided_on)}, le {_appeal_named(record, event.appeal)} a été {outcome}{who}."
    wanted = appeal_shown(event.appeal)
    if event.decision is not None:
        wanted = (*wanted, letter(LetterKind.APPEAL_DECISION, event.decision.decision))
    return Told(event.decided_on, text, wanted)


def _appeal_silent(record: Record, fact: Fact, event: events.AppealImplicitlyRejected) -> Told:
    named = _appeal_named(record, event.appeal)
    text = f"{day(event.arisen_on)}, le {named} a été implicitement rejeté par le silence gardé."
    return Told(event.arisen_on, text, appeal_shown(event.appeal))


def _appeal_named(record: Record, appeal: str) -> str:
    lodged = record.must_have(events.AppealLodged, appeal=appeal).event
    assert isinstance(lodged, events.AppealLodged), "selected by type"
    return f"{APPEALS[lodged.kind]} reçu le {in_french(lodged.received_on)}"


def reasons_shown(decision: str) -> tuple[str, ...]:
    """What proves that reasons were asked for and given."""
    return (letter(LetterKind.REASONS, decision), sheet("decision", decision))


def _reasons_asked(record: Record, fact: Fact, event: events.ReasonsRequested) -> Told:
    text = f"{day(event.requested_on)}, la communication des motifs de la décision implicite a été demandée."
    return Told(event.requested_on, text, reasons_shown(event.decision))


def _reasons_given(record: Record, fact: Fact, event: events.ReasonsCommunicated) -> Told:
    text = f"{day(event.communicated_on)}, les motifs de la décision implicite ont été communiqués."
    return Told(event.communicated_on, text, reasons_shown(event.decision))


# Before the courts


def _seized(record: Record, fact: Fact, event: events.LitigationOpened) -> Told:
    who = party_name(record.case, event.lodged_by) or f"le {event.represented_by.removeprefix('le ')}"
    this = record.proceedings is not None and event.litigation == record.proceedings.id
    present = " C'est la présente instance." if this else ""
    text = (
        f"{day(event.lodged_on)}, {who} a saisi {the_court(event.court)} (n° {event.court_number} ; "
        f"{without_stop(ACTIONS[event.action])}).{present}"
    )
    return Told(event.lodged_on, text, of_court=True)


def _served(record: Record, fact: Fact, event: events.ClaimServed) -> Told:
    number = record.case.proceedings(event.litigation).court_number
    text = f"La requête n° {number} a été communiquée à l'administration le {in_french(event.served_on)}."
    return Told(event.served_on, text, of_court=True)


def _defended(record: Record, fact: Fact, event: events.DefenceFiled) -> Told:
    number = record.case.proceedings(event.litigation).court_number
    text = f"{day(event.filed_on)}, un mémoire en défense a été produit dans l'instance n° {number}."
    return Told(event.filed_on, text, of_court=True)


_OUTCOMES: Final = {
    "annulled": "a annulé la décision attaquée",
    "partly_annulled": "a annulé partiellement la décision attaquée",
    "suspended": "a suspendu l'exécution de la décision attaquée",
    "rejected": "a rejeté la requête",
    "inadmissible": "a rejeté la requête comme irrecevable",
    "no_need_to_rule": "a constaté qu'il n'y avait plus lieu de statuer",
    "withdrawn": "a donné acte du désistement du requérant",
    "incompetent": "s'est déclaré incompétent",
    "remitted": "a annulé la décision de justice contestée et renvoyé l'affaire",
}


def _judged(record: Record, fact: Fact, event: events.JudgmentRecorded) -> Told:
    held = record.case.proceedings(event.litigation)
    ordered = ", en prononçant une injonction" if event.injunction else ""
    text = (
        f"{day(event.judged_on)}, dans l'instance n° {held.court_number}, {the_court(held.court)} "
        f"{_OUTCOMES[event.outcome.value]}{ordered}."
    )
    return Told(event.judged_on, text, of_court=True)


def _passed_on(record: Record, fact: Fact, event: events.ProceedingsTransferred) -> Told:
    text = (
        f"{day(event.transferred_on)}, l'affaire n° {event.from_number} a été transmise par "
        f"{the_court(event.from_court)} {to_the_court(event.court)}, qui l'a enregistrée sous le n° "
        f"{event.court_number}."
    )
    return Told(event.transferred_on, text, of_court=True)


def _confirmed(record: Record, fact: Fact, event: events.MainClaimConfirmed) -> Told:
    number = record.case.proceedings(event.litigation).court_number
    text = f"{day(event.confirmed_on)}, la requête n° {number} a été maintenue par son auteur."
    return Told(event.confirmed_on, text, of_court=True)


def _suspended(record: Record, fact: Fact, event: events.SuspensionOrdered) -> Told:
    named = _decision_named(record, event.decision)
    text = f"{day(event.ordered_on)}, le juge des référés a suspendu l'exécution de {named}."
    return Told(event.ordered_on, text, of_court=True)


def _sent_back(record: Record, fact: Fact, event: events.ReexaminationOrdered) -> Told:
    who = "demandé par le ministre" if event.kind == "minister" else "ordonné par le juge"
    text = f"{day(event.ordered_on)}, le réexamen de la demande a été {who}, avant le {in_french(event.due_on)}."
    return Told(event.ordered_on, text, of_court=event.kind != "minister")


def _reopened(record: Record, fact: Fact, event: events.AppealReopened) -> Told:
    named = _appeal_named(record, event.appeal)
    text = f"{day(event.reopened_on)}, le {named} s'est trouvé à nouveau pendant, son rejet ayant été annulé."
    return Told(event.reopened_on, text, of_court=True)


TELLINGS: Final[dict[type[CaseEvent], Telling]] = {
    events.RequestFiled: _filed,
    events.RegistrationReceiptIssued: _registered,
    events.AcknowledgementIssued: _acknowledged,
    events.RequestAmended: _amended,
    events.RequestAbandoned: _abandoned,
    events.DocumentRefused: _set_aside,
    events.DocumentReplaced: _replaced,
    events.RequestRouted: _routed,
    events.RequestTransferred: _transferred,
    events.MissingItemsRequested: _items_asked,
    events.MissingItemsSupplied: _items_supplied,
    events.OpinionRequested: _opinion_asked,
    events.OpinionGiven: _opinion_given,
    events.RequestGranted: _decided,
    events.RequestRefused: _decided,
    events.AgreementStamped: _decided,
    events.AgreementStampRefused: _decided,
    events.OpinionIssued: _decided,
    events.CaseClosed: _decided,
    events.PermitWithdrawn: _decided,
    events.PermitRepealed: _decided,
    events.ImplicitDecisionArisen: _silent,
    events.DecisionMadeAvailable: _available,
    events.DecisionFirstRead: _read,
    events.DecisionDeemedNotified: _deemed,
    events.ElectronicNotificationAccepted: _consented,
    events.PriorHearingOpened: _hearing,
    events.ObservationsReceived: _observed,
    events.MedicalCertificateMissing: _certificate,
    events.AppealLodged: _lodged,
    events.AppealAcknowledged: _appeal_acknowledged,
    events.AppealDecided: _appeal_decided,
    events.AppealImplicitlyRejected: _appeal_silent,
    events.ReasonsRequested: _reasons_asked,
    events.ReasonsCommunicated: _reasons_given,
    events.LitigationOpened: _seized,
    events.ClaimServed: _served,
    events.DefenceFiled: _defended,
    events.JudgmentRecorded: _judged,
    events.ProceedingsTransferred: _passed_on,
    events.MainClaimConfirmed: _confirmed,
    events.SuspensionOrdered: _suspended,
    events.ReexaminationOrdered: _sent_back,
    events.AppealReopened: _reopened,
}
"""What the statement tells, each in a sentence of its own."""

TOGETHER: Final[frozenset[type[CaseEvent]]] = frozenset(
    {events.DocumentReceived, events.CriterionAssessed, events.FindingOverridden}
)
"""What it tells several of in one sentence."""

INTERNAL = "acte interne des services, sans effet sur les droits du requérant"
CLERICAL = "opération matérielle sur un fichier ou une pièce, postérieure ou étrangère à la décision"
CALENDAR = "calendrier de l'instance, que la juridiction a fixé et connaît"
APART = "argument de la défense, exposé dans la discussion"
ELSEWHERE = "transmission à un organisme tiers, sans portée sur le litige"
KEEPING = "conservation et accès au dossier, sans portée sur le litige"

UNTOLD: Final[dict[type[CaseEvent], str]] = {
    events.NoteAdded: "note interne : elle n'est jamais communiquée",
    events.RoutingLeftToHand: INTERNAL,
    events.CaseClaimed: INTERNAL,
    events.CaseReleased: INTERNAL,
    events.CaseAssigned: INTERNAL,
    events.DecisionProposed: "acte préparatoire, que la décision signée remplace",
    events.ProposalReturned: INTERNAL,
    events.GroundSubstituted: APART,
    events.LegalBasisSubstituted: APART,
    events.DefencePeriodSet: CALENDAR,
    events.FormalNoticeReceived: CALENDAR,
    events.InvestigationClosed: CALENDAR,
    events.HearingSet: CALENDAR,
    events.OfiiNotified: ELSEWHERE,
    events.TaxAuthorityNotified: ELSEWHERE,
    events.NotificationAcknowledged: ELSEWHERE,
    events.NotificationFailed: ELSEWHERE,
    events.CaseAccessGiven: KEEPING,
    events.CaseAccessEnded: KEEPING,
    events.LegalHoldPlaced: KEEPING,
    events.LegalHoldLifted: KEEPING,
    events.PersonErased: KEEPING,
    events.PersonRectified: "donnée rectifiée : le mémoire nomme les personnes telles qu'elles sont rectifiées",
    events.DocumentExamined: CLERICAL,
    events.DocumentScanned: CLERICAL,
    events.LetterIssued: "mise en forme d'un acte que son propre fait raconte déjà",
    events.BundlePrepared: CLERICAL,
    events.BundleArranged: CLERICAL,
    events.BundleOrdered: CLERICAL,
    events.BundleBuilt: CLERICAL,
    events.BundleBuildEnded: CLERICAL,
}
"""What it leaves out, and why."""
