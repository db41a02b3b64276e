"""HL-30, HL-31, HL-32, HL-36: reports that chance does not explain become a cluster, with its reasons."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.phone_call import SymptomGroup
from core.model.report import Channel, Report, Symptom
from response.hotline.chance import at_least, expected, rate
from response.hotline.clusters import Told, signal
from tests.response import little_town as town

CONNECTIONS = 2_000
RATE = rate(SymptomGroup.SUPPLY, CONNECTIONS, 0, 0.0)


def told(
    n: int, premises: str | None = None, symptom: Symptom = Symptom.LOW_PRESSURE, ago_min: int = 0
) -> Told:
    report = Report(
        id=f"RPT-{n}",
        channel=Channel.PHONE,
        at_ns=town.T0 - ago_min * town.MIN,
        symptom=symptom,
        zone="dma-01",
    )
    return Told(report, premises or f"building {n}")


def seen(heard, rate_s=RATE, group=SymptomGroup.SUPPLY):
    return signal("dma-01", group, heard, rate_s, town.T0)


def test_the_worked_example_of_the_reference_holds():
    """2,000 connections, half an hour: 0.0034 expected, and three by chance once in 150 million."""
    per_window = RATE * 1800
    assert per_window == pytest.approx(0.0034, rel=0.02)
    assert at_least(3, per_window, phi=1.0) == pytest.approx(6.7e-9, rel=0.06)


def test_three_buildings_within_half_an_hour_are_a_cluster_and_two_are_none():
    assert seen([told(1), told(2)]) is None
    found = seen([told(1, ago_min=20), told(2, ago_min=9), told(3)])
    assert (found.n, found.premises, found.window_s) == (3, 3, 1800.0)
    assert found.p < 1e-4
    assert found.reports == ("RPT-1", "RPT-2", "RPT-3")


def test_one_building_that_rings_up_ten_times_is_one():
    assert seen([told(n, premises="one") for n in range(10)]) is None


@pytest.mark.parametrize(
    "leave_out",
    [
        lambda t: replace(t, explained=True),
        lambda t: replace(t, report=replace(t.report, symptom=Symptom.OTHER)),
        lambda t: replace(t, report=replace(t.report, channel=Channel.STAFF)),
    ],
)
def test_what_is_explained_about_bills_or_the_houses_own_counts_for_nothing(leave_out):
    heard = [told(1), told(2), told(3)]
    assert seen(heard) is not None
    assert seen([leave_out(one) for one in heard]) is None


def test_symptoms_of_two_causes_are_not_added_up():
    heard = [told(1), told(2), told(3, symptom=Symptom.DISCOLOURED_YELLOW)]
    assert seen(heard) is None


def test_doubtful_water_is_gathered_over_a_day():
    heard = [told(n, symptom=Symptom.DISCOLOURED_YELLOW, ago_min=n * 400) for n in range(3)]
    found = seen(heard, rate(SymptomGroup.QUALITY, CONNECTIONS, 0, 0.0), SymptomGroup.QUALITY)
    assert found is not None and found.window_s == 86_400.0


def test_where_many_ring_up_every_day_three_more_are_nothing():
    busy = rate(SymptomGroup.SUPPLY, CONNECTIONS, heard=3_000, heard_s=28 * 86_400.0)
    assert seen([told(1), told(2), told(3)], busy) is None


@given(st.integers(1, 12), st.floats(1e-6, 5.0), st.floats(1.0, 3.0))
def test_the_chance_is_one_and_falls_with_the_count(k, mean, phi):
    assert 0.0 <= at_least(k + 1, mean, phi) <= at_least(k, mean, phi) + 1e-12 <= 1.0 + 1e-9


@given(st.integers(0, 23))
def test_the_night_expects_fewer_calls_than_the_morning(hour):
    assert expected(RATE, 1800.0, hour) > 0
    assert expected(RATE, 1800.0, 3) < expected(RATE, 1800.0, 8)


def test_chance_alone_opens_less_than_one_a_month_of_100_000_customers():
    """50 zones of 2,000; looked at with each report, so at most once a report."""
    p_by_hour = [at_least(3, expected(RATE, 7200.0, hour)) for hour in range(24)]
    reports_a_month = RATE * 86_400 * 30 * 50
    worst = max(p for p in p_by_hour if p < 1e-4)
    assert reports_a_month * worst * 10 <= 1.0
