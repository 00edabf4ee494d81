"""The page on rights, drawn from the table that is enforced."""

from collections.abc import Iterable, Sequence

from api.seen import WITHHELD
from domain.command import administration_commands, case_commands
from domain.envelope import Role
from domain.findings import CRITERION_TITLES
from domain.rights import (
    COLUMNS,
    FILERS,
    FOUR_EYES,
    RECORD_CRITERIA,
    TABLE,
    TERRITORIES,
    VISIBLE,
    FieldClass,
    Reach,
    Territory,
)

ACCESS_HEAD = """# Who may do and read what

Drawn by `make docs` from `domain/rights.py`, which is the table that is enforced: `api/access.py` refuses what it does
not open, before anything of a request is looked at, and an operation without a line keeps the application from
starting. To add an operation is to add its line. [ADR 0018](adr/0018-rights-as-one-table.md) says why.

- **—** refused (403 `forbidden`). *hidden*: answered as if it did not exist (404) to whom it is not open.
- **filed**: cases that the caller filed. **related**: those, cases that the caller was given access to and, for a
  partner, messages addressed to it. **territory**: those, and the cases of the territory of a right in force.
  **everywhere**: every case, by a right in force. **yes**: no case is at stake; services need a right in force.
- A case that one may not know of is answered as if it did not exist (404); one that is known but out of reach of an act
  is refused (403). What a quality never does is refused alike whether or not the case exists. Lists, sums, the feed and
  searches hold the cases within reach, and no other.
- *public*: whoever asks, signed in or not. *smoe* is the program itself: nobody signs in as it.

## Operations
"""

ACCESS_REST = """
## Territory

{territories}
A right holds from its first day to the day before its last, on the day in Paris; several add up. Rights are read with
each request from the ledger: a grant or a revocation bites at once, on all processes. A manager also sees the cases
that no platform holds yet (*à orienter*). Signing asks for more than the right: a delegation of signature in force and
published that names the act, the platform and the department of the competent prefect.

## Relation

{relations}
## Classes of fields

{classes}
- **personal**: what is marked personal where it is declared and sealed in the ledger, and the names of those who file
  or are given access. Free texts of agents are not marked and not masked; they are asked to name nobody in them.
- **record** (*antécédents de l'employeur*, GDPR art. 10): assessments, overrides, opinions and findings on the
  conditions {record}, and all that the criminal record office is asked.
  Grounds of a decision are masked until it is made available to anybody: they are then known
  outside, and pleaded. The proof of a case tells findings in clear: it is for those who read this class. Personal
  fields in it are sealed for everybody; nothing is opened.
- **note** (*notes internes*): not for whoever filed the request, a prefecture included.

What is withheld reads « {withheld} » or is left out, in `api/seen.py` alone: facts are left out or masked, the case is
folded again from the rest, and every answer is made of that (state, history, clocks, decision sheets, as-of reads,
refusals, what intervened, feed). Lists hide the names of persons; who does not read them searches numbers alone.

## Four eyes

| act | rule | refused with |
|---|---|---|
{four_eyes}"""

RELATIONS = (
    (
        "filer (*déposant*)",
        "`RequestFiled`",
        "filed, related; acts for the party filed as, whatever other quality is chosen",
    ),
    (
        "addressee (*destinataire*) or counsel (*conseil*) who did not file",
        "`CaseAccessGiven` until `CaseAccessEnded`, in a quality, by an agent, a manager or a legal officer",
        "related: the case as those who file see it, and acts as the addressee",
    ),
    (
        "assignee (*instructeur*)",
        "`CaseClaimed`, `CaseAssigned`",
        "nothing beyond the territory; what only the holder does is refused by its own rule",
    ),
    ("signatory with delegation (*délégataire*)", "`DelegationGranted`", "signing, within the territory"),
    (
        "defender (*défendeur*)",
        "routing: the department competent or deciding, whose prefect pleads",
        "the territory of prefecture and legal officer",
    ),
    (
        "recipient (*organisme destinataire*)",
        "`RightsGranted` names the body; `OfiiNotified`, `TaxAuthorityNotified`",
        "the messages addressed to it",
    ),
)
REACH_WORDS = {
    Reach.NOTHING: "—",
    Reach.FILED: "filed",
    Reach.RELATED: "related",
    Reach.TERRITORY: "territory",
    Reach.EVERYWHERE: "everywhere",
    Reach.OPEN: "yes",
}
TERRITORY_WORDS = {
    Territory.PLATFORM: "cases that a platform named by the right holds (*plateforme*)",
    Territory.DEPARTMENT: "cases for which the prefect of a department named by the right is competent or decides",
    Territory.COUNTRY: "every case",
    Territory.RECIPIENT: "messages addressed to the body named by the right",
}


def row(cells: Iterable[str]) -> str:
    """One row of a table."""
    return f"| {' | '.join(cells)} |\n"


def table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A table with its heads."""
    return row(heads) + row("---" for _ in heads) + "".join(map(row, rows))


def access_page() -> str:
    """The page on rights: the table, territories, relations, classes of fields, four eyes."""
    heads = ["smoe" if role is Role.SYSTEM else role.value for role in COLUMNS]
    titles = {name: each.title for name, each in case_commands().items()}
    titles |= {f"admin/{name}": each.title for name, each in administration_commands().items()}
    page = ACCESS_HEAD + "\n" + row(["operation", "command, as users read it", *heads])
    page += row("---" for _ in range(len(heads) + 2))
    for each in TABLE.values():
        reaches = [REACH_WORDS[each.reach(role)] for role in COLUMNS]
        if each.is_public:
            reaches = ["public", *("" for _ in reaches[1:])]
        elif each.is_hidden:
            reaches = ["*hidden*" if word == "—" else word for word in reaches]
        page += row([f"`{each.operation}`", titles.get(each.operation, ""), *reaches])
    territories = row(["quality", "territory"]) + row(["---", "---"])
    territories += "".join(row([role.value, TERRITORY_WORDS[held]]) for role, held in TERRITORIES.items())
    territories += row([", ".join(sorted(role.value for role in FILERS)), "none: their cases are related to them"])
    classes = row(["quality", *FieldClass]) + row(["---", *("---" for _ in FieldClass)])
    for role in COLUMNS:
        if role is not Role.SYSTEM:
            classes += row([role.value, *("yes" if each in VISIBLE[role] else "—" for each in FieldClass)])
    return page + ACCESS_REST.format(
        territories=territories,
        relations=table(("relation", "by what fact", "what it opens"), RELATIONS),
        classes=classes,
        record=", ".join(f"`{each}` ({CRITERION_TITLES[each]})" for each in sorted(RECORD_CRITERIA)),
        withheld=WITHHELD,
        four_eyes="".join(
            row([each.act, each.rule, f"`{each.code}`" if each.code else "the table"]) for each in FOUR_EYES
        ),
    )
