"""What a payload says, before anybody knows whose tags these are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.mqtt.refusal import Refused
from collectors.mqtt.values import Read


class Reading(NamedTuple):
    """device: None when only the topic names it; t_ns: None when the payload gives no time; value: which
    of the map's values; read: in the payload's unit, with its status."""

    device: str | None
    t_ns: int | None
    value: int
    read: Read


@dataclass(slots=True)
class Said:
    """readings: in the payload's order; refused: the parts that are none, each with its reason."""

    readings: list[Reading] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


Decoder = Callable[[bytes], Said]
"""Raises Refused when the payload as a whole is of no use; nothing else, whatever the bytes."""

Quick = tuple[str | None, list[int], list[float], list[tuple[int, int]]]
"""Device, then for each value of each reading, all of them there: its time, its number, and which are not
Good."""
Fast = Callable[[bytes], Quick | None]
"""None: ask the Decoder."""
