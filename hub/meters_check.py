"""What of a fleet's configuration can be known to be wrong before a meter has sent anything."""

import re
from collections.abc import Iterator, Mapping, Sequence

from collectors.meters.spec import MeterSpec
from collectors.mqtt.payloads import values_of
from collectors.mqtt.spec import MqttSpec, Topic
from collectors.mqtt.units import conversion, units_into
from core.model.tag import Quantity, Tag
from hub.problems import Problem
from hub.yaml_lines import Document

MADE = frozenset({"total", "flow", "trouble"})
"""What the hub adds to a register's tag, where `tags.csv` has it."""


def check_meters(
    lines: Document,
    specs: Sequence[object],
    meters: Sequence[MeterSpec],
    tags: Mapping[str, Tag],
    problems: list[Problem],
) -> None:
    """Units of payload maps that cannot be made into their tags', values sent under the name of what the hub
    makes of the register, and kinds of meters that are nobody's."""
    for i, spec in enumerate(specs):
        if isinstance(spec, MqttSpec):
            for j, topic in enumerate(spec.topics):
                line = lines.line(("collectors", i, "topics", j))
                wrong = _misfits(spec, topic, tags) + _made_twice(spec, topic, meters, tags)
                problems += [Problem(lines.file, line, what, mend) for what, mend in wrong]
    registers = [tag.id for tag in tags.values() if tag.quantity is Quantity.VOLUME and tag.unit == "m3"]
    for n, kind in enumerate(meters):
        if not any(kind.fits(id) for id in registers):
            what = f"{kind.tags!r} fits no tag of quantity volume in m3"
            mend = "name registers as in tags.csv, `*` for any text"
            problems.append(Problem(lines.file, lines.line(("meters", n)), what, mend))


def _made_twice(
    spec: MqttSpec, topic: Topic, meters: Sequence[MeterSpec], tags: Mapping[str, Tag]
) -> list[tuple[str, str]]:
    """Two sources of one tag would overwrite each other's samples of the same time."""
    found = []
    for value in values_of(spec.known_maps[topic.payload]):
        ids = (tag.id for tag in _tags_of(topic, value.name, tags)) if value.name in MADE else ()
        twice = next((id for id in ids if any(kind.fits(id.rpartition(".")[0]) for kind in meters)), None)
        if twice is not None:
            what = f"map {topic.payload!r} sends {twice}, which the hub makes of the register (`meters`)"
            found.append((what, f"give the value another name, such as `sent_{value.name}`, and a tag of it"))
    return found


def _tags_of(topic: Topic, name: str | None, tags: Mapping[str, Tag]) -> Iterator[Tag]:
    form = re.escape(f"{topic.tag}.{name}" if name else topic.tag)
    ids = re.compile(form.replace(re.escape("{meter}"), "[^.]+"))
    return (tag for id, tag in tags.items() if ids.fullmatch(id))


def _misfits(spec: MqttSpec, topic: Topic, tags: Mapping[str, Tag]) -> list[tuple[str, str]]:
    """What is wrong, and the mend: once for each value of the topic's map."""
    found = []
    for value in values_of(spec.known_maps[topic.payload]):
        fits = _tags_of(topic, value.name, tags)
        wrong = next((tag for tag in fits if conversion(value.unit, tag.unit) is None), None)
        if wrong is not None:
            what = f"map {topic.payload!r}: {value.unit} cannot be made into {wrong.unit} of {wrong.id}"
            known = ", ".join([wrong.unit, *units_into(wrong.unit)])
            found.append((what, f"known into {wrong.unit}: {known}; or leave out unit and give scale"))
    return found
