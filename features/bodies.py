"""Bodies of requests that can be filed on 2 November 2026, one for each procedure, and changes by JSON pointer."""

import hashlib
import json
import re
from datetime import date, timedelta
from typing import Any

ABSENT = "absent"
"""How a table writes that a member is to be left out."""

SEAT = {"street": "12 rue de la République", "postcode": "69002", "town": "Lyon"}
ORCHARD = {"street": "Chemin des Vergers", "postcode": "84300", "town": "Cavaillon"}

COMPANY = {
    "kind": "company",
    "siret": "90200029800015",
    "name": "Acme Robotique",
    "seat": SEAT,
    "idcc": "1486",
    "headcount": 48,
    "turnover_yearly": "6200000.00",
    "email": "rh@example.org",
}
FAMILY = {
    "kind": "private_employer",
    "family_name": "Lambert",
    "given_names": "Julie",
    "street": "4 rue des Tilleuls",
    "postcode": "69100",
    "town": "Villeurbanne",
}
WORKER = {
    "family_name": "Benali",
    "given_names": "Youssef",
    "birth_date": "1998-03-14",
    "nationality": "MA",
    "passport_number": "MA1234567",
}
RESIDENT = {**WORKER, "residence_department": "69", "foreigner_number": "6903012345"}
COOK = {
    "title": "Cuisinier",
    "rome": "G1602",
    "fap": "S1Z40",
    "contract": "permanent",
    "start": "2027-03-01",
    "hours_weekly": 35,
    "pay_monthly_gross": "2400.00",
    "agreement_minimum_monthly": "1950.00",
    "workplace": SEAT,
    "qualification": "CAP cuisine",
}
COOK_UNTIL_NOVEMBER = {**COOK, "contract": "fixed_term", "end": "2027-11-30"}
ENGINEER = {**COOK, "title": "Ingénieur logiciel", "rome": "M1805", "fap": "M2Z90", "pay_monthly_gross": "3200.00"}
MASTER = {
    "title": "Master informatique",
    "level": 7,
    "obtained_on": "2026-07-03",
    "in_france": True,
    "field": "Informatique",
}
MANDATE = {"mandatary": "Cabinet Durand", "siret": "90200011600019", "signed_on": "2026-10-01"}


def titled(kind: str, **changes: Any) -> dict[str, Any]:
    """The worker as a resident of the Rhône under a title that ends on 30 September 2027."""
    return {**RESIDENT, "residence_title": {"kind": kind, "valid_until": "2027-09-30"}, **changes}


REQUESTS: dict[str, dict[str, Any]] = {
    "introduction_permanent": {"particulars": {}, "worker": WORKER, "employer": COMPANY, "job": COOK},
    "introduction_fixed_term": {
        "particulars": {},
        "worker": WORKER,
        "employer": COMPANY,
        "job": COOK_UNTIL_NOVEMBER,
    },
    "change_of_status": {
        "particulars": {"studies_finished_in_france": True, "diplomas": [MASTER], "job_related_to_studies": True},
        "worker": titled("student"),
        "employer": COMPANY,
        "job": ENGINEER,
    },
    "renewal": {
        "particulars": {"earlier_permit": "AT-2025-000123", "earlier_expires_on": "2026-12-20"},
        "worker": titled("temporary_worker"),
        "employer": COMPANY,
        "job": {**COOK_UNTIL_NOVEMBER, "start": "2026-12-21"},
    },
    "seasonal": {
        "particulars": {"housing_statement": True},
        "worker": WORKER,
        "employer": {**COMPANY, "name": "Vergers du Luberon", "seat": ORCHARD, "idcc": "7024"},
        "job": {
            **COOK,
            "title": "Ouvrier arboricole",
            "rome": "A1405",
            "fap": None,
            "contract": "seasonal",
            "start": "2027-04-01",
            "end": "2027-08-31",
            "workplace": ORCHARD,
            "housing_address": ORCHARD,
        },
    },
    "student_above_quota": {
        "particulars": {
            "institution": "Université Lyon 1",
            "course": "Master informatique",
            "enrolled_until": "2027-09-30",
            "hours_yearly": 1200,
            "related_to_studies": True,
        },
        "worker": titled("student"),
        "employer": COMPANY,
        "job": {**COOK_UNTIL_NOVEMBER, "end": "2027-08-31", "hours_weekly": 28},
    },
    "asylum_seeker": {
        "particulars": {"ofpra_introduced_on": "2026-03-10", "attestation_valid_until": "2027-03-09"},
        "worker": titled("asylum_attestation", nationality="AF"),
        "employer": COMPANY,
        "job": {**COOK, "contract": "fixed_term", "start": "2026-12-01", "end": "2027-05-31"},
    },
    "exceptional_admission": {
        "particulars": {"basis": "L435-1", "prefecture_department": "69", "years_of_residence": 6.5},
        "worker": {**WORKER, "residence_department": "69", "nationality": "ML"},
        "employer": COMPANY,
        "job": COOK,
    },
    "posting": {
        "particulars": {
            "foreign_employer": "Construction Prishtina",
            "foreign_employer_country": "XK",
            "legal_basis": "L1262-1",
            "sipsi_declaration": "SIPSI-2026-0001",
        },
        "worker": {**WORKER, "nationality": "XK"},
        "employer": COMPANY,
        "job": {**COOK, "title": "Maçon", "rome": "F1703", "fap": "B2Z40", "contract": "posting", "end": "2027-08-31"},
    },
    "au_pair": {
        "particulars": {"agreement_start": "2027-02-01", "agreement_end": "2028-01-31", "hours_weekly": 25},
        "worker": {**WORKER, "birth_date": "2005-05-05", "nationality": "BR"},
        "employer": FAMILY,
    },
    "internship_agreement": {
        "particulars": {
            "internship": "company",
            "start": "2027-03-01",
            "end": "2027-08-31",
            "sending_institution": "Université de Rabat",
            "tutor": "Mme Morel",
            "project": "Conception d'un bras articulé, en appui du bureau d'études.",
            "allowance_monthly": "700.00",
        },
        "worker": WORKER,
        "employer": COMPANY,
    },
    "internship_amendment": {
        "particulars": {
            "internship": "company",
            "agreement_number": "CS-2026-0042",
            "agreement_start": "2026-07-01",
            "agreement_end": "2026-12-31",
            "new_end": "2027-03-31",
            "reason": "Le projet demande trois mois de plus.",
        },
        "worker": WORKER,
        "employer": COMPANY,
    },
    "viability_opinion": {
        "particulars": {
            "activity": "Atelier de réparation de vélos",
            "activity_department": "69",
            "legal_form": "SASU",
            "capital": "15000.00",
            "turnover_forecast": "90000.00",
            "result_forecast": "24000.00",
            "monthly_income_forecast": "2000.00",
            "business_plan": True,
        },
        "worker": titled("student"),
        "mandate": MANDATE,
    },
    "limited_permit": {
        "particulars": {"limited_to": "Traduction lors d'un festival", "zone": "Rhône"},
        "worker": titled("other"),
        "employer": COMPANY,
        "job": COOK_UNTIL_NOVEMBER,
    },
}
"""What each procedure asks for, so that nothing is missing and nothing is refused on 2 November 2026."""

DOCUMENTS: dict[str, tuple[str, ...]] = {
    "seasonal": ("passport", "contributions_certificate", "housing_statement", "signed_contract", "employer_identity"),
    "change_of_status": ("passport", "contributions_certificate", "diploma_and_experience"),
    "student_above_quota": ("passport", "contributions_certificate", "enrolment_certificate"),
}
ORDINARY_DOCUMENTS = ("passport", "contributions_certificate")
"""P1 and P2 of every request that has no list of its own."""


def attached(item: str, title: str | None = None) -> dict[str, Any]:
    """A document as a filer announces it; the same item always has the same bytes."""
    return {
        "item": item,
        "title": title or f"Pièce {item}",
        "sha256": hashlib.sha256(item.encode()).hexdigest(),
        "bytes": 120_000,
        "media_type": "application/pdf",
    }


def filing(procedure: str) -> dict[str, Any]:
    """The whole body that files a request of this procedure."""
    # Through JSON, since parts that stand in two places must be changed apart.
    request = json.loads(json.dumps(REQUESTS[procedure]))
    request["particulars"] = {"procedure": procedure, **request["particulars"]}
    documents = DOCUMENTS.get(procedure, ORDINARY_DOCUMENTS)
    return {"request": request, "documents": [attached(item) for item in documents]}


def changed(body: dict[str, Any], pointer: str, value: Any) -> None:
    """Set the member at an RFC 6901 pointer, or leave it out; the path before its last part must exist."""
    *path, last = pointer.lstrip("/").split("/")
    held: Any = body
    for part in path:
        held = held[int(part)] if isinstance(held, list) else held[part]
    if value == ABSENT:
        del held[int(last) if isinstance(held, list) else last]
    elif isinstance(held, list) and last == "-":
        held.append(value)
    else:
        held[int(last) if isinstance(held, list) else last] = value


_NOT_TEXT = re.compile(r"^(-?\d+(\.\d+)?|true|false|null|\{.*\}|\[.*\]|\".*\")$", re.DOTALL)


def value_of(cell: str, before: Any = None) -> Any:
    """The JSON value that a table's cell writes; digits stay text where a text stood before."""
    if cell == ABSENT:
        return cell
    if isinstance(before, str) and not cell.startswith('"') and cell != "null":
        return cell
    return json.loads(cell) if _NOT_TEXT.match(cell) else cell


def member(body: Any, pointer: str) -> Any:
    """What stands at a pointer, or None."""
    for part in pointer.lstrip("/").split("/"):
        try:
            body = body[int(part)] if isinstance(body, list) else body[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return body


_PLACEHOLDER = re.compile(r"\$(today|case|number|document:[a-z_]+)(?:([+-]\d+))?")


def filled(text: str, today: date, case: Any = None, number: str = "") -> str:
    """A body as a scenario writes it, with `$today`, `$today+30`, `$case`, `$number` and `$document:passport` told."""

    def tell(found: re.Match[str]) -> str:
        name, days = found[1], int(found[2] or 0)
        if name == "today":
            return (today + timedelta(days=days)).isoformat()
        if name.startswith("document:"):
            return json.dumps(attached(name.partition(":")[2]), ensure_ascii=False)
        return str(case) if name == "case" else number

    return _PLACEHOLDER.sub(tell, text)
