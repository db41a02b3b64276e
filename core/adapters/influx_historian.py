"""Samples in InfluxDB 2.x: written as our own line protocol, synchronously; read in Flux.

Nothing is buffered here: what the server has not confirmed is still in the spool.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

import numpy as np
from influxdb_client import DeletePredicateRequest, DeleteService, Dialect, InfluxDBClient
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from core.adapters import influx_historian_flux as flux
from core.adapters.historian_rows import (
    Mask,
    Rows,
    admitted,
    joined,
    put_aside,
    settling,
    tally_of,
)
from core.adapters.influx_historian_blame import refused_lines
from core.adapters.influx_historian_late import Late
from core.adapters.influx_historian_lines import SAMPLE, Heads, encode, unspeakable
from core.adapters.influx_historian_post import HELD, Post
from core.adapters.influx_historian_rollups import ROLLUPS, ready_until, roll, rollup_for
from core.model.conservation import Tally
from core.model.quality import is_bad
from core.model.sample import Batch, Sample, Series
from core.model.tag import Tag
from core.ports.historian import Buckets, HistorianUnavailable, Hold, Written
from core.ports.quarantine import Quarantine, Refusal

T = TypeVar("T")
TIMEOUT_S = 30.0
LATE_EVERY_S = 10.0
_TAGS = 100
"""In one question: the server answers sooner than to a question each, and its answer is held in memory."""
_APART_NS = 600 * 10**9
"""Late samples within this of each other are asked about together."""


class InfluxHistorian:
    """`core.ports.historian.Historian`. The schema is told in `influx_historian_lines`.

    Duplicates are counted without asking about what is new: the newest time of each tag is known here (one
    hub writes to a bucket), and only a sample at or before it is looked up.
    """

    def __init__(
        self,
        client: InfluxDBClient,
        org: str,
        bucket: str,
        tags: Mapping[str, Tag],
        quarantine: Quarantine | None,
        late: Late,
        token_file: Path | None,
    ) -> None:
        self._client, self._org, self._bucket, self._quarantine = client, org, bucket, quarantine
        self._post = Post(client, org, bucket, packed=not _near(client.url))
        self._late, self._roller = late, asyncio.create_task(self._roll_late())
        self._rolled = True
        self._token_file = token_file
        self._heads = Heads()
        self._expected = list(tags)
        self._newest: dict[str, int] = {}
        self._writing = ThreadPoolExecutor(1, "influx-write")
        self._reading = ThreadPoolExecutor(2, "influx-read")

    @classmethod
    async def open(
        cls,
        url: str,
        token: str,
        org: str,
        bucket: str,
        tags: Mapping[str, Tag],
        *,
        quarantine: Quarantine | None = None,
        late: Path | None = None,
        token_file: Path | None = None,
    ) -> Self:
        """Connects when first used, so that a hub starts while the server is away. tags: whose newest
        times are asked for together at the first write; others are asked for as they come. quarantine:
        without one a refused line is a ValueError. late: where stale roll-ups are remembered.
        token_file: read again when the token is refused."""
        client = InfluxDBClient(url, token, org=org, timeout=int(TIMEOUT_S * 1000))
        return cls(client, org, bucket, tags, quarantine, await asyncio.to_thread(Late, late), token_file)

    async def write(self, batches: Sequence[Batch], *, mark: str | None = None) -> Tally:
        """The mark is not kept: InfluxDB has no transaction that could hold both."""
        try:
            tally, refused = await _off(self._writing, partial(self._write, batches))
        except HistorianUnavailable as error:
            if error.cause is Hold.TOKEN and self._token_file:
                token = await asyncio.to_thread(self._token_file.read_text)
                self._client.api_client.set_default_header("Authorization", f"Token {token.strip()}")
            raise
        await put_aside(self._quarantine, refused)
        return tally

    async def written(self) -> Written | None:
        return None

    async def read(self, tag: str, start_ns: int, end_ns: int) -> Series:
        if end_ns <= start_ns:
            return flux.series_of(iter(()))
        return flux.series_of(await self._ask(flux.samples(self._bucket, tag, start_ns, end_ns)))

    async def buckets(self, tag: str, start_ns: int, end_ns: int, width_ns: int) -> Buckets:
        return (await self.buckets_of([tag], start_ns, end_ns, width_ns))[0]

    async def buckets_of(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> list[Buckets]:
        """From the widest roll-up that serves, as far as it is made, and from samples behind that."""
        names, found = list(dict.fromkeys(tags)), dict[str, Buckets]()
        for first in range(0, len(names), _TAGS):
            found |= await self._buckets(names[first : first + _TAGS], start_ns, end_ns, width_ns)
        return [found[name] for name in tags]

    async def _buckets(
        self, tags: Sequence[str], start_ns: int, end_ns: int, width_ns: int
    ) -> dict[str, Buckets]:
        step = rollup_for(start_ns, width_ns) if self._rolled else None
        ready = ready_until(step, time.time_ns(), start_ns, end_ns, width_ns) if step else start_ns
        found = []
        if step and start_ns < ready:
            query = flux.windows(step.bucket(self._bucket), tags, start_ns, ready, width_ns, rolled=True)
            try:
                found.append(flux.buckets_of(await self._ask(query), tags, start_ns, ready, width_ns))
            except HistorianUnavailable as error:
                if error.cause is not Hold.BUCKET:
                    raise
                self._rolled, ready = False, start_ns
        if ready < end_ns or not found:
            query = flux.windows(self._bucket, tags, ready, end_ns, width_ns)
            rows = await self._ask(query) if ready < end_ns else iter(())
            found.append(flux.buckets_of(rows, tags, ready, end_ns, width_ns))
        return {tag: flux.joined([part[tag] for part in found]) for tag in tags}

    async def at(self, tags: Sequence[str], t_ns: int, within_ns: int) -> dict[str, Sample]:
        if not tags:
            return {}
        query = flux.newest(self._bucket, tags, t_ns - within_ns + 1, t_ns + 1)
        found = flux.last_of(await self._ask(query), tags).samples()
        return {one.tag: Sample(one.tag, one.t_ns, one.v, one.q) for one in found}

    async def last(self, tags: Sequence[str]) -> Batch:
        if not tags:
            return Batch.of("hub", [])
        return flux.last_of(await self._ask(flux.newest(self._bucket, tags)), tags)

    async def close(self) -> None:
        self._roller.cancel()
        await asyncio.gather(self._roller, return_exceptions=True)
        await asyncio.to_thread(self._writing.shutdown)
        await asyncio.to_thread(self._reading.shutdown)
        self._client.close()

    async def _ask(self, query: str) -> flux.Rows:
        return await _off(self._reading, partial(self._query, query))

    async def _roll_late(self) -> None:
        """Roll-ups over late samples again, some seconds after they came, for ever."""
        while True:
            await asyncio.sleep(LATE_EVERY_S)
            for stale in await _off(self._writing, self._late.groups):
                if not self._rolled:
                    break
                with suppress(HistorianUnavailable):
                    for step in ROLLUPS:
                        await self._ask(roll(step, self._bucket, stale.start_ns, stale.end_ns, stale.tags))
                    await _off(self._writing, partial(self._late.done, stale))

    def _query(self, query: str) -> flux.Rows:
        try:
            with self._client.query_api().query_raw(
                query, dialect=Dialect(header=True, annotations=[])
            ) as answer:
                return flux.rows(StringIO(answer.read().decode()))
        except ApiException as error:
            cause = HELD.get(error.status or 0, Hold.AWAY)
            raise HistorianUnavailable(f"InfluxDB answers {error.status} to a query", cause) from error
        except (HTTPError, OSError) as error:
            raise HistorianUnavailable(f"InfluxDB does not answer: {error}") from error

    def _write(self, batches: Sequence[Batch]) -> tuple[Tally, list[Refusal]]:
        kept, aside = admitted(batches)
        names = list(dict.fromkeys(name for batch in kept for name in batch.tags))
        number = {name: i for i, name in enumerate(names)}
        ids = (np.array([number[name] for name in batch.tags], np.uint32) for batch in kept)
        every = joined(kept, list(ids))
        order = settling(every)
        rows = every if order is None else every.take(order)
        mute = np.array([unspeakable(name) for name in names], bool)[rows["tag"]]
        refused = {int(i): "tag_name: InfluxDB cannot hold a tag of this name" for i in np.flatnonzero(mute)}
        sendable = np.flatnonzero(~mute)
        self._learn(names)
        known = self._known(rows, names)
        self._unvalue(rows[known & is_bad(rows["q"]) & ~mute], names)
        places = self._heads.places(["" if unspeakable(name) else name for name in names])
        told = self._post.write(
            rows["t"][sendable], lambda some: encode(rows.take(sendable[some]), self._heads, places)
        )
        refused.update((int(sendable[i]), why) for i, why in told.items())
        out = np.zeros(len(rows), bool)
        out[list(refused)] = True
        taken = rows.take(np.flatnonzero(~out))
        self._see(taken, names)
        self._late.note(taken, names, time.time_ns())
        tally = tally_of(kept, order, known, out, aside)
        return tally, [*aside, *refused_lines(kept, order, refused)]

    def _learn(self, names: Sequence[str]) -> None:
        """The newest stored time of tags not met before."""
        fresh = [name for name in names if name not in self._newest]
        if fresh:
            asked = [*fresh, *(self._expected if not self._newest else ())]
            try:
                found = flux.last_of(self._query(flux.newest(self._bucket, asked)), asked).samples()
            except HistorianUnavailable as error:
                if error.cause is Hold.BUCKET:
                    self._post.check()
                raise
            self._newest.update({name: flux.EARLIEST - 1 for name in asked if name not in self._newest})
            self._newest.update({sample.tag: sample.t_ns for sample in found})

    def _known(self, rows: Rows, names: Sequence[str]) -> Mask:
        """Which of these times are stored already; what InfluxDB cannot hold is not asked about."""
        if not len(rows):
            return np.zeros(0, bool)
        newest = np.array([self._newest[name] for name in names], np.int64)
        late = np.flatnonzero((rows["t"] <= newest[rows["tag"]]) & (rows["t"] >= flux.EARLIEST))
        late = late[np.argsort(rows["t"][late], kind="stable")]
        known = np.zeros(len(rows), np.bool_)
        for near in np.split(late, np.flatnonzero(np.diff(rows["t"][late]) > _APART_NS) + 1):
            known[near] = self._stored(rows[near], names)
        return known

    def _stored(self, rows: Rows, names: Sequence[str], field: str = "q") -> Mask:
        """Which of these, all of about one time, have a point with this field: one question for all tags."""
        stored = np.zeros(len(rows), np.bool_)
        if not len(rows):
            return stored
        tags = np.unique(rows["tag"])
        start, end = int(rows["t"].min()), int(rows["t"].max()) + 1
        asked = [names[tag] for tag in tags.tolist()]
        found = flux.times_by_tag(self._query(flux.points(self._bucket, asked, start, end, field)))
        for tag, name in zip(tags.tolist(), asked, strict=True):
            if name in found:
                mine = rows["tag"] == tag
                stored[mine] = np.isin(rows["t"][mine], found[name])
        return stored

    def _unvalue(self, rows: Rows, names: Sequence[str]) -> None:
        """Deletes points that turn Bad: a point is a union of fields, and its old value would stay."""
        for near in np.split(rows, np.flatnonzero(np.abs(np.diff(rows["t"])) > _APART_NS) + 1):
            for row in near[self._stored(near, names, "v")]:
                self._delete(names[row["tag"]], int(row["t"]))

    def _delete(self, tag: str, t_ns: int) -> None:
        at = flux.rfc3339(t_ns)
        what = DeletePredicateRequest(
            start=at, stop=at, predicate=f'_measurement="{SAMPLE}" AND id={json.dumps(tag)}'
        )
        try:
            DeleteService(self._client.api_client).post_delete(what, org=self._org, bucket=self._bucket)
        except (ApiException, HTTPError, OSError) as error:
            raise HistorianUnavailable(f"InfluxDB does not delete: {error}") from error

    def _see(self, rows: Rows, names: Sequence[str]) -> None:
        """Rows sorted by (tag, t)."""
        last = rows[np.append(rows["tag"][1:] != rows["tag"][:-1], True)] if len(rows) else rows
        for tag, t_ns in zip(last["tag"].tolist(), last["t"].tolist(), strict=True):
            self._newest[names[tag]] = max(self._newest[names[tag]], t_ns)


def _near(url: str) -> bool:
    """On this machine, where compressing a body costs more than sending it."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


async def _off(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
