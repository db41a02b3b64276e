"""Suppression by design (ISA-18.2 clause 12): which rules hold now, from what stands and not from the order
in which it became known. Pure: findings and plant time in, rules that begin and end out.

A rule holds while all its inhibitors stand: alarms whose condition is true, and values of tags (judged by the
limit detector under ids of their own, `conditions`). After its condition is over it goes on for its
off-delay. A planned activity is a rule without inhibitors: it holds while it is among the windows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from alarms.definitions import Definitions
from alarms.timers import SECOND
from core.model.finding import Finding, Verb
from core.model.text import Text


@dataclass(frozen=True, slots=True)
class SuppressionRule:
    """when: ids of inhibitors, all of which must stand. targets: ids of the alarms it withholds, made when
    they are asked for. off_delay_s: plant time for which it goes on after its condition is over."""

    id: str
    name: Text
    when: tuple[str, ...]
    targets: Callable[[], tuple[str, ...]]
    off_delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ByDesign:
    """A plant's rules. conditions: the definitions by which the engine judges the tags that rules name; they
    are nobody's alarms."""

    rules: tuple[SuppressionRule, ...] = ()
    conditions: Definitions = field(default_factory=Definitions)


@dataclass(slots=True)
class Turn:
    """Rules that have begun to hold and rules that have ended, by id, each with the event time of what made
    it so; some of both, when their targets have changed or time went to and fro."""

    begun: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)


class Suppression:
    """Which rules hold: `holding`, and until when (plant time) one goes on whose condition is over; None
    while it stands. turn: what has changed since somebody took it."""

    def __init__(self, rules: Iterable[SuppressionRule]) -> None:
        self.rules: dict[str, SuppressionRule] = {rule.id: rule for rule in rules}
        self.holding: dict[str, int | None] = {}
        self.turn = Turn()
        self._standing: set[str] = set()
        self._held: dict[str, set[str]] = {}
        self._just: dict[str, set[str]] = {}
        self._by_inhibitor: dict[str, list[SuppressionRule]] = {}
        for rule in self.rules.values():
            for inhibitor in rule.when:
                self._by_inhibitor.setdefault(inhibitor, []).append(rule)

    @property
    def inhibitors(self) -> list[str]:
        return list(self._by_inhibitor)

    def holds(self, alarm: str) -> set[str]:
        """The rules that withhold this alarm now."""
        return self._held.get(alarm, set())

    def held(self, alarm: str) -> set[str]:
        """Those that do, or did at some time in this turn."""
        return self.holds(alarm) | self._just.get(alarm, set())

    def take_turn(self) -> Turn:
        turn, self.turn, self._just = self.turn, Turn(), {}
        return turn

    def judge(self, findings: Iterable[Finding]) -> None:
        """Findings in event time."""
        for finding in findings:
            if finding.late or finding.verb is Verb.UPDATE or finding.alarm not in self._by_inhibitor:
                continue
            (self._standing.discard if finding.verb is Verb.CLEAR else self._standing.add)(finding.alarm)
            for rule in self._by_inhibitor[finding.alarm]:
                self._weigh(rule, finding.t_ns)

    def stand(self, inhibitors: Iterable[str], now_ns: int) -> None:
        """What is known to stand when the hub starts; all else does not."""
        self._standing = set(inhibitors) & self._by_inhibitor.keys()
        for rule in self.rules.values():
            if rule.when:
                self._weigh(rule, now_ns)

    def open(self, windows: Mapping[str, SuppressionRule], t_ns: int) -> None:
        """The windows that are open now, by id; those that were open before and are not among them end."""
        for id in [id for id, rule in self.rules.items() if not rule.when and id not in windows]:
            self._end(id, t_ns)
            del self.rules[id]
        for id, rule in windows.items():
            if id in self.holding and self.rules[id].targets() != rule.targets():
                self._end(id, t_ns)
            if id not in self.holding:
                self.rules[id] = rule
                self._begin(rule, t_ns)

    def pass_time(self, now_ns: int) -> None:
        """Ends what goes on no longer than until now."""
        for id in self.due(now_ns):
            self._end(id, self.holding[id] or now_ns)

    def due(self, now_ns: int) -> list[str]:
        return [id for id, until_ns in self.holding.items() if until_ns is not None and until_ns <= now_ns]

    def restore(self, until: Mapping[str, int]) -> None:
        """Off-delays go on; what else holds follows from `stand` and `open`."""
        for id in until.keys() & self.rules.keys():
            self._begin(self.rules[id], until[id])
            self.holding[id] = until[id]

    def _weigh(self, rule: SuppressionRule, t_ns: int) -> None:
        if all(inhibitor in self._standing for inhibitor in rule.when):
            if rule.id not in self.holding:
                self._begin(rule, t_ns)
            self.holding[rule.id] = None
        elif rule.id in self.holding and self.holding[rule.id] is None:
            if rule.off_delay_s > 0:
                self.holding[rule.id] = t_ns + round(rule.off_delay_s * SECOND)
            else:
                self._end(rule.id, t_ns)

    def _begin(self, rule: SuppressionRule, t_ns: int) -> None:
        self.holding[rule.id] = None
        for alarm in rule.targets():
            self._held.setdefault(alarm, set()).add(rule.id)
        self.turn.begun[rule.id] = t_ns

    def _end(self, id: str, t_ns: int) -> None:
        if id not in self.holding:
            return
        del self.holding[id]
        for alarm in self.rules[id].targets():
            self._held[alarm].discard(id)
            self._just.setdefault(alarm, set()).add(id)
            if not self._held[alarm]:
                del self._held[alarm]
        self.turn.ended[id] = t_ns
