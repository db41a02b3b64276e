"""Whose readings these are: topics, meters' ids and the tags they belong to, compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.mqtt.map_spec import Value
from collectors.mqtt.payloads import compile_map, fast_map, values_of
from collectors.mqtt.reading import Decoder, Fast, Reading
from collectors.mqtt.refusal import Refused
from collectors.mqtt.spec import MqttSpec, Topic
from collectors.mqtt.targets import UNTAGGED, Targets
from core.model.tag import Tag

ROUTES = 100_000
"""Topics remembered; beyond it they are looked up again."""
TOPIC_BYTES = 1024
_MOST_NS = 2**63 - 1
_ID_LENGTH = 64


@dataclass(slots=True)
class Outcome:
    """device: the meter, None for a topic without one or a payload of several; at: places in `Targets`;
    t_ns: empty when the payload gives no time; raw: in the payload's unit; marks: which of them are not Good;
    untagged: values of a known meter for which the plant has no tag."""

    device: str | None = None
    at: list[int] = field(default_factory=list)
    t_ns: list[int] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    untagged: int = 0

    def keep(self, kept: list[bool]) -> None:
        """Only the samples that are True in `kept`."""
        new = {old: n for n, old in enumerate(i for i, yes in enumerate(kept) if yes)}
        self.marks = [(new[i], status) for i, status in self.marks if i in new]
        self.at, self.raw = [self.at[i] for i in new], [self.raw[i] for i in new]
        self.t_ns = [self.t_ns[i] for i in new] if self.t_ns else []


@dataclass(slots=True)
class Kind:
    """What one line of `topics` asks for, compiled."""

    topic: Topic
    decoder: Decoder
    fast: Fast | None
    values: tuple[Value, ...]


@dataclass(slots=True)
class Route:
    """A topic. places: of each of the map's values; None when the meter is unknown, or only the payload
    names it. fast: only where every value has its tag."""

    kind: Kind
    device: str | None
    places: list[int] | None = None
    fast: Fast | None = None

    def called(self, device: str | None) -> str | None:
        """What a meter is called in tags."""
        return self.kind.topic.ids.get(device, device) if device is not None else None


class Fleet:
    """Topic and payload to numbers and places."""

    def __init__(self, spec: MqttSpec, tags: Mapping[str, Tag]) -> None:
        maps = spec.known_maps
        self._kinds = [
            Kind(topic, compile_map(found), fast_map(found), values_of(found))
            for topic in spec.topics
            for found in (maps[topic.payload],)
        ]
        self._routes: dict[bytes, Route] = {}
        self.targets = Targets(tags)

    def read(self, topic: bytes, payload: bytes) -> Outcome:
        """Raises Refused when nothing of it is of use."""
        route = self._routes.get(topic) or self.route(topic)
        if route.fast is not None and (quick := route.fast(payload)) is not None:
            device, t_ns, raw, marks = quick
            if device == route.device or device is None or route.device is None:
                places = route.places or []
                return Outcome(
                    route.called(route.device), places * (len(raw) // len(places)), t_ns, raw, marks
                )
        return self._read(route, payload)

    def _read(self, route: Route, payload: bytes) -> Outcome:
        said = route.kind.decoder(payload)
        outcome = Outcome(route.called(route.device), refused=said.refused)
        device, places = route.device, route.places
        for reading in said.readings:
            if reading.device is not None and reading.device != device:
                if route.device is not None:
                    raise _other(reading.device, route.device)
                device = reading.device
                outcome.device = route.called(device)
                places = self._places(route, device)
            if places is None:
                _unknown(outcome, device)
            elif places[reading.value] == UNTAGGED:
                outcome.untagged += 1
            else:
                _take(outcome, places[reading.value], reading)
        if not outcome.at and outcome.refused:
            raise Refused(outcome.refused[0].reason, summary(outcome.refused))
        return outcome

    def route(self, topic: bytes) -> Route:
        """Raises Refused `bad_topic`, `unknown_topic`."""
        if len(topic) > TOPIC_BYTES:
            raise Refused("bad_topic", f"a topic of {len(topic)} bytes")
        try:
            name = topic.decode()
        except UnicodeDecodeError:
            raise Refused("bad_topic", f"topic {topic[:80].hex()} is not UTF-8") from None
        for kind in self._kinds:
            if found := kind.topic.pattern.fullmatch(name):
                device = checked_id(found[1]) if kind.topic.pattern.groups else None
                route = Route(kind, device)
                if device is not None or "{meter}" not in kind.topic.tag:
                    route.places = self._places(route, device)
                    if route.places and UNTAGGED not in route.places:
                        route.fast = kind.fast
                if len(self._routes) >= ROUTES:
                    self._routes.clear()
                self._routes[topic] = route
                return route
        raise Refused("unknown_topic", f"topic {name[:200]!r} was not asked for")

    def stranger(self, topic: bytes) -> str | None:
        """The meter of a topic that was asked for, when the plant does not know it."""
        route = self._routes.get(topic)
        return route.device if route is not None and route.places is None else None

    def meter(self, topic: bytes) -> str | None:
        route = self._routes.get(topic)
        return route.called(route.device) if route is not None else None

    def tags(self, topic: bytes) -> list[str]:
        """What a topic tells of, as far as the topic alone says it."""
        route = self._routes.get(topic)
        places = route.places if route is not None else None
        return [self.targets.names[place] for place in places or () if place != UNTAGGED]

    def _places(self, route: Route, device: str | None) -> list[int] | None:
        """Of each of the map's values; None when the plant knows no tag of this meter."""
        meter = route.called(checked_id(device)) if device is not None else None
        base = route.kind.topic.tag.format(meter=meter or "")
        places = [self.targets.place(base, value, meter) for value in route.kind.values]
        return places if any(place != UNTAGGED for place in places) else None


def _take(outcome: Outcome, place: int, reading: Reading) -> None:
    t_ns, (raw, status) = reading.t_ns, reading.read
    if t_ns is not None:
        if not 0 <= t_ns <= _MOST_NS:
            outcome.refused.append(Refused("bad_time", "a time outside 1970 to 2262"))
            return
        outcome.t_ns.append(t_ns)
    if status:
        outcome.marks.append((len(outcome.at), status))
    outcome.at.append(place)
    outcome.raw.append(0.0 if raw is None else raw)


def checked_id(device: str) -> str:
    """Raises Refused `no_identity`."""
    if not device or len(device) > _ID_LENGTH or not device.isprintable():
        raise Refused("no_identity", f"{device[:80]!r} is no meter's id")
    return device


def _unknown(outcome: Outcome, device: str | None) -> None:
    detail = f"unknown meter {device}"
    if not any(one.detail == detail for one in outcome.refused):
        outcome.refused.append(Refused("unknown_meter", detail))


def _other(said: str, device: str) -> Refused:
    return Refused("other_meter", f"the payload is of meter {said[:80]!r}, the topic of {device!r}")


def summary(refused: list[Refused]) -> str:
    shown = "; ".join(one.detail for one in refused[:5])
    return f"{shown}; and {len(refused) - 5} more" if len(refused) > 5 else shown
