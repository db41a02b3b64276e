"""A water-quality event at a station: its quantities step away from what was usual, one or several at once.

Residuals and binomial event discriminator as in `quality_station`, with their papers (Hart et al. 2007); the
class is the nearest of signed fingerprints. A row that needs two and more quantities to move at once has
`quality_together` in its place. A class is a hint for who looks, and no part of the decision.
"""

from collections.abc import Iterable

import numpy as np

from alarms.bins import Bins, width_for
from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.detectors.quality_station import Moment, QualityStation
from alarms.detectors.quality_together import TogetherStation
from alarms.gathered import Gathered
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from core.runtime.numbering import Numbering, Numbers

LEAST = {
    Quantity.FREE_CHLORINE: 0.004,
    Quantity.TOTAL_CHLORINE: 0.004,
    Quantity.PH: 0.01,
    Quantity.TURBIDITY: 0.002,
    Quantity.CONDUCTIVITY: 1.0,
    Quantity.REDOX: 1.0,
    Quantity.TOC: 0.02,
}
"""Least spread to be believed, in the quantity's usual unit: what its instruments resolve."""
WATCHED = frozenset(LEAST)
"""A change of temperature is an operation's or the weather's: it is none of them."""
FREE, PH, TURBIDITY, CONDUCTIVITY = "residual", Quantity.PH, Quantity.TURBIDITY, Quantity.CONDUCTIVITY
CLASSES: dict[str, dict[str, int]] = {
    "loss_of_residual": {FREE: -1, Quantity.REDOX: -1, Quantity.TOC: 1},
    "overfeed": {FREE: 1, Quantity.REDOX: 1},
    "main_break": {TURBIDITY: 1, FREE: -1},
    "turbidity": {TURBIDITY: 1},
    "source_change": {CONDUCTIVITY: 1, PH: -1},
    "source_change_back": {CONDUCTIVITY: -1, PH: 1},
    "acid_or_alkali": {PH: 1, Quantity.REDOX: -1},
}
"""Which way each quantity goes."""
INSTRUMENT, UNKNOWN = "instrument", "unknown"
ALIKE = 0.7
"""Cosine of the angle to a fingerprint from which on an event is called so."""
CAPPED = 10.0
"""Spreads beyond which a quantity counts no more for its class."""


class QualityEvents:
    """One `QualityStation`, or `TogetherStation`, a definition. speed: plant seconds in a real second."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        self._stations: list[_Watch] = []
        at: dict[str, list[Tag]] = {}
        for tag in plant.tags.values():
            if tag.quantity in WATCHED:
                at.setdefault(tag.station, []).append(tag)
        for row in rows:
            if row.station not in at:
                raise ValueError(f"alarm {row.id}: its station has no quality tags")
            self._stations.append(_Watch(row, at[row.station], speed))
        self._gathered = Gathered([watch.bins for watch in self._stations], tags)

    @property
    def tags(self) -> Numbers:
        return self._gathered.tags

    def scale_bars(self, by: float) -> None:
        """For a bench that looks what another bar would have found."""
        for watch in self._stations:
            watch.station.bar *= by

    def update(self, s: Slice) -> list[Finding]:
        found = []
        for n, done in self._gathered.add(s):
            watch = self._stations[n]
            for moment in watch.station.advance(done.mean):
                found.append(watch.finding(moment, (done.k + moment.row) * watch.bins.width_ns, done.mean))
        return found

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def snapshot(self) -> State:
        self._gathered.settle()
        return {w.row.id: [w.bins.snapshot(), w.station.snapshot(), w.row.needs] for w in self._stations}

    def restore(self, state: State) -> None:
        self._gathered.forget()
        for watch in self._stations:
            bins, station, *needs = state.get(watch.row.id, (None, None))
            if bins is not None and watch.bins.fits(bins) and watch.row.needs == (needs or [1])[0]:
                watch.bins.restore(bins)
                watch.station.restore(station)


class _Watch:
    """A definition with its station's tags."""

    def __init__(self, row: AlarmDefinition, tags: list[Tag], speed: float) -> None:
        period_s = max(tag.period_s for tag in tags) * speed
        self.row, self._tags = row, tags
        self.bins = Bins([tag.id for tag in tags], width_for(period_s))
        least = np.array([LEAST[tag.quantity] for tag in tags])
        self.station = TogetherStation(least, row.needs) if row.needs > 1 else QualityStation(least)

    def finding(self, m: Moment, t_ns: int, values: Floats) -> Finding:
        far = np.where(np.isfinite(m.z), np.abs(m.z), -1.0)
        order = np.argsort(-far, kind="stable")
        first = int(order[0])
        evidence: dict[str, float | str] = {
            "score_in": "spreads of the quantity's own wandering",
            "station": self.row.station or "",
        }
        if m.probability is not None:
            evidence["probability"] = round(m.probability, 4)
        if m.begins:
            evidence["class"] = class_of([tag.quantity for tag in self._tags], m.z, self.station.bar)
        evidence |= {f"z:{self._tags[i].id}": round(float(m.z[i]), 2) for i in order if far[i] >= 0}
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=Verb.RAISE if m.begins else Verb.CLEAR,
            t_ns=t_ns,
            tags=tuple(self._tags[i].id for i in order),
            zone=self.row.zone or self._tags[0].zone,
            value=float(values[m.row, first]),
            limit=float(m.usual[first]),
            score=float(far[first]),
            evidence=evidence,
        )


def class_of(quantities: list[Quantity], z: Floats, bar: float) -> str:
    """The nearest fingerprint, `unknown` where none is near. Two residuals that go apart are an
    instrument's."""
    moved: dict[str, list[float]] = {}
    for quantity, one in zip(quantities, np.clip(np.nan_to_num(z), -CAPPED, CAPPED).tolist(), strict=True):
        moved.setdefault(_family(quantity), []).append(one if abs(one) > bar / 2 else 0.0)
    away = {family: sum(all_) / len(all_) for family, all_ in moved.items()}
    twins_apart = any(len(all_) > 1 and min(all_) < 0 < max(all_) for all_ in moved.values())
    if twins_apart:
        return INSTRUMENT
    likeness = {name: _cosine(away, signs) for name, signs in CLASSES.items()}
    best = max(likeness, key=lambda name: likeness[name])
    return best if likeness[best] >= ALIKE else UNKNOWN


def _family(quantity: Quantity) -> str:
    return FREE if quantity in (Quantity.FREE_CHLORINE, Quantity.TOTAL_CHLORINE) else quantity


def _cosine(away: dict[str, float], signs: dict[str, int]) -> float:
    """Over what the station measures."""
    shared = {name: sign for name, sign in signs.items() if name in away}
    length = (sum(v * v for v in away.values()) * len(shared)) ** 0.5
    return sum(sign * away[name] for name, sign in shared.items()) / length if length else 0.0
