"""Which connection reads a tag, and from which device behind it."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping

from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.payloads import values_of
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.spec import OpcUaSpec
from core.ports.source import SourceFacts
from hub.config import CollectorSpec


def reads(specs: Iterable[CollectorSpec], tags: Iterable[str]) -> dict[str, dict[str, str]]:
    """By source id: tag to device, named as the drivers name devices in their facts."""
    names = tuple(tags)
    return {f"{spec.type}:{spec.id}": dict(_pairs(spec, names)) for spec in specs}


def followed(
    specs: Iterable[CollectorSpec], facts: Mapping[str, SourceFacts], tags: Iterable[str]
) -> dict[str, SourceFacts]:
    """By tag, its source, of connections that may tell changes only. facts: by source id."""
    names, found = tuple(tags), dict[str, SourceFacts]()
    for spec in specs:
        if isinstance(spec, OpcUaSpec) or (isinstance(spec, MqttSpec) and spec.max_silence_s is not None):
            source = facts[f"{spec.type}:{spec.id}"]
            found |= {tag: source for tag, _ in _pairs(spec, names)}
    return found


def _pairs(spec: CollectorSpec, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    match spec:
        case ModbusSpec():
            devices = [(sys.intern(f"unit {unit.unit}"), unit) for unit in spec.units]
            yield from ((point.tag, device) for device, unit in devices for point in unit.points)
        case OpcUaSpec():
            yield from ((item.tag, spec.id) for item in spec.nodes)
        case MqttSpec():
            for topic in spec.topics:
                for value in values_of(spec.known_maps[topic.payload]):
                    yield from _meters(f"{topic.tag}.{value.name}" if value.name else topic.tag, names)


def _meters(pattern: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Of `meter.{meter}`: every tag of that form and its meter; of a form without one, the tag itself."""
    before, meter, after = pattern.partition("{meter}")
    if not meter:
        yield from ((name, name) for name in names if name == pattern)
        return
    form = re.compile(f"{re.escape(before)}([^.]+){re.escape(after)}")
    for name in names:
        if found := form.fullmatch(name):
            yield name, found[1]
