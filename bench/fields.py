"""Columns of numbers from the public data files: a time, then one column a sensor."""

import csv
import gzip
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from alarms.detectors.expected_week import UTC_OFFSET_NS
from core.model.sample import Floats, Int64s

_OFFSET = timezone(timedelta(microseconds=UTC_OFFSET_NS // 1000))


@dataclass(frozen=True, slots=True)
class Table:
    """t_ns (n,), rising; values (n, columns), NaN where there is none. Clocks on the wall are read as
    Shanghai's, so that an hour of the day stays what it is."""

    names: tuple[str, ...]
    t_ns: Int64s
    values: Floats

    @property
    def period_ns(self) -> int:
        return int(np.median(np.diff(self.t_ns)))


def read(path: Path) -> Table:
    """A .csv or .csv.gz with a header. Of rows with the same or an earlier time than the one before them, as
    at the end of summer time, the first counts."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    header, *rows = csv.reader(text.splitlines())
    stamps = [datetime.fromisoformat(row[0]).replace(tzinfo=_OFFSET).timestamp() for row in rows]
    t_ns = np.array(stamps, np.int64) * 10**9
    values = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])
    later = t_ns > np.concatenate(([t_ns[0] - 1], np.maximum.accumulate(t_ns)[:-1]))
    return Table(tuple(header[1:]), t_ns[later], values[later])
