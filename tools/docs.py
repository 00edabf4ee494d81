"""Write `docs/law.md` from the rules themselves, so that the page cannot say anything else than the code."""

import inspect
from pathlib import Path

from domain.findings import CRITERION_TITLES
from domain.law import Rule, all_rules
from domain.procedures import PROCEDURES
from domain.reading import WORK_PERMITS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "law.md"

HEAD = """# Le droit dans le code

Page tirée du code par `make docs` : une ligne par règle et par version de son texte, dans l'ordre du code.

- **Une règle = une fonction = un article dans une version.** Elle répond `met`, `not_met`, `not_opposable`,
  `not_applicable` ou `not_established`, avec les faits et les pièces qui portent la réponse. Ce qui n'est pas au
  dossier n'est jamais un « non » : la réponse est alors `not_established` et dit ce qui manque.
- **Obligation** : la condition non remplie fonde un refus. **Faculté** : le texte dit que l'autorité *peut* refuser ;
  une réponse défavorable le permet sans y obliger, et la décision dit pourquoi elle en use.
- **Non confirmé** : personne n'a lu le seuil dans le texte ; la réponse le dit aussi.
- Les textes du CESEDA ont été lus dans leur version consolidée au 3 avril 2026 ; leur date d'effet est ici celle du
  code en vigueur (1er mai 2021), le jour de chaque version n'ayant pas été lu.
- « Autorisations de travail » désigne : {work_permits}.

| article | en vigueur | condition | procédures | portée | règle | état |
|---|---|---|---|---|---|---|
"""


def procedures(rule: Rule) -> str:
    """Name the procedures, those that share R5221-20 under one word."""
    concerned = rule.procedures
    names = ["Autorisations de travail"] if concerned >= set(WORK_PERMITS) else []
    rest = concerned - set(WORK_PERMITS) if names else concerned
    return " ; ".join([*names, *(facts.title for procedure, facts in PROCEDURES.items() if procedure in rest)])


def line(rule: Rule) -> str:
    """Write one rule as a table row, with the place where it is read."""
    source = Path(inspect.getsourcefile(rule.find) or "").resolve().relative_to(ROOT)
    period = f"depuis le {rule.id.since:%d/%m/%Y}"
    if rule.until is not None:
        period = f"du {rule.id.since:%d/%m/%Y} au {rule.until:%d/%m/%Y}"
    condition = f"{CRITERION_TITLES[rule.id.criterion]} (`{rule.id.criterion.value}`)"
    place = f"[`{rule.find.__name__}`](../{source}) : {' '.join(rule.text.split())}"
    force = "faculté" if rule.discretion else "obligation"
    state = "confirmé" if rule.mark == "confirmed" else "non confirmé"
    return f"| {rule.id.article} | {period} | {condition} | {procedures(rule)} | {force} | {place} | {state} |\n"


def law_page() -> str:
    """The whole page, in the order of the conditions and of the versions of their texts."""
    titles = " ; ".join(PROCEDURES[procedure].title for procedure in WORK_PERMITS)
    return HEAD.format(work_permits=titles) + "".join(map(line, all_rules()))


def main() -> None:
    """Write the page."""
    PAGE.write_text(law_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
