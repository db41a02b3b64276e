"""What a repair's notice is about in a few words: no more than the crew has found out, as the body has it."""

from collections.abc import Mapping
from types import MappingProxyType

from core.model.notice import Site, Supply
from core.model.text import Text
from response.site import REPAIRED, SUSPECTED, UNOPENED, UNREPAIRED

_MAY_BE_OFF = Text("疑似故障，可能停水", "Water may be off")
_MAY_BE_LOW = Text("疑似故障，水压可能偏低", "Pressure may be low")
WAS_SUSPECTED = Text("疑似停水", "Suspected water cut")
WAS_SUSPECTED_LOW = Text("疑似水压偏低", "Suspected low pressure")
_RETURNING = Text("已修复，正在恢复供水", "Repaired, water returning")
_RECOVERING = Text("已修复，水压正在恢复", "Repaired, pressure recovering")
_UNOPENED: Mapping[Site, Text] = MappingProxyType(
    {
        Site.TO_OPEN: Text("已修复，待开阀供水", "Repaired, valves to open"),
        Site.OPENING: Text("已修复，正在开阀", "Repaired, valves opening"),
    }
)
_CHECKED: Mapping[Site, Text] = MappingProxyType(
    {
        Site.NOTHING_YET: Text("现场暂未发现故障", "Nothing found so far"),
        Site.NOTHING_FOUND: Text("现场未发现故障", "Nothing found on site"),
        Site.NOT_OURS: Text("故障不在公共管道", "Not the utility's pipe"),
        Site.PASSED_ON: Text("供水异常已转交处理", "Passed on to others"),
        Site.UNSAID: Text("现场核查结果待确认", "Being confirmed"),
    }
)
"""At most 20 characters in Chinese, what a gateway's variable holds."""


_BRIEF: Mapping[str, str] = MappingProxyType(
    {
        "Water off for repairs": "Water off for repair",
        "Water on and off for repairs": "Repairs: on and off",
        "Low pressure during repairs": "Repair: low pressure",
        "Repairs, water stays on": "Repair, water is on",
        "Planned work, water on and off": "Planned: on and off",
        "Planned water cut, moved": "Water cut, moved",
        "Planned low pressure, moved": "Low pressure, moved",
        "Planned work, water on and off, moved": "On and off, moved",
        "Repaired, water returning": "Water is returning",
        "Repaired, pressure recovering": "Pressure recovering",
        "Repaired, valves to open": "Valves to be opened",
        "Repaired, valves opening": "Opening the valves",
        "Nothing found on site": "Nothing found",
        "Suspected low pressure": "Suspected weak water",
        "Not the utility's pipe": "Not our pipe",
        "Brown or yellow water": "Discoloured water",
        "Notice of brown or yellow water": "Discoloured water",
        "Boil tap water before you drink it": "Boil before drinking",
        "Do not drink tap water": "Tap: do not drink",
        "Do not use tap water": "Tap: do not use",
    }
)
"""In English, of what is longer than a gateway's variable: an order that is cut off is none."""


def brief(matter: Text) -> Text:
    """In at most 20 characters in both languages."""
    return Text(matter.zh, _BRIEF.get(matter.en, matter.en))


def of_repair(site: Site | None, supply: Supply) -> Text | None:
    """None where the repair is under way or nothing is known of the site: then the kind's own words hold."""
    if site in UNREPAIRED:
        return _CHECKED[site]
    if site in UNOPENED:
        return _UNOPENED[site]
    if site in REPAIRED:
        return _RECOVERING if supply is Supply.LOW else _RETURNING
    if site in SUSPECTED and supply is not Supply.INTERMITTENT:
        return _MAY_BE_LOW if supply is Supply.LOW else _MAY_BE_OFF
    return None
