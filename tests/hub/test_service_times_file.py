"""service-times.yaml: each mistake is told with its line, and the demo writes the default out (WO-08)."""

from pathlib import Path

import yaml

from core.model.shanghai import local
from hub.problems import Problem
from hub.service_times_file import read_calendar, read_service_times
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.escalation.spec import EscalationFile
from response.service_times import CN_DEFAULT, ServiceTimes
from tests.response.little_town import HOUR, T0, plant
from tests.response.on_duty import STANDARD

DEMO = Path(__file__).parents[2] / "configs" / "demo"


def read(folder: Path, **changes: object) -> tuple[ServiceTimes, list[str]]:
    file = folder / "service-times.yaml"
    file.write_text(yaml.safe_dump({**CN_DEFAULT_DATA, **changes}, sort_keys=False), encoding="utf-8")
    problems: list[Problem] = []
    found = read_service_times(file, plant(), EscalationFile.model_validate(STANDARD), problems)
    return found, [str(problem) for problem in problems]


def test_without_the_file_the_default_holds(tmp_path):
    assert read_service_times(tmp_path / "service-times.yaml", plant(), None, []) is CN_DEFAULT


def test_the_demo_writes_the_default_out():
    problems: list[Problem] = []
    demo = read_service_times(DEMO / "service-times.yaml", None, None, problems)
    assert problems == []
    assert demo.file.clocks == CN_DEFAULT.file.clocks
    assert demo.file.duties == CN_DEFAULT.file.duties
    assert demo.file.notices == CN_DEFAULT.file.notices
    assert (len(demo.days.off), len(demo.days.work), demo.days.covered) == (33, 6, {2026})


def test_a_utility_puts_its_own_promise_in_its_place(tmp_path):
    rows = [{"clock": "arrive", "kinds": ["burst"], "within": "30 min", "source": "our promise"}]
    found, problems = read(tmp_path, clocks=rows)
    assert problems == []
    assert found.clocks("burst", T0, 200.0) == (("arrive", T0 + HOUR // 2),)


def test_mistakes_are_told_with_their_line(tmp_path):
    for changes, said in (
        ({"rings": {"inner": ["dma-1"]}}, "zone 'dma-1' does not exist"),
        ({"ladder": [{"at_pct": 50, "tell": ["crew", "boss"]}]}, "position 'boss' does not exist"),
        ({"ladder": [{"at_pct": 80, "tell": ["crew"]}, {"at_pct": 50, "tell": ["crew"]}]}, "must rise"),
        ({"crew_positions": {"crew-9": "crew-1"}}, "crew 'crew-9' does not exist"),
        ({"clocks": [{"clock": "arrive", "within": "soon"}]}, "45 min, 4 h, 2 d or 5 working days"),
        ({"clocks": [{"clock": "arrive", "within": "1 h", "rings": ["x"]}]}, "ring 'x' does not exist"),
        ({"idle": {"longest": "2 working days"}}, "working days are not meant here"),
        ({"calendar": "none.csv"}, "the file is missing"),
    ):
        _, problems = read(tmp_path, **changes)
        assert len(problems) == 1, problems
        assert said in problems[0]


def test_a_position_without_an_escalation_file_is_told_with_its_line(tmp_path):
    file = tmp_path / "service-times.yaml"
    data = {**CN_DEFAULT_DATA, "duty_overdue": ["duty-manager"]}
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    problems: list[Problem] = []
    read_service_times(file, plant(), None, problems)
    (said,) = problems
    assert file.read_text(encoding="utf-8").splitlines()[said.line - 1].strip() == "- duty-manager"
    assert "there is no escalation.yaml" in said.what and "docs/how-to/escalation.md" in said.mend
    (tmp_path / "escalation.yaml").write_text("contacts: [", encoding="utf-8")
    problems.clear()
    read_service_times(file, plant(), None, problems)
    assert problems == [], "what is wrong with that file is said of that file"


def test_the_calendar_says_what_is_wrong_with_a_row(tmp_path):
    file = tmp_path / "calendar.csv"
    rows = ("2026-10-01,off", "2026-10-10,work", "2026-10-08,work", "2026-13-01,off", "2026-10-01,free")
    file.write_text("\n".join(("date,kind", *rows)) + "\n", encoding="utf-8")
    problems: list[Problem] = []
    assert len(read_calendar(file, problems)) == 3
    assert [problem.line for problem in problems] == [4, 5, 6]


def test_a_complaint_before_national_day_on_the_demos_own_calendar():
    """Filed on Wednesday 30 September 2026 at 16:20: 8, 9 and the adjusted 10, then 12 and 13 October."""
    demo = read_service_times(DEMO / "service-times.yaml", None, None, [])
    filed_ns = 1_790_756_400 * 10**9
    assert local(filed_ns).strftime("%m-%d %H:%M") == "09-30 16:20"
    (reply,) = (due for _, due in demo.clocks("complaint", filed_ns, 0.0))
    assert local(reply).strftime("%m-%d %H:%M") == "10-14 00:00"
