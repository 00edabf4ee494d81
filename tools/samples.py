"""Pages of letters to look at, in `docs/samples`, from the data of invented cases: `python -m tools.samples`."""

import io
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image

from documents.letters import rendered

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ROOT / "docs" / "samples"
GOLDEN: Final = ROOT / "tests" / "letters" / "golden"
"""The data of a letter of each template, written from a case lived through the commands and kept."""
SHOWN: Final = (
    *("refusal/1", "grant/1", "permit/2", "acknowledgement/1", "missing_items/1", "prior_hearing/1"),
    *("closure/1", "end_of_grant/1", "appeal_decision/1"),
)
RESOLUTION: Final = 100
"""Dots an inch."""
COLOURS: Final = 64
"""Of a page: enough for text, and a third of the weight."""


def pages(template: str) -> dict[str, bytes]:
    """The pages of a letter as PNG, by file name: `refusal-1.png`; a single page has no number."""
    name, _, version = template.partition("/")
    document = pypdfium2.PdfDocument(rendered(template, (GOLDEN / f"{name}.{version}.json").read_bytes()))
    found = {}
    for number, page in enumerate(document, 1):
        drawn = page.render(scale=RESOLUTION / 72).to_pil().quantize(COLOURS, Image.Quantize.FASTOCTREE)
        file = io.BytesIO()
        drawn.save(file, "png", optimize=True)
        suffix = f"-{number}" if len(document) > 1 else ""
        found[f"{name.replace('_', '-')}{suffix}.png"] = file.getvalue()
    document.close()
    return found


def main() -> None:
    """Draw every page anew."""
    PAGES.mkdir(exist_ok=True)
    for template in SHOWN:
        for file, content in pages(template).items():
            (PAGES / file).write_bytes(content)
            print(f"{file}: {len(content)} bytes")


if __name__ == "__main__":
    main()
