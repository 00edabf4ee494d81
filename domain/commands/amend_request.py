"""The filer corrects or completes the request; the earlier facts stay in the history."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.changes import pointers_changed
from domain.command import Command, command
from domain.commands.file_request import EXAMPLE
from domain.competence import competence_of
from domain.content import must_have_no_fault
from domain.context import Context
from domain.events import RequestAmended
from domain.filing import faults_of, must_be_their_own
from domain.french import folded
from domain.refusals import Refused
from domain.request import PrivateEmployer, Request, Worker


class AmendRequest(Command, frozen=True, kw_only=True):
    """The request as it should now read, whole, and why."""

    request: Request
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=2_000)]


_JOB = {**EXAMPLE["request"]["job"], "pay_monthly_gross": "2550.00"}


@command(
    "amend",
    AmendRequest,
    title="Modifier la demande",
    example={
        "request": {**EXAMPLE["request"], "job": _JOB},
        "reason": "La rémunération proposée est relevée à 2 550 euros bruts par mois.",
    },
)
def amend_request(case: Case, command: AmendRequest, context: Context) -> tuple[RequestAmended, ...]:
    """Neither procedure, worker nor competent prefect may change: another contract is another request (CT R5221-1)."""
    case.must_be(Status.TO_ROUTE, Status.TO_CLAIM, Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    if context.actor.role is not case.filed_as:
        # What is vouched for, and what a mandate is asked of, goes by the quality: they must be of the same one.
        raise Refused("role_not_entitled", "Une demande se modifie dans la qualité où elle a été déposée.")
    before, after = case.request, _with_persons_of(case.request, command.request)
    if after.procedure is not before.procedure:
        raise Refused(
            "procedure_cannot_change",
            f"Le dossier relève de la procédure « {case.facts_of_procedure.title} » : un changement de procédure "
            "appelle une nouvelle demande.",
        )
    if _is_another(before.worker, after.worker):
        raise Refused(
            "worker_cannot_change", "Un changement de bénéficiaire appelle une nouvelle demande (CT R5221-1 II)."
        )
    must_be_their_own(after, context)
    must_have_no_fault(faults_of(after, case.filed_as, context.today, context.reference, filed_on=case.filed_on))
    now = competence_of(after, context.reference, context.today).department
    if case.routing is not None and now != competence_of(before, context.reference, context.today).department:
        raise Refused(
            "amendment_changes_competence",
            f"Le {case.routing.competent_prefect} est compétent pour ce dossier ; ces changements désigneraient un "
            "autre préfet : déposez une nouvelle demande.",
        )
    changes = pointers_changed(msgspec.to_builtins(before), msgspec.to_builtins(after))
    if not changes:
        raise Refused("nothing_changed", "La demande modifiée est identique à celle du dossier.")
    return (RequestAmended(request=after, changes=changes, reason=command.reason, amended_on=context.today),)


def _is_another(before: Worker, after: Worker) -> bool:
    """Whether an amendment names somebody else, a brother too; one name misspelt, or a day mistyped, is corrected."""
    family = folded(before.family_name) != folded(after.family_name)
    given = folded(before.given_names) != folded(after.given_names)
    born = before.birth_date is not None and before.birth_date != after.birth_date
    return (family and given) or ((family or given) and (born or before.nationality != after.nationality))


def _with_persons_of(before: Request, after: Request) -> Request:
    """Persons keep the identity under which their fields are sealed, whatever the body said."""
    worker = msgspec.structs.replace(after.worker, person=before.worker.person)
    employer = after.employer
    if isinstance(employer, PrivateEmployer) and isinstance(before.employer, PrivateEmployer):
        employer = msgspec.structs.replace(employer, person=before.employer.person)
    return msgspec.structs.replace(after, worker=worker, employer=employer)
