"""The page that shows the API: nothing inline, nothing from elsewhere, and a browser with nothing to say against it."""

import hashlib
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.documentation import FILES, FOLDER
from api.edge import HTML_POLICY
from tests.api.service import Service, seed, settings_on
from tests.fuzzing.campaign import served
from tests.servers import Database

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
PUBLISHED = {
    "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui.css": "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
    "favicon-32x32.png": "3ed612f41e050ca5e7000cad6f1cbe7e7da39f65fca99c02e99e6591056e5837",
}
"""The files as npm's package has them."""


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
    assert sorted(page.references) == sorted(f"/schema/swagger/{name}" for name in FILES)
    for reference in page.references:
        file = service.client.get(reference)
        assert file.status_code == 200
        assert file.headers["Content-Type"].partition(";")[0] == FILES[reference.rpartition("/")[2]]
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


def test_the_files_are_those_published() -> None:
    assert {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in PUBLISHED} == PUBLISHED


@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_a_browser_shows_it(database: Database, valkey_url: str, tmp_path: Path) -> None:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    with served(settings, tmp_path) as place:
        assert BROWSER is not None
        command = [
            BROWSER,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
        ]
        command += [
            "--enable-logging=stderr",
            "--virtual-time-budget=20000",
            "--dump-dom",
            f"{place.url}/schema/swagger",
        ]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Content Security Policy" not in shown.stderr, shown.stderr
    assert "Refused to" not in shown.stderr, shown.stderr
    assert "opblock-summary-path" in shown.stdout, "operations are shown"
    assert "/api/permits/check" in shown.stdout
