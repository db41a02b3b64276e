"""What the town must remember across a restart: its seed, how far it came, and what is wrong in it.

DATA/town/memory.json, replaced whole; on disk (fsync) when `save` returns.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from core.durable_file import replace_file
from simulators.troubles import Kind, Trouble

FILE = "memory.json"


@dataclass(frozen=True, slots=True)
class Memory:
    """at_ns: plant time up to which the town has lived, on the board or in the history files."""

    seed: int
    at_ns: int
    troubles: tuple[Trouble, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """None before the first save."""
        try:
            fields = json.loads((folder / FILE).read_bytes())
        except FileNotFoundError:
            return None
        troubles = tuple(trouble_of(one) for one in fields.pop("troubles"))
        return cls(**fields, troubles=troubles)

    def save(self, folder: Path) -> None:
        replace_file(folder / FILE, json.dumps(asdict(self), ensure_ascii=False).encode())


def trouble_of(fields: dict[str, object]) -> Trouble:
    """From its fields as JSON."""
    ends = fields["ends"]
    assert isinstance(ends, Iterable)
    changed = {"kind": Kind(str(fields["kind"])), "ends": tuple(ends)}
    return Trouble(**{**fields, **changed})  # type: ignore[arg-type]
