"""An agent records the opinion that another body gave."""

from datetime import date
from typing import Annotated

import msgspec

from domain.case import Case, Opinion, Status
from domain.command import Command, command
from domain.commands.request_opinion import Body
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.events import OpinionGiven
from domain.findings import Criterion, Exhibit
from domain.french import in_french
from domain.refusals import Refused

_RECORDS = frozenset({Criterion.EMPLOYER_RECORD, Criterion.EMPLOYER_OFFENCES})
RECORD_FINDING_LENGTH_MAX = 300


class GiveOpinion(Command, frozen=True, kw_only=True):
    """Which opinion, whether it is adverse, what it finds, and the documents of the case that carry it."""

    opinion: Annotated[str, msgspec.Meta(min_length=2, max_length=20)]
    adverse: bool
    finding: Annotated[str, msgspec.Meta(min_length=3, max_length=5_000)]
    documents: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=20)], ...], msgspec.Meta(max_length=20)
    ] = ()
    given_on: date | None = None


@command(
    "record-opinion",
    GiveOpinion,
    title="Enregistrer un avis rendu",
    example={"opinion": "O1", "adverse": False, "finding": "Aucun constat dans les cinq dernières années."},
)
def give_opinion(case: Case, command: GiveOpinion, context: Context) -> tuple[OpinionGiven, ...]:
    """Of an employer's record only a short finding is kept, never the document (GDPR article 10)."""
    case.must_be(Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    case.must_be_held_by(context.actor.identity)
    asked = _pending(case, command.opinion)
    is_of_record = asked.criterion in _RECORDS or asked.body == Body.CRIMINAL_RECORD
    if is_of_record and (command.documents or len(command.finding) > RECORD_FINDING_LENGTH_MAX):
        raise Refused(
            "record_kept_as_finding_only",
            f"Des vérifications d'antécédents, seule une conclusion de {RECORD_FINDING_LENGTH_MAX} caractères au plus "
            "est conservée, sans pièce (règlement général sur la protection des données, article 10).",
        )
    given_on = command.given_on or context.today
    must_have_no_fault(must_have_happened("/given_on", given_on, context.today, since=asked.requested_on))
    produced = [case.document(document).current for document in command.documents]
    return (
        OpinionGiven(
            opinion=asked.id,
            adverse=command.adverse,
            finding=command.finding,
            exhibits=tuple(Exhibit(document=ref.id, version=ref.version, sha256=ref.sha256) for ref in produced),
            given_on=given_on,
        ),
    )


def _pending(case: Case, opinion: str) -> Opinion:
    asked = next((each for each in case.opinions if each.id == opinion), None)
    if asked is None:
        raise Refused("opinion_unknown", f"L'avis « {opinion} » n'a pas été demandé dans ce dossier.")
    if asked.given_on is not None:
        raise Refused("opinion_already_given", f"L'avis {opinion} a été rendu le {in_french(asked.given_on)}.")
    return asked
