"""Carry one request from filing to OFII through an appeal, and another to the court, over the public API alone.

Needs httpx and a running smoe at SMOE_URL (default http://127.0.0.1:8000) with its demonstration identities. The
archive for the court is left in the folder that is named as the argument, else in the present one.
"""

import copy
import sys
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
from papers import announced, bundle, deliver, read_letter, supply
from smoe_client import URL, Failed, Smoe, chapter, french, say

TODAY = date.today()


def request(pay: str) -> dict[str, Any]:
    """A company of Lyon hires a cook from abroad."""
    seat = {"street": "12 rue de la République", "postcode": "69002", "town": "Lyon"}
    return {
        "request": {
            "particulars": {"procedure": "introduction_permanent"},
            "worker": {
                "family_name": "Benali",
                "given_names": "Youssef",
                "birth_date": "1998-03-14",
                "nationality": "MA",
                "passport_number": "MA1234567",
            },
            "employer": {
                "kind": "company",
                "siret": "90200029800015",
                "name": "ACME Restauration",
                "seat": seat,
                "idcc": "1979",
                "headcount": 48,
                "turnover_yearly": "6200000.00",
            },
            "job": {
                "title": "Cuisinier",
                "rome": "G1602",
                "fap": "S1Z40",
                "contract": "permanent",
                "start": (TODAY + timedelta(days=120)).isoformat(),
                "hours_weekly": 35,
                "pay_monthly_gross": pay,
                "workplace": seat,
                "qualification": "CAP cuisine",
                "posting": {
                    "body": "France Travail",
                    "reference": "198KXYZ",
                    "published_from": (TODAY - timedelta(days=60)).isoformat(),
                    "published_until": (TODAY - timedelta(days=30)).isoformat(),
                    "applications": 4,
                    "fitting_candidates": 0,
                    "explanation": "Aucun candidat n'avait l'expérience demandée.",
                },
            },
        },
        "documents": [
            announced("passport", "Passeport, pages d'état civil et de validité", "passeport.jpg"),
            announced("job_offer", "Offre d'emploi déposée", "offre.pdf"),
        ],
    }


def open_case(smoe: Smoe, body: dict[str, Any]) -> str:
    """File, follow the routing, and have an agent take the case."""
    case = smoe.file("employer-acme", body)
    deliver(smoe, "employer-acme", case)
    state = smoe.read("employer-acme", f"/api/cases/{case}")
    receipt = state["acknowledgement"]
    say("smoe", f"accusé d'enregistrement et accusé de réception délivrés le {french(receipt['issued_on'])}")
    say("smoe", f"sans réponse au {french(receipt['implicit_decision_on'])}, le silence vaudra rejet")
    routing = state["routing"]
    say(
        "smoe",
        f"orientée vers {routing['platform']} : {routing['deciding_prefect']}, "
        f"par délégation du {routing['competent_prefect']}",
    )
    smoe.act("agent-63", case, "claim")
    say("agent-63", "prend le dossier en charge")
    return case


def complete(smoe: Smoe, case: str) -> None:
    """Ask for a missing item, which suspends the clock of silence, and receive it."""
    smoe.act(
        "agent-63",
        case,
        "request-missing-items",
        {
            "items": [{"item": "contributions_certificate"}],
            "delay_days": 30,
            "message": "L'attestation doit dater de moins de six mois.",
        },
    )
    say("agent-63", "demande l'attestation de paiement des cotisations")
    clock = silence(smoe, case)
    say("smoe", clock["sentence"])
    title = "Attestation de paiement des cotisations"
    supply(smoe, "employer-acme", case, "M1", "contributions_certificate", title, "attestation.pdf")
    say("smoe", "la suspension du délai prend fin")


def silence(smoe: Smoe, case: str) -> Any:
    """The clock of silence, explained."""
    clocks = smoe.read("agent-63", f"/api/cases/{case}/clocks")["clocks"]
    return next(clock for clock in clocks if clock["id"] == "T1")


def assess(smoe: Smoe, case: str) -> list[str]:
    """Assess every condition of the text in force; where the rule has no answer, the agent answers, with a reason."""
    unmet = []
    for condition in smoe.read("agent-63", f"/api/cases/{case}/conditions")["conditions"]:
        criterion, computed = condition["rule"]["criterion"], condition["computed"]
        body: dict[str, Any] = {"criterion": criterion}
        if computed["met"] == "not_established":
            body |= {
                "met": "met",
                "because": "Vérifié par l'instructrice au vu des pièces et des bases consultées ce jour.",
            }
        smoe.act("agent-63", case, "assess", body)
        met = body.get("met", computed["met"])
        if met == "not_met":
            unmet.append(criterion)
        say("agent-63", f"{condition['rule']['article']} — {condition['title']} : {MET[met]}")
    return unmet


MET = {
    "met": "remplie",
    "not_met": "non remplie",
    "not_opposable": "non opposable",
    "not_applicable": "sans objet",
    "not_established": "non établie",
}


STATES = {"valid": "en vigueur", "not_yet_valid": "en vigueur à compter de la date d'embauche"}


def refuse(smoe: Smoe, case: str) -> None:
    """Propose and sign a refusal on pay, and notify it to both addressees."""
    fact = "La rémunération offerte, 1 500,00 euros bruts par mois pour 35 heures, est inférieure au SMIC en vigueur."
    smoe.act("agent-63", case, "propose", {"kind": "refusal", "reasons": [{"criterion": "pay", "fact": fact}]})
    say("agent-63", "propose le refus, motivé en droit et en fait")
    smoe.act("signatory-63", case, "sign", {"kind": "refusal"})
    say("signatory-63", "signe le refus, par délégation publiée")
    notify(smoe, case, "D1")
    read_letter(smoe, "employer-acme", case, "decision", "D1")


def notify(smoe: Smoe, case: str, decision: str) -> None:
    """Make a decision available to the employer and to the worker, and record that both read it."""
    smoe.act("agent-63", case, "make-available", {"decision": decision, "addressees": ["employer", "worker"]})
    smoe.act("employer-acme", case, "acknowledge-reading", {"decision": decision, "addressee": "employer"})
    smoe.act("agent-63", case, "acknowledge-reading", {"decision": decision, "addressee": "worker"})
    say("smoe", f"la décision {decision} est notifiée à l'employeur et à l'étranger")


def appeal_and_grant(smoe: Smoe, case: str) -> None:
    """The employer raises the pay and appeals; the case is decided anew on the facts and law of today."""
    smoe.act(
        "employer-acme",
        case,
        "lodge-appeal",
        {
            "kind": "gracious",
            "against": "D1",
            "lodged_by": "employer",
            "arguments": "La rémunération est portée à 2 400 euros : voir l'avenant joint.",
            "pleas": ["error_of_fact"],
            "documents": [announced("other", "Avenant au contrat de travail", "avenant.pdf")],
        },
    )
    say("employer-acme", "forme un recours gracieux")
    deliver(smoe, "employer-acme", case)
    smoe.act("agent-63", case, "acknowledge-appeal", {"appeal": "A1"})
    say("agent-63", "accuse réception du recours")
    amended = copy.deepcopy(smoe.read("employer-acme", f"/api/cases/{case}")["request"])
    amended["job"]["pay_monthly_gross"] = "2400.00"
    smoe.act(
        "employer-acme",
        case,
        "amend",
        {"request": amended, "reason": "La rémunération est portée à 2 400 euros bruts par mois."},
    )
    say("employer-acme", "modifie sa demande : 2 400 euros bruts par mois")
    assess(smoe, case)
    smoe.act("agent-63", case, "propose", {"kind": "grant"})
    smoe.act("signatory-63", case, "sign", {"kind": "grant"})
    decisions = smoe.read("auditor", f"/api/cases/{case}")["decisions"]
    if [decision["kind"] for decision in decisions] != ["refusal", "grant"] or not decisions[0]["signed"]["reasons"]:
        raise Failed("la première décision n'est plus entière")
    say("signatory-63", f"accorde l'autorisation {decisions[1]['permit']['number']} ; le refus D1 reste entier")
    notify(smoe, case, "D2")
    smoe.act("agent-63", case, "notify-ofii", {"decision": "D2"})
    say("agent-63", "informe l'OFII (CT R5221-18)")
    number = decisions[1]["permit"]["number"]
    smoe.read("auditor", f"/api/cases/{case}/history", at_least=smoe.position)
    permit = read_letter(smoe, "employer-acme", case, "permit", "D2")
    printed = smoe.read("agent-63", f"{permit['content'].removesuffix('content')}data")
    for how in ({"code": printed["check"]["code"]}, {"birth_date": "1998-03-14"}):
        check = smoe.read("auditor", "/api/permits/check", number=number, **how)
        told = "le code qui y est imprimé" if "code" in how else "la date de naissance"
        say("vérification", f"{number} par {told} : {check['job_title']}, {STATES[check['state']]}")


def court(smoe: Smoe, case: str, out: Path) -> None:
    """The employer goes to the administrative court of the place of work, which orders a re-examination."""
    smoe.act(
        "legal-69",
        case,
        "open-litigation",
        {
            "action": "annulment",
            "court": "Lyon",
            "court_number": f"{TODAY:%y}{uuid.uuid4().int % 100_000:05}",
            "against": "D1",
            "lodged_by": "employer",
            "pleas": ["error_of_fact", "appreciation"],
        },
    )
    proceedings = smoe.read("legal-69", f"/api/cases/{case}")["litigation"][0]
    say(
        "legal-69",
        f"enregistre la requête n° {proceedings['court_number']} devant le "
        f"{proceedings['court']}, celui du lieu de travail",
    )
    today = TODAY.isoformat()
    smoe.act("legal-69", case, "serve-claim", {"litigation": "L1", "made_available_on": today, "read_on": today})
    due = (TODAY + timedelta(days=30)).isoformat()
    smoe.act("legal-69", case, "set-defence-period", {"litigation": "L1", "due_on": due})
    say("legal-69", f"reçoit la requête ; le délai de défense court jusqu'au {french(due)}")
    bundle(smoe, "legal-69", case, "D1", "L1", out)
    smoe.act(
        "legal-69", case, "file-defence", {"litigation": "L1", "summary": "Rejet au fond : rémunération sous le SMIC."}
    )
    say("legal-69", "dépose le mémoire en défense")
    smoe.act(
        "legal-69",
        case,
        "record-judgment",
        {
            "litigation": "L1",
            "outcome": "annulled",
            "judged_on": today,
            "notified_on": today,
            "injunction": {"kind": "reexamine", "delay_days": 60},
            "costs_euros": 1200,
            "summary": "Le tribunal annule le refus et enjoint de réexaminer la demande dans un délai de deux mois.",
            "flaws": ["error_of_fact"],
        },
    )
    state = smoe.read("legal-69", f"/api/cases/{case}")
    say(
        "legal-69", f"enregistre le jugement : annulation, réexamen ordonné avant le {french(state['stage']['due_on'])}"
    )
    if state["status"] not in {"under_examination", "to_claim"} or state["stage"]["kind"] != "court":
        raise Failed("le dossier n'est pas rouvert")
    if state["decisions"][0]["live"]:
        raise Failed("le refus annulé est encore tenu pour vivant")


def tell(smoe: Smoe, case: str, who: str) -> None:
    """Print the history as the case file keeps it."""

    def current() -> Any:
        # Letters that smoe has written since make it longer than what was seen here.
        history = smoe.read(who, f"/api/cases/{case}/history", at_least=smoe.position)
        return None if history["stale"] or history["version"] < smoe.versions[case] else history

    history = smoe.until("l'historique à jour", current)
    for line in history["lines"]:
        when = line["recorded_at"][:16].replace("T", " ")
        articles = f" [{' ; '.join(line['articles'])}]" if line["articles"] else ""
        print(f"{line['version']:>3}. {when}  {line['sentence']}{articles}")
        print(f"     {line['actor_name']}, {line['quality'].lower()}, {line['service']}")


def main() -> int:
    """Both stories; 0 when every step held."""
    smoe, out = Smoe(URL), Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    try:
        chapter("1. Refusée, puis accordée sur recours gracieux")
        first = open_case(smoe, request("1500.00"))
        complete(smoe, first)
        if assess(smoe, first) != ["pay"]:
            raise Failed("seule la condition de rémunération devait manquer")
        refuse(smoe, first)
        appeal_and_grant(smoe, first)

        chapter("2. Refusée, portée devant le tribunal, jugée, à réexaminer")
        second = open_case(smoe, request("1500.00"))
        complete(smoe, second)
        assess(smoe, second)
        refuse(smoe, second)
        court(smoe, second, out)

        chapter("L'historique du premier dossier")
        tell(smoe, first, "auditor")
        chapter("L'historique du second dossier")
        tell(smoe, second, "legal-69")
    except (Failed, httpx.HTTPError) as error:
        print(f"\nÉchec, sur {URL} (SMOE_URL) : {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
