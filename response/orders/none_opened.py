"""Why an incident has no order, by name (WO-01)."""

from enum import StrEnum

from core.model.incident import Incident, IncidentState
from response.orders.one_matter import ORDER_KINDS


class NoOrder(StrEnum):
    NOT_OF_THE_WATER = "not_of_the_water"
    """Of instruments and lines: the alarm itself says what is to be done."""
    NOT_CONFIRMED = "not_confirmed"
    """A person or the rules must believe it first."""
    NEVER_CONFIRMED = "never_confirmed"
    """It was over, or a false alarm, before anybody believed it."""
    IN_ANOTHER = "in_another"
    """It was put together with another incident, whose order stands."""
    SOON = "soon"
    """The response desk has not looked at it yet."""


def why_none(incident: Incident) -> NoOrder:
    """Of an incident on which no order hangs."""
    if incident.kind not in ORDER_KINDS:
        return NoOrder.NOT_OF_THE_WATER
    if incident.state is IncidentState.MERGED:
        return NoOrder.IN_ANOTHER
    if incident.state is IncidentState.SUSPECTED:
        return NoOrder.NOT_CONFIRMED
    return NoOrder.NEVER_CONFIRMED if incident.confirmed_ns is None else NoOrder.SOON
