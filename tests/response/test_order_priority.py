"""WO-07: what makes an order urgent, each with its reason."""

import pytest

from core.model.account import Segment
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
