"""What the examination of a request and the assessment of its conditions read as."""

from domain import events as facts
from domain.findings import MET_TITLES
from domain.french import in_french as day
from domain.sentences.telling import says
from domain.sentences.words import because, criterion, ended, of_rule, plural, unconfirmed

says(facts.CaseClaimed, lambda e: f"Dossier pris en charge par {e.agent_name}.")
says(facts.CaseReleased, lambda e: f"Dossier remis dans la file{because(e.reason)}")
says(facts.CaseAssigned, lambda e: f"Dossier confié à {e.agent_name}{because(e.reason)}")
says(
    facts.MissingItemsRequested,
    lambda e: (
        f"Pièces manquantes demandées, à fournir au plus tard le {day(e.due_on)} :"
        f" {', '.join(item.label for item in e.items)}."
        f" Le délai {'est suspendu' if e.suspends else 'ne courra que lorsque le dossier sera complet'}."
    ),
    "CRPA L114-5",
    on=lambda e: (item.required_by for item in e.items),
)
says(
    facts.MissingItemsSupplied,
    lambda e: (
        f"Pièces reçues le {day(e.supplied_on)} ({plural(len(e.documents), 'pièce', 'pièces')})"
        f" : {'le dossier est complet' if e.complete else 'le dossier reste incomplet'}."
    ),
    "CRPA L114-5",
)
says(
    facts.OpinionRequested,
    lambda e: f"Avis demandé : {e.body}{f', attendu pour le {day(e.due_on)}' if e.due_on else ''}{because(e.question)}",
    "CT L5221-7",
)
says(
    facts.OpinionGiven,
    lambda e: (
        f"Avis {'défavorable' if e.adverse else 'non défavorable'} rendu le {day(e.given_on)}{because(e.finding)}"
    ),
)
says(facts.NoteAdded, lambda e: "Note interne ajoutée au dossier.")

says(
    facts.CriterionAssessed,
    lambda e: (
        f"Condition « {criterion(e.assessment.rule.criterion)} »"
        f" ({of_rule(e.assessment.rule)}) : {MET_TITLES[e.assessment.met]}. {ended(e.assessment.because)}"
        f"{unconfirmed(e.assessment.computed.unconfirmed)}"
    ),
    on=lambda e: (e.assessment.rule.article,),
)
says(
    facts.FindingOverridden,
    lambda e: (
        f"Résultat calculé écarté pour la condition « {criterion(e.criterion)} » ({of_rule(e.rule)})"
        f" : {MET_TITLES[e.computed.met]} selon le calcul, {MET_TITLES[e.met]} selon l'agent. {ended(e.reason)}"
    ),
    on=lambda e: (e.rule.article,),
)
