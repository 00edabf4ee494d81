"""Write the pages that are made of rules, tables and data, so that they cannot differ from these."""

from pathlib import Path

from domain.findings import CRITERION_TITLES, Criterion
from domain.law_in_french import LAW_IN_FRENCH
from domain.procedures import PROCEDURES, Procedure
from domain.provisions import (
    CHAPTER_TITLES,
    DATE_NOT_READ,
    NATURE_TITLES,
    Chapter,
    Provision,
    all_provisions,
)
from domain.reading import WORK_PERMITS
from domain.reference.load import load_reference
from domain.reference.published import counted
from tools import asvs
from tools.access_page import access_page

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "law.md"
TABLES_PAGE = ROOT / "docs" / "reference-data.md"
ACCESS_PAGE = ROOT / "docs" / "access.md"
COUNTS_BEGIN = "<!-- tables: écrit par make docs -->\n"
COUNTS_END = "<!-- fin des tables -->\n"
COUNTS_HEAD = """
| table | fichier | titre | sources lues jusqu'au | lignes | confirmées | non confirmées |
|---|---|---|---|---|---|---|
"""

HEAD = """# Le droit dans le code

Page tirée du code par `make docs` : une ligne par règle et par version de son texte, chapitre par chapitre. La même
liste, au jour voulu, est servie par `GET /api/law?on=`.

- **Une règle = une fonction = un article dans une version.** Une condition répond `met`, `not_met`, `not_opposable`,
  `not_applicable` ou `not_established`, avec les faits et les pièces qui portent la réponse. Ce qui n'est pas au
  dossier n'est jamais un « non » : la réponse est alors `not_established` et dit ce qui manque.
- **Obligation** : la condition non remplie fonde un refus et interdit d'accorder. **Faculté** : le texte dit que
  l'autorité *peut* refuser ; une réponse défavorable le permet sans y obliger, et la décision dit pourquoi elle en use.
  **Élément d'appréciation** : jusqu'au 31 mars 2021, aucun élément n'était décisif à lui seul ; la décision dit comment
  ils ont été pesés ensemble.
- **Non confirmé** : personne n'a lu le texte ; la réponse le dit aussi.
- Une date d'effet suivie de « code » est celle du code, le jour de la version n'ayant pas été lu.
- « Autorisations de travail » désigne : {work_permits}.
"""

TABLE = """
## {title}

| article | en vigueur | ce que dit le texte | portée | règle | état |
|---|---|---|---|---|---|
"""


def scope(provision: Provision) -> str:
    """Name what a provision concerns, the procedures that share R5221-20 under one word."""
    named = [Procedure(each) for each in provision.procedures]
    shared = set(named) >= set(WORK_PERMITS)
    titles = ["Autorisations de travail"] if shared else []
    titles += [PROCEDURES[each].title for each in named if not (shared and each in WORK_PERMITS)]
    told = " ; ".join(titles)
    if provision.criterion is None:
        return told
    condition = f"{CRITERION_TITLES[Criterion(provision.criterion)]} (`{provision.criterion}`)"
    nature = NATURE_TITLES[provision.nature] if provision.nature else ""
    return f"{condition} ; {nature} ; {told}"


def line(provision: Provision) -> str:
    """Write one provision as a table row, with the place where it is read."""
    period = f"depuis le {provision.since:%d/%m/%Y}"
    if provision.until is not None:
        period = f"du {provision.since:%d/%m/%Y} au {provision.until:%d/%m/%Y}"
    if DATE_NOT_READ in provision.note:
        period += " (code)"
    path = provision.module.replace(".", "/")
    if (ROOT / path).is_dir():
        path += "/__init__"
    place = f"[`{provision.name}`](../{path}.py)"
    state = "confirmé" if provision.mark == "confirmed" else "non confirmé"
    other = provision.note.replace(DATE_NOT_READ, "").strip(" ;")
    state += f" : {other}" if other else ""
    articles = ", ".join(provision.articles)
    return f"| {articles} | {period} | {LAW_IN_FRENCH[provision.name]} | {scope(provision)} | {place} | {state} |\n"


def law_page() -> str:
    """The whole page, by chapter, in the order of the conditions and of the versions of their texts."""
    titles = " ; ".join(PROCEDURES[procedure].title for procedure in WORK_PERMITS)
    page = HEAD.format(work_permits=titles)
    for chapter in Chapter:
        lines = [line(each) for each in all_provisions() if each.chapter is chapter]
        if lines:
            page += TABLE.format(title=CHAPTER_TITLES[chapter]) + "".join(lines)
    return page


def counts() -> str:
    """What each shipped table holds, and how much of it is confirmed."""
    reference = load_reference()
    lines, sums = COUNTS_HEAD, [0, 0]
    for name, info in reference.tables.items():
        rows, confirmed = counted(reference.rows[name])
        sums = [sums[0] + rows, sums[1] + confirmed]
        lines += (
            f"| `{name}` | `{info.file}` | {info.title} | {info.checked_until:%d/%m/%Y} | {rows} | {confirmed} "
            f"| {rows - confirmed} |\n"
        )
    rows, confirmed = sums
    return lines + f"| **total** | | | | **{rows}** | **{confirmed}** | **{rows - confirmed}** |\n\n"


def tables_page(page: str) -> str:
    """The page on reference data with the counts of today between their marks."""
    before, _, rest = page.partition(COUNTS_BEGIN)
    _, _, after = rest.partition(COUNTS_END)
    return before + COUNTS_BEGIN + counts() + COUNTS_END + after


def main() -> None:
    """Write the pages."""
    PAGE.write_text(law_page(), encoding="utf-8")
    ACCESS_PAGE.write_text(access_page(), encoding="utf-8")
    TABLES_PAGE.write_text(tables_page(TABLES_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    asvs.PAGE.write_text(asvs.asvs_page(), encoding="utf-8")
    asvs.SUMMARY_PAGE.write_text(asvs.security_page(asvs.SUMMARY_PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
