"""Who is on call when, and that every change of it is known beforehand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.call import VerifiedWay, Why
from core.model.condition import Severity
from core.runtime.health import Health
from response.escalation.coverage import Coverage, address, gaps
from response.escalation.rota import changes, on_call
from response.escalation.spec import EscalationFile, Position
from tests.response.on_duty import STANDARD, Turned

NAME = {"zh": "值班长", "en": "Duty manager"}
HOUR_NS, DAY_NS = 3600 * 10**9, 86_400 * 10**9


def at(text: str) -> int:
    """Shanghai's wall clock."""
    return round(datetime.fromisoformat(f"{text}+08:00").timestamp()) * 10**9


def position(**more) -> Position:
    return Position.model_validate({"id": "p", "name": NAME, **more})


def test_they_take_turns_from_the_stated_moment_on():
    two = position(rotation={"contacts": ["a", "b"], "starts": "2026-01-01T08:00:00+08:00", "turn_h": 12})
    told = [on_call(two, at(t)) for t in ("2026-01-01T08:00", "2026-01-01T19:59", "2026-01-01T20:00")]
    assert told == [("a",), ("a",), ("b",)]
    assert on_call(two, at("2026-01-01T07:59")) == () and on_call(two, at("2026-01-02T08:00")) == ("a",)


def test_a_night_shift_goes_over_midnight_and_belongs_to_the_day_it_begins():
    night = position(weekly=[{"contact": "n", "days": [5], "since": "20:00", "until": "08:00"}])
    friday = "2026-11-27"
    told = [on_call(night, at(t)) for t in (f"{friday}T19:59", f"{friday}T20:00", "2026-11-28T07:59")]
    assert told == [(), ("n",), ("n",)]
    assert on_call(night, at("2026-11-28T08:00")) == () and on_call(night, at("2026-11-28T20:00")) == ()


def test_an_exchange_comes_before_the_week_and_the_week_before_the_turns():
    row = {"since": "2026-11-27T00:00:00+08:00", "until": "2026-11-28T00:00:00+08:00"}
    all_three = position(
        rotation={"contacts": ["r"], "starts": "2026-01-01T00:00:00+08:00", "turn_h": 24},
        weekly=[{"contact": "w", "days": [5], "since": "08:00", "until": "18:00"}],
        instead=[{**row, "contact": None}],
    )
    assert on_call(all_three, at("2026-11-27T09:00")) == ()
    assert on_call(all_three, at("2026-12-04T09:00")) == ("w",)
    assert on_call(all_three, at("2026-12-04T18:00")) == ("r",)


_clock = st.sampled_from(["00:00", "00:01", "07:30", "08:00", "12:00", "20:00", "23:59", "24:00"])
_weekly = st.fixed_dictionaries(
    {
        "contact": st.sampled_from("abc"),
        "days": st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True),
        "since": _clock,
        "until": _clock,
    }
)
_moment = st.integers(0, 20 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
_instead = st.tuples(st.sampled_from([None, "d"]), _moment, st.integers(1, 10_000)).map(
    lambda row: {"contact": row[0], "since": row[1], "until": row[1] + timedelta(minutes=row[2])}
)
_rotation = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "contacts": st.lists(st.sampled_from("abc"), min_size=1, max_size=3),
            "starts": _moment,
            "turn_h": st.sampled_from([0.25, 8.0, 11.5, 24.0, 168.0]),
        }
    ),
)


@given(
    st.lists(_weekly, max_size=3),
    st.lists(_instead, max_size=2),
    _rotation,
    st.lists(st.integers(0, 7 * 86_400 - 1), min_size=30, max_size=30),
)
def test_between_two_known_changes_nobody_comes_or_goes(weekly, instead, rotation, seconds):
    one = position(weekly=weekly, instead=instead, rotation=rotation)
    begin = at("2026-01-08T03:00")
    moments = changes(one, begin, begin + 7 * DAY_NS)
    assert moments[0] == begin
    for second in seconds:
        t_ns = begin + second * 10**9
        last = max(moment for moment in moments if moment <= t_ns)
        assert on_call(one, t_ns) == on_call(one, last)


FILE = EscalationFile.model_validate(STANDARD)
NOW = Turned.t_ns


def all_proven(file=FILE, at_ns=NOW):
    ways = [way for contact in file.contacts for way in contact.ways]
    return {way.id: VerifiedWay(id=way.id, address=address(way), at_ns=at_ns, receipt="ok") for way in ways}


def changed(**more) -> EscalationFile:
    return EscalationFile.model_validate({**STANDARD, **more})


def test_a_full_rota_of_proven_ways_has_no_gap():
    assert gaps(FILE, all_proven(), NOW) == []


def test_a_way_that_was_never_tried_or_tried_under_another_address_is_a_gap_from_its_shift_on():
    tests = all_proven()
    del tests["a-voice"]
    tests["crew-sms"] = VerifiedWay(id="crew-sms", address="another", at_ns=NOW, receipt="ok")
    found = gaps(FILE, tests, NOW)
    assert [(gap.contact, gap.why) for gap in found] == [("phone-crew", Why.NO_WAY), ("phone-a", Why.NO_WAY)]
    assert found[0].since_ns == NOW and found[1].since_ns == at("2026-11-23T08:00"), "its next shift"


def test_a_proof_that_lapses_within_the_week_is_a_gap_from_then_on():
    tests = all_proven(at_ns=NOW - 85 * DAY_NS)
    found = gaps(FILE, tests, NOW)
    assert found and found[0].since_ns == NOW + 5 * DAY_NS + 1


@pytest.mark.parametrize(("days_ahead", "severity"), [(5, Severity.WARNING), (1, Severity.ALARM), (9, None)])
async def test_a_gap_is_told_at_least_a_day_ahead(duty, days_ahead, severity):
    begin = datetime.fromtimestamp((NOW + days_ahead * DAY_NS) / 1e9, UTC)
    hole = {"contact": None, "since": begin.isoformat(), "until": (begin + timedelta(hours=1)).isoformat()}
    positions = [{**STANDARD["positions"][0], "instead": [hole]}, STANDARD["positions"][1]]
    file, health = changed(positions=positions), Health()
    async with duty.ledger.begin() as tx:
        await tx.put_many(all_proven().values())
    cover = Coverage(file, duty.ledger, health, duty.clock)
    await cover.look()
    assert [one.severity for one in health.standing()] == ([severity] if severity else [])
    if severity:
        assert "nobody_on_call" in health.standing()[0].detail
    duty.clock.t_ns += (days_ahead * 86_400 + 3601) * 10**9
    await cover.look()
    assert health.standing() == []
