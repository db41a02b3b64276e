"""Callers from outside a notice's footprint speak for a larger one (HL-12): which streets they live on, and
the next version that takes these in. Callers without water whom it tells of low pressure speak for a graver
one. A person decides; nothing grows by itself.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from core.model.account import Account, User
from core.model.notice import ENDED, Change, Notice, NoticeKind, NoticeState
from core.model.notice_version import NoticeReach, alike
from core.model.plant import Plant
from core.model.report import Report, Symptom
from core.model.text import Text
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, Hit, Reason, modified
from response.extents import extents, weak_beside
from response.hotline.around import homes_of
from response.hotline.symptoms import explained_by_notice
from response.notices import templates, versions
from response.notices.outline import hydrants_inside, institutions, outline
from response.notices.rules import illegal
from response.notices.scope import still_told, supplied, supply_at
from response.notices.versions import Prepared, prepared
from response.refused import Refused


@dataclass(frozen=True, slots=True)
class Street:
    """callers: accounts from there that report the same, each once."""

    id: str
    name: Text
    callers: int


class Proposal(StrEnum):
    """What the next version is to say, once somebody has looked. streets_off: of these streets that they are
    without water. supply: that water is off, of these streets, where the whole of it tells of low pressure.
    outage: its kind can say no more, and a notice of an outage is to be written."""

    STREETS_OFF = "streets_off"
    SUPPLY = "supply"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Worse:
    """callers: without water, whom the notice tells of low pressure; each account once, by street."""

    callers: int = 0
    streets: tuple[Street, ...] = ()
    proposes: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """callers: of these streets, and those whose street is not known; each account or call once. worse: of
    those inside."""

    callers: int
    streets: tuple[Street, ...]
    unplaced: int
    worse: Worse = field(default_factory=Worse)


async def outside(tx: Tx, plant: Plant, before: Prepared) -> Outside:
    """Who reports of its incident what it would explain, and is not inside, or is worse supplied than it
    says; by street, most callers first."""
    content = before.content
    if content.incident is None or before.head.state in ENDED:
        return Outside(0, (), 0)
    reports = [
        one
        for one in await tx.find(Report, incident=content.incident)
        if explained_by_notice(one.symptom, content.kind) and one.taken_back_ns is None
    ]
    told = (await versions.reach_of(tx, content)).supply_of()
    homes = await homes_of(tx, reports)
    by_street: dict[str, set[str]] = defaultdict(set)
    worse: dict[str, set[str]] = defaultdict(set)
    unplaced: set[str] = set()
    for one in reports:
        home = homes.get(one.account or "")
        if home is not None and home.id in told:
            if told[home.id] == LOW_PRESSURE and one.symptom is Symptom.NO_WATER:
                worse[home.street].add(home.id)
            continue
        street = home.street if home is not None else one.street
        if street in plant.streets:
            by_street[street].add(one.account or one.id)
        else:
            unplaced.add(one.account or one.id)
    found = _counted(by_street, plant)
    callers = sum(one.callers for one in found) + len(unplaced)
    return Outside(callers, found, len(unplaced), _worse(content, _counted(worse, plant)))


def _counted(by_street: Mapping[str, set[str]], plant: Plant) -> tuple[Street, ...]:
    found = []
    for id, callers in by_street.items():
        name = plant.streets[id].name if id in plant.streets else Text(id, id)
        found.append(Street(id, name, len(callers)))
    return tuple(sorted(found, key=lambda street: (-street.callers, street.id)))


def _worse(content: Notice, streets: tuple[Street, ...]) -> Worse:
    if not streets:
        return Worse()
    proposes = Proposal.STREETS_OFF
    if content.kind is NoticeKind.LOW_PRESSURE:
        proposes = Proposal.OUTAGE
    elif supply_at(content) == LOW_PRESSURE:
        proposes = Proposal.SUPPLY
    return Worse(sum(one.callers for one in streets), streets, proposes)


async def enlarge(
    tx: Tx, plant: Plant, id: str, streets: tuple[str, ...], actor: User, now_ns: int
) -> Notice:
    """What is being prepared takes these streets in, beside all that it has; of what is published the next
    version is begun. Who does it becomes its author, and it has to be approved. Raises Unknown; Refused
    `illegal_state`, `nowhere`."""
    if unknown := [street for street in streets if street not in plant.streets]:
        raise Refused("nowhere", Text(f"没有“{unknown[0]}”", f"there is no {unknown[0]}"))
    before = await prepared(tx, id)
    if before.head.state in ENDED or before.content.change is Change.RESTORED:
        raise illegal(before.head, before.pending)
    if before.head.state is NoticeState.PUBLISHED and before.pending is None:
        head = replace(before.head, change=Change.UPDATE, overdue_ns=None)
        before = Prepared(before.head, await versions.open_version(tx, before.head, head, None))
    placed, reach = await _with(tx, plant, before.content, streets)
    await versions.put_reach(tx, before, reach)
    content = replace(
        versions.redrafted(placed, actor.id, now_ns),
        written=tuple(sorted({*placed.written, "scope"})),
        fire_told_ns=still_told(before.content, placed),
    )
    return await versions.write(tx, before, templates.filled(content, plant), now_ns)


async def _with(tx: Tx, plant: Plant, notice: Notice, streets: tuple[str, ...]) -> tuple[Notice, NoticeReach]:
    supply, parts = supply_at(notice), supplied(await versions.reach_of(tx, notice))
    taken = await tx.find(Account, street=streets)
    new = [modified(Hit(one, supply, Reason.CALLERS_OUTSIDE)) for one in taken]
    for hit in new:
        if hit.account.id not in parts or parts[hit.account.id][0] == LOW_PRESSURE:
            parts[hit.account.id] = hit.supply, hit.reason
    accounts = {one.id: one for one in await tx.find(Account, id=tuple(parts))} if parts else {}
    meant = [accounts[id] for id, (at, _) in parts.items() if at == supply and id in accounts]
    weak = [accounts[id] for id, (at, _) in parts.items() if at != supply and id in accounts]
    nodes = {account.node for account in accounts.values()}
    dry = sorted({*notice.hydrants_at, *hydrants_inside(plant, {hit.account.node for hit in new})})
    zones = (notice.zone, *notice.zones, *(hit.account.zone for hit in new))
    named = tuple(extents(meant, plant))
    placed = replace(
        notice,
        streets=(*named, *weak_beside(named, weak, plant)),
        accounts_affected=len(meant),
        accounts_weak=len(weak),
        institutions=institutions(plant, nodes),
        segments=tuple(sorted({account.segment.value for account in meant} - {"general"})),
        ring=outline(nodes, plant),
        hydrants=len(dry),
        hydrants_at=tuple(dry),
        zones=tuple(dict.fromkeys(zone for zone in zones if zone)),
    )
    rows = alike((at, reason, account) for account, (at, reason) in parts.items())
    return placed, NoticeReach(id=notice.id, notice=notice.id, reached=rows)
