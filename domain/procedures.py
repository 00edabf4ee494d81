"""The procedures that can be filed, what each leads to, who may file it and which silence rule runs."""

from enum import StrEnum

import msgspec

from domain.envelope import Role


class Procedure(StrEnum):
    """What is asked for; the value is the public and stored name."""

    INTRODUCTION_PERMANENT = "introduction_permanent"
    INTRODUCTION_FIXED_TERM = "introduction_fixed_term"
    CHANGE_OF_STATUS = "change_of_status"
    RENEWAL = "renewal"
    SEASONAL = "seasonal"
    STUDENT_ABOVE_QUOTA = "student_above_quota"
    ASYLUM_SEEKER = "asylum_seeker"
    EXCEPTIONAL_ADMISSION = "exceptional_admission"
    POSTING = "posting"
    AU_PAIR = "au_pair"
    INTERNSHIP_AGREEMENT = "internship_agreement"
    INTERNSHIP_AMENDMENT = "internship_amendment"
    VIABILITY_OPINION = "viability_opinion"
    LIMITED_PERMIT = "limited_permit"


class OutcomeKind(StrEnum):
    """The kind of act that ends a procedure."""

    PERMIT = "permit"
    STAMP = "stamp"
    OPINION = "opinion"


class ProcedureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What distinguishes one procedure from another, as data."""

    title: str
    outcome: OutcomeKind
    silence: str
    """Identifier of the silence rule in the reference tables."""
    use_case: str | None
    """Use case of the order that lists the documents (arrêté of 1 April 2021)."""
    filers: frozenset[Role]
    articles: str


_EMPLOYERS = frozenset({Role.EMPLOYER, Role.MANDATARY})

PROCEDURES: dict[Procedure, ProcedureFacts] = {
    Procedure.INTRODUCTION_PERMANENT: ProcedureFacts(
        title="Introduction d'un salarié étranger, contrat à durée indéterminée",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U1",
        filers=_EMPLOYERS,
        articles="CT R5221-1, R5221-15, R5221-17, R5221-20 ; CESEDA L421-1",
    ),
    Procedure.INTRODUCTION_FIXED_TERM: ProcedureFacts(
        title="Introduction d'un salarié étranger, contrat à durée déterminée",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U1",
        filers=_EMPLOYERS,
        articles="CT R5221-1, R5221-15, R5221-17, R5221-20 ; CESEDA L421-3",
    ),
    Procedure.CHANGE_OF_STATUS: ProcedureFacts(
        title="Changement de statut d'un étranger résidant en France",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U2",
        filers=_EMPLOYERS,
        articles="CT R5221-1, R5221-20 ; CESEDA L421-4, L422-11",
    ),
    Procedure.RENEWAL: ProcedureFacts(
        title="Renouvellement d'une autorisation de travail",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U4",
        filers=_EMPLOYERS,
        articles="CT R5221-32 à R5221-36",
    ),
    Procedure.SEASONAL: ProcedureFacts(
        title="Emploi saisonnier",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U5",
        filers=_EMPLOYERS,
        articles="CT R5221-20 6°, R5221-23 à R5221-25 ; CESEDA L421-34",
    ),
    Procedure.STUDENT_ABOVE_QUOTA: ProcedureFacts(
        title="Étudiant au-delà de la quotité annuelle de travail",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U6",
        filers=_EMPLOYERS,
        articles="CT R5221-3 II, R5221-26 ; CESEDA L422-1",
    ),
    Procedure.ASYLUM_SEEKER: ProcedureFacts(
        title="Demandeur d'asile",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ASYLUM_SEEKER",
        use_case="U7",
        filers=_EMPLOYERS,
        articles="CESEDA L554-1 à L554-3",
    ),
    Procedure.EXCEPTIONAL_ADMISSION: ProcedureFacts(
        title="Admission exceptionnelle au séjour : avis sur l'emploi demandé par la préfecture",
        outcome=OutcomeKind.OPINION,
        silence="RESIDENCE_PERMIT",
        use_case=None,
        filers=frozenset({Role.PREFECTURE}),
        articles="CESEDA L435-1 à L435-4",
    ),
    Procedure.POSTING: ProcedureFacts(
        title="Détachement ou mission en France",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U3",
        filers=_EMPLOYERS,
        articles="CT R5221-1 II, L1262-1, L1262-2, L8241-2 ; CESEDA L421-3",
    ),
    Procedure.AU_PAIR: ProcedureFacts(
        title="Jeune au pair (placement d'aide familiale)",
        outcome=OutcomeKind.STAMP,
        silence="RESIDENCE_PERMIT_90",
        use_case=None,
        filers=_EMPLOYERS,
        articles="CESEDA L426-22, R426-15",
    ),
    Procedure.INTERNSHIP_AGREEMENT: ProcedureFacts(
        title="Visa d'une convention de stage",
        outcome=OutcomeKind.STAMP,
        silence="INTERNSHIP",
        use_case=None,
        filers=_EMPLOYERS,
        articles="CESEDA L426-23, R426-16, R426-18 à R426-20",
    ),
    Procedure.INTERNSHIP_AMENDMENT: ProcedureFacts(
        title="Avenant à une convention de stage",
        outcome=OutcomeKind.STAMP,
        silence="INTERNSHIP_AMENDMENT",
        use_case=None,
        filers=_EMPLOYERS,
        articles="CESEDA R426-18, R426-21",
    ),
    Procedure.VIABILITY_OPINION: ProcedureFacts(
        title="Avis sur la viabilité économique d'une activité non salariée",
        outcome=OutcomeKind.OPINION,
        silence="VIABILITY_OPINION",
        use_case=None,
        filers=frozenset({Role.WORKER, Role.MANDATARY}),
        articles="CESEDA L421-5, R421-9",
    ),
    Procedure.LIMITED_PERMIT: ProcedureFacts(
        title="Autorisation spécifique et limitée",
        outcome=OutcomeKind.PERMIT,
        silence="AT_ORDINARY",
        use_case="U2",
        filers=_EMPLOYERS,
        articles="CT L5221-7, R5221-20",
    ),
}
