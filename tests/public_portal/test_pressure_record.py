"""WQ-14: an area's service pressure by the hour, from its gauges to the citizen's page: of the whole area,
never of a gauge, never now, and only where ten connections are behind it."""

import json
from dataclasses import replace

import httpx
import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Account
from core.model.pressure import METRES_A_MPA, PressureMonth, pressure_part
from core.model.sample import Batch, Sample
from core.model.snapshot import PartRef
from core.model.tag import Quantity
from public_portal.pressure_record import PressureRecord, gauges_of
from public_portal.record_parts import RecordParts
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.test_hourly_record import at
from tests.response import little_town as town

TEN_PM = town.T0 - 10 * town.MIN
GAUGES = {"dma-01.p1": 0.30, "dma-01.p2": 0.20, "dma-01.p3": 0.13}
"""MPa."""


class Pressures:
    """A record of it over `utility`'s ledger and clock, with gauges of its own."""

    def __init__(self, utility, historian: SqliteHistorian, plant) -> None:
        self.utility, self.historian, self.plant = utility, historian, plant

    async def measured(self, begin_ns: int, end_ns: int, **instead: float | None) -> None:
        told = GAUGES | {f"dma-01.{name}": value for name, value in instead.items()}
        for tag, mpa in told.items():
            if mpa is not None:
                times = range(begin_ns, end_ns, town.MIN)
                past = [Sample(tag, t_ns, mpa * METRES_A_MPA) for t_ns in times]
                await self.historian.write([Batch.of("modbus:st-01", past)])

    async def written(self, least_mpa: float = 0.14) -> PressureMonth | None:
        """The record goes on, anew; what crosses of the area's month."""
        parts = RecordParts(self.utility.ledger, self.utility.store, lambda: None)
        record = PressureRecord(
            self.utility.ledger, self.historian, self.plant, self.utility.clock, parts, least_mpa
        )
        await record.resume()
        while await record.step():
            pass
        self.refs = {ref.name: ref for ref in parts.refs()}
        ref = self.refs.get(pressure_part("dma-01", "2026-11"))
        if ref is None:
            return None
        self.content = self.utility.store.part(ref.sha256)
        return PressureMonth.of(self.content)


async def text(url: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).text


@pytest.fixture
async def pressures(utility, tmp_path):
    plant = town.plant()
    p1 = plant.tags["dma-01.p1"]
    third = replace(p1, id="dma-01.p3")
    works = [replace(p1, id=f"plant-1.p{n}", zone="plant-1") for n in range(3)]
    plant = replace(plant, tags=plant.tags | {tag.id: tag for tag in (third, *works)})
    historian = await SqliteHistorian.open(tmp_path / "pressures.db", plant.tags)
    yield Pressures(utility, historian, plant)
    await historian.close()


async def test_an_hour_is_the_area_s_median_and_the_share_of_time_that_has_the_least(pressures):
    await pressures.measured(TEN_PM - 2 * town.HOUR, TEN_PM)
    at(pressures.utility, TEN_PM + 29 * town.MIN)
    month = await pressures.written()
    assert [hour.start_ns for hour in month.hours] == [TEN_PM - 2 * town.HOUR], "after its validation delay"
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    month = await pressures.written()
    assert [hour.start_ns for hour in month.hours] == [TEN_PM - 2 * town.HOUR, TEN_PM - town.HOUR]
    last = month.hours[-1]
    assert (last.median, last.kept, last.least) == (0.20, pytest.approx(2 / 3, abs=0.001), 0.14)


async def test_nothing_of_a_gauge_crosses(pressures):
    await pressures.measured(TEN_PM - town.HOUR, TEN_PM, p1=0.3141, p2=0.2718)
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    (hour,) = (await pressures.written()).hours
    assert hour.median == 0.27, "in steps of a metre of water"
    said = json.loads(pressures.content)
    assert set(said) == {"zone", "month", "hours"}
    assert set(said["hours"][0]) == {"start_ns", "published_ns", "least", "median", "kept"}
    assert b"p1" not in pressures.content and "plant-1" not in "".join(pressures.refs)


async def test_of_fewer_than_three_gauges_there_is_no_figure(pressures):
    await pressures.measured(TEN_PM - 2 * town.HOUR, TEN_PM - town.HOUR)
    await pressures.measured(TEN_PM - town.HOUR, TEN_PM - 20 * town.MIN, p3=None)
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    first, last = (await pressures.written()).hours
    assert first.median is not None and (last.median, last.kept) == (None, None)


async def test_of_fewer_than_ten_connections_nothing_is_published(pressures):
    await pressures.measured(TEN_PM - town.HOUR, TEN_PM)
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    async with pressures.utility.ledger.begin() as tx:
        for account in (await tx.find(Account))[9:]:
            await tx.delete(Account, account.id)
    assert await pressures.written() is None


async def test_killed_and_started_again_each_hour_stands_once(pressures):
    await pressures.measured(TEN_PM - 30 * town.HOUR, TEN_PM)
    at(pressures.utility, TEN_PM - 3 * town.HOUR)
    await pressures.written()
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    month = await pressures.written()
    starts = [hour.start_ns for hour in month.hours]
    assert starts == list(range(TEN_PM - 30 * town.HOUR, TEN_PM, town.HOUR))
    assert await pressures.written() == month, "what was handed out before is handed out again"


async def test_the_area_s_page_tells_it_in_both_languages(pressures, store):
    await pressures.measured(TEN_PM - 5 * town.HOUR, TEN_PM)
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    await pressures.written()
    store.put_part(pressures.content)
    snapshot = samples.ordinary(parts=tuple(pressures.refs.values()))
    store.put(*sealed(snapshot, samples.KEY))
    with serving(build(store, public_key_of(samples.KEY))) as url:
        page = await text(f"{url}/area/dma-01?lang=zh")
        assert "最近30天有数据的5个小时中，水压不低于0.14 MPa的时间占66.7%" in page
        assert page.count('data-of="中位数 (MPa)">0.20') == 5 and "21:00–22:00" in page
        assert "DBJ41/T 105-2010" in page
        english = await text(f"{url}/area/dma-01?lang=en")
        assert (
            "In 5 hours with data of the last 30 days pressure was 0.14 MPa or more for 66.7 % of" in english
        )
        assert "不公布水压" in await text(f"{url}/area/dma-02?lang=zh")
        latest = await text(f"{url}/api/v1/latest")
        assert "pressure" not in latest.replace("connections_low_pressure", "")


async def test_a_threshold_of_the_utility_s_own_is_not_called_henan_s(pressures, store):
    await pressures.measured(TEN_PM - 2 * town.HOUR, TEN_PM)
    at(pressures.utility, TEN_PM + 30 * town.MIN)
    await pressures.written(0.16)
    store.put_part(pressures.content)
    store.put(*sealed(samples.ordinary(parts=tuple(pressures.refs.values())), samples.KEY))
    with serving(build(store, public_key_of(samples.KEY))) as url:
        page = await text(f"{url}/area/dma-01?lang=en")
    assert "0.16 MPa or more" in page and "DBJ41" not in page


async def test_a_part_that_is_not_what_was_signed_is_not_shown(store):
    ref = PartRef(name=pressure_part("dma-01", "2026-11"), sha256="0" * 64, size=9)
    store.put(*sealed(samples.ordinary(parts=(ref,)), samples.KEY))
    with serving(build(store, public_key_of(samples.KEY))) as url:
        assert "cannot be read now" in await text(f"{url}/area/dma-01?lang=en")


async def test_only_gauges_of_areas_count(pressures):
    found = gauges_of(pressures.plant)
    assert [tag.quantity for tag in found["dma-01"]] == [Quantity.PRESSURE] * 3 and set(found) == {"dma-01"}
