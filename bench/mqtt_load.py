"""A paced QoS 1 publisher and the subscribers under measurement, each a process of its own.

    python -m bench.mqtt_load publish PORT RATE SECONDS
    python -m bench.mqtt_load hear paho|session|hub-1|hub-6 PORT SECONDS

`hear` prints its CPU microseconds per message once it has heard nothing new at the end.
"""

import asyncio
import json
import socket
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import paho.mqtt.client as paho
import uvloop
from paho.mqtt.enums import CallbackAPIVersion

from collectors.mqtt.session import Session
from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.sample import Batch
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock

METERS = 200
FIRST_MESSAGES = 400
"""Heard before the measurement begins."""
VALUES = {"flow": "m3/h", "p": "m", "temp": "Cel", "batt": "V", "rssi": "dBm"}
FILTER = "meters/+/up"


def payload(meter: int, k: int) -> bytes:
    """About 115 bytes, 8 fields, as reference and peers were measured with."""
    said = {"id": f"M{meter:04d}", "t": 1_795_000_000 + k, "m3": round(k * 0.013, 3), "flow": 0.42}
    said |= {"p": 31.5, "temp": 11.5, "batt": 3.58, "rssi": -97}
    return json.dumps(said).encode()


def publish(port: int, rate: int, seconds: float) -> None:
    """In ticks of 5 ms; answers are read and thrown away."""
    with socket.create_connection(("127.0.0.1", port)) as opened:
        opened.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04load")
        opened.recv(4)
        opened.setblocking(False)
        begun, sent = time.perf_counter(), 0
        while (passed := time.perf_counter() - begun) < seconds:
            due = int(passed * rate)
            _send(opened, b"".join(_packet(k) for k in range(sent, due)))
            sent = due
            time.sleep(0.005)
        opened.setblocking(True)
        opened.sendall(b"\xe0\x00")


def _send(opened: socket.socket, data: bytes) -> None:
    while data:
        try:
            data = data[opened.send(data) :]
        except BlockingIOError:
            time.sleep(0.001)
        try:
            while opened.recv(65536):
                pass
        except BlockingIOError:
            pass


def _packet(k: int) -> bytes:
    topic = f"meters/M{k % METERS:04d}/up".encode()
    body = len(topic).to_bytes(2, "big") + topic + (k % 65535 + 1).to_bytes(2, "big") + payload(k % METERS, k)
    n = len(body)
    length = bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])
    return b"\x32" + length + body


class Meter:
    """CPU time of this process from one message on to the last."""

    def __init__(self) -> None:
        self.n, self._at, self._cpu, self.last, self._wall = 0, 0, 0.0, 0.0, 0.0

    def heard(self, n: int) -> None:
        self.n += n
        self.last = time.process_time()
        if not self._cpu and self.n >= FIRST_MESSAGES:
            self._at, self._cpu = self.n, self.last

    @property
    def us(self) -> float:
        return (self.last - self._cpu) / (self.n - self._at) * 1e6


def hear_paho(port: int, seconds: float) -> Meter:
    """paho's own loop, JSON decoded by orjson in on_message."""
    meter = Meter()

    def on_message(client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        orjson.loads(message.payload)
        meter.heard(1)

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="paho")
    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.subscribe(FILTER, 1)
    print("ready", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        client.loop(0.5)
    return meter


class _Counting:
    """A sink that takes everything at once."""

    def __init__(self, meter: Meter, each: int) -> None:
        self._meter, self._each = meter, each

    async def put(self, batch: Batch) -> int:
        self._meter.heard(len(batch) // self._each)
        return 1

    async def count(self, source: str, fate: Fate, samples: int) -> None: ...


def _spec(port: int, each: int = 1) -> MqttSpec:
    values = [{"path": "m3", "unit": "m3"}] + [{"path": v, "name": v, "unit": u} for v, u in VALUES.items()]
    map_: dict[str, object] = {"format": "json", "device": "id", "values": values[:each]}
    map_["time"] = {"path": "t", "form": "s"}
    return MqttSpec.model_validate(
        {"type": "mqtt", "id": "bench", "host": "127.0.0.1", "port": port, "maps": {"up": map_}}
        | {"topics": [{"filter": FILTER, "payload": "up"}]}
    )


def _tags() -> dict[str, Tag]:
    units = {f"meter.M{m:04d}{suffix}": unit for m in range(METERS) for suffix, unit in _suffixes()}
    return {
        id: Tag(id=id, quantity=Quantity.VOLUME, unit=unit, name=Text(id, id), station="m", period_s=3600.0)
        for id, unit in units.items()
    }


def _suffixes() -> list[tuple[str, str]]:
    return [("", "m3"), *((f".{name}", unit) for name, unit in VALUES.items())]


async def hear_hub(port: int, seconds: float, folder: str, each: int) -> Meter:
    """The whole driver: framing, decoding into `each` tags, deduplication, columns, acknowledgement."""
    meter = Meter()
    quarantine = await SqliteQuarantine.open(Path(folder) / "quarantine.db")
    source = MqttSource(_spec(port, each), _tags(), AnchoredClock(), quarantine)
    run = asyncio.create_task(source.run(_Counting(meter, each)))
    while not source.facts.connected:  # noqa: ASYNC110 - once, before anything is measured
        await asyncio.sleep(0.05)
    print("ready", flush=True)
    await asyncio.wait([run], timeout=seconds)
    run.cancel()
    return meter


async def hear_session(port: int, seconds: float) -> Meter:
    """As paho's loop does: JSON decoded by orjson, acknowledged, nothing more."""
    meter, session = Meter(), Session(_spec(port), "session")
    await session.open()
    print("ready", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        messages = await session.take(1000, 0.5)
        for message in messages:
            orjson.loads(message.payload)
        session.acknowledge(messages)
        meter.heard(len(messages))
    await session.close()
    return meter


def main(what: str, *rest: str) -> None:
    if what == "publish":
        port, rate, seconds = rest
        publish(int(port), int(rate), float(seconds))
        return
    who, port, seconds = rest
    if who == "paho":
        meter = hear_paho(int(port), float(seconds))
    else:
        with TemporaryDirectory() as folder:
            each = int(who.removeprefix("hub-")) if who.startswith("hub-") else 0
            hub = hear_hub(int(port), float(seconds), folder, each) if each else None
            meter = uvloop.run(hub or hear_session(int(port), float(seconds)))
    print(json.dumps({"messages": meter.n, "us": meter.us}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
