"""Batches in, findings out. Pure: no store, no clock, no waiting.

Every detector sees live columns only; backfill and late samples are counted and left to the historian.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from alarms.abreast import Told
from alarms.columns import Slice, Splitter
from alarms.definitions import by_id, by_kind, by_reference, joined
from alarms.detectors.bad_quality import BadQuality
from alarms.detectors.burst import Bursts
from alarms.detectors.communication import Communication
from alarms.detectors.composite import Composite
from alarms.detectors.cross_check import CrossChecks
from alarms.detectors.detector import Detector, State
from alarms.detectors.deviation import Deviation
from alarms.detectors.discrepancy import Discrepancy
from alarms.detectors.flatline import Flatline
from alarms.detectors.forecast import Forecast
from alarms.detectors.instrument_drift import Drifts
from alarms.detectors.leak import Leaks
from alarms.detectors.level_control import LevelControls
from alarms.detectors.limit import Limits
from alarms.detectors.quality_event import QualityEvents
from alarms.detectors.rate import Rate
from alarms.detectors.spike import Spikes
from alarms.detectors.stale import Stale
from alarms.detectors.statistical import Statistical
from alarms.detectors.watches import Learners
from alarms.standing import Standing
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind
from core.model.plant import Plant
from core.model.quality import is_bad
from core.model.sample import Batch
from core.ports.source import EVER_NS, SourceFacts
from core.runtime.numbering import Numbering, Numbers

LEAST_GAP_S = 180.0
FORM = 4
"""Of a snapshot's content; one of another form is left aside and the past is learned anew."""
SCANS = 3
"""Delays start anew after a gap of three expected intervals, and of three minutes at least."""


class QualityChange(NamedTuple):
    """A tag whose newest sample went Bad or came back."""

    tag: str
    code: int
    t_ns: int


class Judgement(NamedTuple):
    """findings: in event time."""

    findings: list[Finding]
    qualities: list[QualityChange]


class Engine:
    """One plant's detectors. speed: how fast plant time runs against real time, since tags state their
    period in real seconds. past: a replay, in which backfill counts like any other sample. followed: by tag,
    its source, where that may tell changes only; born_ns: when this process began (see `alarms.standing`)."""

    def __init__(
        self,
        plant: Plant,
        definitions: Iterable[AlarmDefinition],
        *,
        speed: float = 1.0,
        past: bool = False,
        followed: Mapping[str, SourceFacts] = {},
        born_ns: int = 0,
    ) -> None:
        if not isinstance(definitions, Sequence):
            definitions = list(definitions)
        rows = by_kind(definitions)
        gap_ns = _gaps(plant, speed)
        self._tags = Numbering(plant.tags, grows=False)
        self.leaks = Leaks(rows[FindingKind.LEAK], plant, speed, self._tags)
        self.bursts = Bursts(rows[FindingKind.BURST], plant, speed, self._tags, self.leaks.hear)
        compared, of_week = by_reference(rows[FindingKind.DEVIATION])
        self.forecasts = Forecast(of_week, plant, speed, self._tags)
        qualities = QualityEvents(rows[FindingKind.QUALITY_EVENT], plant, speed, self._tags)
        levels = LevelControls(rows[FindingKind.LEVEL_CONTROL], plant, speed, self._tags)
        checks = CrossChecks(rows[FindingKind.CROSS_CHECK], plant, speed, self._tags)
        self.learners: tuple[Learners[Any], ...] = (self.forecasts, self.leaks, qualities, levels, checks)
        self.detectors: dict[str, Detector] = {
            **detectors(plant, {**rows, FindingKind.DEVIATION: compared}, gap_ns, self._tags),
            "forecast": self.forecasts,
            "burst": self.bursts,
            "leak": self.leaks,
            "quality_event": qualities,
            "level_control": levels,
            "drift": Drifts(rows[FindingKind.DRIFT], plant, speed, self._tags),
            "spike": Spikes(rows[FindingKind.SPIKE], plant, speed, self._tags),
            "cross_check": checks,
        }
        self._bad = np.zeros(len(self._tags), np.bool_)
        self._any_bad = False
        self._watching = [d for d in self.detectors.values() if len(d.tags)]
        period_ns = [int(tag.period_s * speed * SECOND) for tag in plant.tags.values()]
        silence_ns = [followed[id].silence_ns(speed) if id in followed else EVER_NS for id in plant.tags]
        silent_ns = np.array(silence_ns, np.int64)
        standing = Standing(np.array(period_ns, np.int64), born_ns, speed, silent_ns)
        self._splitter = Splitter(self._tags, (d.tags for d in self._watching), past, standing)
        self._followed = _by_source(followed, self._tags)
        composites, members = rows[FindingKind.COMPOSITE], by_id(definitions)
        stale, newest = rows[FindingKind.STALE], self._splitter.newest
        self.composites = Composite(composites, members, stale, plant, self._tags, newest)
        self._kept: dict[str, Detector | Composite] = {**self.detectors, "composite": self.composites}
        self._names = "\n".join(self._tags.names).encode()

    def update(self, batch: Batch) -> list[Finding]:
        """Findings in event time."""
        return self.judge([batch]).findings

    def runs(self, batches: Sequence[Batch]) -> list[int]:
        """How many batches, from the first on, `judge` may take at once with the same result."""
        return list(self._splitter.runs(batches))

    def judge(self, batches: Sequence[Batch]) -> Judgement:
        """One batch, or as many as `runs` says."""
        s = self._splitter.split(batches)
        if s is None:
            return Judgement([], [])
        return Judgement(_ordered(self._found(s)), self._qualities(s))

    def _found(self, s: Slice) -> list[Finding]:
        found = [finding for detector in self._watching for finding in detector.update(s)]
        return found + self.composites.update(s, found)

    def _qualities(self, s: Slice) -> list[QualityChange]:
        if s.all_good and not self._any_bad:
            return []
        tags, newest = s.tags, s.last
        told = np.flatnonzero(~s.good[newest] | self._bad[tags])
        tags, newest = tags[told], newest[told]
        bad = is_bad(s.q[newest])
        changed = np.flatnonzero(bad != self._bad[tags])
        if not len(changed):
            return []
        self._bad[tags] = bad
        self._any_bad = bool(self._bad.any())
        names = self._tags.names
        return [
            QualityChange(names[tags[i]], int(s.q[newest[i]]), int(s.t_ns[newest[i]]))
            for i in changed.tolist()
        ]

    def followed(self) -> Told:
        """As far as sources that may tell changes only have told everything by now."""
        return [(numbers, facts.followed_ns) for facts, numbers in self._followed if facts.followed_ns]

    def tick(self, now_ns: int, monotonic_s: float, told: Told = ()) -> list[Finding]:
        """Time went on; values that stand are told again. told: see `followed`, as far as that is judged."""
        held = self._splitter.hold(told)
        stood = [] if held is None else self._found(held)
        found = [f for detector in self._watching for f in detector.tick(now_ns, monotonic_s)]
        found += self.composites.tick(now_ns, found)
        return _ordered(stood + found)

    def standing(self, ids: Container[str]) -> set[str]:
        """Of the limits of these ids, those that are exceeded."""
        limits = self.detectors["limit"]
        return limits.standing(ids) if isinstance(limits, Limits) else set()

    def returning(self) -> set[str]:
        """Limits and discrepancies whose newest samples are no alarm any more: they are active only until
        their off-delay is over."""
        speak = (d for d in self.detectors.values() if isinstance(d, Limits | Discrepancy))
        return {id for detector in speak for id in detector.returning()}

    @property
    def late(self) -> int:
        """Samples that came too late to be judged."""
        return self._splitter.late

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(self.state())

    def restore(self, content: bytes) -> bool:
        """As `resume`."""
        return self.resume(msgspec.msgpack.decode(content))

    def state(self) -> State:
        """Of what is at rest hardly anything is kept, so that it is quick however many tags there are."""
        return {
            "form": FORM,
            "tags": self._names,
            "newest": self._splitter.newest.tobytes(),
            "bad": self._bad.tobytes(),
            "standing": self._splitter.standing.snapshot(),
            "detectors": {name: detector.snapshot() for name, detector in self._kept.items()},
        }

    def resume(self, kept: State) -> bool:
        """False, and nothing changed, for a snapshot of another form than this version's."""
        if kept.get("form") != FORM:
            return False
        numbers = [self._tags.get(name) for name in kept["tags"].decode().split("\n")]
        theirs = [at for at, number in enumerate(numbers) if number is not None]
        mine = [number for number in numbers if number is not None]
        self._splitter.newest[mine] = np.frombuffer(kept["newest"], np.int64)[theirs]
        self._bad[mine] = np.frombuffer(kept["bad"], np.bool_)[theirs]
        self._any_bad = bool(self._bad.any())
        self._splitter.standing.restore(kept.get("standing"), numbers)
        for name, detector in self._kept.items():
            if name in kept["detectors"]:
                detector.restore(kept["detectors"][name])
        return True


def detectors(
    plant: Plant,
    rows: Mapping[FindingKind, Sequence[AlarmDefinition]],
    gap_ns: Mapping[str, int],
    tags: Numbering,
) -> dict[str, Detector]:
    """The registry: one line a detector."""
    limits = joined(rows[FindingKind.LIMIT_HIGH], rows[FindingKind.LIMIT_LOW])
    return {
        "limit": Limits(limits, gap_ns, tags),
        "rate": Rate(rows[FindingKind.RATE], tags),
        "deviation": Deviation(rows[FindingKind.DEVIATION], gap_ns, tags),
        "discrepancy": Discrepancy(rows[FindingKind.DISCREPANCY], gap_ns, tags),
        "statistical": Statistical(joined(rows[FindingKind.EWMA], rows[FindingKind.CUSUM]), gap_ns, tags),
        "stale": Stale(rows[FindingKind.STALE], plant, tags),
        "flatline": Flatline(rows[FindingKind.FLATLINE], plant, tags),
        "bad_quality": BadQuality(rows[FindingKind.BAD_QUALITY], tags),
        "communication": Communication(rows[FindingKind.COMMUNICATION], plant, tags),
    }


def _by_source(followed: Mapping[str, SourceFacts], tags: Numbering) -> list[tuple[SourceFacts, Numbers]]:
    """Each source with the numbers of its tags."""
    by_source: dict[int, tuple[SourceFacts, list[int]]] = {}
    for tag, facts in followed.items():
        if (number := tags.get(tag)) is not None:
            by_source.setdefault(id(facts), (facts, []))[1].append(number)
    return [(facts, np.array(numbers, np.intp)) for facts, numbers in by_source.values()]


def _gaps(plant: Plant, speed: float) -> dict[str, int]:
    """By tag, after how long without a sample a wait starts anew."""
    return {
        id: int(max(LEAST_GAP_S, SCANS * tag.period_s * speed) * SECOND) for id, tag in plant.tags.items()
    }


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.t_ns)
