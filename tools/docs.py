"""Write `docs/law.md` from the rules themselves, so that the page cannot say anything else than the code."""

import inspect
from pathlib import Path

from domain.law import Rule, all_rules

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "law.md"

HEAD = """# Le droit dans le code

Page tirée du code par `make docs` : une ligne par règle et par version de son texte.

| article | en vigueur | condition | procédures | règle | état |
|---|---|---|---|---|---|
"""


def line(rule: Rule) -> str:
    """Write one rule as a table row, with the place where it is read."""
    source = Path(inspect.getsourcefile(rule.find) or "").resolve().relative_to(ROOT)
    period = f"depuis le {rule.id.since:%d/%m/%Y}"
    if rule.until is not None:
        period = f"du {rule.id.since:%d/%m/%Y} au {rule.until:%d/%m/%Y}"
    procedures = ", ".join(sorted(procedure.value for procedure in rule.procedures))
    place = f"[`{rule.find.__name__}`](../{source}) : {' '.join(rule.text.split())}"
    state = "confirmé" if rule.mark == "confirmed" else "non confirmé"
    return f"| {rule.id.article} | {period} | {rule.id.criterion.value} | {procedures} | {place} | {state} |\n"


def main() -> None:
    """Write the page, in the order of the articles and of their versions."""
    rules = sorted(all_rules(), key=lambda rule: (rule.id.article, rule.id.since, rule.find.__name__))
    PAGE.write_text(HEAD + "".join(map(line, rules)))


if __name__ == "__main__":
    main()
