"""A water works' own quality by the minute (GECCO 2017): point-wise F1, events found, false alarms a day.

The file is run through `alarms.engine`, as it would be live, and scored on its second half: no threshold was
chosen there. A file never seen is scored whole, but for the half day in which spreads are learned. An
oracle's bar, known only afterwards, stands beside ours. Operational columns (flow, temperature) are never
events.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import quality_row
from bench.events import Score, Span, runs, score, within
from bench.fields import Table, read
from bench.figures import Figure
from core.model.tag import Quantity
from core.runtime.numbering import Mask

FILE = Path("gecco2017") / "gecco2017.csv.gz"
LABEL = "EVENT"
COLUMNS = {
    "Cl": (Quantity.FREE_CHLORINE, "mg/L"),
    "Cl_2": (Quantity.FREE_CHLORINE, "mg/L"),
    "pH": (Quantity.PH, "pH"),
    "Redox": (Quantity.REDOX, "mV"),
    "Leit": (Quantity.CONDUCTIVITY, "uS/cm"),
    "Trueb": (Quantity.TURBIDITY, "NTU"),
}
DAY_S, LEARN_S = 86_400, 43_200
ORACLE = (0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 2.0)
"""Bars that are tried afterwards, times the detector's own."""
EVENTS, OTHERS = 0.9, 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """Of the part that is scored. classes: how often each was said."""

    f1: float
    scored: Score
    days: float
    classes: dict[str, int]


def measure(data: Path, test: Path | None, short: bool) -> list[Figure]:
    table = read(test or data / FILE)
    half = 0 if test else len(table.t_ns) // 2
    label = table.values[:, table.names.index(LABEL)] > 0.5
    parts = (
        {"": slice(half, None)} if test or short else {"": slice(half, None), "chosen on, ": slice(0, half)}
    )
    own = {name: trial(table, label, part, 1.0) for name, part in parts.items()}
    figures = [figure for name, one in own.items() for figure in _figures(one, name)]
    figures += [Figure(f"class said: {name}", n, "", None, "higher") for name, n in own[""].classes.items()]
    return figures if short else figures + _oracle(table, label, parts[""], own[""])


def trial(table: Table, label: Mask, part: slice, bar: float) -> Trial:
    """Of this part alone; what comes before it may have been learned from."""
    begin, end = part.start, len(table.t_ns) if part.stop is None else part.stop
    alarms, classes = raised(table, end, bar)
    t_s = table.t_ns / 1e9
    begin = max(begin, int(np.searchsorted(t_s, t_s[0] + LEARN_S)))
    events = [s for s in runs(label, t_s, table.period_ns / 1e9) if t_s[begin] <= s.start_s < t_s[end - 1]]
    mine = [s for s in alarms if s.end_s > t_s[begin]]
    on, truth = within(mine, t_s[begin:end]), label[begin:end]
    watched_s = float(end - begin) * table.period_ns / 1e9
    scored = score(mine, events, watched_s)
    f1 = 2.0 * float((on & truth).sum()) / max(1, int(on.sum() + truth.sum()))
    said = [what for start_s, what in classes if start_s >= t_s[begin]]
    counts = {what: said.count(what) for what in sorted(set(said))}
    return Trial(f1, scored, watched_s / DAY_S, counts)


def raised(table: Table, end: int, bar: float) -> tuple[list[Span], list[tuple[float, str]]]:
    """When the engine's alarm stood, and of which class each was said to be. bar: times its own."""
    of = {name: COLUMNS[name] for name in table.names if name in COLUMNS}
    values = table.values[:end, [table.names.index(name) for name in of]]
    found = quality_row.raised(of, values, table.t_ns[:end], table.period_ns, bar=bar)
    return [span for _, span in found], [(s.start_s, str(first.evidence["class"])) for first, s in found]


def _figures(one: Trial, part: str) -> list[Figure]:
    delays = [d / 60 for d in one.scored.delays_s if d is not None]
    n, tested = len(one.scored.delays_s), not part
    found = one.scored.found / n if n else float("nan")
    goal, most = (EVENTS, OTHERS) if tested else (None, None)
    median = float(np.median(delays)) if delays else float("inf")
    return [
        Figure(f"{part}events found", found, f"of {n}", goal, "higher"),
        Figure(f"{part}point-wise F1", one.f1, "", None, "higher"),
        Figure(f"{part}delay, median", median, "min", None, "lower"),
        Figure(f"{part}false alarms", one.scored.others / one.days, "a day", most, "lower"),
        Figure(f"{part}false alarms, sensor-month", one.scored.per_sensor_month, "", None, "lower"),
        Figure(f"{part}alarm time outside", 100 * one.scored.outside_share, "%", 1.0, "lower"),
        Figure(f"{part}watched", one.days, "days", None, "higher"),
    ]


def _oracle(table: Table, label: Mask, part: slice, own: Trial) -> list[Figure]:
    """The bar that was best for F1, known only afterwards."""
    trials = {bar: own if bar == 1.0 else trial(table, label, part, bar) for bar in ORACLE}
    best = max(trials, key=lambda bar: trials[bar].f1)
    one = trials[best]
    n = len(one.scored.delays_s)
    found = one.scored.found / n if n else float("nan")
    return [
        Figure("oracle: point-wise F1", one.f1, f"bar x {best:g}", None, "higher"),
        Figure("oracle: events found", found, f"of {n}", None, "higher"),
        Figure("oracle: false alarms", one.scored.others / one.days, "a day", None, "lower"),
    ]
