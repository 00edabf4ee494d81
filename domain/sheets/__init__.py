"""What the history of a case alone tells, sheet by sheet, in French: the content of pages that anybody can set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES, Addressee
from domain.case import Case, Decision
from domain.findings import Criterion
from domain.fold import replay
from domain.procedures import PROCEDURES
from domain.refusals import Refused
from domain.request import Company, PrivateEmployer
from domain.sheets import disputes, exchanges, request
from domain.sheets.assessment import assessment
from domain.sheets.decision import decision
from domain.sheets.delegation import delegation
from domain.sheets.notification import notification, proved_on, told_to
from domain.sheets.page import Block, Page, Told
from domain.sheets.page import Sheet as Sheet
from domain.sheets.reference import reference
from domain.taken import Before, LedgerFact, Records, before, day_of, decision_taken, fact_that_took


def sheets_available(facts: Sequence[LedgerFact]) -> tuple[Sheet, ...]:
    """Every sheet that these facts allow, in the order of a case's life; none is dated otherwise than by them."""
    told = tuple(facts)
    return tuple(
        {
            each.name: each
            for each in (
                *request.available(told),
                *exchanges.available(told),
                *_of_decisions(told),
                *disputes.available(told),
                Sheet(name="history", label="Historique complet du dossier", dated=day_of(told[-1])),
            )
        }.values()
    )


def _of_decisions(facts: tuple[LedgerFact, ...]) -> Iterator[Sheet]:
    """What was decided, what was assessed, who signed, on which data, who was told, what came after."""
    case = _folded(facts)
    for fact in facts:
        id = decision_taken(fact.event)
        if id is None:
            continue
        taken, day = case.decision(id), case.decision(id).on
        what = f"{DECISION_TITLES[taken.kind]} {id}"
        yield Sheet(name=f"decision/{id}", label=f"Fiche de décision : {what}", dated=day)
        yield Sheet(
            name=f"decision-internal/{id}", label=f"Fiche de décision, notes internes comprises : {what}", dated=day
        )
        yield Sheet(name=f"assessment/{id}", label=f"Fiche d'appréciation des conditions : {what}", dated=day)
        if taken.signed is not None:
            yield Sheet(name=f"delegation/{id}", label=f"Délégation de signature : {what}", dated=day)
        yield Sheet(name=f"reference/{id}", label=f"Données de référence appliquées : {what}", dated=day)
        for addressee in Addressee:
            proved = proved_on(taken, addressee)
            if proved is not None and told_to(facts, id, addressee):
                label = f"Preuve de notification à {ADDRESSEE_TITLES[addressee]} : {what}"
                yield Sheet(name=f"notification/{id}/{addressee}", label=label, dated=proved)
        later = [each for each in facts if each.version > fact.version and decision_taken(each.event)]
        if later:
            label = f"Décisions postérieures à la décision {id}"
            yield Sheet(name=f"later/{id}", label=label, dated=case.decision(_named(later[-1])).on)


def _named(fact: LedgerFact) -> str:
    named = decision_taken(fact.event)
    assert named is not None, "the fact takes a decision"
    return named


def page_of(
    name: str,
    facts: Sequence[LedgerFact],
    on_version: int,
    records: Records,
    *,
    withheld: frozenset[Criterion] = frozenset(),
) -> Page:
    """The content of one sheet, from the facts up to a version. Raises Refused for a sheet that they do not allow."""
    known = tuple(fact for fact in facts if fact.version <= on_version)
    sheet = next((each for each in sheets_available(known) if each.name == name), None) if known else None
    if sheet is None:
        raise Refused("sheet_unknown", f"L'historique du dossier ne permet pas d'éditer la fiche « {name} ».")
    case = _folded(known)
    told = Told(facts=known, case=case, on_version=on_version, records=records, withheld=withheld)
    kind, _, about = name.partition("/")
    return Page(
        title=sheet.label,
        subject=_subject(case),
        number=case.number,
        dated=sheet.dated,
        on_version=on_version,
        blocks=tuple(SETTERS[kind](told, about)),
    )


def _folded(facts: tuple[LedgerFact, ...]) -> Case:
    case = replay((fact.event for fact in facts), facts[0].stream)
    assert case is not None, "a case begins with its filing"
    return case


def _subject(case: Case) -> str:
    """Whom and what the case is about, in one line."""
    worker, employer = case.request.worker, case.request.employer
    names = dict.fromkeys((worker.given_names, worker.family_name))
    match employer:
        case Company(name=name):
            of = name
        case PrivateEmployer():
            of = " ".join(dict.fromkeys((employer.given_names, employer.family_name)))
        case None:
            of = ""
    return " – ".join(filter(None, (PROCEDURES[case.procedure].title, of, " ".join(names))))


def _decision(told: Told, id: str, *, internal: bool) -> Iterator[Block]:
    taking, taken, case, held = _taken(told, id)
    return decision(told, taking, taken, case, held, internal=internal)


def _assessment(told: Told, id: str) -> Iterator[Block]:
    _, _, case, held = _taken(told, id)
    return assessment(told, held, case)


def _delegation(told: Told, id: str) -> Iterator[Block]:
    _, taken, case, held = _taken(told, id)
    assert taken.signed is not None, "silence signs nothing, and has no such sheet"
    return delegation(case, taken, taken.signed, held)


def _reference(told: Told, id: str) -> Iterator[Block]:
    _, taken, case, held = _taken(told, id)
    return reference(told, case, held, taken.signed)


def _notification(told: Told, about: str) -> Iterator[Block]:
    id, _, addressee = about.partition("/")
    return notification(told, told.case.decision(id), Addressee(addressee))


def _later(told: Told, id: str) -> Iterator[Block]:
    return disputes.later(told, id, fact_that_took(told.facts, id))


def _taken(told: Told, id: str) -> tuple[LedgerFact, Decision, Case, Before[LedgerFact]]:
    """The fact that took a decision, the decision as it was taken, the case just before, and what was held."""
    taking = fact_that_took(told.facts, id)
    held = before(told.facts, taking, told.records)
    after = _folded(tuple(fact for fact in told.facts if fact.version <= taking.version))
    return taking, after.decision(id), _folded(held.facts), held


Setter = Callable[[Told, str], Iterator[Block]]

SETTERS: Final[Mapping[str, Setter]] = {
    "request": lambda told, _: request.request(told),
    "acknowledgement": lambda told, _: request.acknowledgement(told),
    "routing": lambda told, _: exchanges.routing(told),
    "items": exchanges.items,
    "opinion": exchanges.opinion,
    "hearing": exchanges.hearing,
    "decision": lambda told, id: _decision(told, id, internal=False),
    "decision-internal": lambda told, id: _decision(told, id, internal=True),
    "assessment": _assessment,
    "delegation": _delegation,
    "reference": _reference,
    "notification": _notification,
    "later": _later,
    "appeal": disputes.appeal,
    "litigation": disputes.litigation,
    "history": lambda told, _: iter((disputes.lines(told.facts),)),
}
"""What tells each kind of sheet; the name of a sheet begins with one of these."""
