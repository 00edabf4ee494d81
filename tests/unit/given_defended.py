"""Decisions before the courts, lived through the commands, and bundles of exhibits chosen from their history."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from domain.acts import ADDRESSEE_TITLES
from domain.case import Case
from domain.defence.brief import Brief, brief_of
from domain.demonstration import SYSTEM
from domain.envelope import Role
from domain.papers import ChosenExhibit, ExhibitSource, SourceKind
from domain.taken import Surroundings
from tests.unit.given import CASE, REFERENCE, TODAY, an_actor, an_attached
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
OCTOBER, NOVEMBER, DECEMBER, FEBRUARY = date(2026, 10, 5), date(2026, 11, 20), date(2026, 12, 10), date(2027, 2, 15)
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


def refused(**filing_of: Any) -> Lived:
    """A request refused because of the pay, after a document was set aside and another came, told to both parties."""
    lived = Lived(CASE, OCTOBER, **{"request": underpaid_request(), **filing_of})
    lived.act("claim", AGENT)
    lived.act("refuse-document", AGENT, document="P2", version=1, reason="L'attestation est illisible.")
    lived.act("request-missing-items", AGENT, items=[{"item": "contributions_certificate"}], delay_days=20)
    lived.today = date(2026, 10, 12)
    paper = an_attached("contributions_certificate", "Attestation de paiement des cotisations")
    lived.act("supply-missing-items", EMPLOYER, request="M1", documents=[paper])
    return decided(lived)


def decided(lived: Lived, **proposal: Any) -> Lived:
    """The same, every condition assessed, then refused on the day of the tests, and told to both parties."""
    lived.today = TODAY
    lived.act("release", AGENT).examined()
    reasons = [{"criterion": "pay", "fact": FACT, "exhibits": list(lived.case.documents)[-1:]}]
    lived.act("propose", AGENT, **{"kind": "refusal", "reasons": reasons, **proposal})
    lived.act("sign", SIGNATORY, kind="refusal").told()
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


def a_whole_dispute() -> Lived:
    """A request completed, looked into by the labour inspection, refused, appealed against, then brought to court by
    every plea: what samples are made of."""
    papers = (("passport", "Passeport"), ("mandate", "Curriculum vitae et diplômes"))
    documents = tuple(an_attached(item, title) for item, title in papers)
    lived = Lived(CASE, date(2026, 2, 9), request=underpaid_request(), documents=documents).act("claim", AGENT)
    lived.today = date(2026, 2, 16)
    lived.act("request-missing-items", AGENT, items=[{"item": "contributions_certificate"}], delay_days=20)
    question = "Des manquements ont-ils été relevés en matière de rémunération ?"
    lived.act("request-opinion", AGENT, body="inspection du travail", question=question, criterion="pay")
    lived.today = date(2026, 3, 2)
    paper = an_attached("contributions_certificate", "Attestation de paiement des cotisations")
    lived.act("supply-missing-items", EMPLOYER, request="M1", documents=[paper])
    lived.today = date(2026, 3, 9)
    finding = "Deux rappels de salaire ont été réglés après observations."
    lived.act("record-opinion", AGENT, opinion="O1", adverse=True, finding=finding)
    lived.today = date(2026, 3, 17)
    lived.act("release", AGENT).examined(exhibits=("P2",))
    reasons = [{"criterion": "pay", "fact": FACT, "exhibits": ["P2", "P3"]}]
    lived.act("propose", AGENT, kind="refusal", reasons=reasons)
    lived.today = date(2026, 3, 19)
    lived.act("sign", SIGNATORY, kind="refusal").act("make-available", AGENT, decision="D1")
    lived.today = date(2026, 3, 23)
    lived.act("acknowledge-reading", EMPLOYER, decision="D1")
    lived.act("acknowledge-reading", AGENT, decision="D1", addressee="worker")
    lived.today = date(2026, 4, 20)
    lived.act("lodge-appeal", EMPLOYER, kind="gracious", arguments="La rémunération a été relevée.")
    lived.today = date(2026, 4, 22)
    lived.act("acknowledge-appeal", AGENT, appeal="A1")
    lived.today = date(2026, 6, 23)
    lived.act("record-appeal-silence", SYSTEM, appeal="A1")
    sued(lived, on=date(2026, 7, 15))
    fact = "L'offre n'a été publiée que quatre jours sur le site de France Travail."
    ground = {"criterion": "labour_market", "fact": fact}
    lived.today = date(2026, 9, 7)
    return lived.act("substitute-ground", LEGAL, litigation="L1", replaces="pay", reason=ground)


def a_suspension() -> Lived:
    """A refusal attacked, whose suspension is asked for too."""
    lived = sued(refused(), pleas=("appreciation",))
    return sued(lived, action="suspension", pleas=("reasons", "appreciation"))


def a_withdrawal() -> Lived:
    """A permit withdrawn after its holders were heard, attacked by the worker."""
    lived = Lived(CASE, TODAY).examined().act("propose", AGENT, kind="grant").act("sign", SIGNATORY, kind="grant")
    lived.told()
    lived.today = NOVEMBER
    grounds = "Le contrat de travail joint à la demande porte une signature que l'employeur conteste."
    lived.act("open-prior-hearing", AGENT, decision="D1", intended="withdrawal", legal_basis="fraud", grounds=grounds)
    lived.today = date(2026, 11, 25)
    lived.act("receive-observations", EMPLOYER, hearing="H1", text="La signature est bien la nôtre.")
    lived.today = DECEMBER
    explanation = "Le contrat produit est un faux : l'employeur désigné a déclaré ne l'avoir jamais signé."
    lived.act("withdraw-permit", SIGNATORY, decision="D1", explanation=explanation)
    lived.act("make-available", AGENT, decision="D2")
    pleas = ("procedure", "reasons", "error_of_fact", "appreciation")
    return sued(lived, on=date(2027, 1, 11), lodged_by="worker", against="D2", pleas=pleas)


def an_appeal() -> Lived:
    """A claim that the tribunal rejected, brought before the court of appeal."""
    lived = a_claim()
    lived.today = date(2027, 6, 15)
    ruling = {"outcome": "rejected", "judged_on": "2027-06-01", "notified_on": "2027-06-10", "summary": "Rejet."}
    lived.act("record-judgment", LEGAL, litigation="L1", **ruling)
    above = {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "pleas": ("error_of_law",)}
    return sued(lived, on=date(2027, 7, 20), **above)


HISTORIES: dict[str, Callable[[], Lived]] = {
    "a claim in time": a_claim,
    "a late claim": a_late_claim,
    "a claim after an appeal": a_claim_after_an_appeal,
    "a claim against silence": a_silent_claim,
    "a suspension": a_suspension,
    "a whole dispute": a_whole_dispute,
    "a withdrawal": a_withdrawal,
    "an appeal": an_appeal,
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
    yield "routing", "Désignation du préfet compétent"
    for asked in case.missing_items:
        yield f"items/{asked.id}", f"Demande de pièces {asked.id}"
    for opinion in case.opinions:
        yield f"opinion/{opinion.id}", f"Avis {opinion.id}"
    yield f"assessment/{decision}", "Fiche d'instruction"
    yield f"decision/{decision}", "Décision attaquée"
    for addressee in case.addressees:
        label = f"Preuve de notification à {ADDRESSEE_TITLES[addressee]}"
        yield f"notification/{decision}/{addressee.value}", label
    yield f"delegation/{decision}", "Délégation de signature"
    for hearing in case.hearings:
        yield f"hearing/{hearing.id}", f"Procédure contradictoire {hearing.id}"
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
    decision = attacked(lived.case, litigation)
    exhibits = changes.pop("exhibits", a_bundle(lived.case, decision))
    return brief_of(facts, litigation, decision, exhibits, changes.pop("around", around()), **changes)


def attacked(case: Case, litigation: str | None) -> str:
    """The decision that proceedings are about; the first where there are none."""
    return case.proceedings(litigation).against if litigation else "D1"
