"""The alarm's table of states: every row, every other pair, and a small model beside it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.states import CORE, TABLE, AlarmEvent, Cause, Effect, core_state, step, withheld
from core.model.alarm import Alarm, State
from core.model.quality import Status

FACTS = {
    State.NORM: {"active": False, "acked": True, "latched": False},
    State.UNACK: {"active": True, "acked": False, "latched": False},
    State.ACKED: {"active": True, "acked": True, "latched": False},
    State.RTNUN: {"active": False, "acked": False, "latched": False},
    State.LTCH_UNACK: {"active": False, "acked": False, "latched": True},
    State.LTCH_ACK: {"active": False, "acked": True, "latched": True},
}
# (state, event, latching) -> state: what ISA-18.2 and alarms.md 1.1 say, written out once more.
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
    (State.ACKED, AlarmEvent.ESCALATE): (State.UNACK, State.UNACK),
    (State.ACKED, AlarmEvent.DE_ESCALATE): (State.ACKED, State.ACKED),
    (State.ACKED, AlarmEvent.REALARM): (State.UNACK, State.UNACK),
}
ALWAYS = {AlarmEvent.QUALITY_BAD, AlarmEvent.QUALITY_GOOD, AlarmEvent.CONFIG_CHANGE, AlarmEvent.RESTART}


def alarm(state: State, **more: object) -> Alarm:
    return replace(Alarm(id="a", occurrence=7, seq=20, priority=1), **FACTS[state], **more)  # type: ignore[arg-type]


def seen(latching: bool = False) -> Cause:
    return Cause(t_ns=5, occurrence=7, seq=20, actor="op", latching=latching)


@pytest.mark.parametrize("latching", [False, True])
@pytest.mark.parametrize("event", list(AlarmEvent))
@pytest.mark.parametrize("state", sorted(CORE))
def test_every_pair_of_state_and_event(state: State, event: AlarmEvent, latching: bool) -> None:
    before = alarm(state)
    transition = step(before, event, seen(latching))
    if (state, event) in EXPECTED:
        assert core_state(transition.alarm) is EXPECTED[state, event][latching]
        assert transition.alarm.seq == before.seq + 1
    elif event in ALWAYS:
        assert core_state(transition.alarm) is state
        assert transition.changed
    else:
        assert not transition.changed
        assert transition.alarm == before


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.number}-{row.event}")
def test_every_row_can_be_reached(row) -> None:
    reached = {
        step(alarm(state), row.event, replace(seen(latching), ack_required=ack)).row
        for state in row.before
        for latching in (False, True)
        for ack in (False, True)
    }
    assert row.number in reached


@pytest.mark.parametrize("state", [State.UNACK, State.RTNUN, State.LTCH_UNACK])
@pytest.mark.parametrize("stale", [{"occurrence": 6}, {"seq": 19}, {"occurrence": 8, "seq": 21}])
def test_an_ack_for_something_else_is_refused_by_name(state: State, stale: dict[str, int]) -> None:
    transition = step(alarm(state), AlarmEvent.ACK, replace(seen(), **stale))
    assert (transition.changed, transition.refused) == (False, "stale")


def test_a_raise_counts_a_new_occurrence_and_forgets_the_last_one() -> None:
    old = alarm(State.RTNUN, cleared_ns=3, incident="INC-1", acked_by="someone")
    raised = step(old, AlarmEvent.RAISE, Cause(t_ns=9, value=1.0, limit=2.0)).alarm
    assert (raised.occurrence, raised.raised_ns, raised.cleared_ns) == (8, 9, None)
    assert (raised.incident, raised.acked_by, raised.value, raised.limit) == (None, None, 1.0, 2.0)


def test_bad_quality_changes_nothing_but_the_quality() -> None:
    for state in CORE:
        before = alarm(state)
        after = step(before, AlarmEvent.QUALITY_BAD, Cause(t_ns=9, quality=Status.BAD_TIMEOUT)).alarm
        assert after == replace(before, quality=Status.BAD_TIMEOUT, seq=21)


def test_what_is_shelved_suppressed_or_out_of_service_is_not_annunciated() -> None:
    for overlay in ({"shelved_until_ns": 10}, {"suppressed_by": ("rule",)}, {"out_of_service": True}):
        transition = step(alarm(State.NORM, **overlay), AlarmEvent.RAISE, Cause(t_ns=9))
        assert core_state(transition.alarm) is State.UNACK
        assert withheld(transition.alarm)
        assert transition.effects == {Effect.CORRELATE}


def test_the_limit_of_realarm_is_priority_two() -> None:
    assert not step(alarm(State.ACKED, **{}), AlarmEvent.REALARM, seen()).refused
    low = replace(alarm(State.ACKED), priority=3)
    assert not step(low, AlarmEvent.REALARM, seen()).changed


@settings(max_examples=500)
@given(st.lists(st.sampled_from(list(AlarmEvent)), max_size=40), st.booleans())
def test_sequences_agree_with_a_small_model(events: list[AlarmEvent], latching: bool) -> None:
    """The model knows three booleans and plain sentences."""
    live = Alarm(id="a", priority=2)
    active, acked, latched, raises = False, True, False, 0
    for n, event in enumerate(events):
        cause = Cause(t_ns=n, latching=latching, occurrence=live.occurrence, seq=live.seq)
        live = step(live, event, cause).alarm
        match event:
            case AlarmEvent.RAISE if not active:
                active, acked, latched, raises = True, False, False, raises + 1
            case AlarmEvent.CLEAR if active:
                active, latched = False, latching
            case AlarmEvent.ACK if not acked:
                acked = True
            case AlarmEvent.ESCALATE | AlarmEvent.REALARM if active:
                acked = False
        assert (live.active, live.acked, live.latched) == (active, acked, latched)
        assert live.occurrence == raises
