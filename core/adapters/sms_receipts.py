"""Delivery reports (状态报告) that an SMS gateway posts.

Whoever sends them shows the shared secret: in the header `X-Token`, in the address (`?token=`) where the
provider can set no header, or by signing the body as the hub does (`X-Waterhub-Signature`).
"""

import hmac
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson

from core.adapters.sms_notifier import found, said_at
from core.adapters.webhook_notifier import SIGNATURE, signature
from core.model.message import Fate, Heard

OLDEST_S = 300
"""A report signed longer ago was recorded, and is sent again by somebody else."""


class SmsReceipts:
    """`core.ports.notifier.Receipts`: delivery reports as JSON, one or a list. list: where the list stands in
    the body; receipt, status, says: where they stand in a report. delivered: statuses of a yes."""

    def __init__(
        self,
        secret_file: Path,
        *,
        receipt: str,
        status: str,
        delivered: frozenset[str],
        says: str = "",
        list: str = "",
        thanks: str = "ok",
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._secret_file, self._receipt, self._status, self._says = secret_file, receipt, status, says
        self._delivered, self._list, self._thanks, self._wall_s = delivered, list, thanks, wall_s

    @property
    def thanks(self) -> str:
        return self._thanks

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return None

    def heard(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> list[Heard] | None:
        if not self._is_theirs(query, headers, body):
            return None
        try:
            reports = found(orjson.loads(body), self._list)
        except orjson.JSONDecodeError:
            return []
        every = reports if isinstance(reports, list) else [reports]
        told = [self._told(report) for report in every]
        return [one for one in told if one.receipt]

    def _told(self, report: object) -> Heard:
        status = said_at(report, self._status)
        fate = Fate.DELIVERED if status in self._delivered else Fate.FAILED
        return Heard(said_at(report, self._receipt), fate, f"{status} {said_at(report, self._says)}".strip())

    def _is_theirs(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        try:
            secret = self._secret_file.read_bytes().strip()
        except OSError:
            return False
        if not secret:
            return False
        for token in (headers.get("x-token"), query.get("token")):
            if token is not None and hmac.compare_digest(token.encode(), secret):
                return True
        signed = headers.get(SIGNATURE.lower(), "")
        at = re.match(r"t=(\d{1,12}),", signed)
        if at is None or abs(self._wall_s() - int(at[1])) > OLDEST_S:
            return False
        return hmac.compare_digest(signed.encode(), signature(secret, body, int(at[1])).encode())
