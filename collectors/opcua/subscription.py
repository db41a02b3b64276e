"""One subscription whose publish loop is ours, on asyncua's session.

asyncua 2.1 acknowledges a notification even when its callback raises, and keeps one publish request
outstanding. Here four are, reports come in order, and a sequence number is acknowledged only by the
request that follows its commit: while commits fail, publishing stops and the server keeps what it has.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

OUTSTANDING = 4
KEEP_ALIVE_COUNT = 10
LIFETIME_COUNT = 60
ITEMS_PER_CALL = 500
REQUESTED_SESSION_MS = 60_000


@dataclass(slots=True)
class Report:
    """Data changes in the server's order: (client handle, value). acks: what is to be acknowledged once
    they are stored. lost: sequence numbers that came neither in time nor when asked for again."""

    changes: list[tuple[int, ua.DataValue]] = field(default_factory=list)
    acks: list[ua.SubscriptionAcknowledgement] = field(default_factory=list)
    requests: int = 0
    lost: int = 0


class Subscription:
    """Made with `create`; `next` gives reports, `done` acknowledges one and asks for more."""

    def __init__(self, client: Client, id: int, publish_ms: float, keep_alive: int, timeout_s: float) -> None:
        self._client = client
        self._id = id
        self._publish_ms = publish_ms
        self._silence_s = publish_ms / 1000 * keep_alive * 1.5 + timeout_s
        self._answers: asyncio.Queue[ua.PublishResult | Exception] = asyncio.Queue(OUTSTANDING)
        self._asking: set[asyncio.Task[None]] = set()
        self._expected = 1

    @classmethod
    async def create(cls, client: Client, publish_ms: int, timeout_s: float) -> "Subscription":
        """Raises UaError, OSError."""
        request = ua.CreateSubscriptionRequest()
        request.Parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=publish_ms,
            RequestedLifetimeCount=LIFETIME_COUNT,
            RequestedMaxKeepAliveCount=KEEP_ALIVE_COUNT,
            MaxNotificationsPerPublish=0,
            PublishingEnabled=True,
            Priority=0,
        )
        protocol = client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("no secure channel")
        answer = struct_from_binary(ua.CreateSubscriptionResponse, await protocol.send_request(request))
        answer.ResponseHeader.ServiceResult.check()
        made = answer.Parameters
        self = cls(
            client,
            made.SubscriptionId,
            made.RevisedPublishingInterval,
            made.RevisedMaxKeepAliveCount,
            timeout_s,
        )
        self._ask(OUTSTANDING, [])
        return self

    async def monitor(self, nodes: Sequence[tuple[int, ua.NodeId]], sampling_ms: float) -> dict[int, int]:
        """Adds items by client handle; the StatusCode of each that was refused."""
        refused: dict[int, int] = {}
        for start in range(0, len(nodes), ITEMS_PER_CALL):
            some = nodes[start : start + ITEMS_PER_CALL]
            parameters = ua.CreateMonitoredItemsParameters(
                SubscriptionId=self._id,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[self._item(handle, node, sampling_ms) for handle, node in some],
            )
            results = await self._client.uaclient.session.create_monitored_items(parameters)
            for (handle, _), result in zip(some, results, strict=True):
                if not result.StatusCode.is_good():
                    refused[handle] = int(result.StatusCode.value)
        return refused

    def _item(self, handle: int, node: ua.NodeId, sampling_ms: float) -> ua.MonitoredItemCreateRequest:
        """Queue of twice what is sampled between two reports. A change of status is a change, and so is a
        newer source time of the same value: it says that the instrument still measures."""
        changes = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger.StatusValueTimestamp,
            DeadbandType=ua.DeadbandType.None_,
            DeadbandValue=0.0,
        )
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=handle,
                SamplingInterval=sampling_ms,
                Filter=changes,
                QueueSize=max(10, 2 * math.ceil(self._publish_ms / sampling_ms)),
                DiscardOldest=True,
            ),
        )

    async def next(self, within_s: float) -> Report | None:
        """What has come, merged; None when nothing did in `within_s`. Raises ConnectionError when the
        server has been silent beyond its keep-alives, has ended the subscription, or is gone."""
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

    @property
    def silence_s(self) -> float:
        """Without any report for so long, keep-alives included, the server is gone."""
        return self._silence_s

    def done(self, report: Report) -> None:
        """The report is on disk: acknowledge it, and ask for as many more as were answered."""
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
        try:
            response = await self._client.uaclient.session.publish(acks)
            response.ResponseHeader.ServiceResult.check()
            await self._answers.put(response.Parameters)
        except (UaError, OSError) as error:
            await self._answers.put(error)

    async def _add(self, report: Report, answer: ua.PublishResult | Exception) -> None:
        if isinstance(answer, Exception):
            raise ConnectionError(f"publishing ended: {answer}") from answer
        report.requests += 1
        if answer.SubscriptionId != self._id:
            raise ConnectionError(f"a report of subscription {answer.SubscriptionId}, not {self._id}")
        message = answer.NotificationMessage
        if not message.NotificationData:
            return
        for missing in range(self._expected, message.SequenceNumber):
            await self._again(report, missing)
        self._expected = message.SequenceNumber % 0xFFFFFFFF + 1
        self._take(report, message)

    async def _again(self, report: Report, sequence: int) -> None:
        try:
            self._take(report, await self._client.uaclient.session.republish(self._id, sequence))
        except UaStatusCodeError:
            report.lost += 1

    def _take(self, report: Report, message: ua.NotificationMessage) -> None:
        for notification in message.NotificationData:
            if isinstance(notification, ua.DataChangeNotification):
                report.changes += [(i.ClientHandle, i.Value) for i in notification.MonitoredItems]
            elif isinstance(notification, ua.StatusChangeNotification):
                raise ConnectionError(f"the server ended the subscription: {notification.Status.name}")
        report.acks.append(ua.SubscriptionAcknowledgement(self._id, message.SequenceNumber))
