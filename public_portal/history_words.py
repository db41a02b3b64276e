"""Words of the published record, in both languages."""

from collections.abc import Mapping

from core.model.published import HourState
from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "history": Text("历史记录", "History"),
    "history_lead": Text(
        "在线仪表的小时记录：每小时有效分钟值的中位数，以及这一小时内最低和最高的15分钟中位数。未经化验，不作合格与否的结论。",
        "The hourly record of on-line instruments: the median of each hour's valid minutes, and the lowest "
        "and highest 15-minute median of that hour. Not laboratory results, and no verdict on compliance.",
    ),
    "history_none": Text("还没有历史记录。", "Nothing has been recorded yet."),
    "history_refused": Text(
        "这份记录未通过校验，显示的是上一份可信的记录。",
        "This record failed its check; the last trusted one is shown.",
    ),
    "history_missing": Text(
        "这份记录暂时读不到，或未通过校验，所以不显示。",
        "This record cannot be read now, or failed its check, and is not shown.",
    ),
    "plot_said": Text(
        "{name}曲线：{n}个小时有值，中位数{low}至{high}，逐时数值见下表",
        "Plot of {name}: {n} hours have a value, medians from {low} to {high}; each hour is in the table",
    ),
    "plot_key": Text(
        "横线是每小时中位数，浅色是这一小时内最低到最高的15分钟中位数；空白处没有数值。",
        "A stroke is an hour's median, the shade behind it reaches from its lowest to its highest 15-minute "
        "median; where nothing is drawn there is no value.",
    ),
    "plot_key_limit": Text(
        "横线是每小时中位数，浅色是这一小时内最低到最高的15分钟中位数；空白处没有数值；虚线是国家标准值。",
        "A stroke is an hour's median, the shade behind it reaches from its lowest to its highest 15-minute "
        "median; where nothing is drawn there is no value; dashes are the national limit.",
    ),
    "hour": Text("时段", "Hour"),
    "hour_median": Text("中位数", "Median"),
    "hour_low": Text("最低15分钟", "Low 15 min"),
    "hour_high": Text("最高15分钟", "Peak 15 min"),
    "hour_complete": Text("有效", "Valid"),
    "hour_late": Text("晚发布", "published late"),
    "hour_version": Text("第{n}版", "version {n}"),
    "day_before": Text("前一天", "Day before"),
    "day_after": Text("后一天", "Day after"),
    "days": Text("日期", "Days"),
    "parameters": Text("指标", "Parameters"),
    "corrections": Text("更正", "Corrections"),
    "corrected": Text(
        "{hour}：原为{before}，补收数据后为{after}（{at}更正）。",
        "{hour}: was {before}, with data that came late {after} (corrected {at}).",
    ),
    "no_value": Text("无数据", "no data"),
    "month_csv": Text("本月数据（CSV）", "This month (CSV)"),
    "corrections_csv": Text("本月更正（CSV）", "Corrections this month (CSV)"),
    "day_summary": Text(
        "{n}个小时有值（已发布{of}个小时），有效分钟占{share}%。",
        "{n} of {of} published hours have a value; {share} % of their minutes were valid.",
    ),
    "day_highest": Text(
        "当天最高的15分钟中位数：{value}（{hour}）。",
        "Highest 15-minute median of the day: {value} ({hour}).",
    ),
}

STATES: Mapping[HourState, Text] = {
    HourState.NORMAL: Text("未见异常", "Nothing unusual"),
    HourState.WATCH: Text("偏离日常范围", "Outside its usual range"),
    HourState.VERIFYING: Text("核实中", "Being verified"),
    HourState.NOT_EVALUATED: Text("未评估", "Not evaluated"),
    HourState.MAINTENANCE: Text("仪表维护中", "Instrument in maintenance"),
    HourState.NO_DATA: Text("无数据", "No data"),
    HourState.INSTRUMENT_FAULT: Text("仪表故障", "Instrument fault"),
}
