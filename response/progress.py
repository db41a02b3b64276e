"""How far a repair has come, as citizens are shown it.

A published notice is never edited; what a crew reports on its order moves the stages beside it.
"""

from core.model.notice import Notice, Progress
from core.model.work_order import WorkOrder, WorkOrderState

_SHOWN_AS = {
    WorkOrderState.ISOLATED: Progress.ISOLATED,
    WorkOrderState.REPAIRING: Progress.REPAIRING,
    WorkOrderState.COMPLETED: Progress.REFILLING,
}


def stages(notice: Notice, order: WorkOrder | None) -> tuple[tuple[Progress, int], ...]:
    """Each stage reached with its first time (UTC ns), in the order in which they come."""
    reached: dict[Progress, int] = {}
    said = [(_SHOWN_AS.get(m.state), m.at_ns) for m in order.milestones] if order else []
    for stage, at_ns in (*notice.progress, *said):
        if stage is not None:
            reached[stage] = min(at_ns, reached.get(stage, at_ns))
    return tuple((stage, reached[stage]) for stage in Progress if stage in reached)
