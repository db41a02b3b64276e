"""The valves of a matter: those that its orders name, and any other that stands shut for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.plant import Plant
from core.model.valve_operation import ValveOperation
from core.model.work_order import VOID, WorkOrder
from response.orders.valves import balance


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterValve:
    """street: its id. x, y: in the plant's coordinates, m; None where the network does not know it. shut: by
    the crews' records."""

    valve: str
    street: str | None
    x: float | None
    y: float | None
    shut: bool


def isolating(
    plant: Plant, orders: Sequence[WorkOrder], turned: Sequence[ValveOperation]
) -> tuple[MatterValve, ...]:
    """Those that are named first. Of an order that was called off only what it left shut."""
    shut = balance(list(turned))
    named = [valve for order in orders if order.state not in VOID for valve in order.valves]
    return tuple(_valve(plant, id, id in shut) for id in dict.fromkeys((*named, *shut)))


def _valve(plant: Plant, id: str, shut: bool) -> MatterValve:
    known = plant.network.valves.get(id)
    link = plant.network.links.get(known.link) if known else None
    node = plant.network.nodes.get(known.node) if known else None
    return MatterValve(
        valve=id,
        street=link.street if link else None,
        x=round(node.x, 1) if node else None,
        y=round(node.y, 1) if node else None,
        shut=shut,
    )
