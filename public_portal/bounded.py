"""A request's body, no longer than is believed."""

from fastapi import Request


class TooLong(ValueError):
    """What came is not read to its end."""


async def body_of(request: Request, most: int) -> bytes:
    """Raises TooLong."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLong
    return body
