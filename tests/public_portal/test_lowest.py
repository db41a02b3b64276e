"""An hour's lowest 15-minute median: what must not be missing is not hidden by the rest of the hour."""

import csv
import io
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from core.model.published import Hour, HourState, PublishedDay
from core.model.sample import Series
from core.model.tag import Quantity
from public_portal.history_csv import TABLES
from public_portal.hours import AFTER_MIN, BEFORE_MIN, SPAN_MIN, Heard, hour_of
from public_portal.minutes import minutes_of
from public_portal.parts import Part
from public_portal.quality import MINUTE_NS
from public_portal.usual import Band
from tests.limits_here import limit
from tests.public_portal.test_quality import START, TURBIDITY, noise


def hour(quantity: Quantity, usual: float, gone: range, to: float) -> Hour:
    tag = replace(TURBIDITY, id=f"q-01.{quantity}", quantity=quantity)
    span = range(-BEFORE_MIN - 3, 60 + AFTER_MIN)
    past = Series(
        np.array([START + m * MINUTE_NS + 1 for m in span], np.int64),
        np.array([to if m in gone else usual + noise(m) for m in span]),
        np.zeros(len(span), np.uint32),
    )
    minutes = minutes_of(tag, past, START // MINUTE_NS - BEFORE_MIN, SPAN_MIN)
    band = Band(usual - 0.3, usual + 0.3)
    return hour_of(Heard(quantity, [(tag, minutes)], limit(quantity.value)), START, START, band, False)


@pytest.mark.parametrize("begin", [-6, 0, 20, 35])
@pytest.mark.parametrize(
    ("quantity", "usual", "to"), [(Quantity.FREE_CHLORINE, 0.4, 0.0), (Quantity.PH, 7.2, 6.1)]
)
@pytest.mark.parametrize("long", [14, 25])
def test_chlorine_that_was_gone_for_a_while_leaves_no_hour_normal(quantity, usual, to, begin, long):
    found = hour(quantity, usual, range(begin, begin + long), to)
    assert (found.state, found.low15) == (HourState.WATCH, to)
    assert abs(found.median - usual) < 0.02


def test_an_hour_without_a_low_is_normal_and_three_minutes_of_nothing_are_a_spike():
    for gone in (range(0), range(20, 23)):
        found = hour(Quantity.FREE_CHLORINE, 0.4, gone, 0.0)
        assert found.state is HourState.NORMAL
        assert found.low15 <= found.median <= found.high15


def test_the_lowest_stands_in_the_csv_and_a_record_from_before_it_is_read():
    now = hour(Quantity.FREE_CHLORINE, 0.4, range(20, 45), 0.0)
    day = PublishedDay(
        id="d", zone="dma-01", parameter="free_chlorine", unit="mg/L", day="2026-11-22", hours=(now,)
    )
    kept = msgspec.to_builtins(day)
    del kept["hours"][0]["low15"]
    old = msgspec.convert(kept, PublishedDay)
    assert old.hours[0].low15 is None and old.hours[0].high15 == now.high15
    record = TABLES["record"]
    lines = list(csv.reader(io.StringIO(record.first(False) + record.rest(Part("", (day, old))))))
    at = lines[0].index("lowest_15min_median")
    assert [line[at] for line in lines[1:]] == ["0.00", ""]
