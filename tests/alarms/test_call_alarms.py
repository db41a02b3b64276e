"""HL-32: what several customers report is a finding like an instrument's, and fused with theirs."""

from dataclasses import replace

import pytest

from alarms.call_alarms import CallAlarms, definitions
from alarms.confirming import sensors
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.alarm import Alarm, State
from core.model.clock import Anchor
from core.model.event import Event, EventKind
from core.model.incident import Incident, IncidentKind, IncidentState, Member, Sign
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup, calls_alarm, told_by
from core.model.text import Text
from core.runtime.clock import AnchoredClock
from tests.response import little_town as town

CLUSTER = CallCluster(
    id="CLU-1",
    zone="dma-01",
    group=SymptomGroup.SUPPLY,
    state=ClusterState.OPEN,
    opened_ns=town.T0,
    first_ns=town.T0 - 20 * town.MIN,
    last_ns=town.T0,
    window_s=1800.0,
    n=4,
    premises=4,
    expected=0.003,
    p=1e-6,
)


@pytest.fixture
async def ledger(tmp_path):
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    yield ledger
    await ledger.close()


@pytest.fixture
def tell(ledger):
    plant = town.plant()
    known = definitions(plant)
    service = CallAlarms(ledger, plant, AnchoredClock(Anchor(0, town.T0, 0.0)), known)

    async def tell(cluster: CallCluster):
        async with ledger.begin() as tx:
            await tx.put(cluster)
        await service.handle(
            [Event(kind=EventKind.CALL_CLUSTER, subject=cluster.id, t_ns=town.T0, zone=cluster.zone, id=1)]
        )
        async with ledger.read() as tx:
            alarm = await tx.get(Alarm, calls_alarm(cluster.zone, cluster.group))
            return alarm, await tx.find(Incident), await tx.get(CallCluster, cluster.id)

    return tell


async def test_a_cluster_is_an_alarm_with_a_suspected_incident_and_both_know_each_other(tell, ledger):
    alarm, (incident,), cluster = await tell(CLUSTER)
    assert (alarm.active, alarm.state, alarm.zone) == (True, State.UNACK, "dma-01")
    assert (incident.kind, incident.state) == (IncidentKind.LOW_PRESSURE, IncidentState.SUSPECTED)
    assert alarm.incident == incident.id == cluster.incident
    assert len(await ledger.journal_of(alarm.id)) == 1


async def test_told_again_it_is_the_same_and_over_it_clears(tell, ledger):
    await tell(CLUSTER)
    _, incidents, known = await tell(CLUSTER)
    assert len(incidents) == 1
    alarm, (incident,), _ = await tell(replace(known, state=ClusterState.OVER))
    assert not alarm.active
    assert incident.state is IncidentState.RESTORED


async def test_doubtful_water_opens_one_of_quality(tell):
    _, (incident,), _ = await tell(replace(CLUSTER, group=SymptomGroup.QUALITY))
    assert incident.kind is IncidentKind.WATER_QUALITY


@pytest.mark.parametrize(("opened_min", "fused"), [(45, True), (50, True), (51, False)])
async def test_with_a_step_of_the_inflow_within_half_an_hour_it_makes_a_burst_believed(
    tell, ledger, opened_min: int, fused: bool
):
    """Alone the step is half of what a burst shows; the callers are the other. They began 20 min ago."""
    opened_ns = town.T0 - opened_min * town.MIN
    burst = Incident(
        id="INC-1",
        kind=IncidentKind.BURST,
        state=IncidentState.SUSPECTED,
        opened_ns=opened_ns,
        zone="dma-01",
        title=Text("疑似爆管", "Suspected burst"),
        members=(
            Member(
                alarm="dma-01:burst",
                occurrence=1,
                raised_ns=opened_ns,
                why="first_out",
                sign=Sign.INFLOW_UP,
            ),
        ),
        evidence={"signs:inflow_up": 1.0},
        score=0.5,
    )
    async with ledger.begin() as tx:
        await tx.put(burst)
    alarm, incidents, _ = await tell(CLUSTER)
    assert (alarm.incident == "INC-1") is fused
    if not fused:
        assert {one.state for one in incidents} == {IncidentState.SUSPECTED}
        return
    (incident,) = incidents
    assert (incident.state, incident.score) == (IncidentState.CONFIRMED, 0.9)
    assert len(sensors(incident, definitions(town.plant()))) == 2


@pytest.mark.parametrize("group", SymptomGroup)
def test_the_name_of_the_callers_alarm_says_where_they_are_and_of_what_they_speak(
    group: SymptomGroup,
) -> None:
    assert told_by(calls_alarm("dma-01", group)) == ("dma-01", group)


@pytest.mark.parametrize(
    "alarm", ["calls:low", "calls:burst", "calls:supply", "dma-01:burst", "calls", "calls:north:low"]
)
def test_an_alarm_of_an_instrument_or_a_zone_that_is_called_calls_is_not_the_callers(alarm: str) -> None:
    assert told_by(alarm) is None
