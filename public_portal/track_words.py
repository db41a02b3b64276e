"""What is said of a report to whoever has its number."""

from collections.abc import Mapping

from core.model.text import Text

MILESTONES: Mapping[str, Text] = {
    "received": Text("接报", "Reported"),
    "dispatched": Text("派工", "Crew assigned"),
    "repair": Text("维修", "Repair"),
    "done": Text("完工", "Work done"),
    "called_back": Text("回访", "Called back"),
    "appraised": Text("考核", "Reviewed"),
}

SAID: Mapping[str, Text] = {
    "received": Text("已收到您的反映，正在安排。", "We have your report and are arranging the work."),
    "again": Text("工单已重开，正在安排再次处理。", "The work was opened again and is being arranged."),
    "dispatched": Text("已派出抢修人员。", "A crew has been assigned."),
    "repair": Text("抢修人员已到现场，正在处理。", "The crew is on site and at work."),
    "done": Text("现场工作已完成。", "The work on site is done."),
    "called_back": Text("已回访，感谢您的反映。", "We have called back. Thank you for telling us."),
    "appraised": Text("已办结，感谢您的反映。", "This is settled. Thank you for telling us."),
}
UNFOUND = Text(
    "已到现场检查，暂未发现故障，仍在监测。",
    "We checked on site and found nothing so far; it is still being watched.",
)
UNFOUND_NOW = Text("继续监测", "Still being watched")
HELD = Text("工作暂停，条件具备后继续。", "The work is paused, and goes on as soon as it can.")

_NOTHING = Text(
    "已到现场检查，没有发现需要维修的故障。如问题仍在，请拨打热线。",
    "We checked and found nothing to repair. If it persists, please call us.",
)
ENDS: Mapping[str, Text] = {
    "repaired": Text("已修复。", "It is repaired."),
    "temporary_repair": Text(
        "已临时修复，之后还会彻底维修。", "A temporary repair is made; a lasting one will follow."
    ),
    "not_found": _NOTHING,
    "false_alarm": _NOTHING,
    "no_action": _NOTHING,
    "not_ours": Text(
        "故障不在供水单位的管道上。处理办法请拨打热线询问。",
        "The fault is not on the utility's pipes. Call us and we will say who can help.",
    ),
    "third_party": Text("已转交有关单位处理。", "It was passed on to those in charge of it."),
    "cancelled": Text(
        "已撤销。如问题仍在，请拨打热线。", "This was cancelled. If it persists, please call us."
    ),
    "merged": Text(
        "已与同一问题的其他工作合并处理。", "It is dealt with together with other work on the same matter."
    ),
}

PHRASES: Mapping[str, Text] = {
    "track_title": Text("查询办理进度", "Follow a report"),
    "track_lead": Text(
        "输入客服告诉您的查询码，看看您反映的问题办到哪一步了。",
        "Enter the code our agent gave you to see how far your report has come.",
    ),
    "track_label": Text("查询码", "Code"),
    "track_hint": Text(
        "28位字母和数字，不分大小写，横线可省。", "28 letters and digits; capitals and hyphens do not matter."
    ),
    "track_button": Text("查询", "Look up"),
    "track_unlike": Text(
        "查询码应为28位字母和数字，请核对。", "A code has 28 letters and digits. Please check it."
    ),
    "track_ended": Text(
        "查询码无效或已过期。请核对，或拨打热线。",
        "This code is not valid or has expired. Check it, or call us.",
    ),
    "track_now": Text("目前", "Now"),
    "track_notice": Text("有关公告", "The notice about it"),
    "track_until": Text("查询码有效至", "The code is valid until"),
    "track_private": Text(
        "本页不显示姓名、电话、地址和抢修人员，知道查询码的人都能打开。",
        "This page shows no name, telephone, address or crew. Whoever has the code can open it.",
    ),
    "track_visit": Text("预约上门", "Visit agreed for"),
    "track_visit_missed": Text(
        "未能按约上门，抱歉，请拨打热线改约。原约",
        "We did not come as agreed, and are sorry; call us. It was",
    ),
    "track_next": Text("下次更新不晚于", "Next update by"),
    "track_next_late": Text("更新逾期，原定不晚于", "No update yet; it was due by"),
    "track_skipped": Text("未进行", "Not made"),
    "track_no_next": Text("进展一有变化就显示在这里。", "What changes is shown here at once."),
}
