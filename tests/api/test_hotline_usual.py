"""A card says what is usual to the first callers too, whatever has become of the historian since."""

import asyncio
from pathlib import Path

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.clock import Anchor
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable
from core.runtime.clock import AnchoredClock
from response.usual_band import HOUR_NS, SPAN_NS
from tests.api.hub_at_work import T0, Hub, hub_at_work, plant

PRESSURES = ("dma-01.p1", "dma-01.p2", "dma-02.p1")


class Store:
    """A historian that can be away: a port before a real one."""

    def __init__(self, real: SqliteHistorian) -> None:
        self._real, self.down = real, False

    async def buckets_of(self, *args, **more):
        if self.down:
            raise HistorianUnavailable("no answer")
        return await self._real.buckets_of(*args, **more)


async def card(hub: Hub) -> dict:
    async with hub.as_(Role.HOTLINE) as client:
        answer = await client.post("/api/v1/hotline/card", json={"account": "A000007"})
        return answer.raise_for_status().json()


async def test_four_agents_at_once_have_what_is_usual_though_the_historian_left_before_anybody_rang(
    tmp_path: Path,
):
    past = await SqliteHistorian.open(tmp_path / "past.db", plant().tags)
    this_hour = T0 // HOUR_NS * HOUR_NS
    hours = range(this_hour - SPAN_NS, this_hour, HOUR_NS)
    await past.write([Batch.of("modbus:st-01", [Sample(tag, t, 30.0) for tag in PRESSURES for t in hours])])
    store = Store(past)
    async with hub_at_work(tmp_path, historian=store, clock=AnchoredClock(Anchor(0, T0, 0.0))) as hub:
        async with asyncio.timeout(20):
            while not hub.app.state.context.hotline.remembered.past:
                await asyncio.sleep(0.01)
        store.down = True
        cards = await asyncio.gather(*(card(hub) for _ in range(4)))
    await past.close()
    for found in cards:
        rows = {row["tag"]: row for row in found["sensors"]}
        assert {(rows[tag]["usual_low"], rows[tag]["usual_high"]) for tag in PRESSURES} == {(27.0, 33.0)}
        assert all(rows[tag]["past_as_of"] and len(rows[tag]["spark"]) == 25 for tag in PRESSURES)


async def test_a_command_writes_in_its_callers_name_and_looks_nothing_of_the_plant_up_anew(hub: Hub):
    """At two thousand tags that took longer than the command."""
    here = hub.app.state.context
    own = here.writing(here.deps.ledger)
    assert own.deps.unseen is here.deps.unseen and own.hotline.instruments is here.hotline.instruments
