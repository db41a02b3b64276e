"""Reports behind the interface: of periods that are not over, unwatched or unmeasured, and asked again."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.reports.forms import as_csv
from api.reports.period import Kind, period_of
from api.reports.sheet import Section, Sheet, percent
from api.wire import parse_time
from core.model.account import Role
from core.model.master import MasterVersion
from core.model.published import Hour, HourState, PublishedDay, day_id
from core.model.sample import Batch, Sample
from core.model.shanghai import moment
from core.model.tag import Quantity
from core.model.text import Text
from tests.api.hub_at_work import Hub, _tag, plant
from tests.api.shift_at_work import EVENING, HOUR, MIN, evening, put
from tests.limits_here import limit

TODAY, YESTERDAY = "2026-11-22", "2026-11-21"
MIDNIGHT = EVENING - 19 * HOUR - 30 * MIN
QUARTERS = 78
"""That are over at half past seven in the evening."""
MEASURED = {"dma-01.inflow": 100.0, "dma-01.p1": 20.0, "dma-01.p2": 20.0, "dma-02.p1": 10.0}


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    """Everything was measured since midnight."""
    async with evening(tmp_path) as made:
        rows = [
            Sample(tag, MIDNIGHT + minute * MIN, value)
            for tag, value in MEASURED.items()
            for minute in range(15 * QUARTERS)
        ]
        await made.deps.historian.write([Batch.of("test:report", rows)])
        yield made


async def report(hub: Hub, day: str = TODAY) -> dict:
    async with hub.as_(Role.DUTY_MANAGER) as client:
        answer = await client.get(f"/api/v1/reports/daily/{day}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def rows(hub: Hub, section: str, day: str = TODAY) -> list[list]:
    (found,) = [one for one in (await report(hub, day))["sections"] if one["id"] == section]
    return [[cell["en"] if isinstance(cell, dict) else cell for cell in row] for row in found["rows"]]


async def test_of_a_day_that_is_not_over_the_part_that_is_counts_as_the_whole(hub: Hub):
    assert (await rows(hub, "volumes"))[0] == ["East", 1950.0, 100.0, 100.0, 100.0]
    worst, best, both = await rows(hub, "pressure")
    assert worst == ["West", 0.0, QUARTERS, 100.0, 10.0]
    assert best == ["East", 100.0, 2 * QUARTERS, 100.0, 20.0]
    assert both == ["All", 66.67, 3 * QUARTERS, 100.0, 10.0]


async def test_in_the_first_minutes_of_a_day_nothing_is_known_of_it(hub: Hub):
    hub.deps.clock.later_ns = MIDNIGHT + 5 * MIN - EVENING
    assert (await rows(hub, "volumes"))[0] == ["East", None, None, None, None]


async def test_where_nothing_was_measured_there_is_no_sum_of_it(hub: Hub):
    assert await rows(hub, "volumes", YESTERDAY) == [
        ["East", None, 0.0, None, None],
        ["All metered areas", None, None, None, None],
    ]


async def test_more_gauges_than_are_asked_about_at_once_are_all_counted(tmp_path: Path):
    gauges = [_tag(f"dma-02.g{n}", Quantity.PRESSURE, "m", "dma-02") for n in range(300)]
    many = replace(plant(), tags={tag.id: tag for tag in gauges})
    async with evening(tmp_path) as hub:
        await hub.deps.historian.write(
            [Batch.of("test", [Sample(tag.id, MIDNIGHT + n, 20.0) for n, tag in enumerate(gauges)])]
        )
        context = hub.app.state.context
        hub.app.state.context = replace(context, deps=replace(context.deps, plant=many))
        assert (await rows(hub, "pressure"))[-1][1:3] == [100.0, 300]


async def test_the_page_and_what_is_saved_from_it_are_one_report(hub: Hub):
    async with hub.as_(Role.DUTY_MANAGER) as client:
        path = f"/api/v1/reports/daily/{TODAY}"
        first, second = [one.json() for one in await asyncio.gather(client.get(path), client.get(path))]
        assert first == second
        hub.deps.clock.later_ns = 3 * HOUR
        saved = await client.get(f"{path}/csv?lang=en")
    assert moment(parse_time(first["made"])).en in saved.text.splitlines()[0]


async def test_alarms_of_a_time_that_nobody_watched_are_not_none(hub: Hub):
    first = MasterVersion(
        id="00000001",
        n=1,
        proposal=None,
        by="hub",
        approved_by="hub",
        reason="",
        t_ns=EVENING - HOUR,
        rows=1,
    )
    await put(hub, first)
    assert await rows(hub, "alarms", YESTERDAY) == []
    (today,) = [one for one in (await report(hub))["sections"] if one["id"] == "alarms"]
    assert today["rows"] and "18:30" in today["note"]["en"]


async def test_an_hour_is_held_against_what_its_day_was_judged_by(hub: Hub):
    judged = limit("turbidity")
    assert judged
    hours = tuple(
        Hour(
            start_ns=MIDNIGHT + n * HOUR,
            state=HourState.NORMAL,
            published_ns=EVENING,
            n_valid=60,
            median=0.3,
        )
        for n in range(19)
    )
    shown = PublishedDay(
        id=day_id("dma-01", "turbidity", TODAY),
        zone="dma-01",
        parameter="turbidity",
        unit="NTU",
        day=TODAY,
        hours=hours,
        limit=replace(judged, high=0.25),
    )
    await put(hub, shown)
    (row,) = await rows(hub, "quality")
    assert row[2].startswith("≤0.25 NTU") and row[3:6] == [0.0, 19, 100.0]


@pytest.mark.parametrize(
    ("asked", "zh", "en"),
    [
        ("2199-01-01", "2199-01-01 尚未开始", "2199-01-01 has not begun"),
        ("2026-13-01", "'2026-13-01' 不是日期，应写作 2026-11-25", "'2026-13-01' is not a day as 2026-11-25"),
    ],
)
async def test_what_cannot_be_reported_is_refused_in_both_languages(hub: Hub, asked: str, zh: str, en: str):
    async with hub.as_(Role.REGULATOR) as client:
        answer = await client.get(f"/api/v1/reports/daily/{asked}")
    assert answer.status_code == 422 and answer.json()["why"] == {"zh": zh, "en": en}


def test_a_hundred_percent_is_all_of_them():
    assert percent(29_999, 30_000) == 99.99
    assert (percent(30_000, 30_000), percent(1, 3), percent(0, 0)) == (100.0, 33.33, None)


def test_an_empty_cell_of_the_csv_is_empty():
    head = Text("名称", "Name")
    section = Section(id="s", title=head, note=head, heads=(head, head), rows=(("", Text("=x", "=x")),))
    sheet = Sheet(utility=head, period=period_of(Kind.DAILY, TODAY), made_ns=EVENING, sections=(section,))
    assert list(csv.reader(io.StringIO(as_csv(sheet, "en"))))[-1] == ["", "'=x"]
