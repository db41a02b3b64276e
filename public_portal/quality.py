"""What one instrument may be quoted with: a 15-minute median after simple quality control.

Minutes are formed by source time. A minute counts with the median of its Good samples inside the
instrument's range; one without any (an instrument that reports by exception) holds the one before for up
to three minutes, never across a Bad sample. Excursions shorter than five minutes, from the first to the last
minute that was itself heard, are spikes and left out, with the minutes that hold them; an hour without the
least change is a stuck instrument, unless its resolution explains it (pH stands at 7.20 for hours): what is
frozen there is found by its peers (`collectors.intake.frozen`) or by an alarm with a span of its own. Twelve
of the fifteen minutes must be there.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from core.model.quality import QualityClass, Status, quality_class
from core.model.sample import Flag
from core.model.tag import Quantity, Tag

MINUTE_NS = 60_000_000_000
WINDOW_MIN = 15
NEEDED_MIN = 12
HOLD_MIN = 3
KEPT_MIN = 75
FLAT_MIN = 60
FLAT_HEARD_MIN = 45
SPIKE_MIN = 5
"""An excursion as long as this is real; held minutes at its end are no part of its length."""
SILENT_MIN = 3
"""Nothing Good for this long while Bad samples come: the instrument is gone, whatever the window holds."""

SPIKE_STEP = {
    Quantity.FREE_CHLORINE: 0.3,
    Quantity.TOTAL_CHLORINE: 0.3,
    Quantity.TURBIDITY: 1.0,
    Quantity.PH: 0.5,
}
"""How far from the hour's median a minute must lie to be an excursion, in the tag's unit."""
RESOLUTION = {Quantity.PH: 0.01, Quantity.FREE_CHLORINE: 0.01, Quantity.TOTAL_CHLORINE: 0.01}
"""What analysers show at the finest that many do, in the tag's unit: the water may stand on such a figure for
an hour. Finer figures wander with the instrument's noise. Turbidity always does."""
_ON_STEP = 1e-3
SERVICE = frozenset({Status.BAD_OUT_OF_SERVICE, Status.UNCERTAIN_SENSOR_CALIBRATION})


def may_stand(tag: Tag, v: float) -> bool:
    """The instrument's resolution explains that its figure does not change."""
    step = RESOLUTION.get(tag.quantity)
    return step is not None and abs(v / step - round(v / step)) < _ON_STEP


class Why(StrEnum):
    """Why a value may be quoted, or not."""

    VALID = "valid"
    FLAT = "flat"
    MAINTENANCE = "maintenance"
    TOO_FEW = "too_few"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Checked:
    """value and at_ns (the end of its window) are None unless `why` is VALID."""

    why: Why
    value: float | None = None
    at_ns: int | None = None


@dataclass(slots=True)
class _Minute:
    good: list[float] = field(default_factory=list)
    bad: int = 0


class Window:
    """The last hour of one tag, in minutes; bounded by time."""

    def __init__(self, tag: Tag) -> None:
        self._tag = tag
        self._minutes: dict[int, _Minute] = {}
        self._newest_ns = 0
        self._newest_q = int(Status.BAD_WAITING_FOR_INITIAL_DATA)

    def add(self, t_ns: int, v: float, q: int, flags: int = 0) -> None:
        """Backfill, and what is older than the window, is passed over."""
        minute = t_ns // MINUTE_NS
        if flags & Flag.BACKFILL or minute < self._newest_ns // MINUTE_NS - KEPT_MIN:
            return
        if t_ns >= self._newest_ns:
            self._newest_ns, self._newest_q = t_ns, q
        entry = self._minutes.setdefault(minute, _Minute())
        if quality_class(q) is QualityClass.GOOD and math.isfinite(v) and self._in_range(v):
            entry.good.append(v)
        else:
            entry.bad += 1
        if len(self._minutes) > KEPT_MIN + 1:
            oldest = minute - KEPT_MIN
            self._minutes = {m: e for m, e in self._minutes.items() if m >= oldest}

    def _in_range(self, v: float) -> bool:
        low, high = self._tag.low, self._tag.high
        return (low is None or v >= low) and (high is None or v <= high)

    def checked(self, now_ns: int) -> Checked:
        """The median of the last fifteen whole minutes, or why there is none."""
        end = now_ns // MINUTE_NS
        if self._newest_q & 0xFFFF0000 in SERVICE:
            return Checked(Why.MAINTENANCE)
        if self._gone(end):
            return Checked(Why.BAD)
        hour = [self._held(m) for m in range(end - FLAT_MIN, end)]
        window = hour[-WINDOW_MIN:]
        if sum(v is not None for v in window) < NEEDED_MIN:
            return Checked(Why.TOO_FEW)
        if self._flat(end):
            return Checked(Why.FLAT)
        kept = [v for v in self._without_spikes(hour, end - FLAT_MIN)[-WINDOW_MIN:] if v is not None]
        if len(kept) < WINDOW_MIN // 2:
            return Checked(Why.TOO_FEW)
        return Checked(Why.VALID, median(kept), end * MINUTE_NS)

    def excursion_min(self, now_ns: int) -> int:
        """For how many minutes up to now the value has been away from the hour's median: from the first to
        the last of them that was itself heard."""
        end = now_ns // MINUTE_NS
        hour = [self._held(m) for m in range(end - FLAT_MIN, end)]
        known = [v for v in hour if v is not None]
        if not known:
            return 0
        usual = median(known)
        near = (n for n, v in enumerate(reversed(hour)) if v is None or not self._away(v, usual))
        return self._heard_span(end - next(near, len(hour)), end)

    def _away(self, v: float, usual: float) -> bool:
        return abs(v - usual) > SPIKE_STEP.get(self._tag.quantity, math.inf)

    def _gone(self, end: int) -> bool:
        recent = [self._minutes[m] for m in range(end - SILENT_MIN, end + 1) if m in self._minutes]
        return bool(recent) and all(not minute.good for minute in recent)

    def _held(self, minute: int) -> float | None:
        for m in range(minute, minute - HOLD_MIN - 1, -1):
            if entry := self._minutes.get(m):
                return median(entry.good) if entry.good else None
        return None

    def _flat(self, end: int) -> bool:
        heard = [e.good for m in range(end - FLAT_MIN, end) if (e := self._minutes.get(m)) and e.good]
        values = {v for good in heard for v in good}
        return len(heard) >= FLAT_HEARD_MIN and len(values) == 1 and not may_stand(self._tag, *values)

    def _heard_span(self, first: int, end: int) -> int:
        """From the first to the last minute heard of those from `first` to before `end`; 0 without one."""
        heard = [m for m in range(first, end) if m in self._minutes]
        return heard[-1] - heard[0] + 1 if heard else 0

    def _without_spikes(self, hour: list[float | None], first: int) -> list[float | None]:
        """hour: by minute, from `first` on."""
        usual = median(v for v in hour if v is not None)
        kept, at = list(hour), 0
        while at < len(hour):
            run = at
            while run < len(hour) and (v := hour[run]) is not None and self._away(v, usual):
                run += 1
            if run > at and self._heard_span(first + at, first + run) < SPIKE_MIN:
                kept[at:run] = [None] * (run - at)
            at = max(run, at + 1)
        return kept
