"""Trouble with instruments and lines, through the whole service: it never turns into trouble with water."""

import numpy as np

from alarms.acts import Seen, acknowledge
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, State
from core.model.finding import FindingKind
from core.model.incident import Incident
from core.model.quality import Status
from core.model.sample import Batch, Sample
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition, one, pressure_low

GAUGES = [f"dma-01.p{i}" for i in (1, 2, 3)]


def rows() -> list[AlarmDefinition]:
    instrument = {"alarm_class": AlarmClass.INSTRUMENT}
    line = {"alarm_class": AlarmClass.COMMUNICATION, "station": "st-01"}
    return [
        *(pressure_low(tag) for tag in GAUGES),
        *(definition(f"{tag}:bad", FindingKind.BAD_QUALITY, tag=tag, **instrument) for tag in GAUGES),
        *(definition(f"{tag}:stale", FindingKind.STALE, tag=tag, **instrument) for tag in GAUGES),
        definition("dma-01:burst", FindingKind.BURST, zone="dma-01"),
        definition("st-01:comm", FindingKind.COMMUNICATION, **line),
    ]


def station(at_s: float, value: float | None, q: int = 0) -> Batch:
    tags = [*GAUGES, "dma-01.inflow"]
    return Batch.of("modbus:st-01", [Sample(tag, NOON + round(at_s * SECOND), value, q) for tag in tags])


async def active(room: Room) -> set[str]:
    async with room.ledger.read() as tx:
        return {alarm.id for alarm in await tx.find(Alarm, active=True)}


async def test_a_lost_station_is_one_communication_alarm_and_returns_by_itself(room: Room) -> None:
    async with room.working(rows()):
        await room.feed(station(0, 25.0), station(1, None, Status.BAD_TIMEOUT))
        await room.reaches("st-01:comm", State.UNACK)
        assert await active(room) == {"st-01:comm"}
        await room.feed(station(60, 25.0))
        await room.reaches("st-01:comm", State.RTNUN)
    assert await active(room) == set()
    async with room.ledger.read() as tx:
        assert await tx.find(Incident) == []


async def test_a_dead_probe_is_one_instrument_alarm(room: Room) -> None:
    async with room.working(rows()):
        await room.feed(station(0, 25.0), one("dma-01.p2", 1, None, Status.BAD_SENSOR_FAILURE))
        await room.reaches("dma-01.p2:bad", State.UNACK)
        assert await active(room) == {"dma-01.p2:bad"}


async def test_an_alarm_that_stands_when_the_line_is_lost_stands_until_water_says_otherwise(
    room: Room,
) -> None:
    async with room.working(rows()):
        await room.feed(station(0, 25.0), one("dma-01.p1", 1, 9.0))
        await room.reaches("dma-01.p1:low", State.UNACK)
        await room.feed(station(2, None, Status.BAD_NO_COMMUNICATION))
        await room.reaches("st-01:comm", State.UNACK)
        standing = await room.alarm("dma-01.p1:low")
        assert standing is not None
        assert (standing.state, standing.quality) == (State.UNACK, Status.BAD_NO_COMMUNICATION)
        await room.feed(station(30, 25.0))
        await room.reaches("dma-01.p1:low", State.RTNUN)
    back = await room.alarm("dma-01.p1:low")
    assert back is not None
    assert back.quality == Status.GOOD


async def test_answering_the_instruments_alarm_answers_nothing_of_the_water(room: Room) -> None:
    """A-03: the process alarm behind a lost line and a dead probe stays unacknowledged, and is seen so."""
    async with room.working(rows()):
        await room.feed(station(0, 25.0), station(1, 9.0))
        for tag in GAUGES:
            await room.reaches(f"{tag}:low", State.UNACK)
        await room.feed(one("dma-01.p2", 2, None, Status.BAD_SENSOR_FAILURE))
        await room.reaches("dma-01.p2:bad", State.UNACK)
        await room.feed(station(3, None, Status.BAD_NO_COMMUNICATION))
        await room.reaches("st-01:comm", State.UNACK)
        for id in ("dma-01.p2:bad", "st-01:comm"):
            await acknowledged(room, id)
        for tag in GAUGES:
            standing = await room.alarm(f"{tag}:low")
            assert standing is not None
            assert (standing.state, standing.acked_by) == (State.UNACK, None)
            assert standing.quality >> 31
    events = [entry.event for entry in await room.ledger.journal_of("dma-01.p2:low")]
    assert not {"ack", "clear"} & set(events)


async def acknowledged(room: Room, id: str) -> None:
    alarm = await room.alarm(id)
    assert alarm is not None
    async with room.ledger.begin() as tx:
        seen = Seen(alarm.occurrence, alarm.seq)
        assert (await acknowledge(tx, id, seen, "operator", room.clock.now_ns())).changed


async def test_what_comes_late_or_as_backfill_is_history_only(room: Room) -> None:
    async with room.working(rows()):
        await room.feed(station(100, 25.0))
        late = station(50, 3.0)
        flags = np.full(len(late), 1, np.uint8)
        past = Batch(late.names, late.tag, late.t_ns + 60 * SECOND, late.v, late.q, late.r_ns, flags)
        await room.feed(late, past, one("dma-01.p3", 200, 9.0))
        await room.reaches("dma-01.p3:low", State.UNACK)
        assert await active(room) == {"dma-01.p3:low"}


async def test_alarms_that_are_active_at_the_first_scan_annunciate(room: Room) -> None:
    async with room.working(rows()):
        await room.feed(station(0, 9.0))
        for tag in GAUGES:
            await room.reaches(f"{tag}:low", State.UNACK)
    async with room.ledger.read() as tx:
        assert len(await tx.find(Incident)) == 1
