"""Bundles of the real engine before a registry that knows the rules alone: good ones pass, broken ones do not."""

import io
import os
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pikepdf
import psycopg
import pytest
from PIL import Image

from documents.bundle.makers import makers_of
from documents.storage import Files
from ledger.settings import Settings
from reactions.bundles import Bundles
from tests.bundles.given import court
from tests.bundles.test_bundle_job import yard_environment
from tests.court.broken import BREAKINGS, broken
from tests.court.registry import objections
from tests.servers import Database

SEEDS: Final = range(int(os.environ.get("SMOE_BUNDLES") or 6))
"""Raised to a thousand by hand (docs/testing.md)."""
SIZES: Final = (*range(25), 40, 60) if len(SEEDS) < 100 else (*range(25), *range(25), 40, 60, 150, 290)
"""How many files people have handed in; the administration adds its own ten, and joins nothing where there are none."""
SCRIPTS: Final = (
    (0x41, 0x5A), (0xC0, 0x17F), (0x391, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA), (0x627, 0x64A), (0x905, 0x939),
    (0x3041, 0x3096), (0x4E00, 0x4F00), (0xAC00, 0xAD00), (0x1F600, 0x1F64F),
)  # fmt: skip
SHAPES: Final = ("Contrat n° {} (version finale).v2.pdf", "../{}", "{}" * 40, "CON {}", "{}…/«{}»", "a.{}.b", "{}")


def a_title(chance: random.Random) -> str:
    """How people name files, in every script."""
    first, last = chance.choice(SCRIPTS)
    # What is no character is refused where titles come in.
    script = [each for each in map(chr, range(first, last + 1)) if not unicodedata.category(each).startswith("C")]
    word = "".join(chance.choices(script, k=chance.randint(3, 12)))
    title = unicodedata.normalize("NFC", chance.choice(SHAPES).replace("{}", word))[:180]
    return title if any(map(str.isalnum, title)) else f"Pièce {title}"


def a_file(chance: random.Random) -> bytes:
    """A file as people send them, good or not."""
    made, out = pikepdf.new(), io.BytesIO()
    for _ in range(chance.randint(1, 4)):
        made.add_blank_page(page_size=chance.choice(((595, 842), (842, 595), (300, 300), (1191, 1684))))
    kind = chance.choice(("pages", "pages", "cut", "locked", "picture", "text", "nothing", "office"))
    if kind == "picture":
        Image.new("RGB", (200, 300), "navy").save(out, "PNG")
        return out.getvalue()
    if kind == "text":
        return "Une attestation, en français.\n".encode() * chance.randint(1, 90)
    if kind == "office":
        return bytes.fromhex("d0cf11e0a1b11ae1") + chance.randbytes(600)
    if kind == "nothing":
        return chance.randbytes(40)
    made.save(out, encryption=pikepdf.Encryption(owner="o", user="u") if kind == "locked" else None)
    return out.getvalue()[: len(out.getvalue()) // 2] if kind == "cut" else out.getvalue()


@pytest.fixture(scope="module")
def bundle_of(
    new_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> Callable[[int], Path]:
    known: dict[int, Path] = {}

    def build(seed: int) -> Path:
        if seed in known:
            return known[seed]
        chance, database, folder = random.Random(seed), new_database(), tmp_path_factory.mktemp("court")
        environment = yard_environment(
            folder, DATABASE_URL=database.app_url, SMOE_OWNER_DATABASE_URL=database.owner_url, REDIS_URL=valkey_url
        )
        settings = Settings.from_environment(environment)
        # The first two, which are always built, are a bundle of some size and one without exhibits.
        size = (12, 0)[seed] if seed < 2 else chance.choice(SIZES)
        files = {a_title(chance): a_file(chance) for _ in range(size)}
        with court(database, folder, files=files, empty=not size) as made:
            made.act("order-bundle", bundle="B1", arrangement=2)
            bundles = Bundles(made.desk, settings, makers_of, retry_seconds=0)
            with psycopg.connect(settings.database_url, autocommit=True) as connection:
                assert bundles.run_once(connection) == 1
            sha256 = made.case.bundle("B1").builds[-1].sha256
            known[seed] = folder / "dossier.zip"
            known[seed].write_bytes(Files(settings.files_url, made.desk.ledger.keys).read(made.stream, sha256))
        return known[seed]

    return build


@pytest.mark.parametrize("seed", SEEDS)
def test_a_registry_takes_what_is_built(bundle_of: Callable[[int], Path], seed: int) -> None:
    found = objections(bundle_of(seed))
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("what", BREAKINGS)
def test_a_registry_refuses_what_is_broken(bundle_of: Callable[[int], Path], what: str, tmp_path: Path) -> None:
    breaking, honest, of = BREAKINGS[what]
    found = objections(broken(bundle_of(SEEDS[0]), tmp_path / "dossier.zip", breaking, honest=honest))
    assert any(each.startswith(of) for each in found), found
