"""One body of lines to InfluxDB, and what its answer means (R-03; each answer was seen from a 2.7.12).

204 done · 400 nothing of the body is stored: halved down to the line · 401, 403, 404 the store refuses
everything: unavailable · 413 halved · 422 the rest is stored: halved down to the dropped lines (writing
again changes nothing) · 429, 5xx and silence: unavailable, but a body that gets 5xx again and again while
a point beside it passes is itself at fault, and is halved.
"""

import re
import time
from collections.abc import Sequence

from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from core.adapters.influx_historian_lines import PROBE
from core.ports.historian import HistorianUnavailable

Refusal = tuple[int, str]
"""The index of a refused line, and why."""

_DROPPED = re.compile(r"dropped=(\d+)")
_TRIES = 3
_FIRST_WAIT_S = 0.2


class Post:
    """Call from one thread."""

    def __init__(self, client: InfluxDBClient, bucket: str) -> None:
        self._api = client.write_api(write_options=SYNCHRONOUS)
        self._bucket = bucket

    def write(self, lines: Sequence[bytes]) -> list[Refusal]:
        """Everything is stored but the refused. Raises HistorianUnavailable."""
        refused: list[Refusal] = []
        waiting = [(0, len(lines))] if lines else []
        while waiting:
            low, high = waiting.pop()
            answer = self._offer(lines[low:high])
            if answer is None:
                continue
            dropped = _DROPPED.search(answer)
            if high - low == 1 or (dropped and int(dropped[1]) == high - low):
                refused.extend((i, answer) for i in range(low, high))
            else:
                middle = (low + high) // 2
                waiting += [(middle, high), (low, middle)]
        return refused

    def _offer(self, lines: Sequence[bytes]) -> str | None:
        """None when all are stored; else why not, when it is the body's fault."""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_FIRST_WAIT_S * 2**attempt)
            try:
                self._send(lines)
            except ApiException as error:
                if error.status in (400, 413, 422):
                    return f"{error.status} {_message(error)}"
                reason = f"InfluxDB answers {error.status}: {_message(error)}"
                if error.status is None or error.status < 500:
                    raise HistorianUnavailable(reason) from error
            except (HTTPError, OSError) as error:
                raise HistorianUnavailable(f"InfluxDB does not answer: {error}") from error
            else:
                return None
        self._probe(reason)
        return reason

    def _probe(self, reason: str) -> None:
        """Raises HistorianUnavailable unless a point of its own is stored."""
        try:
            self._send([f"{PROBE} ok=1i {time.time_ns()}".encode()])
        except (ApiException, HTTPError, OSError) as error:
            raise HistorianUnavailable(reason) from error

    def _send(self, lines: Sequence[bytes]) -> None:
        self._api.write(self._bucket, record=b"\n".join(lines))


def _message(error: ApiException) -> str:
    """The server's own words, without the line it repeats."""
    return str(getattr(error, "message", None) or error.reason or "")[:500]
