"""CPU per MQTT message at QoS 1, beside paho's plain loop, mqtt.js and mosquitto_sub on one broker (P5)."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure
from bench.mqtt_load import FILTER, FIRST_MESSAGES
from bench.peers.node_red import MODULES, node
from bench.peers.running import NotInstalled

RATE = 4000
IN_FLIGHT = 1000
"""For all alike: Mosquitto's own 20 would measure its window."""
SUBSCRIBERS = ("paho", "session", "hub-1", "hub-6")
MQTT_JS, LIMIT = "mqtt.js", "mosquitto_sub"
HEARD, TRIES = 0.9, 3
"""When less of what was sent was heard, the machine was too busy for a figure: tried again."""


def run(short: bool) -> list[Figure]:
    program = mosquitto()
    if program is None:
        raise SystemExit("mosquitto is not installed: make test-servers")
    seconds, rounds = (4.0, 2) if short else (10.0, 5)
    who = [*SUBSCRIBERS, *_peers()]
    taken: dict[str, list[float]] = {name: [] for name in who}
    with tempfile.TemporaryDirectory(prefix="bench-mqtt-") as folder, broker(program, Path(folder)) as port:
        for _ in range(rounds):
            for name in who:
                taken[name].append(_tried(name, port, seconds))
    return [*_figures(taken), *_beside(taken)]


def _peers() -> Iterator[str]:
    """Those that are installed."""
    try:
        node()
        yield MQTT_JS
    except NotInstalled as missing:
        print(f"mqtt.js is left out: {missing}", file=sys.stderr)
    if shutil.which(LIMIT):
        yield LIMIT
    else:
        print("mosquitto_sub is left out: make test-servers", file=sys.stderr)


def _figures(taken: dict[str, list[float]]) -> list[Figure]:
    paho, session, one, six = (statistics.median(taken[who]) for who in SUBSCRIBERS)
    return [
        Figure("paho 2.2, plain loop, JSON decoded", paho, "us/message", None, "lower"),
        Figure("our session, JSON decoded, acknowledged", session, "us/message", None, "lower"),
        Figure("the same / paho's plain loop", _ratio(taken, "session", "paho"), "x", 1 / 3, "lower"),
        Figure("the whole driver, one tag a message", one, "us/message", None, "lower"),
        Figure(
            "the same / paho's plain loop, which makes no samples",
            _ratio(taken, "hub-1", "paho"),
            "x",
            1 / 3,
            "lower",
        ),
        Figure("the whole driver, six tags a message", six, "us/message", None, "lower"),
        Figure("the same / paho's plain loop", _ratio(taken, "hub-6", "paho"), "x", None, "lower"),
    ]


def _beside(taken: dict[str, list[float]]) -> Iterator[Figure]:
    if MQTT_JS in taken:
        mqtt_js = statistics.median(taken[MQTT_JS])
        session, driver = (_ratio(taken, who, MQTT_JS) for who in ("session", "hub-1"))
        yield Figure("mqtt.js, JSON decoded", mqtt_js, "us/message", None, "lower")
        yield Figure("our session / mqtt.js", session, "x", 0.75, "lower")
        yield Figure("the whole driver, one tag a message / mqtt.js", driver, "x", 0.75, "lower")
    if LIMIT in taken:
        limit = statistics.median(taken[LIMIT])
        yield Figure(
            "mosquitto_sub in C, nothing decoded, with its start", limit, "us/message", None, "lower"
        )
        yield Figure("our session / mosquitto_sub", _ratio(taken, "session", LIMIT), "x", None, "lower")


def _ratio(taken: dict[str, list[float]], who: str, peer: str) -> float:
    """Median of each round's."""
    return statistics.median(ours / theirs for ours, theirs in zip(taken[who], taken[peer], strict=True))


class _Busy(Exception):
    """The subscriber fell behind."""


def _tried(who: str, port: int, seconds: float) -> float:
    one = _limit if who == LIMIT else _one
    for _ in range(TRIES - 1):
        try:
            return one(who, port, seconds)
        except _Busy as busy:
            print(f"{busy}; again", file=sys.stderr)
    return one(who, port, seconds)


def _one(who: str, port: int, seconds: float) -> float:
    """CPU microseconds a message, of one subscriber alone with the publisher."""
    lasts = str(seconds + 1.5)
    command = [sys.executable, "-m", "bench.mqtt_load", "hear", who, str(port), lasts]
    if who == MQTT_JS:
        script = Path(__file__).parent / "peers" / "mqtt_js.cjs"
        command = [node(), str(script), str(port), lasts, FILTER, str(FIRST_MESSAGES)]
    environment = os.environ | {"NODE_PATH": str(MODULES)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as listener:
        assert listener.stdout is not None
        if listener.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{who} did not begin")
        _publish(port, seconds)
        heard = json.loads(listener.stdout.readline())
    if heard["messages"] < HEARD * RATE * seconds:
        raise _Busy(f"{who} heard {heard['messages']} of {RATE * seconds:.0f} messages: the machine is busy")
    return float(heard["us"])


def _limit(who: str, port: int, seconds: float) -> float:
    """mosquitto_sub's CPU from its start until it has heard so many messages and ends."""
    messages = int(HEARD * RATE * seconds)
    command = [who, "-p", str(port), "-i", who, "-q", "1", "-t", FILTER, "-C", str(messages)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as listener:
        try:
            _publish(port, seconds)
            _, status, used = os.wait4(listener.pid, os.WNOHANG)
            if status or not used.ru_utime:
                raise _Busy(f"{who} did not hear {messages} messages: the machine is busy")
        finally:
            listener.kill()
    return (used.ru_utime + used.ru_stime) / messages * 1e6


def _publish(port: int, seconds: float) -> None:
    arguments = [str(port), str(RATE), str(seconds)]
    subprocess.run([sys.executable, "-m", "bench.mqtt_load", "publish", *arguments], check=True)


def mosquitto() -> str | None:
    """The broker's program."""
    return shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/sbin")


@contextmanager
def broker(program: str, folder: Path) -> Iterator[int]:
    """Mosquitto for whoever asks; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\n"
        f"max_inflight_messages {IN_FLIGHT}\nmax_queued_messages 0\n"
    )
    with subprocess.Popen(
        [program, "-c", str(folder / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _await(port)
            yield port
        finally:
            process.terminate()


def _await(port: int) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
