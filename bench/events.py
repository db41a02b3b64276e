"""What a detector's alarms are worth beside events that are known: the rules all detection benches share.

An alarm that began before an event does not find it; pieces of an alarm with gaps of an hour at most between
them are one; and a detector that is in alarm for more than a hundredth of the time outside events finds
nothing, so that one that is always in alarm scores nothing.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.model.finding import Finding, Verb
from core.model.sample import Floats
from core.runtime.numbering import Mask

GAP_S = 3600.0
MOST_OUTSIDE = 0.01
MONTH_S = 365.25 / 12 * 86_400


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Seconds, start included, end not."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """delays_s: of each event, in its order, from its start to the alarm that found it, None where none did.
    others: alarms that began outside all events; outside_share: of the time outside events, in alarm."""

    delays_s: tuple[float | None, ...]
    others: int
    outside_share: float
    sensor_months: float

    @property
    def always_on(self) -> bool:
        return self.outside_share > MOST_OUTSIDE

    @property
    def found(self) -> int:
        return self.within(float("inf"))

    @property
    def per_sensor_month(self) -> float:
        return self.others / self.sensor_months

    def within(self, seconds: float) -> int:
        """Events found by so long after their start; none where the detector is always in alarm."""
        return 0 if self.always_on else sum(d is not None and d <= seconds for d in self.delays_s)


def stood(findings: Iterable[Finding], end_s: float) -> Iterator[tuple[Finding, Span]]:
    """What raised an alarm, and when that stood; one that still does, until `end_s`."""
    raised = dict[str, Finding]()
    for finding in findings:
        if finding.verb is Verb.RAISE:
            raised[finding.alarm] = finding
        elif finding.verb is Verb.CLEAR and finding.alarm in raised:
            first = raised.pop(finding.alarm)
            yield first, Span(first.t_ns / 1e9, finding.t_ns / 1e9)
    for first in raised.values():
        yield first, Span(first.t_ns / 1e9, end_s)


def runs(on: Mask, t_s: Floats, a_row_s: float) -> list[Span]:
    """Of rows that are on, from the first to the end of the last."""
    edges = np.diff(np.concatenate(([0], on.astype(np.int8), [0])))
    pairs = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    return [Span(float(t_s[a]), float(t_s[b - 1]) + a_row_s) for a, b in pairs]


def within(spans: Iterable[Span], t_s: Floats) -> Mask:
    """Which of these times, rising, lie in any of them."""
    on = np.zeros(len(t_s), np.bool_)
    for span in spans:
        on[np.searchsorted(t_s, span.start_s) : np.searchsorted(t_s, span.end_s)] = True
    return on


def merged(alarms: Iterable[Span], gap_s: float = GAP_S) -> list[Span]:
    """In order, pieces at most gap_s apart joined; touching and overlapping ones too."""
    whole = list[Span]()
    for span in sorted(alarms):
        if whole and span.start_s - whole[-1].end_s <= gap_s:
            whole[-1] = Span(whole[-1].start_s, max(whole[-1].end_s, span.end_s))
        else:
            whole.append(span)
    return whole


def score(alarms: Iterable[Span], events: Sequence[Span], watched_s: float, sensors: int = 1) -> Score:
    """Of one stream of alarms. watched_s: how long the detector could judge, events included."""
    alarms = merged(alarms)
    starts = [alarm.start_s for alarm in alarms]
    delays = list[float | None]()
    for event in events:
        n = bisect_left(starts, event.start_s)
        inside = n < len(starts) and starts[n] < event.end_s
        delays.append(starts[n] - event.start_s if inside else None)
    others = sum(not any(e.start_s <= start < e.end_s for e in events) for start in starts)
    busy = merged(events, 0.0)
    outside_s = sum(a.end_s - a.start_s - _overlap(a, busy) for a in alarms)
    free_s = watched_s - sum(event.end_s - event.start_s for event in busy)
    share = outside_s / free_s if free_s > 0 else float(bool(outside_s))
    return Score(tuple(delays), others, share, sensors * watched_s / MONTH_S)


def _overlap(alarm: Span, busy: Sequence[Span]) -> float:
    return sum(max(0.0, min(alarm.end_s, e.end_s) - max(alarm.start_s, e.start_s)) for e in busy)


def together(scores: Sequence[Score]) -> Score:
    """Several sensors', or several runs', as one: the share of time in alarm is that of all of their time."""
    months = sum(s.sensor_months for s in scores)
    outside = sum(s.outside_share * s.sensor_months for s in scores)
    return Score(
        tuple(delay for s in scores for delay in s.delays_s),
        sum(s.others for s in scores),
        outside / months if months else 0.0,
        months,
    )
