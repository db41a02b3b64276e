"""Which lines of a refused body are at fault, out of InfluxDB's own words where they tell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.adapters.historian_rows import refusals
from core.model.sample import Batch, Int64s
from core.ports.quarantine import Refusal

Indices = npt.NDArray[np.intp]
_NAMED = "unable to parse '"
_DROPPED = re.compile(r"dropped=(\d+)")
_LOWER = re.compile(r"Retention Policy Lower Bound at (\S+)Z")
_REASON = 300
_CAUSE = re.compile(r"(\w+): ")


class Fault(NamedTuple):
    """An answer that is about the body. message: the server's own words."""

    status: int
    message: str


def blamed(fault: Fault, body: bytes, t_ns: Int64s) -> tuple[dict[int, str], list[Indices]]:
    """The lines that are at fault, by their place in the body, with the reason; and what must be offered
    again, in parts. t_ns: the time of each line."""
    n = len(t_ns)
    named = _named(fault, body) if fault.status == 400 else _too_old(fault, t_ns)
    if named:
        rest = np.setdiff1d(np.arange(n), list(named))
        return named, [rest] if fault.status == 400 else []
    dropped = _DROPPED.search(fault.message)
    if n == 1 or (fault.status == 422 and dropped and int(dropped[1]) == n):
        return dict.fromkeys(range(n), _reason(fault.status, fault.message)), []
    return {}, np.array_split(np.arange(n), 2)


def _named(fault: Fault, body: bytes) -> dict[int, str]:
    """400: the message repeats each line that does not parse, with the reason behind it."""
    lines = body.decode().split("\n")
    if len(lines) == 1:
        return {}
    places: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        places.setdefault(line, []).append(i)
    found: dict[int, str] = {}
    for piece in ("\n" + fault.message).split("\n" + _NAMED)[1:]:
        line, _, why = piece.rpartition("': ")
        found.update(dict.fromkeys(places.get(line, ()), _reason(fault.status, why)))
    return found


def _too_old(fault: Fault, t_ns: Int64s) -> dict[int, str]:
    """422 for retention names its bound and how many are older; believed only where both agree."""
    bound, dropped = _LOWER.search(fault.message), _DROPPED.search(fault.message)
    if fault.status != 422 or not bound or not dropped:
        return {}
    oldest = np.datetime64(bound[1], "ns").astype(np.int64)
    old = np.flatnonzero(t_ns < oldest)
    if len(old) != int(dropped[1]):
        return {}
    return dict.fromkeys(old.tolist(), f"beyond_retention: older than {bound[1]}Z")


def _reason(status: int, words: str) -> str:
    return f"{status} {words[:_REASON]}"


def refused_lines(
    batches: Sequence[Batch], order: Int64s | None, refused: Mapping[int, str]
) -> Iterator[Refusal]:
    """refused: settled rows, each with its reason before a colon, or the server's status and words. One
    refusal a batch and reason."""
    ends = np.cumsum([len(batch) for batch in batches])
    groups: dict[tuple[int, str], tuple[str, list[int]]] = {}
    for i, words in refused.items():
        at = i if order is None else int(order[i])
        batch = int(np.searchsorted(ends, at, "right"))
        known = _CAUSE.match(words)
        reason = known[1] if known else f"store_{words[:3]}"
        group = groups.setdefault((batch, reason), (words, []))
        group[1].append(at - int(ends[batch]) + len(batches[batch]))
    for (batch, reason), (words, places) in groups.items():
        which = np.zeros(len(batches[batch]), np.bool_)
        which[places] = True
        yield from refusals(batches[batch], which, reason, words)
