"""What reports and screens call a failure of a pipe."""

from collections.abc import Mapping

from core.model.text import Text
from core.model.usage import FailureMode

MODES: Mapping[FailureMode, Text] = {
    FailureMode.CIRCUMFERENTIAL: Text("环向断裂", "circumferential break"),
    FailureMode.LONGITUDINAL: Text("纵向开裂", "longitudinal crack"),
    FailureMode.JOINT: Text("接口漏水", "leaking joint"),
    FailureMode.CORROSION_HOLE: Text("腐蚀穿孔", "corrosion hole"),
    FailureMode.FITTING: Text("管件", "fitting"),
    FailureMode.VALVE: Text("阀门", "valve"),
    FailureMode.HYDRANT: Text("消火栓", "hydrant"),
    FailureMode.SERVICE_PIPE: Text("入户支管", "service pipe"),
    FailureMode.METER: Text("水表", "meter"),
    FailureMode.THIRD_PARTY: Text("外力破坏", "third-party damage"),
    FailureMode.UNKNOWN: Text("不明", "unknown"),
}
