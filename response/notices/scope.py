"""Whom a notice that people write concerns: pipes to be shut off, streets, or whole zones (ON-03)."""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, replace

from core.model.account import Account
from core.model.notice import Notice, NoticeKind, StreetExtent, Supply
from core.model.notice_version import NoticeReach, alike
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, QUALITY, Hit, Reason, accounts_at, modified
from response.extents import extents, weak_beside
from response.notices.outline import hydrants_inside, institutions, outline
from response.notices.versions import reach_of
from response.refused import Refused

_AT_THE_TAP = {Supply.QUALITY: QUALITY, Supply.LOW: LOW_PRESSURE}


def supply_at(notice: Notice) -> str:
    """How those are supplied whom the notice speaks of, as `Affected` has it."""
    return _AT_THE_TAP.get(notice.supply, NO_WATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """pipes: the network's links to be parted from the rest; else streets by id; else zones. kept: streets of
    which it has whom it had, as it had them. without, also: accounts that people know to be supplied
    otherwise, or to be concerned. hub: what the hub reckons (`hub_scope`), and nothing else."""

    pipes: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    hub: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Its streets, each once."""
        return tuple(dict.fromkeys((*self.streets, *self.kept)))


async def within(tx: Tx, plant: Plant, notice: Notice, scope: Scope) -> tuple[Notice, NoticeReach]:
    """The notice with its streets, outline and counts, and whom it reaches. Raises Refused `nowhere`."""
    _check(plant, scope)
    supply = supply_at(notice)
    hits, nodes = await _hits(tx, plant, scope, supply)
    hits = [modified(hit) for hit in hits]
    known = {hit.account.id for hit in hits}
    had = [hit for hit in await _had(tx, notice, scope.kept) if hit.account.id not in known]
    nodes |= {hit.account.node for hit in had}
    hits = [hit for hit in (*hits, *had) if hit.account.id not in set(scope.without)]
    zones = (*zones_of(plant, scope), *(hit.account.zone for hit in hits))
    known = {hit.account.id for hit in hits}
    added = await tx.find(Account, id=scope.also) if scope.also else []
    hits += [Hit(account, supply, Reason.BY_HAND) for account in added if account.id not in known]
    weak = {hit.account.node for hit in had} - {hit.account.node for hit in hits if hit.supply == NO_WATER}
    dry = {*hydrants_inside(plant, nodes - weak), *_still_dry(plant, notice, scope.kept)}
    placed = of_hits(plant, notice, hits, nodes, dry)
    placed = replace(
        placed,
        zone=_zone(scope, plant, [hit.account for hit in hits], notice),
        streets=placed.streets or _named(plant, scope),
        pipes=scope.pipes,
        zones=tuple(dict.fromkeys(zone for zone in zones if zone)),
    )
    return placed, _reach(notice, hits)


def _reach(notice: Notice, hits: Iterable[Hit]) -> NoticeReach:
    parts = alike((hit.supply, hit.reason, hit.account.id) for hit in hits)
    return NoticeReach(id=notice.id, notice=notice.id, reached=parts)


def of_hits(
    plant: Plant, notice: Notice, hits: Collection[Hit], nodes: Set[str], dry: Collection[str]
) -> Notice:
    """The notice, of these accounts. nodes: that are cut off, where that is known; dry: hydrants there, which
    lose water where people do."""
    supply = supply_at(notice)
    aside = supply != LOW_PRESSURE
    weak = [hit.account for hit in hits if aside and hit.supply == LOW_PRESSURE]
    meant = [hit.account for hit in hits if not (aside and hit.supply == LOW_PRESSURE)]
    named, around = tuple(extents(meant, plant)), {hit.account.node for hit in hits}
    lost = tuple(sorted(dry)) if supply == NO_WATER else ()
    return replace(
        notice,
        streets=(*named, *weak_beside(named, weak, plant)),
        accounts_affected=len(meant),
        accounts_weak=len(weak),
        institutions=institutions(plant, nodes | around),
        segments=tuple(sorted({account.segment.value for account in meant} - {"general"})),
        ring=outline(nodes or around, plant),
        hydrants=len(lost),
        hydrants_at=lost,
    )


async def as_published(tx: Tx, plant: Plant, head: Notice, content: Notice) -> tuple[Notice, NoticeReach]:
    """The content, of those for whom people published the head. Where it speaks of another supply at the tap
    than the head (repaired under pressure), it does so of all of them."""
    reach, was, now = await reach_of(tx, head), supply_at(head), supply_at(content)
    content = moved(content, head)
    if was == now:
        return content, reach
    parts = supplied(reach)
    found = await tx.find(Account, id=tuple(parts)) if parts else []
    had = [Hit(one, *parts[one.id]) for one in found]
    hits = [replace(hit, supply=now) if hit.supply == was else hit for hit in had]
    dry = hydrants_inside(plant, {hit.account.node for hit in hits if hit.supply == NO_WATER})
    told = of_hits(plant, content, hits, frozenset(), dry)
    return replace(told, fire_told_ns=still_told(head, told)), _reach(head, hits)


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
        *(street for street in scope.named if street not in plant.streets),
        *(zone for zone in scope.zones if zone not in plant.zones),
    ]
    if unknown:
        raise Refused("nowhere", Text(f"没有“{unknown[0]}”", f"there is no {unknown[0]}"))
    if not (scope.pipes or scope.named or scope.zones or scope.also):
        raise Refused("nowhere", Text("请指明管段、路段或片区", "name pipes, streets or zones"))


async def _hits(tx: Tx, plant: Plant, scope: Scope, supply: str) -> tuple[list[Hit], frozenset[str]]:
    """With the nodes that are cut off, where pipes are named."""
    if scope.pipes:
        parts = [plant.network.isolate(pipe).nodes_cut_off for pipe in scope.pipes]
        nodes = frozenset[str]().union(*parts)
        return [Hit(a, supply, Reason.IN_ISOLATION_SEGMENT) for a in await accounts_at(tx, nodes)], nodes
    if scope.streets:
        found = await tx.find(Account, street=scope.streets)
        return [Hit(a, supply, Reason.ON_NAMED_STREET) for a in found], frozenset(a.node for a in found)
    if scope.zones:
        found = await tx.find(Account, zone=scope.zones)
        return [Hit(a, supply, Reason.IN_ZONE) for a in found], frozenset(a.node for a in found)
    return [], frozenset()


def supplied(reach: NoticeReach) -> dict[str, tuple[str, Reason]]:
    """By account, how and why."""
    return {one: (part.supply, Reason(part.reason)) for part in reach.reached for one in part.accounts}


async def _had(tx: Tx, notice: Notice, streets: tuple[str, ...]) -> list[Hit]:
    """Whom the notice concerns on these streets, as it does."""
    if not streets:
        return []
    told = supplied(await reach_of(tx, notice))
    return [Hit(one, *told[one.id]) for one in await tx.find(Account, street=streets) if one.id in told]


def _still_dry(plant: Plant, notice: Notice, streets: tuple[str, ...]) -> Iterator[str]:
    """Hydrants along these streets that it has without water: not every one stands where somebody lives."""
    links = [link for link in plant.network.links.values() if link.street in streets]
    along = {end for link in links for end in (link.a, link.b)}
    places = (plant.places[id] for id in notice.hydrants_at if id in plant.places)
    return (place.id for place in places if place.node in along)


def _zone(scope: Scope, plant: Plant, inside: list[Account], notice: Notice) -> str:
    """Where its incident is, whomever people say it concerns: its description names that zone."""
    if notice.incident is not None and notice.zone:
        return notice.zone
    named = [plant.network.links[pipe].zone for pipe in scope.pipes]
    named += [plant.streets[street].zone for street in scope.named]
    found = [*scope.zones, *(zone for zone in named if zone), *(account.zone for account in inside)]
    return found[0] if found else notice.zone


def _named(plant: Plant, scope: Scope) -> tuple[StreetExtent, ...]:
    return tuple(StreetExtent(street=id, name=plant.streets[id].name) for id in scope.named)


def zones_of(plant: Plant, scope: Scope) -> tuple[str, ...]:
    """Where pressure may fall: the zones of what is shut off."""
    nodes = [node for pipe in scope.pipes for node in plant.network.isolate(pipe).nodes_cut_off]
    found = [plant.network.nodes[node].zone for node in nodes]
    found += [plant.network.links[pipe].zone for pipe in scope.pipes]
    found += [plant.streets[street].zone for street in scope.named]
    return tuple(dict.fromkeys(zone for zone in (*scope.zones, *found) if zone))
