"""The event stream: nothing lost, nothing twice, nothing stale, and it ends when it must."""

import asyncio
import re
import time
from contextlib import AsyncExitStack

import httpx
import pytest

from api import listener, stream
from api.audience import READ_BY
from api.permissions import Permission, granted
from api.serve import serve
from core.model.account import Role, Session
from core.model.event import Event, EventKind
from core.model.quality import Status
from core.model.sample import Sample
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from tests.api.hub_at_work import T0, Heard, Hub, S, frames, heard, hub_at_work
from tests.own_time import within


def ids(messages: list[Heard]) -> list[int]:
    return [message.id for message in messages if message.id is not None and message.name != "reset"]


def names(messages: list[Heard]) -> set[str]:
    return {message.name for message in messages}


async def test_a_first_listener_is_given_what_stands_open(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01", tag="dma-01.p1")
    hub.sees(Sample("dma-01.p1", T0, 27.5), Sample("dma-01.p2", T0 + 5_000_001, None, Status.BAD_TIMEOUT))
    async with hub.as_(Role.OPERATOR) as client:
        messages = await heard(client, lambda m: {"reset", "values"} <= names(m))
    reset = next(m for m in messages if m.name == "reset")
    assert reset.data["reason"] == "start"
    assert reset.id == reset.data["since"] == await hub.deps.ledger.last_event()
    assert [(a["id"], a["state"]) for a in reset.data["alarms"]] == [("dma-01.low", "UNACK")]
    values = next(m for m in messages if m.name == "values")
    assert values.id is None
    assert values.data == {
        "tags": ["dma-01.p1", "dma-01.p2"],
        "t": ["2026-11-22T14:10:00.000Z", "2026-11-22T14:10:00.005Z"],
        "v": [27.5, None],
        "q": [0, int(Status.BAD_TIMEOUT)],
    }


async def test_coming_back_loses_nothing_and_repeats_nothing_while_others_commit(hub: Hub):
    """A writer commits without pause; a reader is cut again and again at whatever point it has reached."""
    written: list[int] = []

    async def write() -> None:
        for _ in range(300):
            written.extend(await hub.emit(1))
            await asyncio.sleep(0.001)

    async with hub.as_(Role.OPERATOR) as client:
        writer = asyncio.create_task(write())
        read: list[int] = []
        while not writer.done() or read[-1] < written[-1]:
            since = read[-1] if read else 0
            some = await heard(client, lambda m: len(ids(m)) >= 7 or writer.done(), f"?since={since}")
            read += ids(some)
        await writer
    assert read == written


async def test_a_browser_that_reconnects_by_itself_says_where_it_was(hub: Hub):
    first, second, third = await hub.emit(3)
    async with hub.as_(Role.OPERATOR) as client:
        client.headers["Last-Event-ID"] = str(second)
        messages = await heard(client, lambda m: bool(ids(m)), f"?since={first}")
    assert ids(messages) == [third]


@pytest.mark.parametrize(("since", "reason"), [(0, "too_old"), (10**6, "unknown")])
async def test_who_cannot_be_told_everything_is_told_what_stands(hub: Hub, monkeypatch, since, reason):
    monkeypatch.setattr(stream, "REPLAY", 10)
    await hub.emit(11)
    async with hub.as_(Role.OPERATOR) as client:
        messages = await heard(client, lambda m: "reset" in names(m), f"?since={since}")
    assert messages[-1].data["reason"] == reason
    assert not ids(messages)


async def test_the_heart_beats_with_the_clock_and_the_ages(hub: Hub):
    async with hub.as_(Role.KIOSK) as client, within(6):
        messages = await heard(client, lambda m: [x.name for x in m].count("hb") >= 3)
    beat = messages[-1].data
    assert {"now", "clock", "last_event", "ages_s", "sources", "services_down"} <= set(beat)
    assert beat["clock"]["speed"] == 1.0


async def test_only_changed_tags_are_told_and_at_most_four_times_a_second(hub: Hub):
    hub.sees(Sample("dma-01.p1", T0, 1.0), Sample("dma-01.p2", T0, 2.0))
    async with hub.as_(Role.OPERATOR) as client:
        told: list[tuple[float, dict]] = []
        async with client.stream("GET", "/api/v1/events") as response:
            async with asyncio.timeout(30):
                async for message in frames(response):
                    if message.name == "values":
                        told.append((time.monotonic(), message.data))
                        if len(told) == 10:
                            break
                    for _ in range(3):
                        hub.sees(Sample("dma-01.p1", T0 + len(told) * S, float(len(told))))
    assert told[0][1]["tags"] == ["dma-01.p1", "dma-01.p2"]
    assert told[-1][1]["tags"] == ["dma-01.p1"]
    assert told[9][0] - told[1][0] > 7.2 * stream.VALUES_EVERY_S, "whatever one of them waited for its reader"


async def test_a_kiosk_hears_no_names_and_no_meters(hub: Hub):
    hub.sees(Sample("meter.M000001", T0, 5.0), Sample("dma-01.p1", T0, 1.0))
    await hub.emit(1)
    async with hub.as_(Role.KIOSK) as client:
        messages = await heard(client, lambda m: "values" in names(m) and bool(ids(m)), "?since=0")
    event = next(m for m in messages if m.name == "alarm")
    assert event.data["data"] == {"n": 0, "at": "2026-11-22T14:10:00Z"}
    assert next(m for m in messages if m.name == "values").data["tags"] == ["dma-01.p1"]


@pytest.mark.parametrize("role", [role for role in Role if granted(role, Permission.VALUES)])
async def test_an_event_is_sent_to_whoever_may_read_of_it_and_to_nobody_else(hub: Hub, role: Role):
    """Each kind once, then an alarm that every role with a stream hears."""
    if role is Role.CREW:
        pytest.skip("hears of its own orders and their zones alone")
    for kind in EventKind:
        await hub.emit(1, kind=kind)
    last = (await hub.emit(1, kind=EventKind.INCIDENT))[-1]
    async with hub.as_(role) as client:
        told = {m.name for m in await heard(client, lambda m: last in ids(m), "?since=0") if m.id}
        may = {
            kind
            for kind, path in {
                "phone_call": "/api/v1/hotline/queue",
                "mass_calls": "/api/v1/hotline/queue",
                "call_cluster": "/api/v1/hotline/queue",
                "call": "/api/v1/calls",
                "notification": "/api/v1/notifications",
                "proposal": "/api/v1/proposals",
                "incident": "/api/v1/incidents",
                "alarm": "/api/v1/alarms",
                "flood": "/api/v1/floods",
                "dispatch": "/api/v1/dispatch-orders",
                "quality_hold": "/api/v1/quality-holds",
                "activity": "/api/v1/activities",
                "maintenance": "/api/v1/maintenance",
                "annotation": "/api/v1/annotations",
                "shift": "/api/v1/shifts",
            }.items()
            if (await client.get(path)).status_code == 200
        }
    asked_for = {"work_order", "notice", "master", "report"}
    assert told - asked_for == may


def test_every_kind_of_event_says_who_may_read_of_it():
    assert set(READ_BY) == set(EventKind)


async def test_a_crew_hears_of_its_orders_zone_as_soon_as_it_has_one(hub: Hub):
    async def assign() -> None:
        order = WorkOrder(
            id="WO-1",
            incident=None,
            kind="repair",
            state=WorkOrderState.ASSIGNED,
            priority=1,
            zone="dma-02",
            title=Text("抢修", "repair"),
            place=Text("某处", "somewhere"),
            opened_ns=T0,
            crew="crew-1",
        )
        async with hub.deps.ledger.begin() as tx:
            await tx.put(order)

    async with hub.as_(Role.CREW) as client, client.stream("GET", "/api/v1/events") as response:
        told = frames(response)
        async with asyncio.timeout(30):
            while (first := await anext(told)).name != "reset":
                pass
            assert first.data["work_orders"] == []
            await assign()
            while (again := await anext(told)).name != "reset":
                pass
            assert [order["id"] for order in again.data["work_orders"]] == ["WO-1"]
            await hub.emit(1, zone="dma-01")
            (mine,) = await hub.emit(1, zone="dma-02")
            while (event := await anext(told)).name != "alarm":
                pass
            assert event.id == mine


async def test_a_session_that_ends_takes_its_stream_with_it(hub: Hub):
    async with hub.as_(Role.OPERATOR) as client, client.stream("GET", "/api/v1/events") as response:
        told = frames(response)
        assert (await anext(told)).name == "hb"
        async with hub.deps.ledger.begin() as tx:
            for session in await tx.find(Session, user=Role.OPERATOR):
                await tx.delete(Session, session.id)
        async with within(2):
            last = [message async for message in told][-1]
    assert (last.name, last.data) == ("cut", {"reason": "signed_out"})


async def test_a_reader_who_does_not_read_is_cut_and_the_others_are_not(hub: Hub, monkeypatch):
    monkeypatch.setattr(listener, "SEND_S", 1.0)
    big = {"text": "x" * 60_000}

    async def shout() -> None:
        async with hub.deps.ledger.begin() as tx:
            await tx.emit(Event(kind=EventKind.ALARM, subject="a", t_ns=T0, data=big))

    async with hub.as_(Role.OPERATOR) as client:
        cookie = client.cookies["waterhub"]
        deaf = await _half_open(hub, cookie)
        async with client.stream("GET", "/api/v1/events") as response:
            told = frames(response)
            async with asyncio.timeout(30):
                for _ in range(200):
                    await shout()
                    while (await anext(told)).name != "alarm":
                        pass
                while not re.search('reason="(slow|stuck)"', (await client.get("/metrics")).text):
                    await asyncio.sleep(0.1)
                await shout()
                while (await anext(told)).name != "alarm":
                    pass
        deaf.close()


async def _half_open(hub: Hub, cookie: str) -> asyncio.StreamWriter:
    """A stream that is asked for and never read: its receive buffer is as small as it may be."""
    import socket

    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    url = httpx.URL(hub.url)
    await asyncio.get_running_loop().sock_connect(raw, (url.host, url.port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
    request = f"GET /api/v1/events HTTP/1.1\r\nHost: {url.host}\r\nCookie: waterhub={cookie}\r\n\r\n"
    writer.write(request.encode())
    await reader.readuntil(b"\r\n")
    return writer


async def test_the_hub_stops_in_time_with_fifty_streams_open(tmp_path):
    async with hub_at_work(tmp_path) as hub, hub.as_(Role.OPERATOR) as client, AsyncExitStack() as stack:
        client._transport._pool._max_connections = 100
        streams = [await stack.enter_async_context(client.stream("GET", "/api/v1/events")) for _ in range(50)]
        ends = [asyncio.create_task(_last(response)) for response in streams]
        await asyncio.sleep(0.2)
        hub.stop()
        async with within(2):
            await hub.stopped.wait()
            last = await asyncio.gather(*ends)
        assert {(message.name, message.data["reason"]) for message in last} == {("cut", "stopping")}


async def test_the_hub_stops_in_time_with_a_half_open_stream(tmp_path):
    async with hub_at_work(tmp_path) as hub:
        async with hub.as_(Role.OPERATOR) as client:
            deaf = await _half_open(hub, client.cookies["waterhub"])
        for n in range(100):
            hub.sees(Sample("dma-01.p1", T0 + n, 1.0))
        async with hub.deps.ledger.begin() as tx:
            for _ in range(50):
                data = {"text": "x" * 60_000}
                await tx.emit(Event(kind=EventKind.ALARM, subject="a", t_ns=T0, data=data))
        await asyncio.sleep(0.5)
        hub.stop()
        async with within(5):
            await hub.stopped.wait()
        deaf.close()


async def _last(response: httpx.Response) -> Heard:
    return [message async for message in frames(response)][-1]


async def test_a_server_that_was_stopped_serves_again(hub: Hub):
    hub.stop()
    await hub.stopped.wait()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    again = asyncio.create_task(serve(hub.app, "127.0.0.1", 0, ready=port.set_result))
    hub.url = f"http://127.0.0.1:{await port}"
    async with hub.as_(Role.OPERATOR) as client:
        (event,) = await hub.emit(1)
        messages = await heard(client, lambda m: bool(ids(m)) and "hb" in names(m), f"?since={event - 1}")
    assert ids(messages) == [event]
    again.cancel()
    await asyncio.wait([again])
