"""The table against the OWASP ASVS, read from `docs/asvs.toml`: counted, and written as a page."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent
DATA: Final = ROOT / "docs" / "asvs.toml"
PAGE: Final = ROOT / "docs" / "asvs.md"
SUMMARY_PAGE: Final = ROOT / "SECURITY.md"
COUNTS_BEGIN: Final = "<!-- asvs: written by make docs -->\n"
COUNTS_END: Final = "<!-- end of asvs -->\n"

Verdict: TypeAlias = Literal["met", "not applicable", "not met"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

CHAPTERS: Final = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web frontend",
    4: "API and web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorization",
    9: "Self-contained tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "Secure communication",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding and architecture",
    16: "Security logging and error handling",
    17: "WebRTC",
}

HEAD = """# smoe against the OWASP ASVS

Written by `make docs` from [asvs.toml](asvs.toml): every requirement of levels 1 and 2 of the Application Security
Verification Standard, version {version}, read in {source}.
What a requirement asks is said in a few words of ours; the standard's own text rules.

- **met**: code does it, and the reference shows where: a test that fails without it wherever there is one.
- **not applicable**: smoe has nothing that the requirement speaks of; the note says what is absent.
- **not met**: it is not so today, or only a deployment can make it so. Nothing is called met because it is intended.

Nobody but its authors has checked this table.

"""

TABLE = """
## {number}. {title}

| id | level | what is asked | verdict | where | note |
|---|---|---|---|---|---|
"""


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One requirement of the standard, and what smoe makes of it."""

    id: str
    level: Literal[1, 2]
    name: str
    """What is asked, in a few words of ours."""
    verdict: Verdict
    references: tuple[str, ...]
    """Files from the root of the repository; a test as pytest names it."""
    note: str

    @property
    def chapter(self) -> int:
        """Its chapter in the standard."""
        return int(self.id.partition(".")[0])


class Standard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The standard that was read, and every requirement in its order."""

    version: str
    source: str
    requirement: tuple[Requirement, ...]


def read_standard() -> Standard:
    """The table as it is kept. Raises msgspec.DecodeError."""
    return msgspec.toml.decode(DATA.read_bytes(), type=Standard)


def counts(requirements: Iterable[Requirement]) -> str:
    """How many requirements of each level have each verdict."""
    found = Counter[tuple[int, str]]((each.level, each.verdict) for each in requirements)
    lines = f"| level | {' | '.join(VERDICTS)} | all |\n|---|{'---|' * (len(VERDICTS) + 1)}\n"
    for levels, title in (((1,), "1"), ((2,), "2"), ((1, 2), "**both**")):
        row = [sum(found[level, verdict] for level in levels) for verdict in VERDICTS]
        lines += f"| {title} | {' | '.join(map(str, row))} | {sum(row)} |\n"
    return lines


def counts_by_chapter(requirements: Iterable[Requirement]) -> str:
    """The same, chapter by chapter, both levels together."""
    found = Counter[tuple[int, str]]((each.chapter, each.verdict) for each in requirements)
    lines = f"| chapter | {' | '.join(VERDICTS)} | all |\n|---|{'---|' * (len(VERDICTS) + 1)}\n"
    for number, title in CHAPTERS.items():
        row = [found[number, verdict] for verdict in VERDICTS]
        lines += f"| {number}. {title} | {' | '.join(map(str, row))} | {sum(row)} |\n"
    return lines


def linked(reference: str) -> str:
    """A reference as a link from `docs/`, by the name of its test or file."""
    path, _, test = reference.partition("::")
    return f"[`{test or Path(path).name}`](../{path})"


def line(each: Requirement) -> str:
    """One requirement as a row."""
    where = " ".join(map(linked, each.references))
    verdict = each.verdict if each.verdict != "not met" else "**not met**"
    return f"| {each.id} | {each.level} | {each.name} | {verdict} | {where} | {each.note} |\n"


def asvs_page() -> str:
    """The whole page: counts, then chapter by chapter."""
    standard = read_standard()
    page = HEAD.format(version=standard.version, source=standard.source)
    page += f"{counts(standard.requirement)}\n{counts_by_chapter(standard.requirement)}"
    for number, title in CHAPTERS.items():
        page += TABLE.format(number=number, title=title)
        page += "".join(line(each) for each in standard.requirement if each.chapter == number)
    return page


def security_page(page: str) -> str:
    """`SECURITY.md` with the counts of today between their marks."""
    before, _, rest = page.partition(COUNTS_BEGIN)
    _, _, after = rest.partition(COUNTS_END)
    return before + COUNTS_BEGIN + "\n" + counts(read_standard().requirement) + "\n" + COUNTS_END + after
