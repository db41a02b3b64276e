"""What a message calls a clock."""

from collections.abc import Mapping

from core.model.service_clock import ClockName
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
