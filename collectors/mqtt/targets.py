"""Every tag that payloads write to, in columns: how its number is made of theirs, and what is possible."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from collectors.mqtt.map_spec import Value
from collectors.mqtt.units import conversion
from core.model.quality import Codes, Status
from core.model.sample import Floats
from core.model.tag import Tag

UNTAGGED = -1
"""The plant has no tag for this value."""


class Targets:
    """Numbered from 0 as they are found. misfits: tags whose unit the payload's cannot be made into, with the
    cause in one line; device_of: the meter of each tag."""

    def __init__(self, tags: Mapping[str, Tag]) -> None:
        self._tags = tags
        self._index: dict[tuple[str, Value], int] = {}
        self._rows: list[tuple[float, float, float, float]] = []
        self._columns = np.empty((4, 0))
        self.names: list[str] = []
        self.misfits: dict[str, str] = {}
        self.device_of: dict[str, str] = {}

    def place(self, base: str, value: Value, device: str | None) -> int:
        tag = self._tags.get(f"{base}.{value.name}" if value.name else base)
        if tag is None:
            return UNTAGGED
        known = self._index.setdefault((tag.id, value), len(self._rows))
        if known == len(self._rows):
            self._rows.append(self._row(tag, value))
            self.names.append(tag.id)
            if device is not None:
                self.device_of[tag.id] = device
        return known

    def _row(self, tag: Tag, value: Value) -> tuple[float, float, float, float]:
        low = -np.inf if tag.low is None else tag.low
        high = np.inf if tag.high is None else tag.high
        made = conversion(value.unit, tag.unit)
        if made is None:
            self.misfits[tag.id] = f"{value.unit} cannot be made into the tag's {tag.unit}: correct the map"
            return np.nan, np.nan, low, high
        return value.scale * made.factor, value.add * made.factor + made.add, low, high

    def convert(self, at: npt.NDArray[np.intp], raw: Floats, q: Codes) -> Floats:
        """The payload's numbers in their tags' units; what cannot be one is marked in q, and NaN."""
        if len(self._rows) != self._columns.shape[1]:
            self._columns = np.array(self._rows).T.copy()
        factor, add, low, high = self._columns[:, at]
        with np.errstate(over="ignore"):
            v: Floats = raw * factor + add
        possible = (v >= low) & (v <= high) & np.isfinite(v)
        wrong = ~possible & (q < Status.BAD)
        if wrong.any():
            q[wrong] = np.where(
                np.isnan(factor[wrong]), Status.BAD_CONFIGURATION_ERROR, Status.BAD_OUT_OF_RANGE
            )
        v[q >= Status.BAD] = np.nan
        return v
