"""A batch in the making, column by column; a payload joins it whole."""

import numpy as np

from collectors.mqtt.fleet import Outcome
from collectors.mqtt.recent import Recent
from collectors.mqtt.targets import Targets
from core.model.quality import Status
from core.model.sample import Batch, Flag, Names


class Columns:
    """Samples received at `now_ns`, in order."""

    def __init__(self, source: str, now_ns: int, targets: Targets) -> None:
        self._source, self._now_ns, self._targets = source, now_ns, targets
        self._at: list[int] = []
        self._t_ns: list[int] = []
        self._raw: list[float] = []
        self._q: dict[int, int] = {}
        self._flags: list[int] = []

    def add(self, said: Outcome, flags: int = Flag.NONE, good: int = Status.GOOD) -> None:
        """good: what the payload's Good samples are worth."""
        begin, n = len(self._at), len(said.at)
        self._at += said.at
        self._raw += said.raw
        if said.t_ns:
            self._t_ns += said.t_ns
        else:
            flags |= Flag.SUBSTITUTED_TIME
            self._t_ns += [self._now_ns] * n
        self._flags += [flags] * n
        if good != Status.GOOD:
            self._q |= dict.fromkeys(range(begin, begin + n), good)
        for i, status in said.marks:
            self._q[begin + i] = status

    def batch(self, recent: Recent | None = None) -> tuple[Batch, int]:
        """The samples, without those that `recent` knows, and how many these are."""
        at, t_ns = np.array(self._at, np.intp), np.array(self._t_ns, np.int64)
        q = np.zeros(len(at), np.uint32)
        if self._q:
            q[list(self._q)] = list(self._q.values())
        v = self._targets.convert(at, np.array(self._raw, np.float64), q)
        flags = np.array(self._flags, np.uint8)
        once = len(set(self._at)) == len(at)
        if recent is not None and (news := recent.news(at, t_ns, v, once)) is not None:
            at, t_ns, v, q, flags = at[news], t_ns[news], v[news], q[news], flags[news]
        used, tag = (at, np.arange(len(at))) if once else np.unique(at, return_inverse=True)
        names = self._targets.names
        tags = tuple([names[i] for i in used.tolist()])
        now = np.full(len(at), self._now_ns, np.int64)
        batch = Batch(Names.one(self._source, tags), tag.astype(np.uint32), t_ns, v, q, now, flags)
        return batch, len(self._at) - len(at)
