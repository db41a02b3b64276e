"""The section `suppression:` of alarms.yaml: which state of the plant explains which alarms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Annotated, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alarms.definitions import Definitions, Rule, Watched, located
from alarms.rationale import RowId, Words
from alarms.stations import SILENT
from alarms.suppression import ByDesign, SuppressionRule
from alarms.wrong_row import WrongRow
from core.model.alarm import AlarmClass
from core.model.finding import FindingKind
from core.model.plant import Plant
from core.model.tag import Quantity, Tag

HALF = 0.5
"""Between off (0) and on (1)."""


class Condition(BaseModel):
    """One of: an alarm that stands, by its id (`TAG:ROW`, `ZONE:ROW`, `STATION:ROW`); or a tag whose newest
    Good value is below, above, or (of a status) equal to a figure. Bad quality leaves it as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    alarm: str | None = None
    tag: str | None = None
    below: float | None = None
    above: float | None = None
    equals: Annotated[int, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        figures = [self.below, self.above, self.equals]
        given = sum(figure is not None for figure in figures)
        if (self.alarm is None) is (self.tag is None) or given != (self.tag is not None):
            raise ValueError("write `alarm: ID`, or `tag: ID` with one of `below`, `above`, `equals`")
        return self


class Withheld(BaseModel):
    """Alarms: all that is said holds at once. rows: ids of rows of this file; tag, zone and station are
    patterns with * and ?."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rows: tuple[str, ...] = ()
    quantity: tuple[Quantity, ...] = ()
    tag: str | None = None
    zone: str | None = None
    station: str | None = None
    group: str | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say which: `rows`, `quantity`, `tag`, `zone`, `station` or `group`")
        return self

    def ids(self, definitions: Definitions) -> Iterator[str]:
        for row in definitions.rules:
            if self.rows and row.id not in self.rows:
                continue
            if self.group is not None and row.shared["group"] != self.group:
                continue
            yield from (f"{id}:{row.id}" for id, of in row.watched.items() if self._takes(id, of))

    def _takes(self, id: str, of: Watched) -> bool:
        patterns = (self.tag, self.zone, self.station)
        quantity = not self.quantity or (isinstance(of, Tag) and of.quantity in self.quantity)
        return quantity and all(
            pattern is None or (place is not None and fnmatchcase(place, pattern))
            for place, pattern in zip(located(id, of), patterns, strict=True)
        )


class SuppressionRow(BaseModel):
    """While every condition of `when` holds, and for off_delay_s of plant time after, the alarms are
    withheld: still judged and journalled, not annunciated."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: RowId
    name: Words
    when: tuple[Condition, ...] = Field(min_length=1)
    alarms: tuple[Withheld, ...] = Field(min_length=1)
    off_delay_s: float = Field(default=0.0, ge=0)


class WrongRule(ValueError):
    """path: where in the section. The message says what is wrong, `mend` what to do."""

    def __init__(self, path: tuple[str | int, ...], what: str, mend: str) -> None:
        super().__init__(what)
        self.path, self.mend = path, mend


def by_design(rows: Iterable[SuppressionRow], definitions: Definitions, plant: Plant) -> ByDesign:
    """The section over a plant. Raises WrongRule for the first that cannot work."""
    rules: list[SuppressionRule] = []
    conditions: list[Rule] = []
    known = {row.id: row for row in definitions.rules}
    for n, row in enumerate(rows):
        if any(rule.id == row.id for rule in rules):
            raise WrongRule((n, "id"), f"two suppression rules are called {row.id!r}", "name them apart")
        when: list[str] = []
        for k, condition in enumerate(row.when):
            path = (n, "when", k)
            if condition.alarm is not None:
                when.append(_alarm(condition.alarm, known, path))
            else:
                conditions.append(judged := _judged(row.id, k, condition, plant, path))
                when += (f"{tag}:{judged.id}" for tag in judged.watched)
        targets = _targets(row, n, definitions, known)
        for k, id in enumerate(when):
            if id in targets:
                raise WrongRule((n, "when", k), f"{id} would withhold itself", "leave it out of `alarms`")
        rules.append(
            SuppressionRule(row.id, row.name.text(), tuple(when), partial(tuple, targets), row.off_delay_s)
        )
    _refuse_circles(rules, known, plant)
    return ByDesign(tuple(rules), Definitions(conditions))


class Named(Protocol):
    """What of a row is asked here: the rules that it says it is withheld by."""

    @property
    def id(self) -> str: ...
    @property
    def suppression_rules(self) -> Sequence[str]: ...


def misnamed(rows: Iterable[Named], design: ByDesign) -> Iterator[WrongRow]:
    """Rows that name a rule which does not withhold them."""
    by_rule = {rule.id: {id.rpartition(":")[2] for id in rule.targets()} for rule in design.rules}
    for at, row in enumerate(rows):
        for rule in row.suppression_rules:
            if row.id in by_rule.get(rule, ()):
                continue
            what = "withholds none of it" if rule in by_rule else "does not exist"
            mend = "correct the name, or the rule under `suppression`"
            wrong = WrongRow.of(row, f"suppression rule {rule!r} {what}", mend, "suppression_rules")
            wrong.row = at
            yield wrong


def _alarm(id: str, known: Mapping[str, Rule], path: tuple[str | int, ...]) -> str:
    watched, _, row = id.rpartition(":")
    if row not in known:
        raise WrongRule(path, f"there is no alarm row {row!r}", f"one of: {', '.join(sorted(known))}")
    if watched not in known[row].watched:
        mend = "name a tag, zone or station that the row is for"
        raise WrongRule(path, f"row {row} makes no alarm {id!r}", mend)
    return id


def _judged(rule: str, k: int, condition: Condition, plant: Plant, path: tuple[str | int, ...]) -> Rule:
    """A condition as the limit detector judges it. Its id has a colon, which no row of the file may have."""
    tag = plant.tags.get(condition.tag or "")
    if tag is None:
        raise WrongRule(path, f"tag {condition.tag!r} does not exist in tags.csv", "name one that does")
    below, above = condition.below, condition.above
    if condition.equals is not None:
        if tag.quantity is not Quantity.STATUS:
            raise WrongRule(path, f"{tag.id} is no status", "write `below` or `above` instead of `equals`")
        below, above = (HALF, None) if condition.equals == 0 else (None, HALF)
    name = Words(zh="抑制条件", en="condition of a suppression").text()
    shared = {
        "kind": FindingKind.LIMIT_LOW if below is not None else FindingKind.LIMIT_HIGH,
        "setpoint": below if below is not None else above,
        "alarm_class": AlarmClass.SYSTEM,
        "priority": 4,
        "cause": name,
        "consequence": name,
        "action": name,
        "response_min": 0.0,
    }
    return Rule(f"when:{rule}:{k}", name, shared, {tag.id: tag})


def _targets(
    row: SuppressionRow, n: int, definitions: Definitions, known: Mapping[str, Rule]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for k, withheld in enumerate(row.alarms):
        path = (n, "alarms", k)
        if unknown := [id for id in withheld.rows if id not in known]:
            mend = f"one of: {', '.join(sorted(known))}"
            raise WrongRule((*path, "rows"), f"there is no alarm row {unknown[0]!r}", mend)
        ids = dict.fromkeys(withheld.ids(definitions))
        if not ids:
            raise WrongRule(path, "no alarm is like this", "correct the patterns, or leave it out")
        found |= ids
    return tuple(found)


def _refuse_circles(rules: Sequence[SuppressionRule], known: Mapping[str, Rule], plant: Plant) -> None:
    """Alarms that withhold each other would both be silent: nobody would hear of either."""
    every = {id for rule in rules for id in rule.when}
    withholds = _of_stations(every, known, plant)
    every |= withholds.keys()
    for rule in rules:
        for id in rule.when:
            withholds.setdefault(id, set()).update(every & {*rule.targets()})
    for n, rule in enumerate(rules):
        for k, start in enumerate(rule.when):
            seen, front = set[str](), {start}
            while front:
                front = {to for id in front for to in withholds.get(id, ())} - seen
                seen |= front
            if start in seen:
                what = f"{start} is withheld by what it withholds"
                raise WrongRule((n, "when", k), what, "break the circle: neither would be heard")


def _of_stations(every: Iterable[str], known: Mapping[str, Rule], plant: Plant) -> dict[str, set[str]]:
    """What communication alarms withhold of these (`alarms.stations`)."""
    found: dict[str, set[str]] = {}
    for id in every:
        watched, _, row = id.rpartition(":")
        if row in known and known[row].kind in SILENT and (tag := plant.tags.get(watched)):
            for rule in known.values():
                if rule.kind is FindingKind.COMMUNICATION and tag.station in rule.watched:
                    found.setdefault(f"{tag.station}:{rule.id}", set()).add(id)
    return found
