"""Words of the planned works, of accessibility, of large type and of what is shared, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "large_type": Text("大字版", "Large type"),
    "usual_type": Text("标准字号", "Usual type"),
    "planned": Text("计划停水", "Planned works"),
    "planned_lead": Text(
        "已公布的计划停水，按开始时间排列。时间有变时本页随公告更新。",
        "Planned interruptions that have been published, the soonest first. When a time moves, this page "
        "says so.",
    ),
    "planned_none": Text("目前没有已公布的计划停水。", "No planned interruption has been published."),
    "planned_to_come": Text("将要开始", "To come"),
    "planned_now": Text("正在进行", "Under way"),
    "planned_calendar": Text("全部公告的日历（iCalendar）", "All notices as a calendar (iCalendar)"),
    "planned_one": Text("加入日历", "Add to your calendar"),
    "share_look": Text("最新时间以本页为准", "See the page for the times that hold now"),
    "accessibility": Text("无障碍", "Accessibility"),
    "accessibility_lead": Text(
        "本站希望每个人都能读到。目标是 WCAG 2.2 AA 级；"
        "每次改动都由自动检查（axe）在三种屏宽、两种语言、明暗两种配色下核对。",
        "This site is meant for everyone. It aims at WCAG 2.2, level AA; with each change its pages are "
        "checked by axe at three widths, in both languages, light and dark.",
    ),
    "accessibility_how": Text("可以怎样使用", "How you can use it"),
    "accessibility_large": Text(
        "大字版：每页右上角，全站保持，不用Cookie。也可以用浏览器放大到400%。",
        "Large type: at the top of each page; links keep it, without a cookie. Zooming to 400 % works too.",
    ),
    "accessibility_keys": Text(
        "只用键盘即可操作；第一个按键可跳到正文。",
        "The keyboard alone will do; its first stop skips to the content.",
    ),
    "accessibility_script": Text(
        "不需要脚本，旧手机和屏幕阅读器都能读；状态有文字和形状，不只靠颜色。",
        "No script is needed, so old phones and screen readers do. A state is a word and a shape, never a "
        "colour alone.",
    ),
    "accessibility_print": Text("公告可以打印，也有A4海报。", "Notices print, and each has a poster (A4)."),
    "accessibility_limits": Text("还做不到的", "What does not work yet"),
    "accessibility_limits_body": Text(
        "海报（PDF）没有做标记，屏幕阅读器读不好；同样的内容都在公告页上。公告文字由值班人员撰写，未提供手语和盲文。",
        "Posters (PDF) are not tagged for screen readers; the notice's page says the same. There is no sign "
        "language and no braille.",
    ),
    "accessibility_tell": Text("读不到、用不了？请告诉我们", "Something you cannot read or use? Tell us"),
}
