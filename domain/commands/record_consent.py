"""An addressee agrees to be notified electronically."""

from domain.acts import ADDRESSEE_TITLES, Addressee
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import addressee_of
from domain.events import ElectronicNotificationAccepted
from domain.french import in_french
from domain.refusals import Refused


class RecordConsent(Command, frozen=True, kw_only=True):
    """Agree for oneself, or record an agreement received on paper."""

    addressee: Addressee | None = None


@command(
    "record-consent",
    RecordConsent,
    title="Accepter la notification électronique",
    fresh=False,
    example={"addressee": "worker"},
)
def record_consent(case: Case, command: RecordConsent, context: Context) -> tuple[ElectronicNotificationAccepted, ...]:
    """Electronic notification replaces a registered letter only for those who agreed beforehand (CRPA R112-17)."""
    addressee = addressee_of(case, command.addressee, context)
    if addressee in case.consents:
        raise Refused(
            "consent_already_recorded",
            f"L'accord de {ADDRESSEE_TITLES[addressee]} est enregistré depuis le "
            f"{in_french(case.consents[addressee])}.",
        )
    return (ElectronicNotificationAccepted(addressee=addressee, accepted_on=context.today),)
