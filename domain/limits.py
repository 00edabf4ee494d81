"""Until when something may be done: one function per limit, read by its clock and by its command alike."""

from datetime import date

import msgspec

from domain.case import Decision, Notified
from domain.days import add_delay
from domain.french import length_in_words
from domain.numbers import delay_of, row_of
from domain.reference import Reference, Threshold


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """The last day of a delay, and the row that fixes its length."""

    row: Threshold
    ends_on: date

    @property
    def length(self) -> str:
        """In words."""
        return length_in_words(**delay_of(self.row))


def limit_of(reference: Reference, id: str, start: date) -> Limit:
    """The delay that the text in force on its first day sets, whatever it became later; refused as `row_of` is."""
    row = row_of(reference, id, start)
    return Limit(row=row, ends_on=add_delay(start, **delay_of(row)))


def limit_to_withdraw(grant: Decision, reference: Reference) -> Limit:
    """Until when an unlawful grant may be withdrawn or repealed, by the text of the day of the grant."""
    return limit_of(reference, "WITHDRAWAL_MONTHS_MAX", grant.on)


def limit_for_certificate(grant: Decision, reference: Reference) -> Limit:
    """Until when the medical certificate may be obtained, by the text of the day of the grant."""
    return limit_of(reference, "MEDICAL_CERTIFICATE_MONTHS_MAX", grant.on)


def limit_to_read(known: Notified, reference: Reference) -> Limit:
    """Until when a decision may be read before it is deemed notified, by the text of the day it was made available."""
    return limit_of(reference, "ELECTRONIC_NOTIFICATION_DAYS_UNREAD", known.available_on)


def limit_to_give_reasons(asked_on: date, reference: Reference) -> Limit:
    """Until when the reasons of an implicit decision are given, by the text of the day they were asked for."""
    return limit_of(reference, "REASONS_MONTHS_MAX", asked_on)
