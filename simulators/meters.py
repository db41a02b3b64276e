"""The town's smart meters: readings over MQTT, QoS 1, sent again until the broker has acknowledged them.

    python -m simulators.meters --config configs/demo --data .waterhub/demo

Topic `meters/M000123/readings`, payload `{"meter":"M000123","readings":[{"t":"…Z","m3":123.456},…]}`.
"""

import json
import queue
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from core.model.clock import REAL
from core.runtime.clock import AnchoredClock, read_anchor
from simulators.broker import password
from simulators.field_map import FieldMap
from simulators.lifecycle import HOST, arguments, die_with_parent, refuse, say
from simulators.meter_book import HOURS_KEPT, MeterBook
from simulators.meter_plan import HOUR_S, Habit, Sent, sent_twice, to_send

IN_FLIGHT = 100
"""Messages without an acknowledgement at most; the rest waits for the next round."""
ROUND_S = 0.5
SAVE_S = 2.0
WAIT_S = 15.0


def payload(meter: str, readings: list[tuple[int, float]]) -> bytes:
    """hours since 1970 and m3, as the meter's firmware writes them."""
    rows = [
        {"t": datetime.fromtimestamp(hour * HOUR_S, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "m3": round(m3, 3)}
        for hour, m3 in readings
    ]
    return json.dumps({"meter": meter, "readings": rows}, separators=(",", ":")).encode()


class Meters:
    """All meters of the town behind one MQTT session (a head-end system)."""

    def __init__(self, book: MeterBook, sent: Sent, client: Client) -> None:
        self._book, self._sent, self._client = book, sent, client
        self._habits = [Habit.of(meter) for meter in book.meters]
        self._waiting: dict[int, tuple[str, int]] = {}
        self._busy: dict[str, int] = {}
        self._acknowledged: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.published = 0
        client.on_publish = self._on_publish

    def _on_publish(
        self, _client: Client, _data: object, mid: int, _code: ReasonCode, _properties: Properties
    ) -> None:
        self._acknowledged.put(mid)

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    def collect(self) -> None:
        """Takes note of acknowledgements that came since the last time."""
        while not self._acknowledged.empty():
            if found := self._waiting.pop(self._acknowledged.get(), None):
                meter, hour = found
                self._busy[meter] -= 1
                if not self._busy[meter]:
                    del self._busy[meter]
                self._sent.acknowledge({meter: hour})

    def round(self, now_s: float) -> None:
        """Sends what is due at plant time `now_s`, as far as the bound allows."""
        oldest = int(now_s) // HOUR_S - HOURS_KEPT + 1
        for index, (meter, habit) in enumerate(zip(self._book.meters, self._habits, strict=True)):
            if self.in_flight >= IN_FLIGHT:
                return
            due = habit.due(now_s)
            if due > self._sent.last(meter) and meter not in self._busy:
                hours = to_send(self._sent.last(meter), due, oldest)
                readings = [(hour, m3) for hour in hours if (m3 := self._book.get(hour, index)) is not None]
                if readings:
                    self._publish(meter, readings)

    def _publish(self, meter: str, readings: list[tuple[int, float]]) -> None:
        message, last = payload(meter, readings), readings[-1][0]
        for _ in range(2 if sent_twice(meter, last) else 1):
            info: MQTTMessageInfo = self._client.publish(f"meters/{meter}/readings", message, qos=1)
            self._waiting[info.mid] = (meter, last)
            self._busy[meter] = self._busy.get(meter, 0) + 1
            self.published += 1


class Admission:
    """What the broker said to our last CONNECT."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.connected = threading.Event()
        self.refusal: str | None = None


def connect(data: Path, port: int, admission: Admission) -> Client:
    """A client that keeps trying, also when it is refused."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="waterhub-demo-meters", clean_session=True)
    client.username_pw_set("meters", password(data, "meters"))
    client.reconnect_delay_set(1, 10)

    def on_connect(
        _client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        admission.refusal = str(code) if code.is_failure else None
        if not code.is_failure:
            admission.connected.set()
        admission.answered.set()

    def on_disconnect(
        _client: Client, _data: object, _flags: DisconnectFlags, _code: ReasonCode, _p: Properties | None
    ) -> None:
        admission.connected.clear()

    client.on_connect = on_connect
    client.on_disconnect = on_disconnect
    client.connect_async(HOST, port, keepalive=30)
    client.loop_start()
    return client


def open_book(folder: Path) -> MeterBook:
    """Waits for the town to have written one. Ends the process when it does not."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            return MeterBook.read(folder)
        except (FileNotFoundError, ValueError) as error:
            if time.monotonic() > deadline:
                refuse(f"no meters of a running town in {folder}: {error}")
        time.sleep(0.1)


def run(config: Path, data: Path, port: int | None) -> None:
    stop, admission = threading.Event(), Admission()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    port = port or FieldMap(config).mqtt_port()
    clock = AnchoredClock(read_anchor(data / "clock.json") or REAL)
    book = open_book(data / "town")
    sent = Sent(data / "town" / "meters-sent.json", int(clock.now_ns() / 1e9) // HOUR_S)
    sent.begin(book.meters)
    client = connect(data, port, admission)
    if not admission.answered.wait(WAIT_S) or admission.refusal:
        refuse(f"meters: the broker on {HOST}:{port} says: {admission.refusal or 'nothing'}")
    meters = Meters(book, sent, client)
    say(ready="meters", port=port, meters=len(book.meters))
    saved = time.monotonic()
    while not stop.wait(ROUND_S):
        meters.collect()
        if admission.connected.is_set():
            meters.round(clock.now_ns() / 1e9)
        if time.monotonic() - saved > SAVE_S:
            sent.save()
            saved = time.monotonic()
    meters.collect()
    sent.save()


def main() -> None:
    die_with_parent()
    parser = arguments("The smart meters of the simulated town.")
    parser.add_argument("--port", type=int, help="of the broker; default: as collectors.yaml says")
    args = parser.parse_args()
    run(args.config, args.data, args.port)


if __name__ == "__main__":
    main()
