"""A day drawn on the server (WQ-13): hours where they were, gaps as gaps, limits as lines."""

import re
from dataclasses import replace

import pytest

from core.model.published import HourState, PublishedDay
from public_portal.plot import plot_of
from public_portal.signing import sealed
from tests.limits_here import limit
from tests.public_portal import samples
from tests.public_portal.recorded_days import MIDNIGHT, day, with_record

PAGE = "/area/dma-01/history"
NAMELESS = (9, 10)
"""Hours of the recorded day without a value."""


def turbidity(**more: object) -> PublishedDay:
    made = day("dma-01", "turbidity", MIDNIGHT, "2026-11-22", 22)
    return replace(made, limit=limit("turbidity"), **more)  # type: ignore[arg-type]


def test_an_hour_without_a_value_is_a_gap_and_nothing_is_drawn_between_hours():
    plot = plot_of(turbidity(), "浊度", "NTU", "zh")
    apart = [round(bar.x - plot.bars[0].x, 1) for bar in plot.bars]
    hour = apart[1]
    assert [round(x / hour) for x in apart] == [n for n in range(22) if n not in NAMELESS]
    assert all(bar.width < hour for bar in plot.bars)
    assert plot.bars[3].state == HourState.WATCH


def test_the_axis_is_the_same_each_day_and_reaches_what_is_beyond_it():
    usual = plot_of(turbidity(), "浊度", "NTU", "zh")
    assert [mark.word for mark in usual.ticks] == ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]
    (line,) = usual.limits
    assert line.at == next(mark.at for mark in usual.ticks if mark.word == "1")
    hours = list(turbidity().hours)
    hours[3] = replace(hours[3], high15=7.4)
    beyond = plot_of(turbidity(hours=tuple(hours)), "浊度", "NTU", "zh")
    top = beyond.ticks[-1]
    assert float(top.word) >= 7.4 and all(bar.top >= top.at for bar in beyond.bars)


def test_a_band_reaches_from_the_lowest_to_the_highest_and_holds_the_median():
    hours = [replace(h, low15=None if h.median is None else h.median - 0.05) for h in turbidity().hours]
    for bar in plot_of(turbidity(hours=tuple(hours)), "浊度", "NTU", "zh").bars:
        assert bar.top < bar.y < bar.top + bar.high


def test_a_day_without_a_value_is_not_drawn():
    none = [replace(hour, median=None, high15=None) for hour in turbidity().hours]
    assert plot_of(turbidity(hours=tuple(none)), "浊度", "NTU", "zh") is None


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "浊度曲线：20个小时有值"), ("en", "Plot of Turbidity: 20 hours have a value")]
)
def test_the_page_draws_it_above_its_table_and_says_it_in_words(portal, store, lang, said):
    shown = turbidity()
    store.put(*sealed(with_record(store, samples.ordinary(), {shown.id: shown}), samples.KEY))
    page = portal.get(PAGE, params={"parameter": "turbidity", "lang": lang}).text
    (drawn,) = re.findall(r"<figure class=\"plot\">.*?</figure>", page, re.S)
    assert f'role="img" aria-label="{said}' in drawn and drawn.count("<g ") == 20
    assert drawn.count('class="limit"') == 1
    assert page.index("<figure") < page.index('<table class="hours">')
    assert "style=" not in drawn, "the policy allows no styles in the page"
