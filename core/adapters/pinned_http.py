"""One post to a provider: to an address that was looked at, verified by name, its answer bounded in length
and time. Redirects are not followed, proxies not asked."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx

from core.model.destination import may_go
from core.model.message import Refused, Retry, Trouble

MOST_ANSWER = 64 * 1024
LONGEST_WAIT_S = 3600.0
BUSY = frozenset({408, 425, 429, 503})
_SAID = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said. said: MOST_ANSWER bytes at most."""

    status: int
    headers: Mapping[str, str]
    said: bytes

    @property
    def text(self) -> str:
        return " ".join(self.said[:_SAID].decode(errors="replace").split())


class Forbidden(OSError):
    """The address is none that anything may be sent to."""


def pinned(url: SplitResult, address: str) -> tuple[str, dict[str, str]]:
    """The same URL at this very address, and the headers that go with it."""
    shown = f"[{address}]" if ":" in address else address
    port = f":{url.port}" if url.port else ""
    target = f"{url.scheme}://{shown}{port}{url.path or '/'}" + (f"?{url.query}" if url.query else "")
    return target, {"Host": f"{url.hostname}{port}", "User-Agent": "waterhub"}


def named(url: SplitResult) -> dict[str, str]:
    """httpx extensions: TLS is verified against the name all the same."""
    return {"sni_hostname": url.hostname or ""}


async def allowed(url: SplitResult, *, internal: bool) -> str:
    """The address to connect to. Raises Forbidden for one that is not allowed, OSError where there is none.
    The very address that was looked at is connected to: a name cannot mean another one a moment later."""
    loop = asyncio.get_running_loop()
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await loop.getaddrinfo(url.hostname or "", port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    parsed = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    for address, one in zip(addresses, parsed, strict=True):
        if may_go(one, internal=internal):
            return address
    inside = any(may_go(one, internal=True) for one in parsed)
    why = "an internal address, and `internal: true` is not set" if inside else "nothing is ever sent there"
    raise Forbidden(f"{url.hostname} is {', '.join(addresses)}: {why}")


class Posts:
    """Posts to one host over connections that are kept. ca_file: read anew when it has been replaced.
    internal: the host may be in the utility's own network; without it only public addresses are connected
    to, whatever a name resolves to."""

    def __init__(self, base: str, *, ca_file: Path | None, internal: bool, deadline_s: float) -> None:
        self._base, self._ca_file, self._internal = base, ca_file, internal
        self._deadline_s = deadline_s
        self._client: tuple[int, httpx.AsyncClient] | None = None

    async def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> Answer | Retry | Refused:
        """The answer whatever its status; a Retry or Refused when there was none."""
        try:
            client = await self._kept()
        except (OSError, ssl.SSLError) as error:
            return Refused(Trouble.SECRET, str(error))
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._posted(client, urlsplit(self._base + path), content, headers)
        except TimeoutError:
            return Retry(Trouble.TIMEOUT, f"no answer within {self._deadline_s:g} s")
        except Forbidden as error:
            return Refused(Trouble.FORBIDDEN, str(error))
        except UnicodeEncodeError as error:
            return Refused(Trouble.CONTENT, f"a header that HTTP cannot carry: {error.reason}")
        except (httpx.TransportError, OSError) as error:
            return unreachable(error)

    async def _posted(
        self, client: httpx.AsyncClient, url: SplitResult, content: bytes, headers: Mapping[str, str]
    ) -> Answer:
        target, host = pinned(url, await allowed(url, internal=self._internal))
        sent = {**host, "Accept-Encoding": "identity", **headers}
        async with client.stream(
            "POST", target, content=content, headers=sent, extensions=named(url)
        ) as answer:
            said = b""
            async for part in answer.aiter_raw():
                said += part
                if len(said) >= MOST_ANSWER:
                    break
            return Answer(answer.status_code, answer.headers, said)

    async def _kept(self) -> httpx.AsyncClient:
        """Raises OSError or ssl.SSLError for a ca_file that cannot be read."""
        written = self._ca_file.stat().st_mtime_ns if self._ca_file else 0
        if self._client is not None and self._client[0] != written:
            await self.close()
        if self._client is None:
            trust = ssl.create_default_context(cafile=self._ca_file)
            client = httpx.AsyncClient(verify=trust, trust_env=False, timeout=self._deadline_s)
            self._client = written, client
        return self._client[1]

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client[1].aclose()


def refusal(answer: Answer) -> Retry | Refused | None:
    """What the HTTP status alone says against it; None for a success."""
    told = f"HTTP {answer.status} {answer.text}".strip()
    after_s = seconds(answer.headers.get("Retry-After"))
    if 200 <= answer.status < 300:
        return None
    if answer.status in BUSY:
        return Retry(Trouble.BUSY, told, after_s)
    if answer.status >= 500:
        return Retry(Trouble.SERVER, told, after_s)
    if answer.status in (401, 403):
        return Refused(Trouble.LOGIN, told)
    if answer.status in (404, 410) or 300 <= answer.status < 400:
        return Refused(Trouble.ADDRESS, told)
    return Refused(Trouble.CONTENT, told)


def seconds(retry_after: str | None) -> float | None:
    """Its form as a date is not worth a parser: half a minute."""
    if not retry_after:
        return None
    return min(float(retry_after), LONGEST_WAIT_S) if retry_after.isdecimal() else 30.0


def unreachable(error: Exception) -> Retry | Refused:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Refused(Trouble.TLS, str(cause))
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return Retry(Trouble.TIMEOUT, "no answer in time")
    return Retry(Trouble.UNREACHABLE, str(error) or type(error).__name__)
