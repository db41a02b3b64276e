"""The wall's own words."""

from core.model.text import Text

WORDS = {
    "wall.title": Text("大屏", "Wall"),
    "wall.counts": Text("各级现行报警", "Standing alarms by priority"),
    "wall.count": Text(
        "{priority} 级：{standing} 条现行，{unanswered} 条未确认",
        "priority {priority}: {standing} standing, {unanswered} unacknowledged",
    ),
    "wall.connecting": Text("连接中", "connecting"),
    "wall.age": Text("数据 {age}", "data {age}"),
    "wall.banner": Text("最高未确认报警", "Highest unacknowledged alarm"),
    "wall.no_alarms": Text("无现行报警", "No standing alarms"),
    "wall.more": Text("＋{n} 条", "+{n} more"),
    "wall.limit": Text("（限 {limit}）", "(limit {limit})"),
    "wall.spoken": Text("{priority} 级报警：{what}，{where}", "Priority {priority} alarm: {what}, {where}"),
    "wall.map": Text("管网与事件", "Network and incidents"),
    "wall.map_words": Text(
        "管网图。右侧片区表与下方事件列表说明同样的内容。",
        "Map of the network. The zone table and the incident list say the same in words.",
    ),
    "wall.incidents": Text("进行中的事件", "Open incidents"),
    "wall.no_incidents": Text("无进行中的事件", "No open incidents"),
    "wall.near": Text("{street}附近", "near {street}"),
    "wall.likely": Text("疑似管段", "Likely pipe"),
    "wall.zones": Text("各片区", "Zones"),
    "wall.inflow": Text("入流", "Inflow"),
    "wall.usual": Text("较常", "vs usual"),
    "wall.day": Text("近 24 小时", "24 hours"),
    "wall.pressure": Text("最低水压", "Min head"),
    "wall.chlorine": Text("余氯", "Chlorine"),
    "wall.spark": Text("{zone}近 24 小时入流", "{zone}: inflow of the last 24 hours"),
    "wall.kpi_inflow": Text("总供水", "Total inflow"),
    "wall.kpi_night": Text("夜间最小流量", "Night min"),
    "wall.kpi_chlorine": Text("最低余氯", "Min chlorine"),
    "wall.kpi_turbidity": Text("最高浊度", "Max turbidity"),
    "wall.kpi_affected": Text("受影响户数", "Customers out"),
    "wall.kpi_sensors": Text("在线测点", "Sensors on line"),
    "wall.of_zones": Text("{n}/{m} 片区", "{n} of {m} zones"),
    "wall.not_live": Text("数据中断 — 画面不是实时", "DATA STOPPED — NOT LIVE"),
    "wall.last": Text("最后 {time}（{age}前）", "last {time} ({age} ago)"),
}
