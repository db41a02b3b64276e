"""The fire service and hydrants without water, on the notices page and the order's."""

from core.model.text import Text

WORDS = {
    "fire.title": Text("消防与消火栓", "Fire service and hydrants"),
    "fire.lost": Text("{n} 个消火栓停水", "hydrants without water ({n})"),
    "fire.suspected": Text(
        "{n} 个消火栓可能停水（现场尚未核实）", "hydrants that may be without water, not confirmed ({n})"
    ),
    "fire.back": Text("{n} 个消火栓恢复供水", "hydrants that have water again ({n})"),
    "fire.cancelled": Text(
        "计划停水取消，{n} 个消火栓不受影响", "cut called off, hydrants that keep their water ({n})"
    ),
    "fire.state.untold": Text("尚未告知消防（自 {time}）", "fire service not told yet (due since {time})"),
    "fire.state.unconfirmed": Text("{time} 已发送，等待消防确认", "sent {time}, not confirmed yet"),
    "fire.state.done": Text("消防已知悉（{time}）", "the fire service knows ({time})"),
    "fire.state.sent": Text("{time} 已发送，无需消防确认", "sent {time}; nobody has to confirm it"),
    "fire.state.dropped": Text("{time} 已被后来的情况取代", "replaced {time} by what came later"),
    "fire.not_yet": Text("尚未告知消防", "fire service not told yet"),
    "fire.on_approval": Text(
        "批准后系统自动告知消防；也可现在电话告知。",
        "They are told by the hub once it is approved; you may telephone them now.",
    ),
    "fire.again": Text(
        "此版的时间或范围已变，消防尚不知道：批准后系统再次告知；也可现在电话告知。",
        "Its time or place has changed, and they do not know yet: they are told again once it is approved; "
        "you may telephone them now.",
    ),
    "fire.times": Text("告知的时间：{from} 至 {until}", "They were told of: {from} – {until}"),
    "fire.times_off": Text("原定的时间：{from} 至 {until}", "It was planned for {from} – {until}"),
    "fire.by": Text(
        "应于 {time} 前确认，否则提醒值班人员", "to be confirmed by {time}, else people on duty hear"
    ),
    "fire.late": Text(
        "{time} 已过仍未确认：请打电话", "not confirmed by {time}: telephone the fire service now"
    ),
    "fire.trying": Text(
        "系统正在发送并会重试；可同时打电话。", "The hub sends it and tries again; telephone them meanwhile."
    ),
    "fire.no_channel": Text(
        "没有配置发送渠道：请打电话告知消防。", "No channel is configured: telephone the fire service."
    ),
    "fire.list": Text("消火栓所在路段", "Hydrants by street"),
    "fire.sure": Text(
        "确认消防已口头确认收到？将记录在案。", "Did the fire service say so itself? It goes on record."
    ),
    "fire.confirmed": Text("消防已确认（电话）", "They confirmed by telephone"),
    "fire.undo": Text("记错了，撤销", "That was a slip, take it back"),
    "fire.undo_sure": Text(
        "消防其实没有确认？将重新告知并催促。",
        "They did not confirm? They are told again, and people on duty are reminded.",
    ),
    "fire.taken_back": Text("已由 {by} 撤销", "taken back by {by}"),
    "fire.no_answer": Text("打过，未接通", "Called, no answer"),
    "fire.answer.reached": Text("消防确认知悉", "the fire service confirmed"),
    "fire.answer.no_answer": Text("电话未接通", "no answer by telephone"),
    "fire.answer.wrong_number": Text("号码不对", "wrong number"),
    "fire.to_duty": Text("提醒值班人员", "reminder to people on duty"),
    "fire.colon": Text("：", ": "),
    "fire.comma": Text("、", ", "),
}
