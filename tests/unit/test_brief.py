"""The defence brief: what it tells rests on facts and exhibits, what it concludes on the clocks, and no more."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any, get_args

import msgspec
import pytest

from domain.acts import PleaKind
from domain.administration import Administration
from domain.defence.admissibility import Verdict
from domain.defence.brief import Brief, brief_of
from domain.defence.facts import TELLINGS, TOGETHER, UNTOLD
from domain.defence.passages import CitationLost, Passage, Proof, Section
from domain.defence.pleas import EXTERNAL, INTERNAL, REPLIES, TITLES
from domain.defence.record import Record
from domain.defence.words import article, figures, numbers_in_french, of_the_article, the_article
from domain.demonstration import SYSTEM
from domain.events import CaseEvent, NoteAdded, RequestRefused
from domain.law import all_rules
from domain.law_in_french import LAW_IN_FRENCH
from domain.papers import ChosenExhibit, SourceKind
from tests.properties.walks import Walk
from tests.unit.given import CASE, TODAY, an_administration
from tests.unit.given_decided import FACT, underpaid_request
from tests.unit.given_defended import (
    DECEMBER,
    HISTORIES,
    LEGAL,
    OCTOBER,
    a_brief,
    a_bundle,
    a_claim,
    around,
    attacked,
    decided,
    exhibit,
    facts_of,
    refused,
    sued,
)
from tests.unit.given_facts import (
    AGENT,
    ENDED,
    SIGNATORY,
    SILENT_SINCE,
    UNPUBLISHED,
    Lived,
    Recorded,
    citing,
    recorded,
    signed_with,
)

replace = msgspec.structs.replace
TYPES = get_args(CaseEvent)


@cache
def told(name: str) -> tuple[Lived, Brief]:
    """A history and its brief in the newest proceedings, with everything in the bundle."""
    lived = HISTORIES[name]()
    return lived, a_brief(lived, lived.case.litigation[-1].id)


def section(brief: Brief, title: str) -> Section:
    """The section of the discussion that begins so."""
    found = (each for each in _sections(brief.discussion) if each.title.startswith(title))
    return next(found)


def _sections(of: Section) -> Iterator[Section]:
    for each in of.sections:
        yield each
        yield from _sections(each)


def text_of(part: Section | Brief) -> str:
    """Everything that a part says."""
    passages = part.passages() if isinstance(part, Brief) else part.all_passages()
    return "\n".join(each.text for each in passages)


# What is told, and on what


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_each_type_of_fact_is_told_or_left_out_for_a_reason(kind: type[CaseEvent]) -> None:
    places = [kind in TELLINGS, kind in TOGETHER, bool(UNTOLD.get(kind, "").strip())]
    assert places.count(True) == 1


def test_notes_are_never_told() -> None:
    assert NoteAdded in UNTOLD


@pytest.mark.parametrize("name", HISTORIES)
def test_each_sentence_of_fact_carries_its_facts_and_its_exhibits(name: str) -> None:
    lived, brief = told(name)
    known = {fact.version: type(fact.event).__name__ for fact in facts_of(lived)}
    assert brief.facts.passages
    for passage in brief.facts.passages:
        assert passage.cites, passage.text
        assert {known[cite.version] for cite in passage.cites} == {cite.type for cite in passage.cites}
        assert passage.proof is Proof.COURT_FILE or passage.exhibits, passage.text
    days = [passage.on for passage in brief.facts.passages]
    assert days == sorted(day for day in days if day is not None)


@pytest.mark.parametrize("name", HISTORIES)
def test_whatever_fact_is_removed_nothing_is_made(name: str) -> None:
    lived, brief = told(name)
    litigation = lived.case.litigation[-1].id
    decision = attacked(lived.case, litigation)
    facts, exhibits = facts_of(lived), a_bundle(lived.case, decision)
    for version in {cite.version for passage in brief.passages() for cite in passage.cites}:
        without = [fact for fact in facts if fact.version != version]
        with pytest.raises(CitationLost):
            brief_of(without, litigation, decision, exhibits, around(), on_version=len(facts))


@pytest.mark.parametrize("name", HISTORIES)
def test_a_cited_fact_that_became_another_is_found_missing(name: str) -> None:
    lived, brief = told(name)
    facts = facts_of(lived)
    note = NoteAdded(person=lived.case.request.worker.person, text="Note.")
    litigation = lived.case.litigation[-1].id
    decision = attacked(lived.case, litigation)
    held = Record(facts, litigation, decision, a_bundle(lived.case, decision), around())
    for version in {cite.version for passage in brief.passages() for cite in passage.cites}:
        held.by_version = {fact.version: fact for fact in facts} | {version: replace(facts[version - 1], event=note)}
        with pytest.raises(CitationLost, match=f"n° {version} "):
            held.must_hold(brief.passages())


def test_a_history_cut_short_is_not_told() -> None:
    lived = a_claim()
    facts = facts_of(lived)
    with pytest.raises(CitationLost, match="s'arrête avant"):
        a_brief(lived, facts=facts[:-1], on_version=len(facts))
    assert a_brief(lived, facts=facts, on_version=len(facts))


@pytest.mark.parametrize("wanted", [("L9", "D1"), ("L1", "D9")])
def test_what_the_history_does_not_name_is_not_defended(wanted: tuple[str, str]) -> None:
    lived = a_claim()
    with pytest.raises(CitationLost, match="ne permet pas de rédiger"):
        brief_of(facts_of(lived), wanted[0], wanted[1], a_bundle(lived.case), around())


@pytest.mark.parametrize(
    "lost",
    [
        exhibit("Inconnue", SourceKind.DOCUMENT, "P99"),
        exhibit("D'une autre version", SourceKind.DOCUMENT, "P1", 2),
        exhibit("Lettre inconnue", SourceKind.LETTER, "L4"),
    ],
)
def test_an_exhibit_that_the_case_does_not_hold_stops_the_brief(lost: ChosenExhibit) -> None:
    lived = a_claim()
    with pytest.raises(CitationLost, match="n'est pas au dossier"):
        a_brief(lived, exhibits=(*a_bundle(lived.case), lost))


def test_a_number_beyond_the_inventory_stops_the_brief() -> None:
    lived, brief = told("a claim in time")
    held = Record(facts_of(lived), "L1", "D1", a_bundle(lived.case)[:3], around())
    with pytest.raises(CitationLost, match="n'est pas au bordereau"):
        held.must_hold(brief.passages())


def test_a_sentence_of_fact_that_cites_nothing_stops_the_brief() -> None:
    lived, _ = told("a claim in time")
    held = Record(facts_of(lived), "L1", "D1", (), around())
    with pytest.raises(CitationLost, match="sur quoi il repose"):
        held.must_hold([Passage(text="Il a plu.", proof=Proof.NOT_PRODUCED)])


def test_a_fact_whose_exhibit_is_left_out_is_said_so() -> None:
    lived = a_claim()
    exhibits = tuple(
        replace(each, included=False, why_excluded="Interne.") if each.sources[0].ref == "delegation/D1" else each
        for each in a_bundle(lived.case)
    )
    brief = a_brief(lived, exhibits=exhibits)
    marked = [each.text for each in brief.passages() if each.proof is Proof.NOT_PRODUCED]
    assert len(marked) == 1
    assert "en vertu de la délégation de signature" in marked[0]
    assert [each.text for each in brief.attention if "pièce non produite" in each.subject] == marked
    assert [row.number for row in brief.inventory.rows] == list(range(1, len(exhibits)))


def test_numbers_follow_the_order_of_the_bundle() -> None:
    lived = a_claim()
    exhibits = a_bundle(lived.case)
    first = section(a_brief(lived), "Sur le moyen tiré de l'insuffisance").passages[1].exhibits
    moved = section(a_brief(lived, exhibits=(*exhibits[5:], *exhibits[:5])), "Sur le moyen tiré de l'insuf")
    assert len(first) == 1
    assert moved.passages[1].exhibits == (first[0] - 5,)


def test_documents_of_one_day_are_told_in_one_sentence() -> None:
    lived = refused()
    for title in ("Contrat signé", "Attestation"):
        document = {"item": "other", "title": title, "sha256": "cd" * 32, "bytes": 10}
        lived.act("add-document", lived.steps[0][0], document=document)
    brief = a_brief(sued(lived))
    (passage,) = [each for each in brief.facts.passages if "ont été versées" in each.text]
    assert "« Contrat signé » et « Attestation »" in passage.text
    assert len(passage.cites) == 2
    assert len(passage.exhibits) == 2


# What the employer's record tells is told to nobody else


def _with_opinion(body: str, criterion: str) -> Lived:
    lived = Lived(CASE, OCTOBER, request=underpaid_request()).act("claim", AGENT)
    lived.act("request-opinion", AGENT, body=body, question="Quels constats ont été faits ?", criterion=criterion)
    lived.act("record-opinion", AGENT, opinion="O1", adverse=True, finding="Condamné le 3 mars 2025.")
    return sued(decided(lived))


def test_an_opinion_is_told_without_what_it_found() -> None:
    text = text_of(a_brief(_with_opinion("inspection du travail", "pay")))
    assert "inspection du travail" in text
    assert "avis défavorable" in text
    assert "Condamné" not in text


@pytest.mark.parametrize(
    ("body", "criterion"), [("casier judiciaire national", "pay"), ("inspection du travail", "employer_record")]
)
def test_the_employer_record_is_told_only_where_the_decision_rests_on_it(body: str, criterion: str) -> None:
    brief = a_brief(_with_opinion(body, criterion))
    assert body not in text_of(brief)
    assert "Condamné" not in text_of(brief)
    assert any("R611-1" in each.text for each in brief.attention)


# Admissibility


def verdicts(brief: Brief) -> dict[str, Verdict]:
    """The answers, by the first words of the question."""
    return {each.question.split(" (")[0]: each.verdict for each in brief.admissibility}


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (date(2027, 1, 4), Verdict.ADMISSIBLE),  # the last day: the 3rd is a Sunday, and the limit is clear
        (date(2027, 1, 5), Verdict.INADMISSIBLE),
        (date(2029, 1, 5), Verdict.INADMISSIBLE),
    ],
)
def test_lateness_is_counted_to_the_day(on: date, verdict: Verdict) -> None:
    brief = a_brief(sued(refused(), on=on), around=around(on))
    assert verdicts(brief)["Délai de recours contentieux"] is verdict
    late = verdict is Verdict.INADMISSIBLE
    assert ("tardive" in text_of(brief)) is late
    assert any("comme irrecevable" in each for each in brief.conclusions) is late


def test_the_computation_is_shown() -> None:
    brief = told("a late claim")[1]
    question = next(each for each in brief.admissibility if each.question.startswith("Délai de recours"))
    steps = " ".join(step.text for step in question.steps)
    assert "Point de départ : 2 novembre 2026 ; durée : deux mois ; dernier jour : 4 janvier 2027" in steps
    assert "CJA R421-5" in steps
    assert any(step.exhibits for step in question.steps)


def test_limits_that_the_notice_does_not_state_bind_nobody() -> None:
    lived = sued(refused(), on=date(2027, 3, 1))
    facts = recorded(signed_with(remedies=None)(lived.steps))
    brief = a_brief(lived, facts=facts, around=around(date(2027, 3, 1)))
    assert verdicts(brief)["Délai de recours contentieux"] is Verdict.ADMISSIBLE
    assert "tardive" not in text_of(brief)
    assert any("n'indique ni voies ni délais" in each.text for each in brief.attention)


@pytest.mark.parametrize(
    ("on", "verdict"), [(date(2027, 11, 2), Verdict.ADMISSIBLE), (date(2027, 11, 3), Verdict.TO_CHECK)]
)
def test_beyond_a_reasonable_period_the_drafter_checks(on: date, verdict: Verdict) -> None:
    lived = sued(refused(), on=on)
    facts = recorded(signed_with(remedies=None)(lived.steps))
    brief = a_brief(lived, facts=facts, around=around(on))
    assert verdicts(brief)["Délai raisonnable de recours"] is verdict
    assert any("à confirmer" in each.text for each in brief.attention) is (verdict is Verdict.TO_CHECK)
    assert any("comme irrecevable" in each for each in brief.conclusions) is False


def test_an_appeal_in_time_interrupts_the_limit() -> None:
    brief = told("a claim after an appeal")[1]
    assert verdicts(brief)["Délai de recours contentieux"] is Verdict.ADMISSIBLE
    question = next(each for each in brief.admissibility if each.question.startswith("Délai de recours"))
    (step,) = [each for each in question.steps if "recours administratif" in each.text]
    assert [cite.type for cite in step.cites] == ["AppealLodged", "AppealImplicitlyRejected"]


def test_a_suspension_is_judged_by_the_day_of_the_main_claim() -> None:
    lived = sued(refused(), on=DECEMBER)
    sued(lived, on=date(2027, 2, 15), action="suspension")
    assert verdicts(a_brief(lived, "L2"))["Délai de recours contentieux"] is Verdict.ADMISSIBLE


def test_another_court_than_that_of_the_place_of_work_is_noticed() -> None:
    brief = a_brief(sued(refused(), court="Grenoble"))
    assert verdicts(brief)["Compétence territoriale"] is Verdict.TO_CHECK
    assert "tribunal administratif de Lyon" in text_of(section(brief, "Compétence territoriale"))
    assert "Compétence territoriale" not in verdicts(told("a claim in time")[1])


def test_an_express_decision_takes_the_place_of_the_implicit_one_attacked() -> None:
    lived = Lived(CASE, SILENT_SINCE, request=underpaid_request())
    lived.today = date(2026, 10, 20)
    lived.act("record-silence", SYSTEM)
    sued(lived, on=date(2026, 10, 25), pleas=("reasons",))
    lived.today = TODAY
    lived.examined()
    reasons = [{"criterion": "pay", "fact": FACT, "exhibits": ["P2"]}]
    lived.act("propose", AGENT, kind="refusal", reasons=reasons).act("sign", SIGNATORY, kind="refusal")
    brief = a_brief(lived)
    assert verdicts(brief)["Décision intervenue depuis la décision attaquée"] is Verdict.TO_CHECK
    assert "doivent être regardées comme dirigées contre la décision expresse du 2 novembre 2026" in text_of(brief)
    assert any("jurisprudence à citer" in each.text for each in brief.attention)


def test_an_appeal_out_of_time_is_left_to_check() -> None:
    brief = told("an appeal")[1]
    assert verdicts(brief)["Délai pour contester la décision de justice"] is Verdict.ADMISSIBLE
    late = a_claim()
    late.today = date(2027, 6, 15)
    ruling = {"outcome": "rejected", "judged_on": "2027-06-01", "notified_on": "2027-06-10", "summary": "Rejet."}
    late.act("record-judgment", LEGAL, litigation="L1", **ruling)
    sued(late, on=date(2027, 8, 12), action="appeal", court="Lyon", court_number="27LY01234")
    assert verdicts(a_brief(late, "L2"))["Délai pour contester la décision de justice"] is Verdict.TO_CHECK


def test_before_the_court_of_appeal_the_minister_defends() -> None:
    brief = told("an appeal")[1]
    assert brief.heading.defender.startswith("ministre")
    assert "R. 811-10 " in brief.heading.by_what_right
    assert brief.closing.name.startswith("[à compléter")
    assert any(each.subject == "Représentation de l'État" for each in brief.attention)
    assert "plaise à la cour" in brief.asked


# Pleas


def test_every_plea_has_a_title_and_a_reply() -> None:
    assert set(EXTERNAL) | set(INTERNAL) == set(PleaKind) == set(REPLIES) == set(TITLES)


def test_only_the_pleas_raised_are_answered() -> None:
    brief = a_brief(sued(refused(), pleas=("reasons",)))
    titles = [each.title for each in _sections(brief.discussion)]
    assert [title for title in titles if title in TITLES.values()] == [TITLES[PleaKind.REASONS]]


def test_without_a_plea_the_drafter_is_told_to_answer() -> None:
    brief = a_brief(sued(refused(), pleas=()))
    (passage,) = section(brief, "Sur la légalité de la décision").passages
    assert passage.to_complete
    assert any(each.subject == "Moyens" for each in brief.attention)


def test_the_delegation_is_cited_as_it_is_recorded() -> None:
    text = text_of(section(told("a claim in time")[1], TITLES[PleaKind.INCOMPETENCE]))
    assert "n° 2021-063-001, en vigueur depuis le 1er avril 2021 et publiée le 1er avril 2021" in text


@pytest.mark.parametrize(
    ("defect", "why"),
    [
        (citing(ENDED), "a pris fin le 1er octobre 2026"),
        (citing(UNPUBLISHED), "n'est publiée que le 20 novembre 2026"),
        (citing(replace(ENDED, number="2026-063-rien")), "n'est pas enregistrée au nom de"),
    ],
)
def test_a_delegation_that_does_not_hold_is_never_asserted(defect: Callable[[Any], Any], why: str) -> None:
    lived = a_claim()
    brief = a_brief(lived, facts=recorded(defect(lived.steps)))
    reply = section(brief, TITLES[PleaKind.INCOMPETENCE])
    assert reply.passages[-1].to_complete
    assert "en vertu de la délégation" not in text_of(brief)
    assert "manque en fait" not in text_of(brief)
    assert any(why in each.text for each in brief.attention)
    assert why not in text_of(brief)


def test_the_text_is_that_in_force_on_the_day_of_the_decision() -> None:
    text = text_of(section(told("a claim in time")[1], TITLES[PleaKind.ERROR_OF_LAW]))
    assert (
        "du 4° de l'article R. 5221-20 du code du travail, dans sa rédaction en vigueur depuis le 1er septembre 2024"
        in text
    )
    assert LAW_IN_FRENCH["pay_reaches_the_legal_minimum"].rstrip(".") in text


def test_a_version_that_was_not_in_force_is_left_to_the_drafter() -> None:
    lived = a_claim()
    older = [
        (
            actor,
            replace(event, decision=replace(event.decision, reasons=tuple(_older(r) for r in event.decision.reasons)))
            if isinstance(event, RequestRefused)
            else event,
            day,
        )
        for actor, event, day in lived.steps
    ]
    brief = a_brief(lived, facts=recorded(older))
    reply = section(brief, TITLES[PleaKind.ERROR_OF_LAW])
    assert any(each.to_complete for each in reply.passages)
    assert "aucune condition à celles des textes" not in text_of(brief)
    assert any(each.subject == "Version du texte" for each in brief.attention)


def _older(reason: Any) -> Any:
    return replace(reason, rule=replace(reason.rule, since=date(2021, 5, 1)))


def test_reasons_that_silence_never_gave_are_a_weakness_and_no_argument() -> None:
    brief = told("a claim against silence")[1]
    (passage,) = section(brief, TITLES[PleaKind.REASONS]).passages
    assert passage.to_complete
    assert any("entachée d'illégalité" in each.text for each in brief.attention)
    assert "illégalité" not in text_of(brief)


def test_a_substituted_ground_is_pleaded_in_the_alternative() -> None:
    brief = told("a claim after an appeal")[1]
    reply = section(brief, "À titre subsidiaire")
    (passage,) = [each for each in reply.all_passages() if each.cites]
    assert [cite.type for cite in passage.cites] == ["RequestRefused", "GroundSubstituted"]
    assert "tiré du 1° de l'article R. 5221-20" in passage.text
    assert any("substituer au motif" in each for each in brief.conclusions)
    assert not any("substituer" in each for each in told("a claim in time")[1].conclusions)


def test_a_suspension_discusses_urgency_and_serious_doubt() -> None:
    brief = told("a suspension")[1]
    titles = [each.title for each in brief.discussion.sections]
    assert titles[:2] == [
        "Sur la condition tenant à l'urgence",
        "Sur l'absence de moyen propre à créer un doute sérieux",
    ]
    assert brief.heading.addressed_to.startswith("Monsieur ou Madame le juge des référés")
    assert "plaise au juge des référés" in brief.asked


def test_facts_without_a_document_are_noticed() -> None:
    lived = a_claim()
    sheets = tuple(each for each in a_bundle(lived.case) if each.sources[0].kind is SourceKind.SHEET)
    brief = a_brief(lived, exhibits=sheets)
    assert any(each.subject == "Preuve des faits" for each in brief.attention)
    assert all(each.subject != "Preuve des faits" for each in told("a claim in time")[1].attention)


def test_every_rule_can_be_quoted() -> None:
    assert [rule.id for rule in all_rules() if rule.provision.name not in LAW_IN_FRENCH] == []


# Who signs


def test_the_only_signatory_is_named_and_several_are_listed() -> None:
    lived = a_claim()
    several = told("a claim in time")[1]
    assert several.closing.name.startswith("[à compléter")
    alone = an_administration()
    alone = replace(alone, delegations=alone.delegations[:1])
    named = a_brief(lived, around=around(administration=alone, administration_then=alone))
    assert (named.closing.name, named.closing.quality) == ("Hélène Vasseur", "Cheffe de la plateforme")
    assert "n° 2021-063-001, publiée le 1er avril 2021" in named.closing.delegation
    nobody: Administration = replace(alone, delegations=())
    brief = a_brief(lived, around=around(administration=nobody, administration_then=nobody))
    assert any("Aucune délégation enregistrée" in each.text for each in brief.attention)


def test_facts_deemed_admitted_are_a_weakness() -> None:
    lived = a_claim()
    lived.act("receive-formal-notice", lived.steps[-1][0], litigation="L1", due_on="2027-01-15")
    brief = a_brief(lived, around=around(date(2027, 1, 16)))
    assert any("R612-6" in each.text for each in brief.attention)
    in_time = a_brief(lived, around=around(date(2027, 1, 15)))
    assert not any("R612-6" in each.text for each in in_time.attention)


def test_a_brief_before_any_court_leaves_the_heading_to_the_drafter() -> None:
    brief = a_brief(refused(), None)
    assert brief.heading.number.startswith("[à compléter")
    assert brief.admissibility == ()


# Words


@pytest.mark.parametrize(
    ("cited", "told"),
    [
        ("CT R5221-20 4°", "du 4° de l'article R. 5221-20 du code du travail"),
        ("CT R5221-20 2° b)", "du b du 2° de l'article R. 5221-20 du code du travail"),
        ("CT R5221-20 2°, dernier alinéa", "du dernier alinéa du 2° de l'article R. 5221-20 du code du travail"),
        ("CRPA L121-1", "de l'article L. 121-1 du code des relations entre le public et l'administration"),
        ("CT R5221-3 II, R5221-26", "des articles R. 5221-3 II et R. 5221-26 du code du travail"),
        (
            "CESEDA L435-1 à L435-4",
            "des articles L. 435-1 à L. 435-4 du code de l'entrée et du séjour des étrangers et du droit d'asile",
        ),
        ("arrêté du 1er avril 2021", "de l'arrêté du 1er avril 2021"),
        (
            "CT R5221-12 ; arrêté du 1er avril 2021, version en vigueur depuis le 12 janvier 2025",
            "de l'article R. 5221-12 du code du travail et de l'arrêté du 1er avril 2021, version en vigueur depuis le "
            "12 janvier 2025",
        ),
        ("CE Ass. 13 juillet 2016 n° 387763", "de « CE Ass. 13 juillet 2016 n° 387763 »"),
    ],
)
def test_articles_read_as_a_brief_writes_them(cited: str, told: str) -> None:
    assert of_the_article(cited) == told


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: f"{rule.id.article}-{rule.id.since}")
def test_every_article_of_the_rules_is_read(rule: Any) -> None:
    told = the_article(rule.id.article)
    assert told.startswith(("l'", "le ", "les "))
    assert article(rule.id.article) in told or rule.id.article[1:] in told


@pytest.mark.parametrize(
    ("numbers", "told"),
    [((), ""), ((4,), "pièce n° 4"), ((5, 4), "pièces n° 4 et 5"), ((1, 2, 3, 7, 7), "pièces n° 1 à 3 et 7")],
)
def test_numbers_of_exhibits_are_gathered(numbers: tuple[int, ...], told: str) -> None:
    assert numbers_in_french(numbers) == told


def test_figures_are_written_as_in_french() -> None:
    assert figures("rémunération : 1867.02 ; heures : 35.0 ; le 1.2.2026") == (
        "rémunération : 1\u202f867,02 ; heures : 35 ; le 1.2.2026"
    )


# Random lives


@pytest.mark.parametrize("block", range(6))
def test_any_life_that_reaches_a_decision_has_its_brief(block: int) -> None:
    """Whole histories never fail, whatever they hold; each sentence of fact rests on something, or says that it does
    not."""
    made = 0
    for seed in range(7_000 + 60 * block, 7_060 + 60 * block):
        walk, facts = _walked(seed)
        surroundings = around(walk.today, administration=walk.administration, administration_then=walk.administration)
        for litigation in (None, *walk.case.litigation):
            for decision in walk.case.decisions:
                bundle = a_bundle(walk.case, decision.id)[:: 1 + seed % 3]
                name = litigation.id if litigation else None
                brief = brief_of(facts, name, decision.id, bundle, surroundings, on_version=len(facts))
                made += 1
                assert all(each.cites for each in brief.facts.passages)
                assert all(bool(p.exhibits) is (p.proof is Proof.EXHIBITED) for p in brief.passages())
                texts = [each.text for each in (*brief.passages(), *brief.attention)]
                assert not [text for text in texts if "None" in text or "  " in text.strip() or not text.strip()]
    assert made > 60


def _walked(seed: int) -> tuple[Walk, list[Recorded]]:
    walk = Walk(seed)
    context = walk.context(walk.filer)
    facts = [
        Recorded(version=version, event=event, actor=context.actor, recorded_at=context.now)
        for version, event in enumerate(walk.facts, 1)
    ]
    for step in walk.steps(60):
        for event in step.events:
            facts.append(
                Recorded(version=len(facts) + 1, event=event, actor=step.context.actor, recorded_at=step.context.now)
            )
    return walk, facts
