"""Operators split and merge incidents, and it sticks (A-22)."""

from dataclasses import replace

import pytest

from alarms import regroup
from alarms.commands import Stale
from alarms.journal import replayed
from alarms.transaction import fresh
from core.model.alarm import Alarm, Found
from core.model.finding import FindingKind, Verb
from core.model.incident import Incident, IncidentKind, IncidentState
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND
from tests.alarms.test_incident_stories import ROWS, burst, says, tell

NOW = NOON + 1000 * SECOND


async def now(room: Room, id: str) -> Incident:
    async with room.ledger.read() as tx:
        incident = await tx.get(Incident, id)
    assert incident is not None
    return incident


async def test_an_alarm_that_was_taken_out_never_joins_again(room: Room) -> None:
    [whole] = await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5), says("dma-01.p2:low", 10))
    async with room.ledger.begin() as tx:
        made = await regroup.split(
            tx, room.plant, ROWS, whole.id, whole.seq, ["dma-01.p2:low"], "operator", NOW
        )
    left = await now(room, whole.id)
    assert ([m.alarm for m in made.members], made.kind) == (["dma-01.p2:low"], IncidentKind.LOW_PRESSURE)
    assert {m.alarm for m in left.members} == {"dma-01:burst", "dma-01.p1:low"}
    await tell(room, says("dma-01.p2:low", 1100, Verb.CLEAR), seq=2)
    await tell(room, says("dma-01.p2:low", 1200), says("dma-01.p1:low", 1210, Verb.CLEAR), seq=3)
    await tell(room, says("dma-01.p1:low", 1300), seq=4)
    assert (await now(room, made.id)).members[-1].alarm == "dma-01.p2:low"
    assert {m.alarm for m in (await now(room, made.id)).members} == {"dma-01.p2:low"}
    assert "dma-01.p2:low" not in {m.alarm for m in (await now(room, whole.id)).members}
    alarm = await room.alarm("dma-01.p2:low")
    assert alarm is not None
    assert alarm.incident == made.id


async def test_two_that_were_one_are_put_together_and_stay_so(room: Room) -> None:
    first, second = await tell(room, burst("dma-01", 0), burst("dma-02", 30))
    async with room.ledger.begin() as tx:
        whole = await regroup.merge(
            tx, room.plant, first.id, first.seq, second.id, second.seq, "operator", NOW
        )
    gone = await now(room, second.id)
    assert (gone.state, gone.merged_into) == (IncidentState.MERGED, first.id)
    assert (whole.zones, whole.first_out) == (("dma-02",), ("dma-01:burst",))
    await tell(room, says("dma-02:burst", 1100, Verb.CLEAR, evidence={"reason": "back"}), seq=2)
    incidents = await tell(room, burst("dma-02", 1200), seq=3)
    assert [incident.id for incident in incidents] == [first.id, second.id]
    assert (await now(room, first.id)).members[-1].alarm == "dma-02:burst"
    async with room.ledger.read() as tx:
        moved = await tx.get(Alarm, "dma-02:burst")
    journal = await room.ledger.journal_of("dma-02:burst")
    assert [entry.event for entry in reversed(journal)] == ["raise", "regroup", "clear", "raise"]
    assert replayed(fresh(ROWS["dma-02:burst"]), reversed(journal)) == moved


async def merged(room: Room, into: Incident, gone: Incident) -> Incident:
    into, gone = await now(room, into.id), await now(room, gone.id)
    async with room.ledger.begin() as tx:
        return await regroup.merge(tx, room.plant, into.id, into.seq, gone.id, gone.seq, "operator", NOW)


async def parted(room: Room, whole: str, *alarms: str, **more: Found) -> Incident:
    seq, told = (await now(room, whole)).seq, {alarms[0]: more["found"]} if more else {}
    async with room.ledger.begin() as tx:
        return await regroup.split(tx, room.plant, ROWS, whole, seq, alarms, "operator", NOW, told)


@pytest.mark.parametrize("out", ["dma-02:burst", "dma-01:burst"])
async def test_what_a_merge_took_goes_on_whichever_of_the_two_is_taken_out_and_they_stay_apart(
    room: Room, out: str
) -> None:
    first, second = await tell(room, burst("dma-01", 0), says("dma-02:burst", 30, size_m3h=39.0))
    await merged(room, first, second)
    better = says("dma-02:burst", 60, Verb.UPDATE, size_m3h=41.0, evidence={"reason": "step"})
    await tell(room, better, seq=2)
    assert (await now(room, first.id)).size_m3h == 25.0, "its own burst is as large as it was"
    back = await parted(room, first.id, out)
    left = await now(room, first.id)
    assert (back.id, back.size_m3h, back.merged_into) == (second.id, 41.0, None), "known better meanwhile"
    assert (back.state, left.state) == (second.state, first.state)
    assert (left.size_m3h, left.zones, left.merged) == (25.0, (), ())
    assert (left.evidence, left.title) == (first.evidence, first.title)
    gone = {"evidence": {"reason": "back"}}
    await tell(
        room, *(says(f"{zone}:burst", 1100, Verb.CLEAR, **gone) for zone in ("dma-01", "dma-02")), seq=3
    )
    assert {(await now(room, id)).state for id in (first.id, second.id)} == {IncidentState.RESTORED}
    await tell(room, burst("dma-01", 1200), burst("dma-02", 1210), seq=4)
    assert [m.alarm for m in (await now(room, first.id)).members] == ["dma-01:burst"]
    assert [m.alarm for m in (await now(room, second.id)).members] == ["dma-02:burst"]


async def test_an_alarm_without_an_incident_of_its_own_makes_a_new_one_with_what_its_detector_went_by(
    room: Room,
) -> None:
    [whole] = await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5))
    found = Found(tags=("dma-01.inflow",), evidence={"onset_s": 7.0, "pressure_agrees": "yes"}, size_m3h=25.0)
    made = await parted(room, whole.id, "dma-01:burst", found=found)
    left = await now(room, whole.id)
    assert (made.id != whole.id, made.size_m3h, made.evidence["onset_s"]) == (True, 25.0, 7.0)
    assert left.size_m3h is None, "the loss went with its alarm"


@pytest.mark.parametrize("alarms", [[], ["dma-01:burst", "dma-01.p1:low"], ["dma-02:burst"]])
async def test_a_split_takes_some_of_its_own_and_leaves_some(room: Room, alarms: list[str]) -> None:
    [whole] = await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5))
    async with room.ledger.begin() as tx:
        with pytest.raises(ValueError, match="leave at least one"):
            await regroup.split(tx, room.plant, ROWS, whole.id, whole.seq, alarms, "operator", NOW)
        with pytest.raises(Stale):
            await regroup.split(tx, room.plant, ROWS, whole.id, 0, ["dma-01:burst"], "operator", NOW)


async def test_a_burst_is_known_by_what_its_row_watches_whatever_its_name(room: Room) -> None:
    [whole] = await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5), says("dma-01.p2:low", 10))
    rows = ROWS | {"dma-01.p2:low": replace(ROWS["dma-01.p2:low"], kind=FindingKind.BURST)}
    async with room.ledger.begin() as tx:
        made = await regroup.split(
            tx, room.plant, rows, whole.id, whole.seq, ["dma-01.p2:low"], "operator", NOW
        )
    assert made.kind is IncidentKind.BURST
