"""Two real providers and an application that trusts them, for all tests of signing in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.service import Clock, Service, service_on, settings_on
from tests.loopback import Answered, Place, place
from tests.oidc.provider import AUDIENCE, ORIGIN, SECRET, Browser, Node, RealProvider, ec, node, rsa
from tests.servers import Database

TABLES = """
[agents]
title = "ProConnect d'essai"
issuer = "{agents.issuer}"
client_id = "smoe"
client_secret = "{secret}"
signs_in = ["agents", "partners"]
audience = "{audience}"
scopes = ["openid", "uid", "given_name", "usual_name", "siret", "organizational_unit"]
keys_seconds = 300
refetch_seconds = 1
outage_seconds = 3600

[agents.claims]
subject = "uid"

[public]
issuer = "{public.issuer}"
client_id = "smoe"
client_secret = "{secret}"
client_authentication = "client_secret_post"
signs_in = ["professionals"]
audience = "{audience}"
algorithms = ["ES256", "RS256"]
scopes = ["openid", "given_name", "usual_name", "siret"]
refetch_seconds = 1
"""


@pytest.fixture(scope="session")
def the_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.fail("node and npm play the provider of identity: they are not on this machine")
    with node(tmp_path_factory.mktemp("oidc")) as process:
        yield process


@pytest.fixture(scope="session")
def smoe_seen_by_providers() -> Iterator[Place]:
    """Where providers send their orders to sign out; tests carry them on."""
    with place(lambda sent: Answered(200)) as found:
        yield found


@pytest.fixture(scope="session")
def agents(the_node: Node, smoe_seen_by_providers: Place) -> RealProvider:
    """A provider by ProConnect's conventions: claims only from userinfo, which is a signed token."""
    return RealProvider(
        the_node,
        "agents",
        rsa("a1"),
        userinfo_signed_response_alg="RS256",
        backchannel_logout_uri=f"{smoe_seen_by_providers.url}/agents",
        backchannel_logout_session_required=True,
    )


@pytest.fixture(scope="session")
def public(the_node: Node) -> RealProvider:
    """Another provider, of employers, which signs otherwise; one of its keys bears a name that the first one uses."""
    return RealProvider(
        the_node,
        "public",
        ec("p1"),
        rsa("a1"),
        id_token_signed_response_alg="ES256",
        token_endpoint_auth_method="client_secret_post",
    )


@pytest.fixture(scope="session")
def providers_file(agents: RealProvider, public: RealProvider, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("providers") / "providers.toml"
    path.write_text(TABLES.format(agents=agents, public=public, secret=SECRET, audience=AUDIENCE), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def oidc_service(
    new_database: Callable[[], Database],
    valkey_url: str,
    providers_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    settings = settings_on(
        new_database(),
        valkey_url,
        tmp_path_factory.mktemp("signed-in"),
        SMOE_OIDC_PROVIDERS=str(providers_file),
        SMOE_PUBLIC_URL=ORIGIN,
    )
    with service_on(settings, Clock()) as service:
        yield service


@pytest.fixture
def smoe(oidc_service: Service) -> Iterator[Service]:
    """The application, with no cookie left by another test."""
    oidc_service.client.cookies.clear()
    yield oidc_service
    oidc_service.client.cookies.clear()


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.close()
