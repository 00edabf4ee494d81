"""File names of exhibits obey the court, whatever the label says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.defence.naming import EXTENSIONS, LENGTH_MAX, file_name, file_names, is_legible

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
HOSTILE = (
    "../../etc/passwd",
    "CON.pdf",
    "nul",
    "contrat.final.v2.exe",
    "a" * 300,
    "Ürün sözleşmesi – n° 3 « été »",
    "雇用契約書",
    "عقد عمل",
    "Трудовой договор",
    "סוד",
    "สัญญาจ้าง",
    "हिन्दी अनुबंध",
    "📄📎",
    "\u202egnp.exe",
    "",
    " . ",
    "e\u0301te\u0301",
    "l’arrêté d'été",
)
ANY_LABEL = st.one_of(st.text(max_size=300), st.sampled_from(HOSTILE))


def must_obey(name: str, number: int, extension: str) -> None:
    """The rules, as the court states them."""
    assert len(name) <= LENGTH_MAX
    assert re.fullmatch(r"[0-9]+_[A-Za-z0-9]+(-[A-Za-z0-9]+)*\.[a-z]+", name), name
    assert int(name.partition("_")[0]) == number
    assert name.endswith(extension)
    assert name.partition(".")[0].casefold() not in RESERVED


@settings(derandomize=True, deadline=None, max_examples=300)
@given(labels=st.lists(st.tuples(ANY_LABEL, st.sampled_from(sorted(EXTENSIONS.values()))), max_size=40))
def test_every_name_obeys_and_none_is_another_ones(labels: list[tuple[str, str]]) -> None:
    names = file_names(labels)
    for number, (name, (_, extension)) in enumerate(zip(names, labels, strict=True), 1):
        must_obey(name, number, extension)
    assert len({name.casefold() for name in names}) == len(labels)


def test_three_hundred_hostile_exhibits_have_names_of_their_own() -> None:
    labels = [(HOSTILE[n % len(HOSTILE)], ".pdf") for n in range(300)]
    names = file_names(labels)
    for number, name in enumerate(names, 1):
        must_obey(name, number, ".pdf")
    assert len({name.casefold() for name in names}) == 300


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Attestation de vigilance URSSAF", "3_Attestation-de-vigilance-URSSAF.pdf"),
        ("« Passeport » (pièce P1, reçue le 2 novembre 2026)", "3_Passeport-piece-P1-recue-le-2-novembre-2026.pdf"),
        ("l’arrêté d'été n° 2026-17", "3_l-arrete-d-ete-n-2026-17.pdf"),
        ("e\u0301te\u0301", "3_ete.pdf"),
        ("Трудовой договор", "3_Trudovoy-dogovor.pdf"),
        ("", "3_piece.pdf"),
        ("mot " * 40, "3_" + "-".join(["mot"] * 18) + ".pdf"),
        ("x" * 200, "3_" + "x" * 74 + ".pdf"),
    ],
)
def test_a_name_says_what_the_file_holds(label: str, name: str) -> None:
    assert file_name(3, label) == name


@pytest.mark.parametrize(("label", "legible"), [("Contrat", True), ("合同", True), ("…", False), ("a\u0007b", False)])
def test_a_label_leaves_something_to_read(label: str, legible: bool) -> None:
    assert is_legible(label) is legible
