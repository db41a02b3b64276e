"""A collector of three protocols as a process to be killed, and quick to begin again: everything is imported
once, and each life is a fork.

    python -m tests.servers.collecting FOLDER MODBUS_PORT OPCUA_PORT MQTT_PORT UNITS NODES METERS

On each line of standard input the last life is awaited, the next begins, and its process id is printed;
`acknowledged` in FOLDER gets every batch after the spool has said that it is on disk, by its length and its
bytes. A life has what the hub has between field and store: drivers, gate, spool, recorder and embedded
historian.
"""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from collectors.intake.intake import Intake
from collectors.intake.limits import TimeLimits
from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.driver import OpcUaSource
from collectors.opcua.spec import OpcUaSpec
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.sample import Batch
from core.model.tag import Tag
from core.ports.source import Source
from core.runtime.clock import AnchoredClock
from core.runtime.recorder import Recorder
from core.runtime.supervisor import Supervisor
from tests.collectors.field import tags
from tests.servers.three_fields import REGISTERS, URI


class Recorded:
    """The spool, and in a file what it has acknowledged."""

    def __init__(self, spool: SegmentSpool, file: Path) -> None:
        self._spool = spool
        self._fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def put(self, batch: Batch) -> int:
        seq = await self._spool.put(batch)
        data = batch.encode()
        os.write(self._fd, len(data).to_bytes(4, "big") + data)
        return seq

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        await self._spool.count(source, fate, samples)


def plant(units: int, nodes: int, meters: int) -> dict[str, Tag]:
    registers = [f"u{u}.r{r}" for u in range(1, units + 1) for r in range(REGISTERS)]
    return tags([*registers, *(f"n-{n}" for n in range(nodes))]) | tags(
        [f"meter.M{m}" for m in range(meters)], unit="m3", period_s=3600.0
    )


def sources(
    folder: Path, ports: tuple[int, int, int], units: int, nodes: int, known: dict[str, Tag],
    clock: AnchoredClock, quarantine: SqliteQuarantine,
) -> list[Source]:  # fmt: skip
    modbus = {
        "type": "modbus",
        "id": "three",
        "host": "127.0.0.1",
        "port": ports[0],
        "period_s": 0.5,
        "units": [
            {
                "unit": u,
                "points": [{"tag": f"u{u}.r{r}", "table": "input", "address": r} for r in range(REGISTERS)],
            }
            for u in range(1, units + 1)
        ],
    }
    opcua = {
        "type": "opcua",
        "id": "three",
        "url": f"opc.tcp://127.0.0.1:{ports[1]}/three",
        "allow_insecure": True,
        "publish_ms": 200,
        "nodes": [{"tag": f"n-{n}", "node": f"nsu={URI};s=n-{n}"} for n in range(nodes)],
    }
    mqtt = {
        "type": "mqtt",
        "id": "three",
        "host": "127.0.0.1",
        "port": ports[2],
        "topics": [{"filter": "meters/+/readings", "payload": "readings"}],
    }
    return [
        ModbusSource(ModbusSpec.model_validate(modbus), known, clock),
        OpcUaSource(OpcUaSpec.model_validate(opcua), known, clock, folder / "opcua", folder),
        MqttSource(MqttSpec.model_validate(mqtt), known, clock, quarantine),
    ]


async def live(folder: Path, ports: tuple[int, int, int], units: int, nodes: int, meters: int) -> None:
    known, clock = plant(units, nodes, meters), AnchoredClock()
    spool = await SegmentSpool.open(folder / "spool")
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    historian = await SqliteHistorian.open(folder / "historian.db", known, quarantine=quarantine)
    intake = Intake(Recorded(spool, folder / "acknowledged"), quarantine, known, clock, TimeLimits())
    supervisor = Supervisor()
    for source in sources(folder, ports, units, nodes, known, clock, quarantine):
        supervisor.add(source.id, partial(source.run, intake.gate(source.id, source.facts)))
    supervisor.add("recorder", Recorder(spool, historian).run)
    await supervisor.run()


def main() -> None:
    folder = Path(sys.argv[1])
    modbus, opcua, mqtt, units, nodes, meters = map(int, sys.argv[2:])
    last = 0
    for _ in sys.stdin:
        if last:
            os.waitpid(last, 0)
        last = os.fork()
        if last == 0:
            asyncio.run(live(folder, (modbus, opcua, mqtt), units, nodes, meters))
        print(last, flush=True)


if __name__ == "__main__":
    main()
