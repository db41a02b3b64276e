"""The place that a notice is named after: of the streets where water is off, wherever the main failed."""

from collections.abc import Sequence

from core.model.notice import StreetExtent
from core.model.plant import Plant
from core.model.street_line import by_street
from core.model.text import Text
from response.street_words import in_zone, of_zone, within


def zone_name(plant: Plant, zone: str | None) -> Text:
    known = plant.zones.get(zone or "")
    return known.name if known else Text("供水区域", "the supply area")


def where_off(plant: Plant, zone: str | None, place: Text, streets: Sequence[StreetExtent]) -> Text:
    """The place; but where that is a street of the zone in which nobody is without water, the first of those
    where water is off, of this zone if there is one."""
    named, lines = zone_name(plant, zone), by_street(streets)
    own = {line.name for line in lines if not line.weak} or {line.name for line in lines}
    if not own or not of_zone(place, named) or within(place, named) in own:
        return place
    zones = {one.street: plant.streets[one.street].zone for one in streets if one.street in plant.streets}
    off = [one for one in streets if one.name in own]
    first = min(off, key=lambda one: zones.get(one.street, zone) != zone)
    return in_zone(first.name, zone_name(plant, zones.get(first.street, zone)))
