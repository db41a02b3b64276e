"""ON-32: a calendar that shows the move and the cancellation, read back by icalendar."""

from datetime import UTC, timedelta

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.bulletin import Bulletin
from response.bulletins import as_of
from response.renderings.ical import OCTETS, escaped, folded, ical
from tests.response.bulletins import (
    HOUR,
    SITE,
    any_bulletin,
    boil,
    burst,
    cancelled,
    next_version,
    planned,
    restored,
)


def event(b: Bulletin) -> icalendar.Event:
    found = icalendar.Calendar.from_ical(ical([b], SITE, "zh")).walk("VEVENT")
    assert len(found) == 1
    return found[0]


def test_on32_a_move_and_a_cancellation_reach_the_client() -> None:
    first = planned()
    moved = next_version(first, starts_ns=first.starts_ns + 24 * HOUR)
    off = cancelled(moved)
    one, two, three = map(event, (first, moved, off))
    assert one["UID"] == two["UID"] == three["UID"] == "NTC-20261122-00043@water.example.cn"
    assert [int(e["SEQUENCE"]) for e in (one, two, three)] == [0, 1, 2]
    assert two.decoded("DTSTART") - one.decoded("DTSTART") == timedelta(days=1)
    assert [e["STATUS"] for e in (one, two, three)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert two.decoded("LAST-MODIFIED") > one.decoded("LAST-MODIFIED")


def test_on07_an_event_whose_estimate_has_passed_is_newer() -> None:
    stands = burst()
    assert stands.estimate is not None
    one, two = map(event, (stands, as_of(stands, stands.estimate.latest_ns)))
    assert two["DESCRIPTION"] != one["DESCRIPTION"]
    assert two.decoded("LAST-MODIFIED") > one.decoded("LAST-MODIFIED")


def test_on32_planned_work_reminds_twelve_hours_before_and_a_burst_does_not() -> None:
    (alarm,) = event(planned()).walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(hours=-12)
    assert event(burst()).walk("VALARM") == []
    assert event(cancelled(planned())).walk("VALARM") == []


def test_on07_what_nobody_promised_has_no_end_and_is_tentative() -> None:
    for b in (boil(), burst(overdue=True), burst(estimate=None)):
        assert "DTEND" not in event(b)
        assert event(b)["STATUS"] == "TENTATIVE"
    back = restored(burst())
    assert event(back).decoded("DTEND").astimezone(UTC).timestamp() * 1e9 == back.restored_ns


@settings(max_examples=60, deadline=None)
@given(b=any_bulletin())
def test_every_line_fits_and_every_calendar_parses(b: Bulletin) -> None:
    written = ical([b], SITE, "zh")
    assert all(len(line) <= OCTETS for line in written.split(b"\r\n"))
    assert str(event(b)["LOCATION"]).startswith(b.area.zh)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_folding_never_cuts_a_character_and_is_undone_by_unfolding(text: str) -> None:
    line = f"SUMMARY:{text}"
    for piece in folded(line).split(b"\r\n"):
        assert len(piece) <= OCTETS
        piece.decode()
    assert folded(line).replace(b"\r\n ", b"").removesuffix(b"\r\n").decode() == line


def test_commas_semicolons_and_breaks_are_escaped() -> None:
    assert escaped("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne"
