"""Service clocks: which promise an order gets, when it is due, and what a pause changes (WO-08, WO-09)."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.service_clock import CalendarKind, ClockName, Pause, PauseReason, ServiceClock
from core.model.shanghai import SHANGHAI, local
from core.model.work_order import WorkOrderState
from response.clocks.calendar import ALWAYS, WorkingDays
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.reckoning import ClockState, read, rung
from response.clocks.spec import ServiceTimesFile
from response.service_times import About, ServiceTimes

S = 1_000_000_000
MIN, HOUR, DAY = 60 * S, 3600 * S, 86_400 * S
_OFF = (
    *(("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06")),
    *(("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27")),
    ("2026-10-01", "2026-10-07"),
)
_WORK = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
DAYS = WorkingDays(
    off=frozenset(
        date.fromordinal(n)
        for a, b in _OFF
        for n in range(date.fromisoformat(a).toordinal(), date.fromisoformat(b).toordinal() + 1)
    ),
    work=frozenset(map(date.fromisoformat, _WORK)),
    covered=frozenset({2026}),
)
FILE = ServiceTimesFile.model_validate(
    {
        **CN_DEFAULT_DATA,
        "rings": {"inner": ["dma-01"], "outer": ["dma-09"]},
        "clocks": [
            {"clock": "arrive", "kinds": ["leak"], "rings": ["inner"], "over_mm": 99, "within": "45 min"},
            {"clock": "arrive", "kinds": ["leak"], "rings": ["outer"], "over_mm": 99, "within": "90 min"},
            *CN_DEFAULT_DATA["clocks"],
        ],
    }
)
TIMES = ServiceTimes(FILE, DAYS)


def at(text: str) -> int:
    """ns of a moment in Shanghai."""
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()) * S


def clock(name: ClockName, opened: str, due: str, kind: CalendarKind = CalendarKind.ALWAYS) -> ServiceClock:
    return ServiceClock(
        id=f"WO-1:{name}", order="WO-1", clock=name, calendar=kind, start_ns=at(opened), due_ns=at(due)
    )


def pause(since: str | int, until: str | int | None, n: int = 1) -> Pause:
    def ns(moment: str | int) -> int:
        return moment if isinstance(moment, int) else at(moment)

    return Pause(
        id=f"P{n}",
        order="WO-1",
        reason=PauseReason.AWAIT_PERMIT,
        evidence="占道许可 2026-118",
        by="dispatcher",
        from_ns=ns(since),
        until_ns=None if until is None else ns(until),
    )


CASES = [
    # kind, DN, zone, opened in Shanghai, clock, due in Shanghai
    ("burst", 200, "dma-01", "2026-11-22 22:10", "arrive", "2026-11-22 23:40"),
    ("burst", 200, "dma-01", "2026-11-22 21:59", "arrive", "2026-11-22 22:59"),
    ("burst", 200, "dma-01", "2026-11-22 22:00", "arrive", "2026-11-22 23:30"),
    ("burst", 200, "dma-01", "2026-11-23 05:59", "arrive", "2026-11-23 07:29"),
    ("burst", 200, "dma-01", "2026-11-23 06:00", "arrive", "2026-11-23 07:00"),
    ("burst", 200, "dma-01", "2026-10-01 09:00", "arrive", "2026-10-01 10:00"),
    ("burst", 200, "dma-01", "2026-11-22 22:10", "accept", "2026-11-22 22:15"),
    ("burst", 200, "dma-01", "2026-11-22 22:10", "stop_water", "2026-11-23 02:10"),
    ("burst", 500, "dma-01", "2026-11-22 22:10", "repair", "2026-11-23 22:10"),
    ("burst", 501, "dma-01", "2026-11-22 22:10", "repair", "2026-11-24 22:10"),
    ("burst", 800, "dma-01", "2026-09-30 18:00", "repair", "2026-10-02 18:00"),
    ("leak", 50, "dma-01", "2026-11-22 22:10", "arrive", "2026-11-23 00:10"),
    ("leak", 99, "dma-01", "2026-11-22 22:10", "arrive", "2026-11-23 00:10"),
    ("leak", 100, "dma-01", "2026-11-22 22:10", "arrive", "2026-11-22 22:55"),
    ("leak", 100, "dma-09", "2026-11-22 22:10", "arrive", "2026-11-22 23:40"),
    ("leak", 100, "dma-05", "2026-11-22 22:10", "arrive", "2026-11-23 00:10"),
    ("leak", 100, "dma-01", "2026-11-22 22:10", "repair", "2026-11-23 22:10"),
    ("water_quality", 0, "dma-01", "2026-11-22 22:10", "arrive", "2026-11-23 00:10"),
    ("water_quality", 0, "dma-01", "2026-11-22 22:10", "reply", "2026-11-23 22:10"),
    ("low_pressure", 0, "dma-01", "2026-11-22 22:10", "reply", "2026-11-23 02:10"),
    ("low_pressure", 0, "dma-01", "2026-11-22 22:10", "arrive", "2026-11-23 22:10"),
    ("manhole", 0, "dma-01", "2026-11-22 22:10", "repair", "2026-11-23 06:10"),
    # a complaint before National Day: 8, 9 and the adjusted Saturday 10, then 12 and 13 October
    ("complaint", 0, "dma-01", "2026-09-30 16:20", "reply", "2026-10-14 00:00"),
    ("complaint", 0, "dma-01", "2026-10-01 00:00", "reply", "2026-10-14 00:00"),
    ("complaint", 0, "dma-01", "2026-10-07 23:59", "reply", "2026-10-14 00:00"),
    ("complaint", 0, "dma-01", "2026-10-08 00:00", "reply", "2026-10-15 00:00"),
    ("complaint", 0, "dma-01", "2026-09-18 09:00", "reply", "2026-09-25 00:00"),
    ("complaint", 0, "dma-01", "2026-02-13 09:00", "reply", "2026-02-28 00:00"),
    ("complaint", 0, "dma-01", "2026-11-20 09:00", "reply", "2026-11-28 00:00"),
    ("meter", 0, "dma-01", "2026-05-07 09:00", "reply", "2026-05-10 00:00"),
]


@pytest.mark.parametrize(("kind", "mm", "zone", "opened", "name", "due"), CASES)
def test_wo_08_thirty_promises(kind, mm, zone, opened, name, due):
    """WO-08: kind x diameter x ring x day or night, and working days with adjusted ones (调休)."""
    about = About(kind, priority=1, diameter_mm=mm, zone=zone)
    found = {p.clock: p for p in TIMES.promises(about, at(opened), WorkOrderState.REPORTED)}
    assert local(found[name].due_ns).strftime("%Y-%m-%d %H:%M") == due
    assert not found[name].provisional


def test_wo_08_there_are_thirty_cases():
    assert len(CASES) == 30


def test_wo_08_business_hours_end_the_last_day_when_the_profile_says_so():
    days = replace(DAYS, since_s=8 * 3600 + 1800, until_s=17 * 3600 + 1800)
    found = ServiceTimes(FILE, days).clocks("complaint", at("2026-09-30 16:20"), 0.0)
    assert local(dict(found)["reply"]).strftime("%m-%d %H:%M") == "10-13 17:30"


def test_wo_08_a_year_without_its_table_is_provisional():
    """Lunar New Year 2027 moves with a notice that may not be in the table yet."""
    about = About("complaint")
    (reply,) = TIMES.promises(about, at("2026-12-30 10:00"), WorkOrderState.REPORTED)
    assert reply.provisional
    (reply,) = TIMES.promises(about, at("2026-12-23 10:00"), WorkOrderState.REPORTED)
    assert not reply.provisional


def test_wo_08_call_back_and_inform_begin_with_the_completion_and_for_callers_only():
    done = at("2026-11-23 04:00")
    for reported, names in ((False, []), (True, ["inform", "callback"])):
        found = TIMES.promises(About("burst", reported=reported), done, WorkOrderState.COMPLETED)
        assert [p.clock for p in found] == names


def test_wo_09_a_pause_is_told_with_and_without():
    repair = clock(ClockName.REPAIR, "2026-11-22 22:00", "2026-11-23 22:00")
    held = [pause("2026-11-23 00:00", "2026-11-23 06:00")]
    shown = read(repair, ALWAYS, held, at("2026-11-23 23:00"))
    assert (shown.state, shown.met, shown.met_paused) == (ClockState.RUNNING, False, None)
    assert local(shown.due_ns).strftime("%d %H:%M") == "23 22:00"
    assert local(shown.due_paused_ns).strftime("%d %H:%M") == "24 04:00"
    assert shown.paused_ns == 6 * HOUR
    assert shown.share == pytest.approx(25 / 24)
    assert shown.share_paused == pytest.approx(19 / 24)
    done = replace(repair, stopped_ns=at("2026-11-24 03:00"), running=False)
    ended = read(done, ALWAYS, held, at("2026-11-30 00:00"))
    assert (ended.state, ended.met, ended.met_paused) == (ClockState.MET, False, True)


@pytest.mark.parametrize("name", [ClockName.ACCEPT, ClockName.ARRIVE, ClockName.STOP_WATER])
def test_wo_09_coming_and_stopping_the_water_are_never_paused(name):
    it = clock(name, "2026-11-22 22:00", "2026-11-22 23:00")
    shown = read(it, ALWAYS, [pause("2026-11-22 22:10", None)], at("2026-11-22 23:01"))
    assert (shown.state, shown.met_paused, shown.paused_ns) == (ClockState.OVERDUE, False, 0)


def test_wo_09_what_lasts_still_moves_the_deadline_with_it():
    repair = clock(ClockName.REPAIR, "2026-11-22 22:00", "2026-11-23 22:00")
    held = [pause("2026-11-23 00:00", None)]
    early, late = (read(repair, ALWAYS, held, at(t)) for t in ("2026-11-23 01:00", "2026-11-23 09:00"))
    assert late.due_paused_ns - early.due_paused_ns == 8 * HOUR
    assert early.state is late.state is ClockState.PAUSED
    assert early.share_paused == late.share_paused == pytest.approx(2 / 24)


def test_wo_09_a_pause_after_the_deadline_excuses_nothing():
    repair = clock(ClockName.REPAIR, "2026-11-22 22:00", "2026-11-23 22:00")
    shown = read(repair, ALWAYS, [pause("2026-11-23 23:00", None)], at("2026-11-24 09:00"))
    assert (shown.state, shown.due_paused_ns) == (ClockState.OVERDUE, repair.due_ns)


def test_wo_09_over_a_holiday_a_pause_takes_no_working_time():
    reply = clock(ClockName.REPLY, "2026-09-30 16:20", "2026-10-14 00:00", CalendarKind.WORKING_DAYS)
    idle = read(reply, DAYS, [pause("2026-10-01 00:00", "2026-10-08 00:00")], at("2026-10-09 00:00"))
    assert (idle.due_paused_ns, idle.paused_ns) == (reply.due_ns, 0)
    worked = read(reply, DAYS, [pause("2026-10-08 00:00", "2026-10-11 12:00")], at("2026-10-12 00:00"))
    assert worked.paused_ns == 3 * DAY
    assert local(worked.due_paused_ns).strftime("%m-%d %H:%M") == "10-17 00:00"


moments = st.integers(0, 40 * 24 * 60).map(lambda n: at("2026-09-20 00:00") + n * MIN)


@given(moments, st.integers(1, 9), st.lists(st.tuples(moments, moments)), moments, st.booleans())
def test_wo_09_any_pauses_only_ever_move_the_deadline_later(start, days, pairs, now, worked):
    """Whatever overlaps: with pauses is never sooner than without, and never by more than was paused."""
    calendar = DAYS if worked else ALWAYS
    begin = calendar.counts_from(start)
    due = calendar.advance(begin, days * DAY)
    kind = CalendarKind.WORKING_DAYS if worked else CalendarKind.ALWAYS
    it = ServiceClock(
        id="WO-1:repair", order="WO-1", clock=ClockName.REPAIR, calendar=kind, start_ns=start, due_ns=due
    )
    held = [pause(min(a, b), max(a, b), n) for n, (a, b) in enumerate(pairs)]
    shown = read(it, calendar, held, now)
    assert due <= shown.due_paused_ns
    assert calendar.elapsed(due, shown.due_paused_ns) <= shown.paused_ns
    assert shown.share_paused <= shown.share
    rungs = [rung(it, calendar, pct, held, now) for pct in (50, 80, 100, 150)]
    assert rungs == sorted(rungs)


@given(moments, st.integers(0, 20 * 24 * 60), st.integers(0, 10 * 24 * 60))
def test_wo_08_working_time_adds_up(start, minutes, more):
    """What `advance` goes forward, `elapsed` counts back; and a period in two parts is the whole."""
    end = DAYS.advance(start, minutes * MIN)
    assert DAYS.elapsed(start, end) == minutes * MIN
    assert DAYS.advance(end, more * MIN) == DAYS.advance(start, (minutes + more) * MIN)


def test_wo_08_summer_time_is_none_of_ours():
    """Shanghai has none: a night of March and one of October are as long as any."""
    for day in ("2026-03-29 00:30", "2026-10-25 00:30", "2026-03-08 00:30"):
        due = dict(TIMES.clocks("burst", at(day), 200.0))["stop_water"]
        assert due - at(day) == 4 * HOUR
