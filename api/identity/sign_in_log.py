"""Who signed in and out, and who was refused and why, in the access log; never a token, never a name."""

from datetime import datetime
from typing import Final

from domain.envelope import Actor
from domain.purposes import usual_purpose
from ledger.access_log import AccessLog
from ledger.accesses import Access, Reader

TITLES: Final[dict[str, str]] = {
    "SignedIn": "Connexion",
    "SignInRefused": "Connexion refusée",
    "SignedOut": "Déconnexion",
    "SignedOutByProvider": "Déconnexion par le fournisseur d'identité",
    "SessionNotRenewed": "Session que le fournisseur d'identité n'a pas renouvelée",
}
"""What happens to sessions, as auditors read it."""


class SignInLog:
    """Writes into the access log what no answer to a request tells of; back once it can outlive this process."""

    def __init__(self, accesses: AccessLog) -> None:
        self._accesses = accesses

    def record(
        self, operation: str, actor: Actor | None, *, provider: str, reason: str = "", status: int = 200, count: int = 1
    ) -> None:
        """One entry. Raises LedgerUnavailable."""
        role = actor.role if actor else None
        said = {"provider": provider, "reason": reason}
        self._accesses.record(
            Access(
                at=self._now(),
                operation=operation,
                actor=Reader.of(actor) if actor else None,
                role=role,
                parameters={name: (value,) for name, value in said.items() if value},
                status=status,
                purpose=usual_purpose(role),
                count=count,
            )
        )

    def count_refusal(self, reason: str) -> None:
        """Count a refusal of somebody whom no provider vouched for: anybody could fill the log with entries of them."""
        self._accesses.count(f"SignInRefused.{reason}", None, 403)

    def _now(self) -> datetime:
        return self._accesses.clock()
