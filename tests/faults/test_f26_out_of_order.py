"""F26: samples ten minutes out of order and a week late are read in order, count in every aggregate,
and announce nothing."""

import numpy as np
import pytest

from core.model.quality import Status
from core.model.sample import Sample
from core.model.tag import Quantity
from tests.alarms.alarm_town import NOON, plant, pressure_low, tag
from tests.faults.chain import chain
from tests.faults.forms import form

S = 1_000_000_000
MINUTE, HOUR, DAY = 60 * S, 3600 * S, 86_400 * S
N = form(1200, 7200)
SEED = 26
ROWS = [pressure_low("dma-01.p1", on_delay_s=5.0)]


def arrivals(dip: range) -> list[Sample]:
    """A sample a second, each up to ten minutes late, in the order of arrival; the dip is low."""
    rng = np.random.default_rng(SEED)
    late_ns = (rng.random(N) * 10 * MINUTE).astype(np.int64)
    late_ns[list(dip)] = np.maximum(late_ns[list(dip)], 3 * MINUTE)
    made = [
        Sample(
            "dma-01.p1",
            NOON + k * S,
            5.0 if k in dip else 30.0 + k % 7,
            Status.GOOD,
            NOON + k * S + int(late),
        )
        for k, late in enumerate(late_ns)
    ]
    return sorted(made, key=lambda sample: sample.r_ns)


async def test_ten_minutes_out_of_order_is_read_in_order_and_a_late_dip_announces_nothing(tmp_path):
    dip = range(300, 400)
    async with chain(tmp_path, plant(), ROWS) as hub:
        came = arrivals(dip)
        for start in range(0, N, 20):
            await hub.put(came[start : start + 20])
        assert hub.findings == []
        await hub.settled()
        series = await hub.historian.read("dma-01.p1", NOON, NOON + N * S)
        assert series.t_ns.tolist() == [NOON + k * S for k in range(N)]
        assert series.v[300:400].tolist() == [5.0] * 100
        live = hub.live.get("dma-01.p1")
        newest = max(s.t_ns for s in came if s.r_ns - s.t_ns <= 2 * MINUTE)
        assert live is not None
        assert live.t_ns == newest
        buckets = await hub.historian.buckets("dma-01.p1", NOON, NOON + N * S, MINUTE)
        assert buckets.n.tolist() == [60] * (N // 60)
        assert buckets.low[5] == 5.0


async def test_the_same_dip_in_time_does_announce(tmp_path):
    """Or the test above could not fail."""
    async with chain(tmp_path, plant(), ROWS) as hub:
        for k in range(20):
            await hub.put([Sample("dma-01.p1", NOON + k * S, 5.0, 0, NOON + k * S)])
        assert len(hub.findings) == 1


async def test_a_meter_s_week_comes_late_and_every_hour_is_put_right(tmp_path):
    town = plant()
    meter = tag("meter.M1", Quantity.VOLUME, "m3", "meters", "dma-01")
    town.tags[meter.id] = meter
    hours = 7 * 24
    async with chain(tmp_path, town, ROWS) as hub:
        now_ns = NOON + hours * HOUR
        await hub.put([Sample(meter.id, now_ns, 168.0, 0, now_ns)])
        await hub.settled()
        late = [Sample(meter.id, NOON + k * HOUR, float(k), 0, now_ns + MINUTE) for k in range(hours)]
        await hub.put(late[::-1])
        await hub.settled()
        buckets = await hub.historian.buckets(meter.id, NOON, NOON + hours * HOUR, HOUR)
        assert buckets.n.tolist() == [1] * hours
        assert buckets.mean.tolist() == [float(k) for k in range(hours)]
        live = hub.live.get(meter.id)
        assert live is not None
        assert live.v == 168.0
        assert hub.findings == []


@pytest.mark.parametrize("age_ns", [25 * 3600 * S, 7 * DAY])
async def test_telemetry_of_last_week_waits_in_quarantine(tmp_path, age_ns):
    async with chain(tmp_path, plant(), ROWS) as hub:
        await hub.put(
            [Sample("dma-01.p1", NOON - age_ns, 5.0, 0, NOON), Sample("dma-01.p2", NOON, 30.0, 0, NOON)]
        )
        await hub.settled()
        (kept,) = await hub.quarantine.newest()
        assert (kept.refusal.reason, kept.refusal.samples) == ("old_time", 1)
