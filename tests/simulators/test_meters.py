"""The smart meters: what is due when, what is sent again, and their register book."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.clock import Anchor
from core.runtime.clock import write_anchor
from simulators.broker import password
from simulators.meter_book import HOURS_KEPT, MeterBook
from simulators.meter_plan import HOUR_S, MOST_READINGS, Habit, Sent, to_send
from tests.ports import free_port
from tests.simulators.field import STOP_S, process

METERS = [f"M{n:06d}" for n in range(1, 201)]
HOUR = 495_000


@given(meter=st.integers(1, 20_000).map("M{:06d}".format), now_s=st.integers(10**9, 2 * 10**9))
def test_a_reading_is_due_after_its_hour_and_never_later_than_its_habit(meter: str, now_s: int) -> None:
    habit = Habit.of(meter)
    due = habit.due(now_s)
    assert due % habit.every_h == habit.phase
    sent_at = due * HOUR_S + habit.delay_s
    assert sent_at <= now_s < sent_at + habit.every_h * HOUR_S


def test_about_a_tenth_is_late_by_6_to_24_hours_and_uploads_spread_over_the_hour() -> None:
    habits = [Habit.of(f"M{n:06d}") for n in range(5000)]
    late = [habit.every_h for habit in habits if habit.every_h > 1]
    assert 0.08 < len(late) / 5000 < 0.12
    assert (min(late), max(late)) == (6, 24)
    quarters = Counter(habit.delay_s // 900 for habit in habits)
    assert set(quarters) == {0, 1, 2, 3}
    assert min(quarters.values()) > 1000


@given(last=st.integers(0, 500), due=st.integers(0, 500), oldest=st.integers(0, 500))
def test_a_message_goes_on_where_the_last_one_ended(last: int, due: int, oldest: int) -> None:
    hours = to_send(last, due, oldest)
    assert len(hours) <= MOST_READINGS
    if hours:
        assert hours[0] == max(last + 1, oldest)
        assert hours[-1] <= due


def test_the_book_keeps_four_days_and_survives_a_restart(tmp_path: Path) -> None:
    book = MeterBook.write(tmp_path, ["a", "b"])
    for hour in range(HOUR, HOUR + HOURS_KEPT + 1):
        book.put(hour, np.array([hour, hour / 2]))
    again = MeterBook.write(tmp_path, ["a", "b"])
    reader = MeterBook.read(tmp_path)
    assert again.has(HOUR + 1) and not again.has(HOUR)
    assert reader.get(HOUR + 7, 1) == (HOUR + 7) / 2
    assert reader.get(HOUR, 0) is None
    with pytest.raises(ValueError, match="2 meters"):
        book.put(HOUR, np.zeros(3))
    assert not MeterBook.write(tmp_path, ["b", "a"]).has(HOUR + 7)


def test_what_was_acknowledged_is_remembered(tmp_path: Path) -> None:
    sent = Sent(tmp_path / "sent.json", HOUR)
    sent.begin(("a", "b"))
    sent.acknowledge({"a": HOUR + 3})
    sent.acknowledge({"a": HOUR + 1})
    sent.save()
    again = Sent(tmp_path / "sent.json", HOUR + 50)
    assert (again.last("a"), again.last("b"), again.last("new")) == (HOUR + 3, HOUR, HOUR + 50)


class Hub:
    """A persistent session that counts what comes: (meter, time) to the value."""

    def __init__(self, data: Path, port: int) -> None:
        self.readings: dict[tuple[str, str], float] = {}
        self.times: Counter[tuple[str, str]] = Counter()
        self.biggest = 0
        subscribed = threading.Event()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="hub", clean_session=False)
        self.client.username_pw_set("hub", password(data, "hub"))
        self.client.on_message = self._message
        self.client.on_connect = lambda client, *_: client.subscribe("meters/+/readings", 1)
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert subscribed.wait(10)

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        body = json.loads(message.payload)
        assert message.topic == f"meters/{body['meter']}/readings"
        self.biggest = max(self.biggest, len(body["readings"]))
        for reading in body["readings"]:
            key = body["meter"], reading["t"]
            assert self.readings.setdefault(key, reading["m3"]) == reading["m3"]
            self.times[key] += 1

    def until(self, n: int, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while len(self.readings) < n:
            assert time.monotonic() < deadline, f"{len(self.readings)} of {n} readings came"
            time.sleep(0.05)


def town(data: Path, first: int, last: int) -> None:
    book = MeterBook.write(data / "town", METERS)
    for hour in range(first, last + 1):
        book.put(hour, np.array([float(hour - HOUR + n) for n in range(len(METERS))]))


def at(data: Path, hour: float) -> None:
    """Plant time stands (almost) still at `hour`."""
    write_anchor(data / "clock.json", Anchor(time.time_ns(), round(hour * HOUR_S * 1e9), 0.001))


def wanted(hour: float) -> int:
    return sum(max(0, Habit.of(meter).due(hour * HOUR_S) - HOUR) for meter in METERS)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    port = free_port()
    with process("simulators.broker", "--config", tmp_path, "--data", tmp_path, "--port", str(port)):
        yield tmp_path, port


def test_every_reading_comes_across_kill_9_of_meters_and_broker(tmp_path: Path) -> None:
    port = free_port()
    with_port = ("--config", tmp_path, "--data", tmp_path, "--port", str(port))
    town(tmp_path, HOUR, HOUR + 30)
    at(tmp_path, HOUR)
    with ExitStack() as first:
        broker, _ = first.enter_context(process("simulators.broker", *with_port))
        hub = Hub(tmp_path, port)
        meters, said = first.enter_context(process("simulators.meters", *with_port))
        assert said == {"ready": "meters", "port": port, "meters": len(METERS)}
        os.kill(meters.pid, signal.SIGKILL)
        at(tmp_path, HOUR + 9.6)
        meters, _ = first.enter_context(process("simulators.meters", *with_port))
        hub.until(50)
        os.kill(broker.pid, signal.SIGKILL)
        os.kill(meters.pid, signal.SIGKILL)
        broker.wait(5)
    with process("simulators.broker", *with_port), process("simulators.meters", *with_port):
        hub.until(wanted(HOUR + 9.6))
        time.sleep(1)
    at(tmp_path, HOUR + 30.9)
    with process("simulators.broker", *with_port), process("simulators.meters", *with_port) as (meters, _):
        hub.until(wanted(HOUR + 30.9))
        time.sleep(1)
        meters.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert meters.wait(5) == 0
        assert time.monotonic() - began < STOP_S
    assert len(hub.readings) == wanted(HOUR + 30.9)
    assert hub.biggest > 6, "no late batch came"
    assert hub.readings[METERS[4], "2026-06-21T01:00:00Z"] == 5.0
    assert max(hub.times.values()) > 1, "no duplicate came"
    hub.client.disconnect()


def test_a_wrong_password_ends_the_meters_with_a_clear_message(broker: tuple[Path, int]) -> None:
    data, port = broker
    town(data, HOUR, HOUR)
    (data / "broker" / "meters.password").write_text("changed")
    with (
        pytest.raises(AssertionError, match="ended with 2"),
        process("simulators.meters", "--config", data, "--data", data, "--port", str(port)),
    ):
        pass
