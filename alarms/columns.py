"""Batches seen tag by tag, in source time, with what is too late to count set apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alarms.standing import Samples, Standing
from core.model.quality import Codes, Status, is_good
from core.model.sample import Batch, Flag, Floats, Int64s
from core.runtime.numbering import Layout, Mask, Numbered, Numbering, Numbers, Places, Remembered

FUTURE_NS = 60_000_000_000
"""A stamp this far ahead of its receive time is the device clock's fault; the receive time stands in."""
STEP_NS = 60_000_000_000
"""From one sample to the next source time ran ahead of receive time by more: the device's clock was set."""
_ASIDE = np.uint8(Flag.BACKFILL | Flag.CLOCK_SUSPECT)
NEVER = -1
_UNKNOWN = -(1 << 62)
MOST = 50_000
"""Samples judged in one go, so that a backlog does not hold up the rest of the hub."""
ALONE = 500
"""A batch of as many is judged by itself: then nothing of it is copied, and where it goes is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One tag's samples in strictly ascending source time. good: quality is Good; `v` is NaN where Bad."""

    t_ns: Int64s
    v: Floats
    q: Codes
    good: Mask

    def __len__(self) -> int:
        return len(self.t_ns)


Columns = Mapping[str, Column]


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Live samples by tag number and, within a tag, strictly ascending in source time.

    first, last: the place of the first and of the last sample of each tag. all_good: nothing else is in it.
    layout: of a poll that has come before with the same names; None for anything else. stepped: numbers of
    tags whose clock was set forward since their last sample: a wait for a delay begins anew. held: samples
    that nobody sent, of values that stand. None for none.
    """

    number: Numbers
    t_ns: Int64s
    v: Floats
    q: Codes
    good: Mask
    first: Numbers
    last: Numbers
    all_good: bool
    layout: Layout | None = None
    stepped: Numbers | None = None
    held: Mask | None = None

    @classmethod
    def of(cls, s: Samples, stepped: Numbers | None = None, held: Mask | None = None) -> "Slice":
        """At least one sample."""
        first, last = _ends(s.number)
        good = is_good(s.q)
        return cls(s.number, s.t_ns, s.v, s.q, good, first, last, bool(good.all()), None, stepped, held)

    def sent(self) -> "Slice | None":
        """Without what is only held; None when that is all."""
        if self.held is None:
            return self
        if self.held.all():
            return None
        sent = np.flatnonzero(~self.held)
        first, last = _ends(self.number[sent])
        columns = self.number[sent], self.t_ns[sent], self.v[sent], self.q[sent], self.good[sent]
        return Slice(*columns, first, last, self.all_good, None, self.stepped)

    @property
    def once(self) -> bool:
        """No tag has more than one, as when a poll is read: then everything is done for all tags at once."""
        return len(self.first) == len(self.number)

    @property
    def tags(self) -> Numbers:
        """The number of each tag, once."""
        return self.number if self.once else self.number[self.first]

    @property
    def place(self) -> Places:
        """Of each sample's tag in columns over all tags."""
        return self.number if self.layout is None else self.layout.place

    def column(self, i: int) -> Column:
        """The samples of the i-th tag."""
        run = slice(int(self.first[i]), int(self.last[i]) + 1)
        return Column(self.t_ns[run], self.v[run], self.q[run], self.good[run])


class _Poll(NamedTuple):
    """each: 0, 1, 2 ...; good: all true."""

    layout: Layout
    each: Numbers
    good: Mask


class Splitter:
    """Cuts batches into live slices. Samples that are backfill, or not newer than the newest of their tag,
    are left out and counted in `late`: they never annunciate and never clear a live alarm. past: a replay,
    in which backfill counts like any other sample. A newest that lies ahead of when a batch is received is
    of a time when the hub's own clock was wrong, and holds nothing up. standing: values that are told again
    while their source is silent; None where nobody reports by exception. newest: what a tag is judged up to,
    by a sample or by what stands."""

    def __init__(
        self,
        tags: Numbering,
        wanted: Iterable[Numbers],
        past: bool = False,
        standing: Standing | None = None,
    ) -> None:
        self._tags, self._past = tags, past
        self.standing = standing or Standing(np.ones(len(tags), np.int64))
        self._wanted = np.zeros(len(tags) + 1, np.bool_)  # the last stands for tags without a number, -1
        for number in wanted:
            self._wanted[number] = True
        self.newest: Int64s = np.full(len(tags), NEVER, np.int64)
        self._age: Int64s = np.full(len(tags), _UNKNOWN, np.int64)
        self._run = np.zeros(len(tags) + 1, np.int64)
        self._runs = 0
        self._polls: Remembered[tuple[str, ...], _Poll] = Remembered(self._poll_of)
        self.late = 0

    def runs(self, batches: Sequence[Batch]) -> Iterable[int]:
        """How many of the batches, from the first on, may be judged together: as many as have no tag in
        common, so that the order in which they came makes no difference."""
        n = samples = 0
        self._runs += 1
        for batch in batches:
            alone = len(batch) >= ALONE
            numbers = self._tags.of(batch.tags)
            if n and (alone or samples + len(batch) > MOST or (self._run[numbers] == self._runs).any()):
                yield n
                n = samples = 0
                self._runs += 1
            if alone:
                yield 1
                continue
            self._run[numbers] = self._runs
            self._run[-1] = 0
            n, samples = n + 1, samples + len(batch)
        if n:
            yield n

    def split(self, batches: Sequence[Batch]) -> Slice | None:
        """Of batches that `runs` put together, or of one."""
        poll = self._poll(batches[0]) if len(batches) == 1 else None
        return self._any(batches) if poll is None else poll

    def _poll_of(self, tags: tuple[str, ...]) -> _Poll:
        layout = self._tags.layout(tags, self._wanted)
        return _Poll(layout, np.arange(len(layout)), np.ones(len(layout), np.bool_))

    def _poll(self, b: Batch) -> Slice | None:
        """None when it is not the usual poll: every tag once, unmarked, newer than what was known."""
        layout, each, good = self._polls.of(b.tags)
        if not len(layout) or not layout.fits(b) or (b.flags & _ASIDE).any():
            return None
        t_ns = b.t_ns[layout.order]
        age = b.r_ns[layout.order] - t_ns
        newest = self.newest[layout.place]
        if (t_ns <= newest).any() or (age < -FUTURE_NS).any():
            return None
        if self.standing.any and self.standing.silent(layout.number, t_ns, newest):
            return None
        stepped = self._stepped(layout.number, layout.place, age, age)
        self.newest[layout.place] = t_ns
        q = b.q[layout.order]
        all_good = not q.any()
        if not all_good:
            good = is_good(q)
            all_good = bool(good.all())
        v = b.v[layout.order]
        if self.standing.any or b.flags.any():
            r_ns, flags = b.r_ns[layout.order], b.flags[layout.order]
            self.standing.take(Samples(layout.number, t_ns, v, q, r_ns, flags))
        return Slice(layout.number, t_ns, v, q, good, each, each, all_good, layout, stepped)

    def _stepped(self, number: Numbers, place: Places, first: Int64s, last: Int64s) -> Numbers | None:
        """first, last: ages of each tag's first and last sample, receive time less source time."""
        stepped = self._age[place] - first > STEP_NS
        self._age[place] = last
        return number[stepped] if stepped.any() else None

    def _any(self, batches: Sequence[Batch]) -> Slice | None:
        new = self._tags.gather(batches)
        ahead = (new.t_ns > new.r_ns + FUTURE_NS) | (new.flags & Flag.CLOCK_SUSPECT != 0)
        t_ns = np.where(ahead, new.r_ns, new.t_ns) if ahead.any() else new.t_ns
        order = self._order(new, t_ns)
        number, t_ns = new.number[order], t_ns[order]
        live = self._live(new, order, number, t_ns)
        if not live.all():
            self.late += int(np.count_nonzero(~live))
            order, number, t_ns = order[live], number[live], t_ns[live]
        if not len(number):
            return None
        v, q, r_ns, flags = new.v[order], new.q[order], new.r_ns[order], new.flags[order]
        return self._judged(Samples(number, t_ns, v, q, r_ns, flags))

    def _live(self, new: Numbered, order: Numbers, number: Numbers, t_ns: Int64s) -> Mask:
        newest, flags = self.newest[number], new.flags[order]
        if self.standing.any:
            newest = np.where(self.standing.on[number], self.standing.t_ns[number], newest)
            later = (flags & Flag.STANDS != 0) & (t_ns > newest)
            gap = (flags & Flag.BACKFILL != 0) & (later | (new.q[order] == Status.BAD_DATA_LOST))
            self.standing.end(number[gap])
        live = (t_ns > newest) | (newest > int(new.r_ns.max()) + FUTURE_NS)
        if not self._past:
            live &= flags & Flag.BACKFILL == 0
        live[:-1] &= (t_ns[1:] > t_ns[:-1]) | (number[1:] != number[:-1])
        return np.asarray(live, np.bool_)

    def _judged(self, s: Samples) -> Slice:
        """Live samples, with what stood until they came."""
        first, last = _ends(s.number)
        tags, age, newest = s.number[first], s.r_ns - s.t_ns, s.at(last)
        stepped, held = self._stepped(tags, tags, age[first], age[last]), None
        if self.standing.any or s.stands.any():
            if stepped is not None:
                self.standing.end(stepped)
            s = s._replace(t_ns=self._after(s, first))
            again = self.standing.between(s, first, self.newest[tags])
            self.standing.take(newest)
            if again is not None:
                order = np.lexsort((np.append(s.t_ns, again.t_ns), np.append(s.number, again.number)))
                s, held = s.and_(again, order), order >= len(s.number)
        made = Slice.of(s, stepped, held)
        self.newest[tags] = made.t_ns[made.last]
        return made

    def _after(self, s: Samples, first: Numbers) -> Int64s:
        """Times after what a tag is judged up to: a change may be told a moment after its time, when what
        stood before was told again already."""
        known = self.newest[s.number]
        nth = np.arange(len(s.number)) - np.repeat(first, np.diff(first, append=len(s.number)))
        ahead = known > int(s.r_ns.max()) + FUTURE_NS
        return np.where(ahead, s.t_ns, np.maximum(s.t_ns, known + 1 + nth))

    def hold(self, followed: Iterable[tuple[Numbers, int]]) -> Slice | None:
        """What stands by now: see `Standing.until`."""
        told = self.standing.until(followed, self.newest)
        if told is None:
            return None
        s = Slice.of(told, held=np.ones(len(told.number), np.bool_))
        self.newest[s.tags] = s.t_ns[s.last]
        return s

    def _order(self, new: Numbered, t_ns: Int64s) -> Numbers:
        """Places of the wanted samples by tag and time."""
        wanted = self._wanted[new.number]
        if (new.number[1:] > new.number[:-1]).all():
            return np.flatnonzero(wanted)
        order = np.lexsort((t_ns, new.number))
        return order[wanted[order]]


def _ends(number: Numbers) -> tuple[Numbers, Numbers]:
    """Places of the first and of the last sample of each tag."""
    apart = np.flatnonzero(number[1:] != number[:-1])
    return np.append(0, apart + 1), np.append(apart, len(number) - 1)
