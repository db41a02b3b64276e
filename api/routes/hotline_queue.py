"""Who waits on the line, the short way for mass calls, and how often agents knew before callers spoke."""

import asyncio
from collections.abc import Sequence

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.wire import Answer, Json, plain, rfc3339
from core.model.account import AccessRecord, Account
from core.model.incident import Incident
from core.model.notice import Notice, NoticeState, Status
from core.model.phone_call import CallCluster, ClusterState, Direction, PhoneCall, Stage
from core.model.plant import Utility
from core.model.telephone import NumberKind
from core.ports.ledger import Page, Tx
from response.hotline.mass_calls import MassCalls, Mode, knew, standing, switch
from response.hotline.telephony import Lasts
from response.hotline.unended_calls import unended
from response.proportion import Proportion

_RECENT = 500
_PURPOSE = "hotline:queue"
_ALIVE = (Stage.RINGING, Stage.ANSWERED)


class Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mode: Mode


def _mass(now: MassCalls) -> Json:
    shape: Json = plain(now)
    for inside in ("usual", "counted", "quiet"):
        shape.pop(inside, None)
    return shape | {"until": None if now.until_ns is None else rfc3339(now.until_ns)}


async def queue(here: Here, caller: Asker) -> Answer:
    """Calls that ring or are spoken, the longest waiting first. tail: a number's last four digits, and place:
    street and house, so that two can be told apart; of a customer only where the call is for who asks, and on
    record. `clusters`: of what several report now."""
    now_ns = here.deps.clock.now_ns()
    lasts = here.deps.telephony.lasts if here.deps.telephony else Lasts()
    async with here.deps.ledger.read() as tx:
        calls = await tx.find(PhoneCall, Page(limit=_RECENT), stage=_ALIVE)
        mass = await standing(tx)
        clusters = await tx.find(CallCluster, state=ClusterState.OPEN)
        inward = [c for c in calls if c.direction is Direction.IN]
        alive = [c for c in inward if now_ns - c.began_ns < lasts.of(c.stage)]
        tails = await _tails(here, tx, [call for call in alive if not call.accounts])
        theirs = [call for call in alive if call.accounts and caller.user.id in call.agents]
        places = await _places(tx, theirs)
        unread = await _unread(tx, theirs, caller.user.id)
    if theirs:
        tails |= await _customers_tails(here, theirs, unread, caller.user.id, now_ns)
    waiting = sorted((c for c in alive if c.stage is Stage.RINGING), key=lambda c: c.began_ns)
    longest = (now_ns - waiting[0].began_ns) / 1e9 if waiting else None
    return Answer(
        {
            "waiting": len(waiting),
            "longest_wait_s": longest,
            "calls": [
                _call(call, tails.get(call.id), places.get(call.id))
                for call in sorted(alive, key=lambda c: c.began_ns)
            ],
            "mass": _mass(mass),
            "clusters": [plain(one) for one in clusters],
        }
    )


async def _tails(here: Here, tx: Tx, calls: Sequence[PhoneCall]) -> dict[str, str]:
    """The last four digits of the numbers that were shown, by call."""
    shown = [call.id for call in calls if call.kind is not NumberKind.WITHHELD]
    numbers = await here.deps.vault.of_accounts(tx, shown) if shown else {}
    return {id: persons[0].phone[-4:] for id, persons in numbers.items() if persons and persons[0].phone}


async def _places(tx: Tx, calls: Sequence[PhoneCall]) -> dict[str, str]:
    """Street and house of the account, by call; nothing where a number is of several houses."""
    ids = tuple({id for call in calls for id in call.accounts})
    at = {account.id: account.building for account in await tx.find(Account, id=ids)} if ids else {}
    houses = {call.id: {at[id] for id in call.accounts if id in at} for call in calls}
    return {id: next(iter(found)) for id, found in houses.items() if len(found) == 1}


async def _unread(tx: Tx, calls: Sequence[PhoneCall], user: str) -> list[str]:
    """Accounts of calls whose reading here is not yet on record: one record of a call, however often the line
    is asked for."""
    ids = tuple({id for call in calls for id in call.accounts})
    records = await tx.find(AccessRecord, account=ids) if ids else []
    read = [one for one in records if one.user == user and one.purpose == _PURPOSE]
    last = {one.account: one.at_ns for one in sorted(read, key=lambda one: one.at_ns)}
    return [id for call in calls for id in call.accounts if last.get(id, -1) < call.began_ns]


async def _customers_tails(
    here: Here, calls: Sequence[PhoneCall], unread: Sequence[str], user: str, now_ns: int
) -> dict[str, str]:
    if not unread:
        async with here.deps.ledger.read() as tx:
            return await _tails(here, tx, calls)
    async with here.deps.ledger.begin() as tx:
        await here.deps.vault.shown(tx, unread, user=user, at_ns=now_ns, purpose=_PURPOSE)
        return await _tails(here, tx, calls)


def _call(call: PhoneCall, tail: str | None, place: str | None) -> Json:
    shape: Json = plain(call)
    return {
        name: shape[name]
        for name in ("id", "stage", "began", "answered", "queue", "agents", "answered_by", "report")
    } | {
        "known": bool(call.accounts),
        "withheld": call.kind is NumberKind.WITHHELD,
        "tail": tail,
        "place": place,
    }


async def mass_calls(here: Here, caller: Asker, body: Switch) -> Answer:
    """`on` and `off` hold until `auto`."""
    async with here.deps.ledger.begin() as tx:
        now = await switch(tx, body.mode, caller.user, here.deps.clock.now_ns())
    return Answer(_mass(now))


async def figures(here: Here, caller: Asker) -> Answer:
    """Of the newest calls about incidents, after the tenth minute: how often the agent knew first, with its
    95 % interval (Wilson). `no_end_heard`: calls of the last day that the exchange told no end of."""
    async with here.deps.ledger.read() as tx:
        no_end = await unended(tx, here.deps.clock.now_ns())
        calls = [c for c in await tx.find(PhoneCall, Page(limit=_RECENT)) if c.incident]
        ids = tuple({c.incident for c in calls if c.incident})
        opened = {i.id: i.opened_ns for i in await tx.find(Incident, id=ids)} if ids else {}
    found = knew(calls, opened)
    share = Proportion(found.knew, found.calls)
    return Answer(
        {
            "calls": found.calls,
            "knew": found.knew,
            "share": share.share,
            "interval": share.interval,
            "no_end_heard": no_end,
        }
    )


async def paper(here: Here, caller: Asker) -> Response:
    """For when every screen is dark: notices in force, what to say, questions and forms."""
    async with here.deps.ledger.read() as tx:
        published = await tx.find(Notice, state=NoticeState.PUBLISHED)
    told = [notice for notice in published if notice.status is Status.ACTUAL]
    content = await asyncio.to_thread(_pack, here.deps.plant.utility, told, here.deps.clock.now_ns())
    return Response(content, 200, {"Cache-Control": "no-store"}, "application/pdf")


def _pack(utility: Utility, told: list[Notice], now_ns: int) -> bytes:
    """What draws it is heavy, and is imported here: never where everybody waits for it."""
    from response.hotline.paper_pack import paper_pack  # noqa: PLC0415

    return paper_pack(utility, told, now_ns)


DOORS = (
    Door("GET", "/api/v1/hotline/paper-pack.pdf", paper, Permission.CUSTOMERS),
    Door("GET", "/api/v1/hotline/queue", queue, Permission.CUSTOMERS),
    Door("POST", "/api/v1/hotline/mass-calls", mass_calls, Permission.CUSTOMERS),
    Door("GET", "/api/v1/hotline/figures", figures, Permission.CUSTOMERS),
)
