"""A plant of tags and districts only, for what is measured without a network."""

from core.model.network import Network
from core.model.plant import Plant, Utility, Zone
from core.model.tag import Tag
from core.model.text import Text


def plant_with(tags: dict[str, Tag], zones: dict[str, Zone]) -> Plant:
    utility = Utility(id="bench", name=Text("测试", "Bench"), hotline="0")
    return Plant(
        utility=utility, zones=zones, tags=tags, streets={}, places={}, crews={}, network=Network({}, {})
    )
