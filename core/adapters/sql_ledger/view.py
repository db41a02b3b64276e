"""The ledger's file read by another process, and never written: what an auditor needs, and no more."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from core.model.alarm import Alarm, State
from core.model.call import Notification, Outcome
from core.model.message import MessageKind
from core.model.work_order import WORK_LEFT, WorkOrder

BUSY_S = 5.0
MOST = 2_000
"""Alarms looked at in one go, the first by id."""
_SINCE = """
SELECT min(commit_ns) FROM journal WHERE alarm = ?1 AND seq > coalesce(
  (SELECT max(seq) FROM journal WHERE alarm = ?1 AND json_extract(body, '$.after') <> ?2), -1)
"""


class LedgerView:
    """Call from one thread. Raises sqlite3.Error, also where the file is not there. A connection of its own
    for each look: a ledger that was put in place of another is seen."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.resolve().as_uri()}?mode=ro"

    def unacknowledged(self) -> list[tuple[Alarm, int]]:
        """Alarms in the state UNACK, and since when they are (commit time, ns)."""
        db = self._opened()
        try:
            rows = db.execute(
                "SELECT body FROM alarm WHERE state = ? ORDER BY id LIMIT ?", (State.UNACK.value, MOST)
            ).fetchall()
            alarms = [msgspec.json.decode(body, type=Alarm) for (body,) in rows]
            since = [db.execute(_SINCE, (alarm.id, State.UNACK.value)).fetchone()[0] for alarm in alarms]
        finally:
            db.close()
        return [(alarm, at or alarm.raised_ns or 0) for alarm, at in zip(alarms, since, strict=True)]

    def last_told(self, calls: Iterable[str]) -> dict[str, int]:
        """When somebody was last reached by each of these calls (ns); without those by which nobody was."""
        sql = "SELECT body FROM notification WHERE call = ? AND outcome = ? AND kind = ?"
        told: dict[str, int] = {}
        db = self._opened()
        try:
            for call in calls:
                rows = db.execute(sql, (call, Outcome.DELIVERED.value, MessageKind.CALL.value)).fetchall()
                notes = (msgspec.json.decode(body, type=Notification) for (body,) in rows)
                if latest := max((note.at_ns for note in notes), default=None):
                    told[call] = latest
        finally:
            db.close()
        return told

    def orders(self, incidents: Iterable[str], priority: int) -> dict[str, WorkOrder]:
        """By incident an order of this priority, or a more urgent one, whose work is not done."""
        sql = "SELECT body FROM work_order WHERE incident = ?"
        found: dict[str, WorkOrder] = {}
        db = self._opened()
        try:
            for incident in incidents:
                rows = db.execute(sql, (incident,)).fetchall()
                orders = [msgspec.json.decode(body, type=WorkOrder) for (body,) in rows]
                left = [one for one in orders if one.state in WORK_LEFT and one.priority <= priority]
                if left:
                    found[incident] = left[0]
        finally:
            db.close()
        return found

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, timeout=BUSY_S, uri=True)
