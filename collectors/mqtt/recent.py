"""What was stored lately, by tag and source time: told twice, told differently, retained and old."""

import numpy as np
import numpy.typing as npt

from core.model.sample import Floats, Int64s
from core.ports.source import SourceFacts

REMEMBERED = 65_536
"""Samples of each of two generations. What comes again later is stored again, and the historian, whose
identity is the same tag and time, counts it as duplicate."""

NEVER = -1
Places = npt.NDArray[np.intp]
_TIME_BITS = 64


class Recent:
    """Tags by their place in `Targets`. `news` judges a batch; `commit` when it is on disk. A sample counts
    as known only then, so that one whose commit failed is taken when it comes again."""

    def __init__(self, facts: SourceFacts) -> None:
        self._facts = facts
        self._young: dict[int, float] = {}
        self._old: dict[int, float] = {}
        self._newest: Int64s = np.empty(0, np.int64)
        self._judged: tuple[Places, Int64s, Floats] | None = None

    def news(self, at: Places, t_ns: Int64s, v: Floats, once: bool) -> npt.NDArray[np.bool_] | None:
        """Which samples are not known just so; None for all of them. Another value for a time that is known
        is news, and the last stands. once: no tag is there twice."""
        self._reach(at)
        self._judged = at, t_ns, v
        newest = self._newest[at]
        if once and bool((t_ns > newest).all()):
            return None
        fresh = np.ones(len(at), np.bool_)
        batch: dict[int, float] = {}
        for i, (key, value) in enumerate(zip(_keys(at, t_ns), v.tolist(), strict=True)):
            known = batch.get(key, self._young.get(key, self._old.get(key)))
            batch[key] = value
            if known is None:
                continue
            if known == value or (known != known and value != value):
                fresh[i] = False
            elif t_ns[i] != newest[i]:
                self._facts.count("ts_conflict")
        return fresh

    def retained(self, at: int, t_ns: int | None) -> bool:
        """Whether a retained message says anything: a newer time than known, or without a time the first
        that is heard of the tag. It is state, not news."""
        newest = self._newest[at] if at < len(self._newest) else NEVER
        if newest == NEVER or (t_ns is not None and t_ns > newest):
            return True
        self._facts.count("retained_old")
        return False

    def commit(self) -> None:
        """What `news` judged last."""
        if self._judged is None:
            return
        at, t_ns, v = self._judged
        np.maximum.at(self._newest, at, t_ns)
        self._young.update(zip(_keys(at, t_ns), v.tolist(), strict=True))
        if len(self._young) > REMEMBERED:
            self._old, self._young = self._young, {}
        self._judged = None

    def _reach(self, at: Places) -> None:
        if len(at) and (need := int(at.max()) + 1) > len(self._newest):
            longer = np.full(max(need, 2 * len(self._newest)), NEVER, np.int64)
            longer[: len(self._newest)] = self._newest
            self._newest = longer


def _keys(at: Places, t_ns: Int64s) -> list[int]:
    """Tag and time in one number: unlike tuples, numbers are nothing to the garbage collector."""
    return [place << _TIME_BITS | t for place, t in zip(at.tolist(), t_ns.tolist(), strict=True)]
