"""E2E-3: a probe that reads 50 NTU for three minutes alerts the quality officer, who is also rung up, and no
citizen. That it is "being verified" in public once it lasts: tests/hub/test_end_to_end.py."""

import time
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.hub.running_demo import RunningDemo, fetched, items, until

ALARM = "q-07.turbidity:turbidity-high"
WANDERS_NTU = 0.1
"""A probe that nobody touches swings by 0.045 NTU either way (simulators/water.py, SWING): one time in
twenty its published figure moves by 0.02 within these minutes. What let the spike through would show 50."""


def read_a_spike(demo: RunningDemo, manager: httpx.Client, patience_s: float) -> None:
    def shown() -> tuple[str, float]:
        latest = fetched(f"{demo.portal}/api/v1/latest").json()
        area = next(one for one in latest["areas"] if one["id"] == "dma-06")
        reading = next(one for one in area["readings"] if one["parameter"] == "turbidity")
        return reading["state"], reading["value"]

    def probe() -> dict[str, Any]:
        tags = manager.get("/api/v1/tags?zone=dma-06&quantity=turbidity").json()["items"]
        found: dict[str, Any] = next(one["latest"] for one in tags if one["id"] == "q-07.turbidity")
        return found

    officer = demo.signed_in("quality_officer")

    def rung_up() -> bool:
        notes = [one for one in items(manager, "/api/v1/notifications") if one["lead"] == ALARM]
        return any(one["position"] == "quality-officer" and one["outcome"] == "delivered" for one in notes)

    before = until(lambda: shown() if shown()[1] is not None else None, patience_s, "turbidity is published")
    spike = ("--tag", "q-07.turbidity", "--kind", "reads", "--value", "50", "--for-s", "180")
    over = datetime.fromisoformat(demo.sim("fault", *spike)["end"]) + timedelta(minutes=16)
    seen, read, alerted = [before], [0.0], False
    while (now := probe()) and datetime.fromisoformat(now["t"]) < over:
        read.append(now["v"])
        seen.append(shown())
        alerted |= any(one["active"] and one["id"] == ALARM for one in items(officer, "/api/v1/alarms"))
        time.sleep(0.5)
    assert max(read) > 49 and alerted and rung_up()
    assert {state for state, _ in seen} == {before[0]}
    assert max(abs(value - before[1]) for _, value in seen) < WANDERS_NTU
