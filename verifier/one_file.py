"""The verifier as auditors get it: one file, made of the modules of this package, one after the other."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
MODULES: Final = (
    "faults",
    "french",
    "ed25519",
    "archive",
    "notes",
    "tree",
    "facts",
    "declaration",
    "chain",
    "der",
    "signatures",
    "time_stamps",
    "contents",
    "checking",
    "told",
    "command",
)
"""In this order each finds what it needs above it."""
HEAD: Final = '''\
#!/usr/bin/env python3
"""Verify a proof of smoe's cases: one file, the standard library alone, no network, nothing of smoe's.

    python3 -I verify_smoe.py preuve.zip [--cle CLE] [--point FICHIER] [--racine FICHIER] [--pieces DOSSIER] [--json]

Answers in French what is proven, or the first fact that diverges and why. Exit status: 0 proven; 1 altered or invalid;
2 wrong usage; 3 coherent, with a reserve. Licence: EUPL-1.2.
"""

import sys

if sys.version_info < (3, 10):
    # Before what an older one cannot import, whose status would mean that the proof is altered.
    print("Il faut Python 3.10 ou plus récent.", file=sys.stderr)
    sys.exit(2)

'''
TAIL: Final = """

if __name__ == "__main__":
    sys.exit(main())
"""


@cache
def stand_alone() -> str:
    """The source of verify_smoe.py."""
    imports: set[str] = set()
    parts = []
    for name in MODULES:
        source = (FOLDER / f"{name}.py").read_text()
        lines = source.splitlines()
        module = ast.parse(source)
        title = ast.get_docstring(module) or ""
        for node in module.body:
            if isinstance(node, ast.ImportFrom | ast.Import):
                if not (isinstance(node, ast.ImportFrom) and str(node.module).startswith("verifier.")):
                    imports.add(ast.unparse(node))
                lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
        # The docstring is the first statement of each module.
        lines[: module.body[0].end_lineno] = []
        parts.append(f"\n\n# {title}\n\n{chr(10).join(lines).strip()}\n")
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    return HEAD + "\n".join(ordered) + "\n" + "".join(parts) + TAIL
