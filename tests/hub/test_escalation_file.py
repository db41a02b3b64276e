"""escalation.yaml: what is wrong with it is said with line and mend; the demo's is right and can be tried."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from core.model.account import Role
from hub.check import read
from hub.named_files import missing_files
from hub.notify_cli import notify_app
from hub.problems import WrongConfiguration
from response.escalation.rota import on_call
from response.escalation.spec import Auditor, WebhookChannel

DEMO = Path(__file__).parents[2] / "configs" / "demo"


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """The demo's folder, to be spoilt; without its 5,000 pipes it is read in no time."""
    monkeypatch.setenv("WATERHUB_DATA", str(tmp_path / "data"))
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    return folder


def test_the_demos_own_is_right(plant):
    file = read(plant).escalation
    assert file and {policy.id for policy in file.policies} == {"standard", "water-quality"}


def test_what_the_quality_officer_answers_for_calls_that_position_first(plant):
    """A master row names its owner by role; the demo's ladder for these rows begins with them."""
    configuration = read(plant)
    file = configuration.escalation
    assert file is not None
    owned = {row.id: row for row in configuration.definitions if row.owner_role is Role.QUALITY_OFFICER}
    rows = {id.partition(":")[2] for id in owned}
    assert {"turbidity-high", "chlorine-low", "chlorine-high", "ph-low", "ph-high"} <= rows
    for row in owned.values():
        for ladder in file.policy(row.escalation_policy).ladders:
            assert getattr(ladder.steps[0], "notify", ()) == ("quality-officer",), row.id
    at = datetime(2026, 11, 26, 3, tzinfo=UTC)
    assert on_call(file.position("quality-officer"), int(at.timestamp()) * 1_000_000_000) == (
        "quality-phone",
    )


def spoilt(plant, old, new):
    file = plant / "escalation.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(WrongConfiguration) as wrong:
        read(plant)
    return [(p.file.name, p.line, p.what, p.mend) for p in wrong.value.problems], text


@pytest.mark.parametrize(
    ("old", "new", "said", "mend"),
    [
        ("{notify: [duty-manager]}", "{notify: [duty-manger]}", "position 'duty-manger' does not", "did you"),
        ("channel: sms, to: duty-phone-1", "channel: sns, to: x", "channel 'sns' does not exist", "did you"),
        ("contact: crew-phone-1", "contact: crew-phone", "contact 'crew-phone' does not exist", "did you"),
        ("[duty-phone-1, duty-phone-2], starts", "[duty-phone-9], starts", "'duty-phone-9' does not", "did"),
        ("default: standard", "default: standart", "policy 'standart' does not exist", "did you mean"),
        ("- id: standard", "- id: urgent", "alarm row 'burst'", "did you mean|remove it"),
        ("  channel: audit", "  channel: adit", "channel 'adit' does not exist", "did you mean"),
        ("- {until_ack: true}", "- {repeat: 3}", "until somebody acknowledges", "end with until_ack"),
        ("          - {wait_min: 5}\n          - {until_ack", "          - {until_ack", "", ""),
        ("- {wait_min: 10}", "- {wait_min: 0}", "wait_min` is 0", "greater than or equal to 0.25"),
        ("- {wait_min: 10}", "- {wait_min: .inf}", "wait_min` is inf", "finite number"),
        ("- {wait_min: 10}", "- {wait_min: 1.0e+300}", "wait_min` is 1e+300", "less than or equal to 10080"),
        ("turn_h: 12", "turn_h: 1.0e+300", "turn_h` is 1e+300", "less than or equal to 8784"),
        ("1: 60, 2: 240", "1: 60, 2: .inf", "realarm_min.2` is inf", "finite number"),
        ("verified_days: 90", "verified_days: .inf", "verified_days` is inf", "finite number"),
        ("- {wait_min: 10}", "- {wiat_min: 10}", "steps.1", "notify|wait_min"),
        ("- {wait_min: 10}", "- wait_min", "steps.1", "notify|wait_min"),
        ("- {wait_min: 10}", "-", "steps.1", "notify|wait_min"),
        ("- priority: 2", "- priority: 3", "tells nobody of priority 2", "add a ladder"),
        ("id: duty-phone-2-sms", "id: duty-phone-1-sms", "is there twice", "name them apart"),
        ('"2026-01-01T08:00:00+08:00"', '"2026-01-01T08:00:00"', "starts", "time zone"),
        ("{type: folder, id: sms, folder: sms}", "{type: fax, id: sms}", "fax", "use one of"),
    ],
)
def test_each_mistake_has_its_line_and_its_mend(plant, old, new, said, mend):
    if not said:  # a ladder of one pause only is allowed: the pause before the end is not the only one
        file = plant / "escalation.yaml"
        file.write_text(file.read_text().replace(old, new, 1))
        assert read(plant).escalation
        return
    problems, text = spoilt(plant, old, new)
    matching = [one for one in problems if said in one[2] + one[3] and re.search(mend, one[2] + one[3])]
    assert matching, problems
    name, line, *_ = matching[0]
    assert name == "escalation.yaml" and 1 <= line <= len(text.splitlines())


def test_no_url_without_tls_and_no_address_with_a_password(plant):
    for url in ("http://gw.example.org/", "https://user:pw@gw.example.org/", "ftp://x/"):
        hook = f"{{type: webhook, id: sms, secret_file: s, url: '{url}'}}"
        problems, text = spoilt(plant, "{type: folder, id: sms, folder: sms}", hook)
        assert any("https" in mend or "https" in what for _, _, what, mend in problems), problems
        (plant / "escalation.yaml").write_text(text)


def test_an_internal_address_without_leave_is_a_mistake_with_its_line(plant):
    hook = "{type: webhook, id: sms, secret_file: s, url: 'https://10.1.2.3/x'}"
    problems, _ = spoilt(plant, "{type: folder, id: sms, folder: sms}", hook)
    file = plant / "escalation.yaml"
    text = file.read_text()
    (told,) = [one for one in problems if "internal" in one[2]]
    assert "10.1.2.3" in told[2] and "`internal: true`" in told[3]
    assert "https://10.1.2.3/x" in text.splitlines()[told[1] - 1]
    file.write_text(text.replace("secret_file: s,", "secret_file: s, internal: true,"))
    assert read(plant).escalation


@pytest.mark.parametrize(
    "url", ["https://h:99999/", "https://h:0/", "https://a..b/", "https://h/\x01", "https://é.cn/"]
)
def test_no_address_that_cannot_be_connected_to(url):
    for make in (
        lambda: WebhookChannel(type="webhook", id="sms", secret_file="s", url=url),
        lambda: Auditor(channel="sms", to="x", dead_man=url),
    ):
        with pytest.raises(ValidationError):
            make()


def test_a_way_is_proven_by_a_test_message_and_the_rota_says_what_is_missing(plant, tmp_path):
    run = CliRunner().invoke
    before = run(notify_app, ["rota", "--config", str(plant)])
    assert before.exit_code == 1 and "no_way (crew-phone-1)" in before.stdout
    one = run(notify_app, ["test", "crew-phone-1", "--config", str(plant), "--json"])
    assert one.exit_code == 0, one.output
    assert [json.loads(line)["outcome"] for line in one.stdout.splitlines()] == ["delivered"] * 2
    (body,) = [json.loads(path.read_text()) for path in (tmp_path / "data/outbox/sms").glob("*.json")]
    assert "测试消息" in body["commonAnnotations"]["summary_zh"] and body["receiver"] == "crew-phone-1"
    for channel in ("sms", "voice"):
        assert run(notify_app, ["test", channel, "--config", str(plant)]).exit_code == 0
    after = run(notify_app, ["rota", "--config", str(plant)])
    assert after.exit_code == 0 and "repair-crew-1: crew-phone-1" in after.stdout
    shutil.rmtree(tmp_path / "data/outbox/sms")
    (tmp_path / "data/outbox/sms").touch()
    failed = run(notify_app, ["test", "crew-phone-1-sms", "--config", str(plant)])
    assert failed.exit_code == 1 and "unreachable" in failed.stdout
    assert "no_way (crew-phone-1)" in run(notify_app, ["rota", "--config", str(plant)]).stdout


def test_a_secret_that_is_not_there_yet_is_told_with_its_line(plant):
    hook = "{type: webhook, id: sms, secret_file: secrets/sms, url: 'https://gw.example.org/'}"
    file = plant / "escalation.yaml"
    file.write_text(file.read_text().replace("{type: folder, id: sms, folder: sms}", hook, 1))
    told = [one for one in missing_files(read(plant)) if one.file.name == "escalation.yaml"]
    assert [(one.what.split("`")[1], one.line) for one in told] == [
        ("secret_file", file.read_text()[: file.read_text().index("secrets/sms")].count("\n") + 1)
    ]


def test_an_unknown_name_and_a_missing_file_are_said(plant):
    run = CliRunner().invoke
    assert run(notify_app, ["test", "nobody", "--config", str(plant)]).exit_code == 2
    (plant / "service-times.yaml").unlink()
    (plant / "escalation.yaml").unlink()
    assert read(plant).escalation is None
    assert run(notify_app, ["rota", "--config", str(plant)]).exit_code == 2
