"""Clocks on the health board."""

from dataclasses import dataclass, field

from core.model.clock import REAL, Anchor
from core.ports.source import DeviceFacts, SourceFacts
from core.runtime.clock import AnchoredClock
from core.runtime.clock_watch import TOLD_S, UNKEPT_S, ClockWatch
from core.runtime.health import Health
from core.runtime.host_clock import Sync, host_sync


@dataclass
class Line:
    id: str = "opcua:quality"
    facts: SourceFacts = field(default_factory=SourceFacts)


class Host(AnchoredClock):
    """A host whose clocks are turned by hand."""

    def __init__(self, anchor: Anchor = REAL) -> None:
        super().__init__(anchor)
        self.sync, self.mono_s, self.wall_ns = Sync.YES, 0.0, 10**18
        self.health, self.line = Health(), Line()
        self.watch = ClockWatch(
            self.health,
            [self.line],  # type: ignore[list-item]
            self,
            sync=lambda: self.sync,
            wall_ns=lambda: self.wall_ns,
        )

    def monotonic(self) -> float:
        return self.mono_s

    def after(self, seconds: float, *, set_by_s: float = 0.0) -> list[str]:
        """What stands after so many seconds, in which the clock was set."""
        self.mono_s += seconds
        self.wall_ns += round((seconds + set_by_s) * 1e9)
        self.watch.look()
        return [condition.id for condition in self.health.standing()]


def test_a_clock_that_nobody_keeps_is_an_alarm_after_a_minute_and_gone_when_it_is_kept():
    host = Host()
    assert host.after(2) == []
    host.sync = Sync.NO
    assert host.after(2) == []
    assert host.after(UNKEPT_S - 1) == []
    assert host.after(2) == ["host_clock_unsynchronised"]
    host.sync = Sync.YES
    assert host.after(2) == []


def test_a_kernel_that_does_not_say_and_a_demo_raise_nothing():
    host = Host()
    host.sync = Sync.UNKNOWN
    host.after(2)
    assert host.after(2 * UNKEPT_S) == []
    demo = Host(Anchor(0, 0, 20.0))
    demo.sync = Sync.NO
    demo.after(2)
    assert demo.after(2 * UNKEPT_S) == []


def test_a_step_of_the_clock_is_told_with_its_size_for_ten_minutes():
    host = Host()
    host.after(2)
    assert host.after(2, set_by_s=0.5) == []
    assert host.after(2, set_by_s=-3600) == ["host_clock_set"]
    assert host.health.standing()[0].detail == "by -3600.0 s"
    assert host.after(TOLD_S / 2) == ["host_clock_set"]
    assert host.after(TOLD_S) == []


def test_a_device_whose_clock_is_far_off_is_named():
    host = Host()
    host.line.facts.devices["Q1"] = DeviceFacts(clock_cause="its clock is 7 min ahead of the hub's")
    assert host.after(2) == ["device_clock"]
    assert host.health.standing()[0].detail == "opcua:quality Q1: its clock is 7 min ahead of the hub's"
    host.line.facts.devices["Q1"].clock_cause = None
    assert host.after(2) == []


def test_the_kernel_is_asked_and_answers():
    assert host_sync() in set(Sync)
