"""alarms.yaml: the rationalised rows of the master alarm database.

A row says what it watches by a selector, when it speaks, and what the operator then does
(`alarms.rationale`); `alarms.expansion` spreads it over a plant. A row without an operator's action is an
event, not an alarm (ISA-18.2), and is refused. The priority is never typed: it follows from consequence and
time to respond (`alarms.matrix`).
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from alarms.conditions import Conditions
from alarms.matrix import EVENT, MATRIX, Cells, Consequence, Matrix, cell, whole
from alarms.rationale import Rationale, RowId, Words, with_defaults
from alarms.suppression_spec import SuppressionRow
from alarms.wrong_row import WrongRow
from core.model.alarm import AlarmClass
from core.model.finding import FindingKind
from core.model.plant import Plant, Zone, ZoneKind
from core.model.tag import Quantity, Tag

Kind = Literal[
    FindingKind.LIMIT_HIGH,
    FindingKind.LIMIT_LOW,
    FindingKind.RATE,
    FindingKind.STALE,
    FindingKind.FLATLINE,
    FindingKind.BAD_QUALITY,
    FindingKind.COMMUNICATION,
    FindingKind.BURST,
    FindingKind.DEVIATION,
    FindingKind.DISCREPANCY,
    FindingKind.EWMA,
    FindingKind.CUSUM,
    FindingKind.COMPOSITE,
    FindingKind.QUALITY_EVENT,
    FindingKind.LEAK,
    FindingKind.CROSS_CHECK,
    FindingKind.LEVEL_CONTROL,
    FindingKind.SPIKE,
    FindingKind.DRIFT,
]
"""What a plant's rows may be of: `condition` is the hub's own."""


Pattern = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:*?\[\]!-]{1,128}$")]


def _fits(id: str, pattern: str) -> bool:
    return pattern == "*" or fnmatchcase(id, pattern)


class Selector(BaseModel):
    """Which tags (or zones, for burst, leak, cross_check and composite; or stations, for communication and
    quality_event) a row is for: all conditions hold at once; `tag`, `zone` and `station` are patterns with *
    and ?. A quality_event looks at a station's tags of these quantities and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    quantity: tuple[Quantity, ...] = ()
    tag: Pattern = "*"
    zone: Pattern = "*"
    zone_kind: tuple[ZoneKind, ...] = ()
    station: Pattern = "*"
    without: tuple[Pattern, ...] = ()

    def candidates(self, plant: Plant) -> Iterable[Tag]:
        """All that it may take: of a table with a row for each tag, one."""
        if any(mark in self.tag for mark in "*?["):
            return plant.tags.values()
        return filter(None, (plant.tags.get(self.tag),))

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


class AlarmRow(Conditions, Rationale):
    """One rationalised row. Figures are in `unit` (a rate's per hour), the tags' own or another that they
    must all have; delays are plant time."""

    id: RowId
    kind: Kind
    select: Selector = Field(alias="for", default=Selector())
    name: Words
    alarm_class: AlarmClass = Field(alias="class")
    consequence_level: Consequence
    response_min: float = Field(gt=0)
    setpoint: float | None = None
    escalate_at: float | None = None
    unit: Annotated[str, Field(pattern=r"^\S{1,20}$")] | None = None
    deadband: float | None = Field(default=None, ge=0)
    on_delay_s: float = Field(ge=0)
    off_delay_s: float = Field(ge=0)
    window_s: float | None = Field(default=None, gt=0)

    def priority(self, matrix: Matrix = MATRIX) -> int:
        """From the matrix. Raises WrongRow when the matrix says that this is an event."""
        priority = cell(matrix, self.consequence_level, self.response_min)
        if priority == EVENT:
            what = f"a {self.consequence_level} consequence with {self.response_min:g} min to respond"
            mend = "leave it out, or state what is at stake"
            raise WrongRow.of(self, f"{what} is an event, not an alarm", mend)
        return priority


class AlarmsSpec(BaseModel):
    """The file. matrix: a plant's own rows of the matrix of priorities; defaults: what all rows have that do
    not state it themselves. suppression: which state of the plant explains which alarms."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    matrix: dict[Consequence, Cells] = {}
    defaults: dict[str, Any] = {}
    alarms: tuple[AlarmRow, ...]
    suppression: tuple[SuppressionRow, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, value: Any) -> Any:
        return with_defaults(value)

    @field_validator("matrix")
    @classmethod
    def _matrix(cls, stated: dict[Consequence, Cells]) -> dict[Consequence, Cells]:
        whole(stated)
        return stated
