"""Questions to InfluxDB in Flux, and its CSV answers as columns."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from core.adapters.influx_historian_lines import SAMPLE
from core.model.quality import is_bad
from core.model.sample import Batch, Int64s, Sample, Series
from core.ports.historian import Buckets

EARLIEST, LATEST = -(2**63) + 2, 2**63 - 2
"""The times that InfluxDB holds, UTC ns; a range ends at 2**63 - 2, exclusive."""
RAW = (("n", "v", "count"), ("low", "v", "min"), ("high", "v", "max"), ("sum", "v", "sum"))
ROLLED = (("n", "n", "sum"), ("low", "low", "min"), ("high", "high", "max"), ("sum", "sum", "sum"))
"""What an aggregate is made of: its name, the field and the Flux function, from samples and from roll-ups."""
Rows = Iterator[Mapping[str, str]]


def rows(answer: Iterable[str]) -> Rows:
    """Each record of an answer of several tables; their columns may differ."""
    header: list[str] = []
    fresh = True
    for record in csv.reader(answer):
        if not record or record == [""]:
            fresh = True
        elif fresh:
            header, fresh = record, False
        else:
            yield dict(zip(header, record, strict=True))


def samples(bucket: str, tag: str, start_ns: int, end_ns: int, fields: Sequence[str] = ("v", "q")) -> str:
    wanted = " or ".join(f'r._field == "{field}"' for field in fields)
    return (
        f"{from_bucket(bucket, start_ns, end_ns)} |> filter(fn: (r) => {_is(tag)} and ({wanted}))"
        ' |> keep(columns: ["_time", "_value", "_field"])'
    )


def newest(bucket: str, tags: Sequence[str], start_ns: int = EARLIEST, end_ns: int = LATEST) -> str:
    """The last point of each field; of every tag when many are asked for."""
    return (
        f"{from_bucket(bucket, start_ns, end_ns)}"
        f' |> filter(fn: (r) => r._measurement == "{SAMPLE}"{_some(tags)}) |> last()'
        ' |> keep(columns: ["_time", "_value", "_field", "id"])'
    )


def points(bucket: str, tags: Sequence[str], start_ns: int, end_ns: int, field: str) -> str:
    """Where points with this field are; of every tag when many are asked for."""
    return (
        f"{from_bucket(bucket, start_ns, end_ns)} |> filter(fn: (r) =>"
        f' r._measurement == "{SAMPLE}" and r._field == "{field}"{_some(tags)})'
        ' |> keep(columns: ["_time", "id"])'
    )


def windows(
    bucket: str, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int, rolled: bool = False
) -> str:
    """Aggregated in the server; `v` is there exactly where a sample is not Bad. Each aggregate has a source
    of its own: the server pushes one down to its storage, but none of four that share a source. rolled:
    the bucket holds roll-ups."""
    wanted = ROLLED if rolled else RAW
    some = " or ".join(f"r.id == {quoted(tag)}" for tag in tags)
    return "\n".join(
        f"{from_bucket(bucket, start_ns, end_ns)} |> filter(fn: (r) =>"
        f' r._measurement == "{SAMPLE}" and r._field == "{field}" and ({some}))'
        f" |> aggregateWindow(every: {width_ns}ns, offset: {start_ns % width_ns}ns, fn: {fn},"
        ' createEmpty: false, timeSrc: "_start") |> keep(columns: ["_time", "_value", "id"])'
        f' |> yield(name: "{name}")'
        for name, field, fn in wanted
    )


def series_of(found: Rows) -> Series:
    t: dict[str, list[str]] = {"v": [], "q": []}
    values: dict[str, list[str]] = {"v": [], "q": []}
    for row in found:
        t[row["_field"]].append(row["_time"])
        values[row["_field"]].append(row["_value"])
    times, q = _ns(t["q"]), np.array(values["q"], np.uint32)
    v = np.full(len(times), np.nan)
    _, at, of = np.intersect1d(times, _ns(t["v"]), assume_unique=True, return_indices=True)
    v[at] = np.array(values["v"])[of].astype(np.float64)
    v[is_bad(q)] = np.nan
    return Series(times, v, q)


def buckets_of(
    found: Rows, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
) -> dict[str, Buckets]:
    size = max(0, -((start_ns - end_ns) // width_ns))
    place = {tag: i for i, tag in enumerate(tags)}
    answers: dict[str, tuple[list[int], list[str], list[str]]] = {name: ([], [], []) for name, _, _ in RAW}
    for row in found:
        places, times, values = answers[row["result"]]
        places.append(place[row["id"]])
        times.append(row["_time"])
        values.append(row["_value"])
    columns: dict[str, npt.NDArray[np.float64]] = {}
    for name, (places, times, values) in answers.items():
        columns[name] = np.full((len(tags), size), np.nan)
        columns[name][places, (_ns(times) - start_ns) // width_ns] = np.array(values, np.float64)
    t_ns = start_ns + np.arange(size, dtype=np.int64) * width_ns
    n, mean = np.nan_to_num(columns["n"]).astype(np.int64), columns["sum"] / columns["n"]
    return {
        tag: Buckets(t_ns, n[i], columns["low"][i], columns["high"][i], mean[i]) for tag, i in place.items()
    }


def joined(parts: Sequence[Buckets]) -> Buckets:
    """Neighbours in time as one."""
    if len(parts) == 1:
        return parts[0]
    names = ("t_ns", "n", "low", "high", "mean")
    return Buckets(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def last_of(found: Rows, tags: Sequence[str]) -> Batch:
    """What others wrote under a tag's name, without a status, is no sample."""
    fields: dict[str, dict[str, tuple[int, str]]] = {}
    for row in found:
        fields.setdefault(row["id"], {})[row["_field"]] = (int(_ns([row["_time"]])[0]), row["_value"])
    batch = []
    for tag in dict.fromkeys(tags):
        if fields.get(tag, {}).keys() >= {"q", "r", "f"}:
            t_ns, q = fields[tag]["q"]
            at, v = fields[tag].get("v", (None, ""))
            code = int(q)
            value = float(v) if at == t_ns and not code >> 31 else None
            batch.append(Sample(tag, t_ns, value, code, int(fields[tag]["r"][1]), int(fields[tag]["f"][1])))
    return Batch.of("hub", batch)


def times_by_tag(found: Rows) -> dict[str, Int64s]:
    times: dict[str, list[str]] = {}
    for row in found:
        times.setdefault(row["id"], []).append(row["_time"])
    return {tag: _ns(some) for tag, some in times.items()}


def times_of(found: Rows) -> Int64s:
    return _ns([row["_time"] for row in found])


def rfc3339(t_ns: int) -> str:
    return f"{np.datetime64(t_ns, 'ns')}Z"


def _ns(times: Sequence[str]) -> Int64s:
    return np.array([time[:-1] for time in times], "datetime64[ns]").astype(np.int64)


def from_bucket(bucket: str, start_ns: int, end_ns: int) -> str:
    start, end = rfc3339(max(start_ns, EARLIEST)), rfc3339(min(end_ns, LATEST))
    return f"from(bucket: {quoted(bucket)}) |> range(start: {start}, stop: {end})"


def _some(tags: Sequence[str]) -> str:
    some = " or ".join(f"r.id == {quoted(tag)}" for tag in tags)
    return f" and ({some})" if 0 < len(tags) <= 20 else ""


def _is(tag: str) -> str:
    return f'r._measurement == "{SAMPLE}" and r.id == {quoted(tag)}'


def quoted(text: str) -> str:
    """A Flux string literal; `${` would begin an expression."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'
