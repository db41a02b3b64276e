"""What people typed, in one form: the one door through which a route's JSON comes (X-03)."""

from typing import Any

from fastapi import Request

from core.model.text import composed


class TypedRequest(Request):
    """Its JSON has every text in NFC. Raises ValueError or RecursionError of what is none."""

    async def json(self) -> Any:
        if not hasattr(self, "_composed"):
            self._composed = composed(await super().json())
        return self._composed
