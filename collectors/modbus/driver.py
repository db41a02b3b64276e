"""A Modbus connection as a Source: opened, polled by its owner, its samples put, opened again."""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from collectors.modbus.group import Groups
from collectors.modbus.link import BadReply, Link
from collectors.modbus.mbap import MbapClient
from collectors.modbus.outlet import put_or_shed
from collectors.modbus.owner import Owner
from collectors.modbus.poll import Failure
from collectors.modbus.slices import Slices
from collectors.modbus.spec import ModbusSpec
from collectors.modbus.tls import context, expires_ns
from core.model.sample import Batch, Names
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink

if TYPE_CHECKING:
    from collectors.modbus.framed import FramedClient

FIRST_PROBE_S = 10.0


class ModbusSource:
    """`core.ports.source.Source` over Modbus. Nothing but functions 1 to 4 can leave it.

    What is read within a few milliseconds is one batch, also of several connections: of all that share
    `groups` and are given the same sink. A unit that does not answer costs its neighbours one `timeout_s`,
    gets one Bad sample for each of its tags, and after three failed polls is only probed. What a full spool
    refuses is shed and counted.
    """

    def __init__(
        self,
        spec: ModbusSpec,
        tags: Mapping[str, Tag],
        clock: Clock,
        groups: Groups | None = None,
        *,
        first_probe_s: float = FIRST_PROBE_S,
        random: Callable[[], float] = random.random,
    ) -> None:
        """Raises ValueError for a point whose tag is unknown."""
        unknown = sorted(p.tag for unit in spec.units for p in unit.points if p.tag not in tags)
        if unknown:
            raise ValueError(f"{spec.id}: no such tag: {', '.join(unknown)}")
        self.id = f"modbus:{spec.id}"
        self._spec = spec
        shared = groups or Groups(Slices(clock))
        self._owner = Owner(self.id, spec, tags, clock, shared, first_probe_s, random)

    @property
    def facts(self) -> SourceFacts:
        return self._owner.facts

    async def run(self, sink: Sink) -> None:
        owner, lost, drain_s = self._owner, False, 0.0
        owner.sink, owner.broken = sink, None
        try:
            while True:
                link = await self._open(drain_s)
                try:
                    await self._serve(link, sink)
                    owner.leave()
                    await self._put(sink)
                finally:
                    await link.close()
                drain_s = self._spec.timeout_s if self._spec.serial else 0.0
        except ConnectionError as error:
            self.facts.count(type(error).__name__)
            self.facts.cause = str(error)
            lost = True
            await owner.settled()  # what has been read is told before the loss
            await self._put(sink)
            raise
        finally:
            self.facts.connected = False
            owner.end(lost)
            if lost:
                await self._put(sink)
            owner.failures.clear()
            owner.groups.outlet.leave(owner)

    async def _open(self, drain_s: float) -> Link:
        """Raises ConnectionError. drain_s: see `FramedClient.connect`."""
        spec = self._spec
        link: Link
        if spec.wire_framing == "tcp":
            tls, name = None, None
            if spec.tls is not None:
                try:
                    tls, self.facts.certificate_expires_ns = context(spec.tls), expires_ns(spec.tls)
                except (OSError, ValueError) as error:
                    raise ConnectionError(f"{self.id}: tls: {error}") from error
                name = spec.tls.server_name or spec.host
            link = client = await MbapClient.connect(spec.host, spec.port, tls=tls, server_name=name)
            client.notice_death(2 * spec.timeout_s)
        else:
            framed = await asyncio.to_thread(_framed)
            link = await framed.connect(spec, drain_s=drain_s)
        self.facts.connected, self.facts.cause = True, None
        self.facts.connects += 1
        return link

    async def _serve(self, link: Link, sink: Sink) -> None:
        """Returns when the link has to be opened anew. Raises ConnectionError when it is lost."""
        owner = self._owner
        owner.begin(link)
        while True:
            await owner.news()
            await self._put(sink)
            if owner.broken is not None:
                raise owner.broken
            if owner.silent_line is not None:
                raise owner.silent_line
            if owner.reset:
                return
            if link.closed.done():
                error = link.closed.result()
                if isinstance(error, BadReply) and owner.lied(error):
                    return
                raise error

    async def _put(self, sink: Sink) -> None:
        """The failures. What was read goes its own way, with what others have read."""
        owner = self._owner
        failures, owner.failures = owner.failures, []
        if not failures:
            return
        batch = _batch(self.id, failures)
        kept = await put_or_shed(sink, batch)
        for failure in failures:
            failure.poll.failure_put(failure, kept)
        if kept:
            self.facts.samples += len(batch)
            self.facts.bad += len(batch)
        else:
            self.facts.shed += len(batch)


def _batch(source: str, failures: list[Failure]) -> Batch:
    tags = tuple(one.poll.tags[i] for one in failures for i in one.tag.tolist())
    many, n = [len(one.tag) for one in failures], len(tags)
    t_ns = np.repeat(np.array([one.t_ns for one in failures], np.int64), many)
    q = np.repeat(np.array([one.code for one in failures], np.uint32), many)
    tag, v = np.arange(n, dtype=np.uint32), np.full(n, np.nan)
    return Batch(Names.one(source, tags), tag, t_ns, v, q, t_ns, np.zeros(n, np.uint8))


def _framed() -> "type[FramedClient]":
    """On pymodbus, which is heavy and seldom used."""
    from collectors.modbus.framed import FramedClient  # noqa: PLC0415

    return FramedClient
