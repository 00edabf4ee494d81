"""Pages of a defence brief and of its inventory under docs/samples: `python -m tools.sample_brief`."""

from pathlib import Path
from typing import Final

import pypdfium2

from documents.brief import inventory_pdf, pdf_of
from domain.defence.brief import Brief
from tests.unit.given import an_administration
from tests.unit.given_defended import a_brief, a_bundle, a_whole_dispute, around
from tests.unit.given_facts import citing, recorded

SAMPLES: Final = Path(__file__).parents[1] / "docs" / "samples"
COLOURS: Final = 48
"""Enough for text and its marks, and pages a fifth of the size."""


def sample() -> Brief:
    """The brief of an invented dispute, with everything in the bundle and pages as a bundle would have."""
    lived, administration = a_whole_dispute(), an_administration()
    exhibits = a_bundle(lived.case)
    made: Brief = a_brief(
        lived,
        facts=recorded(citing(administration.delegations[0])(lived.steps)),
        exhibits=exhibits,
        around=around(lived.today, administration=administration, administration_then=administration),
        pages={number: 1 + number * 7 % 5 for number in range(1, len(exhibits) + 1)},
        names={number: f"{number}_piece.pdf" for number in range(1, len(exhibits) + 1)},
    )
    return made


def main() -> None:
    """Render every page."""
    SAMPLES.mkdir(parents=True, exist_ok=True)
    brief = sample()
    for name, content in (("brief", pdf_of(brief)), ("inventory", inventory_pdf(brief.inventory))):
        pages = pypdfium2.PdfDocument(content)
        for number, page in enumerate(pages, 1):
            image = page.render(scale=1.4).to_pil().convert("P", palette=1, colors=COLOURS)
            image.save(SAMPLES / f"{name}-{number}.png", optimize=True)
        pages.close()


if __name__ == "__main__":
    main()
