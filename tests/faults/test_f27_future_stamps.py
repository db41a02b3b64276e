"""F27: an hour ahead, 2099, 1970, 0 and mistaken units: nothing is raised, cleared or pinned by them, and
nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.finding import Verb
from core.model.sample import Batch, Flag, Sample
from tests.alarms.alarm_town import NOON, plant, pressure_low
from tests.faults.chain import Chain, chain
from tests.faults.forms import form

S = 1_000_000_000
ROWS = [pressure_low("dma-01.p1", on_delay_s=5.0)]
WRONG = {
    "an hour ahead": NOON + 3600 * S,
    "2099": 4_070_908_800 * S,
    "1970": 86_400 * S,
    "zero": 0,
    "seconds as milliseconds": NOON // 1000,
    "seconds as microseconds": NOON // 1_000_000,
}


async def minute(hub: Chain, first: int, v: float, t_ns: int | None = None) -> list[Verb]:
    """A sample a second from second `first` on; what is found."""
    found = []
    for k in range(first, first + 60):
        now_ns = NOON + k * S
        stamp = now_ns if t_ns is None else t_ns + k * S
        found += await hub.put([Sample("dma-01.p1", stamp, v, 0, now_ns)])
    return [finding.verb for finding in found]


@pytest.mark.parametrize("t_ns", WRONG.values(), ids=WRONG)
async def test_a_wrong_clock_neither_raises_nor_clears_nor_pins(tmp_path, t_ns):
    async with chain(tmp_path, plant(), ROWS) as hub:
        assert await minute(hub, 0, 30.0) == []
        assert await minute(hub, 60, 5.0, t_ns) == []
        live = hub.live.get("dma-01.p1")
        assert live is not None
        assert (live.v, live.t_ns) == (30.0, NOON + 59 * S)
        assert await minute(hub, 120, 5.0) == [Verb.RAISE]
        assert await minute(hub, 180, 30.0, t_ns) == []
        assert await minute(hub, 240, 30.0) == [Verb.CLEAR]
        live = hub.live.get("dma-01.p1")
        assert live is not None
        assert live.t_ns == NOON + 299 * S
        assert (
            hub.facts.clock_cause is None
            or "set it" in hub.facts.clock_cause
            or "slow" in hub.facts.clock_cause
        )
        kept = [one.refusal for one in await hub.quarantine.newest(500)]
        assert sum(refusal.samples for refusal in kept) == 120
        assert {s.r_ns for r in kept for s in Batch.decode(r.content).samples()} == {
            NOON + k * S for k in (*range(60, 120), *range(180, 240))
        }
        await hub.settled()


async def test_a_clock_minutes_fast_cannot_shorten_a_delay(tmp_path):
    """Two samples a second apart that claim four minutes between them are a second of low pressure."""
    rows = [pressure_low("dma-01.p1", on_delay_s=120.0)]
    async with chain(tmp_path, plant(), rows) as hub:
        assert await hub.put([Sample("dma-01.p1", NOON, 5.0, 0, NOON)]) == []
        for k in range(1, 100):
            t_ns = NOON + (k + 240) * S
            assert await hub.put([Sample("dma-01.p1", t_ns, 5.0, 0, NOON + k * S)]) == []
        live = hub.live.get("dma-01.p1")
        assert live is not None
        assert live.flags == Flag.CLOCK_SUSPECT
        found = [
            await hub.put([Sample("dma-01.p1", NOON + k * S, 5.0, 0, NOON + k * S)]) for k in range(100, 130)
        ]
        assert [f.verb for each in found for f in each] == [Verb.RAISE]
        live = hub.live.get("dma-01.p1")
        assert live is not None
        assert live.t_ns == NOON + 129 * S


@settings(max_examples=form(30, 1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), st.floats(-5, 60)), min_size=1, max_size=20))
async def test_no_stamp_whatever_is_lost_or_believed(tmp_path_factory, rows):
    async with chain(tmp_path_factory.mktemp("f27"), plant(), ROWS) as hub:
        samples = [Sample("dma-01.p1", t_ns, v, 0, NOON) for t_ns, v in rows]
        await hub.put(samples)
        await hub.put([Sample("dma-01.p1", NOON + S, 31.0, 0, NOON + S)])
        await hub.settled()
        live = hub.live.get("dma-01.p1")
        assert live is not None
        assert live.t_ns <= NOON + 300 * S
        facts = await hub.spool.facts()
        assert facts.received == len(rows) + 1
