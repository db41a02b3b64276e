"""A persistent MQTT session on the event loop: messages in order, acknowledged many at once.

paho keeps connect, TLS, subscriptions and keep-alive (`wire.py`); PUBLISH and PUBACK are ours (`framing.py`).
While messages come the socket is read every `SLICE_S`, not at each packet. Nothing is published here but the
hub's own status, where the spec names a topic for it.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collectors.mqtt.framing import DISCONNECT, PINGREQ, PINGRESP, Framer, Message, pubacks
from collectors.mqtt.spec import MqttSpec
from collectors.mqtt.window import Window
from collectors.mqtt.wire import CONNECT_S, Wire

SLICE_S = 0.01
GOODBYE_S = 1.0
BATCH_BYTES = 256 * 1024
_TICK_S = 1.0
PROBE_S = 2.0
"""After so long without a word of a broker whose devices report changes only, it is asked for one."""
_READS, _RECORDS = 16, 1024
"""Reads of one slice at most, so that a flood leaves the loop to others; over TLS each gives one record."""
_NO_TOPIC, _QOS_1 = 0x80, 1


class Session:
    """`open`, then `take` and `acknowledge`; `close` at the end. Every wait fails with ConnectionError
    when the connection is lost; what was not acknowledged the broker sends again.

    While `window` is full the socket is not read. The connection counts as lost when it was silent, to a
    ping too, for twice the keep-alive. present: the broker knew this session; below_qos_1: filters that
    it grants only without delivery.
    """

    def __init__(self, spec: MqttSpec, client_id: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._spec = spec
        self.window = Window()
        self.present = False
        self.below_qos_1: list[str] = []
        self.redelivered = 0
        self._messages: deque[Message] = deque()
        self._arrived = asyncio.Event()
        self._ready: asyncio.Future[str] = self._loop.create_future()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._socket: socket.socket | None = None
        self._reader: asyncio.TimerHandle | None = None
        self._waiting = False
        self._tick: asyncio.Task[None] | None = None
        self._alive = False
        self._heard_s = self._loop.time()
        self._client = Wire(client_id)
        self._framer = Framer(self._heard, self._client.feed)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected

    async def open(self) -> None:
        """Connected and subscribed when it returns. Raises ConnectionError, also for files that cannot be
        used: the password's, those of TLS."""
        spec, client = self._spec, self._client
        try:
            if spec.username is not None:
                client.username_pw_set(spec.username, spec.password())
            if spec.ca_file is not None:
                client.secure(spec.ca_file, spec.client_cert, spec.client_key)
        except OSError as error:
            raise ConnectionError(f"a file of collectors.yaml cannot be used: {error}") from error
        if spec.status_topic is not None:
            client.will_set(spec.status_topic, b"offline", 1, retain=True)
        try:
            await asyncio.to_thread(client.connect, spec.host, spec.port, spec.keepalive_s)
        except OSError as error:
            raise ConnectionError(f"{spec.host}:{spec.port}: {error}") from error
        self._watch()
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.wait([self._ready, self._ended], return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise ConnectionError(f"{spec.host}:{spec.port} does not answer as an MQTT broker") from None
        self._check()

    @property
    def drained_s(self) -> float | None:
        """Seconds since the broker's last word, of all that it said by then every message was taken; None
        while some wait."""
        return None if self._messages else self._loop.time() - self._heard_s

    async def take(self, limit: int, within_s: float) -> list[Message]:
        """Up to `limit` messages in order, of about BATCH_BYTES; none when nothing came in time."""
        if not self._messages:
            await self._arrival(within_s)
        taken: list[Message] = []
        room = BATCH_BYTES
        while self._messages and len(taken) < limit and room > 0:
            taken.append(self._messages.popleft())
            room -= len(taken[-1].payload)
        return taken

    async def _arrival(self, within_s: float) -> None:
        self._arrived.clear()
        self._check()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._arrived.wait()
        self._check()

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """In one write. Raises ConnectionError when the connection is gone: the broker will send again."""
        self._check()
        for message in messages:
            self.window.done(message)
        self._send(pubacks(message.mid for message in messages if message.mid))
        self._check()
        if self._reader is None and not self._waiting:
            self._read()

    async def close(self) -> None:
        """Says goodbye, and waits a second at most for the broker to hang up: then it has read our last
        acknowledgements, which a closed socket could still lose."""
        if self._tick is not None:
            self._tick.cancel()
        lost = self._ended.done()
        self._unwatch()
        try:
            if self._socket is not None and not lost:
                await self._goodbye()
        finally:
            if self._socket is not None:
                self._socket.close()

    async def _goodbye(self) -> None:
        room = memoryview(bytearray(65536))
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                if self._spec.status_topic is not None and self._ready.done():
                    self._client.publish(self._spec.status_topic, b"offline", 0, retain=True)
                    self._client.loop_write()
                self._client.send(DISCONNECT)
                while self._client.receive(room) != 0:
                    await asyncio.sleep(0.005)
                    self._client.flush()

    def _check(self) -> None:
        if self._ended.done():
            raise ConnectionError(self._ended.result())

    def _watch(self) -> None:
        opened = self._client.socket()
        if not isinstance(opened, socket.socket):
            raise ConnectionError("closed while connecting")
        self._socket = opened
        self._client.on_socket_close = self._closing
        self._await_bytes()
        self._send(b"")
        self._tick = asyncio.create_task(self._keep_alive())

    def _await_bytes(self) -> None:
        if self._socket is not None and self._socket.fileno() >= 0:
            self._loop.add_reader(self._socket, self._read)
            self._waiting = True

    def _unwatch(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
        if self._socket is not None and self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._waiting = False

    def _read(self) -> None:
        """What has come by now; then again after a slice, or when bytes come if there were none."""
        self._reader = None
        try:
            some = self._receive()
        except OSError as error:
            self._end(f"connection lost: {error}")
            return
        if self._ended.done():
            return
        if some or self.window.full:
            if self._waiting and self._socket is not None:
                self._loop.remove_reader(self._socket)
                self._waiting = False
            if not self.window.full:
                self._reader = self._loop.call_later(SLICE_S, self._read)
        elif not self._waiting:
            self._await_bytes()

    def _receive(self) -> bool:
        """Whether anything came. Raises OSError, Malformed."""
        some = False
        for _ in range(_RECORDS if self._client.tls else _READS):
            if self.window.full:
                break
            room = self._framer.room()
            n = self._client.receive(room)
            if n == 0:
                raise ConnectionError("closed by the broker")
            if n is None:
                break
            some = self._alive = True
            self._heard_s = self._loop.time()
            self._framer.feed(n)
            if self._ended.done() or (n < len(room) and not self._client.tls):
                break
        if self._messages:
            self._arrived.set()
        return some

    def _heard(self, message: Message) -> None:
        if self.window.take(message):
            self._messages.append(message)
        else:
            self.redelivered += 1

    def _send(self, data: bytes) -> None:
        try:
            self._client.send(data)
        except OSError as error:
            self._end(f"connection lost: {error}")
            return
        if self._client.unsent and self._socket is not None:
            self._loop.add_writer(self._socket, self._write)

    def _write(self) -> None:
        if self._socket is not None:
            self._loop.remove_writer(self._socket)
            self._send(b"")

    async def _keep_alive(self) -> None:
        """paho sees no PUBLISH: bytes that came, and our own pause, are told to it as an answered ping."""
        while True:
            await asyncio.sleep(_TICK_S)
            if self._alive or self.window.full:
                self._alive = False
                self._client.feed(PINGRESP)
            self._client.loop_misc()
            quiet = self._spec.max_silence_s and self._loop.time() - self._heard_s >= PROBE_S
            self._send(PINGREQ if quiet and self._ready.done() else b"")

    def _end(self, why: str) -> None:
        if not self._ended.done():
            self._ended.set_result(why)
            self._arrived.set()
        self._unwatch()

    def _closing(self, client: Client, _: object, opened: object) -> None:
        self._unwatch()

    def _connected(
        self, client: Client, _: object, flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._end(f"the broker refuses the connection: {code}")
            return
        self.present = flags.session_present
        client.subscribe([(topic.filter, _QOS_1) for topic in self._spec.topics])

    def _subscribed(
        self, client: Client, _: object, mid: int, codes: list[ReasonCode], properties: Properties | None
    ) -> None:
        granted = [(topic.filter, code.value) for topic, code in zip(self._spec.topics, codes, strict=False)]
        refused = [name for name, value in granted if value >= _NO_TOPIC]
        if refused:
            self._end(f"the broker refuses the subscription {', '.join(refused)}")
        elif not self._ready.done():
            self.below_qos_1 = [name for name, value in granted if value < _QOS_1]
            if self._spec.status_topic is not None:
                client.publish(self._spec.status_topic, b"online", 1, retain=True)
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
