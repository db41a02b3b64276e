"""A water-quality event at a station: its quantities step away from what was usual, one or several at once.

Residuals and binomial event discriminator as in `quality_station`, with their papers (Hart et al. 2007); the
class is the nearest of signed fingerprints. A row that needs two and more quantities to move at once has
`quality_together` in its place. A class is a hint for who looks, and no part of the decision.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from alarms.bins import Bins, Rows, width_for
from alarms.detectors.detector import State
from alarms.detectors.quality_station import Moment, QualityStation
from alarms.detectors.quality_together import TogetherStation
from alarms.detectors.watches import Learners
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.sample import Floats
from core.model.tag import Quantity, Tag
from core.runtime.numbering import Numbering

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
    "ph_up": {PH: 1},
    "ph_down": {PH: -1},
    "acid_or_alkali": {PH: 1, Quantity.REDOX: -1},
}
"""Which way each quantity goes."""
INSTRUMENT, UNKNOWN = "instrument", "unknown"
ALIKE = 0.7
"""Cosine of the angle to a fingerprint from which on an event is called so."""
CAPPED = 10.0
"""Spreads beyond which a quantity counts no more for its class."""


class Watch:
    """A definition with the tags of its station that it looks at: of its quantities, or all that are watched.

    What lasts for its on-delay is told. An end is told at once: it takes usual values by itself."""

    LEARNS_DAYS = 8
    """The values of `quality_station.PAST` also where they were kept every five minutes."""

    def __init__(self, row: AlarmDefinition, tags: Sequence[Tag], speed: float) -> None:
        self.row, self._tags, self._speed = row, tags, speed
        self.bins = Bins([tag.id for tag in tags], width_for(max(tag.period_s for tag in tags) * speed))
        least = np.array([LEAST[tag.quantity] for tag in tags])
        self.station = TogetherStation(least, row.needs) if row.needs > 1 else QualityStation(least)
        self._since_ns: int | None = None
        self.told = False

    def afresh(self) -> "Watch":
        return Watch(self.row, self._tags, self._speed)

    def advance(self, rows: Rows) -> list[Finding]:
        findings, delay_ns = list[Finding](), int(self.row.on_delay_s * SECOND)
        for i, t_ns in enumerate(self.bins.times(rows).tolist()):
            moment = self.station.step(rows.mean[i])
            if moment is not None:
                self._since_ns = t_ns if moment.begins else None
                if self.told and not moment.begins:
                    findings.append(self._finding(moment, t_ns, rows.mean[i]))
                    self.told = False
            since_ns, now = self._since_ns, self.station.now
            if since_ns is not None and now is not None and not self.told and t_ns - since_ns >= delay_ns:
                findings.append(self._finding(now, t_ns, rows.mean[i], since_ns))
                self.told = True
        return findings

    def in_place_of(self, other: "Watch", found: list[Finding]) -> list[Finding]:
        """The other's alarm goes on as it stands; else what stands of its own is news."""
        if other.told:
            self.told, self._since_ns, self.station.active = True, other._since_ns, True
            return []
        return found[-1:] if self.told else []

    def forget_alarm(self) -> None:
        """The past was learned from, not watched: what goes on is told anew."""
        self.told = False

    def _finding(self, m: Moment, t_ns: int, values: Floats, since_ns: int | None = None) -> Finding:
        far = np.where(np.isfinite(m.z), np.abs(m.z), -1.0)
        order = np.argsort(-far, kind="stable")
        first = int(order[0])
        evidence: dict[str, float | str] = {
            "score_in": "spreads of the quantity's own wandering",
            "station": self.row.station or "",
        }
        if m.probability is not None:
            evidence["probability"] = round(m.probability, 4)
        if since_ns is not None:
            evidence["class"] = class_of([tag.quantity for tag in self._tags], m.z, self.station.bar)
            evidence["onset_s"] = float(since_ns // SECOND)
            evidence["reference"] = float(m.usual[first])
        elif m.rebased:
            evidence["reason"] = "rebased"
        evidence |= {f"z:{self._tags[i].id}": round(float(m.z[i]), 2) for i in order if far[i] >= 0}
        return Finding(
            alarm=self.row.id,
            kind=self.row.kind,
            verb=Verb.CLEAR if since_ns is None else Verb.RAISE,
            t_ns=t_ns,
            tags=tuple(self._tags[i].id for i in order),
            zone=self.row.zone or self._tags[0].zone,
            value=float(values[first]),
            limit=float(m.usual[first] + np.sign(m.z[first]) * self.station.bar * m.spread[first]),
            score=float(far[first]),
            began_ns=since_ns,
            evidence=evidence,
        )

    def snapshot(self) -> State:
        since = {"since_ns": self._since_ns, "told": self.told, "needs": self.row.needs}
        return {"bins": self.bins.snapshot(), "station": self.station.snapshot(), **since}

    def restore(self, state: State) -> None:
        """A snapshot of other tags, another grid or another need is left aside: the past is learned anew."""
        known = isinstance(state, Mapping) and state["needs"] == self.row.needs
        if known and self.bins.fits(state["bins"]):
            self.bins.restore(state["bins"])
            self.station.restore(state["station"])
            self._since_ns, self.told = state["since_ns"], state["told"]


class QualityEvents(Learners[Watch]):
    """One `Watch` a row. speed: plant seconds in a real second."""

    def __init__(self, rows: Iterable[AlarmDefinition], plant: Plant, speed: float, tags: Numbering) -> None:
        super().__init__((_watch(row, plant, speed) for row in rows), tags)

    def scale_bars(self, by: float) -> None:
        """For a bench that looks what another bar would have found."""
        for watch in self.watches.values():
            watch.station.bar *= by


def _watch(row: AlarmDefinition, plant: Plant, speed: float) -> Watch:
    whole = [tag for tag in plant.tags_at(row.station or "") if tag.quantity in WATCHED]
    mine = [tag for tag in whole if not row.quantities or tag.quantity in row.quantities]
    if not mine:
        raise ValueError(f"alarm {row.id}: its station has no such quality tags")
    return Watch(row, mine, speed)


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
