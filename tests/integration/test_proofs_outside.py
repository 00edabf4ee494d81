"""Proofs of what others have stamped and cosigned: from an authority and a witness to an auditor's sentence."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.proofs import proof
from ledger.proofs.notary import Notary, known_verifiers, origin_of
from ledger.proofs.notes import Verifier
from ledger.proofs.proof import write_proof
from ledger.proofs.publication import Outside
from ledger.settings import Settings
from ledger.store import Ledger
from tests.conftest import Database
from tests.ledger_samples import Noted, add, open_ledger
from tests.loopback import Answered, Sent, place
from tests.time_stamping import NOW, Authority, pem, request_of, response
from tests.witnessing import WitnessPlayed
from verifier.archive import read_archive
from verifier.checking import Asked, Findings, verify
from verifier.notes import key_of
from verifier.told import details_of, sentence_of

SEED = bytes(range(32))


class World(NamedTuple):
    """A stream whose only fact is in a checkpoint of its own, and in later ones that others stamped and cosigned."""

    ledger: Ledger[Any]
    authority: Authority
    witness: WitnessPlayed
    key: Verifier
    stream: UUID

    def proof(self) -> bytes:
        archive = io.BytesIO()
        write_proof(archive, self.ledger, Notary(self.ledger, [SEED]), [self.stream])
        return archive.getvalue()

    def verified(self, archive: bytes, **asked: Any) -> Findings:
        return verify(archive, Asked(keys=(key_of(str(self.key)),), **asked))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    ledger: Ledger[Any] = open_ledger(database.app_url)
    notary, stream = Notary(ledger, [SEED]), uuid4()
    authority = Authority(begins=NOW - timedelta(days=500))

    def stamp(sent: Sent) -> Answered:
        asked = request_of(sent.body)
        return Answered(200, response(authority.token(asked.imprint, moments[0], asked.nonce)))

    moments = [NOW - timedelta(days=400), NOW - timedelta(days=35), NOW, NOW + timedelta(minutes=1)]
    (tmp_path / "roots.pem").write_bytes(pem(authority.root))
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        add(ledger, uuid4(), Noted(text="before"))
        notary.checkpoint_of_now()
        (key,) = known_verifiers(connection)
        witness = WitnessPlayed("w1.example", origin_of(connection), key)
        with place(stamp) as tsa, place(witness.answer) as asked:
            told = {
                "SMOE_DATA_DIR": str(tmp_path / "data"),
                "DATABASE_URL": database.app_url,
                "SMOE_TSA_URL": tsa.url,
                "SMOE_TSA_ROOTS": str(tmp_path / "roots.pem"),
                "SMOE_TSA_SECONDS_MIN": "1",
                "SMOE_WITNESSES": f"{asked.url}={witness.verifier}",
            }
            outside = Outside(Settings.from_environment(told), lambda: moments[0])
            for number in range(4):
                if number == 2:
                    add(ledger, stream, Noted(text="proven"))
                    notary.checkpoint_of_now()
                add(ledger, uuid4(), Noted(text="another"))
                notary.checkpoint_of_now()
                assert outside.run_once(connection) == 2
                moments.append(moments.pop(0))
    yield World(ledger, authority, witness, key, stream)
    ledger.close()


def test_what_others_have_signed_is_in_the_proof_and_is_believed_by_their_keys(world: World) -> None:
    archive = world.proof()
    files, faults = read_archive(archive)
    assert not faults
    # The checkpoint that covers the fact first, the first that was stamped since, and the newest.
    assert [name for name in files if name.startswith(("points/", "horodatages/"))] == [
        "points/4.txt",
        "points/5.txt",
        "points/6.txt",
        "horodatages/chaine.txt",
        "horodatages/3.tsr",
        "horodatages/4.tsr",
    ]
    found = world.verified(archive, roots=(world.authority.root,), witnesses=(key_of(str(world.witness.verifier)),))
    assert (found.status, found.faults) == (0, [])
    assert [(stamp.number, stamp.is_anchored, stamp.facts) for stamp in found.stamps] == [(3, True, 1), (4, True, 1)]
    assert "il existait avant le 29/11/2026 à 12:00:00 UTC" in sentence_of(found)
    assert sum("Le témoin « w1.example » a contresigné" in line for line in details_of(found)) == 2


def test_without_roots_a_stamp_is_told_to_be_nobody_s(world: World) -> None:
    found = world.verified(world.proof())
    assert [stamp.is_anchored for stamp in found.stamps] == [False, False]
    assert any("donnez sa racine (--racine)" in line for line in details_of(found))


def test_roots_and_keys_of_others_are_not_those(world: World) -> None:
    archive = world.proof()
    found = world.verified(archive, roots=(Authority("p384").root,))
    assert (found.status, [stamp.is_anchored for stamp in found.stamps], len(found.reserves)) == (3, [False, False], 2)
    stranger = WitnessPlayed("w1.example", world.witness.origin, world.key, seed=9)
    found = world.verified(archive, witnesses=(key_of(str(stranger.verifier)),))
    assert (found.status, found.held) == (3, [])
    assert found.reserves == ["le témoin « w1.example » n'a contresigné aucun point de contrôle de cette preuve"]


@pytest.mark.parametrize("name", ["horodatages/3.tsr", "horodatages/chaine.txt", "points/5.txt"])
def test_what_others_have_signed_cannot_be_exchanged_even_by_who_signs_the_proof(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token, what it is chained to, the witness's line: each is signed by whom it names."""

    def exchanged(files: Any, evidence: Any) -> Iterator[tuple[str, bytes]]:
        for each, content in made(files, evidence):
            place = len(content) - 10
            yield (
                each,
                content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :] if each == name else content,
            )

    made = proof._files
    monkeypatch.setattr(proof, "_files", exchanged)
    found = world.verified(
        world.proof(), roots=(world.authority.root,), witnesses=(key_of(str(world.witness.verifier)),)
    )
    assert found.status == 1


def test_a_checkpoint_kept_after_a_proof_accuses_nobody(world: World) -> None:
    archive = world.proof()
    add(world.ledger, uuid4(), Noted(text="later"))
    later = Notary(world.ledger, [SEED]).checkpoint_of_now()
    found = world.verified(archive, kept=(("plus tard", later.note.encode()),))
    assert (found.status, found.faults) == (3, [])
    assert any("est plus récent que cette preuve" in reserve for reserve in found.reserves)


def test_a_checkpoint_kept_before_a_proof_convicts_a_log_that_has_become_shorter(
    world: World, database: Database
) -> None:
    add(world.ledger, uuid4(), Noted(text="taken back"))
    kept = Notary(world.ledger, [SEED]).checkpoint_of_now()
    before = kept.size - 1
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        for table in ("events", "tiles", "tree", "checkpoints"):
            owner.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER".encode())
        owner.execute("DELETE FROM ledger.checkpoints WHERE number = %s", (kept.number,))
        owner.execute("DELETE FROM ledger.events WHERE notification_id = %s", (kept.position,))
        owner.execute("UPDATE ledger.tiles SET hashes = substr(hashes, 1, 32 * %s)", (before,))
        owner.execute(
            "UPDATE ledger.tree SET size = %s, position = (SELECT max(notification_id) FROM ledger.events)", (before,)
        )
    found = world.verified(world.proof(), kept=(("avant", kept.note.encode()),))
    assert (found.status, found.first.field, found.first.leaves) == (1, "taille", (before, before))
