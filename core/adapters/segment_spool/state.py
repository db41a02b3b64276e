"""Everything the spool knows but the rows: sequences, books and cursors. Pure; written and replayed by `Log`.

Changes are small lists, so that they can be written as JSON and applied again in the same order:

    ["count", source, fate, samples]            gone at the door
    ["register", cursor, {source: samples}]     and what it will never see, being gone
    ["pass", cursor, after, upto, tally]        done, and what became of it
    ["forget", cursor]                          nobody's any more
    ["bad", {seq: {source: samples}}]           rows that cannot be read any more
"""

from dataclasses import dataclass, field
from typing import Any, Self

from core.model.conservation import Fate, Tally, add
from core.model.passed import Passed

Change = list[Any]
Samples = dict[str, int]
"""By source."""


@dataclass(slots=True)
class Cursor:
    passed: Passed = field(default_factory=Passed)
    tally: Tally = field(default_factory=dict)
    missed: Samples = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """rows: samples that became a row, by source; door: those that did not; bad: of unreadable rows that are
    not dropped yet."""

    spool: str
    last_seq: int = 0
    rows: Samples = field(default_factory=dict)
    door: Tally = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    bad: dict[int, Samples] = field(default_factory=dict)

    @property
    def floor(self) -> int:
        """Every cursor has passed the rows up to here."""
        return min((cursor.passed.base for cursor in self.cursors.values()), default=0)

    def row(self, seq: int, so_far: Samples) -> None:
        """so_far: of the row's sources, with the row."""
        self.last_seq = seq
        self.rows.update(so_far)

    def apply(self, change: Change) -> None:
        match change:
            case ["count", source, fate, samples]:
                add(self.door, source, Fate(fate), samples)
            case ["register", name, missed]:
                self.cursors.setdefault(name, Cursor(missed=missed))
            case ["forget", name]:
                self.cursors.pop(name, None)
            case ["pass", name, after, upto, tally]:
                cursor = self.cursors.setdefault(name, Cursor())
                cursor.passed.add(after, upto)
                _add_all(cursor.tally, tally)
            case ["bad", rows]:
                for seq, samples in rows.items():
                    self._lose(int(seq), samples)

    def _lose(self, seq: int, samples: Samples) -> None:
        if seq in self.bad:
            return
        self.bad[seq] = samples
        for cursor in self.cursors.values():
            if not cursor.passed.has(seq):
                for source, n in samples.items():
                    add(cursor.tally, source, Fate.CORRUPT, n)

    def forget_bad(self) -> None:
        """Of rows that everybody has passed."""
        floor = self.floor
        self.bad = {seq: samples for seq, samples in self.bad.items() if seq > floor}

    def copy(self) -> "State":
        """For another thread."""
        cursors = {
            name: Cursor(
                Passed(cursor.passed.base, list(cursor.passed.ahead)), _copied(cursor.tally), cursor.missed
            )
            for name, cursor in self.cursors.items()
        }
        return State(self.spool, self.last_seq, dict(self.rows), _copied(self.door), cursors, dict(self.bad))

    def document(self) -> dict[str, Any]:
        return {
            "spool": self.spool,
            "last_seq": self.last_seq,
            "rows": self.rows,
            "door": self.door,
            "bad": self.bad,
            "cursors": {
                name: [cursor.passed.base, cursor.passed.ahead, cursor.tally, cursor.missed]
                for name, cursor in self.cursors.items()
            },
        }

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        state = cls(document["spool"], document["last_seq"], document["rows"])
        _add_all(state.door, document["door"])
        state.bad = {int(seq): samples for seq, samples in document["bad"].items()}
        for name, (base, ahead, tally, missed) in document["cursors"].items():
            cursor = Cursor(Passed(base, [(low, high) for low, high in ahead]), missed=missed)
            _add_all(cursor.tally, tally)
            state.cursors[name] = cursor
        return state


def _copied(tally: Tally) -> Tally:
    return {source: dict(row) for source, row in tally.items()}


def _add_all(tally: Tally, more: dict[str, dict[str, int]] | Tally) -> None:
    for source, row in more.items():
        for fate, samples in row.items():
            add(tally, source, Fate(fate), samples)
