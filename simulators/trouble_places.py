"""Where an ordered trouble happens, and how large it is: as the order says, else drawn or as is usual."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import Link, LinkKind
from core.model.tag import Quantity
from core.ports.hydraulics import HydraulicState
from simulators.noise import Floats
from simulators.sensors import SensorRow
from simulators.troubles import FaultKind, Kind, QualityKind, Trouble, WrongOrder, choice, shown

DEFAULT_SHARE = 0.4
"""Of the area's mean inflow: a burst whose size nobody gave."""


class Places:
    """zone_of: by node. areas: metered ones, with means_m3h."""

    def __init__(
        self,
        engine: EpanetHydraulics,
        rows: Sequence[SensorRow],
        zone_of: Mapping[str, str],
        areas: Sequence[str],
        means_m3h: Floats,
        rng: np.random.Generator,
    ) -> None:
        self._network, self._rows, self._zone_of = engine.network, rows, zone_of
        self._node = {node: i for i, node in enumerate(engine.nodes)}
        self._link = {link: i for i, link in enumerate(engine.links)}
        self._areas, self._means_m3h, self._rng = areas, means_m3h, rng

    def placed(self, bare: Trouble, command: Mapping[str, Any], state: HydraulicState) -> Trouble:
        """`bare` with what `command` says of it. state: of the water now. Raises WrongOrder."""
        match bare.kind:
            case Kind.FAULT:
                return self._faulty(bare, command)
            case Kind.PUMP:
                return self._tripped(bare, command, state)
            case Kind.QUALITY:
                detail = choice(QualityKind, command.get("kind"), QualityKind.TURBIDITY)
                return replace(bare, zone=self._area(command.get("zone"), measured=True), detail=detail)
            case Kind.BURST | Kind.LEAK:
                return self._broken(bare, command, state)

    def _tripped(self, bare: Trouble, command: Mapping[str, Any], state: HydraulicState) -> Trouble:
        pumps = [link for link in self._network.links.values() if link.kind is LinkKind.PUMP]
        running = {pump.id: pump for pump in pumps if abs(state.flow_m3h[self._link[pump.id]]) > 1}
        pump = command.get("pump") or next(iter(running), None)
        if pump not in running:
            raise WrongOrder(f"pump {pump!r} does not run; use one of {', '.join(running) or 'none'}")
        return replace(bare, pump=pump, zone=self._zone_of.get(running[pump].b))

    def _faulty(self, bare: Trouble, command: Mapping[str, Any]) -> Trouble:
        rows = {row.tag: row for row in self._rows}
        tag = command.get("tag") or str(self._rng.choice(list(rows)))
        if tag not in rows:
            raise WrongOrder(f"there is no tag {tag!r}")
        detail = choice(FaultKind, command.get("kind"), FaultKind.STUCK)
        value = shown(detail, command.get("value"))
        return replace(bare, tag=tag, zone=rows[tag].zone, detail=detail, value=value)

    def _broken(self, bare: Trouble, command: Mapping[str, Any], state: HydraulicState) -> Trouble:
        link = self._pipe(command.get("pipe"), command.get("zone"))
        zone = self._zone_of[link.b]
        area = self._areas.index(zone)
        flow = float(command.get("flow_m3h") or max(1.0, DEFAULT_SHARE * self._means_m3h[area]))
        ends = (link.a, link.b)
        pressure = np.mean([max(state.pressure_m[self._node[end]], 1.0) for end in ends])
        x, y = self._network.middle(link.id)
        return replace(
            bare, zone=zone, pipe=link.id, ends=ends, x=round(x, 1), y=round(y, 1), flow_m3h=flow,
            coefficient=flow / float(np.sqrt(pressure)),
        )  # fmt: skip

    def _pipe(self, pipe: str | None, zone: str | None) -> Link:
        links = self._network.links
        if pipe is not None:
            if pipe not in links or self._zone_of.get(links[pipe].b) not in self._areas:
                raise WrongOrder(f"there is no pipe {pipe!r} in a metered area")
            return links[pipe]
        area = self._area(zone)
        inside = [
            link
            for link in links.values()
            if link.kind is LinkKind.PIPE and self._zone_of.get(link.a) == area == self._zone_of.get(link.b)
        ]
        return inside[int(self._rng.integers(len(inside)))]

    def _area(self, zone: str | None, *, measured: bool = False) -> str:
        if zone is None:
            with_quality = {row.zone for row in self._rows if row.quantity is Quantity.FREE_CHLORINE}
            areas = [area for area in self._areas if not measured or area in with_quality]
            return str(self._rng.choice(areas))
        if zone not in self._areas:
            raise WrongOrder(f"there is no zone {zone!r}; use one of {', '.join(self._areas)}")
        return zone
