"""Cases brought where a test begins, through the commands of the API alone."""

from datetime import date

from domain.events import RequestTransferred
from domain.findings import Met
from domain.law import Law, rules_in_force
from features.bodies import COOK, changed, filing
from tests.api.service import Dossier, Service
from tests.histories import AGENT, write

CHECKED = "Vérifié par l'instructrice dans les pièces du dossier."
UNDERPAID = {
    "criterion": "pay",
    "fact": "La rémunération proposée est de 1 500 euros bruts pour 35 heures par semaine.",
}


def claimed(service: Service, procedure: str = "introduction_permanent") -> Dossier:
    """A case that agent-63 holds."""
    return service.file(procedure).must("agent-63", "claim")


def left_to_hand(service: Service) -> Dossier:
    """A case of a department for which no public table names a platform."""
    body = filing("introduction_permanent")
    elsewhere = {"street": "2 rue de Metz", "postcode": "31000", "town": "Toulouse"}
    changed(body, "/request/employer/seat", elsewhere)
    changed(body, "/request/job/workplace", elsewhere)
    return service.file_body(body)


def assess_all(dossier: Dossier, who: str = "agent-63") -> Dossier:
    """Every condition as computed, or as met where the computation leaves it open."""
    today = dossier.service.clock.today
    law = Law(today=today, reference=dossier.service.desk.tables.shipped)
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


def without_certificate(service: Service) -> Dossier:
    """A case that agent-63 holds, filed without the certificate of contributions."""
    body = filing("introduction_permanent")
    body["documents"] = [each for each in body["documents"] if each["item"] == "passport"]
    return service.file_body(body).must("agent-63", "claim")


def items_asked(service: Service) -> Dossier:
    body = {"items": [{"item": "contributions_certificate"}], "delay_days": 30, "message": "À actualiser."}
    return without_certificate(service).must("agent-63", "request-missing-items", body)


def appealed(service: Service, kind: str = "gracious") -> Dossier:
    body = {"kind": kind, "against": "D1", "arguments": "La rémunération a été relevée.", "lodged_by": "employer"}
    return read(service).must("employer-acme", "lodge-appeal", body)


def in_court(service: Service) -> Dossier:
    """A refusal attacked before the tribunal of Lyon."""
    body = {"action": "annulment", "court": "Lyon", "court_number": "2600456", "lodged_by": "employer"}
    return read(service).must("legal-69", "open-litigation", body)


def bundle_prepared(service: Service) -> Dossier:
    """A refusal before the tribunal, with the exhibits of its defence proposed."""
    return in_court(service).must("legal-69", "prepare-bundle", {"decision": "D1", "litigation": "L1"})


def bundle_ordered(service: Service) -> Dossier:
    return bundle_prepared(service).must("legal-69", "order-bundle", {"bundle": "B1", "arrangement": 1})


def served(service: Service) -> Dossier:
    day = service.clock.today.isoformat()
    return in_court(service).must(
        "legal-69", "serve-claim", {"litigation": "L1", "made_available_on": day, "read_on": day}
    )


def suspension_asked(service: Service) -> Dossier:
    """A suspension asked for beside the main claim; L2."""
    body = {"action": "suspension", "court": "Lyon", "court_number": "2600457", "lodged_by": "employer"}
    return in_court(service).must("legal-69", "open-litigation", body)


def suspension_refused(service: Service) -> Dossier:
    """A suspension refused for want of serious doubt: the main claim, L1, is to be confirmed."""
    day = service.clock.today.isoformat()
    ruled = {"litigation": "L2", "outcome": "rejected", "judged_on": day, "notified_on": day, "no_serious_doubt": True}
    return suspension_asked(service).must("legal-69", "record-judgment", {**ruled, "summary": "Aucun doute sérieux."})


def refused_by_silence(service: Service) -> Dossier:
    """A case on which nobody decided in two months."""
    filed = service.file()
    service.clock.go_to(date(2027, 1, 4))
    return filed.must("manager-63", "record-silence")


def reasons_asked(service: Service) -> Dossier:
    return refused_by_silence(service).must("employer-acme", "request-reasons", {"decision": "D1"})


def hearing_opened(service: Service, intended: str = "withdrawal", basis: str = "fraud") -> Dossier:
    body = {
        "decision": "D1",
        "intended": intended,
        "legal_basis": basis,
        "grounds": f"{CHECKED} Les faits sont établis.",
    }
    return granted(service).must("agent-63", "open-prior-hearing", body)


def hearing_over(service: Service, intended: str = "withdrawal", basis: str = "fraud") -> Dossier:
    dossier = hearing_opened(service, intended, basis)
    service.clock.go_to(date(2026, 12, 7))
    return dossier


def notified_to_ofii(service: Service) -> Dossier:
    return granted(service).must("agent-63", "notify-ofii", {"decision": "D1"})


def accessed(service: Service) -> Dossier:
    """A case that a worker was given access to."""
    body = {"identity": "local:worker-diallo", "quality": "worker", "basis": "Titre présenté au guichet."}
    return service.file().must("agent-63", "give-access", body)


def held(service: Service) -> Dossier:
    return service.file().must("legal-69", "place-legal-hold", {"reason": "Réquisition du parquet de Lyon."})


def underpaid_assessed(service: Service) -> Dossier:
    return assess_all(underpaid(service))


def opinion_asked(service: Service) -> Dossier:
    body = {"body": "inspection du travail", "question": "Des constats ont-ils été faits ?"}
    return claimed(service).must("agent-63", "request-opinion", body)


def sent_to_avignon(dossier: Dossier) -> None:
    """Transferred to the other platform; the read models are not told."""
    today = dossier.service.clock.today
    moved = RequestTransferred(
        reason="Compétence.",
        from_platform="Clermont-Ferrand",
        competent_department="84",
        competent_prefect="préfet de Vaucluse",
        deciding_department="84",
        deciding_prefect="préfet de Vaucluse",
        platform="Avignon",
        transferred_on=today,
    )
    write(dossier.service.desk.ledger, dossier.id, [(AGENT, moved, today)])
