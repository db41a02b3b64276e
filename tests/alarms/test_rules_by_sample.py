"""The rules in columns, against rules that take one sample of one tag at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.engine import Engine
from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import Finding, FindingKind
from core.model.quality import COMMUNICATION, Status
from core.model.sample import Batch, Names, Sample
from tests.alarms.alarm_town import NOON, SECOND, definition, plant

TAGS = ["dma-01.inflow", "dma-01.p1", "dma-01.p2", "dma-02.p1", "q-01.free_chlorine"]
GAP_S, WINDOW_S = 180, 100
Told = tuple[str, str, int]


def rows(tags: Iterable[str]) -> list[AlarmDefinition]:
    made = []
    for tag in tags:
        delays = {"on_delay_s": 10.0, "off_delay_s": 5.0, "deadband": 1.0, "tag": tag}
        high = {"setpoint": 5.0, "escalate_at": 8.0, "escalate_deadband": 2.0, **delays}
        made.append(definition(f"{tag}:high", FindingKind.LIMIT_HIGH, **high))
        low = {"setpoint": -5.0, "escalate_at": -8.0, "escalate_deadband": 1.0, "tag": tag}
        made.append(definition(f"{tag}:low", FindingKind.LIMIT_LOW, **low))
        made.append(
            definition(
                f"{tag}:bad",
                FindingKind.BAD_QUALITY,
                alarm_class=AlarmClass.INSTRUMENT,
                on_delay_s=7.0,
                tag=tag,
            )
        )
        made.append(
            definition(
                f"{tag}:fall", FindingKind.RATE, setpoint=-90.0, deadband=9.0, window_s=WINDOW_S, tag=tag
            )
        )
    return made


@dataclass
class Condition:
    """The timer of ISA-18.2 clause 10, in the plainest words."""

    on_s: float
    off_s: float
    gap_s: float = float(1 << 60)
    active: bool = False
    since: float | None = None
    last: float | None = None

    def takes(self, t: float, enter: bool, leave: bool, valid: bool) -> bool:
        if self.last is not None and t - self.last > self.gap_s:
            self.since = None
        self.last = t
        if not (valid and (leave if self.active else enter)):
            self.since = None
            return False
        self.since = t if self.since is None else self.since
        if t - self.since < (self.off_s if self.active else self.on_s):
            return False
        self.active, self.since = not self.active, None
        return True


@dataclass
class Tag:
    """All rules of one tag."""

    name: str
    high: Condition = field(default_factory=lambda: Condition(10, 5, GAP_S))
    worse: Condition = field(default_factory=lambda: Condition(10, 5, GAP_S))
    low: Condition = field(default_factory=lambda: Condition(0, 0, GAP_S))
    lower: Condition = field(default_factory=lambda: Condition(0, 0, GAP_S))
    bad: Condition = field(default_factory=lambda: Condition(7, 0))
    fall: Condition = field(default_factory=lambda: Condition(0, 0, 3 * WINDOW_S / 10))
    bins: dict[int, list[float]] = field(default_factory=dict)
    told_bin: int | None = None

    def takes(self, t: int, v: float | None, q: int) -> Iterator[Told]:
        good, x = q < 0x40000000, v if v is not None else 0.0
        if self.high.takes(t, x > 5, x <= 4, good):
            yield f"{self.name}:high", "raise" if self.high.active else "clear", t
        if self.worse.takes(t, x > 8, x <= 6, good) and (self.worse.active or self.high.active):
            yield f"{self.name}:high", "escalate" if self.worse.active else "update", t
        if self.low.takes(t, x < -5, x >= -5, good):
            yield f"{self.name}:low", "raise" if self.low.active else "clear", t
        if self.lower.takes(t, x < -8, x >= -7, good) and (self.lower.active or self.low.active):
            yield f"{self.name}:low", "escalate" if self.lower.active else "update", t
        mute, bad = (q & 0xFFFF0000) in COMMUNICATION, q >= 0x80000000
        if self.bad.takes(t, bad and not mute, not bad, not mute):
            yield f"{self.name}:bad", "raise" if self.bad.active else "clear", t
        yield from self._slope(t, x, good)

    def _slope(self, t: int, x: float, good: bool) -> Iterator[Told]:
        width = WINDOW_S // 10
        self.told_bin = -(-t // width) - 1 if self.told_bin is None else self.told_bin
        self.bins.setdefault(-(-t // width), []).extend([x] * good)
        for k in range(self.told_bin + 1, t // width + 1):
            means = {i: sum(xs) / len(xs) for i in range(k - 9, k + 1) if (xs := self.bins.get(i))}
            pairs = [(means[b] - means[a]) / (b - a) for a in means for b in means if a < b]
            known = len(means) >= 3
            beyond = -median(pairs) * 360 - 90 if known else 0.0
            if self.fall.takes(k * width, known and beyond > 0, known and beyond <= -9, known):
                yield f"{self.name}:fall", "raise" if self.fall.active else "clear", k * width
            self.told_bin = k


@st.composite
def polls(draw: st.DrawFn) -> list[list[tuple[str, int, float | None, int]]]:
    """What each poll read: some of the tags, at one time, in integer values. Some ask for the same tags as
    another before."""
    t, made = 0, []
    some = st.lists(st.sampled_from(TAGS), min_size=1, max_size=5, unique=True)
    for _ in range(draw(st.integers(1, 40))):
        t += draw(st.sampled_from([1, 3, 5, 10, 10, 20, 40, 200]))
        poll = []
        for tag in draw(st.one_of(st.sampled_from([TAGS, TAGS[1:4], TAGS[::-1]]), some)):
            q = draw(st.sampled_from([0, 0, 0, 0, Status.BAD_SENSOR_FAILURE, Status.BAD_TIMEOUT, 0x40950000]))
            v = None if q >> 31 else float(draw(st.integers(-9, 9)))
            poll.append((tag, t, v, q))
        made.append(poll)
    return made


@cache
def names(tags: tuple[str, ...]) -> Names:
    """The very same for every poll of the same tags, as a driver gives them."""
    return Names.one("modbus:st-01", tags)


def batch(samples: list[tuple[str, int, float | None, int]]) -> Batch:
    made = Batch.of("modbus:st-01", [Sample(tag, NOON + t * SECOND, v, q) for tag, t, v, q in samples])
    return replace(made, names=names(made.tags))


def one_by_one(engine: Engine, read: list[list[tuple[str, int, float | None, int]]]) -> list[Finding]:
    return [finding for poll in read for finding in engine.update(batch(poll))]


def all_in_one(engine: Engine, read: list[list[tuple[str, int, float | None, int]]]) -> list[Finding]:
    return engine.update(batch([sample for poll in read for sample in poll]))


def as_rows_of_a_backlog(
    engine: Engine, read: list[list[tuple[str, int, float | None, int]]]
) -> list[Finding]:
    rows = [batch([sample]) for poll in read for sample in poll]
    found = []
    for n in engine.runs(rows):
        run, rows = rows[:n], rows[n:]
        found += engine.judge(run).findings
    assert not rows
    return found


WAYS: list[Callable[[Engine, list[list[tuple[str, int, float | None, int]]]], list[Finding]]]
WAYS = [one_by_one, all_in_one, as_rows_of_a_backlog]


@settings(max_examples=120, deadline=None)
@given(read=polls())
def test_columns_say_what_one_sample_at_a_time_says(
    read: list[list[tuple[str, int, float | None, int]]],
) -> None:
    start = NOON // SECOND
    tags = {tag: Tag(tag) for tag in TAGS[:4]}
    expected = [
        told
        for poll in read
        for tag, t, v, q in poll
        if tag in tags
        for told in tags[tag].takes(start + t, v, q)
    ]
    for way in WAYS:
        got = [(f.alarm, f.verb.value, f.t_ns // SECOND) for f in way(Engine(plant(), rows(TAGS[:4])), read)]
        assert (way, sorted(got)) == (way, sorted(expected))
