"""The numbers that texts set, as rules read them on the day of the decision."""

from decimal import Decimal

from domain.french import in_french
from domain.law import Law
from domain.refusals import Refused


def set_by_text(law: Law, id: str) -> Decimal:
    """The number in force that day; refused when no text that fixes it is held, rather than guessed."""
    row = law.reference.threshold(id, law.today)
    if row is None:
        label = law.reference.thresholds[id][0].label
        raise Refused(
            "law_not_held", f"Aucun texte enregistré ne fixe ce nombre à la date du {in_french(law.today)} : {label}."
        )
    return row.value


def count_set_by_text(law: Law, id: str) -> int:
    """The same, for what is counted in whole months, years, hours or days."""
    return int(set_by_text(law, id))
