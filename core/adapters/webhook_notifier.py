"""Messages as signed JSON over HTTP: to an SMS or voice gateway, a chat's robot, or Alertmanager's receivers.

The body is Alertmanager's webhook (version "4") with the hub's own words in `annotations`. Signature:
`X-Waterhub-Signature: t=<unix seconds>,v1=<hex>`, HMAC-SHA256 of "<t>." and the body under the shared secret;
a receiver refuses old times, so that a recorded request cannot be sent again.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx
import orjson

from core.adapters.alertmanager_body import body_of
from core.model.message import Delivered, Delivery, Message, Refused, Retry, Trouble

SIGNATURE, KEY, RECEIPT = "X-Waterhub-Signature", "Idempotency-Key", "X-Receipt"
DEADLINE_S = 10.0
MOST_ANSWER = 64 * 1024
LONGEST_WAIT_S = 3600.0
_SAID = 200
_BUSY = frozenset({408, 425, 429, 503})


class Forbidden(OSError):
    """The address is none that a webhook may go to."""


class WebhookNotifier:
    """`core.ports.notifier.Notifier`. internal: the URL's host may be in the utility's own network; without
    it only public addresses are connected to, whatever a name resolves to. secret_file, ca_file: read at
    each message, so that they can be replaced. Redirects are not followed, proxies not asked."""

    def __init__(
        self,
        url: str,
        secret_file: Path,
        *,
        ca_file: Path | None = None,
        internal: bool = False,
        deadline_s: float = DEADLINE_S,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._url, self._secret_file, self._ca_file = urlsplit(url), secret_file, ca_file
        self._internal, self._deadline_s, self._wall_s = internal, deadline_s, wall_s

    async def send(self, message: Message) -> Delivery:
        content = orjson.dumps(body_of(message))
        try:
            secret = self._secret_file.read_bytes().strip()
            trust = ssl.create_default_context(cafile=self._ca_file)
        except (OSError, ssl.SSLError) as error:
            return Refused(Trouble.SECRET, str(error))
        try:
            async with asyncio.timeout(self._deadline_s):
                address = await allowed(self._url, internal=self._internal)
                return await self._posted(address, content, secret, trust, message.key)
        except TimeoutError:
            return Retry(Trouble.TIMEOUT, f"no answer within {self._deadline_s:g} s")
        except Forbidden as error:
            return Refused(Trouble.FORBIDDEN, str(error))
        except (httpx.TransportError, OSError) as error:
            return _unreachable(error)

    async def _posted(
        self, address: str, content: bytes, secret: bytes, trust: ssl.SSLContext, key: str
    ) -> Delivery:
        target, host = pinned(self._url, address)
        headers = {
            **host,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            KEY: key,
            SIGNATURE: signature(secret, content, int(self._wall_s())),
        }
        async with (
            httpx.AsyncClient(verify=trust, trust_env=False, timeout=self._deadline_s) as client,
            client.stream(
                "POST", target, content=content, headers=headers, extensions=named(self._url)
            ) as answer,
        ):
            said = b""
            async for part in answer.aiter_raw():
                said += part
                if len(said) >= MOST_ANSWER:
                    break
            return _meaning(answer, said)

    async def close(self) -> None:
        """Nothing is kept open between messages."""


def signature(secret: bytes, content: bytes, at_s: int) -> str:
    """What SIGNATURE holds for a body sent at this unix time."""
    mac = hmac.new(secret, f"{at_s}.".encode() + content, hashlib.sha256)
    return f"t={at_s},v1={mac.hexdigest()}"


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
    for address in addresses:
        if _may(ipaddress.ip_address(address.partition("%")[0]), internal=internal):
            return address
    raise Forbidden(f"{url.hostname} is {', '.join(addresses)}: not an address a webhook may go to")


def _may(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, internal: bool) -> bool:
    """Never link-local (a cloud's metadata), multicast or unspecified."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or internal


def _meaning(answer: httpx.Response, said: bytes) -> Delivery:
    status = answer.status_code
    text = " ".join(said[:_SAID].decode(errors="replace").split())
    if 200 <= status < 300:
        return Delivered(answer.headers.get(RECEIPT) or text or f"HTTP {status}")
    told = f"HTTP {status} {text}".strip()
    if status in _BUSY:
        return Retry(Trouble.BUSY, told, _seconds(answer.headers.get("Retry-After")))
    if status >= 500:
        return Retry(Trouble.SERVER, told, _seconds(answer.headers.get("Retry-After")))
    if status in (401, 403):
        return Refused(Trouble.LOGIN, told)
    if status in (404, 410) or 300 <= status < 400:
        return Refused(Trouble.ADDRESS, told)
    return Refused(Trouble.CONTENT, told)


def _seconds(retry_after: str | None) -> float | None:
    """Its form as a date is not worth a parser: half a minute."""
    if not retry_after:
        return None
    return min(float(retry_after), LONGEST_WAIT_S) if retry_after.isdecimal() else 30.0


def _unreachable(error: Exception) -> Delivery:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Refused(Trouble.TLS, str(cause))
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return Retry(Trouble.TIMEOUT, "no answer in time")
    return Retry(Trouble.UNREACHABLE, str(error) or type(error).__name__)
