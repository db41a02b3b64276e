"""Words about what people hold back from publication, in both languages (WQ-06)."""

from collections.abc import Mapping

from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "held_until": Text(
        "数值正在人工核对，暂缓发布；最迟{time}自动发布，标为“核实中”。",
        "A person is checking this value and holds it back; by {time} at the latest it is published by "
        "itself, as being verified.",
    ),
    "corrected_held": Text(
        "{hour}：曾暂缓发布，现为{after}（{at}发布）。",
        "{hour}: was held back, now {after} (published {at}).",
    ),
    "corrected_fault": Text(
        "{hour}：原为{before}；经两人核对并有证据，认定为仪表故障（{at}更正）。",
        "{hour}: was {before}; two persons found by evidence that the instrument was at fault "
        "(corrected {at}).",
    ),
    "about_held": Text("人工干预的次数", "How often people intervened"),
    "about_held_body": Text(
        "可疑的在线数值可由水质管理员暂缓发布，以便核对：同一片区同一指标24小时内合计最多4小时，"
        "到时自动发布，标为“核实中”。已确认的超标不能暂缓，已发布的数值不能撤下。把数值标为“仪表故障”须由两人决定并有证据，原数值仍列在更正中。每次都有记录，按月计数如下。",
        "A quality officer may hold a doubtful on-line value back for checking: at most 4 h within 24 h for "
        "one parameter of an area, after which it is published by itself, as being verified. What is "
        "confirmed to be beyond a limit cannot be held back, and what was published cannot be taken down. "
        "To call a value an instrument's fault takes two persons and evidence, and the value stays among the "
        "corrections. Each time is on record, and counted here by month.",
    ),
    "held_month": Text("月份", "Month"),
    "held_times": Text("暂缓次数", "Held back"),
    "held_whole": Text("其中到时自动发布", "Until the time was over"),
    "held_faults": Text("认定仪表故障", "Instrument faults"),
    "held_hours": Text("涉及小时值", "Hourly values"),
}
