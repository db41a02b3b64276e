"""The replay's own words; those of what is past stand with the map's."""

from core.model.text import Text

WORDS = {
    "replay.title": Text("回放", "Replay"),
    "replay.skip": Text("跳到当时情况", "Skip to what stood then"),
    "replay.now": Text("现在", "now"),
    "replay.to_map": Text("在管网图上看", "On the map"),
    "replay.map": Text("当时的管网：内容见旁边各表", "The network then; what it shows stands in the lists"),
    "replay.minute_back": Text("−1 分", "−1 min"),
    "replay.minute_on": Text("+1 分", "+1 min"),
    "replay.incidents": Text("当时的事件", "Incidents then"),
    "replay.alarms": Text("当时的报警", "Alarms then"),
    "replay.orders": Text("当时的工单", "Work orders then"),
    "replay.values": Text("当时的片区数值", "Zones then"),
    "replay.no_incidents": Text("没有未结束的事件。", "No incident was open."),
    "replay.no_alarms": Text("没有报警。", "Every alarm was normal."),
    "replay.no_orders": Text("没有未结束的工单。", "No order was open."),
    "replay.since": Text("自 {time}", "since {time}"),
    "replay.last": Text("{time} 起如此", "so since {time}"),
    "replay.located": Text("已有可能管段", "likely pipes known"),
    "replay.zone": Text("片区", "Zone"),
    "replay.inflow": Text("净流入", "Net inflow"),
    "replay.lowest": Text("最低压力", "Lowest pressure"),
    "replay.residual": Text("最低余氯", "Lowest residual"),
    "replay.turbidity": Text("最高浊度", "Highest turbidity"),
    "replay.sensors": Text("有读数测点", "With a reading"),
    "replay.key_minute": Text("前后一分钟", "a minute"),
    "replay.key_ten": Text("十分钟", "ten minutes"),
    "replay.key_hour": Text("一小时", "an hour"),
}
