"""Shifts in hub.yaml: hours of the clock in Shanghai, each once; without them twelve hours each."""

import pytest
from pydantic import ValidationError

from core.model.shift import TWELVE_HOURS
from hub.shifts_config import ShiftsConfig


def hours(*begins: tuple[str, str]) -> list[dict[str, object]]:
    return [{"id": id, "name": {"zh": id, "en": id}, "begins": at} for id, at in begins]


def test_without_hours_there_are_two_of_twelve() -> None:
    assert ShiftsConfig().rota == TWELVE_HOURS


def test_they_follow_one_another_in_whatever_order_they_are_written() -> None:
    rota = ShiftsConfig.model_validate(
        {"hours": hours(("night", "23:30"), ("day", "07:00")), "early_min": 30}
    ).rota
    assert [(one.id, one.from_min) for one in rota.hours] == [("day", 420), ("night", 1410)]
    assert rota.early_min == 30


@pytest.mark.parametrize(
    "wrong",
    [
        hours(("day", "07:00"), ("day", "19:00")),
        hours(("day", "07:00"), ("night", "07:00")),
        hours(("day", "24:00")),
        hours(("day", "7:00")),
        hours(("Day-1", "07:00")),
    ],
)
def test_what_would_leave_an_hour_to_two_or_to_none_is_refused(wrong: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        ShiftsConfig.model_validate({"hours": wrong})
