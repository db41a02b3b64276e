"""Dispatch orders' own words."""

from core.model.text import Text

WORDS = {
    "dispatch.title": Text("调度指令", "Dispatch orders"),
    "dispatch.skip": Text("跳到指令", "Skip to the orders"),
    "dispatch.how": Text(
        "记录控制室口头下达的指令：下达、复诵、完成。本系统只记录，不执行，不操作任何设备。",
        "What the control room tells others to do: issued, read back, done. Recorded, never executed: "
        "nothing here operates any device.",
    ),
    "dispatch.issue": Text("下达", "Issue"),
    "dispatch.to": Text("受令单位", "To"),
    "dispatch.text": Text("指令内容", "What is to be done"),
    "dispatch.no_zone": Text("不限", "none"),
    "dispatch.views": Text("显示哪些", "Which are shown"),
    "dispatch.view_standing": Text("未完成", "Not done"),
    "dispatch.view_all": Text("全部（最近 100 条）", "All (the newest 100)"),
    "dispatch.none": Text("没有未完成的指令。", "No dispatch order waits."),
    "dispatch.issued": Text("已下达", "issued"),
    "dispatch.read_back": Text("已复诵", "read back"),
    "dispatch.done": Text("已完成", "done"),
    "dispatch.withdrawn": Text("已撤回", "withdrawn"),
    "dispatch.receiver": Text("复诵人（岗位）", "Read back by (post)"),
    "dispatch.heard": Text("复诵无误", "Read back, the same"),
    "dispatch.result": Text("完成情况（可不填）", "What was reported (optional)"),
    "dispatch.is_done": Text("已完成", "Done"),
    "dispatch.reason": Text("撤回原因", "Why"),
    "dispatch.withdraw": Text("撤回", "Withdraw"),
    "dispatch.said_issued": Text("已记录下达。", "Recorded as issued."),
    "dispatch.said_read_back": Text("已记录复诵。", "Recorded as read back."),
    "dispatch.said_done": Text("已记录完成。", "Recorded as done."),
    "dispatch.said_withdrawn": Text("已记录撤回。", "Recorded as withdrawn."),
    "dispatch.key_move": Text("上下移动", "move between orders"),
    "dispatch.key_field": Text("填写", "fill in"),
    "dispatch.key_leave": Text("离开输入框", "leave a field"),
    "handover.section.dispatch": Text("调度指令", "Dispatch orders"),
}
