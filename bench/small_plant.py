"""A plant of tags and districts only with its alarms, for what is measured without a network."""

from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.finding import FindingKind
from core.model.network import Network
from core.model.plant import Plant, Utility, Zone
from core.model.tag import Tag
from core.model.text import Text

_WORDS = Text("测试", "Bench")


def plant_with(tags: dict[str, Tag], zones: dict[str, Zone]) -> Plant:
    utility = Utility(id="bench", name=_WORDS, hotline="0")
    return Plant(
        utility=utility, zones=zones, tags=tags, streets={}, places={}, crews={}, network=Network({}, {})
    )


def row_with(
    id: str,
    kind: FindingKind,
    *,
    tag: str | None = None,
    zone: str | None = None,
    setpoint: float | None = None,
    alarm_class: AlarmClass = AlarmClass.PROCESS,
    priority: int = 2,
) -> AlarmDefinition:
    return AlarmDefinition(
        id=id,
        kind=kind,
        name=_WORDS,
        alarm_class=alarm_class,
        priority=priority,
        cause=_WORDS,
        consequence=_WORDS,
        action=_WORDS,
        response_min=15.0,
        tag=tag,
        zone=zone,
        setpoint=setpoint,
    )
