"""What `waterhub check` says of a configuration that a hub can run with."""

import json
import sys
from pathlib import Path

from hub.check import Configuration
from hub.delivery_file import promising
from hub.named_files import missing_files


def tell(configuration: Configuration, folder: Path, *, as_json: bool) -> None:
    """folder: as it was asked for. What is absent or warned of, each with its place, then how many there are
    and what the configuration has."""
    delivery = configuration.delivery
    absent = missing_files(configuration)
    warnings = promising(configuration.folder, delivery) if delivery else []
    found = _found(configuration)
    if as_json:
        told = {
            "absent": [problem.as_json() for problem in absent],
            "warnings": [problem.as_json() for problem in warnings],
        }
        print(json.dumps({"ok": True, "problems": [], **told, **found}, ensure_ascii=False))
        return
    for kind, problems in (("absent", absent), ("warning", warnings)):
        for problem in problems:
            print(f"{kind}: {problem}", file=sys.stderr)
    counted = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in found.items())
    print(f"{folder}: {_summary(len(absent), len(warnings))}. {counted}")


def _summary(absent: int, warnings: int) -> str:
    told = []
    if absent:
        told.append("1 file is absent" if absent == 1 else f"{absent} files are absent")
    if warnings:
        told.append("1 warning stands above" if warnings == 1 else f"{warnings} warnings stand above")
    return f"nothing stops a hub, but {' and '.join(told)}" if told else "nothing is wrong"


def _found(configuration: Configuration) -> dict[str, int]:
    plant = configuration.plant
    return {
        "tags": len(plant.tags),
        "zones": len(plant.zones),
        "collectors": len(configuration.collectors),
        "alarms": len(configuration.definitions),
        "pipes": len(plant.network.links),
        "valves": len(plant.network.valves),
        "widget_sites": len(configuration.hub.portal.frame_ancestors),
    }
