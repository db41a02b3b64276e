"""Words of the laboratory's results: the only page on which water is said to comply (WQ-01)."""

from collections.abc import Mapping

from core.model.limits import SampleType
from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "lab": Text("化验结果", "Laboratory results"),
    "lab_lead": Text(
        "实验室按标准方法检测水样的结果，每项按采样当天有效的国家标准判定。是否合格以这里为准，在线仪表的读数不作这样的结论。",
        "What laboratories found in samples of water by the standard's methods, each item held against the "
        "national standard in force on the day of its sample. Whether water complies is said here; readings "
        "of on-line instruments say no such thing.",
    ),
    "lab_none": Text("还没有发布化验结果。", "No laboratory results have been published yet."),
    "lab_missing": Text(
        "这个月的结果暂时读不到，或未通过校验，所以不显示。",
        "This month's results cannot be read now, or failed their check, and are not shown.",
    ),
    "lab_item": Text("项目", "Item"),
    "lab_n": Text("次数", "Samples"),
    "lab_range": Text("最小–最大", "Least–most"),
    "lab_median": Text("中位数", "Median"),
    "lab_complies": Text("合格", "Comply"),
    "lab_share": Text("{p}/{n}", "{p} of {n}"),
    "lab_all": Text("判定{n}项次，全部合格。", "{n} results were held against a limit; all comply."),
    "lab_some": Text(
        "判定{n}项次，合格{p}项次，不合格{f}项次。",
        "{n} results were held against a limit: {p} comply, {f} do not.",
    ),
    "lab_no_verdict": Text("没有可以判定的结果。", "No result could be held against a limit."),
    "lab_failed": Text("不合格的结果", "Results that do not comply"),
    "lab_failed_line": Text(
        "{day}，{place}，{item}：{value}（国家标准 {limit}），报告 {report}",
        "{day}, {place}, {item}: {value} (national limit {limit}), report {report}",
    ),
    "lab_rates": Text("综合合格率", "Pass rates"),
    "lab_seven": Text("管网水7项合格率：{rate}%", "Seven items in the network: {rate} %"),
    "lab_composite": Text("综合合格率：{rate}%", "Composite pass rate: {rate} %"),
    "lab_formula": Text(
        "管网水7项为浑浊度、色度、臭和味、消毒剂余量、菌落总数、总大肠菌群、高锰酸盐指数，合格率取7项各自合格率的平均；"
        "综合合格率 =（7项合格率之和 + 其余项目合格率）÷ 8。算法取自 CJ/T 206，未与原文核对。",
        "The seven are turbidity, colour, odour and taste, residual disinfectant, plate count, total "
        "coliforms and permanganate index; their rate is the mean of each one's. Composite = (sum of the "
        "seven rates + the rate of all other items) / 8. After CJ/T 206, not checked against its text.",
    ),
    "lab_reports": Text("报告", "Reports"),
    "lab_report_line": Text(
        "{report}，{laboratory}：{days}采样，{n}个样品，{places}",
        "{report}, {laboratory}: {n} samples of {days}, {places}",
    ),
    "lab_methods": Text("方法 {methods}", "by {methods}"),
    "lab_not_found": Text("未检出", "not found"),
    "lab_found": Text("检出", "found"),
    "lab_found_n": Text("{n}次检出", "found {n} times"),
    "lab_marked": Text(
        "* 标准数值尚未与原文核对。", "* A limit not checked against the standard's own text."
    ),
    "lab_csv": Text("本月全部结果（CSV）", "All results of the month (CSV)"),
    "lab_months": Text("月份", "Months"),
}

GROUPS: Mapping[SampleType, Text] = {
    SampleType.PLANT: Text("出厂水", "Water leaving the works"),
    SampleType.NETWORK: Text("管网水（含末梢水）", "Water in the network and at its ends"),
}
