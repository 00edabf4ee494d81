"""Whose nationality opens work in France without a permit, and between which days."""

from datetime import date

import msgspec

from domain.provisions import SOURCES
from domain.reference import Mark

FRENCH = frozenset(["FR", "GP", "GF", "MQ", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "TF"])
"""Codes of the French Republic: none of them is a foreign nationality."""

CODE_APPLIES = SOURCES["CT"].in_force_since
CODE = f"CT R5221-2, {SOURCES['CT'].title}, {SOURCES['CT'].address}"


class FreeToWork(msgspec.Struct, frozen=True, kw_only=True):
    """Nationalities whose holders work without a permit, first and last day, and where that is written."""

    nationalities: frozenset[str]
    since: date
    until: date | None = None
    """Last day; None while it lasts."""
    source: str
    mark: Mark
    note: str = ""


FREE_TO_WORK = (
    FreeToWork(
        nationalities=frozenset(
            [
                *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HU", "IE", "IT", "LT", "LU"),
                *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
                *("IS", "LI", "NO", "CH"),
            ]
        ),
        since=CODE_APPLIES,
        source=CODE,
        mark=Mark.CONFIRMED,
        note="régimes transitoires d'accès à l'emploi des États entrés en 2004 et en 2007 non lus",
    ),
    FreeToWork(
        nationalities=frozenset(["HR"]),
        since=date(2013, 7, 1),
        source=f"{CODE} ; traité d'adhésion de la Croatie, JO L 112 du 24 avril 2012",
        mark=Mark.UNCONFIRMED,
        note="traité non lu ; régime transitoire d'accès à l'emploi non lu",
    ),
    FreeToWork(
        nationalities=frozenset(["GB"]),
        since=CODE_APPLIES,
        until=date(2020, 12, 31),
        source=f"{CODE} ; accord de retrait du Royaume-Uni, JO L 29 du 31 janvier 2020, articles 126 et 127",
        mark=Mark.UNCONFIRMED,
        note="accord non lu : retrait le 31 janvier 2020, période de transition jusqu'au 31 décembre 2020 ; les droits "
        "que l'accord garde à qui résidait en France ne sont pas distingués",
    ),
)
"""The Union, the European Economic Area and Switzerland (CT R5221-2)."""


def works_without_a_permit(nationality: str, on: date) -> bool:
    """Whether a nationality is French, or of a State whose nationals work in France without a permit that day."""
    return nationality in FRENCH or any(
        nationality in row.nationalities and row.since <= on and (row.until is None or on <= row.until)
        for row in FREE_TO_WORK
    )
