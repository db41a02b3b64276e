"""Values that stand: a source that tells changes only is silent while nothing changes.

What bears `Flag.STANDS` and is not Bad is told again at its tag's period, half a period late, in the tag's
own time, as if it were polled: up to the tag's next sample, or up to when its source is known to have told
everything. So delays run, and a source by exception and one that is polled make the same alarms, whether time
was watched (`until`) or only rows are judged (`between`). Bad quality ends it; so does a mark that reports
were lost (`collectors.intake.ended`), a newer value that came too late to be judged, and the hub's own
absence: what a process before this one was told does not stand in this one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from core.model.quality import COMMUNICATION, Codes, is_bad
from core.model.sample import Flag, Floats, Int64s
from core.ports.source import EVER_NS
from core.runtime.numbering import Mask, Numbered, Numbers

STANDS = np.uint8(Flag.STANDS)
LOST_WITHIN_S = 10.0
"""Real seconds within which a lost connection is told."""
AT_MOST = 1_000
"""Times that a value is told again at once; after a longer silence at longer steps."""
_COMMUNICATION = np.array(sorted(COMMUNICATION), np.uint32)


class Samples(Numbered):
    """By tag number and within a tag ascending in time."""

    __slots__ = ()

    def at(self, where: Numbers | Mask) -> "Samples":
        number, t_ns, v, q, r_ns, flags = self
        return Samples(number[where], t_ns[where], v[where], q[where], r_ns[where], flags[where])

    def and_(self, other: "Samples", order: Numbers) -> "Samples":
        """With others after these, then in this order."""
        number, t_ns = np.append(self.number, other.number), np.append(self.t_ns, other.t_ns)
        v, q = np.append(self.v, other.v), np.append(self.q, other.q)
        r_ns, flags = np.append(self.r_ns, other.r_ns), np.append(self.flags, other.flags)
        return Samples(number, t_ns, v, q, r_ns, flags).at(order)

    @property
    def stands(self) -> Mask:
        return np.asarray((self.flags & STANDS != 0) & ~is_bad(self.q), np.bool_)


class Standing:
    """Columns over all tags, of use where `on`: each tag's newest sample, as it was told. step_ns: the tags'
    periods in plant time. born_ns: when this process began; speed: plant seconds in a real one; silence_ns:
    for how long each tag's value stands at most, in plant time; None for as long as its source vouches."""

    def __init__(
        self, step_ns: Int64s, born_ns: int = 0, speed: float = 1.0, silence_ns: Int64s | None = None
    ) -> None:
        n = len(step_ns)
        self._silence_ns: Int64s = np.full(n, EVER_NS, np.int64) if silence_ns is None else silence_ns
        self._step_ns, self._born_ns = np.maximum(step_ns, 1), born_ns
        self._lost_ns = int(LOST_WITHIN_S * speed * 1e9)
        self.on: Mask = np.zeros(n, np.bool_)
        self.any = False
        self.t_ns: Int64s = np.zeros(n, np.int64)
        self._r_ns: Int64s = np.zeros(n, np.int64)
        self._v: Floats = np.zeros(n)
        self._q: Codes = np.zeros(n, np.uint32)

    def take(self, newest: Samples) -> None:
        """The newest sample of each of some tags."""
        on, number = newest.stands, newest.number
        if not self.any and not on.any():
            return
        self.on[number], self.t_ns[number], self._r_ns[number] = on, newest.t_ns, newest.r_ns
        self._v[number], self._q[number] = newest.v, newest.q
        self.any = bool(self.on.any())

    def end(self, number: Numbers) -> None:
        """Something of these tags was lost."""
        self.on[number] = False

    def silent(self, number: Numbers, t_ns: Int64s, judged_ns: Int64s) -> bool:
        """Some of these tags stood for so long before these times that it may have to be told again."""
        return bool((self.on[number] & (t_ns - judged_ns > self._step_ns[number])).any())

    def between(self, s: Samples, first: Numbers, judged_ns: Int64s) -> Samples | None:
        """What is to be told again before each of these samples. first: places of each tag's first;
        judged_ns: up to when each of these tags has been judged."""
        before = _shifted(s)
        number, heard_ns = s.number[first], before.t_ns.copy()
        heard_ns[first] = self.t_ns[number]
        before.t_ns[first], before.r_ns[first] = judged_ns, self._r_ns[number]
        before.v[first], before.q[first] = self._v[number], self._q[number]
        stood = before.stands
        stood[first] = self.on[number]
        stood &= (before.r_ns >= self._born_ns) | (s.r_ns < self._born_ns)
        if not stood.any():
            return None
        upto_ns = s.t_ns - 1 - np.isin(s.q, _COMMUNICATION) * self._lost_ns
        upto_ns = np.minimum(upto_ns, heard_ns + self._silence_ns[s.number])
        return self._told(before.at(stood), upto_ns[stood])

    def until(self, followed: Iterable[tuple[Numbers, int]], newest_ns: Int64s) -> Samples | None:
        """What is to be told again by now. followed: tags with the receive time up to which their source has
        told everything; newest_ns: up to when each tag has been judged."""
        if not self.any:
            return None
        upto_ns = np.full(len(self.on), -1, np.int64)
        for number, followed_ns in followed:
            upto_ns[number] = followed_ns - (self._r_ns[number] - self.t_ns[number])
        upto_ns = np.minimum(upto_ns, self.t_ns + self._silence_ns)
        stands = np.flatnonzero(self.on & (self._r_ns >= self._born_ns) & (upto_ns > newest_ns))
        columns = newest_ns[stands], self._v[stands], self._q[stands], self._r_ns[stands]
        return self._told(Samples(stands, *columns, np.full(len(stands), STANDS)), upto_ns[stands])

    def _told(self, stood: Samples, upto_ns: Int64s) -> Samples | None:
        """Each of these at every step after its time and up to another."""
        span_ns, step_ns = upto_ns - stood.t_ns, self._step_ns[stood.number]
        span_ns = span_ns - step_ns // 2  # a report may come a little late, and is then the next one
        step_ns = step_ns * np.maximum(1, -(-span_ns // (AT_MOST * step_ns)))
        times = np.maximum(span_ns // step_ns, 0)
        total = int(times.sum())
        if not total:
            return None
        at = np.repeat(np.arange(len(times)), times)
        nth = np.arange(1, total + 1) - np.repeat(np.cumsum(times) - times, times)
        again = stood.at(at)
        return again._replace(t_ns=again.t_ns + nth * step_ns[at])

    def snapshot(self) -> dict[str, Any] | None:
        """None when nothing stands."""
        if not self.any:
            return None
        on, columns = np.flatnonzero(self.on), (self.t_ns, self._r_ns, self._v, self._q)
        return {"tags": on.tolist(), "columns": [c[on].tobytes() for c in columns]}

    def restore(self, state: dict[str, Any] | None, number: Sequence[int | None]) -> None:
        """number: of each tag that the snapshot numbers, None for one that is gone."""
        if state is None:
            return
        known = [(at, mine) for at, of in enumerate(state["tags"]) if (mine := number[of]) is not None]
        use, tags = np.array(known, np.intp).reshape(-1, 2).T
        t_ns, r_ns, v, q = state["columns"]
        self.t_ns[tags] = np.frombuffer(t_ns, np.int64)[use]
        self._r_ns[tags] = np.frombuffer(r_ns, np.int64)[use]
        self._v[tags], self._q[tags] = np.frombuffer(v)[use], np.frombuffer(q, np.uint32)[use]
        self.on[tags] = True
        self.any = bool(self.on.any())


def _shifted(s: Samples) -> Samples:
    """Before each sample the one before it; copies, and of no meaning before a tag's first."""
    before = np.maximum(np.arange(len(s.number)) - 1, 0)
    return s.at(before)._replace(number=s.number)
