"""Callers of one break, twenty at a time: the exchange rings at twenty seats, which answer, look at the card
and put down what is said, all at once."""

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Barrier
from typing import Any

import httpx

from tests.hub.running_demo import RunningDemo

SEATS = 20
PATIENCE_S = 120.0
Json = dict[str, Any]


class Seats:
    """`agent` is signed in at all of them; a seat knows its own call by its name, as its page does."""

    def __init__(self, demo: RunningDemo, agent: httpx.Client) -> None:
        token = (demo.data / "telephony.token").read_text().strip()
        self._exchange, self._door = (
            httpx.Client(timeout=PATIENCE_S, verify=False),
            f"{demo.hub}/api/v1/cti/{token}",
        )
        self._agent, self._together = agent, Barrier(SEATS, timeout=PATIENCE_S)
        self._free: SimpleQueue[str] = SimpleQueue()

    def take(self, callers: list[Json]) -> list[Json]:
        """What the hub answered to each report, with its card; every seat has as many calls as any other."""
        assert len(callers) % SEATS == 0
        for n in range(SEATS):
            self._free.put(f"seat-{n:02d}")
        with ThreadPoolExecutor(SEATS) as seats, self._exchange:
            return list(seats.map(self._call, callers))

    def _call(self, caller: Json) -> Json:
        seat = self._free.get()
        call = {"callId": f"many-{caller['account']}", "from": caller["phone"], "to": "96xxx"}
        self._told("newCall", call | {"user[]": seat})
        line = self._agent.get("/api/v1/hotline/queue").raise_for_status().json()["calls"]
        (own,) = (one["id"] for one in line if seat in one["agents"])
        self._told("answer", call | {"user": seat})
        card = self._post("card", call=own)
        self._together.wait()
        told = {"symptom": "no_water", "account": caller["account"], "call": own}
        taken = self._post("reports", **told, tell=True, at_night=True)
        self._told("hangup", call | {"cause": "normalClearing"})
        self._free.put(seat)
        return taken | {"card": card}

    def _told(self, event: str, call: Json) -> None:
        answer = self._exchange.post(self._door, data={"event": event, "direction": "in", **call})
        assert answer.status_code == 200, answer.text

    def _post(self, path: str, **body: object) -> Json:
        answer = self._agent.post(f"/api/v1/hotline/{path}", json=body, timeout=PATIENCE_S)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        found: Json = answer.json()
        return found
