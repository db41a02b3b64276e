"""The way of an order: the same steps in the same order, and water never back before the valves are open."""

from hypothesis import given
from hypothesis import strategies as st

from core.model.text import Text
from core.model.valve_operation import ValveTurns
from core.model.work_order import Finding, Milestone, Outcome, WorkOrder
from core.model.work_order import WorkOrderState as S
from response.orders.way import WayStep, way

SHUT = (ValveTurns(valve="v1", closed=21, opened=0, shut=True),)
LINE = (S.ASSIGNED, S.EN_ROUTE, S.ARRIVED, S.ISOLATED, S.REPAIRING)


def order(*states: S, **more: object) -> WorkOrder:
    """Each state a minute after the one before; what was done is a repair."""
    said = tuple(
        Milestone(state=state, at_ns=n, actor="x") for n, state in enumerate((S.REPORTED, *states), 1)
    )
    fields: dict[str, object] = {
        "finding": Finding(outcome=Outcome.REPAIRED, by="x", at_ns=1),
        "kind": "burst",
    }
    return WorkOrder(
        id="WO-1",
        incident=None,
        state=said[-1].state,
        priority=1,
        zone=None,
        title=Text("", ""),
        place=Text("", ""),
        opened_ns=1,
        milestones=said,
        **(fields | more),  # type: ignore[arg-type]
    )


def shown(one: WorkOrder) -> tuple[list[str], list[str]]:
    """Reached, and still to come."""
    found = way(one)
    return [s.step for s in found if s.at_ns is not None], [s.step for s in found if s.at_ns is None]


def test_behind_valves_it_is_repaired_then_to_open_then_open_then_back():
    begun = ["reported", "assigned", "arrived", "stopped"]
    before = order(*LINE, finding=None, off_balance=SHUT)
    assert shown(before) == (begun, ["repaired", "to_open", "opened", "restored", "closed"])
    waits = order(*LINE, S.TO_OPEN, off_balance=SHUT, recovered_ns=3)
    assert shown(waits) == ([*begun, "repaired", "to_open"], ["opened", "restored", "closed"])
    done = order(*LINE, S.TO_OPEN, S.COMPLETED, recovered_ns=3)
    assert shown(done) == ([*begun, "repaired", "to_open", "opened", "restored"], ["closed"])
    assert way(done)[-2].at_ns == 8, "not before the last valve was open, though instruments showed it at 3"


def test_without_a_valve_none_is_announced_and_what_was_passed_over_is_left_out():
    assert shown(order(S.ASSIGNED, S.EN_ROUTE)) == (
        ["reported", "assigned"],
        ["arrived", "stopped", "repaired", "restored", "closed"],
    )
    done = order(S.ASSIGNED, S.ARRIVED, S.COMPLETED)
    assert shown(done) == (["reported", "assigned", "arrived", "repaired"], ["restored", "closed"])


def test_of_work_that_repaired_nothing_no_water_is_announced():
    nothing = Finding(outcome=Outcome.NOT_FOUND, by="x", at_ns=1, reason="x")
    assert shown(order(S.ASSIGNED, S.ARRIVED, S.COMPLETED, finding=nothing)) == (
        ["reported", "assigned", "arrived", "over"],
        ["closed"],
    )


def test_a_repair_begun_anew_takes_back_what_is_not_so_any_more():
    again = order(*LINE, S.TO_OPEN, S.REPAIRING, off_balance=SHUT, finding=None)
    assert "repaired" in shown(again)[1] and "to_open" in shown(again)[1]


@given(
    st.lists(st.sampled_from([one for one in S if one is not S.SUSPENDED]), max_size=12),
    st.sampled_from([(), SHUT]),
    st.none() | st.integers(1, 20),
)
def test_whatever_was_recorded_the_order_of_steps_is_one_and_back_comes_after_open(states, off, back):
    one = order(*states, off_balance=off, recovered_ns=back)
    found = way(one)
    steps = [stage.step for stage in found]
    assert steps == sorted(steps, key=list(WayStep).index)
    at = {stage.step: stage.at_ns for stage in found}
    if at.get(WayStep.RESTORED) is not None:
        assert not off
        assert WayStep.TO_OPEN not in at or at[WayStep.OPENED] <= at[WayStep.RESTORED]


def test_water_that_people_published_to_be_back_is_so_on_the_way_and_work_may_go_on():
    done = order(*LINE, S.COMPLETED, told_back_ns=3)
    assert shown(done) == (
        ["reported", "assigned", "arrived", "stopped", "repaired", "restored"],
        ["closed"],
    )
    at_work = order(*LINE, finding=None, told_back_ns=7)
    assert shown(at_work) == (
        ["reported", "assigned", "arrived", "stopped", "restored"],
        ["repaired", "closed"],
    )
    assert "restored" in shown(order(*LINE, S.TO_OPEN, off_balance=SHUT, told_back_ns=7))[1]
