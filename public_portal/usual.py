"""The usual range of an instrument: the middle nine tenths of its hourly means over four weeks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.historian import Buckets, Historian, HistorianUnavailable
from response.usual_band import HOUR_NS, SPAN_NS, middle

REFRESH_S = 900.0
RETRY_S = 10.0
"""Real seconds between looks: while a band is missing (a first start imports its history), and later."""


@dataclass(frozen=True, slots=True)
class Band:
    low: float
    high: float


class UsualBands:
    """Bands by tag, refreshed in the background; the portal never waits for the historian."""

    def __init__(self, historian: Historian, tags: Iterable[Tag], clock: Clock) -> None:
        self._historian = historian
        self._tags = [tag.id for tag in tags]
        self._clock = clock
        self._bands: dict[str, Band] = {}

    def of(self, tag: str) -> Band | None:
        return self._bands.get(tag)

    async def run(self) -> None:
        while True:
            await self.refresh()
            missing = len(self._bands) < len(self._tags)
            await self._clock.sleep(RETRY_S if missing else REFRESH_S)

    async def refresh(self) -> None:
        """Look at every tag once; an unreachable historian leaves the bands as they were."""
        end_ns = self._clock.now_ns() // HOUR_NS * HOUR_NS
        try:
            self._bands |= await bands_before(self._historian, self._tags, end_ns)
        except HistorianUnavailable:
            return


async def bands_before(historian: Historian, tags: Sequence[str], end_ns: int) -> dict[str, Band]:
    """Of the four weeks up to end_ns (a full hour). Raises HistorianUnavailable."""
    past = await historian.buckets_of(tags, end_ns - SPAN_NS, end_ns, HOUR_NS)
    found = {tag: _band(buckets) for tag, buckets in zip(tags, past, strict=True)}
    return {tag: band for tag, band in found.items() if band is not None}


def _band(past: Buckets) -> Band | None:
    found = middle(past.mean[past.n > 0])
    return Band(*found) if found else None
