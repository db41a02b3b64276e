"""A clock of a hub that a test puts ahead."""

from core.runtime.clock import AnchoredClock


class Later(AnchoredClock):
    """It goes on, and may be put ahead."""

    ahead_ns = 0

    def now_ns(self) -> int:
        return super().now_ns() + self.ahead_ns
