"""The notices page: what people will receive, who calls from outside, and what scope the hub reckons."""

from core.model.text import Text

WORDS = {
    "preview.title": Text("用户将收到的内容", "What people will receive"),
    "preview.sms": Text("短信", "Short message"),
    "preview.ivr": Text("电话语音", "Telephone"),
    "preview.press": Text("新闻稿", "Press"),
    "preview.web": Text("网页", "Web page"),
    "preview.poster": Text("张贴公告", "Poster"),
    "preview.open_poster": Text("打开 A4 张贴公告（PDF）", "Open the A4 poster (PDF)"),
    "preview.counted": Text(
        "{chars} 字 · 占 {n}/{room} · 计费 {parts} 条",
        "{chars} characters · {n} of {room} units · {parts} parts",
    ),
    "preview.too_long": Text("超过四条，放不下：请缩短地点名称。", "Over four parts: shorten the place."),
    "preview.no_template_en": Text(
        "没有登记英文模板，英文用户收到的是中文",
        "No English template is registered; they get the Chinese",
    ),
    "preview.no_template_zh": Text(
        "没有登记中文模板，收到的是英文",
        "No Chinese template is registered; they get the English",
    ),
    "preview.seconds": Text("约 {n} 秒，最长 {most} 秒", "about {n} s, {most} s at most"),
    "outgoing.title": Text("将发出的内容", "What goes out"),
    "outgoing.reading": Text("正在核对将发给谁…", "Finding out who gets what…"),
    "outgoing.none": Text(
        "未配置短信渠道：只在网页上公布", "No channel is configured: it stands on the web page alone"
    ),
    "outgoing.sum": Text(
        "核对 {accounts} 户（含此前各版通知过的），发给 {people} 人",
        "{accounts} accounts looked at, with all that were told before; {people} people are sent it",
    ),
    "outgoing.went": Text(
        "已发给 {people} 人（含排队中的）",
        "{people} people were sent it, or are in their turn",
    ),
    "outgoing.nothing": Text("不发送短信、微信或邮件。", "No message is sent."),
    "outgoing.none_went": Text("没有发送短信、微信或邮件。", "No message was sent."),
    "outgoing.exercise": Text("演练，均不发送", "an exercise: nothing is sent"),
    "outgoing.night": Text("其中 {n} 人早晨再发", "{n} of them in the morning"),
    "outgoing.nobody": Text("{n} 户没有联系方式", "{n} accounts that no channel reaches"),
    "outgoing.of": Text("{supply}用户：{told}", "{supply}: {told}"),
    "outgoing.and": Text("、", ", "),
    "outgoing.people": Text("{n} 人", "{n} people"),
    "outgoing.places": Text("地名随各户街道，共 {n} 种", "each names the reader's own street, {n} in all"),
    "outgoing.template": Text("模板 {id}", "template {id}"),
    "outgoing.parts": Text("{chars} 字，计费 {parts} 条", "{chars} characters, {parts} parts"),
    "outgoing.letter": Text("全文", "The whole letter"),
    "outside.callers": Text("范围外 {n} 处来电反映同样情况", "{n} callers from outside report the same"),
    "outside.street": Text("{name}（{n}）", "{name} ({n})"),
    "outside.unplaced": Text("另有 {n} 处路段不详", "{n} of a street not known"),
    "outside.add": Text("加入这些路段", "Add these streets"),
    "worse.callers": Text(
        "公告说水压偏低，{n} 处来电反映无水，比公告严重",
        "Told of low pressure, {n} callers report no water: worse than told",
    ),
    "worse.streets_off": Text(
        "先派人核实；属实则把这些路段改为停水。", "Have it checked; if it is so, say that water is off there."
    ),
    "worse.supply": Text(
        "先派人核实；属实则修改公告：“用户家中”选停水，并重新选定这些路段。",
        "Have it checked; if it is so, edit the notice: at the tap no water, and these streets chosen anew.",
    ),
    "worse.outage": Text(
        "先派人核实；属实则另拟抢修停水公告，范围选这些路段。",
        "Have it checked; if it is so, write a notice of an emergency interruption for these streets.",
    ),
    "worse.add": Text("这些路段改为停水", "Say it is off there"),
    "scope.reckoned": Text("系统推算的范围不同：{whom}", "The hub reckons another scope: {whom}"),
    "scope.told": Text(
        "改用后首次通知 {first} 户，通知 {released} 户解除。",
        "With it {first} hear for the first time, and {released} that it is over for them.",
    ),
    "scope.draft": Text(
        "比本稿多 {first} 户，少 {released} 户。", "{first} more than in this draft, {released} fewer."
    ),
    "scope.take": Text("改用系统推算的范围", "Take the hub's scope"),
    "outside.next_version": Text(
        "生成下一版草稿，批准后才发布", "makes the next version's draft, to be approved"
    ),
    "outside.approve_again": Text("改入草稿，须重新批准", "into the draft, which has to be approved again"),
}
