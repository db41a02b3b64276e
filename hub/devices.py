"""Device templates: found, read, and put in the place of the units that name them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from collectors.modbus.spec import ModbusSpec, Unit
from collectors.modbus.template import DeviceTemplate, WrongParameter, filled, unit_of
from collectors.units import conversion
from core.model.tag import Tag
from hub.problems import Problem, WrongConfiguration, explain, nearest
from hub.yaml_lines import Document, load

S = TypeVar("S")

SHIPPED = Path(__file__).resolve().parent.parent / "configs" / "devices"

Where = tuple[str | int, ...]


def device_files(plant: Path | None = None) -> dict[str, Path]:
    """Every template by name: those that come with the hub, and the plant's own `devices/`, which win."""
    folders = [SHIPPED, *([plant / "devices"] if plant else [])]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.yaml"))}


def read_device(file: Path, parameters: dict[str, str | float] | None = None) -> DeviceTemplate:
    """Raises WrongConfiguration (the file), WrongParameter (what was given). parameters: None puts the first
    choice, or 1, where there is no default."""
    document = load(file)
    raw: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
    try:
        return DeviceTemplate.model_validate(filled(raw, _any(raw) if parameters is None else parameters))
    except ValidationError as error:
        raise WrongConfiguration(
            Problem(file, document.line(document.path(one["loc"])), *explain(one)) for one in error.errors()
        ) from error


def _any(raw: dict[str, Any]) -> dict[str, str | float]:
    """Something for each parameter that has no default."""
    rows = (raw.get("parameters") or {}).items()
    return {name: (row.get("choices") or [1])[0] for name, row in rows if row.get("default") is None}


def expand(document: Document, specs: Sequence[S], problems: list[Problem]) -> tuple[S, ...]:
    """The collectors with every `device` in the place of its template's points. What is wrong is added to
    `problems`, with its place in collectors.yaml or in the template."""
    files = device_files(document.file.parent)
    return tuple(
        _expanded(document, ("collectors", i), spec, files, problems)
        if isinstance(spec, ModbusSpec)
        else spec
        for i, spec in enumerate(specs)
    )


def _expanded(
    document: Document, at: Where, spec: ModbusSpec, files: dict[str, Path], problems: list[Problem]
) -> Any:
    if all(unit.device is None for unit in spec.units):
        return spec
    units = []
    for j, unit in enumerate(spec.units):
        try:
            units.append(_unit(document, (*at, "units", j), unit, files))
        except WrongConfiguration as wrong:
            problems += wrong.problems
    if len(units) < len(spec.units):
        return spec
    try:
        return ModbusSpec.model_validate(dict(spec) | {"units": units})
    except ValidationError as error:
        problems += [Problem(document.file, document.line(at), *explain(one)) for one in error.errors()]
        return spec


def _unit(document: Document, at: Where, unit: Unit, files: dict[str, Path]) -> Unit:
    """Raises WrongConfiguration."""
    if unit.device is None:
        return unit

    def wrong(path: Where, what: str, mend: str) -> WrongConfiguration:
        return WrongConfiguration([Problem(document.file, document.line((*at, *path)), what, mend)])

    if unit.device not in files:
        raise wrong(("device",), f"there is no device {unit.device!r}", nearest(unit.device, files))
    try:
        template = read_device(files[unit.device], dict(unit.parameters))
    except WrongParameter as parameter:
        raise wrong(
            ("parameters", parameter.name), f"{unit.device}: {parameter}", "correct `parameters:`"
        ) from parameter
    for name in unit.tags:
        if name not in template.points:
            what = f"{unit.device} has no point {name!r}"
            raise wrong(("tags", name), what, nearest(name, template.points))
    try:
        return unit_of(template, unit)
    except ValueError as error:
        message = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise wrong(
            (), f"{unit.device}: {message.removeprefix('Value error, ')}", "correct this unit"
        ) from error


def check_units(
    document: Document, specs: Sequence[object], tags: Mapping[str, Tag], problems: list[Problem]
) -> None:
    """Every value that a Modbus device gives in another unit can become its tag's."""
    for i, spec in enumerate(specs):
        for j, unit in enumerate(spec.units if isinstance(spec, ModbusSpec) else ()):
            for point in unit.points:
                tag = tags.get(point.tag)
                try:
                    conversion(point.unit, tag.unit if tag else point.unit or "")
                except ValueError as error:
                    place = _of_tag(document, ("collectors", i, "units", j), point.tag)
                    what = f"{point.tag}: {error}"
                    problems.append(
                        Problem(
                            document.file,
                            document.line(place),
                            what,
                            "correct the `unit` here or in tags.csv",
                        )
                    )


def _of_tag(document: Document, unit: Where, tag: str) -> Where:
    """Where a unit names a tag."""
    rows: Any = document.value
    for part in unit:
        rows = rows[part]
    for n, row in enumerate(rows.get("points") or ()):
        if isinstance(row, dict) and row.get("tag") == tag:
            return (*unit, "points", n, "tag")
    for name, of in (rows.get("tags") or {}).items():
        if of == tag or (isinstance(of, dict) and of.get("tag") == tag):
            return (*unit, "tags", name)
    return unit
