"""What a process accepts to be told, and what it refuses to start with."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.notes import COSIGNATURE, Verifier
from ledger.settings import RATE_LIMITS, Settings, SettingsError
from tests.time_stamping import Authority, pem

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
SIGNING_KEY = base64.b64encode(bytes(range(1, 33))).decode()
OTHER_SIGNING_KEY = base64.b64encode(bytes(range(2, 34))).decode()
SECRET_KEY = "Zk3vQ8xT1nB6yR0wL5sD9fH2jK7mP4cGAeUo"

WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
WITNESS = f"https://witness.example/w1/={Verifier('witness.example/w1', WITNESS_KEY, COSIGNATURE)}"
LOG_KEY = str(Verifier("log.example", WITNESS_KEY))


def production(data_dir: Path, **changes: str) -> dict[str, str]:
    return {
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
    "name", ["DATABASE_URL", "REDIS_URL", "SMOE_SECRET_KEY", "SMOE_MASTER_KEY", "SMOE_SIGNING_KEYS"]
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
