"""What the storage branch may leave out, and what it may not (collection.md 11.7)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.model.archive import ArchiveRule
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.runtime.compressor import Compressor

S = 1_000_000_000
T0 = 1_764_000_000 * S


def offer(compressor: Compressor, samples: list[Sample], cut: int = 1) -> list[Sample]:
    """What is stored of samples that come `cut` a batch, in order of time."""
    stored: list[Sample] = []
    for i in range(0, len(samples), cut):
        stored += compressor.compress(Batch.of("test:x", samples[i : i + cut])).samples()
    return sorted(stored, key=lambda s: (s.tag, s.t_ns))


def line(*values: float | None, tag: str = "a", step_s: float = 1.0, q: int = 0) -> list[Sample]:
    return [at(i * step_s, v, Status.BAD_TIMEOUT if v is None else q, tag=tag) for i, v in enumerate(values)]


def at(second: float, v: float | None, q: int = Status.GOOD, *, tag: str = "a") -> Sample:
    t_ns = T0 + round(second * S)
    return Sample(tag, t_ns, v, q, t_ns)


def values(samples: list[Sample]) -> list[float | None]:
    return [sample.v for sample in samples]


def test_a_tag_without_a_rule_passes_whole():
    samples = line(1, 1, 1)
    assert offer(Compressor({}), samples) == samples
    assert offer(Compressor({"b": ArchiveRule(deadband=1)}), samples) == samples


def test_within_the_deadband_only_the_first_and_the_last_before_a_change_are_stored():
    stored = offer(Compressor({"a": ArchiveRule(deadband=0.5)}), line(1, 1.2, 0.9, 1.1, 5, 5.1))
    assert values(stored) == [1, 1.1, 5]


def test_every_change_of_quality_is_stored_whatever_the_deadband():
    compressor = Compressor({"a": ArchiveRule(deadband=100)})
    samples = [*line(1, 1, None, None, 1)]
    samples.append(at(5, 1.0, Status.UNCERTAIN_SENSOR_CALIBRATION))
    samples.append(at(6, 1.0, Status.UNCERTAIN_SUB_NORMAL))
    assert [s.t_ns for s in offer(compressor, samples)] == [T0 + n * S for n in (0, 1, 2, 4, 5, 6)]


def test_something_is_stored_in_every_max_silence():
    compressor = Compressor({"a": ArchiveRule(deadband=1, max_silence_s=10)})
    stored = offer(compressor, line(*[1.0] * 35))
    assert [(s.t_ns - T0) // S for s in stored] == [0, 10, 20, 30]


def test_within_min_interval_new_extremes_alone_are_stored():
    rule = ArchiveRule(deadband=0.5, min_interval_s=10)
    stored = offer(Compressor({"a": rule}), line(0, 9, 1, 8, -4, 9, 0, 12, 3))
    assert max(v for v in values(stored) if v is not None) == 12
    assert min(v for v in values(stored) if v is not None) == -4
    assert len(stored) < 9


def test_what_is_late_passes():
    compressor = Compressor({"a": ArchiveRule(deadband=9)})
    offer(compressor, line(1, 1, 1, 1))
    late = [at(-100, 1.0), at(1, 1.0)]
    assert offer(compressor, late) == late


def test_a_straight_ramp_through_a_swinging_door_is_its_ends():
    compressor = Compressor({"a": ArchiveRule(swinging_door=0.1)})
    stored = offer(compressor, line(*[0.5 * n for n in range(100)], 0))
    assert values(stored) == [0, 49.5]


WALK = st.lists(st.integers(-40, 40), min_size=2, max_size=60).map(
    lambda steps: np.cumsum(steps).astype(float).tolist()
)


@given(WALK, st.integers(0, 60), st.integers(1, 7))
def test_what_is_held_between_stored_samples_is_within_the_deadband(walk, deadband, cut):
    samples = line(*walk)
    stored = offer(Compressor({"a": ArchiveRule(deadband=deadband)}), samples, cut)
    assert set(stored) <= set(samples)
    t_ns, v = np.array([s.t_ns for s in stored]), np.array(values(stored))
    for sample in samples:
        held = v[np.searchsorted(t_ns, sample.t_ns, side="right") - 1]
        assert abs(held - sample.v) <= deadband


@given(WALK, st.integers(1, 60), st.integers(1, 7))
def test_a_line_through_stored_samples_is_within_the_swinging_door(walk, door, cut):
    samples = [*line(*walk), at(len(walk), None, Status.BAD_TIMEOUT)]
    stored = offer(Compressor({"a": ArchiveRule(swinging_door=door)}), samples, cut)
    assert set(stored) <= set(samples)
    good = [s for s in stored if s.v is not None]
    shown = np.interp([s.t_ns - T0 for s in samples[:-1]], [s.t_ns - T0 for s in good], values(good))
    assert np.abs(shown - walk).max() <= door + 1e-6


@given(WALK, st.integers(1, 9), st.integers(1, 30))
def test_the_extremes_are_kept_to_within_the_deadband_in_every_window(walk, deadband, least_s):
    rule = ArchiveRule(deadband=deadband, min_interval_s=least_s)
    stored = values(offer(Compressor({"a": rule}), line(*walk)))
    assert max(stored) >= max(walk) - deadband
    assert min(stored) <= min(walk) + deadband


@given(WALK, st.integers(0, 30), st.booleans(), st.integers(0, 60))
def test_a_restored_snapshot_goes_on_as_if_nothing_had_happened(walk, band, door, cut):
    rule = ArchiveRule(swinging_door=band + 1) if door else ArchiveRule(deadband=band)
    samples = line(*walk)
    whole = offer(Compressor({"a": rule}), samples)
    first, second = Compressor({"a": rule}), Compressor({"b": ArchiveRule(), "a": rule})
    before = offer(first, samples[:cut])
    second.restore(first.snapshot())
    assert before + offer(second, samples[cut:]) == whole


@given(WALK, WALK, st.integers(1, 20))
def test_several_tags_in_one_batch_do_not_disturb_each_other(one, other, cut):
    rules = {"a": ArchiveRule(deadband=5), "b": ArchiveRule(swinging_door=5)}
    a, b = line(*one), line(*other, tag="b")
    mixed = sorted([*a, *b], key=lambda s: s.t_ns)
    assert offer(Compressor(rules), mixed, cut) == offer(Compressor(rules), a) + offer(Compressor(rules), b)
