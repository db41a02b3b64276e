"""alarms.yaml: the rationalised rows of the master alarm database, and their expansion over a plant.

A row says what it watches by a selector, when it speaks, and what the operator then does. A row without an
operator's action is an event, not an alarm (ISA-18.2), and is refused. The priority is never typed: it
follows from consequence and time to respond.
"""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from alarms.definitions import Definitions, Rule, Watched
from core.model.alarm import AlarmClass
from core.model.finding import FindingKind
from core.model.ids import valid_id
from core.model.plant import Plant, Zone, ZoneKind
from core.model.tag import Quantity, Tag
from core.model.text import Text

Consequence = Literal["public_health", "regulatory", "local", "minor"]

MATRIX: dict[Consequence, tuple[int | None, ...]] = {
    "public_health": (1, 1, 1, 2),
    "regulatory": (1, 2, 2, 3),
    "local": (2, 2, 3, 3),
    "minor": (3, 3, None, None),
}
"""Priority by consequence and by time to respond: up to 5, 15, 60 minutes, and more. None: an event."""

_WITH_SETPOINT = frozenset(
    {FindingKind.LIMIT_HIGH, FindingKind.LIMIT_LOW, FindingKind.RATE, FindingKind.FLATLINE}
)
_WITH_WINDOW = frozenset({FindingKind.RATE, FindingKind.FLATLINE})
Kind = Literal[
    FindingKind.LIMIT_HIGH,
    FindingKind.LIMIT_LOW,
    FindingKind.RATE,
    FindingKind.STALE,
    FindingKind.FLATLINE,
    FindingKind.BAD_QUALITY,
    FindingKind.COMMUNICATION,
    FindingKind.BURST,
]
"""What a plant's rows may be of: `condition` is the hub's own."""
NonEmpty = Annotated[str, Field(min_length=2)]


class Words(BaseModel):
    """A sentence in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: NonEmpty
    en: NonEmpty

    def text(self) -> Text:
        return Text(self.zh, self.en)


def _fits(id: str, pattern: str) -> bool:
    return pattern == "*" or fnmatchcase(id, pattern)


class Selector(BaseModel):
    """Which tags (or zones, for a burst; or stations, for communication) a row is for: all conditions
    hold at once; `tag`, `zone` and `station` are patterns with * and ?."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    quantity: tuple[Quantity, ...] = ()
    tag: str = "*"
    zone: str = "*"
    zone_kind: tuple[ZoneKind, ...] = ()
    station: str = "*"
    without: tuple[str, ...] = ()

    def takes(self, tag: Tag, plant: Plant) -> bool:
        zone = plant.zones.get(tag.zone or "")
        return (
            (not self.quantity or tag.quantity in self.quantity)
            and _fits(tag.id, self.tag)
            and _fits(tag.zone or "", self.zone)
            and _fits(tag.station, self.station)
            and (not self.zone_kind or (zone is not None and zone.kind in self.zone_kind))
            and not any(fnmatchcase(tag.id, pattern) for pattern in self.without)
        )

    def takes_zone(self, zone: Zone) -> bool:
        kinds = self.zone_kind or (ZoneKind.DMA,)
        return zone.kind in kinds and fnmatchcase(zone.id, self.zone) and zone.id not in self.without


class AlarmRow(BaseModel):
    """One rationalised row. Figures are in the tag's unit (a rate's per hour); delays are plant time."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    id: str
    kind: Kind
    select: Selector = Field(alias="for", default=Selector())
    name: Words
    alarm_class: AlarmClass = Field(alias="class")
    consequence_level: Consequence
    response_min: float = Field(gt=0)
    cause: Words
    consequence: Words
    action: Words
    setpoint: float | None = None
    escalate_at: float | None = None
    deadband: float = Field(default=0.0, ge=0)
    on_delay_s: float = Field(default=0.0, ge=0)
    off_delay_s: float = Field(default=0.0, ge=0)
    window_s: float | None = Field(default=None, gt=0)
    latching: bool = False
    group: str | None = None

    @field_validator("id")
    @classmethod
    def _id(cls, id: str) -> str:
        if not valid_id(id) or ":" in id:
            raise ValueError(f"{id!r} is not an identifier (letters, digits, . _ -)")
        return id

    @field_validator("action")
    @classmethod
    def _action(cls, action: Words) -> Words:
        if action.en.strip().lower().rstrip(".") in {"acknowledge", "ack", "none"}:
            raise ValueError("acknowledging is not an action: say what the operator does, or drop the alarm")
        return action

    def priority(self) -> int:
        """From the matrix. Raises ValueError when the matrix says that this is an event."""
        column = sum(self.response_min > edge for edge in (5, 15, 60))
        priority = MATRIX[self.consequence_level][column]
        if priority is None:
            raise ValueError(
                f"alarm row {self.id}: a {self.consequence_level} consequence with {self.response_min:g} min "
                "to respond is an event, not an alarm; leave it out or state what is at stake"
            )
        return priority


class AlarmsSpec(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    alarms: tuple[AlarmRow, ...]


def expand(spec: AlarmsSpec, plant: Plant) -> Definitions:
    """Every row over every tag, zone or station it selects. Raises ValueError naming the row."""
    rules: dict[str, Rule] = {}
    for row in spec.alarms:
        _check(row)
        rule = _over(row, plant)
        if (before := rules.get(row.id)) and (twice := before.watched.keys() & rule.watched.keys()):
            raise ValueError(f"alarm row {row.id}: two rows make the alarm {min(twice)}:{row.id}")
        if before:
            rule = replace(rule, watched={**before.watched, **rule.watched})
        rules[row.id] = rule
    return Definitions(rules.values())


def _check(row: AlarmRow) -> None:
    if row.kind in _WITH_SETPOINT and row.setpoint is None:
        raise ValueError(f"alarm row {row.id}: a {row.kind} alarm needs a setpoint")
    if row.kind in _WITH_WINDOW and row.window_s is None:
        raise ValueError(f"alarm row {row.id}: a {row.kind} alarm needs window_s")
    if row.escalate_at is not None and row.setpoint is not None:
        upward = row.kind is FindingKind.LIMIT_HIGH
        if (row.escalate_at > row.setpoint) is not upward:
            raise ValueError(f"alarm row {row.id}: escalate_at must lie beyond the setpoint")


def _over(row: AlarmRow, plant: Plant) -> Rule:
    watched: dict[str, Watched]
    if row.kind is FindingKind.BURST:
        zones = plant.zones.values()
        watched = {zone.id: zone for zone in zones if zone.inflow and row.select.takes_zone(zone)}
    else:
        tags = [tag for tag in plant.tags.values() if row.select.takes(tag, plant)]
        if row.kind is FindingKind.COMMUNICATION:
            watched = dict.fromkeys(tag.station for tag in tags)
        else:
            watched = {tag.id: tag for tag in tags}
    return Rule(row.id, row.name.text(), _shared(row), watched)


def _shared(row: AlarmRow) -> dict[str, Any]:
    """What all definitions of a row have in common, made once."""
    return {
        "kind": row.kind,
        "alarm_class": row.alarm_class,
        "priority": row.priority(),
        "cause": row.cause.text(),
        "consequence": row.consequence.text(),
        "action": row.action.text(),
        "response_min": row.response_min,
        "setpoint": row.setpoint,
        "escalate_at": row.escalate_at,
        "deadband": row.deadband,
        "on_delay_s": row.on_delay_s,
        "off_delay_s": row.off_delay_s,
        "window_s": row.window_s,
        "latching": row.latching,
        "group": row.group,
    }
