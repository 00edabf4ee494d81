"""Files that were on their way when a person of their case was erased: they go as those that were there."""

from uuid import UUID

from documents.storage import Files
from ledger.desk import Desk


def forget_if_erased(desk: Desk, files: Files, case_id: UUID) -> bool:
    """Remove the files of a case of which somebody is erased; asked by who has kept one since they read the case.

    What was kept before the erasure is removed with the others, what was kept after it by whoever kept it.
    """
    if not desk.history(case_id).case.erased:
        return False
    files.forget(case_id)
    return True
