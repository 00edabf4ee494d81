"""What every contender stores: the same fields, about 430 bytes of JSON."""

from typing import Any, Final

FIELDS: Final[dict[str, Any]] = {
    "criterion": "pay",
    "rule": "CT R5221-20 4°",
    "since": "2024-09-01",
    "finding": "met",
    "because": "La rémunération proposée, 2 350,00 € brut par mois, atteint le minimum conventionnel de 2 106,40 €.",
    "pay_monthly_gross": "2350.00",
    "floor_monthly_gross": "2106.40",
    "assessed_by": "local:agent-63",
    "assessed_on": "2026-11-25",
    "reference_versions": {"smic": "2026-01-01", "idcc-1979": "2026-06-01"},
}
