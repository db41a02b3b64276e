"""Who loses water: from the likely pipes to accounts, streets and house numbers.

The isolation segment (Walski 1993) of the likeliest pipe decides who is cut off while it is repaired;
accounts near it along the pipes may have weak water until then. Pipes are taken in the order of belief
until half of it is covered, three at most: more would call half a town affected.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from core.model.account import Account, Segment
from core.model.incident import Incident, IncidentKind
from core.model.network import Network
from core.model.notice import Affected, StreetExtent
from core.model.plant import Plant
from core.model.valve_operation import Turning
from core.model.work_order import WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.extents import extents, weak_beside
from response.orders.valves import balance, log_of, this_round
from response.site import furthest, matter, place_stands, work_of

NO_WATER, LOW_PRESSURE, QUALITY = "no_water", "low_pressure", "quality"
COVERED_SHARE = 0.5
MOST_PIPES = 3
DRY_FROM_STOREY = 7
"""0.28 MPa lifts water to the sixth; house rule, as buildings above it have pumps of their own as a rule."""
_NODES_A_QUERY = 500


class Reason(StrEnum):
    """Why an account is concerned."""

    IN_ISOLATION_SEGMENT = "in_isolation_segment"
    BEHIND_SHUT_VALVES = "behind_shut_valves"
    NO_VALVE_SHUT = "no_valve_shut"
    NEAR_LIKELY_PIPE = "near_likely_pipe"
    STILL_BEING_LOCATED = "still_being_located"
    """By an earlier location of a burst that nobody has found yet, or by its zone alone."""
    IN_ZONE = "in_zone"
    ON_NAMED_STREET = "on_named_street"
    CALLERS_OUTSIDE = "callers_outside"
    BY_HAND = "by_hand"
    OWN_TANK_LASTS_A_WHILE = "own_tank_lasts_a_while"
    BEHIND_OWN_PUMPS = "behind_own_pumps"
    UPPER_STOREY = "upper_storey"


@dataclass(frozen=True, slots=True)
class Hit:
    """One account, how it is supplied now, and why."""

    account: Account
    supply: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """links: the segment's pipes; valves: what to close; connections: accounts the notice speaks of (without
    water, or with doubtful water); weak: those of low pressure beside them; segments: how many of those need
    care of their own; nodes: of the network that are cut off. clamped: the water was stopped under
    pressure without a valve; spared: the valves that are shut part the main from everybody, and others supply
    them. Nobody is cut off by either, and those of `connections` have weak water. parted: `nodes` are what
    recorded valves cut off."""

    pipe: str | None = None
    diameter_mm: float = 0.0
    links: tuple[str, ...] = ()
    valves: tuple[str, ...] = ()
    nodes: frozenset[str] = frozenset()
    hits: tuple[Hit, ...] = ()
    streets: tuple[StreetExtent, ...] = ()
    connections: int = 0
    weak: int = 0
    segments: dict[Segment, int] = field(default_factory=dict)
    clamped: bool = False
    spared: bool = False
    parted: bool = False

    @property
    def low(self) -> bool:
        """Nobody is cut off."""
        return self.clamped or self.spared

    @property
    def counts(self) -> tuple[int, int]:
        """Accounts without water, and with weak water."""
        return (0, self.connections) if self.low else (self.connections, self.weak)

    def records(self, notice: str) -> Iterator[Affected]:
        """The ledger's rows for a notice."""
        for hit in self.hits:
            yield Affected(
                id=f"{notice}.{hit.account.id}",
                notice=notice,
                account=hit.account.id,
                supply=hit.supply,
                reason=hit.reason,
            )


async def footprint(tx: Tx, plant: Plant, incident: Incident) -> Footprint:
    """Whom an incident reaches, as far as is known now."""
    if incident.kind is IncidentKind.WATER_QUALITY:
        accounts = await tx.find(Account, zone=incident.zone) if incident.zone else []
        return of_hits([Hit(a, QUALITY, Reason.IN_ZONE) for a in accounts], plant, QUALITY)
    if incident.kind in (IncidentKind.PUMP_TRIP, IncidentKind.LEAK):
        return Footprint()
    pipes = likely_pipes(incident, plant.network)
    if pipes and incident.kind is not IncidentKind.LOW_PRESSURE:
        return await _of_pipes(tx, plant, incident, pipes)
    supply = LOW_PRESSURE if incident.kind is IncidentKind.LOW_PRESSURE else NO_WATER
    accounts = await tx.find(Account, zone=incident.zone) if incident.zone else []
    return of_hits([modified(Hit(a, supply, Reason.IN_ZONE)) for a in accounts], plant)


def modified(hit: Hit) -> Hit:
    """What a building adds: its own tank lasts a while, its own pumps lift weak water, and without them the
    upper storeys are dry where pressure is low."""
    account = hit.account
    if hit.supply == NO_WATER and account.secondary_supply:
        return replace(hit, reason=Reason.OWN_TANK_LASTS_A_WHILE)
    if hit.supply == LOW_PRESSURE and account.secondary_supply:
        return replace(hit, reason=Reason.BEHIND_OWN_PUMPS)
    if hit.supply == LOW_PRESSURE and account.storey >= DRY_FROM_STOREY:
        return replace(hit, supply=NO_WATER, reason=Reason.UPPER_STOREY)
    return hit


def likely_pipes(incident: Incident, network: Network) -> list[str]:
    """The candidates to isolate: where a search begins, then the likeliest; unknown pipes are left out."""
    chosen: list[str] = []
    share = 0.0
    where = incident.location
    known = sorted(where.candidates, key=lambda one: one.link != where.first) if where else ()
    for candidate in known:
        if candidate.link in network.links:
            chosen.append(candidate.link)
            share += candidate.share
        if share >= COVERED_SHARE or len(chosen) == MOST_PIPES:
            break
    return chosen


async def _of_pipes(tx: Tx, plant: Plant, incident: Incident, pipes: list[str]) -> Footprint:
    network = plant.network
    isolations = [network.isolate(pipe) for pipe in pipes]
    reason, near = Reason.BEHIND_SHUT_VALVES, frozenset[str]()
    shut = await _shut(tx, incident)
    dry = network.cut_off(shut)
    parted = bool(dry)
    spared = not dry and any(one.valves and shut.issuperset(one.valves) for one in isolations)
    if spared:
        near = _near(network, pipes[0], incident.location.radius_m if incident.location else 0.0)
    elif not parted:
        reason = Reason.IN_ISOLATION_SEGMENT
        dry = frozenset[str]().union(*(isolation.nodes_cut_off for isolation in isolations))
        near = _near(network, pipes[0], incident.location.radius_m if incident.location else 0.0) - dry
    clamped = (await work_of(tx, incident.id)).clamped
    if clamped or spared:
        reason = Reason.NO_VALVE_SHUT if clamped else Reason.NEAR_LIKELY_PIPE
        found, dry = await _weak(tx, plant, incident, dry | near, reason), frozenset[str]()
    else:
        hits = [Hit(a, NO_WATER, reason) for a in await accounts_at(tx, dry)]
        hits += [
            Hit(account, LOW_PRESSURE, Reason.NEAR_LIKELY_PIPE)
            for account in await accounts_at(tx, near)
            if account.zone == incident.zone
        ]
        found = of_hits([modified(hit) for hit in hits], plant)
    return replace(
        found,
        pipe=pipes[0],
        diameter_mm=network.links[pipes[0]].diameter_mm,
        links=tuple(sorted(isolations[0].links)),
        valves=isolations[0].valves,
        nodes=dry,
        streets=found.streets or _street_of(plant, pipes[0]),
        clamped=clamped,
        spared=spared and not clamped,
        parted=parted and not clamped,
    )


async def as_dug(tx: Tx, plant: Plant, incident: Incident, found: Footprint) -> Footprint:
    """Of the pipe that the crew shuts the water for, once it does: what is computed later moves nothing."""
    order = furthest(await tx.find(WorkOrder, incident=await matter(tx, incident.id)))
    if found.pipe is None or order is None or order.x is None or order.y is None or not place_stands(order):
        return found
    network, at = plant.network, (order.x, order.y)
    dug = [pipe for pipe in order.links if pipe in network.links and network.middle(pipe) == at]
    return found if not dug or found.pipe in dug else await _of_pipes(tx, plant, incident, dug[:1])


async def reach(tx: Tx, plant: Plant, incident: Incident) -> Footprint:
    """Whom it reaches, of the pipe that the crew shuts the water for, once it does."""
    return await as_dug(tx, plant, incident, await footprint(tx, plant, incident))


async def _weak(tx: Tx, plant: Plant, incident: Incident, near: frozenset[str], reason: Reason) -> Footprint:
    """Nobody is off: water is weak near the pipe, and where it would have been off."""
    hits = [Hit(a, LOW_PRESSURE, reason) for a in await accounts_at(tx, near)]
    return of_hits([hit for hit in hits if hit.account.zone == incident.zone], plant, LOW_PRESSURE)


async def _shut(tx: Tx, incident: Incident) -> frozenset[str]:
    """The valves that crews have shut for it, once one has said that the main is parted: from then on who is
    without water is known, and pressure beyond is as usual. None before. Once all are open again, those that
    had been shut: it is people who say that water is back."""
    shut: set[str] = set()
    for order in await tx.find(WorkOrder, incident=await matter(tx, incident.id)):
        if any(one.state is WorkOrderState.ISOLATED for one in order.said):
            operations = await log_of(tx, [order])
            shut |= balance(operations).keys() or {
                one.valve for one in this_round(order, operations) if one.turning is Turning.CLOSE
            }
    return frozenset(shut)


def _near(network: Network, pipe: str, radius_m: float) -> frozenset[str]:
    """Nodes at the ends of pipes whose middle is within `radius_m` along the network."""
    links = (network.links[id] for id, far_m in network.path_m(pipe).items() if far_m < radius_m)
    return frozenset(end for link in links for end in (link.a, link.b))


async def accounts_at(tx: Tx, nodes: Iterable[str]) -> list[Account]:
    """The accounts whose service pipe leaves one of `nodes`, by node."""
    ordered = sorted(nodes)
    found: list[Account] = []
    for at in range(0, len(ordered), _NODES_A_QUERY):
        found += await tx.find(Account, node=tuple(ordered[at : at + _NODES_A_QUERY]))
    return found


def of_hits(hits: list[Hit], plant: Plant, counted: str = NO_WATER) -> Footprint:
    """`counted`: the supply that the notice is about. Who has weak water beside it is counted apart, and told
    by name of the street as well."""
    meant = [hit.account for hit in hits if hit.supply == counted]
    weak = [hit.account for hit in hits if hit.supply == LOW_PRESSURE != counted]
    segments: Counter[Segment] = Counter(a.segment for a in meant if a.segment is not Segment.GENERAL)
    named = tuple(extents(meant, plant))
    return Footprint(
        hits=tuple(hits),
        streets=(*named, *weak_beside(named, weak, plant)),
        connections=len(meant),
        weak=len(weak),
        segments=dict(segments),
    )


def _street_of(plant: Plant, pipe: str) -> tuple[StreetExtent, ...]:
    street = plant.streets.get(plant.network.links[pipe].street or "")
    return (StreetExtent(street=street.id, name=street.name),) if street else ()
