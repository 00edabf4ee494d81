"""A reply to each plea, drawn from what the record supports and from nothing else; the rest is left to the drafter."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

from domain import events
from domain.acts import CourtAction, PleaKind, SignedDecision
from domain.defence.facts import exchange, hearing_shown, opinion_shown, reasons_shown
from domain.defence.passages import Argued, Attention, Passage, Proof, Section, blank, law
from domain.defence.record import Record, cited, document, letter, sheet
from domain.defence.words import (
    article,
    ended,
    figures,
    in_version,
    lower,
    of_the_article,
    of_version,
    the_article,
    without_stop,
)
from domain.findings import CRITERION_TITLES, MET_TITLES, Assessment, Exhibit, ReasonGiven, RuleId
from domain.french import in_french, list_in_french
from domain.gaps import delegation_used
from domain.law import Rule, rules_in_force
from domain.law_in_french import LAW_IN_FRENCH
from domain.papers import LetterKind
from domain.provisions import Nature
from domain.reference import Mark
from domain.rights import RECORD_CRITERIA
from domain.taken import Fact
from domain.validity import validity_of
from domain.validity.acts import act_recorded
from domain.validity.requirement import State, Verdict

EXTERNAL: Final = (PleaKind.INCOMPETENCE, PleaKind.FORM, PleaKind.REASONS, PleaKind.PROCEDURE)
"""Pleas of external legality, in the order in which they are answered."""
INTERNAL: Final = (
    PleaKind.ERROR_OF_LAW,
    PleaKind.ERROR_OF_FACT,
    PleaKind.CLASSIFICATION,
    PleaKind.APPRECIATION,
    PleaKind.MISUSE_OF_POWER,
    PleaKind.ECHR_8,
)
"""Pleas of internal legality, in theirs."""

TITLES: Final[dict[PleaKind, str]] = {
    PleaKind.INCOMPETENCE: "Sur le moyen tiré de l'incompétence de l'auteur de l'acte",
    PleaKind.FORM: "Sur le moyen tiré du vice de forme",
    PleaKind.REASONS: "Sur le moyen tiré de l'insuffisance de motivation",
    PleaKind.PROCEDURE: "Sur le moyen tiré du vice de procédure",
    PleaKind.ERROR_OF_LAW: "Sur le moyen tiré de l'erreur de droit",
    PleaKind.ERROR_OF_FACT: "Sur le moyen tiré de l'erreur de fait",
    PleaKind.CLASSIFICATION: "Sur le moyen tiré de l'erreur de qualification juridique des faits",
    PleaKind.APPRECIATION: "Sur le moyen tiré de l'erreur d'appréciation",
    PleaKind.MISUSE_OF_POWER: "Sur le moyen tiré du détournement de pouvoir",
    PleaKind.ECHR_8: "Sur le moyen tiré de la méconnaissance de l'article 8 de la convention européenne de sauvegarde "
    "des droits de l'homme et des libertés fondamentales",
}


class Held:
    """What replies look at: the decision attacked, its verdicts of form, its grounds with their rules and facts."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.taken = record.taken
        self.attacked = record.decision
        self.fact = record.taken.fact
        self.shown = (sheet("decision", self.attacked.id), letter(LetterKind.DECISION, self.attacked.id))

    @property
    def signed(self) -> SignedDecision | None:
        """What was signed; None for what silence made."""
        return self.taken.signed

    @property
    def reasons(self) -> tuple[ReasonGiven, ...]:
        """The grounds: of the decision itself, or as communicated for one that silence made (CRPA L232-4)."""
        if self.signed is not None:
            return self.signed.reasons
        given = next(self.record.of(events.ReasonsCommunicated, decision=self.attacked.id), None)
        return given.event.reasons if given and isinstance(given.event, events.ReasonsCommunicated) else ()

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """What each requirement of form says of the decision, by its number."""
        case = self.taken.case
        act = act_recorded(case, self.attacked)
        return {requirement.id: verdict for requirement, verdict in validity_of(case, act, self.taken.context)}

    def verdict(self, id: str) -> Verdict:
        """The same, for one requirement; not applicable where no text of that day sets it."""
        return self.verdicts.get(id, Verdict(state=State.NOT_APPLICABLE, sentence=""))

    def says(self, text: str, *, shown: Iterable[str] = ()) -> Passage:
        """A passage that tells what the decision is or says."""
        return self.record.tells(text, (self.fact,), (*shown, *self.shown))

    def is_raised(self, kind: PleaKind) -> bool:
        """Whether a plea is among those of the proceedings."""
        return self.record.proceedings is not None and kind in self.record.proceedings.pleas

    def dismissed(self, because: str) -> Passage:
        """How a reply ends: the plea is set aside, or makes no serious doubt before the judge of a suspension."""
        held = self.record.proceedings
        if held is not None and held.action is CourtAction.SUSPENSION:
            return law(f"{because} Il n'est donc pas propre à créer, en l'état de l'instruction, un doute sérieux.")
        return law(f"{because} Il doit donc être écarté.")

    # Grounds

    def assessment(self, reason: ReasonGiven) -> Assessment | None:
        """How the condition of a ground stood assessed in the decision."""
        stated = self.signed.assessments if self.signed else ()
        return next((each for each in stated if each.rule.criterion is reason.rule.criterion), None)

    def assessed_by(self, reason: ReasonGiven) -> tuple[Fact, ...]:
        """The fact that assessed the condition of a ground last, if the history holds one."""
        found = self.taken.assessed_by.get(reason.rule.criterion)
        return (found,) if found else ()

    def exhibits_of(self, reason: ReasonGiven) -> tuple[str, ...]:
        """The documents and opinions that carry a ground: its own, and those of the assessment of its condition."""
        assessment = self.assessment(reason)
        exhibits: tuple[Exhibit, ...] = (*reason.exhibits, *(assessment.exhibits if assessment else ()))
        criterion = reason.rule.criterion
        opinions = [each.id for each in self.taken.before.opinions if each.criterion is criterion and each.given_on]
        return (
            *(document(each.document, each.version) for each in exhibits),
            *(key for each in opinions for key in opinion_shown(each)),
        )

    def proofs(self, reason: ReasonGiven) -> tuple[str, ...]:
        """The same, with the sheet that prints how each condition was assessed."""
        return (*self.exhibits_of(reason), sheet("assessment", self.attacked.id))

    def in_force(self, rule: RuleId) -> Rule | None:
        """The rule of a ground if it was in force, for this procedure, on the day of the decision."""
        on = rules_in_force(self.taken.before.procedure, self.attacked.on)
        return next((each for each in on if each.id == rule), None)


Reply = Callable[[Held], Iterator[Passage | Attention]]


def replies(record: Record, kinds: Iterable[PleaKind]) -> Iterator[Argued]:
    """A section for each plea that was raised among these, in their order."""
    raised = set(record.proceedings.pleas) if record.proceedings else set()
    held = Held(record)
    for kind in kinds:
        if kind in raised:
            yield argued(TITLES[kind], REPLIES[kind](held))


def argued(title: str, parts: Iterable[Passage | Attention]) -> Argued:
    """A section of the passages among its parts, and the points of attention that come with them."""
    passages: list[Passage] = []
    attention: list[Attention] = []
    for part in parts:
        if isinstance(part, Passage):
            passages.append(part)
        else:
            attention.append(part)
    return Argued(section=Section(title=title, passages=tuple(passages)), attention=tuple(attention))


def _note(subject: str, text: str, facts: Iterable[Fact] = ()) -> Attention:
    return Attention(subject=subject, text=ended(text), cites=cited(facts))


# External legality


def _incompetence(held: Held) -> Iterator[Passage | Attention]:
    """The author's delegation: in force, published before the act, for this kind of act and this place."""
    subject = "Compétence de l'auteur"
    if held.signed is None:
        yield held.record.tells(
            "Née du silence gardé sur la demande, la décision attaquée n'a pas de signataire : le moyen tiré de "
            "l'incompétence de son signataire est inopérant.",
            (held.fact,),
            (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")),
        )
        yield _note(
            subject, "Décision implicite : confirmer par une référence que le moyen est inopérant", (held.fact,)
        )
        return
    who = held.signed.signatory
    delegation, lacks = delegation_used(held.taken)
    yield from _prefects(held)
    if delegation is None:
        yield blank("aucune délégation ne peut être invoquée ; produire l'arrêté de délégation et sa publication")
        yield _note(
            subject,
            f"La délégation n° {who.delegation} citée par la décision n'est pas enregistrée au nom de {who.name} : "
            "rien n'est affirmé dans le mémoire sur la compétence du signataire",
            (held.fact,),
        )
    elif lacks:
        yield blank("répondre sur la compétence du signataire : la délégation enregistrée ne couvre pas l'acte")
        for lack in lacks:
            yield _note(subject, f"La délégation n° {delegation.number} {lack.words}", (held.fact,))
    else:
        assert delegation.published_on, "a delegation that lacks nothing was published"
        yield held.record.tells(
            f"La décision attaquée a été signée par {who.name}, {lower(who.quality)}, en vertu de la délégation de "
            f"signature n° {delegation.number}, en vigueur depuis le {in_french(delegation.starts_on)} et publiée le "
            f"{in_french(delegation.published_on)} ({delegation.publication}), soit au plus tard à la date de l'acte, "
            "et qui couvre cette catégorie d'actes.",
            (held.fact,),
            (sheet("delegation", held.attacked.id),),
        )
        yield held.dismissed("Le moyen manque en fait.")


def _prefects(held: Held) -> Iterator[Passage | Attention]:
    """By which text the prefect was competent, and whom he entrusted the decision to."""
    assert held.signed is not None, "silence names no prefect"
    routed = _last(held, events.RequestRouted)
    if routed is None or not isinstance(routed.event, events.RequestRouted):
        yield _note("Compétence territoriale", "Aucun fait n'établit par quel texte le préfet était compétent")
        return
    event = routed.event
    yield held.record.tells(
        f"Le {event.competent_prefect} était compétent pour statuer, en application {of_the_article(event.rule)}.",
        (routed,),
        (sheet("request"), sheet("delegation", held.attacked.id)),
    )
    if event.competent_prefect != event.deciding_prefect:
        yield _note(
            "Délégation de gestion",
            f"La décision est prise par le {event.deciding_prefect} pour le {event.competent_prefect} : joindre la "
            "convention de délégation de gestion et la preuve de sa publication, que l'historique ne contient pas",
            (routed,),
        )
    if not event.confirmed:
        yield _note("Compétence territoriale", "La ligne d'orientation n'est confirmée par aucune source", (routed,))


def _last(held: Held, *kinds: type[events.CaseEvent]) -> Fact | None:
    """The last fact of these types before the decision."""
    return next((fact for fact in reversed(held.taken.earlier) if isinstance(fact.event, kinds)), None)


def _form(held: Held) -> Iterator[Passage | Attention]:
    """The author's names, quality and service, and the signature or what dispenses with it."""
    if held.signed is None:
        yield law("Une décision née du silence n'est, par nature, soumise à aucune exigence de forme.")
        return
    who = held.signed.signatory
    named, signature = held.verdict("F4"), held.verdict("F5")
    if named.state is State.HELD:
        yield held.says(
            f"La décision porte le prénom, le nom, la qualité et le service de son auteur : {who.name}, "
            f"{lower(who.quality)} ({who.service}), conformément à {the_article('CRPA L212-1')}."
        )
    else:
        yield from _weak(held, "Mentions de l'auteur", named)
    if signature.state is State.HELD:
        yield held.says(
            "Notifiée par l'intermédiaire d'un téléservice et comportant ces mentions ainsi que le service auquel "
            f"son auteur appartient, elle est dispensée de signature par {the_article('CRPA L212-2 1°')}.",
            shown=(sheet("notification", held.attacked.id),),
        )
    else:
        yield from _weak(held, "Signature", signature)
    yield from _form_beside(held)


def _form_beside(held: Held) -> Iterator[Passage | Attention]:
    """Notice of the algorithm and legal basis of a special situation, where they are at issue."""
    for id, subject in (("F10", "Mention du traitement algorithmique"), ("F12", "Visas de la décision")):
        verdict = held.verdict(id)
        if verdict.state is State.HELD:
            yield held.says(ended(verdict.sentence))
        elif verdict.state is State.FLAW:
            yield from _weak(held, subject, verdict)


def _weak(held: Held, subject: str, verdict: Verdict) -> Iterator[Passage | Attention]:
    """What the record does not support: a blank in the text, and why in the drafter's list."""
    yield blank(f"{lower(subject)} : l'historique ne permet pas de répondre, voir les points d'attention")
    why = verdict.sentence or "Cette exigence n'a pas pu être vérifiée"
    yield _note(subject, why, (held.fact,))


def _reasons(held: Held) -> Iterator[Passage | Attention]:
    """Reasons in law and in fact, as they were stated; for silence, whether they were asked for."""
    if held.signed is None:
        yield from _reasons_of_silence(held)
        return
    yield law(
        f"Aux termes de {the_article('CRPA L211-5')}, la motivation doit être écrite et comporter l'énoncé des "
        "considérations de droit et de fait qui constituent le fondement de la décision."
    )
    verdict = held.verdict("F1")
    if verdict.state is State.NOT_APPLICABLE:
        yield held.says(ended(verdict.sentence))
        return
    for reason in held.reasons:
        yield held.says(
            f"La décision énonce le motif « {CRITERION_TITLES[reason.rule.criterion]} », au visa "
            f"{of_version(reason.rule)}, et expose le fait suivant : {_quoted(reason.fact)}"
        )
    if held.signed.explanation.strip():
        yield held.says(f"Elle précise en outre : {_quoted(held.signed.explanation)}")
    if verdict.state is State.HELD:
        yield held.dismissed(
            "La décision comporte ainsi les considérations de droit et de fait qui en constituent le fondement et "
            "met son destinataire en mesure d'en discuter utilement : le moyen n'est pas fondé."
        )
    else:
        yield from _weak(held, "Motivation", verdict)


def _quoted(text: str) -> str:
    return f"« {without_stop(text)} »."


def _reasons_of_silence(held: Held) -> Iterator[Passage | Attention]:
    asked = next(held.record.of(events.ReasonsRequested, decision=held.attacked.id), None)
    given = next(held.record.of(events.ReasonsCommunicated, decision=held.attacked.id), None)
    rule = law(
        f"En vertu de {the_article('CRPA L232-4')}, une décision implicite intervenue dans un cas où la décision "
        "explicite aurait dû être motivée n'est pas illégale du seul fait qu'elle n'est pas assortie de cette "
        "motivation."
    )
    if asked is None:
        yield rule
        yield held.record.tells(
            "Aucune demande de communication des motifs de la décision implicite n'a été enregistrée : le moyen est "
            "inopérant.",
            (held.fact,),
            (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")),
        )
        yield _note(
            "Motivation", "Vérifier qu'aucune demande de motifs n'a été reçue hors du téléservice", (held.fact,)
        )
        return
    assert isinstance(asked.event, events.ReasonsRequested), "selected by type"
    if given is not None and isinstance(given.event, events.ReasonsCommunicated):
        late = given.event.communicated_on > asked.event.due_on
        yield rule
        yield held.record.tells(
            f"Demandés le {in_french(asked.event.requested_on)}, les motifs ont été communiqués le "
            f"{in_french(given.event.communicated_on)}.",
            (asked, given),
            reasons_shown(held.attacked.id),
        )
        if late:
            yield _note("Motivation", "Les motifs ont été communiqués après le délai d'un mois", (asked, given))
        else:
            yield held.dismissed("Le délai d'un mois imparti ayant été respecté, le moyen n'est pas fondé.")
        return
    yield blank("répondre au moyen : les motifs demandés n'ont pas été communiqués")
    yield _note(
        "Motivation",
        f"Les motifs de la décision implicite, demandés le {in_french(asked.event.requested_on)}, n'ont pas été "
        f"communiqués au plus tard le {in_french(asked.event.due_on)} : la décision est entachée d'illégalité (CRPA "
        "L232-4)",
        (asked,),
    )


def _procedure(held: Held) -> Iterator[Passage | Attention]:
    """Whether the parties had to be heard, the acknowledgement, missing items, individual examination."""
    contradictory = held.verdict("F11")
    if held.attacked.hearing is not None and contradictory.state is State.HELD:
        yield from _heard(held, held.attacked.hearing)
    elif contradictory.state is State.FLAW:
        yield from _weak(held, "Procédure contradictoire", contradictory)
    elif contradictory.state is State.HELD:
        yield held.says(f"La décision indique ce qui suit sur la procédure : {_quoted(contradictory.sentence)}")
    else:
        yield law(
            f"La décision attaquée statue sur une demande : en vertu de {the_article('CRPA L121-1')}, elle n'avait "
            "pas à être précédée d'une procédure contradictoire."
        )
    yield from _acknowledged(held)
    yield from _completed(held)
    yield from _examined(held)


def _heard(held: Held, hearing: str) -> Iterator[Passage | Attention]:
    opened = held.record.must_have(events.PriorHearingOpened, hearing=hearing)
    received = tuple(held.record.of(events.ObservationsReceived, hearing=hearing))
    assert isinstance(opened.event, events.PriorHearingOpened), "selected by type"
    yield held.record.tells(
        f"Conformément à {the_article('CRPA L122-1')}, les parties ont été informées le "
        f"{in_french(opened.event.opened_on)} de la mesure envisagée et de ses motifs, et mises à même de présenter "
        f"des observations jusqu'au {in_french(opened.event.observations_until)}.",
        (opened,),
        hearing_shown(hearing),
    )
    stated = held.signed.prior_hearing.strip() if held.signed else ""
    outcome = f" La décision en rend compte ainsi : {_quoted(stated)}" if stated else ""
    if received:
        yield held.record.tells(
            f"Des observations ont été présentées.{outcome}", (*received, held.fact), hearing_shown(hearing)
        )
    else:
        yield held.record.tells(
            f"Aucune observation n'a été enregistrée.{outcome}", (opened, held.fact), hearing_shown(hearing)
        )


def _acknowledged(held: Held) -> Iterator[Passage | Attention]:
    fact = _last(held, events.AcknowledgementIssued)
    if fact is None or not isinstance(fact.event, events.AcknowledgementIssued):
        yield _note("Accusé de réception", "Aucun accusé de réception de la demande n'est enregistré avant la décision")
        return
    yield held.record.tells(
        f"Il a été accusé réception de la demande le {in_french(fact.event.issued_on)}, dans les conditions prévues "
        f"par {the_article('CRPA L112-3')}.",
        (fact,),
        (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")),
    )
    if not fact.event.complete:
        yield _note(
            "Accusé de réception",
            "Il y manque une mention exigée : cela prive d'opposabilité les délais et reste sans effet sur la "
            "légalité de la décision, ce qu'il convient de confirmer par une référence",
            (fact,),
        )


def _completed(held: Held) -> Iterator[Passage | Attention]:
    for fact in held.taken.earlier:
        if isinstance(fact.event, events.MissingItemsRequested):
            yield held.record.tells(
                f"Les pièces manquantes ont été demandées le {in_french(fact.event.requested_on)}, avec un délai pour "
                f"les produire expirant le {in_french(fact.event.due_on)} ({article('CRPA L114-5')}).",
                (fact,),
                exchange(fact.event.request),
            )


def _examined(held: Held) -> Iterator[Passage | Attention]:
    verdict = held.verdict("F2")
    facts = tuple(held.taken.assessed_by.values())
    if verdict.state is State.HELD and facts:
        yield held.record.tells(
            f"La demande a fait l'objet d'un examen particulier. {verdict.sentence}",
            (*facts, held.fact),
            (sheet("assessment", held.attacked.id),),
        )
    elif verdict.state is State.FLAW:
        yield _note("Examen particulier de la demande", verdict.sentence, (held.fact,))


# Internal legality


def _no_grounds(held: Held) -> Iterator[Passage | Attention]:
    """What can be said where the record holds no ground: of a closure its missing items, otherwise nothing."""
    if held.attacked.missing_items:
        missing = list_in_french([f"« {each} »" for each in held.attacked.missing_items])
        yield held.says(
            "La demande a été close parce que les pièces suivantes, exigées par les textes, sont restées manquantes "
            f": {missing}."
        )
    elif held.signed is not None and held.signed.explanation.strip():
        yield held.says(f"La décision repose sur l'exposé suivant : {_quoted(held.signed.explanation)}")
    else:
        yield blank("répondre au moyen : l'historique n'énonce aucun motif de la décision attaquée")
        yield _note("Motifs", "Aucun motif de la décision attaquée n'est enregistré", (held.fact,))
        return
    yield blank("répondre au moyen au regard de cet exposé")


def _error_of_law(held: Held) -> Iterator[Passage | Attention]:
    """Each ground: its article, in the version in force on the day of the decision, and what it asks."""
    if not held.reasons:
        yield from _no_grounds(held)
        return
    yield law(
        "La légalité d'une décision s'apprécie à la date à laquelle elle a été prise, au regard du droit alors "
        "applicable."
    )
    for reason in held.reasons:
        rule = held.in_force(reason.rule)
        if rule is None:
            yield blank(
                f"répondre sur le texte appliqué : {reason.rule.article}, version du {in_french(reason.rule.since)}"
            )
            yield _note(
                "Version du texte",
                f"La décision applique {the_article(reason.rule.article)} dans une version du "
                f"{in_french(reason.rule.since)} qui n'est pas, d'après les tables, celle en vigueur le "
                f"{in_french(held.attacked.on)} pour cette procédure",
                (held.fact,),
            )
            continue
        yield held.says(
            f"La décision fait application {of_the_article(reason.rule.article)}, dans sa rédaction en vigueur depuis "
            f"le {in_french(reason.rule.since)}, applicable le {in_french(held.attacked.on)}. Ce texte prévoit, en "
            f"substance, ce qui suit : {_quoted(LAW_IN_FRENCH[rule.provision.name])}"
        )
        yield from _of_nature(held, rule)
    if all(held.in_force(reason.rule) for reason in held.reasons):
        yield held.dismissed(
            "L'administration n'a ajouté aucune condition à celles des textes, et n'a opposé que ce qu'ils permettent "
            "d'opposer : le moyen n'est pas fondé."
        )


def _of_nature(held: Held, rule: Rule) -> Iterator[Passage | Attention]:
    """Whether the text obliges or allows, and whether it was read."""
    if rule.nature is not Nature.OBLIGATION:
        kind = "une faculté" if rule.nature is Nature.DISCRETION else "un élément d'appréciation parmi d'autres"
        yield law(f"Ce texte ouvre à l'autorité administrative {kind}.")
    if rule.provision.mark is Mark.UNCONFIRMED:
        note = f" ({rule.provision.note})" if rule.provision.note else ""
        yield _note("Texte à relire", f"{rule.id.article}, version du {in_french(rule.id.since)}{note}", (held.fact,))


def _error_of_fact(held: Held) -> Iterator[Passage | Attention]:
    """The facts of each ground, and what establishes them."""
    if not held.reasons:
        yield from _no_grounds(held)
        return
    proved = True
    for reason in held.reasons:
        for part in _established(held, reason):
            proved = proved and not (isinstance(part, Passage) and part.proof is Proof.NOT_PRODUCED)
            yield part
    if proved:
        yield law("Les faits sur lesquels repose la décision sont ainsi ceux que l'instruction a établis.")
    else:
        yield blank("produire ou désigner ce qui établit ces faits, puis conclure sur le moyen")


def _established(held: Held, reason: ReasonGiven) -> Iterator[Passage | Attention]:
    facts = (*held.assessed_by(reason), held.fact)
    passage = held.record.tells(
        f"S'agissant du motif « {CRITERION_TITLES[reason.rule.criterion]} », il a été constaté ce qui suit : "
        f"{_quoted(reason.fact)}",
        facts,
        held.proofs(reason),
    )
    yield passage
    yield from _computed(held, reason)
    own = held.record.numbers(held.exhibits_of(reason))
    if not own:
        yield _note(
            "Preuve des faits",
            "Hors la fiche d'instruction, aucune pièce du bordereau n'établit les faits du motif « "
            f"{CRITERION_TITLES[reason.rule.criterion]} »",
            facts,
        )


def _computed(held: Held, reason: ReasonGiven) -> Iterator[Passage | Attention]:
    """What the rule computed from the file, or why an agent set that answer aside."""
    assessment = held.assessment(reason)
    if assessment is None:
        return
    criterion = assessment.rule.criterion
    if assessment.overridden:
        yield _note(
            "Résultat calculé écarté",
            f"« {CRITERION_TITLES[criterion]} » : {MET_TITLES[assessment.computed.met]} selon le calcul, "
            f"{MET_TITLES[assessment.met]} selon l'agent",
            held.assessed_by(reason),
        )
    elif assessment.computed.facts and criterion not in RECORD_CRITERIA:
        facts = " ; ".join(f"{name} : {value}" for name, value in assessment.computed.facts.items())
        yield held.record.tells(
            f"Les éléments retenus sont les suivants : {figures(without_stop(facts))}.",
            (*held.assessed_by(reason), held.fact),
            held.proofs(reason),
        )
    if assessment.computed.unconfirmed:
        yield _note(
            "Donnée de référence non confirmée",
            " ; ".join(without_stop(each) for each in assessment.computed.unconfirmed),
            held.assessed_by(reason),
        )


def _classification(held: Held) -> Iterator[Passage | Attention]:
    """From the facts to the condition: what was found, and that the text calls it an unmet condition."""
    if not held.reasons:
        yield from _no_grounds(held)
        return
    told_already = held.is_raised(PleaKind.ERROR_OF_FACT)
    if told_already:
        yield law("Les faits retenus sont ceux qui ont été exposés en réponse au moyen tiré de l'erreur de fait.")
    for reason in held.reasons:
        if not told_already:
            yield from _established(held, reason)
        assessment = held.assessment(reason)
        if assessment is None:
            continue
        yield held.record.tells(
            "De ces faits, l'administration a pu déduire que la condition posée par "
            f"{the_article(reason.rule.article)} était {MET_TITLES[assessment.met]} : {_quoted(assessment.because)}",
            (*held.assessed_by(reason), held.fact),
            held.proofs(reason),
        )


def _appreciation(held: Held) -> Iterator[Passage | Attention]:
    """How each ground was weighed, and why a discretion was used."""
    if not held.reasons:
        yield from _no_grounds(held)
        return
    for reason in held.reasons:
        assessment = held.assessment(reason)
        if assessment is not None:
            yield held.record.tells(
                f"La condition « {CRITERION_TITLES[reason.rule.criterion]} » ({article(reason.rule.article)}) a été "
                f"appréciée au vu du dossier, dans les termes suivants : {_quoted(assessment.because)}",
                (*held.assessed_by(reason), held.fact),
                held.proofs(reason),
            )
        yield held.says(f"La décision en tire la conséquence en ces termes : {_quoted(reason.fact)}")
    if held.signed is not None and held.signed.explanation.strip():
        yield held.says(f"Elle expose les raisons de son choix : {_quoted(held.signed.explanation)}")
    yield held.dismissed(
        "Au regard de ces éléments, la décision n'est pas entachée d'une erreur d'appréciation dans l'application de "
        "ces dispositions : le moyen n'est pas fondé."
    )


def _misuse(held: Held) -> Iterator[Passage | Attention]:
    """The grounds are those of the text; whether the claimant alleges another aim, only the drafter has read."""
    if not held.reasons:
        yield from _no_grounds(held)
        return
    names = list_in_french([f"« {CRITERION_TITLES[r.rule.criterion]} »" for r in held.reasons])
    yield held.says(f"La décision ne repose que sur les motifs qu'elle énonce, prévus par les textes : {names}.")
    yield blank("répondre aux allégations précises de la requête sur le but étranger qui aurait été poursuivi")
    yield _note("Détournement de pouvoir", "L'historique ne dit rien des allégations du requérant sur ce point")


def _echr(held: Held) -> Iterator[Passage | Attention]:
    """A permit to work says nothing of stay or family life: the plea is usually held inoperative."""
    yield held.says(
        "La décision attaquée se borne à statuer sur une autorisation de travail ; elle n'a ni pour objet ni pour "
        "effet de statuer sur le droit au séjour de l'intéressé ou d'ordonner son éloignement. Le moyen est inopérant."
    )
    yield _note(
        "Article 8 de la convention",
        "L'inopérance contre un simple refus d'autorisation de travail est habituelle : citer et confirmer une "
        "référence, et vérifier qu'aucun refus de séjour n'est lié à la décision",
        (held.fact,),
    )


REPLIES: Final[dict[PleaKind, Reply]] = {
    PleaKind.INCOMPETENCE: _incompetence,
    PleaKind.FORM: _form,
    PleaKind.REASONS: _reasons,
    PleaKind.PROCEDURE: _procedure,
    PleaKind.ERROR_OF_LAW: _error_of_law,
    PleaKind.ERROR_OF_FACT: _error_of_fact,
    PleaKind.CLASSIFICATION: _classification,
    PleaKind.APPRECIATION: _appreciation,
    PleaKind.MISUSE_OF_POWER: _misuse,
    PleaKind.ECHR_8: _echr,
}
"""The reply to each plea that the record can name."""


# In the alternative


def substitutions(record: Record) -> Iterator[Argued]:
    """Grounds and legal bases that the defence has asked the judge to substitute, as recorded."""
    held = record.proceedings
    if held is None:
        return
    for number, fact in enumerate(record.of(events.GroundSubstituted, litigation=held.id)):
        assert isinstance(fact.event, events.GroundSubstituted), "selected by type"
        yield argued(_numbered("Sur la substitution de motif", number), _ground(record, fact, fact.event))
    for number, fact in enumerate(record.of(events.LegalBasisSubstituted, litigation=held.id)):
        assert isinstance(fact.event, events.LegalBasisSubstituted), "selected by type"
        yield argued(_numbered("Sur la substitution de base légale", number), _basis(record, fact, fact.event))


def _numbered(title: str, place: int) -> str:
    return title if place == 0 else f"{title} ({place + 1})"


def _ground(record: Record, fact: Fact, event: events.GroundSubstituted) -> Iterator[Passage | Attention]:
    """Another ground of law and fact, that existed on the day of the decision (Hallal)."""
    case = Held(record)
    yield law(
        "L'administration peut, en première instance comme en appel, faire valoir devant le juge de l'excès de "
        "pouvoir que la décision attaquée est légalement justifiée par un motif, de droit ou de fait, autre que "
        "celui initialement indiqué, mais également fondé sur la situation existant à la date de cette décision (CE, "
        "Sect., 6 février 2004, n° 240560, Hallal)."
    )
    wanted = case.proofs(event.reason)
    yield record.tells(
        f"À supposer que le motif « {CRITERION_TITLES[event.replaces]} » ne puisse être retenu, la décision est "
        f"légalement justifiée par le motif « {CRITERION_TITLES[event.reason.rule.criterion]} », tiré "
        f"{of_version(event.reason.rule)} : {_quoted(event.reason.fact)}",
        (fact, case.fact),
        wanted,
    )
    yield law(
        "L'administration soutient qu'elle aurait pris la même décision en se fondant sur ce seul motif ; cette "
        "substitution, que le requérant est mis à même de discuter, ne le prive d'aucune garantie."
    )
    yield _note(
        "Substitution de motif",
        "La référence Hallal est citée de mémoire et à confirmer ; s'assurer que la même décision aurait été prise "
        "et qu'aucune garantie liée au motif substitué n'a été omise",
        (fact,),
    )


def _basis(record: Record, fact: Fact, event: events.LegalBasisSubstituted) -> Iterator[Passage | Attention]:
    """Another text that gave the same power with the same guarantees."""
    case = Held(record)
    yield law(
        "Le juge peut substituer à la base légale de la décision celle sur le fondement de laquelle elle aurait pu "
        "être prise en vertu du même pouvoir d'appréciation et avec les mêmes garanties (CE, Sect., 3 décembre 2003, "
        "n° 240267)."
    )
    yield record.tells(
        f"À supposer que {the_article(event.replaces.article)} n'ait pu fonder la décision, elle trouve son fondement "
        f"légal dans {in_version(event.basis)}, pour la raison suivante : {_quoted(event.explanation)}",
        (fact, case.fact),
        case.shown,
    )
    yield _note(
        "Substitution de base légale",
        "La référence n° 240267 est citée de mémoire et à confirmer ; vérifier l'identité du pouvoir et des garanties",
        (fact,),
    )
