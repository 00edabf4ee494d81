"""Dated reference data that rules need: each row says its source and how sure it is; what is unknown answers None."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from domain.french import in_french
from domain.reference.calendars import Calendar as Calendar
from domain.reference.calendars import calendar_of
from domain.reference.rows import Agreement as Agreement
from domain.reference.rows import Authority as Authority
from domain.reference.rows import ChecklistItem as ChecklistItem
from domain.reference.rows import Department as Department
from domain.reference.rows import DocumentVersion as DocumentVersion
from domain.reference.rows import FapLabel as FapLabel
from domain.reference.rows import FapRome as FapRome
from domain.reference.rows import Holder as Holder
from domain.reference.rows import Holiday as Holiday
from domain.reference.rows import ItemCondition as ItemCondition
from domain.reference.rows import Mark as Mark
from domain.reference.rows import PlatformLine as PlatformLine
from domain.reference.rows import PlatformRow as PlatformRow
from domain.reference.rows import Row as Row
from domain.reference.rows import Shortage as Shortage
from domain.reference.rows import ShortageAnswer as ShortageAnswer
from domain.reference.rows import ShortageList as ShortageList
from domain.reference.rows import ShortageRow as ShortageRow
from domain.reference.rows import SilenceRule as SilenceRule
from domain.reference.rows import SmicLine as SmicLine
from domain.reference.rows import SmicRow as SmicRow
from domain.reference.rows import TableInfo as TableInfo
from domain.reference.rows import Threshold as Threshold
from domain.reference.rows import Tribunal as Tribunal
from domain.reference.rows import UseCase as UseCase

TRANSFER_TO_PREFECTURES = date(2021, 4, 1)
"""Day on which the services moved to the prefectures: no platform existed before."""

MAYOTTE = "976"

COLLECTIVITIES_ON_NATIONAL_SMIC = frozenset({"975", "977", "978"})
"""Saint-Pierre-et-Miquelon, Saint-Barthélemy and Saint-Martin: national SMIC, though no row of departments."""

POSTCODES_OF_COLLECTIVITIES = frozenset({"97133", "97150"})
"""Saint-Barthélemy and Saint-Martin keep postcodes of Guadeloupe, from which they have left."""

CORSICA = {"200": "2A", "201": "2A", "202": "2B", "206": "2B"}


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """All reference tables, indexed; `versions` names the exact data, to be stored by the decision that used it."""

    versions: Mapping[str, str]
    tables: Mapping[str, TableInfo]
    texts: Mapping[str, str]
    """The data files, word for word, by their names."""
    rows: Mapping[str, tuple[Row | ItemCondition, ...]]
    """The rows of each table, in the order of its file."""
    smic: Mapping[str, tuple[SmicLine, ...]]
    departments: Mapping[str, Department]
    tribunals: Mapping[str, Tribunal]
    platforms: Mapping[tuple[str, bool], PlatformLine]
    shortage_lists: Mapping[str, ShortageList]
    shortage_rows: Mapping[tuple[str, str], tuple[ShortageRow, ...]]
    fap_labels: Mapping[str, FapLabel]
    rome_families: Mapping[str, tuple[FapRome, ...]]
    agreements: Mapping[str, Agreement]
    silence: Mapping[str, SilenceRule]
    thresholds: Mapping[str, tuple[Threshold, ...]]
    document_versions: tuple[DocumentVersion, ...]
    use_cases: Mapping[str, UseCase]
    conditions: Mapping[str, ItemCondition]
    checklists: Mapping[tuple[str, str], tuple[ChecklistItem, ...]]
    holders: tuple[Holder, ...]
    authorities: Mapping[str, Authority]
    holidays: tuple[Holiday, ...]
    shipped: "Reference | None" = None
    """The tables shipped with smoe, under those published; None where nothing published is in force."""
    asked: list[Threshold] | None = None
    """Where the figures handed out are noted, for whoever must say which of them nobody confirmed."""

    @property
    def calendar(self) -> Calendar:
        """Working days by territory, from the holidays of these tables."""
        return calendar_of(self.holidays)

    def smic_monthly(self, on: date, department: str) -> SmicRow | None:
        """The gross monthly SMIC for 35 hours, in euros; None when not known, so never the national one in Mayotte."""
        line = self._smic_line(on, department)
        if line is None or line.monthly_gross_35h_eur is None:
            return None
        return SmicRow(
            amount=line.monthly_gross_35h_eur,
            hourly=line.hourly_gross_eur,
            territory=line.territory,
            effective_from=line.effective_from,
            source=line.source,
            mark=line.mark,
            note=line.note,
        )

    def _smic_line(self, on: date, department: str) -> SmicLine | None:
        if department == MAYOTTE:
            line = _latest(self.smic["mayotte"], on)
            step = _latest(self.smic["national"], on)
            # The national figure has moved since this one was read: Mayotte's has too, and its value is not held.
            if line is not None and step is not None and step.effective_from > line.effective_from:
                return None
        elif department in self.departments or department in COLLECTIVITIES_ON_NATIONAL_SMIC:
            line = _latest(self.smic["national"], on)
        else:
            return None
        checked_until = self.tables["smic"].checked_until
        if line is None or on <= checked_until:
            return line
        note = f"aucune hausse recherchée après le {in_french(checked_until)}"
        joined = f"{line.note} ; {note}" if line.note else note
        return msgspec.structs.replace(line, mark=Mark.UNCONFIRMED, note=joined)

    def department(self, code: str) -> Department | None:
        """The department of an official code, or None."""
        return self.departments.get(code)

    def department_of_postcode(self, postcode: str) -> str | None:
        """The department that a postcode points to, or None; a presumption, as some offices serve two."""
        if len(postcode) != 5 or not (postcode.isascii() and postcode.isdigit()):
            return None
        if postcode in POSTCODES_OF_COLLECTIVITIES:
            return None
        if postcode.startswith("20"):
            return CORSICA.get(postcode[:3])
        code = postcode[:3] if postcode.startswith("97") else postcode[:2]
        return code if code in self.departments else None

    def region_of(self, department: str) -> str | None:
        """The region code of a department, or None."""
        row = self.departments.get(department)
        return row.region_code if row else None

    def prefect_title(self, department: str) -> str:
        """How French names the prefect of a department; raises KeyError for an unknown code."""
        return f"préfet {self.departments[department].prefect_of}"

    def platform_for(self, department: str, seasonal: bool, on: date) -> PlatformRow | None:
        """The platform that examines a request, or None when no source names one, and routing is left to hand."""
        line = self.platforms.get(("*", True) if seasonal else (department, False))
        if line is None or line.platform is None or line.platform_prefect_department is None:
            return None
        since = line.effective_from or TRANSFER_TO_PREFECTURES
        if line.confidence == "unknown" or on < since:
            return None
        return PlatformRow(
            platform=line.platform,
            platform_prefect_department=line.platform_prefect_department,
            confidence=line.confidence,
            effective_from=since,
            source=line.source,
            mark=line.mark,
            note=line.note,
        )

    def tribunal_of(self, department: str) -> Tribunal | None:
        """The administrative court of the place of work (CJA R221-3, R312-10); its note tells of a whole airport."""
        row = self.departments.get(department)
        return self.tribunals[row.tribunal_administratif] if row else None

    def rome_is_possible(self, code: str) -> bool:
        """Whether the professional domain of a code exists (its letter and two digits).

        The correspondence is that of ROME v3: a sheet that ROME v4 added to a known domain is not impossible.
        """
        return code[:3] in {known[:3] for known in self.rome_families}

    def rome_label(self, code: str) -> str | None:
        """The label of a ROME v3 code, or None."""
        rows = self.rome_families.get(code, ())
        return next((row.rome_label for row in rows if row.rome_label), None)

    def fap_of_rome(self, code: str) -> str | None:
        """The one family that a ROME code gives alone; None when it depends on the qualification or is not known."""
        rows = self.rome_families.get(code, ())
        return rows[0].fap_code if len(rows) == 1 and rows[0].assignment == "direct" else None

    def fap_label(self, code: str) -> str | None:
        """The label of a FAP-2009 family, or None."""
        row = self.fap_labels.get(code)
        return row.fap_label if row else None

    def shortage(self, fap: str | None, rome: str | None, region_code: str, on: date) -> ShortageAnswer:
        """Whether an occupation is on a region's shortage list on a day; a list not read whole never yields a no.

        A family found through the ROME code is unconfirmed: that annex II of the orders says the same was not read.
        """
        family = fap if fap is not None else self.fap_of_rome(rome) if rome is not None else None
        obstacle = self._family_obstacle(fap, rome, family)
        if family is None or obstacle is not None:
            return ShortageAnswer(status=Shortage.NOT_ESTABLISHED, because=obstacle or "métier non précisé", fap=family)
        rows = [row for row in self.shortage_rows.get((family, region_code), ()) if _in_force(row, on)]
        if rows:
            row = min(rows, key=lambda each: (each.mark is not Mark.CONFIRMED, -each.effective_from.toordinal()))
            return ShortageAnswer(
                status=Shortage.LISTED,
                because=f"{row.fap_label} ({family}) figure sur la liste {row.list_id} pour {row.region_name}",
                fap=family,
                row=row,
                list_id=row.list_id,
                source=row.source,
                mark=row.mark if fap is not None else Mark.UNCONFIRMED,
            )
        return self._unlisted(family, region_code, on)

    def _family_obstacle(self, fap: str | None, rome: str | None, family: str | None) -> str | None:
        families = {row.fap_code for row in self.rome_families.get(rome, ())} if rome is not None else set()
        if family is None and families:
            return f"la famille du code ROME {rome} dépend de la qualification du poste : indiquer la famille (FAP)"
        if family is None:
            return "métier non précisé" if rome is None else f"code ROME {rome} absent de la correspondance"
        if family not in self.fap_labels:
            return f"famille {family} absente de la nomenclature FAP-2009"
        if families and family not in families:
            return f"le code ROME {rome} ne relève pas de la famille {fap}"
        return None

    def _unlisted(self, family: str, region_code: str, on: date) -> ShortageAnswer:
        lists = [each for each in self.shortage_lists.values() if _in_force(each, on)]
        if lists and all(region_code in each.complete_regions for each in lists):
            newest = max(lists, key=lambda each: each.effective_from)
            return ShortageAnswer(
                status=Shortage.NOT_LISTED_KNOWN,
                because=f"la famille {family} ne figure sur aucune liste complète de la région {region_code}",
                fap=family,
                list_id=newest.id,
                source=newest.source,
                mark=newest.mark,
            )
        reason = "la liste de la région n'est pas connue en entier" if lists else "aucune liste connue à cette date"
        return ShortageAnswer(status=Shortage.NOT_ESTABLISHED, because=reason, fap=family)

    def idcc(self, code: str) -> Agreement | None:
        """The collective agreement of an IDCC, short codes padded to four digits; None is no ground to refuse."""
        return self.agreements.get(code.strip().zfill(4))

    def silence_rule(self, id: str) -> SilenceRule:
        """What silence means for a kind of request; raises KeyError for an unknown rule."""
        return self.silence[id]

    def threshold(self, id: str, on: date) -> Threshold | None:
        """The number that a text sets on a day, or None when none is held; raises KeyError for an unknown one."""
        for row in self.thresholds[id]:
            if _in_force(row, on):
                if self.asked is not None:
                    self.asked.append(row)
                return row
        return None

    def pay_threshold(self, on: date, department: str) -> Decimal | None:
        """The gross monthly pay of CT D5221-21-1, in euros; None when the multiple or the SMIC is not known."""
        multiple, smic = self.threshold("PAY_SMIC_MULTIPLE", on), self.smic_monthly(on, department)
        return multiple.value * smic.amount if multiple and smic else None

    def checklist(self, use_case: str, on: date) -> tuple[ChecklistItem, ...]:
        """The documents of a use case on a day, "no" and "unknown" included; empty when no version is held.

        Raises KeyError for an unknown use case.
        """
        label = self.use_cases[use_case]
        version = next((each for each in self.document_versions if _in_force(each, on)), None)
        return self.checklists.get((label.id, version.id), ()) if version else ()

    def held_elsewhere(self, on: date) -> tuple[Holder, ...]:
        """What administrations hold on a day, so that nobody else need produce it."""
        return tuple(each for each in self.holders if _in_force(each, on))

    def authority(self, id: str) -> Authority:
        """An authority other than a prefect of department or a court; raises KeyError for an unknown one."""
        return self.authorities[id]


def _latest(lines: tuple[SmicLine, ...], on: date) -> SmicLine | None:
    return max(
        (line for line in lines if line.effective_from <= on), key=lambda line: line.effective_from, default=None
    )


def _in_force(row: ShortageList | ShortageRow | Threshold | DocumentVersion | Holder, on: date) -> bool:
    since, until = row.effective_from, row.effective_to
    return (since is None or since <= on) and (until is None or on <= until)
