"""A station that freezes is lost communication and nothing else: no alarm of its area, no value made up."""

import os
import signal
import time
from typing import Any

import httpx

from tests.hub.running_demo import RunningDemo, items, until


def station(demo: RunningDemo, manager: httpx.Client, patience_s: float) -> None:
    os.kill(demo.pid("modbus-st-01"), signal.SIGSTOP)
    try:
        lost = until(lambda: _lost(manager), patience_s, "one alarm says so")
        assert lost[0]["class"] == "communication"
        tag = manager.get("/api/v1/tags").json()["items"]
        bad = [one for one in tag if one["station"] == "st-01"]
        assert all(one["latest"]["q"] >> 31 and one["latest"]["v"] is None for one in bad)
        time.sleep(10)
        active = [one["id"] for one in items(manager, "/api/v1/alarms") if one["active"]]
        assert not [id for id in active if id.startswith(("dma-01", "dma-02"))]
    finally:
        os.kill(demo.pid("modbus-st-01"), signal.SIGCONT)
    until(lambda: not _lost(manager), patience_s, "it returns by itself")


def _lost(manager: httpx.Client) -> list[dict[str, Any]]:
    alarms = items(manager, "/api/v1/alarms")
    return [one for one in alarms if one["active"] and one["id"] == "st-01:communication"]
