"""One of a thousand people is erased: of twenty of their values no byte is left in the whole data folder."""

import base64
import io
import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
import psycopg
import pytest
import redis

from cli import embedded
from cli import erasure as command
from domain.events import NoteAdded, RequestFiled
from features.bodies import filing
from ledger.migrate import migrate
from ledger.proofs.notary import Notary
from ledger.proofs.proof import write_proof
from ledger.settings import Settings
from projections.erasures import Remaining, erasures
from projections.read_model import folded
from tests.api.service import Dossier, Service, service_on
from tests.histories import AGENT, a_filing, a_routing, drafts
from tests.unit.given import a_worker
from verifier.checking import Asked, verify
from verifier.notes import key_of

PEOPLE = 1_000
LETTERS = "bcdfghjklmnpqrstvwxz"
DAY = date(2026, 1, 5)
GRAM = 8
"""Bytes that are compared at each look into a file: so many rarely agree by chance."""


class Someone:
    """Twenty values that nobody else has; some with accents, which searches fold."""

    def __init__(self, chance: random.Random) -> None:
        def word(accent: str = "") -> str:
            return "".join(chance.choices(LETTERS, k=7)).capitalize() + accent + "".join(chance.choices(LETTERS, k=6))

        self.family, self.given = [word("é"), word()], [word("ï"), word()]
        self.passport, self.foreigner = word().upper(), word().upper()
        self.mail = f"{word()}@{word()}.example"
        self.notes = [f"Vu {word()} qui a remis {word('ç')}." for _ in range(6)]

    @property
    def values(self) -> list[str]:
        noted = [part.strip(".") for note in self.notes for part in note.split() if len(part) > 10]
        found = [
            *self.family,
            *self.given,
            self.passport,
            self.foreigner,
            *self.mail.removesuffix(".example").split("@"),
            *noted,
        ]
        assert len(found) == 20
        return found

    @property
    def worker(self) -> dict[str, Any]:
        return {
            "family_name": " ".join(self.family),
            "given_names": " ".join(self.given),
            "birth_date": "1991-05-17",
            "nationality": "MA",
            "passport_number": self.passport,
            "foreigner_number": self.foreigner,
            "email": self.mail,
        }


def ways_to_write(value: str) -> set[bytes]:
    """How a text may stand in a file: encodings, escapes, and what searches make of it."""
    texts = {value, value.lower(), value.upper(), value.casefold(), folded(value)}
    ways: set[bytes] = set()
    for text in texts:
        plain = {text.encode(), text.encode("utf-16le"), json.dumps(text)[1:-1].encode(), quote(text).encode()}
        ways |= plain
        for raw in plain:
            ways.add(raw.hex().encode())
            # Wherever it begins in what was encoded, these characters are the same.
            for shift in range(3):
                coded = base64.b64encode(b"\0" * shift + raw)
                inner = coded[(0, 2, 3)[shift] : len(coded) // 4 * 4 - 4]
                ways |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    assert min(map(len, ways)) > 8
    return {way.lower() for way in ways}


class Sought:
    """Values in whatever way they may stand in a file, all looked for in one pass.

    The file is looked at every few bytes only: as many as leave a whole `GRAM` of the shortest way under one look.
    """

    def __init__(self, values: list[str]) -> None:
        self.meant = {way: value for value in values for way in ways_to_write(value)}
        self.longest = max(map(len, self.meant))
        self.step = min(map(len, self.meant)) - GRAM + 1
        self.grams: dict[bytes, set[bytes]] = {}
        for way in self.meant:
            for place in range(self.step):
                self.grams.setdefault(way[place : place + GRAM], set()).add(way)

    def found_in(self, raw: bytes) -> set[str]:
        """The values that stand somewhere in a file, whose letters are of one case."""
        found: set[str] = set()
        grams = self.grams
        for place in range(0, len(raw), self.step):
            if ways := grams.get(raw[place : place + GRAM]):
                near = raw[max(0, place - self.longest) : place + self.longest]
                found |= {self.meant[way] for way in ways if way in near}
        return found


def files_with(folder: Path, values: list[str]) -> dict[str, set[str]]:
    """Which values stand in which files, in whatever way."""
    sought = Sought(values)
    found: dict[str, set[str]] = {}
    # Letters of one case, and nothing where there is nothing: most of a journal is empty.
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for value in sought.found_in(path.read_bytes().replace(bytes(64), b"").lower()):
                found.setdefault(value, set()).add(str(path.relative_to(folder)))
    return found


def test_no_way_of_writing_is_overlooked_wherever_it_begins() -> None:
    someone = Someone(random.Random(1))
    sought = Sought(someone.values)
    for way, value in sought.meant.items():
        for place in range(sought.step):
            assert sought.found_in(bytes(place) + way + bytes(GRAM)) == {value}
    assert sought.found_in(" ".join(Someone(random.Random(2)).values).encode().lower()) == set()


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A whole installation of its own: PostgreSQL as in service, Valkey, keys and logs in one folder."""
    folder = tmp_path_factory.mktemp("e")
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(folder / "d")})
    with embedded.own_servers(settings) as (completed, _):
        migrate(completed.owner_database_url)
        yield completed


def write_many(service: Service, chance: random.Random, count: int) -> list[Someone]:
    people = [Someone(chance) for _ in range(count)]
    stories = []
    for number, someone in enumerate(people, 1):
        stream = UUID(int=chance.getrandbits(128), version=4)
        actor, event, day = a_filing(stream, f"AT-{number:06}", DAY)
        assert isinstance(event, RequestFiled)
        worker = event.request.worker
        person = {name: value for name, value in someone.worker.items() if name not in {"birth_date", "nationality"}}
        worker = msgspec.structs.replace(a_worker(), person=worker.person, **person)
        event = msgspec.structs.replace(event, request=msgspec.structs.replace(event.request, worker=worker))
        notes = [(AGENT, NoteAdded(person=worker.person, text=note), day) for note in someone.notes]
        stories += drafts(stream, [(actor, event, day), a_routing(day), *notes])
    service.desk.ledger.append_bulk(stories)
    return people


def filed(service: Service, someone: Someone) -> Dossier:
    """A case as the API makes it, read, searched, listed, exported, and asked for wrongly."""
    body = filing("introduction_permanent")
    body["request"]["worker"] = someone.worker
    dossier = service.file_body(body)
    dossier.must("agent-63", "claim")
    for note in someone.notes:
        dossier.must("agent-63", "add-note", {"text": note})
    service.runner.run_until_current()
    found = service.get("agent-63", "/api/cases", q=someone.family[0])
    assert [item["number"] for item in found.json()["items"]] == [dossier.case.number]
    for part in ("", "/history", "/notes", "/clocks"):
        assert dossier.read("agent-63", part).status_code == 200
    assert dossier.read("auditor", "/proof").status_code == 200
    for path in (f"/api/cases/{someone.family[0]}", f"/api/registers/{someone.passport}"):
        assert service.get("agent-63", path).status_code in {400, 404}
    assert service.get("agent-63", "/api/cases", q=someone.family[0], cursor=someone.mail).status_code == 400
    wrong = {"request": {**body["request"], "worker": {**someone.worker, "nationality": someone.family[0]}}}
    assert service.post("employer-acme", "/api/cases", wrong).status_code == 400
    return dossier


def fail_in_postgresql(settings: Settings, someone: Someone) -> None:
    """Statements that PostgreSQL refuses, with a value in the text, in a parameter, and in a row."""
    with psycopg.connect(settings.owner_database_url, autocommit=True) as connection:
        for statement, values in (
            (f"SELECT '{someone.family[0]}'::integer", None),
            ("SELECT %s::text::date", (someone.passport,)),
            (f"SELECT nothing FROM nowhere WHERE name = '{someone.given[0]}'", None),
            ("INSERT INTO read.parked VALUES ('x', NULL, 1, %s, '')", (someone.mail,)),
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode(), values)


def verified(service: Service, cases: list[UUID]) -> None:
    """The chain of every stream, and an archive as an auditor verifies it."""
    ledger = service.desk.ledger
    assert list(ledger.verify_all()) == []
    notary = Notary(ledger, service.settings.checkpoint_keys)
    archive = io.BytesIO()
    write_proof(archive, ledger, notary, cases)
    key = service.get(None, "/api/ledger/keys").json()["keys"][0]
    assert verify(archive.getvalue(), Asked(keys=(key_of(key),))).faults == []


def test_nothing_of_an_erased_person_is_left_on_disk(place: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(6)
    gone, stays = Someone(chance), Someone(chance)
    folder = place.data_dir
    with service_on(place) as service:
        # First, so that others stand after them in each file: what is cut off its end would go by itself.
        of_gone = filed(service, gone)
        others = write_many(service, chance, PEOPLE - 2)
        of_stays = filed(service, stays)
        fail_in_postgresql(place, gone)
        with psycopg.connect(place.owner_database_url, autocommit=True) as connection:
            connection.execute("ANALYZE")
            connection.execute("CHECKPOINT")
            (wrapped,) = connection.execute(
                "SELECT wrapped FROM ledger.person_keys WHERE person = %s", (of_gone.case.request.worker.person,)
            ).fetchone() or (b"",)
        before = files_with(folder, gone.values)
        assert {*gone.family, *gone.given} <= before.keys(), "the search finds what is there"

        of_gone.must("employer-acme", "abandon", {"reason": "Le recrutement est suspendu."})
        erasure = {
            "person": str(of_gone.case.request.worker.person),
            "reason": "Conservation expirée.",
            "archival_visa": "AD63 1",
        }
        of_gone.must("admin", "erase-person", erasure)
        with psycopg.connect(place.database_url) as connection:
            assert [each.scrubbed_at for each in erasures(connection)] == [None]

        # As a worker that follows the ledger: it lets go of what it was about to write.
        service.runner.run_until_current()
        service.runner.close()
        assert command.scrub(place) == 0
        with psycopg.connect(place.database_url) as connection:
            (row,) = erasures(connection)
            assert row.case_id == of_gone.id
            assert row.scrubbed_at is not None
            remaining = connection.execute("SELECT remaining FROM ledger.scrubs").fetchall()
            assert remaining == [([Remaining.BACKUPS.value],)]
        assert service.get_current("agent-63", "/api/cases", q=gone.family[0]).json()["items"] == []
        verified(service, [of_gone.id, of_stays.id])
        with redis.Redis.from_url(place.redis_url) as valkey:
            valkey.save()
        (folder / "output").write_text("".join(capfd.readouterr()))

        left = files_with(folder, gone.values)
        assert left == {}
        assert not [path for path in folder.rglob("*") if path.is_file() and wrapped and wrapped in path.read_bytes()]
        names = {name for someone in (stays, *others[:3]) for name in (*someone.family, *someone.given)}
        assert files_with(folder, sorted(names)).keys() == names
