"""What is usual around a caller is asked for before the caller rings, and never twice at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.clock import Anchor
from core.model.sample import Batch, Sample
from core.model.tag import QUALITY, Quantity, Tag
from core.ports.historian import HistorianUnavailable
from core.runtime.clock import AnchoredClock
from response.hotline.card import Asked, card
from response.hotline.desk import Desk
from response.instruments import PRESSURES, Instruments
from response.nearby import SensorNow
from response.usual_past import FRESH_NS, Ahead
from tests.response import little_town as town

AGENT = town.user(Role.HOTLINE)
HOUR_BEGAN = town.T0 // town.HOUR * town.HOUR
"""An hour begins."""
NOW = HOUR_BEGAN + 10 * town.MIN


class Store:
    """A historian that answers when it is let, counts its questions, and can be away: a port before a real
    one."""

    def __init__(self, real: SqliteHistorian) -> None:
        self._real, self.asked, self.down = real, 0, False
        self.let = asyncio.Event()
        self.let.set()

    async def buckets_of(self, *args, **more):
        self.asked += 1
        if self.down:
            raise HistorianUnavailable("no answer")
        await self.let.wait()
        return await self._real.buckets_of(*args, **more)


@pytest.fixture
async def store(tmp_path: Path, plant) -> AsyncIterator[Store]:
    real = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
    hours = range(HOUR_BEGAN - 28 * 24 * town.HOUR, HOUR_BEGAN, town.HOUR)
    past = [Sample(tag, t, v) for tag, v in (("dma-01.p1", 30.0), ("q-01.ph", 7.4)) for t in hours]
    await real.write([Batch.of("modbus:st-01", past)])
    yield Store(real)
    await real.close()


@pytest.fixture
def at_work(desk, store) -> Desk:
    return replace(desk, historian=store)


async def p1(desk: Desk, now_ns: int = NOW) -> SensorNow:
    found = await card(desk, Asked(account="A000031"), user=AGENT, now_ns=now_ns)
    return next(row for row in found.sensors if row.tag == "dma-01.p1")


def ahead(desk: Desk, store: Store, now_ns: int = NOW) -> Ahead:
    clock = AnchoredClock(Anchor(0, now_ns, 0.0))
    return Ahead(desk.instruments.tags, store, desk.remembered, clock)


async def test_four_agents_at_once_cold_ask_once_and_all_have_what_is_usual(at_work, store):
    store.let.clear()
    cards = [asyncio.create_task(p1(at_work)) for _ in range(4)]
    while not store.asked:
        await asyncio.sleep(0)
    store.let.set()
    rows = await asyncio.gather(*cards)
    assert store.asked == 1
    assert {(row.usual_low, row.usual_high) for row in rows} == {(27.0, 33.0)}


async def test_an_answer_too_late_for_its_caller_is_there_for_the_next(at_work, store):
    store.let.clear()
    assert (await p1(at_work)).usual_low is None, "nobody waits for it"
    store.let.set()
    async with asyncio.timeout(30):
        while (await p1(at_work)).usual_low is None:
            await asyncio.sleep(0.01)
    assert store.asked == 1


async def test_who_rings_first_has_what_was_asked_ahead_also_when_the_historian_is_gone_since(at_work, store):
    await ahead(at_work, store).look()
    store.down = True
    row = await p1(at_work, NOW + 40 * town.MIN)
    assert (row.usual_low, row.usual_high, row.past_as_of_ns) == (27.0, 33.0, NOW)
    found = await card(at_work, Asked(account="A000031"), user=AGENT, now_ns=NOW)
    (ph,) = (one for one in found.sensors if one.quantity is Quantity.PH)
    assert ph.usual_low is not None


async def test_it_is_asked_for_as_an_hour_begins_and_once_more_when_its_last_samples_are_in(at_work, store):
    asked = []
    for after_ns in (FRESH_NS // 2, FRESH_NS, 2 * FRESH_NS, 3 * FRESH_NS, town.HOUR + 1):
        await ahead(at_work, store, HOUR_BEGAN + after_ns).look()
        asked.append(store.asked)
    assert asked == [1, 1, 2, 2, 3]


async def test_a_historian_that_failed_ahead_is_left_alone_and_nothing_is_lost(at_work, store):
    await ahead(at_work, store).look()
    store.down = True
    later = NOW + town.HOUR
    await ahead(at_work, store, later).look()
    asked = store.asked
    await ahead(at_work, store, later + town.S).look()
    row = await p1(at_work, later + town.S)
    assert store.asked == asked
    assert row.past_as_of_ns == NOW and row.spark, "it is as of then"
    assert row.usual_low is None, "another hour's pressure is not usual of this"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Quantity.PRESSURE, Quantity.PH, Quantity.TURBIDITY, Quantity.FLOW]),
            st.sampled_from(["j0", "j1", "j2", "j3", "j4", "nowhere"]),
            st.sampled_from(["dma-01", "dma-02"]),
        ),
        max_size=20,
    ),
    st.sampled_from(["j0", "j2", "j4"]),
    st.sampled_from(["dma-01", "dma-02", "dma-09"]),
)
def test_the_zones_own_before_a_neighbours_and_the_nearest_of_these(placed, node, zone):
    plain = town.plant()
    like = plain.tags["dma-01.p1"]
    tags = {
        f"t-{k:02d}": replace(like, id=f"t-{k:02d}", quantity=quantity, node=at, zone=of)
        for k, (quantity, at, of) in enumerate(placed)
    }
    plant = replace(plain, tags=tags)
    home, nodes = plant.network.nodes[node], plant.network.nodes

    def far(tag: Tag) -> float:
        return hypot(nodes[tag.node].x - home.x, nodes[tag.node].y - home.y)

    expected = []
    for quantity in (Quantity.PRESSURE, Quantity.TURBIDITY, Quantity.PH):
        of = [tag for tag in tags.values() if tag.quantity is quantity and tag.node in nodes]
        of.sort(key=lambda tag: (tag.zone != zone, far(tag), tag.id))
        expected += [tag.id for tag in of[: PRESSURES if quantity is Quantity.PRESSURE else 1]]
    assert [tag.id for tag, _ in Instruments(plant).nearest(node, zone)] == expected


async def test_a_house_that_is_on_no_node_has_no_instruments(plant):
    assert Instruments(plant).nearest("nowhere", "dma-01") == []
    assert {tag.quantity for tag in Instruments(plant).tags} <= QUALITY | {Quantity.PRESSURE}
