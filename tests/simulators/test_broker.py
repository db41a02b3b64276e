"""The broker as MQTT clients see it: who may do what, and what a session keeps."""

import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from simulators.broker import password
from tests.need import need
from tests.ports import free_port
from tests.simulators.field import STOP_S, process

WAIT_S = 10.0


class Listener:
    """A client that acknowledges only when it is told to."""

    def __init__(self, port: int, user: str, secret: str, name: str, acknowledge: bool = True) -> None:
        self.connected: list[Any] = []
        self.granted: list[Any] = []
        self.acknowledged: list[int] = []
        self.messages: list[mqtt.MQTTMessage] = []
        self._news = threading.Condition()
        self._acknowledge = acknowledge
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, manual_ack=True
        )
        self.client.username_pw_set(user, secret)
        self.client.on_connect = lambda _c, _u, flags, code, _p: self._add(self.connected, (code, flags))
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: self._add(self.granted, codes[0])
        self.client.on_publish = lambda _c, _u, mid, _r, _p: self._add(self.acknowledged, mid)
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.wait(self.connected, 1)

    def _message(self, client: mqtt.Client, _user: object, message: mqtt.MQTTMessage) -> None:
        if self._acknowledge:
            client.ack(message.mid, message.qos)
        self._add(self.messages, message)

    def _add(self, column: list[Any], item: object) -> None:
        with self._news:
            column.append(item)
            self._news.notify_all()

    def wait(self, column: list[Any], n: int, seconds: float = WAIT_S) -> list[Any]:
        with self._news:
            assert self._news.wait_for(lambda: len(column) >= n, seconds), f"{len(column)} of {n} came"
        return column

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    data, port = tmp_path_factory.mktemp("broker"), free_port()
    args = ("--config", data, "--data", data, "--port", str(port))
    with process("simulators.broker", *args) as (_, said):
        assert said["port"] == port
        yield data, port


def join(broker: tuple[Path, int], user: str, name: str, acknowledge: bool = True) -> Listener:
    data, port = broker
    return Listener(port, user, password(data, user), name, acknowledge)


def test_secrets_are_only_their_owners(broker: tuple[Path, int]) -> None:
    for name in ("hub.password", "meters.password", "nats.conf"):
        assert stat.S_IMODE((broker[0] / "broker" / name).stat().st_mode) == 0o600
    assert password(broker[0], "hub") != password(broker[0], "meters")


@pytest.mark.parametrize(("user", "secret"), [("hub", "wrong"), ("", ""), ("admin", "admin")])
def test_a_wrong_password_is_refused(broker: tuple[Path, int], user: str, secret: str) -> None:
    guest = Listener(broker[1], user, secret, "guest")
    assert guest.connected[0][0].is_failure
    guest.close()


def test_mosquitto_sub_hears_a_meter(broker: tuple[Path, int]) -> None:
    data, port = broker
    login = ["-u", "hub", "-P", password(data, "hub"), "-p", str(port), "-h", "127.0.0.1"]
    run = [
        "stdbuf",
        "-oL",
        need("mosquitto_sub"),
        *login,
        "-q",
        "1",
        "-t",
        "meters/+/readings",
        "-C",
        "1",
        "-W",
        "10",
        "-v",
        "-d",
    ]
    listener = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
    assert listener.stdout is not None
    for line in listener.stdout:
        if "SUBACK" in line:
            break
    meters = join(broker, "meters", "mosquitto-peer")
    meters.client.publish("meters/M000001/readings", b'{"meter":"M000001"}', 1)
    out = listener.stdout.read()
    assert listener.wait(5) == 0
    assert 'meters/M000001/readings {"meter":"M000001"}' in out
    meters.close()


def test_nobody_speaks_or_listens_out_of_turn(broker: tuple[Path, int]) -> None:
    hub, meters = join(broker, "hub", "hub-turn"), join(broker, "meters", "meters-turn")
    hub.client.subscribe("meters/#", 1)
    hub.client.subscribe("#", 1)
    meters.client.subscribe("meters/#", 1)
    assert [code.is_failure for code in hub.wait(hub.granted, 2)] == [False, True]
    assert meters.wait(meters.granted, 1)[0].is_failure
    hub.client.publish("meters/M1/readings", b"forged by the hub", 1)
    meters.client.publish("hub/state", b"forged by a meter", 1)
    meters.client.publish("meters/M1/readings", b"true", 1)
    meters.wait(meters.acknowledged, 2)
    hub.wait(hub.messages, 1)
    time.sleep(0.5)
    assert [m.payload for m in hub.messages] == [b"true"]
    hub.close()
    meters.close()


def test_a_session_gets_again_what_it_did_not_acknowledge(broker: tuple[Path, int]) -> None:
    meters = join(broker, "meters", "meters-again")
    first = join(broker, "hub", "hub-again", acknowledge=False)
    first.client.subscribe("meters/+/readings", 1)
    first.wait(first.granted, 1)
    for n in range(3):
        meters.client.publish(f"meters/A{n}/readings", str(n).encode(), 1)
    first.wait(first.messages, 3)
    first.close()
    meters.client.publish("meters/A3/readings", b"while away", 1)
    second = join(broker, "hub", "hub-again")
    assert second.connected[0][1].session_present
    payloads = {m.payload for m in second.wait(second.messages, 4, 15)}
    assert payloads == {b"0", b"1", b"2", b"while away"}
    time.sleep(6)
    assert len(second.messages) == 4, "an acknowledged message came again"
    second.close()
    meters.close()


def test_messages_and_sessions_survive_kill_9(tmp_path: Path) -> None:
    port = free_port()
    args = ("--config", tmp_path, "--data", tmp_path, "--port", str(port))
    with process("simulators.broker", *args):
        hub = join((tmp_path, port), "hub", "hub-kill")
        hub.client.subscribe("meters/#", 1)
        hub.wait(hub.granted, 1)
        hub.close()
        meters = join((tmp_path, port), "meters", "meters-kill")
        meters.client.publish("meters/M1/readings", b"kept", 1)
        meters.wait(meters.acknowledged, 1)
        meters.client.loop_stop()
    with process("simulators.broker", *args):  # the wrapper was killed; its server went with it
        hub = join((tmp_path, port), "hub", "hub-kill")
        assert hub.wait(hub.messages, 1)[0].payload == b"kept"
        hub.close()


def test_it_stops_within_a_second_and_a_taken_port_is_named(tmp_path: Path, broker: tuple[Path, int]) -> None:
    port = free_port()
    args = ("--config", tmp_path, "--data", tmp_path, "--port", str(port))
    with process("simulators.broker", *args) as (child, _):
        child.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert child.wait(5) == 0
        assert time.monotonic() - began < STOP_S
    with (
        pytest.raises(AssertionError, match="ended with 3"),
        process("simulators.broker", "--config", tmp_path, "--data", tmp_path, "--port", str(broker[1])),
    ):
        pass
