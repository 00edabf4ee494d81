"""What happens to checkpoints outside: stamped, cosigned and kept elsewhere, whatever those places do."""

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from ledger.proofs import posting
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.notes import Signer, opened, seen_at
from ledger.proofs.posting import WAIT_SECONDS_MAX, WAIT_SECONDS_MIN
from ledger.proofs.publication import Outside
from ledger.proofs.timestamps import stamped_bytes
from ledger.proofs.tree import Tree, TreeGrower
from ledger.settings import Settings
from tests.ledger_samples import NEW, Noted, an_actor, open_ledger
from tests.loopback import Answered, Sent, place
from tests.time_stamping import NOW, Authority, Extension, pem, rejection, request_of, response, usage
from tests.witnessing import WitnessPlayed
from verifier.time_stamps import verify_time_stamp

ORIGIN = "smoe.example/registre"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """A database, clocks that stand still until they are moved, and what runs the errands."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.connection = psycopg.connect(url, autocommit=True)
        self.now = NOW
        self.seconds = 0.0

    def outside(self, **environ: str) -> Outside:
        told = {"SMOE_DATA_DIR": str(self.folder / "data"), "DATABASE_URL": self.url, **environ}
        return Outside(Settings.from_environment(told), lambda: self.now, lambda: self.seconds)

    def checkpoint(
        self, size: int = 1, reason: str = "notification", note: str = "", at: datetime | None = None
    ) -> int:
        """Store a checkpoint; its number."""
        note = note or Checkpoint(origin=ORIGIN, size=size, root=bytes(32)).signed([LOG])
        found = self.connection.execute(
            "INSERT INTO ledger.checkpoints (size, position, made_at, reason, note) VALUES (%s, %s, %s, %s, %s)"
            " RETURNING number",
            (size, size, self.now, reason, note),
        ).fetchone()
        assert found is not None
        return int(found[0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()

    def stamps(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT number, checkpoint, previous, month_before, year_before FROM ledger.timestamps ORDER BY number"
        )


@pytest.fixture
def world(database: Any, tmp_path: Path) -> Iterator[World]:
    made = World(database.app_url, tmp_path)
    yield made
    made.connection.close()


class StampingPlace:
    """An authority at an address, and what it does wrong at the moment."""

    def __init__(self, world: World, authority: Authority) -> None:
        self.world = world
        self.authority = authority
        self.fault = ""
        self.at: datetime | None = None

    def answer(self, sent: Sent) -> Answered:
        assert sent.content_type == "application/timestamp-query"
        asked = request_of(sent.body)
        assert asked.wants_certificates
        assert asked.nonce
        if self.fault in ANSWERS:
            return ANSWERS[self.fault]()
        imprint = hashlib.sha256(b"another").digest() if self.fault == "wrong imprint" else asked.imprint
        nonce = {"wrong nonce": asked.nonce + 1, "no nonce": None}.get(self.fault, asked.nonce)
        changes: dict[str, Any] = {"wrong signature": {"hashed": b""}, "no certificate": {"certificates": []}}
        by = WRONG[self.fault]() if self.fault in WRONG else self.authority
        at = self.at or self.world.now
        token = by.token(imprint, at, nonce, **changes.get(self.fault, {}))
        status = 500 if self.fault == "a token with an error" else 200
        return Answered(status, response(token, 1 if self.fault == "granted with changes" else 0))


def slow() -> Answered:
    time.sleep(1.0)
    return Answered(200)


ANSWERS: dict[str, Callable[[], Answered]] = {
    "rejection": lambda: Answered(200, rejection()),
    "waiting": lambda: Answered(200, response(b"", 3)),
    "granted without a token": lambda: Answered(200, response(b"")),
    "garbage": lambda: Answered(200, b"<html>"),
    "nothing": lambda: Answered(200),
    "too much": lambda: Answered(200, bytes(300_000)),
    "elsewhere": lambda: Answered(302),
    "an error": lambda: Answered(500),
    "cut off": lambda: Answered(0),
    "slow": slow,
}
WRONG: dict[str, Callable[[], Authority]] = {
    "expired certificate": lambda: Authority(ends=NOW - DAY),
    "wrong use": lambda: Authority(extensions=(Extension(usage("digital_signature"), True),)),
    "another root": lambda: Authority("p384"),
}
TOKENS = ("wrong nonce", "no nonce", "wrong imprint", "wrong signature", "no certificate", "a token with an error")


@pytest.fixture
def stamping(world: World) -> Iterator[tuple[StampingPlace, Any, Outside]]:
    played = StampingPlace(world, Authority())
    roots = world.folder / "roots.pem"
    roots.write_bytes(pem(played.authority.root))
    with place(played.answer) as found:
        outside = world.outside(SMOE_TSA_URL=f"{found.url}/tsa", SMOE_TSA_ROOTS=str(roots), SMOE_TSA_SECONDS_MIN="3600")
        yield played, found, outside


def test_nothing_runs_where_nothing_is_asked_for(world: World) -> None:
    world.checkpoint()
    assert world.outside().run_once(world.connection) == 0


def test_the_newest_checkpoint_is_stamped_once(world: World, stamping: Any) -> None:
    played, found, outside = stamping
    assert outside.run_once(world.connection) == 0
    world.checkpoint(1)
    newest = world.checkpoint(2)
    assert outside.run_once(world.connection) == 1
    assert outside.run_once(world.connection) == 0
    assert world.stamps() == [(1, newest, None, None, None)]
    ((token, note, stamped_at),) = world.rows(
        "SELECT token, note, stamped_at FROM ledger.timestamps t JOIN ledger.checkpoints c ON c.number = t.checkpoint"
    )
    imprint = hashlib.sha256(stamped_bytes(note, None, None, None)).digest()
    assert verify_time_stamp(token, imprint, [played.authority.root]).gen_time == stamped_at == NOW
    assert len(found.received) == 1


def test_stamps_are_chained_to_the_last_and_to_those_of_a_month_and_a_year_before(world: World, stamping: Any) -> None:
    played, found, _ = stamping
    played.authority = Authority(ends=NOW + 700 * DAY, middle={"ends": NOW + 700 * DAY})
    outside = world.outside(SMOE_TSA_URL=found.url)
    for day in (0, 20, 30, 45, 365, 366):
        world.now = NOW + day * DAY
        world.checkpoint(day + 1)
        assert outside.run_once(world.connection) == 1
    links = [row[2:] for row in world.stamps()]
    # From 29 November: the 29th of December is a month later, the 13th of January not yet one after the 19th.
    assert links == [(None, None, None), (1, None, None), (2, 1, None), (3, 1, None), (4, 4, 1), (5, 4, 1)]
    tokens = {row[0]: row[1] for row in world.rows("SELECT number, token FROM ledger.timestamps")}
    ((note,),) = world.rows("SELECT note FROM ledger.checkpoints ORDER BY number DESC LIMIT 1")
    imprint = hashlib.sha256(stamped_bytes(note, tokens[5], tokens[4], tokens[1])).digest()
    assert verify_time_stamp(tokens[6], imprint, []).gen_time == NOW + 366 * DAY


def test_stamps_keep_their_distance_but_for_the_last_of_a_day(world: World, stamping: Any) -> None:
    _, _, outside = stamping
    world.checkpoint(1)
    assert outside.run_once(world.connection) == 1
    world.now += HOUR - timedelta(seconds=1)
    world.checkpoint(2)
    assert outside.run_once(world.connection) == 0
    world.now += timedelta(seconds=1)
    assert outside.run_once(world.connection) == 1
    # The daily one does not wait.
    world.now += timedelta(seconds=1)
    world.checkpoint(3, reason="daily")
    assert outside.run_once(world.connection) == 1
    # Nor does one of a day that is over, in Paris.
    world.now = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
    world.checkpoint(4)
    assert outside.run_once(world.connection) == 1
    world.now = datetime(2026, 11, 29, 22, 59, 59, tzinfo=UTC)
    world.checkpoint(5)
    assert outside.run_once(world.connection) == 0
    world.now += timedelta(seconds=1)
    assert outside.run_once(world.connection) == 1


@pytest.mark.parametrize("fault", [*ANSWERS, *WRONG, *TOKENS])
def test_an_answer_that_proves_nothing_is_not_stored(
    world: World, stamping: Any, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    played, found, outside = stamping
    monkeypatch.setattr(posting, "SECONDS_MAX", 0.5)
    world.checkpoint()
    played.fault = fault
    with capture_logs() as logs:
        assert outside.run_once(world.connection) == 0
        world.seconds += WAIT_SECONDS_MAX
        assert outside.run_once(world.connection) == 0
    assert world.stamps() == []
    assert [(log["event"], log["place"]) for log in logs] == [("a place outside is tried again later", "time-stamps")]
    assert len(found.received) == 2
    # Once it does right again, it is used again, and that is told.
    played.fault = ""
    world.seconds += WAIT_SECONDS_MAX
    with capture_logs() as logs:
        assert outside.run_once(world.connection) == 1
    assert [log["event"] for log in logs] == ["a checkpoint is time-stamped", "a place outside answers again"]
    assert len(world.stamps()) == 1


def test_a_stamp_granted_with_changes_is_one(world: World, stamping: Any) -> None:
    played, _, outside = stamping
    played.fault = "granted with changes"
    world.checkpoint()
    assert outside.run_once(world.connection) == 1


@pytest.mark.parametrize(("minutes", "is_stored"), [(-16, False), (-15, True), (15, True), (16, False)])
def test_an_authority_whose_clock_is_wrong_is_not_believed(
    world: World, stamping: Any, minutes: int, is_stored: bool
) -> None:
    played, _, outside = stamping
    played.at = NOW + timedelta(minutes=minutes)
    world.checkpoint()
    assert outside.run_once(world.connection) == is_stored


def test_time_does_not_go_backwards_from_stamp_to_stamp(world: World, stamping: Any) -> None:
    played, _, outside = stamping
    played.at = NOW + timedelta(minutes=10)
    world.checkpoint(1, reason="daily")
    assert outside.run_once(world.connection) == 1
    played.at = NOW + timedelta(minutes=9)
    world.checkpoint(2, reason="daily")
    assert outside.run_once(world.connection) == 0
    world.seconds += WAIT_SECONDS_MAX
    played.at = NOW + timedelta(minutes=10)
    assert outside.run_once(world.connection) == 1


def test_a_place_that_does_not_answer_is_asked_less_and_less(world: World, stamping: Any) -> None:
    played, found, outside = stamping
    played.fault = "an error"
    world.checkpoint()
    asked = []
    for _ in range(4_000):
        outside.run_once(world.connection)
        asked.append(len(found.received))
        world.seconds += 1
    times = [second for second in range(1, 4_000) if asked[second] > asked[second - 1]]
    waits = [after - before for before, after in zip([0, *times], times, strict=False)]
    for turn, wait in enumerate(waits):
        longest = min(WAIT_SECONDS_MAX, WAIT_SECONDS_MIN * 2**turn)
        assert longest / 2 <= wait <= longest + 1
    assert len(waits) >= 7


def test_one_place_that_fails_delays_no_other(world: World, stamping: Any) -> None:
    played, found, _ = stamping
    played.fault = "an error"
    folder = world.folder / "kept"
    folder.mkdir()
    outside = world.outside(SMOE_TSA_URL=found.url, SMOE_CHECKPOINT_FOLDER=str(folder))
    world.checkpoint(7)
    assert outside.run_once(world.connection) == 1
    assert (folder / "latest.txt").exists()
    assert world.stamps() == []


def test_of_two_workers_one_asks(world: World, stamping: Any) -> None:
    _, found, _ = stamping
    environ = {"SMOE_TSA_URL": found.url}
    world.checkpoint()
    workers = [world.outside(**environ) for _ in range(4)]
    barrier = threading.Barrier(4)

    def work(outside: Outside) -> int:
        with psycopg.connect(world.url, autocommit=True) as connection:
            barrier.wait()
            return outside.run_once(connection)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, workers)) == 1
    assert len(world.stamps()) == 1


def test_a_stamp_that_another_has_made_meanwhile_is_let_go(world: World, stamping: Any) -> None:
    """Its lock was lost with its connection while it waited for the answer."""
    played, _, _ = stamping
    checkpoint = world.checkpoint()

    def overtaken(sent: Sent) -> Answered:
        with psycopg.connect(world.url, autocommit=True) as other:
            other.execute(
                "INSERT INTO ledger.timestamps (number, checkpoint, stamped_at, token) VALUES (1, %s, %s, 'x')",
                (checkpoint, NOW),
            )
        return Answered(200, played.answer(sent).body)

    with place(overtaken) as found:
        assert world.outside(SMOE_TSA_URL=found.url).run_once(world.connection) == 0
    assert world.rows("SELECT number, token FROM ledger.timestamps") == [(1, b"x")]


def test_a_stamp_that_was_lost_before_it_was_stored_is_made_again(world: World, stamping: Any) -> None:
    """The server of the database goes away while the authority answers."""
    played, found, _ = stamping
    outside = world.outside(SMOE_TSA_URL=found.url)
    world.checkpoint()
    doomed = psycopg.connect(world.url, autocommit=True)
    answer = played.answer

    def cut(sent: Sent) -> Answered:
        world.connection.execute("SELECT pg_terminate_backend(%s)", (doomed.info.backend_pid,))
        return Answered(200, answer(sent).body)

    with place(cut) as cutting, pytest.raises(psycopg.OperationalError):
        world.outside(SMOE_TSA_URL=cutting.url).run_once(doomed)
    doomed.close()
    assert world.stamps() == []
    assert outside.run_once(world.connection) == 1
    assert [row[0] for row in world.stamps()] == [1]


def grown(world: World, facts: int) -> int:
    """A log with so many facts more; its size."""
    ledger = open_ledger(world.url)
    for _ in range(facts):
        ledger.append(uuid4(), [Noted(text="x")], **NEW, actor=an_actor(), command=uuid4())
    grower = TreeGrower(ledger)
    while grower.step():
        pass
    ledger.close()
    return Tree(world.connection).extent().size


def checkpoint_of_tree(world: World, facts: int) -> int:
    size = grown(world, facts)
    found = Checkpoint(origin=ORIGIN, size=size, root=Tree(world.connection).root(size))
    return world.checkpoint(size, note=found.signed([LOG]))


def cosignatures(world: World) -> list[tuple[int, str, str]]:
    return world.rows("SELECT checkpoint, witness, line FROM ledger.cosignatures ORDER BY checkpoint, witness")  # type: ignore[return-value]


def test_witnesses_cosign_each_newest_checkpoint(world: World) -> None:
    first = WitnessPlayed("w1.example", ORIGIN, LOG.verifier)
    second = WitnessPlayed("w2.example", ORIGIN, LOG.verifier, seed=2)
    with place(first.answer) as one, place(second.answer) as two:
        told = f"{one.url}/={first.verifier} {two.url}={second.verifier}"
        outside = world.outside(SMOE_WITNESSES=told)
        assert outside.run_once(world.connection) == 0
        numbers = []
        for facts in (3, 4, 1, 9):
            numbers.append(checkpoint_of_tree(world, facts))
            assert outside.run_once(world.connection) == 2
            assert outside.run_once(world.connection) == 0
        assert len(one.received) == 4
    found = cosignatures(world)
    assert [row[:2] for row in found] == [(each, name) for each in numbers for name in ("w1.example", "w2.example")]
    for checkpoint, _, line in found:
        ((note,),) = world.rows(f"SELECT note FROM ledger.checkpoints WHERE number = {checkpoint}")
        _, by = opened(note + line, [LOG.verifier, first.verifier, second.verifier])
        assert len(by) == 2
        assert seen_at(line) == datetime.fromtimestamp(first.now, UTC)


def test_a_witness_that_knows_another_size_is_believed_if_the_log_goes_on_from_it(world: World) -> None:
    """Its answer was lost, or it has signed for another process."""
    played = WitnessPlayed("w1.example", ORIGIN, LOG.verifier)
    with place(played.answer) as found:
        outside = world.outside(SMOE_WITNESSES=f"{found.url}={played.verifier}")
        size = grown(world, 5)
        played.size, played.root = size, Tree(world.connection).root(size)
        checkpoint_of_tree(world, 6)
        assert outside.run_once(world.connection) == 1
        assert [sent.body.split(b"\n")[0] for sent in found.received] == [b"old 0", b"old 5"]
    assert len(cosignatures(world)) == 1


@pytest.mark.parametrize(
    ("size", "root", "reason"),
    [(5, b"another root" + bytes(20), "422"), (50, bytes(32), "longer than it is")],
)
def test_a_witness_that_has_seen_another_log_does_not_sign_this_one(
    world: World, size: int, root: bytes, reason: str
) -> None:
    played = WitnessPlayed("w1.example", ORIGIN, LOG.verifier)
    played.size, played.root = size, root
    with place(played.answer) as found, capture_logs() as logs:
        outside = world.outside(SMOE_WITNESSES=f"{found.url}={played.verifier}")
        checkpoint_of_tree(world, 11)
        assert outside.run_once(world.connection) == 0
    assert cosignatures(world) == []
    (told,) = [log for log in logs if log["event"] == "a place outside is tried again later"]
    assert reason in told["reason"]


@pytest.mark.parametrize("fault", ["strangers only", "another text", "another time", "no text", "nothing"])
def test_a_cosignature_that_is_none_is_not_stored(world: World, fault: str) -> None:
    played = WitnessPlayed("w1.example", ORIGIN, LOG.verifier)
    played.fault = fault
    with place(played.answer) as found:
        outside = world.outside(SMOE_WITNESSES=f"{found.url}={played.verifier}")
        checkpoint_of_tree(world, 3)
        assert outside.run_once(world.connection) == 0
        assert cosignatures(world) == []
        # The witness has moved on meanwhile; it says so, and is asked again.
        played.fault = ""
        world.seconds += WAIT_SECONDS_MAX
        assert outside.run_once(world.connection) == 1
    assert len(cosignatures(world)) == 1


@pytest.mark.parametrize("answered", [Answered(409, b"nothing"), Answered(404), Answered(403), Answered(0)])
def test_a_witness_that_refuses_is_asked_again_later(world: World, answered: Answered) -> None:
    played = WitnessPlayed("w1.example", ORIGIN, LOG.verifier)
    with place(lambda _: answered) as found:
        outside = world.outside(SMOE_WITNESSES=f"{found.url}={played.verifier}")
        checkpoint_of_tree(world, 3)
        assert outside.run_once(world.connection) == 0
        assert outside.run_once(world.connection) == 0
        assert len(found.received) == 1
        world.seconds += WAIT_SECONDS_MAX
        assert outside.run_once(world.connection) == 0
        assert len(found.received) == 2


def test_a_folder_holds_every_checkpoint_and_the_latest(world: World) -> None:
    folder = world.folder / "kept"
    folder.mkdir()
    outside = world.outside(SMOE_CHECKPOINT_FOLDER=str(folder))
    first, second = world.checkpoint(3), world.checkpoint(3)
    assert outside.run_once(world.connection) == 2
    third = world.checkpoint(9)
    assert outside.run_once(world.connection) == 1
    assert outside.run_once(world.connection) == 0
    names = {f"3-{first}.txt", f"3-{second}.txt", f"9-{third}.txt", "latest.txt"}
    assert {each.name for each in folder.iterdir()} == names
    assert (folder / "latest.txt").read_text() == (folder / f"9-{third}.txt").read_text()
    assert (folder / f"9-{third}.txt").read_bytes().decode().startswith(f"{ORIGIN}\n9\n")
    assert world.rows("SELECT target, checkpoint FROM ledger.publications") == [(f"folder:{folder}", third)]


def test_a_checkpoint_in_a_folder_is_never_replaced_by_another(world: World) -> None:
    """A ledger that was set back makes other checkpoints of the same number; the first is the evidence."""
    folder = world.folder / "kept"
    folder.mkdir()
    outside = world.outside(SMOE_CHECKPOINT_FOLDER=str(folder))
    taken, latest = folder / "3-1.txt", folder / "latest.txt"
    taken.write_text("another")
    latest.write_text("another")
    world.checkpoint(3)
    with capture_logs() as logs:
        assert outside.run_once(world.connection) == 0
    assert (taken.read_text(), latest.read_text()) == ("another", "another")
    assert logs[0]["reason"] == "3-1.txt is there and holds another checkpoint"
    # The same, from before a crash, is no fault.
    ((note,),) = world.rows("SELECT note FROM ledger.checkpoints")
    taken.write_text(note)
    world.seconds += WAIT_SECONDS_MAX
    assert outside.run_once(world.connection) == 1
    assert latest.read_text() == note


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_crash_leaves_whole_files_only(world: World, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = world.folder / "kept"
    folder.mkdir()
    outside = world.outside(SMOE_CHECKPOINT_FOLDER=str(folder))
    world.checkpoint(3)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[where], full)
        assert outside.run_once(world.connection) == 0
    assert list(folder.iterdir()) == []
    assert world.rows("SELECT * FROM ledger.publications") == []
    world.seconds += WAIT_SECONDS_MAX
    assert outside.run_once(world.connection) == 1


def test_a_file_is_on_the_disk_whole_before_it_has_its_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, sizes, fsync = world.folder / "kept", list[int](), os.fsync
    folder.mkdir()
    outside = world.outside(SMOE_CHECKPOINT_FOLDER=str(folder))
    world.checkpoint(3)

    def noted(descriptor: int) -> None:
        found = os.fstat(descriptor)
        sizes.append(found.st_size if stat.S_ISREG(found.st_mode) else -1)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    assert outside.run_once(world.connection) == 1
    size = (folder / "latest.txt").stat().st_size
    # The file, then the folder that names it; twice.
    assert sizes == [size, -1, size, -1]


def test_a_worker_takes_over_from_another(world: World) -> None:
    """What kept others away is let go of after each turn."""
    folder = world.folder / "kept"
    folder.mkdir()
    with psycopg.connect(world.url, autocommit=True) as other:
        for connection in (world.connection, other, world.connection):
            world.checkpoint(3)
            assert world.outside(SMOE_CHECKPOINT_FOLDER=str(folder)).run_once(connection) == 1


def test_a_folder_that_is_gone_is_waited_for(world: World) -> None:
    folder = world.folder / "kept"
    folder.mkdir()
    outside = world.outside(SMOE_CHECKPOINT_FOLDER=str(folder))
    folder.rmdir()
    number_ = world.checkpoint(3)
    assert outside.run_once(world.connection) == 0
    folder.mkdir()
    world.seconds += WAIT_SECONDS_MAX
    assert outside.run_once(world.connection) == 1
    assert (folder / f"3-{number_}.txt").exists()


def test_a_webhook_is_sent_every_checkpoint_in_order_whatever_fails(world: World) -> None:
    statuses = [200, 503, 204, 0, 404, 201]

    with place(lambda _: Answered(statuses.pop(0))) as found:
        outside = world.outside(SMOE_CHECKPOINT_WEBHOOK=f"{found.url}/hook?secret=1")
        for size in (1, 2, 3):
            world.checkpoint(size)
        done = 0
        for _ in range(5):
            done += outside.run_once(world.connection)
            world.seconds += WAIT_SECONDS_MAX
        sizes = [sent.body.split(b"\n")[1] for sent in found.received]
    assert sizes == [b"1", b"2", b"2", b"3", b"3", b"3"]
    assert {sent.content_type for sent in found.received} == {"text/plain; charset=utf-8"}
    ((target, checkpoint),) = world.rows("SELECT target, checkpoint FROM ledger.publications")
    assert checkpoint == 3
    assert "secret" not in target
    assert not statuses


def test_of_two_workers_one_publishes(world: World) -> None:
    with place(lambda _: Answered(200)) as found:
        workers = [world.outside(SMOE_CHECKPOINT_WEBHOOK=found.url) for _ in range(4)]
        for size in range(1, 21):
            world.checkpoint(size)
        barrier = threading.Barrier(4)

        def work(outside: Outside) -> None:
            with psycopg.connect(world.url, autocommit=True) as connection:
                barrier.wait()
                while world.rows("SELECT 1 FROM ledger.publications WHERE checkpoint = 20") == []:
                    outside.run_once(connection)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, workers))
        assert [int(sent.body.split(b"\n")[1]) for sent in found.received] == [*range(1, 21)]
