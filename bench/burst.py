"""Bursts of 25-60 % of a district's mean inflow: found, how soon, where; and quiet days without any.

A record of the demo town on a seed that nothing was tuned on: two weeks to learn from, seven days without a
burst, then bursts with a repair after each; through `alarms.engine`, the very engine that runs live.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from alarms.engine import Engine
from alarms.locate import locate, observe
from bench.figures import Figure
from collectors.replay.files import read
from core.model.finding import Finding, FindingKind, Verb
from core.model.network import LinkKind, Network
from core.model.plant import Plant
from hub.check import read as read_configuration
from simulators.record import record

CONFIG = Path(__file__).parents[1] / "configs" / "demo"
SEED = 2026
DAY_S, EVERY_S, LASTS_S = 86_400, 9 * 3600, 4 * 3600
NEAR_M = 300.0
BANDS = ((0.25, 0.35), (0.35, 0.45), (0.45, 0.60))


@dataclass(slots=True)
class Case:
    """One burst. share: of the district's mean inflow. far_m: path from the truth to where a search begins,
    at first and as last refined."""

    zone: str
    pipe: str
    share: float
    start_s: float
    end_s: float
    findings: list[Finding] = field(default_factory=list)
    far_m: tuple[float, float] | None = None
    random_near: float = 0.0

    @property
    def minutes(self) -> float | None:
        return (self.findings[0].t_ns / 1e9 - self.start_s) / 60 if self.findings else None


def run(short: bool) -> list[Figure]:
    learn, quiet, bursts = (9, 2, 10) if short else (14, 7, 27)
    plant = read_configuration(CONFIG).plant
    with tempfile.TemporaryDirectory(prefix="bench-burst-") as folder:
        out, orders = Path(folder) / "town.npz", Path(folder) / "orders.jsonl"
        means = means_of(plant, Path(folder))
        commands = _commands(means, (learn + quiet) * DAY_S, bursts)
        orders.write_text("".join(json.dumps(command) + "\n" for command in commands))
        days = learn + quiet + bursts * EVERY_S / DAY_S + 0.5
        record(CONFIG, days=days, seed=SEED, out=out, events=orders)
        cases = _cases(Path(f"{out}.truth.jsonl"), means)
        findings = _findings(plant, out)
    lonely = _assign(findings, cases)
    for case in cases:
        _place(case, plant)
    return _figures(cases, lonely, quiet)


def means_of(plant: Plant, folder: Path, seed: int = SEED) -> dict[str, float]:
    """Mean inflow of each district over a day, m3/h."""
    out = folder / "day.npz"
    record(CONFIG, days=1, seed=seed, out=out)
    with np.load(out) as columns:
        tags, tag, v = columns["tags"].tolist(), columns["tag"], columns["v"]
    zones = [zone for zone in plant.zones.values() if zone.kind == "dma"]
    return {zone.id: sum(float(np.nanmean(v[tag == tags.index(id)])) for id in zone.inflow) for zone in zones}


def _commands(means: dict[str, float], first_s: int, n: int) -> list[dict[str, Any]]:
    """A burst every nine hours, so that all hours of the day and all districts have their turn."""
    rng, zones = np.random.default_rng(SEED), sorted(means)
    shares = np.linspace(0.25, 0.60, n)
    rng.shuffle(shares)
    return [
        {
            "at": first_s + i * EVERY_S + int(rng.integers(0, 2 * 3600)),
            "command": "burst",
            "zone": zones[i % len(zones)],
            "flow_m3h": round(share * means[zones[i % len(zones)]], 2),
            "duration_s": LASTS_S,
        }
        for i, share in enumerate(shares.tolist())
    ]


def _cases(truth: Path, means: dict[str, float]) -> list[Case]:
    rows = [json.loads(line) for line in truth.read_text().splitlines()]
    return [
        Case(
            zone=row["zone"],
            pipe=row["pipe"],
            share=row["flow_m3h"] / means[row["zone"]],
            start_s=datetime.fromisoformat(row["start"]).timestamp(),
            end_s=datetime.fromisoformat(row["end"]).timestamp(),
        )
        for row in rows
    ]


def _findings(plant: Plant, samples: Path) -> list[Finding]:
    definitions = read_configuration(CONFIG).definitions
    engine = Engine(plant, definitions, past=True)
    found = [finding for batch in read(samples) for finding in engine.update(batch)]
    return [finding for finding in found if finding.kind is FindingKind.BURST]


def _assign(findings: list[Finding], cases: list[Case]) -> list[Finding]:
    """Give each case its findings, a raise first; raises that belong to none are returned."""
    lonely = []
    for finding in findings:
        t = finding.t_ns / 1e9
        mine = [c for c in cases if c.zone == finding.zone and c.start_s <= t < c.end_s]
        if finding.verb is Verb.CLEAR:
            continue
        if mine and (mine[0].findings or finding.verb is Verb.RAISE):
            mine[0].findings.append(finding)
        elif finding.verb is Verb.RAISE:
            lonely.append(finding)
    return lonely


def _place(case: Case, plant: Plant) -> None:
    """How far from the truth a search begins, and how near a random pipe would be."""
    network = plant.network
    path = network.path_m(case.pipe)
    case.random_near = random_near(network, path, case.zone)
    far = []
    for finding in case.findings[:1] + case.findings[-1:]:
        seen = observe(finding, plant)
        location = locate(CONFIG / "network.inp", network, seen) if seen else None
        far.append(path.get(location.first or "", np.inf) if location else np.inf)
    if far:
        case.far_m = (far[0], far[1])


def random_near(network: Network, path: Mapping[str, float], zone: str) -> float:
    """The share of the district's pipes that are near enough by `path`, metres to each."""
    return float(np.mean([path.get(pipe, np.inf) <= NEAR_M for pipe in pipes_of(network)[zone]]))


def pipes_of(network: Network) -> dict[str, list[str]]:
    """The pipes that lie within a district, by district."""
    found = dict[str, list[str]]()
    for link in network.links.values():
        zone = network.nodes[link.a].zone
        if link.kind is LinkKind.PIPE and zone and zone == network.nodes[link.b].zone:
            found.setdefault(zone, []).append(link.id)
    return found


def _figures(cases: list[Case], lonely: list[Finding], quiet_days: int) -> list[Figure]:
    minutes = [case.minutes for case in cases if case.minutes is not None]
    near = [sum(c.far_m is not None and c.far_m[i] <= NEAR_M for c in cases) for i in (0, 1)]
    expected = sum(case.random_near for case in cases)
    begin = min(case.start_s for case in cases)
    false = [finding for finding in lonely if 0 < begin - finding.t_ns / 1e9 <= (quiet_days + 0.1) * DAY_S]
    after = [finding for finding in lonely if finding.t_ns / 1e9 >= begin]
    n, goal = len(cases), 18 / 30
    return [
        Figure("bursts found", len(minutes), f"of {n}", n, "higher"),
        Figure("detection, median", float(np.median(minutes)), "min", 3.0, "lower"),
        Figure("detection, worst", float(np.max(minutes)), "min", 10.0, "lower"),
        *[figure for low, high in BANDS for figure in _band(cases, low, high)],
        Figure(f"false incidents in {quiet_days} days over 10 districts", len(false), "", 1, "lower"),
        Figure("false incidents between the bursts", len(after), "", None, "lower"),
        Figure("search begins within 300 m, at first", near[0], f"of {n}", np.ceil(goal * n), "higher"),
        Figure("search begins within 300 m, refined", near[1], f"of {n}", np.ceil(goal * n), "higher"),
        Figure("a random pipe of the district within 300 m", expected, f"of {n}", None, "lower"),
        Figure("times as often as a random pipe", near[0] / expected, "x", 3.0, "higher"),
    ]


def _band(cases: list[Case], low: float, high: float) -> list[Figure]:
    """Detection by burst / mean inflow."""
    mine = [case for case in cases if low <= round(case.share, 4) < high + (high == BANDS[-1][1]) * 0.01]
    minutes = [case.minutes for case in mine if case.minutes is not None]
    name = f"{low:.0%}-{high:.0%} of the mean inflow"
    if not minutes:
        return []
    return [
        Figure(f"{name}: found", len(minutes), f"of {len(mine)}", len(mine), "higher"),
        Figure(f"{name}: median", float(np.median(minutes)), "min", None, "lower"),
        Figure(f"{name}: worst", float(np.max(minutes)), "min", None, "lower"),
    ]
