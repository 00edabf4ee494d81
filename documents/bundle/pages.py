"""An exhibit as pages: its files as they are, or a sheet in the place of what cannot be shown."""

from collections.abc import Sequence
from pathlib import Path

from documents.bundle.numbered import Numbered, Shown, SourceFile


def shown(exhibit: Numbered, files: Sequence[SourceFile], folder: Path) -> Shown:
    """The pages of an exhibit, as a PDF in a folder; never raises for what is wrong with a file."""
    raise NotImplementedError
