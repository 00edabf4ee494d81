"""The whole OpenAPI document against the application, signed in as everybody: no 500 and no undocumented answer."""

import os
from collections.abc import Callable, Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.command import administration_commands, case_commands
from domain.demonstration import IDENTITIES
from tests.api import stages
from tests.api.service import Clock, Dossier, Service, service_on, settings_on
from tests.servers import Database

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
EXAMPLES = int(os.environ.get("SMOE_EXAMPLES", "5"))
"""Of each operation and each caller; more take longer, and find more."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EVERYBODY = (None, *IDENTITIES)
READS = (
    "/api/cases",
    "/api/cases/{case_id}",
    "/api/cases/{case_id}/validity",
    "/api/cases/{case_id}/decisions/{decision}/validity",
    "/api/cases/{case_id}/decision-sheets/{decision}",
    "/api/cases/{case_id}/bundles",
    "/api/cases/{case_id}/bundles/{bundle}",
    "/api/cases/{case_id}/bundles/{bundle}/content",
    "/api/cases/{case_id}/bundles/{bundle}/brief",
    "/api/cases/{case_id}/decision-sheets/{decision}/pdf",
    "/api/cases/{case_id}/archive",
    "/api/cases/{case_id}/sheets",
    "/api/cases/{case_id}/sheets/{sheet}",
    "/api/cases/{case_id}/checklist",
    "/api/cases/{case_id}/clocks",
    "/api/cases/{case_id}/conditions",
    "/api/cases/{case_id}/documents",
    "/api/cases/{case_id}/documents/{document}/versions/{version}/content",
    "/api/cases/{case_id}/documents/{document}/versions/{version}/text",
    "/api/cases/{case_id}/documents/{document}/versions/{version}/thumbnail",
    "/api/cases/{case_id}/history",
    "/api/cases/{case_id}/letters",
    "/api/cases/{case_id}/letters/{letter}/content",
    "/api/cases/{case_id}/letters/{letter}/data",
    "/api/cases/{case_id}/proposal/letter",
    "/api/cases/{case_id}/notes",
    "/api/cases/{case_id}/routing",
    "/api/queues",
    "/api/dashboards/{name}",
    "/api/audit/decisions",
    "/api/registers/decisions",
    "/api/registers/messages",
    "/api/audit/access",
    "/api/cases/{case_id}/persons/{person}/export",
    "/api/personal-data/retention",
    "/api/personal-data/erasures",
    "/api/admin",
    "/api/permits/check",
    "/api/reference",
    "/api/reference/{table}",
    "/health/live",
    "/health/ready",
    "/api/law",
    "/api/reasons",
    "/problems",
    "/problems/{code}",
    "/",
    "/api/cases/{case_id}/proof",
    "/api/ledger/checkpoint",
    "/api/ledger/consistency",
    "/api/ledger/keys",
    "/api/ledger/verifier",
    "/api/me",
    "/api/sign-in",
    "/api/sign-in/callback",
    "/api/sign-in/{provider}",
)
OPERATIONS = (
    *(("get", path) for path in READS),
    ("post", "/api/cases"),
    ("post", "/api/cases/{case_id}/documents"),
    ("put", "/api/cases/{case_id}/documents/{document}/versions/{version}/content"),
    ("post", "/api/uploads"),
    ("head", "/api/uploads/{upload}"),
    ("patch", "/api/uploads/{upload}"),
    ("delete", "/api/uploads/{upload}"),
    ("post", "/api/local-sign-in"),
    ("post", "/api/me/role"),
    ("post", "/api/sign-out"),
    ("post", "/api/sign-out/back-channel"),
    ("post", "/api/admin/routing/dry-run"),
    ("post", "/api/personal-data/erasures"),
    *(("post", f"/api/cases/{{case_id}}/{name}") for name in sorted(case_commands())),
    *(("post", f"/api/admin/{name}") for name in sorted(administration_commands())),
)
WITHOUT_END = {("get", "/api/events")}
"""Answers that go on for as long as somebody listens have tests of their own."""
STAGES: tuple[Callable[[Service], Dossier], ...] = (
    lambda service: service.file(),
    lambda service: service.file("seasonal"),
    lambda service: service.file("exceptional_admission", "prefecture-69"),
    stages.left_to_hand,
    stages.claimed,
    stages.items_asked,
    stages.refusal_proposed,
    stages.refused,
    stages.appealed,
    stages.served,
    stages.bundle_prepared,
    stages.notified_to_ofii,
    stages.hearing_opened,
)


class Place:
    """An application with cases at many stages, and its document."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.dossiers = [stage(service) for stage in STAGES]
        for dossier in self.dossiers:
            assert isinstance(service.clock, Clock)
            dossier.version = dossier.case.version
        service.runner.run_until_current()
        self.document = service.client.get("/schema/openapi.json").json()
        self.schema = schemathesis.openapi.from_dict(self.document)

    def send(self, case: schemathesis.Case, who: str | None) -> None:
        """Send what was generated as it is, as somebody, and check the answer against the document."""
        asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver.local")).prepare()
        texts = {**asked.headers, **self.service.headers(who)}
        # The client would refuse what a socket carries.
        headers = {name: text.encode("latin-1") if isinstance(text, str) else text for name, text in texts.items()}
        assert asked.method is not None
        assert asked.url is not None
        answer = self.service.client.request(asked.method, asked.url, headers=headers, content=asked.body)
        case.validate_response(answer, checks=CHECKS, headers={"as": str(who)})


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Its own application: what is generated may change anything."""
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("schema"))) as service:
        yield Place(service)


def test_the_document_is_what_is_tested(place: Place) -> None:
    documented = {(method, path) for path, methods in place.document["paths"].items() for method in methods}
    assert documented - WITHOUT_END == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part.strip("/").replace("/", "."))
def test_every_answer_is_documented(place: Place, method: str, path: str) -> None:
    operation = place.schema[path][method.upper()]
    wishes = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @given(case=wishes, dossier=st.sampled_from(place.dossiers), known=st.booleans(), fresh=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case, dossier: Dossier, known: bool, fresh: bool) -> None:
        if "{case_id}" in path and known:
            case.path_parameters["case_id"] = str(dossier.id)
        if "{case_id}" in path and fresh:
            case.headers["If-Match"] = f'"{dossier.case.version}"'
        for who in EVERYBODY:
            place.send(case, who)

    ask()
