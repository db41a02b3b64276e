"""Killed (`kill -9`) at random points between incident and message: one order, one notice version, and to
every affected person at least one message; exactly one where the channel honours our id, elsewhere no more
duplicates than sends in flight."""

import asyncio
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from core.model.incident import Incident
from core.model.mailing import Letter, LetterState, Mailing
from core.model.notice import Notice
from core.model.notice_version import NoticeVersion
from core.model.work_order import WorkOrder
from core.runtime.clock import write_anchor
from tests.faults.forms import form
from tests.response import delivery_child
from tests.response import little_town as town
from tests.response.post_office import Post, person, phone, post_office, sms_channel, wechat_channel

KILLS = form(100, 400)
AT_ONCE = 3
SEED = 17
PEOPLE = 10
"""On the street that loses water: odd ones by WeChat, which honours our id, even ones by SMS, which does
not."""
AFFECTED = range(31, 31 + PEOPLE)

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.response.delivery_child"])


@dataclass
class Life:
    """The hub's process, born again after each kill."""

    folder: Path
    process: multiprocessing.process.BaseProcess | None = None
    kills: int = 0

    def begin(self) -> None:
        self.process = _FORKS.Process(target=delivery_child.main, args=(str(self.folder),), daemon=True)
        self.process.start()

    def kill(self) -> None:
        assert self.process is not None and self.process.is_alive(), "it did not end by itself"
        self.process.kill()
        self.process.join(20)
        self.kills += 1


@pytest.fixture
async def post(tmp_path) -> AsyncIterator[Post]:
    async with post_office(tmp_path, at_ns=town.T0) as made:
        channels = [
            wechat_channel(made.wechat.port, at_once=AT_ONCE),
            sms_channel(made.sms.port, at_once=AT_ONCE),
        ]
        (tmp_path / "delivery.yaml").write_text(yaml.safe_dump({"channels": channels}, allow_unicode=True))
        write_anchor(tmp_path / "clock.json", made.clock.anchor)
        await made.people(
            one
            for n in AFFECTED
            for one in person(n, f"A{n:06d}", **({"wechat": f"o-{n}"} if n % 2 else {"phone": phone(n)}))
        )
        async with made.ledger.begin() as tx:
            await tx.put_many([account for account in town.accounts() if account.id in _ids()])
        yield made


def _ids() -> set[str]:
    return {f"A{n:06d}" for n in AFFECTED}


async def told(post: Post, incident: str, within_s: float) -> NoticeVersion:
    """The one version of the incident's one notice, when everybody's letter is out."""
    deadline = time.monotonic() + within_s
    while True:
        async with post.ledger.read() as tx:
            versions = [
                version
                for notice in await tx.find(Notice, incident=incident)
                for version in await tx.find(NoticeVersion, notice=notice.id)
            ]
            letters = await tx.find(Letter, mailing=versions[0].id) if versions else []
        if len(letters) == PEOPLE and all(one.state is LetterState.SENT for one in letters):
            (version,) = versions
            return version
        assert time.monotonic() < deadline, f"{incident}: {versions} {letters}"
        await asyncio.sleep(0.005)


@pytest.mark.timeout(900)
async def test_one_order_one_version_and_a_message_to_everybody_however_often_it_is_killed(post, tmp_path):
    chance, life = random.Random(SEED), Life(tmp_path)
    life.begin()
    await town.report(post.ledger, town.burst(id="INC-000"))
    await told(post, "INC-000", 60)
    began, n = time.monotonic(), 1
    await town.report(post.ledger, town.burst(id="INC-001"))
    await told(post, "INC-001", 60)
    whole_s = time.monotonic() - began
    while life.kills < KILLS:
        n += 1
        await town.report(post.ledger, town.burst(id=f"INC-{n:03d}"))
        for _ in range(4):
            await asyncio.sleep(chance.uniform(0.0, whole_s))
            life.kill()
            life.begin()
    for k in range(n + 1):
        await told(post, f"INC-{k:03d}", 120)
    life.kill()
    async with post.ledger.read() as tx:
        for k in range(n + 1):
            incident = f"INC-{k:03d}"
            assert await tx.get(Incident, incident)
            assert len(await tx.find(WorkOrder, incident=incident)) == 1
            (notice,) = await tx.find(Notice, incident=incident)
            assert len(await tx.find(NoticeVersion, notice=notice.id)) == 1
            assert len(await tx.find(Mailing, notice=notice.id)) == 1
    by_wechat = Counter(
        (one["touser"], one["data"]["character_string1"]["value"]) for one in post.wechat.sent
    )
    by_sms = Counter((one["mobile"], one["params"]["number"]) for one in post.sms.sent)
    half = PEOPLE // 2 * (n + 1)
    assert len(by_wechat) == half and set(by_wechat.values()) == {1}, "exactly once where our id is honoured"
    assert len(by_sms) == half, "at least once"
    twice = sum(by_sms.values()) - half
    assert twice <= AT_ONCE * life.kills, "never more than were under way when it was killed"
    print(f"{life.kills} kills, {n + 1} incidents, {twice} of {sum(by_sms.values())} messages twice")
