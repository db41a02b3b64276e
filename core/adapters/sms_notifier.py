"""Messages through a provider's HTTP gateway for SMS, in whatever shape it wants them.

Gateways in China send registered templates only: the message names the template and what fills its places.
Every gateway has other names for the same few things, so the request is written in the configuration as the
provider's manual prints it, with `{to}`, `{template}`, `{sign}`, `{id}`, `{secret}`, `{text}` (in the
language of who is told), `{text_zh}`, `{text_en}` in its strings; `{variables}` alone becomes an object,
`{values}` a list, `{variables_json}` the object as text.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from core.adapters.pinned_http import Answer, Posts, refusal
from core.adapters.webhook_notifier import KEY, SIGNATURE, signature
from core.model.message import Delivered, Delivery, Message, Refused, Retry, Trouble

DEADLINE_S = 10.0
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """body, headers: the request, with places. form: as a form instead of JSON. code, receipt, says: where
    they stand in its answer (`a.b.0.c`). taken: codes of a yes; none: the HTTP status says it all. later,
    nobody, login: codes of try again, no such number, not let in; any other refuses the content."""

    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    form: bool = False
    code: str = ""
    receipt: str = ""
    says: str = ""
    taken: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    nobody: frozenset[str] = frozenset()
    login: frozenset[str] = frozenset()


class SmsNotifier:
    """`core.ports.notifier.Notifier`. sign: the 签名 registered with the provider. secret_file: read at each
    message."""

    def __init__(
        self,
        url: str,
        secret_file: Path,
        gateway: Gateway,
        *,
        sign: str = "",
        ca_file: Path | None = None,
        internal: bool = False,
        deadline_s: float = DEADLINE_S,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._posts = Posts(url, ca_file=ca_file, internal=internal, deadline_s=deadline_s)
        self._secret_file, self._gateway, self._sign, self._wall_s = secret_file, gateway, sign, wall_s

    async def send(self, message: Message) -> Delivery:
        try:
            secret = self._secret_file.read_text().strip()
        except (OSError, ValueError) as error:
            return Refused(Trouble.SECRET, str(error))
        filled = _places(message, self._sign, secret)
        body = _filled(self._gateway.body, filled)
        content = urlencode(body).encode() if self._gateway.form else orjson.dumps(body)
        kind = "application/x-www-form-urlencoded" if self._gateway.form else "application/json"
        headers = {
            "Content-Type": kind,
            KEY: message.key,
            SIGNATURE: signature(secret.encode(), content, int(self._wall_s())),
            **{name: str(_filled(value, filled)) for name, value in self._gateway.headers.items()},
        }
        answer = await self._posts.post("", content, headers)
        return _meaning(self._gateway, answer) if isinstance(answer, Answer) else answer

    async def close(self) -> None:
        await self._posts.close()


def id_of(key: str) -> str:
    """A message's key in 32 characters, which is what most providers' ids have room for."""
    return sha256(key.encode()).hexdigest()[:32]


def _places(message: Message, sign: str, secret: str) -> dict[str, Any]:
    variables = dict(message.variables)
    return {
        "to": message.to,
        "template": message.template,
        "sign": sign,
        "id": id_of(message.key),
        "secret": secret,
        "text": message.body.in_(message.lang),
        "text_zh": message.body.zh,
        "text_en": message.body.en,
        "variables": variables,
        "values": list(variables.values()),
        "variables_json": orjson.dumps(variables).decode(),
    }


def _filled(form: Any, places: Mapping[str, Any]) -> Any:
    match form:
        case str():
            whole = _PLACE.fullmatch(form)
            if whole:
                return places[whole[1]]
            return _PLACE.sub(lambda place: str(places[place[1]]), form)
        case Mapping():
            return {name: _filled(value, places) for name, value in form.items()}
        case list() | tuple():
            return [_filled(value, places) for value in form]
        case _:
            return form


def found(value: Any, path: str) -> Any:
    """What stands at `a.b.0.c`; None where nothing does. The whole for no path."""
    for step in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def said_at(value: Any, path: str) -> str:
    told = found(value, path) if path else None
    return "" if told is None else str(told)


def _meaning(gateway: Gateway, answer: Answer) -> Delivery:
    if (no := refusal(answer)) is not None:
        return no
    try:
        told = orjson.loads(answer.said) if answer.said else {}
    except orjson.JSONDecodeError:
        told = {}
    code, receipt = said_at(told, gateway.code), said_at(told, gateway.receipt)
    said = f"{code} {said_at(told, gateway.says)}".strip() or answer.text
    if not gateway.taken or code in gateway.taken:
        return Delivered(receipt or said or f"HTTP {answer.status}")
    if not code:
        return Retry(Trouble.SERVER, f"its answer has no {gateway.code}: {answer.text}")
    if code in gateway.later:
        return Retry(Trouble.BUSY, said)
    if code in gateway.nobody:
        return Refused(Trouble.ADDRESS, said)
    return Refused(Trouble.LOGIN if code in gateway.login else Trouble.CONTENT, said)
