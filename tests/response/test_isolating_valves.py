"""The valves of a matter: what its orders name, and what stands shut for it."""

from core.model.text import Text
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrder, WorkOrderState
from response.orders.isolating import isolating
from tests.response.little_town import T0, plant


def order(state: WorkOrderState, *valves: str) -> WorkOrder:
    words = Text("爆管抢修", "Burst repair")
    return WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind="burst",
        state=state,
        priority=1,
        zone="dma-01",
        title=words,
        place=words,
        opened_ns=T0,
        valves=valves,
    )


def turned(n: int, valve: str, turning: Turning) -> ValveOperation:
    return ValveOperation(
        id=f"VOP-{n}",
        work_order="WO-1",
        valve=valve,
        turning=turning,
        turns=20.0,
        closes=Direction.CLOCKWISE,
        operator="crew",
        at_ns=T0 + n,
    )


def test_each_says_where_it_is_and_whether_it_stands_shut():
    log = [turned(1, "v1", Turning.CLOSE), turned(2, "v3", Turning.CLOSE), turned(3, "v1", Turning.OPEN)]
    found = isolating(plant(), [order(WorkOrderState.ISOLATED, "v1", "v2")], log)
    assert [(one.valve, one.shut) for one in found] == [("v1", False), ("v2", False), ("v3", True)]
    assert (found[0].street, found[0].x, found[0].y) == ("s-1", 100.0, 0.0)


def test_of_an_order_that_was_called_off_only_what_it_left_shut():
    cancelled = [order(WorkOrderState.CANCELLED, "v1", "v2")]
    assert isolating(plant(), cancelled, []) == ()
    assert [one.valve for one in isolating(plant(), cancelled, [turned(1, "v2", Turning.CLOSE)])] == ["v2"]


def test_a_valve_that_the_network_does_not_know_has_no_place():
    (one,) = isolating(plant(), [order(WorkOrderState.ASSIGNED, "v9")], [])
    assert (one.valve, one.street, one.x, one.shut) == ("v9", None, None, False)
