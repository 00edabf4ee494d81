"""One filter decides what each caller may know, and every way of asking gives the same answer."""

import base64
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from litestar import get
from litestar.testing import TestClient

from api.access import must_all_have_a_line
from api.app import create_app
from api.identity.local_tokens import ISSUER
from api.identity.sessions import Held
from api.seen import INTERNAL_EVENTS
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from domain.rights import FILERS, TABLE
from features.bodies import MANDATE, filing
from ledger.settings import Settings
from tests.api import stages
from tests.api.service import Clock, Dossier, Service, service_on, settings_on
from tests.servers import Database
from tests.test_settings import providers_file

PARTS = ("", "/clocks", "/documents", "/history")
SERVICES = {"agent-63", "agent-63-bis", "signatory-63", "signatory-63-bis", "manager-63"}
KNOWN_BY: dict[str, set[str]] = {
    "lyon": SERVICES | {"employer-acme", "prefecture-69", "legal-69", "auditor", "admin"},
    "seasonal": {
        "mandatary-durand",
        "agent-84",
        "signatory-84",
        "manager-84",
        "prefecture-84",
        "legal-84",
        "auditor",
        "admin",
    },
    "admission": SERVICES | {"prefecture-69", "legal-69", "auditor", "admin"},
    "unrouted": {"employer-acme", "manager-63", "manager-84", "auditor", "admin"},
}
PARTNERS = {who for who, identity in IDENTITIES.items() if identity.actor.role is Role.PARTNER}
NOTE_WRITERS = TABLE["add-note"].by


@pytest.fixture(scope="module")
def place(new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("access"))) as service:
        yield service


@pytest.fixture(scope="module")
def cases(place: Service) -> dict[str, Dossier]:
    """A case of each territory; of an unrouted one the managers know."""
    body = filing("seasonal")
    body["request"]["mandate"] = MANDATE
    made = {
        "lyon": stages.read(place),
        "seasonal": place.file_body(body, "mandatary-durand"),
        "admission": place.file("exceptional_admission", "prefecture-69"),
        "unrouted": stages.left_to_hand(place),
    }
    place.runner.run_until_current()
    return made


def listed(place: Service, who: str, **query: Any) -> set[str]:
    return {item["case"] for item in place.get(who, "/api/cases", **query).json()["items"]}


@pytest.mark.parametrize("territory", KNOWN_BY)
@pytest.mark.parametrize("who", [who for who in IDENTITIES if who not in PARTNERS])
def test_every_way_of_asking_agrees(place: Service, cases: dict[str, Dossier], who: str, territory: str) -> None:
    dossier = cases[territory]
    known = who in KNOWN_BY[territory]
    statuses = {part: dossier.read(who, part).status_code for part in PARTS}
    assert statuses == dict.fromkeys(PARTS, 200 if known else 404)
    assert (str(dossier.id) in listed(place, who)) is known
    assert (str(dossier.id) in listed(place, who, q=dossier.case.number)) is known
    assert (str(dossier.id) in listed(place, who, order="newest", limit=200)) is known
    if not known:
        unknown = place.get(who, "/api/cases/01a20345-0000-7000-8000-000000000000")
        hidden = dossier.read(who)
        assert hidden.json() | {"instance": ""} == unknown.json() | {"instance": ""}, "hidden as if it did not exist"
        note = dossier.give(who, "add-note", {"text": "Essai."})
        may_write = IDENTITIES[who].actor.role in NOTE_WRITERS
        assert note.json()["code"] == ("not_found" if may_write else "forbidden"), "whether or not the case exists"


@pytest.mark.parametrize("who", [who for who in IDENTITIES if who not in PARTNERS])
def test_counts_are_those_of_what_is_known(place: Service, cases: dict[str, Dossier], who: str) -> None:
    known = {str(cases[territory].id) for territory, callers in KNOWN_BY.items() if who in callers}
    page = place.get(who, "/api/cases").json()
    assert ({item["case"] for item in page["items"]}, page["total"]) == (known, len(known))
    queues = place.get(who, "/api/queues")
    dashboard = place.get(who, "/api/dashboards/activity")
    decisions = place.get(who, "/api/registers/decisions")
    if IDENTITIES[who].actor.role in FILERS:
        assert (queues.status_code, dashboard.status_code, decisions.status_code) == (403, 403, 403)
        return
    for queue in queues.json()["queues"]:
        assert queue["count"] == len(listed(place, who, queue=queue["name"])), queue["name"]
    assert dashboard.json()["dashboard"]["total"]["filed"] == len(known)
    assert {row["case_id"] for row in decisions.json()["items"]} == known & {str(cases["lyon"].id)}


@pytest.mark.parametrize("who", sorted(PARTNERS))
def test_a_partner_sees_no_case(place: Service, cases: dict[str, Dossier], who: str) -> None:
    for dossier in cases.values():
        assert {dossier.read(who, part).status_code for part in (*PARTS, "/notes", "/proof")} == {403}
        assert dossier.give(who, "add-note", {"text": "Essai."}).status_code == 403
    for path in ("/api/cases", "/api/queues", "/api/registers/decisions", "/api/events", "/api/audit/access"):
        assert place.get(who, path).status_code == 403
    assert place.get(who, "/api/registers/messages").json()["items"] == []


def test_a_filer_reads_nothing_internal(place: Service, cases: dict[str, Dossier]) -> None:
    lyon = cases["lyon"]
    whole = {line["type"] for line in lyon.read("agent-63", "/history").json()["lines"]}
    shown = {line["type"] for line in lyon.read("employer-acme", "/history").json()["lines"]}
    assert whole & INTERNAL_EVENTS >= {"CaseClaimed", "CriterionAssessed", "DecisionProposed"}
    assert shown == whole - INTERNAL_EVENTS
    case = lyon.read("employer-acme").json()
    assert (case["findings"], case["assignee"], case["assignee_name"], case["proposal"]) == ([], None, "", None)
    assert lyon.read("agent-63").json()["findings"]
    (line,) = [row for row in place.get("employer-acme", "/api/cases").json()["items"] if row["case"] == str(lyon.id)]
    assert (line["assignee"], line["assignee_name"]) == (None, "")


def test_a_filer_does_not_see_a_decision_before_it_is_made_available(place: Service) -> None:
    dossier = stages.granted(place)
    assert dossier.read("employer-acme").json()["decisions"] == []
    dossier.must("agent-63", "make-available", {"decision": "D1"})
    assert [decision["id"] for decision in dossier.read("employer-acme").json()["decisions"]] == ["D1"]


def test_a_route_without_a_line_in_the_table_is_open_to_nobody(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    @get("/api/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "open"

    with service_on(settings_on(new_database(), valkey_url, tmp_path)) as service:
        must_all_have_a_line(service.client.app.routes)
        service.client.app.register(forgotten)
        for who in IDENTITIES:
            assert service.get(who, "/api/forgotten").json()["code"] == "forbidden", who
        assert service.get(None, "/api/forgotten").json()["code"] == "not_signed_in"
        with pytest.raises(ValueError, match="GET /api/forgotten"):
            must_all_have_a_line(service.client.app.routes)


def forged(settings: Settings, claims: dict[str, Any], *, key: str | None = None, algorithm: str = "HS256") -> str:
    now = int(time.time())
    whole = {"iss": ISSUER, "sub": "agent-63", "iat": now, "exp": now + 600, **claims}
    left = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode({"alg": algorithm}, left, OctKey.import_key(key or settings.secret_key), algorithms=[algorithm])


def test_only_our_own_tokens_open(place: Service) -> None:
    own = place.settings
    good = forged(own, {})
    head, payload, signature = good.split(".")
    tokens = {
        "expired": forged(own, {"exp": int(time.time()) - 3600}),
        "without end": forged(own, {"exp": None}),
        "of another issuer": forged(own, {"iss": "elsewhere"}),
        "of nobody": forged(own, {"sub": "agent-99"}),
        "signed with another key": forged(own, {}, key="k" * 64),
        "of another algorithm": forged(own, {}, algorithm="HS512"),
        "unsigned": "eyJhbGciOiJub25lIn0." + payload + ".",
        "cut": f"{head}.{payload}",
        "altered": f"{head}.{payload}.{signature[:-4]}AAAA",
        "empty": "",
        "nonsense": "é",
    }
    for what, token in tokens.items():
        headers = {"Authorization": f"Bearer {token}".encode()}
        answer = place.client.get("/api/cases", headers=headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), what
    assert place.client.get("/api/cases", headers={"Authorization": f"Bearer {good}"}).status_code == 200
    assert place.client.get("/api/cases", headers={"Authorization": f"Basic {good}"}).status_code == 401


def test_production_has_no_local_sign_in(place: Service, valkey_url: str, tmp_path: Path) -> None:
    production = Settings.from_environment(
        {
            "SMOE_MODE": "production",
            "DATABASE_URL": place.settings.database_url,
            "REDIS_URL": valkey_url,
            "SMOE_DATA_DIR": str(tmp_path),
            "SMOE_SIGNING_KEYS": base64.b64encode(bytes(range(32))).decode(),
            "SMOE_SECRET_KEY": place.settings.secret_key,
            "SMOE_MASTER_KEY": base64.b64encode(place.settings.master_key).decode(),
            "SMOE_OIDC_PROVIDERS": providers_file(tmp_path),
            "SMOE_PUBLIC_URL": "https://smoe.example",
        }
    )
    session = place.client.app.state.sessions.begin(Held(local="admin"), "local", "admin")
    with TestClient(create_app(production), raise_server_exceptions=False) as client:
        assert client.post("/api/local-sign-in", json={"identity": "admin"}).status_code == 404
        token = {"Authorization": f"Bearer {place.token('admin')}"}
        assert client.get("/api/cases", headers=token).status_code == 401, "a token of the trial opens nothing"
        for name in ("smoe-session", "__Host-smoe-session"):
            held = client.get("/api/me", headers={"Cookie": f"{name}={session}"})
            assert held.status_code == 401, "nor does a session of the trial"
        assert "/api/local-sign-in" not in client.get("/schema/openapi.json").json()["paths"]


def test_a_right_that_is_taken_away_ends_at_once(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    clock = Clock()
    with service_on(settings_on(new_database(), valkey_url, tmp_path), clock) as service:
        dossier = service.file()
        service.runner.run_until_current()
        assert dossier.read("agent-63").status_code == 200
        revoked = {"identity": "local:agent-63", "role": "agent", "reason": "Mutation.", "ends_on": "2026-11-02"}
        later = {**revoked, "ends_on": "2026-11-20"}
        assert service.post("admin", "/api/admin/rights/revoke", later).status_code == 201
        assert dossier.read("agent-63").status_code == 200, "a right that will end holds until then"
        assert service.post("admin", "/api/admin/rights/revoke", revoked).status_code == 201
        assert dossier.read("agent-63").status_code == 404, "one that ends today has ended"
        clock.go_to(date(2026, 11, 3))
        assert dossier.read("agent-63").status_code == 404
        assert service.get("agent-63", "/api/cases").json()["total"] == 0
        assert dossier.give("agent-63", "claim").status_code == 404
        assert dossier.read("agent-63-bis").status_code == 200
        assert service.get("agent-63", "/api/reasons").json()["code"] == "forbidden", "nothing without a right"
        again = {
            "identity": "local:agent-63",
            "role": "agent",
            "platforms": ["Clermont-Ferrand"],
            "starts_on": "2026-11-03",
        }
        assert service.post("admin", "/api/admin/rights", again).status_code == 201
        assert dossier.read("agent-63").status_code == 200
