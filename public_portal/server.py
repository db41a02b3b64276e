"""The outside half of the portal: it knows signed snapshots and nothing else, and has no way back in."""

import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from core.model.text import Lang
from core.model.tracking import token_of
from core.ports.snapshots import SnapshotStore
from public_portal import (
    answers,
    history_doors,
    laboratory_doors,
    letterbox_doors,
    open_data_doors,
    planned_doors,
    reply,
    report_doors,
    timeless_doors,
    widget_doors,
)
from public_portal.asked import IN_PATH, Asked, address
from public_portal.files import Files, handed_out
from public_portal.language import LANGUAGES, chosen, in_path
from public_portal.letterbox import Letterbox
from public_portal.limit import Limit, household
from public_portal.lookup import LONGEST, NOT_AN_ADDRESS, NotAnAddress, look_up, look_up_place
from public_portal.pages import Pages
from public_portal.parts import Parts
from public_portal.pressure_views import pressure_view
from public_portal.ready import Facts, Ready
from public_portal.received import Received, Receiver
from public_portal.responses import ASSET, SAFETY, answer, as_json, html, private, problem, too_many
from public_portal.seen import Seen
from public_portal.sensorthings import doors as sensorthings
from public_portal.track import Tracked
from public_portal.transport import Hsts
from public_portal.verify import LONGEST as MOST_VERIFIED
from public_portal.verify import verify

_STATIC = Path(__file__).parent / "static"
_CSS, _TEXT = "text/css; charset=utf-8", "text/plain; charset=utf-8"
_ASSETS = {"portal.css": _CSS, "widget.css": _CSS, "drop.svg": "image/svg+xml", "robots.txt": _TEXT}

ROOMS = (history_doors, open_data_doors, laboratory_doors, planned_doors, timeless_doors, widget_doors, reply)
"""Modules with pages of their own: each has `routes(portal)`, handlers by path."""
QUESTIONS_A_MINUTE = 60.0
"""Answered for one address; pages and files without a question are never counted."""


def build(
    store: SnapshotStore,
    public_key: bytes,
    *,
    real_ns: Callable[[], int] = time.time_ns,
    questions_a_minute: float = QUESTIONS_A_MINUTE,
    seen: Path | None = None,
    frame_ancestors: Sequence[str] = (),
    letters: Path | None = None,
) -> FastAPI:
    """The citizens' server over a store of signed snapshots. public_key: 32 raw bytes (Ed25519). seen: file
    that remembers the highest snapshot over a restart. frame_ancestors: sites that may show the widget.
    letters: folder for what citizens leave; None: they can leave nothing. Raises SeenDamaged."""
    app = FastAPI(title="Water Hub public portal", version="1", docs_url=None, redoc_url=None)
    receiver = Receiver(store, public_key, real_ns, Seen(seen, public_key))
    portal = Portal(store, receiver, Limit(questions_a_minute, time.monotonic), frame_ancestors)
    portal.box = Letterbox(letters) if letters else None
    pages: dict[str, Callable[..., Awaitable[Response]]] = {
        "/": portal.home,
        "/area/{id}": portal.area,
        "/n/{id}/{name}": portal.of_notice,
        "/feed/{name}": portal.file,
        "/notices.jsonl": portal.file,
        "/notices.jws": portal.file,
        "/.well-known/jwks.json": portal.file,
        "/verify": portal.verify,
        "/{lang}/t": portal.follow,
        "/{lang}/t/{token}": portal.track,
        "/static/{name}": portal.static,
        "/robots.txt": portal.robots,
    }
    for room in ROOMS:
        pages |= room.routes(portal)
    for path, page in pages.items():
        app.add_api_route(path, page, methods=["GET", "HEAD"], include_in_schema=False)
    facts: dict[str, Callable[..., Awaitable[Response]]] = {
        "/api/v1/latest": portal.latest,
        "/api/v1/affected": portal.affected,
        "/healthz": portal.healthz,
    }
    for path, data in facts.items():
        app.add_api_route(path, data, methods=["GET"])
        app.add_api_route(path, data, methods=["HEAD"], include_in_schema=False)
    sensorthings.mount(app, portal, store)
    report_doors.mount(app, portal, portal.box)
    letterbox_doors.mount(app, portal, portal.box, public_key)
    app.add_exception_handler(HTTPException, portal.refused)
    app.state.ready = Facts()
    app.add_middleware(Ready, moment=portal.moment, facts=app.state.ready)
    app.add_middleware(Hsts)
    return app


class Portal:
    """One method a route."""

    def __init__(
        self, store: SnapshotStore, receiver: Receiver, limit: Limit, frame_ancestors: Sequence[str]
    ) -> None:
        self.frame_ancestors = tuple(frame_ancestors)
        self.box: Letterbox | None = None
        self._receiver = receiver
        self._limit = limit
        self.pages = Pages()
        self.parts = Parts(store)
        self._files = Files()
        self._tracked = Tracked()
        self._moment: object = None
        self._rendered: dict[tuple[Hashable, ...], str] = {}
        self._assets = {name: (_STATIC / name).read_bytes() for name in _ASSETS}

    async def home(self, request: Request, q: str = "") -> Response:
        lang, asked, received = self.reader(request)
        if received is None:
            return html(request, self.pages.empty(lang, asked), 503)
        question = q.strip()[: LONGEST + 1]
        if question and (wait_s := self.wait_s(request)):
            return too_many(wait_s)
        if question:
            return html(request, self.pages.home(received, lang, asked, question))
        page = self.once(received, ("/", lang, asked), lambda: self.pages.home(received, lang, asked, ""))
        return html(request, page)

    async def area(self, request: Request, id: str) -> Response:
        lang, asked, received = self.reader(request)
        found = next((a for a in received.areas if a.id == id), None) if received else None
        if received is None or found is None:
            raise HTTPException(404)

        def render() -> str:
            pressure = pressure_view(*self.parts.pressure(received, id), lang)
            return self.pages.area(received, found, lang, asked, pressure)

        return html(request, self.once(received, ("area", id, lang, asked), render))

    async def notice(self, request: Request, id: str) -> Response:
        lang, asked, received = self.reader(request)
        found = next((n for n in received.snapshot.notices if n.id == id), None) if received else None
        if received is None or found is None:
            raise HTTPException(404)
        key = ("notice", id, lang, asked)
        page = self.once(received, key, lambda: self.pages.notice(received, found, lang, asked))
        return html(request, page)

    async def of_notice(self, request: Request, id: str, name: str) -> Response:
        """`v3`: the page of that version; else a file of the notice."""
        lang, asked, received = self.reader(request)
        found = next((n for n in received.snapshot.notices if n.id == id), None) if received else None
        said = next((v for v in found.versions if f"v{v.version}" == name), None) if found else None
        if received is None or found is None or said is None:
            return await self.file(request)
        key = ("version", id, name, lang, asked)
        return html(
            request,
            self.once(received, key, lambda: self.pages.version(received, found, said, lang, asked)),
        )

    async def file(self, request: Request) -> Response:
        received = self._receiver.now()
        document = self._files.find(received, request.url.path[1:]) if received else None
        if document is None:
            raise HTTPException(404)
        return handed_out(request, document)

    async def verify(self, request: Request, q: str = "") -> Response:
        lang, asked, received = self.reader(request)
        if received is None:
            return html(request, self.pages.empty(lang, asked), 503)
        question = q.strip()[:MOST_VERIFIED]
        if question and (wait_s := self.wait_s(request)):
            return too_many(wait_s)
        found = verify(received.snapshot, question) if question else None
        return html(request, self.pages.verify(received, lang, asked, question, found))

    async def follow(self, request: Request, lang: str, code: str = "") -> Response:
        """Where a number that was read out is typed in."""
        in_, received = in_path(lang), self._receiver.now()
        asked = Asked(in_, Asked.of(request.query_params).large)
        if (token := token_of(code)) is not None:
            known = address(f"/{IN_PATH}/t/{token}", in_, {}, asked)
            return RedirectResponse(known, 303, {**SAFETY, "Cache-Control": "no-store"})
        if received is None:
            return html(request, self.pages.empty(in_, asked), 503)
        return private(request, self.pages.follow(received, in_, asked, "unlike" if code.strip() else None))

    async def track(self, request: Request, lang: str, token: str) -> Response:
        """What came of the report with this number. One that was never issued, one that has ended and one
        that cannot be are answered alike."""
        in_, received = in_path(lang), self._receiver.now()
        asked = Asked(in_, Asked.of(request.query_params).large)
        if wait_s := self.wait_s(request):
            return too_many(wait_s)
        if received is None:
            return html(request, self.pages.empty(in_, asked), 503)
        found = self._tracked.find(received, token)
        if found is None:
            return private(request, self.pages.follow(received, in_, asked, "ended"), 404)
        return private(request, self.pages.track(received, in_, asked, token, found))

    async def static(self, request: Request, name: str) -> Response:
        if name not in self._assets:
            raise HTTPException(404)
        return answer(request, self._assets[name], _ASSETS[name], cache=ASSET)

    async def robots(self, request: Request) -> Response:
        return await self.static(request, "robots.txt")

    async def latest(self, request: Request) -> Response:
        """Every area's readings and every notice in force."""
        received = self._receiver.now()
        if received is None:
            return problem(503, "No data yet", "no trusted snapshot has been received")
        return as_json(request, answers.latest(received))

    async def affected(
        self, request: Request, address: str = "", lat: float | None = None, lon: float | None = None
    ) -> Response:
        """Whether a street, a building or a position is inside a published notice; `unknown` is not `no`."""
        if wait_s := self.wait_s(request):
            return too_many(wait_s)
        received = self._receiver.now()
        if received is None:
            return problem(503, "No data yet", "no trusted snapshot has been received")
        try:
            if lat is not None and lon is not None and not address:
                found = look_up_place(received, lat, lon)
            else:
                found = look_up(received, address)
        except NotAnAddress as error:
            return problem(422, "Not an address", NOT_AN_ADDRESS[str(error)])
        return as_json(request, answers.affected(found, received))

    async def healthz(self, request: Request) -> Response:
        """200 while the snapshot is fresh and genuine; 503 with the reason otherwise."""
        received = self._receiver.now()
        refusal = self._receiver.refusal
        if received is None:
            return problem(503, "No data yet", refusal.reason if refusal else "no snapshot")
        if received.stale:
            return problem(503, "Stale", f"the last snapshot is {received.age_s:.0f} s old")
        if refusal is not None:
            return problem(503, "Snapshot refused", refusal.reason)
        seen = self._receiver.seen
        more: dict[str, object] = {"remembers_over_restart": seen.kept} | (
            {"why_not": seen.failing} if seen.failing else {}
        )
        more |= {"letterbox": self.box.facts} if self.box is not None else {}
        made = as_json(request, {"status": "ok", **answers.as_of(received), **more})
        made.headers["Cache-Control"] = "no-store"
        return made

    async def refused(self, request: Request, error: Exception) -> Response:
        """404 and its like: a problem for programs, a page for people."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if request.url.path.startswith("/api/") or status != 404:
            return problem(status, "Not found" if status == 404 else "Refused", request.url.path)
        lang, asked, received = self.reader(request)
        return html(request, self.pages.missing(received, lang, asked), 404)

    def moment(self) -> tuple[object, ...] | None:
        """See `Received.moment`."""
        received = self._receiver.now()
        return received.moment if received else None

    def wait_s(self, request: Request) -> float:
        """How long the asking address must wait; 0 when it is answered now."""
        return self._limit.wait_s(household(request.client.host if request.client else ""))

    def once(self, received: Received, key: tuple[Hashable, ...], render: Callable[[], str]) -> str:
        """A page is rendered once for each snapshot and minute; bounded by the pages there are, so that a key
        may hold only what was found."""
        moment = received.moment
        if moment != self._moment:
            self._moment, self._rendered = moment, {}
        if key not in self._rendered:
            self._rendered[key] = render()
        return self._rendered[key]

    def reader(self, request: Request) -> tuple[Lang, Asked, Received | None]:
        """The language to answer in, the address's own first; what was asked for; what there is to tell."""
        asked = Asked.of(request.query_params)
        if (named := LANGUAGES.get(request.url.path[1:].split("/", 1)[0])) is not None:
            asked = Asked(named, asked.large)
        lang = chosen(asked.lang, request.headers.get("accept-language"))
        return lang, asked, self._receiver.now()
