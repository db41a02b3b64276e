"""F28: the host's clock steps by an hour or by seconds, is smeared or crosses a summer time: values stay
live, alarms stay awake, nothing goes stale at once, and a period of maintenance ends at its right UTC."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from collectors.intake.maintenance import MaintenanceWatch, begin
from collectors.intake.marks import Marks
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.clock import Anchor
from core.model.finding import FindingKind, Verb
from core.model.maintenance import Scope
from core.model.sample import Sample
from core.runtime.clock import AnchoredClock
from tests.alarms.alarm_town import NOON, definition, plant, pressure_low
from tests.faults.chain import Chain, chain

S = 1_000_000_000
TAGS = [f"dma-01.p{n}" for n in (1, 2, 3)]
ROWS = [
    pressure_low(TAGS[0], on_delay_s=5.0),
    *(definition(f"{tag}:stale", FindingKind.STALE, tag=tag, zone="dma-01") for tag in TAGS),
]


class Host:
    """A host whose wall clock can be set; what passes really is `elapsed_s`."""

    def __init__(self, hub: Chain) -> None:
        self.hub, self.elapsed_s, self.step_s = hub, 0.0, 0.0

    @property
    def now_ns(self) -> int:
        return NOON + round((self.elapsed_s + self.step_s) * S)

    async def second(self, v: float = 30.0, rate: float = 1.0) -> list[tuple[FindingKind, Verb]]:
        """One real second: a poll of every tag, and a tick."""
        self.elapsed_s += 1.0
        self.step_s += rate - 1.0
        now_ns = self.now_ns
        found = await self.hub.put([Sample(tag, now_ns - S // 100, v, 0, now_ns) for tag in TAGS])
        found += self.hub.engine.tick(now_ns, self.elapsed_s)
        return [(finding.kind, finding.verb) for finding in found]


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 10.0, -10.0])
async def test_a_step_leaves_values_live_and_alarms_awake(tmp_path, step_s):
    async with chain(tmp_path, plant(), ROWS) as hub:
        host = Host(hub)
        for _ in range(30):
            assert await host.second() == []
        host.step_s += step_s
        found = [await host.second(20.0 + k) for k in range(30)]
        assert not any(found), "no flood of stale"
        live = hub.live.get(TAGS[0])
        assert live is not None
        assert live.v == 49.0
        told = [f for _ in range(20) for f in await host.second(5.0)]
        assert told == [(FindingKind.LIMIT_LOW, Verb.RAISE)]
        host.step_s = 0.0
        told = [f for _ in range(90) for f in await host.second(30.0)]
        assert told == [(FindingKind.LIMIT_LOW, Verb.CLEAR)]
        assert "future_time" not in hub.facts.failures
        await hub.settled()


async def test_a_smeared_leap_second_is_not_noticed(tmp_path):
    """Google's and Amazon's smear: a second in a day, 11.6 ppm; here a thousand times as fast."""
    async with chain(tmp_path, plant(), ROWS) as hub:
        host = Host(hub)
        found = [await host.second(rate=1 - 0.0116) for _ in range(86)]
        assert not any(found)
        assert not hub.facts.failures


async def test_what_falls_silent_is_stale_by_real_seconds_whatever_the_clock_says(tmp_path):
    async with chain(tmp_path, plant(), ROWS) as hub:
        host = Host(hub)
        for _ in range(30):
            await host.second()
        host.step_s -= 3600.0
        kinds = [
            finding.kind
            for k in range(1, 30)
            for finding in hub.engine.tick(host.now_ns + k * S, host.elapsed_s + k)
        ]
        assert kinds == [FindingKind.STALE] * len(TAGS)


class SetClock(AnchoredClock):
    wall_ns = NOON

    def now_ns(self) -> int:
        return self.wall_ns


@pytest.mark.parametrize("step_s", [3600, -3600])
async def test_maintenance_ends_at_its_utc_after_a_step(tmp_path, step_s):
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    marks, clock = Marks(), SetClock(Anchor(0, 0))
    watch = MaintenanceWatch(ledger, plant().tags, marks, clock)
    async with ledger.begin() as tx:
        await begin(tx, Scope.TAG, TAGS[0], "engineer", "cell", NOON + 7200 * S, NOON)
    clock.wall_ns = NOON + step_s * S
    await watch.look()
    assert marks.of(TAGS) is not None
    clock.wall_ns = NOON + 7200 * S
    await watch.look()
    assert marks.of(TAGS) is None
    await ledger.close()


SUMMER = """
import os, time
os.environ["TZ"] = "Europe/Berlin"
time.tzset()
from core.model.shanghai import rfc3339
from collectors.intake.gate import refusal
from core.model.sample import Batch, Sample
turn = 1_774_746_000 * 10**9
for t in (turn - 10**9, turn, turn + 10**9):
    made = refusal("s", Batch.of("s", [Sample("a", t, 1.0)]), "old_time")
    print(rfc3339(t), made.detail)
"""


def test_summer_time_of_the_host_changes_no_stamp():
    """02:00 becomes 03:00 in Berlin on 29 March 2026, 01:00 UTC."""
    done = subprocess.run(
        [sys.executable, "-c", SUMMER],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:00:01Z",
    ]
    assert "2026-03-29T01:00:00+00:00" in lines[1]


def test_the_clock_waits_by_the_monotonic_clock():
    assert abs(AnchoredClock().monotonic() - time.monotonic()) < 1.0
