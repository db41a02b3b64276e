"""Files that samples are exported to."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np

from core.model.quality import quality_class, reason
from core.model.sample import Int64s, Series
from core.model.tag import Tag

ROWS = 100_000
"""Samples in memory at a time, about."""
_HOUR_NS = 3600 * 10**9
_SHANGHAI_NS = 8 * _HOUR_NS
COLUMNS = ("tag", "time_utc", "time_shanghai", "value", "unit", "quality", "status")


class NoParquet(Exception):
    """What to install, in words for the terminal."""


class File(AbstractContextManager["File"], Protocol):
    def write(self, tag: Tag, series: Series) -> None: ...


def pieces(period_s: float, start_ns: int, end_ns: int) -> Iterator[tuple[int, int]]:
    """Spans that hold about ROWS samples of a tag of this period, at least an hour each."""
    width = max(_HOUR_NS, int(ROWS * max(period_s, 0.1) * 1e9) // _HOUR_NS * _HOUR_NS)
    for low in range(start_ns, end_ns, width):
        yield low, min(low + width, end_ns)


class CsvFile:
    """Value and status empty where there is none: a Bad sample has no value, a Good one no reason."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(",".join(COLUMNS) + "\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, tag: Tag, series: Series) -> None:
        if not len(series):
            return
        words = _words(series)
        head, unit = _quoted(tag.id), _quoted(tag.unit)
        values = ["" if v != v else repr(v) for v in series.v.tolist()]
        rows = zip(
            _texts(series.t_ns), _texts(series.t_ns + _SHANGHAI_NS), values, series.q.tolist(), strict=True
        )
        self._file.writelines(
            f"{head},{utc}Z,{shanghai}+08:00,{value},{unit},{words[q][0]},{words[q][1]}\r\n"
            for utc, shanghai, value, q in rows
        )


class ParquetFile:
    """`time_shanghai` is the same instant with that zone, `status` the whole OPC UA StatusCode."""

    def __init__(self, path: Path) -> None:
        """Raises NoParquet."""
        try:
            pyarrow = import_module("pyarrow")
            parquet = import_module("pyarrow.parquet")
        except ImportError as error:
            raise NoParquet("Parquet needs pyarrow: pip install 'waterhub[parquet]'") from error
        self._arrow: Any = pyarrow
        words = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
        types = (
            words,
            pyarrow.timestamp("ns", "UTC"),
            pyarrow.timestamp("ns", "Asia/Shanghai"),
            pyarrow.float64(),
            words,
            words,
            pyarrow.uint32(),
        )
        self._schema = pyarrow.schema(list(zip(COLUMNS, types, strict=True)))
        self._writer: Any = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, tag: Tag, series: Series) -> None:
        if not len(series):
            return
        words, n = _words(series), len(series)
        columns = (
            [tag.id] * n,
            series.t_ns,
            series.t_ns,
            self._arrow.array(series.v, mask=np.isnan(series.v)),
            [tag.unit] * n,
            [words[q][0] for q in series.q.tolist()],
            series.q,
        )
        arrays = [self._arrow.array(c, type=f.type) for c, f in zip(columns, self._schema, strict=True)]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))


FILES: dict[str, Callable[[Path], File]] = {"csv": CsvFile, "parquet": ParquetFile}


def _words(series: Series) -> dict[int, tuple[str, str]]:
    """Class and reason of each status that occurs."""
    plain = (0, 1 << 30, 1 << 31)
    return {
        q: (quality_class(q).value, "" if q in plain else reason(q)) for q in np.unique(series.q).tolist()
    }


def _texts(t_ns: Int64s) -> list[str]:
    texts: list[str] = np.datetime_as_string(t_ns.astype("datetime64[ns]"), unit="ms").tolist()
    return texts


def _quoted(text: str) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([text])
    return line.getvalue().strip("\r\n")
