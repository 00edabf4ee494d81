"""What the domain refuses, and the public list of codes with the sentence that users read."""

from enum import StrEnum

import msgspec


class Ground(StrEnum):
    """Why something is refused: it decides how the caller should react."""

    STATE_OR_LAW = "state_or_law"
    """The law or the state of the case forbids it."""
    CONTENT = "content"
    """A well-formed command whose content cannot be."""
    RIGHTS = "rights"
    """The actor's quality does not allow it."""


class Code(msgspec.Struct, frozen=True):
    """A refusal that can happen, as users may look it up."""

    ground: Ground
    title: str
    """One French sentence, without the facts of the case."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong in a body: where (RFC 6901 pointer), which code, what in French."""

    pointer: str
    code: str
    message: str

    @classmethod
    def plain(cls, pointer: str, code: str) -> "Fault":
        """A fault to which the case adds nothing: the title of its code says it all."""
        return cls(pointer=pointer, code=code, message=CODES[code].title)


class Refused(Exception):
    """The only exception the domain raises on purpose; `code` is a key of `CODES`, whose title is the message when
    the case adds nothing to it."""

    def __init__(self, code: str, message: str | None = None, *, faults: tuple[Fault, ...] = ()) -> None:
        self.code = code
        self.message = message or CODES[code].title
        super().__init__(f"{code}: {self.message}")
        self.faults = faults

    @property
    def ground(self) -> Ground:
        """Whether state, content or rights are in the way."""
        return CODES[self.code].ground


def _codes(ground: Ground, **titles: str) -> dict[str, Code]:
    return {code: Code(ground, title) for code, title in titles.items()}


CODES: dict[str, Code] = {
    **_codes(
        Ground.CONTENT,
        content_impossible="Certaines informations de la demande sont absentes ou impossibles.",
        fact_missing="Une information exigée pour cette procédure manque.",
        siret_invalid="Le numéro SIRET n'existe pas : sa clé de contrôle est fausse.",
        table_malformed="Cette table de référence ne peut être lue, ou retire ce que d'autres règles exigent.",
        nationality_unknown="Ce code de nationalité n'existe pas.",
        nationality_exempt="Les ressortissants de cet État n'ont pas besoin d'autorisation de travail.",
        rome_unknown="Ce code ROME n'existe pas.",
        fap_unknown="Cette famille professionnelle n'existe pas.",
        country_unknown="Ce code de pays n'existe pas.",
        start_in_past="Le début précède le dépôt de la demande.",
        end_impossible="Un contrat à durée indéterminée n'a pas de date de fin.",
        age_impossible="L'âge de l'étranger est impossible.",
        text_too_long="Ce texte est trop long.",
        part_not_applicable="Cette partie n'a pas lieu d'être dans cette procédure.",
        employer_kind_impossible="Cette procédure n'est pas ouverte à ce type d'employeur.",
        contract_unsuitable="Ce type de contrat n'entre pas dans cette procédure.",
        title_unsuitable="Ce titre de séjour n'ouvre pas cette procédure.",
        talent_needs_no_permit="La carte « talent » vaut autorisation de travail.",
        ict_needs_no_permit="La carte « salarié détaché ICT » vaut autorisation de travail.",
        worker_already_resident="L'étranger vit déjà en France : une autre procédure s'applique.",
        regime_unsuitable="Cet accord ne vise pas les ressortissants de cet État.",
        enrolment_ended="L'inscription de l'étudiant a pris fin.",
        below_student_quota="Ce volume d'heures ne requiert pas d'autorisation de travail.",
        legal_basis_not_applicable="Ce fondement ne s'applique pas à cette date ou sur ce territoire.",
        foreign_employer_in_france="L'employeur qui détache est établi hors de France.",
        agreement_too_long="La convention dépasse la durée permise.",
        agreement_ended="La convention a déjà pris fin.",
        amendment_excluded="Ce stage ne peut pas être prolongé par avenant.",
        item_not_required="Aucun texte n'exige cette pièce pour cette demande.",
        item_already_produced="Cette pièce a déjà été produite.",
        text_citation_missing="Le texte qui exige la pièce doit être cité.",
        document_unknown="Cette pièce n'existe pas dans ce dossier.",
        file_not_announced="Ce fichier n'est pas celui qui a été annoncé.",
        platform_unknown="Cette plateforme n'existe pas.",
        agent_unknown="Cet agent n'est pas connu.",
        record_kept_as_finding_only="Seule la conclusion des vérifications d'antécédents est conservée.",
        addressee_missing="Le destinataire doit être indiqué.",
        reason_needs_fact="Un motif énonce les faits sur lesquels il repose.",
        finding_needs_reason="L'appréciation d'un agent doit être expliquée.",
        reason_unknown="Ce paragraphe n'est pas dans la bibliothèque de motifs.",
        reason_of_another_criterion="Ce paragraphe de la bibliothèque porte sur une autre condition.",
        reason_malformed="Les accolades de ce paragraphe ne vont pas par paires.",
        reason_placeholder_unknown="Rien ne permet de compléter une mention de ce paragraphe.",
        exception_needs_reasons="L'absence de procédure contradictoire doit être justifiée.",
        reasons_only_against="Une décision favorable ne comporte pas de motif de refus.",
        observations_period_too_short="Le délai laissé pour présenter des observations est insuffisant.",
        repeal_not_retroactive="Une abrogation ne vaut que pour l'avenir.",
        court_unknown="Aucune juridiction compétente ne porte ce nom.",
        court_number_malformed="Ce numéro ne correspond pas à la numérotation de cette juridiction.",
        injunction_impossible="Une injonction suppose une annulation.",
        appellant_missing="L'auteur de la requête doit être indiqué.",
        state_defends_at_first_instance="L'État ne forme de recours que contre une décision de justice.",
        costs_impossible="Les frais sont à la charge de la partie perdante.",
        judgment_annulled_impossible="Ce recours ne peut conduire à une telle annulation de la décision de justice.",
        suspension_not_refused="L'absence de doute sérieux suppose une demande de suspension rejetée.",
        rejection_not_annulled="Ce rejet d'un recours gracieux ne peut pas être annulé ici.",
        recipe_unknown="Aucune recette de dossier de défense ne porte ce nom.",
        slot_unknown="Cette rubrique n'est pas dans la recette du dossier de défense.",
        label_illegible="Un intitulé de pièce porte une lettre ou un chiffre, et aucun caractère invisible.",
        exclusion_needs_reason="Une pièce n'est écartée du dossier de défense qu'avec une raison.",
        source_unknown="Le dossier ne contient pas le fichier désigné.",
        source_repeated="Un fichier n'est joint qu'une fois.",
        page_unknown="Le fichier n'a pas cette page.",
        zone_outside_page="La zone à occulter sort de la page.",
        court_same="La juridiction désignée est celle qui est déjà saisie.",
        basis_unsuitable="Ce texte ne peut pas être substitué à celui de la décision.",
        ground_same="Le motif substitué doit être différent de celui de la décision.",
        publication_missing="La référence de publication de la délégation manque.",
        territory_missing="Le ressort dans lequel le droit s'exerce doit être indiqué.",
        recipient_missing="Le destinataire des messages doit être indiqué.",
        line_repeated="Ce département a déjà une ligne dans la table.",
        date_impossible="Cette date est impossible.",
        not_of_this_person="Le dossier ne dit rien de tel de cette personne.",
        dates_disordered="La date de fin précède la date de début.",
        department_unknown="Ce département n'existe pas.",
        amount_impossible="Ce montant est impossible.",
    ),
    **_codes(
        Ground.RIGHTS,
        role_not_entitled="Votre qualité ne permet pas cet acte.",
        not_your_case="Ce dossier n'est pas le vôtre.",
        employer_of_another="Vous ne pouvez déposer que pour l'employeur au nom duquel vous êtes connecté.",
        oral_recorded_by_service="Les observations orales sont consignées par le service.",
    ),
    **_codes(
        Ground.STATE_OR_LAW,
        reason_placeholder_unresolved="Le paragraphe de motivation comporte une mention non complétée.",
        ground_needs_evidence="Un fait constaté par un autre organisme doit être établi par une pièce ou un avis.",
        examination_not_individual="Une condition n'a été appréciée par aucun agent identifié.",
        author_not_named="L'acte ne nomme pas entièrement son auteur.",
        letter_lacks_mention="Une lettre ne peut être écrite sans une mention que la loi exige.",
        signature_not_established="La signature de la décision n'est pas établie.",
        remedies_incomplete="Les voies et délais de recours ne sont pas entièrement indiqués.",
        file_already_delivered="Le fichier de cette version a déjà été remis.",
        consent_not_recorded="L'accord à la notification électronique n'est pas enregistré.",
        consent_already_recorded="L'accord à la notification électronique est déjà enregistré.",
        algorithmic_notice_missing="La décision ne mentionne pas le traitement algorithmique qui l'a préparée.",
        prior_hearing_not_mentioned="L'acte ne mentionne pas la procédure contradictoire.",
        legal_basis_missing="La décision ne vise pas les textes propres à la situation de l'étranger.",
        closure_needs_indispensable_item="Les pièces manquantes ne permettent pas de clore le dossier.",
        oral_observations_pending="Une partie attend d'être entendue.",
        already_decided="Une décision expresse est déjà en vigueur.",
        already_made_available="Cette décision a déjà été mise à disposition.",
        already_notified_to_addressee="Cette décision est déjà notifiée à ce destinataire.",
        already_read="Cette décision a déjà été lue.",
        assessment_out_of_date="Une appréciation ne correspond plus aux faits ou au droit de ce jour.",
        basis_forbids_act="Ce fondement ne permet pas cet acte.",
        case_not_routed="Le dossier n'est orienté vers aucune plateforme.",
        certificate_already_noted="L'absence du certificat médical est déjà constatée.",
        certificate_not_noted_missing="L'absence du certificat médical n'est pas constatée.",
        closure_needs_expired_delay="Un dossier n'est clos qu'après l'expiration du délai donné pour le compléter.",
        conditions_not_assessed="Toutes les conditions en vigueur ne sont pas appréciées.",
        contract_already_over="Le contrat à autoriser est déjà terminé.",
        permit_without_days="Les dates de la demande ne laissent aucun jour à autoriser.",
        criterion_unknown_here="Cette condition ne s'applique pas à cette procédure.",
        decision_is_no_grant="Cette décision n'accorde pas d'autorisation.",
        decision_kind_impossible="Cette décision n'est pas possible dans cette procédure.",
        decision_no_longer_stands="Cette décision n'est plus en vigueur.",
        deemed_only_electronic="Seule une décision mise à disposition sur le téléservice peut être réputée notifiée.",
        discretion_needs_reasons="L'exercice d'une simple faculté de refus doit être expliqué.",
        exhibit_refused="Cette pièce a été écartée du dossier.",
        fifteen_days_not_over="Le délai pour consulter la décision court encore.",
        finding_contradicts_computation="L'appréciation contredit le résultat calculé.",
        finding_not_established="Aucun résultat calculé n'est à écarter.",
        finding_unchanged="Le résultat indiqué n'écarte pas celui du calcul.",
        granted_by_silence="Une décision implicite d'acceptation est déjà née.",
        ground_not_allowed="Ce motif ne peut fonder la décision.",
        hearing_already_open="Une procédure contradictoire est déjà ouverte.",
        hearing_over="Cette procédure contradictoire est terminée.",
        implicit_not_notified="Une décision née du silence n'est pas notifiée.",
        law_not_held="Les textes applicables à cette procédure à cette date ne sont pas disponibles ici.",
        mandatory_condition_not_met="Une condition impérative n'est pas remplie.",
        no_delegation_in_force="Aucune délégation de signature en vigueur et publiée ne permet cet acte.",
        not_an_addressee="Seul un destinataire de la décision agit, et pour lui-même.",
        not_made_available="La décision n'a pas été mise à disposition de ce destinataire.",
        observations_period_running="Le délai pour présenter des observations court encore.",
        permit_terms_unknown="La demande ne permet pas de fixer les termes d'une autorisation.",
        prior_hearing_missing="Aucune procédure contradictoire n'a précédé cet acte.",
        proposal_differs="La décision signée n'est pas celle qui est proposée.",
        reasons_missing="La décision doit être motivée en droit et en fait.",
        signs_own_assessment="Une personne ne signe pas la décision qu'elle a elle-même instruite.",
        slip_only_by_post="Le jour de l'avis de réception ne vaut que pour une décision envoyée par courrier.",
        silence_not_due="Le silence n'a pas encore fait naître de décision.",
        three_months_not_over="Le délai pour le certificat médical court encore.",
        withdrawal_window_over="Le délai pour revenir sur cette décision est expiré.",
        decision_missing="Aucune décision n'a encore été prise.",
        opinion_not_appealable="Un avis ne peut pas être contesté par lui-même.",
        decision_favourable="Le recours contre une décision favorable n'est pas traité ici.",
        appeal_under_way="Un recours de même nature est déjà à l'examen.",
        reexamination_under_way="La demande est déjà réexaminée.",
        appeal_ended="Ce recours a pris fin.",
        appeal_already_acknowledged="Il a déjà été accusé réception de ce recours.",
        appeal_not_hierarchical="Ce recours n'est pas hiérarchique.",
        silence_not_elapsed="Le délai au terme duquel le silence vaut rejet court encore.",
        decision_not_implicit="Cette décision n'est pas un rejet implicite.",
        reasons_already_requested="Les motifs ont déjà été demandés.",
        reasons_requested_too_late="Les motifs ont été demandés hors délai.",
        reasons_not_requested="Les motifs n'ont pas été demandés.",
        reasons_already_communicated="Les motifs ont déjà été communiqués.",
        reasons_too_late="Le délai pour communiquer les motifs est expiré.",
        court_number_known="Cette instance est déjà enregistrée.",
        judgment_missing="Aucun jugement ne peut faire l'objet de ce recours.",
        judgment_favourable_to_party="La décision de justice a donné satisfaction au requérant.",
        judgment_favourable_to_state="La décision de justice a donné satisfaction à l'État.",
        confirmation_not_due="Cette requête n'a pas à être confirmée.",
        claim_already_confirmed="Cette requête a déjà été confirmée.",
        main_action_missing="La suspension suppose une requête en annulation pendante.",
        litigation_ended="La juridiction a déjà statué.",
        claim_already_served="La requête a déjà été communiquée.",
        claim_not_yet_served="La requête n'est pas encore réputée communiquée.",
        claim_not_served="La requête n'a pas encore été communiquée.",
        defence_already_filed="Un mémoire en défense a déjà été produit.",
        closure_notice_too_short="L'ordonnance de clôture laisse trop peu de temps aux parties.",
        hearing_notice_too_short="L'avis d'audience est trop proche de l'audience.",
        ground_not_in_decision="Ce motif n'est pas dans la décision attaquée.",
        outcome_impossible="Cette issue n'est pas possible dans cette instance.",
        not_a_suspension_action="Cette instance ne tend pas à la suspension d'une décision.",
        already_notified="Cette autorisation a déjà été transmise.",
        ofii_not_due="Cette autorisation n'est pas à transmettre à l'OFII.",
        tax_not_due="Cette embauche n'est pas à signaler à la DGFiP.",
        letter_unknown="Cette lettre n'existe pas dans ce dossier.",
        letter_already_issued="Cette lettre a déjà été émise.",
        letter_not_due="Le dossier n'appelle pas cette lettre.",
        message_unknown="Ce message n'existe pas dans ce dossier.",
        message_already_acknowledged="Le destinataire a déjà accusé réception de ce message.",
        hold_unknown="Cette mesure de conservation ne vise pas ce dossier.",
        person_unknown="Cette personne n'est pas partie au dossier.",
        person_already_erased="Les données de cette personne sont déjà effacées.",
        erasure_too_early="Les données de cette personne doivent encore être conservées.",
        delegation_number_known="Une délégation porte déjà ce numéro.",
        delegation_unknown="Cette délégation n'est pas enregistrée.",
        delegation_already_ended="Cette délégation prend déjà fin.",
        agent_already_appointed="Cet agent est déjà nommé dans ce service.",
        agent_not_appointed="Aucun agent n'est nommé sous cette identité.",
        role_not_granted="Cette qualité ne peut être attribuée.",
        right_unknown="Cette personne n'a pas ce droit.",
        own_right_not_granted="Nul ne se donne à lui-même un droit.",
        own_delegation_not_granted="Nul ne se donne à lui-même une délégation de signature.",
        own_access_not_given="Nul ne se donne à lui-même accès à un dossier.",
        own_request_not_examined="Nul n'instruit ni ne signe un dossier auquel il est partie.",
        access_of_the_services="Les droits d'un agent ne passent pas par un accès à un dossier.",
        access_already_given="Cette personne a déjà accès au dossier.",
        access_unknown="Cette personne n'a pas d'accès particulier au dossier.",
        own_right_kept="Nul ne se retire à lui-même le droit d'administrer.",
        last_administrator="Quelqu'un d'autre doit garder le droit d'administrer.",
        version_known="Cette version est déjà publiée.",
        version_out_of_order="Une version plus récente est déjà publiée.",
        reason_changes_criterion="Ce paragraphe porte sur une autre condition.",
        table_unknown="Cette table de référence n'existe pas.",
        case_already_exists="Ce dossier existe déjà.",
        case_already_claimed="Le dossier est déjà pris en charge.",
        case_not_claimed="Le dossier n'est pris en charge par aucun agent.",
        case_held_by_another="Le dossier est pris en charge par un autre agent.",
        decision_unknown="Cette décision n'existe pas dans ce dossier.",
        appeal_unknown="Ce recours n'existe pas dans ce dossier.",
        litigation_unknown="Cette instance n'existe pas dans ce dossier.",
        case_still_alive="Un dossier qui peut encore changer ne se verse pas aux archives.",
        sheet_unknown="Cette fiche n'existe pas dans ce dossier.",
        hearing_unknown="Cette procédure contradictoire n'existe pas dans ce dossier.",
        status_forbids="L'état du dossier ne permet pas cet acte.",
        routing_unchanged="Le dossier est déjà orienté ainsi.",
        bundle_unknown="Ce dossier de défense n'existe pas.",
        decision_not_at_stake="Cette décision n'est pas en cause dans cette instance.",
        recipe_unsuitable="Aucune recette ne convient à cette instance.",
        bundle_rearranged="Les pièces ont été ordonnées à nouveau entre-temps.",
        build_under_way="Ce dossier de défense est déjà en cours de constitution.",
        build_not_under_way="Aucune constitution de ce dossier de défense n'est en cours.",
        document_version_unknown="Cette version de la pièce n'existe pas.",
        document_already_refused="Cette version de la pièce est déjà écartée.",
        document_already_examined="L'examen de ce fichier est déjà consigné.",
        document_already_scanned="Ce verdict de l'antivirus est déjà consigné pour ce fichier.",
        document_identical="Le fichier est identique à celui qu'il remplacerait.",
        too_many_documents="Le dossier ne peut recevoir davantage de pièces.",
        items_already_requested="Une demande de pièces est déjà en cours.",
        items_request_unknown="Cette demande de pièces n'existe pas dans ce dossier.",
        items_request_ended="Cette demande de pièces a pris fin.",
        nothing_supplied="Aucune pièce n'est produite.",
        agent_of_another_platform="Cet agent relève d'une autre plateforme.",
        agent_already_holds_case="Cet agent a déjà le dossier.",
        opinion_unknown="Cet avis n'existe pas dans ce dossier.",
        opinion_already_given="Cet avis a déjà été rendu.",
        opinion_pending="Un avis est déjà demandé à cet organisme.",
        procedure_cannot_change="La procédure d'une demande ne peut pas changer.",
        worker_cannot_change="Une demande ne peut pas changer de bénéficiaire.",
        amendment_changes_competence="La modification changerait le préfet compétent.",
        nothing_changed="La modification ne change rien.",
    ),
}
"""Every code a refusal can carry, in one place; codes are public and stable."""
