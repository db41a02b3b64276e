"""The published record of all areas, a month a file, and the page that lists the files."""

import asyncio
import hashlib
import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from typing import Protocol

from fastapi import HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from core.model.snapshot import PartRef
from core.model.text import Lang
from public_portal.asked import Asked
from public_portal.history_csv import TABLES, Table
from public_portal.open_data import open_data_view
from public_portal.pages import Pages
from public_portal.parts import Parts, record_parts
from public_portal.received import Received
from public_portal.responses import CSV, REST, SAFETY, html, knows, problem, too_many
from public_portal.variants import packs

_NAME = re.compile(r"(record|corrections)-([0-9]{4}-[0-9]{2})\.csv")


class Portal(Protocol):
    """What a room needs of the server."""

    pages: Pages
    parts: Parts

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]: ...

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str: ...

    def wait_s(self, request: Request) -> float: ...


class PartGone(Exception):
    """Of a file under way: the connection ends before the file does, so that nobody takes it for whole."""


def routes(portal: Portal) -> dict[str, Callable[..., Awaitable[Response]]]:
    async def listed(request: Request) -> Response:
        lang, asked, received = portal.reader(request)
        if received is None:
            return html(request, portal.pages.empty(lang, asked), 503)

        def render() -> str:
            view = open_data_view(received, lang)
            return portal.pages.page("data.html", received, lang, asked, "/data", timeless=True, data=view)

        return html(request, portal.once(received, ("data", lang, asked), render), cache=REST)

    async def file(request: Request, name: str, bom: str = "") -> Response:
        received, found = portal.reader(request)[2], _NAME.fullmatch(name)
        refs = record_parts(received).get(found[2]) if received and found else None
        if received is None or found is None or refs is None:
            raise HTTPException(404)
        if wait_s := portal.wait_s(request):
            return too_many(wait_s)
        packed = packs(request.headers.get("accept-encoding", "").encode())
        headers = _headers(name, bom == "1", packed, refs.values())
        if knows(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if broken := await asyncio.to_thread(portal.parts.unreadable, refs.values()):
            return problem(503, "Part of it cannot be read now", ", ".join(broken))
        if request.method == "HEAD":
            return Response(headers=headers, media_type=CSV)
        pieces = _pieces(portal.parts, received, refs, found[2], TABLES[found[1]], bom == "1")
        return StreamingResponse(_packed(pieces) if packed else pieces, headers=headers, media_type=CSV)

    return {"/data": listed, "/data/{name}": file}


async def _pieces(
    parts: Parts, received: Received, zones: Iterable[str], month: str, table: Table, bom: bool
) -> AsyncIterator[str]:
    """An area at a time. Raises PartGone."""
    yield table.first(bom)
    for zone in zones:
        part = parts.find(received, zone, month)
        if part is None or part.refused:
            raise PartGone(zone)
        yield table.rest(part)
        await asyncio.sleep(0)


async def _packed(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    packing = zlib.compressobj(6, wbits=31)
    async for piece in pieces:
        yield packing.compress(piece.encode())
    yield packing.flush()


def _headers(name: str, bom: bool, packed: bool, refs: Iterable[PartRef]) -> dict[str, str]:
    """The same parts make the same bytes."""
    made_of = " ".join([name, str(bom), str(packed), *(ref.sha256 for ref in refs)])
    return {
        **SAFETY,
        **({"Content-Encoding": "gzip"} if packed else {}),
        "Vary": "Accept-Encoding",
        "ETag": f'"{hashlib.sha256(made_of.encode()).hexdigest()[:24]}"',
        "Cache-Control": REST,
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
