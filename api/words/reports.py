"""The page of daily and monthly reports."""

from core.model.text import Text

WORDS = {
    "reports.title": Text("日报与月报", "Reports"),
    "reports.skip": Text("跳到报表", "Skip to the report"),
    "reports.daily": Text("日报", "Daily"),
    "reports.monthly": Text("月报", "Monthly"),
    "reports.kind": Text("报表类别", "Kind of report"),
    "reports.day": Text("日期", "Day"),
    "reports.month": Text("月份", "Month"),
    "reports.before": Text("上一期", "Earlier"),
    "reports.after": Text("下一期", "Later"),
    "reports.csv": Text("下载 CSV", "Save as CSV"),
    "reports.pdf": Text("下载 PDF", "Save as PDF"),
    "reports.print": Text("打印", "Print"),
    "reports.made": Text("制表 {time}（北京时间）", "Made {time} (Asia/Shanghai)"),
    "reports.not_over": Text("本期尚未结束，数据截至 {time}", "The period is not over: as of {time}"),
    "reports.making": Text("正在汇总…", "Counting…"),
}
