"""The town's physics, live: demand, hydraulics, chlorine, troubles, and what the instruments show of it."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import LinkKind, NodeKind
from core.model.tag import Quantity
from core.ports.hydraulics import HydraulicState
from simulators.demand import Demand
from simulators.lived import EVERY_NS, Damaged, Lived, Stand
from simulators.noise import Floats, Times
from simulators.sensors import Readings, Sensors, read_sensors
from simulators.trouble_places import Places
from simulators.troubles import Kind, Trouble, WrongOrder
from simulators.water import Water
from simulators.wells import ClearWells

_log = logging.getLogger(__name__)
S = 1_000_000_000
STATE = "state.json"
LONGEST_STEP_S = 300
LEAK_GROWS_H = 24.0
WEEK_S = 7 * 86_400
NUDGE = 0.05
"""Of an area's demand, to see how the network answers."""
REGISTERS_BEGIN_S = 1_767_542_400
"""Monday 2026-01-05 00:00 in Shanghai: when every meter of the town was new."""


class World:
    """config: the utility's folder (areas, instruments); truth_inp: the network as it really is."""

    def __init__(self, config: Path, truth_inp: Path, seed: int, start_ns: int) -> None:
        self._engine = EpanetHydraulics.open(truth_inp)
        self._rows = read_sensors(config)
        self._sensors = Sensors(self._rows, seed)
        self._troubles: dict[str, Trouble] = {}
        self._asked = 0
        self.now_ns = start_ns
        self.tags = tuple(row.tag for row in self._rows)
        self.quantities = tuple(row.quantity for row in self._rows)
        zone_of = _zones(config)
        self.areas = sorted({zone for zone in zone_of.values() if zone.startswith("dma")})
        base = self._engine.base_demand_m3h
        elsewhere = len(self.areas)
        area = {name: i for i, name in enumerate(self.areas)}
        self._area_of = np.array([area.get(zone_of.get(node, ""), elsewhere) for node in self._engine.nodes])
        means = np.bincount(self._area_of, base, elsewhere + 1)[:elsewhere]
        self.means_m3h: Floats = means.astype(np.float64)
        self.mean_m3h = dict(zip(self._engine.nodes, base.tolist(), strict=True))
        self.demand = Demand(seed, base, self._area_of)
        self._water = Water(self._rows, seed)
        self._wells = ClearWells(self._rows, self._reservoirs(), self.demand)
        self._node = {node: i for i, node in enumerate(self._engine.nodes)}
        self._link = {link: i for i, link in enumerate(self._engine.links)}
        rng = np.random.default_rng([seed, 4, start_ns // S])
        self._places = Places(self._engine, self._rows, zone_of, self.areas, self.means_m3h, rng)
        self._saved = truth_inp.with_name(STATE)
        self._lived = Lived()
        if self._saved.exists():
            self._live_again()
        self._state = self._step(1, start_ns)

    def save(self) -> None:
        """Keeps how it stands beside the truth, so that the next world goes on from here."""
        self._lived.save(self._saved, self._stand(self._state, self.now_ns), self.troubles)

    def _stand(self, state: HydraulicState, t_ns: int) -> Stand:
        pumps = {id: bool(abs(state.flow_m3h[self._link[id]]) > 0.01) for id in self._pumps()}
        tanks = {id: float(state.pressure_m[self._node[id]]) for id in self._tanks()}
        chlorine = dict(zip(self._engine.nodes, state.chlorine_mg_l.round(4).tolist(), strict=True))
        return Stand(t_ns, pumps, tanks, chlorine)

    def _live_again(self) -> None:
        """Through the last days up to where the saved town stood, with all that ran; of that nothing runs on
        until somebody resumes it."""
        start_ns = self.now_ns
        try:
            self._lived, last, troubles = Lived.load(self._saved)
        except Damaged as why:
            aside = self._saved.with_suffix(".damaged")
            self._saved.replace(aside)
            _log.warning("%s: %s. It is kept as %s, and the town begins anew.", self._saved, why, aside.name)
            return
        if start_ns - last.t_ns > EVERY_NS:  # what was in the pipes then is gone
            self._lived = Lived()
        first = self._lived.stands[0] if self._lived.stands else last
        for node, mg_l in first.chlorine.items():
            self._engine.set_chlorine(node, mg_l)
        self._put(first)
        self._state, self.now_ns = self._engine.solve(), first.t_ns
        for trouble in sorted(troubles, key=lambda trouble: trouble.start_ns) if first is not last else ():
            self.move(trouble.start_ns)
            self._troubles[trouble.id] = trouble
        self.move(last.t_ns)
        for trouble in self.troubles:
            self._undo(trouble)
        self._troubles.clear()
        self._put(last)
        self.now_ns = start_ns

    def _put(self, stand: Stand) -> None:
        for tank, level_m in stand.tanks.items():
            self._engine.set_level(tank, level_m)
        for pump, running in stand.pumps.items():
            self._engine.set_open(pump, running)

    def _pumps(self) -> list[str]:
        return [link.id for link in self._engine.network.links.values() if link.kind is LinkKind.PUMP]

    def _tanks(self) -> list[str]:
        return [node.id for node in self._engine.network.nodes.values() if node.kind is NodeKind.TANK]

    def _reservoirs(self) -> set[str]:
        return {n.id for n in self._engine.network.nodes.values() if n.kind is NodeKind.RESERVOIR}

    def close(self) -> None:
        self._engine.close()

    @property
    def troubles(self) -> list[Trouble]:
        return list(self._troubles.values())

    def advance(self, to_ns: int) -> Readings:
        """Moves on to `to_ns` (plant time, UTC ns) and reads every instrument there."""
        self.move(to_ns)
        values = self.physical(self._state)[None, :]
        true = self.dress(values, np.array([to_ns / S]), self._troubles.values())[0]
        return self.read(true, to_ns, self._troubles.values())

    def read(self, true: Floats, t_ns: int, troubles: Iterable[Trouble]) -> Readings:
        """What the instruments make of true values at one time, faults included."""
        return self._sensors.read(true, t_ns, troubles)

    def move(self, to_ns: int) -> HydraulicState:
        """Moves the water on without reading anything, in whole seconds: up to one behind, never ahead."""
        while (behind_s := (to_ns - self.now_ns) // S) > 0:
            seconds = min(LONGEST_STEP_S, behind_s)
            self.now_ns += seconds * S
            self._state = self._step(seconds, self.now_ns)
        return self._state

    def physical(self, state: HydraulicState) -> Floats:
        """What EPANET says of each instrument's place, (n_tags,); 0 where it knows nothing."""
        values = np.zeros(len(self._rows))
        for i, row in enumerate(self._rows):
            match row.quantity:
                case Quantity.FLOW:
                    values[i] = state.flow_m3h[self._link[row.link or ""]]
                case Quantity.PRESSURE | Quantity.LEVEL:
                    values[i] = state.pressure_m[self._node[row.node or ""]]
                case Quantity.STATUS:
                    values[i] = abs(state.flow_m3h[self._link[row.link or ""]]) > 1
                case Quantity.FREE_CHLORINE:
                    values[i] = state.chlorine_mg_l[self._node[row.node or ""]]
        return values

    def response(self) -> Floats:
        """How much each instrument's place changes with one m3/h more in each area, about the mean demand:
        (n_areas, n_tags)."""
        base = self._engine.base_demand_m3h
        self._engine.set_demand(base)
        before = self.physical(self._engine.solve())
        answers = []
        for area, mean in enumerate(self.means_m3h):
            self._engine.set_demand(base * np.where(self._area_of == area, 1 + NUDGE, 1.0))
            answers.append((self.physical(self._engine.solve()) - before) / max(NUDGE * mean, 1e-9))
        self._engine.set_demand(self.demand.junctions(self.now_ns // S))
        self._state = self._engine.solve()
        return np.array(answers).reshape(len(self.areas), len(self._rows))

    def ground_m(self) -> Floats:
        """Elevation of each instrument's place, (n_tags,); 0 where it has none."""
        nodes = self._engine.network.nodes
        return np.array([nodes[row.node].elevation_m if row.node else 0.0 for row in self._rows])

    def dress(self, values: Floats, t_s: Floats, troubles: Iterable[Trouble]) -> Floats:
        """Adds to `physical` values, (n_times, n_tags), what EPANET does not know: clear wells, the
        rest of the water's quality, and what troubles do to it. In place."""
        self._wells.fill(values, t_s)
        self._water.fill(values, t_s, troubles)
        return values

    def show(self, true: Floats, t_ns: Times) -> Floats:
        """Measured values of true ones, (n_times, n_tags)."""
        return self._sensors.show(true, t_ns)

    def order(self, command: dict[str, Any]) -> dict[str, Any]:
        """Does what is asked now, and answers with the truth. Raises WrongOrder."""
        if command.get("command") == "clear":
            cleared = [trouble.id for trouble in self._troubles.values()]
            for id in cleared:
                self._end(id)
            return {"cleared": cleared}
        kinds = [kind.value for kind in Kind]
        if command.get("command") not in kinds:
            raise WrongOrder(f"there is no command {command.get('command')!r}; use one of {', '.join(kinds)}")
        self._asked += 1
        id = f"trouble-{self.now_ns // S}-{self._asked}"
        lasts_s = command.get("duration_s")
        end_ns = None if lasts_s is None else self.now_ns + round(float(lasts_s) * S)
        bare = Trouble(id=id, kind=Kind(command["command"]), start_ns=self.now_ns, end_ns=end_ns)
        trouble = self._places.placed(bare, command, self._state)
        self._troubles[id] = trouble
        return trouble.truth()

    def resume(self, trouble: Trouble) -> None:
        """A trouble that began before this world did."""
        self._troubles[trouble.id] = trouble
        self._asked = max(self._asked, len(self._troubles))

    def end(self, id: str) -> None:
        """A trouble is over. Raises KeyError."""
        self._end(id)

    def meter_m3(self, shares_m3h: Floats, areas: npt.NDArray[np.int64], t_s: float) -> Floats:
        """Registers of meters whose mean uses are `shares_m3h`, in areas given by index, at one time."""
        weeks, rest = divmod(t_s - REGISTERS_BEGIN_S, WEEK_S)
        used = np.concatenate([np.zeros((1, self.demand.week.shape[1])), np.cumsum(self.demand.week, axis=0)])
        hour, share = int(rest // 3600), rest % 3600 / 3600
        hours = used[-1] * weeks + used[hour] + self.demand.week[hour] * share
        registers: Floats = 100 + shares_m3h * hours[areas]
        return registers

    def wanted(self, t_s: Floats) -> Floats:
        """Each area's demand, (n_times, n_areas), m3/h."""
        n = len(self.areas)
        factors = self.demand.factors(t_s)[:, :n] * (1 + self.demand.zone_noise(t_s.astype(np.int64))[:, :n])
        wanted: Floats = factors * self.means_m3h
        return wanted

    def _step(self, seconds: int, at_ns: int) -> HydraulicState:
        for id in [t.id for t in self._troubles.values() if t.end_ns is not None and t.end_ns <= at_ns]:
            self._end(id)
        self._engine.set_demand(self.demand.junctions(at_ns // S))
        for trouble in self._troubles.values():
            if trouble.pump:
                self._engine.set_open(trouble.pump, False)
            if trouble.coefficient:
                grown = 1.0
                if trouble.kind is Kind.LEAK:
                    grown = min(1.0, max(0.0, (at_ns - trouble.start_ns) / 3.6e12 / LEAK_GROWS_H) + 0.05)
                for end in trouble.ends:
                    self._engine.set_leak(end, trouble.coefficient * grown / len(trouble.ends))
        state = self._engine.advance(seconds)
        if self._lived.due(at_ns):
            self._lived.note(self._stand(state, at_ns))
        return state

    def _end(self, id: str) -> None:
        trouble = self._troubles.pop(id)
        self._sensors.forget(trouble)
        self._lived.end(trouble, self.now_ns)
        self._undo(trouble)

    def _undo(self, trouble: Trouble) -> None:
        if trouble.pump:
            self._engine.set_open(trouble.pump, True)
        for end in trouble.ends if trouble.coefficient else ():
            self._engine.set_leak(end, 0.0)


def _zones(config: Path) -> dict[str, str]:
    """Zone of each node, by the utility's own model."""
    with (config / "hub.yaml").open(encoding="utf-8") as file:
        network = config / (yaml.safe_load(file).get("network") or "network.inp")
    known = EpanetHydraulics.open(network)
    zones = {node.id: node.zone for node in known.network.nodes.values() if node.zone}
    known.close()
    return zones
