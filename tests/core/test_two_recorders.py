"""Two historians, each with a cursor of its own: one that is down holds the other up in nothing."""

import asyncio
from contextlib import asynccontextmanager

from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_store import Limits
from core.adapters.sqlite_quarantine import SqliteQuarantine
from core.model.conservation import Fate
from core.model.sample import Batch, Sample
from core.ports.spool import RECORDER, TEE
from core.runtime.conservation import assert_conserved
from core.runtime.health import Health
from core.runtime.recorder import Recorder

TAGS = [f"t{i}" for i in range(50)]


def tick(k):
    bad = [Sample("odd", k, float("inf"))] if k % 10 == 0 else []
    return Batch.of("s", [Sample(tag, k, k + i / 7) for i, tag in enumerate(TAGS)] + bad)


@asynccontextmanager
async def house(folder):
    spool = await SegmentSpool.open(folder / "spool")
    quarantine = await SqliteQuarantine.open(folder / "quarantine.db")
    options = {"quarantine": quarantine, "limits": Limits(fold_s=0)}
    first = await SqliteHistorian.open(folder / "first.db", {}, **options)
    second = await SqliteHistorian.open(folder / "second.db", {}, **options)
    try:
        yield spool, first, second
    finally:
        for one in (spool, first, second, quarantine):
            await one.close()


@asynccontextmanager
async def recording(spool, first, second, health):
    tasks = [
        asyncio.create_task(Recorder(spool, first, health=health).run()),
        asyncio.create_task(Recorder(spool, second, cursor=TEE, health=health, store="tee").run()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition):
    async with asyncio.timeout(40):
        while not await condition():
            await asyncio.sleep(0.02)


async def test_one_whose_disk_is_full_gets_everything_later_and_the_other_at_once(tmp_path):
    async with house(tmp_path) as (spool, first, second):
        health, last = Health(), 0

        async def passed(cursor):
            return await spool.cursor(cursor) >= last

        async def held():
            return any(row.id == "store:tee" for row in health.standing())

        second._store._db.execute("PRAGMA max_page_count=12")
        async with recording(spool, first, second, health):
            async with asyncio.timeout(40):
                while not await held():
                    last = await spool.put(tick(last))
            for _ in range(20):
                last = await spool.put(tick(last))
            await until(lambda: passed(RECORDER))
            facts = await spool.facts()
            assert facts.behind[RECORDER] == 0 < facts.behind[TEE]
            for cursor in (RECORDER, TEE):
                assert_conserved(facts, cursor)
            assert len(await first.read("t7", 0, last)) == last
            assert len(await second.read("t7", 0, last)) < last
            assert {row.id for row in health.standing()} == {"store:tee"}
            second._store._db.execute("PRAGMA max_page_count=100000")
            await until(lambda: passed(TEE))
        facts = await spool.facts()
        for cursor in (RECORDER, TEE):
            assert_conserved(facts, cursor)
            odd = -(-last // 10)
            assert facts.tally(cursor) == {"s": {Fate.STORED: 50 * last, Fate.QUARANTINED: odd}}
        for tag in ("t0", "t49"):
            one, two = await first.read(tag, 0, last), await second.read(tag, 0, last)
            assert len(one) == last
            assert one.t_ns.tolist() == two.t_ns.tolist() and one.v.tolist() == two.v.tolist()
        assert not health.standing()
