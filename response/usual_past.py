"""What the historian says of instruments, remembered: what is usual at this hour, and the last day.

Both are of whole hours, so that a question an hour is enough; `Ahead` asks it of all instruments before
anybody rings. A card that finds nothing of now asks itself, and waits for it no longer than a caller may.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.model.sample import Floats
from core.model.tag import QUALITY, Quantity, Tag
from core.ports.clock import Clock
from core.ports.historian import Buckets, Historian, HistorianUnavailable
from response.usual_band import HOUR_NS, SPAN_NS, middle, widened

_S = 1_000_000_000
USUAL_HOURS = 14 * 24
USUAL_AT_LEAST = 7
"""Days; below a week nothing is called usual."""
DAY = 24
FRESH_NS, REST_NS = 300 * _S, 15 * _S
"""An hour's last samples are in so long after its end, and what was said since then holds until the next; so
long a historian that failed is left alone."""
LONGEST_S = 10.0
"""So long an answer may take, real seconds; it is remembered when nobody waits for it any more, too."""
LOOK_S, PAUSE_S = 5.0, 0.1
AT_ONCE = 32
"""Instruments of a question ahead: a card's own does not wait long behind one."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What the historian said of a tag: the band of the hour that begins at hour_ns, and the means of the day
    before it, NaN where there is none; empty but of pressures. at_ns: when it said so."""

    hour_ns: int
    band: tuple[float, float] | None
    day: Floats
    at_ns: int

    def of_now(self, now_ns: int) -> bool:
        if self.hour_ns != now_ns // HOUR_NS * HOUR_NS or self.at_ns > now_ns:
            return False
        return self.at_ns - self.hour_ns > FRESH_NS or now_ns - self.at_ns <= FRESH_NS


class Remembered:
    """By tag, what the historian last said: for who calls next, and for when it is down or slow. As many as
    the plant has instruments. failed_ns: when it last failed to answer; it is then left alone for a while."""

    def __init__(self) -> None:
        self.past: dict[str, Past] = {}
        self.failed_ns: int | None = None
        self._asking: dict[tuple[str, ...], asyncio.Task[None]] = {}

    def fresh(self, tags: Collection[Tag], now_ns: int) -> bool:
        """Whether what is remembered of all of them is of now."""
        known = [self.past.get(tag.id) for tag in tags]
        return all(one is not None and one.of_now(now_ns) for one in known)

    def resting(self, now_ns: int) -> bool:
        return self.failed_ns is not None and 0 <= now_ns - self.failed_ns <= REST_NS

    async def look(self, historian: Historian, tags: Sequence[Tag], now_ns: int, within_s: float) -> None:
        """Until it is known, or so many real seconds are over. Who wants to know the same meanwhile waits for
        the same answer."""
        if self.fresh(tags, now_ns) or self.resting(now_ns):
            return
        which = tuple(tag.id for tag in tags)
        if (asking := self._asking.get(which)) is None:
            asking = self._asking[which] = asyncio.create_task(self.ask(historian, [tags], now_ns))
            asking.add_done_callback(lambda _: self._asking.pop(which))
        await asyncio.wait([asking], timeout=within_s)
        if asking.done():
            asking.result()
        else:
            self.failed_ns = now_ns

    async def ask(
        self, historian: Historian, lots: Sequence[Sequence[Tag]], now_ns: int, pause_s: float = 0.0
    ) -> None:
        """Of all lots or of none: what is told of one place is as of one time."""
        found: dict[str, Past] = {}
        try:
            for lot in lots:
                async with asyncio.timeout(LONGEST_S):
                    found |= await _told(historian, lot, now_ns)
                await asyncio.sleep(pause_s)
        except (HistorianUnavailable, TimeoutError):
            self.failed_ns = now_ns
            return
        self.failed_ns = None
        for tag, past in found.items():
            if (known := self.past.get(tag)) is None or known.at_ns <= now_ns:
                self.past[tag] = past


class Ahead:
    """Remembers of all instruments what is usual, hour by hour, before a caller asks."""

    def __init__(
        self, tags: Sequence[Tag], historian: Historian, remembered: Remembered, clock: Clock
    ) -> None:
        self._tags = tags
        self._lots = [tags[k : k + AT_ONCE] for k in range(0, len(tags), AT_ONCE)]
        self._historian, self._remembered, self._clock = historian, remembered, clock

    async def run(self) -> None:
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        now_ns = self._clock.now_ns()
        if not self._remembered.fresh(self._tags, now_ns) and not self._remembered.resting(now_ns):
            await self._remembered.ask(self._historian, self._lots, now_ns, PAUSE_S)


async def _told(historian: Historian, tags: Sequence[Tag], now_ns: int) -> dict[str, Past]:
    """Of each tag, in one question."""
    hour_ns = now_ns // HOUR_NS * HOUR_NS
    told = await historian.buckets_of([tag.id for tag in tags], hour_ns - SPAN_NS, hour_ns, HOUR_NS)
    return {
        tag.id: Past(hour_ns, _band(buckets, tag.quantity), _day(buckets, tag.quantity), now_ns)
        for buckets, tag in zip(told, tags, strict=True)
    }


def _day(past: Buckets, quantity: Quantity) -> Floats:
    if quantity is not Quantity.PRESSURE:
        return np.empty(0)
    return np.round(past.mean[-DAY:], 2)


def _band(past: Buckets, quantity: Quantity) -> tuple[float, float] | None:
    """Of the water's quality as the public page tells it; pressures follow the hour of the day."""
    if quantity in QUALITY:
        found = middle(past.mean[past.n > 0])
        return widened(*found, quantity) if found else None
    means = past.mean[-USUAL_HOURS::DAY]
    means = means[past.n[-USUAL_HOURS::DAY] > 0]
    if len(means) < USUAL_AT_LEAST:
        return None
    low, high = np.percentile(means, [5, 95])
    return widened(float(low), float(high), quantity)
