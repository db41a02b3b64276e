"""Line protocol for InfluxDB: our columns beside influxdb-client's Point objects and f-strings (P6)."""

import time
from collections.abc import Callable

import numpy as np
from influxdb_client import Point, WritePrecision

from bench.figures import Figure
from bench.spool import TAGS, tick
from core.adapters.historian_rows import Rows, joined
from core.adapters.influx_historian_lines import Heads, encode
from core.model.sample import Names

Columns = list[tuple[int, int, float, int, int, int]]


def run(short: bool) -> list[Figure]:
    """One second of 10,000 tags, all four fields of the schema; the bytes of all three are the same."""
    names = tuple(f"dma-{i // 8:04d}.p{i % 8}" for i in range(TAGS))
    rows = joined([tick(Names.one("bench", names), 0)], [np.arange(TAGS, dtype=np.uint32)])
    late = rows.copy()
    late["t"] += np.arange(TAGS)
    late["r"] += np.arange(TAGS) * 3
    heads = Heads()
    places = heads.places(names)
    if encode(rows, heads, places) != _written(rows, names):
        raise AssertionError("the encoders do not agree")
    rounds = 3 if short else 9
    ours = _us(lambda: encode(rows, heads, places), 3 * rounds)
    each = _us(lambda: encode(late, heads, places), 3 * rounds)
    points, strings = _us(lambda: _points(rows, names), rounds), _us(lambda: _written(rows, names), rounds)
    return [
        Figure("CPU a sample, our columns", ours, "us", None, "lower"),
        Figure("CPU a sample, our columns, no two times alike", each, "us", None, "lower"),
        Figure("CPU a sample, Point objects", points, "us", None, "lower"),
        Figure("CPU a sample, f-strings", strings, "us", None, "lower"),
        Figure("Point objects / our columns", points / ours, "x", 40.0, "higher"),
        Figure("f-strings / our columns", strings / ours, "x", 4.0, "higher"),
        Figure("Point objects / our columns, no two times alike", points / each, "x", None, "higher"),
    ]


def _us(work: Callable[[], object], rounds: int) -> float:
    """CPU microseconds a sample, the median."""
    took = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return 1e6 * float(np.median(took)) / TAGS


def _columns(rows: Rows) -> Columns:
    names = ("tag", "t", "v", "q", "r", "flags")
    return list(zip(*(rows[name].tolist() for name in names), strict=True))


def _points(rows: Rows, names: tuple[str, ...]) -> list[str]:
    return [
        Point("sample")
        .tag("id", names[i])
        .field("v", v)
        .field("q", q)
        .field("r", r)
        .field("f", flags)
        .time(t, WritePrecision.NS)
        .to_line_protocol()
        for i, t, v, q, r, flags in _columns(rows)
    ]


def _written(rows: Rows, names: tuple[str, ...]) -> bytes:
    lines = [f"sample,id={names[i]} v={v},q={q}u,r={r}i,f={f}u {t}" for i, t, v, q, r, f in _columns(rows)]
    return "\n".join(lines).encode()
