"""Whether the valves that part an order's main are recorded shut: of one that is fed from both ends half of
them stop nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.model.text import Text
from core.model.valve_operation import Turning, ValveOperation
from core.model.work_order import WorkOrder
from core.model.work_order import WorkOrderState as S
from response.orders.valves import this_round

_SHUTTING = frozenset({S.ARRIVED, S.ISOLATING, S.ISOLATED, S.REPAIRING})


@dataclass(frozen=True, slots=True)
class HalfShut:
    """Of so many valves to shut so many are recorded shut; left: those that are not."""

    shut: int
    of: int
    left: tuple[str, ...]


def half_shut(order: WorkOrder, shut: Collection[str] | None = None) -> HalfShut | None:
    """Until the first is opened again, and nobody has said that the water is stopped all the same. shut: all
    that stands shut for its matter; None: what stands shut for itself."""
    if order.stopped is not None or order.discoloured_ns is not None or order.reached not in _SHUTTING:
        return None
    standing = {one.valve for one in order.off_balance if one.shut} if shut is None else shut
    left = tuple(valve for valve in order.valves if valve not in standing)
    n = len(order.valves)
    return HalfShut(n - len(left), n, left) if 0 < len(left) < n else None


def parted_ns(order: WorkOrder, operations: Sequence[ValveOperation], said_ns: int) -> int | None:
    """When the main was parted, which was said at said_ns: no sooner than the last of its valves was shut,
    where some are recorded. None: not yet."""
    shut: dict[str, int] = {}
    for one in this_round(order, operations):
        if one.turning is Turning.CLOSE and one.valve in order.valves:
            shut.setdefault(one.valve, one.when_ns)
    if order.stopped is not None or not shut:
        return said_ns
    return max(said_ns, *shut.values()) if len(shut) == len(order.valves) else None


def in_words(half: HalfShut) -> Text:
    left = half.left
    return Text(
        f"{half.of}个需关阀门中记录已关{half.shut}个，未关：{'、'.join(left)}",
        f"{half.shut} of {half.of} valves recorded shut, not: {', '.join(left)}",
    )
