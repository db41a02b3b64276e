"""GeoJSON (RFC 7946): a feature for each notice, its facts as properties, WGS-84.

What planned work leaves at the tap holds while it lasts (`supply_during`): a map must not show it before.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.model.bulletin import Bulletin, Position
from response.renderings.facts import all_of
from response.renderings.headline import headline
from response.renderings.statement import Json, canonical, facts_of


def geojson(bulletins: Iterable[Bulletin]) -> bytes:
    return canonical({"type": "FeatureCollection", "features": [_feature(b) for b in bulletins]})


def _feature(b: Bulletin) -> Json:
    title = headline(b)
    words = {fact.name: {"zh": fact.value.zh, "en": fact.value.en} for fact in all_of(b)}
    properties = {key: value for key, value in facts_of(b).items() if key != "ring"}
    if b.planned and not b.over:
        properties["supply_during"] = properties.pop("supply")
    return {
        "type": "Feature",
        "id": b.identifier,
        "geometry": _polygon(b.ring) if b.ring else None,
        "properties": {
            **properties,
            "headline": {"zh": title.zh, "en": title.en},
            "overdue": b.overdue,
            "words": words,
        },
    }


def _polygon(ring: Sequence[Position]) -> Json:
    """Longitude before latitude, the outer ring counterclockwise (3.1.6)."""
    ordered = ring if turn(ring) > 0 else tuple(reversed(ring))
    return {"type": "Polygon", "coordinates": [[[round(p.lon, 6), round(p.lat, 6)] for p in ordered]]}


def turn(ring: Sequence[Position]) -> float:
    """Twice the signed area: positive when counterclockwise."""
    return sum(a.lon * b.lat - b.lon * a.lat for a, b in pairwise(ring))
