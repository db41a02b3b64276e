"""Never normal by default: every way in which something is unknown ends in another word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.snapshot import ReadingState
from core.model.tag import Quantity, Tag
from core.model.text import Text
from public_portal.areas import Doubts, reading, state_of
from public_portal.quality import Checked, Why
from public_portal.usual import Band
from tests.limits_here import limit

USUAL = Band(0.20, 0.40)


def tag(station: str = "q-01", quantity: Quantity = Quantity.TURBIDITY, unit: str = "NTU") -> Tag:
    return Tag(
        id=f"{station}.{quantity}",
        quantity=quantity,
        unit=unit,
        name=Text("", ""),
        station=station,
        period_s=1.0,
        zone="dma-01",
        public=True,
    )


def told(checked: list[Checked], bands: list[Band | None], doubts: Doubts = Doubts()):
    tags = [tag(f"q-{n:02d}") for n in range(len(checked))]
    ids = [t.id for t in tags]
    return reading(
        Quantity.TURBIDITY,
        tags,
        dict(zip(ids, checked, strict=True)),
        dict(zip(ids, bands, strict=True)),
        doubts,
        limit("turbidity"),
    )


def valid(value: float, at_ns: int = 900) -> Checked:
    return Checked(Why.VALID, value, at_ns)


@pytest.mark.parametrize(
    ("value", "band", "doubts", "state"),
    [
        (0.30, USUAL, Doubts(), ReadingState.NORMAL),
        (0.30, None, Doubts(), ReadingState.VERIFYING),
        (0.30, USUAL, Doubts(tags=frozenset({"q-01.turbidity"})), ReadingState.VERIFYING),
        (0.30, USUAL, Doubts(zones=frozenset({"dma-01"})), ReadingState.VERIFYING),
        (0.30, USUAL, Doubts(zones=frozenset({"dma-02"})), ReadingState.NORMAL),
        (0.65, USUAL, Doubts(), ReadingState.WATCH),
        (1.01, Band(0.5, 1.5), Doubts(), ReadingState.WATCH),
    ],
)
def test_states(value, band, doubts, state):
    assert state_of(tag(), value, band, doubts, limit("turbidity")) is state


@pytest.mark.parametrize(
    ("why", "state"),
    [
        (Why.BAD, ReadingState.NO_DATA),
        (Why.TOO_FEW, ReadingState.NO_DATA),
        (Why.FLAT, ReadingState.VERIFYING),
        (Why.MAINTENANCE, ReadingState.MAINTENANCE),
    ],
)
def test_without_a_value_no_figure_is_told(why, state):
    said = told([Checked(why)], [USUAL])
    assert (said.state, said.value, said.at_ns) == (state, None, None)


def test_two_instruments_give_their_median_and_the_graver_state():
    said = told([valid(0.30, 900), valid(0.90, 960)], [USUAL, USUAL])
    assert (said.value, said.state, said.at_ns) == (0.6, ReadingState.WATCH, 960)


def test_a_dead_twin_leaves_the_living_one():
    said = told([Checked(Why.BAD), valid(0.30)], [USUAL, USUAL])
    assert (said.value, said.state) == (0.3, ReadingState.NORMAL)


def test_what_is_printed_is_what_is_judged():
    inside, outside = told([valid(0.60)], [USUAL]), told([valid(0.61)], [USUAL])
    assert (inside.usual_low, inside.usual_high, inside.state) == (0.0, 0.6, ReadingState.NORMAL)
    assert outside.state is ReadingState.WATCH


def test_the_range_is_of_the_instruments_whose_value_it_is():
    said = told([Checked(Why.BAD), valid(0.30)], [Band(0.7, 0.9), USUAL])
    assert (said.usual_low, said.usual_high) == (0.0, 0.6)
    assert told([valid(0.3), valid(0.3)], [None, USUAL]).usual_low is None


checks = st.one_of(
    st.sampled_from([Checked(w) for w in Why if w is not Why.VALID]),
    st.floats(0, 5).map(valid),
)


@given(st.lists(st.tuples(checks, st.sampled_from([None, USUAL])), min_size=1, max_size=4), st.booleans())
def test_normal_needs_everything(rows, doubted):
    """Whatever is mixed: NORMAL only with a value, a usual range, no doubt, and inside the limit."""
    doubts = Doubts(zones=frozenset({"dma-01"})) if doubted else Doubts()
    said = told([check for check, _ in rows], [band for _, band in rows], doubts)
    if said.state is ReadingState.NORMAL:
        assert not doubted
        assert said.value is not None and said.value <= 1.0
        assert said.usual_low <= said.value <= said.usual_high
        assert all(band for check, band in rows if check.why is Why.VALID)
