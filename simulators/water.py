"""Water quality beside chlorine: turbidity, pH, conductivity, temperature, and what troubles do to them.

Modest models: each station has its own level, drifts slowly around it, and a trouble of its area reaches
it within minutes. Chlorine itself is EPANET's; a trouble scales it.
"""

from collections.abc import Iterable

import numpy as np

from core.model.tag import Quantity
from simulators.noise import Floats, drawn
from simulators.sensors import SensorRow
from simulators.troubles import Kind, QualityKind, Trouble

LEVEL = {
    Quantity.TURBIDITY: (0.12, 0.32),
    Quantity.PH: (7.2, 7.6),
    Quantity.CONDUCTIVITY: (360.0, 420.0),
    Quantity.TEMPERATURE: (13.0, 15.0),
}
"""Between which each station's own level lies."""
SWING = {Quantity.TURBIDITY: 0.03, Quantity.PH: 0.04, Quantity.CONDUCTIVITY: 6.0, Quantity.TEMPERATURE: 0.6}
RISE_S = 480.0
"""A trouble of the water reaches a station's full reading within this time."""
EFFECT: dict[QualityKind, tuple[Quantity, float, float]] = {
    QualityKind.CHLORINE_LOSS: (Quantity.FREE_CHLORINE, 0.04, 0.0),
    QualityKind.CHLORINE_OVERFEED: (Quantity.FREE_CHLORINE, 1.0, 2.2),
    QualityKind.TURBIDITY: (Quantity.TURBIDITY, 1.0, 4.5),
    QualityKind.PH: (Quantity.PH, 1.0, 1.6),
    QualityKind.CONDUCTIVITY: (Quantity.CONDUCTIVITY, 1.0, 400.0),
}
"""Which quantity, by what it is multiplied and what is added, at full effect."""
BURST_TURBIDITY_NTU = 0.25
"""What a burst stirs up in its own area."""


class Water:
    def __init__(self, rows: list[SensorRow], seed: int) -> None:
        own = [drawn(seed, f"water {row.tag}") for row in rows]
        self._rows = rows
        levels = [LEVEL.get(row.quantity, (0.0, 0.0)) for row in rows]
        self._level = np.array([rng.uniform(*level) for rng, level in zip(own, levels, strict=True)])
        self._swing = np.array([SWING.get(row.quantity, 0.0) for row in rows])
        self._phase = np.array([rng.uniform(0, 2 * np.pi, 3) for rng in own]).T
        self._modelled = np.array([row.quantity in LEVEL for row in rows])

    def fill(self, values: Floats, t_s: Floats, troubles: Iterable[Trouble]) -> None:
        """Fills in the quantities modelled here and lays troubles over all. values: (n_times, n_tags)."""
        turns = np.array([86_400.0, 5.3 * 86_400, 7_400.0])
        waves = np.sin(2 * np.pi * t_s[:, None, None] / turns[:, None] + self._phase).sum(axis=1) / 2
        own = self._level + self._swing * waves
        values[:, self._modelled] = own[:, self._modelled]
        for trouble in troubles:
            share = np.clip((t_s - trouble.start_ns / 1e9) / RISE_S, 0, 1)
            if trouble.end_ns is not None:
                share = np.where(t_s < trouble.end_ns / 1e9, share, 0)
            if trouble.kind is Kind.QUALITY and trouble.detail:
                self._lay(values, trouble.zone, *EFFECT[QualityKind(trouble.detail)], share)
            elif trouble.kind is Kind.BURST:
                self._lay(values, trouble.zone, Quantity.TURBIDITY, 1.0, BURST_TURBIDITY_NTU, share)

    def _lay(
        self, values: Floats, zone: str | None, quantity: Quantity, factor: float, plus: float, share: Floats
    ) -> None:
        """At the area's first station only: the other end of a large area keeps its water."""
        here = next(
            (i for i, row in enumerate(self._rows) if (row.zone, row.quantity) == (zone, quantity)), None
        )
        if here is not None:
            values[:, here] = values[:, here] * (1 + (factor - 1) * share) + plus * share
