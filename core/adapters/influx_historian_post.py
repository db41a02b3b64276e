"""One InfluxDB bucket's write door: what each answer means, and which line of a body is at fault.

As InfluxDB 2.7.12 was seen to answer: 400 nothing of the body is stored, and every bad line is named in
the message · 422 the rest is stored; beyond retention the oldest are the dropped ones, for a field of
another type they are found by halving (writing again changes nothing) · 413 halved, and grown again once
many are taken · 401, 403, 404 held until somebody mends it · 429, 5xx and silence held, but a body that
gets 5xx again and again while a point beside it passes is itself at fault, and is halved.
"""

import gzip
import random
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from influxdb_client import InfluxDBClient, WriteService
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from core.adapters.influx_historian_blame import Fault, blamed
from core.adapters.influx_historian_lines import PROBE
from core.model.sample import Int64s
from core.ports.historian import HistorianUnavailable, Hold

Indices = npt.NDArray[np.intp]
BODY_LINES = 5_000
_TRIES = 3
_GROW_AFTER = 20
"""Whole bodies taken in a row, after a 413, before one of twice the lines is tried: the limit may be gone."""
_SPACING_S = 1.0
"""While the server fails, one request in this time."""
_TIMEOUT_MS = (3_000, 15_000)
HELD = {401: Hold.TOKEN, 403: Hold.TOKEN, 404: Hold.BUCKET, 429: Hold.BUSY}
_BODY = {400, 413, 422}


class Post:
    """Call from one thread. A bucket's Post shares nothing with another's."""

    def __init__(self, client: InfluxDBClient, org: str, bucket: str, packed: bool) -> None:
        """packed: bodies travel in gzip, which shrinks them seven times."""
        self._api = WriteService(client.api_client)
        self._org, self._bucket, self._packed = org, bucket, packed
        self._most = BODY_LINES
        self._taken = 0
        self._failed_at: float | None = None
        self._not_before = 0.0

    def write(self, t_ns: Int64s, encode: Callable[[Indices], bytes]) -> dict[int, str]:
        """Offers line i of t_ns as `encode([i])`; everything is stored but the refused, index to reason.
        Raises HistorianUnavailable."""
        refused: dict[int, str] = {}
        every, at = np.arange(len(t_ns)), 0
        waiting: list[tuple[Indices, bool]] = []
        while waiting or at < len(every):
            if not waiting:
                waiting, at = [(every[at : at + self._most], False)], at + self._most
            some, suspect = waiting.pop()
            body = encode(some)
            fault = self._offer(body, once=suspect and len(some) > 1)
            if fault is None:
                self._grow(len(some))
                continue
            if fault.status == 413:
                self._most, self._taken = max(1, min(self._most, len(some) // 2)), 0
            guilty, again = blamed(fault, body, t_ns[some])
            refused.update((int(some[i]), why) for i, why in guilty.items())
            suspect = fault.status >= 500
            waiting += [(some[part], suspect) for part in again[::-1] if len(part)]
        return refused

    def _grow(self, lines: int) -> None:
        """A body of so many lines was taken."""
        if lines < self._most or self._most == BODY_LINES:
            return
        self._taken += 1
        if self._taken >= _GROW_AFTER:
            self._most, self._taken = min(BODY_LINES, 2 * self._most), 0

    def check(self) -> None:
        """Raises HistorianUnavailable as a write would: a query answers 404 also where the token is at
        fault."""
        self._sent(_probe())

    def _offer(self, body: bytes, once: bool) -> Fault | None:
        """None when all of it is stored; else why not, when it is the body's fault."""
        lonely = body.count(b"\n") == 0
        for _ in range(1 if once else _TRIES):
            fault = self._sent(body)
            if fault is None or fault.status in (400, 422):
                return fault
            if fault.status >= 500 or lonely:
                self._probe(fault, paced=not once)
            if fault.status == 413:
                return fault
        return fault

    def _probe(self, fault: Fault, paced: bool) -> None:
        """Raises HistorianUnavailable unless a point of its own is stored: then the body is at fault."""
        self._failed_at = time.monotonic() if paced else None
        if self._sent(_probe()):
            raise self._unavailable(f"InfluxDB answers {fault.status}: {fault.message}", Hold.AWAY)

    def _sent(self, body: bytes) -> Fault | None:
        self._wait()
        try:
            self._send(body)
        except ApiException as error:
            status, message = int(error.status or 0), str(error.message or error.reason or "")
            wait_s = _seconds(error.retry_after)
            if status in _BODY or (status >= 500 and not wait_s):
                self._failed_at = time.monotonic() if status >= 500 else None
                return Fault(status, message)
            reason = f"InfluxDB answers {status}: {message[:500]}"
            raise self._unavailable(reason, HELD.get(status, Hold.AWAY), wait_s) from error
        except (HTTPError, OSError) as error:
            raise self._unavailable(f"InfluxDB does not answer: {error}", Hold.AWAY) from error
        self._failed_at = None
        return None

    def _wait(self) -> None:
        """Raises HistorianUnavailable before the time that the server asked for."""
        now = time.monotonic()
        if now < self._not_before:
            left = self._not_before - now
            raise HistorianUnavailable("InfluxDB asked to be spared for a while", Hold.BUSY, left)
        if self._failed_at is not None:
            due = self._failed_at + _SPACING_S * random.uniform(1.0, 1.2)
            time.sleep(max(0.0, due - now))

    def _unavailable(self, reason: str, cause: Hold, wait_s: float = 0.0) -> HistorianUnavailable:
        self._failed_at = time.monotonic()
        self._not_before = self._failed_at + wait_s
        return HistorianUnavailable(reason, cause, wait_s)

    def _send(self, body: bytes) -> None:
        extra = {"content_encoding": "gzip"} if self._packed else {}
        self._api.post_write(
            self._org,
            self._bucket,
            gzip.compress(body, 1) if self._packed else body,
            precision="ns",
            content_type="text/plain; charset=utf-8",
            _request_timeout=_TIMEOUT_MS,
            **extra,
        )


def _probe() -> bytes:
    return f"{PROBE} ok=1i {time.time_ns()}".encode()


def _seconds(retry_after: str | None) -> float:
    """Retry-After in seconds, at most an hour; its form as a date counts as 30 s."""
    if not retry_after:
        return 0.0
    return min(float(retry_after), 3600.0) if retry_after.isdecimal() else 30.0
