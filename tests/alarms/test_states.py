"""The alarm's table of states: every pair of state and event (A-01). See test_states_rows, _model."""

from dataclasses import replace

import pytest

from alarms.states import CORE, ON, TABLE, AlarmEvent, Cause, Effect
from alarms.transition import step
from core.model.alarm import Alarm, Chatter, OutOfService, Shelf, State
from core.model.quality import Status

FACTS = {
    State.NORM: {"active": False, "acked": True, "latched": False},
    State.UNACK: {"active": True, "acked": False, "latched": False},
    State.ACKED: {"active": True, "acked": True, "latched": False},
    State.RTNUN: {"active": False, "acked": False, "latched": False},
    State.LTCH_UNACK: {"active": False, "acked": False, "latched": True},
    State.LTCH_ACK: {"active": False, "acked": True, "latched": True},
}
# (state, event) -> states, plain and latching: what ISA-18.2 and alarms.md 1.1 say of the core, written out
# once more. Of the overlays see OVERLAYS below.
EXPECTED = {
    (State.NORM, AlarmEvent.RAISE): (State.UNACK, State.UNACK),
    (State.UNACK, AlarmEvent.ACK): (State.ACKED, State.ACKED),
    (State.UNACK, AlarmEvent.CLEAR): (State.RTNUN, State.LTCH_UNACK),
    (State.ACKED, AlarmEvent.CLEAR): (State.NORM, State.LTCH_ACK),
    (State.RTNUN, AlarmEvent.ACK): (State.NORM, State.NORM),
    (State.RTNUN, AlarmEvent.RAISE): (State.UNACK, State.UNACK),
    (State.LTCH_UNACK, AlarmEvent.RAISE): (State.UNACK, State.UNACK),
    (State.LTCH_ACK, AlarmEvent.RAISE): (State.UNACK, State.UNACK),
    (State.LTCH_UNACK, AlarmEvent.ACK): (State.LTCH_ACK, State.LTCH_ACK),
    (State.LTCH_ACK, AlarmEvent.RESET): (State.NORM, State.NORM),
    (State.ACKED, AlarmEvent.ESCALATE): (State.UNACK, State.UNACK),
    (State.ACKED, AlarmEvent.DE_ESCALATE): (State.ACKED, State.ACKED),
    # its state stays, its severity follows:
    (State.UNACK, AlarmEvent.ESCALATE): (State.UNACK, State.UNACK),
    (State.UNACK, AlarmEvent.DE_ESCALATE): (State.UNACK, State.UNACK),
    (State.ACKED, AlarmEvent.REALARM): (State.UNACK, State.UNACK),
}
ALWAYS = {
    AlarmEvent.QUALITY_BAD,
    AlarmEvent.QUALITY_GOOD,
    AlarmEvent.CONFIG_CHANGE,
    AlarmEvent.RESTART,
    AlarmEvent.SHELVE,
    AlarmEvent.SUPPRESS,
    AlarmEvent.OOS_ON,
}
REFUSED = {
    (State.UNACK, AlarmEvent.RESET): "active",
    (State.ACKED, AlarmEvent.RESET): "active",
    (State.LTCH_UNACK, AlarmEvent.RESET): "acknowledge_first",
}
LEFT = {
    # leaving an overlay: (event, still on) -> the core state; off stays what it is
    AlarmEvent.SHELF_EXPIRED: State.UNACK,
    AlarmEvent.UNSHELVE: State.ACKED,
    AlarmEvent.UNSUPPRESS: State.UNACK,
    AlarmEvent.OOS_OFF: State.UNACK,
}
EVENTS = list(AlarmEvent)
SHELF = Shelf(until_ns=100, once=False, by="op", note="known since morning", since_ns=1)
UP, DOWN = (Chatter(since_ns=1, last_ns=4, up=up) for up in (True, False))
OOS = OutOfService(permit="P-7", by="op", approved_by="boss", note="being replaced", since_ns=1)
OVERLAID = {
    AlarmEvent.SHELF_EXPIRED: {"shelf": SHELF},
    AlarmEvent.UNSHELVE: {"shelf": SHELF},
    AlarmEvent.UNSUPPRESS: {"suppressed_by": ("rule",)},
    AlarmEvent.OOS_OFF: {"oos": OOS},
}


def alarm(state: State, **more: object) -> Alarm:
    return replace(Alarm(id="a", occurrence=7, seq=20, priority=1), **FACTS[state], **more)  # type: ignore[arg-type]


def seen(latching: bool = False, **more: object) -> Cause:
    """A command that nothing can be said against."""
    cause = Cause(t_ns=5, occurrence=7, seq=20, actor="op", latching=latching, reason="known since morning")
    full = replace(cause, until_ns=65, limit_ns=60, rule="rule", permit="P-7", approved_by="boss")
    return replace(full, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("latching", [False, True])
@pytest.mark.parametrize("event", list(AlarmEvent))
@pytest.mark.parametrize("state", sorted(CORE))
def test_every_pair_of_core_state_and_event(state: State, event: AlarmEvent, latching: bool) -> None:
    before = alarm(state)
    transition = step(before, event, seen(latching))
    if (state, event) in EXPECTED:
        assert transition.alarm.core is EXPECTED[state, event][latching]
        assert transition.alarm.seq == before.seq + 1
    elif event in ALWAYS:
        assert transition.alarm.core is state
        assert transition.changed
    else:
        assert not transition.changed
        assert transition.alarm == before
        assert transition.refused == REFUSED.get((state, event))


@pytest.mark.parametrize("event", list(LEFT))
@pytest.mark.parametrize("state", sorted(CORE))
def test_every_way_off_an_overlay(state: State, event: AlarmEvent) -> None:
    transition = step(alarm(state, **OVERLAID[event]), event, seen())
    assert transition.alarm.state is (LEFT[event] if state in ON else state)
    assert not transition.alarm.withheld
    assert (Effect.ANNUNCIATE in transition.effects) is (state in ON and event is not AlarmEvent.UNSHELVE)


@pytest.mark.parametrize("overlay", [{"shelf": SHELF}, {"suppressed_by": ("rule",)}, {"oos": OOS}])
@pytest.mark.parametrize(("pair", "after"), EXPECTED.items())
def test_core_rows_act_under_every_overlay_and_nothing_is_annunciated(pair, after, overlay) -> None:
    state, event = pair
    for latching in (False, True):
        transition = step(alarm(state, **overlay), event, seen(latching))
        assert transition.alarm.core is after[latching]
        assert transition.alarm.withheld
        assert Effect.ANNUNCIATE not in transition.effects


def test_the_table_has_its_twenty_six_rows_and_four_of_chatter() -> None:
    assert {row.number for row in TABLE} == set(range(1, 31))


@pytest.mark.parametrize("event", list(AlarmEvent))
@pytest.mark.parametrize("chatter", [UP, DOWN])
@pytest.mark.parametrize("state", sorted(ON))
def test_every_pair_of_a_chattering_state_and_event(
    state: State, chatter: Chatter, event: AlarmEvent
) -> None:
    """As of one that does not chatter, but for what comes and goes."""
    before = alarm(state, chatter=chatter, recent_ns=(2, 3, 4), worst=1)
    after = step(before, event, seen(priority=1)).alarm
    if event in (AlarmEvent.RAISE, AlarmEvent.CLEAR):
        assert (after.state, after.seq, after.occurrence) == (state, before.seq, before.occurrence)
        counted = event is AlarmEvent.RAISE and not chatter.up
        assert after.raises == before.raises + counted
        assert after.chatter is not None
        assert after.chatter.up is (event is AlarmEvent.RAISE)
    elif event is AlarmEvent.QUIET:
        over = {State.UNACK: State.RTNUN, State.ACKED: State.NORM}[state]
        assert (after.state, after.chatter) == (state if chatter.up else over, None)
        assert after.cleared_ns == (None if chatter.up else 5)
    elif event is AlarmEvent.ESCALATE:
        assert after == before
    else:
        calm = step(replace(before, chatter=None), event, seen(priority=1)).alarm
        assert after == replace(calm, chatter=chatter)


@pytest.mark.parametrize("state", [State.UNACK, State.RTNUN, State.LTCH_UNACK])
@pytest.mark.parametrize("stale", [{"occurrence": 6}, {"seq": 19}, {"occurrence": 8, "seq": 21}])
def test_an_ack_for_something_else_is_refused_by_name(state: State, stale: dict[str, int]) -> None:
    transition = step(alarm(state), AlarmEvent.ACK, replace(seen(), **stale))
    assert (transition.changed, transition.refused) == (False, "stale")


def test_a_raise_counts_a_new_occurrence_and_forgets_the_last_one() -> None:
    old = alarm(State.RTNUN, cleared_ns=3, incident="INC-1", acked_by="someone", realarms=4, worst=1)
    raised = step(old, AlarmEvent.RAISE, Cause(t_ns=9, value=1.0, limit=2.0, priority=3)).alarm
    assert (raised.occurrence, raised.raised_ns, raised.cleared_ns) == (8, 9, None)
    assert (raised.incident, raised.acked_by, raised.value, raised.limit) == (None, None, 1.0, 2.0)
    assert (raised.priority, raised.worst, raised.realarms) == (3, 3, 0)


def test_the_worst_of_an_occurrence_is_kept_when_it_gets_better() -> None:
    for state in ON:
        before = replace(alarm(state), priority=3, worst=3)
        worse = step(before, AlarmEvent.ESCALATE, seen(priority=2))
        assert (worse.alarm.state, worse.alarm.priority, worse.alarm.worst) == (State.UNACK, 2, 2)
        assert Effect.ANNUNCIATE in worse.effects
        better = step(worse.alarm, AlarmEvent.DE_ESCALATE, seen(priority=3)).alarm
        assert (better.state, better.priority, better.worst) == (State.UNACK, 3, 2)
        assert better.acked_by is None


def test_who_saw_it_before_it_got_worse_has_not_seen_it() -> None:
    worse = step(replace(alarm(State.UNACK), priority=3), AlarmEvent.ESCALATE, seen(priority=2)).alarm
    assert step(worse, AlarmEvent.ACK, seen()).refused == "stale"


def test_bad_quality_changes_nothing_but_the_quality() -> None:
    for state in CORE:
        before = alarm(state)
        after = step(before, AlarmEvent.QUALITY_BAD, Cause(t_ns=9, quality=Status.BAD_TIMEOUT)).alarm
        assert after == replace(before, quality=Status.BAD_TIMEOUT, seq=21)


def test_a_latch_is_not_reset_by_an_instrument_that_cannot_be_believed() -> None:
    transition = step(alarm(State.LTCH_ACK, quality=int(Status.BAD_TIMEOUT)), AlarmEvent.RESET, seen())
    assert (transition.changed, transition.refused) == (False, "quality")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reason": "short"}, "reason"),
        ({"reason": None}, "reason"),
        ({"until_ns": 66}, "too_long"),
        ({"until_ns": 5}, "too_long"),
        ({"until_ns": None}, "too_long"),
        ({"limit_ns": 0}, "highly_managed"),
    ],
)
def test_a_shelf_without_its_conditions_is_refused_by_name(change: dict[str, object], why: str) -> None:
    transition = step(alarm(State.UNACK), AlarmEvent.SHELVE, seen(**change))
    assert (transition.changed, transition.refused) == (False, why)


def test_an_operator_may_shelve_again_twice_and_a_supervisor_oftener() -> None:
    live, cause = alarm(State.UNACK), seen()
    for _ in range(3):
        live = step(live, AlarmEvent.SHELVE, cause).alarm
        live = step(live, AlarmEvent.SHELF_EXPIRED, cause).alarm
    assert step(live, AlarmEvent.SHELVE, cause).refused == "supervisor"
    assert step(live, AlarmEvent.SHELVE, replace(cause, supervisor=True)).changed
    calm = step(live, AlarmEvent.SHELVE, replace(cause, supervisor=True)).alarm
    calm = step(calm, AlarmEvent.CLEAR, cause).alarm
    calm = step(calm, AlarmEvent.SHELF_EXPIRED, cause).alarm
    assert (calm.state, calm.shelves) == (State.RTNUN, 0)


def test_a_one_shot_shelf_ends_with_the_next_clear_and_acknowledges_nothing() -> None:
    shelved = step(alarm(State.UNACK), AlarmEvent.SHELVE, seen(once=True)).alarm
    cleared = step(shelved, AlarmEvent.CLEAR, seen())
    assert (cleared.alarm.state, cleared.rows) == (State.RTNUN, (3, 19))
    waiting = step(alarm(State.NORM), AlarmEvent.SHELVE, seen(once=True)).alarm
    assert not step(waiting, AlarmEvent.CLEAR, seen()).changed


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"permit": None}, "permit"),
        ({"reason": "broken"}, "reason"),
        ({"approved_by": None}, "second_person"),
        ({"approved_by": "op"}, "second_person"),
    ],
)
def test_out_of_service_needs_a_permit_and_for_priority_one_another_person(change, why) -> None:
    transition = step(alarm(State.UNACK), AlarmEvent.OOS_ON, seen(**change))
    assert (transition.changed, transition.refused) == (False, why)


def test_a_rule_that_ends_leaves_what_other_rules_hold() -> None:
    held = alarm(State.UNACK, suppressed_by=("isolation", "rule"))
    one = step(held, AlarmEvent.UNSUPPRESS, seen())
    assert (one.alarm.state, one.alarm.suppressed_by, one.effects) == (
        State.DSUPR,
        ("isolation",),
        frozenset(),
    )
    last = step(one.alarm, AlarmEvent.UNSUPPRESS, seen(rule="isolation"))
    assert (last.alarm.state, last.effects) == (State.UNACK, {Effect.ANNUNCIATE})


def test_the_limit_of_realarm_is_priority_two_and_ten_times() -> None:
    assert step(alarm(State.ACKED), AlarmEvent.REALARM, seen()).alarm.realarms == 1
    assert not step(alarm(State.ACKED, realarms=10), AlarmEvent.REALARM, seen()).changed
    low = replace(alarm(State.ACKED), priority=3)
    assert not step(low, AlarmEvent.REALARM, seen()).changed
