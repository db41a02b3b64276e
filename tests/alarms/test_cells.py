"""A row of the master alarm database and its cells say the same, there and back."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from alarms.cells import COLUMNS, MANDATORY, cells_of, column_of, digest_of, row_of
from alarms.difference import Change, RowChange, row_changes
from alarms.spec import AlarmRow
from tests.alarms.alarm_rows import ROWS, row

LOW = AlarmRow.model_validate(row())


@given(ROWS)
def test_a_row_comes_back_from_its_cells(one: AlarmRow) -> None:
    cells = cells_of(one)
    assert row_of(cells) == one
    assert list(cells) == [column for column in COLUMNS if column in cells]
    assert set(cells) >= MANDATORY and all(cells.values())


@given(ROWS)
def test_a_row_without_one_of_its_mandatory_cells_is_no_row(one: AlarmRow) -> None:
    cells = cells_of(one)
    for column in MANDATORY:
        with pytest.raises(ValueError):
            row_of({name: text for name, text in cells.items() if name != column})


def test_a_typed_priority_must_be_what_the_matrix_says() -> None:
    cells = cells_of(LOW)
    assert cells["priority"] == "2" and row_of(cells | {"priority": ""}) == LOW
    with pytest.raises(ValueError, match="priority 1 does not follow from local and 10 min, which make 2"):
        row_of(cells | {"priority": "1"})


def test_a_digest_is_of_what_the_row_says_and_not_of_how() -> None:
    cells = cells_of(LOW)
    assert digest_of(cells) == digest_of(dict(reversed(cells.items())) | {"window_s": ""})
    assert digest_of(cells) != digest_of(cells | {"setpoint": "13"})


def test_a_difference_names_row_field_before_and_after() -> None:
    now = cells_of(AlarmRow.model_validate(row(setpoint=13, window_s=60)))
    (change,) = row_changes({"low": cells_of(LOW), "same": now}, {"low": now, "same": now})
    assert change.fields == [Change("low", "setpoint", "14", "13"), Change("low", "window_s", "", "60")]
    assert list(row_changes({"low": now}, {"high": now})) == [
        RowChange("high", None, now),
        RowChange("low", now, None),
    ]


def test_a_cell_of_nothing_but_brackets_is_a_wrong_cell() -> None:
    with pytest.raises(ValidationError) as wrong:
        row_of(cells_of(LOW) | {"of": "[" * 4_000})
    assert {column_of(one["loc"]) for one in wrong.value.errors()} == {"of"}
