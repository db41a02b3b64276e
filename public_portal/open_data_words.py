"""Words of the open data, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "data": Text("开放数据", "Open data"),
    "data_name": Text("{utility}在线水质小时记录", "Hourly on-line water quality, {utility}"),
    "data_lead": Text(
        "每月一个文件，包含全部片区和指标，每小时一行，时间为UTC；各列的含义与片区历史记录的CSV相同。",
        "A file a month with every area and parameter, a line an hour, times in UTC; its columns are those "
        "of the CSV of an area's history.",
    ),
    "data_running": Text("本月，至今", "so far"),
    "data_csv": Text("CSV", "CSV"),
    "data_excel": Text("CSV（Excel用）", "CSV for Excel"),
    "data_corrections": Text("更正", "Corrections"),
    "licence": Text("许可", "Licence"),
    "licence_cc_by": Text("CC BY 4.0（署名即可使用）", "CC BY 4.0 (free to use with attribution)"),
    "data_all": Text("按月下载全部片区的小时记录", "The hourly record of all areas, month by month"),
}
