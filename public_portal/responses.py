"""How the portal answers: caching, validators and a policy under which nothing foreign can load."""

import hashlib
import json
from collections.abc import Sequence
from math import ceil

from fastapi import Request, Response

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SAFETY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NOW = "public, max-age=0, s-maxage=5, stale-while-revalidate=10, stale-if-error=86400"
"""For what carries notices or figures: a browser asks again each time, a cache after five seconds."""
REST = "public, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"
"""For what carries neither (WQ-25)."""
CSV = "text/csv; charset=utf-8; header=present"
ASSET = "public, max-age=3600, stale-if-error=86400"


def answer(request: Request, body: bytes, media: str, *, cache: str = NOW, status: int = 200) -> Response:
    """With a strong ETag (RFC 9110, 8.8.3); 304 when the reader has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {**SAFETY, "ETag": tag, "Cache-Control": cache, "Vary": "Accept-Language, Accept-Encoding"}
    if status == 200 and knows(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type=media)


def framed(made: Response, ancestors: Sequence[str]) -> Response:
    """May be shown inside pages of these sites; without one nobody's, as any other page."""
    if ancestors:
        by = f"frame-ancestors {' '.join(ancestors)}"
        made.headers["Content-Security-Policy"] = CSP.replace("frame-ancestors 'none'", by)
        del made.headers["X-Frame-Options"]  # it knows no list, and old browsers heed it first
    return made


def knows(if_none_match: str, tag: str) -> bool:
    """The reader has it: compared weakly (RFC 9110, 13.1.2)."""
    known = (one.strip().removeprefix("W/") for one in if_none_match.split(","))
    return any(one in (tag, "*") for one in known)


def html(request: Request, page: str, status: int = 200, *, kept: bool = True, cache: str = NOW) -> Response:
    """kept: False for what the next request may see differently though no newer snapshot has come."""
    rule = cache if status == 200 and kept else "no-store"
    return answer(request, page.encode(), "text/html; charset=utf-8", cache=rule, status=status)


def private(request: Request, page: str, status: int = 200) -> Response:
    """For one reader: no cache keeps it, and no search engine lists it."""
    made = answer(request, page.encode(), "text/html; charset=utf-8", cache="no-store", status=status)
    made.headers["X-Robots-Tag"] = "noindex, nofollow"
    return made


def as_json(request: Request, body: dict[str, object], status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    made = answer(
        request, content, "application/json", cache=NOW if status == 200 else "no-store", status=status
    )
    made.headers["Access-Control-Allow-Origin"] = "*"
    return made


def problem(status: int, title: str, detail: str) -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(
        json.dumps(body, ensure_ascii=False),
        status,
        {**SAFETY, "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"},
        media_type="application/problem+json",
    )


def too_many(wait_s: float) -> Response:
    """429 with when to come back (RFC 6585, 4)."""
    made = problem(429, "Too many questions", f"ask again in {ceil(wait_s)} s")
    made.headers["Retry-After"] = str(ceil(wait_s))
    return made
