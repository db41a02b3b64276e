"""What is wrong with the hub itself, in memory: told while disk, ledger and every store are down (R-18).

Shape for screens (`GET /api/v1/health/conditions`, and the number of each severity in every `hb`):

    {"id": "spool_filling", "severity": "warning" | "alarm", "since": RFC 3339,
     "cause": {"zh", "en"}, "mend": {"zh", "en"}, "detail": "for an engineer"}

Severe ones first, then the oldest. A condition keeps its `since` while it stands, whatever else changes.
"""

import time
from collections.abc import Callable

from core.model.condition import Condition, Severity
from core.model.text import Text
from core.runtime.logs import log


class Health:
    """One board a process. Whoever finds something wrong sets it, and clears it when it is mended."""

    def __init__(self, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._wall_ns = wall_ns
        self._standing: dict[str, Condition] = {}

    def set(self, id: str, severity: Severity, cause: Text, mend: Text, detail: str = "") -> None:
        known = self._standing.get(id)
        since_ns = known.since_ns if known else self._wall_ns()
        self._standing[id] = Condition(id, severity, since_ns, cause, mend, detail)
        if known is None or known.severity is not severity:
            log.warning(
                "condition stands", condition=id, severity=severity.value, cause=cause.en, detail=detail
            )

    def clear(self, id: str) -> None:
        if self._standing.pop(id, None):
            log.info("condition has gone", condition=id)

    def standing(self) -> list[Condition]:
        """Alarms first, then by age."""
        return sorted(self._standing.values(), key=lambda c: (c.severity is not Severity.ALARM, c.since_ns))

    def count(self, severity: Severity) -> int:
        return sum(condition.severity is severity for condition in self._standing.values())
