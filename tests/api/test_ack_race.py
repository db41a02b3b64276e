"""An acknowledgement that was sent for one occurrence while the next arises (A-02)."""

import asyncio
from random import Random

import httpx

from alarms import acts
from alarms.acts import Seen
from alarms.states import AlarmEvent, Cause
from core.model.account import Role
from core.model.alarm import Alarm, State
from tests.api.hub_at_work import Hub

RACES, OVER_HTTP = 1_000, 100
ALARM = "dma-01.low"
APART_NS = 600 * 1_000_000_000
"""Between two occurrences: seldom enough to be no chatter."""


class Swinging:
    """An alarm that goes and returns, transaction by transaction, as the engine writes it."""

    def __init__(self, hub: Hub) -> None:
        self.ledger = hub.deps.ledger
        self.t_ns = hub.deps.clock.now_ns()

    async def tell(self, *events: AlarmEvent) -> None:
        async with self.ledger.begin() as tx:
            for event in events:
                self.t_ns += APART_NS
                await acts.act(tx, ALARM, event, Cause(t_ns=self.t_ns, priority=2), self.t_ns)

    async def again(self) -> None:
        await self.tell(AlarmEvent.CLEAR, AlarmEvent.RAISE)

    async def now(self) -> Alarm:
        async with self.ledger.read() as tx:
            alarm = await tx.get(Alarm, ALARM)
        assert alarm is not None
        return alarm


async def begun(hub: Hub) -> Swinging:
    async with hub.deps.ledger.begin() as tx:
        await tx.put(Alarm(id=ALARM, zone="dma-01"))
    swinging = Swinging(hub)
    await swinging.tell(AlarmEvent.RAISE)
    return swinging


def nobody_has_answered(occurrence: int, now: Alarm) -> None:
    """Whoever was first, the new occurrence waits for its own answer."""
    assert (now.occurrence, now.state, now.acked_by) == (occurrence + 1, State.UNACK, None)


async def test_a_thousand_acks_that_race_the_next_occurrence_never_acknowledge_it(hub: Hub) -> None:
    swinging, chance = await begun(hub), Random(20_261_125)
    obeyed = 0

    async def acknowledge(seen: Seen, late: int) -> bool:
        for _ in range(late):
            await asyncio.sleep(0)
        async with hub.deps.ledger.begin() as tx:
            done = await acts.acknowledge(tx, ALARM, seen, "operator", swinging.t_ns)
        assert done.changed or done.refused == "stale"
        return done.changed

    for _ in range(RACES):
        before = await swinging.now()
        sent = acknowledge(Seen(before.occurrence, before.seq), chance.choice((0, 0, 3, 40)))
        pair = (sent, swinging.again())
        done = await asyncio.gather(*(pair if chance.random() < 0.5 else pair[::-1]))
        said = next(one for one in done if isinstance(one, bool))
        nobody_has_answered(before.occurrence, await swinging.now())
        obeyed += said
    assert 0 < obeyed < RACES, "both were first at times"
    acked = [e for e in await hub.deps.ledger.journal_of(ALARM, 10_000) if e.event == "ack"]
    assert len(acked) == RACES
    assert sum(entry.refused == "stale" for entry in acked) == RACES - obeyed
    assert all(entry.seen and entry.seen[0] == entry.occurrence for entry in acked if not entry.refused)


async def test_over_http_an_ack_for_what_is_no_more_is_a_409_that_says_so(hub: Hub) -> None:
    swinging, chance = await begun(hub), Random(7)
    statuses = []
    async with hub.as_(Role.OPERATOR) as client:

        async def send(seen: dict[str, int]) -> httpx.Response:
            return await client.post(f"/api/v1/alarms/{ALARM}/ack", json=seen)

        for _ in range(OVER_HTTP):
            before = await swinging.now()
            seen = {"occurrence": before.occurrence, "seq": before.seq}
            if chance.random() < 0.5:
                answer, _ = await asyncio.gather(send(seen), swinging.again())
            else:
                await swinging.again()
                answer = await send(seen)
                assert answer.status_code == 409
            if answer.status_code == 409:
                assert answer.json()["reason"] == "stale"
                assert {"zh", "en"} <= answer.json()["why"].keys()
            statuses.append(answer.status_code)
            nobody_has_answered(before.occurrence, await swinging.now())
    assert set(statuses) <= {200, 409}
    assert statuses.count(409) >= OVER_HTTP // 4
