"""The town before anybody looked: what a hub would have recorded, for its first start and for every gap.

A file a day in DATA/history, which the hub imports and removes. What is written is remembered day by day,
so that a start cut short goes on where it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from simulators.accounts import write_accounts
from simulators.memory import Memory
from simulators.meter_use import HOUR_S, MeterUse
from simulators.record import Recorder, Samples, network_of
from simulators.truth import TRUTH_INP, make_truth
from simulators.world import World

S = 1_000_000_000
MINUTE_NS = 60 * S
DAY_NS = 86_400 * S
HISTORY_DAYS = 28
SMALLEST_GAP_NS = 2 * MINUTE_NS
"""Less than this is not worth a backfill: the town simply runs on."""

Progress = Callable[[str, float], None]


def found(config: Path, data: Path, seed: int) -> Path:
    """The truth and the customers, made at the first start; the path of truth.inp. Raises OSError."""
    truth = make_truth(config, network_of(config), data / "town", seed)
    write_accounts(config, data / "utility" / "accounts.csv", seed, network=network_of(config))
    return truth


def awake(config: Path, data: Path, memory: Memory) -> World:
    """A world as it was when it was last remembered, with what is wrong in it."""
    world = World(config, data / "town" / TRUTH_INP, memory.seed, memory.at_ns)
    for trouble in memory.troubles:
        if trouble.end_ns is None or trouble.end_ns > memory.at_ns:
            world.resume(trouble)
    return world


def prepare(config: Path, data: Path, seed: int, now_ns: int, progress: Progress) -> int:
    """Makes whatever is missing up to `now_ns` (plant time); how many samples of history it wrote."""
    truth = found(config, data, seed)
    memory = Memory.load(data / "town")
    if memory is None:
        memory = Memory(seed, now_ns // MINUTE_NS * MINUTE_NS - HISTORY_DAYS * DAY_NS)
    if now_ns - memory.at_ns < SMALLEST_GAP_NS:
        return 0
    world = awake(config, data, memory)
    use = MeterUse.read(data / "utility" / "accounts.csv", truth, world.areas)
    begin, written = memory.at_ns, 0
    world.move(-(-begin // MINUTE_NS) * MINUTE_NS)
    for part in _days(world, config, use, now_ns // MINUTE_NS * MINUTE_NS):
        written += len(part.t_ns)
        _put(part, data / "history", int(part.t_ns[0]))
        world.save()
        memory = replace(memory, at_ns=world.now_ns, troubles=tuple(world.troubles))
        memory.save(data / "town")
        progress("history", min(1.0, (world.now_ns - begin) / (now_ns - begin)))
    world.close()
    return written


def _days(world: World, config: Path, use: MeterUse, end_ns: int) -> Iterator[Samples]:
    """A day at a time, what the meters showed at its full hours beside the instruments."""
    begin = world.now_ns
    for part in Recorder(world, config).days(end_ns):
        until = min(begin + DAY_NS, end_ns)
        yield _with_meters(part, use, world, begin, until)
        begin = until


def _with_meters(part: Samples, use: MeterUse, world: World, begin_ns: int, end_ns: int) -> Samples:
    hours = range(-(-begin_ns // (HOUR_S * S)), -(-end_ns // (HOUR_S * S)))
    shown = [np.round(use.registers(world, hour), 3) for hour in hours]
    n = len(use.meters)
    tag = np.tile(np.arange(n, dtype=np.uint32) + np.uint32(len(part.tags)), len(hours))
    t_ns = np.repeat(np.array(hours, np.int64) * HOUR_S * S, n)
    order = np.argsort(np.concatenate([part.t_ns, t_ns]), kind="stable")
    return Samples(
        (*part.tags, *(f"meter.{meter}" for meter in use.meters)),
        np.concatenate([part.tag, tag])[order],
        np.concatenate([part.t_ns, t_ns])[order],
        np.concatenate([part.v, *shown])[order],
        np.concatenate([part.q, np.zeros(len(t_ns), np.uint32)])[order],
    )


def _put(part: Samples, folder: Path, t_ns: int) -> None:
    """Whole or not at all; files sort by time."""
    writing = folder / "writing"
    writing.mkdir(parents=True, exist_ok=True)
    name = f"{t_ns // S}.npz"
    part.save(writing / name)
    (writing / name).replace(folder / name)
    writing.rmdir()
