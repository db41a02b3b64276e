"""A reading is called unusual only against a week and more, and not at the edge of a narrow band."""

from pathlib import Path

import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.sample import Batch, Sample
from core.model.tag import Quantity
from core.runtime.live import LiveTable
from response.nearby import SensorNow, sensors
from response.usual_band import widened
from tests.response import little_town as town


async def near(folder: Path, days: int) -> SensorNow:
    plant = town.plant()
    historian = await SqliteHistorian.open(folder / "historian.db", plant.tags)
    past = [Sample("dma-01.p1", town.T0 - d * 24 * town.HOUR, 30.0 + d % 2 * 0.2) for d in range(1, days + 1)]
    await historian.write([Batch.of("modbus:st-01", past)])
    rows = await sensors(plant, LiveTable(), historian, "j1", "dma-01", town.T0)
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
