"""A legal officer has the exhibits of a defence proposed by a recipe."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case, Decision, Litigation
from domain.command import Command, command
from domain.context import Context
from domain.defence.exhibits import proposed
from domain.defence.recipe import Recipe, newest, recipes
from domain.events import BundlePrepared
from domain.refusals import Refused


class PrepareBundle(Command, frozen=True, kw_only=True):
    """Which decision is defended, in which proceedings if a court is seized, by which recipe."""

    decision: Annotated[str, Meta(min_length=2, max_length=20)]
    litigation: Annotated[str, Meta(min_length=2, max_length=20)] | None = None
    recipe: Annotated[str, Meta(min_length=1, max_length=60)] = ""
    """Its name; left out, the first that fits."""


@command(
    "prepare-bundle",
    PrepareBundle,
    title="Préparer un dossier de défense",
    fresh=False,
    example={"decision": "D1", "litigation": "L1", "recipe": "excess_of_power"},
)
def prepare_bundle(case: Case, command: PrepareBundle, context: Context) -> tuple[BundlePrepared, ...]:
    """What the history holds is proposed in the order of the recipe; nothing is invented, nothing is hidden."""
    decision = case.decision(command.decision)
    litigation = None if command.litigation is None else case.proceedings(command.litigation)
    if litigation is not None:
        _must_be_at_stake(case, decision, litigation)
    recipe = _recipe(case, litigation, command.recipe)
    return (
        BundlePrepared(
            bundle=f"B{len(case.bundles) + 1}",
            decision=decision.id,
            litigation=litigation.id if litigation else None,
            recipe=recipe.id,
            exhibits=proposed(recipe, case, decision),
            prepared_on=context.today,
        ),
    )


def _must_be_at_stake(case: Case, decision: Decision, litigation: Litigation) -> None:
    """A claim against the rejection of a gracious appeal is read as also against the first decision."""
    against = case.decision(litigation.against)
    linked = {case.appeal(each.rejects_appeal).against for each in (decision, against) if each.rejects_appeal}
    if decision.id != against.id and not linked & {decision.id, against.id}:
        raise Refused(
            "decision_not_at_stake",
            f"L'instance {litigation.id} vise la décision {litigation.against}, non la décision {decision.id}.",
        )


def _recipe(case: Case, litigation: Litigation | None, name: str) -> Recipe:
    if name:
        found = newest(name)
        if found is None:
            raise Refused("recipe_unknown", f"Aucune recette ne porte le nom « {name} ».")
        if not _fits(found, case, litigation):
            raise Refused("recipe_unsuitable", f"La recette « {found.title} » ne convient pas à cette instance.")
        return found
    newest_ones = (newest(each) for each in dict.fromkeys(recipe.name for recipe in recipes().values()))
    fitting = next((each for each in newest_ones if each and _fits(each, case, litigation)), None)
    if fitting is None:
        raise Refused("recipe_unsuitable")
    return fitting


def _fits(recipe: Recipe, case: Case, litigation: Litigation | None) -> bool:
    if recipe.procedures and case.procedure not in recipe.procedures:
        return False
    if litigation is None:
        return recipe.without_proceedings
    if recipe.after_injunction and litigation.injunction is None:
        return False
    return litigation.action in recipe.actions
