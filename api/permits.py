"""The public check: whoever holds a permit, or its number and its holder's date of birth, learns what it is worth."""

from datetime import date
from html import escape
from typing import Annotated, Final

from litestar import Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.answers import PUBLIC_RESPONSES, problem
from api.problems import Problematic
from api.reading import Readers
from documents.stationery import CHECKED_AT
from domain.french import in_french
from ledger.desk import Desk, day_in_paris
from projections.permits import STATE_TITLES, PermitCheck, check_permit, check_printed_permit

NO_SUCH_PERMIT: Final = "Aucune autorisation ne correspond à ce numéro et à ce code ou à cette date de naissance."
ONE_OF_TWO: Final = "Avec le numéro, il faut soit le code imprimé, soit la date de naissance du salarié."
Number = Annotated[str, QueryParameter(description="Numéro de l'autorisation.", min_length=1, max_length=60)]
BirthDate = Annotated[date | None, QueryParameter(description="Date de naissance du salarié.")]
Code = Annotated[
    str | None,
    QueryParameter(description="Code de vérification imprimé sur l'autorisation.", min_length=1, max_length=60),
]


def _found(
    readers: Readers, desk: Desk, check_key: bytes, number: str, birth_date: date | None, code: str | None
) -> PermitCheck | None:
    """What the permit is worth; refused unless one thing that only its holder knows is given."""
    today = day_in_paris(desk.ledger.clock())
    with readers.connection() as connection:
        if code is not None and birth_date is None:
            return check_printed_permit(connection, number, code, today=today, check_key=check_key)
        if birth_date is not None and code is None:
            return check_permit(connection, number, birth_date, today=today, check_key=check_key)
    raise Problematic("malformed", ONE_OF_TWO)


@get(
    "/check",
    sync_to_thread=True,
    operation_id="CheckPermit",
    summary="Vérifier une autorisation de travail",
    security=[{}],
    responses={**PUBLIC_RESPONSES, 404: problem(NO_SUCH_PERMIT)},
)
def check(
    number: Number,
    readers: NamedDependency[Readers],
    desk: NamedDependency[Desk],
    state: State,
    birth_date: BirthDate = None,
    code: Code = None,
) -> PermitCheck:
    """Employer, job, dates and whether it still stands; never a person's name. By the code printed on the permit, or by
    its holder's date of birth."""
    found = _found(readers, desk, state.check_key, number, birth_date, code)
    if found is None:
        raise Problematic("not_found", NO_SUCH_PERMIT)
    return found


PAGE: Final = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Vérifier une autorisation de travail</title>
</head>
<body>
<main>
<h1>Vérifier une autorisation de travail</h1>
{content}
</main>
</body>
</html>
"""
HINT: Final = "Le code de vérification est imprimé sur l'autorisation ; à défaut, donnez la date de naissance."


def _form() -> str:
    """What asks for a number and one of the two things that only its holder knows."""
    number = _field("Numéro de l'autorisation", "number", "text")
    either = (_field("Code de vérification", "code", "text"), _field("Date de naissance", "birth_date", "date"))
    forms = "\n".join(
        f'<form method="get" action="{CHECKED_AT}">{number}{field}<p><button>Vérifier</button></p></form>'
        for field in either
    )
    return f"<p>{HINT}</p>\n{forms}"


def _field(label: str, name: str, kind: str) -> str:
    return f'<p><label>{label} <input name="{name}" type="{kind}" required autocomplete="off"></label></p>'


@get("/", sync_to_thread=True, include_in_schema=False, operation_id="PermitPage", summary="La page de vérification")
def page(
    readers: NamedDependency[Readers],
    desk: NamedDependency[Desk],
    state: State,
    number: Annotated[str | None, QueryParameter(min_length=1, max_length=60)] = None,
    birth_date: BirthDate = None,
    code: Code = None,
) -> Response[str]:
    """The same as a page, for whoever scans a permit; it asks for the number where none is given."""
    if number is None:
        return _page(_form(), 200)
    found = _found(readers, desk, state.check_key, number, birth_date, code)
    if found is None:
        return _page(f'<p role="status"><strong>{NO_SUCH_PERMIT}</strong></p>\n{_form()}', 404)
    return _page(_told(found), 200)


def _told(found: PermitCheck) -> str:
    until = f"jusqu'au {in_french(found.valid_until)} inclus" if found.valid_until else "sans date de fin"
    lines = (
        ("Numéro", found.permit),
        ("Validité", f"du {in_french(found.valid_from)} {until}"),
        ("Employeur (SIRET)", found.employer_siret or "particulier"),
        ("Emploi", found.job_title),
        ("Limites", found.limited_to or "aucune"),
        ("Zone", found.zone),
    )
    listed = "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in lines)
    return (
        f'<p role="status"><strong>Cette autorisation est authentique et {STATE_TITLES[found.state]}.</strong></p>\n'
        f"<dl>\n{listed}\n</dl>\n"
        "<p>Comparez ces mentions à celles du document et l'identité de son porteur à un titre d'identité.</p>"
    )


def _page(content: str, status: int) -> Response[str]:
    return Response(
        PAGE.format(content=content),
        status_code=status,
        media_type="text/html",
        headers={"Cache-Control": "no-store"},
    )


def router() -> Router:
    """Routes under /api/permits."""
    return Router("/api/permits", route_handlers=[check], tags=["Vérification publique"])


def of_the_page() -> Router:
    """The page at /verification."""
    return Router(CHECKED_AT, route_handlers=[page])
