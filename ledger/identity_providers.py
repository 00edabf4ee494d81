"""The file of identity providers: whom smoe lets sign people in, read once at start and checked as a whole."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""What a provider may sign with; never `none`, and never a secret that both sides hold."""
USUAL_ALGORITHMS: Final = ("RS256", "ES256", "PS256", "EdDSA")
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
RESERVED: Final = frozenset({"callback", "local"})
CLIENT_AUTHENTICATIONS: Final = ("client_secret_basic", "client_secret_post")
SECRET_CHARACTERS_MIN: Final = 16


class Public(StrEnum):
    """Whom a provider vouches for."""

    AGENTS = "agents"
    PROFESSIONALS = "professionals"
    INDIVIDUALS = "individuals"
    PARTNERS = "partners"


class ClaimNames(msgspec.Struct, frozen=True, kw_only=True):
    """Where a provider says who somebody is; by default as ProConnect does."""

    subject: str = "sub"
    """What names a person for ever: `sub`, or `uid`."""
    siret: str = "siret"
    family_name: str = "usual_name"
    given_name: str = "given_name"
    unit: str = "organizational_unit"


class IdentityProvider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider of OpenID Connect, as its table describes it."""

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str
    client_authentication: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    signs_in: frozenset[Public]
    audience: str | None = None
    """What access tokens for this API are made out to; without it none is taken."""
    scopes: tuple[str, ...] = ("openid",)
    algorithms: tuple[str, ...] = USUAL_ALGORITHMS
    acr_values: tuple[str, ...] = ()
    """Levels of assurance of which one is needed; any without them."""
    claims: ClaimNames = ClaimNames()
    keys_seconds: int = 300
    """How long its keys are taken for known."""
    refetch_seconds: int = 30
    """How soon at the earliest its keys are asked for again, whoever names a key that is not among them."""
    outage_seconds: int = 3_600
    """For how long known keys, and sessions due for renewal, go on while it does not answer."""

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"IdentityProvider({self.name!r}, {self.issuer!r})"

    @property
    def signs_in_people(self) -> bool:
        """Whether somebody can sign in with a browser."""
        return bool(self.signs_in - {Public.PARTNERS})


def is_loopback(address: str) -> bool:
    """Whether an address leads to this machine and nowhere else."""
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_address(address: object, *, development: bool) -> bool:
    """Whether an address may be spoken to: encrypted, or in development on this machine."""
    if not isinstance(address, str) or any(not "!" <= each <= "~" for each in address):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        return False
    return parts.scheme == "https" or (development and parts.scheme == "http" and is_loopback(address))


def read_providers(
    path: Path, environ: Mapping[str, str], *, development: bool
) -> tuple[tuple[IdentityProvider, ...], list[str]]:
    """The providers of a file, and everything that is wrong with it, in French."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return (), [f"{path} n'est pas un fichier lisible."]
    except tomllib.TOMLDecodeError as error:
        return (), [f"{path} n'est pas du TOML ({error})."]
    if not tables:
        return (), [f"{path} ne décrit aucun fournisseur d'identité."]
    problems: list[str] = []
    found = []
    for name, table in tables.items():
        if NAME.fullmatch(name) is None or name in RESERVED or not isinstance(table, dict):
            problems.append(
                f"« {name} » ne peut pas nommer un fournisseur : il faut une table, nommée en minuscules, chiffres"
                f" et tirets, autrement que {' ou '.join(sorted(RESERVED))}."
            )
            continue
        reader = _Table(name, table, environ, development=development)
        provider = reader.provider()
        problems += reader.problems
        found.append(provider)
    issuers = [each.issuer for each in found if each.issuer]
    problems += [f"Deux fournisseurs ont l'émetteur {issuer}." for issuer in sorted(_repeated(issuers))]
    return tuple(found), problems


def _repeated(values: list[str]) -> set[str]:
    return {value for value in values if values.count(value) > 1}


class _Table:
    """Reads one provider's table and gathers what is wrong with it."""

    def __init__(self, name: str, table: dict[str, Any], environ: Mapping[str, str], *, development: bool) -> None:
        self.name = name
        self.table = dict(table)
        self.environ = environ
        self.development = development
        self.problems: list[str] = []

    def provider(self) -> IdentityProvider:
        """The provider, with empty values where something is wrong."""
        issuer = self.text("issuer")
        if issuer and (not is_safe_address(issuer, development=self.development) or urlsplit(issuer).query):
            self.say("issuer n'est pas une adresse https://… sans paramètres (http seulement en essai, en local).")
        client_id = self.text("client_id")
        audience = self.text("audience", default="") or None
        if audience is not None and audience == client_id:
            self.say("audience est le client_id : un jeton d'identité passerait pour un jeton d'accès.")
        signs_in = self.choices("signs_in", tuple(Public), ())
        scopes = self.texts("scopes", ("openid",))
        if "openid" not in scopes:
            self.say("scopes ne contient pas openid.")
        provider = IdentityProvider(
            name=self.name,
            title=self.text("title", default=self.name),
            issuer=issuer,
            client_id=client_id,
            client_secret=self.secret(),
            client_authentication=self.client_authentication(),
            signs_in=frozenset(Public(each) for each in signs_in),
            audience=audience,
            scopes=scopes,
            algorithms=self.choices("algorithms", ALGORITHMS, USUAL_ALGORITHMS),
            acr_values=self.texts("acr_values", ()),
            claims=self.claims(),
            keys_seconds=self.number("keys_seconds", 300, 86_400),
            refetch_seconds=self.number("refetch_seconds", 30, 3_600),
            outage_seconds=self.number("outage_seconds", 3_600, 86_400),
        )
        if Public.PARTNERS in provider.signs_in and audience is None:
            self.say("audience manque : les partenaires se présentent par des jetons d'accès.")
        for unknown in sorted(self.table):
            self.say(f"{unknown} n'est pas un réglage connu.")
        return provider

    def say(self, problem: str) -> None:
        self.problems.append(f"[{self.name}] {problem}")

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.table.pop(key, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        self.say(f"{key} manque." if value in {None, ""} else f"{key} n'est pas un texte.")
        return ""

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.table.pop(key, list(default))
        if not isinstance(value, list) or any(not isinstance(each, str) or not each.split() for each in value):
            self.say(f"{key} n'est pas une liste de textes.")
            return default
        return tuple(value)

    def choices(self, key: str, known: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        before = len(self.problems)
        value = self.texts(key, default)
        for each in value:
            if each not in known:
                self.say(f"{key} contient « {each} » : il faut {', '.join(known)}.")
        if not value and len(self.problems) == before:
            self.say(f"{key} est vide : il faut {', '.join(known)}.")
        return tuple(each for each in value if each in known)

    def number(self, key: str, default: int, greatest: int) -> int:
        value = self.table.pop(key, default)
        if type(value) is not int or not 1 <= value <= greatest:
            self.say(f"{key} n'est pas un nombre de secondes de 1 à {greatest}.")
            return default
        return value

    def client_authentication(self) -> Literal["client_secret_basic", "client_secret_post"]:
        value = self.text("client_authentication", default=CLIENT_AUTHENTICATIONS[0])
        if value not in CLIENT_AUTHENTICATIONS:
            self.say(f"client_authentication vaut « {value} » : il faut {' ou '.join(CLIENT_AUTHENTICATIONS)}.")
        return "client_secret_post" if value == "client_secret_post" else "client_secret_basic"

    def secret(self) -> str:
        """The secret itself, or what the variable of the environment that is named holds."""
        variable = self.text("client_secret_env", default="")
        if variable:
            if "client_secret" in self.table:
                self.say("client_secret et client_secret_env sont donnés tous les deux.")
                self.table.pop("client_secret")
            secret = self.environ.get(variable, "")
            if not secret:
                self.say(f"client_secret_env nomme {variable}, qui manque dans l'environnement.")
                return ""
        else:
            secret = self.text("client_secret")
        if secret and len(secret) < SECRET_CHARACTERS_MIN:
            # It is not repeated.
            self.say(f"le secret du client est trop court : il faut au moins {SECRET_CHARACTERS_MIN} caractères.")
        return secret

    def claims(self) -> ClaimNames:
        table = self.table.pop("claims", {})
        if not isinstance(table, dict):
            self.say("claims n'est pas une table.")
            return ClaimNames()
        return ClaimNames(**dict(self._claims(table)))

    def _claims(self, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if key not in ClaimNames.__struct_fields__:
                self.say(f"claims.{key} n'est pas connu : il faut {', '.join(ClaimNames.__struct_fields__)}.")
            elif not isinstance(value, str) or not value:
                self.say(f"claims.{key} n'est pas le nom d'une donnée du fournisseur.")
            else:
                yield key, value
