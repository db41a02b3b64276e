"""`waterhub check`: every mistake of a folder at once, each with file, line and mend; exit code 2."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hub.command import waterhub

DEMO = Path(__file__).parents[2] / "configs" / "demo"


def check(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return waterhub("check", folder, *options)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    folder = tmp_path / "plant"
    shutil.copytree(DEMO, folder)
    return folder


def spoil(file: Path, old: str, new: str) -> int:
    """Replaces the first `old`; its line."""
    text = file.read_text(encoding="utf-8")
    at = text.index(old)
    file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return text[:at].count("\n") + 1


def test_the_demo_has_no_mistake() -> None:
    done = check(DEMO)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_mistakes_are_named_at_once_where_they_stand(plant: Path) -> None:
    wrong = {
        ("hub.yaml", spoil(plant / "hub.yaml", "port:", "prot:")),
        ("collectors.yaml", spoil(plant / "collectors.yaml", "tag: dma-01.inflow", "tag: dma-01.inflov")),
        ("collectors.yaml", spoil(plant / "collectors.yaml", "type: u16", "type: u17")),
        ("tags.csv", spoil(plant / "tags.csv", "dma-02.inflow,flow", "dma-02.inflow,flaw")),
        ("zones.csv", spoil(plant / "zones.csv", "dma-03.inflow", "dma-33.inflow")),
        ("valves.csv", spoil(plant / "valves.csv", "V0003,", "V 003,")),
        ("alarms.yaml", spoil(plant / "alarms.yaml", "kind: burst", "kind: bursting")),
    }
    done = check(plant, "--json")
    assert done.returncode == 2
    problems = json.loads(done.stdout)["problems"]
    assert wrong <= {(Path(problem["file"]).name, problem["line"]) for problem in problems}, problems
    assert all(problem["mend"] for problem in problems)


def test_a_password_that_was_written_into_an_address_is_not_shown(plant: Path) -> None:
    line = spoil(plant / "collectors.yaml", "opc.tcp://", "opc.tcp://reader:hunter2@")
    done = check(plant)
    assert done.returncode == 2
    assert f"collectors.yaml:{line}" in done.stdout + done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_a_zone_of_the_network_or_of_a_street_must_exist(plant: Path) -> None:
    wrong = {
        ("network.inp", spoil(plant / "network.inp", "T10\ttrunk", "T10\ttrnk")),
        ("streets.csv", spoil(plant / "streets.csv", "jiefang-road,dma-01", "jiefang-road,dma-91")),
    }
    done = check(plant, "--json")
    assert done.returncode == 2
    problems = json.loads(done.stdout)["problems"]
    assert {(Path(problem["file"]).name, problem["line"]) for problem in problems} == wrong
    assert any("trunk" in problem["mend"] for problem in problems)


def test_a_password_that_is_not_there_is_told_and_stops_nothing(plant: Path) -> None:
    line = spoil(plant / "collectors.yaml", "password_file: ${", "password_file: nowhere/hub.password # ${")
    done = check(plant, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (absent,) = json.loads(done.stdout)["absent"]
    assert (Path(absent["file"]).name, absent["line"]) == ("collectors.yaml", line)
    assert str(plant / "nowhere" / "hub.password") in absent["what"] and absent["mend"]


def summary(folder: Path) -> str:
    done = check(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.partition(". ")[0].partition(": ")[2]


def test_the_last_line_says_what_was_told_above_it(plant: Path) -> None:
    """A folder of which something is absent is not one of which nothing is wrong; a hub starts."""
    spoil(plant / "collectors.yaml", "password_file: ${", "# ${")
    assert summary(plant) == "nothing is wrong"
    spoil(plant / "collectors.yaml", "# ${WATER", "password_file: a.password # ${WATER")
    assert summary(plant) == "nothing stops a hub, but 1 file is absent"
    spoil(plant / "delivery.yaml", "when: when_1, to: when_2", "when: when, to: number")
    assert summary(plant) == "nothing stops a hub, but 1 file is absent and 1 warning stands above"


def test_an_english_message_that_has_no_room_for_a_range_is_warned_of(plant: Path) -> None:
    """Estimates are ranges (ON-06): whoever reads English is told the end of it alone."""
    assert json.loads(check(plant, "--json").stdout)["warnings"] == []
    spoil(plant / "delivery.yaml", "when: when_1, to: when_2", "when: when, to: number")
    told = check(plant)
    assert told.returncode == 0
    text = (plant / "delivery.yaml").read_text(encoding="utf-8")
    line = text[: text.index("when: when, to")].count("\n") + 1
    assert f"warning: {plant / 'delivery.yaml'}:{line}: " in told.stderr, told.stderr
    assert "when_1" in told.stderr and "when_2" in told.stderr and "'demo-sms-2'" in told.stderr
    (warning,) = json.loads(check(plant, "--json").stdout)["warnings"]
    assert warning["line"] == line and warning["mend"]


def test_the_help_says_what_the_exit_codes_mean() -> None:
    said = " ".join(waterhub("check", "--help").stdout.replace("│", " ").split())
    assert "0" in said and "absent and warnings too" in said and "2 where something is wrong" in said


def test_a_slip_of_the_pen_is_answered_with_what_was_meant(plant: Path) -> None:
    line = spoil(plant / "collectors.yaml", "tag: dma-01.inflow", "tag: dma-01.inflov")
    done = check(plant)
    assert done.returncode == 2
    assert f"collectors.yaml:{line}" in done.stderr
    assert "dma-01.inflow" in done.stderr.split("mend:")[1]


def test_a_row_without_an_action_is_refused_as_an_alarm(plant: Path) -> None:
    text = (plant / "alarms.yaml").read_text(encoding="utf-8")
    begin = text.index("    action:")
    end = text.index("\n\n", begin)
    (plant / "alarms.yaml").write_text(text[:begin] + text[end:], encoding="utf-8")
    done = check(plant)
    assert done.returncode == 2 and "action" in done.stderr


def test_a_row_whose_response_is_to_acknowledge_is_refused_where_it_stands(plant: Path) -> None:
    line = spoil(plant / "alarms.yaml", "      zh: 查看本区入口流量", "      zh: 确认 #")
    done = check(plant)
    assert done.returncode == 2 and "is not a response: say what the operator does" in done.stderr
    assert f"alarms.yaml:{line - 1}" in done.stderr  # where `action:` stands


def test_a_row_that_cannot_work_is_named_where_it_stands(plant: Path) -> None:
    line = spoil(plant / "alarms.yaml", "    reference: true ", "    reference: plant-1.pump-9.running ")
    done = check(plant)
    assert done.returncode == 2
    assert f"alarms.yaml:{line}: alarm row duty-pump: it compares plant-1.pump-1.running with" in done.stderr
    assert "mend: did you mean `plant-1.pump-3.running`?" in done.stderr


def test_an_open_door_needs_tls(plant: Path) -> None:
    spoil(plant / "hub.yaml", "api: {bind: 127.0.0.1", "api: {bind: 0.0.0.0")
    done = check(plant)
    assert done.returncode == 2 and "tls_cert" in done.stderr


def test_limits_that_no_value_can_keep_are_refused(plant: Path) -> None:
    line = spoil(plant / "tags.csv", "dma-01,1,-5,100,", "dma-01,1,100,-5,")
    done = check(plant)
    assert done.returncode == 2 and f"tags.csv:{line}: `low` 100 is not below `high` -5" in done.stderr


def test_a_wrong_node_id_is_answered_with_how_one_is_written(plant: Path) -> None:
    line = spoil(plant / "collectors.yaml", 'node: "nsu=', 'node: "Q1.pH')
    done = check(plant)
    assert f"collectors.yaml:{line}" in done.stderr and "nsu=URI;s=NAME" in done.stderr


def test_an_address_with_two_owners_is_said_in_words(plant: Path) -> None:
    spoil(plant / "collectors.yaml", "WATERHUB_ST_02_PORT:-15021", "WATERHUB_ST_01_PORT:-15020")
    done = check(plant)
    said = done.stderr.splitlines()
    assert said[0].endswith("st-02: 127.0.0.1:15020 belongs to st-01"), said
    assert said[1].strip() == "mend: list the units of one connection under one collector"


def test_a_suppression_rule_about_an_alarm_that_is_not_there_is_named_where_it_stands(plant: Path) -> None:
    line = spoil(plant / "alarms.yaml", 'when: [{alarm: "tank-1.level:', 'when: [{alarm: "tank-9.level:')
    done = check(plant)
    assert done.returncode == 2
    assert f"alarms.yaml:{line}" in done.stderr
    assert "'tank-9.level:level-low'" in done.stderr


def test_a_poster_font_that_cannot_be_embedded_is_named_with_its_line(plant: Path) -> None:
    (plant / "font.ttf").write_bytes(b"OTTO nothing to print with")
    line = spoil(plant / "hub.yaml", "network:", "poster_font: font.ttf\nnetwork:")
    done = check(plant, "--json")
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert (Path(problem["file"]).name, problem["line"]) == ("hub.yaml", line)
    assert "TrueType" in problem["mend"]


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("pump", "role 'pump' is of status, and plant-1.outlet_pressure measures pressure"),
        ("outlet", "outlet_pressure"),
    ],
)
def test_a_role_at_the_works_fits_what_is_measured(plant: Path, role: str, said: str) -> None:
    line = spoil(plant / "tags.csv", "W1,,0,outlet_pressure", f"W1,,0,{role}")
    done = check(plant)
    assert done.returncode == 2 and f"tags.csv:{line}: " in done.stderr and said in done.stderr


def test_a_role_is_of_a_zone_that_is_a_works(plant: Path) -> None:
    line = spoil(plant / "tags.csv", "tank-1,,0,", "tank-1,,0,clear_well")
    done = check(plant)
    assert done.returncode == 2
    assert f"tags.csv:{line}: role 'clear_well' is of a works, and zone 'trunk' is none" in done.stderr
