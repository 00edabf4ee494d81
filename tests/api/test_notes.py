"""Internal notes are read by the services, and by nobody else."""

from tests.api.service import Service


def test_services_read_notes_and_filers_do_not(service: Service) -> None:
    case = service.file().must("agent-63", "add-note", {"text": "L'employeur a confirmé la date d'embauche."})
    read = case.read("signatory-63", "/notes").json()
    assert [(note["text"], note["author"], note["version"]) for note in read["notes"]] == [
        ("L'employeur a confirmé la date d'embauche.", "Inès Morel", 5)
    ]
    assert case.read("employer-acme", "/notes").status_code == 403
    assert case.read("agent-84", "/notes").status_code == 404
    assert case.read(None, "/notes").status_code == 401
