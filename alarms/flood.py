"""Floods, as they come: one begins with the eleventh annunciation within ten minutes, and ends when fewer
than five are left there (EEMUA 191, ISA-TR18.2.5). By operator position, and by the hub's clock: it is about
what a person met, of however many instruments. Pure.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from alarms.kpi import FLOOD_BEGINS, FLOOD_ENDS, TEN_MIN_NS
from core.model.flood import Flood, Position

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One annunciation."""

    t_ns: int
    zone: str | None
    incident: str | None


@dataclass(slots=True)
class Spell:
    """A flood while it lasts. id: once the ledger knows it; unseen: what the ledger does not know yet."""

    began_ns: int
    id: str = ""
    ended_ns: int | None = None
    annunciated: int = 0
    zones: Counter[str] = field(default_factory=Counter)
    incidents: Counter[str] = field(default_factory=Counter)
    unseen: bool = True

    def count(self, told: Told) -> None:
        self.annunciated += 1
        self.unseen = True
        if told.zone:
            self.zones[told.zone] += 1
        if told.incident:
            self.incidents[told.incident] += 1

    def flood(self, position: str) -> Flood:
        return Flood(
            id=self.id,
            position=position,
            began_ns=self.began_ns,
            ended_ns=self.ended_ns,
            annunciated=self.annunciated,
            incidents=len(self.incidents),
            zones=tuple(self.zones.most_common(SHOWN)),
            worst=tuple(self.incidents.most_common(SHOWN)),
        )


class Load:
    """What one position is told. Times ascend: one that does not counts as the one before it."""

    def __init__(self) -> None:
        self._last: deque[Told] = deque(maxlen=FLOOD_BEGINS + 1)
        self.spell: Spell | None = None

    def take(self, told: Told) -> Spell | None:
        """The flood that was over before this, if one was."""
        if self._last and told.t_ns < self._last[-1].t_ns:
            told = Told(self._last[-1].t_ns, told.zone, told.incident)
        over = self.reach(told.t_ns)
        self._last.append(told)
        if self.spell:
            self.spell.count(told)
        elif len(self._last) > FLOOD_BEGINS and told.t_ns - self._last[0].t_ns < TEN_MIN_NS:
            self.spell = Spell(told.t_ns)
            for one in self._last:
                self.spell.count(one)
        return over

    def reach(self, now_ns: int) -> Spell | None:
        """The flood that is over by now, if one is."""
        spell = self.spell
        if spell is None or (end_ns := self._last[-FLOOD_ENDS].t_ns + TEN_MIN_NS) >= now_ns:
            return None
        spell.ended_ns, spell.unseen, self.spell = end_ns, True, None
        return spell

    def state(self) -> dict[str, Any]:
        spell = self.spell
        return {
            "last": [(told.t_ns, told.zone, told.incident) for told in self._last],
            "spell": spell
            and [spell.began_ns, spell.id, spell.annunciated, dict(spell.zones), dict(spell.incidents)],
        }

    def resume(self, state: dict[str, Any]) -> None:
        self._last.extend(Told(*told) for told in state["last"])
        if state["spell"]:
            began_ns, id, n, zones, incidents = state["spell"]
            self.spell = Spell(began_ns, id, None, n, Counter(zones), Counter(incidents))


def lately(state: Mapping[str, Any], now_ns: int) -> int:
    """Of a load's kept state: annunciations of the ten minutes before now, counted up to FLOOD_BEGINS + 1."""
    return sum(now_ns - t_ns < TEN_MIN_NS for t_ns, _, _ in state["last"])


class Desks:
    """Which position answers for a zone: the first whose pattern it fits; without one, the first."""

    def __init__(self, positions: Sequence[Position]) -> None:
        self._positions = positions
        self._known: dict[str | None, str] = {}

    def of(self, zone: str | None) -> str:
        if zone not in self._known:
            fits = (p for p in self._positions if any(fnmatchcase(zone or "", one) for one in p.zones))
            self._known[zone] = next(fits, self._positions[0]).id
        return self._known[zone]
