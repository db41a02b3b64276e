"""The network's drawing, and the zones now."""

from fastapi import Request, Response

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.routes.tags import reach
from api.wire import Answer, plain
from api.zones import zone_now

_FOR_EVER = "private, max-age=31536000, immutable"


async def network(request: Request, here: Here, v: str | None = None) -> Response:
    """Geometry in columns, with streets, places, zones and where instruments stand. Its address with
    `?v=` and the ETag's text never changes its content."""
    drawing = here.drawing
    quoted = f'"{drawing.etag}"'
    headers = {
        "ETag": quoted,
        "Vary": "Accept-Encoding",
        "Cache-Control": _FOR_EVER if v == drawing.etag else "private, no-cache",
    }
    if quoted in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(drawing.compressed, headers=headers, media_type="application/json")
    return Response(drawing.body, headers=headers, media_type="application/json")


async def zones(here: Here, caller: Asker) -> Answer:
    """Each with its inflow, lowest and mean pressure, quality, and how many of its instruments count."""
    deps, audience = here.deps, await reach(here, caller)
    items = [
        zone_now(zone, deps.plant, deps.live, audience)
        for zone in deps.plant.zones.values()
        if audience.sees_zone(zone.id)
    ]
    return Answer({"items": items, "next": None, "network": here.drawing.etag})


async def valves(here: Here) -> Answer:
    """The isolation valves: on which link, at which of its nodes. open: as the model has it; what crews shut
    is in the orders' valve logs."""
    network = here.deps.plant.network
    items = [
        plain(valve) | {"x": round(node.x, 1), "y": round(node.y, 1)}
        for valve in network.valves.values()
        if (node := network.nodes.get(valve.node)) is not None
    ]
    return Answer({"items": items, "next": None})


DOORS = (
    Door("GET", "/api/v1/network", network, Permission.VALUES),
    Door("GET", "/api/v1/valves", valves, Permission.VALUES),
    Door("GET", "/api/v1/zones", zones, Permission.VALUES),
)
