"""What the open data say in words: both languages in one line, for a name has room for no more."""

from collections.abc import Mapping

from core.model.published import CODES, HourState
from core.model.snapshot import ReadingState
from core.model.text import Text

VOCABULARY = "waterhub-dq-1"
LEVEL = "provisional"
NOTE = Text(
    "在线仪表临时数据，未经审核，不作合格与否的结论",
    "Provisional, unaudited sensor data: no verdict on compliance",
)

HOURLY, HOURLY_STATE, NOW, NOW_STATE = "hourly", "hourly-state", "now", "now-state"
SERIES: Mapping[str, Text] = {
    HOURLY: Text("每小时中位数", "hourly median"),
    HOURLY_STATE: Text("每小时状态", "state of each hour"),
    NOW: Text("当前15分钟中位数", "15-minute median now"),
    NOW_STATE: Text("当前状态", "state now"),
}
SENSORS: Mapping[str, Text] = {
    "hourly-median": Text(
        "片区在线仪表每小时有效分钟值的中位数，自动检查后发布",
        "Median of the valid minutes of an hour of an area's on-line instruments, after automatic checks",
    ),
    "median-15min": Text(
        "片区在线仪表最近15分钟的中位数，自动检查后发布",
        "Median of the last 15 minutes of an area's on-line instruments, after automatic checks",
    ),
}
SENSOR_OF: Mapping[str, str] = {
    HOURLY: "hourly-median",
    HOURLY_STATE: "hourly-median",
    NOW: "median-15min",
    NOW_STATE: "median-15min",
}
AREA = Text(
    "供水片区，公布街道名称，不公布位置",
    "Supply area, told by its streets; no position is published",
)
UNITS: Mapping[str, tuple[str, str]] = {
    "mg/L": ("milligram per litre", "ucum:mg/L"),
    "NTU": ("nephelometric turbidity unit", "ucum:%7BNTU%7D"),
    "pH": ("pH", "ucum:%5BpH%5D"),
}
"""Name and definition (UCUM; of NTU it has an annotation alone)."""
OUTDATED = "outdated"
NOW_CODES: Mapping[str, int] = {
    ReadingState.NORMAL.value: 1,
    ReadingState.WATCH.value: 1,
    OUTDATED: CODES[HourState.NOT_EVALUATED],
    ReadingState.VERIFYING.value: 3,
    ReadingState.MAINTENANCE.value: 8,
    ReadingState.NO_DATA.value: 9,
}


def both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def in_both(text: Text) -> dict[str, object]:
    return {"zh": text.zh, "en": text.en}
