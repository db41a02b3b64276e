"""F11, A-04, R-16: the alarm engine is killed at a hundred points, commit boundaries included. Whatever the
moment, every alarm is as the journal tells, fact by fact, and nothing is there twice."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from tests.alarms.killed import (
    Observer,
    answered,
    audited,
    begun,
    ends,
    fates,
    lived,
    lives,
    really,
    shelves_ended_in_time,
)
from tests.faults.forms import form

KILLS = form(100, 1_000)
VERSIONS = 4
"""Of the master database, one after the other."""
HAPPENED = {
    *("raise", "clear", "ack", "reset", "escalate", "shelve", "unshelve", "shelf_expired"),
    *("quiet", "suppress", "unsuppress", "oos_on", "oos_off", "quality_bad", "quality_good", "restart"),
}


@pytest.mark.timeout(form(280, 3_000))
async def test_killed_at_a_hundred_points_every_alarm_is_as_the_journal_tells_by_hash(tmp_path: Path) -> None:
    observer, told = Observer(), []
    with lives(tmp_path) as process:
        for n, fate in enumerate(fates(KILLS)):
            if n % 10 == 9:
                fate |= {"seconds": 1.2}
                fate.pop("at", None)
            fate["config"] = str(1 + n * VERSIONS // KILLS)
            told.append(await asyncio.to_thread(lived, process, **fate))
            await observer.agrees(tmp_path)
        for last in ({"seconds": 60.0, "each_once": True}, {"seconds": 2.5, "busy": False}):
            told.append(await asyncio.to_thread(lived, process, seed=1, config=str(VERSIONS), **last))
            await observer.agrees(tmp_path)
    assert sum(one["by_itself"] for one in told) >= KILLS // 4, "killed at boundaries"
    assert {entry.event for entry in observer.entries} >= HAPPENED
    last_ns = begun(observer.entries, told[-1])
    assert not [a for a in observer.alarms.values() if a.shelf and really(a.shelf.until_ns) < last_ns]
    await audited(tmp_path, observer)
    assert await answered(tmp_path) >= KILLS // 20, "incidents with one order and one draft"
    assert shelves_ended_in_time(observer.entries, told) >= KILLS // 10
    down = [(a["died_ns"], b["born_ns"]) for a, b in pairwise(told)]
    assert any(a <= due <= b for due, _ in ends(observer.entries) for a, b in down), "one fell in a downtime"
