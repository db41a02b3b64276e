"""Clocks, on the health board: the host's own when nobody keeps it or it was set, and those of the field."""

import time
from collections.abc import Callable, Sequence

from core.model.clock import REAL
from core.model.condition import Severity
from core.model.text import Text
from core.ports.clock import Clock
from core.ports.source import Source
from core.runtime.health import Health
from core.runtime.host_clock import Sync, host_sync

LOOK_S = 2.0
UNKEPT_S = 60.0
STEP_S = 1.0
TOLD_S = 600.0
"""How long a step is told after it."""
NAMED = 3

UNKEPT = (
    Text("主机时钟没有同步：时标可能不准", "The host's clock is not synchronised: stamps may be wrong"),
    Text(
        "启动 chrony 或 systemd-timesyncd，并检查到 NTP 服务器的网络",
        "Run chrony or systemd-timesyncd and see that it reaches a server",
    ),
)
STEPPED = (
    Text("主机时钟被拨动", "The host's clock was set"),
    Text(
        "查明是谁改了时钟；之后时标以新时钟为准",
        "Find out who set it; stamps follow the new time from there on",
    ),
)
DEVICES = (
    Text("有设备时钟偏差超过5分钟", "The clock of a device is more than 5 minutes off"),
    Text(
        "给该设备校时或配置 NTP；超窗数据在隔离区",
        "Set it or give it an NTP server; what lies outside the window is in quarantine",
    ),
)


class ClockWatch:
    """sync, wall_ns: the host's, for tests to stand in. A demo keeps its own time: nobody is asked."""

    def __init__(
        self,
        health: Health,
        sources: Sequence[Source],
        clock: Clock,
        *,
        sync: Callable[[], Sync] = host_sync,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._health, self._sources, self._clock = health, sources, clock
        self._sync, self._wall_ns = sync, wall_ns
        self._unkept_since: float | None = None
        self._last: tuple[float, int] | None = None
        self._stepped_at: float | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            await self._clock.sleep(LOOK_S)

    def look(self) -> None:
        now_s = self._clock.monotonic()
        if self._clock.anchor == REAL:
            self._kept(now_s)
        self._steps(now_s)
        self._devices()

    def _kept(self, now_s: float) -> None:
        if self._sync() is not Sync.NO:
            self._unkept_since = None
            self._health.clear("host_clock_unsynchronised")
            return
        if self._unkept_since is None:
            self._unkept_since = now_s
        if now_s - self._unkept_since >= UNKEPT_S:
            self._health.set("host_clock_unsynchronised", Severity.ALARM, *UNKEPT)

    def _steps(self, now_s: float) -> None:
        """The wall clock against the monotonic one, since the last look."""
        wall_ns, last = self._wall_ns(), self._last
        self._last = now_s, wall_ns
        if last is not None:
            step_s = (wall_ns - last[1]) / 1e9 - (now_s - last[0])
            if abs(step_s) >= STEP_S:
                self._stepped_at = now_s
                self._health.set("host_clock_set", Severity.WARNING, *STEPPED, detail=f"by {step_s:+.1f} s")
        if self._stepped_at is not None and now_s - self._stepped_at > TOLD_S:
            self._stepped_at = None
            self._health.clear("host_clock_set")

    def _devices(self) -> None:
        causes = [
            f"{source.id} {device}".strip() + f": {cause}"
            for source in self._sources
            for device, cause in (
                *((id, facts.clock_cause) for id, facts in source.facts.devices.items()),
                ("", source.facts.clock_cause if not source.facts.devices else None),
            )
            if cause
        ]
        if causes:
            more = f"; {len(causes) - NAMED} more" if len(causes) > NAMED else ""
            detail = "; ".join(causes[:NAMED]) + more
            self._health.set("device_clock", Severity.WARNING, *DEVICES, detail=detail)
        else:
            self._health.clear("device_clock")
