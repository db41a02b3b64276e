"""The sink between sources and the spool: what their samples' times and marks are worth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from collectors.intake.derived import Derived
from collectors.intake.ended import Ended
from collectors.intake.layout import Known, Layout, Places
from collectors.intake.limits import SECOND, TimeLimits
from collectors.intake.plausible import doubted, odd, strange
from collectors.intake.skew import Skew
from core.model.conservation import Fate
from core.model.quality import Status, is_bad
from core.model.sample import Batch, Flag
from core.ports.quarantine import Quarantine, Refusal
from core.ports.source import DeviceFacts, SourceFacts
from core.ports.spool import Sink, SpoolFull

_STATUS = np.uint32(0xFFFF0000)
LOOK_NS = 10 * SECOND
"""Receive time between two looks at the clocks of a source."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Member:
    """One source of a gate: what is told of it, and the clock that it stamps by."""

    facts: SourceFacts
    skew: Skew


class Gate:
    """`core.ports.spool.Sink` for the sources that are its members, by their ids. Nothing is lost: a refused
    sample is in quarantine, on disk, before the rest of its batch is put; then its source may acknowledge
    all of it.

    The usual batch, all of it live, newer than what was known and unmarked, is passed on as it is, after a
    handful of operations on whole columns.
    """

    def __init__(
        self,
        sink: Sink,
        quarantine: Quarantine,
        known: Known,
        limits: TimeLimits,
        members: Mapping[str, Member],
        derived: Derived | None = None,
    ) -> None:
        self._sink, self._quarantine = sink, quarantine
        self._known, self._limits, self._members = known, limits, members
        self._future_ns = round(limits.future_s * SECOND)
        self._ahead_ns = round(limits.suspect_s * SECOND)
        self._derived = derived
        self._looked_ns = dict.fromkeys(members, 0)
        self._again: tuple[Batch, Batch, list[Refusal]] | None = None
        self._ended = Ended()

    async def put(self, batch: Batch) -> int:
        """The sequence of what was put; 0 when all of it was refused. A batch that a full spool refused
        is judged and counted once, however often it is offered again."""
        if self._again is not None and self._again[0] is batch:
            _, judged, refusals = self._again
        else:
            judged, refusals = self.judge(batch)
        if refusals:
            await self._quarantine.put(refusals)
        try:
            seq = await self._sink.put(judged) if len(judged) else 0
        except SpoolFull:
            self._again = batch, judged, refusals
            raise
        self._again = None
        self._ended.stored(judged, bool(refusals))
        if refusals:
            for source, refused in total_of(refusals).items():
                await self._sink.count(source, Fate.QUARANTINED, refused)
        if self._derived is not None:
            self._derived.offer(judged)
        return seq

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        await self._sink.count(source, fate, samples)

    def judge(self, batch: Batch) -> tuple[Batch, list[Refusal]]:
        """What may go on, flagged and marked, and what may not: it ends what stood before it."""
        refusals: list[Refusal] = []
        ends: Batch | None = None
        if not len(batch):
            return batch, refusals
        self._look(batch)
        known = self._known
        layout = known.layout(batch.names)
        place = layout.rows(batch)
        span = self._ahead_ns + layout.late_least
        early = (batch.r_ns - batch.t_ns + self._ahead_ns).view(np.uint64) > np.uint64(span)
        if 1 in early.tobytes():
            batch, refusals, ends = self._doubtful(batch, place)
            place = layout.rows(batch)
        if 1 in (batch.t_ns <= known.newest_ns[place]).tobytes():
            self._old(batch, place)
        else:
            known.newest_ns[place] = batch.t_ns
            known.value[place] = batch.v
        if batch.q.tobytes() != layout.good or strange(batch.v, layout.most):
            batch = self._plausible(batch, place)
        if layout.marked is not None:
            batch = marked(batch, layout)
        return batch if ends is None else batch.and_(ends), refusals

    def _look(self, batch: Batch) -> None:
        """At the clocks, now and then."""
        now_ns, looked_ns = int(batch.r_ns[-1]), self._looked_ns
        if any(abs(now_ns - looked_ns[source]) >= LOOK_NS for source in batch.sources):
            for source, part in batch.split():
                looked_ns[source] = now_ns
                self._members[source].skew.look(part)

    def _tally(self, batch: Batch, mask: Mask, what: str) -> dict[str, int]:
        """Counts these samples among what is told of their sources. Returns how many are whose."""
        if not np.count_nonzero(mask):
            return {}
        by_source = batch.where(mask).by_source()
        for source, n in by_source.items():
            self._members[source].facts.count(what, n)
        return by_source

    def _plausible(self, batch: Batch, place: Places) -> Batch:
        known = self._known
        wild = odd(batch.v, known.low[place], known.high[place])
        lost = (batch.q & _STATUS) == Status.BAD_OUT_OF_RANGE
        if not np.count_nonzero(wild | lost):
            return batch
        doubt = doubted(wild | lost, known.station[place])
        self._tally(batch, doubt & ~is_bad(batch.q), "implausible")
        code = np.where(doubt, np.uint32(Status.UNCERTAIN_ENGINEERING_UNITS_EXCEEDED), np.uint32(0))
        return replace(batch, q=np.maximum(batch.q, code))

    def _doubtful(self, batch: Batch, place: Places) -> tuple[Batch, list[Refusal], Batch | None]:
        """Some stamps are ahead, or old enough for a closer look. The last: see `Ended.by`."""
        age = batch.r_ns - batch.t_ns
        future, old = age < -self._future_ns, age > self._known.past_ns[place]
        flags = batch.flags | np.where(age > self._known.late_ns[place], Flag.BACKFILL, 0).astype(np.uint8)
        flags |= np.where(age < -self._ahead_ns, Flag.CLOCK_SUSPECT, 0).astype(np.uint8)
        refusals = []
        for reason, mask in (("future_time", future), ("old_time", old)):
            for source, n in self._tally(batch, mask, reason).items():
                self._members[source].facts.refused += n
            for source, part in batch.where(mask).split():
                refusals.append(refusal(source, part, reason))
                _count_by_device(self._members[source].facts, part, reason)
        passed = replace(batch, flags=flags)
        if not refusals:
            return passed, refusals, None
        passed, ends = self._ended.by(passed, future | old)
        return passed.where(~(future | old)), refusals, ends

    def _old(self, batch: Batch, place: Places) -> None:
        """Some samples are not newer than their tag's newest: late, told twice, or told differently; or that
        one came while the hub's own clock was ahead."""
        known = self._known
        newest, value = known.newest_ns[place], known.value[place]
        again = batch.t_ns == newest
        same = again & ((batch.v == value) | (np.isnan(batch.v) & np.isnan(value)))
        self._tally(batch, same, "duplicate")
        self._tally(batch, again & ~same, "ts_conflict")
        order = np.argsort(batch.t_ns, kind="stable")
        at = np.arange(place.start, place.stop) if isinstance(place, slice) else place
        at = at[order]
        t_ns, v = batch.t_ns[order], batch.v[order]
        newest = known.newest_ns[at]
        news = (t_ns >= newest) | (newest > batch.r_ns[order] + self._future_ns)
        known.newest_ns[at[news]], known.value[at[news]] = t_ns[news], v[news]


def _count_by_device(facts: SourceFacts, batch: Batch, reason: str) -> None:
    for at, many in zip(*np.unique(batch.tag, return_counts=True), strict=True):
        if device := facts.device_of.get(batch.tags[at]):
            facts.devices.setdefault(device, DeviceFacts()).count(reason, int(many))


def marked(batch: Batch, layout: Layout) -> Batch:
    """Every sample at least as doubtful as its tag's mark. A Bad one of a tag in maintenance is out of
    service: what an opened instrument says is no fault of it."""
    assert layout.marked is not None
    mark = layout.marked[batch.tag]
    q = np.maximum(batch.q, mark)
    q[is_bad(q) & (mark == Status.UNCERTAIN_SENSOR_CALIBRATION)] = Status.BAD_OUT_OF_SERVICE
    return replace(batch, q=q)


def total_of(refusals: list[Refusal]) -> dict[str, int]:
    """Samples by source."""
    total: dict[str, int] = {}
    for one in refusals:
        total[one.source] = total.get(one.source, 0) + one.samples
    return total


def refusal(source: str, batch: Batch, reason: str) -> Refusal:
    """Samples of one source with impossible times, whole."""
    t_ns, r_ns = int(batch.t_ns[0]), int(batch.r_ns[0])
    tags = sorted({batch.tags[at] for at in batch.tag.tolist()})
    more = f" and {len(tags) - 3} more" if len(tags) > 3 else ""
    detail = f"{', '.join(tags[:3])}{more}: stamped {_text(t_ns)}, received {_text(r_ns)}"
    return Refusal(r_ns, source, reason, detail, batch.encode(), len(batch))


def _text(t_ns: int) -> str:
    return datetime.fromtimestamp(t_ns // SECOND, UTC).isoformat()
