"""Twenty days of the demo town, a trouble every day: the right incident for each, or none, and no other.

Bursts, leaks that grow for a day, water that goes off, instruments that lie, flushing that was planned; the
demo's own configuration, from samples to incidents (`bench.retold`), after two weeks to learn from. What
follows from one trouble and opens a second incident counts as false.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.burst import CONFIG, DAY_S, means_of
from bench.figures import Figure
from bench.retold import retold
from collectors.replay.files import read
from core.model.activity import Activity, ActivityKind
from core.model.incident import Incident, IncidentKind
from core.model.plant import Plant
from core.model.tag import QUALITY
from hub.check import read as read_configuration
from simulators.record import START_NS, record

SEED, LEARN_DAYS, DAYS = 28, 14, 20
MOST_FALSE = 2
AFTER_S = 6 * 3600.0
"""A night is judged in its morning, and a limit has its delay: an incident belongs to what was over so long
before."""
FAULTS = ("stuck", "spike", "drift", "out_of_range")
QUALITIES = ("chlorine_loss", "turbidity", "ph", "conductivity")
Json = dict[str, Any]
RIGHT: dict[str, frozenset[IncidentKind]] = {
    "burst": frozenset({IncidentKind.BURST}),
    "leak": frozenset({IncidentKind.LEAK, IncidentKind.BURST}),
    "quality": frozenset({IncidentKind.WATER_QUALITY}),
    "fault": frozenset(),
    "flushing": frozenset(),
}


@dataclass(slots=True)
class Happened:
    """What was done to the town. kind: of `RIGHT`."""

    kind: str
    detail: str
    zone: str
    start_s: float
    end_s: float
    incidents: list[Incident] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """One incident of its kind, or none where none is due."""
        wanted = RIGHT[self.kind]
        return len(self.incidents) == 1 and self.incidents[0].kind in wanted if wanted else not self.incidents


def run(short: bool) -> list[Figure]:
    days = 6 if short else DAYS
    configuration = read_configuration(CONFIG)
    with tempfile.TemporaryDirectory(prefix="bench-days-") as folder:
        out, orders = Path(folder) / "town.npz", Path(folder) / "orders.jsonl"
        means = means_of(configuration.plant, Path(folder), SEED)
        commands = _commands(configuration.plant, means, days)
        told = ({key: said for key, said in one.items() if key != "planned"} for one in commands)
        orders.write_text("".join(json.dumps(command) + "\n" for command in told))
        record(CONFIG, days=LEARN_DAYS + days + 0.5, seed=SEED, out=out, events=orders)
        happened = _happened(Path(f"{out}.truth.jsonl"), commands)
        works = [_activity(n, one) for n, one in enumerate(happened) if one.kind == "flushing"]
        incidents = asyncio.run(
            retold(
                read(out),
                _as_recorded(configuration.plant),
                configuration.definitions,
                by_design=configuration.by_design,
                activities=works,
                learn_until_ns=START_NS + LEARN_DAYS * DAY_S * 10**9,
            )
        )
    return figures(happened, assigned(happened, incidents))


def _as_recorded(plant: Plant) -> Plant:
    """Its instruments told so often (`simulators.record`): what lasts is known by how often they do."""
    every_s = {id: 300.0 if tag.quantity in QUALITY else 60.0 for id, tag in plant.tags.items()}
    return replace(plant, tags={id: replace(tag, period_s=every_s[id]) for id, tag in plant.tags.items()})


def _commands(plant: Plant, means: dict[str, float], days: int) -> list[Json]:
    """One a day at any hour, turn by turn; leaks go on for four days beside the others."""
    rng, zones = np.random.default_rng(SEED), sorted(means)
    rng.shuffle(zones)
    tags = sorted(tag.id for tag in plant.tags.values() if tag.zone in means)
    found: list[Json] = []
    for day in range(days):
        at, zone = (LEARN_DAYS + day) * DAY_S + int(rng.integers(0, 16 * 3600)), zones[day % len(zones)]
        flow = round(float(rng.uniform(0.25, 0.6)) * means[zone], 2)
        match day % 4:
            case 0:
                found.append(_order(at, 4, "burst", zone=zone, flow_m3h=flow))
            case 1:
                found.append(_order(at, 6, "quality", kind=QUALITIES[day // 4 % len(QUALITIES)]))
            case 2:
                kind = FAULTS[day // 4 % len(FAULTS)]
                found.append(_order(at, 6, "fault", tag=str(rng.choice(tags)), kind=kind))
            case _:
                found.append(_order(at, 2, "burst", zone=zone, flow_m3h=flow) | {"planned": True})
        if day % 6 == 0:
            leaking = zones[(day + 5) % len(zones)]
            found.append(_order(at, 96, "leak", zone=leaking, flow_m3h=round(0.2 * means[leaking], 2)))
    return found


def _order(at_s: int, hours: float, command: str, **more: object) -> Json:
    return {"at": at_s, "command": command, "duration_s": hours * 3600, **more}


def _happened(truth: Path, commands: Sequence[Json]) -> list[Happened]:
    """As the town tells it, in the order of the commands."""
    rows = [json.loads(line) for line in truth.read_text().splitlines()]
    in_order = sorted(commands, key=lambda command: command["at"])
    return [
        Happened(
            kind="flushing" if command.get("planned") else row["kind"],
            detail=str(row.get("detail") or ""),
            zone=row["zone"],
            start_s=datetime.fromisoformat(row["start"]).timestamp(),
            end_s=datetime.fromisoformat(row["end"]).timestamp(),
        )
        for row, command in zip(rows, in_order, strict=True)
    ]


def _activity(n: int, one: Happened) -> Activity:
    start_ns, end_ns = (round(s * 1e9) for s in (one.start_s - 900, one.end_s + 900))
    return Activity(
        id=f"ACT-{n}",
        kind=ActivityKind.FLUSHING,
        start_ns=start_ns,
        end_ns=end_ns,
        by="dispatcher",
        asked_ns=start_ns,
        zones=(one.zone,),
        grace_s=1800.0,
        approved_by="duty_manager",
    )


def assigned(happened: Sequence[Happened], incidents: Sequence[Incident]) -> list[Incident]:
    """Gives each what was opened of it in its zone; those that belong to nothing are returned."""
    lonely = []
    for incident in incidents:
        zones, t_s = {incident.zone, *incident.zones}, _told_s(incident)
        mine = [one for one in happened if one.zone in zones and one.start_s <= t_s <= one.end_s + AFTER_S]
        fit = next((one for one in mine if incident.kind in RIGHT[one.kind] and not one.incidents), None)
        if fit is not None:
            fit.incidents.append(incident)
        elif quiet := next((one for one in mine if not RIGHT[one.kind]), None):
            quiet.incidents.append(incident)
        else:
            lonely.append(incident)
    return lonely


def _told_s(incident: Incident) -> float:
    """When it was told first: a leak's beginning is nights before."""
    return max(incident.opened_ns, min(member.raised_ns for member in incident.members)) / 1e9


def figures(happened: Sequence[Happened], lonely: Sequence[Incident]) -> list[Figure]:
    found = []
    for kind in RIGHT:
        mine = [one for one in happened if one.kind == kind]
        due = "the right incident" if RIGHT[kind] else "no incident"
        if mine:
            right = sum(one.right for one in mine)
            found.append(Figure(f"{kind}: {due}", right, f"of {len(mine)}", len(mine), "higher"))
    false = [*lonely, *(incident for one in happened if not RIGHT[one.kind] for incident in one.incidents)]
    for one in happened:
        if not one.right:
            opened = [incident.kind.value for incident in one.incidents]
            _say(f"not right: {one.kind} {one.detail} in {one.zone}, from {_at(one.start_s)}: {opened}")
    for incident in false:
        _say(f"false: {incident.kind.value} in {incident.zone}, told {_at(_told_s(incident))}")
    return [*found, Figure("false incidents", len(false), "", MOST_FALSE, "lower")]


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _at(t_s: float) -> str:
    return datetime.fromtimestamp(t_s).astimezone().isoformat(timespec="minutes")
