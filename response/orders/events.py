"""A changed order, written and announced in one transaction."""

from dataclasses import replace

from core.model.event import Event, EventKind
from core.model.text import Words
from core.model.work_order import Beside, Milestone, WorkOrder, WorkOrderState, public_milestone
from core.ports.ledger import Tx
from response.service_times import due_ns


def event_of(order: WorkOrder, now_ns: int) -> Event:
    """What the event stream says of an order: nothing personal, no user names."""
    return Event(
        kind=EventKind.WORK_ORDER,
        subject=order.id,
        t_ns=now_ns,
        zone=order.zone,
        data={
            "state": order.state.value,
            "milestone": public_milestone(order.reached),
            "kind": order.kind,
            "priority": order.priority,
            "incident": order.incident,
            "crew": order.crew,
            "due_ns": order.due_ns,
            "accounts_affected": order.accounts_affected,
            "reports": order.reports,
            "seq": order.seq,
        },
    )


async def put(
    tx: Tx,
    order: WorkOrder,
    now_ns: int,
    actor: str | None = None,
    note: Words | None = None,
    beside: Beside | None = None,
) -> WorkOrder:
    """Write a change. actor, note: also as a milestone of the state that it has now; where it had that state
    before, as something beside its steps."""
    if actor is not None:
        crew = order.crew if order.state is WorkOrderState.ASSIGNED else None
        if beside is None and order.milestones and order.milestones[-1].state is order.state:
            beside = Beside.NOTED
        said = Milestone(state=order.state, at_ns=now_ns, actor=actor, note=note, crew=crew, beside=beside)
        order = replace(order, milestones=(*order.milestones, said))
    had = order.had if order.crew is None or order.crew in order.had else (*order.had, order.crew)
    order = replace(order, had=had, due_ns=due_ns(order), seq=order.seq + 1)
    await tx.put(order)
    await tx.emit(event_of(order, now_ns))
    return order
