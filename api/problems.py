"""Errors as RFC 9457 problem details: what went wrong and what to do, never how the program is made."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from alarms import acts, commands
from api.wire import encode, plain
from api.words import problems as words
from core.ports.historian import HistorianUnavailable
from core.ports.ledger import LedgerUnavailable
from response.notices.rules import Changed
from response.notices.validation import Unfit
from response.orders.closing import Incomplete
from response.orders.flow_lock import OrdersOpen
from response.refused import NotPermitted, Refused, Unknown

SIGN_IN_PAGE = "/sign-in"
_FIELD = re.compile(r"[A-Za-z_][A-Za-z_-]{0,40}")


class Problem(Exception):
    """An answer other than the one hoped for. reason: a name for programs, stable."""

    def __init__(
        self, status: int, reason: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.headers = headers or {}
        self.more = more


REFUSALS = (Problem, HTTPException, RequestValidationError, Refused, acts.Unknown, commands.Stale)
"""Answers: what a route raises when it decides so. Anything else that it raises is a failure."""
RefusedPage = Callable[[Request, Problem], Awaitable[Response]]


def answer(problem: Problem) -> Response:
    title = HTTPStatus(problem.status).phrase
    general = words.why(problem.reason, problem.detail)
    body = {
        "type": f"urn:waterhub:problem:{problem.reason}",
        "title": title,
        "status": problem.status,
        "detail": problem.detail,
        "reason": problem.reason,
        **({"why": plain(general)} if general else {}),
        **problem.more,
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(encode(body), problem.status, headers, "application/problem+json")


def not_found(what: str, id: str) -> Problem:
    return Problem(404, "unknown", f"there is no {what} {id!r}, or none that you may see")


def install(app: FastAPI, refused: RefusedPage) -> None:
    """Every error of `app` becomes a problem document; a page asked for without a session, the sign-in; one
    that the role may not see, `refused`."""

    async def _problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        if not _asks_for_page(request):
            return answer(error)
        if error.status == HTTPStatus.UNAUTHORIZED or error.reason == "change_password":
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"{SIGN_IN_PAGE}?next={quote(here, safe='')}", HTTPStatus.SEE_OTHER)
        return await refused(request, error) if error.status == HTTPStatus.FORBIDDEN else answer(error)

    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(acts.Unknown, _unknown)
    app.add_exception_handler(commands.Stale, _stale)
    app.add_exception_handler(HistorianUnavailable, _unavailable)
    app.add_exception_handler(LedgerUnavailable, _no_ledger)
    app.add_exception_handler(Exception, _unexpected)


def _asks_for_page(request: Request) -> bool:
    page = request.method == "GET" and not request.url.path.startswith("/api/")
    return page and "text/html" in request.headers.get("accept", "")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    reason = phrase.lower().replace(" ", "_")
    return answer(Problem(error.status_code, reason, str(error.detail), headers=dict(error.headers or {})))


async def _invalid(request: Request, error: Exception) -> Response:
    """Says where and what, never repeats what was sent: it may be a password."""
    assert isinstance(error, RequestValidationError)
    wrong = [(".".join(map(_named, one["loc"])), words.field(one)) for one in error.errors()]
    told = [{"at": at, "what": what.en} for at, what in wrong]
    if not wrong:
        return answer(Problem(422, "invalid", "not understood"))
    at, what = wrong[0]
    name = at.rpartition(".")[2]
    why = {"zh": f"填写有误（{name}）：{what.zh}", "en": f"{name}: {what.en}"}
    return answer(Problem(422, "invalid", f"{at}: {what.en}", why=why, errors=told))


def _named(part: str | int) -> str:
    """A field by its name; what somebody made up, and may be anything, is not repeated."""
    return str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "?"


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    status = 404 if isinstance(error, Unknown) else 403 if isinstance(error, NotPermitted) else 409
    why = {"zh": error.why.zh, "en": error.why.en}
    more: dict[str, Any] = {}
    if isinstance(error, Incomplete | Unfit):
        status, more = 422, {"missing": [plain(one) for one in error.missing]}
    if isinstance(error, Changed):
        names = ("seq", "accounts_affected", "accounts_weak", "institutions")
        more = {"now": {name: plain(getattr(error.now, name)) for name in names}}
    if isinstance(error, OrdersOpen):
        more = {"orders": list(error.orders)}
    return answer(Problem(status, error.reason, error.why.en, why=why, allowed=list(error.allowed), **more))


async def _unknown(request: Request, error: Exception) -> Response:
    return answer(Problem(404, "unknown", str(error)))


async def _stale(request: Request, error: Exception) -> Response:
    return answer(Problem(409, "stale", str(error)))


async def _unavailable(request: Request, error: Exception) -> Response:
    return answer(
        Problem(503, "historian_unavailable", "the historian does not answer", headers={"Retry-After": "5"})
    )


async def _no_ledger(request: Request, error: Exception) -> Response:
    return answer(Problem(503, "ledger_unavailable", str(error), headers={"Retry-After": "5"}))


async def _unexpected(request: Request, error: Exception) -> Response:
    return answer(Problem(500, "unexpected", "the hub failed at this; the log says why"))
