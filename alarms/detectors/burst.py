"""Bursts: each district's inflow stepping away from its expected week, with its pressures in agreement."""

from collections.abc import Callable, Iterable
from functools import partial
from math import isfinite
from typing import NamedTuple

import numpy as np

from alarms.bins import Rows, width_for
from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.detectors.inflow_change import Change, Drops
from alarms.detectors.zone_inflow import ZoneInflow
from alarms.gathered import Gathered
from alarms.meanwhile import Meanwhile, caught_up
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, Verb
from core.model.plant import Plant
from core.model.tag import Quantity
from core.runtime.numbering import Numbering, Numbers

OFTEN_S = 10.0
"""Where every flow meter tells its value as often, a large burst need not wait for the end of a bin."""


class BurstTold(NamedTuple):
    """Of a zone, by t_ns: how large a burst stands. usual: it goes on, and its alarm has ended with it."""

    zone: str
    t_ns: int
    stands_m3h: float
    usual: bool


class Bursts:
    """One `ZoneInflow` a definition. speed: plant seconds in a real second. heard: is told what is said."""

    def __init__(
        self,
        rows: Iterable[AlarmDefinition],
        plant: Plant,
        speed: float,
        tags: Numbering,
        heard: Callable[[BurstTold], None] = lambda _: None,
    ) -> None:
        self._heard = heard
        self._rows: dict[str, AlarmDefinition] = {}
        self._meanwhile = Meanwhile()
        self._made: dict[str, Callable[[], ZoneInflow]] = {}
        self.zones: dict[str, ZoneInflow] = {}
        for row in rows:
            zone = plant.zones.get(row.zone or "")
            if zone is None or not zone.inflow:
                raise ValueError(f"alarm {row.id}: a burst is looked for in a zone with an inflow meter")
            pressures = (tag.id for tag in plant.tags_of(zone.id) if tag.quantity is Quantity.PRESSURE)
            period_s = max(plant.tags[tag].period_s for tag in (*zone.inflow, *zone.outflow)) * speed
            self._rows[zone.id] = row
            width_ns, often = width_for(period_s), period_s <= OFTEN_S
            made = partial(ZoneInflow, zone.inflow, zone.outflow, tuple(pressures), width_ns, often)
            self._made[zone.id], self.zones[zone.id] = made, made()
        between = {id: zone.between.bins for id, zone in self.zones.items() if zone.between is not None}
        self._gathered = Gathered([*(zone.bins for zone in self.zones.values()), *between.values()], tags)
        self._of_grid = [*((id, False) for id in self.zones), *((id, True) for id in between)]

    @property
    def tags(self) -> Numbers:
        return self._gathered.tags

    def update(self, s: Slice) -> list[Finding]:
        whole, parts = dict[str, Rows](), dict[str, Rows]()
        for n, done in self._gathered.add(s):
            id, between = self._of_grid[n]
            (parts if between else whole)[id] = done
        findings = []
        for id in {**whole, **parts}:
            zone = self.zones[id]
            if id in whole:
                self._meanwhile.keep(id, whole[id], zone.bins.width_ns)
            changes = zone.advance(whole.get(id), parts.get(id))
            findings += [self._finding(id, zone, change) for change in changes]
            for change in changes:
                self._heard(_told(id, change))
        return findings

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def wait(self) -> None:
        """Districts that have heard nothing yet keep what they hear until somebody teaches them the past."""
        self._meanwhile.wait(id for id, zone in self.zones.items() if zone.bins.base is None)

    @property
    def unlearned(self) -> Iterable[str]:
        """Districts that wait for their past."""
        return self._meanwhile.rows

    @property
    def unlearned_alarms(self) -> list[str]:
        return [self._rows[id].id for id in self._meanwhile.rows]

    def first_heard(self, id: str) -> int | None:
        """The first bin; None before anything was heard."""
        return self._meanwhile.first(id, self.zones[id].bins)

    def afresh(self, id: str) -> ZoneInflow:
        """Another for the same district, that knows nothing."""
        return self._made[id]()

    def adopt(self, id: str, learned: ZoneInflow) -> list[Finding] | None:
        """It goes on in place of the one that waited. A burst that began meanwhile and goes on is told; one
        that was told already stands. None when it has to learn again."""
        zone = self.zones[id]
        if id not in self._meanwhile.rows:
            return []
        missed = caught_up(learned.bins, zone.bins, self._meanwhile.rows[id])
        if missed is None:
            return None
        changes = [change for rows in missed for change in learned.advance(rows)]
        learned.bins, learned.between, self.zones[id] = zone.bins, zone.between, learned
        del self._meanwhile.rows[id]
        if zone.burst is not None:
            learned.burst = zone.burst
            return []
        raised = max((n for n, change in enumerate(changes) if change.verb is Verb.RAISE), default=0)
        going_on = changes[raised:] if learned.burst is not None else []
        for change in going_on:
            self._heard(_told(id, change))
        return [self._finding(id, learned, change) for change in going_on]

    def snapshot(self) -> State:
        """Without districts that wait for their past: after a restart they wait anew."""
        self._gathered.settle()
        waiting = self._meanwhile.rows
        return {id: zone.snapshot() for id, zone in self.zones.items() if id not in waiting}

    def restore(self, state: State) -> None:
        self._gathered.forget()
        for id, zone in self.zones.items():
            if id in state:
                zone.restore(state[id])

    def _finding(self, id: str, zone: ZoneInflow, change: Change) -> Finding:
        burst, row = change.burst, self._rows[id]
        minutes = zone.bins.width_ns / SECOND / 60
        evidence: dict[str, float | str] = {
            "score_in": "robust standard deviations of the inflow step",
            "reason": change.reason,
            "pressure_agrees": burst.agrees,
            "window_min": burst.window_bins * minutes,
            "onset_s": float(burst.onset * zone.bins.width_ns // SECOND),
            "inflow_m3h": round(change.inflow_m3h, 2),
            "expected_m3h": round(change.expected_m3h, 2),
            "share_of_mean": round(burst.size_m3h / zone.week.mean, 3),
        }
        evidence |= _falls(change.drops)
        known = {name: said for name, said in evidence.items() if isinstance(said, str) or isfinite(said)}
        return Finding(
            alarm=row.id,
            kind=row.kind,
            verb=change.verb,
            t_ns=change.t_ns,
            tags=(*zone.flows, *zone.pressures),
            zone=id,
            value=change.inflow_m3h if isfinite(change.inflow_m3h) else None,
            limit=change.expected_m3h + burst.before_m3h,
            score=burst.score,
            size_m3h=burst.size_m3h,
            began_ns=change.back_ns,
            evidence=known,
        )


def _told(zone: str, change: Change) -> BurstTold:
    over = change.verb is Verb.CLEAR and change.reason != "rebased"
    stands = 0.0 if over else change.burst.size_m3h
    return BurstTold(zone, change.t_ns, stands, change.verb is Verb.CLEAR)


def _falls(drops: Drops | None) -> dict[str, float | str]:
    """The fall of each pressure, m, and how widely such falls wander by themselves, as evidence."""
    if drops is None:
        return {}
    falls: dict[str, float | str] = {}
    for tag, fall, sd in zip(drops.tags, drops.drop_m.tolist(), drops.sigma_m.tolist(), strict=True):
        if np.isfinite(fall):
            falls[f"fall_m:{tag}"] = round(fall, 4)
            falls |= {f"fall_sd_m:{tag}": round(sd, 4)} if np.isfinite(sd) else {}
    return falls
