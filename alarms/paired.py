"""Values compared with another tag's, moment by moment, or with a constant.

What two tags say at the same time belongs together, though it may come in two batches. A moment is judged
when both have been heard to it, or when something later comes: however samples in time order are cut into
batches, the moments are the same. A row's time never goes back: what comes late of one of its tags counts
from the moment that the other has reached.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from alarms.columns import NEVER, Slice
from alarms.detectors.detector import State
from alarms.kept_columns import put_back
from alarms.watched import Watched
from core.model.alarm import AlarmDefinition
from core.model.sample import Floats, Int64s
from core.runtime.numbering import Mask, Numbering, Numbers

_ALWAYS = 1 << 62


class Moment(NamedTuple):
    """What these rows compare at one time each. known: both are Good and none older than its gap."""

    rows: Numbers
    t_ns: Int64s
    v: Floats
    reference: Floats
    known: Mask


def pair(row: AlarmDefinition) -> tuple[str, ...]:
    """The tags that it compares: its own, and its reference where that is no constant."""
    return tuple(of for of in (row.tag, row.reference) if isinstance(of, str))


class Paired:
    """Each row compares its tag with its reference, a tag or a constant. gap_ns: by tag, how long a value
    stands without a new sample. Planes of the columns: the tag, its reference."""

    def __init__(self, rows: Sequence[AlarmDefinition], gap_ns: Mapping[str, int], tags: Numbering) -> None:
        """Raises ValueError for a row without one of them."""
        names, references, n = list[str](), list[str | float](), len(rows)
        for row in rows:
            if row.tag is None or row.reference is None:
                raise ValueError(f"alarm {row.id}: a {row.kind} needs a tag and a reference")
            names.append(row.tag)
            references.append(row.reference)
        self._keys = [f"{name} {reference}" for name, reference in zip(names, references, strict=True)]
        self._names = "\n".join(self._keys).encode()
        others = [(i, of) for i, of in enumerate(references) if isinstance(of, str)]
        self._watched = Watched([*names, *(of for _, of in others)], tags)
        self._row = np.array([*range(n), *(i for i, _ in others)], np.intp)
        self._plane = np.array([*[0] * n, *[1] * len(others)], np.intp)
        fixed = np.array([np.nan if isinstance(of, str) else of for of in references], np.float64)
        self._v = np.stack([np.full(n, np.nan), fixed])
        self._good = np.stack([np.zeros(n, np.bool_), ~np.isnan(fixed)])
        self._t_ns = np.stack(
            [np.full(n, NEVER, np.int64), np.where(np.isnan(fixed), NEVER, _ALWAYS).astype(np.int64)]
        )
        gaps = [[gap_ns[name] for name in names]]
        gaps.append([gap_ns[of] if isinstance(of, str) else _ALWAYS for of in references])
        self.gap_ns: Int64s = np.array(gaps, np.int64).reshape(2, n)
        self._due = np.full(n, NEVER, np.int64)

    @property
    def tags(self) -> Numbers:
        return np.unique(self._watched.number)

    def stepped(self, s: Slice) -> Numbers:
        """Rows with a tag whose clock was set."""
        if s.stepped is None:
            return np.empty(0, np.intp)
        return np.unique(self._row[self._watched.of(s.stepped)[1]])

    def moments(self, s: Slice) -> Iterator[Moment]:
        """Each is to be judged before the next is asked for."""
        at, members = self._watched.of(s.tags)
        if not len(at):
            return
        if s.once:
            t_ns = s.t_ns[at]
            if (t_ns == t_ns[0]).all():
                yield from self._moment(s, members, at)
                return
        first, many = s.first[at], s.last[at] - s.first[at] + 1
        members = np.repeat(members, many)
        ends = np.cumsum(many)
        samples = np.arange(len(members)) + np.repeat(first - (ends - many), many)
        order = np.argsort(s.t_ns[samples], kind="stable")
        members, samples = members[order], samples[order]
        apart = np.flatnonzero(np.diff(s.t_ns[samples])) + 1
        for a, b in pairwise([0, *apart.tolist(), len(samples)]):
            yield from self._moment(s, members[a:b], samples[a:b])

    def _moment(self, s: Slice, members: Numbers, samples: Numbers) -> Iterator[Moment]:
        """Samples of one time."""
        rows, planes, t_ns = self._row[members], self._plane[members], int(s.t_ns[samples[0]])
        touched = rows if len(rows) == 1 else np.unique(rows)
        due = self._due[touched]
        if (over := (due != NEVER) & (due < t_ns)).any():
            yield self._judged(touched[over])
        self._v[planes, rows] = s.v[samples]
        self._good[planes, rows] = s.good[samples]
        self._t_ns[planes, rows] = s.t_ns[samples]
        self._due[touched] = due = np.maximum(due, t_ns)
        if (whole := (self._t_ns[:, touched] >= due).all(axis=0)).any():
            yield self._judged(touched[whole])
            self._due[touched[whole]] = NEVER

    def _judged(self, rows: Numbers) -> Moment:
        t_ns = self._due[rows]
        fresh = t_ns - self._t_ns[:, rows] <= self.gap_ns[:, rows]
        known = np.asarray((self._good[:, rows] & fresh).all(axis=0), np.bool_)
        return Moment(rows, t_ns, self._v[0, rows], self._v[1, rows], known)

    def _columns(self) -> tuple[np.ndarray, ...]:
        return (*self._v, *self._t_ns, *self._good, self._due)

    def snapshot(self) -> State:
        return {"keys": self._names, "columns": [column.tobytes() for column in self._columns()]}

    def restore(self, state: State) -> None:
        """A row whose reference is another now starts afresh."""
        put_back(self._columns(), self._keys, state["columns"], state["keys"])
