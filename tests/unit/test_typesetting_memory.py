"""What typst keeps of papers that it has set is given back, where a process goes on with other work."""

import subprocess
import sys
from pathlib import Path
from typing import Final

SET: Final = """
import msgspec
from pathlib import Path
from documents.typesetting import forget, typeset

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

point = {"number": 1, "size": 9, "note": ["n"]}
for number in range(3):
    facts = [[str(line), "Un fait du dossier", "2026-11-20", str(number), "1", "ab" * 32, "1"] for line in range(400)]
    told = {"number": str(number), "case": "c", "date": [2026, 1, 2], "point": point, "facts": facts}
    typeset("bundle/annex.typ", msgspec.json.encode(told))
before = held()
forget()
print(before - held())
"""


def test_memory_of_papers_that_were_set_is_given_back() -> None:
    run = [sys.executable, "-c", SET]
    done = subprocess.run(run, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=120)
    assert int(done.stdout) > 30_000_000
