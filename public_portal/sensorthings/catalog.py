"""Every entity of a snapshot, and which belong to which. Areas stand for themselves: no instrument, station
or position is in a snapshot, and none can be told."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from core.model.snapshot import Area
from core.model.text import Text
from public_portal import words as said
from public_portal.received import Received
from public_portal.sensorthings.model import KINDS, Entity, Values
from public_portal.sensorthings.observations import begin_of
from public_portal.sensorthings.record import Between, Cost, Record, Stream
from public_portal.sensorthings.words import (
    AREA,
    HOURLY,
    LEVEL,
    NOTE,
    NOW,
    SENSOR_OF,
    SENSORS,
    SERIES,
    UNITS,
    both,
    in_both,
)

_MODEL = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
GEOJSON = "application/geo+json"


class Catalog:
    """Of one moment."""

    def __init__(self, received: Received, record: Record) -> None:
        self._received, self._record = received, record
        self.areas = received.areas
        self.streams = {
            stream.id: stream
            for area in self.areas
            for reading in area.readings
            for series in SERIES
            for stream in (Stream(f"{area.id}:{reading.parameter}:{series}", area, reading, series),)
        }

    @cached_property
    def sets(self) -> Mapping[str, Mapping[str, Entity]]:
        """All but observations, by set and id."""
        parameters = dict.fromkeys(stream.reading.parameter for stream in self.streams.values())
        return {
            "Things": {area.id: _thing(area) for area in self.areas},
            "Locations": {area.id: _place(area, "Locations", "location") for area in self.areas},
            "HistoricalLocations": {},
            "Datastreams": {id: _datastream(stream) for id, stream in self.streams.items()},
            "Sensors": {id: self._sensor(id, text) for id, text in SENSORS.items()},
            "ObservedProperties": {name: self._property(name) for name in parameters},
            "FeaturesOfInterest": {
                area.id: _place(area, "FeaturesOfInterest", "feature") for area in self.areas
            },
        }

    def observations(self, streams: Sequence[Stream], between: Between, cost: Cost) -> Iterator[Entity]:
        return self._record.rows(streams, between, self._received, cost)

    def members(self, set_: str, parent: Entity | None, cost: Cost) -> Iterator[Entity]:
        """Of a set other than observations, all or those that belong to an entity."""
        for entity in self._belonging(set_, parent):
            cost.row()
            yield entity

    def _belonging(self, set_: str, parent: Entity | None) -> Sequence[Entity]:
        if parent is not None and set_ == "Datastreams":
            return self._datastreams_of.get((parent.kind.set, parent.id), ())
        every = self.sets[set_]
        if parent is None:
            return list(every.values())
        id = parent.keys.get(set_, "")
        return [every[id]] if id in every else []

    @cached_property
    def _datastreams_of(self) -> Mapping[tuple[str, str], list[Entity]]:
        found: dict[tuple[str, str], list[Entity]] = {}
        for entity in self.sets["Datastreams"].values():
            for owner in ("Things", "Sensors", "ObservedProperties"):
                found.setdefault((owner, entity.keys[owner]), []).append(entity)
        return found

    def streams_of(self, parent: Entity | None) -> list[Stream]:
        if parent is None:
            return list(self.streams.values())
        if parent.kind.set == "Datastreams":
            return [self.streams[parent.id]]
        return [stream for stream in self.streams.values() if stream.area.id == parent.id]

    def one(self, set_: str, id: str, cost: Cost) -> Entity | None:
        """By its id; None for what there is not."""
        if set_ != "Observations":
            return self.sets[set_].get(id)
        at = begin_of(id)
        stream = self.streams.get(at[0]) if at else None
        if at is None or stream is None:
            return None
        rows = self._record.rows([stream], Between(at[1], at[1]), self._received, cost)
        return next((row for row in rows if row.id == id), None)

    def _sensor(self, id: str, text: Text) -> Entity:
        values: Values = {
            "name": id,
            "description": both(text),
            "encodingType": "text/html",
            "metadata": f"{self._received.snapshot.site}/about",
        }
        return Entity(KINDS["Sensors"], id, values, {})

    def _property(self, name: str) -> Entity:
        values: Values = {
            "name": both(said.PARAMETERS.get(name, Text(name, name))),
            "description": both(said.MEANINGS.get(name, Text(name, name))),
            "definition": f"{self._received.snapshot.site}/v1.1/ObservedProperties('{name}')",
        }
        return Entity(KINDS["ObservedProperties"], name, values, {})


def _thing(area: Area) -> Entity:
    values: Values = {
        "name": both(area.name),
        "description": both(AREA),
        "properties": {
            "name": in_both(area.name),
            "disinfectant": area.disinfectant.value if area.disinfectant else None,
            "sampleType": area.sample.value if area.sample else None,
        },
    }
    return Entity(KINDS["Things"], area.id, values, {"Locations": area.id})


def _place(area: Area, set_: str, name: str) -> Entity:
    """A GeoJSON feature without a place (RFC 7946, 3.2): where the area lies is told by its streets."""
    feature = {
        "type": "Feature",
        "geometry": None,
        "properties": {"name": in_both(area.name), "streets": [in_both(street) for street in area.streets]},
    }
    values: Values = {
        "name": both(area.name),
        "description": both(AREA),
        "encodingType": GEOJSON,
        name: feature,
    }
    return Entity(KINDS[set_], area.id, values, {"Things": area.id})


def _datastream(stream: Stream) -> Entity:
    area, reading = stream.area, stream.reading
    measured = stream.series in (HOURLY, NOW)
    name, definition = UNITS.get(reading.unit, (reading.unit, f"ucum:{reading.unit}"))
    parameter = said.PARAMETERS.get(reading.parameter, Text(reading.parameter, reading.parameter))
    series = SERIES[stream.series]
    values: Values = {
        "name": both(
            Text(f"{area.name.zh} {parameter.zh} {series.zh}", f"{area.name.en} {parameter.en} {series.en}")
        ),
        "description": both(NOTE),
        "observationType": _MODEL + ("OM_Measurement" if measured else "OM_CategoryObservation"),
        "unitOfMeasurement": {
            "name": name if measured else None,
            "symbol": reading.unit if measured else None,
            "definition": definition if measured else None,
        },
        "properties": {
            "area": area.id,
            "parameter": reading.parameter,
            "series": stream.series,
            "level": LEVEL,
            "note": in_both(NOTE),
        },
    }
    keys = {
        "Things": area.id,
        "Sensors": SENSOR_OF[stream.series],
        "ObservedProperties": reading.parameter,
    }
    return Entity(KINDS["Datastreams"], stream.id, values, keys)
