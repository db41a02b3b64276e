"""An order's states and steps in the words that pages and refusals share."""

from collections.abc import Mapping

from core.model.text import Text
from core.model.work_order import WorkOrderState

STATES: Mapping[WorkOrderState, Text] = {
    WorkOrderState.REPORTED: Text("已接报", "reported"),
    WorkOrderState.ASSIGNED: Text("已派工", "assigned"),
    WorkOrderState.TRIAGED: Text("已研判", "triaged"),
    WorkOrderState.POOLED: Text("待抢单", "in the pool"),
    WorkOrderState.ACCEPTED: Text("已接单", "accepted"),
    WorkOrderState.ISOLATING: Text("关阀中", "shutting valves"),
    WorkOrderState.FLUSHING: Text("试压冲洗", "testing and flushing"),
    WorkOrderState.TO_OPEN: Text("待开阀", "valves to open"),
    WorkOrderState.INSPECTED: Text("已验收", "inspected"),
    WorkOrderState.CALLBACK_PENDING: Text("待回访", "call-back due"),
    WorkOrderState.APPRAISED: Text("已考核", "appraised"),
    WorkOrderState.SUSPENDED: Text("已暂停", "suspended"),
    WorkOrderState.REJECTED: Text("已退单", "given back"),
    WorkOrderState.REOPENED: Text("已重开", "reopened"),
    WorkOrderState.MERGED: Text("已并单", "merged"),
    WorkOrderState.EN_ROUTE: Text("赶赴中", "en route"),
    WorkOrderState.ARRIVED: Text("已到场", "arrived"),
    WorkOrderState.ISOLATED: Text("已止水", "isolated"),
    WorkOrderState.REPAIRING: Text("维修中", "repairing"),
    WorkOrderState.COMPLETED: Text("已完工", "completed"),
    WorkOrderState.CALLBACK_DONE: Text("已回访", "called back"),
    WorkOrderState.CLOSED: Text("已办结", "closed"),
    WorkOrderState.CANCELLED: Text("已取消", "cancelled"),
}
STEP_NAMES: Mapping[str, Text] = {
    "assign": Text("派工", "Assign"),
    "triage": Text("研判", "Triage"),
    "pool": Text("放入抢单池", "Put in the pool"),
    "accept": Text("接单", "Accept"),
    "start-isolation": Text("开始关阀", "Start shutting valves"),
    "flush": Text("试压冲洗", "Test and flush"),
    "reject": Text("退单", "Give back"),
    "suspend": Text("暂停", "Suspend"),
    "resume": Text("继续", "Resume"),
    "inspect": Text("验收", "Inspect"),
    "await-callback": Text("转交客服回访", "Hand to call-back"),
    "appraise": Text("考核", "Appraise"),
    "reopen": Text("重开", "Reopen"),
    "depart": Text("出发", "Depart"),
    "arrive": Text("到场", "Arrive"),
    "isolate": Text("止水", "Isolate"),
    "repair": Text("开始维修", "Start repair"),
    "complete": Text("完工", "Complete"),
    "callback": Text("补记回访", "Note a call-back"),
    "close": Text("办结", "Close"),
    "cancel": Text("取消工单", "Cancel order"),
    "same": Text("同一事件，结束此单", "Same matter: end this order"),
}
