"""Records of the town without sockets: samples and their truth, as fast as they can be computed.

A sample file (`.npz`) holds the arrays tags (str), tag (uint32 index), t_ns, v (float64, NaN where Bad),
q (uint32) and r_ns, in the order of receipt; `.csv` and `.csv.gz` the same as rows with the columns
t_ns, tag, value, quality, r_ns. FILE.truth.jsonl
beside it has the truth of each trouble, a line each.
"""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from core.model.quality import Status
from core.model.tag import QUALITY
from simulators.minute_noise import MinuteNoise
from simulators.sensors import read_sensors
from simulators.troubles import Kind, Trouble
from simulators.truth import make_truth
from simulators.world import World

Floats = npt.NDArray[np.float64]
S = 1_000_000_000
DAY_S, MINUTE_S, COARSE_S = 86_400, 60, 300
FINE_BEFORE_S, FINE_AFTER_S = 120, 3600
"""Around a change the water is followed minute by minute."""
START_NS = 1_790_524_800 * S
"""Monday 2026-09-28 00:00 in Shanghai: when a record begins if nobody says."""
RECEIPT_NS = 150_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Columns in the order of receipt; tag indexes `tags`."""

    tags: tuple[str, ...]
    tag: npt.NDArray[np.uint32]
    t_ns: npt.NDArray[np.int64]
    v: Floats
    q: npt.NDArray[np.uint32]

    def save(self, file: Path) -> None:
        r_ns = self.t_ns + RECEIPT_NS
        tags = np.array(self.tags)
        np.savez(file, tags=tags, tag=self.tag, t_ns=self.t_ns, v=self.v, q=self.q, r_ns=r_ns)


def record(
    config: Path,
    *,
    days: float,
    seed: int,
    out: Path,
    events: Path | None = None,
    start_ns: int = START_NS,
    progress: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """Writes `out` and its truth. events: JSON lines, commands with `at` (seconds from the start, or
    RFC 3339) and perhaps `duration_s`. Raises WrongOrder, ValueError, OSError."""
    commands = read_events(events, start_ns) if events else []
    with tempfile.TemporaryDirectory() as folder:
        world = World(config, make_truth(config, network_of(config), Path(folder), seed), seed, start_ns)
        recorder = Recorder(world, config, commands)
        parts = []
        end_ns = start_ns + round(days * DAY_S) * S
        for part in recorder.days(end_ns):
            parts.append(part)
            progress(min(1.0, (world.now_ns - start_ns) / (end_ns - start_ns)))
        world.close()
    whole = join(parts)
    _write(whole, out)
    truths = [trouble.truth() for trouble in recorder.troubles]
    text = "".join(json.dumps(truth, ensure_ascii=False) + "\n" for truth in truths)
    out.with_name(out.name + ".truth.jsonl").write_text(text, encoding="utf-8")
    return {"samples": len(whole.t_ns), "days": days, "troubles": len(truths), "file": str(out)}


class Recorder:
    """Runs a world and reads its instruments: each minute, those of water quality each five. What lies
    outside an instrument's range is Bad, as the collectors would have marked it."""

    def __init__(
        self, world: World, config: Path, commands: Sequence[tuple[int, dict[str, Any]]] = ()
    ) -> None:
        self._world = world
        self._due = sorted(commands, key=lambda command: command[0])
        self.troubles: list[Trouble] = world.troubles
        rows = read_sensors(config)
        self._low, self._high = np.array([row.low for row in rows]), np.array([row.high for row in rows])
        slow = np.array([row.quantity in QUALITY for row in rows])
        self._slow, self._fast = np.flatnonzero(slow), np.flatnonzero(~slow)
        self._minutes = MinuteNoise(world)

    def days(self, end_ns: int) -> Iterator[Samples]:
        """A day at a time, from where the world stands up to (not including) `end_ns`."""
        begin = self._world.now_ns
        while begin < end_ns:
            until = min(begin + DAY_S * S, end_ns)
            yield self._day(begin, until)
            begin = until

    def _day(self, begin: int, end: int) -> Samples:
        minutes = np.arange(begin, end, MINUTE_S * S, dtype=np.int64)
        grid, rows = [], []
        for t_ns in self._moments(begin, end):
            state = self._world.move(t_ns)
            grid.append(t_ns)
            rows.append(self._world.physical(state))
            self._obey(t_ns)
        at, known = np.array(grid, np.int64), np.array(rows)
        values = np.stack([np.interp(minutes, at, column) for column in known.T], axis=1)
        seconds = minutes / S
        self._minutes.add(values, seconds, at / S)
        self._world.dress(values, seconds, self.troubles)
        return self._measure(values, minutes)

    def _moments(self, begin: int, end: int) -> list[int]:
        """When the water is computed: each five minutes, and each minute around every change."""
        moments = set(range(begin, end, COARSE_S * S)) | {end - MINUTE_S * S}
        changes = [t_ns for t_ns, _ in self._due]
        changes += [t.end_ns for t in self.troubles if t.end_ns is not None]
        changes += [t_ns + round(float(c.get("duration_s", 0)) * S) for t_ns, c in self._due]
        for change in changes:
            change -= change % (MINUTE_S * S)
            fine = range(change - FINE_BEFORE_S * S, change + FINE_AFTER_S * S, MINUTE_S * S)
            moments |= {t_ns for t_ns in fine if begin <= t_ns < end}
        return sorted(moments)

    def _obey(self, t_ns: int) -> None:
        while self._due and self._due[0][0] <= t_ns:
            before = {trouble.id for trouble in self._world.troubles}
            _, command = self._due.pop(0)
            self._world.order(command)
            if command["command"] == "clear":
                self.troubles = [replace(t, end_ns=t.end_ns or t_ns) for t in self.troubles]
            self.troubles += [trouble for trouble in self._world.troubles if trouble.id not in before]

    def _measure(self, values: Floats, minutes: npt.NDArray[np.int64]) -> Samples:
        shown = self._world.show(values, minutes)
        times = np.repeat(minutes[:, None], values.shape[1], axis=1)
        codes = np.zeros(values.shape, np.uint32)
        faults = [trouble for trouble in self.troubles if trouble.kind is Kind.FAULT]
        for k, t_ns in enumerate(minutes.tolist() if faults else []):
            if running := [fault for fault in faults if fault.runs_at(t_ns)]:
                reading = self._world.read(values[k], t_ns, running)
                shown[k], codes[k], times[k] = reading.v, reading.q, reading.t_ns
        beyond = ((shown < self._low) | (shown > self._high)) & (codes >> 31 == 0)
        codes[beyond], shown[beyond] = Status.BAD_OUT_OF_RANGE, np.nan
        kept = np.zeros(values.shape, np.bool_)
        kept[:, self._fast] = True
        kept[np.ix_(minutes % (COARSE_S * S) == 0, self._slow)] = True
        tag = np.broadcast_to(np.arange(values.shape[1], dtype=np.uint32), values.shape)
        return Samples(self._world.tags, tag[kept], times[kept], shown[kept], codes[kept])


def join(parts: Sequence[Samples]) -> Samples:
    """Parts of the same tags, one after the other."""
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("tag", "t_ns", "v", "q")]
    return Samples(parts[0].tags, *columns)


def read_events(file: Path, start_ns: int) -> list[tuple[int, dict[str, Any]]]:
    """Commands with their time. Raises ValueError naming the line."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            command = json.loads(line)
            at = command.pop("at")
            if isinstance(at, str):
                t_ns = round(datetime.fromisoformat(at).timestamp()) * S
            else:
                t_ns = start_ns + round(float(at)) * S
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file}:{number}: not a command with `at`: {error}") from error
        found.append((t_ns, command))
    return found


def network_of(config: Path) -> str:
    """The name of the network model in a configuration folder."""
    hub = yaml.safe_load((config / "hub.yaml").read_text(encoding="utf-8"))
    return str(hub.get("network", "network.inp"))


def _write(samples: Samples, out: Path) -> None:
    if out.suffix == ".npz":
        samples.save(out)
        return
    if not out.name.endswith((".csv", ".csv.gz")):
        raise ValueError(f"{out}: a sample file ends in .npz, .csv or .csv.gz")
    opener: Any = gzip.open if out.suffix == ".gz" else open
    with opener(out, "wt", encoding="utf-8") as file:
        file.write("t_ns,tag,value,quality,r_ns\n")
        columns = (samples.tag.tolist(), samples.t_ns.tolist(), samples.v.tolist(), samples.q.tolist())
        for tag, t_ns, v, q in zip(*columns, strict=True):
            value = "" if q >> 31 else repr(round(v, 6))
            file.write(f"{t_ns},{samples.tags[tag]},{value},{q},{t_ns + RECEIPT_NS}\n")
