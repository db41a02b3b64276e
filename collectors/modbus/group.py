"""Polls that fall due together, whatever their connections: one call, one row of bytes, one batch.

The cost of numpy, of a timer and of a put is the call, not the value: 50 devices together cost little more
than one.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from collectors.modbus.decode import Decoder, Flags
from collectors.modbus.outlet import Outlet
from collectors.modbus.slices import Slices, following
from core.model.quality import Codes
from core.model.sample import Batch, Floats, Int64s, Names
from core.model.tag import Tag
from core.ports.spool import Sink

if TYPE_CHECKING:
    from collectors.modbus.poll import Poll

LARGEST = 128
"""Polls of one group: a straggler costs another decoding of its whole group."""


class Group:
    """Members are called when their slot comes, and laid end to end in a row; each writes its reply there,
    and when the slice is over what has come is put as one batch."""

    def __init__(self, slices: Slices, outlet: Outlet, period_s: float, phase_s: float) -> None:
        self._slices, self._outlet = slices, outlet
        self._period_s, self._phase_s = period_s, phase_s
        self._members: list[Poll] = []
        self._tags: dict[str, Tag] = {}
        self._fresh: list[Poll] = []
        self._row: _Row | None = None
        self._awake = False
        self._awaited = 0

    @property
    def full(self) -> bool:
        return len(self._members) >= LARGEST

    def add(self, poll: "Poll", tags: Mapping[str, Tag]) -> None:
        self._tags.update({point.tag: tags[point.tag] for point in poll.request.points})
        self._members.append(poll)
        self._row = None

    def remove(self, poll: "Poll") -> None:
        self._members.remove(poll)
        self._fresh = [one for one in self._fresh if one is not poll]
        self._row = None

    def wake(self, now: float) -> None:
        """A member is to be called at its slots."""
        if not self._awake:
            self._awake = True
            self._slices.at(following(now, self._phase_s, self._period_s), self._slot)

    def _slot(self, now: float) -> None:
        then = following(now, self._phase_s, self._period_s)
        for poll in tuple(self._members):
            poll.slot(now, then)
        self._awaited = sum(poll.busy for poll in self._members)
        self._awake = False
        if any(poll.owner.connected for poll in self._members):
            self.wake(now)

    def take(self, poll: "Poll", payload: memoryview) -> None:
        """A reply's data, to be put when the slice is over: when the last has answered, or a little after the
        first."""
        if self._row is None:
            self._row = _Row(self._members, self._tags)
        poll.data[:] = payload
        self._fresh.append(poll)
        self._awaited -= 1
        if self._awaited == 0:
            self._slices.no_more(self.tell)
            self.tell(poll.heard_s)
        elif len(self._fresh) == 1:
            self._slices.soon(self.tell)

    def tell(self, now: float) -> None:
        """Puts what has come."""
        fresh, self._fresh = [poll for poll in self._fresh if poll.owner.connected], []
        if not fresh:
            return
        row = self._row = self._row or _Row(self._members, self._tags)
        fresh.sort(key=attrgetter("place"))
        columns = row.decoder.decode()
        for sink, polls in _by_sink(fresh):
            sent, heard = [poll.sent_s for poll in polls], [poll.heard_s for poll in polls]
            sent_ns, heard_ns = self._slices.stamps(sent + heard).reshape(2, -1)
            for poll, r_ns in zip(polls, heard_ns.tolist(), strict=True):
                poll.read(r_ns)
            self._outlet.put(sink, row.batch(polls, sent_ns, heard_ns, *columns), polls)


class _Row:
    """The data of all members, and what its columns are called. A new one holds what the old one held."""

    def __init__(self, members: "Sequence[Poll]", tags: Mapping[str, Tag]) -> None:
        self.decoder = Decoder([poll.request for poll in members], tags)
        self._names = Names.many((poll.owner.id, poll.tags) for poll in members)
        self._sizes = np.array([len(poll.tags) for poll in members])
        self._tag = np.arange(len(self._names.tags), dtype=np.uint32)
        self._tag.flags.writeable = False  # it goes out with every batch
        row, at = self.decoder.row.data.cast("B"), 0
        for place, poll in enumerate(members):
            size = poll.request.payload_size
            data = row[at : at + size]
            data[:] = poll.data
            poll.place, poll.data = place, data
            at += size

    def batch(
        self, polls: "Sequence[Poll]", sent_ns: Int64s, heard_ns: Int64s, v: Floats, q: Codes, flags: Flags
    ) -> Batch:
        """Of these members, in their order. Source time is the middle of the request (nearest to the
        sampling)."""
        tag, sizes = self._tag, self._sizes
        if len(polls) < len(sizes):
            chosen = np.zeros(len(sizes), np.bool_)
            chosen[[poll.place for poll in polls]] = True
            own, sizes = np.repeat(chosen, sizes), sizes[chosen]
            tag, v, q, flags = tag[own], v[own], q[own], flags[own]
        t_ns, r_ns = np.repeat((sent_ns + heard_ns) // 2, sizes), np.repeat(heard_ns, sizes)
        return Batch(self._names, tag, t_ns, v, q, r_ns, flags)


def _by_sink(polls: "Sequence[Poll]") -> "Iterator[tuple[Sink, Sequence[Poll]]]":
    """All connections of a hub share one."""
    sinks = {id(poll.owner.sink): poll.owner.sink for poll in polls}
    for sink in sinks.values():
        if sink is not None:
            yield sink, polls if len(sinks) == 1 else [poll for poll in polls if poll.owner.sink is sink]


class Groups:
    """The groups of a process, by (period, phase)."""

    def __init__(self, slices: Slices) -> None:
        self.slices, self.outlet = slices, Outlet()
        self._groups: dict[tuple[float, float], list[Group]] = {}

    def join(self, poll: "Poll", tags: Mapping[str, Tag]) -> Group:
        groups = self._groups.setdefault((poll.period_s, poll.phase_s), [])
        for group in groups:
            if not group.full:
                break
        else:
            group = Group(self.slices, self.outlet, poll.period_s, poll.phase_s)
            groups.append(group)
        group.add(poll, tags)
        return group
