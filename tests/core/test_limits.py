"""WQ-08: which number holds is a matter of standard, date, place of the sample and disinfectant; WQ-09: other
standards stand beside it and judge nothing."""

from datetime import date
from pathlib import Path

import pytest

from core.model.limits import RESIDUALS, Disinfectant, LimitSets, SampleType, Use
from hub.limits_file import limit_files, read_limits
from hub.problems import Problem

PLANT, NETWORK, TAP = SampleType.PLANT, SampleType.NETWORK, SampleType.TAP
FREE, CHLORAMINE = Disinfectant.FREE_CHLORINE, Disinfectant.CHLORAMINE
NOW = date(2026, 11, 22)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> LimitSets:
    problems: list[Problem] = []
    found = read_limits(tmp_path_factory.mktemp("plant"), problems)
    assert problems == []
    return found


def test_wq_08_free_chlorine_is_nothing_of_water_with_chloramine(shipped: LimitSets):
    assert shipped.judged("free_chlorine", NOW, TAP, CHLORAMINE) is None, "0.04 mg/L is no violation"
    total = shipped.judged("total_chlorine", NOW, TAP, CHLORAMINE)
    assert total is not None and total.holds(0.6) and not total.holds(0.04)
    free = shipped.judged("free_chlorine", NOW, TAP, FREE)
    assert free is not None and not free.holds(0.04) and free.holds(0.05)
    assert shipped.judged("total_chlorine", NOW, TAP, FREE) is None


@pytest.mark.parametrize(
    ("day", "standard", "holds"),
    [
        (date(2023, 3, 31), "GB 5749-2006", True),
        (date(2023, 4, 1), "GB 5749-2022", False),
    ],
)
def test_wq_08_three_and_a_half_at_the_works_before_and_after_the_edition(shipped, day, standard, holds):
    limit = shipped.judged("free_chlorine", day, PLANT, FREE)
    assert (limit.standard, limit.holds(3.5)) == (standard, holds)
    assert limit.clause.zh == "表2"


def test_the_least_at_the_works_is_another_than_in_the_network(shipped: LimitSets):
    found = {sample: shipped.judged("free_chlorine", NOW, sample, FREE) for sample in SampleType}
    assert {sample: limit and limit.low for sample, limit in found.items()} == {
        PLANT: 0.3,
        NETWORK: 0.05,
        TAP: 0.05,
    }


def test_the_whole_value_is_compared(shipped: LimitSets):
    turbidity = shipped.judged("turbidity", NOW, TAP, FREE)
    assert turbidity is not None and turbidity.holds(1.0) and not turbidity.holds(1.04)


@pytest.mark.parametrize("disinfectant", Disinfectant)
def test_each_disinfectant_has_limits_of_its_own_and_of_no_other(shipped, disinfectant):
    limited = {r for r in RESIDUALS.values() if shipped.judged(r, NOW, TAP, disinfectant)}
    assert limited == {RESIDUALS[disinfectant]}


def test_what_was_not_read_in_a_source_says_so(shipped: LimitSets):
    chlorine, total = (
        shipped.judged(item, NOW, TAP, used)
        for item, used in (("free_chlorine", FREE), ("total_chlorine", CHLORAMINE))
    )
    assert chlorine.unverified == () and total.unverified == ("low", "high")


def test_wq_09_others_stand_beside_and_are_never_judged_by(shipped: LimitSets):
    beside = shipped.beside("free_chlorine", NOW, NETWORK, FREE)
    assert [one.standard for one in beside] == ["US EPA", "EU 2020/2184", "WHO"]
    assert {edition.use for edition in shipped.sets if edition.id in ("who", "epa", "eu")} == {Use.COMPARISON}
    assert shipped.judged("conductivity", NOW, NETWORK, FREE) is None, "only the EU limits it"


def test_every_edition_names_its_source_and_no_item_is_without_a_number_or_words(shipped: LimitSets):
    assert {edition.id for edition in shipped.sets} == limit_files().keys()
    for edition in shipped.sets:
        assert edition.source and edition.limits
        for row in edition.limits:
            assert row.low is not None or row.high is not None or row.words.zh, (edition.id, row.item)


EDITION = """\
standard: DB 1-2026
name: {{zh: 地方标准, en: local standard}}
use: {use}
since: 2026-01-01
source: as published
limits:
  - {{item: turbidity, unit: NTU, high: 0.5}}
{more}"""


def wrong(folder: Path, use: str = "comparison", more: str = "") -> list[tuple[str, int, str, str]]:
    (folder / "limits").mkdir(exist_ok=True)
    (folder / "limits" / "local.yaml").write_text(EDITION.format(use=use, more=more), encoding="utf-8")
    problems: list[Problem] = []
    read_limits(folder, problems)
    return [(one.file.name, one.line, one.what, one.mend) for one in problems]


def test_a_plant_s_own_file_counts_and_wins_by_its_name(tmp_path: Path):
    assert wrong(tmp_path) == []
    own = tmp_path / "limits" / "gb5749-2022.yaml"
    (tmp_path / "limits" / "local.yaml").rename(own)
    own.write_text(own.read_text(encoding="utf-8").replace("comparison", "judged"), encoding="utf-8")
    limit = read_limits(tmp_path, []).judged("turbidity", NOW, TAP, FREE)
    assert limit is not None and (limit.standard, limit.high) == ("DB 1-2026", 0.5)


@pytest.mark.parametrize(
    ("use", "more", "line", "what", "mend"),
    [
        ("judged", "", 4, "in force on one day", "until"),
        ("comparison", "  - {item: ph, unit: pH, low: 9, high: 6}\n", 8, "low of 9 above", "exchange"),
        ("comparison", "  - {item: ph, unit: pH}\n", 8, "no number and no words", "low:"),
        ("comparison", "  - {item: ozone, unit: ug/L, high: 1}\n", 8, "'ug/L'", "mg/L"),
        ("comparison", "  - {item: turbidity, unit: NTU, high: 1, samples: [tap]}\n", 8, "twice", "samples"),
        ("comparison", "  - {item: iron, unit: mg/L, hihg: 1}\n", 8, "not known here", "high"),
        ("comparison", "until: 2025-01-01\n", 8, "from 2026-01-01 until 2025-01-01", "later day"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_mend(tmp_path, use, more, line, what, mend):
    (found,) = wrong(tmp_path, use, more)
    assert found[:2] == ("local.yaml", line)
    assert what in found[2] and mend in found[3]
