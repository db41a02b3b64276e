"""A burst of the demo town, from the historian's past to a located incident, on real stores and EPANET."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alarms.locate import AT_FIRST, Observation, locate, observe, posterior, predicted_falls
from alarms.locating import Locating
from alarms.replay import row_of
from alarms.service import AlarmService
from collectors.replay.files import read
from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.clock import Anchor
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Incident, IncidentKind, IncidentState, Location
from core.model.plant import Plant
from core.model.sample import Batch
from core.model.text import Text
from core.runtime.clock import AnchoredClock
from hub.check import read as read_configuration
from simulators.record import START_NS, record
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import definition

CONFIG = Path(__file__).parents[2] / "configs" / "demo"
DAY_S = 86_400
ZONE = "dma-05"
BURST_S = 5 * DAY_S + 3 * 3600


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plant, list[Batch], dict[str, object]]:
    """Five quiet days and a burst on the sixth: the plant, the samples and the truth."""
    folder = tmp_path_factory.mktemp("town")
    orders, out = folder / "orders.jsonl", folder / "town.npz"
    command = {"at": BURST_S, "command": "burst", "zone": ZONE, "flow_m3h": 50.0}
    orders.write_text(json.dumps(command))
    record(CONFIG, days=5.4, seed=5, out=out, events=orders)
    plant = read_configuration(CONFIG).plant
    return plant, list(read(out)), json.loads(Path(f"{out}.truth.jsonl").read_text())


def between(batches: list[Batch], zone: str, start_s: float, end_s: float) -> Batch:
    """The zone's flow and pressures of a span."""
    whole = batches[0]
    names = np.array([tag.startswith(zone) for tag in whole.tags])
    parts = {name: [] for name in ("tag", "t_ns", "v", "q", "r_ns", "flags")}
    for batch in batches:
        s = (batch.t_ns - START_NS) / 1e9
        keep = names[batch.tag] & (s >= start_s) & (s < end_s)
        for name, part in parts.items():
            part.append(getattr(batch, name)[keep])
    return Batch(whole.names, **{name: np.concatenate(part) for name, part in parts.items()})


async def test_a_burst_becomes_a_confirmed_and_located_incident(room: Room, tmp_path: Path, town) -> None:
    plant, batches, truth = town
    historian = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
    await historian.write([between(batches, ZONE, 0, BURST_S - 600)])
    real_ns = room.clock.now_ns() - room.clock.anchor.sim_ns + room.clock.anchor.real_ns
    room.clock = AnchoredClock(Anchor(real_ns, START_NS + (BURST_S - 600) * 10**9, 1.0))
    rows = [row for row in read_configuration(CONFIG).definitions if row.kind is FindingKind.BURST]
    room.plant, inp = plant, CONFIG / "network.inp"
    service = AlarmService(room.spool, room.ledger, historian, plant, rows, inp, room.clock)
    async with room.running(service):
        for minute in range(-10, 8):
            at = BURST_S + 60 * minute
            await room.feed(between(batches, ZONE, at, at + 60))
        await room.until(lambda: located(room), within_s=60)
    async with room.ledger.read() as tx:
        [incident] = await tx.find(Incident)
    await historian.close()
    assert (incident.kind, incident.zone, incident.state) == (
        IncidentKind.BURST,
        ZONE,
        IncidentState.CONFIRMED,
    )
    assert incident.size_m3h == pytest.approx(50.0, rel=0.25)
    assert incident.location is not None
    assert sum(c.share for c in incident.location.candidates) <= 1.0 + 1e-9
    links = plant.network.links
    assert all(plant.network.nodes[links[c.link].a].zone == ZONE for c in incident.location.candidates)
    far = plant.network.path_m(str(truth["pipe"]))
    assert min(far[c.link] for c in incident.location.candidates) < 300


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (IncidentKind.BURST, IncidentState.CONFIRMED),
        (IncidentKind.LEAK, IncidentState.CONFIRMED),
        (IncidentKind.BURST, IncidentState.RESTORED),
    ],
)
async def test_what_goes_on_is_located_anew_by_its_hours(
    room: Room, tmp_path: Path, town, kind: IncidentKind, state: IncidentState
) -> None:
    """After a restart too: what is due follows from the ledger. One that is over keeps its place."""
    plant, batches, truth = town
    historian = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
    hours = 4
    await historian.write([between(batches, ZONE, 0, BURST_S + hours * 3600)])
    real_ns = room.clock.now_ns() - room.clock.anchor.sim_ns + room.clock.anchor.real_ns
    now_ns = START_NS + (BURST_S + hours * 3600 + 300) * 10**9
    room.clock = AnchoredClock(Anchor(real_ns, now_ns, 1.0))
    first = Location(
        candidates=(), at_ns=START_NS + (BURST_S + 900) * 10**9, radius_m=9.0, method="m", begin="x"
    )
    onset = {"onset_s": START_NS / 1e9 + BURST_S}
    incident = Incident(
        id="INC-1", kind=kind, state=state, opened_ns=now_ns, zone=ZONE, location=first,
        title=Text("爆管", "Burst"), evidence=onset,
    )  # fmt: skip
    async with room.ledger.begin() as tx:
        await tx.put(incident)
    locating = Locating(room.ledger, historian, plant, CONFIG / "network.inp", room.clock)

    async def kept() -> Incident:
        async with room.ledger.read() as tx:
            found = await tx.get(Incident, "INC-1")
            assert found is not None
            return found

    async def moved() -> bool:
        return (await kept()).location != first

    task = asyncio.create_task(locating.run())
    try:
        if state is IncidentState.CONFIRMED:
            await room.until(moved, within_s=60)
        else:
            await asyncio.sleep(1)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await historian.close()
    where = (await kept()).location
    if state is IncidentState.RESTORED:
        assert where == first
        return
    assert where is not None
    assert where.at_ns == START_NS + (BURST_S + hours * 3600) * 10**9, "by all hours that are whole"
    assert plant.network.path_m(str(truth["pipe"]))[where.first or ""] < 300


async def located(room: Room) -> bool:
    async with room.ledger.read() as tx:
        return any(incident.location is not None for incident in await tx.find(Incident))


def test_leaks_that_the_model_itself_predicts_are_found_where_they_are(town) -> None:
    """Without model error, whatever offset all gauges share: nine in ten within 300 m of pipe path, the rest
    being places that look alike from the gauges there are."""
    plant, _, _ = town
    network, inp = plant.network, CONFIG / "network.inp"
    gauges = tuple(tag.node for tag in plant.tags_of(ZONE) if tag.quantity == "pressure" and tag.node)
    seen = Observation(ZONE, START_NS, 50.0, 110.0, gauges, (0.0,) * len(gauges), (0.01,) * len(gauges))
    junctions = [node.id for node in network.nodes.values() if node.zone == ZONE][::4]
    hydraulics = EpanetHydraulics.open(inp)
    falls = predicted_falls(hydraulics, junctions, seen)
    hydraulics.close()
    near = 0
    for junction, fall in zip(junctions, falls, strict=True):
        location = locate(inp, network, replace(seen, fall_m=tuple((fall + 0.01).tolist())))
        assert location is not None
        far = network.path_m(network.links_at[junction][0].id)
        near += far[location.first] <= 300
        shares = [one.share for one in location.candidates]
        assert location.begin in [one.link for one in location.candidates], "where a crew is sent, too"
        assert shares == sorted(shares, reverse=True), "in the order of what is shown"
        assert location.begin_share is not None and location.begin_share >= shares[0] - 1e-9
    assert near >= 0.9 * len(junctions)


def test_belief_sums_to_one_and_follows_the_prior_when_nothing_is_seen() -> None:
    noise = np.diag([0.05**2, 0.05**2])
    belief = posterior(np.zeros((3, 2)), np.zeros(2), noise, np.array([1.0, 2.0, 1.0]), AT_FIRST)
    assert belief.tolist() == pytest.approx([0.25, 0.5, 0.25])


def test_a_finding_without_gauges_is_not_located(town) -> None:
    plant, _, _ = town
    row = definition("z:burst", FindingKind.BURST, zone=ZONE)
    known = {"t_ns": START_NS, "tags": (), "zone": ZONE, "size_m3h": 5.0, "limit": 9.0}
    finding = Finding(alarm=row.id, kind=row.kind, verb=Verb.RAISE, **known)
    assert observe(finding, plant) is None
    assert row_of(finding, None)["candidates"] == []
