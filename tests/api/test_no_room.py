"""A store of files that has no room, or does not answer: told as what it is, and nothing is half recorded."""

import errno
from typing import Any

import obstore
import pytest
from obstore.exceptions import GenericError

from documents.storage import Files
from tests.api.files import OFFSET, a_pdf, begin, go_on, send, state
from tests.api.service import Service

FULL = (GenericError("No space left on device"), OSError(errno.ENOSPC, "No space left on device"))


@pytest.mark.parametrize("fault", FULL)
def test_what_cannot_be_kept_is_not_recorded(
    service: Service, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    dossier = service.file()
    before = dossier.facts()
    place = begin(service, "employer-acme", 4).headers["Location"]

    def full(*_: Any) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(obstore, "put", full)
        patched.setattr(Files, "put", full)
        for answer in (
            send(dossier, "employer-acme", a_pdf(), title="Pièce"),
            go_on(service, "employer-acme", place, 0, b"test"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "not_ready"), answer.text
            assert "dépôt des fichiers" in answer.json()["detail"]
            assert answer.headers["Retry-After"]
    assert dossier.facts() == before
    assert state(service, "employer-acme", place).headers[OFFSET] == "0"
    assert go_on(service, "employer-acme", place, 0, b"test").status_code == 204
    assert send(dossier, "employer-acme", a_pdf(), title="Pièce").status_code == 201


def test_another_fault_of_the_system_is_still_a_bug(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: Any) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such file")

    monkeypatch.setattr(Files, "put", lost)
    answer = send(service.file(), "employer-acme", a_pdf(), title="Pièce")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
