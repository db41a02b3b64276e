"""Detectors that have a watch a row, each on a grid of bins of its own."""

from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

from alarms.bins import Bins, Rows
from alarms.columns import Slice
from alarms.detectors.detector import State
from alarms.gathered import Gathered
from alarms.meanwhile import Meanwhile, caught_up
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding
from core.runtime.numbering import Numbering, Numbers


class Watching(Protocol):
    """One row: what `bins` gives out is judged by `advance`."""

    row: AlarmDefinition
    bins: Bins

    def advance(self, rows: Rows) -> list[Finding]: ...

    def snapshot(self) -> State: ...

    def restore(self, state: State) -> None:
        """A snapshot of other tags or another grid is left aside: the past is learned anew."""
        ...


class Learning(Watching, Protocol):
    """One that can take the place of another, which had to begin without a past. LEARNS_DAYS: of the past
    that it is taught."""

    LEARNS_DAYS: int

    def afresh(self) -> Any:
        """Another for the same row, that knows nothing."""
        ...

    def in_place_of(self, other: Any, found: list[Finding]) -> list[Finding]:
        """Of what it found in what the other had heard: what is news."""
        ...

    def forget_alarm(self) -> None:
        """What it was taught was not watched: it is nobody's alarm."""
        ...


W = TypeVar("W", bound=Watching)
L = TypeVar("L", bound=Learning)


class Watches(Generic[W]):
    """`alarms.detectors.detector.Detector`, by row."""

    def __init__(self, watches: Iterable[W], tags: Numbering) -> None:
        self.watches = {watch.row.id: watch for watch in watches}
        self._of_grid = list(self.watches)
        self._gathered = Gathered([watch.bins for watch in self.watches.values()], tags)

    @property
    def tags(self) -> Numbers:
        return self._gathered.tags

    def update(self, s: Slice) -> list[Finding]:
        return [f for n, done in self._gathered.add(s) for f in self._heard(self._of_grid[n], done)]

    def _heard(self, id: str, rows: Rows) -> list[Finding]:
        return self.watches[id].advance(rows)

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        return []

    def snapshot(self) -> State:
        self._gathered.settle()
        return {id: watch.snapshot() for id, watch in self.watches.items()}

    def restore(self, state: State) -> None:
        self._gathered.forget()
        for id, watch in self.watches.items():
            if id in state:
                watch.restore(state[id])


class Learners(Watches[L]):
    """Rows that have heard nothing yet keep what they hear until somebody teaches them the past."""

    def __init__(self, watches: Iterable[L], tags: Numbering) -> None:
        super().__init__(watches, tags)
        self._meanwhile = Meanwhile()

    def _heard(self, id: str, rows: Rows) -> list[Finding]:
        self._meanwhile.keep(id, rows, self.watches[id].bins.width_ns)
        return super()._heard(id, rows)

    def wait(self) -> None:
        self._meanwhile.wait(id for id, watch in self.watches.items() if watch.bins.base is None)

    @property
    def unlearned(self) -> Iterable[str]:
        """Rows that wait for their past."""
        return self._meanwhile.rows

    def first_heard(self, id: str) -> int | None:
        """The first bin; None before anything was heard."""
        return self._meanwhile.first(id, self.watches[id].bins)

    def afresh(self, id: str) -> L:
        fresh: L = self.watches[id].afresh()
        return fresh

    def adopt(self, id: str, learned: L) -> list[Finding] | None:
        """As `Bursts.adopt`: what it finds in what was heard meanwhile is told where it still stands."""
        watch = self.watches[id]
        if id not in self._meanwhile.rows:
            return []
        missed = caught_up(learned.bins, watch.bins, self._meanwhile.rows[id])
        if missed is None:
            return None
        found = [finding for rows in missed for finding in learned.advance(rows)]
        learned.bins, self.watches[id] = watch.bins, learned
        del self._meanwhile.rows[id]
        return learned.in_place_of(watch, found)

    def snapshot(self) -> State:
        """Without rows that wait for their past: after a restart they wait anew."""
        return {id: kept for id, kept in super().snapshot().items() if id not in self._meanwhile.rows}
