"""The open data as SensorThings, from a real server over a real socket: what it tells, links and refuses, and
what it never tells."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.model.clock import Anchor
from core.model.published import part_name
from core.model.snapshot import PartRef
from public_portal.sensorthings.model import KINDS
from public_portal.signing import sealed
from tests.public_portal import samples
from tests.public_portal.recorded_days import MIDNIGHT, day, with_record
from tests.public_portal.samples import HOUR, MIN

ROOT = "/v1.1"
HOURLY = "Datastreams('dma-02:turbidity:hourly')"


@pytest.fixture
def recorded(store, portal):
    snapshot = with_record(store, replace(samples.burst(), site=str(portal.base_url).rstrip("/")))
    store.put(*sealed(snapshot, samples.KEY))
    return snapshot


@pytest.fixture
def ask(portal, recorded):
    def asked(path, status=200, **options):
        answer = portal.get(f"{ROOT}/{path}", params={f"${name}": value for name, value in options.items()})
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


def test_the_root_names_the_sets_and_declares_no_more_than_there_is(ask, portal):
    root = ask("")
    assert [one["name"] for one in root["value"]] == list(KINDS)
    for one in root["value"]:
        assert portal.get(one["url"]).status_code == 200
    declared = root["serverSettings"]["conformance"]
    assert all(one.startswith("http://www.opengis.net/spec/iot_sensing/1.1/req/") for one in declared)
    assert not [one for one in declared if re.search("create|update|delete|batch|mqtt|array|functions", one)]


def test_every_link_of_every_entity_leads_somewhere(ask, portal):
    for name, kind in KINDS.items():
        for one in ask(name, top=2)["value"]:
            assert portal.get(one["@iot.selfLink"]).json() == one
            for link in kind.links:
                found = portal.get(one[f"{link}@iot.navigationLink"])
                assert found.status_code == 200, link
                assert ("value" in found.json()) is (link in kind.many)
    assert ask("HistoricalLocations", count="true") == {"@iot.count": 0, "value": []}


def test_an_hour_is_an_observation_with_all_that_the_page_says_of_it(ask):
    one = ask(f"{HOURLY}/Observations", orderby="phenomenonTime asc", skip=3, top=1)["value"][0]
    assert one["@iot.id"] == "dma-02:turbidity:hourly:20261120T190000Z"
    assert one["phenomenonTime"] == "2026-11-20T19:00:00Z/2026-11-20T20:00:00Z"
    assert one["resultTime"] == "2026-11-20T20:30:00Z"
    quality = one["resultQuality"]
    assert (quality["code"], quality["level"], quality["state"]) == (1, "provisional", "watch")
    assert quality["label"]["zh"] == "偏离日常范围"
    assert (one["parameters"]["nValid"], one["parameters"]["window"]) == (60, "PT1H")
    assert one["parameters"]["highest15"] == pytest.approx(one["result"] + 0.9)


def test_an_hour_without_a_value_is_a_state_and_no_figure(ask):
    hours = ask(f"{HOURLY}/Observations", count="true", top=0)
    states = ask("Datastreams('dma-02:turbidity:hourly-state')/Observations", count="true", top=0)
    assert (hours, states) == ({"@iot.count": 42, "value": []}, {"@iot.count": 46, "value": []})
    gone = ask("Datastreams('dma-02:turbidity:hourly-state')/Observations", filter="result eq 'no_data'")[
        "value"
    ]
    assert [one["resultQuality"]["code"] for one in gone] == [9, 9]


def test_now_says_its_quarter_of_an_hour_and_is_provisional(ask):
    one = ask("Datastreams('dma-02:free_chlorine:now')/Observations")["value"][0]
    assert one["phenomenonTime"] == "2026-11-22T14:55:00Z/2026-11-22T15:10:00Z"
    assert one["resultQuality"]["level"] == "provisional" and one["resultQuality"]["state"] == "watch"
    dead = ask("Datastreams('dma-05:ph:now')/Observations")["value"]
    state = ask("Datastreams('dma-05:ph:now-state')/Observations")["value"][0]
    assert dead == [] and state["result"] == "no_data" and state["resultQuality"]["code"] == 9


@pytest.mark.parametrize(
    ("after_ns", "state", "figures"), [(30 * MIN, "outdated", 1), (2 * HOUR, "no_data", 0)]
)
def test_what_is_old_is_called_that_and_never_normal(ask, store, recorded, after_ns, state, figures):
    store.put(*sealed(replace(recorded, seq=2, clock=Anchor(0, samples.NOW + after_ns, 0.0)), samples.KEY))
    told = ask("Observations", filter="Datastream/properties/series eq 'now-state'")["value"]
    assert {one["result"] for one in told} == {state}
    assert len(ask("Datastreams('dma-01:ph:now')/Observations")["value"]) == figures


def test_nothing_says_where_anything_is_or_that_water_complies(ask):
    told = [ask(name, top=2000) for name in KINDS]
    everything = json.dumps(told, ensure_ascii=False)
    assert "coordinates" not in everything and '"geometry": null' in everything
    assert not [name for name in _names(told) if re.search("station|valve|pipe|pressure|tag|lat$|lon$", name)]
    assert "合格" not in everything.replace("不作合格与否", "")


def _names(told):
    if isinstance(told, dict):
        yield from told
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _names(inner)


def test_expand_nests_counts_and_pages(ask, portal):
    thing = ask(
        "Things('dma-02')",
        expand="Datastreams($filter=properties/series eq 'hourly';$orderby=name;$select=name,id;$count=true;"
        "$expand=Observations($orderby=phenomenonTime desc;$top=2;$select=result),ObservedProperty)",
        select="name",
    )
    assert set(thing) == {"name", "Datastreams@iot.count", "Datastreams"}
    assert thing["Datastreams@iot.count"] == 3
    one = thing["Datastreams"][0]
    assert one["ObservedProperty"]["@iot.id"] in one["@iot.id"]
    assert [set(observation) for observation in one["Observations"]] == [{"result"}] * 2
    rest = portal.get(one["Observations@iot.nextLink"]).json()
    assert len(rest["value"]) == 2 and set(rest["value"][0]) == {"result"}


def test_pages_follow_one_another_to_the_end_without_a_gap(ask, portal):
    seen, page = [], ask(f"{HOURLY}/Observations", top=10, orderby="phenomenonTime asc", filter="result gt 0")
    while True:
        seen += [one["phenomenonTime"] for one in page["value"]]
        if "@iot.nextLink" not in page:
            break
        page = portal.get(page["@iot.nextLink"]).json()
    assert len(seen) == len(set(seen)) == 42 and seen == sorted(seen)


@pytest.mark.parametrize(
    ("path", "asked", "n"),
    [
        ("Things", "name eq '城西片区 / West district'", 1),
        ("Datastreams", "Thing/id eq 'dma-02' and ObservedProperty/@iot.id eq 'ph'", 4),
        ("Datastreams", "unitOfMeasurement/symbol eq 'NTU' and substringof('West',Thing/name)", 2),
        ("Datastreams", "Sensor/name eq 'median-15min' and not (properties/parameter eq 'ph')", 28),
        (f"{HOURLY}/Observations", "phenomenonTime ge 2026-11-22T10:00:00Z", 4),
        (f"{HOURLY}/Observations", "phenomenonTime gt 2026-11-22T10:00:00Z", 4),
        (f"{HOURLY}/Observations", "phenomenonTime lt 2026-11-20T18:00:00Z", 2),
        (f"{HOURLY}/Observations", "resultQuality/code eq 3 or parameters/version gt 1", 4),
        ("Observations", f"Datastream/id eq '{HOURLY[13:-2]}' and month(phenomenonTime) eq 11", 42),
        ("FeaturesOfInterest('dma-02')/Observations", "Datastream/properties/series eq 'now'", 3),
    ],
)
def test_filters_find_what_they_name(ask, path, asked, n):
    found = ask(path, filter=asked, count="true")
    assert found["@iot.count"] == len(found["value"]) == n


def test_values_and_links_alone(ask, portal):
    assert ask("Things('dma-02')/name") == {"name": "城西片区 / West district"}
    assert portal.get(f"{ROOT}/Things('dma-02')/name/$value").text == "城西片区 / West district"
    links = ask(f"Things('dma-02')/{HOURLY}/Observations/$ref", top=2)["value"]
    assert len(links) == 2 and portal.get(links[0]["@iot.selfLink"]).status_code == 200
    assert ask(f"{HOURLY}/Thing/Locations")["value"][0]["@iot.id"] == "dma-02"


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("Things('dma-99')", {}, 404),
        ("Things(1)", {}, 404),
        ("Pumps", {}, 404),
        ("Things('dma-01')/Valves", {}, 404),
        ("Things('dma-01')/Datastreams('dma-02:ph:now')", {}, 404),
        ("Observations('dma-01:ph:now:20200101T000000Z')", {}, 404),
        ("Observations('dma-01:ph:now:99999999T999999Z')", {}, 404),
        ("Things('dma-01", {}, 404),
        ("Things", {"filter": "name eq"}, 400),
        ("Things", {"filter": "pressure gt 1"}, 400),
        ("Things", {"filter": "Datastreams/name eq 'x'"}, 400),
        ("Things", {"orderby": "Datastreams"}, 400),
        ("Things", {"select": "secret"}, 400),
        ("Things", {"expand": "Pipes"}, 400),
        ("Things", {"resultFormat": "CSV"}, 501),
        ("Things", {"filter": "st_within(name,'x')"}, 501),
        ("Things" + "/x" * 900, {}, 400),
        ("Things('dma-01')" + "/Locations('dma-01')/Things('dma-01')" * 4, {}, 400),
        ("Things", {"expand": "Datastreams/Thing/Datastreams/Thing/Datastreams"}, 400),
        (
            "Things",
            {"expand": "Datastreams($expand=Thing($expand=Datastreams))" * 30},
            400,
        ),
        (
            "Datastreams",
            {"expand": "Thing($expand=Datastreams($expand=Thing($expand=Datastreams)))", "top": 2000},
            400,
        ),
    ],
)
def test_what_there_is_not_or_costs_too_much_is_refused_with_the_reason(ask, path, options, status):
    error = ask(path, status, **options)["error"]
    assert error["code"] and len(error["message"]) > 10


def test_a_record_of_years_is_asked_for_in_part(ask, store, recorded):
    refs = list(recorded.parts)
    for year in range(2020, 2026):
        for month in range(1, 13):
            name = f"{year}-{month:02d}"
            days = [day("dma-02", "turbidity", MIDNIGHT, f"{name}-01")]
            content = msgspec.json.encode(days)
            refs.append(
                PartRef(name=part_name("dma-02", name), sha256=store.put_part(content), size=len(content))
            )
    store.put(*sealed(replace(recorded, seq=2, parts=tuple(refs)), samples.KEY))
    assert len(ask(f"{HOURLY}/Observations", top=5)["value"]) == 5
    error = ask(f"{HOURLY}/Observations", 400, count="true")["error"]
    assert "phenomenonTime" in error["message"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "/Things", "/Things('dma-01')", "/nothing"])
def test_wq_23_nothing_is_written(portal, recorded, method, path):
    answer = portal.request(method, ROOT + path, json={"name": "x"})
    assert answer.status_code == 405 and answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["error"]["code"] == "MethodNotAllowed"


def test_answers_are_cached_as_the_portal_s_others(portal, recorded):
    asked = f"{ROOT}/Datastreams?$top=2&$expand=Thing"
    first, latest = portal.get(asked), portal.get("/api/v1/latest")
    for header in ("cache-control", "vary", "access-control-allow-origin", "content-security-policy"):
        assert first.headers[header] == latest.headers[header], header
    again = portal.get(asked, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = portal.head(asked)
    assert head.headers["etag"] == first.headers["etag"] and head.content == b""


def test_another_host_s_links_are_in_no_shared_cache(portal, store):
    """Without an address of its own the portal takes the one it was asked under."""
    store.put(*sealed(samples.ordinary(), samples.KEY))
    for host in ("one.example", "two.example"):
        answer = portal.get(f"{ROOT}/Things?$top=1", headers={"host": host})
        assert answer.json()["@iot.nextLink"].startswith(f"http://{host}/v1.1/Things?")
        assert answer.headers["cache-control"] == "no-store"


def test_a_part_that_is_not_what_was_signed_is_not_told(ask, store, recorded):
    bad = replace(next(ref for ref in recorded.parts if "dma-02" in ref.name), sha256="0" * 64)
    store.put(*sealed(replace(recorded, seq=2, parts=(bad,)), samples.KEY))
    assert ask(f"{HOURLY}/Observations")["value"] == []


def test_who_asks_without_end_waits_and_what_is_kept_is_no_question(portal, recorded):
    answers = (portal.get(f"{ROOT}/Things?$skip={n}") for n in range(600))
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
    assert portal.get(f"{ROOT}/Things?$skip=1").status_code == 200


def test_the_questions_of_the_page_for_users_are_answered(portal, recorded):
    """Each as it is copied into a shell."""
    page = (Path(__file__).parents[2] / "docs/reference/sensorthings.md").read_text()
    commands = page.partition("```sh\n")[2].partition("```")[0].replace("\\\n", " ").splitlines()
    commands = [line for line in commands if line.startswith("curl")]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        address = next(word for word in words if word.startswith("https://"))
        options = dict(word.split("=", 1) for word in words if word.startswith("$"))
        answer = portal.get(address.removeprefix("https://water.example.cn"), params=options)
        assert answer.status_code == 200 and answer.json()["value"], command


def test_before_the_first_snapshot_it_says_so(portal):
    assert portal.get(ROOT).status_code == 503
