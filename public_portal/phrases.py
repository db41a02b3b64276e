"""The fixed labels of the pages, by name, in both languages."""

from collections.abc import Mapping

from core.model.text import Lang, Text
from public_portal import (
    held_words,
    history_words,
    laboratory_words,
    limit_words,
    notice_words,
    open_data_words,
    page_words,
    pressure_words,
    reply_words,
    report_words,
    track_words,
    widget_words,
)

_PHRASES: Mapping[str, Text] = {
    "site": Text("水质与停水", "Water quality and outages"),
    "skip": Text("跳到正文", "Skip to content"),
    "other_lang": Text("English", "中文"),
    "home": Text("首页", "Home"),
    "home_title": Text("家里的水，现在", "Your water, now"),
    "data_time": Text("数据时间", "Data as of"),
    "provisional": Text("在线仪表临时数据，未经审核", "Provisional, unaudited sensor data"),
    "blind": Text(
        "在线仪表只测余氯、浊度和pH，测不到公告所说的问题（如细菌、化学物质）。读数正常不代表可以直接饮用，请按公告用水。",
        "On-line instruments measure chlorine, turbidity and pH only. They cannot see what the notice warns "
        "of (bacteria, chemicals): usual readings do not mean that the water is safe. Follow the notice.",
    ),
    "search_label": Text("查询街道或门牌", "Find your street or building"),
    "search_hint": Text(
        "例如：{example}。不需要户号，也请不要输入电话。",
        "For example: {example}. No account or telephone number is needed.",
    ),
    "search": Text("查询", "Search"),
    "search_answer": Text("查询结果", "Answer"),
    "bad_length": Text("请输入2到100个字。", "Enter between 2 and 100 characters."),
    "bad_account": Text(
        "这看起来是户号或电话。请只输入街道或门牌。",
        "This looks like an account or telephone number. Enter only a street or building.",
    ),
    "notices": Text("正在生效的公告", "Notices in force"),
    "no_notices": Text("目前没有停水或水质公告。", "There is no outage or water-quality notice now."),
    "no_others": Text("没有其他正在生效的公告。", "No other notice is in force."),
    "recent": Text("最近结束", "Just over"),
    "recent_here": Text("这里最近结束的", "Just over here"),
    "areas": Text("各片区水质", "Water quality by area"),
    "no_instrument": Text(
        "本片区没有在线水质仪表，无法给出实时数据。",
        "This area has no on-line instrument, so there is no live figure.",
    ),
    "now": Text("现在", "Now"),
    "measured": Text("测于", "Measured"),
    "usual": Text("日常", "Usual"),
    "usual_range": Text("日常范围", "Usual range"),
    "limit": Text("国家标准", "National limit"),
    "parameter": Text("指标", "Parameter"),
    "state": Text("状态", "State"),
    "no_usual": Text("历史不足", "too little history"),
    "area_page": Text("片区水质", "Water quality in this area"),
    "streets": Text("包括的街道", "Streets in this area"),
    "all_areas": Text("全部片区", "All areas"),
    "stale_title": Text("数据已过时", "This page is out of date"),
    "stale_body": Text(
        "最近一次更新是{ago}（{as_of}）。下面是当时的内容，不代表现在；超过1小时不再显示读数。",
        "The last update came {ago} ({as_of}). What follows is from then and does not describe now; "
        "after an hour no reading is shown.",
    ),
    "refused": Text(
        "收到的新数据未通过签名验证，已拒收；现显示上一份可信数据。",
        "New data failed the signature check and were refused; the last trusted data are shown.",
    ),
    "since": Text("自", "since"),
    "expected": Text("预计恢复", "Expected back"),
    "expected_pressure": Text("预计水压恢复正常", "Normal pressure expected"),
    "not_known_yet": Text("尚在评估", "Still being assessed"),
    "overdue": Text("已超过预计时间，正在重新评估", "Overdue: being assessed again"),
    "next_update": Text("下次通报不晚于", "Next update by"),
    "next_update_late": Text("通报逾期未发，原定不晚于", "No update yet; it was due by"),
    "published": Text("发布", "Published"),
    "version": Text("第{n}版", "Version {n}"),
    "connections": Text("涉及用户", "Connections"),
    "low_pressure": Text("水压偏低", "low pressure"),
    "few": Text("不足10户", "fewer than 10"),
    "households": Text("约{n}户", "about {n}"),
    "progress": Text("进展", "Progress"),
    "done": Text("已完成", "done"),
    "going_on": Text("进行中", "under way"),
    "to_come": Text("未开始", "to come"),
    "where": Text("涉及的街道", "Streets concerned"),
    "no_streets": Text("范围正在核实。", "The extent is still being established."),
    "whole_street": Text("全段", "whole street"),
    "number": Text("{n}号", "no. {n}"),
    "numbers": Text("{n}号", "nos. {n}"),
    "colon": Text("：", ": "),
    "what_to_do": Text("您可以这样做", "What you can do"),
    "full_text": Text("公告全文", "Full text"),
    "area": Text("片区", "Area"),
    "hotline": Text("客服热线", "Hotline"),
    "authority": Text("一切以本页为准。", "This page is the authoritative version."),
    "about": Text("关于这些数据", "About these data"),
    "about_lead": Text(
        "这里的数字来自管网上的在线仪表，每15分钟取中位数自动发布。它们是临时数据，未经人工审核，不能代替化验。",
        "The figures come from instruments in the network; the median of 15 minutes is published by itself. "
        "They are provisional, not reviewed by people, and no substitute for laboratory results.",
    ),
    "about_states": Text("状态是什么意思", "What the states mean"),
    "about_how": Text("数字怎么来的", "How a figure is made"),
    "about_how_body": Text(
        "只用仪表自报良好、在量程之内的读数。短于5分钟的突跳、一小时毫无变化（仪表分辨力不足以解释）的读数、"
        "通信中断期间的读数都不采用。15分钟内有效数据不足12分钟时，显示“无数据”。"
        "日常范围取过去四周每小时均值的第5到第95百分位，两侧再各放宽一个范围的宽度，"
        "至少放宽余氯0.05 mg/L、浊度0.05 NTU、pH 0.1；下限不低于零，余氯的下限不低于第5百分位的一半。"
        "状态按这一范围判断。",
        "Only readings that the instrument itself calls good and that lie inside its range are used. Jumps "
        "shorter than five minutes, readings without the least change for an hour (unless the instrument's "
        "resolution explains it), and times without communication are left out. With fewer than 12 valid "
        'minutes of 15 the page says "no data". The usual range is the 5th to the 95th percentile of hourly '
        "means over four weeks, widened by its own width on either side, by 0.05 mg/L of chlorine, 0.05 NTU "
        "or 0.1 pH at least; never below nothing, and of chlorine never below half the 5th percentile. The "
        "state is judged by that range.",
    ),
    "about_limits": Text("和国家标准的关系", "How this relates to the national standard"),
    "about_limits_body": Text(
        "国家标准的数值按测量当天有效的版本、取水位置（出厂水、管网水、末梢水）和所用的消毒剂选取，片区页上写明依据；"
        "只看所用消毒剂的余量。超出时如实写明“超出国家标准值”，在其内也不等于合格："
        "是否合格只由实验室按标准方法检测得出。入户管和二次供水也可能影响您家的水。",
        "The national limit is that of the edition in force on the day, for where the water is taken (at the "
        "works, in the network, at the tap) and for the disinfectant in use; the area's page says which. "
        "Beyond it the page says so; what is within it is not called compliant: only laboratory "
        "results by the standard's methods say that. Building pipes and tanks can change the water too.",
    ),
    "about_privacy": Text("隐私", "Privacy"),
    "about_privacy_body": Text(
        "本站不用脚本，不设Cookie。查询只比对已公布的街道，不涉及户号和姓名。您反映的问题在本站立即加密，只有供水单位内部能读，转交后从本站删除。",
        "This site uses no script and sets no cookie. Searches are compared with published streets only; no "
        "account or name is involved. What you report is encrypted here at once, can be read only inside the "
        "utility, and is deleted here once it is passed on.",
    ),
    "about_api": Text("开放数据", "Open data"),
    "about_api_body": Text("同样的数据可以用程序读取：", "The same data for programs:"),
    "about_sensorthings": Text(
        "各片区当前数值和历史小时记录，也可按 OGC SensorThings API 1.1 标准查询（只读）：",
        "Values now and the hourly record of every area can also be asked for by the standard "
        "OGC SensorThings API 1.1 (read only):",
    ),
    "empty_title": Text("还没有数据", "No data yet"),
    "empty_body": Text(
        "本站还没有收到第一份可信的数据，请稍后再看。",
        "This site has not received its first trusted data. Please come back later.",
    ),
    "missing_title": Text("没有这个页面", "There is no such page"),
    "missing_body": Text(
        "地址可能有误，或公告已经撤下。", "The address may be wrong, or the notice was taken down."
    ),
    "snapshot": Text("数据编号", "Data no."),
}


def phrases(lang: Lang) -> dict[str, str]:
    rooms = (
        notice_words,
        open_data_words,
        track_words,
        held_words,
        history_words,
        laboratory_words,
        limit_words,
        page_words,
        pressure_words,
        reply_words,
        report_words,
        widget_words,
    )
    every = (*_PHRASES.items(), *(word for room in rooms for word in room.PHRASES.items()))
    return {name: text.in_(lang) for name, text in every}
