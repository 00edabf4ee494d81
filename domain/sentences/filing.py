"""What the filing of a request and its routing read as."""

from domain import events as facts
from domain.envelope import Role
from domain.french import in_french as day
from domain.request import Company, PrivateEmployer
from domain.sentences.telling import says
from domain.sentences.words import FILERS, SILENCE, because, plural, procedure, title


def filed(event: facts.RequestFiled) -> str:
    """Who filed what, under which number."""
    request = event.request
    match request.employer:
        case Company(name=name) if request.mandate is not None:
            by = f"par {request.mandate.mandatary}, mandataire de l'employeur {name}"
        case Company(name=name) if event.filed_as is Role.EMPLOYER:
            by = f"par l'employeur {name}"
        case PrivateEmployer() if event.filed_as is Role.EMPLOYER:
            by = "par un employeur particulier"
        case _:
            by = FILERS.get(event.filed_as, "")
    job = f", emploi : {request.job.title}" if request.job else ""
    joined = f" {plural(len(event.documents), 'pièce jointe', 'pièces jointes')}." if event.documents else ""
    return f"Demande déposée {by} ({procedure(request)}{job}), enregistrée sous le n° {event.number}.{joined}"


def acknowledged(event: facts.AcknowledgementIssued) -> str:
    """What silence will mean, and what the acknowledgement lacks."""
    silence = SILENCE.get(event.silence_effect, "l'effet du silence n'est pas précisé")
    until = f" le {day(event.implicit_decision_on)}" if event.implicit_decision_on else ""
    missing = f" Pièces manquantes : {', '.join(event.missing_items)}." if event.missing_items else ""
    lacks = "" if event.complete else " Il y manque une mention obligatoire : les délais ne sont pas opposables."
    return (
        f"Accusé de réception délivré (demande reçue le {day(event.received_on)}) : {silence}{until}.{missing}{lacks}"
    )


says(facts.RequestFiled, filed, "CT R5221-15")
says(
    facts.RegistrationReceiptIssued,
    lambda e: f"Accusé d'enregistrement délivré pour la demande n° {e.number}.",
    "CRPA R112-11-2",
)
says(facts.AcknowledgementIssued, acknowledged, "CRPA L112-11", "CRPA R112-11-1")
says(
    facts.RequestAmended,
    lambda e: (
        f"Demande modifiée par le déposant ({plural(len(e.changes), 'rubrique', 'rubriques')}){because(e.reason)}"
    ),
)
says(facts.RequestAbandoned, lambda e: f"Désistement du déposant le {day(e.abandoned_on)}{because(e.reason)}")
says(facts.DocumentReceived, lambda e: f"Pièce reçue le {day(e.received_on)} : {title(e.document)}.")
says(
    facts.DocumentRefused,
    lambda e: f"Pièce {e.document} (version {e.version}) écartée comme inexploitable{because(e.reason)}",
)
says(
    facts.DocumentReplaced,
    lambda e: f"Nouvelle version reçue de {title(e.document)} ; la version {e.replaces_version} est conservée.",
)
