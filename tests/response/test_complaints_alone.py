"""E2E-2 and HL-32: a leak that no instrument sees is found by those who ring up; somebody goes to look."""

import asyncio
from dataclasses import replace

import pytest

from core.model.account import Account, Role
from core.model.event import EventKind
from core.model.notice import Affected, Notice, NoticeKind, NoticeState
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup
from core.model.report import Report, Symptom
from core.model.work_order import WorkOrder
from response.hotline.cluster_service import ClusterService
from response.hotline.holding import OVER_NS
from response.hotline.intake import Told, keep
from response.hotline.placing import Placed
from response.service_times import CN_DEFAULT
from tests.own_time import within
from tests.response import little_town as town
from tests.response.little_notices import bare

AGENT = town.user(Role.HOTLINE)
CALLERS = ("A000031", "A000032", "A000033", "A000034")
"""人民路42号, 44号, 46号 and 48号."""


class Later:
    """Plant time that a test moves on."""

    def __init__(self) -> None:
        self.t_ns = town.T0

    def now_ns(self) -> int:
        return self.t_ns

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@pytest.fixture
def clock() -> Later:
    return Later()


@pytest.fixture
def clusters(ledger, plant, clock) -> ClusterService:
    return ClusterService(ledger, plant, clock, CN_DEFAULT)


@pytest.fixture
def tell(ledger, vault, plant, clock, clusters):
    """Takes a report, lets the service look, and says where it was put."""

    async def tell(account: str, symptom: Symptom = Symptom.LOW_PRESSURE):
        async with ledger.begin() as tx:
            told = Told(symptom=symptom, account=account)
            kept = await keep(tx, vault, plant, told, AGENT, clock.t_ns, CN_DEFAULT)
        events = await ledger.events(0)
        await clusters.handle([e for e in events if e.subject == kept.report.id])
        return kept

    return tell


async def _found(ledger, kind):
    async with ledger.read() as tx:
        return await tx.find(kind)


async def test_four_premises_within_half_an_hour_are_one_order_to_look_into_it(tell, ledger, clock):
    for n, account in enumerate(CALLERS):
        clock.t_ns = town.T0 + n * 8 * town.MIN
        assert (await tell(account)).place.why in (Placed.NEW, Placed.IN_CLUSTER)
    (order,) = await _found(ledger, WorkOrder)
    (cluster,) = await _found(ledger, CallCluster)
    assert (order.kind, order.zone, order.incident) == ("investigate", "dma-01", None)
    assert (cluster.group, cluster.premises, cluster.work_order) == (SymptomGroup.SUPPLY, 4, order.id)
    assert cluster.p < 1e-4 and cluster.expected > 0 and len(cluster.reports) == 4
    assert {report.work_order for report in await _found(ledger, Report)} == {order.id}
    assert order.reports == 4
    assert any(e.kind is EventKind.CALL_CLUSTER for e in await ledger.events(0))


async def test_who_rings_up_next_is_put_with_it(tell, ledger):
    for account in CALLERS[:3]:
        await tell(account)
    kept = await tell(CALLERS[3], Symptom.NO_WATER)
    assert kept.place.why is Placed.IN_CLUSTER and kept.order is not None
    assert len(await _found(ledger, WorkOrder)) == 1


async def test_doubtful_water_asks_for_samples(tell, ledger):
    for account in CALLERS:
        await tell(account, Symptom.DISCOLOURED_YELLOW)
    (order,) = await _found(ledger, WorkOrder)
    assert order.kind == "discoloured" and "取样" in order.title.zh


async def test_a_burst_that_has_its_order_takes_them_up(tell, ledger, service, clock):
    await service.handle([await town.report(ledger, town.burst(pipe=None))])
    orders = {order.id for order in await _found(ledger, WorkOrder)}
    for account in CALLERS:
        await tell(account)
    assert {order.id for order in await _found(ledger, WorkOrder)} == orders
    assert {report.work_order for report in await _found(ledger, Report)} == orders


async def test_neighbours_of_one_building_are_one(tell, ledger):
    async with ledger.begin() as tx:
        for account in CALLERS:
            known = await tx.get(Account, account)
            await tx.put(replace(known, building="人民路42号"))
    for account in CALLERS:
        await tell(account)
    assert await _found(ledger, CallCluster) == []


async def test_it_is_over_two_hours_after_its_last_report(tell, ledger, clusters, clock):
    for account in CALLERS:
        await tell(account)
    clock.t_ns += OVER_NS
    await clusters.end_due()
    assert (await _found(ledger, CallCluster))[0].state is ClusterState.OPEN
    clock.t_ns += 1
    await clusters.end_due()
    assert (await _found(ledger, CallCluster))[0].state is ClusterState.OVER


async def test_hl_30_it_is_known_within_five_seconds_of_the_report(ledger, vault, plant, clock, clusters):
    """As it runs in the hub, following the ledger."""
    following = asyncio.create_task(clusters.run())
    try:
        for account in CALLERS[:3]:
            async with ledger.begin() as tx:
                told = Told(symptom=Symptom.LOW_PRESSURE, account=account)
                await keep(tx, vault, plant, told, AGENT, clock.t_ns, CN_DEFAULT)
        async with within(5):
            while not await _found(ledger, CallCluster):
                await asyncio.sleep(0.02)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    (cluster,) = await _found(ledger, CallCluster)
    assert (cluster.n, cluster.premises) == (3, 3)


async def test_hl_32_what_a_notice_explained_when_it_was_reported_counts_for_nothing_once_it_is_restored(
    ledger, clock, tell
):
    """Two that the notice told of, then one that rings up twice after it: one building, and no cluster."""
    notice = told_of(clock.t_ns, NoticeState.PUBLISHED)
    reached = Affected(id="", notice=notice.id, account="", supply="no_water", reason="in_segment")
    async with ledger.begin() as tx:
        await tx.put(notice)
        await tx.put_many(replace(reached, id=f"{notice.id}.{one}", account=one) for one in CALLERS)
    for one in CALLERS[:2]:
        await tell(one)
    clock.t_ns += 50 * town.MIN
    async with ledger.begin() as tx:
        await tx.put(told_of(clock.t_ns, NoticeState.RESTORED))
    clock.t_ns += town.MIN
    await tell(CALLERS[2])
    await tell(CALLERS[2])
    async with ledger.read() as tx:
        assert await tx.find(CallCluster) == []
    await tell(CALLERS[0])
    await tell(CALLERS[1])
    async with ledger.read() as tx:
        (cluster,) = await tx.find(CallCluster)
    assert (cluster.n, cluster.premises) == (4, 3), "what is reported after it may be a second break"


def told_of(now_ns: int, state: NoticeState) -> Notice:
    restored_ns = now_ns - 25 * town.MIN if state is NoticeState.RESTORED else None
    return bare(NoticeKind.EMERGENCY_OUTAGE, state=state, published_ns=now_ns, restored_ns=restored_ns)
