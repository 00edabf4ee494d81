"""Steps that the chapters on the procedures share: what a text says besides its conditions."""

from pytest_bdd import parsers, scenarios, then

from features.world import World

scenarios("renewal.feature", "other_procedures.feature", "admission.feature", "filing_of_procedures.feature")


@then(parsers.re(r'the notice on (?P<article>C[A-Z]+ [LRD][\d-]+) says "(?P<text>[^"]+)"'))
def _notice_says(world: World, article: str, text: str) -> None:
    """Word for word, and once."""
    found = [notice["says"] for notice in world.answer.json()["notices"] if notice["article"] == article]
    assert found == [text]


@then(parsers.re(r"there is no notice on (?P<article>C[A-Z]+ [LRD][\d-]+)"))
def _no_notice(world: World, article: str) -> None:
    assert article not in [notice["article"] for notice in world.answer.json()["notices"]]
