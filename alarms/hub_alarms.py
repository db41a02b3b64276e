"""What is wrong with the hub itself, as alarms: one rationalised row for each condition and severity.

They are no plant's configuration: every hub has them. The health board tells the same from memory, while
the ledger cannot be written.
"""

from collections.abc import Mapping

from core.model.alarm import AlarmClass, AlarmDefinition
from core.model.condition import Condition, Severity
from core.model.finding import FindingKind
from core.model.text import Text
from core.runtime import clock_watch
from core.runtime import health_words as words

PREFIX = "hub:"
REPAIRED = f"{PREFIX}alarms_repaired:alarm"
_STORE = (
    Text("历史库没有接收数据，数据在缓冲区等待", "The historian takes nothing; samples wait in the spool"),
    Text(
        "在“采集”页的系统状况中查看原因并按提示处理",
        "See the cause under system conditions on the collection page, and what to do",
    ),
)
_TOLD: Mapping[str, tuple[Text, Text]] = {
    "spool_filling": words.SPOOL_FILLING,
    "spool_full": words.SPOOL_FULL,
    "spool_corrupt": words.SPOOL_CORRUPT,
    "spool_silent": words.SPOOL_SILENT,
    "photos_full": words.PHOTOS_FULL,
    "quarantine_growing": words.QUARANTINE_GROWING,
    "samples_unaccounted": words.UNACCOUNTED,
    "line_unsteady": words.LINE_UNSTEADY,
    "store": _STORE,
    "past_damaged": words.PAST_DAMAGED,
    "host_clock_unsynchronised": clock_watch.UNKEPT,
    "host_clock_set": clock_watch.STEPPED,
    "device_clock": clock_watch.DEVICES,
    "nobody_reached": words.NOBODY_REACHED,
    "customers_unreached": words.CUSTOMERS_UNREACHED,
    "no_cover": words.NO_COVER,
    "auditor_silent": words.AUDITOR_SILENT,
    "calls_silent": words.CALLS_SILENT,
    "unauthorised_change": words.UNAUTHORISED,
    "master_unfit": words.MASTER_UNFIT,
}
_FIRST = frozenset({"spool_full", "spool_silent"})
"""Priority 1: samples are being refused now."""
_PRIORITY = {Severity.WARNING: 3, Severity.ALARM: 2}
_RESPONSE_MIN = {1: 10.0, 2: 30.0, 3: 480.0}
_CONSEQUENCE = {
    Severity.WARNING: Text(
        "目前没有数据丢失；不处理可能升级", "Nothing is lost yet; left alone it may get worse"
    ),
    Severity.ALARM: Text("数据会推迟、存疑或丢失", "Samples are, or will soon be, late, doubtful or refused"),
}


_AT_STAKE: Mapping[str, Text] = {
    "customers_unreached": Text(
        "用户得不到停水和恢复的消息", "Customers do not hear of outages, or of their end"
    ),
    "past_damaged": Text(
        "趋势、报表和常值缺少此前的数据", "Trends, reports and what is called usual lack the time before"
    ),
    "unauthorised_change": Text(
        "运行仍按已批准的内容；但有人改动了报警而无人批准",
        "What was approved goes on running; but somebody changes alarms that nobody approves",
    ),
    "master_unfit": Text("这些报警没有运行，出了问题不会报警", "These alarms do not run: they call nobody"),
}
"""Where it is not samples that suffer."""


def alarm_of(condition: Condition) -> str | None:
    """The id of the alarm that stands for it; None for a condition without a row."""
    kind = condition.id.partition(":")[0]
    return _id(kind, condition.severity) if kind in _TOLD else None


def definitions() -> dict[str, AlarmDefinition]:
    rows = (_row(kind, severity) for kind in _TOLD for severity in Severity)
    return {row.id: row for row in (*rows, _repaired())}


def _repaired() -> AlarmDefinition:
    """Of no condition: found at a start, mended at once, and latched until somebody has seen it."""
    return AlarmDefinition(
        id=REPAIRED,
        name=Text(
            "报警状态与日志不符，已按日志修复", "Alarms differed from the journal and were mended from it"
        ),
        alarm_class=AlarmClass.SYSTEM,
        priority=2,
        cause=Text(
            "账本被改动、恢复不完整或磁盘出错",
            "The ledger was changed by hand, restored in part, or its disk fails",
        ),
        consequence=Text(
            "在发现之前，这些报警显示的状态不对", "Until it was found these alarms showed a wrong state"
        ),
        action=Text(
            "在日志中查看是哪些报警并逐一核对；运行 waterhub ledger verify，检查磁盘",
            "See in the journal which they are and check each; run waterhub ledger verify; check the disk",
        ),
        response_min=_RESPONSE_MIN[2],
        kind=FindingKind.CONDITION,
        latching=True,
    )


def _id(kind: str, severity: Severity) -> str:
    return f"{PREFIX}{kind}:{severity.value}"


def _row(kind: str, severity: Severity) -> AlarmDefinition:
    cause, mend = _TOLD[kind]
    priority = 1 if kind in _FIRST else _PRIORITY[severity]
    return AlarmDefinition(
        id=_id(kind, severity),
        name=cause,
        alarm_class=AlarmClass.SYSTEM,
        priority=priority,
        cause=cause,
        consequence=_AT_STAKE.get(kind, _CONSEQUENCE[severity]),
        action=mend,
        response_min=_RESPONSE_MIN[priority],
        kind=FindingKind.CONDITION,
    )
