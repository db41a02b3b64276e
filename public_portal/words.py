"""Every sentence of the portal that is not a notice's own, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

PARAMETERS: Mapping[str, Text] = {
    "free_chlorine": Text("余氯", "Free chlorine"),
    "total_chlorine": Text("总氯", "Total chlorine"),
    "turbidity": Text("浊度", "Turbidity"),
    "ph": Text("pH", "pH"),
}

MEANINGS: Mapping[str, Text] = {
    "free_chlorine": Text(
        "留在水中的少量消毒剂，防止细菌在管道里繁殖。闻到淡淡的氯味是正常的。",
        "A little disinfectant left in the water keeps bacteria from growing in the pipes. "
        "A faint smell of it is normal.",
    ),
    "total_chlorine": Text(
        "用氯胺消毒的水里留下的消毒剂，防止细菌在管道里繁殖。",
        "What is left of chloramine, the disinfectant that keeps bacteria from growing in the pipes.",
    ),
    "turbidity": Text(
        "水的清澈程度，数值越低越清。",
        "How clear the water is: the lower, the clearer.",
    ),
    "ph": Text("酸碱程度，7 为中性。", "How acid or alkaline the water is; 7 is neutral."),
}

UNITS: Mapping[str, Text] = {
    "mg/L": Text("毫克/升", "mg/L"),
    "NTU": Text("NTU", "NTU"),
    "pH": Text("", ""),
}

STATES: Mapping[str, Text] = {
    "normal": Text("未见异常", "Nothing unusual"),
    "beyond": Text("超出国家标准值", "Beyond the national limit"),
    "watch": Text("偏离日常范围", "Outside its usual range"),
    "verifying": Text("核实中", "Being verified"),
    "maintenance": Text("仪表维护中", "Instrument in maintenance"),
    "no_data": Text("无数据", "No data"),
    "outdated": Text("数据已过时", "Out of date"),
}

STATE_MEANINGS: Mapping[str, Text] = {
    "normal": Text(
        "有足够的有效读数，与过去四周相近，也没有待核实的报警。",
        "There are enough valid readings, they are like those of the past four weeks, "
        "and no alarm is being looked into.",
    ),
    "watch": Text("读数超出日常范围。", "The reading is outside its usual range."),
    "beyond": Text(
        "在线读数超出片区页所写的国家标准值。这不是化验结论。",
        "The on-line reading is beyond the limit that the area's page states. It is no laboratory result.",
    ),
    "verifying": Text(
        "读数触发了报警，仪表本身存疑，或历史数据不足，正在人工核实。",
        "The reading raised an alarm, the instrument itself is in doubt, or there is too little history; "
        "people are checking.",
    ),
    "maintenance": Text("仪表正在维护或校准。", "The instrument is being serviced or calibrated."),
    "no_data": Text(
        "最近15分钟没有足够的有效读数，或本站已有1小时没有收到新数据。这不代表水质好，也不代表水质差。",
        "There were too few valid readings in the last 15 minutes, or this site has had no new data for an "
        "hour. That says neither good nor bad.",
    ),
}

KINDS: Mapping[str, Text] = {
    "emergency_outage": Text("抢修停水", "Emergency repair"),
    "planned_outage": Text("计划停水", "Planned work"),
    "low_pressure": Text("降压供水", "Low pressure"),
    "water_quality": Text("水质", "Water quality"),
    "discoloured": Text("水黄与冲洗", "Discoloured water"),
    "boil": Text("煮沸后饮用", "Boil water"),
    "do_not_drink": Text("请勿饮用", "Do not drink"),
    "do_not_use": Text("请勿使用", "Do not use"),
}

SOFTER: Mapping[tuple[str, str], Text] = {
    ("emergency_outage", "intermittent"): Text("抢修间歇停水", "Repair, water on and off"),
    ("emergency_outage", "low"): Text("抢修不停水", "Repair, water stays on"),
    ("planned_outage", "intermittent"): Text("计划间歇停水", "Planned work, water on and off"),
}


LIFTED: Mapping[str, Text] = {
    "discoloured": Text("自来水发黄公告已解除", "Notice of discoloured water lifted"),
    "boil": Text("煮沸饮用提示已解除", "Boil-water advice lifted"),
    "do_not_drink": Text("暂停饮用提示已解除", "Do-not-drink advice lifted"),
    "do_not_use": Text("暂停使用提示已解除", "Do-not-use advice lifted"),
}
"""Of what is over: whoever reads no more than the first line must not go on doing it."""


def kind(name: str, supply: str, *, lifted: bool = False) -> Text:
    """What a notice is about, by what people have at the tap."""
    if lifted and name in LIFTED:
        return LIFTED[name]
    return SOFTER.get((name, supply)) or KINDS.get(name, Text(name, name))


STAGES: dict[str, Text] = {
    "reported": Text("接报", "Reported"),
    "located": Text("定位", "Located"),
    "isolated": Text("关阀止水", "Shut off"),
    "repairing": Text("抢修", "Repairing"),
    "nothing_found": Text("现场未发现故障，继续监测", "Nothing found on site, still being watched"),
    "to_open": Text("已修复，待开阀", "Repaired, valves still to be opened"),
    "opening": Text("已修复，正在开阀", "Repaired, valves being opened"),
    "refilling": Text("充水冲洗", "Refilling"),
    "restored": Text("恢复供水", "Restored"),
}

AGAIN = Text("工单重开，再次处理", "Opened again: work goes on")

LOW_STAGES: Mapping[str, Text] = {
    name: Text("水压恢复正常", "Pressure back to normal") if name == "restored" else text
    for name, text in STAGES.items()
}
"""Of a repair under pressure: water stays on, so none comes back."""

IN_DOUBT_STAGES: Mapping[str, Text] = STAGES | {"restored": Text("供水正常", "Supply normal")}
LOW_IN_DOUBT_STAGES: Mapping[str, Text] = STAGES | {"restored": Text("水压正常", "Pressure normal")}
"""Of what ended before anybody had seen a fault: nothing was ever known to be off."""

QUALITY_STAGES: Mapping[str, Text] = {
    "reported": Text("发现异常", "Noticed"),
    "restored": Text("核查完毕", "Checked"),
}

ADVICE_STAGES: Mapping[str, Text] = {
    "reported": Text("用水限制生效", "Advice in force"),
    "restored": Text("解除限制", "Lifted"),
}
"""Of advice about health something is found already: what is to come is its end, no check."""

PLANNED_STAGES: Mapping[str, Text] = {
    "announced": Text("已公告", "Announced"),
    "off": Text("停水施工", "Water off for the work"),
    "restored": Text("恢复供水", "Restored"),
}

ANSWERS: Mapping[str, Text] = {
    "affected": Text("在公告范围内", "Inside the area of a notice"),
    "ahead": Text("将在计划停水范围内，现在正常供水", "A planned cut will reach this place; water is on now"),
    "weak": Text("水压可能偏低，不停水", "Pressure may be low here; water stays on"),
    "either": Text(
        "在公告范围内；此路部分门牌可能仅水压偏低",
        "Inside the area of a notice; at some numbers of this street pressure may be low and no more",
    ),
    "maybe": Text("可能在公告范围内", "Perhaps inside the area of a notice"),
    "no": Text("目前没有公告涉及这里", "No notice concerns this place now"),
    "unknown": Text("无法判断", "We cannot tell"),
}

ANSWER_MEANINGS: Mapping[str, Text] = {
    "maybe": Text("请只写路名和门牌号再查一次。", "Ask again with the street and the house number alone."),
    "no": Text(
        "如果您家停水或水质异常，请拨打热线告诉我们。",
        "If your water is off or unusual, please call us.",
    ),
    "unknown": Text(
        "没有找到这条街道，无法确定是不是公告中的街道，或我们的数据已过时。请核对路名和本页公告，或拨打热线。",
        "We did not find this street, cannot tell whether a notice means it, or our data are out of date. "
        "Check the name and the notices on this page, or call us.",
    ),
}
