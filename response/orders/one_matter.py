"""One matter, one order: which orders speak of the same thing, which of them stands, and what becomes of the
others (WO-01, HL-32).

People ring up before the gauges are sure, or after; two incidents turn out to be one. An order that only
asked to look is raised to the repair once that is known, and takes its crew, clocks and callers along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from core.model.incident import Incident, IncidentKind
from core.model.report import Report
from core.model.text import Text
from core.model.work_order import OVER, WORK_LEFT, Origin, WorkOrder, WorkOrderState, how_far
from core.ports.ledger import Tx
from response.notices.rules import HUB
from response.orders.events import put
from response.orders.priority import BY_PERSON

INVESTIGATE = "investigate"
ORDER_KINDS: Mapping[IncidentKind, str] = MappingProxyType(
    {
        IncidentKind.BURST: "burst",
        IncidentKind.LEAK: "leak_survey",
        IncidentKind.WATER_QUALITY: "water_quality",
        IncidentKind.PUMP_TRIP: "pump_trip",
        IncidentKind.LOW_PRESSURE: INVESTIGATE,
    }
)
"""The order that a confirmed incident opens. Of low pressure alone no cause is known: somebody looks."""
_HOUSEHOLD = frozenset({INVESTIGATE, "no_water", "low_pressure"})
BECOMES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "burst": _HOUSEHOLD | {"leak"},
        "pump_trip": _HOUSEHOLD,
        "water_quality": frozenset({INVESTIGATE, "discoloured"}),
    }
)
"""The kinds that only ask to look into what then proves to be this."""
LOOKS = frozenset({INVESTIGATE, "discoloured"})
"""What a cluster of reports opens."""


def one_matter(a: str, b: str) -> bool:
    """Whether two orders of these kinds, of one incident, are for the same work."""
    if a == b:
        return True
    return any({a, b} <= {kind, *lesser} for kind, lesser in BECOMES.items())


def furthest(orders: Iterable[WorkOrder]) -> WorkOrder | None:
    """The one that goes on: further on its way, then with more callers, then the older."""
    ranked = sorted(orders, key=lambda o: (-how_far(o.reached), -o.reports, o.opened_ns, o.id))
    return ranked[0] if ranked else None


def lesser_of(orders: Iterable[WorkOrder], kind: str) -> list[WorkOrder]:
    """Those with work left that `kind` takes up."""
    wanted = BECOMES.get(kind, frozenset())
    return [o for o in orders if o.kind in wanted and o.state in WORK_LEFT and o.same_as is None]


def waits(order: WorkOrder) -> bool:
    """Nobody has been sent with it, nobody is expected with it, and no person wrote it by hand: nothing is
    lost when another order takes it up."""
    by_hand = order.origin is Origin.PERSON or BY_PERSON in order.priority_reasons
    return order.state is WorkOrderState.REPORTED and order.visit is None and not by_hand


async def raised(tx: Tx, order: WorkOrder, fresh: WorkOrder, now_ns: int) -> WorkOrder:
    """The same order, now for what `fresh` says: kind, place, pipes, valves, urgency and clocks. No promise
    is made later by it. What a person decided stays."""
    reasons = tuple(dict.fromkeys((*fresh.priority_reasons, *order.priority_reasons)))
    by_person = BY_PERSON in order.priority_reasons
    promised = dict(fresh.clocks)
    for name, due in order.clocks:
        promised[name] = min(due, promised.get(name, due))
    became = replace(
        order,
        incident=fresh.incident,
        kind=fresh.kind,
        service=fresh.service,
        priority=order.priority if by_person else min(order.priority, fresh.priority),
        priority_reasons=order.priority_reasons if by_person else reasons,
        zone=fresh.zone,
        title=fresh.title,
        place=fresh.place,
        clocks=tuple(sorted(promised.items(), key=lambda row: row[1])),
        links=fresh.links,
        valves=fresh.valves,
        accounts_affected=fresh.accounts_affected,
        accounts_weak=fresh.accounts_weak,
        x=order.x if fresh.x is None else fresh.x,
        y=order.y if fresh.y is None else fresh.y,
        diameter_mm=fresh.diameter_mm,
        located_ns=now_ns,
        raised_ns=now_ns,
        related_to=order.related_to or fresh.related_to,
        on_call=fresh.on_call or order.on_call,
        came_from=None,
    )
    was, now = order.title, fresh.title
    note = Text(
        f"{was.zh} → {now.zh}（{fresh.incident}）",
        f"{was.en} → {now.en}, raised with the incident {fresh.incident}",
    )
    return await put(tx, became, now_ns, HUB, note)


async def folded(tx: Tx, order: WorkOrder, into: WorkOrder, now_ns: int) -> WorkOrder:
    """`order` is for the same matter as `into`, which stands: the latter, with the former's callers where
    nobody has taken that up. Else it stays open, and says so, until a dispatcher ends it: a crew may be on
    its way with it."""
    if not waits(order):
        await put(tx, replace(order, same_as=into.id), now_ns, HUB, same_matter(into))
        return into
    for report in await tx.find(Report, work_order=order.id):
        incident = into.incident or report.incident
        await tx.put(replace(report, work_order=into.id, incident=incident, seq=report.seq + 1))
    ended = replace(order, state=WorkOrderState.MERGED, same_as=into.id, reports=0, callers=0)
    await put(tx, ended, now_ns, HUB, same_matter(into))
    if not order.reports:
        return into
    counted = replace(
        into,
        reports=into.reports + order.reports,
        callers=into.callers + order.callers,
        first_owner=into.first_owner or order.first_owner,
        owner=into.owner if into.answered_for else order.owner,
    )
    return await put(tx, counted, now_ns)


async def bound(tx: Tx, order: WorkOrder, incident: Incident, now_ns: int) -> WorkOrder:
    """The order, now of the incident. Where that has one of the kind already, the one further on stands, and
    takes up the other."""
    if order.incident == incident.id:
        return order
    rival = next(iter(await tx.find(WorkOrder, incident=incident.id, kind=order.kind)), None)
    if rival is not None and rival.state not in OVER and furthest((order, rival)) is rival:
        return await folded(tx, order, rival, now_ns)
    if rival is not None:
        rival = replace(rival, incident=None, past=(*rival.past, incident.id))
        await put(tx, rival, now_ns)
    for report in await tx.find(Report, work_order=order.id):
        if report.incident in (None, order.incident):
            await tx.put(replace(report, incident=incident.id, seq=report.seq + 1))
    said = Text(f"{incident.id}：{incident.title.zh}", f"{incident.id}: {incident.title.en}")
    order = await put(tx, replace(order, incident=incident.id), now_ns, HUB, said)
    if rival is not None and rival.state not in OVER:
        rival = await tx.get(WorkOrder, rival.id) or rival
        order = await folded(tx, rival, order, now_ns)
    return order


def same_matter(standing: WorkOrder) -> Text:
    return Text(f"与工单 {standing.id} 同一事件", f"same matter as order {standing.id}")
