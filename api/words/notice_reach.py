"""The notices page: what people will receive, and who calls from outside."""

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
    "preview.template": Text("模板 {id}：", "template {id}:"),
    "preview.no_template_en": Text(
        "没有登记英文模板，英文用户收到的是中文：",
        "No English template is registered; they get the Chinese:",
    ),
    "preview.no_template_zh": Text(
        "没有登记中文模板，收到的是英文：",
        "No Chinese template is registered; they get the English:",
    ),
    "preview.seconds": Text("约 {n} 秒，最长 {most} 秒", "about {n} s, {most} s at most"),
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
    "outside.next_version": Text(
        "生成下一版草稿，批准后才发布", "makes the next version's draft, to be approved"
    ),
    "outside.approve_again": Text("改入草稿，须重新批准", "into the draft, which has to be approved again"),
}
