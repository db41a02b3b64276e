"""A Modbus connection as a Source: opened, polled by its owner, its samples put, opened again."""

import asyncio
import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from collectors.modbus.group import Groups
from collectors.modbus.link import BadReply, Link
from collectors.modbus.mbap import MbapClient
from collectors.modbus.owner import Owner
from collectors.modbus.poll import Piece, Poll
from collectors.modbus.slices import GATHER_S, Slices
from collectors.modbus.spec import ModbusSpec
from collectors.modbus.tls import context, expires_ns
from core.model.conservation import Fate
from core.model.quality import is_bad
from core.model.sample import Batch, Names
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink, SpoolFull

FIRST_PROBE_S = 10.0
TOGETHER = 64
"""Combinations of polls, answered within one slice, whose tags are remembered."""


class ModbusSource:
    """`core.ports.source.Source` over Modbus. Nothing but functions 1 to 4 can leave it.

    What is read within a few milliseconds is one batch. A unit that does not answer costs its neighbours
    one `timeout_s`, gets one Bad sample for each of its tags, and after three failed polls is only probed.
    What a full spool refuses is shed and counted. groups: shared by all connections of a process.
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
        self._together: dict[tuple[Poll, ...], Names] = {}
        shared = groups or Groups(Slices(clock))
        self._owner = Owner(self.id, spec, tags, clock, shared, first_probe_s, random)

    @property
    def facts(self) -> SourceFacts:
        return self._owner.facts

    async def run(self, sink: Sink) -> None:
        lost, drain_s = False, 0.0
        try:
            while True:
                link = await self._open(drain_s)
                try:
                    await self._serve(link, sink)
                    self._owner.leave()
                finally:
                    await link.close()
                drain_s = self._spec.timeout_s if self._spec.serial else 0.0
        except ConnectionError as error:
            self.facts.count(type(error).__name__)
            self.facts.cause = str(error)
            lost = True
            await asyncio.sleep(2 * GATHER_S)  # what has been read is told before the loss
            await self._put(sink)
            raise
        finally:
            self.facts.connected = False
            self._owner.end(lost)
            if lost:
                await self._put(sink)
            self._owner.pieces.clear()

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
            from collectors.modbus.framed import FramedClient  # noqa: PLC0415  (pymodbus, only where used)

            link = await FramedClient.connect(spec, drain_s=drain_s)
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
        owner = self._owner
        pieces, owner.pieces = owner.pieces, []
        if not pieces:
            return
        batch = _batch(self._names(pieces), pieces)
        try:
            await sink.put(batch)
        except SpoolFull:
            await sink.count(self.id, Fate.SHED, len(batch))
            self.facts.shed += len(batch)
            for piece in pieces:
                piece.poll.done(piece, kept=False)
            return
        for piece in pieces:
            piece.poll.done(piece, kept=True)
        self.facts.samples += len(batch)
        if batch.q.any():
            self.facts.bad += int(np.count_nonzero(is_bad(batch.q)))

    def _names(self, pieces: list[Piece]) -> Names:
        """The same object for the same polls, so that whoever maps names to columns may go by identity."""
        if any(len(piece.tag) < len(piece.poll.tags) for piece in pieces):
            return Names.one(self.id, tuple(chain.from_iterable(_some_tags(piece) for piece in pieces)))
        polls = tuple(piece.poll for piece in pieces)
        names = self._together.get(polls)
        if names is None:
            if len(self._together) >= TOGETHER:
                self._together.clear()
            tags = tuple(chain.from_iterable(poll.tags for poll in polls))
            names = self._together[polls] = Names.one(self.id, tags)
        return names


def _batch(names: Names, pieces: list[Piece]) -> Batch:
    if len(pieces) == 1:
        (piece,) = pieces
        n = len(piece.v)
        times = np.empty((2, n), np.int64)
        times[0], times[1] = piece.t_ns, piece.r_ns
        return Batch(names, _count(n), times[0], piece.v, piece.q, times[1], piece.flags)
    many = [len(piece.v) for piece in pieces]
    return Batch(
        names,
        _count(sum(many)),
        np.repeat(np.array([piece.t_ns for piece in pieces], np.int64), many),
        np.concatenate([piece.v for piece in pieces]),
        np.concatenate([piece.q for piece in pieces]),
        np.repeat(np.array([piece.r_ns for piece in pieces], np.int64), many),
        np.concatenate([piece.flags for piece in pieces]),
    )


@lru_cache(256)
def _count(n: int) -> npt.NDArray[np.uint32]:
    count = np.arange(n, dtype=np.uint32)
    count.flags.writeable = False
    return count


def _some_tags(piece: Piece) -> tuple[str, ...]:
    tags = piece.poll.tags
    return tags if len(piece.tag) == len(tags) else tuple(tags[i] for i in piece.tag.tolist())
