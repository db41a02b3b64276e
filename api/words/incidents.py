"""What is said of an incident: which alarm came first, what each is a sign of, what the hub did by itself."""

from core.model.text import Text

WORDS = {
    "first.one": Text("首发：{what}", "First out: {what}"),
    "first.set": Text(
        "首发：{what}（时钟相差在 {s} 秒内，分不出先后）", "First out: {what} (clocks agree within {s} s)"
    ),
    "no_order.not_of_the_water": Text(
        "无工单：仪表或通信问题，按报警处置", "No order: an instrument or a line, as the alarm says"
    ),
    "no_order.not_confirmed": Text(
        "无工单：尚未核实，核实后自动开单", "No order yet: it opens once confirmed"
    ),
    "no_order.never_confirmed": Text(
        "无工单：核实前已恢复或为误报", "No order: it was over before it was confirmed"
    ),
    "no_order.in_another": Text("无工单：已并入另一事件", "No order: put together with another incident"),
    "no_order.soon": Text("正在开单…", "The order is being opened…"),
    "desk.calls_after_back": Text(
        "仪表已恢复，其后又有 {n} 个来电：可能另有故障，或仍有用户无水，请核实；两小时再无来电即判为恢复。",
        "Instruments are back; calls since then: {n}. There may be a second break, or some still have no "
        "water: ask them. It counts as over two hours after the last call.",
    ),
    "desk.same_as": Text("与此单同一事件", "Same matter as"),
    "first.or": Text(" 或 ", " or "),
    "first.more": Text("另外 {n} 个", "{n} more"),
    "cause.title": Text("可能原因", "Likely cause"),
    "cause.none": Text("原因未明", "not known yet"),
    "cause.score": Text("符合该原因的迹象 {share}", "{share} of its signs seen"),
    "cause.pump": Text(
        "附近有水泵停机：水压下降可能由此引起，系统不自动核实。",
        "A pump stopped nearby: the pressures may have fallen for that. The hub does not confirm by itself.",
    ),
    "cause.held": Text(
        "已有人撤销自动核实：系统不再自动核实，由人决定。",
        "People took back the hub's confirmation: it confirms no more by itself, people decide.",
    ),
    "cause.more": Text("其余 {n} 条报警", "{n} more alarms"),
    "sign.inflow_up": Text("入流升高", "inflow up"),
    "sign.night_flow_up": Text("夜间流量升高", "night flow up"),
    "sign.pressure_down": Text("水压下降", "pressure down"),
    "sign.tank_fall": Text("水池下降", "tank falling"),
    "sign.pump_stopped": Text("水泵停机", "pump stopped"),
    "sign.water_quality": Text("水质异常", "water quality"),
    "why.by": Text("{what}（{who}）", "{what} ({who})"),
    "why.persisted": Text("持续未恢复", "it lasted"),
    "why.pump_stopped_and_pressure_fell": Text("水泵停机且水压下降", "pump stopped and pressure fell"),
    "why.same_cause": Text("与另一事件同因", "one cause with another incident"),
    "why.raised_again": Text("再次报警", "raised again"),
    "why.confirmed": Text("人工核实", "confirmed"),
    "why.closed": Text("结案", "closed"),
    "why.nothing_left_open": Text(
        "已恢复且无未结事项，系统结案", "restored and nothing left open: closed by the hub"
    ),
    "why.false_alarm": Text("误报", "false alarm"),
    "why.split": Text("拆分", "split"),
    "why.merged": Text("合并", "merged"),
    "why.undone": Text("撤销自动核实", "the hub's confirmation undone"),
    "why.work_order_undone": Text("撤销自动工单", "the hub's order undone"),
    "why.notice_undone": Text("撤销自动公告草稿", "the hub's notice draft undone"),
    "undo.title": Text("系统自动处置", "Done by the hub"),
    "undo.incident": Text(
        "核实了本事件，连同工单和公告草稿", "confirmed this incident, with order and draft"
    ),
    "undo.work_order": Text("开了工单 {id}", "opened order {id}"),
    "undo.notice": Text("起草了公告 {id}", "drafted notice {id}"),
    "undo.take_back": Text("撤销", "Take back"),
    "undo.why": Text("撤销理由（至少 10 字）", "Why it is taken back (10 characters or more)"),
    "undo.reason": Text(
        "请先写明理由（至少 10 字），再点一次。", "Write why first (10 characters or more), then press again."
    ),
}
