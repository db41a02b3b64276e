"""What is said to somebody whose role may not: the page in place of the one asked for, and each refusal."""

from core.model.text import Text

WORDS = {
    "refused.title": Text("无权查看", "Not for this role"),
    "refused.heading": Text("您无权查看此页", "This page is not for your role"),
    "refused.why": Text("您的角色（{role}）不能{permission}。", "Your role ({role}) may not {permission}."),
    "refused.home": Text("前往您的页面", "Go to your own page"),
    "refused.no_home": Text(
        "本版本没有为您的角色提供页面。可退出后以其他身份登录。",
        "This release has no page for your role. Sign out to sign in as somebody else.",
    ),
    "permission.values": Text("查看实时数据与趋势", "see live values and trends"),
    "permission.collection": Text("查看采集状况", "see how collection is"),
    "permission.alarms": Text("查看报警", "see alarms"),
    "permission.incidents": Text("查看事件", "see incidents"),
    "permission.work_orders": Text("查看工单", "see work orders"),
    "permission.notices": Text("查看公告", "see notices"),
    "permission.acknowledge": Text("确认报警", "acknowledge alarms"),
    "permission.decide_incident": Text("核实或结束事件", "confirm or close incidents"),
    "permission.move_work_order": Text("处理工单", "move work orders"),
    "permission.note_work_order": Text("给工单留言", "leave notes on work orders"),
    "permission.approve_notice": Text("批准公告", "approve notices"),
    "permission.publish_notice": Text("发布公告", "publish notices"),
    "permission.issue_neutral": Text("发布预批准文本", "issue the neutral text"),
    "permission.shelve": Text("搁置报警", "shelve alarms"),
    "permission.proposals": Text("查看待批事项", "see what is proposed"),
    "permission.propose_out_of_service": Text("提出停用报警", "propose to take an alarm out of service"),
    "permission.decide_proposal": Text("批准他人提出的事项", "decide what another person proposed"),
    "permission.return_to_service": Text("恢复启用报警", "return an alarm to service"),
    "permission.master": Text("查看报警总表", "see the master alarm database"),
    "permission.propose_master": Text("提出报警总表改动", "propose a change of the master alarm database"),
    "permission.decide_master": Text("批准报警总表改动", "decide a change of the master alarm database"),
    "permission.plan": Text("安排仪表维护和计划作业", "put sensors in maintenance and enter planned work"),
    "permission.customers": Text("查询用户资料", "look up customers"),
}
