"""The alarm room as a process to be killed, and quick to begin again: everything is imported once, and each
life is a fork.

    python -m tests.alarms.alarm_lives FOLDER

Each line of standard input is a life, as JSON. It is answered, when that life is over, by a line of what
became of it. It is killed with SIGKILL: from outside when its seconds are over, or by itself at the n-th time
that it passes a boundary: `before` a commit of the ledger, `within` it (up to 4 ms later, while SQLite
writes), `after` it, with the spool's cursor yet `unmoved`, or just `moved`.
"""

import asyncio
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alarms.service import AlarmService
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sql_ledger.tx import SqlTx
from core.ports.spool import Tally
from response.service import ResponseService
from tests.alarms import busy_room
from tests.alarms.each_once import EachOnce

WITHIN_S = 0.004
"""A commit and its fsync take about so long."""


class Fate:
    """Where a life ends: at which boundary of which commit; never of itself without one."""

    def __init__(self, at: str | None, n: int, chance: random.Random) -> None:
        self.at, self._left, self._chance = at, n, chance

    def passes(self, boundary: str) -> None:
        if boundary != self.at:
            return
        self._left -= 1
        if self._left == 0 and boundary == "within":
            late_s = self._chance.uniform(0, WITHIN_S)
            threading.Timer(late_s, os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalLedger(SqlLedger):
    """The ledger itself; its process ends at a boundary."""

    fate: Fate

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTx]:
        async with super().begin() as tx:
            yield tx
            self.fate.passes("before")
            self.fate.passes("within")
        self.fate.passes("after")


class MortalSpool(SegmentSpool):
    """The spool itself; its process ends when a cursor has been moved."""

    fate: Fate

    async def advance(
        self, cursor: str, seq: int, tally: Tally | None = None, *, after: int | None = None
    ) -> None:
        self.fate.passes("unmoved")
        await super().advance(cursor, seq, tally, after=after)
        self.fate.passes("moved")


async def live(folder: Path, life: dict[str, Any]) -> None:
    chance = random.Random(life["seed"])
    fate = Fate(life.get("at"), life.get("n", 0), chance)
    spool = await MortalSpool.open(folder / "spool")
    ledger = await MortalLedger.open(folder / "ledger.db")
    spool.fate = ledger.fate = fate
    clock, town = busy_room.clock(life["began_ns"]), busy_room.town()
    rows = busy_room.approved(life.get("config", "1"))
    service = AlarmService(spool, ledger, None, town, rows, None, clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run())
        group.create_task(ResponseService(ledger, town, clock).run())
        if scans := life.get("scans"):
            await busy_room.scanned(spool, scans)
            os._exit(0)
        if life.get("each_once"):
            await EachOnce(spool, ledger, clock).run()
            os._exit(0)
        if life.get("busy", True):
            group.create_task(busy_room.field(spool, clock, chance))
            group.create_task(busy_room.people(ledger, clock, chance))


def main(folder: Path) -> None:
    for line in sys.stdin:
        life = json.loads(line)
        born_ns = time.time_ns()
        pid = os.fork()
        if pid == 0:
            asyncio.run(live(folder, life))
            os._exit(1)
        ended, status = 0, 0
        while not ended and time.time_ns() - born_ns < life["seconds"] * 1e9:
            time.sleep(0.001)
            ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
        how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {status >> 8}"
        print(
            json.dumps({"born_ns": born_ns, "died_ns": time.time_ns(), "how": how, "by_itself": bool(ended)})
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
