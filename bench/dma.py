"""Real districts whose inflow is told once an hour (BWDF 2021): bursts of 20 and 10 % of it, laid on top.

The file is run through `alarms.engine`, as it would be live: once as it is, for the alarms that no injected
burst explains, and again for each size with bursts of 72 h at seeded times. A value is known at the end of
its hour. A burst's size is a share of the mean inflow of the four weeks before it. Bursts are ten days apart
or more and spread over three runs, so that in a run a month lies between them; what is learned in them stays
learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alarms.detectors.level_shift import LongSpread
from alarms.engine import Engine
from bench.events import Score, Span, score, stood, together
from bench.fields import Table, batches, read
from bench.figures import Figure
from bench.small_plant import plant_with, row_with
from core.model.alarm import AlarmDefinition
from core.model.finding import FindingKind
from core.model.plant import Plant, Zone, ZoneKind
from core.model.sample import Batch, Floats, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text

FILE = Path("bwdf2021") / "inflow_2021.csv.gz"
M3H = 3.6
"""In a litre a second."""
SEED, RUNS = 9001, 3
HOUR_S, DAY_S = 3600, 86_400
LASTS_S, APART_S, LEARN_S, MEAN_S = 72 * HOUR_S, 10 * DAY_S, 21 * DAY_S, 28 * DAY_S
GOALS = ((0.20, 0.90, 4.0), (0.10, 0.60, None))
"""Share of the mean inflow; of bursts found within 24 h; median hours."""
OTHERS = 0.5
ORACLE = (0.75, 0.9, 1.0, 1.15, 1.35)
"""Bars that are tried afterwards, times the detector's own."""


@dataclass(frozen=True, slots=True)
class Burst:
    """column: of the table. start: its first row."""

    column: int
    start: int
    end: int
    mean_m3h: float


def measure(data: Path, test: Path | None, short: bool) -> list[Figure]:
    table = read(test or data / FILE)
    bursts = placed(table)
    if short:
        bursts = bursts[::3]
    ours = Trial(table, bursts).run(1.0)
    figures = _figures(ours, len(bursts))
    if short:
        return figures
    trials = [ours if bar == 1.0 else Trial(table, bursts).run(bar) for bar in ORACLE]
    return figures + _oracle(trials, table)


def placed(table: Table) -> list[Burst]:
    """Where nine tenths of the burst's own time and four fifths of the three weeks before are known."""
    rng, a_row = np.random.default_rng(SEED), table.period_ns / 1e9
    lasts, apart, learn, mean = (round(s / a_row) for s in (LASTS_S, APART_S, LEARN_S, MEAN_S))
    bursts = []
    for column in range(len(table.names)):
        x = table.values[:, column]
        known, start = np.isfinite(x), learn + int(rng.integers(0, apart))
        while start + lasts <= len(x):
            if known[start : start + lasts].mean() >= 0.9 and known[start - learn : start].mean() >= 0.8:
                past = x[max(0, start - mean) : start]
                bursts.append(Burst(column, start, start + lasts, float(np.nanmean(past)) * M3H))
                start += apart + int(rng.integers(0, lasts))
            else:
                start += 1
    return bursts


class Trial:
    """What comes of one setting of the bar. clean: of each column, without bursts; found: by size, of each
    column."""

    def __init__(self, table: Table, bursts: Sequence[Burst]) -> None:
        self._table, self._bursts = table, bursts
        self.clean = list[Score]()
        self.found = dict[float, list[Score]]()

    def run(self, bar: float) -> "Trial":
        """bar: times the detector's own."""
        self.clean = self._scores([], 0.0, bar)
        for share, *_ in GOALS:
            runs = [self._scores(self._bursts[n::RUNS], share, bar) for n in range(RUNS)]
            self.found[share] = [together(scores) for scores in zip(*runs, strict=True)]
        return self

    def _scores(self, bursts: Sequence[Burst], share: float, bar: float) -> list[Score]:
        table, inflow = self._table, self._table.values * M3H
        for burst in bursts:
            inflow[burst.start : burst.end, burst.column] += share * burst.mean_m3h
        alarms = raised(table, inflow, bar)
        begin_s, a_row_s = table.t_ns[0] / 1e9 + LEARN_S, table.period_ns / 1e9
        late = table.t_ns / 1e9 >= begin_s
        scores = []
        for column, spans in enumerate(alarms):
            mine = [b for b in bursts if b.column == column]
            events = [Span(table.t_ns[b.start] / 1e9, table.t_ns[b.end - 1] / 1e9 + a_row_s) for b in mine]
            watched_s = float(np.isfinite(inflow[late, column]).sum()) * a_row_s
            scores.append(score([s for s in spans if s.end_s > begin_s], events, watched_s))
        return scores


def raised(table: Table, inflow: Floats, bar: float) -> list[list[Span]]:
    """Of each column, when the engine's burst alarm stood."""
    plant, rows = district_plant(table)
    engine = Engine(plant, rows, past=True)
    for zone in engine.bursts.zones.values():
        if isinstance(zone.spread, LongSpread):
            zone.spread.bars = zone.spread.bars * bar
    findings = (f for batch in _batches(table, inflow) for f in engine.update(batch))
    spans = {zone: list[Span]() for zone in plant.zones}
    for finding, span in stood(findings, (int(table.t_ns[-1]) + table.period_ns) / 1e9):
        spans[finding.zone or ""].append(span)
    return list(spans.values())


def district_plant(table: Table) -> tuple[Plant, list[AlarmDefinition]]:
    """A utility of these districts, each with one inflow meter and a row that looks for bursts."""
    zones, tags, rows = dict[str, Zone](), dict[str, Tag](), list[AlarmDefinition]()
    for name in table.names:
        text, tag = Text(name, name), f"{name}.inflow"
        zones[name] = Zone(id=name, name=text, kind=ZoneKind.DMA, inflow=(tag,))
        period_s = table.period_ns / 1e9
        tags[tag] = Tag(
            id=tag, quantity=Quantity.FLOW, unit="m3/h", name=text, station=name, period_s=period_s, zone=name
        )
        rows.append(row_with(f"{name}:burst", FindingKind.BURST, zone=name))
    return plant_with(tags, zones), rows


def _batches(table: Table, inflow: Floats) -> list[Batch]:
    """A week at a time."""
    names = Names.one("dma", tuple(f"{name}.inflow" for name in table.names))
    return batches(names, inflow, table.t_ns + table.period_ns, 7 * DAY_S * 10**9 // table.period_ns)


def _figures(trial: Trial, n: int) -> list[Figure]:
    figures = []
    for share, goal, median_h in GOALS:
        all_ = together(trial.found[share])
        delays = [d / HOUR_S for d in all_.delays_s if d is not None] if not all_.always_on else []
        name, median = f"{share:.0%} of the mean inflow", float(np.median(delays)) if delays else float("inf")
        figures += [
            Figure(f"{name}: found within 24 h", all_.within(DAY_S) / n, f"of {n}", goal, "higher"),
            Figure(f"{name}: found within 72 h", all_.found / n, f"of {n}", None, "higher"),
            Figure(f"{name}: delay of those found, median", median, "h", median_h, "lower"),
            Figure(f"{name}: alarm time outside", 100 * all_.outside_share, "%", 1.0, "lower"),
        ]
    clean = together(trial.clean)
    return [
        *figures,
        Figure("other alarms", clean.per_sensor_month, "a DMA-month", OTHERS, "lower"),
        Figure("watched", clean.sensor_months, "DMA-months", None, "higher"),
    ]


def _oracle(trials: Sequence[Trial], table: Table) -> list[Figure]:
    """Beside it: for each district the bar that would have been best, known only afterwards."""
    figures, own = list[Figure](), ORACLE.index(1.0)
    kept = dict[float, list[Score]]((share, []) for share, *_ in GOALS)
    for column, name in enumerate(table.names):
        quiet = [t for t in trials if t.clean[column].per_sensor_month <= OTHERS] or [trials[-1]]
        best = max(quiet, key=lambda t: sum(t.found[share][column].within(DAY_S) for share in kept))
        for share in kept:
            kept[share].append(best.found[share][column])
            for whose, trial in (("", trials[own]), (", oracle", best)):
                scored = trial.found[share][column]
                if n := len(scored.delays_s):
                    value = scored.within(DAY_S) / n
                    figures.append(Figure(f"{name} {share:.0%}{whose}", value, f"of {n}", None, "higher"))
        others = trials[own].clean[column].others / (trials[own].clean[column].sensor_months or np.nan)
        figures.append(Figure(f"{name} other alarms", others, "a month", None, "lower"))
    for share, scores in kept.items():
        whole = together(scores)
        value = sum(s.within(DAY_S) for s in scores) / len(whole.delays_s)
        figures.insert(0, Figure(f"oracle {share:.0%}: within 24 h", value, "", None, "higher"))
    return figures
