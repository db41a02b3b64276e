"""Polls that fall due together, whatever their connections: one row of bytes, decoded in one pass.

The cost of numpy is the call, not the value: 50 devices decoded together cost little more than one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from collectors.modbus.decode import Decoder
from collectors.modbus.slices import Slices
from core.model.tag import Tag

if TYPE_CHECKING:
    from collectors.modbus.poll import Poll

LARGEST = 64
"""Polls of one group: a straggler costs another decoding of its whole group."""


class Group:
    """Members are laid end to end in `row`; each writes its reply there, and is told its values when the
    slice is over."""

    def __init__(self, slices: Slices) -> None:
        self._slices = slices
        self._members: list[Poll] = []
        self._tags: dict[str, Tag] = {}
        self._fresh: list[Poll] = []
        self._decoder: Decoder | None = None
        self._row = memoryview(bytearray())
        self._places: dict[Poll, tuple[slice, slice]] = {}
        self._stale = True

    @property
    def full(self) -> bool:
        return len(self._members) >= LARGEST

    def add(self, poll: "Poll", tags: Mapping[str, Tag]) -> None:
        self._tags.update({point.tag: tags[point.tag] for point in poll.request.points})
        self._members.append(poll)
        self._stale = True

    def remove(self, poll: "Poll") -> None:
        self._members.remove(poll)
        self._fresh = [one for one in self._fresh if one is not poll]
        self._stale = True

    def take(self, poll: "Poll", payload: memoryview) -> None:
        """A reply's data. The values follow, by `poll.read`."""
        if self._stale:
            self._lay()
        self._row[self._places[poll][0]] = payload
        if not self._fresh:
            self._slices.soon(self._decode)
        self._fresh.append(poll)

    def _decode(self, now: float) -> None:
        if self._stale:
            self._lay()
        fresh, self._fresh = self._fresh, []
        if not fresh or self._decoder is None:
            return
        v, q, flags = self._decoder.decode()
        for poll in fresh:
            columns = self._places[poll][1]
            poll.read(v[columns], q[columns], flags[columns])

    def _lay(self) -> None:
        """A new row for the present members, holding what the old one held of them."""
        before, old = self._places, self._row
        self._decoder = Decoder([poll.request for poll in self._members], self._tags)
        self._row = self._decoder.row.data.cast("B")
        self._places = {}
        at = column = 0
        for poll in self._members:
            row = slice(at, at + poll.request.payload_size)
            self._places[poll] = (row, slice(column, column + len(poll.request.points)))
            if poll in before:
                self._row[row] = old[before[poll][0]]
            at, column = row.stop, column + len(poll.request.points)
        self._stale = False


class Groups:
    """The groups of a process, by (period, phase)."""

    def __init__(self, slices: Slices) -> None:
        self.slices = slices
        self._groups: dict[tuple[float, float], list[Group]] = {}

    def join(self, poll: "Poll", tags: Mapping[str, Tag]) -> Group:
        groups = self._groups.setdefault((poll.period_s, poll.phase_s), [])
        for group in groups:
            if not group.full:
                break
        else:
            group = Group(self.slices)
            groups.append(group)
        group.add(poll, tags)
        return group
