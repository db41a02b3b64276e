"""Orders that people open: by hand, or from a report, of which nothing is lost (WO-05, WO-06)."""

from dataclasses import dataclass, replace

from core.model.account import Account, Segment, User
from core.model.flow_lock import Lockable
from core.model.plant import Plant
from core.model.report import Report
from core.model.service import Service
from core.model.text import Text, Words
from core.model.work_order import Milestone, Origin, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.named import account_of, report_of
from response.orders.catalogue import services
from response.orders.events import event_of
from response.orders.flow_lock import usable
from response.orders.priority import BY_PERSON, Matter, Rated, rate
from response.orders.reports import link
from response.refused import Refused, Unknown
from response.service_times import ServiceTimes, due_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done. report: opened from it; what the wish leaves open is taken from there. pipe:
    which, where it is known. priority: a person's own, in place of the rules'; x, y: where, m."""

    service: str
    text: Words | None = None
    zone: str | None = None
    street: str | None = None
    account: str | None = None
    incident: str | None = None
    report: str | None = None
    pipe: str | None = None
    priority: int | None = None
    x: float | None = None
    y: float | None = None


async def open_order(
    tx: Tx, plant: Plant, wish: Wish, actor: User, now_ns: int, times: ServiceTimes
) -> WorkOrder:
    """The new order, announced. Raises Unknown (service, report, account), Refused `place_required`,
    `disabled`, `in_use` (the report has an order) or `order_stands` (the incident has one of this kind)."""
    service = (await services(tx)).get(wish.service)
    if service is None or not service.active:
        raise Unknown(
            "no_such_service", Text(f"没有服务 {wish.service}", f"there is no service {wish.service}")
        )
    report = await _report(tx, wish)
    account = await _account(tx, wish, report)
    wish = _filled(plant, wish, report, account)
    _somewhere(wish)
    await usable(tx, plant, Lockable.SERVICE, service.id)
    await usable(tx, plant, Lockable.ZONE, wish.zone)
    id = await tx.next_id("WO", now_ns)
    order = _order(plant, wish, service, account, report, id, actor, now_ns, times)
    if not await tx.insert(order):
        (standing,) = await tx.find(WorkOrder, incident=wish.incident, kind=service.kind)
        why = Text(f"该事件已有工单 {standing.id}", f"order {standing.id} stands for this incident")
        raise Refused("order_stands", why, (standing.id,))
    if report is None:
        await tx.emit(event_of(order, now_ns))
        return order
    _, counted = await link(tx, report.id, id, now_ns)
    return counted


def _somewhere(wish: Wish) -> None:
    """A crew cannot be sent nowhere: a place, what stands for one, or words that tell it."""
    told = (wish.zone, wish.street, wish.account, wish.incident, wish.report, wish.pipe, wish.text)
    if wish.x is None and not any(told):
        why = Text(
            "请说明地点：分区、管道、户号、来报或说明", "say where: zone, pipe, account, report or in words"
        )
        raise Refused("place_required", why)


async def _report(tx: Tx, wish: Wish) -> Report | None:
    if wish.report is None:
        return None
    report = await report_of(tx, wish.report)
    if report.work_order is not None:
        why = Text(f"已有工单 {report.work_order}", f"order {report.work_order} stands for it")
        raise Refused("in_use", why, (report.work_order,))
    return report


async def _account(tx: Tx, wish: Wish, report: Report | None) -> Account | None:
    id = wish.account or (report.account if report else None)
    return await account_of(tx, id) if id is not None else None


def _filled(plant: Plant, wish: Wish, report: Report | None, account: Account | None) -> Wish:
    """With what the report, the account and the pipe say where the wish says nothing."""
    link_ = plant.network.links.get(wish.pipe or "")
    node = plant.network.nodes.get(account.node) if account else None
    street = wish.street or (report.street if report else None) or (account.street if account else None)
    street = street or (link_.street if link_ else None)
    zone = wish.zone or (report.zone if report else None) or (account.zone if account else None)
    zone = zone or (link_.zone if link_ else None)
    if zone is None and street in plant.streets:
        zone = plant.streets[street].zone
    x, y = wish.x, wish.y
    if x is None and report is not None:
        x, y = report.x, report.y
    if x is None and link_ is not None:
        x, y = plant.network.middle(link_.id)
    if x is None and node is not None:
        x, y = node.x, node.y
    return replace(
        wish,
        street=street,
        zone=zone,
        x=x,
        y=y,
        account=account.id if account else None,
        incident=wish.incident or (report.incident if report else None),
        text=wish.text or (report.text if report else None),
    )


def _order(
    plant: Plant,
    wish: Wish,
    service: Service,
    account: Account | None,
    report: Report | None,
    id: str,
    actor: User,
    now_ns: int,
    times: ServiceTimes,
) -> WorkOrder:
    pipe = plant.network.links.get(wish.pipe or "")
    diameter_mm = pipe.diameter_mm if pipe else 0.0
    rated = _rated(wish, service, account, diameter_mm, now_ns)
    place = _place(plant, wish)
    first = report.taken_by if report and report.taken_by else actor.id
    order = WorkOrder(
        id=id,
        incident=wish.incident,
        kind=service.kind,
        state=WorkOrderState.REPORTED,
        priority=rated.priority,
        priority_reasons=rated.reasons,
        zone=wish.zone,
        title=Text(f"{service.name.zh}：{place.zh}", f"{service.name.en}: {place.en}"),
        place=place,
        opened_ns=now_ns,
        clocks=times.clocks(service.kind, now_ns, diameter_mm, wish.zone, rated.priority),
        links=(pipe.id,) if pipe else (),
        valves=plant.network.isolate(pipe.id).valves if pipe else (),
        milestones=(Milestone(state=WorkOrderState.REPORTED, at_ns=now_ns, actor=actor.id),),
        origin=Origin.REPORT if report else Origin.PERSON,
        service=service.id,
        text=wish.text,
        account=wish.account,
        street=wish.street,
        first_owner=first,
        owner=first,
        x=wish.x,
        y=wish.y,
        diameter_mm=diameter_mm,
    )
    return replace(order, due_ns=due_ns(order))


def _rated(wish: Wish, service: Service, account: Account | None, diameter_mm: float, now_ns: int) -> Rated:
    """By the rules; a person's own priority stands before them, and their reasons are still told."""
    segments = {account.segment} if account and account.segment is not Segment.GENERAL else set()
    matter = Matter(
        kind=service.kind, base=service.priority, at_ns=now_ns, diameter_mm=diameter_mm, segments=segments
    )
    rated = rate(matter)
    return rated if wish.priority is None else Rated(wish.priority, (BY_PERSON, *rated.reasons))


def _place(plant: Plant, wish: Wish) -> Text:
    """Street with its area; never a customer's own address."""
    zone, street = plant.zones.get(wish.zone or ""), plant.streets.get(wish.street or "")
    area = zone.name if zone else Text("供水区域", "the supply area")
    if street is None:
        return area
    return Text(f"{area.zh}{street.name.zh}", f"{street.name.en}, {area.en}")
