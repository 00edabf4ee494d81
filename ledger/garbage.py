"""How a long-lived process looks for garbage: seldom, and never among what it was started with."""

import gc
from typing import Final

OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000
"""Facts, rows and answers hold no cycles: looking for them after every 700 objects would be a tenth of the work."""


def started_up() -> None:
    """Take all that there is for good, and look for garbage after many objects only; called once all is built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 50)
