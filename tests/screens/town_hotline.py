"""What the hotline of the screens' town has to do: a notice that is out, neighbours who rang up, a call."""

import asyncio
from dataclasses import replace
from hashlib import sha256

from core.model.account import Account, Role, User
from core.model.notice import Affected, Notice, NoticeState
from core.model.report import Symptom
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from response.affected import Reason
from response.hotline.intake import Told, keep
from response.hotline.telephony import Heard, Telephony, hear
from response.hotline.telephony import Told as Event
from response.service_times import CN_DEFAULT
from tests.screens.town import Town
from tests.screens.town_past import S

AGENT = User(id="hotline", role=Role.HOTLINE, password_hash="-")
EXCHANGE = Telephony(token=sha256(b"-").digest(), allow=())
PATIENCE_S = 10.0


async def told(town: Town) -> None:
    """The notice of the burst is published, a crew repairs, and neighbours have rung up."""
    notice, reached = await _drafted(town)
    now = town.clock.now_ns()
    async with town.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder, incident=notice.incident)
        states = (WorkOrderState.REPORTED, WorkOrderState.ASSIGNED, WorkOrderState.EN_ROUTE)
        states = (*states, WorkOrderState.ARRIVED, WorkOrderState.REPAIRING)
        steps = tuple(
            Milestone(state=state, at_ns=now - (50 - 10 * n) * 60 * S, actor="dispatcher")
            for n, state in enumerate(states)
        )
        await tx.put(replace(order, state=states[-1], crew="crew-1", milestones=steps, seq=order.seq + 1))
        out = replace(
            notice,
            state=NoticeState.PUBLISHED,
            published_ns=now,
            published_by="duty_manager",
            seq=notice.seq + 1,
        )
        await tx.put(out)
    for account in reached[1:8]:
        await _report(town, account, Symptom.NO_WATER)


async def reopened(town: Town) -> None:
    """What the crew had repaired is opened again, and a crew is sent once more."""
    notice, _ = await _drafted(town)
    now, again = town.clock.now_ns(), (WorkOrderState.COMPLETED, WorkOrderState.REOPENED)
    async with town.ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder, incident=notice.incident)
        more = tuple(
            Milestone(state=state, at_ns=now + n, actor="dispatcher")
            for n, state in enumerate((*again, WorkOrderState.ASSIGNED))
        )
        done = (*order.milestones, *more)
        await tx.put(replace(order, state=WorkOrderState.ASSIGNED, milestones=done, seq=order.seq + 1))


async def parted(town: Town) -> None:
    """Whom the notice reaches are behind valves that stand shut for it."""
    notice, _ = await _drafted(town)
    async with town.ledger.begin() as tx:
        rows = await tx.find(Affected, notice=notice.id)
        await tx.put_many([replace(row, reason=Reason.BEHIND_SHUT_VALVES) for row in rows])


async def ring(town: Town) -> None:
    """Somebody whom the burst reaches rings up the agent."""
    _, reached = await _drafted(town)
    await _rings(town, reached[0], "c-ring", "hotline")


async def answer(town: Town) -> None:
    """The agent takes the call that rings."""
    await _heard(town, Heard(told=Event.ANSWER, call="c-ring", answering="hotline"))


async def second(town: Town) -> None:
    """Meanwhile another one whom the burst reaches rings at the same agent."""
    _, reached = await _drafted(town)
    await _rings(town, reached[1], "c-second", "hotline")


async def given_up(town: Town) -> None:
    """Nobody has answered the other one."""
    await _heard(town, Heard(told=Event.HANGUP, call="c-second"))


async def answer_second(town: Town) -> None:
    """The first one is done, and the agent takes the other."""
    await _heard(town, Heard(told=Event.HANGUP, call="c-ring"))
    await _heard(town, Heard(told=Event.ANSWER, call="c-second", answering="hotline"))


async def withheld(town: Town) -> None:
    """Somebody who shows no number rings up the agent."""
    await _calls(town, "anonymous", "c-withheld", "hotline")


async def landline(town: Town) -> None:
    """Somebody on nobody's file rings from a landline."""
    await _calls(town, "02099990815", "c-landline", "hotline")


async def three(town: Town) -> None:
    """Three at once, of whom two are on nobody's file."""
    _, reached = await _drafted(town)
    await _calls(town, "13900004711", "c-one", "hotline")
    await _calls(town, "02099990815", "c-two", "hotline")
    await _rings(town, reached[0], "c-three", "hotline")


async def many(town: Town) -> None:
    """Thirty at once."""
    _, reached = await _drafted(town)
    for n in range(30):
        await _rings(town, reached[n % len(reached)], f"c-{n}", f"agent-{n}")


async def _drafted(town: Town) -> tuple[Notice, list[str]]:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with town.ledger.read() as tx:
                found = await tx.find(Notice)
                rows = await tx.find(Affected, notice=found[0].id) if found else []
            if rows:
                cut_off = [row.account for row in rows if row.supply == "no_water"]
                return found[0], cut_off or [row.account for row in rows]
            await asyncio.sleep(0.05)


async def _report(town: Town, account: str, symptom: Symptom) -> None:
    assert town.vault is not None
    async with town.ledger.begin() as tx:
        body = Told(symptom=symptom, account=account, tell=True)
        await keep(tx, town.vault, town.plant, body, AGENT, town.clock.now_ns(), CN_DEFAULT)


async def _rings(town: Town, account: str, call: str, agent: str) -> None:
    assert town.vault is not None
    async with town.ledger.read() as tx:
        known = await tx.get(Account, account)
        assert known is not None
        (person, *_) = (await town.vault.of_accounts(tx, [account]))[account]
    await _calls(town, person.phone, call, agent)


async def _calls(town: Town, number: str, call: str, agent: str) -> None:
    await _heard(town, Heard(told=Event.NEW, call=call, caller=number, users=(agent,)))


async def _heard(town: Town, heard: Heard) -> None:
    assert town.vault is not None
    async with town.ledger.begin() as tx:
        await hear(tx, town.vault, EXCHANGE, heard, town.clock.now_ns())
