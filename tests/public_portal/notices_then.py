"""Notices of what is still to come, and of what is over: planned in three days, moved, called off, restored,
lifted."""

from dataclasses import replace

from core.model.snapshot import PublicNotice
from core.model.text import Text
from tests.public_portal import samples
from tests.public_portal.samples import HOUR, NOW

DAY = 24 * HOUR
PLANNED = "NTC-20261122-00002"


def planned(**more: object) -> PublicNotice:
    """In three days, for eight hours."""
    made = samples.notice(
        PLANNED,
        kind="planned_outage",
        change="first",
        title=Text("城东片区人民路计划停水公告", "Planned interruption: Renmin Road"),
        body=Text("因更换阀门，将停水。", "Water will be off: a valve is replaced."),
        starts_ns=NOW + 3 * DAY,
        eta_earliest_ns=NOW + 3 * DAY + 7 * HOUR,
        eta_latest_ns=NOW + 3 * DAY + 8 * HOUR,
        next_update_ns=None,
        progress=(),
        points=(),
        connections=1458,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def over(**more: object) -> PublicNotice:
    made = samples.notice(
        change="restored",
        title=Text("城东片区人民路恢复供水公告", "Water is back: Renmin Road"),
        advice=Text("请先打开位置最低的冷水龙头放水至清澈。", "Run the lowest cold tap until it is clear."),
        eta_earliest_ns=None,
        eta_latest_ns=None,
        next_update_ns=None,
        progress=(("reported", NOW - 5 * HOUR), ("restored", NOW - HOUR)),
        starts_ns=NOW - 5 * HOUR,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def unfounded(**more: object) -> PublicNotice:
    """A suspected fault that ended without any cut that somebody had seen."""
    made = over(
        title=Text("城东片区人民路供水正常公告", "Water supply normal: Renmin Road"),
        matter=Text("疑似停水", "Suspected water cut"),
        doubt="unconfirmed",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def called_off() -> PublicNotice:
    return planned(
        change="cancelled",
        title=Text("城东片区人民路计划停水取消公告", "Planned interruption called off: Renmin Road"),
        advice=Text("无需储水。", "There is no need to store water."),
        eta_earliest_ns=None,
        eta_latest_ns=None,
    )


def lifted() -> PublicNotice:
    return over(
        id="NTC-20261122-00003",
        kind="boil",
        supply="quality",
        title=Text("城东片区用水限制解除公告", "Water is safe again: East district"),
        advice=Text("请将所有水龙头各放水5分钟。", "Run every tap for five minutes."),
        body=Text("经检验，水质符合国家标准。检验报告：LAB-7。", "Tests meet the standard. Report: LAB-7."),
    )
