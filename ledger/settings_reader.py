"""Reads single settings, and gathers in French what is wrong with them."""

import base64
import binascii
import importlib.util
import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ledger.identity_providers import IdentityProvider, is_safe_address, read_providers
from ledger.master_key_source import SourceFailed, command_of, text_of_file, unwrapped_by_program

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
OTLP_PROTOCOL: Final = "http/protobuf"
SIGN_IN: Final = ("SMOE_OIDC_PROVIDERS", "SMOE_PUBLIC_URL")
"""Without these nobody could sign in."""
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
STORES: Final = ("file", "s3", "s3a", "gs", "az", "azure", "abfs", "https", "memory")
"""How addresses of stores of files begin."""
TOKEN_MAX: Final = 200
TOKEN: Final = re.compile(rf"[!-~]{{0,{TOKEN_MAX}}}")
PROXY_HEADERS: Final = ("x-forwarded-for", "forwarded")


class SettingsError(Exception):
    """Every setting that is missing or wrong, told at once so that one correction is enough."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Reader:
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

    def store(self, name: str) -> str:
        """A folder or an object store, by its address; empty when none is given."""
        text = self.environ.get(name) or ""
        if text and urlsplit(text).scheme not in STORES:
            wanted = ", ".join(f"{each}://" for each in STORES)
            self.problems.append(f"{name} n'est pas un lieu de dépôt : il faut une adresse en {wanted}.")
        return text

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

    def token(self, name: str) -> str:
        value = self.environ.get(name, "")
        if TOKEN.fullmatch(value) is None:
            self.problems.append(f"{name} : il faut un mot, de {TOKEN_MAX} caractères au plus.")
        return value

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

    def production(
        self, *, local_sign_in: bool, demonstration: bool, data_dir: Path, master_key: bytes, trial: Mapping[str, str]
    ) -> None:
        """Refuse in production whatever is made for trials: invented identities, invented cases, drawn keys."""
        needed = ("DATABASE_URL", "REDIS_URL", "SMOE_SECRET_KEY", "SMOE_MASTER_KEY", "SMOE_SIGNING_KEYS", *SIGN_IN)
        for name in needed:
            if not self.environ.get(name) and not (name == "SMOE_MASTER_KEY" and self.environ.get(f"{name}_FILE")):
                self.problems.append(f"{name} manque : il est obligatoire en production.")
        if local_sign_in:
            self.problems.append("SMOE_LOCAL_SIGN_IN est activé : la connexion locale est interdite en production.")
        if demonstration:
            self.problems.append("SMOE_DEMONSTRATION est activé : les données inventées sont interdites en production.")
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
