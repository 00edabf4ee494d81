"""Who may appeal against what, and until which day."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from domain.accesses import acts_for
from domain.acts import Addressee, AppealKind
from domain.case import Appeal, Case, Decision
from domain.days import add_delay
from domain.distance import extra_months
from domain.envelope import Actor, Role
from domain.french import in_french, length_in_words
from domain.numbers import row_of
from domain.provisions import Chapter, provision
from domain.reference import Calendar, Reference, Threshold
from domain.refusals import Refused
from domain.request import PrivateEmployer


def lodger(case: Case, actor: Actor, named: Addressee | None) -> Addressee:
    """The addressee who acts: a party acts for itself, an agent who records a letter names who wrote it."""
    role = actor.role
    own = acts_for(case, actor)
    if own is not None:
        pass
    elif role is Role.WORKER:
        own = Addressee.WORKER
    elif role in {Role.EMPLOYER, Role.MANDATARY}:
        own = case.parties[0]
    else:
        own = named
    if own is None:
        raise Refused("addressee_missing", "Précisez qui agit : l'employeur ou l'étranger.")
    if named not in {None, own} or own not in case.parties:
        raise Refused("not_an_addressee")
    return own


def person_of(case: Case, addressee: Addressee) -> UUID:
    """Whose key seals what an addressee writes; a company has none, and what it writes is about the worker."""
    employer = case.request.employer
    if addressee is Addressee.EMPLOYER and isinstance(employer, PrivateEmployer):
        return employer.person
    return case.request.worker.person


def attackable(case: Case, decision: str | None) -> Decision:
    """The unfavourable decision that is attacked, the newest standing by default; refused when none can be."""
    attacked = case.decision(decision) if decision else case.current_decision
    if attacked is None:
        raise Refused("decision_missing", "Aucune décision n'a encore été prise dans ce dossier.")
    if attacked.rejects_appeal is not None:
        # What is said against the rejection of an appeal is read as said against the first decision as well.
        attacked = case.decision(case.appeal(attacked.rejects_appeal).against)
    if not attacked.kind.can_be_appealed:
        raise Refused(
            "opinion_not_appealable",
            f"L'avis {attacked.id} est un acte préparatoire : il se conteste avec la décision qui le suit.",
        )
    if attacked.kind.is_favourable:
        raise Refused(
            "decision_favourable",
            f"La décision {attacked.id} du {in_french(attacked.on)} est favorable : le recours d'un tiers contre elle "
            "n'est pas traité ici.",
        )
    replaced = attacked.ended_by
    current = case.current_decision
    if not attacked.live and (not attacked.is_implicit or (current is not None and current.kind.is_favourable)):
        raise Refused(
            "decision_no_longer_stands", f"La décision {attacked.id} ne produit plus d'effet : voir {replaced}."
        )
    return attacked


@provision(Chapter.APPEALS, "CT R5221-19", since=date(2016, 11, 1))
def addressed_to(kind: AppealKind, case: Case, reference: Reference) -> str:
    """A gracious appeal goes to the author of the decision, a hierarchical one to the minister in charge of
    immigration."""
    if kind is AppealKind.HIERARCHICAL:
        return reference.authority("MINISTER_IMMIGRATION").label
    return case.routing.deciding_prefect if case.routing else "préfet"


@provision(Chapter.APPEALS, "CRPA L112-1")
def counts_on(received_on: date, posted_on: date | None) -> date:
    """The day of the postmark is what counts for the limit to send an appeal, else the day it was received."""
    return posted_on or received_on


@provision(Chapter.APPEALS, "CRPA L411-4")
def judged_on_the_law_of(attacked: Decision) -> str:
    """An appeal against a refusal is answered on the law and facts of the day of the answer, one against a grant on
    those of the day of the grant."""
    if attacked.kind.is_favourable:
        return f"il y sera répondu selon le droit et les faits du {in_french(attacked.on)} (CRPA L411-4)"
    return "il y sera répondu selon le droit et les faits du jour de la réponse (CRPA L411-4)"


@provision(Chapter.APPEALS, "CRPA L411-5")
def rejection_must_be_reasoned(attacked: Decision) -> bool:
    """The rejection of an appeal is reasoned when the decision attacked, though it had to be, was not."""
    return attacked.is_implicit and not attacked.kind.is_favourable


@provision(Chapter.APPEALS, "CJA R421-5", "CRPA L112-6", "CRPA L112-12")
def limit_runs_from(case: Case, decision: Decision, addressee: Addressee) -> date | None:
    """Limits run against an addressee from the day a decision that states remedies and limits was notified, or from the
    birth of an implicit one whose acknowledgement said all it must, never before that acknowledgement left."""
    if decision.remedies is None or not decision.remedies.complete:
        return None
    if decision.is_implicit:
        notice = case.acknowledgement
        return max(decision.on, notice.issued_on) if notice is not None and notice.complete else None
    notified = decision.notified.get(addressee)
    return notified.notified_on if notified else None


def agreed_to_electronic_notification(case: Case, addressee: Addressee, on: date) -> bool:
    """Whether an addressee had accepted by that day to be notified through the teleservice (CRPA R112-17)."""
    agreed = case.consents.get(addressee)
    return agreed is not None and agreed <= on


class LastDay(msgspec.Struct, frozen=True, kw_only=True):
    """When a clear limit ends, carried to a working day, and why it might not be carried so far."""

    expires_on: date
    doubts: tuple[str, ...]


def last_day(
    start: date, department: str, calendar: Calendar, *, months: int | None = None, days: int | None = None
) -> LastDay:
    """The last day of a clear limit: neither end counts, and it is carried to a working day."""
    due_on = add_delay(start, months=months, days=days) + timedelta(days=1)
    expires_on = calendar.next_working_day(due_on, department)
    return LastDay(expires_on=expires_on, doubts=calendar.doubts_of_carrying(due_on, expires_on, department))


class LengthToContest(msgspec.Struct, frozen=True, kw_only=True):
    """How many months an addressee has: those of everyone, and those added for who is far."""

    row: Threshold
    extra: int

    @property
    def months(self) -> int:
        """All of them."""
        return int(self.row.value) + self.extra


def length_to_contest(
    case: Case, decision: Decision, addressee: Addressee, threshold: str, reference: Reference
) -> LengthToContest:
    """The length of a limit against a decision, fixed on the day of that decision; refused when it is not held."""
    return LengthToContest(
        row=row_of(reference, threshold, decision.on), extra=extra_months(case, addressee, reference)
    )


@provision(Chapter.APPEALS, "CRPA L411-7", "CRPA L231-4 2°")
def appeal_silence_ends(reference: Reference, from_day: date) -> date:
    """Two months' silence on an administrative appeal, from the day it is received, rejects it."""
    rule = reference.silence_rule("ADMIN_APPEAL")
    return add_delay(from_day, months=rule.months, days=rule.days)


def length_of_silence(appeal: Appeal, reference: Reference) -> str:
    """How long silence lasts before it rejects an appeal, in words; empty when its end was not counted from receipt, as
    after a judgment, or by a rule that has changed since."""
    rule = reference.silence_rule("ADMIN_APPEAL")
    counted = appeal_silence_ends(reference, appeal.received_on) == appeal.implicit_rejection_on
    return length_in_words(months=rule.months, days=rule.days) if counted else ""


def department_of(case: Case) -> str:
    """The department whose calendar counts: that of the competent prefect, else a national calendar."""
    return case.routing.competent_department if case.routing else ""
