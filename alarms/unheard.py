"""Rules whose condition nobody knows yet: the hub has just started, and what they depend on was not heard.

Until it has been, an alarm that such a rule may withhold is not annunciated: after a restart samples arrive
in any order. The wait is bounded; then the rule counts as not holding, and the alarm is heard.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alarms.suppression import SuppressionRule
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.plant import Plant
from core.ports.spool import SpoolRow

RECENT_S = 5.0
"""Real seconds before the start within which what was received still tells how the plant is."""
LONGEST_S = 30.0
"""Real seconds after which nobody is waited for any more, once the rows of the life before are judged."""


@dataclass(slots=True)
class _Waiting:
    """tags: not heard yet. known_ns: plant time from which the rule is known, its condition's on-delay after
    the last of them was heard."""

    tags: set[str]
    delay_ns: int
    known_ns: int | None = None


class Unheard:
    """backlog: the spool's last row at the start. since_ns: what was received before this (plant time) is no
    news of how the plant is now."""

    def __init__(self, plant: Plant, backlog: int, since_ns: int) -> None:
        self._plant, self._backlog, self._since_ns = plant, backlog, since_ns
        self._until_s: float | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._by_tag: dict[str, list[_Waiting]] = {}

    def wait_for(self, rules: Iterable[SuppressionRule], definitions: Mapping[str, AlarmDefinition]) -> None:
        """definitions: of alarms and of conditions, by id."""
        for rule in rules:
            rows = [definitions[id] for id in rule.when if id in definitions]
            tags = {tag for row in rows for tag in self._tags(row)}
            if tags:
                delay_ns = round(max(row.on_delay_s for row in rows) * SECOND)
                self._waiting[rule.id] = waiting = _Waiting(tags, delay_ns)
                for id in tags:
                    self._by_tag.setdefault(id, []).append(waiting)

    def __contains__(self, rule: str) -> bool:
        return rule in self._waiting

    def hear(self, rows: Sequence[SpoolRow], now_ns: int) -> None:
        """Rows that are judged now."""
        if not self._by_tag:
            return
        batches = [row.batch for row in rows if int(row.batch.r_ns.max(initial=0)) >= self._since_ns]
        for tag in {tag for batch in batches for tag in batch.tags}:
            for waiting in self._by_tag.pop(tag, ()):
                waiting.tags.discard(tag)
                if not waiting.tags:
                    waiting.known_ns = now_ns + waiting.delay_ns

    def look(self, seq: int, now_s: float, now_ns: int) -> bool:
        """seq: of the last row judged. True when rules are known from now on that were not before."""
        if not self._waiting or seq < self._backlog:
            return False
        if self._until_s is None:
            self._until_s = now_s + LONGEST_S
        over = now_s >= self._until_s
        known = [id for id, one in self._waiting.items() if over or (one.known_ns or now_ns + 1) <= now_ns]
        for id in known:
            del self._waiting[id]
        if not self._waiting:
            self._by_tag.clear()
        return bool(known)

    def _tags(self, row: AlarmDefinition) -> list[str]:
        if row.tag:
            return [row.tag]
        if row.zone and (zone := self._plant.zones.get(row.zone)):
            return [*zone.inflow, *zone.outflow]
        return [tag.id for tag in self._plant.tags_at(row.station or "")]
