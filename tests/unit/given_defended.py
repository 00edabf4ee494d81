"""Decisions before the courts, lived through the commands, and bundles of exhibits chosen from their history."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain.acts import Addressee
from domain.case import Case
from domain.defence.brief import Brief, brief_of
from domain.demonstration import SYSTEM
from domain.envelope import Role
from domain.fold import replay
from domain.papers import ChosenExhibit, ExhibitSource, SourceKind
from domain.taken import Surroundings, decision_taken
from tests.unit.given import CASE, REFERENCE, TODAY, an_actor
from tests.unit.given_decided import FACT, underpaid_request
from tests.unit.given_facts import (
    ADMINISTRATION,
    AGENT,
    EMPLOYER,
    SIGNATORY,
    SILENT_SINCE,
    Lived,
    Recorded,
    recorded,
)

LEGAL = an_actor(Role.LEGAL)
NOVEMBER, DECEMBER, FEBRUARY = date(2026, 11, 20), date(2026, 12, 10), date(2027, 2, 15)
ALL_PLEAS = (
    "incompetence",
    "form",
    "reasons",
    "procedure",
    "error_of_law",
    "error_of_fact",
    "classification",
    "appreciation",
    "misuse_of_power",
    "echr_8",
)


def refused(stream: UUID = CASE, **filing_of: Any) -> Lived:
    """A request refused because of the pay, after items were asked for and came, and told to both parties."""
    lived = Lived(stream, TODAY, **{"request": underpaid_request(), **filing_of})
    lived.act("claim", AGENT)
    lived.act("request-missing-items", AGENT, items=["cerfa_contract"], message="Merci.") if False else None
    return _refused(lived)


def _refused(lived: Lived) -> Lived:
    lived.act("release", AGENT).examined()
    reasons = [{"criterion": "pay", "fact": FACT, "exhibits": ["P2"]}]
    lived.act("propose", AGENT, kind="refusal", reasons=reasons).act("sign", SIGNATORY, kind="refusal")
    lived.told()
    return lived


def sued(lived: Lived, *, on: date = DECEMBER, pleas: Sequence[str] = ALL_PLEAS, **body: Any) -> Lived:
    """The same, attacked before the tribunal of Lyon on a day, and served."""
    lived.today = on
    number = f"26{len(lived.case.litigation) + 12345:05}"
    wanted = {"action": "annulment", "court": "Lyon", "court_number": number, "lodged_by": "employer", "pleas": pleas}
    lived.act("open-litigation", LEGAL, **{**wanted, **body})
    newest = lived.case.litigation[-1].id
    return lived.act("serve-claim", LEGAL, litigation=newest, made_available_on=on, read_on=on)


def a_claim() -> Lived:
    """A refusal attacked in time by every plea."""
    return sued(refused())


def a_late_claim() -> Lived:
    """The same, attacked after the limit, which both parties had been told of."""
    return sued(refused(), on=FEBRUARY)


def a_claim_after_an_appeal() -> Lived:
    """A refusal, a gracious appeal rejected by silence, then the court; another ground is put forward."""
    lived = refused()
    lived.today = NOVEMBER
    lived.act("lodge-appeal", EMPLOYER, kind="gracious", arguments="La rémunération a été relevée.")
    lived.act("acknowledge-appeal", AGENT, appeal="A1")
    lived.today = date(2027, 1, 21)
    lived.act("record-appeal-silence", SYSTEM, appeal="A1")
    sued(lived, on=date(2027, 2, 1), pleas=("incompetence", "appreciation"))
    ground = {
        "criterion": "labour_market",
        "fact": "L'offre n'a été publiée que quatre jours sur le site de France Travail.",
    }
    return lived.act("substitute-ground", LEGAL, litigation="L1", replaces="pay", reason=ground)


def a_silent_claim() -> Lived:
    """Silence attacked by the worker, who asked for its reasons."""
    lived = Lived(CASE, SILENT_SINCE)
    lived.today = TODAY
    lived.act("record-silence", SYSTEM)
    lived.act("request-reasons", AGENT, decision="D1", asked_by="worker")
    return sued(lived, on=NOVEMBER, lodged_by="worker", pleas=("incompetence", "reasons", "procedure", "error_of_law"))


def a_suspension() -> Lived:
    """A refusal attacked, whose suspension is asked for too."""
    lived = sued(refused(), pleas=("appreciation",))
    return sued(lived, action="suspension", pleas=("reasons", "appreciation"))


HISTORIES: dict[str, Callable[[], Lived]] = {
    "a claim in time": a_claim,
    "a late claim": a_late_claim,
    "a claim after an appeal": a_claim_after_an_appeal,
    "a claim against silence": a_silent_claim,
    "a suspension": a_suspension,
}
"""Cases in court, each a new one whenever it is asked for."""


def around(today: date = date(2027, 3, 1), **changes: Any) -> Surroundings:
    """The demonstration's surroundings."""
    held = {"administration": ADMINISTRATION, "administration_then": ADMINISTRATION, "same_program": True}
    return Surroundings(**{**held, "reference": REFERENCE, "reference_today": REFERENCE, "today": today, **changes})


def a_bundle(case: Case, decision: str = "D1") -> tuple[ChosenExhibit, ...]:
    """Everything that the case holds, one exhibit each, in the order of a customary bundle."""
    sheets = [("request", "Demande déposée"), *_sheets(case, decision)]
    documents = [
        exhibit(f"Pièce produite : {version.title}", SourceKind.DOCUMENT, held.id, version.version, version.sha256)
        for held in case.documents.values()
        for version in held.versions
    ]
    first, *others = [exhibit(label, SourceKind.SHEET, ref) for ref, label in sheets]
    return (first, *documents, *others)


def _sheets(case: Case, decision: str) -> Iterator[tuple[str, str]]:
    for asked in case.missing_items:
        yield f"items/{asked.id}", f"Demande de pièces {asked.id}"
    for opinion in case.opinions:
        yield f"opinion/{opinion.id}", f"Avis {opinion.id}"
    yield f"assessment/{decision}", "Fiche d'instruction"
    yield f"decision/{decision}", "Décision attaquée"
    for addressee in Addressee:
        yield f"notification/{decision}/{addressee.value}", f"Preuve de notification ({addressee.value})"
    yield f"delegation/{decision}", "Délégation de signature"
    for appeal in case.appeals:
        yield f"appeal/{appeal.id}", f"Recours {appeal.id}"
    yield f"later/{decision}", "Décisions ultérieures"


def exhibit(label: str, kind: SourceKind, ref: str, version: int = 1, sha256: str = "") -> ChosenExhibit:
    """An exhibit of one source."""
    source = ExhibitSource(kind=kind, ref=ref, version=version, sha256=sha256)
    return ChosenExhibit(slot="added", label=label, sources=(source,))


def facts_of(lived: Lived) -> tuple[Recorded, ...]:
    """The facts of a history, as a brief reads them."""
    return recorded(lived.steps)


def a_brief(lived: Lived, litigation: str | None = "L1", **changes: Any) -> Brief:
    """The brief of a history with everything in the bundle, or as changed."""
    facts = changes.pop("facts", facts_of(lived))
    exhibits = changes.pop("exhibits", a_bundle(lived.case))
    return brief_of(facts, litigation, "D1", exhibits, changes.pop("around", around()), **changes)


def decisions_in(facts: Sequence[Recorded]) -> tuple[str, ...]:
    """The decisions that these facts take."""
    return tuple(filter(None, (decision_taken(fact.event) for fact in facts)))


def case_of(facts: Sequence[Recorded]) -> Case:
    """The case that these facts make."""
    case = replay((fact.event for fact in facts), CASE)
    assert case is not None, "a case begins with its filing"
    return case
