"""Many alarms, one cause: what the correlator makes of them (A-15, A-17, A-18, A-20), on the real ledger."""

import random
from dataclasses import replace

import pytest

from alarms.acts import Seen, Unknown, acknowledge
from alarms.commands import Stale, close, confirm, false_alarm
from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import fresh, record
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, State
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Incident, IncidentKind, IncidentState
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, pressure_low

MINUTE = 60 * SECOND


def burst_row(zone: str) -> AlarmDefinition:
    return definition(f"{zone}:burst", FindingKind.BURST, zone=zone)


def chlorine_row(station: str) -> AlarmDefinition:
    tag = f"{station}.free_chlorine"
    public = {"alarm_class": AlarmClass.PUBLIC_HEALTH, "setpoint": 0.1}
    return definition(f"{tag}:low", FindingKind.LIMIT_LOW, tag=tag, zone="dma-01", **public)


ROWS = {
    row.id: row
    for row in (
        *(burst_row(zone) for zone in ("dma-01", "dma-02")),
        *(pressure_low(f"dma-01.p{i}") for i in (1, 2, 3)),
        *(chlorine_row(station) for station in ("q-01", "q-02")),
        definition(
            "st-01:comm", FindingKind.COMMUNICATION, alarm_class=AlarmClass.COMMUNICATION, station="st-01"
        ),
        definition(
            "q-01:probe", FindingKind.BAD_QUALITY, alarm_class=AlarmClass.INSTRUMENT, tag="q-01.free_chlorine"
        ),
    )
}


def says(alarm: str, at_s: float, verb: Verb = Verb.RAISE, **more: object) -> Finding:
    row = ROWS[alarm]
    tags = (row.tag,) if row.tag else ()
    facts: dict[str, object] = {"tags": tags, "zone": row.zone, "t_ns": NOON + round(at_s * SECOND), **more}
    return Finding(alarm=alarm, kind=row.kind, verb=verb, **facts)  # type: ignore[arg-type]


def burst(zone: str, at_s: float, agrees: str = "yes") -> Finding:
    return says(f"{zone}:burst", at_s, size_m3h=25.0, evidence={"pressure_agrees": agrees, "reason": "step"})


async def tell(room: Room, *findings: Finding, now_s: float = 1000.0, seq: int = 1) -> list[Incident]:
    correlator = Correlator(room.plant, ROWS)
    async with room.ledger.begin() as tx:
        stamp = Stamp(NOON + round(now_s * SECOND), seq)
        await record(tx, [(finding, stamp) for finding in findings], ROWS, correlator)
        return await tx.find(Incident)


async def test_a_burst_that_drops_all_gauges_is_one_incident_in_whatever_order_they_speak(room: Room) -> None:
    story = [burst("dma-01", 60), *(says(f"dma-01.p{i}:low", 10.0 * i) for i in (1, 2, 3))]
    random.Random(4).shuffle(story)
    [incident] = await tell(room, *story)
    assert incident.kind is IncidentKind.BURST
    assert incident.state is IncidentState.CONFIRMED
    assert "burst_step_and_pressure_agree" in incident.why
    assert incident.first_out == ("dma-01.p1:low",)
    assert {member.alarm for member in incident.members} == {finding.alarm for finding in story}
    assert (incident.size_m3h, incident.title.zh) == (25.0, "dma-01 区 疑似爆管")


async def test_two_bursts_in_two_districts_are_two_incidents(room: Room) -> None:
    incidents = await tell(room, burst("dma-01", 0), burst("dma-02", 30))
    assert [incident.zone for incident in incidents] == ["dma-01", "dma-02"]


async def test_an_inflow_step_that_no_gauge_sees_stays_a_suspicion(room: Room) -> None:
    [incident] = await tell(room, burst("dma-01", 0, agrees="no"))
    assert incident.state is IncidentState.SUSPECTED
    async with room.ledger.read() as tx:
        assert await Correlator(room.plant, ROWS).due(tx, NOON + 7200 * SECOND) == []


async def test_a_lost_station_and_a_dead_probe_open_no_incident(room: Room) -> None:
    assert await tell(room, says("st-01:comm", 0), says("q-01:probe", 0)) == []
    alarm = await room.alarm("st-01:comm")
    assert alarm is not None
    assert alarm.state is State.UNACK


async def test_a_quality_alarm_is_believed_when_a_sibling_agrees(room: Room) -> None:
    [one] = await tell(room, says("q-01.free_chlorine:low", 0))
    assert (one.kind, one.state) == (IncidentKind.WATER_QUALITY, IncidentState.SUSPECTED)
    [both] = await tell(room, says("q-02.free_chlorine:low", 120), seq=2)
    assert (both.state, both.why) == (IncidentState.CONFIRMED, ("sibling_instrument_agrees",))


async def test_a_quality_alarm_is_believed_when_it_lasts_but_not_when_its_probe_died(room: Room) -> None:
    [one] = await tell(room, says("q-01.free_chlorine:low", 0))
    correlator = Correlator(room.plant, ROWS)
    async with room.ledger.begin() as tx:
        assert await correlator.due(tx, NOON + 299 * SECOND) == []
        alarm = await tx.get(Alarm, "q-01.free_chlorine:low")
        assert alarm is not None
        await tx.put(replace(alarm, quality=0x808C0000))
        assert await correlator.due(tx, NOON + 301 * SECOND) == []
        await tx.put(alarm)
        await correlator.believe(tx, NOON + 301 * SECOND)
        believed = await tx.get(Incident, one.id)
    assert believed is not None
    assert (believed.state, believed.why) == (IncidentState.CONFIRMED, ("persisted",))


async def test_what_was_told_already_changes_nothing(room: Room) -> None:
    first = await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5))
    events = await room.ledger.last_event()
    assert await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5)) == first
    assert await room.ledger.last_event() == events


async def test_restored_when_all_is_back_and_open_again_when_it_returns(room: Room) -> None:
    await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 5))
    [half] = await tell(room, says("dma-01.p1:low", 600, Verb.CLEAR), seq=2)
    assert half.state is IncidentState.CONFIRMED
    [whole] = await tell(room, says("dma-01:burst", 900, Verb.CLEAR, evidence={"reason": "back"}), seq=3)
    assert (whole.state, whole.why[-1]) == (IncidentState.RESTORED, "all_members_cleared")
    [again] = await tell(room, burst("dma-01", 1000), seq=4)
    assert (again.id, again.state) == (whole.id, IncidentState.CONFIRMED)


async def test_what_returns_days_after_it_was_back_is_another_matter_though_nobody_has_closed_the_first(
    room: Room,
) -> None:
    over = says("dma-01:burst", 3600, Verb.CLEAR, evidence={"reason": "back"})
    [first] = await tell(room, burst("dma-01", 0), over)
    assert first.state is IncidentState.RESTORED
    day_s = 86_400.0
    again = await tell(room, burst("dma-01", 3600 + 0.9 * day_s), now_s=5000 + day_s, seq=2)
    assert [one.id for one in again] == [first.id]
    back = says("dma-01:burst", 3600 + 0.95 * day_s, Verb.CLEAR, evidence={"reason": "back"})
    await tell(room, back, now_s=6000 + day_s, seq=3)
    both = await tell(room, burst("dma-01", 13 * day_s), now_s=13 * day_s + 60, seq=4)
    states = {one.id: one.state for one in both}
    assert states.pop(first.id) is IncidentState.RESTORED
    assert list(states.values()) == [IncidentState.CONFIRMED]


async def test_nor_is_it_of_one_whose_end_its_detector_has_not_seen(room: Room) -> None:
    day_s = 86_400.0
    given_up = says("dma-01:burst", day_s, Verb.CLEAR, evidence={"reason": "rebased"})
    [first] = await tell(room, burst("dma-01", 0), given_up)
    assert first.given_up
    both = await tell(room, burst("dma-01", 9 * day_s), now_s=9 * day_s + 60, seq=2)
    assert len(both) == 2


async def test_taken_into_the_expected_week_is_not_restored(room: Room) -> None:
    await tell(room, burst("dma-01", 0))
    [incident] = await tell(
        room, says("dma-01:burst", 86_400, Verb.CLEAR, evidence={"reason": "rebased"}), seq=2
    )
    assert (incident.state, incident.given_up) == (IncidentState.CONFIRMED, True)


@pytest.mark.parametrize(("ended", "known"), [("back", True), ("rebased", False), ("unconfirmed", False)])
async def test_since_when_water_is_back_is_not_told_by_a_detector_that_gave_up(
    room: Room, ended: str, known: bool
) -> None:
    await tell(room, burst("dma-01", 0), says("dma-01.p1:low", 60))
    await tell(room, says("dma-01:burst", 900, Verb.CLEAR, evidence={"reason": ended}), seq=2)
    [over] = await tell(room, says("dma-01.p1:low", 1200, Verb.CLEAR), seq=3)
    assert over.state is IncidentState.RESTORED
    assert (over.back_ns is not None, over.given_up) == (known, not known)
    [again] = await tell(room, burst("dma-01", 1300), seq=4)
    assert not again.given_up


async def test_an_hour_later_it_is_another_incident(room: Room) -> None:
    await tell(room, says("dma-01.p1:low", 0))
    assert len(await tell(room, says("dma-01.p2:low", 3600), seq=2)) == 2


async def test_an_acknowledgement_is_for_what_its_author_saw(room: Room) -> None:
    await tell(room, says("dma-01.p1:low", 0))
    async with room.ledger.begin() as tx:
        done = await acknowledge(tx, "dma-01.p1:low", Seen(1, 1), "operator", NOON + MINUTE)
    alarm = done.alarm
    assert (alarm.state, alarm.acked_by) == (State.ACKED, "operator")
    await tell(room, says("dma-01.p1:low", 100, Verb.CLEAR), says("dma-01.p1:low", 200), seq=2)
    async with room.ledger.begin() as tx:
        late = await acknowledge(tx, "dma-01.p1:low", Seen(1, 2), "operator", NOON + 5 * MINUTE)
        assert (late.alarm.state, late.alarm.occurrence, late.refused) == (State.UNACK, 2, "stale")
        with pytest.raises(Unknown):
            await acknowledge(tx, "nowhere", Seen(1, 1), "operator", NOON)
    entries = await room.ledger.journal_of("dma-01.p1:low")
    assert [entry.event for entry in entries] == ["ack", "raise", "clear", "ack", "raise"]
    assert (entries[0].refused, entries[3].actor) == ("stale", "operator")


async def test_people_confirm_and_close(room: Room) -> None:
    [incident] = await tell(room, burst("dma-01", 0, agrees="no"))
    async with room.ledger.begin() as tx:
        sure = await confirm(tx, incident.id, incident.seq, "operator", NOON + MINUTE)
        assert (sure.state, sure.confirmed_ns) == (IncidentState.CONFIRMED, NOON + MINUTE)
        with pytest.raises(Stale):
            await close(tx, incident.id, incident.seq, "operator", NOON + 2 * MINUTE)
        done = await close(tx, incident.id, sure.seq, "operator", NOON + 2 * MINUTE)
        assert (done.state, done.closed_ns) == (IncidentState.CLOSED, NOON + 2 * MINUTE)
        with pytest.raises(Stale):
            await false_alarm(tx, incident.id, done.seq, "operator", NOON + 3 * MINUTE)
        with pytest.raises(Unknown):
            await close(tx, "INC-0", 1, "operator", NOON)


async def test_an_alarm_nobody_raised_is_normal() -> None:
    assert all(fresh(row).state is State.NORM for row in ROWS.values())
