"""The page that shows the API: nothing inline, nothing from elsewhere, and a browser with nothing to say against it."""

import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.documentation import SERVED
from api.edge import HTML_POLICY
from tests.api.service import Service, seed, settings_on
from tests.fuzzing.campaign import served
from tests.servers import Database

BROWSER = Path(__file__).parents[1] / "browser"
"""A browser and what drives it, as npm has them."""


class Parts(HTMLParser):
    """What a page refers to, and what is written in it."""

    def __init__(self) -> None:
        super().__init__()
        self.references: list[str] = []
        self.inline: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._within = tag
        for name, value in attributes:
            if name in {"src", "href"}:
                self.references.append(value or "")
            elif name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self._within in {"script", "style"} and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


def test_everything_is_served_from_here(service: Service) -> None:
    answer = service.client.get("/schema/swagger")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Content-Security-Policy"] == HTML_POLICY
    page = Parts()
    page.feed(answer.text)
    assert page.inline == []
    assert sorted(page.references) == sorted(f"/schema/swagger/{name}" for name in SERVED)
    for reference in page.references:
        file = service.client.get(reference)
        assert file.status_code == 200
        assert file.headers["Content-Type"].partition(";")[0] == SERVED[reference.rpartition("/")[2]]
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in file.headers["Cache-Control"]


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    for word in ("unsafe", "http", "*", "blob:"):
        assert word not in HTML_POLICY
    assert "default-src 'none'" in HTML_POLICY
    assert "frame-ancestors 'none'" in HTML_POLICY


@pytest.mark.parametrize("name", ["LICENSE", "../app.py", "..%2fapp.py", "x"])
def test_no_other_file(service: Service, name: str) -> None:
    assert service.client.get(f"/schema/swagger/{name}").status_code == 404


def test_a_browser_shows_it(database: Database, valkey_url: str, tmp_path: Path) -> None:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    folder = tmp_path / "browser"
    shutil.copytree(BROWSER, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True)
    with served(settings, tmp_path) as place:
        command = ["node", "show.js", f"{place.url}/schema/swagger", ".opblock-summary-path"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["said"] == [], "the policy forbids nothing that the page does"
    assert found["shown"], found["text"]
    assert "/api/permits/check" in found["text"]
