"""A device behind a real broker that reports changes only, and a value that it holds below its limit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alarms.service import AlarmService
from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.alarm import State
from core.model.finding import FindingKind
from core.model.quality import Status
from core.runtime.clock import AnchoredClock
from hub.reads import followed
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import definition
from tests.collectors.brokers import Broker, broker
from tests.collectors.field import Kept, eventually, running, tags
from tests.collectors.test_mqtt_source import publish
from tests.ports import free_port

TOPIC, TAG = "loggers/L1/pressure", "logger.L1"
MAP = {"format": "number", "value": {"unit": "m"}}
OVER_S = 5.0
"""Longer than the delay."""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Broker]:
    async with broker("mosquitto", tmp_path, free_port()) as made:
        yield made


@asynccontextmanager
async def watched(
    room: Room, port: int, folder: Path, max_silence_s: float | None
) -> AsyncIterator[tuple[Room, Kept, MqttSource]]:
    """Below 10 for three seconds is an alarm."""
    topic = {"filter": "loggers/+/pressure", "payload": "pressure", "tag": "logger.{meter}"}
    spec = MqttSpec.model_validate(
        {"type": "mqtt", "id": "loggers", "host": "127.0.0.1", "port": port, "maps": {"pressure": MAP}}
        | {"topics": [topic], "max_silence_s": max_silence_s}
    )
    room = Room(room.spool, room.ledger, replace(room.plant, tags=tags([TAG], unit="m")), AnchoredClock())
    quarantine, kept = await SqliteQuarantine.open(folder / "quarantine.db"), Kept(room.spool)
    source = MqttSource(spec, room.plant.tags, room.clock, quarantine)
    follows = followed([spec], {source.id: source.facts}, room.plant.tags)
    rows = [definition("low", FindingKind.LIMIT_LOW, tag=TAG, setpoint=10.0, on_delay_s=3.0)]
    service = AlarmService(
        room.spool, room.ledger, None, room.plant, rows, None, room.clock, followed=follows
    )
    gate = Intake(kept, quarantine, room.plant.tags, room.clock, TimeLimits()).gate(source.id, source.facts)
    async with room.running(service), running(source, gate):
        await eventually(lambda: source.facts.connected)
        yield room, kept, source
    await quarantine.close()


async def low(port: int, kept: Kept) -> None:
    await publish(port, (TOPIC, "30.0"), (TOPIC, "5.0"))
    await eventually(lambda: (last := kept.last(TAG)) and last.v == 5.0)


async def nothing_for(room: Room, seconds: float) -> None:
    from_s = room.clock.monotonic()
    while room.clock.monotonic() - from_s < seconds:
        assert not await room.is_in("low", State.UNACK)
        await room.clock.sleep(0.05)


async def test_a_pressure_that_stays_low_alarms_with_one_message(room: Room, site: Broker, tmp_path: Path):
    async with watched(room, site.port, tmp_path, 600.0) as (now, kept, _):
        await low(site.port, kept)
        await now.until(lambda: now.is_in("low", State.UNACK), 20)
        assert [s.v for s in kept.samples(TAG)] == [30.0, 5.0]
        await publish(site.port, (TOPIC, "31.0"))
        await now.until(lambda: now.is_in("low", State.RTNUN), 20)


@pytest.mark.parametrize("max_silence_s", [None, 1.0])
async def test_without_the_promise_or_beyond_it_nothing_stands(
    room: Room, site: Broker, tmp_path: Path, max_silence_s: float | None
):
    async with watched(room, site.port, tmp_path, max_silence_s) as (now, kept, _):
        await low(site.port, kept)
        await nothing_for(now, OVER_S)


async def test_a_message_that_nobody_can_read_ends_what_stood(room: Room, site: Broker, tmp_path: Path):
    async with watched(room, site.port, tmp_path, 600.0) as (now, kept, _):
        await low(site.port, kept)
        await publish(site.port, (TOPIC, "poison"))
        await eventually(lambda: kept.last(TAG).q == Status.BAD_DATA_LOST)
        await nothing_for(now, OVER_S)
        await low(site.port, kept)
        await now.until(lambda: now.is_in("low", State.UNACK), 20)


async def test_what_a_broker_kept_never_stood_and_its_loss_marks_nothing(
    room: Room, site: Broker, tmp_path: Path
):
    await publish(site.port, (TOPIC, "5.0"), retain=True)
    async with watched(room, site.port, tmp_path, 600.0) as (_, kept, source):
        await eventually(lambda: kept.last(TAG))
        await site.kill()
        await eventually(lambda: not source.facts.connected)
        assert [s.v for s in kept.samples(TAG)] == [5.0]


async def test_a_broker_that_is_lost_holds_nothing_until_the_device_reports_again(
    room: Room, site: Broker, tmp_path: Path
):
    async with watched(room, site.port, tmp_path, 600.0) as (now, kept, source):
        await low(site.port, kept)
        await site.kill()
        await eventually(lambda: kept.last(TAG).q == Status.BAD_DATA_LOST)
        await site.start()
        await eventually(lambda: source.facts.connected)
        await nothing_for(now, OVER_S)
        await low(site.port, kept)
        await now.until(lambda: now.is_in("low", State.UNACK), 20)
