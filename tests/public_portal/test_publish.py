"""From the ledger, the spool and the historian to the citizen's page, all of them real."""

import asyncio
import time
from dataclasses import replace

import httpx
import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.alarm import Alarm
from core.model.clock import Anchor
from core.model.event import EventKind
from core.model.incident import IncidentState, Member
from core.model.notice import Change, Notice, NoticeKind, NoticeState, StreetExtent
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.model.snapshot import PublicSnapshot, ReadingState
from core.model.text import Text
from core.model.valve_operation import Turning
from core.model.work_order import Outcome, WorkOrder
from core.runtime.clock import AnchoredClock
from public_portal.announcements import announcement
from public_portal.recorded import Recorded
from public_portal.server import build
from public_portal.signing import public_key_of
from public_portal.told import Told
from response.notices import decisions as notices
from response.orders.taking import Said, apply
from tests.at_work import running
from tests.own_time import within
from tests.persons import person_of
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.whole_utility import MANAGER, Utility, until
from tests.response import little_town as town
from tests.response.test_shut_valves import shut

NOTICE = "/n/NTC-20261122-00001"


def states(snapshot: PublicSnapshot) -> dict[str, ReadingState]:
    return {r.parameter: r.state for area in snapshot.areas for r in area.readings}


async def test_an_ordinary_hour_is_told_with_its_usual_range(utility):
    publisher = utility.publisher()
    await publisher.warm()
    shown = await publisher.publish()
    assert [area.id for area in shown.areas] == ["dma-01", "dma-02"]
    chlorine, turbidity, ph = shown.areas[0].readings
    assert (chlorine.state, turbidity.state, ph.state) == (ReadingState.NORMAL,) * 3
    assert chlorine.value == pytest.approx(0.45, abs=0.02)
    assert chlorine.usual_low == pytest.approx(0.38, abs=0.02)
    assert chlorine.usual_high == pytest.approx(0.52, abs=0.02)
    assert shown.areas[1].readings == (), "an area without an instrument says nothing, not its neighbour's"
    assert utility.shown() == shown


async def test_a_notice_is_on_the_citizens_page_within_two_seconds(utility):
    async with running(utility.publisher(), utility.response()):
        await until(lambda: utility.store.get() is not None)
        with serving(build(utility.store, public_key_of(samples.KEY))) as address:
            async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as portal:
                await utility.tell(town.burst(), EventKind.INCIDENT)
                await until_drafted(utility)
                await asyncio.sleep(1.0)
                assert (await portal.get(NOTICE)).status_code == 404, "nothing is published by itself"
                id = await utility.publish_notice()
                async with within(2):
                    while (await portal.get(f"/notice/{id}")).status_code != 200:
                        await asyncio.sleep(0.02)
                home = (await portal.get("/")).text.replace(" ", "")
                assert "人民路40–58号" in home
                said = await portal.get("/api/v1/affected", params={"address": "人民路44号"})
                assert said.json()["answer"] == "affected"


async def until_drafted(utility: Utility) -> None:
    async with asyncio.timeout(60):
        while True:
            async with utility.ledger.read() as tx:
                if await tx.find(Notice):
                    return
            await asyncio.sleep(0.02)


async def test_a_quality_alarm_or_incident_makes_it_verifying_at_once(utility):
    async with running(utility.publisher()):
        await until(lambda: utility.store.get() is not None)
        alarm = Alarm(id="q-01.turbidity.high", active=True, acked=False, tag="q-01.turbidity", zone="dma-01")
        await utility.tell(alarm, EventKind.ALARM)
        async with within(2):
            await until(lambda: states(utility.shown())["turbidity"] is ReadingState.VERIFYING)
        assert states(utility.shown())["ph"] is ReadingState.NORMAL
        await utility.tell(town.quality(IncidentState.SUSPECTED), EventKind.INCIDENT)
        async with within(2):
            await until(lambda: set(states(utility.shown()).values()) == {ReadingState.VERIFYING})
        await utility.tell(replace(alarm, active=False), EventKind.ALARM)
        await utility.tell(town.quality(IncidentState.CLOSED), EventKind.INCIDENT)
        async with within(2):
            await until(lambda: set(states(utility.shown()).values()) == {ReadingState.NORMAL})


async def test_an_incident_of_chlorine_leaves_turbidity_and_ph_alone(utility):
    alarm = Alarm(id="q-01.free_chlorine.low", active=False, tag="q-01.free_chlorine", zone="dma-01")
    member = Member(alarm=alarm.id, occurrence=1, raised_ns=town.T0, why="first")
    await utility.tell(alarm, EventKind.ALARM)
    await utility.tell(replace(town.quality(), members=(member,)), EventKind.INCIDENT)
    publisher = utility.publisher()
    await publisher.warm()
    assert states(await publisher.publish()) == {
        "free_chlorine": ReadingState.VERIFYING,
        "turbidity": ReadingState.NORMAL,
        "ph": ReadingState.NORMAL,
    }
    unheard = replace(member, alarm="unheard-of")
    await utility.tell(replace(town.quality(), members=(member, unheard)), EventKind.INCIDENT)
    assert set(states(await publisher.publish()).values()) == {ReadingState.VERIFYING}


@pytest.mark.parametrize(
    ("why", "minutes", "shown"),
    [
        ("persisted", 6, ReadingState.NORMAL),
        ("persisted", 11, ReadingState.VERIFYING),
        ("sibling_instrument_agrees", 6, ReadingState.VERIFYING),
        ("confirmed_by_u-1", 6, ReadingState.VERIFYING),
    ],
)
async def test_what_one_instrument_says_alone_may_be_a_spike_however_long_its_alarm_takes_to_end(
    utility, why, minutes, shown
):
    """WQ-02, E2E-3: an incident is believed while its alarm's off-delay still runs."""
    raised_ns = town.T0 - minutes * town.MIN
    row = "q-01.turbidity.high"
    alarm = Alarm(id=row, active=True, raised_ns=raised_ns, tag="q-01.turbidity", zone="dma-01")
    member = Member(alarm=alarm.id, occurrence=1, raised_ns=raised_ns, why="first")
    believed = replace(town.quality(), opened_ns=raised_ns, members=(member,), why=("limit", why))
    await utility.tell(alarm, EventKind.ALARM)
    await utility.tell(believed, EventKind.INCIDENT)
    publisher = utility.publisher()
    await publisher.warm()
    assert states(await publisher.publish())["turbidity"] is shown


async def test_a_dead_probe_heard_through_the_spool_is_no_data(utility):
    utility.clock = AnchoredClock(Anchor(time.time_ns(), town.T0 + 4 * town.MIN, 1.0))
    async with running(utility.publisher()):
        await until(lambda: utility.store.get() is not None)
        dead = [
            Sample("q-01.turbidity", town.T0 + n * town.S, None, Status.BAD_SENSOR_FAILURE)
            for n in range(240)
        ]
        await utility.spool.put(Batch.of("opcua:quality", dead))
        alarm = Alarm(id="q-01.turbidity.bad", active=True, tag="q-01.turbidity", zone="dma-01")
        await utility.tell(alarm, EventKind.ALARM)
        async with within(2):
            await until(lambda: states(utility.shown())["turbidity"] is ReadingState.NO_DATA)
        (reading,) = [r for r in utility.shown().areas[0].readings if r.parameter == "turbidity"]
        assert reading.value is None


async def test_numbers_rise_across_restarts_and_a_lost_ledger(utility, tmp_path):
    first = (await utility.publisher().publish()).seq
    second = (await utility.publisher().publish()).seq
    assert second == first + 1
    utility.ledger = await SqlLedger.open(tmp_path / "restored-from-long-ago.db")
    assert (await utility.publisher().publish()).seq == second + 1
    await utility.ledger.close()


async def test_without_history_nothing_is_called_normal(utility, tmp_path):
    empty = await SqliteHistorian.open(tmp_path / "empty.db", utility.plant.tags)
    utility.historian = empty
    shown = await utility.publisher().publish()
    assert set(states(shown).values()) == {ReadingState.NO_DATA}
    await empty.close()


async def test_nothing_private_crosses(utility):
    """Canaries: accounts, telephones, people, instruments, stations, pipes, valves and nodes, searched for
    in the signed bytes while a notice about them stands."""
    service = utility.response()
    await service.handle([await town.report(utility.ledger, town.burst(radius_m=500.0))])
    await utility.publish_notice()
    publisher = utility.publisher()
    await publisher.warm()
    await publisher.publish()
    content = (utility.store.get() or pytest.fail("nothing"))[0].decode()
    plant = utility.plant
    private = {value for a in town.accounts() for value in (a.id, a.meter, a.building)}
    private |= {value for p in map(person_of, town.accounts()) for value in (p.id, p.name, p.phone)}
    private |= {user.id for user in town.users()} | {"INC-1", "WO-2026", "crew-1", "st-01", "q-01"}
    private |= {f'"{id}"' for id in (*plant.network.nodes, *plant.network.links, *plant.network.valves)}
    assert "人民路" in content
    assert [canary for canary in private if canary in content] == []


async def test_a_notice_leaves_a_day_after_restoration(utility):
    service = utility.response()
    await service.handle([await town.report(utility.ledger, town.burst())])
    id = await utility.publish_notice()
    async with utility.ledger.begin() as tx:
        await notices.restore(tx, id, MANAGER, utility.clock.now_ns(), reason="现场确认")
    assert [n.progress[-1][0] for n in (await utility.publisher().publish()).notices] == ["restored"]
    utility.clock = AnchoredClock(Anchor(time.time_ns(), town.T0 + 25 * town.HOUR, 1.0))
    assert (await utility.publisher().publish()).notices == ()


@pytest.mark.parametrize(
    ("visited", "found", "zh"),
    [
        (False, "unconfirmed", "疑似故障未经现场确认，供水正常"),
        (True, "nothing_found", "现场未发现故障，供水正常"),
    ],
)
async def test_on09_what_nobody_saw_on_site_ends_on_the_page_as_its_last_version_has_it(
    utility, visited: bool, found: str, zh: str
) -> None:
    service = utility.response()
    await service.handle([await town.report(utility.ledger, town.burst())])
    id = await utility.publish_notice()
    if visited:
        await nothing_found(utility)
    async with utility.ledger.begin() as tx:
        await notices.restore(tx, id, MANAGER, utility.clock.now_ns(), reason="仪表已恢复")
    (over,) = (await utility.publisher().publish()).notices
    assert (over.doubt, over.matter and over.matter.zh) == (found, "疑似停水")
    assert "供水正常公告" in over.title.zh
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address, timeout=30) as portal:
            page = (await portal.get(f"/n/{id}")).text
    assert zh in page and "已恢复供水" not in page and "恢复供水的街道" not in page


async def nothing_found(utility: Utility) -> None:
    crew, now_ns = town.user(Role.CREW, "crew", "crew-1"), utility.clock.now_ns()
    async with utility.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "assign", MANAGER, now_ns, crew="crew-1")
        for event in ("depart", "arrive"):
            await apply(tx, order.id, event, crew, now_ns)
        said = Said(outcome=Outcome.NOT_FOUND, note="x")
        await apply(tx, order.id, "complete", crew, now_ns, said=said)


def test_of_what_is_over_few_cannot_be_told_from_a_sum_and_nothing_is_weak_any_more():
    weak = StreetExtent(street="s2", name=Text("中山路", "Zhongshan Road"), numbers="1–7", weak=True)
    whole = StreetExtent(street="s1", name=Text("人民路", "Renmin Road"))
    head = Notice(
        id="NTC-20261122-00001",
        incident=None,
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=NoticeState.RESTORED,
        zone="dma-01",
        title=Text("恢复", "Back"),
        body=Text("恢复", "Back"),
        advice=Text("放水", "Run the tap"),
        author="hub",
        drafted_ns=town.T0,
        starts_ns=town.T0,
        streets=(weak, whole, replace(whole, weak=True)),
        accounts_affected=4,
        accounts_weak=294,
    )
    recorded = Recorded(samples.KEY, ())
    lasting = announcement(Told(head, (), None), None, recorded)
    over = announcement(Told(replace(head, change=Change.RESTORED), (), None), None, recorded)
    assert (lasting.connections, lasting.weak, lasting.streets[0].weak) == (None, 294, True)
    assert (over.connections, over.weak, over.streets[0].weak) == (294, None, False)
    assert (len(lasting.streets), len(over.streets)) == (3, 2), "each street once"


async def test_wo_21_a_main_repaired_behind_shut_valves_is_not_told_as_being_filled(utility):
    await utility.tell(town.burst(), EventKind.INCIDENT)
    async with running(utility.response()):
        await until_drafted(utility)
    await utility.publish_notice()
    crew = town.user(Role.CREW, "crew", "crew-1")
    now_ns = utility.clock.now_ns()
    async with utility.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "assign", MANAGER, now_ns, crew="crew-1")
        for event in ("depart", "arrive"):
            await apply(tx, order.id, event, crew, now_ns)
    await shut(utility.ledger, utility.plant, "v1")
    async with utility.ledger.begin() as tx:
        done = Said(outcome=Outcome.REPAIRED, note="x")
        await apply(tx, order.id, "complete", crew, now_ns, said=done)
    assert (await utility.publisher().publish()).notices[0].progress[-1][0] == "to_open", (
        "nobody opens them yet"
    )
    await shut(utility.ledger, utility.plant, "v1", Turning.OPEN)
    assert (await utility.publisher().publish()).notices[0].progress[-1][0] == "refilling"
