"""L-Town's real inflows (BattLeDIM 2020): leaks found, how soon, and alarms that no leak explains.

The flow meters and the tank's level, every 5 min, are run through `alarms.engine` as they would be live:
area A and B with its burst and its leak alarm, area C, which a tank feeds by turns, with its leak alarm alone
(the resolution of the tank's level hides a step of minutes, and over a night comes out even).

An alarm, or its growing worse, finds the unfound leak that runs then and is nearest in size, if that has at
least a quarter of the step (the rule of the measured anchor); leaks older than the file are found already.
What grows worse is explained where leaks that are found have grown by as much since the alarm before.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alarms.engine import Engine
from bench.events import MONTH_S, Span, merged, stood, within
from bench.fields import Table, batches, read
from bench.figures import Figure
from bench.ltown_plant import districts, filled
from bench.ltown_water import METERS
from bench.small_plant import plant_with, row_with
from core.model.finding import Finding, FindingKind, Verb
from core.model.sample import Floats, Names

FILE = Path("battledim") / "flows_2019H1.csv.gz"
FLOWS, LEVELS, TRUTH, LIST = "flows_", "levels_", "leak_flows_", "leaks_"
HOUR_S, DAY_S, SHARE = 3600.0, 86_400.0, 0.25
ABRUPT_M3H, ABRUPT_H, INCIPIENT_M3H, INCIPIENT_D, UNMATCHED = 10.0, 4.0, 4.0, 7.0, 5.0


@dataclass(frozen=True, slots=True)
class Leak:
    """begins, counts: rows of the table, its first and that from which its delay counts."""

    pipe: str
    abrupt: bool
    begins: int
    counts: int
    most_m3h: float


@dataclass(slots=True)
class Alarm:
    """explained: by a leak that it finds, or by the growth of leaks that are found."""

    t_s: float
    size_m3h: float
    worse: bool
    found: Leak | None = None
    explained: bool = False


def measure(data: Path, test: Path | None, short: bool) -> list[Figure]:
    path = test or data / FILE
    flows, truth = read(path), read(_beside(path, TRUTH))
    leaks = listed(truth, _beside(path, LIST))
    alarms, spans = raised(flows, read(_beside(path, LEVELS)))
    match(alarms, leaks, truth)
    return _figures(alarms, spans, leaks, truth)


def _beside(flows: Path, what: str) -> Path:
    """The file of the same months with another name."""
    name = flows.name.replace(FLOWS, what)
    found = sorted(flows.parent.glob(name.split(".")[0] + "*"))
    if not found:
        raise FileNotFoundError(f"{flows.parent / name} is wanted beside {flows.name}")
    return found[0]


def listed(truth: Table, path: Path) -> list[Leak]:
    """Those that begin within the file. An incipient one counts from when it has grown to 4 m3/h, where a
    week is left to find it in."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    head, *rows = (line.split(",") for line in text.splitlines() if line)
    kinds = {row[0]: row[head.index("type")] for row in rows}
    due = round(INCIPIENT_D * DAY_S / (truth.period_ns / 1e9))
    leaks = []
    for column, pipe in enumerate(truth.names):
        runs = truth.values[:, column]
        on = np.flatnonzero(runs > 0)
        if not len(on) or on[0] == 0:
            continue
        abrupt, grown = kinds[pipe] == "abrupt", np.flatnonzero(runs > INCIPIENT_M3H)
        counts = (
            int(on[0]) if abrupt else int(grown[0]) if len(grown) and int(grown[0]) + due < len(runs) else -1
        )
        leaks.append(Leak(pipe, abrupt, int(on[0]), counts, float(runs.max())))
    return leaks


def raised(flows: Table, levels: Table) -> tuple[list[Alarm], list[Span]]:
    """Each time the engine's alarms were raised or grew worse, and when one stood."""
    fill = filled(levels.values[:, 0], flows.period_ns / 1e9)
    values = np.column_stack([*(flows.values[:, flows.names.index(name)] for name in METERS), fill])
    findings = _told(values, flows)
    alarms = [
        Alarm(f.t_ns / 1e9, float(f.evidence.get("by_m3h", f.size_m3h) or 0.0), f.verb is Verb.ESCALATE)
        for f in findings
        if f.verb in (Verb.RAISE, Verb.ESCALATE)
    ]
    end_s = (int(flows.t_ns[-1]) + flows.period_ns) / 1e9
    return alarms, merged(span for _, span in stood(findings, end_s))


def _told(values: Floats, flows: Table) -> list[Finding]:
    """values: a column for each tag of the districts."""
    zones, tags = districts(flows.period_ns / 1e9)
    rows = [
        row_with("ab:burst", FindingKind.BURST, zone="ab"),
        *(row_with(f"{zone}:leak", FindingKind.LEAK, zone=zone) for zone in zones),
    ]
    engine = Engine(plant_with(tags, zones), rows, past=True)
    week = 7 * 86_400 * 10**9 // flows.period_ns
    told = batches(Names.one("l-town", tuple(tags)), values, flows.t_ns, week)
    return [finding for batch in told for finding in engine.update(batch)]


def match(alarms: list[Alarm], leaks: list[Leak], truth: Table) -> None:
    left, before = list(leaks), 0
    for alarm in alarms:
        row = int(np.searchsorted(truth.t_ns, alarm.t_s * 1e9, side="right")) - 1
        runs = {leak: float(truth.values[row, truth.names.index(leak.pipe)]) for leak in left}
        fit = [leak for leak, m3h in runs.items() if m3h > 0 and m3h >= SHARE * alarm.size_m3h]
        grown = sum(
            max(0.0, float(np.subtract(*truth.values[[row, before], truth.names.index(leak.pipe)])))
            for leak in leaks
            if leak not in left
        )
        alarm.explained = bool(fit) or (alarm.worse and grown >= SHARE * alarm.size_m3h)
        if fit:
            alarm.found = min(fit, key=lambda leak: abs(runs[leak] - alarm.size_m3h))
            left.remove(alarm.found)
        before = row


def _figures(alarms: list[Alarm], spans: list[Span], leaks: list[Leak], truth: Table) -> list[Figure]:
    t_s = truth.t_ns / 1e9
    found = {alarm.found: alarm.t_s for alarm in alarms if alarm.found}
    large = [leak for leak in leaks if leak.abrupt and leak.most_m3h >= ABRUPT_M3H]
    slow = [leak for leak in leaks if not leak.abrupt and leak.counts >= 0]
    hours = [(found[leak] - t_s[leak.counts]) / HOUR_S for leak in large if leak in found]
    days = [max(0.0, (found[leak] - t_s[leak.counts]) / DAY_S) for leak in slow if leak in found]
    years = float(t_s[-1] - t_s[0]) / (12 * MONTH_S)
    lost = sum(not alarm.explained for alarm in alarms)
    running = np.nan_to_num(truth.values[:, [truth.names.index(leak.pipe) for leak in leaks]]).any(axis=1)
    outside = float((within(spans, t_s) & ~running).sum()) / max(1, int((~running).sum()))
    return [
        Figure("leaks found", len(found), f"of {len(leaks)}", None, "higher"),
        Figure("abrupt, 10 m3/h and more: found", len(hours), f"of {len(large)}", len(large), "higher"),
        Figure("abrupt, 10 m3/h and more: delay, median", _median(hours), "h", ABRUPT_H, "lower"),
        Figure("incipient, past 4 m3/h: found", len(days), f"of {len(slow)}", len(slow), "higher"),
        Figure("incipient: delay past 4 m3/h, median", _median(days), "d", INCIPIENT_D, "lower"),
        Figure("alarms that no leak explains", lost / years, "a year", UNMATCHED, "lower"),
        Figure("alarm time while no new leak runs", 100 * outside, "%", 1.0, "lower"),
        *(
            Figure(f"{leak.pipe}, {leak.most_m3h:.0f} m3/h", _delay(leak, found, t_s), "h", None, "lower")
            for leak in leaks
        ),
    ]


def _delay(leak: Leak, found: dict[Leak, float], t_s: Floats) -> float:
    """From its beginning, hours."""
    return (found[leak] - float(t_s[leak.begins])) / HOUR_S if leak in found else float("inf")


def _median(delays: list[float]) -> float:
    return float(np.median(delays)) if delays else float("inf")
