"""The decision sheet: what whoever decided had before them and, apart, the decision; nothing that came later."""

from collections.abc import Iterator

from domain.acts import DECISION_TITLES, Permit, SignedDecision
from domain.administration import Right
from domain.assessment import findings_of
from domain.case import PARIS, STATUS_TITLES, Case, Decision
from domain.clocks import Clock, clocks
from domain.clocks.clock import ClockState
from domain.envelope import Role
from domain.events import NoteAdded
from domain.findings import CRITERION_TITLES, MET_TITLES
from domain.law import Law
from domain.notices import notices_of
from domain.sentences.words import lower, moment, of_rule, stage
from domain.sheets.assessment import author, grounds, synthesis
from domain.sheets.disputes import lines
from domain.sheets.labels import sections
from domain.sheets.page import (
    NOTHING,
    Block,
    Heading,
    Mark,
    Pairs,
    Paragraph,
    Table,
    Told,
    as_title,
    on,
)
from domain.taken import Before, LedgerFact
from domain.validity.author import ACT_TITLES

STATES = {
    ClockState.RUNNING: "court",
    ClockState.SUSPENDED: "suspendu",
    ClockState.EXPIRED: "expiré",
    ClockState.ENDED: "terminé",
    ClockState.NOT_RUNNING: "ne court pas",
}
ROLE_TITLES = {
    Role.AGENT: "instructeur",
    Role.SIGNATORY: "signataire",
    Role.MANAGER: "responsable de plateforme",
    Role.PREFECTURE: "préfecture",
    Role.LEGAL: "service juridique",
    Role.AUDITOR: "auditeur",
    Role.ADMIN: "administrateur",
    Role.PARTNER: "partenaire",
    Role.EMPLOYER: "employeur",
    Role.MANDATARY: "mandataire",
    Role.WORKER: "étranger",
    Role.SYSTEM: "traitement automatisé",
}


def decision(
    told: Told, taking: LedgerFact, taken: Decision, case: Case, held: Before[LedgerFact], *, internal: bool
) -> Iterator[Block]:
    """The decision, then what was held: `case` is as it stood before it; notes are in the internal version alone."""
    yield Heading("La décision")
    yield from _decided(taken, taking, case)
    yield Heading("Ce que le décideur avait sous les yeux")
    yield Pairs(
        (
            ("Version du dossier", str(held.facts[-1].version)),
            ("À l'instant du", moment(held.instant)),
            ("Droit et délais comptés au", on(held.day)),
            ("État du dossier", STATUS_TITLES[case.status]),
            ("Pris en charge par", case.assignee_name or NOTHING),
        )
    )
    for title, fields in sections(case.request):
        yield Heading(title, 2)
        yield Pairs(fields)
    yield from _documents(case)
    yield from _exchanges(told, case)
    law = Law(today=held.day, reference=held.reference)
    yield from _conditions(told, case, law)
    yield from _clocks(clocks(case, held.day, held.reference))
    said = notices_of(case, law)
    if said:
        yield Heading("À savoir, sans que le texte en fasse une condition")
        yield Pairs(tuple((each.article, each.says) for each in said))
    yield from _tables(held)
    yield from _authority(held, taking, case)
    if internal:
        yield from _notes(held)
    shown = tuple(fact for fact in held.facts if internal or not isinstance(fact.event, NoteAdded))
    yield Heading("Historique à cet instant")
    yield lines(shown)
    if not internal:
        yield Paragraph("Les notes internes du service ne figurent pas dans cette version.")


def _decided(taken: Decision, taking: LedgerFact, case: Case) -> Iterator[Block]:
    rows = [
        ("Décision", f"{taken.id}, {DECISION_TITLES[taken.kind]}{stage(taken.stage)}"),
        ("Date", on(taken.on)),
        ("Enregistrée", f"{moment(taking.recorded_at)}, par {author(taking)}"),
        ("Rang et empreinte du fait", f"{taking.version} – {taking.hash.hex()}"),
    ]
    if taken.signed is not None:
        rows += _signed(taken.signed)
    if taken.permit is not None:
        rows += _permit(taken.permit)
    if taken.missing_items:
        rows.append(("Pièces restées manquantes", " ; ".join(taken.missing_items)))
    explanation = taken.signed.explanation if taken.signed else taken.explanation
    if explanation:
        rows.append(("Explication", explanation))
    yield Pairs(tuple(rows))
    if taken.signed is not None:
        yield from grounds(case, taken.signed.reasons)
        if taken.signed.algorithmic_notice:
            yield Heading("Mention de CRPA L311-3-1", 2)
            yield Paragraph(taken.signed.algorithmic_notice)
    if taken.remedies is not None:
        yield Heading("Voies et délais de recours", 2)
        yield Paragraph(taken.remedies.text)
        if not taken.remedies.complete:
            yield Mark("La mention des voies et délais de recours est incomplète.")


def _signed(signed: SignedDecision) -> list[tuple[str, str]]:
    who = signed.signatory
    rows = [
        ("Signataire", f"{who.name}, {lower(who.quality)}, {who.service}"),
        ("Pour le", signed.deciding_prefect),
        ("Délégation", f"n° {who.delegation}, {who.delegation_publication}, {on(who.delegation_published_on)}"),
    ]
    if signed.legal_bases:
        rows.append(("Autres textes cités", ", ".join(signed.legal_bases)))
    if signed.prior_hearing:
        rows.append(("Procédure contradictoire", signed.prior_hearing))
    return rows


def _permit(permit: Permit) -> list[tuple[str, str]]:
    return [
        ("Autorisation", f"n° {permit.number}, {permit.job_title} (ROME {permit.rome})"),
        ("Valable", f"du {on(permit.valid_from)} au {on(permit.valid_until)}"),
        ("Zone", permit.zone),
        *([("Limitée à", permit.limited_to)] if permit.limited_to else []),
    ]


def _documents(case: Case) -> Iterator[Block]:
    yield Heading("Pièces au dossier")
    rows = tuple(
        (f"{ref.id} v{ref.version}", ref.title, ref.sha256, held.refused.get(ref.version, NOTHING))
        for held in case.documents.values()
        for ref in held.versions
    )
    if rows:
        columns = ("Pièce", "Intitulé", "Empreinte SHA-256", "Écartée, motif")
        yield Table(columns=columns, widths=(2, 5, 7, 4), rows=rows)
    else:
        yield Paragraph("Le dossier ne contenait aucune pièce.")


def _exchanges(told: Told, case: Case) -> Iterator[Block]:
    if case.missing_items:
        yield Heading("Demandes de pièces")
        yield Table(
            columns=("Demande", "Pièces", "Demandées le", "Avant le", "Réponse"),
            widths=(2, 6, 3, 3, 4),
            rows=tuple(
                (
                    each.id,
                    " ; ".join(item.label for item in each.items),
                    on(each.requested_on),
                    on(each.due_on),
                    f"{on(each.supplied_on)}{', complète' if each.complete else ''}",
                )
                for each in case.missing_items
            ),
        )
    opinions = [each for each in case.opinions if each.criterion not in told.withheld]
    if opinions:
        yield Heading("Avis")
        yield Table(
            columns=("Avis", "Organisme", "Demandé le", "Rendu le", "Constat"),
            widths=(1, 4, 3, 3, 7),
            rows=tuple(
                (each.id, each.body, on(each.requested_on), on(each.given_on), each.finding or NOTHING)
                for each in opinions
            ),
        )
    if case.proposal is not None:
        proposed = case.proposal.event
        yield Heading("Proposition soumise à la signature")
        yield Pairs(
            (
                ("Sens proposé", DECISION_TITLES[proposed.kind]),
                ("Proposée le", on(proposed.proposed_on)),
                ("Explication", proposed.explanation or NOTHING),
            )
        )
        yield from grounds(case, proposed.reasons)


def _conditions(told: Told, case: Case, law: Law) -> Iterator[Block]:
    found = findings_of(case, law)
    shown = {criterion: pair for criterion, pair in found.items() if criterion not in told.withheld}
    yield Heading("Conditions du texte en vigueur, telles que les règles les calculent ce jour-là")
    if shown:
        yield Table(
            columns=("Condition", "Texte et version", "Calcul", "Explication"),
            widths=(5, 5, 3, 8),
            rows=tuple(
                (as_title(CRITERION_TITLES[criterion]), of_rule(rule.id), MET_TITLES[finding.met], finding.because)
                for criterion, (rule, finding) in shown.items()
            ),
        )
        for doubt in dict.fromkeys(doubt for _, finding in shown.values() for doubt in finding.unconfirmed):
            yield Mark(f"À confirmer : {doubt}.")
    else:
        yield Paragraph("Le texte n'en pose aucune pour cette procédure.")
    assessed = [each for each in case.findings.values() if each.rule.criterion not in told.withheld]
    if assessed:
        yield Heading("Conditions appréciées", 2)
        yield synthesis(assessed)


def _clocks(counted: tuple[Clock, ...]) -> Iterator[Block]:
    yield Heading("Délais ce jour-là")
    yield Table(
        columns=("Délai", "État", "Échéance", "Explication"),
        widths=(5, 2, 3, 10),
        rows=tuple((each.name, STATES[each.state], on(each.expires_on), each.sentence) for each in counted),
    )


def _tables(held: Before[LedgerFact]) -> Iterator[Block]:
    yield Heading("Tables de référence en vigueur ce jour-là")
    titles = held.reference.tables
    rows = tuple((titles[name].title, version) for name, version in sorted(held.reference.versions.items()))
    yield Table(columns=("Table", "Version"), widths=(6, 7), rows=rows)


def _authority(held: Before[LedgerFact], taking: LedgerFact, case: Case) -> Iterator[Block]:
    platform = case.routing.platform if case.routing else None
    delegations = [each for each in held.administration.delegations if each.platform == platform]
    yield Heading("Délégations de signature de la plateforme, telles qu'enregistrées")
    if delegations:
        yield Table(
            columns=("Numéro", "Délégataire", "Actes", "Effet", "Publication"),
            widths=(3, 5, 6, 4, 4),
            rows=tuple(
                (
                    each.number,
                    f"{each.name}, {lower(each.quality)}",
                    ", ".join(ACT_TITLES[act] for act in each.acts),
                    f"du {on(each.starts_on)}{f' au {on(each.ends_on)}' if each.ends_on else ''}",
                    f"{each.publication} {on(each.published_on)}".strip(),
                )
                for each in delegations
            ),
        )
    else:
        yield Mark("Aucune délégation n'était enregistrée pour la plateforme.")
    acted = {fact.actor.identity for fact in (*held.facts, taking)}
    rights = [each for each in held.administration.rights if each.identity in acted]
    if rights:
        names = {fact.actor.identity: fact.actor.name for fact in (*held.facts, taking)}
        yield Heading("Droits de ceux qui ont agi, tels qu'enregistrés")
        yield Table(
            columns=("Personne", "Qualité", "Ressort", "Depuis le", "Jusqu'au"),
            widths=(5, 4, 5, 3, 3),
            rows=tuple(
                (names[each.identity], ROLE_TITLES[each.role], _territory(each), on(each.starts_on), on(each.ends_on))
                for each in rights
            ),
        )


def _territory(right: Right) -> str:
    return ", ".join((*right.platforms, *right.departments, *filter(None, (right.recipient,)))) or NOTHING


def _notes(held: Before[LedgerFact]) -> Iterator[Block]:
    notes = [(fact, fact.event) for fact in held.facts if isinstance(fact.event, NoteAdded)]
    yield Heading("Notes internes")
    for fact, event in notes:
        yield Heading(f"{on(fact.recorded_at.astimezone(PARIS).date())}, {author(fact)}", 2)
        yield Paragraph(event.text)
    if not notes:
        yield Paragraph("Aucune note n'avait été prise.")
