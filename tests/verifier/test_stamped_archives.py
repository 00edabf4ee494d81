"""Archives whose checkpoints others stamped and cosigned, from the worker's errand to the file that an auditor runs."""

import hashlib
import io
import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest

from ledger.proofs.archive import write_archive
from ledger.proofs.notary import Notary, known_verifiers, origin_of
from ledger.proofs.proof import write_proof
from ledger.proofs.publication import Outside
from ledger.settings import Settings
from tests.ledger_samples import Noted, add, open_ledger
from tests.loopback import Answered, Sent, place
from tests.servers import Database
from tests.time_stamping import Authority, pem, request_of, response
from tests.witnessing import WitnessPlayed
from verifier.archive import read_archive
from verifier.checking import Asked, verify
from verifier.command import main
from verifier.notes import key_of
from verifier.one_file import stand_alone
from verifier.told import sentence_of

SEED = bytes(range(32))
BEGUN = datetime(2024, 5, 2, 9, 0, tzinfo=UTC)
ENDS = BEGUN + timedelta(days=20)
"""When the certificate of the authority expires: long before anybody verifies."""


class Stamped(NamedTuple):
    """An archive with time-stamps, and what verifies it."""

    archive: bytes
    key: str
    witness: str
    root: bytes

    @property
    def asked(self) -> Asked:
        return Asked(keys=(key_of(self.key),), witnesses=(key_of(self.witness),), roots=(self.root,))


@pytest.fixture
def stamped(database: Database, tmp_path: Path) -> Stamped:
    now = [BEGUN]
    ledger = open_ledger(database.app_url, clock=lambda: now[0])
    notary = Notary(ledger, [SEED])
    authority = Authority("rsa", begins=BEGUN - timedelta(days=300), ends=ENDS)
    stream = uuid4()

    def stamp(sent: Sent) -> Answered:
        asked = request_of(sent.body)
        return Answered(200, response(authority.token(asked.imprint, now[0], asked.nonce), 0))

    add(ledger, stream, Noted(text="un"))
    notary.checkpoint_of_now()
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        (log,) = known_verifiers(connection)
        witness = WitnessPlayed("temoin.example", origin_of(connection), log)
        roots = tmp_path / "roots.pem"
        roots.write_bytes(pem(authority.root))
        with place(stamp) as tsa, place(witness.answer) as at_witness:
            outside = Outside(
                Settings.from_environment(
                    {
                        "SMOE_DATA_DIR": str(tmp_path / "data"),
                        "DATABASE_URL": database.app_url,
                        "SMOE_TSA_URL": tsa.url,
                        "SMOE_TSA_ROOTS": str(roots),
                        "SMOE_WITNESSES": f"{at_witness.url}={witness.verifier}",
                    }
                ),
                lambda: now[0],
            )
            for number in range(4):
                outside.run_once(connection)
                now[0] += timedelta(days=2)
                add(ledger, stream, Noted(text=str(number)), Noted(text="x"))
                add(ledger, uuid4(), Noted(text="d'un autre"))
                notary.checkpoint_of_now()
            outside.run_once(connection)
    now[0] += timedelta(hours=1)
    archive = io.BytesIO()
    write_proof(archive, ledger, notary, [stream])
    ledger.close()
    return Stamped(archive.getvalue(), str(log), str(witness.verifier), authority.root)


def test_facts_existed_before_their_time_stamps_though_the_certificate_has_expired(
    stamped: Stamped, tmp_path: Path
) -> None:
    (tmp_path / "verify_smoe.py").write_text(stand_alone())
    (tmp_path / "p.zip").write_bytes(stamped.archive)
    (tmp_path / "racine.pem").write_bytes(pem(stamped.root))
    options = ["--cle", stamped.key, "--temoin", stamped.witness, "--racine", "racine.pem", "--json"]
    done = subprocess.run(
        [sys.executable, "-I", "verify_smoe.py", "p.zip", *options], cwd=tmp_path, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["faults"], told["reserves"]) == (0, [], []), done.stderr
    assert [stamp["facts"] for stamp in told["time_stamps"]] == [1, 3, 5, 7, 9]
    assert all(stamp["is_anchored"] for stamp in told["time_stamps"])
    assert "ils existaient avant le 10/05/2024" in told["sentence"]
    assert sum("temoin.example" in sentence for sentence in told["held"]) == 5


def test_without_a_root_the_authority_is_known_by_name_only(stamped: Stamped) -> None:
    found = verify(stamped.archive, stamped.asked._replace(roots=()))
    assert found.status == 0
    assert not any(stamp.is_anchored for stamp in found.stamps)
    other = Authority("p256").root
    found = verify(stamped.archive, stamped.asked._replace(roots=(other,)))
    assert (found.status, len(found.reserves)) == (3, 5)
    assert "existaient avant" not in sentence_of(found)
    both = verify(stamped.archive, stamped.asked._replace(roots=(other, stamped.root)))
    assert (both.status, both.reserves) == (0, [])


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    write_archive(target, files.items())
    return target.getvalue()


def test_tokens_exchanged_chained_otherwise_or_altered_are_refused(stamped: Stamped) -> None:
    files, faults = read_archive(stamped.archive)
    assert not faults
    tokens = sorted(name for name in files if name.endswith(".tsr"))
    chance = random.Random(3)
    changes: list[tuple[str, dict[str, bytes]]] = []
    for name in tokens:
        other = chance.choice([each for each in tokens if each != name])
        changes.append((name, {name: files[other]}))
        for _ in range(20):
            at = chance.randrange(len(files[name]))
            flipped = files[name][:at] + bytes([files[name][at] ^ 1 << chance.randrange(8)]) + files[name][at + 1 :]
            changes.append((name, {name: flipped}))
    chain = files["horodatages/chaine.txt"]
    lines = chain.splitlines(True)
    changes.append(("horodatages", {"horodatages/chaine.txt": b"".join(reversed(lines))}))
    changes.append(("horodatages", {"horodatages/chaine.txt": b"".join(lines[:-1])}))
    digest = hashlib.sha256(files[tokens[0]]).hexdigest().encode()
    forged = hashlib.sha256(b"x").hexdigest().encode()
    changes.append((tokens[1], {"horodatages/chaine.txt": chain.replace(digest, forged, 1)}))
    for name, changed in changes:
        found = verify(packed({**files, **changed}), stamped.asked)
        assert found.status == 1
        assert any(name in str(fault) for fault in found.faults), (name, list(map(str, found.faults)))


def test_a_cosignature_that_is_not_the_witness_s_is_refused(stamped: Stamped) -> None:
    files, _ = read_archive(stamped.archive)
    name = max(name for name in files if name.startswith("points/"))
    line = files[name].decode().splitlines()[-1]
    broken = line[:-10] + ("A" if line[-10] != "A" else "B") + line[-9:]
    found = verify(packed({**files, name: files[name].replace(line.encode(), broken.encode())}), stamped.asked)
    assert any(fault.field == "témoin" and name in fault.where for fault in found.faults)


@pytest.mark.parametrize("wrong", ["--racine", "--point", "--temoin", "--cle"])
def test_what_is_given_and_is_not_what_it_should_be_is_a_wrong_use(
    stamped: Stamped, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    (tmp_path / "p.zip").write_bytes(stamped.archive)
    (tmp_path / "x").write_bytes("du texte".encode("utf-16"))
    given = {"--temoin": stamped.key, "--cle": stamped.witness}.get(wrong, str(tmp_path / "x"))
    assert main([str(tmp_path / "p.zip"), wrong, given]) == 2
    assert capsys.readouterr().err.startswith("verify_smoe.py : ")
