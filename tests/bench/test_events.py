"""How detections are counted beside events that are known: nothing may be had for being always in alarm."""

from hypothesis import given
from hypothesis import strategies as st

from bench.events import GAP_S, Span, merged, score, together

DAY_S = 86_400.0
MONTH_S = 30 * DAY_S
EVENTS = [Span(5 * DAY_S, 8 * DAY_S), Span(20 * DAY_S, 23 * DAY_S)]


def test_an_alarm_in_an_event_finds_it_with_its_delay_and_the_others_are_counted() -> None:
    alarms = [Span(5 * DAY_S + 7200, 6 * DAY_S), Span(12 * DAY_S, 12 * DAY_S + 3600)]
    scored = score(alarms, EVENTS, MONTH_S)
    assert scored.delays_s == (7200.0, None)
    assert (scored.found, scored.within(3600.0), scored.others) == (1, 0, 1)


def test_one_that_is_always_in_alarm_finds_nothing() -> None:
    assert score([Span(0, MONTH_S)], EVENTS, MONTH_S).found == 0


@given(st.integers(600, 3 * 3600), st.integers(1, 3600))
def test_one_that_is_in_alarm_by_turns_finds_nothing_however_it_cuts_its_alarms(
    on_s: int, off_s: int
) -> None:
    """With gaps that do not part it, it is one alarm; with wider ones it was in alarm too long outside."""
    starts = range(0, int(MONTH_S), on_s + off_s)
    assert score([Span(s, s + on_s) for s in starts], EVENTS, MONTH_S).found == 0


@given(st.floats(1.0, 3600.0))
def test_an_alarm_begun_before_an_event_does_not_find_it(early_s: float) -> None:
    begun = Span(EVENTS[0].start_s - early_s, EVENTS[0].end_s)
    assert score([begun], EVENTS, MONTH_S).delays_s == (None, None)


@given(st.lists(st.tuples(st.floats(60, 7200), st.floats(0, GAP_S)), min_size=1, max_size=20))
def test_pieces_less_than_an_hour_apart_are_one_alarm(pieces: list[tuple[float, float]]) -> None:
    spans, at = [], EVENTS[0].start_s - 1.0
    for length, gap in pieces:
        spans.append(Span(at, at + length))
        at += length + gap
    assert len(merged(spans)) == 1
    assert score(spans, EVENTS, MONTH_S).delays_s[0] is None


def test_several_sensors_count_by_all_of_their_time() -> None:
    quiet, loud = score([], EVENTS, 9 * MONTH_S), score([Span(0, 6 * DAY_S)], [], MONTH_S)
    assert loud.always_on
    whole = together([quiet, loud])
    assert whole.outside_share > 0.01
    assert whole.others == 1
    assert round(whole.sensor_months, 1) == round(10 * MONTH_S / (365.25 / 12 * DAY_S), 1)
