"""The day's list of call-backs, made at a set hour from the orders whose work is done."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from core.model.callback import Callback
from core.model.report import Report
from core.model.shanghai import local
from core.model.timer import Timer
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.logs import log
from core.runtime.timetable import held
from response.callbacks.choice import Chosen, chosen
from response.clocks.spec import CallbackRules
from response.orders.steps import UNCALLED, called_back

DAILY = "callbacks"
"""The kind of the one timer, and its id."""
_S = 1_000_000_000


class CallbackList:
    def __init__(self, ledger: Ledger, clock: Clock, rules: CallbackRules) -> None:
        self._ledger, self._clock, self._rules = ledger, clock, rules

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {DAILY: self._due}

    async def begin(self) -> None:
        """The timer is there from the first start on."""
        async with self._ledger.begin() as tx:
            if await tx.get(Timer, DAILY) is None:
                await tx.put(_timer(next_list_ns(self._clock.now_ns(), self._rules.list_at)))

    async def _due(self, timer: Timer) -> None:
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            now_ns = self._clock.now_ns()
            made = await make(tx, self._rules, now_ns)
            await tx.put(_timer(next_list_ns(now_ns, self._rules.list_at)))
        log.info("call-backs listed", made=len(made))


async def unlisted(tx: Tx, rules: CallbackRules) -> list[Chosen]:
    """Who is to be called and is on no list yet."""
    done: list[tuple[WorkOrder, list[Report]]] = []
    for order in await tx.find(WorkOrder, state=tuple(UNCALLED)):
        if called_back(order):
            continue
        listed = await tx.find(Callback, order=order.id)
        if any(one.made_ns > order.said[0].at_ns for one in listed if order.said):
            continue
        done.append((order, await tx.find(Report, work_order=order.id)))
    return chosen(done, rules)


async def waiting(tx: Tx, rules: CallbackRules, now_ns: int) -> list[Callback]:
    """As they would be listed now."""
    return [
        Callback(
            id=f"{row.order.id}:{row.report.id}" + (f":{row.order.reopened}" if row.order.reopened else ""),
            order=row.order.id,
            report=row.report.id,
            reason=row.reason,
            day=local(now_ns).date().isoformat(),
            made_ns=now_ns,
            account=row.report.account,
            zone=row.order.zone,
            crew=row.order.crew,
            first_owner=row.order.first_owner,
        )
        for row in await unlisted(tx, rules)
    ]


async def make(tx: Tx, rules: CallbackRules, now_ns: int) -> list[Callback]:
    """Those that are not on a list yet. What was listed before and not called stays listed."""
    made = await waiting(tx, rules, now_ns)
    await tx.put_many(made)
    return made


async def listed(tx: Tx, rules: CallbackRules, id: str, now_ns: int) -> None:
    """Whoever calls one that waits for the list need not list it first: it is made now, as a whole."""
    if await tx.get(Callback, id) is None:
        found = await waiting(tx, rules, now_ns)
        if any(one.id == id for one in found):
            await tx.put_many(found)


def next_list_ns(now_ns: int, hour: int) -> int:
    """The next time that it is this hour in Shanghai."""
    now = local(now_ns)
    at = datetime(now.year, now.month, now.day, hour, tzinfo=now.tzinfo)
    if at <= now:
        at += timedelta(days=1)
    return int(at.timestamp()) * _S


def _timer(due_ns: int) -> Timer:
    return Timer(id=DAILY, kind=DAILY, subject=DAILY, due_ns=due_ns)
