"""Roll-ups in InfluxDB: what they hold, the Flux that makes them, and the tasks that keep them.

The bucket `<bucket>-1m` is made from samples, `<bucket>-1h` from `<bucket>-1m`. Both hold the measurement
`sample` with the tag `id` and the fields `n` (count of what is not Bad), `low`, `high` and `sum`, at each
window's start. Making one again gives the same points: late samples only need their span rolled again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.adapters.influx_historian_flux import RAW, ROLLED, from_bucket, quoted
from core.adapters.influx_historian_lines import SAMPLE

MINUTE_NS, HOUR_NS = 60 * 10**9, 3600 * 10**9
SETTLED_NS = 12 * MINUTE_NS
"""A sample later than this may be beyond what the next run of a task looks back on: whoever wrote it rolls
it up again."""
READY_NS = {MINUTE_NS: 20 * MINUTE_NS, HOUR_NS: 2 * HOUR_NS + 15 * MINUTE_NS}
"""Windows that ended this long ago are in the roll-up, by its width."""
_FEW = 100


@dataclass(frozen=True, slots=True)
class Rollup:
    """One step. fields: what it writes, from which field, by which Flux aggregate."""

    suffix: str
    source: str
    width_ns: int
    fields: tuple[tuple[str, str, str], ...]
    every: str
    offset: str
    back: str
    """The task: how often it runs, how long after the full span, how far it looks back."""

    def bucket(self, samples: str) -> str:
        return samples + self.suffix


ROLLUPS = (
    Rollup(
        "-1m",
        "",
        MINUTE_NS,
        RAW,
        "5m",
        "20s",
        "20m",
    ),
    Rollup(
        "-1h",
        "-1m",
        HOUR_NS,
        ROLLED,
        "1h",
        "6m",
        "2h",
    ),
)


def rollup_for(start_ns: int, width_ns: int) -> Rollup | None:
    """The widest whose windows fit into windows of this width from this start."""
    return next(
        (one for one in ROLLUPS[::-1] if start_ns % one.width_ns == width_ns % one.width_ns == 0), None
    )


def ready_until(step: Rollup, now_ns: int, start_ns: int, end_ns: int, width_ns: int) -> int:
    """Up to where, in whole windows from start, the roll-up is made; `end_ns` when that is all."""
    ready = now_ns - READY_NS[step.width_ns]
    if end_ns <= ready and end_ns % step.width_ns == 0:
        return end_ns
    whole = (min(ready, end_ns) - start_ns) // width_ns
    return start_ns + max(0, whole) * width_ns


def roll(step: Rollup, samples: str, start_ns: int, end_ns: int, ids: Sequence[str] = ()) -> str:
    """Flux that makes the roll-up of whole windows again; of all tags when there are many."""
    some = " or ".join(f"r.id == {quoted(id)}" for id in ids) if len(ids) <= _FEW else ""
    low, high = start_ns // step.width_ns * step.width_ns, -(-end_ns // step.width_ns) * step.width_ns
    return _script(step, samples, from_bucket(samples + step.source, low, high), some)


def task(step: Rollup, samples: str) -> str:
    """The Flux task that keeps the roll-up of what comes in time."""
    name = quoted(step.bucket(samples))
    head = f'import "date"\noption task = {{name: {name}, every: {step.every}, offset: {step.offset}}}\n'
    unit = "1m" if step.width_ns == MINUTE_NS else "1h"
    source = (
        f"from(bucket: {quoted(samples + step.source)}) |> range("
        f"start: date.truncate(t: -{step.back}, unit: {unit}), stop: date.truncate(t: now(), unit: {unit}))"
    )
    return head + _script(step, samples, source, "")


def _script(step: Rollup, samples: str, source: str, some: str) -> str:
    """Each aggregate reads for itself: the server pushes one down to its storage, but none that share."""
    only = f" and ({some})" if some else ""
    return "\n".join(
        f'{source} |> filter(fn: (r) => r._measurement == "{SAMPLE}" and r._field == "{field}"{only})'
        f' |> aggregateWindow(every: {step.width_ns}ns, fn: {fn}, createEmpty: false, timeSrc: "_start")'
        f' |> set(key: "_field", value: "{name}") |> to(bucket: {quoted(step.bucket(samples))})'
        f' |> keep(columns: ["id"]) |> limit(n: 1) |> yield(name: "{name}")'
        for name, field, fn in step.fields
    )
