"""The network as a picture: geometry in columns, encoded and compressed once."""

import gzip
import hashlib
from dataclasses import dataclass

from api.wire import Json, encode, plain
from core.model.network import Network
from core.model.plant import Plant


@dataclass(frozen=True, slots=True)
class Drawing:
    """etag: changes with the content, also the `v` that makes its address good for ever."""

    body: bytes
    compressed: bytes
    etag: str


def drawn(plant: Plant) -> Drawing:
    body = encode(
        {
            "nodes": _nodes(plant.network),
            "links": _links(plant.network),
            "streets": [plain(street) for street in plant.streets.values()],
            "places": [plain(place) for place in plant.places.values()],
            "zones": [plain(zone) for zone in plant.zones.values()],
            "tags": _tags(plant),
        }
    )
    return Drawing(body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:16])


def _nodes(network: Network) -> Json:
    """x, y: metres, y northward."""
    nodes = list(network.nodes.values())
    return {
        "id": [node.id for node in nodes],
        "kind": [node.kind.value for node in nodes],
        "x": [round(node.x, 1) for node in nodes],
        "y": [round(node.y, 1) for node in nodes],
        "zone": [node.zone for node in nodes],
    }


def _links(network: Network) -> Json:
    """a, b: places in the columns of nodes. vertices: the bends between, as [x, y, x, y, ...]."""
    links, place = list(network.links.values()), {id: n for n, id in enumerate(network.nodes)}
    return {
        "id": [link.id for link in links],
        "kind": [link.kind.value for link in links],
        "a": [place[link.a] for link in links],
        "b": [place[link.b] for link in links],
        "diameter_mm": [link.diameter_mm for link in links],
        "zone": [link.zone for link in links],
        "street": [link.street for link in links],
        "vertices": [[round(c, 1) for point in link.vertices for c in point] for link in links],
    }


def _tags(plant: Plant) -> list[Json]:
    """Where instruments stand; what has no place in the network is left out."""
    return [
        {"id": tag.id, "quantity": tag.quantity.value, "node": tag.node, "link": tag.link, "zone": tag.zone}
        for tag in plant.tags.values()
        if (tag.node in plant.network.nodes or tag.link in plant.network.links)
        and not tag.id.startswith("meter.")
    ]
