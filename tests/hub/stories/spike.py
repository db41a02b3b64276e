"""E2E-3: a probe that reads 50 NTU for three minutes alerts the quality officer, and no citizen."""

import time
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.hub.running_demo import RunningDemo, items, until

WANDERS_NTU = 0.1
"""A probe that nobody touches swings by 0.045 NTU either way (simulators/water.py, SWING): one time in
twenty its published figure moves by 0.02 within these minutes. What let the spike through would show 50."""


def read_a_spike(demo: RunningDemo, manager: httpx.Client, patience_s: float) -> None:
    def shown() -> tuple[str, float]:
        latest = httpx.get(f"{demo.portal}/api/v1/latest").json()
        area = next(one for one in latest["areas"] if one["id"] == "dma-06")
        reading = next(one for one in area["readings"] if one["parameter"] == "turbidity")
        return reading["state"], reading["value"]

    def probe() -> dict[str, Any]:
        tags = manager.get("/api/v1/tags?zone=dma-06&quantity=turbidity").json()["items"]
        found: dict[str, Any] = next(one["latest"] for one in tags if one["id"] == "q-07.turbidity")
        return found

    before = until(lambda: shown() if shown()[1] is not None else None, patience_s, "turbidity is published")
    spike = ("--tag", "q-07.turbidity", "--kind", "reads", "--value", "50", "--for-s", "180")
    over = datetime.fromisoformat(demo.sim("fault", *spike)["end"]) + timedelta(minutes=16)
    seen, read, alerted = [before], [0.0], False
    while (now := probe()) and datetime.fromisoformat(now["t"]) < over:
        read.append(now["v"])
        seen.append(shown())
        alarms = items(manager, "/api/v1/alarms")
        alerted |= any(one["active"] and one["id"] == "q-07.turbidity:turbidity-high" for one in alarms)
        time.sleep(0.5)
    assert max(read) > 49 and alerted
    assert {state for state, _ in seen} == {before[0]}
    assert max(abs(value - before[1]) for _, value in seen) < WANDERS_NTU
