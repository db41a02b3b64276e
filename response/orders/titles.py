"""What an order of a burst is called: suspected, until the crew has found it."""

from dataclasses import replace

from core.model.text import Text
from core.model.work_order import MENDED, WorkOrder
from response.site import place_stands


def burst(where: Text, diameter_mm: float | None, *, found: bool = False) -> Text:
    """where: the pipe's place; found: the crew has found it."""
    size = f" DN{diameter_mm:.0f}" if diameter_mm else ""
    if found:
        return Text(f"爆管抢修：{where.zh}{size}", f"Burst, repair: {where.en}{size}")
    return Text(f"疑似爆管抢修：{where.zh}{size}", f"Suspected burst, repair: {where.en}{size}")


def retitled(order: WorkOrder) -> WorkOrder:
    """By what the crew knows now. A title of other words stays."""
    suspected, known = (burst(order.place, order.diameter_mm, found=found) for found in (False, True))
    if order.title not in (suspected, known):
        return order
    there = order.finding is None or order.finding.outcome in MENDED
    return replace(order, title=known if there and place_stands(order) else suspected)
