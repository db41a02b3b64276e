"""Connections as they stand in a town at work, for pages that show their health: one well, one with a dead
unit and an illegal address, one down."""

from pathlib import Path

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.condition import Severity
from core.ports.clock import Clock
from core.ports.quarantine import Refusal
from core.ports.source import Breaker, DeviceFacts, Source
from core.runtime import health_words
from core.runtime.health import Health
from hub.check import Configuration

S = 1_000_000_000


def connections(configuration: Configuration, clock: Clock, quarantine: SqliteQuarantine) -> list[Source]:
    """Real sources that are not run, with their facts as a run leaves them."""
    tags, now = configuration.plant.tags, clock.now_ns()
    modbus = [c for c in configuration.collectors if isinstance(c, ModbusSpec)][:3]
    well, ill, down = (ModbusSource(spec, tags, clock) for spec in modbus)
    for source in (well, ill):
        source.facts.connected, source.facts.connects = True, 1
        source.facts.samples, source.facts.last_good_ns = 41_200, now - S
    for ms in range(100):
        well.facts.round_trips.took(0.001 + ms / 50_000)
    well.facts.devices["unit 1"] = DeviceFacts(last_good_ns=now - S)
    tag = next(iter(modbus[1].units[0].points)).tag
    ill.facts.tag_causes[tag] = "unit 1: holding 40 is refused (exception 2): check the address"
    ill.facts.cause, ill.facts.insecure = "unit 7: no answer in 1 s", True
    ill.facts.certificate_expires_ns = now + 9 * 86_400 * S
    ill.facts.devices["unit 7"] = DeviceFacts(
        breaker=Breaker.OPEN,
        last_good_ns=now - 1_900 * S,
        failures_in_row=9,
        cause="unit 7: no answer in 1 s",
        failures={"timeout": 9},
        probe_at_ns=now + 40 * S,
        skew_s=95.0,
    )
    down.facts.cause, down.facts.failures = (
        "10.1.0.3:502: [Errno 111] Connect call failed ('10.1.0.3', 502)",
        {"ConnectionRefusedError": 12},
    )
    meters = [c for c in configuration.collectors if isinstance(c, MqttSpec)][:1]
    return [well, ill, down, *(MqttSource(spec, tags, clock, quarantine) for spec in meters)]


def ill() -> Health:
    health = Health()
    health.set("spool_filling", Severity.WARNING, *health_words.SPOOL_FILLING, detail="72%")
    health.set("spool_corrupt", Severity.ALARM, *health_words.SPOOL_CORRUPT, detail="1 file, 4,096 bytes")
    return health


async def refused(folder: Path, now_ns: int, bare: bool) -> SqliteQuarantine:
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    poison = [
        Refusal(now_ns, "mqtt:meters", "not_json", "line 1 column 9", b"{", 0),
        Refusal(now_ns, "mqtt:meters", "future_time", "2099-01-01", b"{}", 3),
    ]
    if bare:
        await quarantine.put(poison)
    return quarantine
