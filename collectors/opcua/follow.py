"""One session at work: subscribes or polls, stores and acknowledges, asks for the silent and missing."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
from asyncua import ua

from collectors.opcua.columns import NO_TIME, Columns
from collectors.opcua.history import Gap, backfill
from collectors.opcua.roster import UNKNOWN, Items, Roster
from collectors.opcua.session import Session
from collectors.opcua.spec import OpcUaSpec
from collectors.opcua.store import Store
from collectors.opcua.subscription import Report, Subscription
from core.model.quality import Status
from core.model.sample import Int64s
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.runtime.logs import log

PROBE_S = 2.0
"""Without any answer for so long, the server is asked for its state: one that is frozen is found before its
tags are stale."""
CHECK_S = 3600.0
_TICK_S = 0.5
_STATE = ua.NodeId(ua.ObjectIds.Server_ServerStatus_State)
_CANNOT_SUBSCRIBE = (
    ua.uaerrors.BadServiceUnsupported,
    ua.uaerrors.BadNotSupported,
    ua.uaerrors.BadNotImplemented,
    ua.uaerrors.BadTooManySubscriptions,
)


class Follow:
    """Made anew for each session. check: called every hour."""

    def __init__(
        self,
        spec: OpcUaSpec,
        session: Session,
        roster: Roster,
        store: Store,
        facts: SourceFacts,
        clock: Clock,
        check: Callable[[], None],
    ) -> None:
        self._spec, self._session, self._roster, self._store = spec, session, roster, store
        self._facts, self._clock, self._check = facts, clock, check
        self._checked_s = clock.monotonic()
        self._subscription: Subscription | None = None
        self._history: asyncio.Task[None] | None = None
        self._renewed = False
        self.published = False
        """The server has answered a publish request in this session."""
        self._heard_s = clock.monotonic()
        self._last_report_ns = clock.now_ns()

    @property
    def subscription(self) -> Subscription | None:
        return self._subscription

    async def start(self, old: Subscription | None) -> None:
        """Every item of the configuration is asked for, unless the `old` subscription of a session that was
        lost is still there. Raises what `session.FAILURES` names."""
        readings = self._store.readings
        lost, since_ns = np.nonzero(readings.lost | readings.before)[0], readings.heard_ns.copy()
        await self._away()
        if old is not None and await self._resume(old):
            self._backfill(lost, since_ns)
            return
        self._roster.new_session(self._session.namespaces)
        self._facts.tag_causes.clear()
        if self._spec.mode != "poll":
            try:
                self._subscription = await Subscription.create(
                    self._session, self._spec.publish_ms, self._spec.timeout_s
                )
            except _CANNOT_SUBSCRIBE as error:
                if self._spec.mode == "subscribe":
                    raise
                self._facts.count("subscription_refused")
                log.warning(
                    "polling, for the server makes no subscription", source=self._spec.id, error=str(error)
                )
        self._backfill(lost, since_ns)
        await self._ask_for(range(len(self._roster)))

    async def _away(self) -> None:
        """The hub itself was: a mark in each tag's history, from when anything was last heard."""
        readings = self._store.readings
        items = np.nonzero(readings.before)[0]
        if len(items):
            readings.before[:] = False
            start_ns = int(readings.heard_ns[items].max()) + 1
            await self._store.mark(items, [Status.BAD_DATA_LOST] * len(items), start_ns, past=True)

    def _backfill(self, items: Items, since_ns: Int64s) -> None:
        """Begins to ask for what the server recorded since each item was heard: a queue holds a few seconds
        only, and a server that restarted holds nothing."""
        now_ns = self._clock.now_ns()
        gaps = [
            Gap(i, node, int(since_ns[i]), now_ns)
            for i in items.tolist()
            if (node := self._roster.nodes[i]) is not None and since_ns[i] != NO_TIME
        ]
        if gaps and self._spec.history and (self._history is None or self._history.done()):
            work = backfill(gaps, self._session, self._store, self._facts, self._clock)
            self._history = asyncio.create_task(work)

    async def run(self) -> None:
        """Until the server is gone: then a ConnectionError, or a TimeoutError."""
        tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._watch())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            if self._history:
                tasks.append(self._history)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._subscription:
                await self._subscription.close()

    async def _work(self) -> None:
        while True:
            await self._hear(min(_TICK_S, max(0.0, self._roster.next_s(self._clock.monotonic()))))
            now_s = self._clock.monotonic()
            if self._subscription and now_s - self._heard_s > self._subscription.silence_s:
                await self._renew(self._subscription)
            if now_s - self._checked_s > CHECK_S:
                self._checked_s = now_s
                self._check()
            if due := self._roster.due(now_s):
                self._session.namespaces = await self._session.client.get_namespace_array()
                self._roster.resolve(due, self._session.namespaces)
                await self._ask_for(due)
            await self._read_quiet(now_s)

    async def _watch(self) -> None:
        """Asks for the server's state whenever nothing has come for a while; ends with the connection."""
        probed_s = 0.0
        while True:
            newest_s = max(self._heard_s, probed_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, newest_s + PROBE_S - self._clock.monotonic())):
                    await self._session.ended.wait()
                raise ConnectionError("the connection was closed")
            if self._clock.monotonic() - self._heard_s >= PROBE_S:
                started_s = self._clock.monotonic()
                await self._session.read([_STATE])
                probed_s = self._clock.monotonic()
                self._facts.round_trips.took(probed_s - started_s)

    async def _hear(self, within_s: float) -> None:
        if self._subscription is None:
            await self._clock.sleep(within_s)
            return
        report = await self._subscription.next(within_s)
        if report is None:
            return
        heard_ns = self._clock.now_ns()
        if report.lost:
            await self._gap(report)
        await self._take(report)
        if not report.lost:
            self._facts.followed_ns = heard_ns
        self._subscription.done(report)
        self._renewed, self.published = False, True
        if report.lost:
            await self._read(np.nonzero(self._roster.active)[0])

    async def _renew(self, silent: Subscription) -> None:
        """The server answers, its subscription does not: another one is made in its place, once; then the
        session is given up."""
        if self._renewed:
            raise ConnectionError(f"no report and no keep-alive for {silent.silence_s:.0f} s, twice")
        self._renewed = True
        self._facts.count("subscription_silent")
        log.warning("no report and no keep-alive: subscribing anew", source=self._spec.id)
        self._subscription = await Subscription.create(
            self._session, self._spec.publish_ms, self._spec.timeout_s, instead=silent
        )
        self._heard_s = self._clock.monotonic()
        await self._ask_for(range(len(self._roster)))

    async def _resume(self, old: Subscription) -> bool:
        """Takes over the last session's subscription with all that it has kept; then reads everything, for
        each tag's newest sample is the Bad one of the loss."""
        report = await old.resume(self._session)
        if report is None:
            return False
        self._facts.count("subscription_resumed")
        self._subscription = old
        await self._take(report, late=True)
        old.done(report)
        if report.lost:
            self._facts.count("notification_lost", report.lost)
        await self._read(np.nonzero(self._roster.active)[0])
        return True

    async def _take(self, report: Report, *, late: bool = False) -> None:
        self._facts.pending = report.values
        for name, n in (("repeated", report.repeated), ("acknowledgement_refused", report.refused_acks)):
            if n:
                self._facts.count(name, n)
        for said in report.changes:
            self._roster.heard(await self._store.put(said, late=late), self._clock.monotonic())
            self._look(said)
        self._facts.pending = 0
        self._heard_s, self._last_report_ns = self._clock.monotonic(), self._clock.now_ns()

    async def _gap(self, report: Report) -> None:
        """What was lost is told by a mark in each tag's history, from the last report before it; its end is
        the value that is read next."""
        self._facts.count("notification_lost", report.lost)
        items = np.nonzero(self._roster.active)[0]
        start_ns = self._last_report_ns
        log.warning("reports lost", source=self._spec.id, reports=report.lost, since_ns=start_ns)
        await self._store.mark(items, [Status.BAD_DATA_LOST] * len(items), start_ns, past=True)
        self._backfill(items, self._store.readings.heard_ns)

    async def _read_quiet(self, now_s: float) -> None:
        items = self._roster.quiet(now_s, 2 * self._session.read_limit)
        if len(items):
            missed = self._roster.slots(items, now_s)
            if self._subscription is None:
                self._facts.missed_slots += missed
            await self._read(items)

    async def _read(self, items: Items) -> None:
        """Fresh values, in calls as big as the server takes."""
        at = 0
        while at < len(items):
            some = items[at : at + self._session.read_limit]
            nodes = [node for i in some if (node := self._roster.nodes[i]) is not None]
            started_s = self._clock.monotonic()
            try:
                said = await self._session.read(nodes)
            except (ua.uaerrors.BadTooManyOperations, ua.uaerrors.BadResponseTooLarge) as error:
                if len(some) == 1:
                    raise ConnectionError(f"the server answers no read: {error}") from error
                self._session.read_limit = len(some) // 2
                continue
            at += len(some)
            self._heard_s = max(self._heard_s, started_s) if self._subscription is None else self._heard_s
            self._facts.round_trips.took(self._clock.monotonic() - started_s)
            said = said._replace(handle=some.astype(np.uint32))
            await self._store.put(said, asked=True)
            self._look(said)

    def _look(self, said: Columns) -> None:
        """Nodes that the server had and has no longer are missing from now on."""
        if not self._facts.tag_causes and not (said.q > Status.BAD).any():
            return
        for i, unknown in zip(said.handle.tolist(), np.isin(said.q, UNKNOWN).tolist(), strict=True):
            if i >= len(self._roster) or not self._roster.active[i]:
                continue
            if unknown:
                self._explain(i, "BadNodeIdUnknown")
            else:
                self._facts.tag_causes.pop(self._store.tag(i), None)

    async def _ask_for(self, items: Sequence[int]) -> None:
        """Monitors or polls; what the server does not have gets one Bad sample and a line."""
        wanted = self._roster.wanted(items)
        refused: dict[int, ua.StatusCode] = {}
        if self._subscription:
            refused = await self._subscription.monitor(wanted)
        to_poll = [one.handle for one in wanted if self._subscription is None]
        to_poll += [i for i, status in refused.items() if self._roster.can_poll(status.value)]
        now_s = self._clock.monotonic()
        apart = {*to_poll, *refused}
        self._roster.monitored([one.handle for one in wanted if one.handle not in apart], now_s)
        self._roster.polled(to_poll, now_s)
        self._store.monitored[list(items)] = False
        self._store.monitored[[one.handle for one in wanted if one.handle not in apart]] = True
        missing = {i: status for i, status in refused.items() if i not in to_poll}
        codes = {i: int(status.value) for i, status in missing.items()}
        for i, status in missing.items():
            self._explain(i, status.name)
        for i in set(items) - {one.handle for one in wanted}:
            self._explain(i, "the server has no such namespace")
            codes[i] = int(Status.BAD_NODE_ID_UNKNOWN)
        if codes:
            self._facts.count("node_refused", len(codes))
            await self._store.mark(list(codes), list(codes.values()), self._clock.now_ns())

    def _explain(self, item: int, why: str) -> None:
        wait_s = self._roster.refused(item, self._clock.monotonic())
        line = f"{self._roster.name(item)}: {why}; asked for again in {wait_s:.0f} s"
        self._facts.tag_causes[self._store.tag(item)] = line
