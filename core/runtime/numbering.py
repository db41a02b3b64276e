"""Tag names as numbers, for whoever keeps columns over all the tags of a hub."""

from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar, Union

import numpy as np
import numpy.typing as npt

from core.model.quality import Codes
from core.model.sample import Batch, Floats, Int64s

Numbers = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Places = Union["slice[int, int, None]", Numbers]
"""Places in a column: a slice, whose values are a view, when they follow each other."""
KEPT = 500_000
"""Names in all the tuples whose numbers are remembered: every poll of a large plant. A subscription may name
other tags each time."""

OBJECTS = 4_096
"""Tuples whose numbers are remembered: more than a large plant has polls. Of a subscription's few names each
the object takes far more than its names."""

Key = TypeVar("Key", bound=Sized)
Made = TypeVar("Made")


class Numbered(NamedTuple):
    """Samples of any number of batches as columns of equal length; number -1: a tag that is not wanted."""

    number: Numbers
    t_ns: Int64s
    v: Floats
    q: Codes
    r_ns: Int64s
    flags: npt.NDArray[np.uint8]


class Remembered(Generic[Key, Made]):
    """What is made of an object once, as long as the very same object comes again; all is forgotten when the
    objects are longer than `KEPT` together, or as many as `OBJECTS`."""

    def __init__(self, make: Callable[[Key], Made]) -> None:
        self._make, self._kept = make, 0
        self._known: dict[int, tuple[Key, Made]] = {}

    def of(self, key: Key) -> Made:
        known = self._known.get(id(key))
        if known is not None and known[0] is key:
            return known[1]
        if self._kept > KEPT or len(self._known) >= OBJECTS:
            self._known.clear()
            self._kept = 0
        made = self._make(key)
        self._kept += len(key)
        self._known[id(key)] = key, made
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the samples of a poll go, which has each of its names once, in their order. number: of the
    wanted tags, ascending; place: the same as places in the columns over all tags; order: where in the batch
    they are; whole: the column `tag` of such a batch, as bytes."""

    number: Numbers
    place: Places
    order: Places
    whole: bytes

    def __len__(self) -> int:
        return len(self.number)

    def fits(self, batch: Batch) -> bool:
        """A batch of the same names may also hold some of them only, or some of them often."""
        return batch.tag.tobytes() == self.whole


class Numbering:
    """Numbers from 0 in the order of `names`. grows: new names get the next numbers; else they are -1.

    The numbers of a tuple are looked up once and then known by the tuple's identity, since a driver names
    its tags with the same tuple in every batch.
    """

    def __init__(self, names: Iterable[str] = (), *, grows: bool) -> None:
        self.names: list[str] = list(dict.fromkeys(names))
        self._number = {name: n for n, name in enumerate(self.names)}
        self._grows = grows
        self._known: Remembered[tuple[str, ...], Numbers] = Remembered(self._look_up)

    def __len__(self) -> int:
        return len(self.names)

    def get(self, name: str) -> int | None:
        return self._number.get(name)

    def of(self, tags: tuple[str, ...]) -> Numbers:
        return self._known.of(tags)

    def _look_up(self, tags: tuple[str, ...]) -> Numbers:
        if self._grows:
            for tag in tags:
                if tag not in self._number:
                    self._number[tag] = len(self.names)
                    self.names.append(tag)
        return np.array([self._number.get(tag, -1) for tag in tags], np.intp)

    def layout(self, tags: tuple[str, ...], wanted: Mask | None = None) -> Layout:
        """Made anew each time. wanted: by number, and last of all for tags without one; None: all that have
        a number."""
        number = self.of(tags)
        at = np.flatnonzero(number >= 0 if wanted is None else wanted[number])
        order = at[np.argsort(number[at], kind="stable")]
        whole = np.arange(len(tags), dtype=np.uint32).tobytes()
        return Layout(number[order], together(number[order]), together(order), whole)

    def gather(self, batches: Sequence[Batch]) -> Numbered:
        """The samples of one or more batches, in their order."""
        if len(batches) == 1:
            (b,) = batches
            return Numbered(self.of(b.tags)[b.tag], b.t_ns, b.v, b.q, b.r_ns, b.flags)
        return Numbered(
            np.concatenate([self.of(b.tags)[b.tag] for b in batches]),
            np.concatenate([b.t_ns for b in batches]),
            np.concatenate([b.v for b in batches]),
            np.concatenate([b.q for b in batches]),
            np.concatenate([b.r_ns for b in batches]),
            np.concatenate([b.flags for b in batches]),
        )


def together(places: Numbers) -> Places:
    """A slice when they follow each other."""
    if len(places) and not np.count_nonzero(np.diff(places) - 1):
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def picked(places: Places, at: Numbers) -> Numbers:
    """Those of them that `at` says."""
    return at + places.start if isinstance(places, slice) else places[at]
