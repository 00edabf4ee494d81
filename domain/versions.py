"""CT R5221-20 in each version of its text: since when, until when, whether it obliges, and where it was read."""

from collections.abc import Callable, Iterable
from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.provisions import Nature
from domain.reading import WORK_PERMITS_AND_RENEWAL

Find = Callable[[Case, Law], Finding]

READ_BEFORE_2021 = (
    "https://www.doctrine.fr/l/texts/codes/LEGITEXT000006072050/articles/LEGIARTI000018525754"
    "?version=LEGIARTI000033333020"
)
READ_BEFORE_2016 = (
    "copie du code du travail consolidé (R5221-20 en sept éléments ; R341-4-1, dont il est issu), jour de la "
    "consolidation non indiqué ; https://vincenttchen.typepad.fr/droit_des_etrangers/2007/05/rforme_des_auto.html "
    "(décret n° 2007-801 du 11 mai 2007 : sept éléments limitativement énumérés)"
)
READ_IN_2021 = "https://www.fb-avocat.net/autorisation-de-travail/recours-refus-autorisation-de-travail"

NOT_READ_BEFORE_2016 = (
    "version antérieure au 1er novembre 2016 lue sans sa date, supposée en vigueur dès la recodification"
)
NOT_READ_IN_APRIL_2021 = (
    "décret n° 2021-360, en vigueur pour partie le 1er avril 2021 : ce qui s'appliquait en avril 2021 n'a pas été lu, "
    "le texte du 1er mai 2021 est supposé applicable"
)


def element_until_2021(criterion: Criterion, article: str, *, note: str = "") -> Callable[[Find], Find]:
    """An element that the prefect took into account with the others, from 2016 and, as far as known, before."""

    def declare(find: Find) -> Find:
        _version(
            criterion,
            article,
            since=date(2008, 5, 1),
            until=date(2016, 10, 31),
            nature=Nature.ELEMENT,
            source=READ_BEFORE_2016,
            mark="unconfirmed",
            note=_joined(NOT_READ_BEFORE_2016, note),
        )(find)
        return _version(
            criterion,
            article,
            since=date(2016, 11, 1),
            until=date(2021, 3, 31),
            nature=Nature.ELEMENT,
            source=READ_BEFORE_2021,
            note=note,
        )(find)

    return declare


def condition_of_2021(
    criterion: Criterion, article: str, *, mark: str = "confirmed", note: str = ""
) -> Callable[[Find], Find]:
    """A condition in its text of May 2021 to August 2024, held for April 2021 too though nobody read that month's."""

    def declare(find: Find) -> Find:
        _version(
            criterion,
            article,
            since=date(2021, 4, 1),
            until=date(2021, 4, 30),
            source=READ_IN_2021,
            mark="unconfirmed",
            note=_joined(NOT_READ_IN_APRIL_2021, note),
        )(find)
        return _version(
            criterion,
            article,
            since=date(2021, 5, 1),
            until=date(2024, 8, 31),
            source=READ_IN_2021,
            mark=mark,
            note=note,
        )(find)

    return declare


def condition_since_2024(
    criterion: Criterion,
    article: str,
    *,
    nature: Nature = Nature.OBLIGATION,
    procedures: Iterable[Procedure] = WORK_PERMITS_AND_RENEWAL,
) -> Callable[[Find], Find]:
    """A condition in its text since 1 September 2024."""
    return _version(criterion, article, since=date(2024, 9, 1), nature=nature, procedures=procedures)


def _version(
    criterion: Criterion,
    article: str,
    *,
    since: date,
    until: date | None = None,
    nature: Nature = Nature.OBLIGATION,
    procedures: Iterable[Procedure] = WORK_PERMITS_AND_RENEWAL,
    source: str | None = None,
    mark: str = "confirmed",
    note: str = "",
) -> Callable[[Find], Find]:
    return rule(
        criterion,
        article,
        since=since,
        until=until,
        procedures=procedures,
        nature=nature,
        source=source,
        mark=mark,
        note=note,
    )


def _joined(*notes: str) -> str:
    return " ; ".join(filter(None, notes))
