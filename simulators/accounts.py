"""The utility's accounts, made from a seed, and with them its customers (simulators.customers)."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.durable_file import adopt
from core.model.account import Account, Segment
from simulators.customers import CUSTOMERS, as_csv, write_customers
from simulators.noise import key_of

ACCOUNTS, SMART = 20_000, 1_000
VULNERABLE_SHARE = 0.02
MAIN_REACHES_STOREY = 6
"""Storeys above it are behind the building's own pumps, where it has them."""
SEGMENTS = {
    "hospital": Segment.HOSPITAL,
    "dialysis": Segment.DIALYSIS,
    "school": Segment.SCHOOL,
    "large_user": Segment.LARGE_USER,
    "nursing_home": Segment.NURSING,
    "market": Segment.LARGE_USER,
}
WEIGHT = {
    Segment.GENERAL: 1.0,
    Segment.VULNERABLE: 1.0,
    Segment.NURSING: 1.0,
    Segment.SCHOOL: 15.0,
    Segment.DIALYSIS: 15.0,
    Segment.HOSPITAL: 40.0,
    Segment.LARGE_USER: 40.0,
}
"""How much of its junction's water an account draws, by segment, an ordinary one being 1."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class House:
    """A row of buildings.csv with what else is known of its place."""

    name: str
    street: str
    zone: str
    node: str
    storeys: int
    secondary_supply: bool


def write_accounts(
    config: Path, file: Path, seed: int, *, network: str = "network.inp", accounts: int = ACCOUNTS
) -> int:
    """Writes accounts.csv, and customers.csv beside it, for a plant's configuration; how many accounts.
    Nothing, 0, when the file is there.

    Raises FileNotFoundError without buildings.csv or streets.csv in `config`.
    """
    if file.exists():
        return 0
    water = EpanetHydraulics.open(config / network)
    demand = dict(zip(water.nodes, water.base_demand_m3h.tolist(), strict=True))
    zones = {node.id: node.zone or "" for node in water.network.nodes.values()}
    water.close()
    rng = np.random.default_rng(key_of(seed, "accounts"))
    houses = list(read_houses(config, zones))
    made = list(_settle(houses, _shares(houses, demand, accounts), rng))
    made = _landmarks(made, config, rng)
    smart = set(rng.choice(len(made), min(SMART, len(made)), replace=False).tolist())
    file.parent.mkdir(parents=True, exist_ok=True)
    write_customers(file.with_name(CUSTOMERS), [account.id for account in made])
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*Account.__dataclass_fields__, "smart"])
        of = attrgetter(*Account.__dataclass_fields__)
        for k, account in enumerate(made):
            writer.writerow([*map(as_csv, of(account)), int(k in smart)])
    adopt(fresh, file)
    return len(made)


def uses_m3h(node: Sequence[str], segment: Sequence[str], demand_m3h: dict[str, float]) -> Floats:
    """Mean use of every account, so that the accounts of a junction together draw its mean demand."""
    weight = np.array([WEIGHT[Segment(name)] for name in segment])
    at, index = np.unique(np.asarray(node), return_inverse=True)
    total = np.bincount(index, weight)
    here = np.array([demand_m3h.get(str(name), 0.0) for name in at])
    uses: Floats = weight / total[index] * here[index]
    return uses


def read_houses(config: Path, zones: dict[str, str]) -> Iterator[House]:
    """The buildings of a configuration. zones: zone of every node."""
    streets = {row["id"]: row["name_zh"] for row in _rows(config / "streets.csv")}
    for row in _rows(config / "buildings.csv"):
        name = f"{streets[row['street']]}{row['number']}号"
        node = row["node"]
        yield House(
            name, row["street"], zones[node], node, int(row["storeys"]), row["secondary_supply"] == "1"
        )


def _shares(houses: Sequence[House], demand: dict[str, float], accounts: int) -> list[int]:
    """Accounts of each house, `accounts` in all: by storeys, and by what its junction uses."""
    storeys = np.array([house.storeys for house in houses], np.float64)
    _, node = np.unique([house.node for house in houses], return_inverse=True)
    used = np.array([max(demand.get(house.node, 0.0), 1e-6) for house in houses])
    weight = used * storeys / np.bincount(node, storeys)[node]
    exact = weight / weight.sum() * accounts
    whole = np.maximum(1, exact.astype(np.int64))
    order = np.argsort(whole - exact, kind="stable")
    missing = accounts - int(whole.sum())
    for k in range(abs(missing)):
        at = order[k % len(order)] if missing > 0 else int(np.argmax(whole))
        whole[at] += 1 if missing > 0 else -1
    return [int(count) for count in whole]


def _settle(houses: Sequence[House], counts: Sequence[int], rng: np.random.Generator) -> Iterator[Account]:
    number = 0
    for house, count in zip(houses, counts, strict=True):
        for k in range(count):
            number += 1
            storey, door = k % house.storeys + 1, k // house.storeys + 1
            vulnerable = rng.random() < VULNERABLE_SHARE
            yield Account(
                id=f"A{number:06d}",
                street=house.street,
                address=f"{house.name}{storey}{door:02d}室",
                building=house.name,
                storey=storey,
                zone=house.zone,
                node=house.node,
                meter=f"M{number:06d}",
                segment=Segment.VULNERABLE if vulnerable else Segment.GENERAL,
                secondary_supply=house.secondary_supply and storey > MAIN_REACHES_STOREY,
            )


def _landmarks(made: list[Account], config: Path, rng: np.random.Generator) -> list[Account]:
    """Hospitals, schools and large users take the place of one ordinary customer each of their junction."""
    at: dict[str, list[int]] = {}
    for k, account in enumerate(made):
        at.setdefault(account.node, []).append(k)
    for place in _rows(config / "places.csv"):
        segment, here = SEGMENTS.get(place["kind"]), at.get(place["node"])
        if segment is None or not here:
            continue
        k = here.pop(int(rng.integers(len(here))))
        made[k] = replace(
            made[k],
            segment=segment,
            address=f"{made[k].building} {place['name_zh']}",
            storey=1,
            secondary_supply=False,
        )
    return made


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)
