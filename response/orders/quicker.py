"""Two dispatchers at one order: whoever was slower is told what stands before a crew is taken off it."""

from core.model.plant import Plant
from core.model.text import Text
from core.model.work_order import WorkOrder
from response.refused import Refused


def nobody_was_quicker(plant: Plant, order: WorkOrder, seen: str | None) -> None:
    """seen: the crew that the order was seen to have by whoever assigns it, empty for none; None: not told.
    Raises Refused `crew_changed` where it has another by now."""
    if seen is None or seen == (order.crew or ""):
        return
    if order.crew is None:
        why = Text("该工单现已无班组：请看清后再派", "the order has no crew any more: look, then assign it")
    else:
        crew = plant.crews.get(order.crew)
        name = crew.name if crew else Text(order.crew, order.crew)
        zh = f"该工单刚刚已由他人派给{name.zh}：确要改派，请再选一次"
        why = Text(zh, f"somebody else has just given it to {name.en}: choose once more to reassign it")
    raise Refused("crew_changed", why, ("assign",))
