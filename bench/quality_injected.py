"""Other water at three stations (CANARY's station B, two river sondes): several quantities step at once.

Events are laid on what the stations told: two to all of their quantities by lot, up or down by lot, by 3, 5
and 8 robust standard deviations of their own week before, for twelve values, every four days. Each station is
run through `alarms.engine` with a `quality_event` row that needs two quantities. The second half of each file
is the test; what is set was set on the first. A file never seen, of either format, is scored whole, but for
three weeks in which it is learned from. False alarms are those of the file as it is, where nothing is
labelled: what the operator, a storm or a probe did is among them. Beside it stand the same sizes in
deviations of all of the file, and the bars that an oracle would choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench import quality_row
from bench.events import Score, Span, score, together
from bench.faults import MISSING
from bench.fields import Table, read
from bench.figures import Figure
from bench.quality_row import Columns
from core.model.sample import Floats
from core.model.tag import Quantity

FILES = {
    "station B": Path("stationb") / "station_b.csv.gz",
    "Main Street": Path("sondes2019") / "MainStreet2019.csv.gz",
    "Mendon": Path("sondes2019") / "Mendon2019.csv.gz",
}
COLUMNS: Columns = {
    "B_CL2_VAL": (Quantity.FREE_CHLORINE, "mg/L"),
    "B_TURB_VAL": (Quantity.TURBIDITY, "NTU"),
    "B_PH_VAL": (Quantity.PH, "pH"),
    "B_TOC_VAL": (Quantity.TOC, "mg/L"),
    "B_COND_VAL": (Quantity.CONDUCTIVITY, "uS/cm"),
    "cond_cor": (Quantity.CONDUCTIVITY, "uS/cm"),
    "ph_cor": (Quantity.PH, "pH"),
    "turb_cor": (Quantity.TURBIDITY, "NTU"),
}
"""Of both formats; of the sondes what technicians corrected."""
SIZES, NEEDS = (3.0, 5.0, 8.0), 2
LASTS, WITHIN, JUDGED = 12, 5, 2
"""Values: of an event; by when it is found; that its first is told, and the next, with which it is judged."""
WEEK_S, EVERY_S, LEARN_S, SEED = 7 * 86_400.0, 4 * 86_400.0, 21 * 86_400.0, 8
LOTS = 2
FOUND, OTHERS = 98.0, 0.5
ORACLE = (0.6, 1.6)
"""Bars that are tried afterwards, times the detector's own."""


@dataclass(frozen=True, slots=True)
class Station:
    """values: (rows, quantities)."""

    name: str
    of: Columns
    table: Table
    values: Floats


@dataclass(frozen=True, slots=True)
class Event:
    """From this row on, by so many times its deviation a quantity."""

    row: int
    signs: Floats


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are scored."""

    begin: int
    end: int


def measure(data: Path, test: Path | None, short: bool) -> list[Figure]:
    files = {test.name: test} if test else {name: data / file for name, file in FILES.items()}
    if short and not test:
        files = {name: files[name] for name in list(files)[:1]}
    runs = [Runs(station(name, file), 1 if short else LOTS) for name, file in files.items()]
    half = "" if test else "second"
    figures = _figures(runs, half, "")
    if short:
        return figures
    chosen = [] if test else _figures(runs, "first", "chosen on, ")
    return [*figures, *chosen, *_oracle(runs, half)]


def station(name: str, path: Path) -> Station:
    table = read(path)
    of = {name: COLUMNS[name] for name in table.names if name in COLUMNS}
    values = table.values[:, [table.names.index(name) for name in of]]
    return Station(name, of, table, np.where(np.abs(values) >= MISSING, np.nan, values))


def part(one: Station, half: str) -> Part:
    """half: first, second or none, for all but what is learned from."""
    t_s, n = one.table.t_ns / 1e9, len(one.table.t_ns)
    learned = int(np.searchsorted(t_s, t_s[0] + LEARN_S))
    return Part(max(learned, n // 2 if half == "second" else 0), n // 2 if half == "first" else n)


def deviation(values: Floats) -> Floats:
    """Robust; none of what is not told at all."""
    values = np.where(np.isfinite(values).any(axis=0), values, 0.0)
    return 1.4826 * np.nanmedian(np.abs(values - np.nanmedian(values, axis=0)), axis=0)


def events(one: Station, lot: int) -> list[Event]:
    """One in each four days, where two quantities and more are told and have moved in the week before."""
    rng, t_s, found = np.random.default_rng([SEED, lot]), one.table.t_ns / 1e9, list[Event]()
    for begin_s in np.arange(t_s[0] + LEARN_S, t_s[-1] - EVERY_S, EVERY_S):
        at_s, by_lot = begin_s + rng.uniform(0, EVERY_S - 86_400), rng.permutation(len(one.of))
        many, up = int(rng.integers(NEEDS, len(one.of) + 1)), rng.choice([-1.0, 1.0], len(one.of))
        row, week = np.searchsorted(t_s, [at_s, at_s - WEEK_S])
        told = np.isfinite(one.values[row - LASTS : row + LASTS]).sum(axis=0) == 2 * LASTS
        moved = deviation(one.values[week:row]) > 0
        fit = [i for i in by_lot.tolist() if told[i] and moved[i]]
        if len(fit) >= NEEDS:
            signs = np.zeros(len(one.of))
            signs[fit[:many]] = up[fit[:many]]
            found.append(Event(int(row), signs))
    return found


def laid(one: Station, those: Sequence[Event], size: float, week: bool) -> Floats:
    """week: in deviations of the week before it, or else of all of the file."""
    told, whole, t_s = one.values.copy(), deviation(one.values), one.table.t_ns / 1e9
    for event in those:
        first = int(np.searchsorted(t_s, t_s[event.row] - WEEK_S))
        sd = deviation(one.values[first : event.row]) if week else whole
        told[event.row : event.row + LASTS] += np.where(event.signs != 0, size * sd * event.signs, 0.0)
    return told


class Runs:
    """A station's alarms, each run made once for both halves."""

    def __init__(self, one: Station, lots: int) -> None:
        self.one, self.lots = one, [events(one, lot) for lot in range(lots)]
        self.alarms = cache(self._alarms)

    def _alarms(self, lot: int | None, size: float, week: bool, bar: float) -> list[Span]:
        one = self.one
        values = one.values if lot is None else laid(one, self.lots[lot], size, week)
        found = quality_row.raised(one.of, values, one.table.t_ns, one.table.period_ns, needs=NEEDS, bar=bar)
        return [span for _, span in found]

    def quiet(self, half: str, bar: float = 1.0) -> Score:
        return self._score(half, [], self.alarms(None, 0.0, True, bar))

    def found(self, half: str, size: float, week: bool = True, bar: float = 1.0) -> Score:
        """What only stands beside is of the first lot alone."""
        lots = enumerate(self.lots if week and bar == 1.0 else self.lots[:1])
        return together([self._score(half, of, self.alarms(n, size, week, bar)) for n, of in lots])

    def _score(self, half: str, of: Sequence[Event], alarms: list[Span]) -> Score:
        scored, period_s = part(self.one, half), self.one.table.period_ns / 1e9
        t_s = np.append(self.one.table.t_ns / 1e9, self.one.table.t_ns[-1] / 1e9 + period_s)
        begin_s, end_s = float(t_s[scored.begin]), float(t_s[scored.end])
        spans = [
            Span(float(t_s[e.row]), float(t_s[min(e.row + LASTS, len(t_s) - 1)]))
            for e in of
            if scored.begin <= e.row < scored.end
        ]
        inside = [a for a in alarms if a.start_s < end_s and a.end_s > begin_s]
        mine = [Span(max(a.start_s, begin_s), min(a.end_s, end_s)) for a in inside]
        return score(mine, spans, end_s - begin_s)

    def in_time(self, of: Score) -> int:
        return of.within((WITHIN - JUDGED + 0.5) * self.one.table.period_ns / 1e9)


def _figures(runs: Sequence[Runs], half: str, part: str) -> list[Figure]:
    goals = not part
    figures = [figure for one in runs for figure in _of(one, half, part, goals)]
    if len(runs) > 1:
        for size in SIZES:
            figures.append(
                _share(f"{part}all, {size:g} deviations", runs, [r.found(half, size) for r in runs], goals)
            )
        quiet = together([one.quiet(half) for one in runs])
        most = OTHERS if goals else None
        figures.append(
            Figure(f"{part}all: false, a station-month", quiet.per_sensor_month, "", most, "lower")
        )
    return figures


def _of(one: Runs, half: str, part: str, goals: bool) -> list[Figure]:
    name, quiet, figures = f"{part}{one.one.name}", one.quiet(half), list[Figure]()
    for size in SIZES:
        figures.append(_share(f"{name}, {size:g} deviations", [one], [one.found(half, size)], goals))
    for size in SIZES:
        by_file = one.found(half, size, week=False)
        figures.append(_share(f"{name}, {size:g} deviations of the file", [one], [by_file], False))
    worst = max(one.found(half, size).outside_share for size in SIZES)
    return [
        *figures,
        Figure(
            f"{name}: false, a station-month", quiet.per_sensor_month, "", OTHERS if goals else None, "lower"
        ),
        Figure(f"{name}: false", quiet.others, f"in {quiet.sensor_months:.1f} months", None, "lower"),
        Figure(
            f"{name}: alarm time outside",
            100 * max(worst, quiet.outside_share),
            "%",
            1.0 if goals else None,
            "lower",
        ),
    ]


def _share(name: str, runs: Sequence[Runs], scores: Sequence[Score], goal: bool) -> Figure:
    n = sum(len(one.delays_s) for one in scores)
    found = sum(run.in_time(one) for run, one in zip(runs, scores, strict=True))
    return Figure(
        f"{name}: found in 5 values", 100 * found / max(1, n), f"% of {n}", FOUND if goal else None, "higher"
    )


def _oracle(runs: Sequence[Runs], half: str) -> list[Figure]:
    """For each station the lowest bar with no more false alarms than the goal, and what that finds; the
    highest that finds as much as the goal, and what is false then."""
    figures = []
    for one in runs:
        found = {}
        for bar in sorted({1.0, *ORACLE}):
            scores = [one.found(half, size, bar=bar) for size in SIZES]
            n = sum(len(score.delays_s) for score in scores)
            found[bar] = 100 * sum(one.in_time(score) for score in scores) / max(1, n)
        name = f"oracle, {one.one.name}: "
        quiet = [bar for bar in found if one.quiet(half, bar).per_sensor_month <= OTHERS]
        if quiet:
            figures.append(
                Figure(f"{name}found at 0.5 false", found[quiet[0]], f"% bar x {quiet[0]:g}", None, "higher")
            )
        sure = [bar for bar in found if found[bar] >= FOUND]
        if sure:
            false = one.quiet(half, sure[-1]).per_sensor_month
            figures.append(Figure(f"{name}false at 98 % found", false, f"bar x {sure[-1]:g}", None, "lower"))
    return figures
