"""The published record from the historian to the citizen's page, all of it real."""

import asyncio
import csv
import json
import time
from dataclasses import replace

import httpx
import pytest

from core.model.alarm import Alarm
from core.model.clock import Anchor
from core.model.event import EventKind
from core.model.published import HourState, PublishedDay
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable
from core.runtime.clock import AnchoredClock
from public_portal.server import build
from public_portal.signing import public_key_of
from tests.at_work import running
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.whole_utility import Utility, until, wobble
from tests.response import little_town as town

TEN_PM = town.T0 - 10 * town.MIN
"""22:00 in Shanghai."""
TURBIDITY = "q-01.turbidity"


class Still(AnchoredClock):
    """It is so late, however long the machine takes: an hour's delay does not run out meanwhile."""

    def now_ns(self) -> int:
        return self.anchor.sim_ns


def still(t_ns: int) -> Still:
    return Still(Anchor(time.time_ns(), t_ns, 1.0))


def at(utility: Utility, t_ns: int) -> None:
    utility.clock = still(t_ns)


async def measured(utility: Utility, begin_ns: int, end_ns: int, value: float = 0.20) -> None:
    minutes = range(begin_ns // town.MIN, end_ns // town.MIN)
    past = [Sample(TURBIDITY, m * town.MIN, value * wobble(m)) for m in minutes]
    await utility.historian.write([Batch.of("opcua:quality", past)])


async def hours(utility: Utility, parameter: str = "turbidity"):
    async with utility.ledger.read() as tx:
        days = [day for day in await tx.find(PublishedDay) if day.parameter == parameter]
    return {hour.start_ns: hour for day in days for hour in day.hours}


async def caught_up(utility: Utility) -> None:
    record = utility.publisher().record
    while await record.step():
        pass


async def test_wq_02_an_hour_is_published_after_its_validation_delay(utility):
    at(utility, TEN_PM + 29 * town.MIN)
    await caught_up(utility)
    assert max(await hours(utility)) == TEN_PM - 2 * town.HOUR
    at(utility, TEN_PM + 30 * town.MIN)
    await caught_up(utility)
    last = (await hours(utility))[TEN_PM - town.HOUR]
    assert last.median == pytest.approx(0.20, abs=0.02)
    assert (last.n_valid, last.n_expected) == (60, 60)
    assert last.published_ns >= TEN_PM + 30 * town.MIN


async def test_every_hour_of_the_past_stands_once_in_its_shanghai_day(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    await caught_up(utility)
    stood = sorted(await hours(utility))
    assert stood[-1] == TEN_PM - town.HOUR
    assert stood == list(range(stood[0], TEN_PM, town.HOUR))
    assert len(stood) == 28 * 24, "from the first hour that anything was measured in"
    async with utility.ledger.read() as tx:
        for day in await tx.find(PublishedDay):
            assert {f"{samples_day(hour.start_ns)}" for hour in day.hours} == {day.day}
            assert len({hour.start_ns for hour in day.hours}) == len(day.hours) <= 24


def samples_day(t_ns: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(t_ns // town.S + 8 * 3600))


async def test_stopped_at_any_point_it_leaves_nothing_out_and_writes_nothing_twice(utility):
    """Cancelled after ever longer moments, each time begun anew."""
    at(utility, TEN_PM + 30 * town.MIN)
    for n in range(1, 40):
        task = asyncio.create_task(caught_up(utility))
        await asyncio.sleep(0.002 * n)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await caught_up(utility)
    stood = sorted(await hours(utility))
    assert stood == list(range(TEN_PM - 28 * 24 * town.HOUR, TEN_PM, town.HOUR))


async def test_while_the_historian_is_away_no_gap_is_made_up(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    await caught_up(utility)
    await measured(utility, TEN_PM, TEN_PM + 3 * town.HOUR)
    at(utility, TEN_PM + 3 * town.HOUR + 30 * town.MIN)
    publisher, answers = utility.publisher(), utility.historian.read
    asked = 0

    async def read(*question: object):
        nonlocal asked
        asked += 1
        if asked > 2:
            raise HistorianUnavailable("away")
        return await answers(*question)

    utility.historian.read = read
    with pytest.raises(HistorianUnavailable):
        await publisher.record.step()
    assert max(await hours(utility)) == TEN_PM - town.HOUR
    del utility.historian.read
    await caught_up(utility)
    found = await hours(utility)
    assert [found[TEN_PM + n * town.HOUR].n_valid for n in range(3)] == [60, 60, 60]


async def test_what_is_verified_when_an_hour_is_published_is_not_called_normal(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    alarm = Alarm(id=f"{TURBIDITY}.high", active=True, tag=TURBIDITY, zone="dma-01")
    await utility.tell(alarm, EventKind.ALARM)
    await caught_up(utility)
    found = await hours(utility)
    assert found[TEN_PM - town.HOUR].state is HourState.VERIFYING
    assert (await hours(utility, "ph"))[TEN_PM - town.HOUR].state is HourState.NORMAL


async def test_wq_29_late_data_make_a_new_version_and_the_old_one_is_kept(utility):
    await measured(utility, TEN_PM, TEN_PM + 20 * town.MIN)
    at(utility, TEN_PM + 90 * town.MIN)
    await caught_up(utility)
    before = (await hours(utility))[TEN_PM]
    assert (before.version, before.median, before.state) == (1, None, HourState.NO_DATA)
    await measured(utility, TEN_PM + 20 * town.MIN, TEN_PM + 2 * town.HOUR)
    at(utility, TEN_PM + 150 * town.MIN)
    publisher = utility.publisher()
    await publisher.record.step()
    after = (await hours(utility))[TEN_PM]
    assert (after.version, after.n_valid, after.state) == (2, 60, HourState.NORMAL)
    async with utility.ledger.read() as tx:
        (day,) = [d for d in await tx.find(PublishedDay) if d.replaced]
    assert [one.hour for one in day.replaced] == [before]
    await publisher.publish()
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as portal:
            asked = {"parameter": "turbidity", "day": "2026-11-22", "lang": "en"}
            page = (await portal.get("/area/dma-01/history", params=asked)).text
            assert "22:00–23:00: was no data, with data that came late 0.20" in page
            assert "version 2" in page
            lines = list(csv.DictReader((await portal.get("/area/dma-01/corrections.csv")).text.splitlines()))
            assert [(line["version"], line["median"], line["reason"]) for line in lines] == [
                ("1", "", "late_data")
            ]


async def test_wq_29_what_is_heard_late_while_the_hub_runs_is_looked_at_with_the_next_hour(utility):
    await measured(utility, TEN_PM, TEN_PM + 20 * town.MIN)
    at(utility, TEN_PM + 90 * town.MIN)
    publisher = utility.publisher()
    while await publisher.record.step():
        pass
    late = [
        Sample(TURBIDITY, m * town.MIN, 0.2 * wobble(m))
        for m in range(TEN_PM // town.MIN + 20, TEN_PM // town.MIN + 60)
    ]
    batch = Batch.of("opcua:quality", late)
    publisher.hear(batch)
    await utility.historian.write([batch])
    await measured(utility, TEN_PM + town.HOUR, TEN_PM + 2 * town.HOUR)
    publisher.record._clock = still(TEN_PM + 150 * town.MIN)
    asked, answers = [], utility.historian.read

    async def read(tag: str, begin_ns: int, end_ns: int):
        asked.append(tag)
        return await answers(tag, begin_ns, end_ns)

    utility.historian.read = read
    await publisher.record.step()
    found = await hours(utility)
    assert (found[TEN_PM].version, found[TEN_PM].n_valid) == (2, 60)
    assert sorted(asked) == sorted(["q-01.free_chlorine", "q-01.ph", TURBIDITY, TURBIDITY]), "no other hour"


async def test_the_page_and_the_csv_say_what_was_recorded(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    publisher = utility.publisher()
    while await publisher.record.step():
        pass
    await publisher.publish()
    recorded = await hours(utility)
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as portal:
            assert 'href="/area/dma-01/history?lang=en"' in (await portal.get("/area/dma-01?lang=en")).text
            page = (await portal.get("/area/dma-01/history?parameter=turbidity&lang=en")).text
            answer = await portal.get("/area/dma-01/history.csv")
    last = recorded[TEN_PM - town.HOUR]
    assert ">21–22<" in page and ">22–23<" not in page
    assert f">{last.median:.2f}</td>" in page
    assert "s-maxage=60" in answer.headers["cache-control"]
    lines = [line for line in csv.DictReader(answer.text.splitlines()) if line["parameter"] == "turbidity"]
    november = [hour for start, hour in sorted(recorded.items()) if samples_day(start)[:7] == "2026-11"]
    assert [line["n_valid"] for line in lines] == [str(hour.n_valid) for hour in november]
    assert lines[-1]["start"] == "2026-11-22T13:00:00Z" and lines[-1]["median"] == f"{last.median:.2f}"


async def test_nothing_of_an_instrument_crosses_with_the_record(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    publisher = utility.publisher()
    while await publisher.record.step():
        pass
    shown = await publisher.publish()
    assert {ref.name for ref in shown.parts} == {"record/dma-01/2026-10", "record/dma-01/2026-11"}
    for ref in shown.parts:
        lying = utility.store.part(ref.sha256) or b""
        assert len(lying) == ref.size
        content = lying.decode()
        allowed = {"id", "zone", "parameter", "unit", "day", "hours", "replaced", "limit"}
        assert all(set(day) == allowed for day in json.loads(content))
        assert "q-01" not in content and "st-01" not in content and "j2" not in content


async def test_a_restarted_publisher_lists_the_record_at_once_and_old_parts_go(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    publisher = utility.publisher()
    while await publisher.record.step():
        pass
    first = await publisher.publish()
    again = utility.publisher()
    assert (await again.publish()).parts == first.parts
    for n in range(1, 5):
        at(utility, TEN_PM + n * town.HOUR + 30 * town.MIN)
        publisher = utility.publisher()
        await publisher.publish()
        await publisher.record.step()
        shown = await publisher.publish()
    lying = list((utility.store._folder / "parts").iterdir())
    assert {ref.sha256 for ref in shown.parts} <= {path.name for path in lying}
    assert len(lying) <= len(shown.parts) + 1, "those of this snapshot and of the one before"


async def test_the_record_writes_itself_beside_the_publisher(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    async with running(utility.publisher()):
        await until(lambda: utility.store.get() is not None and utility.shown().parts, 60.0)
    assert max(await hours(utility)) == TEN_PM - town.HOUR


async def test_a_part_that_is_not_what_was_signed_is_refused_and_the_old_one_shown(utility):
    at(utility, TEN_PM + 30 * town.MIN)
    publisher = utility.publisher()
    while await publisher.record.step():
        pass
    await publisher.publish()
    page = "/area/dma-01/history?parameter=turbidity&lang=en"
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as portal:
            good = (await portal.get(page)).text
            await measured(utility, TEN_PM, TEN_PM + town.HOUR, 0.22)
            at(utility, TEN_PM + 90 * town.MIN)
            publisher = utility.publisher()
            await publisher.publish()
            await publisher.record.step()
            shown = replace(await publisher.publish())
            part = utility.store._folder / "parts" / shown.parts[-1].sha256
            whole = part.read_bytes()
            part.write_bytes(whole.replace(b'"median":0.2', b'"median":0.1'))
            refused = (await portal.get(page)).text
            assert "failed its check; the last trusted one" in refused
            assert ">22–23<" not in refused and ">21–22<" in refused and "0.1" not in good
            part.unlink()
            assert "failed its check; the last trusted one" in (await portal.get(page)).text
            part.write_bytes(whole)
            mended = (await portal.get(page)).text
            assert "failed its check" not in mended and ">22–23<" in mended
    part.unlink()
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as fresh:
            shut = (await fresh.get(page)).text
            assert "is not shown" in shut and ">21–22<" not in shut
            assert (await fresh.get("/area/dma-01/history.csv")).status_code == 404
