"""A grant is sent to OFII."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import OfiiNotified
from domain.french import length_in_words, of
from domain.messages import (
    OFII,
    TaxRegime,
    employer_siret,
    grant_to_notify,
    indicative_tax,
    is_for_tax_authority,
    is_seasonal,
    months_begun,
    next_message,
    tax_debtor_siret,
    why_exempt,
    why_not_for_ofii,
)
from domain.numbers import number_of
from domain.refusals import Refused


class NotifyOfii(Command, frozen=True, kw_only=True):
    """Send the standing grant, or the one named, to OFII."""

    decision: Annotated[str, Meta(max_length=20)] | None = None
    regime: TaxRegime | None = None
    """For grants before 2023, whose message carries the elements of the tax."""


@command(
    "notify-ofii",
    NotifyOfii,
    title="Transmettre l'autorisation à l'OFII",
    fresh=False,
    example={"decision": "D1"},
)
def notify_ofii(case: Case, command: NotifyOfii, context: Context) -> tuple[OfiiNotified, ...]:
    """OFII receives grants for contracts over three months and seasonal ones, once each (CT R5221-18)."""
    granted, job = grant_to_notify(case, command.decision, OFII)
    why = why_not_for_ofii(case, granted, job, context.reference)
    if why is not None:
        raise Refused("ofii_not_due", why)
    seasonal = is_seasonal(case, job)
    length = number_of(context.reference, "OFII_CONTRACT_MONTHS", granted.on)
    longer = f"de plus {of(length_in_words(months=length))}"
    taxed = (
        not is_for_tax_authority(granted.on, context.reference)
        and why_exempt(case, job, length, command.regime) is None
    )
    amount = indicative_tax(case, job, context.reference, granted.on, command.regime) if taxed else None
    return (
        OfiiNotified(
            message=next_message(case),
            decision=granted.id,
            ground=f"contrat {'saisonnier' if seasonal else longer} (CT R5221-18)",
            sent_on=context.today,
            siret=employer_siret(case),
            rome=granted.permit.rome if granted.permit else job.rome,
            contract=job.contract,
            start=job.start,
            end=job.end,
            duration_months=months_begun(job),
            pay_monthly_gross=job.pay_monthly_gross,
            seasonal=seasonal,
            tax_debtor_siret=tax_debtor_siret(case) if taxed else None,
            indicative_amount_euros=None if amount is None else str(amount),
        ),
    )
