"""VictoriaMetrics 1.79 with the values of the same samples: it keeps neither a status nor a receive time, and
times to the millisecond. Asked in MetricsQL, one question each, its cache of answers off."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
import orjson

from bench.peers.running import HOME, NotInstalled, program
from bench.store_peers import DAY, HOURLY, LAST, MONTH, ROLLED, Ask
from core.model.sample import Batch
from tests.ports import free_port

APART = HOME / "victoria-metrics" / "usr" / "bin" / "victoria-metrics"
_S, _HOUR, _DAY = 10**9, 3600 * 10**9, 86_400 * 10**9
_QUIET_S = 3.0


@asynccontextmanager
async def victoria(folder: Path) -> AsyncIterator["Victoria"]:
    """Raises NotInstalled."""
    found = str(APART) if APART.exists() else shutil.which("victoria-metrics")
    if found is None:
        raise NotInstalled("VictoriaMetrics: bench/peers/install.sh victoria")
    folder.mkdir()
    port, data = free_port(), folder / "data"
    options = (f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y")
    async with program(folder, found, *options), httpx.AsyncClient(timeout=60) as http:
        server = Victoria(http, f"http://127.0.0.1:{port}", data)
        await server.answers()
        yield server


class Victoria:
    def __init__(self, http: httpx.AsyncClient, url: str, data: Path) -> None:
        self._http, self._url, self._data = http, url, data

    async def answers(self) -> None:
        async with asyncio.timeout(30):
            while True:
                try:
                    (await self._http.get(f"{self._url}/health")).raise_for_status()
                    return
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)

    async def write(self, batches: Sequence[Batch]) -> None:
        """One tag after another, as `/api/v1/import` takes them."""
        lines = []
        for batch in batches:
            for place, name in enumerate(batch.names.tags):
                mine = np.flatnonzero(batch.tag == place)
                series = {"metric": {"__name__": "sample", "id": name}, "values": batch.v[mine]}
                series["timestamps"] = batch.t_ns[mine] // 1_000_000
                lines.append(orjson.dumps(series, option=orjson.OPT_SERIALIZE_NUMPY))
        answer = await self._http.post(f"{self._url}/api/v1/import", content=b"\n".join(lines))
        answer.raise_for_status()

    async def bytes(self) -> int:
        """On disk when everything is merged and nothing has moved for a while."""
        for what in ("force_flush", "force_merge"):
            (await self._http.get(f"{self._url}/internal/{what}")).raise_for_status()
        size, since = 0, time.monotonic()
        while time.monotonic() - since < _QUIET_S:
            await asyncio.sleep(0.2)
            now = await asyncio.to_thread(_size, self._data)
            if now != size:
                size, since = now, time.monotonic()
        return size

    def questions(self, names: Sequence[str], many: int, start: int, end: int) -> dict[str, Ask]:
        some = "|".join(names[:many])
        return {
            LAST: self._ask("query", "last_over_time(sample[1h])", {"time": str((end - 1) / _S)}),
            DAY: self._export("t1", end - _DAY, end),
            MONTH: self._windows('id="t1"', start, end, (end - start) // 500),
            ROLLED: self._windows('id="t1"', start, end, 2 * _HOUR),
            HOURLY: self._windows(f'id=~"{some}"', end - 7 * _DAY, end, _HOUR),
        }

    def _windows(self, which: str, start: int, end: int, width: int) -> Ask:
        """Least, greatest and mean of each window, stamped with its end."""
        step = width // _S
        span = {"start": str(start / _S + step), "end": str(end / _S), "step": f"{step}s"}
        return self._ask("query_range", f"rollup(sample{{{which}}}[{step}s])", span)

    def _ask(self, what: str, query: str, options: dict[str, str]) -> Ask:
        async def ask() -> object:
            form = {"query": query, "nocache": "1", **options}
            answer = await self._http.post(f"{self._url}/api/v1/{what}", data=form)
            found = orjson.loads(answer.raise_for_status().content)["data"]["result"]
            if not found:
                raise ValueError(f"VictoriaMetrics has nothing for {query[:200]}")
            return found

        return ask

    def _export(self, tag: str, start: int, end: int) -> Ask:
        async def ask() -> object:
            form = {"match[]": f'sample{{id="{tag}"}}', "start": str(start / _S), "end": str((end - 1) / _S)}
            answer = await self._http.post(f"{self._url}/api/v1/export", data=form)
            found = orjson.loads(answer.raise_for_status().content)
            return np.array(found["timestamps"], np.int64), np.array(found["values"])

        return ask


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
