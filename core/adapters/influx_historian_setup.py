"""InfluxDB made ready: organisation and token of a fresh server, buckets with their retention, tasks."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import httpx

from core.adapters.influx_historian_flux import EARLIEST, LATEST, from_bucket, rows, times_of
from core.adapters.influx_historian_lines import SAMPLE
from core.adapters.influx_historian_rollups import ROLLUPS, roll, task
from core.model.retention import Keep
from core.ports.historian import HistorianUnavailable

_TIMEOUT_S = 30.0
_DAY_S = 86_400
_DAY_NS = _DAY_S * 10**9


async def setup(url: str, username: str, password: str, org: str, bucket: str, token: str) -> bool:
    """Makes a fresh server usable; False when it is set up already. Raises HistorianUnavailable."""
    body = {"username": username, "password": password, "org": org, "bucket": bucket, "token": token}
    try:
        async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S) as client:
            if not (await client.get("/api/v2/setup")).raise_for_status().json()["allowed"]:
                return False
            (await client.post("/api/v2/setup", json=body)).raise_for_status()
    except httpx.HTTPError as error:
        raise HistorianUnavailable(f"{url} cannot be set up: {error}") from error
    return True


async def make_ready(url: str, token: str, org: str, bucket: str, keep: Keep) -> list[str]:
    """Buckets, their retention and the tasks as they should be; what was changed, a line each. Run again
    it changes nothing. Raises HistorianUnavailable with the server's own words."""
    headers = {"Authorization": f"Token {token}"}
    days = (keep.samples_days, keep.minutes_days, keep.hours_days)
    names = (bucket, *(step.bucket(bucket) for step in ROLLUPS))
    try:
        async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S, headers=headers) as client:
            door = _Door(client, await _org_id(client, org))
            done = [await door.bucket(name, kept * _DAY_S) for name, kept in zip(names, days, strict=True)]
            if any("was made" in line for line in done[1:]) and "was made" not in done[0]:
                done.append(await door.roll_history(bucket))
            done += [await door.task(step.bucket(bucket), task(step, bucket)) for step in ROLLUPS]
    except httpx.HTTPStatusError as error:
        raise HistorianUnavailable(
            f"{url} answers {error.response.status_code}: {error.response.text[:300]}"
        ) from error
    except httpx.HTTPError as error:
        raise HistorianUnavailable(f"{url} cannot be made ready: {error}") from error
    return [line for line in done if line]


@dataclass(frozen=True, slots=True)
class _Door:
    client: httpx.AsyncClient
    org_id: str

    async def bucket(self, name: str, kept_s: int) -> str:
        rules = [{"type": "expire", "everySeconds": kept_s}] if kept_s else []
        found = [one for one in await self._found("buckets", name) if one["name"] == name]
        if not found:
            await self._tell("POST", "/api/v2/buckets", {"name": name, "retentionRules": rules})
            return f"bucket {name} was made; it keeps {_days(kept_s)}"
        had_s = sum(rule["everySeconds"] for rule in found[0]["retentionRules"])
        if had_s == kept_s:
            return ""
        await self._tell("PATCH", f"/api/v2/buckets/{found[0]['id']}", {"retentionRules": rules})
        return f"bucket {name} now keeps {_days(kept_s)}; it kept {_days(had_s)}"

    async def task(self, name: str, flux: str) -> str:
        found = [one for one in await self._found("tasks", name) if one["name"] == name]
        if not found:
            await self._tell("POST", "/api/v2/tasks", {"flux": flux, "status": "active"})
            return f"task {name} was made"
        if found[0]["flux"].strip() == flux.strip() and found[0]["status"] == "active":
            return ""
        await self._tell("PATCH", f"/api/v2/tasks/{found[0]['id']}", {"flux": flux, "status": "active"})
        return f"task {name} was changed"

    async def roll_history(self, bucket: str) -> str:
        """Roll-ups of what was stored before there were any, a day at a time."""
        first_ns, now_ns, days = await self._first_ns(bucket), time.time_ns(), 0
        if first_ns is None:
            return ""
        for at in range(first_ns // _DAY_NS * _DAY_NS, now_ns, _DAY_NS):
            for step in ROLLUPS:
                await self._query(roll(step, bucket, at, min(at + _DAY_NS, now_ns)))
            days += 1
        return f"{days} days of samples were rolled up"

    async def _first_ns(self, bucket: str) -> int | None:
        flux = (
            f"{from_bucket(bucket, EARLIEST, LATEST)}"
            f' |> filter(fn: (r) => r._measurement == "{SAMPLE}" and r._field == "v") |> first()'
            ' |> keep(columns: ["_time"]) |> group() |> min(column: "_time")'
        )
        times = times_of(rows(StringIO(await self._query(flux))))
        return int(times[0]) if len(times) else None

    async def _query(self, flux: str) -> str:
        answer = await self.client.post(
            "/api/v2/query",
            params={"orgID": self.org_id},
            headers={"Content-Type": "application/vnd.flux", "Accept": "application/csv"},
            content=flux,
            timeout=600,
        )
        return answer.raise_for_status().text

    async def _found(self, kind: str, name: str) -> Sequence[Mapping[str, Any]]:
        answer = await self.client.get(f"/api/v2/{kind}", params={"orgID": self.org_id, "name": name})
        if answer.status_code == 404:
            return []
        rows: Sequence[Mapping[str, Any]] = answer.raise_for_status().json()[kind]
        return rows

    async def _tell(self, method: str, path: str, what: Mapping[str, Any]) -> None:
        body = {"orgID": self.org_id, **what} if method == "POST" else what
        (await self.client.request(method, path, json=body)).raise_for_status()


async def _org_id(client: httpx.AsyncClient, org: str) -> str:
    answer = (await client.get("/api/v2/orgs", params={"org": org})).raise_for_status().json()
    return str(answer["orgs"][0]["id"])


def _days(kept_s: int) -> str:
    return f"{kept_s // _DAY_S} days" if kept_s else "everything for ever"
