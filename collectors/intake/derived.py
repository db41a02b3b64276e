"""Derived tags, computed as samples come, and put with the source `hub`.

A result bears the newest of its inputs' source times, and its quality is the worst of theirs. It is made when
every input has moved on since the last one, or twice its period has passed; at once when its class changes.
Late samples never make one: there would be no telling what the other inputs were then.
"""

import asyncio
import math
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from collectors.intake.daily import Day, sample_of
from collectors.intake.spec import Formula, seconds_of
from core.model.conservation import Fate
from core.model.quality import QualityClass, Status, quality_class
from core.model.sample import Batch, Flag, Sample
from core.model.tag import Quantity, Tag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink, SpoolFull
from core.runtime.numbering import Mask, Numbering

HUB = "hub"
WAITING = 10_000
"""Results kept while the spool takes none; beyond it the oldest are shed, and counted."""
FULL_WAIT_S = 0.5
STAND_S = 1.0
FUTURE_NS = 60_000_000_000
"""What lies so far ahead of a receipt is of a time when the hub's own clock was wrong."""
_LEAST_AGE_S = 10.0
_SECOND = 1_000_000_000
_STATUS = 0xFFFF0000
_NEVER = -(1 << 62)
_DIGITS = 12
"""Of a result: what units leave beyond them is noise."""


@dataclass(slots=True)
class _Input:
    t_ns: int = _NEVER
    v: float = math.nan
    q: int = Status.BAD_WAITING_FOR_INITIAL_DATA
    told_ns: int = _NEVER
    """By its source; t_ns goes on while it stands."""
    r_ns: int = 0
    stands: bool = False
    heard_ns: int = 0
    """The receipt of what its source told."""


@dataclass(slots=True)
class _Row:
    formula: Formula
    max_age_ns: dict[str, int]
    period_ns: int
    last_ns: int = _NEVER
    last_class: QualityClass | None = None
    day: Day | None = None


@dataclass(slots=True)
class _Pending:
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=WAITING))
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Derived:
    """`core.ports.source.Source` of what the hub makes itself. formulas: each after those it needs."""

    id = HUB

    def __init__(
        self,
        formulas: Sequence[Formula],
        tags: dict[str, Tag],
        clock: Clock,
        followed: Mapping[str, SourceFacts] = {},
    ) -> None:
        """followed: by tag, its source, where that may tell changes only."""
        self.facts = SourceFacts(connected=True)
        self._clock, speed = clock, clock.anchor.speed
        self._inputs = {id: _Input() for row in formulas for id in row.spec.tags}
        self._numbers = Numbering(self._inputs, grows=False)
        self._rows = [_row(one, tags, speed) for one in formulas]
        self._followed = [
            (
                id,
                followed[id],
                max(1, round(tags[id].period_s * speed * _SECOND)),
                followed[id].silence_ns(speed),
            )
            for id in self._inputs
            if id in followed
        ]
        self._pending = _Pending()

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(self._inputs)

    def remember(self, batch: Batch) -> None:
        """What the inputs were before the start; makes nothing by itself."""
        for sample in batch.samples():
            if sample.tag in self._inputs:
                v = math.nan if sample.v is None else sample.v
                self._inputs[sample.tag] = _Input(sample.t_ns, v, sample.q, sample.t_ns)

    def offer(self, batch: Batch) -> None:
        """What is on disk now. Never waits."""
        if not self._rows:
            return
        number = self._numbers.of(batch.tags)
        if number.max(initial=-1) < 0:
            return
        mine = number[batch.tag] >= 0
        self._end(batch, mine)
        live = mine & (batch.flags & (Flag.BACKFILL | Flag.CLOCK_SUSPECT) == 0)
        at = np.flatnonzero(live)
        at = at[np.argsort(batch.t_ns[at], kind="stable")]
        heard: set[str] = set()
        for i, t_ns, v, q in zip(
            at, batch.t_ns[at].tolist(), batch.v[at].tolist(), batch.q[at].tolist(), strict=True
        ):
            id, r_ns = batch.tags[batch.tag[i]], int(batch.r_ns[i])
            if id in heard:
                self._compute_all(heard, r_ns)
                heard.clear()
            known, ahead = self._inputs[id], self._inputs[id].t_ns > r_ns + FUTURE_NS
            if t_ns > known.told_ns or ahead:
                stands = bool(batch.flags[i] & Flag.STANDS) and not q >> 31
                after_ns = t_ns if ahead else max(t_ns, known.t_ns + 1)
                self._inputs[id] = _Input(after_ns, v, q, t_ns, r_ns, stands, r_ns)
                heard.add(id)
        if heard:
            self._compute_all(heard, int(batch.r_ns[-1]))

    def _end(self, batch: Batch, mine: Mask) -> None:
        """What reports were lost of, or a newer value came too late of, stands no longer."""
        lost = batch.q == Status.BAD_DATA_LOST
        ends = (batch.flags & Flag.BACKFILL != 0) & (lost | (batch.flags & Flag.STANDS != 0))
        for i in np.flatnonzero(mine & ends):
            known = self._inputs[batch.tags[batch.tag[i]]]
            if lost[i] or batch.t_ns[i] > known.told_ns:
                known.stands = False

    def stand(self) -> None:
        """Inputs of which a source tells changes only are told again, each at its period, as far as their
        source is known to have told everything."""
        heard: set[str] = set()
        for id, facts, period_ns, silence_ns in self._followed:
            one = self._inputs[id]
            upto_ns = min(facts.followed_ns, one.heard_ns + silence_ns)
            times = (upto_ns - one.r_ns) // period_ns if one.stands else 0
            if times > 0:
                one.t_ns, one.r_ns = one.t_ns + times * period_ns, one.r_ns + times * period_ns
                heard.add(id)
        if heard:
            self._compute_all(heard, self._clock.now_ns())

    def _compute_all(self, heard: set[str], r_ns: int) -> None:
        """Everything that needs one of `heard`, what needs a result after it."""
        for row in self._rows:
            if heard.isdisjoint(row.formula.spec.tags):
                continue
            made = self._compute(row, r_ns)
            if made is not None and made.tag in self._inputs:
                v = math.nan if made.v is None else made.v
                self._inputs[made.tag] = _Input(made.t_ns, v, made.q, made.t_ns, r_ns)
                heard = heard | {made.tag}

    def _compute(self, row: _Row, r_ns: int) -> Sample | None:
        """Nothing while an input it cannot do without was never heard."""
        if row.last_ns > r_ns + FUTURE_NS:
            row.last_ns = _NEVER
        made, moved = self._result(row, r_ns)
        if not row.last_ns < made.t_ns <= r_ns + FUTURE_NS or made.q == Status.BAD_WAITING_FOR_INITIAL_DATA:
            return None
        turned = quality_class(made.q) is not row.last_class
        if not (moved or turned or made.t_ns - row.last_ns >= 2 * row.period_ns):
            return None
        row.last_ns, row.last_class = made.t_ns, quality_class(made.q)
        if row.day is None:
            return self._give(made)
        done = row.day.add(made)
        return self._give(sample_of(made.tag, done, row.formula.spec.least_coverage, r_ns)) if done else None

    def _give(self, made: Sample) -> Sample:
        if len(self._pending.samples) == WAITING:
            self.facts.shed += 1
        self._pending.samples.append(made)
        self._pending.wake.set()
        return made

    def _result(self, row: _Row, r_ns: int) -> tuple[Sample, bool]:
        """The sample, and whether every input has moved on since the last one."""
        spec = row.formula.spec
        heard = {id: self._inputs[id] for id in spec.tags}
        t_ns = max(one.t_ns for one in heard.values())
        codes = {id: _code(one, t_ns - row.max_age_ns[id]) for id, one in heard.items()}
        moved = all(one.t_ns > row.last_ns for one in heard.values())
        missing = [id for id, code in codes.items() if code >> 31]
        coverage = 1 - len(missing) / len(codes)
        self._tell(row.formula.tag.id, coverage, missing)
        v, q = self._value(row.formula, heard, codes, coverage)
        if q is None:
            q = max(codes.values()) if coverage < spec.least_coverage else max(_usable(codes))
            q = max(q, Status.UNCERTAIN_SUB_NORMAL) if missing else q
        return Sample(row.formula.tag.id, t_ns, None if q >> 31 else v, q, r_ns), moved

    def _value(
        self, formula: Formula, heard: dict[str, _Input], codes: dict[str, int], coverage: float
    ) -> tuple[float | None, int | None]:
        """The value and its status; a status of None is that of the inputs."""
        if coverage < formula.spec.least_coverage:
            return None, None
        values: dict[str, float | list[float]] = dict(formula.constants)
        for name, of in formula.spec.inputs.items():
            ids = (of,) if isinstance(of, str) else of
            known = [heard[id].v * formula.scales[id] for id in ids if not codes[id] >> 31]
            if not known:
                return None, max(codes[id] for id in ids)
            values[name] = known[0] if isinstance(of, str) else known
        try:
            v = float(f"{formula.expression.run(values) / formula.scale:.{_DIGITS}g}")
        except (ZeroDivisionError, OverflowError):
            return None, Status.BAD_OUT_OF_RANGE
        low, high = formula.tag.low, formula.tag.high
        fits = math.isfinite(v) and (low is None or v >= low) and (high is None or v <= high)
        return (v, None) if fits else (None, Status.BAD_OUT_OF_RANGE)

    def _tell(self, id: str, coverage: float, missing: list[str]) -> None:
        if missing:
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            names = ", ".join(missing[:3])
            self.facts.tag_causes[id] = f"coverage {coverage:.0%}: without {names}{more}"
        else:
            self.facts.tag_causes.pop(id, None)

    async def run(self, sink: Sink) -> None:
        """Puts what is made, in batches as they gather, until cancelled."""
        pending = self._pending
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(STAND_S if self._followed else None):
                    await pending.wake.wait()
            self.stand()
            pending.wake.clear()
            while pending.samples:
                batch = Batch.of(HUB, list(pending.samples))
                pending.samples.clear()
                try:
                    await sink.put(batch)
                except SpoolFull:
                    await self._keep(batch, sink)
                    continue
                self.facts.samples += len(batch)
                self.facts.last_good_ns = int(batch.t_ns.max())

    async def _keep(self, batch: Batch, sink: Sink) -> None:
        """Back in front of what came meanwhile; what no longer fits is counted, then it waits."""
        samples = [*batch.samples(), *self._pending.samples]
        lost = max(0, len(samples) - WAITING)
        self._pending.samples.clear()
        self._pending.samples.extend(samples[lost:])
        self.facts.count("spool_full")
        if lost:
            self.facts.shed += lost
            await sink.count(HUB, Fate.SHED, lost)
        await self._clock.sleep(FULL_WAIT_S)


def _row(formula: Formula, tags: dict[str, Tag], speed: float) -> _Row:
    ages = {id: _age_ns(formula, tags[id], speed) for id in formula.spec.tags}
    daily, day = formula.spec.daily, None
    if daily is not None:
        day = Day(seconds_of(daily.begin), seconds_of(daily.end), daily.slot_min * 60, daily.of)
    period_s = min(tags[id].period_s for id in formula.spec.tags) if day else formula.tag.period_s
    return _Row(formula, ages, round(period_s * speed * _SECOND), day=day)


def _age_ns(formula: Formula, tag: Tag, speed: float) -> int:
    speed = 1.0 if tag.quantity is Quantity.VOLUME else speed
    return round((formula.spec.max_age_s or max(3 * tag.period_s, _LEAST_AGE_S)) * speed * _SECOND)


def _code(one: _Input, oldest_ns: int) -> int:
    """Of an input at the result's time: too old is as if nobody had answered."""
    if one.t_ns < oldest_ns and one.t_ns != _NEVER:
        return Status.BAD_NO_COMMUNICATION
    return 0 if one.q < 1 << 30 else one.q & _STATUS


def _usable(codes: dict[str, int]) -> list[int]:
    return [code for code in codes.values() if not code >> 31]
