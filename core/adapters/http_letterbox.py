"""The letterbox by HTTP: two requests, each signed, answered with a bounded body."""

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import msgspec

from core.model.letterbox import LETTERS, TAKEN, to_sign
from core.ports.letterbox import LetterboxUnavailable, Waiting

MOST_ANSWER = 4 * 1024 * 1024
DEADLINE_S, WHOLE_S = 10.0, 30.0
"""Of each read, and of a whole answer: one that trickles holds nobody for ever."""


class _Lying(msgspec.Struct):
    name: str
    letter: str


class _Answer(msgspec.Struct):
    letters: list[_Lying]
    waiting: int
    most: int
    refused: dict[str, int]


class HttpLetterbox:
    """`core.ports.letterbox.Letterbox`. url: where the hub reaches the citizens' server. sign: Ed25519 by
    the key that snapshots are signed with. ca_file: trusted instead of the system's authorities."""

    def __init__(
        self,
        url: str,
        sign: Callable[[bytes], bytes],
        ca_file: Path | None = None,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._url, self._sign, self._ca_file, self._wall_s = url.rstrip("/"), sign, ca_file, wall_s
        self._client: httpx.AsyncClient | None = None

    async def waiting(self, most: int) -> Waiting:
        said = await self._ask(LETTERS, json.dumps({"most": most}).encode())
        try:
            told = msgspec.json.decode(said, type=_Answer)
            letters = [(one.name, base64.b64decode(one.letter, validate=True)) for one in told.letters]
        except ValueError as error:
            raise LetterboxUnavailable(f"it does not answer as a letterbox does: {error}") from error
        return Waiting(letters[:most], told.waiting, told.most, told.refused)

    async def taken(self, names: Sequence[str]) -> None:
        await self._ask(TAKEN, json.dumps({"names": list(names)}).encode())

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ask(self, path: str, body: bytes) -> bytes:
        at_s = int(self._wall_s())
        signature = base64.b64encode(self._sign(to_sign("POST", path, body, at_s))).decode()
        headers = {
            "Authorization": f"WaterHub {at_s} {signature}",
            "Content-Type": "application/json",
            "User-Agent": "waterhub",
            "Accept-Encoding": "identity",
        }
        said = b""
        try:
            async with (
                asyncio.timeout(WHOLE_S),
                self._opened().stream("POST", self._url + path, content=body, headers=headers) as answer,
            ):
                async for part in answer.aiter_raw():
                    said += part
                    if len(said) > MOST_ANSWER:
                        raise LetterboxUnavailable(f"it answers more than {MOST_ANSWER} bytes")
        except (httpx.HTTPError, OSError) as error:
            raise LetterboxUnavailable(str(error) or type(error).__name__) from error
        if answer.status_code != 200:
            words = " ".join(said[:200].decode(errors="replace").split())
            raise LetterboxUnavailable(f"HTTP {answer.status_code} {words}")
        return said

    def _opened(self) -> httpx.AsyncClient:
        """Raises OSError or ssl.SSLError for a ca_file that cannot be read."""
        if self._client is None:
            trust = ssl.create_default_context(cafile=self._ca_file)
            self._client = httpx.AsyncClient(verify=trust, trust_env=False, timeout=DEADLINE_S)
        return self._client
