"""Batches in, findings out. Pure: no store, no clock, no waiting.

Every detector sees live columns only; backfill and late samples are counted and left to the historian.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from alarms.columns import Splitter
from alarms.detectors.bad_quality import BadQuality
from alarms.detectors.burst import Bursts
from alarms.detectors.communication import Communication
from alarms.detectors.detector import Detector
from alarms.detectors.flatline import Flatline
from alarms.detectors.limit import Limits
from alarms.detectors.rate import Rate
from alarms.detectors.stale import Stale
from alarms.timers import SECOND
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind
from core.model.plant import Plant
from core.model.quality import is_bad
from core.model.sample import Batch

LEAST_GAP_S = 180.0
SCANS = 3
"""Delays start anew after a gap of three expected intervals, and of three minutes at least."""


class Engine:
    """One plant's detectors. speed: how fast plant time runs against real time, since tags state their
    period in real seconds. past: a replay, in which backfill counts like any other sample."""

    def __init__(
        self, plant: Plant, definitions: Iterable[AlarmDefinition], *, speed: float = 1.0, past: bool = False
    ) -> None:
        rows: dict[FindingKind, list[AlarmDefinition]] = {kind: [] for kind in FindingKind}
        for row in definitions:
            rows[row.kind].append(row)
        self.bursts = Bursts(rows[FindingKind.BURST], plant, speed)
        self.detectors: dict[str, Detector] = {**detectors(plant, rows, speed), "burst": self.bursts}
        self._bad: dict[str, bool] = {}
        self._splitter = Splitter(frozenset().union(*(d.tags for d in self.detectors.values())), past)

    def update(self, batch: Batch) -> list[Finding]:
        """Findings in event time."""
        columns = self._splitter.split(batch)
        if not columns:
            return []
        return _ordered([f for detector in self.detectors.values() for f in detector.update(columns)])

    def quality_changes(self, batch: Batch) -> list[tuple[str, int, int]]:
        """(tag, StatusCode, time) of tags whose newest sample went Bad or came back with this batch."""
        changes = []
        if not self._bad and not is_bad(batch.q).any():
            return []
        for i, tag in enumerate(batch.tags):
            at = np.flatnonzero(batch.tag == i)[-1]
            if batch.t_ns[at] < self._splitter.newest.get(tag, 0):
                continue
            bad = bool(batch.q[at] >> 31)
            if bad is not self._bad.get(tag, False):
                self._bad |= {tag: True}
                changes.append((tag, int(batch.q[at]), int(batch.t_ns[at])))
            if not bad:
                self._bad.pop(tag, None)
        return changes

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        found = [f for detector in self.detectors.values() for f in detector.tick(now_ns, monotonic_s)]
        return _ordered(found)

    @property
    def late(self) -> int:
        """Samples that came too late to be judged."""
        return self._splitter.late

    def snapshot(self) -> bytes:
        states = {name: detector.snapshot() for name, detector in self.detectors.items()}
        kept = {"newest": self._splitter.newest, "bad": sorted(self._bad), "detectors": states}
        return msgspec.msgpack.encode(kept)

    def restore(self, content: bytes) -> None:
        kept = msgspec.msgpack.decode(content)
        self._splitter.newest = dict(kept["newest"])
        self._bad = dict.fromkeys(kept["bad"], True)
        for name, detector in self.detectors.items():
            if name in kept["detectors"]:
                detector.restore(kept["detectors"][name])


def detectors(
    plant: Plant, rows: Mapping[FindingKind, Sequence[AlarmDefinition]], speed: float
) -> dict[str, Detector]:
    """The registry: one line a detector."""
    gap_ns = {
        id: int(max(LEAST_GAP_S, SCANS * tag.period_s * speed) * SECOND) for id, tag in plant.tags.items()
    }
    limits = [*rows[FindingKind.LIMIT_HIGH], *rows[FindingKind.LIMIT_LOW]]
    return {
        "limit": Limits(limits, gap_ns),
        "rate": Rate(rows[FindingKind.RATE]),
        "stale": Stale(rows[FindingKind.STALE], plant),
        "flatline": Flatline(rows[FindingKind.FLATLINE], plant),
        "bad_quality": BadQuality(rows[FindingKind.BAD_QUALITY]),
        "communication": Communication(rows[FindingKind.COMMUNICATION], plant),
    }


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.t_ns)
