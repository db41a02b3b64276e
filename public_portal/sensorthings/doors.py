"""The open data as OGC SensorThings API 1.1 (18-088), to be read: `/v1.1` and everything below it."""

import asyncio
import re
from collections.abc import Hashable
from typing import Protocol

import msgspec
from fastapi import FastAPI, Request, Response

from core.model.text import Lang
from core.ports.snapshots import SnapshotStore
from public_portal.asked import Asked
from public_portal.received import Received
from public_portal.responses import NOW, SAFETY, answer, too_many
from public_portal.sensorthings.answering import Answering, address_of, shown
from public_portal.sensorthings.catalog import Catalog
from public_portal.sensorthings.model import KINDS, Entity, Values, check
from public_portal.sensorthings.query import Query, parsed
from public_portal.sensorthings.record import Cost, Record
from public_portal.sensorthings.refusal import NotThere, Refusal

ROOT = "/v1.1"
READ, WRITE = ["GET", "HEAD"], ["POST", "PUT", "PATCH", "DELETE"]
LONGEST_PATH, MOST_STEPS = 1_000, 6
_SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
_TOLD = ["thing", "location", "datastream", "sensor", "observed-property", "observation"]
_TOLD += ["feature-of-interest"]
_OPTIONS = "expand select status-code orderby top skip count filter built-in-filter-operations pagination"
CONFORMANCE = [
    f"{_SPEC}datamodel",
    *(f"{_SPEC}datamodel/{kind}/{what}" for kind in _TOLD for what in ("properties", "relations")),
    f"{_SPEC}resource-path/resource-path-to-entities",
    f"{_SPEC}request-data",
    *(f"{_SPEC}request-data/{option}" for option in _OPTIONS.split()),
]
"""No class is named of which a part is missing: functions on places are, and with them every function's."""
_STEP = re.compile(r"([A-Za-z]+)\('((?:[^']|'')*)'\)|(\$?[A-Za-z]+)(?:\(\d+\))?")


class Portal(Protocol):
    """What these doors need of the server."""

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def wait_s(self, request: Request) -> float: ...


def mount(app: FastAPI, portal: Portal, store: SnapshotStore) -> None:
    doors = _Doors(portal, store)
    for path in (ROOT, ROOT + "/{rest:path}"):
        app.add_api_route(path, doors.read, methods=READ, include_in_schema=False)
        app.add_api_route(path, doors.write, methods=WRITE, include_in_schema=False)


class _Doors:
    """One question at a time, in a thread, so that pages do not wait for it."""

    def __init__(self, portal: Portal, store: SnapshotStore) -> None:
        self._portal, self._record = portal, Record(store)
        self._turn = asyncio.Lock()
        self._catalog: tuple[Hashable, Catalog | None] = (None, None)

    async def read(self, request: Request) -> Response:
        received = self._portal.reader(request)[2]
        if received is None:
            return _refused(503, "NoDataYet", "no trusted snapshot has been received")
        if wait_s := self._portal.wait_s(request):
            return too_many(wait_s)
        root = (received.snapshot.site or str(request.base_url).rstrip("/")) + ROOT
        path = request.scope["path"].removeprefix(ROOT).strip("/")
        cost = Cost()
        async with self._turn:
            try:
                body, media = await asyncio.to_thread(
                    self._answered, received, root, path, request.url.query, cost
                )
            except Refusal as error:
                return _refused(error.status, error.code, str(error))
        shared = bool(received.snapshot.site) and not cost.refused
        made = answer(request, body, media, cache=NOW if shared else "no-store")
        made.headers["Access-Control-Allow-Origin"] = "*"
        return made

    async def write(self, request: Request) -> Response:
        """Nothing is written here."""
        made = _refused(405, "MethodNotAllowed", "the open data are to be read")
        made.headers["Allow"] = ", ".join(READ)
        return made

    def _answered(
        self, received: Received, root: str, path: str, query_string: str, cost: Cost
    ) -> tuple[bytes, str]:
        query = parsed(query_string)
        answering = Answering(self._known(received), root, received.now_ns, cost)
        body = _root(root) if not path else _Walk(answering, query).to(_steps(path))
        if isinstance(body, str):
            return body.encode(), "text/plain; charset=utf-8"
        return msgspec.json.encode(body), "application/json"

    def _known(self, received: Received) -> Catalog:
        moment, catalog = self._catalog
        if catalog is None or moment != received.moment:
            catalog = Catalog(received, self._record)
            self._catalog = (received.moment, catalog)
        return catalog


class _Walk:
    """From a set, by its entities and their links, to what the path ends in."""

    def __init__(self, answering: Answering, query: Query) -> None:
        self._answering, self._query = answering, query

    def to(self, steps: list[tuple[str, str | None]]) -> Values | str:
        name, key = steps.pop(0)
        if name not in KINDS:
            raise NotThere(f"there is no {name}")
        set_, parent, address = name, None, name
        while key is not None or steps:
            if key is None:
                return self._end_of_set(set_, parent, address, steps)
            entity = self._one(set_, parent, key)
            while steps and steps[0][0] in entity.kind.one and steps[0][1] is None:
                entity = self._linked(entity, steps.pop(0)[0])
            if not steps or steps[0][0] not in entity.kind.many:
                return self._end(entity, steps)
            name, key = steps.pop(0)
            set_, parent, address = entity.kind.many[name], entity, f"{address_of(entity)}/{name}"
        check(self._query, KINDS[set_])
        return self._answering.collection(set_, parent, address, self._query)

    def _one(self, set_: str, parent: Entity | None, key: str) -> Entity:
        entity = self._answering.catalog.one(set_, key, self._answering.cost)
        if entity is None or not _belongs(entity, parent):
            raise NotThere(f"there is no {set_}('{key}')")
        return entity

    def _linked(self, entity: Entity, name: str) -> Entity:
        linked = self._answering.linked(entity, name)
        if linked is None:
            raise NotThere(f"there is no {name}")
        return linked

    def _end_of_set(
        self, set_: str, parent: Entity | None, address: str, steps: list[tuple[str, str | None]]
    ) -> Values:
        if steps != [("$ref", None)]:
            raise NotThere(f"there is nothing at {steps[0][0]}")
        check(self._query, KINDS[set_])
        body = self._answering.collection(set_, parent, address, self._query)
        links = [{"@iot.selfLink": one["@iot.selfLink"]} for one in _all(body) if "@iot.selfLink" in one]
        return {**body, "value": links}

    def _end(self, entity: Entity, steps: list[tuple[str, str | None]]) -> Values | str:
        if not steps:
            check(self._query, entity.kind)
            return self._answering.entity(entity, self._query)
        name, key = steps.pop(0)
        there = name in entity.values or name == "id"
        if key is not None or not there or steps not in ([], [("$value", None)]):
            raise NotThere(f"{entity.kind.set} have nothing at {name}")
        value = entity.id if name == "id" else shown(entity.values[name])
        if not steps:
            return {name: value}
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _all(body: Values) -> list[Values]:
    found = body["value"]
    return found if isinstance(found, list) else []


def _belongs(entity: Entity, parent: Entity | None) -> bool:
    if parent is None:
        return True
    forth, back = entity.keys.get(parent.kind.set), parent.keys.get(entity.kind.set)
    return parent.id == forth or entity.id == back


def _steps(path: str) -> list[tuple[str, str | None]]:
    """Names with their keys. Raises Refusal."""
    if len(path) > LONGEST_PATH:
        raise Refusal(f"a path of more than {LONGEST_PATH} characters")
    found: list[tuple[str, str | None]] = []
    at = 0
    while at <= len(path):
        step = _STEP.match(path, at)
        if step is None or path[step.end() : step.end() + 1] not in ("", "/"):
            raise NotThere(f"there is nothing at {path[at : at + 40]}")
        key = step[2].replace("''", "'") if step[1] else None
        if step[1] is None and step[0] != step[3]:
            raise NotThere(f"there is no {step[0]}: ids are text, in quotes")
        found.append((step[1] or step[3], key))
        at = step.end() + 1
    if len(found) > MOST_STEPS:
        raise Refusal(f"a path of more than {MOST_STEPS} steps")
    return found


def _root(root: str) -> Values:
    return {
        "value": [{"name": name, "url": f"{root}/{name}"} for name in KINDS],
        "serverSettings": {"conformance": CONFORMANCE},
    }


def _refused(status: int, code: str, message: str) -> Response:
    """As OData writes errors (OData JSON 4.0, 19)."""
    body = msgspec.json.encode({"error": {"code": code, "message": message}})
    headers = {**SAFETY, "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    return Response(body, status, headers, media_type="application/json")
