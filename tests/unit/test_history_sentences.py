"""History lines: every fact has a sentence of its own, nothing personal is in it, and it reads as French."""

import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

from domain.acts import (
    DECISION_TITLES,
    Addressee,
    AppealKind,
    DecisionKind,
    Injunction,
    InjunctionKind,
    JudgmentOutcome,
    Permit,
    RequestedItem,
    Signatory,
    SignedDecision,
    Stage,
    StageKind,
)
from domain.envelope import PERSONAL, Event, Role
from domain.events import (
    AppealLodged,
    CaseEvent,
    DecisionFirstRead,
    DecisionMadeAvailable,
    DecisionProposed,
    ImplicitDecisionArisen,
    JudgmentRecorded,
    MissingItemsRequested,
    RequestFiled,
    RequestGranted,
    RequestRefused,
    RequestRouted,
)
from domain.findings import Criterion, ReasonGiven, RuleId
from domain.procedures import Procedure
from domain.sentences import SENTENCES, articles, sentence
from domain.sentences.words import amount
from projections.history import WITHOUT, detail
from tests.unit.given import a_request

SECRET = "Zébulon"
DAY = date(2026, 11, 2)


def sample(annotation: Any, name: str = "") -> Any:
    """Any value of a type, the personal texts being all the same one."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        inner, *extras = get_args(annotation)
        if any(isinstance(e, msgspec.Meta) and (e.extra or {}).get(PERSONAL) for e in extras):
            return DAY if date in (inner, *get_args(inner)) else SECRET
        return sample(inner, name)
    if origin in {types.UnionType, typing.Union}:
        return sample(next(each for each in get_args(annotation) if each is not type(None)), name)
    if origin is tuple:
        return (sample(get_args(annotation)[0], name),)
    if origin is dict:
        return {}
    if isinstance(annotation, type):
        if issubclass(annotation, msgspec.Struct):
            hints = typing.get_type_hints(annotation, include_extras=True)
            return annotation(**{field: sample(hints[field], field) for field in annotation.__struct_fields__})
        if issubclass(annotation, Enum):
            return next(iter(annotation))
        plain: dict[type, Any] = {
            str: "1200.50" if name.endswith("_euros") else name or "texte",
            int: 3,
            float: 3.5,
            bool: True,
            date: DAY,
            datetime: datetime(2026, 11, 2, 9, 5, tzinfo=UTC),
            UUID: UUID(int=7),
        }
        return plain[annotation]
    raise TypeError(f"no sample of {annotation}")


EVERY_EVENT: tuple[type[Event], ...] = get_args(CaseEvent)


@pytest.mark.parametrize("kind", EVERY_EVENT, ids=lambda kind: kind.__name__)
def test_every_fact_has_its_own_sentence_and_tells_nothing_personal(kind: type[Event]) -> None:
    event = sample(kind)
    assert kind in SENTENCES, f"{kind.__name__} has no sentence in domain/sentences/"
    told = sentence(event)
    assert told[0].isupper()
    assert told[-1] in ".…!?"
    assert "  " not in told
    assert ".." not in told
    assert SECRET not in told
    assert SECRET not in msgspec.json.encode(detail(event)).decode()
    assert kind.__name__ not in told
    assert all(articles(event))
    assert len(set(articles(event))) == len(articles(event))


def test_a_fact_without_a_sentence_is_named_not_hidden() -> None:
    class SomethingNew(Event, frozen=True, kw_only=True):
        """A fact of tomorrow."""

    assert sentence(SomethingNew()) == "Fait enregistré : SomethingNew."
    assert articles(SomethingNew()) == ()


def test_personal_members_named_exist() -> None:
    for kind, members in WITHOUT.items():
        assert members <= set(kind.__struct_fields__)


def filed(**changes: Any) -> RequestFiled:
    event = RequestFiled(
        number="AT-2026-000042",
        request=a_request(Procedure.INTRODUCTION_PERMANENT),
        filed_by="local:employer-acme",
        filed_as=Role.EMPLOYER,
        filed_on=DAY,
    )
    return msgspec.structs.replace(event, **changes)


def signed(kind: DecisionKind, stage: Stage = Stage()) -> SignedDecision:  # noqa: B008
    return SignedDecision(
        decision="D1",
        kind=kind,
        stage=stage,
        signed_on=date(2026, 12, 1),
        signatory=Signatory(
            identity="local:signatory-63",
            name="Hélène Vasseur",
            quality="Cheffe de la plateforme",
            service="Plateforme",
            delegation="2026-17",
            delegation_published_on=date(2026, 1, 5),
            delegation_publication="RAA n° 3",
        ),
        competent_prefect="préfet du Rhône",
        deciding_prefect="préfet du Puy-de-Dôme",
        assessments=(),
        reasons=(
            ReasonGiven(
                rule=RuleId(criterion=Criterion.PAY, article="CT R5221-20 4°", since=date(2024, 9, 1)),
                fact="1 500 euros",
            ),
        )
        if not kind.is_favourable
        else (),
    )


PERMIT = Permit(
    number="AT-63-1",
    valid_from=date(2027, 1, 1),
    valid_until=date(2027, 12, 31),
    employer_siret=None,
    rome="G1602",
    job_title="Cuisinier",
)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            filed(),
            "Demande déposée par l'employeur Acme Robotique (introduction d'un salarié étranger, contrat à durée"
            " indéterminée, emploi : Cuisinier), enregistrée sous le n° AT-2026-000042.",
        ),
        (
            filed(request=a_request(Procedure.AU_PAIR)),
            "Demande déposée par un employeur particulier (jeune au pair (placement d'aide familiale)), enregistrée"
            " sous le n° AT-2026-000042.",
        ),
        (
            filed(request=a_request(Procedure.VIABILITY_OPINION), filed_as=Role.WORKER),
            "Demande déposée par l'étranger (avis sur la viabilité économique d'une activité non salariée),"
            " enregistrée sous le n° AT-2026-000042.",
        ),
        (
            RequestRouted(
                rule="CT R5221-15",
                table_version="2026-1",
                facts={},
                competent_department="69",
                competent_prefect="préfet du Rhône",
                deciding_department="63",
                deciding_prefect="préfet du Puy-de-Dôme",
                platform="Clermont-Ferrand",
                first_received_on=DAY,
                received_on=DAY,
            ),
            "Dossier orienté vers la plateforme de Clermont-Ferrand (préfet du Puy-de-Dôme, qui décide par délégation"
            " du préfet du Rhône), selon la table d'orientation 2026-1.",
        ),
        (
            MissingItemsRequested(
                request="M1",
                items=(RequestedItem(item="contract", label="le contrat de travail", required_by="arrêté, U1"),),
                requested_on=DAY,
                due_on=date(2026, 12, 1),
                suspends=True,
            ),
            "Pièces manquantes demandées, à fournir au plus tard le 1er décembre 2026 : le contrat de travail. Le délai"
            " est suspendu.",
        ),
        (
            RequestGranted(decision=signed(DecisionKind.GRANT), permit=PERMIT),
            "Autorisation de travail accordée (décision D1), signée le 1er décembre 2026 par Hélène Vasseur, cheffe de"
            " la plateforme, par délégation (n° 2026-17), pour le préfet du Puy-de-Dôme. Autorisation n° AT-63-1,"
            " valable du 1er janvier 2027 au 31 décembre 2027.",
        ),
        (
            RequestRefused(
                decision=signed(DecisionKind.REFUSAL, Stage(kind=StageKind.APPEAL, ref="A1")),
            ),
            "Autorisation de travail refusée sur recours gracieux (décision D1), signée le 1er décembre 2026 par Hélène"
            " Vasseur, cheffe de la plateforme, par délégation (n° 2026-17), pour le préfet du Puy-de-Dôme. Motifs :"
            " rémunération (CT R5221-20 4°).",
        ),
        (
            ImplicitDecisionArisen(
                decision="D1",
                kind=DecisionKind.IMPLICIT_REFUSAL,
                rule="AT_ORDINARY",
                articles="CRPA L231-5",
                explanation="Demande reçue le 2 novembre 2026",
                arisen_on=date(2027, 1, 2),
            ),
            "Rejet implicite né du silence le 2 janvier 2027 (décision D1). Demande reçue le 2 novembre 2026.",
        ),
        (
            DecisionFirstRead(
                decision="D1", addressee=Addressee.EMPLOYER, read_at=datetime(2026, 12, 1, 9, 5, tzinfo=UTC)
            ),
            "Décision D1 lue pour la première fois par l'employeur le 1er décembre 2026 à 10 h 05 : la lecture vaut"
            " notification, si elle n'était pas déjà acquise.",
        ),
        (
            AppealLodged(
                appeal="A1",
                kind=AppealKind.GRACIOUS,
                against="D1",
                lodged_by=Addressee.EMPLOYER,
                received_on=date(2026, 12, 20),
                in_time=True,
                person=UUID(int=1),
                arguments="…",
                implicit_rejection_on=date(2027, 2, 20),
            ),
            "Recours gracieux A1 formé par l'employeur contre la décision D1, reçu le 20 décembre 2026 dans le délai."
            " En l'absence de réponse, il sera implicitement rejeté le 20 février 2027.",
        ),
        (
            JudgmentRecorded(
                litigation="L1",
                outcome=JudgmentOutcome.ANNULLED,
                judged_on=date(2027, 9, 1),
                notified_on=date(2027, 9, 4),
                injunction=Injunction(kind=InjunctionKind.REEXAMINE, delay_days=60),
                costs_euros=1200,
                summary="Erreur manifeste d'appréciation",
            ),
            "Décision de justice du 1er septembre 2027 (instance L1), notifiée le 4 septembre 2027 : annulation de la"
            " décision. Erreur manifeste d'appréciation. Injonction de réexaminer la demande dans un délai de 60 jours."
            " Frais mis à la charge de l'État : 1\u202f200,00\u00a0€.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else "",
)
def test_lines_read_like_a_case_file(event: Event, told: str) -> None:
    assert sentence(event) == told


def test_what_goes_by_post_cites_no_text_of_the_teleservice() -> None:
    by_post, online = (
        DecisionMadeAvailable(decision="D1", addressee=Addressee.WORKER, available_on=DAY, channel=channel)
        for channel in ("post", "teleservice")
    )
    assert articles(by_post) == ("CT R5221-17",)
    assert articles(online) == ("CT R5221-17", "CRPA L112-15")
    slip = DecisionFirstRead(
        decision="D1",
        addressee=Addressee.WORKER,
        read_at=datetime(2026, 12, 9, 9, 5, tzinfo=UTC),
        received_on=date(2026, 12, 4),
    )
    assert sentence(slip) == (
        "Décision D1 reçue par l'étranger le 4 décembre 2026, d'après l'avis de réception du pli : elle est notifiée ce"
        " jour-là."
    )
    assert articles(slip) == ()


@pytest.mark.parametrize("kind", DecisionKind)
def test_a_decision_bears_the_same_name_everywhere(kind: DecisionKind) -> None:
    proposed = DecisionProposed(kind=kind, stage=Stage(), proposed_by="local:agent-63", proposed_on=DAY)
    assert sentence(proposed) == f"Décision proposée à la signature : {DECISION_TITLES[kind]}."


def test_articles_name_the_texts_of_the_fact_itself() -> None:
    refused = RequestRefused(decision=signed(DecisionKind.REFUSAL))
    assert articles(refused) == ("CRPA L211-2", "CRPA L211-5", "CT R5221-20 4°")


def test_an_amount_that_is_no_number_is_told_as_it_stands() -> None:
    assert amount("1200") == "1\u202f200,00\u00a0€"
    assert amount("environ 1 200") == "environ 1 200\u00a0€"
