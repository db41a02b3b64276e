"""When something was done, by a phone that may have been without a network, and whose clock may be wrong."""

from core.ports.clock import Clock

LONGEST_NS = 72 * 3600 * 1_000_000_000
"""What a phone claims to have kept for longer is taken to be so old."""


def done_ns(clock: Clock, at_ns: int, sent_ns: int) -> int:
    """Plant time, ns. at_ns: the phone's clock when it was done; sent_ns: when the phone sent it. Only the
    difference counts, so that a wrong clock does no harm; never later than now."""
    ago_ns = min(max(0, sent_ns - at_ns), LONGEST_NS)
    return clock.now_ns() - round(ago_ns * clock.anchor.speed)
