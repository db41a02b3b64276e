"""The door at which the hub fetches what citizens left: who asks must have signed with the hub's key, of
which this server has the public half. It answers sealed letters, and takes names of those that may go."""

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Annotated, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Request, Response

from core.model.letterbox import LETTERS, SIGNED_FOR_S, TAKEN, to_sign
from public_portal.bounded import TooLong, body_of
from public_portal.letterbox import Letterbox
from public_portal.responses import SAFETY, problem, too_many

MOST_AT_ONCE = 200
MOST_ASKED = 64 * 1024
"""Bytes of a request."""


class Portal(Protocol):
    """What a room needs of the server."""

    def wait_s(self, request: Request) -> float: ...


class _Most(msgspec.Struct):
    most: Annotated[int, msgspec.Meta(ge=0)]


class _Names(msgspec.Struct):
    names: Annotated[list[str], msgspec.Meta(max_length=MOST_AT_ONCE)]


def mount(
    app: FastAPI,
    portal: Portal,
    box: Letterbox | None,
    public_key: bytes,
    wall_s: Callable[[], float] = time.time,
) -> None:
    """No door without a box. public_key: 32 raw bytes (Ed25519)."""
    if box is None:
        return
    key = Ed25519PublicKey.from_public_bytes(public_key)

    async def signed(request: Request) -> bytes | Response:
        """The body, of a request that is the hub's; else what it is answered."""
        try:
            body = await body_of(request, MOST_ASKED)
        except TooLong:
            return problem(413, "Too long", f"more than {MOST_ASKED} bytes")
        why = _not_the_hubs(request, body, key, int(wall_s()))
        if why is None:
            return body
        if wait_s := portal.wait_s(request):
            return too_many(wait_s)
        return problem(401, "Not the hub", why)

    async def letters(request: Request) -> Response:
        body = await signed(request)
        if isinstance(body, Response):
            return body
        try:
            most = min(msgspec.json.decode(body, type=_Most).most, MOST_AT_ONCE)
        except msgspec.MsgspecError as error:
            return problem(422, "Not understood", str(error))
        lying = await asyncio.to_thread(box.waiting, most)
        told = [{"name": name, "letter": base64.b64encode(one).decode()} for name, one in lying]
        return _said({"letters": told, **box.facts})

    async def taken(request: Request) -> Response:
        body = await signed(request)
        if isinstance(body, Response):
            return body
        try:
            names = msgspec.json.decode(body, type=_Names).names
        except msgspec.MsgspecError as error:
            return problem(422, "Not understood", str(error))
        await asyncio.to_thread(box.taken, names)
        return _said({"waiting": box.n})

    app.add_api_route(LETTERS, letters, methods=["POST"], include_in_schema=False)
    app.add_api_route(TAKEN, taken, methods=["POST"], include_in_schema=False)


def _said(body: dict[str, object]) -> Response:
    headers = {**SAFETY, "Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), 200, headers, media_type="application/json")


def _not_the_hubs(request: Request, body: bytes, key: Ed25519PublicKey, now_s: int) -> str | None:
    """Why it is not; None for the hub's."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    at, _, signature = rest.partition(" ")
    if scheme != "WaterHub" or not at.isascii() or not at.isdecimal() or len(at) > 12:
        return "a request here is signed"
    try:
        method, path = request.method, request.url.path
        key.verify(base64.b64decode(signature, validate=True), to_sign(method, path, body, int(at)))
    except (InvalidSignature, ValueError):
        return "the signature does not hold"
    off_s = abs(int(at) - now_s)
    return f"the two clocks are {off_s} s apart" if off_s > SIGNED_FOR_S else None
