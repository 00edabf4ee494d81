"""What is made of an identity without asking anybody: keys that are kept, roles, names, cookies, what one files for."""

import base64
import hashlib
import threading
import time
from datetime import date
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.identity.actors import Identified, actor_of, identified, roles_of, vouched
from api.identity.cookies import Cookies
from api.identity.csrf import is_forged
from api.identity.fetching import ProviderUnavailable
from api.identity.keys import KeySet
from api.identity.signatures import TokenInvalid
from domain.administration import Administration, Right
from domain.commands.file_request import FileRequest, file_request
from domain.context import Vouched
from domain.envelope import Role
from domain.events import AgentAppointed
from domain.procedures import Procedure
from domain.refusals import Refused
from ledger.identity_providers import ClaimNames, IdentityProvider, Public
from tests.unit.given import TODAY, a_company, a_context, a_host_family, a_mandate, a_request

PROVIDER = IdentityProvider(
    name="one",
    title="One",
    issuer="https://one.example",
    client_id="smoe",
    client_secret="a secret of the client",
    signs_in=frozenset({Public.AGENTS}),
    claims=ClaimNames(subject="uid"),
)


# Keys


class Published:
    """A provider's key set, which tests change, and how often it was asked for."""

    def __init__(self, *keys: RSAKey | ECKey | OKPKey | OctKey) -> None:
        self.keys = [key.as_dict(private=False) for key in keys]
        self.asked = 0
        self.away = False
        self.now = 0.0

    def fetch(self) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise ProviderUnavailable("away")
        return {"keys": self.keys}

    def key_set(self) -> KeySet:
        return KeySet(self.fetch, seconds=300, refetch_seconds=30, outage_seconds=3_600, clock=lambda: self.now)


ONE = ECKey.generate_key("P-256", {"kid": "one"})
TWO = ECKey.generate_key("P-256", {"kid": "two"})


def test_keys_are_asked_for_once_and_then_known() -> None:
    published = Published(ONE)
    keys = published.key_set()
    for _ in range(5):
        assert keys.find("one", "ES256") is not None
        published.now += 50
    assert published.asked == 1
    published.now += 51
    assert keys.find("one", "ES256") is not None
    assert published.asked == 2


def test_an_unknown_key_is_asked_for_but_not_by_each_forger() -> None:
    published = Published(ONE)
    keys = published.key_set()
    for number in range(100):
        assert keys.find(f"forged {number}", "ES256") is None
    assert published.asked == 1
    published.keys.append(TWO.as_dict(private=False))
    published.now += 29
    assert keys.find("two", "ES256") is None
    published.now += 1
    assert keys.find("two", "ES256") is not None
    assert published.asked == 2


def test_a_key_that_is_no_longer_published_is_worth_nothing() -> None:
    published = Published(ONE, TWO)
    keys = published.key_set()
    assert keys.find("one", "ES256") is not None
    published.keys = published.keys[1:]
    published.now += 300
    assert keys.find("one", "ES256") is None
    assert keys.find("two", "ES256") is not None


def test_known_keys_go_on_for_a_while_without_the_provider() -> None:
    published = Published(ONE)
    keys = published.key_set()
    assert keys.find("one", "ES256") is not None
    published.away = True
    published.now = 3_899.0
    assert keys.find("one", "ES256") is not None
    asked = published.asked
    for _ in range(50):
        assert keys.find("one", "ES256") is not None
    assert published.asked == asked, "nor is one that is away asked each time"
    published.now = 3_900.0
    with pytest.raises(ProviderUnavailable):
        keys.find("one", "ES256")
    published.away = False
    published.now += 30
    assert keys.find("one", "ES256") is not None


def test_a_provider_that_was_never_reached_has_no_keys() -> None:
    published = Published(ONE)
    published.away = True
    with pytest.raises(ProviderUnavailable):
        published.key_set().find("one", "ES256")


def test_nobody_with_a_known_key_waits_for_a_provider_that_hangs() -> None:
    published = Published(ONE)
    keys = published.key_set()
    assert keys.find("one", "ES256") is not None
    hangs, release = threading.Event(), threading.Event()
    fetch = published.fetch

    def hanging() -> dict[str, Any]:
        hangs.set()
        release.wait(20)
        return fetch()

    keys._fetch = hanging
    published.now += 300
    thread = threading.Thread(target=keys.find, args=("one", "ES256"))
    thread.start()
    assert hangs.wait(5)
    began = time.monotonic()
    assert keys.find("one", "ES256") is not None
    assert time.monotonic() - began < 0.5
    release.set()
    thread.join()


@pytest.mark.parametrize(
    ("key", "algorithm", "is_taken"),
    [
        (ONE, "ES256", True),
        (ONE, "ES384", False),
        (ONE, "RS256", False),
        (ONE, "EdDSA", False),
        (ONE, "HS256", False),
        (ONE, "none", False),
        (RSAKey.generate_key(2048, {"kid": "one"}), "RS256", True),
        (RSAKey.generate_key(2048, {"kid": "one"}), "PS256", True),
        (RSAKey.generate_key(2048, {"kid": "one"}), "ES256", False),
        (RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"}), "PS256", False),
        (RSAKey.generate_key(2048, {"kid": "one", "use": "enc"}), "RS256", False),
        (OKPKey.generate_key("Ed25519", {"kid": "one"}), "EdDSA", True),
        (OKPKey.generate_key("Ed25519", {"kid": "one", "alg": "EdDSA"}), "EdDSA", True),
        (OKPKey.generate_key("X25519", {"kid": "one"}), "EdDSA", False),
    ],
)
def test_a_key_serves_the_algorithm_that_it_fits(key: Any, algorithm: str, is_taken: bool) -> None:
    assert (Published(key).key_set().find("one", algorithm) is not None) is is_taken


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_key_that_is_too_short_serves_nothing() -> None:
    assert Published(RSAKey.generate_key(1024, {"kid": "one"})).key_set().find("one", "RS256") is None


def test_a_secret_among_public_keys_is_left_out() -> None:
    published = Published(ONE)
    secret = base64.urlsafe_b64encode(hashlib.sha256(b"x").digest()).decode()
    published.keys += [{"kty": "oct", "kid": "secret", "k": secret}, ONE.as_dict(private=True) | {"kid": "private"}]
    published.keys += [{"kty": "EC", "kid": "broken"}, {"kty": "EC", "crv": 5, "x": [], "y": None, "kid": "odd"}]
    published.keys += [{"kty": ["EC"], "kid": "list"}, {"kty": {}, "kid": "object"}, {"kid": ["EC"]}]
    keys = published.key_set()
    assert keys.find("one", "ES256") is not None
    assert [keys.find(kid, "ES256") for kid in ("secret", "private", "broken", "odd")] == [None] * 4
    assert keys.find("secret", "HS256") is None


def test_of_two_keys_of_one_name_none_is_guessed() -> None:
    keys = Published(ONE, ECKey.import_key(TWO.as_dict() | {"kid": "one"})).key_set()
    assert keys.find("one", "ES256") is None
    assert keys.find(None, "ES256") is None
    assert Published(ONE).key_set().find(None, "ES256") is not None


# Who somebody is


def test_an_identity_is_issuer_and_subject_and_never_an_address() -> None:
    claims = {"sub": "s", "uid": "u", "email": "ines@example.org", "given_name": "Inès", "usual_name": "Morel"}
    who = identified(PROVIDER, claims)
    assert (who.identity, who.name) == ("https://one.example#u", "Inès Morel")
    lacks = ({"sub": "s", "email": "x@example.org"}, {"uid": ""}, {"uid": ["u"]}, {"uid": "u" * 256})
    for lacking in (*lacks, {"uid": " u"}, {"uid": "u\xa0"}, {"uid": "u\u200b"}, {"uid": 7}, {"uid": True}):
        with pytest.raises(TokenInvalid):
            identified(PROVIDER, lacking)


@pytest.mark.parametrize(
    ("said", "siret"),
    [("902 000 298 00015", "90200029800015"), (90200029800015, "90200029800015"), ("902000298", ""), ("x" * 14, "")],
)
def test_a_siret_is_fourteen_digits_or_nothing(said: object, siret: str) -> None:
    assert identified(PROVIDER, {"uid": "u", "siret": said}).siret == siret


def test_a_name_that_could_not_be_read_as_written_is_not_taken() -> None:
    assert identified(PROVIDER, {"uid": "u", "given_name": "\u202eeniasnI", "usual_name": "M\x00"}).name == "u"


def held(*roles: Role, identity: str = "https://one.example#u") -> Administration:
    rights = (
        Right(identity=identity, role=role, platforms=(), departments=(), starts_on=date(2026, 1, 1)) for role in roles
    )
    return Administration(rights=tuple(rights))


@pytest.mark.parametrize(
    ("signs_in", "rights", "is_system", "roles"),
    [
        ({Public.AGENTS}, (), False, ()),
        ({Public.AGENTS}, (Role.ADMIN, Role.AGENT), False, (Role.AGENT, Role.ADMIN)),
        ({Public.AGENTS}, (Role.PARTNER, Role.EMPLOYER), False, ()),
        ({Public.PROFESSIONALS}, (Role.ADMIN,), False, (Role.EMPLOYER, Role.MANDATARY)),
        ({Public.INDIVIDUALS}, (), False, (Role.WORKER, Role.EMPLOYER)),
        ({Public.AGENTS, Public.PROFESSIONALS}, (Role.LEGAL,), False, (Role.LEGAL, Role.EMPLOYER, Role.MANDATARY)),
        ({Public.PARTNERS}, (Role.PARTNER, Role.ADMIN), True, (Role.PARTNER,)),
        ({Public.PARTNERS}, (Role.PARTNER,), False, ()),
        ({Public.AGENTS, Public.PROFESSIONALS}, (Role.PARTNER, Role.AGENT), True, ()),
        ({Public.PARTNERS}, (), True, ()),
    ],
)
def test_roles_come_from_rights_and_from_whom_the_provider_vouches_for(
    signs_in: set[Public], rights: tuple[Role, ...], is_system: bool, roles: tuple[Role, ...]
) -> None:
    who = Identified(provider="one", issuer="https://one.example", subject="u", name="X", is_system=is_system)
    assert roles_of(who, frozenset(signs_in), held(*rights), date(2026, 11, 2)) == roles
    assert Role.ADMIN not in roles_of(who, frozenset(signs_in), held(*rights), date(2025, 12, 31))
    others = held(*rights, identity="https://two.example#u")
    assert not set(roles_of(who, frozenset(signs_in), others, date(2026, 11, 2))) & set(rights)


def test_somebody_is_the_same_person_in_each_role_and_named_as_appointed_in_those_of_a_service() -> None:
    who = Identified(provider="one", issuer="https://one.example", subject="u", name="Inès M.", siret="90200029800015")
    appointed = AgentAppointed(
        identity=who.identity, name="Inès Morel", quality="Cheffe", service="P63", platform=None, appointed_on=TODAY
    )
    known = Administration(agents={who.identity: appointed})
    agent, employer = actor_of(who, Role.AGENT, known), actor_of(who, Role.EMPLOYER, known)
    assert agent.person == employer.person
    assert (agent.name, agent.quality, agent.service) == ("Inès Morel", "Cheffe", "P63")
    assert (employer.name, employer.quality, employer.service) == ("Inès M.", "Employeur", "SIRET 90200029800015")
    stranger = actor_of(who, None, Administration())
    assert (stranger.name, stranger.quality) == ("Inès M.", "Agent")


# What an employer files for


@pytest.mark.parametrize(
    ("employer", "siret", "is_theirs"),
    [
        (a_company(), "90200029800015", True),
        (a_company(), "90200029800023", True),
        (a_company(), "73282932000074", False),
        (a_company(), None, False),
        (a_host_family(), None, True),
        (a_host_family(), "90200029800015", False),
    ],
)
def test_an_employer_who_signed_in_files_for_themselves_alone(
    employer: Any, siret: str | None, is_theirs: bool
) -> None:
    request = a_request(Procedure.INTRODUCTION_PERMANENT, employer=employer)
    context = a_context(Role.EMPLOYER, vouched=Vouched(siret=siret))
    if is_theirs:
        assert file_request(FileRequest(request=request), context)
    else:
        with pytest.raises(Refused) as refused:
            file_request(FileRequest(request=request), context)
        assert refused.value.code == "employer_of_another"
    assert file_request(FileRequest(request=request), a_context(Role.EMPLOYER)), "where nobody vouches for anything"


def test_a_mandatary_files_for_others_by_their_mandate() -> None:
    request = a_request(Procedure.INTRODUCTION_PERMANENT, mandate=a_mandate())
    context = a_context(Role.MANDATARY, vouched=Vouched(siret="73282932000074"))
    assert file_request(FileRequest(request=request), context)


def test_nothing_is_vouched_for_of_any_other_role() -> None:
    who = Identified(provider="one", issuer="https://one.example", subject="u", name="X", siret="90200029800015")
    assert vouched(who, Role.EMPLOYER) == Vouched(siret="90200029800015")
    assert [vouched(who, role) for role in Role if role is not Role.EMPLOYER] == [None] * (len(Role) - 1)


# Cookies and forms of other sites


def test_cookies_over_https_cannot_be_set_by_anybody_else() -> None:
    cookies = Cookies("https://smoe.example")
    header = cookies.session("t" * 43).to_header(header="")
    parts = {part.strip().lower() for part in header.split(";")}
    assert header.startswith(f"__Host-smoe-session={'t' * 43}")
    assert parts - {f"__host-smoe-session={'t' * 43}"} == {"path=/", "secure", "httponly", "samesite=lax"}
    assert cookies.sign_in_name == "__Host-smoe-sign-in"
    headers = [(b"cookie", f"smoe-session={'u' * 43}".encode())]
    assert cookies.found(headers, cookies.session_name) is None, "one without the prefix may come from anywhere"


@pytest.mark.parametrize(
    ("headers", "forged"),
    [
        ({"x-csrf-token": "right"}, False),
        ({"x-csrf-token": "right", "origin": "https://smoe.example", "sec-fetch-site": "same-origin"}, False),
        ({}, True),
        ({"x-csrf-token": ""}, True),
        ({"x-csrf-token": "wrong"}, True),
        ({"x-csrf-token": "é"}, True),
        ({"x-csrf-token": "right", "origin": "https://smoe.example.evil"}, True),
        ({"x-csrf-token": "right", "origin": "http://smoe.example"}, True),
        ({"x-csrf-token": "right", "origin": "http://127.0.0.1:9", "host": "127.0.0.1:9"}, True),
        ({"x-csrf-token": "right", "sec-fetch-site": "same-site"}, True),
    ],
)
def test_what_comes_from_another_site_is_forged(headers: dict[str, str], forged: bool) -> None:
    assert is_forged(headers, "right", "https://smoe.example") is forged


def test_a_trial_is_found_by_any_name_of_this_machine() -> None:
    sent = {"x-csrf-token": "right", "origin": "http://localhost:8000", "host": "localhost:8000"}
    assert not is_forged(sent, "right", "http://127.0.0.1:8000")
    assert is_forged(sent | {"host": "evil.example:8000"}, "right", "http://127.0.0.1:8000")
    assert is_forged(sent | {"origin": "http://localhost:9"}, "right", "http://127.0.0.1:8000")
