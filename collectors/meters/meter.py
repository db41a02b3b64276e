"""One meter: its register, its habits, and what the hub finds of it."""

from dataclasses import dataclass, field

import msgspec

from collectors.meters.counter import Counter, Step, read
from collectors.meters.habits import Flow, Seen
from collectors.meters.spec import MeterSpec

TOLD = {
    Step.REPLACED: "replaced: the register began anew: enter the new meter's serial number",
    Step.UNIT_LEAP: "unit_leap: the register changed by a power of ten: look at its unit in the map",
    Step.HELD: "held: a register that cannot be; it counts if the next reading goes on from it",
    Step.GLITCH: "glitch: one impossible reading was left out",
}
"""What an engineer reads, until the meter has had this many good readings after it."""
QUIET_AFTER = 24


@dataclass(slots=True)
class Derived:
    """Of one reading, at its source time. None: not known, so not stored."""

    t_ns: int
    total_m3: float | None
    flow_m3h: float | None
    late: bool


@dataclass(slots=True)
class Meter:
    """Everything here is kept over a restart (`encode`, `decode`). steps: how often each rule was needed."""

    counter: Counter = field(default_factory=Counter)
    flow: Flow = field(default_factory=Flow)
    seen: Seen = field(default_factory=Seen)
    steps: dict[str, int] = field(default_factory=dict)
    trouble: str | None = None
    good_since: int = 0

    def take(self, spec: MeterSpec, t_ns: int, register_m3: float) -> Derived:
        before_ns = self.counter.t_ns
        reading = read(self.counter, spec, t_ns, register_m3)
        self.steps[reading.step] = self.steps.get(reading.step, 0) + 1
        late = reading.step is Step.OLD
        flow = None
        if not late and reading.step is not Step.HELD:
            flow = self.flow.passed(spec, before_ns, t_ns, reading)
        self._tell(reading.step)
        return Derived(t_ns, reading.total_m3, flow, late)

    def _tell(self, step: Step) -> None:
        if step in TOLD:
            self.trouble, self.good_since = TOLD[step], 0
        elif step is Step.ADVANCE and self.trouble:
            self.good_since += 1
            if self.good_since >= QUIET_AFTER:
                self.trouble = None

    def findings(self, spec: MeterSpec, now_ns: int) -> list[str]:
        """Named reasons, each with what to do. now_ns: plant time."""
        found = [self.trouble] if self.trouble else []
        found += self.flow.findings(spec, self.counter.t_ns)
        if self.seen.last_ns and now_ns > self.seen.expected_ns(spec):
            hours = (now_ns - self.seen.last_ns) / 3.6e12
            found.append(f"silent: not heard for {hours:.1f} h, longer than is usual for this meter")
        return found


_DECODER = msgspec.json.Decoder(Meter)


def encode(meter: Meter) -> bytes:
    return msgspec.json.encode(meter)


def decode(kept: bytes) -> Meter:
    return _DECODER.decode(kept)
