"""A server's values as samples: whose time each bears, and what its quality says.

Time (all in plant time):
- the source's stamp, when it lies within 24 h before and 5 min after the receive time;
- else, or when there is none, the server's stamp within the same window, else the receive time, flagged
  SUBSTITUTED_TIME, and CLOCK_SUSPECT too when there was a stamp and it was wrong;
- the first report of an item after a connect is what the server holds now, maybe since long: when its
  stamp is older than two periods, or not newer than our own Bad sample, it is reported at the receive time
  with SUBSTITUTED_TIME, or the tag would stay Bad until the water changes;
- a value that we asked for again, and whose source has given no newer stamp, bears the server's: the time
  at which the server knew it to be accurate (IEC 62541-4, 7.11.4). A server that vouches for nothing newer
  gives no sample: an old value is never stamped anew.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from collectors.opcua.columns import NO_TIME, Columns
from core.model.quality import Status
from core.model.sample import Batch, Flag, Floats, Int64s, Names
from core.model.tag import Tag

PAST_NS = 24 * 3600 * 10**9
FUTURE_NS = 300 * 10**9

_OVERFLOW = np.uint32(Status.GOOD_OVERFLOW)
"""InfoType DataValue with the overflow bit (IEC 62541-4, 7.39.1): Good by name, yet samples were lost."""
_BAD = np.uint32(0x80000000)
_SUBSTITUTED = np.uint8(Flag.SUBSTITUTED_TIME)
Bools = npt.NDArray[np.bool_]


class Readings:
    """Makes batches of what a server said; remembers of each item (a tag by its number) the newest sample.

    `batch` asks nothing and changes nothing; `stored` tells that its batch is on disk.
    """

    def __init__(self, source: str, tags: Sequence[Tag]) -> None:
        n = len(tags)
        self._source = source
        self._names = np.array([tag.id for tag in tags], object)
        self._low = np.array([-np.inf if tag.low is None else tag.low for tag in tags])
        self._high = np.array([np.inf if tag.high is None else tag.high for tag in tags])
        self._period_s = np.array([tag.period_s for tag in tags])
        self._lost_ns = np.full(n, NO_TIME)
        """Time of our own Bad sample that no report has followed yet."""
        self._heard = np.zeros(n, np.bool_)
        """Has reported in this session."""
        self.heard_ns = np.full(n, NO_TIME)
        """Time of the newest sample that was the server's."""
        self.before = np.zeros(n, np.bool_)
        """Heard in a life before this one, and not in this."""
        self._last_ns = np.full(n, NO_TIME)
        self._last_v = np.zeros(n)
        self._last_q = np.zeros(n, np.uint32)

    @property
    def lost(self) -> Bools:
        lost: Bools = self._lost_ns != NO_TIME
        return lost

    @property
    def cut_off(self) -> Bools:
        """Whose newest sample says that there is no communication."""
        cut_off: Bools = self._last_q == np.uint32(Status.BAD_NO_COMMUNICATION)
        return cut_off

    def remember(self, items: Sequence[int], t_ns: Sequence[int]) -> None:
        """The newest samples of a life before, not Bad; the later one stands."""
        at = np.asarray(items, np.intp)
        np.maximum.at(self.heard_ns, at, np.asarray(t_ns, np.int64))
        self.before[at] = True

    def new_session(self) -> None:
        """Every item's next report is its first."""
        self._heard[:] = False

    def batch(
        self,
        said: Columns,
        received_ns: int,
        *,
        speed: float = 1.0,
        asked: bool = False,
        late: bool = False,
    ) -> tuple[Batch, npt.NDArray[np.intp]]:
        """The samples, and the item of each; fewer than were said when something was no news. asked: the
        answer to a read of ours; late: reported before our own Bad sample, and repeated. speed: plant
        seconds in a real one."""
        said = _rows(said, said.handle < len(self._names))
        item = said.handle.astype(np.intp)
        v, q = self._quality(said, item)
        t_ns, flags = _times(said, received_ns)
        first = np.zeros(len(item), np.bool_) if late else self._first(item)
        late_ns = (2e9 * speed * self._period_s[item]).astype(np.int64)
        stands = first & ((received_ns - t_ns > late_ns) | (t_ns <= self._lost_ns[item]))
        same = (v == self._last_v[item]) | (np.isnan(v) & np.isnan(self._last_v[item]))
        same &= (q == self._last_q[item]) & ~first
        if asked:
            stands |= self._vouched(said, item, t_ns, flags, received_ns, same)
        flags = np.where(stands, flags | _SUBSTITUTED, flags)
        t_ns = np.where(stands, received_ns, t_ns)
        flags[(q & _OVERFLOW) == _OVERFLOW] |= np.uint8(Flag.OVERFLOW)
        news = ~(same & (t_ns <= self._last_ns[item])) if asked else ~(same & (t_ns == self._last_ns[item]))
        rows = np.nonzero(news)[0]
        return self._made(item[rows], t_ns[rows], v[rows], q[rows], received_ns, flags[rows]), item[rows]

    def mark(self, items: npt.NDArray[np.intp], q: npt.NDArray[np.uint32], t_ns: int) -> Batch:
        """A Bad sample of our own for each item, at t_ns or just after its newest sample."""
        n = len(items)
        stamps = np.maximum(np.int64(t_ns), self._last_ns[items] + 1)
        return self._made(items, stamps, np.full(n, np.nan), q, t_ns, np.zeros(n, np.uint8))

    def stored(
        self, batch: Batch, items: npt.NDArray[np.intp], *, own: bool = False, late: bool = False
    ) -> None:
        """own: the batch was a `mark`. late: as of `batch`; our Bad sample is still the newest."""
        newer = batch.t_ns >= self._last_ns[items]
        item = items[newer]
        self._last_ns[item], self._last_v[item] = batch.t_ns[newer], batch.v[newer]
        self._last_q[item] = batch.q[newer]
        if own:
            self._lost_ns[items], self._heard[items] = batch.t_ns, False
        else:
            self.heard_ns[item] = batch.t_ns[newer]
        if not own and not late:
            self._lost_ns[items], self._heard[items] = NO_TIME, True

    def _quality(self, said: Columns, item: npt.NDArray[np.intp]) -> tuple[Floats, npt.NDArray[np.uint32]]:
        good = said.q < _BAD
        finite = np.isfinite(said.v)
        q = np.where(good & ~finite, np.uint32(Status.BAD_SENSOR_FAILURE), said.q)
        outside = good & finite & ((said.v < self._low[item]) | (said.v > self._high[item]))
        q = np.where(outside, np.uint32(Status.BAD_OUT_OF_RANGE), q)
        return np.where(q < _BAD, said.v, np.nan), q

    def _first(self, item: npt.NDArray[np.intp]) -> Bools:
        """Of each row, whether it is its item's first report of the session."""
        first = ~self._heard[item]
        if first.any():
            earliest = np.zeros(len(item), np.bool_)
            earliest[np.unique(item, return_index=True)[1]] = True
            first &= earliest
        return first

    def _vouched(
        self,
        said: Columns,
        item: npt.NDArray[np.intp],
        t_ns: Int64s,
        flags: npt.NDArray[np.uint8],
        received_ns: int,
        same: Bools,
    ) -> Bools:
        """Puts the server's stamp in place of a source's that has not moved on. True where nobody gave a
        newer one, yet the server gave none at all or what it says is news: then the receive time stands."""
        old = t_ns <= self._last_ns[item]
        newer = old & (said.server_ns > self._last_ns[item]) & _sane(said.server_ns, received_ns)
        t_ns[newer] = said.server_ns[newer]
        flags[newer] |= _SUBSTITUTED
        vouches: Bools = old & ~newer & ((said.server_ns == NO_TIME) | ~same)
        return vouches

    def _made(
        self,
        item: npt.NDArray[np.intp],
        t_ns: Int64s,
        v: Floats,
        q: npt.NDArray[np.uint32],
        received_ns: int,
        flags: npt.NDArray[np.uint8],
    ) -> Batch:
        among, tag = np.unique(item, return_inverse=True)
        received = np.full(len(item), received_ns, np.int64)
        names = Names.one(self._source, tuple(self._names[among].tolist()))
        return Batch(names, tag.astype(np.uint32), t_ns, v, q, received, flags)


def _rows(said: Columns, where: Bools) -> Columns:
    if where.all():
        return said
    handle, v, q, source_ns, server_ns = said
    return Columns(handle[where], v[where], q[where], source_ns[where], server_ns[where])


def _times(said: Columns, received_ns: int) -> tuple[Int64s, npt.NDArray[np.uint8]]:
    sane = _sane(said.source_ns, received_ns)
    flags = np.zeros(len(sane), np.uint8)
    if sane.all():
        return said.source_ns.copy(), flags
    flags[~sane] = _SUBSTITUTED
    flags[~sane & (said.source_ns != NO_TIME)] |= np.uint8(Flag.CLOCK_SUSPECT)
    server = np.where(_sane(said.server_ns, received_ns), said.server_ns, received_ns)
    return np.where(sane, said.source_ns, server), flags


def _sane(t_ns: Int64s, received_ns: int) -> Bools:
    sane: Bools = (t_ns >= received_ns - PAST_NS) & (t_ns <= received_ns + FUTURE_NS)
    return sane
