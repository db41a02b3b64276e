"""What is not seen when a station is lost: how much of the plant, in words."""

from core.model.plant import Plant
from core.model.text import Text

NAMED = 2
"""So many zones are told by name; of more the first, and how many there are."""


def unseen(plant: Plant) -> dict[str, Text]:
    """By station: the zones of its tags, those with the most first, and how many tags it has."""
    tags: dict[str, int] = {}
    zones: dict[str, dict[str, int]] = {}
    for tag in plant.tags.values():
        tags[tag.station] = tags.get(tag.station, 0) + 1
        of = zones.setdefault(tag.station, {})
        if tag.zone in plant.zones:
            of[tag.zone] = of.get(tag.zone, 0) + 1
    return {station: _told(plant, zones[station], n) for station, n in tags.items()}


def _told(plant: Plant, zones: dict[str, int], n: int) -> Text:
    names = [plant.zones[id].name for id, _ in sorted(zones.items(), key=lambda one: -one[1])]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    if len(names) > NAMED:
        zh = f"{names[0].zh}等 {len(names)} 个分区"
        en = f"{names[0].en} and {len(names) - 1} more zones"
    some_zh, some_en = f"{n} 个测点", f"{n} tag{'s' * (n != 1)}"
    return Text(f"{zh}，{some_zh}" if zh else some_zh, f"{en}, {some_en}" if en else some_en)
