"""What a request must be before anything is decided on it: plain JSON in UTF-8, headers once, legible texts."""

import asyncio
import base64
import json
from typing import Any

import httpx
import pytest

from features.bodies import changed, filing
from tests.api.service import Service
from tests.api.test_problems import refusal


def sent(service: Service, content: bytes, *headers: tuple[str, str], path: str = "/api/cases") -> httpx.Response:
    own = list(service.headers("employer-acme").items())
    kind = [] if any(name == "Content-Type" for name, _ in headers) else [("Content-Type", "application/json")]
    return service.client.post(path, content=content, headers=[*own, *kind, *headers])


def body() -> bytes:
    return json.dumps(filing("introduction_permanent")).encode()


def test_text_that_is_no_utf_8(service: Service) -> None:
    refusal(sent(service, body().replace(b"Cuisinier", b"Cuisini\xe9")), 400, "malformed")
    refusal(sent(service, b'{"request": "\xff"}'), 400, "malformed")


def test_an_empty_body_is_missing_as_a_whole(service: Service) -> None:
    for content in (b"null", b""):
        (fault,) = refusal(sent(service, content), 400, "malformed")["faults"]
        assert fault["pointer"] == ""


@pytest.mark.parametrize("charset", ["iso-8859-1", '"utf-16"', "", "utf-8; charset=latin1"])
def test_another_charset(service: Service, charset: str) -> None:
    answer = sent(service, body(), ("Content-Type", f"application/json; charset={charset}"))
    refusal(answer, 415, "media_type")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_may_be_said(service: Service, charset: str) -> None:
    assert sent(service, body(), ("Content-Type", f"application/json; charset={charset}")).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity"])
def test_an_encoded_body(service: Service, encoding: str) -> None:
    refusal(sent(service, body(), ("Content-Encoding", encoding)), 415, "media_type")


def sent_twice(service: Service, content: bytes, path: str, header: str, *values: str) -> httpx.Response:
    """Post with a header on several lines, which the ordinary test client would join into one."""
    headers = [*service.headers("employer-acme", **{"Content-Type": "application/json"}).items()]
    headers += [(header, value) for value in values]

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app=service.client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            return await client.post(path, content=content, headers=headers)

    return asyncio.run(post())


@pytest.mark.parametrize("values", [("a", "a"), ("a", "b")])
def test_two_idempotency_keys(service: Service, values: tuple[str, str]) -> None:
    before = service.desk.ledger.last_position()
    refusal(sent_twice(service, body(), "/api/cases", "Idempotency-Key", *values), 400, "malformed")
    assert service.desk.ledger.last_position() == before
    assert sent_twice(service, body(), "/api/cases", "Idempotency-Key", "alone").status_code == 201


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=2&q=a&limit=2", "q=&q", "unknown=1&unknown=1"])
def test_a_parameter_given_twice(service: Service, query: str) -> None:
    headers = service.headers("auditor")
    refusal(service.client.get(f"/api/cases?{query}", headers=headers), 400, "malformed")
    assert service.client.get("/api/cases?limit=1&q=a", headers=headers).status_code == 200


def test_two_versions_read(service: Service) -> None:
    dossier = service.file()
    version, path = f'"{dossier.version}"', f"{dossier.path}/abandon"
    answer = sent_twice(service, b'{"reason": "Poste pourvu."}', path, "If-Match", version, version)
    refusal(answer, 400, "malformed")
    assert "RequestAbandoned" not in dossier.facts()


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\u202a", "\u202e", "\u2066", "\u2069"]
)
def test_a_character_that_cannot_be_read(service: Service, character: str) -> None:
    filed = filing("introduction_permanent")
    changed(filed, "/request/job/title", f"Cuisinier{character}")
    changed(filed, "/documents/1/title", f"{character}Contrat")
    for content in (json.dumps(filed), json.dumps(filed, ensure_ascii=False)):
        faults = refusal(sent(service, content.encode()), 400, "malformed")["faults"]
        assert {(fault["pointer"], fault["message"]) for fault in faults} == {
            ("/request/job/title", "Ce texte contient un caractère invisible ou de commande."),
            ("/documents/1/title", "Ce texte contient un caractère invisible ou de commande."),
        }


@pytest.mark.parametrize("character", ["\n", "\r\n", "\t", " ", "\u00a0", "\u2028", "ⵣ", "م", "\U0001f9d1"])
def test_a_character_that_can_be_read(service: Service, character: str) -> None:
    filed = filing("introduction_permanent")
    changed(filed, "/request/job/title", f"Cuisine{character}service")
    answer = service.post("employer-acme", "/api/cases", filed)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("decision", ["\x00", "d\x00", "\ud800", "\u202e"])
def test_a_forged_cursor(service: Service, decision: str) -> None:
    place: Any = ["2026-11-02", "00000000-0000-0000-0000-000000000000", decision]
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    refusal(service.get("auditor", "/api/registers/decisions", cursor=cursor), 400, "malformed")


def test_a_question_of_signs_alone_finds_nothing(service: Service) -> None:
    service.file()
    everything = service.get_current("auditor", "/api/cases").json()["total"]
    assert everything
    for signs in ("!!!", "« »", "-", "\u0301"):
        assert service.get("auditor", "/api/cases", q=signs).json() == {
            "items": [],
            "next": None,
            "total": 0,
            "stale": False,
            "parked_cases": 0,
        }
    assert service.get("auditor", "/api/cases", q=" ").json()["total"] == everything


def test_the_address_alone_tells_where_to_go_on(service: Service) -> None:
    answer = service.get(None, "/")
    assert answer.status_code == 200
    told = answer.json()
    assert (told.pop("service"), told.pop("version")) == ("smoe", service.settings.code_version.partition("+")[0])
    for path in told.values():
        assert service.get(None, path).status_code == 200
    operation = service.client.get("/schema/openapi.json").json()["paths"]["/"]["get"]
    assert operation["security"] == [{}]


@pytest.mark.parametrize("path", ["/api/cases", "/api/admin/routing/dry-run"])
@pytest.mark.parametrize("body", [b"{", b"[]", b"x" * 3_000_000])
def test_whoever_is_not_signed_in_is_told_so_before_anything_else(service: Service, path: str, body: bytes) -> None:
    answer = service.client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("siret", ["90200029800015\n", "９０２０００２９８０００１５", "٩٠٢٠٠٠٢٩٨٠٠٠١٥"])
def test_a_number_is_of_plain_digits_and_ends_with_them(service: Service, siret: str) -> None:
    given = filing("introduction_permanent")
    given["request"]["employer"]["siret"] = siret
    (fault,) = refusal(sent(service, json.dumps(given).encode()), 400, "malformed")["faults"]
    assert fault["pointer"] == "/request/employer/siret"
