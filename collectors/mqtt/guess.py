"""A first draft of a map for a payload that none of the maps reads."""

import math
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from collectors.mqtt.json_map import parse
from collectors.mqtt.map_spec import CsvMap, JsonMap, PayloadMap, Time
from collectors.mqtt.payloads import compile_map
from collectors.mqtt.refusal import Refused
from collectors.mqtt.times import compile_time

_TIME_NAMES = ("t", "ts", "time", "timestamp", "datetime", "date", "at", "when")
_FORMS = (("s", 1e8, 1e10), ("ms", 1e11, 1e13), ("us", 1e14, 1e16), ("ns", 1e17, 1e19))
"""Epoch times from 1973 to 2286 of each form."""
_MOST_VALUES = 12


def guess(payload: bytes, device: str | None) -> PayloadMap | None:
    """A map that reads the payload, every number of it a value; None when nothing fits. An engineer looks
    at it: names say nothing of units."""
    for draft in (_json, _csv):
        try:
            made = draft(payload, device)
            if made is not None and not compile_map(made)(payload).refused:
                return made
        except (Refused, ValidationError):
            continue
    return None


def as_yaml(draft: PayloadMap) -> str:
    """In one line, as it may stand below `maps:`."""
    plain = orjson.loads(draft.model_dump_json(exclude_defaults=True))
    text: str = yaml.safe_dump(
        plain, default_flow_style=True, allow_unicode=True, width=math.inf, sort_keys=False
    )
    return text.strip()


def _json(payload: bytes, device: str | None) -> PayloadMap | None:
    document = parse(payload)
    if not isinstance(document, dict):
        return None
    made: dict[str, Any] = {"format": "json"}
    reading: Any = document
    for key, inner in document.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            made["readings"], reading = key, inner[0]
            break
    leaves = _leaves(reading)
    for path, leaf in _leaves(document).items():
        if device is not None and str(leaf) == device:
            made["device"] = path
    if time := _time(leaves):
        made["time"] = {"path": time[0], "form": time[1]}
    taken = {made.get("device"), time[0] if time else None}
    numbers = [path for path, leaf in leaves.items() if path not in taken and _is_number(leaf)]
    made["values"] = [
        {"path": path} | ({"name": path.replace(".", "_")} if i else {})
        for i, path in enumerate(numbers[:_MOST_VALUES])
    ]
    return JsonMap.model_validate(made)


def _csv(payload: bytes, device: str | None) -> PayloadMap | None:
    lines = [line for line in payload.decode("ascii", "replace").splitlines() if line.strip()]
    separator = next((s for s in ";,\t|" if lines and s in lines[-1]), None)
    if separator is None:
        return None
    cells = {str(i): _typed(cell.strip()) for i, cell in enumerate(lines[-1].split(separator))}
    made: dict[str, Any] = {"format": "csv", "separator": separator}
    if time := _time(cells):
        made["time"] = {"column": int(time[0]), "form": time[1]}
    named = [int(i) for i, cell in cells.items() if device is not None and str(cell) == device]
    if named:
        made["device"] = named[0]
    taken = {time[0] if time else "", str(named[0]) if named else ""}
    numbers = [int(i) for i, cell in cells.items() if i not in taken and _is_number(cell)]
    made["values"] = [{"column": n} | ({"name": f"c{n}"} if i else {}) for i, n in enumerate(numbers)]
    made["skip"] = 1 if len(lines) > 1 and not any(c.isdigit() for c in lines[0]) else 0
    return CsvMap.model_validate(made)


def _time(leaves: dict[str, Any]) -> tuple[str, str] | None:
    """Path and form: what is called a time first, else the first that looks like one."""
    ordered = sorted(leaves, key=lambda path: path.rsplit(".", 1)[-1].lower() not in _TIME_NAMES)
    return next(((path, form) for path in ordered if (form := _form(leaves[path]))), None)


def _form(leaf: Any) -> str | None:
    if isinstance(leaf, str):
        try:
            compile_time(Time(form="iso"))(leaf)
        except Refused:
            return None
        return "iso" if len(leaf) >= len("2026-11-22T10Z") else None
    if _is_number(leaf):
        return next((form for form, low, high in _FORMS if low <= leaf < high), None)
    return None


def _leaves(document: Any, path: str = "", depth: int = 0) -> dict[str, Any]:
    if not isinstance(document, dict) or depth > 4:
        return {}
    found: dict[str, Any] = {}
    for key, inner in document.items():
        if "." in key or not key:
            continue
        here = f"{path}.{key}" if path else key
        found |= _leaves(inner, here, depth + 1) if isinstance(inner, dict) else {here: inner}
    return found


def _typed(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        return cell


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)
