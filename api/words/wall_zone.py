"""The words of one zone on the wall."""

from core.model.text import Text

WORDS = {
    "wall_zone.title": Text("片区大屏", "Zone wall"),
    "wall_zone.unknown": Text("没有这个片区：{id}", "There is no such zone: {id}"),
    "wall_zone.map": Text("片区地图", "Map of the zone"),
    "wall_zone.map_words": Text(
        "片区管网与测点，右侧列出各测点读数。", "Pipes and instruments; the list tells each reading."
    ),
    "wall_zone.calm": Text("无报警", "no alarm"),
    "wall_zone.alarms": Text("现行报警 {n} 条", "standing alarms: {n}"),
    "wall_zone.withheld": Text("有报警已屏蔽或已恢复未确认", "alarms withheld, or returned and unanswered"),
    "wall_zone.seen": Text("在线 {n}/{m}", "on line {n}/{m}"),
    "wall_zone.gauges": Text("测点与日常范围", "Instruments on what is usual"),
    "wall_zone.gauge": Text("{name}，日常范围", "{name}, on what is usual"),
    "wall_zone.more": Text("另有 {n} 个测点", "{n} more instruments"),
    "wall_zone.net": Text(
        "进 {inflow} − 出 {outflow} ＝ {net} m³/h", "in {inflow} − out {outflow} = {net} m³/h"
    ),
    "wall_zone.in": Text("进水 {inflow} m³/h", "inflow {inflow} m³/h"),
    "wall_zone.out": Text("出水 {outflow} m³/h", "outflow {outflow} m³/h"),
    "wall_zone.unmetered": Text("边界无流量计", "no meter at its boundary"),
    "wall_zone.missing": Text("{n} 个流量计无读数", "{n} meters without a reading"),
    "wall_zone.usual": Text("日常 {low}–{high}", "usual {low}–{high}"),
    "wall_zone.inflow": Text("进水流量", "Inflow"),
    "wall_zone.outflow": Text("出水流量", "Outflow"),
    "wall_zone.curve": Text("{name}近 24 小时，底色为事件", "{name}, last 24 hours, incidents shaded"),
    "wall_zone.curves": Text("近 24 小时，底色为事件", "Last 24 hours, incidents shaded"),
    "wall_zone.no_curves": Text("没有可画的测点", "no instrument to draw"),
}
