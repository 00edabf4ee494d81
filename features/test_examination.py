"""Steps that only the chapter on examination needs: what stays hidden."""

from pytest_bdd import parsers, scenarios, then

from features.conftest import WHO
from features.world import World

scenarios("examination.feature")


@then(parsers.re(rf'nothing that {WHO} reads holds "(?P<text>[^"]+)"'))
def _hidden(world: World, who: str, text: str) -> None:
    for part in ("", "/history", "/clocks", "/documents"):
        answer = world.read(who, part)
        assert answer.status_code == 200
        assert text not in answer.text


@then(parsers.re(r'no history holds "(?P<text>[^"]+)"'))
def _unwritten(world: World, text: str) -> None:
    for who in ("agent-63", "auditor", "legal-69"):
        answer = world.read(who, "/history")
        assert answer.status_code == 200
        assert "NoteAdded" in answer.text
        assert text not in answer.text
