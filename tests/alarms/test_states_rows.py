"""The alarm's table of states, row by row (A-01)."""

from dataclasses import replace
from itertools import product

import pytest

from alarms.states import CORE, TABLE, AlarmEvent, Effect, Overlay, Row
from alarms.transition import step
from core.model.alarm import Alarm
from tests.alarms.test_states import DOWN, OOS, SHELF, UP, alarm, seen

WAYS = {
    None: ({},),
    Overlay.SHELF: ({"shelf": SHELF}, {"shelf": replace(SHELF, once=True)}),
    Overlay.RULE: ({"suppressed_by": ("rule",)}, {"suppressed_by": ("other", "rule")}),
    Overlay.OUT_OF_SERVICE: ({"oos": OOS},),
    Overlay.CHATTER: ({"chatter": UP}, {"chatter": DOWN}),
}
"""How an alarm may have each overlay."""
WITH_ANOTHER = {19, 27}
"""Taken with a core row, after it: stories of their own."""


def on(found: Alarm) -> set[Overlay]:
    has = {
        Overlay.SHELF: found.shelf,
        Overlay.RULE: "rule" in found.suppressed_by,
        Overlay.OUT_OF_SERVICE: found.oos,
        Overlay.CHATTER: found.chatter,
    }
    return {overlay for overlay, true in has.items() if true}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.number}-{row.event}")
def test_each_row_does_what_it_says_from_each_of_its_states(row: Row) -> None:
    """The state after, the overlay put on or taken off, the effects, one change counted."""
    overlays = WAYS[Overlay.CHATTER if row.held or row.leaves is Overlay.CHATTER else row.while_on]
    uncounted = row.held or row.event is AlarmEvent.RESTART
    for state, (latching, ack) in product(row.before, product((False, True), repeat=2)):
        told = 0
        for before in (alarm(state, **overlay) for overlay in overlays):
            cause = seen(latching, ack_required=ack)
            done = step(before, row.event, cause)
            if row.refuses:
                assert (done.alarm, done.refused, done.rows) == (before, row.refuses, ())
            elif done.rows == (row.number,) and all(g.holds(before, cause) for g in row.guards):
                told += 1
                assert done.alarm.core is (row.after or state)
                assert on(done.alarm) == (on(before) | ({row.enters} - {None})) - {row.leaves}
                silent = {Effect.ANNUNCIATE} if done.alarm.withheld else set()
                assert done.effects == row.effects - silent
                assert done.alarm.seq == before.seq + (not uncounted)
        plain = not {guard.name for guard in row.guards} & {"latching", "not latching", "no ack required"}
        assert told or not plain or row.refuses or row.number in WITH_ANOTHER


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.number}-{row.event}")
def test_every_row_can_be_reached(row: Row) -> None:
    overlays: tuple[dict[str, object], ...] = (
        {},
        {"shelf": SHELF},
        {"shelf": replace(SHELF, once=True)},
        {"suppressed_by": ("rule",)},
        {"suppressed_by": ("other", "rule")},
        {"oos": OOS},
        {"recent_ns": (3, 4)},
        {"chatter": UP},
        {"chatter": DOWN},
        {"chatter": DOWN, "shelf": replace(SHELF, once=True)},
    )
    ways = product(CORE, overlays, (False, True), (False, True))
    told = [
        step(alarm(state, **overlay), row.event, seen(latching, ack_required=ack))
        for state, overlay, latching, ack in ways
    ]
    assert any(row.refuses in (one.refused,) if row.refuses else row.number in one.rows for one in told)
