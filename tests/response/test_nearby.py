"""A reading is called unusual only against a week and more, and not at the edge of a narrow band."""

from pathlib import Path

import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.tag import Quantity
from core.runtime.live import LiveTable
from public_portal.areas import band_of
from public_portal.usual import UsualBands
from response.instruments import Instruments
from response.nearby import SensorNow, sensors
from response.usual_band import widened
from tests.response import little_town as town


async def near(folder: Path, days: int) -> SensorNow:
    plant = town.plant()
    historian = await SqliteHistorian.open(folder / "historian.db", plant.tags)
    past = [Sample("dma-01.p1", town.T0 - d * 24 * town.HOUR, 30.0 + d % 2 * 0.2) for d in range(1, days + 1)]
    await historian.write([Batch.of("modbus:st-01", past)])
    rows = await sensors(Instruments(plant), LiveTable(), historian, "j1", "dma-01", town.T0)
    await historian.close()
    return next(row for row in rows if row.tag == "dma-01.p1")


async def test_less_than_a_week_is_no_usual(tmp_path):
    assert (await near(tmp_path, 6)).usual_low is None


async def test_the_band_leaves_room_for_an_ordinary_day(tmp_path):
    row = await near(tmp_path, 9)
    assert row.usual_low == pytest.approx(27.0, abs=0.1)
    assert row.usual_high == pytest.approx(33.2, abs=0.1)


def test_a_band_never_begins_below_nothing():
    assert widened(0.1, 0.4, Quantity.TURBIDITY) == (0.0, pytest.approx(0.7))


async def test_a_fall_of_minutes_ago_ends_the_line_and_a_gap_in_the_day_stays_a_gap(tmp_path):
    """HL-06: the last whole hour would end up to an hour before the fall."""
    plant, now = town.plant(), town.T0 + 25 * town.MIN
    historian = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
    hours = [h for h in range(1, 25) if h != 6]
    past = [Sample("dma-01.p1", town.T0 - h * town.HOUR, 30.0) for h in hours]
    await historian.write([Batch.of("modbus:st-01", past)])
    live = LiveTable()
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p1", now - 5 * town.S, 11.5)]))
    rows = await sensors(Instruments(plant), live, historian, "j1", "dma-01", now)
    silent = await sensors(Instruments(plant), LiveTable(), historian, "j1", "dma-01", now)
    await historian.close()
    (spark,) = (row.spark for row in rows if row.tag == "dma-01.p1")
    first = town.T0 // town.HOUR * town.HOUR - 24 * town.HOUR
    assert [t_ns for t_ns, _ in spark[:-1]] == [first + h * town.HOUR for h in range(24)]
    values = [value for _, value in spark]
    assert values.count(None) == 1 and values[-2:] == [30.0, 11.5] and spark[-1][0] == now
    (dark,) = (row.spark for row in silent if row.tag == "dma-01.p1")
    assert dark[-1] == (now, None), "what is not read now is not drawn"


async def test_the_card_and_the_public_page_tell_the_same_usual_chlorine_and_bad_samples_make_none(tmp_path):
    plant, id = town.plant(), "q-01.free_chlorine"
    historian = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
    past = [
        Sample(id, town.T0 - h * town.HOUR + m * town.MIN, None, Status.BAD)
        if m == 30
        else Sample(id, town.T0 - h * town.HOUR + m * town.MIN, 0.2 + 0.02 * (h % 13))
        for h in range(1, 9 * 24)
        for m in (0, 30)
    ]
    await historian.write([Batch.of("modbus:st-01", past)])
    rows = await sensors(Instruments(plant), LiveTable(), historian, "j1", "dma-01", town.T0)
    bands = UsualBands(historian, [plant.tags[id]], Stopped())
    await bands.refresh()
    await historian.close()
    (row,) = (row for row in rows if row.tag == id)
    known = bands.of(id)
    assert known is not None and row.usual_low is not None and row.usual_high is not None
    printed = band_of(Quantity.FREE_CHLORINE, known)
    assert (round(row.usual_low, 2), round(row.usual_high, 2)) == (printed.low, printed.high)
    assert row.usual_low >= 0.1, "no chlorine at all is never usual where there always was some"


class Stopped:
    def now_ns(self) -> int:
        return town.T0

    def monotonic_ns(self) -> int:
        return 0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError
