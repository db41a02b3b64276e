"""OPC UA servers by asyncua, each in a process of its own, forked of one that has the standard address space.

A message is PORT and, if not 5, NODES. Variables `s=v-0` … of namespace urn:test:plant, Double, n at first.
Lines on stdin change it: `set N VALUE`, `bad N CODE` (hexadecimal StatusCode), `stamp N VALUE SECONDS` (a
source time that many seconds off), `add NAME VALUE`, `remove NAME`, `historize NAME`, `begin N` (number of
the first report of subscriptions made from now on), `subscriptions N` (at most so many), `lose` (the next
report with changes is sent without them, and kept), `forget` (the same, and not kept), `mute` (no
subscription reports any longer). Each is answered by a line.
"""

import asyncio
import gc
import logging
import sys
from copy import copy
from datetime import UTC, datetime, timedelta

from asyncua import Server, ua
from asyncua.server.internal_subscription import InternalSubscription

from tests.forks import bear

URI = "urn:test:plant"
LAST_SEQUENCE = 0xFFFFFFFF


class Reports:
    """What goes wrong with the reports of every subscription. asyncua's numbers go on beyond 32 bits: here
    they begin again at 1, as they should."""

    def __init__(self) -> None:
        self.begin, self.lose, self.forget = 1, False, False
        pop, init = InternalSubscription._pop_publish_result, InternalSubscription.__init__

        def made(subscription: InternalSubscription, *args: object, **kwargs: object) -> None:
            init(subscription, *args, **kwargs)
            subscription._notification_seq = self.begin

        def popped(subscription: InternalSubscription) -> ua.PublishResult:
            result = pop(subscription)
            if subscription._notification_seq > LAST_SEQUENCE:
                subscription._notification_seq = 1
            return self.spoil(subscription, result)

        InternalSubscription.__init__, InternalSubscription._pop_publish_result = made, popped

    def spoil(self, subscription: InternalSubscription, result: ua.PublishResult) -> ua.PublishResult:
        message = result.NotificationMessage
        if not (self.lose or self.forget) or not message.NotificationData:
            return result
        if self.forget:
            del subscription._not_acknowledged_results[message.SequenceNumber]
        self.lose = self.forget = False
        spoiled = copy(result)
        spoiled.NotificationMessage = ua.NotificationMessage(subscription._notification_seq)
        return spoiled


def reading(value: float, code: int = 0, seconds: float = 0.0) -> ua.DataValue:
    return ua.DataValue(
        ua.Variant(value, ua.VariantType.Double),
        ua.StatusCode(code),
        SourceTimestamp=datetime.now(UTC) + timedelta(seconds=seconds),
    )


async def furnished() -> Server:
    logging.disable(logging.CRITICAL)
    server = Server()
    gc.disable()  # the standard address space is 4 times as fast to build without looking for cycles
    await server.init()
    gc.enable()
    return server


async def main(server: Server, port: int, nodes: int = 5) -> None:
    reports = Reports()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/plant")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:something:else")
    index = await server.register_namespace(URI)

    async def add(name: str, value: float) -> None:
        node = ua.NodeId(name, index)
        await server.nodes.objects.add_variable(node, name, value, ua.VariantType.Double)
        await server.write_attribute_value(node, reading(value))

    async def obey(line: str) -> None:
        verb, name, *rest = [*line.split(), ""] if " " not in line.strip() else line.split()
        node = ua.NodeId(f"v-{name}", index)
        match verb, rest:
            case "add", [value]:
                await add(name, float(value))
            case "historize", []:
                await server.historize_node_data_change(server.get_node(ua.NodeId(name, index)))
            case "remove", []:
                await server.delete_nodes([server.get_node(ua.NodeId(name, index))])
            case "begin", []:
                reports.begin = int(name)
            case "subscriptions", []:
                server.iserver.max_subscriptions = int(name)
            case "mute", []:
                for subscription in server.iserver.subscription_service.subscriptions.values():
                    subscription._task.cancel()
            case "lose" | "forget", []:
                setattr(reports, verb, True)
            case "set", [value]:
                await server.write_attribute_value(node, reading(float(value)))
            case "bad", [code]:
                await server.write_attribute_value(node, reading(0.0, int(code, 16)))
            case "stamp", [value, seconds]:
                await server.write_attribute_value(node, reading(float(value), 0, float(seconds)))

    for n in range(nodes):
        await add(f"v-{n}", float(n))
    async with server:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        print("ready", flush=True)
        while line := await reader.readline():
            await obey(line.decode())
            print("done", flush=True)


if __name__ == "__main__":
    ready = asyncio.run(furnished())
    bear(lambda message: main(ready, *map(int, message.split())))
