"""The real engine, sheets, brief, inventory and proof together: it may be filed, and is the same elsewhere."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pikepdf
import psycopg
import pypdfium2
import pytest

from documents.bundle.makers import makers_of
from documents.storage import Files
from ledger.settings import Settings
from reactions.bundles import Bundles
from tests.bundles.checker import faults_of
from tests.bundles.given import Court, court
from tests.bundles.test_bundle_job import yard_environment
from tests.servers import Database

ROOT: Final = Path(__file__).parents[2]
AGAIN: Final = """
import sys
from pathlib import Path
from uuid import UUID
from documents.bundle.makers import makers_of
from domain.reference.load import load_reference
from ledger.desk import Desk, open_ledger
from documents.bundle.makers import makers_of
from documents.storage import Files
from ledger.settings import Settings
from reactions.bundles import Ordered, kept
import os
settings = Settings.from_environment(os.environ)
ledger = open_ledger(settings)
order = Ordered(UUID(sys.argv[1]), int(sys.argv[2]))
print(kept(Desk(ledger, load_reference()), settings, makers_of, order, lambda *told: None).sha256)
ledger.close()
"""


def a_pdf(pages: int, *, title: str) -> bytes:
    """A file of somebody else: plain pages, without tags."""
    made, out = pikepdf.new(), io.BytesIO()
    for number in range(pages):
        page = made.add_blank_page(page_size=(595, 842))
        page.Contents = made.make_stream(f"BT /F1 12 Tf 72 700 Td ({title} {number + 1}) Tj ET".encode())
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
    made.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> Iterator[tuple[Court, dict[str, str]]]:
    database, folder = new_database(), tmp_path_factory.mktemp("whole")
    environment = yard_environment(
        folder, DATABASE_URL=database.app_url, SMOE_OWNER_DATABASE_URL=database.owner_url, REDIS_URL=valkey_url
    )
    files = {
        "Passeport": a_pdf(2, title="Passeport"),
        "Contrat de travail": a_pdf(3, title="Contrat"),
        "Fichier tronqué": a_pdf(2, title="Coupe")[:300],
        "合同": a_pdf(1, title="Contrat chinois"),
        "Note": b"Une note en texte.\n",
    }
    with court(database, folder, files=files) as made:
        made.act("order-bundle", bundle="B1", arrangement=2)
        yield made, environment


def test_a_whole_bundle_may_be_filed_and_is_the_same_in_another_process(
    place: tuple[Court, dict[str, str]], tmp_path: Path
) -> None:
    made, environment = place
    settings = Settings.from_environment(environment)
    bundles = Bundles(made.desk, settings, makers_of, retry_seconds=0)
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        assert bundles.run_once(connection) == 1
    build = made.case.bundle("B1").builds[-1]
    content = Files(settings.files_url, made.desk.ledger.keys).read(made.stream, build.sha256)
    assert faults_of(content) == []
    assert list((settings.data_dir / "builds").iterdir()) == []
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        merged, names = opened.read("dossier.pdf"), opened.namelist()
    exhibits = [name for name in names if name.startswith("pieces/")]
    pages = pypdfium2.PdfDocument(merged)
    titles = [each.get_title() for each in pages.get_toc()]
    assert [each for each in titles if each.startswith("PJ")] == [
        f"PJ{name[7:].partition('_')[0]}_{name[7:].partition('_')[2].rpartition('.')[0]}"
        for name in sorted(exhibits, key=lambda name: int(name[7:].partition("_")[0]))
    ]
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    assert "Passeport 2" in text
    assert "Contrat 3" in text
    order = next(f.version for f in made.desk.history(made.stream).facts if f.type == "BundleOrdered")
    elsewhere = {**environment, "SMOE_DATA_DIR": str(tmp_path), "PYTHONHASHSEED": "7"}
    again = subprocess.run(
        [sys.executable, "-c", AGAIN, str(made.stream), str(order)],
        cwd=ROOT,
        env={**os.environ, **elsewhere},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert again.stdout.strip() == build.sha256


def test_one_command_of_the_console_writes_a_bundle(place: tuple[Court, dict[str, str]], tmp_path: Path) -> None:
    made, environment = place
    command = [sys.executable, "-m", "cli", "bundle", "build", str(made.stream), "--decision", "D1", "--out"]
    told = {"cwd": ROOT, "env": {**os.environ, **environment}, "capture_output": True, "text": True, "timeout": 300}
    out = tmp_path / "dossier.zip"
    done = subprocess.run([*command, str(out), "--litigation", "L1"], **told)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    assert faults_of(out.read_bytes()) == []
    build = made.case.bundles[-1].builds[-1]
    assert build.sha256 in done.stdout
    assert build.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    refused = subprocess.run([*command, str(tmp_path / "b.zip"), "--litigation", "L9"], **told)  # type: ignore[call-overload]
    assert refused.returncode == 1
    assert "litigation_unknown" in refused.stderr
    assert not (tmp_path / "b.zip").exists()
