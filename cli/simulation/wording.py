"""What the people of the simulation write: plain sentences that carry no name."""

from typing import Final

from domain.findings import Criterion

ROUTED_BY_HAND: Final = "Convention communiquée par la préfecture du département ; la table est à compléter."
TRANSFERRED: Final = "Répartition convenue entre les plateformes pour résorber les délais."
ABANDONED: Final = (
    "Le candidat a renoncé au poste.",
    "Le recrutement est abandonné pour raison économique.",
    "Une nouvelle demande sera déposée avec d'autres dates.",
)
ASSIGNED: Final = "Répartition de la file de la semaine."
RELEASED: Final = "Absence de plusieurs semaines."
NOTES: Final = (
    "Échange téléphonique : la date d'embauche est confirmée.",
    "Pièces vérifiées une à une, rien à signaler.",
    "Employeur déjà connu de la plateforme, demandes antérieures régulières.",
)
UNUSABLE_DOCUMENT: Final = "La copie est illisible : les dates ne peuvent être vérifiées."
MISSING_ITEMS: Final = "Merci de produire les pièces suivantes, exigées pour l'examen de votre demande."
UNLISTED_LABELS: Final = {
    "internship_agreement": "Convention de stage signée par toutes les parties",
    "host_agreement": "Convention signée avec la famille d'accueil",
    "business_plan": "Plan d'affaires sur trois ans",
    "signed_contract": "Contrat de travail ou promesse d'embauche",
}
CLOSED: Final = "Les pièces demandées n'ont pas été produites dans le délai imparti."
RETURNED: Final = "À reprendre : appréciation à mettre à jour avant signature."
AMENDED: Final = "La demande est mise à jour : éléments corrigés et dates du contrat."
WEIGHED: Final = (
    "Après examen de l'ensemble des éléments produits par l'employeur, rien ne justifie d'accorder l'autorisation "
    "malgré cette condition."
)

ASKED_RECORD: Final = (
    "inspection du travail",
    "L'établissement a-t-il fait l'objet de constats dans les cinq dernières années ?",
    "Procès-verbal pour travail dissimulé dressé l'an dernier et transmis au parquet.",
)
ASKED_OBLIGATIONS: Final = (
    "URSSAF",
    "L'établissement est-il à jour de ses déclarations et de ses cotisations ?",
    "Cotisations impayées sur trois trimestres, sans plan d'apurement.",
)
ASKED_PROJECT: Final = (
    "DREETS",
    "L'activité de l'entreprise justifie-t-elle le recrutement envisagé ?",
    "Activité presque nulle depuis un an : le recrutement est manifestement hors de proportion.",
)
ASKED_HOST: Final = (
    "inspection du travail",
    "L'organisme d'accueil respecte-t-il le droit du travail envers ses stagiaires ?",
    "Stagiaires occupés à des tâches permanentes, constat du mois dernier.",
)
NOTHING_KNOWN: Final = "Aucun constat dans les cinq dernières années."
PUT_RIGHT_SINCE: Final = "Situation régularisée depuis, justificatifs vérifiés."

MET: Final[dict[Criterion, str]] = {
    Criterion.LABOUR_MARKET: "La liste de la région et l'offre ont été vérifiées : la condition est remplie.",
    Criterion.EMPLOYER_LABOUR_LAW: "Vérification faite : la législation du travail et sociale est respectée.",
    Criterion.EMPLOYER_OBLIGATIONS: "Attestation vérifiée auprès de l'organisme de recouvrement.",
    Criterion.EMPLOYER_RECORD: "Vérification faite auprès de l'inspection du travail : aucun constat.",
    Criterion.EMPLOYER_SANCTIONS: "Vérification faite : aucune sanction administrative n'a été prononcée.",
    Criterion.EMPLOYER_OFFENCES: "Vérification faite : aucune condamnation ni sanction connue.",
    Criterion.REGULATED_ACTIVITY: "Le droit d'exercer a été vérifié auprès de l'autorité compétente.",
    Criterion.COMPARABLE_TERMS: "Les conditions offertes sont celles des autres salariés de l'entreprise.",
    Criterion.PAY: "La rémunération a été comparée à la grille applicable : elle l'atteint.",
    Criterion.JOB_FITS_QUALIFICATIONS: "Diplômes et expérience examinés : ils conduisent à cet emploi.",
    Criterion.HOUSING: "L'adresse et l'attestation de logement ont été vérifiées.",
    Criterion.PROPORTIONATE_PROJECT: "Les explications de l'employeur sur son activité sont convaincantes.",
    Criterion.SEASONAL_LENGTH: "Les dates des contrats de l'année ont été vérifiées.",
    Criterion.RENEWAL_TERMS: "Les bulletins de salaire montrent le respect de l'autorisation.",
    Criterion.RENEWAL_EMPLOYER: "Obligations de l'employeur vérifiées depuis l'autorisation précédente.",
    Criterion.STUDENT_COURSE: "L'établissement confirme le lien de l'emploi avec le cursus.",
    Criterion.ASYLUM_DELAY: "La date d'introduction a été vérifiée auprès de l'office.",
    Criterion.INTERNSHIP_PROJECT: "Le tuteur et le projet ont été confirmés par l'organisme d'accueil.",
    Criterion.INTERNSHIP_AGREEMENT_CONFORMS: "La convention suit le modèle et ses durées.",
    Criterion.INTERNSHIP_HOST: "Vérification faite auprès de l'inspection du travail : aucun constat.",
    Criterion.AU_PAIR_CONDITIONS: "Âge, horaires et absence de parenté vérifiés sur pièces.",
    Criterion.ECONOMIC_VIABILITY: "Le plan d'affaires, examiné en détail, est réaliste.",
    Criterion.SUFFICIENT_MEANS: "Les moyens prévus atteignent le niveau attendu.",
    Criterion.ADMISSION_EMPLOYMENT: "La réalité de l'emploi a été vérifiée sur les bulletins de salaire.",
}
"""Why an agent finds a condition met where the rule has no answer."""

NOT_MET: Final[dict[Criterion, str]] = {
    Criterion.LABOUR_MARKET: "L'offre n'a pas été publiée pendant trois semaines et le métier n'est pas en tension.",
    Criterion.EMPLOYER_LABOUR_LAW: "L'inspection du travail a relevé des heures non payées, non régularisées.",
    Criterion.EMPLOYER_OBLIGATIONS: "L'organisme de recouvrement signale des cotisations impayées.",
    Criterion.EMPLOYER_RECORD: "Un procès-verbal pour travail dissimulé a été dressé contre l'employeur.",
    Criterion.EMPLOYER_SANCTIONS: "Une fermeture administrative a été prononcée contre l'établissement.",
    Criterion.EMPLOYER_OFFENCES: "L'employeur a été condamné pour des faits touchant aux conditions de travail.",
    Criterion.REGULATED_ACTIVITY: "Le salarié ne justifie pas du droit d'exercer la profession réglementée.",
    Criterion.COMPARABLE_TERMS: "Les salariés du même emploi sont mieux payés dans l'entreprise.",
    Criterion.PAY: "La rémunération proposée est inférieure au minimum de la convention collective.",
    Criterion.JOB_FITS_QUALIFICATIONS: "L'emploi est sans rapport avec les diplômes et l'expérience du salarié.",
    Criterion.HOUSING: "Aucun logement décent n'est justifié pour la durée du séjour.",
    Criterion.PROPORTIONATE_PROJECT: "Le recrutement est manifestement hors de proportion avec l'activité.",
    Criterion.SEASONAL_LENGTH: "La durée du contrat, ajoutée aux précédents, dépasse six mois dans l'année.",
    Criterion.RENEWAL_TERMS: "Le contrat a été rompu dans les douze mois de l'embauche.",
    Criterion.RENEWAL_EMPLOYER: "La rémunération versée est inférieure au minimum applicable.",
    Criterion.STUDENT_COURSE: "L'emploi est sans lien avec le cursus suivi.",
    Criterion.ASYLUM_DELAY: "Six mois ne se sont pas écoulés depuis l'introduction de la demande d'asile.",
    Criterion.INTERNSHIP_PROJECT: "Le projet décrit ne correspond à aucune formation.",
    Criterion.INTERNSHIP_AGREEMENT_CONFORMS: "La durée prévue dépasse celle que les textes permettent.",
    Criterion.INTERNSHIP_HOST: "L'organisme d'accueil emploie des stagiaires à des tâches permanentes.",
    Criterion.AU_PAIR_CONDITIONS: "Le nombre d'heures prévues dépasse vingt-cinq par semaine.",
    Criterion.ECONOMIC_VIABILITY: "Les prévisions montrent une activité déficitaire.",
    Criterion.SUFFICIENT_MEANS: "Le revenu prévu n'atteint pas le niveau du SMIC.",
    Criterion.ADMISSION_EMPLOYMENT: "La rémunération prévue est inférieure au minimum applicable.",
}
"""Why an agent finds a condition not met, and the reasons given for a refusal born of silence."""

MESSAGE_FAILED: Final = "Le service destinataire n'a pas répondu après plusieurs essais."
ENDING: Final = {
    "fraud": "Le contrat de travail joint à la demande porte une signature que l'employeur désigné conteste.",
    "condition_no_longer_met": "La rémunération versée depuis plusieurs mois est inférieure au minimum applicable.",
}
OBSERVATIONS: Final = "Nous contestons les faits et joignons les bulletins de salaire de la période."
ENDED: Final = {
    "fraud": "Le contrat produit est un faux : les observations présentées n'apportent aucun élément contraire.",
    "condition_no_longer_met": "La rémunération reste inférieure au minimum malgré les rappels ; les observations n'y "
    "changent rien.",
}
PAY_SINCE_LOWERED: Final = "Bulletins des trois derniers mois : salaire inférieur au minimum conventionnel."

APPEAL: Final = "Nous demandons le réexamen de la décision et joignons de nouveaux éléments sur le motif retenu."
MINISTER: Final = {
    "upheld": "Le ministre retient que les éléments produits répondent au motif de refus.",
    "rejected": "Le ministre confirme l'appréciation portée sur la demande.",
}

DEFENCE: Final = "Rejet au fond : la condition opposée n'était pas remplie à la date de la décision."
JUDGED: Final = {
    "annulled": "Annulation pour erreur d'appréciation, réexamen ordonné.",
    "rejected": "Rejet de la requête au fond.",
    "inadmissible": "Requête tardive, irrecevable.",
    "withdrawn": "Il est donné acte du désistement.",
    "no_need_to_rule": "Non-lieu : la décision attaquée a été remplacée.",
}
NOT_SUSPENDED: Final = "Aucun moyen n'est propre à créer un doute sérieux."
SUSPENDED: Final = "Urgence et doute sérieux sur la légalité du refus."
