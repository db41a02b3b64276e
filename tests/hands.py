"""A clock for tests that stands where it is put."""

import time

from core.model.clock import Anchor
from core.runtime.clock import AnchoredClock


class Hands(AnchoredClock):
    """It stands until it is put to another time."""

    def __init__(self, t_ns: int) -> None:
        super().__init__(Anchor(0, t_ns, 0.0))

    def to(self, t_ns: int, speed: float = 0.0) -> None:
        """speed: at which it goes on from there."""
        self._anchor = Anchor(time.time_ns(), t_ns, speed)
