"""A persistent MQTT session on the event loop: messages in a bounded queue, acknowledged one by one.

paho keeps connect, subscriptions and keep-alive; its socket is watched by asyncio, so that there is no
thread and `on_message` only appends. Nothing is published here.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collectors.mqtt.spec import MqttSpec

CONNECT_S = 10.0
QUEUE = 4096
"""More than brokers keep in flight (Mosquitto 20, NATS 1,024 unless told otherwise)."""
_MISC_S = 1.0


class Session:
    """`open`, then `take` and `acknowledge`; `close` at the end. Every wait fails with ConnectionError
    when the connection is lost; what was not acknowledged the broker sends again."""

    def __init__(self, spec: MqttSpec, client_id: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._spec = spec
        self._messages: deque[MQTTMessage] = deque()
        self._arrived = asyncio.Event()
        self._ready: asyncio.Future[str] = self._loop.create_future()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._socket: socket.socket | None = None
        self._misc: asyncio.Task[None] | None = None
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_message = self._heard
        self._client = client

    async def open(self) -> None:
        """Connected and subscribed when it returns. Raises ConnectionError, OSError for the files."""
        spec = self._spec
        if spec.username is not None:
            password = spec.password_file.read_text().strip() if spec.password_file else None
            self._client.username_pw_set(spec.username, password)
        if spec.ca_file is not None:
            self._client.tls_set(str(spec.ca_file))
        try:
            await asyncio.to_thread(self._client.connect, spec.host, spec.port, spec.keepalive_s)
        except OSError as error:
            raise ConnectionError(f"{spec.host}:{spec.port}: {error}") from error
        self._watch()
        async with asyncio.timeout(CONNECT_S):
            await asyncio.wait([self._ready, self._ended], return_when=asyncio.FIRST_COMPLETED)
        self._check()

    async def take(self, limit: int, within_s: float) -> list[MQTTMessage]:
        """Up to `limit` messages in order; none when nothing came in time."""
        if not self._messages:
            await self._arrival(within_s)
        taken: list[MQTTMessage] = []
        while len(taken) < limit and self._messages:
            taken.append(self._messages.popleft())
        return taken

    async def _arrival(self, within_s: float) -> None:
        self._arrived.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._arrived.wait()
        self._check()

    def acknowledge(self, messages: Sequence[MQTTMessage]) -> None:
        """Raises ConnectionError when the connection is gone: the broker will send them again."""
        self._check()
        for message in messages:
            self._client.ack(message.mid, message.qos)

    async def close(self) -> None:
        self._unwatch()
        if not self._ended.done():
            with suppress(OSError, ValueError):
                self._client.disconnect()
                self._client.loop_write()

    def _check(self) -> None:
        if self._ended.done():
            raise ConnectionError(self._ended.result())

    def _watch(self) -> None:
        opened = self._client.socket()
        if not isinstance(opened, socket.socket):
            raise ConnectionError("closed while connecting")
        self._socket = opened
        self._client.on_socket_register_write = self._want_write
        self._client.on_socket_unregister_write = self._wrote
        self._client.on_socket_close = self._closing
        self._loop.add_reader(opened, self._read)
        if self._client.want_write():
            self._loop.add_writer(opened, self._write)
        self._misc = asyncio.create_task(self._keep_alive())

    def _unwatch(self) -> None:
        if self._socket is not None and self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._socket = None
        if self._misc is not None:
            self._misc.cancel()

    def _read(self) -> None:
        self._client.loop_read()
        while (pending := getattr(self._socket, "pending", None)) is not None and pending():
            self._client.loop_read()

    def _want_write(self, client: Client, _: object, opened: object) -> None:
        if self._socket is not None:
            self._loop.add_writer(self._socket, self._write)

    def _wrote(self, client: Client, _: object, opened: object) -> None:
        if self._socket is not None:
            self._loop.remove_writer(self._socket)

    def _closing(self, client: Client, _: object, opened: object) -> None:
        self._unwatch()

    def _write(self) -> None:
        self._client.loop_write()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_MISC_S)
            self._client.loop_misc()

    def _end(self, why: str) -> None:
        if not self._ended.done():
            self._ended.set_result(why)
            self._arrived.set()

    def _connected(
        self, client: Client, _: object, flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._end(f"the broker refuses the connection: {code}")
        else:
            client.subscribe([(topic.filter, 1) for topic in self._spec.topics])

    def _subscribed(
        self, client: Client, _: object, mid: int, codes: list[ReasonCode], properties: Properties | None
    ) -> None:
        if any(code.is_failure for code in codes):
            self._end("the broker refuses a subscription")
        elif not self._ready.done():
            self._ready.set_result("subscribed")

    def _disconnected(
        self,
        client: Client,
        _: object,
        flags: DisconnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._end(f"connection lost: {code}")

    def _heard(self, client: Client, _: object, message: MQTTMessage) -> None:
        if len(self._messages) >= QUEUE:
            self._end(f"more than {QUEUE} messages unacknowledged")
            return
        self._messages.append(message)
        self._arrived.set()
