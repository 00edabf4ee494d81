"""Every link from one page of ours to a file or a heading leads there."""

import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *ROOT.glob("features/*.md"),
    *ROOT.glob("examples/**/*.md"),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@lru_cache
def anchors(page: Path) -> frozenset[str]:
    """What the headings of a page are called in a link, as hosts of repositories make it of them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


def leads_nowhere(page: Path, target: str) -> bool:
    """Whether a link of a page is to a file that is not there, or to a heading that its page does not have."""
    path, _, heading = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not (file.exists() and file.is_relative_to(ROOT)):
        return True
    return bool(heading) and heading not in anchors(file)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    ours = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in ours if leads_nowhere(page, target)] == []


@pytest.mark.parametrize("target", ["docs/nothing.md", "#nothing", "docs/proof.md#nothing", "../shared/style.md"])
def test_a_link_to_nothing_is_found_out(target: str) -> None:
    assert leads_nowhere(ROOT / "SECURITY.md", target)
    assert not leads_nowhere(ROOT / "SECURITY.md", "docs/proof.md#keys")
