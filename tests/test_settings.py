"""What a process accepts to be told, and what it refuses to start with."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.notes import COSIGNATURE, Verifier
from ledger.settings import ROOT, Settings
from ledger.settings_reader import RATE_LIMITS, SettingsError
from tests.time_stamping import Authority, pem

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
SIGNING_KEY = base64.b64encode(bytes(range(1, 33))).decode()
OTHER_SIGNING_KEY = base64.b64encode(bytes(range(2, 34))).decode()
SECRET_KEY = "Zk3vQ8xT1nB6yR0wL5sD9fH2jK7mP4cGAeUo"

WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
WITNESS = f"https://witness.example/w1/={Verifier('witness.example/w1', WITNESS_KEY, COSIGNATURE)}"
LOG_KEY = str(Verifier("log.example", WITNESS_KEY))


PROVIDER = """
[proconnect]
issuer = "https://auth.example"
client_id = "smoe"
client_secret = "a secret of the client, long enough"
signs_in = ["agents", "professionals"]
"""


def providers_file(folder: Path, text: str = PROVIDER) -> str:
    """A file of identity providers."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "providers.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def production(data_dir: Path, **changes: str) -> dict[str, str]:
    return {
        "SMOE_OIDC_PROVIDERS": providers_file(data_dir),
        "SMOE_PUBLIC_URL": "https://smoe.example",
        "SMOE_MODE": "production",
        "SMOE_DATA_DIR": str(data_dir),
        "DATABASE_URL": "postgresql://smoe_app:x@db/smoe",
        "REDIS_URL": "redis://cache",
        "SMOE_SECRET_KEY": SECRET_KEY,
        "SMOE_MASTER_KEY": MASTER_KEY,
        "SMOE_SIGNING_KEYS": SIGNING_KEY,
    } | changes


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environ)
    return refused.value.problems


def test_an_empty_environment_is_a_demonstration_on_this_machine(tmp_path: Path) -> None:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path / "data")})
    assert (settings.mode, settings.host, settings.port) == ("development", "127.0.0.1", 8000)
    assert (settings.local_sign_in, settings.demonstration) == (True, True)
    assert len(settings.master_key) == 32


def test_drawn_keys_are_kept_and_readable_by_this_account_only(tmp_path: Path) -> None:
    environ = {"SMOE_DATA_DIR": str(tmp_path / "data")}
    first, second = Settings.from_environment(environ), Settings.from_environment(environ)
    assert (first.secret_key, first.master_key) == (second.secret_key, second.master_key)
    assert stat.S_IMODE((tmp_path / "data" / "keys.json").stat().st_mode) == 0o600
    other = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path / "other")})
    assert other.master_key != first.master_key


def test_production_starts_when_everything_is_given(tmp_path: Path) -> None:
    settings = Settings.from_environment(production(tmp_path))
    assert (settings.local_sign_in, settings.demonstration) == (False, False)
    assert settings.owner_database_url == settings.database_url
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "REDIS_URL",
        "SMOE_SECRET_KEY",
        "SMOE_MASTER_KEY",
        "SMOE_SIGNING_KEYS",
        "SMOE_OIDC_PROVIDERS",
        "SMOE_PUBLIC_URL",
    ],
)
def test_production_names_the_setting_that_is_missing(tmp_path: Path, name: str) -> None:
    assert problems(production(tmp_path, **{name: ""})) == (f"{name} manque : il est obligatoire en production.",)


def test_production_tells_every_problem_at_once(tmp_path: Path) -> None:
    told = problems({"SMOE_MODE": "production", "SMOE_LOCAL_SIGN_IN": "on", "SMOE_DEMONSTRATION": "on", "PORT": "0"})
    assert [problem.split()[0] for problem in told] == [
        "PORT",
        "DATABASE_URL",
        "REDIS_URL",
        "SMOE_SECRET_KEY",
        "SMOE_MASTER_KEY",
        "SMOE_SIGNING_KEYS",
        "SMOE_OIDC_PROVIDERS",
        "SMOE_PUBLIC_URL",
        "SMOE_LOCAL_SIGN_IN",
        "SMOE_DEMONSTRATION",
    ]


def test_production_refuses_the_keys_of_a_trial(tmp_path: Path) -> None:
    Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path)})
    drawn = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path)})
    keys = {
        "SMOE_SECRET_KEY": drawn.secret_key,
        "SMOE_MASTER_KEY": base64.b64encode(drawn.master_key).decode(),
    }
    assert [problem.split()[0] for problem in problems(production(tmp_path, **keys))] == list(keys)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMOE_MODE", "prod"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "²"),
        ("SMOE_WORKERS", "0"),
        ("SMOE_WORKERS", "65"),
        ("SMOE_LOCAL_SIGN_IN", "peut-être"),
        ("SMOE_SECRET_KEY", SECRET_KEY[:31]),
        ("SMOE_SECRET_KEY", "changeme" * 6),
        ("SMOE_MASTER_KEY", "pas du base64 !"),
        ("SMOE_MASTER_KEY", base64.b64encode(bytes(range(31))).decode()),
        ("SMOE_MASTER_KEY", base64.b64encode(bytes(32)).decode()),
        ("SMOE_SIGNING_KEYS", "pas du base64 !"),
        ("SMOE_SIGNING_KEYS", base64.b64encode(bytes(range(31))).decode()),
        ("SMOE_SIGNING_KEYS", f"{SIGNING_KEY} {base64.b64encode(bytes(32)).decode()}"),
        ("SMOE_SIGNING_KEYS", f"{SIGNING_KEY} {SIGNING_KEY}"),
        ("DATABASE_URL", "n'importe quoi"),
        ("DATABASE_URL", " "),
        ("DATABASE_URL", "mysql://smoe:secret@db/smoe?x=1"),
        ("DATABASE_URL", "postgresql://db:65536/smoe"),
        ("DATABASE_URL", "postgresql://db:0/smoe"),
        ("DATABASE_URL", "postgresql://db:cinq/smoe"),
        ("SMOE_OWNER_DATABASE_URL", "http://db/smoe"),
        ("REDIS_URL", "n'importe quoi"),
        ("REDIS_URL", "http://cache"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://cache:65536"),
        ("REDIS_URL", "redis://cache:0"),
        ("REDIS_URL", "redis://[::1"),
        ("REDIS_URL", "unix://"),
        ("SMOE_TSA_URL", "tsa.example"),
        ("SMOE_TSA_URL", "ftp://tsa.example"),
        ("SMOE_TSA_URL", "http://"),
        ("SMOE_TSA_URL", "http://tsa.example:0"),
        ("SMOE_TSA_URL", "http://tsa.example/a b"),
        ("SMOE_TSA_URL", "http://tsa.example/é"),
        ("SMOE_TSA_ROOTS", "/nowhere/at/all.pem"),
        ("SMOE_TSA_ROOTS", __file__),
        ("SMOE_TSA_SECONDS_MIN", "0"),
        ("SMOE_TSA_SECONDS_MIN", "86401"),
        ("SMOE_WITNESSES", "https://witness.example"),
        ("SMOE_WITNESSES", WITNESS.partition("=")[2]),
        ("SMOE_WITNESSES", f"{WITNESS} {WITNESS}"),
        ("SMOE_WITNESSES", WITNESS.replace("https", "ftp")),
        ("SMOE_WITNESSES", WITNESS[:-2]),
        ("SMOE_WITNESSES", f"https://log.example={LOG_KEY}"),
        ("SMOE_CHECKPOINT_FOLDER", __file__),
        ("SMOE_CHECKPOINT_FOLDER", "/nowhere/at/all"),
        ("SMOE_CHECKPOINT_WEBHOOK", "mailto:someone@example.org"),
        ("SMOE_OIDC_PROVIDERS", "/nowhere/at/all.toml"),
        ("SMOE_OIDC_PROVIDERS", __file__),
        ("SMOE_PUBLIC_URL", "smoe.example"),
        ("SMOE_PUBLIC_URL", "http://smoe.example"),
        ("SMOE_PUBLIC_URL", "https://smoe.example/path"),
        ("SMOE_PUBLIC_URL", "https://smoe.example?x=1"),
        ("SMOE_PUBLIC_URL", "https://someone:secret@smoe.example"),
        ("SMOE_PUBLIC_URL", "https://[::1"),
        ("SMOE_SESSION_IDLE_SECONDS", "0"),
        ("SMOE_SESSION_IDLE_SECONDS", "86401"),
        ("SMOE_SESSION_SECONDS_MAX", "604801"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    told = problems({"SMOE_DATA_DIR": str(tmp_path), name: value})
    assert [problem.split()[0] for problem in told] == [name]


def test_several_keys_may_sign_and_a_trial_has_one_of_its_own(tmp_path: Path) -> None:
    given = Settings.from_environment(production(tmp_path, SMOE_SIGNING_KEYS=f"{SIGNING_KEY}  {OTHER_SIGNING_KEY}"))
    assert given.checkpoint_keys == (bytes(range(1, 33)), bytes(range(2, 34)))
    (drawn,) = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path)}).checkpoint_keys
    (again,) = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path)}).checkpoint_keys
    assert len(drawn) == 32
    assert drawn == again


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_outermost_ports_are_accepted(tmp_path: Path, port: str) -> None:
    assert Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "PORT": port}).port == int(port)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://smoe_app@first,second:65535/smoe?target_session_attrs=read-write"),
        ("DATABASE_URL", "postgresql://smoe_app@:5432/smoe?host=%2Frun%2Fpostgresql"),
        ("DATABASE_URL", "host=db dbname=smoe"),
        ("REDIS_URL", "redis://:secret@cache:65535/0"),
        ("REDIS_URL", "rediss://cache"),
        ("REDIS_URL", "unix:///run/valkey.sock?db=1"),
    ],
)
def test_every_form_of_address_is_accepted(tmp_path: Path, name: str, value: str) -> None:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), name: value})
    assert value in (settings.database_url, settings.redis_url)


def test_a_wrong_address_is_told_without_its_password(tmp_path: Path) -> None:
    changes = {
        "DATABASE_URL": "mysql://smoe:tres-secret@db/smoe?x=1",
        "SMOE_OWNER_DATABASE_URL": "tres-secret",
        "REDIS_URL": "http://:tres-secret@cache",
        "SMOE_TSA_URL": "https//:tres-secret@tsa.example",
        "SMOE_CHECKPOINT_WEBHOOK": "ftp://:tres-secret@hook.example",
    }
    told = problems(production(tmp_path, **changes))
    assert [problem.split()[0] for problem in told] == list(changes)
    assert "tres-secret" not in "".join(told)


def test_keys_and_passwords_stay_out_of_what_is_printed(tmp_path: Path) -> None:
    shown = repr(Settings.from_environment(production(tmp_path)))
    assert SECRET_KEY not in shown
    assert "smoe_app:x" not in shown


def test_bounds_of_readiness_are_numbers(tmp_path: Path) -> None:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "SMOE_LAG_SECONDS_MAX": "5"})
    assert (settings.lag_events_max, settings.lag_seconds_max, settings.appender_seconds_max) == (50_000, 5, 30)
    told = problems(
        {"SMOE_LAG_EVENTS_MAX": "10000001", "SMOE_LAG_SECONDS_MAX": "0", "SMOE_APPENDER_SECONDS_MAX": "30 s"}
    )
    assert told == (
        "SMOE_LAG_EVENTS_MAX vaut « 10000001 » : il faut un nombre entier de 1 à 10000000.",
        "SMOE_LAG_SECONDS_MAX vaut « 0 » : il faut un nombre entier de 1 à 86400.",
        "SMOE_APPENDER_SECONDS_MAX vaut « 30 s » : il faut un nombre entier de 1 à 86400.",
    )


def test_nothing_goes_outside_unless_it_is_asked_for(tmp_path: Path) -> None:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path)})
    assert (settings.tsa_url, settings.tsa_roots, settings.tsa_seconds_min, settings.witnesses) == (
        None,
        None,
        3600,
        (),
    )
    assert (settings.checkpoint_folder, settings.checkpoint_webhook) == (None, None)


def test_places_outside_are_named(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(pem(Authority().root))
    environ = {
        "SMOE_DATA_DIR": str(tmp_path),
        "SMOE_TSA_URL": "https://someone:secret@tsa.example:8443/rfc3161?x=1",
        "SMOE_TSA_ROOTS": str(roots),
        "SMOE_TSA_SECONDS_MIN": "86400",
        "SMOE_WITNESSES": WITNESS,
        "SMOE_CHECKPOINT_FOLDER": str(tmp_path),
        "SMOE_CHECKPOINT_WEBHOOK": "http://[::1]:8000/checkpoints",
    }
    settings = Settings.from_environment(environ)
    assert (settings.tsa_url, settings.tsa_roots) == (environ["SMOE_TSA_URL"], roots)
    assert (settings.tsa_seconds_min, settings.witnesses) == (86_400, (WITNESS,))
    assert (settings.checkpoint_folder, settings.checkpoint_webhook) == (tmp_path, environ["SMOE_CHECKPOINT_WEBHOOK"])


def test_several_witnesses_are_given_apart(tmp_path: Path) -> None:
    other = f"http://127.0.0.1:9/w={Verifier('other.example', WITNESS_KEY, COSIGNATURE)}"
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "SMOE_WITNESSES": f" {WITNESS}  \n{other} "})
    assert settings.witnesses == (WITNESS, other)


def test_providers_are_read_with_proconnect_s_conventions(tmp_path: Path) -> None:
    settings = Settings.from_environment(production(tmp_path, SMOE_PUBLIC_URL="https://smoe.example/"))
    (provider,) = settings.providers
    assert (provider.name, provider.title, provider.issuer) == ("proconnect", "proconnect", "https://auth.example")
    assert provider.signs_in == {"agents", "professionals"}
    assert provider.algorithms == ("RS256", "ES256", "PS256", "EdDSA")
    assert (provider.claims.subject, provider.claims.family_name) == ("sub", "usual_name")
    assert provider.audience is None
    assert (settings.origin, settings.session_idle_seconds, settings.session_seconds_max) == (
        "https://smoe.example",
        1_800,
        43_200,
    )
    assert "long enough" not in repr(settings) + repr(provider)


def test_a_provider_s_secret_may_stand_in_the_environment(tmp_path: Path) -> None:
    text = PROVIDER.replace("client_secret =", "client_secret_env = 'THE_SECRET' #")
    given = production(tmp_path / "a", THE_SECRET="another secret of the client") | {
        "SMOE_OIDC_PROVIDERS": providers_file(tmp_path, text)
    }
    assert Settings.from_environment(given).providers[0].client_secret == "another secret of the client"
    assert problems(given | {"THE_SECRET": ""}) == (
        "SMOE_OIDC_PROVIDERS : [proconnect] client_secret_env nomme THE_SECRET, qui manque dans l'environnement.",
    )


def test_a_trial_may_have_a_provider_on_this_machine_and_production_not(tmp_path: Path) -> None:
    path = providers_file(tmp_path, PROVIDER.replace("https://auth.example", "http://127.0.0.1:9/oidc"))
    trial = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "SMOE_OIDC_PROVIDERS": path})
    assert trial.providers[0].issuer == "http://127.0.0.1:9/oidc"
    told = problems(production(tmp_path / "p") | {"SMOE_OIDC_PROVIDERS": path})
    assert len(told) == 1
    assert "issuer" in told[0]


@pytest.mark.parametrize(
    ("told", "change"),
    [
        ("issuer manque", ('issuer = "https://auth.example"', "")),
        ("issuer n'est pas un texte", ('"https://auth.example"', "5")),
        ("issuer n'est pas une adresse", ("https://auth.example", "http://auth.example")),
        ("issuer n'est pas une adresse", ("https://auth.example", "https://auth.example?tenant=1")),
        ("client_id manque", ('client_id = "smoe"', 'client_id = ""')),
        ("client_secret manque", ('client_secret = "a secret of the client, long enough"', "")),
        ("trop court", ("a secret of the client, long enough", "tres-secret")),
        ("signs_in est vide", ('["agents", "professionals"]', "[]")),
        ("signs_in contient « robots »", ('"professionals"', '"robots"')),
        ("signs_in n'est pas une liste", ('["agents", "professionals"]', '"agents"')),
        ("audience manque", ('"professionals"', '"partners"')),
        ("audience est le client_id", ("signs_in", 'audience = "smoe"\nsigns_in')),
        ("scopes ne contient pas openid", ("signs_in", 'scopes = ["siret"]\nsigns_in')),
        ("algorithms contient « none »", ("signs_in", 'algorithms = ["RS256", "none"]\nsigns_in')),
        ("algorithms contient « HS256 »", ("signs_in", 'algorithms = ["HS256"]\nsigns_in')),
        ("algorithms est vide", ("signs_in", "algorithms = []\nsigns_in")),
        ("client_authentication vaut « none »", ("signs_in", 'client_authentication = "none"\nsigns_in')),
        ("claims.mail n'est pas connu", ("signs_in", 'claims = { mail = "email" }\nsigns_in')),
        ("claims.subject n'est pas le nom", ("signs_in", "claims = { subject = 5 }\nsigns_in")),
        ("keys_seconds n'est pas un nombre", ("signs_in", "keys_seconds = 0\nsigns_in")),
        ("outage_seconds n'est pas un nombre", ("signs_in", "outage_seconds = 86401\nsigns_in")),
        ("colour n'est pas un réglage connu", ("signs_in", 'colour = "blue"\nsigns_in')),
        ("ne peut pas nommer un fournisseur", ("[proconnect]", "[callback]")),
        ("ne peut pas nommer un fournisseur", ("[proconnect]", "[Pro_Connect]")),
        ("Deux fournisseurs ont l'émetteur", ("[proconnect]", PROVIDER + "[twin]")),
    ],
)
def test_a_provider_that_cannot_be_is_told_by_what_is_wrong(tmp_path: Path, told: str, change: tuple[str, str]) -> None:
    text = PROVIDER.replace(*change, 1)
    assert text != PROVIDER
    found = problems(production(tmp_path / "p") | {"SMOE_OIDC_PROVIDERS": providers_file(tmp_path, text)})
    assert len(found) == 1
    assert found[0].startswith("SMOE_OIDC_PROVIDERS : ")
    assert told in found[0]
    assert "secret of the client" not in found[0]
    assert "tres-secret" not in found[0]


def test_everything_wrong_with_providers_is_told_at_once(tmp_path: Path) -> None:
    text = '[one]\nissuer = "ftp://x"\n[two]\nclient_id = "x"\ncolour = "blue"\n'
    told = problems({"SMOE_DATA_DIR": str(tmp_path), "SMOE_OIDC_PROVIDERS": providers_file(tmp_path, text)})
    assert len([each for each in told if "[one]" in each]) == 4
    assert len([each for each in told if "[two]" in each]) == 4


def test_limits_are_the_usual_ones_but_where_they_are_told_otherwise(tmp_path: Path) -> None:
    def limits(text: str) -> dict[str, tuple[int, int]]:
        return Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "SMOE_RATE_LIMITS": text}).rate_limits

    assert limits("") == RATE_LIMITS
    assert limits("commands=5/10  feeds=3") == {**RATE_LIMITS, "commands": (5, 10), "feeds": (3, 0)}
    assert limits("off") == limits("0") == {}


@pytest.mark.parametrize(
    "text",
    ["commands", "commands=0/60", "commands=5", "commands=5/0", "unknown=5/60", "feeds=5/60", "on", "reads=-1/60"],
)
def test_a_limit_that_cannot_be(tmp_path: Path, text: str) -> None:
    (problem,) = problems({"SMOE_DATA_DIR": str(tmp_path), "SMOE_RATE_LIMITS": text})
    assert problem.startswith(f"SMOE_RATE_LIMITS : « {text} »")


def test_nobody_is_a_trusted_proxy_unless_named(tmp_path: Path) -> None:
    environ = {"SMOE_DATA_DIR": str(tmp_path)}
    assert Settings.from_environment(environ).trusted_proxies == ()
    assert Settings.from_environment(environ).proxy_header == "x-forwarded-for"
    named = Settings.from_environment({**environ, "SMOE_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32 192.0.2.1"})
    assert named.trusted_proxies == ("10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32")
    (problem,) = problems({**environ, "SMOE_TRUSTED_PROXIES": "10.0.0.1/8"})
    assert problem.startswith("SMOE_TRUSTED_PROXIES : « 10.0.0.1/8 »")
    (problem,) = problems({**environ, "SMOE_PROXY_HEADER": "x-real-ip"})
    assert problem.startswith("SMOE_PROXY_HEADER vaut « x-real-ip »")


class Noting(dict[str, str]):
    """An environment that knows what it was asked for."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, name: str, default: object = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def test_every_setting_is_told_in_the_page_on_operations(tmp_path: Path) -> None:
    environ = Noting({"SMOE_DATA_DIR": str(tmp_path / "data")})
    Settings.from_environment(environ)
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert len(environ.asked) > 30
    assert [name for name in sorted(environ.asked) if f"`{name}`" not in told and not name.startswith("OTEL_")] == []


@pytest.mark.parametrize(
    "url", ["", "tcp://clamav:3310", "tcp://clamav", "tcp://[::1]:3310", "unix:///run/clamav/clamd.ctl"]
)
def test_a_virus_scanner_is_named_by_its_address(tmp_path: Path, url: str) -> None:
    assert Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "SMOE_CLAMAV": url}).clamav == url


@pytest.mark.parametrize(
    "url",
    ["clamav:3310", "http://clamav", "tcp://", "tcp://clamav:x", "tcp://clamav:0", "unix://run/clamd", "unix:clamd"],
)
def test_what_is_no_address_of_a_scanner_is_refused(tmp_path: Path, url: str) -> None:
    (problem,) = problems({"SMOE_DATA_DIR": str(tmp_path), "SMOE_CLAMAV": url})
    assert problem.startswith("SMOE_CLAMAV")
