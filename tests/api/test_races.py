"""Many at once, on real processes: of those who exclude each other one succeeds, and nobody's act is lost."""

import base64
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from features.bodies import changed, filing
from tests.api.service import seed, settings_on
from tests.servers import Database, free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
AT_ONCE = 50
WHY = "Le chiffre d'affaires ne permet pas, au jour de la décision, de supporter durablement cette embauche."
GROUND = {"criterion": "proportionate_project", "fact": "Chiffre d'affaires de 6,2 millions d'euros pour 48 salariés."}
COUNTED = "smoe_append_seconds_count "
CHECKED = "Vérifié par l'instructrice dans les pièces du dossier."


class Api:
    """The address of processes that serve together, and who is signed in there."""

    def __init__(self, address: str) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE * 2, max_keepalive_connections=0)
        self.client = httpx.Client(base_url=address, timeout=60, limits=limits, trust_env=False)
        self.tokens: dict[str, str] = {}

    def token(self, who: str) -> str:
        if who not in self.tokens:
            self.tokens[who] = self.client.post("/api/local-sign-in", json={"identity": who}).json()["token"]
        return self.tokens[who]

    def post(self, who: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        headers["Authorization"] = f"Bearer {self.token(who)}"
        return self.client.post(path, json=body or {}, headers=headers)

    def get(self, who: str, path: str) -> Any:
        answer = self.client.get(path, headers={"Authorization": f"Bearer {self.token(who)}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def must(self, who: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.post(who, path, body, **headers)
        assert answer.status_code in {200, 201}, f"{path} by {who}: {answer.text}"
        return answer.json()

    def filed(self) -> str:
        """The address of a case filed today."""
        body = filing("introduction_permanent")
        changed(body, "/request/job/start", (date.today() + timedelta(days=120)).isoformat())
        return f"/api/cases/{self.must('employer-acme', '/api/cases', body)['case']}"


@pytest.fixture(scope="module")
def api(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """`smoe api` with two worker processes, as it is deployed."""
    folder = tmp_path_factory.mktemp("races")
    settings = settings_on(new_database(), valkey_url, folder)
    seed(settings)
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(folder),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_RATE_LIMITS": "off",
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "SMOE_WORKERS": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path_factory.mktemp("figures")),
        "PORT": str(port),
    }
    log = (folder / "api.log").open("wb")
    program = subprocess.Popen([sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    api = Api(f"http://127.0.0.1:{port}")
    try:
        wait_for(api, program)
        yield api
    finally:
        program.terminate()
        program.wait(timeout=30)
        api.client.close()
        log.close()


def wait_for(api: Api, program: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert program.poll() is None, "the API ended before it served"
        assert time.monotonic() < give_up_at, "the API does not serve"
        try:
            if api.client.get("/health/live").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


def at_once(asks: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Every answer, in the order of the questions, which are all asked at the same moment."""
    gate = threading.Barrier(len(asks))

    def ask(question: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return question()

    with ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(ask, asks))


def claiming(api: Api, path: str, who: str) -> Callable[[], httpx.Response]:
    return lambda: api.post(who, f"{path}/claim")


def test_fifty_claims_at_once(api: Api) -> None:
    path = api.filed()
    names = {"agent-63": "Inès Morel", "agent-63-bis": "Karim Aubry"}
    agents = [who for _ in range(AT_ONCE // 2) for who in names]
    api.token("agent-63"), api.token("agent-63-bis")
    answers = at_once([claiming(api, path, who) for who in agents])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: AT_ONCE - 1}
    (winner,) = [who for who, answer in zip(agents, answers, strict=True) if answer.status_code == 200]
    holder = names[winner]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == "case_already_claimed"
            assert holder in answer.json()["detail"]
    case = api.get("agent-63", path)
    assert (case["assignee"], case["assignee_name"]) == (f"local:{winner}", holder)


def ready_to_sign(api: Api) -> tuple[str, int]:
    """A case that may lawfully be granted or refused: its one unmet condition allows a refusal without imposing it."""
    path = api.filed()
    version = api.must("agent-63", f"{path}/claim")["version"]
    for condition in api.get("agent-63", f"{path}/conditions")["conditions"]:
        criterion, computed = condition["rule"]["criterion"], condition["computed"]["met"]
        body = {"criterion": criterion, "met": "met" if computed == "not_established" else computed}
        if criterion == GROUND["criterion"]:
            body["met"] = "not_met"
        computed_so = computed in {body["met"], "not_established"}
        command, why = ("assess", "because") if computed_so else ("override-finding", "reason")
        told = api.must("agent-63", f"{path}/{command}", {**body, why: CHECKED}, **{"If-Match": f'"{version}"'})
        version = told["version"]
    told = api.must("agent-63", f"{path}/propose", {"kind": "grant"}, **{"If-Match": f'"{version}"'})
    return path, told["version"]


@pytest.mark.parametrize("attempt", range(10))
def test_two_signatories_decide_the_contrary_at_once(api: Api, attempt: int) -> None:
    path, version = ready_to_sign(api)
    read = f'"{version}"'
    refusal = {"kind": "refusal", "reasons": [GROUND], "explanation": WHY}
    api.token("signatory-63"), api.token("signatory-63-bis")
    contrary = [
        lambda: api.post("signatory-63", f"{path}/sign", {"kind": "grant"}, **{"If-Match": read}),
        lambda: api.post("signatory-63-bis", f"{path}/sign", refusal, **{"If-Match": read}),
    ]
    answers = at_once(contrary if attempt % 2 else contrary[::-1])
    assert sorted(answer.status_code for answer in answers) == [200, 412], [answer.text for answer in answers]
    signed, stale = sorted(answers, key=lambda answer: answer.status_code)
    (decided,) = signed.json()["events"]
    problem = stale.json()
    assert (problem["code"], problem["version"]) == ("stale", version + 1)
    assert stale.headers["ETag"] == f'"{version + 1}"'
    (intervened,) = problem["intervened"]
    assert (intervened["version"], intervened["type"]) == (version + 1, decided["type"])
    names = {"RequestGranted": "Hélène Vasseur", "RequestRefused": "Marc Tissier"}
    assert intervened["actor"].startswith(names[decided["type"]])
    (decision,) = api.get("auditor", path)["decisions"]
    assert decision["kind"] == {"RequestGranted": "grant", "RequestRefused": "refusal"}[decided["type"]]


def test_one_key_sent_twenty_times_at_once(api: Api) -> None:
    path = api.filed()
    before = api.get("auditor", path)["version"]
    api.token("agent-63")
    note = {"text": "Une seule note, quel que soit le nombre d'envois."}
    answers = at_once([lambda: api.post("agent-63", f"{path}/add-note", note, **{"Idempotency-Key": "one-note"})] * 20)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.headers["ETag"], answer.headers["X-Position"]) for answer in answers}) == 1
    assert api.get("auditor", path)["version"] == before + 1


def test_one_key_files_one_request(api: Api) -> None:
    body = filing("introduction_permanent")
    changed(body, "/request/job/start", (date.today() + timedelta(days=120)).isoformat())
    api.token("employer-acme")
    answers = at_once([lambda: api.post("employer-acme", "/api/cases", body, **{"Idempotency-Key": "one-case"})] * 20)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_notes_added_at_once_are_all_kept(api: Api) -> None:
    path = api.filed()
    before = api.get("auditor", path)["version"]
    authors = ["agent-63", "agent-63-bis", "manager-63", "signatory-63"]
    for who in authors:
        api.token(who)

    def noting(number: int) -> Callable[[], httpx.Response]:
        return lambda: api.post(authors[number % 4], f"{path}/add-note", {"text": f"Note n° {number}."})

    answers = at_once([noting(number) for number in range(24)])
    assert {answer.status_code for answer in answers} == {200}, {answer.text for answer in answers}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(before + 1, before + 25))


def test_processes_tell_their_figures_together(api: Api) -> None:
    def appends() -> set[float]:
        # No connection is kept: either process may answer.
        texts = [api.client.get("/metrics").text for _ in range(10)]
        return {float(line.split()[1]) for text in texts for line in text.splitlines() if line.startswith(COUNTED)}

    (before,) = appends()
    at_once([lambda: api.post("employer-acme", "/api/cases", filing("introduction_permanent"))] * 20)
    assert appends() == {before + 20}
