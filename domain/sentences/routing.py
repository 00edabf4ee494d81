"""What the routing of a request reads as, and why a case is where it is."""

from datetime import date

from domain import events as facts
from domain.french import in_french as day
from domain.french import of
from domain.sentences.telling import says
from domain.sentences.words import because


def _doubt(confirmed: bool) -> str:
    return "" if confirmed else " Cette ligne de la table n'est pas confirmée."


def routed(event: facts.RequestRouted) -> str:
    """Who is competent, who decides, who examines."""
    how = "par un agent" if event.by_hand else f"selon la table d'orientation {event.table_version}"
    deciding = (
        ""
        if event.deciding_department == event.competent_department
        else f", qui décide par délégation du {event.competent_prefect}"
    )
    where = f"vers la plateforme {of(event.platform)} ({event.deciding_prefect}{deciding})"
    return f"Dossier orienté {where}, {how}.{_doubt(event.confirmed)}"


def transferred(event: facts.RequestTransferred) -> str:
    """From which platform to which, and the reason given."""
    return (
        f"Dossier transmis le {day(event.transferred_on)} par la plateforme {of(event.from_platform)} à celle"
        f" {of(event.platform)} ({event.deciding_prefect}){because(event.reason)}"
    )


says(facts.RequestRouted, routed, on=lambda e: (e.rule,))
says(facts.RequestTransferred, transferred, "CRPA L114-2", "CRPA L114-3", on=lambda e: (e.rule,))
says(facts.RoutingLeftToHand, lambda e: f"Orientation laissée à un agent{because(e.why)}", on=lambda e: (e.rule,))


def competent(prefect: str | None, rule: str, since: date | None, ground: str, designated: str | None) -> str:
    """Which prefect is competent and on which ground; `designated` is what the text says where another is kept."""
    text = f"{rule}, version du {day(since)}" if since else rule
    cited = f" ({text})" if text else ""
    if prefect is None:
        return f"Le préfet compétent n'est pas désigné{cited}."
    if designated is not None:
        return (
            f"Le {prefect} est retenu comme compétent par décision motivée, alors que le texte{cited} désigne le"
            f" département {designated}."
        )
    return f"Le {prefect} est compétent : {ground}{cited}." if ground else f"Le {prefect} est compétent{cited}."


def decides(
    competent_prefect: str, deciding_prefect: str, platform: str, table_version: str, *, confirmed: bool
) -> str:
    """Who decides, whether by delegation of management, and who examines; an empty version where somebody routed."""
    how = (
        f", selon la table d'orientation {table_version}"
        if table_version
        else ", sur décision motivée d'un responsable"
    )
    if deciding_prefect == competent_prefect:
        return f"Il décide lui-même et la plateforme {of(platform)} instruit{how}.{_doubt(confirmed)}"
    delegation = f"Le {deciding_prefect} décide par délégation de gestion"
    return f"{delegation} et la plateforme {of(platform)} instruit{how}.{_doubt(confirmed)}"


def received(first: date, competent_on: date) -> str:
    """Both days of receipt, from which silence that rejects and silence that accepts run."""
    if first == competent_on:
        return f"La demande a été reçue le {day(first)} par l'administration compétente."
    return (
        f"La demande a été reçue le {day(first)} par la première administration saisie et le {day(competent_on)} par"
        " l'administration compétente : le silence qui vaut rejet court du premier jour, celui qui vaut acceptation"
        " du second (CRPA L114-3)."
    )


def elsewhere_today(told: str) -> str:
    """What the texts and the table of today would do otherwise, without moving the case."""
    return (
        "Selon les textes et la table en vigueur aujourd'hui, la demande serait orientée autrement."
        f" {told} Le dossier reste où il est tant qu'il n'est pas transféré ou orienté par un responsable."
    )


NATIONAL_PLATFORM = "L'emploi étant saisonnier, une plateforme nationale instruit, quel que soit le département."
"""Why a seasonal request goes where no other request of its department goes."""

MOVES_NOTHING = (
    "La table s'applique aux demandes orientées à compter de son entrée en vigueur : les dossiers déjà orientés restent"
    " où ils sont tant qu'ils ne sont pas transférés."
)
"""What a new table does to the cases of before it."""
