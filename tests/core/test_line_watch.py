"""Connections that come and go, on the health board."""

from dataclasses import dataclass, field

from core.ports.source import SourceFacts
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.line_watch import OFTEN, WITHIN_S, LineWatch


@dataclass
class Line:
    id: str
    facts: SourceFacts = field(default_factory=SourceFacts)


class Turned(AnchoredClock):
    mono_s = 0.0

    def monotonic(self) -> float:
        return self.mono_s


def test_a_connection_made_anew_five_times_in_ten_minutes_is_told_until_it_was_steady_for_ten():
    lines, health, clock = [Line("modbus:a"), Line("modbus:b")], Health(), Turned()
    watch = LineWatch(health, lines, clock)  # type: ignore[arg-type]

    def after(seconds: float, connects: int) -> list[str]:
        clock.mono_s += seconds
        lines[0].facts.connects += connects
        watch.look()
        return [condition.detail for condition in health.standing()]

    assert after(5, 1) == [], "the first of all"
    for _ in range(OFTEN - 1):
        assert after(60, 1) == []
    assert after(60, 1) == ["modbus:a: 5 times in 10 min"]
    assert after(60, 2) == ["modbus:a: 7 times in 10 min"]
    assert after(WITHIN_S - 61, 0) == [], "two within ten minutes"
    assert after(120, 0) == []


def test_one_return_an_hour_is_nothing_to_tell():
    line, health, clock = Line("modbus:a"), Health(), Turned()
    watch = LineWatch(health, [line], clock)  # type: ignore[list-item]
    for _ in range(3 * OFTEN):
        clock.mono_s += 3600
        line.facts.connects += 1
        watch.look()
        assert health.standing() == []
