"""An OPC UA server as a Source: one session, one subscription, every change acknowledged after the disk."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from collectors.opcua.follow import Follow
from collectors.opcua.identity import expiry_cause
from collectors.opcua.roster import Roster
from collectors.opcua.session import FAILURES, Session, session
from collectors.opcua.spec import OpcUaSpec
from collectors.opcua.store import Store
from collectors.opcua.subscription import Subscription
from collectors.opcua.trust import Untrusted
from core.model.quality import Status
from core.model.sample import Batch
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import DeviceFacts, SourceFacts
from core.ports.spool import Sink
from core.runtime.logs import log


class OpcUaSource:
    """`core.ports.source.Source` over OPC UA.

    Toward the server it makes a session, a subscription and monitored items, reads, and publishes; there is
    no Write and no Call in it. A node that the server does not know gets one Bad sample and is asked for
    again, after 60 s at first; the others go on. A lost session, or a server that does not answer, is one
    Bad sample for each tag. While the spool takes nothing, nothing is acknowledged or asked for: the
    server's queues hold the changes. Reconnecting is the supervisor's alone.
    """

    def __init__(
        self, spec: OpcUaSpec, tags: Mapping[str, Tag], clock: Clock, pki: Path, folder: Path = Path()
    ) -> None:
        """pki: where certificates are kept; folder: the configuration's. Raises ValueError for an item whose
        tag is unknown."""
        unknown = sorted(item.tag for item in spec.nodes if item.tag not in tags)
        if unknown:
            raise ValueError(f"{spec.id}: no such tag: {', '.join(unknown)}")
        self.id = f"opcua:{spec.id}"
        self._device = DeviceFacts()
        self.facts = SourceFacts(insecure=spec.insecure, devices={spec.id: self._device})
        self.facts.device_of = {item.tag: spec.id for item in spec.nodes}
        self._spec, self._clock, self._pki, self._folder = spec, clock, pki, folder
        mine = [tags[item.tag] for item in spec.nodes]
        self._roster = Roster(spec, mine)
        self._store = Store(self.id, self._device, mine, self.facts, clock)
        self._subscription: Subscription | None = None
        """Of the last session, where it was secure (IEC 62541-4, 5.14.7: nobody can tell otherwise whose it
        is) and published: a new one takes it over, if the server still has it."""
        self._told: str | None = None
        self._last: BaseException | None = None

    def remember(self, batch: Batch) -> None:
        """What was heard in a life before, in order: of what was not Bad last, the time since is a gap. It is
        told, and asked for where the server keeps a history."""
        items = {item.tag: i for i, item in enumerate(self._spec.nodes)}
        newest = {sample.tag: sample for sample in batch.samples() if sample.tag in items}
        good = [sample for sample in newest.values() if sample.v is not None]
        self._store.readings.remember([items[one.tag] for one in good], [one.t_ns for one in good])

    async def run(self, sink: Sink) -> None:
        self._store.sink = sink
        try:
            async with session(self._spec, self._pki, self._folder) as made:
                await self._follow(made)
        except FAILURES as error:
            if error is self._store.failure:
                raise
            await self._lost(error)
            raise ConnectionError(f"{self.id}: {self.facts.cause}") from error
        finally:
            self.facts.connected = False

    async def _follow(self, made: Session) -> None:
        """A loss is marked before the session is closed, which a frozen server may make long."""
        try:
            await self._work(made)
        except FAILURES as error:
            if error is not self._store.failure:
                self.facts.connected = False
                await self._lost(error)
            raise

    async def _work(self, made: Session) -> None:
        check = partial(self._check, made)
        follow = Follow(self._spec, made, self._roster, self._store, self.facts, self._clock, check)
        self._store.readings.new_session()
        try:
            await self._at_work(follow, check)
        finally:
            self._subscription = follow.subscription if self._spec.secure and follow.published else None

    async def _at_work(self, follow: Follow, check: Callable[[], None]) -> None:
        await follow.start(self._subscription)
        self.facts.connected = True
        self.facts.connects += 1
        check()
        self._device.failures_in_row = 0
        await follow.run()

    def _check(self, made: Session) -> None:
        """A line from 30 days before a certificate expires, logged when it changes."""
        now_ns = self._clock.now_ns()
        causes = []
        if made.own is not None:
            self.facts.certificate_expires_ns = made.own.expires_ns
            causes.append(expiry_cause("the hub's own", made.own.expires_ns, now_ns))
        if made.server_expires_ns is not None:
            causes.append(expiry_cause("the server's", made.server_expires_ns, now_ns))
        line = "; ".join(cause for cause in causes if cause) or None
        self.facts.cause = self._device.cause = line
        self._tell(line)

    async def _lost(self, error: BaseException) -> None:
        """Told once: the cause, and one Bad sample for each tag."""
        if error is self._last:
            return
        self._last, cause = error, self._explained(error)
        self.facts.count(type(error).__name__)
        self._device.count(type(error).__name__)
        self.facts.cause = self._device.cause = cause
        self._device.failures_in_row += 1
        if isinstance(error, Untrusted):
            self._tell(cause)
        everything = np.arange(len(self._roster))
        code = np.full(len(everything), Status.BAD_NO_COMMUNICATION, np.uint32)
        await self._store.mark(everything, code, self._clock.now_ns())

    def _tell(self, line: str | None) -> None:
        """Logs what an engineer must mend, once until it changes."""
        if line and line != self._told:
            log.warning("opc ua certificate", source=self.id, cause=line)
        self._told = line

    def _explained(self, error: BaseException) -> str:
        if isinstance(error, TimeoutError):
            return f"{self._spec.url} does not answer within {self._spec.timeout_s:g} s"
        return f"{self._spec.url}: {error or type(error).__name__}"
