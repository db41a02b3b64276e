"""A hub's MQTT collector as a process to be killed: a real source, spool and quarantine.

    python -m tests.servers.mqtt_hub FOLDER PORT SLOW_S

Prints `connected` at each connection. SLOW_S: what each commit waits for before the disk, so that a kill
falls between receiving and storing. Meters are M0 to M49.
"""

import asyncio
import sys
from pathlib import Path

from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.sample import Batch
from core.runtime.clock import AnchoredClock
from tests.collectors.field import tags


class Slow:
    def __init__(self, spool: SegmentSpool, wait_s: float) -> None:
        self._spool, self._wait_s = spool, wait_s

    async def put(self, batch: Batch) -> int:
        await asyncio.sleep(self._wait_s)
        return await self._spool.put(batch)

    async def count(self, *what: object) -> None:
        await self._spool.count(*what)


async def main(folder: Path, port: int, slow_s: float) -> None:
    spool = await SegmentSpool.open(folder / "spool")
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    topics = [{"filter": "meters/+/readings", "payload": "readings"}]
    spec = {"type": "mqtt", "id": "meters", "host": "127.0.0.1", "port": port, "topics": topics}
    meters = tags([f"meter.M{n}" for n in range(50)], unit="m3", period_s=3600.0)
    source = MqttSource(MqttSpec.model_validate(spec), meters, AnchoredClock(), quarantine)
    told = asyncio.create_task(tell(source))
    while True:
        try:
            await source.run(Slow(spool, slow_s))
        except ConnectionError:
            await asyncio.sleep(0.1)
        assert not told.done()


async def tell(source: MqttSource) -> None:
    connects = 0
    while True:
        if source.facts.connects > connects:
            connects = source.facts.connects
            print("connected", flush=True)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
