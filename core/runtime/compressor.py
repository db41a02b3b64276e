"""Deadband and swinging door between the spool and a historian (collection.md 11.7).

Stored always: a tag's first sample, every change of its status, what is late, new extremes, the last sample
before a change (so that a step is not drawn as a ramp), and one at least in every `max_silence`. What is left
out differs from what the stored ones show by no more than the deadband, held until the next (deadband) or
joined by straight lines (swinging door; Bristol 1990, ISA Trans. 29; here with an exact cone, so that the
bound holds at every sample).
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from core.model.archive import ArchiveRule
from core.model.sample import Batch, Floats, Int64s
from core.runtime.numbering import Numbering

SECOND = 1_000_000_000
NEVER = -(1 << 62)
_STATUS = np.uint32(0xFFFF0000)
STATE = np.dtype(
    [
        ("last_ns", "i8"),
        ("last_q", "u4"),
        ("ref_ns", "i8"),
        ("ref_v", "f8"),
        ("window_ns", "i8"),
        ("low", "f8"),
        ("high", "f8"),
        ("slope_low", "f8"),
        ("slope_high", "f8"),
        ("held", "?"),
        ("held_ns", "i8"),
        ("held_v", "f8"),
        ("held_q", "u4"),
        ("held_r", "i8"),
        ("held_flags", "u1"),
    ]
)
"""Of each tag: newest sample seen; last stored one (ref); the window of `min_interval` with its extremes; the
cone of slopes from ref that pass all left-out samples; the newest left-out sample (held)."""
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.void]


class Compressor:
    """rules: by tag; tags without one pass untouched. Deterministic: the same batches from the same state
    give the same, so that a recorder can restore a snapshot and go on."""

    def __init__(self, rules: Mapping[str, ArchiveRule]) -> None:
        self._tags = Numbering(rules, grows=False)
        chosen = list(rules.values())
        self._deadband = np.array([rule.deadband for rule in chosen], np.float64)
        self._door = np.array([rule.swinging_door or np.nan for rule in chosen], np.float64)
        self._least_ns = np.array([round(rule.min_interval_s * SECOND) for rule in chosen], np.int64)
        self._most_ns = np.array([round(rule.max_silence_s * SECOND) for rule in chosen], np.int64)
        self._state = np.zeros(len(chosen), STATE)
        self._state["last_ns"] = NEVER

    def compress(self, batch: Batch) -> Batch:
        """What of a batch is to be stored, and what of earlier ones is now; the rest may be forgotten."""
        places = self._tags.of(batch.tags)
        if places.max(initial=-1) < 0:
            return batch
        place = places[batch.tag]
        kept = place < 0
        told: list[tuple[npt.NDArray[np.uint32], Rows]] = []
        for rows in _rounds(place):
            store, held = self._round(place[rows], batch, rows)
            kept[rows[store]] = True
            if held.any():
                told.append((batch.tag[rows[held]], self._before[held]))
        return _joined(batch.where(kept), told)

    def _round(self, at: npt.NDArray[np.intp], batch: Batch, rows: Int64s) -> tuple[Mask, Mask]:
        """One sample of each of several tags: which are stored, and whose held one is (in `_before`)."""
        state = self._before = self._state[at]
        t_ns, v, q = batch.t_ns[rows], batch.v[rows], batch.q[rows]
        late = t_ns <= state["last_ns"]
        turned = (state["last_ns"] == NEVER) | ((q ^ state["last_q"]) & _STATUS != 0)
        door = self._door[at]
        swinging = np.isfinite(door)
        moved = ~swinging & self._moved(at, t_ns, v, state)
        bent = swinging & _outside(t_ns, v, state) & state["held"]
        silent = (t_ns - np.where(bent, state["held_ns"], state["ref_ns"])) >= self._most_ns[at]
        store = ~late & (turned | moved | silent)
        emit = ~late & state["held"] & (turned | moved | bent)
        new = state.copy()
        _restart(new, emit & bent & ~store, state["held_ns"], state["held_v"])
        _restart(new, store, t_ns, v)
        fresh = store & (t_ns - state["window_ns"] >= self._least_ns[at]) | turned
        new["window_ns"] = np.where(fresh, t_ns, new["window_ns"])
        new["low"] = np.where(fresh, v, np.where(store, np.fmin(new["low"], v), new["low"]))
        new["high"] = np.where(fresh, v, np.where(store, np.fmax(new["high"], v), new["high"]))
        leave = ~late & ~store
        _narrow(new, leave, t_ns, v, door)
        new["held"] = np.where(store, False, leave & np.isfinite(v) | new["held"] & ~emit)
        for name, column in (("ns", t_ns), ("v", v), ("q", q)):
            new[f"held_{name}"] = np.where(leave, column, new[f"held_{name}"])
        new["held_r"] = np.where(leave, batch.r_ns[rows], new["held_r"])
        new["held_flags"] = np.where(leave, batch.flags[rows], new["held_flags"])
        new["last_ns"], new["last_q"] = t_ns, q
        self._state[at[~late]] = new[~late]
        return store | late, emit

    def _moved(self, at: npt.NDArray[np.intp], t_ns: Int64s, v: Floats, state: Rows) -> Mask:
        """Beyond the deadband; within `min_interval` only beyond the extremes of the window."""
        band = self._deadband[at]
        beyond = np.abs(v - state["ref_v"]) > band
        extreme = (v > state["high"] + band) | (v < state["low"] - band)
        open_window = t_ns - state["window_ns"] < self._least_ns[at]
        return np.asarray(beyond & (~open_window | extreme), np.bool_)

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode({"tags": self._tags.names, "state": self._state.tobytes()})

    def restore(self, content: bytes) -> None:
        """Tags that the snapshot does not know begin anew. Raises ValueError for what is no snapshot."""
        kept: dict[str, Any] = msgspec.msgpack.decode(content)
        state = np.frombuffer(kept["state"], STATE)
        for tag, row in zip(kept["tags"], state, strict=True):
            if (at := self._tags.get(tag)) is not None:
                self._state[at] = row


def _rounds(place: npt.NDArray[np.intp]) -> list[Int64s]:
    """Indices of the batch with a rule, in rounds of one sample a tag, in the order they came."""
    rows = np.flatnonzero(place >= 0)
    order = rows[np.argsort(place[rows], kind="stable")]
    tags = place[order]
    first = np.concatenate(([True], tags[1:] != tags[:-1]))
    starts = np.flatnonzero(first)
    if len(starts) == len(order):
        return [order]
    nth = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return [order[nth == n] for n in range(int(nth.max()) + 1)]


def _outside(t_ns: Int64s, v: Floats, state: Rows) -> Mask:
    """The line from the last stored sample to this one misses one that was left out."""
    slope = (v - state["ref_v"]) / np.maximum(t_ns - state["ref_ns"], 1)
    return np.asarray((slope < state["slope_low"]) | (slope > state["slope_high"]), np.bool_)


def _restart(state: Rows, where: Mask, t_ns: Int64s, v: Floats) -> None:
    state["ref_ns"] = np.where(where, t_ns, state["ref_ns"])
    state["ref_v"] = np.where(where, v, state["ref_v"])
    state["slope_low"] = np.where(where, -np.inf, state["slope_low"])
    state["slope_high"] = np.where(where, np.inf, state["slope_high"])


def _narrow(state: Rows, where: Mask, t_ns: Int64s, v: Floats, door: Floats) -> None:
    """The cone after leaving out this sample."""
    dt = np.maximum(t_ns - state["ref_ns"], 1)
    low, high = (v - door - state["ref_v"]) / dt, (v + door - state["ref_v"]) / dt
    state["slope_low"] = np.where(where, np.fmax(state["slope_low"], low), state["slope_low"])
    state["slope_high"] = np.where(where, np.fmin(state["slope_high"], high), state["slope_high"])


def _joined(batch: Batch, told: list[tuple[npt.NDArray[np.uint32], Rows]]) -> Batch:
    if not told:
        return batch
    tag = np.concatenate([tags for tags, _ in told])
    rows = np.concatenate([rows for _, rows in told])
    return Batch(
        batch.names,
        np.concatenate((tag, batch.tag)),
        np.concatenate((rows["held_ns"], batch.t_ns)),
        np.concatenate((rows["held_v"], batch.v)),
        np.concatenate((rows["held_q"], batch.q)),
        np.concatenate((rows["held_r"], batch.r_ns)),
        np.concatenate((rows["held_flags"], batch.flags)),
    )
