"""Messages of a WeChat service account (服务号): its template message interface.

The access token comes from `stable_token`, which leaves one that another program holds valid and keeps the
secret out of addresses. `client_msg_id` is the message's key: WeChat sends what it knows once only (its
manual promises that for ten minutes). Codes and paths are its manual's, [K]: never run against WeChat itself.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from core.adapters.pinned_http import Answer, Posts, refusal
from core.adapters.sms_notifier import id_of
from core.model.message import Delivered, Delivery, Message, Refused, Retry, Trouble

BASE = "https://api.weixin.qq.com"
DEADLINE_S = 10.0
EARLY_S = 300.0
"""A token is fetched anew so long before it runs out."""
_JSON = {"Content-Type": "application/json"}
_TOKEN_GONE = frozenset({40001, 40014, 42001})
_CODES: Mapping[int, tuple[type[Retry] | type[Refused], Trouble]] = {
    -1: (Retry, Trouble.BUSY),
    45009: (Retry, Trouble.BUSY),
    45011: (Retry, Trouble.BUSY),
    40003: (Refused, Trouble.ADDRESS),
    43004: (Refused, Trouble.ADDRESS),
    43101: (Refused, Trouble.ADDRESS),
    40013: (Refused, Trouble.LOGIN),
    40125: (Refused, Trouble.LOGIN),
    40164: (Refused, Trouble.LOGIN),
    48001: (Refused, Trouble.LOGIN),
}
"""busy, daily quota, too often; no such openid, does not follow, has refused; appid, secret, address not on
the allow-list, not permitted. Any other code refuses the content."""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until_s: float


class WechatNotifier:
    """`core.ports.notifier.Notifier`. `Message.to` is an openid, `variables` the template's own keywords
    (`thing1`, `time2`). secret_file: read when a token is fetched. base: another for a proxy in the DMZ."""

    def __init__(
        self,
        appid: str,
        secret_file: Path,
        *,
        base: str = BASE,
        ca_file: Path | None = None,
        internal: bool = False,
        deadline_s: float = DEADLINE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._appid, self._secret_file, self._monotonic = appid, secret_file, monotonic
        self._posts = Posts(base.rstrip("/"), ca_file=ca_file, internal=internal, deadline_s=deadline_s)
        self._deadline_s = deadline_s
        self._token: _Token | None = None
        self._fetching = asyncio.Lock()

    async def send(self, message: Message) -> Delivery:
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._sent(message)
        except TimeoutError:
            return Retry(Trouble.TIMEOUT, f"not done within {self._deadline_s:g} s")

    async def _sent(self, message: Message) -> Delivery:
        body = {
            "touser": message.to,
            "template_id": message.template,
            "url": message.link,
            "client_msg_id": id_of(message.key),
            "data": {name: {"value": value} for name, value in message.variables},
        }
        spent: _Token | None = None
        answer: dict[str, Any] = {}
        for _ in range(2):
            token = await self._access(spent)
            if not isinstance(token, _Token):
                return token
            path = f"/cgi-bin/message/template/send?access_token={quote(token.value)}"
            said = await self._asked(path, body)
            if not isinstance(said, dict):
                return said
            answer = said
            if answer.get("errcode") not in _TOKEN_GONE:
                return _meaning(answer)
            spent = token
        return Retry(Trouble.LOGIN, _told(answer))

    async def _access(self, spent: _Token | None) -> _Token | Retry | Refused:
        """The token, fetched once however many ask. spent: one that is valid no more."""
        async with self._fetching:
            kept = self._token
            if kept is not None and kept != spent and kept.until_s > self._monotonic():
                return kept
            fresh = await self._fetched(force=False)
            if isinstance(fresh, _Token) and spent is not None and fresh.value == spent.value:
                fresh = await self._fetched(force=True)
            self._token = fresh if isinstance(fresh, _Token) else None
            return fresh

    async def _fetched(self, *, force: bool) -> _Token | Retry | Refused:
        try:
            secret = self._secret_file.read_text().strip()
        except (OSError, ValueError) as error:
            return Refused(Trouble.SECRET, str(error))
        body = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": secret,
            "force_refresh": force,
        }
        answer = await self._asked("/cgi-bin/stable_token", body)
        if not isinstance(answer, dict):
            return answer
        value, lasts_s = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(value, str) or not isinstance(lasts_s, int):
            meaning = _meaning(answer)
            return (
                Retry(Trouble.SERVER, "no token in its answer") if isinstance(meaning, Delivered) else meaning
            )
        return _Token(value, self._monotonic() + max(lasts_s - EARLY_S, 1.0))

    async def _asked(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | Retry | Refused:
        answer = await self._posts.post(path, orjson.dumps(body), _JSON)
        if not isinstance(answer, Answer):
            return answer
        if (no := refusal(answer)) is not None:
            return no
        try:
            told = orjson.loads(answer.said)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict) or not isinstance(told.get("errcode", 0), int):
            return Retry(Trouble.SERVER, "its answer is not as WeChat's are")
        return told

    async def close(self) -> None:
        await self._posts.close()


def _told(answer: Mapping[str, Any]) -> str:
    return f"{answer.get('errcode')} {answer.get('errmsg', '')}".strip()


def _meaning(answer: Mapping[str, Any]) -> Delivery:
    code = answer.get("errcode", 0)
    if code == 0:
        return Delivered(str(answer.get("msgid", "")) or "ok")
    kind, trouble = _CODES.get(code, (Refused, Trouble.CONTENT))
    return kind(trouble, _told(answer))
