"""Hydraulics and chlorine by EPANET 2.3 (owa-epanet), held in memory and stepped from outside.

Pressure-driven (Wagner et al. 1988, as EPANET 2.2 has it): below the required pressure a junction gets less.
"""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

import epanet.toolkit as en
import numpy as np

from core.adapters.epanet_network import read_network
from core.model.network import Network, NodeKind
from core.ports.hydraulics import Floats, HydraulicError, HydraulicState

MINIMUM_PRESSURE_M = 0.0
REQUIRED_PRESSURE_M = 14.0
"""Below it taps run short (0.14 MPa, the end-of-network service pressure of DBJ41/T 105-2010)."""
DEMAND_EXPONENT = 0.5
QUALITY_STEP_S = 300
LONG_S = 60 * 365 * 86_400
_NODE_READS = (en.PRESSURE, en.DEMAND, en.QUALITY)


class EpanetHydraulics:
    """`core.ports.hydraulics.Hydraulics`. One EPANET project in this process's memory."""

    def __init__(self, project: object, network: Network) -> None:
        self._project = project
        self.network = network
        self.nodes = tuple(network.nodes)
        self.links = tuple(network.links)
        self._node = {node: i + 1 for i, node in enumerate(self.nodes)}
        self._link = {link: i + 1 for i, link in enumerate(self.links)}
        self._is_junction = np.array([n.kind is NodeKind.JUNCTION for n in network.nodes.values()])
        self._columns = {what: _Column(len(self.nodes)) for what in (*_NODE_READS, en.BASEDEMAND)}
        self._flow = _Column(len(self.links))
        self._demand = self._nodes(en.BASEDEMAND)
        self.base_demand_m3h = self._demand.copy()
        self._stepping = False

    @classmethod
    def open(cls, inp: Path, *, valves: Path | None = None) -> Self:
        """Reads a model in any unit EPANET knows. valves: the sidecar of isolation valves. Raises
        HydraulicError when EPANET cannot read it, FileNotFoundError."""
        if not inp.exists():
            raise FileNotFoundError(inp)
        project = en.createproject()
        try:
            en.open(project, str(inp), os.devnull, "")
            en.setflowunits(project, en.CMH)
            en.setdemandmodel(project, en.PDA, MINIMUM_PRESSURE_M, REQUIRED_PRESSURE_M, DEMAND_EXPONENT)
            en.settimeparam(project, en.DURATION, LONG_S)
            en.settimeparam(project, en.PATTERNSTEP, LONG_S)
            en.setoption(project, en.EMITEXPON, 0.5)
            hold_demands(project)
            follow_chlorine(project)
            hydraulics = cls(project, read_network(project, inp, valves))
            en.openH(project)
            en.initH(project, en.INITFLOW)
        except Exception as error:  # the binding raises bare Exception for every EPANET code
            en.deleteproject(project)
            raise HydraulicError(f"{inp}: {error}") from error
        return hydraulics

    def set_demand(self, demand_m3h: Floats) -> None:
        changed = np.flatnonzero((demand_m3h != self._demand) & self._is_junction)
        for i in changed.tolist():
            en.setnodevalue(self._project, i + 1, en.BASEDEMAND, float(demand_m3h[i]))
        self._demand[changed] = demand_m3h[changed]

    def set_leak(self, node: str, coefficient_m3h: float) -> None:
        en.setnodevalue(self._project, self._node[node], en.EMITTER, coefficient_m3h)

    def set_open(self, link: str, open: bool) -> None:
        for what in (en.INITSTATUS, en.STATUS):
            en.setlinkvalue(self._project, self._link[link], what, float(open))

    def set_speed(self, pump: str, speed: float) -> None:
        for what in (en.INITSETTING, en.SETTING):
            en.setlinkvalue(self._project, self._link[pump], what, speed)

    def set_level(self, tank: str, level_m: float) -> None:
        low, high = (
            en.getnodevalue(self._project, self._node[tank], end) for end in (en.MINLEVEL, en.MAXLEVEL)
        )
        en.setnodevalue(self._project, self._node[tank], en.TANKLEVEL, min(max(level_m, low), high))
        if not self._stepping:  # EPANET takes it where a run begins
            en.initH(self._project, en.INITFLOW)

    def set_chlorine(self, node: str, mg_l: float) -> None:
        """What a node's water, or a whole tank's, holds at the start. Only before the first `advance`."""
        if self._stepping:
            raise HydraulicError("chlorine at the start is set before the first step")
        en.setnodevalue(self._project, self._node[node], en.INITQUAL, mg_l)

    def set_source_chlorine(self, node: str, mg_l: float) -> None:
        index = self._node[node]
        reservoir = self.network.nodes[node].kind is NodeKind.RESERVOIR
        en.setnodevalue(self._project, index, en.SOURCETYPE, en.CONCEN if reservoir else en.SETPOINT)
        en.setnodevalue(self._project, index, en.SOURCEQUAL, mg_l)

    def solve(self) -> HydraulicState:
        self._call(en.runH)
        return self._state()

    def advance(self, seconds: float) -> HydraulicState:
        if not self._stepping:
            self._call(en.runH)
            en.openQ(self._project)
            en.initQ(self._project, en.NOSAVE)
            self._call(en.runQ)
            self._stepping = True
        left = round(seconds)
        while left > 0:
            en.settimeparam(self._project, en.HYDSTEP, left)  # also shortens the quality step, for good
            en.settimeparam(self._project, en.QUALSTEP, min(left, QUALITY_STEP_S))
            left -= self._call(en.nextH)
            self._call(en.nextQ)
            self._call(en.runH)
            self._call(en.runQ)
        return self._state()

    def close(self) -> None:
        en.deleteproject(self._project)

    def _call(self, step: Callable[[object], int]) -> int:
        try:
            return int(step(self._project) or 0)
        except Exception as error:
            raise HydraulicError(str(error)) from error

    def _state(self) -> HydraulicState:
        en.getlinkvalues(self._project, en.FLOW, self._flow.array)
        pressure, demand, chlorine = (self._nodes(what) for what in _NODE_READS)
        return HydraulicState(pressure, demand, self._flow.values.copy(), chlorine)

    def _nodes(self, what: int) -> Floats:
        column = self._columns[what]
        en.getnodevalues(self._project, what, column.array)
        return column.values.copy()


class _Column:
    """A C array that EPANET fills, seen by numpy without a copy."""

    def __init__(self, n: int) -> None:
        self.array = en.doubleArray(max(1, n))
        address = int(self.array.cast())
        self.values: Floats = np.ctypeslib.as_array((ctypes.c_double * n).from_address(address))


def hold_demands(project: object) -> None:
    """Each junction's demand becomes one steady mean, and all patterns stand at one: demands come from
    outside. The mean is over the categories and their patterns, times the model's own multiplier."""
    scale = en.getoption(project, en.DEMANDMULT)
    for node in range(1, en.getcount(project, en.NODECOUNT) + 1):
        if en.getnodetype(project, node) != en.JUNCTION:
            continue
        categories = range(en.getnumdemands(project, node), 0, -1)
        mean = scale * sum(_mean_demand(project, node, category) for category in categories)
        for category in categories[:-1]:
            en.deletedemand(project, node, category)
        if categories:
            en.setdemandpattern(project, node, 1, 0)
            en.setbasedemand(project, node, 1, mean)
    en.setoption(project, en.DEMANDMULT, 1.0)
    for pattern in range(1, en.getcount(project, en.PATCOUNT) + 1):
        for period in range(1, en.getpatternlen(project, pattern) + 1):
            en.setpatternvalue(project, pattern, period, 1.0)


def _mean_demand(project: object, node: int, category: int) -> float:
    pattern = en.getdemandpattern(project, node, category)
    mean: float = en.getaveragepatternvalue(project, pattern) if pattern else 1.0
    return mean * float(en.getbasedemand(project, node, category))


def follow_chlorine(project: object) -> None:
    """A model that follows no substance follows chlorine from here on. Its initial figures are put back:
    EPANET rescales them with the change."""
    if en.getqualtype(project)[0] != en.NONE:
        return
    nodes = range(1, en.getcount(project, en.NODECOUNT) + 1)
    initial = [en.getnodevalue(project, node, en.INITQUAL) for node in nodes]
    en.setqualtype(project, en.CHEM, "Chlorine", "mg/L", "")
    for node, mg_l in zip(nodes, initial, strict=True):
        en.setnodevalue(project, node, en.INITQUAL, mg_l)
