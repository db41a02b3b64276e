"""A Modbus TCP connection as a Source: polls in fixed slots, one unit's trouble kept from its neighbours."""

import asyncio
import zlib
from collections.abc import Mapping

from collectors.modbus.mbap import ExceptionReply, MbapClient
from collectors.modbus.scan import BackOff, Poll, Scan, count_bad, scans
from collectors.modbus.spec import ModbusSpec
from core.model.conservation import Fate
from core.model.quality import Status
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink, SpoolFull

CONNECT_S = 3.0
SILENCES = 3
"""Reads timed out in a row, with every unit failing, after which the connection itself is given up."""

_EXCEPTIONS = {
    1: Status.BAD_CONFIGURATION_ERROR,
    2: Status.BAD_CONFIGURATION_ERROR,
    3: Status.BAD_CONFIGURATION_ERROR,
    4: Status.BAD_DEVICE_FAILURE,
    5: Status.BAD_NO_COMMUNICATION,
    6: Status.BAD_NO_COMMUNICATION,
    0x0A: Status.BAD_NOT_CONNECTED,
    0x0B: Status.BAD_NOT_CONNECTED,
}
"""What a device's refusal says of the tag. 5 and 6 (busy) are a failed read too: the house never repeats an
old value. 0x0A and 0x0B are a gateway's word that the unit behind it does not answer."""


class ModbusSource:
    """`core.ports.source.Source` over Modbus TCP. Nothing but functions 1 to 4 can leave it.

    Every slot puts one batch of all that its period reads. A unit that times out costs its neighbours one
    `timeout_s`, gets one Bad sample for each of its tags, and is left alone for 1 s, doubling to 30 s; a
    request that is refused with an exception is left alone by itself. What a full spool refuses is shed
    and counted. Slots that have passed while a cycle ran are counted as missed, never made up for.
    """

    def __init__(self, spec: ModbusSpec, tags: Mapping[str, Tag], clock: Clock) -> None:
        """Raises ValueError for a point whose tag is unknown."""
        self.id = f"modbus:{spec.id}"
        self.facts = SourceFacts()
        self._spec = spec
        self._clock = clock
        self._scans = scans(spec, tags)
        self._units = {unit.unit: BackOff() for unit in spec.units}
        self._silent = 0

    async def run(self, sink: Sink) -> None:
        client = None
        try:
            client = await self._connect()
            await self._poll(client, sink)
        except ConnectionError as error:
            self._count(type(error).__name__)
            await self._mark_all(sink)
            raise
        finally:
            self.facts.connected = False
            if client is not None:
                await client.close()

    async def _connect(self) -> MbapClient:
        try:
            client = await MbapClient.connect(self._spec.host, self._spec.port, CONNECT_S)
        except TimeoutError as error:
            raise ConnectionError(f"{self.id}: no answer to connect in {CONNECT_S:g} s") from error
        self.facts.connected = True
        self.facts.connects += 1
        self._silent = 0
        for back_off in (*self._units.values(), *(p.back_off for s in self._scans for p in s.polls)):
            back_off.answered()
        return client

    async def _poll(self, client: MbapClient, sink: Sink) -> None:
        spread = zlib.crc32(self.id.encode()) / 2**32
        start = self._clock.monotonic()
        due = [start + spread * min(scan.period_s, 1.0) for scan in self._scans]
        while True:
            at = min(due)
            await self._until(at, client)
            for i, scan in enumerate(self._scans):
                if due[i] > at:
                    continue
                await self._cycle(scan, client, sink)
                slots = int((self._clock.monotonic() - due[i]) // scan.period_s)
                self.facts.missed_slots += slots
                due[i] += (slots + 1) * scan.period_s

    async def _until(self, at: float, client: MbapClient) -> None:
        """Raises ConnectionError as soon as the connection is lost."""
        await asyncio.wait([client.closed], timeout=max(0.0, at - self._clock.monotonic()))
        if client.closed.done():
            raise ConnectionError(f"{self.id}: connection lost")

    async def _cycle(self, scan: Scan, client: MbapClient, sink: Sink) -> None:
        scan.begin()
        lost: ConnectionError | None = None
        try:
            for poll in scan.polls:
                await self._read(scan, poll, client)
        except ConnectionError as error:
            lost = error
        await self._put(scan, sink)
        if lost is not None:
            raise lost

    async def _read(self, scan: Scan, poll: Poll, client: MbapClient) -> None:
        unit, now = self._units[poll.request.unit], self._clock.monotonic()
        for waiting in (unit, poll.back_off):
            if waiting.until > now:
                scan.failure(poll.columns, waiting.code, self._clock.now_ns())
                return
        sent_ns = self._clock.now_ns()
        try:
            payload = await client.read(poll.request, self._spec.timeout_s)
        except TimeoutError:
            self._failed(scan, poll, unit, Status.BAD_TIMEOUT, "timeout")
            self._silent += 1
            if self._silent >= SILENCES and all(u.failures for u in self._units.values()):
                raise ConnectionError(f"{self.id}: {self._silent} reads in a row without answer") from None
        except ExceptionReply as refusal:
            code = _EXCEPTIONS.get(refusal.code, Status.BAD_DEVICE_FAILURE)
            self._silent = 0
            if code == Status.BAD_NOT_CONNECTED:
                self._failed(scan, poll, unit, code, f"exception_{refusal.code}")
            else:
                unit.answered()
                self._failed(scan, poll, poll.back_off, code, f"exception_{refusal.code}")
        else:
            self._silent = 0
            unit.answered()
            poll.back_off.answered()
            scan.reply(poll, payload, sent_ns, self._clock.now_ns())

    def _failed(self, scan: Scan, poll: Poll, of: BackOff, code: int, cause: str) -> None:
        self._count(cause)
        of.failed(code, self._clock.monotonic())
        scan.failure(poll.columns, code, self._clock.now_ns())

    async def _mark_all(self, sink: Sink) -> None:
        """One Bad sample for each tag that has not had one since it was last read."""
        for scan in self._scans:
            scan.begin()
            scan.failure(slice(None), Status.BAD_NOT_CONNECTED, self._clock.now_ns())
            await self._put(scan, sink)

    async def _put(self, scan: Scan, sink: Sink) -> None:
        told = scan.batch(self.id)
        if told is None:
            return
        batch, lost = told
        try:
            await sink.put(batch)
        except SpoolFull:
            self.facts.shed += len(batch)
            await sink.count(self.id, Fate.SHED, len(batch))
            return
        scan.lost = lost
        self.facts.samples += len(batch)
        self.facts.bad += count_bad(batch)

    def _count(self, cause: str) -> None:
        self.facts.failures[cause] = self.facts.failures.get(cause, 0) + 1
