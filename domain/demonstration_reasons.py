"""A reasons library for the demonstration: a paragraph or more a condition, for lawyers of a platform to replace."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.events import ReasonPublished
from domain.findings import Criterion

_BASIS: Final = "En vertu de l'article {loi:article}, dans sa rédaction en vigueur depuis le {loi:version}, "

PARAGRAPHS: Final[tuple[tuple[str, Criterion, str, str], ...]] = (
    (
        "offre-non-publiee",
        Criterion.LABOUR_MARKET,
        "Emploi hors liste, offre insuffisamment publiée",
        _BASIS + "l'autorisation est accordée pour un emploi en tension ou lorsque l'offre, publiée pendant trois "
        "semaines auprès du service public de l'emploi, n'a été satisfaite par aucune candidature "
        "répondant aux caractéristiques du poste. L'emploi de {dossier:emploi} à {dossier:lieu} ne figure pas sur la "
        "liste régionale et l'offre ne remplit pas cette condition : {fait:constatés}",
    ),
    (
        "candidats-presentes",
        Criterion.LABOUR_MARKET,
        "Candidats répondant à l'offre",
        _BASIS + "l'offre publiée ne doit avoir suscité aucune candidature répondant aux caractéristiques du poste. "
        "{nombre de candidats} répondaient à celles du poste de {dossier:emploi} : {fait:constatés}",
    ),
    (
        "cotisations-impayees",
        Criterion.EMPLOYER_OBLIGATIONS,
        "Obligations sociales non respectées",
        _BASIS + "l'employeur respecte les obligations sociales liées à son statut ou à son activité. Tel n'est "
        "pas le cas de {dossier:employeur} : {fait:constatés}",
    ),
    (
        "travail-illegal",
        Criterion.EMPLOYER_RECORD,
        "Condamnation, sanction ou manquement grave",
        _BASIS + "l'employeur ne doit avoir fait l'objet, dans les domaines que cet article énumère, ni d'une "
        "condamnation pénale, ni d'une sanction administrative, ni du constat d'un manquement grave. "
        "L'acte du {date de l'acte}, pris par {autorité}, établit le contraire : {fait:constatés}",
    ),
    (
        "atteintes-aux-personnes",
        Criterion.EMPLOYER_OFFENCES,
        "Atteintes aux personnes ou faux",
        _BASIS + "l'autorisation peut être refusée lorsque l'employeur a été condamné ou sanctionné pour une atteinte "
        "à la personne ou pour faux. Il est fait usage de cette faculté au vu des faits suivants : {fait:constatés}",
    ),
    (
        "activite-reglementee",
        Criterion.REGULATED_ACTIVITY,
        "Conditions réglementaires d'exercice",
        _BASIS + "l'employeur et le salarié satisfont aux conditions réglementaires d'exercice de l'activité, "
        "lorsqu'elles sont exigées. L'exercice de l'activité de {dossier:emploi} exige {titre exigé} : "
        "{fait:constatés}",
    ),
    (
        "remuneration-insuffisante",
        Criterion.PAY,
        "Rémunération inférieure au minimum",
        _BASIS + "la rémunération proposée est conforme au salaire minimum de croissance ou au minimum prévu par la "
        "convention collective applicable. La rémunération proposée, {fait:rémunération} brut par mois, est "
        "inférieure au minimum de {fait:minimum retenu} : {fait:constatés}",
    ),
    (
        "classification-erronee",
        Criterion.PAY,
        "Classification conventionnelle du poste",
        _BASIS + "la rémunération proposée est conforme au minimum de la convention collective applicable. Le poste "
        "de {dossier:emploi} relève du coefficient {coefficient} de cette convention : {fait:constatés}",
    ),
    (
        "diplome-sans-rapport",
        Criterion.JOB_FITS_QUALIFICATIONS,
        "Emploi sans rapport avec les diplômes",
        _BASIS + "l'emploi proposé à l'étudiant qui a achevé son cursus en France est en adéquation avec les diplômes "
        "et l'expérience acquis en France ou à l'étranger. L'emploi de {dossier:emploi} ne l'est pas : "
        "{fait:constatés}",
    ),
    (
        "logement-indigne",
        Criterion.HOUSING,
        "Logement décent non justifié",
        _BASIS + "l'employeur d'un saisonnier apporte la preuve que celui-ci disposera d'un logement décent pendant "
        "toute la durée de son séjour. Cette preuve n'est pas apportée : {fait:constatés}",
    ),
    (
        "projet-disproportionne",
        Criterion.PROPORTIONATE_PROJECT,
        "Projet manifestement disproportionné",
        _BASIS + "l'autorisation peut être refusée lorsque le projet de recrutement est manifestement disproportionné "
        "au regard de l'activité économique de l'employeur. Il en est ainsi du projet de {dossier:employeur} : "
        "{fait:constatés}",
    ),
    (
        "saison-trop-longue",
        Criterion.SEASONAL_LENGTH,
        "Plus de six mois sur douze",
        _BASIS
        + "le travail saisonnier n'excède pas une durée cumulée de six mois par an. Cette durée serait dépassée : "
        "{fait:constatés}",
    ),
    (
        "termes-non-respectes",
        Criterion.RENEWAL_TERMS,
        "Termes de l'autorisation non respectés",
        _BASIS + "le renouvellement peut être refusé lorsque l'étranger n'a pas respecté les termes de l'autorisation "
        "qui lui a été délivrée. Il s'en est écarté : {fait:constatés}",
    ),
    (
        "employeur-defaillant",
        Criterion.RENEWAL_EMPLOYER,
        "Obligations méconnues depuis l'autorisation",
        _BASIS + "le renouvellement peut être refusé lorsque l'employeur ne respecte plus les conditions de "
        "l'autorisation. {dossier:employeur} les a méconnues : {fait:constatés}",
    ),
    (
        "etudes-sans-lien",
        Criterion.STUDENT_COURSE,
        "Travail sans lien avec le cursus",
        _BASIS + "l'étudiant qui dépasse la durée annuelle permise exerce une activité en lien avec son cursus. "
        "L'emploi de {dossier:emploi} n'a pas ce lien : {fait:constatés}",
    ),
    (
        "delai-asile-en-cours",
        Criterion.ASYLUM_DELAY,
        "Délai de six mois non écoulé",
        _BASIS + "l'accès au marché du travail peut être autorisé au demandeur d'asile lorsque l'OFPRA, pour des "
        "raisons qui ne sont pas imputables au demandeur, n'a pas statué dans un délai de six mois à compter de "
        "l'introduction de la demande. Cette condition n'est pas remplie : {fait:constatés}",
    ),
    (
        "stage-fictif",
        Criterion.INTERNSHIP_PROJECT,
        "Projet de stage sans réalité",
        _BASIS + "le visa de la convention suppose la réalité du projet de stage. Celle-ci n'est pas établie : "
        "{fait:constatés}",
    ),
    (
        "convention-non-conforme",
        Criterion.INTERNSHIP_AGREEMENT_CONFORMS,
        "Convention de stage non conforme",
        _BASIS + "la convention de stage comporte toutes les clauses exigées. Il y manque "
        "{mention manquante} : {fait:constatés}",
    ),
    (
        "organisme-en-infraction",
        Criterion.INTERNSHIP_HOST,
        "Organisme d'accueil en infraction",
        _BASIS + "l'organisme d'accueil respecte la législation relative au travail et à la protection sociale. Tel "
        "n'est pas le cas : {fait:constatés}",
    ),
    (
        "au-pair-conditions",
        Criterion.AU_PAIR_CONDITIONS,
        "Conditions du séjour au pair",
        _BASIS + "le séjour au pair obéit à des conditions d'âge, de tâches, de parenté et de langue. L'une d'elles "
        "n'est pas remplie, {condition en cause} : {fait:constatés}",
    ),
    (
        "activite-non-viable",
        Criterion.ECONOMIC_VIABILITY,
        "Viabilité économique non établie",
        _BASIS + "le projet établit la viabilité économique de l'activité. Il ne l'établit pas : {fait:constatés}",
    ),
    (
        "moyens-insuffisants",
        Criterion.SUFFICIENT_MEANS,
        "Moyens d'existence insuffisants",
        _BASIS + "l'activité procure des moyens d'existence suffisants. Il n'en est pas ainsi : {fait:constatés}",
    ),
    (
        "emploi-non-etabli",
        Criterion.ADMISSION_EMPLOYMENT,
        "Réalité de l'emploi non établie",
        _BASIS + "l'admission exceptionnelle au séjour par le travail suppose la réalité et la régularité des "
        "conditions de l'emploi. Elles ne sont pas établies : {fait:constatés}",
    ),
    (
        "droit-du-travail-meconnu",
        Criterion.EMPLOYER_LABOUR_LAW,
        "Droit du travail et protection sociale méconnus",
        _BASIS + "le préfet prend en compte le respect par l'employeur de la législation relative au travail et à la "
        "protection sociale. {dossier:employeur} ne l'a pas respectée : {fait:constatés}",
    ),
    (
        "sanction-administrative",
        Criterion.EMPLOYER_SANCTIONS,
        "Sanction administrative prononcée contre l'employeur",
        _BASIS + "l'employeur ne doit pas avoir fait l'objet de l'une des sanctions administratives que cet article "
        "énumère. {sanction} a été prononcée le {date de la sanction} : {fait:constatés}",
    ),
    (
        "conditions-non-comparables",
        Criterion.COMPARABLE_TERMS,
        "Conditions d'emploi et de rémunération non comparables",
        _BASIS
        + "le préfet prend en compte les conditions d'emploi et de rémunération offertes, qui sont comparables à "
        "celles des salariés occupant un emploi de même nature dans l'entreprise ou la branche. Elles ne le sont pas : "
        "{fait:constatés}",
    ),
    (
        "contrat-rompu",
        Criterion.RENEWAL_BREACH,
        "Contrat rompu dans les douze mois de l'embauche",
        _BASIS
        + "le premier renouvellement peut être refusé lorsque le contrat a été rompu dans les douze mois suivant "
        "l'embauche, sauf privation involontaire d'emploi. Il est fait usage de cette faculté : {fait:constatés}",
    ),
    (
        "droits-au-chomage-epuises",
        Criterion.RENEWAL_UNEMPLOYMENT,
        "Droits à indemnisation épuisés",
        _BASIS
        + "il est statué sur une nouvelle demande de renouvellement compte tenu des droits de l'intéressé au regard du "
        "régime d'indemnisation des travailleurs involontairement privés d'emploi. Ces droits sont les suivants : "
        "{fait:constatés}",
    ),
    (
        "contrat-ferme-a-l-etudiant",
        Criterion.STUDENT_CONTRACT,
        "Contrat de formation non ouvert à l'étudiant",
        _BASIS + "la conclusion d'un contrat d'apprentissage ou de professionnalisation n'est ouverte à l'étudiant "
        "qu'aux conditions que cet article fixe. Elles ne sont pas remplies : {fait:constatés}",
    ),
    (
        "mi-temps-algerien-depasse",
        Criterion.ALGERIAN_STUDENT_HOURS,
        "Mi-temps annuel de l'étudiant algérien dépassé",
        "En application de l'accord franco-algérien ({loi:article}, lu au {loi:version}), l'étudiant algérien ne peut "
        "travailler plus de la moitié de la durée annuelle pratiquée dans la branche. Cette durée serait dépassée : "
        "{fait:constatés}",
    ),
    (
        "stage-trop-long",
        Criterion.INTERNSHIP_LENGTH,
        "Durée de stage excessive",
        _BASIS + "la durée du stage est limitée. Celle de la convention excède cette limite : {fait:constatés}",
    ),
    (
        "sejour-au-pair-trop-long",
        Criterion.AU_PAIR_STAY,
        "Durée totale du séjour au pair dépassée",
        _BASIS + "la durée totale du séjour effectué au pair est limitée à deux ans. Elle serait dépassée : "
        "{fait:constatés}",
    ),
    (
        "activite-communautaire-insuffisante",
        Criterion.ADMISSION_COMMUNITY,
        "Activité solidaire insuffisante",
        _BASIS + "l'admission au séjour est subordonnée à trois années d'activité ininterrompue au sein de l'organisme "
        "d'accueil et à la réalité de cette activité. Tel n'est pas le cas : {fait:constatés}",
    ),
    (
        "formation-insuffisante",
        Criterion.ADMISSION_TRAINING,
        "Formation qualifiante insuffisante",
        _BASIS + "le jeune confié à l'aide sociale à l'enfance justifie suivre depuis au moins six mois une formation "
        "destinée à lui apporter une qualification professionnelle. Tel n'est pas le cas : {fait:constatés}",
    ),
    (
        "emploi-hors-tension",
        Criterion.ADMISSION_SHORTAGE,
        "Conditions de l'emploi en tension non remplies",
        _BASIS + "l'étranger justifie d'une activité et d'une résidence suffisantes dans un métier et une zone "
        "caractérisés par des difficultés de recrutement. Il n'en justifie pas : {fait:constatés}",
    ),
)
"""Name, condition, title and text of each paragraph; the articles are those of the rule that the ground rests on."""


def library(since: date) -> Iterator[ReasonPublished]:
    """The paragraphs as first published on a day."""
    for reason, criterion, title, text in PARAGRAPHS:
        yield ReasonPublished(
            reason=reason, version=1, criterion=criterion, title=title, text=text, effective_from=since
        )
