"""The circuit breaker of one unit: a dead one costs its neighbours one time-out for each probe, no more."""

from collections.abc import Callable

from core.ports.source import Breaker, DeviceFacts

OPENS_AFTER = 3
LONGEST_PROBE_S = 300.0
JITTER = 0.2


class UnitBreaker:
    """closed: polled as planned. After three failed polls in a row open: left alone, probed after
    `first_probe_s` x 2^n up to five minutes, each a fifth sooner or later by chance. Real time.

    random: uniform in 0 to 1. `facts` is what others see of it.
    """

    def __init__(self, facts: DeviceFacts, first_probe_s: float, random: Callable[[], float]) -> None:
        self.facts = facts
        self._first_probe_s = first_probe_s
        self._random = random
        self._probes = 0
        self.closed = True

    @property
    def healthy(self) -> bool:
        """Its last poll was answered."""
        return bool(self.facts.round_trips.newest) and self.facts.failures_in_row == 0

    def answered(self) -> bool:
        """True when this closed it. For anything the unit itself said, be it an exception."""
        facts = self.facts
        facts.failures_in_row, facts.probe_at_ns, facts.cause = 0, 0, None
        if self.closed:
            return False
        facts.breaker, self.closed, self._probes = Breaker.CLOSED, True, 0
        return True

    def probing(self) -> None:
        self.facts.breaker = Breaker.PROBING

    def failed(self, name: str, cause: str, now_ns: int) -> float | None:
        """A poll or probe without answer. name: to count it by; cause: a line for an engineer.
        Returns after how many seconds to probe; None while it stays closed."""
        facts = self.facts
        facts.count(name)
        facts.failures_in_row += 1
        facts.cause = cause
        if self.closed and facts.failures_in_row < OPENS_AFTER:
            return None
        return self._open(now_ns)

    def _open(self, now_ns: int) -> float:
        wait_s = min(self._first_probe_s * 2.0**self._probes, LONGEST_PROBE_S)
        wait_s *= 1 + JITTER * (2 * self._random() - 1)
        self._probes = min(self._probes + 1, 16)
        self.facts.breaker, self.closed = Breaker.OPEN, False
        self.facts.probe_at_ns = now_ns + int(wait_s * 1e9)
        return wait_s
