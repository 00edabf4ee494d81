"""What the rulings on a claim, from the first judge to the last, make of it together."""

from collections.abc import Iterable, Iterator

from domain.acts import CourtAction, JudgmentOutcome
from domain.case import Litigation

HIGHER = frozenset({CourtAction.APPEAL, CourtAction.CASSATION})
"""Proceedings against a ruling, not against a decision."""
UPHELD = frozenset({JudgmentOutcome.ANNULLED, JudgmentOutcome.PARTLY_ANNULLED, JudgmentOutcome.SUSPENDED})
"""Outcomes that give the applicant something against the decision."""


def first_of(every: Iterable[Litigation], proceedings: Litigation) -> Litigation:
    """The proceedings in which the decision itself was attacked."""
    known = {each.id: each for each in every}
    lower = known.get(proceedings.main_litigation or "")
    return first_of(known.values(), lower) if proceedings.action in HIGHER and lower is not None else proceedings


def chain_of(every: Iterable[Litigation], first: Litigation) -> frozenset[str]:
    """The identifiers of a claim's proceedings at every level."""
    listed = tuple(every)
    return frozenset(each.id for each in listed if first_of(listed, each).id == first.id)


def fate_of(every: Iterable[Litigation], first: Litigation) -> JudgmentOutcome | None:
    """What the rulings in force make of a claim against a decision; None while no court has ruled on it."""
    listed = tuple(every)
    fate = first.outcome
    for above in _above(listed, first):
        fate = _put_in_its_place(listed, above) or fate
    return fate


def _above(every: tuple[Litigation, ...], lower: Litigation) -> Iterator[Litigation]:
    return (each for each in every if each.action in HIGHER and each.main_litigation == lower.id)


def _put_in_its_place(every: tuple[Litigation, ...], higher: Litigation) -> JudgmentOutcome | None:
    """What a higher court put in the place of the ruling below; None when that one stands."""
    own = higher.outcome if _settles(higher) else None
    for above in _above(every, higher):
        own = above.outcome if _settles(above) else own
    return own


def _settles(higher: Litigation) -> bool:
    """Whether a higher court ruled on the claim itself; one that remits leaves it to the court below."""
    return higher.outcome is not JudgmentOutcome.REMITTED and (higher.judgment_annulled or higher.outcome in UPHELD)
