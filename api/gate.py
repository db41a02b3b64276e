"""The gate in front of every route: a door names its permission, or it cannot be mounted."""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from api.audited import SAFE, audited
from api.context import Context, Here
from api.glossary import GLOSSARY
from api.once import Keyed
from api.permissions import Limit, Permission, granted
from api.problems import Problem
from api.session import SignedIn
from api.typed import TypedRequest
from core.model.account import Role, User
from core.model.command import command_id
from core.model.text import Text

COOKIE = "waterhub"
LONGEST_KEY = 200
_WITHOUT_CHANGE = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})
"""What a person may do who must first change a one-time password."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and how far the door's permission reaches for them."""

    user: User
    session: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Requires:
    """A route's dependency that lets only those in whose role has `permission`."""

    permission: Permission

    async def __call__(self, request: Request, here: Here) -> None:
        if self.permission is Permission.PUBLIC:
            return
        signed_in = await who(request, here)
        if signed_in is None:
            raise Problem(401, "sign_in", "sign in first")
        limit = granted(signed_in.user.role, self.permission)
        if limit is None:
            why = not_for(signed_in.user.role, self.permission)
            raise Problem(403, "role", why.en, why={"zh": why.zh, "en": why.en})
        if signed_in.user.must_change and self.permission not in _WITHOUT_CHANGE:
            raise Problem(403, "change_password", "change the one-time password first")
        request.state.caller = Caller(signed_in.user, signed_in.session.id, limit)


def requires(permission: Permission) -> Any:
    """For `dependencies=[...]` of a route that is not a Door: a screen."""
    return Depends(Requires(permission))


def not_for(role: Role, permission: Permission) -> Text:
    """That `role` lacks `permission`, in people's words."""
    who, what = GLOSSARY[f"role.{role}"], GLOSSARY[f"permission.{permission}"]
    why = GLOSSARY["refused.why"]
    return Text(
        why.zh.format(role=who.zh, permission=what.zh), why.en.format(role=who.en, permission=what.en)
    )


async def who(request: Request, here: Context) -> SignedIn | None:
    """The session that the request's cookie names, if it holds; asked for once a request."""
    if not hasattr(request.state, "signed_in"):
        token = request.cookies.get(cookie_name(here))
        request.state.signed_in = await here.sessions.who(token) if token else None
    signed_in: SignedIn | None = request.state.signed_in
    return signed_in


def cookie_name(here: Context) -> str:
    """With `__Host-` a browser takes it from TLS only, for this host and the whole of it (RFC 6265bis)."""
    return f"__Host-{COOKIE}" if here.deps.secure_cookies else COOKIE


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


Asker = Annotated[Caller, Depends(_caller)]
"""A parameter of a route behind a door that is not PUBLIC."""


@dataclass(frozen=True, slots=True)
class Door:
    """A route of the JSON interface."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    permission: Permission
    status: int = 200


class CommandRoute(APIRoute):
    """A route whose command, sent twice with one Idempotency-Key by one user, is done once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        act = super().get_route_handler()

        async def handler(asked: Request) -> Response:
            if asked.method in SAFE:
                return await act(asked)
            request = TypedRequest(asked.scope, asked.receive)
            here: Context = request.app.state.context
            signed_in = await who(request, here)

            async def done(once: Keyed | None = None) -> Response:
                return await audited(request, here, signed_in, lambda: act(request), once)

            key = request.headers.get("idempotency-key")
            if key is None or signed_in is None or not self._keyed(request, signed_in.user):
                return await done()
            if len(key) > LONGEST_KEY:
                raise Problem(422, "invalid", f"an Idempotency-Key has {LONGEST_KEY} characters at most")
            id = command_id(signed_in.user.id, request.url.path, key)
            return await here.once.answer(here.deps, id, await request.body(), done)

        return handler

    def _keyed(self, request: Request, user: User) -> bool:
        """Whether a key counts: not where somebody signs in, whose answer is a session's cookie and is kept
        nowhere; nor for a file that is sent, whose own id says that it came before; nor for who may not do it
        any more, who is refused and not told again what was answered."""
        permission = permission_of(self)
        if permission in _WITHOUT_CHANGE or user.must_change or granted(user.role, permission) is None:
            return False
        return request.method == "POST" or not _is_file(request)


def _is_file(request: Request) -> bool:
    return request.headers.get("content-type", "application/json").partition(";")[0] != "application/json"


def mount(doors: Iterable[Door]) -> APIRouter:
    router = APIRouter(route_class=CommandRoute)
    for door in doors:
        router.add_api_route(
            door.path,
            door.endpoint,
            methods=[door.method],
            status_code=door.status,
            dependencies=[requires(door.permission)],
            openapi_extra={"x-permission": door.permission.value},
            response_model=None,
        )
    return router


def permission_of(route: object) -> Permission:
    """Raises ValueError for a route that names none: it must not be mounted."""
    declared = [
        dependency.dependency.permission
        for dependency in getattr(route, "dependencies", ())
        if isinstance(dependency.dependency, Requires)
    ]
    if not isinstance(route, APIRoute) or len(declared) != 1:
        raise ValueError(f"{getattr(route, 'path', route)} must name exactly one permission")
    return declared[0]
