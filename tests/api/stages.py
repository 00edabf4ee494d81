"""Cases brought where a test begins, through the commands of the API alone."""

from datetime import date

from domain.findings import Met
from domain.law import Law, rules_in_force
from features.bodies import COOK, attached, changed, filing
from tests.api.service import Dossier, Service

CHECKED = "Vérifié par l'instructrice dans les pièces du dossier."
UNDERPAID = {
    "criterion": "pay",
    "fact": "La rémunération proposée est de 1 500 euros bruts pour 35 heures par semaine.",
}
CLAIM_DAY = date(2026, 11, 4)
JUDGMENT_DAY = date(2027, 2, 8)


def claimed(service: Service, procedure: str = "introduction_permanent") -> Dossier:
    """A case that agent-63 holds."""
    return service.file(procedure).must("agent-63", "claim")


def left_to_hand(service: Service) -> Dossier:
    """A case whose department no published table knows."""
    body = filing("introduction_permanent")
    elsewhere = {"street": "1 rue de la Loi", "postcode": "98800", "town": "Nouméa"}
    changed(body, "/request/employer/seat", elsewhere)
    changed(body, "/request/job/workplace", elsewhere)
    return service.file_body(body)


def assess_all(dossier: Dossier, who: str = "agent-63") -> Dossier:
    """Every condition as computed, or as met where the computation leaves it open."""
    today = dossier.service.clock.today  # type: ignore[attr-defined]
    law = Law(today=today, reference=dossier.service.desk.reference)
    case = dossier.case
    for rule in rules_in_force(case.procedure, today):
        computed = rule.find(case, law).met
        met = Met.MET if computed is Met.NOT_ESTABLISHED else computed
        body = {"criterion": rule.id.criterion.value, "met": met.value, "because": CHECKED}
        dossier.must(who, "assess", body)
    return dossier


def underpaid(service: Service) -> Dossier:
    """A case that agent-63 holds and whose pay is below the minimum wage."""
    body = filing("introduction_permanent")
    changed(body, "/request/job", {**COOK, "pay_monthly_gross": "1500.00", "agreement_minimum_monthly": None})
    return service.file_body(body).must("agent-63", "claim")


def grant_proposed(service: Service) -> Dossier:
    return assess_all(claimed(service)).must("agent-63", "propose", {"kind": "grant"})


def granted(service: Service) -> Dossier:
    return grant_proposed(service).must("signatory-63", "sign", {"kind": "grant"})


def refusal_proposed(service: Service) -> Dossier:
    return assess_all(underpaid(service)).must("agent-63", "propose", {"kind": "refusal", "reasons": [UNDERPAID]})


def refused(service: Service) -> Dossier:
    """A refusal, signed and made available to the employer and the worker."""
    signed = refusal_proposed(service).must("signatory-63", "sign", {"kind": "refusal"})
    return signed.must("agent-63", "make-available", {"decision": "D1"})


def read(service: Service) -> Dossier:
    """A refusal that the employer has read."""
    return refused(service).must("employer-acme", "acknowledge-reading", {"decision": "D1"})


def items_asked(service: Service) -> Dossier:
    body = {"items": [{"item": "contributions_certificate"}], "delay_days": 30, "message": "À actualiser."}
    return claimed(service).must("agent-63", "request-missing-items", body)


def appealed(service: Service, kind: str = "gracious") -> Dossier:
    body = {"kind": kind, "against": "D1", "arguments": "La rémunération a été relevée.", "lodged_by": "employer"}
    return read(service).must("employer-acme", "lodge-appeal", body)


def in_court(service: Service) -> Dossier:
    """A refusal attacked before the tribunal of Lyon."""
    body = {"action": "annulment", "court": "Lyon", "court_number": "2600456", "lodged_by": "employer"}
    return read(service).must("legal-69", "open-litigation", body)


def document(item: str = "passport") -> dict[str, object]:
    return attached(item)
