"""The streams that belong to no case: the administration's, and those of registers kept beside the ledger."""

from typing import Final
from uuid import NAMESPACE_URL, uuid5

from domain.administration import ADMINISTRATION_STREAM

ACCESSES_STREAM: Final = uuid5(NAMESPACE_URL, "smoe:accesses")
"""The one stream that holds the seals of the access log, and what was removed of it."""

NO_CASES: Final = frozenset({ADMINISTRATION_STREAM, ACCESSES_STREAM})
"""What nobody may take for a case."""
