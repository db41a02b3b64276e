"""How far a repair has come, as citizens are shown it.

A published notice is never edited; what a crew reports on its order moves the stages beside it. A break
is located once somebody stands before it: an estimate of where it is locates nothing.
"""

from core.model.notice import Notice, NoticeKind, Progress
from core.model.work_order import WorkOrder, WorkOrderState

_SHOWN_AS = {
    WorkOrderState.ARRIVED: Progress.LOCATED,
    WorkOrderState.ISOLATED: Progress.ISOLATED,
    WorkOrderState.REPAIRING: Progress.REPAIRING,
    WorkOrderState.FLUSHING: Progress.REFILLING,
    WorkOrderState.COMPLETED: Progress.REFILLING,
}


def stages(notice: Notice, order: WorkOrder | None) -> tuple[tuple[Progress, int], ...]:
    """Each stage reached with its first time (UTC ns), in the order in which they come."""
    reached: dict[Progress, int] = {}
    said = [(_SHOWN_AS.get(m.state), m.at_ns) for m in order.milestones] if order else []
    if notice.kind is NoticeKind.WATER_QUALITY:
        said = [(stage, at_ns) for stage, at_ns in said if stage is not Progress.LOCATED]
    own = [(stage, at_ns) for stage, at_ns in notice.progress if stage is not Progress.LOCATED]
    for stage, at_ns in (*own, *said):
        if stage is not None:
            reached[stage] = min(at_ns, reached.get(stage, at_ns))
    return tuple((stage, reached[stage]) for stage in Progress if stage in reached)
