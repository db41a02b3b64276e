"""WQ-06: what a person holds back comes out by itself within four hours; how often, everyone is told."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.event import EventKind
from core.model.incident import IncidentState
from core.model.published import Amended, HourState, PublishedDay
from core.model.quality_hold import HoldEnd, QualityHold
from core.model.snapshot import ReadingState
from public_portal.server import build
from public_portal.signing import public_key_of
from response import quality_holds
from response.refused import Refused, Unknown
from tests.ledgers import ledger_in
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.test_hourly_record import TEN_PM, at, caught_up, hours, measured
from tests.public_portal.whole_utility import Utility
from tests.response import little_town as town

OFFICER = "user-quality_officer"
HALF_PAST = TEN_PM + 30 * town.MIN


async def hold(utility: Utility, minutes: int = 240, parameter: str = "turbidity") -> QualityHold:
    async with utility.ledger.begin() as tx:
        return await quality_holds.hold(
            tx, utility.plant, "dma-01", parameter, minutes, "怀疑管壁扰动", OFFICER, utility.clock.now_ns()
        )


async def refused(utility: Utility, minutes: int = 240) -> str:
    with pytest.raises(Refused) as error:
        await hold(utility, minutes)
    return error.value.reason


async def shown(utility: Utility):
    publisher = utility.publisher()
    await publisher.warm()
    snapshot = await publisher.publish()
    return {r.parameter: r for r in snapshot.areas[0].readings}, snapshot


async def test_wq_06_four_hours_and_a_minute_are_refused(utility):
    assert await refused(utility, 241) == "hold_too_long"
    made = await hold(utility, 240)
    assert made.until_ns - made.began_ns == 4 * town.HOUR


async def test_holds_of_one_parameter_are_together_no_longer_than_one(utility):
    at(utility, town.T0)
    first = await hold(utility, 200)
    assert await refused(utility, 10) == "held"
    at(utility, town.T0 + 60 * town.MIN)
    async with utility.ledger.begin() as tx:
        await quality_holds.release(tx, first.id, OFFICER, utility.clock.now_ns())
    assert await refused(utility, 181) == "hold_too_long"
    await hold(utility, 180)
    await hold(utility, 240, "ph")
    at(utility, town.T0 + 5 * town.HOUR)
    assert await refused(utility, 1) == "hold_too_long"
    at(utility, town.T0 + 30 * town.HOUR)
    await hold(utility, 240)


async def test_what_is_not_published_cannot_be_held(utility):
    with pytest.raises(Unknown):
        await hold(utility, 10, "conductivity")


async def test_now_is_withheld_says_until_when_and_comes_back_as_being_verified(utility):
    at(utility, town.T0)
    before, _ = await shown(utility)
    made = await hold(utility)
    held, _ = await shown(utility)
    assert before["turbidity"].value is not None
    assert (held["turbidity"].state, held["turbidity"].value) == (ReadingState.VERIFYING, None)
    assert held["turbidity"].held_until_ns == made.until_ns
    assert held["ph"] == before["ph"]
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        page, told = await read(address, "/area/dma-01"), await read(address, "/api/v1/latest")
    assert "最迟11月23日(周一)02:10自动发布，标为“核实中”" in page
    assert '"held_until":"2026-11-22T18:10:00Z"' in told.replace(" ", "")
    await measured(utility, town.T0, made.until_ns + town.MIN)
    at(utility, made.until_ns)
    after, _ = await shown(utility)
    assert after["turbidity"].value == pytest.approx(0.20, abs=0.02)
    assert (after["turbidity"].state, after["turbidity"].held_until_ns) == (ReadingState.VERIFYING, None)
    await measured(utility, made.until_ns, made.until_ns + 20 * town.MIN)
    at(utility, made.until_ns + 20 * town.MIN)
    later, _ = await shown(utility)
    assert later["turbidity"].state is ReadingState.NORMAL


async def read(address: str, path: str) -> str:
    headers = {"accept-language": "zh-CN"}
    async with httpx.AsyncClient(base_url=address, timeout=30, headers=headers, verify=False) as portal:
        return (await portal.get(path)).text


async def held_hour(utility: Utility) -> QualityHold:
    """22:00 to 23:00 becomes due while it is held."""
    at(utility, HALF_PAST)
    await caught_up(utility)
    await measured(utility, TEN_PM, TEN_PM + town.HOUR)
    at(utility, TEN_PM + 80 * town.MIN)
    made = await hold(utility)
    at(utility, TEN_PM + 90 * town.MIN)
    await caught_up(utility)
    return made


async def test_an_hour_that_is_held_is_listed_without_its_value_and_published_by_itself(utility):
    made = await held_hour(utility)
    hour = (await hours(utility))[TEN_PM]
    assert (hour.state, hour.median, hour.version) == (HourState.VERIFYING, None, 1)
    assert (hour.n_valid, hour.held_until_ns) == (60, made.until_ns)
    assert (await hours(utility, "ph"))[TEN_PM].held_until_ns is None
    at(utility, made.until_ns - 1)
    await caught_up(utility)
    assert (await hours(utility))[TEN_PM].version == 1
    at(utility, made.until_ns)
    await caught_up(utility)
    hour = (await hours(utility))[TEN_PM]
    assert hour.median == pytest.approx(0.20, abs=0.02)
    assert (hour.state, hour.version, hour.held_until_ns) == (HourState.VERIFYING, 2, None)
    async with utility.ledger.read() as tx:
        days = [d for d in await tx.find(PublishedDay) if d.parameter == "turbidity"]
        (kept,) = await tx.find(QualityHold)
    assert [(r.why, r.hour.median) for d in days for r in d.replaced] == [(Amended.HELD, None)]
    assert (kept.end, kept.standing, kept.ended_ns) == (HoldEnd.TIME_OVER, False, made.until_ns)


async def test_what_a_person_let_go_is_published_as_it_was_judged(utility):
    made = await held_hour(utility)
    async with utility.ledger.begin() as tx:
        await quality_holds.release(tx, made.id, OFFICER, utility.clock.now_ns())
    await caught_up(utility)
    hour = (await hours(utility))[TEN_PM]
    assert (hour.state, hour.version) == (HourState.NORMAL, 2)
    with pytest.raises(Refused):
        async with utility.ledger.begin() as tx:
            await quality_holds.release(tx, made.id, OFFICER, utility.clock.now_ns())


async def test_of_a_hub_that_stood_still_over_the_end_of_a_hold_nothing_is_held_longer(utility):
    at(utility, HALF_PAST)
    await caught_up(utility)
    at(utility, TEN_PM + 80 * town.MIN)
    made = await hold(utility)
    await measured(utility, TEN_PM, TEN_PM + 8 * town.HOUR)
    at(utility, TEN_PM + 8 * town.HOUR)
    await caught_up(utility)
    found = await hours(utility)
    states = {n: found[TEN_PM + n * town.HOUR].state for n in range(7)}
    assert {n for n, state in states.items() if state is HourState.VERIFYING} == {0, 1, 2, 3}
    assert all(found[TEN_PM + n * town.HOUR].median is not None for n in range(7))
    assert found[TEN_PM].held_until_ns is None and made.until_ns == TEN_PM + 320 * town.MIN


async def test_a_confirmed_exceedance_cannot_be_held_and_ends_a_hold_that_stands(utility):
    made = await held_hour(utility)
    incident = replace(town.quality(IncidentState.CONFIRMED), why=("limit", "persisted"))
    await utility.tell(incident, EventKind.INCIDENT)
    await caught_up(utility)
    assert (await hours(utility))[TEN_PM].version == 1, "one instrument's word for it is no confirmation"
    await utility.tell(replace(incident, why=("limit", "sibling_instrument_agrees")), EventKind.INCIDENT)
    now, _ = await shown(utility)
    assert now["turbidity"].held_until_ns is None, "whether or not the hold's end is written down"
    await caught_up(utility)
    assert (await hours(utility))[TEN_PM].median is not None
    async with utility.ledger.read() as tx:
        assert (await tx.get(QualityHold, made.id)).end is HoldEnd.CONFIRMED
    assert await refused(utility, 10) == "confirmed"


async def test_two_published_hours_beyond_the_limit_are_confirmed_and_stay_published(utility):
    at(utility, HALF_PAST)
    await caught_up(utility)
    await measured(utility, TEN_PM, TEN_PM + town.HOUR, 3.0)
    at(utility, TEN_PM + 90 * town.MIN)
    await caught_up(utility)
    await hold(utility, 20)
    await measured(utility, TEN_PM + town.HOUR, TEN_PM + 2 * town.HOUR, 3.0)
    at(utility, TEN_PM + 150 * town.MIN)
    await caught_up(utility)
    found = await hours(utility)
    assert [found[TEN_PM + n * town.HOUR].median > 1 for n in range(2)] == [True, True]
    assert await refused(utility, 10) == "confirmed"
    assert await hours(utility) == found


async def test_how_often_is_counted_by_month_on_the_public_page_and_in_its_api(utility):
    at(utility, HALF_PAST)
    _, none_yet = await shown(utility)
    assert [(one.month, one.holds) for one in none_yet.interventions] == [("2026-11", 0)]
    made = await held_hour(utility)
    at(utility, made.until_ns)
    await caught_up(utility)
    _, snapshot = await shown(utility)
    assert [(c.month, c.holds, c.whole, c.hours) for c in snapshot.interventions] == [("2026-11", 1, 1, 1)]
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        page, told = await read(address, "/about"), await read(address, "/api/v1/latest")
    row = page.split('<th scope="row">2026-11</th>')[1].split("</tr>")[0]
    assert [cell.split("</td>")[0] for cell in row.split('">')[1:]] == ["1", "1", "1", "0"]
    assert '"interventions":[{"month":"2026-11","holds":1,"whole":1,"hours":1,"faults":0}]' in told.replace(
        " ", ""
    )


def live(folder: str, sim_ns: int, said) -> None:
    """A hub's publisher, on what lies in a folder, until it is killed."""

    async def work() -> None:
        async with reopened(Path(folder), sim_ns) as utility:
            record = utility.publisher().record
            while True:
                await record.step()
                said.set()
                await asyncio.sleep(0.01)

    asyncio.run(work())


@asynccontextmanager
async def reopened(folder: Path, sim_ns: int) -> AsyncIterator[Utility]:
    ledger, spool = await ledger_in(folder), await SegmentSpool.open(folder / "spool")
    historian = await SqliteHistorian.open(folder / "historian.db", town.plant().tags)
    made = Utility(ledger, spool, historian, folder)
    at(made, sim_ns)
    try:
        yield made
    finally:
        for store in (spool, historian, ledger):
            await store.close()


def begun_and_killed(folder: Path, sim_ns: int) -> None:
    forks = multiprocessing.get_context("spawn")
    said = forks.Event()
    process = forks.Process(target=live, args=(str(folder), sim_ns, said), daemon=True)
    process.start()
    try:
        assert said.wait(120), "the hub did not come up"
    finally:
        process.kill()
        process.join(20)


async def test_kill_9_does_not_lengthen_a_hold(tmp_path):
    async with Utility.opened(tmp_path) as utility:
        made = await held_hour(utility)
    for sim_ns in (made.until_ns - 3 * town.HOUR, made.until_ns - 1):
        begun_and_killed(tmp_path, sim_ns)
        async with reopened(tmp_path, sim_ns) as utility:
            assert (await hours(utility))[TEN_PM].version == 1, "it holds on"
    begun_and_killed(tmp_path, made.until_ns)
    async with reopened(tmp_path, made.until_ns) as utility:
        hour = (await hours(utility))[TEN_PM]
        async with utility.ledger.read() as tx:
            kept = await tx.get(QualityHold, made.id)
    assert (hour.version, hour.state) == (2, HourState.VERIFYING) and hour.median is not None
    assert (kept.until_ns, kept.ended_ns) == (made.until_ns, made.until_ns)
