"""What the journal tells can be done again: the same alarm, fact by fact (A-04, A-27)."""

from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.journal import Stamp, cause_of, entry_of, replayed
from alarms.states import AlarmEvent, Cause
from alarms.transition import step
from core.model.alarm import Alarm, JournalEntry

TOLD = [event for event in AlarmEvent if event not in (AlarmEvent.REGROUP, AlarmEvent.UNDO)]
INCIDENTS = st.sampled_from([None, "INC-1", "INC-2"])
causes = st.builds(
    Cause,
    t_ns=st.integers(0, 1000),
    latching=st.booleans(),
    ack_required=st.booleans(),
    value=st.none() | st.floats(-5, 5),
    priority=st.none() | st.integers(1, 4),
    quality=st.sampled_from([0, 0x800A0000]),
    actor=st.none() | st.sampled_from(["op", "boss"]),
    reason=st.none() | st.just("known since morning"),
    until_ns=st.none() | st.integers(0, 2000),
    once=st.booleans(),
    limit_ns=st.sampled_from([0, 600, 5000]),
    supervisor=st.booleans(),
    rule=st.none() | st.sampled_from(["isolation", "pump off"]),
    permit=st.none() | st.just("P-7"),
    approved_by=st.none() | st.just("boss"),
    config=st.none() | st.just("v2"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(TOLD), causes, INCIDENTS, st.booleans()), max_size=25))
def test_a_journal_read_back_from_its_bytes_gives_the_same_facts(told) -> None:
    fresh = Alarm(id="a", priority=1)
    live, written = fresh, []
    for event, cause, incident, seen in told:
        if seen:
            cause = replace(cause, occurrence=live.occurrence, seq=live.seq)
        transition = step(live, event, cause)
        if transition.changed:
            transition = transition.within(incident)
        written.append(msgspec.json.encode(entry_of(transition, event, cause, Stamp(7))))
        live = transition.alarm
    entries = [msgspec.json.decode(row, type=JournalEntry) for row in written]
    assert replayed(fresh, entries) == live
    assert all(cause_of(entry).t_ns == entry.event_ns for entry in entries)
