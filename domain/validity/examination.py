"""Individual examination (F2), the part of the algorithm (F10), the hearing before an end of a grant (F11), and the
legal basis of special situations (F12)."""

from datetime import date

from domain.case import Case
from domain.context import Context
from domain.findings import CRITERION_TITLES
from domain.french import in_french
from domain.validity.legal_basis import bases_of
from domain.validity.requirement import Act, Verdict, flaw, held, not_applicable, requirement


@requirement(
    "F2",
    "Examen particulier de la demande",
    "principe de l'examen particulier",
    since=date(2008, 5, 1),
    source="Principe général, jurisprudence administrative",
    mark="unconfirmed",
    note="Principe de jurisprudence, aucun arrêt lu, nulle date : celle d'effet du code du travail est retenue",
)
def each_condition_was_examined_by_an_agent(case: Case, act: Act, context: Context) -> Verdict:
    """Each condition is assessed by an agent who is known, in the examination under way and not after the
    decision."""
    if act.is_implicit:
        return not_applicable("Le silence n'est pas un examen de la demande.")
    if not act.assessments:
        return not_applicable("Cet acte ne repose pas sur l'appréciation des conditions de l'autorisation.")
    lacking = [
        CRITERION_TITLES[each.rule.criterion]
        for each in act.assessments
        if (by := act.examined.get(each.rule.criterion)) is None or by.on > act.on
    ]
    if lacking:
        return flaw(
            "examination_not_individual", f"Aucun agent n'a apprécié, avant la décision : {' ; '.join(lacking)}."
        )
    last = max(each.on for each in act.examined.values())
    count = len(act.assessments)
    told = "La condition du texte a été appréciée" if count == 1 else f"Les {count} conditions ont été appréciées"
    return held(f"{told} par un agent identifié, en dernier lieu le {in_french(last)}.")


@requirement("F10", "Mention du traitement algorithmique", "CRPA L311-3-1", "CRPA R311-3-1-1")
def the_algorithm_is_mentioned(case: Case, act: Act, context: Context) -> Verdict:
    """An individual decision taken on the basis of an algorithm says so, with its purpose and the right to be
    told the rules that it applies."""
    if not act.assessments:
        return not_applicable("Aucun traitement algorithmique n'a préparé cet acte.")
    unnamed = [each.rule.article for each in act.assessments if each.rule.article not in act.algorithmic_notice]
    if unnamed:
        return flaw(
            "algorithmic_notice_missing",
            "La décision ne mentionne pas le traitement algorithmique qui l'a préparée, ou pas toutes les règles "
            f"appliquées : {', '.join(unnamed)} (CRPA L311-3-1).",
        )
    return held("La décision mentionne le traitement algorithmique, sa finalité et les règles appliquées.")


@requirement("F11", "Procédure contradictoire préalable", "CRPA L121-1", "CRPA L122-1", "CRPA L121-2")
def a_hearing_came_before_the_end_of_a_grant(case: Case, act: Act, context: Context) -> Verdict:
    """A grant is withdrawn or repealed only after its holders could observe, save urgency or public order, and the act
    says what came of it."""
    if not act.ends_a_grant:
        return not_applicable("La décision statue sur une demande : aucune procédure contradictoire ne la précède.")
    if not act.prior_hearing.strip():
        return flaw(
            "prior_hearing_not_mentioned",
            "L'acte ne mentionne pas la procédure contradictoire, ou ce qui en dispensait (CRPA L121-1, L121-2).",
        )
    if act.hearing is not None and act.hearing.opened_on > act.on:
        return flaw("prior_hearing_missing", "La procédure contradictoire n'a été ouverte qu'après l'acte.")
    return held(act.prior_hearing)


@requirement(
    "F12",
    "Fondement propre à la situation de l'étranger",
    "CT R5221-3 II",
    "CESEDA L554-1",
    "CT R5221-22",
    since=date(2021, 5, 1),
)
def the_legal_basis_is_that_of_the_situation(case: Case, act: Act, context: Context) -> Verdict:
    """A refusal to a student, to an asylum seeker or to a minor in care cites the texts on that situation."""
    wanted = bases_of(case.request, act.on)
    if act.is_implicit or act.kind.is_favourable or act.ends_a_grant or not wanted:
        return not_applicable("Aucun fondement particulier n'est exigé de cette décision.")
    lacking = [article for article in wanted if article not in act.legal_bases]
    if lacking:
        return flaw(
            "legal_basis_missing",
            f"La décision ne vise pas les textes propres à la situation de l'étranger : {', '.join(lacking)}.",
        )
    return held(f"La décision vise les textes propres à la situation de l'étranger : {', '.join(wanted)}.")
