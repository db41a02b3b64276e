"""One OPC UA client under load.

`python -m bench.opcua_client ours|asyncua URL ITEMS SECONDS PUBLISH_MS SAMPLING_MS` prints one JSON line,
{notifications, cpu_s, seconds}, of that time after every item has reported once.
asyncua: its subscription and a handler of ours that only counts. ours: the source as the hub runs it, up to
and with the batch that it hands to the spool; the spool is left out, as it is of asyncua.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import uvloop
from asyncua import Client, Node, ua

from collectors.opcua.driver import OpcUaSource
from collectors.opcua.spec import Item, OpcUaSpec
from core.model.conservation import Fate
from core.model.sample import Batch
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.runtime.clock import AnchoredClock

SETTLE_S = 2.0


class Counting:
    """A Sink, and a handler of asyncua's, that count."""

    def __init__(self) -> None:
        self.heard = 0

    async def put(self, batch: Batch) -> int:
        self.heard += len(batch)
        return 1

    async def count(self, source: str, fate: Fate, samples: int) -> None:
        """Nothing is lost here."""

    def datachange_notification(self, node: Node, value: object, data: object) -> None:
        self.heard += 1


async def measured(heard: Callable[[], int], items: int, seconds: float) -> dict[str, float]:
    while heard() < items:  # noqa: ASYNC110 a peer tells its progress by a count alone
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLE_S)
    before, cpu_s, started_s = heard(), time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    used_s, took_s = time.process_time() - cpu_s, time.monotonic() - started_s
    return {"notifications": heard() - before, "cpu_s": used_s, "seconds": took_s}


async def ours(url: str, items: int, seconds: float, publish_ms: int, sampling_ms: int) -> dict[str, float]:
    names = [f"v{n}" for n in range(items)]
    spec = OpcUaSpec(
        type="opcua",
        id="bench",
        url=url,
        allow_insecure=True,
        publish_ms=publish_ms,
        sampling_ms=sampling_ms,
        max_silence_s=600,
        timeout_s=30,
        nodes=tuple(Item(tag=name, node=f"nsu=urn:test:plant;s=v-{n}") for n, name in enumerate(names)),
    )
    known = {
        name: Tag(
            id=name, quantity=Quantity.FLOW, unit="m3/h", name=Text(name, name), station="s", period_s=1.0
        )
        for name in names
    }
    sink = Counting()
    source = OpcUaSource(spec, known, AnchoredClock(), Path("/nowhere"))
    task = asyncio.create_task(source.run(sink))
    result = await measured(lambda: sink.heard, items, seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return result


async def asyncua(
    url: str, items: int, seconds: float, publish_ms: int, sampling_ms: int
) -> dict[str, float]:
    sink = Counting()
    client = Client(url, timeout=30, watchdog_intervall=3600)
    await client.connect()
    index = await client.get_namespace_index("urn:test:plant")
    parameters = ua.CreateSubscriptionParameters(
        RequestedPublishingInterval=publish_ms,
        RequestedLifetimeCount=600,
        RequestedMaxKeepAliveCount=50,
        PublishingEnabled=True,
    )
    subscription = await client.create_subscription(parameters, sink)
    nodes = [client.get_node(ua.NodeId(f"v-{n}", index)) for n in range(items)]
    for start in range(0, items, 500):
        some = nodes[start : start + 500]
        await subscription.subscribe_data_change(some, queuesize=10, sampling_interval=sampling_ms)
    result = await measured(lambda: sink.heard, items, seconds)
    await client.disconnect()
    return result


def main() -> None:
    logging.disable(logging.CRITICAL)
    which, url, items, seconds, publish_ms, sampling_ms = sys.argv[1:]
    run = {"ours": ours, "asyncua": asyncua}[which]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(run(url, int(items), float(seconds), int(publish_ms), int(sampling_ms)))
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
