"""Sequences of events, drawn at random, against a small model of the table of states (A-01).

With CI=true the draws are the same each time (hypothesis' own profile there is derandomised).
"""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.states import TABLE, AlarmEvent
from alarms.transition import step
from core.model.alarm import Alarm
from tests.alarms.test_states import EVENTS, seen

SEQUENCES = 10_000
DRAWN = [*EVENTS, *[AlarmEvent.RAISE, AlarmEvent.CLEAR] * 5, *[AlarmEvent.QUIET] * 2]
"""Coming and going is drawn most: what chatters takes a long way."""


def test_ten_thousand_sequences_agree_with_a_small_model() -> None:
    rows: Counter[int] = Counter()
    lengths: list[int] = []

    @settings(max_examples=SEQUENCES, deadline=None, database=None)
    @given(st.binary(min_size=8, max_size=34))
    def drawn(sequence: bytes) -> None:
        lengths.append(len(sequence) - 2)
        agrees(sequence, rows)

    drawn()
    assert len(lengths) >= SEQUENCES
    assert sum(lengths) > 8 * SEQUENCES, "they are sequences, and not a few events"
    assert rows.keys() == {row.number for row in TABLE if not row.refuses}, "every row was taken"


def agrees(drawn: bytes, rows: Counter[int]) -> None:
    """The model knows eight booleans and plain sentences. rows: counts those that were taken."""
    events = [DRAWN[byte % len(DRAWN)] for byte in drawn[2:]]
    latching, once = bool(drawn[:1] > b"\x7f"), bool(drawn[1:2] > b"\x7f")
    live = Alarm(id="a", priority=2)
    active, acked, latched, raises, realarms = False, True, False, 0, 0
    shelved = ruled = out = held = up = False
    recent: list[int] = []
    for n, event in enumerate(events):
        cause = seen(latching, t_ns=n, until_ns=n + 60, once=once, supervisor=True)
        done = step(live, event, replace(cause, occurrence=live.occurrence, seq=live.seq))
        live = done.alarm
        rows.update(done.rows)
        match event:
            case AlarmEvent.RAISE if not active:
                active, acked, latched, raises, realarms = True, False, False, raises + 1, 0
                recent = [*recent, n]
                held = up = len(recent) > 2
            case AlarmEvent.RAISE if held:
                up = True
            case AlarmEvent.CLEAR if held:
                up = False
            case AlarmEvent.CLEAR | AlarmEvent.QUIET if active and held is (event is AlarmEvent.QUIET):
                active, latched = up and held, latching and not up
                shelved = shelved and (active or not once)
                if held:
                    held, up, recent = False, False, []
            case AlarmEvent.ACK if not acked:
                acked = True
            case AlarmEvent.RESET if latched and acked and not live.quality >> 31:
                latched = False
            case AlarmEvent.ESCALATE if active and not held:
                acked = False
            case AlarmEvent.REALARM if active and acked and realarms < 10:
                acked, realarms = False, realarms + 1
            case AlarmEvent.SHELVE:
                shelved = True
            case AlarmEvent.UNSHELVE if shelved:
                shelved, acked = False, acked or active
            case AlarmEvent.SHELF_EXPIRED if shelved:
                shelved, acked = False, acked and not active
            case AlarmEvent.SUPPRESS:
                ruled = True
            case AlarmEvent.UNSUPPRESS if ruled:
                ruled, acked = False, acked and not active
            case AlarmEvent.OOS_ON:
                out = True
            case AlarmEvent.OOS_OFF if out:
                out, acked = False, acked and not active
        assert (live.active, live.acked, live.latched) == (active, acked, latched)
        assert (live.shelf is not None, bool(live.suppressed_by), live.oos is not None) == (
            shelved,
            ruled,
            out,
        )
        assert live.occurrence == raises
        assert (live.chatter is not None) is held
        assert live.withheld is (shelved or ruled or out)
