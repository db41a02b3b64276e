"""Messages as signed JSON over HTTP: to an SMS or voice gateway, a chat's robot, or Alertmanager's receivers.

The body is Alertmanager's webhook (version "4") with the hub's own words in `annotations`. Signature:
`X-Waterhub-Signature: t=<unix seconds>,v1=<hex>`, HMAC-SHA256 of "<t>." and the body under the shared secret;
a receiver refuses old times, so that a recorded request cannot be sent again.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from core.adapters.alertmanager_body import body_of
from core.adapters.pinned_http import Answer, Posts, refusal
from core.model.message import Delivered, Delivery, Message, Refused, Trouble

SIGNATURE, KEY, RECEIPT = "X-Waterhub-Signature", "Idempotency-Key", "X-Receipt"
DEADLINE_S = 10.0


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
        self._posts = Posts(url, ca_file=ca_file, internal=internal, deadline_s=deadline_s)
        self._secret_file, self._wall_s = secret_file, wall_s

    async def send(self, message: Message) -> Delivery:
        content = orjson.dumps(body_of(message))
        try:
            secret = self._secret_file.read_bytes().strip()
        except OSError as error:
            return Refused(Trouble.SECRET, str(error))
        headers = {
            "Content-Type": "application/json",
            KEY: message.key,
            SIGNATURE: signature(secret, content, int(self._wall_s())),
        }
        answer = await self._posts.post("", content, headers)
        if not isinstance(answer, Answer):
            return answer
        receipt = answer.headers.get(RECEIPT) or answer.text or f"HTTP {answer.status}"
        return refusal(answer) or Delivered(receipt)

    async def close(self) -> None:
        await self._posts.close()


def signature(secret: bytes, content: bytes, at_s: int) -> str:
    """What SIGNATURE holds for a body sent at this unix time."""
    mac = hmac.new(secret, f"{at_s}.".encode() + content, hashlib.sha256)
    return f"t={at_s},v1={mac.hexdigest()}"
