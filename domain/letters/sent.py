"""Letters that accompany a case and decide nothing: receipts, requests, invitations, reasons communicated."""

from domain.acknowledgement import silence_rule_of
from domain.acts import DECISION_TITLES, AppealKind
from domain.decisions import author_of
from domain.events import (
    AcknowledgementIssued,
    AppealAcknowledged,
    MissingItemsRequested,
    PriorHearingOpened,
    ReasonsCommunicated,
    RegistrationReceiptIssued,
)
from domain.french import length_in_words
from domain.letters.articles import article_in_full, texts_in_full, visas
from domain.letters.content import (
    AcknowledgementLetter,
    AppealAcknowledgementLetter,
    ItemWanted,
    MissingItemsLetter,
    PriorHearingLetter,
    ReasonsLetter,
    ReceiptLetter,
)
from domain.letters.telling import Telling, author, lacking


def receipt(telling: Telling) -> ReceiptLetter:
    """The instant receipt of an electronic filing (CRPA R112-11-2)."""
    issued = telling.fact(RegistrationReceiptIssued)
    return ReceiptLetter(**telling.base_before_routing(), registered_on=issued.issued_on)


def acknowledgement(telling: Telling) -> AcknowledgementLetter:
    """The acknowledgement of receipt, as it was issued (CRPA R112-11-1)."""
    issued = telling.fact(AcknowledgementIssued)
    rule = silence_rule_of(telling.case.request, telling.around.reference)
    # The rule is told only as long as it is the one by which the acknowledgement was issued.
    same = rule.id == issued.silence_rule and rule.effect != "none"
    return AcknowledgementLetter(
        **telling.base(issued.contact),
        received_on=issued.received_on,
        silence=issued.silence_effect,
        silence_length=length_in_words(months=rule.months, days=rule.days) if same else "",
        silence_texts=visas(rule.articles) if same else (),
        implicit_decision_on=issued.implicit_decision_on,
        missing_items=issued.missing_items,
        remedies=issued.remedies.text if issued.remedies else "",
        complete=issued.complete,
    )


def missing_items(telling: Telling) -> MissingItemsLetter:
    """A request for missing items, each with the text that requires it (CRPA L114-5)."""
    asked, by = telling.recorded(MissingItemsRequested, lambda e: e.request == telling.due.about)
    return MissingItemsLetter(
        **telling.base(),
        request=asked.request,
        items=tuple(ItemWanted(label=item.label, required_by=texts_in_full(item.required_by)) for item in asked.items),
        due_on=asked.due_on,
        suspends=asked.suspends,
        message=asked.message,
        author=author(by),
    )


def prior_hearing(telling: Telling) -> PriorHearingLetter:
    """The invitation to observe before a permit ends (CRPA L121-1, L122-1)."""
    opened, by = telling.recorded(PriorHearingOpened, lambda e: e.hearing == telling.due.about)
    grant = telling.case.decision(opened.decision)
    return PriorHearingLetter(
        **telling.base(),
        hearing=opened.hearing,
        intended=opened.intended,
        decision=grant.id,
        decided_on=grant.on,
        permit=grant.permit.number if grant.permit else "",
        legal_basis=article_in_full(opened.legal_basis),
        grounds=opened.grounds,
        observations_until=opened.observations_until,
        rights=opened.rights,
        author=author(by),
    )


def appeal_acknowledgement(telling: Telling) -> AppealAcknowledgementLetter:
    """The acknowledgement of an administrative appeal, with what silence will mean (CRPA R112-5)."""
    issued, by = telling.recorded(AppealAcknowledged, lambda e: e.appeal == telling.due.about)
    appeal = telling.case.appeal(issued.appeal)
    attacked = telling.case.decision(appeal.against)
    minister = telling.around.reference.authority("MINISTER_IMMIGRATION").label
    return AppealAcknowledgementLetter(
        **telling.base(issued.contact),
        appeal=appeal.id,
        kind=appeal.kind,
        to_whom=author_of(telling.routing) if appeal.kind is AppealKind.GRACIOUS else minister,
        received_on=appeal.received_on,
        attacked=attacked.id,
        attacked_title=DECISION_TITLES[attacked.kind],
        attacked_on=attacked.on,
        implicit_rejection_on=issued.implicit_rejection_on,
        tribunal=telling.tribunal(),
        author=author(by),
    )


def reasons(telling: Telling) -> ReasonsLetter:
    """The reasons of an implicit decision, given to who asked for them (CRPA L232-4)."""
    given, by = telling.recorded(ReasonsCommunicated, lambda e: e.decision == telling.due.about)
    decision = telling.case.decision(given.decision)
    if decision.reasons_requested_on is None:
        raise lacking("la demande de motifs à laquelle elle répond")
    return ReasonsLetter(
        **telling.base(),
        decision=decision.id,
        arisen_on=decision.on,
        asked_on=decision.reasons_requested_on,
        grounds=telling.grounds(given.reasons),
        tribunal=telling.tribunal(),
        author=author(by),
    )
