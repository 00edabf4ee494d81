"""What happens to a defence bundle reads as."""

from domain import events as facts
from domain.french import in_french as day
from domain.papers import BuildOutcome
from domain.sentences.telling import says
from domain.sentences.words import because, plural

says(
    facts.BundlePrepared,
    lambda e: (
        f"Dossier de défense {e.bundle} préparé le {day(e.prepared_on)} pour la décision {e.decision}"
        f"{f', instance {e.litigation}' if e.litigation else ''} :"
        f" {plural(sum(each.included for each in e.exhibits), 'pièce proposée', 'pièces proposées')}."
    ),
    "CJA R412-2",
)
says(
    facts.BundleArranged,
    lambda e: (
        f"Pièces du dossier de défense {e.bundle} ordonnées le {day(e.arranged_on)} :"
        f" {plural(sum(each.included for each in e.exhibits), 'pièce à joindre', 'pièces à joindre')},"
        f" {plural(sum(not each.included for each in e.exhibits), 'pièce écartée', 'pièces écartées')}."
    ),
    "CJA R412-2",
    "CJA R611-1",
)
says(
    facts.BundleOrdered,
    lambda e: (
        f"Constitution n° {e.build} du dossier de défense {e.bundle} demandée le {day(e.ordered_on)}, sur le dossier"
        f" en sa version {e.on_version}."
    ),
    "CJA R611-8-5",
)
says(
    facts.BundleBuilt,
    lambda e: (
        f"Dossier de défense {e.bundle} constitué le {day(e.built_on)} (constitution n° {e.build}) :"
        f" {plural(e.exhibits, 'pièce', 'pièces')} sur {plural(e.pages, 'page', 'pages')}"
        f"{_faulty(e.faulty)}."
    ),
    "CJA R611-8-5",
)
says(
    facts.BundleBuildEnded,
    lambda e: (
        f"Constitution n° {e.build} du dossier de défense {e.bundle}"
        f" {'arrêtée' if e.outcome is BuildOutcome.CANCELLED else 'abandonnée'} le {day(e.ended_on)}{because(e.why)}"
    ),
)


def _faulty(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    told = ", ".join(map(str, numbers))
    if len(numbers) == 1:
        return f" ; la pièce {told} n'a pu être mise en page"
    return f" ; les pièces {told} n'ont pu être mises en page"
