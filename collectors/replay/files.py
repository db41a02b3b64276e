"""Recorded samples from files, as batches in the order of source time.

- `.npz` as `waterhub sim record` writes it: arrays tags (text), tag (index into them), t_ns, v, and if
  wanted q, r_ns, flags.
- `.csv`, `.csv.gz`, long: columns `tag`, `value`, `t_ns` or `time` (ISO 8601, UTC), and if wanted `quality`
  (StatusCode, decimal or 0x…), `r_ns`.
- `.csv`, `.csv.gz`, wide: a column for each tag, described by a `WideFile`.
- `.parquet`: the columns of the long CSV; needs pyarrow.

Every reader raises ValueError naming the file when its content is not that, OSError when it cannot be read.
"""

import csv
import gzip
import importlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from collectors.replay.columns import batch, merged, numbers, part, stamps
from collectors.replay.spec import ReplaySpec, WideFile
from core.model.quality import Codes
from core.model.sample import Batch, Int64s

SAMPLES = 65_536
"""Of one batch, at most."""
CHARACTERS = 2**20
"""Of a CSV, read at once."""

Cells = Mapping[str, Sequence[str]]
"""By column."""


def read(path: Path, mapping: WideFile | None = None) -> Iterator[Batch]:
    """The samples of one file. mapping: of a wide CSV; a CSV without one must be long."""
    name = path.name.removesuffix(".gz")
    try:
        if name.endswith(".npz"):
            yield from _npz(path)
        elif name.endswith(".parquet"):
            yield from _parquet(path)
        elif name.endswith(".csv"):
            yield from _long(path) if mapping is None else _wide(path, mapping)
        else:
            raise ValueError("expected .npz, .csv, .csv.gz or .parquet")
    except (ValueError, KeyError, EOFError, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: {error}") from error


def read_folder(spec: ReplaySpec, data: Path) -> Iterator[Batch]:
    """The samples of all files of a data folder in one order of time."""
    return merged([read(data / file.file, file) for file in spec.files])


def _npz(path: Path) -> Iterator[Batch]:
    with np.load(path, allow_pickle=False) as arrays:
        tags = tuple(str(tag) for tag in arrays["tags"])
        tag, t_ns, v = (arrays[name] for name in ("tag", "t_ns", "v"))
        q, r_ns, flags = (arrays.get(name) for name in ("q", "r_ns", "flags"))
    yield from _ordered(batch(_source(path), tags, tag, t_ns, v, q, r_ns, flags))


def _wide(path: Path, file: WideFile) -> Iterator[Batch]:
    with _text(path) as text:
        header = _header(text, file.delimiter)
        missing = [name for name in (file.time, *file.columns) if name not in header]
        if missing:
            raise ValueError(f"no column {', '.join(missing)}; it has {', '.join(header)}")
        tags = tuple(column.tag for column in file.columns.values())
        for cells in _blocks(text, header, file.delimiter, file.decimal):
            t_ns = stamps(cells[file.time], file.timezone, file.time_format)
            v = np.empty((len(t_ns), len(tags)))
            for i, (name, column) in enumerate(file.columns.items()):
                v[:, i] = numbers(cells[name]) * column.scale + column.offset
            there = np.isfinite(v).ravel()
            every = np.tile(np.arange(len(tags), dtype=np.uint32), len(t_ns))
            made = batch(_source(path), tags, every, np.repeat(t_ns, len(tags)), v.ravel())
            yield from _ordered(made if there.all() else part(made, there))


def _long(path: Path) -> Iterator[Batch]:
    with _text(path) as text:
        header = _header(text, ",")
        if not {"tag", "value"} <= set(header) or not {"t_ns", "time"} & set(header):
            raise ValueError(f"columns tag, value and t_ns or time are needed; it has {', '.join(header)}")
        index: dict[str, int] = {}
        for cells in _blocks(text, header, ",", "."):
            yield from _ordered(_from_long(_source(path), cells, index))


def _from_long(source: str, columns: Cells, index: dict[str, int]) -> Batch:
    """index: the tags so far, in the order of their first sample; grows."""
    tag = np.array([index.setdefault(name, len(index)) for name in columns["tag"]], np.uint32)
    t_ns = _integers(columns["t_ns"]) if "t_ns" in columns else stamps(columns["time"], "UTC")
    q: Codes | None = None
    if "quality" in columns:
        q = np.array([int(code, 0) if code else 0 for code in columns["quality"]], np.uint32)
    r_ns = _integers(columns["r_ns"]) if "r_ns" in columns else None
    return batch(source, tuple(index), tag, t_ns, numbers(columns["value"]), q, r_ns)


def _integers(cells: Sequence[str]) -> Int64s:
    return np.fromiter(map(int, cells), np.int64, len(cells))


def _parquet(path: Path) -> Iterator[Batch]:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError as error:
        raise ValueError("reading Parquet needs pyarrow: pip install pyarrow") from error
    table = parquet.read_table(path)
    names = table.column("tag").combine_chunks().dictionary_encode()
    columns = {
        name: table.column(name).to_numpy()
        for name in ("t_ns", "value", "quality", "r_ns")
        if name in table.column_names
    }
    yield from _ordered(
        batch(
            _source(path),
            tuple(names.dictionary.to_pylist()),
            names.indices.to_numpy(),
            columns["t_ns"],
            columns["value"].astype(np.float64),
            columns.get("quality"),
            columns.get("r_ns"),
        )
    )


def _ordered(whole: Batch) -> Iterator[Batch]:
    """In the order of time, in batches of at most SAMPLES; empty ones left out."""
    if np.any(whole.t_ns[1:] < whole.t_ns[:-1]):
        whole = part(whole, np.argsort(whole.t_ns, kind="stable"))
    for start in range(0, len(whole), SAMPLES):
        yield part(whole, slice(start, start + SAMPLES))


def _header(text: TextIO, delimiter: str) -> list[str]:
    return next(csv.reader([text.readline().rstrip("\n")], delimiter=delimiter), [])


def _blocks(text: TextIO, header: Sequence[str], delimiter: str, decimal: str) -> Iterator[Cells]:
    """Some thousand rows at a time, by column. Raises ValueError for rows of different length. Cells hold
    no line breaks. Text without quotes is split whole, five times as fast as row by row."""
    while chunk := text.read(CHARACTERS):
        chunk = (chunk + text.readline()).strip("\n")
        if decimal == ",":
            chunk = chunk.replace(",", ".")
        if '"' in chunk:
            rows = csv.reader(chunk.split("\n"), delimiter=delimiter)
            yield dict(zip(header, zip(*rows, strict=True), strict=True))
        elif chunk:
            cells = chunk.replace("\n", delimiter).split(delimiter)
            if len(cells) != len(header) * (chunk.count("\n") + 1):
                raise ValueError(f"rows of other than {len(header)} cells")
            yield {name: cells[i :: len(header)] for i, name in enumerate(header)}


def _text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _source(path: Path) -> str:
    return f"replay:{path.name.split('.')[0]}"
