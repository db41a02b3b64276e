"""Water that never stops: a leak behind the meter, a tap that drips, a cistern that runs.

A household has some hour without flow in nearly every day; what flows in all of them runs to waste (Luciani
et al. 2019, Water loss identification at user level by using smart metering systems, Water 11(3), 405). How
long it takes to be sure depends on how much it is: the least hour of a house in use is a litre or two, so a
run of hours is kept for each of several bars, and the higher the bar, the fewer hours are enough.
"""

from dataclasses import dataclass, field

from collectors.meters.counter import HOUR_NS
from collectors.meters.spec import MeterSpec

SPAN_NS = HOUR_NS * 9 // 10
"""Readings closer together are taken as one: a register of whole litres says nothing of minutes."""
PROVEN = 0.5
"""Of the highest bar's hours: so many in short spans, of the others' all. What passed in a silence may have
passed at once, which is the less likely the more it is."""


@dataclass(slots=True)
class Run:
    """lasts_ns: for which no span fell below the bar; proven_ns: of it, what short enough spans have shown;
    least_m3h: the least of those."""

    lasts_ns: int = 0
    proven_ns: int = 0
    least_m3h: float = 0.0

    def add(self, span_ns: int, m3h: float, bar_m3h: float, proof_ns: float) -> None:
        """A long span below the bar ends a run, too; one that reaches it begins none."""
        if m3h <= 0 or m3h < bar_m3h:
            self.lasts_ns = self.proven_ns = 0
        elif span_ns <= proof_ns:
            self.least_m3h = min(self.least_m3h, m3h) if self.proven_ns else m3h
            self.lasts_ns += span_ns
            self.proven_ns += span_ns
        elif self.proven_ns:
            self.lasts_ns += span_ns

    def reaches(self, hours: float, proven: float) -> bool:
        return self.lasts_ns >= hours * HOUR_NS and self.proven_ns >= proven * hours * HOUR_NS


@dataclass(slots=True)
class Running:
    """begin_ns, m3: of the span that is not judged yet, 0 before the first; runs: one for each bar (L/h)."""

    begin_ns: int = 0
    m3: float = 0.0
    runs: dict[float, Run] = field(default_factory=dict)

    def passed(self, spec: MeterSpec, begin_ns: int, end_ns: int, m3: float | None) -> None:
        """One interval between believed readings. m3: None where what passed is not known."""
        if m3 is None:
            self.begin_ns, self.m3, self.runs = end_ns, 0.0, {}
            return
        self.begin_ns = self.begin_ns or begin_ns
        self.m3 += m3
        span_ns = end_ns - self.begin_ns
        if span_ns < SPAN_NS:
            return
        m3h = self.m3 / span_ns * HOUR_NS
        for bar in spec.continuous_h:
            self.runs.setdefault(bar, Run()).add(span_ns, m3h, bar / 1000, spec.proof_h * HOUR_NS)
        self.begin_ns, self.m3 = end_ns, 0.0

    def found(self, spec: MeterSpec) -> Run | None:
        """The run that says that water does not stop, of the highest bar."""
        most = max(spec.continuous_h)
        for bar, hours in sorted(spec.continuous_h.items(), reverse=True):
            run = self.runs.get(bar)
            if run is not None and run.reaches(hours, PROVEN if bar == most else 1.0):
                return run
        return None
