"""An OPC UA server as a Source: one session, one subscription, every change acknowledged after the disk."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError

from collectors.opcua.spec import Item, OpcUaSpec
from collectors.opcua.subscription import REQUESTED_SESSION_MS, Report, Subscription
from collectors.opcua.values import sample
from core.model.conservation import Fate
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink, SpoolFull

WATCHDOG_S = 5.0
RETRY_MISSING_S = 60.0
FULL_WAIT_S = 0.5
_TICK_S = 1.0


class OpcUaSource:
    """`core.ports.source.Source` over OPC UA, security policy None, anonymous.

    It creates a session, a subscription and monitored items, reads the namespace array and the server's
    state, and publishes; there is no Write and no Call in it. A node the server does not know gets one Bad
    sample and is asked for again every 60 s; the others go on. A lost session gives one Bad sample for each
    tag. While the spool is full nothing is acknowledged or asked for: the server's queues hold the changes.
    """

    def __init__(self, spec: OpcUaSpec, tags: Mapping[str, Tag], clock: Clock) -> None:
        """Raises ValueError for an item whose tag is unknown."""
        unknown = sorted(item.tag for item in spec.nodes if item.tag not in tags)
        if unknown:
            raise ValueError(f"{spec.id}: no such tag: {', '.join(unknown)}")
        self.id = f"opcua:{spec.id}"
        self.facts = SourceFacts()
        self._spec = spec
        self._clock = clock
        self._tags = [tags[item.tag] for item in spec.nodes]
        self._lost_ns: dict[int, int] = {}
        """By item: when its tag got the Bad sample that no report has followed yet."""
        self._reported: set[int] = set()
        """Items that have reported in this session."""

    async def run(self, sink: Sink) -> None:
        try:
            async with self._session() as (client, ended):
                await self._follow(client, ended, sink)
        except (UaError, OSError) as error:
            self._count(type(error).__name__)
            everything = dict.fromkeys(range(len(self._tags)), int(Status.BAD_NO_COMMUNICATION))
            await self._mark(everything, sink)
            raise ConnectionError(f"{self.id}: {error or type(error).__name__}") from error
        finally:
            self.facts.connected = False

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[tuple[Client, asyncio.Event]]:
        """A session, and an event that is set when asyncua's watchdog finds the server gone."""
        client = Client(self._spec.url, timeout=self._spec.timeout_s, watchdog_intervall=WATCHDOG_S)
        client.session_timeout = REQUESTED_SESSION_MS
        client.name = client.description = "waterhub"
        client.application_uri = "urn:waterhub:hub"
        ended = asyncio.Event()

        async def lost(error: Exception) -> None:
            ended.set()

        client.connection_lost_callback = lost
        try:
            async with asyncio.timeout(3 * self._spec.timeout_s):
                await client.connect()
            yield client, ended
        finally:
            with suppress(UaError, OSError):
                async with asyncio.timeout(self._spec.timeout_s):
                    await client.close_session()
            client.disconnect_socket()

    async def _follow(self, client: Client, ended: asyncio.Event, sink: Sink) -> None:
        subscription = await Subscription.create(client, self._spec.publish_ms, self._spec.timeout_s)
        self._reported.clear()
        try:
            missing = await self._monitor(client, subscription, range(len(self._tags)), sink)
            self.facts.connected = True
            self.facts.connects += 1
            heard = asked = self._clock.monotonic()
            while True:
                report = await subscription.next(_TICK_S)
                now = self._clock.monotonic()
                if report is not None:
                    heard = now
                    await self._store(report, sink)
                    subscription.done(report)
                if ended.is_set() or now - heard > subscription.silence_s:
                    raise ConnectionError(f"no sign of the server for {now - heard:.0f} s")
                if missing and now - asked > RETRY_MISSING_S:
                    asked = now
                    missing = await self._monitor(client, subscription, missing, sink)
        finally:
            await subscription.close()

    async def _monitor(
        self, client: Client, subscription: Subscription, items: Sequence[int], sink: Sink
    ) -> list[int]:
        """Asks for items by number; the numbers of those that the server does not have."""
        namespaces = await client.get_namespace_array()
        nodes = [(i, node_id(self._spec.nodes[i], namespaces)) for i in items]
        known = [(i, node) for i, node in nodes if node is not None]
        refused = {i: int(Status.BAD_NODE_ID_UNKNOWN) for i, node in nodes if node is None}
        sampling_ms = self._spec.sampling_ms or self._spec.publish_ms
        refused |= await subscription.monitor(known, sampling_ms)
        if refused:
            self._count("node_refused", len(refused))
            await self._mark(refused, sink)
        return list(refused)

    async def _store(self, report: Report, sink: Sink) -> None:
        if report.lost:
            self._count("notification_lost", report.lost)
        now_ns, speed = self._clock.now_ns(), self._clock.anchor.speed
        samples = []
        for item, value in report.changes:
            made = sample(
                self._tags[item],
                value,
                now_ns,
                speed=speed,
                first=item not in self._reported,
                after_ns=self._lost_ns.get(item, 0),
            )
            self._reported.add(item)
            samples.append(made)
        suspect = sum(bool(made.flags & Flag.CLOCK_SUSPECT) for made in samples)
        if suspect:
            self._count("clock_suspect", suspect)
        if samples:
            await self._put(samples, sink)
        for item, _ in report.changes:
            self._lost_ns.pop(item, None)

    async def _put(self, samples: Sequence[Sample], sink: Sink) -> None:
        """Waits as long as the spool is full."""
        batch = Batch.of(self.id, samples)
        while True:
            try:
                await sink.put(batch)
                break
            except SpoolFull:
                self._count("spool_full")
                await self._clock.sleep(FULL_WAIT_S)
        self.facts.samples += len(batch)
        self.facts.bad += sum(made.v is None for made in samples)

    async def _mark(self, codes: Mapping[int, int], sink: Sink) -> None:
        """One Bad sample for each item, by its code, unless it has had one since its last report."""
        now_ns = self._clock.now_ns()
        news = {item: code for item, code in codes.items() if item not in self._lost_ns}
        if not news:
            return
        batch = Batch.of(self.id, [Sample(self._tags[i].id, now_ns, None, q) for i, q in news.items()])
        try:
            await sink.put(batch)
        except SpoolFull:
            self.facts.shed += len(batch)
            await sink.count(self.id, Fate.SHED, len(batch))
            return
        self._lost_ns |= dict.fromkeys(news, now_ns)
        self.facts.samples += len(batch)
        self.facts.bad += len(batch)

    def _count(self, cause: str, n: int = 1) -> None:
        self.facts.failures[cause] = self.facts.failures.get(cause, 0) + n


def node_id(item: Item, namespaces: Sequence[str]) -> ua.NodeId | None:
    """The item's node with its namespace's number of this session; None when the server has no such
    namespace."""
    if not item.node.startswith("nsu="):
        return ua.NodeId.from_string(item.node)
    uri, rest = item.node.removeprefix("nsu=").split(";", 1)
    return ua.NodeId.from_string(f"ns={namespaces.index(uri)};{rest}") if uri in namespaces else None
