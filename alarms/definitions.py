"""A plant's alarm definitions, made when they are asked for: a few rows over 10,000 tags are 50,000."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, overload

from core.model.alarm import EXPECTED_WEEK, AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Zone
from core.model.tag import Tag
from core.model.text import Text


@dataclass(frozen=True, slots=True)
class Station:
    """Where several instruments of a zone stand, with what it is called."""

    id: str
    zone: str | None
    name: Text


Watched = Tag | Zone | Station | None
_NOT_OF_PROCESS = (AlarmClass.INSTRUMENT, AlarmClass.COMMUNICATION)


def located(watched: str, of: Watched) -> tuple[str | None, str | None, str | None]:
    """Ids of the tag, the zone and the station, where it has one."""
    match of:
        case Tag():
            return of.id, of.zone, of.station
        case Zone():
            return None, of.id, None
        case Station():
            return None, of.zone, of.id
    return None, None, watched


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A row of alarms.yaml over what it watches: tags, zones, or stations (None for their line) by their ids.
    shared: what all its definitions have in common (one object for rows that say the same); own: what one has
    in place of it, by what it watches; config: the version at which it was approved."""

    id: str
    name: Text
    shared: dict[str, Any]
    watched: Mapping[str, Watched]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    config: str = ""

    @property
    def kind(self) -> FindingKind:
        kind: FindingKind = self.shared["kind"]
        return kind

    def definition(self, watched: str) -> AlarmDefinition:
        """Raises KeyError for what it does not watch."""
        of = self.watched[watched]
        tag, zone, station = located(watched, of)
        name = of.name if of else Text(watched, watched)
        return AlarmDefinition(
            id=f"{watched}:{self.id}",
            name=Text(f"{name.zh} {self.name.zh}", f"{name.en}: {self.name.en}"),
            tag=tag,
            zone=zone,
            station=station,
            **{**self.shared, "config": self.config, **self.own.get(watched, {})},
        )


class Definitions(Sequence[AlarmDefinition]):
    """Row by row. Each is equal, and never the same, however often it is asked for."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rule for rule in rules if rule.watched)
        self._watched = tuple(tuple(rule.watched) for rule in self.rules)
        self._ends = list(accumulate(len(watched) for watched in self._watched))

    def approved(self, versions: Mapping[str, int]) -> None:
        """Tells each row, in place, at which version of the master alarm database it was approved."""
        told = {n: str(n) for n in versions.values()}
        self.rules = tuple(replace(rule, config=told[versions[rule.id]]) for rule in self.rules)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, at: int) -> AlarmDefinition: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[AlarmDefinition]: ...
    def __getitem__(self, at: int | slice) -> AlarmDefinition | Sequence[AlarmDefinition]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError(at)
        rule, watched = self.place(at)
        return rule.definition(watched)

    def __iter__(self) -> Iterator[AlarmDefinition]:
        return (rule.definition(watched) for rule in self.rules for watched in rule.watched)

    def place(self, at: int) -> tuple[Rule, str]:
        """The row of a definition, and what of its it watches."""
        n = bisect_right(self._ends, at)
        return self.rules[n], self._watched[n][at - self._ends[n]]


class _Ids(Sequence[str]):
    """Of definitions, in their order, made when they are asked for."""

    def __init__(self, of: Definitions) -> None:
        self._of = of

    def __len__(self) -> int:
        return len(self._of)

    def __getitem__(self, at: Any) -> Any:
        rule, watched = self._of.place(at)
        return f"{watched}:{rule.id}"

    def __iter__(self) -> Iterator[str]:
        return (f"{watched}:{rule.id}" for rule in self._of.rules for watched in rule.watched)


def ids_of(rows: Sequence[AlarmDefinition]) -> Sequence[str]:
    return _Ids(rows) if isinstance(rows, Definitions) else [row.id for row in rows]


class _ById(Mapping[str, AlarmDefinition]):
    def __init__(self, definitions: Definitions) -> None:
        self._rules = {rule.id: rule for rule in definitions.rules}
        self._n = len(definitions)

    def __getitem__(self, id: str) -> AlarmDefinition:
        at = id.rfind(":")
        while at >= 0:  # a rule's own conditions have ids with a colon in them
            if (rule := self._rules.get(id[at + 1 :])) is not None:
                return rule.definition(id[:at])
            at = id.rfind(":", 0, at)
        raise KeyError(id)

    def __iter__(self) -> Iterator[str]:
        return (f"{watched}:{rule.id}" for rule in self._rules.values() for watched in rule.watched)

    def __len__(self) -> int:
        return self._n


def by_id(rows: Iterable[AlarmDefinition]) -> Mapping[str, AlarmDefinition]:
    return _ById(rows) if isinstance(rows, Definitions) else {row.id: row for row in rows}


def by_kind(rows: Iterable[AlarmDefinition]) -> Mapping[FindingKind, Sequence[AlarmDefinition]]:
    """Every kind, those of which there are none too."""
    if isinstance(rows, Definitions):
        return {kind: Definitions(r for r in rows.rules if r.kind is kind) for kind in FindingKind}
    found: dict[FindingKind, list[AlarmDefinition]] = {kind: [] for kind in FindingKind}
    for row in rows:
        found[row.kind].append(row)
    return found


def joined(*several: Sequence[AlarmDefinition]) -> Sequence[AlarmDefinition]:
    rules = [rule for rows in several if isinstance(rows, Definitions) for rule in rows.rules]
    if all(isinstance(rows, Definitions) for rows in several):
        return Definitions(rules)
    return [row for rows in several for row in rows]


def by_reference(
    rows: Sequence[AlarmDefinition],
) -> tuple[Sequence[AlarmDefinition], Sequence[AlarmDefinition]]:
    """Those compared with a tag or a constant, and those compared with their own expected week."""
    if isinstance(rows, Definitions):
        other = (rule for rule in rows.rules if rule.shared["reference"] != EXPECTED_WEEK)
        week = (rule for rule in rows.rules if rule.shared["reference"] == EXPECTED_WEEK)
        return Definitions(other), Definitions(week)
    of_week = [row for row in rows if row.reference == EXPECTED_WEEK]
    return [row for row in rows if row.reference != EXPECTED_WEEK], of_week


def of_process(rows: Sequence[AlarmDefinition], tag: str) -> list[str]:
    """Ids of what judges a tag's values, and not its instrument or its line."""
    if isinstance(rows, Definitions):
        rows = [rule.definition(tag) for rule in rows.rules if isinstance(rule.watched.get(tag), Tag)]
    return [row.id for row in rows if row.tag == tag and row.alarm_class not in _NOT_OF_PROCESS]
