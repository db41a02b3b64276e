"""From what lies in the folder to a log that goes on, whatever happened to it. Never a crash loop."""

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from core.adapters.segment_spool.books import balancing
from core.adapters.segment_spool.legacy import OLD, carry_over
from core.adapters.segment_spool.log import Log
from core.adapters.segment_spool.room import Bounds
from core.adapters.segment_spool.segment import SUFFIX, Segment, segments
from core.adapters.segment_spool.state import State


def open_locked(folder: Path, bounds: Bounds, now_ns: Callable[[], int]) -> tuple[Log, TextIO]:
    """The folder is locked until the file that comes with the log is closed. Raises BlockingIOError when
    another process has it open, OSError when the disk does not do what it should."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise BlockingIOError(f"another process has the spool {folder} open") from error
    log = _open_log(folder, bounds, now_ns)
    log.measure()
    return log, lock


def _open_log(folder: Path, bounds: Bounds, now_ns: Callable[[], int]) -> Log:
    for rest in folder.glob("*.new"):
        rest.unlink()
    if (folder / OLD).exists():
        for half in folder.glob(f"*{SUFFIX}"):
            half.unlink()
    log = Log(folder, bounds, now_ns)
    log.shelf.files = segments(folder)
    if not log.shelf.files:
        log.begin_file(now_ns())
        carry_over(folder, log)
        return log
    damaged = _replay(log)
    newest = log.shelf.files[-1]
    if not damaged:
        log.take_up(newest)
        return log
    for file in damaged:
        log.shelf.set_aside(file, now_ns())
    log.begin_file(now_ns())
    log.changes([["bad", {seq: samples}] for file in damaged for seq, samples in file.bad.items()])
    log.changes(balancing(log))
    return log


def _replay(log: Log) -> list[Segment]:
    """The state at the end of the newest file, from the newest record of a whole state. Returns the files
    that were found damaged."""
    files = log.shelf.files
    at = len(files) - 1
    files[at].learn(replay=True)
    while files[at].state is None and at > 0:
        at -= 1
        files[at].learn(replay=True)
    state = files[at].state or State(log.state.spool, files[0].first - 1)
    for i in range(at if files[at].state is None else at + 1, len(files)):
        files[i] = Segment(files[i].path, files[i].first)
        files[i].learn(state.copy(), replay=True)
        state = files[i].state or state
    log.state = state
    log.state.last_seq = max(state.last_seq, files[-1].last)
    return [file for file in files[at:] if file.skipped or file.bad]
