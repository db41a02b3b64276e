"""One subscription whose publish loop is ours, on asyncua's session.

asyncua 2.1 acknowledges a notification even when its callback raises, and keeps one publish request
outstanding. Here four are, reports come in order, and a sequence number is acknowledged only by the
request that follows its commit: while commits fail, publishing stops and the server keeps what it has.

Every answer, keep-alives included, is looked at for a gap (IEC 62541-4, 5.14.1.1): what is missing is asked
for again, and what the server no longer has is counted, so that everything is read anew.
"""

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from asyncua import ua

from collectors.opcua.columns import Columns
from collectors.opcua.messages import Publication, decoded, notifications, publication
from collectors.opcua.session import FAILURES, Session
from collectors.opcua.spec import Trigger

OUTSTANDING = 4
KEEP_ALIVE_S = 2.0
LIFETIME_S = 60.0
REPUBLISH_AT_MOST = 100
LAST_SEQUENCE = 0xFFFFFFFF
"""After it comes 1 (IEC 62541-4, 7.8)."""


@dataclass(slots=True)
class Report:
    """What has come, in the server's order. acks: what is to be acknowledged once it is stored; requests:
    how many of ours were answered; lost: sequence numbers that the server could not repeat."""

    changes: list[Columns] = field(default_factory=list)
    acks: list[ua.SubscriptionAcknowledgement] = field(default_factory=list)
    requests: int = 0
    lost: int = 0
    repeated: int = 0
    refused_acks: int = 0

    @property
    def values(self) -> int:
        return sum(len(columns.v) for columns in self.changes)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item to monitor. handle: ours, comes with each of its values."""

    handle: int
    node: ua.NodeId
    sampling_ms: float
    trigger: Trigger
    deadband: float | None


class Subscription:
    """Made with `create`; `next` gives reports, `done` acknowledges one and asks for more."""

    def __init__(self, session: Session, made: ua.CreateSubscriptionResult, timeout_s: float) -> None:
        self._session = session
        self._id = int(made.SubscriptionId)
        self._publish_ms = float(made.RevisedPublishingInterval)
        keep_alive_s = self._publish_ms / 1000 * made.RevisedMaxKeepAliveCount
        self.silence_s = keep_alive_s * 1.5 + timeout_s
        """Without any answer for so long, keep-alives included, the subscription is dead."""
        self._answers: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self._asking: set[asyncio.Task[None]] = set()
        self._expected = 1
        self._begun = False
        self._committed = 1
        """What was expected when everything before it was on disk."""
        self._taken: deque[int] = deque(maxlen=256)
        self._numbers: dict[int, int] = {}
        """The server's number of each monitored item, by handle."""

    @classmethod
    async def create(
        cls, session: Session, publish_ms: int, timeout_s: float, *, instead: "Subscription | None" = None
    ) -> "Subscription":
        """instead: one of the same session that says nothing any longer; its requests, which the server still
        holds, become ours. Raises `FAILURES`."""
        count = max(1, math.ceil(KEEP_ALIVE_S * 1000 / publish_ms))
        request = ua.CreateSubscriptionRequest()
        request.Parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=publish_ms,
            RequestedLifetimeCount=max(3 * count, math.ceil(LIFETIME_S * 1000 / publish_ms)),
            RequestedMaxKeepAliveCount=count,
            MaxNotificationsPerPublish=0,
            PublishingEnabled=True,
            Priority=0,
        )
        response = decoded(ua.CreateSubscriptionResponse, await session.ask(request))
        self = cls(session, response.Parameters, timeout_s)
        if instead is None:
            self._ask(OUTSTANDING, [])
        else:
            self._answers, self._asking = instead._answers, instead._asking
            self._ask(max(0, OUTSTANDING - len(self._asking)), [])
            await instead._delete()
        return self

    async def _delete(self) -> None:
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = [self._id]
        with suppress(ua.UaStatusCodeError):
            await self._session.ask(request)

    async def resume(self, session: Session) -> Report | None:
        """Goes on in another session, with what the server has kept since; `done` with the report asks for
        more. None when the server does not have the subscription any longer."""
        request = ua.TransferSubscriptionsRequest()
        request.Parameters = ua.TransferSubscriptionsParameters([self._id], False)
        try:
            response = decoded(ua.TransferSubscriptionsResponse, await session.ask(request))
        except ua.UaStatusCodeError:
            return None
        if not response.Parameters.Results[0].StatusCode.is_good():
            return None
        self._session, self._answers, self._asking = session, asyncio.Queue(), set()
        self._expected = self._committed
        retained = [int(n) for n in response.Parameters.Results[0].AvailableSequenceNumbers or ()]
        report = Report(requests=OUTSTANDING)
        report.acks = [ua.SubscriptionAcknowledgement(self._id, n) for n in retained if n in self._taken]
        ahead = [(n - self._expected) % LAST_SEQUENCE for n in retained]
        missing = max((n + 1 for n in ahead if n <= LAST_SEQUENCE // 2), default=0)
        await self._repeat(report, missing)
        self._expected = (self._expected - 1 + missing) % LAST_SEQUENCE + 1
        return report

    async def monitor(self, items: Sequence[Wanted]) -> dict[int, ua.StatusCode]:
        """Adds items; the StatusCode of each that was refused, by handle. One monitored before under the
        same handle is removed."""
        old = [self._numbers.pop(item.handle) for item in items if item.handle in self._numbers]
        if old:
            request = ua.DeleteMonitoredItemsRequest()
            request.Parameters = ua.DeleteMonitoredItemsParameters(self._id, old)
            decoded(ua.DeleteMonitoredItemsResponse, await self._session.ask(request))
        refused: dict[int, ua.StatusCode] = {}
        step = self._session.item_limit
        for some in (items[start : start + step] for start in range(0, len(items), step)):
            request = ua.CreateMonitoredItemsRequest()
            request.Parameters = ua.CreateMonitoredItemsParameters(
                SubscriptionId=self._id,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[self._item(item) for item in some],
            )
            response = decoded(ua.CreateMonitoredItemsResponse, await self._session.ask(request))
            for item, result in zip(some, response.Results, strict=True):
                if result.StatusCode.is_good():
                    self._numbers[item.handle] = int(result.MonitoredItemId)
                else:
                    refused[item.handle] = result.StatusCode
        return refused

    def _item(self, item: Wanted) -> ua.MonitoredItemCreateRequest:
        """Its queue holds twice what is sampled between two reports."""
        dead = ua.DeadbandType.None_ if item.deadband is None else ua.DeadbandType.Absolute
        changes = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger[item.trigger],
            DeadbandType=dead,
            DeadbandValue=item.deadband or 0.0,
        )
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=item.node, AttributeId=ua.AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=item.handle,
                SamplingInterval=item.sampling_ms,
                Filter=changes,
                QueueSize=max(10, 2 * math.ceil(self._publish_ms / item.sampling_ms)),
                DiscardOldest=True,
            ),
        )

    async def next(self, within_s: float) -> Report | None:
        """What has come, merged; None when nothing did in `within_s`. Raises ConnectionError when the server
        has ended the subscription or is gone."""
        try:
            async with asyncio.timeout(within_s):
                answer = await self._answers.get()
        except TimeoutError:
            return None
        report = Report()
        await self._add(report, answer)
        while not self._answers.empty():
            await self._add(report, self._answers.get_nowait())
        return report

    def done(self, report: Report) -> None:
        """The report is on disk: acknowledge it, and ask for as many more as were answered."""
        self._taken.extend(ack.SequenceNumber for ack in report.acks)
        self._committed = self._expected
        self._ask(report.requests, report.acks)

    async def close(self) -> None:
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    def _ask(self, requests: int, acks: list[ua.SubscriptionAcknowledgement]) -> None:
        for _ in range(requests):
            task = asyncio.create_task(self._publish(acks))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
            acks = []

    async def _publish(self, acks: list[ua.SubscriptionAcknowledgement]) -> None:
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = acks
        try:
            self._answers.put_nowait(await self._session.ask(request, 0))
        except FAILURES as error:
            self._answers.put_nowait(error)

    async def _add(self, report: Report, answer: bytes | Exception) -> None:
        if isinstance(answer, Exception):
            raise ConnectionError(f"publishing ended: {answer or type(answer).__name__}") from answer
        said = publication(answer)
        report.requests += 1
        report.refused_acks += said.refused_acks
        if said.subscription != self._id:
            return  # of one that was given up
        if said.ended is not None:
            raise ConnectionError(f"the server ended the subscription: {said.ended.name}")
        ahead = (said.sequence - self._expected) % LAST_SEQUENCE
        if not self._begun and ahead > REPUBLISH_AT_MOST:
            self._expected, ahead = said.sequence, 0  # a server that does not begin at 1
        self._begun = True
        late = ahead > LAST_SEQUENCE // 2
        if not late:
            await self._repeat(report, ahead)
            self._expected = said.sequence if said.keep_alive else said.sequence % LAST_SEQUENCE + 1
        if not said.keep_alive:
            self._take(report, said)

    async def _repeat(self, report: Report, missing: int) -> None:
        """Asks again for the `missing` sequence numbers from the expected one."""
        for n in range(min(missing, REPUBLISH_AT_MOST)):
            sequence = (self._expected - 1 + n) % LAST_SEQUENCE + 1
            request = ua.RepublishRequest()
            request.Parameters = ua.RepublishParameters(self._id, sequence)
            try:
                response = decoded(ua.RepublishResponse, await self._session.ask(request))
            except ua.UaStatusCodeError:
                report.lost += 1
                continue
            message = response.NotificationMessage
            if message.SequenceNumber != sequence or not message.NotificationData:
                report.lost += 1
                continue
            changes, _ = notifications(message.NotificationData)
            report.repeated += bool(changes)  # else it says that the subscription was handed over
            self._take(report, Publication(self._id, sequence, changes))
        report.lost += max(0, missing - REPUBLISH_AT_MOST)

    def _take(self, report: Report, said: Publication) -> None:
        known = said.sequence in self._taken or any(a.SequenceNumber == said.sequence for a in report.acks)
        report.acks.append(ua.SubscriptionAcknowledgement(self._id, said.sequence))
        if not known:
            report.changes += said.changes
