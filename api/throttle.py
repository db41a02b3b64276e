"""How often something may be tried, in bounded memory."""

import math
from collections import OrderedDict, deque


class Throttle:
    """At most `limit` tries for a key in any `per_s` seconds. Keeps the `keys` most recently tried."""

    def __init__(self, limit: int, per_s: float = 60.0, keys: int = 10_000) -> None:
        self._limit = limit
        self._per_s = per_s
        self._keys = keys
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str, now: float) -> float:
        """Seconds until the key may be tried again; 0 when it may now. `now`: monotonic seconds."""
        tries = self._tries.get(key)
        while tries and tries[0] <= now - self._per_s:
            tries.popleft()
        if not tries or len(tries) < self._limit:
            return 0.0
        return math.ceil(tries[0] + self._per_s - now)

    def take(self, key: str, now: float) -> None:
        """Counts a try. Counted before its outcome is known, so that tries at once count as well."""
        self._tries.setdefault(key, deque(maxlen=self._limit)).append(now)
        self._tries.move_to_end(key)
        while len(self._tries) > self._keys:
            self._tries.popitem(last=False)

    def forgive(self, key: str, at: float) -> None:
        """Takes back the try counted at `at`: it was a good one."""
        tries = self._tries.get(key)
        if tries and at in tries:
            tries.remove(at)
