"""What a process is told from outside: read once from the environment, checked as a whole, never read again."""

import base64
import binascii
import hmac
import importlib.util
import ipaddress
import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from ledger.identity_providers import IdentityProvider, is_safe_address, read_providers
from ledger.master_key_source import SourceFailed, command_of, text_of_file, unwrapped_by_program

ROOT: Final = Path(__file__).resolve().parent.parent
YES: Final = frozenset({"1", "true", "yes", "on", "oui"})
NO: Final = frozenset({"0", "false", "no", "off", "non"})
MASTER_KEY_BYTES: Final = 32
SIGNING_KEY_BYTES: Final = 32
FORMER_KEY: Final = re.compile(r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")
"""Name, number, key: its 33 bytes in base64 need no padding."""
PORT_MAX: Final = 65_535
SECRET_KEY_CHARACTERS_MIN: Final = 32
LAG_EVENTS_MAX: Final = 10_000_000
"""More would be counted at each question for seconds."""
DAY_SECONDS: Final = 86_400
SIGN_IN: Final = ("SMOE_OIDC_PROVIDERS", "SMOE_PUBLIC_URL")
"""Without these nobody could sign in."""
OTLP_PROTOCOL: Final = "http/protobuf"
RATE_LIMITS: Final = {
    "checks": (30, 60),
    "sign_ins": (120, 60),
    "commands": (600, 60),
    "reads": (1_200, 60),
    "exports": (60, 60),
    "anonymous": (600, 60),
    "feeds": (20, 0),
}
"""Requests in so many seconds for one caller, by what they cost; of feeds, how many are open at once.

Far above what a person at work or a dashboard asks; `anonymous` and `sign_ins` are those of a whole office whose
machines share one address.
"""
RATE_MAX: Final = 1_000_000
_RATE: Final = re.compile(r"([a-z_]+)=(\d{1,7})(?:/(\d{1,5}))?")
PROXY_HEADERS: Final = ("x-forwarded-for", "forwarded")


SECRETS: Final = {
    "check": b"smoe-check-key-1",
    "access": b"smoe-access-key-1",
    "signing": b"smoe-signing-key-1",
}
"""What is made of the first master key of a database and outlives it, each under a label of its own."""


def derived(master_key: bytes, name: str) -> bytes:
    """The first value of one of SECRETS."""
    return hmac.digest(master_key, SECRETS[name], "sha256")


class SettingsError(Exception):
    """Every setting that is missing or wrong, told at once so that one correction is enough."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration of a process; empty addresses mean servers that `smoe run` brings itself."""

    mode: Literal["development", "production"]
    database_url: str
    owner_database_url: str
    redis_url: str
    host: str
    port: int
    workers: int
    projection_workers: int = 1
    data_dir: Path
    secret_key: str
    master_key: bytes
    other_master_keys: tuple[bytes, ...] = ()
    """Master keys that wrap nothing new, and still open what they have wrapped: the last one, or the next."""
    kms_command: tuple[str, ...] = ()
    """The program that unwraps master keys, where they are given wrapped."""
    secrets: dict[str, bytes] = {}
    """What the database keeps of SECRETS; what is lacking is made of the master key."""
    local_sign_in: bool
    demonstration: bool
    code_version: str
    lag_events_max: int = 50_000
    """Facts that a read model may be late before the service calls itself unready."""
    lag_seconds_max: int = 60
    appender_seconds_max: int = 30
    """How long a transaction may append, holding readers back, before it is called stuck."""
    signing_keys: tuple[bytes, ...] = ()
    """Ed25519 seeds that sign checkpoints: today's, then those that still sign beside it; none outside production."""
    former_keys: tuple[str, ...] = ()
    """Public parts of keys that sign no more, as C2SP writes them: what they signed is still the log's."""
    otlp: bool = False
    """Whether spans and figures are sent to a collector; where and how is read from the environment by the exporter."""
    tsa_url: str | None = None
    """Where checkpoints are time-stamped."""
    tsa_roots: Path | None = None
    """The certificates, in PEM, that a time-stamp must go up to."""
    tsa_seconds_min: int = 3_600
    """From one time-stamp to the next; the last checkpoint of a day does not wait."""
    witnesses: tuple[str, ...] = ()
    """Who cosigns checkpoints, each `url=verifier-key`."""
    checkpoint_folder: Path | None = None
    checkpoint_webhook: str | None = None
    providers: tuple[IdentityProvider, ...] = ()
    """Who signs people and partners in."""
    public_url: str = ""
    """Where browsers find smoe: origin alone, which providers send them back to."""
    session_idle_seconds: int = 1_800
    session_seconds_max: int = 43_200
    rate_limits: dict[str, tuple[int, int]] = {}
    """By class, as in RATE_LIMITS; empty when nothing is limited."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose word on where a request comes from is taken."""
    proxy_header: str = PROXY_HEADERS[0]
    """In which of the two headers they say it; the other may be anybody's."""

    def __repr__(self) -> str:
        """Keep keys and passwords out of logs and tracebacks."""
        return f"Settings(mode={self.mode!r}, data_dir={str(self.data_dir)!r})"

    @property
    def check_key(self) -> bytes:
        """Keys the fingerprints of dates of birth that the public check compares."""
        return self._secret("check")

    @property
    def checkpoint_keys(self) -> tuple[bytes, ...]:
        """The seeds of the keys that sign checkpoints; a trial's is made of its first master key."""
        return self.signing_keys or (self._secret("signing"),)

    @property
    def access_key(self) -> bytes:
        """Keys the digests of what was searched for, which is all that the access log keeps of it."""
        return self._secret("access")

    def _secret(self, name: str) -> bytes:
        return self.secrets.get(name) or derived(self.master_key, name)

    @property
    def session_key(self) -> bytes:
        """Seals what sessions hold, and keys what they are found by."""
        return hmac.digest(self.secret_key.encode(), b"smoe-session-key-1", "sha256")

    @property
    def origin(self) -> str:
        """Where browsers find smoe, `SMOE_PUBLIC_URL` or this machine."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def limit_key(self) -> bytes:
        """Keys the digests under which callers are counted outside the process."""
        return hmac.digest(self.secret_key.encode(), b"smoe-limit-key-1", "sha256")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check everything; in development missing keys are drawn once and kept in the data folder.

        Raises SettingsError with every problem found.
        """
        reader = _Reader(environ)
        production = reader.choice("SMOE_MODE", ("development", "production")) == "production"
        data_dir = Path(environ.get("SMOE_DATA_DIR") or ".smoe").absolute()
        database_url = reader.postgres_address("DATABASE_URL")
        owner_database_url = reader.postgres_address("SMOE_OWNER_DATABASE_URL")
        redis_url = reader.redis_address("REDIS_URL")
        port = reader.number("PORT", 8000, PORT_MAX)
        workers = reader.number("SMOE_WORKERS", 1, 64)
        projection_workers = reader.number("SMOE_PROJECTION_WORKERS", os.cpu_count() or 1, 64)
        local_sign_in = reader.switch("SMOE_LOCAL_SIGN_IN", default=not production)
        demonstration = reader.switch("SMOE_DEMONSTRATION", default=not production)
        secret_key = reader.secret_key("SMOE_SECRET_KEY")
        kms_command = reader.command("SMOE_KMS_COMMAND")
        master_key = reader.master_key("SMOE_MASTER_KEY", "SMOE_MASTER_KEY_FILE", kms_command)
        other_master_keys = reader.master_keys("SMOE_OTHER_MASTER_KEYS", "SMOE_OTHER_MASTER_KEY_FILES", kms_command)
        signing_keys = reader.signing_keys("SMOE_SIGNING_KEYS")
        former_keys = reader.former_keys("SMOE_FORMER_KEYS")
        lag_events_max = reader.number("SMOE_LAG_EVENTS_MAX", 50_000, LAG_EVENTS_MAX)
        lag_seconds_max = reader.number("SMOE_LAG_SECONDS_MAX", 60, DAY_SECONDS)
        appender_seconds_max = reader.number("SMOE_APPENDER_SECONDS_MAX", 30, DAY_SECONDS)
        otlp = reader.otlp()
        tsa_url = reader.web_address("SMOE_TSA_URL")
        tsa_roots = reader.certificates("SMOE_TSA_ROOTS")
        tsa_seconds_min = reader.number("SMOE_TSA_SECONDS_MIN", 3_600, DAY_SECONDS)
        witnesses = reader.witnesses("SMOE_WITNESSES")
        checkpoint_folder = reader.folder("SMOE_CHECKPOINT_FOLDER")
        checkpoint_webhook = reader.web_address("SMOE_CHECKPOINT_WEBHOOK")
        providers = reader.providers("SMOE_OIDC_PROVIDERS", development=not production)
        public_url = reader.origin("SMOE_PUBLIC_URL", development=not production)
        session_idle_seconds = reader.number("SMOE_SESSION_IDLE_SECONDS", 1_800, DAY_SECONDS)
        session_seconds_max = reader.number("SMOE_SESSION_SECONDS_MAX", 43_200, 7 * DAY_SECONDS)
        rate_limits = reader.rate_limits("SMOE_RATE_LIMITS")
        trusted_proxies = reader.networks("SMOE_TRUSTED_PROXIES")
        proxy_header = reader.choice("SMOE_PROXY_HEADER", PROXY_HEADERS)
        if production:
            reader.production(
                local_sign_in=local_sign_in, demonstration=demonstration, data_dir=data_dir, master_key=master_key
            )
        elif not reader.problems and (not secret_key or not master_key):
            drawn_secret, drawn_master = _development_keys(data_dir)
            secret_key, master_key = secret_key or drawn_secret, master_key or drawn_master
        if reader.problems:
            raise SettingsError(tuple(reader.problems))
        return cls(
            mode="production" if production else "development",
            database_url=database_url,
            owner_database_url=owner_database_url or database_url,
            redis_url=redis_url,
            host=environ.get("SMOE_HOST") or "127.0.0.1",
            port=port,
            workers=workers,
            projection_workers=projection_workers,
            data_dir=data_dir,
            secret_key=secret_key,
            master_key=master_key,
            other_master_keys=other_master_keys,
            kms_command=kms_command,
            local_sign_in=local_sign_in,
            demonstration=demonstration,
            code_version=environ.get("SMOE_CODE_VERSION") or _code_version(),
            lag_events_max=lag_events_max,
            lag_seconds_max=lag_seconds_max,
            appender_seconds_max=appender_seconds_max,
            signing_keys=signing_keys,
            former_keys=former_keys,
            otlp=otlp,
            tsa_url=tsa_url,
            tsa_roots=tsa_roots,
            tsa_seconds_min=tsa_seconds_min,
            witnesses=witnesses,
            checkpoint_folder=checkpoint_folder,
            checkpoint_webhook=checkpoint_webhook,
            providers=providers,
            public_url=public_url,
            session_idle_seconds=session_idle_seconds,
            session_seconds_max=session_seconds_max,
            rate_limits=rate_limits,
            trusted_proxies=trusted_proxies,
            proxy_header=proxy_header,
        )


class _Reader:
    """Reads single settings and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def choice(self, name: str, values: tuple[str, ...]) -> str:
        value = self.environ.get(name) or values[0]
        if value not in values:
            self.problems.append(f"{name} vaut « {value} » : il faut {' ou '.join(values)}.")
        return value

    def number(self, name: str, default: int, greatest: int) -> int:
        text = self.environ.get(name) or str(default)
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= greatest:
            self.problems.append(f"{name} vaut « {text} » : il faut un nombre entier de 1 à {greatest}.")
            return default
        return int(text)

    def switch(self, name: str, *, default: bool) -> bool:
        text = (self.environ.get(name) or ("on" if default else "off")).lower()
        if text not in YES | NO:
            self.problems.append(f"{name} vaut « {text} » : il faut on ou off.")
        return text in YES

    def otlp(self) -> bool:
        """Whether a collector is named; what its exporter cannot do is told here, not in the middle of the work."""
        name = "OTEL_EXPORTER_OTLP_ENDPOINT"
        wanted = bool(self.environ.get(name)) and self.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"
        if wanted and (protocol := self.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or OTLP_PROTOCOL) != OTLP_PROTOCOL:
            self.problems.append(f"OTEL_EXPORTER_OTLP_PROTOCOL vaut « {protocol} » : il faut {OTLP_PROTOCOL}.")
        if wanted and not _is_installed("opentelemetry.exporter.otlp.proto.http"):
            self.problems.append(f"{name} est donné, mais OpenTelemetry n'est pas installé : ajoutez l'extra « otel ».")
        if wanted and self.environ.get("OTEL_METRIC_EXPORT_INTERVAL"):
            self.number("OTEL_METRIC_EXPORT_INTERVAL", 60_000, DAY_SECONDS * 1_000)
        return wanted

    def postgres_address(self, name: str) -> str:
        value = self.environ.get(name, "")
        if value and not _is_postgres_address(value):
            # Addresses hold passwords: they are not repeated.
            self.problems.append(
                f"{name} n'est pas l'adresse d'une base PostgreSQL : il faut postgresql://compte:mot-de-passe@hôte/base."
            )
        return value

    def redis_address(self, name: str) -> str:
        value = self.environ.get(name, "")
        if value and not _is_redis_address(value):
            self.problems.append(
                f"{name} n'est pas l'adresse d'un serveur Valkey ou Redis : il faut redis://hôte:port/0,"
                " rediss://hôte:port/0 ou unix:///chemin."
            )
        return value

    def rate_limits(self, name: str) -> dict[str, tuple[int, int]]:
        """The usual limits with those that are told otherwise; none at all where the word is off."""
        text = self.environ.get(name, "").strip()
        if text.lower() in NO:
            return {}
        limits = dict(RATE_LIMITS)
        for part in text.split():
            found = _RATE.fullmatch(part)
            seconds = int(found[3] or 0) if found else 0
            has_window = found is not None and RATE_LIMITS.get(found[1], (0, 0))[1] > 0
            if (
                found is None
                or found[1] not in limits
                or not 1 <= int(found[2]) <= RATE_MAX
                or has_window != (seconds > 0)
            ):
                self.problems.append(
                    f"{name} : « {part} » est mal écrit : il faut off, ou des limites telles que commands=600/60"
                    f" (requêtes/secondes) et feeds=20, parmi {', '.join(RATE_LIMITS)}."
                )
            else:
                limits[found[1]] = (int(found[2]), seconds)
        return limits

    def networks(self, name: str) -> tuple[str, ...]:
        found = []
        for text in self.environ.get(name, "").replace(",", " ").split():
            try:
                found.append(str(ipaddress.ip_network(text)))
            except ValueError:
                self.problems.append(f"{name} : « {text} » n'est pas un réseau : il faut 10.0.0.0/8 ou 2001:db8::/32.")
        return tuple(found)

    def web_address(self, name: str) -> str | None:
        value = self.environ.get(name) or None
        if value and not _is_web_address(value):
            # It may hold a password: it is not repeated.
            self.problems.append(f"{name} n'est pas une adresse : il faut https://hôte/chemin ou http://hôte/chemin.")
        return value

    def providers(self, name: str, *, development: bool) -> tuple[IdentityProvider, ...]:
        path = self.path_named(name)
        if path is None:
            return ()
        found, problems = read_providers(path, self.environ, development=development)
        self.problems += [f"{name} : {problem}" for problem in problems]
        return found

    def origin(self, name: str, *, development: bool) -> str:
        value = self.environ.get(name, "").removesuffix("/")
        if value and (not is_safe_address(value, development=development) or "?" in value or urlsplit(value).path):
            self.problems.append(
                f"{name} n'est pas l'adresse publique du service : il faut https://hôte, sans chemin"
                " (http seulement en essai, sur cette machine)."
            )
        return value

    def certificates(self, name: str) -> Path | None:
        path = self.path_named(name)
        if path is not None and not _holds_certificates(path):
            self.problems.append(f"{name} : {path} n'est pas un fichier lisible de certificats au format PEM.")
        return path

    def folder(self, name: str) -> Path | None:
        path = self.path_named(name)
        if path is not None and not (path.is_dir() and os.access(path, os.W_OK | os.X_OK)):
            self.problems.append(f"{name} : {path} n'est pas un dossier modifiable par ce compte.")
        return path

    def path_named(self, name: str) -> Path | None:
        return Path(text).absolute() if (text := self.environ.get(name)) else None

    def former_keys(self, name: str) -> tuple[str, ...]:
        texts = tuple(self.environ.get(name, "").split())
        for number, text in enumerate(texts, 1):
            if FORMER_KEY.fullmatch(text) is None:
                self.problems.append(
                    f"{name} : la clé n° {number} est mal écrite : il faut nom+numéro+clé, telle que"
                    " /api/ledger/keys la donnait."
                )
        return texts

    def witnesses(self, name: str) -> tuple[str, ...]:
        """Pairs of an address and of a key, apart from each other by spaces; no two of one name."""
        pairs = tuple(self.environ.get(name, "").split())
        names = [_witness_name(pair) for pair in pairs]
        for number, (found, pair) in enumerate(zip(names, pairs, strict=True), 1):
            if found is None or not _is_web_address(pair.partition("=")[0]):
                self.problems.append(
                    f"{name} : le témoin n° {number} est mal écrit : il faut https://hôte/chemin=nom+numéro+clé,"
                    " avec la clé de cosignature que le témoin publie."
                )
            elif found in names[: number - 1]:
                self.problems.append(f"{name} : le témoin « {found} » est donné deux fois.")
        return pairs

    def secret_key(self, name: str) -> str:
        value = self.environ.get(name, "")
        if value and (len(value) < SECRET_KEY_CHARACTERS_MIN or _is_worn(value.encode())):
            self.problems.append(
                f"{name} est trop courte ou trop simple : il faut au moins {SECRET_KEY_CHARACTERS_MIN} caractères tirés"
                " au hasard (openssl rand -base64 48)."
            )
        return value

    def command(self, name: str) -> tuple[str, ...]:
        try:
            return command_of(self.environ.get(name, ""))
        except SourceFailed as failure:
            self.problems.append(f"{name} : {failure}.")
            return ()

    def master_key(self, name: str, file_name: str, program: tuple[str, ...]) -> bytes:
        """One key from its variable, or from the file that another variable names; empty where neither is given."""
        text, path = self.environ.get(name, ""), self.path_named(file_name)
        if text and path:
            self.problems.append(f"{name} et {file_name} donnent la même clé de deux façons : il en faut une.")
        elif path:
            return self._master_key_of_file(file_name, path, program)
        return self._master_key(name, text, program) if text else b""

    def master_keys(self, name: str, file_name: str, program: tuple[str, ...]) -> tuple[bytes, ...]:
        """Other keys, from texts and from files, each apart from the next by a space."""
        of_texts = [self._master_key(name, text, program) for text in self.environ.get(name, "").split()]
        paths = [Path(text).absolute() for text in self.environ.get(file_name, "").split()]
        return (*of_texts, *(self._master_key_of_file(file_name, path, program) for path in paths))

    def _master_key_of_file(self, name: str, path: Path, program: tuple[str, ...]) -> bytes:
        try:
            text = text_of_file(path)
        except SourceFailed as failure:
            self.problems.append(f"{name} : {failure}.")
            return b""
        return self._master_key(name, text, program)

    def _master_key(self, name: str, text: str, program: tuple[str, ...]) -> bytes:
        if program:
            try:
                text = unwrapped_by_program(program, text)
            except SourceFailed as failure:
                self.problems.append(f"{name}, par SMOE_KMS_COMMAND : {failure}.")
                return b""
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != MASTER_KEY_BYTES or _is_worn(key):
            self.problems.append(
                f"{name} n'est pas une clé : il faut {MASTER_KEY_BYTES} octets tirés au hasard, en base64"
                f" (openssl rand -base64 {MASTER_KEY_BYTES})."
            )
        return key

    def signing_keys(self, name: str) -> tuple[bytes, ...]:
        found = []
        for text in self.environ.get(name, "").split():
            try:
                key = base64.b64decode(text, validate=True)
            except binascii.Error:
                key = b""
            if len(key) != SIGNING_KEY_BYTES or _is_worn(key):
                self.problems.append(
                    f"{name} n'est pas une suite de clés : il faut, séparées par des espaces, des clés de"
                    f" {SIGNING_KEY_BYTES} octets tirés au hasard, en base64"
                    f" (openssl rand -base64 {SIGNING_KEY_BYTES})."
                )
                return ()
            found.append(key)
        if len(set(found)) < len(found):
            self.problems.append(f"{name} donne deux fois la même clé.")
        return tuple(found)

    def production(self, *, local_sign_in: bool, demonstration: bool, data_dir: Path, master_key: bytes) -> None:
        """Refuse in production whatever is made for trials: invented identities, invented cases, drawn keys."""
        needed = ("DATABASE_URL", "REDIS_URL", "SMOE_SECRET_KEY", "SMOE_MASTER_KEY", "SMOE_SIGNING_KEYS", *SIGN_IN)
        for name in needed:
            if not self.environ.get(name) and not (name == "SMOE_MASTER_KEY" and self.environ.get(f"{name}_FILE")):
                self.problems.append(f"{name} manque : il est obligatoire en production.")
        if local_sign_in:
            self.problems.append("SMOE_LOCAL_SIGN_IN est activé : la connexion locale est interdite en production.")
        if demonstration:
            self.problems.append("SMOE_DEMONSTRATION est activé : les données inventées sont interdites en production.")
        trial = _stored_keys(data_dir / "keys.json")
        given = {"secret_key": self.environ.get("SMOE_SECRET_KEY"), "master_key": base64.b64encode(master_key).decode()}
        for name, key in (("SMOE_SECRET_KEY", "secret_key"), ("SMOE_MASTER_KEY", "master_key")):
            if trial and given[key] == trial[key]:
                self.problems.append(f"{name} est la clé d'essai de {data_dir} : tirez-en une autre.")


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _is_postgres_address(text: str) -> bool:
    """Judge as PostgreSQL's own library does, which leaves ports to the moment of connecting."""
    # Imported here, so that `smoe --help` is instant.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(text)
    except ProgrammingError:
        return False
    ports = str(parts.get("port") or "").split(",")
    return bool(parts) and all(not port or _is_port(port) for port in ports)


def _is_redis_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "unix":
        return bool(parts.path)
    return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and port != 0


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    is_plain = all("!" <= each <= "~" for each in text)
    return is_plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


def _holds_certificates(path: Path) -> bool:
    # Imported here, so that `smoe --help` is instant.
    from cryptography import x509

    try:
        return bool(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        return False


def _witness_name(pair: str) -> str | None:
    # Imported here, so that `smoe --help` is instant.
    from ledger.proofs.notes import NoteInvalid
    from ledger.proofs.witnesses import Witness

    try:
        return Witness.of(pair).verifier.name
    except NoteInvalid:
        return None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= PORT_MAX


def _is_worn(key: bytes) -> bool:
    """Tell a typed or repeated key (`changeme…`, all zeros) from a drawn one by how few distinct bytes it has."""
    return len(set(key)) < 12


def _development_keys(data_dir: Path) -> tuple[str, bytes]:
    """Draw the keys of a trial installation once, readable by this account only, and read them ever after."""
    path = data_dir / "keys.json"
    make_private(data_dir)
    if not path.exists():
        drawn = {
            "secret_key": secrets.token_urlsafe(48),
            "master_key": base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode(),
        }
        draft = data_dir / f"keys.{os.getpid()}.json"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(drawn, file)
        try:
            # A link never replaces: of two first starts at once, both use the keys of the faster one.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    keys = _stored_keys(path)
    return keys["secret_key"], base64.b64decode(keys["master_key"])


def _stored_keys(path: Path) -> dict[str, str]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if os.access(path, os.R_OK) else {}


def make_private(folder: Path) -> None:
    """Create a data folder closed to others; root leaves passage to the account that PostgreSQL runs under."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise SettingsError((f"SMOE_DATA_DIR : {folder} ne peut pas être créé ({error.strerror}).",)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError((f"SMOE_DATA_DIR : {folder} n'est pas modifiable par ce compte.",))


def _code_version() -> str:
    """Name the code that writes events: the project's version and, in a checkout, the commit."""
    version = str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
    commit = _commit(ROOT / ".git")
    return f"{version}+{commit[:12]}" if commit else version


def _commit(git: Path) -> str:
    """Read the commit without git, which `make run` does not ask for."""
    if not (git / "HEAD").is_file():
        return ""
    head = (git / "HEAD").read_text().strip()
    if not head.startswith("ref: "):
        return head
    reference = head.removeprefix("ref: ")
    if (git / reference).is_file():
        return (git / reference).read_text().strip()
    packed = git / "packed-refs"
    lines = packed.read_text().splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {reference}")), "")
