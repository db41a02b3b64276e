"""Two river sondes (Logan River 2019), and stuck, spike, drift and gap laid on what technicians corrected.

Both are run through `alarms.engine` with the rows a plant has for an instrument: flatline (stuck), spike,
stale (gap) and drift beside the sibling, and one of the station's quality that needs two quantities. Limits
were chosen on Main Street; Mendon, or a file never seen, is the test. A fault is typed right when the first
alarm of its tag that begins within it is that of its type; raised as quality when only the station's event
does, and does not call it an instrument's. Real gaps count neither way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from alarms.engine import Engine
from bench.events import MONTH_S, Span, merged, score, stood, together
from bench.fields import Table, batches, read
from bench.figures import Figure
from bench.small_plant import plant_with, row_with
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind
from core.model.plant import Zone, ZoneKind
from core.model.sample import Floats, Int64s, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text

OWN, OTHER = Path("sondes2019") / "MainStreet2019.csv.gz", Path("sondes2019") / "Mendon2019.csv.gz"
COLUMNS = {
    "temp": (Quantity.TEMPERATURE, "Cel", 0.02),
    "cond": (Quantity.CONDUCTIVITY, "uS/cm", 0.2),
    "ph": (Quantity.PH, "pH", 0.02),
    "turb": (Quantity.TURBIDITY, "NTU", 0.05),
}
"""Quantity, unit, and the range that is no movement."""
STUCK, SPIKE, DRIFT, GAP, QUALITY, INSTRUMENT = "stuck", "spike", "drift", "gap", "quality", "instrument"
LASTS_H = {STUCK: 24.0, SPIKE: 0.5, DRIFT: 120.0, GAP: 6.0}
TYPE_OF = {
    FindingKind.FLATLINE: STUCK,
    FindingKind.SPIKE: SPIKE,
    FindingKind.STALE: GAP,
    FindingKind.DRIFT: DRIFT,
}
HOUR_S, DAY_S, SLOT_D, LEARN_D, SEED = 3600.0, 86_400.0, 10.0, 30.0, 8
SPIKE_SD, DRIFT_SD = 8.0, 5.0
STILL_H, APART, LEAPS = 12.0, 2.0, 8.0
"""Limits: hours without movement; spreads of a drift and of a spike."""
TYPED, AS_QUALITY = 95.0, 5.0
SPEED = 300.0
MISSING = 7000.0
"""Of this size and more is a code for none."""


@dataclass(frozen=True, slots=True)
class Fault:
    column: int
    type: str
    span: Span


@dataclass(frozen=True, slots=True)
class Alarm:
    """tag: of the column, or None for its station."""

    type: str
    column: int | None
    span: Span


def measure(data: Path, test: Path | None, short: bool) -> list[Figure]:
    own, other = read(data / OWN), read(test or data / OTHER)
    _, a, b = np.intersect1d(own.t_ns, other.t_ns, return_indices=True)
    if short:
        a, b = a[: len(a) // 4], b[: len(b) // 4]
    if not len(a):
        raise ValueError("the two sondes share no times")
    t_ns, values = own.t_ns[a], [corrected(own, a), corrected(other, b)]
    laid_on, faults = [], []
    for n, clean in enumerate(values):
        placed = lots(clean, t_ns, n)
        faults.append(placed)
        laid_on.append(laid(clean, t_ns, placed, n))
    alarms = raised(laid_on, t_ns)
    figures = _figures(faults[1], alarms[1], values[1], t_ns, "")
    return figures if short else figures + _figures(faults[0], alarms[0], values[0], t_ns, "chosen on, ")


def corrected(sonde: Table, rows: Int64s) -> Floats:
    """What technicians made of it, NaN where a code or a day of one value stands."""
    whole = np.array([sonde.values[rows, sonde.names.index(f"{name}_cor")] for name in COLUMNS]).T
    whole[np.abs(whole) >= MISSING] = np.nan
    day = round(DAY_S / (sonde.period_ns / 1e9))
    for column in whole.T:
        edges = np.flatnonzero(np.concatenate(([True], np.diff(column) != 0, [True])))
        for begin, end in pairwise(edges):
            if end - begin >= day:
                column[begin:end] = np.nan
    return whole


def lots(clean: Floats, t_ns: Int64s, seed: int) -> list[Fault]:
    """One fault in each slot of a column, of the four types in turn, where the day before it and itself are
    known."""
    rng, faults, t_s = np.random.default_rng([SEED, seed]), list[Fault](), t_ns / 1e9
    types = list(LASTS_H)
    for column in range(clean.shape[1]):
        begins = np.arange(t_s[0] + LEARN_D * DAY_S, t_s[-1] - SLOT_D * DAY_S, SLOT_D * DAY_S)
        for n, begin_s in enumerate(begins):
            type = types[(n + column) % len(types)]
            at = int(np.searchsorted(t_s, begin_s + rng.uniform(0, (SLOT_D - 6.0) * DAY_S)))
            span = Span(float(t_s[at]), float(t_s[at]) + LASTS_H[type] * HOUR_S)
            a, b = np.searchsorted(t_s, [span.start_s - DAY_S, span.end_s])
            if b > a and np.isfinite(clean[a:b, column]).mean() > 0.95:
                faults.append(Fault(column, type, span))
    return faults


def laid(clean: Floats, t_ns: Int64s, faults: list[Fault], seed: int) -> Floats:
    """With these faults. Sizes are in robust standard deviations of the column's week."""
    rng, told, t_s = np.random.default_rng([SEED, seed, 1]), clean.copy(), t_ns / 1e9
    for fault in faults:
        a, b, week = np.searchsorted(
            t_s, [fault.span.start_s, fault.span.end_s, fault.span.start_s - 7 * DAY_S]
        )
        column, sign = told[:, fault.column], rng.choice([-1.0, 1.0])
        before = clean[week:a, fault.column]
        sd = max(
            1.4826 * float(np.nanmedian(np.abs(before - np.nanmedian(before)))),
            list(COLUMNS.values())[fault.column][2],
        )
        match fault.type:
            case "stuck":
                column[a:b] = column[a - 1] if np.isfinite(column[a - 1]) else np.nanmedian(before)
            case "spike":
                column[a:b] += sign * SPIKE_SD * sd
            case "drift":
                column[a:b] += sign * DRIFT_SD * sd * (t_s[a:b] - t_s[a]) / (LASTS_H[DRIFT] * HOUR_S)
            case _:
                column[a:b] = np.nan
    return told


def raised(told: list[Floats], t_ns: Int64s) -> list[list[Alarm]]:
    """Of each sonde, what the engine's alarms said."""
    names = tuple(f"s{n}.{name}" for n in range(2) for name in COLUMNS)
    engine = _engine(names, float(np.median(np.diff(t_ns))) / 1e9)
    findings = list[Finding]()
    for k, batch in enumerate(batches(Names.one("sondes", names), np.hstack(told), t_ns, 1)):
        findings += engine.update(batch)
        findings += engine.tick(int(batch.t_ns[-1]), 3.0 * k)
    return [list(_alarms(findings, n, float(t_ns[-1]) / 1e9)) for n in range(2)]


def _alarms(findings: list[Finding], sonde: int, end_s: float) -> Iterator[Alarm]:
    for first, span in stood((f for f in findings if f.alarm.startswith(f"s{sonde}")), end_s):
        type = TYPE_OF.get(first.kind, INSTRUMENT if first.evidence.get("class") == INSTRUMENT else QUALITY)
        name = first.alarm.partition(":")[0].partition(".")[2]
        lasts = Span(span.start_s, max(span.end_s, span.start_s))
        yield Alarm(type, list(COLUMNS).index(name) if name else None, lasts)


def _engine(names: tuple[str, ...], period_s: float) -> Engine:
    text, rows, tags = Text("河", "river"), list[AlarmDefinition](), dict[str, Tag]()
    for id in names:
        station, _, name = id.partition(".")
        quantity, unit, still = COLUMNS[name]
        tags[id] = Tag(
            id=id,
            quantity=quantity,
            unit=unit,
            name=text,
            station=station,
            zone="river",
            period_s=period_s / SPEED,
        )
        other = f"s{1 - int(station[1])}.{name}"
        far = row_with(f"{id}:far", FindingKind.DRIFT, tag=id, zone="river", setpoint=APART)
        stuck = row_with(f"{id}:still", FindingKind.FLATLINE, tag=id, zone="river", setpoint=still)
        rows += [
            replace(far, reference=other, least_sd=still),
            replace(stuck, window_s=STILL_H * HOUR_S),
            replace(row_with(f"{id}:spike", FindingKind.SPIKE, tag=id, setpoint=LEAPS), least_sd=2 * still),
            row_with(f"{id}:gap", FindingKind.STALE, tag=id),
        ]
    rows += [
        replace(row_with(f"{station}:quality", FindingKind.QUALITY_EVENT), station=station, needs=2)
        for station in ("s0", "s1")
    ]
    zones = {"river": Zone(id="river", name=text, kind=ZoneKind.PLANT)}
    return Engine(plant_with(tags, zones), rows, past=True, speed=SPEED)


def first_type(fault: Fault, alarms: list[Alarm]) -> str | None:
    """Of the alarms that begin within it, its tag's first; its station's only when its tag has none."""
    until_s = fault.span.end_s + HOUR_S
    inside = [a for a in alarms if fault.span.start_s <= a.span.start_s < until_s]
    own = [a for a in inside if a.column == fault.column] or [a for a in inside if a.column is None]
    return min(own, key=lambda a: a.span.start_s).type if own else None


def _figures(
    faults: list[Fault], alarms: list[Alarm], clean: Floats, t_ns: Int64s, part: str
) -> list[Figure]:
    goal = None if part else TYPED
    told = [(fault, first_type(fault, alarms)) for fault in faults]
    right = sum(type == fault.type for fault, type in told)
    quality = sum(type == QUALITY for _, type in told)
    n, figures = max(1, len(faults)), list[Figure]()
    figures.append(Figure(f"{part}typed right", 100 * right / n, f"% of {len(faults)}", goal, "higher"))
    most = None if part else AS_QUALITY
    figures.append(Figure(f"{part}raised as quality", 100 * quality / n, "%", most, "lower"))
    for type in LASTS_H:
        of = [said for fault, said in told if fault.type == type]
        share = 100 * sum(said == type for said in of) / max(1, len(of))
        figures.append(Figure(f"{part}{type}: typed right", share, f"% of {len(of)}", None, "higher"))
    watched_s = float(t_ns[-1] - t_ns[0]) / 1e9
    scores = []
    for column in range(len(COLUMNS)):
        own = [_with_grace(f.span) for f in faults if f.column == column]
        own += gaps(clean[:, column], t_ns)
        spans = merged(a.span for a in alarms if a.column == column)
        scores.append(score(spans, own, watched_s))
    whole = together(scores)
    figures += [
        Figure(f"{part}others, a sensor-month", whole.per_sensor_month, "", None, "lower"),
        Figure(f"{part}alarm time outside", 100 * whole.outside_share, "%", None if part else 1.0, "lower"),
    ]
    events = sum(a.type == QUALITY for a in alarms) / (watched_s / MONTH_S)
    return [*figures, Figure(f"{part}quality events in all", events, "a month", None, "lower")]


def gaps(values: Floats, t_ns: Int64s) -> list[Span]:
    """Of the sonde itself."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.isnan(values).astype(np.int8), [0]))))
    t_s = np.append(t_ns, t_ns[-1]) / 1e9
    return [
        _with_grace(Span(float(t_s[a]), float(t_s[b]))) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def _with_grace(span: Span) -> Span:
    """An hour of grace: the alarm ends with the next samples."""
    return Span(span.start_s, span.end_s + HOUR_S)
