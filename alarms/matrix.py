"""Which priority an alarm has: never typed, it follows from what is at stake and how long there is.

The default is the project's for water (docs/explanations/alarms.md); a plant may state its own as `matrix:`
in alarms.yaml. A cell that says `event` makes no alarm: so little at stake for so long calls nobody.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

Consequence = Literal["public_health", "regulatory", "local", "minor"]
"""Public health or loss of supply of more than 5,000 people; regulatory breach or a large zone; local loss of
service or damage of equipment; minor cost."""
EVENT: Literal["event"] = "event"
Cell = Annotated[int, Field(ge=1, le=4)] | Literal["event"]
Cells = tuple[Cell, Cell, Cell, Cell]
Matrix = Mapping[Consequence, Cells]
COLUMNS = (5.0, 15.0, 60.0)
"""Minutes to respond up to which the first three columns reach; the fourth is for all that is longer."""

MATRIX: Matrix = MappingProxyType(
    {
        "public_health": (1, 1, 1, 2),
        "regulatory": (1, 2, 2, 3),
        "local": (2, 2, 3, 3),
        "minor": (3, 3, EVENT, EVENT),
    }
)
CONSEQUENCES = tuple(MATRIX)


def cell(matrix: Matrix, consequence: Consequence, response_min: float) -> Cell:
    """The priority, or that it is an event."""
    return matrix[consequence][sum(response_min > edge for edge in COLUMNS)]


def whole(stated: Mapping[Consequence, Cells]) -> Matrix:
    """A plant's own rows in place of the default's. Raises ValueError where waiting longer would be worse."""
    matrix = {**MATRIX, **stated}
    for consequence, cells in matrix.items():
        ranks = [5 if one == EVENT else one for one in cells]
        if ranks != sorted(ranks):
            raise ValueError(
                f"matrix {consequence}: {' '.join(map(str, cells))}: more time must not be more urgent"
            )
    return matrix
