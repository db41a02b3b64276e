"""CPU per MQTT message at QoS 1, beside paho's plain loop on the same broker (P5)."""

import json
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

RATE = 4000
IN_FLIGHT = 1000
"""For all alike: Mosquitto's own 20 would measure its window."""
SUBSCRIBERS = ("paho", "session", "hub-1", "hub-6")


def run(short: bool) -> list[Figure]:
    program = mosquitto()
    if program is None:
        raise SystemExit("mosquitto is not installed: make test-servers")
    seconds, rounds = (4.0, 2) if short else (10.0, 5)
    taken: dict[str, list[float]] = {who: [] for who in SUBSCRIBERS}
    with tempfile.TemporaryDirectory(prefix="bench-mqtt-") as folder, broker(program, Path(folder)) as port:
        for _ in range(rounds):
            for who in SUBSCRIBERS:
                taken[who].append(_one(who, port, seconds))
    paho, session, one, six = (statistics.median(taken[who]) for who in SUBSCRIBERS)
    return [
        Figure("paho 2.2, plain loop, JSON decoded", paho, "us/message", None, "lower"),
        Figure("our session, JSON decoded, acknowledged", session, "us/message", None, "lower"),
        Figure("the same / paho's plain loop", _ratio(taken, "session"), "x", 1 / 3, "lower"),
        Figure("the whole driver, one tag a message", one, "us/message", None, "lower"),
        Figure(
            "the same / paho's plain loop, which makes no samples",
            _ratio(taken, "hub-1"),
            "x",
            1 / 3,
            "lower",
        ),
        Figure("the whole driver, six tags a message", six, "us/message", None, "lower"),
        Figure("the same / paho's plain loop", _ratio(taken, "hub-6"), "x", None, "lower"),
    ]


def _ratio(taken: dict[str, list[float]], who: str) -> float:
    """Median of each round's."""
    return statistics.median(ours / paho for ours, paho in zip(taken[who], taken["paho"], strict=True))


def _one(who: str, port: int, seconds: float) -> float:
    """CPU microseconds a message, of one subscriber alone with the publisher."""
    module = [sys.executable, "-m", "bench.mqtt_load"]
    with subprocess.Popen(
        [*module, "hear", who, str(port), str(seconds + 1.5)], stdout=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stdout is not None
        if listener.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{who} did not begin")
        subprocess.run([*module, "publish", str(port), str(RATE), str(seconds)], check=True)
        heard = json.loads(listener.stdout.readline())
    if heard["messages"] < 0.9 * RATE * seconds:
        raise RuntimeError(
            f"{who} heard {heard['messages']} of {RATE * seconds:.0f} messages: the machine is busy"
        )
    return float(heard["us"])


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
