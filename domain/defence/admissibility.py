"""Whether a claim can be heard: each question with its computation, what the record proves of it, and its answer."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from domain import events
from domain.acts import ADDRESSEE_TITLES, Addressee, CourtAction
from domain.case import Decision, Litigation
from domain.clocks.clock import CALENDAR_NOTE, Clock
from domain.clocks.court import litigation as court_clocks
from domain.clocks.limits_to_appeal import limit_to_sue, reasonable_period
from domain.court import FIRST_INSTANCE, can_be_suspended, needs_no_decision
from domain.defence.facts import appeal_shown, notification
from domain.defence.passages import Attention, Part, Passage, blank, cited_by, law
from domain.defence.record import Record, letter, sheet
from domain.defence.words import NATURES, article, capital, the_article, the_court, without_stop
from domain.french import in_french, list_in_french
from domain.papers import LetterKind
from domain.rulings import HIGHER
from domain.taken import Fact


class Verdict(StrEnum):
    """What comes of a question of admissibility."""

    ADMISSIBLE = "admissible"
    INADMISSIBLE = "inadmissible"
    TO_CHECK = "to_check"


VERDICT_TITLES: Final = {
    Verdict.ADMISSIBLE: "recevable",
    Verdict.INADMISSIBLE: "irrecevable",
    Verdict.TO_CHECK: "à vérifier",
}
"""How French names each answer."""


class Conclusion(Part, frozen=True, kw_only=True):
    """One question: the steps by which it is answered, and what the brief pleads of it, if anything."""

    question: str
    verdict: Verdict
    steps: tuple[Passage, ...]
    """The computation: start, length, article, end, each with its facts and exhibits."""
    pleaded: tuple[Passage, ...] = ()
    """What the brief says; nothing for what is admissible, which the defence has no reason to plead."""
    doubts: tuple[str, ...] = ()


def conclusions(record: Record) -> tuple[Conclusion, ...]:
    """Every question that the record can answer, in the order in which a court takes them."""
    held = record.proceedings
    if held is None:
        return ()
    return tuple(_questions(record, held))


def _questions(record: Record, held: Litigation) -> Iterator[Conclusion]:
    yield from _court(record, held)
    if held.action in HIGHER:
        yield from _time_to_appeal(record, held)
        return
    yield from _decision_exists(record, held)
    yield from _decision_replaced(record, held)
    yield from _standing(record, held)
    if held.action is CourtAction.SUSPENSION:
        yield _main_claim(record, held)
    if held.action in {CourtAction.ANNULMENT, CourtAction.SUSPENSION}:
        yield from _time_to_sue(record, held)
        yield from _confirmative(record, held)


def _told(text: str) -> Passage:
    """A step of law or computation."""
    return law(text)


# The court


def _court(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """The tribunal of the establishment or of the place of work (CJA R312-10)."""
    opened = record.opened
    if held.action not in FIRST_INSTANCE or opened is None:
        return
    assert isinstance(opened.event, events.LitigationOpened), "selected by type"
    competent = opened.event.competent_court
    if competent == held.court:
        return
    seized = record.of_court(f"La juridiction saisie est {the_court(held.court)}.", (opened,))
    if competent is None:
        steps = (seized, _told("Les tables ne permettent pas de désigner la juridiction du lieu de travail."))
        yield Conclusion(question="Compétence territoriale", verdict=Verdict.TO_CHECK, steps=steps)
        return
    expected = _told(
        f"D'après le lieu de l'établissement ou du travail, ce serait {the_court(competent)} (CJA R312-10)."
    )
    pleaded = law(
        "Le litige, né d'une législation régissant les activités professionnelles, relève, en vertu de l'article R. "
        f"312-10 du code de justice administrative, de la compétence territoriale {_of_court(competent)}."
    )
    yield Conclusion(
        question="Compétence territoriale", verdict=Verdict.TO_CHECK, steps=(seized, expected), pleaded=(pleaded,)
    )


def _of_court(court: str) -> str:
    return f"de la {court}" if court.startswith("cour ") else f"du {court}"


# The decision


def _decision_exists(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """A claim needs a decision that can be contested, already born and still standing when it was lodged."""
    question, attacked, taken = "Existence d'une décision susceptible de recours", record.decision, record.taken.fact
    if not held.against:
        if needs_no_decision(held.action):
            return
        steps: tuple[Passage, ...] = (_told("La requête n'est enregistrée comme dirigée contre aucune décision."),)
        yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=steps)
        return
    named = capital(NATURES[attacked.kind])
    born = "est née le" if attacked.is_implicit else "a été prise le"
    step = record.tells(f"{named} {born} {in_french(attacked.on)}.", (taken,), _shown(attacked))
    lodged = _lodged(record, held)
    if held.against != attacked.id:
        steps = (step, _told(f"La requête est enregistrée comme dirigée contre la décision {held.against}."))
        yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=steps)
    elif not attacked.kind.can_be_appealed:
        pleaded = law(
            "L'acte contesté est un avis, qui prépare la décision à intervenir et ne fait pas grief par lui-même : "
            "les conclusions dirigées contre lui sont irrecevables."
        )
        yield Conclusion(question=question, verdict=Verdict.INADMISSIBLE, steps=(step,), pleaded=(pleaded,))
    elif held.lodged_on < attacked.on:
        pleaded = blank(
            "la requête précède la naissance de la décision ; vérifier si cette irrecevabilité a été couverte en "
            "cours d'instance"
        )
        yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=(step, lodged), pleaded=(pleaded,))
    else:
        yield Conclusion(question=question, verdict=Verdict.ADMISSIBLE, steps=(step, lodged))


def _shown(attacked: Decision) -> tuple[str, ...]:
    return (sheet("decision", attacked.id), letter(LetterKind.DECISION, attacked.id))


def _lodged(record: Record, held: Litigation) -> Passage:
    text = f"La requête a été enregistrée le {in_french(held.lodged_on)}."
    return record.of_court(text, (record.must_have(events.LitigationOpened, litigation=held.id),))


def _decision_replaced(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """What has taken the place of the decision attacked, or ended it, since."""
    attacked = record.decision
    if attacked.live or not attacked.ended_by or held.against != attacked.id:
        return
    other = next((each for each in record.case.decisions if each.id == attacked.ended_by), None)
    ending = tuple(fact for fact in record.facts if other is not None and _takes(fact, other.id))
    if other is None or not ending:
        return
    shown = (*_shown(other), sheet("later", attacked.id))
    step = record.tells(f"{capital(NATURES[other.kind])} est intervenue le {in_french(other.on)}.", ending, shown)
    question = "Décision intervenue depuis la décision attaquée"
    if attacked.is_implicit and not other.is_implicit and not other.kind.is_favourable:
        pleaded = record.tells(
            "Les conclusions dirigées contre la décision implicite doivent être regardées comme dirigées contre la "
            f"décision expresse du {in_french(other.on)}, qui s'y est substituée.",
            ending,
            shown,
        )
        yield Conclusion(
            question=question,
            verdict=Verdict.TO_CHECK,
            steps=(step,),
            pleaded=(pleaded,),
            doubts=(
                "substitution de la décision expresse à la décision implicite : jurisprudence à citer et confirmer",
            ),
        )
        return
    if other.on < held.lodged_on:
        text = "La décision attaquée ne produisait plus d'effet lorsque la requête a été enregistrée."
        yield Conclusion(
            question=question,
            verdict=Verdict.TO_CHECK,
            steps=(step, _lodged(record, held)),
            pleaded=(record.tells(text, ending, shown), blank("en tirer la conséquence sur la recevabilité")),
        )
        return
    if other.kind.is_favourable:
        text = (
            f"La décision du {in_french(other.on)}, postérieure à la requête, a donné satisfaction à la demande : les "
            "conclusions à fin d'annulation ont perdu leur objet et il n'y a plus lieu d'y statuer."
        )
        pleaded = record.tells(text, ending, shown)
        yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=(step,), pleaded=(pleaded,))
        return
    yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=(step,))


def _takes(fact: Fact, decision: str) -> bool:
    signed = getattr(fact.event, "decision", None)
    return getattr(signed, "decision", signed) == decision and not isinstance(
        fact.event, events.DecisionMadeAvailable | events.DecisionFirstRead | events.DecisionDeemedNotified
    )


# Who sues


def _standing(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """The employer that filed and the foreigner may both contest a decision of which they are the addressees."""
    opened = record.must_have(events.LitigationOpened, litigation=held.id)
    assert isinstance(opened.event, events.LitigationOpened), "selected by type"
    who = opened.event.lodged_by
    question = "Intérêt et qualité pour agir"
    if who is None or who not in record.case.parties:
        steps: tuple[Passage, ...] = (
            record.of_court("L'auteur de la requête n'est pas enregistré parmi les destinataires.", (opened,)),
        )
        pleaded = blank("vérifier la qualité pour agir de l'auteur de la requête, qui n'est pas destinataire")
        yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=steps, pleaded=(pleaded,))
        return
    text = f"La requête émane de {ADDRESSEE_TITLES[who]}, destinataire de la décision ({article('CT R5221-17')})."
    yield Conclusion(question=question, verdict=Verdict.ADMISSIBLE, steps=(record.of_court(text, (opened,)),))


def claimant(record: Record) -> Addressee | None:
    """The party that sues; None for the State, or without proceedings."""
    opened = record.opened.event if record.opened else None
    return opened.lodged_by if isinstance(opened, events.LitigationOpened) else None


def _main_claim(record: Record, held: Litigation) -> Conclusion:
    """A suspension supposes a claim for annulment, by a separate application (CJA L521-1, R522-1)."""
    question = "Requête au fond accompagnant la demande de suspension"
    main = next((each for each in record.case.litigation if each.id == held.main_litigation), None)
    if main is None or not can_be_suspended(record.case, held):
        pleaded = law(
            "La demande de suspension n'est pas accompagnée d'une requête à fin d'annulation de la même décision, "
            "ainsi que l'exigent les articles L. 521-1 et R. 522-1 du code de justice administrative : elle est "
            "irrecevable."
        )
        steps: tuple[Passage, ...] = (_told("Aucune requête en annulation de cette décision n'est enregistrée."),)
        return Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=steps, pleaded=(pleaded,))
    fact = record.must_have(events.LitigationOpened, litigation=main.id)
    text = f"La requête en annulation n° {main.court_number} a été enregistrée le {in_french(main.lodged_on)}."
    return Conclusion(question=question, verdict=Verdict.ADMISSIBLE, steps=(record.of_court(text, (fact,)),))


# Time


def _claim_judged_for_time(record: Record, held: Litigation) -> Litigation:
    """The claim for annulment, whose own day counts where a suspension is asked."""
    main = next((each for each in record.case.litigation if each.id == held.main_litigation), None)
    return main if held.action is CourtAction.SUSPENSION and main is not None else held


def _time_to_sue(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """The limit of the party that sues, as it stood on the day of the claim (T12), then the reasonable period (T13)."""
    who, attacked = claimant(record), record.decision
    claim = _claim_judged_for_time(record, held)
    if who is None or not attacked.kind.can_be_appealed or claim.against != attacked.id:
        return
    reference = record.around.reference_today
    clock = limit_to_sue(record.case, attacked, who, claim.lodged_on, reference)
    steps = (*_known(record, who), *_interruptions(record, who), *_computed(clock), _lodged(record, claim))
    question = f"Délai de recours contentieux (requête n° {claim.court_number})"
    doubts = tuple(each for each in clock.unconfirmed if each != CALENDAR_NOTE)
    if clock.expires_on is not None:
        late = claim.lodged_on > clock.expires_on
        verdict = Verdict.ADMISSIBLE
        if late:
            verdict = Verdict.TO_CHECK if doubts else Verdict.INADMISSIBLE
        yield Conclusion(
            question=question,
            verdict=verdict,
            steps=steps,
            pleaded=_lateness(record, claim, clock, sure=not doubts) if late else (),
            doubts=clock.unconfirmed if late else doubts,
        )
        return
    yield Conclusion(question=question, verdict=Verdict.ADMISSIBLE, steps=steps, doubts=doubts)
    for period in reasonable_period(record.case, attacked, who, claim.lodged_on, reference):
        late = period.expires_on is not None and claim.lodged_on > period.expires_on
        yield Conclusion(
            question="Délai raisonnable de recours",
            verdict=Verdict.TO_CHECK if late else Verdict.ADMISSIBLE,
            steps=(*_known(record, who), *_computed(period), _lodged(record, claim)),
            pleaded=_beyond_reason(record, claim, period) if late else (),
            doubts=(*period.unconfirmed, f"{period.articles[0]} : jurisprudence à confirmer") if late else (),
        )


def _known(record: Record, who: Addressee) -> Iterator[Passage]:
    """How the party came to know the decision, and whether it was told of the remedies (CJA R421-5)."""
    attacked = record.decision
    wanted = notification(attacked.id, who.value)
    facts = _notices(record, who)
    known = attacked.notified.get(who)
    if facts and known is not None:
        on = known.notified_on
        text = (
            f"La décision a été portée à la connaissance de {ADDRESSEE_TITLES[who]} le {in_french(on)}."
            if on
            else f"La décision a été mise à disposition de {ADDRESSEE_TITLES[who]} le {in_french(known.available_on)}, "
            "sans que la consultation en soit établie."
        )
        yield record.tells(text, facts, wanted)
    if attacked.is_implicit:
        yield from _acknowledgement(record)
        return
    stated = attacked.remedies
    told = (
        f"Elle mentionne les voies et délais de recours ({article('CJA R421-5')})."
        if stated is not None and stated.complete
        else f"Elle ne mentionne pas complètement les voies et délais de recours ({article('CJA R421-5')})."
    )
    yield record.tells(told, (record.taken.fact,), _shown(attacked))


def _acknowledgement(record: Record) -> Iterator[Passage]:
    for fact in record.of(events.AcknowledgementIssued):
        assert isinstance(fact.event, events.AcknowledgementIssued), "selected by type"
        whole = "comporte" if fact.event.complete else "ne comporte pas toutes"
        text = (
            f"L'accusé de réception du {in_french(fact.event.issued_on)} {whole} les mentions exigées pour que le "
            "délai courre contre la décision implicite."
        )
        yield record.tells(text, (fact,), (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")))


def _notices(record: Record, who: Addressee) -> tuple[Fact, ...]:
    """The facts by which a party came to know the decision attacked."""
    kinds = (events.DecisionMadeAvailable, events.DecisionFirstRead, events.DecisionDeemedNotified)
    return tuple(fact for kind in kinds for fact in record.of(kind, decision=record.decision.id, addressee=who))


def _interruptions(record: Record, who: Addressee) -> Iterator[Passage]:
    """The administrative appeals of the party against the decision attacked, which may have interrupted its limit."""
    for appeal in record.case.appeals:
        if appeal.against != record.decision.id or appeal.lodged_by is not who:
            continue
        lodged = record.must_have(events.AppealLodged, appeal=appeal.id)
        end = f" ; il a pris fin le {in_french(appeal.ended_on)}" if appeal.ended_on else " ; il est pendant"
        intime = {True: "formé dans le délai", False: "formé hors délai", None: "formé sans qu'un délai coure"}
        text = (
            f"Un recours administratif, reçu le {in_french(appeal.received_on)}, a été {intime[appeal.in_time]}{end} "
            f"({article('CRPA L411-2')})."
        )
        yield record.tells(text, (lodged, *_ends(record, appeal.id)), appeal_shown(appeal.id))


def _ends(record: Record, appeal: str) -> Iterator[Fact]:
    yield from record.of(events.AppealDecided, appeal=appeal)
    yield from record.of(events.AppealImplicitlyRejected, appeal=appeal)


def _computed(clock: Clock) -> Iterator[Passage]:
    """The clock's own account, then the same by its parts."""
    yield _told(clock.sentence)
    if clock.expires_on is not None and clock.starts_on is not None:
        texts = list_in_french([article(each) for each in clock.articles])
        yield _told(
            f"Point de départ : {in_french(clock.starts_on)} ; durée : {clock.length} ; dernier jour : "
            f"{in_french(clock.expires_on)} ; textes : {texts}."
        )


def _lateness(record: Record, claim: Litigation, clock: Clock, *, sure: bool) -> tuple[Passage, ...]:
    """The objection of lateness, pleaded when nothing in the computation is in doubt."""
    who = clock.addressee
    assert who, "each addressee has its own limit"
    assert clock.expires_on, "a limit that is over was counted"
    assert clock.starts_on, "a limit that was counted has a start"
    facts = _notices(record, who) or (record.taken.fact,)
    rule = law(
        f"Aux termes de {the_article('CJA R421-1')}, la juridiction est saisie dans les deux mois de la notification "
        f"de la décision attaquée ; en vertu de {the_article('CJA R421-5')}, ce délai est opposable lorsqu'il a été "
        "mentionné, avec les voies de recours, dans la notification de la décision."
    )
    start = record.tells(
        f"En l'espèce, le délai de {clock.length} a couru, à l'égard de {ADDRESSEE_TITLES[who]}, à compter du "
        f"{in_french(clock.starts_on)}, et expirait le {in_french(clock.expires_on)} inclus.",
        (*facts, *(fact for fact in _appeal_facts(record, who))),
        (*notification(record.decision.id, who.value), *_appeals_shown(record, who), *_shown(record.decision)),
    )
    end = record.of_court(
        f"La requête, enregistrée le {in_french(claim.lodged_on)}, est tardive et, par suite, irrecevable.",
        (record.must_have(events.LitigationOpened, litigation=claim.id),),
    )
    if sure:
        return (rule, start, end)
    return (rule, start, end, blank("ce calcul comporte une réserve, rappelée aux points d'attention : la lever"))


def _appeal_facts(record: Record, who: Addressee) -> Iterator[Fact]:
    for appeal in record.case.appeals:
        if appeal.against == record.decision.id and appeal.lodged_by is who:
            yield record.must_have(events.AppealLodged, appeal=appeal.id)
            yield from _ends(record, appeal.id)


def _appeals_shown(record: Record, who: Addressee) -> Iterator[str]:
    for appeal in record.case.appeals:
        if appeal.against == record.decision.id and appeal.lodged_by is who:
            yield from appeal_shown(appeal.id)


def _beyond_reason(record: Record, claim: Litigation, period: Clock) -> tuple[Passage, ...]:
    assert period.addressee, "each addressee has its own period"
    assert period.starts_on, "counted from a notification"
    known = record.tells(
        f"La décision a été portée à la connaissance de {ADDRESSEE_TITLES[period.addressee]} le "
        f"{in_french(period.starts_on)} ; la requête n'a été enregistrée que le {in_french(claim.lodged_on)}.",
        _notices(record, period.addressee),
        notification(record.decision.id, period.addressee.value),
    )
    rule = law(
        "Le principe de sécurité juridique fait obstacle à ce que puisse être contestée indéfiniment une décision "
        f"dont l'intéressé a eu connaissance : au-delà d'un délai raisonnable de {period.length}, sauf circonstances "
        "particulières dont le requérant se prévaudrait, le recours est irrecevable (CE, Ass., 13 juillet 2016, n° "
        "387763)."
    )
    return (rule, known, blank("vérifier l'absence de circonstances particulières et la référence citée"))


def _confirmative(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """A decision that only confirms one that can no longer be contested opens no limit of its own."""
    who, attacked = claimant(record), record.decision
    if who is None or attacked.is_implicit or held.against != attacked.id:
        return
    question = "Décision confirmative"
    silent = next((d for d in record.case.decisions if d.is_implicit and d.ended_by == attacked.id), None)
    earlier = next(iter(record.of(events.RequestFiled)), None)
    linked = earlier is not None and getattr(earlier.event, "earlier_case", None) is not None
    if silent is not None:
        arisen = record.must_have(events.ImplicitDecisionArisen, decision=silent.id)
        reference = record.around.reference_today
        limit = limit_to_sue(record.case, silent, who, held.lodged_on, reference).expires_on
        text = f"Une décision implicite de rejet était née le {in_french(silent.on)}."
        step = record.tells(text, (arisen,), (letter(LetterKind.ACKNOWLEDGEMENT), sheet("request")))
        late = limit is not None and attacked.on > limit
        yield Conclusion(
            question=question,
            verdict=Verdict.TO_CHECK if late else Verdict.ADMISSIBLE,
            steps=(step, *((_told(f"Elle pouvait être contestée jusqu'au {in_french(limit)}."),) if limit else ())),
            pleaded=(
                blank(
                    "le refus exprès est intervenu après l'expiration du délai ouvert contre la décision implicite ; "
                    "apprécier s'il est purement confirmatif (CJA R421-2)"
                ),
            )
            if late
            else (),
        )
    elif linked and earlier is not None:
        text = "La demande est enregistrée comme faisant suite à un dossier antérieur, qui n'est pas examiné ici."
        step = record.tells(text, (earlier,), (sheet("request"),))
        pleaded = blank("apprécier si la décision confirme une décision antérieure devenue définitive")
        yield Conclusion(question=question, verdict=Verdict.TO_CHECK, steps=(step,), pleaded=(pleaded,))


def _time_to_appeal(record: Record, held: Litigation) -> Iterator[Conclusion]:
    """An appeal, or a claim in cassation, is lodged within the limit that runs from the notification of the ruling."""
    judged = next((each for each in record.case.litigation if each.id == held.main_litigation), None)
    if judged is None or judged.judgment_notified_on is None or held.by_state:
        return
    clocks = court_clocks(record.case, held.lodged_on, record.around.reference_today)
    clock = next((c for c in clocks if c.id == "JUDGMENT_APPEAL" and c.ref == judged.id), None)
    if clock is None or clock.expires_on is None:
        return
    ruling = record.must_have(events.JudgmentRecorded, litigation=judged.id)
    text = f"La décision de justice contestée a été notifiée le {in_french(judged.judgment_notified_on)}."
    late = held.lodged_on > clock.expires_on
    yield Conclusion(
        question=f"Délai pour contester la décision de justice (requête n° {held.court_number})",
        verdict=Verdict.TO_CHECK if late else Verdict.ADMISSIBLE,
        steps=(record.of_court(text, (ruling,)), *_computed(clock), _lodged(record, held)),
        pleaded=(
            record.of_court(
                f"La requête, enregistrée le {in_french(held.lodged_on)}, l'a été après l'expiration, le "
                f"{in_french(clock.expires_on)}, du délai ouvert par la notification de la décision contestée.",
                (ruling, record.must_have(events.LitigationOpened, litigation=held.id)),
            ),
            blank("vérifier la date de notification au requérant lui-même"),
        )
        if late
        else (),
        doubts=clock.unconfirmed,
    )


def attention(found: tuple[Conclusion, ...]) -> Iterator[Attention]:
    """What the drafter must check of admissibility."""
    for each in found:
        if each.verdict is Verdict.TO_CHECK:
            text = f"{each.question} : à vérifier. {' '.join(step.text for step in each.steps)}"
            yield Attention(subject="Recevabilité", text=text, cites=cited_by(each.steps))
        for doubt in dict.fromkeys(each.doubts):
            yield Attention(subject="Recevabilité", text=f"{each.question} : {without_stop(doubt)}.")
