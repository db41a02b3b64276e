"""Fields of a row of alarms.yaml that say what a value is compared with, and what cannot work of them."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from alarms.wrong_row import WrongRow
from core.model.alarm import EXPECTED_WEEK, Side
from core.model.finding import FindingKind
from core.model.plant import Plant
from core.model.tag import Quantity, Tag

CHARTS = frozenset({FindingKind.EWMA, FindingKind.CUSUM})
_IN_SPREADS = CHARTS | {FindingKind.SPIKE, FindingKind.DRIFT}
_COMPARED = frozenset({FindingKind.DEVIATION, FindingKind.DISCREPANCY})
_LEARNED = frozenset({FindingKind.COMPOSITE, FindingKind.CROSS_CHECK, FindingKind.LEVEL_CONTROL})
"""Without figures of their own: learned, or their members'."""
_ONLY: Mapping[str, frozenset[FindingKind]] = {
    "reference": _COMPARED | {FindingKind.LEVEL_CONTROL, FindingKind.DRIFT},
    "relative": frozenset({FindingKind.DEVIATION}),
    "side": CHARTS | {FindingKind.DEVIATION},
    "least_sd": CHARTS | {FindingKind.SPIKE, FindingKind.DRIFT},
    "weight": frozenset({FindingKind.EWMA}),
    "allowance": frozenset({FindingKind.CUSUM}),
    "of": frozenset({FindingKind.COMPOSITE}),
    "needs": frozenset({FindingKind.COMPOSITE, FindingKind.QUALITY_EVENT}),
    "setpoint": frozenset(FindingKind) - _LEARNED,
    "deadband": frozenset(FindingKind) - _LEARNED,
    "escalate_at": frozenset({FindingKind.LIMIT_HIGH, FindingKind.LIMIT_LOW}),
    "escalate_deadband": frozenset({FindingKind.LIMIT_HIGH, FindingKind.LIMIT_LOW}),
}
"""Which kinds know a field; said in a row of another it is a mistake."""
Item = str | tuple[str, ...]
"""Of `of`, see `alarms.composing`."""


class Conditions(BaseModel):
    """Part of `alarms.spec.AlarmRow`.

    escalate_deadband: of the second, worse limit; left out, that of the first.
    reference: a constant in the tag's unit; the id of a tag, in which {tag}, {zone}, {station} and {stem}
    (the tag's id without its last part) stand for the alarm's own; or `expected_week`. side: where a value
    must lie from there. relative: setpoint and deadband are percent of the reference. least_sd: the least
    standard deviation of a chart's baseline, or of what a spike or drift leaves, to be believed, in the tag's
    unit. weight: of the newest sample in an EWMA. allowance: of a CUSUM, in standard deviations. of, needs:
    what a composite puts together, and how many of it (`alarms.composing`); quantities that must move at
    once, of a quality event.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    escalate_deadband: float | None = Field(default=None, ge=0)
    reference: float | str | None = None
    side: Side = Side.EITHER
    relative: bool = False
    least_sd: float | None = Field(default=None, gt=0)
    weight: float = Field(default=0.2, gt=0, le=1)
    allowance: float = Field(default=0.5, gt=0)
    of: tuple[Item, ...] = ()
    needs: int | Literal["all", "any"] = "all"

    def shared(self) -> dict[str, Any]:
        """What all definitions of the row have in common."""
        alike = ("escalate_deadband", "reference", "side", "relative", "least_sd", "weight", "allowance")
        return {name: getattr(self, name) for name in alike}


class Row(Protocol):
    """What the checks, and what puts composites together, need of a row."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> FindingKind: ...
    @property
    def setpoint(self) -> float | None: ...
    @property
    def deadband(self) -> float | None: ...
    @property
    def window_s(self) -> float | None: ...
    @property
    def least_sd(self) -> float | None: ...
    @property
    def reference(self) -> float | str | None: ...
    @property
    def of(self) -> tuple[Item, ...]: ...
    @property
    def needs(self) -> int | Literal["all", "any"]: ...
    @property
    def relative(self) -> bool: ...
    @property
    def model_fields_set(self) -> set[str]: ...


def measure(row: Row, unit: str) -> str:
    """What the row's figures are in, for a tag in `unit`."""
    if row.kind in _IN_SPREADS:
        return "sd"
    return "%" if row.relative else unit


def check(row: Row) -> None:
    """Raises WrongRow."""
    for field, kinds in _ONLY.items():
        stated = field in row.model_fields_set and getattr(row, field) is not None
        if stated and row.kind not in kinds:
            known = ", ".join(sorted(kinds))
            what, mend = f"a {row.kind} alarm has no {field}", f"leave it out; it is of {known}"
            raise WrongRow.of(row, what, mend, field)
    if row.kind in _COMPARED and row.reference is None:
        raise WrongRow.of(row, f"a {row.kind} alarm needs a reference", "name a tag or give a constant")
    if row.kind is FindingKind.LEVEL_CONTROL and not _named(row.reference):
        what = "a level_control alarm needs the level that its equipment is switched by"
        raise WrongRow.of(row, what, "name a tag as reference", "reference")
    if row.kind is FindingKind.DRIFT and not _named(row.reference):
        raise WrongRow.of(row, "drift is told by a sibling", "name a tag as reference", "reference")
    if row.kind is FindingKind.COMPOSITE and not row.of:
        raise WrongRow.of(row, "a composite alarm needs others", "name rows or alarms under `of:`")
    if row.kind in CHARTS:
        for field in ("window_s", "least_sd"):
            if getattr(row, field) is None:
                raise WrongRow.of(row, f"a {row.kind} alarm needs {field}", f"add `{field}:`")
    if row.kind in CHARTS or row.kind is FindingKind.DEVIATION:
        _check_size(row)
    if row.kind is FindingKind.DISCREPANCY and row.setpoint is not None and row.setpoint < 0:
        raise WrongRow.of(row, "a tolerance is not negative", "give what the two may differ by", "setpoint")
    if row.kind is FindingKind.DISCREPANCY and row.reference == EXPECTED_WEEK:
        raise WrongRow.of(row, "nobody commands the expected week", "use kind: deviation", "reference")


def _named(reference: float | str | None) -> bool:
    return isinstance(reference, str) and reference != EXPECTED_WEEK


def _check_size(row: Row) -> None:
    if row.setpoint is None or row.setpoint <= 0:
        what = f"a {row.kind} alarm needs a setpoint above 0"
        raise WrongRow.of(row, what, "say how far it may lie off; `side` says to which side", "setpoint")
    if row.deadband is None or row.deadband >= row.setpoint:
        what = f"a {row.kind} alarm needs a deadband smaller than its setpoint, or it never clears"
        raise WrongRow.of(row, what, "make it smaller (0 only knowingly)", "deadband")


def references(row: Row, tags: Sequence[Tag], plant: Plant) -> dict[str, dict[str, Any]]:
    """What each of the row's alarms is compared with, where it is another tag. Raises WrongRow."""
    if not isinstance(row.reference, str) or row.reference == EXPECTED_WEEK:
        return {}
    return {tag.id: {"reference": _reference(row, row.reference, tag, plant)} for tag in tags}


def _reference(row: Row, pattern: str, tag: Tag, plant: Plant) -> str:
    own = {"tag": tag.id, "zone": tag.zone or "", "station": tag.station, "stem": tag.id.rpartition(".")[0]}
    try:
        id = pattern.format(**own)
    except (KeyError, IndexError, ValueError) as error:
        mend = "use {tag}, {zone}, {station} or {stem}"
        raise WrongRow.of(row, f"its reference {pattern!r} cannot be filled in", mend, "reference") from error
    other = plant.tags.get(id)
    if other is None or id == tag.id:
        near = get_close_matches(id, [name for name in plant.tags if name != tag.id], n=1)
        mend = f"did you mean `{near[0]}`?" if near else "name another tag of tags.csv"
        what = "the tag itself" if id == tag.id else f"{id}, which is no tag of tags.csv"
        raise WrongRow.of(row, f"it compares {tag.id} with {what}", mend, "reference")
    if row.kind is FindingKind.LEVEL_CONTROL:
        if tag.quantity is not Quantity.STATUS or other.quantity is not Quantity.LEVEL:
            what = f"it takes {tag.id} for a status and {id} for a level"
            raise WrongRow.of(
                row, what, "select what runs or stands, and refer to a tank's level", "reference"
            )
    elif other.unit != tag.unit:
        what = f"it compares {tag.id} in {tag.unit} with {id} in {other.unit}"
        raise WrongRow.of(row, what, "compare tags of one unit (derived.yaml can convert)", "reference")
    return id
