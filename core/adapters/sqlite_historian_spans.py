"""How the embedded historian cuts time: each tag's span, and the keys of chunks and parts (ADR 0002)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self, TypeVar

import numpy as np

from core.adapters.sqlite_historian_bins import HOUR_NS
from core.model.sample import Int64s

_MIDDLE, _SPAN = 2**31, 2**32 - 1
SPANS_NS = (HOUR_NS, 24 * HOUR_NS, 30 * 24 * HOUR_NS)
GROUP_TAGS = 64


@dataclass(frozen=True, slots=True)
class TagRow:
    """span_ns: how much time one chunk holds, fixed when the tag was first seen (ADR 0002)."""

    id: int
    span_ns: int
    minutes: bool

    @property
    def group(self) -> int:
        """Tags of like span that are folded together."""
        return self.id // GROUP_TAGS * len(SPANS_NS) + SPANS_NS.index(self.span_ns)

    def key(self, t_ns: int) -> int:
        return int(chunk_keys(self.id, t_ns, self.span_ns))

    def part_key(self, key: int) -> int:
        """Of the parts that lie over one of this tag's chunks."""
        return self.group << 32 | key & _SPAN

    def chunk_key(self, part_key: int) -> int:
        return self.id << 32 | part_key & _SPAN

    def start(self, key: int) -> int:
        """Where the chunk begins, UTC ns."""
        return ((key & _SPAN) - _MIDDLE) * self.span_ns


def span_of(period_s: float) -> tuple[int, bool]:
    """The chunk's span in ns, and whether it has 1-min roll-ups (ADR 0002)."""
    hour, day, month = SPANS_NS
    if period_s < 60:
        return hour, period_s < 10
    return (day if period_s < 900 else month), False


K = TypeVar("K", int, Int64s)


def chunk_keys(tag: K, t_ns: K, span_ns: K) -> K:
    """The chunk of a time: ascending within a tag, and no two tags share one."""
    return (tag << 32) + t_ns // span_ns + _MIDDLE


class Tags(NamedTuple):
    """Some tags in columns, by ascending id. place: of each in what was asked for."""

    id: Int64s
    span_ns: Int64s
    group: Int64s
    place: Int64s

    @classmethod
    def of(cls, placed: Sequence[tuple[int, TagRow]]) -> Self:
        order = sorted(placed, key=lambda one: one[1].id)
        rows = [(tag.id, tag.span_ns, tag.group, place) for place, tag in order]
        return cls(*np.array(rows, np.int64).reshape(-1, 4).T.copy())

    def where(self, ids: Int64s) -> Int64s:
        """The index of each of these ids, which are all among them."""
        found: Int64s = np.searchsorted(self.id, ids)
        return found

    def keys(self, t_ns: int) -> Int64s:
        """Of each, the chunk of that time."""
        return chunk_keys(self.id, np.full_like(self.id, t_ns), self.span_ns)

    def parts(self, keys: Int64s) -> Int64s:
        """Of the parts that lie over one chunk of each."""
        parts: Int64s = self.group << 32 | keys & _SPAN
        return parts
