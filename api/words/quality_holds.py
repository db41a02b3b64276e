"""Words of holding publication of on-line quality (WQ-06), and of an instrument's fault (WQ-07)."""

from collections.abc import Mapping

from core.model.text import Text

WORDS: Mapping[str, Text] = {
    "publishing.title": Text("水质发布", "Publishing quality"),
    "publishing.skip": Text("跳到暂缓发布", "Skip to what is held"),
    "hold.title": Text("暂缓发布水质", "Holding publication of water quality"),
    "hold.explains": Text(
        "可疑的在线数值可暂缓向公众发布：同一指标24小时内合计最多4小时，到时自动发布，标为“核实中”。"
        "已确认的超标不能暂缓。每次暂缓按月向公众公布次数。",
        "A doubtful on-line value may be held back from the public: at most 4 h within 24 h for one "
        "parameter, then it is published by itself, as being verified. What is confirmed cannot be held. "
        "The public is told each month how often it was done.",
    ),
    "hold.none": Text("没有暂缓发布的指标。", "Nothing is held."),
    "hold.what": Text("片区和指标", "Area and parameter"),
    "hold.minutes": Text("时长", "For how long"),
    "hold.reason": Text("原因", "Reason"),
    "hold.begin": Text("暂缓发布", "Hold"),
    "hold.release": Text("立即发布", "Publish now"),
    "hold.until": Text("至 {time}，{by}", "until {time}, {by}"),
    "hold.why": Text("请填写原因（至少3个字）。", "Write the reason (3 characters at least)."),
    "fault.title": Text("认定仪表故障", "An instrument's fault"),
    "fault.explains": Text(
        "把已发布的数值认定为仪表故障，须由水质管理员和值班长两人决定并有证据；原数值仍列在公开的更正中。",
        "To call a published value an instrument's fault takes a quality officer and a duty manager, and "
        "evidence; the value stays among the public corrections.",
    ),
    "fault.none": Text("没有待批准的认定。", "Nothing waits for approval."),
    "fault.from": Text("开始（北京时间）", "From (Beijing time)"),
    "fault.hours": Text("小时数", "Hours"),
    "fault.evidence": Text("证据类型", "Kind of evidence"),
    "fault.evidence.grab_sample": Text("现场取样", "grab sample"),
    "fault.evidence.sibling_instrument": Text("相邻仪表", "sibling instrument"),
    "fault.evidence.calibration_record": Text("校准记录", "calibration record"),
    "fault.evidence.instrument_photo": Text("仪表照片", "photo of the instrument"),
    "fault.reference": Text("证据编号或文件", "Number or file of the evidence"),
    "fault.propose": Text("提出认定", "Propose"),
    "fault.approve": Text("批准", "Approve"),
    "fault.refuse": Text("驳回", "Refuse"),
    "fault.withdraw": Text("撤回", "Withdraw"),
    "fault.missing": Text(
        "请填写开始时间、证据编号和原因（至少3个字）。",
        "Write from when, the evidence, and the reason (3 characters at least).",
    ),
    "hold.month": Text(
        "{month}：暂缓{holds}次，其中{whole}次到时自动发布；认定仪表故障{faults}次。",
        "{month}: held {holds} times, {whole} until the time was over; {faults} instrument faults.",
    ),
}
