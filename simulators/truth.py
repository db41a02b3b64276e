"""The town as it really is: the utility's own model, wrong in the ways that models are.

Roughness and demand differ by up to ±10 %, diameters by ±3 %, and three valves stand otherwise than the
utility believes. The hub never reads what is written here.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import epanet.toolkit as en
import numpy as np

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.network import Link, LinkKind, Network

ROUGHNESS, DEMAND, DIAMETER = 0.10, 0.10, 0.03
WRONG_VALVES = 3
TRUTH_INP, TRUTH_JSON = "truth.inp", "truth.json"


def make_truth(config: Path, network: str, folder: Path, seed: int) -> Path:
    """Writes truth.inp and truth.json into `folder` and returns the first. Nothing when they are there."""
    truth = folder / TRUTH_INP
    if truth.exists():
        return truth
    folder.mkdir(parents=True, exist_ok=True)
    source = config / network
    rng = np.random.default_rng([seed, 1])
    known = EpanetHydraulics.open(source, valves=config / "valves.csv")
    closed = wrong_valves(known.network, rng)
    known.close()
    project = en.createproject()
    try:
        en.open(project, str(source), "/dev/null", "")
        _perturb(project, rng)
        for link in closed:
            en.setlinkvalue(project, en.getlinkindex(project, link), en.INITSTATUS, en.CLOSED)
        fresh = truth.with_suffix(".new")
        en.saveinpfile(project, str(fresh))
    finally:
        en.deleteproject(project)
    (folder / TRUTH_JSON).write_text(json.dumps({"seed": seed, "closed_unknown_to_the_utility": closed}))
    fresh.replace(truth)
    return truth


def wrong_valves(network: Network, rng: np.random.Generator) -> list[str]:
    """Links whose valve is shut though the model says open: on rings, so that everybody still has water."""
    rings = [link for link in network.links.values() if link.street and link.kind is LinkKind.PIPE]
    valved = {valve.link for valve in network.valves.values()}
    smallest = min((link.diameter_mm for link in rings), default=0.0)
    rings = [
        link for link in rings if link.diameter_mm <= smallest * 1.5 and (not valved or link.id in valved)
    ]
    closed: list[str] = []
    for k in rng.permutation(len(rings)).tolist():
        if len(closed) == WRONG_VALVES:
            break
        if _still_joined(network, rings[k], closed):
            closed.append(rings[k].id)
    return closed


def _still_joined(network: Network, link: Link, closed: Sequence[str]) -> bool:
    """Whether the ends of `link` reach each other without it and without what is closed already."""
    without = {link.id, *closed}
    reached, pending = {link.a}, [link.a]
    while pending:
        node = pending.pop()
        if node == link.b:
            return True
        for pipe in network.links_at[node]:
            other = pipe.b if pipe.a == node else pipe.a
            if pipe.id not in without and pipe.open and other not in reached:
                reached.add(other)
                pending.append(other)
    return False


def _perturb(project: object, rng: np.random.Generator) -> None:
    for index in range(1, en.getcount(project, en.LINKCOUNT) + 1):
        if en.getlinktype(project, index) in (en.PIPE, en.CVPIPE):
            for what, by in ((en.ROUGHNESS, ROUGHNESS), (en.DIAMETER, DIAMETER)):
                value = en.getlinkvalue(project, index, what)
                en.setlinkvalue(project, index, what, value * (1 + rng.uniform(-by, by)))
    for index in range(1, en.getcount(project, en.NODECOUNT) + 1):
        if en.getnodetype(project, index) == en.JUNCTION:
            demand = en.getnodevalue(project, index, en.BASEDEMAND)
            en.setnodevalue(project, index, en.BASEDEMAND, demand * (1 + rng.uniform(-DEMAND, DEMAND)))
