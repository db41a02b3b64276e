"""Import of laboratory results: a row an item of a sample, in the unit of the limit that judges it."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from core.model.ids import valid_id
from core.model.laboratory import MONTHS, LabResult
from core.model.limits import AppliedLimit, SampleType
from core.model.plant import Plant, Zone
from core.ports.ledger import Tx
from hub.imports.plan import Plan, cells_of, differences
from hub.imports.table import Cells, read_table
from hub.problems import Problem, nearest

T = TypeVar("T")
NEEDED = ("sample", "report", "sampled", "zone", "item", "value", "method", "laboratory")
COLUMNS = frozenset({*NEEDED, "kind", "unit", "lod"})
NOT_FOUND = frozenset({"未检出", "无", "nd", "not detected", "none"})
FOUND = frozenset({"检出", "有", "detected", "present"})
_SHOWN = ("sampled", "zone", "kind", "unit", "value", "lod", "found", "method", "laboratory", "report")


class _Wrong(Exception):
    """what, mend."""


async def laboratory(
    file: Path, tx: Tx, plant: Plant, today: date, gone: bool, problems: list[Problem]
) -> Plan:
    """A row that stands already is corrected; none is ever taken away."""
    found: dict[str, LabResult] = {}
    lines: dict[str, int] = {}
    for line, cells in read_table(file, COLUMNS, problems):
        try:
            one = _result(cells, plant, today)
            if one.id in found:
                raise _Wrong(
                    f"the item stands already in line {lines[one.id]}", "keep one row an item and sample"
                )
            found[one.id], lines[one.id] = one, line
        except _Wrong as wrong:
            problems.append(Problem(file, line, *wrong.args))
    if gone:
        what = "results of a laboratory are not taken away"
        problems.append(Problem(file, 0, what, "leave --replace out; a wrong one is corrected by its row"))
    before = {id: stood for id in found if (stood := await tx.get(LabResult, id))}
    changed = [one for id, one in found.items() if before.get(id) != one]
    months = {one.month for one in changed} | {before[one.id].month for one in changed if one.id in before}

    async def apply(tx: Tx) -> None:
        await tx.put_many(changed)
        kept = json.loads(await tx.kept(MONTHS) or b"{}")
        for month in months:
            kept[month] = _digest(await tx.find(LabResult, month=month))
        await tx.keep(MONTHS, json.dumps(kept, sort_keys=True).encode())

    return Plan(
        rows=len(found),
        changes=differences(
            {one.id: cells_of(before[one.id], _SHOWN) for one in changed if one.id in before},
            {one.id: cells_of(one, _SHOWN) for one in changed},
        ),
        absent=0,
        apply=apply,
    )


def _digest(results: Iterable[LabResult]) -> str:
    return sha256(msgspec.json.encode(sorted(results, key=lambda one: one.id))).hexdigest()


def _result(cells: Cells, plant: Plant, today: date) -> LabResult:
    for name in NEEDED:
        if name not in cells:
            raise _Wrong(f"`{name}` is empty", "write it")
    zone = _known("zone", cells["zone"], plant.zones)
    items = {limit.item: limit for edition in plant.limits.sets for limit in edition.limits}
    item = _known("item", cells["item"], items).item
    day = _day(cells["sampled"], today)
    kind = _kind(cells, zone)
    if not valid_id(id := f"{cells['sample']}:{item}"):
        raise _Wrong(
            f"the sample {cells['sample']!r} has characters that ids do not have", "use A-Z a-z 0-9 . _ : -"
        )
    value, lod, found = _value(cells)
    limit = plant.limit_of(item, zone.id, day, kind)
    unit = _unit(cells.get("unit", ""), limit, found is None)
    return LabResult(
        id=id,
        sample=cells["sample"],
        item=item,
        sampled=day.isoformat(),
        zone=zone.id,
        kind=kind,
        method=cells["method"],
        laboratory=cells["laboratory"],
        report=cells["report"],
        unit=unit,
        value=value,
        lod=lod,
        found=found,
    )


def _known(what: str, id: str, known: Mapping[str, T]) -> T:
    if id not in known:
        raise _Wrong(f"the {what} {id!r} does not exist", nearest(id, known))
    return known[id]


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Wrong(f"`sampled` is {text!r}", "write the day as 2026-11-22") from None
    if day > today:
        raise _Wrong(f"`sampled` is {text}, which is to come", "see the laboratory's report")
    return day


def _kind(cells: Cells, zone: Zone) -> SampleType:
    try:
        return SampleType(cells.get("kind", zone.sampled))
    except ValueError:
        raise _Wrong(f"`kind` is {cells['kind']!r}", "use " + ", ".join(SampleType)) from None


def _value(cells: Cells) -> tuple[float | None, float | None, bool | None]:
    """Value, limit of detection, and whether it was found where that is all that is said."""
    said = cells["value"].lower().replace("＜", "<")
    lod = _number("lod", cells["lod"]) if "lod" in cells else None
    if said in FOUND:
        return None, lod, True
    if said in NOT_FOUND:
        return (None, lod, None) if lod else (None, None, False)
    if said.startswith("<"):
        below = _number("value", said[1:])
        if lod not in (None, below):
            raise _Wrong(f"`value` is below {below:g}, and `lod` is {lod:g}", "write one limit of detection")
        return None, below, None
    value = _number("value", said)
    if lod is not None and value < lod:
        raise _Wrong(f"`value` is {value:g}, below its own `lod`", f"write <{lod:g}")
    return value, lod, None


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise _Wrong(f"`{name}` is {text!r}", "write a number, <0.01 below 0.01, or 未检出 / not detected")
    return number


def _unit(unit: str, limit: AppliedLimit | None, measured: bool) -> str:
    """As the limit has it, so that both can be compared. `MPN|CFU/100mL`: either."""
    if limit is None or not limit.unit or not measured:
        return unit
    count, _, volume = limit.unit.rpartition("/")
    fits = {f"{one}/{volume}" if count else limit.unit for one in (count or limit.unit).split("|")}
    if unit not in fits:
        raise _Wrong(
            f"`unit` is {unit!r}, and its limit is in {limit.unit}",
            "write it in " + " or ".join(sorted(fits)),
        )
    return unit
