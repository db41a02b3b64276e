"""An answer for all readers, in the encodings that it goes out in."""

import gzip
from dataclasses import dataclass
from functools import cached_property

from starlette.types import Send

from public_portal.responses import knows

_ENTRY = 1_024
"""Bytes that an answer takes beside its bodies, about."""
_WORTH_IT = 400
"""Bytes from which an answer is compressed."""
_PACKABLE = (b"text/", b"application/json", b"application/geo+json", b"application/jose", b"image/svg")
_OWN = {b"etag", b"content-length", b"vary"}
_SAID_AGAIN = {b"content-type", b"content-disposition", b"x-robots-tag"}
"""Left out of a 304, with the length."""

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of an answer, as it goes out."""

    etag: bytes
    headers: Headers
    unchanged: Headers
    body: bytes


class Answer:
    """status 200, for all readers of its language."""

    def __init__(self, headers: Headers, body: bytes) -> None:
        self._headers, self._body = headers, body

    @cached_property
    def plain(self) -> Variant:
        return self._variant(b"", self._body)

    @cached_property
    def packed(self) -> Variant:
        """The plain one where packing gains nothing."""
        if len(self._body) < _WORTH_IT or not _packable(dict(self._headers).get(b"content-type", b"")):
            return self.plain
        body = gzip.compress(self._body, 6, mtime=0)
        return self._variant(b"gzip", body) if len(body) < len(self._body) else self.plain

    @property
    def size(self) -> int:
        """Bytes, with room for both encodings."""
        return _ENTRY + 2 * len(self._body)

    def _variant(self, encoding: bytes, body: bytes) -> Variant:
        """A strong ETag is one of exactly these bytes (RFC 9110, 8.8.3.3)."""
        own = dict(self._headers)
        etag = own[b"etag"] if not encoding else own[b"etag"].removesuffix(b'"') + b"-" + encoding + b'"'
        headers = [(name, value) for name, value in self._headers if name not in _OWN]
        headers += [(b"etag", etag), (b"vary", b"Accept-Language, Accept-Encoding")]
        unchanged = [(name, value) for name, value in headers if name not in _SAID_AGAIN]
        if encoding:
            headers.append((b"content-encoding", encoding))
        headers.append((b"content-length", str(len(body)).encode()))
        return Variant(etag, headers, unchanged, body)


def packs(accepted: bytes) -> bool:
    """RFC 9110, 12.5.3."""
    for part in accepted.lower().split(b","):
        name, _, parameters = part.partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return parameters.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _packable(media: bytes) -> bool:
    return media.startswith(_PACKABLE) or b"xml" in media


async def send_out(send: Send, variant: Variant, known: bytes, head: bool) -> None:
    if known and knows(known.decode("latin-1"), variant.etag.decode("latin-1")):
        await send({"type": "http.response.start", "status": 304, "headers": variant.unchanged})
        await send({"type": "http.response.body"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": variant.headers})
    await send({"type": "http.response.body", "body": b"" if head else variant.body})
