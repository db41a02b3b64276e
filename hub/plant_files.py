"""The files that describe a plant, read into `core.model.plant`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.account import Account
from core.model.network import IsolationValve, Network
from core.model.plant import Crew, Place, Plant, Street, Utility, Zone, ZoneKind
from core.model.pressure_unit import PressureUnit
from core.model.tag import OF_ROLE, Quantity, Tag
from core.model.text import Text
from core.ports.hydraulics import HydraulicError
from hub.config import HubFile
from hub.csv_rows import ids_in, read_rows, rows_of, whole
from hub.limits_file import check_limited, read_limits
from hub.problems import Problem, nearest

T = TypeVar("T")

METER_PERIOD_S = 3600.0
_OF_METERS = {"meter", "zone", "node"}
TABLES = ("tags.csv", "zones.csv", "streets.csv", "places.csv", "crews.csv", "valves.csv")


@dataclass(frozen=True, slots=True)
class PlantFiles:
    """The plant, and the ids of all tags, those of rows with a mistake too."""

    plant: Plant
    tag_ids: frozenset[str]


def load_plant(
    folder: Path, hub: HubFile | None, inp: Path, problems: list[Problem], *, own_network: bool = True
) -> PlantFiles | None:
    """None when what is wrong, added to `problems`, leaves no plant to go on with. hub: None when it is
    what is wrong; the rest is checked all the same. own_network: the model's zones are the folder's."""

    def rows(name: str, kind: type[T], *, required: bool = True) -> dict[str, tuple[int, T]]:
        return read_rows(folder / name, kind, problems, required=required)

    tags = rows("tags.csv", Tag)
    zones = rows("zones.csv", Zone)
    streets = rows("streets.csv", Street, required=False)
    places = rows("places.csv", Place, required=False)
    crews = rows("crews.csv", Crew, required=False)
    valves = rows("valves.csv", IsolationValve, required=False)
    valves_file = folder / "valves.csv"
    sound = valves and not any(problem.file == valves_file for problem in problems)
    network = _network(inp, valves_file if sound else None, problems)
    meters = meter_tags(hub.accounts, problems) if hub and hub.accounts else {}
    unsound = {problem.file for problem in problems}
    if network is None or not all(whole(folder / name) for name in TABLES if folder / name in unsound):
        return None
    _cross_check(folder, network, tags, zones, valves, problems)
    if own_network:
        _zones_exist(folder, inp, network, zones, streets, problems)
    limits = read_limits(folder, problems)
    utility = Utility(id="", name=Text("", ""), hotline="")
    if hub:
        utility = Utility(**dict(hub.utility))
    plant = Plant(
        utility=utility,
        zones=_plain(zones),
        tags=_plain(tags) | meters,
        streets=_plain(streets),
        places=_plain(places),
        crews=_plain(crews),
        network=network,
        limits=limits,
    )
    check_limited(folder / "tags.csv", tags.values(), problems)
    return PlantFiles(plant, ids_in(folder / "tags.csv") | meters.keys())


def read_accounts(file: Path) -> dict[str, Account]:
    """The customer file. Raises ValueError naming the first bad line."""
    problems: list[Problem] = []
    accounts = _plain(read_rows(file, Account, problems))
    if problems:
        raise ValueError(str(problems[0]))
    return accounts


def meter_tags(accounts: Path, problems: list[Problem]) -> dict[str, Tag]:
    """A volume tag for every account whose meter reports by itself (`smart` = 1); none without the column."""
    if not accounts.exists():
        return {}
    meters = []
    for _, row in rows_of(accounts, problems):
        if row.get("smart") != "1":
            continue
        if missing := _OF_METERS - row.keys():
            what = f"it has smart meters, but no column `{min(missing)}`"
            problems.append(Problem(accounts, 1, what, f"add the column `{min(missing)}`"))
            return {}
        meters.append((row["meter"], row["zone"], row["node"]))
    return {
        f"meter.{meter}": Tag(
            id=f"meter.{meter}",
            quantity=Quantity.VOLUME,
            unit="m3",
            name=Text(f"水表 {meter}", f"Meter {meter}"),
            station="meters",
            period_s=METER_PERIOD_S,
            zone=zone,
            low=0.0,
            node=node,
        )
        for meter, zone, node in meters
    }


def _plain(rows: Mapping[str, tuple[int, T]]) -> dict[str, T]:
    return {id: record for id, (_, record) in rows.items()}


def _network(inp: Path, valves: Path | None, problems: list[Problem]) -> Network | None:
    if not inp.exists():
        problems.append(Problem(inp, 0, "the network model is missing", "export it from EPANET as .inp"))
        return None
    try:
        model = EpanetHydraulics.open(inp, valves=valves)
    except HydraulicError as error:
        problems.append(
            Problem(inp, 0, f"EPANET cannot read it: {error}", "open it in EPANET and correct it")
        )
        return None
    try:
        return model.network
    finally:
        model.close()


def _cross_check(
    folder: Path,
    network: Network,
    tags: Mapping[str, tuple[int, Tag]],
    zones: Mapping[str, tuple[int, Zone]],
    valves: Mapping[str, tuple[int, IsolationValve]],
    problems: list[Problem],
) -> None:
    zone_ids, tag_ids = ids_in(folder / "zones.csv"), ids_in(folder / "tags.csv")

    def must_exist(file: str, line: int, what: str, name: str | None, known: Iterable[str]) -> None:
        if name is not None and name not in known:
            mend = nearest(name, known)
            problems.append(Problem(folder / file, line, f"{what} {name!r} does not exist", mend))

    for line, tag in tags.values():
        must_exist("tags.csv", line, "zone", tag.zone, zone_ids)
        must_exist("tags.csv", line, "node", tag.node, network.nodes.keys())
        must_exist("tags.csv", line, "link", tag.link, network.links.keys())
        if tag.low is not None and tag.high is not None and tag.low >= tag.high:
            what = f"`low` {tag.low:g} is not below `high` {tag.high:g}: every value of {tag.id} would be Bad"
            problems.append(Problem(folder / "tags.csv", line, what, "exchange them, or leave one out"))
    problems += _in_metres(folder / "tags.csv", tags.values())
    problems += _roles_fit(folder / "tags.csv", tags.values(), zones)
    for line, zone in zones.values():
        for tag_id in (*zone.inflow, *zone.outflow):
            must_exist("zones.csv", line, "tag", tag_id, tag_ids)
    for line, valve in valves.values():
        must_exist("valves.csv", line, "link", valve.link, network.links.keys())
        must_exist("valves.csv", line, "node", valve.node, network.nodes.keys())


def _in_metres(file: Path, tags: Iterable[tuple[int, Tag]]) -> Iterator[Problem]:
    """Limits, bursts and what is told of a pressure are reckoned so."""
    for line, tag in tags:
        if tag.quantity is Quantity.PRESSURE and tag.unit != PressureUnit.METRES:
            what = f"pressure {tag.id} is in {tag.unit!r}, and the hub keeps pressures in metres of water"
            mend = "write `m`: a point's own `unit` is converted, and people read `pressure_unit` of hub.yaml"
            yield Problem(file, line, what, mend)


def _roles_fit(
    file: Path, tags: Iterable[tuple[int, Tag]], zones: Mapping[str, tuple[int, Zone]]
) -> Iterator[Problem]:
    for line, tag in tags:
        if tag.role is None:
            continue
        if tag.quantity not in OF_ROLE[tag.role]:
            of = " or ".join(sorted(OF_ROLE[tag.role]))
            what = f"role {tag.role.value!r} is of {of}, and {tag.id} measures {tag.quantity}"
            yield Problem(file, line, what, "give it the role of what it measures, or none")
        elif (known := zones.get(tag.zone or "")) and known[1].kind is not ZoneKind.PLANT:
            what = f"role {tag.role.value!r} is of a works, and zone {tag.zone!r} is none"
            yield Problem(file, line, what, "name the works' zone (kind `plant`), or leave the role out")


def _zones_exist(
    folder: Path,
    inp: Path,
    network: Network,
    zones: Mapping[str, tuple[int, Zone]],
    streets: Mapping[str, tuple[int, Street]],
    problems: list[Problem],
) -> None:
    """Every zone that a node's tag or a street names stands in zones.csv; each is told once a file."""
    known = ids_in(folder / "zones.csv") | zones.keys()
    unknown = {node.zone: node.id for node in reversed(network.nodes.values()) if node.zone not in known}
    for zone, node in unknown.items():
        if zone is not None:
            what = f"zone {zone!r} (the tag of node {node}, [TAGS]) does not exist in zones.csv"
            problems.append(Problem(inp, _line_of(inp, node, zone), what, nearest(zone, known)))
    for line, street in streets.values():
        if street.zone not in known:
            what = f"zone {street.zone!r} does not exist in zones.csv"
            problems.append(Problem(folder / "streets.csv", line, what, nearest(street.zone, known)))


def _line_of(inp: Path, node: str, tag: str) -> int:
    """Of a node's tag in a network file."""
    lines = inp.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.split()[1:3] == [node, tag]), 0)
