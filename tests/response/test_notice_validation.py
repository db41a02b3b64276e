"""ON-05, ON-06, ON-10, ON-12, ON-13, ON-14: what is found wrong before anything is said."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.network import Network, Node, NodeKind
from core.model.notice import (
    AuthorityReport,
    Change,
    Notice,
    NoticeKind,
    NoticeState,
    Position,
    QualityFacts,
    Status,
    WaterPoint,
)
from core.model.notice_version import NoticeVersion, VersionState
from core.model.text import Text
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.spec import ServiceTimesFile
from response.notices.outline import hull, outline
from response.notices.ring import crossed
from response.notices.validation import Case, lacks
from response.service_times import ServiceTimes
from tests.response import little_town as town
from tests.response.little_notices import FACTS

NOW = town.T0
H, MIN = town.HOUR, town.MIN
T = Text("中文", "English")
RING = (Position(37.0, 115.0), Position(37.0, 115.1), Position(37.1, 115.1), Position(37.0, 115.0))


def a(kind: NoticeKind = NoticeKind.EMERGENCY_OUTAGE, **more) -> Notice:
    """One that nothing is wrong with."""
    usual = {
        "starts_ns": NOW,
        "next_update_ns": NOW + H,
        "eta_earliest_ns": NOW + 2 * H,
        "eta_latest_ns": NOW + 4 * H,
    }
    if kind is NoticeKind.PLANNED_OUTAGE:
        starts = NOW + 48 * H
        usual = {"starts_ns": starts, "eta_earliest_ns": starts + 6 * H, "eta_latest_ns": starts + 6 * H}
        usual["approval"] = "水审〔2026〕7号"
    notice = Notice(
        id="N-1",
        incident=None,
        kind=kind,
        state=NoticeState.APPROVED,
        zone="dma-01",
        title=T,
        body=T,
        advice=T,
        description=T,
        reason=T,
        contact=T,
        author="op",
        drafted_ns=NOW,
        ring=RING,
        **usual,
    )
    return replace(notice, **more)


def found(notice: Notice, **more) -> list[str]:
    case = Case(notice=notice, now_ns=NOW, origin=(37.0, 115.0), **more)
    return [lack.item for lack in lacks(case)]


PLANNED, BOIL = NoticeKind.PLANNED_OUTAGE, NoticeKind.BOIL
REPORT = AuthorityReport(to=T, at_ns=NOW, by="op")


@pytest.mark.parametrize(
    "notice", [a(), a(PLANNED), a(BOIL, quality=FACTS, reported=REPORT, supply="quality")]
)
def test_nothing_is_wrong_with_a_whole_one(notice):
    assert found(notice) == []


@pytest.mark.parametrize(
    ("notice", "lack"),
    [
        (a(title=Text("停水", " ")), "words_missing"),
        (a(advice=Text("same", "same")), "words_same"),
        (a(title=Text("停" * 161, "off")), "headline_long"),
        (a(reason=None), "reason_missing"),
        (a(contact=None), "contact_missing"),
        (a(next_update_ns=None), "next_update_missing"),
        (a(next_update_ns=NOW), "next_update_missing"),
        (a(eta_earliest_ns=NOW + 5 * H), "estimate_reversed"),
        (a(eta_earliest_ns=NOW - H, eta_latest_ns=NOW), "estimate_passed"),
        (a(PLANNED, eta_earliest_ns=NOW + H, eta_latest_ns=NOW + H), "ends_before_start"),
        (a(PLANNED, eta_earliest_ns=None, eta_latest_ns=None), "estimate_missing"),
        (a(PLANNED, starts_ns=NOW - 6 * MIN), "starts_passed"),
        (a(PLANNED, approval=""), "approval_missing"),
        (a(PLANNED, hydrants=2), "fire_untold"),
        (a(hydrants=2), "fire_untold"),
        (a(BOIL, quality=FACTS), "approval_missing"),
        (a(eta_latest_ns=NOW + 25 * H), "water_points_missing"),
        (a(ring=RING[:3]), "area_few"),
        (a(ring=(*RING[:3], Position(37.05, 115.0))), "area_open"),
        (a(ring=tuple(Position(p.lon, p.lat) for p in RING)), "area_elsewhere"),
        (a(change=Change.RESTORED, kind=BOIL, quality=FACTS), "lab_missing"),
        (a(status=Status.EXERCISE, incident="INC-1"), "public_untold"),
    ],
)
def test_each_defect_is_named(notice, lack):
    assert lack in found(notice)


@pytest.mark.parametrize("starts_h", [48, -30])
def test_planned_work_that_ends_before_it_starts_is_told_that_and_nothing_of_water_points(starts_h):
    starts = NOW + starts_h * H
    ends = {"eta_earliest_ns": starts - 2 * H, "eta_latest_ns": starts - 2 * H}
    said = found(a(PLANNED, starts_ns=starts, **ends))
    assert "ends_before_start" in said and "water_points_missing" not in said


def test_an_outline_that_crosses_itself_is_found():
    bow = (Position(37.0, 115.0), Position(37.1, 115.1), Position(37.1, 115.0), Position(37.0, 115.1))
    assert "area_crossed" in found(a(ring=(*bow, bow[0])))


@given(st.sets(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=4, max_size=30))
def test_a_hull_never_crosses_itself(points):
    ring = hull(points)
    if len(ring) < 3:
        return
    assert not crossed([Position(lat, lon) for lat, lon in (*ring, ring[0])])


@given(st.sets(st.tuples(st.floats(-5_000, 5_000), st.floats(-5_000, 5_000)), min_size=1, max_size=60))
def test_an_outline_of_any_nodes_is_fit_to_be_published(points):
    nodes = {f"n{i}": Node(f"n{i}", NodeKind.JUNCTION, x, y, 0.0) for i, (x, y) in enumerate(points)}
    plant = town.plant()
    placed = replace(
        plant, utility=replace(plant.utility, origin=(37.0, 115.0)), network=Network(nodes, {}, {})
    )
    assert found(a(ring=outline(nodes, placed))) == []


@pytest.mark.parametrize("element", ["finding", "effects", "risk", "doing", "alternatives"])
def test_a_boil_notice_has_the_elements_that_people_must_be_told(element):
    facts = replace(FACTS, **{element: Text("", "")})
    assert f"quality_{element}_missing" in found(a(BOIL, quality=facts, reported=REPORT))


@pytest.mark.parametrize(
    ("ahead_ns", "lasts_ns", "late"),
    [
        (24 * H, 6 * H, False),
        (24 * H - MIN, 6 * H, True),
        (24 * H, 12 * H, False),
        (47 * H + 59 * MIN, 12 * H + MIN, True),
        (48 * H, 12 * H + MIN, False),
    ],
)
def test_lead_time_is_a_day_and_two_for_long_ones(ahead_ns, lasts_ns, late):
    """ON-06: the boundary is 23 h 59 m; a reason lets it pass, labelled."""
    starts = NOW + ahead_ns
    notice = a(PLANNED, starts_ns=starts, eta_earliest_ns=starts + lasts_ns, eta_latest_ns=starts + lasts_ns)
    assert ("lead_time" in found(notice)) is late
    assert "lead_time" not in found(replace(notice, late_reason="第三方施工挖断"))


def test_lead_times_are_the_utilitys_own():
    """ON-06: from service-times.yaml."""
    notices = {**CN_DEFAULT_DATA["notices"], "lead": "2 d", "long": "4 h", "long_lead": "3 d"}
    times = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, "notices": notices}))
    for ahead_ns, lasts_ns, late in (
        (48 * H, 4 * H, False),
        (48 * H - MIN, 4 * H, True),
        (72 * H, 5 * H, False),
        (72 * H - MIN, 5 * H, True),
    ):
        starts, ends = NOW + ahead_ns, NOW + ahead_ns + lasts_ns
        notice = a(PLANNED, starts_ns=starts, eta_earliest_ns=ends, eta_latest_ns=ends)
        assert ("lead_time" in found(notice, times=times)) is late


def test_more_than_a_day_without_water_is_all_right_with_water_points():
    point = WaterPoint(name=T, kind="tanker", state="planned")
    assert found(a(eta_latest_ns=NOW + 25 * H, water_points=(point,))) == []


def test_water_points_that_hold_too_little_for_everybody_are_noted():
    """ON-11: ten litres a person within the first day; an empty one counts for nothing."""
    here = WaterPoint(name=T, kind="tanker", state="open", capacity_l=3_000, left_l=2_600)
    empty = WaterPoint(name=T, kind="tanker", state="empty", left_l=9_000)
    assert found(a(accounts_affected=100, water_points=(here, empty))) == []
    assert found(a(accounts_affected=101, water_points=(here, empty))) == ["water_points_short"]


def test_on_11_from_the_fifth_day_on_it_takes_twice_as_much():
    here = WaterPoint(name=T, kind="tanker", state="open", left_l=5_199)
    for since_h, short in ((95, False), (96, True)):
        lasting = a(accounts_affected=100, water_points=(here,), starts_ns=NOW - since_h * H)
        assert ("water_points_short" in found(lasting)) is short


def test_hydrants_of_an_emergency_are_told_of_but_do_not_hold_it_up():
    case = Case(notice=a(hydrants=2), now_ns=NOW)
    assert [(lack.item, lack.hard) for lack in lacks(case)] == [("fire_untold", False)]


def test_references_lie_before_and_identifiers_are_used_once():
    said = NoticeVersion(
        id="N-1.1",
        notice="N-1",
        version=1,
        state=VersionState.PUBLISHED,
        change=Change.FIRST,
        content=a(),
        identifier="x",
        sent_ns=NOW + 1,
    )
    assert "reference_later" in found(a(), earlier=[said])
    assert "identifier_reused" in found(a(), earlier=[replace(said, sent_ns=NOW - 1)] * 2)


def test_on_12_the_health_authority_is_named_in_both_languages_and_older_records_are_read_on():
    boil = replace(a(kind=NoticeKind.BOIL), quality=replace(FACTS, authority=Text("市卫健委", "")))
    assert "health_authority_missing" in found(boil)
    for authority in (Text("市卫健委", "City health commission"), "市卫健委"):
        assert "health_authority_missing" not in found(
            replace(boil, quality=replace(FACTS, authority=authority))
        )
    old = msgspec.json.decode(
        b'{"finding":{"zh":"a","en":"b"},"effects":{"zh":"a","en":"b"},'
        b'"risk":{"zh":"a","en":"b"},"doing":{"zh":"a","en":"b"},"alternatives":{"zh":"a","en":"b"},'
        b'"authority":"CDC","lab":"L-1"}',
        type=QualityFacts,
    )
    assert (old.health_authority, old.confirmed_ns) == (Text("CDC", "CDC"), None)
    new = replace(old, authority=Text("疾控", "CDC"))
    assert msgspec.json.decode(msgspec.json.encode(new), type=QualityFacts) == new
    assert "result_in_future" in found(replace(boil, quality=replace(FACTS, confirmed_ns=2**62)))
