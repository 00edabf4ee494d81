"""Letters of every kind, each written from a case lived through the commands themselves, on invented facts."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec

from domain.acts import Addressee
from domain.commands.file_request import FileRequest, file_request
from domain.context import Context
from domain.demonstration import SYSTEM
from domain.envelope import Actor, Role
from domain.findings import Criterion, Met
from domain.law import Law, rules_in_force
from domain.letters.content import LetterData, PermitCheck
from domain.letters.data import Printing, letter_data
from domain.papers import LetterKind
from domain.procedures import Procedure
from domain.request import AttachedDocument
from domain.taken import Surroundings
from tests.unit.given import (
    ACTORS,
    ADMINISTRATION,
    CASE,
    REFERENCE,
    TODAY,
    a_job,
    a_mandate,
    a_request,
    an_actor,
    an_attached,
    filer_of,
)
from tests.unit.given_decided import CHECKED
from tests.unit.given_facts import AGENT, SIGNATORY, Lived, Recorded, recorded

AROUND: Final = Surroundings(
    administration=ADMINISTRATION,
    administration_then=ADMINISTRATION,
    reference=REFERENCE,
    reference_today=REFERENCE,
    same_program=True,
    today=TODAY,
)
CHECK: Final = PermitCheck(address="https://smoe.example/v/K7QX-9M2D-TR4H-W8PA", code="K7QX-9M2D-TR4H-W8PA")
SIGNATORY_84: Final = an_actor(Role.SIGNATORY, "local:signatory-84")
PRINTING: Final = Printing(check=CHECK)
DOCUMENTS: Final = (
    an_attached("passport", "Passeport du salarié"),
    an_attached("contributions_certificate", "Attestation de vigilance de l'Urssaf"),
    an_attached("signed_contract", "Contrat de travail signé"),
)
PAY_FACT: Final = (
    "La rémunération proposée est de 1 500 euros bruts par mois pour 35 heures par semaine, alors que le salaire "
    "minimum de croissance s'élève, à la date de la présente décision, à un montant supérieur."
)
UNPAID: Final = "L'employeur n'a acquitté aucune cotisation depuis le 1er octobre 2026, selon l'Urssaf."
MARKET_FACT: Final = (
    "L'emploi de secrétaire ne figure pas sur la liste des métiers en tension de la région, et l'offre produite n'est "
    "restée publiée que du 1er au 11 septembre 2026, soit dix jours."
)


class Due(NamedTuple):
    """A letter to write."""

    kind: LetterKind
    about: str
    addressee: Addressee | None
    on_version: int
    dated: date


class Story(Lived):
    """A case under way, filed by whoever files such requests."""

    def __init__(self, procedure: Procedure = Procedure.INTRODUCTION_PERMANENT, **changes: Any) -> None:
        self.stream = CASE
        self.today = changes.pop("today", TODAY)
        self.steps = []
        documents: tuple[AttachedDocument, ...] = changes.pop("documents", DOCUMENTS)
        mandate = changes.get("mandate")
        self.filer = ACTORS[Role.MANDATARY if mandate else filer_of(procedure)]
        body = FileRequest(request=a_request(procedure, **changes), documents=documents)
        self._add(file_request(body, self._context(self.filer)), self.filer)

    def _context(self, who: Actor) -> Context:
        return msgspec.structs.replace(super()._context(who), administration=ADMINISTRATION)

    def on(self, day: date) -> "Story":
        """Later."""
        self.today = day
        return self

    def act(self, name: str, who: Actor, **body: Any) -> "Story":
        super().act(name, who, **body)
        return self

    def assessed(self, **found: Met) -> "Story":
        """Claimed, and every condition assessed as computed, as told, or as met where nothing was computed."""
        if self.case.assignee is None:
            self.act("claim", AGENT)
        for rule in rules_in_force(self.case.procedure, self.today):
            criterion = rule.id.criterion
            computed = rule.find(self.case, Law(today=self.today, reference=REFERENCE)).met
            met = found.get(criterion.value, Met.MET if computed is Met.NOT_ESTABLISHED else computed)
            if computed in (met, Met.NOT_ESTABLISHED):
                self.act("assess", AGENT, criterion=criterion, met=met, because=CHECKED, exhibits=["P1"])
            else:
                self.act("override-finding", AGENT, criterion=criterion, met=met, reason=CHECKED, exhibits=["P1"])
        return self

    def decided(self, kind: str, **body: Any) -> "Story":
        """Proposed, and signed as proposed by whoever signs for the platform."""
        signatory = SIGNATORY_84 if self.case.is_seasonal else SIGNATORY
        return self.act("propose", AGENT, kind=kind, **body).act("sign", signatory, kind=kind)

    @property
    def facts(self) -> tuple[Recorded, ...]:
        return recorded(self.steps)

    def letter(self, kind: LetterKind, about: str = "", to: Addressee | None = None, **changes: Any) -> "Sample":
        """The letter that the case calls for, as it stands."""
        due = Due(kind, about, to, changes.pop("on_version", len(self.steps)), self.today)
        return Sample(facts=self.facts, due=due, data=letter_data(self.facts, due, AROUND, PRINTING))


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A letter with the facts that it tells."""

    facts: tuple[Recorded, ...]
    due: Due
    data: LetterData


def granted(procedure: Procedure = Procedure.INTRODUCTION_PERMANENT, **changes: Any) -> Story:
    """A permit granted."""
    return Story(procedure, **changes).assessed().decided("grant")


def refused(**changes: Any) -> Story:
    """A permit refused on two grounds, one of them by a paragraph of the reasons library."""
    job = a_job(title="Secrétaire", rome="M1607", fap=None, pay_monthly_gross="1500.00", agreement_minimum_monthly=None)
    story = Story(**{"job": job, **changes}).assessed(labour_market=Met.NOT_MET, pay=Met.NOT_MET)
    reasons = [
        {
            "criterion": Criterion.LABOUR_MARKET,
            "fact": MARKET_FACT,
            "exhibits": ["P3"],
            "reason_id": "offre-non-publiee",
        },
        {"criterion": Criterion.PAY, "fact": PAY_FACT, "exhibits": ["P3"]},
    ]
    return story.decided("refusal", reasons=reasons)


def appealed(story: Story, on: date = date(2026, 11, 20)) -> Story:
    """A gracious appeal, acknowledged."""
    story.on(on).act(
        "lodge-appeal", AGENT, kind="gracious", against="D1", lodged_by="employer", arguments="Voir pièces."
    )
    return story.act("acknowledge-appeal", AGENT, appeal="A1")


def hearing(intended: str, basis: str) -> Story:
    """A permit about to end."""
    story = granted().on(date(2026, 11, 16))
    return story.act(
        "open-prior-hearing",
        AGENT,
        decision="D1",
        intended=intended,
        legal_basis=basis,
        grounds="Le contrat de travail joint à la demande porte une signature que l'employeur conteste avoir apposée.",
    )


def asked(procedure: Procedure = Procedure.INTRODUCTION_PERMANENT, **changes: Any) -> Story:
    """A case of which an item is asked for."""
    story = Story(procedure, documents=DOCUMENTS[:1], **changes).act("claim", AGENT)
    items = [{"item": "contributions_certificate"}]
    message = "L'attestation doit dater de moins de six mois et porter sur l'établissement qui emploie."
    return story.act("request-missing-items", AGENT, items=items, delay_days=30, message=message)


def closed(**changes: Any) -> Story:
    """A case whose items never came."""
    return (
        asked(**changes)
        .on(date(2026, 12, 14))
        .decided("closure", explanation="Aucune pièce n'est parvenue au service.")
    )


def silent_refusal() -> Story:
    """A refusal by silence, whose reasons are asked for and given."""
    story = Story(today=date(2026, 8, 3)).on(date(2026, 10, 10)).act("record-silence", SYSTEM)
    story.on(date(2026, 10, 20)).act("request-reasons", AGENT, decision="D1", asked_by="employer")
    reasons = [{"criterion": "labour_market", "fact": MARKET_FACT, "exhibits": ["P1"]}]
    return story.on(date(2026, 11, 2)).act("communicate-reasons", AGENT, decision="D1", reasons=reasons)


K, E, W = LetterKind, Addressee.EMPLOYER, Addressee.WORKER
OPINION_AGAINST: Final = {
    "reasons": [
        {
            "criterion": "economic_viability",
            "fact": "Le plan produit retient un chiffre d'affaires que ni les devis ni le local ne rendent plausible.",
            "exhibits": ["P1"],
        }
    ],
    "explanation": "Les charges annoncées omettent le loyer et les assurances, et le résultat réel serait négatif.",
}


def _stamp_refused() -> Story:
    story = Story(Procedure.INTERNSHIP_AGREEMENT).assessed(internship_project=Met.NOT_MET)
    fact = "Les tâches décrites sont celles d'un emploi permanent, et aucune formation n'y correspond."
    return story.decided("stamp_refusal", reasons=[{"criterion": "internship_project", "fact": fact}])


def _upheld() -> Story:
    return appealed(refused()).on(date(2026, 12, 1)).assessed(labour_market=Met.MET, pay=Met.MET).decided("grant")


def _rejected() -> Story:
    story = appealed(refused()).on(date(2026, 12, 1)).assessed(labour_market=Met.MET, pay=Met.NOT_MET)
    return story.decided("refusal", reasons=[{"criterion": "pay", "fact": PAY_FACT, "exhibits": ["P3"]}])


def _partly() -> Story:
    job = a_job(pay_monthly_gross="1500.00", agreement_minimum_monthly=None)
    story = appealed(closed(job=job), date(2026, 12, 21)).on(date(2026, 12, 28)).assessed(pay=Met.NOT_MET)
    return story.decided("refusal", reasons=[{"criterion": "pay", "fact": PAY_FACT}])


def _ended(command: str, intended: str, basis: str, **body: Any) -> Story:
    story = hearing(intended, basis).on(date(2026, 12, 7))
    why = (
        "L'employeur a confirmé par écrit n'avoir jamais signé le contrat ; le salarié n'a pas répondu à l'invitation."
    )
    return story.act(command, SIGNATORY, decision="D1", explanation=why, **body)


def _silent_grant() -> Story:
    request = a_request(Procedure.ASYLUM_SEEKER)
    assert request.job is not None
    particulars = msgspec.structs.replace(request.particulars, ofpra_introduced_on=date(2025, 12, 10))
    story = Story(Procedure.ASYLUM_SEEKER, today=date(2026, 8, 3), particulars=particulars)
    return story.on(date(2026, 11, 2)).act("record-silence", SYSTEM)


SAMPLES: Final[dict[str, Callable[[], Sample]]] = {
    "receipt": lambda: Story().letter(K.RECEIPT, to=E, on_version=2),
    "acknowledgement": lambda: Story(documents=DOCUMENTS[:1]).letter(K.ACKNOWLEDGEMENT, to=E, on_version=4),
    "acknowledgement-grant": lambda: Story(Procedure.ASYLUM_SEEKER).letter(K.ACKNOWLEDGEMENT, to=E, on_version=4),
    "acknowledgement-none": lambda: Story(Procedure.VIABILITY_OPINION).letter(K.ACKNOWLEDGEMENT, to=W, on_version=4),
    "missing_items": lambda: asked().letter(K.MISSING_ITEMS, "M1", E),
    "grant": lambda: granted().letter(K.DECISION, "D1", E),
    "grant-change": lambda: granted(Procedure.CHANGE_OF_STATUS).letter(K.DECISION, "D1", W),
    "grant-seasonal": lambda: granted(Procedure.SEASONAL).letter(K.DECISION, "D1", E),
    "grant-student": lambda: granted(Procedure.STUDENT_ABOVE_QUOTA).letter(K.DECISION, "D1", W),
    "grant-renewal": lambda: granted(Procedure.RENEWAL).letter(K.DECISION, "D1", E),
    "grant-mandatary": lambda: granted(mandate=a_mandate()).letter(K.DECISION, "D1", E),
    "refusal": lambda: refused().letter(K.DECISION, "D1", E),
    "refusal-worker": lambda: refused().letter(K.DECISION, "D1", W),
    "stamp": lambda: Story(Procedure.INTERNSHIP_AGREEMENT).assessed().decided("stamp").letter(K.DECISION, "D1", E),
    "stamp-refusal": lambda: _stamp_refused().letter(K.DECISION, "D1", E),
    "opinion": lambda: (
        Story(Procedure.VIABILITY_OPINION).assessed().decided("opinion_favourable").letter(K.DECISION, "D1", W)
    ),
    "opinion-against": lambda: (
        Story(Procedure.VIABILITY_OPINION)
        .assessed(economic_viability=Met.NOT_MET)
        .decided("opinion_unfavourable", **OPINION_AGAINST)
        .letter(K.DECISION, "D1", W)
    ),
    "opinion-prefecture": lambda: (
        Story(Procedure.EXCEPTIONAL_ADMISSION)
        .assessed()
        .decided("opinion_favourable")
        .letter(K.DECISION, "D1", Addressee.PREFECTURE)
    ),
    "closure": lambda: closed().letter(K.DECISION, "D1", E),
    "withdrawal": lambda: _ended("withdraw-permit", "withdrawal", "fraud").letter(K.DECISION, "D2", E),
    "repeal": lambda: _ended(
        "repeal-permit",
        "repeal",
        "condition_no_longer_met",
        effective_on="2027-01-01",
        reasons=[{"criterion": "employer_obligations", "fact": UNPAID}],
    ).letter(K.DECISION, "D2", W),
    "permit": lambda: granted().letter(K.PERMIT, "D1", W),
    "permit-seasonal": lambda: granted(Procedure.SEASONAL).letter(K.PERMIT, "D1", E),
    "permit-silence": lambda: _silent_grant().letter(K.PERMIT, "D1", W),
    "prior_hearing": lambda: hearing("withdrawal", "fraud").letter(K.PRIOR_HEARING, "H1", W),
    "appeal_acknowledgement": lambda: appealed(refused()).letter(K.APPEAL_ACKNOWLEDGEMENT, "A1", E),
    "appeal-upheld": lambda: _upheld().letter(K.APPEAL_DECISION, "A1", E),
    "appeal-partly": lambda: _partly().letter(K.APPEAL_DECISION, "A1", E),
    "appeal-rejected": lambda: _rejected().letter(K.APPEAL_DECISION, "A1", E),
    "reasons": lambda: silent_refusal().letter(K.REASONS, "D1", E),
}
"""Letters that a test may ask for by name; each template that is written today has one at least."""

PAST: Final = frozenset({"permit/1"})
"""Templates that only letters issued earlier name: what is kept in `golden/` holds them to their bytes."""


@cache
def sample(name: str) -> Sample:
    """One of them, lived once."""
    return SAMPLES[name]()
