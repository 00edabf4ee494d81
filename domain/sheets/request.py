"""The request as it was filed, with each amendment, and what the administration answered at once."""

from collections.abc import Iterator

from domain.envelope import Role
from domain.events import (
    AcknowledgementIssued,
    RegistrationReceiptIssued,
    RequestAmended,
    RequestFiled,
)
from domain.procedures import PROCEDURES
from domain.request import DocumentRef, Request
from domain.sentences.words import SILENCE
from domain.sheets.labels import sections
from domain.sheets.page import (
    Block,
    Heading,
    Mark,
    Pairs,
    Paragraph,
    Sheet,
    Table,
    Told,
    documents_table,
    on,
    yes_or_no,
)
from domain.taken import LedgerFact

FILED_AS = {
    Role.EMPLOYER: "l'employeur",
    Role.MANDATARY: "un mandataire de l'employeur",
    Role.WORKER: "l'étranger",
    Role.PREFECTURE: "la préfecture",
}


def available(facts: tuple[LedgerFact, ...]) -> Iterator[Sheet]:
    """The form, and the acknowledgement once it was issued."""
    for fact in facts:
        match fact.event:
            case RequestFiled(filed_on=day, request=request):
                what = PROCEDURES[request.procedure].title
                yield Sheet(name="request", label=f"Formulaire de demande ({what})", dated=day)
            case AcknowledgementIssued(issued_on=day):
                yield Sheet(name="acknowledgement", label="Accusé de réception délivré au demandeur", dated=day)
            case _:
                pass


def request(told: Told) -> Iterator[Block]:
    """Every field of the form, then what each amendment changed."""
    first = told.facts[0].event
    assert isinstance(first, RequestFiled), "a case begins with its filing"
    asked, attached = first.request, first.documents
    yield Pairs(
        (
            ("Numéro de la demande", first.number),
            ("Procédure", PROCEDURES[asked.procedure].title),
            ("Textes", PROCEDURES[asked.procedure].articles),
            ("Déposée le", on(first.filed_on)),
            ("Déposée par", FILED_AS.get(first.filed_as, "le service")),
        )
    )
    for title, fields in sections(asked):
        yield Heading(title)
        yield Pairs(fields)
    yield Heading("Pièces jointes au dépôt")
    yield from _attached(attached)
    for fact in told.facts:
        if isinstance(fact.event, RequestAmended):
            yield from _amended(asked, fact.event)
            asked = fact.event.request


def _attached(refs: tuple[DocumentRef, ...]) -> Iterator[Block]:
    if refs:
        yield documents_table(refs)
    else:
        yield Paragraph("Aucune pièce n'était jointe.")


def _amended(before: Request, event: RequestAmended) -> Iterator[Block]:
    yield Heading(f"Modification du {on(event.amended_on)}")
    yield Pairs((("Motif donné par le déposant", event.reason),))
    old, new = _flat(before), _flat(event.request)
    changed = tuple(
        (name, old.get(name, "absent"), new.get(name, "supprimé"))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )
    if changed:
        yield Table(columns=("Rubrique", "Avant", "Après"), widths=(5, 5, 5), rows=changed)
    else:
        yield Mark("Ce que cette modification a changé ne peut plus être lu.")


def _flat(asked: Request) -> dict[str, str]:
    return {f"{title} – {label}": text for title, fields in sections(asked) for label, text in fields}


def acknowledgement(told: Told) -> Iterator[Block]:
    """What the acknowledgement told the filer (CRPA R112-11-1)."""
    for fact in told.facts:
        match fact.event:
            case RegistrationReceiptIssued(number=number, issued_on=day):
                yield Heading("Accusé d'enregistrement électronique")
                yield Pairs((("Numéro", number), ("Délivré le", on(day)), ("Texte", "CRPA R112-11-2")))
            case AcknowledgementIssued() as issued:
                yield from _acknowledged(issued)
            case _:
                pass


def _acknowledged(issued: AcknowledgementIssued) -> Iterator[Block]:
    contact = issued.contact
    yield Heading("Accusé de réception")
    yield Pairs(
        (
            ("Délivré le", on(issued.issued_on)),
            ("Demande reçue le", on(issued.received_on)),
            ("Service chargé du dossier", contact.name),
            ("Adresse", contact.address or "absente"),
            ("Téléphone", contact.phone or "absent"),
            ("Courriel", contact.email or "absent"),
            ("Effet du silence", SILENCE.get(issued.silence_effect, "non précisé")),
            ("Date de la décision implicite", on(issued.implicit_decision_on)),
            ("Pièces signalées manquantes", " ; ".join(issued.missing_items) or "aucune"),
            ("Toutes les mentions obligatoires", yes_or_no(issued.complete)),
        )
    )
    if issued.remedies is not None:
        yield Heading("Voies et délais de recours indiqués", 2)
        yield Paragraph(issued.remedies.text)
    if not issued.complete:
        yield Mark("Une mention de CRPA R112-11-1 manque : les délais ne sont pas opposables (CRPA L112-12).")
