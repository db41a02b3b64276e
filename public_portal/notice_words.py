"""Labels of what belongs to a notice: its versions and files, water points, and the page that verifies."""

from collections.abc import Mapping

from core.model.text import Text

CHANGES: Mapping[str, Text] = {
    "first": Text("首次发布", "First published"),
    "update": Text("更新", "Updated"),
    "restored": Text("恢复", "Restored"),
    "cancelled": Text("撤销", "Withdrawn"),
}

POINT_KINDS: Mapping[str, Text] = {
    "tanker": Text("送水车", "Tanker"),
    "standpipe": Text("临时取水栓", "Standpipe"),
    "bottled": Text("瓶装水", "Bottled water"),
}

POINT_STATES: Mapping[str, Text] = {
    "planned": Text("计划中", "planned"),
    "en_route": Text("前往中", "on its way"),
    "open": Text("开放", "open"),
    "empty": Text("暂时无水", "empty for now"),
    "closed": Text("已关闭", "closed"),
}

OFF: Mapping[str, Text] = {
    "none": Text("停水", "without water"),
    "intermittent": Text("间歇停水", "with water on and off"),
}
MAY_BE_OFF = Text("可能停水", "may be without water")
"""By a notice's supply, of those beside whom others have weak water."""

MOVED = Text("改期", "Moved")
LIFTED = Text("解除", "Lifted")
OVER = Text("结束", "Ended")
CALLED_OFF = Text("取消", "Called off")
ENDED: Mapping[str, Text] = {
    "restored": Text("已恢复供水", "Water is back"),
    "pressure": Text("水压已恢复正常", "Pressure is back to normal"),
    "lifted": Text("已解除", "Lifted"),
    "called_off": Text("停水已取消", "The cut is called off"),
    "cut_short": Text("停水已取消，正在恢复供水", "The cut is called off; water is coming back"),
    "cut_short_low": Text(
        "已取消，水压正在恢复正常", "The work is called off; pressure is coming back to normal"
    ),
    "withdrawn": Text("公告已撤销", "The notice is withdrawn"),
}
"""How it ended: of planned work the work is off, not the notice; cut_short: once it had begun."""

ENDED_IN_DOUBT: Mapping[tuple[str, str], Text] = {
    ("unconfirmed", "restored"): Text(
        "疑似故障未经现场确认，供水正常", "The suspected fault was not confirmed; supply is normal"
    ),
    ("unconfirmed", "pressure"): Text(
        "疑似故障未经现场确认，水压正常", "The suspected fault was not confirmed; pressure is normal"
    ),
    ("nothing_found", "restored"): Text(
        "现场未发现故障，供水正常", "No fault was found on site; supply is normal"
    ),
    ("nothing_found", "pressure"): Text(
        "现场未发现故障，水压正常", "No fault was found on site; pressure is normal"
    ),
}
"""By `PublicNotice.doubt`: nobody knows that water was ever off, so that none is back."""

CONFIRMED = Text("，确认于", ", as confirmed")
SINCE = Text("，起于", ", since")
"""Between how it ended and the time of that."""

VERDICTS: Mapping[str, Text] = {
    "known": Text("这个编号是我们发布的公告", "This number is a notice of ours"),
    "genuine": Text("属实：每一句都出自现行公告", "Genuine: every sentence is in our current notice"),
    "superseded": Text("曾经属实，但已有新版本", "It was ours, but a newer version stands"),
    "altered": Text("与我们的公告不一致", "It does not match our notice"),
    "unknown": Text("不是我们现行公告的内容", "None of this is in our current notices"),
}

VERDICT_MEANINGS: Mapping[str, Text] = {
    "known": Text("请核对公告页上的时间和范围。", "Compare the times and the area with the notice's page."),
    "genuine": Text(
        "发布时间见下。以公告页为准。", "See below when it was published. The page is authoritative."
    ),
    "superseded": Text("请以新版本为准。", "Go by the newer version."),
    "altered": Text(
        "下面的句子不在公告中，请勿相信或转发。",
        "The sentences below are not ours. Do not trust them or pass them on.",
    ),
    "unknown": Text(
        "一天前已结束的公告，七天前发给来电用户的通知，不在此列。如有疑问，请拨打热线。",
        "Notices that ended more than a day ago, and messages to callers older than seven days, are not "
        "compared. If in doubt, call us.",
    ),
}

PHRASES: Mapping[str, Text] = {
    "points": Text("取水点", "Where to get water"),
    "files": Text("海报、日历与数据", "Poster, calendar and data"),
    "poster": Text("可打印的A4海报（PDF）", "Poster to print (A4, PDF)"),
    "calendar": Text("加入日历", "Add to your calendar"),
    "cap": Text("CAP 1.2 预警格式", "CAP 1.2 alert"),
    "map_file": Text("范围（GeoJSON）", "Area (GeoJSON)"),
    "statement": Text("签名的原文", "Signed statement"),
    "signature": Text("签名", "Signature"),
    "history": Text("版本记录", "Versions"),
    "current": Text("现行", "current"),
    "old_version": Text("这是旧版本（第{n}版）", "This is an old version ({n})"),
    "old_version_body": Text("它说的时间可能已经变了。", "Its times may have changed."),
    "go_current": Text("看现行版本", "See the current version"),
    "start": Text("开始", "Start"),
    "work_time": Text("停水时间", "Water off"),
    "weak_time": Text("影响时间", "When"),
    "was_planned": Text("原定时间", "It was planned for"),
    "moved_from": Text("原定", "Moved; it was planned for"),
    "not_begun": Text("尚未开始，现在正常供水", "Not begun: water is on as usual until then"),
    "it_had_said": Text("原公告时间", "It had said"),
    "lasted": Text("影响时间", "It lasted"),
    "may_have_lasted": Text("可能受影响的时间", "It may have lasted"),
    "where_pressure": Text("水压恢复正常的街道", "Streets with normal pressure back"),
    "where_back": Text("恢复供水的街道", "Streets with water back"),
    "where_off": Text("原定涉及的街道", "Streets it was to be in"),
    "before_report": Text("（在您反映之前）", " (before your report)"),
    "until": Text("何时解除", "Until"),
    "until_told": Text("以解除公告为准", "We will tell you when it is lifted"),
    "short_notice": Text("临时通知", "Short notice"),
    "follow": Text("订阅公告", "Follow our notices"),
    "follow_calendar": Text("日历", "Calendar"),
    "verify": Text("核实公告", "Verify a notice"),
    "verify_lead": Text(
        "把收到的短信或转发的文字贴在这里，我们逐句比对。也可以只输入公告编号。",
        "Paste a message you received and we compare it sentence by sentence. A notice number alone will do.",
    ),
    "verify_label": Text("收到的文字或公告编号", "The message, or a notice number"),
    "verify_hint": Text(
        "最多1000字。请不要贴入姓名或电话。", "Up to 1000 characters. Leave out names and telephone numbers."
    ),
    "verify_button": Text("核实", "Verify"),
    "foreign": Text("不在公告中的句子", "Sentences that are not ours"),
    "verify_how": Text("不相信本页？", "You need not trust this page"),
    "verify_how_body": Text(
        "每一版公告的原文都有签名，所有版本串成一份公开清单，改动任何一行都会被发现。"
        "用任何支持 EdDSA 的 JOSE 工具即可自行验证。",
        "The statement of each version is signed. All versions are chained in one public list, so that a "
        "change of any line shows. Any JOSE tool that knows EdDSA can check it.",
    ),
    "chain": Text("公开清单", "Public list"),
    "public_keys": Text("公钥", "Public key"),
    "too_many": Text("查询太频繁，请在{n}秒后再试。", "Too many questions: try again in {n} s."),
}
