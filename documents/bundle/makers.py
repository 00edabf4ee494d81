"""What makes the parts of a bundle, bound to the history of one order and to what was in force around it then."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from documents.brief import docx_of, inventory_pdf, pdf_of
from documents.bundle import merging, pages
from documents.bundle.apart import end_idle
from documents.bundle.building import BuildImpossible, Listed, Makers, Order, Stop, Written
from documents.bundle.numbered import Merged, Numbered, Shown, Title
from documents.sheets import sheet_pdf
from domain.case import PARIS
from domain.defence.brief import brief_of
from domain.defence.inventory import inventory_of
from domain.defence.passages import CitationLost
from domain.sentences import sentence
from domain.taken import Surroundings, day_of, fact_that_took
from ledger.desk import Decided, Desk
from ledger.facts import Recorded
from ledger.proofs.notary import Notary
from ledger.proofs.proof import Pinned, write_pinned_proof
from ledger.settings import Settings


def makers_of(desk: Desk, settings: Settings, order: Order) -> Makers:
    """The real ones. What the administration has decided since the order has no part in them, nor has today."""
    decided = desk.decided().before(order.order.position or 0)
    notary = Notary(desk.ledger, settings.checkpoint_keys)
    bundle, exhibits, case = order.bundle, order.build.exhibits, order.case

    def sheet(name: str, version: int) -> bytes:
        return sheet_pdf(name, order.facts, version, decided)

    def brief(listed: Sequence[Listed]) -> Written:
        try:
            made = brief_of(
                order.facts,
                bundle.litigation,
                bundle.decision,
                exhibits,
                around(order, decided),
                on_version=order.build.on_version,
                pages=_pages(listed),
                names=_names(listed),
            )
        except CitationLost as lost:
            raise BuildImpossible(str(lost)) from lost
        return Written(docx=docx_of(made), pdf=pdf_of(made))

    def inventory(listed: Sequence[Listed]) -> bytes:
        told = inventory_of(case, bundle.litigation, exhibits, pages=_pages(listed), names=_names(listed))
        return inventory_pdf(told)

    def proof(target: BinaryIO) -> Pinned:
        return write_pinned_proof(target, desk.ledger, notary, order.stream, order.order.version)

    return Makers(
        sheet=sheet,
        shown=pages.shown,
        merge=_merge,
        brief=brief,
        inventory=inventory,
        proof=proof,
        sentence=sentence,
    )


def around(order: Order, decided: Decided) -> Surroundings:
    """What surrounded the decision, judged on the day of the order."""
    fact: Recorded[Any] = fact_that_took(order.facts, order.bundle.decision)
    position = fact.position or 0
    today: date = order.order.recorded_at.astimezone(PARIS).date()
    return Surroundings(
        administration=decided.administration,
        administration_then=decided.known(before=position),
        reference=decided.tables.on(day_of(fact), position=position),
        reference_today=decided.tables.on(today, position=order.order.position or 0),
        same_program=fact.code_version == order.order.code_version,
        today=today,
    )


def _merge(
    title: Title,
    shown: Sequence[tuple[Numbered, Shown]],
    out: Path,
    progress: Callable[[int, int], None],
    stop: Stop,
) -> Merged:
    merged = merging.merge(title, shown, out, progress=progress, stop=stop)
    # The last that is done apart: what follows needs the memory itself.
    end_idle()
    return merged


def _pages(listed: Sequence[Listed]) -> dict[int, int]:
    return {each.exhibit.number: each.pages for each in listed}


def _names(listed: Sequence[Listed]) -> dict[int, str]:
    return {each.exhibit.number: each.exhibit.name for each in listed}
