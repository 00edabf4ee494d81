"""What French calls the countries that requests name by their ISO 3166-1 code."""

import gettext
from functools import cache
from typing import Final

import pycountry

APART: Final = {"XK": "Kosovo"}
"""Codes in use that the norm does not hold."""


@cache
def country_in_french(code: str) -> str:
    """« Mali » for `ML`; a code that nobody knows stands for itself."""
    if code in APART:
        return APART[code]
    found = pycountry.countries.get(alpha_2=code)
    return _names().gettext(found.name) if found is not None else code


@cache
def _names() -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"], fallback=True)
