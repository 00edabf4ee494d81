"""The reference data that a decision was taken on: versions of the tables, and the very lines that were read."""

from collections.abc import Iterator, Mapping
from typing import Final

from domain.acts import SignedDecision
from domain.case import Case
from domain.findings import CRITERION_TITLES
from domain.french import euros_in_french
from domain.law import Law, figures_used, rules_in_force
from domain.reading import department_of_work
from domain.reference import Mark as Sureness
from domain.reference import Reference, Threshold
from domain.reference.rows import ShortageAnswer, SmicRow
from domain.request import Job
from domain.sheets.page import NOTHING, Block, Heading, Mark, Pairs, Paragraph, Table, Told, on
from domain.taken import Before, LedgerFact

SURENESS: Final = {Sureness.CONFIRMED: "confirmée", Sureness.UNCONFIRMED: "à confirmer"}
UNITS: Final[Mapping[str, str]] = {
    "clear_days": "jours francs",
    "days": "jours",
    "euros": "euros",
    "extensions": "prolongations",
    "hours": "heures",
    "hours_per_week": "heures par semaine",
    "hours_per_year": "heures par an",
    "monthly_smic": "fois le SMIC mensuel",
    "months": "mois",
    "share": "(part)",
    "weeks": "semaines",
    "working_days": "jours ouvrables",
    "years": "ans",
}
"""How French names each unit of the tables of figures."""


def reference(told: Told, case: Case, held: Before[LedgerFact], signed: SignedDecision | None) -> Iterator[Block]:
    """Which version of each table was used, and the lines that bear on the case; `case` is as it was decided on."""
    used = signed.reference_versions if signed else {}
    yield Heading("Versions des tables")
    if not used:
        yield Paragraph(
            "La décision ne nomme pas les versions des tables : celles qui étaient en vigueur ce jour-là sont données."
        )
    yield _versions(held.reference, used)
    other = sorted(name for name, version in used.items() if held.reference.versions.get(name) != version)
    for name in other:
        title = held.reference.tables[name].title if name in held.reference.tables else name
        yield Mark(
            f"La version de la table « {title} » que la décision a utilisée n'est pas celle que ce programme contient :"
            " aucune ligne n'en est donnée."
        )
    yield from _lines(told, case, Law(today=held.day, reference=held.reference), frozenset(other))


def _versions(reference: Reference, used: Mapping[str, str]) -> Table:
    rows = []
    for name in sorted({*used, *reference.versions}):
        info = reference.tables.get(name)
        version = used.get(name, reference.versions.get(name, NOTHING))
        title = info.title if info else name
        checked = on(info.checked_until) if info and reference.versions.get(name) == version else NOTHING
        rows.append((title, version, checked))
    return Table(columns=("Table", "Version", "Sources lues jusqu'au"), widths=(6, 6, 3), rows=tuple(rows))


def _lines(told: Told, case: Case, law: Law, other: frozenset[str]) -> Iterator[Block]:
    job = case.request.job
    if job is not None:
        department = department_of_work(job, law.reference)
        if "smic" not in other:
            yield from _smic(law, department)
        if not {"shortage_lists", "shortage_occupations", "fap_rome"} & other:
            yield from _shortage(law, job, department)
    if "thresholds" not in other:
        yield from _figures(told, case, law)


def _smic(law: Law, department: str | None) -> Iterator[Block]:
    yield Heading("SMIC applicable au lieu de travail")
    line: SmicRow | None = law.reference.smic_monthly(law.today, department) if department else None
    if line is None:
        yield Mark("Le montant applicable n'était pas connu.")
        return
    yield Pairs(
        (
            ("Montant mensuel brut pour 35 heures", euros_in_french(line.amount)),
            ("Montant horaire brut", euros_in_french(line.hourly)),
            ("Territoire", "Mayotte" if line.territory == "mayotte" else "national"),
            ("En vigueur depuis le", on(line.effective_from)),
            *_sourced(line.source, line.mark, line.note),
        )
    )


def _sourced(source: str | None, mark: Sureness, note: str | None) -> tuple[tuple[str, str], ...]:
    told = (("Source", source or NOTHING), ("Ligne", SURENESS[mark]))
    return (*told, ("Réserve", note)) if note else told


def _shortage(law: Law, job: Job, department: str | None) -> Iterator[Block]:
    yield Heading("Liste des métiers en tension")
    region = law.reference.region_of(department) if department else None
    if region is None:
        yield Mark("La région du lieu de travail n'est pas connue : aucune liste n'a pu être consultée.")
        return
    answer: ShortageAnswer = law.reference.shortage(job.fap, job.rome, region, law.today)
    text = law.reference.shortage_lists.get(answer.list_id) if answer.list_id else None
    family = answer.fap and law.reference.fap_label(answer.fap)
    yield Pairs(
        (
            ("Emploi", f"{job.title} (ROME {job.rome})"),
            ("Famille professionnelle", f"{answer.fap} – {family}" if family else answer.fap or NOTHING),
            ("Réponse de la table", answer.because),
            ("Texte", text.title if text else NOTHING),
            ("En vigueur depuis le", on(text.effective_from) if text else NOTHING),
            *_sourced(answer.source, answer.mark, answer.row.note if answer.row else None),
        )
    )


def _figures(told: Told, case: Case, law: Law) -> Iterator[Block]:
    read: dict[Threshold, list[str]] = {}
    for rule in rules_in_force(case.procedure, law.today):
        if rule.id.criterion not in told.withheld:
            for figure in figures_used(rule, case, law):
                read.setdefault(figure, []).append(CRITERION_TITLES[rule.id.criterion])
    if not read:
        return
    yield Heading("Seuils et délais lus dans les textes")
    yield Table(
        columns=("Seuil", "Valeur", "Texte", "Ligne", "Source"),
        widths=(5, 3, 3, 3, 6),
        rows=tuple(
            (
                figure.label,
                f"{figure.value} {UNITS.get(figure.unit, figure.unit)}".replace(".", ","),
                figure.article,
                SURENESS[figure.mark],
                " – ".join(filter(None, (figure.source, figure.note))),
            )
            for figure in read
        ),
    )
