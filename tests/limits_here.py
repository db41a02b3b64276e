"""The limits that come with the hub, and one of them as it holds for a sample."""

from datetime import date
from functools import cache
from pathlib import Path

from core.model.limits import AppliedLimit, Disinfectant, LimitSets, SampleType
from hub.limits_file import read_limits
from hub.problems import Problem

TODAY = date(2026, 11, 22)


@cache
def shipped() -> LimitSets:
    problems: list[Problem] = []
    found = read_limits(Path("no plant of its own"), problems)
    assert not problems
    return found


def limit(
    item: str,
    day: date = TODAY,
    sample: SampleType = SampleType.NETWORK,
    disinfectant: Disinfectant = Disinfectant.FREE_CHLORINE,
) -> AppliedLimit | None:
    return shipped().judged(item, day, sample, disinfectant)
