"""How days, amounts and codes are written for French readers."""

import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
NUMBERS_IN_WORDS = {1: "un", 2: "deux", 3: "trois", 4: "quatre"}
MONTHS_IN_WORDS = {1: "un mois", 2: "deux mois", 3: "trois mois", 4: "quatre mois", 12: "un an"}

CODES_IN_FULL = {
    "CT": "code du travail",
    "CESEDA": "code de l'entrée et du séjour des étrangers et du droit d'asile",
    "CRPA": "code des relations entre le public et l'administration",
    "CJA": "code de justice administrative",
}
"""What the codes that facts abridge are called in letters and briefs."""


@lru_cache(maxsize=16_384)
def in_french(day: date) -> str:
    """« 1er mars 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def length_in_words(*, months: int | None = None, days: int | None = None) -> str:
    """A length in months or in days, as sentences tell it."""
    if months:
        return MONTHS_IN_WORDS.get(months, f"{months} mois")
    return f"{days} jour{'s' if (days or 0) > 1 else ''}"


def working_days_in_words(count: int, kind: str) -> str:
    """« deux jours ouvrables », « un jour ouvré »."""
    number = NUMBERS_IN_WORDS.get(count, str(count))
    return f"{number} jour{'s' * (count > 1)} {kind}{'s' * (count > 1)}"


def euros_in_french(amount: Decimal) -> str:
    """« 1 823,03 € », with narrow no-break spaces."""
    return f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def list_in_french(parts: list[str]) -> str:
    """« a, b et c »."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}" if parts else ""


def of(name: str) -> str:
    """« de Béthune », « d'Avignon »: the name of a town after what belongs to it."""
    return f"d'{name}" if folded(name)[:1] in "aeiou" else f"de {name}"


def with_article(court: str) -> str:
    """« le tribunal administratif de Lyon », « la cour administrative d'appel de Lyon », « le Conseil d'État »."""
    return f"la {court}" if court.startswith("cour ") else f"le {court}"


def folded(text: str) -> str:
    """A text without case, accents or hyphens, to compare what people typed."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("-", " ")
