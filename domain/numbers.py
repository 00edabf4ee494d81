"""The numbers that texts set, read on a day: one reader for every rule, command and time limit."""

from datetime import date
from decimal import Decimal

from domain.french import in_french
from domain.law import Law
from domain.reference import Mark, Reference, Threshold
from domain.refusals import Refused


def not_held(reference: Reference, id: str, on: date) -> str:
    """Why nothing can be counted that day: no text that fixes the number is held."""
    label = reference.thresholds[id][0].label
    return f"aucun texte enregistré ne fixe ce nombre à la date du {in_french(on)} : {label}"


def row_of(reference: Reference, id: str, on: date) -> Threshold:
    """The row in force that day; refused when no text that fixes the number is held, rather than guessed."""
    row = reference.threshold(id, on)
    if row is None:
        why = not_held(reference, id, on)
        raise Refused("law_not_held", f"{why[:1].upper()}{why[1:]}.")
    return row


def number_of(reference: Reference, id: str, on: date) -> int:
    """What is counted in whole months, years, hours or days; refused as `row_of` is."""
    return int(row_of(reference, id, on).value)


def delay_of(row: Threshold) -> dict[str, int]:
    """What to count by, months or days, and how many."""
    return {"months" if row.unit == "months" else "days": int(row.value)}


def doubts_of(*rows: Threshold) -> tuple[str, ...]:
    """What must be said of the rows that nobody confirmed."""
    return tuple(row.doubt for row in rows if row.mark is Mark.UNCONFIRMED)


def set_by_text(law: Law, id: str) -> Decimal:
    """The number in force on the day of the decision."""
    return row_of(law.reference, id, law.today).value


def count_set_by_text(law: Law, id: str) -> int:
    """The same, for what is counted in whole months, years, hours or days."""
    return number_of(law.reference, id, law.today)
