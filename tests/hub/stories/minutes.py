"""When in a minute of the clock something is done."""

import time


def late_in_a_minute() -> bool:
    """At most 15 s are left of it, of which telling the town takes some: a window of whole minutes would tell
    at the end of the next, over a minute later (docs/explanations/bursts.md)."""
    return 45 <= time.time() % 60 < 50
