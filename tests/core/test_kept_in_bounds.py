"""What is remembered of what goes by has a bound, however long a hub runs."""

import tracemalloc
import weakref

from core.runtime.numbering import OBJECTS, Remembered
from core.runtime.pace import Pace


class Poll:
    """Of one tag; it can be told when it is gone."""

    def __len__(self) -> int:
        return 1


def test_what_names_other_tags_each_time_is_forgotten_before_it_fills_memory() -> None:
    known = Remembered[Poll, int](len)
    alive = weakref.WeakSet[Poll]()
    for _ in range(5 * OBJECTS):
        poll = Poll()
        alive.add(poll)
        assert known.of(poll) == 1
    del poll
    assert len(alive) <= OBJECTS


def test_what_comes_again_is_made_once() -> None:
    made: list[Poll] = []
    known = Remembered[Poll, None](made.append)
    polls = [Poll() for _ in range(100)]
    for _ in range(3):
        for poll in polls:
            known.of(poll)
    assert len(made) == 100


def test_the_pace_of_a_hub_without_a_backlog_takes_no_memory_for_the_days_it_ran() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])

    def day() -> None:
        for _ in range(100_000):
            now[0] += 0.5
            pace.lived(100)

    tracemalloc.start()
    try:
        day()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 50_000, "bytes"
    assert pace.rate == 10_000.0
