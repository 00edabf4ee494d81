"""Every time limit of a case, each with its start, suspensions, length, article and the sentence that explains it.

Conventions. A delay in months starts on a day and expires at the end of the day of the same number, or of the last day
of a month that has no such number; what silence makes arises that day at midnight, is dated that day, and can be
recorded from the next day on. Silence is not carried to a working day: the rule that carries a limit over protects who
must do something on the last day, and nobody has anything to do for silence to decide; no text read says so in as many
words, and this is our reading, which the day counted shows plainly enough to be contested. A suspension adds as many
days as it lasted, from the day items that a text requires were asked for to the day they came or were due, whichever is
first (CRPA L114-5). Limits to appeal or to sue are clear (« francs »): neither the day of notification nor the last day
counts, so they end one day later, and move to the next working day when they would end on a Saturday, a Sunday or a
holiday (case law on CJA R421-1, after article 642 of the code of civil procedure; read in commentaries only). That a
suspension counts whole days is our reading too.
"""

from collections.abc import Iterable
from datetime import date

from domain.case import Case
from domain.clocks.after_grant import grants, hearings
from domain.clocks.before_hiring import before_hiring
from domain.clocks.clock import Clock as Clock
from domain.clocks.clock import ClockState as ClockState
from domain.clocks.clock import Suspension as Suspension
from domain.clocks.court import injunction, litigation
from domain.clocks.examination import missing_items, opinions
from domain.clocks.limits_to_appeal import appeal_limits
from domain.clocks.notification import notifications, reasons
from domain.clocks.receipts import receipts
from domain.clocks.silence_on_appeal import silence_on_appeals
from domain.clocks.silence_on_request import silence as silence
from domain.procedures import OutcomeKind
from domain.reference import Reference

OPEN_STATES = frozenset({ClockState.RUNNING, ClockState.SUSPENDED, ClockState.EXPIRED})
"""Where a limit stands that nothing has ended."""


def clocks(case: Case, today: date, reference: Reference) -> tuple[Clock, ...]:
    """Every time limit of the case on a day, running or not, in the order of the procedure."""
    return (
        *receipts(case, today, reference),
        silence(case, today, reference),
        *missing_items(case, today),
        *opinions(case, today),
        *notifications(case, today, reference),
        *appeal_limits(case, today, reference),
        *reasons(case, today, reference),
        *grants(case, today, reference),
        *before_hiring(case, today, reference),
        *hearings(case, today, reference),
        *silence_on_appeals(case, today, reference),
        *litigation(case, today, reference),
        *injunction(case, today),
    )


def next_deadline(case: Case, today: date, reference: Reference) -> Clock | None:
    """The first day before which the administration must act, overdue ones included; None when there is none."""
    return first_to_act_on(clocks(case, today, reference))


def first_to_act_on(limits: Iterable[Clock]) -> Clock | None:
    """The open limit of the administration that ends first, among the limits of a case; None when there is none."""
    dated = [
        (clock.expires_on, clock)
        for clock in limits
        if clock.for_administration and clock.state in OPEN_STATES and clock.expires_on is not None
    ]
    return min(dated, key=lambda pair: pair[0])[1] if dated else None


def silence_due(case: Case, today: date, reference: Reference) -> Clock | None:
    """The silence on the request that has become a decision and is not recorded yet.

    Silence on an opinion makes no decision here: that on a residence permit is the prefecture's, which received it.
    """
    clock = silence(case, today, reference)
    decides = case.facts_of_procedure.outcome is not OutcomeKind.OPINION
    return clock if decides and clock.state is ClockState.EXPIRED else None


def appeal_silence_due(case: Case, today: date, reference: Reference) -> Clock | None:
    """The silence on an administrative appeal that has become a rejection and is not recorded yet; `ref` names it."""
    return next(
        (clock for clock in silence_on_appeals(case, today, reference) if clock.state is ClockState.EXPIRED), None
    )
