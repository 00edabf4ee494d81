"""What every request must be within, whoever asks for whatever, and what every answer carries."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from api.edge import (
    BODY_SECONDS_MAX,
    FILE_BYTES_PER_SECOND_MIN,
    HEADER_BYTES_MAX,
    HEADERS_MAX,
    PATH_LENGTH_MAX,
    QUERY_BYTES_MAX,
    Cut,
    Edge,
)
from api.form import DEPTH_MAX, VALUES_MAX
from api.problems import Problematic
from features.bodies import changed, filing
from tests.api.service import Service, service_on, settings_on
from tests.api.test_problems import refusal
from tests.servers import Database

DATA = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def bears_every_header(answer: httpx.Response, policy: str = DATA) -> None:
    assert answer.headers["Content-Security-Policy"] == policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Server"] == "smoe"
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_every_answer_bears_them_errors_included(service: Service) -> None:
    own, filer = service.headers("agent-63"), service.headers("employer-acme")
    answers = {
        200: service.client.get("/api/cases", headers=own),
        204: service.client.options("/api/cases", headers=own),
        400: service.client.get("/api/cases", params={"limit": "0"}, headers=own),
        401: service.client.get("/api/cases"),
        403: service.client.get("/api/admin", headers=service.headers("employer-acme")),
        404: service.client.get("/nowhere"),
        405: service.client.delete("/api/cases", headers=own),
        413: service.client.post(
            "/api/cases", content=b"x" * 2_100_000, headers={**filer, "Content-Type": "application/json"}
        ),
        414: service.client.get("/" + "a" * PATH_LENGTH_MAX),
        415: service.client.post("/api/cases", content=b"{}", headers={**filer, "Content-Type": "text/plain"}),
        431: service.client.get("/", headers={"X-Long": "a" * (HEADER_BYTES_MAX + 1)}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status, answer.text
        bears_every_header(answer)
        assert "Strict-Transport-Security" not in answer.headers, "a trial is served without TLS"


def test_another_site_is_told_nothing(service: Service) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        service.client.options("/api/cases", headers=asked),
        service.client.get("/", headers={"Origin": "https://evil.example"}),
    ):
        bears_every_header(answer)


def test_production_insists_on_tls() -> None:
    sent: list[dict[str, object]] = []

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(Edge(app, production=True)(scope, None, send))  # type: ignore[arg-type]
    assert (b"strict-transport-security", b"max-age=63072000; includeSubDomains") in sent[0]["headers"]  # type: ignore[operator]


def test_what_is_asked_has_bounds(service: Service) -> None:
    get = service.client.get
    refusal(get("/" + "a" * PATH_LENGTH_MAX), 414, "address_too_long")
    refusal(get("/" + "a" * (PATH_LENGTH_MAX - 1)), 404, "not_found")
    refusal(get("/?q=" + "a" * (QUERY_BYTES_MAX - 1)), 414, "address_too_long")
    assert get("/?q=" + "a" * (QUERY_BYTES_MAX - 2)).status_code == 200
    refusal(get("/", headers={"X-Long": "a" * (HEADER_BYTES_MAX + 1)}), 431, "headers_too_large")
    assert get("/", headers={"X-Long": "a" * HEADER_BYTES_MAX}).status_code == 200
    refusal(get("/", headers={f"X-{number}": "1" for number in range(HEADERS_MAX + 1)}), 431, "headers_too_large")
    refusal(get("/", headers={f"X-{number}": "a" * 7_000 for number in range(5)}), 431, "headers_too_large")


def test_two_lengths_of_one_body(service: Service) -> None:
    headers = {"Content-Length": "2", "Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    content = b'{"identity": "agent-63"}'
    headers["Content-Length"] = str(len(content))
    answer = service.client.post("/api/local-sign-in", content=content, headers=headers)
    assert "s'excluent" in refusal(answer, 400, "malformed")["detail"]


@pytest.mark.parametrize("host", ["a b", "evil.example:99999", "[::1", "a@b", "a/b", "é", "a,b", "x" * 300, ":80"])
def test_a_host_that_is_none(service: Service, host: str) -> None:
    answer = service.client.get("/", headers={"Host": host.encode()})  # type: ignore[dict-item]
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    bears_every_header(answer)


@pytest.mark.parametrize("host", ["smoe.example", "smoe.example:8000", "[2001:db8::1]:8000", "10.0.0.1", "localhost"])
def test_a_host(service: Service, host: str) -> None:
    assert service.client.get("/", headers={"Host": host}).status_code == 200


def post(service: Service, content: bytes, **headers: str) -> httpx.Response:
    own = {"Content-Type": "application/json", **headers}
    return service.client.post("/api/cases", content=content, headers=service.headers("employer-acme") | own)


def nested(depth: int) -> bytes:
    return b'{"request": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_values_within_values(service: Service) -> None:
    too_deep = "trop profondément"
    assert too_deep in refusal(post(service, nested(DEPTH_MAX + 1)), 400, "malformed")["detail"]
    assert too_deep not in refusal(post(service, nested(DEPTH_MAX)), 400, "malformed").get("detail", "")
    # Brackets in a text are a text.
    body = filing("introduction_permanent")
    changed(body, "/request/job/title", "Chef [" * 20 + '"\\' + "{" * 60)
    assert post(service, json.dumps(body).encode()).status_code == 201


def test_values_by_the_hundred_thousand(service: Service) -> None:
    many = b'{"request": [' + b"1," * VALUES_MAX + b"1]}"
    refusal(post(service, many), 413, "too_large")
    body = filing("introduction_permanent")
    changed(body, "/request/job/title", "," * (VALUES_MAX + 1))
    assert refusal(post(service, json.dumps(body).encode()), 400, "malformed")["faults"], "a long text is another fault"


def test_a_member_given_twice(service: Service) -> None:
    text = json.dumps(filing("introduction_permanent"))
    twice = text.replace('"title": "Cuisinier', '"title": "Plongeur", "title": "Cuisinier', 1)
    assert twice != text
    before = service.desk.ledger.last_position()
    assert "deux fois" in refusal(post(service, twice.encode()), 400, "malformed")["detail"]
    assert service.desk.ledger.last_position() == before


def test_a_body_that_says_nothing_of_its_type(service: Service) -> None:
    answer = service.client.post(
        "/api/cases",
        content=json.dumps(filing("introduction_permanent")).encode(),
        headers=service.headers("employer-acme"),
    )
    refusal(answer, 415, "media_type")


@pytest.mark.parametrize(
    "media_type",
    [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json-patch+json",
        "application/vnd.api+json",
        "application/json, text/plain",
        "text/json",
    ],
)
def test_another_type(service: Service, media_type: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF\r\n--x--\r\n'
    for path in ("/api/cases", "/api/local-sign-in"):
        answer = service.client.post(
            path, content=form, headers=service.headers("employer-acme") | {"Content-Type": media_type}
        )
        refusal(answer, 415, "media_type")


def test_whatever_is_accepted_the_answer_is_json(service: Service) -> None:
    answer = service.client.get("/", headers={"Accept": "image/png"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("method", ["HEAD", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_method_that_is_not_known(service: Service, method: str) -> None:
    answer = service.client.request(method, "/api/cases", headers=service.headers("agent-63"))
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    bears_every_header(answer)


@pytest.fixture(scope="module")
def hasty(module_database: Database, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An application that waits a quarter of a second for a body."""
    with service_on(settings_on(module_database, valkey_url, tmp_path_factory.mktemp("hasty"))) as service:
        edge = service.client.app.asgi_handler
        assert isinstance(edge, Edge)
        assert edge.body_seconds_max == BODY_SECONDS_MAX
        edge.body_seconds_max = 0.25
        yield service


def test_a_body_that_does_not_come(hasty: Service) -> None:
    """Sent to the application itself: the test client hands over whole bodies."""
    headers = [(name.lower().encode(), value.encode()) for name, value in hasty.headers("employer-acme").items()]
    headers += [(b"content-type", b"application/json"), (b"content-length", b"100")]
    sent: list[dict[str, object]] = []
    parts = iter((b'{"request"', b": {"))

    async def receive() -> dict[str, object]:
        if (part := next(parts, None)) is None:
            await asyncio.sleep(60)
        await asyncio.sleep(0.1)
        return {"type": "http.request", "body": part, "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/cases",
        "raw_path": b"/api/cases",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "extensions": {},
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
    app = hasty.client.app

    async def ask() -> None:
        async with asyncio.timeout(5):
            await app(scope, receive, send)  # type: ignore[arg-type]

    hasty.client.blocking_portal.call(ask)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "too_slow"  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("path", "is_cut"),
    [
        ("/api/uploads/x", False),
        ("/api/cases/x/documents", False),
        ("/api/cases/x/documents/P1/versions/1/content", False),
        ("/api/uploads", True),
        ("/api/cases", True),
        ("/api/cases/x/sign", True),
        ("/api/cases/x/documents/P1", True),
    ],
)
def test_a_file_may_take_longer_as_long_as_it_comes(path: str, is_cut: bool) -> None:
    """Each piece gives the seconds that it may have taken; elsewhere the body is there in time or not at all."""
    seconds = BODY_SECONDS_MAX / 3
    pieces = [bytes(int(FILE_BYTES_PER_SECOND_MIN * seconds))] * 5
    statuses: list[object] = []

    async def receive() -> dict[str, object]:
        loop = asyncio.get_running_loop()
        now = loop.time() + seconds
        # The clock by which the loop wakes whoever waits: nobody waits for it in earnest.
        loop.time = lambda: now  # type: ignore[method-assign]
        for _ in range(5):
            await asyncio.sleep(0)
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    async def app(scope: object, receive: object, send: object) -> None:
        try:
            while (await receive())["more_body"]:  # type: ignore[operator]
                continue
            status = 200
        except Problematic as problem:
            status = {"too_slow": 408}.get(problem.code, 500)
        await send({"type": "http.response.start", "status": status, "headers": []})  # type: ignore[operator]

    async def send(message: dict[str, object]) -> None:
        statuses.append(message.get("status"))

    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "state": {}}
    scope["headers"] = [(b"host", b"a"), (b"content-length", b"1")]
    asyncio.run(Edge(app, production=False)(scope, receive, send))  # type: ignore[arg-type]
    assert statuses[0] == (408 if is_cut else 200)


@pytest.mark.parametrize("has_begun", [False, True])
def test_what_goes_wrong_beyond_every_handler(has_begun: bool) -> None:
    sent: list[dict[str, object]] = []

    async def app(scope: object, receive: object, send: object) -> None:
        if has_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        raise ValueError("invalid: 'Dupont'")

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "state": {}}

    async def ask() -> None:
        await Edge(app, production=False)(scope, None, send)  # type: ignore[arg-type]

    structlog.reset_defaults()
    with capture_logs() as logs:
        if has_begun:
            with pytest.raises(Cut):
                asyncio.run(ask())
        else:
            asyncio.run(ask())
    (line,) = logs
    assert isinstance(line["exc_info"], ValueError)
    if not has_begun:
        assert sent[0]["status"] == 500
        assert json.loads(sent[1]["body"])["code"] == "internal"  # type: ignore[call-overload]
