"""The planner reads everything once, splits nothing and keeps within a request's limits."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collectors.modbus.plan import plan
from collectors.modbus.spec import BITS, MAX_BITS, Point, Table, Type

WORD_TABLES = st.sampled_from([Table.HOLDING, Table.INPUT])


def _point(n: int, table: Table, address: int, type: Type) -> Point:
    return Point(tag=f"t{n}", table=table, address=address, type=Type.BOOL if table in BITS else type)


@st.composite
def points(draw) -> list[Point]:
    places = draw(
        st.lists(
            st.tuples(st.sampled_from(Table), st.integers(0, 700), st.sampled_from(list(Type))),
            min_size=1,
            max_size=120,
        )
    )
    return [_point(n, *place) for n, place in enumerate(places)]


@given(points(), st.integers(0, 40), st.integers(4, 125))
def test_every_point_lies_whole_in_exactly_one_request_of_its_table(points, gap, limit):
    requests = plan(7, points, max_gap=gap, max_registers=limit)
    assert sorted(p.tag for r in requests for p in r.points) == sorted(p.tag for p in points)
    for request in requests:
        assert request.unit == 7
        assert 1 <= request.count <= (MAX_BITS if request.table in BITS else limit)
        for point in request.points:
            assert point.table is request.table
            assert request.address <= point.address
            assert point.address + point.width <= request.address + request.count


@given(points(), st.integers(0, 40))
def test_no_request_reads_over_a_gap_longer_than_allowed(points, gap):
    for request in plan(1, points, max_gap=gap):
        used = {a for p in request.points for a in range(p.address, p.address + p.width)}
        unused = 0
        for address in range(request.address, request.address + request.count):
            unused = 0 if address in used else unused + 1
            assert unused <= (4 * gap if request.table in BITS else gap)


@given(points())
def test_neighbours_are_never_read_apart_when_one_request_could_hold_both(points):
    requests = plan(1, points, max_gap=8)
    for first, second in pairwise(requests):
        if first.table is second.table:
            gap, limit = (32, MAX_BITS) if first.table in BITS else (8, 125)
            next_one = second.points[0]
            apart = next_one.address > first.address + first.count + gap
            too_long = next_one.address + next_one.width - first.address > limit
            assert apart or too_long


def test_sixty_floats_side_by_side_are_one_request():
    sixty = [_point(n, Table.HOLDING, 2 * n, Type.F32) for n in range(60)]
    (request,) = plan(1, sixty)
    assert (request.address, request.count, request.payload_size) == (0, 120, 240)
