"""ON-05: work that was begun again is a second round below the first; what was shown stays with its times."""

from public_portal.stages import stages_of
from tests.public_portal import samples

M = 60_000_000_000
NOW = samples.NOW
FIRST = (("reported", NOW), ("located", NOW + M), ("isolated", NOW + M), ("to_open", NOW + 5 * M))


def told(*progress: tuple[str, int]) -> list[tuple[str, bool, str]]:
    shown = stages_of(samples.notice(progress=progress), NOW + 60 * M, "en")
    return [(one.name, one.at is not None, one.phase) for one in shown]


def test_before_anything_is_done_the_round_has_begun():
    rows = told(*FIRST, ("again", NOW + 9 * M))
    assert rows[:5] == [
        ("Reported", True, "done"),
        ("Located", True, "done"),
        ("Shut off", True, "done"),
        ("Repaired, valves still to be opened", True, "done"),
        ("Opened again: work goes on", True, "current"),
    ]
    assert [row for row in rows[5:] if row[1]] == [] and rows[5][0] == "Located"
    assert rows[-1] == ("Restored", False, "to_come")


def test_its_stages_follow_and_those_passed_over_are_left_out():
    rows = told(*FIRST, ("again", NOW + 9 * M), ("located", NOW + 10 * M), ("repairing", NOW + 12 * M))
    assert [name for name, at, _ in rows if at][4:] == ["Opened again: work goes on", "Located", "Repairing"]
    assert [name for name, _, phase in rows if phase == "current"] == ["Repairing"]
    assert [name for name, *_ in rows].count("Shut off") == 1
