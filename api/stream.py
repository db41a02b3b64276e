"""The one event stream: what the ledger says, what the instruments say, and that the hub is alive.

Each frame is encoded once for all listeners of one audience. Ledger events carry the ledger's ids, so that
a reader who comes back with the last one it has misses nothing and hears nothing twice; values carry none,
because the newest is all there is to know of them.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from api.audience import Audience, Mask, audience_of, event_frame, frame, values_frame, visible
from api.deps import Deps
from api.listener import Listener, Stream
from api.permissions import Limit, Permission, granted
from api.pulse import Pulse
from api.session import Sessions, SignedIn
from api.standing import standing
from api.wire import Json
from core.model.account import User
from core.model.event import Event
from core.runtime.live import Newest

REPLAY = 1_000
"""A reader further behind than this many events is given the standing state instead."""
VALUES_EVERY_S = 0.25
"""A first change is told at once, the next ones together after so long."""
AUDIENCES = 64
"""Of so many it is remembered which tags they may see."""
HEARTBEAT_S = 2.0
CHECK_S = 1.0
"""A session that was ended is out of the stream within this time."""


class EventStream:
    def __init__(self, deps: Deps, sessions: Sessions, version: str = "") -> None:
        self._deps = deps
        self._sessions = sessions
        self._pulse = Pulse(deps, version)
        self._listeners: set[Listener] = set()
        self._position = 0
        self._stopping: str | None = None
        self._picture: dict[Audience, bytes] = {}
        self._seen: dict[Audience, Mask] = {}
        self._standing: dict[Audience, tuple[int, Json]] = {}
        self.cuts: dict[str, int] = {}
        """Streams ended, by reason, since start."""

    def __len__(self) -> int:
        return len(self._listeners)

    @property
    def lag_s(self) -> float:
        """How late the event loop last was for a heartbeat."""
        return self._pulse.lag_s

    async def run(self) -> None:
        """Until cancelled."""
        self._picture.clear()
        async with asyncio.TaskGroup() as group:
            for part in (self._events, self._values, self._heartbeats, self._checks):
                group.create_task(part(), name=f"event stream {part.__name__.strip('_')}")

    async def start(self) -> None:
        """Before the first listener: events from here on are told as they come."""
        self._stopping = None
        self._position = await self._deps.ledger.last_event()

    def stop(self, why: str = "stopping") -> None:
        """Ends every stream, and each one asked for from now on."""
        self._stopping = why
        for listener in list(self._listeners):
            listener.end(why)

    async def open(self, user: User, session: str, limit: Limit, since: int | None) -> Stream:
        """A stream of the events with id > since, and of all values; without `since`, or when it is
        unknown or too old, it begins with the standing state."""
        async with self._deps.ledger.read() as tx:
            audience = await audience_of(user, limit, tx)
        listener = Listener(session, limit, audience)
        position = self._position
        listener.after = max(position, since or 0)
        self._listeners.add(listener)
        try:
            first = await self._first(listener, since, position)
        except BaseException:
            self._close(listener)
            raise
        if self._stopping:
            listener.end(self._stopping)
        return Stream(listener, first, self._close)

    def _close(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)
            why = listener.cut or "cancelled"
            self.cuts[why] = self.cuts.get(why, 0) + 1

    async def _first(self, listener: Listener, since: int | None, position: int) -> bytes:
        parts = [self._pulse.last or b""]
        missed = await self._missed(listener, since, position)
        if isinstance(missed, str):
            parts.append(await self._reset(listener.audience, missed, position))
        else:
            parts += missed
        return b"".join([*parts, self._all_values(listener.audience)])

    def _all_values(self, audience: Audience) -> bytes:
        """Of every tag, as of the last change told: what came since is told next. Two hundred screens that
        come back at once share one encoding."""
        if audience not in self._picture:
            self._picture[audience] = self._told(self._deps.live.all(), audience) or b""
        return self._picture[audience]

    def _told(self, newest: Newest, audience: Audience) -> bytes | None:
        names = self._deps.live.tags.names
        seen = self._seen.get(audience)
        if seen is None or len(seen) < len(names):
            if len(self._seen) >= AUDIENCES:
                self._seen.clear()
            seen = self._seen[audience] = visible(names, self._deps.plant, audience)
        return values_frame(newest, names, seen)

    async def _missed(self, listener: Listener, since: int | None, position: int) -> list[bytes] | str:
        """The frames between `since` and the position the listener joined at, or why there are none."""
        if since is None:
            return "start"
        if since > position and since > await self._deps.ledger.last_event():
            listener.after = position
            return "unknown"
        events = await self._deps.ledger.events(since, REPLAY + 1)
        if len(events) > REPLAY:
            return "too_old"
        frames = (event_frame(event, listener.audience) for event in events if event.id <= position)
        return [content for content in frames if content]

    async def _reset(self, audience: Audience, why: str, position: int) -> bytes:
        """Whatever the state was asked at, or after, `position`: later events are told again."""
        at, content = self._standing.get(audience, (-1, {}))
        if at != position:
            async with self._deps.ledger.read() as tx:
                content = await standing(tx, self._deps, audience)
            self._standing[audience] = position, content
        return frame("reset", {"reason": why, "since": position, **content}, position)

    def _tell(self, to: Iterable[Listener], made: Callable[[Audience], bytes | None]) -> None:
        """One encoding for each audience that listens."""
        frames: dict[Audience, bytes | None] = {}
        for listener in list(to):
            if listener.audience not in frames:
                frames[listener.audience] = made(listener.audience)
            if content := frames[listener.audience]:
                listener.push(content)

    async def _events(self) -> None:
        async for events in self._deps.ledger.follow(self._position):
            ahead = [listener for listener in self._listeners if listener.after > self._position]
            self._position = events[-1].id
            self._standing.clear()
            self._tell(self._listeners.difference(ahead), partial(_run_of, events))
            for listener in ahead:
                new = [event for event in events if event.id > listener.after]
                self._tell([listener], partial(_run_of, new))

    async def _values(self) -> None:
        async for newest in self._deps.live.changes(VALUES_EVERY_S):
            self._pulse.values_came()
            self._picture.clear()
            self._tell(self._listeners, partial(self._told, newest))

    async def _heartbeats(self) -> None:
        while True:
            beat = await self._pulse.beat(self._position)
            for listener in list(self._listeners):
                listener.push(beat)
            await self._pulse.rest(HEARTBEAT_S)

    async def _checks(self) -> None:
        while True:
            await self._deps.clock.sleep(CHECK_S)
            if self._listeners:
                held = await self._sessions.standing({listener.session for listener in self._listeners})
                for listener in list(self._listeners):
                    await self._check(listener, held.get(listener.session))

    async def _check(self, listener: Listener, signed_in: SignedIn | None) -> None:
        """A crew's zones follow its orders; a session that is over, or a lesser role, ends the stream."""
        if signed_in is None or granted(signed_in.user.role, Permission.VALUES) is not listener.limit:
            listener.end("signed_out")
        elif listener.limit is Limit.OWN:
            async with self._deps.ledger.read() as tx:
                audience = await audience_of(signed_in.user, listener.limit, tx)
            if audience != listener.audience:
                listener.audience = audience
                listener.push(await self._reset(audience, "zones_changed", self._position))


def _run_of(events: Sequence[Event], audience: Audience) -> bytes:
    """Events committed together travel together: an alarm flood is one frame in a queue."""
    return b"".join(event_frame(event, audience) or b"" for event in events)
