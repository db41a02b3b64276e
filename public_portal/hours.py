"""An hour of the published record: median, completeness, and its extreme 15-minute medians (WQ-02)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from core.model.limits import AppliedLimit, within
from core.model.published import EXPECTED, Hour, HourState
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from public_portal.areas import DIGITS, band_of
from public_portal.minutes import Minutes, together, without_spikes
from public_portal.quality import NEEDED_MIN, SPIKE_MIN, WINDOW_MIN
from public_portal.usual import Band

BEFORE_MIN = WINDOW_MIN - 1 + SPIKE_MIN
"""Looked at before the hour: its first 15-minute median reaches back, and what may be a spike there."""
AFTER_MIN = SPIKE_MIN
"""And after it: what begins in its last minutes is a spike only if it ends soon."""
SPAN_MIN = BEFORE_MIN + EXPECTED + AFTER_MIN
NEEDED = EXPECTED * 3 // 4
MOST_LEFT_OUT = EXPECTED // 4
"""Minutes left out as spikes, beyond which the rest is in doubt too."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an area's instruments of one parameter said around an hour, each in `SPAN_MIN` minutes. limit: the
    one in force on its day, None where nothing limits it."""

    quantity: Quantity
    instruments: Sequence[tuple[Tag, Minutes]]
    limit: AppliedLimit | None


def hour_of(heard: Heard, start_ns: int, now_ns: int, band: Band | None, doubted: bool) -> Hour:
    """band: the usual range of these instruments, None while it is not known. doubted: somebody is looking
    into it now."""
    kept, left_out, why = _kept(heard)
    series = together(kept) if kept else np.full(SPAN_MIN, np.nan)
    own = series[BEFORE_MIN : BEFORE_MIN + EXPECTED]
    valid = own[np.isfinite(own)]
    n_valid, digits = len(valid), DIGITS[heard.quantity]
    if n_valid < NEEDED:
        return Hour(start_ns=start_ns, state=why, published_ns=now_ns, n_valid=n_valid)
    middle = round(float(np.median(valid)), digits)
    low15, high15 = _extremes(series, digits)
    inside = within(heard.limit, low15, middle, high15)
    state = _state(middle, inside, band, doubted or left_out > MOST_LEFT_OUT)
    return Hour(
        start_ns=start_ns,
        state=state,
        published_ns=now_ns,
        n_valid=n_valid,
        median=middle,
        high15=high15,
        low15=low15,
    )


def _kept(heard: Heard) -> tuple[list[Floats], int, HourState]:
    """The series that may be used; the most minutes one of them lost as spikes; why there is no more."""
    kept, left_out, reasons = [], 0, set[HourState]()
    for tag, minutes in heard.instruments:
        hour = minutes.part(BEFORE_MIN, BEFORE_MIN + EXPECTED)
        if 2 * hour.service.sum() > EXPECTED:
            reasons.add(HourState.MAINTENANCE)
        elif hour.flat(tag):
            reasons.add(HourState.VERIFYING)
        else:
            clean = without_spikes(tag, minutes.value)
            lost = np.isfinite(minutes.value) & ~np.isfinite(clean)
            left_out = max(left_out, int(lost[BEFORE_MIN : BEFORE_MIN + EXPECTED].sum()))
            kept.append(clean)
    order = (HourState.VERIFYING, HourState.MAINTENANCE)
    why = next((state for state in order if state in reasons and not kept), HourState.NO_DATA)
    return kept, left_out, why


def _extremes(series: Floats, digits: int) -> tuple[float, float] | tuple[None, None]:
    """The lowest and highest 15-minute median that ended in it, each of `NEEDED_MIN` minutes or more."""
    reach = series[BEFORE_MIN - WINDOW_MIN + 1 : BEFORE_MIN + EXPECTED]
    windows = np.lib.stride_tricks.sliding_window_view(reach, WINDOW_MIN)
    full = windows[np.isfinite(windows).sum(axis=1) >= NEEDED_MIN]
    if not len(full):
        return None, None
    medians = np.nanmedian(full, axis=1)
    return round(float(medians.min()), digits), round(float(medians.max()), digits)


def _state(middle: float, within: bool, band: Band | None, doubted: bool) -> HourState:
    """Normal takes all of: nothing in doubt, within the limits, a usual range that is known, within it."""
    if doubted:
        return HourState.VERIFYING
    if not within:
        return HourState.WATCH
    if band is None:
        return HourState.NOT_EVALUATED
    return HourState.NORMAL if band.low <= middle <= band.high else HourState.WATCH


def usual_together(quantity: Quantity, tags: Sequence[Tag], bands: Mapping[str, Band]) -> Band | None:
    """The usual range of an area's instruments, as it is printed; None unless it is known of each."""
    known = [band_of(quantity, band) for tag in tags if (band := bands.get(tag.id))]
    if not known or len(known) < len(tags):
        return None
    return Band(median(band.low for band in known), median(band.high for band in known))
