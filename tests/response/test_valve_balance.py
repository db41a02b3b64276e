"""WO-21: what was shut for an order is open again, turn for turn."""

from hypothesis import given
from hypothesis import strategies as st

from core.model.valve_operation import Direction, Turning, ValveOperation
from response.orders.valves import TURNS_SLACK, balance

TURNS = st.integers(1, 40).map(float)
ROWS = st.lists(st.tuples(st.sampled_from(["v1", "v2", "v3"]), st.sampled_from(Turning), TURNS), max_size=30)


def operations(rows: list[tuple[str, Turning, float]]) -> list[ValveOperation]:
    return [
        ValveOperation(
            id=f"VOP-{n:03d}",
            work_order="WO-1",
            valve=valve,
            turning=turning,
            turns=turns,
            closes=Direction.CLOCKWISE,
            operator="crew",
            at_ns=n,
        )
        for n, (valve, turning, turns) in enumerate(rows)
    ]


@given(ROWS)
def test_opening_everything_as_far_as_it_was_shut_leaves_nothing_shut(rows):
    shut = balance(operations(rows))
    opened = [*rows, *((valve, Turning.OPEN, turns) for valve, turns in shut.items())]
    assert balance(operations(opened)) == {}


@given(ROWS)
def test_a_valve_shut_last_is_shut_and_one_never_shut_is_not(rows):
    shut = balance(operations(rows))
    last = {valve: turning for valve, turning, _ in rows}
    closed = {valve for valve, turning, _ in rows if turning is Turning.CLOSE}
    assert {valve for valve, turning in last.items() if turning is Turning.CLOSE} <= shut.keys()
    assert shut.keys() <= closed
    assert all(turns > TURNS_SLACK or last[valve] is Turning.CLOSE for valve, turns in shut.items())


@given(ROWS)
def test_the_order_in_which_a_phone_sends_them_changes_nothing(rows):
    told = operations(rows)
    assert balance(list(reversed(told))) == balance(told)
