"""Messages to customers: what went out of each version, what did not, and what providers say of it."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Annotated

from fastapi import Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Limit, page_of
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import Problem, not_found
from api.routes.delivery_rows import for_the_night
from api.wire import Answer, Json, plain, rfc3339
from core.model.mailing import Letter, LetterState, Mailing
from core.model.notice import QUALITY_KINDS
from core.model.notice_version import NoticeVersion
from core.model.text import nfc
from core.model.timer import Timer
from core.ports.ledger import Page, Tx
from core.ports.notifier import Receipts
from response.delivery.callers import unkept
from response.delivery.codes import failed
from response.delivery.outlook import forecast
from response.delivery.room import retry
from response.delivery.service import timer_of

DEAD = 500
"""Dead letters shown at once."""


class Again(BaseModel):
    """letters: those to be sent again; all dead letters of the mailing without it."""

    model_config = ConfigDict(extra="forbid")
    letters: tuple[Annotated[str, Field(max_length=200)], ...] | None = Field(default=None, max_length=DEAD)


async def list_deliveries(here: Here, after: Id | None = None, limit: Limit = 50) -> Answer:
    """By published version, the newest first: how many letters are in which state, by channel. codes_failed:
    codes to follow a report that did not reach who asked for them."""
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Mailing, Page(limit + 1, after))
        shown = await _shown(here, tx, found)
        codes = len(await failed(tx, DEAD))
    more = {"exercise": here.deps.exercise, "channels": _channels(here), "codes_failed": codes}
    return Answer(page_of(shown, limit) | more)


async def get_delivery(here: Here, id: Id) -> Answer:
    async with here.deps.ledger.read() as tx:
        mailing = await tx.get(Mailing, id)
        if mailing is None:
            raise not_found("mailing", id)
        (shown,) = await _shown(here, tx, [mailing])
    return Answer(shown)


async def list_dead_letters(here: Here, id: Id) -> Answer:
    """What no channel took: whose account, by which channels, why. Addresses are in no answer."""
    async with here.deps.ledger.read() as tx:
        dead = await tx.find(Letter, Page(DEAD), mailing=id, state=LetterState.FAILED)
    return Answer({"items": [_dead(letter) for letter in dead], "next": None})


async def list_promises(here: Here) -> Answer:
    """Callers who were to hear that water is back and have not: letters past their time, and incidents that
    recovered while nobody has published it."""
    deps = here.deps
    async with deps.ledger.read() as tx:
        letters, incidents = await unkept(tx, deps.clock.now_ns(), DEAD)
    shown = [
        {
            "account": one.account,
            "notice": one.notice,
            "state": one.state.value,
            "promised": rfc3339(one.promised_ns) if one.promised_ns else None,
        }
        for one in letters
    ]
    waiting = [
        {
            "incident": one.incident,
            "callers": one.callers,
            "back": None if one.back_ns is None else rfc3339(one.back_ns),
        }
        for one in incidents
    ]
    return Answer({"letters": shown, "incidents": waiting})


async def send_again(here: Here, caller: Asker, id: Id, again: Annotated[Again, Body()]) -> Answer:
    """409 for what is no dead letter any more."""
    if here.deps.delivering is None:
        raise not_found("mailing", id)
    async with here.deps.ledger.begin() as tx:
        mailing = await tx.get(Mailing, id)
        if caller.limit is Reach.QUALITY and mailing and mailing.bulletin.kind not in QUALITY_KINDS:
            raise Problem(403, "role", "your role decides about quality notices only")
        n = await retry(tx, id, again.letters, here.deps.clock.now_ns())
    here.deps.delivering.service.wake()
    return Answer({"queued": n})


async def take_report(here: Here, request: Request, channel: Id) -> Response:
    """For providers: delivery reports and events, believed when they are signed."""
    delivering, receipts = here.deps.delivering, _receipts(here, channel)
    headers = {name.lower(): value for name, value in request.headers.items()}
    said = receipts.heard(dict(request.query_params), headers, await request.body())
    if said is None or delivering is None:
        raise Problem(403, "not_signed", "this is not verifiably from the provider")
    if said:
        await delivering.service.heard(channel, [replace(one, detail=nfc(one.detail)) for one in said])
    return Response(receipts.thanks, media_type="text/plain")


async def answer_challenge(here: Here, request: Request, channel: Id) -> Response:
    """For WeChat, which asks once whether the address is the account's own."""
    told = _receipts(here, channel).challenge(dict(request.query_params))
    if told is None:
        raise Problem(403, "not_signed", "this is not verifiably from the provider")
    return Response(told, media_type="text/plain")


def _receipts(here: Here, channel: str) -> Receipts:
    delivering = here.deps.delivering
    receipts = delivering.receipts.get(channel) if delivering else None
    if receipts is None:
        raise not_found("channel", channel)
    return receipts


async def _shown(here: Here, tx: Tx, mailings: list[Mailing]) -> list[Json]:
    ids = tuple(mailing.id for mailing in mailings)
    by = ("mailing", "channel", "state", "change", "ending")
    counts = await tx.count(Letter, by, mailing=ids) if ids else {}
    by_mailing: dict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
    for (mailing_id, channel, state, change, ending), n in counts.items():
        by_mailing[mailing_id].append((channel, state, ending or change, n))
    timers = (
        {t.subject: t for t in await tx.find(Timer, id=tuple(timer_of(id, 0).id for id in ids))}
        if ids
        else {}
    )
    said = {v.id: v.content for v in await tx.find(NoticeVersion, id=ids)} if ids else {}
    waits = (
        await tx.count(Letter, ("mailing", "due_ns"), mailing=ids, state=LetterState.QUEUED) if ids else {}
    )
    held: Counter[str] = Counter()
    for (mailing_id, due), n in waits.items():
        held[mailing_id] += n if due and for_the_night(here, int(due)) else 0
    return [
        _mailing(here, m, by_mailing[m.id], timers.get(m.id))
        | {
            "accounts_affected": said[m.id].accounts_affected if m.id in said else None,
            "accounts_weak": said[m.id].accounts_weak if m.id in said else None,
        }
        | {"withheld": _withheld(m, by_mailing[m.id], held[m.id])}
        for m in mailings
    ]


def _withheld(mailing: Mailing, counts: list[tuple[str, str, str, int]], night: int) -> Json:
    """By reason, what did not go out; reasons without any are left out. no_channel: accounts, else people."""
    states = Counter[str]()
    for _, state, _, n in counts:
        states[state] += n
    found = {
        "night": night,
        "exercise": states[LetterState.EXERCISE],
        "no_channel": mailing.nobody,
        "no_address": states[LetterState.NO_ADDRESS],
        "dead": states[LetterState.FAILED],
        "superseded": states[LetterState.SUPERSEDED],
    }
    return {name: n for name, n in found.items() if n}


def _mailing(
    here: Here, mailing: Mailing, counts: list[tuple[str, str, str, int]], timer: Timer | None
) -> Json:
    """states: letters by what they are; changes: by what they tell, of what is over also `spared`, `quiet`;
    channels: by channel and state. next: when something is due again. planned: how long it takes to tell
    95 %, at the channels' rates."""
    shown: Json = plain(mailing)
    bulletin = mailing.bulletin
    del shown["bulletin"]
    states, changes, channels = Counter[str](), Counter[str](), defaultdict[str, Counter[str]](Counter)
    for channel, state, change, n in counts:
        states[state] += n
        changes[change] += n
        channels[channel][state] += n
    return shown | {
        "number": bulletin.number,
        "kind": bulletin.kind.value,
        "change": bulletin.change.value,
        "title": plain(bulletin.title),
        "area": plain(bulletin.area),
        "status": bulletin.status.value,
        "connections": bulletin.connections,
        "connections_low_pressure": bulletin.weak,
        "silent": {because.value: n for because, n in mailing.silent},
        "states": dict(states),
        "changes": dict(changes),
        "by_channel": {channel: dict(counts) for channel, counts in channels.items()},
        "next": plain(timer)["due"] if timer and not mailing.done_ns else None,
        "forecast_s": forecast(here.deps.delivering.file, channels) if here.deps.delivering else None,
    }


def _dead(letter: Letter) -> Json:
    shown: Json = plain(letter)
    names = ("id", "account", "change", "channel", "tries", "promised")
    return {name: shown[name] for name in names} | {"change": (letter.ending or letter.change).value}


def _channels(here: Here) -> list[Json]:
    """In the order in which they are tried, with their templates as registered."""
    file = here.deps.delivering.file if here.deps.delivering else None
    return [
        {
            "id": channel.id,
            "type": channel.via.type,
            "reports": channel.reports,
            "rate_per_s": channel.rate_per_s,
            "templates": [
                {"id": one.id, "text": one.text} for one in (*channel.templates, *channel.code_templates)
            ],
        }
        for channel in (file.channels if file else ())
    ]


DOORS = (
    Door("GET", "/api/v1/deliveries", list_deliveries, Permission.DELIVERIES),
    Door("GET", "/api/v1/deliveries/{id}", get_delivery, Permission.DELIVERIES),
    Door("GET", "/api/v1/deliveries/{id}/dead-letters", list_dead_letters, Permission.CUSTOMERS),
    Door("GET", "/api/v1/promises", list_promises, Permission.CUSTOMERS),
    Door("POST", "/api/v1/deliveries/{id}/retry", send_again, Permission.PUBLISH_NOTICE),
    Door("GET", "/api/v1/receipts/{channel}", answer_challenge, Permission.PUBLIC),
    Door("POST", "/api/v1/receipts/{channel}", take_report, Permission.PUBLIC),
)
