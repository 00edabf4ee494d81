"""The service notes that the medical certificate never came."""

from typing import Annotated

import msgspec

from domain.after_grant import live_grant
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import MedicalCertificateMissing
from domain.french import in_french
from domain.limits import limit_for_certificate
from domain.refusals import Refused


class RecordMissingMedicalCertificate(Command, frozen=True, kw_only=True):
    """Note that three months after the permit no medical certificate was obtained."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


@command(
    "record-missing-medical-certificate",
    RecordMissingMedicalCertificate,
    title="Constater l'absence de certificat médical",
    example={"decision": "D1"},
)
def record_missing_medical_certificate(
    case: Case, command: RecordMissingMedicalCertificate, context: Context
) -> tuple[MedicalCertificateMissing, ...]:
    """The permit may then be withdrawn, after a prior hearing (CT L5221-5)."""
    grant = live_grant(case, command.decision)
    if case.medical_certificate_missing_on is not None:
        raise Refused(
            "certificate_already_noted",
            f"L'absence du certificat est constatée depuis le {in_french(case.medical_certificate_missing_on)}.",
        )
    ended_on = limit_for_certificate(grant, context.reference).ends_on
    if context.today <= ended_on:
        raise Refused(
            "three_months_not_over",
            f"Le certificat médical peut être obtenu jusqu'au {in_french(ended_on)} inclus (CT L5221-5).",
        )
    return (MedicalCertificateMissing(decision=grant.id, noted_on=context.today, three_months_ended_on=ended_on),)
