"""The exchange's webhook: who it is, is in its address; what it tells, in a form or in JSON (HL-01)."""

import time
from typing import Any

import orjson
from fastapi import Request
from starlette.exceptions import HTTPException

from api.context import Context, Here
from api.gate import Door
from api.permissions import Permission
from api.problems import Problem
from api.wire import Answer
from core.model.phone_call import Direction
from core.model.text import nfc
from response.hotline.telephony import LONGEST_ID, Heard, Told, hear

_LONGEST = 500


async def told(here: Here, request: Request, token: str) -> Answer:
    """Always `{}`: the hub takes note and turns no call away."""
    deps, host = here.deps, request.client.host if request.client else ""
    if deps.telephony is None or not deps.telephony.admits(token, host):
        raise _turned_away(here, host)
    heard = _heard(await _fields(request))
    if heard is not None:
        async with deps.ledger.begin() as tx:
            await hear(tx, deps.vault, deps.telephony, heard, deps.clock.now_ns())
    return Answer({})


def _turned_away(here: Context, host: str) -> Problem:
    """The exchange itself is let in whoever else tries from its address: a proxy's is everybody's."""
    now, wrong = time.monotonic(), here.wrong_tokens
    if (wait_s := wrong.wait_s(host, now)) > 0:
        headers = {"Retry-After": f"{wait_s:.0f}"}
        return Problem(429, "slow_down", "too many wrong tokens", headers=headers)
    wrong.take(host, now)
    return Problem(404, "unknown", "there is no such webhook")


async def _fields(request: Request) -> dict[str, list[str]]:
    """Every field as a list of texts, however it was sent; what is no text is left out."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or (not kind and (await request.body())[:1] == b"{"):
        try:
            content: Any = orjson.loads(await request.body())
        except orjson.JSONDecodeError as error:
            raise Problem(422, "invalid", "the body is no JSON") from error
        if not isinstance(content, dict):
            raise Problem(422, "invalid", "the body is no JSON object")
        items = [(name, part) for name, value in content.items() for part in _parts(value)]
    else:
        try:
            form = await request.form(max_files=0, max_fields=100)
        except HTTPException as error:
            raise Problem(422, "invalid", "the form cannot be read") from error
        items = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    found: dict[str, list[str]] = {}
    for name, value in items:
        found.setdefault(name.removesuffix("[]"), []).append(nfc(value)[:_LONGEST])
    return found


def _parts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, str | int) and not isinstance(one, bool)]


def _heard(fields: dict[str, list[str]]) -> Heard | None:
    """None for an event that the hub does not know: newer exchanges tell more. Raises Problem 422."""
    event = _one(fields, "event")
    call = _one(fields, "callId") or _one(fields, "callid") or _one(fields, "call_id")
    if event is None or call is None:
        raise Problem(422, "invalid", "event and callId are needed")
    if len(call) > LONGEST_ID:
        raise Problem(422, "invalid", f"a callId has {LONGEST_ID} characters at most")
    told = next((one for one in Told if one.value.lower() == event.lower()), None)
    if told is None:
        return None
    outward = (_one(fields, "direction") or "").lower().startswith("out")
    return Heard(
        told=told,
        call=call,
        caller=_one(fields, "from") or "",
        called=_one(fields, "to") or "",
        direction=Direction.OUT if outward else Direction.IN,
        users=tuple(fields.get("user", ())),
        queue=_one(fields, "queue"),
        answering=_one(fields, "answeringNumber"),
        cause=_one(fields, "cause"),
    )


def _one(fields: dict[str, list[str]], name: str) -> str | None:
    return next((value.strip() for value in fields.get(name, ()) if value.strip()), None)


DOORS = (Door("POST", "/api/v1/cti/{token}", told, Permission.PUBLIC),)
