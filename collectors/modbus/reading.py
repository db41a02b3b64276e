"""One read at a time on an open link, for tools and tests; polling has its own way."""

import asyncio
from typing import Any

from collectors.modbus.link import Link, Question
from collectors.modbus.plan import Request


class ExceptionReply(Exception):
    """The unit answered with a Modbus exception."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class _Read:
    def __init__(self, request: Request) -> None:
        self.question = Question(request)
        self.reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def answered(self, payload: memoryview) -> None:
        self.reply.set_result(bytes(payload))

    def refused(self, code: int) -> None:
        self.reply.set_exception(ExceptionReply(code))


async def read(link: Link, request: Request, timeout_s: float) -> bytes:
    """The reply's data: 2 x count bytes of registers, or count bits packed from the least significant.

    Raises ExceptionReply, TimeoutError, BadReply and other ConnectionErrors."""
    ask = _Read(request)
    link.send(ask)
    either: list[asyncio.Future[Any]] = [ask.reply, link.closed]
    await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    if ask.reply.done():
        return ask.reply.result()
    if link.closed.done():
        raise link.closed.result()
    link.give_up(ask)
    raise TimeoutError(f"no answer in {timeout_s:g} s")
