"""HL-32: who still complains when the instruments are back, and whether the zone waits for them."""

from dataclasses import replace

import pytest

from core.model.alarm import Alarm
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup, calls_alarm
from core.model.report import Channel, Report, Symptom
from response.hotline.stragglers import alone
from response.orders.closing import STEADY_NS
from tests.response import little_town as town

AT = town.T0
LATE = AT + STEADY_NS
ONE = Report(
    id="RPT-1",
    channel=Channel.PHONE,
    at_ns=AT,
    symptom=Symptom.LOW_PRESSURE,
    zone="dma-01",
    account="A000031",
)
CLUSTER = CallCluster(
    id="CLU-1",
    zone="dma-01",
    group=SymptomGroup.SUPPLY,
    state=ClusterState.OPEN,
    opened_ns=AT,
    first_ns=AT,
    last_ns=AT,
    window_s=1800.0,
    n=3,
    premises=3,
    expected=0.01,
    p=1e-6,
)


async def asked(ledger, *after: Report, cluster: CallCluster = CLUSTER, now_ns: int = LATE) -> bool:
    async with ledger.read() as tx:
        return await alone(tx, cluster, after, now_ns)


async def test_hl_32_one_building_is_alone_once_neighbours_had_the_time_to_ring_up(ledger):
    again = replace(ONE, id="RPT-2", at_ns=LATE - 1)
    assert await asked(ledger, ONE, again), "ringing up again and again holds nothing"
    assert not await asked(ledger, ONE, now_ns=LATE - 1)
    assert not await asked(ledger)


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, id="RPT-2", account="A000032"),
        replace(ONE, id="RPT-2", account=None),
        replace(ONE, id="RPT-2", neighbours=True),
    ],
    ids=["another building", "nobody knows where", "neighbours have it too"],
)
async def test_hl_32_two_are_not_alone(ledger, other):
    assert not await asked(ledger, ONE, other)


@pytest.mark.parametrize("group", [SymptomGroup.LEAK, SymptomGroup.QUALITY])
async def test_hl_32_no_gauge_speaks_of_a_leak_that_is_seen_nor_of_doubtful_water(ledger, group):
    assert not await asked(ledger, ONE, cluster=replace(CLUSTER, group=group))


async def test_hl_32_while_an_instrument_of_the_zone_shows_something_one_building_holds(ledger):
    async with ledger.begin() as tx:
        await tx.put(Alarm(id=calls_alarm("dma-01", SymptomGroup.SUPPLY), zone="dma-01", active=True))
        await tx.put(Alarm(id="elsewhere", zone="dma-02", active=True))
    assert await asked(ledger, ONE)
    async with ledger.begin() as tx:
        await tx.put(Alarm(id="dma-01:low", zone="dma-01", active=True))
    assert not await asked(ledger, ONE)
