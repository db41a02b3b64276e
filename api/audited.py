"""Every command leaves its audit entry, in the transaction of what it changed (X-05).

One place for all routes: a command's context holds a ledger that writes in the caller's name. What a route
does not write through it (a sign-in) is noted afterwards; so are a wrong password and what a role is refused.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from api.context import Context
from api.once import Keyed
from api.problems import Problem
from api.session import SignedIn, SignInRefused
from core.model.account import User
from core.model.audit import HIDDEN, Acting
from core.model.ids import valid_id
from core.model.text import nfc
from core.ports.ledger import Ledger
from response.refused import NotPermitted

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = "nobody"
LONGEST_REASON = 2_000
_REFUSED = 403
_SIGN_IN = "/api/v1/session"


async def audited(
    request: Request,
    here: Context,
    signed_in: SignedIn | None,
    act: Callable[[], Awaitable[Response]],
    once: Keyed | None = None,
) -> Response:
    """The command's answer. Raises what it raises, after noting that a role was refused, or a password: of
    those as many as may be tried. once: under which key, if any."""
    acting = await acting_of(request, here, signed_in)
    ledger = once.ledger(acting) if once else here.deps.ledger.acting(acting)
    request.state.context = here.writing(ledger)
    try:
        answer = await act()
    except (Problem, NotPermitted) as refused:
        status = refused.status if isinstance(refused, Problem) else _REFUSED
        if isinstance(refused.__cause__, SignInRefused):
            who = await _known(here.deps.ledger, acting.who)
            await _note(here.deps.ledger, replace(acting, who=who, status=status))
        elif signed_in and status == _REFUSED:
            await _note(here.deps.ledger, replace(acting, status=status))
        raise
    if not ledger.audited and answer.status_code < 300 and acting.who != NOBODY:
        noted = replace(acting, status=answer.status_code, always=True)
        async with ledger.acting(noted).begin():
            pass
    return answer


async def acting_of(request: Request, here: Context, signed_in: SignedIn | None) -> Acting:
    """Who asks for what. Of what they sent no more than the reason and the device's stamp."""
    body = await _json(request)
    said, at = body.get("reason"), body.get("at")
    user = signed_in.user if signed_in else None
    name = user.id if user else _tries(request, body)
    path = getattr(request.scope.get("route"), "path", request.url.path)
    return Acting(
        who=name or NOBODY,
        role=user.role.value if user else NOBODY,
        channel="web",
        command=f"{request.method} {path}",
        at_ns=here.deps.clock.now_ns(),
        subject={name: _said(name, value) for name, value in request.path_params.items()} or None,
        reason=said[:LONGEST_REASON] if isinstance(said, str) else None,
        device=at[:40] if isinstance(at, str) else None,
    )


def _said(name: str, value: object) -> str:
    """What lets somebody in is no subject."""
    return HIDDEN if name == "token" else nfc(str(value))


def _tries(request: Request, body: dict[str, Any]) -> str | None:
    """Who signs in."""
    user = body.get("user") if request.url.path == _SIGN_IN else None
    return user[:128] if isinstance(user, str) else None


async def _known(ledger: Ledger, name: str) -> str:
    """NOBODY for whom there is not: a password is typed into the wrong box now and then."""
    async with ledger.read() as tx:
        return name if valid_id(name) and await tx.get(User, name) else NOBODY


async def _json(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return {}
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


async def _note(ledger: Ledger, acting: Acting) -> None:
    async with ledger.acting(replace(acting, always=True)).begin():
        pass
