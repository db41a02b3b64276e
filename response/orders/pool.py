"""抢单 (WO-14): orders that can wait lie in a pool; the first crew that takes one has it.

Atomic by the ledger's transaction: of fifty at once one finds the order still there. For five minutes crews
may take it; then the best of them is sent. Against gaming: whoever gives back what it took loses points and
waits; nobody takes more than some in a row, nor more than a share of the easy ones. The figures are this
project's own defaults.
"""

from collections.abc import Iterable
from dataclasses import replace

from core.model.account import User
from core.model.flow_lock import Earned, GrabPoint
from core.model.plant import Plant
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WorkOrder, WorkOrderState
from core.ports.ledger import Page, Tx
from response.named import order_of
from response.notices.rules import HUB
from response.orders.against_words import in_words
from response.orders.events import put
from response.orders.suggestion import facts_of, suggest, weigh
from response.refused import NotPermitted, Refused

POOL = "order.pool"
_MINUTE_NS = 60_000_000_000
WINDOW_NS = 5 * _MINUTE_NS
REST_NS = 30 * _MINUTE_NS
"""How long a crew that dropped an order takes none."""
POINTS = {3: 2, 4: 1}
DROPPED_POINTS = -3
MOST_IN_A_ROW = 3
MOST_EASY_SHARE, EASY_FROM = 0.5, 6
"""Of the easy orders lately taken, once there are so many."""
_LATELY = 50


def timer(order: str, now_ns: int) -> Timer:
    return Timer(id=f"{POOL}:{order}", kind=POOL, subject=order, due_ns=now_ns + WINDOW_NS)


async def grab(tx: Tx, plant: Plant, id: str, actor: User, now_ns: int) -> WorkOrder:
    """The crew of `actor` takes it. Raises Unknown, NotPermitted `no_crew`, Refused `taken` (another was
    first) or `not_eligible`."""
    order = await order_of(tx, id)
    crew = plant.crews.get(actor.crew or "")
    if crew is None:
        raise NotPermitted("no_crew", Text("您不属于任何班组", "you belong to no crew"))
    if order.state is not WorkOrderState.POOLED:
        raise Refused("taken", Text("已被抢走", "somebody else has it already"))
    against = await against_grab(tx, plant, order, crew.id, now_ns)
    if against:
        named = in_words(against)
        why = Text(f"不符合抢单条件：{named.zh}", f"your crew may not: {named.en}")
        raise Refused("not_eligible", why, against)
    await tx.put(await _point(tx, order, crew.id, Earned.GRABBED, POINTS.get(order.priority, 1), now_ns))
    await tx.delete(Timer, f"{POOL}:{id}")
    taken = replace(
        order,
        state=WorkOrderState.ACCEPTED,
        crew=crew.id,
        first_owner=order.first_owner or actor.id,
    )
    return await put(tx, taken, now_ns, actor.id, Text("抢单", "taken from the pool"))


async def against_grab(tx: Tx, plant: Plant, order: WorkOrder, crew: str, now_ns: int) -> tuple[str, ...]:
    """Named reasons why this crew may not take it now."""
    suggestion = weigh(plant, plant.crews[crew], order, await facts_of(tx, order, now_ns))
    lately = [one for one in await tx.find(GrabPoint, Page(_LATELY)) if one.why is Earned.GRABBED]
    gave_back = await tx.find(GrabPoint, Page(1), crew=crew, why=Earned.DROPPED)
    return (*suggestion.against, *_gaming(order, crew, lately, gave_back, now_ns))


def _gaming(
    order: WorkOrder, crew: str, lately: list[GrabPoint], gave_back: list[GrabPoint], now_ns: int
) -> tuple[str, ...]:
    """lately: the newest first. gave_back: the newest that the crew dropped."""
    dropped = max((one.at_ns for one in gave_back), default=None)
    row = lately[:MOST_IN_A_ROW]
    easy = [one for one in lately if one.easy]
    share = sum(one.crew == crew for one in easy) / len(easy) if len(easy) >= EASY_FROM else 0.0
    holding = {
        "dropped_lately": dropped is not None and now_ns - dropped < REST_NS,
        "in_a_row": len(row) == MOST_IN_A_ROW and all(one.crew == crew for one in row),
        "easy_share": order.priority >= 4 and share > MOST_EASY_SHARE,
    }
    return tuple(name for name, holds in holding.items() if holds)


async def dropped(tx: Tx, order: WorkOrder, crew: str, now_ns: int) -> None:
    """A crew gives back what it had taken from the pool; of what it was sent it loses nothing."""
    mine = await tx.find(GrabPoint, work_order=order.id, crew=crew)
    if sum(1 if one.why is Earned.GRABBED else -1 for one in mine) > 0:
        await tx.put(await _point(tx, order, crew, Earned.DROPPED, DROPPED_POINTS, now_ns))


async def window_over(tx: Tx, plant: Plant, id: str, now_ns: int) -> WorkOrder | None:
    """Nobody took it: the best crew is sent, or, where none may go, the dispatcher has it again."""
    order = await tx.get(WorkOrder, id)
    if order is None or order.state is not WorkOrderState.POOLED:
        return None
    best = next((one for one in await suggest(tx, plant, order, now_ns) if not one.against), None)
    if best is None:
        note = Text("抢单超时，无符合条件的班组", "nobody took it, and no crew may go")
        return await put(tx, replace(order, state=WorkOrderState.TRIAGED), now_ns, HUB, note)
    note = Text(
        f"抢单超时，自动派给最合适的班组 {best.crew}", f"nobody took it: the best crew, {best.crew}, is sent"
    )
    sent = replace(order, state=WorkOrderState.ASSIGNED, crew=best.crew, sent_by=order.owner or HUB)
    return await put(tx, sent, now_ns, HUB, note)


def gini(counts: Iterable[float]) -> float:
    """How unevenly the orders are spread: 0 all alike, towards 1 all with one."""
    sizes = sorted(counts)
    total = sum(sizes)
    if not total:
        return 0.0
    n = len(sizes)
    return sum((2 * i - n - 1) * size for i, size in enumerate(sizes, 1)) / (n * total)


async def _point(tx: Tx, order: WorkOrder, crew: str, why: Earned, points: int, now_ns: int) -> GrabPoint:
    return GrabPoint(
        id=await tx.next_id("PTS", now_ns),
        crew=crew,
        work_order=order.id,
        why=why,
        points=points,
        easy=order.priority >= 4,
        at_ns=now_ns,
    )
