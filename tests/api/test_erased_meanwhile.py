"""Somebody is erased while a file is on its way, or before its removal: nothing of it is kept, recorded or read."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from api.access import Caller
from api.problems import Problematic
from api.proofs import must_read_every_fact
from documents.intake.texts import keep as keep_texts
from documents.storage import Files
from documents.uploads import Uploads
from domain.demonstration import IDENTITIES
from domain.events import PersonErased
from projections.access import AccessFilter
from reactions import intake
from reactions.bundles import Bundles
from reactions.uploads import UNNAMED_FOR, Sweep
from tests.api import stages
from tests.api.files import a_pdf, deliver, send, sha256
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.written import files_of, write_letters
from tests.bundles import worker
from tests.histories import AGENT, write
from tests.servers import Database

DAY = date(2026, 11, 2)
Put = Callable[..., Any]


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("erased"))) as service:
        yield service


def record_erasure(dossier: Dossier) -> None:
    """The fact alone: the key is not destroyed yet, nor is any file removed."""
    person = dossier.case.request.worker.person
    event = PersonErased(person=person, reason="Fin.", erased_on=DAY, archival_visa="AD63 1")
    write(dossier.service.desk.ledger, dossier.id, [(AGENT, event, DAY)])


def left(dossier: Dossier) -> list[Path]:
    """All that the store holds of a case, whatever it was made of."""
    folder = dossier.service.settings.data_dir / "documents"
    return [path for path in folder.rglob("*") if path.is_file() and str(dossier.id) in str(path)]


def erased_once_kept(monkeypatch: pytest.MonkeyPatch, dossier: Dossier, method: str = "put") -> None:
    """Have the erasure recorded the moment after a file of the case is kept."""
    plain = getattr(Files, method)

    def kept_then_erased(files: Files, *given: Any) -> Any:
        kept = plain(files, *given)
        if not dossier.case.erased:
            record_erasure(dossier)
        return kept

    monkeypatch.setattr(Files, method, kept_then_erased)


def test_a_file_kept_as_somebody_is_erased_is_neither_recorded_nor_left(
    place: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = place.file()
    erased_once_kept(monkeypatch, dossier)
    answer = send(dossier, "employer-acme", a_pdf(), title="Pièce")
    assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")
    assert dossier.facts()[-1] == "PersonErased"
    assert left(dossier) == []


def test_an_announced_file_likewise(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hash stands in the history: nothing else would ever have removed it."""
    body = stages.filing("introduction_permanent")
    body["documents"][0]["sha256"] = sha256(a_pdf())
    dossier = place.file_body(body)
    erased_once_kept(monkeypatch, dossier)
    answer = deliver(dossier, "employer-acme", a_pdf())
    assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")
    assert left(dossier) == []


def test_a_file_that_was_lost_and_comes_again_likewise(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    body = stages.filing("introduction_permanent")
    body["documents"][0]["sha256"] = sha256(a_pdf())
    dossier = place.file_body(body)
    assert deliver(dossier, "employer-acme", a_pdf()).status_code == 200
    files_of(place).remove(dossier.id, sha256(a_pdf()))
    erased_once_kept(monkeypatch, dossier)
    answer = deliver(dossier, "employer-acme", a_pdf())
    assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")
    assert left(dossier) == []


def test_a_letter_likewise(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = place.file()
    erased_once_kept(monkeypatch, dossier)
    write_letters(place)
    assert not dossier.case.letters
    assert left(dossier) == []


def test_texts_and_thumbnails_likewise(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = place.file()
    assert send(dossier, "employer-acme", a_pdf("un texte"), title="Pièce").status_code == 201
    place.runner.run_until_current()

    def kept_then_erased(*given: Any) -> None:
        keep_texts(*given)
        if not dossier.case.erased:
            record_erasure(dossier)

    monkeypatch.setattr(intake, "keep", kept_then_erased)
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        intake.Intake(place.desk, files_of(place), None).run_once(connection)
    assert dossier.case.erased
    assert left(dossier) == []


def test_what_a_death_in_between_leaves_is_swept_though_a_fact_names_it(place: Service) -> None:
    dossier = place.file()
    assert send(dossier, "employer-acme", a_pdf("reste"), title="Pièce").status_code == 201
    record_erasure(dossier)
    (kept,) = left(dossier)
    before = place.desk.ledger.clock().timestamp() - UNNAMED_FOR.total_seconds() - 60
    os.utime(kept, (before, before))
    uploads = Uploads.of(place.settings)
    with closing(uploads), psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        Sweep(place.desk, files_of(place), uploads).run_once(connection)
    assert left(dossier) == []


def test_letters_are_not_read_while_they_are_still_to_be_removed(place: Service) -> None:
    dossier = place.file()
    write_letters(place)
    assert dossier.read("agent-63", "/letters/L1/content").status_code == 200
    record_erasure(dossier)
    for part in ("content", "data"):
        answer = dossier.read("agent-63", f"/letters/L1/{part}")
        assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")


def test_a_bundle_is_neither_read_nor_ordered_nor_recorded(place: Service) -> None:
    dossier = stages.bundle_ordered(place)
    bundles = Bundles(place.desk, place.settings, worker.makers)
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        assert bundles.run_once(connection) == 1
    dossier.must("legal-69", "order-bundle", {"bundle": "B1", "arrangement": 1})
    record_erasure(dossier)
    for part in ("content", "brief"):
        answer = dossier.read("legal-69", f"/bundles/B1/{part}")
        assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        assert bundles.run_once(connection) == 0
    assert dossier.facts()[-1] == "BundleBuildEnded"
    assert left(dossier) == []
    refused = dossier.give("legal-69", "order-bundle", {"bundle": "B1", "arrangement": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "person_already_erased")


def test_whoever_filed_gets_nothing_that_holds_notes_whatever_their_quality(place: Service) -> None:
    dossier = place.file().must("agent-63", "claim")
    actor = IDENTITIES["legal-69"].actor
    who = AccessFilter(all=True)
    filed = msgspec.structs.replace(actor, identity=dossier.case.filed_by)
    history = place.desk.history(dossier.id)
    must_read_every_fact(Caller(actor=filed, knows=who, sees=who), history)
    dossier.must("agent-63", "add-note", {"text": "Vu au guichet."})
    history = place.desk.history(dossier.id)
    must_read_every_fact(Caller(actor=actor, knows=who, sees=who), history)
    with pytest.raises(Problematic) as refused:
        must_read_every_fact(Caller(actor=filed, knows=who, sees=who), history)
    assert refused.value.code == "forbidden"
