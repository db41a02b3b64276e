"""derived.yaml: tags that the hub computes from others, and the check that they can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from collectors.intake.expression import Expression, WrongExpression, compiled
from collectors.intake.units import Unit, unit_of
from core.model.tag import Tag

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Id = str
LocalTime = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Constant(_Tree):
    """A number with its unit."""

    value: float = Field(allow_inf_nan=False)
    unit: str


class DailySpec(_Tree):
    """begin, end: local times of the day, `02:00`; of: the least, greatest or mean of the means over
    slot_min minutes of the expression between them."""

    begin: LocalTime
    end: LocalTime
    of: Literal["min", "max", "mean"] = "min"
    slot_min: int = Field(default=15, ge=1, le=240)

    @model_validator(mode="after")
    def _forward(self) -> "DailySpec":
        if seconds_of(self.end) - seconds_of(self.begin) < self.slot_min * 60:
            raise ValueError("end lies before begin, or less than a slot after it")
        return self


def seconds_of(text: str) -> int:
    """Of a local time, since midnight; 24:00 is the day's end."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


class DerivedSpec(_Tree):
    """One derived tag. inputs: names for tags, or for lists of tags; max_age_s: how much older than the
    newest an input may be, real seconds (three of its periods, ten seconds at least, when left out);
    least_coverage: the share of inputs below which the result is Bad; daily: one
    value a day, of a stretch of it, in place of one for every set of inputs."""

    tag: Id
    expression: str
    inputs: dict[Name, Id | tuple[Id, ...]] = Field(min_length=1)
    constants: dict[Name, Constant] = {}
    max_age_s: float | None = Field(default=None, gt=0)
    least_coverage: float = Field(default=1.0, gt=0, le=1)
    daily: DailySpec | None = None

    @field_validator("inputs")
    @classmethod
    def _lists_have_something(cls, inputs: dict[str, Id | tuple[Id, ...]]) -> dict[str, Id | tuple[Id, ...]]:
        for name, of in inputs.items():
            if not isinstance(of, str) and len(set(of)) != len(of):
                raise ValueError(f"the list {name} names a tag twice")
            if not of:
                raise ValueError(f"the list {name} is empty")
        return inputs

    @property
    def tags(self) -> tuple[Id, ...]:
        """Every input tag once, in order."""
        found = [of for one in self.inputs.values() for of in ((one,) if isinstance(one, str) else one)]
        return tuple(dict.fromkeys(found))


class DerivedFile(_Tree):
    """derived.yaml: every derived tag of the plant."""

    derived: tuple[DerivedSpec, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A derived tag, ready to be computed. scale: base units in one of the tag's; scales: of each input."""

    spec: DerivedSpec
    tag: Tag
    expression: Expression
    scale: float
    scales: Mapping[str, float]
    constants: Mapping[str, float]


class WrongDerived(ValueError):
    """A row that cannot be computed. at: its place in the list and the field that is wrong."""

    def __init__(self, at: tuple[int, str], what: str) -> None:
        super().__init__(what)
        self.at = at


def formula(n: int, spec: DerivedSpec, tags: Mapping[str, Tag]) -> Formula:
    """Row n with its expression read and its units checked; its tags exist. Raises WrongDerived."""
    units: dict[str, Unit] = {}
    for name, of in spec.inputs.items():
        dimensions = {unit_of(tags[id].unit).dimension for id in ((of,) if isinstance(of, str) else of)}
        if len(dimensions) > 1:
            raise WrongDerived((n, "inputs"), f"the tags of {name} are not of one dimension")
        units[name] = Unit(dimensions.pop())
    if twice := spec.inputs.keys() & spec.constants.keys():
        raise WrongDerived((n, "constants"), f"{sorted(twice)[0]} is an input too")
    units |= {name: unit_of(constant.unit) for name, constant in spec.constants.items()}
    lists = frozenset(name for name, of in spec.inputs.items() if not isinstance(of, str))
    try:
        expression = compiled(spec.expression, units, lists)
    except WrongExpression as error:
        raise WrongDerived((n, "expression"), str(error)) from error
    if idle := (spec.inputs.keys() | spec.constants.keys()) - expression.names:
        raise WrongDerived((n, "inputs"), f"{sorted(idle)[0]} does not stand in the expression")
    tag = tags[spec.tag]
    unit = unit_of(tag.unit)
    if unit.dimension != expression.unit.dimension:
        what = f"gives {expression.unit}, but {tag.id} is in {tag.unit}"
        raise WrongDerived((n, "expression"), what)
    scales = {id: unit_of(tags[id].unit).factor for id in spec.tags}
    constants = {name: one.value * unit_of(one.unit).factor for name, one in spec.constants.items()}
    return Formula(spec, tag, expression, unit.factor, scales, constants)


def in_order(specs: Sequence[DerivedSpec]) -> list[int]:
    """Places of the rows, each after those it takes its inputs from. Raises WrongDerived for a cycle."""
    place = {spec.tag: n for n, spec in enumerate(specs)}
    graph = {spec.tag: [id for id in spec.tags if id in place] for spec in specs}
    try:
        return [place[id] for id in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        cycle: list[str] = error.args[1]
        raise WrongDerived((place[cycle[0]], "inputs"), f"goes in a circle: {' <- '.join(cycle)}") from error
