"""Keep the data and the sum of new templates for ever: `python -m tests.letters.keep`; none is rewritten."""

import hashlib

from documents.letters import rendered
from domain.letters.content import DATA, template_of, written
from tests.letters.given_letters import SAMPLES, sample
from tools.samples import GOLDEN

SUMS = GOLDEN / "SHA256SUMS"


def main() -> None:
    """Add the templates that have no file yet, each by its first sample."""
    named = {template_of(type(sample(name).data)): name for name in reversed(SAMPLES)}
    for template in DATA:
        file = GOLDEN / f"{template.replace('/', '.')}.json"
        if file.exists():
            continue
        data = written(sample(named[template]).data)
        file.write_bytes(data)
        with SUMS.open("a", encoding="ascii") as sums:
            sums.write(f"{hashlib.sha256(rendered(template, data)).hexdigest()}  {file.stem}.pdf\n")
        print(f"{template} is kept")


if __name__ == "__main__":
    main()
