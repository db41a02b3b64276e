"""`make kills`: the demo's whole hub killed (`kill -9`) at random points between incident and message, while
its town bursts district after district. One order, one notice and one version each, and to every affected
person exactly one message, for the folder that takes them honours our id.

Half an hour for 100 kills. `make test` kills the parts that matter here a hundred times a minute
(test_kill_incident_to_message.py); this is everything at once, on the real stores, with people at its API.
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.hub.running_demo import RunningDemo, items, until

KILLS = int(os.environ.get("WATERHUB_KILLS", "100"))
A_BURST = 13
"""At the most: of some bursts everybody is told before so many."""
SEED = 29
LIFE_S = 12.0
"""The longest from one kill to the next; a start takes five seconds of it."""
ZONES = [f"dma-{n:02d}" for n in (7, 2, 5, 9, 3, 8, 1, 6, 4, 10)]
WAIT_S = 240
Json = dict[str, Any]
T = TypeVar("T")


class Killer:
    """Kills the hub of a demo, which starts it anew, until so many times or `enough`."""

    def __init__(self, demo: RunningDemo, chance: random.Random) -> None:
        self._demo, self._chance = demo, chance
        self.kills = 0

    @contextlib.contextmanager
    def at_work(self, kills: int) -> Iterator[None]:
        end = threading.Event()
        thread = threading.Thread(target=self._work, args=(kills, end))
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def _work(self, kills: int, end: threading.Event) -> None:
        last, done = 0, 0
        while done < kills and not end.wait(self._chance.uniform(0.0, LIFE_S)):
            pid = self._demo.pid("hub")
            if pid != last:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    done, last = done + 1, pid
        self.kills += done


class Desk:
    """A duty manager, who asks again until a living hub has answered."""

    def __init__(self, demo: RunningDemo) -> None:
        self._client = demo.signed_in("duty_manager")

    def all(self, path: str) -> list[Json]:
        return self._stubborn(lambda: items(self._client, f"/api/v1/{path}"))

    def every(self, path: str) -> list[Json]:
        """Page after page."""
        found: list[Json] = []
        while page := self.all(f"{path}&after={found[-1]['id']}" if found else path):
            found += page
        return found

    def decide(self, notice: str, step: str, done: str) -> None:
        """Once: an answer that was lost is looked up before it is asked again."""

        def decided() -> bool:
            state = self._client.get(f"/api/v1/notices/{notice}").raise_for_status().json()["state"]
            if state in (done, "published"):
                return True
            self._client.post(f"/api/v1/notices/{notice}/{step}").raise_for_status()
            return False

        until(lambda: self._stubborn(decided), WAIT_S, f"{notice}: {step}")

    def _stubborn(self, ask: Callable[[], T]) -> T:
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                return ask()
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                of_us = isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500
                assert time.monotonic() < deadline and not of_us, error
                time.sleep(0.1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    demo = RunningDemo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.interrupt()


@pytest.mark.timeout(3 * 3600)
def test_one_order_one_version_and_one_message_to_everybody(demo: RunningDemo) -> None:
    killer, desk = Killer(demo, random.Random(SEED)), Desk(demo)
    told = []
    for zone in ZONES:
        if left := KILLS - killer.kills:
            told.append(_burst(demo, desk, killer, zone, min(A_BURST, left)))
    outbox = [p for name in ("sms", "wechat", "email") for p in _folder(demo, name)]
    print(f"{killer.kills} kills, {len(told)} bursts, {sum(told)} messages, {len(outbox)} in the folders")
    assert killer.kills == KILLS, "everybody was told before so many"
    assert len(outbox) == sum(told)


def _burst(demo: RunningDemo, desk: Desk, killer: Killer, zone: str, kills: int) -> int:
    """One of the district, while the hub is killed; how many were told."""

    def incident() -> Json | None:
        return next((one for one in desk.all(f"incidents?zone={zone}") if one["kind"] == "burst"), None)

    def the(path: str) -> Json:
        (found,) = desk.all(path)
        return found

    demo.sim("burst", "--zone", zone, "--flow-m3h", "60")
    found = until(incident, WAIT_S, f"a burst of {zone} is an incident")["id"]
    with killer.at_work(kills):
        until(lambda: desk.all(f"notices?incident={found}"), WAIT_S, "it is drafted")
        notice = the(f"notices?incident={found}")["id"]
        desk.decide(notice, "approve", "approved")
        desk.decide(notice, "publish", "published")
        until(lambda: _done(desk, notice), 2 * WAIT_S, "all are told")
    demo.sim("clear")
    assert the(f"work-orders?incident={found}")["kind"] == "burst"
    assert the(f"notices?incident={found}")["id"] == notice
    assert [one["version"] for one in desk.all(f"notices/{notice}/versions")] == [1]
    letters = desk.every(f"deliveries/{notice}.1/letters?limit=5000")
    states = {one["state"] for one in letters}
    assert states <= {"sent", "delivered"}, states
    assert len({one["id"] for one in letters}) == len(letters)
    return len(letters)


def _done(desk: Desk, notice: str) -> bool:
    return any(one["id"] == f"{notice}.1" and one["state"] == "done" for one in desk.all("deliveries"))


def _folder(demo: RunningDemo, channel: str) -> list[Path]:
    folder = demo.data / f"outbox/customers-{channel}"
    return list(folder.iterdir()) if folder.exists() else []
