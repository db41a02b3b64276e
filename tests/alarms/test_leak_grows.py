"""What grows beside a leak that is known is told with the night since which it has, and located by that."""

import pytest

from alarms.detectors.expected_week import DAY_NS
from alarms.engine import Engine
from alarms.sharpening import began_of
from core.model.finding import Finding, FindingKind, Verb
from tests.alarms.alarm_town import definition, plant
from tests.alarms.alarm_water import MINUTE, MONDAY, district

ROW, ZONE, PER_DAY = "dma-01:leak", "dma-01", 1440
FIRST, SECOND, DAYS = 21, 29, 33
"""Days on whose noon a leak begins; nobody mends them."""


@pytest.fixture(scope="module")
def told() -> list[Finding]:
    water = district(5, DAYS, sd=0.02)
    water.inflow[FIRST * PER_DAY + 720 :] += 14.0
    water.inflow[SECOND * PER_DAY + 720 :] += 16.0
    engine = Engine(plant(), [definition(ROW, FindingKind.LEAK, zone=ZONE)], past=True)
    return [
        found
        for day in range(DAYS)
        for found in engine.update(water.batch(day * PER_DAY, (day + 1) * PER_DAY))
    ]


def night(since_ns: float) -> int:
    """Of the record's days, counted from noon to noon."""
    return int((since_ns - MONDAY - 720 * MINUTE) // DAY_NS)


def test_a_second_leak_is_told_with_its_own_beginning_and_keeps_the_first_ones(told: list[Finding]) -> None:
    raised, grew = (next(f for f in told if f.verb is verb) for verb in (Verb.RAISE, Verb.ESCALATE))
    assert grew.evidence["onset_s"] == raised.evidence["onset_s"]
    assert "grew_s" not in raised.evidence
    assert night(began_of(raised.evidence) or 0) == FIRST
    assert night(began_of(grew.evidence) or 0) == SECOND


def test_what_lessens_has_not_grown() -> None:
    assert began_of({"onset_s": 5.0}) == 5 * 10**9
    assert began_of({"onset_s": 5.0, "grew_s": 7.0}) == 7 * 10**9
    assert began_of({}) is None
