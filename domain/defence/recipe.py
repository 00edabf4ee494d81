"""Recipes: which exhibits each kind of proceedings calls for, in which order; data, each version of which stays."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Annotated, Any, Final

import msgspec
import yaml

from domain.acts import CourtAction
from domain.papers import LetterKind
from domain.procedures import Procedure

ADDED: Final = "added"
"""The slot of what no line of a recipe proposed."""
ADDED_HEADING: Final = "Autres pièces"
_NAME: Final = r"^[a-z][a-z_]{2,40}$(?!\n)"

Text = Annotated[str, msgspec.Meta(min_length=3, max_length=300)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a recipe, as its file says it."""


class Take(Part, frozen=True, kw_only=True, tag_field="what"):
    """What a slot takes from the history; `label` is what the inventory will say of each."""

    label: Text
    withheld: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Why it is proposed without being included; empty for what is."""


class Documents(Take, frozen=True, kw_only=True, tag="documents"):
    """Documents of the case that came in one way, before the decision or after it.

    The version that was the newest is an exhibit; those it replaced are one together, a homogeneous series.
    """

    came_with: Annotated[str, msgspec.Meta(pattern="^(nothing|items|appeal|opinion)$(?!\n)")]
    """`nothing`: filed or added by itself; `items`: answered a request; `appeal`; `opinion`: carries one."""
    later: bool | None = None
    """Whether it came after the decision; both where nothing is said."""
    replaced_label: Text


class Letters(Take, frozen=True, kw_only=True, tag="letters"):
    """Letters that smoe issued, of some kinds, about the request itself or what `about` names."""

    kinds: Annotated[tuple[LetterKind, ...], msgspec.Meta(min_length=1)]
    about: Annotated[str, msgspec.Meta(pattern=r"^(|\{(decision|items|appeal|other|hearing)\})$(?!\n)")] = ""


class Sheets(Take, frozen=True, kw_only=True, tag="sheets"):
    """What the history alone tells, printed; `name` stands for one sheet for each value of what is in braces."""

    name: Annotated[
        str,
        msgspec.Meta(pattern=r"^[a-z_]+(/\{(decision|items|opinion|appeal|other|hearing)\}(/\{addressee\})?)?$(?!\n)"),
    ]
    unless: tuple[LetterKind, ...] = ()
    """Left out where a letter of these kinds tells the same."""


class Slot(Part, frozen=True, kw_only=True):
    """A line of a recipe: a heading of the inventory and what stands under it."""

    key: Annotated[str, msgspec.Meta(pattern=_NAME)]
    heading: Text
    source: Text
    """The text, or the custom, by which it belongs there."""
    caution: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """What is to be looked at before the other party reads it (CJA R611-1)."""
    takes: Annotated[tuple[Documents | Letters | Sheets, ...], msgspec.Meta(min_length=1)]


class Recipe(Part, frozen=True, kw_only=True):
    """The exhibits of one kind of proceedings; what changes in it is another version, in another file."""

    name: Annotated[str, msgspec.Meta(pattern=_NAME)]
    version: Annotated[int, msgspec.Meta(ge=1)]
    title: Text
    actions: Annotated[tuple[CourtAction, ...], msgspec.Meta(min_length=1)]
    """The kinds of proceedings it fits."""
    after_injunction: bool = False
    """Whether it shows what was done of a court's order: it supposes one."""
    without_proceedings: bool = False
    """Whether it also serves before any court is seized."""
    procedures: tuple[Procedure, ...] = ()
    """Those it fits; all of them where none is named."""
    source: Text
    slots: Annotated[tuple[Slot, ...], msgspec.Meta(min_length=1)]

    @property
    def id(self) -> str:
        """Name and version, as facts bear them."""
        return f"{self.name}/{self.version}"

    def heading(self, slot: str) -> str:
        """The heading under which the exhibits of a slot stand."""
        return next((each.heading for each in self.slots if each.key == slot), ADDED_HEADING)

    def caution(self, slot: str) -> str:
        """What is to be looked at before the other party reads the exhibits of a slot."""
        return next((each.caution for each in self.slots if each.key == slot), "")


class RecipeFaulty(Exception):
    """A recipe that cannot serve: a fault of ours, found when it is read."""


COMMON: Final = frozenset({"date", "decision"})
WORDS: Final[Mapping[type[Take], frozenset[str]]] = {
    Documents: COMMON | {"title", "document", "version", "versions", "state", "ref"},
    Letters: COMMON | {"kind", "ref", "addressee"},
    Sheets: COMMON | {"ref", "addressee", "title", "kind"},
}
"""What the labels of each kind of take may name in braces."""


def parsed(content: str | bytes) -> Recipe:
    """The recipe that a file says. Raises RecipeFaulty."""
    try:
        tree: Any = yaml.safe_load(content)
        recipe = msgspec.convert(tree, Recipe)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise RecipeFaulty(str(error)) from error
    faults = list(_faults(recipe))
    if faults:
        raise RecipeFaulty("; ".join(faults))
    return recipe


def _faults(recipe: Recipe) -> Iterator[str]:
    repeated = [key for key, times in Counter(slot.key for slot in recipe.slots).items() if times > 1]
    yield from (f"slot {key} is there twice" for key in repeated)
    for slot in recipe.slots:
        if slot.key == ADDED:
            yield f"{ADDED} is the slot of what no recipe proposes"
        for take in slot.takes:
            labels = (take.label, take.replaced_label) if isinstance(take, Documents) else (take.label,)
            for label in labels:
                try:
                    named = {name for _, name, _, _ in Formatter().parse(label) if name is not None}
                except ValueError as error:
                    yield f"{slot.key}: {label}: {error}"
                    continue
                unknown = named - WORDS[type(take)]
                if unknown:
                    yield f"{slot.key}: {label} names {sorted(unknown)}"


@cache
def recipes() -> Mapping[str, Recipe]:
    """Every version of every recipe shipped, by name and version. Raises RecipeFaulty."""
    found: dict[str, Recipe] = {}
    for file in _files():
        recipe = parsed(file.read_bytes())
        if file.name != f"{recipe.name}.{recipe.version}.yaml":
            raise RecipeFaulty(f"{file.name} holds {recipe.id}")
        found[recipe.id] = recipe
    return found


def _files() -> list[Traversable]:
    folder = files("domain.defence") / "recipes"
    return sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)


def newest(name: str) -> Recipe | None:
    """The newest version of a recipe; None when there is none of that name."""
    versions = [recipe for recipe in recipes().values() if recipe.name == name]
    return max(versions, key=lambda recipe: recipe.version, default=None)
