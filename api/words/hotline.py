"""The hotline's own words."""

from core.model.text import Text

WORDS = {
    "hotline.title": Text("热线", "Hotline"),
    "hotline.skip": Text("跳到查询", "Skip to the search"),
    "hotline.ask": Text("电话、地址或户号", "Telephone, address or account"),
    "hotline.look": Text("查询", "Look up"),
    "hotline.kinds": Text(
        "回车查询 · / 回到输入框 · Esc 清空 · 数字键选择",
        "Enter looks up · / back to the box · Esc clears · digits choose",
    ),
    "hotline.kinds_call": Text(
        "Esc 打开等待的来电 · 回车查询 · / 回到输入框",
        "Esc opens the call that waits · Enter looks up · / back to the box",
    ),
    "hotline.kinds_form": Text(
        "回车登记 · Esc 收起表单，内容保留", "Enter saves · Esc puts the form aside, kept"
    ),
    "hotline.kinds_form_call": Text(
        "回车登记 · Esc 打开等待的来电，表单内容保留",
        "Enter saves · Esc opens the call that waits; the form is kept",
    ),
    "hotline.asleep": Text(
        "卡片刚刚变化，按键未生效，请看清后再按",
        "The card has just changed and the key did nothing: look, then press again",
    ),
    "hotline.looking": Text("正在查询……", "Looking up…"),
    "hotline.still": Text(
        "请先在纸上记下来电，稍后再查。", "Note the call on paper and look up again in a moment."
    ),
    "hotline.say": Text("请这样回答", "Say this"),
    "hotline.renewed": Text(
        "{time} 卡片已更新，请按新内容回答", "The card changed at {time}: go by what it says now"
    ),
    "hotline.as_of": Text("依据 {time} 的数据（{age}前）", "Data of {time} ({age} old)"),
    "hotline.which": Text("找到 {n} 个，请核对", "{n} found: which one?"),
    "hotline.tel": Text("电话", "Telephone"),
    "hotline.account": Text("户号", "Account"),
    "hotline.supply": Text("供水", "Supply"),
    "hotline.secondary": Text("二次供水，{n} 层", "building pumps, floor {n}"),
    "hotline.direct": Text("市政直供，{n} 层", "from the main, floor {n}"),
    "hotline.supply_now": Text("公告与此户", "Notice and account"),
    "hotline.behind": Text("事件 › 工单 › 公告", "Incident › order › notice"),
    "hotline.nearest": Text("就近测点", "Nearest instruments"),
    "hotline.head_usual_range": Text("此时常值", "Usual at this hour"),
    "hotline.no_value": Text("无有效数据", "no valid data"),
    "hotline.low": Text("低于常值", "below usual"),
    "hotline.high": Text("高于常值", "above usual"),
    "hotline.usual": Text("正常范围", "as usual"),
    "hotline.questions": Text("请问来电人", "Ask the caller"),
    "hotline.today": Text("当前公告", "Notices now"),
    "hotline.no_notices": Text("目前没有公告", "No notices now"),
    "hotline.not_actual": Text("仅演练或测试，不可告知", "An exercise or test only: not to be told"),
    "hotline.internal": Text("内部草稿，不可告知", "Internal draft: not to be told"),
    "verdict.called_off": Text("停水已取消", "Planned cut called off"),
    "verdict.known_outage": Text("已知停水", "Known outage"),
    "verdict.nearby_outage": Text("附近抢修，地址不在公布范围", "Repair nearby, address outside its area"),
    "verdict.street_named": Text(
        "公告列出本街道，此户不在计算范围", "Street named by the notice, account not computed to be in it"
    ),
    "verdict.work_again": Text("抢修重新开始，先前的恢复已不成立", "Repair goes on again: not over"),
    "verdict.known_low_pressure": Text("已知水压偏低", "Known low pressure"),
    "verdict.lifted": Text("水质通知已解除", "Water advice lifted"),
    "verdict.restored": Text("已恢复", "Restored"),
    "verdict.planned_work": Text("计划施工", "Planned work"),
    "verdict.low_pressure_measured": Text("测得低压", "Low pressure measured"),
    "verdict.pressure_recovered": Text("仪表读数已恢复", "Readings back to normal"),
    "verdict.quality_advisory": Text("水质提示", "Water-quality advisory"),
    "verdict.nothing_known": Text("未查到异常", "Nothing known"),
    "verdict.which": Text("请核对地址", "Which address?"),
    "verdict.withheld": Text("来电隐藏号码", "Number withheld"),
    "verdict.nobody": Text("未找到用户", "No account found"),
    "confidence.published": Text("公告已发布", "published"),
    "confidence.on_site": Text("现场最新情况，公告尚未写明", "from the site, not yet in the notice"),
    "confidence.confirmed": Text("异常已确认，公告未发布", "disturbance confirmed, not yet published"),
    "confidence.possible": Text("可能受影响", "possibly affected"),
    "confidence.measured": Text("仪表实测", "measured"),
    "segment.general": Text("普通", "general"),
    "segment.large_user": Text("大用户", "large user"),
    "segment.hospital": Text("医院", "hospital"),
    "segment.dialysis": Text("透析", "dialysis"),
    "segment.school": Text("学校", "school"),
    "segment.nursing": Text("养老院", "nursing home"),
    "segment.vulnerable": Text("弱势户", "vulnerable household"),
}
