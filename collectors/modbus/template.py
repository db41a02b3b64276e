"""A device's register map as its maker documents it, and how a unit of a connection becomes one of them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from collectors.modbus.modicon import Notation
from collectors.modbus.point import CLOSED, Place, Point, Strict
from collectors.modbus.registers import MAX_REGISTERS
from collectors.modbus.spec import Forbidden, TagOf, Unit, hand_down
from core.model.tag import Quantity
from core.model.text import Text

Scalar = str | float


class Document(Strict):
    """What the map was read from. edition: revision, order number or version; date as printed."""

    title: str
    edition: str
    date: str = ""


class Parameter(Strict):
    """What differs from one device to the next by its own settings. default: None when it has to be said.
    choices: the values there are; empty is any."""

    says: str
    default: Scalar | None = None
    choices: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=CLOSED)
class Measurement(Place):
    """One point of a template. where: the page or section of the document that has the register. quantity:
    None for what tags have no quantity for, or what is set in the device."""

    quantity: Quantity | None = None
    where: str
    says: str = ""

    def point(self, of: TagOf) -> Point:
        given = {field.name: getattr(self, field.name) for field in fields(Place)}
        said = {name: value for name, value in of.model_dump(exclude={"tag"}).items() if value is not None}
        return Point(**given | said | {"notation": "pdu", "tag": of.tag})


class DeviceTemplate(Strict):
    """configs/devices/<maker-model>.yaml. In its points a text `$name` stands for the parameter `name`.
    notation: how the document writes addresses. limits: what else a reader of the document has to know."""

    maker: str
    model: str
    kind: Text
    document: Document
    notation: Notation | None = None
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    max_registers: int | None = Field(default=None, ge=4, le=MAX_REGISTERS)
    forbidden: tuple[Forbidden, ...] = ()
    points: dict[str, Measurement] = Field(min_length=1)
    limits: str = ""


class WrongParameter(ValueError):
    """name: of the parameter that is missing, unknown or has a value that it cannot have."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(what)
        self.name = name


def filled(raw: Mapping[str, Any], given: Mapping[str, Scalar]) -> dict[str, Any]:
    """A template's file with its parameters put in. Raises WrongParameter."""
    known = {name: Parameter.model_validate(p) for name, p in (raw.get("parameters") or {}).items()}
    values: dict[str, Scalar] = {}
    for name in given:
        if name not in known:
            raise WrongParameter(
                name, f"there is no parameter {name!r}; there are: {', '.join(known) or 'none'}"
            )
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        if value is None:
            raise WrongParameter(name, f"parameter {name!r} has to be said: {parameter.says}")
        if parameter.choices and value not in parameter.choices:
            choices = ", ".join(map(str, parameter.choices))
            raise WrongParameter(name, f"parameter {name!r} is {value!r}; it can be {choices}")
        values[name] = value
    points = {name: _put(point, values) for name, point in (raw.get("points") or {}).items()}
    return _one_notation(dict(raw) | {"points": points})


def _put(value: Any, values: Mapping[str, Scalar]) -> Any:
    if isinstance(value, dict):
        return {key: _put(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_put(item, values) for item in value]
    if isinstance(value, str) and value.startswith("$"):
        if value[1:] not in values:
            raise WrongParameter(value[1:], f"{value} stands for no parameter of this template")
        return values[value[1:]]
    return value


def _one_notation(raw: dict[str, Any]) -> dict[str, Any]:
    rows = {"points": list(raw["points"].values()), "notation": raw.get("notation") or "pdu"}
    points = hand_down("notation", rows, "points")["points"]
    raw = hand_down("notation", raw, "forbidden")
    return raw | {"points": dict(zip(raw["points"], points, strict=True))}


def unit_of(template: DeviceTemplate, unit: Unit) -> Unit:
    """`unit` with the template's points for its tags besides its own. Raises ValueError; KeyError for a tag
    of a point that the template does not have."""
    points = [template.points[name].point(of) for name, of in unit.tags_of.items()]
    return Unit(
        unit=unit.unit,
        notation=unit.notation,
        max_registers=unit.max_registers or template.max_registers,
        forbidden=(*template.forbidden, *unit.forbidden),
        points=(*points, *unit.points),
    )
