"""The pages: sign-in, wall, desk, hotline, board, notices, and the files they are made of.

A page is a frame in one language with its words and who is looking; what it shows it asks for itself
through the public contract. Its address holds its whole state, and nothing personal.
"""

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api import assets
from api.context import Here
from api.deps import Deps
from api.gate import Asker, requires, who
from api.glossary import words
from api.permissions import Permission, grants
from api.problems import Problem
from api.sheets import SHEETS
from api.wire import Json, encode, plain
from core.model.account import Role, User
from core.model.pressure_unit import SCALES
from core.model.shanghai import local
from core.model.tag import WorksRole
from core.model.text import Lang
from response.hotline.search.spelling import Spelling

NIGHT_FROM_H, NIGHT_TO_H = 19, 6
LANG_COOKIE = "lang"
HOMES = {
    Role.KIOSK: "/wall",
    Role.DISPATCHER: "/board",
    Role.HOTLINE: "/hotline",
    Role.CREW: "/crew",
    Role.REGULATOR: "/reports",
}
"""Where a role begins; the others at the desk."""
KPIS = (
    ("inflow", "m³/h"),
    ("night", "m³/h"),
    ("chlorine", "mg/L"),
    ("turbidity", "NTU"),
    ("affected", ""),
    ("sensors", ""),
)
WORKS = tuple(role.value for role in WorksRole)
"""What a wall says of each works, in its order."""
ANSWERS = ("where", "whom", "who", "eta")
"""What a wall says of an incident beside what and since when."""
MEASURED = ("chlorine", "turbidity", "ph")
"""What a wall holds against the limits of drinking water."""
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


def router(pages: "Pages") -> APIRouter:
    """Every route names one permission, like all others."""
    routes = APIRouter(include_in_schema=False)
    doors: tuple[tuple[str, Callable[..., Any], Permission], ...] = (
        ("/", pages.home, Permission.SIGNED_IN),
        ("/sign-in", pages.sign_in, Permission.PUBLIC),
        ("/wall", pages.wall, Permission.VALUES),
        ("/wall/event", pages.wall_event, Permission.VALUES),
        ("/wall/event/{id}", pages.wall_event, Permission.VALUES),
        ("/wall/quality", pages.wall_quality, Permission.VALUES),
        ("/wall/zone/{id}", pages.alone("wall_zone"), Permission.VALUES),
        ("/wall/check", pages.wall_check, Permission.VALUES),
        ("/desk", pages.desk, Permission.VALUES),
        ("/trends", pages.alone("trends"), Permission.VALUES),
        ("/map", pages.map, Permission.VALUES),
        ("/replay", pages.alone("replay"), Permission.ALARMS),
        ("/dispatch", pages.alone("dispatch"), Permission.SHIFT_LOG),
        ("/publishing", pages.alone("publishing"), Permission.LABEL_FAULT),
        ("/hotline", pages.alone("hotline"), Permission.CUSTOMERS),
        ("/deliveries", pages.alone("deliveries"), Permission.DELIVERIES),
        ("/orders", pages.alone("orders"), Permission.WORK_ORDERS),
        ("/crew", pages.alone("crew"), Permission.MOVE_WORK_ORDER),
        ("/phone", pages.phone, Permission.PUBLIC),
        ("/phone/ca.crt", pages.authority, Permission.PUBLIC),
        ("/crew-worker.js", pages.crew_worker, Permission.PUBLIC),
        ("/crew.webmanifest", pages.manifest, Permission.PUBLIC),
        ("/board", pages.alone("board"), Permission.WORK_ORDERS),
        ("/notices", pages.notices, Permission.NOTICES),
        ("/handover", pages.alone("handover"), Permission.SHIFT_LOG),
        ("/reports", pages.alone("reports"), Permission.REPORTS),
        ("/static/{version}/{path:path}", pages.file, Permission.PUBLIC),
    )
    for path, endpoint, permission in doors:
        routes.add_api_route(
            path, endpoint, methods=["GET"], dependencies=[requires(permission)], response_model=None
        )
    return routes


class Pages:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._assets = assets.served()
        self._modules = cache(self._assets.modules)
        self._words: dict[Lang, dict[str, str]] = {"zh": words("zh"), "en": words("en")}
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def version(self) -> str:
        """Of all the files that pages are made of."""
        return self._assets.version

    async def home(self, caller: Asker) -> Response:
        return RedirectResponse(HOMES.get(caller.user.role, "/desk"), 303)

    async def refused(self, request: Request, problem: Problem) -> Response:
        """Says why in both languages, and where this person may go."""
        known = await who(request, request.app.state.context)
        user = known.user if known else None
        home = HOMES.get(user.role, "/desk") if user else "/sign-in"
        why = problem.more.get("why", {"zh": problem.detail, "en": problem.detail})
        more = {"home": home, "why": why, "words": self._words}
        return self._page(request, "refused", user, problem.status, **more)

    async def sign_in(self, request: Request, here: Here) -> Response:
        known = await who(request, here)
        return self._page(request, "sign_in", known.user if known else None)

    def alone(self, name: str) -> Callable[..., Any]:
        """A page that is given nothing but who is looking."""

        async def page(request: Request, caller: Asker) -> Response:
            return self._page(request, name, caller.user)

        return page

    async def wall(self, request: Request, caller: Asker) -> Response:
        return self._page(request, "wall", caller.user, kpis=KPIS, works=WORKS)

    async def wall_event(self, request: Request, caller: Asker) -> Response:
        """One incident; without an id in the address the worst there is, whichever that becomes."""
        return self._page(request, "wall_event", caller.user, answers=ANSWERS)

    async def wall_quality(self, request: Request, caller: Asker) -> Response:
        return self._page(request, "wall_quality", caller.user, measured=MEASURED)

    async def wall_check(self, request: Request, caller: Asker) -> Response:
        """Whether the wall can be read from where people stand."""
        return self._page(request, "wall_check", caller.user)

    async def desk(self, request: Request, caller: Asker) -> Response:
        """Alarms' approved rows, and people's own links, lead to the trends by the desk's address."""
        asked = dict(request.query_params)
        if asked.get("view") == "trends":
            asked.pop("view")
            if pen := asked.pop("id", None):
                asked["pens"] = pen
            return RedirectResponse(f"/trends?{urlencode(asked, safe=',:')}", 303)
        return self._page(request, "desk", caller.user)

    async def phone(self, request: Request, here: Here) -> Response:
        """How a phone comes in: a code to photograph, and what it must trust. No secret stands on it."""
        known, door = await who(request, here), self._deps.phones
        url = door.url if door else str(request.base_url).rstrip("/")
        code = segno.make(f"{url}{'/phone' if door else '/crew'}", error="m").svg_inline(scale=7, border=4)
        drawn = Markup(code)  # segno's own, of an address of ours
        return self._page(request, "phone", known.user if known else None, door=door, url=url, code=drawn)

    async def authority(self) -> Response:
        if (door := self._deps.phones) is None:
            raise Problem(404, "unknown", "this hub has no certificate authority of its own")
        return Response(door.ca, 200, {"Cache-Control": "no-cache"}, "application/x-x509-ca-cert")

    async def crew_worker(self) -> Response:
        """Below no folder, so that it may keep `/crew`; asked for anew at each visit."""
        worker = self._assets.files["worker/crew.js"]
        return Response(worker.content, 200, {"Cache-Control": "no-cache"}, worker.media_type)

    async def manifest(self, request: Request) -> Response:
        """W3C Web App Manifest: what a phone puts on its first screen."""
        name, icon = self._words[language(request)]["crew.title"], self._assets.url("icon.svg")
        body = {
            "name": f"{name} · {self._deps.plant.utility.name.in_(language(request))}",
            "short_name": name,
            "start_url": "/crew",
            "scope": "/crew",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#000000",
            "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
        }
        return Response(encode(body), 200, {"Cache-Control": "no-cache"}, "application/manifest+json")

    @cached_property
    def _streets(self) -> list[Json]:
        """Each with every reading that its characters have: people type pinyin, initials, or both."""
        spelling, streets = Spelling(), self._deps.plant.streets.values()
        return [
            {
                "id": one.id,
                "name": plain(one.name),
                "readings": spelling.readings(one.name.zh),
            }
            for one in streets
        ]

    async def notices(self, request: Request, caller: Asker) -> Response:
        plant = self._deps.plant
        places = {
            "zones": [{"id": one.id, "name": plain(one.name)} for one in plant.zones.values()],
            "streets": self._streets,
        }
        return self._page(request, "notices", caller.user, places=places)

    async def map(self, request: Request, caller: Asker) -> Response:
        return self._page(request, "map", caller.user, places={"streets": self._streets})

    async def file(self, request: Request, version: str, path: str) -> Response:
        asset = self._assets.files.get(path)
        if asset is None:
            raise Problem(404, "unknown", f"there is no file {path!r}")
        kept = _KEPT if version == self._assets.version else {"Cache-Control": "no-cache"}
        headers = {**kept, "Vary": "Accept-Encoding"}
        if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, 200, headers | {"Content-Encoding": "gzip"}, asset.media_type)
        return Response(asset.content, 200, headers, asset.media_type)

    def _page(
        self, request: Request, name: str, user: User | None, status: int = 200, **more: Any
    ) -> Response:
        lang = language(request)
        glossary = self._words[lang]
        utility = self._deps.plant.utility
        unit, scale = utility.pressure_unit, SCALES[utility.pressure_unit]
        html = self._templates.get_template(f"{name}.html").render(
            name=name,
            lang=lang,
            theme=self._theme(request),
            utility=utility.name.in_(lang),
            t=glossary.__getitem__,
            static=self._assets.url,
            sheets=SHEETS[name],
            modules=self._modules(f"js/{name}/main.js"),
            script=f"js/{name}/main.js",
            page={
                "name": name,
                "lang": lang,
                "utility": utility.name.in_(lang),
                "hotline": utility.hotline,
                "static": f"/static/{self._assets.version}/",
                "mode": self._mode,
                "pressure": {"unit": unit.value, "factor": scale.a_metre, "digits": scale.digits},
                "me": _me(user),
                "crews": [] if user is None else [plain(crew) for crew in self._deps.plant.crews.values()],
                "words": glossary,
            },
            **more,
        )
        return HTMLResponse(
            html, status, headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
        )

    @property
    def _mode(self) -> str | None:
        """What the plant's own day is not."""
        if self._deps.exercise:
            return "exercise"
        return "simulation" if self._deps.plant.utility.simulated else None

    def _theme(self, request: Request) -> str:
        wanted = request.query_params.get("theme")
        if wanted in ("day", "night"):
            return wanted
        hour = local(self._deps.clock.now_ns()).hour
        return "night" if hour >= NIGHT_FROM_H or hour < NIGHT_TO_H else "day"


def language(request: Request) -> Lang:
    """As the address says, else as chosen before, else what the browser likes better; Chinese by default."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if wish in ("zh", "en"):
            return "zh" if wish == "zh" else "en"
    liked = request.headers.get("accept-language", "").lower()
    zh, en = liked.find("zh"), liked.find("en")
    return "en" if en >= 0 and (zh < 0 or en < zh) else "zh"


def _me(user: User | None) -> dict[str, Any] | None:
    if user is None:
        return None
    return {"id": user.id, "role": user.role.value, "crew": user.crew, "grants": grants(user.role)}
