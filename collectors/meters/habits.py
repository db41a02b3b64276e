"""What is unusual about a meter: flow that never stops, flow backward, silence."""

from dataclasses import dataclass, field

from collectors.meters.counter import HOUR_NS, Reading, Step
from collectors.meters.running import Running
from collectors.meters.spec import MeterSpec

GAPS = 32
"""Upload gaps remembered of each meter."""
ENOUGH = 5
"""Gaps before a meter's own habit counts."""
FIRST_SILENCE_NS = 26 * HOUR_NS
"""For a meter that is not known yet: a daily upload and two hours."""
REVERSE_NS = 24 * HOUR_NS


@dataclass(slots=True)
class Flow:
    """reversed_ns: the last step back, 0 for never."""

    running: Running = field(default_factory=Running)
    reversed_ns: int = 0
    reverse_m3: float = 0.0

    def passed(self, spec: MeterSpec, begin_ns: int, end_ns: int, reading: Reading) -> float | None:
        """Mean flow of the interval in m3/h, negative backward; None where it is not known."""
        if reading.net_m3 is None or end_ns <= begin_ns:
            self.running.passed(spec, begin_ns, end_ns, None)
            return None
        self.running.passed(spec, begin_ns, end_ns, reading.net_m3)
        if reading.step is Step.REVERSE and -reading.net_m3 > spec.reverse_m3:
            self.reversed_ns = end_ns
            self.reverse_m3 -= reading.net_m3
        return reading.net_m3 / (end_ns - begin_ns) * HOUR_NS

    def findings(self, spec: MeterSpec, now_ns: int) -> list[str]:
        """now_ns: of the newest reading."""
        found = []
        if (run := self.running.found(spec)) is not None:
            hours, litres = run.lasts_ns // HOUR_NS, 1000 * run.least_m3h
            found.append(
                f"continuous_flow: water has run for {hours} h without a pause, "
                f"at least {litres:.3g} L in each of them: look for a leak"
            )
        if self.reversed_ns and now_ns - self.reversed_ns < REVERSE_NS:
            found.append(f"reverse_flow: {self.reverse_m3:.3g} m3 ran backward: look at the check valve")
        return found


@dataclass(slots=True)
class Seen:
    """When a meter uploads (receive times, ns)."""

    last_ns: int = 0
    gaps_ns: list[int] = field(default_factory=list)

    def upload(self, now_ns: int) -> None:
        if self.last_ns and now_ns > self.last_ns:
            self.gaps_ns = [*self.gaps_ns[1 - GAPS :], now_ns - self.last_ns]
        self.last_ns = max(self.last_ns, now_ns)

    def expected_ns(self, spec: MeterSpec) -> int:
        """When it is overdue: twice the gap that 95 of 100 of its own stay below, and the grace."""
        ordered = sorted(self.gaps_ns)
        usual = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)] if len(ordered) >= ENOUGH else None
        silence = FIRST_SILENCE_NS if usual is None else 2 * usual
        return self.last_ns + silence + round(spec.grace_h * HOUR_NS)
