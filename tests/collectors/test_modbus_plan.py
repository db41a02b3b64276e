"""The planner reads everything once, splits nothing and keeps within a request's limits."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.modbus.plan import plan, plan_unit
from collectors.modbus.point import Point
from collectors.modbus.registers import BITS, MAX_BITS, Table, Type
from collectors.modbus.spec import Forbidden, ModbusSpec

LIMITS = st.integers(9, 125)
"""From the longest value on: what does not fit one reply is refused with the configuration."""


def _point(n: int, table: Table, address: int, type: Type) -> Point:
    kind = Type.BOOL if table in BITS else type
    text = {"length": 1 + address % 9, "states": {"RUN": 1}} if kind is Type.STRING else {}
    return Point(tag=f"t{n}", table=table, address=address, type=kind, **text)


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


@given(points(), st.integers(0, 40), LIMITS)
def test_every_point_lies_whole_in_exactly_one_request_of_its_table(points, gap, limit):
    requests = plan(7, points, max_gap=gap, max_registers=limit)
    assert sorted(p.tag for r in requests for p in r.points) == sorted(p.tag for p in points)
    for request in requests:
        assert request.unit == 7
        assert 1 <= request.count <= (16 * limit if request.table in BITS else limit)
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


WALLS = st.lists(
    st.builds(Forbidden, table=st.sampled_from(Table), address=st.integers(0, 700), count=st.integers(1, 30)),
    max_size=12,
)


def _reads(request, wall):
    end = request.address + request.count
    return wall.table is request.table and wall.address < end and request.address < wall.address + wall.count


@given(points(), WALLS, st.integers(0, 40), LIMITS)
def test_forbidden_addresses_are_read_for_nobody_but_the_one_point_that_lies_on_them(
    points, walls, gap, limit
):
    requests = plan(1, points, max_gap=gap, max_registers=limit, forbidden=walls)
    assert sorted(p.tag for r in requests for p in r.points) == sorted(p.tag for p in points)
    for request in requests:
        if any(_reads(request, wall) for wall in walls):
            (alone,) = request.points
            assert any(wall.holds(alone) for wall in walls)
            assert (request.address, request.count) == (alone.address, alone.width)


@given(points(), st.lists(st.sampled_from("abc"), min_size=120, max_size=120), st.integers(0, 9))
def test_an_atomic_group_is_read_in_one_reply(points, names, gap):
    near = [
        replace(p, atomic_group=f"{name}.{p.table}.{p.address // 100}")
        for p, name in zip(points, names, strict=False)
    ]
    requests = plan(1, near, max_gap=gap)
    for group in {p.atomic_group for p in near}:
        assert sum(any(p.atomic_group == group for p in r.points) for r in requests) == 1


@given(points(), st.integers(0, 40))
def test_what_is_read_along_unused_is_told(points, gap):
    for request in plan(1, points, max_gap=gap):
        addresses = set(range(request.address, request.address + request.count))
        for point in request.points:
            addresses -= set(range(point.address, point.address + point.width))
        assert request.unused == len(addresses)


def _spec(**unit):
    return ModbusSpec(type="modbus", id="x", host="h", max_registers=100, units=[{"unit": 3, **unit}])


def test_a_unit_that_bears_less_than_its_connection_is_asked_for_less():
    sixty = [{"tag": f"t{n}", "address": n} for n in range(60)]
    spec = _spec(points=sixty, max_registers=25)
    assert [r.count for r in plan_unit(spec, spec.units[0], spec.units[0].points)] == [25, 25, 10]
    spec = _spec(points=sixty, forbidden=[{"address": 80}])
    found_out = [Forbidden(address=7)]
    requests = plan_unit(spec, spec.units[0], spec.units[0].points, found_out)
    assert [(r.address, r.count) for r in requests] == [(0, 7), (7, 1), (8, 52)]


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (
            {"points": [{"tag": "t", "address": 5, "type": "f32"}], "forbidden": [{"address": 6}]},
            "t: lies in",
        ),
        (
            {
                "points": [
                    {"tag": "a", "address": 1, "atomic_group": "g"},
                    {"tag": "b", "address": 9, "atomic_group": "g"},
                ],
                "forbidden": [{"address": 5}],
            },
            "g: cannot be read at once",
        ),
        (
            {
                "points": [
                    {"tag": "a", "address": 1, "atomic_group": "g"},
                    {"tag": "b", "address": 101, "atomic_group": "g"},
                ]
            },
            "g: takes 101 addresses",
        ),
        (
            {
                "points": [
                    {"tag": "a", "address": 1, "atomic_group": "g"},
                    {"tag": "b", "address": 2, "atomic_group": "g", "table": "input"},
                ]
            },
            "one table",
        ),
    ],
)
def test_what_cannot_be_read_is_told_before_it_is_tried(unit, said):
    with pytest.raises(ValueError, match=said):
        _spec(**unit)
