"""What letters say: from the facts up to a version and nothing else, never without what the law wants said."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.acts import Addressee, ServiceContact
from domain.administration import replay as replay_administration
from domain.envelope import ERASED, Role
from domain.events import (
    AppealDecided,
    CaseEvent,
    MissingItemsRequested,
    NoteAdded,
    RequestAmended,
    RequestFiled,
    RequestGranted,
    RequestRefused,
    RequestRouted,
    RoutingTablePublished,
)
from domain.findings import Met
from domain.law import all_rules
from domain.letters.articles import article_in_full, texts_in_full, visas
from domain.letters.content import DATA, read, template_of, written
from domain.letters.data import WRITERS, Printing, letter_data
from domain.papers import LetterKind
from domain.procedures import PROCEDURES, OutcomeKind, Procedure
from domain.refusals import Refused
from tests.letters.given_letters import (
    AROUND,
    PAST,
    PRINTING,
    SAMPLES,
    Due,
    Sample,
    Story,
    granted,
    refused,
    sample,
)
from tests.letters.reading import flat, pdf_of, text_of
from tests.unit.given import ACTORS, ADMINISTRATION, a_host_family, a_routing_table
from tests.unit.given_facts import AGENT, Recorded

replace = msgspec.structs.replace
K, E, W, P = LetterKind, Addressee.EMPLOYER, Addressee.WORKER, Addressee.PREFECTURE
Change = Callable[[Any], CaseEvent]


def altered(facts: tuple[Recorded, ...], kind: type, change: Change) -> tuple[Recorded, ...]:
    """The same facts, but for those of a type."""
    return tuple(replace(f, event=change(f.event)) if isinstance(f.event, kind) else f for f in facts)


def again(given: Sample, facts: tuple[Recorded, ...] | None = None, **around: Any) -> Any:
    """The data of a letter, written anew on other facts or in other surroundings."""
    return letter_data(facts or given.facts, given.due, replace(AROUND, **around), PRINTING)


def signed(**changes: Any) -> Change:
    """The same fact with another signed decision."""
    return lambda event: replace(event, decision=replace(event.decision, **changes))


def test_each_kind_and_each_template_has_a_writer_and_a_sample() -> None:
    assert set(WRITERS) == set(LetterKind)
    assert {template_of(type(sample(name).data)) for name in SAMPLES} == set(DATA) - PAST


@pytest.mark.parametrize("name", SAMPLES)
def test_data_read_as_they_were_written_and_depend_on_facts_alone(name: str) -> None:
    given = sample(name)
    data = written(given.data)
    assert read(template_of(type(given.data)), data) == given.data
    assert written(again(given)) == data
    assert msgspec.json.decode(data)["template"] == template_of(type(given.data))


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_recorded_or_published_later_changes_a_letter(name: str) -> None:
    given = sample(name)
    filed = given.facts[0].event
    assert isinstance(filed, RequestFiled)
    worker = replace(filed.request.worker, given_names="Autre", family_name="Personne")
    amended = RequestAmended(
        request=replace(filed.request, worker=worker),
        changes=("/worker",),
        reason="Erreur.",
        amended_on=date(2032, 1, 1),
    )
    later = replace(given.facts[-1], version=len(given.facts) + 1, event=amended)
    moved = a_routing_table(contacts={"Clermont-Ferrand": ServiceContact(name="Ailleurs")}, version="plus tard")
    since = replay_administration([moved], ADMINISTRATION)
    assert since.contact("Clermont-Ferrand", date(2027, 1, 1)).name == "Ailleurs"
    facts = (*given.facts, later)
    assert again(given, facts, administration=since, today=date(2032, 1, 1)) == given.data


def test_a_letter_tells_the_contact_published_by_its_day() -> None:
    moved = a_routing_table(contacts={"Clermont-Ferrand": ServiceContact(name="Ailleurs", phone="01")})
    found = again(sample("refusal"), administration_then=replay_administration([moved], ADMINISTRATION))
    assert (found.service.name, found.service.phone) == ("Ailleurs", "01")
    # The acknowledgement tells those that it was issued with.
    assert isinstance(moved, RoutingTablePublished)
    kept = again(sample("acknowledgement"), administration_then=replay_administration([moved], ADMINISTRATION))
    assert kept == sample("acknowledgement").data


UNREASONED = [
    ("no ground", "refusal", RequestRefused, signed(reasons=()), "grounds"),
    ("no author", "refusal", RequestRefused, lambda e: _signatory(e, name=""), "name"),
    ("no quality", "refusal", RequestRefused, lambda e: _signatory(e, quality=" "), "quality"),
    ("no service", "refusal", RequestRefused, lambda e: _signatory(e, service=""), "service"),
    ("no delegation", "refusal", RequestRefused, lambda e: _signatory(e, delegation=""), "delegation"),
    ("no gazette", "refusal", RequestRefused, lambda e: _signatory(e, delegation_publication=""), "publication"),
    ("no remedies", "refusal", RequestRefused, signed(remedies=None), "remedies"),
    ("no remedies", "grant", RequestGranted, signed(remedies=None), "remedies"),
    ("no item", "missing_items", MissingItemsRequested, lambda e: replace(e, items=()), "items"),
    (
        "no text",
        "missing_items",
        MissingItemsRequested,
        lambda e: replace(e, items=tuple(replace(item, required_by="") for item in e.items)),
        "required_by",
    ),
    ("no prefect", "refusal", RequestRouted, lambda e: NoteAdded(person=UUID(int=0), text="x"), "préfet"),
    (
        "the minister's answer",
        "appeal-upheld",
        AppealDecided,
        lambda e: replace(e, by_minister=True),
        "ministre",
    ),
]


def _signatory(event: Any, **changes: Any) -> CaseEvent:
    return signed(signatory=replace(event.decision.signatory, **changes))(event)


@pytest.mark.parametrize(
    ("name", "kind", "change", "lacks"), [each[1:] for each in UNREASONED], ids=[f"{e[0]}: {e[1]}" for e in UNREASONED]
)
def test_no_letter_lacks_what_the_law_wants_said(name: str, kind: type, change: Change, lacks: str) -> None:
    given = sample(name)
    with pytest.raises(Refused, match=lacks) as refusal:
        again(given, altered(given.facts, kind, change))
    assert refusal.value.code == "letter_lacks_mention"


@pytest.mark.parametrize("fact", ["", " ", "\n\t"])
def test_a_refusal_without_facts_is_never_written(fact: str) -> None:
    given = sample("refusal")

    def without_facts(event: RequestRefused) -> CaseEvent:
        reasons = tuple(replace(reason, fact=fact) for reason in event.decision.reasons)
        return replace(event, decision=replace(event.decision, reasons=reasons))

    with pytest.raises(Refused, match="fact"):
        again(given, altered(given.facts, RequestRefused, without_facts))


def test_silence_signs_nothing_and_a_permit_needs_its_code() -> None:
    silent = sample("permit-silence")
    with pytest.raises(Refused, match="née du silence"):
        letter_data(silent.facts, silent.due._replace(kind=K.DECISION), AROUND, PRINTING)
    with pytest.raises(Refused, match="se vérifie"):
        letter_data(silent.facts, silent.due, AROUND, Printing())
    given = sample("refusal")
    with pytest.raises(Refused, match="l'autorisation qu'elle porte"):
        letter_data(given.facts, given.due._replace(kind=K.PERMIT), AROUND, PRINTING)


@pytest.mark.parametrize("kind", [K.MISSING_ITEMS, K.PRIOR_HEARING, K.APPEAL_ACKNOWLEDGEMENT, K.APPEAL_DECISION])
def test_a_letter_about_what_never_happened_is_not_written(kind: LetterKind) -> None:
    given = sample("refusal")
    with pytest.raises(Refused, match="le fait qu'elle annonce"):
        letter_data(given.facts, given.due._replace(kind=kind, about="X9"), AROUND, PRINTING)


@pytest.mark.parametrize("template", ["refusal/2", "refusal", "", "../refusal/1"])
def test_an_unknown_template_is_refused(template: str) -> None:
    with pytest.raises(Refused, match="Aucun modèle"):
        read(template, written(sample("refusal").data))


def test_data_of_another_template_are_refused() -> None:
    with pytest.raises(Refused, match="ne peut être écrite"):
        read("grant/1", written(sample("refusal").data))


def test_who_was_erased_stays_unnamed() -> None:
    given = sample("permit")

    def erased(event: RequestFiled) -> CaseEvent:
        worker = replace(event.request.worker, family_name=ERASED, given_names=ERASED, birth_date=None)
        return replace(event, request=replace(event.request, worker=worker))

    found = again(given, altered(given.facts, RequestFiled, erased))
    assert (found.to, found.about.worker, found.about.worker_born_on) == ((ERASED,), ERASED, None)
    assert b"Benali" not in written(found)
    assert b"BENALI" not in written(found)


def test_notes_reach_no_letter() -> None:
    story = Story(documents=()).act("claim", AGENT).act("add-note", AGENT, text="Le gérant m'a paru de mauvaise foi.")
    story.act("request-missing-items", AGENT, items=[{"item": "contributions_certificate"}], delay_days=30)
    found = story.letter(K.MISSING_ITEMS, "M1", E)
    assert b"mauvaise foi" not in written(found.data)
    assert b"article R. 5221-12 du code du travail" in written(found.data)


def test_each_addressee_has_a_window_of_their_own() -> None:
    assert sample("refusal").data.to == ("Acme Robotique", "12 rue de la République", "69002 Lyon")
    assert sample("refusal-worker").data.to == ("Youssef BENALI",)
    assert sample("opinion-prefecture").data.to == ("préfet du Rhône",)
    assert sample("grant-mandatary").data.to[:2] == ("Acme Robotique", "représenté par Cabinet Durand")
    family = Story(Procedure.AU_PAIR, employer=a_host_family()).letter(K.RECEIPT, to=E, on_version=2)
    assert family.data.to == ("Julie LAMBERT", "4 rue des Tilleuls", "69100 Villeurbanne")
    # The foreigner's letter does not tell where a private employer lives.
    told = Story(Procedure.AU_PAIR, employer=a_host_family()).letter(K.RECEIPT, to=W, on_version=2)
    assert b"Tilleuls" not in written(told.data)


def test_the_receipt_leaves_before_any_prefect_is_known() -> None:
    receipt = sample("receipt").data
    assert (receipt.service.prefect, receipt.service.name) == ("", "Téléservice des autorisations de travail")


def test_what_silence_means_follows_the_procedure() -> None:
    ordinary, asylum, viability = (
        sample(name).data for name in ("acknowledgement", "acknowledgement-grant", "acknowledgement-none")
    )
    told = [(each.silence, each.silence_length) for each in (ordinary, asylum, viability)]  # type: ignore[union-attr]
    assert told == [("reject", "deux mois"), ("grant", "deux mois"), ("none", "")]


def test_what_a_grant_entails_follows_the_contract() -> None:
    def entailed(name: str) -> tuple[bool, bool, bool]:
        grant: Any = sample(name).data
        return grant.ofii, not grant.untaxed_because, grant.certificate_by is not None

    assert entailed("grant") == (True, True, True)
    assert entailed("grant-renewal") == (True, False, False)
    assert entailed("grant-student") == (True, False, False)
    seasonal: Any = sample("grant-seasonal").data
    assert "article R. 5221-24 du code du travail" in [duty.article for duty in seasonal.duties]


@pytest.mark.parametrize(
    ("name", "outcome", "replaced"),
    [("appeal-upheld", "upheld", "D2"), ("appeal-partly", "partly", "D2"), ("appeal-rejected", "rejected", "")],
)
def test_an_appeal_is_answered_as_it_was_decided(name: str, outcome: str, replaced: str) -> None:
    answer: Any = sample(name).data
    assert (answer.outcome, answer.replaced_by, answer.attacked) == (outcome, replaced, "D1")


def test_a_rejection_may_be_asked_for_by_its_decision_too() -> None:
    given = sample("appeal-rejected")
    assert letter_data(given.facts, given.due._replace(kind=K.DECISION, about="D2"), AROUND, PRINTING) == given.data


def test_what_was_examined_again_is_told_among_the_visas() -> None:
    answer: Any = sample("appeal-rejected").data
    assert answer.visas[-1] == "le recours gracieux reçu le 20 novembre 2026 contre la décision D1 du 2 novembre 2026"
    first: Any = sample("refusal").data
    assert not any("recours" in visa for visa in first.visas)


def test_a_decision_after_a_judgment_says_so() -> None:
    legal, story = ACTORS[Role.LEGAL], refused()
    story.act("make-available", AGENT, decision="D1").on(date(2026, 11, 9))
    court = {"court": "Lyon", "court_number": "2612345", "lodged_by": "employer"}
    story.act("open-litigation", legal, action="annulment", **court).on(date(2027, 5, 3))
    injunction = {"kind": "reexamine", "delay_days": 30}
    told = {"judged_on": "2027-04-29", "notified_on": "2027-05-03", "summary": "Erreur d'appréciation."}
    story.act("record-judgment", legal, litigation="L1", outcome="annulled", injunction=injunction, **told)
    found: Any = story.assessed(labour_market=Met.MET, pay=Met.MET).decided("grant").letter(K.DECISION, "D2", E).data
    assert found.visas[-1] == (
        "la décision de justice n° 2612345, rendue le 29 avril 2027 par le tribunal administratif de Lyon"
    )


@pytest.mark.parametrize(
    ("article", "told"),
    [
        ("CT R5221-20 4°", "article R. 5221-20, 4°, du code du travail"),
        ("CT R5221-20 2° a)", "article R. 5221-20, 2° a), du code du travail"),
        ("CT R5221-3 II", "article R. 5221-3, II, du code du travail"),
        ("CT R5221-20-1", "article R. 5221-20-1 du code du travail"),
        ("CESEDA L421-5, R421-9", f"articles L. 421-5 et R. 421-9 du {'code de l'}"),
        ("CESEDA L435-1 à L435-4", "articles L. 435-1 à L. 435-4 du code de l'"),
        ("CRPA L242-2 1°", "article L. 242-2, 1°, du code des relations entre le public et l'administration"),
        ("Accord franco-algérien du 27 décembre 1968", "accord franco-algérien du 27 décembre 1968"),
        ("arrêté du 1er avril 2021", "arrêté du 1er avril 2021"),
    ],
)
def test_articles_are_cited_in_full(article: str, told: str) -> None:
    assert article_in_full(article).startswith(told)


def test_texts_are_gathered_by_code() -> None:
    assert texts_in_full("CT R5221-12 ; arrêté du 1er avril 2021") == (
        "article R. 5221-12 du code du travail ; arrêté du 1er avril 2021"
    )
    assert visas(["CT R5221-20 ; CESEDA L421-1", "CT R5221-20 4°", "Accord du 9 octobre 1987", "décret n° 1"]) == (
        "le code du travail, notamment son article R. 5221-20 4°",
        "le code de l'entrée et du séjour des étrangers et du droit d'asile, notamment son article L. 421-1",
        "l'accord du 9 octobre 1987",
        "le décret n° 1",
    )


def test_due_is_a_contract_that_a_plain_struct_meets() -> None:
    class Anything(msgspec.Struct, frozen=True, kw_only=True):
        kind: LetterKind
        about: str
        addressee: Addressee | None
        on_version: int
        dated: date

    given = sample("grant")
    due = Anything(**given.due._asdict())
    assert letter_data(given.facts, due, AROUND, PRINTING) == given.data
    assert isinstance(given.due, Due)
    assert granted().facts[-1].version == given.due.on_version


FAVOURABLE = {OutcomeKind.PERMIT: "grant", OutcomeKind.STAMP: "stamp", OutcomeKind.OPINION: "opinion_favourable"}


@pytest.mark.parametrize("procedure", Procedure)
def test_every_procedure_has_its_letters(procedure: Procedure) -> None:
    """From the receipt to the permit, to each addressee, and set on pages."""
    outcome = PROCEDURES[procedure].outcome
    story = Story(procedure)
    letters = [story.letter(K.RECEIPT, on_version=2), story.letter(K.ACKNOWLEDGEMENT, on_version=4)]
    story.assessed().decided(FAVOURABLE[outcome])
    letters += [story.letter(K.DECISION, "D1", to) for to in story.case.addressees]
    if outcome is OutcomeKind.PERMIT:
        letters.append(story.letter(K.PERMIT, "D1"))
    for each in letters:
        assert each.data.about.procedure == PROCEDURES[procedure].title
        assert flat(PROCEDURES[procedure].title) in text_of(pdf_of(each.data)) or each.due.kind is K.PERMIT


def test_every_rule_can_be_told_as_a_ground() -> None:
    """By its article in full, its day, and the text restated: on one long refusal."""
    given = sample("refusal")

    def on_every_rule(event: RequestRefused) -> CaseEvent:
        first = event.decision.reasons[1]
        reasons = tuple(replace(first, rule=rule.id) for rule in all_rules())
        return replace(event, decision=replace(event.decision, reasons=reasons))

    found = again(given, altered(given.facts, RequestRefused, on_every_rule))
    assert len(found.grounds) == len(all_rules()) > 40
    text = text_of(pdf_of(found))
    assert [ground.law for ground in found.grounds if flat(ground.law) not in text] == []
    assert [ground.article for ground in found.grounds if flat(ground.article) not in text] == []
    assert "De l'articles" not in text
