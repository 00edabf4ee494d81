"""What each provision says, restated in a French sentence of ours, for those whom the rules are communicated to."""

LAW_IN_FRENCH: dict[str, str] = {
    "an_algerian_student_works_half_time_at_most": (
        "L'étudiant algérien doit être muni d'une autorisation de travail dès la première heure, dans la limite de la "
        "moitié de la durée annuelle de travail de la branche."
    ),
    "the_means_are_sufficient": (
        "L'activité procure des moyens d'existence suffisants, leur assimilation au salaire minimum de croissance "
        "d'un travailleur à temps plein relevant d'une lecture usuelle du texte."
    ),
    "the_activity_is_viable": (
        "L'activité non salariée est économiquement viable : son propre plan fait apparaître un résultat positif."
    ),
    "the_au_pair_conditions_are_met": (
        "Le jeune au pair est âgé de 18 à 30 ans, est accueilli par une famille d'une autre nationalité et sans lien "
        "de parenté avec lui, apporte son aide 25 heures par semaine au plus et a quelque connaissance du français ou "
        "justifie d'études secondaires ou de qualifications professionnelles."
    ),
    "the_employment_is_real_and_lawfully_paid": (
        "L'emploi invoqué est réel et rémunéré conformément aux règles, ce que le préfet apprécie avec le reste de la "
        "situation."
    ),
    "the_person_was_active_three_years_in_a_community": (
        "L'étranger accueilli par un organisme d'accueil communautaire et d'activités solidaires y a exercé une "
        "activité pendant trois ans sans interruption, et cette activité est réelle et sérieuse."
    ),
    "the_young_person_has_trained_six_months": (
        "Dans l'année qui suit son dix-huitième anniversaire, l'étranger confié à l'aide sociale à l'enfance entre 16 "
        "et 18 ans a suivi une formation qualifiante depuis au moins six mois, de façon réelle et sérieuse."
    ),
    "the_person_works_in_a_shortage_occupation": (
        "L'étranger a travaillé douze des vingt-quatre derniers mois, occupe un métier en tension, réside en France "
        "depuis trois ans sans interruption, non comptés les séjours sous un titre de saisonnier, d'étudiant ou de "
        "demandeur d'asile, et son casier judiciaire est vierge."
    ),
    "ofpra_has_not_decided_within_six_months": (
        "L'OFPRA, pour des raisons qui ne sont pas imputables au demandeur, n'a pas statué dans les six mois suivant "
        "l'introduction de la demande d'asile."
    ),
    "the_au_pair_stays_two_years_at_most": (
        "Le titre est délivré pour la durée de la convention, et le séjour à ce motif ne peut excéder deux ans au "
        "total."
    ),
    "the_internship_keeps_to_its_length": (
        "Le stage de formation professionnelle dure six mois au plus, celui du salarié d'une entreprise établie à "
        "l'étranger douze mois, puis dix-huit avec son unique prolongation, et celui effectué dans un établissement "
        "hospitalier six mois, puis six de plus, dans la limite de vingt-quatre mois toutes conventions confondues."
    ),
    "the_agreement_conforms": (
        "La convention est conclue entre les personnes et comporte les clauses que le texte énumère, dont la "
        "gratification du stagiaire qui suit une formation de son pays de résidence, et ne fait pas du stagiaire un "
        "salarié."
    ),
    "the_host_respects_labour_law": (
        "L'entreprise d'accueil respecte la législation du travail et de la protection sociale."
    ),
    "the_internship_project_is_real": "Le stage correspond à un réel projet de formation, suivi par un tuteur désigné.",
    "the_employment_situation_favoured_the_hire": (
        "Il était tenu compte de la situation de l'emploi dans la profession et dans la zone géographique, eu égard "
        "aux exigences du poste, ainsi que des recherches de l'employeur auprès des candidats déjà présents sur le "
        "marché du travail."
    ),
    "the_labour_market_was_no_obstacle": (
        "L'emploi figurait sur la liste des métiers en tension de sa région, ou l'offre avait été publiée pendant "
        "trois semaines auprès du service public de l'emploi sans rencontrer de candidat répondant aux "
        "caractéristiques du poste."
    ),
    "the_labour_market_is_no_obstacle": (
        "L'emploi figure sur la liste des métiers en tension de sa région, ou son offre est restée publiée pendant "
        "trois semaines auprès du service public de l'emploi sans qu'aucun candidat ne convienne, certaines personnes "
        "étant dispensées de cette condition par l'article R. 5221-21 du code du travail."
    ),
    "the_qualifications_fitted_the_job": (
        "Pour tout travailleur, il était tenu compte de l'adéquation entre la qualification, l'expérience, les "
        "diplômes et l'emploi, les emplois accessoires d'un étudiant étant comptés au titre de l'expérience (CE, 3 "
        "février 2016, n° 386416)."
    ),
    "declaratory_obligations_were_met": (
        "L'employeur, et lui seul, satisfaisait à ses obligations déclaratives sociales."
    ),
    "social_obligations_are_met": (
        "L'employeur et, s'il y a lieu, le donneur d'ordre, l'entreprise utilisatrice ou l'entreprise d'accueil "
        "s'acquittent de leurs obligations sociales."
    ),
    "the_employer_had_a_clean_record": (
        "L'employeur n'avait pas été condamné pour travail illégal ni pour manquement aux règles générales de santé "
        "et de sécurité, et l'administration n'avait constaté de sa part aucun manquement grave en ces matières."
    ),
    "the_employer_has_a_clean_record": (
        "Aucun d'eux n'a été condamné ou sanctionné pour travail illégal, pour manquement aux règles de santé et de "
        "sécurité, pour aide au séjour irrégulier ou pour méconnaissance des règles du détachement, ni n'a fait "
        "l'objet du constat par l'administration d'un manquement grave en ces matières."
    ),
    "the_employer_was_not_sanctioned": (
        "L'employeur ne faisait l'objet d'aucune des sanctions administratives prévues aux articles L. 1264-3 et L. "
        "8272-2 à L. 8272-4 du code du travail."
    ),
    "no_other_offence_weighs_against_the_employer": (
        "Ni condamnation, ni sanction, ni constat de manquement grave pour des atteintes à la personne ou pour faux "
        "ne vise l'un d'eux ; à défaut, l'autorité peut refuser l'autorisation et motive ce refus."
    ),
    "labour_law_was_respected": (
        "Le respect de la législation du travail et de la protection sociale par l'employeur, l'entreprise "
        "utilisatrice ou l'entreprise d'accueil était pris en compte."
    ),
    "regulated_conditions_were_met": (
        "Lorsque l'activité était réglementée, l'employeur, l'entreprise utilisatrice, l'entreprise d'accueil et le "
        "travailleur remplissaient les conditions d'exercice, sans que le donneur d'ordre fût concerné."
    ),
    "regulated_conditions_are_met": (
        "Lorsque l'activité est réglementée, l'employeur, le donneur d'ordre, l'entreprise utilisatrice ou "
        "l'entreprise d'accueil ainsi que le travailleur remplissent les conditions d'exercice."
    ),
    "regulated_conditions_were_weighed": (
        "Était pris en compte, lorsque l'activité était réglementée, le respect de ses conditions d'exercice par "
        "l'employeur, l'entreprise utilisatrice, l'entreprise d'accueil ou le travailleur."
    ),
    "pay_reached_the_legal_minimum": (
        "La rémunération proposée atteignait le salaire minimum de croissance correspondant à la durée du travail ou "
        "le minimum de la convention collective applicable."
    ),
    "pay_reaches_the_legal_minimum": (
        "La rémunération proposée atteint le salaire minimum de croissance correspondant à la durée du travail et le "
        "minimum de la convention collective applicable à l'employeur ou à l'entreprise d'accueil."
    ),
    "terms_were_comparable": (
        "Les conditions d'emploi et de rémunération étaient prises en compte et étaient comparables à celles des "
        "salariés occupant un emploi de même nature dans l'entreprise ou, à défaut, dans la branche."
    ),
    "the_job_fitted_the_qualifications": (
        "L'emploi du titulaire d'une carte d'étudiant ou d'étudiant en mobilité était en adéquation avec les diplômes "
        "et l'expérience acquise en France ou à l'étranger, que le cursus fût achevé ou non."
    ),
    "the_job_fits_the_qualifications": (
        "L'emploi de l'étudiant qui a achevé son cursus en France, ou du titulaire de la carte de recherche d'emploi, "
        "est en adéquation avec les diplômes et l'expérience acquise en France ou à l'étranger."
    ),
    "pay_reached_the_monthly_minimum": (
        "La rémunération était prise en compte et, même à temps partiel, était au moins égale à la rémunération "
        "mensuelle minimale d'un temps plein (article L. 3232-1 du code du travail)."
    ),
    "the_seasonal_worker_is_housed_decently": (
        "Le demandeur apporte la preuve que le travailleur saisonnier dispose d'un logement décent pendant toute la "
        "durée du séjour."
    ),
    "the_lodged_worker_was_housed_normally": (
        "Lorsque le travailleur résidait hors de France et que l'employeur ou l'entreprise d'accueil pourvoyait à son "
        "hébergement, il était tenu compte des dispositions prises pour assurer son logement dans des conditions "
        "normales."
    ),
    "the_project_is_proportionate": (
        "Le recrutement n'est pas manifestement disproportionné au regard de l'activité économique de l'entreprise ; "
        "le texte ne fixant aucun ratio, les chiffres seuls n'y suffisent jamais : l'autorité peut refuser, sur des "
        "faits qu'elle énonce."
    ),
    "seasonal_work_stays_within_six_months": (
        "Le travail saisonnier n'excède pas six mois sur toute période de douze mois, tous contrats cumulés."
    ),
    "the_work_is_connected_with_the_studies": (
        "L'étudiant qui travaille plus de 964 heures par an le fait en lien avec un cursus en cours, une déclaration "
        "suffisant jusqu'à ce nombre d'heures."
    ),
    "involuntary_unemployment_is_taken_into_account": (
        "Le travailleur involontairement privé d'emploi voit son autorisation de travail prolongée d'un an lors du "
        "premier renouvellement, la demande étant ensuite appréciée au regard de ses droits à l'indemnisation du "
        "chômage."
    ),
    "the_terms_of_the_permit_were_kept": "L'étranger a respecté les termes de l'autorisation de travail.",
    "the_employer_kept_to_the_law_and_the_pay": (
        "L'employeur respectait la législation du travail, les conditions d'exercice d'une activité réglementée et la "
        "rémunération sur laquelle l'autorisation de travail avait été accordée."
    ),
    "the_employer_alone_still_meets_the_conditions": (
        "L'employeur, sans qu'aucune autre entreprise fût concernée avec lui, satisfaisait toujours aux 2°, 3° et 4° "
        "de l'article R. 5221-20 du code du travail."
    ),
    "the_employer_still_meets_the_conditions": (
        "L'employeur et les entreprises concernées avec lui satisfont toujours aux 2°, 3°, 4° et 6° de l'article R. "
        "5221-20 du code du travail."
    ),
    "the_contract_was_not_broken_within_a_year": (
        "Lors du premier renouvellement, le contrat n'a pas été rompu dans les douze mois suivant l'embauche, sauf "
        "perte involontaire de l'emploi par le travailleur."
    ),
    "the_training_contract_is_open_to_the_student": (
        "L'étudiant peut conclure un contrat de professionnalisation au terme d'une première année de séjour, et un "
        "contrat d'apprentissage au terme de cette année ou immédiatement dans un cursus de niveau master, par "
        "dérogation à l'article R. 5221-6 du code du travail."
    ),
    "bilateral_regime_ignores_the_lists": (
        "Les accords conclus avec l'Algérie et la Tunisie excluent leurs ressortissants du bénéfice des listes de "
        "métiers en tension."
    ),
    "diploma_opens_the_exception": (
        "Le diplôme est de niveau master, ou est une licence professionnelle, et a été obtenu en France dans l'année."
    ),
    "market_not_opposable": (
        "La situation de l'emploi est opposable à toute demande, sauf disposition contraire du code."
    ),
    "pay_threshold": "La rémunération doit être supérieure à une fois et demie la rémunération mensuelle minimale.",
    "training_contract_is_permitted": (
        "L'autorisation de travail est accordée de droit à l'étranger autorisé à séjourner, pour un contrat "
        "d'apprentissage ou de professionnalisation à durée déterminée, ainsi qu'au mineur isolé pris en charge qui "
        "présente un tel contrat."
    ),
    "job_in_shortage": (
        "Le métier inscrit sur la liste des métiers en tension de la région du lieu de travail satisfait à la "
        "condition tenant à la situation de l'emploi sans publication d'une offre."
    ),
    "job_search_card_escapes_the_market": (
        "La situation de l'emploi n'est pas opposable au titulaire de la carte de recherche d'emploi ou de création "
        "d'entreprise dont le contrat est en relation avec la formation ou les recherches suivies et dont la "
        "rémunération est supérieure au seuil."
    ),
    "recent_graduate_escapes_the_market": (
        "N'est pas soumis à l'opposabilité de la situation de l'emploi l'étudiant qui a obtenu dans l'année un "
        "diplôme de niveau master ou figurant sur une liste, pour un emploi en relation avec ce diplôme et rémunéré "
        "au-dessus du seuil."
    ),
    "youth_in_care_may_escape_the_market": (
        "La personne confiée à l'aide sociale à l'enfance entre seize et dix-huit ans qui remplit les conditions de "
        "l'article L. 435-3 du CESEDA ne peut se voir opposer la situation de l'emploi, quel que soit le contrat."
    ),
    "youth_in_care_is_permitted": (
        "L'autorisation de travail est accordée de droit au mineur pris en charge par l'aide sociale à l'enfance, "
        "pour un contrat d'apprentissage ou de professionnalisation conforme au cursus suivi."
    ),
    "renewed_alike": (
        "L'article R. 5221-20 du code du travail n'est opposable au renouvellement que s'il s'agit du premier et que "
        "l'emploi ou la zone géographique diffère."
    ),
    "the_title_is_itself_a_permit": (
        "Le titulaire d'une carte « talent » ou d'une carte de salarié détaché intragroupe travaille sans "
        "autorisation de travail."
    ),
    "the_au_pair_agreement_lasts_a_year": (
        "La carte de jeune au pair, et par suite la convention conclue avec la famille, a une durée d'un an."
    ),
    "the_basis_still_stands": (
        "L'admission au titre d'un métier en tension peut être demandée entre les dates que fixe la table des seuils."
    ),
    "not_in_mayotte": (
        "Le chapitre relatif à l'admission exceptionnelle au séjour n'est pas applicable à Mayotte (15°)."
    ),
    "the_card_is_asked_elsewhere": (
        "La carte d'entrepreneur est demandée au consulat par celui qui réside à l'étranger, et au préfet de la "
        "résidence par celui qui détient un titre n'autorisant pas l'activité."
    ),
    "the_opinion_is_asked_before_the_card": (
        "L'étranger sollicite du service de la main-d'œuvre étrangère l'avis sur la viabilité avant de déposer sa "
        "demande de carte."
    ),
    "the_agreement_is_received_before_the_internship": (
        "La convention de stage parvient au préfet deux mois avant le début du stage, ou un mois pour un programme "
        "européen ou intergouvernemental, et une convention tardive ne peut être refusée que pour les trois motifs du "
        "texte."
    ),
    "only_two_cases_are_extended": (
        "Seuls le stage du salarié d'une entreprise établie à l'étranger et le stage en établissement hospitalier "
        "peuvent être prolongés par avenant."
    ),
    "the_amendment_is_received_before_the_end": (
        "L'avenant qui prolonge le stage parvient au préfet quinze jours avant le terme initial, le texte n'attachant "
        "aucun effet au retard."
    ),
    "acknowledge": (
        "L'accusé de réception indique la date de réception, l'interlocuteur à contacter, le sens du silence et la "
        "date à partir de laquelle il vaut décision, sous réserve que la demande soit complète, et n'est lui-même "
        "complet que si chaque mention est connue."
    ),
    "checklist": (
        "N'est exigée que la pièce qu'un texte identifié exige et dont la condition est certainement remplie ; ce "
        "qu'une autre administration détient est obtenu d'elle, et le demandeur en est informé."
    ),
    "items_not_produced": (
        "L'accusé de réception énumère les pièces qu'un texte identifié exige, dont la condition est certainement "
        "remplie et qui n'ont pas été produites."
    ),
    "notice_of_rejection": (
        "Lorsque le silence vaut rejet, l'accusé de réception indique à compter de quel jour ce rejet est acquis, "
        "ainsi que les voies et délais de recours."
    ),
    "the_employer_files": (
        "La demande d'autorisation de travail est présentée par l'employeur du travailleur ou, en cas de détachement, "
        "par le donneur d'ordre, l'entreprise utilisatrice ou l'entreprise d'accueil établis en France."
    ),
    "a_third_party_holds_a_mandate": (
        "Quiconque dépose la demande pour la personne habilitée à la présenter est muni d'un mandat écrit."
    ),
    "proof_is_recent_enough": (
        "Les trois semaines de publication dont les pièces justifient sont comprises dans les six mois précédant le "
        "dépôt de la demande."
    ),
    "the_title_opens_the_procedure": (
        "L'autorisation de travail est demandée pour une personne résidant hors de France, ou y résidant sous un "
        "titre permettant de travailler avec une autorisation ou dont le titulaire doit en obtenir une pour "
        "travailler."
    ),
    "the_nationality_needs_a_permit": (
        "Les ressortissants de l'Union européenne, de l'Espace économique européen et de la Suisse travaillent en "
        "France sans autorisation de travail."
    ),
    "within_the_quota_no_permit_is_asked": (
        "Dans la limite de 964 heures par an, l'étudiant travaille sans autorisation de travail, à titre accessoire à "
        "ses études."
    ),
    "declaration_of_a_student": (
        "L'employeur déclare nominativement l'embauche de l'étudiant deux jours ouvrables au moins avant sa date "
        "d'effet."
    ),
    "the_renewal_is_asked_in_the_second_month": (
        "Le renouvellement est demandé dans le courant du deuxième mois précédant l'expiration de l'autorisation de "
        "travail, délai dont aucun texte ne fait un motif de refus."
    ),
    "the_seasonal_worker_keeps_a_residence_abroad": (
        "La carte « travailleur saisonnier », que l'autorisation de travail précède, est délivrée au travailleur qui "
        "s'engage à maintenir sa résidence habituelle hors de France, condition de la carte et non de l'autorisation."
    ),
    "while_the_right_to_remain_lasts": (
        "L'autorisation de travail du demandeur d'asile suit les règles de droit commun et est valable tant que dure "
        "le droit de se maintenir en France."
    ),
    "public_order_is_checked_with_the_card": (
        "Lors de la demande ou du renouvellement de la carte, le préfet vérifie que l'activité est compatible avec la "
        "sécurité, la salubrité et la tranquillité publiques et qu'aucune condamnation n'emporte l'interdiction "
        "d'exercer une activité commerciale."
    ),
    "the_stamped_agreement_is_shown_at_controls": (
        "La convention, son avenant et la preuve du visa sont présentés aux agents de contrôle qui en font la demande."
    ),
    "where_the_permit_is_valid": (
        "L'autorisation de travail peut être limitée à certaines zones géographiques, et celle délivrée en France "
        "métropolitaine n'est valable que sur ce territoire."
    ),
    "only_where_issued": (
        "L'autorisation de travail délivrée dans un département d'outre-mer n'est valable que dans celui-ci."
    ),
    "every_new_contract_needs_a_new_request": (
        "L'autorisation de travail vaut pour le contrat au titre duquel elle a été demandée, et tout nouveau contrat "
        "requiert une nouvelle demande."
    ),
    "season_permitted": (
        "L'autorisation de travail saisonnier prend fin avec le contrat, et jamais au-delà de six mois de travail "
        "saisonnier dans l'année."
    ),
    "a_long_season_is_permitted_by_the_card": (
        "Le contrat saisonnier de trois mois ou plus donne lieu à une autorisation de travail prenant la forme de la "
        "carte « travailleur saisonnier »."
    ),
    "the_seasonal_contract_is_stamped": (
        "Le préfet vise le contrat saisonnier avant l'entrée du travailleur en France, lors de chaque renouvellement "
        "et pour chaque nouveau contrat."
    ),
    "student_permitted": (
        "L'autorisation de travail de l'étudiant au-delà de la quotité annuelle couvre les heures demandées, en lien "
        "avec le cursus suivi."
    ),
    "renewed_for_the_contract": (
        "Le renouvellement est accordé à compter de l'expiration de l'autorisation de travail précédente, dans la "
        "limite du contrat ou de la mission restant à courir."
    ),
    "prolonged_for_unemployment": (
        "L'autorisation de travail du titulaire d'un titre de salarié, involontairement privé d'emploi lors du "
        "premier renouvellement, est prolongée d'un an, et une prolongation ultérieure suit les droits à "
        "l'indemnisation du chômage."
    ),
    "department_of_the_activity": (
        "L'avis sur la viabilité économique est rendu par le service compétent pour le département dans lequel "
        "l'activité sera exercée."
    ),
    "home_of_the_host_family": (
        "La convention conclue avec un jeune au pair est instruite dans le département du domicile de la famille "
        "d'accueil."
    ),
    "seat_of_the_internship_host": (
        "La convention de stage, ou son avenant, est adressée au préfet du département de l'organisme d'accueil."
    ),
    "residence_of_the_foreigner": (
        "Le préfet du département de résidence de l'étranger statuait sur la demande lorsque celui-ci résidait déjà "
        "en France."
    ),
    "seat_of_the_employing_establishment": (
        "Le préfet compétent est celui du département dans lequel l'établissement employeur a son siège ou dans "
        "lequel l'employeur particulier a son domicile."
    ),
    "maritime_employers_go_to_bouches_du_rhone": (
        "Le préfet des Bouches-du-Rhône statue sur les demandes des employeurs mentionnés à l'article R. 431-22 du "
        "CESEDA, pour les titres énumérés à l'article R. 5221-3 du code du travail."
    ),
    "attachment_host_or_place_of_work": (
        "La compétence est déterminée par l'établissement de rattachement lorsque le travailleur se trouve à "
        "l'étranger, par l'organisme d'accueil lorsque l'employeur est établi à l'étranger, et par le lieu de travail "
        "dans les autres cas."
    ),
    "prefecture_of_residence_asks_the_platform": (
        "Le dossier d'admission exceptionnelle au séjour demeure à la préfecture de résidence, qui saisit la "
        "plateforme."
    ),
    "goes_to_the_seasonal_platform": (
        "Les demandes relatives au travail saisonnier sont instruites par une plateforme nationale unique, quel que "
        "soit le département du préfet compétent."
    ),
    "reasonable_period": (
        "La décision dont l'intéressé a eu connaissance sans que les voies et délais de recours lui aient été "
        "complètement notifiés ne peut plus être contestée au-delà d'un délai raisonnable d'un an, sauf circonstances "
        "particulières."
    ),
    "silence_grants_an_asylum_seeker": (
        "Le silence gardé pendant deux mois par l'administration compétente sur une demande complète fait naître une "
        "autorisation de travail au bénéfice du demandeur d'asile."
    ),
    "silence_rejects_a_residence_permit": (
        "Le silence gardé pendant quatre mois sur une demande de titre de séjour, notamment d'admission "
        "exceptionnelle au séjour, fait naître une décision implicite de rejet."
    ),
    "silence_on_an_opinion_means_nothing": (
        "Aucun des textes consultés n'attache d'effet au silence gardé sur une demande d'avis relatif à la viabilité "
        "économique."
    ),
    "silence_refuses_to_stamp_an_internship": (
        "Le silence gardé pendant trente jours, ou pendant quinze jours dans le cadre d'un programme européen ou "
        "intergouvernemental, fait naître une décision implicite de refus de visa de la convention de stage."
    ),
    "silence_stamps_an_amendment": (
        "Le silence gardé pendant quinze jours par l'administration compétente sur un avenant complet à une "
        "convention de stage vaut acceptation de cet avenant."
    ),
    "silence_rejects_within_ninety_days": (
        "Le silence gardé pendant quatre-vingt-dix jours sur la demande d'un jeune au pair fait naître une décision "
        "implicite de rejet."
    ),
    "limit_to_sue": (
        "Le juge est saisi dans un délai de deux mois à compter de la notification de la décision, de la naissance de "
        "la décision implicite ou du dernier rejet des recours administratifs ayant interrompu ce délai."
    ),
    "restarts_on": (
        "Le délai de recours contentieux court de nouveau à compter de la naissance de la décision implicite rejetant "
        "le recours administratif, ou de la notification d'une décision expresse de rejet intervenue avant "
        "l'expiration du délai ainsi rouvert."
    ),
    "extra_months": (
        "Le délai de recours contentieux, ainsi que le délai de recours administratif qui s'y inscrit, est augmenté "
        "de deux mois pour les personnes qui demeurent à l'étranger et d'un mois pour celles que la mer sépare du "
        "siège de la juridiction."
    ),
    "complete_on": (
        "Le délai au terme duquel le silence vaut acceptation ne court qu'à compter du jour où la dernière des pièces "
        "exigées par les textes est parvenue à l'administration compétente."
    ),
    "missing_items": (
        "Les pièces manquantes exigées par les textes sont réclamées au demandeur avec un délai pour les produire, à "
        "l'expiration duquel la demande est appréciée ou clôturée en l'état."
    ),
    "suspensions": (
        "La demande de pièces exigées par les textes, formée avant la naissance d'une décision implicite, suspend le "
        "délai jusqu'à leur production ou jusqu'au terme fixé pour celle-ci, aucun jour n'étant compté deux fois."
    ),
    "hearings": (
        "Les intéressés disposent d'un délai suffisant pour présenter leurs observations avant le retrait ou "
        "l'abrogation de l'autorisation accordée."
    ),
    "silence_rejects_a_work_permit": (
        "Le silence gardé pendant deux mois à compter de la réception de la demande d'autorisation de travail par la "
        "première administration saisie fait naître une décision implicite de rejet."
    ),
    "reasons": (
        "Les motifs d'une décision implicite sont communiqués dans le mois suivant la demande qui en est faite, à "
        "défaut de quoi cette décision est illégale."
    ),
    "withdrawal": (
        "La décision créatrice de droits est retirée ou abrogée pour illégalité dans le délai de quatre mois suivant "
        "sa date et, au-delà, en cas de fraude ou lorsqu'une condition n'est plus remplie."
    ),
    "interrupting_appeals": (
        "Seuls le premier recours gracieux et le premier recours hiérarchique formés par un destinataire dans le "
        "délai initial de recours contentieux interrompent ce délai, à l'exclusion de tout recours ultérieur."
    ),
    "limit_to_appeal": "Le recours gracieux ou hiérarchique est formé dans le délai de recours contentieux.",
    "silence_on_appeals": (
        "Le silence gardé pendant deux mois à compter de la réception d'un recours administratif vaut rejet de ce "
        "recours."
    ),
    "registration_receipt": (
        "L'envoi par voie électronique donne lieu immédiatement à un accusé d'enregistrement ou, en cas "
        "d'impossibilité, dans un délai d'un jour ouvré."
    ),
    "acknowledgement": (
        "L'accusé de réception est envoyé dans les dix jours ouvrés suivant la saisine de l'administration "
        "compétente, et les délais de recours ne sont pas opposables à celui à qui il n'est pas parvenu complet."
    ),
    "notifications": (
        "La décision qui n'a pas été consultée dans le téléservice pendant quinze jours est réputée notifiée à la "
        "date de sa mise à disposition."
    ),
    "medical_certificate": (
        "L'autorisation de travail peut être retirée lorsque l'étranger n'a pas obtenu de certificat médical dans les "
        "trois mois suivant celle-ci."
    ),
    "opinions": (
        "D'autres organismes peuvent être interrogés sur les éléments dont ils ont connaissance, cette consultation, "
        "dont la réponse est seulement attendue, n'ayant aucun effet suspensif."
    ),
    "student_declaration": (
        "L'embauche d'un étudiant fait l'objet d'une déclaration nominative deux jours ouvrables avant celle-ci, "
        "lorsqu'elle demeure dans la limite du volume horaire annuel dispensé d'autorisation de travail."
    ),
    "check_of_title": (
        "L'employeur fait vérifier par le préfet le titre de l'étranger résidant en France au moins deux jours "
        "ouvrables avant l'embauche, et le silence gardé par le préfet pendant ce même délai vaut accomplissement de "
        "cette obligation."
    ),
    "the_author_holds_a_published_delegation": (
        "Le signataire agissant pour le préfet dispose, au jour de la signature, d'une délégation de signature en "
        "vigueur et déjà publiée, couvrant cette catégorie d'actes et ce département."
    ),
    "commission_before_a_refusal": (
        "Il appartient au préfet d'apprécier les considérations humanitaires ou les motifs exceptionnels invoqués et "
        "de consulter la commission du titre de séjour avant d'opposer un refus à l'étranger qui réside en France "
        "depuis plus de dix ans."
    ),
    "remedies_and_limits_are_stated": (
        "Les délais de recours ne sont opposables qu'à la condition que la notification de la décision, ou l'accusé "
        "de réception s'agissant d'une décision implicite, mentionne les voies de recours, leurs délais et la "
        "juridiction compétente."
    ),
    "expired_request": (
        "Le dossier n'est clôturé comme incomplet qu'après l'expiration, sans réponse complète, du délai imparti pour "
        "produire les pièces exigées par les textes."
    ),
    "must_lack_something_indispensable": (
        "L'absence d'une pièce qui n'est pas indispensable à la décision ne fait pas obstacle à l'instruction, de "
        "sorte que la demande dont chacune des conditions a pu être appréciée donne lieu à une décision et non à une "
        "clôture."
    ),
    "a_hearing_came_before_the_end_of_a_grant": (
        "L'autorisation n'est retirée ou abrogée qu'après que ses bénéficiaires ont été mis à même de présenter leurs "
        "observations, sauf urgence ou motif d'ordre public, et l'acte mentionne l'issue de cette procédure."
    ),
    "reasons_are_given_in_law_and_in_fact": (
        "La décision de refus, de clôture, de retrait ou d'abrogation énonce par écrit les considérations de droit et "
        "de fait qui en constituent le fondement, chaque motif étant de ceux que le texte autorise."
    ),
    "the_author_is_named": (
        "La décision comporte le prénom, le nom et la qualité de son auteur ainsi que, lorsqu'elle est dispensée de "
        "signature, le service auquel celui-ci appartient."
    ),
    "the_act_is_signed_or_dispensed": (
        "L'acte est revêtu d'une signature qui identifie son auteur et garantit son lien avec l'acte, sauf s'il est "
        "notifié par l'intermédiaire du téléservice avec les prénom, nom et qualité de son auteur ainsi que le "
        "service auquel celui-ci appartient."
    ),
    "it_binds_from_its_notification": (
        "La décision individuelle est opposable à la personne qu'elle concerne à compter du jour où elle lui a été "
        "notifiée."
    ),
    "the_algorithm_is_mentioned": (
        "La décision individuelle prise sur le fondement d'un traitement algorithmique en fait mention, avec la "
        "finalité de ce traitement et le droit d'obtenir communication des règles qui le définissent."
    ),
    "electronic_notification_was_agreed_to": (
        "La notification par voie électronique, en lieu et place de la lettre recommandée, est subordonnée à l'accord "
        "exprès et préalable de son destinataire."
    ),
    "each_addressee_is_notified": (
        "La décision est notifiée à l'employeur ou au mandataire qui a déposé la demande, ainsi qu'à l'étranger."
    ),
    "the_legal_basis_is_that_of_the_situation": (
        "Le refus opposé à un étudiant, à un demandeur d'asile ou à un mineur pris en charge par l'aide sociale à "
        "l'enfance vise les textes propres à cette situation."
    ),
    "each_condition_was_examined_by_an_agent": (
        "Chaque condition est appréciée par un agent identifié, au cours de l'instruction et non postérieurement à la "
        "décision."
    ),
    "hearing_held": (
        "La décision soumise à l'obligation de motivation et qui ne statue pas sur une demande n'intervient qu'au "
        "terme d'une procédure contradictoire préalable, ouverte pour cet acte même et achevée."
    ),
    "a_hearing_may_be_left_out": (
        "La procédure contradictoire préalable n'est requise ni en cas d'urgence ou de circonstances exceptionnelles, "
        "ni lorsque sa mise en œuvre serait de nature à compromettre l'ordre public, et l'acte en fait mention."
    ),
    "must_have_heard_who_asked": (
        "La personne qui en fait la demande présente des observations orales, assistée d'un conseil ou représentée "
        "par un mandataire si elle le souhaite, sauf si sa demande est abusive."
    ),
    "rights_of_the_parties": (
        "L'invitation à présenter des observations informe l'intéressé des griefs formulés à son encontre et de son "
        "droit de demander communication du dossier, outre ses droits de présenter des observations écrites, d'être "
        "entendu et d'être assisté."
    ),
    "a_grant_obtained_by_fraud_ends_at_any_time": "L'acte obtenu par fraude peut être retiré ou abrogé à tout moment.",
    "an_unlawful_grant_ends_within_four_months": (
        "Le retrait ou l'abrogation pour illégalité d'une décision créatrice de droits, expresse ou née du silence, "
        "intervient dans les quatre mois qui suivent celle-ci."
    ),
    "a_condition_lost_repeals_at_any_time": (
        "La décision créatrice de droits dont le maintien est subordonné à une condition qui n'est plus remplie peut "
        "être abrogée sans condition de délai."
    ),
    "a_permit_without_medical_certificate_is_withdrawn": (
        "Le retrait de l'autorisation de travail peut être prononcé lorsque l'étranger n'a pas obtenu le certificat "
        "médical dans les trois mois suivant la délivrance de cette autorisation."
    ),
    "limit_runs_from": (
        "Les délais courent à l'égard du destinataire à compter de la notification de la décision mentionnant les "
        "voies et délais de recours, ou de la naissance de la décision implicite lorsque l'accusé de réception "
        "comportait toutes les mentions requises, et jamais avant l'envoi de cet accusé."
    ),
    "counts_on": (
        "La date du cachet de la poste fait foi pour apprécier le respect du délai d'envoi du recours ou, à défaut, "
        "la date de sa réception."
    ),
    "acknowledge_appeal": (
        "Le recours administratif donne lieu à un accusé de réception, à défaut duquel aucun délai n'est opposable à "
        "son auteur."
    ),
    "communicate_reasons": (
        "La communication des motifs après l'expiration du délai d'un mois ne régularise pas la décision implicite, à "
        "laquelle seule une nouvelle décision peut se substituer."
    ),
    "request_reasons": (
        "La communication des motifs d'une décision implicite peut être demandée dans le délai de recours "
        "contentieux, et ces motifs sont dus dans le mois."
    ),
    "lodge_appeal": (
        "Un recours administratif peut être formé dans le délai de recours contentieux, le recours tardif étant reçu "
        "et enregistré comme tel."
    ),
    "judged_on_the_law_of": (
        "Il est statué sur le recours dirigé contre un refus d'après le droit et les faits à la date de la réponse, "
        "et sur celui dirigé contre une autorisation d'après ceux à la date de cette autorisation."
    ),
    "rejection_must_be_reasoned": (
        "La décision rejetant un recours administratif est motivée lorsque la décision contestée, soumise à "
        "l'obligation de motivation, ne l'était pas."
    ),
    "appeal_silence_ends": (
        "Une décision implicite de rejet naît du silence gardé pendant deux mois sur un recours administratif à "
        "compter du jour de sa réception."
    ),
    "record_appeal_silence": (
        "Le silence gardé pendant deux mois sur un recours emporte son rejet, le dernier jour étant compté jusqu'à "
        "son terme."
    ),
    "addressed_to": (
        "Le recours gracieux est adressé à l'auteur de la décision et le recours hiérarchique au ministre chargé de "
        "l'immigration."
    ),
    "competent_court": (
        "Le litige relève du tribunal administratif du lieu de l'établissement à l'origine du litige ou du lieu "
        "d'exercice de l'activité."
    ),
    "substitute_legal_basis": (
        "Le juge peut substituer à la base légale de la décision un autre texte, en vigueur à la date de celle-ci, "
        "qui conférait le même pouvoir et offrait les mêmes garanties."
    ),
    "substitute_ground": (
        "Le défendeur peut demander au juge d'accueillir un autre motif, de nature à fonder la décision à la date à "
        "laquelle elle a été prise."
    ),
    "can_be_suspended": (
        "Le juge du référé-suspension peut suspendre l'exécution d'une décision, même de rejet, qui fait par ailleurs "
        "l'objet d'un recours en annulation."
    ),
    "liberty": (
        "Saisi d'une atteinte grave et manifestement illégale à une liberté fondamentale, le juge des référés se "
        "prononce dans un délai de quarante-huit heures."
    ),
    "needs_no_decision": (
        "Les mesures utiles peuvent être demandées en référé même en l'absence de décision administrative préalable, "
        "à condition de ne faire obstacle à l'exécution d'aucune décision."
    ),
    "against_urgent_ruling": (
        "L'ordonnance du juge des référés peut être déférée au Conseil d'État dans les quinze jours de sa notification."
    ),
    "costs_may_be_charged": (
        "La partie perdante supporte les frais exposés par l'autre partie, dans la mesure appréciée par le juge, de "
        "sorte que l'État qui ne perd pas n'en supporte aucun."
    ),
    "may_remit": (
        "La juridiction supérieure qui annule une décision juridictionnelle renvoie l'affaire à la juridiction "
        "inférieure ou la règle elle-même."
    ),
    "to_issue": (
        "Lorsque le jugement implique nécessairement une mesure dans un sens déterminé, la juridiction en prononce "
        "l'injonction dans le délai qu'elle fixe."
    ),
    "to_reexamine": (
        "Lorsque le jugement implique qu'une nouvelle décision soit prise après une nouvelle instruction, la "
        "juridiction enjoint d'y procéder dans le délai qu'elle fixe."
    ),
    "penalty_reached": (
        "L'astreinte dont la juridiction a assorti son injonction court, en euros et par jour de retard, à compter de "
        "l'expiration du délai imparti."
    ),
    "execution_may_be_asked": (
        "En cas d'inexécution, une partie peut demander à la juridiction qui a rendu la décision d'en assurer "
        "l'exécution."
    ),
    "may_be_transferred": (
        "L'instance introduite devant une juridiction incompétente se poursuit devant la juridiction compétente de "
        "même degré."
    ),
    "prefect_at_first_instance": (
        "Devant le tribunal administratif, l'État est représenté en défense par le préfet compétent pour prendre la "
        "décision."
    ),
    "claim_for_annulment": (
        "La suspension est demandée par requête distincte, accompagnée d'une copie de la requête en annulation "
        "pendante."
    ),
    "urgent_briefs_close_on": "Devant le juge des référés, l'instruction est close à l'issue de l'audience.",
    "defence": "Le rapporteur fixe le délai dans lequel chaque partie produit son mémoire.",
    "served_on": (
        "La requête est réputée reçue à la date de sa première consultation ou deux jours ouvrés après sa mise à "
        "disposition, et aussitôt lorsque le juge statue dans les quarante-huit heures."
    ),
    "formal_notice": (
        "La partie qui n'a pas produit dans le délai imparti peut se voir adresser une mise en demeure, laquelle fixe "
        "un dernier délai."
    ),
    "suspension_to_answer": (
        "Après le rejet d'une demande de suspension pour défaut de doute sérieux, le requérant qui n'a pas confirmé "
        "sa requête en annulation dans le délai d'un mois est réputé s'en être désisté."
    ),
    "facts_are_admitted": (
        "Le défendeur qui n'a rien produit dans le délai fixé par la mise en demeure est réputé avoir acquiescé aux "
        "faits exposés dans la requête."
    ),
    "investigation_may_close_from": (
        "La clôture de l'instruction est prononcée par ordonnance avec effet quinze jours plus tard, à moins qu'une "
        "clôture immédiate n'ait été annoncée."
    ),
    "briefs_close_on": (
        "À défaut d'ordonnance, la clôture de l'instruction intervient trois jours francs avant l'audience, ou à "
        "l'audience même lorsque le président a réduit pour urgence le délai de convocation."
    ),
    "comes_after_the_closure": "Le mémoire produit après la clôture de l'instruction n'est pas communiqué.",
    "hearing_notice_days": (
        "L'avis d'audience parvient aux parties sept jours avant l'audience, ou deux jours en cas d'urgence."
    ),
    "minister_on_appeal": (
        "En appel, l'État est représenté par le ministre intéressé, que celui-ci défende le jugement ou le conteste."
    ),
    "prefect_in_matters_of_stay": (
        "En matière d'entrée et de séjour des étrangers, le préfet représente également l'État en appel."
    ),
    "appeal": (
        "Le jugement du tribunal administratif peut être contesté devant la cour administrative d'appel dans les deux "
        "mois de sa notification."
    ),
    "cassation": (
        "La décision rendue en appel peut être déférée au Conseil d'État par la voie du recours en cassation dans les "
        "deux mois de sa notification."
    ),
    "of_months": (
        "L'embauche d'une durée supérieure à trois mois et inférieure à douze mois donne lieu à une taxe fixée par "
        "tranches de rémunération, le jeune professionnel faisant l'objet d'un montant distinct."
    ),
    "is_for_tax_authority": (
        "Depuis le 1er janvier 2023, la taxe est déclarée à la DGFiP, une fois par an à terme échu, et n'est plus "
        "recouvrée par l'OFII."
    ),
    "tax_debtor_siret": "La taxe est due par l'employeur qui embauche ou par celui qui accueille un salarié détaché.",
    "of_a_year": (
        "L'embauche d'une durée égale ou supérieure à douze mois donne lieu à une taxe égale à une fraction du "
        "salaire mensuel, lui-même plafonné par référence au SMIC."
    ),
    "why_exempt": (
        "Sont exonérés de la taxe les employeurs particuliers, les assistants de langue, la recherche publique et les "
        "embauches qui ne correspondent pas à une première admission au travail."
    ),
    "why_not_for_ofii": (
        "Lorsqu'il accorde l'autorisation de travail, le préfet transmet à l'OFII les contrats d'une durée supérieure "
        "à trois mois et les contrats saisonniers."
    ),
}
"""By the name of the function that reads the provision (CRPA R311-3-1-2)."""
