"""Tags whose samples are worth less than they say of themselves: in maintenance, or frozen."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.model.quality import Codes


class Marks:
    """The least quality of each marked tag, by who marked it. Worst wins; a Bad sample stays as it is."""

    def __init__(self) -> None:
        self._by: dict[str, Mapping[str, int]] = {}
        self.version = 0

    def set(self, by: str, codes: Mapping[str, int]) -> None:
        """Replaces everything that `by` had marked."""
        if self._by.get(by, {}) != codes:
            self._by[by] = dict(codes)
            self.version += 1

    def of(self, tags: Sequence[str]) -> Codes | None:
        """The code of each, 0 for unmarked; None when none of them is marked."""
        if not any(self._by.values()):
            return None
        codes: list[int] = [
            max((marks.get(tag, 0) for marks in self._by.values()), default=0) for tag in tags
        ]
        return np.array(codes, np.uint32) if any(codes) else None
