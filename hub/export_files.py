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

from core.model.sample import Series
from core.model.sample_table import COLUMNS, rows, words_of
from core.model.tag import Tag

ROWS = 100_000
"""Samples in memory at a time, about."""
_HOUR_NS = 3600 * 10**9


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
        found = rows(_quoted(tag.id), _quoted(tag.unit), series)
        self._file.writelines(f"{row}\r\n" for row in found)


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
        words, n = words_of(series), len(series)
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


def _quoted(text: str) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([text])
    return line.getvalue().strip("\r\n")
