"""Who may see which case: one value, read in one way by Python and by SQL."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from domain.accesses import recipients
from domain.case import Case


class AccessFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may see: the cases of any of these territories or relations; nothing unless something is given."""

    all: bool = False
    platforms: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    """Cases for which the prefect of one of these departments is competent or decides."""
    filed_by: str | None = None
    """Cases that this identity filed."""
    related_to: str | None = None
    """Cases that this identity was given access to."""
    recipients: frozenset[str] = frozenset()
    """Cases with a message addressed to one of these bodies; of messages, those addressed to one of them."""
    unrouted: bool = False
    """Cases that no platform holds yet: whoever routes by hand must see them."""
    aside: frozenset[UUID] = frozenset()
    """Cases whose listed rows may say where they were once: not judged by their columns."""
    known: frozenset[UUID] = frozenset()
    """Those set aside that may be seen all the same, as the ledger says where they are."""

    def allows(self, case: Case) -> bool:
        """Whether this case may be seen."""
        routing = case.routing
        return self.allows_scope(
            platform=routing.platform if routing else None,
            competent_department=routing.competent_department if routing else None,
            deciding_department=routing.deciding_department if routing else None,
            filed_by=case.filed_by,
            related=related(case),
            recipients=recipients(case),
        )

    def allows_scope(
        self,
        *,
        platform: str | None,
        competent_department: str | None,
        deciding_department: str | None,
        filed_by: str,
        related: Collection[str] = (),
        recipients: Collection[str] = (),
    ) -> bool:
        """The same on the six columns that listed rows carry."""
        return (
            self.all
            or platform in self.platforms
            or competent_department in self.departments
            or deciding_department in self.departments
            or (self.filed_by is not None and filed_by == self.filed_by)
            or (self.related_to is not None and self.related_to in related)
            or not self.recipients.isdisjoint(recipients)
            or (self.unrouted and platform is None)
        )

    def condition(self) -> Composed:
        """The same in SQL, on the columns of a scoped row."""
        if self.all:
            return Composed([SQL("true")])
        allowed: list[Composable] = [SQL("false")]
        if self.platforms:
            allowed.append(_one_of("platform", self.platforms))
        if self.departments:
            allowed.append(_one_of("competent_department", self.departments))
            allowed.append(_one_of("deciding_department", self.departments))
        if self.filed_by is not None:
            allowed.append(SQL("filed_by = {}").format(Literal(self.filed_by)))
        if self.related_to is not None:
            allowed.append(SQL("related @> ARRAY[{}]").format(Literal(self.related_to)))
        if self.recipients:
            bodies = SQL(", ").join(Literal(each) for each in sorted(self.recipients))
            allowed.append(SQL("recipients && ARRAY[{}]").format(bodies))
        if self.unrouted:
            allowed.append(SQL("platform IS NULL"))
        condition = SQL("({})").format(SQL(" OR ").join(allowed))
        if self.aside:
            condition = SQL("(case_id <> ALL({}) AND {} OR case_id = ANY({}))").format(
                Literal(sorted(self.aside)), condition, Literal(sorted(self.known))
            )
        return condition


def related(case: Case) -> tuple[str, ...]:
    """The identities that did not file and have access to the case."""
    return tuple(sorted(case.accesses))


EVERYTHING = AccessFilter(all=True)
"""For the administration's own work, never for a person's question."""


def _one_of(column: str, values: frozenset[str]) -> Composed:
    return SQL("{} IN ({})").format(Identifier(column), SQL(", ").join(Literal(value) for value in sorted(values)))


def all_of(conditions: list[Composed]) -> Composed:
    """The conjunction of conditions; true of none."""
    return SQL(" AND ").join(conditions) if conditions else Composed([SQL("true")])


def equals(column: str, value: Any) -> Composed:
    """A comparison of a column with a value, quoted."""
    return SQL("{} = {}").format(Identifier(column), Literal(value))
