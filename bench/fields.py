"""Columns of numbers from the public data files: a time, then one column a sensor."""

import csv
import gzip
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from alarms.detectors.expected_week import UTC_OFFSET_NS
from core.model.sample import Batch, Floats, Int64s, Names
from core.runtime.numbering import Mask

_WORDS = {"": np.nan, "NA": np.nan, "NULL": np.nan, "False": 0.0, "FALSE": 0.0, "True": 1.0, "TRUE": 1.0}
OFFSET = timezone(timedelta(microseconds=UTC_OFFSET_NS // 1000))


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
    """A .csv or .csv.gz with a header; where its columns are parted by semicolons, decimals have commas. Of
    rows with the same or an earlier time than the one before them, as
    at the end of summer time, the first counts."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    semicolons = ";" in text.partition("\n")[0]
    header, *rows = csv.reader(text.splitlines(), delimiter=";" if semicolons else ",")
    if semicolons:
        rows = [[cell.replace(",", ".") for cell in row] for row in rows]
    t_ns = np.array([wall_s(row[0]) for row in rows], np.int64) * 10**9
    values = np.array([[_number(cell) for cell in row[1:]] for row in rows])
    later = t_ns > np.concatenate(([t_ns[0] - 1], np.maximum.accumulate(t_ns)[:-1]))
    return Table(tuple(name.strip() for name in header[1:]), t_ns[later], values[later])


def _stamp(cell: str) -> datetime:
    """ISO 8601, BATADAL's day/month/year hour, or CANARY's month/day/year with seconds."""
    if "/" in cell:
        return datetime.strptime(cell.strip(), "%m/%d/%Y %H:%M:%S" if ":" in cell else "%d/%m/%y %H")  # noqa: DTZ007
    return datetime.fromisoformat(cell)


def wall_s(stamp: str) -> float:
    return _stamp(stamp).replace(tzinfo=OFFSET).timestamp()


def _number(cell: str) -> float:
    """A label is 0 or 1."""
    return _WORDS[cell] if cell in _WORDS else float(cell)


def batches(names: Names, values: Floats, told_ns: Int64s, rows: int) -> list[Batch]:
    """So many rows at a time, in order; what is unknown is not told. values: (rows, names)."""
    found = []
    for a in range(0, len(values), rows):
        known: Mask = np.isfinite(values[a : a + rows])
        if not known.any():
            continue
        row, column = np.nonzero(known)
        t_ns, zero = told_ns[a : a + rows][row], np.zeros(len(row), np.uint32)
        whole, q = values[a : a + rows][known], zero.astype(np.uint8)
        found.append(Batch(names, column.astype(np.uint32), t_ns, whole, zero, t_ns, q))
    return found
