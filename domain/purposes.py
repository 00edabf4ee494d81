"""What a reading is for: a closed list, what each word covers in French, and what is meant where nobody says it."""

from enum import StrEnum
from typing import Final

from domain.envelope import Role


class Purpose(StrEnum):
    """Why somebody reads, searches, lists or exports."""

    INSTRUCTION = "instruction"
    DECISION = "decision"
    PILOTAGE = "pilotage"
    CONTENTIEUX = "contentieux"
    CONTROLE = "controle"
    AUDIT = "audit"
    SUPPORT = "support"
    SUIVI = "suivi"
    DROITS = "droits"
    VERIFICATION = "verification"


PURPOSES: Final[dict[Purpose, str]] = {
    Purpose.INSTRUCTION: "Instruction d'une demande.",
    Purpose.DECISION: "Préparation ou signature d'une décision.",
    Purpose.PILOTAGE: "Pilotage de l'activité d'une plateforme ou d'une préfecture.",
    Purpose.CONTENTIEUX: "Recours et contentieux : défense devant le juge.",
    Purpose.CONTROLE: "Contrôle par la préfecture, ou lutte contre la fraude.",
    Purpose.AUDIT: "Audit de la traçabilité et des preuves.",
    Purpose.SUPPORT: "Exploitation et assistance technique.",
    Purpose.SUIVI: "Suivi de sa propre demande par l'employeur, son mandataire ou le salarié.",
    Purpose.DROITS: "Réponse à une personne qui exerce ses droits sur ses données.",
    Purpose.VERIFICATION: "Vérification publique d'une autorisation.",
}
"""Every purpose, as those who read the log understand it."""

USUAL: Final[dict[Role, Purpose]] = {
    Role.EMPLOYER: Purpose.SUIVI,
    Role.MANDATARY: Purpose.SUIVI,
    Role.WORKER: Purpose.SUIVI,
    Role.AGENT: Purpose.INSTRUCTION,
    Role.SIGNATORY: Purpose.DECISION,
    Role.MANAGER: Purpose.PILOTAGE,
    Role.PREFECTURE: Purpose.CONTROLE,
    Role.LEGAL: Purpose.CONTENTIEUX,
    Role.AUDITOR: Purpose.AUDIT,
    Role.ADMIN: Purpose.SUPPORT,
    Role.PARTNER: Purpose.SUIVI,
    Role.SYSTEM: Purpose.SUPPORT,
}
"""What a reading of somebody of this role is for, unless they say otherwise."""


def usual_purpose(role: Role | None) -> Purpose:
    """What a reading is for where nobody has said it; without a role, that of the public check."""
    return USUAL[role] if role is not None else Purpose.VERIFICATION
