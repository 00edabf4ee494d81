"""Paragraphs of the library: who fills what, how it is written, and what is left."""

from datetime import date

import msgspec
import pytest

from domain.commands.publish_reason import PublishReason, publish_reason
from domain.decisions import ReasonDraft
from domain.demonstration_reasons import PARAGRAPHS
from domain.envelope import Role
from domain.findings import Criterion, RuleId
from domain.procedures import Procedure
from domain.reasons_library import cited, composed, free_placeholders, library_on, must_be_a_paragraph, placeholders
from domain.refusals import Refused
from tests.unit.given import REFERENCE, TODAY, a_context, a_host_family, a_request, an_administration

PAY = RuleId(criterion=Criterion.PAY, article="CT R5221-20 4°", since=date(2024, 9, 1))


def text_of(text: str, *, values: dict[str, str] | None = None, procedure: Procedure | None = None) -> str:
    """A paragraph filled for a ground on pay of an ordinary request."""
    request = a_request(procedure or Procedure.INTRODUCTION_PERMANENT)
    facts = {"rémunération": "1700.00", "publiée du": "2026-09-01", "heures": "35.5", "organisme": "France Travail"}
    return composed(text, request, PAY, facts, values or {}, REFERENCE, TODAY)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{loi:article}", "R. 5221-20 4° du code du travail"),
        ("{loi:version}", "1er septembre 2024"),
        ("{loi:condition}", "rémunération"),
        ("{dossier:emploi} à {dossier:lieu}", "Cuisinier à Lyon"),
        ("{dossier:début}", "1er mars 2027"),
        ("{dossier:employeur}", "Acme Robotique"),
        ("{seuil:OFFER_PUBLICATION_WEEKS} semaines", "3 semaines"),
        ("{fait:rémunération}", "1\u202f700,00\u00a0€"),
        ("{fait:REMUNERATION}", "1\u202f700,00\u00a0€"),
        ("{fait:publiée du}", "1er septembre 2026"),
        ("{fait:heures}", "35,5"),
        ("{fait:organisme}", "France Travail"),
        ("sans rien", "sans rien"),
    ],
)
def test_law_case_and_facts_fill_a_paragraph(text: str, filled: str) -> None:
    assert text_of(text) == filled


def test_the_agent_fills_the_free_placeholders() -> None:
    assert text_of("Coefficient {coefficient}.", values={"coefficient": " 240 "}) == "Coefficient 240."


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{coefficient}", {}),
        ("{coefficient}", {"coefficient": " "}),
        ("{coefficient}", {"coefficient": "{autre}"}),
        ("{fait:SMIC}", {}),
        ("{fait:SMIC}", {"fait:SMIC": "1 867 euros"}),
        ("{loi:alinéa}", {}),
        ("{dossier:nom}", {}),
        ("{seuil:INCONNU}", {}),
    ],
)
def test_what_nothing_fills_is_named(text: str, values: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        text_of(text, values=values)
    assert refusal.value.code == "reason_placeholder_unresolved"
    assert f"« {text[1:-1]} »" in refusal.value.message


def test_a_request_without_a_job_or_a_company_fills_less() -> None:
    with pytest.raises(Refused) as refusal:
        text_of("{dossier:emploi}, {dossier:lieu}, {dossier:début}", procedure=Procedure.AU_PAIR)
    assert "« dossier:emploi », « dossier:lieu », « dossier:début »" in refusal.value.message
    assert isinstance(a_request(Procedure.AU_PAIR).employer, type(a_host_family()))
    assert text_of("{dossier:employeur}", procedure=Procedure.AU_PAIR) == "l'employeur particulier"
    with pytest.raises(Refused):
        text_of("{dossier:employeur}", procedure=Procedure.VIABILITY_OPINION)


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("CT R5221-20 2°, dernier alinéa", "R. 5221-20 2°, dernier alinéa, du code du travail"),
        ("CESEDA L554-1", "L. 554-1 du code de l'entrée et du séjour des étrangers et du droit d'asile"),
        ("CRPA R*112-1", "R.* 112-1 du code des relations entre le public et l'administration"),
        ("accord franco-algérien, article 7", "accord franco-algérien, article 7"),
    ],
)
def test_articles_are_cited_as_decisions_cite_them(article: str, words: str) -> None:
    assert cited(article) == words


@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=lambda each: each[0])
def test_every_paragraph_of_the_demonstration_could_be_published(paragraph: tuple[str, Criterion, str, str]) -> None:
    _, _, _, text = paragraph
    must_be_a_paragraph(text, REFERENCE)
    assert {"loi:article", "loi:version", "fait:constatés"} <= set(placeholders(text))
    assert all(":" not in name for name in free_placeholders(text))


def test_every_condition_has_its_paragraph() -> None:
    assert {each.criterion for each in library_on(an_administration(), TODAY)} == set(Criterion)
    assert library_on(an_administration(), date(2000, 1, 1)) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{loi:alinéa}", "reason_placeholder_unknown"),
        ("{dossier:nom}", "reason_placeholder_unknown"),
        ("{seuil:SMIC}", "reason_placeholder_unknown"),
        ("{texte:article}", "reason_placeholder_unknown"),
        ("{fait: }", "reason_placeholder_unknown"),
        ("{montant", "reason_malformed"),
        ("montant}", "reason_malformed"),
        ("{ }", "reason_malformed"),
        (f"{{{'a' * 81}}}", "reason_placeholder_unknown"),
        (" ".join(f"{{a{number}}}" for number in range(31)), "reason_malformed"),
    ],
)
def test_what_nothing_could_ever_fill_is_no_paragraph(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        must_be_a_paragraph(f"Le minimum est {text}.", REFERENCE)
    assert refusal.value.code == code


@pytest.mark.parametrize("text", [f"{{{'a' * 80}}}", " ".join(f"{{a{number}}}" for number in range(30))])
def test_what_an_agent_can_fill_is_a_paragraph(text: str) -> None:
    must_be_a_paragraph(text, REFERENCE)
    values = dict.fromkeys(free_placeholders(text), "240")
    draft = {"criterion": "pay", "fact": "", "values": values}
    assert text_of(text, values=msgspec.convert(draft, ReasonDraft).values) == " ".join(["240"] * len(values))


@pytest.mark.parametrize(("day", "accepted"), [("2031-11-02", True), ("2031-11-03", False)])
def test_a_paragraph_does_not_wait_for_years(day: str, accepted: bool) -> None:
    body = PublishReason(
        reason="essai", criterion=Criterion.PAY, title="Essai", text="Texte.", effective_from=date.fromisoformat(day)
    )
    if accepted:
        assert publish_reason(an_administration(), body, a_context(Role.ADMIN))[0].version == 1
        return
    with pytest.raises(Refused) as refusal:
        publish_reason(an_administration(), body, a_context(Role.ADMIN))
    assert [fault.pointer for fault in refusal.value.faults] == ["/effective_from"]
