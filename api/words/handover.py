"""The shift's handover: its log's sections, what happened in a shift, and the two signatures."""

from core.model.text import Text

WORDS = {
    "handover.title": Text("交接班", "Handover"),
    "handover.skip": Text("跳到交接班日志", "Skip to the log"),
    "handover.shifts": Text("各班次", "Shifts"),
    "handover.acts": Text("备注与签字", "Notes and signing"),
    "handover.hours": Text("{from}–{to}", "{from}–{to}"),
    "handover.open_n": Text("{n} 项未结", "{n} open"),
    "handover.live": Text(
        "{from} 至 {to} 自动汇总，交班前持续更新。",
        "Filled by itself from {from} to {to}; goes on until it is signed.",
    ),
    "handover.frozen": Text(
        "{from} 至 {to}，按交班签字时的内容，不再改动。",
        "{from} to {to}, as it was signed; it does not change.",
    ),
    "handover.broken": Text("内容与签字时不符", "not what was signed"),
    "handover.none": Text("无", "none"),
    "handover.unsigned": Text("未交班", "not handed over"),
    "handover.waits": Text("已交班，待接班", "handed over, to be taken"),
    "handover.taken": Text("已接班", "taken over"),
    "handover.handed": Text(
        "已交班。请接班人员登录接班。", "Handed over. The next shift signs in and takes it."
    ),
    "handover.by": Text("交班人", "Handed over by"),
    "handover.taken_by": Text("接班人", "Taken over by"),
    "handover.unsigned_line": Text("未签", "not signed"),
    "handover.hash": Text("日志校验值（SHA-256）{hash}…", "Hash of the log (SHA-256) {hash}…"),
    "handover.signed": Text("签字", "Signatures"),
    "handover.note": Text("给下一班的备注", "A note to the next shift"),
    "handover.note_add": Text("记入", "Add"),
    "handover.noted": Text("已记入。", "Noted."),
    "handover.print": Text("打印 / 存为 PDF", "Print or save as PDF"),
    "handover.early": Text("{time} 起可交班", "can be handed over from {time}"),
    "handover.hand_over": Text("交班", "Hand over"),
    "handover.hand_over_now": Text("签字交班", "Sign and hand over"),
    "handover.take_over": Text("接班", "Take over"),
    "handover.take_over_now": Text("已阅，签字接班", "I have read it: take over"),
    "handover.not_yet": Text("暂不", "Not yet"),
    "handover.sure_hand_over": Text(
        "以上日志以您的名义签字，之后不再改动。",
        "The log is signed in your name and does not change any more.",
    ),
    "handover.sure_take_over": Text(
        "以上未结事项由您这一班接手。", "What is open in this log is your shift's from now on."
    ),
    "handover.other_signs": Text(
        "由接班人员以自己的账号登录接班。", "The next shift takes it with a sign-in of its own."
    ),
    "handover.sign_in": Text("接班人员登录", "Sign in as the next shift"),
    "handover.section.standing": Text("未恢复或未确认的报警", "Alarms that stand"),
    "handover.section.withheld": Text("搁置、抑制与停用的报警", "Alarms shelved, suppressed, out of service"),
    "handover.section.incidents": Text("事件", "Incidents"),
    "handover.section.orders": Text("工单", "Work orders"),
    "handover.section.notices": Text("公告", "Notices"),
    "handover.section.duties": Text("待告知与待回访", "Still to be told or called back"),
    "handover.section.sources": Text(
        "数据来源：中断、恢复、维护", "Sources of data: lost, back, in maintenance"
    ),
    "handover.section.planned": Text("至下一班结束的计划作业", "Planned work until the next shift ends"),
    "handover.section.notes": Text("备注与标注", "Notes"),
    "handover.section.over": Text("本班已恢复的报警", "Alarms of the shift that are over"),
    "handover.said.raised": Text("发生", "raised"),
    "handover.said.cleared": Text("恢复", "cleared"),
    "handover.said.acked": Text("确认", "acknowledged"),
    "handover.said.shelved": Text("搁置", "shelved"),
    "handover.said.unshelved": Text("解除搁置", "off the shelf"),
    "handover.said.out_of_service": Text("停用", "out of service"),
    "handover.said.in_service": Text("恢复启用", "in service again"),
    "handover.said.opened": Text("立案", "opened"),
    "handover.said.drafted": Text("起草", "drafted"),
    "handover.said.prepared": Text("新版本待发布", "a new version waits"),
    "handover.said.overdue": Text("超过预计时间", "past its estimate"),
    "handover.said.about": Text("为标注时刻", "is what it is about"),
    "handover.source.raised": Text("中断", "lost"),
    "handover.source.cleared": Text("恢复", "back"),
    "handover.often": Text("（{n} 次）", " ({n} times)"),
    "handover.at": Text("{time}", "{time}"),
    "handover.from": Text("{time} 开始", "from {time}"),
    "handover.until": Text("至 {time}", "until {time}"),
    "handover.due": Text("{what}截止 {time}", "{what} due {time}"),
    "handover.due.update": Text("更新", "update"),
    "handover.due.review": Text("复核", "review"),
    "handover.due.public_notice": Text("告知公众", "public told"),
    "handover.overdue": Text("超时", "overdue"),
    "handover.duty": Text("告知关键用户（{segment}）：{about}", "Tell a key customer ({segment}): {about}"),
    "handover.fire": Text("告知消防：消火栓 {n} 处", "Tell the fire service: {n} hydrants"),
    "handover.callbacks": Text("待回访 {n} 件", "{n} call-backs waiting"),
    "handover.tried": Text("已联系 {n} 次，未确认", "tried {n} times, not acknowledged"),
    "handover.proposal.out_of_service": Text("停用申请", "Proposal: out of service"),
    "handover.proposal.master_change": Text(
        "报警总表改动申请", "Proposal: change of the master alarm database"
    ),
    "handover.to_decide": Text("待批", "to be decided"),
    "handover.maintenance": Text("维护中", "in maintenance"),
}
