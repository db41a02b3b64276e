"""Signing in and out, and who one is."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Context, Here
from api.gate import Asker, Door, cookie_name
from api.permissions import Permission, grants
from api.problems import Problem
from api.session import (
    LIVES,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    SignInRefused,
    TooManyTries,
    change_password,
)
from api.wire import Answer
from core.model.account import User

Secret = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PASSWORD)]
Fresh = Annotated[str, StringConstraints(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    user: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    password: Secret


class Change(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    password: Secret
    new_password: Fresh


async def sign_in(request: Request, here: Here, body: SignIn) -> Response:
    """204 and the session's cookie. A session that came along is ended: the token is always a new one."""
    token, user = await _verified(request, here, body.user, body.password)
    if old := request.cookies.get(cookie_name(here)):
        await here.sessions.sign_out(old)
    return _with_cookie(Response(status_code=204), here, token, user)


async def _verified(request: Request, here: Context, name: str, password: str) -> tuple[str, User]:
    address = request.client.host if request.client else ""
    try:
        return await here.sessions.sign_in(name, password, address)
    except SignInRefused as error:
        raise Problem(401, "refused", "the user or the password is wrong") from error
    except TooManyTries as error:
        wait = {"Retry-After": f"{error.retry_after_s:.0f}"}
        raise Problem(429, "too_many_tries", str(error), headers=wait) from error


def _with_cookie(response: Response, here: Context, token: str, user: User) -> Response:
    response.set_cookie(
        cookie_name(here),
        token,
        max_age=int(LIVES[user.role].whole_s),
        httponly=True,
        secure=here.deps.secure_cookies,
        samesite="strict",
        path="/",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def sign_out(request: Request, here: Here) -> Response:
    """Ends the session at once, its event streams within a second. 204 also without one."""
    if token := request.cookies.get(cookie_name(here)):
        await here.sessions.sign_out(token)
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    response.delete_cookie(
        cookie_name(here), secure=here.deps.secure_cookies, httponly=True, samesite="strict", path="/"
    )
    return response


async def me(here: Here, caller: Asker) -> Answer:
    """Who asks, and all they may do: permission to how far it reaches."""
    user = caller.user
    return Answer(
        {
            "user": user.id,
            "role": user.role.value,
            "crew": user.crew,
            "must_change": user.must_change,
            "permissions": grants(user.role),
        }
    )


async def set_password(request: Request, here: Here, caller: Asker, body: Change) -> Response:
    """204 and a new cookie; every other session of the user is ended."""
    await _verified(request, here, caller.user.id, body.password)
    async with here.deps.ledger.begin() as tx:
        await change_password(tx, caller.user, body.new_password)
    token, user = await _verified(request, here, caller.user.id, body.new_password)
    return _with_cookie(Response(status_code=204), here, token, user)


DOORS = (
    Door("POST", "/api/v1/session", sign_in, Permission.PUBLIC, 204),
    Door("DELETE", "/api/v1/session", sign_out, Permission.PUBLIC, 204),
    Door("GET", "/api/v1/me", me, Permission.SIGNED_IN),
    Door("POST", "/api/v1/me/password", set_password, Permission.SIGNED_IN, 204),
)
