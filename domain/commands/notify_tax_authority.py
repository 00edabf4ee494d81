"""A taxable hire is signalled to DGFiP."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import TaxAuthorityNotified
from domain.messages import (
    TAX_AUTHORITY,
    TaxRegime,
    grant_to_notify,
    indicative_tax,
    is_seasonal,
    months_begun,
    next_message,
    tax_debtor_siret,
    why_untaxed,
)
from domain.numbers import number_of
from domain.refusals import Refused


class NotifyTaxAuthority(Command, frozen=True, kw_only=True):
    """Signal the standing grant, or the one named, to DGFiP."""

    decision: Annotated[str, Meta(max_length=20)] | None = None
    regime: TaxRegime | None = None


@command(
    "notify-tax-authority",
    NotifyTaxAuthority,
    title="Signaler l'embauche à la DGFiP",
    fresh=False,
    example={"decision": "D1"},
)
def notify_tax_authority(case: Case, command: NotifyTaxAuthority, context: Context) -> tuple[TaxAuthorityNotified, ...]:
    """DGFiP collects the employer tax on grants since 2023; the amount told is never binding (CESEDA L436-10)."""
    granted, job = grant_to_notify(case, command.decision, TAX_AUTHORITY)
    length = number_of(context.reference, "OFII_CONTRACT_MONTHS", granted.on)
    why = why_untaxed(case, granted, job, length, context.reference, command.regime)
    if why is not None:
        raise Refused("tax_not_due", why)
    amount = indicative_tax(case, job, context.reference, granted.on, command.regime)
    return (
        TaxAuthorityNotified(
            message=next_message(case),
            decision=granted.id,
            sent_on=context.today,
            siret=tax_debtor_siret(case),
            duration_months=months_begun(job),
            pay_monthly_gross=job.pay_monthly_gross,
            seasonal=is_seasonal(case, job),
            start=job.start,
            end=job.end,
            indicative_amount_euros=None if amount is None else str(amount),
            regime=command.regime or "",
        ),
    )
