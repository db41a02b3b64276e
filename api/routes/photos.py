"""Photos of a work order: sent as they are, shown without what the camera wrote into them."""

import asyncio
from typing import Annotated

from fastapi import Query, Request, Response

from api.context import Context, Here
from api.gate import Asker, Caller, Door
from api.own_orders import had, order_of, own
from api.parameters import Id, Time
from api.permissions import Permission
from api.phone_time import when
from api.problems import Problem, not_found
from api.wire import Answer, plain
from core.model.condition import Severity
from core.model.photo import Photo, PhotoStage
from core.model.work_order import WorkOrder
from core.ports.photos import PhotosFull, PhotoStore
from core.runtime.health_words import PHOTOS_FULL
from response.field_time import When
from response.photos import MOST_BYTES, Examined, NoPhoto, add_photo

FULL = "photos_full"
_STATUS = {"too_large": 413, "too_many_pixels": 413, "heic": 415, "no_photo": 415, "damaged": 422}
_KEPT = {"Cache-Control": "private, max-age=86400, immutable"}


async def put_photo(
    request: Request,
    here: Here,
    caller: Asker,
    id: Id,
    photo: Id,
    stage: PhotoStage,
    at: Annotated[Time | None, Query()] = None,
    sent: Annotated[Time | None, Query()] = None,
) -> Answer:
    """201; 200 when it stands already. The body is the file itself. 413, 415, 422: it is none that is taken,
    `why` in words; 507: no room now."""
    async with here.deps.ledger.read() as tx:
        await order_of(tx, id, caller, had)
        known = await tx.get(Photo, photo)
    async with here.photos:
        content = await _body(request)
        found = await _examined(here.decoding, content)
        await _stored(here, found, content)
    async with here.deps.ledger.begin() as tx:
        order = await tx.get(WorkOrder, id)
        assert order is not None
        now = here.deps.clock.now_ns()
        told = when(here.deps.clock, order, caller.user, at, sent, now) if at else When(now)
        record = await add_photo(
            tx,
            order,
            found,
            id=photo,
            stage=stage,
            actor=caller.user,
            size=len(content),
            now_ns=now,
            done_ns=told.done_ns,
            claimed_ns=told.claimed_ns,
        )
    return Answer(plain(record), 200 if known else 201)


def _store(here: Context) -> PhotoStore:
    if here.deps.photos is None:
        raise Problem(503, "no_photos", "this hub keeps no photos")
    return here.deps.photos


async def _body(request: Request) -> bytes:
    """Raises Problem 413 as soon as it is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise _refusal(NoPhoto("too_large"))
        parts.append(part)
    return b"".join(parts)


async def _examined(turn: asyncio.Lock, content: bytes) -> Examined:
    async with turn:
        try:
            return await asyncio.to_thread(_looked_at, content)
        except NoPhoto as refused:
            raise _refusal(refused) from refused


def _looked_at(content: bytes) -> Examined:
    from response.pictures import examined  # noqa: PLC0415

    return examined(content)


async def _stored(here: Context, found: Examined, content: bytes) -> None:
    health = here.deps.health
    try:
        await _store(here).put(found.sha256, content, found.shared)
        health.clear(FULL)
    except PhotosFull as full:
        health.set(FULL, Severity.WARNING, *PHOTOS_FULL, detail=str(full))
        why = {"zh": "照片空间已满，请通知工程师", "en": "there is no room for photos; tell an engineer"}
        raise Problem(507, "photos_full", str(full), headers={"Retry-After": "60"}, why=why) from full


def _refusal(refused: NoPhoto) -> Problem:
    why = {"zh": refused.why.zh, "en": refused.why.en}
    return Problem(_STATUS[refused.reason], refused.reason, refused.why.en, why=why)


async def list_photos(here: Here, caller: Asker, id: Id) -> Answer:
    """Of one order, as they came."""
    async with here.deps.ledger.read() as tx:
        await order_of(tx, id, caller)
        photos = await tx.find(Photo, order=id)
    return Answer({"items": plain(sorted(photos, key=lambda p: p.at_ns))})


async def get_photo(here: Here, caller: Asker, id: Id) -> Response:
    """The copy without metadata, a JPEG of 2,048 pixels at most."""
    photo, store = await _of(here, caller, id), _store(here)
    return _file(await store.shared(photo.sha256), id, "image/jpeg")


async def get_original(here: Here, caller: Asker, id: Id) -> Response:
    """The evidence as it came, with all that the camera wrote; its SHA-256 is on the record."""
    photo, store = await _of(here, caller, id), _store(here)
    suffix = "webp" if photo.media_type == "image/webp" else "jpg"
    return _file(await store.original(photo.sha256), f"{id}.{suffix}", photo.media_type, download=True)


def _file(content: bytes | None, name: str, media_type: str, *, download: bool = False) -> Response:
    if content is None:
        raise not_found("photo", name)
    saved = {"Content-Disposition": f'attachment; filename="{name}"'} if download else {}
    return Response(content, 200, _KEPT | saved, media_type)


async def _of(here: Here, caller: Caller, id: str) -> Photo:
    async with here.deps.ledger.read() as tx:
        photo = await tx.get(Photo, id)
        order = await tx.get(WorkOrder, photo.order) if photo else None
    if photo is None or order is None or not own(order, caller):
        raise not_found("photo", id)
    return photo


DOORS = (
    Door("GET", "/api/v1/work-orders/{id}/photos", list_photos, Permission.WORK_ORDERS),
    Door("PUT", "/api/v1/work-orders/{id}/photos/{photo}", put_photo, Permission.MOVE_WORK_ORDER, 201),
    Door("GET", "/api/v1/photos/{id}", get_photo, Permission.WORK_ORDERS),
    Door("GET", "/api/v1/photos/{id}/original", get_original, Permission.MOVE_WORK_ORDER),
)
