"""The defence brief: heading, facts, discussion plea by plea, conclusions, list of exhibits, all from the history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from domain import events
from domain.acts import CourtAction, DelegatedAct, Delegation
from domain.case import Litigation
from domain.court import facts_are_admitted
from domain.defence import admissibility, pleas
from domain.defence.admissibility import Conclusion, Verdict, claimant
from domain.defence.facts import record_is_a_ground, statement
from domain.defence.inventory import Inventory, inventory_of
from domain.defence.passages import (
    NOT_PRODUCED,
    TO_COMPLETE,
    Argued,
    Attention,
    Part,
    Passage,
    Proof,
    Section,
    blank,
    law,
)
from domain.defence.passages import (
    CitationLost as CitationLost,
)
from domain.defence.record import Record, cited
from domain.defence.words import (
    ACTIONS,
    addressed,
    article,
    dated,
    defender_name,
    employer_name,
    lower,
    party_name,
    the_article,
    the_court,
    to_court,
    worker_name,
)
from domain.french import in_french
from domain.gaps import gaps_of
from domain.papers import ChosenExhibit
from domain.rights import RECORD_CRITERIA
from domain.rulings import HIGHER
from domain.taken import Fact, Surroundings
from domain.validity.author import lacks_of

BLANK: Final = f"[{TO_COMPLETE}]"


class Heading(Part, frozen=True, kw_only=True):
    """What stands above the brief: the court, the proceedings, the parties, what is contested."""

    court: str
    addressed_to: str
    number: str
    title: str
    action: str
    defender: str
    by_what_right: str
    """The text by which the defender represents the State."""
    claimant: str
    contested: str
    case_number: str


class Closing(Part, frozen=True, kw_only=True):
    """What stands below it: place and day, and who signs by which delegation."""

    place: str
    dated: str
    for_whom: str
    name: str
    quality: str
    delegation: str


class Brief(Part, frozen=True, kw_only=True):
    """A brief whole, with beside it what only the drafter reads."""

    heading: Heading
    facts: Section
    discussion: Section
    conclusions: tuple[str, ...]
    asked: str
    """« … conclut qu'il plaise au tribunal : », which the conclusions follow."""
    closing: Closing
    inventory: Inventory
    attention: tuple[Attention, ...]
    admissibility: tuple[Conclusion, ...]
    told_until: datetime
    """The hour of the last fact that it knows of."""

    def passages(self) -> tuple[Passage, ...]:
        """Every paragraph, in reading order."""
        return (*self.facts.all_passages(), *self.discussion.all_passages())


def brief_of(
    facts: Sequence[Fact],
    litigation: str | None,
    decision: str,
    exhibits: Sequence[ChosenExhibit],
    around: Surroundings,
    *,
    on_version: int | None = None,
    pages: Mapping[int, int] | None = None,
    names: Mapping[int, str] | None = None,
) -> Brief:
    """The brief in defence of a decision, in proceedings or before any, with the exhibits of a bundle in their order.

    `facts` is the whole history up to `on_version`, `around` the surroundings of the decision, `pages` and `names` what
    the bundle made of each exhibit, by number. Raises CitationLost
    when a fact or an exhibit that the brief cites is not there.
    """
    record = Record(facts, litigation, decision, exhibits, around, on_version=on_version)
    found = admissibility.conclusions(record)
    argued = _discussion(record, found)
    sections = tuple(each.section for each in argued)
    told = Section(title="Faits et procédure", passages=statement(record))
    brief = Brief(
        heading=_heading(record),
        facts=told,
        discussion=Section(title="Discussion", sections=sections),
        asked=_asked(record),
        conclusions=tuple(_conclusions(record, found)),
        closing=_closing(record),
        inventory=inventory_of(record.case, litigation, exhibits, pages=pages, names=names),
        attention=(),
        admissibility=found,
        told_until=facts[-1].recorded_at,
    )
    record.must_hold((*brief.passages(), *(step for each in found for step in each.steps)))
    noted = (*_of_record(record), *admissibility.attention(found), *(a for each in argued for a in each.attention))
    attention = tuple(dict.fromkeys((*noted, *_of_text(brief))))
    return msgspec.structs.replace(brief, attention=attention)


# Heading


def _heading(record: Record) -> Heading:
    held, case, attacked = record.proceedings, record.case, record.decision
    contested = dated(attacked.kind, attacked.on)
    if held is None:
        return Heading(
            court=f"[{TO_COMPLETE} : juridiction]",
            addressed_to="",
            number=BLANK,
            title="Projet de mémoire en défense",
            action=BLANK,
            defender=_defender(record),
            by_what_right="",
            claimant=BLANK,
            contested=contested,
            case_number=case.number,
        )
    return Heading(
        court=held.court,
        addressed_to=addressed(held.court, held.action),
        number=held.court_number,
        title=_title(held),
        action=ACTIONS[held.action],
        defender=_defender(record),
        by_what_right=_right_of(record, held),
        claimant=party_name(case, claimant(record)) or _other_side(record) or BLANK,
        contested=contested if not held.by_state else "la décision de justice rendue en première instance ou en appel",
        case_number=case.number,
    )


def _title(held: Litigation) -> str:
    if held.by_state:
        return "Mémoire de l'État, requérant"
    return "Mémoire en défense"


def _other_side(record: Record) -> str:
    """Against whom the State itself is before the court."""
    case = record.case
    return employer_name(case) or worker_name(case)


def _defender(record: Record) -> str:
    opened = record.opened.event if record.opened else None
    if isinstance(opened, events.LitigationOpened):
        return defender_name(opened.represented_by)
    return record.case.routing.competent_prefect if record.case.routing else f"[{TO_COMPLETE} : autorité]"


def _right_of(record: Record, held: Litigation) -> str:
    cited_text = "CJA R811-10" if held.action in HIGHER else "CJA R431-10"
    if held.action in HIGHER and _defender(record).startswith("préfet"):
        cited_text = "CJA R811-10-1"
    return f"représentant l'État ({article(cited_text)})"


# Discussion


def _discussion(record: Record, found: tuple[Conclusion, ...]) -> tuple[Argued, ...]:
    """Admissibility, urgency where it is one, legality, the alternative, injunction and costs."""
    parts = (
        *_admissibility(found),
        *_before_the_merits(record),
        *_legality(record),
        *_gathered("À titre subsidiaire", tuple(pleas.substitutions(record))),
        *_ancillary(record),
    )
    return tuple(parts)


def _legality(record: Record) -> tuple[Argued, ...]:
    """The pleas, external then internal; before the judge of a suspension, whether any makes a serious doubt."""
    external, internal = tuple(pleas.replies(record, pleas.EXTERNAL)), tuple(pleas.replies(record, pleas.INTERNAL))
    if not external and not internal:
        return (_no_plea(record),)
    if record.proceedings is not None and record.proceedings.action is CourtAction.SUSPENSION:
        return _gathered("Sur l'absence de moyen propre à créer un doute sérieux", (*external, *internal))
    return (*_gathered("Sur la légalité externe", external), *_gathered("Sur la légalité interne", internal))


def _gathered(title: str, argued: tuple[Argued, ...]) -> tuple[Argued, ...]:
    if not argued:
        return ()
    section = Section(title=title, sections=tuple(each.section for each in argued))
    return (Argued(section=section, attention=tuple(a for each in argued for a in each.attention)),)


def _admissibility(found: tuple[Conclusion, ...]) -> tuple[Argued, ...]:
    pleaded = [each for each in found if each.pleaded]
    if not pleaded:
        return ()
    sections = tuple(Section(title=each.question, passages=each.pleaded) for each in pleaded)
    return (Argued(section=Section(title="Sur la recevabilité", sections=sections)),)


def _no_plea(record: Record) -> Argued:
    held = record.proceedings
    what = "aucune instance n'est désignée" if held is None else "aucun moyen n'est enregistré pour cette instance"
    note = Attention(subject="Moyens", text=f"Le mémoire ne répond à aucun moyen : {what}.")
    return Argued(
        section=Section(
            title="Sur la légalité de la décision", passages=(blank(f"{what} ; répondre à ceux soulevés"),)
        ),
        attention=(note,),
    )


def _before_the_merits(record: Record) -> Iterator[Argued]:
    """What an urgent judge, or a higher court, looks at before the pleas."""
    held = record.proceedings
    if held is None:
        return
    match held.action:
        case CourtAction.SUSPENSION:
            yield _urgency(record, held)
        case CourtAction.LIBERTY:
            yield _liberty()
        case CourtAction.USEFUL_MEASURES:
            yield _useful_measures()
        case CourtAction.APPEAL | CourtAction.CASSATION:
            yield _ruling_below(record, held)
        case CourtAction.ANNULMENT:
            pass


def _urgency(record: Record, held: Litigation) -> Argued:
    opened = record.must_have(events.LitigationOpened, litigation=held.id)
    rule = law(
        f"En vertu de {the_article('CJA L521-1')}, le juge des référés peut suspendre l'exécution d'une décision, "
        "même de rejet, lorsque l'urgence le justifie et qu'il est fait état d'un moyen propre à créer, en l'état de "
        "l'instruction, un doute sérieux quant à sa légalité. Ces deux conditions sont cumulatives."
    )
    days = (held.lodged_on - record.decision.on).days
    waited = record.of_court(
        f"La décision en cause est du {in_french(record.decision.on)} ; la suspension en a été demandée le "
        f"{in_french(held.lodged_on)}, soit {days} jour{'s' * (days > 1)} plus tard.",
        (record.taken.fact, opened),
    )
    passages = (rule, waited, blank("discuter l'urgence invoquée au regard de la situation concrète du requérant"))
    return Argued(section=Section(title="Sur la condition tenant à l'urgence", passages=passages))


def _liberty() -> Argued:
    rule = law(
        f"{the_article('CJA L521-2')[:1].upper()}{the_article('CJA L521-2')[1:]} suppose une urgence particulière, "
        "rendant nécessaire une mesure dans les quarante-huit heures, et une atteinte grave et manifestement "
        "illégale portée par l'administration à une liberté fondamentale."
    )
    passages = (rule, blank("discuter l'urgence, la liberté invoquée et la gravité de l'atteinte alléguée"))
    return Argued(section=Section(title="Sur les conditions du référé-liberté", passages=passages))


def _useful_measures() -> Argued:
    rule = law(
        f"Saisi sur le fondement de {the_article('CJA L521-3')}, le juge des référés ordonne, en cas d'urgence, "
        "toutes mesures utiles sans faire obstacle à l'exécution d'aucune décision administrative."
    )
    passages = (rule, blank("discuter l'urgence, l'utilité de la mesure et l'obstacle qu'elle ferait à une décision"))
    return Argued(section=Section(title="Sur les conditions du référé « mesures utiles »", passages=passages))


def _ruling_below(record: Record, held: Litigation) -> Argued:
    judged = next((each for each in record.case.litigation if each.id == held.main_litigation), None)
    passages: list[Passage] = []
    if judged is not None and judged.judged_on is not None:
        ruling = record.must_have(events.JudgmentRecorded, litigation=judged.id)
        passages.append(
            record.of_court(
                f"Est contestée la décision rendue le {in_french(judged.judged_on)} par {the_court(judged.court)} (n° "
                f"{judged.court_number}).",
                (ruling,),
            )
        )
    passages.append(blank("répondre sur la régularité de la décision de justice, puis sur son bien-fondé"))
    return Argued(section=Section(title="Sur la décision de justice contestée", passages=tuple(passages)))


def _ancillary(record: Record) -> Iterator[Argued]:
    """Injunction and costs, which follow the main claim."""
    held = record.proceedings
    if held is None:
        return
    order = law(
        "Le rejet des conclusions principales n'appelle aucune mesure d'exécution au sens des articles L. 911-1 et "
        "L. 911-2 du code de justice administrative : les conclusions à fin d'injonction et d'astreinte, s'il en est "
        "présenté, ne peuvent qu'être rejetées."
    )
    costs = law(
        f"{the_article('CJA L761-1')[:1].upper()}{the_article('CJA L761-1')[1:]} fait obstacle à ce que soit mise à "
        "la charge de l'État, qui n'est pas la partie perdante, la somme demandée, le cas échéant, au titre des "
        "frais exposés et non compris dans les dépens."
    )
    yield Argued(section=Section(title="Sur les conclusions à fin d'injonction et les frais", passages=(order, costs)))


# Conclusions


def _asked(record: Record) -> str:
    held = record.proceedings
    whom = to_court(held.court) if held else "à la juridiction saisie"
    if held is not None and held.action in ACTIONS and "référé" in ACTIONS[held.action]:
        whom = "au juge des référés"
    return (
        f"Le {_defender(record)} conclut, par ces motifs et tous autres à produire, déduire ou suppléer, même "
        f"d'office, qu'il plaise {whom} :"
    )


def _conclusions(record: Record, found: tuple[Conclusion, ...]) -> Iterator[str]:
    held = record.proceedings
    if held is not None and held.by_state:
        yield "d'annuler la décision de justice contestée ;"
        yield "de rejeter la demande présentée contre la décision administrative en cause."
        return
    inadmissible = any(each.verdict is Verdict.INADMISSIBLE and each.pleaded for each in found)
    perhaps = any(each.verdict is Verdict.TO_CHECK and each.pleaded for each in found)
    number = f" n° {held.court_number}" if held else ""
    if inadmissible:
        yield f"à titre principal, de rejeter la requête{number} comme irrecevable ;"
        yield "à titre subsidiaire, de la rejeter au fond ;"
    elif perhaps:
        yield f"[{TO_COMPLETE} : conclusions sur la recevabilité, selon ce qui aura été vérifié] ;"
        yield f"de rejeter la requête{number} au fond ;"
    else:
        yield f"de rejeter la requête{number} ;"
    if held is not None and held.substituted:
        yield "plus subsidiairement, de substituer au motif de la décision celui exposé ci-dessus ;"
    if held is not None and held.substituted_bases:
        yield "plus subsidiairement, de substituer à la base légale de la décision celle exposée ci-dessus ;"
    yield "de rejeter le surplus des conclusions, y compris celles à fin d'injonction et celles relatives aux frais."


# Closing


def _closing(record: Record) -> Closing:
    able = _able_to_sign(record)
    one = able[0] if len(able) == 1 else None
    held = record.proceedings
    filed = held.defence_filed_on if held else None
    published = f", publiée le {in_french(one.published_on)} ({one.publication})" if one and one.published_on else ""
    return Closing(
        place=f"[{TO_COMPLETE} : lieu]",
        dated=f"le {in_french(filed)}" if filed else f"le [{TO_COMPLETE} : date du mémoire]",
        for_whom=f"Pour le {_defender(record)} et par délégation",
        name=one.name if one else f"[{TO_COMPLETE} : prénom et nom du signataire]",
        quality=one.quality if one else f"[{TO_COMPLETE} : qualité]",
        delegation=f"Délégation n° {one.number}{published}" if one else f"[{TO_COMPLETE} : délégation de signature]",
    )


def _able_to_sign(record: Record) -> tuple[Delegation, ...]:
    """Whoever holds a delegation, in force and published, to sign briefs for this prefect."""
    routing, around = record.case.routing, record.around
    if routing is None or (record.proceedings is not None and not _defender(record).startswith("préfet")):
        return ()
    return tuple(
        each
        for each in around.administration.delegations
        if not lacks_of(each, DelegatedAct.DEFENCE, routing, around.today)
    )


# What the drafter must look at


def _of_record(record: Record) -> Iterator[Attention]:
    """What is missing or does not agree in how the decision was taken, and what the proceedings themselves call for."""
    for gap in gaps_of(record.taken):
        fact = record.by_version.get(gap.version)
        yield Attention(subject=lower(gap.title).rstrip("."), text=gap.sentence, cites=cited((fact,) if fact else ()))
    yield from _of_signature(record)
    yield from _of_privacy(record)
    held = record.proceedings
    if held is not None:
        yield from _of_proceedings(record, held)


def _of_signature(record: Record) -> Iterator[Attention]:
    able = _able_to_sign(record)
    subject = "Signataire du mémoire"
    if len(able) > 1:
        names = " ; ".join(f"{each.name}, {lower(each.quality)} (délégation n° {each.number})" for each in able)
        yield Attention(subject=subject, text=f"Plusieurs délégations permettent de signer ce mémoire : {names}.")
    elif not able:
        yield Attention(
            subject=subject,
            text="Aucune délégation enregistrée, en vigueur et publiée, ne couvre la signature du mémoire.",
        )


def _of_privacy(record: Record) -> Iterator[Attention]:
    opinions = tuple(record.of(events.OpinionGiven))
    told = record_is_a_ground(record)
    if opinions:
        yield Attention(
            subject="Communication à l'autre partie",
            text="Des avis d'organismes tiers figurent à l'historique : occulter ce qui ne doit pas être communiqué "
            "(CJA R611-1).",
            cites=cited(opinions),
        )
    if told:
        yield Attention(
            subject="Communication à l'autre partie",
            text="La décision repose sur les antécédents de l'employeur : s'assurer que le mémoire n'en révèle à "
            "l'autre partie rien de plus que la décision notifiée.",
            cites=cited((record.taken.fact,)),
        )
    signed = record.taken.signed
    if signed and not told and any(each.rule.criterion in RECORD_CRITERIA for each in signed.assessments):
        yield Attention(
            subject="Communication à l'autre partie",
            text="La fiche d'instruction dit ce qui a été constaté des antécédents de l'employeur, qui ne fondent pas "
            "la décision : l'occulter avant de la produire.",
        )


def _of_proceedings(record: Record, held: Litigation) -> Iterator[Attention]:
    today = record.around.today
    if held.outcome is not None and held.judged_on is not None:
        text = f"La juridiction a statué le {in_french(held.judged_on)} : produire ce mémoire est sans utilité."
        yield Attention(subject="Instance", text=text)
    if facts_are_admitted(held, today):
        yield Attention(
            subject="Acquiescement aux faits",
            text="Le délai de la mise en demeure est expiré sans mémoire : l'État est réputé avoir acquiescé aux faits "
            "exposés dans la requête (CJA R612-6).",
            cites=cited(record.of(events.FormalNoticeReceived, litigation=held.id)),
        )
    for name, due in _deadlines(held):
        late = "est dépassé" if due < today else "court encore"
        yield Attention(subject="Calendrier", text=f"{name}, fixé au {in_french(due)}, {late}.")
    if held.action in HIGHER:
        yield Attention(
            subject="Représentation de l'État",
            text="Que le ministre, ou le préfet, représente ici l'État résulte d'une déduction tirée de la nature du "
            "litige (CJA R811-10, R811-10-1) : la faire confirmer.",
        )
    if held.by_state:
        yield Attention(
            subject="Position de l'État", text="L'État est requérant : ce projet est à reprendre comme une requête."
        )
    yield from _of_claim(record, held)


def _deadlines(held: Litigation) -> Iterator[tuple[str, date]]:
    dated = (
        ("Le délai imparti pour produire", held.defence_due_on),
        ("Le délai de la mise en demeure", held.formal_notice_due_on),
        ("Le terme de l'instruction", held.investigation_closes_on),
    )
    if held.defence_filed_on is None:
        yield from ((name, due) for name, due in dated if due is not None)


def _of_claim(record: Record, held: Litigation) -> Iterator[Attention]:
    """What this program has not read: the claim itself."""
    yield Attention(
        subject="Requête",
        text="Les conclusions et le détail des moyens de la requête ne sont pas enregistrés : vérifier que chaque "
        "moyen y trouve sa réponse, et les demandes d'injonction et de frais leurs montants.",
        cites=cited(record.of(events.LitigationOpened, litigation=held.id)),
    )


def _of_text(brief: Brief) -> Iterator[Attention]:
    """Every blank and every fact that no exhibit shows, so that none is overlooked."""
    yield from (
        Attention(subject="Passage à compléter", text=each.text, cites=each.cites)
        for each in brief.passages()
        if each.to_complete
    )
    yield from (
        Attention(subject=f"Fait sans pièce ({NOT_PRODUCED})", text=each.text, cites=each.cites)
        for each in _once(brief.passages())
        if each.proof is Proof.NOT_PRODUCED
    )


def _once(passages: Iterable[Passage]) -> Iterator[Passage]:
    yield from dict.fromkeys(passages)
