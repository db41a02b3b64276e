"""Planned activities, and the rules by which alarms are suppressed."""

from core.model.text import Text

WORDS = {
    "desk.tab_activities": Text("计划作业", "Planned work"),
    "activity.kind": Text("作业类型", "Kind of work"),
    "activity.kind.flushing": Text("管网冲洗", "Flushing"),
    "activity.kind.valve_work": Text("阀门操作", "Valve work"),
    "activity.kind.calibration": Text("仪表校准", "Calibration"),
    "activity.kind.outage": Text("计划停水", "Planned interruption"),
    "activity.kind.test": Text("报警测试", "Test of alarms"),
    "activity.state.planned": Text("已计划", "planned"),
    "activity.state.running": Text("进行中", "going on"),
    "activity.state.overrun": Text("超时", "overrun"),
    "activity.state.ended": Text("已结束", "ended"),
    "activity.state.cancelled": Text("已取消", "cancelled"),
    "activity.state.grace": Text("收尾观察", "grace"),
    "activity.explains.flushing": Text(
        "解释所列片区的浊度高、压力低、流量高和疑似爆管；余氯和 pH 报警照常。",
        "Explains high turbidity, low pressure, high flow and suspected bursts of the zones listed; chlorine "
        "and pH are heard as ever.",
    ),
    "activity.explains.valve_work": Text(
        "解释所列片区的压力、流量、液位、浊度报警和疑似爆管，以及所列测点的全部工艺报警。",
        "Explains pressure, flow, level, turbidity and bursts of the zones listed, and all process alarms of "
        "the tags listed.",
    ),
    "activity.explains.calibration": Text(
        "解释所列测点的全部报警；期间其数据标为校准中，不参与判断。",
        "Explains every alarm of the tags listed; meanwhile their samples are marked as in calibration and "
        "judged by nobody.",
    ),
    "activity.explains.test": Text(
        "解释所列的报警规则；列出片区或测点时，只限其中。",
        "Explains the alarm rows listed; where zones or tags are listed, only there.",
    ),
    "activity.zones": Text("片区", "Zones"),
    "activity.by_keys": Text("（按住 Ctrl 可多选）", " (Ctrl for several)"),
    "activity.tags": Text("测点编号", "Tags"),
    "activity.rows": Text("报警规则编号", "Alarm rows"),
    "activity.several": Text("可填多个，用空格或逗号分开", "several: separate them by a space or comma"),
    "activity.start": Text("开始（空：现在）", "Start (empty: now)"),
    "activity.end": Text("时长", "For how long"),
    "activity.grace": Text("结束后观察", "Grace after it"),
    "activity.who": Text("作业人员或班组", "Who does it"),
    "activity.work": Text("工单或工作票编号", "Order or permit"),
    "activity.note": Text("说明", "Note"),
    "activity.new": Text("登记计划作业", "Enter planned work"),
    "activity.preview": Text("预览", "Preview"),
    "activity.save": Text("登记", "Save"),
    "activity.withheld": Text("将暂不响起的报警：{n} 个", "These {n} alarms will be withheld"),
    "activity.nothing": Text("没有报警会被暂停。", "No alarm will be withheld."),
    "activity.to_approve": Text(
        "另有 {n} 个 1 级报警，须由值班长另行批准", "{n} more of priority 1, once another person has approved"
    ),
    "activity.never": Text("重点管理报警 {n} 个，照常响起", "{n} are highly managed and are heard as ever"),
    "activity.still": Text("其余报警照常。", "All others are heard as ever."),
    "activity.changed": Text("内容已改，请重新预览。", "You changed it: preview it again."),
    "activity.window": Text("{start} 至 {end}", "{start} to {end}"),
    "activity.until": Text("收尾观察至 {time}", "grace until {time}"),
    "activity.where": Text("范围", "Where"),
    "activity.approved": Text("1 级报警已批准暂停（{by}）", "Priority 1 approved ({by})"),
    "activity.approve": Text("批准暂停 1 级报警", "Approve withholding priority 1"),
    "activity.finish": Text("结束作业", "End it now"),
    "activity.finish_grace": Text("立即恢复报警", "Hear its alarms at once"),
    "activity.cancel": Text("取消作业", "Cancel it"),
    "activity.extend": Text("改结束时间", "Change its end"),
    "activity.none": Text("没有计划中或进行中的作业。", "Nothing is planned or going on."),
    "activity.overrun_told": Text(
        "时间已过，仍有报警：未完请延长，已完请结束并处理报警。",
        "Its time is over and alarms of it stand: extend it if it goes on, otherwise end it and answer them.",
    ),
    "activity.refused.zones": Text(
        "片区填写有误：冲洗只填片区；阀门操作填片区或测点。",
        "Zones: flushing names zones only, valve work zones or tags, all of them the plant's.",
    ),
    "activity.refused.tags": Text(
        "测点填写有误：校准只填测点，且须存在。",
        "Tags: a calibration names tags only, all the plant's.",
    ),
    "activity.refused.rows": Text(
        "报警规则填写有误：只有报警测试填写规则。",
        "Rows: a test names alarm rows; other work names none.",
    ),
    "activity.refused.start": Text("开始时间须在 90 天之内。", "It starts within 90 days from now."),
    "activity.refused.end": Text(
        "结束须晚于开始和现在，全程不超过 7 天。",
        "It ends after its start and after now, and lasts seven days at most.",
    ),
    "activity.refused.grace_s": Text("结束后观察不超过 4 小时。", "The grace is four hours at most."),
    "rule.comms": Text("{station} 站通信中断", "station {station} is not heard"),
    "rule.activity": Text("计划作业 {id}：{kind}", "planned work {id}: {kind}"),
    "rule.maintenance": Text("仪表维护 {id}", "maintenance {id}"),
    "desk.head_since": Text("起始", "Since"),
    "desk.head_held_for": Text("已持续", "For"),
    "desk.head_why": Text("原因", "Why"),
    "desk.head_window": Text("时间", "When"),
    "desk.head_work": Text("工单 / 人员", "Order / who"),
    "desk.none_shelved": Text("没有搁置的报警。", "No alarm is shelved."),
    "desk.none_suppressed": Text("没有被设计抑制的报警。", "No alarm is suppressed by design."),
    "desk.none_out": Text("没有停用的报警。", "No alarm is out of service."),
}
