"""The rows of the reference tables, as their data files spell them, and the answers that look-ups give."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
DepartmentCode = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9]{2}|2[AB]|97[1-6])$(?!\n)")]
RegionCode = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}$(?!\n)")]
FapCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][0-9][A-Z][0-9]{2}$(?!\n)")]
RomeCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][0-9]{4}$(?!\n)")]
HolidayTerritory = Annotated[str, msgspec.Meta(pattern=r"^(?:\*|[0-9]{2}|2[AB]|97[1-6])$(?!\n)")]
Idcc = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$(?!\n)")]


WHOLE_UNITS = frozenset({"months", "days", "weeks", "working_days"})
"""Lengths that calendars count, so that no half is possible."""
WHOLE_MAX = 1_200
ORDINARY_YEAR = 2025
"""A year without 29 February."""


class Mark(StrEnum):
    """How sure a row is: read in the text or in concordant sources, or not."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a table, which always says where it comes from and how sure it is."""

    source: Text
    mark: Mark


FIGURE_MAX = 100_000
"""No wage, amount, length or share that a text sets is higher."""

EUROS_APART_MAX = 1
"""How far a printed monthly wage may stand from its hourly one: the press rounds and misprints."""


def _must_be_a_figure(name: str, value: Decimal) -> None:
    if not (value.is_finite() and 0 <= value <= FIGURE_MAX):
        raise ValueError(f"« {name} » doit être un nombre de 0 à {FIGURE_MAX}")


def _must_be_in_order(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until < since:
        raise ValueError("la date de fin précède la date d'effet")


class SmicLine(Row, frozen=True, kw_only=True):
    """A step of the SMIC as published, gross euros; the monthly figure stands for 35 hours a week."""

    effective_from: date
    hourly_gross_eur: Decimal
    monthly_gross_35h_eur: Decimal | None
    territory: Literal["national", "mayotte"]
    note: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no wage, and a month that an hour does not make (35 hours are 1820/12 hours a month)."""
        _must_be_a_figure("hourly_gross_eur", self.hourly_gross_eur)
        if self.monthly_gross_35h_eur is not None:
            _must_be_a_figure("monthly_gross_35h_eur", self.monthly_gross_35h_eur)
            if abs(self.hourly_gross_eur * 1820 / 12 - self.monthly_gross_35h_eur) > EUROS_APART_MAX:
                raise ValueError("le montant mensuel ne correspond pas au montant horaire pour 35 heures")


class SmicRow(Row, frozen=True, kw_only=True):
    """The gross monthly SMIC of a day and territory for 35 hours a week, in euros, with its hourly figure."""

    amount: Decimal
    hourly: Decimal
    territory: str
    effective_from: date
    note: str | None = None


class Department(Row, frozen=True, kw_only=True):
    """A department, its region, its court, and the words that follow « préfet »."""

    code: DepartmentCode
    name: Text
    prefect_of: Text
    region_code: RegionCode
    region_name: Text
    overseas: bool
    alsace_moselle: bool
    tribunal_administratif: Text


class Tribunal(Row, frozen=True, kw_only=True):
    """An administrative court, by the name that CJA R221-3 gives it."""

    name: Text
    title: Text
    town: Text
    note: str | None = None


class PlatformLine(Row, frozen=True, kw_only=True):
    """What is known of the platform of a department, or of all of them (`*`) for seasonal work."""

    department: Annotated[str, msgspec.Meta(pattern=r"^(?:\*|[0-9]{2}|2[AB]|97[1-6])$(?!\n)")]
    scope: Literal["seasonal", "non_seasonal"]
    platform: str | None
    platform_prefect_department: DepartmentCode | None
    effective_from: date | None
    confidence: Literal["A", "B", "U", "unknown"]
    note: str | None = None


class PlatformRow(Row, frozen=True, kw_only=True):
    """The platform that a request goes to, with the department of the prefect who decides there."""

    platform: Text
    platform_prefect_department: DepartmentCode
    confidence: Literal["A", "B", "U"]
    effective_from: date
    note: str | None = None


class ShortageList(Row, frozen=True, kw_only=True):
    """A text that lists shortage occupations; the last day is included."""

    id: Text
    title: Text
    nor: Text
    effective_from: date
    effective_to: date | None = None
    complete_regions: tuple[RegionCode, ...]
    note: str | None = None


class ShortageRow(Row, frozen=True, kw_only=True):
    """An occupation listed for a region by a text; the last day is included."""

    list_id: Text
    effective_from: date
    effective_to: date | None
    region_code: RegionCode
    region_name: Text
    fap_code: FapCode
    fap_label: Text
    rome_codes: tuple[RomeCode, ...]
    note: str | None = None


class Shortage(StrEnum):
    """Whether an occupation is in shortage; what has not been read is never a no."""

    LISTED = "listed"
    NOT_LISTED_KNOWN = "not_listed_known"
    NOT_ESTABLISHED = "not_established"


class ShortageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer on an occupation, region and day, with the row it rests on and a French sentence."""

    status: Shortage
    because: str
    fap: str | None = None
    row: ShortageRow | None = None
    list_id: str | None = None
    source: str | None = None
    mark: Mark = Mark.UNCONFIRMED


class FapLabel(Row, frozen=True, kw_only=True):
    """An occupational family of the FAP-2009 nomenclature."""

    fap_code: FapCode
    fap_label: Text


class FapRome(Row, frozen=True, kw_only=True):
    """A ROME v3 code that belongs to a family, alone or only for some qualifications."""

    fap_code: FapCode
    fap_label: Text
    rome_code: RomeCode
    rome_label: str | None
    assignment: Literal["direct", "by_qualification"]
    qualification_codes: str | None
    mark_as_annex_ii: Mark


class Agreement(Row, frozen=True, kw_only=True):
    """A collective agreement by its IDCC; `kali_status` is its state at the snapshot, not today."""

    idcc: Idcc
    title: Text
    short_title: str | None
    kali_status: Text
    kali_id: str | None


class SilenceRule(Row, frozen=True, kw_only=True):
    """What silence on a kind of request means: length in months or in days, effect, start of the clock."""

    id: Text
    label: Text
    trigger: Literal["receipt", "filing", "complete_filing", "none"]
    months: Annotated[int, msgspec.Meta(gt=0, le=120)] | None = None
    days: Annotated[int, msgspec.Meta(gt=0, le=3650)] | None = None
    effect: Literal["reject", "grant", "none"]
    clock_start: Literal["first_authority", "competent_authority", "none"]
    on_missing_items: Literal["suspend", "start_when_complete", "none"]
    articles: tuple[str, ...]
    note: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rule with two lengths, or with a length that its effect contradicts."""
        lengths = [length for length in (self.months, self.days) if length is not None]
        if len(lengths) != (0 if self.effect == "none" else 1):
            raise ValueError("une durée, en mois ou en jours, et aucune quand le silence est sans effet")


class Threshold(Row, frozen=True, kw_only=True):
    """A number that a text sets, between its dates; a missing first date means that it was not read."""

    id: Text
    label: Text
    value: Decimal
    unit: Text
    article: Text
    effective_from: date | None = None
    effective_to: date | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no figure, a length that is not whole, and dates out of order."""
        _must_be_a_figure("value", self.value)
        if self.unit in WHOLE_UNITS and self.value != self.value.to_integral_value():
            raise ValueError(f"« value » doit être un nombre entier ({self.unit})")
        if self.unit in WHOLE_UNITS and self.value > WHOLE_MAX:
            raise ValueError(f"« value » ne peut dépasser {WHOLE_MAX} ({self.unit})")
        _must_be_in_order(self.effective_from, self.effective_to)

    @property
    def doubt(self) -> str:
        """How a finding says that it rests on a figure that nobody confirmed."""
        note = (self.note or "chiffre non confirmé").rstrip(".")
        return f"{self.label} ({self.article}) : {note[:1].lower()}{note[1:]}"


class Holiday(Row, frozen=True, kw_only=True):
    """A legal holiday of some departments, or of all of them (`*`): a fixed day, or days after Easter Sunday."""

    id: Text
    name: Text
    territories: Annotated[tuple[HolidayTerritory, ...], msgspec.Meta(min_length=1)]
    month: Annotated[int, msgspec.Meta(ge=1, le=12)] | None
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None
    easter_days: Annotated[int, msgspec.Meta(ge=-60, le=60)] | None
    effective_from: date | None
    effective_to: date | None
    article: Text
    note: str | None = None

    def __post_init__(self) -> None:
        """Refuse a day that no ordinary year has, and one fixed twice or not at all."""
        fixed = self.month is not None and self.day is not None
        if (self.month is None) != (self.day is None) or fixed == (self.easter_days is not None):
            raise ValueError("un jour férié a un mois et un jour, ou un nombre de jours après Pâques")
        if self.month is not None and self.day is not None and self.day > monthrange(ORDINARY_YEAR, self.month)[1]:
            raise ValueError(f"le {self.day}/{self.month} n'existe pas tous les ans")
        _must_be_in_order(self.effective_from, self.effective_to)

    def falls_on(self, year: int, easter: date) -> date | None:
        """Its day in a year, given Easter Sunday of that year; None when it was no holiday then."""
        if self.easter_days is not None:
            day = easter + timedelta(days=self.easter_days)
        else:
            assert self.month is not None
            assert self.day is not None
            day = date(year, self.month, self.day)
        since, until = self.effective_from, self.effective_to
        return day if (since is None or since <= day) and (until is None or day <= until) else None


class DocumentVersion(Row, frozen=True, kw_only=True):
    """A version of the order that lists the documents to attach."""

    id: Literal["V1", "V2"]
    effective_from: date
    effective_to: date | None = None
    note: str | None = None


class UseCase(Row, frozen=True, kw_only=True):
    """A use case of the order on documents."""

    id: Literal["U1", "U2", "U3", "U4", "U5", "U6", "U7"]
    label: Text


class ItemCondition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an item is called for, as a key for rules and a French clause for readers."""

    key: Text
    label: Text


class ChecklistItem(Row, frozen=True, kw_only=True):
    """A document of a use case in a version of the order."""

    use_case: Literal["U1", "U2", "U3", "U4", "U5", "U6", "U7"]
    version: Literal["V1", "V2"]
    key: Text
    label: Text
    condition: Text
    required: Literal["yes", "no", "unknown"]
    note: str | None = None

    @property
    def may_be_demanded(self) -> bool:
        """Whether a text is known to require it: no other item may be asked for or stop the clock (CRPA L114-5)."""
        return self.required == "yes"


class Holder(Row, frozen=True, kw_only=True):
    """What an administration holds that an item would prove: it is had from there (CRPA L113-12, L114-8)."""

    item: Text
    """Of the lists of documents, or a key of its own for what no list asks for."""
    concerns: Literal["any", "company", "private_employer"]
    """Whose requests: an employer of that kind."""
    label: Text
    """What is known by it."""
    holder: Text
    article: Text
    effective_from: date
    effective_to: date | None = None
    note: str | None = None


class Authority(Row, frozen=True, kw_only=True):
    """An authority other than a prefect of department or a court."""

    id: Text
    label: Text
    role: Text
    article: Text
    department: DepartmentCode | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    note: str | None = None


class TableInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A data file, its French title, and the newest date to which its sources were read."""

    name: Text
    file: Text
    title: Text
    checked_until: date
    effective_from: date | None = None
    """First day of a published table; None for the one shipped, whose rows have their own dates."""
