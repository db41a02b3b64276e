"""Connections that come and go, on the health board: each time is too short to be told as lost for long."""

from collections import deque
from collections.abc import Sequence

from core.model.condition import Severity
from core.ports.clock import Clock
from core.ports.source import Source
from core.runtime import health_words as words
from core.runtime.health import Health

LOOK_S = 5.0
WITHIN_S = 600.0
OFTEN = 5
"""A connection that was made anew so many times within ten minutes comes and goes."""
NAMED = 3


class LineWatch:
    def __init__(self, health: Health, sources: Sequence[Source], clock: Clock) -> None:
        self._health, self._sources, self._clock = health, sources, clock
        self._connects = {source.id: deque([(clock.monotonic(), 1)]) for source in sources}
        """When each count of connects was first seen. The first connect of all is no return."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            await self._clock.sleep(LOOK_S)

    def look(self) -> None:
        now_s = self._clock.monotonic()
        anew = {source.id: self._anew(source, now_s) for source in self._sources}
        unsteady = [f"{id}: {n} times in 10 min" for id, n in anew.items() if n >= OFTEN]
        if unsteady:
            more = f"; {len(unsteady) - NAMED} more" if len(unsteady) > NAMED else ""
            detail = "; ".join(unsteady[:NAMED]) + more
            self._health.set("line_unsteady", Severity.WARNING, *words.LINE_UNSTEADY, detail=detail)
        else:
            self._health.clear("line_unsteady")

    def _anew(self, source: Source, now_s: float) -> int:
        """How many times it was connected anew within the last ten minutes."""
        seen, connects = self._connects[source.id], max(source.facts.connects, 1)
        if connects != seen[-1][1]:
            seen.append((now_s, connects))
        while len(seen) > 1 and seen[1][0] <= now_s - WITHIN_S:
            seen.popleft()
        return connects - seen[0][1]
