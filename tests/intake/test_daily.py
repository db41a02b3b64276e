"""Minimum night flow: one value a day, of the hours when customers sleep."""

import pytest

from collectors.intake.limits import SECOND
from core.model.quality import Status
from core.model.sample import Flag, Sample
from core.ports.source import SourceFacts
from tests.intake.test_derived import Hub

MIDNIGHT = 1_763_913_600 * SECOND
"""2025-11-24 00:00 in Shanghai, 16:00 UTC the day before."""
NIGHT = {
    "tag": "net",
    "expression": "inlet",
    "inputs": {"inlet": "a"},
    "daily": {"begin": "02:00", "end": "04:00", "slot_min": 15},
    "max_age_s": 3600,
}


def night(hub: Hub, flow, hours=(0.0, 6.0), bad=lambda hour: False) -> list[Sample]:
    """A sample a minute between two hours of the local day."""
    made: list[Sample] = []
    for minute in range(round(hours[0] * 60), round(hours[1] * 60)):
        t_ns, hour = MIDNIGHT + minute * 60 * SECOND, minute / 60
        sample = Sample("a", t_ns, flow(hour), 0, t_ns)
        if bad(hour):
            sample = Sample("a", t_ns, None, Status.BAD_TIMEOUT, t_ns)
        made += hub.hears(sample)
    return made


def test_the_least_quarter_hour_between_two_and_four_is_the_night_s_value():
    (made,) = night(Hub(NIGHT), lambda hour: 5.0 if 3 <= hour < 3.25 else 1.0 if hour < 1 else 20.0)
    assert (made.tag, made.v, made.q) == ("net", 5.0, Status.GOOD)
    assert made.t_ns == MIDNIGHT + (4 * 60 - 1) * 60 * SECOND


def test_a_night_that_was_half_heard_is_bad_or_uncertain_as_it_is_wished():
    def lost(hour: float) -> bool:
        return 2 <= hour < 3

    (made,) = night(Hub(NIGHT), lambda hour: 7.0, bad=lost)
    assert (made.v, made.q) == (None, Status.BAD_NO_COMMUNICATION)
    (made,) = night(Hub(NIGHT | {"least_coverage": 0.5}), lambda hour: 7.0, bad=lost)
    assert (made.v, made.q) == (7.0, Status.UNCERTAIN_SUB_NORMAL)


def test_a_night_without_an_end_ends_with_the_next_one():
    hub = Hub(NIGHT)
    assert night(hub, lambda hour: 7.0, (2.0, 3.99)) == []
    (made,) = night(hub, lambda hour: 9.0, (26.0, 26.5))
    assert made.v == 7.0


@pytest.mark.parametrize(("of", "v"), [("min", 2.0), ("max", 3.0), ("mean", 2.5)])
def test_the_statistic_is_the_one_asked_for(of: str, v: float):
    daily = {"begin": "02:00", "end": "04:00", "of": of, "slot_min": 60}
    (made,) = night(Hub(NIGHT | {"daily": daily}), lambda hour: 2.0 if hour < 3 else 3.0)
    assert made.v == v


def test_a_night_in_which_the_flow_never_moves_has_its_value_from_a_source_by_exception():
    """One sample at one o'clock; then the server says only that it is alive."""
    facts = SourceFacts()
    hub = Hub(NIGHT, followed={"a": facts})
    began_ns = MIDNIGHT + 3600 * SECOND
    made = hub.hears(Sample("a", began_ns, 6.0, 0, began_ns, Flag.STANDS))
    for minute in range(61, 300):
        facts.followed_ns = MIDNIGHT + minute * 60 * SECOND
        hub.derived.stand()
        made += hub.taken()
    (one,) = made
    assert (one.tag, one.v, one.q) == ("net", 6.0, Status.GOOD)
