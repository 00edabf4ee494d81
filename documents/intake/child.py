"""The process that reads a file of strangers: the file is its standard input, its answer its standard output."""

import sys
import sysconfig
from pathlib import Path

import msgspec

import documents
from documents.intake.confinement import confine
from documents.intake.examining import Derived, Found


def main(job: str, *arguments: str) -> None:
    """Give up all that the job does not need, do it, say what came of it."""
    # Loaded before the confinement, which bounds what they may reach, not whether they are there.
    from documents.intake import diagnosis, extraction

    paths = [sysconfig.get_path(each) for each in ("stdlib", "platstdlib", "purelib", "platlib")]
    confine((*paths, str(Path(documents.__file__).parent), "/dev/urandom"))
    answer: Found | Derived
    with open(0, "rb", closefd=False) as content:
        answer = diagnosis.found(content) if job == "examine" else extraction.derived(content, *arguments)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
