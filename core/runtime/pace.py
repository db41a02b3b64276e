"""How fast an outage's backlog may go to a store beside what is live."""

from collections import deque
from collections.abc import Callable

TIMES_LIVE = 5.0
LEAST = 10_000.0
"""Samples a second that are always allowed: a quiet plant's backlog need not wait."""
_WINDOW_S = 10.0


class Pace:
    def __init__(self, monotonic: Callable[[], float], times_live: float = TIMES_LIVE) -> None:
        self._monotonic, self._times_live = monotonic, times_live
        self._live: deque[tuple[float, int]] = deque()
        self._free_at = 0.0

    def lived(self, samples: int) -> None:
        """So many live samples were stored just now."""
        self._live.append((self._monotonic(), samples))
        self._forget()

    @property
    def rate(self) -> float:
        """Backlog samples a second."""
        self._forget()
        live = sum(samples for _, samples in self._live) / _WINDOW_S
        return max(LEAST, self._times_live * live)

    def _forget(self) -> None:
        since = self._monotonic() - _WINDOW_S
        while self._live and self._live[0][0] < since:
            self._live.popleft()

    def wait_s(self, samples: int) -> float:
        """How long to wait before so many go; they count as gone then."""
        now = self._monotonic()
        start = max(now, self._free_at)
        self._free_at = start + samples / self.rate
        return start - now
