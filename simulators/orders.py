"""The orders that the town still follows, kept so that a restart goes on with them.

DATA/town/orders.jsonl: one line an order with its answer, in the order of asking; `clear` empties it.
"""

import json
import os
from pathlib import Path
from typing import Any


class OrderBook:
    """Each line is `{"command": {…}, "truth": {…}}`, on disk (fsync) when `add` returns."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> list[dict[str, Any]]:
        """A line cut short by a crash was never answered, and is left out."""
        try:
            lines = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines[:-1] if line]

    def add(self, command: dict[str, Any], truth: dict[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"command": command, "truth": truth}, ensure_ascii=False).encode() + b"\n"
        with self._file.open("r+b" if self._file.exists() else "w+b") as stream:
            whole = stream.read()
            stream.seek(whole.rfind(b"\n") + 1)
            stream.truncate()
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())

    def clear(self) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(b"")
        fresh.replace(self._file)
