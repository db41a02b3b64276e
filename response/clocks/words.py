"""What messages, notes and screens call a clock, and what holds it."""

from collections.abc import Mapping

from core.model.service_clock import ClockName, PauseReason
from core.model.text import Text

CLOCKS: Mapping[ClockName, Text] = {
    ClockName.INFORM: Text("告知来电人", "tell the caller"),
    ClockName.ACCEPT: Text("接单", "acceptance"),
    ClockName.ARRIVE: Text("到场", "arrival"),
    ClockName.STOP_WATER: Text("止水", "stopping the water"),
    ClockName.REPAIR: Text("修复", "repair"),
    ClockName.RESTORE: Text("恢复供水", "restoration"),
    ClockName.REPLY: Text("答复", "answer"),
    ClockName.PUBLIC_NOTICE: Text("公告", "public notice"),
    ClockName.CALLBACK: Text("回访", "call-back"),
}

PAUSES: Mapping[PauseReason, Text] = {
    PauseReason.AWAIT_PERMIT: Text("等待占道审批", "waiting for a permit"),
    PauseReason.AWAIT_THIRD_PARTY: Text("等待第三方", "waiting for a third party"),
    PauseReason.AWAIT_CUSTOMER: Text("等待用户", "waiting for the customer"),
    PauseReason.UNSAFE_WEATHER: Text("天气不安全", "unsafe weather"),
}

TOLD: Mapping[ClockName, Text] = {
    ClockName.INFORM: Text("已告知来电人", "the caller was told"),
    ClockName.REPLY: Text("已答复", "answered"),
}
"""Clocks that are kept by a word to somebody, which no step of the order shows."""
