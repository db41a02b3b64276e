"""One mend for each habit, and none for an alarm that may have been right."""

import pytest

from alarms.kpi import DAY_NS, SECOND, Actor, kpi
from alarms.nuisance import Mend, mend

PERIOD = kpi(0, 30 * DAY_NS, [], [])
CALM: dict[str, object] = {
    "alarm": "a",
    "annunciated": 1,
    "share": 0.1,
    "raised": 1,
    "chatters": 0,
    "fleeting": 0,
    "standing_ns": 600 * SECOND,
    "reaction_ns": None,
    "shelved": 0,
}


@pytest.mark.parametrize(
    ("habit", "proposed"),
    [
        ({}, None),
        ({"annunciated": 2, "reaction_ns": 60 * SECOND}, None),
        ({"raised": 10, "chatters": 2}, Mend.DEADBAND),
        ({"raised": 10, "fleeting": 5}, Mend.ON_DELAY),
        ({"standing_ns": 20 * DAY_NS}, Mend.REPAIR),
        ({"shelved": 2}, Mend.SHELVED),
        ({"annunciated": 3}, Mend.EVENT),
        ({"annunciated": 3, "reaction_ns": 60 * SECOND}, Mend.SETPOINT),
    ],
)
def test_a_habit_has_its_mend(habit: dict[str, object], proposed: Mend | None) -> None:
    assert mend(Actor(**(CALM | habit)), PERIOD) is proposed  # type: ignore[arg-type]
