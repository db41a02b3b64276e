"""A tag that has gone quiet without saying why: no update within three expected intervals, real time.

The only detector that works in real seconds (house rule 8): a simulated town runs faster than its
instruments are polled. Tags whose last word was Bad are left to `bad_quality` and `communication`.
"""

from collections.abc import Iterable, Mapping

from alarms.columns import Column
from alarms.detectors.detector import State
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant

INTERVALS = 3.0
LEAST_S = 10.0


class Stale:
    """setpoint of a row: intervals to wait, 3 when it is left out."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant) -> None:
        self._rows: dict[str, AlarmDefinition] = {}
        self._wait_s: dict[str, float] = {}
        for row in rows:
            if row.tag is None:
                raise ValueError(f"alarm {row.id}: staleness is a tag's")
            self._rows[row.tag] = row
            self._wait_s[row.tag] = max(LEAST_S, (row.setpoint or INTERVALS) * plant.tags[row.tag].period_s)
        self._heard: set[str] = set()
        self._heard_s: dict[str, float] = {}
        self._bad: set[str] = set()
        self._active: set[str] = set()

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self._rows)

    def update(self, columns: Mapping[str, Column]) -> list[Finding]:
        findings: list[Finding] = []
        for tag, column in columns.items():
            if tag not in self._rows:
                continue
            self._heard.add(tag)
            if not column.good[-1]:
                self._bad.add(tag)
            else:
                self._bad.discard(tag)
            if tag in self._active and column.good.any():
                self._active.discard(tag)
                first = int(column.t_ns[int(column.good.argmax())])
                findings.append(self._finding(tag, first, Verb.CLEAR, 0.0))
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        """Marks what was heard since the last tick, then looks for who has been quiet too long. A tag
        never heard counts from the first tick."""
        findings: list[Finding] = []
        for tag, wait_s in self._wait_s.items():
            if tag in self._heard or tag not in self._heard_s:
                self._heard_s[tag] = monotonic_s
            elif tag not in self._active and tag not in self._bad:
                quiet_s = monotonic_s - self._heard_s[tag]
                if quiet_s > wait_s:
                    self._active.add(tag)
                    findings.append(self._finding(tag, now_ns, Verb.RAISE, quiet_s))
        self._heard.clear()
        return findings

    def snapshot(self) -> State:
        return {"active": sorted(self._active), "bad": sorted(self._bad)}

    def restore(self, state: State) -> None:
        """Quiet times start anew: after a restart nobody can have been heard yet."""
        self._active = set(state.get("active", ())) & self._rows.keys()
        self._bad = set(state.get("bad", ())) & self._rows.keys()
        self._heard, self._heard_s = set(), {}

    def _finding(self, tag: str, t_ns: int, verb: Verb, quiet_s: float) -> Finding:
        row = self._rows[tag]
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=verb,
            t_ns=t_ns,
            tags=(tag,),
            zone=row.zone,
            value=quiet_s,
            limit=self._wait_s[tag],
        )
