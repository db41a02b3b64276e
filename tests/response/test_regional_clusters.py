"""HL-30, HL-31 (facts-water 4.10): callers on both sides of a zone's border are one cluster; where the whole
town rings there is one finding of it, with its zones, and a zone has to stand out from the town."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Account
from core.model.phone_call import CallCluster, SymptomGroup
from core.model.report import Channel, Report, Symptom
from core.model.work_order import WorkOrder
from response.hotline.chance import BY_HOUR, expected, rate
from response.hotline.cluster_service import ClusterService
from response.hotline.clusters import PREMISES, Told, signal
from response.hotline.intake import Told as Taken
from response.hotline.intake import keep
from response.hotline.regional import NEAR_M, NEAR_S, across, heard_of, neighbourhoods, storm
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.test_complaints_alone import (  # noqa: F401 fixtures
    AGENT,
    CALLERS,
    _found,
    clock,
    clusters,
    tell,
)

SUPPLY = SymptomGroup.SUPPLY
ZONES = [f"z{n:02d}" for n in range(12)]
RATES = dict.fromkeys(ZONES, rate(SUPPLY, 2_000, 0, 0.0))


def told(n: int, zone: str, x: float = 0.0, y: float = 0.0, ago_s: float = 0.0, building: str = "") -> Told:
    report = Report(
        id=f"RPT-{n}",
        channel=Channel.PHONE,
        at_ns=town.T0 - int(ago_s * town.S),
        symptom=Symptom.LOW_PRESSURE,
        zone=zone,
        x=x,
        y=y,
    )
    return Told(report, building or f"building {n}")


def bordering(heard: list[Told], zone: str = "z00"):
    return across(heard_of(heard, SUPPLY, town.T0), SUPPLY, zone, RATES, town.T0)


def test_hl_30_callers_on_both_sides_of_a_border_are_one_cluster():
    heard = [told(1, "z00", 0), told(2, "z01", 200), told(3, "z01", 390)]
    assert signal("z01", SUPPLY, heard[1:], RATES["z01"], town.T0) is None
    found = bordering(heard)
    assert (found.zone, found.zones, found.premises) == ("z01", ("z01", "z00"), 3)
    assert found.p < 1e-4 and found.reports == ("RPT-1", "RPT-2", "RPT-3")


@pytest.mark.parametrize(
    "last",
    [
        told(3, "z01", 2 * NEAR_M),
        told(3, "z01", 100, ago_s=NEAR_S + 1),
        told(3, "z01", 100, building="building 2"),
        replace(told(3, "z01", 100), explained=True),
    ],
    ids=["far", "long ago", "one building", "explained"],
)
def test_hl_30_what_is_far_long_ago_of_one_building_or_explained_makes_none(last):
    assert bordering([told(1, "z00"), told(2, "z01", 100), last]) is None


_POINT = st.tuples(st.integers(0, 3), st.integers(0, 1200), st.integers(0, 1200), st.integers(0, 9))


@given(st.lists(_POINT, max_size=25), st.randoms())
def test_hl_30_neighbourhoods_are_apart_and_do_not_depend_on_the_order(points, shuffle):
    heard = [told(n, ZONES[z], float(x), float(y), building=f"b{b}") for n, (z, x, y, b) in enumerate(points)]
    found = neighbourhoods(heard)
    for some in found:
        assert len({one.premises for one in some}) >= PREMISES
    shuffle.shuffle(heard)
    cores = [{one.report.id for one in some} for some in found]
    again = [{one.report.id for one in some} for some in neighbourhoods(heard)]
    assert sorted(map(sorted, cores)) == sorted(map(sorted, again))


def raining(n: int, zones: list[str]) -> list[Told]:
    return [told(k, zones[k % len(zones)], x=10_000.0 * (k % len(zones))) for k in range(n)]


def test_hl_31_when_the_whole_town_rings_it_is_one_finding_with_its_zones():
    found = storm(heard_of(raining(60, ZONES), SUPPLY, town.T0), SUPPLY, RATES, town.T0)
    assert set(found.found.zones) == set(ZONES) and found.found.premises == 60
    usual = expected(RATES["z00"] * found.factor, NEAR_S, 22)
    assert usual == pytest.approx(60 / 12, rel=0.3)


@given(st.integers(1, 400), st.integers(1, 5))
def test_hl_31_a_burst_of_few_zones_is_never_the_whole_towns(n, few):
    assert storm(heard_of(raining(n, ZONES[:few]), SUPPLY, town.T0), SUPPLY, RATES, town.T0) is None


def test_hl_31_a_burst_that_a_few_calls_from_elsewhere_go_with_is_not_the_whole_towns():
    heard = [*raining(8, ZONES), *(told(100 + n, "z03") for n in range(40))]
    assert storm(heard_of(heard, SUPPLY, town.T0), SUPPLY, RATES, town.T0) is None


@given(st.integers(0, 2**32))
def test_hl_31_in_a_storm_a_zone_like_the_others_is_no_finding_and_one_that_stands_out_is(seed):
    pick = random.Random(seed)
    even = [told(n, pick.choice(ZONES), x=1e5 * n, ago_s=pick.uniform(0, 1700)) for n in range(120)]
    found = storm(heard_of(even, SUPPLY, town.T0), SUPPLY, RATES, town.T0)
    assert found is not None
    of = {z: [one for one in even if one.report.zone == z] for z in ZONES}
    alone = [z for z in ZONES if signal(z, SUPPLY, of[z], RATES[z] * found.factor, town.T0)]
    assert len(alone) <= 1
    burst = [*of["z05"], *(told(500 + n, "z05", ago_s=n) for n in range(60))]
    more = storm(heard_of([*even, *burst[-60:]], SUPPLY, town.T0), SUPPLY, RATES, town.T0)
    assert more is not None
    assert signal("z05", SUPPLY, burst, RATES["z05"] * more.factor, town.T0) is not None


def test_hl_30_a_month_of_chance_over_24_000_connections_makes_no_finding_of_either_kind():
    """Calls as the baseline has them, by the hour, at random places of 4 by 3 zones of a kilometre."""
    pick, month = random.Random(12), []
    a_day = RATES["z00"] * 86_400 * len(ZONES)
    for day in range(30):
        for _ in range(sum(pick.random() < a_day / 50 for _ in range(50))):
            hour = pick.choices(range(24), BY_HOUR)[0]
            x, y = pick.uniform(0, 4000), pick.uniform(0, 3000)
            at_s = day * 86_400 + (hour + pick.random()) * 3600
            month.append((at_s, ZONES[int(x // 1000) + 4 * int(y // 1000)], x, y))
    month.sort()
    findings = 0
    for at_s, zone, *_ in month:
        recent = [(k, one) for k, one in enumerate(month) if 0 <= at_s - one[0] < NEAR_S]
        heard = [told(k, z, x, y, ago_s=at_s - t) for k, (t, z, x, y) in recent]
        near = heard_of(heard, SUPPLY, town.T0)
        findings += across(near, SUPPLY, zone, RATES, town.T0) is not None
        findings += storm(near, SUPPLY, RATES, town.T0) is not None
    assert len(month) > 30 and findings == 0


async def test_hl_30_across_a_border_there_is_one_order_and_who_rings_next_on_either_side_is_put_with_it(
    tell,  # noqa: F811
    ledger,
):
    async with ledger.begin() as tx:
        for account in (CALLERS[1], CALLERS[3]):
            home = await tx.get(Account, account)
            await tx.put(replace(home, zone="dma-02"))
    for account in CALLERS[:3]:
        await tell(account)
    (order,) = await _found(ledger, WorkOrder)
    (cluster,) = await _found(ledger, CallCluster)
    assert set(cluster.zones) == {"dma-01", "dma-02"} and not cluster.regional
    assert "城东片区" in order.title.zh and "城西片区" in order.title.zh
    kept = await tell(CALLERS[3])
    assert kept.order is not None and kept.order.id == order.id
    assert len(await _found(ledger, CallCluster)) == 1


async def test_hl_31_a_whole_town_is_one_cluster_and_one_order_and_its_tail_makes_no_more(
    ledger,
    vault,
    plant,
    clock,  # noqa: F811
):
    """Thirty-six buildings of twelve zones, one after the other, then a straggler of each."""
    zones = {zone: replace(plant.zones["dma-01"], id=zone) for zone in ZONES}
    wide = replace(plant, zones={**plant.zones, **zones})
    service = ClusterService(ledger, wide, clock, CN_DEFAULT)
    homes = [f"A{n:06d}" for n in range(1, 61)]
    async with ledger.begin() as tx:
        for n, account in enumerate(homes):
            home = await tx.get(Account, account)
            await tx.put(replace(home, zone=ZONES[n % 12], building=account))
    for n, account in enumerate(homes[:48]):
        clock.t_ns += 30 * town.S if n < 36 else 10 * town.MIN if n == 36 else 3 * town.MIN
        async with ledger.begin() as tx:
            said = Taken(symptom=Symptom.LOW_PRESSURE, account=account)
            kept = await keep(tx, vault, wide, said, AGENT, clock.t_ns, CN_DEFAULT)
        await service.handle([e for e in await ledger.events(0) if e.subject == kept.report.id])
    (cluster,) = await _found(ledger, CallCluster)
    (order,) = await _found(ledger, WorkOrder)
    assert cluster.regional and set(cluster.zones) == set(ZONES)
    assert "12个片区" in order.title.zh and cluster.work_order == order.id
    assert order.reports == 48, "also who rang up before it was the whole town's"
