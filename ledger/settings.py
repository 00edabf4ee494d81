"""What a process is told from outside: read once from the environment, checked as a whole, never read again."""

import hmac
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from ledger.identity_providers import IdentityProvider
from ledger.settings_reader import DAY_SECONDS, LAG_EVENTS_MAX, PORT_MAX, PROXY_HEADERS, Reader, SettingsError
from ledger.trial_keys import development_keys, stored_keys

ROOT: Final = Path(__file__).resolve().parent.parent
SECRETS: Final = {
    "check": b"smoe-check-key-1",
    "access": b"smoe-access-key-1",
    "signing": b"smoe-signing-key-1",
}
"""What is made of the first master key of a database and outlives it, each under a label of its own."""


def derived(master_key: bytes, name: str) -> bytes:
    """The first value of one of SECRETS."""
    return hmac.digest(master_key, SECRETS[name], "sha256")


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
    documents_url: str = ""
    """Where files are kept; empty for the folder `documents` of the data folder."""
    archival_agency: str = ""
    """Who archives are transferred to, as their own system names them; empty where no manifest of SEDA is wanted."""
    transferring_agency: str = ""
    """Who transfers them, as that system names us."""
    archival_agreement: str = ""
    """Under which of its agreements."""
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
    def files_url(self) -> str:
        """Where files are kept, as obstore names places."""
        return self.documents_url or (self.data_dir / "documents").as_uri()

    @property
    def limit_key(self) -> bytes:
        """Keys the digests under which callers are counted outside the process."""
        return hmac.digest(self.secret_key.encode(), b"smoe-limit-key-1", "sha256")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check everything; in development missing keys are drawn once and kept in the data folder.

        Raises SettingsError with every problem found.
        """
        reader = Reader(environ)
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
        documents_url = reader.store("SMOE_DOCUMENTS_URL")
        archival_agency = reader.token("SMOE_ARCHIVAL_AGENCY")
        transferring_agency = reader.token("SMOE_TRANSFERRING_AGENCY")
        archival_agreement = reader.token("SMOE_ARCHIVAL_AGREEMENT")
        if production:
            reader.production(
                local_sign_in=local_sign_in,
                demonstration=demonstration,
                data_dir=data_dir,
                master_key=master_key,
                trial=stored_keys(data_dir / "keys.json"),
            )
        elif not reader.problems and (not secret_key or not master_key):
            drawn_secret, drawn_master = development_keys(data_dir)
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
            documents_url=documents_url,
            archival_agency=archival_agency,
            transferring_agency=transferring_agency,
            archival_agreement=archival_agreement,
        )


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
