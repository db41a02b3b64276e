"""Whom a notice that people write concerns: pipes to be shut off, streets, or whole zones (ON-03)."""

from dataclasses import dataclass, replace

from core.model.account import Account
from core.model.notice import Notice, NoticeKind, StreetExtent, Supply
from core.model.notice_version import NoticeReach, alike
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, QUALITY, Hit, accounts_at, modified
from response.extents import extents
from response.notices.outline import hydrants_inside, institutions, outline
from response.refused import Refused

_AT_THE_TAP = {Supply.QUALITY: QUALITY, Supply.LOW: LOW_PRESSURE}


def supply_at(notice: Notice) -> str:
    """How those are supplied whom the notice speaks of, as `Affected` has it."""
    return _AT_THE_TAP.get(notice.supply, NO_WATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """pipes: the network's links to be parted from the rest; else streets by id; else zones. without, also:
    accounts that people know to be supplied otherwise, or to be concerned."""

    pipes: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


async def within(tx: Tx, plant: Plant, notice: Notice, scope: Scope) -> tuple[Notice, NoticeReach]:
    """The notice with its streets, outline and counts, and whom it reaches. Raises Refused `nowhere`."""
    _check(plant, scope)
    supply = supply_at(notice)
    hits, nodes = await _hits(tx, plant, scope, supply)
    hits = [modified(hit) for hit in hits if hit.account.id not in set(scope.without)]
    zones = (*zones_of(plant, scope), *(hit.account.zone for hit in hits))
    known = {hit.account.id for hit in hits}
    added = await tx.find(Account, id=scope.also) if scope.also else []
    hits += [Hit(account, supply, "by_hand") for account in added if account.id not in known]
    inside = [hit.account for hit in hits]
    dry = hydrants_inside(plant, nodes) if supply == NO_WATER else ()
    care = {account.segment.value for account in inside} - {"general"}
    placed = replace(
        notice,
        zone=_zone(scope, plant, inside, notice),
        streets=tuple(extents(inside, plant)) or _named(plant, scope),
        accounts_affected=len(inside),
        accounts_weak=0,
        institutions=institutions(plant, nodes | {account.node for account in inside}),
        segments=tuple(sorted(care)),
        ring=outline(nodes or (account.node for account in inside), plant),
        hydrants=len(dry),
        hydrants_at=dry,
        pipes=scope.pipes,
        zones=tuple(dict.fromkeys(zone for zone in zones if zone)),
    )
    parts = alike((hit.supply, hit.reason, hit.account.id) for hit in hits)
    return placed, NoticeReach(id=notice.id, notice=notice.id, reached=parts)


_PLACE = (
    "streets",
    "accounts_affected",
    "accounts_weak",
    "institutions",
    "ring",
    "pipes",
    "zones",
    "hydrants",
    "hydrants_at",
    "segments",
    "parted",
)


def moved(notice: Notice, anew: Notice) -> Notice:
    """The notice, of the place and the people that `anew` speaks of."""
    return replace(notice, **{name: getattr(anew, name) for name in _PLACE})


def still_told(before: Notice, after: Notice) -> int | None:
    """When the fire service was told (ON-13); None where that holds no more: of planned work its times belong
    to it."""
    if before.hydrants_at != after.hydrants_at:
        return None
    times = ((one.starts_ns, one.eta_latest_ns) for one in (before, after))
    planned = after.kind is NoticeKind.PLANNED_OUTAGE
    return None if planned and len(set(times)) > 1 else after.fire_told_ns


def _check(plant: Plant, scope: Scope) -> None:
    unknown = [
        *(pipe for pipe in scope.pipes if pipe not in plant.network.links),
        *(street for street in scope.streets if street not in plant.streets),
        *(zone for zone in scope.zones if zone not in plant.zones),
    ]
    if unknown:
        raise Refused("nowhere", Text(f"没有“{unknown[0]}”", f"there is no {unknown[0]}"))
    if not (scope.pipes or scope.streets or scope.zones or scope.also):
        raise Refused("nowhere", Text("请指明管段、路段或片区", "name pipes, streets or zones"))


async def _hits(tx: Tx, plant: Plant, scope: Scope, supply: str) -> tuple[list[Hit], frozenset[str]]:
    """With the nodes that are cut off, where pipes are named."""
    if scope.pipes:
        parts = [plant.network.isolate(pipe).nodes_cut_off for pipe in scope.pipes]
        nodes = frozenset[str]().union(*parts)
        return [Hit(a, supply, "in_isolation_segment") for a in await accounts_at(tx, nodes)], nodes
    if scope.streets:
        found = await tx.find(Account, street=scope.streets)
        return [Hit(a, supply, "on_named_street") for a in found], frozenset(a.node for a in found)
    if scope.zones:
        found = await tx.find(Account, zone=scope.zones)
        return [Hit(a, supply, "in_zone") for a in found], frozenset(a.node for a in found)
    return [], frozenset()


def _zone(scope: Scope, plant: Plant, inside: list[Account], notice: Notice) -> str:
    named = [plant.network.links[pipe].zone for pipe in scope.pipes]
    named += [plant.streets[street].zone for street in scope.streets]
    found = [*scope.zones, *(zone for zone in named if zone), *(account.zone for account in inside)]
    return found[0] if found else notice.zone


def _named(plant: Plant, scope: Scope) -> tuple[StreetExtent, ...]:
    return tuple(StreetExtent(street=id, name=plant.streets[id].name) for id in scope.streets)


def zones_of(plant: Plant, scope: Scope) -> tuple[str, ...]:
    """Where pressure may fall: the zones of what is shut off."""
    nodes = [node for pipe in scope.pipes for node in plant.network.isolate(pipe).nodes_cut_off]
    found = [plant.network.nodes[node].zone for node in nodes]
    found += [plant.network.links[pipe].zone for pipe in scope.pipes]
    found += [plant.streets[street].zone for street in scope.streets]
    return tuple(dict.fromkeys(zone for zone in (*scope.zones, *found) if zone))
