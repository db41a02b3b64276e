"""Late samples and the roll-ups they make stale.

InfluxDB's tasks look back a short while only. What comes later is noted here, in a small file as well so
that a killed hub still knows it, until the roll-ups over it are made again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.adapters.historian_rows import Rows
from core.adapters.influx_historian_rollups import HOUR_NS, SETTLED_NS


@dataclass(frozen=True, slots=True)
class Stale:
    """Whole hours of some tags whose roll-ups are to be made again."""

    start_ns: int
    end_ns: int
    tags: tuple[str, ...]


class Late:
    """Call from one thread at a time."""

    def __init__(self, file: Path | None) -> None:
        """file: kept beside the hub's other data; None keeps nothing over a restart."""
        self._file = file
        self._spans: dict[str, tuple[int, int]] = {}
        if file and file.exists():
            self._spans = {tag: (low, high) for tag, (low, high) in json.loads(file.read_text()).items()}

    def __bool__(self) -> bool:
        return bool(self._spans)

    def note(self, rows: Rows, names: Sequence[str], now_ns: int) -> None:
        """Rows that are stored, sorted by (tag, t); in the file before their write is confirmed."""
        late = rows[rows["t"] < now_ns - SETTLED_NS]
        if not len(late):
            return
        before = dict(self._spans)
        tags, first = np.unique(late["tag"], return_index=True)
        last = np.append(first[1:], len(late)) - 1
        for tag, low, high in zip(tags.tolist(), late["t"][first], late["t"][last], strict=True):
            span = int(low) // HOUR_NS * HOUR_NS, (int(high) // HOUR_NS + 1) * HOUR_NS
            old = self._spans.get(names[tag], span)
            self._spans[names[tag]] = min(old[0], span[0]), max(old[1], span[1])
        if self._spans != before:
            self._save()

    def groups(self) -> list[Stale]:
        """Tags of the same hours together."""
        by_span: dict[tuple[int, int], list[str]] = {}
        for tag, span in self._spans.items():
            by_span.setdefault(span, []).append(tag)
        return [Stale(*span, tuple(tags)) for span, tags in by_span.items()]

    def done(self, stale: Stale) -> None:
        """Keeps what grew meanwhile."""
        span = stale.start_ns, stale.end_ns
        gone = [tag for tag in stale.tags if self._spans.get(tag) == span]
        for tag in gone:
            del self._spans[tag]
        self._save()

    def _save(self) -> None:
        if self._file:
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps(self._spans))
            new.replace(self._file)
