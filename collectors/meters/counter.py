"""A cumulative register made into a total that never falls.

Each reading is explained by the first rule that fits it, given the one before: how far a register can have
come is bounded by what can pass the meter (ISO 4064-1, Q4) in the time between. What no rule explains is held
until the next reading: that either goes on from it (the meter was replaced or reset) or from before it (it
was a glitch).
"""

from dataclasses import dataclass
from enum import StrEnum

from collectors.meters.spec import MeterSpec

HOUR_NS = 3600 * 10**9
LEAPS = (1000.0, 100.0, 10.0, 0.1, 0.01, 0.001)
"""Litres for cubic metres, and a decimal point that moved."""
_SLACK_M3 = 0.01
"""Resolution of a coarse register: what may pass in no time."""


class Step(StrEnum):
    """What became of a reading. held: not believed yet; old: not after the newest one."""

    FIRST = "first"
    ADVANCE = "advance"
    ROLLOVER = "rollover"
    REVERSE = "reverse"
    UNIT_LEAP = "unit_leap"
    HELD = "held"
    REPLACED = "replaced"
    GLITCH = "glitch"
    OLD = "old"


@dataclass(slots=True)
class Counter:
    """One meter. t_ns, register_m3: the newest believed reading, in m3; high_m3: the highest of this
    segment, above which volume counts; factor: what a sent number is multiplied by since a unit leap;
    total_m3: counted since the first reading; since_ns: when the segment began; held: a reading not
    believed yet, as sent."""

    t_ns: int = 0
    register_m3: float = 0.0
    high_m3: float = 0.0
    factor: float = 1.0
    total_m3: float = 0.0
    since_ns: int = 0
    rollovers: int = 0
    held: tuple[int, float] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """step: the rule; added_m3: to the total; net_m3: signed, what passed since the believed reading before,
    None where that is not known; total_m3: None where the reading is not believed."""

    step: Step
    added_m3: float = 0.0
    net_m3: float | None = None
    total_m3: float | None = None


def read(counter: Counter, spec: MeterSpec, t_ns: int, sent: float) -> Reading:
    """Takes one reading in its place. Readings that are not after the newest change nothing, but get the
    total of their moment where it is certain."""
    if not counter.since_ns:
        counter.t_ns = counter.since_ns = t_ns
        counter.register_m3 = counter.high_m3 = sent
        return Reading(Step.FIRST, total_m3=counter.total_m3)
    if t_ns <= counter.t_ns:
        return Reading(Step.OLD, total_m3=_total_then(counter, t_ns, sent))
    known = _explained(counter, spec, t_ns, sent)
    if known is not None:
        glitch = counter.held is not None
        counter.held = None
        return _moved(counter, t_ns, *known, Step.GLITCH if glitch and known[0] is Step.ADVANCE else None)
    if counter.held is not None and t_ns > counter.held[0]:
        replaced = _replaced(counter, spec, t_ns, sent)
        if replaced is not None:
            return replaced
    counter.held = (t_ns, sent)
    return Reading(Step.HELD)


def _explained(counter: Counter, spec: MeterSpec, t_ns: int, sent: float) -> tuple[Step, float, float] | None:
    """The rule, the register in m3 and the net volume; the rules in their order."""
    most = _most(spec, t_ns - counter.t_ns)
    now = sent * counter.factor
    step = now - counter.register_m3
    if 0 <= step <= most:
        return Step.ADVANCE, now, step
    wheel = spec.rollover_m3
    if wheel is not None and step < 0 and 0 <= step + wheel <= min(most, wheel / 2):
        return Step.ROLLOVER, now, step + wheel
    if 0 < -step <= most and now > 0:
        return Step.REVERSE, now, step
    if counter.register_m3 > most:
        for leap in LEAPS:
            if 0 <= now / leap - counter.register_m3 <= most:
                counter.factor /= leap
                return Step.UNIT_LEAP, now / leap, now / leap - counter.register_m3
    return None


def _moved(
    counter: Counter, t_ns: int, step: Step, register_m3: float, net_m3: float, told: Step | None
) -> Reading:
    if step is Step.ROLLOVER:
        counter.rollovers += 1
        counter.high_m3 = register_m3 - net_m3
        counter.since_ns = t_ns
    added = max(0.0, register_m3 - counter.high_m3)
    counter.high_m3 = max(counter.high_m3, register_m3)
    counter.t_ns, counter.register_m3 = t_ns, register_m3
    counter.total_m3 += added
    return Reading(told or step, added, net_m3, counter.total_m3)


def _replaced(counter: Counter, spec: MeterSpec, t_ns: int, sent: float) -> Reading | None:
    """The held reading began a new register: counted from 0 when it was near 0, else from where it began."""
    assert counter.held is not None
    held_t_ns, held = counter.held
    step = sent - held
    if not 0 <= step <= _most(spec, t_ns - held_t_ns):
        return None
    began = held if held > _most(spec, held_t_ns - counter.t_ns) else 0.0
    added = sent - began
    counter.t_ns, counter.since_ns = t_ns, held_t_ns
    counter.register_m3 = counter.high_m3 = sent
    counter.factor, counter.held = 1.0, None
    counter.total_m3 += added
    return Reading(Step.REPLACED, added, None, counter.total_m3)


def _total_then(counter: Counter, t_ns: int, sent: float) -> float | None:
    """Of a late reading of this segment, whose register lies below today's."""
    now = sent * counter.factor
    if t_ns < counter.since_ns or not 0 <= now <= counter.high_m3:
        return None
    then = counter.total_m3 - (counter.high_m3 - now)
    return then if then >= 0 else None


def _most(spec: MeterSpec, dt_ns: int) -> float:
    return _SLACK_M3 + spec.max_flow_m3h * dt_ns / HOUR_NS
