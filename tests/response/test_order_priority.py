"""WO-07: what makes an order urgent, each with its reason."""

import pytest

from core.model.account import Segment
from core.model.work_order import WorkOrder
from response.orders.priority import Matter, rate
from tests.response import little_town as town


@pytest.mark.parametrize(
    ("more", "priority", "first"),
    [
        ({}, 3, "service:3"),
        ({"diameter_mm": 299.0}, 3, "service:3"),
        ({"diameter_mm": 300.0}, 1, "large_main:300"),
        ({"diameter_mm": 500.0}, 1, "trunk_main:500"),
        ({"segments": {Segment.HOSPITAL}}, 1, "inside_hospital"),
        ({"segments": {Segment.DIALYSIS: 2}}, 1, "inside_dialysis"),
        ({"segments": {Segment.SCHOOL}}, 2, "inside_school"),
        ({"segments": {Segment.NURSING}}, 2, "inside_nursing"),
        ({"segments": {Segment.VULNERABLE}}, 2, "inside_vulnerable"),
        ({"segments": {Segment.LARGE_USER}}, 2, "inside_large_user"),
        ({"connections": 100}, 2, "some_connections:100"),
        ({"connections": 500}, 1, "many_connections:500"),
        ({"kind": "water_quality"}, 1, "quality_risk"),
        ({"kind": "discoloured"}, 2, "quality_doubt"),
        ({"main_road": True}, 2, "main_road"),
        ({"base": 4, "diameter_mm": 900.0}, 4, "planned"),
        ({"base": 1, "main_road": True}, 1, "service:1"),
    ],
)
def test_each_rule_and_its_reason(more: dict, priority: int, first: str):
    found = rate(Matter(**{"kind": "leak", "base": 3, "at_ns": town.T0, **more}))
    assert (found.priority, found.reasons[0]) == (priority, first)


def test_every_reason_is_told_the_deciding_one_first():
    noon, morning = town.T0 - 10 * town.HOUR, town.T0 - 15 * town.HOUR
    known = {"kind": "leak", "base": 3, "connections": 120, "segments": {Segment.SCHOOL, Segment.HOSPITAL}}
    told = ("inside_hospital", "inside_school", "some_connections:120")
    assert rate(Matter(at_ns=noon, **known)).reasons == told
    assert rate(Matter(at_ns=morning, **known)).reasons == (*told, "peak_hours"), "at 07:10"


async def test_before_the_place_is_found_a_guess_may_raise_an_order_and_lowers_none(ledger, service):
    """A hospital hangs behind p4 alone. That no pipe was named yet is no guess."""
    told = []
    for pipe in ("p2", "p4", "p2", "p1"):
        await service.handle([await town.report(ledger, town.burst(pipe=pipe))])
        async with ledger.read() as tx:
            (order,) = await tx.find(WorkOrder)
        told.append((order.priority, order.priority_reasons[0], order.accounts_affected))
    hospital = "inside_hospital"
    assert told == [(2, "service:2", 25), (1, hospital, 5), (1, hospital, 25), (1, hospital, 55)]


async def test_the_first_location_rates_an_order_of_the_zone_anew(ledger, service):
    for pipe, priority in ((None, 1), ("p2", 2)):
        await service.handle([await town.report(ledger, town.burst(pipe=pipe))])
        async with ledger.read() as tx:
            (order,) = await tx.find(WorkOrder)
        assert order.priority == priority
