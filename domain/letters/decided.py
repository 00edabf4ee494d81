"""Letters that notify what was decided, and the permit that a grant gives."""

from collections.abc import Iterator
from typing import Any, Final

from domain.acts import DECISION_TITLES, AppealOutcome, Permit, SignedDecision, StageKind
from domain.case import Appeal, Case
from domain.commands.lodge_appeal import APPEAL_TITLES
from domain.countries import country_in_french
from domain.events import (
    AgreementStamped,
    AgreementStampRefused,
    AppealDecided,
    CaseClosed,
    OpinionIssued,
    PermitRepealed,
    PermitWithdrawn,
    RequestGranted,
    RequestRefused,
)
from domain.french import in_french, with_article
from domain.law import Law
from domain.letters.articles import article_in_full, texts_in_full, visas
from domain.letters.content import (
    AppealDecisionLetter,
    ClosureLetter,
    Duty,
    EndOfGrantLetter,
    GrantLetter,
    Letter,
    OpinionLetter,
    PermitLetter,
    PermitTerms,
    RefusalLetter,
    StampLetter,
)
from domain.letters.telling import Telling, lacking
from domain.limits import limit_for_certificate
from domain.messages import why_not_for_ofii, why_untaxed
from domain.notices import notices_on_terms
from domain.numbers import number_of
from domain.procedures import PROCEDURES
from domain.refusals import Refused
from domain.taken import fact_that_took

AT_ALL_TIMES: Final = ("CRPA L212-1", "CRPA L221-8")
"""Texts on the author of an individual decision and on its notification."""


def decision(telling: Telling) -> Letter:
    """The letter that notifies a decision, whatever it decides."""
    event = fact_that_took(telling.facts, telling.due.about).event
    match event:
        case RequestGranted(decision=signed):
            return _grant(telling, event)
        case RequestRefused(decision=signed) | AgreementStampRefused(decision=signed):
            return _refusal(telling, signed)
        case AgreementStamped():
            return _stamp(telling, event)
        case OpinionIssued(decision=signed):
            return _opinion(telling, signed)
        case CaseClosed():
            return _closure(telling, event)
        case PermitWithdrawn(decision=signed, withdraws=ended):
            return _end_of_grant(telling, event, ended)
        case PermitRepealed(decision=signed, repeals=ended):
            return _end_of_grant(telling, event, ended)
        case AppealDecided():
            return _appeal(telling, event)
        case _:
            raise Refused(
                "letter_lacks_mention",
                "Une décision née du silence n'a pas d'auteur : aucune lettre ne la notifie.",
            )


def permit(telling: Telling) -> PermitLetter:
    """The permit that a grant gives, express or born of silence."""
    held = telling.case.decision(telling.due.about)
    if held.permit is None:
        raise lacking("l'autorisation qu'elle porte")
    if telling.printing.check is None:
        raise lacking("le code par lequel l'autorisation se vérifie")
    request = telling.case.request
    return PermitLetter(
        **telling.base(),
        permit=_terms(held.permit),
        decision=held.id,
        decided_on=held.on,
        nationality=request.worker.nationality,
        nationality_title=country_in_french(request.worker.nationality),
        pay_monthly_gross=request.job.pay_monthly_gross if request.job else "",
        hours_weekly=f"{request.job.hours_weekly:g}".replace(".", ",") if request.job else "",
        signature=telling.signature(held.signed) if held.signed else None,
        check=telling.printing.check,
    )


def appeal_decision(telling: Telling) -> Letter:
    """The answer to a gracious appeal; the minister notifies his own."""
    return _appeal(telling, telling.fact(AppealDecided, lambda e: e.appeal == telling.due.about))


def _decided(telling: Telling, signed: SignedDecision) -> dict[str, Any]:
    """What every letter that notifies a decision bears."""
    case = telling.case
    texts = (
        PROCEDURES[case.procedure].articles,
        *(reason.rule.article for reason in signed.reasons),
        *signed.legal_bases,
        *AT_ALL_TIMES,
    )
    who = signed.signatory
    return {
        **telling.base(),
        "decision": signed.decision,
        "visas": (
            *visas(texts),
            f"la délégation de signature n° {who.delegation}, publiée le {in_french(who.delegation_published_on)} "
            f"({who.delegation_publication})",
            f"la demande n° {case.number}, déposée le {in_french(case.filed_on)}",
            *_earlier(case, signed),
        ),
        "signature": telling.signature(signed),
        "remedies": signed.remedies.text if signed.remedies else "",
        "algorithmic_notice": signed.algorithmic_notice,
        "on_appeal": signed.stage.kind is StageKind.APPEAL,
    }


def _earlier(case: Case, signed: SignedDecision) -> Iterator[str]:
    """What had the request examined again: an appeal, or a court."""
    ref = signed.stage.ref
    appeal = next((each for each in case.appeals if each.id == ref), None)
    if appeal is not None:
        attacked = case.decision(appeal.against)
        yield (
            f"le recours {APPEAL_TITLES[appeal.kind]} reçu le {in_french(appeal.received_on)} contre la décision "
            f"{attacked.id} du {in_french(attacked.on)}"
        )
    judged = next((each for each in case.litigation if each.id == ref), None)
    if judged is not None and judged.judged_on is not None:
        yield (
            f"la décision de justice n° {judged.court_number}, rendue le {in_french(judged.judged_on)} par "
            f"{with_article(judged.court)}"
        )


def _grant(telling: Telling, event: RequestGranted) -> GrantLetter:
    case, reference = telling.case, telling.around.reference
    held, job = case.decision(event.decision.decision), case.request.job
    if job is None:
        raise lacking("l'emploi que l'autorisation vise")
    length = number_of(reference, "OFII_CONTRACT_MONTHS", held.on)
    untaxed = why_untaxed(case, held, job, length, reference) or ""
    newcomer = case.request.worker.residence_title is None
    certified = newcomer and reference.threshold("MEDICAL_CERTIFICATE_MONTHS_MAX", held.on) is not None
    return GrantLetter(
        **_decided(telling, event.decision),
        permit=_terms(event.permit),
        duties=_duties(telling),
        ofii=why_not_for_ofii(case, held, job, reference) is None,
        untaxed_because=untaxed,
        tax_authority="" if untaxed else reference.authority("DGFIP").label,
        certificate_by=limit_for_certificate(held, reference).ends_on if certified else None,
    )


def _refusal(telling: Telling, signed: SignedDecision) -> RefusalLetter:
    return RefusalLetter(
        **_decided(telling, signed),
        refuses=signed.kind,
        grounds=telling.grounds(signed.reasons, signed),
        explanation=signed.explanation,
        legal_bases=tuple(map(article_in_full, signed.legal_bases)),
    )


def _stamp(telling: Telling, event: AgreementStamped) -> StampLetter:
    return StampLetter(**_decided(telling, event.decision), stamp=event.number, duties=_duties(telling))


def _opinion(telling: Telling, signed: SignedDecision) -> OpinionLetter:
    return OpinionLetter(
        **_decided(telling, signed),
        favourable=signed.kind.is_favourable,
        grounds=telling.grounds(signed.reasons, signed),
        explanation=signed.explanation,
    )


def _closure(telling: Telling, event: CaseClosed) -> ClosureLetter:
    asked = telling.case.items_request(event.request)
    return ClosureLetter(
        **_decided(telling, event.decision),
        requested_on=asked.requested_on,
        due_on=asked.due_on,
        missing_items=event.missing_items,
        required_by=tuple(dict.fromkeys(texts_in_full(item.required_by) for item in asked.items)),
        explanation=event.decision.explanation,
    )


def _end_of_grant(telling: Telling, event: PermitWithdrawn | PermitRepealed, ended: str) -> EndOfGrantLetter:
    grant, signed = telling.case.decision(ended), event.decision
    return EndOfGrantLetter(
        **_decided(telling, signed),
        kind=signed.kind,
        ended=grant.id,
        ended_on=grant.on,
        permit=grant.permit.number if grant.permit else "",
        legal_basis=article_in_full(event.legal_basis),
        grounds=telling.grounds(signed.reasons, signed),
        explanation=signed.explanation,
        prior_hearing=signed.prior_hearing,
        effective_on=event.effective_on if isinstance(event, PermitRepealed) else None,
    )


def _appeal(telling: Telling, event: AppealDecided) -> AppealDecisionLetter:
    case = telling.case
    appeal = case.appeal(event.appeal)
    signed = event.decision or _answer(case, appeal, by_minister=event.by_minister)
    attacked = case.decision(appeal.against)
    upheld = event.outcome is AppealOutcome.UPHELD
    return AppealDecisionLetter(
        **_decided(telling, signed),
        appeal=appeal.id,
        received_on=appeal.received_on,
        attacked=attacked.id,
        attacked_title=DECISION_TITLES[attacked.kind],
        attacked_on=attacked.on,
        outcome=("upheld" if signed.kind.is_favourable else "partly") if upheld else "rejected",
        replaced_by=signed.decision if upheld else "",
        replaced_by_title=DECISION_TITLES[signed.kind] if upheld else "",
        grounds=telling.grounds(signed.reasons, signed),
        explanation=signed.explanation,
    )


def _answer(case: Case, appeal: Appeal, *, by_minister: bool) -> SignedDecision:
    """The new decision that upholds an appeal."""
    found = next(
        (d.signed for d in reversed(case.decisions) if d.signed and d.stage.ref == appeal.id and not by_minister), None
    )
    if found is None:
        raise lacking("la décision signée qui répond au recours : celle du ministre est notifiée par lui")
    return found


def _terms(held: Permit) -> PermitTerms:
    return PermitTerms(
        number=held.number,
        valid_from=held.valid_from,
        valid_until=held.valid_until,
        job=held.job_title,
        rome=held.rome,
        zone=held.zone,
        limited_to=held.limited_to,
    )


def _duties(telling: Telling) -> tuple[Duty, ...]:
    law = Law(today=telling.due.dated, reference=telling.around.reference)
    notices = notices_on_terms(telling.case, law)
    return tuple(Duty(article=article_in_full(each.article), says=each.says) for each in notices)
