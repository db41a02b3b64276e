"""What one application holds while it runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import Depends, Request

from api.deps import Deps
from api.drawing import Drawing
from api.once import Once
from api.reports.made import Reports
from api.session import Sessions
from api.stream import EventStream
from api.throttle import Throttle
from core.ports.ledger import Ledger
from response.hotline.desk import Desk

PHOTOS_AT_ONCE = 4


WRONG_TOKENS_A_MINUTE = 20
"""Of the exchange's webhook, by host."""


@dataclass(frozen=True, slots=True)
class Context:
    """catalogue: every tag's fixed part as JSON bytes. drawing: the network's, likewise. photos: how many may
    be held in memory at once; decoding: one of them at a time."""

    deps: Deps
    sessions: Sessions
    stream: EventStream
    catalogue: Mapping[str, bytes]
    drawing: Drawing
    hotline: Desk
    once: Once = field(default_factory=Once)
    wrong_tokens: Throttle = field(default_factory=lambda: Throttle(WRONG_TOKENS_A_MINUTE))
    photos: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PHOTOS_AT_ONCE))
    decoding: asyncio.Lock = field(default_factory=asyncio.Lock)
    reports: Reports = field(default_factory=Reports)

    def writing(self, ledger: Ledger) -> "Context":
        """The same, but for the ledger that everything in it writes to."""
        deps, hotline = replace(self.deps, ledger=ledger), replace(self.hotline, ledger=ledger)
        return replace(self, deps=deps, hotline=hotline)


async def _here(request: Request) -> Context:
    """A command's own, whose ledger writes in the caller's name; else the application's."""
    context: Context = getattr(request.state, "context", None) or request.app.state.context
    return context


Here = Annotated[Context, Depends(_here)]
"""A route's parameter: the application it runs in."""
