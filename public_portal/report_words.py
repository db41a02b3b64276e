"""Words of the page on which something is reported, in both languages."""

from collections.abc import Mapping

from core.model.report import Symptom
from core.model.text import Text

SYMPTOMS: Mapping[Symptom, Text] = {
    Symptom.NO_WATER: Text("没有水", "No water"),
    Symptom.LOW_PRESSURE: Text("水压低、水小", "Low pressure"),
    Symptom.BURST_VISIBLE: Text("看见水管喷水、大量冒水", "Water gushing from a pipe or the ground"),
    Symptom.WET_GROUND: Text("路面或墙面渗水、长期潮湿", "Wet ground or wall that does not dry"),
    Symptom.DISCOLOURED_YELLOW: Text("水发黄、发红", "Yellow or brown water"),
    Symptom.DISCOLOURED_BLACK: Text("水发黑、有黑色颗粒", "Black water or specks"),
    Symptom.DISCOLOURED_MILKY: Text("水发白、浑浊", "White or cloudy water"),
    Symptom.ODOUR: Text("水有异味", "The water smells or tastes odd"),
}

WHY_CLOSED: Mapping[str, Text] = {
    "off": Text(
        "本站只发布信息，不接收网上反映。请拨打热线。",
        "This site only publishes; nothing can be reported here. Please call us.",
    ),
    "silent": Text(
        "目前无法转交网上反映，填写了也不会有人看到。请拨打热线。",
        "Reports cannot be passed on at the moment, so nobody would read yours. Please call us.",
    ),
    "full": Text(
        "等待转交的反映太多，暂时不能再接收。请拨打热线。",
        "Too many reports are waiting and no more can be taken for now. Please call us.",
    ),
    "disk": Text("您的反映没有保存成功。请拨打热线。", "Your report could not be kept. Please call us."),
    "often": Text(
        "从您的网络地址来的反映太多，请稍后再试；紧急情况请拨打热线。",
        "Too many reports came from your network address. Try again later; if it is urgent, call us.",
    ),
    "elsewhere": Text(
        "这次提交不是从本站页面发出的，未接收。请在本页重新填写。",
        "This was not sent from a page of this site and was not taken. Please fill in the form here.",
    ),
}

PHRASES: Mapping[str, Text] = {
    "report_title": Text("反映用水问题", "Report a problem"),
    "report_lead": Text(
        "没水、水压低、水的颜色或气味不对、看见漏水，都可以在这里告诉我们。",
        "No water, low pressure, odd colour or smell, or a leak you have seen: tell us here.",
    ),
    "report_urgent": Text(
        "大量喷水、道路塌陷等紧急情况，请直接拨打热线。",
        "If water is gushing or the road gives way, call us at once.",
    ),
    "report_what": Text("出了什么问题", "What is wrong"),
    "report_where": Text("在哪里：街道和门牌", "Where: street and house number"),
    "report_where_hint": Text("例如：{example}", "For example: {example}"),
    "report_area": Text("片区（可不选）", "Area (optional)"),
    "report_area_unknown": Text("不清楚", "I do not know"),
    "report_more": Text("补充说明（可不填，最多500字）", "Anything else (optional, 500 characters)"),
    "report_more_hint": Text(
        "例如从什么时候开始、邻居家是否也这样。请不要写姓名、电话和证件号码。",
        "For example since when, and whether neighbours have it too. Please give no name, number or identity "
        "document.",
    ),
    "report_sealed": Text(
        "您写的内容在本站立即加密，只有供水单位内部能读；本站只保存加密后的内容，转交后删除。不需要姓名和电话。",
        "What you write is encrypted here at once; only the utility inside can read it. This site keeps it "
        "encrypted alone, and only until it is passed on. No name or telephone number is needed.",
    ),
    "report_button": Text("提交", "Send"),
    "report_errors": Text("请改正下面的问题", "Please mend the following"),
    "report_error": Text("错误：", "Error: "),
    "report_no_symptom": Text("请选择出了什么问题。", "Choose what is wrong."),
    "report_no_address": Text(
        "请填写街道和门牌，2到100个字。", "Give a street and house number, 2 to 100 characters."
    ),
    "report_account": Text(
        "这看起来是户号或电话，请填写街道和门牌。",
        "This looks like an account or telephone number. Give a street and house number.",
    ),
    "report_too_long": Text("补充说明请不超过500字。", "Keep the rest within 500 characters."),
    "report_no_area": Text("没有这个片区，请重新选择。", "There is no such area. Choose again."),
    "report_done": Text("已收到您的反映", "Your report is with us"),
    "report_code": Text("查询码", "Your code"),
    "report_keep": Text(
        "请记下查询码，用它查看办理进度；本站不保存，不能找回。约1分钟后可以查到。",
        "Write it down: with it you can see how far your report has come, in about a minute from now. It is "
        "kept nowhere here and cannot be looked up.",
    ),
    "report_follow": Text("查看办理进度", "See how far it has come"),
}
