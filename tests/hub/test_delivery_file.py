"""delivery.yaml: what is wrong with it is said with line and mend; the demo's is right."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from pydantic import ValidationError

from core.adapters.sms_notifier import _places
from core.model.bulletin import Bulletin
from core.model.notice import Change, NoticeKind
from hub.channels import customer_channels_of, receipts_of
from hub.delivery_file import promising, read_delivery
from hub.problems import Problem
from response.delivery.providers import PLACES, SmsVia, WechatVia
from response.delivery.spec import DeliveryFile
from response.renderings.sms import RANGE_EN, measured, variables
from tests.contracts.test_notifier import CALL
from tests.response.bulletins import any_bulletin
from tests.response.post_office import mail_channel, sms_channel, wechat_channel
from tests.response.read_back import times_en

MATTER = {"matter": "matter"}
DEMO = Path(__file__).parents[2] / "configs" / "demo"


def wrong(tmp_path: Path, tree: dict[str, object]) -> list[Problem]:
    file, problems = tmp_path / "delivery.yaml", []
    file.write_text(yaml.safe_dump(tree, allow_unicode=True))
    read_delivery(file, problems)
    return problems


def test_the_demos_own_is_right_and_opens_its_channels(tmp_path):
    problems: list[Problem] = []
    shutil.copy(DEMO / "delivery.yaml", tmp_path)
    file = read_delivery(tmp_path / "delivery.yaml", problems)
    assert problems == [] and file is not None
    assert set(customer_channels_of(file, tmp_path, tmp_path)) == {"wechat", "sms", "email"}
    assert all(one.via.type == "folder" for one in file.channels), "the demo reaches nobody"
    languages = {one.id: [template.lang for template in one.templates] for one in file.channels}
    assert languages == {"wechat": ["zh", "en"], "sms": ["zh", "en"], "email": []}


def test_the_demos_english_message_is_one_with_every_variable_as_long_as_may_be():
    file = read_delivery(DEMO / "delivery.yaml", [])
    assert file is not None
    (english,) = [one for one in file.channel("sms").templates if one.lang == "en"]  # type: ignore[union-attr]
    text = english.text
    for name in english.variables:
        text = text.replace(f"${{{name}}}", "x" * english.longest)
    assert (measured(text).parts, measured(text).ucs2) == (1, False)


def test_without_the_file_no_customer_is_told(tmp_path):
    problems: list[Problem] = []
    assert read_delivery(tmp_path / "none.yaml", problems) is None and problems == []


def test_in_an_exercise_no_channel_is_opened_at_all(tmp_path):
    channels = [wechat_channel(1), sms_channel(2), mail_channel(3)]
    file = DeliveryFile.model_validate({"channels": channels, "exercise": True})
    assert customer_channels_of(file, tmp_path, tmp_path) == {}
    assert set(receipts_of(file, tmp_path)) == {"wechat", "sms"}


@pytest.mark.parametrize(
    ("channel", "key"),
    [
        (sms_channel(1), "url"),
        (wechat_channel(2), "base"),
        (
            {"id": "hook", "address": "phone", "via": {"type": "webhook", "url": "", "secret_file": "s"}},
            "url",
        ),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.9", "[::1]", "[fd00::1]"])
def test_an_internal_address_without_leave_is_a_mistake_with_its_line(tmp_path, channel, key, host):
    via = {**channel["via"], key: f"https://{host}/send", "internal": False}
    problems = wrong(tmp_path, {"channels": [{**channel, "via": via}]})
    (problem,) = [one for one in problems if "internal" in one.what]
    assert host.strip("[]") in problem.what and "`internal: true`" in problem.mend
    lines = (tmp_path / "delivery.yaml").read_text().splitlines()
    assert lines[problem.line - 1].strip().startswith(f"{key}: https://")
    for more in ({"internal": True}, {key: "https://sms.example.org/send"}, {key: "https://8.8.8.8/send"}):
        problems = wrong(tmp_path, {"channels": [{**channel, "via": {**via, **more}}]})
        assert not [one for one in problems if "internal" in one.what], problems


def test_a_link_local_address_is_a_mistake_with_or_without_leave(tmp_path):
    for leave in (True, False):
        channel = sms_channel(1)
        channel["via"] = {**channel["via"], "url": "https://169.254.169.254/", "internal": leave}
        (problem,) = wrong(tmp_path, {"channels": [channel]})
        assert "nothing is ever sent there" in problem.what and "internal" not in problem.mend


def test_a_kind_of_notice_without_a_template_is_a_mistake_with_its_line(tmp_path):
    sms = sms_channel(1)
    sms["templates"][0]["kinds"] = [kind.value for kind in NoticeKind if kind is not NoticeKind.BOIL]
    (problem,) = wrong(tmp_path, {"channels": [sms]})
    assert "boil first" in problem.what and "'sms'" in problem.what and problem.line > 1
    sms["templates"].append({**sms["templates"][0], "id": "SMS_2", "kinds": ["boil"], "changes": ["first"]})
    (problem,) = wrong(tmp_path, {"channels": [sms]})
    assert f"boil {Change.RESTORED}" in problem.what and "boil first" not in problem.what


ENGLISH = {"id": "EN", "lang": "en", "variables": {"a": "area", "w": "when"}}


@pytest.mark.parametrize(
    ("template", "warned"),
    [
        (ENGLISH, True),
        ({**ENGLISH, "longest": RANGE_EN - 1}, True),
        ({**ENGLISH, "longest": RANGE_EN}, False),
        ({**ENGLISH, "lang": "zh"}, False),
        ({**ENGLISH, "lang": None}, False),
        ({**ENGLISH, "changes": ["restored", "cancelled", "quiet"]}, False),
        ({**ENGLISH, "changes": ["restored", "update"]}, True),
        ({**ENGLISH, "variables": {"a": "area", "w": "when_1", "x": "when_2"}}, False),
        ({**ENGLISH, "variables": {"a": "area"}}, False),
    ],
)
def test_an_english_template_without_room_for_a_range_is_warned_of_where_it_stands(
    tmp_path, template, warned
):
    sms = sms_channel(1)
    sms["templates"] = [*sms["templates"], template]  # type: ignore[misc]
    file = tmp_path / "delivery.yaml"
    file.write_text(yaml.safe_dump({"channels": [sms]}, allow_unicode=True, sort_keys=False))
    found = DeliveryFile.model_validate(yaml.safe_load(file.read_text()))
    told = promising(tmp_path, found)
    assert [(one.file, "'EN'" in one.what, "when_1" in one.mend) for one in told] == (
        [(file, True, True)] if warned else []
    )
    if warned:
        assert file.read_text().splitlines()[told[0].line - 1].strip() == "w: when"


@settings(max_examples=200, deadline=None)
@given(b=any_bulletin())
def test_what_is_not_warned_of_has_room_for_every_range(b: Bulletin) -> None:
    if b.estimate is None or b.overdue or b.over or b.planned:
        return
    one = variables(b, "en", RANGE_EN)["when"]
    assert {b.estimate.earliest_ns, b.estimate.latest_ns} <= times_en(one, b.sent_ns), one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"templates": [{"id": "x", "variables": {"a": "phone"}}]}, "'phone' is none of"),
        ({"templates": [{"id": "x", "variables": MATTER, "text": "关于${mater}"}]}, "its text names mater"),
        ({"templates": [{"id": "x", "variables": MATTER, "text": "{mater}"}]}, "its text names mater"),
        ({"templates": [{"id": "x", "variables": MATTER, "text": "{{mater.DATA}}"}]}, "names mater"),
        ({"templates": [{"id": "x", "variables": {"a": "when_1"}}]}, "give both"),
        ({"via": {"body": {"a": "{too}"}}}, "too: no such place"),
        ({"via": {"headers": {"a": "{secrets}"}}}, "secrets: no such place"),
        ({"via": {"url": "http://sms.example.cn/"}}, "without TLS"),
        ({"via": {"url": "https://u:p@sms.example.cn/"}}, "without a name or password"),
        ({"at_once": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_with_a_gateway_is_said(change, said):
    sms = sms_channel(1)
    sms |= {**change, "via": {**sms["via"], **change.get("via", {})}}
    with pytest.raises(ValidationError, match=said):
        DeliveryFile.model_validate({"channels": [sms]})


def test_two_channels_of_one_id_and_wechat_without_templates_are_refused():
    with pytest.raises(ValidationError, match="one id"):
        DeliveryFile.model_validate({"channels": [sms_channel(1), sms_channel(2)]})
    with pytest.raises(ValidationError, match="registered templates only"):
        DeliveryFile.model_validate({"channels": [wechat_channel(1, templates=[])]})


@pytest.mark.parametrize("appid", ["微信公众号", "wx 1", ""])
def test_what_cannot_be_an_appid_of_wechat_is_refused(appid):
    right = wechat_channel(1)["via"]
    with pytest.raises(ValidationError, match="appid"):
        WechatVia.model_validate({**right, "appid": appid})


def test_every_place_that_a_request_may_name_is_filled():
    assert set(_places(CALL, "签", "s")) == PLACES
    assert SmsVia.model_validate({**sms_channel(1)["via"], "body": {p: f"{{{p}}}" for p in PLACES}})


@pytest.mark.parametrize("text", ["${matter}。", "{matter}", "{{matter.DATA}}", "", "¥5 { } $matter"])
def test_a_text_as_each_provider_writes_it_is_right(text):
    DeliveryFile.model_validate(
        {"channels": [{**sms_channel(1), "templates": [{"id": "x", "variables": MATTER, "text": text}]}]}
    )
